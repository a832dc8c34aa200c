"""Syntax of raw text on Universal Dependencies treebanks: the pipeline's tokens, tags, trees and sentences, then the scorer's figures."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from bench.corpora import treebank, treebank_files
from bench.system import print_scores
from kgbuild.annotate import load
from kgbuild.config import Config

FIRST_AFTER_SYNTAX = "kgbuild_names"
"""The component from which on syntax stays as it is."""


def run(options: argparse.Namespace) -> int:
    """Write one JSON line a paragraph, print words a second and parse.py's figures when that scorer is there."""
    data = Path(options.data)
    files = treebank_files(data, options.split)
    out = Path(options.predictions or f"{data.name}-{options.split}-predictions.jsonl")
    predict(files, out, options.limit)
    where = ["--file", str(files[0])]
    if len(files) > 1:
        where = ["--file", str(files[0].parent), "--only", *(f.stem for f in files)]
    return print_scores("parse.py", data, where, out)


def predict(files: list[Path], out: Path, limit: int = 0) -> None:
    """Write one JSON line a paragraph of the files."""
    nlp = load(Config())
    words, seconds, count = 0, 0.0, 0
    with (
        out.open("w", encoding="utf-8") as handle,
        nlp.select_pipes(enable=nlp.pipe_names[: nlp.pipe_names.index(FIRST_AFTER_SYNTAX)]),
    ):
        for text in (t for f in files for t in treebank(f)):
            if limit and count >= limit:
                break
            start = time.perf_counter()
            doc = nlp(text.text)
            seconds += time.perf_counter() - start
            words += sum(not t.is_space and not t.is_punct for t in doc)
            count += 1
            handle.write(json.dumps({"id": text.id, **parse(doc)}) + "\n")
    print(f"{words} words, {words / max(seconds, 1e-9):.0f} words a second (tokens to sentences)")


def parse(doc: Doc) -> dict[str, Any]:
    """Tokens and sentences in the scorer's form; sentence borders leave white space out."""
    tokens = [
        {
            "begin": t.idx,
            "end": t.idx + len(t),
            "upos": t.pos_,
            "head": -1 if t.head.i == t.i else t.head.i,
            "deprel": "root" if t.dep_ == "ROOT" else t.dep_,
        }
        for t in doc
    ]
    solid = [[t for t in sentence if not t.is_space] for sentence in doc.sents]
    return {"tokens": tokens, "sentences": [[s[0].idx, s[-1].idx + len(s[-1])] for s in solid if s]}
