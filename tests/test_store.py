"""The store and the derived shortcuts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import arland
import pytest
import rdflib

from kgbuild.config import Config
from kgbuild.errors import BuildFolderError
from kgbuild.export import dump
from kgbuild.ontology import KG, ontology_file
from kgbuild.query import prefix_lines, run
from kgbuild.records import Claim, Record, Stance
from kgbuild.store import QUERIES, flat_turtle, open_store, store_base, store_of

BASE = Config().base


def flat(*changed: Record) -> set[tuple[str, str, str]]:
    """The shortcuts of the hand-made build with some records replaced, as local names."""
    new = {r.id: r for r in changed}
    turtle = dump("turtle", [new.get(r.id, r) for r in arland.RECORDS], Config())
    graph = rdflib.Graph().parse(data=flat_turtle(turtle), format="turtle")
    return {tuple(str(t).removeprefix(BASE).rpartition("ns#")[2].removeprefix("vocab/") for t in row) for row in graph}  # type: ignore[misc]


def status(event: str, *changed: Record) -> str:
    (found,) = {o for s, p, o in flat(*changed) if s == event and p == "status"}
    return found


def test_shortcuts_of_the_hand_made_build() -> None:
    found = flat()
    assert {(s, o) for s, p, o in found if p == "opposes"} == {(arland.QUILL.id, arland.ARLAND.id)}
    assert {(s, o) for s, p, o in found if p == "supports"} == {(arland.LEAGUE.id, arland.BORDURIA.id)}
    said = {(s, o) for s, p, o in found if p == "said"}
    assert said == {(r.source, r.id) for r in arland.RECORDS if isinstance(r, Claim) and r.source.startswith("actor/")}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (arland.SHELLING, "Reported"),
        (arland.MOVE, "Disputed"),
        (arland.NO_MOVE, "Disputed"),
        (arland.CLOSING, "Hypothetical"),
        (arland.SENDING, "Hypothetical"),
        (arland.AID, "Expected"),
        (arland.CAPTURE, "Claimed"),
    ],
)
def test_status(event: Record, expected: str) -> None:
    assert status(event.id) == expected


def test_hearsay_alone_keeps_an_event_from_being_reported() -> None:
    claim = next(r for r in arland.RECORDS if isinstance(r, Claim) and r.content == arland.CAPTURE.id)
    assert status(arland.CAPTURE.id, replace(claim, hearsay=False)) == "Reported"


def test_only_denied_is_denied() -> None:
    claim = next(r for r in arland.RECORDS if isinstance(r, Claim) and r.content == arland.SHELLING.id)
    assert status(arland.SHELLING.id, replace(claim, negated=True)) == "Denied"


def test_only_sure_and_factual_stances_are_shortened() -> None:
    stances = [r for r in arland.RECORDS if isinstance(r, Stance)]
    threat = next(s for s in stances if s.kind == "Threat")
    action = next(s for s in stances if s.kind == "Action")
    found = flat(replace(threat, modality="Factual"), replace(action, confidence=0.5))
    opposes = {(s, o) for s, p, o in found if p == "opposes"}
    assert opposes >= {(arland.ARLAND.id, arland.BORDURIA.id), (arland.ARMY.id, arland.BORDURIA.id)}


def test_shortcuts_are_the_same_in_rdflib() -> None:
    turtle = dump("turtle", arland.RECORDS, Config())
    graph = rdflib.Graph().parse(data=turtle, format="turtle").parse(ontology_file("kgbuild.ttl"))
    found = set()
    for path in (QUERIES / "flat").glob("*.rq"):
        rows = graph.query(prefix_lines(BASE) + path.read_text(encoding="utf-8"))
        found |= {(subject, rdflib.URIRef(KG + path.stem), value) for _, subject, value in rows}
    assert found == set(rdflib.Graph().parse(data=flat_turtle(turtle), format="turtle"))
    assert len(found) > 10


def test_a_folder_opens_with_or_without_its_shortcuts(tmp_path: Path) -> None:
    turtle = dump("turtle", arland.RECORDS, Config(base="https://example.org/"))
    (tmp_path / "graph.ttl").write_bytes(turtle)
    without = open_store(tmp_path)
    (tmp_path / "flat.ttl").write_bytes(flat_turtle(turtle))
    assert len(open_store(tmp_path)) == len(without) == len(store_of(turtle))
    assert store_base(without) == "https://example.org/"
    assert run(without, "opposes").rows == [["Ada Quill", "Arland"]]


def test_a_folder_without_a_graph_or_with_a_broken_one_says_so(tmp_path: Path) -> None:
    with pytest.raises(BuildFolderError, match="kgbuild build"):
        open_store(tmp_path)
    (tmp_path / "graph.ttl").write_bytes(b"this is not Turtle")
    with pytest.raises(BuildFolderError, match="build the folder again"):
        open_store(tmp_path)


def test_a_headline_that_names_its_source_reports_nothing_itself() -> None:
    claim = next(r for r in arland.RECORDS if isinstance(r, Claim) and r.content == arland.HEAD_SHELLING.id)
    assert status(arland.HEAD_SHELLING.id) == "Reported"
    assert status(arland.HEAD_SHELLING.id, replace(claim, source=arland.BORDURIA.id)) == "Claimed"
