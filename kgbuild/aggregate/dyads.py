"""Stance of one side toward another: counted, averaged, over time, and where it changed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, fsum, sqrt
from typing import Final

from kgbuild.aggregate.pieces import Piece
from kgbuild.aggregate.windows import Days, bounds

__all__ = ["ALPHA", "FEWEST", "SIDE", "Change", "Dyad", "Numbers", "Window", "changes", "dyads", "numbers", "series"]

FEWEST: Final = 12
"""Dated pieces a pair must have before a change is looked for: with fewer the test cannot reach ALPHA."""
SIDE: Final = 5
"""Pieces there must be on each side of a change."""
ALPHA: Final = 0.05
"""Chance, at most, that a change of this size shows where there is none."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a set of pieces of evidence comes to.

    count: pieces with status Reported, the only ones that `mean` (of their scores, in [-1, 1]), `spread` (sample standard deviation),
    `sources` (independent ones) and `articles` are drawn from. mean is None without a piece, spread with fewer than two. claimed,
    denied (with disputed) and hypothetical (with expected) count the pieces kept apart.
    """

    count: int
    mean: float | None
    spread: float | None
    sources: int
    articles: int
    claimed: int
    denied: int
    hypothetical: int


@dataclass(frozen=True, slots=True)
class Dyad:
    """All that is told of one holder's stance toward one target; `days` bounds the Reported pieces; `pieces` is the evidence."""

    holder: str
    target: str
    numbers: Numbers
    days: Days
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """A dyad in one window of time: "2022-03"; "" for what nothing dates that closely."""

    holder: str
    target: str
    window: str
    days: Days
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Change:
    """A day from which a stance is another one: means and counts of the pieces between the changes before and after it.

    probability: of so large a difference where there is no change (Pettitt's approximation, at most).
    """

    holder: str
    target: str
    day: str
    before: float
    after: float
    count_before: int
    count_after: int
    probability: float


def numbers(pieces: Iterable[Piece]) -> Numbers:
    """Counts, mean and spread of some pieces, in whatever order they come."""
    kept: list[Piece] = []
    apart = {"Claimed": 0, "Denied": 0, "Hypothetical": 0}
    for p in pieces:
        if p.status == "Reported":
            kept.append(p)
        else:
            apart[_APART.get(p.status, p.status)] += 1
    n = len(kept)
    mean = fsum(p.score for p in kept) / n if n else None
    spread = sqrt(fsum((p.score - mean) ** 2 for p in kept) / (n - 1)) if mean is not None and n > 1 else None
    return Numbers(
        n, mean, spread, len({p.source for p in kept}), len({a for p in kept for a in p.articles}),
        apart["Claimed"], apart["Denied"], apart["Hypothetical"],
    )  # fmt: skip


_APART = {"Disputed": "Denied", "Expected": "Hypothetical"}


def dyads(pieces: Iterable[Piece]) -> list[Dyad]:
    """Every pair with a piece of evidence, by holder and target."""
    found: defaultdict[tuple[str, str], list[Piece]] = defaultdict(list)
    for p in pieces:
        found[p.holder, p.target].append(p)
    out = []
    for (holder, target), members in sorted(found.items()):
        dated = [p.days for p in members if p.status == "Reported" and p.days.earliest]
        days = Days(min(d.earliest for d in dated), max(d.latest for d in dated)) if dated else Days()
        out.append(Dyad(holder, target, numbers(members), days, tuple(members)))
    return out


def series(pieces: Iterable[Piece], window: str) -> list[Window]:
    """The stance of each pair in each window that has evidence, in order of time, what is not dated that closely last.

    The counts of a pair's windows sum to those of its Dyad. window: day, week (ISO), month or year; raises UsageError for another.
    """
    found: defaultdict[tuple[str, str, str], list[Piece]] = defaultdict(list)
    for p in pieces:
        found[p.holder, p.target, p.window(window)].append(p)
    keys = sorted(found, key=lambda k: (k[0], k[1], not k[2], k[2]))
    return [Window(*key, bounds(key[2]), numbers(found[key])) for key in keys]


def changes(pieces: Iterable[Piece]) -> list[Change]:
    """The days from which a pair's stance is another one, in order of time.

    Pettitt's test ("A non-parametric approach to the change-point problem", Applied Statistics 28, 1979) on the Reported pieces that
    are dated on one day, in order of time, and again on both sides of each change found (binary segmentation). It goes by ranks: it
    supposes no distribution, which scores in [-1, 1] with few values do not have, and an outlier moves it little. A change lies between
    two days, never within one.
    """
    found: defaultdict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
    for p in pieces:
        if p.status == "Reported" and p.day:
            found[p.holder, p.target].append((p.day, p.score))
    out = []
    for (holder, target), points in sorted(found.items()):
        if len(points) < FEWEST:
            continue
        points.sort()
        cuts = sorted(_cuts(points, 0, len(points)))
        edges = [0, *(at for at, _ in cuts), len(points)]
        means = [fsum(s for _, s in points[a:b]) / (b - a) for a, b in pairwise(edges)]
        for n, (at, probability) in enumerate(cuts):
            out.append(
                Change(
                    holder, target, points[at][0], means[n], means[n + 1],
                    at - edges[n], edges[n + 2] - at, probability,
                )
            )  # fmt: skip
    return out


def _cuts(points: Sequence[tuple[str, float]], begin: int, end: int) -> list[tuple[int, float]]:
    """Places of the changes among points[begin:end], each with its probability."""
    out: list[tuple[int, float]] = []
    waiting = [(begin, end)]
    while waiting:
        low, high = waiting.pop()
        found = _pettitt(points[low:high])
        if found is not None:
            out.append((low + found[0], found[1]))
            waiting += [(low, low + found[0]), (low + found[0], high)]
    return out


def _pettitt(points: Sequence[tuple[str, float]]) -> tuple[int, float] | None:
    """Number of points before the likeliest change, and its probability; None when there is none."""
    n = len(points)
    if n < FEWEST:
        return None
    ordered = sorted(score for _, score in points)
    best, place = 0.0, 0
    total = 0.0
    for i in range(n - 1):
        score = points[i][1]
        # Mid-rank of the score: tied scores share the mean of their ranks.
        total += (bisect_left(ordered, score) + bisect_right(ordered, score) + 1) / 2
        if points[i][0] == points[i + 1][0] or not SIDE <= i + 1 <= n - SIDE:
            continue
        value = abs(2 * total - (i + 1) * (n + 1))
        if value > best:
            best, place = value, i + 1
    probability = min(1.0, 2 * exp(-6 * best**2 / (n**3 + n**2)))
    return (place, probability) if place and probability <= ALPHA else None
