"""Reader of plain text: one article a file, its text kept as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.records import Skipped
from kgbuild.sources.article import Article
from kgbuild.sources.decode import decode

__all__ = ["read_text"]


def read_text(file: BinaryIO, source: str, config: Config) -> Iterator[Article | Skipped]:
    """The one article of a text file. Raises decode.Undecodable."""
    yield Article(source, decode(file))
