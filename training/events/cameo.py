"""CAMEO verb dictionary and CAMEO-to-PLOVER table -> kgbuild/data/cameo.json, the table of verbs and codes.

python -m training.events.cameo DICTIONARY PLOVER_TABLE [--out FILE]

DICTIONARY is CAMEO.2.0.txt of openeventdata/petrarch2 (MIT), PLOVER_TABLE is CAMEO2PLOVER-2021.txt of openeventdata/PLOVER. Kept are verbs
and patterns whose code has a PLOVER type. Left out: words before a verb that say how it is put ("said will not *": factuality is not the
coder's business), verbs of saying, moving and having that mean nothing without more (SKIP), and a pattern's second mention.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.verbs import read_verbs  # noqa: E402

PLOVER = {
    "AGREE": "Agree", "CONSULT": "Consult", "SUPPORT": "Support", "COOPERATE": "Cooperate", "AID": "Aid", "CONCEDE": "Concede",
    "RETREAT": "Retreat", "ACCUSE": "Accuse", "REQUEST": "Request", "REJECT": "Reject", "THREATEN": "Threaten",
    "PROTEST": "Protest", "MOBILIZE": "Mobilize", "SANCTION": "Sanction", "COERCE": "Coerce", "ASSAULT": "Assault",
}  # fmt: skip
FINER = {
    "09": "Investigate",
    "110": "Disapprove",
    "111": "Disapprove",
    "113": "Disapprove",
    "163": "Sanction",
    "192": "Capture",
}
"""Where our types are finer than PLOVER's, or ours by the events' own definition."""
HOW = frozenset(
    "said say says saying would will may might could should can not n't no never have has had having be been is are was were to must "
    "did do does if want wants wanted agree agreed refuse refused plan planned threaten threatened intend try tried ready able".split()
)
"""Words before a verb that only say how it is put."""
SKIP = frozenset(
    "be have do go get say tell see know think make take put set let come keep give find show use run".split()
)
"""Verbs that mean nothing of their own: kept only with further words."""


def main() -> int:
    """Write the table and print what it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dictionary", type=Path)
    parser.add_argument("plover", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "kgbuild" / "data" / "cameo.json")
    options = parser.parse_args()
    types = plover_types(options.plover.read_text(encoding="utf-8").splitlines())
    table = kept(read_verbs(options.dictionary), types)
    options.out.write_text(to_json(table), encoding="utf-8")
    patterns = sum(map(len, table["blocks"]))
    print(f"{options.out.name}: {len(table['verbs'])} verbs, {patterns} patterns, {options.out.stat().st_size} bytes")
    return 0


def plover_types(lines: Iterable[str]) -> dict[str, str]:
    """Code -> type, the shortest codes that tell types apart."""
    full: dict[str, str] = {}
    for line in lines:
        if found := re.match(r"(\d{2,4}):\s*([A-Z]+)", line):
            full.setdefault(found[1], PLOVER[found[2]])
    for code, kind in FINER.items():
        full = {c: kind if c.startswith(code) else k for c, k in full.items()} | {code: kind}
    out: dict[str, str] = {}
    for code in sorted(full, key=lambda c: (len(c), c)):
        shorter = next((out[code[:n]] for n in range(len(code) - 1, 1, -1) if code[:n] in out), None)
        if full[code] != shorter:
            out[code] = full[code]
    return out


def kept(table: dict[str, Any], types: dict[str, str]) -> dict[str, Any]:
    """The part of a dictionary that codes events."""

    def typed(code: str | None) -> str | None:
        plain = code.split(":")[0].strip() if code else ""
        return plain if plain.isdigit() and any(plain[:n] in types for n in range(2, len(plain) + 1)) else None

    blocks = []
    for block in table["blocks"]:
        mine, seen = [], set()
        for before, after, code in block:
            words = {w for group in before for choice in group for w in choice.split("|")}
            key = json.dumps([before, after])
            if (before or after) and not words & HOW and key not in seen:
                mine.append([before, after, typed(code)])
                seen.add(key)
        blocks.append(mine)
    verbs: dict[str, Any] = {}
    for word, uses in table["verbs"].items():
        own = [[None if word in SKIP and not (b or a) else typed(code), block, b, a] for code, block, b, a in uses]
        own = [u for u in own if u[0] is not None or any(p[2] for p in blocks[u[1]])]
        if own:
            verbs[word] = own
    numbers = {old: new for new, old in enumerate(sorted({u[1] for uses in verbs.values() for u in uses}))}
    verbs = {word: [[c, numbers[n], b, a] for c, n, b, a in uses] for word, uses in verbs.items()}
    kept_blocks = [blocks[old] for old in sorted(numbers)]
    used = {w for block in kept_blocks for p in block for side in p[:2] for group in side for w in group}
    sets = {name: words for name, words in table["sets"].items() if name in used}
    return {"types": types, "sets": sets, "blocks": kept_blocks, "verbs": verbs}


def to_json(table: dict[str, Any]) -> str:
    """One set, block or verb a line, verbs sorted, so that a change reads as one."""

    def plain(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"))

    def lines(mapping: dict[str, Any]) -> str:
        return ",\n".join(f" {plain(name)}: {plain(mapping[name])}" for name in sorted(mapping))

    blocks = ",\n".join(" " + plain(block) for block in table["blocks"])
    parts = [
        f'"types": {plain(table["types"])}',
        f'"sets": {{\n{lines(table["sets"])}\n}}',
        f'"blocks": [\n{blocks}\n]',
    ]
    return "{" + ",\n".join([*parts, f'"verbs": {{\n{lines(table["verbs"])}\n}}']) + "}\n"


if __name__ == "__main__":
    sys.exit(main())
