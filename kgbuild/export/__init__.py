"""Records written as files: one writer a format, each imported when it is asked for."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, TypeAlias

from kgbuild.config import Config
from kgbuild.records import Record
from kgbuild.registry import Registry

__all__ = ["WRITERS", "Writer", "dump", "dump_articles", "join_articles"]

Writer: TypeAlias = Callable[[Sequence[Record], BinaryIO, Config], None]
"""Writes the records of a build, in any order, as UTF-8 bytes that depend on nothing but their content."""

WRITERS: Registry[Writer] = Registry(
    "writer",
    {
        "turtle": "kgbuild.export.turtle:write",
        "jsonld": "kgbuild.export.jsonld:write",
        "nquads": "kgbuild.export.nquads:write",
        "graphml": "kgbuild.export.graphml:write",
        "gexf": "kgbuild.export.gexf:write",
        "dot": "kgbuild.export.dot:write",
        "csv": "kgbuild.export.csv:write",
        "html": "kgbuild.page:write",
    },
)


def dump(form: str, records: Sequence[Record], config: Config) -> bytes:
    """The records in one format of `WRITERS`, as bytes. Raises UsageError for an unknown format."""
    writer = WRITERS[form]
    out = io.BytesIO()
    writer(records, out, config)
    return out.getvalue()


def dump_articles(
    records: Iterable[Record], config: Config, ready: Mapping[str, bytes] | None = None
) -> Iterator[tuple[str, bytes]]:
    """(file name, Turtle) of entities.ttl and of one file an article, or what is `ready` of them; no triple is in two of them."""
    from kgbuild.export.turtle import article_files  # imported when used, as the writers are

    return article_files(records, config, ready)


def join_articles(files: Iterable[bytes]) -> bytes:
    """The Turtle of the whole graph, from the files that `dump_articles` gives, in their order."""
    from kgbuild.export.turtle import joined

    return b"".join(joined(files))
