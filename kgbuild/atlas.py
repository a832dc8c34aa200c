"""Where on the map things are told to have happened: places with their happenings by quad class, outlines, and the frame they fit in."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, radians, sin
from typing import Any, Final, TypeAlias

from kgbuild.aggregate import STATUSES, quad_class
from kgbuild.config import data_path
from kgbuild.graph import Evidence
from kgbuild.records import Entity

__all__ = ["QUADS", "Frame", "Rectangle", "Spot", "core", "frame", "meet", "outlines", "placed", "spots"]

Rectangle: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right, top."""

QUADS: Final = ("MaterialConflict", "VerbalConflict", "VerbalCooperation", "MaterialCooperation", "")
"""The order in which a place's happenings are counted and drawn; "" is an event type without a quad class."""

TOLD: Final = frozenset({"Disputed", "Reported", "Claimed"})
"""Statuses that count: somebody says that it happened."""

NARROWEST: Final = 5.0
"""Degrees of latitude a frame shows at least: the outlines are too coarse for less."""
SOUTH, NORTH = -58.0, 84.0
ASPECT: Final = 1.65
"""Width to height of a frame."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with a position (WGS84 degrees) and how many happenings are told of it, for each of QUADS."""

    id: str
    name: str
    lat: float
    long: float
    counts: tuple[int, ...]

    @property
    def count(self) -> int:
        """All happenings."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the world in degrees; `squeeze` is how much shorter a degree of longitude is than one of latitude in its middle."""

    west: float
    south: float
    east: float
    north: float
    squeeze: float

    def place(self, lat: float, long: float) -> tuple[float, float]:
        """Where a point lies, x and y in [0, 1] from the left and the bottom when it is inside."""
        return (long - self.west) / (self.east - self.west), (lat - self.south) / (self.north - self.south)

    def holds(self, lat: float, long: float) -> bool:
        """Whether a point is inside."""
        return self.west <= long <= self.east and self.south <= lat <= self.north

    @property
    def aspect(self) -> float:
        """Width to height of its picture."""
        return (self.east - self.west) * self.squeeze / (self.north - self.south)


def spots(evidence: Iterable[Evidence], entities: Mapping[str, Entity]) -> tuple[list[Spot], int]:
    """The places at which (or to which) something is told to have happened, most first, and the number of happenings left out.

    A happening counts once at a place, however many events and articles tell it; those only denied, planned or supposed do not count, and
    those at places without a position are left out.
    """
    found: defaultdict[tuple[str, str], list[Evidence]] = defaultdict(list)
    lost: set[str] = set()
    for e in evidence:
        if e.kind != "event":
            continue
        for i in dict.fromkeys(i for _, i in e.roles if i.startswith("place/")):
            entity = entities.get(i)
            if entity is not None and entity.lat is not None and entity.long is not None:
                found[i, e.cluster or e.record].append(e)
            elif e.status in TOLD:
                lost.add(e.cluster or e.record)
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(QUADS))
    for (i, _), members in found.items():
        first = min(members, key=lambda e: (STATUSES.index(e.status), e.record))
        if first.status in TOLD:
            counts[i][QUADS.index(quad_class(first.type))] += 1
    out = []
    for i, numbers in counts.items():
        entity = entities[i]
        assert entity.lat is not None and entity.long is not None
        out.append(Spot(i, entity.name, entity.lat, entity.long, tuple(numbers)))
    return sorted(out, key=lambda s: (-s.count, s.name, s.id)), len(lost)


def frame(places: Sequence[Spot], aspect: float = ASPECT, narrowest: float = NARROWEST) -> Frame:
    """The part of the world that shows all places with room around them; the inhabited world when there are none."""
    if not places:
        return Frame(-180.0, SOUTH, 180.0, NORTH, 0.8)
    west, east = min(s.long for s in places), max(s.long for s in places)
    south, north = min(s.lat for s in places), max(s.lat for s in places)
    squeeze = max(0.5, cos(radians(max(-70.0, min(70.0, (south + north) / 2)))))
    tall = max((north - south) * 1.35, narrowest)
    wide = max((east - west) * 1.35, narrowest)
    tall, wide = max(tall, wide * squeeze / aspect), max(wide, tall * aspect / squeeze)
    if wide >= 360.0:
        wide = 360.0
        tall = min(max(tall, 360.0 * squeeze / aspect), NORTH - SOUTH)
    low, high = min(SOUTH, south - 1.0), max(NORTH, north + 1.0)  # no Antarctica unless something is told of it
    tall = min(tall, high - low)
    x, y = (west + east) / 2, (south + north) / 2
    x = max(-180.0 + wide / 2, min(180.0 - wide / 2, x))
    y = max(low + tall / 2, min(high - tall / 2, y))
    return Frame(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2, squeeze)


def core(places: Sequence[Spot], share: float = 0.5, much: float = 0.15) -> list[Spot]:
    """The densest region's places: those that hold many of the happenings, `share` at least, on little of the area of all, less than `much`.

    None when there is no such region.
    """
    kept, total, area = list(places), sum(s.count for s in places), _area(frame(places))
    best: list[Spot] = []
    most = 0.0
    while len(kept) > 3:
        y = _median([(s.lat, s.count) for s in kept])
        x = _median([(s.long, s.count) for s in kept])
        far = max(kept, key=lambda s: ((s.lat - y) ** 2 + ((s.long - x) * cos(radians(y))) ** 2, s.id))
        kept.remove(far)
        inside = frame(kept)
        beside = [s for s in places if inside.holds(s.lat, s.long)]  # what lies beside the core is shown with it
        held, part = sum(s.count for s in beside) / total, _area(inside) / area
        if held >= share and part < much and held / part**0.2 > most:
            best, most = beside, held / part**0.2
    return best


def placed(
    sizes: Sequence[tuple[float, float]], discs: Sequence[tuple[float, float, float]], within: Rectangle
) -> list[tuple[float, float] | None]:
    """The middle of each label (width, height) at its disc (x, y, radius), None where there is no room: on no other label, on no disc, inside.

    Labels and discs are in one order, the most important first: it chooses first. Close places are tried first, then farther ones, which
    need a line to their disc.
    """
    taken: list[Rectangle] = [(x - r, y - r, x + r, y + r) for x, y, r in discs]
    out: list[tuple[float, float] | None] = []
    for (w, h), (x, y, r) in zip(sizes, discs, strict=True):
        best = None
        for middle in _around(x, y, r, w, h):
            mine = (middle[0] - w / 2, middle[1] - h / 2, middle[0] + w / 2, middle[1] + h / 2)
            if mine[0] < within[0] or mine[1] < within[1] or mine[2] > within[2] or mine[3] > within[3]:
                continue
            if not any(meet(mine, other) for other in taken):
                best = middle
                taken.append(mine)
                break
        out.append(best)
    return out


def _around(x: float, y: float, r: float, w: float, h: float) -> list[tuple[float, float]]:
    near = r + 2.0
    side, over = near + w / 2, near + h / 2
    slant = near * 0.72
    found = [
        (x + side, y), (x - side, y), (x + slant + w / 2, y + slant + h / 2), (x + slant + w / 2, y - slant - h / 2),
        (x - slant - w / 2, y + slant + h / 2), (x - slant - w / 2, y - slant - h / 2), (x, y + over), (x, y - over),
    ]  # fmt: skip
    for reach in (10.0, 18.0, 28.0, 40.0, 54.0):
        for n in range(16):
            turn = 2 * pi * n / 16
            found.append((x + cos(turn) * (r + reach + w / 2), y + sin(turn) * (r + reach + h / 2)))
    return found


def meet(a: Rectangle, b: Rectangle) -> bool:
    """Whether two rectangles overlap."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@lru_cache(maxsize=1)
def outlines() -> dict[str, Any]:
    """Natural Earth's outlines: `land` polygons (rings), `borders` lines, both of [longitude, latitude]; `names` [name, longitude, latitude].

    Made by training/outlines/make.py; the licence is beside the file.
    """
    found: dict[str, Any] = json.loads(gzip.decompress((data_path() / "outlines" / "outlines.json.gz").read_bytes()))
    return found


def _median(values: list[tuple[float, int]]) -> float:
    values.sort()
    half = sum(n for _, n in values) / 2
    seen = 0
    for value, n in values:
        seen += n
        if seen >= half:
            return value
    return values[-1][0]


def _area(of: Frame) -> float:
    return (of.east - of.west) * of.squeeze * (of.north - of.south)
