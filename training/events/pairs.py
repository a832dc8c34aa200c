"""PLV's training rows -> kgbuild/data/pairs.npz, the linear model of kgbuild.claims.pairs.

python -m training.events.pairs PLV_FOLDER [--out FILE]

Multinomial logistic regression with L2 on features seen at least twice, rows scaled to length 1, classes weighed alike. There are far more
features than rows, so it is solved for the rows (the weights are a sum of rows), by accelerated gradient descent with a fixed number
of steps: no randomness. numpy alone, so that the bench can train its folds with the packages of the tests.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.corpora import Pair, plv  # noqa: E402
from bench.system import Rooms, plain_document  # noqa: E402
from kgbuild.claims.events import find_events  # noqa: E402
from kgbuild.claims.pairs import PairModel, features  # noqa: E402
from kgbuild.records import Span  # noqa: E402

PENALTY = 1 / 100
"""Weight of the squared length of the weights; five-fold macro F1 .779, .793, .797, .800 at 1/3, 1/10, 1/30 and 1/100."""
LEAST = 2
"""Rows a feature must occur in."""
STEPS = 1500


def main() -> int:
    """Train on all rows and write the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "kgbuild" / "data" / "pairs.npz")
    options = parser.parse_args()
    rows = list(plv(options.data, "train"))
    model = train(list(read(rows)), [row.label for row in rows])
    names = [name for name, _ in sorted(model._row.items(), key=lambda item: item[1])]
    np.savez_compressed(
        options.out,
        names=np.frombuffer("\n".join(names).encode("utf-8"), np.uint8),
        classes=np.frombuffer("\n".join(model.classes).encode("utf-8"), np.uint8),
        weights=model._weights.astype(np.float16),
    )
    print(
        f"{options.out.name}: {len(rows)} rows, {len(names)} features, {len(model.classes)} classes, {options.out.stat().st_size} bytes"
    )
    return 0


def read(rows: Iterable[Pair], rooms: Rooms | None = None) -> Iterable[list[str]]:
    """The features of marked pairs."""
    rooms = rooms or Rooms()
    for row in rows:
        doc = rooms.annotator.annotate(plain_document(row.text, f"plv-{row.id}"))
        types = {e.token: e.record.type for e in find_events(doc)[0] if e.rule != "coded"}
        yield features(doc, [Span(*s) for s in row.source], [Span(*s) for s in row.target], types)


def train(rows: Sequence[Sequence[str]], labels: Sequence[str]) -> PairModel:
    """The model of some rows of features and their classes."""
    counts = Counter(f for row in rows for f in set(row))
    names = sorted(f for f, n in counts.items() if n >= LEAST)
    classes = sorted(set(labels))
    column = {f: n for n, f in enumerate(names)}
    x = np.zeros((len(rows), len(names)), np.float32)
    for n, row in enumerate(rows):
        x[n, [column[f] for f in set(row) if f in column]] = 1
    x /= np.maximum(np.sqrt(x.sum(1, keepdims=True)), 1)
    target = np.eye(len(classes))[[classes.index(label) for label in labels]]
    weight = (len(rows) / len(classes) / target.sum(0))[target.argmax(1)][:, None]
    kernel = (x @ x.T).astype(np.float64)
    step = 1 / (0.5 * weight.max() * np.linalg.eigvalsh(kernel)[-1] + PENALTY)
    share = ahead = np.zeros_like(target)
    for n in range(STEPS):
        scores = kernel @ ahead
        chance = np.exp(scores - scores.max(1, keepdims=True))
        chance /= chance.sum(1, keepdims=True)
        new = ahead - step * (weight * (chance - target) + PENALTY * ahead)
        ahead = new + n / (n + 3) * (new - share)
        share = new
    return PairModel(names, classes, (x.T @ share.astype(np.float32)).astype(np.float32))


if __name__ == "__main__":
    sys.exit(main())
