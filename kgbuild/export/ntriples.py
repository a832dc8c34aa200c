"""Records as sorted N-Triples: the whole graph, a statement a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.export.triples import triples
from kgbuild.rdf import n_triples
from kgbuild.records import Record

__all__ = ["write"]


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """Every triple once, sorted by its text."""
    lines = {f"{n_triples(s)} {n_triples(p)} {n_triples(o)} .\n" for s, p, o in triples(records, config.base)}
    out.write("".join(sorted(lines)).encode())
