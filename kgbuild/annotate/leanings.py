"""How the actors of a sentence lean toward each other: a small network that reads on from the middle of the encoder.

The encoder has read every sentence half way already; the network's own upper half runs once for each sentence that names two actors,
all actors marked, and a head of two small layers reads each pair of them. It knows pairs, not words: whoever reads its figures decides
what they rest on (kgbuild.claims.learned).
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
from kgbuild.layers import Leaning, is_masked, slice_of
from kgbuild.records import Entity, Mention

__all__ = [
    "ACTOR",
    "FIRST",
    "LABELS",
    "PADDING",
    "SECOND",
    "LeaningReader",
    "Network",
    "calibrated",
    "roles_of",
    "window",
]

LABELS = ("none", "for", "for back", "against", "against back")
"""What the network tells apart for a pair; "back" is from the second to the first."""
FIRST, SECOND = 1, 2
"""Roles of pieces in a pair; all others have role 0."""
ACTOR, PADDING = 1, 2
"""Marks of pieces: of an actor, of nothing; all others have mark 0."""
MOST_PIECES = 160
"""Pieces read of one sentence, those around its actors."""
MOST_PAIRS = 60
"""Pairs read in one sentence, the nearest first: a list of sixty actors has 1,770."""
BATCH = 3000
"""Pieces in one run, padding included."""
SCENES = 400
"""Sentences whose pieces are held at once."""
FLOOR = 0.02
"""Leanings that are surer than this in neither direction are not kept."""
_FORMS = {"name": 0, "metonym": 0, "adjective": 1, "nominal": 2, "pronoun": 3}


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Network:
    """The shipped network: the pieces of sentences half way -> probabilities of LABELS for pairs of their actors."""

    def __init__(self, folder: Path) -> None:
        self._session, self._head = (_session(folder / name) for name in ("leanings.onnx", "pairs.onnx"))
        settings = json.loads((folder / "leanings.json").read_text(encoding="utf-8"))
        self._temperature, self._none = float(settings["temperature"]), float(settings["none"])

    def read(self, rows: Sequence[tuple[Array, Array]]) -> list[Array]:
        """Each sentence to its end: a row is its pieces half way (n, width) and their marks (n,); out come one piece for the whole
        sentence and its own (1 + n, width)."""
        out: list[Array] = [np.empty(0)] * len(rows)
        order = sorted(range(len(rows)), key=lambda i: (len(rows[i][1]), i))
        for batch in _batches(order, [len(r[1]) for r in rows]):
            width = max(len(rows[i][1]) for i in batch)
            pieces: Array = np.zeros((len(batch), width, rows[0][0].shape[1]), np.float32)
            marks: Array = np.full((len(batch), width), PADDING, np.int64)
            for at, i in enumerate(batch):
                pieces[at, : len(rows[i][1])], marks[at, : len(rows[i][1])] = rows[i]
            (found,) = self._session.run(["read"], {"pieces": pieces, "marks": marks})
            for at, i in enumerate(batch):
                out[i] = found[at, : len(rows[i][1]) + 1]
        return out

    def scores(self, sentence: Array, pairs: Sequence[tuple[Array, Array]]) -> Array:
        """Log-probabilities of LABELS as learned, (pairs, 5); a pair is the places of both actors' pieces in the row that was read."""
        start, own = sentence[0], sentence[1:]
        mean = own.mean(0)
        rows = []
        for first, second in pairs:
            one, other = own[first].mean(0), own[second].mean(0)
            rows.append(np.concatenate([one, other, one * other, mean, start]))
        (found,) = self._head.run(["likely"], {"pairs": np.stack(rows)})
        likely: Array = found.astype(np.float64)
        return likely

    def probabilities(self, sentence: Array, pairs: Sequence[tuple[Array, Array]]) -> Array:
        """Calibrated probabilities of LABELS, (pairs, 5)."""
        return calibrated(self.scores(sentence, pairs), self._temperature, self._none)


def calibrated(scores: Array, temperature: float, none: float) -> Array:
    """Log-probabilities (pairs, 5) divided by a temperature, "none" given log odds more, as probabilities."""
    shifted = scores / temperature
    shifted[:, 0] += none
    likely = np.exp(shifted - shifted.max(1, keepdims=True))
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
class _Scene:
    """A sentence (its range of tokens), one mention for each actor in it, the pairs of these to read, by place in the list, and how
    many more there are."""

    begin: int
    end: int
    mentions: tuple[Mention, ...]
    pairs: tuple[tuple[int, int], ...]
    unread: int


class LeaningReader:
    """Callable over Docs that hold records; sets doc._.leanings and doc._.unread_pairs."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def __call__(self, doc: Doc) -> Doc:
        """Read the pairs of every sentence that names two actors."""
        middle = doc.user_data.pop(MIDDLE, None)
        if isinstance(middle, Middle):
            scenes = list(_scenes(doc))
            doc._.unread_pairs = sum(s.unread for s in scenes)
            found: list[Leaning] = []
            for at in range(0, len(scenes), SCENES):
                found += self._read(doc, middle, scenes[at : at + SCENES])
            doc._.leanings = tuple(found)
        return doc

    def _read(self, doc: Doc, middle: Middle, scenes: Sequence[_Scene]) -> Iterator[Leaning]:
        rows, places = [], []
        for scene in scenes:
            pieces, owners = middle.of(scene.begin, scene.end)
            tokens = [slice_of(doc, m.span) for m in scene.mentions]
            held = [
                np.flatnonzero((owners >= t.start) & (owners < t.end)) if t is not None else owners[:0] for t in tokens
            ]
            marks: Array = np.zeros(len(owners), np.int64)
            marks[np.concatenate(held)] = ACTOR
            begin, end = window(marks)
            rows.append((pieces[begin:end], marks[begin:end]))
            places.append([h[(h >= begin) & (h < end)] - begin for h in held])
        for scene, held, sentence in zip(scenes, places, self.network.read(rows), strict=True):
            pairs = [(a, b) for a, b in scene.pairs if len(held[a]) and len(held[b])]
            if pairs:
                likely = self.network.probabilities(sentence, [(held[a], held[b]) for a, b in pairs])
                for (a, b), found in zip(pairs, likely, strict=True):
                    yield from _leanings(scene.mentions[a], scene.mentions[b], found)


def _leanings(first: Mention, second: Mention, likely: Array) -> Iterator[Leaning]:
    for holder, target, support, against in (
        (first, second, likely[1], likely[3]),
        (second, first, likely[2], likely[4]),
    ):
        if max(support, against) >= FLOOR:
            yield Leaning(holder, target, round(float(support), 4), round(float(against), 4))


def _scenes(doc: Doc) -> Iterator[_Scene]:
    """The sentences in which two actors that are not one house's are named."""
    entities: dict[str, Entity] = {e.id: e for e in doc._.entities}
    actors = [m for m in doc._.mentions if len(m.entities) == 1 and _actor(entities.get(m.entities[0]))]
    at = 0
    for sentence in doc.sents:
        while at < len(actors) and actors[at].span.begin < sentence.start_char:
            at += 1
        last = at
        while last < len(actors) and actors[last].span.begin < sentence.end_char:
            last += 1
        if last - at > 1 and not is_masked(sentence.root):
            mentions = _one_each(actors[at:last])
            pairs, unread = _nearest(mentions, entities)
            if pairs:
                yield _Scene(sentence.start, sentence.end, mentions, pairs, unread)
        at = last


def _actor(entity: Entity | None) -> bool:
    return entity is not None and entity.kind in ACTOR_KINDS


def _one_each(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """One mention of each actor, in order of place: its first name, else its first description, else its first pronoun."""
    best: dict[str, Mention] = {}
    for mention in mentions:
        known = best.setdefault(mention.entities[0], mention)
        if _FORMS[mention.form] < _FORMS[known.form]:
            best[mention.entities[0]] = mention
    return tuple(sorted(best.values(), key=lambda m: (m.span.begin, -m.span.end)))


def _nearest(mentions: Sequence[Mention], entities: dict[str, Entity]) -> tuple[tuple[tuple[int, int], ...], int]:
    """The pairs to read, those nearest to each other where there are too many, and how many are left out."""
    found = []
    for n, one in enumerate(mentions):
        for k, other in enumerate(mentions[n + 1 :], n + 1):
            apart = other.span.begin - one.span.end
            if apart >= 0 and not _of_one_house(entities[one.entities[0]], entities[other.entities[0]]):
                found.append((apart, n, k))
    return tuple(sorted((n, k) for _, n, k in sorted(found)[:MOST_PAIRS])), max(0, len(found) - MOST_PAIRS)


def _of_one_house(one: Entity, other: Entity) -> bool:
    """Whether one is of the other: nobody's stance toward their own state or body is read."""
    return one.id in other.affiliation or other.id in one.affiliation


@Language.factory(
    "kgbuild_leanings", requires=["doc._.mentions", "doc.sents"], assigns=["doc._.leanings", "doc._.unread_pairs"]
)
def make_leaning_reader(nlp: Language, name: str) -> LeaningReader:
    """Factory of the component; the encoder of the same pipeline must keep its middle."""
    return LeaningReader(Network(data_path("leanings")))


def keep_middle(nlp: Language) -> bool:
    """Have the encoder of a pipeline keep its middle; False where the pipeline's encoder is not ours, or gives none."""
    encoder = nlp.get_pipe("encoder") if nlp.has_pipe("encoder") else None
    if not isinstance(encoder, Encoder) or not encoder.has_middle:
        return False
    encoder.keep_middle = True
    return True
