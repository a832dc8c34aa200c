"""Turn gold Docs into what the encoder learns from: word pieces, casing classes and, for each word, numbered labels."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.tokens import Doc, DocBin, Token
from spacy.vocab import Vocab

from kgbuild.annotate.encoder import CLS, SEP, WordPieces, casing

MAX_PIECES = 384
"""Longest training document in word pieces; what lies behind is cut off."""
RARE = 6
"""A label seen less often than this is not learned (relations are learned from the first)."""
OPEN = -100
"""Target of a word that training passes over (the index that torch's cross-entropy ignores)."""
MIXED = 400
"""Documents among which batches of like length are formed."""

Labels = dict[str, list[str]]
"""Task ("xpos", "morph", "lemma", "rel", "ner") -> its labels, their place the number that the model predicts."""


@dataclass(frozen=True, slots=True)
class Item:
    """One document: pieces with their casing classes, first and last piece of each word, targets of each task.

    A target is a label's number or OPEN; "head" is 0 for a root, else the head's place from 1; "sent" is 1 where a sentence begins.
    `sentences` numbers each word's sentence (syntax only).
    """

    ids: list[int]
    casings: list[int]
    first: list[int]
    last: list[int]
    targets: dict[str, list[int]]
    sentences: list[int]

    def __len__(self) -> int:
        return len(self.first)


def lemma_script(form: str, lemma: str) -> str:
    """How a lemma is made from its word: "l2+y" cuts two letters of the lower-cased word and adds "y"; U keeps capitals; "=went" is a whole lemma."""
    lower, wanted = form.lower(), lemma.lower()
    shared = 0
    while shared < min(len(lower), len(wanted)) and lower[shared] == wanted[shared]:
        shared += 1
    if shared == 0 and lower != wanted:
        return "=" + lemma
    case = "U" if lemma != wanted and lemma == form else "l"
    return f"{case}{len(lower) - shared}+{wanted[shared:]}"


def syntax_labels(token: Token) -> dict[str, str]:
    """A token's label for each task that has a list of labels."""
    return {
        "xpos": token.tag_,
        "morph": f"{token.pos_}|{token.morph}",
        "lemma": lemma_script(token.text, token.lemma_),
        "rel": token.dep_,
    }


def name_label(token: Token) -> str:
    """B-KIND, I-KIND or O; empty where the corpus leaves the token open."""
    if not token.ent_iob:
        return ""
    return "O" if token.ent_iob_ == "O" else f"{token.ent_iob_}-{token.ent_type_}"


def inventory(syntax: Iterable[Doc], names: Iterable[Doc]) -> Labels:
    """The labels of the training corpora, rare ones left out, in alphabetical order (names: O, then B and I of each kind)."""
    counts: dict[str, Counter[str]] = {task: Counter() for task in ("xpos", "morph", "lemma", "rel")}
    for doc in syntax:
        for token in doc:
            for task, label in syntax_labels(token).items():
                counts[task][label] += 1
    labels = {
        task: sorted(label for label, n in count.items() if n >= (1 if task == "rel" else RARE))
        for task, count in counts.items()
    }
    kinds = sorted({span.label_ for doc in names for span in doc.ents})
    labels["ner"] = ["O", *(f"{mark}-{kind}" for kind in kinds for mark in "BI")]
    return labels


def items(docs: Iterable[Doc], pieces: WordPieces, labels: Labels, *, names: bool) -> list[Item]:
    """Training items of a corpus of names or of syntax; documents without a word are left out."""
    numbers = {task: {label: n for n, label in enumerate(known)} for task, known in labels.items()}
    made = []
    for doc in docs:
        ids, casings, first, last = [CLS], [0], [], []
        for token in doc:
            word = pieces(token.text)
            if len(ids) + len(word) > MAX_PIECES - 1:
                break
            first.append(len(ids))
            ids += word
            last.append(len(ids) - 1)
            casings += [casing(token.text)] * len(word)
        if not first:
            continue
        words = [doc[i] for i in range(len(first))]
        if names:
            targets, sentences = {"ner": [numbers["ner"].get(name_label(t), OPEN) for t in words]}, []
        else:
            targets, sentences = _syntax_targets(words, numbers), _sentences(words)
        made.append(Item([*ids, SEP], [*casings, 0], first, last, targets, sentences))
    return made


def _syntax_targets(words: Sequence[Token], numbers: dict[str, dict[str, int]]) -> dict[str, list[int]]:
    given = [syntax_labels(t) for t in words]
    targets = {task: [numbers[task].get(g[task], OPEN) for g in given] for task in ("xpos", "morph", "lemma", "rel")}
    targets["sent"] = [OPEN if t.is_space else int(bool(t.is_sent_start)) for t in words]
    targets["sent"][0] = 1
    heads = [0 if t.head.i == t.i else t.head.i + 1 for t in words]
    targets["head"] = [h if h <= len(words) else OPEN for h in heads]
    return targets


def _sentences(words: Sequence[Token]) -> list[int]:
    numbers, current = [], -1
    for token in words:
        current += bool(token.is_sent_start)
        numbers.append(max(current, 0))
    return numbers


def read_docs(path: Path, vocab: Vocab) -> Iterator[Doc]:
    """The Docs of a DocBin file, or of all those in a folder in name order."""
    for file in sorted(path.glob("*.spacy")) if path.is_dir() else [path]:
        yield from DocBin().from_disk(file).get_docs(vocab)


def batches(corpus: Sequence[Item], size: int, rng: random.Random) -> list[list[int]]:
    """Places of the items in random batches of at most `size` pieces, padding counted; like lengths go together."""
    order = list(range(len(corpus)))
    rng.shuffle(order)
    made: list[list[int]] = []
    for begin in range(0, len(order), MIXED):
        batch: list[int] = []
        longest = 0
        for place in sorted(order[begin : begin + MIXED], key=lambda i: len(corpus[i].ids)):
            length = len(corpus[place].ids)
            if batch and max(longest, length) * (len(batch) + 1) > size:
                made.append(batch)
                batch, longest = [], 0
            batch.append(place)
            longest = max(longest, length)
        if batch:
            made.append(batch)
    rng.shuffle(made)
    return made
