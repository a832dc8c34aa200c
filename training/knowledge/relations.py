"""Derive what stands beside the entities: terms of office, capitals, metonyms, demonyms."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from curate import PLACES, tidy
from drafts import Draft, read_table

from kgbuild.knowledge.normal import key
from kgbuild.knowledge.roles import role_key

_TITLE = re.compile(
    r"minister|president|secretary|king|queen|chancellor|speaker|governor|senat|represent|member|chief|judge|justice|"
    r"ambassador|director|mayor|premier|attorney|commissioner|leader|emir|sultan|prince|pope|monarch|marshal",
    re.IGNORECASE,
)
"""What a row without an office id must say to be a title; others are the names of the files they were read from."""

OPEN_DEMONYM_SOURCES = {"mordecai"}


@dataclass(frozen=True)
class Term:
    """One stretch of time in one office; days are ISO, "" where the source gives none."""

    person: str
    title: str
    country: str
    begin: str
    end: str


def terms(drafts: list[Draft]) -> tuple[list[Term], int]:
    """Terms of office, doubled and adjoining ones joined; also how many rows were file names instead of titles."""
    found: list[Term] = []
    dropped = 0
    for draft in drafts:
        by_title: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for row in draft.offices:
            title = re.sub(r"\b\d+(?:st|nd|rd|th) ", "", tidy(row["title"]))  # "Member of the 58th Parliament of ..."
            if not row.get("pos") and (re.search(r"\d{4}", title) or not _TITLE.search(title)):
                dropped += 1
                continue
            by_title[title, row.get("country") or draft.country or ""].append(
                (_iso(row.get("from")), _iso(row.get("to")))
            )
        for (title, country), spans in sorted(by_title.items()):
            for begin, end in join_spans(spans):
                found.append(Term(draft.id, title, country, begin, end))
    return found, dropped


def join_spans(spans: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join spans that overlap, adjoin within 45 days, or begin on one day; a known end wins over an open one of the
    same begin."""
    known: dict[str, str] = {}
    for begin, end in sorted(set(spans)):
        if known.get(begin):
            end = max(end, known[begin]) if end else known[begin]
        known[begin] = end
    joined: list[tuple[str, str]] = []
    for begin, end in sorted(known.items()):
        if joined and begin and joined[-1][1] and _day(begin) <= _day(joined[-1][1]) + timedelta(days=45):
            previous = joined.pop()
            joined.append((previous[0], max(previous[1], end) if end else ""))
        elif joined and begin and not joined[-1][1] and joined[-1][0]:
            # a later term in the same office shows that the open one ended; its end is not known better than this
            previous = joined.pop()
            joined += [(previous[0], begin), (begin, end)] if end or begin != previous[0] else [(previous[0], end)]
        else:
            joined.append((begin, end))
    return joined


def _iso(text: str | None) -> str:
    """A year, month or day; "" for anything vaguer ("2014s")."""
    return text if text and re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text) else ""


def _day(text: str) -> date:
    parts = [int(x) for x in text.split("-")]
    year, month, day = [*parts, 1, 1][:3]
    try:
        return date(year, max(1, month), max(1, day))
    except ValueError:
        return date(year, 1, 1)


def roles(title: str, country: str, names: list[str]) -> set[str]:
    """Role keys of a title, without the country's names and demonyms where it bears them.

    >>> sorted(roles("President of the United States", "US", ["United States", "American"]))
    ['president']
    """
    found = set()
    text = key(title)
    for name in names:
        k = key(name)
        if not k:
            continue
        for pattern in (
            rf" (?:of|for|in|to) (?:the )?(?:republic of |state of |kingdom of )?{re.escape(k)}$",
            rf"^{re.escape(k)} ",
        ):
            bare = re.sub(pattern, "", text)
            if bare != text and bare:
                found.add(role_key(bare))
    found = found or {role_key(title)}
    if country == "US" and "secretary of state" in found:
        found.add("foreign minister")
    if "chancellor of the exchequer" in found:
        found.add("finance minister")
    if country == "US" and any("attorney general" in f for f in found):
        found.add("justice minister")
    return found


def drop_generic_offices(drafts: list[Draft], folder: Path) -> list[Draft]:
    """Without the offices whose name fits any state ("Minister of Justice"): who holds them is asked by role and
    country.

    Kept: those a metonym stands for, and those that name their country, as head of state or government, minister or
    other.
    """
    targets = {row["target_qid"] for row in read_table(folder / "metonyms.tsv")}
    words: dict[str, list[str]] = defaultdict(list)
    for draft in drafts:
        if draft.type in ("country", "territory") and draft.iso2:
            words[draft.iso2] += [k for k in map(key, draft.aliases) if len(k) > 3]
    for row in read_table(folder / "demonyms.tsv"):
        if row["source"] in OPEN_DEMONYM_SOURCES:
            words[row["country"]].append(key(row["demonym"]))
    return [
        d
        for d in drafts
        if d.type != "office" or d.id in targets or any(w and w in key(d.name) for w in words.get(d.country or "", ()))
    ]


def capitals(drafts: list[Draft]) -> dict[str, str]:
    """City id -> ISO code of the state or territory it is the capital of."""
    cities: dict[tuple[str | None, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.type == "city":
            for surface, kind in draft.aliases.items():
                if kind in ("name", "alias", "alt"):
                    cities[draft.country, key(surface)].append(draft)
    found: dict[str, str] = {}
    for draft in drafts:
        if draft.type not in ("country", "territory") or not draft.capital or not draft.iso2 or "-" in draft.iso2:
            continue
        for name in draft.capital.split(";"):
            options = cities.get((draft.iso2, key(tidy(name))), [])
            if options:
                best = max(options, key=lambda d: (d.description.startswith("capital"), d.population or 0, d.id))
                found[best.id] = draft.iso2
    return found


@dataclass(frozen=True)
class MetonymRow:
    """A surface that may stand for an institution of a state."""

    surface: str
    stands_for: str
    target: str
    country: str
    kind: str


def metonyms(folder: Path, drafts: list[Draft]) -> list[MetonymRow]:
    """Metonyms with the entity they stand for, where the base has it under a confirmed id or the same name and country.

    Common nouns ("the bloc", "the alliance") are left out: only context tells what they name.
    """
    ids = {d.id for d in drafts}
    named: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        for surface, kind in draft.aliases.items():
            if kind in ("name", "alias"):
                named[key(surface)].append(draft)
    found: dict[str, MetonymRow] = {}
    for row in read_table(folder / "metonyms.tsv"):
        surface = tidy(row["surface"])
        if not any(c.isupper() for c in surface.removeprefix("the ")) or row["kind"] == "capital":
            continue
        target = row["target_qid"] if row["target_qid"] in ids else ""
        if not target:
            options = [
                d
                for d in named.get(key(row["stands_for"]), ())
                if d.type not in PLACES | {"person"} and d.country in (row["country"], None)
            ]
            target = max(options, key=lambda d: (d.prior, d.id)).id if options else ""
        stands_for = row["stands_for"]
        found.setdefault(key(surface), MetonymRow(surface, stands_for, target, row["country"], row["kind"]))
    return [found[k] for k in sorted(found)]


def plural(demonym: str) -> str | None:
    """The plural noun of a demonym; None where it has none of its own ("the British").

    >>> plural("Russian"), plural("Irishman"), plural("Chinese"), plural("Iraqi")
    ('Russians', 'Irishmen', None, 'Iraqis')
    """
    if demonym.endswith("man") and demonym not in ("German", "Roman", "Oman", "Ottoman", "Norman", "Cayman"):
        return demonym[:-3] + "men"
    if re.search(r"(ish|ese|ss|ch|sh|x|z|s)$", demonym):
        return None
    return f"{demonym}s"


def demonyms(folder: Path, extra: list[dict[str, str]], drafts: list[Draft]) -> list[tuple[str, str, str, str]]:
    """(surface, form, entity id, ISO code); form is adjective, person or people.

    The ODbL source's rows stay out. The hand-written table adds nouns ("Briton", "Turk") and peoples of regions
    ("European", "Kurd").
    """
    states = {
        d.iso2: d
        for d in reversed(drafts)
        if d.iso2 and "-" not in d.iso2 and d.type in ("country", "territory", "igo")
    }
    named = {
        key(s): d
        for d in sorted(drafts, key=lambda d: d.prior)
        if d.type in PLACES - {"city"}
        for s, k in d.aliases.items()
        if k in ("name", "alias", "acronym")
    }
    found: dict[str, tuple[str, str, str, str]] = {}

    def add(surface: str, form: str, draft: Draft) -> None:
        found.setdefault(key(surface), (surface, form, draft.id, draft.country or draft.iso2 or ""))

    for row in extra:
        draft = states.get(row["of"]) or named.get(key(row["of"]))
        if draft is None:
            raise ValueError(f"extra demonym {row['surface']!r}: no entity {row['of']!r}")
        add(row["surface"], row["form"], draft)
        if row["form"] != "people" and (many := plural(row["surface"])) and key(many) not in named:
            add(many, "people", draft)
    for row in read_table(folder / "demonyms.tsv"):
        draft = states.get(row["country"])
        if row["source"] not in OPEN_DEMONYM_SOURCES or draft is None:
            continue
        for word in (w.strip() for w in row["demonym"].split(",")):
            if word:
                add(word, "adjective", draft)
                if many := plural(word):
                    add(many, "people", draft)
    return [found[k] for k in sorted(found)]
