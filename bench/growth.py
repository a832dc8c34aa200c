"""How a build grows after the language step: processor time, output and memory from ten articles on, and the exponent of each.

`python -m bench growth --data output --limit 1000`: articles resampled from the build in --data (bench.resample), each size built in a process
of its own; --limit is the largest. The exponent is that of the line through the logarithms of all sizes from 100 on: 1 is growth in step.
`--picture docs/growth.svg` draws the curves that were measured.
"""

from __future__ import annotations

import argparse
import io
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from bench.store import _measured

SIZES = (10, 100, 300, 1000, 3000, 10_000, 20_000)
FROM = 100
Row = tuple[int, float, float, float]
"""Articles, processor seconds, MB written, peak MB of memory."""
CURVES = (("time", 1, "s of the processor", "o", "#0072B2"), ("output", 2, "MB written", "s", "#D55E00"),
          ("memory", 3, "MB of memory at most", "^", "#222222"))  # fmt: skip
"""Name, column of a Row, what a picture calls it, its mark and colour."""


def run(options: argparse.Namespace) -> int:
    """Print a line a size, then the exponents; always 0."""
    largest = options.limit or 1000
    rows: list[Row] = []
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
    if sum(r[0] >= FROM for r in rows) > 1:
        for name, column, *_ in CURVES:
            print(f"{name} grows with the power {power(rows, column):.2f} of the number of articles, from {FROM} on")
    if options.picture:
        Path(options.picture).write_bytes(drawn(rows))
    return 0


def power(rows: Sequence[Row], column: int) -> float:
    """The exponent of the growth of a column from FROM articles on; nan where fewer than two sizes are so large."""
    far = [r for r in rows if r[0] >= FROM]
    if len(far) < 2:
        return math.nan
    return float(np.polyfit([math.log(r[0]) for r in far], [math.log(r[column]) for r in far], 1)[0])


def drawn(rows: Sequence[Row]) -> bytes:
    """The curves as SVG, both axes logarithmic; growth in step is a dotted line. The same rows give the same bytes."""
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, "svg.hashsalt": "kgbuild", "font.size": 8.0}):
        figure = Figure(figsize=(6.4, 3.6), layout="constrained")
        axes = figure.subplots()
        counts = [r[0] for r in rows]
        for _, column, label, mark, colour in CURVES:
            exponent = power(rows, column)
            told = "" if math.isnan(exponent) else f", power {exponent:.2f}"
            axes.plot(counts, [r[column] for r in rows], marker=mark, color=colour, linewidth=1.2, label=label + told)
        first = rows[0]
        axes.plot(
            counts,
            [first[1] * n / first[0] for n in counts],
            color="#8a8a8a",
            linestyle=":",
            label="in step with the articles",
        )
        axes.set(xscale="log", yscale="log", xlabel="articles", title="A build after the language step")
        axes.set_xticks(counts, [f"{n:,}" for n in counts])
        axes.minorticks_off()
        axes.grid(color="#dddddd", linewidth=0.5)
        axes.legend(frameon=False)
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "kgbuild"}, facecolor="white")
    return out.getvalue()
