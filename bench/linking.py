"""Links to Wikipedia on GUM: the title of every linked entity at each of its mentions, beside the clusters of the same run.

The title is the one that the collected base or its evidence states for the entity's Wikidata id, its name where none is stated.
"""

from __future__ import annotations

import argparse
import json
import lzma
import time
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from bench.corpora import gum_documents
from bench.system import Rooms, print_scores
from kgbuild.config import Config
from kgbuild.knowledge import Base
from kgbuild.records import Entity

FORMS = frozenset({"name", "metonym", "nominal", "pronoun"})


def run(options: argparse.Namespace) -> int:
    """Write one JSON line a document, print words a second and gum_coref.py's figures when that scorer is there."""
    out = Path(options.predictions or f"linking-{options.split}-predictions.jsonl")
    predict(Path(options.data), options.split, out, options.limit, options.knowledge)
    return print_scores("gum_coref.py", Path(options.data), ["--split", options.split], out)


def predict(data: Path, split: str, out: Path, limit: int = 0, knowledge: str | None = None) -> None:
    """Write one JSON line a document of the split."""
    rooms = Rooms(Config(knowledge=knowledge))
    base = Base.open(knowledge)
    titles = wikipedia_titles(data)
    words, seconds = 0, 0.0
    with out.open("w", encoding="utf-8") as handle:
        for n, text in enumerate(gum_documents(data, split)):
            if limit and n >= limit:
                break
            start = time.perf_counter()
            doc = rooms.annotator.annotate(rooms.read(text.text, text.id))
            seconds += time.perf_counter() - start
            words += sum(not t.is_space and not t.is_punct for t in doc)
            row = {"doc": text.id, "unit": "char", "clusters": clusters(doc), "links": links(doc, titles, base)}
            handle.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{words} words, {words / max(seconds, 1e-9):.0f} words a second (the whole language step)")
    if rooms.moved:
        print(f"offsets moved by the reader in {len(rooms.moved)} texts: {', '.join(rooms.moved[:5])}")


def wikipedia_titles(data: Path) -> dict[str, str]:
    """Wikidata id -> Wikipedia title, as the collected base and its evidence beside the corpus (or beside the repository) state it."""
    folders = (data.resolve().parent / "kb", Path(__file__).resolve().parents[2] / "shared" / "data" / "kb")
    folder = next((f for f in folders if (f / "kb_full.jsonl.xz").is_file()), None)
    if folder is None:
        return {}
    with lzma.open(folder / "qid_evidence.json.xz", "rt", encoding="utf-8") as text:
        titles = {q: row["enwiki"] for q, row in json.load(text).items() if row.get("enwiki")}
    with lzma.open(folder / "kb_full.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines if '"wikipedia"' in line)
        return titles | {r["qid"]: r["wikipedia"] for r in rows if r.get("qid") and r.get("wikipedia")}


def title_of(entity: Entity, titles: dict[str, str], base: Base) -> str:
    """The title stated for an entity; else its name, that of a town in the United States with its state, as Wikipedia titles them."""
    assert entity.qid is not None
    entry = base.entry(entity.qid)
    region = (
        base.region_of(entity.qid) if entry is not None and entry.country == "US" and entry.type == "city" else None
    )
    return titles.get(entity.qid) or (f"{entity.name}, {region.name}" if region is not None else entity.name)


def links(doc: Doc, titles: dict[str, str], base: Base) -> list[list[Any]]:
    """[begin, end, title] of every mention of one linked entity."""
    entities = {e.id: e for e in doc._.entities}
    rows: list[list[Any]] = []
    for mention in doc._.mentions:
        denoted = [entities[i] for i in mention.entities if i in entities]
        if mention.form in FORMS and len(denoted) == 1 and denoted[0].qid is not None:
            rows.append([mention.span.begin, mention.span.end, title_of(denoted[0], titles, base)])
    return rows


def clusters(doc: Doc) -> list[list[list[int]]]:
    """The mentions of each entity, as spans."""
    found: dict[str, list[list[int]]] = {}
    for mention in doc._.mentions:
        if mention.form in FORMS and len(mention.entities) == 1:
            found.setdefault(mention.entities[0], []).append([mention.span.begin, mention.span.end])
    return [found[i] for i in sorted(found)]
