"""Build the shipped entity base, `kgbuild/data/knowledge.sqlite`, from the collected sources."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections import Counter
from pathlib import Path

import curate
import gazetteer
import relations
from drafts import Draft, add_hand_listed, is_geonames, leave_hand_listed, read_drafts, read_evidence, read_table

from kgbuild.knowledge.normal import fold, is_acronym, key
from kgbuild.knowledge.schema import KINDS, SCHEMA, TIERS, TYPES, VERSION

POSTAL = ("US-", "CA-")
"""States whose provinces have postal codes that texts write after a town ("Austin, TX")."""

HERE = Path(__file__).resolve().parent


def collect(folder: Path, towns: Path | None = None, hand_listed: bool = True) -> tuple[list[Draft], dict[str, int]]:
    """Read, clean, merge and rank; returns the drafts, most prominent first, and counts for the log.

    towns: a folder with GeoNames' tables (see gazetteer.py), None to leave small places out. hand_listed: False leaves out what only
    the hand-written list of names gives.
    """
    evidence = read_evidence(folder)
    drafts, log = read_drafts(folder, evidence)
    if hand_listed:
        log["hand-listed added"] = add_hand_listed(drafts, folder, evidence)
    else:
        log["hand-listed left out"] = leave_hand_listed(drafts, folder)
    log["read"] = len(drafts)
    additions: dict[str, list[dict[str, str]]] = {}
    for row in read_table(HERE / "additions.tsv"):
        additions.setdefault(row["id"], []).append(row)
    for draft in drafts:
        known = evidence.get(draft.qid or "")
        if draft.type in curate.BODIES and curate.TITLES.get(draft.name.split(" of ")[0]) and " of " in draft.name:
            draft.type = "office"  # "President of the United States" as a government
        elif draft.type == "person" and (body := curate.BODY_DESCRIPTION.match(draft.description)):
            draft.type = {"army": "military", "church": "org"}[body[1]]  # "Catholic Church" as a person
        old = draft.name
        draft.name = curate.preferred_name(draft, known)
        for label in (old, *(known.labels if known else ())):
            if label != draft.name:
                draft.aliases.setdefault(label, "alias")
        curate.clean_aliases(draft)
        for row in additions.pop(draft.id, ()):
            if row["alias"]:
                draft.aliases[row["alias"]] = "acronym" if is_acronym(row["alias"]) else "alias"
            if row["lat"]:
                draft.lat, draft.lon = float(row["lat"]), float(row["lon"])
    log["additions without entity"] = len(additions)
    common = common_words()
    noise = [d for d in drafts if curate.is_noise(d, common)]
    log["noise"] = len(noise)
    gone = {d.id for d in noise} | curate.is_shadow(drafts)
    drafts = [d for d in drafts if d.id not in gone]
    log["stolen aliases"] = curate.drop_stolen_aliases(drafts)
    drafts, log["merged"] = curate.merge(drafts, evidence)
    log["stolen aliases"] += curate.drop_stolen_aliases(drafts)
    curate.set_priors(drafts, evidence)
    log["placed from tables"] = gazetteer.place(drafts, HERE)
    if towns is not None:
        log.update(gazetteer.add(drafts, towns))
    log["regions and states located by their cities"] = curate.locate_areas(drafts)
    before = len(drafts)
    drafts = relations.drop_generic_offices(drafts, folder)
    log["offices named like those of other states"] = before - len(drafts)
    drafts.sort(key=lambda d: (-d.prior, d.id))
    return drafts, log


def common_words() -> set[str]:
    """Everyday words that are also names, see common_words.py."""
    path = HERE / "common_words.txt"
    return set(path.read_text("utf-8").split()) if path.exists() else set()


class _Numbers:
    """Small integers for repeated strings, in the order first met."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def of(self, text: str) -> int | None:
        """The number of a string; None for the empty one."""
        return self.known.setdefault(text, len(self.known) + 1) if text else None


def write(drafts: list[Draft], folder: Path, out: Path, log: dict[str, int]) -> None:
    """Write the SQLite file; the same drafts give the same bytes."""
    common = common_words()
    number = {d.id: i for i, d in enumerate(drafts, 1)}
    texts = _Numbers()
    out.unlink(missing_ok=True)
    base = sqlite3.connect(out, isolation_level=None)
    for pragma in ("page_size=4096", "journal_mode=OFF", "synchronous=OFF", "encoding='UTF-8'", "auto_vacuum=NONE"):
        base.execute(f"PRAGMA {pragma}")
    base.executescript(SCHEMA)
    base.execute("BEGIN")
    capital_of = relations.capitals(drafts)
    large = {key(d.name) for d in drafts if d.type == "city" and (d.population or 0) >= 50_000}
    seats = {key(row.surface) for row in relations.metonyms(folder, drafts)} - large
    alias_rows: dict[tuple[str, int], int] = {}
    for draft in drafts:
        n = number[draft.id]
        base.execute(
            "INSERT INTO entity VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                n,
                int(draft.qid[1:]) if draft.qid else -int(draft.id[3:]) if is_geonames(draft.id) else None,
                None if draft.qid or is_geonames(draft.id) else draft.id,
                draft.name,
                TYPES.index(draft.type),
                draft.country or None,
                texts.of(draft.description[:100]),
                round(draft.prior * 1000),
                None if draft.lat is None else round(draft.lat * 10000),
                None if draft.lon is None else round(draft.lon * 10000),
                draft.population or None,
                TIERS.index(draft.tier),
                texts.of("+".join(draft.src)),
                number.get(draft.region or ""),
            ),
        )
        if draft.iso2 and "-" not in draft.iso2 and draft.type in ("country", "territory"):
            base.execute("INSERT OR IGNORE INTO state VALUES (?,?)", (draft.iso2, n))
        if draft.iso2 and draft.iso2[:3] in POSTAL and len(draft.iso2) == 5:
            alias_rows[key(draft.iso2[3:]), n] = KINDS.index("local")
        for surface, kind in (*draft.aliases.items(), *([(draft.name, "local")] if draft.small else ())):
            k = key(surface)
            if draft.small and k:
                alias_rows[k, n] = KINDS.index("local")
                continue
            if not k or (k in seats and draft.type == "city" and (draft.population or 0) < 50_000):
                continue  # White House, Tennessee
            kind = (
                "acronym"
                if kind in ("name", "alias") and is_acronym(surface) and not _spelled_otherwise(draft, surface)
                else kind
            )
            code = KINDS.index(kind)
            alias_rows[k, n] = min(code, alias_rows.get((k, n), 99))
    base.executemany(
        "INSERT INTO alias VALUES (?,?,?)",
        [
            (k, n, code + (16 if k in common and KINDS[code] != "acronym" else 0))
            for (k, n), code in sorted(alias_rows.items())
        ],
    )
    base.executemany("INSERT INTO folded VALUES (?,?)", sorted(folded(drafts, number)))
    base.executemany("INSERT INTO capital VALUES (?,?)", sorted((number[c], iso) for c, iso in capital_of.items()))
    _write_relations(base, drafts, folder, number, texts, log)
    base.executemany("INSERT INTO text VALUES (?,?)", [(i, t) for t, i in texts.known.items()])
    base.execute("INSERT INTO meta VALUES ('version', ?)", (str(VERSION),))
    base.execute("COMMIT")
    base.execute("VACUUM")
    base.close()
    log["capitals"] = len(capital_of)
    log["alias rows"] = len(alias_rows)


def folded(drafts: list[Draft], number: dict[str, int]) -> set[tuple[str, int]]:
    """Sound keys of the names that reach English from another script: persons' full names, towns and provinces, armed groups."""
    rows = set()
    for draft in drafts:
        foreign = draft.country in gazetteer.OTHER_SCRIPTS and not draft.small
        place = foreign and (draft.type == "region" or (draft.type == "city" and (draft.population or 0) >= 20_000))
        if place or (foreign and draft.type in ("person", "armed_group")):
            for surface, kind in draft.aliases.items():
                if (
                    kind in ("name", "alias", "alt")
                    and (draft.type != "person" or " " in key(surface))
                    and fold(surface)
                ):
                    rows.add((fold(surface), number[draft.id]))
    return rows


def _spelled_otherwise(draft: Draft, acronym: str) -> bool:
    """Whether a long capitalised name is also listed in ordinary case ("HAMAS", "Hamas")."""
    return len(acronym) > 3 and any(a != acronym and key(a) == key(acronym) for a in draft.aliases)


def _write_relations(
    base: sqlite3.Connection,
    drafts: list[Draft],
    folder: Path,
    number: dict[str, int],
    texts: _Numbers,
    log: dict[str, int],
) -> None:
    people = relations.demonyms(folder, read_table(HERE / "demonyms.tsv"), drafts)
    base.executemany(
        "INSERT OR IGNORE INTO demonym VALUES (?,?,?)",
        [(key(surface), ("adjective", "person", "people").index(form), number[i]) for surface, form, i, _ in people],
    )
    rows = relations.metonyms(folder, drafts)
    base.executemany(
        "INSERT INTO metonym VALUES (?,?,?,?)",
        [(key(r.surface), number.get(r.target), texts.of(r.stands_for), r.country) for r in rows],
    )
    names: dict[str, list[str]] = {}
    for draft in drafts:
        if draft.iso2 and draft.type in ("country", "territory"):
            names.setdefault(draft.iso2, []).extend(a for a, kind in sorted(draft.aliases.items()) if kind != "alt")
    for surface, form, _, country in people:
        if form == "adjective":
            names.setdefault(country, []).append(surface)
    found, dropped = relations.terms(drafts)
    titles = _Numbers()
    held = set()
    for term in found:
        title = titles.of(f"{term.country}\t{term.title}")
        held.add((number[term.person], title, _days(term.begin), _days(term.end)))
    base.executemany("INSERT OR IGNORE INTO held VALUES (?,?,?,?)", sorted(held))
    role_rows = set()
    for text, i in titles.known.items():
        country, title = text.split("\t", 1)
        base.execute("INSERT INTO title VALUES (?,?,?)", (i, title, country or None))
        for role in relations.roles(title, country, names.get(country, [])):
            role_rows.add((country, role, i))
    base.executemany("INSERT INTO role VALUES (?,?,?)", sorted(role_rows))
    log.update(
        {
            "terms": len(held),
            "titles": len(titles.known),
            "office rows that were file names": dropped,
            "metonyms": len(rows),
            "demonyms": len(people),
        }
    )


def _days(iso: str) -> int:
    """20220324 for "2022-03-24", 00 for a month or day the source does not give, 0 for no date."""
    if not iso:
        return 0
    parts = [*iso.split("-"), "00", "00"][:3]
    return int("".join(p.zfill(2) for p in parts))


def main() -> int:
    """Build, then print counts by type."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/kb"))
    parser.add_argument("--out", type=Path, default=Path("kgbuild/data/knowledge.sqlite"))
    parser.add_argument("--towns", type=Path, help="folder with cities500.txt, admin1.json and admin2.json of GeoNames")
    parser.add_argument("--without-hand-listed", action="store_true", help="leave out what only newsworthy.txt names")
    options = parser.parse_args()
    drafts, log = collect(options.data, options.towns, not options.without_hand_listed)
    write(drafts, options.data, options.out, log)
    for name, count in sorted(log.items()):
        print(f"{name}\t{count}")
    for name, count in sorted(Counter(d.type for d in drafts).items()):
        print(f"type {name}\t{count}\t{sum(1 for d in drafts if d.type == name and d.qid)} with an id")
    print(f"bytes\t{options.out.stat().st_size}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
