"""Records as canonical TriG: the named graphs of `nquads`, each in the form of `turtle`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.export.nquads import SHARED_GRAPH
from kgbuild.export.triples import article_triples, parts, shared_triples
from kgbuild.rdf import Iri, data_prefixes, n_triples, statements, turtle_header
from kgbuild.records import Record

__all__ = ["write"]


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """One graph an article, named by its IRI, after one for what all articles share."""
    found = parts(records)
    prefixes = data_prefixes(config.base)
    out.write(turtle_header(prefixes).encode())
    graphs = {SHARED_GRAPH: shared_triples(found, config.base)}
    graphs |= {article: article_triples(members, config.base) for article, members in found.articles.items()}
    for name, triples in graphs.items():
        out.write(f"{n_triples(Iri(config.base + name))} {{\n\n{statements(triples, prefixes)}}}\n\n".encode())
