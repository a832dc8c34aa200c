"""Records per room and article: the table shows a room that returns nothing, and the totals its density."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from bench.corpora import texts
from bench.system import Rooms
from kgbuild.records import Claim, Document

COLUMNS = ("Entity", "Mention", "Event", "Claim", "attributed", "Stance")


def run(options: argparse.Namespace) -> int:
    """Print a row an article, then totals and articles without any record of a kind; status 1 when a room returned nothing at all."""
    rooms = Rooms()
    total: Counter[str] = Counter()
    empty: Counter[str] = Counter()
    count = 0
    print(f"{'article':<44}" + "".join(f"{c:>11}" for c in COLUMNS))
    for text in texts(Path(options.data), options.split):
        if options.limit and count >= options.limit:
            break
        count += 1
        records = rooms.text(text.text, text.id, text.title, text.published)
        own = next((r.id for r in records if isinstance(r, Document)), "")
        row = Counter(type(r).__name__ for r in records)
        row["attributed"] = sum(isinstance(r, Claim) and r.source != own for r in records)
        total.update(row)
        empty.update(c for c in COLUMNS if not row[c])
        print(f"{text.id[:43]:<44}" + "".join(f"{row[c]:>11}" for c in COLUMNS))
    print(f"{'all ' + str(count):<44}" + "".join(f"{total[c]:>11}" for c in COLUMNS))
    print(f"{'articles with none':<44}" + "".join(f"{empty[c]:>11}" for c in COLUMNS))
    rate = rooms.words / max(sum(rooms.seconds.values()), 1e-9)
    print(
        f"{rooms.words} words, {rate:.0f} words a second; "
        + ", ".join(f"{k} {v:.1f} s" for k, v in rooms.seconds.items())
    )
    return int(any(not total[c] for c in COLUMNS))
