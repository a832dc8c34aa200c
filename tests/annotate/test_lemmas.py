"""Lemmas looked up by hash are those of spaCy's lists, and the pipeline can still be written."""

from __future__ import annotations

import spacy
from spacy.lookups import Lookups
from spacy.pipeline import Lemmatizer
from spacy.tokens import Doc

from kgbuild.annotate.lemmas import TABLE, hashed_lemmas

WORDS = ["mice", "houses", "axes", "glibs", "leaves", "Houses"]


def test_the_same_lemmas_as_from_lists() -> None:
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("lemmatizer", config={"mode": "rule"})
    assert isinstance(pipe, Lemmatizer)
    lookups = Lookups()
    lookups.add_table(TABLE, {"noun": ["axe", "axis", "house", "leaf"]})
    lookups.add_table("lemma_exc", {"noun": {"mice": ["mouse"]}})
    lookups.add_table("lemma_rules", {"noun": [["s", ""], ["es", ""], ["es", "is"], ["ves", "f"]]})
    pipe.initialize(lookups=lookups)

    def lemmas() -> list[list[str]]:
        pipe.cache.clear()
        return [pipe.rule_lemmatize(t) for t in Doc(nlp.vocab, words=WORDS, pos=["NOUN"] * len(WORDS))]

    before = lemmas()
    assert before[:3] == [["mouse"], ["house"], ["axis", "axe"]]
    hashed_lemmas(nlp)
    assert isinstance(pipe.lookups.get_table(TABLE)["noun"], dict)
    assert lemmas() == before
    again = spacy.blank("en")
    again.add_pipe("lemmatizer", config={"mode": "rule"})
    assert again.from_bytes(nlp.to_bytes()).get_pipe("lemmatizer").lookups.get_table(TABLE)["noun"]


def test_other_pipelines_are_left_alone() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    hashed_lemmas(nlp)
    assert nlp.pipe_names == ["sentencizer"]
