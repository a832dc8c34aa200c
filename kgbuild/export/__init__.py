"""Records written as files: one writer a format, each imported when it is asked for."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, TypeAlias

from kgbuild.config import Config
from kgbuild.records import Record
from kgbuild.registry import Registry

__all__ = ["WRITERS", "Writer", "dump", "dump_articles"]

Writer: TypeAlias = Callable[[Sequence[Record], BinaryIO, Config], None]
"""Writes the records of a build, in any order, as UTF-8 bytes that depend on nothing but their content."""

WRITERS: Registry[Writer] = Registry(
    "writer",
    {
        "turtle": "kgbuild.export.turtle:write",
        "trig": "kgbuild.export.trig:write",
        "ntriples": "kgbuild.export.ntriples:write",
        "jsonld": "kgbuild.export.jsonld:write",
        "nquads": "kgbuild.export.nquads:write",
        "rdfxml": "kgbuild.export.rdfxml:write",
        "webannotation": "kgbuild.export.constructed:write_webannotation",
        "rdf12": "kgbuild.export.constructed:write_rdf12",
        "graphml": "kgbuild.export.graphml:write",
        "gexf": "kgbuild.export.gexf:write",
        "dot": "kgbuild.export.dot:write",
        "csv": "kgbuild.export.csv:write",
        "csvw": "kgbuild.export.csvw:write",
        "html": "kgbuild.page:write",
    },
)


def dump(form: str, records: Sequence[Record], config: Config) -> bytes:
    """The records in one format of `WRITERS`, as bytes. Raises UsageError for an unknown format."""
    writer = WRITERS[form]
    out = io.BytesIO()
    writer(records, out, config)
    return out.getvalue()


def dump_articles(records: Iterable[Record], config: Config) -> Iterator[tuple[str, bytes]]:
    """(file name, Turtle) of entities.ttl and of one file an article; no triple is in two of them."""
    from kgbuild.export.turtle import article_files  # imported when used, as the writers are

    return article_files(records, config)
