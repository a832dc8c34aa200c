"""Events between two sides: each happening once, with its quad class, its status and the days it is dated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations, product
from typing import Final

from kgbuild.aggregate.pieces import Sides, quad_class
from kgbuild.aggregate.windows import Days, placed, window_of
from kgbuild.graph import Evidence
from kgbuild.records import Document

__all__ = ["MUTUAL", "STATUSES", "Happening", "days_of", "happenings"]

STATUSES: Final = ("Disputed", "Reported", "Claimed", "Denied", "Expected", "Hypothetical")
"""Which status counts where the events of one happening differ: the first of these, as in the derived kg:status."""

MUTUAL: Final = frozenset({"Agree", "Consult", "Cooperate"})
"""Types that agents without a recipient do with each other ("A and B met"): counted in both directions, as ICEWS and GDELT do."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What one side did to another, once however many events and articles tell of it.

    id: of the cluster of events, or of the event when it is in none. quad: VerbalCooperation, MaterialCooperation, VerbalConflict,
    MaterialConflict, or "" when its type has no quad class.
    """

    id: str
    actor: str
    target: str
    type: str
    quad: str
    status: str
    days: Days
    articles: tuple[str, ...]
    sources: tuple[str, ...]
    events: tuple[str, ...]

    def window(self, window: str) -> str:
        """The name of the window that holds it; "" when nothing dates it that closely."""
        return window_of(self.days, window)


def happenings(
    evidence: Iterable[Evidence], documents: Mapping[str, Document], behind: Mapping[str, str], sides: Sides
) -> list[Happening]:
    """The happenings between two different sides, by actor, target, days and id.

    An event joins each agent to each recipient; without a recipient, agents of a mutual type to one another, in both directions.
    """
    found: defaultdict[tuple[str, str, str], list[Evidence]] = defaultdict(list)
    for e in evidence:
        if e.kind != "event":
            continue
        agents, recipients = e.entities("agent"), e.entities("recipient")
        joined = product(agents, recipients)
        if not recipients and e.type in MUTUAL:
            joined = permutations(agents, 2)  # type: ignore[assignment]  # pairs too
        for a, b in sorted({(sides.of(a), sides.of(b)) for a, b in joined}):
            if a != b:
                found[a, b, e.cluster or e.record].append(e)
    out = [_happening(key, members, documents, behind) for key, members in found.items()]
    return sorted(out, key=lambda h: (h.actor, h.target, h.days, h.id))


def _happening(
    key: tuple[str, str, str], members: list[Evidence], documents: Mapping[str, Document], behind: Mapping[str, str]
) -> Happening:
    members.sort(key=lambda e: (STATUSES.index(e.status), e.record))
    first = members[0]
    articles = tuple(sorted({e.document for e in members}))
    return Happening(
        key[2], key[0], key[1], first.type, quad_class(first.type), first.status, days_of(members, documents), articles,
        tuple(sorted({behind[a] for a in articles})), tuple(sorted(e.record for e in members)),
    )  # fmt: skip


def days_of(members: Iterable[Evidence], documents: Mapping[str, Document]) -> Days:
    """The narrowest days the texts give; else, where no text gives any, those of the earliest article."""
    told: list[Days] = []
    filed: list[Days] = []
    for e in members:
        document = documents[e.document]
        published = document.published or (document.dateline.date if document.dateline else None)
        days = placed(e.earliest, e.latest, published)
        if days.earliest:
            (told if e.earliest or e.latest else filed).append(days)
    if told:
        return min(told, key=lambda d: (_length(d), d))
    return min(filed, default=Days())


def _length(days: Days) -> int:
    # Longer by whole days; exact enough to compare, and free of a calendar.
    y1, m1, d1 = map(int, days.earliest.split("-"))
    y2, m2, d2 = map(int, days.latest.split("-"))
    return (y2 - y1) * 372 + (m2 - m1) * 31 + d2 - d1
