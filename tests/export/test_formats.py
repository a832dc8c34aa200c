"""Every RDF format, re-read by readers we did not write (rdflib, pyoxigraph, raptor): the same triples in all."""

from __future__ import annotations

import csv
import datetime
import io
import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import arland
import pyoxigraph as ox
import pytest
import rdflib

from kgbuild.config import Config
from kgbuild.export import dump
from kgbuild.export.csv import COLUMNS
from kgbuild.ontology import ontology_file
from kgbuild.records import to_json

CONFIG = Config()
RECORDS = (*arland.RECORDS, arland.entity('Zoë "Ó" <&> \\ \U0001f6f0\u200b', "Topic", aliases=("日本",)))
FORMATS = {  # name: (rdflib, pyoxigraph, raptor)
    "turtle": ("turtle", ox.RdfFormat.TURTLE, "turtle"),
    "trig": ("trig", ox.RdfFormat.TRIG, "trig"),
    "ntriples": ("nt", ox.RdfFormat.N_TRIPLES, "ntriples"),
    "nquads": ("nquads", ox.RdfFormat.N_QUADS, "nquads"),
    "jsonld": ("json-ld", ox.RdfFormat.JSON_LD, None),
    "rdfxml": ("xml", ox.RdfFormat.RDF_XML, "rdfxml"),
}
Value = tuple[str, str, tuple[str, str, str]]


def wanted() -> set[Value]:
    return by_oxigraph(dump("ntriples", RECORDS, CONFIG), ox.RdfFormat.N_TRIPLES)


def by_oxigraph(content: bytes, form: ox.RdfFormat) -> set[Value]:
    def value(node: object) -> tuple[str, str, str]:
        if isinstance(node, ox.Literal):
            return node.value, node.language or node.datatype.value, "literal"
        assert isinstance(node, ox.NamedNode)
        return node.value, "", "iri"

    return {(q.subject.value, q.predicate.value, value(q.object)) for q in ox.parse(content, format=form)}


def by_rdflib(content: bytes, form: str) -> set[Value]:
    graph = rdflib.Dataset(default_union=True) if form in ("trig", "nquads") else rdflib.Graph()
    graph.parse(data=content, format=form)

    def value(node: object) -> tuple[str, str, str]:
        if isinstance(node, rdflib.Literal):
            return str(node), node.language or str(node.datatype or rdflib.XSD.string), "literal"
        return str(node), "", "iri"

    return {(str(s), str(p), value(o)) for s, p, o in graph.triples((None, None, None))}


@pytest.mark.parametrize("form", FORMATS)
def test_rdflib_and_pyoxigraph_read_the_same_triples(form: str) -> None:
    content = dump(form, RECORDS, CONFIG)
    reader, parser, _ = FORMATS[form]
    assert by_oxigraph(content, parser) == wanted()
    assert by_rdflib(content, reader) == wanted()


@pytest.mark.skipif(shutil.which("rapper") is None, reason="needs rapper (Debian: raptor2-utils)")
@pytest.mark.parametrize("form", [f for f, names in FORMATS.items() if names[2]])
def test_raptor_reads_the_same_triples(form: str) -> None:
    command = ["rapper", "-q", "-i", str(FORMATS[form][2]), "-o", "ntriples", "-", "http://example.org/"]
    done = subprocess.run(command, input=dump(form, RECORDS, CONFIG), capture_output=True)
    assert done.returncode == 0 and not done.stderr, done.stderr[:500]
    assert by_oxigraph(done.stdout, ox.RdfFormat.N_TRIPLES) == wanted()


def test_the_context_file_reads_the_jsonld_without_its_own() -> None:
    document = json.loads(dump("jsonld", RECORDS, CONFIG))
    context = json.loads(ontology_file("context.jsonld").read_text(encoding="utf-8"))["@context"]
    document["@context"] = [context, {"@base": CONFIG.base}]
    assert by_oxigraph(json.dumps(document).encode(), ox.RdfFormat.JSON_LD) == wanted()


def test_trig_and_nquads_have_the_same_graphs() -> None:
    quads = [set(ox.parse(dump(form, RECORDS, CONFIG), format=FORMATS[form][1])) for form in ("trig", "nquads")]
    assert quads[0] == quads[1] and len({q.graph_name for q in quads[0]}) == 3


@pytest.mark.parametrize("form", ["trig", "ntriples", "rdfxml", "webannotation", "rdf12", "csvw"])
def test_bytes_depend_on_content_alone(form: str, tmp_path: Path) -> None:
    records = list(RECORDS)
    first = dump(form, records, CONFIG)
    random.Random(1).shuffle(records)
    assert dump(form, records, CONFIG) == first
    (tmp_path / "r.jsonl").write_text("".join(to_json(r) + "\n" for r in records), encoding="utf-8")
    code = (
        "import sys;from kgbuild.records import from_json;from kgbuild.export import dump;from kgbuild.config import Config;"
        f"sys.stdout.buffer.write(dump({form!r},[from_json(l) for l in open({str(tmp_path / 'r.jsonl')!r},encoding='utf-8')],Config()))"
    )
    root = Path(__file__).resolve().parents[2]
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=root, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        assert done.stdout == first


def test_xml_holds_what_xml_cannot() -> None:
    content = dump("rdfxml", [arland.entity("a\x07b", "Topic")], CONFIG)
    assert {o[0] for _, p, o in by_oxigraph(content, ox.RdfFormat.RDF_XML) if p.endswith("prefLabel")} == {"a\ufffdb"}


def test_web_annotations_point_at_the_words() -> None:
    graph = rdflib.Graph().parse(data=dump("webannotation", RECORDS, CONFIG), format="nt")
    oa = rdflib.Namespace("http://www.w3.org/ns/oa#")
    texts = {CONFIG.base + d.id: d.text for d in (arland.ARTICLE, arland.SECOND)}
    motives = set()
    for annotation in graph.subjects(rdflib.RDF.type, oa.Annotation):
        motives.add(str(graph.value(annotation, oa.motivatedBy)).removeprefix(str(oa)))
        assert list(graph.objects(annotation, oa.hasBody))
        (target,) = graph.objects(annotation, oa.hasTarget)
        text = texts[str(graph.value(target, oa.hasSource))]
        selectors = {
            str(graph.value(s, rdflib.RDF.type)).removeprefix(str(oa)): s for s in graph.objects(target, oa.hasSelector)
        }
        position, quote = selectors["TextPositionSelector"], selectors["TextQuoteSelector"]
        begin, end = (int(str(graph.value(position, p))) for p in (oa.start, oa.end))
        assert text[begin:end] == str(graph.value(quote, oa.exact))
    assert motives == {"identifying", "classifying", "describing", "assessing"}


def test_rdf_12_mentions_what_is_said_and_asserts_none_of_it() -> None:
    quads = list(ox.parse(dump("rdf12", RECORDS, CONFIG), format=ox.RdfFormat.N_TRIPLES))
    said = {q.object for q in quads if isinstance(q.object, ox.Triple)}
    assert len(said) > 3 and {q.predicate.value for q in quads if isinstance(q.object, ox.Triple)} == {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies"
    }
    assert not said & {q.triple for q in quads}
    store = ox.Store()
    store.extend(quads)
    query = (
        "PREFIX kg: <https://w3id.org/kgbuild/ns#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
        "SELECT ?who { ?r rdf:reifies <<( ?x kg:opposes ?y )>> ; kg:attributedTo ?who ; kg:score ?s FILTER(?s < 0) }"
    )
    assert len(list(store.query(query))) > 0


CHECKS = {
    "boolean": lambda v: v in ("true", "false"),
    "decimal": lambda v: re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", v) is not None,
    "nonNegativeInteger": lambda v: v.isdigit(),
    "date": lambda v: bool(datetime.date.fromisoformat(v)),
    "string": lambda v: True,
}


def test_the_csv_is_as_its_metadata_says() -> None:
    metadata = json.loads(dump("csvw", RECORDS, CONFIG))
    columns = metadata["tableSchema"]["columns"]
    content = dump("csv", RECORDS, CONFIG).decode(metadata["dialect"]["encoding"])
    header, *rows = csv.reader(io.StringIO(content, newline=""))
    assert [c["titles"] for c in columns] == header == list(COLUMNS) and rows
    seen = set()
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            kind = column["datatype"]["base"] if isinstance(column["datatype"], dict) else column["datatype"]
            assert value or not column.get("required")
            if value:
                seen.add(kind)
                assert CHECKS[kind](value), (column["name"], value)
                if isinstance(column["datatype"], dict):
                    assert column["datatype"]["minimum"] <= float(value) <= column["datatype"]["maximum"]
    assert seen == set(CHECKS)
    key = header.index(metadata["tableSchema"]["primaryKey"])
    assert len({row[key] for row in rows}) == len(rows)
    ontology = ontology_file("kgbuild.ttl").read_text(encoding="utf-8")
    for column in columns:
        if "propertyUrl" in column:
            assert f"kg:{column['propertyUrl'].rpartition('#')[2]} a owl:" in ontology
