"""The word lists of the language room, read from data/language.yaml as sets of lower-case words."""

from __future__ import annotations

from functools import lru_cache

from kgbuild.errors import RuleError
from kgbuild.rules import load_rules

__all__ = ["words"]


@lru_cache(maxsize=None)
def words(name: str) -> frozenset[str]:
    """The words of one list. Raises RuleError when the list is missing or is none."""
    lists = load_rules("language")
    entry = lists.get(name)
    if isinstance(entry, str):
        return frozenset(entry.split())
    if isinstance(entry, list) and all(isinstance(w, str) for w in entry):
        return frozenset(entry)
    raise RuleError(f"language.yaml: {name!r} must be a list of words or one string of them")
