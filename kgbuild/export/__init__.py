"""Records written as files: one writer a format, each imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import BinaryIO, TypeAlias

from kgbuild.config import Config
from kgbuild.records import Record
from kgbuild.registry import Registry

__all__ = ["WRITERS", "Writer"]

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
        "html": "kgbuild.export.html:write",
    },
)
