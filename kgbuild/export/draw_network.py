"""The signed network: a box for each actor, an arrow for each stance, width by evidence, tint by camp."""

from __future__ import annotations

from itertools import combinations
from math import log2
from typing import Any, Final

from kgbuild.aggregate import Aggregates, Dyad
from kgbuild.export.layout import ALONE, BESIDE, FOE, FRIEND, KIN, arrange, bend
from kgbuild.export.pictures import INK, PALE, STYLE, shown, sign

__all__ = ["FONT", "MARGIN", "MOST", "POINTS", "TINTS", "WHITE", "draw", "sizes", "width"]

MOST: Final = 60
"""Boxes in one picture; of more, those with most evidence are drawn and the caption says how many are left out."""

TINTS: Final = ("#DCEBF5", "#FBE3D0", "#DDF0E6", "#F6E6F0", "#FAF4CF", "#E6E6F4")
"""Fill of the largest camps; the layout holds a camp together too."""
WHITE: Final = "#FFFFFF"

POINTS: Final = 72.0
FONT: Final = 8.0
PAD: Final = 3.5
GAP: Final = 24.0
BETWEEN: Final = 36.0
MARGIN: Final = 26.0
LEGEND: Final = 62.0
NARROWEST: Final = 490.0


def draw(found: Aggregates, pair: tuple[str, str] | None, window: str) -> Any:
    """A matplotlib Figure; of one pair's neighbourhood when a pair is given."""
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    edges, nodes, left_out = _chosen(found, pair)
    number = {i: n for n, i in enumerate(nodes)}
    names = [shown(found.name(i)) for i in nodes]
    boxes = sizes(names)
    links: dict[tuple[int, int], float] = {}
    for d in edges:
        a, b = sorted((number[d.holder], number[d.target]))
        links[a, b] = links.get((a, b), 0.0) + (d.numbers.mean or 0.0) * d.numbers.count
    lengths = {key: FRIEND if value > 0 else FOE for key, value in links.items()}
    for camp in found.camps.camps:
        for a, b in combinations(sorted(number[m] for m in camp.members if m in number), 2):
            lengths.setdefault((a, b), KIN)
    centres = arrange(len(nodes), lengths, boxes, GAP, between=BETWEEN)
    low_x = min((x - w / 2 for (x, _), (w, _) in zip(centres, boxes, strict=True)), default=0.0)
    high_x = max((x + w / 2 for (x, _), (w, _) in zip(centres, boxes, strict=True)), default=0.0)
    low_y = min((y - h / 2 for (_, y), (_, h) in zip(centres, boxes, strict=True)), default=0.0)
    high_y = max((y + h / 2 for (_, y), (_, h) in zip(centres, boxes, strict=True)), default=0.0)
    wide = max(high_x - low_x + 2 * MARGIN, NARROWEST)
    high = high_y - low_y + 2 * MARGIN + LEGEND
    figure = Figure(figsize=(wide / POINTS, high / POINTS))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, wide)
    axes.set_ylim(0, high)
    shift_x = (wide - (high_x - low_x)) / 2 - low_x
    shift_y = MARGIN + LEGEND - low_y
    tint = {m: TINTS[n] for n, c in enumerate(found.camps.camps[: len(TINTS)]) for m in c.members}
    patches = []
    for i, (x, y), (w, h), name in zip(nodes, centres, boxes, names, strict=True):
        actor = i.startswith("actor/")
        patch = FancyBboxPatch(
            (x + shift_x - w / 2, y + shift_y - h / 2), w, h, boxstyle=f"round,pad=0,rounding_size={h / 2.4 if actor else 0.01}",
            facecolor=tint.get(i, WHITE), edgecolor=INK if actor else PALE, linewidth=0.7, linestyle="-" if actor else ":", zorder=3,
        )  # fmt: skip
        axes.add_patch(patch)
        patches.append(patch)
        style = "normal" if actor else "italic"
        axes.text(
            x + shift_x, y + shift_y, name, ha="center", va="center_baseline", fontsize=FONT, fontstyle=style, zorder=4
        )
    both = {(d.target, d.holder) for d in edges}
    for d in edges:
        a, b = number[d.holder], number[d.target]
        colour, line = STYLE[sign(d.numbers.mean)]
        axes.add_patch(
            FancyArrowPatch(
                _at(centres[a], shift_x, shift_y), _at(centres[b], shift_x, shift_y), patchA=patches[a], patchB=patches[b],
                connectionstyle=f"arc3,rad={bend(a, b, centres, boxes, BESIDE if (d.holder, d.target) in both else ALONE)}",
                arrowstyle="-|>,head_length=4.5,head_width=2.2", mutation_scale=1.0, color=colour, linestyle=line,
                linewidth=width(d.numbers.count), shrinkA=0.5, shrinkB=1.5, zorder=2, capstyle="butt", joinstyle="miter",
            )
        )  # fmt: skip
    _legend(
        axes,
        found,
        wide,
        bool(tint),
        left_out,
        sum(d.numbers.count for d in edges),
        any(not i.startswith("actor/") for i in nodes),
    )
    return figure


def _chosen(found: Aggregates, pair: tuple[str, str] | None) -> tuple[list[Dyad], list[str], int]:
    edges = [d for d in found.dyads if d.numbers.count]
    if pair is not None:
        edges = [d for d in edges if d.holder in pair or d.target in pair]
    weight: dict[str, int] = {}
    for d in edges:
        for i in (d.holder, d.target):
            weight[i] = weight.get(i, 0) + d.numbers.count
    first = sorted(weight, key=lambda i: (-weight[i], i))
    kept = set(first[:MOST])
    edges = [d for d in edges if d.holder in kept and d.target in kept]
    camp = found.camps.of()
    touched = {i for d in edges for i in (d.holder, d.target)}
    nodes = sorted(touched, key=lambda i: (camp.get(i, "~"), i))
    return edges, nodes, len(weight) - len(nodes)


def sizes(names: list[str]) -> list[tuple[float, float]]:
    """Width and height of the boxes in points, from the font's own measures."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(family="DejaVu Sans", size=FONT)
    wide = []
    for name in names:
        extent = TextPath((0, 0), name, prop=font, usetex=False).get_extents()
        wide.append(float(extent.x1) if name.strip() else FONT)
    return [(round(w, 2) + 2 * PAD + 4, FONT + 2 * PAD) for w in wide]


def _at(point: tuple[float, float], shift_x: float, shift_y: float) -> tuple[float, float]:
    return point[0] + shift_x, point[1] + shift_y


def width(count: int) -> float:
    """Width of a line in points, by evidence."""
    return 0.8 + 0.7 * log2(count)


def _legend(axes: Any, found: Aggregates, wide: float, tinted: bool, left_out: int, count: int, others: bool) -> None:
    y, x = 42.0, MARGIN
    for value, word in ((1, "for"), (-1, "against"), (0, "neither")):
        colour, line = STYLE[value]
        axes.plot([x, x + 26], [y, y], color=colour, linestyle=line, linewidth=1.5)
        axes.text(x + 31, y, word, va="center", fontsize=7)
        x += 31 + 34 + 4 * max(0, len(word) - 3)
    x += 8
    for number in (1, 4, 16):
        axes.plot([x, x + 20], [y, y], color=PALE, linewidth=width(number), solid_capstyle="butt")
        axes.text(x + 24, y, str(number), va="center", fontsize=7)
        x += 24 + 16
    axes.text(x, y, "pieces of evidence", va="center", fontsize=7)
    notes = [f"{count} pieces of evidence told as fact; arrows run from holder to target"]
    if tinted:
        notes.append("a fill is a camp (the largest six)")
    if others:
        notes.append("dotted: no actor")
    if left_out:
        notes.append(f"{left_out} with less evidence left out")
    lines = ["; ".join(notes[:2]), "; ".join(notes[2:])]
    for n, text in enumerate(filter(None, lines)):
        axes.text(MARGIN, 26 - 11 * n, text, va="center", fontsize=6.5, color="#555555")
