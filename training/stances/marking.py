"""Sentences with their pair marked, as the teacher reads them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from spacy.language import Language

from kgbuild.annotate.encoder import CLS, SEP, WordPieces
from kgbuild.annotate.leanings import BATCH, FIRST, MOST_PIECES, SECOND, window
from kgbuild.config import data_path

__all__ = ["MARKERS", "PADDING", "Reader", "batches", "marked"]

MARKERS = {(FIRST, True): (3, 1), (FIRST, False): (4, 2), (SECOND, True): (5, 3), (SECOND, False): (6, 4)}
"""Role, whether the marker opens it -> the piece (one that no text holds) and its mark; all other pieces have mark 0."""
PADDING = 5
"""Mark of the pieces behind a row's own."""


def marked(
    words: Sequence[Sequence[int]], first: tuple[int, int], second: tuple[int, int]
) -> tuple[list[int], list[int]] | None:
    """A sentence as the network reads it: pieces and marks, a marker before and behind each actor; None where the two stand too far apart.

    `words` are the pieces of each token, `first` and `second` the actors' tokens, begin to end; an empty range is no actor.
    """
    roles = [
        FIRST if first[0] <= n < first[1] else SECOND if second[0] <= n < second[1] else 0
        for n, word in enumerate(words)
        for _ in word
    ]
    pieces = [piece for word in words for piece in word]
    begin, end = window(np.array(roles, np.int64), MOST_PIECES)
    if any(role in roles and role not in roles[begin:end] for role in (FIRST, SECOND)):
        return None
    ids, marks, before = [CLS], [0], 0
    for piece, role in [*zip(pieces[begin:end], roles[begin:end], strict=True), (SEP, 0)]:
        if role != before:
            for marker in ([MARKERS[before, False]] if before else []) + ([MARKERS[role, True]] if role else []):
                ids.append(marker[0])
                marks.append(marker[1])
            before = role
        ids.append(piece)
        marks.append(0)
    return ids, marks


def batches(sizes: Sequence[int], most: int = BATCH) -> list[list[int]]:
    """Places in order of size, cut so that a batch holds at most `most` pieces, padded to its longest."""
    out: list[list[int]] = []
    for i in sorted(range(len(sizes)), key=lambda i: (sizes[i], i)):
        if out and sizes[i] * (len(out[-1]) + 1) <= most:
            out[-1].append(i)
        else:
            out.append([i])
    return out


class Reader:
    """Sentences with ranges of characters -> pieces and marks."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self.pieces = WordPieces(data_path("model", "encoder", "tokenizer.json"))

    def __call__(
        self, text: str, first: tuple[int, int] | None, second: tuple[int, int]
    ) -> tuple[list[int], list[int]] | None:
        """One sentence; None where an actor has no token, both share one, or the two stand too far apart."""
        doc = self._nlp.make_doc(text)

        def tokens(span: tuple[int, int] | None) -> tuple[int, int]:
            inside = [t.i for t in doc if span is not None and t.idx < span[1] and span[0] < t.idx + len(t)]
            return (inside[0], inside[-1] + 1) if inside else (0, 0)

        one, other = tokens(first), tokens(second)
        if other[0] == other[1] or (first is not None and (one[0] == one[1] or one[1] > other[0])):
            return None
        return marked([self.pieces(t.text) for t in doc], one, other)
