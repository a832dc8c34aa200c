"""The store: one article more at several sizes, peak memory, Turtle written and loaded, checks; on articles resampled from the build in --data.

`python -m bench store --data output`: builds of 250 and 1,000 articles, each in a process of its own; `--limit 10000` adds one of 10,000 (a
quarter of an hour), another number one of so many. For each: the seconds of the build, the median of adding one article more, five times, on
the clock and on the processor (`time.process_time`, which a busy machine does not stretch), and the peak memory of the process. The language
step and the start of the program are left out. A build of 250, and the articles added to it, is compared byte for byte with one build of them all.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
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
from kgbuild.shapes import proofs
from kgbuild.state import Member, State, digest_of
from kgbuild.store import QUERIES, open_store

SIZES = (250, 1000)
MORE = 5
"""Articles added one at a time; the median is printed."""


def run(options: argparse.Namespace) -> int:
    """Print the figures; exit status 1 when adding gave other bytes than one build."""
    limit = options.limit or SIZES[-1]
    sizes = sorted({n for n in SIZES if n <= limit} | {limit})
    with tempfile.TemporaryDirectory() as place:
        folders = {n: Path(place) / str(n) for n in sizes}
        clock: dict[int, float] = {}
        for n, folder in folders.items():
            found = _measured(options.data, folder, n)
            clock[n] = found["processor"]
            print(
                f"{n} articles: built in {found['build']:.0f} s of the processor, peak memory {found['peak']:.0f} MB; one article more "
                f"{found['clock']:.2f} s on the clock, {found['processor']:.2f} s of the processor",
                flush=True,
            )
        print(f"one article more, {sizes[-1]} against {sizes[-2] if len(sizes) > 1 else sizes[-1]} articles: {clock[sizes[-1]] / clock[sizes[max(0, len(sizes) - 2)]]:.2f} times the processor's time")  # fmt: skip
        sources = article_records(pipeline.read_records(options.data))
        without_language_step()
        once = Path(place) / "once"
        add(once, resampled(sources, sizes[0] + MORE))
        same = content(once) == content(folders[sizes[0]])
        print(
            f"{sizes[0]} articles and {MORE} added one by one against one build of them all: {'the same bytes' if same else 'OTHER BYTES'}"
        )
        _rates(folders[min(sizes, key=lambda n: abs(n - SIZES[0]))])
    return int(not same)


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a build that is no store."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and "store" not in p.relative_to(folder).parts)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def _measured(data: str, folder: Path, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.store", data, str(folder), str(count)]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return told


def _child(data: str, folder: Path, count: int) -> None:
    """Build a folder of so many articles and add some more, one at a time; the figures as JSON."""
    sources = article_records(pipeline.read_records(data))
    without_language_step()
    articles = resampled(sources, count + MORE)
    build, _, _ = _seconds(lambda: add(folder, islice(articles, count)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    more = [_seconds(lambda a=a: add(folder, [a])) for a in articles]  # type: ignore[misc]  # bound at once
    processor, clock = (statistics.median(m[i] for m in more) for i in (0, 1))
    print(json.dumps({"build": build, "peak": peak, "processor": processor, "clock": clock}))


def without_language_step() -> None:
    """Put a step in place of the language step that asks for no model: what these benches add has its records already."""
    step = SimpleNamespace(
        arithmetic="bench", refused=(), config=Config(), nlp=SimpleNamespace(meta={"name": "resampled"})
    )
    language.annotator_of = lambda config: step  # type: ignore[assignment,return-value]


def add(folder: Path, articles: Iterable[Sequence[Record]]) -> None:
    """Add articles to a build folder, their records taken as the language step's."""
    with writing(folder) as target, closing(State(target.state)) as state:
        run = pipeline._Run(target, state, Config(), None)
        before = len(run.members)
        pipeline_key = run.pipeline

        def kept() -> Iterator[tuple[str, str, Sequence[Record]]]:
            for records in articles:
                document = records[0]
                assert isinstance(document, Document)
                run.members[document.id] = member = Member(document, "", digest_of(document))
                yield member.digest, pipeline_key, records

        state.keep_all(kept())
        run.finish(state.skipped(), pipeline.Changes(new=len(run.members) - before))


def _rates(folder: Path) -> None:
    graph = pipeline.open_build(folder)
    seconds, _, turtle = _seconds(graph.turtle)
    memory = ox.Store()
    loading, _, _ = _seconds(lambda: memory.bulk_load(turtle, format=ox.RdfFormat.TURTLE))
    triples = len(memory)
    print(
        f"canonical Turtle: {triples} triples, {triples / seconds:,.0f} a second; loading {triples / loading:,.0f} a second"
    )
    store = open_store(folder)
    records = graph.records
    of_records, _, _ = _seconds(lambda: list(checks.check_records(records)))
    texts = [p.read_text(encoding="utf-8") for p in sorted((QUERIES / "checks").glob("*.rq"))]
    whole, _, _ = _seconds(lambda: [checks._subjects(store, t) for t in texts])
    shapes, _, _ = _seconds(lambda: [list(checks._rows(store, p.query)) for p in proofs()])
    everything, _, report = _seconds(lambda: checks.check(folder))
    n = len(records)
    print(
        f"checks of {n} records: spans, texts, ids and references {n / of_records:,.0f} a second, whole graph {n / whole:,.0f}, "
        f"both {n / (of_records + whole):,.0f}; shapes {n / shapes:,.0f}; `kgbuild check` in all, reading, Turtle and shortcuts too, "
        f"{n / everything:,.0f}{'' if report.ok else ': ' + report.summary}"
    )


def _seconds(call: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds of the processor, seconds on the clock, and what the call gave."""
    start, began = time.process_time(), time.monotonic()
    value = call()
    return time.process_time() - start, time.monotonic() - began, value


if __name__ == "__main__":
    _child(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
