"""Places on Natural Earth's outlines: a disc for each, as large as what is told of it, in sectors by quad class; no label on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from typing import Any, Final

from kgbuild.aggregate import Aggregates
from kgbuild.atlas import QUADS, Frame, Rectangle, Spot, core, frame, meet, outlines, placed, spots
from kgbuild.export.pictures import AGAINST, FOR, INK, PALE, shown

__all__ = ["draw"]

POINTS: Final = 72.0
WIDE: Final = 540.0
MARGIN: Final = 14.0
LEGEND: Final = 66.0
BETWEEN: Final = 22.0
FONT: Final = 7.5
LARGEST: Final = 17.0
"""Radius of the largest disc, in points, when it stands for more than LARGEST² / UNIT² happenings."""
UNIT: Final = 3.4
"""Radius of a disc that stands for one happening, in points, when none is LARGEST."""

LOOK: Final = {
    "MaterialConflict": (AGAINST, None, "conflict, deeds"), "VerbalConflict": ("#F3C6A5", "////", "conflict, words"),
    "VerbalCooperation": ("#A9CFE6", "////", "cooperation, words"), "MaterialCooperation": (FOR, None, "cooperation, deeds"),
    "": ("#BBBBBB", None, "neither"),
}  # fmt: skip
LAND, SHORE, SEA = "#F3EFE6", "#B9B2A3", "#FFFFFF"


def draw(found: Aggregates, pair: tuple[str, str] | None, window: str) -> Any:
    """A matplotlib Figure: the places of all happenings, or of those that one of a pair takes part in; the densest region again, larger."""
    from matplotlib.figure import Figure

    evidence = [e for e in found.evidence if pair is None or any(i in pair for i in e.entities("agent", "recipient"))]
    places, lost = spots(evidence, found.entities)
    places = [replace(s, name=shown(s.name, 28)) for s in places]
    whole, dense = frame(places), core(places)
    near = {s.id for s in dense}
    panels = [(whole, [s for s in places if s.id not in near])]
    if dense:
        panels.append((frame(dense), dense))
    inner = WIDE - 2 * MARGIN
    heights = [inner / f.aspect for f, _ in panels]
    high = MARGIN + LEGEND + sum(heights) + BETWEEN * (len(panels) - 1)
    figure = Figure(figsize=(WIDE / POINTS, high / POINTS))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, WIDE)
    axes.set_ylim(0, high)
    most = max((s.count for s in places), default=1)
    unit = min(UNIT, LARGEST / sqrt(most))
    top, nameless = high - MARGIN, 0
    where: list[Rectangle] = []
    for n, ((view, members), tall) in enumerate(zip(panels, heights, strict=True)):
        box = (MARGIN, top - tall, MARGIN + inner, top)
        where.append(box)
        nameless += _panel(axes, view, members, box, unit)
        if n:
            _lens(axes, whole, view, where[0], box)
        top -= tall + BETWEEN
    _legend(axes, places, nameless, lost, unit, most)
    return figure


def _panel(axes: Any, view: Frame, members: Sequence[Spot], box: Rectangle, unit: float) -> int:
    """One map; the number of its discs without a name."""
    from matplotlib.patches import Rectangle as Box

    left, bottom, right, top = box

    def at(long: float, lat: float) -> tuple[float, float]:
        x, y = view.place(lat, long)
        return left + x * (right - left), bottom + y * (top - bottom)

    clip = Box((left, bottom), right - left, top - bottom, facecolor=SEA, edgecolor="none", zorder=0)
    axes.add_patch(clip)
    _land(axes, at, clip)
    discs = [(*at(s.long, s.lat), max(1.8, unit * sqrt(s.count))) for s in members]
    for spot, (x, y, r) in zip(members, discs, strict=True):
        _disc(axes, spot, x, y, r)
    texts = [f"{s.name} {s.count}" for s in members]
    sizes = [(_wide(t) + 1.0, FONT + 0.5) for t in texts]
    taken = [(x - r, y - r, x + r, y + r) for x, y, r in discs]
    nameless = 0
    for text, (x, y, r), (w, h), middle in zip(
        texts, discs, sizes, placed(sizes, discs, (left + 1, bottom + 1, right - 1, top - 1)), strict=True
    ):
        if middle is None:
            nameless += 1
            continue
        taken.append((middle[0] - w / 2, middle[1] - h / 2, middle[0] + w / 2, middle[1] + h / 2))
        far = sqrt((max(0.0, abs(middle[0] - x) - w / 2)) ** 2 + (max(0.0, abs(middle[1] - y) - h / 2)) ** 2)
        if far > r + 6:
            end = (max(middle[0] - w / 2, min(x, middle[0] + w / 2)), max(middle[1] - h / 2, min(y, middle[1] + h / 2)))
            axes.plot([x, end[0]], [y, end[1]], color=INK, linewidth=0.4, zorder=5)
        axes.text(*middle, text, ha="center", va="center_baseline", fontsize=FONT, color=INK, zorder=8, bbox=HALO)
    _countries(axes, view, at, taken, box)
    axes.add_patch(
        Box((left, bottom), right - left, top - bottom, facecolor="none", edgecolor=PALE, linewidth=0.6, zorder=9)
    )
    return nameless


HALO: Final = {"boxstyle": "square,pad=0.05", "facecolor": "white", "edgecolor": "none", "alpha": 0.72}


def _land(axes: Any, at: Any, clip: Any) -> None:
    from matplotlib.collections import LineCollection, PathCollection
    from matplotlib.path import Path

    drawn = outlines()
    paths = []
    for polygon in drawn["land"]:
        corners: list[tuple[float, float]] = []
        codes: list[Any] = []
        for ring in polygon:
            points = [at(x, y) for x, y in ring]
            corners += points
            codes += [Path.MOVETO, *[Path.LINETO] * (len(points) - 2), Path.CLOSEPOLY]
        paths.append(Path(corners, codes))
    for made in (
        PathCollection(paths, facecolors=LAND, edgecolors=SHORE, linewidths=0.5, zorder=1),
        LineCollection(
            [[at(x, y) for x, y in line] for line in drawn["borders"]], colors=SHORE, linewidths=0.5, zorder=1
        ),
    ):
        axes.add_collection(made, autolim=False)
        made.set_clip_path(clip)


def _disc(axes: Any, spot: Spot, x: float, y: float, r: float) -> None:
    """Conflict runs clockwise from the top and cooperation the other way, so that the side tells them apart where colour does not."""
    from matplotlib.patches import Circle, Wedge

    start, back, total = 90.0, 90.0, spot.count
    if max(spot.counts) == total:
        (kind,) = [q for q, n in zip(QUADS, spot.counts, strict=True) if n]
        colour, hatch, _ = LOOK[kind]
        axes.add_patch(Circle((x, y), r, facecolor=colour, edgecolor="white", hatch=hatch, linewidth=0, zorder=6))
    else:
        axes.add_patch(Circle((x, y), r, facecolor=LOOK[""][0], edgecolor="none", zorder=6))
        numbers = dict(zip(QUADS, spot.counts, strict=True))
        for kind in ("MaterialConflict", "VerbalConflict"):
            turn = 360.0 * numbers[kind] / total
            if turn:
                axes.add_patch(_wedge(Wedge, (x, y), r, start - turn, start, kind))
            start -= turn
        for kind in ("MaterialCooperation", "VerbalCooperation"):
            turn = 360.0 * numbers[kind] / total
            if turn:
                axes.add_patch(_wedge(Wedge, (x, y), r, back, back + turn, kind))
            back += turn
    axes.add_patch(Circle((x, y), r, facecolor="none", edgecolor=INK, linewidth=0.5, zorder=7))


def _wedge(made: Any, middle: tuple[float, float], r: float, begin: float, end: float, kind: str) -> Any:
    colour, hatch, _ = LOOK[kind]
    return made(middle, r, begin, end, facecolor=colour, edgecolor="white", hatch=hatch, linewidth=0, zorder=6)


def _countries(axes: Any, view: Frame, at: Any, taken: list[Rectangle], box: Rectangle) -> None:
    """Names of countries in pale capitals where nothing else stands, when the panel shows few of them."""
    inside = [(name, at(x, y)) for name, x, y in outlines()["names"] if view.holds(y, x)]
    if len(inside) > 40:
        return
    for name, (x, y) in inside:
        w, h = _wide(name.upper(), 5.5) + 2, 7.0
        mine = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
        fits = mine[0] > box[0] and mine[1] > box[1] and mine[2] < box[2] and mine[3] < box[3]
        if fits and not any(meet(mine, other) for other in taken):
            taken.append(mine)
            axes.text(x, y, name.upper(), ha="center", va="center_baseline", fontsize=5.5, color="#8C8574", zorder=2)


def _lens(axes: Any, whole: Frame, part: Frame, first: Rectangle, second: Rectangle) -> None:
    """The frame of the larger panel, drawn in the first, with a line to it."""
    from matplotlib.patches import Rectangle as Box

    left, bottom = whole.place(part.south, part.west)
    right, top = whole.place(part.north, part.east)
    wide, tall = first[2] - first[0], first[3] - first[1]
    x, y = first[0] + left * wide, first[1] + bottom * tall
    axes.add_patch(
        Box(
            (x, y),
            (right - left) * wide,
            (top - bottom) * tall,
            facecolor="none",
            edgecolor=INK,
            linewidth=0.8,
            zorder=9,
        )
    )
    for a, b in ((x, second[0]), (x + (right - left) * wide, second[2])):
        axes.plot([a, b], [y, second[3]], color=INK, linewidth=0.4, linestyle=(0, (2, 2)), zorder=9)


def _legend(axes: Any, places: Sequence[Spot], nameless: int, lost: int, unit: float, most: int) -> None:
    from matplotlib.patches import Circle
    from matplotlib.patches import Rectangle as Box

    x, y = MARGIN, LEGEND - 22
    for kind in QUADS:
        colour, hatch, word = LOOK[kind]
        axes.add_patch(Box((x, y - 3.5), 11, 7, facecolor=colour, edgecolor="white", hatch=hatch, linewidth=0))
        axes.text(x + 14, y, word, va="center", fontsize=6.5)
        x += 14 + _wide(word, 6.5) + 10
    for number in sorted({1, max(2, most // 4), most} if most > 1 else {1}):
        r = max(1.8, unit * sqrt(number))
        x += r
        axes.add_patch(Circle((x, y), r, facecolor="none", edgecolor=INK, linewidth=0.5))
        axes.text(x + r + 2, y, str(number), va="center", fontsize=6.5)
        x += r + 14
    notes = [
        f"{sum(s.count for s in places)} happenings told as fact or claimed, at {len(places)} places; each counts once at a place",
        "in a disc conflict runs clockwise from the top, cooperation the other way; outlines: Natural Earth",
    ]
    if not places:
        notes[0] = "nothing is told to have happened at a place with a known position"
    if nameless:
        notes[0] += f"; {nameless} without room for a name"
    if lost:
        notes[1] += f"; {lost} at places without a known position left out"
    for n, text in enumerate(notes):
        axes.text(MARGIN, LEGEND - 47 - 10 * n, text, va="center", fontsize=6.5, color="#555555")


def _wide(text: str, size: float = FONT) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    extent = TextPath((0, 0), text, prop=FontProperties(family="DejaVu Sans", size=size), usetex=False).get_extents()
    return float(extent.x1) if text.strip() else size
