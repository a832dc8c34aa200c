"""Resolve pronouns and definite nominals to what the article named before, and abstain where that is not clear."""

from __future__ import annotations

from spacy.tokens import Doc

from kgbuild.annotate.draft import Draft
from kgbuild.knowledge import Titles

__all__ = ["resolve"]


def resolve(doc: Doc, draft: Draft, titles: Titles) -> None:
    """Add Founds for pronouns and definite nominals."""
