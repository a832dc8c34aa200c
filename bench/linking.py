"""Links to Wikipedia on GUM: the title of every linked entity at each of its mentions, beside the clusters of the same run.

The title is the one that the collected base or its evidence states for the entity's Wikidata id, its name where none is stated.

Besides, how far the confidence of links is from the share of them that is right: of names whose head has a gold title (see
`same`; names with other borders than the gold's are left out), and of entities, once an article (right where most of these names are). Train is printed for the genres that the
calibrator was fitted on (`open`) and for the others apart. --data may be a folder of gold articles too: then by their ids.
"""

from __future__ import annotations

import argparse
import json
import lzma
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from spacy.tokens import Doc

from bench.calibration import gold_qids, gum_links, plain_title, report
from bench.corpora import gum_documents
from bench.system import Rooms, print_scores
from kgbuild.config import Config
from kgbuild.knowledge import Base
from kgbuild.records import Entity, Mention

FORMS = frozenset({"name", "metonym", "nominal", "pronoun"})
NAMED = frozenset({"name", "metonym"})
OPEN = frozenset({"academic", "bio", "court", "interview", "news", "voyage"})
"""Genres of GUM that shipped weights may be fitted on."""


def run(options: argparse.Namespace) -> int:
    """Write one JSON line a document, print words a second and gum_coref.py's figures when that scorer is there."""
    if any(Path(options.data).glob("*.meta.json")):
        _reliability("gold articles", gold_articles(Path(options.data), options.knowledge))
        return 0
    out = Path(options.predictions or f"linking-{options.split}-predictions.jsonl")
    predict(Path(options.data), options.split, out, options.limit, options.knowledge)
    return print_scores("gum_coref.py", Path(options.data), ["--split", options.split], out)


def predict(data: Path, split: str, out: Path, limit: int = 0, knowledge: str | None = None) -> None:
    """Write one JSON line a document of the split."""
    rooms = Rooms(Config(knowledge=knowledge))
    base = Base.open(knowledge)
    titles = wikipedia_titles(data)
    gold = gum_links(data, split)
    judged: list[Judged] = []
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
            judged += judge(doc, text.id, lambda m, e, g=gold[text.id]: same(e, g.title(*m.span), titles, base))  # type: ignore[misc]
            handle.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{words} words, {words / max(seconds, 1e-9):.0f} words a second (the whole language step)")
    if rooms.moved:
        print(f"offsets moved by the reader in {len(rooms.moved)} texts: {', '.join(rooms.moved[:5])}")
    if split == "train":
        _reliability("train, open", [j for j in judged if j.document.split("_")[1] in OPEN])
        _reliability("train, other genres", [j for j in judged if j.document.split("_")[1] not in OPEN])
    else:
        _reliability(split, judged)


class Judged(NamedTuple):
    """One name's link: how sure of it mention and entity are, and whether the gold has the same."""

    document: str
    entity: str
    mention_sure: float
    entity_sure: float
    right: bool


def judge(doc: Doc, name: str, right: Callable[[Mention, Entity], bool | None]) -> list[Judged]:
    """Every name of one linked entity that `right` can judge."""
    entities = {e.id: e for e in doc._.entities}
    out = []
    for mention in doc._.mentions:
        entity = entities[mention.entities[0]]
        if mention.form in NAMED and len(mention.entities) == 1 and entity.qid is not None:
            verdict = right(mention, entity)
            if verdict is not None:
                out.append(Judged(name, entity.qid, mention.confidence, entity.confidence, verdict))
    return out


def gold_articles(folder: Path, knowledge: str | None = None) -> list[Judged]:
    """The links of the gold articles, where the gold has an id for the very span."""
    rooms = Rooms(Config(knowledge=knowledge))
    out = []
    for path in sorted(folder.glob("*.meta.json")):
        key = path.name.removesuffix(".meta.json")
        meta = json.loads(path.read_text(encoding="utf-8"))
        text = (folder / f"{key}.txt").read_text(encoding="utf-8")
        gold = {(begin, end): qid for begin, end, qid in gold_qids(folder / f"{key}.json")}
        doc = rooms.annotator.annotate(rooms.read(text, key, meta.get("title"), meta.get("published")))

        def right(mention: Mention, entity: Entity, gold: dict[tuple[int, int], str | None] = gold) -> bool | None:
            qid = gold.get((mention.span.begin, mention.span.end))
            return None if qid is None else qid == entity.qid

        out += judge(doc, key, right)
    return out


def _reliability(name: str, judged: list[Judged]) -> None:
    """Print both tables of some links."""
    report(f"{name}, names", ((j.mention_sure, j.right) for j in judged))
    groups: dict[tuple[str, str], list[Judged]] = {}
    for j in judged:
        groups.setdefault((j.document, j.entity), []).append(j)
    report(
        f"{name}, entities",
        ((max(j.entity_sure for j in g), 2 * sum(j.right for j in g) > len(g)) for g in groups.values()),
    )


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


def same(entity: Entity, gold: str | None, titles: dict[str, str], base: Base) -> bool | None:
    """Whether a gold title is the entity's; where no source states its title, whether it is one of its names. None without a gold title."""
    if gold is None:
        return None
    if plain_title(title_of(entity, titles, base)) == gold:
        return True
    listed = base.candidates(gold.title()) if entity.qid not in titles else ()
    return any(c.qid == entity.qid and c.kind != "surname" for c in listed)


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
