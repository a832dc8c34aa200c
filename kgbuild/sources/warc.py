"""Reader of WARC, the form of web archives (CC-NEWS): one article for each page captured."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Any, BinaryIO

from kgbuild.config import Config
from kgbuild.records import Skipped
from kgbuild.sources.article import Article, Hints
from kgbuild.sources.decode import Undecodable
from kgbuild.sources.html import most_bytes, read_page

__all__ = ["read_warc"]

_PAGES = ("text/html", "application/xhtml+xml")


def read_warc(file: BinaryIO, source: str, config: Config) -> Iterator[Article | Skipped]:
    """One article for each captured page, named "<file>#<record number from 1>".

    The address is the one captured, the day of capture stands for the day of publication where the page tells none. Records that are
    no pages are counted by reason, and reported once at the end of the file.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.recordloader import ArcWarcRecordLoader

    head = file.read(100)
    file.seek(0)
    passed: Counter[str] = Counter()
    number = astray = 0
    try:
        # HTTP headers are parsed below, so that those of one record cost this record alone
        records, loader = ArchiveIterator(file, no_record_parse=True), ArcWarcRecordLoader()
        while True:
            with redirect_stderr(io.StringIO()) as said:  # where warcio complains, with the bytes of the file
                record = next(records, None)
            astray += bool(said.getvalue())
            if record is None:
                break
            number += 1
            reason = _not_a_page(record, loader)
            if reason is not None:
                passed[reason] += 1
                continue
            yield from _page(record, f"{source}#{number}", number, config)
    except Exception as error:  # warcio's own, and what damaged headers bring about in it
        yield Skipped(source, f"not WARC, or damaged, after record {number} ({_why(error)})")
    if astray:
        yield Skipped(source, f"{astray:,} records are damaged: their length is not the one they state")
    if passed:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(passed.items()))
        yield Skipped(source, f"{passed.total():,} of {number:,} records are no pages: {reasons}")
    elif number == 0:
        yield Skipped(source, "not WARC" if head.strip() else "no records in it")


def _not_a_page(record: Any, loader: Any) -> str | None:
    """Why a record is none of a page, in words that follow a number; its HTTP headers are read by the way."""
    if record.rec_type != "response":
        return f"{record.rec_type or 'unnamed'} (not a response)"[:60]
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    try:
        record.http_headers = loader.load_http_headers(record.rec_type, address, record.raw_stream, record.length)
    except Exception:  # the headers are a server's, and the parser is no match for all that servers send
        return "with HTTP headers that cannot be read"
    if record.http_headers is None:
        return "without HTTP headers"
    status = (record.http_headers.get_statuscode() or "").strip()
    if status != "200":
        return f"status {status[:8] or 'unknown'}"
    kind = _kind(record)[0]
    return None if kind in _PAGES else f"{kind[:60] or 'of no type'}"


def _page(record: Any, where: str, number: int, config: Config) -> Iterator[Article | Skipped]:
    try:
        raw = record.content_stream().read(most_bytes(config) + 1)
        # a record that promises more bytes than the file holds was cut
        if (
            getattr(record.raw_stream, "limit", 0) > 0
            and len(raw) <= most_bytes(config)
            and record.raw_stream.read(1) == b""
        ):
            yield Skipped(where, "cut off: the file ends within this record")
            return
    except (
        Exception
    ) as error:  # chunks and packings of any damage; the record's end is known, so the next one can be read
        yield Skipped(where, f"the page cannot be unpacked ({type(error).__name__})")
        return
    hints = Hints(
        url=record.rec_headers.get_header("WARC-Target-URI"),
        captured=(record.rec_headers.get_header("WARC-Date") or "")[:10],
    )
    try:
        for found in read_page(raw, where, config, _kind(record)[1]):
            if isinstance(found, Article):
                found = Article(where, found.text, hints.over(found.hints), found.join_title)
            yield found
    except Undecodable as error:
        yield Skipped(where, str(error))


def _kind(record: Any) -> tuple[str, str | None]:
    """Media type and charset of an HTTP response."""
    kind, _, rest = (record.http_headers.get_header("Content-Type") or "").partition(";")
    for parameter in rest.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return kind.strip().lower(), value.strip(" \t\"'").lower() or None
    return kind.strip().lower(), None


def _why(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
