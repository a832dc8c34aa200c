"""How a build grows after the language step: processor time, output and memory from ten articles on, and the exponent of each.

`python -m bench growth --data output --limit 1000`: articles resampled from the build in --data (bench.resample), each size built in a process
of its own; --limit is the largest. The exponent is that of the line through the logarithms of all sizes from 100 on: 1 is growth in step.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path

import numpy as np

from bench.store import _measured

SIZES = (10, 100, 300, 1000, 3000, 10_000, 20_000)
FROM = 100


def run(options: argparse.Namespace) -> int:
    """Print a line a size, then the exponents; always 0."""
    largest = options.limit or 1000
    rows: list[tuple[int, float, float, float]] = []
    for count in (n for n in SIZES if n <= largest):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "build"
            found = _measured(options.data, folder, count)
            size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
        rows.append((count, found["build"], size / 1e6, found["peak"]))
        print(
            f"{count:>6} articles: {found['build']:.1f} s of the processor ({found['build'] / count * 1000:.0f} ms an article), "
            f"{size / 1e6:.1f} MB written, peak memory {found['peak']:.0f} MB, one article more {found['processor']:.2f} s",
            flush=True,
        )
    far = [r for r in rows if r[0] >= FROM]
    if len(far) > 1:
        for name, column in (("time", 1), ("output", 2), ("memory", 3)):
            slope = np.polyfit([math.log(r[0]) for r in far], [math.log(r[column]) for r in far], 1)[0]
            print(f"{name} grows with the power {slope:.2f} of the number of articles, from {FROM} on")
    return 0
