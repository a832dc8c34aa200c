from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest
from made_records import HOSTILE, hostile_records, made_records, shuffled

from kgbuild.config import Config
from kgbuild.export.csv import COLUMNS, write
from kgbuild.graph import to_networkx
from kgbuild.records import Record


def written(records: Sequence[Record]) -> bytes:
    out = io.BytesIO()
    write(records, out, Config())
    assert not out.closed
    return out.getvalue()


def rows(records: Sequence[Record]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(records).decode(), newline=""), strict=True))


def test_one_row_an_edge_with_all_its_values() -> None:
    graph = to_networkx(made_records())
    found = {r["id"]: r for r in rows(made_records())}
    assert len(found) == graph.number_of_edges()
    for a, b, key, values in graph.edges(keys=True, data=True):
        row = found[key]
        assert (row["source"], row["target"], row["source_label"]) == (a, b, graph.nodes[a]["label"])
        for name, value in values.items():
            expected = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
            assert row[name] == expected, name


def test_every_attribute_has_a_column() -> None:
    names = {name for _, _, d in to_networkx(made_records()).edges(data=True) for name in d}
    assert names <= set(COLUMNS)


def test_rfc_4180_line_ends_and_quotes() -> None:
    data = written(made_records())
    assert data.endswith(b"\r\n")
    assert data.count(b"\r\n") == 1 + len(rows(made_records()))
    assert data.startswith(b'"source","source_label"')


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_no_text_is_a_formula(start: str) -> None:
    name = f'{start}HYPERLINK("http://x","y"),;\n"z'
    for row in rows(hostile_records(name)):
        for column, cell in row.items():
            if column not in ("score", "confidence", "begin", "end", "sentence_begin", "sentence_end"):
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝")), column
        assert "'" + name in row.values()


def test_hostile_text_is_one_cell() -> None:
    found = rows(hostile_records(HOSTILE + "\x00"))
    assert {r["source_label"] for r in found} == {HOSTILE + "\ufffd", "Norland"}


def test_the_same_bytes_whatever_the_order() -> None:
    assert written(made_records()) == written(shuffled(made_records()))


def test_an_empty_graph_is_a_header() -> None:
    assert written([]).count(b"\r\n") == 1
