"""The network of stance: the upper half of the shipped encoder, its pieces marked, with one head for pairs and one for single targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from kgbuild.annotate.leanings import FIRST, LABELS, PADDING, SECOND
from training.recipe.encoder_model import NEVER, Layer

from .corpus import OPEN, Seen

WIDTH, HEADS, INNER, LAYERS, LOWER = 384, 12, 1536, 6, 3
DROPOUT = 0.15
HIDDEN = 384
TARGETS = 3
_PARTS = {"q": "query", "k": "key", "v": "value", "o": "output", "f1": "widen", "f2": "narrow", "n1": "attention_norm", "n2": "output_norm"}  # fmt: skip
"""Names of a layer's parts in the shipped graph -> ours."""


class StanceNetwork(nn.Module):
    """Pooled actors, their product, the mean and the largest of all pieces, through one hidden layer for each head."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(WIDTH, HEADS, INNER) for _ in range(LAYERS - LOWER))
        self.role = nn.Embedding(PADDING + 1, WIDTH)
        nn.init.normal_(self.role.weight, std=0.02)
        self.pair = nn.Sequential(
            nn.Linear(5 * WIDTH, HIDDEN), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, len(LABELS))
        )
        self.target = nn.Sequential(
            nn.Linear(3 * WIDTH, HIDDEN), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, TARGETS)
        )

    def features(self, pieces: Tensor, roles: Tensor) -> tuple[Tensor, Tensor]:
        """What both heads read: (batch, 5 * width) of a pair, (batch, 3 * width) of the second actor."""
        solid = (roles != PADDING).to(pieces.dtype)[..., None]
        mask = ((solid - 1) * -NEVER)[:, None, None, :, 0]
        x = pieces + self.role(roles)
        for layer in self.layers:
            x = layer(x, mask)

        def pooled(places: Tensor) -> Tensor:
            return (x * places).sum(1) / places.sum(1).clamp(min=1)

        first = pooled((roles == FIRST).to(x.dtype)[..., None])
        second = pooled((roles == SECOND).to(x.dtype)[..., None])
        mean, most = pooled(solid), (x + (solid - 1) * -NEVER).amax(1)
        return torch.cat([first, second, first * second, mean, most], -1), torch.cat([second, mean, most], -1)

    def forward(self, pieces: Tensor, roles: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of LABELS and of the labels of a target, a row a sentence."""
        both, one = self.features(pieces, roles)
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


def collate(rows: Sequence[Seen]) -> dict[str, Tensor]:
    """Rows as padded tensors."""
    length = max(map(len, rows))
    pieces = torch.zeros(len(rows), length, WIDTH)
    roles = torch.full((len(rows), length), PADDING)
    for n, row in enumerate(rows):
        pieces[n, : len(row)] = torch.from_numpy(row.pieces.astype(np.float32))
        roles[n, : len(row)] = torch.from_numpy(row.roles)
    return {
        "pieces": pieces,
        "roles": roles,
        "pair": torch.tensor([r.pair for r in rows]),
        "target": torch.tensor([r.target for r in rows]),
    }


def loss(scores: tuple[Tensor, Tensor], batch: Mapping[str, Tensor], weights: Tensor) -> Tensor:
    """Cross-entropy of whichever head has a label in each row, the pairs' weighted by class."""
    total = scores[0].sum() * 0
    for found, labels, weight in ((scores[0], batch["pair"], weights), (scores[1], batch["target"], None)):
        if (labels != OPEN).any():
            total = total + functional.cross_entropy(found, labels, weight, ignore_index=OPEN, label_smoothing=0.05)
    return total
