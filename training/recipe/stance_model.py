"""The network of stance: the encoder over a sentence whose entities are marked, one head for pairs and one for single targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .encoder_model import PieceEncoder
from .stance_data import FIRST, OPEN, PAIR_LABELS, SECOND, TARGET_LABELS, Marked

MASK = 103
DROPOUT = 0.15
HIDDEN = 384


class StanceModel(nn.Module):
    """Pooled entities, their product, the mean and the first piece, through one hidden layer each."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.encoder = PieceEncoder(config)
        width = self.encoder.width
        self.role = nn.Embedding(3, width)
        nn.init.normal_(self.role.weight, std=0.02)
        self.pair = nn.Sequential(
            nn.Linear(5 * width, HIDDEN), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, len(PAIR_LABELS))
        )
        self.target = nn.Sequential(
            nn.Linear(3 * width, HIDDEN), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, len(TARGET_LABELS))
        )

    def features(self, ids: Tensor, casings: Tensor, roles: Tensor) -> tuple[Tensor, Tensor]:
        """What both heads read: (batch, 5 * width) of a pair, (batch, 3 * width) of the second entity."""
        x = self.encoder(ids, casings, self.role(roles))
        solid = (ids != 0).to(x.dtype)[..., None]

        def pooled(places: Tensor) -> Tensor:
            return (x * places).sum(1) / places.sum(1).clamp(min=1)

        first = pooled((roles == FIRST).to(x.dtype)[..., None])
        second = pooled((roles == SECOND).to(x.dtype)[..., None])
        mean, start = pooled(solid), x[:, 0]
        return torch.cat([first, second, first * second, mean, start], -1), torch.cat([second, mean, start], -1)

    def forward(self, ids: Tensor, casings: Tensor, roles: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of PAIR_LABELS and of TARGET_LABELS, a row a sentence."""
        both, one = self.features(ids, casings, roles)
        both, one = (functional.dropout(v, DROPOUT, self.training) for v in (both, one))
        return self.pair(both), self.target(one)


def collate(rows: Sequence[Marked]) -> dict[str, Tensor]:
    """Rows as padded tensors."""
    length = max(map(len, rows))

    def padded(lists: list[list[int]]) -> Tensor:
        return torch.tensor([values + [0] * (length - len(values)) for values in lists])

    return {
        "ids": padded([r.ids for r in rows]),
        "casings": padded([r.casings for r in rows]),
        "roles": padded([r.roles for r in rows]),
        "pair": torch.tensor([r.pair for r in rows]),
        "target": torch.tensor([r.target for r in rows]),
    }


def masked(ids: Tensor, roles: Tensor, share: float) -> Tensor:
    """The ids with a share of the entities hidden, so that who it is counts less than what is said."""
    out = ids
    for role in (FIRST, SECOND):
        hidden = (torch.rand(ids.shape[0], 1) < share) & (roles == role)
        out = torch.where(hidden, torch.full_like(ids, MASK), out)
    return out


def loss(scores: tuple[Tensor, Tensor], batch: Mapping[str, Tensor], weights: Tensor) -> Tensor:
    """Cross-entropy of whichever head has a label in each row, the pairs' weighted by class."""
    total = scores[0].sum() * 0
    if (batch["pair"] != OPEN).any():
        total = total + functional.cross_entropy(
            scores[0].float(), batch["pair"], weights, ignore_index=OPEN, label_smoothing=0.05
        )
    if (batch["target"] != OPEN).any():
        total = total + functional.cross_entropy(
            scores[1].float(), batch["target"], ignore_index=OPEN, label_smoothing=0.05
        )
    return total
