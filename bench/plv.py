"""PLOVER relation of a marked pair on PLV.

The training rows are judged in five folds, by int(sha256(sentence), 16) % 5: each fold by a model trained on the other four (the classes
and features are those of kgbuild.claims.pairs). Any other split is judged by the shipped model. The system reads the sentence and
where its two parties stand, nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

from bench.corpora import Pair, plv
from bench.system import print_scores
from kgbuild.claims.pairs import PairModel, pair_model
from training.events.pairs import read, train

FOLDS = 5


def run(options: argparse.Namespace) -> int:
    """Write one JSON line a row and print plv.py's figures."""
    out = Path(options.predictions or "plv-predictions.jsonl")
    rows = list(plv(Path(options.data), options.split))[: options.limit or None]
    found = list(read(rows))
    models = five_folds(rows, found) if options.split == "train" else [pair_model()] * FOLDS
    with out.open("w", encoding="utf-8") as handle:
        for row, features in zip(rows, found, strict=True):
            handle.write(json.dumps({"id": row.id, "root": models[fold(row)].best(features)}) + "\n")
    if options.split == "train":
        print(f"{FOLDS} folds: each row judged by a model that saw none of its fold")
    return print_scores("plv.py", Path(options.data), ["--split", options.split], out)


def fold(row: Pair) -> int:
    """The fold of a row, by its sentence."""
    return int(hashlib.sha256(row.text.encode("utf-8")).hexdigest(), 16) % FOLDS


def five_folds(rows: list[Pair], found: list[list[str]]) -> list[PairModel]:
    """The model of each fold, trained on the other folds."""
    out = []
    for k in range(FOLDS):
        kept = [n for n, row in enumerate(rows) if fold(row) != k]
        out.append(train([found[n] for n in kept], [rows[n].label for n in kept]))
    return out
