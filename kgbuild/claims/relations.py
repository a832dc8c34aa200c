"""Reads standing relations between actors: allies and foes, who is backed by whom, "pro-" and "anti-", who fights beside whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from kgbuild.claims import syntax
from kgbuild.claims.cues import stance_rules
from kgbuild.claims.lexicon import event_lexicon
from kgbuild.claims.roles import Cast
from kgbuild.ids import ACTOR_KINDS
from kgbuild.layers import is_masked, text_of

__all__ = ["Relation", "relations"]

SIDES = {"pro": 1.0, "anti": -1.0}
BESIDE = frozenset({"alongside", "beside", "side by side with"})


@dataclass(frozen=True, slots=True)
class Relation:
    """Holders and targets (entity ids), the rule that says what it means, the sign it turns the score by, the word it hangs on."""

    holders: tuple[str, ...]
    targets: tuple[str, ...]
    rule: str
    cue: Token
    sign: float = 1.0


def relations(doc: Doc, cast: Cast) -> Iterator[Relation]:
    """The relations that words of a Doc state, in the order of these words."""
    named = _named(doc, cast)
    for token in doc:
        if is_masked(token):
            continue
        for found in (_kin(token, cast), _backed(token, cast), _sided(token, cast, named), _beside(token, cast)):
            if found is not None and found.holders and found.targets:
                yield found


def _kin(token: Token, cast: Cast) -> Relation | None:
    """ "Kenya's ally Uganda", "she is a critic of the coalition"."""
    rule = stance_rules().relation_words.get(event_lexicon().noun_lemma(token)) if token.pos_ == "NOUN" else None
    if rule is None or cast.named(token):
        return None
    whose = [t for slot, t in syntax.nominal_arguments(token) if slot in ("poss", "of", "to")]
    targets = cast.actors(whose)
    if not targets:
        return None
    who = syntax.subjects(token) if syntax.children(token, "cop") else []
    who += [t for t in syntax.appositions(token) if t.dep_ != "conj"]
    if not who and token.dep_ in ("compound", "nmod:desc", "flat"):
        who = [token.head]
    if any(c.lower_ in ("not", "n't", "former", "never", "no", "ex", "erstwhile") for c in token.children):
        return None
    return Relation(cast.actors(t for t in who if t.i != token.i), targets, rule, token)


def _backed(token: Token, cast: Cast) -> Relation | None:
    """ "Iran-backed militia": who backs, and the noun it is said of."""
    if token.dep_ not in ("amod", "acl") or "backing" not in stance_rules().relations:
        return None
    lemma = event_lexicon().verb_lemma(token)
    if stance_rules().relation_words.get(lemma) != "backing" or token.i == 0 or token.nbor(-1).text not in "-‐‑–":
        return None
    holders = cast.actors(c for c in token.children if c.i < token.i and c.pos_ in ("PROPN", "NOUN", "ADJ"))
    return Relation(holders, cast.actors([token.head]), "backing", token)


def _sided(token: Token, cast: Cast, named: dict[str, tuple[str, ...]]) -> Relation | None:
    """ "pro-Kenyan rebels", "anti-Tiger militia": on whose side the noun's actor is."""
    prefix, hyphen, name = token.lower_.partition("-")
    if not hyphen or prefix not in SIDES or token.dep_ not in ("amod", "compound", "nmod:desc", "nmod"):
        return None
    targets = named.get(name, ())
    return Relation(cast.actors([token.head]), targets, "side", token, SIDES[prefix])


def _beside(token: Token, cast: Cast) -> Relation | None:
    """ "They fought alongside the coalition"."""
    if token.pos_ != "VERB" or stance_rules().relation_words.get(event_lexicon().verb_lemma(token)) != "beside":
        return None
    beside = [t for case, t in syntax.obliques(token) if case in BESIDE]
    return Relation(cast.actors(syntax.agents(token)), cast.actors(beside), "beside", token)


def _named(doc: Doc, cast: Cast) -> dict[str, tuple[str, ...]]:
    """What actors are called in a Doc, in lower case -> their ids."""
    found: dict[str, tuple[str, ...]] = {}
    for mention in doc._.mentions:
        actors = tuple(i for i in mention.entities if cast.kind(i) in ACTOR_KINDS)
        if mention.form in ("name", "metonym", "adjective") and actors:
            text = text_of(doc)[mention.span.begin : mention.span.end].lower()
            found.setdefault(text, actors)
            if all(cast.kind(i) == "Person" for i in actors):
                found.setdefault(text.rpartition(" ")[2], actors)
    return found
