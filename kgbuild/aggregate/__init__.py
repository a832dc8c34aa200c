"""What all stances and events together come to: dyads, series, change points, camps and the tables of the field.

Derived, never asserted: every number is drawn from records and names them. The same records give the same aggregates in whatever
order they come.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kgbuild.aggregate.balance import Camp, Camps, SignedEdge, camps, signed_edges
from kgbuild.aggregate.dyads import Change, Dyad, Numbers, Window, changes, dyads, series
from kgbuild.aggregate.happenings import STATUSES, Happening, days_of, happenings
from kgbuild.aggregate.pieces import LEAST, Piece, Sides, of_stances, quad_class, read_stances, sources_behind
from kgbuild.aggregate.tables import TABLES, Table, table
from kgbuild.aggregate.windows import WINDOWS, Days
from kgbuild.errors import KgbuildError, UsageError
from kgbuild.graph import Evidence, collect
from kgbuild.records import Claim, Document, Entity, Event, Record, Stance

if TYPE_CHECKING:
    import pandas

__all__ = [
    "LEAST", "STATUSES", "TABLES", "WINDOWS", "Aggregates", "Camp", "Camps", "Change", "Days", "Dyad", "Happening", "Numbers", "Piece",
    "SignedEdge", "Table", "Window", "days_of", "quad_class",
]  # fmt: skip

SIDES = ("actor", "state")


class Aggregates:
    """The aggregates of some records; what is asked for is worked out once.

    `pieces` are the pieces of evidence for stances, `happenings` the events between two sides, `evidence` all events, claims and stances
    they are drawn from, each in a fixed order. `left_out` counts the stances that count nowhere, by reason.
    """

    def __init__(self, records: Iterable[Record], by: str = "actor", least: float = LEAST) -> None:
        """by: "actor", each actor for itself, or "state", each for the one state it belongs to. least: confidence from which a stance counts.

        Raises UsageError for another `by`.
        """
        if by not in SIDES:
            raise UsageError(f"unknown side {by!r}; known: {', '.join(SIDES)}")
        found = list(records)
        self.by, self.least = by, least
        self.documents = {r.id: r for r in found if isinstance(r, Document)}
        self.entities = {r.id: r for r in found if isinstance(r, Entity)}
        self.sides = Sides(self.entities, by)
        evidence = collect(found)
        self.evidence: tuple[Evidence, ...] = tuple(evidence)
        behind, same = sources_behind(evidence, self.documents)
        shown = {e.record: e for e in evidence if e.kind != "said"}
        bases: dict[str, Claim | Event] = {r.id: r for r in found if isinstance(r, (Claim, Event))}
        stances = [r for r in found if isinstance(r, Stance)]
        sure = [s for s in stances if s.confidence >= least]
        homeless = sum(s.document not in self.documents for s in sure)
        readings = read_stances(sure, shown, bases, self.documents, self.sides)
        self.pieces: tuple[Piece, ...] = tuple(of_stances(readings, behind, same))
        self.happenings: tuple[Happening, ...] = tuple(happenings(evidence, self.documents, behind, self.sides))
        self.left_out = {
            f"confidence below {least:g}": len(stances) - len(sure),
            "article not among the records": homeless,
            "holder and target are one side": len(sure) - homeless - len(readings),
        }

    @cached_property
    def dyads(self) -> tuple[Dyad, ...]:
        """Every holder and target with a piece of evidence."""
        return tuple(dyads(self.pieces))

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The days from which a stance is another one, by holder, target and day."""
        return tuple(changes(self.pieces))

    @cached_property
    def camps(self) -> Camps:
        """The camps of the actors, and how far their graph is balanced."""
        return camps(signed_edges(self.pieces))

    def series(self, window: str = "month", holder: str | None = None, target: str | None = None) -> list[Window]:
        """The stance of each pair in each window (day, week, month, year), of one holder or target when it is named."""
        kept = (p for p in self.pieces if holder in (None, p.holder) and target in (None, p.target))
        return series(kept, window)

    def table(self, name: str, pair: tuple[str, str] | None = None, window: str = "month") -> Table:
        """One of TABLES as plain rows; `pair` (ids of holder and target) narrows it, `window` is for the series.

        Raises UsageError for an unknown name or window.
        """
        if name not in TABLES:
            raise UsageError(f"unknown table {name!r}; known: {', '.join(TABLES)}")
        return table(self, name, pair, window)

    def frame(self, name: str, pair: tuple[str, str] | None = None, window: str = "month") -> pandas.DataFrame:
        """A table as a pandas DataFrame. Raises KgbuildError when pandas is not installed."""
        try:
            import pandas
        except ImportError as error:
            raise KgbuildError("pandas is not installed; pip install 'kgbuild[tables]', or use .table(name)") from error
        found = self.table(name, pair, window)
        return pandas.DataFrame(found.rows, columns=[c.name for c in found.columns])

    def name(self, entity: str) -> str:
        """The name of an entity; its id when no record explains it."""
        found = self.entities.get(entity)
        return found.name if found is not None else entity

    def find(self, name: str) -> str:
        """The id of the side with this id or name, whatever its case. Raises UsageError when there is none, or several."""
        known = {x for p in self.pieces for x in (p.holder, p.target)} | {
            x for h in self.happenings for x in (h.actor, h.target)
        }
        if name in known:
            return name
        wanted = " ".join(name.casefold().split())
        for names in ("name", "aliases"):
            found = sorted(i for i in known if wanted in self._names(i, names))
            if len(found) == 1:
                return found[0]
            if found:
                raise UsageError(f"several have the name {name[:60]!r}: {', '.join(found[:5])}; give one of these ids")
        raise UsageError(
            f"nobody called {name[:60]!r} has a stance or is dealt with; `kgbuild query FOLDER dyads` shows who has"
        )

    def as_dict(self, window: str = "month") -> dict[str, Any]:
        """Everything as plain values for JSON: sides, dyads with their evidence, series, changes, camps."""
        used = sorted({x for d in self.dyads for x in (d.holder, d.target)})
        found = self.camps
        return {
            "by": self.by,
            "least": self.least,
            "left_out": self.left_out,
            "sides": [{"id": i, "name": self.name(i), "kind": e.kind if (e := self.entities.get(i)) else None} for i in used],
            "dyads": [
                {
                    "holder": d.holder, "target": d.target, **_numbers(d.numbers), "first": d.days.earliest,
                    "last": d.days.latest, "evidence": [_piece(p) for p in d.pieces],
                }
                for d in self.dyads
            ],
            "series": [
                {"holder": w.holder, "target": w.target, "window": w.window, **_numbers(w.numbers)} for w in self.series(window)
            ],
            "changes": [
                {
                    "holder": c.holder, "target": c.target, "day": c.day, "before": round(c.before, 4), "after": round(c.after, 4),
                    "count_before": c.count_before, "count_after": c.count_after, "probability": round(c.probability, 4),
                }
                for c in self.changes
            ],
            "camps": [
                {
                    "id": c.id, "members": list(c.members), "support": round(c.support, 4), "opposition": round(c.opposition, 4),
                    "outside": round(c.outside, 4),
                }
                for c in found.camps
            ],
            "balance": {
                "alone": list(found.alone), "triads": found.triads, "balance": _rounded(found.balance),
                "frustration": _rounded(found.frustration), "two_camps": _rounded(found.two_camps),
                "modularity": _rounded(found.modularity),
            },
        }  # fmt: skip

    def _repr_html_(self) -> str:
        """Who stands how toward whom, for notebooks; `table(name)` shows the others."""
        return self.table("dyads")._repr_html_()

    def _names(self, i: str, names: str) -> set[str]:
        entity = self.entities.get(i)
        if entity is None:
            return set()
        return {" ".join(n.casefold().split()) for n in ((entity.name,) if names == "name" else entity.aliases)}


def _numbers(n: Numbers) -> dict[str, Any]:
    return {
        "count": n.count, "mean": _rounded(n.mean), "spread": _rounded(n.spread), "sources": n.sources, "articles": n.articles,
        "claimed": n.claimed, "denied": n.denied, "hypothetical": n.hypothetical,
    }  # fmt: skip


def _piece(p: Piece) -> dict[str, Any]:
    return {
        "status": p.status, "score": _rounded(p.score), "kinds": list(p.kinds), "first": p.days.earliest, "last": p.days.latest,
        "source": p.source, "articles": list(p.articles), "stances": list(p.stances), "sentence": p.sentence, "article": p.article,
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4) + 0.0
