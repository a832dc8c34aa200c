"""The shipped encoder as one spaCy component: tags, morphology, dependencies, sentences and names from one pass.

The graph (encoder.onnx, int8) reads word pieces and a casing class for each; heads over words come out of the same run. Relations are
scored here, for the chosen heads only, and each sentence gets its best projective tree. What the lower half of the graph makes of the
pieces can be kept with the Doc for a network that reads on from there.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from spacy.attrs import DEP, HEAD, IS_SPACE, MORPH, POS, SENT_START, TAG
from spacy.language import Language
from spacy.parts_of_speech import IDS as POS_IDS
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc, Span
from spacy.util import ensure_path, registry
from spacy.vocab import Vocab
from tokenizers import Tokenizer as PieceTokenizer

from kgbuild.annotate.trees import Array, tree

__all__ = ["CLS", "SEP", "Encoder", "Middle", "WordPieces", "casing"]

FILES = ("encoder.onnx", "relations.npz", "labels.json", "tokenizer.json")
CLS, SEP, UNKNOWN, LINE, BLANK = 101, 102, 100, 1, 2
WORD_LETTERS, WORD_PIECES = 100, 12
"""Letters and pieces read of one word; a longer one (an address, a hash) says nothing more."""
WINDOW = 200
"""Pieces in one window; training saw up to 384, and attention costs grow with the square."""
INSIDE_A_LINE = 1.5
"""Surer, in log odds, than even must a sentence start be that follows neither a mark that can end one nor a line break. Breaks before
"that" or a name halve on news at 1.5; sentences of web text that lack their full stop cost .007 of EWT's sentence F there."""
BATCH = 3000
"""Pieces in one run, padding included."""
WINDOWS = 128
"""Windows whose outputs are held at once: some 15,000 words and 60 MB."""
OUTPUTS = ("xpos", "morph", "ner", "sent", "arc", "rd", "rh")
MIDDLE = "middle"
"""Output of the graph: the pieces after the lower half of its layers."""
KEPT = 100_000
"""Pieces whose middle is kept with a Doc (77 MB); those of longer Docs are run again when they are asked for."""


def casing(word: str) -> int:
    """Class of a word's capitals and digits, the one thing the uncased word pieces do not carry."""
    if word.isspace():
        return 1
    letters = [c for c in word if c.isalpha()]
    digits = any(c.isdigit() for c in word)
    if not letters:
        return 3 if digits else 2
    if digits:
        return 4
    if all(c.islower() for c in letters):
        return 5
    if all(c.isupper() for c in letters):
        return 6 if len(letters) > 1 else 7
    if letters[0].isupper() and all(c.islower() for c in letters[1:]):
        return 8
    return 9


class WordPieces:
    """Piece ids of one word, at least one; white space is a line break or a blank line. Remembers what it has seen."""

    def __init__(self, path: str | Path) -> None:
        self._tokenizer = PieceTokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._known: dict[str, list[int]] = {}

    def __call__(self, word: str) -> list[int]:
        """The pieces of a word, which the caller must not change."""
        pieces = self._known.get(word)
        if pieces is None:
            if word.isspace():
                pieces = [BLANK if word.count("\n") > 1 else LINE]
            else:
                pieces = self._tokenizer.encode(word[:WORD_LETTERS], add_special_tokens=False).ids[:WORD_PIECES]
            pieces = pieces or [UNKNOWN]
            if len(self._known) > 100_000:
                self._known.clear()
            self._known[word] = pieces
        return pieces


class Middle:
    """The pieces of a Doc after the lower half of the encoder, kept in half precision, by window."""

    def __init__(self, encoder: Encoder, doc: Doc) -> None:
        self._encoder, self._doc = encoder, doc
        self._windows: list[tuple[int, int]] = []
        self._kept: list[tuple[Array, Array] | None] = []
        self._room = KEPT
        self._last: tuple[int, tuple[Array, Array]] | None = None

    def add(self, begin: int, pieces: Array, owners: Array) -> None:
        """Take the next window: its first token, its pieces (n, width), the token of each (n,), counted in the window."""
        self._windows.append((begin, begin + int(owners[-1]) + 1))
        self._room -= len(pieces)
        self._kept.append((pieces.astype(np.float16), owners) if self._room >= 0 else None)

    def of(self, begin: int, end: int) -> tuple[Array, Array]:
        """The pieces of tokens begin to end (n, width) in single precision, and the token of each (n,), counted in the Doc."""
        pieces, owners = [], []
        first = max(bisect_right(self._windows, (begin, len(self._doc))) - 1, 0)
        for n in range(first, len(self._windows)):
            start = self._windows[n][0]
            if start >= end:
                break
            values, tokens = self._window(n)
            inside = (tokens >= begin - start) & (tokens < end - start)
            pieces.append(values[inside].astype(np.float32))
            owners.append(tokens[inside] + start)
        return np.concatenate(pieces), np.concatenate(owners)

    def _window(self, n: int) -> tuple[Array, Array]:
        kept = self._kept[n]
        if kept is not None:
            return kept
        if self._last is None or self._last[0] != n:
            (out,) = self._encoder.run_windows(self._doc, [self._windows[n]])
            self._last = n, (out[MIDDLE].astype(np.float16), out["owners"])
        return self._last[1]


class Encoder:
    """Callable over Docs; sets tag_, pos_, morph, head, dep_, sentence starts and ents."""

    def __init__(self, name: str = "encoder") -> None:
        self.name = name
        self.keep_middle = False
        """Whether to leave a Middle in the Doc's user data, under MIDDLE."""
        self._symbols: _Symbols | None = None

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Encoder:
        """Load the component's folder."""
        folder = ensure_path(path)
        self._labels: dict[str, list[str]] = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        self._files = {name: (folder / name).read_bytes() for name in FILES}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self.has_middle = MIDDLE in {output.name for output in self._session.get_outputs()}
        with np.load(folder / "relations.npz") as arrays:
            relations: Array = arrays["R"]
        # a row for each part of a dependant, as one matrix: a product of it and a window's words scores all their relations
        self._relations: Array = np.ascontiguousarray(relations.transpose(1, 0, 2).reshape(relations.shape[1], -1))
        self._word = WordPieces(folder / "tokenizer.json")
        self._names = [("O", "") if label == "O" else (label[0], label[2:]) for label in self._labels["ner"]]
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the component's folder, the same files it was loaded from."""
        folder = ensure_path(path)
        folder.mkdir(exist_ok=True)
        for name, content in self._files.items():
            (folder / name).write_bytes(content)

    @property
    def labels(self) -> tuple[str, ...]:
        """The dependency relations it assigns."""
        return tuple(self._labels["rel"])

    def arithmetic(self) -> str:
        """Eight hex digits that tell processors and runtimes apart whose int8 sums round differently, read off a fixed input."""
        ids = (np.arange(1, 97, dtype=np.int64) * 317 % 20_000 + 1_000).reshape(2, 48)
        words = np.tile(np.arange(0, 48, 2, dtype=np.int64), (2, 1))
        outputs = self._session.run(OUTPUTS, {"ids": ids, "shapes": ids % 9, "first": words, "last": words})
        return hashlib.sha256(b"".join(np.ascontiguousarray(o).tobytes() for o in outputs)).hexdigest()[:8]

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 8) -> Iterator[Doc]:
        """One Doc after another: int8 activations are scaled over a run, so a Doc's figures must not depend on its neighbours."""
        for doc in stream:
            yield self(doc)

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one Doc in place; sentence starts that are set already are kept."""
        if not len(doc):
            return doc
        outputs = self._run(doc)
        if self.keep_middle:
            middle = doc.user_data[MIDDLE] = Middle(self, doc)
            outputs = self._kept(middle, outputs)
        self._annotate(doc, outputs)
        return doc

    @staticmethod
    def _kept(middle: Middle, outputs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for out in outputs:
            middle.add(out["begin"], out.pop(MIDDLE), out.pop("owners"))
            yield out

    def _windows(self, doc: Doc) -> list[tuple[int, int]]:
        """Ranges of tokens, cut at paragraph borders or, in long paragraphs, after a word that can end a sentence."""
        windows: list[tuple[int, int]] = []
        begin = size = 0
        last_good = -1
        words = [t.text for t in doc]
        pieces = [len(self._word(w)) for w in words]
        begins = [*(doc.to_array(SENT_START).view(np.int64) > 0).tolist(), False]
        for i, (word, n) in enumerate(zip(words, pieces, strict=True)):
            if size + n > WINDOW - 2 and i > begin:
                end = last_good if last_good > begin else i
                windows.append((begin, end))
                begin, size, last_good = end, sum(pieces[end:i]), -1
            size += n
            if word in _ENDS or ("\n" in word and word.isspace()) or begins[i + 1]:
                last_good = i + 1
                while last_good < len(words) and words[last_good] in _CLOSERS:
                    last_good += 1
        windows.append((begin, len(words)))
        return [w for w in windows if w[0] < w[1]]

    def _run(self, doc: Doc) -> Iterator[dict[str, Any]]:
        """The outputs for each window in order, so many windows at a time that memory stays bounded."""
        windows = self._windows(doc)
        for at in range(0, len(windows), WINDOWS):
            yield from self.run_windows(doc, windows[at : at + WINDOWS])

    def run_windows(self, doc: Doc, windows: list[tuple[int, int]]) -> list[dict[str, Any]]:
        """The outputs for some ranges of tokens, run together; with the middle where it is to be kept."""
        names = [*OUTPUTS, MIDDLE] if self.keep_middle else [*OUTPUTS]
        inputs = []
        for begin, end in windows:
            ids, shapes, first, last = [CLS], [0], [], []
            for token in doc[begin:end]:
                text = token.text
                pieces = self._word(text)
                first.append(len(ids))
                ids += pieces
                shapes += [casing(text)] * len(pieces)
                last.append(len(ids) - 1)
            inputs.append(([*ids, SEP], [*shapes, 0], first, last))
        results: list[dict[str, Any]] = [{} for _ in windows]
        order = sorted(range(len(windows)), key=lambda n: (len(inputs[n][0]), n))
        while order:
            width = len(inputs[order[0]][0])
            batch: list[int] = []
            while order and (not batch or max(width, len(inputs[order[0]][0])) * (len(batch) + 1) <= BATCH):
                width = max(width, len(inputs[order[0]][0]))
                batch.append(order.pop(0))
            words = max(len(inputs[n][2]) for n in batch)
            feed = {
                "ids": np.zeros((len(batch), width), np.int64), "shapes": np.zeros((len(batch), width), np.int64),
                "first": np.zeros((len(batch), words), np.int64), "last": np.zeros((len(batch), words), np.int64),
            }  # fmt: skip
            for row, n in enumerate(batch):
                for key, values in zip(feed, inputs[n], strict=True):
                    feed[key][row, : len(values)] = values
            output = dict(zip(names, self._session.run(names, feed), strict=True))
            for row, n in enumerate(batch):
                first, last = inputs[n][2:]
                size = len(first)
                results[n] = {k: output[k][row, :size] for k in OUTPUTS if k != "rh"}
                if self.keep_middle:
                    results[n][MIDDLE] = output[MIDDLE][row, first[0] : last[-1] + 1]
                    results[n]["owners"] = np.repeat(np.arange(size), np.subtract(last, first) + 1)
                results[n]["arc"] = results[n]["arc"][:, : size + 1]
                results[n]["rh"] = output["rh"][row, : size + 1]
                results[n]["begin"] = windows[n][0]
        return results

    def _annotate(self, doc: Doc, outputs: Iterable[dict[str, Any]]) -> None:
        symbols = self._symbols_of(doc.vocab)
        space = doc.to_array(IS_SPACE) > 0
        may_end = space | np.array([t.text in _MAY_END for t in doc])
        margin = np.where(np.concatenate(([True], may_end[:-1])), 0.0, INSIDE_A_LINE)
        given = doc.to_array(SENT_START).view(np.int64)
        heads = np.where(space, -1, 0)
        if space[0]:
            heads[0] = int(len(doc) > 1)
        values: Array = np.zeros((len(doc), 5), np.uint64)
        values[:, 4] = symbols.unattached
        tags: list[tuple[str, str]] = []
        for out in outputs:
            here = slice(out["begin"], out["begin"] + len(out["xpos"]))
            values[here, 0] = symbols.tags[out["xpos"].argmax(-1)]
            values[here, 1:3] = symbols.morphs[out["morph"].argmax(-1)]
            starts = out["sent"][:, 1] > out["sent"][:, 0] + margin[here]
            groups = _sentences(space[here].tolist(), given[here].tolist(), starts.tolist())
            if groups:
                self._trees(out, groups, symbols, heads[here], values[here, 4])
            tags += self._entities(out["ner"], space[here])
        values[space, :3] = symbols.space
        values[:, 3] = heads.view(np.uint64)
        doc.from_array([TAG, POS, MORPH, HEAD, DEP], values)  # type: ignore[arg-type]  # spaCy's stub wants its own array type
        doc.set_ents(_spans(doc, tags))

    def _trees(
        self, out: dict[str, Any], groups: list[list[int]], symbols: _Symbols, heads: Array, relations: Array
    ) -> None:
        """Write the trees of a window's sentences into its parts of two arrays: how far the head is from each word, and the relation's symbol."""
        words: list[int] = []
        columns: list[int] = []  # of each word's head in what the graph gives: 0 the root, else its place from 1
        for group in groups:
            index = np.array(group)
            scores = out["arc"][index][:, np.concatenate(([0], index + 1))]
            words += group
            columns += [0 if h == 0 else group[h - 1] + 1 for h in tree(scores)]
        scored = (out["rd"][words] @ self._relations).reshape(len(words), len(self._labels["rel"]), -1)
        best = np.matmul(scored, out["rh"][columns][:, :, None])[:, :, 0].argmax(-1)
        places = np.array(columns)
        heads[words] = np.where(places == 0, 0, places - 1 - words)
        relations[words] = np.where(places == 0, symbols.root, symbols.relations[best])

    def _symbols_of(self, vocab: Vocab) -> _Symbols:
        if self._symbols is None or self._symbols.vocab is not vocab:
            self._symbols = _Symbols.of(vocab, self._labels)
        return self._symbols

    def _entities(self, scores: Array, space: Array) -> list[tuple[str, str]]:
        labels = [self._names[i] for i in scores.argmax(-1)]
        return [("O", "") if s else label for label, s in zip(labels, space, strict=True)]


_ENDS = frozenset({".", "!", "?", ";", "…", "...", ":"})
_DASHES = frozenset({"-", "–", "—"})
_CLOSERS = frozenset({'"', "”", "’", "'", ")", "]"})
_MAY_END = _ENDS | _CLOSERS | _DASHES
"""Marks a sentence can end with, beside white space."""


@dataclass(frozen=True, slots=True)
class _Symbols:
    """The numbers a vocabulary knows the labels by, in their order: arrays of uint64; `morphs` and `space` with part of speech and features."""

    vocab: Vocab
    tags: Array
    morphs: Array
    relations: Array
    space: Array
    root: np.uint64
    unattached: np.uint64

    @classmethod
    def of(cls, vocab: Vocab, labels: dict[str, list[str]]) -> _Symbols:
        add, morphology = vocab.strings.add, vocab.morphology
        parted = [label.partition("|") for label in labels["morph"]]
        return cls(
            vocab,
            np.array([add(label) for label in labels["xpos"]], np.uint64),
            np.array([(POS_IDS[pos], morphology.add(feats)) for pos, _, feats in parted], np.uint64),
            np.array([add(label if label != "ROOT" else "dep") for label in labels["rel"]], np.uint64),
            np.array([add("_SP"), POS_IDS["SPACE"], morphology.add("")], np.uint64),
            np.uint64(add("ROOT")),
            np.uint64(add("dep")),
        )


def _sentences(space: list[bool], given: list[int], starts: list[bool]) -> list[list[int]]:
    """The words of each sentence of a window, by place: `given` is 1 where a sentence begins for sure, -1 where none does, else 0."""
    groups: list[list[int]] = []
    forced = True  # a window begins a sentence, and so does the word after a given start that fell on white space
    for k, (blank, mark, start) in enumerate(zip(space, given, starts, strict=True)):
        if mark > 0:
            forced = True
        if blank:
            continue
        if forced or (start and mark == 0):
            groups.append([])
            forced = False
        groups[-1].append(k)
    return groups


def _spans(doc: Doc, tags: list[tuple[str, str]]) -> list[Span]:
    """Names from B and I tags; an I that continues nothing begins a name."""
    spans: list[Span] = []
    begin, label = -1, ""
    for i, (mark, kind) in enumerate([*tags, ("O", "")]):
        if begin >= 0 and (mark != "I" or kind != label):
            spans.append(Span(doc, begin, i, label=label))
            begin = -1
        if mark == "B" or (mark == "I" and begin < 0):
            begin, label = i, kind
    return spans


def make_tokenizer() -> Callable[[Language], Tokenizer]:
    """Factory of a tokenizer without rules, to be filled from the pipeline's folder.

    spaCy's own factory compiles the English tables first, which loading throws away again: a third of the time it takes.
    """
    return lambda nlp: Tokenizer(nlp.vocab)


registry.tokenizers.register("kgbuild.Tokenizer.v1", func=make_tokenizer)


@Language.factory(
    "kgbuild_encoder",
    assigns=[
        "token.tag",
        "token.pos",
        "token.morph",
        "token.head",
        "token.dep",
        "token.is_sent_start",
        "doc.ents",
        "doc.sents",
    ],
)
def make_encoder(nlp: Language, name: str) -> Encoder:
    """Factory of the component."""
    return Encoder(name)
