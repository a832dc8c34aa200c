"""Each event, claim and stance with its sentence, its status and who says so, ready to be drawn or shown."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kgbuild.records import Claim, Document, Event, Record, Shown, Span, Stance, record_order

__all__ = ["Evidence", "collect", "sentence_around"]

REACH = 600
"""Code points shown on each side of a span when no sentence end is found there (a 50 MB line has none)."""


@dataclass(frozen=True, slots=True)
class Evidence(Shown):
    """One Event, Claim or Stance as a reader needs it.

    record: its id. kind: event, said or stance; type: the event type, the speech act or the stance kind. `sentence`
    contains `span`; `cue` is the trigger or cue inside it, `marks` the words that say it. status: a key of
    vocab.STATUSES.

    modality, negated and hearsay tell how the source puts it (of a claim: how it puts the content). `sources` are the
    ids of those who say so, actors' or the document's (the article's own voice); `deniers` those who say it is not so,
    when the status is Disputed; `claims` the Claims behind an event. `condition` is the span of the if-clause;
    `is_condition` is true of an event that only an if-clause names. `roles` holds (role, entity id): agent, recipient,
    theme, place, instrument; holder, target, aspect; source, about, addressee.
    """

    record: str
    kind: str
    type: str
    document: str
    span: Span
    sentence: Span
    marks: tuple[Span, ...]
    status: str
    sources: tuple[str, ...]
    roles: tuple[tuple[str, str], ...]
    cue: Span | None = None
    modality: str = "Factual"
    negated: bool = False
    hearsay: bool = False
    deniers: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    condition: Span | None = None
    is_condition: bool = False
    voice: str | None = None
    mode: str | None = None
    cameo: str | None = None
    cluster: str | None = None
    polarity: str | None = None
    score: float | None = None
    earliest: str | None = None
    latest: str | None = None
    extractor: str = ""
    confidence: float = 1.0

    def entities(self, *roles: str) -> tuple[str, ...]:
        """The entities in these roles, each once, in order."""
        return tuple(dict.fromkeys(e for r, e in self.roles if r in roles))


def collect(records: Iterable[Record]) -> list[Evidence]:
    """The evidence of all events, claims and stances, by document, then place in the text, then id.

    A record whose document is not among the records has no words to show and is left out: nothing in the network lacks
    its sentence.
    """
    ordered = sorted(records, key=record_order)
    texts = {r.id: r for r in ordered if isinstance(r, Document)}
    events = {r.id: r for r in ordered if isinstance(r, Event) and r.document in texts}
    claims = [r for r in ordered if isinstance(r, Claim) and r.document in texts]
    stances = [r for r in ordered if isinstance(r, Stance) and r.document in texts]
    sentences = _Sentences(texts, events.values())
    judged = _Judged(events, claims)
    found = [judged.event(e) for e in events.values()]
    found += [_said(c, events, sentences) for c in claims if c.source != c.document]
    by_id = {c.id: c for c in claims}
    found += [_stance(s, by_id, events, sentences) for s in stances]
    return sorted(found, key=lambda e: (e.document, e.span, e.record))


def sentence_around(document: Document, span: Span) -> Span:
    """The sentence, or sentences, that hold `span`, by punctuation inside its paragraph: for records that carry none.

    Cuts at most REACH code points away. Errs toward more context: after a title or an initial it does not cut.
    """
    text, (begin, end) = document.text, span
    low, high = max(0, begin - REACH), min(len(text), end + REACH)
    i = bisect_right(document.paragraphs, begin, key=lambda p: p.begin) - 1
    if i >= 0 and document.paragraphs[i].begin <= begin < document.paragraphs[i].end:
        low, high = max(low, document.paragraphs[i].begin), min(high, max(document.paragraphs[i].end, end))
    if document.dateline and document.dateline.end <= begin:
        low = max(low, document.dateline.end)
    line = text.rfind("\n", low, begin)
    low = line + 1 if line >= 0 else low
    line = text.find("\n", end, high)
    high = line if line >= 0 else high
    for m in _END.finditer(text, low, min(len(text), begin + 2)):
        if m.end() <= begin and not _ABBREVIATION.search(text, max(low, m.start() - 12), m.start() + 1):
            low = m.end()
    for m in _END.finditer(text, max(end - 3, begin), high):
        if m.end() >= end and not _ABBREVIATION.search(text, max(low, m.start() - 12), m.start() + 1):
            high = max(end, m.start() + len(m[0].rstrip()))
            break
    while low < begin and text[low].isspace():
        low += 1
    while high > end and text[high - 1].isspace():
        high -= 1
    return Span(low, high)


_END = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Sgt|Sen|Rep|Gov|Pres|Rev|St|No|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    r"|vs|etc|Inc|Corp|Co|Ltd)\.$"
)


class _Sentences:
    """The sentence of a span: an event's own, or one found by punctuation."""

    def __init__(self, texts: dict[str, Document], events: Iterable[Event]) -> None:
        self._texts = texts
        known: defaultdict[str, set[Span]] = defaultdict(set)
        for e in events:
            known[e.document].add(e.sentence)
        self._known = {d: sorted(s) for d, s in known.items()}

    def of(self, document: str, span: Span) -> Span:
        """A known sentence that holds the span, else the one that punctuation gives."""
        known = self._known.get(document, [])
        i = bisect_right(known, (span.begin, len(self._texts[document].text) + 1)) - 1
        if i >= 0 and known[i].begin <= span.begin and span.end <= known[i].end:
            return known[i]
        return sentence_around(self._texts[document], span)


class _Judged:
    """The status of events from all claims about them; the same rule as the derived `kg:status` of the RDF."""

    def __init__(self, events: dict[str, Event], claims: Sequence[Claim]) -> None:
        self._events = events
        self._about: defaultdict[str, list[Claim]] = defaultdict(list)
        self._if: defaultdict[str, list[Claim]] = defaultdict(list)
        self._yes: defaultdict[str, set[str]] = defaultdict(set)
        self._no: defaultdict[str, set[str]] = defaultdict(set)
        for c in claims:
            if c.condition in events:
                self._if[str(c.condition)].append(c)
            if c.content in events:
                self._about[str(c.content)].append(c)
                cluster = events[str(c.content)].cluster
                if cluster and c.modality == "Factual":
                    (self._no if c.negated else self._yes)[cluster].add(c.source)

    def event(self, e: Event) -> Evidence:
        """The evidence of an event: its status, and the claim that gives it."""
        claims = self._about[e.id]
        status, leading = self._status(e, claims)
        first = leading[0] if leading else None
        ifs = [] if first else self._if[e.id]
        behind = leading or ifs
        condition = self._events.get(first.condition or "") if first else None
        cluster = e.cluster or ""
        affirm = self._yes[cluster] if status == "Disputed" else {c.source for c in behind}
        return Evidence(
            e.id, "event", e.type, e.document, e.span, e.sentence, (e.span,), status, tuple(sorted(affirm)),
            tuple(
                (role, x)
                for role, ids in (
                    ("agent", e.agents), ("recipient", e.recipients), ("theme", e.themes), ("place", e.places),
                    ("instrument", e.instruments),
                )
                for x in dict.fromkeys(ids)
            ),
            e.trigger,
            first.modality if first else "Conditional" if ifs else "Possible",
            first.negated if first else False,
            any(c.hearsay for c in behind),
            tuple(sorted(self._no[cluster])) if status == "Disputed" else (),
            tuple(c.id for c in claims + ifs),
            condition.span if condition else None,
            bool(ifs),
            first.voice if first else None,
            e.mode, e.cameo, e.cluster,
            earliest=e.earliest, latest=e.latest, extractor=e.extractor, confidence=e.confidence,
        )  # fmt: skip

    def _status(self, e: Event, claims: list[Claim]) -> tuple[str, list[Claim]]:
        """The status and the claims that give it; no claim that asserts, denies or plans it leaves it Hypothetical."""
        factual = [c for c in claims if c.modality == "Factual"]
        yes = [c for c in factual if not c.negated]
        no = [c for c in factual if c.negated]
        own = [c for c in yes if c.source == c.document and not c.hearsay]
        planned = [c for c in claims if c.modality == "Planned" and not c.negated]
        if e.cluster and self._yes[e.cluster] and self._no[e.cluster]:
            return "Disputed", yes or no or claims
        for status, leading in (("Reported", own), ("Claimed", yes), ("Denied", no), ("Expected", planned)):
            if leading:
                return status, leading
        return "Hypothetical", claims


def _said(c: Claim, events: dict[str, Event], sentences: _Sentences) -> Evidence:
    """A claim of an actor. That it was said is the article's word, or that of those who pass it on."""
    event = events.get(c.content or "")
    about = c.about or (event.agents + event.recipients + event.themes + event.places if event else ())
    condition = events.get(c.condition or "")
    roles = [("source", c.source)]
    roles += [("about", x) for x in dict.fromkeys(about) if x != c.source]
    roles += [("addressee", x) for x in dict.fromkeys(c.addressee)]
    return Evidence(
        c.id, "said", c.speech_act, c.document, c.span, sentences.of(c.document, c.span), c.content_spans,
        "Claimed" if c.via else "Reported", c.via or (c.document,), tuple(roles),
        c.cue, c.modality, c.negated, c.hearsay,
        claims=(c.id,), condition=condition.span if condition else None, voice=c.voice,
        earliest=c.earliest, latest=c.latest, extractor=c.extractor, confidence=c.confidence,
    )  # fmt: skip


def _stance(s: Stance, claims: dict[str, Claim], events: dict[str, Event], sentences: _Sentences) -> Evidence:
    basis = claims.get(s.basis)
    held = s.modality == "Factual"
    own = "Reported" if s.attributed_to == s.document else "Claimed"
    roles = [("holder", s.holder), ("target", s.target)]
    event = events.get(s.basis)
    cue = s.cue or (event.trigger if event else None)
    return Evidence(
        s.id, "stance", s.kind, s.document, s.span, sentences.of(s.document, s.span), (s.span,),
        own if held else "Expected" if s.modality == "Planned" else "Hypothetical", (s.attributed_to,),
        tuple(roles + ([("aspect", s.aspect)] if s.aspect else [])),
        cue, s.modality, claims=(basis.id,) if basis else (), voice=basis.voice if basis else None,
        polarity=s.polarity, score=s.score,
        earliest=s.earliest, latest=s.latest, extractor=s.extractor, confidence=s.confidence,
    )  # fmt: skip
