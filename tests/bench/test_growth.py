"""The curves of growth: their exponents, and the picture drawn of them."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest

pytest.importorskip("matplotlib")

from bench.growth import drawn, power

ROWS = [(10, 1.0, 5.0, 80.0), (100, 4.0, 40.0, 100.0), (1000, 40.0, 400.0, 100.0), (10_000, 400.0, 2000.0, 100.0)]


def test_the_exponent_is_that_of_the_sizes_from_a_hundred_on() -> None:
    assert power(ROWS, 1) == pytest.approx(1.0)
    assert power(ROWS, 2) == pytest.approx(math.log10(50) / 2, abs=1e-6)
    assert power(ROWS, 3) == pytest.approx(0.0, abs=1e-9)
    assert math.isnan(power(ROWS[:2], 1))


def test_the_picture_is_svg_and_the_same_bytes_for_the_same_figures() -> None:
    picture = drawn(ROWS)
    assert ET.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"
    assert drawn(ROWS) == picture
    assert drawn([*ROWS[:3], (10_000, 800.0, 2000.0, 100.0)]) != picture
