"""Which files of articles need not be drawn again: those whose records, and the code that draws, are as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from kgbuild.folder import Folder
from kgbuild.records import Document, Record
from kgbuild.state import State

__all__ = ["drawn_from", "ready_files"]


def drawn_from(records: Iterable[Record], lines: Iterable[str], key: str) -> dict[str, str]:
    """What each article's Turtle is drawn from, as a digest, by the name of its file; `lines` are the records as JSON, `key` names the code."""
    totals: dict[str, Any] = {}
    for record, line in zip(records, lines, strict=True):
        article = record.id if isinstance(record, Document) else getattr(record, "document", None)
        if article is not None:
            total = totals.get(article)
            if total is None:
                total = totals[article] = hashlib.sha256(f"{key}\n".encode())
            total.update(line.encode("utf-8", "surrogatepass"))
    return {f"{a.removeprefix('article/')}.ttl": total.hexdigest()[:32] for a, total in totals.items()}


def ready_files(folder: Folder, state: State, listed: Mapping[str, str], drawn: Mapping[str, str]) -> dict[str, bytes]:
    """The article files that are there as they would be drawn: of the same records, and with the checksum they were written with."""
    before = state.meta("drawn", {})
    ready: dict[str, bytes] = {}
    for name, digest in drawn.items():
        path = folder.path / "articles" / name
        if before.get(name) == digest and path.is_file():
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == listed.get(f"articles/{name}"):
                ready[name] = content
    return ready
