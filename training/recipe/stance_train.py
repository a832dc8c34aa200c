"""Fine-tune the pretrained encoder on stance; a checkpoint and development figures after each epoch."""

from __future__ import annotations

import argparse
import copy
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from kgbuild.annotate.encoder import WordPieces

from .encoder_train import BASE
from .stance_data import OPEN, PAIR_LABELS, SWAPPED, Marked, Row, _bracketed, distinct, dse, marked, newsmtsc
from .stance_model import StanceModel, collate, loss, masked

MTSC = Path("NewsSentiment/controller_data/datasets/NewsMTSC-dataset/train.jsonl")
CHECKPOINT = "checkpoint.pt"
AVERAGED = 0.998
"""Share of the running mean of the weights kept at each step; the mean is what is measured and shipped."""
HIDDEN_NAMES = 0.25


def new_model(*, pretrained: bool) -> StanceModel:
    """The network, its encoder as pretrained or with random weights (for a checkpoint)."""
    model = StanceModel(json.loads((BASE / "config.json").read_text(encoding="utf-8")))
    if pretrained:
        model.encoder.load_pretrained(BASE / "model.safetensors")
    model.encoder.freeze()
    return model


def batches(rows: Sequence[Marked], size: int, rng: random.Random) -> list[list[int]]:
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
def scores(model: nn.Module, rows: Sequence[Marked]) -> tuple[Tensor, Tensor]:
    """Log-probabilities of both heads, a row a sentence."""
    model.eval()
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    pair, target = torch.zeros(len(rows), 5), torch.zeros(len(rows), 3)
    for begin in range(0, len(order), 32):
        places = order[begin : begin + 32]
        batch = collate([rows[i] for i in places])
        found = model(batch["ids"], batch["casings"], batch["roles"])
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


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of corpora (dse, newsmtsc)")
    parser.add_argument("--scorer", type=Path, required=True, help="the public scorer dse.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--size", type=int, default=1600, help="word pieces in a batch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    train(parser.parse_args())


def train(options: argparse.Namespace) -> None:
    """Train into `out`: checkpoint.pt, log.jsonl (a line an epoch)."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    word = WordPieces(BASE / "tokenizer.json")
    pairs = [m for r in distinct(dse(options.data / "dse" / "dataset" / "train.txt")) if (m := marked(r, word))]
    targets = [m for r in distinct(newsmtsc(options.data / "newsmtsc" / MTSC)) if (m := marked(r, word))]
    rng = random.Random(options.seed)
    rng.shuffle(targets)
    held, targets = targets[:600], targets[600:]
    rows = [*pairs, *targets]
    counts = torch.tensor([sum(m.pair == k for m in pairs) for k in range(5)], dtype=torch.float)
    weights = (counts.sum() / counts).sqrt()
    weights = weights / weights.mean()
    dev = [r for r in dse(options.data / "dse" / "dataset" / "valid.txt")]
    model = new_model(pretrained=True)
    mean = copy.deepcopy(model)
    slow = [p for n, p in model.named_parameters() if p.requires_grad and n.startswith("encoder.") and "casing" not in n]
    known = {id(p) for p in slow}
    fast = [p for p in model.parameters() if p.requires_grad and id(p) not in known]
    optimizer = torch.optim.AdamW(
        [{"params": slow, "lr": options.rate}, {"params": fast, "lr": 5 * options.rate}], weight_decay=0.01
    )
    steps = options.epochs * len(batches(rows, options.size, random.Random(0)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, s / (0.06 * steps)) * max(0.0, 1 - s / (1.02 * steps))
    )
    begin = 0
    if (options.out / CHECKPOINT).is_file():
        state = torch.load(options.out / CHECKPOINT, weights_only=True)
        model.load_state_dict(state["model"])
        mean.load_state_dict(state["mean"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        begin = state["epochs"]
    done = 0
    for number in range(begin, options.epochs):
        began = time.monotonic()
        torch.manual_seed(options.seed * 100 + number)
        order = batches(rows, options.size, random.Random(options.seed * 100 + number))
        total = 0.0
        model.train()
        for step, places in enumerate(order, 1):
            batch = collate([rows[i] for i in places])
            ids = masked(batch["ids"], batch["roles"], HIDDEN_NAMES)
            value = loss(model(ids, batch["casings"], batch["roles"]), batch, weights)
            optimizer.zero_grad()
            value.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            kept = min(AVERAGED, (1 + done) / (10 + done)) if number == 0 else AVERAGED
            with torch.no_grad():
                for m, p in zip(mean.parameters(), model.parameters(), strict=True):
                    if p.requires_grad:
                        m.lerp_(p, 1 - kept)
            total += value.item()
            if step % 50 == 0:
                say(epoch=number, batch=step, of=len(order), loss=round(total / step, 4), seconds=round(time.monotonic() - began))
        row = {"epoch": number, "loss": round(total / len(order), 4), "dev": figures(mean, dev, held, word, options), "seconds": round(time.monotonic() - began)}
        state = {"model": model.state_dict(), "mean": mean.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(), "epochs": number + 1}
        torch.save(state, options.out / "checkpoint.tmp")
        (options.out / "checkpoint.tmp").replace(options.out / CHECKPOINT)
        with (options.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")
        say(**row)


def figures(model: StanceModel, dev: list[Row], held: list[Marked], word: WordPieces, options: argparse.Namespace) -> dict[str, str | float]:
    """The scorer's lines for several handicaps of "none", and macro F1 on held-out targets."""
    rows = [marked(r, word) for r in dev]
    pair, _ = scores(model, [r for r in rows if r])
    out: dict[str, str | float] = {}
    for bonus in (0.0, 0.5, 1.0):
        shifted = pair.clone()
        shifted[:, 0] += bonus
        labels = shifted.argmax(-1).tolist()
        gold = [r.pair for r in rows if r]
        out[f"all {bonus}"] = round(macro(gold, labels, 5), 4)
        out[f"clean {bonus}"] = clean(options, dev_labels(options, labels, rows))
    _, target = scores(model, held)
    out["newsmtsc held"] = round(macro([r.target for r in held], target.argmax(-1).tolist(), 3), 4)
    return out


def dev_labels(options: argparse.Namespace, labels: list[int], rows: list[Marked | None]) -> list[dict[str, int]]:
    """Predictions under the corpus' own row numbers and order of the pair."""
    import csv

    found = []
    at = 0
    with (options.data / "dse" / "dataset" / "valid.txt").open(encoding="utf-8", newline="") as lines:
        for n, (sentence, p, q, _) in enumerate(csv.reader(lines, delimiter="\t")):
            row = _bracketed(sentence, p, q, 1)
            if row is None or rows[at] is None:
                at += row is not None
                continue
            label = labels[sum(r is not None for r in rows[:at])] if any(r is None for r in rows[:at]) else labels[at]
            at += 1
            found.append({"id": n, "label": label if row.label == 1 else SWAPPED[label]})
    return found


def clean(options: argparse.Namespace, found: list[dict[str, int]]) -> str:
    """The public scorer's line of the clean view."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.writelines(json.dumps(row) + "\n" for row in found)
        file.flush()
        command = [sys.executable, str(options.scorer), "--split", "valid", "--pred", file.name]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return next((line for line in printed.splitlines() if " clean " in line), printed)


def say(**row: object) -> None:
    """One JSON line."""
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
