"""The measure of same event on made-up pairs: values worked out by hand, and the labels' own laws."""

from __future__ import annotations

import pytest

from bench.same_event import (
    HALVES,
    Mention,
    Pair,
    b_cubed,
    event_at,
    find,
    pair_figures,
    read_labels,
    report,
    true_clusters,
)
from kgbuild.records import Event, Span

A, B, C, D, E = (Mention("made", "one", n * 10, n * 10 + 6) for n in range(5))
PAIRS = [
    Pair("tune", A, B, True, "repeated"),
    Pair("tune", B, C, True, "across"),
    Pair("tune", C, D, False, "alike-within"),
]


def event(begin: int, end: int, cluster: str = "cluster/x", name: str = "") -> Event:
    span = Span(begin, end)
    return Event(
        name or f"article/one#event_{begin}", "article/one", span, span, span, "hit", "Assault", cluster=cluster
    )


def test_chains_of_the_same_are_one_happening() -> None:
    truth = true_clusters([*PAIRS, Pair("tune", D, E, True, "repeated")])
    assert truth[A] == truth[B] == truth[C]
    assert truth[D] == truth[E] != truth[A]


def test_pair_figures() -> None:
    assert pair_figures(PAIRS, {A: 1, B: 1, C: 2, D: 2}) == pytest.approx((0.5, 0.5, 0.5))
    assert pair_figures(PAIRS, {A: 1, B: 1, C: 1, D: 2}) == (1.0, 1.0, 1.0)
    assert pair_figures(PAIRS, {A: 1, C: 1}).recall == 0.0, "a mention not found joins nothing"


def test_b_cubed() -> None:
    truth = true_clusters(PAIRS)  # {A, B, C}, {D}
    assert b_cubed(truth, {A: 1, B: 1, C: 1, D: 2}) == (1.0, 1.0, 1.0)
    # {A, B}, {C, D}: precision (1 + 1 + 1/2 + 1/2) / 4, recall (2/3 + 2/3 + 1/3 + 1) / 4
    assert b_cubed(truth, {A: 1, B: 1, C: 2, D: 2}) == pytest.approx((0.75, 2 / 3, 12 / 17))
    alone = b_cubed(truth, {})
    assert alone == pytest.approx((1.0, 0.5, 2 / 3))
    assert b_cubed(truth, {m: n for n, m in enumerate(truth)}) == alone, "not found is as good as alone"


def test_the_event_at_a_word() -> None:
    long, short, other = event(0, 20), event(4, 10), event(30, 34)
    assert event_at([long, short, other], Span(4, 10)) is short
    assert event_at([long, other], Span(18, 24)) is long
    assert event_at([other], Span(20, 30)) is None, "a span's end is not in it"


def test_found_mentions_and_the_report() -> None:
    found = find(
        [A, B, C, D], {("made", "one"): "article/one"}, [event(0, 6), event(10, 16), event(30, 36, "cluster/y")]
    )
    assert sorted(found) == [A, B, D]
    lines = report(PAIRS, found, "tune")
    assert "3 pairs (2 same) of 4 mentions in 1 documents; 3 mentions found, 1 pairs with both" in lines[0]
    assert lines[1].split()[1:] == ["P", "1.000", "R", "0.500", "F1", "0.667"]


def test_labels_are_many_and_at_one() -> None:
    pairs = read_labels()
    assert len(pairs) >= 80
    documents = {half: {(m.corpus, m.document) for p in pairs if p.half == half for m in (p.a, p.b)} for half in HALVES}
    assert not documents["tune"] & documents["measure"]
    for half in HALVES:
        of = [p for p in pairs if p.half == half]
        truth = true_clusters(of)
        assert all(p.same == (truth[p.a] == truth[p.b]) for p in of), (
            "no chain of the same joins what is labelled different"
        )
        assert len(of) >= 40
        assert all(p.a != p.b and p.a.begin < p.a.end and p.b.begin < p.b.end for p in of)
    assert {k: {p.same for p in pairs if p.kind == k} for k in {p.kind for p in pairs}} == {
        "verb-noun": {True}, "repeated": {True}, "headline": {True}, "across": {True}, "alike-within": {False}, "alike-across": {False},
    }  # fmt: skip
