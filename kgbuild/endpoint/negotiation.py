"""Which form of an answer a client gets: media types, and the choice by an Accept header (RFC 9110, 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import pyoxigraph as ox

__all__ = ["GRAPHS", "RESULTS", "choose", "content_type"]

RESULTS: Final[Mapping[str, ox.QueryResultsFormat]] = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/xml": ox.QueryResultsFormat.XML,
    "text/xml": ox.QueryResultsFormat.XML,
}
"""Forms of the answer to SELECT and ASK; the first is given to who accepts anything."""

GRAPHS: Final[Mapping[str, ox.RdfFormat]] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/n3": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
    "application/json": ox.RdfFormat.JSON_LD,
    "application/xml": ox.RdfFormat.RDF_XML,
    "text/xml": ox.RdfFormat.RDF_XML,
}
"""Forms of a graph; the first is given to who accepts anything."""

_RANGE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)/([!#$%&'*+.^_`|~0-9A-Za-z-]+)")
_WEIGHT = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def choose(accept: str | None, offered: Mapping[str, object]) -> str | None:
    """The media type of `offered` (best first) that an Accept header likes best, None when it accepts none of them.

    No header, or one without a media range, accepts anything.

    >>> choose("text/csv;q=0.5, application/*", RESULTS), choose("image/png", RESULTS)
    ('application/sparql-results+json', None)
    """
    ranges = _ranges(accept or "")
    if not ranges:
        return next(iter(offered))
    if "text/html" in ranges and "text/html" not in offered:
        # A browser lists any XML right after HTML; whoever opens a link in one is better served with the usual form.
        ranges = {media: weight for media, weight in ranges.items() if not media.endswith("/xml")}
    best, weight = None, 0.0
    for media in offered:
        kind = media.partition("/")[0]
        # The most specific range that covers a type decides, whatever weight a wider one gives it.
        found = next((ranges[r] for r in (media, f"{kind}/*", "*/*") if r in ranges), 0.0)
        if found > weight:
            best, weight = media, found
    return best


def content_type(media: str) -> str:
    """The Content-Type of an answer, always UTF-8."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _ranges(accept: str) -> dict[str, float]:
    """Media range -> weight; what is malformed is left out."""
    found: dict[str, float] = {}
    for part in accept.split(","):
        media, *parameters = (p.strip().lower() for p in part.split(";"))
        if not _RANGE.fullmatch(media):
            continue
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                weight = float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0
        found[media] = max(weight, found.get(media, 0.0))
    return found
