"""The entity base: how fast it opens and looks up, what it adds in memory, and the table of what it covers (docs/coverage.md).

--data is an entity base, or a folder that holds knowledge.sqlite. With --predictions FILE the table of coverage is written there.
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from kgbuild.knowledge import Base
from kgbuild.knowledge.schema import TYPES

NAMES = 8000
LIMITS = {"open ms": 5.0, "memory MB": 20.0, "first us": 20.0, "repeated us": 20.0, "missed us": 20.0}
"""Figures not to exceed."""
MEANING = {
    "open ms": "to open the file and answer a first look-up",
    "memory MB": f"added by opening it and looking {NAMES} names up",
    "first us": "a look-up of a name never asked for",
    "repeated us": "of a name asked for before",
    "missed us": "of a name that is not in it",
}
FIRST_YEAR = 1990


def run(options: argparse.Namespace) -> int:
    """Print each figure beside its limit, write the table when asked; status 1 when a limit is exceeded."""
    path = Path(options.data)
    path = path / "knowledge.sqlite" if path.is_dir() else path
    # in a process of its own: what others have loaded hides what the base adds
    command = [sys.executable, "-c", f"from bench.knowledge import measure; measure({str(path)!r})"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    missed = 0
    for line in lines:
        name, value = line.split("\t")
        over = float(value) > LIMITS[name]
        missed += over
        print(f"{name:<12} {float(value):8.2f}  limit {LIMITS[name]:.0f}  {MEANING[name]}{'  OVER' if over else ''}")
    if options.predictions:
        Path(options.predictions).write_text(coverage(path), encoding="utf-8")
        print(f"table in {options.predictions}")
    return int(missed > 0)


def measure(path: str) -> None:
    """Print name and value of each figure of LIMITS, a line each."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        names = [row[0].title() for row in connection.execute("SELECT DISTINCT key FROM alias ORDER BY key")]
    chosen = random.Random(1).sample(names, min(NAMES, len(names)))
    del names
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    base = Base.open(path)
    base.candidates("Norway")
    figures = {"open ms": 1e3 * (time.perf_counter() - begin)}
    for name, surfaces in (("first us", chosen), ("repeated us", chosen), ("missed us", [f"{s} Qx" for s in chosen])):
        begin = time.process_time()
        for surface in surfaces:
            base.candidates(surface)
        figures[name] = 1e6 * (time.process_time() - begin) / len(surfaces)
    figures["memory MB"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    for name in LIMITS:
        sys.stdout.write(f"{name}\t{figures[name]:.3f}\n")


def coverage(path: Path) -> str:
    """Markdown: entities by type with ids and positions, and by year how many states' heads, governments and ministers are known."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as base:
        rows = base.execute(
            "SELECT type, count(*), sum(number > 0), sum(lat IS NOT NULL), max(0, sum(kind)) FROM entity LEFT JOIN "
            "(SELECT n AS m, sum(kind & 15 != 4) - 1 AS kind FROM alias GROUP BY n) ON m = n GROUP BY type ORDER BY type"
        ).fetchall()
        lines = [
            "# What the entity base covers",
            "",
            "Made by `python -m bench knowledge --data kgbuild/data --predictions docs/coverage.md`; do not edit.",
            "",
            "| type | entities | with a Wikidata id | with a position | further names |",
            "|---|---:|---:|---:|---:|",
        ]
        for kind, count, ids, placed, names in rows:
            lines.append(f"| {TYPES[kind]} | {count:,} | {ids or 0:,} | {placed or 0:,} | {names or 0:,} |")
        total = [sum((r[i] or 0) for r in rows) for i in range(1, 5)]
        lines.append(f"| all | {total[0]:,} | {total[1]:,} | {total[2]:,} | {total[3]:,} |")
        lines += ["", *_offices(base), "", *_gaps(base)]
    return "\n".join(lines) + "\n"


def _offices(base: sqlite3.Connection) -> list[str]:
    states = base.execute("SELECT count(*) FROM state").fetchone()[0]
    lines = [
        "## Offices by year",
        "",
        f"Of {states} states and territories: how many have a known president or monarch, head of government and foreign minister on 1 July "
        "of the year, and how many people hold any office then. A term whose end the sources do not give counts as running.",
        "",
        "| year | head of state | head of government | foreign minister | people in office |",
        "|---|---:|---:|---:|---:|",
    ]
    groups = (
        ("president", "king", "queen", "emir", "emperor", "sultan", "monarch"),
        ("prime minister", "chancellor", "president", "head of government"),
        ("foreign minister",),
    )
    last = base.execute("SELECT max(begin / 10000) FROM held").fetchone()[0]
    for year in range(FIRST_YEAR, last + 1):
        day = year * 10000 + 701
        cells = []
        for roles in groups:
            marks = ",".join("?" * len(roles))
            cells.append(
                base.execute(
                    "SELECT count(DISTINCT r.country) FROM role r JOIN held h ON h.title = r.title "
                    f"WHERE r.role IN ({marks}) AND h.begin > 0 AND h.begin <= ? AND (h.end = 0 OR h.end >= ?)",
                    (*roles, day, day),
                ).fetchone()[0]
            )
        people = base.execute(
            "SELECT count(DISTINCT person) FROM held WHERE begin > 0 AND begin <= ? AND (end = 0 OR end >= ?)",
            (day, day),
        ).fetchone()[0]
        lines.append(f"| {year} | {cells[0]} | {cells[1]} | {cells[2]} | {people:,} |")
    return lines


def _gaps(base: sqlite3.Connection) -> list[str]:
    """What is missing, counted."""
    count = {
        "towns without a Wikidata id": "SELECT count(*) FROM entity WHERE type = 2 AND (number IS NULL OR number < 0)",
        "provinces and counties without a Wikidata id": "SELECT count(*) FROM entity WHERE type = 3 AND (number IS NULL OR number < 0)",
        "regions, waters and other places without a position": "SELECT count(*) FROM entity WHERE type IN (3, 4) AND lat IS NULL",
        "armed groups without a Wikidata id": "SELECT count(*) FROM entity WHERE type = 12 AND number IS NULL",
        "states and territories without a known capital": "SELECT count(*) FROM state WHERE iso2 NOT IN (SELECT iso2 FROM capital)",
        "people without any term of office": "SELECT count(*) FROM entity WHERE type = 5 AND n NOT IN (SELECT person FROM held)",
    }
    lines = ["## What it does not cover", "", "| gap | entities |", "|---|---:|"]
    lines += [f"| {what} | {base.execute(query).fetchone()[0]:,} |" for what, query in count.items()]
    return [
        *lines,
        "",
        "Private persons, most companies and associations, streets and buildings, events and works are not in the base: they get identities "
        "of their own. Towns under 1,000 inhabitants (under 4,000 where the news rarely writes in English) are mostly missing.",
    ]
