"""Records into the files of a build folder, and back: every view, the manifest, and the one commit that puts them in place."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kgbuild.config import Config
from kgbuild.drawn import drawn_from, ready_files
from kgbuild.errors import BuildFolderError
from kgbuild.folder import FORMAT, MANIFEST, Folder, settled
from kgbuild.records import Document, Record, Skipped, from_json, to_json
from kgbuild.state import Member, State

__all__ = ["Content", "commit", "content_digest", "read_records"]


@dataclass(frozen=True)
class Content:
    """What a folder is to hold: resolved records in order, what was left out, the settings, and the versions that made them."""

    records: Sequence[Record]
    skipped: Sequence[Skipped] = ()
    config: Config = field(default_factory=Config)
    versions: Mapping[str, str] = field(default_factory=dict)


def read_records(folder: str | Path) -> list[Record]:
    """The records of a build folder. Raises BuildFolderError naming the line that is not a record."""
    path = settled(folder) / "records.jsonl"
    records = []
    try:
        with path.open(encoding="utf-8", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    records.append(from_json(line))
                except ValueError as error:
                    raise BuildFolderError(f"{path}, line {number}: {error}; build the folder again") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BuildFolderError(
            f"{folder}: no readable records.jsonl; run `kgbuild build INPUT -o {folder}` first"
        ) from error
    return records


def content_digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def commit(
    folder: Folder, state: State, content: Content, members: Mapping[str, Member], notes: Iterable[tuple[str, Skipped]],
    meta: Mapping[str, Any], key: str = "",
) -> None:  # fmt: skip
    """Make the folder's files those of the content, and its state that of these articles: both, or neither.

    `notes` is what was left out, each with the inputs of its run; `meta` new values of the state. `key` names the code that draws;
    with it, files of articles whose records are as they were are not drawn again. Raises OutputError.
    """
    old = folder.manifest() or {}
    lines = [to_json(r) + "\n" for r in content.records]
    drawn = drawn_from(content.records, lines, f"{key} {content.config.base}") if key else {}
    files = dict(_files(content, lines, ready_files(folder, state, old.get("files", {}), drawn)))
    manifest = _manifest_of(content, files)
    for name, written in files.items():
        folder.put(name, written)
    folder.put(MANIFEST, manifest)
    before = state.members()
    put = {a: m for a, m in members.items() if before.get(a) != m}
    drop = [a for a in before if a not in members]
    generation = state.generation + 1
    values = {**meta, "drawn": drawn, "generation": generation, "manifest": hashlib.sha256(manifest).hexdigest()}

    def decide() -> None:
        with state.transaction(durable=True) as db:
            state.write(db, put, drop, notes, values)

    listed = old.get("files", {})
    folder.commit(generation, decide, [n for n in listed if n not in files and _is_inside(n)])


def _is_inside(name: str) -> bool:
    """Whether a manifest's name is one that a build gives: nothing else is ever taken away."""
    return not Path(name).is_absolute() and ".." not in Path(name).parts and Path(name).parts[:1] != ("store",)


def _files(content: Content, lines: Sequence[str], ready: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Every file of a build but the manifest: (name, content). `lines` are its records as JSON, `ready` article files that are drawn."""
    from kgbuild.aggregate import Aggregates  # rooms are imported when used: start-up time
    from kgbuild.export import dump, dump_articles, join_articles
    from kgbuild.export.derived import derived_turtle
    from kgbuild.store import flat_turtle

    records, config = content.records, content.config
    articles = list(dump_articles(records, config, ready))
    whole = join_articles(content for _, content in articles)
    yield "graph.ttl", whole
    for name, written in articles:
        yield f"articles/{name}", written
    yield "flat.ttl", flat_turtle(whole)
    yield "aggregates.ttl", derived_turtle(Aggregates(records), config)
    yield "records.jsonl", "".join(lines).encode()
    yield "graph.graphml", dump("graphml", records, config)
    yield "graph.html", dump("html", records, config)


def _manifest_of(content: Content, files: Mapping[str, bytes]) -> bytes:
    counts = Counter(type(r).__name__ for r in content.records)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "base": content.config.base,
        "versions": content.versions,
        "counts": dict(sorted(counts.items())),
        "articles": [
            {"id": d.id, "source": d.source, "sha256": d.sha256, "headline": d.headline, "published": d.published}
            for d in content.records
            if isinstance(d, Document)
        ],
        "skipped": [{"source": s.source, "reason": s.reason} for s in content.skipped],
        "files": {name: hashlib.sha256(written).hexdigest() for name, written in sorted(files.items())},
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
