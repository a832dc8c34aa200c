"""Attribution on PolNeAR: predictions in the scorer's format, then its figures."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.corpora import polnear
from bench.system import Rooms
from kgbuild.records import Claim, Record


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
            records = rooms.text(text.text, text.id, published=text.published)
            handle.write(json.dumps({"doc": text.id, "attributions": attributions(records)}) + "\n")


def attributions(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Source, cue and content of each statement, one item a cue and source."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for claim in records:
        if isinstance(claim, Claim) and claim.cue is not None and claim.statement is None:
            source = [list(claim.source_span)] if claim.source_span else []
            content = [list(s) for s in claim.content_spans]
            found.setdefault((claim.cue, claim.source_span), {"source": source, "cue": [list(claim.cue)], "content": content})
    return list(found.values())
