"""The tokenizer's search for what a word ends with, in time that does not grow with the word.

spaCy cuts one mark at a time from the end of a run without spaces, and each time searches the whole run for marks at its end: the square of its
length, hours for a line of 400,000 brackets. Marks at the end stand in the last letters.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["LAST", "bound_endings"]

LAST = 100
"""Letters from the end that are looked at: no ending of a word is longer."""


class _Ending:
    """A compiled pattern, searched for at the end alone; spaCy saves a tokenizer by the `pattern` of what its search belongs to."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._search = re.compile(pattern).search

    def search(self, word: str) -> re.Match[str] | None:
        return self._search(word, max(0, len(word) - LAST))


def bound_endings(tokenizer: Any) -> None:
    """Make a spaCy tokenizer look at the last letters of a word only when it looks for its ending; others are left as they are."""
    pattern = getattr(getattr(getattr(tokenizer, "suffix_search", None), "__self__", None), "pattern", None)
    if isinstance(pattern, str):
        tokenizer.suffix_search = _Ending(pattern).search
