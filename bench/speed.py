"""Speed: process start to graph on one file (median of several runs), and words a second of each room."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.system import Rooms, plain_document

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
    parts = _components(rooms, files)
    own = sum(parts.values())
    print("language step by component: " + ", ".join(f"{k} {v / own:.3f}" for k, v in parts.items()))
    stance = parts.get("kgbuild_leanings", 0.0)
    print(f"the stance network adds {stance / (own - stance):.3f} of the language step's processor time")
    return 0


def _components(rooms: Rooms, files: list[Path]) -> dict[str, float]:
    """Processor seconds of each component of the language step, in its order."""
    nlp = rooms.annotator.nlp
    parts = dict.fromkeys(nlp.pipe_names, 0.0)
    for path in files:
        document = plain_document(path.read_text(encoding="utf-8"), path.name)
        doc = nlp.make_doc(document.text)
        doc._.document = document
        for name, component in nlp.pipeline:
            start = time.process_time()
            doc = component(doc)
            parts[name] += time.process_time() - start
    return parts
