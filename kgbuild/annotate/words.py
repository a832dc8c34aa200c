"""The word lists of the language room, read from data/language.yaml and its like as sets of lower-case words."""

from __future__ import annotations

from functools import cache

from kgbuild.errors import RuleError
from kgbuild.rules import load_rules

__all__ = ["gender_of", "is_given_name", "words"]


@cache
def words(name: str, file: str = "language") -> frozenset[str]:
    """The words of one list of data/<file>.yaml. Raises RuleError when the list is missing or is none."""
    lists = load_rules(file)
    entry = lists.get(name)
    if isinstance(entry, str):
        return frozenset(entry.split())
    if isinstance(entry, list) and all(isinstance(w, str) for w in entry):
        return frozenset(entry)
    raise RuleError(f"{file}.yaml: {name!r} must be a list of words or one string of them")


def gender_of(first: str) -> str:
    """ "female" or "male" where a first name tells it, else ""."""
    lower = first.lower()
    if lower in words("female", "given_names"):
        return "female"
    return "male" if lower in words("male", "given_names") else ""


def is_given_name(first: str) -> bool:
    """Whether a word is known as a first name."""
    return bool(gender_of(first)) or first.lower() in words("either", "given_names")
