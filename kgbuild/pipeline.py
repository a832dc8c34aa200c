"""The only module that joins the rooms: articles in, records, then every view of them into a build folder."""

from __future__ import annotations

import gc
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgbuild import resolve
from kgbuild.config import VERSION, Config, data_path
from kgbuild.errors import BuildFolderError, InputError, OutputError
from kgbuild.files import whole_file
from kgbuild.records import Document, Record, Skipped, from_json, record_order, to_json

if TYPE_CHECKING:
    import networkx
    import rdflib

    from kgbuild.aggregate import Aggregates
    from kgbuild.annotate import Annotator
    from kgbuild.query import Result
    from kgbuild.reference import Table

__all__ = ["KnowledgeGraph", "build", "open_build", "read_records", "reference"]

Progress = Callable[[str, int], None]
"""Called after each article with its source and the count so far."""


@dataclass(frozen=True)
class KnowledgeGraph:
    """A graph in memory: its records, and every view of them.

    `skipped` lists the inputs that gave no article, and the lines of own entities and corrections that were not taken. In a notebook it shows itself as the interactive page.
    """

    records: Sequence[Record]
    skipped: Sequence[Skipped] = ()
    config: Config = field(default_factory=Config)
    versions: dict[str, str] = field(default_factory=dict)

    def query(self, text: str, *arguments: str) -> Result:
        """Rows of a SPARQL query, or of a named question with its arguments ("who-opposes", "Russia").

        Raises QueryError when it is malformed, UsageError for an unknown question.
        """
        from kgbuild.query import run  # rooms are imported when used: start-up time
        from kgbuild.store import store_of

        return run(store_of(self.turtle(), self.flat(), self.derived()), text, *arguments)

    def turtle(self) -> bytes:
        """The whole graph as canonical Turtle."""
        from kgbuild.export import dump

        return dump("turtle", self.records, self.config)

    def flat(self) -> bytes:
        """The derived shortcuts (opposes, supports, said, status) as canonical Turtle."""
        from kgbuild.store import flat_turtle

        return flat_turtle(self.turtle())

    def aggregates(self, by: str = "actor") -> Aggregates:
        """Who stands where, from all articles together: dyads, series, changes, camps, tables (docs/stances.md).

        by: "actor", or "state": each actor counts for the one state it belongs to.
        """
        from kgbuild.aggregate import Aggregates

        return Aggregates(self.records, by)

    def derived(self) -> bytes:
        """The aggregates (dyads, their months, camps) as canonical Turtle."""
        from kgbuild.export.derived import derived_turtle

        return derived_turtle(self.aggregates(), self.config)

    def to_rdflib(self) -> rdflib.Graph:
        """The whole graph as an rdflib.Graph."""
        import rdflib

        return rdflib.Graph().parse(data=self.turtle(), format="turtle")

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """The graph as a networkx.MultiDiGraph: entities as nodes; events, stances and statements as edges."""
        from kgbuild.graph import to_networkx

        return to_networkx(self.records)

    def save(self, folder: str | Path) -> Path:
        """Write the build folder; each file whole or not at all, the manifest last. Raises OutputError."""
        return _write(self, Path(folder))

    def _repr_html_(self) -> str:
        from html import escape

        from kgbuild.page import render

        page = escape(render(self.records, self.config), quote=True)
        return f'<iframe sandbox="allow-scripts" style="width:100%;height:640px;border:0" srcdoc="{page}"></iframe>'


def build(
    inputs: str | Path | Sequence[str | Path],
    out: str | Path | None = None,
    config: Config | None = None,
    progress: Progress | None = None,
) -> KnowledgeGraph:
    """Articles to a graph; written to `out` when it is given.

    `inputs` are files, folders, globs or "-". An article that cannot be processed is in `skipped` with its reason and does not
    stop the others. Raises InputError when no article is left, OutputError when `out` cannot be written.
    """
    config = config or Config()
    paths = [str(inputs)] if isinstance(inputs, (str, Path)) else [str(i) for i in inputs]
    target = None if out is None else Path(out)
    if target is not None:
        _check_target(target)
    skipped: list[Skipped] = []
    corrections, refused = resolve.read_corrections(config.corrections) if config.corrections else ([], [])
    skipped.extend(refused)
    documents = list(_documents(paths, config, skipped))
    if not documents:
        raise InputError(_nothing(paths, skipped))
    annotator = _annotator(config)
    skipped.extend(annotator.refused)
    records: list[Record] = []
    for count, document in enumerate(documents, 1):
        records.extend(_article(annotator, document, skipped))
        if progress is not None:
            progress(document.source, count)
    if not any(isinstance(r, Document) for r in records):
        raise InputError(_nothing(paths, skipped))
    graph = KnowledgeGraph(
        records=resolve.resolve(records, corrections, skipped),
        skipped=sorted(skipped, key=lambda s: (s.source, s.reason)),
        config=config,
        versions=_versions(annotator, config),
    )
    if target is not None:
        graph.save(target)
    return graph


def open_build(folder: str | Path) -> KnowledgeGraph:
    """The graph of a build folder, from its records. Raises BuildFolderError when there is none."""
    folder = Path(folder)
    manifest = _manifest(folder)
    skipped = [Skipped(s["source"], s["reason"]) for s in manifest.get("skipped", [])]
    return KnowledgeGraph(read_records(folder), skipped, Config(base=manifest["base"]), manifest.get("versions", {}))


def reference() -> dict[str, Table]:
    """Tables of what exists: readers, writers, event types, stance kinds, questions, terms and values."""
    from kgbuild.export import WRITERS
    from kgbuild.reference import tables
    from kgbuild.sources import READERS

    return tables(READERS, WRITERS)


def read_records(folder: str | Path) -> list[Record]:
    """The records of a build folder. Raises BuildFolderError naming the line that is not a record."""
    path = Path(folder) / "records.jsonl"
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


def _documents(paths: Sequence[str], config: Config, skipped: list[Skipped]) -> Iterator[Document]:
    from kgbuild.sources import read

    found: dict[str, Document] = {}
    for item in read(paths, config):
        if isinstance(item, Skipped):
            skipped.append(item)
        elif item.id in found:
            first, second = sorted((found[item.id], item), key=lambda d: d.source)
            found[item.id] = first
            skipped.append(Skipped(second.source, f"same text as {first.source}"))
        else:
            found[item.id] = item
    yield from sorted(found.values(), key=record_order)


def _article(annotator: Annotator, document: Document, skipped: list[Skipped]) -> list[Record]:
    from kgbuild.claims import extract

    try:
        doc = annotator.annotate(document)
        found = extract(doc)
    except Exception as error:  # one article's failure, whatever it is, must not cost the others
        skipped.append(Skipped(document.source, f"processing failed ({type(error).__name__}: {_one_line(error)})"))
        return []
    return [document, *doc._.entities, *doc._.mentions, *doc._.affiliations, *found]


def _annotator(config: Config) -> Annotator:
    """The loaded language step. Raises ModelError, InputError."""
    collecting = gc.isenabled()
    gc.disable()  # what is loaded here stays: looking for garbage among it takes a tenth of the start
    try:
        from kgbuild.annotate import Annotator  # after reading, so that a wrong path answers at once

        return Annotator(config)
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _nothing(paths: Sequence[str], skipped: Sequence[Skipped]) -> str:
    shown = ", ".join(paths[:3]) + (" ..." if len(paths) > 3 else "")
    if not skipped:
        return f"no article in {shown}: give text, HTML, JSONL or CSV files, or a folder of them"
    first = skipped[0]
    more = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
    return f"no article in {shown}: {first.source}: {first.reason}{more}"


def _versions(annotator: Annotator, config: Config) -> dict[str, str]:
    meta = annotator.nlp.meta
    own = {"entities": list(config.entities), "corrections": [config.corrections] if config.corrections else []}
    return {
        "kgbuild": VERSION,
        "model": f"{meta.get('lang', '')}_{meta.get('name', '')}-{meta.get('version', '')}",
        "knowledge": _digest(Path(annotator.config.knowledge or data_path("knowledge.sqlite"))),
        "spacy": metadata.version("spacy"),
        "arithmetic": annotator.arithmetic,
        **{name: " ".join(_digest(Path(p)) for p in paths) for name, paths in own.items() if paths},
    }


def _digest(path: Path) -> str:
    """The first 16 hex digits of a file's SHA-256: which entity base a build was made with."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()[:16]


def _check_target(folder: Path) -> None:
    """Refuse an output folder that cannot be written before an hour is spent on filling it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".kgbuild-write-test"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        reason = "it is a file" if folder.is_file() else (error.strerror or str(error))
        raise OutputError(f"{folder}: cannot be written ({reason}); name another folder with -o") from error


def _write(graph: KnowledgeGraph, folder: Path) -> Path:
    from kgbuild.export import dump, dump_articles

    _check_target(folder)
    records, config = graph.records, graph.config
    files: dict[str, bytes] = {"graph.ttl": dump("turtle", records, config)}
    files.update((f"articles/{name}", content) for name, content in dump_articles(records, config))
    from kgbuild.store import flat_turtle

    files["flat.ttl"] = flat_turtle(files["graph.ttl"])
    files["aggregates.ttl"] = graph.derived()
    files["records.jsonl"] = "".join(to_json(r) + "\n" for r in records).encode()
    files["graph.graphml"] = dump("graphml", records, config)
    files["graph.html"] = dump("html", records, config)
    for name, content in files.items():
        with whole_file(folder / name) as handle:
            handle.write(content)
    with whole_file(folder / "manifest.json") as handle:
        handle.write(_manifest_of(graph, files))
    for stale in sorted((folder / "articles").glob("*.ttl")):
        if f"articles/{stale.name}" not in files:
            with suppress(OSError):
                stale.unlink()
    return folder


def _manifest_of(graph: KnowledgeGraph, files: dict[str, bytes]) -> bytes:
    counts = Counter(type(r).__name__ for r in graph.records)
    manifest: dict[str, Any] = {
        "base": graph.config.base,
        "versions": graph.versions,
        "counts": dict(sorted(counts.items())),
        "articles": [
            {"id": d.id, "source": d.source, "sha256": d.sha256, "headline": d.headline, "published": d.published}
            for d in graph.records
            if isinstance(d, Document)
        ],
        "skipped": [{"source": s.source, "reason": s.reason} for s in graph.skipped],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if not isinstance(manifest, dict) or not isinstance(manifest.get("base"), str):
            raise ValueError("not a manifest")
    except FileNotFoundError as error:
        raise BuildFolderError(f"{folder}: not a build folder; run `kgbuild build INPUT -o {folder}` first") from error
    except (OSError, ValueError) as error:
        raise BuildFolderError(f"{folder}/manifest.json: cannot be read ({error}); build the folder again") from error
    return manifest
