"""Stance between two marked actors of a sentence on DSE (dev: its valid.txt), by the shipped stance network.

The scorer's views: "clean" leaves out the rows whose sentence stands in the training rows too; "all" is as published. The label of a row
is the likeliest as learned (classes weighted), its probability the calibrated one. Beside the scorer's figures: precision and recall where
an edge enters the graph, and how well the probabilities are calibrated on clean rows (expected calibration error in ten equal-width bins,
temperature and handicap fitted on one half and measured on the other, both ways).
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.system import print_scores
from kgbuild.annotate.leanings import calibrated
from kgbuild.annotate.trees import Array

if TYPE_CHECKING:
    from kgbuild.annotate.leanings import Network
    from training.stances.corpus import Row, Seen

LABELS = 5
BINS = 10


def run(options: argparse.Namespace) -> int:
    """Write one JSON line a row and print dse.py's figures, then thresholds and calibration."""
    from kgbuild.annotate.leanings import Network
    from kgbuild.config import data_path
    from training.stances.corpus import dse, language, seen

    data, split = Path(options.data), "valid" if options.split == "dev" else options.split
    rows = list(dse(data, split))[: options.limit or None]
    read = seen(rows, language())
    kept = [(r, s) for r, s in zip(rows, read, strict=True) if s is not None]
    network = Network(data_path("leanings"))
    likely = scores_of(network, [s for _, s in kept], likely=True)
    learned = scores_of(network, [s for _, s in kept])
    out = Path(options.predictions or "dse-predictions.jsonl")
    with out.open("w", encoding="utf-8") as handle:
        for (row, _), p in zip(kept, learned, strict=True):
            handle.write(json.dumps({"id": row.line, "label": named(row, int(p.argmax()))}) + "\n")
    status = print_scores("dse.py", data, ["--split", split], out)
    clean = clean_lines(data, split)
    chosen = [n for n, (row, _) in enumerate(kept) if row.line in clean]
    gold = np.array([kept[n][0].label for n in chosen])
    curve(likely[chosen], gold)
    scores = learned[chosen]
    print(f"stance confidence, expected calibration error on clean rows: cross-fitted {crossed(scores, gold):.3f}")
    return status


def scores_of(network: Network, rows: Sequence[Seen], *, likely: bool = False) -> Array:
    """Log-probabilities of the labels (or calibrated probabilities), a row each."""
    read = network.read([(s.pieces.astype(np.float32), s.actors) for s in rows])
    judge = network.probabilities if likely else network.scores
    return np.concatenate(
        [
            judge(x, [(np.flatnonzero(s.roles == 1), np.flatnonzero(s.roles == 2))])
            for x, s in zip(read, rows, strict=True)
        ]
    )


def named(row: Row, label: int) -> int:
    """A label in the order in which the corpus names the pair."""
    from training.stances.corpus import SWAPPED

    return SWAPPED[label] if row.swapped else label


def curve(likely: Array, gold: Array) -> None:
    """Print precision and recall of stances at thresholds of their probability."""
    best = likely[:, 1:].argmax(1) + 1
    sure = likely[np.arange(len(likely)), best]
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        made = sure >= threshold
        right = int((best[made] == gold[made]).sum())
        print(
            f"P(stance) >= {threshold}: precision {right / max(1, int(made.sum())):.3f} recall {right / max(1, int((gold > 0).sum())):.3f}"
        )
    for recall in (0.35, 0.5):
        wanted = int(np.ceil(recall * (gold > 0).sum()))
        order = np.argsort(-sure, kind="stable")
        found = np.cumsum(best[order] == gold[order])
        at = int(np.searchsorted(found, wanted))
        if at < len(order):
            print(f"at recall {recall}: precision {found[at] / (at + 1):.3f} (P >= {sure[order[at]]:.2f})")


def fitted(scores: Array, gold: Array) -> tuple[float, float]:
    """The temperature and the handicap of "none" that make the labels likeliest, by a grid."""
    grid = [(t, b) for t in np.arange(0.6, 2.01, 0.05) for b in np.arange(-1.0, 2.01, 0.1)]

    def surprise(setting: tuple[float, float]) -> float:
        return -float(np.log(calibrated(scores, *setting)[np.arange(len(gold)), gold]).mean())

    best = min(grid, key=surprise)
    return round(float(best[0]), 2), round(float(best[1]), 2)


def error(likely: Array, gold: Array) -> float:
    """Expected calibration error of "this pair has this stance": every row's likeliest stance, in ten equal-width bins."""
    best = likely[:, 1:].argmax(1) + 1
    sure = likely[np.arange(len(likely)), best]
    right = best == gold
    total = 0.0
    for k in range(BINS):
        inside = (sure >= k / BINS) & ((sure < (k + 1) / BINS) | (k == BINS - 1))
        if inside.any():
            total += inside.sum() * abs(float(sure[inside].mean()) - float(right[inside].mean()))
    return total / len(gold)


def crossed(scores: Array, gold: Array, fit: Callable[[Array, Array], tuple[float, float]] = fitted) -> float:
    """The error with settings fitted on even rows measured on odd ones, and the other way, pooled."""
    likely = np.zeros((len(gold), LABELS))
    half = np.arange(len(gold)) % 2 == 0
    for own in (half, ~half):
        likely[own] = calibrated(scores[own], *fit(scores[~own], gold[~own]))
    return error(likely, gold)


# The scorer's own views, for training: it reads the corpus as a file, this as rows.


def clean_lines(data: Path, split: str = "valid") -> frozenset[int]:
    """Numbers of the rows whose sentence is not one of the training rows', as the scorer tells them."""
    sentences = {
        name: [
            line.split("\t")[0] for line in (data / "dataset" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        ]
        for name in {"train", split}
    }
    seen = {" ".join(_words(s)) for s in sentences["train"]}
    grams = {g for s in sentences["train"] for g in _grams(s)}
    return frozenset(
        n
        for n, s in enumerate(sentences[split])
        if " ".join(_words(s)) not in seen and sum(g in grams for g in _grams(s)) <= 0.3 * len(_grams(s))
    )


def _words(sentence: str) -> list[str]:
    return re.sub(r"\W+", " ", sentence.replace("[", "").replace("]", "").lower()).split()


def _grams(sentence: str) -> set[str]:
    words = _words(sentence)
    return {" ".join(words[i : i + 6]) for i in range(max(1, len(words) - 5))}


def scored(rows: Sequence[Row], labels: Sequence[int], lines: frozenset[int]) -> dict[str, float]:
    """Macro F1 and stance F1 of the rows of some lines."""
    both = [(r.label, k) for r, k in zip(rows, labels, strict=True) if r.line in lines]
    f1 = []
    for k in range(LABELS):
        right = sum(g == k == p for g, p in both)
        f1.append(2 * right / max(1, sum(g == k for g, _ in both) + sum(p == k for _, p in both)))
    stance = 2 * sum(g == p != 0 for g, p in both) / max(1, sum(g != 0 for g, _ in both) + sum(p != 0 for _, p in both))
    return {"macro": round(sum(f1) / LABELS, 4), "stance": round(stance, 4)}
