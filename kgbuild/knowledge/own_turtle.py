"""Users' entities written as Turtle with SKOS labels, as the rows a TSV file has.

A statement that is not Turtle costs that statement, not the file: it is blanked, reported with its line, and the rest is read again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from kgbuild.errors import InputError
from kgbuild.ontology import KG
from kgbuild.rdf import PREFIXES

__all__ = ["turtle_rows"]

_SKOS, _SCHEMA, _WD, _WGS = PREFIXES["skos"], PREFIXES["schema"], PREFIXES["wd"], PREFIXES["wgs"]
_ORG, _DCTERMS, _OWL = "http://www.w3.org/ns/org#", "http://purl.org/dc/terms/", "http://www.w3.org/2002/07/owl#"
_SCHEMA_OLD = "http://schema.org/"
_TYPE = PREFIXES["rdf"] + "type"

_TEXT = {
    "lat": (_WGS + "lat", _SCHEMA + "latitude"),
    "long": (_WGS + "long", _SCHEMA + "longitude"),
    "country": (_SCHEMA + "addressCountry",),
    "description": (_SCHEMA + "description", _SKOS + "definition", _DCTERMS + "description"),
}
_LINK = {
    "within": (KG + "within", _SKOS + "broader", _SCHEMA + "containedInPlace"),
    "member_of": (KG + "affiliation", _ORG + "memberOf", _SCHEMA + "memberOf", _SCHEMA + "affiliation"),
}
_MATCH = (_SKOS + "exactMatch", _OWL + "sameAs")
_MOST_FAULTS = 200


def turtle_rows(text: str, file: str) -> tuple[list[tuple[str, dict[str, str]]], list[str]]:
    """The rows of a Turtle text (where, values by column), and its faults. Raises InputError when it is hopeless."""
    quads, faults = _parsed(text, file)
    if faults and not quads:
        raise InputError(f"{file}: cannot be read as Turtle: {faults[0]}")
    of: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        if type(quad.subject).__name__ == "NamedNode":
            of[quad.subject.value][quad.predicate.value.replace(_SCHEMA_OLD, _SCHEMA)].append(quad.object)
    roles: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    for values in of.values():  # records of the graph's own form: who is what of whom
        for member in values.get(KG + "member", []):
            for body in values.get(KG + "body", []):
                rest = (_one(values, KG + name) for name in ("role", "earliest", "latest"))
                roles[member.value].append((_name(body.value), *rest))  # type: ignore[arg-type]  # three strings
    rows = []
    for subject, values in of.items():
        if _SKOS + "prefLabel" not in values and not any(m in values for m in _MATCH) and not subject.startswith(_WD):
            continue
        rows.append((f"<{subject}>", _row(subject, values, roles.get(subject, []))))
    return rows, faults


def _row(subject: str, values: dict[str, list[Any]], roles: list[tuple[str, str, str, str]]) -> dict[str, str]:
    labels = sorted(
        values.get(_SKOS + "prefLabel", []), key=lambda v: (_language(v) not in {"en", ""}, _language(v), v.value)
    )
    others = sorted({v.value for v in (*labels[1:], *values.get(_SKOS + "altLabel", []))})
    matches = sorted({v.value.removeprefix(_WD) for p in _MATCH for v in values.get(p, []) if v.value.startswith(_WD)})
    row = {
        "id": _name(subject),
        "name": labels[0].value if labels else "",
        "type": min(
            (re.split(r"[/#]", v.value)[-1] for v in values.get(_TYPE, []) if not _general(v.value)), default=""
        ),
        "aliases": "|".join(o for o in others if "|" not in o),
        "wikidata": "|".join(matches),
        "prominence": _one(values, KG + "confidence"),
    }
    row |= {column: next((v for p in names if (v := _one(values, p))), "") for column, names in _TEXT.items()}
    links = {c: sorted({_name(v.value) for p in names for v in values.get(p, [])}) for c, names in _LINK.items()}
    row["within"] = links["within"][0] if len(links["within"]) == 1 else " ".join(links["within"])
    stated = sorted(roles) + [(b, "", "", "") for b in links["member_of"] if b not in {r[0] for r in roles}]
    for column, part in zip(
        ("member_of", "role", "from", "to"), zip(*stated, strict=True) if stated else [("",)] * 4, strict=True
    ):
        row[column] = "|".join(part)
    return row


def _parsed(text: str, file: str) -> tuple[list[Any], list[str]]:
    import pyoxigraph as ox

    lines = text.split("\n")
    faults: list[str] = []
    while True:
        try:
            return list(ox.parse("\n".join(lines).encode(), format=ox.RdfFormat.TURTLE, base_iri="urn:own:")), faults
        except SyntaxError as error:
            number = min(error.lineno or 1, len(lines))
            faults.append(f"line {number}: not Turtle ({' '.join(str(error).split())[:120]})")
            if len(faults) > _MOST_FAULTS or not _blank(lines, number - 1):
                raise InputError(f"{file}: cannot be read as Turtle: {faults[0]}") from error


def _blank(lines: list[str], at: int) -> bool:
    """Take out the statement a line is in: back to the end of the one before, on to a full stop at a line's end."""
    while at > 0 and not lines[at].strip():
        at -= 1
    first = at
    while first > 0 and not lines[first - 1].rstrip().endswith(".") and lines[first - 1].strip():
        first -= 1
    last = at
    while last + 1 < len(lines) and not lines[last].rstrip().endswith(".") and lines[last + 1].strip():
        last += 1
    there = any(line.strip() for line in lines[first : last + 1])
    lines[first : last + 1] = [""] * (last + 1 - first)
    return there


def _general(iri: str) -> bool:
    return iri in {_SKOS + "Concept", KG + "Actor", KG + "Entity", _OWL + "NamedIndividual", _OWL + "Thing"}


def _name(iri: str) -> str:
    """The id an IRI stands for: a Wikidata id, or what follows its last slash or hash."""
    return re.split(r"[/#:]", iri)[-1]


def _one(values: dict[str, list[Any]], predicate: str) -> str:
    return min((str(v.value) for v in values.get(predicate, [])), default="")


def _language(value: Any) -> str:
    return getattr(value, "language", None) or ""
