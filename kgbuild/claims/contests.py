"""Tells votes and games from battles: verbs of fighting and taking are said of both."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from kgbuild.claims import syntax
from kgbuild.claims.lexicon import Lexicon, event_lexicon
from kgbuild.claims.roles import Cast, Roles

__all__ = ["contests_told", "in_contest"]

OVERCOMING = frozenset({"beat", "defeat", "rout", "crush", "overpower", "overwhelm", "smash", "vanquish", "whip"})
CONTENDING = OVERCOMING | {"battle", "duel", "fight", "clash", "capture", "take", "grab"}
OFTEN = 3
"""Times a text must speak of votes and games for what persons do to one another in it to be read as one."""


def contests_told(doc: Doc, lexicon: Lexicon) -> int:
    """How often a text speaks of votes and games."""
    nouns = (lexicon.noun_lemma(t) for t in doc if t.pos_ in ("NOUN", "PROPN"))
    return sum(noun in lexicon.sets["contested"] for noun in nouns)


def in_contest(name: str, token: Token, roles: Roles, cast: Cast, contests: int) -> bool:
    """Whether a verb, by its name in the rules, tells of a vote or game: where, or for what, says so; or it is what persons do in a text
    that speaks of votes `contests` times; or one is beaten whom nobody beats with sticks."""
    if name not in CONTENDING:
        return False
    contested = event_lexicon().sets["contested"]
    for case, noun in syntax.obliques(token):
        lemma = event_lexicon().noun_lemma(noun)
        if case == "for" and (lemma == "place" or lemma in contested):
            return True  # "battles them for second place"
        if name in OVERCOMING and case in ("in", "at", "by") and lemma in contested:
            return True
    kinds = {cast.kind(i) for i in roles.agents}
    if kinds == {"Person"} and contests >= OFTEN:
        return True  # "captured two states"
    kinds |= {cast.kind(i) for i in roles.recipients}
    return name == "beat" and bool(roles.agents and roles.recipients) and "Group" not in kinds
