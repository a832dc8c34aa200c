"""A graph resolved and drawn in partitions against the same in one piece: records, statements, processor time, what the program that runs it is told.

`python -m bench spread --data output --limit 150`: articles resampled from the build in --data, in any order, a third and all of them. Everything
runs in this process, a step after another, so processor seconds can be compared; what an engine would send to the program that runs
it is pickled and counted.
"""

from __future__ import annotations

import argparse
import math
import pickle
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.resample import article_records, resampled
from kgbuild import pipeline, resolve
from kgbuild.cluster import Here
from kgbuild.cluster.partitions import pack_found, unpack_found
from kgbuild.cluster.place import Place
from kgbuild.cluster.spread import spread
from kgbuild.config import Config
from kgbuild.export import dump
from kgbuild.records import Event, Merge, Record, Skipped, record_order

ARTICLES, TOGETHER, BUCKETS, SEED = 150, 20, 5, 1


class Counted(Here):
    """The engine of this process, with the bytes of its results."""

    told = 0

    def each(self, make: Any, items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """As `Here`."""
        for n, result in super().each(make, items):
            self.told += len(pickle.dumps(result))
            yield n, result


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when a record or a statement differs."""
    count = options.limit or ARTICLES
    articles = list(resampled(article_records(pipeline.read_records(options.data)), count))
    few, many = _compare(articles[: count // 3]), _compare(articles)
    for name, at in (("processor time", 1), ("what the program is told", 2)):
        print(
            f"{name} grows with the {math.log(many[at] / few[at]) / math.log(count / (count // 3)):.2f}th power of the articles"
        )
    return int(not (few[0] and many[0]))


def _compare(articles: Sequence[Sequence[Any]]) -> tuple[bool, float, int]:
    start = time.process_time()
    left_out: list[Skipped] = []
    whole = resolve.resolve([r for a in articles for r in a], (), left_out)
    quads = dump("nquads", whole, Config()).splitlines()
    dump("turtle", whole, Config())
    one = time.process_time() - start
    order = list(articles)
    random.Random(SEED).shuffle(order)
    with tempfile.TemporaryDirectory() as folder:
        place, names = Place(folder), []
        for at in range(0, len(order), TOGETHER):
            names.append(f"{at:05}")
            place.write(f"annotated/{at:05}.parquet", pack_found((a[0].id, list(a)) for a in order[at : at + TOGETHER]))
        engine = Counted()
        start = time.process_time()
        result = spread(engine, folder, "bench", Config(), names, BUCKETS)
        parts = time.process_time() - start
        found: list[Record] = []
        for file in sorted(Path(folder, "records").glob("*.parquet")):
            for _, some in unpack_found(file.read_bytes()):
                found += some if isinstance(some, list) else ()
        lines = sorted(line for f in Path(folder, "nquads").glob("*.nq") for line in f.read_bytes().splitlines())
    same = sorted(found, key=record_order) == whole and lines == sorted(quads) and set(result.skipped) == set(left_out)
    events = [r.cluster for r in whole if isinstance(r, Event)]
    print(
        f"{len(articles)} articles, {len(whole)} records, {sum(isinstance(r, Merge) for r in whole)} merges, {len(events)} events in "
        f"{len(set(events))} happenings, {len(quads)} statements: {'the same' if same else 'DIFFERENT'} in {len(names)} partitions and {BUCKETS} buckets"
    )
    print(
        f"  processor time {one:.2f} s in one piece, {parts:.2f} s in partitions, Parquet and receipts included; "
        f"the program that runs it is told {engine.told / len(articles):.0f} bytes an article"
    )
    return same, parts, engine.told
