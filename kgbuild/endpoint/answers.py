"""One question to the dataset, answered whole in the form the client accepts, or refused with an HTTP status and a reason.

Runs inside a worker process (see `nursery`), which has no file or socket to open and whose time and memory the kernel limits.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, BinaryIO, cast

import pyoxigraph as ox

from kgbuild.endpoint.negotiation import GRAPHS, RESULTS, choose
from kgbuild.endpoint.settings import Settings
from kgbuild.errors import QueryError
from kgbuild.query import clauses, refuse_more_than_reading
from kgbuild.rdf import data_prefixes

__all__ = ["Refusal", "answer"]

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


class Refusal(Exception):
    """A question that gets no answer: the HTTP status and one line that says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def answer(store: ox.Store, base: str, question: Mapping[str, Any], settings: Settings) -> tuple[str, bytes]:
    """Media type and bytes of the answer.

    `question` has `accept` (an Accept header or None) and either `query`, with `default` and `named` (lists of graph IRIs
    or None for those of the query or of the service), or `graph` (the IRI of a graph, None for the union), or `resource`
    (an IRI to describe). Raises Refusal.
    """
    accept = question.get("accept")
    prefixes = data_prefixes(base)
    if "query" in question:
        return _query(store, prefixes, question, accept, settings)
    if "resource" in question:
        return _resource(store, prefixes, question["resource"], accept, settings)
    return _graph(store, prefixes, question["graph"], accept, settings)


def _query(
    store: ox.Store, prefixes: dict[str, str], question: Mapping[str, Any], accept: str | None, settings: Settings
) -> tuple[str, bytes]:
    text = question["query"]
    default, named = question.get("default"), question.get("named")
    dataset: dict[str, Any] = {}
    if default is not None or named is not None:
        dataset = {"default_graph": _nodes(default or ()), "named_graphs": _nodes(named or ())}
    else:
        # FROM in the query says which graphs it asks; asking the union would overrule it.
        dataset = {"use_default_graph_as_union": "from" not in clauses(text)}
    try:
        refuse_more_than_reading(text)
        found = store.query(text, prefixes=prefixes, **dataset)
        if isinstance(found, ox.QueryTriples):
            media = _media(accept, GRAPHS)
            triples = list(dict.fromkeys(islice(found, settings.rows + 1)))
            _check_rows(len(triples), settings)
            return media, _serialize(triples, media, prefixes)
        media = _media(accept, RESULTS)
        sink = _Sink(settings.answer_bytes)
        found.serialize(cast(BinaryIO, sink), format=RESULTS[media])
    except QueryError as error:
        raise Refusal(403 if "updates are refused" in str(error) else 400, str(error)) from error
    except (SyntaxError, ValueError) as error:
        raise Refusal(400, f"the query cannot be run: {' '.join(str(error).split())}") from error
    content = sink.getvalue()
    if len(content) > 2 * settings.rows:  # no row of any form takes less than two bytes
        _check_rows(_rows(RESULTS[media], content), settings)
    return media, content


def _graph(
    store: ox.Store, prefixes: dict[str, str], graph: str | None, accept: str | None, settings: Settings
) -> tuple[str, bytes]:
    name = None if graph is None else _nodes([graph])[0]
    if name is not None and not store.contains_named_graph(name):
        raise Refusal(404, "no graph of this name; the service description lists the graphs")
    media = _media(accept, GRAPHS)
    return media, _serialize((q.triple for q in store.quads_for_pattern(None, None, None, name)), media, prefixes)


def _resource(
    store: ox.Store, prefixes: dict[str, str], resource: str, accept: str | None, settings: Settings
) -> tuple[str, bytes]:
    node = _nodes([resource])[0]
    media = _media(accept, GRAPHS)
    triples = [q.triple for q in islice(store.quads_for_pattern(node, None, None, None), settings.rows + 1)]
    if not triples:
        raise Refusal(404, "the graph says nothing of this")
    _check_rows(len(triples), settings)
    return media, _serialize(triples, media, prefixes)


def _nodes(iris: Iterable[str]) -> list[ox.NamedNode]:
    try:
        return [ox.NamedNode(iri) for iri in iris]
    except ValueError as error:
        raise Refusal(400, f"not the IRI of a graph: {' '.join(str(error).split())}") from error


def _media(accept: str | None, offered: Mapping[str, object]) -> str:
    media = choose(accept, offered)
    if media is None:
        raise Refusal(406, f"this answer comes as {', '.join(offered)}")
    return media


def _check_rows(rows: int, settings: Settings) -> None:
    if rows > settings.rows:
        raise Refusal(400, f"the answer has more than {settings.rows} rows: add a LIMIT to the query")


def _serialize(triples: Iterable[ox.Triple], media: str, prefixes: dict[str, str]) -> bytes:
    return cast(bytes, ox.serialize(triples, format=GRAPHS[media], prefixes=prefixes))


def _rows(form: ox.QueryResultsFormat, content: bytes) -> int:
    """Rows of a serialised answer to a SELECT; counted from the bytes, which is 20 times as fast as building each row."""
    if form == ox.QueryResultsFormat.XML:
        return content.count(b"<result>")
    if form == ox.QueryResultsFormat.TSV:
        return content.count(b"\n") - 1
    if form == ox.QueryResultsFormat.CSV:
        return sum(part.count(b"\n") for part in content.split(b'"')[::2]) - 1
    bare = _STRING.sub(b"", content)
    return bare.count(b"[{") + bare.count(b",{")


class _Sink(io.RawIOBase):
    """Bytes in memory, up to a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._size += len(data)
        if self._size > self._limit:
            raise Refusal(400, f"the answer is larger than {self._limit >> 20} MiB: add a LIMIT to the query")
        self._parts.append(bytes(data))
        return len(data)

    def getvalue(self) -> bytes:
        """What was written."""
        return b"".join(self._parts)
