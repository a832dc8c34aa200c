"""Print how fast the shipped entity base opens and looks names up: ``python training/knowledge/bench_lookup.py``."""

from __future__ import annotations

import random
import resource
import sqlite3
import sys
import time

from kgbuild.knowledge import Base
from kgbuild.knowledge.base import PACKAGED


def bench_lookup(names: int = 8000) -> dict[str, float]:
    """Milliseconds to open, microseconds a look-up (first, repeated, without a hit), MiB of memory added by them."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    base = Base.open()
    figures = {"open ms": 1e3 * (time.perf_counter() - begin)}
    connection = sqlite3.connect(f"file:{PACKAGED}?mode=ro", uri=True)
    surfaces = [row[0].title() for row in connection.execute("SELECT DISTINCT key FROM alias ORDER BY key")]
    surfaces = random.Random(1).sample(surfaces, min(names, len(surfaces)))
    for what, chosen in (
        ("first us", surfaces),
        ("repeated us", surfaces),
        ("missed us", [f"{surface} Qx" for surface in surfaces]),
    ):
        begin = time.perf_counter()
        for surface in chosen:
            base.candidates(surface)
        figures[what] = 1e6 * (time.perf_counter() - begin) / len(chosen)
    figures["memory MiB"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return figures


if __name__ == "__main__":
    for name, figure in bench_lookup().items():
        sys.stdout.write(f"{name}\t{figure:.2f}\n")
