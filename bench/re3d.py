"""Entities and relations on re3d, from the records of each document and the trees they were read from.

The schema is not ours, so this is what stands for what. Every end of a relation is a mention in the sentence that says so.

FightingAgainst  agent and recipient of an Assault, Capture, Threaten, Mobilize, Protest or Coerce event, also where the one hit is a thing
InChargeOf       who captures or owns, and what; a leader named with the body he leads
CommWith         parties of Consult, Agree, Request and Cooperate events that are talk; a speaker and whom he tells
AlliesOf         parties of Cooperate and Aid events, and allies called so
Likes, Dislikes  parties of Support and Concede, of Disapprove, Accuse, Reject and Sanction events; else a stance's holder and target
CoLocated        whoever stands in a place by preposition, or takes part in an event there; a place inside another
BelongsTo        members, parts and people of a body: "fighters of the front", "the front's fighters", "members including Kenya"
IsSynonymOf      apposition, a short form in brackets, a title beside its name
HasAttrOf        counted things and their number; people and their nationality
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spacy.tokens import Doc, Token

from bench.corpora import Text, re3d
from bench.system import Rooms, plain_document, print_scores
from kgbuild.claims import extract, syntax
from kgbuild.claims.events import find_events
from kgbuild.claims.lexicon import event_lexicon
from kgbuild.ids import PLACE_KINDS
from kgbuild.layers import slice_of
from kgbuild.records import Claim, Entity, Event, Mention, Span, Stance

Pair = tuple[str, tuple[int, int], tuple[int, int]]
TYPES = {"Person": "Person", "Organization": "Organisation", "State": "Organisation", "Group": "Organisation",
         "Place": "Location", "City": "Location"}  # fmt: skip
OF_EVENT = {
    "Assault": "FightingAgainst", "Capture": "FightingAgainst", "Threaten": "FightingAgainst", "Mobilize": "FightingAgainst",
    "Coerce": "FightingAgainst", "Protest": "FightingAgainst", "Own": "InChargeOf", "Consult": "CommWith", "Agree": "CommWith",
    "Request": "CommWith", "State": "CommWith", "Investigate": "CommWith", "Cooperate": "AlliesOf", "Aid": "AlliesOf",
    "Support": "Likes", "Concede": "Likes", "Disapprove": "Dislikes", "Accuse": "Dislikes", "Reject": "Dislikes",
    "Sanction": "Dislikes",
}  # fmt: skip
"""Type of an event -> relation of its agent to its recipient."""
SIDES = frozenset({"FightingAgainst", "AlliesOf", "Likes", "Dislikes"})
TALK = frozenset(
    {"Disapprove", "Accuse", "Support", "State", "Request", "Reject", "Concede", "Threaten", "Investigate", "Suffer"}
)
"""Types whose place may be that of what they are about."""
PRONOUNS = frozenset({"i", "we", "he", "she", "they", "me", "us", "him", "her", "them", "you"})
TELL = frozenset("tell ask thank brief update meet inform call urge advise address contact".split())
PLACES = frozenset(
    "area building base hospital library mosque safehouse market place camp village town city province district neighborhood neighbourhood "
    "border airport airfield school university centre center house home street field farm front line country region site compound island "
    "mountain river dam barrage facility headquarters capital territory land ground sea gulf airspace".split()
)  # fmt: skip
WHERE = frozenset(
    {
        "in",
        "at",
        "near",
        "inside",
        "across",
        "around",
        "outside",
        "throughout",
        "within",
        "north of",
        "on",
        "from",
        "to",
    }
)
MEMBERS = frozenset({"of", "from", "with"})
LEADERS = frozenset(
    "leader commander chief head president minister secretary king emir director chairman general commandant premier governor".split()
)
PLATFORMS = frozenset(
    "ship vessel aircraft jet tank helicopter drone bomber fighter boat warship submarine carrier plane artillery".split()
)
VEHICLES = frozenset("vehicle car truck bus lorry bulldozer loader convoy".split())
PEOPLE_IN_CHARGE = frozenset(
    {"lead", "command", "run", "control", "head", "govern", "operate", "use", "occupy", "manage", "chair"}
)


def run(options: argparse.Namespace) -> int:
    """Write one JSON line a document and print re3d.py's figures."""
    out, data = Path(options.predictions or "re3d-predictions.jsonl"), Path(options.data)
    rooms = Rooms()
    with out.open("w", encoding="utf-8") as handle:
        for n, text in enumerate(re3d(data, options.split)):
            if options.limit and n >= options.limit:
                break
            handle.write(json.dumps({"doc": text.id, **read(rooms, text)}) + "\n")
    more = ["--by-type"] if options.verbose else []
    return print_scores("re3d.py", data, ["--repo", str(data), "--split", options.split, *more], out)


def read(rooms: Rooms, text: Text) -> dict[str, Any]:
    """Entities and relations of one document in the scorer's format."""
    document = rooms.read(text.text, text.id, title=text.title)
    if document.text != text.text:  # cleaning moved offsets
        document = plain_document(text.text, text.id)
    view = _View(rooms.annotator.annotate(document))
    entities = sorted(set(view.entities()))
    relations = sorted(set(view.relations()))
    return {
        "entities": [{"begin": b, "end": e, "type": kind} for b, e, kind in entities],
        "relations": [{"type": kind, "source": list(a), "target": list(b)} for kind, a, b in relations if a != b],
    }


class _View:
    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.found = find_events(doc)[0]
        records = extract(doc)
        self.claims = [r for r in records if isinstance(r, Claim)]
        self.stances = [r for r in records if isinstance(r, Stance)]
        self.by_id: dict[str, Entity] = {e.id: e for e in doc._.entities}
        self.twin = {e.territory: e.id for e in doc._.entities if e.territory}
        self.twin |= {e.id: e.territory for e in doc._.entities if e.territory}
        self.mentions: list[Mention] = [m for m in doc._.mentions if m.entities]
        self.of: dict[str, list[Mention]] = defaultdict(list)
        for mention in self.mentions:
            for denoted in mention.entities:
                self.of[denoted].append(mention)
        self.at: dict[int, Mention] = {}
        for mention in sorted(self.mentions, key=lambda m: m.span.end - m.span.begin):
            if self._kind(mention) not in TYPES:
                continue
            if (tokens := slice_of(doc, mention.span)) is not None:
                self.at[tokens.root.i] = mention
        self.sets = event_lexicon().sets

    # ------------------------------------------------------------------ entities
    def entities(self) -> Iterator[tuple[int, int, str]]:
        """Mentions by kind, times, numbers and weapons."""
        for mention in self.mentions:
            kind = TYPES.get(self.by_id[mention.entities[0]].kind) if mention.entities[0] in self.by_id else None
            if kind is None:
                continue
            if mention.form == "adjective":
                kind = "Nationality" if self._head(mention).dep_ == "amod" else kind
            yield mention.span.begin, mention.span.end, kind
        for time in self.doc._.times:
            yield time.span.begin, time.span.end, "Temporal"
        for token in self.doc:
            if token._.masked:
                continue
            lemma = event_lexicon().noun_lemma(token)
            if token.dep_ == "nummod" and token.pos_ == "NUM" and not self._in_time(token):
                money = any(t.text in "$€£" for t in (token.nbor(-1),)) if token.i else False
                yield (*self._span([token]), "Money" if money else "Quantity")
            elif token.pos_ == "NOUN" and token.i not in self.at and token.dep_ != "compound":
                kind = (
                    "MilitaryPlatform" if lemma in PLATFORMS
                    else "Vehicle" if lemma in VEHICLES
                    else "Weapon" if lemma in self.sets["weapons"] or (lemma in ("strike", "airstrike") and token.tag_ == "NN")
                    else "Organisation" if lemma in self.sets["people"] or lemma in self.sets["forces"]
                    else None
                )  # fmt: skip
                if kind is not None:
                    yield (*self._phrase(token), kind)

    # ------------------------------------------------------------------ relations
    def relations(self) -> Iterator[Pair]:
        """All relations, whatever they are read from."""
        told = list(self._of_events())
        yield from told
        yield from self._of_talk()
        between = {frozenset((a, b)) for kind, a, b in told if kind in SIDES}
        yield from (r for r in self._of_stances() if frozenset(r[1:]) not in between)  # what a deed shows is told once
        yield from self._of_brackets()
        for token in self.doc:
            if not token._.masked and token.pos_ in ("NOUN", "PROPN", "PRON", "NUM", "ADJ", "X"):
                yield from self._of_noun(token)

    def _of_events(self) -> Iterator[Pair]:
        for found in self.found:
            event, token = found.record, self.doc[found.token]
            kind = OF_EVENT.get(event.type)
            verb = token.pos_ == "VERB"
            agents = self._ends(event.agents, event)
            things = [
                i for i in (*event.recipients, *event.themes) if i in self.by_id and self.by_id[i].kind != "Topic"
            ]
            hit = self._ends(things, event)
            where = self._ends(event.places, event)
            if not agents and verb:
                agents = self._phrases(t for t in syntax.agents(token) if t.lower_ in PRONOUNS)
            if kind == "FightingAgainst" and not hit:
                hit = self._phrases(syntax.patients(token) if verb else [])
            if kind == "CommWith" and not hit and len(agents) > 1:
                yield from (("CommWith", a, b) for n, a in enumerate(agents) for b in agents[n + 1 :])
            for a in agents:
                for b in hit:
                    if event.type in ("Capture", "Own"):
                        yield (
                            ("FightingAgainst" if self._someone(b) and event.type == "Capture" else "InChargeOf"),
                            a,
                            b,
                        )
                    elif kind == "Likes" and (self._armed(a) or self._armed(b)):
                        yield "AlliesOf", a, b
                    elif kind is not None:
                        yield kind, a, b
                for b in where:
                    # "strikes in Syria" are not against Syria, "an attack in Dabiq" is
                    if event.type == "Capture" or (event.type == "Assault" and not hit and self._town(b)):
                        yield ("InChargeOf" if event.type == "Capture" else "FightingAgainst"), a, b
                    if event.type not in TALK:
                        yield "CoLocated", a, b
                if event.type == "Capture" and verb:
                    for case, head in syntax.obliques(token):
                        if case in ("from", "of") and head.i in self.at and not self._place(self.at[head.i]):
                            yield "FightingAgainst", a, self._phrase(head)
            for b in where:
                for c in hit:
                    if event.type not in TALK and event.type != "Capture":
                        yield "CoLocated", c, b
        for token in self.doc:
            if token.pos_ == "VERB" and not token._.masked and event_lexicon().verb_lemma(token) in PEOPLE_IN_CHARGE:
                for a in self._phrases(t for t in syntax.agents(token) if t.i in self.at):
                    for head in syntax.patients(token):
                        if head.i in self.at or self._thing(head):
                            yield "InChargeOf", a, self._phrase(head)

    def _armed(self, span: tuple[int, int]) -> bool:
        return any(
            word in self.doc.text[span[0] : span[1]].lower()
            for word in ("force", "army", "militar", "fighter", "coalition", "troop")
        )

    def _town(self, span: tuple[int, int]) -> bool:
        return any(m.span.begin == span[0] and self._kind(m) == "City" for m in self.mentions)

    def _someone(self, span: tuple[int, int]) -> bool:
        return any(m.span.begin == span[0] and not self._place(m) for m in self.mentions)

    def _of_talk(self) -> Iterator[Pair]:
        for claim in self.claims:
            for to in claim.addressee:
                if claim.source_span is None or claim.cue is None:
                    continue
                for b in self._near(to, claim.cue):
                    yield "CommWith", (claim.source_span.begin, claim.source_span.end), b
        for token in self.doc:
            if token.pos_ == "VERB" and not token._.masked:
                lemma = event_lexicon().verb_lemma(token)
                with_whom = syntax.patients(token) + syntax.indirect_objects(token) if lemma in TELL else []
                if lemma in ("speak", "talk", "meet", "consult", "discuss", "work", "coordinate"):
                    with_whom = with_whom + [t for case, t in syntax.obliques(token) if case in ("to", "with")]
                for a in self._phrases(t for t in syntax.agents(token) if t.i in self.at or t.lower_ in PRONOUNS):
                    for b in self._phrases(t for t in with_whom if t.i in self.at or t.lower_ in PRONOUNS):
                        yield "CommWith", a, b

    def _of_stances(self) -> Iterator[Pair]:
        for stance in self.stances:
            topic = stance.target not in self.by_id or self.by_id[stance.target].kind == "Topic"
            if stance.kind == "Action" or abs(stance.score) < 0.3 or topic:
                continue
            near = stance.cue or stance.span
            for a in self._near(stance.holder, near)[:1]:
                for b in self._near(stance.target, near)[:1]:
                    yield ("Likes" if stance.score > 0 else "Dislikes"), a, b

    def _of_brackets(self) -> Iterator[Pair]:
        """A short form in brackets, and "also known as"."""
        text = self.doc.text
        ordered = sorted(self.at.values(), key=lambda m: (m.span.begin, -m.span.end))
        for n, one in enumerate(ordered):
            for other in ordered[n + 1 : n + 4]:
                between = text[one.span.end : other.span.begin] if 0 < other.span.begin - one.span.end < 30 else ""
                bracket = between.strip() == "(" and text[other.span.end : other.span.end + 1] == ")"
                if (bracket or "known as" in between) and self._kind(one) == self._kind(other) != "City":
                    yield "IsSynonymOf", (one.span.begin, one.span.end), (other.span.begin, other.span.end)

    def _of_noun(self, token: Token) -> Iterator[Pair]:
        """What one noun phrase says by its build."""
        mine = self._phrase(token)
        mention = self.at.get(token.i)
        someone = mention is not None or self._thing(token)
        for number in syntax.children(token, "nummod"):
            if someone and number.pos_ == "NUM" and number.lower_ != "one" and not self._in_time(number):
                yield "HasAttrOf", mine, self._span([number])
        for slot, inner in syntax.nominal_arguments(token):
            spot = self._spot(inner) if slot in WHERE or slot.endswith(" of") else None
            if spot is not None and someone and slot not in ("to", "from"):
                yield "CoLocated", mine, spot
                continue
            other = self.at.get(inner.i)
            if other is None:
                continue
            that = (other.span.begin, other.span.end)
            if slot == "mod" and other.form == "adjective" and mention is not None and self._kind(mention) == "Person":
                yield "HasAttrOf", mine, that
            elif (
                slot in (*MEMBERS, "in")
                and self._kind(other) == "Organization"
                and not (mine[0] <= that[0] and that[1] <= mine[1])
            ):
                leads = slot == "of" and event_lexicon().noun_lemma(token) in LEADERS
                for who in (
                    [mine] if someone and (mention is None or self._kind(mention) in ("Group", "Person")) else []
                ):
                    yield ("InChargeOf" if leads else "BelongsTo"), who, that
                if syntax.children(token, "cop"):  # "he was a member of the front"
                    for subject in self._phrases(syntax.own_subjects(token)):
                        yield ("InChargeOf" if leads else "BelongsTo"), subject, that
                elif (
                    token.dep_ == "appos" and token.head.i in self.at and self._kind(self.at[token.head.i]) == "Person"
                ):
                    yield ("InChargeOf" if leads else "BelongsTo"), self._phrase(token.head), that
            elif self._place(other) and mention is not None and slot in ("of", "poss") and self._place(mention):
                yield "CoLocated", mine, that
        for slot, inner in syntax.nominal_arguments(token):
            if slot in ("including", "such as", "like") and mention is not None and inner.i in self.at:
                kind = "CoLocated" if self._place(mention) else "BelongsTo"
                yield kind, self._phrase(inner), mine
        for other_token in syntax.children(token, "appos"):
            if mention is None and other_token.i not in self.at:
                continue
            that = self._phrase(other_token)
            both = self.at.get(other_token.i)
            if (
                mention is not None
                and both is not None
                and self._place(mention)
                and self._place(both)
                and not self._bracketed(other_token)
            ):
                yield "CoLocated", mine, that
            elif not any(c.lower_ in ("a", "an") for c in other_token.children):
                yield "IsSynonymOf", mine, that
        if mention is not None and mention.form == "name" and not self._place(mention):
            for title in (
                mention_before for mention_before in self.mentions if mention_before.span.end + 1 == mention.span.begin
            ):
                if title.form == "nominal" and set(title.entities) & set(mention.entities):
                    yield "IsSynonymOf", (title.span.begin, title.span.end), (mention.span.begin, mention.span.end)
        if mention is not None:
            yield from self._where(token, mention)
        if token.dep_ == "obj" and event_lexicon().verb_lemma(token.head) in ("include", "comprise"):
            for whole in syntax.agents(token.head):
                for part in syntax.conjuncts(token):
                    if part.i in self.at and whole.pos_ in ("NOUN", "PROPN", "PRON"):
                        place = whole.i in self.at and self._place(self.at[whole.i])
                        yield ("CoLocated" if place else "BelongsTo"), self._phrase(part), self._phrase(whole)

    def _where(self, token: Token, mention: Mention) -> Iterator[Pair]:
        """Where the subject of a verb of being or acting is."""
        held = syntax.governor(token)
        if held is None or held[0] not in ("nsubj", "nsubj:pass") or self._place(mention):
            return
        mine = (mention.span.begin, mention.span.end)
        for clause in (held[1], *syntax.children(held[1], "xcomp", "conj", "advcl")):
            for case, head in syntax.obliques(clause):
                spot = self._spot(head) if case in WHERE else None
                if spot is not None and case != "from":
                    yield "CoLocated", mine, spot
            for word in clause.children:
                if word.lower_ in ("there", "here") and word.dep_ == "advmod":
                    yield "CoLocated", mine, self._span([word])

    # ------------------------------------------------------------------ ends
    def _place(self, mention: Mention) -> bool:
        return any(i in self.by_id and self.by_id[i].kind in PLACE_KINDS for i in mention.entities)

    def _kind(self, mention: Mention) -> str:
        return self.by_id[mention.entities[0]].kind if mention.entities[0] in self.by_id else ""

    def _thing(self, token: Token) -> bool:
        lemma = event_lexicon().noun_lemma(token)
        known = PLATFORMS | VEHICLES | PLACES
        return lemma in known or any(lemma in self.sets[name] for name in ("parts", "weapons", "forces", "people"))

    def _spot(self, token: Token) -> tuple[int, int] | None:
        """The place a phrase names: a mention of one, one inside it ("the province of X"), or a noun for a kind of place."""
        mention = self.at.get(token.i)
        if mention is not None:
            return (mention.span.begin, mention.span.end) if self._place(mention) else None
        for slot, inner in syntax.nominal_arguments(token):
            other = self.at.get(inner.i)
            if slot in ("of", "mod", "poss") and other is not None and self._place(other):
                return other.span.begin, other.span.end
        return self._phrase(token) if event_lexicon().noun_lemma(token) in PLACES and token.pos_ == "NOUN" else None

    def _head(self, mention: Mention) -> Token:
        tokens = slice_of(self.doc, mention.span)
        assert tokens is not None
        return tokens.root

    def _ends(self, ids: Iterable[str], event: Event) -> list[tuple[int, int]]:
        return [end for i in ids for end in self._near(i, event.trigger)[:1]]

    def _near(self, identifier: str, near: Span) -> list[tuple[int, int]]:
        """Mentions of an entity in the sentence around a span: names and descriptions before pronouns, the closest first."""
        tokens = slice_of(self.doc, near)
        if tokens is None:
            return []
        sentence = tokens.root.sent
        found = {
            m.span: m.form == "pronoun"
            for i in (identifier, self.twin.get(identifier))
            if i
            for m in self.of.get(i, ())
        }
        inside = [s for s in found if sentence.start_char <= s.begin < sentence.end_char]
        return [(s.begin, s.end) for s in sorted(inside, key=lambda s: (found[s], abs(s.begin - near.begin), s))]

    def _phrases(self, heads: Iterable[Token]) -> list[tuple[int, int]]:
        return [
            self._phrase(h)
            for h in heads
            if h.pos_ in ("NOUN", "PROPN", "PRON") and h.lower_ not in ("it", "that", "this", "which")
        ]

    def _phrase(self, head: Token) -> tuple[int, int]:
        """The mention with this head, else the noun and the words that classify it."""
        mention = self.at.get(head.i)
        if mention is not None:
            return mention.span.begin, mention.span.end
        return self._span([head, *(c for c in head.children if c.dep_ in ("compound", "amod") and c.i < head.i)])

    def _span(self, tokens: Iterable[Token]) -> tuple[int, int]:
        return tuple(syntax.token_span(tokens))  # type: ignore[return-value]

    def _bracketed(self, token: Token) -> bool:
        first = token.left_edge.i
        return first > 0 and self.doc[first - 1].text in ("(", "[")

    def _in_time(self, token: Token) -> bool:
        return any(t.span.begin <= token.idx < t.span.end for t in self.doc._.times)
