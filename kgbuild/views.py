"""Records into the files of a build folder, and back: every view, the manifest, and the one commit that puts them in place."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

from kgbuild.config import Config
from kgbuild.drawn import drawn_from, ready_files
from kgbuild.errors import BuildFolderError, OutputError
from kgbuild.files import whole_file
from kgbuild.folder import (
    AGGREGATES,
    FORMAT,
    LARGE_FORMAT,
    MANIFEST,
    STORE,
    Folder,
    aggregate_files,
    article_files,
    entity_files,
    graph_files,
    is_large,
    listed_files,
    read_manifest,
    record_files,
    settled,
    stamp,
)  # fmt: skip
from kgbuild.records import Document, Record, Skipped, from_json, record_order, to_json
from kgbuild.resolve import Correction
from kgbuild.state import Member, Members, State

__all__ = [
    "Change",
    "Content",
    "Stored",
    "commit",
    "commit_parts",
    "content_digest",
    "graph_pieces",
    "read_records",
    "refresh",
]


@dataclass(frozen=True)
class Content:
    """What a folder is to hold: resolved records in order, what was left out, the settings, and the versions that made them."""

    records: Sequence[Record]
    skipped: Sequence[Skipped] = ()
    config: Config = field(default_factory=Config)
    versions: Mapping[str, str] = field(default_factory=dict)


class Stored(Sequence[Record]):
    """The records of a large folder, read when they are first looked at."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: list[Record] | None = None

    def counts(self) -> dict[str, int]:
        """Number of records by kind, as the manifest says."""
        return dict(read_manifest(self._folder)["counts"])

    def _records(self) -> list[Record]:
        if self._read is None:
            self._read = read_records(self._folder)
        return self._read

    @overload
    def __getitem__(self, at: int) -> Record: ...
    @overload
    def __getitem__(self, at: slice) -> list[Record]: ...
    def __getitem__(self, at: int | slice) -> Record | list[Record]:
        return self._records()[at]

    def __len__(self) -> int:
        return len(self._records())


def read_records(folder: str | Path) -> list[Record]:
    """The records of a build folder, in order. Raises BuildFolderError naming the line that is not a record."""
    path = settled(folder)
    files = record_files(path)
    records = [record for file in files for record in _records_of(file, path)]
    return records if len(files) == 1 else sorted(records, key=record_order)


def _records_of(file: Path, folder: Path, without: Sequence[str] = ()) -> Iterator[Record]:
    starts = tuple(f'{{"record": "{kind}"' for kind in without)
    try:
        with file.open(encoding="utf-8", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                if line.startswith(starts):
                    continue
                try:
                    yield from_json(line)
                except ValueError as error:
                    raise BuildFolderError(f"{file}, line {number}: {error}; build the folder again") from error
    except (OSError, UnicodeDecodeError) as error:
        name = file.relative_to(folder).as_posix()
        raise BuildFolderError(f"{folder}: no readable {name}; run `kgbuild build INPUT -o {folder}` first") from error


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
    listed = listed_files(folder.path, old)
    lines = [to_json(r) + "\n" for r in content.records]
    drawn = drawn_from(content.records, lines, f"{key} {content.config.base}") if key else {}
    files = dict(_files(content, lines, ready_files(folder, state, listed, drawn)))
    manifest = _manifest_of(content, files)
    for name, written in files.items():
        folder.put(name, written)
    folder.put(MANIFEST, manifest)
    before = state.members()
    put = {a: m for a, m in members.items() if before.get(a) != m}
    drop = [a for a in before if a not in members]
    generation = state.generation + 1
    values = {
        **meta, "drawn": drawn, "parts": "", "generation": generation, "manifest": hashlib.sha256(manifest).hexdigest(),
    }  # fmt: skip

    def decide() -> None:
        with state.transaction(durable=True) as db:
            state.write(db, put, drop, notes, values)

    folder.commit(generation, decide, [n for n in listed if n not in files and is_inside(n)])


def commit_parts(
    folder: Folder,
    state: State,
    config: Config,
    versions: Mapping[str, str],
    members: Members,
    change: Change,
    key: str,
) -> list[Skipped]:
    """Make the folder's files those of a large folder with these articles, and its state that of them: both, or neither.

    `key` names what made the records and what draws: under another one everything is drawn anew. Only what `members` says was put in or
    taken out is looked at. Returns what was left out, all in all. Raises OutputError.
    """
    from kgbuild.ledger import Ledger  # rooms are imported when used: start-up time
    from kgbuild.parts import Parts

    with state.change() as decide:
        ledger = Ledger(state.db, lambda article: state.records(members.digest(article), change.pipeline))
        parts = Parts(folder, state.db, ledger, config)
        put, drop = members.changes()
        file = folder.path / MANIFEST
        own = file.is_file() and content_digest(file) == state.meta("manifest")  # else others have written here since
        fresh = state.meta("parts", "") != key or not own
        if fresh:
            ledger.clear()
            parts.clear()
        touched = ledger.change(list(members) if fresh else put, [] if fresh else drop, change.corrections)
        dropped = parts.draw(touched, len(members))
        if fresh:
            now = parts.names()
            dropped = [n for n in listed_files(folder.path, folder.manifest() or {}) if n not in now and is_inside(n)]
        skipped = sorted({*change.skipped, *ledger.skipped()}, key=lambda s: (s.source, s.reason))
        manifest = _json_lines(
            {
                "format": LARGE_FORMAT, "base": config.base, "versions": versions, "counts": parts.counts(),
                "skipped": [{"source": s.source, "reason": s.reason} for s in skipped], "parts": parts.index(),
            }
        )  # fmt: skip
        folder.put(MANIFEST, manifest)
        generation = state.generation + 1
        values = {
            **change.meta, "drawn": {}, "parts": key, "generation": generation, "manifest": hashlib.sha256(manifest).hexdigest(),
        }  # fmt: skip
        state.write(state.db, put, drop, change.notes, values)
        folder.commit(generation, decide, dropped)
    return skipped


@dataclass(frozen=True)
class Change:
    """What a run brings to a large folder beside its articles.

    pipeline: the key under which the articles' records are kept. corrections: all that hold. skipped: what was left out. notes: the same, of
    inputs alone, each with the inputs of its run. meta: new values of the state.
    """

    pipeline: str
    corrections: Sequence[Correction]
    skipped: Sequence[Skipped]
    notes: Sequence[tuple[str, Skipped]]
    meta: Mapping[str, Any]


def refresh(folder: str | Path, told: Callable[[str], None] | None = None) -> None:
    """Draw the aggregates of a large folder anew when it has changed since; they are kept in its store. A small one has them always.

    `told` is given a line before that begins: it reads all records. Raises BuildFolderError, OutputError.
    """
    from kgbuild.aggregate import Aggregates
    from kgbuild.export.derived import derived_turtle

    path = settled(folder)
    manifest = read_manifest(path)
    if not is_large(manifest) or aggregate_files(path):
        return
    if told is not None:
        told(
            f"drawing who stands where from all of its {manifest['counts'].get('Document', 0)} articles, once until they change"
        )
    line = stamp(path)
    records = [r for file in record_files(path) for r in _records_of(file, path, _NEEDLESS)]
    content = derived_turtle(Aggregates(records), Config(base=manifest["base"]))
    try:
        with whole_file(path / STORE / AGGREGATES) as handle:
            handle.writelines((line, content))
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); run this where it can") from error


_NEEDLESS = ("Mention", "Affiliation", "Merge")
"""Kinds of records that aggregates do not look at."""


def graph_pieces(folder: str | Path) -> Iterator[bytes]:
    """The Turtle of a folder's whole graph, piece by piece, as a small folder has it in graph.ttl. Raises BuildFolderError."""
    from kgbuild.export import merge_articles

    path = settled(folder)
    manifest = read_manifest(path)
    if not is_large(manifest):
        files = graph_files(path)
        yield from (_bytes(f) for f in files)
    else:
        shared, articles = ((_bytes(f) for f in files) for files in (entity_files(path), article_files(path)))
        yield from merge_articles(shared, articles, Config(base=manifest["base"]))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BuildFolderError(f"{file}: cannot be read ({error.strerror or error}); build the folder again") from error


def is_inside(name: str) -> bool:
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
    return _json_lines(manifest)


def _json_lines(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
