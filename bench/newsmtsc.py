"""Polarity toward a marked target on NewsMTSC's training rows, by five folds of the stance network's second head.

Training the folds takes long, so it is a command of its own, five times over (K from 0 to 4):
    python -m training.stances.train --data DATA --seen FOLDER --out FOLDER/K --fold K
This scores what they wrote: --predictions FOLDER. Folds are told by sentence, so no sentence is judged by a network that has seen it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from training.stances.corpus import distinct, newsmtsc

NAMES = ("negative", "neutral", "positive")


def run(options: argparse.Namespace) -> int:
    """Print F1 by polarity and their mean. Status 1 when a row has no prediction."""
    gold = {(row.line, row.spans[0]): row.label for row in distinct(newsmtsc(Path(options.data)))}
    found: dict[tuple[int, tuple[int, int]], int] = {}
    for path in sorted(Path(options.predictions or ".").glob("**/newsmtsc-*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found[row["line"], (row["span"][0], row["span"][1])] = row["polarity"]
    rows = [(label, found[where]) for where, label in gold.items() if where in found]
    f1 = []
    for k, name in enumerate(NAMES):
        right = sum(g == k == p for g, p in rows)
        f1.append(2 * right / max(1, sum(g == k for g, _ in rows) + sum(p == k for _, p in rows)))
        print(f"{name:<9} F1 {f1[-1]:.3f}")
    print(f"newsmtsc  macro F1 {sum(f1) / len(f1):.3f} over {len(rows)} of {len(gold)} rows")
    return int(len(rows) < len(gold))
