"""Records as JSON-LD: one node a line, the context of ontologies/context.jsonld inside, so nothing is looked up."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO

from kgbuild.config import Config
from kgbuild.export.triples import triples
from kgbuild.ids import ID
from kgbuild.ontology import ontology_file
from kgbuild.rdf import PREFIXES, RDF_TYPE, XSD, Iri, Term, compact
from kgbuild.records import Record

__all__ = ["write"]

_SURROGATE = re.compile("[\ud800-\udfff]")

NATIVE: dict[str, Callable[[str], int | bool]] = {XSD + "integer": int, XSD + "boolean": lambda text: text == "true"}
"""Datatypes that JSON has values for."""


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """The whole graph as one flat document: ids are those of records.jsonl, relative to the base."""
    context = json.loads(ontology_file("context.jsonld").read_text(encoding="utf-8"))["@context"]
    terms = _Terms(context, config.base)
    nodes: dict[Iri, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in set(triples(records, config.base)):
        nodes[subject][predicate].append(value)
    head = json.dumps({"@base": config.base, **context}, ensure_ascii=False)
    out.write(f'{{"@context": {head},\n"@graph": ['.encode())
    for number, subject in enumerate(sorted(nodes)):
        line = json.dumps(terms.node(subject, nodes[subject]), ensure_ascii=False)
        # JSON strings may hold any character but lone surrogates, which no encoding can.
        out.write(((",\n" if number else "\n") + _SURROGATE.sub("\ufffd", line)).encode())
    out.write(b"\n]}\n")


class _Terms:
    """Names and value types of the context, looked up the other way round."""

    def __init__(self, context: Mapping[str, Any], base: str) -> None:
        self.base = base
        self.names: dict[str, tuple[str, str]] = {}
        for name, entry in context.items():
            if isinstance(entry, dict):
                self.names[entry["@id"]] = (name, entry.get("@type") or "@" + entry.get("@language", ""))
            elif name not in PREFIXES and not entry.startswith("@"):
                self.names[entry] = (name, "")

    def node(self, subject: Iri, statements: Mapping[str, list[Term]]) -> dict[str, Any]:
        """One JSON object: id, type, then the properties by name."""
        out: dict[str, Any] = {"id": self.reference(subject)}
        rows = {}
        for predicate, values in statements.items():
            name, kind = ("type", "@id") if predicate == RDF_TYPE else self.names[predicate]
            # Sorted as JSON text, so that the order does not depend on the order of the records.
            shown = sorted((self.value(v, kind) for v in values), key=lambda v: json.dumps(v, sort_keys=True))
            rows[name] = shown[0] if len(shown) == 1 else shown
        if "type" in rows:
            out["type"] = rows.pop("type")
        out.update(sorted(rows.items()))
        return out

    def value(self, value: Term, kind: str) -> Any:
        if isinstance(value, Iri):
            return self.reference(value) if kind == "@id" else {"@id": self.reference(value)}
        if value.datatype in NATIVE and not kind:
            return NATIVE[value.datatype](value.text)
        if value.language:
            return value.text if kind == "@" + value.language else {"@value": value.text, "@language": value.language}
        if value.datatype == XSD + "string":
            return value.text if not kind else {"@value": value.text}
        return value.text if kind == value.datatype else {"@value": value.text, "@type": value.datatype}

    def reference(self, iri: str) -> str:
        """An IRI as the document writes it: relative to the base for data, with a prefix for vocabulary."""
        name = iri.removeprefix(self.base)
        return name if name != iri and ID.fullmatch(name) else compact(iri, PREFIXES).strip("<>")
