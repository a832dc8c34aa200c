"""A pair over time: each piece of evidence both ways, means by window, changes, and the events between them by quad class."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from kgbuild.aggregate import Aggregates, Piece
from kgbuild.aggregate.dyads import series
from kgbuild.aggregate.windows import bounds
from kgbuild.errors import UsageError
from kgbuild.export.pictures import AGAINST, FOR, INK, PALE, shown, sign

__all__ = ["draw", "events"]

POINTS: Final = 72.0
WIDE, PANEL = 500.0, 118.0
CLASSES: Final = (
    ("VerbalCooperation", "words", FOR, 0.45), ("MaterialCooperation", "deeds", FOR, 1.0),
    ("VerbalConflict", "words", AGAINST, 0.45), ("MaterialConflict", "deeds", AGAINST, 1.0),
)  # fmt: skip


def draw(found: Aggregates, pair: tuple[str, str] | None, window: str) -> Any:
    """A matplotlib Figure. Raises UsageError when nothing dated joins the pair."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
    from matplotlib.figure import Figure

    assert pair is not None
    ways = [pair, (pair[1], pair[0])]
    pieces = {way: [p for p in found.pieces if (p.holder, p.target) == way] for way in ways}
    told = [h for h in found.happenings if (h.actor, h.target) in ways and h.window(window)]
    shown_ways = [way for way in ways if any(p.day for p in pieces[way])]
    if not shown_ways and not told:
        names = " and ".join(shown(found.name(i)) for i in pair)
        raise UsageError(f"no dated stance or event joins {names}; `kgbuild query FOLDER dyads` shows who is joined")
    days = [p.day for way in shown_ways for p in pieces[way] if p.day]
    days += [d for h in told for d in bounds(h.window(window))]
    first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    edge = timedelta(days=max(3, (last - first).days // 25))
    panels = len(shown_ways) + bool(told)
    foot, head = 46.0, 14.0
    high = foot + head + panels * PANEL + (panels - 1) * 30
    figure = Figure(figsize=(WIDE / POINTS, high / POINTS))
    for n in range(panels):
        top = head + n * (PANEL + 30) + 14
        axes = figure.add_axes((56 / WIDE, 1 - (top + PANEL - 14) / high, (WIDE - 76) / WIDE, (PANEL - 14) / high))
        axes.set_xlim(date2num(first - edge), date2num(last + edge))
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.tick_params(labelsize=7, width=0.5, length=2.5)
        locator = AutoDateLocator(minticks=3, maxticks=9)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
        axes.xaxis.get_offset_text().set_fontsize(7)
        if n < len(shown_ways):
            way = shown_ways[n]
            _stances(axes, found, pieces[way], way, window)
            axes.set_title(
                f"{shown(found.name(way[0]))} toward {shown(found.name(way[1]))}", fontsize=8, loc="left", pad=4
            )
        else:
            events(axes, told, window)
            axes.set_title(f"Happenings between them by {window}, told as fact", fontsize=8, loc="left", pad=4)
    undated = sum(not p.day for way in ways for p in pieces[way])
    notes = [
        "▲ for, ▼ against, told as fact; hollow: claimed, denied, planned or hypothetical",
        f"line: mean of a {window}; dotted: a change (Pettitt's test)" + (f"; {undated} not dated to a day, not shown" if undated else ""),
    ]  # fmt: skip
    for n, note in enumerate(notes):
        figure.text(12 / WIDE, (19 - 10 * n) / high, note, fontsize=6.5, color="#555555", va="center")
    return figure


def _stances(axes: Any, found: Aggregates, pieces: list[Piece], way: tuple[str, str], window: str) -> None:
    axes.set_ylim(-1.15, 1.15)
    axes.set_yticks([-1, 0, 1], ["−1", "0", "+1"])
    axes.axhline(0, color=PALE, linewidth=0.5, zorder=1)
    for p in sorted(pieces, key=lambda p: (p.day, p.score, p.stances)):
        if not p.day:
            continue
        held = p.status == "Reported"
        way_up = sign(p.score)
        colour = {1: FOR, -1: AGAINST, 0: INK}[way_up]
        marker = {1: "^", -1: "v", 0: "o"}[way_up]
        axes.plot(
            [date.fromisoformat(p.day)], [p.score], marker=marker, markersize=4.5, markerfacecolor=colour if held else "white",
            markeredgecolor=colour, markeredgewidth=0.7, linestyle="none", alpha=0.75 if held else 1.0, zorder=3, clip_on=False,
        )  # fmt: skip
    means = [w for w in series(pieces, window) if w.window and w.numbers.mean is not None]
    for w in means:
        a, b = (date.fromisoformat(d) for d in w.days)
        axes.plot([a, b], [w.numbers.mean] * 2, color=INK, linewidth=1.6, solid_capstyle="butt", zorder=2)
    middles = [
        date.fromisoformat(w.days[0]) + (date.fromisoformat(w.days[1]) - date.fromisoformat(w.days[0])) / 2
        for w in means
    ]
    axes.plot(middles, [w.numbers.mean for w in means], color=INK, linewidth=0.5, zorder=2)
    for c in found.changes:
        if (c.holder, c.target) == way:
            axes.axvline(date.fromisoformat(c.day), color=INK, linewidth=0.9, linestyle=":", zorder=2)
            axes.annotate(
                f"{c.day}", (date.fromisoformat(c.day), 1.13), xytext=(3, 0), textcoords="offset points", fontsize=6, va="top",
                color=INK,
            )  # fmt: skip


def events(axes: Any, told: Sequence[Any], window: str, least: float = 0.7) -> None:
    """Bars of what happened in each window: cooperation up, conflict down. `least` is the width of a bar in days at least."""
    windows = sorted({h.window(window) for h in told})
    most = 1
    for name in windows:
        a, b = (date.fromisoformat(d) for d in bounds(name))
        span = (b - a).days + 1
        up = down = 0
        for quad, _, colour, strength in CLASSES:
            n = sum(h.window(window) == name and h.quad == quad and h.status == "Reported" for h in told)
            if not n:
                continue
            start, value = (up, n) if colour == FOR else (-down, -n)
            axes.bar(
                [a + timedelta(days=span / 2)], [value], bottom=[start], width=max(span * 0.7, least), color=colour, alpha=strength,
                edgecolor="white", linewidth=0.3, hatch=None if strength == 1.0 else "////",
            )  # fmt: skip
            up, down = (up + n, down) if colour == FOR else (up, down + n)
        most = max(most, up, down)
    axes.axhline(0, color=PALE, linewidth=0.5)
    axes.set_ylim(-most * 1.15, most * 1.15)
    axes.set_yticks([-most, 0, most], [str(most), "0", str(most)])
    axes.text(1.0, 1.06, "up: cooperation, down: conflict; full: deeds, hatched: words", transform=axes.transAxes, fontsize=6, ha="right",
              color="#555555")  # fmt: skip
