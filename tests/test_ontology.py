"""The ontology: complete, in step with the code, and true to PLOVER."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import arland
import pytest
import rdflib
from made_stances import changed
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from kgbuild import vocab
from kgbuild.aggregate import Aggregates
from kgbuild.claims.lexicon import event_lexicon
from kgbuild.config import Config
from kgbuild.export import dump
from kgbuild.export.derived import derived_turtle
from kgbuild.ontology import KG, V, ontology_file
from kgbuild.rdf import PREFIXES
from kgbuild.records import Document
from kgbuild.store import flat_turtle

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    return rdflib.Graph().parse(ontology_file("kgbuild.ttl"))


def test_generated_files_are_up_to_date(root: Path) -> None:
    for script in ("make_vocab.py", "make_docs.py"):
        made = subprocess.run([sys.executable, root / "ontologies" / script, "--check"], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr


def test_every_term_is_documented(ontology: rdflib.Graph) -> None:
    for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty):
        for term in ontology.subjects(RDF.type, kind):
            if isinstance(term, rdflib.BNode):
                continue
            needed = [RDFS.label, RDFS.comment, SKOS.example] + ([] if kind == OWL.Class else [RDFS.domain, RDFS.range])
            assert [p for p in needed if len(list(ontology.objects(term, p))) != 1] == [], term
    plover = rdflib.URIRef(V + "Plover")
    for concept in ontology.subjects(RDF.type, SKOS.Concept):
        for needed in (SKOS.prefLabel, SKOS.definition, SKOS.inScheme):
            assert len(set(ontology.objects(concept, needed)) - {plover}) == 1, concept


def test_the_vocabularies_named_are_aligned_with(ontology: rdflib.Graph) -> None:
    linked = {
        str(o)
        for p in (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.closeMatch, RDFS.seeAlso)
        for o in ontology.objects(None, p)
    }
    for vocabulary in (
        "http://semanticweb.cs.vu.nl/2009/11/sem/", "http://www.w3.org/ns/prov#", "http://groundedannotationframework.org/grasp#",
        "http://www.gsi.upm.es/ontologies/marl/ns#", "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
        "https://schema.org/", "http://www.w3.org/2004/02/skos/core#",
    ):  # fmt: skip
        assert any(term.startswith(vocabulary) for term in linked), vocabulary


def test_plover_is_a_scheme_of_its_own_with_notations(ontology: rdflib.Graph) -> None:
    plover = rdflib.URIRef(V + "Plover")
    top = set(ontology.objects(plover, SKOS.hasTopConcept))
    members = set(ontology.subjects(SKOS.inScheme, plover))
    assert len(top) == 4 and len(members - top) == 16
    assert top == set(ontology.subjects(SKOS.topConceptOf, plover))
    notations = {str(ontology.value(m, SKOS.notation)) for m in members}
    assert len(notations) == 20 and {"1", "4", "AGREE", "ASSAULT"} <= notations
    for member in members - top:
        assert set(ontology.objects(member, SKOS.broader)) <= top
        assert str(ontology.value(member, SKOS.notation)) == vocab.EVENT_TYPES[str(member).removeprefix(V)]


def test_modes_are_a_scheme_whose_notations_are_what_the_rules_give(ontology: rdflib.Graph) -> None:
    modes = rdflib.URIRef(V + "Modes")
    types = {
        str(ontology.value(m, SKOS.notation)): {str(t).removeprefix(V) for t in ontology.objects(m, SKOS.related)}
        for m in ontology.subjects(SKOS.inScheme, modes)
    }
    assert sorted(types) == sorted(vocab.MODES.values())  # no notation twice
    assert set().union(*types.values()) <= set(vocab.EVENT_TYPES)
    given: dict[str, set[str]] = {}
    for rule in event_lexicon().rules.values():
        if rule.mode:
            given.setdefault(rule.mode, set()).update({rule.type, *rule.verb_type.values()})
    assert given == types


def reasoned(data: bytes) -> tuple[rdflib.Graph, list[str]]:
    """The OWL 2 RL closure of the ontology and some data, and the contradictions the rules found."""
    import owlrl

    graph = rdflib.Graph().parse(ontology_file("kgbuild.ttl")).parse(data=data, format="turtle")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    error = rdflib.URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
    return graph, [str(o) for o in graph.objects(None, error)]


def test_ontology_and_data_are_consistent_in_owl_2_rl() -> None:
    # the sentences of one short article, and everything they lead to
    data = dump("turtle", arland.RECORDS, Config())
    graph, errors = reasoned(data)
    assert errors == []
    prov = rdflib.Namespace("http://www.w3.org/ns/prov#")
    assert list(graph.subjects(RDF.type, prov.Agent)) and list(graph.subject_objects(prov.wasAttributedTo))
    # and a contradiction would be seen
    _, errors = reasoned(data + b"\n<https://w3id.org/kgbuild/actor/arland-q900001> a kg:Place .\n")
    assert errors


def test_every_term_the_writers_use_is_declared(ontology: rdflib.Graph) -> None:
    crowded = [dataclasses.replace(r, unread_pairs=3) if isinstance(r, Document) else r for r in arland.RECORDS]
    turtle = dump("turtle", crowded, Config())
    data = rdflib.Graph().parse(data=turtle, format="turtle").parse(data=flat_turtle(turtle), format="turtle")
    data.parse(data=derived_turtle(Aggregates(arland.RECORDS), Config()), format="turtle")
    declared = {str(s) for s in ontology.subjects() if isinstance(s, rdflib.URIRef)}
    used = {str(t) for triple in data for t in triple if isinstance(t, rdflib.URIRef) and str(t).startswith((KG, V))}
    assert used <= declared
    assert len(used) > 70
    foreign = {str(p) for p in data.predicates() if not str(p).startswith(KG)}
    assert {f.rpartition("#")[0] or f.rpartition("/")[0] for f in foreign} <= {
        n.rstrip("#/") for n in PREFIXES.values()
    }


def test_everything_the_hand_made_records_can_say_is_said(ontology: rdflib.Graph) -> None:
    """Every property of the ontology is in use, but for the one that no extractor fills yet."""
    crowded = [dataclasses.replace(r, unread_pairs=3) if isinstance(r, Document) else r for r in arland.RECORDS]
    turtle = dump("turtle", crowded, Config())
    data = rdflib.Graph().parse(data=turtle, format="turtle").parse(data=flat_turtle(turtle), format="turtle")
    data.parse(data=derived_turtle(Aggregates([*arland.RECORDS, *changed()]), Config()), format="turtle")
    properties = {f"{KG}{name}" for name in (*vocab.OBJECT_PROPERTIES, *vocab.DATA_PROPERTIES)}
    unused = properties - {str(p) for p in data.predicates()}
    assert unused == {KG + "instrument"}


def test_values_of_properties_are_of_the_kind_declared(ontology: rdflib.Graph) -> None:
    turtle = dump("turtle", arland.RECORDS, Config())
    for _, p, o in rdflib.Graph().parse(data=turtle, format="turtle"):
        if str(p).startswith(KG):
            kind = OWL.ObjectProperty if isinstance(o, rdflib.URIRef) else OWL.DatatypeProperty
            assert (p, RDF.type, kind) in ontology, p


def test_shapes_allow_exactly_the_values_of_the_vocabulary() -> None:
    shapes = rdflib.Graph().parse(ontology_file("shapes.ttl"))
    lists = {
        "eventType": list(vocab.EVENT_TYPES), "voice": vocab.VOICES, "speechAct": vocab.SPEECH_ACTS, "form": vocab.FORMS,
        "modality": vocab.MODALITIES, "polarity": vocab.POLARITIES, "stanceKind": vocab.STANCE_KINDS,
        "affiliationKind": vocab.AFFILIATION_KINDS, "mergeRule": vocab.MERGE_RULES,
    }  # fmt: skip
    seen = set()
    for node, members in shapes.subject_objects(SH["in"]):
        name = str(shapes.value(node, SH.path)).removeprefix(KG)
        assert sorted(str(m).removeprefix(V) for m in shapes.items(members)) == sorted(lists[name])
        seen.add(name)
    assert seen == set(lists)


@pytest.mark.shared
def test_plover_types_have_the_quad_classes_of_the_manual(shared: Path) -> None:
    manual = (shared / "data" / "plover" / "PLOVER_MANUAL.tex").read_text(encoding="utf-8", errors="replace")
    section = ""
    quads: dict[str, str] = {}
    for line in manual.splitlines():
        if match := re.match(r"\\section\{([A-Z]+)\}", line):
            section = match[1]
        elif match := re.match(r"\\subsection\{Quad category: ([A-Z]+) ([A-Z]+)\}", line):
            quads[section] = match[1].capitalize() + match[2].capitalize()
    assert len(quads) >= 16
    names = {notation: name for name, notation in vocab.EVENT_TYPES.items()}
    assert {names[n]: vocab.BROADER[names[n]] for n in quads} == {names[n]: quad for n, quad in quads.items()}
