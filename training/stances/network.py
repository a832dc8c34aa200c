"""The network of stance: the upper half of the shipped encoder once more, told who the actors are; a head for pairs, one for single targets.

A sentence runs through its layers once, whoever it names, and every pair of its actors is read from what comes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from kgbuild.annotate.leanings import ACTOR, FIRST, LABELS, PADDING, SECOND
from training.recipe.encoder_model import NEVER, Layer

from .corpus import OPEN, Seen

WIDTH, HEADS, INNER, LAYERS, LOWER = 384, 12, 1536, 6, 3
DROPOUT = 0.15
HIDDEN = 384
TARGETS = 3
TAUGHT = 2.0
"""Weight of what the teacher says beside the corpora's own labels."""
_PARTS = {"q": "query", "k": "key", "v": "value", "o": "output", "f1": "widen", "f2": "narrow", "n1": "attention_norm", "n2": "output_norm"}  # fmt: skip
"""Names of a layer's parts in the shipped graph -> ours."""


class StanceNetwork(nn.Module):
    """Pooled actors, their product, the mean of all pieces and one for the whole sentence, through one hidden layer for each head."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(WIDTH, HEADS, INNER) for _ in range(LAYERS - LOWER))
        self.mark = nn.Embedding(PADDING + 1, WIDTH)
        nn.init.normal_(self.mark.weight, std=0.02)
        self.start = nn.Parameter(torch.zeros(WIDTH))
        self.pair = nn.Sequential(
            nn.Linear(5 * WIDTH, HIDDEN), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, len(LABELS))
        )
        self.target = nn.Sequential(
            nn.Linear(3 * WIDTH, HIDDEN), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, TARGETS)
        )

    def trunk(self, pieces: Tensor, marks: Tensor) -> Tensor:
        """(batch, pieces, width) half way to (batch, 1 + pieces, width) at the end, one piece for the whole sentence before the others;
        marks (batch, pieces) are 0, ACTOR or PADDING."""
        start = self.start.expand_as(pieces[:, :1])  # its size follows the batch in the traced graph too
        x = torch.cat([start, pieces + self.mark(marks)], 1)
        mask = functional.pad((marks == PADDING).to(x.dtype), (1, 0))[:, None, None, :] * NEVER
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def forward(self, pieces: Tensor, marks: Tensor, roles: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of LABELS and of the labels of a target, a row a sentence; roles (batch, pieces) are 0, FIRST or SECOND."""
        whole, x = self.trunk(pieces, marks).split([1, pieces.shape[1]], 1)
        solid = (marks != PADDING).to(x.dtype)[..., None]

        def pooled(places: Tensor) -> Tensor:
            return (x * places).sum(1) / places.sum(1).clamp(min=1)

        first = pooled((roles == FIRST).to(x.dtype)[..., None])
        second = pooled((roles == SECOND).to(x.dtype)[..., None])
        mean, start = pooled(solid), whole[:, 0]
        both = torch.cat([first, second, first * second, mean, start], -1)
        one = torch.cat([second, mean, start], -1)
        both, one = (functional.dropout(v, DROPOUT, self.training) for v in (both, one))
        return self.pair(both), self.target(one)


def shipped_upper_half(graph: Path) -> dict[str, Tensor]:
    """The weights of the upper layers of the shipped int8 graph, as StanceNetwork names them."""
    model = onnx.load(str(graph))
    arrays = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    out: dict[str, Tensor] = {}

    def put(layer: str, part: str, end: str, values: np.ndarray) -> None:
        if int(layer) >= LOWER:
            out[f"layers.{int(layer) - LOWER}.{_PARTS[part]}.{end}"] = torch.tensor(values)

    for node in model.graph.node:
        if node.op_type == "MatMulInteger" and "/enc/layers." in node.name:
            _, _, layer, part, _ = node.name.split("/")
            name = node.input[1].removesuffix("_quantized")
            centred = arrays[f"{name}_quantized"].astype(np.float32) - arrays[f"{name}_zero_point"].astype(np.float32)
            put(layer.split(".")[1], part, "weight", (centred * arrays[f"{name}_scale"]).T.copy())
    for name, values in arrays.items():
        if name.startswith("m.enc.layers."):
            *_, layer, part, end = name.split(".")
            put(layer, part, end, values)
    return out


def shipped(folder: Path) -> dict[str, Tensor]:
    """The weights of the shipped network, as StanceNetwork names them; its head of targets is not shipped."""
    out: dict[str, Tensor] = {}
    for name in ("leanings.onnx", "pairs.onnx"):
        graph = onnx.load(str(folder / name)).graph
        arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        for node in graph.node:
            if node.op_type == "MatMulInteger":
                stem = node.input[1].removesuffix("_quantized")
                centred = arrays[f"{stem}_quantized"].astype(np.float32) - arrays[f"{stem}_zero_point"].astype(
                    np.float32
                )
                _, *parts, _ = node.name.split("/")
                name = parts[-1] if parts[0] == "pair" else ".".join(parts)
                out[f"{name}.weight"] = torch.tensor((centred * arrays[f"{stem}_scale"]).T.copy())
        out |= {
            k.removeprefix("network."): torch.tensor(v)
            for k, v in arrays.items()
            if v.dtype == np.float32 and k.startswith(("network.", "pair.")) and k.endswith(("weight", "bias", "start"))
        }
    return out


def collate(rows: Sequence[Seen], alone: Sequence[bool] | None = None) -> dict[str, Tensor]:
    """Rows as padded tensors; only the row's own entities are marked as actors where `alone` says so."""
    length = max(map(len, rows))
    pieces = torch.zeros(len(rows), length, WIDTH)
    marks, roles = torch.full((len(rows), length), PADDING), torch.zeros(len(rows), length, dtype=torch.long)
    for n, row in enumerate(rows):
        pieces[n, : len(row)] = torch.from_numpy(row.pieces.astype(np.float32))
        roles[n, : len(row)] = torch.from_numpy(row.roles)
        marked = row.roles > 0 if alone is not None and alone[n] else row.actors > 0
        marks[n, : len(row)] = torch.from_numpy(marked * ACTOR)
    return {
        "pieces": pieces,
        "marks": marks,
        "roles": roles,
        "pair": torch.tensor([r.pair for r in rows]),
        "target": torch.tensor([r.target for r in rows]),
        "soft": torch.tensor(
            np.stack([np.zeros(len(LABELS)) if r.soft is None else r.soft for r in rows]), dtype=torch.float
        ),
    }


def loss(scores: tuple[Tensor, Tensor], batch: Mapping[str, Tensor], weights: Tensor) -> Tensor:
    """Cross-entropy of whichever head has a label in each row, the pairs' weighted by class."""
    total = scores[0].sum() * 0
    for found, labels, weight in ((scores[0], batch["pair"], weights), (scores[1], batch["target"], None)):
        if (labels != OPEN).any():
            total = total + functional.cross_entropy(found, labels, weight, ignore_index=OPEN, label_smoothing=0.05)
    taught = batch["soft"].sum(1) > 0
    if taught.any():
        total = total + TAUGHT * functional.cross_entropy(scores[0][taught], batch["soft"][taught])
    return total
