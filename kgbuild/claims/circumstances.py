"""When an event happened and how many it touched, read from the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from spacy.tokens import Doc, Token

from kgbuild.claims import syntax
from kgbuild.layers import TimeExpression, slice_of, text_of

__all__ = ["Times", "quantity"]

CLIMB = ("xcomp", "acl", "advcl", "conj", "amod", "ccomp")
MAX_STEPS = 6
SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split()
    )
}
TENS = {word: 10 * (i + 2) for i, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


class Times:
    """The time expressions of a Doc by the clause they stand in."""

    def __init__(self, doc: Doc) -> None:
        self._of: dict[int, list[tuple[int, TimeExpression]]] = {}
        for time in doc._.times:
            tokens = slice_of(doc, time.span)
            if tokens is None:
                continue
            clause = syntax.clause_head(tokens.root)
            self._of.setdefault(clause.i, []).append((tokens.root.i, time))
            holder = tokens.root.head
            if holder.pos_ in ("NOUN", "PROPN") and holder.i != clause.i:
                self._of.setdefault(holder.i, []).append((tokens.root.i, time))

    def of(self, trigger: Token, clause: Token) -> TimeExpression | None:
        """The time of an event: said of its noun, in its clause, or in the clause an open clause hangs on."""
        if trigger.i in self._of:
            return self._nearest(trigger.i, trigger)
        current = clause
        for _ in range(MAX_STEPS):
            if current.i in self._of and (found := self._nearest(current.i, trigger, first=current is not clause)):
                return found
            if current.head == current or syntax.base(current.dep_) not in CLIMB or _own_time(current, clause):
                return None
            current = syntax.clause_head(current.head)
        return None

    def _nearest(self, index: int, trigger: Token, first: bool = False) -> TimeExpression | None:
        """The expression nearest to the trigger; for an inherited one (`first`) only one written before the trigger."""
        found = [
            (abs(i - trigger.i), i, t)
            for i, t in self._of[index]
            if (not first or i < trigger.i) and not _crossed(trigger, trigger.doc[index], i)
        ]
        return min(found, key=lambda f: f[:2])[2] if found else None


def quantity(heads: Iterable[Token]) -> tuple[float | None, str | None]:
    """The number that counts the first counted phrase, and its words with the noun: (12.0, "at least 12 nurses")."""
    for head in heads:
        for number in (c for c in head.children if c.dep_ == "nummod" and c.pos_ == "NUM"):
            value = _value(number)
            if value is not None:
                words = [t for t in number.subtree if not t.is_punct] + [head]
                return value, text_of(head.doc)[slice(*syntax.token_span(words))]
    return None, None


def _crossed(trigger: Token, clause: Token, at: int) -> bool:
    """Whether a time after the trigger belongs, by the order of words, to another verb: one with a tense and a subject between."""
    for token in trigger.doc[trigger.i + 1 : max(at, trigger.i + 1)]:
        verb = token.head if token.tag_ == "MD" or syntax.base(token.dep_) in ("aux", "cop") else token
        if token.tag_ not in ("VBD", "VBP", "VBZ", "MD") or verb.i in (trigger.i, clause.i):
            continue
        told = verb.dep_ == "acl:relcl" and verb.right_edge.i < at and verb.doc[verb.right_edge.i + 1].text == ","
        if not told and any(syntax.base(c.dep_) == "nsubj" and trigger.i < c.i for c in verb.children):
            return True
    return False


def _own_time(current: Token, clause: Token) -> bool:
    """Whether a clause has a tense of its own, so that the time of the clause above need not be its time."""
    finite = current.tag_ in ("VBD", "VBP", "VBZ") or any(
        c.tag_ in ("VBD", "VBP", "VBZ", "MD") for c in syntax.children(current, "aux", "cop")
    )
    return finite and syntax.base(current.dep_) in ("ccomp", "advcl", "acl")


def _value(number: Token) -> float | None:
    """The value of a number's words, None when they are no plain number ("3,000 to 5,000", "1990s")."""
    words = sorted((t for t in number.subtree if t.pos_ == "NUM" or t.lower_ in SCALES), key=lambda t: t.i)
    total, current, seen = 0.0, 0.0, False
    for token in words:
        word = token.lower_
        if FIGURE.fullmatch(word):
            if seen:
                return None
            current = float(word.replace(",", ""))
        elif word in SCALES:
            current = (current or 1.0) * SCALES[word]
            if SCALES[word] >= 1000:
                total, current = total + current, 0.0
        elif "-" in word and all(p in SMALL or p in TENS for p in word.split("-")):
            current += sum(TENS.get(p, SMALL.get(p, 0)) for p in word.split("-"))
        elif word in SMALL or word in TENS:
            current += TENS.get(word, SMALL.get(word, 0))
        else:
            return None
        seen = True
    return total + current if seen else None
