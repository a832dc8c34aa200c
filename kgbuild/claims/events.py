"""Finds events: the words that name one, and who takes which part in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from kgbuild.claims import syntax
from kgbuild.claims.circumstances import Times, quantity
from kgbuild.claims.coded import agrees, bears, direct_parties, parties
from kgbuild.claims.coding import Codes, cameo_codes
from kgbuild.claims.contests import contests_told, in_contest
from kgbuild.claims.cues import topic_heads
from kgbuild.claims.lexicon import (
    Entry,
    Lexicon,
    Rule,
    event_lexicon,
    lemma_in,
    plain_rule,
    stance_words,
    withholds,
)
from kgbuild.claims.model import FoundEvent
from kgbuild.claims.roles import Cast, Roles
from kgbuild.claims.slots import NO_SLOTS, NounSlots, Slots, VerbSlots
from kgbuild.claims.topics import topics
from kgbuild.config import VERSION
from kgbuild.ids import extractor_id, record_id
from kgbuild.layers import document_of, is_masked
from kgbuild.records import Entity, Event, Mention, Span

__all__ = ["EXTRACTOR", "find_events"]

EXTRACTOR = extractor_id("event-rules", VERSION)
LOCATIVE = (
    "in",
    "at",
    "near",
    "inside",
    "outside",
    "around",
    "across",
    "within",
    "throughout",
    "north of",
    "on",
    "over",
)
CONFIDENCE = {"verb": 0.8, "noun": 0.65}
CODED = 0.55
"""Confidence of an event that only the table of codes knows."""
AIMED = frozenset({"against", "to", "on", "at", "from"})
UNMEANT = frozenset({"with", "against", "through"})
"""Prepositions whose noun tells what a verb is meant of as its object does: "battled | with addiction"."""
INFINITIVE = ("xcomp", "ccomp", "advcl", "acl")
CURRENCIES = frozenset(
    {"dollar", "euro", "pound", "yen", "yuan", "rouble", "ruble", "franc", "crown", "rupee", "peso", "rand"}
)
OPENING = frozenset("\"“‘'`«")
PARTICIPLES = ("ing", "ed", "en", "ught", "rn")


@dataclass(frozen=True, slots=True)
class _Filled:
    """What one rule makes of one trigger: the event's parts before it becomes a record."""

    rule: Rule
    type: str
    lemma: str
    trigger: tuple[Token, ...]
    roles: Roles
    patients: tuple[Token, ...]
    clause: Token
    nominal: bool
    lent: bool = False
    consumed: tuple[int, ...] = ()
    cameo: str | None = None
    coded: bool = False


@dataclass(slots=True)
class _Finder:
    doc: Doc
    cast: Cast
    codes: Codes
    lexicon: Lexicon = field(default_factory=event_lexicon)
    contests: int = field(init=False)

    def __post_init__(self) -> None:
        self.contests = contests_told(self.doc, self.lexicon)

    # ------------------------------------------------------------------ verbs
    def verb(self, token: Token) -> _Filled | None:
        if token.dep_ == "amod" and token.lower_ in self.lexicon.sets["stative"]:
            return None
        lemma = self.lexicon.verb_lemma(token)
        for entry in self.lexicon.verbs.get(lemma, ()):
            filled = self._verb_by(token, lemma, entry)
            if filled is not None:
                return dataclasses.replace(filled, cameo=self._code(token, filled))
        return None

    def _code(self, token: Token, filled: _Filled) -> str | None:
        """The table's code of a verb where it is one of the event's type, else the rule's."""
        code = self.codes.code(token)
        if code is None or (self.codes.types and not self._agrees(code, filled)):
            return filled.rule.cameo
        return code

    def _agrees(self, code: str, filled: _Filled) -> bool:
        return self.codes.type(code) == filled.type or code[:2] == (filled.rule.cameo or "")[:2]

    def coded(self, token: Token, types: Mapping[int, str]) -> _Filled | None:
        """The event of a verb that no rule lists but the table of codes does; `types`: those of the events found by rules."""
        lemma = self.lexicon.verb_lemma(token)
        own = self.codes.overrules
        if token.dep_ == "amod" or (not own and (lemma in self.lexicon.verbs or bears(token))):
            return None  # a rule that turned the verb down knew why
        code = self.codes.code(token)
        if code is None:
            return None
        roles = parties(token, self.cast, places=True) if own else direct_parties(token, self.cast)
        if not roles.agents or not (roles.recipients or (own and len(roles.agents) > 1)):
            return None
        rule = plain_rule(self.codes.type(code) or "OtherEvent")
        if not own and not agrees(token, self.cast, rule.type, types):
            return None
        return _Filled(
            rule, rule.type, lemma, (token,), roles, tuple(syntax.patients(token)), syntax.clause_head(token), False,
            cameo=code, coded=True,
        )  # fmt: skip

    def _verb_by(self, token: Token, lemma: str, entry: Entry) -> _Filled | None:
        rule = entry.rule
        extra = _extra_words(token, entry, self.lexicon)
        if extra is None:
            return None
        if entry.preposition is not None and not _has_preposition(token, extra, entry.preposition):
            return None
        objects = syntax.patients(token) or self._misread(token)
        agents = syntax.agents(token)
        name = " ".join((entry.lemma, *entry.extra))
        if not self._fits(rule, name, token, objects, agents):
            return None
        if (name == "deny" and withholds(token)) or (name == "call" and entry.preposition == "for" and objects):
            return None  # "called it a bad week for her": no call for anybody
        slots = VerbSlots(token, objects, agents, self.cast)
        frame = rule.verb_frame
        if entry.preposition not in (None, "as") and "recipient" in frame:
            frame = {
                **frame,
                "recipient": ((entry.preposition,), *((("object",),) if syntax.is_passive(token) else ())),
            }
        roles = self._fill(rule, frame, slots)
        if in_contest(name, token, roles, self.cast, self.contests):
            return None
        if rule.evaluation is not None and not roles.recipients:
            roles = roles.with_recipients(self._judged(token, agents))
        if entry.preposition in rule.prep_recipient and not roles.recipients:
            return None
        if token.dep_ == "amod" and rule.type not in self.lexicon.sets["participles"]:
            return None
        patients = [t for t in objects if t.i not in {e.i for e in extra}]
        kind = rule.verb_type.get(name, rule.type)
        if (rule.warning or rule.allege) and not roles.recipients:
            roles = roles.with_recipients(self._opponents(token, rule.warning))
            if rule.warning and not roles.recipients and lemma == "warn":
                kind = "State"
        roles = roles.with_places(self._places(token, patients, slots))
        if not self._enough(rule, rule.needs, roles, name):
            return None
        return _Filled(
            rule, kind, name, _trigger(token, extra), roles, tuple(patients), syntax.clause_head(token), False,
            consumed=tuple(t.i for t in extra),
        )  # fmt: skip

    def _fits(self, rule: Rule, name: str, token: Token, objects: Sequence[Token], agents: Sequence[Token]) -> bool:
        """Whether the words around a verb meet the conditions of a rule."""
        noun = self.lexicon.noun_lemma
        heads = [*objects, *(o for t in objects if (o := _of_head(t)) is not None)]
        aside = [t for case, t in syntax.obliques(token) if case in UNMEANT] if rule.not_object else []
        if any(lemma_in(noun(t), t, rule.not_object) for t in (*objects, *aside)) or any(
            lemma_in(noun(t), t, rule.not_subject) for t in agents
        ):
            return False
        for wanted in (rule.object, rule.verb_object.get(name)):
            if wanted and not any(_object_in(t, noun(t), wanted) for t in heads):
                return False
        if wanted := rule.verb_oblique.get(name):
            near = [t for _, t in syntax.obliques(token)]
            near += [t for o in objects for slot, t in syntax.nominal_arguments(o) if slot not in ("poss", "mod")]
            if not any(lemma_in(noun(t), t, wanted) for t in near):
                return False
        if name in rule.infinitive_only and not _infinitive(token, objects):
            return False
        if rule.evaluation is not None:
            if not agents or (syntax.base(token.dep_) == "acl" and token.tag_ == "VBN" and token.head in agents):
                return False  # "a base called Evil Eye": a name nobody gives in judgement
            words = stance_words()
            wanted = words.negative if rule.evaluation == "negative" else words.positive
            if not any(lemma_in(t.lemma_.lower(), t, wanted) for t in _predicated(token, objects)):
                return False
        return True

    def _misread(self, token: Token) -> list[Token]:
        """A name right after a verb without object that the parser took for an auxiliary ("fighting | IS alongside ...")."""
        if token.i + 1 >= len(token.doc) or syntax.is_passive(token):
            return []
        after = token.doc[token.i + 1]
        misread = after.dep_ in ("cop", "aux", "dep") and self.cast.named(after) and self.cast.is_mention(after)
        return [after] if misread and after.text[:1].isupper() else []

    def _judged(self, token: Token, agents: Sequence[Token]) -> tuple[str, ...]:
        """Whom a verb of calling names when the parse hides its object: the first actor after it."""
        mine = set(self.cast.actors(agents))
        for word in token.subtree:
            if word.i > token.i and self.cast.is_mention(word):
                return tuple(i for i in self.cast.actors([word]) if i not in mine)
        return ()

    def _opponents(self, token: Token, warning: bool) -> tuple[str, ...]:
        """Whom a warning or allegation is aimed at when the clause below it says so: "warned that if A did ...", "alleged A did ..."."""
        found: list[str] = []
        for clause in syntax.children(token, "ccomp", "xcomp", "parataxis"):
            if warning:
                for condition in syntax.children(clause, "advcl"):
                    if "if" in syntax.markers(condition) or "should" in {c.lower_ for c in condition.children}:
                        found += self.cast.actors(syntax.agents(condition))
                if not found and clause.dep_ == "xcomp":
                    aimed = [t for case, t in syntax.obliques(clause) if case in AIMED]
                    found += self.cast.actors([*syntax.patients(clause), *aimed])
            else:
                found += self.cast.actors(syntax.agents(clause))
        if warning:
            for condition in syntax.children(token, "advcl"):
                if "if" in syntax.markers(condition):
                    found += self.cast.actors(syntax.agents(condition))
        mine = set(self.cast.actors(syntax.agents(token)))
        return tuple(dict.fromkeys(i for i in found if i not in mine))

    # ------------------------------------------------------------------ nouns
    def noun(self, token: Token) -> _Filled | None:
        lemma = self.lexicon.noun_lemma(token)
        entries = self.lexicon.nouns.get(lemma)
        if not entries or token.dep_ in ("compound", "flat", "fixed") or self.cast.named(token):
            return None
        if token.pos_ == "PROPN" and any(
            c.pos_ == "PROPN" and c.i < token.i for c in syntax.children(token, "compound")
        ):
            return None  # the last word of a name nobody knows
        for entry in entries:
            filled = self._noun_by(token, entry)
            if filled is not None:
                return filled
        return None

    def _noun_by(self, token: Token, entry: Entry) -> _Filled | None:
        rule = entry.rule
        before = _words_before(token, entry, self.lexicon)
        if before is None:
            return None
        mods = {m.lower_ for m in syntax.modifiers(token)} - {b.lower_ for b in before}
        if mods & rule.not_mod:
            return None
        slots = NounSlots(token, self.cast, self.lexicon, rule)
        name = " ".join((*entry.extra, entry.lemma))
        context = rule.noun_context.get(name)
        if context is not None and not any(slots.heads(slot) for slot in sorted(context)):
            return None
        if rule.noun_theme and not any(
            lemma_in(self.lexicon.noun_lemma(t), t, rule.noun_theme) for t in slots.heads("of")
        ):
            return None
        frame = rule.noun_frame
        if name in rule.poss_is_recipient_for:
            agent = tuple(s for s in frame.get("agent", ()) if s not in (("poss",), ("mod",)))
            frame = {**frame, "agent": agent, "recipient": (*frame.get("recipient", ()), ("poss",))}
        roles = self._fill(rule, frame, slots)
        roles = roles.with_places((*slots.struck_places, *self._noun_places(token)))
        if not self._enough(rule, rule.noun_needs or rule.needs, roles, name):
            return None
        if not slots.own and not (roles.agents or roles.recipients):
            return None
        patients = tuple(slots.heads("of")) + tuple(slots.heads("object"))
        clause = slots.light if slots.light is not None else syntax.clause_head(token)
        return _Filled(rule, rule.type, name, (*before, token), roles, patients, clause, True, slots.light is not None)

    # ------------------------------------------------------------------ both
    def _fill(self, rule: Rule, frame: Mapping[str, tuple[tuple[str, ...], ...]], slots: Slots) -> Roles:
        used: set[str] = set()
        parts: dict[str, Roles] = {}
        for role in ("agent", "recipient", "theme", "place"):
            for group in frame.get(role, ()):
                heads = [h for slot in group for h in slots.heads(slot, role)]
                got = self.cast.part(role, heads, rule).without(used if role == "recipient" else set())
                if got:
                    parts[role] = got
                    if role == "agent":
                        used |= set(got.agents)
                    break
        merged = Roles()
        for part in parts.values():
            merged = merged.merged(part)
        return merged

    def _enough(self, rule: Rule, needs: Iterable[str], roles: Roles, name: str) -> bool:
        if not (roles.agents or roles.recipients or roles.places or self.cast.actual(roles.themes)):
            return False
        if rule.needs_actor and not roles.agents:
            return False
        kinds = rule.recipient_in or rule.verb_needs.get(name)
        if kinds and not any(self._is_one(i, kinds, rule) for i in (*roles.recipients, *roles.themes)):
            return False
        if rule.agent_in and not any(self.cast.kind(i) in rule.agent_in for i in roles.agents):
            return False
        have = {"agent": roles.agents, "recipient": roles.recipients or self.cast.actual(roles.themes),
                "theme": roles.themes, "place": roles.places}  # fmt: skip
        wanted = list(needs)
        return not wanted or any(have[n] for n in wanted)

    def _is_one(self, identifier: str, kinds: frozenset[str], rule: Rule) -> bool:
        """Whether an entity is of one of these kinds; a state that is held or taken is a place too."""
        kind = self.cast.kind(identifier)
        return kind in kinds or (kind == "State" and rule.keep_place and "Place" in kinds)

    def _places(self, token: Token, patients: Sequence[Token], slots: Slots) -> tuple[str, ...]:
        heads = [t for case, t in syntax.obliques(token) if case in LOCATIVE or case.endswith(" of")]
        found = self.cast.places(heads)
        if not found:
            found = self.cast.places(
                t for p in patients for slot, t in syntax.nominal_arguments(p) if slot in LOCATIVE and slot != "on"
            )
        if not found and token.dep_ == "conj" and token.head.i < token.i and token.head.pos_ in ("VERB", "NOUN", "ADJ"):
            return self._places(token.head, (), slots)
        return found

    def _noun_places(self, token: Token) -> tuple[str, ...]:
        heads = [t for slot, t in syntax.nominal_arguments(token) if slot in LOCATIVE and slot != "on"]
        found = self.cast.places(heads)
        if not found:  # "attacks on villagers | in the north"
            hit = [
                t
                for slot, t in syntax.nominal_arguments(token)
                if slot in ("on", "against", "of") and not self.cast.is_mention(t)
            ]
            found = self.cast.places(
                t for h in hit for slot, t in syntax.nominal_arguments(h) if slot in LOCATIVE and slot != "on"
            )
        if found:
            return found
        if token.dep_ == "conj" and token.head.pos_ == "NOUN":
            return self._noun_places(token.head)
        held = syntax.governor(token)
        if held is None and syntax.children(token, "cop"):
            return self._places(token, (), NO_SLOTS)
        if held is not None and held[0] in ("obj", "nsubj:pass", "nsubj"):
            return self._places(held[1], (), NO_SLOTS)
        return ()


def find_events(
    doc: Doc, codes: Codes | None = None
) -> tuple[tuple[FoundEvent, ...], tuple[list[Entity], list[Mention]]]:
    """The events of an annotated Doc ordered by trigger, and the topics (entities, mentions) found with them.

    `codes`: somebody's own table of verbs and codes instead of the shipped one.
    """
    document = document_of(doc)
    cast = Cast(doc)
    finder = _Finder(doc, cast, codes or cameo_codes())
    filled: dict[int, _Filled] = {}
    consumed: set[int] = set()
    for token in doc:
        if (
            _verbal(token)
            and not is_masked(token)
            and not cast.named(token)
            and (made := finder.verb(token)) is not None
        ):
            filled[token.i] = made
            consumed |= set(made.consumed)
    for token in doc:
        if token.i in consumed or token.i in filled or is_masked(token) or token.pos_ not in ("NOUN", "PROPN"):
            continue
        if (made := finder.noun(token)) is not None:
            filled[token.i] = made
    types = {index: made.type for index, made in filled.items()}
    for token in doc:
        if token.i in consumed or token.i in filled or not _verbal(token) or is_masked(token) or cast.named(token):
            continue
        if (made := finder.coded(token, types)) is not None:
            filled[token.i] = made
    twice = {i for index, made in filled.items() if (i := _told_twice(doc[index], made, filled)) is not None}
    filled = {i: made for i, made in filled.items() if i not in twice}
    when = Times(doc)
    found: list[FoundEvent] = []
    for index, made in sorted(filled.items()):
        found.append(FoundEvent(_record(document.id, made, doc[index], when), index, made.rule.name))
    made_topics = topics(doc, cast.topic_heads, topic_heads(doc, cast))
    known = {*cast.entities, *(e.id for e in made_topics[0])}
    kept = [
        dataclasses.replace(
            e, record=dataclasses.replace(e.record, themes=tuple(i for i in e.record.themes if i in known))
        )
        for e in found
    ]
    return tuple(kept), made_topics


def _told_twice(token: Token, made: _Filled, filled: Mapping[int, _Filled]) -> int | None:
    """Index of the trigger to drop where a noun and the verb it is subject or object of tell one event, None where they do not.

    They do when both are of one type and nobody takes part in the one that the other lacks. The verb stays over its object
    ("maintains a stockpile"), the noun as subject ("strikes hit the port").
    """
    held = syntax.governor(token) if made.nominal else None
    if held is None or held[0] not in ("obj", "nsubj", "nsubj:pass") or held[1].i not in filled:
        return None
    verb = filled[held[1].i]
    if verb.nominal or verb.type != made.type:
        return None
    less, more, index = (made, verb, token.i) if held[0] == "obj" else (verb, made, held[1].i)
    within = set(less.roles.agents) <= set(more.roles.agents) and set(less.roles.recipients) <= set(
        more.roles.recipients
    )
    return index if within else None


def _record(document: str, made: _Filled, token: Token, when: Times) -> Event:
    trigger = syntax.token_span(made.trigger)
    span = syntax.phrase_span(token) if made.nominal and not made.lent else syntax.clause_span(made.clause)
    if not span.begin <= trigger.begin < trigger.end <= span.end:
        span = Span(min(span.begin, trigger.begin), max(span.end, trigger.end))
    time = when.of(token, made.clause)
    count, words = quantity(made.patients)
    roles = made.roles
    sure = (
        CODED
        if made.coded
        else CONFIDENCE["noun" if made.nominal else "verb"] + (0.1 if roles.agents and roles.recipients else 0.0)
    )
    return Event(
        id=record_id(document, "event", trigger, made.type),
        document=document, trigger=trigger, span=span, sentence=syntax.sentence_span(token), lemma=made.lemma,
        type=made.type, mode=made.rule.mode, agents=roles.agents, recipients=roles.recipients, themes=roles.themes,
        places=roles.places, instruments=roles.instruments,
        earliest=time.earliest if time else None, latest=time.latest if time else None,
        time_text=time.text if time else None, quantity=count, quantity_text=words, cameo=made.cameo or made.rule.cameo,
        extractor=EXTRACTOR, confidence=round(sure, 2),
    )  # fmt: skip


def _verbal(token: Token) -> bool:
    """Whether a word can name an event as a verb does: a verb, or a participle before a noun."""
    if token.pos_ == "VERB":
        return token.dep_ not in ("case", "mark", "fixed", "aux")
    if token.dep_ == "amod" and token.pos_ == "ADJ":
        return token.lower_.endswith(PARTICIPLES)
    return token.pos_ == "AUX" and token.dep_ not in ("aux", "aux:pass", "cop")


def _extra_words(token: Token, entry: Entry, lexicon: Lexicon) -> list[Token] | None:
    """The further words of a fixed phrase, [] when it has none, None when the text lacks one or has another particle."""
    found: list[Token] = []
    near = list(token.children)
    for word in entry.extra:
        match = next(
            (
                c
                for c in near
                if c.i > token.i and (c.lower_ == word or lexicon.noun_lemma(c) == word) and c.dep_ != "conj"
            ),
            None,
        )
        if match is None and token.i + 1 < len(token.doc):
            following = token.nbor(1)
            if following.lower_ == word and following.pos_ in ("ADP", "ADV", "PART") and following.sent == token.sent:
                match = following
        if match is None:
            return None
        found.append(match)
    particle = syntax.particle(token)
    if particle is not None and particle not in entry.extra and particle != entry.preposition and not entry.rule.loose:
        return None
    return found


def _has_preposition(token: Token, extra: Sequence[Token], preposition: str) -> bool:
    """Whether a preposition follows the verb, or the noun of its fixed phrase ("restored ties | with Kenya")."""
    phrases = syntax.obliques(token) + [p for word in extra for p in syntax.nominal_arguments(word)]
    if any(case == preposition for case, _ in phrases):
        return True
    return any(c.lower_ == preposition and c.i > token.i and c.dep_ != "mark" for c in token.children)


def _words_before(token: Token, entry: Entry, lexicon: Lexicon) -> list[Token] | None:
    """The words of a compound entry right before its noun, [] when it has none, None when they are not there."""
    found: list[Token] = []
    for offset, word in enumerate(reversed(entry.extra), start=1):
        if token.i - offset < token.sent.start:
            return None
        before = token.doc[token.i - offset]
        if before.lower_ != word and before.lemma_.lower() != word:
            return None
        found.insert(0, before)
    return found


def _trigger(token: Token, extra: Sequence[Token]) -> tuple[Token, ...]:
    """The trigger's words: the verb and its fixed companions with what stands between, when that is little."""
    last = max((t.i for t in extra), default=token.i)
    return tuple(token.doc[token.i : last + 1]) if last - token.i <= 4 else (token,)


def _of_head(noun: Token) -> Token | None:
    """The noun after "of" in "a stockpile of weapons"."""
    return next((t for slot, t in syntax.nominal_arguments(noun) if slot == "of"), None)


def _object_in(token: Token, lemma: str, wanted: frozenset[str]) -> bool:
    if "$" in wanted and (lemma in CURRENCIES or any(c.text in ("$", "€", "£") for c in token.subtree)):
        return True
    return lemma_in(lemma, token, wanted)


def _infinitive(token: Token, objects: Sequence[Token]) -> bool:
    """Whether an infinitive or a "that" clause says what is asked."""
    below = [
        c for t in (token, *objects, *(o for _, o in syntax.obliques(token))) for c in syntax.children(t, *INFINITIVE)
    ]
    return any("to" in syntax.markers(c) or any(g.tag_ == "TO" for g in c.children) for c in below)


def _predicated(token: Token, objects: Sequence[Token]) -> list[Token]:
    """Words that say what something is called: "called it reckless", "described them as reckless liars"."""
    heads = syntax.children(token, "xcomp", "ccomp", "obl", "parataxis", "advcl")
    heads += [t for case, t in syntax.obliques(token) if case == "as"]
    heads += [a for o in objects for a in syntax.children(o, "amod", "appos", "acl", "xcomp") if a.i > o.i]
    heads += [t for t in token.subtree if t.i > token.i + 1 and t.nbor(-1).text in OPENING]
    return [t for h in heads for t in (h, *syntax.children(h, "amod", "compound", "conj"))]
