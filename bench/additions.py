"""A folder grown in steps against one build of all its articles: the bytes of every file.

`python -m bench additions --data output --limit 1000`: articles resampled from the build in --data (bench.resample) are added in an order of chance, most of
them alone, some by up to forty; the folder grows from small to large on the way. Exit status 1 when a file is another one, or is missing.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

from bench.resample import article_records, resampled
from bench.store import add, content, without_language_step
from kgbuild import pipeline

ALONE = 0.8
"""Share of steps that add one article."""
TOGETHER = 40
"""Articles that a step adds at most."""


def run(options: argparse.Namespace) -> int:
    """Print how many steps there were and which files differ."""
    articles = list(resampled(article_records(pipeline.read_records(options.data)), options.limit or 1000))
    without_language_step()
    chance = random.Random(len(articles))
    with tempfile.TemporaryDirectory() as place:
        once, grown = Path(place) / "once", Path(place) / "grown"
        add(once, articles)
        waiting, steps = chance.sample(articles, len(articles)), 0
        while waiting:
            size = 1 if chance.random() < ALONE else chance.randint(2, TOGETHER)
            add(grown, waiting[:size])
            waiting, steps = waiting[size:], steps + 1
        files = (content(once), content(grown))
    other = sorted(n for n in files[0].keys() | files[1].keys() if files[0].get(n) != files[1].get(n))
    print(
        f"{len(articles)} articles in {steps} steps against one build of them: {len(files[0])} files, {len(other)} are others {other[:3] or ''}"
    )
    return int(bool(other))
