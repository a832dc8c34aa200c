"""Reads stances from events and from what speakers say."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc

from kgbuild.claims.model import Attribution, FoundEvent
from kgbuild.records import Claim, Stance

__all__ = ["stances"]


def stances(
    doc: Doc, attributions: Sequence[Attribution], events: Sequence[FoundEvent], claims: Sequence[Claim]
) -> list[Stance]:
    """The stances of an article."""
    return []
