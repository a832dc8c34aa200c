"""The shapes of ontologies/shapes.ttl as SPARQL queries, so that large graphs are checked in seconds.

Covers the part of SHACL core the shapes use and refuses the rest; a test holds it against pySHACL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from kgbuild.errors import KgbuildError
from kgbuild.ontology import ontology_file
from kgbuild.rdf import PREFIXES, XSD, compact

__all__ = ["Rule", "rules"]

SH: Final = "http://www.w3.org/ns/shacl#"
_RDF: Final = PREFIXES["rdf"]
_CHECKED_FORM: Final = tuple(XSD + name for name in ("date", "decimal", "integer", "boolean"))
"""Datatypes whose ill-formed literals (a 30 February) are violations too."""
_STRUCTURE: Final = ("path", "targetClass", "property")


@dataclass(frozen=True, slots=True)
class Rule:
    """One constraint of one shape: a SELECT whose every ?this violates it, and what is wrong with it."""

    name: str
    message: str
    query: str


@lru_cache(1)
def rules() -> tuple[Rule, ...]:
    """Every constraint of the shapes. Raises KgbuildError for one this module cannot translate."""
    return tuple(_Shapes(ontology_file("shapes.ttl").read_bytes()).rules())


class _Shapes:
    def __init__(self, turtle: bytes) -> None:
        self.store = ox.Store()
        self.store.bulk_load(turtle, format=ox.RdfFormat.TURTLE)
        self.ontology = ox.Store()
        self.ontology.bulk_load(ontology_file("kgbuild.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)

    def values(self, node: Any, predicate: str) -> list[Any]:
        return [q.object for q in self.store.quads_for_pattern(node, ox.NamedNode(predicate), None, None)]

    def one(self, node: Any, predicate: str) -> Any:
        found = self.values(node, predicate)
        return found[0] if found else None

    def members(self, node: Any) -> list[Any]:
        """The members of an RDF list."""
        out = []
        while node != ox.NamedNode(_RDF + "nil"):
            out.append(self.one(node, _RDF + "first"))
            node = self.one(node, _RDF + "rest")
        return out

    def with_subclasses(self, classes: list[Any]) -> list[Any]:
        """The classes and all below them in the ontology, sorted."""
        below = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
        found, waiting = set(classes), list(classes)
        while waiting:
            for quad in self.ontology.quads_for_pattern(None, below, waiting.pop(), None):
                if quad.subject not in found:
                    found.add(quad.subject)
                    waiting.append(quad.subject)
        return sorted(found, key=str)

    def rules(self) -> Iterator[Rule]:
        kind, shape_class = ox.NamedNode(_RDF + "type"), ox.NamedNode(SH + "NodeShape")
        shapes = sorted((q.subject for q in self.store.quads_for_pattern(None, kind, shape_class, None)), key=str)
        for shape in shapes:
            targets = " ".join(sorted(str(t) for t in self.values(shape, SH + "targetClass")))
            focus = f"VALUES ?target {{ {targets} }} ?this a ?target ."
            name = _local(shape)
            yield from self.constraints(shape, name, focus, None)
            properties = ((self.one(p, SH + "path"), p) for p in self.values(shape, SH + "property"))
            for path, node in sorted(properties, key=lambda pair: str(pair[0])):
                if not isinstance(path, ox.NamedNode):
                    raise KgbuildError(f"ontologies/shapes.ttl: {name}: only a property can be a path here")
                yield from self.constraints(node, f"{name}/{_local(path)}", focus, path)

    def constraints(self, node: Any, name: str, focus: str, path: ox.NamedNode | None) -> Iterator[Rule]:
        given: dict[str, list[Any]] = {}
        for quad in self.store.quads_for_pattern(node, None, None, None):
            if quad.predicate.value.startswith(SH):
                given.setdefault(quad.predicate.value.removeprefix(SH), []).append(quad.object)
        found = f"{focus} ?this {path} ?v ." if path is not None else f"{focus} BIND(?this AS ?v)"
        what = compact(path.value, PREFIXES) if path is not None else "its IRI"
        for constraint in sorted(set(given) - set(_STRUCTURE)):
            translate = _TRANSLATIONS.get(constraint)
            if translate is None:
                raise KgbuildError(f"ontologies/shapes.ttl: {name}: sh:{constraint} is not translated in shapes.py")
            for value in given[constraint]:
                message, body = translate(_Context(self, focus, found, path), value)
                yield Rule(f"{name}/{constraint}", f"{what} {message}", body)


@dataclass(frozen=True, slots=True)
class _Context:
    shapes: _Shapes
    focus: str
    found: str
    path: ox.NamedNode | None

    def where(self, condition: str) -> str:
        """A query for the nodes of which a value meets the condition."""
        return f"SELECT DISTINCT ?this {{ {self.found} {condition} }}"

    def failing(self, test: str) -> str:
        """A query for the nodes of which a value fails a test, or cannot be tested at all."""
        return self.where(f"FILTER(COALESCE(!({test}), true))")


def _local(node: Any) -> str:
    return str(node.value).rpartition("#")[2].rpartition("/")[2]


def _min_count(c: _Context, n: Any) -> tuple[str, str]:
    if int(n.value) != 1:
        raise KgbuildError("ontologies/shapes.ttl: sh:minCount can only be 1")
    return "is missing", f"SELECT DISTINCT ?this {{ {c.focus} FILTER NOT EXISTS {{ ?this {c.path} ?v }} }}"


def _max_count(c: _Context, n: Any) -> tuple[str, str]:
    return f"is there more than {n.value} times", (
        f"SELECT ?this {{ {c.found} }} GROUP BY ?this HAVING(COUNT(DISTINCT ?v) > {int(n.value)})"
    )


def _classes(c: _Context, classes: list[Any]) -> tuple[str, str]:
    names = " or ".join(_local(k) for k in classes)
    # Listed here, the subclasses cost nothing; a path over rdfs:subClassOf would be walked once for every value.
    listed = ", ".join(str(k) for k in c.shapes.with_subclasses(classes))
    return f"is no {names}", c.where(f"FILTER NOT EXISTS {{ ?v a ?k FILTER(?k IN ({listed})) }}")


def _or(c: _Context, node: Any) -> tuple[str, str]:
    return _classes(c, [c.shapes.one(member, SH + "class") for member in c.shapes.members(node)])


def _datatype(c: _Context, datatype: Any) -> tuple[str, str]:
    test = f"isLiteral(?v) && DATATYPE(?v) = {datatype}"
    if datatype.value in _CHECKED_FORM:
        test += f" && STRLEN(STR({datatype}(STR(?v)))) > 0"
    return f"is no {_local(datatype)}", c.failing(test)


def _in(c: _Context, node: Any) -> tuple[str, str]:
    return "is none of the allowed values", c.failing(f"?v IN ({', '.join(str(m) for m in c.shapes.members(node))})")


def _node_kind(c: _Context, kind: Any) -> tuple[str, str]:
    if kind.value != SH + "IRI":
        raise KgbuildError("ontologies/shapes.ttl: sh:nodeKind can only be sh:IRI")
    return "is no IRI", c.failing("isIRI(?v)")


def _compared(c: _Context, other: Any, sign: str) -> tuple[str, str]:
    return f"is not {sign} {_local(other)}", c.where(f"?this {other} ?w . FILTER(COALESCE(!(?v {sign} ?w), true))")


def _unique_lang(c: _Context, value: Any) -> tuple[str, str]:
    same = 'FILTER(!sameTerm(?v, ?w) && LANG(?v) != "" && LANG(?v) = LANG(?w))'
    return "has two values in one language", c.where(f"?this {c.path} ?w . {same}")


_TRANSLATIONS: Final[dict[str, Callable[[_Context, Any], tuple[str, str]]]] = {
    "minCount": _min_count,
    "maxCount": _max_count,
    "class": lambda c, v: _classes(c, [v]),
    "or": _or,
    "datatype": _datatype,
    "in": _in,
    "nodeKind": _node_kind,
    "pattern": lambda c, v: (f"does not match {v.value}", c.failing(f"REGEX(STR(?v), {v})")),
    "minLength": lambda c, v: (f"is shorter than {v.value}", c.failing(f"STRLEN(STR(?v)) >= {int(v.value)}")),
    "minInclusive": lambda c, v: (f"is below {v.value}", c.failing(f"?v >= {v.value}")),
    "maxInclusive": lambda c, v: (f"is above {v.value}", c.failing(f"?v <= {v.value}")),
    "lessThan": lambda c, v: _compared(c, v, "<"),
    "lessThanOrEquals": lambda c, v: _compared(c, v, "<="),
    "disjoint": lambda c, v: (f"is its {_local(v)} too", c.where(f"?this {v} ?v .")),
    "uniqueLang": _unique_lang,
}
