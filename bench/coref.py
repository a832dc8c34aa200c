"""Coreference on GUM: what the records of each document say is one, as the scorer's clusters, then its figures."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from spacy.tokens import Doc, Token

from bench.corpora import gum_documents
from bench.system import plain_document, print_scores
from kgbuild.annotate import Annotator
from kgbuild.config import Config
from kgbuild.layers import head_of, slice_of

NOT_COUNTED = frozenset({"adjective"})
"""Forms that the corpus' guidelines leave out of every chain ("Russian" does not corefer with "Russia")."""


def run(options: argparse.Namespace) -> int:
    """Write one JSON line a document, print words a second and gum_coref.py's figures when that scorer is there."""
    data = Path(options.data)
    out = Path(options.predictions or f"gum-coref-{options.split}-predictions.jsonl")
    predict(data, options.split, out, options.limit)
    return print_scores("gum_coref.py", data, ["--split", options.split, "--repo", str(data)], out)


def predict(data: Path, split: str, out: Path, limit: int = 0) -> None:
    """Write one JSON line a document of the split."""
    annotator = Annotator(Config())
    words, seconds = 0, 0.0
    with out.open("w", encoding="utf-8") as handle:
        for n, text in enumerate(gum_documents(data, split)):
            if limit and n >= limit:
                break
            start = time.perf_counter()
            doc = annotator.annotate(plain_document(text.text, text.id))
            seconds += time.perf_counter() - start
            words += sum(not t.is_space and not t.is_punct for t in doc)
            handle.write(json.dumps({"doc": text.id, "unit": "char", "clusters": clusters(doc)}) + "\n")
    print(f"{words} words, {words / max(seconds, 1e-9):.0f} words a second (the whole language step)")


def clusters(doc: Doc) -> list[list[list[int]]]:
    """Spans of the mentions that denote the same: a state and its territory are one, those of several are the same several."""
    joined = {e.territory: e.id for e in doc._.entities if e.territory}
    spans: dict[tuple[str, ...], list[list[int]]] = {}
    heads: dict[tuple[str, ...], set[int]] = {}
    for mention in doc._.mentions:
        tokens = slice_of(doc, mention.span)
        if mention.form in NOT_COUNTED or tokens is None:
            continue
        denoted = tuple(sorted({joined.get(i, i) for i in mention.entities}))
        head = head_of(tokens)
        known = heads.setdefault(denoted, set())
        if not _repeats(head, known):
            spans.setdefault(denoted, []).append([mention.span.begin, mention.span.end])
        known.add(head.i)
    return list(spans.values())


def _repeats(head: Token, known: set[int]) -> bool:
    """Whether a mention is the apposition or predicate of another one of its entity, which the guidelines count once."""
    if head.dep_ in {"appos", "nmod:desc", "flat", "compound"} and head.head.i in known:
        return True
    if any(c.i in known and c.dep_ in {"appos", "nmod:desc"} for c in head.children):
        return True
    if not any(c.dep_ == "cop" for c in head.children):
        return False
    subject = next((c for c in head.children if c.dep_ == "nsubj"), None)
    return subject is not None and (subject.i in known or any(c.i in known for c in subject.children))
