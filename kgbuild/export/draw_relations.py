"""Who stands and acts how toward whom, and where: actors and places as boxes, stances as coloured arrows, events as grey lines that say what."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from math import hypot
from typing import Any, Final

from kgbuild.aggregate import Aggregates
from kgbuild.atlas import TOLD
from kgbuild.export.draw_network import FONT, MARGIN, POINTS, TINTS, WHITE, sizes, width
from kgbuild.export.layout import ALONE, BESIDE, FOE, FRIEND, KIN, Box, Point, arrange, bend, bent
from kgbuild.export.pictures import INK, PALE, STYLE, shown, sign

__all__ = ["MOST", "draw", "labelled"]

MOST: Final = 32
"""Boxes in one picture; of more, those with most evidence are drawn and the caption says how many are left out."""

DEED: Final = "#4A4A4A"
GAP: Final = 27.0
BETWEEN: Final = 30.0
SMALL: Final = 6.0
LEGEND: Final = 66.0
NARROWEST: Final = 545.0
PATHS: Final = (0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75)
"""Where on its line a label may stand, the best place first."""

Pair = tuple[str, str]
Line = tuple[int, int, float, str]
"""From box, to box, bend, words."""


def draw(found: Aggregates, pair: tuple[str, str] | None, window: str) -> Any:
    """A matplotlib Figure; of one pair's neighbourhood when a pair is given."""
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    stances = {(d.holder, d.target): d.numbers for d in found.dyads if d.numbers.count}
    deeds, sites = _deeds(found), _sites(found)
    nodes, left_out = _chosen(found, stances, deeds, sites, pair)
    stances = {p: n for p, n in stances.items() if p[0] in nodes and p[1] in nodes}
    deeds = {p: n for p, n in deeds.items() if p[0] in nodes and p[1] in nodes}
    sites = {p: n for p, n in sites.items() if p[0] in nodes and p[1] in nodes}
    number = {i: n for n, i in enumerate(nodes)}
    names = [shown(found.name(i), 30) for i in nodes]
    boxes = sizes(names)
    centres = arrange(len(nodes), _lengths(found, number, stances, deeds, sites), boxes, GAP, between=BETWEEN)
    low_x = min((x - w / 2 for (x, _), (w, _) in zip(centres, boxes, strict=True)), default=0.0)
    high_x = max((x + w / 2 for (x, _), (w, _) in zip(centres, boxes, strict=True)), default=0.0)
    low_y = min((y - h / 2 for (_, y), (_, h) in zip(centres, boxes, strict=True)), default=0.0)
    high_y = max((y + h / 2 for (_, y), (_, h) in zip(centres, boxes, strict=True)), default=0.0)
    wide, high = max(high_x - low_x + 2 * MARGIN, NARROWEST), high_y - low_y + 2 * MARGIN + LEGEND
    shift_x, shift_y = (wide - (high_x - low_x)) / 2 - low_x, MARGIN + LEGEND - low_y
    middles = [(x + shift_x, y + shift_y) for x, y in centres]
    figure = Figure(figsize=(wide / POINTS, high / POINTS))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, wide)
    axes.set_ylim(0, high)
    tint = {m: TINTS[n] for n, c in enumerate(found.camps.camps[: len(TINTS)]) for m in c.members}
    patches = []
    for i, (x, y), (w, h), name in zip(nodes, middles, boxes, names, strict=True):
        actor = i.startswith("actor/")
        patch = FancyBboxPatch(
            (x - w / 2, y - h / 2), w, h, boxstyle=f"round,pad=0,rounding_size={h / 2.4 if actor else 0.01}",
            facecolor=tint.get(i, WHITE), edgecolor=INK if actor else PALE, linewidth=0.7, linestyle="-" if actor else ":", zorder=4,
        )  # fmt: skip
        axes.add_patch(patch)
        patches.append(patch)
        axes.text(
            x,
            y,
            name,
            ha="center",
            va="center_baseline",
            fontsize=FONT,
            fontstyle="normal" if actor else "italic",
            zorder=5,
        )

    def arrow(a: str, b: str, turn: float, heads: str, **look: Any) -> None:
        axes.add_patch(
            FancyArrowPatch(
                middles[number[a]], middles[number[b]], patchA=patches[number[a]], patchB=patches[number[b]],
                connectionstyle=f"arc3,rad={turn}", arrowstyle=heads, mutation_scale=1.0, shrinkA=0.5, shrinkB=1.5, capstyle="butt",
                joinstyle="miter", **look,
            )
        )  # fmt: skip

    lines: list[Line] = []
    turns: dict[Pair, float] = {}
    for a, b in sorted({(min(p), max(p)) for p in (*deeds, *sites)}):
        there, back = deeds.get((a, b), Counter()), deeds.get((b, a), Counter())
        turn = turns[a, b] = bend(number[a], number[b], middles, boxes)
        if there or back:
            heads = "<|-|>" if there and back else "-|>" if there else "<|-"
            look = {"color": DEED, "linewidth": 0.8 * width(_most(there, back))}
            arrow(a, b, turn, f"{heads},head_length=3.6,head_width=1.7", zorder=1, **look)
        else:
            there = sites.get((a, b)) or sites[b, a]
            arrow(a, b, turn, "-", color=PALE, linewidth=0.7 * width(there.total()), linestyle=(0, (1, 2)), zorder=1)
        lines.append((number[a], number[b], turn, _words(there, back)))
    for (a, b), numbers in sorted(stances.items()):
        colour, line = STYLE[sign(numbers.mean)]
        # Beside the line of events, whose bend has the other sign seen from the other end, and beside the stance the other way.
        taken = turns.get((a, b), -turns[b, a] if (b, a) in turns else None)
        choices = [c for c in (BESIDE if (b, a) in stances else ALONE) if taken is None or abs(c - taken) > 0.08]
        look = {"color": colour, "linestyle": line, "linewidth": width(numbers.count)}
        turn = bend(number[a], number[b], middles, boxes, choices)
        arrow(a, b, turn, "-|>,head_length=4.5,head_width=2.2", zorder=2, **look)
    silent = _labels(axes, lines, middles, boxes)
    _legend(axes, wide, stances, deeds, sites, left_out, silent, bool(tint))
    return figure


def labelled(lines: list[Line], middles: list[Point], boxes: list[Box], widths: list[float]) -> list[Point | None]:
    """Where on its line, or just over or under it, each label stands, None where there is no room: on no box and on no other label."""
    taken = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for (x, y), (w, h) in zip(middles, boxes, strict=True)]
    out: list[Point | None] = []
    for (a, b, turn, _), w in zip(lines, widths, strict=True):
        where = None
        for share, beside in [(s, b) for b in (0.0, SMALL, -SMALL, 13.0, -13.0) for s in PATHS]:
            x, y = bent(middles[a], middles[b], turn, share)
            y += beside
            mine = (x - w / 2 - 1, y - SMALL / 2 - 1, x + w / 2 + 1, y + SMALL / 2 + 1)
            if not any(mine[0] < t[2] and t[0] < mine[2] and mine[1] < t[3] and t[1] < mine[3] for t in taken):
                where = (x, y)
                taken.append(mine)
                break
        out.append(where)
    return out


def _deeds(found: Aggregates) -> dict[Pair, Counter[str]]:
    """What each did to each, by event type: happenings told as fact, claimed or disputed."""
    out: defaultdict[Pair, Counter[str]] = defaultdict(Counter)
    for h in found.happenings:
        if h.status in TOLD:
            out[h.actor, h.target][h.type] += 1
    return dict(out)


def _sites(found: Aggregates) -> dict[Pair, Counter[str]]:
    """(actor, place) -> the types of what it did there, or what was done to it there when nobody is said to have done it."""
    seen: dict[tuple[str, str, str], str] = {}
    for e in found.evidence:
        if e.kind == "event" and e.status in TOLD:
            for place in e.entities("place"):
                for actor in e.entities("agent") or e.entities("recipient"):
                    if actor.startswith("actor/"):
                        seen.setdefault((found.sides.of(actor), place, e.cluster or e.record), e.type)
    out: defaultdict[Pair, Counter[str]] = defaultdict(Counter)
    for (actor, place, _), kind in seen.items():
        out[actor, place][kind] += 1
    return dict(out)


def _chosen(
    found: Aggregates, stances: dict[Pair, Any], deeds: dict[Pair, Counter[str]], sites: dict[Pair, Counter[str]],
    pair: tuple[str, str] | None,
) -> tuple[list[str], int]:  # fmt: skip
    """The boxes with most evidence, each joined to another of them, and how many are left out."""
    weight: Counter[str] = Counter()
    joined: defaultdict[str, set[str]] = defaultdict(set)
    counts = [(p, n.count) for p, n in stances.items()] + [(p, c.total()) for x in (deeds, sites) for p, c in x.items()]
    for (a, b), count in counts:
        if pair is None or a in pair or b in pair:
            weight[a] += count
            weight[b] += count
            joined[a].add(b)
            joined[b].add(a)
    kept = set(sorted(weight, key=lambda i: (-weight[i], i))[:MOST])
    kept = {i for i in kept if joined[i] & kept}
    camp = found.camps.of()
    return sorted(kept, key=lambda i: (camp.get(i, "~"), i)), len(weight) - len(kept)


def _lengths(
    found: Aggregates, number: dict[str, int], stances: dict[Pair, Any], deeds: dict[Pair, Counter[str]],
    sites: dict[Pair, Counter[str]],
) -> dict[tuple[int, int], float]:  # fmt: skip
    leaning: defaultdict[tuple[int, int], float] = defaultdict(float)
    for (a, b), numbers in stances.items():
        leaning[min(number[a], number[b]), max(number[a], number[b])] += (numbers.mean or 0.0) * numbers.count
    out = {key: FRIEND * 1.1 if value > 0 else FOE * 0.85 for key, value in leaning.items()}
    for p in (*deeds, *sites):
        out.setdefault(
            (min(number[p[0]], number[p[1]]), max(number[p[0]], number[p[1]])), 1.4 if p in deeds else FRIEND * 1.1
        )
    for camp in found.camps.camps:
        for i, j in combinations(sorted(number[m] for m in camp.members if m in number), 2):
            out.setdefault((i, j), KIN)
    return out


def _most(there: Counter[str], back: Counter[str]) -> int:
    return max(1, there.total(), back.total())


def _words(there: Counter[str], back: Counter[str]) -> str:
    """The two most frequent types, and how often when it is more than once."""
    merged: Counter[str] = Counter()
    for kind in sorted(there.keys() | back.keys()):
        merged[kind] = max(there[kind], back[kind]) if there[kind] == back[kind] else there[kind] + back[kind]
    found = sorted(merged, key=lambda k: (-merged[k], k))
    words = [k if merged[k] == 1 else f"{k} {merged[k]}" for k in found[:2]]
    return ", ".join(words) + (" …" if len(found) > 2 else "")


def _labels(axes: Any, lines: list[Line], middles: list[Point], boxes: list[Box]) -> int:
    """Writes what happened on its line; the number of lines without room for it."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    # Short lines first: long ones have more places to go to.
    lines.sort(key=lambda v: (hypot(middles[v[0]][0] - middles[v[1]][0], middles[v[0]][1] - middles[v[1]][1]), v))
    font = FontProperties(family="DejaVu Sans", size=SMALL)
    widths = [float(TextPath((0, 0), text, prop=font, usetex=False).get_extents().x1) for *_, text in lines]
    silent = 0
    for (*_, text), where in zip(lines, labelled(lines, middles, boxes, widths), strict=True):
        if where is None:
            silent += 1
            continue
        halo = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        axes.text(*where, text, ha="center", va="center_baseline", fontsize=SMALL, color=DEED, zorder=3, bbox=halo)
    return silent


def _legend(
    axes: Any, wide: float, stances: dict[Pair, Any], deeds: dict[Pair, Counter[str]], sites: dict[Pair, Counter[str]], left_out: int,
    silent: int, tinted: bool,
) -> None:  # fmt: skip
    y, x = 48.0, MARGIN
    for word, colour, line in (
        ("for", *STYLE[1]), ("against", *STYLE[-1]), ("neither", *STYLE[0]), ("did (what)", DEED, "solid"),
        ("where", PALE, (0, (1, 2))),
    ):  # fmt: skip
        axes.plot([x, x + 24], [y, y], color=colour, linestyle=line, linewidth=1.3)
        axes.text(x + 28, y, word, va="center", fontsize=7)
        x += 28 + 22 + 4 * len(word)
    for number in (1, 4, 16):
        axes.plot([x, x + 16], [y, y], color=PALE, linewidth=width(number), solid_capstyle="butt")
        axes.text(x + 19, y, str(number), va="center", fontsize=7)
        x += 34
    axes.text(x, y, "times", va="center", fontsize=7)
    notes = [
        f"{sum(n.count for n in stances.values())} pieces of evidence for stances told as fact; "
        f"{sum(c.total() for c in deeds.values())} happenings between two, told as fact or claimed",
        "dotted boxes: places and other things that are no actors"
        + ("; a fill is a camp (the largest six)" if tinted else ""),
    ]
    more = [f"{left_out} with less evidence left out"] if left_out else []
    more += [f"{silent} line{'' if silent == 1 else 's'} without room for words"] if silent else []
    for n, text in enumerate([*notes, "; ".join(more)]):
        axes.text(MARGIN, 33 - 10 * n, text, va="center", fontsize=6.5, color="#555555")
