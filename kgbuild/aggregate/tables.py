"""The aggregates as tables of plain values: dyads by day, week, month or year, the stance matrix, the series of a pair, camps."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from kgbuild.aggregate.dyads import Numbers, numbers, series
from kgbuild.aggregate.happenings import Happening
from kgbuild.aggregate.pieces import Piece
from kgbuild.aggregate.windows import WINDOWS
from kgbuild.config import data_path

if TYPE_CHECKING:
    from kgbuild.aggregate import Aggregates

__all__ = ["QUADS", "TABLES", "Cell", "Column", "Table", "iso", "table"]

Cell: TypeAlias = str | int | float | None

QUADS: Final = {
    "VerbalCooperation": "verbal_cooperation", "MaterialCooperation": "material_cooperation",
    "VerbalConflict": "verbal_conflict", "MaterialConflict": "material_conflict", "": "other",
}  # fmt: skip
"""Quad class -> the stem of its columns; events of no quad class are "other"."""

TABLES: Final = (*(f"dyad-{w}" for w in WINDOWS), "dyads", "series", "matrix", "camps")
"""Names of the tables."""

SINGLE: Final = (
    ("Reported", ""), ("Claimed", "_claimed"), ("Disputed", "_disputed"), ("Denied", "_denied"),
)  # fmt: skip
"""Statuses that have a column for each quad class, and the end of its name."""

DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the type of its cells (string, date, integer, decimal) and what it holds."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and rows of as many cells each; None is an unknown value. `key` names the columns no two rows agree in."""

    name: str
    columns: tuple[Column, ...]
    rows: list[tuple[Cell, ...]]
    key: tuple[str, ...] = field(default=())

    def records(self) -> list[dict[str, Cell]]:
        """The rows as dictionaries from column to cell."""
        names = [c.name for c in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def _repr_html_(self) -> str:
        """A table for notebooks: the first 100 rows; a column's meaning is its title."""
        from html import escape  # only notebooks need it

        head = "".join(f'<th title="{escape(c.meaning, quote=True)}">{escape(c.name)}</th>' for c in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape('' if v is None else str(v))}</td>" for v in row) + "</tr>"
            for row in self.rows[:100]
        )
        more = f"<p>and {len(self.rows) - 100} more</p>" if len(self.rows) > 100 else ""
        return f"<table><caption>{escape(self.name)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def table(found: Aggregates, name: str, pair: tuple[str, str] | None = None, window: str = "month") -> Table:
    """One of TABLES. `pair` (two ids) narrows the rows to one holder and target; `window` is for the series.

    Raises KeyError for an unknown name, UsageError for an unknown window.
    """
    if name.startswith("dyad-") and name.removeprefix("dyad-") in WINDOWS:
        return _dyad_windows(found, name.removeprefix("dyad-"), pair)
    return {"dyads": _dyads, "series": _series, "matrix": _matrix, "camps": _camps}[name](found, pair, window)


@lru_cache(1)
def iso() -> dict[str, tuple[str, str, str]]:
    """Wikidata id of a state or territory -> its ISO 3166-1 codes: two letters, three letters, number."""
    with data_path("iso3166.tsv").open(encoding="utf-8", newline="") as lines:
        return {r["qid"]: (r["alpha2"], r["alpha3"], r["number"]) for r in csv.DictReader(lines, delimiter="\t")}


# ---------------------------------------------------------------- columns
def _side_columns(prefix: str, what: str) -> tuple[Column, ...]:
    return (
        Column(prefix, "string", f"id of the {what}"),
        Column(f"{prefix}_name", "string", f"name of the {what}"),
        Column(f"{prefix}_kind", "string", f"kind of the {what}: State, Organization, Person, Group, Place, City, Topic"),
        Column(f"{prefix}_state", "string", f"name of the state the {what} is or belongs to; empty when not one state is nearest"),
        Column(f"{prefix}_iso2", "string", "ISO 3166-1 alpha-2 code of that state"),
        Column(f"{prefix}_iso3", "string", "ISO 3166-1 alpha-3 code of that state"),
    )  # fmt: skip


_NUMBERS: Final = (
    Column("stances", "integer", "pieces of evidence for a stance of the actor toward the target; repeated sentences count once"),
    Column("stance_mean", "decimal", "mean of their scores, from -1 (hostile) to 1 (backing)"),
    Column("stance_sd", "decimal", "sample standard deviation of their scores; empty with fewer than two"),
    Column("stance_sources", "integer", "independent sources behind them: agencies and outlets"),
    Column("stance_articles", "integer", "articles that tell them"),
    Column("stances_claimed", "integer", "pieces that only a third party or hearsay tells"),
    Column("stances_denied", "integer", "pieces that rest on a denied or disputed event"),
    Column("stances_hypothetical", "integer", "pieces put as planned, possible, conditional, desired or asked"),
)  # fmt: skip

_EVENTS: Final = (
    *(
        Column(
            stem + end, "integer",
            f"happenings of {'no quad class' if not quad else 'the quad class ' + stem.replace('_', ' ')}, {status.lower()}",
        )
        for status, end in SINGLE for quad, stem in QUADS.items()
    ),
    Column("expected", "integer", "happenings of any class that are only planned or coming"),
    Column("hypothetical", "integer", "happenings of any class that are only possible, conditional, desired or asked about"),
)  # fmt: skip


def _side(found: Aggregates, i: str) -> tuple[Cell, ...]:
    state = found.sides.state(i)
    home = found.entities.get(state) if state else None
    codes = iso().get(home.qid or "") if home is not None else None
    entity = found.entities.get(i)
    return (
        i, found.name(i), entity.kind if entity else None, home.name if home is not None else None,
        codes[0] if codes else None, codes[1] if codes else None,
    )  # fmt: skip


def _cells(n: Numbers) -> tuple[Cell, ...]:
    return (
        n.count, _rounded(n.mean), _rounded(n.spread), n.sources, n.articles, n.claimed, n.denied, n.hypothetical,
    )  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS) + 0.0  # no negative zero


# ---------------------------------------------------------------- tables
def _dyad_windows(found: Aggregates, window: str, pair: tuple[str, str] | None) -> Table:
    """Directed dyads by window, as the event data of the field has them; undated rows last."""
    pieces: defaultdict[tuple[str, str, str], list[Piece]] = defaultdict(list)
    done: defaultdict[tuple[str, str, str], list[Happening]] = defaultdict(list)
    for p in found.pieces:
        pieces[p.window(window), p.holder, p.target].append(p)
    for h in found.happenings:
        done[h.window(window), h.actor, h.target].append(h)
    keys = sorted(pieces.keys() | done.keys(), key=lambda k: (not k[0], k))
    rows: list[tuple[Cell, ...]] = []
    for key in keys:
        if pair is not None and key[1:] != pair:
            continue
        told, held = done.get(key, []), pieces.get(key, [])
        rows.append(
            (
                key[0] or None, *_side(found, key[1]), *_side(found, key[2]), *_counts(told), *_cells(numbers(held)),
                len({a for h in told for a in h.articles} | {a for p in held for a in p.articles}),
                len({s for h in told for s in h.sources} | {p.source for p in held}),
            )
        )  # fmt: skip
    columns = (
        Column(window, "date" if window == "day" else "string", f"{window} of what is counted; empty for what is not dated that closely"),
        *_side_columns("actor", "actor: who does it, who holds the stance"),
        *_side_columns("target", "target: whom it is done to, whom the stance is toward"),
        *_EVENTS, *_NUMBERS,
        Column("articles", "integer", "articles behind the row"),
        Column("sources", "integer", "independent sources behind the row"),
    )  # fmt: skip
    return Table(f"dyad-{window}", columns, rows, (window, "actor", "target"))


def _counts(told: list[Happening]) -> tuple[int, ...]:
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    for h in told:
        counts[h.status, h.quad] += 1
    apart = ("Expected", "Hypothetical")
    return (
        *(counts[status, quad] for status, _ in SINGLE for quad in QUADS),
        *(sum(counts[status, quad] for quad in QUADS) for status in apart),
    )


def _dyads(found: Aggregates, pair: tuple[str, str] | None, window: str) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            *_side(found, d.holder), *_side(found, d.target), d.days.earliest or None, d.days.latest or None,
            *_cells(d.numbers), " ".join(i for p in d.pieces for i in p.stances),
        )
        for d in found.dyads if pair in (None, (d.holder, d.target))
    ]  # fmt: skip
    columns = (
        *_side_columns("actor", "holder of the stance"), *_side_columns("target", "target of the stance"),
        Column("first", "date", "first day of the reported stances"), Column("last", "date", "last day of them"),
        *_NUMBERS, Column("evidence", "string", "ids of the Stance records behind the row, separated by blanks"),
    )  # fmt: skip
    return Table("dyads", columns, rows, ("actor", "target"))


def _series(found: Aggregates, pair: tuple[str, str] | None, window: str) -> Table:
    changed = {(c.holder, c.target, _of_day(c.day, window)): c.day for c in reversed(found.changes)}
    rows: list[tuple[Cell, ...]] = [
        (
            w.window or None, w.days.earliest or None, w.days.latest or None, w.holder, found.name(w.holder),
            w.target, found.name(w.target), *_cells(w.numbers), changed.get((w.holder, w.target, w.window)),
        )
        for w in series(found.pieces, window) if pair in (None, (w.holder, w.target))
    ]  # fmt: skip
    columns = (
        Column("window", "string", "name of the window; empty for what is not dated that closely"),
        Column("first", "date", "its first day"), Column("last", "date", "its last day"),
        Column("actor", "string", "id of the holder"), Column("actor_name", "string", "name of the holder"),
        Column("target", "string", "id of the target"), Column("target_name", "string", "name of the target"),
        *_NUMBERS, Column("change", "date", "first day in the window from which the stance is another one (Pettitt's test)"),
    )  # fmt: skip
    return Table("series", columns, rows, ("window", "actor", "target"))


def _of_day(day: str, window: str) -> str:
    from kgbuild.aggregate.windows import Days, window_of

    return window_of(Days(day, day), window)


def _matrix(found: Aggregates, pair: tuple[str, str] | None, window: str) -> Table:
    """Holders in rows, targets in columns, mean of the Reported stances in the cells; empty where there is none."""
    held = [d for d in found.dyads if d.numbers.count and pair in (None, (d.holder, d.target))]
    holders = sorted({d.holder for d in held}, key=lambda i: (found.name(i).casefold(), i))
    targets = sorted({d.target for d in held}, key=lambda i: (found.name(i).casefold(), i))
    means = {(d.holder, d.target): d.numbers.mean for d in held}
    shared = {n for n in map(found.name, targets) if sum(found.name(t) == n for t in targets) > 1} | {
        "actor",
        "actor_name",
    }
    heads = [f"{found.name(t)} ({t})" if found.name(t) in shared else found.name(t) for t in targets]
    columns = (
        Column("actor", "string", "id of the holder"), Column("actor_name", "string", "name of the holder"),
        *(Column(h, "decimal", f"mean stance toward {t}") for h, t in zip(heads, targets, strict=True)),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (h, found.name(h), *(_rounded(means.get((h, t))) for t in targets)) for h in holders
    ]
    return Table("matrix", columns, rows, ("actor",))


def _camps(found: Aggregates, pair: tuple[str, str] | None, window: str) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (n, c.id, len(c.members), *_side(found, m)) for n, c in enumerate(found.camps.camps, 1) for m in c.members
    ]
    columns = (
        Column("camp", "integer", "number of the camp, 1 the largest"), Column("camp_id", "string", "id of the camp"),
        Column("camp_size", "integer", "actors in it"), *_side_columns("actor", "member"),
    )  # fmt: skip
    return Table("camps", columns, rows, ("actor",))
