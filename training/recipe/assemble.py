"""Pack tokenizer, exported encoder and rule lemmatizer into the pipeline folder that the wheel ships.

The lemmatizer's tables are spaCy's for English; words whose lemma in the treebanks the tables miss are added as exceptions. They
have nothing on auxiliaries, pronouns, determiners and particles ("is", "n't", "them"): all of these come from the treebanks.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.pipeline import Lemmatizer
from spacy.tokens import Doc

from kgbuild.annotate import encoder  # registers the factory

from .encoder_data import read_docs
from .packing import write
from .tokenizer import blank

OPEN_CLASSES = frozenset({"NOUN", "VERB", "ADJ", "ADV"})
CLOSED_CLASSES = frozenset({"AUX", "PRON", "DET", "PART"})
SEEN = 4
"""How often a word must have a lemma, under one analysis, to be made an exception."""
SHARE = 0.8
"""Least share of a word's uses, over all analyses of its part of speech, that have the lemma."""

Exceptions = dict[str, dict[str, str]]
"""Part of speech as the tables name it ("noun", "aux", ...) -> word in small letters -> lemma."""


def exceptions(nlp: Language, lemmatizer: Lemmatizer, docs: Iterable[Doc]) -> Exceptions:
    """Lemmas of the treebanks that the tables miss."""
    seen: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for doc in docs:
        for token in doc:
            plain = token.text.isalpha() and token.lemma_.isalpha()
            if token.pos_ in CLOSED_CLASSES or (token.pos_ in OPEN_CLASSES and plain):
                lemma = token.lemma_ if token.pos_ == "PRON" else token.lemma_.lower()  # "I" is the lemma of "me"
                seen[token.lower_.replace("’", "'"), token.pos_, str(token.morph)][lemma] += 1
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    missed = set()
    for (form, pos, morph), lemmas in seen.items():
        wanted, times = _most(lemmas)
        votes[form, pos].update(lemmas)
        if pos in CLOSED_CLASSES:  # a class that the tables know in part keeps the capitals of all other words
            missed.add((form, pos))
            continue
        alone = Doc(nlp.vocab, words=[form], pos=[pos], morphs=[morph])
        if times >= SEEN and lemmatizer.lemmatize(alone[0])[0] != wanted:
            missed.add((form, pos))
    found: Exceptions = defaultdict(dict)
    for form, pos in sorted(missed):
        lemma, times = _most(votes[form, pos])
        if times >= SHARE * votes[form, pos].total():
            for spelling in {form, form.replace("'", "’")}:
                found[pos.lower()][spelling] = lemma
    return found


def _most(lemmas: Counter[str]) -> tuple[str, int]:
    """The most frequent lemma and its count; of several, the last in the alphabet."""
    return max(lemmas.items(), key=lambda item: (item[1], item[0]))


def pipeline(exported: Path, treebanks: Path) -> Language:
    """Tokenizer, encoder, lemmatizer."""
    nlp = blank()
    component = nlp.add_pipe("kgbuild_encoder", name="encoder")
    if not isinstance(component, encoder.Encoder):
        raise TypeError("kgbuild_encoder is another component")
    component.from_disk(exported)
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "rule", "overwrite": True})
    if not isinstance(lemmatizer, Lemmatizer):
        raise TypeError("lemmatizer is another component")
    lemmatizer.initialize(lambda: [], nlp=nlp)
    added = exceptions(nlp, lemmatizer, read_docs(treebanks, nlp.vocab))
    table = lemmatizer.lookups.get_table("lemma_exc")
    for pos, lemmas in sorted(added.items()):
        table[pos] = {**table.get(pos, {}), **{form: [lemma] for form, lemma in sorted(lemmas.items())}}
    nlp.config["nlp"]["tokenizer"] = {"@tokenizers": "kgbuild.Tokenizer.v1"}
    sys.stdout.write(f"exceptions added to the lemmatizer: {sum(map(len, added.values()))}\n")
    return nlp


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True, help="folder with encoder.onnx and what goes with it")
    parser.add_argument("--treebanks", type=Path, required=True, help="folder of training Docs with lemmas")
    parser.add_argument("--meta", type=Path, required=True, help="JSON merged into the pipeline's meta.json")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    meta = json.loads(options.meta.read_text(encoding="utf-8"))
    write(pipeline(options.encoder, options.treebanks), options.out, meta, spacy.blank("en").vocab.strings)


if __name__ == "__main__":
    main()
