"""The description of the CSV edge list for machines (CSV on the Web): what each column is, of which type."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

from kgbuild.config import VERSION, Config
from kgbuild.export.csv import COLUMNS
from kgbuild.ontology import KG
from kgbuild.records import Record

__all__ = ["write"]

TYPES: Final[dict[str, dict[str, Any]]] = {
    "negated": {"datatype": "boolean"}, "hearsay": {"datatype": "boolean"}, "is_condition": {"datatype": "boolean"},
    "score": {"datatype": {"base": "decimal", "minimum": -1, "maximum": 1}},
    "confidence": {"datatype": {"base": "decimal", "minimum": 0, "maximum": 1}},
    "begin": {"datatype": "nonNegativeInteger"}, "end": {"datatype": "nonNegativeInteger"},
    "sentence_begin": {"datatype": "nonNegativeInteger"}, "sentence_end": {"datatype": "nonNegativeInteger"},
    "earliest": {"datatype": "date"}, "latest": {"datatype": "date"}, "published": {"datatype": "date"},
}  # fmt: skip
PROPERTIES: Final = {
    "modality": "modality", "negated": "negated", "hearsay": "hearsay", "polarity": "polarity", "score": "score", "voice": "voice",
    "mode": "mode", "cameo": "cameo", "cluster": "cluster", "earliest": "earliest", "latest": "latest", "confidence": "confidence",
    "article": "article", "source_role": "role", "status": "status",
}  # fmt: skip
"""Column -> the property of the ontology it shows."""


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """Metadata for the table that `csv` writes (https://www.w3.org/TR/tabular-metadata/), next to it as graph.csv-metadata.json.

    It depends on no record: the columns are always the same.
    """
    columns = []
    for name in COLUMNS:
        column: dict[str, Any] = {"name": name, "titles": name, **TYPES.get(name, {"datatype": "string"})}
        if name in PROPERTIES:
            column["propertyUrl"] = KG + PROPERTIES[name]
        columns.append(column)
    columns[COLUMNS.index("id")]["required"] = True
    metadata = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": "graph.csv",
        "dc:title": "Edges of the network of a kgbuild graph",
        "dc:creator": f"kgbuild {VERSION}",
        "dialect": {
            "encoding": "utf-8",
            "lineTerminators": ["\r\n"],
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
        },
        "tableSchema": {"columns": columns, "primaryKey": "id"},
    }
    out.write((json.dumps(metadata, indent=1) + "\n").encode())
