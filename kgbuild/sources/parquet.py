"""Reader of Parquet: one article a row, the columns found as those of CSV and JSON Lines are."""

from __future__ import annotations

import datetime
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from kgbuild.config import Config
from kgbuild.records import Skipped
from kgbuild.sources.article import Article, too_long
from kgbuild.sources.columns import column_of, no_text, row_article

__all__ = ["read_parquet"]

_ROWS = 64  # rows in memory at once, beside the pages they come from
_BUFFER = 1 << 20
_IN_MEMORY = 1 << 26
_FIELDS = ("text", "title", "published", "publisher", "url")


def read_parquet(file: BinaryIO, source: str, config: Config) -> Iterator[Article | Skipped]:
    """One article a row, a few rows in memory at a time; the source of a row is "<file>#<row number from 1>".

    Parquet is read from its end, so a packed file is unpacked to a temporary one first.
    """
    if not file.read(4):
        yield Skipped(source, "empty")
        return
    file.seek(0)
    import pyarrow
    from pyarrow import parquet

    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
        place: Any = file
        try:
            file.seek(0, 2)
        except OSError:  # unpacked while read: from its begin only
            shutil.copyfileobj(file, copy)
            place = copy
        place.seek(0)
        try:
            table = parquet.ParquetFile(place, pre_buffer=False, buffer_size=_BUFFER)
            names = list(table.schema_arrow.names)
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            yield Skipped(source, f"not a Parquet file, or a damaged one ({_why(error)})")
            return
        if column_of(names, "text", config) is None:
            yield no_text(source, names, config)
            return
        wanted = [c for c in dict.fromkeys(column_of(names, field, config) for field in _FIELDS) if c is not None]
        number = 0
        try:
            for group in range(table.num_row_groups):
                about = table.metadata.row_group(group)
                if about.total_byte_size > config.max_unpacked:
                    yield Skipped(
                        source,
                        f"row group {group + 1}: larger than {config.max_unpacked:,} bytes; raise --max-unpacked",
                    )
                    number += about.num_rows
                    continue
                for batch in table.iter_batches(_ROWS, row_groups=[group], columns=wanted):
                    columns = [(name, batch.column(i)) for i, name in enumerate(batch.schema.names)]
                    for row in range(batch.num_rows):
                        number += 1
                        yield _row(columns, row, f"{source}#{number}", number, config)
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            yield Skipped(source, f"rows after row {number} cannot be read ({_why(error)})")


def _row(columns: list[tuple[str, Any]], row: int, where: str, number: int, config: Config) -> Article | Skipped:
    try:
        values = {name: _plain(column[row], config) for name, column in columns}
    except OverflowError:
        return Skipped(where, f"row {number} is {too_long(config)}")
    except ValueError as error:  # a date no calendar has
        return Skipped(where, f"row {number} cannot be read ({_why(error)})")
    return row_article(values, where, f"row {number}", config)


def _plain(scalar: Any, config: Config) -> Any:
    """A value as JSON has it: days and times in ISO form, bytes as UTF-8. Raises OverflowError for text over the limit."""
    import pyarrow

    if isinstance(scalar, pyarrow.DictionaryScalar):
        scalar = scalar.value
    if isinstance(scalar, (pyarrow.BinaryScalar, pyarrow.LargeBinaryScalar, pyarrow.StringScalar)) or (
        hasattr(scalar, "as_buffer")
    ):
        data = scalar.as_buffer()
        if data is None:
            return None
        if data.size > 4 * config.max_chars:
            raise OverflowError
        return data.to_pybytes().decode("utf-8", "replace")
    value = scalar.as_py()
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return value


def _why(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
