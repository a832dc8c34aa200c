"""The build of the base, on a hand-made source folder of a few records."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from kgbuild.knowledge import Base

SCRIPTS = Path(__file__).resolve().parents[2] / "training" / "knowledge"


def record(identifier: str, name: str, type_: str, **rest: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "id": identifier, "qid": identifier if identifier.startswith("Q") else None, "name": name, "type": type_,
        "aliases": [], "country": None, "description": "", "prior": 0.5, "src": ["rigour"], "tier": "open",
    }  # fmt: skip
    return known | rest


RECORDS = [
    record("Q1", "Republic of Examplia", "country", country="XA", iso2="XA", prior=0.9, capital="Exville",
           aliases=["Examplia", "EX", "examplia", "XA"], lat=1.0, lon=2.0),
    record("Q2000", "Exville", "city", country="XA", description="capital city in Exville", prior=0.6, population=900_000,
           admin1="North Shire", lat=1.5, lon=2.5, aliases=["Hamlet", "Exvila"], src=["geonames"]),
    record("Q2001", "Lesser Town", "city", country="XA", population=60_000, prior=0.2, admin1="North Shire", lat=3.5, lon=2.5,
           src=["dr5hn", "geonames"], tier="odbl", geonames="77"),
    record("gna1:XA.1", "North Shire", "region", country="XA", prior=0.28, src=["geonames"]),
    record("Q3", "Hamlet", "armed_group", country="XA", aliases=["HMLT"]),
    record("phx:hamlet-army", "Hamlet", "armed_group", country="XA", prior=0.2, src=["phoenix"], aliases=["Hamlet Operatives"]),
    record("Q4", "Some Body", "igo", tier="by-sa", src=["supraverden"]),
    record("Q6", "Shared Body", "igo", tier="by-sa", src=["supraverden"]),
    record("Q5", "Ann van Example", "person", country="XA", tier="wd-extract", src=["eps"], prior=0.7,
           aliases=["President Ann van Example", "Annie"],
           offices=[{"title": "President of Examplia", "pos": "Q9", "country": "XA", "from": "2020-01-01"},
                    {"title": "President of Examplia", "country": "XA", "from": "2020-01-01", "to": "2024-01-01"},
                    {"title": "2005 2007", "country": "XA", "from": "2005"}]),
    record("Q15925436", "Doubtful Land (Occupied)", "territory", country="XA"),
    record("Q7", "head teacher", "university", src=["fb15k"]),
]  # fmt: skip
EVIDENCE = {
    q: {"labels": {label: count}, "src": ["rigour"]}
    for q, label, count in (
        ("Q1", "Examplia", 40), ("Q2000", "Exville", 3), ("Q3", "Hamlet", 3), ("Q4", "Some Body", 1), ("Q5", "Ann van Example", 2),
        ("Q15925436", "Doubtful Land", 1), ("Q7", "head teacher", 4),
    )
}  # fmt: skip


def folder_of(path: Path, records: list[dict[str, Any]]) -> Path:
    path.mkdir()
    (path / "kb_core.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    (path / "qid_evidence.json").write_text(json.dumps(EVIDENCE), "utf-8")
    (path / "aliases.tsv").write_text(
        "norm\tsurface\tid\tkind\tprior\ttype\tcore\n" + "hamlet\tHamlet\tQ2000\talt\t0.6\tcity\t1\n", "utf-8"
    )
    (path / "demonyms.tsv").write_text(
        "demonym\tcountry\tcountry_qid\tsource\nExamplian\tXA\tQ1\tmordecai\nShared Alike\tXA\tQ1\tmledoze\n", "utf-8"
    )
    (path / "metonyms.tsv").write_text(
        "surface\tkind\tstands_for\ttarget_qid\ttarget_type\tcountry\tcountry_qid\tqid_evidence\n"
        "Old Palace\thand\tGovernment of Examplia\t\tgovernment\tXA\tQ1\t\nthe bloc\thand\tSome Body\tQ4\tigo\tXA\tQ1\t\n",
        "utf-8",
    )
    return path


@pytest.fixture(scope="module")
def scripts() -> Any:
    sys.path.insert(0, str(SCRIPTS))
    try:
        import build  # a script outside the package

        yield build
    finally:
        sys.path.remove(str(SCRIPTS))


@pytest.fixture
def made(scripts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(scripts, "HERE", tmp_path)  # none of the hand-written tables, which name real entities

    def make(name: str, records: list[dict[str, Any]]) -> Path:
        folder = folder_of(tmp_path / name, records)
        out = tmp_path / f"{name}.sqlite"
        drafts, log = scripts.collect(folder)
        scripts.write(drafts, folder, out, log)
        return out

    return make


def test_the_same_records_give_the_same_bytes_in_any_order(made: Any) -> None:
    shuffled = list(RECORDS)
    random.Random(3).shuffle(shuffled)
    assert made("one", RECORDS).read_bytes() == made("two", shuffled).read_bytes()


def test_what_goes_in_and_what_stays_out(made: Any) -> None:
    with Base.open(made("kb", RECORDS)) as base:
        state = base.best("Republic of Examplia")
        assert state is not None and state.name == "Examplia" and state.qid == "Q1"
        assert base.candidates("Shared Body") == ()  # share-alike
        some = base.best("Some Body")
        assert some is not None and some.entry.source == "curated"  # only what the hand-written metonym list says of it
        assert base.candidates("Head Teacher") == ()  # a common noun
        town = base.best("Lesser Town")
        assert town is not None and town.qid is None and town.id == "gn:77"  # the id came from the ODbL table
        land = base.best("Doubtful Land")
        assert land is not None and land.qid is None
        assert base.candidates("XA") == ()  # a code is no name
        assert [c.id for c in base.candidates("Hamlet")] == ["Q3"]  # merged, and no city by another spelling
        assert base.candidates("Hamlet Operatives") == ()
        assert [c.kind for c in base.candidates("HMLT")] == ["acronym"] and base.candidates("hmlt") == ()
        region = base.best("North Shire")
        assert region is not None and region.entry.lat == 2.5  # between its cities


def test_people_and_their_offices(made: Any) -> None:
    from datetime import date

    with Base.open(made("kb", RECORDS)) as base:
        assert [c.kind for c in base.candidates("van Example")] == ["surname"]
        assert base.candidates("Annie") == ()
        terms = base.offices("Q5")
        assert [(t.title, t.end) for t in terms] == [("President of Examplia", date(2024, 1, 1))]
        assert base.holder("president", "XA", date(2022, 1, 1)) == base.entry("Q5")
        assert base.holder("president", "XA", date(2025, 1, 1)) is None


def test_metonyms_and_demonyms(made: Any) -> None:
    with Base.open(made("kb", RECORDS)) as base:
        seat = base.metonym("Exville")
        assert seat is not None and seat.capital and seat.state == base.entry("Q1")
        palace = base.metonym("the Old Palace")
        assert palace is not None and palace.stands_for == "Government of Examplia" and palace.city is None
        assert base.metonym("the bloc") is None
        people = base.demonym("Examplians")
        assert people is not None and people.of == base.entry("Q1") and people.form == "people"
        assert base.demonym("Shared Alike") is None


GEONAMES = """\
11\tNew Selby\tNew Selby\tNova Selbya\t5.0\t6.0\tP\tPPL\tXA\t\t01\t007\t\t\t2500
12\tTiny\tTiny\t\t5.2\t6.2\tP\tPPL\tXA\t\t01\t007\t\t\t600
13\tExville\tExville\t\t1.5\t2.5\tP\tPPLC\tXA\t\t01\t\t\t\t900000
14\tElsewhere\tElsewhere\t\t50.0\t60.0\tP\tPPL\tZZ\t\t01\t\t\t\t9000
"""


def test_small_towns_and_counties_join_their_province(
    scripts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripts, "HERE", tmp_path)
    monkeypatch.setattr(scripts.gazetteer, "ENGLISH", frozenset({"XA"}))
    monkeypatch.setattr(scripts.gazetteer, "SECOND_LEVEL", frozenset({"XA"}))
    towns = tmp_path / "towns"
    towns.mkdir()
    (towns / "cities500.txt").write_text(GEONAMES, "utf-8")
    (towns / "admin1.json").write_text(json.dumps([{"code": "XA.01", "name": "North Shire"}]), "utf-8")
    (towns / "admin2.json").write_text(json.dumps([{"code": "XA.01.007", "name": "County Selby"}]), "utf-8")
    folder = folder_of(tmp_path / "kb", RECORDS)
    drafts, log = scripts.collect(folder, towns)
    scripts.write(drafts, folder, tmp_path / "base.sqlite", log)
    assert (log["towns"], log["counties"], log["provinces"]) == (1, 1, 0)
    with Base.open(tmp_path / "base.sqlite") as base:
        town = base.local("New Selby")
        assert [(c.id, c.type, c.entry.lat) for c in town] == [("gn:11", "city", 5.0)] and base.candidates(
            "New Selby"
        ) == ()
        home = base.region_of("gn:11")
        assert home is not None and home.name == "North Shire"
        assert [c.type for c in base.local("Selby")] == ["region"]  # the county without its kind
        assert base.region_of("Q2000") == home  # the capital was there already
        assert base.local("Tiny") == base.local("Elsewhere") == ()  # too small, of no known state


def test_the_hand_listed_names_can_be_left_out(scripts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts, "HERE", tmp_path)
    folder = folder_of(tmp_path / "kb", RECORDS)
    (folder / "newsworthy.txt").write_text("Some Body|igo||SB;Bodies\n", "utf-8")
    (folder / "newsworthy_resolved.tsv").write_text("name\ttype\tcountry\tqid\nSome Body\tigo\t\tQ4\n", "utf-8")
    for listed, names in ((True, {"Some Body"}), (False, set())):
        drafts, _ = scripts.collect(folder, None, listed)
        assert {d.name for d in drafts if d.id == "Q4"} == names
