"""The calibration figures, by hand-made numbers and a hand-made document."""

from __future__ import annotations

import pytest

from bench.calibration import _links, calibration_error, table

TREE = """# newpar
# text = Northern Arland saw Ms Oren.
1\tNorthern\t_\tADJ\tJJ\t_\t2\tamod\t_\t_
2\tArland\t_\tPROPN\tNNP\t_\t3\tnsubj\t_\t_
3\tsaw\t_\tVERB\tVBD\t_\t0\troot\t_\t_
4\tMs\t_\tNOUN\tNN\t_\t3\tobj\t_\t_
5\tOren\t_\tPROPN\tNNP\t_\t4\tflat\t_\t_
6\t.\t_\tPUNCT\t.\t_\t3\tpunct\t_\t_

# text = Oren smiled.
1\tOren\t_\tPROPN\tNNP\t_\t2\tnsubj\t_\t_
2\tsmiled\t_\tVERB\tVBD\t_\t0\troot\t_\t_
3\t.\t_\tPUNCT\t.\t_\t2\tpunct\t_\t_
"""
LABELS = """1\tNorthern\t(place-1-Northern_Arland
2\tArland\tplace-1-Northern_Arland)
3\tsaw\t_
4\tMs\t_
5\tOren\t_
6\t.\t_
1\tOren\t(person-2-Petra_Oren)
2\tsmiled\t_
3\t.\t_
"""


def test_the_error_is_the_distance_of_each_bin_weighed_by_its_size() -> None:
    assert calibration_error([0.95, 0.95, 0.95, 0.55], [1, 1, 1, 1]) == pytest.approx((3 * 0.05 + 0.45) / 4)
    assert calibration_error([1.0, 0.0], [1, 0]) == 0
    assert calibration_error([], []) == 0
    assert [line.split()[:2] for line in table([0.95, 1.0, 0.2], [1, 0, 0])] == [["0.2-0.3", "1"], ["0.9-1.0", "2"]]


def test_titles_are_those_of_names_with_the_borders_of_the_gold() -> None:
    links = _links(TREE, LABELS)
    assert links.title(0, 15) == "northern arland"
    assert links.title(9, 15) is None  # "Arland" within "Northern Arland"
    assert links.title(23, 27) is None  # no gold title
    assert links.title(29, 33) == "petra oren"
