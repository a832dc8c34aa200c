"""Speed: process start to graph on one file (median of several runs), and words a second of each room."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.system import Rooms

RUNS = 5


def run(options: argparse.Namespace) -> int:
    """--data is an article file, or a folder of them; prints the build's wall time and the rooms' rates."""
    data = Path(options.data)
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for n in range(RUNS):
            start = time.perf_counter()
            command = [sys.executable, "-m", "kgbuild", "build", str(data), "-o", f"{folder}/{n}"]
            subprocess.run(command, check=True, capture_output=True)
            seconds.append(time.perf_counter() - start)
    print(
        f"process start to graph, {data.name}: median {statistics.median(seconds):.2f} s (min {min(seconds):.2f}, max {max(seconds):.2f}, {RUNS} runs)"
    )
    files = sorted(data.glob("*.txt")) if data.is_dir() else [data]
    rooms = Rooms()
    rooms.file(files[0])  # caches warm, as in a build of many articles
    rooms.seconds.clear()
    rooms.words = 0
    for path in files:
        rooms.file(path)
    total = sum(rooms.seconds.values())
    print(
        f"{rooms.words} words: "
        + ", ".join(f"{k} {rooms.words / v:.0f} words/s" for k, v in rooms.seconds.items())
        + f", all {rooms.words / total:.0f} words/s"
    )
    return 0
