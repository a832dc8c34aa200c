"""The sources room: files of several formats in, Documents (or reasons for skipping) out."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, cast

from kgbuild.config import Config
from kgbuild.errors import InputError, KgbuildError
from kgbuild.records import Document, Skipped
from kgbuild.registry import Registry
from kgbuild.sources.article import Article, Hints, Reader, to_document, too_long
from kgbuild.sources.decode import Undecodable, decode
from kgbuild.sources.inputs import Found, find_files, printable, sidecar_of
from kgbuild.sources.packed import Unpacked, packing_of_head

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
        "parquet": "kgbuild.sources.parquet:read_parquet",
        "xml": "kgbuild.sources.feeds:read_xml",
        "rss": "kgbuild.sources.feeds:read_xml",
        "atom": "kgbuild.sources.feeds:read_xml",
        "warc": "kgbuild.sources.warc:read_warc",
    },
)
"""Readers by file extension. A new format is one module with a Reader and one line here."""

# Formats of many articles a file: of any size
_MANY = frozenset({"jsonl", "ndjson", "csv", "tsv", "parquet", "xml", "rss", "atom", "warc"})
_NEEDS = {"parquet": ("pyarrow", "tables"), "warc": ("warcio", "archives"), "zstd": ("zstandard", "archives")}
"""Format or packing -> the package that reads it, and the extra that brings the package."""
_BYTES = 4  # most bytes of a character in any encoding read: a text file larger than this times max_chars is over it
_HEAD = 4096
_IN_MEMORY = 1 << 26
_REASON = 1000  # characters of a reason
_BUFFER = 1 << 18
_SIDECAR_BYTES = 1_000_000


def read(inputs: Sequence[str], config: Config) -> Iterator[Document | Skipped]:
    """Every article behind `inputs` (files, folders, globs, "-"), ordered by source name, and everything skipped with
    its reason.

    The same articles come out in the same order whatever the order of `inputs`; an article whose text came before is
    Skipped ("same text as X"). Nothing of where the files lie gets into a record. An input that does
    not exist is Skipped; a file named by itself for which a package is missing raises InputError at once; when nothing else is left, or nothing was named, InputError is raised before anything is read.
    """
    return (item for item, _ in read_with_origins(inputs, config))


def read_with_origins(inputs: Sequence[str], config: Config) -> Iterator[tuple[Document | Skipped, Path | None]]:
    """What `read` gives, each with the file it was read from (None: standard input, or no file at all)."""
    if not inputs:
        raise InputError("no input: name a file, a folder, a glob or - for standard input")
    found, skipped = find_files(inputs, READERS)
    for item in found:
        lacking = _lacking(item.packing, item.extension)
        if lacking is not None and item.alone:
            raise InputError(f"{item.source}: {lacking}")
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
    """What a file holds; what a reason quotes of a file is on one line and visible."""
    for found in _found(item, config):
        if isinstance(found, Skipped):
            found = Skipped(found.source, printable(" ".join(found.reason.split()))[:_REASON])
        yield found


def _found(item: Found, config: Config) -> Iterator[Document | Skipped]:
    try:
        if item.path is None:
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept:  # standard input is read once, readers read twice
                shutil.copyfileobj(sys.stdin.buffer, kept)
                kept.seek(0)
                packing = packing_of_head(kept.read(_HEAD))
                kept.seek(0)
                yield from _unpacked(cast(BinaryIO, kept), Found(None, item.source, "", packing), Hints(), config)
            return
        if not item.packing and item.extension not in _MANY and item.path.stat().st_size > _most(config):
            yield Skipped(item.source, too_long(config))
            return
        hints, problem = _sidecar(item.path, item.source)
        if problem is not None:
            yield problem
        with item.path.open("rb") as file:
            yield from _unpacked(file, item, hints, config)
    except OSError as error:
        yield Skipped(item.source, f"cannot be read ({(error.strerror or type(error).__name__).lower()})")


def _lacking(*kinds: str) -> str | None:
    """What to install before formats or packings can be read, None when all is there."""
    for kind in kinds:
        package, extra = _NEEDS.get(kind, ("", ""))
        if package and find_spec(package) is None:
            return f"{kind} files need {package}: pip install 'kgbuild[{extra}]'"
    return None


def _most(config: Config) -> int:
    """Bytes of a file of one article beyond which it is too long, whatever its encoding and markup."""
    return 10 * _BYTES * config.max_chars


def _unpacked(file: BinaryIO, item: Found, hints: Hints, config: Config) -> Iterator[Document | Skipped]:
    """What a file gives, unpacked when it is packed; a file that breaks off gives what is whole, and says where it broke."""
    extension = item.extension
    if (lacking := _lacking(item.packing, extension)) is not None:
        yield Skipped(item.source, lacking)
        return
    if not item.packing:
        extension = extension or _sniff(file)
        yield from (document for _, document in _documents(file, item, extension, hints, config))
        return
    size = config.max_unpacked
    unpacked = Unpacked(
        file, item.packing, size, f"refused: it unpacks to more than {size:,} bytes; raise --max-unpacked"
    )
    with io.BufferedReader(unpacked, _BUFFER) as plain:
        if packing_of_head(plain.read(4)):
            yield Skipped(item.source, "packed more than once; unpack it first")
            return
        plain.seek(0)
        extension = extension or _sniff(plain)
        many = extension in _MANY
        if not many:
            unpacked.bound(_most(config), too_long(config))
        held: tuple[Article | Skipped, Document | Skipped] | None = None
        for found in _documents(plain, item, extension, hints, config):
            if held is not None:
                yield held[1]
            held = found
        if unpacked.fault is not None:
            if many and held is not None and isinstance(held[0], Article):
                yield Skipped(held[0].source, "not used: the file breaks off here, and this article may be cut")
            elif many and held is not None:
                yield held[1]
            yield Skipped(item.source, unpacked.fault)
        elif held is not None:
            yield held[1]


def _documents(
    file: BinaryIO, item: Found, extension: str, hints: Hints, config: Config
) -> Iterator[tuple[Article | Skipped, Document | Skipped]]:
    """What a reader finds in a file, each with what it becomes."""
    nothing = True
    if (lacking := _lacking(extension)) is not None:  # told by the content only now
        yield (skipped := Skipped(item.source, lacking)), skipped
        return
    try:
        for found in READERS[extension](file, item.source, config):
            nothing = False
            if isinstance(found, Skipped):
                yield found, found
            else:
                whole = Article(found.source, found.text, hints.over(found.hints), found.join_title)
                yield found, to_document(whole, config)
        if nothing:
            yield (skipped := Skipped(item.source, "no article in it")), skipped
    except Undecodable as error:
        yield (skipped := Skipped(item.source, str(error))), skipped
    except (OSError, KgbuildError):
        raise
    except Exception as error:  # a parser's fault on one file, whatever it is, must not cost the others
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        yield (skipped := Skipped(item.source, f"cannot be read ({reason})")), skipped


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


def _sniff(file: BinaryIO) -> str:
    """The format of a file that no name tells, left at its begin: a page, a feed, JSON Lines, Parquet, WARC, or plain text."""
    head = file.read(_HEAD)
    file.seek(0)
    begin = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"PAR1", b"WARC/")):
        return "parquet" if head.startswith(b"P") else "warc"
    if begin.startswith((b"<!doctype html", b"<html")):
        return "html"
    if begin.startswith((b"<?xml", b"<rss", b"<feed")):
        return "xml"
    # The first line of JSON Lines may be longer than the head: a brace and a key in quotes are enough
    return "jsonl" if re.match(rb'\{\s*"', begin) else "txt"
