"""Turns attributions and events into Claims: who says it, how it is put, and what event it is about.

Each attribution gives one wide claim (a claim for each of several sources) and one further claim for every other event in
its words, which names the wide one in `statement`. Each event outside all attributions is claimed by the article itself. A
source that nobody can name never becomes the article's own voice: such a claim is hearsay passed on by the nearest named
source around it, or by the article.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Token

from kgbuild.claims.factuality import factuality
from kgbuild.claims.model import Attribution, Factuality, FoundEvent
from kgbuild.claims.syntax import base
from kgbuild.config import VERSION
from kgbuild.ids import extractor_id, record_id
from kgbuild.layers import TimeExpression, document_of, entities_of, text_of
from kgbuild.records import Claim, Document, Span

__all__ = ["ATTRIBUTED", "NARRATED", "claims"]

ATTRIBUTED = extractor_id("attribution-rules", VERSION)
NARRATED = extractor_id("event-rules", VERSION)
NARRATOR_CONFIDENCE = 0.8
TRAIL_ENDS = frozenset({",", ";", ":", ".", "—", "–"})
FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})
LONGEST_HEAD_SEARCH = 400
"""Tokens of a content that are searched for its head; a longer one is headed by its beginning."""


@dataclass(frozen=True, slots=True)
class _Owner:
    """Who answers for an attribution: ids of the sources, those who pass it on, and whether it is hearsay."""

    sources: tuple[str, ...]
    via: tuple[str, ...]
    hearsay: bool


def claims(doc: Doc, attributions: Sequence[Attribution], found_events: Iterable[FoundEvent]) -> list[Claim]:
    """Every Claim of a Doc, ordered by place; each event is reached by at least one, as content or as condition."""
    return _Writer(doc, attributions, found_events).claims()


class _Writer:
    def __init__(self, doc: Doc, attributions: Sequence[Attribution], found_events: Iterable[FoundEvent]) -> None:
        self.doc = doc
        self.document: Document = document_of(doc)
        self.attributions = attributions
        self.events = sorted(found_events, key=lambda e: (doc[e.token].idx, e.record.id))
        self.starts = [doc[e.token].idx for e in self.events]
        self.by_token = {e.token: e for e in reversed(self.events)}
        self.names = {i: e.name for i, e in entities_of(doc).items()}
        self.states = {e.territory: e.id for e in doc._.entities if e.territory is not None}
        self.mentions = sorted(doc._.mentions, key=lambda m: m.span)
        self.mention_starts = [m.span.begin for m in self.mentions]
        self.owners = self._owners()
        self.home = self._home()
        self.facts: dict[int, Factuality] = {}
        self.headlines = [Span(p.begin, p.end) for p in self.document.paragraphs if p.role in ("headline", "deck")]
        dateline = self.document.dateline
        self.today = (dateline.date if dateline is not None else None) or self.document.published

    def claims(self) -> list[Claim]:
        """All claims with ids of their own."""
        members: dict[int, list[FoundEvent]] = {}
        outside: list[FoundEvent] = []
        for event, home in zip(self.events, self.home, strict=True):
            if home is None:
                outside.append(event)
            else:
                members.setdefault(home, []).append(event)
        taken: set[str] = set()
        made: list[Claim] = []
        for number, attribution in enumerate(self.attributions):
            made += self._attributed(number, attribution, members.get(number, []), taken)
        for event in outside:
            made.append(self._narrated(event, taken))
        return sorted(made, key=lambda c: (c.span, c.statement is not None, c.id))

    # ---- whose words

    def _owners(self) -> list[_Owner]:
        """Sources and chain of each attribution; an unnamed one falls to the nearest named one around it."""
        owners: list[_Owner] = []
        for attribution in self.attributions:
            chain: list[tuple[str, ...]] = []
            hearsay = attribution.hearsay
            own = self._actors(attribution.source)
            up, seen = attribution.parent, 0
            while up is not None and seen < 12:
                above = self.attributions[up]
                chain.append(self._actors(above.source))
                hearsay = hearsay or above.hearsay
                up, seen = above.parent, seen + 1
            if not own:
                hearsay = True
                while chain and not own:
                    own = chain.pop(0)
            via = dict.fromkeys(i for ids in reversed(chain) for i in ids if i not in own)
            owners.append(_Owner(own or (self.document.id,), tuple(via), hearsay))
        return owners

    def _actors(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Only actors speak: a place stands for its state, anything else is left out."""
        actors = (self.states.get(i, i) for i in ids)
        return tuple(dict.fromkeys(i for i in actors if i.startswith("actor/")))

    def _home(self) -> list[int | None]:
        """For each event the attribution with the smallest content around it, or None; one sweep over the text."""
        spans = sorted((s.begin, s.end, i) for i, a in enumerate(self.attributions) for s in a.content_spans)
        home: list[int | None] = []
        active: list[tuple[int, int, int]] = []
        place = 0
        for event, at in zip(self.events, self.starts, strict=True):
            while place < len(spans) and spans[place][0] <= at:
                active.append(spans[place])
                place += 1
            active = [s for s in active if s[1] > at]
            around = [(end - begin, i) for begin, end, i in active if not self._is_cue(event, i)]
            home.append(min(around)[1] if around else None)
        return home

    def _is_cue(self, event: FoundEvent, number: int) -> bool:
        return event.token == self.attributions[number].cue_token

    # ---- claims

    def _attributed(
        self, number: int, attribution: Attribution, inside: list[FoundEvent], taken: set[str]
    ) -> list[Claim]:
        owner = self.owners[number]
        span = _hull(
            [
                attribution.cue,
                *attribution.content_spans,
                *([attribution.source_span] if attribution.source_span else []),
            ]
        )
        head = self._head(attribution)
        content = self._content_event(attribution, head, inside)
        fact = self._fact(content.token if content is not None else head.i)
        condition = self._condition_event(fact, inside, content)
        earliest, latest, words = self._when(attribution, span)
        text = " ".join(text_of(self.doc)[s.begin : s.end] for s in attribution.content_spans)
        wide: list[Claim] = []
        for source in owner.sources:
            identity = self._identity(span, (self.names.get(source, "article"),), attribution.cue, taken)
            wide.append(
                Claim(
                    id=identity,
                    document=self.document.id,
                    span=span,
                    source=source,
                    text=text,
                    content_spans=attribution.content_spans,
                    voice=attribution.voice,
                    speech_act=attribution.speech_act,
                    modality=fact.modality,
                    negated=fact.negated,
                    hearsay=owner.hearsay or fact.hearsay,
                    source_span=attribution.source_span,
                    cue=attribution.cue,
                    via=owner.via,
                    addressee=tuple(a for a in self._actors(attribution.addressee) if a != source),
                    content=None if content is None else content.record.id,
                    condition=None if condition is None else condition.record.id,
                    about=self._about(attribution.content_spans),
                    earliest=earliest,
                    latest=latest,
                    time_text=words,
                    extractor=ATTRIBUTED,
                    confidence=attribution.confidence,
                )
            )
        done = {e.record.id for e in (content, condition) if e is not None}
        made = list(wide)
        for event in inside:
            if event.record.id in done:
                continue
            for claim in wide:
                made.append(self._part(claim, event, attribution, inside, taken))
        return made

    def _part(
        self, wide: Claim, event: FoundEvent, attribution: Attribution, inside: list[FoundEvent], taken: set[str]
    ) -> Claim:
        """The claim about one further event of a wider statement."""
        fact = self._fact(event.token)
        piece = self._within(event.record.span, attribution.content_spans)
        condition = self._condition_event(fact, inside, event)
        identity = self._identity(
            piece, (self.names.get(wide.source, "article"), event.record.type), event.record.trigger, taken
        )
        return replace(
            wide,
            id=identity,
            span=piece,
            text=text_of(self.doc)[piece.begin : piece.end],
            content_spans=(piece,),
            modality=fact.modality,
            negated=fact.negated,
            hearsay=wide.hearsay or fact.hearsay,
            content=event.record.id,
            condition=None if condition is None else condition.record.id,
            statement=wide.id,
            about=self._about((piece,)),
        )

    def _narrated(self, event: FoundEvent, taken: set[str]) -> Claim:
        fact = self._fact(event.token)
        span = event.record.span
        condition = self._condition_event(fact, self.events, event)
        headline = any(h.begin <= span.begin < h.end for h in self.headlines)
        return Claim(
            id=self._identity(span, (event.record.type,), event.record.trigger, taken),
            document=self.document.id,
            span=span,
            source=self.document.id,
            text=text_of(self.doc)[span.begin : span.end],
            content_spans=(span,),
            voice="Headline" if headline else "Narrator",
            speech_act="Report",
            modality=fact.modality,
            negated=fact.negated,
            hearsay=fact.hearsay,
            content=event.record.id,
            condition=None if condition is None else condition.record.id,
            about=self._about((span,)),
            earliest=self.today,
            latest=self.today,
            extractor=NARRATED,
            confidence=NARRATOR_CONFIDENCE,
        )

    def _fact(self, token: int) -> Factuality:
        fact = self.facts.get(token)
        if fact is None:
            fact = self.facts[token] = factuality(self.doc, token)
        return fact

    def _head(self, attribution: Attribution) -> Token:
        """The token the content hangs on: the highest verb of its first span, else its highest word."""
        doc, span = self.doc, attribution.content_spans[0]
        piece = doc.char_span(span.begin, span.end, alignment_mode="expand")
        if piece is None or not len(piece):
            return doc[max(attribution.cue_token, 0)]
        first, end = piece.start, min(piece.end, piece.start + LONGEST_HEAD_SEARCH)
        tops = [
            t
            for t in doc[first:end]
            if (t.head.i < first or t.head.i >= end or t.head == t) and not t.is_punct and not t.is_space
        ]
        verbs = [
            t for t in tops if t.pos_ in ("VERB", "AUX") or any(base(c.dep_) in ("cop", "nsubj") for c in t.children)
        ]
        chosen = verbs or tops
        return chosen[0] if chosen else doc[first]

    def _content_event(self, attribution: Attribution, head: Token, inside: list[FoundEvent]) -> FoundEvent | None:
        """The event at the content's head, else the one with the fewest steps up to it, in the head's sentence if any is."""
        if not inside:
            return None
        best: tuple[int, int, int] | None = None
        chosen = inside[0]
        for event in inside:
            steps, token = 0, self.doc[event.token]
            while token.i != head.i and token.head != token and steps < 40:
                token, steps = token.head, steps + 1
            if token.i != head.i:
                steps += 100 + abs(token.i - head.i)
            if self._fact(event.token).modality == "Conditional" and self._is_condition(event, inside):
                steps += 50
            key = (steps, abs(event.token - head.i), event.token)
            if best is None or key < best:
                best, chosen = key, event
        return chosen

    def _is_condition(self, event: FoundEvent, inside: list[FoundEvent]) -> bool:
        return any(self._fact(e.token).condition == event.token for e in inside if e is not event)

    def _condition_event(
        self, fact: Factuality, inside: Sequence[FoundEvent], content: FoundEvent | None
    ) -> FoundEvent | None:
        """The event of the if-clause: at its predicate, or the first one below it."""
        if fact.condition is None:
            return None
        found = self.by_token.get(fact.condition)
        if found is None:
            low, high = self.doc[fact.condition].left_edge.i, self.doc[fact.condition].right_edge.i
            place = bisect_left(self.starts, self.doc[low].idx)
            while place < len(self.events) and self.events[place].token <= high:
                if content is None or self.events[place].record.id != content.record.id:
                    found = self.events[place]
                    break
                place += 1
        if found is None or (content is not None and found.record.id == content.record.id):
            return None
        return found if inside is self.events or any(e is found for e in inside) else None

    def _when(self, attribution: Attribution, span: Span) -> tuple[str | None, str | None, str | None]:
        """Both bounds and the words of the time expression beside the cue; without one, or with a bound unknown, no bounds."""
        times: Sequence[TimeExpression] = self.doc._.times
        if attribution.cue_token >= 0 and times:
            cue = self.doc[attribution.cue_token]
            for child in cue.children:
                begin, end = child.left_edge.idx, child.right_edge.idx + len(child.right_edge)
                if base(child.dep_) not in ("obl", "advmod", "nmod", "obj", "advcl"):
                    continue
                place = bisect_left(times, begin, key=lambda t: t.span.begin)
                while place < len(times) and times[place].span.begin < end:
                    time = times[place]
                    free = not any(s.begin <= time.span.begin < s.end for s in attribution.content_spans)
                    if free and time.kind == "point" and (base(child.dep_) != "advcl"):
                        return *self._both(time.earliest, time.latest), time.text
                    place += 1
            trailing = self._trailing(cue, attribution)
            if trailing is not None:
                return *self._both(trailing.earliest, trailing.latest), trailing.text
        return None, None, None

    def _trailing(self, cue: Token, attribution: Attribution) -> TimeExpression | None:
        """A day right after a cue that follows its content, whatever the parser hung it on: "..., she told CNN on Tuesday"."""
        if any(s.end > cue.idx for s in attribution.content_spans):
            return None
        end = cue.i + 1
        while end < cue.sent.end and cue.doc[end].text not in TRAIL_ENDS and cue.doc[end].tag_ not in FINITE:
            end += 1
        begin, stop = cue.idx, cue.doc[end - 1].idx + len(cue.doc[end - 1])
        inside = [t for t in self.doc._.times if begin < t.span.begin and t.span.end <= stop and t.kind == "point"]
        return inside[0] if inside else None

    def _both(self, earliest: str | None, latest: str | None) -> tuple[str | None, str | None]:
        """Both bounds or neither: what was said has been said by the article's day, but an unknown beginning stays unknown."""
        if latest is None and earliest is not None and self.today is not None and earliest <= self.today:
            latest = self.today
        return (earliest, latest) if earliest is not None and latest is not None else (None, None)

    def _about(self, spans: Iterable[Span]) -> tuple[str, ...]:
        found: set[str] = set()
        for span in spans:
            place = bisect_left(self.mention_starts, span.begin)
            while place < len(self.mentions) and self.mentions[place].span.begin < span.end:
                if self.mentions[place].span.end <= span.end:
                    found.update(self.mentions[place].entities)
                place += 1
        return tuple(sorted(found))

    def _within(self, span: Span, spans: Sequence[Span]) -> Span:
        """The part of an event's clause that lies in the content it belongs to."""
        for content in spans:
            begin, end = max(span.begin, content.begin), min(span.end, content.end)
            if begin < end:
                return Span(begin, end)
        return span

    def _identity(self, span: Span, parts: tuple[str, ...], cue: Span, taken: set[str]) -> str:
        """An id no other claim of the document has: the cue's or trigger's place tells claims of one span and source apart."""
        identity = record_id(self.document.id, "claim", span, *parts)
        if identity in taken:
            identity = record_id(self.document.id, "claim", span, *parts, str(cue.begin))
        number = 2
        while identity in taken:
            identity = record_id(self.document.id, "claim", span, *parts, str(cue.begin), str(number))
            number += 1
        taken.add(identity)
        return identity


def _hull(spans: Sequence[Span]) -> Span:
    return Span(min(s.begin for s in spans), max(s.end for s in spans))
