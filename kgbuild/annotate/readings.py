"""Decide for each name of a state or capital whether it speaks of the actor or of the place."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.linking import STATE_METONYM, state_node
from kgbuild.annotate.words import words

__all__ = ["is_actor", "read"]


def read(doc: Doc, draft: Draft) -> None:
    """Point each mention of a state at the State or at its Place, and each capital that acts at its State, as a metonym."""
    for found in draft.found:
        node = found.nodes[0]
        if node.kind == "State" and node.twin is not None:
            if found.form == "adjective":
                continue
            surface = doc[found.start : found.end].text
            metonym = draft.base.metonym(surface)
            if metonym is not None and metonym.city is None and STATE_METONYM.search(metonym.stands_for):
                found.form = "metonym"
            elif _located(doc, draft, found) or not is_actor(doc[found.head], False):
                found.nodes = [node.twin]
        elif node.kind == "City":
            _capital(doc, draft, found, node)
        elif node.kind == "Organization" and node.entry is not None:
            metonym = draft.base.metonym(doc[found.start : found.end].text)
            if (
                metonym is not None
                and metonym.target is not None
                and metonym.target.id == node.entry.id
                and metonym.city is None
            ):
                found.form = "metonym"


def _capital(doc: Doc, draft: Draft, found: Found, node: Node) -> None:
    if node.entry is None or not is_actor(doc[found.head], True):
        return
    metonym = draft.base.metonym(doc[found.start : found.end].text)
    if metonym is None or metonym.city is None or metonym.city.id != node.entry.id:
        return
    if STATE_METONYM.search(metonym.stands_for) and metonym.state is not None:
        found.nodes, found.form = [state_node(draft, metonym.state)], "metonym"


def _located(doc: Doc, draft: Draft, found: Found) -> bool:
    """ "Homs, Syria": the state behind a comma says where the place lies."""
    if found.start < 2 or doc[found.start - 1].text != ",":
        return False
    before = [f.node for f in draft.at(found.start - 2) if f.node.kind in {"City", "Place"} and f.node.twin is None]
    for node in before:
        if node.entry is None and node.within is None:
            node.within = found.node.twin
    return bool(before)


def is_actor(token: Token, city: bool) -> bool:
    """Whether the head token of a state's (or capital's) name stands where an actor stands.

    A state is an actor unless its place in the sentence makes it a place; a capital (`city`) is a place unless it must be an actor.
    """
    if any(c.dep_ == "amod" and c.lower_ in words("place_adjectives") for c in token.lefts):
        return False
    for _ in range(6):
        if token.head != token and (token.dep_ == "conj" or (token.dep_ == "appos" and token.head.pos_ == "PROPN")):
            token = token.head
        else:
            break
    dep, head = token.dep_, token.head
    base = dep.split(":")[0]
    if dep == "obl:agent":
        return True
    if base == "nsubj":
        return _subject(token, head, dep, city)
    case = [c.lower_ for c in token.children if c.dep_ == "case"]
    if dep == "nmod:poss" or "'s" in case or "’s" in case or any(c.tag_ == "POS" for c in token.children):
        return head.lemma_.lower() not in words("place_nouns")
    if base in {"compound", "amod"}:
        if city:
            return False
        return head.lemma_.lower() not in words("place_compounds") and head.lemma_.lower() not in words("place_nouns")
    if base in {"obj", "iobj"}:
        verb = head.lemma_.lower()
        if city:
            return verb in words("address_verbs")
        return verb not in words("place_object_verbs") or verb in words("address_verbs")
    if case:
        return _under_preposition(token, head, case[0], city)
    if dep in {"ROOT", "parataxis"}:
        before = token.nbor(-1).text if token.i > 0 else ""
        return before in {":", "-", "–", "—"} or (not city)
    return not city and base in {"appos", "vocative", "xcomp", "nmod", "dislocated"}


def _subject(token: Token, verb: Token, dep: str, city: bool) -> bool:
    if not city:
        return True
    lemma = verb.lemma_.lower()
    if any(c.dep_ == "cop" for c in verb.children):
        return verb.pos_ == "ADJ" and lemma in words("minded_adjectives")
    if verb.pos_ not in {"VERB", "AUX"}:
        return False
    if dep == "nsubj:pass":
        return lemma in words("judged_verbs")
    return lemma in words("speech_verbs") or lemma in words("state_acts")


def _under_preposition(token: Token, head: Token, preposition: str, city: bool) -> bool:
    governor = head.lemma_.lower()
    if preposition == "of":
        if city:
            return governor in words("attitude_nouns")
        return governor in words("attitude_nouns") or governor in words("actor_nouns")
    if preposition == "between":
        return governor in words("relation_words")
    if (
        preposition in {"to", "from"}
        and head.pos_ == "VERB"
        and any(c.dep_ == "obj" and c.lemma_.lower() in words("transfer_words") for c in head.children)
    ):
        return True
    if preposition in {"to", "from"}:
        return governor in words("transfer_words") and not (
            city and head.pos_ == "VERB" and governor in {"send", "deliver", "transfer"}
        )
    if preposition in words("actor_prepositions"):
        if not city:
            return preposition != "over"
        return preposition in {"against", "with", "by"} or (
            preposition == "on" and governor in {"sanction", "pressure", "attack"}
        )
    return preposition not in words("place_prepositions") and not city
