"""How the actors of a sentence lean toward each other: a small network that reads on from the middle of the encoder.

The encoder has read every sentence half way already; the network's own upper half runs once for each pair of actors, whose pieces are
marked as the first and the second. It knows pairs, not words: whoever reads its figures decides what they rest on (claims.stances).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from spacy.language import Language
from spacy.tokens import Doc

from kgbuild.annotate.encoder import MIDDLE, Encoder, Middle
from kgbuild.annotate.trees import Array
from kgbuild.config import data_path
from kgbuild.ids import ACTOR_KINDS
from kgbuild.layers import Leaning, slice_of
from kgbuild.records import Entity, Mention

__all__ = ["FIRST", "LABELS", "PADDING", "SECOND", "LeaningReader", "Network", "roles_of", "window"]

LABELS = ("none", "for", "for back", "against", "against back")
"""What the network tells apart for a pair; "back" is from the second to the first."""
FIRST, SECOND, PADDING = 1, 2, 3
"""Roles of pieces: of the first and of the second actor, of nothing; all others have role 0."""
MOST_PIECES = 160
"""Pieces read of one sentence, those around the pair."""
MOST_PAIRS = 2
"""Pairs read in one sentence, the nearest first: the price of a sentence is bounded, whoever it lists."""
BATCH = 3000
"""Pieces in one run, padding included."""
FLOOR = 0.02
"""Leanings that are surer than this in neither direction are not kept."""
_FORMS = {"name": 0, "metonym": 0, "adjective": 1, "nominal": 2, "pronoun": 3}


class Network:
    """The shipped network: rows of pieces with roles -> probabilities of LABELS."""

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "leanings.onnx"), options, providers=["CPUExecutionProvider"]
        )
        settings = json.loads((folder / "leanings.json").read_text(encoding="utf-8"))
        self._temperature, self._none = float(settings["temperature"]), float(settings["none"])

    def scores(self, rows: Sequence[tuple[Array, Array]]) -> Array:
        """Log-probabilities of LABELS as learned, (rows, 5); a row is its pieces (n, width) and their roles (n,)."""
        out: Array = np.zeros((len(rows), len(LABELS)), np.float32)
        order = sorted(range(len(rows)), key=lambda i: (len(rows[i][1]), i))
        for batch in _batches(order, [len(r[1]) for r in rows]):
            width = max(len(rows[i][1]) for i in batch)
            pieces: Array = np.zeros((len(batch), width, rows[0][0].shape[1]), np.float32)
            roles: Array = np.full((len(batch), width), PADDING, np.int64)
            for at, i in enumerate(batch):
                pieces[at, : len(rows[i][1])], roles[at, : len(rows[i][1])] = rows[i]
            (out[batch],) = self._session.run(["pair"], {"pieces": pieces, "roles": roles})
        return out

    def probabilities(self, rows: Sequence[tuple[Array, Array]]) -> Array:
        """Calibrated probabilities of LABELS, (rows, 5)."""
        scores = self.scores(rows).astype(np.float64) / self._temperature
        scores[:, 0] += self._none
        likely = np.exp(scores - scores.max(1, keepdims=True))
        found: Array = likely / likely.sum(1, keepdims=True)
        return found


def _batches(order: Sequence[int], sizes: Sequence[int]) -> Iterator[list[int]]:
    """Places in order, cut so that a batch holds at most BATCH pieces, padded to its longest."""
    batch: list[int] = []
    for i in order:
        if batch and sizes[i] * (len(batch) + 1) > BATCH:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def roles_of(places: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]) -> Array:
    """The role of each piece, given the characters (begin, end) its token takes and those of the first and second actor.

    An actor takes in every token it touches.
    """
    roles: Array = np.zeros(len(places), np.int64)
    for n, (begin, end) in enumerate(spans, FIRST):
        for i, (start, stop) in enumerate(places):
            if start < end and begin < stop:
                roles[i] = n
    return roles


def window(roles: Array, size: int = MOST_PIECES) -> tuple[int, int]:
    """The range of at most `size` pieces around the actors, which come whole where they fit."""
    places = np.flatnonzero(roles)
    middle = int(places[0] + places[-1]) // 2
    begin = max(0, min(middle - size // 2, len(roles) - size))
    return begin, min(len(roles), begin + size)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two mentions of a sentence in order of place, and the range of its tokens."""

    first: Mention
    second: Mention
    begin: int
    end: int


class LeaningReader:
    """Callable over Docs that hold records; sets doc._.leanings."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def __call__(self, doc: Doc) -> Doc:
        """Read the pairs of every sentence that somebody reads."""
        middle = doc.user_data.pop(MIDDLE, None)
        if isinstance(middle, Middle):
            pairs = list(_pairs(doc))
            doc._.leanings = tuple(self._read(doc, middle, pairs)) if pairs else ()
        return doc

    def _read(self, doc: Doc, middle: Middle, pairs: Sequence[_Pair]) -> Iterator[Leaning]:
        rows = []
        for pair in pairs:
            pieces, owners = middle.of(pair.begin, pair.end)
            places = [(doc[int(i)].idx, doc[int(i)].idx + len(doc[int(i)])) for i in owners]
            roles = roles_of(places, [(m.span.begin, m.span.end) for m in (pair.first, pair.second)])
            begin, end = window(roles)
            rows.append((pieces[begin:end], roles[begin:end]))
        for pair, found in zip(pairs, self.network.probabilities(rows), strict=True):
            for holder, target, support, against in (
                (pair.first, pair.second, found[1], found[3]),
                (pair.second, pair.first, found[2], found[4]),
            ):
                if max(support, against) >= FLOOR:
                    yield Leaning(holder, target, round(float(support), 4), round(float(against), 4))


def _pairs(doc: Doc) -> Iterator[_Pair]:
    """The pairs of each sentence, the nearest first, in order of place."""
    entities: dict[str, Entity] = {e.id: e for e in doc._.entities}
    actors = [m for m in doc._.mentions if len(m.entities) == 1 and _actor(entities.get(m.entities[0]))]
    at = 0
    for sentence in doc.sents:
        while at < len(actors) and actors[at].span.begin < sentence.start_char:
            at += 1
        last = at
        while last < len(actors) and actors[last].span.begin < sentence.end_char:
            last += 1
        if last - at > 1 and not sentence.root._.masked:
            yield from _nearest(doc, actors[at:last], entities, sentence.start, sentence.end)
        at = last


def _actor(entity: Entity | None) -> bool:
    return entity is not None and entity.kind in ACTOR_KINDS


def _nearest(
    doc: Doc, mentions: Iterable[Mention], entities: dict[str, Entity], begin: int, end: int
) -> Iterator[_Pair]:
    best: dict[str, Mention] = {}
    for mention in mentions:
        known = best.setdefault(mention.entities[0], mention)
        if _FORMS[mention.form] < _FORMS[known.form]:
            best[mention.entities[0]] = mention
    ordered = sorted(best.values(), key=lambda m: (m.span.begin, -m.span.end))
    found = []
    for n, one in enumerate(ordered):
        for other in ordered[n + 1 :]:
            if one.span.end <= other.span.begin and not _of_one_house(
                entities[one.entities[0]], entities[other.entities[0]]
            ):
                found.append((other.span.begin - one.span.end, one, other))
    found.sort(key=lambda f: (f[0], f[1].span, f[2].span))
    for _, one, other in sorted(found[:MOST_PAIRS], key=lambda f: (f[1].span, f[2].span)):
        if slice_of(doc, one.span) is not None and slice_of(doc, other.span) is not None:
            yield _Pair(one, other, begin, end)


def _of_one_house(one: Entity, other: Entity) -> bool:
    """Whether one is of the other: nobody's stance toward their own state or body is read."""
    return one.id in other.affiliation or other.id in one.affiliation


@Language.factory("kgbuild_leanings", requires=["doc._.mentions", "doc.sents"], assigns=["doc._.leanings"])
def make_leaning_reader(nlp: Language, name: str) -> LeaningReader:
    """Factory of the component; the encoder of the same pipeline must keep its middle."""
    return LeaningReader(Network(data_path("leanings")))


def keep_middle(nlp: Language) -> bool:
    """Have the encoder of a pipeline keep its middle; False where the pipeline's encoder is not ours."""
    encoder = nlp.get_pipe("encoder") if nlp.has_pipe("encoder") else None
    if not isinstance(encoder, Encoder):
        return False
    encoder.keep_middle = True
    return True
