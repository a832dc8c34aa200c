"""The tables of the ledger, in the state of a build folder, and what their rows are packed in."""

from __future__ import annotations

import json
import sqlite3
import zlib
from typing import Any, Final

__all__ = ["clear", "create", "pack", "unpack"]

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS ledger_home (home TEXT PRIMARY KEY, content BLOB NOT NULL, lost TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ledger_home_lost ON ledger_home (home) WHERE lost != '';
CREATE TABLE IF NOT EXISTS ledger_shape (
  number INTEGER PRIMARY KEY, content TEXT NOT NULL UNIQUE, times INTEGER NOT NULL, entity TEXT, rule TEXT, reason TEXT);
CREATE INDEX IF NOT EXISTS ledger_shape_of ON ledger_shape (entity);
CREATE TABLE IF NOT EXISTS ledger_shaped (name TEXT PRIMARY KEY, shape INTEGER NOT NULL, home TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ledger_shaped_so ON ledger_shaped (shape, name);
CREATE TABLE IF NOT EXISTS ledger_filed (name TEXT NOT NULL, shape INTEGER NOT NULL, PRIMARY KEY (name, shape)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger_outcome (content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ledger_variant (
  entity TEXT NOT NULL, name TEXT NOT NULL, content TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (entity, name, content)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger_entity (id TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger_above (upper TEXT NOT NULL, entity TEXT NOT NULL, PRIMARY KEY (upper, entity)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger_land (land TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (land, state)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ledger_land_of ON ledger_land (state);
CREATE TABLE IF NOT EXISTS ledger_part (entity TEXT NOT NULL, home TEXT NOT NULL, PRIMARY KEY (entity, home)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger_group (
  home TEXT NOT NULL, n INTEGER NOT NULL, content TEXT NOT NULL, cluster TEXT NOT NULL, PRIMARY KEY (home, n)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ledger_cluster ON ledger_group (cluster);
CREATE TABLE IF NOT EXISTS ledger_block (
  name TEXT NOT NULL, home TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (name, home, n)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ledger_block_of ON ledger_block (home);
CREATE TABLE IF NOT EXISTS ledger_link (
  name TEXT NOT NULL, home TEXT NOT NULL, n INTEGER NOT NULL, home2 TEXT NOT NULL, n2 INTEGER NOT NULL, PRIMARY KEY (name, home, n)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ledger_link_from ON ledger_link (home, n);
CREATE INDEX IF NOT EXISTS ledger_link_to ON ledger_link (home2, n2);
"""
_NAMES: Final = "home shape shaped filed outcome variant entity above land part group block link".split()
_FORMER: Final = "profile key identity".split()
"""Tables of earlier versions."""


def create(db: sqlite3.Connection) -> None:
    """The tables, where they are not there yet; works inside a transaction."""
    for statement in _TABLES.split(";"):
        if statement.strip():
            db.execute(statement)


def clear(db: sqlite3.Connection) -> None:
    """Empty tables."""
    for name in (*_NAMES, *_FORMER):
        db.execute(f"DROP TABLE IF EXISTS ledger_{name}")
    create(db)


def pack(value: Any) -> bytes:
    """Plain values as compressed JSON."""
    return zlib.compress(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)


def unpack(content: bytes) -> Any:
    """What `pack` was given; tuples are lists."""
    return json.loads(zlib.decompress(content).decode("utf-8", "surrogatepass"))
