"""Read the collected entity base into drafts, keeping what may be shipped and what the sources confirm."""

from __future__ import annotations

import csv
import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OPEN_TIERS = {"open", "wd-extract"}
DOUBTFUL = {"Q28606331", "Q5987345", "Q15925436"}
"""Single-source ids that disagree with what they name; the entity stays, the id goes."""

EXTRA_TYPES = {
    "geo", "ministry", "agency", "party", "military", "legislature", "court", "armed_group", "government", "igo",
    "city", "media",
}  # fmt: skip
_QID = re.compile(r"^Q[1-9]\d*$")
_SPORT = re.compile(r"\b(League|Football|Hockey|Basketball|Soccer|School|Baseball|Rugby|Lacrosse)\b")


@dataclass
class Draft:
    """One entity on its way into the base."""

    id: str
    qid: str | None
    name: str
    type: str
    country: str | None
    description: str
    prior: float
    lat: float | None
    lon: float | None
    population: int | None
    tier: str
    src: tuple[str, ...]
    wikipedia: str | None = None
    admin1: str | None = None
    capital: str | None = None
    iso2: str | None = None
    geonames: int | None = None
    region: str | None = None
    """Id of the province a town or county lies in."""
    small: bool = False
    """A town or county that only a context of places makes worth a look."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Surface -> kind (name, alias, alt, surname, acronym, official)."""
    offices: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Evidence:
    """What the sources say of one Wikidata id: labels with how often each was met, and which sources."""

    labels: dict[str, int]
    sources: tuple[str, ...]
    enwiki: str


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Read a .jsonl or .jsonl.xz file."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a .tsv or .tsv.xz file with a header line; a missing file is an empty table."""
    if not path.exists():
        return []
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as lines:
        rows = (line for line in lines if not line.startswith("##"))
        return list(csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))


def find(folder: Path, name: str) -> Path:
    """The plain or the compressed form of a file."""
    plain = folder / name
    return plain if plain.exists() else folder / f"{name}.xz"


def read_evidence(folder: Path) -> dict[str, Evidence]:
    """Wikidata id -> what supports it."""
    path = find(folder, "qid_evidence.json")
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as text:
        raw = json.load(text)
    return {
        q: Evidence(x.get("labels", {}), tuple(x.get("src", ())), x.get("enwiki") or "")
        for q, x in raw.items()
        if x.get("src")
    }


def alias_kinds(folder: Path) -> dict[tuple[str, str], str]:
    """(entity id, surface) -> kind, from the collected alias table."""
    return {(row["id"], row["surface"]): row["kind"] for row in read_table(find(folder, "aliases.tsv"))}


def _open_part(row: dict[str, Any]) -> dict[str, Any] | None:
    """What remains of a record when its share-alike part is taken out, or None.

    A place of tier odbl is a GeoNames record (CC BY 4.0: name, coordinates, population) to which an ODbL table added
    the
    Wikidata id and, for regions, the coordinates: without these it is open.
    """
    if row["tier"] in OPEN_TIERS:
        return row
    if row["tier"] != "odbl" or "geonames" not in row["src"] or row["type"] not in ("city", "region"):
        return None
    row = {**row, "tier": "open", "src": [s for s in row["src"] if s != "dr5hn"], "odbl_qid": row["qid"]}
    if row["type"] == "region":
        row["lat"] = row["lon"] = None
    if row.get("geonames"):
        row["id"] = f"gn:{row['geonames']}"
    else:
        slug = re.sub(r"[^a-z0-9]+", "-", row["name"].lower()).strip("-")
        row["id"] = f"gna1:{row['country']}.{slug}"
    return row


def _wanted_extra(row: dict[str, Any]) -> bool:
    """Entities outside the core that news name: bodies and places a text-based source confirms, US towns with an id."""
    if row["type"] not in EXTRA_TYPES or not row.get("qid"):
        return False
    if row["type"] == "city":
        return "geonames" in row["src"]
    return bool({"elevant", "fb15k", "curated"} & set(row["src"])) and not _SPORT.search(row["name"])


def read_drafts(folder: Path, evidence: dict[str, Evidence]) -> tuple[list[Draft], dict[str, int]]:
    """All drafts that may be shipped, and how many records each reason left out."""
    kinds = alias_kinds(folder)
    left_out: dict[str, int] = {}
    drafts: dict[str, Draft] = {}
    core = list(read_json_lines(find(folder, "kb_core.jsonl")))
    seen = {row["id"] for row in core}
    full = find(folder, "kb_full.jsonl")
    extra = [r for r in read_json_lines(full) if r["id"] not in seen and _wanted_extra(r)] if full.exists() else []
    for row in core + extra:
        original_id = row["id"]
        shipped = _open_part(row)
        if shipped is None:
            left_out[f"tier {row['tier']}"] = left_out.get(f"tier {row['tier']}", 0) + 1
            continue
        draft = _draft(shipped, evidence)
        for surface in shipped.get("aliases", ()):
            draft.aliases.setdefault(surface, kinds.get((original_id, surface), "alias"))
        while draft.id in drafts:
            draft.id += "x"
        drafts[draft.id] = draft
    return [drafts[i] for i in sorted(drafts)], left_out


def _draft(row: dict[str, Any], evidence: dict[str, Evidence]) -> Draft:
    qid = row.get("qid") if not row.get("odbl_qid") else row["odbl_qid"]
    known = evidence.get(qid or "")
    if row.get("odbl_qid") and (known is None or row["name"].casefold() not in {x.casefold() for x in known.labels}):
        qid = None  # only the ODbL table links this id to this place
    if qid is not None and (known is None or qid in DOUBTFUL or not _QID.match(qid)):
        qid = None
    identifier = qid or row["id"]
    if qid is None and _QID.match(identifier):
        identifier = "kb:" + re.sub(r"[^a-z0-9]+", "-", row["name"].split(" (")[0].lower()).strip("-")
    return Draft(
        id=identifier,
        qid=qid,
        name=row["name"],
        type=row["type"],
        country=row.get("country"),
        description=row.get("description") or "",
        prior=float(row["prior"]),
        lat=row.get("lat"),
        lon=row.get("lon"),
        population=row.get("population"),
        tier=row["tier"],
        src=tuple(sorted(row["src"])),
        wikipedia=row.get("wikipedia"),
        admin1=row.get("admin1"),
        capital=row.get("capital"),
        iso2=row.get("iso2"),
        geonames=int(row["geonames"]) if str(row.get("geonames") or "").isdigit() else None,
        offices=list(row.get("offices", ())),
    )


def is_geonames(identifier: str) -> bool:
    """Whether an id is a plain GeoNames number ("gn:703448")."""
    return identifier.startswith("gn:") and identifier[3:].isdigit()


def add_hand_listed(drafts: list[Draft], folder: Path, evidence: dict[str, Evidence]) -> int:
    """Add hand-listed names and metonym targets whose confirmed id only left-out records bear, from the hand-written
    list alone.

    The list's own words (name, type, country, aliases) and a Wikidata id (CC0) are all that is taken.
    """
    have = {d.id for d in drafts} | {d.name.casefold() for d in drafts}
    hand = folder / "newsworthy.txt"
    aliases: dict[str, list[str]] = {}
    if hand.exists():
        for line in hand.read_text("utf-8").splitlines():
            parts = line.split("|")
            if len(parts) == 4 and not line.startswith("#"):
                aliases[parts[0]] = [a.strip() for a in parts[3].split(";") if a.strip()]
    added = 0
    rows = read_table(folder / "newsworthy_resolved.tsv")
    for metonym in read_table(folder / "metonyms.tsv"):
        if metonym["kind"] == "hand":
            rows.append(
                {
                    "name": metonym["stands_for"],
                    "type": metonym["target_type"],
                    "country": metonym["country"],
                    "qid": metonym["target_qid"],
                }
            )
    for row in rows:
        qid = row["qid"]
        if not qid or qid in have or qid in DOUBTFUL or qid not in evidence or row["name"].casefold() in have:
            continue
        drafts.append(
            Draft(
                id=qid, qid=qid, name=row["name"], type=row["type"], country=row["country"] or None, description="",
                prior=0.5,
                lat=None, lon=None, population=None, tier="open", src=("curated",),
                aliases=dict.fromkeys(aliases.get(row["name"], ()), "alias"),
            )
        )  # fmt: skip
        have.add(qid)
        added += 1
    drafts.sort(key=lambda d: d.id)
    return added


def leave_hand_listed(drafts: list[Draft], folder: Path) -> int:
    """Drop what the hand-written list of names alone gives: its entities without another source, and elsewhere its further names."""
    hand = folder / "newsworthy.txt"
    lines = (
        [x.split("|") for x in hand.read_text("utf-8").splitlines() if not x.startswith("#")] if hand.exists() else []
    )
    listed = {p[0]: {a.strip() for a in p[3].split(";")} for p in lines if len(p) == 4}
    kept = [d for d in drafts if set(d.src) != {"curated"}]
    gone = len(drafts) - len(kept)
    for draft in kept:
        if "curated" in draft.src:
            for surface in sorted({draft.name, *draft.aliases} & set(listed)):
                for alias in listed[surface] & set(draft.aliases):
                    del draft.aliases[alias]
                    gone += 1
    drafts[:] = kept
    return gone
