"""Further mentions of what an article names: the same words where the model saw no name, and inside longer names."""

from __future__ import annotations

from collections import Counter

from spacy.tokens import Doc

from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.words import words
from kgbuild.layers import is_masked

__all__ = ["add_repeats"]

_OFTEN = 3
"""Times a body or topic must be named by itself to be meant inside another name ("the [League] Bank")."""


def add_repeats(doc: Doc, draft: Draft) -> None:
    """Add a Found for every unmarked repeat of a name; none for words that name two things or start another name.

    A repeat inside a longer name must leave out its head: "the [Oren] Foundation" speaks of Oren, "Petra Oren" of one person only.
    """
    named: dict[tuple[str, ...], Counter[int]] = {}
    nodes: dict[int, Node] = {}
    first: dict[str, set[tuple[str, ...]]] = {}
    for found in draft.found:
        if found.form != "name" or len(found.nodes) != 1:
            continue
        surface = tuple(t.text for t in doc[found.start : found.end])
        if _telling(surface):
            one = _one(found.node)
            nodes.setdefault(id(one), found.node)
            named.setdefault(surface, Counter())[id(one)] += 1
            first.setdefault(surface[0], set()).add(surface)
    longest_first = {word: sorted(surfaces, key=lambda s: (-len(s), s)) for word, surfaces in first.items()}
    for token in doc:
        if token.text not in longest_first or is_masked(token):
            continue
        for surface in longest_first[token.text]:
            start, end = token.i, token.i + len(surface)
            if len(named[surface]) > 1 or tuple(t.text for t in doc[start:end]) != surface:
                continue
            node = nodes[next(iter(named[surface]))].final
            often = named[surface].total() >= _OFTEN
            if _free(doc, draft, start, end) or _inside(doc, draft, start, end, node, often):
                draft.record(Found(start, end, doc[start:end].root.i, "name", [node], 0.6))
                break


def _one(node: Node) -> Node:
    """A state and its territory are one thing here."""
    node = node.final
    return node.twin if node.kind == "Place" and node.twin is not None else node


def _telling(surface: tuple[str, ...]) -> bool:
    """Whether words are a name wherever they stand: with a capital, and not one short or common word alone."""
    text = surface[0]
    if len(surface) > 1:
        return any(w[:1].isupper() for w in surface)
    return len(text) > 2 and any(c.isupper() for c in text) and text.lower() not in words("body_nouns")


def _free(doc: Doc, draft: Draft, start: int, end: int) -> bool:
    """Whether no name lies there and the words stand as a whole name of their own."""
    if any(f.form != "nominal" or f.start == i for i in range(start, end) for f in draft.at(i)):
        return False
    if not all(doc[i].pos_ in {"PROPN", "ADP", "DET", "NOUN", "ADJ", "X"} for i in range(start, end)):
        return False
    if not any(doc[i].pos_ == "PROPN" for i in range(start, end)):
        return False
    beside = [doc[i] for i in (start - 1, end) if 0 <= i < len(doc)]
    return not any(t.pos_ == "PROPN" and t.text[:1].isupper() for t in beside) and not draft.clashes(start, end)


def _inside(doc: Doc, draft: Draft, start: int, end: int, node: Node, often: bool) -> bool:
    """Whether the words are part of the name of something else and not its head ("[Arton] University", "Bank of [Arland]")."""
    known = node.kind in {"Person", "State", "City"} or (node.kind == "Place" and node.entry is not None)
    if not known and not (often and node.kind in {"Organization", "Topic"}):
        return False
    around = [f for f in draft.at(start) if f.start <= start and end <= f.end and f.form in {"name", "metonym"}]
    if len(around) != 1 or draft.clashes(start, end):
        return False
    outer, inner = around[0], doc[start:end].root
    if start <= outer.head < end or _one(outer.node) is _one(node) or outer.node.kind == "Person":
        return False
    if inner.dep_ not in ({"compound", "nmod"} if known else {"compound"}) or doc[outer.end - 1].lower_ in words(
        "wider_place_nouns"
    ):
        return False
    return not (inner.dep_ == "nmod" and outer.node.kind in {"City", "Place"} and node.kind != "Person")
