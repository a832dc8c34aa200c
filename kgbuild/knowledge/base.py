"""Open the entity base read-only and answer look-ups."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from kgbuild.errors import InputError
from kgbuild.knowledge.entries import Candidate, Demonym, Entry, Metonym, Term
from kgbuild.knowledge.normal import fold, has_capital, key, reads_as_acronym, strip_possessive
from kgbuild.knowledge.roles import role_key
from kgbuild.knowledge.schema import FORMS, KINDS, TIERS, TYPES, VERSION, WEIGHTS

__all__ = ["PACKAGED", "Base"]

PACKAGED = Path(__file__).resolve().parent.parent / "data" / "knowledge.sqlite"
"""The base shipped with the package."""

_SURNAME = KINDS.index("surname")
_ACRONYM = KINDS.index("acronym")
_LOCAL = KINDS.index("local")
_COLUMNS = (
    "e.number, e.local, e.name, e.type, e.country, (SELECT text FROM text WHERE n = e.description), e.prior, "
    "e.lat, e.lon, e.population, e.tier, e.source"
)
_NAMED = (
    f"SELECT a.kind, e.n, {_COLUMNS} FROM alias a JOIN entity e ON e.n = a.n "
    f"WHERE a.key = ? AND a.kind & 15 <> {_LOCAL} ORDER BY a.n"
)
_MOST_SURNAMES = 12
_CITY = 50_000
"""Inhabitants from which a namesake of a palace or seat is worth a second reading."""
_CACHE = 16384
_MAPPED = 1 << 26
"""Bytes of the file that may be mapped: no copies of its pages, so look-ups are a fifth faster and the memory is shared."""
_NUMBERED = re.compile(r"(Q|gn:)([1-9][0-9]{0,12})")


class Base:
    """The entity base, opened read-only; look-ups are cached and safe for any text.

    >>> base = Base.open()
    >>> base.candidates("Russia")[0].qid
    'Q159'
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self.candidates: Callable[[str], tuple[Candidate, ...]] = lru_cache(_CACHE)(self._candidates)
        self.local: Callable[[str], tuple[Candidate, ...]] = lru_cache(_CACHE)(self._local)
        self.similar: Callable[[str], tuple[Candidate, ...]] = lru_cache(_CACHE)(self._similar)
        self.region_of: Callable[[str], Entry | None] = lru_cache(_CACHE)(self._region_of)
        self._entry: Callable[[int], Entry] = lru_cache(_CACHE)(self._read_entry)
        self._text: Callable[[int], str] = lru_cache(_CACHE)(self._read_text)
        self.country: Callable[[str], Entry | None] = lru_cache(512)(self._country)

    @classmethod
    def open(cls, path: Path | str | None = None) -> Base:
        """Open a base file; without a path, the one shipped with the package.

        Raises InputError when the file is missing, no entity base, or of another version.
        """
        file = PACKAGED if path is None else Path(path)
        if not file.is_file():
            raise InputError(f"no entity base at {file}: name an existing file")
        try:
            # immutable: no locks and no journal look-ups, so that a read-only installation works
            connection = sqlite3.connect(
                f"file:{quote(str(file.resolve()))}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            connection.execute(f"PRAGMA mmap_size={_MAPPED}")
            row = connection.execute("SELECT value FROM meta WHERE name = 'version'").fetchone()
        except sqlite3.Error as error:
            raise InputError(f"{file} is not an entity base ({error}): rebuild it or name another") from None
        if row is None or row[0] != str(VERSION):
            connection.close()
            raise InputError(f"{file} is an entity base of another version: rebuild it with this release")
        return cls(connection)

    def close(self) -> None:
        """Close the file; later look-ups fail."""
        self._db.close()

    def __enter__(self) -> Base:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # `candidates` is the cached form of this method
    def _candidates(self, surface: str) -> tuple[Candidate, ...]:
        """Everything the surface may name, best first; empty when nothing.

        Case, diacritics, points, hyphens, a leading "the" and a final possessive make no difference, with two
        exceptions: an
        acronym matches only text written as one ("US", "U.S.", "Nato", never "us"), and a single word without any
        capital
        names nothing. At most 12 persons by bare surname.
        """
        wanted = key(surface)
        if not wanted or (" " not in wanted and not has_capital(surface) and not reads_as_acronym(surface)):
            return ()
        rows = self._db.execute(_NAMED, (wanted,)).fetchall()
        if not rows:
            return ()
        if any(row[0] & 15 == _ACRONYM for row in rows):
            if not reads_as_acronym(surface):
                rows = [row for row in rows if row[0] & 15 != _ACRONYM]
            elif len(wanted) <= 3 and strip_possessive(surface).isupper():
                # "UN", "IS": capitals throughout name the body, not a town called Un
                rows = [row for row in rows if row[0] & 15 == _ACRONYM]
        if len(rows) > _MOST_SURNAMES:
            people = [row for row in rows if row[0] & 15 == _SURNAME]  # most prominent first, as the rows are
            left_out = {row[1] for row in people[_MOST_SURNAMES:]}
            rows = [row for row in rows if row[1] not in left_out]
        found = []
        for row in rows:
            entry = self._entry_of(row[2:])
            code = row[0]
            kind = code & 15
            found.append(Candidate(entry, KINDS[kind], round(entry.prior * WEIGHTS[kind], 4), code > 15))
        if len(found) > 1:
            found.sort(key=_likeliest)  # of equal ones the lower number first, as the rows are
        return tuple(found)

    # `local` is the cached form of this method
    def _local(self, surface: str) -> tuple[Candidate, ...]:
        """The small towns, counties and postal codes of provinces ("TX") a surface may name, largest first.

        `candidates` leaves them out: there is one for most words, so only a context of places makes them likely.
        """
        wanted = key(surface)
        if not wanted or not has_capital(surface):
            return ()
        rows = self._db.execute("SELECT n FROM alias WHERE key = ? AND kind & 15 = ? ORDER BY n", (wanted, _LOCAL))
        return tuple(Candidate(entry, "local", entry.prior) for entry in (self._entry(n) for (n,) in rows))

    # `similar` is the cached form of this method
    def _similar(self, surface: str) -> tuple[Candidate, ...]:
        """Entries that a surface may name in another transliteration ("Kharkov", "Moammar Gadhafi"), most prominent first."""
        wanted = fold(surface)
        if not wanted or not has_capital(surface):
            return ()
        rows = self._db.execute("SELECT n FROM folded WHERE fold = ? ORDER BY n LIMIT 8", (wanted,))
        return tuple(Candidate(e, "alias", round(e.prior * WEIGHTS[1], 4)) for e in (self._entry(n) for (n,) in rows))

    # `region_of` is the cached form of this method
    def _region_of(self, identifier: str) -> Entry | None:
        """The province a town or county lies in (by id), None where the base does not say."""
        row = self._db.execute("SELECT region FROM entity e WHERE e.n = ?", (self._number(identifier),)).fetchone()
        return None if row is None or row[0] is None else self._entry(row[0])

    def best(self, surface: str) -> Candidate | None:
        """The most likely reading of a bare surface, surnames left out; None when there is none."""
        return next((c for c in self.candidates(surface) if c.kind != "surname"), None)

    def entry(self, identifier: str) -> Entry | None:
        """The entry of an id (a Wikidata id or a local one)."""
        n = self._number(identifier)
        return self._entry(n) if n else None

    # `country` is the cached form of this method
    def _country(self, iso2: str) -> Entry | None:
        """The state or territory of an ISO 3166 alpha-2 code, None when unknown."""
        if len(iso2) != 2 or not iso2.isascii():
            return None
        row = self._db.execute("SELECT n FROM state WHERE iso2 = ?", (iso2.upper(),)).fetchone()
        return None if row is None else self._entry(row[0])

    def demonym(self, surface: str) -> Demonym | None:
        """The country or region of a demonym ("Russian", "Russians", "Briton"), None for other words."""
        wanted = key(surface)
        if not wanted or not has_capital(surface):
            return None
        row = self._db.execute("SELECT form, n FROM demonym WHERE key = ?", (wanted,)).fetchone()
        return None if row is None else Demonym(surface, FORMS[row[0]], self._entry(row[1]))

    def capital_of(self, entry: Entry) -> Entry | None:
        """The state or territory a city is the capital of, None for other entries."""
        if entry.type != "city":
            return None
        row = self._db.execute("SELECT iso2 FROM capital WHERE city = ?", (self._number(entry.id),)).fetchone()
        return None if row is None else self.country(row[0])

    def metonym(self, surface: str) -> Metonym | None:
        """What a capital, palace or street may stand for; None when the base knows no such use.

        Every capital the base knows may stand for its state, under each of its names ("Kiev").
        """
        wanted = key(surface)
        if not wanted or not has_capital(surface):
            return None
        row = self._db.execute(
            "SELECT target, (SELECT text FROM text WHERE n = stands_for), country FROM metonym WHERE key = ?", (wanted,)
        ).fetchone()
        best = self.best(surface)
        city = best.entry if best is not None and best.type == "city" else None
        capital_of = None if city is None else self.capital_of(city)
        if city is not None and capital_of is None and (city.population or 0) < _CITY:
            city = None  # White House, Tennessee
        if row is not None:
            target = None if row[0] is None else self._entry(row[0])
            return Metonym(surface, row[1] or "", target, self.country(row[2]), city, capital_of is not None)
        if capital_of is None:
            return None
        return Metonym(surface, f"government of {capital_of.name}", None, capital_of, city, True)

    def offices(self, person: str) -> tuple[Term, ...]:
        """The offices of a person (by id), the latest first."""
        rows = self._db.execute(
            "SELECT h.person, t.title, t.country, h.begin, h.end FROM held h JOIN title t ON t.n = h.title "
            "WHERE h.person = ?",
            (self._number(person),),
        )
        return tuple(sorted(map(self._term, rows), key=_latest_first))

    def holders(self, role: str, country: str, on: date | None = None) -> tuple[Term, ...]:
        """Who held an office of a country, the latest first: ``holders("president", "US", date(2022, 3, 24))``.

        role: the office in words, with or without its country; usual synonyms are bridged ("foreign minister"). on:
        only terms
        that cover the day, those whose bounds are known to the day before the others.
        """
        terms: list[Term] = []
        if not country.isascii():
            return ()
        for wanted in (role_key(role), role_key(role.partition(" of ")[0])):
            rows = self._db.execute(
                "SELECT h.person, t.title, t.country, h.begin, h.end FROM role r JOIN title t ON t.n = r.title "
                "JOIN held h ON h.title = t.n WHERE r.country = ? AND r.role = ?",
                (country.upper(), wanted),
            )
            terms = [self._term(row) for row in rows]
            if terms:
                break
        if on is not None:
            terms = [t for t in terms if t.covers(on) and t.begin is not None]
        seen: dict[tuple[str, date | None], Term] = {}
        for term in sorted(terms, key=lambda t: (on is not None and not t.exact, *_latest_first(t))):
            seen.setdefault((term.person.id, term.begin), term)
        return tuple(seen.values())

    def holder(self, role: str, country: str, on: date | None = None) -> Entry | None:
        """The person who held the office on the day (without a day: the last known), None when the base does not
        know."""
        terms = self.holders(role, country, on)
        return terms[0].person if terms else None

    def counts(self) -> dict[str, int]:
        """Number of entities by type."""
        rows = self._db.execute("SELECT type, count(*) FROM entity GROUP BY type ORDER BY type")
        return {TYPES[kind]: count for kind, count in rows}

    def _number(self, identifier: str) -> int:
        if not identifier.isprintable():
            return 0
        if found := _NUMBERED.fullmatch(identifier):
            number = int(found[2]) if found[1] == "Q" else -int(found[2])
            row = self._db.execute("SELECT n FROM entity WHERE number = ?", (number,)).fetchone()
        else:
            row = self._db.execute("SELECT n FROM entity WHERE local = ?", (identifier,)).fetchone()
        return 0 if row is None else int(row[0])

    def _read_entry(self, n: int) -> Entry:
        return self._entry_of(self._db.execute(f"SELECT {_COLUMNS} FROM entity e WHERE e.n = ?", (n,)).fetchone())

    def _entry_of(self, row: Sequence[Any]) -> Entry:
        """An entry from _COLUMNS."""
        number, local, name, kind, country, description, prior, lat, lon, population, tier, source = row
        qid = None
        if number is not None:
            local = qid = f"Q{number}"
            if number < 0:
                local, qid = f"gn:{-number}", None
        return Entry(
            local,
            qid,
            name,
            TYPES[kind],
            country,
            description or "",
            prior / 1000,
            None if lat is None else lat / 10000,
            None if lon is None else lon / 10000,
            population,
            TIERS[tier],
            self._text(source) if source else "",
        )

    def _read_text(self, n: int) -> str:
        return str(self._db.execute("SELECT text FROM text WHERE n = ?", (n,)).fetchone()[0])

    def _term(self, row: tuple[int, str, str | None, int, int]) -> Term:
        person, title, country, begin, end = row
        exact = begin % 100 != 0 and (end == 0 or end % 100 != 0)
        return Term(self._entry(person), title, country, _date(begin), _date(end, last=True), exact)


def _likeliest(candidate: Candidate) -> float:
    return -candidate.prior


def _date(number: int, last: bool = False) -> date | None:
    year, month, day = number // 10000, number // 100 % 100, number % 100
    try:
        return date(year, month or (12 if last else 1), day or (28 if last else 1)) if number else None
    except ValueError:
        return None


def _latest_first(term: Term) -> tuple[bool, int, float, str, str]:
    return (
        term.begin is None,
        -(term.begin.toordinal() if term.begin else 0),
        -term.person.prior,
        term.title,
        term.person.id,
    )
