"""Tables of named things (readers, writers, extractors) that are imported only when one is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar, cast

from kgbuild.errors import UsageError

__all__ = ["Registry"]

T = TypeVar("T")


class Registry(Generic[T]):
    """A fixed table from a name to "module:attribute"; the module is imported at the first look-up.

    >>> Registry[type]("number", {"fraction": "fractions:Fraction"})["fraction"].__name__
    'Fraction'
    """

    def __init__(self, what: str, table: Mapping[str, str]) -> None:
        """`what` is the singular noun that messages use ("reader"); `table` keeps its order in listings."""
        self.what = what
        self._table = dict(table)

    def __getitem__(self, name: str) -> T:
        """The thing called `name`. Raises UsageError with the known names when there is none."""
        if name not in self._table:
            raise UsageError(f"unknown {self.what} {name!r}; known: {', '.join(self._table)}")
        module, _, attribute = self._table[name].partition(":")
        return cast(T, getattr(importlib.import_module(module), attribute))

    def __contains__(self, name: object) -> bool:
        return name in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)
