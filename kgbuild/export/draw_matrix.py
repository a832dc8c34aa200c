"""The stance matrix as a heat map: holders in rows, targets in columns, mean and number of pieces in the cells."""

from __future__ import annotations

from typing import Any, Final

from kgbuild.aggregate import Aggregates
from kgbuild.export.pictures import AGAINST, FOR, INK, PALE, shown

__all__ = ["MOST", "draw"]

MOST: Final = 40
"""Rows and columns in one picture; of more, those with most evidence are drawn and the caption says how many are left out."""

POINTS: Final = 72.0
CELL: Final = 25.0
FONT: Final = 7.5
MARGIN: Final = 12.0
BAR: Final = 52.0


def draw(found: Aggregates, pair: tuple[str, str] | None, window: str) -> Any:
    """A matplotlib Figure."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    held = {
        (d.holder, d.target): d.numbers
        for d in found.dyads
        if d.numbers.count and (pair is None or {d.holder, d.target} <= set(pair))
    }
    holders = _ordered(found, {h: sum(n.count for (a, _), n in held.items() if a == h) for h, _ in held})
    targets = _ordered(found, {t: sum(n.count for (_, b), n in held.items() if b == t) for _, t in held})
    more = len({h for h, _ in held}) - len(holders) + len({t for _, t in held}) - len(targets)
    rows, columns = [shown(found.name(i)) for i in holders], [shown(found.name(i)) for i in targets]
    left = max(map(_wide, rows), default=20.0) + MARGIN + 6
    top = max(map(_wide, columns), default=20.0) + MARGIN + 6
    wide = max(left + CELL * len(columns) + MARGIN, 330.0)
    high = top + CELL * len(rows) + BAR
    figure = Figure(figsize=(wide / POINTS, high / POINTS))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, wide)
    axes.set_ylim(high, 0)
    colours = LinearSegmentedColormap.from_list("stance", [AGAINST, "#FFFFFF", FOR])
    scale = Normalize(-1, 1)
    for r, holder in enumerate(holders):
        axes.text(left - 5, top + CELL * (r + 0.5), rows[r], ha="right", va="center", fontsize=FONT)
        for c, target in enumerate(targets):
            x, y = left + CELL * c, top + CELL * r
            numbers = held.get((holder, target))
            if holder == target:
                axes.add_patch(Rectangle((x, y), CELL, CELL, facecolor="#EEEEEE", edgecolor="white", linewidth=0.8))
                axes.plot([x + 7, x + CELL - 7], [y + CELL - 7, y + 7], color="#C4C4C4", linewidth=0.6)
                continue
            if numbers is None or numbers.mean is None:
                axes.add_patch(Rectangle((x, y), CELL, CELL, facecolor="#F6F6F6", edgecolor="white", linewidth=0.8))
                continue
            mean = numbers.mean
            axes.add_patch(
                Rectangle((x, y), CELL, CELL, facecolor=colours(scale(mean)), edgecolor="white", linewidth=0.8)
            )
            ink = "white" if mean > 0.75 else INK
            axes.text(
                x + CELL / 2,
                y + CELL * 0.40,
                f"{mean:+.1f}".replace("-", "−"),
                ha="center",
                va="center",
                fontsize=7,
                color=ink,
            )
            axes.text(
                x + CELL / 2, y + CELL * 0.76, str(numbers.count), ha="center", va="center", fontsize=4.8, color=ink
            )
    for c, name in enumerate(columns):
        axes.text(left + CELL * (c + 0.5), top - 5, name, ha="center", va="bottom", rotation=90, fontsize=FONT)
    bar = figure.add_axes(((MARGIN + 18) / wide, 29 / high, 130 / wide, 7 / high))
    figure.colorbar(ScalarMappable(scale, colours), cax=bar, orientation="horizontal", ticks=[-1, 0, 1])
    bar.set_xticklabels(["−1 against", "0", "+1 for"], fontsize=6.5)
    bar.tick_params(length=2, width=0.5)
    bar.spines["outline"].set_linewidth(0.4)
    bar.spines["outline"].set_edgecolor(PALE)
    notes = ["rows: holders, columns: targets", "small: pieces of evidence"]
    if more:
        notes.append(f"left out for less evidence: {more} of the rows and columns")
    for n, note in enumerate(notes):
        axes.text(MARGIN + 186, high - 34 + 10 * n, note, va="center", fontsize=6.5, color="#555555")
    return figure


def _ordered(found: Aggregates, weight: dict[str, int]) -> list[str]:
    """The MOST with most evidence, camp by camp, so that blocs show as blocks."""
    camp = {m: n for n, c in enumerate(found.camps.camps) for m in c.members}
    kept = sorted(weight, key=lambda i: (-weight[i], i))[:MOST]
    return sorted(kept, key=lambda i: (camp.get(i, len(camp)), not i.startswith("actor/"), found.name(i).casefold(), i))


def _wide(name: str) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    extent = TextPath((0, 0), name, prop=FontProperties(family="DejaVu Sans", size=FONT), usetex=False).get_extents()
    return float(extent.x1)
