"""Views of the graph that are CONSTRUCT queries (queries/export/*.rq): Web Annotation, and RDF 1.2 triple terms."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final, cast

import pyoxigraph as ox

from kgbuild.config import Config
from kgbuild.export.ntriples import write as write_ntriples
from kgbuild.rdf import PREFIXES, data_prefixes
from kgbuild.records import Record

__all__ = ["write_rdf12", "write_webannotation"]

QUERIES: Final = Path(__file__).resolve().parents[1] / "queries" / "export"


def write_webannotation(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """W3C Web Annotations (https://www.w3.org/TR/annotation-model/) as N-Triples, sorted.

    One annotation a mention, event, claim and stance; its target is the article with a position (code points) and a quote.
    """
    out.write(_sorted(_construct("webannotation", records, config)))


def write_rdf12(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """N-Triples 1.2 (https://www.w3.org/TR/rdf12-n-triples/), sorted: `claim rdf:reifies <<( agent type recipient )>>`.

    A triple term is only mentioned, so nothing here says that it is so: the claim's source does, with its modality.
    """
    out.write(_sorted(_construct("rdf12", records, config)))


def _construct(name: str, records: Sequence[Record], config: Config) -> ox.QueryTriples:
    buffer = io.BytesIO()
    write_ntriples(records, buffer, config)
    store = ox.Store()
    store.bulk_load(buffer.getvalue(), format=ox.RdfFormat.N_TRIPLES)
    prefixes = {**data_prefixes(config.base), **PREFIXES}
    query = (QUERIES / f"{name}.rq").read_text(encoding="utf-8")
    return cast(ox.QueryTriples, store.query(query, prefixes=prefixes))


def _sorted(triples: ox.QueryTriples) -> bytes:
    content = cast(bytes, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES))
    return b"".join(sorted(set(content.splitlines(keepends=True))))
