"""What a build folder remembers between builds, in one SQLite file: its articles, the records each gave, and its settings.

The records are those of the language step, before `resolve` joins articles. They are kept under the digest of the Document and the key of
the pipeline that made them, each article in a transaction of its own: a killed build loses no article it had finished. The set of
articles and the settings change in one transaction, together with the folder's generation (see `folder`).
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from kgbuild.errors import BuildFolderError, OutputError
from kgbuild.records import Document, Record, Skipped, from_json, pack, to_json, unpack

__all__ = ["Member", "Members", "State", "digest_of"]

VERSION: Final = 1
"""Version of the tables; a file of a later one is refused."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS article (
  id TEXT PRIMARY KEY, source TEXT NOT NULL, origin TEXT NOT NULL, digest TEXT NOT NULL, document BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS article_origin ON article (origin, source);
CREATE TABLE IF NOT EXISTS annotated (
  digest TEXT NOT NULL, pipeline TEXT NOT NULL, records BLOB NOT NULL, PRIMARY KEY (digest, pipeline));
CREATE TABLE IF NOT EXISTS skipped (inputs TEXT NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Member:
    """An article of the folder: its Document, the file it was read from ("" when there is none), and the digest of the Document."""

    document: Document
    origin: str
    digest: str


def digest_of(document: Document) -> str:
    """What decides whether stored records of a Document can be used: all of it, since all of it reaches the language step."""
    return sha256(to_json(document).encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Members(MutableMapping[str, Member]):
    """The articles of a folder by id, in order, as they are to be after a change: read when they are asked for, changed in memory alone."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._put: dict[str, Member] = {}
        self._gone: set[str] = set()

    def saved(self, article: str) -> Member | None:
        """An article as the folder has it."""
        row = self._db.execute("SELECT origin, digest, document FROM article WHERE id = ?", (article,)).fetchone()
        return Member(_document(row[2]), row[0], row[1]) if row else None

    def changes(self) -> tuple[dict[str, Member], list[str]]:
        """(articles put in or replaced, ids of those taken out), against the folder as it is."""
        put = {a: m for a, m in sorted(self._put.items()) if self.saved(a) != m}
        return put, [a for a in sorted(self._gone) if self.saved(a) is not None]

    def digest(self, article: str) -> str:
        """The digest of an article's Document. Raises KeyError when it is not there."""
        if article in self._put:
            return self._put[article].digest
        row = self._db.execute("SELECT digest FROM article WHERE id = ?", (article,)).fetchone()
        if row is None or article in self._gone:
            raise KeyError(article)
        return str(row[0])

    def put_in(self) -> dict[str, Member]:
        """The articles that were put in since the folder was opened, as they were given."""
        return dict(sorted(self._put.items()))

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """(id, source, origin) of each article, in order."""
        rows = {
            i: (i, s, o)
            for i, s, o in self._db.execute("SELECT id, source, origin FROM article")
            if i not in self._gone
        }
        rows |= {i: (i, m.document.source, m.origin) for i, m in self._put.items()}
        return (row for _, row in sorted(rows.items()))

    def within(self, roots: Iterable[str]) -> list[tuple[str, str, str]]:
        """(id, source, origin) of the articles read from these files, or from files in these folders, in order."""
        found: dict[str, tuple[str, str, str]] = {}
        for root in roots:
            begin, end = root.rstrip(os.sep) + os.sep, root.rstrip(os.sep) + chr(ord(os.sep) + 1)
            query = "SELECT id, source, origin FROM article WHERE origin = ? OR (origin >= ? AND origin < ?)"
            found |= {row[0]: row for row in self._db.execute(query, (root, begin, end)) if row[0] not in self._gone}
            found |= {
                i: (i, m.document.source, m.origin)
                for i, m in self._put.items()
                if m.origin == root or m.origin.startswith(begin)
            }
        return [row for _, row in sorted(found.items())]

    def __getitem__(self, article: str) -> Member:
        found = None if article in self._gone else self._put.get(article) or self.saved(article)
        if found is None:
            raise KeyError(article)
        return found

    def __setitem__(self, article: str, member: Member) -> None:
        self._put[article] = member
        self._gone.discard(article)

    def __delitem__(self, article: str) -> None:
        self[article]
        self._put.pop(article, None)
        self._gone.add(article)

    def __iter__(self) -> Iterator[str]:
        return (row[0] for row in self.rows())

    def __len__(self) -> int:
        (saved,) = self._db.execute("SELECT count(*) FROM article").fetchone()
        new = sum(not self._has(a) for a in self._put)
        return int(saved) + new - sum(self._has(a) for a in self._gone)

    def _has(self, article: str) -> bool:
        return self._db.execute("SELECT 1 FROM article WHERE id = ?", (article,)).fetchone() is not None


class State:
    """The open state of a folder; every error of the file or the disk is an OutputError or a BuildFolderError."""

    def __init__(self, path: Path) -> None:
        """Raises BuildFolderError when the file is of a newer version; one that is damaged is put aside, `lost` is then true."""
        self.path = path
        self.lost = False
        try:
            self.db = self._open()
        except sqlite3.OperationalError as error:
            raise OutputError(
                f"{path.parent.parent}: cannot be written ({error}); name another folder with -o"
            ) from error
        except sqlite3.DatabaseError:
            self.lost = True
            path.replace(path.with_suffix(".damaged"))
            for suffix in ("-wal", "-shm"):
                Path(str(path) + suffix).unlink(missing_ok=True)
            self.db = self._open()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None)
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            db.close()
            raise BuildFolderError(f"{self.path.parent.parent}: its store is of a newer kgbuild (format {version}, this one knows {VERSION}); update kgbuild")  # fmt: skip
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        if not version or db.execute("SELECT 1 FROM sqlite_master WHERE name = 'article_origin'").fetchone() is None:
            db.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
        return db

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def transaction(self, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """All or nothing; `durable` waits until the disk has it. Raises OutputError when the disk is full."""
        try:
            if durable:
                self.db.execute("PRAGMA synchronous = FULL")
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")
        except sqlite3.Error as error:
            raise OutputError(f"{self.path.parent.parent}: cannot be written ({error}); free space or name another folder with -o") from error  # fmt: skip
        finally:
            if durable:
                self.db.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def change(self) -> Iterator[Callable[[], None]]:
        """A change that is written step by step; it holds, once the disk has it, when what is yielded is called, and not at all when it is not.

        Raises OutputError when the disk is full.
        """
        try:
            self.db.execute("PRAGMA synchronous = FULL")
            self.db.execute("PRAGMA cache_size = -65536")
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self._commit
            finally:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise OutputError(f"{self.path.parent.parent}: cannot be written ({error}); free space or name another folder with -o") from error  # fmt: skip
        finally:
            self.db.execute("PRAGMA synchronous = NORMAL")

    def _commit(self) -> None:
        self.db.execute("COMMIT")

    def meta(self, name: str, default: Any = None) -> Any:
        """A value that was kept under a name."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    @property
    def generation(self) -> int:
        """How often the folder was changed."""
        return int(self.meta("generation", 0))

    def members(self) -> Members:
        """The articles by id, in order; what is changed in them stays in memory until it is written."""
        return Members(self.db)

    def skipped(self) -> list[tuple[str, Skipped]]:
        """What was left out, each with the inputs of the run that met it."""
        return [(i, Skipped(s, r)) for i, s, r in self.db.execute("SELECT inputs, source, reason FROM skipped")]

    def has(self, digest: str, pipeline: str) -> bool:
        """Whether the records of a Document are there, made by this pipeline."""
        query = "SELECT 1 FROM annotated WHERE digest = ? AND pipeline = ?"
        return self.db.execute(query, (digest, pipeline)).fetchone() is not None

    def records(self, digest: str, pipeline: str) -> list[Record]:
        """The records the language step gave, the Document first. Raises KeyError when they are not there."""
        query = "SELECT records FROM annotated WHERE digest = ? AND pipeline = ?"
        row = self.db.execute(query, (digest, pipeline)).fetchone()
        if row is None:
            raise KeyError(digest)
        return unpack(row[0])

    def keep(self, digest: str, pipeline: str, records: Sequence[Record] | bytes) -> None:
        """Keep an article's records (packed or not), at once: whatever happens to this build, the next one has them."""
        with self.transaction() as db:
            self._keep(db, digest, pipeline, records)

    def keep_all(self, items: Iterable[tuple[str, str, Sequence[Record]]]) -> None:
        """Keep the records of many articles in one transaction."""
        with self.transaction() as db:
            for digest, pipeline, records in items:
                self._keep(db, digest, pipeline, records)

    @staticmethod
    def _keep(db: sqlite3.Connection, digest: str, pipeline: str, records: Sequence[Record] | bytes) -> None:
        content = records if isinstance(records, bytes) else pack(records)
        db.execute("INSERT OR REPLACE INTO annotated VALUES (?, ?, ?)", (digest, pipeline, content))

    def write(
        self, db: sqlite3.Connection, put: Mapping[str, Member], drop: Iterable[str], skipped: Iterable[tuple[str, Skipped]], meta: Mapping[str, Any]
    ) -> None:  # fmt: skip
        """Inside a transaction: articles put in or replaced, and dropped with their records; everything skipped; new values of meta."""
        for article in drop:
            db.execute("DELETE FROM annotated WHERE digest = (SELECT digest FROM article WHERE id = ?)", (article,))
            db.execute("DELETE FROM article WHERE id = ?", (article,))
        for article, member in put.items():
            row = db.execute("SELECT digest FROM article WHERE id = ?", (article,)).fetchone()
            if row is not None and row[0] != member.digest:
                db.execute("DELETE FROM annotated WHERE digest = ?", row)
            content = zlib.compress(to_json(member.document).encode("utf-8", "surrogatepass"), 1)
            db.execute(
                "INSERT OR REPLACE INTO article VALUES (?, ?, ?, ?, ?)",
                (article, member.document.source, member.origin, member.digest, content),
            )
        db.execute("DELETE FROM skipped")
        db.executemany("INSERT INTO skipped VALUES (?, ?, ?)", [(i, s.source, s.reason) for i, s in skipped])
        self.write_meta(db, meta)

    @staticmethod
    def write_meta(db: sqlite3.Connection, values: Mapping[str, Any]) -> None:
        """Inside a transaction: new values under their names."""
        for name, value in values.items():
            db.execute(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, json.dumps(value))
            )  # ASCII: a path in it may hold bytes that are no text


def _document(content: bytes) -> Document:
    document = from_json(zlib.decompress(content).decode("utf-8", "surrogatepass"))
    assert isinstance(document, Document)
    return document
