"""The only module that joins the rooms: articles in, records, then every view of them into a build folder.

A build adds to its folder: the language step reads only what is new or changed, everything drawn from all articles together is made anew,
and the bytes are those of one build of them all.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgbuild import resolve
from kgbuild.config import Config
from kgbuild.errors import BuildFolderError, InputError, UsageError
from kgbuild.fingerprint import file_digest, machine, pipeline_key
from kgbuild.folder import MANIFEST, STORE, Folder, listed_files, read_manifest, record_files, settled, writing
from kgbuild.language import Language, versions_of
from kgbuild.progress import Meter, Progress, Report
from kgbuild.records import Document, Record, Skipped, record_order, unpack
from kgbuild.state import Member, Members, State, digest_of
from kgbuild.views import (
    Change,
    Content,
    Stored,
    commit,
    commit_parts,
    content_digest,
    graph_pieces,
    read_records,
    refresh,
)

if TYPE_CHECKING:
    import networkx
    import rdflib

    from kgbuild.aggregate import Aggregates
    from kgbuild.explain import Reasons
    from kgbuild.query import Result
    from kgbuild.reference import Table
    from kgbuild.report import Page

__all__ = [
    "LARGE",
    "Changes",
    "KnowledgeGraph",
    "build",
    "graph_pieces",
    "open_build",
    "read_records",
    "reference",
    "refresh",
    "remove",
]


LARGE = 200
"""Articles above which a folder is drawn in parts (docs/store.md), so that an article more costs what it touches and not the whole folder."""


@dataclass(frozen=True)
class Changes:
    """What a build or a removal did to its folder, in numbers of articles.

    again: those that were there and went through the language step anew, because the pipeline or its settings are others now, or their
    stored records are gone. gone: sources of articles that the inputs no longer hold; they stay. skipped: what this run left out.
    """

    new: int = 0
    replaced: int = 0
    removed: int = 0
    kept: int = 0
    again: int = 0
    gone: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, repr=False)
class KnowledgeGraph:
    """A graph in memory: its records, and every view of them.

    `skipped` lists the inputs that gave no article, and the lines of own entities and corrections that were not taken; of a folder, those of
    all its builds. `changes` is what the last one did to the folder. In a notebook it shows what is in it, its actors, and the interactive page.
    """

    records: Sequence[Record]
    skipped: Sequence[Skipped] = ()
    config: Config = field(default_factory=Config)
    versions: dict[str, str] = field(default_factory=dict)
    changes: Changes | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Number of records by kind, by name."""
        found = (
            self.records.counts()
            if isinstance(self.records, Stored)
            else Counter(type(r).__name__ for r in self.records)
        )
        return dict(sorted(found.items()))

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

    def explain(self, what: str) -> Reasons:
        """The sentences behind an entity (by name or id) or a record (by id), in the order of the texts.

        Raises UsageError with the nearest names when nothing is called that.
        """
        from kgbuild.explain import explain

        return explain(self.records, what)

    def dossier(self, *names: str) -> Page:
        """One self-contained HTML page about an actor, or about what is between two (docs/pictures.md): a str that notebooks show.

        Raises UsageError when a name is unknown (near names are listed) or stands for several.
        """
        from kgbuild.report import Page, dossier

        return Page(dossier(self.records, names).decode())

    def to_rdflib(self) -> rdflib.Graph:
        """The whole graph as an rdflib.Graph."""
        import rdflib

        return rdflib.Graph().parse(data=self.turtle(), format="turtle")

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """The graph as a networkx.MultiDiGraph: entities as nodes; events, stances and statements as edges."""
        from kgbuild.graph import to_networkx

        return to_networkx(self.records)

    def save(self, folder: str | Path) -> Path:
        """Make the folder a build of this graph alone; all of it or nothing. Raises OutputError."""
        with writing(Path(folder)) as target, closing(State(target.state)) as state:
            members = {d.id: Member(d, _UNKNOWN, digest_of(d)) for d in self.records if isinstance(d, Document)}
            commit(target, state, self._content, members, [("", s) for s in self.skipped], {})
        return Path(folder)

    @property
    def _content(self) -> Content:
        return Content(self.records, self.skipped, self.config, self.versions)

    def __repr__(self) -> str:
        return f"<KnowledgeGraph: {', '.join(f'{n} {kind}' for kind, n in self.counts.items()) or 'empty'}>"

    def _repr_html_(self) -> str:
        from kgbuild.page import render
        from kgbuild.report.notebook import overview

        records = list(self.records)
        return overview(records, self.counts, render(records, self.config))


def build(
    inputs: str | Path | Sequence[str | Path],
    out: str | Path | None = None,
    config: Config | None = None,
    progress: Report | None = None,
) -> KnowledgeGraph:
    """Articles to a graph; added to the build folder `out` when it is given, and then the graph of all that is in it.

    `inputs` are files, folders, globs or "-". An article that cannot be processed is in `skipped` with its reason and does not
    stop the others. A folder keeps the settings it was built with; one that `config` gives another value than the default replaces it.
    Raises InputError when no article is left, OutputError when `out` cannot be written, BuildFolderError when it is none,
    UsageError when it has another base.
    """
    config = config or Config()
    paths = [str(inputs)] if isinstance(inputs, (str, Path)) else [str(i) for i in inputs]
    if out is not None:
        return _add(paths, Path(out), config, progress)
    from kgbuild.sources import read

    skipped: list[Skipped] = []
    corrections, refused = resolve.read_corrections(config.corrections) if config.corrections else ([], [])
    skipped.extend(refused)
    documents: list[Document] = []
    for item in read(paths, config):
        if isinstance(item, Skipped):
            skipped.append(item)
        else:
            documents.append(item)
    if not documents:
        raise InputError(_nothing(paths, skipped))
    given: dict[int, list[Record]] = {}
    with Language(config) as language:
        told = language.told
        skipped.extend(told.refused)
        documents.sort(key=record_order)
        meter = Meter(documents)
        for number, document, found in language.results(documents):
            if isinstance(found, Skipped):
                skipped.append(found)
            else:
                given[number] = unpack(found) if isinstance(found, bytes) else found
            if progress is not None:
                progress(meter.step(document))
    records = [r for _, found in sorted(given.items()) for r in found]
    if not records:
        raise InputError(_nothing(paths, skipped))
    return KnowledgeGraph(
        records=resolve.resolve(records, corrections, skipped),
        skipped=sorted(skipped, key=lambda s: (s.source, s.reason)),
        config=config,
        versions=versions_of(told, config) | _corrections_version(config),
    )


def remove(folder: str | Path, articles: Sequence[str], progress: Report | None = None) -> KnowledgeGraph:
    """Take articles out of a build folder: by id, IRI, source name or file. What is drawn from all articles is made anew.

    Raises UsageError when one of them is not there (and nothing is removed), BuildFolderError when there is no build.
    """
    from kgbuild.intake import named_articles

    path = settled(folder)
    read_manifest(path)
    with writing(path) as target, closing(State(target.state)) as state:
        run = _Run(target, state, Config(), progress)
        gone = named_articles(articles, run.members)
        for article in gone:
            del run.members[article]
        return run.finish(state.skipped(), Changes(removed=len(gone), kept=len(run.members)))


def open_build(folder: str | Path) -> KnowledgeGraph:
    """The graph of a build folder, from its records. Raises BuildFolderError when there is none, or its records were changed by hand."""
    folder = settled(folder)
    for _ in range(2):  # a build may put its files in place between the manifest and the records
        manifest = read_manifest(folder)
        records = read_records(folder)
        listed = listed_files(folder, manifest)
        names = {path.relative_to(folder).as_posix(): path for path in record_files(folder)}
        changed = [n for n, path in names.items() if n in listed and content_digest(path) != listed[n]]
        if not changed:
            break
    else:
        # Whatever is drawn from records goes by what the language step gives: names of kinds, ids that are there.
        raise BuildFolderError(
            f"{folder}: {changed[0]} was changed after it was written; build any article again, which writes it anew"
        )
    skipped = [Skipped(s["source"], s["reason"]) for s in manifest.get("skipped", [])]
    return KnowledgeGraph(records, skipped, Config(base=manifest["base"]), manifest.get("versions", {}))


def reference() -> dict[str, Table]:
    """Tables of what exists: readers, writers, event types, stance kinds, questions, terms and values."""
    from kgbuild.export import WRITERS
    from kgbuild.reference import tables
    from kgbuild.sources import READERS

    return tables(READERS, WRITERS)


_UNKNOWN = "?"
"""Origin of an article of which only the folder's records tell."""


def _add(paths: Sequence[str], out: Path, config: Config, progress: Report | None) -> KnowledgeGraph:
    from kgbuild.intake import intake
    from kgbuild.sources import read_with_origins

    with writing(out) as folder, closing(State(folder.state)) as state:
        run = _Run(folder, state, config, progress)
        change = intake(paths, read_with_origins(paths, run.config), run.members, state.skipped())
        if not change.put and not change.kept:
            raise InputError(_nothing(paths, change.skipped))
        before = {a: m for a in change.put if (m := run.members.get(a)) is not None}
        notes, skipped = change.notes, change.skipped
        for article, member in change.put.items():
            run.members[article] = member
        if progress is not None:
            progress(Progress("", 0, len(change.put)))
        failed = run.annotate()
        for article, reason in failed.items():
            skipped.append(reason)
            notes.append((paths[0] if article in change.put else "", reason))
            if article in before:
                run.members[article] = before[article]  # its records of before are better than none
            else:
                del run.members[article]
        replaced = {old for new, old in change.replaces.items() if new in run.members}
        for article in replaced:
            run.members.pop(article, None)
        if not any(a in run.members for a in (*change.put, *change.kept)):
            raise InputError(_nothing(paths, skipped))
        new = sum(a not in before and a not in change.replaces for a in change.put if a not in failed)
        changed = sum(a in before and before[a].digest != m.digest for a, m in change.put.items() if a not in failed)
        kept = len(run.members) - new - changed - len(replaced)
        again = len(run.processed - change.put.keys())
        return run.finish(
            notes, Changes(new, changed + len(replaced), 0, kept, again, tuple(change.gone), tuple(skipped))
        )


class _Run:
    """One change of a folder: its settings, its articles, and the records they give."""

    def __init__(self, folder: Folder, state: State, config: Config, progress: Report | None) -> None:
        self.folder, self.state, self.progress = folder, state, progress
        manifest = folder.manifest()
        self.members = _members(folder, state, manifest)
        kept = state.meta("settings", {})
        self.config = _settled_config(config, kept, manifest if self.members else None, folder.path)
        self.skipped: list[Skipped] = []
        if config.corrections:
            self.corrections, refused = resolve.read_corrections(config.corrections)
            self.corrections_version = _corrections_version(config)
            self.refused = refused
        else:
            old = state.meta("corrections", {"entries": [], "refused": [], "version": {}})
            self.corrections = [resolve.Correction(**c) for c in old["entries"]]
            self.refused = [Skipped(*s) for s in old["refused"]]
            self.corrections_version = old["version"]
        self.key = pipeline_key(self.config)
        self.machine = machine()
        self.language = Language(self.config, folder.path / STORE / "parts")
        self.processed: set[str] = set()

    @property
    def pipeline(self) -> str:
        """The key of the records the language step gives here: code, data, settings, and how this machine rounds."""
        known = self.state.meta("arithmetic", {})
        name = f"{self.key} {self.machine}"
        if not self.language.loaded and name in known:
            return f"{self.key} {known[name]}"
        arithmetic = self.language.told.arithmetic
        if name not in known:
            with self.state.transaction() as db:
                self.state.write_meta(db, {"arithmetic": {name: arithmetic}})
        return f"{self.key} {arithmetic}"

    def annotate(self) -> dict[str, Skipped]:
        """Put every article through the language step that has no records yet; what failed, by article."""
        failed: dict[str, Skipped] = {}
        with self.language:
            pipeline = self.pipeline
            whole = self.state.meta("complete") == pipeline  # then what the folder had has its records
            members = self.members.put_in() if whole else dict(self.members)
            missing = [m for _, m in sorted(members.items()) if not self.state.has(m.digest, pipeline)]
            meter = Meter(m.document for m in missing)
            # As each is done, not in order: what a worker finished is kept, whatever happens to the others.
            for number, document, found in self.language.results([m.document for m in missing]):
                if isinstance(found, Skipped):
                    failed[document.id] = found
                else:
                    self.state.keep(missing[number].digest, pipeline, found)
                    self.processed.add(document.id)
                if self.progress is not None:
                    self.progress(meter.step(document))
        return dict(sorted(failed.items()))

    def finish(self, notes: Sequence[tuple[str, Skipped]], changes: Changes) -> KnowledgeGraph:
        """Resolve all records and make the folder's files those of its articles."""
        failed = self.annotate()
        for article in failed:
            del self.members[article]
        notes = [*notes, *(("", s) for s in failed.values())]
        pipeline = self.pipeline
        known, refused = self._versions(pipeline)
        versions = known | self.corrections_version
        skipped = [*(s for _, s in notes), *self.refused, *refused]
        meta = {
            "settings": _kept_settings(self.config),
            "corrections": {
                "entries": [dataclasses.asdict(c) for c in self.corrections],
                "refused": [[s.source, s.reason] for s in self.refused],
                "version": self.corrections_version,
            },
            "versions": {pipeline: [known, [[s.source, s.reason] for s in refused]]},
            "complete": pipeline,
        }
        records: Sequence[Record]
        if len(self.members) > LARGE:
            change = Change(pipeline, self.corrections, skipped, notes, meta)
            key = f"{pipeline} {self.config.base}"
            skipped = commit_parts(self.folder, self.state, self.config, versions, self.members, change, key)
            records = Stored(self.folder.path)
        else:
            given = [r for a in self.members for r in self.state.records(self.members.digest(a), pipeline)]
            records = resolve.resolve(given, self.corrections, skipped)
            skipped = sorted(set(skipped), key=lambda s: (s.source, s.reason))
            commit(
                self.folder,
                self.state,
                Content(records, skipped, self.config, versions),
                self.members,
                notes,
                meta,
                self.key,
            )
        inputs = {n for _, n in notes}
        said = {*changes.skipped, *(s for s in skipped if s not in inputs), *failed.values()}
        told = dataclasses.replace(
            changes, again=changes.again or len(self.processed) * bool(changes.removed),
            skipped=tuple(sorted(said, key=lambda s: (s.source, s.reason))),
        )  # fmt: skip
        return KnowledgeGraph(records, skipped, self.config, versions, told)

    def _versions(self, pipeline: str) -> tuple[dict[str, str], list[Skipped]]:
        """What the manifest says of the pipeline, and the lines of own entities it refused; known without loading it when it ran before."""
        known = self.state.meta("versions", {})
        if not self.language.loaded and pipeline in known:
            versions, refused = known[pipeline]
            return versions, [Skipped(*s) for s in refused]
        told = self.language.told
        return versions_of(told, self.config), list(told.refused)


def _members(folder: Folder, state: State, manifest: Mapping[str, Any] | None) -> Members:
    """The articles of a folder. Its files are right: a state that knows of other ones (or of none) is set by them."""
    if manifest is None:
        return state.members()
    if state.meta("manifest") == content_digest(folder.path / MANIFEST):
        return state.members()
    out = state.members()
    found = {r.id: r for r in read_records(folder.path) if isinstance(r, Document)}
    for article in [a for a in out if a not in found]:
        del out[article]
    for article, document in found.items():
        digest = digest_of(document)
        old = out.saved(article)
        out[article] = old if old is not None and old.digest == digest else Member(document, _UNKNOWN, digest)
    return out


_SETTINGS = ("model", "knowledge", "entities")
"""Settings that a folder keeps from build to build, beside its base and corrections."""


def _settled_config(
    config: Config, kept: Mapping[str, Any], manifest: Mapping[str, Any] | None, folder: Path
) -> Config:
    """The settings of this run: those given, else those the folder was built with. Raises UsageError for another base."""
    default = Config()
    new: dict[str, Any] = {}
    for name in _SETTINGS:
        if getattr(config, name) == getattr(default, name) and kept.get(name):
            new[name] = tuple(kept[name]) if name == "entities" else kept[name]
    base = manifest["base"] if manifest is not None else config.base
    if config.base not in (default.base, base):
        raise UsageError(f"{folder} was built with --base {base}: leave it out, or build into another folder")
    return dataclasses.replace(config, base=base, **new)


def _kept_settings(config: Config) -> dict[str, Any]:
    """The settings with whole paths: the next build may run in another folder."""

    def whole(name: str) -> str:
        return str(Path(name).resolve()) if Path(name).exists() else name

    return {
        "model": config.model and whole(config.model),
        "knowledge": config.knowledge and whole(config.knowledge),
        "entities": [whole(e) for e in config.entities],
    }


def _nothing(paths: Sequence[str], skipped: Sequence[Skipped]) -> str:
    shown = ", ".join(paths[:3]) + (" ..." if len(paths) > 3 else "")
    if not skipped:
        return f"no article in {shown}: give text, HTML, JSONL or CSV files, or a folder of them"
    first = skipped[0]
    more = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
    return f"no article in {shown}: {first.source}: {first.reason}{more}"


def _corrections_version(config: Config) -> dict[str, str]:
    return {"corrections": file_digest(Path(config.corrections))} if config.corrections else {}
