"""Which texts tell the same: equal or near-same sentences, and articles that copy one another.

Two sentences are near-same when the Jaccard coefficient of their sets of three-word shingles is at least NEAR (Broder, "On the
resemblance and containment of documents", 1997). Pairs are found by prefix filtering (Xiao et al., "Efficient similarity joins
for near duplicate detection", 2008), which compares only sentences that share one of their rarest shingles: no pair is missed
but for shingles that more than COMMON sentences hold, and the work grows with the number of sentences, not with its square.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import ceil
from typing import TypeVar

__all__ = ["Groups", "outlets", "same_sentences", "worded"]

NEAR = 0.6
"""Resemblance from which two sentences count as one: one or two words of twenty-five replaced, or a short clause added."""
SHORTEST = 8
"""Words a sentence must have to be compared for near-sameness: below, one other word is another statement."""
COMMON = 200
"""A shingle in more sentences than this is a stock phrase and not looked up: it would compare everything with everything."""
LONG = 60
"""Characters from which a shared sentence proves that one text stands behind two articles, as in the question corroboration."""

_SHINGLE = (1 << 72) - 1
_WORD = re.compile(r"\w+", re.UNICODE)
_QUOTED = re.compile('["“”]')

K = TypeVar("K", bound=Hashable)


def worded(sentence: str) -> str:
    """The sentence without what copies change: case, punctuation, blanks.

    >>> worded("Arland  shelled Selva, again.")
    'arland shelled selva again'
    """
    return " ".join(_WORD.findall(sentence.casefold()))


class Groups:
    """Disjoint sets of comparable values; a set is named by its smallest member."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def join(self, a: str, b: str) -> None:
        """Make the sets of a and b one."""
        first, second = sorted((self.of(a), self.of(b)))
        self._parent[second] = first

    def of(self, a: str) -> str:
        """The smallest member of the set of a; a itself when nothing was joined to it."""
        found = a
        while (up := self._parent.get(found, found)) != found:
            found = up
        while a != found:  # the way is shortened for the next time
            self._parent[a], a = found, self._parent.get(a, found)
        return found


def same_sentences(texts: Iterable[str]) -> dict[str, str]:
    """Each of the texts (as `worded` gives them) -> the first, in alphabetical order, of those that tell the same."""
    ordered = sorted(set(texts))
    shingles = _shingles(ordered)
    frequency: Counter[int] = Counter()
    for found in shingles.values():
        frequency.update(found)
    groups = Groups()
    index: defaultdict[int, list[str]] = defaultdict(list)
    for text, found in shingles.items():
        size = len(found)
        shared = [s for s in found if frequency[s] > 1]
        # Of the shingles, rarest first, one of the first size - NEAR * size + 1 is shared by whatever is near enough.
        prefix = size - ceil(NEAR * size) + 1 - (size - len(shared))
        if prefix <= 0:
            continue
        # Sorted by frequency, then shingle, as one number each; a shingle has 72 bits.
        rare = [s & _SHINGLE for s in sorted([(frequency[s] << 72) | s for s in shared])[:prefix]]
        # In whatever order pairs are joined, the groups and their first members are the same.
        for other in {t for s in rare for t in index.get(s, ())}:
            theirs = shingles[other]
            both = len(found & theirs)
            if both >= NEAR * (size + len(theirs) - both):
                groups.join(text, other)
        for s in rare:
            if frequency[s] <= COMMON:
                index[s].append(text)
    return {text: groups.of(text) for text in ordered}


def _shingles(texts: Sequence[str]) -> dict[str, frozenset[int]]:
    """The three-word shingles of each text that is long enough, as numbers: the words are numbered as they come up."""
    number: dict[str, int] = {}
    out = {}
    for text in texts:
        words = text.split(" ")
        if len(words) >= SHORTEST:
            n = [number.setdefault(w, len(number)) for w in words]
            out[text] = frozenset([(a << 48) | (b << 24) | c for a, b, c in zip(n, n[1:], n[2:], strict=False)])
    return out


def outlets(
    sentences: Iterable[tuple[str, str, str]], agencies: Mapping[str, str], publishers: Mapping[str, str]
) -> dict[str, str]:
    """Each article -> who stands behind it: its agency, that of an article it shares a sentence with, or its publisher.

    `sentences` holds (article, sentence, key of the texts that tell the same). A shared sentence that is long and free of quotation
    marks shows that one text stands behind both; articles without any credit that share one count as the first of them. It is the
    rule of the question corroboration, which compares sentences word for word. The names are in lower case; an article nobody is
    credited for stands for itself.
    """
    holders: defaultdict[str, set[str]] = defaultdict(set)
    articles: set[str] = set(agencies) | set(publishers)
    for article, sentence, key in sentences:
        articles.add(article)
        if len(sentence) >= LONG and not _QUOTED.search(sentence):
            holders[key].add(article)
    first = {a: a for a in articles}
    lent: dict[str, str] = {}
    for shared in holders.values():
        if len(shared) < 2:
            continue
        earliest = min(shared)
        agency = min((agencies[a].casefold() for a in shared if a in agencies), default=None)
        for a in shared:
            first[a] = min(first[a], earliest)
            if agency is not None:
                lent[a] = min(lent.get(a, agency), agency)
    out = {}
    for a in articles:
        own = agencies.get(a)
        credited = own.casefold() if own else lent.get(a)
        out[a] = credited or (publishers.get(first[a]) or publishers.get(a) or first[a]).casefold()
    return out
