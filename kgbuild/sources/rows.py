"""Readers of tables of articles, one a row: JSON Lines and CSV or TSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.records import Skipped
from kgbuild.sources.article import Article, too_long
from kgbuild.sources.columns import column_of, no_text, row_article
from kgbuild.sources.decode import find_encoding

__all__ = ["read_csv", "read_jsonl", "read_tsv"]

_LONGEST_FIELD = 20  # times max_chars: a JSON escape takes up to 12 bytes a character, and other fields share the line


def read_jsonl(file: BinaryIO, source: str, config: Config) -> Iterator[Article | Skipped]:
    """One article a line; the source of a row is "<file>#<line number>". Raises decode.Undecodable."""
    encoding = find_encoding(file)
    limit = _LONGEST_FIELD * config.max_chars
    with io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="\n") as lines:
        for number, line, whole in _lines(lines, limit):
            where = f"{source}#{number}"
            if not whole:
                yield Skipped(where, f"line {number} is {too_long(config)}")
                continue
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield Skipped(where, f"line {number} is not JSON: {getattr(error, 'msg', 'nested too deeply')}")
                continue
            if not isinstance(row, dict):
                yield Skipped(where, f"line {number} is not a JSON object")
                continue
            yield row_article(row, where, f"line {number}", config)


def read_csv(file: BinaryIO, source: str, config: Config) -> Iterator[Article | Skipped]:
    """One article a row under a header row; the source of a row is "<file>#<row number>", the first row under the
    header is 1.

    The delimiter is the one of comma, semicolon, tab and bar that the header holds most of. Raises decode.Undecodable.
    """
    yield from _table(file, source, config, None)


def read_tsv(file: BinaryIO, source: str, config: Config) -> Iterator[Article | Skipped]:
    """`read_csv` with tabs."""
    yield from _table(file, source, config, "\t")


def _table(file: BinaryIO, source: str, config: Config, delimiter: str | None) -> Iterator[Article | Skipped]:
    encoding = find_encoding(file)
    limit = _LONGEST_FIELD * config.max_chars
    before = csv.field_size_limit(limit)  # a setting of the whole process: put back at the end
    number = 0
    try:
        with io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="") as lines:
            if delimiter is None:
                head = lines.readline(100_000)
                delimiter = max(",;\t|", key=head.count)
                lines.seek(0)
            rows = csv.reader(_bounded(lines, limit), delimiter=delimiter)
            header = next(rows, None)
            if header is None:
                yield Skipped(source, "empty")
                return
            header = [name.strip().removeprefix("\ufeff") for name in header]
            if column_of(header, "text", config) is None:
                yield no_text(source, header, config)
                return
            for number, cells in enumerate(rows, start=1):
                where = f"{source}#{number}"
                if not any(cells):
                    continue
                if len(cells) > len(header):
                    yield Skipped(
                        where,
                        f"row {number} has {len(cells)} fields under {len(header)} columns; "
                        "quote fields that hold the delimiter",
                    )
                    continue
                yield row_article(dict(zip(header, cells, strict=False)), where, f"row {number}", config)
    except csv.Error as error:
        yield Skipped(source, f"rows after row {number} cannot be read: {error}")
    finally:
        csv.field_size_limit(before)


def _lines(file: io.TextIOWrapper, limit: int) -> Iterator[tuple[int, str, bool]]:
    """(line number from 1, line, whether it was read whole): a line over `limit` characters is passed over in bounded
    memory."""
    number = 0
    while line := file.readline(limit):
        number += 1
        whole = line.endswith("\n") or len(line) < limit
        if not whole:
            rest = line
            while rest and not rest.endswith("\n"):
                rest = file.readline(limit)
        yield number, line, whole


def _bounded(file: io.TextIOWrapper, limit: int) -> Iterator[str]:
    """Lines, or an error before one longer than `limit` fills the memory."""
    while line := file.readline(limit):
        if len(line) >= limit and not line.endswith(("\n", "\r")):
            raise csv.Error(f"a line is longer than {limit:,} characters")
        yield line
