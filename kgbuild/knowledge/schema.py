"""The tables of the entity base and the numbers its columns use."""

from __future__ import annotations

VERSION = 2

TYPES = (
    "country", "territory", "city", "region", "geo", "person", "office", "igo", "org", "ministry", "agency", "military",
    "armed_group", "media", "party", "company", "legislature", "court", "government", "university", "sports", "ngo",
    "cabinet",
)  # fmt: skip
"""Entity types; the index is what the file stores."""

KINDS = ("name", "alias", "acronym", "alt", "surname", "local")
"""How a surface names its entity: preferred name, other name, acronym (case counts), spelling of a gazetteer, bare
surname, or any name of a small town or county, which only a place nearby or a context of places makes likely."""

WEIGHTS = (1.0, 0.9, 0.95, 0.6, 0.5, 1.0)
"""What each kind leaves of its entity's prior, as a bare surface; chosen so that a state keeps ahead of everyone's
surname."""

TIERS = ("open", "wd-extract")
FORMS = ("adjective", "person", "people")

SCHEMA = """
CREATE TABLE entity (n INTEGER PRIMARY KEY, number INTEGER, local TEXT, name TEXT NOT NULL, type INTEGER NOT NULL,
country TEXT,
    description INTEGER, prior INTEGER NOT NULL, lat INTEGER, lon INTEGER, population INTEGER, tier INTEGER NOT NULL,
    source INTEGER, region INTEGER);
CREATE UNIQUE INDEX entity_number ON entity (number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX entity_local ON entity (local) WHERE local IS NOT NULL;
CREATE TABLE alias (key TEXT NOT NULL, n INTEGER NOT NULL, kind INTEGER NOT NULL, PRIMARY KEY (key, n)) WITHOUT ROWID;
CREATE TABLE folded (fold TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (fold, n)) WITHOUT ROWID;
CREATE TABLE text (n INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE state (iso2 TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE capital (city INTEGER PRIMARY KEY, iso2 TEXT NOT NULL);
CREATE TABLE demonym (key TEXT PRIMARY KEY, form INTEGER NOT NULL, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE metonym (key TEXT PRIMARY KEY, target INTEGER, stands_for INTEGER, country TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE title (n INTEGER PRIMARY KEY, title TEXT NOT NULL, country TEXT);
CREATE TABLE role (country TEXT NOT NULL, role TEXT NOT NULL, title INTEGER NOT NULL, PRIMARY KEY (country, role,
title)) WITHOUT ROWID;
CREATE TABLE held (person INTEGER NOT NULL, title INTEGER NOT NULL, begin INTEGER NOT NULL, end INTEGER NOT NULL,
    PRIMARY KEY (person, title, begin)) WITHOUT ROWID;
CREATE INDEX held_title ON held (title);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
"""entity.n orders by falling prior, then id; alias.kind adds 16 where the key is also an everyday English word; lat
and lon are in
1/10000 degree, prior in 1/1000; days are numbers such as 20220324 (00: month or day
unknown; 0: all unknown); entity.region is the province a town or county lies in; folded.fold is the sound key of names
that come from other scripts; entity.number is the number after the Q of a Wikidata id or, negative, a GeoNames id."""
