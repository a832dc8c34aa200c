"""What changed between two builds: for people, record by record, and as an RDF Patch that makes the old graph the new one."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kgbuild.errors import BuildFolderError
from kgbuild.folder import listed_files, settled
from kgbuild.records import Affiliation, Claim, Document, Entity, Event, Mention, Merge, Record, Stance, record_order

__all__ = ["Change", "difference", "findings", "rdf_patch"]


@dataclass(frozen=True, slots=True)
class Change:
    """One record gained, lost or altered; `fields` names what differs in an altered one."""

    sign: str
    record: Record
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = f"{self.sign} {type(self.record).__name__} {self.record.id}: {_label(self.record)}"
        return what + (f" ({', '.join(self.fields)})" if self.fields else "")


def difference(old: Iterable[Record], new: Iterable[Record]) -> list[Change]:
    """Changes from `old` to `new`, ordered by kind and id; "+" gained, "-" lost, "~" altered. Mentions are left out."""
    before = {r.id: r for r in old if not isinstance(r, Mention)}
    after = {r.id: r for r in new if not isinstance(r, Mention)}
    changes = [Change("-", before[i]) for i in before.keys() - after.keys()]
    changes += [Change("+", after[i]) for i in after.keys() - before.keys()]
    for i in before.keys() & after.keys():
        a, b = before[i], after[i]
        if a != b:
            names = (f.name for f in dataclasses.fields(b))
            changes.append(Change("~", b, tuple(n for n in names if getattr(a, n, None) != getattr(b, n))))
    return sorted(changes, key=lambda c: (record_order(c.record), c.sign))


def findings(old: Iterable[Record], new: Iterable[Record]) -> list[str]:
    """What a reader wants to know first, a line each: articles, entities merged and split, events gained and lost, stances flipped.

    Entities are followed by the mentions both builds have: those of one entity that denote two now were split, whatever ids they bear.
    A stance is flipped when holder, target and article are the same and For became Against, or the other way round.
    """
    before, after = {r.id: r for r in old}, {r.id: r for r in new}
    out = _articles(before, after)
    out += _identities(before, after)
    for kind, word in ((Event, "event"), (Claim, "claim"), (Stance, "stance")):
        gained = sum(isinstance(after[i], kind) for i in after.keys() - before.keys())
        lost = sum(isinstance(before[i], kind) for i in before.keys() - after.keys())
        altered = sum(isinstance(after[i], kind) and before[i] != after[i] for i in before.keys() & after.keys())
        counts = [f"{n} {what}" for n, what in ((gained, "gained"), (lost, "lost"), (altered, "altered")) if n]
        if counts:
            out.append(f"{word}s: {', '.join(counts)}")
    return out + _flipped(before, after)


def rdf_patch(old: str | Path, new: str | Path) -> Iterator[str]:
    """The lines of an RDF Patch (https://afs.github.io/rdf-delta/rdf-patch.html) from one build folder's graph to the other's.

    D lines come before A lines, each in order; the same two graphs give the same bytes. Only files that differ are read. Raises
    BuildFolderError when a folder is no build.
    """
    folders = settled(old), settled(new)
    files = [_checksums(folder) for folder in folders]
    gone, come = (
        set(_triples(folder, [n for n in sorted(names) if other.get(n) != names[n]]))
        for folder, names, other in zip(folders, files, reversed(files), strict=True)
    )
    deleted, added = sorted(gone - come), sorted(come - gone)
    body = [*(f"D {t} ." for t in deleted), *(f"A {t} ." for t in added)]
    yield f"H id <urn:sha256:{hashlib.sha256(chr(10).join(body).encode()).hexdigest()}> ."
    yield "TX ."
    yield from body
    yield "TC ."


def _checksums(folder: Path) -> dict[str, str]:
    """The checksums of the files that make up the graph without repeating a triple."""
    starts = ("articles/", "shared/")
    return {n: digest for n, digest in listed_files(folder).items() if n.startswith(starts) and n.endswith(".ttl")}


def _triples(folder: Path, names: Iterable[str]) -> Iterator[str]:
    """Triples in N-Triples without the closing dot."""
    import pyoxigraph as ox

    for name in names:
        try:
            for quad in ox.parse(path=folder / name, format=ox.RdfFormat.TURTLE):
                yield f"{quad.subject} {quad.predicate} {quad.object}"
        except (OSError, SyntaxError) as error:
            raise BuildFolderError(f"{folder / name}: cannot be read ({error}); build the folder again") from error


def _articles(before: Mapping[str, Record], after: Mapping[str, Record]) -> list[str]:
    """Articles gained and lost; a file with another text is one that changed."""
    lost = {r.source: r for i, r in before.items() if isinstance(r, Document) and i not in after}
    gained = {r.source: r for i, r in after.items() if isinstance(r, Document) and i not in before}
    out = [f"article changed: {s}" for s in sorted(lost.keys() & gained.keys())]
    out += [f"article lost: {s}" for s in sorted(lost.keys() - gained.keys())]
    return out + [f"article gained: {s}" for s in sorted(gained.keys() - lost.keys())]


def _identities(before: Mapping[str, Record], after: Mapping[str, Record]) -> list[str]:
    """Entities that became one, or several."""
    now: dict[str, set[str]] = defaultdict(set)
    then: dict[str, set[str]] = defaultdict(set)
    for name in before.keys() & after.keys():
        a, b = before[name], after[name]
        # A plural mention denotes several: who is who among them it does not say.
        if isinstance(a, Mention) and isinstance(b, Mention) and len(a.entities) == len(b.entities) == 1:
            now[a.entities[0]].add(b.entities[0])
            then[b.entities[0]].add(a.entities[0])
    out = []
    for new, olds in sorted(then.items()):
        if len(olds) > 1:
            out.append(f"entities merged: {_names(olds, before)} are {_names([new], after)} now")
    for old, news in sorted(now.items()):
        if len(news) > 1:
            out.append(f"entity split: {_names([old], before)} is {_names(news, after)} now")
    return out


def _names(ids: Iterable[str], records: Mapping[str, Record]) -> str:
    shown = [f"{r.name} ({i})" if isinstance(r := records.get(i), Entity) else i for i in sorted(ids)]
    return ", ".join(shown[:-1]) + (" and " if len(shown) > 1 else "") + shown[-1]


def _flipped(before: Mapping[str, Record], after: Mapping[str, Record]) -> list[str]:
    """Stances whose sign turned, of one holder to one target in one article, by its name when its text is another one."""

    def signs(records: Mapping[str, Record]) -> dict[tuple[str, str, str], set[str]]:
        found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for record in records.values():
            if isinstance(record, Stance) and record.polarity in ("For", "Against"):
                document = records.get(record.document)
                source = document.source if isinstance(document, Document) else record.document
                found[source, name(record.holder, records), name(record.target, records)].add(record.polarity)
        return found

    def name(i: str, records: Mapping[str, Record]) -> str:
        found = records.get(i)
        return found.name if isinstance(found, Entity) else i

    old, new = signs(before), signs(after)
    return [
        f"stance flipped: {holder} on {target}, {min(old[key])} -> {min(new[key])}, in {source}"
        for key in sorted(old.keys() & new.keys())
        if len(old[key]) == len(new[key]) == 1 and old[key] != new[key]
        for source, holder, target in [key]
    ]


def _label(record: Record) -> str:
    match record:
        case Document():
            return record.headline or record.source
        case Entity():
            return record.name
        case Event():
            return f"{record.type} {record.lemma}: {', '.join(record.agents) or '?'} > {', '.join((*record.recipients, *record.themes)) or '?'}"
        case Claim():
            return f"{record.source} {record.speech_act}: {record.text}"
        case Stance():
            return f"{record.holder} {record.polarity} {record.target} ({record.score:+.2f})"
        case Affiliation():
            return f"{record.member} {record.role or record.kind.lower()} of {record.body}"
        case Merge():
            return f"{record.origin} is {record.entity}: {record.reason}"
        case _:
            return ""
