"""The RDF writers: the same triples in every format and every engine, the same bytes from any order of records."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import arland
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kgbuild.config import Config
from kgbuild.errors import InputError
from kgbuild.export import dump, dump_articles
from kgbuild.export.triples import triples
from kgbuild.rdf import n_triples
from kgbuild.records import Document, Entity, Record, to_json

CONFIG = Config()
HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(
            '<>"\\{}|^`#@_:;.,\n\r\t\x00\x07\x1f\x7f\x85\xa0\u200b\u200f\u2028\u202e\u2066\ufeff\ufffe\U0001f6f0\U000e0041'
        ),
    ),
    min_size=1,
)


def by_rdflib(content: bytes, form: str) -> set[tuple[str, str, str]]:
    graph = rdflib.Graph()
    graph.parse(data=content, format=form)
    return {(s.n3(), p.n3(), o.n3()) for s, p, o in graph}


def by_oxigraph(content: bytes, form: ox.RdfFormat) -> set[tuple[str, str, str]]:
    return {(str(q.subject), str(q.predicate), str(q.object)) for q in ox.parse(content, format=form)}


def ours(records: Sequence[Record], config: Config = CONFIG) -> set[tuple[str, str, str]]:
    return {(n_triples(s), n_triples(p), n_triples(o)) for s, p, o in triples(records, config.base)}


def values(content: bytes, engine: str) -> set[tuple[str, str, str]]:
    """Triples by lexical value, for texts that the two engines escape in different ways when they print them."""
    if engine == "rdflib":
        return {(str(s), str(p), str(o)) for s, p, o in rdflib.Graph().parse(data=content, format="turtle")}
    found = ox.parse(content, format=ox.RdfFormat.TURTLE)
    return {(q.subject.value, q.predicate.value, q.object.value) for q in found}


def test_every_format_holds_the_same_triples_for_both_engines() -> None:
    whole = ours(arland.RECORDS)
    assert len(whole) > 500
    turtle, jsonld = dump("turtle", arland.RECORDS, CONFIG), dump("jsonld", arland.RECORDS, CONFIG)
    assert by_oxigraph(turtle, ox.RdfFormat.TURTLE) == whole
    assert by_oxigraph(jsonld, ox.RdfFormat.JSON_LD) == whole
    assert by_oxigraph(dump("nquads", arland.RECORDS, CONFIG), ox.RdfFormat.N_QUADS) == whole
    assert len(by_rdflib(turtle, "turtle")) == len(whole)
    assert set(rdflib.Graph().parse(data=turtle, format="turtle")) == set(
        rdflib.Graph().parse(data=jsonld, format="json-ld")
    )


def test_article_files_hold_the_whole_graph_and_no_triple_twice() -> None:
    files = dict(dump_articles(arland.RECORDS, CONFIG))
    assert sorted(files) == sorted(
        ["entities.ttl", *(f"{d.sha256[:16]}.ttl" for d in arland.RECORDS if isinstance(d, Document))]
    )
    found = [by_oxigraph(content, ox.RdfFormat.TURTLE) for content in files.values()]
    assert sum(map(len, found)) == len(set.union(*found))
    assert set.union(*found) == ours(arland.RECORDS)


def test_each_article_is_a_named_graph_of_its_own() -> None:
    quads = list(ox.parse(dump("nquads", arland.RECORDS, CONFIG), format=ox.RdfFormat.N_QUADS))
    graphs = {q.graph_name.value for q in quads}
    assert graphs == {CONFIG.base + d for d in (arland.ARTICLE.id, arland.SECOND.id, "graph/entities")}
    for quad in quads:
        if "#claim_" in quad.subject.value:
            assert quad.subject.value.startswith(quad.graph_name.value + "#")


@pytest.mark.parametrize("form", ["turtle", "jsonld", "nquads"])
def test_the_order_of_records_does_not_matter(form: str) -> None:
    records = list(arland.RECORDS)
    first = dump(form, records, CONFIG)
    for seed in range(3):
        random.Random(seed).shuffle(records)
        assert dump(form, records, CONFIG) == first


def test_hash_seeds_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_text("".join(to_json(r) + "\n" for r in arland.RECORDS), encoding="utf-8")
    code = (
        "import sys,hashlib;from kgbuild.records import from_json;from kgbuild.export import dump;from kgbuild.config import Config\n"
        "r=[from_json(l) for l in open('records.jsonl',encoding='utf-8')]\n"
        "print([hashlib.sha256(dump(f,r,Config())).hexdigest() for f in ('turtle','jsonld','nquads')])"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_another_base_reaches_every_data_iri() -> None:
    config = Config(base="https://example.org/news/")
    subjects = {s for s, _, _ in ours(arland.RECORDS, config)}
    assert subjects and all(s.startswith("<https://example.org/news/") for s in subjects)
    assert by_oxigraph(dump("turtle", arland.RECORDS, config), ox.RdfFormat.TURTLE) == ours(arland.RECORDS, config)


@settings(max_examples=60, deadline=None)
@given(text=HOSTILE, name=HOSTILE)
def test_hostile_text_comes_back_unchanged_from_both_engines(text: str, name: str) -> None:
    document = arland.document(text, source="x", headline=name, publisher=text, url=text)
    entity = arland.entity(name, "Person", aliases=(text,))
    content = dump("turtle", [document, entity], CONFIG)
    assert values(content, "rdflib") == values(content, "oxigraph")
    wanted = {o if isinstance(o, str) else o.text for _, _, o in triples([document, entity], CONFIG.base)}
    assert {o for _, _, o in values(content, "oxigraph")} == wanted
    for form, parser in (("jsonld", ox.RdfFormat.JSON_LD), ("nquads", ox.RdfFormat.N_QUADS)):
        assert by_oxigraph(dump(form, [document, entity], CONFIG), parser) == by_oxigraph(content, ox.RdfFormat.TURTLE)


def test_what_a_reader_cannot_see_is_written_as_its_number() -> None:
    content = dump("turtle", [arland.entity("a\u202eb\u200bc\x07", "Topic")], CONFIG).decode()
    assert r'"a\u202Eb\u200Bc\u0007"@en' in content


def test_a_lone_surrogate_does_not_stop_a_writer() -> None:
    entity = arland.entity("a\ud800b", "Topic")
    formats = (("turtle", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD), ("nquads", ox.RdfFormat.N_QUADS))
    for form, parser in formats:
        assert "a\ufffdb" in {q.object.value for q in ox.parse(dump(form, [entity], CONFIG), format=parser)}


@pytest.mark.parametrize(
    "record",
    [
        replace(arland.ARLAND, id="actor/x> <http://evil.example/"),
        replace(arland.ARLAND, affiliation=("actor/UPPER",)),
        replace(arland.ARLAND, qid="Q1> <b"),
        replace(arland.SHELLING, type="Assault> ."),
        replace(arland.SHELLING, extractor="x y"),
    ],
)
def test_nothing_but_ids_becomes_an_iri(record: Record) -> None:
    with pytest.raises(InputError):
        dump("turtle", [arland.ARTICLE, record], CONFIG)


def test_records_without_their_article_are_refused() -> None:
    with pytest.raises(InputError, match="not among the records"):
        dump("turtle", [arland.SHELLING], CONFIG)


def test_a_source_path_is_written_without_its_folders() -> None:
    document = replace(arland.SECOND, source="C:\\Users\\somebody\\news\\a.txt")
    assert b"somebody" not in dump("turtle", [document], CONFIG)
    assert b'dc:source "a.txt"' in dump("turtle", [document], CONFIG)


def test_numbers_and_days_are_canonical() -> None:
    event = replace(arland.AID, quantity=1200000.0, confidence=0.8999)
    content = dump("turtle", [arland.ARTICLE, event], CONFIG).decode()
    assert 'kg:quantity "1200000"^^xsd:decimal' in content and 'kg:confidence "0.9"^^xsd:decimal' in content
    assert "kg:quantity " not in dump("turtle", [arland.ARTICLE, replace(event, quantity=1e30)], CONFIG).decode()


def test_an_entity_of_two_articles_is_said_once() -> None:
    content = dump("turtle", [*arland.RECORDS, *(r for r in arland.RECORDS if isinstance(r, Entity))], CONFIG)
    assert content == dump("turtle", arland.RECORDS, CONFIG)
