"""The edge list as CSV, one row an edge, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.export.looks import clean
from kgbuild.graph import Value, network
from kgbuild.records import Record

__all__ = ["COLUMNS", "cell", "write"]

COLUMNS = (
    "source", "source_label", "source_kind", "target", "target_label", "target_kind", "kind", "type", "role",
    "source_role", "label", "status", "modality", "negated", "hearsay", "according_to", "denied_by", "condition",
    "is_condition", "polarity", "score", "voice", "mode", "cameo", "cluster", "earliest", "latest", "confidence",
    "text", "begin", "end", "sentence", "sentence_begin", "sentence_end", "article", "headline", "publisher",
    "published", "record", "id",
)  # fmt: skip

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """UTF-8, a header line, CRLF line ends, text in double quotes, numbers bare (RFC 4180); an unknown value is empty.

    A text that starts with = + - @ (or their wide forms), a tab or a line break gets an apostrophe before it:
    spreadsheets would run it as a formula. Who needs that text as it was finds it by its offsets in records.jsonl.
    Entities without an edge are not in an edge list.
    """
    view = network(records)
    named = {n.id: n for n in view.nodes}
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        rows = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        rows.writerow(COLUMNS)
        for edge in view.edges:
            a, b = named[edge.source], named[edge.target]
            values: dict[str, Value] = edge.attributes() | {
                "source": a.id, "source_label": a.label, "source_kind": a.kind,
                "target": b.id, "target_label": b.label, "target_kind": b.kind, "id": edge.id,
            }  # fmt: skip
            rows.writerow([cell(values.get(c, "")) for c in COLUMNS])
        text.flush()
    finally:
        text.detach()


def cell(value: Value) -> Value:
    """A value as a cell no spreadsheet runs as a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return value
    shown = clean(value)
    return "'" + shown if shown.startswith(_FORMULA) else shown
