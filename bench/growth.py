"""How a build grows after the language step: processor time, output and memory from ten articles on, and the exponent of each.

`python -m bench growth --data output --limit 1000`: articles resampled from the build in --data (bench.resample), each size built in a process
of its own; --limit is the largest. The exponent is that of the line through the logarithms of all sizes from 100 on: 1 is growth in step.
`--picture docs/growth.svg` draws the curves that were measured.

`--words 120` measures `kgbuild build` end to end instead, language step, start and all: the texts of resampled articles, each cut at the first
end of a paragraph or sentence behind so many words, in one JSONL file.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from bench.resample import article_records, resampled
from bench.store import _measured
from kgbuild.pipeline import read_records
from kgbuild.records import Document, Record

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
    sizes = [n for n in SIZES if n <= largest]
    if options.words:
        rows = list(_end_to_end(options.data, sizes, options.words))
        _say_powers(rows)
        return 0
    rows = []
    for count in sizes:
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
    _say_powers(rows)
    if options.picture:
        Path(options.picture).write_bytes(drawn(rows))
    return 0


def _say_powers(rows: Sequence[Row]) -> None:
    if sum(r[0] >= FROM for r in rows) > 1:
        for name, column, *_ in CURVES:
            print(f"{name} grows with the power {power(rows, column):.2f} of the number of articles, from {FROM} on")


def _end_to_end(data: str, sizes: Sequence[int], words: int) -> Iterator[Row]:
    """Builds of so many short texts by the command, a process each; prints a line a size."""
    sources = article_records(read_records(data))
    for count in sizes:
        with tempfile.TemporaryDirectory() as place:
            file, folder = Path(place) / "articles.jsonl", Path(place) / "build"
            told = 0
            with file.open("w", encoding="utf-8") as lines:
                for text, day in islice(_short(sources, words), count):
                    told += len(text.split())
                    lines.write(json.dumps({"text": text, "date": day}) + "\n")
            command = [sys.executable, "-m", "kgbuild", "build", str(file), "-o", str(folder), "--quiet"]
            process = subprocess.Popen(command)
            _, status, used = os.wait4(process.pid, 0)
            if status:
                raise RuntimeError(f"kgbuild build ended with status {os.waitstatus_to_exitcode(status)}")
            seconds = used.ru_utime + used.ru_stime
            size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
        print(
            f"{count:>6} articles of {told / count:.0f} words, end to end: {seconds:.1f} s of the processor ({told / seconds:,.0f} words a "
            f"second, start included), {size / 1e6:.1f} MB written, peak memory {used.ru_maxrss / 1024:.0f} MB",
            flush=True,
        )
        yield count, seconds, size / 1e6, used.ru_maxrss / 1024


def _short(sources: Sequence[Sequence[Record]], words: int) -> Iterator[tuple[str, str | None]]:
    """The first words of resampled articles and their days, no text twice."""
    seen: set[str] = set()
    for records in resampled(sources, sys.maxsize):
        document = records[0]
        assert isinstance(document, Document)
        found = re.match(rf"(?:\S+\s+){{{words}}}.*?(?:[.!?]\s|\n|$)", document.text, re.DOTALL)
        text = (found[0] if found else document.text).strip()
        if text not in seen:
            seen.add(text)
            yield text, document.published


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
