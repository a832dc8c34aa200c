"""The store: Turtle written and loaded, checks, one article more, memory; on articles resampled from the build in --data.

`python -m bench store --data output --limit 200`: --limit is the number of articles of the large build; the time of one article more
is measured on a tenth of it, too, and its growth printed. Seconds are of the processor (`time.process_time`), so that a busy machine does not
count; the language step is left out.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyoxigraph as ox

from bench.resample import article_records, resampled
from kgbuild import check as checks
from kgbuild import language, pipeline
from kgbuild.config import Config
from kgbuild.folder import writing
from kgbuild.records import Document, Record
from kgbuild.shapes import rules
from kgbuild.state import Member, State, digest_of
from kgbuild.store import QUERIES, open_store

ARTICLES = 200
MORE = 3
"""Articles added one at a time; the median is printed."""


def run(options: argparse.Namespace) -> int:
    """Print the figures; always 0."""
    sources = article_records(pipeline.read_records(options.data))
    count = options.limit or ARTICLES
    without_language_step()
    with tempfile.TemporaryDirectory() as place:
        small = _grown(Path(place) / "small", sources, max(1, count // 10))
        large = _grown(Path(place) / "large", sources, count)
        print(
            f"one article more: {small:.2f} s at {max(1, count // 10)} articles, {large:.2f} s at {count} ({large / small:.1f} times)"
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"peak memory of the builds: {peak:.0f} MB, {peak / count * 10_000 / 1024:.1f} GB at 10,000 articles if it grows alike"
        )
        _rates(Path(place) / "large")
    return 0


def without_language_step() -> None:
    """Put a step in place of the language step that asks for no model: what these benches add has its records already."""
    step = SimpleNamespace(
        arithmetic="bench", refused=(), config=Config(), nlp=SimpleNamespace(meta={"name": "resampled"})
    )
    language.annotator_of = lambda config: step  # type: ignore[assignment,return-value]


def add(folder: Path, articles: Sequence[Sequence[Record]]) -> None:
    """Add articles to a build folder, their records taken as the language step's."""
    with writing(folder) as target, closing(State(target.state)) as state:
        run = pipeline._Run(target, state, Config(), None)
        kept: list[tuple[str, str, Sequence[Record]]] = []
        for records in articles:
            document = records[0]
            assert isinstance(document, Document)
            run.members[document.id] = member = Member(document, "", digest_of(document))
            kept.append((member.digest, run.pipeline, records))
        state.keep_all(kept)
        run.finish(state.skipped(), pipeline.Changes(new=len(articles)))


def _grown(folder: Path, sources: Sequence[Sequence[Record]], count: int) -> float:
    articles = list(resampled(sources, count + MORE))
    add(folder, articles[:count])
    return statistics.median(_seconds(lambda a=a: add(folder, [a]))[0] for a in articles[count:])  # type: ignore[misc]  # bound at once


def _rates(folder: Path) -> None:
    graph = pipeline.open_build(folder)
    seconds, turtle = _seconds(graph.turtle)
    memory = ox.Store()
    loading, _ = _seconds(lambda: memory.bulk_load(turtle, format=ox.RdfFormat.TURTLE))
    triples = len(memory)
    print(
        f"canonical Turtle: {triples} triples, {triples / seconds:,.0f} a second; loading {triples / loading:,.0f} a second"
    )
    store = open_store(folder)
    records = graph.records
    of_records, _ = _seconds(lambda: list(checks.check_records(records)))
    texts = [p.read_text(encoding="utf-8") for p in sorted((QUERIES / "checks").glob("*.rq"))]
    whole, _ = _seconds(lambda: [checks._subjects(store, t) for t in texts])
    shapes, _ = _seconds(lambda: [checks._subjects(store, r.query) for r in rules()])
    n = len(records)
    print(
        f"checks of {n} records: spans, texts, ids and references {n / of_records:,.0f} a second, whole graph {n / whole:,.0f}, "
        f"both {n / (of_records + whole):,.0f}; shapes {n / shapes:,.0f}"
    )


def _seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    value = call()
    return time.process_time() - start, value
