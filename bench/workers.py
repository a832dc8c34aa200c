"""Two workers against one on the same articles: wall time, processor time, waiting, memory; and the time to the first progress line.

`python -m bench workers --data ../shared/data/polnear --limit 80`. Articles go through the language step, one worker and two in turn, with
the model loaded before the clock starts. A machine that others use as well gives no wall time to believe, so three things are printed
beside it: what the processes that ran meanwhile leave at most (each runnable process gets an equal share of the processors); the ratio of
processor seconds spent, which is what a second process costs the first; and the factor with all time taken out in which a worker could run
but had no processor (the kernel counts it, /proc/PID/schedstat). The last one is the figure held against the goal.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from bench.corpora import polnear
from bench.system import plain_document
from kgbuild.config import Config
from kgbuild.language import Step
from kgbuild.records import Document, Skipped
from kgbuild.workers import Pool, cores

ARTICLES = 80
ROUNDS = 3
STARTS = 7
GOAL, FIRST_LINE = 1.7, 1.0


@dataclass(frozen=True, slots=True)
class Pass:
    """All articles once: seconds by the clock, of processors, with a processor or none wished, and other runnable processes meanwhile."""

    wall: float
    cpu: float
    undisturbed: float
    others: float
    digest: str
    memory: float


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when results differ, or the factor or the first line misses its goal."""
    texts = list(polnear(Path(options.data), options.split))[: options.limit or ARTICLES]
    documents = [replace(plain_document(t.text, f"{t.id}.txt"), published=t.published) for t in texts]
    words = sum(len(d.text.split()) for d in documents)
    print(f"{len(documents)} articles, {words} words, {cores()} processors, load {_load()}")
    passes: dict[int, list[Pass]] = {1: [], 2: []}
    for n in range(ROUNDS):
        for workers in (1, 2) if n % 2 == 0 else (2, 1):
            done = _pass(documents, workers)
            passes[workers].append(done)
            print(
                f"  {workers} worker{'s' if workers > 1 else ' '}: {done.wall:6.2f} s, {done.cpu:6.2f} processor s, "
                f"{done.undisturbed:6.2f} s undisturbed, {done.others:.1f} other processes at work, {done.memory:.0f} MB"
            )
    middle = {k: _median(v) for k, v in passes.items()}
    one, two = middle[1], middle[2]
    ceiling = _speed(2, two.others) / _speed(1, one.others)
    factor = one.undisturbed / two.undisturbed
    print(
        f"wall: 2 workers are {one.wall / two.wall:.2f} times 1; the others leave {ceiling:.2f} at most; load {_load()}"
    )
    print(f"processor time: 2 workers spend {two.cpu / one.cpu:.3f} times what 1 spends")
    print(
        f"without waiting for a processor: 2 workers are {factor:.2f} times 1 (goal {GOAL}); {words / two.undisturbed:.0f} words/s"
    )
    print(
        f"memory of the workers and the process they are forks of: {one.memory:.0f} MB with 1 worker, {two.memory:.0f} MB with 2 (shared pages once)"
    )
    same = len({p.digest for v in passes.values() for p in v}) == 1
    print("results: the same bytes in every pass" if same else "results: DIFFERENT from pass to pass")
    lines = [_first_line(documents[0].text) for _ in range(STARTS)]
    walls, own = sorted(w for w, _ in lines), sorted(o for _, o in lines)
    first = statistics.median(own)
    print(
        f"process start to the first progress line: median {statistics.median(walls):.2f} s (min {walls[0]:.2f}, max {walls[-1]:.2f}, "
        f"{STARTS} runs); without waiting for a processor {first:.2f} s (goal {FIRST_LINE:g})"
    )
    return int(not same or factor < GOAL or first > FIRST_LINE)


def _median(passes: Sequence[Pass]) -> Pass:
    """Each figure's median by itself."""
    middle: dict[str, Any] = {
        name: statistics.median(getattr(p, name) for p in passes)
        for name in ("wall", "cpu", "undisturbed", "others", "memory")
    }
    return Pass(digest=passes[0].digest, **middle)


def _speed(workers: int, others: float) -> float:
    """Processors that so many workers get together when so many other processes want one too and all are served alike."""
    return workers * min(1.0, cores() / (workers + others))


def _pass(documents: Sequence[Document], workers: int) -> Pass:
    with Pool(partial(Step, Config()), workers) as pool:
        warm = list(pool.results(documents[:workers]))  # each worker is there, and has filled its caches a little
        assert len(warm) == workers
        processes = [w.process for w in pool._workers]
        before = [_scheduled(p) for p in processes]
        own_before = time.process_time()
        start = time.perf_counter()
        total = hashlib.sha256()
        with _Watch(processes) as watch:
            for _, document, found in pool.results(documents, ordered=True):
                assert isinstance(found, (bytes, Skipped)), "a pool gives packed records"
                total.update(document.id.encode() + (found if isinstance(found, bytes) else found.reason.encode()))
        wall = time.perf_counter() - start
        spent = [
            tuple(b - a for a, b in zip(x, _scheduled(p), strict=True)) for x, p in zip(before, processes, strict=True)
        ]
        assert [w.process for w in pool._workers] == processes, "no worker died"
        assert pool._nursery is not None
        memory = sum(map(_memory, [*processes, pool._nursery._process.pid]))
    cpu = sum(ran for ran, _ in spent) + time.process_time() - own_before
    # What is neither running nor waiting for a processor is waiting for articles: that counts.
    undisturbed = max(wall - waited for _, waited in spent)
    return Pass(wall, cpu, undisturbed, watch.others, total.hexdigest(), memory)


def _scheduled(process: int) -> tuple[float, float]:
    """Seconds a process ran, and seconds it could run but had no processor."""
    ran, waited, _ = Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()
    return int(ran) / 1e9, int(waited) / 1e9


def _memory(process: int) -> float:
    """MB of a process; of a page that several share, its part."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


class _Watch:
    """Counts, ten times a second, the processes that want a processor and are not ours."""

    def __init__(self, processes: Sequence[int]) -> None:
        self._processes, self._seen, self._end = processes, list[int](), threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._end.set()
        self._thread.join()

    @property
    def others(self) -> float:
        """Their mean number."""
        return statistics.fmean(self._seen) if self._seen else 0.0

    def _look(self) -> None:
        while not self._end.wait(0.1):
            stat = Path("/proc/stat").read_text(encoding="ascii")
            running = int(stat.split("procs_running ")[1].split()[0])
            ours = 1 + sum(
                Path(f"/proc/{p}/stat").read_text().rpartition(")")[2].split()[0] == "R" for p in self._processes
            )
            self._seen.append(max(0, running - ours))


def _load() -> str:
    return f"{os.getloadavg()[0]:.2f}"


def _first_line(text: str) -> tuple[float, float]:
    """Seconds from the start of `kgbuild build` in a terminal to the first thing it says: by the clock, and without waiting for a processor."""
    with tempfile.TemporaryDirectory() as place:
        article = Path(place) / "article.txt"
        article.write_text(text, encoding="utf-8")
        ours, theirs = pty.openpty()
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "kgbuild", "build", str(article), "-o", f"{place}/out"],
            stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL, env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
        )  # fmt: skip
        os.close(theirs)
        said = b""
        while b"articles" not in said:
            if not select.select([ours], [], [], 60)[0]:
                raise SystemExit("no progress line in a minute")
            said += os.read(ours, 4096)
        seconds = time.perf_counter() - start
        _, waited = _scheduled(process.pid)
        process.kill()
        process.wait()
        os.close(ours)
        return seconds, seconds - waited
