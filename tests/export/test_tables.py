"""Tables of the aggregates: the field's columns, readable by others, denied never counted as done."""

from __future__ import annotations

import csv
import io
import json

import pytest
from made_records import HOSTILE, hostile_records, made_records, shuffled
from made_stances import actor, article, event, many

from kgbuild.aggregate import TABLES, Aggregates
from kgbuild.aggregate.tables import iso
from kgbuild.config import Config
from kgbuild.errors import KgbuildError, UsageError
from kgbuild.export import Selection, dump, dump_view
from kgbuild.ids import entity_id
from kgbuild.records import Entity, Record

RUSSIA = Entity(entity_id("State", "Russia", "Q159"), "Russia", "State", "Q159")
ARMY = Entity("actor/army-x0000000001", "Army", "Organization", affiliation=(RUSSIA.id,))
PELL = actor("Pell")


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))


def day(records: list[Record], window: str = "day") -> list[dict[str, str]]:
    return rows(dump_view("csv", [RUSSIA, ARMY, PELL, *records], Config(), Selection(f"dyad-{window}")))


def test_a_denied_event_is_not_counted_as_one_that_happened() -> None:
    expected = {
        "material_conflict": {}, "material_conflict_denied": {"negated": True}, "material_conflict_claimed": {"source": PELL.id},
        "expected": {"modality": "Planned"}, "hypothetical": {"modality": "Possible"},
    }  # fmt: skip
    for column, how in expected.items():
        document, (span,) = article(["The army shelled Pell."], "2031-05-03")
        (row,) = day([document, *event(document, span, "Assault", [ARMY.id], [PELL.id], **how)])  # type: ignore[arg-type]  # named above
        counted = {k: v for k, v in row.items() if v == "1" and k not in ("articles", "sources")}
        assert counted == {column: "1"}


def test_disputed_by_another_article_is_disputed_and_one_happening() -> None:
    first, (a,) = article(["The army shelled Pell."], "2031-05-03", "One")
    second, (b,) = article(["The army never shelled Pell, it said."], "2031-05-04", "Two")
    (row,) = day([
        first, *event(first, a, "Assault", [ARMY.id], [PELL.id], cluster="cluster/assault-1"),
        second, *event(second, b, "Assault", [ARMY.id], [PELL.id], cluster="cluster/assault-1", negated=True, source=ARMY.id),
    ])  # fmt: skip
    assert (row["material_conflict_disputed"], row["material_conflict"], row["day"], row["articles"]) == (
        "1",
        "0",
        "2031-05-03",
        "2",
    )


def test_codes_are_those_of_the_state_an_actor_belongs_to() -> None:
    document, (span,) = article(["The army met Pell."], "2031-05-03")
    (row,) = day([document, *event(document, span, "Consult", [ARMY.id], [PELL.id])], "month")
    assert [row[f"actor_{c}"] for c in ("state", "iso2", "iso3")] == ["Russia", "RU", "RUS"]
    assert (row["target_state"], row["target_iso3"], row["month"], row["verbal_cooperation"]) == (
        "Pell",
        "",
        "2031-05",
        "1",
    )


def test_who_meet_meet_in_both_directions() -> None:
    document, (span,) = article(["Russia and Pell met."], "2031-05-03")
    found = day([document, *event(document, span, "Consult", [RUSSIA.id, PELL.id])])
    assert {(r["actor_name"], r["target_name"]) for r in found} == {("Russia", "Pell"), ("Pell", "Russia")}


def test_the_codes_are_whole_and_unique() -> None:
    codes = iso()
    assert len(codes) >= 240
    assert codes["Q159"] == ("RU", "RUS", "643") and codes["Q1246"] == ("XK", "XKX", "983")
    assert all(len(a) == 2 and len(b) == 3 and (not n or len(n) == 3) for a, b, n in codes.values())
    assert len({a for a, _, _ in codes.values()}) == len({b for _, b, _ in codes.values()}) == len(codes)


@pytest.mark.parametrize("name", TABLES)
def test_each_table_reads_back_and_keeps_its_key(name: str) -> None:
    records = [*made_records(), *many(40, 6)]
    content = dump_view("csv", records, Config(), Selection(name))
    assert content == dump_view("csv", shuffled(records), Config(), Selection(name))
    table = Aggregates(records).table(name)
    found = rows(content)
    assert len(found) == len(table.rows) > 0
    assert list(found[0]) == [c.name for c in table.columns] and len(set(found[0])) == len(found[0])
    keys = [tuple(r[k] for k in table.key) for r in found]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", TABLES)
def test_csvw_describes_every_column(name: str) -> None:
    records = made_records()
    metadata = json.loads(dump_view("csvw", records, Config(), Selection(name), "there.csv"))
    (head, *_) = csv.reader(io.StringIO(dump_view("csv", records, Config(), Selection(name)).decode(), newline=""))
    columns = metadata["tableSchema"]["columns"]
    assert metadata["url"] == "there.csv" and [c["titles"] for c in columns] == head
    names = [c["name"] for c in columns]
    assert len(set(names)) == len(names) and set(metadata["tableSchema"]["primaryKey"]) <= set(names)


@pytest.mark.parametrize("name", TABLES)
def test_parquet_holds_what_the_csv_holds(name: str) -> None:
    pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    records = [*made_records(), *many(40, 6)]
    content = dump_view("parquet", records, Config(), Selection(name))
    assert content == dump_view("parquet", shuffled(records), Config(), Selection(name))
    found = pq.read_table(io.BytesIO(content))
    table = Aggregates(records).table(name)
    assert found.column_names == [c.name for c in table.columns]
    plain = [tuple(v.isoformat() if hasattr(v, "isoformat") else v for v in r.values()) for r in found.to_pylist()]
    assert plain == table.rows


def test_pandas_frames() -> None:
    pytest.importorskip("pandas")
    found = Aggregates(many(40, 6))
    frame = found.frame("dyads")
    assert len(frame) == len(found.dyads) and frame["stances"].sum() == sum(d.numbers.count for d in found.dyads)


@pytest.mark.parametrize(("library", "call"), [("pyarrow", "parquet"), ("matplotlib", "svg"), ("pandas", "")])
def test_a_missing_library_is_named_with_what_to_do(library: str, call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(KgbuildError, match=rf"{library}.*pip install 'kgbuild\["):
        if call:
            dump(call, made_records(), Config())
        else:
            Aggregates(made_records()).frame("dyads")


@pytest.mark.parametrize(
    ("form", "chosen", "says"),
    [
        ("csv", Selection("nothing"), "no view 'nothing'"),
        ("svg", Selection("dyads"), "no picture called 'dyads'"),
        ("gexf", Selection("matrix"), "whole graph"),
        ("odt", Selection("matrix"), "unknown writer"),
        ("csv", Selection("series", window="decade"), "unknown window"),
        ("csv", Selection(by="state"), "need a view"),
        ("csv", Selection("dyads", ("Norland", "Atlantis")), "nobody called 'Atlantis'"),
    ],
)
def test_a_wrong_choice_says_what_is_right(form: str, chosen: Selection, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        dump_view(form, made_records(), Config(), chosen)


def test_nothing_chosen_is_the_edge_list() -> None:
    assert dump_view("csv", made_records(), Config(), Selection()) == dump("csv", made_records(), Config())


def test_no_cell_or_head_is_a_formula() -> None:
    for name in ("=cmd|' /C calc'!A0", HOSTILE):
        for view in TABLES:
            content = dump_view("csv", hostile_records(name), Config(), Selection(view)).decode()
            for row in csv.reader(io.StringIO(content, newline="")):
                assert not any(c.startswith(("=", "+", "@")) for c in row)
