"""The shapes of ontologies/shapes.ttl as SPARQL queries, so that large graphs are checked in seconds.

Covers the part of SHACL core the shapes use and refuses the rest; a test holds it against pySHACL. A rule finds the nodes that break it. Nearly
all graphs are right, so a proof shows first that nothing breaks any of many rules, in one walk over the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from kgbuild.errors import KgbuildError
from kgbuild.ontology import ontology_file
from kgbuild.rdf import PREFIXES, XSD, compact

__all__ = ["Proof", "Rule", "proofs", "rules"]

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


@dataclass(frozen=True, slots=True)
class Proof:
    """A SELECT that gives no row where nothing violates any of these rules; where it gives one, something may."""

    query: str
    rules: tuple[Rule, ...]


@lru_cache(1)
def rules() -> tuple[Rule, ...]:
    """Every constraint of the shapes. Raises KgbuildError for one this module cannot translate."""
    return tuple(c.rule for c in _constraints())


@lru_cache(1)
def proofs() -> tuple[Proof, ...]:
    """What proves all rules together; a rule of several classes is in several proofs. Raises KgbuildError as `rules` does."""
    waiting = list(_constraints())
    single = {c.value for c in waiting if c.kind == "minCount"} & {c.value for c in waiting if c.kind == "maxCount"}
    walked = [c for c in waiting if c.is_walked(single)]
    out = [
        _walk(target, [c for c in walked if target in c.targets])
        for target in sorted({t for c in walked for t in c.targets})
    ]
    waiting = [c for c in waiting if c not in walked]
    many = [c for c in waiting if c.kind == "maxCount"]
    paths = " ".join(sorted({c.path for c in many}))
    counted = (
        f"SELECT ?p {{ VALUES ?p {{ {paths} }} ?this ?p ?v }} GROUP BY ?p HAVING(COUNT(*) > COUNT(DISTINCT ?this))"
    )
    out.append(Proof(counted, tuple(c.rule for c in many)))
    wanted: dict[str, set[str]] = {}
    for c in waiting:
        if c.classes:
            wanted.setdefault(c.path, set()).add(c.classes)
    alike = [c for c in waiting if c.classes and len(wanted[c.path]) == 1]  # whatever shape it is asked for by
    for classes in sorted({c.classes for c in alike}):
        those = [c for c in alike if c.classes == classes]
        paths = " ".join(sorted({c.path for c in those}))
        values = f"SELECT DISTINCT ?v {{ VALUES ?p {{ {paths} }} ?this ?p ?v }}"
        out.append(Proof(f"SELECT ?v {{ {{ {values} }} {_no_class('?v', classes)} }}", tuple(c.rule for c in those)))
    return (*out, *(Proof(c.rule.query, (c.rule,)) for c in waiting if c not in many and c not in alike))


def _walk(target: str, constraints: Sequence[_Constraint]) -> Proof:
    """Every node of a class has exactly one value of each of these paths, and they meet all tests: as many rows as nodes, all of them good."""
    paths = sorted({c.path for c in constraints if c.path})
    tests = " && ".join(sorted({f"({c.test})" for c in constraints if c.test})) or "true"
    rows = f"?this a {target} . " + " ".join(f"?this {p} {_variable(p)} ." for p in paths)
    counts = f"(COUNT(*) AS ?rows) (COUNT(DISTINCT ?this) AS ?nodes) (SUM(IF(COALESCE({tests}, false), 1, 0)) AS ?good)"
    every = f"SELECT (COUNT(*) AS ?every) {{ ?this a {target} }}"
    differ = " || ".join(f"?every != ?{n}" for n in ("rows", "nodes", "good"))
    query = f"SELECT ?every {{ {{ {every} }} {{ SELECT {counts} {{ {rows} }} }} FILTER({differ}) }}"
    return Proof(query, tuple(c.rule for c in constraints))


@dataclass(frozen=True, slots=True)
class _Constraint:
    """A rule with what it was made of, terms as SPARQL writes them.

    targets: classes of the nodes it is about. path: "" when it is about the nodes themselves. test: what a right value meets, of the variables of its path
    and of `beside`, another path; "" when a value alone decides nothing. classes: of which a right value has one, for `IN`.
    """

    rule: Rule
    shape: str
    targets: tuple[str, ...]
    path: str
    kind: str
    test: str = ""
    beside: str = ""
    classes: str = ""

    @property
    def value(self) -> tuple[str, str]:
        """The values it is about."""
        return self.shape, self.path

    def is_walked(self, single: Set[tuple[str, str]]) -> bool:
        """Whether it can be seen in one row of a node; `single` are the values of which a node has exactly one."""
        own = self.value in single if self.path else bool(self.test)
        seen = self.test or self.kind in ("minCount", "maxCount")
        return bool(own and seen and (not self.beside or (self.shape, self.beside) in single))


@lru_cache(1)
def _constraints() -> tuple[_Constraint, ...]:
    return tuple(_Shapes(ontology_file("shapes.ttl").read_bytes()).constraints())


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

    def constraints(self) -> Iterator[_Constraint]:
        kind, shape_class = ox.NamedNode(_RDF + "type"), ox.NamedNode(SH + "NodeShape")
        shapes = sorted((q.subject for q in self.store.quads_for_pattern(None, kind, shape_class, None)), key=str)
        for shape in shapes:
            targets = tuple(sorted(str(t) for t in self.values(shape, SH + "targetClass")))
            name = _local(shape)
            yield from self.of(shape, name, targets, None)
            properties = ((self.one(p, SH + "path"), p) for p in self.values(shape, SH + "property"))
            for path, node in sorted(properties, key=lambda pair: str(pair[0])):
                if not isinstance(path, ox.NamedNode):
                    raise KgbuildError(f"ontologies/shapes.ttl: {name}: only a property can be a path here")
                yield from self.of(node, name, targets, path)

    def of(self, node: Any, shape: str, targets: tuple[str, ...], path: ox.NamedNode | None) -> Iterator[_Constraint]:
        given: dict[str, list[Any]] = {}
        for quad in self.store.quads_for_pattern(node, None, None, None):
            if quad.predicate.value.startswith(SH):
                given.setdefault(quad.predicate.value.removeprefix(SH), []).append(quad.object)
        name = shape if path is None else f"{shape}/{_local(path)}"
        what = compact(path.value, PREFIXES) if path is not None else "its IRI"
        context = _Context(
            self, f"VALUES ?target {{ {' '.join(targets)} }} ?this a ?target .", "" if path is None else str(path)
        )
        for constraint in sorted(set(given) - set(_STRUCTURE)):
            translate = _TRANSLATIONS.get(constraint)
            if translate is None:
                raise KgbuildError(f"ontologies/shapes.ttl: {name}: sh:{constraint} is not translated in shapes.py")
            for value in given[constraint]:
                message, query, more = translate(context, value)
                rule = Rule(f"{name}/{constraint}", f"{what} {message}", query)
                yield _Constraint(rule, shape, targets, context.path, constraint, **more)


_Translation: TypeAlias = tuple[str, str, dict[str, str]]
"""What is wrong with a node that breaks a constraint, the query for those that do, and what else of it goes into a `_Constraint`."""


@dataclass(frozen=True, slots=True)
class _Context:
    shapes: _Shapes
    focus: str
    path: str

    @property
    def v(self) -> str:
        """The variable of the values."""
        return _variable(self.path)

    def where(self, condition: str) -> str:
        """A query for the nodes of which a value meets the condition."""
        found = f"?this {self.path} {self.v} . " if self.path else ""
        return f"SELECT DISTINCT ?this {{ {self.focus} {found}{condition} }}"

    def failing(self, message: str, test: str) -> _Translation:
        """The nodes of which a value fails a test, or cannot be tested at all."""
        return message, self.where(f"FILTER(COALESCE(!({test}), true))"), {"test": test}


def _local(node: Any) -> str:
    return str(node.value).rpartition("#")[2].rpartition("/")[2]


def _variable(path: str) -> str:
    return "?" + compact(path[1:-1], PREFIXES).replace(":", "_") if path else "?this"


def _min_count(c: _Context, n: Any) -> _Translation:
    if int(n.value) != 1:
        raise KgbuildError("ontologies/shapes.ttl: sh:minCount can only be 1")
    return "is missing", f"SELECT DISTINCT ?this {{ {c.focus} FILTER NOT EXISTS {{ ?this {c.path} ?v }} }}", {}


def _max_count(c: _Context, n: Any) -> _Translation:
    if int(n.value) != 1:
        raise KgbuildError("ontologies/shapes.ttl: sh:maxCount can only be 1")
    query = f"SELECT ?this {{ {c.focus} ?this {c.path} ?v }} GROUP BY ?this HAVING(COUNT(DISTINCT ?v) > 1)"
    return "is there more than once", query, {}


def _classes(c: _Context, classes: list[Any]) -> _Translation:
    names = " or ".join(_local(k) for k in classes)
    # Listed here, the subclasses cost nothing; a path over rdfs:subClassOf would be walked once for every value.
    listed = ", ".join(str(k) for k in c.shapes.with_subclasses(classes))
    return f"is no {names}", c.where(_no_class(c.v, listed)), {"classes": listed}


def _no_class(variable: str, classes: str) -> str:
    return f"FILTER NOT EXISTS {{ {variable} a ?k FILTER(?k IN ({classes})) }}"


def _or(c: _Context, node: Any) -> _Translation:
    return _classes(c, [c.shapes.one(member, SH + "class") for member in c.shapes.members(node)])


def _datatype(c: _Context, datatype: Any) -> _Translation:
    test = f"isLiteral({c.v}) && DATATYPE({c.v}) = {datatype}"
    if datatype.value in _CHECKED_FORM:
        test += f" && STRLEN(STR({datatype}(STR({c.v})))) > 0"
    return c.failing(f"is no {_local(datatype)}", test)


def _in(c: _Context, node: Any) -> _Translation:
    allowed = ", ".join(str(m) for m in c.shapes.members(node))
    return c.failing("is none of the allowed values", f"{c.v} IN ({allowed})")


def _node_kind(c: _Context, kind: Any) -> _Translation:
    if kind.value != SH + "IRI":
        raise KgbuildError("ontologies/shapes.ttl: sh:nodeKind can only be sh:IRI")
    return c.failing("is no IRI", f"isIRI({c.v})")


def _compared(c: _Context, other: Any, sign: str) -> _Translation:
    test = f"{c.v} {sign} {_variable(str(other))}"
    query = c.where(f"?this {other} {_variable(str(other))} . FILTER(COALESCE(!({test}), true))")
    return f"is not {sign} {_local(other)}", query, {"test": test, "beside": str(other)}


def _unique_lang(c: _Context, value: Any) -> _Translation:
    same = f'FILTER(!sameTerm({c.v}, ?w) && LANG({c.v}) != "" && LANG({c.v}) = LANG(?w))'
    return "has two values in one language", c.where(f"?this {c.path} ?w . {same}"), {}


_TRANSLATIONS: Final[dict[str, Callable[[_Context, Any], _Translation]]] = {
    "minCount": _min_count,
    "maxCount": _max_count,
    "class": lambda c, v: _classes(c, [v]),
    "or": _or,
    "datatype": _datatype,
    "in": _in,
    "nodeKind": _node_kind,
    "pattern": lambda c, v: c.failing(f"does not match {v.value}", f"REGEX(STR({c.v}), {v})"),
    "minLength": lambda c, v: c.failing(f"is shorter than {v.value}", f"STRLEN(STR({c.v})) >= {int(v.value)}"),
    "minInclusive": lambda c, v: c.failing(f"is below {v.value}", f"{c.v} >= {v.value}"),
    "maxInclusive": lambda c, v: c.failing(f"is above {v.value}", f"{c.v} <= {v.value}"),
    "lessThan": lambda c, v: _compared(c, v, "<"),
    "lessThanOrEquals": lambda c, v: _compared(c, v, "<="),
    "disjoint": lambda c, v: (f"is its {_local(v)} too", c.where(f"?this {v} {c.v} ."), {}),
    "uniqueLang": _unique_lang,
}
