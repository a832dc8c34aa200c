from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from recipe.assemble import exceptions
from recipe.encoder_data import OPEN, Item, batches, inventory, items, lemma_script, name_label
from recipe.packing import write
from spacy.tokens import Doc, Span

from kgbuild.annotate.encoder import WordPieces
from kgbuild.config import data_path

LETTERS = st.text("abcdeéyzAZ", min_size=1, max_size=8)


def applied(form: str, script: str) -> str:
    """The lemma that a script stands for, but for capitals."""
    if script.startswith("="):
        return script[1:]
    cut, _, ending = script[1:].partition("+")
    return form.lower()[: len(form) - int(cut)] + ending


@given(LETTERS, LETTERS)
def test_lemma_scripts_can_be_read_back(form: str, lemma: str) -> None:
    assert applied(form, lemma_script(form, lemma)).lower() == lemma.lower()


def test_lemma_scripts_say_what_changes() -> None:
    assert lemma_script("Parties", "party") == "l3+y"
    assert lemma_script("went", "go") == "=go"
    assert lemma_script("Zaria", "Zaria") == "U0+"
    assert lemma_script("said", "say") == "l2+y"


def gold() -> Doc:
    doc = Doc(
        spacy.blank("en").vocab,
        words=["Ana", "left", ".", "\n\n", "Ships", "wait"],
        spaces=[True, False, False, False, True, False],
        tags=["NNP", "VBD", ".", "_SP", "NNS", "VBP"],
        pos=["PROPN", "VERB", "PUNCT", "SPACE", "NOUN", "VERB"],
        lemmas=["Ana", "leave", ".", "\n\n", "ship", "wait"],
        heads=[1, 1, 1, 2, 5, 5],
        deps=["nsubj", "ROOT", "punct", "dep", "nsubj", "ROOT"],
        sent_starts=[True, False, False, False, True, False],
    )
    doc.set_ents([Span(doc, 0, 1, "PERSON")], missing=[Span(doc, 4, 5, "PERSON")])
    return doc


@pytest.fixture(scope="module")
def pieces() -> WordPieces:
    return WordPieces(data_path("model") / "encoder" / "tokenizer.json")


@pytest.mark.model
def test_targets_point_at_words(pieces: WordPieces) -> None:
    docs = [gold()] * 6
    labels = inventory(docs, docs)
    assert labels["ner"] == ["O", "B-PERSON", "I-PERSON"]
    item = items(docs[:1], pieces, labels, names=False)[0]
    assert item.targets["head"] == [2, 0, 2, 3, 6, 0]
    assert item.targets["sent"] == [1, 0, 0, OPEN, 1, 0]
    assert item.sentences == [0, 0, 0, 0, 1, 1]
    assert [labels["rel"][n] for n in item.targets["rel"]] == ["nsubj", "ROOT", "punct", "dep", "nsubj", "ROOT"]
    assert all(item.ids[b : e + 1] == pieces(w.text) for b, e, w in zip(item.first, item.last, docs[0], strict=True))
    named = items(docs[:1], pieces, labels, names=True)[0]
    assert named.targets == {"ner": [1, 0, 0, 0, OPEN, 0]}


@pytest.mark.model
def test_a_head_beyond_the_cut_is_open(pieces: WordPieces) -> None:
    n = 500
    vocab = spacy.blank("en").vocab
    doc = Doc(vocab, words=["port"] * n, heads=[n - 1] * n, deps=["dep"] * n, sent_starts=[True] + [False] * (n - 1))
    item = items([doc], pieces, inventory([doc], []), names=False)[0]
    assert len(item) < n
    assert set(item.targets["head"]) == {OPEN}


def test_open_tokens_have_no_name_label() -> None:
    doc = gold()
    assert [name_label(t) for t in doc] == ["B-PERSON", "O", "O", "O", "", "O"]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=60), st.integers(0, 9))
def test_batches_hold_every_item_once_and_no_more_than_they_may(lengths: list[int], seed: int) -> None:
    corpus = [Item([1] * n, [0] * n, [1], [1], {}, []) for n in lengths]
    made = batches(corpus, 80, random.Random(seed))
    assert sorted(i for batch in made for i in batch) == list(range(len(corpus)))
    assert all(len(batch) == 1 or max(lengths[i] for i in batch) * len(batch) <= 80 for batch in made)
    assert made == batches(corpus, 80, random.Random(seed))


def test_a_packed_pipeline_keeps_nothing_of_its_training(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp("secretcorpusword")
    for _ in range(2):  # the second swaps a folder that is there
        write(nlp, tmp_path / "model", {"license": "MIT"}, ["port", "ship", "", "port"])
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
    config = (tmp_path / "model" / "config.cfg").read_text(encoding="utf-8")
    assert not any(f"[{section}." in config for section in ("training", "corpora"))
    assert json.loads((tmp_path / "model" / "vocab" / "strings.json").read_text(encoding="utf-8")) == ["port", "ship"]
    loaded = spacy.load(tmp_path / "model")
    assert loaded.meta["license"] == "MIT"
    assert [len(s) for s in loaded("Ships wait. Ports shut.").sents] == [3, 3]


def test_lemmas_that_the_tables_miss_become_exceptions() -> None:
    pytest.importorskip("spacy_lookups_data")
    nlp = spacy.blank("en")
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "rule"})
    lemmatizer.initialize(lambda: [], nlp=nlp)
    doc = Doc(
        nlp.vocab,
        words=["They", "was", "drones", "zarped", "did", "n’t"],
        pos=["PRON", "AUX", "NOUN", "VERB", "AUX", "PART"],
        lemmas=["they", "be", "drone", "zarpen", "do", "not"],
    )
    found = exceptions(nlp, lemmatizer, [doc] * 4)
    assert found["aux"] == {"was": "be", "did": "do"}
    assert found["part"] == {"n't": "not", "n’t": "not"}
    assert found["verb"] == {"zarped": "zarpen"}
    assert "noun" not in found
