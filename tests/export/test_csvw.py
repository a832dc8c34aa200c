"""The tables of CSV on the Web as an independent reader has them: the CLDF group's, which checks each cell against the metadata."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from made_records import HOSTILE, hostile_records, made_records
from made_stances import many

from kgbuild.aggregate import TABLES
from kgbuild.config import Config
from kgbuild.export import Selection, dump, dump_view
from kgbuild.records import Document, Event, Record

csvw = pytest.importorskip("csvw")

RECORDS = [*made_records(), *many(40, 6)]
HOSTILE_TEXT = [  # their days are none, which `check` says and no column of days can hold
    replace(r, earliest=None, latest=None) if isinstance(r, Event) else replace(r, published=None) if isinstance(r, Document) else r
    for r in hostile_records(HOSTILE)
]  # fmt: skip


def typed(cell: str, kind: object) -> object:
    """A cell as the reader must give it, of what Python's own reader has as text."""
    if cell == "":
        return None
    if isinstance(kind, Decimal):
        return Decimal(cell)
    if isinstance(kind, bool):
        return cell == "true"
    if isinstance(kind, datetime):  # what this reader makes of a date
        return datetime.fromisoformat(cell)
    return int(cell) if isinstance(kind, int) else cell


def compared(table: Path, metadata: Path) -> list[dict[str, object]]:
    """The rows the reader gives, each cell held against the CSV's text. Fails where a cell is none of its column's type."""
    found = list(csvw.Table.from_file(metadata).iterdicts(strict=True))
    with table.open(encoding="utf-8", newline="") as text:
        plain = list(csv.reader(text, strict=True))[1:]
    assert len(found) == len(plain)
    for row, cells in zip(found, plain, strict=True):
        for value, cell in zip(row.values(), cells, strict=True):
            assert value == typed(cell, value)
    return found


@pytest.mark.parametrize("records", [RECORDS, HOSTILE_TEXT, []], ids=["made", "hostile", "empty"])
def test_the_edges(records: list[Record], tmp_path: Path) -> None:
    (tmp_path / "graph.csv").write_bytes(dump("csv", records, Config()))
    (tmp_path / "graph.csv-metadata.json").write_bytes(dump("csvw", records, Config()))
    found = compared(tmp_path / "graph.csv", tmp_path / "graph.csv-metadata.json")
    kinds = {type(row[name]) for row in found for name in ("score", "negated", "begin")}
    assert kinds <= {type(None), Decimal, bool, int} and (int in kinds) == bool(records)
    csvw.Table.from_file(tmp_path / "graph.csv-metadata.json").check_primary_key()


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_aggregates(name: str, tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_bytes(dump_view("csv", RECORDS, Config(), Selection(name)))
    (tmp_path / "m.json").write_bytes(dump_view("csvw", RECORDS, Config(), Selection(name), "there.csv"))
    compared(tmp_path / "there.csv", tmp_path / "m.json")
    csvw.Table.from_file(tmp_path / "m.json").check_primary_key()


def test_a_cell_of_another_type_is_found(tmp_path: Path) -> None:
    content = dump("csv", RECORDS, Config()).replace(b'"true"', b'"perhaps"').replace(b",true,", b",perhaps,")
    (tmp_path / "graph.csv").write_bytes(content)
    (tmp_path / "graph.csv-metadata.json").write_bytes(dump("csvw", RECORDS, Config()))
    with pytest.raises(ValueError, match="perhaps"):
        compared(tmp_path / "graph.csv", tmp_path / "graph.csv-metadata.json")
