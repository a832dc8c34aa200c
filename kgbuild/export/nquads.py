"""Records as sorted N-Quads: one named graph an article, named by its IRI, and one for what all articles share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.export.triples import article_triples, parts, shared_triples, stated
from kgbuild.rdf import Iri, Triple, n_triples
from kgbuild.records import Record

__all__ = ["SHARED_GRAPH", "article_quads", "shared_quads", "write"]

SHARED_GRAPH = "graph/entities"
"""Name, after the base, of the graph of entities, event clusters and extractors."""


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """The whole graph, graph by graph, the statements of each sorted and written once."""
    found = parts(records)
    for article, members in found.articles.items():
        out.write(article_quads(article, members, config))
    out.write(_lines(shared_triples(found, config.base), Iri(config.base + SHARED_GRAPH)))


def article_quads(article: str, members: Sequence[Record], config: Config) -> bytes:
    """The graph of one article; `members` are its records in order, the Document first."""
    return _lines(article_triples(members, config.base), Iri(config.base + article))


def shared_quads(
    entities: Iterable[Record], clusters: Iterable[str], extractors: Iterable[str], config: Config
) -> bytes:
    """Some of the graph of what all articles share."""
    return _lines(stated(entities, clusters, extractors, config.base), Iri(config.base + SHARED_GRAPH))


def _lines(triples: Iterable[Triple], graph: Iri) -> bytes:
    name = n_triples(graph)
    quads = {f"{n_triples(s)} {n_triples(p)} {n_triples(o)} {name} .\n" for s, p, o in triples}
    return "".join(sorted(quads)).encode()
