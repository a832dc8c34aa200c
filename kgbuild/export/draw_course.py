"""The course of everything told: happenings by quad class, statements, and stances, window by window, one above the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from kgbuild.aggregate import STATUSES, Aggregates, Days, days_of, quad_class
from kgbuild.aggregate.windows import bounds, window_of
from kgbuild.export.draw_timeline import events
from kgbuild.export.pictures import AGAINST, FOR, INK, PALE
from kgbuild.graph import Evidence

__all__ = ["draw"]

POINTS: Final = 72.0
WIDE, PANEL, GAP = 520.0, 92.0, 36.0
FOOT, HEAD = 44.0, 10.0
FINEST: Final = 0.006
"""A bar is at least this share of the width: a day among years would not be seen."""


FAR: Final = 0.04
"""Share of all pieces that may be left out when the rest then spreads over PRESSED times the width."""
PRESSED: Final = 4


class Told(NamedTuple):
    """A happening with what the panel of events asks of it."""

    quad: str
    status: str
    days: Days

    def window(self, window: str) -> str:
        """The name of the window that holds it."""
        return window_of(self.days, window)


def draw(found: Aggregates, pair: tuple[str, str] | None, window: str) -> Any:
    """A matplotlib Figure. Whatever no window holds is counted in the caption."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
    from matplotlib.figure import Figure

    happened = _happened(found)
    said = Counter(window_of(days_of([e], found.documents), window) for e in found.evidence if e.kind == "said")
    held = [p for p in found.pieces if p.status == "Reported"]
    undated = (
        sum(not h.window(window) and bool(h.quad) for h in happened), said[""], sum(not p.window(window) for p in held),
    )  # fmt: skip
    windows, outside = _span(
        Counter(h.window(window) for h in happened) + said + Counter(p.window(window) for p in held)
    )
    days = [date.fromisoformat(d) for name in windows for d in bounds(name)]
    happened = [h for h in happened if h.window(window) in windows]
    said = Counter({name: n for name, n in said.items() if name in windows})
    held = [p for p in held if p.window(window) in windows]
    high = HEAD + FOOT + 3 * (PANEL + GAP)
    figure = Figure(figsize=(WIDE / POINTS, high / POINTS))
    if not days:
        figure.text(0.5, 0.5, f"nothing told is dated to a {window}", ha="center", fontsize=9)
        return figure
    first, last = min(days), max(days)
    edge = timedelta(days=max(2, (last - first).days // 40))
    least = (last - first + 2 * edge).days * FINEST
    for n, title in enumerate(("Happenings, told as fact", "Statements of actors", "Stances, told as fact")):
        top = HEAD + n * (PANEL + GAP) + 16
        axes: Any = figure.add_axes((40 / WIDE, 1 - (top + PANEL) / high, (WIDE - 56) / WIDE, PANEL / high))
        axes.set_xlim(date2num(first - edge), date2num(last + edge))
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.tick_params(labelsize=7, width=0.5, length=2.5)
        locator = AutoDateLocator(minticks=3, maxticks=9)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
        axes.xaxis.get_offset_text().set_fontsize(7)
        axes.set_title(title, fontsize=8, loc="left", pad=4)
        if n == 0:
            events(axes, happened, window, least)
        elif n == 1:
            for name, count in sorted(said.items()):
                axes.bar([_middle(name)], [count], width=_broad(name, least), color=PALE, linewidth=0)
            most = max(said.values(), default=1)
            if not said:
                axes.text(
                    0.5,
                    0.5,
                    f"none is dated to a {window}",
                    transform=axes.transAxes,
                    ha="center",
                    fontsize=7,
                    color="#555555",
                )
            axes.set_ylim(0, most * 1.15)
            axes.set_yticks([0, most], ["0", str(most)])
        else:
            _stances(axes, held, window, least)
    missing = [f"{n} {w}" for n, w in zip(undated, ("happenings", "statements", "stances"), strict=True) if n]
    notes = [
        f"by {window}; each happening and each sentence counts once, whatever is told without a date on its article's day"
    ]
    rest = [f"dated to no single {window} and not shown: {', '.join(missing)}"] if missing else []
    rest += [f"{outside} far before or after left out"] if outside else []
    notes += ["; ".join(rest)] if rest else []
    for n, note in enumerate(notes):
        figure.text(12 / WIDE, (19 - 10 * n) / high, note, fontsize=6.5, color="#555555", va="center")
    return figure


def _span(counts: Counter[str]) -> tuple[set[str], int]:
    """The windows to draw, and how many pieces are left out: a few far ones that would press the others into a line."""
    ordered = sorted((bounds(name).earliest, name) for name in counts if name)
    if not ordered:
        return set(), 0
    first, last = 0, len(ordered) - 1
    total = sum(n for name, n in counts.items() if name)
    spare = total * FAR

    def days(a: int, b: int) -> int:
        return (date.fromisoformat(ordered[b][0]) - date.fromisoformat(ordered[a][0])).days + 1

    low, high = first, last
    while low < high:
        # The end that leaves the shorter span, as long as what is cut off is few.
        side = low if days(low + 1, high) <= days(low, high - 1) else high
        if counts[ordered[side][1]] > spare:
            break
        spare -= counts[ordered[side][1]]
        low, high = (low + 1, high) if side == low else (low, high - 1)
    if days(low, high) * PRESSED < days(first, last):
        first, last = low, high
    kept = {name for _, name in ordered[first : last + 1]}
    return kept, total - sum(counts[name] for name in kept)


def _happened(found: Aggregates) -> list[Told]:
    groups: defaultdict[str, list[Evidence]] = defaultdict(list)
    for e in found.evidence:
        if e.kind == "event":
            groups[e.cluster or e.record].append(e)
    out = []
    for _, members in sorted(groups.items()):
        first = min(members, key=lambda e: (STATUSES.index(e.status), e.record))
        if first.status == "Reported":
            out.append(Told(quad_class(first.type), first.status, days_of(members, found.documents)))
    return out


def _stances(axes: Any, held: list[Any], window: str, least: float) -> None:
    up: Counter[str] = Counter()
    down: Counter[str] = Counter()
    for p in held:
        if p.window(window) and p.score:
            (up if p.score > 0 else down)[p.window(window)] += 1
    for counts, sign, colour, hatch in ((up, 1, FOR, None), (down, -1, AGAINST, "////")):
        for name, count in sorted(counts.items()):
            axes.bar(
                [_middle(name)],
                [sign * count],
                width=_broad(name, least),
                color=colour,
                edgecolor="white",
                linewidth=0,
                hatch=hatch,
            )
    most = max([1, *up.values(), *down.values()])
    axes.axhline(0, color=INK, linewidth=0.5)
    axes.set_ylim(-most * 1.15, most * 1.15)
    axes.set_yticks([-most, 0, most], [str(most), "0", str(most)])
    axes.text(
        1.0, 1.06, "up: for, down (hatched): against", transform=axes.transAxes, fontsize=6, ha="right", color="#555555"
    )


def _middle(name: str) -> date:
    a, b = (date.fromisoformat(d) for d in bounds(name))
    return a + (b - a) / 2


def _broad(name: str, least: float) -> float:
    a, b = (date.fromisoformat(d) for d in bounds(name))
    return float(max(((b - a).days + 1) * 0.8, least))
