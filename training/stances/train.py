"""Train the stance network on DSE and NewsMTSC; a checkpoint and development figures after each epoch.

python -m training.stances.train --data DIR --out DIR [--fold K]
--fold K leaves out a fifth of NewsMTSC's sentences and writes what the network says of them (for python -m bench newsmtsc).
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import hashlib
import itertools
import json
import pickle
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from bench.corpora import polnear
from bench.dse import clean_lines, scored
from kgbuild.annotate.leanings import LABELS
from kgbuild.config import data_path

from .corpus import Row, Seen, distinct, dse, language, newsmtsc, seen, silver
from .network import StanceNetwork, collate, loss, shipped, shipped_upper_half

FOLDS = 5
ALONE = 0.3
"""Share of the rows in which nobody but the row's own entities is marked: what counts as an actor differs from article to article."""
KEPT = 0.998
"""Share of the running mean of the weights kept at each step; the mean is what is measured and shipped."""


def fold(row: Row) -> int:
    """The fold of a sentence."""
    return int(hashlib.sha256(row.text.encode("utf-8")).hexdigest(), 16) % FOLDS


def batches(rows: Sequence[Seen], size: int, rng: random.Random) -> list[list[int]]:
    """Places of the rows in random batches of at most `size` pieces; like lengths go together."""
    order = list(range(len(rows)))
    rng.shuffle(order)
    made: list[list[int]] = []
    for begin in range(0, len(order), 600):
        batch: list[int] = []
        for place in sorted(order[begin : begin + 600], key=lambda i: len(rows[i])):
            if batch and len(rows[place]) * (len(batch) + 1) > size:
                made.append(batch)
                batch = []
            batch.append(place)
        if batch:
            made.append(batch)
    rng.shuffle(made)
    return made


@torch.no_grad()
def scores(model: nn.Module, rows: Sequence[Seen]) -> tuple[Tensor, Tensor]:
    """Log-probabilities of both heads, a row a sentence."""
    model.eval()
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    pair, target = torch.zeros(len(rows), len(LABELS)), torch.zeros(len(rows), 3)
    for begin in range(0, len(order), 32):
        places = order[begin : begin + 32]
        batch = collate([rows[i] for i in places])
        found = model(batch["pieces"], batch["marks"], batch["roles"])
        pair[places], target[places] = found[0].log_softmax(-1), found[1].log_softmax(-1)
    model.train()
    return pair, target


def macro(gold: Sequence[int], found: Sequence[int], labels: int) -> float:
    """Mean F1 of the labels."""
    total = 0.0
    for k in range(labels):
        right = sum(g == k == f for g, f in zip(gold, found, strict=True))
        total += 2 * right / max(1, sum(g == k for g in gold) + sum(f == k for f in found))
    return total / labels


def read(data: Path, out: Path) -> dict[str, tuple[list[Row], list[Seen]]]:
    """Rows of both corpora as the network reads them, kept in `out` for the next run."""
    kept = out / "seen.pkl"
    if kept.is_file():
        with kept.open("rb") as file:
            return pickle.load(file)  # our own file
    nlp = language()
    found = {}
    for name, rows in (
        ("pairs", distinct(dse(data / "dse", "train"))),
        ("dev", list(dse(data / "dse", "valid"))),
        ("targets", distinct(newsmtsc(data / "newsmtsc"))),
    ):
        made = seen(rows, nlp)
        both = [(r, s) for r, s in zip(rows, made, strict=True) if s is not None]
        found[name] = [r for r, _ in both], [s for _, s in both]
        say(corpus=name, rows=len(rows), read=len(both))
    out.mkdir(parents=True, exist_ok=True)
    with kept.open("wb") as file:
        pickle.dump(found, file, protocol=5)
    return found


def step_of(
    value: Tensor,
    model: nn.Module,
    mean: nn.Module,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    done: int,
) -> float:
    """One step down a loss, the `done`-th in all, and the running mean of the weights after it; the loss."""
    optimizer.zero_grad()
    value.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    schedule.step()
    with torch.no_grad():
        for m, p in zip(mean.parameters(), model.parameters(), strict=True):
            m.lerp_(p, 1 - min(KEPT, (1 + done) / (10 + done)))
    return value.item()


def taught(options: argparse.Namespace) -> list[Seen]:
    """DSE's training pairs and pairs of unlabelled news, each with what the teacher says of it; kept in `out` for the next run."""
    from .marked import Item, MarkedStance, judged, word_table
    from .marking import Reader

    kept = (options.seen or options.out) / "taught.pkl"
    if kept.is_file():
        with kept.open("rb") as file:
            return pickle.load(file)  # our own file
    nlp = language()
    rows, pairs = read(options.data, options.seen or options.out)["pairs"]
    reader = Reader(nlp)
    both = [(s, reader(r.text, *r.spans)) for r, s in zip(rows, pairs, strict=True)]
    texts = [t.text for t in polnear(options.data / "polnear", "train")]
    random.Random(options.seed).shuffle(texts)
    both += itertools.islice(silver(texts, nlp), options.silver)
    found = [(s, m) for s, m in both if m is not None]
    say(corpus="taught", rows=len(found))
    teacher = MarkedStance()
    teacher.load_state_dict(torch.load(options.teacher / "marked.pt", weights_only=True))
    likely = np.exp(judged(teacher, [Item(tuple(ids), tuple(marks)) for _, (ids, marks) in found], word_table())[0])
    made = [dataclasses.replace(s, soft=p.astype(np.float32)) for (s, _), p in zip(found, likely, strict=True)]
    with kept.open("wb") as file:
        pickle.dump(made, file, protocol=5)
    return made


def train(options: argparse.Namespace) -> None:
    """Train into `out`: network.pt, log.jsonl (a line an epoch), and for a fold newsmtsc-K.jsonl."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    corpora = read(options.data, options.seen or options.out)
    options.out.mkdir(parents=True, exist_ok=True)
    (_, pairs), (dev_rows, dev), (target_rows, targets) = (corpora[name] for name in ("pairs", "dev", "targets"))
    left = [n for n, row in enumerate(target_rows) if fold(row) == options.fold]
    used = [t for n, t in enumerate(targets) if fold(target_rows[n]) != options.fold]
    rows = [*pairs, *([] if options.pairs_only else used)]
    if options.teacher is not None:
        rows = [*taught(options), *([] if options.pairs_only else used)]
    counts = torch.tensor([sum(s.pair == k for s in pairs) for k in range(len(LABELS))], dtype=torch.float)
    weights = (counts.sum() / counts).sqrt()
    weights = weights / weights.mean()
    model = StanceNetwork()
    if options.go_on:
        missing = model.load_state_dict(shipped(data_path("leanings")), strict=False)
        assert not missing.unexpected_keys and all(name.startswith("target") for name in missing.missing_keys)
    else:
        missing = model.load_state_dict(shipped_upper_half(data_path("model", "encoder", "encoder.onnx")), strict=False)
        assert all(name.startswith(("mark", "start", "pair", "target")) for name in missing.missing_keys)
    mean = copy.deepcopy(model)
    slow = list(model.layers.parameters())
    fast = [p for n, p in model.named_parameters() if not n.startswith("layers")]
    optimizer = torch.optim.AdamW(
        [{"params": slow, "lr": options.rate}, {"params": fast, "lr": 5 * options.rate}], weight_decay=0.01
    )
    steps = options.epochs * len(batches(rows, options.size, random.Random(0)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, s / (0.06 * steps)) * max(0.0, 1 - s / (1.02 * steps))
    )
    clean = clean_lines(options.data / "dse")
    done = 0
    for number in range(options.epochs):
        began, total = time.monotonic(), 0.0
        chance = random.Random(options.seed * 1000 + number)
        order = batches(rows, options.size, random.Random(options.seed * 100 + number))
        for step, places in enumerate(order, 1):
            batch = collate([rows[i] for i in places], [chance.random() < ALONE for _ in places])
            value = loss(model(batch["pieces"], batch["marks"], batch["roles"]), batch, weights)
            done += 1
            total += step_of(value, model, mean, optimizer, schedule, done)
            if step % 100 == 0:
                say(
                    epoch=number,
                    batch=step,
                    of=len(order),
                    loss=round(total / step, 4),
                    seconds=round(time.monotonic() - began),
                )
        found, _ = scores(mean, dev)
        figures = {f"clean +{bonus}": scored(dev_rows, _labels(found, bonus), clean) for bonus in (0.0, 0.5, 1.0)}
        _, one = scores(mean, [targets[n] for n in left]) if left else (None, torch.zeros(0, 3))
        if left:
            figures["left out"] = round(macro([targets[n].target for n in left], one.argmax(-1).tolist(), 3), 4)
        say(epoch=number, loss=round(total / len(order), 4), seconds=round(time.monotonic() - began), **figures)
        torch.save(mean.state_dict(), options.out / "network.pt")
        if options.fold >= 0:
            lines = [
                json.dumps({"line": target_rows[n].line, "span": target_rows[n].spans[0], "polarity": int(k)})
                for n, k in zip(left, one.argmax(-1), strict=True)
            ]
            (options.out / f"newsmtsc-{options.fold}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _labels(scores: Tensor, bonus: float) -> list[int]:
    shifted = scores.clone()
    shifted[:, 0] += bonus
    labels: list[int] = shifted.argmax(-1).tolist()
    return labels


def say(**row: object) -> None:
    """One JSON line."""
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of corpora (dse, newsmtsc)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seen", type=Path, help="folder that keeps the corpora as read (default: --out)")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--size", type=int, default=1600, help="word pieces in a batch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs-only", action="store_true", help="leave NewsMTSC out")
    parser.add_argument("--fold", type=int, default=-1)
    parser.add_argument(
        "--teacher", type=Path, help="folder with marked.pt of training.stances.marked: learn what it says too"
    )
    parser.add_argument(
        "--silver", type=int, default=16_000, help="unlabelled pairs of PolNeAR's training articles to be taught"
    )
    parser.add_argument(
        "--go-on", action="store_true", help="begin with the shipped network instead of the encoder's upper half"
    )
    parser.add_argument("--threads", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
