"""Check: nothing wrong with a good build, and every kind of fault is found; the SPARQL shapes agree with pySHACL."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import arland
import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF

from kgbuild.check import _subjects, check, check_records, check_store
from kgbuild.config import Config
from kgbuild.errors import BuildFolderError
from kgbuild.export import dump
from kgbuild.ontology import ontology_file
from kgbuild.pipeline import KnowledgeGraph
from kgbuild.records import Paragraph, Record, Span, to_json
from kgbuild.shapes import proofs, rules
from kgbuild.store import flat_turtle

KG = rdflib.Namespace("https://w3id.org/kgbuild/ns#")
V = rdflib.Namespace("https://w3id.org/kgbuild/vocab/")
NIF = rdflib.Namespace("http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#")
SCHEMA = rdflib.Namespace("https://schema.org/")
SKOS = rdflib.Namespace("http://www.w3.org/2004/02/skos/core#")
WGS = rdflib.Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
XSD = rdflib.XSD
BASE = Config().base
TURTLE = dump("turtle", arland.RECORDS, Config())


def node(record: Record | str) -> rdflib.URIRef:
    return rdflib.URIRef(BASE + (record if isinstance(record, str) else record.id))


ARTICLE, SHELLING, CLAIM = node(arland.ARTICLE), node(arland.SHELLING), node(arland.CALLING)
STANCE, MENTION = node(arland.STANCES_FOUND[0]), node(arland.MENTIONS[0])
PORT, QUILL, ARLAND = node(arland.PORT), node(arland.QUILL), node(arland.ARLAND)
SPAN = node(f"{arland.ARTICLE.id}#offset_70_77")


def lit(text: str, kind: rdflib.URIRef | None = None) -> rdflib.Literal:
    return rdflib.Literal(text, datatype=kind, normalize=False)


Break = tuple[rdflib.URIRef, rdflib.URIRef, "rdflib.term.Node | None"]
# What is broken -> (subject, property, its only value now; None: no value). The rule is the one that must notice.
BROKEN: dict[str, Break] = {
    "Article/headline/maxCount": (ARTICLE, SCHEMA.headline, lit("another")),
    "Article/datePublished/datatype": (ARTICLE, SCHEMA.datePublished, lit("2031-02-30", XSD.date)),
    "Article/textSha256/pattern": (ARTICLE, KG.textSha256, lit("xyz")),
    "Article/isString/minCount": (ARTICLE, NIF.isString, None),
    "Record/article/minCount": (SHELLING, KG.article, None),
    "Record/article/class": (CLAIM, KG.article, QUILL),
    "Record/extractor/minCount": (STANCE, KG.extractor, None),
    "Record/confidence/maxInclusive": (MENTION, KG.confidence, lit("1.5", XSD.decimal)),
    "Record/confidence/datatype": (CLAIM, KG.confidence, lit("0.5", XSD.double)),
    "Perspective/span/class": (SHELLING, KG.span, PORT),
    "Perspective/earliest/lessThanOrEquals": (SHELLING, KG.earliest, lit("2040-01-01", XSD.date)),
    # on an undated record: engines differ on whether a day and a moment can be compared
    "Perspective/latest/datatype": (node(arland.CLOSING), KG.latest, lit("2031-05-06T00:00:00", XSD.dateTime)),
    "Span/endIndex/minCount": (SPAN, NIF.endIndex, None),
    "Span/beginIndex/lessThan": (SPAN, NIF.beginIndex, rdflib.Literal(99)),
    "Span/beginIndex/minInclusive": (SPAN, NIF.beginIndex, rdflib.Literal(-1)),
    "Span/anchorOf/minLength": (SPAN, NIF.anchorOf, lit("")),
    "Mention/denotes/class": (MENTION, KG.denotes, ARTICLE),
    "Mention/form/in": (MENTION, KG.form, V.Factual),
    "Event/eventType/in": (SHELLING, KG.eventType, V.Conflict),
    "Event/agent/class": (SHELLING, KG.agent, PORT),
    "Event/place/class": (SHELLING, KG.place, QUILL),
    "Event/cluster/minCount": (SHELLING, KG.cluster, None),
    "Event/trigger/minCount": (SHELLING, KG.trigger, None),
    "Claim/attributedTo/or": (CLAIM, KG.attributedTo, PORT),
    "Claim/negated/datatype": (CLAIM, KG.negated, lit("no")),
    "Claim/hearsay/minCount": (CLAIM, KG.hearsay, None),
    "Claim/content/class": (node(arland.STATEMENT), KG.content, CLAIM),
    "Claim/contentSpan/minCount": (CLAIM, KG.contentSpan, None),
    "Stance/holder/disjoint": (STANCE, KG.holder, ARLAND),
    "Stance/score/maxInclusive": (STANCE, KG.score, lit("3", XSD.decimal)),
    "Stance/polarity/in": (STANCE, KG.polarity, V.Positive),
    "Stance/basis/or": (STANCE, KG.basis, SPAN),
    "Stance/target/minCount": (STANCE, KG.target, None),
    "Entity/prefLabel/minCount": (QUILL, SKOS.prefLabel, None),
    "Entity/prefLabel/uniqueLang": (QUILL, SKOS.prefLabel, rdflib.Literal("Adda Quill", lang="en")),
    "Entity/altLabel/disjoint": (QUILL, SKOS.altLabel, rdflib.Literal("Ada Quill", lang="en")),
    "Entity/exactMatch/pattern": (ARLAND, SKOS.exactMatch, rdflib.URIRef("http://www.wikidata.org/entity/P31")),
    "Actor/affiliation/class": (QUILL, KG.affiliation, PORT),
    "Place/lat/maxInclusive": (PORT, WGS.lat, lit("91", XSD.decimal)),
    "Extractor/softwareVersion/minCount": (node("extractor/names-0.1.0"), SCHEMA.softwareVersion, None),
}
ADDED = {"Article/headline/maxCount", "Entity/prefLabel/uniqueLang"}
"""Faults of a second value beside the first."""


def data() -> rdflib.Graph:
    return rdflib.Graph().parse(data=TURTLE, format="turtle")


def broken(name: str) -> rdflib.Graph:
    graph = data()
    subject, predicate, value = BROKEN[name]
    if name not in ADDED:
        graph.remove((subject, predicate, None))
    if value is not None:
        graph.add((subject, predicate, value))
    return graph


def violating(graph: rdflib.Graph) -> dict[str, set[str]]:
    """Node -> the rules it breaks, by the project's own SPARQL."""
    store = ox.Store()
    store.bulk_load(graph.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)
    store.bulk_load(ontology_file("kgbuild.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
    names = {rule.name for rule in rules()}
    found: dict[str, set[str]] = {}
    for violation in check_store(store):
        if violation.rule in names:
            found.setdefault(BASE + violation.subject, set()).add(violation.rule)
    return found


def violating_in_pyshacl(graph: rdflib.Graph) -> dict[str, int]:
    """Node -> how many constraints it breaks, by pySHACL."""
    whole = graph + rdflib.Graph().parse(ontology_file("kgbuild.ttl"))
    shapes = rdflib.Graph().parse(ontology_file("shapes.ttl"))
    _, report, _ = pyshacl.validate(whole, shacl_graph=shapes)
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    assert isinstance(report, rdflib.Graph)
    found: dict[str, set[tuple[str, ...]]] = {}
    for result in report.subjects(RDF.type, sh.ValidationResult):
        key = tuple(str(report.value(result, p)) for p in (sh.sourceShape, sh.sourceConstraintComponent))
        found.setdefault(str(report.value(result, sh.focusNode)), set()).add(key)
    return {focus: len(keys) for focus, keys in found.items()}


def test_a_good_build_conforms_to_both() -> None:
    assert violating(data()) == {}
    assert violating_in_pyshacl(data()) == {}


@pytest.mark.parametrize("name", BROKEN)
def test_each_fault_is_found_and_both_agree(name: str) -> None:
    graph = broken(name)
    ours = violating(graph)
    assert name in ours[str(BROKEN[name][0])]
    assert {focus: len(names) for focus, names in ours.items()} == violating_in_pyshacl(graph)


def test_every_kind_of_constraint_is_broken_once() -> None:
    kinds = {rule.name.rpartition("/")[2] for rule in rules()}
    assert {name.rpartition("/")[2] for name in BROKEN} | {"nodeKind", "minCount"} >= kinds


def test_proofs_leave_no_rule_out_and_hide_no_fault() -> None:
    assert {rule for proof in proofs() for rule in proof.rules} == set(rules())
    good = list(ox.parse(TURTLE, format=ox.RdfFormat.TURTLE))
    ontology = list(ox.parse(ontology_file("kgbuild.ttl").read_bytes(), format=ox.RdfFormat.TURTLE))
    chance, hits = random.Random(7), 0
    for _ in range(150):
        store = ox.Store()
        store.extend(ox.Quad(*t.triple) for t in (*good, *ontology))
        for _ in range(chance.randint(1, 4)):  # a value gone, another's put in its place, or put beside it
            quad, other = (ox.Quad(*chance.choice(good).triple) for _ in range(2))
            if chance.random() < 0.7:
                store.remove(quad)
            if chance.random() < 0.7:
                store.add(ox.Quad(quad.subject, quad.predicate, other.object))
        names = {rule.name for rule in rules()}
        found = {(v.rule, v.subject) for v in check_store(store) if v.rule in names}
        exact = {(r.name, s.removeprefix(BASE)) for r in rules() for s in _subjects(store, r.query)}
        assert found == exact
        hits += bool(exact)
    assert hits > 50


WHOLE: dict[str, Break] = {
    "anchor_text": (SPAN, NIF.anchorOf, lit("shelleD")),
    "text_length": (ARTICLE, NIF.endIndex, rdflib.Literal(7)),
    "iri_offsets": (SPAN, NIF.endIndex, rdflib.Literal(78)),
    "orphan_event": (CLAIM, KG.content, None),
    "stance_sign": (STANCE, KG.score, lit("0.7", XSD.decimal)),
    "own_article": (SHELLING, KG.article, node(arland.SECOND)),
    "article_iri": (ARTICLE, KG.textSha256, lit("0" * 64)),
    "narrator_source": (CLAIM, KG.voice, V.Narrator),
    "statement_loop": (CLAIM, KG.statement, CLAIM),
    "undeclared": (SHELLING, KG.weather, lit("fine")),
    "undeclared_class": (SHELLING, RDF.type, KG.Storm),
    "undeclared_value": (SHELLING, KG.eventType, V.Weather),
    "iri": (rdflib.URIRef(BASE + "actor/Bad_Id"), RDF.type, KG.Person),
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_graph_checks(name: str) -> None:
    graph = data()
    subject, predicate, value = WHOLE[name]
    if name == "orphan_event":
        graph.remove((None, KG.content, SHELLING))
        subject = SHELLING
    graph.remove((subject, predicate, None))
    if value is not None:
        graph.add((subject, predicate, value))
    store = ox.Store()
    store.bulk_load(graph.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)
    store.bulk_load(ontology_file("kgbuild.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
    expected = {"undeclared": "ns#weather", "undeclared_class": "ns#Storm", "undeclared_value": "vocab/Weather"}
    found = {(v.rule, v.subject) for v in check_store(store)}
    assert (name, expected.get(name, str(subject).removeprefix(BASE))) in found


def test_whole_graph_checks_pass_with_characters_outside_the_basic_plane() -> None:
    text = "🛰️ Arland’s navy shelled Zoë's quay 𝔘."
    document = arland.document(text, source="x")
    span = arland.at("shelled", text)
    clause = arland.at("Arland’s navy shelled Zoë's quay", text)
    event = arland.event(span, clause, "Assault", "shell", document)
    claim = arland.claim(clause, document.id, clause, document, voice="Narrator", speech_act="Report", content=event.id)
    store = ox.Store()
    store.bulk_load(dump("turtle", [document, event, claim], Config()), format=ox.RdfFormat.TURTLE)
    store.bulk_load(ontology_file("kgbuild.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
    assert list(check_store(store)) == []
    assert list(check_records([document, event, claim])) == []


RECORD_FAULTS: dict[str, tuple[str, Callable[[], Record]]] = {
    "outside the text": ("span", lambda: replace(arland.SHELLING, span=Span(56, 9999))),
    "empty span": ("span", lambda: replace(arland.CALLING, cue=Span(5, 5))),
    "one of several spans": ("span", lambda: replace(arland.CALLING, content_spans=(Span(1, 2), Span(-1, 3)))),
    "paragraph": ("span", lambda: replace(arland.ARTICLE, paragraphs=(Paragraph(0, 9999),))),
    "trigger": ("span", lambda: replace(arland.SHELLING, trigger=Span(0, 4))),
    "altered text": ("text_hash", lambda: replace(arland.SECOND, text=arland.SECOND.text + "!")),
    "altered hash and text": (
        "text_hash",
        lambda: replace(arland.SECOND, text="x", sha256=hashlib.sha256(b"x").hexdigest()),
    ),
    "unknown entity": ("dangling", lambda: replace(arland.SHELLING, agents=("actor/nobody-x0000000000",))),
    "unknown claim": ("dangling", lambda: replace(arland.STATEMENT, statement="article/x#claim_1_2")),
    "wrong kind": ("dangling", lambda: replace(arland.STATEMENT, content=arland.ARLAND.id)),
    "territory": ("dangling", lambda: replace(arland.ARLAND, territory="place/nowhere-x0000000000")),
    "type": ("value", lambda: replace(arland.SHELLING, type="Bombard")),
    "kind": ("value", lambda: replace(arland.PORT, kind="Town")),
    "kind and id": ("value", lambda: replace(arland.PORT, kind="State")),
    "confidence": ("value", lambda: replace(arland.MENTIONS[0], confidence=1.2)),
    "extractor": ("value", lambda: replace(arland.MENTIONS[0], extractor="")),
    "order of days": ("days", lambda: replace(arland.SHELLING, earliest="2031-06-01")),
    "no day": ("days", lambda: replace(arland.SHELLING, latest="2031-13-01")),
    "article": ("own_article", lambda: replace(arland.SHELLING, document=arland.SECOND.id)),
}


@pytest.mark.parametrize("name", RECORD_FAULTS)
def test_faults_of_records(name: str) -> None:
    rule, make = RECORD_FAULTS[name]
    faulty = make()
    records = [faulty if r.id == faulty.id else r for r in arland.RECORDS]
    assert rule in {v.rule for v in check_records(records) if v.subject == faulty.id}


def test_good_records_have_no_fault_and_two_of_one_id_do() -> None:
    assert list(check_records(arland.RECORDS)) == []
    assert {v.rule for v in check_records([*arland.RECORDS, arland.SHELLING])} == {"unique_id"}


def folder(path: Path) -> Path:
    """A build folder of the hand-made records, with a manifest."""
    files = {"graph.ttl": TURTLE, "flat.ttl": flat_turtle(TURTLE)}
    files["records.jsonl"] = "".join(to_json(r) + "\n" for r in arland.RECORDS).encode()
    for name, content in files.items():
        (path / name).write_bytes(content)
    manifest = {"base": BASE, "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}}
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return path


def test_a_good_folder_passes(tmp_path: Path) -> None:
    report = check(folder(tmp_path))
    assert report.ok and report.violations == (), report.violations
    assert "2 articles" in report.summary and "spans match their text" in report.summary


def test_a_changed_folder_does_not(tmp_path: Path) -> None:
    made = folder(tmp_path)
    lines = (made / "records.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (made / "records.jsonl").write_text("".join([*lines[1:], "{}\n"]), encoding="utf-8")
    (made / "flat.ttl").unlink()
    found = {(v.rule, v.subject) for v in check(made).violations}
    assert {
        ("manifest", "records.jsonl"),
        ("manifest", "flat.ttl"),
        ("record", f"records.jsonl line {len(lines)}"),
        ("same_records", arland.ARTICLE.id),
    } <= found


def living(path: Path) -> Path:
    return KnowledgeGraph(arland.RECORDS).save(path)


def rules_broken(path: Path) -> set[tuple[str, str]]:
    return {(v.rule, v.subject) for v in check(path).violations}


def sealed(path: Path, name: str, content: bytes) -> None:
    """Change a file and its checksum, as somebody would who wants it not to be seen."""
    (path / name).write_bytes(content)
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_a_whole_build_passes_and_files_that_do_not_fit_each_other_are_found(tmp_path: Path) -> None:
    made = living(tmp_path / "out")
    assert rules_broken(made) == set()
    article = "articles/" + arland.SECOND.id.removeprefix("article/") + ".ttl"
    good = (made / article).read_bytes()
    sealed(made, article, good + b"\n")
    assert rules_broken(made) == {("same_files", article)}
    sealed(made, article, good)
    flat = (made / "flat.ttl").read_bytes()
    sealed(made, "flat.ttl", flat.replace(b"kg:opposes", b"kg:supports"))
    assert rules_broken(made) == {("flat", "flat.ttl")}
    sealed(made, "flat.ttl", flat)
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    manifest["counts"]["Event"] += 1
    manifest["articles"].pop()
    (made / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert rules_broken(made) == {("manifest", "counts"), ("manifest", "articles")}
    (made / "manifest.json").unlink()
    assert ("manifest", "manifest.json") in rules_broken(made)


def test_no_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BuildFolderError, match="kgbuild build"):
        check(tmp_path)
