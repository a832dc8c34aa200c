"""Word lists of the recipe, kept as text files beside this module."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "lists"


def words(name: str) -> tuple[str, ...]:
    """Words of one list in file order; a tilde stands for a space inside an item."""
    return tuple(w.replace("~", " ") for w in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").split())
