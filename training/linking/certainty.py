"""Fit kgbuild/data/linking.json: how sure a link to the entity base is, on GUM's open genres, against their Wikipedia links.

A logistic model over the signs of kgbuild/annotate/certainty.py. Each entity of an article weighs the same, however often it is named; the
strength of the penalty is one of several that five folds of articles, which are printed, hold near equal. numpy alone, no randomness.

Usage: python -m training.linking.certainty ../shared/data/gum
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.calibration import calibration_error, gum_links  # noqa: E402
from bench.corpora import gum_documents  # noqa: E402
from bench.linking import OPEN, same, wikipedia_titles  # noqa: E402
from bench.system import Rooms  # noqa: E402
from kgbuild.annotate import certainty, components  # noqa: E402
from kgbuild.annotate.draft import draft_of  # noqa: E402
from kgbuild.knowledge import Base  # noqa: E402
from kgbuild.records import Entity  # noqa: E402

TARGET = ROOT / "kgbuild" / "data" / "linking.json"
NAMES = (
    "bias",
    "name",
    "alias",
    "acronym",
    "other",
    "margin",
    "others",
    "common",
    "short",
    "metonym",
    "person",
    "ground",
)
PENALTY = 30.0
THRESHOLD = 0.5
"""A link likelier wrong than right is not made."""
FOLDS = 5

Array = NDArray[np.float64]


def fit(x: Array, y: Array, w: Array) -> Array:
    """Weights of the most likely penalised model, by Newton's method; w: weight of each row, mean 1."""
    beta = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], PENALTY)
    penalty[NAMES.index("bias")] = 1e-3
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        step = np.linalg.solve(
            (x * (w * p * (1 - p))[:, None]).T @ x + np.diag(penalty), x.T @ (w * (y - p)) - penalty * beta
        )
        beta += step
        if np.abs(step).max() < 1e-9:
            break
    return beta


class Row(NamedTuple):
    """One name's link in a document."""

    document: str
    entity: str
    signs: dict[str, float]
    right: bool


def read(data: Path) -> list[Row]:
    """Every name that the gold links too, of all links that the language step makes when it doubts none."""
    components.unlink_doubtful = lambda doc, draft: None
    rooms, base, titles = Rooms(), Base.open(), wikipedia_titles(data)
    gold = gum_links(data, "train")
    rows = []
    for text in gum_documents(data, "train"):
        if text.id.split("_")[1] not in OPEN:
            continue
        doc = rooms.annotator.nlp.make_doc(text.text)
        doc._.document = rooms.read(text.text, text.id)
        for name, component in rooms.annotator.nlp.pipeline:
            doc = component(doc) if name != "kgbuild_records" else doc
        for found, signs in certainty.links(doc, draft_of(doc))[1]:
            entry, span = found.node.entry, doc[found.start : found.end]
            if entry is None or entry.qid is None:
                continue
            entity = Entity("", entry.name, "Place", qid=entry.qid)
            right = same(entity, gold[text.id].title(span.start_char, span.end_char), titles, base)
            if right is not None:
                rows.append(Row(text.id, entry.id, signs, right))
    return rows


def main() -> None:
    """Fit, print the figures of the folds, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="GUM, as under ../shared/data/gum")
    options = parser.parse_args()
    rows = read(options.data)
    count = Counter((row.document, row.entity) for row in rows)
    x = np.array([[row.signs.get(name, 0.0) for name in NAMES] for row in rows])
    y = np.array([float(row.right) for row in rows])
    w = np.array([1 / count[row.document, row.entity] for row in rows])
    w *= len(w) / w.sum()
    fold = np.array([int(hashlib.sha256(row.document.encode()).hexdigest(), 16) % FOLDS for row in rows])
    p = np.zeros(len(rows))
    for k in range(FOLDS):
        p[fold == k] = 1 / (1 + np.exp(-x[fold == k] @ fit(x[fold != k], y[fold != k], w[fold != k])))
    print(
        f"{len(rows)} links, {y.mean():.3f} right, expected calibration error over {FOLDS} folds {calibration_error(p.tolist(), y.tolist()):.3f}"
    )
    print(f"below {THRESHOLD}: {int((p < THRESHOLD).sum())} links, {int(y[p < THRESHOLD].sum())} of them right")
    weights = {name: round(float(value), 3) for name, value in zip(NAMES, fit(x, y, w), strict=True)}
    TARGET.write_text(json.dumps({"threshold": THRESHOLD, "weights": weights}, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(weights))


if __name__ == "__main__":
    main()
