"""How actors of a sentence lean: which pairs are read, how they are marked, and what reaches the Doc."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.lang.en import English
from spacy.language import Language
from spacy.tokens import Doc

from kgbuild.annotate import load
from kgbuild.annotate.encoder import MIDDLE, Middle
from kgbuild.annotate.leanings import ACTOR, FIRST, LABELS, MOST_PAIRS, SECOND, LeaningReader, roles_of, window
from kgbuild.annotate.trees import Array
from kgbuild.config import Config
from kgbuild.ids import entity_id, record_id
from kgbuild.records import Entity, Mention, Span

VOCAB = English().vocab
HOME = "article/0123456789abcdef"


class FakeMiddle(Middle):
    """One piece a token, its vector the token's place."""

    def of(self, begin: int, end: int) -> tuple[Array, Array]:
        places = np.arange(begin, end)
        return places[:, None].astype(np.float32), places


class FakeNetwork:
    """Says "for back" of every pair, and remembers what it was asked."""

    def __init__(self) -> None:
        self.marks: list[list[int]] = []
        self.pairs: list[tuple[list[int], list[int]]] = []

    def read(self, rows: Sequence[tuple[Array, Array]]) -> list[Array]:
        self.marks += [marks.tolist() for _, marks in rows]
        return [pieces for pieces, _ in rows]

    def probabilities(self, sentence: Array, pairs: Sequence[tuple[Array, Array]]) -> Array:
        self.pairs += [(a.tolist(), b.tolist()) for a, b in pairs]
        out: Array = np.tile(np.array([0.25, 0.0, 0.75, 0.0, 0.0]), (len(pairs), 1))
        return out


def sentence(words: str, actors: Sequence[tuple[str, str]], affiliation: dict[str, str] | None = None) -> Doc:
    """One sentence; actors as (kind, word) or (kind, word=name of the entity)."""
    doc = Doc(VOCAB, words=words.split(), sent_starts=[True] + [False] * (len(words.split()) - 1))
    doc._.document = None
    entities, mentions = {}, []
    for kind, word in actors:
        word, _, name = word.partition("=")
        begin = next(t.idx for t in doc if t.text == word)
        ours = entity_id(kind, name or word)
        up = (affiliation or {}).get(name or word)
        entities[ours] = Entity(ours, name or word, kind, affiliation=(entity_id("State", up),) if up else ())
        span = Span(begin, begin + len(word))
        form = "pronoun" if word.islower() else "name"
        mentions.append(Mention(record_id(HOME, "mention", span), HOME, span, form, (ours,)))
    doc._.entities = tuple(entities.values())
    doc._.mentions = tuple(sorted(mentions, key=lambda m: m.span))
    doc.user_data[MIDDLE] = FakeMiddle(None, doc)  # type: ignore[arg-type]  # it asks no encoder
    return doc


def read(doc: Doc) -> tuple[FakeNetwork, list[tuple[str, str, float, float]]]:
    network = FakeNetwork()
    LeaningReader(network)(doc)  # type: ignore[arg-type]  # stands in for the shipped network
    text = doc.text
    found = [
        (text[slice(*n.holder.span)], text[slice(*n.target.span)], n.support, n.opposition) for n in doc._.leanings
    ]
    return network, found


def test_a_pair_is_marked_in_order_of_place_and_read_both_ways() -> None:
    network, found = read(sentence("Mali praised Kenya .", [("State", "Mali"), ("State", "Kenya")]))
    assert network.marks == [[ACTOR, 0, ACTOR, 0]]
    assert network.pairs == [([0], [2])]
    assert found == [("Kenya", "Mali", 0.75, 0.0)]


@pytest.mark.parametrize(
    ("words", "actors", "affiliation"),
    [
        ("Mali waits .", [("State", "Mali")], {}),
        ("Mali said he waits .", [("State", "Mali"), ("State", "he=Mali")], {}),
        ("Mali fell to rain in Leoni .", [("State", "Mali"), ("City", "Leoni")], {}),
        ("Keita praised Mali .", [("Person", "Keita"), ("State", "Mali")], {"Keita": "Mali"}),
    ],
    ids=["one mention", "itself", "a place", "one's own state"],
)
def test_what_is_no_pair(words: str, actors: list[tuple[str, str]], affiliation: dict[str, str]) -> None:
    network, found = read(sentence(words, actors, affiliation))
    assert not network.pairs
    assert found == []


def test_a_sentence_of_sixty_actors_costs_no_more_than_the_bound() -> None:
    names = [f"N{n:02}" for n in range(60)]
    doc = sentence(" and ".join(names) + " met .", [("Organization", n) for n in names])
    network, found = read(doc)
    assert len(network.marks) == 1
    assert len(network.pairs) == len(found) == MOST_PAIRS
    assert ("N01", "N00", 0.75, 0.0) in found
    assert ("N59", "N00", 0.75, 0.0) not in found
    assert doc._.unread_pairs == 60 * 59 // 2 - MOST_PAIRS


def test_a_name_is_read_rather_than_a_pronoun() -> None:
    _, found = read(
        sentence("she said Ines met Kenya .", [("Person", "she=Ines"), ("Person", "Ines"), ("State", "Kenya")])
    )
    assert found == [("Kenya", "Ines", 0.75, 0.0)]


@given(st.integers(2, 400), st.data())
def test_window_holds_both_actors_where_it_can(size: int, data: st.DataObject) -> None:
    roles = np.zeros(size, np.int64)
    first, second = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    roles[first], roles[second] = FIRST, SECOND
    begin, end = window(roles)
    assert 0 <= begin < end <= size
    assert end - begin == min(size, 160)
    if abs(first - second) < 80:
        assert begin <= min(first, second) and max(first, second) < end


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 5)), max_size=20), st.integers(0, 50), st.integers(1, 9))
def test_roles_mark_what_the_actor_touches(places: list[tuple[int, int]], begin: int, length: int) -> None:
    tokens = [(b, b + n) for b, n in places]
    roles = roles_of(tokens, [(begin, begin + length)])
    assert [bool(r) for r in roles] == [bool(set(range(*t)) & set(range(begin, begin + length))) for t in tokens]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load(Config())


def leanings(nlp: Language, text: str) -> dict[tuple[str, str], tuple[float, float]]:
    doc = nlp(text)
    return {
        (text[slice(*n.holder.span)], text[slice(*n.target.span)]): (n.support, n.opposition) for n in doc._.leanings
    }


@pytest.mark.model
def test_the_shipped_network_tells_sign_and_direction(nlp: Language) -> None:
    found = leanings(nlp, "France sharply criticised Iran on Monday.")
    assert found["France", "Iran"][1] > 0.5 > found["France", "Iran"][0]
    assert found.get(("Iran", "France"), (0.0, 0.0))[1] < 0.5
    found = leanings(nlp, "France was sharply criticised by Iran on Monday.")
    assert found["Iran", "France"][1] > found.get(("France", "Iran"), (0.0, 0.0))[1]
    found = leanings(nlp, "Germany praised Canada for its generous help.")
    assert found["Germany", "Canada"][0] > 0.3 > found["Germany", "Canada"][1]


@pytest.mark.model
def test_leanings_say_the_probabilities_of_labels_that_exclude_each_other(nlp: Language) -> None:
    found = leanings(nlp, "France condemned Iran, and Germany backed Canada. Canada and Spain met.")
    assert found
    assert all(0 <= a <= 1 and 0 <= b <= 1 and a + b <= 1.001 for a, b in found.values())
    assert len(LABELS) == 5
