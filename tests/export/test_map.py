"""The map: outlines as they should be, places counted once, frames that hold them, no label on another."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import made_records

from kgbuild.aggregate import Aggregates
from kgbuild.atlas import QUADS, Spot, core, frame, outlines, placed, spots
from kgbuild.export.draw_relations import labelled
from kgbuild.records import Entity, Event


def spot(name: str, lat: float, long: float, *counts: int) -> Spot:
    return Spot(f"place/{name}", name, lat, long, counts or (1, 0, 0, 0, 0))


def inside(rings: list[list[list[float]]], x: float, y: float) -> bool:
    """Even-odd rule over all rings of a polygon."""
    odd = False
    for ring in rings:
        for (ax, ay), (bx, by) in itertools.pairwise(ring):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                odd = not odd
    return odd


@pytest.mark.parametrize(
    ("x", "y", "land"),
    [(37.6, 55.7, True), (44.4, 33.3, True), (-100, 40, True), (178, 67, True), (-175, 67, True), (134, -25, True), (0, -85, True),
     (-30, 40, False), (180, 0, False), (-150, 20, False), (52, 42, False), (80, -40, False)],
)  # fmt: skip
def test_land_is_where_it_is(x: float, y: float, land: bool) -> None:
    assert any(inside(polygon, x, y) for polygon in outlines()["land"]) is land


def test_no_line_of_the_outlines_runs_across_the_map() -> None:
    drawn = outlines()
    # The one long step is the shore that Antarctica does not have: along the pole.
    lines = [*drawn["borders"], *(ring for polygon in drawn["land"] for ring in polygon)]
    assert all(abs(a[0] - b[0]) < 45 for line in lines for a, b in itertools.pairwise(line) if a[1] > -89)
    assert {"Syria", "Ukraine", "Russia"} <= {name for name, _, _ in drawn["names"]}


def test_a_happening_counts_once_at_a_place_and_what_is_only_planned_does_not() -> None:
    found = Aggregates(made_records())
    places, lost = spots(found.evidence, found.entities)
    (eastquay,) = places  # the only place with a position
    told = {e.cluster or e.record for e in found.evidence if eastquay.id in e.entities("place") and e.kind == "event"}
    assert len([r for r in made_records() if isinstance(r, Event) and eastquay.id in r.places]) > len(told) > 0
    # The shelling, told twice, is one; it is disputed, so somebody says it happened.
    assert dict(zip(QUADS, eastquay.counts, strict=True))["MaterialConflict"] == 1
    assert eastquay.count <= len(told)
    assert lost == 0  # the Amber Islands have no position, but what is told of them is denied


def test_a_frame_holds_its_places_and_its_shape() -> None:
    for places in (
        [spot("a", 35, 36)],
        [spot("a", 35, 36), spot("b", -35, 149)],
        [spot("a", 71, -179.5), spot("b", -55, 179)],
    ):
        view = frame(places)
        assert all(view.holds(s.lat, s.long) for s in places)
        assert -180 <= view.west < view.east <= 180 and -90 <= view.south < view.north <= 90
        assert 0.8 < view.aspect < 2.6
    assert frame([spot("a", 10, 20)]).place(10, 20) == pytest.approx((0.5, 0.5))


def test_a_dense_region_is_shown_apart_only_when_there_is_one() -> None:
    dense = [spot(f"d{n}", 34 + n * 0.4, 36 + n * 0.5, 3, 0, 0, 0, 0) for n in range(6)]
    assert {s.name for s in core([*dense, spot("far", -35, 149), spot("west", 40, -100)])} == {s.name for s in dense}
    assert (
        core(dense) == []
        and core([]) == []
        and core([spot(f"w{n}", n * 9 - 40, n * 31 - 150) for n in range(10)]) == []
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_no_label_lies_on_another_nor_on_a_disc_nor_outside(seed: int, count: int) -> None:
    chance = random.Random(seed)
    discs = [(chance.uniform(0, 500), chance.uniform(0, 300), chance.uniform(2, 15)) for _ in range(count)]
    sizes = [(chance.uniform(15, 90), 8.0) for _ in discs]
    middles = placed(sizes, discs, (0, 0, 500, 300))
    boxes = [
        (m[0] - w / 2, m[1] - h / 2, m[0] + w / 2, m[1] + h / 2)
        for m, (w, h) in zip(middles, sizes, strict=True)
        if m is not None
    ]
    assert boxes or count > 1
    for n, a in enumerate(boxes):
        assert a[0] >= 0 and a[1] >= 0 and a[2] <= 500 and a[3] <= 300
        others = boxes[n + 1 :] + [(x - r, y - r, x + r, y + r) for x, y, r in discs]
        assert not any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for b in others)


def test_words_on_lines_stand_on_no_box_and_on_no_other_words() -> None:
    middles, boxes = [(0.0, 0.0), (200.0, 0.0), (100.0, 0.0)], [(60.0, 40.0)] * 3
    first, second, third = labelled(
        [(0, 1, 0.0, "a"), (0, 1, 0.0, "b"), (0, 2, 0.0, "c")], middles, boxes, [20.0, 20.0, 300.0]
    )
    assert first is not None and second is not None and first != second and third is None
    assert all(abs(x - 100.0) >= 40.0 for x, _ in (first, second))


def test_hostile_positions_are_no_reason_to_fail() -> None:
    entity = Entity("place/x", "x" * 10_000, "Place", lat=90.0, long=180.0)
    assert spots([], {entity.id: entity}) == ([], 0)
