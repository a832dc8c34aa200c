"""Articles and records as Parquet, a row a record: what DuckDB, Spark or pandas read as well. Same rows, same bytes."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from kgbuild.errors import UsageError
from kgbuild.records import Document, Record, Skipped, from_json, to_json

__all__ = ["counts_of", "documents_of", "pack_documents", "pack_found", "unpack_found"]

_SKIPPED = "Skipped"


def pack_documents(documents: Iterable[Document]) -> bytes:
    """Columns id, source, json."""
    rows = [(d.id, d.source, to_json(d)) for d in documents]
    return _write({"id": [r[0] for r in rows], "source": [r[1] for r in rows], "json": [r[2] for r in rows]})


def documents_of(content: bytes) -> list[Document]:
    """What `pack_documents` was given."""
    out = []
    for line in _read(content, ["json"])["json"]:
        record = from_json(line)
        assert isinstance(record, Document), "a partition of articles holds articles"
        out.append(record)
    return out


def pack_found(found: Iterable[tuple[str, list[Record] | Skipped]]) -> bytes:
    """What the language step gave of articles, by key: columns article, record, id, json; a row Skipped where it gave nothing."""
    columns: dict[str, list[str]] = {"article": [], "record": [], "id": [], "json": []}

    def row(*values: str) -> None:
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)

    for key, given in found:
        if isinstance(given, Skipped):
            row(key, _SKIPPED, given.source, given.reason)
        else:
            for record in given:
                row(key, type(record).__name__, record.id, to_json(record))
    return _write(columns)


def unpack_found(content: bytes) -> Iterator[tuple[str, list[Record] | Skipped]]:
    """What `pack_found` was given."""
    columns = _read(content, ["article", "record", "id", "json"])
    current, records = "", list[Record]()
    for key, kind, name, text in zip(
        columns["article"], columns["record"], columns["id"], columns["json"], strict=True
    ):
        if records and key != current:
            yield current, records
            records = []
        if kind == _SKIPPED:
            yield key, Skipped(name, text)
        else:
            current = key
            records.append(from_json(text))
    if records:
        yield current, records


def counts_of(records: Iterable[Record]) -> dict[str, int]:
    """How many of each kind."""
    return dict(sorted(Counter(type(r).__name__ for r in records).items()))


def _write(columns: dict[str, list[str]]) -> bytes:
    arrow, parquet = _arrow()
    schema = arrow.schema([(name, arrow.large_string()) for name in columns])
    out = io.BytesIO()
    parquet.write_table(arrow.table(columns, schema=schema), out, compression="zstd")
    return out.getvalue()


def _read(content: bytes, names: list[str]) -> dict[str, list[str]]:
    _, parquet = _arrow()
    table = parquet.read_table(io.BytesIO(content), columns=names)
    return {name: table[name].to_pylist() for name in names}


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UsageError("partitions need pyarrow: pip install 'kgbuild[cluster]', on every node") from error
    return pyarrow, pyarrow.parquet
