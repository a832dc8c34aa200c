"""Join the trained syntax and names pipelines of the CNN, the measured alternative, into one folder."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import spacy
import srsly
from spacy.language import Language

from . import tokenizer as _registers_the_callback  # noqa: F401  (spaCy looks the callback up by name while loading)
from .packing import write


def join(syntax: Path, names: Path | None) -> Language:
    """One pipeline: the syntax components, then the names component with an encoder of its own."""
    nlp = spacy.load(syntax)
    if names is not None:
        source = spacy.load(names, vocab=nlp.vocab)
        source.replace_listeners("tok2vec", "ner", ["model.tok2vec"])
        nlp.add_pipe("ner", source=source, name="ner")
    return nlp


def needed_strings(nlp: Language) -> set[str]:
    """The strings that the components refer to: labels, features, and the pieces that lemmas are edited with."""
    keep = set(spacy.blank("en").vocab.strings) | {label for labels in nlp.pipe_labels.values() for label in labels}
    for label in nlp.pipe_labels.get("morphologizer", []):
        keep.update(label.split("|"))
        keep.update(part for feature in label.split("|") for part in feature.split("="))
    keep.update({"ROOT", "dep", "_SP", "SPACE"})
    if nlp.has_pipe("trainable_lemmatizer"):
        stored = srsly.msgpack_loads(nlp.get_pipe("trainable_lemmatizer").trees.to_bytes())
        for tree in stored["trees"]:
            keep.update(nlp.vocab.strings[tree[side]] for side in ("orig", "subst") if side in tree)
    return keep


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--syntax", type=Path, required=True)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--meta", type=Path, required=True, help="JSON merged into the pipeline's meta.json")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    nlp = join(options.syntax, options.names)
    write(nlp, options.out, json.loads(options.meta.read_text(encoding="utf-8")), needed_strings(nlp))


if __name__ == "__main__":
    main()
