"""Read the corpora of stance into marked sentences: DSE (attitude between a pair), NewsMTSC (attitude toward one target).

A row's entities are character ranges in order of place. Labels of a pair: 0 none, 1 and 2 positive, 3 and 4 negative; 1 and 3 from the
first to the second, 2 and 4 back. Labels of a target: 0 negative, 1 neutral, 2 positive.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kgbuild.annotate.encoder import CLS, SEP, WordPieces, casing

PAIR_LABELS = ("none", "positive", "positive back", "negative", "negative back")
TARGET_LABELS = ("negative", "neutral", "positive")
SWAPPED = (0, 2, 1, 4, 3)
"""Label of a pair -> the label when the two change places."""
MAX_PIECES = 160
OPEN = -100
FIRST, SECOND = 1, 2
"""Role of the word pieces of the first and of the second entity; all others have role 0."""
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence with the ranges of one or two entities, and its label."""

    text: str
    spans: tuple[tuple[int, int], ...]
    label: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A row as the network reads it: pieces, casing classes, roles; targets are OPEN for the head that does not apply."""

    ids: list[int]
    casings: list[int]
    roles: list[int]
    pair: int
    target: int

    def __len__(self) -> int:
        return len(self.ids)


def dse(path: Path) -> Iterator[Row]:
    """Rows of a DSE file: sentence with both entities in brackets, p, q, label; rows whose brackets cannot be told are left out."""
    with path.open(encoding="utf-8", newline="") as lines:
        for sentence, p, q, label in csv.reader(lines, delimiter="\t"):
            row = _bracketed(sentence, p, q, int(label))
            if row is not None:
                yield row


def _bracketed(sentence: str, p: str, q: str, label: int) -> Row | None:
    begin_p, begin_q = sentence.find(f"[{p}]"), sentence.find(f"[{q}]")
    if p == q:
        begin_q = sentence.find(f"[{q}]", begin_p + 1)
    if begin_p < 0 or begin_q < 0 or begin_p == begin_q:
        return None
    if begin_q < begin_p:
        p, q, begin_p, begin_q, label = q, p, begin_q, begin_p, SWAPPED[label]
    before, middle = sentence[:begin_p], sentence[begin_p + len(p) + 2 : begin_q]
    after = sentence[begin_q + len(q) + 2 :]
    first = (len(before), len(before) + len(p))
    second = (first[1] + len(middle), first[1] + len(middle) + len(q))
    return Row(before + p + middle + q + after, (first, second), label)


def newsmtsc(path: Path) -> Iterator[Row]:
    """Rows of a NewsMTSC file, one a target; its polarity of 2, 4 or 6 as 0, 1, 2."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            for target in item["targets"]:
                yield Row(
                    item["sentence_normalized"],
                    ((int(target["from"]), int(target["to"])),),
                    int(target["polarity"]) // 2 - 1,
                )


def distinct(rows: Iterator[Row]) -> list[Row]:
    """Rows without exact repetitions."""
    return list(dict.fromkeys(rows))


def marked(row: Row, word: WordPieces) -> Marked | None:
    """A row in pieces, cut around its entities to MAX_PIECES; None when an entity has no word.

    An entity takes in every word that it touches: brackets of the corpus cut words ("[Kasich']s").
    """
    ids, casings, roles = [], [], []
    for found in _WORD.finditer(row.text):
        pieces = word(found.group())
        role = 0
        for n, (begin, end) in enumerate(row.spans, FIRST):
            if found.start() < end and begin < found.end():
                role = n
        ids += pieces
        casings += [casing(found.group())] * len(pieces)
        roles += [role] * len(pieces)
    if not all(n in roles for n in range(FIRST, len(row.spans) + FIRST)):
        return None
    begin, end = window(roles, MAX_PIECES - 2)
    target = row.label if len(row.spans) == 1 else OPEN
    pair = row.label if len(row.spans) == 2 else OPEN
    if len(row.spans) == 1:  # the one target stands in the second place: the head of targets looks there
        roles = [SECOND if r else 0 for r in roles]
    return Marked(
        [CLS, *ids[begin:end], SEP], [0, *casings[begin:end], 0], [0, *roles[begin:end], 0], pair, target
    )


def window(roles: list[int], size: int) -> tuple[int, int]:
    """The `size` pieces around the entities, which come whole where they fit."""
    places = [i for i, r in enumerate(roles) if r]
    middle = (places[0] + places[-1]) // 2
    begin = max(0, min(middle - size // 2, len(roles) - size))
    return begin, min(len(roles), begin + size)
