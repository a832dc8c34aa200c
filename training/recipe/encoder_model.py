"""The network: a six-layer BERT encoder with a casing class beside each word piece, and one head for each task over words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from .encoder_data import OPEN, Item

CASINGS = 10
ARC_WIDTH, RELATION_WIDTH = 192, 96
DROPOUT, WORD_DROPOUT, ARC_DROPOUT = 0.1, 0.2, 0.25
SMOOTHING = 0.03
NEVER = -1e4
"""Score of what is masked; finite, so that int8 and bfloat16 survive it."""
TAGGERS = ("xpos", "morph", "lemma", "ner")
"""Tasks with one linear head. "lemma" is learned for the encoder's sake: the shipped lemmas come from rules."""

# Our modules' names in a checkpoint of a BERT encoder.
_OURS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "widen": "intermediate.dense",
    "narrow": "output.dense",
    "output_norm": "output.LayerNorm",
}


class Layer(nn.Module):
    """One transformer layer, normalised after each half as in BERT."""

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))
        self.attention_norm, self.output_norm = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)
        self.widen, self.narrow = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(batch, pieces, width) to the same."""
        batch, pieces, width = x.shape

        def split(y: Tensor) -> Tensor:
            return y.view(batch, pieces, self.heads, width // self.heads).transpose(1, 2)

        drop = DROPOUT if self.training else 0.0
        attended = functional.scaled_dot_product_attention(
            split(self.query(x)), split(self.key(x)), split(self.value(x)), attn_mask=mask, dropout_p=drop
        )
        attended = attended.transpose(1, 2).reshape(batch, pieces, width)
        x = self.attention_norm(x + functional.dropout(self.output(attended), DROPOUT, self.training))
        inner = self.narrow(functional.gelu(self.widen(x)))
        normed: Tensor = self.output_norm(x + functional.dropout(inner, DROPOUT, self.training))
        return normed


class PieceEncoder(nn.Module):
    """Word pieces to vectors; word and position embeddings stay as pretrained, so that unseen words keep their place."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.width = int(config["hidden_size"])
        self.word = nn.Embedding(config["vocab_size"], self.width)
        self.position = nn.Embedding(config["max_position_embeddings"], self.width)
        self.segment = nn.Embedding(2, self.width)
        self.casing = nn.Embedding(CASINGS, self.width)
        nn.init.zeros_(self.casing.weight)
        self.norm = nn.LayerNorm(self.width, eps=1e-12)
        self.layers = nn.ModuleList(
            Layer(self.width, config["num_attention_heads"], config["intermediate_size"])
            for _ in range(config["num_hidden_layers"])
        )

    def load_pretrained(self, path: Path) -> None:
        """Take the weights of a BERT safetensors file. Raises ValueError when any but the casing embedding is missing there."""
        stored = load_file(path)
        given = {name.removeprefix("bert."): weight for name, weight in stored.items()}
        weights = {
            f"{ours}.weight": given[f"embeddings.{theirs}_embeddings.weight"]
            for ours, theirs in (("word", "word"), ("position", "position"), ("segment", "token_type"))
        }
        for end in ("weight", "bias"):
            weights[f"norm.{end}"] = given[f"embeddings.LayerNorm.{end}"]
            for n in range(len(self.layers)):
                for ours, theirs in _OURS.items():
                    weights[f"layers.{n}.{ours}.{end}"] = given[f"encoder.layer.{n}.{theirs}.{end}"]
        missing = set(self.load_state_dict(weights, strict=False).missing_keys)
        if missing != {"casing.weight"}:
            raise ValueError(f"{path}: weights missing: {', '.join(sorted(missing))}")

    def freeze(self) -> None:
        """Keep word and position embeddings as they are."""
        self.word.weight.requires_grad = False
        self.position.weight.requires_grad = False

    def forward(self, ids: Tensor, casings: Tensor) -> Tensor:
        """(batch, pieces) to (batch, pieces, width); pieces with id 0 are padding."""
        positions = self.position.weight[: ids.shape[1]]
        x = self.norm(self.word(ids) + positions + self.segment.weight[0] + self.casing(casings))
        x = functional.dropout(x, DROPOUT, self.training)
        mask = torch.zeros(ids.shape, dtype=x.dtype).masked_fill(ids == 0, NEVER)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        return x


class Model(nn.Module):
    """Linear heads for tags and names, biaffine ones for arcs and relations (Dozat and Manning 2017), over the encoder.

    A word is its first and its last piece. Arcs are scored against every word of the run; who calls keeps to the sentence.
    """

    def __init__(self, config: Mapping[str, Any], sizes: Mapping[str, int]) -> None:
        super().__init__()
        self.encoder = PieceEncoder(config)
        width = 2 * self.encoder.width
        self.heads = nn.ModuleDict({task: nn.Linear(width, sizes[task]) for task in TAGGERS})
        self.sentence = nn.Linear(width, 2)
        self.arc_dependant, self.arc_head = nn.Linear(width, ARC_WIDTH), nn.Linear(width, ARC_WIDTH)
        self.relation_dependant, self.relation_head = (
            nn.Linear(width, RELATION_WIDTH),
            nn.Linear(width, RELATION_WIDTH),
        )
        self.root = nn.Parameter(torch.zeros(width))
        self.arcs = nn.Parameter(torch.zeros(ARC_WIDTH + 1, ARC_WIDTH))
        nn.init.normal_(self.arcs, std=0.05)
        self.relations = nn.Parameter(torch.zeros(sizes["rel"], RELATION_WIDTH + 1, RELATION_WIDTH + 1))
        nn.init.normal_(self.relations, std=0.02)

    def forward(self, batch: Mapping[str, Tensor]) -> Tensor:
        """(batch, words, 2 * width): first and last piece of each word."""
        pieces = self.encoder(batch["ids"], batch["shapes"])

        def at(places: Tensor) -> Tensor:
            return torch.gather(pieces, 1, places[..., None].expand(-1, -1, pieces.shape[-1]))

        return torch.cat([at(batch["first"]), at(batch["last"])], -1)

    def trees(self, words: Tensor, dropout: float = 0.0) -> tuple[Tensor, Tensor, Tensor]:
        """Scores of arcs (batch, words, words + 1; column 0 is the root), and what relations are scored from:

        vectors of dependants (batch, words, RELATION_WIDTH + 1) and of heads (batch, words + 1, RELATION_WIDTH + 1).
        """
        rows = words.shape[0]
        with_root = torch.cat([self.root.expand(rows, 1, -1).to(words.dtype), words], 1)

        def reduced(linear: nn.Module, x: Tensor) -> Tensor:
            return functional.dropout(functional.leaky_relu(linear(x), 0.1), dropout, self.training)

        def with_one(x: Tensor) -> Tensor:
            return torch.cat([x, torch.ones_like(x[..., :1])], -1)

        arc_dependant, arc_head = reduced(self.arc_dependant, words), reduced(self.arc_head, with_root)
        dependant, head = reduced(self.relation_dependant, words), reduced(self.relation_head, with_root)
        scores = (with_one(arc_dependant) @ self.arcs.to(arc_dependant.dtype)) @ arc_head.transpose(1, 2)
        return scores, with_one(dependant), with_one(head)

    def losses(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The loss of each task that the batch has targets for, already weighted."""
        words = functional.dropout(self(batch), WORD_DROPOUT, self.training)
        if "ner" in batch:
            return {"ner": _tag_loss(self.heads["ner"](words), batch["ner"])}
        found = {task: 0.5 * _tag_loss(self.heads[task](words), batch[task]) for task in ("xpos", "morph", "lemma")}
        found["sent"] = _tag_loss(self.sentence(words), batch["sent"])
        scores, dependants, heads = self.trees(words, ARC_DROPOUT)
        allowed = same_sentence(batch["sentences"])
        scores = scores.float().masked_fill(~allowed, NEVER)
        found["arc"] = functional.cross_entropy(scores.flatten(0, 1), batch["head"].flatten(), ignore_index=OPEN)
        known = (batch["head"] >= 0) & (batch["rel"] >= 0)
        gold = batch["head"].clamp(min=0)[..., None].expand(-1, -1, heads.shape[-1])
        relations = self.relation_scores(dependants[known], torch.gather(heads, 1, gold)[known])
        found["rel"] = functional.cross_entropy(relations, batch["rel"][known])
        return found

    def relation_scores(self, dependants: Tensor, heads: Tensor) -> Tensor:
        """(n, RELATION_WIDTH + 1) twice to (n, relations)."""
        return torch.einsum("ni,rij,nj->nr", dependants.float(), self.relations, heads.float())


def _tag_loss(scores: Tensor, targets: Tensor) -> Tensor:
    if not (targets != OPEN).any():
        return scores.sum() * 0
    return functional.cross_entropy(
        scores.float().flatten(0, 1), targets.flatten(), ignore_index=OPEN, label_smoothing=SMOOTHING
    )


def same_sentence(sentences: Tensor) -> Tensor:
    """(batch, words) numbers of sentences, -1 for padding, to the mask (batch, words, words + 1) of possible heads."""
    same = (sentences[:, :, None] == sentences[:, None, :]) & (sentences[:, None, :] >= 0)
    return torch.cat([torch.ones(*sentences.shape, 1, dtype=torch.bool), same], 2)


def collate(items: Sequence[Item]) -> dict[str, Tensor]:
    """Items of one corpus as padded tensors; the keys are the graph's inputs, the tasks and "sentences"."""
    pieces, words = max(len(i.ids) for i in items), max(len(i) for i in items)

    def padded(rows: list[list[int]], length: int, value: int) -> Tensor:
        return torch.tensor([row + [value] * (length - len(row)) for row in rows])

    batch = {
        "ids": padded([i.ids for i in items], pieces, 0),
        "shapes": padded([i.casings for i in items], pieces, 0),
        "first": padded([i.first for i in items], words, 0),
        "last": padded([i.last for i in items], words, 0),
    }
    for task in items[0].targets:
        batch[task] = padded([i.targets[task] for i in items], words, OPEN)
    if items[0].sentences:
        batch["sentences"] = padded([i.sentences for i in items], words, -1)
    return batch
