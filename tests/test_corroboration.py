"""Corroboration: one agency's text in several outlets, or one text without a credit, is one source; who is named is one, wherever."""

from __future__ import annotations

import hashlib

import pytest
import rdflib

from kgbuild.config import Config
from kgbuild.export import dump
from kgbuild.ids import cluster_id, document_id, record_id
from kgbuild.query import bind, named_questions, prefix_lines, run
from kgbuild.rdf import n_triples
from kgbuild.records import Claim, Dateline, Document, Entity, Event, Record, Span
from kgbuild.store import store_base, store_of

TOLD = "Arland shelled the harbour of Selva before dawn on Monday, as fishermen were setting out."
OTHER = "The harbour of Selva came under fire from Arland early in the week, the second time this year."
SHORT = "Arland shelled Selva."
CLUSTER = cluster_id("Assault", ["one"])
SPEAKER = Entity("actor/mara-lind-x1", "Mara Lind", "Person")


def article(
    name: str,
    sentence: str,
    *,
    agency: str | None = None,
    publisher: str | None = None,
    source: str | None = None,
    negated: bool = False,
    hearsay: bool = False,
) -> list[Record]:
    """One article with one event of the cluster, and one claim of it."""
    head = f"{name} ({agency}): " if agency else f"{name}: "
    text = head + sentence + "\n"
    sha = hashlib.sha256(text.encode()).hexdigest()
    home = document_id(sha)
    line = Dateline(0, len(head), agency=agency) if agency else None
    whole = Span(len(head), len(head) + len(sentence))
    begin = text.index("shelled") if "shelled" in text else text.index("fire")
    trigger = Span(begin, begin + 4)
    event = Event(
        record_id(home, "event", trigger, "assault"), home, trigger, whole, whole, "shell", "Assault", cluster=CLUSTER
    )
    claim = Claim(
        record_id(home, "claim", whole, "claim"), home, whole, source or home, sentence, (whole,), "Narrator", "Report",
        negated=negated, hearsay=hearsay, content=event.id,
    )  # fmt: skip
    return [Document(home, text, sha, f"{name}.txt", publisher=publisher, dateline=line), event, claim]


def answer(*articles: list[Record]) -> list[tuple[int, int, int]]:
    """Sources, articles and deniers of the one happening; the same in both engines."""
    turtle = dump("turtle", [SPEAKER, *(r for found in articles for r in found)], Config())
    store = store_of(turtle, b"")
    result = run(store, "corroboration")
    (question,) = (q for q in named_questions() if q.name == "corroboration")
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    rows = graph.query(prefix_lines(store_base(store)) + bind(store, question))
    assert sorted(tuple(v.n3() for v in row) for row in rows) == sorted(
        tuple(n_triples(t) for t in row if t is not None) for row in result.terms
    )
    return [(int(row[3] or 0), int(row[4] or 0), int(row[5] or 0)) for row in result.rows]


def test_ten_outlets_with_one_agency_are_one_source() -> None:
    copies = [article(f"Outlet {n}", TOLD + f" Part {n}.", agency="AP", publisher=f"Paper {n}") for n in range(10)]
    assert answer(*copies) == [(1, 10, 0)]
    assert answer(*copies, article("Own", OTHER, publisher="Harbour News")) == [(2, 11, 0)]


def test_a_copy_without_credit_is_the_text_it_copies() -> None:
    credited = article("One", TOLD, agency="AP", publisher="Paper 1")
    assert answer(credited, article("Two", TOLD, publisher="Paper 2")) == [(1, 2, 0)]
    uncredited = [article(f"N{n}", TOLD, publisher=f"Paper {n}") for n in range(3)]
    assert answer(*uncredited) == [(1, 3, 0)]


def test_short_or_quoted_sentences_prove_no_copy() -> None:
    assert answer(article("One", SHORT, publisher="A"), article("Two", SHORT, publisher="B")) == [(2, 2, 0)]
    quoted = TOLD.replace("before dawn", '"before dawn"')
    assert answer(article("One", quoted, publisher="A"), article("Two", quoted, publisher="B")) == [(2, 2, 0)]


def test_one_publisher_is_one_source_and_so_is_a_person_wherever_cited() -> None:
    assert answer(article("One", TOLD, publisher="A"), article("Two", OTHER, publisher="A")) == [(1, 2, 0)]
    cited = [article("One", TOLD, source=SPEAKER.id), article("Two", OTHER, source=SPEAKER.id)]
    assert answer(*cited) == [(1, 2, 0)]
    assert answer(*cited, article("Three", SHORT)) == [(2, 3, 0)]


def test_hearsay_is_nobody_and_a_denial_affirms_nothing() -> None:
    assert answer(article("One", TOLD, hearsay=True)) == []
    assert answer(article("One", TOLD, negated=True)) == []
    assert answer(article("One", TOLD), article("Two", OTHER, source=SPEAKER.id, negated=True)) == [(1, 1, 1)]


@pytest.mark.parametrize("least", ["2", "3"])
def test_least_leaves_out_what_fewer_affirm(least: str) -> None:
    turtle = dump("turtle", [*article("One", TOLD, publisher="A"), *article("Two", OTHER, publisher="B")], Config())
    assert len(run(store_of(turtle, b""), "corroboration", least)) == (1 if least == "2" else 0)
