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

PRINTED = {
    "ner": (
        ["ner", "--data", "uner-ewt", "--set", "uner-ewt", "--split", "dev"],
        {"uner-ewt": r"uner-ewt dev F1 ([\d.]+)"},
    ),
    "coref": (["coref", "--data", "gum", "--split", "dev"], {"named": r"named +CoNLL ([\d.]+)"}),
    "geo": (
        ["geo", "--data", "geoparsing", "--set", "gwn", "--split", "dev"],
        {
            "found": r"gwn +found [\d.]+/[\d.]+/([\d.]+)",
            "located": r"located@161km ([\d.]+)",
            "reading": r"reading acc ([\d.]+)",
        },
    ),
    "plv": (["plv", "--data", "plv", "--split", "train"], {"root": r"root macro F1 ([\d.]+)"}),
}
"""Suite -> its arguments, and for each figure a pattern of what it prints."""


def run(options: argparse.Namespace) -> int:
    """--data is the folder with gold/, bench/ and data/; status 1 when a figure is under its floor."""
    shared = Path(options.data)
    floors = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        measured = {"gold": _gold(shared, Path(folder)), "polnear": _polnear(shared, Path(folder))}
        measured |= {suite: _printed(suite, shared, Path(folder)) for suite in PRINTED}
    missed = 0
    for suite, limits in floors.items():
        for name, floor in limits.items():
            value = measured[suite][name]
            missed += value < floor
            print(f"{suite} {name}: {value:.3f}, floor {floor:.3f}{'  UNDER' if value < floor else ''}")
    return int(missed > 0)


def _printed(suite: str, shared: Path, folder: Path) -> dict[str, float]:
    """Figures that a suite prints: its arguments and, for each figure, the words before it."""
    arguments, figures = PRINTED[suite]
    command = [sys.executable, "-m", "bench", *arguments, "--predictions", str(folder / f"{suite}.jsonl")]
    command[command.index("--data") + 1] = str(shared / "data" / command[command.index("--data") + 1])
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = {name: re.search(pattern, printed) for name, pattern in figures.items()}
    missing = [name for name, match in found.items() if match is None]
    if missing:
        raise SystemExit(f"python -m bench {suite} printed no {', '.join(missing)}")
    return {name: float(match[1]) for name, match in found.items() if match is not None}


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
