"""Stances as pieces of evidence: each repeated sentence once, dated, with its status and the source behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Final

from kgbuild import vocab
from kgbuild.aggregate.copies import outlets, same_sentences, worded
from kgbuild.aggregate.windows import Days, placed, window_of
from kgbuild.graph import Evidence
from kgbuild.records import Claim, Document, Entity, Event, Stance

__all__ = ["LEAST", "Piece", "Reading", "Sides", "of_stances", "read_stances", "sources_behind"]

LEAST: Final = 0.5
"""Confidence from which a stance counts, here and in the flat layer (kgbuild/queries/flat/opposes.rq)."""

POSITIVE: Final = frozenset({"VerbalCooperation", "MaterialCooperation"})
NEGATIVE: Final = frozenset({"VerbalConflict", "MaterialConflict"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence for what a holder thinks of a target, however many articles repeat its sentence.

    `stances` are the ids of the Stance records it stands for; `score` and `confidence` their means, `kinds` their kinds, `articles` the
    articles that tell it. status: a value of v:Statuses (see `read_stances`). `days` bounds when; `source` is who stands behind the
    text: an agency or outlet, or the actor that alone says so. `sentence` and `article` are of the first record.
    """

    holder: str
    target: str
    status: str
    score: float
    kinds: tuple[str, ...]
    days: Days
    source: str
    articles: tuple[str, ...]
    stances: tuple[str, ...]
    confidence: float
    sentence: str
    article: str

    def window(self, window: str) -> str:
        """The name of the window that holds it; "" when nothing dates it that closely."""
        return window_of(self.days, window)

    @property
    def day(self) -> str:
        """The day it is dated on, "" when that is not one day."""
        return self.days.earliest if self.days.earliest == self.days.latest else ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A stance as the aggregates read it: whom it joins once sides are taken, and what it counts as."""

    stance: Stance
    holder: str
    target: str
    status: str
    days: Days
    own: tuple[str, str]
    sentence: str


class Sides:
    """Whom an actor belongs to, and whose side it is counted on."""

    def __init__(self, entities: Mapping[str, Entity], by: str) -> None:
        """`by` is "actor" (each for itself) or "state" (each for the state it belongs to, itself when that is not one state)."""
        self._entities = entities
        self._by = by
        self._above: dict[str, frozenset[str]] = {}
        self._state: dict[str, str | None] = {}

    def of(self, actor: str) -> str:
        """The side of an actor; another entity stands for itself."""
        return (self.state(actor) or actor) if self._by == "state" else actor

    def state(self, actor: str) -> str | None:
        """The nearest state up an actor's affiliations; None when there is none, or several are equally near."""
        if actor not in self._state:
            seen, level, found = {actor}, [actor], None
            while level and found is None:
                states = {a for a in level if (e := self._entities.get(a)) is not None and e.kind == "State"}
                if states:
                    found = min(states) if len(states) == 1 else ""
                level = sorted({b for a in level for b in self._up(a)} - seen)
                seen.update(level)
            self._state[actor] = found or None
        return self._state[actor]

    def speaks_for(self, source: str, holder: str) -> bool:
        """Whether the source is the holder or belongs to it, at any remove: its words are the holder's."""
        if source not in self._above:
            seen = {source}
            level = [source]
            while level:
                level = sorted({b for a in level for b in self._up(a)} - seen)
                seen.update(level)
            self._above[source] = frozenset(seen)
        return holder in self._above[source]

    def _up(self, actor: str) -> tuple[str, ...]:
        entity = self._entities.get(actor)
        return entity.affiliation if entity is not None else ()


def read_stances(
    stances: Sequence[Stance],
    evidence: Mapping[str, Evidence],
    bases: Mapping[str, Claim | Event],
    documents: Mapping[str, Document],
    sides: Sides,
) -> list[Reading]:
    """The stances that join two different sides, each with its status.

    Reported: put as a fact by the article itself, or in the words of the holder or of somebody who belongs to it. Claimed: put as a
    fact by somebody else, or by hearsay. Denied, Disputed: it rests on an event that is denied, or that some affirm and some deny, and
    it has the event's sign ("does not support" is no denied support but a stance against). Expected: planned. Hypothetical: anything
    else that is not put as a fact.
    """
    out = []
    for stance in stances:
        shown, document = evidence.get(stance.id), documents.get(stance.document)
        if shown is None or document is None:
            continue
        holder, target = sides.of(stance.holder), sides.of(stance.target)
        if holder == target:
            continue
        basis, told = bases.get(stance.basis), evidence.get(stance.basis)
        own = (stance.earliest, stance.latest)
        if own == (None, None) and basis is not None:
            own = (basis.earliest, basis.latest)
        published = document.published or (document.dateline.date if document.dateline else None)
        out.append(
            Reading(
                stance, holder, target, _status(stance, shown.status, told, basis, sides), placed(*own, published),
                (own[0] or "", own[1] or ""), document.text[shown.sentence.begin : shown.sentence.end],
            )
        )  # fmt: skip
    return out


def _status(stance: Stance, status: str, told: Evidence | None, basis: Claim | Event | None, sides: Sides) -> str:
    if status == "Claimed" and sides.speaks_for(stance.attributed_to, stance.holder):
        status = "Reported"
    if told is not None and isinstance(basis, Event) and status in ("Reported", "Claimed"):
        sign = event_sign(basis.type)
        if told.status in ("Denied", "Disputed") and sign * stance.score > 0:
            return told.status
        if told.status == "Claimed" and told.hearsay and stance.attributed_to == stance.document:
            return "Claimed"
    return status


def event_sign(event_type: str) -> int:
    """1 for an event type of cooperation, -1 for one of conflict, 0 for one of no quad class."""
    quad = quad_class(event_type)
    return (quad in POSITIVE) - (quad in NEGATIVE)


def quad_class(event_type: str) -> str:
    """The quad class of an event type, "" when it has none."""
    found = event_type
    while found and found not in POSITIVE and found not in NEGATIVE:
        found = vocab.BROADER.get(found, "")
    return found


def of_stances(readings: Iterable[Reading], behind: Mapping[str, str], same: Mapping[str, str]) -> list[Piece]:
    """The pieces of evidence, by holder, target, days and first record.

    Readings of one pair and status are one piece when their sentences are equal or near-same and what the texts say of the time is not
    at odds: "condemned the raid on Monday" in two weeks is two. `behind` names the source of each article, `same` the group of each
    worded sentence.
    """
    buckets: defaultdict[tuple[str, str, str, str], list[Reading]] = defaultdict(list)
    for r in readings:
        buckets[r.holder, r.target, r.status, same[worded(r.sentence)]].append(r)
    out = []
    for bucket in buckets.values():
        dated: defaultdict[tuple[str, str], list[Reading]] = defaultdict(list)
        for r in bucket:
            dated[r.own].append(r)
        undated = dated.pop(("", ""), [])
        if len(dated) == 1:  # the copy whose words were not dated tells the same as the one that was
            next(iter(dated.values())).extend(undated)
        elif undated:
            dated["", ""] = undated
        out += [_piece(members, behind) for members in dated.values()]
    return sorted(out, key=lambda p: (p.holder, p.target, p.days, p.stances))


def _piece(members: list[Reading], behind: Mapping[str, str]) -> Piece:
    members.sort(key=lambda r: (not r.days.earliest, r.days, r.stance.id))
    first = members[0]
    n = len(members)
    articles = tuple(sorted({r.stance.document for r in members}))
    alone = sorted({r.stance.attributed_to for r in members} - set(articles)) if first.status == "Claimed" else []
    return Piece(
        first.holder, first.target, first.status,
        fsum(r.stance.score for r in members) / n,
        tuple(sorted({r.stance.kind for r in members})),
        first.days,
        alone[0] if alone else min(behind[a] for a in articles),
        articles, tuple(sorted(r.stance.id for r in members)),
        fsum(r.stance.confidence for r in members) / n,
        first.sentence, first.stance.document,
    )  # fmt: skip


def sources_behind(
    evidence: Iterable[Evidence], documents: Mapping[str, Document]
) -> tuple[dict[str, str], dict[str, str]]:
    """(article -> who stands behind it, worded sentence -> the first of those that tell the same), from stances and events."""
    told = []
    for e in evidence:
        if e.kind != "said":
            sentence = documents[e.document].text[e.sentence.begin : e.sentence.end]
            told.append((e.document, sentence, worded(sentence)))
    same = same_sentences(key for _, _, key in told)
    agencies = {d.id: d.dateline.agency for d in documents.values() if d.dateline and d.dateline.agency}
    publishers = {d.id: d.publisher for d in documents.values() if d.publisher}
    return outlets([(a, s, same[k]) for a, s, k in told], agencies, publishers), same
