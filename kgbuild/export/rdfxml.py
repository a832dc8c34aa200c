"""Records as RDF/XML, written by rdflib, for tools that read nothing else."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.export.looks import clean
from kgbuild.export.ntriples import write as write_ntriples
from kgbuild.rdf import data_prefixes
from kgbuild.records import Record

__all__ = ["write"]


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """The triples of `ntriples`, in its order; a character that XML cannot hold becomes U+FFFD."""
    import rdflib  # half a second

    lines = io.BytesIO()
    write_ntriples(records, lines, config)
    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in data_prefixes(config.base).items():
        graph.bind(prefix, namespace)
    for subject, predicate, value in rdflib.Graph().parse(lines.getvalue(), format="nt"):
        if isinstance(value, rdflib.Literal):
            value = rdflib.Literal(clean(str(value)), value.language, value.datatype, normalize=False)
        graph.add((subject, predicate, value))
    declaration, opening, *rest = graph.serialize(format="xml", encoding="utf-8").partition(b"<rdf:RDF\n")
    spaces, end, body = rest[0].partition(b">\n")
    # rdflib keeps the namespaces in a set, whose order differs from run to run.
    out.write(declaration + opening + b"\n".join(sorted(spaces.splitlines())) + end + body)
