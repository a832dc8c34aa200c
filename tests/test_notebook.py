"""What notebooks show: the graph and its parts, as tables, network and evidence, with nothing of a text as markup."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html
from made_records import HOSTILE, hostile_records, made_records
from made_stances import changed

from kgbuild.aggregate import Aggregates
from kgbuild.graph import collect
from kgbuild.pipeline import KnowledgeGraph
from kgbuild.records import Document, Entity, Record
from kgbuild.report import notebook


def shown(thing: object) -> html.HtmlElement:
    return html.fromstring(thing._repr_html_())  # type: ignore[attr-defined]  # what is under test


def test_a_graph_shows_counts_actors_and_the_network() -> None:
    kg = KnowledgeGraph(made_records())
    page = shown(kg)
    assert "2 articles, 18 entities" in page.xpath("string(.//p)")
    rows = {r[0].text: [c.text for c in r] for r in page.xpath(".//tbody/tr")}
    head = [h.text for h in page.xpath(".//thead//th")]
    norland = dict(zip(head, rows["Norland"], strict=True))
    evidence = [e for e in collect(made_records()) if e.kind == "stance" and e.polarity == "Against"]
    against = [e for e in evidence if kg_name(e.entities("target")[0]) == "Norland"]
    assert norland["opposed by"] == str(len(against)) and len(against) > 1
    (frame,) = page.xpath(".//iframe")
    assert frame.get("sandbox") == "allow-scripts" and "Content-Security-Policy" in frame.get("srcdoc")
    assert repr(kg).startswith("<KnowledgeGraph: ") and "18 Entity" in repr(kg) and len(repr(kg)) < 300
    assert repr(KnowledgeGraph([])) == "<KnowledgeGraph: empty>" and shown(KnowledgeGraph([])).xpath(".//iframe")


def kg_name(i: str) -> str:
    return next(r.name for r in made_records() if isinstance(r, Entity) and r.id == i)


def test_a_large_page_is_left_out_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "LARGEST", 100)
    page = shown(KnowledgeGraph(made_records()))
    assert not page.xpath(".//iframe") and "too large" in page.text_content()


@pytest.mark.parametrize("record", made_records(), ids=lambda r: type(r).__name__)
def test_a_record_is_a_table_of_what_it_holds(record: Record) -> None:
    page = shown(record)
    assert page.xpath("string(.//caption)") == type(record).__name__
    cells = {r.xpath("string(th)"): r.xpath("string(td)") for r in page.xpath(".//tr")}
    assert cells["id"] == record.id
    if isinstance(record, Document):
        assert len(cells["text"]) <= 600


def test_evidence_is_the_sentence_with_its_words_marked() -> None:
    kg = KnowledgeGraph(made_records())
    found = kg.explain("League")
    page = shown(found)
    assert len(page.xpath(".//blockquote")) == len(found) > 3
    for e, block in zip(found, page.xpath(".//blockquote"), strict=True):
        assert block.text_content() == e.sentence
        assert "".join(m.text_content() for m in block.xpath(".//mark")) == e.sentence[e.begin : e.end]
    assert shown(found[0]).text_content().startswith(found[0].label)
    assert shown(collect(made_records())[0]).xpath("string(.//caption)") == "Evidence"


def test_answers_aggregates_and_dossiers() -> None:
    kg = KnowledgeGraph(made_records())
    answer = kg.query("actors")
    assert len(shown(answer).xpath(".//tbody/tr")) == len(answer) > 3
    built = kg.query("CONSTRUCT { ?a a kg:Actor } WHERE { ?a a kg:Actor }")
    assert "kg:Actor" in shown(built).text_content()
    found = Aggregates(changed())
    assert [h.text for h in shown(found).xpath(".//thead//th")] == [c.name for c in found.table("dyads").columns]
    (frame,) = html.fromstring(f"<div>{kg.dossier('Norland')._repr_html_()}</div>").xpath(".//iframe")
    assert frame.get("sandbox") == "" and frame.get("srcdoc") == kg.dossier("Norland")


def test_hostile_text_is_text_everywhere() -> None:
    records = hostile_records(HOSTILE)
    kg = KnowledgeGraph(records)
    # RDF refuses the bad Wikidata id; the name is as hostile without it.
    stored = KnowledgeGraph([replace(r, qid=None) if isinstance(r, Entity) else r for r in records])
    things = [
        kg,
        kg.explain("actor/enemy-x0000000000"),
        stored.query("actors"),
        kg.aggregates(),
        *records,
        *collect(records),
    ]
    for thing in things:
        page = html.fromstring(f"<div>{thing._repr_html_()}</div>")  # type: ignore[union-attr]  # what is under test
        assert not page.xpath(".//script | .//img | .//@onerror"), type(thing)
