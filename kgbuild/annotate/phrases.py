"""Noun phrases read off the tree: extent, determiner, number, and what stands in quotation marks."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

__all__ = [
    "determiner",
    "extent",
    "is_argument",
    "is_plural",
    "is_predicate",
    "joined_people",
    "number_of",
    "rank",
    "sentence_numbers",
]

_LEFT = frozenset({"det", "amod", "compound", "nummod", "advmod", "flat", "nmod", "punct", "obl"})
"""Relations (without subtype) of what may stand before the head of a noun phrase."""


def extent(head: Token) -> tuple[int, int]:
    """Tokens from the determiner to the head of a noun phrase, without what follows the head."""
    start = head.i
    for child in head.lefts:
        if child.dep_.partition(":")[0] not in _LEFT:
            continue
        left = child.left_edge.i
        if child.is_punct and child.text not in {"-", "–"}:
            continue
        if child.i - left > 6 and any(
            t.pos_ in {"VERB", "AUX"} and t.dep_ not in {"amod", "compound"} for t in head.doc[left : child.i]
        ):
            continue
        start = min(start, left)
    if start < head.i:
        start = max(start, head.sent.start)
    while start < head.i and _opens_none(head.doc[start]):
        start += 1
    for i in range(head.i - 1, start - 1, -1):
        token = head.doc[i]
        mark = token.text
        if token.is_space or (mark in {",", ";", ":", "—", "–"} and token.whitespace_ != "") or mark in {";", ":", "("}:
            comma = mark == "," and token.head.i > i and any(c.dep_ == "amod" for c in head.lefts if c.i < i)
            if not comma:
                return i + 1, head.i + 1
    if start == head.i:
        return start, start + 1
    if head.doc[start].lower_ in {"least", "most"} and start + 1 < head.i and head.doc[start + 1].tag_ == "CD":
        start += 1  # "at least [43 people]"
    number = next((t.i for t in head.doc[start : head.i] if t.tag_ == "CD"), None)
    if (
        number is not None
        and number > start
        and head.doc[start].tag_ in {"JJ", "VBN", "RP"}
        and head.doc[start].lower_ not in {"more", "fewer", "least", "other"}
    ):
        start = number  # "shot dead [three women]"
    return start, head.i + 1


def _opens_none(token: Token) -> bool:
    """Whether a word or mark before a noun is none of its phrase: white space, a mark, a preposition or conjunction."""
    return bool(
        token.is_space
        or token.is_punct
        or (token.pos_ in {"ADP", "CCONJ", "SCONJ"} and token.tag_ not in {"DT", "PDT"})
    )


def determiner(head: Token, start: int) -> str:
    """The determiner, possessive pronoun or number that opens a phrase, lower-case; "" without one."""
    if start >= head.i:
        return ""
    token = head.doc[start]
    return str(token.lower_) if token.dep_.startswith("det") or token.tag_ in {"DT", "PDT", "PRP$"} else ""


def is_plural(token: Token) -> bool:
    """Whether a noun is plural by its tag, or a plural without ending ("police", "troops")."""
    return token.tag_ in {"NNS", "NNPS"} or token.lower_ in {"police", "people", "staff", "personnel", "militia"}


def number_of(head: Token) -> Token | None:
    """The numeral that counts a noun, if any."""
    return next(
        (
            c
            for c in head.lefts
            if c.dep_.startswith("nummod") or (c.tag_ == "CD" and c.dep_ in {"amod", "det", "compound"})
        ),
        None,
    )


def is_predicate(head: Token) -> bool:
    """Whether a noun is the predicate of a copula ("is a nuclear country")."""
    return any(c.dep_ == "cop" for c in head.children) or (head.dep_ == "xcomp")


def joined_people(head: Token) -> Token | None:
    """The last noun of "three women and two children": counted nouns joined right behind one another, whatever the tree says."""
    doc, i, last = head.doc, head.i, None
    while (
        i + 3 < len(doc) + 0
        and doc[i + 1].lower_ in {"and", ","}
        and doc[i + 2].tag_ == "CD"
        and doc[i + 3].tag_ == "NNS"
    ):
        i += 3
        last = doc[i]
    return last


def is_argument(head: Token) -> bool:
    """Whether a noun takes part in an event as subject, object or agent, or names a source."""
    dep = head.dep_.split(":")[0]
    if dep == "conj":
        return is_argument(head.head) if head.head != head else False
    return dep in {"nsubj", "obj", "iobj", "obl", "nmod"}


def rank(token: Token) -> int:
    """Salience of a mention's head by its place in the clause: subject 4, object 3, other arguments 2, the rest 1."""
    for _ in range(4):
        if token.dep_ in {"conj", "appos", "flat"} and token.head != token:
            token = token.head
        else:
            break
    dep = token.dep_.split(":")[0]
    return {
        "nsubj": 4,
        "csubj": 4,
        "obj": 3,
        "iobj": 3,
        "ROOT": 3,
        "obl": 2,
        "nmod": 1 if token.dep_ != "nmod:poss" else 2,
    }.get(dep, 1)


def sentence_numbers(doc: Doc) -> list[int]:
    """For each token the number of its sentence."""
    numbers = [0] * len(doc)
    for number, sentence in enumerate(doc.sents):
        for i in range(sentence.start, sentence.end):
            numbers[i] = number
    return numbers


def conjuncts(head: Token) -> Iterator[Token]:
    """A noun and what is joined to it by "and"."""
    yield head
    for child in head.rights:
        if child.dep_ == "conj":
            yield from conjuncts(child)
