"""A large folder's files: one article's in files of its own, shared things in parts by the hash of their id, the manifest in parts, too.

What a change of articles touches is drawn anew, everything else stays as it lies there; the files are those of one build of all articles.

    manifest.json            versions, counts, what was left out; SHA-256 of the manifests of the parts
    parts/5a.json            the articles, and the SHA-256 of all files, whose name begins with these two hex digits
    articles/5a46...ttl      an article's Turtle, the same as in a small folder
    records/5a46...jsonl     its records
    flat/5a46...ttl          the shortcuts that its claims and stances give
    shared/5a.ttl .jsonl     entities, clusters, extractors whose id's SHA-256 begins with these two (of very many articles: three) digits
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from kgbuild.config import Config
from kgbuild.export import article_turtle, blocks_turtle, shared_block
from kgbuild.folder import Folder
from kgbuild.ledger import Ledger, Touched
from kgbuild.records import Document, to_json
from kgbuild.shortcuts import context, told_of, voices_of

__all__ = ["Parts"]

MANY: Final = 2000
"""Articles from which on shared things are in 4,096 parts instead of 256: a part then holds a few dozen of them in either."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS part_file (name TEXT PRIMARY KEY, prefix TEXT NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS part_file_of ON part_file (prefix, name, digest);
CREATE TABLE IF NOT EXISTS part_article (
  home TEXT PRIMARY KEY, prefix TEXT NOT NULL, entry TEXT NOT NULL, drawn TEXT NOT NULL, counts TEXT NOT NULL, tools TEXT NOT NULL,
  voices TEXT NOT NULL, context TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS part_article_of ON part_article (prefix);
CREATE TABLE IF NOT EXISTS part_told (
  home TEXT NOT NULL, cluster TEXT NOT NULL, yes INTEGER NOT NULL, no INTEGER NOT NULL, PRIMARY KEY (home, cluster)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS part_told_of ON part_told (cluster, yes, no);
CREATE TABLE IF NOT EXISTS part_shared (
  part TEXT NOT NULL, id TEXT NOT NULL, tool TEXT NOT NULL, block TEXT NOT NULL, PRIMARY KEY (part, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS part_number (name TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS part_index (name TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID
"""
_NAMES: Final = "file article told shared number index".split()


@dataclass(slots=True)
class Drawn:
    """What a change made of the files: names of those to be taken away, and two-digit names of the manifests of parts to be written."""

    dropped: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)


class Parts:
    """The files of a large folder, drawn and listed; all its changes are in the transaction that its caller has begun."""

    def __init__(self, folder: Folder, db: sqlite3.Connection, ledger: Ledger, config: Config) -> None:
        self.folder, self.db, self.ledger, self.config = folder, db, ledger, config
        self._create()

    def _create(self) -> None:
        for statement in _TABLES.split(";"):
            self.db.execute(statement)

    def clear(self) -> None:
        """Forget all files: everything is drawn anew."""
        for name in _NAMES:
            self.db.execute(f"DROP TABLE IF EXISTS part_{name}")
        self._create()

    def draw(self, touched: Touched, size: int) -> list[str]:
        """Stage what a change made other than it was, for a folder of so many articles: the names of files to be taken away."""
        drawn = Drawn()
        before: dict[str, tuple[int, int]] = {}
        tools: Counter[str] = Counter()
        for home in sorted(touched.gone):
            self._drop_article(home, drawn, before, tools)
        again = set(touched.borne)
        for home in sorted(touched.articles):
            if self._draw_article(home, drawn, before, tools):
                again.add(home)
        turned = [cluster for cluster, flags in before.items() if self._flags(cluster) != flags]
        again |= self.ledger.beside(turned)
        for home in sorted(again):
            self._draw_flat(home, drawn)
        self._draw_shared({*touched.entities, *touched.clusters}, tools, 2 if size < MANY else 3, drawn)
        for prefix in sorted(drawn.prefixes):
            self._draw_index(prefix, drawn)
        return sorted(drawn.dropped)

    def names(self) -> set[str]:
        """The names of all files but the manifest."""
        rows = self.db.execute("SELECT name FROM part_file UNION ALL SELECT name FROM part_index")
        return {name for (name,) in rows}

    def index(self) -> dict[str, str]:
        """Manifest of a part -> its SHA-256."""
        return dict(self.db.execute("SELECT name, digest FROM part_index ORDER BY name"))

    def counts(self) -> dict[str, int]:
        """Number of records by kind."""
        rows = self.db.execute(
            "SELECT name, times FROM part_number WHERE name NOT LIKE 'extractor/%' AND times > 0 ORDER BY name"
        )
        return dict(rows)

    # --- an article

    def _draw_article(self, home: str, drawn: Drawn, before: dict[str, tuple[int, int]], tools: Counter[str]) -> bool:
        """Draw an article's files when its records are others than they were drawn of; whether they are."""
        records = self.ledger.records(home)
        lines = "".join(to_json(r) + "\n" for r in records).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(lines).hexdigest()
        row = self.db.execute("SELECT drawn FROM part_article WHERE home = ?", (home,)).fetchone()
        if row is not None and row[0] == digest:
            return False
        self._forget(home, before, tools)
        document = records[0]
        assert isinstance(document, Document), "an article's records begin with it"
        prefix, name = _prefix(home), home.removeprefix("article/")
        self._write(f"articles/{name}.ttl", prefix, article_turtle(home, records, self.config), drawn)
        self._write(f"records/{name}.jsonl", prefix, lines, drawn)
        entry = {
            "id": home, "source": document.source, "sha256": document.sha256, "headline": document.headline, "published": document.published,
        }  # fmt: skip
        counts = Counter(type(r).__name__ for r in records)
        named = sorted({r.extractor for r in records if not isinstance(r, Document)} - {""})
        self.db.execute(
            "INSERT INTO part_article VALUES (?, ?, ?, ?, ?, ?, ?, '')",
            (home, prefix, *map(_json, (entry,)), digest, *map(_json, (counts, named, voices_of(records)))),
        )
        told = told_of(records)
        for cluster in told:
            before.setdefault(cluster, self._flags(cluster))
        self.db.executemany(
            "INSERT INTO part_told VALUES (?, ?, ?, ?)", [(home, c, yes, no) for c, (yes, no) in sorted(told.items())]
        )
        self._count(counts, 1)
        tools.update(named)
        drawn.prefixes.add(prefix)
        return True

    def _drop_article(self, home: str, drawn: Drawn, before: dict[str, tuple[int, int]], tools: Counter[str]) -> None:
        self._forget(home, before, tools)
        name = home.removeprefix("article/")
        for file in (f"articles/{name}.ttl", f"records/{name}.jsonl", f"flat/{name}.ttl"):
            self._take_away(file, _prefix(home), drawn)

    def _forget(self, home: str, before: dict[str, tuple[int, int]], tools: Counter[str]) -> None:
        row = self.db.execute("SELECT counts, tools FROM part_article WHERE home = ?", (home,)).fetchone()
        if row is None:
            return
        self._count(json.loads(row[0]), -1)
        tools.subtract(json.loads(row[1]))
        for (cluster,) in self.db.execute("SELECT cluster FROM part_told WHERE home = ?", (home,)).fetchall():
            before.setdefault(cluster, self._flags(cluster))
        self.db.execute("DELETE FROM part_told WHERE home = ?", (home,))
        self.db.execute("DELETE FROM part_article WHERE home = ?", (home,))

    # --- shortcuts

    def _flags(self, cluster: str) -> tuple[int, int]:
        """Whether any article affirms a happening, and whether any denies it."""
        row = self.db.execute("SELECT max(yes), max(no) FROM part_told WHERE cluster = ?", (cluster,)).fetchone()
        return row[0] or 0, row[1] or 0

    def _draw_flat(self, home: str, drawn: Drawn) -> None:
        """The shortcuts of an article: its own Turtle, and what other articles decide of it, asked by the questions of the whole graph."""
        from kgbuild.store import flat_turtle  # pyoxigraph is loaded when it is needed

        beside = self._context(home)
        digest = hashlib.sha256(beside).hexdigest()
        row = self.db.execute("SELECT 1 FROM part_article WHERE home = ? AND context = ?", (home, digest)).fetchone()
        if row is not None:  # nothing else than its own records, which would have cleared it
            return
        name = home.removeprefix("article/")
        content = self.folder.read_staged(f"articles/{name}.ttl")
        self._write(f"flat/{name}.ttl", _prefix(home), flat_turtle(content + beside), drawn)
        self.db.execute("UPDATE part_article SET context = ? WHERE home = ?", (digest, home))

    def _context(self, home: str) -> bytes:
        (voices,) = self.db.execute("SELECT voices FROM part_article WHERE home = ?", (home,)).fetchone()
        rows = self.db.execute("SELECT DISTINCT cluster FROM ledger_group WHERE home = ?", (home,)).fetchall()
        flags = {cluster: self._flags(cluster) for (cluster,) in rows}
        return context(json.loads(voices), flags, self.ledger.entity, self.config.base)

    # --- what articles share

    def _draw_shared(self, names: set[str], tools: Counter[str], digits: int, drawn: Drawn) -> None:
        row = self.db.execute("SELECT part FROM part_shared LIMIT 1").fetchone()
        if row is not None and len(row[0]) != digits:  # other parts than before
            stale = {part for (part,) in self.db.execute("SELECT DISTINCT part FROM part_shared")}
            names_there = [i for (i,) in self.db.execute("SELECT id FROM part_shared")]
            moves = [(_part(i, digits), _part(i, len(row[0])), i) for i in names_there]
            self.db.executemany("UPDATE part_shared SET part = ? WHERE part = ? AND id = ?", moves)
            for part in stale:
                for end in ("ttl", "jsonl"):
                    self._take_away(f"shared/{part}.{end}", part[:2], drawn)
            parts = {_part(i, digits) for i in names_there}
        else:
            parts = set()
        kinds: Counter[str] = Counter()
        for name in sorted(names):
            part = _part(name, digits)
            entity = self.ledger.entity(name)
            was = self.db.execute("SELECT tool FROM part_shared WHERE part = ? AND id = ?", (part, name)).fetchone()
            is_there = entity is not None or (name.startswith("cluster/") and self.ledger.has_cluster(name))
            tool = entity.extractor if entity is not None else ""
            if was is None and not is_there:
                continue
            parts.add(part)
            kinds["Entity"] += (entity is not None) - (was is not None and not name.startswith("cluster/"))
            tools[tool] += is_there
            if was is not None:
                tools[was[0]] -= 1
                self.db.execute("DELETE FROM part_shared WHERE part = ? AND id = ?", (part, name))
            if is_there:
                block = shared_block(
                    [] if entity is None else [entity], [] if entity is not None else [name], [], self.config
                )
                self.db.execute("INSERT INTO part_shared VALUES (?, ?, ?, ?)", (part, name, tool, block))
        self._count(kinds, 1)
        parts |= self._count_tools(tools, digits)
        for part in sorted(parts):
            self._draw_part(part, drawn)

    def _count_tools(self, tools: Counter[str], digits: int) -> set[str]:
        """Bring up to date which extractors are named; the parts whose extractors are others now."""
        parts: set[str] = set()
        for name, number in sorted(tools.items()):
            if not name or not number:
                continue
            node = name if name.startswith("extractor/") else f"extractor/{name}"
            (before,) = self.db.execute(
                "SELECT coalesce(max(times), 0) FROM part_number WHERE name = ?", (node,)
            ).fetchone()
            self._count(Counter({node: number}), 1)
            part = _part(node, digits)
            if not before:
                block = shared_block([], [], [name], self.config)
                self.db.execute("INSERT INTO part_shared VALUES (?, ?, '', ?)", (part, node, block))
                parts.add(part)
            elif before + number <= 0:
                self.db.execute("DELETE FROM part_shared WHERE part = ? AND id = ?", (part, node))
                parts.add(part)
        return parts

    def _draw_part(self, part: str, drawn: Drawn) -> None:
        drawn.prefixes.add(part[:2])
        blocks = [
            block for (block,) in self.db.execute("SELECT block FROM part_shared WHERE part = ? ORDER BY id", (part,))
        ]
        query = "SELECT e.content FROM part_shared s JOIN ledger_entity e ON e.id = s.id WHERE s.part = ? ORDER BY s.id"
        lines = "".join(content + "\n" for (content,) in self.db.execute(query, (part,))).encode(
            "utf-8", "surrogatepass"
        )
        for end, content in (("ttl", blocks_turtle(blocks, self.config) if blocks else b""), ("jsonl", lines)):
            if content:
                self._write(f"shared/{part}.{end}", part[:2], content, drawn)
            else:
                self._take_away(f"shared/{part}.{end}", part[:2], drawn)

    # --- files, and their list

    def _draw_index(self, prefix: str, drawn: Drawn) -> None:
        name = f"parts/{prefix}.json"
        articles = self.db.execute("SELECT entry FROM part_article WHERE prefix = ? ORDER BY home", (prefix,))
        files = self.db.execute(
            "SELECT name, digest FROM part_file WHERE prefix = ? ORDER BY name", (prefix,)
        ).fetchall()
        self.db.execute("DELETE FROM part_index WHERE name = ?", (name,))
        if not files:
            drawn.dropped.add(name)
            return
        rows = (",\n  ".join(e for (e,) in articles), ",\n  ".join(f'"{n}": "{digest}"' for n, digest in files))
        content = '{{\n "articles": [\n  {}\n ],\n "files": {{\n  {}\n }}\n}}\n'.format(
            *rows
        ).encode()  # names as they are: ASCII
        drawn.dropped.discard(name)
        self.db.execute("INSERT INTO part_index VALUES (?, ?)", (name, hashlib.sha256(content).hexdigest()))
        self._stage(name, content)

    def _write(self, name: str, prefix: str, content: bytes, drawn: Drawn) -> None:
        digest = hashlib.sha256(content).hexdigest()
        drawn.dropped.discard(name)
        row = self.db.execute("SELECT digest FROM part_file WHERE name = ?", (name,)).fetchone()
        if row is not None and row[0] == digest:
            return
        self.db.execute("INSERT OR REPLACE INTO part_file VALUES (?, ?, ?)", (name, prefix, digest))
        drawn.prefixes.add(prefix)
        self._stage(name, content)

    def _stage(self, name: str, content: bytes) -> None:
        with self.folder.stage(name) as handle:
            handle.write(content)

    def _take_away(self, name: str, prefix: str, drawn: Drawn) -> None:
        if self.db.execute("SELECT 1 FROM part_file WHERE name = ?", (name,)).fetchone() is not None:
            self.db.execute("DELETE FROM part_file WHERE name = ?", (name,))
            drawn.dropped.add(name)
            drawn.prefixes.add(prefix)

    def _count(self, numbers: Counter[str] | dict[str, int], sign: int) -> None:
        self.db.executemany(
            "INSERT INTO part_number VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET times = times + excluded.times",
            [(name, sign * n) for name, n in numbers.items() if n],
        )


def _prefix(home: str) -> str:
    return home.removeprefix("article/")[:2]


def _part(name: str, digits: int) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:digits]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
