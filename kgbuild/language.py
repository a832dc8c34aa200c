"""The language step wherever it runs, in this process or in several: Document to records, or why there are none."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from kgbuild.config import VERSION, Config, data_path
from kgbuild.fingerprint import file_digest
from kgbuild.records import Document, Record, Skipped
from kgbuild.workers import Limits, Outcome, Pool, alone

if TYPE_CHECKING:
    from kgbuild.annotate import Annotator

__all__ = ["Language", "Step", "Told", "versions_of"]


@dataclass(frozen=True)
class Told:
    """What a loaded language step says of itself: the name of its pipeline, how it rounds here, the lines of own entities it refused."""

    model: str
    arithmetic: str
    knowledge: str | None
    refused: tuple[Skipped, ...]


class Step:
    """The language step of this process, loaded. Raises ModelError, InputError."""

    def __init__(self, config: Config) -> None:
        self._annotator = annotator = annotator_of(config)
        meta = annotator.nlp.meta
        model = f"{meta.get('lang', '')}_{meta.get('name', '')}-{meta.get('version', '')}"
        self.told = Told(model, annotator.arithmetic, annotator.config.knowledge, tuple(annotator.refused))

    def __call__(self, document: Document) -> list[Record] | Skipped:
        """The records of one article, or why there are none."""
        return article(self._annotator, document)


class Language:
    """The language step wherever it runs: in this process, or in as many as the settings say. Loaded when it is first needed; as a
    context manager it ends its processes, and what it told stays known."""  # fmt: skip

    def __init__(self, config: Config) -> None:
        self._config = config
        self._step: Step | None = None
        self._pool: Pool[Told] | None = None
        self._told: Told | None = None

    @property
    def loaded(self) -> bool:
        """Whether it has been loaded."""
        return self._told is not None

    @property
    def told(self) -> Told:
        """What it says of itself; loads it if need be."""
        if self._told is None:
            self._load()
        assert self._told is not None, "a step that is loaded has told"
        return self._told

    def results(self, documents: Sequence[Document]) -> Iterator[Outcome]:
        """What each article gave, as they are done."""
        if not documents:
            return iter(())
        if self._step is None and self._pool is None:
            self._load()
        if self._pool is not None:
            return self._pool.results(documents)
        assert self._step is not None, "either is loaded"
        return alone(self._step, documents)

    def _load(self) -> None:
        if self._config.workers > 1 or self._config.time_limit is not None:
            self._pool = Pool(partial(Step, self._config), self._config.workers, Limits(self._config.time_limit))
            self._told = self._pool.told
        else:
            self._step = Step(self._config)
            self._told = self._step.told

    def __enter__(self) -> Language:
        return self

    def __exit__(self, *raised: object) -> None:
        if self._pool is not None:
            self._pool.close()
            self._pool = None


def article(annotator: Annotator, document: Document) -> list[Record] | Skipped:
    """The records of one article, the Document first; or why there are none."""
    from kgbuild.claims import extract

    try:
        doc = annotator.annotate(document)
        found = extract(doc)
    except Exception as error:  # one article's failure, whatever it is, must not cost the others
        return Skipped(document.source, f"processing failed ({type(error).__name__}: {_one_line(error)})")
    return [document, *doc._.entities, *doc._.mentions, *doc._.affiliations, *found]


def annotator_of(config: Config) -> Annotator:
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


def versions_of(told: Told, config: Config) -> dict[str, str]:
    """What a manifest says of the step, by name."""
    own = list(config.entities)
    return {
        "kgbuild": VERSION,
        "model": told.model,
        "knowledge": file_digest(Path(told.knowledge or data_path("knowledge.sqlite"))),
        "spacy": metadata.version("spacy"),
        "arithmetic": told.arithmetic,
        **({"entities": " ".join(file_digest(Path(p)) for p in own)} if own else {}),
    }
