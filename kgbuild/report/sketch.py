"""Small drawings for a page without scripts: where something happened, and how a stance stood over time, as inline SVG."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from math import cos, pi, sin, sqrt
from typing import Final

from kgbuild.atlas import QUADS, Frame, Spot, core, frame, meet, outlines, placed

__all__ = ["QUAD_WORDS", "course", "world"]

WIDE: Final = 440.0
"""Width of a drawing in its own units: letters of 10 are read on a phone, where a unit is less than a pixel, and on a desk, where it is more."""
LETTER: Final = 5.9
"""Width of a letter of 10.5 units, about; labels are kept apart by it."""
UNIT, LARGEST = 3.8, 15.0
QUAD_WORDS: Final = {
    "MaterialConflict": "conflict, deeds", "VerbalConflict": "conflict, words", "VerbalCooperation": "cooperation, words",
    "MaterialCooperation": "cooperation, deeds", "": "neither",
}  # fmt: skip
Line = list[tuple[float, float]]


def world(places: Sequence[Spot]) -> str:
    """A map of the places; of those far from where most happens, the caller says more. "" when there are none."""
    if not places:
        return ""
    view = frame(core(places, 0.8) or places, narrowest=12.0)
    places = [s for s in places if view.holds(s.lat, s.long)]
    high = WIDE / view.aspect
    most = max(s.count for s in places)
    unit = min(UNIT, LARGEST / sqrt(most))

    def at(long: float, lat: float) -> tuple[float, float]:
        x, y = view.place(lat, long)
        return round(x * WIDE, 1), round((1 - y) * high, 1)

    land = "".join(
        _path([at(x, y) for x, y in ring], True)
        for polygon in outlines()["land"]
        for ring in (_clipped(r, view) for r in polygon)
        if ring
    )
    borders = "".join(
        _path([at(x, y) for x, y in run], False) for line in outlines()["borders"] for run in _runs(line, view)
    )
    names = [s.name if len(s.name) <= 28 else s.name[:27] + "…" for s in places]
    discs = [(*at(s.long, s.lat), max(2.2, unit * sqrt(s.count))) for s in places]
    texts = [f"{n} {s.count}" for n, s in zip(names, places, strict=True)]
    sizes = [(len(t) * LETTER + 2, 11.5) for t in texts]
    middles = placed(sizes, discs, (2.0, 2.0, WIDE - 2, high - 2))
    taken = [(x - r, y - r, x + r, y + r) for x, y, r in discs]
    labels = []
    for text, (x, y, r), (w, h), middle in zip(texts, discs, sizes, middles, strict=True):
        if middle is None:
            continue
        taken.append((middle[0] - w / 2, middle[1] - h / 2, middle[0] + w / 2, middle[1] + h / 2))
        if (middle[0] - x) ** 2 + (middle[1] - y) ** 2 > (w / 2 + r + 8) ** 2:
            labels.append(f'<line x1="{x}" y1="{y}" x2="{middle[0]:.1f}" y2="{middle[1]:.1f}" class="lead"/>')
        labels.append(f'<text x="{middle[0]:.1f}" y="{middle[1] + 3.6:.1f}" class="spot">{escape(text)}</text>')
    countries = []
    for name, long, lat in outlines()["names"]:
        x, y = at(long, lat)
        w = len(name) * 5.4 + 4
        mine = (x - w / 2, y - 7, x + w / 2, y + 5)
        if view.holds(lat, long) and mine[0] > 0 and mine[2] < WIDE and not any(meet(mine, t) for t in taken):
            taken.append(mine)
            countries.append(f'<text x="{x}" y="{y + 3}" class="country">{escape(name)}</text>')
    dots = "".join(_disc(s, x, y, r) for s, (x, y, r) in zip(places, discs, strict=True))
    told = escape("; ".join(texts[:12]))
    return (
        f'<svg class="map" viewBox="0 0 {WIDE:.0f} {high:.0f}" role="img" aria-label="Map: {told}"><rect width="{WIDE:.0f}" height="{high:.0f}" class="sea"/>'
        f'<path d="{land}" class="land"/><path d="{borders}" class="border"/>{"".join(countries)}{dots}{"".join(labels)}</svg>'
    )


def course(points: Sequence[tuple[str, float, bool]], first: str, last: str) -> str:
    """Scores in [-1, 1] by ISO day between two days: triangles up for, down against, hollow where it is not told as fact. "" without points."""
    if not points:
        return ""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    room = max(2, (end - begin).days // 20)
    begin, end = begin - timedelta(days=room), end + timedelta(days=room)
    span = (end - begin).days
    left, right, top, bottom = 44.0, WIDE - 12.0, 10.0, 92.0
    middle = (top + bottom) / 2

    def x_of(day: date) -> float:
        return left + (right - left) * (day - begin).days / span

    marks = []
    for day, score, held in sorted(points):
        x, y = x_of(date.fromisoformat(day)), middle - score * (bottom - top) / 2
        kind = ("for" if score > 0 else "against" if score < 0 else "even") + ("" if held else " hollow")
        shape = {1: (0, -6, 5, 4, -5, 4), -1: (0, 6, 5, -4, -5, -4)}.get(
            (score > 0) - (score < 0), (0, -5, 5, 0, 0, 5, -5, 0)
        )
        corners = " ".join(f"{x + shape[n]:.1f},{y + shape[n + 1]:.1f}" for n in range(0, len(shape), 2))
        marks.append(f'<polygon points="{corners}" class="{kind}"><title>{day}: {score:+.1f}</title></polygon>')
    ticks = "".join(
        f'<line x1="{x_of(d):.1f}" x2="{x_of(d):.1f}" y1="{bottom}" y2="{bottom + 4}" class="axis"/>'
        f'<text x="{min(max(x_of(d), 30), WIDE - 30):.1f}" y="{bottom + 17}" class="tick">{label}</text>'
        for d, label in _ticks(begin, end)
    )
    return (
        f'<svg class="course" viewBox="0 0 {WIDE:.0f} 116" role="img" aria-label="{len(points)} stances from {first} to {last}">'
        f'<line x1="{left}" x2="{right}" y1="{middle}" y2="{middle}" class="axis"/><line x1="{left}" x2="{right}" y1="{bottom}" y2="{bottom}" class="axis"/>'
        f'<text x="2" y="{top + 6}" class="end">for</text><text x="2" y="{bottom - 2}" class="end">against</text>{ticks}{"".join(marks)}</svg>'
    )


def _ticks(begin: date, end: date) -> list[tuple[date, str]]:
    """At most seven days with their labels: years, months or days, as the span asks for."""
    span = (end - begin).days
    if span > 3 * 365:
        step = max(1, -(-span // (365 * 7)))
        return [(date(y, 1, 1), str(y)) for y in range(begin.year + 1, end.year + 1) if y % step == 0]
    if span > 100:
        months = [(begin.year * 12 + begin.month + n) for n in range(span // 28 + 2)]
        days = [date(m // 12, m % 12 + 1, 1) for m in months]
        step = max(1, -(-len(days) // 6))
        return [(d, f"{d:%Y-%m}") for d in days[::step] if begin <= d <= end]
    step = max(1, -(-span // 5))
    return [(begin + timedelta(days=n), (begin + timedelta(days=n)).isoformat()) for n in range(step // 2, span, step)]


def _disc(spot: Spot, x: float, y: float, r: float) -> str:
    parts, turn = [], 0.0
    told = ", ".join(f"{n} {QUAD_WORDS[q]}" for q, n in zip(QUADS, spot.counts, strict=True) if n)
    for quad, n in zip(QUADS, spot.counts, strict=True):
        if not n:
            continue
        name = f"q-{quad or 'none'}"
        if n == spot.count:
            parts.append(f'<circle cx="{x}" cy="{y}" r="{r:.1f}" class="{name}"/>')
        else:
            a, b = (2 * pi * t / spot.count - pi / 2 for t in (turn, turn + n))
            large = int(b - a > pi)
            parts.append(
                f'<path d="M{x} {y}L{x + r * cos(a):.1f} {y + r * sin(a):.1f}A{r:.1f} {r:.1f} 0 {large} 1 {x + r * cos(b):.1f} {y + r * sin(b):.1f}Z" class="{name}"/>'
            )
        turn += n
    title = escape(f"{spot.name[:60]}: {told}")
    return f'<g><title>{title}</title>{"".join(parts)}<circle cx="{x}" cy="{y}" r="{r:.1f}" class="rim"/></g>'


def _path(points: Line, closed: bool) -> str:
    kept = [p for n, p in enumerate(points) if not n or p != points[n - 1]]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + ("Z" if closed else "") if len(kept) > 1 else ""


def _clipped(ring: Sequence[Sequence[float]], view: Frame) -> Line:
    """The part of a ring inside the frame (Sutherland and Hodgman)."""
    points: Line = [(x, y) for x, y in ring]
    for axis, limit, keep in ((0, view.west, 1), (0, view.east, -1), (1, view.south, 1), (1, view.north, -1)):
        out: Line = []
        for n, here in enumerate(points):
            before = points[n - 1]
            if ((here[axis] - limit) * keep >= 0) != ((before[axis] - limit) * keep >= 0):
                share = (limit - before[axis]) / (here[axis] - before[axis])
                out.append((before[0] + share * (here[0] - before[0]), before[1] + share * (here[1] - before[1])))
            if (here[axis] - limit) * keep >= 0:
                out.append(here)
        points = out
        if not points:
            break
    return points


def _runs(line: Sequence[Sequence[float]], view: Frame) -> list[Line]:
    """The pieces of a line with a point in the frame; the drawing's edge cuts what hangs over."""
    out: list[Line] = []
    for a, b in itertools.pairwise(line):
        if view.holds(a[1], a[0]) or view.holds(b[1], b[0]):
            if out and out[-1][-1] == (a[0], a[1]):
                out[-1].append((b[0], b[1]))
            else:
                out.append([(a[0], a[1]), (b[0], b[1])])
    return out
