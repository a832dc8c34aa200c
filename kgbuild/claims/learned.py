"""Stances as the stance network reads them, each tied to the event or claim it rests on, and what its word does to a rule's."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from kgbuild.claims import syntax
from kgbuild.claims.factuality import factuality
from kgbuild.claims.model import STANDING, FoundEvent, Reading, around
from kgbuild.ids import ACTOR_KINDS
from kgbuild.layers import Leaning, slice_of
from kgbuild.records import Claim, Event, Span
from kgbuild.vocab import BROADER

__all__ = ["ENTER", "Basis", "LearnedReader", "believed"]

ENTER = 0.7
"""Calibrated probability from which a stance that only the network reads enters the graph: about four in five are right there on DSE."""
WEIGHT = 0.5
"""Share of the network's log odds that count beside a rule's own confidence: both read the same words."""
USUAL = 0.1
"""Probability of one stance in one direction between two actors of a sentence, before it is read."""
MATERIAL = frozenset({"MaterialCooperation", "MaterialConflict"})


@dataclass(frozen=True, slots=True)
class Basis:
    """What a stance rests on: the id of an event or claim, its words, and how the article puts it."""

    id: str
    span: Span
    cue: Span | None
    kind: str
    modality: str = "Factual"
    earliest: str | None = None
    latest: str | None = None


def believed(readings: Iterable[Reading], leanings: Sequence[Leaning], doc: Doc) -> Iterator[Reading]:
    """The readings of rules, their confidence moved by the network's where it read the same two actors in that sentence."""
    likely: dict[tuple[int, str, str], Leaning] = {}
    for leaning in leanings:
        likely[_sentence(doc, leaning.holder.span), leaning.holder.entities[0], leaning.target.entities[0]] = leaning
    read = {(place, frozenset(pair)) for place, *pair in likely}
    for r in readings:
        place = _sentence(doc, r.cue or r.span)
        if (place, frozenset((r.holder, r.target))) not in read:
            yield r
            continue
        leaning_of = likely.get((place, r.holder, r.target))
        found = 0.0 if leaning_of is None else leaning_of.support if r.score > 0 else leaning_of.opposition
        yield replace(r, confidence=combined(r.confidence, found))


def combined(rule: float, network: float) -> float:
    """The confidence of a stance that a rule reads with one confidence and the network with one probability: their log odds added."""
    odds = _odds(rule) + WEIGHT * (_odds(network) - _odds(USUAL))
    return round(1 / (1 + math.exp(-odds)), 2)


def _odds(p: float) -> float:
    p = min(max(p, 0.01), 0.99)
    return math.log(p / (1 - p))


def _sentence(doc: Doc, span: Span) -> int:
    """The first token of the sentence a span begins in; -1 for a span without a token."""
    tokens = slice_of(doc, span)
    return -1 if tokens is None else int(tokens[0].sent.start)


def _quad(kind: str) -> str:
    """The quad class of a type of event, the type itself for one without."""
    while kind in BROADER:
        kind = BROADER[kind]
    return kind


class LearnedReader:
    """Readings of what the network is sure of and no rule has read."""

    def __init__(self, doc: Doc, article: str, events: Sequence[FoundEvent], claims: Sequence[Claim]) -> None:
        self.doc, self.article = doc, article
        self.said = [c for c in claims if c.source != article]
        self.claim_of: Mapping[str, Claim] = {c.content: c for c in claims if c.content is not None}
        self.kinds = {e.id: e.kind for e in doc._.entities}
        self.by_sentence: dict[int, list[FoundEvent]] = {}
        for found in events:
            self.by_sentence.setdefault(doc[found.token].sent.start, []).append(found)

    def readings(self, leanings: Iterable[Leaning], known: Iterable[Reading]) -> Iterator[Reading]:
        """One reading for each leaning that is sure enough, has something to rest on, and is not known by its pair and sentence."""
        taken = {(_sentence(self.doc, r.cue or r.span), r.holder, r.target) for r in known}
        for leaning in leanings:
            sure = max(leaning.support, leaning.opposition)
            holder, target = leaning.holder.entities[0], leaning.target.entities[0]
            place = _sentence(self.doc, leaning.holder.span)
            if sure < ENTER or (place, holder, target) in taken:
                continue
            basis = self._basis(leaning, place)
            if basis is None or basis.modality not in STANDING:
                continue
            score = round(leaning.support - leaning.opposition, 2)
            yield Reading(
                holder, target, score, basis.kind, self._teller(leaning), basis.id, basis.span, basis.cue, basis.modality,
                None, basis.earliest, basis.latest, round(sure, 2),
            )  # fmt: skip

    def _teller(self, leaning: Leaning) -> str:
        """Whose words the stance stands in: the innermost speaker around the target, else the article."""
        claim = around(self.said, leaning.target.span)
        return claim.source if claim is not None else self.article

    def _basis(self, leaning: Leaning, place: int) -> Basis | None:
        """An act of the holder toward the target, else what the holder says where the target is the one other actor of the sentence.

        The network knows better that a sentence takes sides than toward whom, so several targets to choose from give none.
        """
        holder, target = leaning.holder.entities[0], leaning.target.entities[0]
        for found in self.by_sentence.get(place, ()):
            if holder in found.record.agents and target in (*found.record.recipients, *found.record.themes):
                return self._of_event(found)
        claim = around(self.said, leaning.target.span)
        if claim is not None and claim.source == holder and self._actors(place) <= {holder, target}:
            return Basis(claim.id, claim.span, claim.cue, "Statement", claim.modality, claim.earliest, claim.latest)
        return None

    def _actors(self, place: int) -> set[str]:
        """Whoever is named in the sentence that begins with a token and is no topic and no place."""
        sentence = self.doc[place].sent
        inside = [m for m in self.doc._.mentions if sentence.start_char <= m.span.begin < sentence.end_char]
        return {i for m in inside for i in m.entities if self.kinds.get(i) in ACTOR_KINDS}

    def _of_event(self, found: FoundEvent) -> Basis | None:
        event: Event = found.record
        claim = self.claim_of.get(event.id)
        fact = factuality(self.doc, found.token)
        negated = claim.negated if claim is not None else fact.negated
        if negated:
            return None
        kind = "Action" if _quad(event.type) in MATERIAL else "Statement"
        span = event.span if event.span.begin <= event.trigger.begin else syntax.sentence_span(self.doc[found.token])
        return Basis(
            event.id, span, event.trigger, kind, claim.modality if claim is not None else fact.modality, event.earliest, event.latest
        )  # fmt: skip
