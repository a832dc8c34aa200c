"""Attribution on PolNeAR: predictions in the scorer's format, then its figures.

The corpus counts attitudes, topics and intentions as attributions ("praised", "wants to"), which make no claim in the graph, and
leaves quoted speech alone: so the room's attributions of every kind are asked for, those whose cue stands inside a quotation left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from bisect import bisect_right
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from bench.corpora import polnear
from bench.system import Rooms
from kgbuild.claims.attribution import attributions
from kgbuild.claims.quotes import quotes
from kgbuild.claims.reporting import KINDS


def run(options: argparse.Namespace) -> int:
    """Write one JSON line an article and print polnear.py's figures when that scorer is beside the corpus."""
    out = Path(options.predictions or "polnear-predictions.jsonl")
    predict(Path(options.data), options.split, out)
    scorer = Path(options.data).resolve().parents[1] / "bench" / "polnear.py"
    if not scorer.is_file():
        print(f"predictions in {out}; no scorer at {scorer}")
        return 0
    command = [sys.executable, str(scorer), "--split", options.split, "--pred", str(out)]
    return subprocess.run(command, check=False).returncode


def predict(data: Path, split: str, out: Path) -> None:
    """Write one JSON line an article of the split."""
    rooms = Rooms()
    with out.open("w", encoding="utf-8") as handle:
        for text in polnear(data, split):
            doc = rooms.annotator.annotate(rooms.read(text.text, text.id, published=text.published))
            handle.write(json.dumps({"doc": text.id, "attributions": found(doc)}) + "\n")


def found(doc: Doc) -> list[dict[str, Any]]:
    """Source, cue and content of each attribution whose cue stands outside quoted speech."""
    spoken = [q.span for q in quotes(doc.text) if q.level == 0 and not q.fragment]
    begins = [span.begin for span in spoken]
    rows = []
    for item in attributions(doc, KINDS):
        place = bisect_right(begins, item.cue.begin) - 1
        if place >= 0 and spoken[place].begin < item.cue.begin < spoken[place].end:
            continue
        source = [list(item.source_span)] if item.source_span else []
        rows.append({"source": source, "cue": [list(item.cue)], "content": [list(s) for s in item.content_spans]})
    return rows
