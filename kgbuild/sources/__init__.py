"""The sources room: files of several formats in, Documents (or reasons for skipping) out."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.errors import InputError, KgbuildError
from kgbuild.records import Document, Skipped
from kgbuild.registry import Registry
from kgbuild.sources.article import Article, Hints, Reader, to_document, too_long
from kgbuild.sources.decode import Undecodable, decode
from kgbuild.sources.inputs import Found, find_files, sidecar_of

__all__ = ["READERS", "read", "read_one", "read_with_origins"]

READERS: Registry[Reader] = Registry(
    "reader",
    {
        "txt": "kgbuild.sources.plain:read_text",
        "text": "kgbuild.sources.plain:read_text",
        "html": "kgbuild.sources.html:read_html",
        "htm": "kgbuild.sources.html:read_html",
        "xhtml": "kgbuild.sources.html:read_html",
        "jsonl": "kgbuild.sources.rows:read_jsonl",
        "ndjson": "kgbuild.sources.rows:read_jsonl",
        "csv": "kgbuild.sources.rows:read_csv",
        "tsv": "kgbuild.sources.rows:read_tsv",
    },
)
"""Readers by file extension. A new format is one module with a Reader and one line here."""

_TABLES = frozenset({"jsonl", "ndjson", "csv", "tsv"})
_BYTES = 4  # most bytes of a character in any encoding read: a text file larger than this times max_chars is over it
_HEAD = 4096
_SIDECAR_BYTES = 1_000_000


def read(inputs: Sequence[str], config: Config) -> Iterator[Document | Skipped]:
    """Every article behind `inputs` (files, folders, globs, "-"), ordered by source name, and everything skipped with
    its reason.

    The same articles come out in the same order whatever the order of `inputs`; an article whose text came before is
    Skipped ("same text as X"). Nothing of where the files lie gets into a record. An input that does
    not exist is Skipped; when nothing else is left, or nothing was named, InputError is raised before anything is read.
    """
    return (item for item, _ in read_with_origins(inputs, config))


def read_with_origins(inputs: Sequence[str], config: Config) -> Iterator[tuple[Document | Skipped, Path | None]]:
    """What `read` gives, each with the file it was read from (None: standard input, or no file at all)."""
    if not inputs:
        raise InputError("no input: name a file, a folder, a glob or - for standard input")
    found, skipped = find_files(inputs, READERS)
    return _read(found, skipped, config)


def _read(
    found: Sequence[Found], skipped: Sequence[Skipped], config: Config
) -> Iterator[tuple[Document | Skipped, Path | None]]:
    for item in skipped:
        yield item, None
    first: dict[str, str] = {}
    for file in found:
        for result in _open(file, config):
            if isinstance(result, Document):
                if result.id in first:
                    yield Skipped(result.source, f"same text as {first[result.id]}"), file.path
                    continue
                first[result.id] = result.source
            yield result, file.path


def read_one(item: Found, config: Config) -> Iterator[Document | Skipped]:
    """What one file holds, for whoever has found the files already (`inputs.find_files`)."""
    return _open(item, config)


def _open(item: Found, config: Config) -> Iterator[Document | Skipped]:
    try:
        if item.path is None:
            data = sys.stdin.buffer.read()
            yield from _documents(io.BytesIO(data), item, _sniff(data), Hints(), config)
            return
        if item.extension not in _TABLES and item.path.stat().st_size > 10 * _BYTES * config.max_chars:
            yield Skipped(item.source, too_long(config))
            return
        hints, problem = _sidecar(item.path, item.source)
        if problem is not None:
            yield problem
        with item.path.open("rb") as file:
            yield from _documents(file, item, item.extension or "txt", hints, config)
    except OSError as error:
        yield Skipped(item.source, f"cannot be read ({(error.strerror or type(error).__name__).lower()})")


def _documents(
    file: BinaryIO, item: Found, extension: str, hints: Hints, config: Config
) -> Iterator[Document | Skipped]:
    try:
        for found in READERS[extension](file, item.source, config):
            if isinstance(found, Skipped):
                yield found
            else:
                yield to_document(Article(found.source, found.text, hints.over(found.hints), found.join_title), config)
    except Undecodable as error:
        yield Skipped(item.source, str(error))
    except (OSError, KgbuildError):
        raise
    except Exception as error:  # a parser's fault on one file, whatever it is, must not cost the others
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        yield Skipped(item.source, f"cannot be read ({reason})")


def _sidecar(path: Path, source: str) -> tuple[Hints, Skipped | None]:
    """Hints from the metadata file beside an article, and what is wrong with it when it cannot be used."""
    sidecar = sidecar_of(path)
    if sidecar is None:
        return Hints(), None
    name = f"{source.rpartition('/')[0]}/{sidecar.name}".removeprefix("/")
    try:
        if sidecar.stat().st_size > _SIDECAR_BYTES:
            return Hints(), Skipped(name, "metadata not used: larger than 1 MB")
        with sidecar.open("rb") as file:
            data = json.loads(decode(file))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or getattr(error, "strerror", None) or "not JSON"
        return Hints(), Skipped(name, f"metadata not used: {reason}")
    if not isinstance(data, dict):
        return Hints(), Skipped(name, "metadata not used: not a JSON object")

    def value(*keys: str) -> str | None:
        return next((data[k] for k in keys if isinstance(data.get(k), str) and data[k].strip()), None)

    return Hints(
        value("title", "headline"), value("published", "date"), value("publisher", "source"), value("url", "link")
    ), None


def _sniff(data: bytes) -> str:
    """The format of standard input, which has no name to tell it: a page, JSON Lines, or plain text."""
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "html"
    if head.startswith(b"{"):
        try:
            if isinstance(json.loads(data.lstrip(b"\xef\xbb\xbf").strip().split(b"\n", 1)[0]), dict):
                return "jsonl"
        except ValueError:
            pass
    return "txt"
