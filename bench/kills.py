"""Kills at random moments of builds: corrupt folders and lost articles, each to be 0.

`python -m bench kills --data output --limit 200`: each round starts a process that makes one folder hold another number of articles
(resampled from the build in --data), and kills it with SIGKILL at a moment drawn from the length of such a build, until --limit were killed
at work (some are done before): half of them on a folder that stays small, half on one that is large from four articles on, and so grows large and
small again. Then the folder
must hold the articles of before or of after, every file with the checksum of its manifest; the records that were kept must still be
kept. At the end the folder is built to its whole, and its bytes are compared with one build of it all.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bench.resample import article_records, resampled
from bench.store import add, content, without_language_step
from kgbuild import pipeline
from kgbuild.errors import BuildFolderError
from kgbuild.folder import MANIFEST, STATE, STORE, listed_articles, listed_files, read_manifest, settled

ARTICLES = 8
SEED = 11


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when a folder was corrupt or an article lost."""
    wished = options.limit or 200
    bad = 0
    for name, large, kills in (("small", ARTICLES, wished - wished // 2), ("large and small again", 3, wished // 2)):
        rounds, killed, changed, corrupt, lost = _series(options.data, large, kills)
        print(
            f"{name}: {rounds} rounds, {killed} killed at work, {changed} whose change was decided: {corrupt} corrupt folders, {lost} lost articles",
            flush=True,
        )
        bad += corrupt + lost
    return int(bad > 0)


def _series(data: str, large: int, wished: int) -> tuple[int, int, int, int, int]:
    """(rounds, killed, decided, corrupt, lost) on one folder that is large above so many articles."""
    rng = random.Random(SEED)
    corrupt = lost = killed = changed = rounds = 0
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out"
        length = max(_build(data, out, n, large, None) for n in (ARTICLES // 2, ARTICLES // 2 + 1))
        now = ARTICLES // 2 + 1
        while killed < wished:
            rounds += 1
            wanted = rng.choice([n for n in range(1, ARTICLES + 1) if n != now])
            kept = _kept(out)
            killed += _build(data, out, wanted, large, rng.uniform(0, length)) < 0
            settled(out)
            found = _articles(out)
            corrupt += found not in (now, wanted)
            # a removal that was decided drops its articles; nothing else may lose any
            lost += bool(kept - _kept(out)) and not (found == wanted < now)
            changed += found == wanted
            now = found if found > 0 else now
        _build(data, out, ARTICLES, large, None)
        _build(data, Path(place) / "whole", ARTICLES, large, None)
        corrupt += content(out) != content(Path(place) / "whole")
    return rounds, killed, changed, corrupt, lost


def _build(data: str, out: Path, count: int, large: int, seconds: float | None) -> float:
    """Seconds a build took from its first step on; -1 when it was killed after so many seconds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.kills", data, str(out), str(count), str(large)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()  # imports are done
    start = time.monotonic()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        return -1.0
    process.stdout.close()
    if process.returncode:
        raise SystemExit(f"a build ended with status {process.returncode}")
    return time.monotonic() - start


def _articles(folder: Path) -> int:
    """Number of articles of a folder whose files are those of its manifest; -1 when one of them is not."""
    try:
        manifest = read_manifest(folder)
        listed = listed_files(folder, manifest)
        if any(hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest for name, digest in listed.items()):
            return -1
        return len(listed_articles(folder, manifest)) if content(folder).keys() == {*listed, MANIFEST} else -1
    except (OSError, ValueError, KeyError, BuildFolderError):
        return -1


def _kept(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / STORE / STATE)) as db:
        return {str(row[0]) for row in db.execute("SELECT digest FROM annotated")}


def _child(data: str, out: Path, count: int, large: int) -> None:
    """Make the folder hold the first so many of the resampled articles."""
    articles = list(resampled(article_records(pipeline.read_records(data)), ARTICLES))
    without_language_step()
    pipeline.LARGE = large
    ids = {records[0].id: n for n, records in enumerate(articles)}
    print("go", flush=True)
    there = {str(d["id"]) for d in listed_articles(out, read_manifest(out))} if out.exists() else set()
    too_many = sorted(i for i in there if ids[i] >= count)
    if too_many:
        pipeline.remove(out, too_many)
    else:
        add(out, articles[:count])


if __name__ == "__main__":
    _child(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
