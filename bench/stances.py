"""Stances to be read by a person: some drawn by chance from articles drawn by chance, each with its sentence.

`python -m bench stances --data ../shared/data/polnear --seed N`: of PolNeAR's training articles, --limit (default 60) by the seed, and of what they give
DRAWN stances; another seed draws others. What is printed is judged by its reader: whether the sentence says, or plainly entails, that this
holder is for or against this target. docs/benchmarks.md has the counts.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from bench.corpora import polnear
from bench.system import Rooms
from kgbuild.claims import extract
from kgbuild.records import Event, Stance

DRAWN = 60
ARTICLES = 60
_ORDER = 5
"""Seed by which stances are drawn from those of the articles: one seed draws the same stances as long as the same are found."""


def run(options: argparse.Namespace) -> int:
    """Print the stances, a line each; always 0."""
    texts = list(polnear(Path(options.data), "train"))
    random.Random(options.seed).shuffle(texts)
    rooms = Rooms()
    told: list[str] = []
    events = 0
    texts = texts[: options.limit or ARTICLES]
    for text in texts:
        doc = rooms.annotator.annotate(rooms.read(text.text, text.id))
        names = {e.id: e.name for e in doc._.entities}
        for record in extract(doc):
            events += isinstance(record, Event)
            if isinstance(record, Stance):
                said = next(s for s in doc.sents if s.start_char <= record.span.begin < s.end_char)
                pair = f"{names.get(record.holder, record.holder)} -> {names.get(record.target, record.target)}"
                told.append(
                    f"{pair} {record.score:+.2f} {record.kind} ({record.confidence:.2f}) | {' '.join(said.text.split())}"
                )
    random.Random(_ORDER).shuffle(told)
    print(f"{len(told)} stances and {events} events of {len(texts)} articles")
    for number, line in enumerate(told[:DRAWN], 1):
        print(f"{number:>2} {line}")
    return 0
