from __future__ import annotations

import itertools

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from spacy.language import Language
from spacy.tokens import Doc

from kgbuild.annotate.encoder import WINDOW, Encoder, casing
from kgbuild.annotate.trees import Array, tree
from kgbuild.config import data_path

ODD = [
    "x" * 10_000,
    "Ships 🚢🏽 wait 👩‍👩‍👧 in port.",
    " ",
    " \n\n \t ",
    "A\x00b \x07 said\x1b[31m no\x7f.",
    "\n\nShips wait.",
    "Ships\u200b wait \u202e now",
    "( ( ( ) ) ) . . .",
]


def is_tree(heads: list[int]) -> bool:
    for start in range(1, len(heads) + 1):
        node, steps = start, 0
        while node and steps <= len(heads):
            node, steps = heads[node - 1], steps + 1
        if node:
            return False
    return heads.count(0) == 1


def crossing(heads: list[int]) -> bool:
    arcs = [(min(h, d), max(h, d)) for d, h in enumerate(heads, 1)]
    return any(a < c < b < d for a, b in arcs for c, d in arcs)


def total(scores: Array, heads: list[int]) -> float:
    return float(sum(scores[d, h] for d, h in enumerate(heads)))


@st.composite
def matrices(draw: st.DrawFn, longest: int) -> Array:
    n = draw(st.integers(1, longest))
    return draw(arrays(np.float64, (n, n + 1), elements=st.integers(-50, 50).map(float)))


@given(matrices(4))
@settings(max_examples=300, deadline=None)
def test_tree_is_the_best_of_all_projective_trees_with_one_root(scores: Array) -> None:
    heads = tree(scores)
    assert is_tree(heads)
    assert not crossing(heads)
    every = itertools.product(range(len(scores) + 1), repeat=len(scores))
    assert total(scores, heads) == max(
        total(scores, list(h)) for h in every if is_tree(list(h)) and not crossing(list(h))
    )


@given(matrices(40))
@settings(max_examples=40, deadline=None)
def test_any_scores_make_a_tree(scores: Array) -> None:
    before = scores.copy()
    assert is_tree(tree(scores))
    assert (scores == before).all()


@pytest.mark.parametrize(
    ("word", "number"),
    [(" \n", 1), ("—", 2), ("2", 3), ("F35", 4), ("port", 5), ("NATO", 6), ("I", 7), ("Rome", 8), ("McCall", 9)],
)
def test_casing_classes(word: str, number: int) -> None:
    assert casing(word) == number


class Counted(Encoder):
    """Windows without a model: every word has one piece a letter, twelve at most."""

    def __init__(self) -> None:
        super().__init__()
        self._word = lambda text: list(range(min(12, len(text))))  # type: ignore[assignment]  # stands in for WordPieces


@given(
    st.lists(
        st.sampled_from(["a", "port", ".", "incomprehensibility", "\n\n", '"', "!", " "]), min_size=1, max_size=300
    )
)
@settings(max_examples=60, deadline=None)
def test_windows_cover_every_token_once_in_order(words: list[str]) -> None:
    doc = Doc(spacy.blank("en").vocab, words=words, spaces=[False] * len(words))
    encoder = Counted()
    windows = encoder._windows(doc)
    assert windows[0][0] == 0
    assert windows[-1][1] == len(doc)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(windows))
    assert all(begin < end for begin, end in windows)
    for begin, end in windows:
        assert sum(len(encoder._word(doc[i].text)) for i in range(begin, end)) <= WINDOW - 2


@pytest.fixture(scope="module")
def nlp() -> Language:
    return spacy.load(data_path("model"))


def layers(doc: Doc) -> list[tuple[object, ...]]:
    return [
        (t.text, t.tag_, t.pos_, str(t.morph), t.lemma_, t.head.i, t.dep_, t.is_sent_start, t.ent_iob_, t.ent_type_)
        for t in doc
    ]


@pytest.mark.model
def test_a_doc_is_read_alike_in_any_company(nlp: Language) -> None:
    texts = ["Ana Ruiz left Zaria.", "No.", "The ports were closed on Monday, a minister said. " * 30]
    alone = {text: layers(nlp(text)) for text in texts}
    for order in itertools.permutations(texts):
        assert [layers(d) for d in nlp.pipe(order)] == [alone[t] for t in order]


@pytest.mark.model
@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_text_keeps_its_offsets(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert doc.text == text
    assert all(text[t.idx : t.idx + len(t)] == t.text for t in doc)
    assert sum(len(s) for s in doc.sents) == len(doc)
    for sentence in doc.sents:
        assert sum(t.head.i == t.i for t in sentence) == 1
        assert all(sentence.start <= t.head.i < sentence.end for t in sentence)


@pytest.mark.model
def test_no_words_no_layers(nlp: Language) -> None:
    assert len(nlp("")) == 0


@pytest.mark.model
def test_a_copy_on_disk_reads_alike(nlp: Language, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("copy")
    nlp.to_disk(folder)
    text = "Ana Ruiz left Zaria on Monday."
    assert layers(spacy.load(folder)(text)) == layers(nlp(text))
