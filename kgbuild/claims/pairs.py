"""Which PLOVER type a sentence gives to what passes between two parties: features of the pair, and a linear model over them.

A feature is a short string: the predicates that link the two, their objects and prepositions, how they are put, the events and codes
found there, and words around. The weights, data/pairs.npz, are trained by training/events/pairs.py.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.tokens import Doc, Token

from kgbuild.claims import syntax
from kgbuild.claims.coding import cameo_codes
from kgbuild.claims.factuality import factuality
from kgbuild.config import data_path
from kgbuild.errors import RuleError
from kgbuild.layers import slice_of
from kgbuild.records import Span

if TYPE_CHECKING:
    import numpy as np

__all__ = ["PairModel", "features", "pair_features", "pair_model"]

FILE = "pairs.npz"

CHAIN = ("xcomp", "ccomp", "advcl", "acl")
NEAR = 6


class PairModel:
    """Weights of a linear model: `names` of features, `classes` (PLOVER notation), `weights` of shape (features, classes)."""

    def __init__(
        self, names: Sequence[str], classes: Sequence[str], weights: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    ) -> None:
        self.classes = tuple(classes)
        self._row: Mapping[str, int] = {name: n for n, name in enumerate(names)}
        self._weights = weights

    @classmethod
    def load(cls, path: Path) -> PairModel:
        """A model from its file. Raises RuleError when it cannot be read."""
        import numpy as np

        try:
            with np.load(path) as arrays:
                names = bytes(arrays["names"]).decode("utf-8").split("\n")
                classes = bytes(arrays["classes"]).decode("utf-8").split("\n")
                return cls(names, classes, arrays["weights"].astype(np.float32))
        except (OSError, ValueError, KeyError) as error:
            raise RuleError(f"{path.name}: {' '.join(str(error).split())}; reinstall kgbuild") from error

    def probabilities(self, found: Iterable[str]) -> dict[str, float]:
        """Class -> probability for the features of a pair; they sum to 1."""
        import numpy as np

        rows = sorted(self._row[f] for f in found if f in self._row)
        scores = self._weights[rows].sum(axis=0) / max(len(rows), 1) ** 0.5 if rows else np.zeros(len(self.classes))
        exponents = np.exp(scores - scores.max())
        return dict(zip(self.classes, (exponents / exponents.sum()).tolist(), strict=True))

    def best(self, found: Iterable[str]) -> str:
        """The most probable class, the first in order of several."""
        chances = self.probabilities(found)
        return max(self.classes, key=lambda c: chances[c])


@lru_cache(maxsize=1)
def pair_model() -> PairModel:
    """The shipped model. Raises RuleError when it cannot be read."""
    return PairModel.load(data_path(FILE))


def features(doc: Doc, source: Sequence[Span], target: Sequence[Span], types: Mapping[int, str]) -> list[str]:
    """Features of a pair, sorted, each once. Spans count in the Doc's text; a party may be marked more than once, or not at all.

    `types`: index of a trigger's token -> type of the event it names.
    """
    return pair_features(doc, _heads(doc, source), _heads(doc, target), types)


def pair_features(doc: Doc, source: Sequence[Token], target: Sequence[Token], types: Mapping[int, str]) -> list[str]:
    """The same for parties named by the heads of their phrases."""
    return sorted(set(_all(doc, list(source), list(target), types)))


def _heads(doc: Doc, spans: Sequence[Span]) -> list[Token]:
    slices = [s for span in spans if (s := slice_of(doc, span)) is not None]
    return [s.root for s in slices]


def _all(doc: Doc, source: list[Token], target: list[Token], types: Mapping[int, str]) -> Iterator[str]:
    yield "bias"
    first = source[0] if source else None
    sentence = first.sent if first is not None else target[0].sent if target else next(iter(doc.sents), doc[:])
    predicates = list(_predicates(first)) if first is not None else []
    if not predicates:
        root = sentence.root if hasattr(sentence, "root") else None
        predicates = [root] if root is not None else []
    if first is not None:
        yield "s-dep=" + first.dep_
        yield "s-head=" + _lemma(first.head)
    for n, verb in enumerate(predicates[:4]):
        yield from _predicate(verb, min(n, 2), types)
    for head in target[:1]:
        yield "t-dep=" + head.dep_
        yield "t-case=" + (syntax.case_of(head) or "-")
        yield "t-head=" + _lemma(head.head)
        yield f"t-head-case={_lemma(head.head)}_{syntax.case_of(head) or '-'}"
        if first is not None and head.sent == first.sent:
            path = list(_path(first, head))
            for word in path:
                yield "path=" + _lemma(word)
                if word.i in types:
                    yield "path-type=" + types[word.i]
            for one, other in itertools.pairwise(path):
                yield f"path2={_lemma(one)}_{_lemma(other)}"
            yield "order=" + ("st" if first.i < head.i else "ts")
    main = {p.i for p in predicates}
    for at, kind in types.items():
        if sentence[0].i <= at <= sentence[-1].i:
            how = factuality(doc, at)
            yield "type=" + kind
            yield f"type-how={kind}_{how.modality}_{how.negated}"
            if at in main:
                yield "main-type=" + kind
                yield f"main-type-how={kind}_{how.modality}_{how.negated}"
    yield from _words(sentence, source, target)


def _predicate(verb: Token, depth: int, types: Mapping[int, str]) -> Iterator[str]:
    """What one predicate of the source's chain says, and how."""
    lemma = _lemma(verb)
    yield f"v{depth}={lemma}"
    yield f"v={lemma}"
    how = factuality(verb.doc, verb.i)
    yield f"v{depth}-how={how.modality}_{how.negated}"
    yield f"v-how={lemma}_{how.modality}_{how.negated}"
    if (particle := syntax.particle(verb)) is not None:
        yield f"v={lemma}_{particle}"
    code = cameo_codes().code(verb)
    if code is not None:
        yield f"v{depth}-cameo={code[:2]}"
        yield f"v-cameo={code}"
    if verb.i in types:
        yield f"v{depth}-type={types[verb.i]}"
    if syntax.is_passive(verb):
        yield f"v{depth}-passive={lemma}"
    for held in syntax.children(verb, "obj", "nsubj:pass", "iobj"):
        yield f"o={_lemma(held)}"
        yield f"vo={lemma}_{_lemma(held)}"
        if held.i in types:
            yield f"o-type={types[held.i]}"
        for slot, inner in syntax.nominal_arguments(held):
            if slot != "poss":
                yield f"o-{slot}={_lemma(inner)}"
    for case, held in syntax.obliques(verb):
        yield f"p={lemma}_{case}"
        yield f"p-of={case}_{_lemma(held)}"


def _predicates(head: Token) -> Iterator[Token]:
    """The predicate that governs a word, the ones it governs in turn, and those beside it, nearest first."""
    top = head
    for _ in range(12):
        if top.head == top or (top.pos_ in ("VERB", "AUX") and top.i != head.i) or syntax.is_predicate(top.head):
            break
        top = top.head
    verb = top.head if syntax.is_predicate(top.head) else top
    seen: list[Token] = [verb]
    yield verb
    for held in seen:
        for below in syntax.children(held, *CHAIN, "conj"):
            if below.i not in {s.i for s in seen} and len(seen) < 5 and (below.pos_ in ("VERB", "AUX", "ADJ", "NOUN")):
                seen.append(below)
                yield below


def _path(one: Token, other: Token) -> Iterator[Token]:
    """The words between two in the tree, both left out."""
    up = [one, *one.ancestors]
    places = {t.i: n for n, t in enumerate(up)}
    down: list[Token] = []
    for word in [other, *other.ancestors]:
        if word.i in places:
            yield from (t for t in up[1 : places[word.i] + 1] if t.i != other.i)
            yield from reversed(down[1:])
            return
        down.append(word)


def _words(sentence: Iterable[Token], source: list[Token], target: list[Token]) -> Iterator[str]:
    """Words and pairs of words of the sentence, and where they stand."""
    words = [t for t in sentence if not t.is_punct and not t.is_space]
    hidden = {t.i for h in (*source, *target) for t in h.subtree if t.ent_type_} | {h.i for h in (*source, *target)}
    ends = [h.i for h in (*source[:1], *target[:1])]
    lemmas = ["X" if t.i in hidden else "N" if t.like_num else "E" if t.ent_type_ else _lemma(t) for t in words]
    for n, (word, lemma) in enumerate(zip(words, lemmas, strict=True)):
        if lemma == "X" or word.ent_type_:
            continue
        yield "w=" + lemma
        if len(ends) == 2 and min(ends) < word.i < max(ends):
            yield "b=" + lemma
        if n + 1 < len(words):
            yield f"w2={lemma}_{lemmas[n + 1]}"
        if source and 0 < word.i - source[0].i <= NEAR:
            yield "after-s=" + lemma


def _lemma(token: Token) -> str:
    return "#" if token.like_num else token.lemma_.lower()
