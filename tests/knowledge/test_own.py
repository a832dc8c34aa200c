"""Users' own entities: both forms of file, every refusal with its reason, and what the base answers with them over it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgbuild.errors import InputError
from kgbuild.knowledge import Base, Overlay, memberships_of, open_base, read_own, within_of
from kgbuild.knowledge.own import COLUMNS
from kgbuild.knowledge.schema import TYPES
from kgbuild.records import Skipped

DOCS = Path(__file__).resolve().parents[2] / "docs"
HEADER = "id\tname\ttype\taliases\twikidata\tcountry\twithin\tlat\tlong\tmember_of\trole\tfrom\tto\tprominence\n"


def overlay(*files: Path) -> Overlay:
    base = open_base(None, files)
    assert isinstance(base, Overlay)
    return base


@pytest.fixture(scope="module", params=["entities.tsv", "entities.ttl"])
def example(request: pytest.FixtureRequest) -> Overlay:
    return overlay(DOCS / request.param)


def test_both_example_files_say_the_same() -> None:
    def plain(file: str) -> dict[str, object]:
        own, refused = read_own([DOCS / file], lambda i: i, lambda c: c)
        assert not refused
        return {e.id: dataclasses.replace(e, memberships=tuple(sorted(e.memberships, key=repr))) for e in own}

    assert plain("entities.tsv") == plain("entities.ttl")
    assert len(plain("entities.tsv")) == 5


def test_names_are_found_beside_those_of_the_base(example: Overlay) -> None:
    (board,) = example.candidates("Tartu Harbour Board")
    assert (board.id, board.type, board.country, board.kind) == ("own:tartu-harbour-board", "agency", "EE", "name")
    assert [c.kind for c in example.candidates("THB")] == ["acronym"]
    assert example.candidates("thb") == () == Base.open().candidates("Tartu Harbour Board")
    assert example.candidates("Vana Kai")[0].name == "Old Quay"
    assert example.candidates("Tartu")[0].qid == "Q13972"


def test_a_line_with_an_id_of_the_base_adds_to_it(example: Overlay) -> None:
    assert example.candidates("Republic of the Emajõgi")[0].qid == "Q191"
    estonia = example.entry("Q191")
    assert estonia is not None and (estonia.name, estonia.type, estonia.country) == ("Estonia", "country", "EE")


def test_what_a_line_says_holds_under_the_names_of_the_base_too(tmp_path: Path) -> None:
    (tmp_path / "own.tsv").write_text(HEADER + "Q13972\tDorpat\tcity\t\t\t\t\t\t\t\t\t\t\t0.99\n", encoding="utf-8")
    mine, shipped = overlay(tmp_path / "own.tsv"), Base.open()
    (found,) = (c for c in mine.candidates("Tartu") if c.id == "Q13972")
    assert (found.name, found.prior) == ("Dorpat", 0.99) and found.entry == mine.entry("Q13972")
    assert {c.id: c for c in mine.candidates("Tartu")}.keys() == {c.id for c in shipped.candidates("Tartu")}


def test_places_lie_within_and_take_their_state_from_there(example: Overlay) -> None:
    ward = within_of(example, "own:old-quay")
    assert ward is not None and (ward.name, ward.country, ward.lat) == ("Emajõe Ward", "EE", 58.38)
    assert example.entry("old-quay") == example.entry("own:old-quay")
    assert within_of(Base.open(), "Q13972") is None


def test_roles_have_their_days(example: Overlay) -> None:
    roles = {(m.body, m.role, m.begin, m.end) for m in memberships_of(example, "own:liis-kask")}
    assert roles == {
        ("tartu-harbour-board", "director", dt.date(2019, 5, 1), None),
        ("Q191", "deputy transport minister", dt.date(2015, 1, 1), dt.date(2019, 4, 30)),
    }
    (term,) = example.offices("own:liis-kask")
    assert (term.title, term.country) == ("deputy transport minister", "EE")
    held = example.holders("deputy transport minister", "EE", dt.date(2017, 1, 1))
    assert [t.person.id for t in held] == ["own:liis-kask"]
    assert not [
        t
        for t in example.holders("deputy transport minister", "EE", dt.date(2020, 1, 1))
        if t.person.id.startswith("own")
    ]
    assert example.holder("president", "EE") == Base.open().holder("president", "EE")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("no spaces\tX Y\tperson", "bad id 'no spaces'"),
        ("../etc\tX Y\tperson", "bad id"),
        ("Q12x3\tX Y\tperson\t\tQ0", "bad wikidata id 'Q0'"),
        ("Q0\tX Y\tperson", "bad id 'Q0'"),
        ("Q5\tX Y\tperson\t\tQ6", "differ"),
        ("a\t\tperson", "no name"),
        ("a\tX Y", "no type"),
        ("a\tX Y\tdragon", "unknown type 'dragon'"),
        ("a\tX Y\tcity\t\t\tZZ", "no country 'ZZ'"),
        ("a\tX Y\tcity\t\t\t\tnowhere", "within 'nowhere': no such entity"),
        ("a\tX Y\tcity\t\t\t\ta", "within goes round in a ring: a > a"),
        ("a\tX Y\tcity\t\t\t\t\t91\t0", "lat 91 lies beyond 90"),
        ("a\tX Y\tcity\t\t\t\t\tnan\t0", "lat nan lies beyond"),
        ("a\tX Y\tcity\t\t\t\t\t10\t", "belong together"),
        ("a\tX Y\tperson\t\t\t\t\t\t\tghost", "member_of 'ghost'"),
        ("a\tX Y\tperson\t\t\t\t\t\t\tQ191\tchief\t2020-13", "no day of the calendar"),
        ("a\tX Y\tperson\t\t\t\t\t\t\tQ191\tchief\t2021\t2020", "comes after"),
        ("a\tX Y\tperson\t\t\t\t\t\t\tQ191\tchief|boss", "role says 2 times"),
        ("a\tX Y\tperson\t\t\t\t\t\t\t\t\t\t\t2", "prominence 2 lies beyond 1"),
        ("a\t<b>X</b>\tperson", "holds '<'"),
        ("a\tX\u202eY Z\tperson", r"name 'X\u202eY Z' holds control or direction"),
        ("a\tX Y\tperson\tThe", "everyday word"),
        ("a\tX Y\tperson\tword", "everyday word"),
        ("a\t123\torg", "no letters"),
        ("a\t" + "X" * 161 + "\torg", "longer than 160"),
        ("a\tX Y\tperson" + "\t" * 30, "33 values for 14 columns"),
    ],
)
def test_a_bad_line_is_refused_with_its_reason_and_the_rest_loads(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "own.tsv"
    file.write_text(
        HEADER + "good\tGood Town\tcity\t\t\tEE\n" + line + "\nlast\tLast Town\tcity\t\t\tEE\n", encoding="utf-8"
    )
    base = overlay(file)
    (refused,) = base.refused
    assert refused.source == str(file) and refused.reason.startswith("line 3: ") and reason in refused.reason
    assert refused.reason.isprintable()
    assert base.candidates("Good Town")[0].id == "own:good" and base.candidates("Last Town")


def test_rings_and_what_hangs_on_them_and_second_lines_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.tsv"
    rows = ["a\tA A\tcity\t\t\t\tb", "b\tB B\tcity\t\t\t\tc", "c\tC C\tcity\t\t\t\ta", "d\tD D\tcity\t\t\t\ta", "e\tE E\tcity\t\t\t\tQ191",
            "e\tE F\tcity", "f\tF F\tcity\t\tQ424242424\t\te", "g\tG G\tcity\t\tQ424242424", "h\tH H\tcity\t\t\t\tf"]  # fmt: skip
    file.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    base = overlay(file)
    assert {s.reason.partition(":")[0] for s in base.refused} == {f"line {n}" for n in (2, 3, 4, 5, 7, 9)}
    assert any("a > b > c > a" in s.reason for s in base.refused) and any(
        "already on line 6" in s.reason for s in base.refused
    )
    inside = within_of(base, "own:h")
    assert inside is not None and inside.qid == "Q424242424", "a line is also known by its own id"
    assert inside.country == "EE"


def test_a_broken_statement_of_turtle_costs_that_statement(tmp_path: Path) -> None:
    text = (DOCS / "entities.ttl").read_text(encoding="utf-8")
    file = tmp_path / "own.ttl"
    file.write_text(text + '\n:x skos:prefLabel "open .\n\n:late a kg:City ; skos:prefLabel "Late Town"@en ; schema:addressCountry "EE" .\n'
                    ':evil a kg:City ; skos:prefLabel "<b>" .\n', encoding="utf-8")  # fmt: skip
    base = overlay(file)
    assert base.candidates("Late Town") and base.candidates("Old Quay")
    assert len(base.refused) == 2
    assert any("not Turtle" in s.reason for s in base.refused) and any("holds '<'" in s.reason for s in base.refused)
    file.write_text("this is no Turtle at all", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as Turtle"):
        overlay(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"name\ttype\nA\tcity\n", "id among them"), (b"id\tcolour\n", "unknown column 'colour'"), (b"id\n\xff\xfe", "not UTF-8"), (b"", "columns")],
)  # fmt: skip
def test_a_file_that_is_none_is_one_error(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "own.tsv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=message):
        overlay(file)
    with pytest.raises(InputError, match="cannot be read"):
        overlay(tmp_path / "none.tsv")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), max_size=15).map("\t".join), max_size=6))
def test_any_text_loads_or_is_refused(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    file = tmp_path_factory.mktemp("own") / "own.tsv"
    file.write_text(HEADER + "\n".join(lines), encoding="utf-8", errors="replace", newline="")
    own, refused = read_own([file], lambda i: None, lambda c: None)
    assert all(isinstance(s, Skipped) and s.reason for s in refused)
    assert all(e.name and e.name.isprintable() for e in own)


def test_the_page_names_every_column_and_type() -> None:
    page = (DOCS / "entities.md").read_text(encoding="utf-8")
    assert all(f"`{column}`" in page for column in COLUMNS)
    listed = page.partition("| `type` | `")[2].partition("`")[0].split()
    assert sorted(listed) == sorted(t for t in TYPES if t != "office")
