"""From files to statements on a cluster, for what no single machine can hold: every step is work of the engine, and a manifest says what came of it.

The program that runs it knows of each article its id, its source and its length, no more.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from kgbuild.cluster.annotation import WORDS, Annotate, Part, cut
from kgbuild.cluster.engine import Engine, Here
from kgbuild.cluster.partitions import pack_documents
from kgbuild.cluster.place import Place
from kgbuild.cluster.spread import BUCKETS, spread
from kgbuild.config import Config
from kgbuild.errors import InputError
from kgbuild.progress import Progress, Report
from kgbuild.records import Document, Skipped
from kgbuild.sources import READERS, read_one
from kgbuild.sources.inputs import Found, find_files
from kgbuild.workers import Limits, Step

__all__ = ["FORMAT", "Sizes", "run"]

FORMAT = 1
"""Version of the layout that manifest.json tells."""

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How work is cut: files that one worker reads at a time, words of a partition, buckets of a group-by."""

    files: int = 200
    words: int = WORDS
    buckets: int = BUCKETS


@dataclass(frozen=True, slots=True)
class _Input:
    """A file to read: a path that all nodes see, or a URL; its name in records; extension and packing of a path (see `Found`)."""

    path: str
    source: str
    extension: str = ""
    packing: str = ""


class _Read:
    """Files -> partitions of their articles: (name, checksum, (id, source, words) of each), and (place among all, what was skipped)."""

    def __init__(self, url: str, config: Config, words: int) -> None:
        self._place, self._config, self._words = Place(url), config, words

    def __call__(self, item: tuple[int, Sequence[_Input]], /) -> tuple[list[Any], list[tuple[int, Skipped]]]:
        number, files = item
        parts: list[Any] = []
        skipped: list[tuple[int, Skipped]] = []
        for n, documents in enumerate(cut(self._documents(files, skipped), self._words)):
            name, content = f"{number:05}-{n:05}", pack_documents(documents)
            self._place.write(f"documents/{name}.parquet", content)
            told = [(d.id, d.source, d.text.count(" ") + 1) for d in documents]
            parts.append((name, hashlib.sha256(content).hexdigest(), told))
        return parts, skipped

    def _documents(self, files: Sequence[_Input], skipped: list[tuple[int, Skipped]]) -> Iterator[Document]:
        for n, file in enumerate(files):
            for found in _open(file, self._config):
                if isinstance(found, Skipped):
                    skipped.append((n, found))
                else:
                    yield found

    def close(self) -> None:
        """Nothing is held."""


def run(
    inputs: Sequence[str], url: str, config: Config, engine: Engine, start: Callable[[], Step[Told]], key: str,
    about: Callable[[Told], tuple[dict[str, str], Sequence[Skipped]]], progress: Report | None = None, sizes: Sizes | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Articles to records and statements in partitions under a place; what the manifest says.

    start: makes the language step; key: names all its records depend on beside the article; about: of what it tells,
    the versions for the manifest, and what was left out.
    Goes on from the partitions that are annotated. Raises InputError when no article is left.
    """
    sizes = sizes or Sizes()
    place = Place(url)
    found, left_out = _inputs(inputs)
    chunks = [(n, found[at : at + sizes.files]) for n, at in enumerate(range(0, len(found), sizes.files))]
    read: dict[int, Any] = dict(engine.each(partial(_Read, url, config, sizes.words), chunks))
    skipped = list(left_out)
    first: dict[str, str] = {}
    items: list[Part] = []
    words: dict[str, tuple[int, int]] = {}
    for n, _ in chunks:  # in the order of the sources: the same text under another name goes by the first
        parts, lost = read.pop(n)
        skipped += [s for _, s in lost]
        for name, digest, listed in parts:
            twice: list[int] = []
            kept = 0
            for at, (article, source, size) in enumerate(listed):
                if article in first:
                    skipped.append(Skipped(source, f"same text as {first[article]}"))
                    twice.append(at)
                else:
                    first[article] = source
                    kept += size
            if kept:
                items.append((name, digest, tuple(twice)))
                words[name] = (len(listed) - len(twice), kept)
    if not items:
        raise InputError(
            f"no article in {', '.join(inputs[:3])}: give text, HTML, JSONL or CSV files, or a folder of them"
        )
    here = isinstance(engine, Here)  # it has this process alone; on a cluster each processor has a worker
    work: Any = partial(Annotate, start, url, key, Limits(config.time_limit), config.workers or 1 if here else 1)
    ((_, answer),) = engine.each(partial(work, None), [None])
    told: Told = answer  # every other worker must tell the same
    made: dict[str, dict[str, Any]] = {}
    meter = _Meter(words)
    for item in items:
        receipt = place.finished(f"annotated/{item[0]}.parquet", Annotate.key_of(key, item))
        if receipt is not None:
            made[item[0]] = receipt
            meter.known(item[0])
    rest = [i for i in items if i[0] not in made]
    for n, done in engine.each(partial(work, told), rest):
        made[rest[n][0]] = done
        if progress is not None:
            progress(meter.step(rest[n][0]))
    skipped += [Skipped(*s) for r in made.values() for s in r["skipped"]]
    names = sorted(made)
    of = hashlib.sha256("\n".join([key, *(made[n]["sha256"] for n in names)]).encode()).hexdigest()[:32]
    result = spread(engine, url, of, config, names, sizes.buckets)
    versions, refused = about(told)
    skipped += [*result.skipped, *refused]
    manifest = {
        "format": FORMAT, "base": config.base, "versions": versions, "counts": result.counts,
        "skipped": [{"source": s.source, "reason": s.reason} for s in sorted(set(skipped), key=lambda s: (s.source, s.reason))],
        "files": {r["file"]: {"sha256": r["sha256"], "bytes": r["bytes"], **({"counts": r["counts"]} if "counts" in r else {})}
                  for r in result.receipts},
    }  # fmt: skip
    place.write("manifest.json", (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())
    return manifest


class _Meter:
    """Progress by partitions; the clock runs from here."""

    def __init__(self, words: dict[str, tuple[int, int]]) -> None:
        import time

        self._clock, self._words = time.monotonic, words
        self._begun = self._clock()
        self._count = self._done = self._old = 0

    def known(self, name: str) -> None:
        """A partition of an earlier run."""
        self._count += self._words[name][0]
        self._old += self._words[name][1]

    def step(self, name: str) -> Progress:
        """One more."""
        articles, words = self._words[name]
        self._count += articles
        self._done += words
        total = sum(w for _, w in self._words.values()) - self._old
        seconds = self._clock() - self._begun
        return Progress(name, self._count, sum(a for a, _ in self._words.values()), self._done, total, seconds)


def _inputs(names: Sequence[str]) -> tuple[list[_Input], list[Skipped]]:
    """The files behind paths and URLs, in the order of their names."""
    local = [n for n in names if "://" not in n]
    found: list[_Input] = []
    skipped: list[Skipped] = []
    if local:
        if "-" in local:
            raise InputError("a cluster reads no standard input: name files, folders or URLs that all nodes see")
        files, skipped = find_files(local, READERS)
        found = [_Input(str(f.path.resolve()), f.source, f.extension, f.packing) for f in files if f.path is not None]
    for name in names:
        if "://" in name:
            some, passed = _remote(name)
            found += some
            skipped += passed
    return sorted(found, key=lambda f: (f.source, f.path)), skipped


def _remote(url: str) -> tuple[list[_Input], list[Skipped]]:
    from fsspec.core import url_to_fs

    try:
        fs, root = url_to_fs(url)
        paths = sorted(fs.glob(root) if any(c in root for c in "*?[") else fs.find(root))
    except (ImportError, ValueError, OSError) as error:
        raise InputError(f"{url}: cannot be read ({error})") from error
    if not paths:
        raise InputError(f"{url}: no such file or folder")
    start = root.rstrip("/") + "/"
    found: list[_Input] = []
    skipped: list[Skipped] = []
    for path in paths:
        source = path[len(start) :] if path.startswith(start) else path.rpartition("/")[2]
        extensions = path.rpartition("/")[2].lower().split(".")[1:][-2:]
        if any(e in READERS for e in extensions):  # whoever reads it looks closer: it may be packed, or a notice
            found.append(_Input(fs.unstrip_protocol(path), source))
        else:
            skipped.append(
                Skipped(source, f"no reader for {'.' + extensions[-1] if extensions else 'files without an extension'}")
            )
    return found, skipped


def _open(file: _Input, config: Config) -> Iterator[Document | Skipped]:
    if "://" not in file.path:
        yield from read_one(Found(Path(file.path), file.source, file.extension, file.packing), config)
        return
    import fsspec

    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / file.path.rpartition("/")[2]
        try:
            with fsspec.open(file.path, "rb") as there, copy.open("wb") as here:
                shutil.copyfileobj(there, here)
        except OSError as error:
            yield Skipped(file.source, f"cannot be read ({(error.strerror or type(error).__name__).lower()})")
            return
        files, skipped = find_files([place], READERS)
        yield from (Skipped(file.source, s.reason) for s in skipped)
        for found in files:
            yield from read_one(replace(found, source=file.source), config)
