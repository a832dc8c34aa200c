"""Reads stances: who is for or against whom, from what they do and from what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from spacy.tokens import Doc, Token

from kgbuild.claims import syntax
from kgbuild.claims.factuality import factuality
from kgbuild.claims.lexicon import StanceWords, event_lexicon, lemma_in, stance_words
from kgbuild.claims.model import Attribution, FoundEvent
from kgbuild.claims.roles import Cast
from kgbuild.config import VERSION
from kgbuild.errors import RuleError
from kgbuild.ids import ACTOR_KINDS, extractor_id, record_id
from kgbuild.layers import document_of
from kgbuild.records import Claim, Event, Span, Stance
from kgbuild.rules import load_rules, require_examples
from kgbuild.vocab import STANCE_KINDS

__all__ = ["EXTRACTOR", "stances"]

EXTRACTOR = extractor_id("stance-rules", VERSION)
STANDING = frozenset({"Factual", "Probable", "Planned"})
"""Modalities under which a deed says something about the doer."""
SAYING = frozenset({"State", "Request", "Consult", "Accuse", "Disapprove", "Threaten", "Support", "Reject"})
CONFIDENCE = {"event": 0.75, "allegation": 0.55, "word": 0.6, "cue": 0.55, "demand": 0.5}


@dataclass(frozen=True, slots=True)
class _Reading:
    """A stance before it becomes a record; `basis` is the id of the event or claim it is read from."""

    holder: str
    target: str
    score: float
    kind: str
    attributed: str
    basis: str
    span: Span
    cue: Span | None
    modality: str = "Factual"
    aspect: str | None = None
    earliest: str | None = None
    latest: str | None = None
    confidence: float = 0.5


@dataclass(frozen=True, slots=True)
class _Rules:
    events: Mapping[str, Mapping[str, Any]]
    allegation: Mapping[str, Any]
    demand: Mapping[str, Any]
    demanded: frozenset[str]
    cues: Mapping[str, Mapping[str, Any]]
    verbs: Mapping[str, str]
    nouns: Mapping[str, str]
    bystanders: frozenset[str]
    words: StanceWords


def stances(
    doc: Doc, attributions: Sequence[Attribution], events: Sequence[FoundEvent], claims: Sequence[Claim]
) -> list[Stance]:
    """The stances of an annotated Doc, ordered by id.

    A deed gives a stance of its agent where the article, or the agent, stands behind it; told by somebody else it gives a stance of
    the teller toward the agent. Nobody has a stance toward themselves, their state or their own people here.
    """
    reader = _Reader(doc, attributions, events, claims)
    readings = [r for e in events for r in reader.of_event(e)]
    readings += reader.of_words()
    readings += reader.of_cues()
    return _records(document_of(doc).id, reader, readings)


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    raw = load_rules("stance")
    cues = raw.get("cues", {})
    require_examples("stance.yaml", cues)
    for name, rule in [*raw["events"].items(), *cues.items(), ("allegation", raw["allegation"]), ("demand", raw["demand"])]:
        if rule.get("kind") not in STANCE_KINDS or not -1 <= rule.get("score", 2) <= 1:
            raise RuleError(f"stance.yaml: {name!r} needs a kind of {', '.join(STANCE_KINDS)} and a score in [-1, 1]")
    table: dict[str, dict[str, str]] = {"verbs": {}, "nouns": {}}
    for name, rule in cues.items():
        for part, words in table.items():
            for word in _split(rule.get(part, "")):
                words.setdefault(word, name)
    return _Rules(
        raw["events"], raw["allegation"], raw["demand"], frozenset(_split(raw["demand"]["verbs"])), cues,
        table["verbs"], table["nouns"], frozenset(_split(raw["bystanders"])), stance_words(),
    )  # fmt: skip


def _split(text: str) -> list[str]:
    return [w.strip() for w in text.split(",") if w.strip()]


@dataclass(slots=True)
class _Reader:
    doc: Doc
    attributions: Sequence[Attribution]
    events: Sequence[FoundEvent]
    claims: Sequence[Claim]
    rules: _Rules = field(default_factory=_rules)
    cast: Cast = field(init=False)
    article: str = field(init=False)
    by_event: dict[str, Claim] = field(init=False)
    said: list[Claim] = field(init=False)
    conditions: set[str] = field(init=False)
    at: dict[int, FoundEvent] = field(init=False)

    def __post_init__(self) -> None:
        self.cast = Cast(self.doc)
        self.article = document_of(self.doc).id
        self.by_event = {}
        for claim in sorted(self.claims, key=lambda c: (c.span.end - c.span.begin, c.id)):
            if claim.content is not None:
                self.by_event.setdefault(claim.content, claim)
        self.conditions = {c.condition for c in self.claims if c.condition is not None}
        self.said = [c for c in self.claims if c.source != self.article]
        self.at = {e.token: e for e in self.events}

    # ---------------------------------------------------------------- from events
    def of_event(self, found: FoundEvent) -> list[_Reading]:
        """Stances that an event shows."""
        event = found.record
        claim = self.by_event.get(event.id)
        fact = factuality(self.doc, found.token) if claim is None else None
        negated = claim.negated if claim is not None else bool(fact and fact.negated)
        modality = claim.modality if claim is not None else (fact.modality if fact else "Factual")
        source = claim.source if claim is not None else self.article
        if negated or event.id in self.conditions:
            return []
        readings: list[_Reading] = []
        rule = self.rules.events.get(f"{event.type}/{event.mode}") or self.rules.events.get(event.type)
        if rule is not None and modality in STANDING:
            own = source == self.article or any(self._together(source, a) for a in event.agents)
            if own or not rule.get("act"):
                basis = event.id
                readings += [
                    self._reading(a, r, rule, source, basis, event, modality, CONFIDENCE["event"])
                    for a in event.agents for r in self._targets(event.recipients)
                ]  # fmt: skip
        if modality in STANDING and source != self.article and event.type in self.rules.allegation["types"] and claim is not None:
            readings += [
                self._reading(source, a, self.rules.allegation, source, claim.id, event, modality, CONFIDENCE["allegation"])
                for a in self._targets(event.agents)
            ]
        if event.type == "Request" and self._stops(self.doc[found.token]):
            readings += [
                self._reading(a, r, self.rules.demand, source, event.id, event, modality, CONFIDENCE["demand"])
                for a in event.agents for r in self._targets(event.recipients)
            ]  # fmt: skip
        return [r for r in readings if self._allowed(r)]

    def _stops(self, verb: Token) -> bool:
        """Whether a demand asks somebody to stop, leave or let go."""
        below = [c for t in (verb, *syntax.objects(verb), *(o for _, o in syntax.obliques(verb))) for c in t.children]
        clauses = [c for c in below if syntax.base(c.dep_) in ("xcomp", "ccomp", "advcl", "acl")]
        lemma = event_lexicon().verb_lemma
        return any(lemma_in(lemma(c), c, self.rules.demanded) or "not" in {g.lower_ for g in c.children} for c in clauses)

    # ---------------------------------------------------------------- from judging words in what is said
    def of_words(self) -> list[_Reading]:
        """Stances of speakers who judge somebody in their own words."""
        readings: list[_Reading] = []
        for token in self.doc:
            sign = self._sign(token)
            if sign == 0 or token._.masked or self.cast.named(token):
                continue
            claim = self._speech_at(token)
            if claim is None:
                continue
            for target in self._targets(self._judged(token)):
                rule = {"score": 0.6 * sign, "kind": "Evaluation"}
                readings.append(self._statement(claim, target, rule, token, CONFIDENCE["word"]))
        return [r for r in readings if self._allowed(r)]

    def _sign(self, token: Token) -> int:
        if token.pos_ not in ("ADJ", "NOUN", "VERB") or token.is_stop:
            return 0
        lemma = token.lemma_.lower()
        sign = int(lemma_in(lemma, token, self.rules.words.positive)) - int(lemma_in(lemma, token, self.rules.words.negative))
        if token.pos_ == "VERB" and token.dep_ != "amod":
            return 0
        holder = token if syntax.children(token, "cop") else token.head if token.dep_ == "amod" else token
        negative = any(c.dep_ == "advmod" and c.lower_ in ("not", "n't", "never", "no", "hardly") for c in holder.children)
        return -sign if negative else sign

    def _judged(self, token: Token) -> tuple[str, ...]:
        """Whom a judging word is said of: the subject it is predicated of, or who did the thing it describes."""
        if syntax.children(token, "cop") or (token.dep_ in ("xcomp", "acl") and token.head.pos_ == "VERB"):
            heads = syntax.subjects(token) if syntax.children(token, "cop") else syntax.objects(token.head)
            return self.cast.actors(heads) or self._doers(heads)
        if token.dep_ == "amod":
            noun = token.head
            if syntax.children(noun, "cop"):
                heads = syntax.subjects(noun)
                return self.cast.actors(heads) or self._doers(heads)
            return self._doers([noun]) or self.cast.actors([noun])
        return ()

    def _doers(self, heads: Iterable[Token]) -> tuple[str, ...]:
        """The agents of the events some nouns name, or the owners of what they name."""
        found: list[str] = []
        for head in heads:
            event = self.at.get(head.i)
            if event is not None:
                found += event.record.agents
            else:
                owners = [t for slot, t in syntax.nominal_arguments(head) if slot in ("poss", "by", "mod")]
                found += self.cast.actors(owners)
        return tuple(dict.fromkeys(found))

    # ---------------------------------------------------------------- from cues
    def of_cues(self) -> list[_Reading]:
        """Stances that words of fear, need and opposition show."""
        lexicon = event_lexicon()
        readings: list[_Reading] = []
        for token in self.doc:
            if token._.masked or token.pos_ not in ("VERB", "NOUN"):
                continue
            table, lemma = (self.rules.verbs, lexicon.verb_lemma(token)) if token.pos_ == "VERB" else (
                self.rules.nouns, lexicon.noun_lemma(token))  # fmt: skip
            name = table.get(lemma, table.get(token.lemma_.lower()))
            if name is None:
                continue
            readings += self._of_cue(token, self.rules.cues[name])
        return [r for r in readings if self._allowed(r)]

    def _of_cue(self, token: Token, rule: Mapping[str, Any]) -> list[_Reading]:
        claim = self._speech_at(token)
        fact = factuality(self.doc, token.i)
        if fact.negated or fact.modality not in STANDING:
            return []
        if rule["toward"] == "agents":
            targets = self._feared(token)
        else:
            targets = self._topics(token)
        if not targets:
            return []
        holders: tuple[str, ...] = ()
        if token.pos_ == "VERB":
            holders = self.cast.actors(syntax.agents(token))
        else:
            held = syntax.governor(token)
            holders = self.cast.actors(syntax.possessors(token))
            if not holders and held is not None and held[0] == "obj":
                holders = self.cast.actors(syntax.agents(held[1]))
        if not holders and claim is not None:
            holders = (claim.source,)
        attributed = claim.source if claim is not None else self.article
        event = self.at.get(token.i)
        basis = event.record.id if event is not None else claim.id if claim is not None else None
        governing = self._event_over(token) if basis is None else None
        basis = basis or (governing.record.id if governing is not None else None)
        if basis is None:
            return []
        span = syntax.clause_span(syntax.clause_head(token))
        return [
            _Reading(
                h, t, rule["score"], rule["kind"], attributed, basis, span, syntax.token_span([token]), fact.modality,
                confidence=CONFIDENCE["cue"],
            )
            for h in holders for t in targets
        ]  # fmt: skip

    def _feared(self, token: Token) -> tuple[str, ...]:
        found: list[str] = []
        for clause in syntax.children(token, "ccomp", "acl", "xcomp"):
            event = self.at.get(clause.i)
            if event is not None and event.record.type in ("Assault", "Capture", "Coerce", "Threaten", "Sanction"):
                found += event.record.agents
        return tuple(self._targets(found))

    def _topics(self, token: Token) -> tuple[str, ...]:
        heads = syntax.objects(token) if token.pos_ == "VERB" else [
            t for slot, t in syntax.nominal_arguments(token) if slot in ("for", "of", "to")
        ]  # fmt: skip
        if token.pos_ == "NOUN" and not heads:  # the parser hung "for ..." on the verb
            held = syntax.governor(token)
            heads = [t for case, t in syntax.obliques(held[1]) if case == "for" and t.i > token.i] if held else []
        found: list[str] = []
        for head in heads:
            mention = self.cast.mention(head)
            if mention is not None:
                found += [i for i in mention.entities if self.cast.kind(i) == "Topic"]
        return tuple(dict.fromkeys(found))

    def _event_over(self, token: Token) -> FoundEvent | None:
        """The event of the verb that governs a noun."""
        held = syntax.governor(token)
        return self.at.get(held[1].i) if held is not None else None

    # ---------------------------------------------------------------- common
    def _speech_at(self, token: Token) -> Claim | None:
        """The innermost claim of a speaker whose content holds a word."""
        inside = [
            c for c in self.said if any(s.begin <= token.idx and token.idx + len(token) <= s.end for s in c.content_spans)
        ]
        return min(inside, key=lambda c: (sum(s.end - s.begin for s in c.content_spans), c.content is not None, c.id), default=None)

    def _targets(self, ids: Iterable[str]) -> list[str]:
        """Entities one can take sides about: no bystanders, no places."""
        return [i for i in ids if (self.cast.kind(i) in ACTOR_KINDS or self.cast.kind(i) == "Topic") and not self._bystander(i)]

    def _bystander(self, identifier: str) -> bool:
        entity = self.cast.entities.get(identifier)
        if entity is None or entity.kind != "Group" or entity.qid is not None:
            return False
        words = entity.name.lower().split()
        noun = event_lexicon().noun_forms
        return any(w in self.rules.bystanders or set(noun.get(w, ())) & self.rules.bystanders for w in words) or words[0].isdigit()

    def _together(self, a: str, b: str) -> bool:
        """Whether two actors are the same, or one is a part or spokesperson of the other, or both of a third that acts."""
        return a == b or a in self._above(b) or b in self._above(a)

    def _above(self, identifier: str) -> set[str]:
        found: set[str] = set()
        stack = [identifier]
        while stack:
            entity = self.cast.entities.get(stack.pop())
            for up in entity.affiliation if entity is not None else ():
                if up not in found:
                    found.add(up)
                    stack.append(up)
        return found

    def _allowed(self, reading: _Reading) -> bool:
        return (
            self.cast.kind(reading.holder) in ACTOR_KINDS
            and reading.score != 0
            and not self._together(reading.holder, reading.target)
            and not self._bystander(reading.holder)
        )

    def _reading(
        self, holder: str, target: str, rule: Mapping[str, Any], source: str, basis: str, event: Event, modality: str, sure: float
    ) -> _Reading:
        aspect = next((i for i in event.themes if self.cast.kind(i) == "Topic"), None) or self._topic_in(event.span)
        return _Reading(
            holder, target, rule["score"], rule["kind"], source, basis, event.span, event.trigger, modality,
            aspect if aspect != target else None, event.earliest, event.latest, sure,
        )  # fmt: skip

    def _statement(self, claim: Claim, target: str, rule: Mapping[str, Any], token: Token, sure: float) -> _Reading:
        return _Reading(
            claim.source, target, rule["score"], rule["kind"], claim.source, claim.id, claim.span, syntax.token_span([token]),
            "Factual", self._topic_in(claim.span), claim.earliest, claim.latest, sure,
        )  # fmt: skip

    def _topic_in(self, span: Span) -> str | None:
        """The first topic mentioned in a span, if any: what the stance is about."""
        for mention in self.doc._.mentions:
            if span.begin <= mention.span.begin and mention.span.end <= span.end:
                topic = next((i for i in mention.entities if self.cast.kind(i) == "Topic"), None)
                if topic is not None:
                    return topic
        return None


def _records(document: str, reader: _Reader, readings: Iterable[_Reading]) -> list[Stance]:
    """One record per holder, target, polarity, kind and basis; ids told apart by kind where they would be the same."""
    best: dict[tuple[str, str, bool, str, str], _Reading] = {}
    for r in readings:
        key = (r.holder, r.target, r.score > 0, r.kind, r.basis)
        if key not in best or (-r.confidence, r.span) < (-best[key].confidence, best[key].span):
            best[key] = r
    made: dict[str, Stance] = {}
    for r in sorted(best.values(), key=lambda r: (r.span, r.holder, r.target, r.kind, r.score, r.basis)):
        names = [i.partition("/")[2] for i in (r.holder, r.target)]
        identifier = record_id(document, "stance", r.span, *names)
        if identifier in made:
            identifier = record_id(document, "stance", r.span, *names, r.kind, "for" if r.score > 0 else "against")
        if identifier in made:
            continue
        made[identifier] = Stance(
            identifier, document, r.span, r.holder, r.target, "For" if r.score > 0 else "Against", r.score, r.kind, r.attributed,
            r.basis, r.modality, r.aspect, r.cue, r.earliest, r.latest, EXTRACTOR, r.confidence,
        )  # fmt: skip
    return [made[i] for i in sorted(made)]
