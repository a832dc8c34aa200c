"""Kills at random moments of runs on a cluster: articles lost, articles doubled, runs whose bytes are others; each to be 0.

`python -m bench cluster-kills --data output --limit 100` (`--set here`: without Ray). Articles resampled from the build in --data go through
partitions on a Ray cluster of two node processes, their stored records in place of the language step's, and are resolved and drawn there. Meanwhile one of these is
killed with SIGKILL every second or so, drawn at random: the process an article is in, the process those are forks of, an actor, a whole node
(another one joins), or the program that runs it all (started again, it goes on from the last finished partition). Runs follow each other until
--limit kills hit something at work; each run's records and statements are held against those of one process.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from bench.resample import article_records, resampled
from kgbuild import pipeline, resolve
from kgbuild.cluster import engine_of
from kgbuild.cluster.annotation import Annotate, Part, cut
from kgbuild.cluster.partitions import pack_documents, unpack_found
from kgbuild.cluster.place import Place
from kgbuild.cluster.spread import spread
from kgbuild.config import Config
from kgbuild.export import dump
from kgbuild.records import Document, Record, Skipped, record_order, to_json
from kgbuild.workers import Limits

ARTICLES = 60
SECONDS = 0.15
"""What an article takes, so that kills hit it."""
WORDS = 2_500
SEED = 11
TRIES = 25
"""Workers that may die over one article: kills are drawn without regard to what they hit before."""
VICTIMS = {"article": 4, "nursery": 2, "actor": 3, "node": 1, "program": 1}
"""How often each is drawn, relative to the others."""


class Stored:
    """A language step that gives the records of a build."""

    told = "stored"

    def __init__(self, data: str) -> None:
        self._records = {r[0].id: list(r) for r in _articles(data)}

    def __call__(self, document: Document) -> list[Record] | Skipped:
        """The records, after a while."""
        time.sleep(SECONDS)
        return self._records[document.id]


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when an article was lost or doubled, or a run gave other bytes."""
    wished, name = options.limit or 100, "here" if options.set == "here" else "ray"
    whole = resolve.resolve(r for article in _articles(options.data) for r in article)
    expected = _digest(whole, dump("nquads", whole, Config()).splitlines())
    rng = random.Random(SEED)
    hit: Counter[str] = Counter()
    lost = doubled = different = runs = starts = 0
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as place, _cluster(name) as cluster:
        while hit.total() < wished:
            runs += 1
            folder = Path(place) / str(runs)
            while True:
                starts += 1
                if _program(options.data, folder, name, cluster, rng, hit, wished) == 0:
                    break
            told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
            lost += told["lost"]
            doubled += told["doubled"]
            different += told["digest"] != expected
            print(
                f"  run {runs}: {hit.total()} kills so far ({', '.join(f'{n} {k}' for k, n in sorted(hit.items()))})",
                flush=True,
            )
    print(
        f"{runs} runs of {ARTICLES} articles on {name}, {hit.total()} kills ({', '.join(f'{n} of {k}' for k, n in sorted(hit.items()))}), "
        f"{starts - runs} runs gone on with, {time.monotonic() - begun:.0f} s: {lost} articles lost, {doubled} doubled, {different} runs with other bytes"
    )
    return int(lost + doubled + different > 0)


def _articles(data: str) -> list[Sequence[Any]]:
    return list(resampled(article_records(pipeline.read_records(data)), ARTICLES))


def _documents(data: str) -> list[Document]:
    return [r[0] for r in _articles(data)]


def _digest(records: Iterable[Record], quads: Iterable[bytes]) -> str:
    """Of all records in order, and of all statements in order, each as often as it is there."""
    total = hashlib.sha256()
    for record in sorted(records, key=record_order):
        total.update(to_json(record).encode("utf-8", "surrogatepass") + b"\n")
    for line in sorted(quads):
        total.update(line + b"\n")
    return total.hexdigest()


def _program(
    data: str, folder: Path, name: str, cluster: Any, rng: random.Random, hit: Counter[str], wished: int
) -> int:
    """Run the program on a folder until it ends, killing at random; its status (-9: it was killed itself)."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.cluster_kills", data, str(folder), name], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()  # it is at work
    while process.poll() is None:
        time.sleep(rng.uniform(0.3, 1.5))
        if hit.total() < wished:
            victim = rng.choices(list(VICTIMS), list(VICTIMS.values()))[0]
            if victim == "program":
                process.kill()
                hit[victim] += 1
            elif victim == "node":
                hit[victim] += cluster is not None and cluster.lose(rng)
            else:
                hit[victim] += _kill(victim, process.pid, cluster, rng)
    process.stdout.close()
    if process.returncode not in (0, -signal.SIGKILL):
        raise SystemExit(f"the program ended with status {process.returncode}")
    return process.returncode


def _kill(what: str, program: int, cluster: Any, rng: random.Random) -> int:
    """Kill one such process of ours; 0 when there is none just now."""
    own = [p for root in [program, *(cluster.processes() if cluster else ())] for p in _below(root)]
    nurseries = [p for p in own if "kgbuild.workers.nursery" in _command(p)]
    if what == "actor":
        found = [p for p in own if _command(p).startswith("ray::_Hand")]
    else:
        forked = [p for p in nurseries if "kgbuild.workers.nursery" in _command(_parent(p))]
        found = forked if what == "article" else [p for p in nurseries if p not in forked]
    if not found:
        return 0
    with suppress(ProcessLookupError):
        os.kill(rng.choice(sorted(found)), signal.SIGKILL)
        return 1
    return 0


def _below(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").glob("*"):
        try:
            children = (task / "children").read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from _below(child)


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return 0


class _Nodes:
    """A Ray cluster on this machine: a head that does no work, and two nodes with a processor each."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        self._cluster = Cluster(
            initialize_head=True,
            head_node_args={"num_cpus": 0, "include_dashboard": False, "object_store_memory": 10**8},
        )
        self._nodes = [self._add(), self._add()]
        self._cluster.wait_for_nodes()
        os.environ["RAY_ADDRESS"] = self._cluster.address

    def _add(self) -> Any:
        return self._cluster.add_node(num_cpus=1, object_store_memory=10**8)

    def lose(self, rng: random.Random) -> int:
        """Kill a node with all that runs on it, and let another one join."""
        node = self._nodes.pop(rng.randrange(len(self._nodes)))
        self._cluster.remove_node(node, allow_graceful=False)
        self._nodes.append(self._add())
        return 1

    def processes(self) -> list[int]:
        """The nodes' own processes."""
        return [p.process.pid for node in self._nodes for several in node.all_processes.values() for p in several]

    def close(self) -> None:
        """End it."""
        self._cluster.shutdown()


@contextmanager
def _cluster(name: str) -> Iterator[_Nodes | None]:
    if name == "here":
        yield None
        return
    os.environ |= {"RAY_AUTH_MODE": "disabled", "RAY_memory_monitor_refresh_ms": "0", "RAY_worker_niceness": "0"}
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
    nodes = _Nodes()
    try:
        yield nodes
    finally:
        nodes.close()


def _child(data: str, folder: Path, name: str) -> None:
    """Run the articles through partitions in a folder; what came of it into told.json."""
    documents = _documents(data)
    engine = engine_of(name)
    print("go", flush=True)
    place = Place(str(folder))
    parts: list[Part] = []
    for n, together in enumerate(cut(documents, WORDS)):
        content = pack_documents(together)
        place.write(f"documents/{n:05}.parquet", content)
        parts.append((f"{n:05}", hashlib.sha256(content).hexdigest(), ()))
    rest = [p for p in parts if place.finished(f"annotated/{p[0]}.parquet", Annotate.key_of("kills", p)) is None]
    for _ in engine.each(
        partial(Annotate, partial(Stored, data), str(folder), "kills", Limits(60, TRIES), 1, None), rest
    ):
        pass
    names = [p[0] for p in parts]
    spread(engine, str(folder), "kills", Config(), names, 3)
    engine.close()
    records: list[Record] = []
    for file in (folder / "records").glob("*.parquet"):
        for _, some in unpack_found(file.read_bytes()):
            records += some if isinstance(some, list) else ()
    quads = [line for file in (folder / "nquads").glob("*.nq") for line in file.read_bytes().splitlines()]
    there = Counter(r.id for r in records if isinstance(r, Document))
    told = {
        "lost": sum(not there[d.id] for d in documents),
        "doubled": sum(there[d.id] > 1 for d in documents),
        "digest": _digest(records, quads),
    }
    (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    from bench import cluster_kills  # under its own name, so that other processes can load what it hands them

    cluster_kills._child(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
