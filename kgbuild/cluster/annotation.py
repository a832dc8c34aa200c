"""The language step on a cluster: articles cut into partitions, each annotated by one worker and written with a receipt.

A partition with a receipt is done, whoever asks for it, so a run that is killed goes on from the last one. Within a worker each article
has a process of its own to fail in: what kills or hangs it is set aside with its reason, the partition goes on.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from kgbuild.cluster.engine import Engine, Make
from kgbuild.cluster.partitions import counts_of, documents_of, pack_documents, pack_found, unpack_found
from kgbuild.cluster.place import Place
from kgbuild.errors import KgbuildError
from kgbuild.records import Document, Record, Skipped, to_json, unpack
from kgbuild.workers import Limits, Outcome, Pool, Step

__all__ = ["WORDS", "Annotate", "Annotation", "Part", "cut", "key_of"]

WORDS = 50_000
"""Words of a partition: half a minute of one processor, and as much is lost with a worker at most."""

Part = tuple[str, str, tuple[int, ...]]
"""A partition of articles: its name, its checksum ("": the name tells it), and the places of those in it that are left out."""

Told = TypeVar("Told")


class Annotate(Generic[Told]):
    """The work of one worker: a partition of articles -> receipt of the partition of their records; None -> what the step tells."""

    def __init__(
        self, start: Callable[[], Step[Told]], url: str, key: str, limits: Limits, workers: int, told: Told | None
    ) -> None:
        """`key` names all that records depend on beside the article; `workers` processes do it. Raises KgbuildError where the step tells other than `told`."""
        self._place, self._key = Place(url), key
        self._pool = Pool(start, workers, limits)
        if told is not None and self._pool.told != told:
            self._pool.close()
            raise KgbuildError(f"nodes of the cluster differ in program, model or rounding: install the same on all ({self._pool.told} here, {told} before)")  # fmt: skip

    def __call__(self, item: Part | None) -> dict[str, Any] | Told:
        """Annotate a partition. Raises KgbuildError when it is not there."""
        if item is None:
            return self._pool.told
        name, _, without = item
        content = self._place.read(f"documents/{name}.parquet")
        if content is None:
            raise KgbuildError(
                f"{self._place.url}/documents/{name}.parquet is not there: all nodes must see one storage"
            )
        documents = [d for n, d in enumerate(documents_of(content)) if n not in without]
        found: list[tuple[str, list[Record] | Skipped]] = []
        for _, document, given in self._pool.results(documents, ordered=True):
            found.append((key_of(document), unpack(given) if isinstance(given, bytes) else given))
        skipped = [[s.source, s.reason] for _, s in found if isinstance(s, Skipped)]
        facts = {
            "key": self.key_of(self._key, item), "articles": len(found) - len(skipped),
            "counts": counts_of(r for _, given in found if not isinstance(given, Skipped) for r in given), "skipped": skipped,
        }  # fmt: skip
        return self._place.finish(f"annotated/{name}.parquet", pack_found(found), facts)

    @staticmethod
    def key_of(key: str, item: Part) -> str:
        """What the records of a partition are made of."""
        return hashlib.sha256("\n".join([key, item[1], *map(str, item[2])]).encode()).hexdigest()[:32]

    def close(self) -> None:
        """End the processes."""
        self._pool.close()


@dataclass(slots=True)
class Annotation(Generic[Told]):
    """Articles through the language step on an engine, by way of a place that all its workers see.

    start: makes the step. url: the place. key: names all that records depend on beside the article. words: of a partition.
    """

    engine: Engine
    start: Callable[[], Step[Told]]
    url: str
    key: str
    limits: Limits
    words: int = WORDS
    told: Told | None = None
    workers: int = 1
    """Processes for each of the engine's workers; more than one where that is this process alone."""

    def agreed(self) -> Told:
        """What the step says of itself, on the first worker that answers; every other one must say the same from now on."""
        ((_, found),) = self.engine.each(self._make, [None])
        told: Told = found
        self.told = told
        return told

    def results(self, documents: Sequence[Document]) -> Iterator[Outcome]:
        """What each article gave, a partition after another as they are done; those of an earlier run first."""
        place = Place(self.url)
        numbers: dict[str, deque[int]] = {}
        for n, document in enumerate(documents):
            numbers.setdefault(key_of(document), deque()).append(n)
        for file in place.names("annotated"):
            name = file.removesuffix(".parquet")
            if (
                name != file
                and place.finished(f"annotated/{file}", Annotate.key_of(self.key, (name, "", ()))) is not None
            ):
                yield from self._outcomes(place, name, documents, numbers)
        rest = [documents[n] for n in sorted(n for several in numbers.values() for n in several)]
        names: list[Part] = []
        for part in cut(rest, self.words):
            name = hashlib.sha256("\n".join([self.key, *map(key_of, part)]).encode()).hexdigest()[:16]
            place.write(f"documents/{name}.parquet", pack_documents(part))
            names.append((name, "", ()))
        for n, _ in self.engine.each(self._make, names):
            yield from self._outcomes(place, names[n][0], documents, numbers)

    @property
    def _make(self) -> Make[Part | None, Any]:
        return partial(Annotate, self.start, self.url, self.key, self.limits, self.workers, self.told)

    @staticmethod
    def _outcomes(place: Place, name: str, documents: Sequence[Document], numbers: dict[str, deque[int]]) -> Iterator[Outcome]:  # fmt: skip
        content = place.read(f"annotated/{name}.parquet")
        if content is None:
            raise KgbuildError(f"{place.url}/annotated/{name}.parquet is gone: run it again")
        for key, found in unpack_found(content):
            wanted = numbers.get(key)
            if wanted:
                n = wanted.popleft()
                yield n, documents[n], found


def key_of(document: Document) -> str:
    """What tells a Document from all others: of all it says, not of its text alone."""
    return hashlib.sha256(to_json(document).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def cut(documents: Iterable[Document], words: int) -> Iterator[list[Document]]:
    """The articles in order, as many together as have so many words; a longer one is a part of its own."""
    part: list[Document] = []
    size = 0
    for document in documents:
        n = document.text.count(" ") + 1
        if part and size + n > words:
            yield part
            part, size = [], 0
        part.append(document)
        size += n
    if part:
        yield part
