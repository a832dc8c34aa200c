"""Reads stances: who is for or against whom, from what they do and from what they say."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from spacy.tokens import Doc, Token

from kgbuild.claims import syntax
from kgbuild.claims.cues import StanceRules, condemned, cue_heads, cue_of, stance_rules
from kgbuild.claims.factuality import factuality
from kgbuild.claims.learned import LearnedReader, believed
from kgbuild.claims.lexicon import event_lexicon, lemma_in
from kgbuild.claims.model import STANDING, Attribution, FoundEvent, Reading, around
from kgbuild.claims.relations import relations
from kgbuild.claims.roles import Cast
from kgbuild.claims.topics import topic_tokens
from kgbuild.config import VERSION
from kgbuild.ids import ACTOR_KINDS, PLACE_KINDS, extractor_id, record_id
from kgbuild.layers import document_of, is_masked
from kgbuild.records import Claim, Event, Span, Stance

__all__ = ["EXTRACTOR", "stances"]

EXTRACTOR = extractor_id("stance-rules", VERSION)
HOSTILE = frozenset({"Assault", "Capture", "Coerce", "Threaten", "Sanction"})
VAGUE = frozenset({"it", "this", "that", "these", "those", "which", "what", "there"})
CONFIDENCE = {"event": 0.75, "allegation": 0.55, "word": 0.6, "cue": 0.55, "demand": 0.5, "relation": 0.6}


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
    readings += reader.of_relations()
    readings = list(believed(readings, doc._.leanings, doc))
    learned = LearnedReader(doc, reader.article, events, claims).readings(doc._.leanings, readings)
    readings += [replace(r, aspect=reader.topic_in(r)) for r in learned if reader.allowed(r) and reader.side(r.target)]
    return _records(document_of(doc).id, reader, readings)


@dataclass(slots=True)
class _Reader:
    doc: Doc
    attributions: Sequence[Attribution]
    events: Sequence[FoundEvent]
    claims: Sequence[Claim]
    rules: StanceRules = field(default_factory=stance_rules)
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
    def of_event(self, found: FoundEvent) -> list[Reading]:
        """Stances that an event shows."""
        event = found.record
        claim = self.by_event.get(event.id)
        fact = factuality(self.doc, found.token) if claim is None else None
        negated = claim.negated if claim is not None else bool(fact and fact.negated)
        modality = claim.modality if claim is not None else (fact.modality if fact else "Factual")
        source = claim.source if claim is not None else self.article
        if negated or event.id in self.conditions:
            return []
        readings: list[Reading] = []
        rule = self._rule_of(event)
        felt = event.lemma in self.rules.felt and syntax.is_passive(self.doc[found.token])
        if rule is not None and not felt and modality in STANDING:
            own = source == self.article or any(self._together(source, a) for a in event.agents)
            if own or not rule.get("act"):
                basis = event.id
                readings += [
                    self._reading(a, r, rule, source, basis, event, modality, CONFIDENCE["event"])
                    for a in event.agents for r in self._targets(self._hit(event))
                ]  # fmt: skip
        if (
            modality in STANDING
            and source != self.article
            and event.type in self.rules.allegation["types"]
            and claim is not None
            and (self._wronged(event, source))
        ):
            readings += [
                self._reading(
                    source, a, self.rules.allegation, source, claim.id, event, modality, CONFIDENCE["allegation"]
                )
                for a in self._targets(event.agents)
            ]
        if event.type == "Request" and modality in STANDING and self._stops(self.doc[found.token]):
            readings += [
                self._reading(a, r, self.rules.demand, source, event.id, event, modality, CONFIDENCE["demand"])
                for a in event.agents for r in self._targets(event.recipients)
            ]  # fmt: skip
        return [r for r in readings if self.allowed(r)]

    def _rule_of(self, event: Event) -> Mapping[str, Any] | None:
        return self.rules.events.get(f"{event.type}/{event.mode}") or self.rules.events.get(event.type)

    def _hit(self, event: Event) -> tuple[str, ...]:
        """Whom an act hits: its recipients, or the state in which the place lies that is attacked or taken."""
        if event.recipients or event.type not in ("Assault", "Capture"):
            return event.recipients
        found: list[str] = []
        for place in event.themes:
            if self.cast.kind(place) in PLACE_KINDS:
                state = self._state_of(place)
                found += [state] if state is not None else []
        return tuple(dict.fromkeys(found))

    def _state_of(self, place: str) -> str | None:
        seen: set[str] = set()
        current: str | None = place
        while current is not None and current not in seen:
            seen.add(current)
            if current in self.cast.states:
                return str(self.cast.states[current])
            entity = self.cast.entities.get(current)
            current = entity.within if entity is not None else None
        return None

    def _wronged(self, event: Event, source: str) -> bool:
        """Whether telling of an act accuses the doer: it hits the teller's side, bystanders or a country, not a mere opponent."""
        if not event.recipients:
            return any(self.cast.kind(i) in PLACE_KINDS for i in event.themes) and self._hit(event) != ()
        return any(
            self._bystander(i) or self.cast.kind(i) in ("State", "Person") or self._together(i, source)
            for i in event.recipients
        )

    def _stops(self, verb: Token) -> bool:
        """Whether a demand asks somebody to stop, leave or let go."""
        below = [c for t in (verb, *syntax.objects(verb), *(o for _, o in syntax.obliques(verb))) for c in t.children]
        clauses = [c for c in below if syntax.base(c.dep_) in ("xcomp", "ccomp", "advcl", "acl")]
        lemma = event_lexicon().verb_lemma
        return any(
            lemma_in(lemma(c), c, self.rules.demanded) or "not" in {g.lower_ for g in c.children} for c in clauses
        )

    # ---------------------------------------------------------------- from judging words in what is said
    def of_words(self) -> list[Reading]:
        """Stances of speakers who judge somebody in their own words."""
        readings: list[Reading] = []
        for token in self.doc:
            sign = self._sign(token)
            if sign == 0 or is_masked(token) or self.cast.named(token):
                continue
            claim = self._speech_at(token)
            if claim is None or factuality(self.doc, syntax.clause_head(token).i).modality not in STANDING:
                continue
            judged = self._targets(self._judged(token))
            act = condemned(token) if not judged and sign < 0 else None
            for target in judged or self._acts(act):
                rule = {"score": 0.6 * sign, "kind": "Evaluation"}
                readings.append(self._statement(claim, target, rule, token, CONFIDENCE["word"]))
        return [r for r in readings if self.allowed(r)]

    def _acts(self, noun: Token | None) -> list[str]:
        mention = self.cast.mention(noun) if noun is not None else None
        return [i for i in mention.entities if self.cast.kind(i) == "Topic"] if mention is not None else []

    def _sign(self, token: Token) -> int:
        if token.pos_ not in ("ADJ", "NOUN", "VERB") or token.is_stop:
            return 0
        lemma = token.lemma_.lower()
        sign = int(lemma_in(lemma, token, self.rules.words.positive)) - int(
            lemma_in(lemma, token, self.rules.words.negative)
        )
        if sign == 0 or (token.pos_ == "VERB" and token.dep_ != "amod"):
            return 0
        holder = token if syntax.children(token, "cop") else token.head if token.dep_ == "amod" else token
        negative = any(
            c.dep_ == "advmod" and c.lower_ in ("not", "n't", "never", "no", "hardly") for c in holder.children
        )
        return -sign if negative else sign

    def _judged(self, token: Token) -> tuple[str, ...]:
        """Whom a judging word is said of: the subject it is predicated of, or who did the thing it describes."""
        told = token.head if token.dep_ == "amod" else token
        if syntax.children(told, "cop") and (syntax.children(told, "case") or _mutual(told)):
            return ()  # "is under threat", "are enemies": no word on the subject
        if syntax.children(token, "cop") or (token.dep_ in ("xcomp", "acl") and token.head.pos_ == "VERB"):
            heads = syntax.subjects(token) if syntax.children(token, "cop") else syntax.objects(token.head)
            heads = [h for h in heads if h.lower_ not in VAGUE]
            return self.cast.actors(heads) or self._doers(heads)
        if token.dep_ == "amod":
            noun = token.head
            if syntax.children(noun, "cop"):
                heads = [h for h in syntax.subjects(noun) if h.lower_ not in VAGUE]
                return self.cast.actors(heads) or self._doers(heads)
            if lemma_in(token.lemma_.lower(), token, self.rules.words.positive):
                return self._doers([noun])  # "a democratic party": what kind it is, not how good
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

    # ---------------------------------------------------------------- from cues and relations
    def of_cues(self) -> list[Reading]:
        """Stances that words of fear, need and opposition show."""
        readings: list[Reading] = []
        for token in self.doc:
            name = cue_of(token)
            if name is not None:
                readings += self._of_cue(token, self.rules.cues[name])
        return [r for r in readings if self.allowed(r)]

    def _of_cue(self, token: Token, rule: Mapping[str, Any]) -> list[Reading]:
        claim = self._speech_at(token)
        fact = factuality(self.doc, token.i)
        if fact.negated or fact.modality not in STANDING:
            return []
        targets = self._feared(token, rule) if rule["toward"] == "agents" else self._cue_targets(token)
        if not targets:
            return []
        holders: tuple[str, ...] = ()
        if token.pos_ == "VERB":
            holders = self.cast.actors(syntax.agents(token))
        else:
            held = syntax.governor(token)
            if (
                held is not None
                and held[0] == "obj"
                and event_lexicon().verb_lemma(held[1]) in event_lexicon().sets["light_passive"]
            ):
                return []  # "won support": somebody else's
            holders = self.cast.actors([*syntax.possessors(token), *syntax.modifiers(token)])
            if not holders and held is not None and held[0] == "obj":
                holders = self.cast.actors(syntax.agents(held[1]))
        if not holders and claim is not None and not (token.pos_ == "VERB" and syntax.agents(token)):
            holders = (claim.source,)  # but not where something does it: "said the deal favours the banks"
        attributed = claim.source if claim is not None else self.article
        return self._loose(token, rule, holders, targets, attributed, fact.modality, CONFIDENCE["cue"])

    def of_relations(self) -> list[Reading]:
        """Stances that standing relations show: allies, backers, critics."""
        readings: list[Reading] = []
        for found in relations(self.doc, self.cast):
            rule = dict(self.rules.relations[found.rule])
            rule["score"] = rule["score"] * found.sign
            claim = self._speech_at(found.cue)
            attributed = claim.source if claim is not None else self.article
            readings += self._loose(
                found.cue,
                rule,
                found.holders,
                tuple(self._targets(found.targets)),
                attributed,
                "Factual",
                CONFIDENCE["relation"],
            )
        return [r for r in readings if self.allowed(r)]

    def _loose(
        self, token: Token, rule: Mapping[str, Any], holders: Iterable[str], targets: Iterable[str], attributed: str, modality: str,
        sure: float,
    ) -> list[Reading]:  # fmt: skip
        """Readings of a word that need be no event: they rest on its event, the claim around it, or its verb's event."""
        basis = self._basis(token)
        if basis is None:
            return []
        span = syntax.clause_span(syntax.clause_head(token))
        cue = syntax.token_span([token])
        if not span.begin <= cue.begin < cue.end <= span.end:
            span = syntax.sentence_span(token)
        return [
            Reading(h, t, rule["score"], rule["kind"], attributed, basis, span, cue, modality, confidence=sure)
            for h in holders for t in targets
        ]  # fmt: skip

    def _basis(self, token: Token) -> str | None:
        event = self.at.get(token.i)
        if event is not None:
            return event.record.id
        said = around(self.claims, Span(token.idx, token.idx + len(token)))
        if said is not None:
            return said.id
        governing = self._event_over(token)
        if governing is not None:
            return governing.record.id
        sentence = token.sent
        return next((self.at[t.i].record.id for t in sentence if t.i in self.at), None)

    def _feared(self, token: Token, rule: Mapping[str, Any]) -> tuple[str, ...]:
        """Whose hostile acts are feared, or who is distrusted."""
        found: list[str] = []
        for clause in syntax.children(token, "ccomp", "acl", "xcomp"):
            event = self.at.get(clause.i)
            if event is not None and event.record.type in HOSTILE:
                found += event.record.agents
        lemma = event_lexicon().verb_lemma(token) if token.pos_ == "VERB" else event_lexicon().noun_lemma(token)
        if lemma in rule.get("direct", ()):
            found += self.cast.actors(cue_heads(token))
        return tuple(self._targets(found))

    def _cue_targets(self, token: Token) -> tuple[str, ...]:
        """The topics an attitude is about, and the actors where no event of the word has told them already."""
        event = self.at.get(token.i)
        told = event is not None and self._rule_of(event.record) is not None
        found: list[str] = []
        for head in cue_heads(token):
            mention = self.cast.mention(head)
            if mention is not None and mention.form != "pronoun":
                owned = len(topic_tokens(head)) == 1 and bool(self.cast.actors(syntax.possessors(head)))
                for identifier in mention.entities:
                    kind = self.cast.kind(identifier)
                    if (kind == "Topic" and not owned) or (kind in ACTOR_KINDS and not told):
                        found.append(identifier)
        return tuple(self._targets(dict.fromkeys(found)))

    def _event_over(self, token: Token) -> FoundEvent | None:
        """The event of the verb that governs a noun."""
        held = syntax.governor(token)
        return self.at.get(held[1].i) if held is not None else None

    # ---------------------------------------------------------------- common
    def _speech_at(self, token: Token) -> Claim | None:
        """The innermost claim of a speaker whose content holds a word."""
        return around(self.said, Span(token.idx, token.idx + len(token)))

    def _targets(self, ids: Iterable[str]) -> list[str]:
        """Entities one can take sides about: no bystanders, no places."""
        return [
            i
            for i in ids
            if (self.cast.kind(i) in ACTOR_KINDS or self.cast.kind(i) == "Topic") and not self._bystander(i)
        ]

    def _bystander(self, identifier: str) -> bool:
        entity = self.cast.entities.get(identifier)
        if entity is None or entity.kind != "Group" or entity.qid is not None:
            return False
        words = entity.name.lower().split()
        noun = event_lexicon().noun_forms
        return (
            any(w in self.rules.bystanders or set(noun.get(w, ())) & self.rules.bystanders for w in words)
            or words[0].isdigit()
        )

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

    def allowed(self, reading: Reading) -> bool:
        """Whether a reading has an actor for its holder, a sign, and two parties that are not one."""
        return (
            self.cast.kind(reading.holder) in ACTOR_KINDS
            and reading.score != 0
            and not self._together(reading.holder, reading.target)
            and not self._bystander(reading.holder)
        )

    def _reading(
        self,
        holder: str,
        target: str,
        rule: Mapping[str, Any],
        source: str,
        basis: str,
        event: Event,
        modality: str,
        sure: float,
    ) -> Reading:
        aspect = next((i for i in event.themes if self.cast.kind(i) == "Topic"), None) or self._topic_in(event.span)
        return Reading(
            holder, target, rule["score"], rule["kind"], source, basis, event.span, event.trigger, modality,
            aspect if aspect != target else None, event.earliest, event.latest, sure,
        )  # fmt: skip

    def _statement(self, claim: Claim, target: str, rule: Mapping[str, Any], token: Token, sure: float) -> Reading:
        return Reading(
            claim.source, target, rule["score"], rule["kind"], claim.source, claim.id, claim.span, syntax.token_span([token]),
            "Factual", aspect if (aspect := self._topic_in(claim.span)) != target else None, claim.earliest, claim.latest, sure,
        )  # fmt: skip

    def side(self, identifier: str) -> bool:
        """Whether one can take sides about an entity."""
        return bool(self._targets([identifier]))

    def topic_in(self, reading: Reading) -> str | None:
        """What a learned reading is about, if its words mention a topic."""
        found = self._topic_in(reading.span)
        return found if found != reading.target else None

    def _topic_in(self, span: Span) -> str | None:
        """The first topic mentioned in a span, if any: what the stance is about."""
        for mention in self.doc._.mentions:
            if span.begin <= mention.span.begin and mention.span.end <= span.end:
                topic: str | None = next((i for i in mention.entities if self.cast.kind(i) == "Topic"), None)
                if topic is not None:
                    return topic
        return None


def _records(document: str, reader: _Reader, readings: Iterable[Reading]) -> list[Stance]:
    """One record per holder, target, polarity, kind and sentence; ids told apart by kind where they would be the same."""
    best: dict[tuple[str, str, bool, str, int], Reading] = {}
    starts = [sentence.start_char for sentence in reader.doc.sents]
    for r in readings:
        key = (
            r.holder,
            r.target,
            r.score > 0,
            r.kind,
            bisect_right(starts, r.cue.begin if r.cue is not None else r.span.begin),
        )
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


def _mutual(noun: Token) -> bool:
    """Whether several are called one another's: "the party and the union are enemies", not "are enemies of the people"."""
    several = any(len(syntax.conjuncts(t)) > 1 for t in syntax.own_subjects(noun))
    return noun.lemma_.lower() in ("enemy", "adversary") and several and not syntax.nominal_arguments(noun)
