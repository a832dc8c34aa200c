"""Pictures: well-formed, the same bytes every time, no box on another, colour never alone, nothing from a text unescaped."""

from __future__ import annotations

import importlib
import random
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import hostile_records, made_records, shuffled
from made_stances import changed, many

from kgbuild.aggregate import Aggregates
from kgbuild.errors import UsageError
from kgbuild.export.layout import ALONE, BESIDE, FOE, FRIEND, arrange, bend, bent, overlaps

pytest.importorskip("matplotlib")
from lxml import etree
from matplotlib.text import Text

from kgbuild.export.draw_course import _span
from kgbuild.export.pictures import AGAINST, FOR, STYLE, picture, shown

PAIR = ("Ruun", "Pell")
VIEWS = ["network", "matrix", "relations", "map", "timeline"]


def pair(found: Aggregates) -> tuple[str, str]:
    return found.find(PAIR[0]), found.find(PAIR[1])


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("form", ["svg", "png"])
def test_the_same_records_give_the_same_bytes(view: str, form: str) -> None:
    records = [*made_records(), *changed()]
    first = picture(Aggregates(records), form, view)
    assert first == picture(Aggregates(shuffled(records)), form, view)
    assert first.startswith(b"\x89PNG" if form == "png" else b"<?xml")
    assert b"<dc:date>" not in first and b"tEXtSoftware" not in first


def test_a_time_line_shows_the_change() -> None:
    found = Aggregates(changed())
    first = picture(found, "svg", "timeline", pair(found))
    assert first == picture(Aggregates(shuffled(changed())), "svg", "timeline", pair(found))
    plain = Aggregates(changed(before=-0.7))
    dotted = re.compile(rb"stroke-dasharray")
    assert len(dotted.findall(first)) == len(dotted.findall(picture(plain, "svg", "timeline", pair(plain)))) + 1


def test_polarity_shows_by_line_as_well_as_by_colour() -> None:
    svg = picture(Aggregates(made_records()), "svg").decode()
    against = [m for m in re.findall(r'style="[^"]*"', svg) if AGAINST.lower() in m.lower() and "fill: none" in m]
    backing = [m for m in re.findall(r'style="[^"]*"', svg) if FOR.lower() in m.lower() and "fill: none" in m]
    assert against and all("stroke-dasharray" in m for m in against)
    assert backing and not any("stroke-dasharray" in m for m in backing)
    assert len({line for _, line in STYLE.values()}) == len(STYLE)


def test_a_few_far_days_do_not_press_the_time_line_together_and_are_counted() -> None:
    near = Counter({f"2031-0{n}": 40 for n in range(1, 9)})
    assert _span(near) == (set(near), 0)
    kept, outside = _span(near + Counter({"2001-05": 2, "2055-01": 3, "": 7}))
    assert (kept, outside) == (set(near), 5)
    assert _span(near + Counter({"2001-05": 30}))[1] == 0  # too many to leave out
    assert _span(near + Counter({"2031-12": 1}))[1] == 0  # not far
    assert _span(Counter({"": 3})) == (set(), 0) and _span(Counter({"2001": 1, "2031": 1})) == ({"2001", "2031"}, 0)


@pytest.mark.parametrize(
    "records",
    [[], made_records(), changed(), hostile_records("W" * 200), many(300, 40)],
    ids=["none", "made", "pair", "long", "many"],
)
@pytest.mark.parametrize("name", ["network", "relations", "map", "course", "matrix"])
def test_no_words_are_cut_at_the_edge(name: str, records: list) -> None:  # type: ignore[type-arg]  # of records
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from kgbuild.export.pictures import _settings

    found = Aggregates(records)
    with _settings():
        figure = importlib.import_module(f"kgbuild.export.draw_{name}").draw(found, None, "month")
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        for text in figure.findobj(Text):
            if text.get_text().strip() and text.get_visible():
                box = text.get_window_extent(canvas.get_renderer())
                inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1
                assert inside, (text.get_text(), box, figure.bbox)


def test_wrong_calls() -> None:
    found = Aggregates(made_records())
    with pytest.raises(UsageError, match="no picture called 'pie'"):
        picture(found, "svg", "pie")
    with pytest.raises(UsageError, match="no dated stance or event"):
        picture(found, "svg", "timeline", (found.find("Westmere"), found.find("Mara Lind")))


@pytest.mark.parametrize(
    "records",
    [[], hostile_records(), hostile_records("a$b$_{x} 日本 \x00\x07" + "w" * 300)],
    ids=["none", "hostile", "odd"],
)
@pytest.mark.parametrize("view", VIEWS)
def test_empty_and_hostile_graphs_are_drawn(records: list, view: str) -> None:  # type: ignore[type-arg]  # of records
    svg = picture(Aggregates(records), "svg", view)
    tree = etree.fromstring(svg, etree.XMLParser(resolve_entities=False))
    assert not [e for e in tree.iter() if isinstance(e.tag, str) and e.tag.endswith("script")]
    assert picture(Aggregates(records), "png", view).startswith(b"\x89PNG")


def test_names_are_shown_on_one_line_and_cut() -> None:
    assert shown("a\u202eb\n c") == "a b c" and len(shown("x" * 99)) == 34 and shown("\u200b") == "?"


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 26), st.integers(0, 10**6))
def test_no_box_lies_on_another(count: int, seed: int) -> None:
    chance = random.Random(seed)
    boxes = [(chance.uniform(20, 150), 15.0) for _ in range(count)]
    links = {}
    for _ in range(count * 2):
        a, b = sorted((chance.randrange(count), chance.randrange(count)))
        if a != b:
            links[a, b] = chance.choice((FRIEND, FOE))
    points = arrange(count, links, boxes, 10.0)
    assert overlaps(points, boxes) == 0
    assert points == arrange(count, dict(reversed(links.items())), boxes, 10.0)


def test_an_arrow_bends_around_a_box_that_stands_between() -> None:
    points, boxes = [(0.0, 0.0), (300.0, 0.0), (150.0, 0.0), (150.0, -14.0)], [(60.0, 15.0)] * 4
    assert bend(0, 1, points[:2], boxes[:2]) == 0.0 and bend(0, 1, points[:2], boxes[:2], BESIDE) == BESIDE[0]
    turn = bend(0, 1, points, boxes)
    assert turn in ALONE and turn < 0  # to the left: a box stands on the right too
    track = [bent(points[0], points[1], turn, n / 100) for n in range(101)]
    for (x, y), (w, h) in zip(points[2:], boxes[2:], strict=True):
        assert not any(abs(a - x) < w / 2 and abs(b - y) < h / 2 for a, b in track)
    assert track[0] == points[0] and track[100] == points[1]
    assert turn == -bend(1, 0, points, boxes)


def test_a_large_graph_is_drawn_within_its_page_and_names_what_is_left_out() -> None:
    found = Aggregates(many(700, 90))
    from kgbuild.export.draw_network import MOST, _chosen

    _, nodes, left_out = _chosen(found, None)
    assert len(nodes) <= MOST and left_out > 0
    svg = picture(found, "svg")
    width, height = (float(x) for x in re.search(rb'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())  # type: ignore[union-attr]  # every SVG has one
    assert width < 2500 and height < 2500
