"""Events that only the table of verbs knows: a coded verb between two actors.

Rules of data/events.yaml say which phrase of a verb plays which part. A verb that no rule lists but the table codes gives an event only
when an actor does it to another one, when it neither reports nor says how something else is put, and when the pair model gives what
passes between the two the type of the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from spacy.tokens import Token

from kgbuild.claims import syntax
from kgbuild.claims.pairs import pair_features, pair_model
from kgbuild.claims.reporting import lookup
from kgbuild.claims.roles import Cast, Roles
from kgbuild.vocab import EVENT_TYPES

__all__ = ["agrees", "bears", "direct_parties", "parties"]

LEAST = 0.3
"""Probability the pair model must give to the type of a code."""
CLASSES = {
    "Disapprove": "ACCUSE", "Investigate": "ACCUSE", "Retreat": "YIELD", "Concede": "YIELD", "Capture": "COERCE",
}  # fmt: skip
"""Types that are part of a class of the model."""
DIRECT = ("with", "against", "to", "on", "at", "from", "for")

INSIDE = (
    "of",
    "with",
    "by",
    "poss",
    "mod",
    "against",
    "from",
    "between",
    "on",
    "to",
    "for",
    "in",
    "over",
    "about",
    "toward",
)
CASES = (
    "with", "against", "to", "on", "at", "for", "from", "toward", "towards", "of", "upon", "about", "over", "by", "into", "in",
    "between", "near", "along",
)  # fmt: skip
CLAUSES = ("xcomp", "ccomp", "advcl", "acl")
DEPTH = 3


def agrees(verb: Token, cast: Cast, type: str, types: Mapping[int, str]) -> bool:
    """Whether the pair model reads the type of a code between who does a verb and whom it reaches."""
    source = [t for t in syntax.agents(verb) if cast.actors([t], acting=True)]
    target = [t for phrases in _direct(verb) for t in phrases if cast.actors([t], acting=True)]
    if not source or not target:
        return False
    chances = pair_model().probabilities(pair_features(verb.doc, source[:1], target[:1], types))
    return chances.get(CLASSES.get(type, EVENT_TYPES[type]), 0.0) >= LEAST


def bears(verb: Token) -> bool:
    """Whether a verb reports something or says how another predicate is put, and so names no deed of its own."""
    return bool(lookup(verb)) or any(child.dep_ in ("ccomp", "xcomp") for child in verb.children)


def direct_parties(verb: Token, cast: Cast) -> Roles:
    """Who does a verb and to whom, as its subject and as its object or in a phrase with it; empty without one of them."""
    agents = cast.actors(syntax.agents(verb), acting=True)
    for phrases in _direct(verb) if agents else ():
        found = tuple(i for i in cast.actors(phrases) if i not in agents)
        if found:
            return Roles(agents=agents, recipients=found)
    return Roles()


def _direct(verb: Token) -> Iterator[list[Token]]:
    yield syntax.patients(verb)
    yield syntax.indirect_objects(verb)
    for case in DIRECT:
        yield [t for c, t in syntax.obliques(verb) if c == case]


def parties(verb: Token, cast: Cast, places: bool = False) -> Roles:
    """Who does what a verb says and whom it reaches, both empty unless there is somebody on each side.

    `places`: places too can act and be reached, for schemes in which they stand for those who live there.
    """
    agents = _first(cast, syntax.agents(verb), (), places)
    if not agents:
        return Roles()
    for phrases in _reached(verb):
        found = _first(cast, phrases, agents, places)
        if found:
            return Roles(agents=agents, recipients=found)
    return Roles(agents=agents)


def _reached(verb: Token) -> Iterator[list[Token]]:
    """Phrases that may hold the one reached, the closest first."""
    yield syntax.patients(verb)
    yield syntax.indirect_objects(verb)
    oblique = syntax.obliques(verb)
    for case in CASES:
        if held := [t for c, t in oblique if c == case]:
            yield held
    for clause in syntax.children(verb, *CLAUSES):
        if clause.i > verb.i and (clause.dep_ != "advcl" or clause.tag_ in ("VB", "VBG")):
            yield syntax.own_subjects(clause)
            yield syntax.patients(clause)
            oblique = syntax.obliques(clause)
            for case in CASES:
                if held := [t for c, t in oblique if c == case]:
                    yield held
            if clause.pos_ in ("NOUN", "PROPN"):
                yield [clause]


def _first(cast: Cast, phrases: Iterable[Token], but: tuple[str, ...], places: bool) -> tuple[str, ...]:
    """The actors that phrases denote, else those named inside them; `but` left out."""

    def named(heads: list[Token]) -> tuple[str, ...]:
        ids: list[str] = []
        for head in heads:
            own = cast.actors([head], acting=True)
            ids += own or (cast.denoted(head) if places else ())
        return tuple(i for i in dict.fromkeys(ids) if i not in but)

    heads = list(phrases)
    for _ in range(DEPTH):
        if found := named(heads):
            return found
        inner = [held for slot in INSIDE if (held := [t for h in heads for s, t in _inside(h) if s == slot])]
        for held in inner:
            if found := named(held):
                return found
        heads = [t for held in inner for t in held]
    return ()


def _inside(noun: Token) -> list[tuple[str, Token]]:
    """What hangs on a noun, and on a participle that follows it ("roads leading into Kenya")."""
    found = syntax.nominal_arguments(noun)
    for clause in syntax.children(noun, "acl"):
        found += [("poss", t) for t in syntax.objects(clause)] + syntax.obliques(clause)
    return found
