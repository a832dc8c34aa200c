from __future__ import annotations

import json
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from kgbuild.annotate import encoder

MODEL = Path(__file__).resolve().parents[2] / "kgbuild" / "data" / "model"
pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def nlp() -> Language:
    assert encoder.__name__  # importing it registers its component, also where the package is not installed
    return spacy.load(MODEL)


def test_pipeline_says_what_it_is(nlp: Language) -> None:
    assert nlp.meta["license"] == "CC BY-SA 4.0"
    assert {s["name"].split()[0] for s in nlp.meta["sources"]} >= {"UD_English-EWT", "GUM"}
    labels = {label for pipe in nlp.pipe_names for label in nlp.pipe_labels.get(pipe, ())}
    assert {"nsubj:pass", "obl:agent", "acl:relcl", "nmod:poss", "aux:pass"} <= labels


def test_a_simple_sentence(nlp: Language) -> None:
    doc = nlp("The minister was criticised by two judges.")
    parse = {t.text: (t.lemma_, t.pos_, t.tag_, t.dep_, t.head.text) for t in doc}
    assert parse["criticised"] == ("criticise", "VERB", "VBN", "ROOT", "criticised")
    assert parse["minister"] == ("minister", "NOUN", "NN", "nsubj:pass", "criticised")
    assert parse["judges"] == ("judge", "NOUN", "NNS", "obl:agent", "criticised")
    assert parse["was"][3] == "aux:pass"
    assert doc[3].morph.get("Voice") == ["Pass"]


def test_news_lines_are_sentences_of_their_own(nlp: Language) -> None:
    text = (
        "Storm shuts three ports on the east coast\n\n"
        "By Ida Holm\n\n"
        "LISBON, May 4 (Reuters) — Three ports were closed on Monday. “We had no choice,” a U.S. engineer said. "
        "“The waves broke the wall.”\n\n"
        "The ports reopened on Tuesday."
    )
    assert [s.text.strip() for s in nlp(text).sents] == [
        "Storm shuts three ports on the east coast",
        "By Ida Holm",
        "LISBON, May 4 (Reuters) —",
        "Three ports were closed on Monday.",
        "“We had no choice,” a U.S. engineer said.",
        "“The waves broke the wall.”",
        "The ports reopened on Tuesday.",
    ]


def test_names_of_plain_kinds(nlp: Language) -> None:
    doc = nlp("German Chancellor Angela Merkel flew to Warsaw on Friday.")
    assert [(e.text, e.label_) for e in doc.ents] == [
        ("German", "NORP"),
        ("Angela Merkel", "PERSON"),
        ("Warsaw", "LOC"),
    ]


def test_the_vocabulary_holds_no_corpus_words() -> None:
    strings = json.loads((MODEL / "vocab" / "strings.json").read_text(encoding="utf-8"))
    assert len(strings) < 10_000
