"""Makes kgbuild/data/outlines from Natural Earth's 1:110m countries, as the npm package world-atlas packs them (TopoJSON).

cd training/outlines && npm install --ignore-scripts && python make.py
"""

from __future__ import annotations

import gzip
import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "node_modules" / "world-atlas"
TARGET = HERE.parents[1] / "kgbuild" / "data" / "outlines"

LICENCE = """The outlines are Natural Earth's (https://www.naturalearthdata.com), version 4.1, scale 1:110m, public domain:

    All versions of Natural Earth raster + vector map data found on this website are in the public domain. You may use the maps in any
    manner, including modifying the content and design, electronic dissemination, and offset printing. The primary authors, Tom Patterson
    and Nathaniel Vaughn Kelso, and all other contributors renounce all financial claim to the maps and invites you to use them for
    personal, educational, and commercial purposes. No permission is needed to use Natural Earth. Crediting the authors is unnecessary.

Borders are drawn as Natural Earth has them: as held, not as claimed. They were read from the npm package world-atlas 2.0.2, whose
licence (ISC) is:

"""


def arcs_of(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Every arc as (longitude, latitude) in degrees, two decimals (a kilometre), points that then fall together once."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    out = []
    for arc in topology["arcs"]:
        x = y = 0
        line: list[tuple[float, float]] = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            point = (round(x * kx + dx, 2), round(y * ky + dy, 2))
            if not line or line[-1] != point:
                line.append(point)
        out.append(line)
    return out


def ring(indexes: list[int], arcs: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """The arcs of a ring joined; a negative index is an arc backwards, and shares its first point with the last one's end."""
    out: list[tuple[float, float]] = []
    for i in indexes:
        line = arcs[i] if i >= 0 else arcs[~i][::-1]
        out += line[1:] if out else line
    return out


def whole(points: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """A ring that crosses the antimeridian as rings that run on beyond 180 degrees, one on each side; one around the pole closed at it."""
    line = [points[0]]
    for x, y in points[1:]:
        turns = round((line[-1][0] - x) / 360.0)
        line.append((round(x + 360.0 * turns, 2), y))
    if line[-1][0] != line[0][0]:
        return [[*line, (line[-1][0], -90.0), (line[0][0], -90.0), line[0]]]
    if all(-180.0 <= x <= 180.0 for x, _ in line):
        return [line]
    return [[(round(x + shift, 2), y) for x, y in line] for shift in (-360.0, 0.0, 360.0) if _seen(line, shift)]


def _seen(line: list[tuple[float, float]], shift: float) -> bool:
    return any(-180.0 < x + shift < 180.0 for x, _ in line)


def middle(points: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Centroid and area of a ring, in degrees and square degrees."""
    area = x = y = 0.0
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        cross = ax * by - bx * ay
        area, x, y = area + cross / 2, x + (ax + bx) * cross / 6, y + (ay + by) * cross / 6
    return (x / area, y / area, abs(area)) if area else (*points[0], 0.0)


def main() -> None:
    """Write the outlines and their licence."""
    topology = json.loads((SOURCE / "countries-110m.json").read_text(encoding="utf-8"))
    arcs = arcs_of(topology)
    uses: Counter[int] = Counter()
    names = []
    for country in topology["objects"]["countries"]["geometries"]:
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        uses.update({i if i >= 0 else ~i for polygon in polygons for part in polygon for i in part})
        x, y, _ = max((middle(ring(polygon[0], arcs)) for polygon in polygons), key=lambda m: m[2])
        names.append((country["properties"]["name"], round(x, 2), round(y, 2)))
    land = topology["objects"]["land"]["geometries"][0]["arcs"]
    found = {
        "land": [[part for ring_ in polygon for part in whole(ring(ring_, arcs))] for polygon in land],
        "borders": [
            arcs[i] for i in sorted(uses) if uses[i] > 1
        ],  # an arc of two countries; one of a single country is coast
        "names": sorted(names),
    }
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    TARGET.mkdir(exist_ok=True)
    (TARGET / "outlines.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    licence = (SOURCE / "LICENSE").read_text(encoding="utf-8")
    (TARGET / "LICENSE.txt").write_text(LICENCE + licence, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
