"""The ledger against one resolution of all articles: any order of additions, removals, changes and corrections gives the same records."""

from __future__ import annotations

import hashlib
import sqlite3
from types import SimpleNamespace
from typing import Any

import plain_step
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgbuild.ids import document_id
from kgbuild.ledger import Ledger
from kgbuild.records import Document, Entity, Paragraph, Record, Skipped, from_json, record_order
from kgbuild.resolve import Correction, resolve

PERSONS = ("Ann Lee", "Bob Ray", "Anne Lee", "Cy Moe")
STATES = ("Arland", "Borduria", "Syldavia")
SENTENCES = st.builds(
    lambda who, state, verb, whom, day: f"{who}{state} {verb} {whom}{day}.",
    st.sampled_from(PERSONS),
    st.sampled_from(["", *(f" of {s}" for s in STATES)]),
    st.sampled_from(["attacked", "met", "blamed"]),
    st.sampled_from([*PERSONS, *STATES]),
    st.sampled_from(["", " on 2020-01-02", " on 2020-01-03"]),
)
TEXTS = st.lists(st.lists(SENTENCES, min_size=1, max_size=4).map(" ".join), min_size=2, max_size=8, unique=True)
CORRECTIONS = (
    Correction("rename", "Ann Lee", "Anna Lea"),
    Correction("merge", "Bob Ray", "Cy Moe"),
    Correction("reject", "Syldavia"),
    Correction("split", "Arland", article="0.txt"),
    Correction("split", "Ann Lee", article="1.txt"),
    Correction("merge", "Cy Moe", "Ann Lee", article="2.txt"),
)
STEPS = st.lists(
    st.tuples(
        st.sets(st.integers(0, 7), max_size=6),
        st.sets(st.integers(0, 7), max_size=3),
        st.lists(st.sampled_from(CORRECTIONS), max_size=3, unique=True),
    ),
    min_size=1,
    max_size=5,
)


def article(text: str, number: int) -> list[Record]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    document = Document(
        document_id(digest),
        text,
        digest,
        f"{number}.txt",
        published="2020-01-05",
        paragraphs=(Paragraph(0, len(text)),),
    )
    found = plain_step.article(SimpleNamespace(seen=[]), document)
    assert not isinstance(found, Skipped)
    topic = Entity("topic/war-x0123456789", "war", "Topic", aliases=(f"war {number}",), confidence=0.5 + number / 100)
    return [*found, topic]


def whole(ledger: Ledger, articles: set[str]) -> list[Record]:
    rows = ledger.db.execute("SELECT content FROM ledger_entity")
    found: list[Record] = [from_json(content) for (content,) in rows]
    return sorted([*found, *(r for a in articles for r in ledger.records(a))], key=record_order)


def difference(old: list[Record], new: list[Record]) -> set[str]:
    """The articles that hold something else, the entities that are others, and the clusters that came or went."""
    before, after = {r.id: r for r in old}, {r.id: r for r in new}
    changed = [
        r
        for i in before.keys() | after.keys()
        if before.get(i) != after.get(i)
        for r in (before.get(i), after.get(i))
        if r
    ]
    clusters = [{c for r in side if (c := getattr(r, "cluster", None))} for side in (old, new)]
    return {r.id if isinstance(r, (Document, Entity)) else r.document for r in changed} | (clusters[0] ^ clusters[1])


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=TEXTS, steps=STEPS)
def test_any_order_of_changes_is_one_resolution_and_all_that_changed_is_named(
    texts: list[str], steps: list[tuple[set[int], set[int], list[Correction]]]
) -> None:
    made: dict[str, list[Record]] = {}
    for number, text in enumerate(texts):
        found = article(text, number)
        made[found[0].id] = found
    ids = list(made)
    db: Any = sqlite3.connect(":memory:", isolation_level=None)
    have: set[str] = set()
    then: list[Record] = []
    for put, drop, corrections in steps:
        ledger = Ledger(db, lambda a: made[a])  # opened anew, as each build does
        come = {ids[n] for n in put if n < len(ids)}
        gone = {ids[n] for n in drop if n < len(ids)} & have
        touched = ledger.change(come, gone, corrections)
        have = (have | come) - (gone - come)
        skipped: list[Skipped] = []
        expected = resolve([r for a in sorted(have) for r in made[a]], corrections, skipped)
        now = whole(ledger, have)
        assert now == expected
        assert sorted(ledger.skipped(), key=str) == sorted(skipped, key=str)
        assert difference(then, now) <= touched.articles | touched.gone | touched.entities | touched.clusters
        then = now
    ledger.clear()
    assert whole(ledger, set()) == []


def test_a_merge_that_is_none_any_more_is_taken_out_of_its_article() -> None:
    """Three articles tell of Ann Lee, a correction sets one apart, and another one goes: the third is alone."""
    texts = (
        "Ann Lee attacked Ann Lee.",
        "Ann Lee attacked Ann Lee on 2020-01-02.",
        "Ann Lee attacked Ann Lee. Ann Lee met Bob Ray.",
    )
    made = {(found := article(text, n))[0].id: found for n, text in enumerate(texts)}
    first, _, third = made
    corrections = [Correction("split", "Ann Lee", article="1.txt")]
    ledger = Ledger(sqlite3.connect(":memory:", isolation_level=None), lambda a: made[a])
    ledger.change(made, [], corrections)
    then = ledger.records(third)
    assert third in ledger.change([], [first], corrections).articles
    assert ledger.records(third) != then


def test_what_an_article_does_not_touch_is_not_read() -> None:
    texts = [f"{given} Fox of {state} attacked {state}." for given in ("Dee", "Eve", "Flo") for state in STATES]
    made = {(found := article(text, n))[0].id: found for n, text in enumerate(texts)}
    asked: list[str] = []
    ledger = Ledger(sqlite3.connect(":memory:", isolation_level=None), lambda a: asked.append(a) or made[a])  # type: ignore[func-returns-value]
    first, *rest = sorted(made)
    ledger.change(rest, [])
    asked.clear()
    touched = ledger.change([first], [])
    assert set(asked) == {first} == touched.articles
