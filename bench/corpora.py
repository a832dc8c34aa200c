"""Readers of corpora in their upstream layouts: texts and what a user would know beside them, never the annotation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Text", "polnear", "re3d", "texts"]


@dataclass(frozen=True, slots=True)
class Text:
    """One article of a corpus, its text exactly as offsets there count it."""

    id: str
    text: str
    title: str | None = None
    published: str | None = None


def polnear(root: Path, split: str) -> Iterator[Text]:
    """data/<split>/text/<id>.txt; ids begin with publisher_date_."""
    for path in sorted((root / "data" / split / "text").glob("*.txt")):
        with path.open(encoding="utf-8", errors="replace", newline="") as handle:
            parts = path.stem.split("_")
            yield Text(path.stem, handle.read(), published=parts[1] if len(parts) > 1 else None)


def re3d(root: Path, split: str) -> Iterator[Text]:
    """<source>/documents.json, a JSON object a line; a document without `splits` is dev unless its place in id order is 2 mod 3."""
    for folder in sorted(p for p in root.iterdir() if (p / "documents.json").is_file()):
        lines = (folder / "documents.json").read_text(encoding="utf-8").splitlines()
        documents = sorted((json.loads(line) for line in lines if line.strip()), key=lambda d: str(d["_id"]))
        for n, d in enumerate(documents):
            if split == "all" or (split in d["splits"] if "splits" in d else (n % 3 == 2) == (split == "test")):
                yield Text(d["_id"], d["text"], title=d.get("title"))


def texts(root: Path, split: str) -> Iterator[Text]:
    """The texts of a corpus known by its layout. Raises SystemExit with the known layouts."""
    if (root / "data" / split / "text").is_dir():
        return polnear(root, split)
    if any(root.glob("*/documents.json")):
        return re3d(root, split)
    raise SystemExit(f"{root}: neither PolNeAR (data/{split}/text/*.txt) nor re3d (<source>/documents.json)")
