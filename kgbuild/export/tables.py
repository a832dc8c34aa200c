"""The aggregates' tables as CSV, Parquet and CSVW metadata."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, BinaryIO, Final

from kgbuild.aggregate import Aggregates, Table
from kgbuild.config import Config
from kgbuild.errors import KgbuildError
from kgbuild.export.csv import cell
from kgbuild.records import Record

__all__ = ["DEFAULT", "csv_table", "csvw_table", "parquet_table", "write_parquet"]

DEFAULT: Final = "dyad-day"
"""Table that is written when none is named."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_XSD = {"string": "string", "date": "date", "integer": "integer", "decimal": "decimal"}


def write_parquet(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """The table DEFAULT as Parquet."""
    parquet_table(Aggregates(records).table(DEFAULT), out)


def csv_table(table: Table, out: BinaryIO) -> None:
    """UTF-8, a header line, CRLF line ends, text in double quotes, numbers bare, unknown values empty; as `csv.write` has it."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        rows = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        rows.writerow([cell(c.name) for c in table.columns])
        for row in table.rows:
            rows.writerow(["" if v is None else cell(v) for v in row])
        text.flush()
    finally:
        text.detach()


def parquet_table(table: Table, out: BinaryIO) -> None:
    """Parquet with typed columns (string, date32, int64, double), unknown values null, meanings in the fields' metadata.

    Raises KgbuildError when pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise KgbuildError("Parquet needs pyarrow: pip install 'kgbuild[tables]', or write --format csv") from error
    kinds = {"string": pa.string(), "date": pa.date32(), "integer": pa.int64(), "decimal": pa.float64()}
    fields = [pa.field(c.name, kinds[c.type], metadata={"meaning": c.meaning}) for c in table.columns]
    arrays = [
        pa.array([_typed(row[n], c.type) for row in table.rows], type=kinds[c.type])
        for n, c in enumerate(table.columns)
    ]
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), out)


def csvw_table(table: Table, out: BinaryIO, url: str) -> None:
    """Metadata of a table's CSV file after the W3C's CSV on the Web: columns, types, meanings, key. `url` is the CSV file's name."""
    columns: list[dict[str, Any]] = []
    for n, c in enumerate(table.columns, 1):
        name = c.name if _NAME.fullmatch(c.name) else f"column_{n}"
        columns.append({"name": name, "titles": c.name, "datatype": _XSD[c.type], "dc:description": c.meaning})
    metadata = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": url,
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "quoteChar": '"', "doubleQuote": True},
        "tableSchema": {"columns": columns, "primaryKey": list(table.key)},
    }
    out.write((json.dumps(metadata, ensure_ascii=False, indent=1) + "\n").encode())


def _typed(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "date":
        return date.fromisoformat(value)
    return float(value) if kind == "decimal" else value
