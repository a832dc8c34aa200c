"""Large graphs without the language step: the records of real articles, resampled with other names and other days.

`python -m bench.resample --from output --count 500 -o FOLDER` writes a build of so many articles; `resampled` gives their records as the
language step would, article by article, to whoever wants to add them one at a time.

Each copy takes one article of the source build. Its persons and bodies without an id of the entity base get names out of a population that
grows with the number of articles and in which a few are told of very often; states are exchanged for others, and with them those whom the
base places in them: whatever belongs to a state, or lies in one, is another one for each state, always the same. Names in the text are
replaced where a mention of the form "name" stands, and every offset is moved with them; all days move by one number. So texts, hashes, ids and
spans are as exact as those of real articles (`kgbuild check` proves them), names recur across articles, and happenings may, too.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import random
import re
import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from kgbuild.config import Config, data_path
from kgbuild.ids import ACTOR_KINDS, document_id, entity_id
from kgbuild.records import Dateline, Document, Entity, Event, Mention, Merge, Paragraph, Record, Span

__all__ = ["article_records", "resampled", "write"]

SEED = 20261101
_LOCAL = re.compile(r"(#[a-z]+)_([0-9]+)_([0-9]+)")


def article_records(records: Iterable[Record]) -> list[list[Record]]:
    """A build's records by article, as the language step gave them: entities with the article they stand in, no merge, no cluster."""
    entities: dict[str, Entity] = {}
    members: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if isinstance(record, Entity):
            entities[record.id] = record
        elif isinstance(record, Document):
            members[record.id].insert(0, record)
        elif not isinstance(record, Merge):
            members[record.document].append(
                dataclasses.replace(record, cluster=None) if isinstance(record, Event) else record
            )
    out: list[list[Record]] = []
    for article in sorted(members):
        found, waiting = set(), sorted(_named(members[article], entities))
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                e = entities[name]
                waiting += [n for n in (*e.affiliation, e.within, e.territory) if n in entities]
        own = {n: _own_id(entities[n], article) for n in sorted(found)}
        local = [dataclasses.replace(entities[n], document=article, origins=()) for n in sorted(found)]
        out.append([_renamed(r, own) for r in [*members[article], *local]])
    return out


def _own_id(entity: Entity, article: str) -> str:
    """The id an article gives an entity that is in no base: made of its name and the article."""
    if entity.qid is not None or entity.kind == "Topic":
        return entity.id
    return entity_id(entity.kind, entity.name, None, article)


def _named(records: Iterable[Record], entities: dict[str, Entity]) -> set[str]:
    return {s for r in records for s in _strings(r) if s in entities}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _strings(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _strings(getattr(value, field.name))


def _renamed(record: Record, names: dict[str, str]) -> Any:
    """The record with every string that is an id replaced."""

    def new(value: Any) -> Any:
        if isinstance(value, str):
            return names.get(value, value)
        return tuple(new(v) for v in value) if type(value) is tuple else value

    changed = {f.name: new(getattr(record, f.name)) for f in dataclasses.fields(record) if f.name != "text"}
    return dataclasses.replace(record, **changed)


class _Pool:
    """Names of persons, bodies and states in the shipped entity base."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        db = sqlite3.connect(f"file:{data_path('knowledge.sqlite')}?mode=ro&immutable=1", uri=True)
        kinds = {"country": 0, "person": 5}
        rows = db.execute("SELECT type, name, number FROM entity WHERE number > 0 ORDER BY n").fetchall()
        db.close()
        self.states = [(n, f"Q{q}") for t, n, q in rows if t == kinds["country"]]
        persons = [n.split() for t, n, _ in rows if t == kinds["person"]]
        words = [w for w in persons if 2 <= len(w) <= 3 and all(x[:1].isupper() and x.isalpha() for x in w)]
        self.given, self.family = [w[0] for w in words], [" ".join(w[1:]) for w in words]
        self.persons = [(n, f"Q{q}") for t, n, q in rows if t == kinds["person"]]
        self.known: dict[str, list[str]] = defaultdict(list)

    def counterpart(self, entity: Entity, states: Sequence[str]) -> tuple[str, str]:
        """Name and id of what is to these states what an entity of the base is to its own; made of a person's of the base, whatever its kind."""
        key = "\x1f".join((entity.qid or "", *states))
        n = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
        name, qid = self.persons[n % len(self.persons)]
        words = name if entity.kind == "Person" else f"{name.split()[-1]} {entity.name.split()[-1]}"
        return words, f"{qid}{n % 89 + 10}"

    def name(self, kind: str, old: str) -> str:
        """Somebody of this kind: the more articles there are, the more there are, and the early ones come up most."""
        known = self.known[kind]
        if not known or self.rng.random() < 0.3:
            if kind == "Person":
                known.append(f"{self.rng.choice(self.given)} {self.rng.choice(self.family)}")
            else:
                known.append(f"{self.rng.choice(self.family)} {old.split()[-1]}")
            return known[-1]
        return known[int(len(known) * self.rng.random() ** 2)]


def resampled(sources: Sequence[Sequence[Record]], count: int, seed: int = SEED) -> Iterator[list[Record]]:
    """Records of `count` articles made of those of `sources` (see `article_records`), the Document of each first; the same for one seed."""
    rng = random.Random(seed)
    pool = _Pool(rng)
    seen: set[str] = set()
    number = 0
    while number < count:
        copy = _copy(rng.choice(sources), number, rng, pool)
        if copy[0].id not in seen:
            seen.add(copy[0].id)
            number += 1
            yield copy


def _copy(records: Sequence[Record], number: int, rng: random.Random, pool: _Pool) -> list[Record]:
    document = next(r for r in records if isinstance(r, Document))
    entities = {r.id: r for r in records if isinstance(r, Entity)}
    states = {e.qid for e in entities.values() if e.kind == "State" and e.qid}
    chosen = dict(zip(sorted(states), rng.sample(pool.states, len(states)), strict=True))
    named: dict[str, tuple[str, str | None]] = {}
    for entity in entities.values():
        if entity.qid in states:
            named[entity.id] = chosen[entity.qid]
        elif entity.qid is None and entity.kind in ACTOR_KINDS and entity.kind != "Group" and " " in entity.name:
            named[entity.id] = (pool.name(entity.kind, entity.name), None)
        elif entity.qid is not None and entity.kind in ("Person", "Organization", "City"):
            above = sorted(chosen[q][1] for q in _states(entity, entities) if q in chosen)
            if above:
                named[entity.id] = pool.counterpart(entity, above)
    text, moved = _text(document, records, entities, named, number)
    days = rng.randrange(-900, 900)
    article = document_id(digest := hashlib.sha256(text.encode()).hexdigest())
    ids = {document.id: article}
    for entity in entities.values():
        name, qid = named.get(entity.id, (entity.name, entity.qid))
        if qid is not None:
            ids[entity.id] = entity_id(entity.kind, name, qid)
        elif entity.qid is None and entity.kind != "Topic":
            ids[entity.id] = entity_id(entity.kind, name, None, article)
    fresh: set[str] = set()
    out: list[Record] = []
    for record in records:
        if not isinstance(record, (Document, Entity)):
            ids[record.id] = _LOCAL.sub(lambda m: f"{m[1]}_{moved(int(m[2]))}_{moved(int(m[3]), True)}", article + record.id[len(document.id):])  # fmt: skip
    for record in records:
        new: Any = _renamed(_moved(record, moved, days), ids)
        if isinstance(record, Document):
            new = dataclasses.replace(
                new, text=text, sha256=digest, source=f"{number:06d}-{record.source}",
                headline=text[moved(at) : moved(at + len(record.headline), True)]
                if record.headline and (at := record.text.find(record.headline)) >= 0 else record.headline,
            )  # fmt: skip
        elif isinstance(record, Entity) and record.id in named:
            name, qid = named[record.id]
            new = dataclasses.replace(new, name=name, qid=qid, aliases=())
        elif hasattr(new, "text"):
            spans = [text[s.begin : s.end] for s in new.content_spans]
            new = dataclasses.replace(new, text=" ".join(spans))
        if new.id not in fresh:
            fresh.add(new.id)
            out.append(new)
    return sorted(out, key=lambda r: not isinstance(r, Document))


def _states(entity: Entity, entities: dict[str, Entity]) -> set[str]:
    """The states, by their ids in the base, that an entity belongs to or lies in, at any remove."""
    found: set[str] = set()
    seen, waiting = {entity.id}, [entity]
    while waiting:
        one = waiting.pop()
        for name in (*one.affiliation, *((one.within,) if one.within else ())):
            upper = entities.get(name)
            if upper is not None and name not in seen:
                seen.add(name)
                waiting.append(upper)
                if upper.qid is not None and (upper.kind == "State" or upper.kind == "Place"):
                    found.add(upper.qid)
    return found


def _text(
    document: Document, records: Sequence[Record], entities: dict[str, Entity], named: dict[str, tuple[str, str | None]], number: int
) -> tuple[str, Any]:  # fmt: skip
    """The text with the new names and a number at its end, and what moves an offset of the old text (an end, with True) to it."""
    swaps: list[tuple[Span, str]] = []
    for record in records:
        if isinstance(record, Mention) and record.form == "name" and len(record.entities) == 1:
            old, new = entities.get(record.entities[0]), named.get(record.entities[0])
            if old is not None and new is not None and document.text[record.span.begin : record.span.end] == old.name:
                swaps.append((record.span, new[0]))
    pieces, begins, ends = [], [0], [0]  # borders of what was replaced, in the old text and in the new one
    at = size = 0
    for span, new_name in sorted(swaps):
        if span.begin < at:
            continue
        pieces += [document.text[at : span.begin], new_name]
        size += span.begin - at
        begins.append(span.begin)
        ends.append(size)
        size += len(new_name)
        at = span.end
        begins.append(at)
        ends.append(size)
    pieces += [document.text[at:], f" ({number})"]

    def moved(offset: int, is_end: bool = False) -> int:
        i = bisect_right(begins, offset - 1 if is_end else offset) - 1
        if i % 2:  # inside a replaced name: its border
            return ends[i + 1] if is_end else ends[i]
        return ends[i] + offset - begins[i]

    return "".join(pieces), moved


def _moved(record: Record, moved: Any, days: int) -> Any:
    """The record with its spans moved to the new text, and its days by a number of days."""

    def span(value: Any) -> Any:
        if isinstance(value, Span):
            return Span(moved(value.begin), moved(value.end, True))
        if isinstance(value, (Paragraph, Dateline)):
            return dataclasses.replace(value, begin=moved(value.begin), end=moved(value.end, True))
        return tuple(span(v) for v in value) if type(value) is tuple else value

    new = {f.name: span(getattr(record, f.name)) for f in dataclasses.fields(record)}
    for name in ("published", "earliest", "latest"):
        day = new.get(name)
        if isinstance(day, str) and len(day) == 10:
            new[name] = (date.fromisoformat(day) + timedelta(days)).isoformat()
    return type(record)(**new)


def write(source: str | Path, count: int, out: Path, seed: int = SEED) -> None:
    """Write a build folder of `count` articles resampled from the build in `source`."""
    from kgbuild import pipeline
    from kgbuild.resolve import resolve

    articles = resampled(article_records(pipeline.read_records(source)), count, seed)
    pipeline.KnowledgeGraph(resolve(chain.from_iterable(articles)), config=Config()).save(out)


def main() -> int:
    """Write a build folder of resampled articles, as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.resample", description=__doc__)
    parser.add_argument("--from", dest="source", default="output", help="the build folder whose articles are resampled")
    parser.add_argument(
        "--count", type=int, default=500, help="number of articles (one of the examples has about 2,000 triples)"
    )
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("-o", dest="out", required=True, help="the build folder to write")
    options = parser.parse_args()
    write(options.source, options.count, Path(options.out), options.seed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
