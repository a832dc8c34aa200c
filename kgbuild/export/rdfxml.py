"""Records as RDF/XML, written by rdflib, for tools that read nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.export.looks import clean
from kgbuild.export.triples import triples
from kgbuild.rdf import Iri, data_prefixes
from kgbuild.records import Record

__all__ = ["write"]


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """Every triple once, sorted by subject; a character that XML cannot hold becomes U+FFFD."""
    import rdflib  # half a second

    # SimpleMemory gives triples back in the order they came in; the usual store keeps them in a set.
    graph = rdflib.Graph(store="SimpleMemory", bind_namespaces="none")
    for prefix, namespace in data_prefixes(config.base).items():
        graph.bind(prefix, namespace)
    for subject, predicate, value in sorted(set(triples(records, config.base)), key=repr):
        if isinstance(value, Iri):
            node: rdflib.URIRef | rdflib.Literal = rdflib.URIRef(value)
        elif value.language:
            node = rdflib.Literal(clean(value.text), lang=value.language)
        else:
            node = rdflib.Literal(clean(value.text), datatype=value.datatype, normalize=False)
        graph.add((rdflib.URIRef(subject), rdflib.URIRef(predicate), node))
    out.write(graph.serialize(format="xml", encoding="utf-8"))
