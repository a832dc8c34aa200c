"""Rows of the stance corpora as the network reads them: DSE (attitude between a pair), NewsMTSC (attitude toward one target).

A row's entities are character ranges in order of place. Labels of a pair: 0 none, 1 and 2 positive, 3 and 4 negative; 1 and 3 from the
first to the second, 2 and 4 back. Labels of a target: 0 negative, 1 neutral, 2 positive.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Token

from kgbuild.annotate.encoder import MIDDLE, Encoder, WordPieces
from kgbuild.annotate.leanings import FIRST, SECOND, roles_of, window
from kgbuild.annotate.trees import Array
from kgbuild.config import data_path

from .marking import marked

__all__ = ["OPEN", "SWAPPED", "Row", "Seen", "distinct", "dse", "language", "newsmtsc", "seen", "silver"]

SWAPPED = (0, 2, 1, 4, 3)
"""Label of a pair -> the label when the two change places."""
OPEN = -100
"""Label for the head that a row has nothing to say to."""
TOGETHER = 5
"""Sentences in one text: the encoder reads articles, so none of these stands always at the beginning of a window."""
PAIRS = 2
"""Pairs taken of one unlabelled sentence."""
MIN_TOKENS, MAX_TOKENS = 6, 70
NAMES = frozenset({"PERSON", "ORG", "LOC", "NORP"})
MTSC = Path("NewsSentiment/controller_data/datasets/NewsMTSC-dataset/train.jsonl")


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence with the ranges of one or two entities, its label, and the number of its line."""

    text: str
    spans: tuple[tuple[int, int], ...]
    label: int
    line: int
    swapped: bool = False
    """Whether the corpus names the second entity first, so that its label is the other way round."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A row as the network reads it: pieces (n, width) half way through the encoder, which of them are of the first and second
    entity (`roles`, (n,)) and of anybody (`actors`, (n,)), and the label of each head."""

    pieces: Array
    roles: Array
    actors: Array
    pair: int
    target: int
    soft: Array | None = None
    """What a teacher says of the pair: probabilities of its labels."""

    def __len__(self) -> int:
        return len(self.roles)


def dse(folder: Path, split: str) -> Iterator[Row]:
    """Rows of DSE: sentence with both entities in brackets, p, q, label. Rows whose brackets cannot be told are left out."""
    with (folder / "dataset" / f"{split}.txt").open(encoding="utf-8", newline="") as lines:
        for n, (sentence, p, q, label) in enumerate(csv.reader(lines, delimiter="\t")):
            row = _bracketed(n, sentence, p, q, int(label))
            if row is not None:
                yield row


def _bracketed(line: int, sentence: str, p: str, q: str, label: int) -> Row | None:
    begin_p, begin_q = sentence.find(f"[{p}]"), sentence.find(f"[{q}]")
    if p == q:
        begin_q = sentence.find(f"[{q}]", begin_p + 1)
    if begin_p < 0 or begin_q < 0 or begin_p == begin_q:
        return None
    swapped = begin_q < begin_p
    if swapped:
        p, q, begin_p, begin_q, label = q, p, begin_q, begin_p, SWAPPED[label]
    before, middle = sentence[:begin_p], sentence[begin_p + len(p) + 2 : begin_q]
    after = sentence[begin_q + len(q) + 2 :]
    first = (len(before), len(before) + len(p))
    second = (first[1] + len(middle), first[1] + len(middle) + len(q))
    return Row(before + p + middle + q + after, (first, second), label, line, swapped)


def newsmtsc(folder: Path) -> Iterator[Row]:
    """Rows of NewsMTSC, one a target; its polarity of 2, 4 or 6 as 0, 1, 2."""
    with (folder / MTSC).open(encoding="utf-8") as lines:
        for n, line in enumerate(lines):
            item = json.loads(line)
            for target in item["targets"]:
                span = (int(target["from"]), int(target["to"]))
                yield Row(item["sentence_normalized"], (span,), int(target["polarity"]) // 2 - 1, n)


def distinct(rows: Iterable[Row]) -> list[Row]:
    """Rows without exact repetitions."""
    kept: dict[tuple[str, tuple[tuple[int, int], ...], int], Row] = {}
    for row in rows:
        kept.setdefault((row.text, row.spans, row.label), row)
    return list(kept.values())


def language() -> Language:
    """The shipped pipeline, its encoder keeping what it has made half way."""
    nlp = spacy.load(data_path("model"))
    encoder = nlp.get_pipe("encoder")
    assert isinstance(encoder, Encoder)
    encoder.keep_middle = True
    return nlp


def seen(rows: Sequence[Row], nlp: Language, seed: int = 1) -> list[Seen | None]:
    """The rows as the network reads them, each sentence among others drawn by chance; None where an entity has no word."""
    texts = sorted({r.text for r in rows})
    random.Random(seed).shuffle(texts)
    encoder = nlp.get_pipe("encoder")
    pieces: dict[str, tuple[Array, list[tuple[int, int]], Array]] = {}
    for at in range(0, len(texts), TOGETHER):
        some = texts[at : at + TOGETHER]
        doc = nlp.make_doc("\n\n".join(some))
        encoder(doc)
        middle = doc.user_data[MIDDLE]
        begin = 0
        for text in some:
            tokens = [t for t in doc if begin <= t.idx < begin + len(text)]
            values, owners = middle.of(tokens[0].i, tokens[-1].i + 1)
            places = {t.i: (t.idx - begin, t.idx - begin + len(t)) for t in tokens}
            named = np.array([doc[int(i)].ent_type_ in NAMES or _stands_for_somebody(doc[int(i)]) for i in owners])
            pieces[text] = values.astype(np.float16), [places[int(i)] for i in owners], named
            begin += len(text) + 2
    return [_seen(row, *pieces[row.text]) for row in rows]


def _stands_for_somebody(token: Token) -> bool:
    return token.tag_ == "PRP" and token.lower_ != "it"


def _seen(row: Row, values: Array, places: Sequence[tuple[int, int]], named: Array) -> Seen | None:
    roles = roles_of(places, row.spans)
    actors = (named | (roles > 0)).astype(np.int64)
    if any(n not in roles for n in range(FIRST, len(row.spans) + FIRST)):
        return None
    begin, end = window(roles)
    roles = roles[begin:end]
    pair, target = (row.label, OPEN) if len(row.spans) == 2 else (OPEN, row.label)
    if len(row.spans) == 1:  # the one target stands in the second place: the head of targets looks there
        roles = np.where(roles == FIRST, SECOND, 0)
    return Seen(values[begin:end], roles, actors[begin:end], pair, target)


def silver(texts: Iterable[str], nlp: Language, seed: int = 1) -> Iterator[tuple[Seen, tuple[list[int], list[int]]]]:
    """Pairs of names in sentences of news that nobody has labelled: how the network reads each, and how the teacher does.

    At most PAIRS of a sentence, by chance; sentences stand in their articles, as at run time.
    """
    chance = random.Random(seed)
    encoder, word = nlp.get_pipe("encoder"), WordPieces(data_path("model", "encoder", "tokenizer.json"))
    for text in texts:
        doc = nlp.make_doc(text)
        encoder(doc)
        middle = doc.user_data[MIDDLE]
        for sentence in doc.sents:
            names = [e for e in sentence.ents if e.label_ in NAMES]
            pairs = [(a, b) for n, a in enumerate(names) for b in names[n + 1 :] if a.text != b.text]
            if not pairs or not MIN_TOKENS <= len(sentence) <= MAX_TOKENS:
                continue
            values, owners = middle.of(sentence.start, sentence.end)
            named = np.array([doc[int(i)].ent_type_ in NAMES or _stands_for_somebody(doc[int(i)]) for i in owners])
            words = [word(t.text) for t in sentence]
            for a, b in chance.sample(pairs, min(PAIRS, len(pairs))):
                first, second = ((e.start - sentence.start, e.end - sentence.start) for e in (a, b))
                read = marked(words, first, second)
                roles: Array = np.zeros(len(owners), np.int64)
                for role, e in ((FIRST, a), (SECOND, b)):
                    roles[(owners >= e.start) & (owners < e.end)] = role
                begin, end = window(roles)
                if read is not None and {FIRST, SECOND} <= set(roles[begin:end].tolist()):
                    actors = (named | (roles > 0)).astype(np.int64)
                    yield (
                        Seen(values[begin:end].astype(np.float16), roles[begin:end], actors[begin:end], OPEN, OPEN),
                        read,
                    )
