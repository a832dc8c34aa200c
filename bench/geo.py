"""Places in news (GeoWebNews, TR-News) and in single sentences (ReLocaR): found, put on the map, read as place or as actor.

A name is an actor where the graph lets it denote a state, a body or a group, a place where it denotes a place; the coordinates of a
state are those of its territory, those of a street or building are those of the town the graph puts it in. ReLocaR marks one name a sentence: whatever denotes it is read, and a name nobody found is a place.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from bench.corpora import GEO_SETS, geo_texts, relocar
from bench.system import Rooms, plain_document, print_scores
from kgbuild.config import Config
from kgbuild.records import Entity, Mention

PLACES = frozenset({"City", "Place"})


def run(options: argparse.Namespace) -> int:
    """Write one JSON line a text, print words a second and geo.py's figures when that scorer is there."""
    if options.set not in GEO_SETS:
        raise SystemExit(f"--set {options.set}: choose one of {', '.join(GEO_SETS)}")
    out = Path(options.predictions or f"{options.set}-{options.split}-predictions.jsonl")
    predict(Path(options.data), options.set, options.split, out, options.limit, options.knowledge)
    return print_scores("geo.py", Path(options.data), ["--set", options.set, "--split", options.split], out)


def predict(data: Path, name: str, split: str, out: Path, limit: int = 0, knowledge: str | None = None) -> None:
    """Write one JSON line a text of the split."""
    rooms = Rooms(Config(knowledge=knowledge))
    words, seconds = 0, 0.0
    with out.open("w", encoding="utf-8") as handle:
        marked = relocar(data, split) if name == "relocar" else ((t, 0, 0) for t in geo_texts(data, name, split))
        for n, (text, begin, end) in enumerate(marked):
            if limit and n >= limit:
                break
            start = time.perf_counter()
            if name == "relocar":
                doc = rooms.annotator.annotate(plain_document(text.text, text.id))
                row: dict[str, Any] = {"doc": text.id, "reading": reading_at(doc, begin, end)}
            else:
                doc = rooms.annotator.annotate(rooms.read(text.text, text.id, text.title, text.published))
                row = {"doc": text.id, "places": places(doc)}
            seconds += time.perf_counter() - start
            words += sum(not t.is_space and not t.is_punct for t in doc)
            handle.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{words} words, {words / max(seconds, 1e-9):.0f} words a second (the whole language step)")
    if rooms.moved:
        print(f"offsets moved by the reader in {len(rooms.moved)} texts: {', '.join(rooms.moved[:5])}")


def places(doc: Doc) -> list[dict[str, Any]]:
    """Every name of a place, and every adjective of one, with its coordinates and reading, in order; of nested ones the outermost."""
    entities = {e.id: e for e in doc._.entities}
    rows: list[dict[str, Any]] = []
    for mention in sorted(doc._.mentions, key=lambda m: (m.span.begin, -m.span.end)):
        if mention.form not in {"name", "metonym", "adjective"}:
            continue
        denoted = [entities[i] for i in mention.entities if i in entities]
        spot = on_map(doc, mention, denoted, entities)
        if spot is None or (rows and rows[-1]["end"] > mention.span.begin):
            continue
        reading = "place" if any(e.kind in PLACES for e in denoted) else "actor"
        rows.append(
            {"begin": mention.span.begin, "end": mention.span.end, "lat": spot[0], "lon": spot[1], "reading": reading}
        )
    return rows


def on_map(
    doc: Doc, mention: Mention, denoted: Iterable[Entity], entities: dict[str, Entity]
) -> tuple[float | None, float | None] | None:
    """Latitude and longitude of what a mention names, both None for a place nobody located, None for no place."""
    for entity in denoted:
        if entity.kind in PLACES:
            for _ in range(4):  # a place nobody located lies where the graph says it is
                if entity.lat is not None or entity.within not in entities:
                    break
                entity = entities[entity.within or ""]
            return entity.lat, entity.long
        if entity.kind == "State" or entity.territory is not None:
            territory = entities.get(entity.territory or "")
            return (territory.lat, territory.long) if territory is not None else (None, None)
    return None


def reading_at(doc: Doc, begin: int, end: int) -> str:
    """Place or actor for the name at a span: what the longest mention inside it, or else the shortest one over it, denotes."""
    kinds = {e.id: e.kind for e in doc._.entities}
    over = [m for m in doc._.mentions if m.span.begin < end and begin < m.span.end and m.form not in {"pronoun"}]
    inside = sorted((m for m in over if begin <= m.span.begin and m.span.end <= end), key=_length, reverse=True)
    around = sorted((m for m in over if m.span.begin <= begin and end <= m.span.end), key=_length)
    for mention in [*inside, *around][:1]:
        return "place" if any(kinds.get(i) in PLACES for i in mention.entities) else "actor"
    return "place"


def _length(mention: Mention) -> int:
    return mention.span.end - mention.span.begin
