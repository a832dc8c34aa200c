"""Turns the heads of phrases into the entities they denote, and sorts those into the roles of an event."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from kgbuild.claims import syntax
from kgbuild.claims.lexicon import Rule, event_lexicon, lemma_in
from kgbuild.claims.topics import topic_id, topic_key, topic_tokens
from kgbuild.ids import ACTOR_KINDS, PLACE_KINDS
from kgbuild.layers import entities_of, mention_heads, slice_of
from kgbuild.records import Mention

__all__ = ["Cast", "Roles"]

QUANTIFIERS = frozenset(
    "number majority quarter half third most many some all thousand hundred dozen score million ten group member one two three "
    "pair part handful series rest lot body bunch crowd wave several none each any few billion".split()
)
INWARD = ("of", "in", "at", "near", "inside", "outside", "around", "from", "across", "within", "between")
DEPTH = 4


@dataclass(frozen=True, slots=True)
class Roles:
    """Entity ids by role."""

    agents: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.agents or self.recipients or self.themes or self.places or self.instruments)

    def merged(self, other: Roles) -> Roles:
        """Both together, without repeats, in the order met."""
        return Roles(*(_joined(getattr(self, f.name), getattr(other, f.name)) for f in dataclasses.fields(self)))

    def without(self, ids: Collection[str]) -> Roles:
        """Recipients and themes without these entities."""
        return dataclasses.replace(
            self,
            recipients=tuple(i for i in self.recipients if i not in ids),
            themes=tuple(i for i in self.themes if i not in ids),
        )

    def with_recipients(self, ids: Iterable[str]) -> Roles:
        """These recipients added."""
        return self.merged(Roles(recipients=tuple(ids)))

    def with_places(self, ids: Iterable[str]) -> Roles:
        """These places, when there are none yet."""
        return self if self.places else dataclasses.replace(self, places=_joined((), ids))


class Cast:
    """Who and what the phrases of a Doc denote."""

    def __init__(self, doc: Doc) -> None:
        self.entities = entities_of(doc)
        self.states = {e.territory: e.id for e in doc._.entities if e.territory}
        self._heads = mention_heads(doc)
        self._names: set[int] = set()
        self._covering: dict[int, Mention] = {}
        for mention in doc._.mentions:
            tokens = slice_of(doc, mention.span)
            if tokens is None:
                continue
            if mention.form == "name":
                self._names |= {t.i for t in tokens}
            if mention.form in ("name", "metonym", "nominal"):
                self._cover(mention, tokens.root.i, [t.i for t in tokens])
        self.topic_heads: set[int] = set()
        self._sets = event_lexicon().sets

    def _cover(self, mention: Mention, root: int, tokens: Iterable[int]) -> None:
        """Remember which short mention a token ends: a mention whose last word is the head the parser missed."""
        last = max(tokens)
        if last != root and last not in self._covering:
            self._covering[last] = mention

    def mention(self, head: Token) -> Mention | None:
        """The longest mention with this head."""
        found = self._heads.get(head.i)
        if found is not None:
            return found
        covering = self._covering.get(head.i)
        return covering if covering is not None and covering.form != "pronoun" else None

    def is_mention(self, head: Token) -> bool:
        """Whether a word is the head of a mention."""
        return head.i in self._heads

    def named(self, token: Token) -> bool:
        """Whether a word is part of a name."""
        return token.i in self._names

    def bare_name(self, head: Token) -> bool:
        """Whether a modifier is the full name of a state or place ("the Mali siege"), not an adjective or an abbreviation."""
        mention = self._heads.get(head.i)
        if mention is None or mention.form != "name" or head.text.isupper() or "." in head.text:
            return False
        return any(self.kind(i) in PLACE_KINDS or self.kind(i) == "State" for i in mention.entities)

    def kind(self, identifier: str) -> str:
        """Kind of an entity, "" for one this Doc does not know, such as a topic made on the way."""
        entity = self.entities.get(identifier)
        if entity is None:
            return "Topic" if identifier.startswith("topic/") else ""
        return entity.kind

    def actual(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Those that stand for somebody or something named: all but unnamed topics made on the way."""
        return tuple(i for i in ids if i in self.entities)

    def part(self, role: str, heads: Iterable[Token], rule: Rule) -> Roles:
        """What some phrases give a role: actors for agents and recipients, places, themes."""
        found = Roles()
        for head in heads:
            if role == "agent":
                found = found.merged(Roles(agents=self.actors([head], acting=True)))
            elif role == "place":
                found = found.merged(Roles(places=self.places([head])))
            elif role == "theme":
                found = found.merged(self._theme(head, rule))
            else:
                found = found.merged(self._recipient(head, rule))
        return found

    def actors(self, heads: Iterable[Token], acting: bool = False) -> tuple[str, ...]:
        """The actors some phrases denote; with `acting`, owners of what acts for them ("Kenyan jets")."""
        ids: list[str] = []
        for head in heads:
            own = self._denoted(head)
            found = [a for i in own if (a := self._as_actor(i)) is not None]
            if not found and not own and ((acting and self._in(head, "extensions")) or self._in(head, "forces")):
                found = self._owners(head)
            ids += found
        return tuple(dict.fromkeys(ids))

    def places(self, heads: Iterable[Token]) -> tuple[str, ...]:
        """The places some phrases denote, or name inside ("in a village near Leoni": Leoni)."""
        found: list[str] = []
        for head in heads:
            found += self._place_in(head, 0)
        return tuple(dict.fromkeys(found))

    def _recipient(self, head: Token, rule: Rule) -> Roles:
        own = self._denoted(head)
        if not own and (rule.descend_recipient or self._in(head, "parts") or self._in(head, "forces")):
            owners = self._doers(head) if rule.descend_recipient else self._owners(head)
            places = self.places([head]) if rule.keep_place and self._in(head, "parts") else ()
            if places and (not owners or any(self.kind(i) == "City" for i in places)):
                return self._sorted(places, rule)
            return Roles(recipients=tuple(owners), places=places)
        return self._sorted(own, rule)

    def _sorted(self, ids: Iterable[str], rule: Rule) -> Roles:
        recipients: list[str] = []
        themes: list[str] = []
        places: list[str] = []
        for identifier in ids:
            kind = self.kind(identifier)
            if kind in PLACE_KINDS:
                state = self.states.get(identifier)
                if state is not None:
                    recipients.append(state)
                else:
                    themes.append(identifier)
                if rule.keep_place or (state is None and rule.type in ("Consult", "Move", "Retreat", "Own")):
                    places.append(identifier)
            elif kind in ACTOR_KINDS:
                recipients.append(identifier)
                territory = self.entities[identifier].territory
                if rule.keep_place and territory and kind == "State":
                    places.append(territory)
            else:
                themes.append(identifier)
        return Roles(recipients=tuple(recipients), themes=tuple(themes), places=tuple(places))

    def _theme(self, head: Token, rule: Rule) -> Roles:
        own = self._denoted(head)
        if own:
            return Roles(
                themes=tuple(i for i in own if self.kind(i) not in ACTOR_KINDS and self.kind(i) not in PLACE_KINDS)
            )
        if rule.theme_topic and head.pos_ == "NOUN" and topic_tokens(head):
            self.topic_heads.add(head.i)
            return Roles(themes=(topic_id(topic_key(head)),))
        return Roles()

    def denoted(self, head: Token) -> tuple[str, ...]:
        """Ids of whoever or whatever a phrase denotes, topics left out."""
        return tuple(i for i in self._denoted(head) if self.kind(i) != "Topic")

    def _denoted(self, head: Token, depth: int = 0) -> tuple[str, ...]:
        """Ids a phrase denotes: by its own mention, through a quantifier ("thousands of nurses") or an apposition."""
        mention = self.mention(head)
        if mention is not None:
            return mention.entities
        if depth >= DEPTH:
            return ()
        if head.lemma_.lower() in QUANTIFIERS or head.pos_ in ("NUM", "DET"):
            for slot, inner in syntax.nominal_arguments(head):
                if slot in ("of", "among") and (found := self._denoted(inner, depth + 1)):
                    return found
        for other in syntax.children(head, "appos"):
            if len(both := syntax.conjuncts(other)) > 1 and head.tag_ in ("NNS", "NNPS"):  # "the rivals A and B"
                every = tuple(dict.fromkeys(i for t in both for i in self._denoted(t, depth + 1)))
                if every and all(self.kind(i) not in PLACE_KINDS for i in every):
                    return every
        for other in syntax.children(head, "appos", "flat", "nmod:desc"):
            if (found := self._denoted(other, depth + 1)) and self.kind(found[0]) not in PLACE_KINDS:
                return found
        return ()

    def _as_actor(self, identifier: str) -> str | None:
        kind = self.kind(identifier)
        if kind in ACTOR_KINDS:
            return identifier
        return self.states.get(identifier) if kind in PLACE_KINDS else None

    def _owners(self, head: Token) -> list[str]:
        """Actors that own a thing: "Kenya's jets", "Kenyan jets", "jets of the coalition"."""
        arguments = syntax.nominal_arguments(head)
        for wanted in ("poss", "by", "mod", "of", "in", "from"):
            found: list[str] = []
            for slot, inner in arguments:
                if slot == wanted:
                    found += [a for i in self._denoted(inner) if (a := self._as_actor(i)) is not None]
            if found:
                return found
        before = head.doc[head.i - 1] if head.i > head.sent.start else None
        if (
            before is not None and before.i in self._names and before.head is head
        ):  # whatever the parser made of the name
            return [a for i in self._denoted(before) if (a := self._as_actor(i)) is not None]
        for (
            slot,
            inner,
        ) in arguments:  # "the statement of the minister's aide" stops here; "Moscow's use of its jets" goes on
            if slot == "of" and self._in(inner, "extensions") and (found := self._owners(inner)):
                return found
        for clause in syntax.children(head, "acl"):  # "attacks claimed by the group"
            if syntax.is_passive(clause) and event_lexicon().phrasal(clause) in self._sets["light"]:
                return [
                    a for t in syntax.agents(clause) for i in self._denoted(t) if (a := self._as_actor(i)) is not None
                ]
        return []

    def _doers(self, head: Token) -> list[str]:
        """Actors behind a deed or a thing that is judged: "the raid by rebels", "their plan", but not "the raid in Leoni"."""
        lexicon = event_lexicon()
        wanted = ["poss", "by", "mod"]
        if not lexicon.nouns.get(lexicon.noun_lemma(head)) and not self._in(head, "people"):
            wanted += ["of", "from"]
        arguments = syntax.nominal_arguments(head)
        for slot in wanted:
            inner = [t for s, t in arguments if s == slot and not (s == "mod" and self.bare_name(t))]
            found = [a for t in inner for i in self._denoted(t) if (a := self._as_actor(i)) is not None]
            if found:
                return found
        return []

    def _place_in(self, head: Token, depth: int) -> list[str]:
        found: list[str] = []
        for identifier in self._denoted(head):
            kind = self.kind(identifier)
            if kind in PLACE_KINDS:
                found.append(identifier)
            elif kind == "State" and self.entities[identifier].territory:
                found.append(str(self.entities[identifier].territory))
        if found or depth >= DEPTH:
            return found
        for other in syntax.children(head, "appos", "flat"):
            found += self._place_in(other, depth + 1)
        for slot, inner in () if found else syntax.nominal_arguments(head):
            if slot in INWARD or slot.endswith(" of") or (slot in ("poss", "mod") and self._in(head, "parts")):
                found = self._place_in(inner, depth + 1)
                if found:
                    break
        return found

    def _in(self, head: Token, name: str) -> bool:
        return lemma_in(event_lexicon().noun_lemma(head), head, self._sets[name])


def _joined(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
