from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from typing import Any

import pytest
from lxml import html
from made_records import FIRST, HOSTILE, hostile_records, made_records, shuffled

from kgbuild.config import Config
from kgbuild.graph import network
from kgbuild.page import render, write
from kgbuild.page.payload import LONGEST_NAME, VIEWS, payload, queries
from kgbuild.page.words import date_words
from kgbuild.pipeline import KnowledgeGraph
from kgbuild.records import Document


def data_of(page: str) -> dict[str, Any]:
    tree = html.document_fromstring(page)
    (block,) = tree.xpath('//script[@type="application/json"]')
    found: dict[str, Any] = json.loads(block.text)
    return found


def utf16(text: str, begin: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * begin : 2 * end].decode("utf-16-le")


def test_the_policy_allows_this_script_and_this_style_and_nothing_else() -> None:
    page = render(made_records(), Config())
    tree = html.document_fromstring(page)
    (policy,) = tree.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')
    rules = dict(r.strip().split(" ", 1) for r in policy.split(";"))
    (script,) = tree.xpath("//script[not(@type)]")
    (style,) = tree.xpath("//style")
    for rule, text in (("script-src", script.text), ("style-src", style.text)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert (rules["base-uri"], rules["form-action"]) == ("'none'", "'none'")


def test_the_page_names_no_outside_file() -> None:
    tree = html.document_fromstring(render(made_records(), Config()))
    assert tree.xpath("//@src | //link/@href | //@style") == ["data:,"]
    (style,) = tree.xpath("//style")
    assert not re.search(r"url\(|@import", style.text)


def test_hostile_text_cannot_leave_its_block() -> None:
    page = render(hostile_records(), Config())
    tree = html.document_fromstring(page)
    assert len(tree.xpath("//script")) == 2
    assert tree.xpath("//img") == []
    (block,) = tree.xpath('//script[@type="application/json"]')
    assert not re.search("[<>&\u2028\u2029]", block.text)
    data = data_of(page)
    assert HOSTILE in {n["label"] for n in data["nodes"]}
    assert data["documents"][0][3] == ""  # javascript: is no address
    assert all("qid" not in n for n in data["nodes"])
    assert tree.xpath("//title")[0].text.startswith("</script><script>alert(1)")


def test_a_lone_surrogate_does_not_break_the_file() -> None:
    page = render(hostile_records("bad \ud800 name", long=0), Config())
    assert "bad \ufffd name" in {n["label"] for n in data_of(page)["nodes"]}
    page.encode("utf-8")


def test_a_name_of_ten_thousand_letters_is_cut() -> None:
    data = payload(hostile_records(long=10_000))
    assert max(len(n["label"]) for n in data["nodes"]) == LONGEST_NAME


def test_each_sentence_is_stored_once_and_is_the_articles_own() -> None:
    data = payload(made_records())
    sentences = [(s[0], s[1]) for s in data["sentences"]]
    assert len(sentences) == len(set(sentences))
    texts = [r.text for r in made_records() if isinstance(r, Document)]
    assert all(any(s in t for t in texts) for _, s in sentences)
    assert "Sudmark has not recaptured the Amber Islands." in {s for _, s in sentences}


def test_marks_cover_the_words_and_the_cue_also_after_an_emoji() -> None:
    data = payload(hostile_records("Emoland 😀"))
    (stance,) = [e for e in data["evidence"] if e["k"] == "stance"]
    text = data["sentences"][stance["s"]][1]
    words = {kind: utf16(text, b, e) for b, e, kind in stance["m"]}
    assert words == {0: "Norland hates Emoland 😀", 1: "hates"}


def test_every_edge_of_the_network_is_in_the_payload() -> None:
    data, view = payload(made_records()), network(made_records())
    assert len(data["links"]) == len(view.edges)
    assert len(data["nodes"]) == len(view.nodes)
    for link, edge in zip(data["links"], view.edges, strict=True):
        assert data["nodes"][link[0]]["id"] == edge.source
        assert data["nodes"][link[1]]["id"] == edge.target
        assert (link[2] < 0) == (edge.evidence is None)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("Assault", "disputed: claimed by Sudmark army spokesman; denied by Norland defence ministry"),
        ("Capture", "denied: did not happen, according to the article"),
        ("Coerce", "hypothetical, according to Jon Halvorsen: only if “If the League supplied Sudmark with drones”"),
        ("Consult", "expected, not yet so, according to the article"),
        ("Accuse", "reported by the article"),
        ("Suffer", "claimed by the article (“reportedly”: nobody named stands behind it)"),
        ("Sanction", "hypothetical: called possible, according to Mara Lind"),
    ],
)
def test_status_in_words(kind: str, words: str) -> None:
    assert words in {e["w"] for e in payload(made_records())["evidence"] if e["t"] == kind and e["k"] == "event"}


def test_an_if_clause_is_no_event_that_took_place() -> None:
    said = {e["w"] for e in payload(made_records())["evidence"] if e["t"] == "Aid"}
    assert "hypothetical: only an if-clause in the words of Jon Halvorsen" in said


@pytest.mark.parametrize(
    ("earliest", "latest", "words"),
    [(None, None, ""), ("2031-05-01", "2031-05-01", "2031-05-01"), ("2031-05-01", None, "from 2031-05-01"),
     (None, "2031-05-02", "until 2031-05-02"), ("2031-05-01", "2031-05-02", "2031-05-01 to 2031-05-02")],
)  # fmt: skip
def test_dates_in_words(earliest: str | None, latest: str | None, words: str) -> None:
    assert date_words(earliest, latest) == words


def test_the_same_page_whatever_the_order() -> None:
    assert render(made_records(), Config()) == render(shuffled(made_records()), Config())


def test_the_title_is_the_headline_of_a_single_article() -> None:
    one = [r for r in made_records() if not (isinstance(r, Document) and r.text != FIRST)]
    assert "<title>Norland strikes Sudmark port as talks fail · kgbuild</title>" in render(one, Config())
    assert "<title>2 articles · kgbuild</title>" in render(made_records(), Config())


def test_the_writer_writes_the_page() -> None:
    out = io.BytesIO()
    write(made_records(), out, Config())
    assert out.getvalue().decode() == render(made_records(), Config())


def test_no_records_make_a_page_too() -> None:
    data = data_of(render([], Config()))
    assert sorted(data.pop("queries")) == sorted(VIEWS)
    assert data.pop("quads") == {}
    assert data == {"documents": [], "texts": [], "sentences": [], "nodes": [], "evidence": [], "links": []}


def test_the_queries_of_the_views_have_answers() -> None:
    graph = KnowledgeGraph(made_records())
    for view, text in queries(graph.config.base).items():
        assert len(graph.query(text)) > 0, view


def test_sentences_stand_where_the_page_says() -> None:
    data = data_of(render(made_records(), Config()))
    for document, text, _, _, begin in data["sentences"]:
        whole = data["texts"][document].encode("utf-16-le")
        assert whole[2 * begin :].decode("utf-16-le").startswith(text)


def test_texts_beyond_the_bound_are_left_out() -> None:
    texts = payload(made_records(), most_text=len(FIRST))["texts"]
    assert "" in texts and 0 < sum(map(len, texts)) <= len(FIRST)
    assert "" not in payload(made_records(), most_text=None)["texts"]
