"""Proof of a build folder: its files, its shapes, whole-graph checks, and every span against its source text."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from kgbuild import vocab
from kgbuild.errors import BuildFolderError
from kgbuild.folder import entity_files, listed_articles, listed_files, read_manifest, record_files, settled
from kgbuild.ids import ACTOR_KINDS, ID, document_id
from kgbuild.ontology import KG, ontology_file
from kgbuild.rdf import PREFIXES, Triple, blocks, data_prefixes, turtle, turtle_header
from kgbuild.records import (
    Affiliation,
    Claim,
    Document,
    Entity,
    Event,
    Mention,
    Merge,
    Record,
    Span,
    Stance,
    from_json,
)
from kgbuild.shapes import proofs, rules
from kgbuild.shortcuts import context, told_of, voices_of
from kgbuild.store import ONTOLOGY, QUERIES, open_store, shortcuts, store_base

__all__ = ["Report", "Violation", "check", "check_records", "check_store"]

_PREFIXES: Final = {**PREFIXES, "owl": "http://www.w3.org/2002/07/owl#"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One thing that is wrong: the rule it breaks, the record, term or file, and what is wrong with it."""

    rule: str
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject}: {self.message}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: its violations in order, and a sentence on what was checked."""

    violations: tuple[Violation, ...]
    summary: str

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations


def check(folder: str | Path) -> Report:
    """Check a build folder; a large one some articles at a time. Raises BuildFolderError when its graph or its records cannot be read at all."""
    folder = settled(folder)
    if (files := record_files(folder)) != [folder / "records.jsonl"]:
        return _check_large(folder, files)
    records, broken = _read_records(files[0], folder)
    store = open_store(folder)
    found = [*broken, *check_records(records), *check_store(store), *_check_same(store, records)]
    found += [*_check_files(folder), *_check_manifest(folder, records), *_check_views(folder, store)]
    spans = sum(len(list(_spans(r))) for r in records)
    articles = sum(isinstance(r, Document) for r in records)
    number = len(rules()) + len(list((QUERIES / "checks").glob("*.rq")))
    summary = (
        f"{articles} articles, {len(records)} records, {len(store)} triples with the ontology: "
        f"{number} rules hold, {spans} spans match their text"
    )
    return Report(tuple(sorted(set(found))), summary if not found else f"{len(set(found))} violations")


SLICE: Final = 100
"""Articles of a large folder that are proven at a time, with all that they name: about 200,000 triples."""


def _check_large(folder: Path, files: Sequence[Path]) -> Report:
    """The same proofs, some articles at a time: what an article names is shared by all, and nothing else of it lies in another one."""
    manifest = read_manifest(folder)
    base, found, counts, spans = str(manifest["base"]), set(_check_files(folder)), Counter[str](), 0
    shared = _Shared(folder, base, [f for f in files if f.parent.name == "shared"])
    found |= set(shared.broken)
    articles: list[tuple[str, str]] = []
    stems = [f.stem for f in files if f.parent.name == "records"]
    told = _told(folder, stems)
    seen: set[str] = set()
    triples = 0
    for begin in range(0, max(1, len(stems)), SLICE):
        own: list[Record] = []
        contents: list[bytes] = []
        for stem in stems[begin : begin + SLICE]:
            records, content, broken = _article(folder, stem)
            found |= set(broken)
            own += records
            contents.append(content)
        names = shared.named(own)
        last = begin + SLICE >= len(stems)
        if last:  # what only other shared things name, or nothing does
            names |= shared.all() - seen - names
        seen |= names
        store = ox.Store()
        store.bulk_load(ontology_file(ONTOLOGY).read_bytes(), format=ox.RdfFormat.TURTLE)
        ontology = len(store)
        try:
            store.bulk_load(b"".join([*contents, shared.turtle(names)]), format=ox.RdfFormat.TURTLE)
        except SyntaxError as error:
            raise BuildFolderError(
                f"{folder}: its Turtle cannot be read ({' '.join(str(error).split())}); build the folder again"
            ) from error
        triples += len(store) - ontology
        there = [*own, *(shared.entities[n] for n in sorted(names) if n in shared.entities)]
        found |= {*check_records(there), *check_store(store), *_check_same(store, there)}
        clusters = {r.cluster for r in own if isinstance(r, Event) and r.cluster}
        beside = context(voices_of(own), {c: told.get(c, (0, 0)) for c in clusters}, shared.entity, base)
        store.bulk_load(beside, format=ox.RdfFormat.N_TRIPLES)
        found |= set(_check_flat(folder, stems[begin : begin + SLICE], shortcuts(store), base))
        counts.update(type(r).__name__ for r in own)
        spans += sum(len(list(_spans(r))) for r in own)
        articles += [(r.id, r.sha256) for r in own if isinstance(r, Document)]
    counts["Entity"] += len(shared.entities)
    found |= set(_told_manifest(manifest.get("counts"), listed_articles(folder, manifest), counts, sorted(articles)))
    number = len(rules()) + len(list((QUERIES / "checks").glob("*.rq")))
    summary = (
        f"{len(articles)} articles, {counts.total()} records, {number} rules hold, {spans} spans match their text; "
        f"proven in slices of {SLICE} articles, {triples} triples in all of them"
    )
    return Report(tuple(sorted(found)), summary if not found else f"{len(found)} violations")


class _Shared:
    """What the articles of a large folder share: entities by id, and the statements about each thing by its id."""

    def __init__(self, folder: Path, base: str, files: Sequence[Path]) -> None:
        self.entities: dict[str, Record] = {}
        self.broken: list[Violation] = []
        self.blocks: dict[str, bytes] = {}
        for file in files:
            for record in self._kept(*_read_records(file, folder)) if file.is_file() else ():
                if record.id in self.entities:
                    self.broken.append(Violation("unique_id", record.id, "two records have this id"))
                self.entities[record.id] = record
        prefixes = data_prefixes(base)
        self.header = turtle_header(prefixes).encode()
        for path in entity_files(folder):
            if path.is_file():
                for iri, block in blocks(path.read_bytes(), prefixes):
                    self.blocks[iri.removeprefix(base) or f"{path.name} {len(self.blocks)}"] = block

    def _kept(self, records: list[Record], broken: list[Violation]) -> list[Record]:
        self.broken += broken
        return records

    def all(self) -> set[str]:
        """Every id."""
        return {*self.entities, *self.blocks}

    def named(self, records: Iterable[Record]) -> set[str]:
        """What records name, and what lies above that, at any remove; extractors always."""
        waiting = [n for r in records for n in _named(r)]
        names = {n for n in self.blocks if n.startswith("extractor/")}
        while waiting:
            name = waiting.pop()
            if name not in names and (name in self.entities or name in self.blocks):
                names.add(name)
                if name in self.entities:
                    waiting += _named(self.entities[name])
        return names

    def turtle(self, names: Iterable[str]) -> bytes:
        """The statements about these, as a document of their own."""
        return self.header + b"".join(self.blocks[n] + b"\n\n" for n in sorted(names) if n in self.blocks)

    def entity(self, name: str) -> Entity | None:
        """An entity by id."""
        found = self.entities.get(name)
        return found if isinstance(found, Entity) else None


def _named(record: Record) -> list[str]:
    cluster = [record.cluster] if isinstance(record, Event) and record.cluster else []
    aspect = [record.aspect] if isinstance(record, Stance) and record.aspect else []
    return [*(target for _, target, _ in _references(record)), *cluster, *aspect]


def _article(folder: Path, stem: str) -> tuple[list[Record], bytes, list[Violation]]:
    """The records and the Turtle of an article, as far as they are there: a file that is missing is reported with the files."""
    path, content = folder / "records" / f"{stem}.jsonl", b""
    with suppress(OSError):
        content = (folder / "articles" / f"{stem}.ttl").read_bytes()
    records, broken = _read_records(path, folder) if path.is_file() else ([], [])
    return records, content, broken


def _told(folder: Path, stems: Iterable[str]) -> dict[str, tuple[int, int]]:
    """What all articles together say of each cluster (see `told_of`), from their events and claims alone."""
    told: dict[str, tuple[int, int]] = {}
    for stem in stems:
        with suppress(OSError, ValueError):  # reported when the article is proven
            lines = (folder / "records" / f"{stem}.jsonl").read_text(encoding="utf-8").split("\n")
            records = [from_json(line) for line in lines if line.startswith(_TELLING)]
            for cluster, flags in told_of(records).items():
                before = told.get(cluster, (0, 0))
                told[cluster] = (before[0] or flags[0], before[1] or flags[1])
    return told


_TELLING: Final = tuple(f'{{"record": "{kind.__name__}"' for kind in (Event, Claim))


def _check_flat(folder: Path, stems: Iterable[str], given: Mapping[str, set[Triple]], base: str) -> Iterator[Violation]:
    """Whether the shortcuts of articles are those that the graph gives."""
    for stem in stems:
        path = folder / "flat" / f"{stem}.ttl"
        with suppress(OSError):  # a file that is missing is reported with the files
            if path.read_bytes() != turtle(given.get(f"{base}article/{stem}", ()), data_prefixes(base)):
                yield Violation("flat", f"flat/{path.name}", "differs from what the graph gives")


def check_store(store: ox.Store) -> Iterator[Violation]:
    """What breaks a shape or a whole-graph check in a store that holds a graph and the ontology."""
    base = store_base(store)
    doubtful = dict.fromkeys(r for p in proofs() if any(True for _ in _rows(store, p.query)) for r in p.rules)
    for rule in doubtful:
        for subject in _subjects(store, rule.query):
            yield Violation(rule.name, subject.removeprefix(base), rule.message)
    for path in sorted((QUERIES / "checks").glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        for subject in _subjects(store, text):
            yield Violation(path.stem, subject.removeprefix(base), text.splitlines()[0].removeprefix("# "))
    for quad in store.quads_for_pattern(None, ox.NamedNode(PREFIXES["rdf"] + "type"), None, None):
        subject = str(getattr(quad.subject, "value", quad.subject))
        name = subject.removeprefix(base)
        if subject.startswith(base) and not _vocabulary(name) and not ID.fullmatch(name):
            yield Violation("iri", name, "no id that kgbuild mints")


def check_records(records: Sequence[Record]) -> Iterator[Violation]:
    """What is wrong with records: texts and hashes, spans, references, values, days, confidences."""
    by_id: dict[str, Record] = {}
    for record in records:
        if record.id in by_id:
            yield Violation("unique_id", record.id, "two records have this id")
        by_id[record.id] = record
    for record in records:
        for rule, message in _record_faults(record, by_id):
            yield Violation(rule, record.id, message)


def _record_faults(record: Record, by_id: dict[str, Record]) -> Iterator[tuple[str, str]]:
    if not ID.fullmatch(record.id):
        yield "iri", "no id that kgbuild mints"
    document = record if isinstance(record, Document) else None
    if isinstance(record, Document):
        yield from _document_faults(record)
    elif not isinstance(record, Entity):
        owner = by_id.get(record.document)
        if not isinstance(owner, Document) or not record.id.startswith(record.document + "#"):
            yield "own_article", f"its article {record.document} is not among the records, or not the one of its id"
        else:
            document = owner
    if document is not None:
        for name, span in _spans(record):
            if not 0 <= span.begin < span.end <= len(document.text):
                yield "span", f"{name} {span.begin}-{span.end} lies outside the text of {len(document.text)} characters"
    if isinstance(record, Event) and not _inside(record.trigger, record.sentence):
        yield "span", "its trigger lies outside its sentence"
    yield from _reference_faults(record, by_id)
    yield from _value_faults(record)


def _document_faults(document: Document) -> Iterator[tuple[str, str]]:
    digest = hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()
    if digest != document.sha256:
        yield "text_hash", "its text has another SHA-256 than it says"
    elif document.id != document_id(digest):
        yield "text_hash", "its id is not made from the hash of its text"
    if not unicodedata.is_normalized("NFC", document.text) or "\r" in document.text:
        yield "text_form", "its text is not NFC with LF line ends"


def _reference_faults(record: Record, by_id: dict[str, Record]) -> Iterator[tuple[str, str]]:
    for name, target, kinds in _references(record):
        found = by_id.get(target)
        if found is None:
            yield "dangling", f"{name} {target} is not among the records"
        elif not isinstance(found, kinds):
            yield "dangling", f"{name} {target} is a {type(found).__name__}"


def _references(record: Record) -> Iterator[tuple[str, str, tuple[type, ...]]]:
    groups: list[tuple[str, Iterable[str | None], tuple[type, ...]]] = []
    if isinstance(record, Entity):
        groups = [("affiliation", record.affiliation, (Entity,)), ("within", (record.within,), (Entity,)),
                  ("territory", (record.territory,), (Entity,))]  # fmt: skip
    elif isinstance(record, Mention):
        groups = [("entity", record.entities, (Entity,))]
    elif isinstance(record, Event):
        roles = ("agents", "recipients", "themes", "places", "instruments")
        groups = [(role, getattr(record, role), (Entity,)) for role in roles]
    elif isinstance(record, Claim):
        groups = [("source", (record.source,), (Entity, Document)), ("via", record.via, (Entity,)),
                  ("addressee", record.addressee, (Entity,)), ("about", record.about, (Entity,)),
                  ("content", (record.content,), (Event,)), ("condition", (record.condition,), (Event,)),
                  ("statement", (record.statement,), (Claim,))]  # fmt: skip
    elif isinstance(record, Stance):
        groups = [("holder", (record.holder,), (Entity,)), ("target", (record.target,), (Entity,)),
                  ("attributed_to", (record.attributed_to,), (Entity, Document)),
                  ("basis", (record.basis,), (Claim, Event))]  # fmt: skip
    elif isinstance(record, Affiliation):
        groups = [("member", (record.member,), (Entity,)), ("body", (record.body,), (Entity,))]
    elif isinstance(record, Merge):
        groups = [("entity", (record.entity,), (Entity,))]
    for name, targets, kinds in groups:
        for target in targets:
            if target is not None:
                yield name, target, kinds


def _value_faults(record: Record) -> Iterator[tuple[str, str]]:
    allowed: dict[str, Iterable[str]] = {}
    if isinstance(record, Entity):
        allowed = {"kind": vocab.ENTITY_KINDS}
        if record.kind in vocab.ENTITY_KINDS and record.id.startswith("actor/") != (record.kind in ACTOR_KINDS):
            yield "value", f"its id does not fit the kind {record.kind}"
    elif isinstance(record, Mention):
        allowed = {"form": [f.lower() for f in vocab.FORMS]}
    elif isinstance(record, Event):
        allowed = {"type": vocab.EVENT_TYPES}
    elif isinstance(record, Claim):
        allowed = {"voice": vocab.VOICES, "speech_act": vocab.SPEECH_ACTS, "modality": vocab.MODALITIES}
    elif isinstance(record, Stance):
        allowed = {"polarity": vocab.POLARITIES, "kind": vocab.STANCE_KINDS, "modality": vocab.MODALITIES}
    elif isinstance(record, Affiliation):
        allowed = {"kind": vocab.AFFILIATION_KINDS}
    elif isinstance(record, Merge):
        allowed = {"rule": vocab.MERGE_RULES}
        if not ID.fullmatch(record.origin):
            yield "value", "its origin is no id that kgbuild mints"
    for name, values in allowed.items():
        if getattr(record, name) not in values:
            yield "value", f"{name} {getattr(record, name)!r} is not in the vocabulary"
    if not isinstance(record, Document):
        if not 0 <= record.confidence <= 1:
            yield "value", f"confidence {record.confidence} is not between 0 and 1"
        if not record.extractor:
            yield "value", "it names no extractor"
    if isinstance(record, (Event, Claim, Stance, Affiliation)):
        days = (record.earliest, record.latest)
        if not all(day is None or _is_day(day) for day in days):
            yield "days", f"{days[0]} or {days[1]} is no day"
        elif days[0] and days[1] and days[0] > days[1]:
            yield "days", f"earliest {days[0]} comes after latest {days[1]}"


def _check_same(store: ox.Store, records: Sequence[Record]) -> Iterator[Violation]:
    """Whether the graph and records.jsonl hold the same entities, articles and records."""
    base = store_base(store)
    classes = [
        KG + name for name in ("Actor", "Place", "Topic", "Mention", "Event", "Claim", "Stance", "Affiliation", "Merge")
    ]
    classes.append(PREFIXES["schema"] + "NewsArticle")
    kind = ox.NamedNode(PREFIXES["rdf"] + "type")
    graph = {
        str(getattr(quad.subject, "value", "")).removeprefix(base)
        for name in classes
        for quad in store.quads_for_pattern(None, kind, ox.NamedNode(name), None)
    }
    here = {record.id for record in records}
    for missing in sorted(here - graph):
        yield Violation("same_records", missing, "in records.jsonl and not in graph.ttl")
    for extra in sorted(graph - here):
        yield Violation("same_records", extra, "in graph.ttl and not in records.jsonl")


def _check_files(folder: Path) -> Iterator[Violation]:
    """Whether every file the manifest lists is there with the bytes that were written."""
    if not (folder / "manifest.json").exists():
        yield Violation("manifest", "manifest.json", "is missing")
        return
    try:
        listed = listed_files(folder)
        if not listed:
            raise ValueError("it lists no files")
    except (BuildFolderError, ValueError, KeyError, TypeError, AttributeError) as error:
        yield Violation("manifest", "manifest.json", f"cannot be read ({error})")
        return
    for name, digest in sorted(listed.items()):
        try:
            content = (folder / name).read_bytes()
        except OSError:
            yield Violation("manifest", name, "is missing")
            continue
        if hashlib.sha256(content).hexdigest() != digest:
            yield Violation("manifest", name, "was changed after it was written")


def _check_manifest(folder: Path, records: Sequence[Record]) -> Iterator[Violation]:
    """Whether the manifest counts and lists what the records are."""
    try:
        manifest = read_manifest(folder)
        counts, articles = manifest.get("counts"), manifest.get("articles")
        there = Counter(type(r).__name__ for r in records)
        found = list(
            _told_manifest(counts, articles, there, [(r.id, r.sha256) for r in records if isinstance(r, Document)])
        )
    except (BuildFolderError, ValueError, KeyError, TypeError, AttributeError):
        return  # what cannot be read is reported with the files
    yield from found


def _told_manifest(
    counts: Any, articles: Any, there: Counter[str], documents: list[tuple[str, str]]
) -> Iterator[Violation]:
    listed = articles and [(a["id"], a["sha256"]) for a in articles]
    if counts is not None and counts != +there:
        yield Violation("manifest", "counts", "differ from the numbers of records")
    if articles is not None and listed != documents:
        yield Violation("manifest", "articles", "are not the articles of the records")


def _check_views(folder: Path, store: ox.Store) -> Iterator[Violation]:
    """Whether the files drawn from the graph say what it says: the article files together, and the derived shortcuts."""
    graph = (folder / "graph.ttl").read_bytes()
    entities = folder / "articles" / "entities.ttl"
    if entities.is_file():
        # Canonical: a file an article is a prefix of its own, the header, and the article's part of the whole.
        at = len(content := entities.read_bytes())
        if not graph.startswith(content) or b"\n\n" not in content:
            yield Violation("same_files", "articles/entities.ttl", "differs from graph.ttl")
            return
        header = content[: content.index(b"\n\n") + 1]
        for path in _article_files(folder):
            own, _, body = path.read_bytes().partition(header) if path != entities else (b"", b"", b"")
            part = own + body
            if not graph.startswith(part, at):
                yield Violation("same_files", f"articles/{path.name}", "differs from graph.ttl")
                return
            at += len(part)
        if at != len(graph):
            yield Violation("same_files", "graph.ttl", "says more than the files of its articles")
    given = {t for found in shortcuts(store).values() for t in found}
    path = folder / "flat.ttl"
    if path.is_file() and path.read_bytes() != turtle(given, data_prefixes(store_base(store))):
        yield Violation("flat", "flat.ttl", "differs from what the graph gives")


def _article_files(folder: Path) -> list[Path]:
    """The article files that the manifest lists, in order; without a manifest, all that are there."""
    try:
        listed = listed_files(folder)
        names = sorted(n for n in listed if n.startswith("articles/") and (folder / n).is_file())
    except BuildFolderError:
        return sorted((folder / "articles").glob("*.ttl"))
    return [folder / n for n in names]


def _read_records(path: Path, folder: Path) -> tuple[list[Record], list[Violation]]:
    records: list[Record] = []
    broken: list[Violation] = []
    try:
        lines = path.read_bytes().decode("utf-8").removesuffix("\n").split("\n")
    except FileNotFoundError as error:
        hint = f"run `kgbuild build INPUT -o {folder}` first"
        raise BuildFolderError(f"{folder}: no {path.name}; {hint}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BuildFolderError(f"{path}: cannot be read ({error}); build the folder again") from error
    for number, line in enumerate(lines, 1):
        try:
            records.append(from_json(line))
        except ValueError as error:
            broken.append(Violation("record", f"{path.relative_to(folder).as_posix()} line {number}", str(error)))
    return records, broken


def _subjects(store: ox.Store, query: str) -> list[str]:
    return sorted({str(getattr(row["this"], "value", row["this"])) for row in _rows(store, query)})


def _rows(store: ox.Store, query: str) -> Any:
    return store.query(query, prefixes=_PREFIXES)


def _spans(record: Record) -> Iterator[tuple[str, Span]]:
    """Every span of a record with the name of its field."""
    if isinstance(record, Document):
        for paragraph in record.paragraphs:
            yield "paragraph", Span(paragraph.begin, paragraph.end)
        if record.dateline is not None:
            yield "dateline", Span(record.dateline.begin, record.dateline.end)
        return
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Span):
            yield field.name, value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Span):
                    yield field.name, item


def _inside(inner: Span, outer: Span) -> bool:
    return outer.begin <= inner.begin and inner.end <= outer.end


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _vocabulary(name: str) -> bool:
    return name.startswith(("ns#", "vocab/", "shapes", "ns")) and "/" not in name.removeprefix("vocab/")
