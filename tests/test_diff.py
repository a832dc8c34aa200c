"""What changed between two builds: for people, and as an RDF Patch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import arland
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgbuild.diff import difference, findings, rdf_patch
from kgbuild.errors import BuildFolderError
from kgbuild.pipeline import KnowledgeGraph
from kgbuild.records import Event, Mention, Record, Stance


def changed(*new: Record, without: tuple[str, ...] = ()) -> list[Record]:
    table = {r.id: r for r in new}
    return [table.get(r.id, r) for r in arland.RECORDS if r.id not in without]


def test_nothing_changed() -> None:
    assert findings(arland.RECORDS, arland.RECORDS) == [] and difference(arland.RECORDS, arland.RECORDS) == []


def test_entities_that_became_one_and_that_came_apart() -> None:
    mentions = [r for r in arland.RECORDS if isinstance(r, Mention) and len(r.entities) == 1]
    quill = [m for m in mentions if m.entities == (arland.QUILL.id,)]
    brandt = [m for m in mentions if m.entities == (arland.BRANDT.id,)]
    assert quill and brandt
    joined = changed(*(replace(m, entities=(arland.QUILL.id,)) for m in brandt))
    (line,) = [f for f in findings(arland.RECORDS, joined) if "merged" in f]
    assert "Ada Quill" in line and "Otto Brandt" in line and line.endswith(f"are Ada Quill ({arland.QUILL.id}) now")
    apart = [f for f in findings(joined, arland.RECORDS) if "split" in f]
    assert len(apart) == 1 and apart[0].startswith("entity split: Ada Quill") and "Otto Brandt" in apart[0]


def test_a_stance_whose_sign_turned_and_an_event_that_is_lost() -> None:
    stance = next(r for r in arland.RECORDS if isinstance(r, Stance) and r.polarity == "Against")
    event = next(r for r in arland.RECORDS if isinstance(r, Event))
    new = changed(replace(stance, polarity="For", score=0.5), without=(event.id,))
    found = findings(arland.RECORDS, new)
    assert any(f.startswith("stance flipped: ") and "Against -> For" in f for f in found)
    assert "events: 1 lost" in found
    signs = {(c.sign, c.record.id) for c in difference(arland.RECORDS, new)}
    assert signs == {("~", stance.id), ("-", event.id)}


def test_a_file_with_another_text_is_one_that_changed() -> None:
    other = arland.document("Quill thanked the Coast League twice.", source=arland.SECOND.source)
    kept = [r for r in arland.RECORDS if r.id != arland.SECOND.id and getattr(r, "document", "") != arland.SECOND.id]
    assert f"article changed: {arland.SECOND.source}" in findings(arland.RECORDS, [*kept, other])
    assert f"article lost: {arland.SECOND.source}" in findings(arland.RECORDS, kept)


def triples(folder: Path) -> set[str]:
    graph = rdflib.Graph().parse(folder / "graph.ttl", format="turtle")
    return {" ".join(term.n3() for term in triple) for triple in graph}


def applied(patch: list[str], folder: Path) -> set[str]:
    """The old graph after the patch, its lines read by rdflib."""
    graph = rdflib.Graph().parse(folder / "graph.ttl", format="turtle")
    for line in patch:
        if line[0] in "AD":
            ((s, p, o),) = rdflib.Graph().parse(data=line[2:], format="nt")
            (graph.add if line[0] == "A" else graph.remove)((s, p, o))
    return {" ".join(term.n3() for term in triple) for triple in graph}


PARTS = [r for r in arland.RECORDS if isinstance(r, Stance)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=st.sets(st.sampled_from(PARTS)), new=st.sets(st.sampled_from(PARTS)), second=st.booleans())
def test_the_patch_makes_the_old_graph_the_new_one(
    old: set[Stance], new: set[Stance], second: bool, tmp_path: Path
) -> None:
    sides = []
    for name, left_out in (("old", old), ("new", new)):
        records = [r for r in arland.RECORDS if r not in left_out]
        if second and name == "old":
            records = [r for r in records if arland.SECOND.id not in (r.id, getattr(r, "document", ""))]
        sides.append(KnowledgeGraph(records).save(tmp_path / name))
    patch = list(rdf_patch(*sides))
    assert patch[0].startswith("H id <urn:sha256:") and patch[1] == "TX ." and patch[-1] == "TC ."
    assert patch == list(rdf_patch(*sides))
    kinds = [line[0] for line in patch[2:-1]]
    assert kinds == sorted(kinds, reverse=True)
    assert applied(patch, sides[0]) == triples(sides[1])
    if old == new and not second:
        assert len(patch) == 3


def test_no_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BuildFolderError, match="kgbuild build"):
        list(rdf_patch(tmp_path, tmp_path))
