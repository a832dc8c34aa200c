"""Users' own entities: read from TSV or Turtle (SKOS), each line proved on its own; what is refused is reported and the rest loads.

docs/entities.md describes both forms. A line adds an entity, or sets what it says over an entity of the base with the same Wikidata id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from kgbuild.errors import InputError
from kgbuild.files import regular
from kgbuild.knowledge.normal import MAX_SURFACE, has_capital, key
from kgbuild.knowledge.own_turtle import turtle_rows
from kgbuild.knowledge.schema import TYPES
from kgbuild.records import Skipped
from kgbuild.rules import load_rules

__all__ = ["COLUMNS", "Membership", "OwnEntity", "read_own"]

COLUMNS = (
    "id", "name", "type", "aliases", "wikidata", "country", "within", "lat", "long", "member_of", "role", "from", "to", "prominence", "description",
)  # fmt: skip
PROMINENCE = 0.8
"""Of an entity whose line gives none: whoever lists a name means it, so it comes before all but the most famous namesakes."""

_OTHER_TYPES = {
    "organization": "org", "organisation": "org", "state": "country", "place": "geo", "group": "armed_group", "politicalparty": "party",
    "corporation": "company", "administrativearea": "region", "governmentorganization": "agency", "collegeoruniversity": "university",
    "newsmediaorganization": "media", "militant_group": "armed_group", "village": "city", "town": "city",
}  # fmt: skip
"""Classes of the graph and of schema.org, and usual words -> types of the base."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_QID = re.compile(r"Q[1-9][0-9]{0,11}")
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_MARKUP = re.compile(r"[<>{}|\\^`]")
_MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class Membership:
    """An entity's role in a body (by id), with its first and last day; None where the line gives none."""

    body: str
    role: str | None
    begin: date | None
    end: date | None

    def covers(self, day: date | None) -> bool:
        """Whether it holds on a day; of an unknown day, only when it has no bounds."""
        if day is None:
            return self.begin is None and self.end is None
        return (self.begin is None or self.begin <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class OwnEntity:
    """One accepted line; None and () where it says nothing. `id` is a Wikidata id, else the line's own."""

    id: str
    qid: str | None
    name: str | None
    type: str | None
    aliases: tuple[str, ...]
    country: str | None
    within: str | None
    lat: float | None
    long: float | None
    memberships: tuple[Membership, ...]
    prominence: float | None
    description: str | None


Known = Callable[[str], str | None]
"""The name of what the base has under an id or a country's code; None when it has nothing."""


def read_own(paths: Sequence[str | Path], known: Known, country: Known) -> tuple[list[OwnEntity], list[Skipped]]:
    """The entities of files, in order, and the refused lines with their reasons.

    Raises InputError when a file cannot be read at all. Of lines with one id the first stays.
    """
    found: list[tuple[str, str, OwnEntity]] = []
    refused: list[Skipped] = []
    seen: dict[str, str] = {}
    ids: dict[str, str] = {}
    for path in paths:
        file = Path(path)
        rows = _rows(file, refused)
        for where, row in rows:
            try:
                entity = _entity(row, known, country)
                for name in dict.fromkeys((row["id"], entity.id)):
                    if name in seen:
                        raise ValueError(f"id {name!r} is already on {seen[name]}")
            except ValueError as error:
                refused.append(Skipped(str(file), f"{where}: {error}"))
                continue
            place = where if len(paths) == 1 else f"{where} of {file.name}"
            seen |= {row["id"]: place, entity.id: place}
            ids[row["id"]] = entity.id
            found.append((str(file), where, entity))
    same = {row_id: entity_id for row_id, entity_id in ids.items() if row_id != entity_id}
    kept, later = _linked([(file, where, _renamed(e, same)) for file, where, e in found], known)
    return kept, refused + later


def _renamed(entity: OwnEntity, same: Mapping[str, str]) -> OwnEntity:
    """An entity whose references by a line's own id go to the Wikidata id of that line."""
    memberships = tuple(replace(m, body=same.get(m.body, m.body)) for m in entity.memberships)
    within = same.get(entity.within, entity.within) if entity.within is not None else None
    return replace(entity, within=within, memberships=memberships)


def _linked(found: list[tuple[str, str, OwnEntity]], known: Known) -> tuple[list[OwnEntity], list[Skipped]]:
    """The entities whose `within` and bodies exist and lie in no ring; the others refused, until none is left."""
    refused: list[Skipped] = []
    while True:
        ids = {e.id: e for _, _, e in found}
        rings = _rings(ids)
        bad: dict[str, str] = {}
        for _, _, e in found:
            if e.id in rings:
                bad[e.id] = f"within goes round in a ring: {' > '.join(rings[e.id])}"
            elif e.within is not None and e.within not in ids and known(e.within) is None:
                bad[e.id] = f"within {e.within!r}: no such entity here or in the base"
            else:
                lost = [m.body for m in e.memberships if m.body not in ids and known(m.body) is None]
                if lost:
                    bad[e.id] = f"member_of {lost[0]!r}: no such entity here or in the base"
        if not bad:
            return [e for _, _, e in found], refused
        refused += [Skipped(file, f"{where}: {bad[e.id]}") for file, where, e in found if e.id in bad]
        found = [f for f in found if f[2].id not in bad]


def _rings(ids: Mapping[str, OwnEntity]) -> dict[str, list[str]]:
    """Every entity that lies within itself -> the ring, from it back to it."""
    rings: dict[str, list[str]] = {}
    for start in ids:
        path, current = [start], ids[start].within
        while current is not None and current in ids and current not in path:
            path.append(current)
            current = ids[current].within
        if current == start:
            rings[start] = [*path, start]
    return rings


def _rows(file: Path, refused: list[Skipped]) -> Iterable[tuple[str, dict[str, str]]]:
    try:
        data = regular(file).read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); name a TSV or Turtle file of entities") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not UTF-8 text; save it as UTF-8") from error
    if file.suffix.lower() in {".ttl", ".turtle", ".nt"}:
        rows, faults = turtle_rows(text, str(file))
        refused.extend(Skipped(str(file), fault) for fault in faults)
        return rows
    return _tsv_rows(text, file, refused)


def _tsv_rows(text: str, file: Path, refused: list[Skipped]) -> Iterable[tuple[str, dict[str, str]]]:
    lines = [(n, line.rstrip("\r").split("\t")) for n, line in enumerate(text.split("\n"), 1)]
    body = [(n, cells) for n, cells in lines if any(c.strip() for c in cells) and not cells[0].startswith("#")]
    header = [c.strip().lower() for c in body[0][1]] if body else []
    if "id" not in header:
        raise InputError(
            f"{file}: the first line must name the columns, tab-separated, id among them: {', '.join(COLUMNS)}"
        )
    unknown = [c for c in header if c not in COLUMNS]
    if unknown:
        raise InputError(f"{file}: unknown column {unknown[0][:40]!r}; known: {', '.join(COLUMNS)}")
    rows = []
    for n, cells in body[1:]:
        if len(cells) > len(header):
            refused.append(Skipped(str(file), f"line {n}: {len(cells)} values for {len(header)} columns"))
            continue
        values = [c.strip() for c in cells] + [""] * (len(header) - len(cells))
        rows.append((f"line {n}", dict.fromkeys(COLUMNS, "") | dict(zip(header, values, strict=True))))
    return rows


def _entity(row: Mapping[str, str], known: Known, country: Known) -> OwnEntity:
    """Raises ValueError with what is wrong."""
    identifier, qid = row["id"], row["wikidata"] or None
    if not _ID.fullmatch(identifier):
        raise ValueError(f"bad id {identifier[:40]!r}: letters, digits, '.', '_' and '-', at most 80")
    if _QID.fullmatch(identifier):
        if qid not in (None, identifier):
            raise ValueError(f"id {identifier} and wikidata {qid} differ")
        qid = identifier
    elif re.fullmatch(r"Q[0-9]*", identifier):
        raise ValueError(f"bad id {identifier!r}: a Wikidata id is Q and a number")
    if qid is not None and not _QID.fullmatch(qid):
        raise ValueError(f"bad wikidata id {qid[:40]!r}: Q and a number")
    over = qid is not None and known(qid) is not None
    names = [row["name"]] if row["name"] else []
    aliases = [a for a in (part.strip() for part in row["aliases"].split("|")) if a]
    if not names and not over:
        raise ValueError("no name, and nothing in the base to take one from")
    if len(aliases) > _MOST_NAMES:
        raise ValueError(f"{len(aliases)} aliases; at most {_MOST_NAMES}")
    for name in (*names, *aliases):
        _check_name(name)
    kind = _type(row["type"])
    if kind is None and not over:
        raise ValueError(f"no type; one of {', '.join(t for t in TYPES if t != 'office')}")
    code = row["country"].upper() or None
    if code is not None and (not re.fullmatch("[A-Z]{2}", code) or country(code) is None):
        raise ValueError(f"no country {code[:10]!r}: give its ISO 3166 code of two letters")
    for text in (row["description"], row["role"], row["within"], row["member_of"]):
        if not text.isprintable() or len(text) > 1000:
            raise ValueError("a value is longer than 1000 characters, or holds control characters")
    lat, long = _degrees(row["lat"], 90, "lat"), _degrees(row["long"], 180, "long")
    if (lat is None) != (long is None):
        raise ValueError("lat and long belong together")
    prominence = _degrees(row["prominence"], 1, "prominence")
    if prominence is not None and prominence < 0:
        raise ValueError("prominence lies between 0 and 1")
    return OwnEntity(
        qid or identifier, qid, row["name"] or None, kind, tuple(dict.fromkeys(aliases)), code, row["within"] or None, lat, long,
        _memberships(row), prominence, row["description"] or None,
    )  # fmt: skip


def _check_name(name: str) -> None:
    shown = name[:40].encode("unicode_escape").decode() if not name.isprintable() else name[:40]
    markup = _MARKUP.search(name)
    wanted = key(name)
    fault = ""
    if not name.isprintable():
        fault = "holds control or direction characters"
    elif markup is not None:
        fault = f"holds {markup[0]!r}, which no name has"
    elif len(name) > MAX_SURFACE:
        fault = f"is longer than {MAX_SURFACE} characters"
    elif not wanted or not any(c.isalpha() for c in wanted):
        fault = "has no letters to find it by"
    elif " " not in wanted and (not has_capital(name) or wanted in str(load_rules("identity")["no_names"]).split()):
        fault = "is an everyday word: it would be found in every sentence"
    if fault:
        raise ValueError(f"name '{shown}' {fault}")


def _type(text: str) -> str | None:
    if not text:
        return None
    bare = text.strip().lower().replace(" ", "_").replace("-", "_")
    kind = _OTHER_TYPES.get(bare, bare)
    if kind not in TYPES or kind == "office":
        raise ValueError(f"unknown type {text[:40]!r}; one of {', '.join(t for t in TYPES if t != 'office')}")
    return kind


def _degrees(text: str, most: int, name: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{name} {text[:20]!r} is no number") from None
    if not -most <= number <= most:
        raise ValueError(f"{name} {text[:20]} lies beyond {most}")
    return number


def _memberships(row: Mapping[str, str]) -> tuple[Membership, ...]:
    bodies = [b.strip() for b in row["member_of"].split("|")] if row["member_of"] else []
    lists = {c: [v.strip() for v in row[c].split("|")] if row[c] else [] for c in ("role", "from", "to")}
    for name, values in lists.items():
        if len(values) > len(bodies):
            raise ValueError(f"{name} says {len(values)} times what member_of says {len(bodies)} times")
        lists[name] = values + [""] * (len(bodies) - len(values))
    out = []
    for body, role, begin, end in zip(bodies, lists["role"], lists["from"], lists["to"], strict=True):
        if not body:
            raise ValueError("member_of has an empty part")
        first, last = _day(begin), _day(end, last=True)
        if first is not None and last is not None and first > last:
            raise ValueError(f"from {begin} comes after to {end}")
        out.append(Membership(body, role.lower() or None, first, last))
    return tuple(out)


def _day(text: str, last: bool = False) -> date | None:
    """A day, or the first or last day of a month or year."""
    if not text:
        return None
    if not _DAY.fullmatch(text):
        raise ValueError(f"{text[:20]!r} is no day: YYYY-MM-DD, YYYY-MM or YYYY")
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    try:
        if not month:
            return date(year, 12, 31) if last else date(year, 1, 1)
        if not day:
            after = date(year + month // 12, month % 12 + 1, 1)
            return date.fromordinal(after.toordinal() - 1) if last else date(year, month, 1)
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"{text[:20]!r} is no day of the calendar") from None
