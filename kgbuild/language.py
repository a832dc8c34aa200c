"""The language step wherever it runs, in this process or in several: Document to records, or why there are none."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from kgbuild.config import VERSION, Config, data_path
from kgbuild.errors import UsageError
from kgbuild.fingerprint import file_digest, pipeline_key
from kgbuild.records import Document, Record, Skipped
from kgbuild.workers import Limits, Outcome, Pool, alone

if TYPE_CHECKING:
    from kgbuild.annotate import Annotator
    from kgbuild.cluster import Annotation, Engine

__all__ = ["Language", "NodeStep", "Step", "Told", "versions_of"]


@dataclass(frozen=True)
class Told:
    """What a loaded language step says of itself: the name of its pipeline, how it rounds here, the lines of own entities it refused."""

    model: str
    arithmetic: str
    knowledge: str | None
    refused: tuple[Skipped, ...]
    key: str = ""
    """Of code and data, where several machines must have the same."""


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


class NodeStep(Step):
    """The language step on a node of a cluster, which tells of its code and data, too."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.told = replace(self.told, key=pipeline_key(config))


class Language:
    """The language step wherever it runs: in this process, or in as many as the settings say. Loaded when it is first needed; as a
    context manager it ends its processes, and what it told stays known."""  # fmt: skip

    def __init__(self, config: Config, place: Path | None = None) -> None:
        """`place`: where an engine's partitions go when the settings name none."""
        self._config, self._place = config, place
        self._step: Step | None = None
        self._pool: Pool[Told] | None = None
        self._engine: Engine | None = None
        self._annotation: Annotation[Told] | None = None
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
        if self._step is None and self._pool is None and self._annotation is None:
            self._load()
        if self._annotation is not None:
            return self._annotation.results(documents)
        if self._pool is not None:
            return self._pool.results(documents)
        assert self._step is not None, "either is loaded"
        return alone(self._step, documents)

    def _load(self) -> None:
        config, limits = self._config, Limits(self._config.time_limit)
        if config.engine is not None:
            from kgbuild.cluster import Annotation, engine_of

            place = config.parts or (str(self._place) if self._place is not None else None)
            if place is None:
                raise UsageError(
                    "an engine needs a place for its partitions that all nodes see: --parts FOLDER, or Config(parts=)"
                )
            self._engine = engine_of(config.engine, config.address, config.workers)
            annotation = Annotation(self._engine, partial(NodeStep, config), place, pipeline_key(config), limits)
            annotation.workers = config.workers or 1 if config.engine == "here" else 1
            self._told = annotation.agreed()
            self._annotation = annotation
        elif (config.workers or 1) > 1 or config.time_limit is not None:
            self._pool = Pool(partial(Step, config), config.workers or 1, limits)
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
        if self._engine is not None:
            self._engine.close()
            if self._config.parts is None and self._place is not None and raised[0] is None:
                shutil.rmtree(self._place, ignore_errors=True)  # what is in them is in the folder now
            self._engine = self._annotation = None


def article(annotator: Annotator, document: Document) -> list[Record] | Skipped:
    """The records of one article, the Document first; or why there are none."""
    from kgbuild.claims import extract

    try:
        doc = annotator.annotate(document)
        found = extract(doc)
    except Exception as error:  # one article's failure, whatever it is, must not cost the others
        return Skipped(document.source, f"processing failed ({type(error).__name__}: {_one_line(error)})")
    if doc._.unread_pairs:
        document = replace(document, unread_pairs=doc._.unread_pairs)
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
