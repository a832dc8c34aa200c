"""The quality floors of floors.toml: each figure measured anew and printed beside its floor."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from bench import gold, polnear


def run(options: argparse.Namespace) -> int:
    """--data is the folder with gold/, bench/ and data/; status 1 when a figure is under its floor."""
    shared = Path(options.data)
    floors = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        measured = {"gold": _gold(shared, Path(folder)), "polnear": _polnear(shared, Path(folder))}
    missed = 0
    for suite, limits in floors.items():
        for name, floor in limits.items():
            value = measured[suite][name]
            missed += value < floor
            print(f"{suite} {name}: {value:.3f}, floor {floor:.3f}{'  UNDER' if value < floor else ''}")
    return int(missed > 0)


def _gold(shared: Path, folder: Path) -> dict[str, float]:
    gold.predict(shared / "gold", folder / "gold")
    scorer = shared / "gold" / "score.py"
    printed = subprocess.run(
        [sys.executable, str(scorer), "--json", str(shared / "gold"), str(folder / "gold")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return {k: v.get("f1", v.get("value")) for k, v in json.loads(printed)["all"].items()}


def _polnear(shared: Path, folder: Path) -> dict[str, float]:
    out = folder / "polnear.jsonl"
    polnear.predict(shared / "data" / "polnear", "dev", out)
    scorer = shared / "bench" / "polnear.py"
    printed = subprocess.run(
        [sys.executable, str(scorer), "--split", "dev", "--pred", str(out)], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"attr [\d.]+/[\d.]+/([\d.]+)", printed)
    if found is None:
        raise SystemExit(f"{scorer} printed no attr figure")
    return {"attr": float(found[1])}
