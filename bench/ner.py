"""Names on UNER and CrossNER: the names the language step reads in each sentence, as the scorer's predictions, then its figures."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from bench.corpora import NAME_SETS, named
from bench.system import plain_document, print_scores
from kgbuild.annotate import Annotator
from kgbuild.config import Config

TYPES = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC"})
"""Labels of `doc.ents` that the scorer knows; it folds GPE and FAC into LOC."""


def run(options: argparse.Namespace) -> int:
    """Write one JSON line a sentence, print words a second and ner.py's figures when that scorer is there."""
    if options.set not in NAME_SETS:
        raise SystemExit(f"--set {options.set}: choose one of {', '.join(NAME_SETS)}")
    out = Path(options.predictions or f"{options.set}-predictions.jsonl")
    predict(Path(options.data), options.set, options.split, out, options.limit)
    return print_scores("ner.py", Path(options.data), ["--set", options.set, "--split", options.split], out)


def predict(data: Path, name: str, split: str, out: Path, limit: int = 0) -> None:
    """Write one JSON line a sentence of the split."""
    annotator = Annotator(Config())
    words, seconds = 0, 0.0
    with out.open("w", encoding="utf-8") as handle:
        for n, text in enumerate(named(data, name, split)):
            if limit and n >= limit:
                break
            start = time.perf_counter()
            doc = annotator.annotate(plain_document(text.text, text.id))
            seconds += time.perf_counter() - start
            words += sum(not t.is_space and not t.is_punct for t in doc)
            handle.write(json.dumps({"id": text.id, "entities": names(doc)}) + "\n")
    print(
        f"{words} words, {words / max(seconds, 1e-9):.0f} words a second (the whole language step, a sentence at a time)"
    )


def names(doc: Doc) -> list[dict[str, Any]]:
    """The names of persons, organisations and places on `doc.ents`, each with its span."""
    return [{"begin": e.start_char, "end": e.end_char, "type": e.label_} for e in doc.ents if e.label_ in TYPES]
