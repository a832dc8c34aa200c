"""Questions to a graph: named ones with parameters (queries/*.rq), or any SPARQL query, and their answers as rows.

Words a person types reach a query only as RDF terms: a name is looked up among the graph's labels and becomes IRIs,
other words become a literal. A query can read and do nothing else: no updates, no SERVICE.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kgbuild.apart import Lost, apart, in_thread
from kgbuild.errors import QueryError, UsageError
from kgbuild.ids import ID
from kgbuild.ontology import KG, V
from kgbuild.rdf import PREFIXES, XSD, Iri, Literal, Term, Triple, compact, data_prefixes, n_triples, turtle
from kgbuild.store import QUERIES, store_base

if TYPE_CHECKING:
    import pandas

__all__ = [
    "FORMATS",
    "Parameter",
    "Question",
    "Result",
    "asks_of_aggregates",
    "bind",
    "clauses",
    "named_questions",
    "prefix_lines",
    "refuse_more_than_reading",
    "run",
]

TIME_LIMIT: Final = 60.0
"""Seconds a query may take."""

FORMATS: Final = ("table", "csv", "tsv", "json", "turtle")

ROWS_SHOWN: Final = 200
"""Rows of an answer that a notebook shows."""

NOTHING: Final = Iri("urn:kgbuild:nothing")

_NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))
_CLASSES: Final = {"actor": ("Actor",), "place": ("Place",), "entity": ("Actor", "Place", "Topic")}
_PARAMETER = re.compile(
    r"# ([A-Z]+): (actor|place|entity|topic|value|number)( optional| = \S+)?, \"([^\"]+)\"(?: \((.*)\))?"
)
# Strings, IRIs and comments, which a keyword inside does not make an operation.
_OPAQUE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\''
    r"|<[^<>\"{}|^`\\\x00-\x20]*>|#[^\n\r]*",
    re.DOTALL,
)
_SERVICE = re.compile(r"(?<![\w?$:.-])service(?![\w:.-])", re.IGNORECASE)
# No part of it can match in two ways: with ambiguous blanks, thirty PREFIX lines before a SELECT took forever.
_UPDATE = re.compile(
    r"\s*+(?>(?>prefix\s++[^\s:]*+:|base|version)\s*+)*+(insert|delete|load|clear|drop|create|copy|move|add|with)\b",
    re.IGNORECASE,
)
_FROM = re.compile(r"(?<![\w?$:.-])from(?![\w:.-])", re.IGNORECASE)
_QUERY_FORM = re.compile(r"\b(select|ask|construct|describe|prefix|base)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A word of a named question: its name in capitals, what it is looked up as, and an example.

    kind: actor, place or entity (a name in the graph), topic (an entity's name, or words of a text), value (of the
    vocabulary), number. A parameter that is not `required` stands for anything, or for `default`.
    """

    name: str
    kind: str
    example: str
    required: bool = True
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A named question: its SPARQL text (valid as it stands, then asking for every value) and what it takes."""

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    text: str

    @property
    def usage(self) -> str:
        """The name and its parameters, optional ones in brackets: "stances-of ACTOR [TARGET]"."""
        return " ".join([self.name, *(p.name if p.required else f"[{p.name}]" for p in self.parameters)])

    @property
    def example(self) -> str:
        """A call with example words: who-said-what "nuclear weapons"."""
        words = (f'"{p.example}"' if " " in p.example else p.example for p in self.parameters)
        return " ".join([self.name, *words])


@dataclass(frozen=True, slots=True)
class Result:
    """An answer: `variables` and one row of terms each (None where there is no value), or the triples of a CONSTRUCT.

    `base` is the IRI prefix of the data, which rows for people leave out.
    """

    variables: tuple[str, ...]
    terms: tuple[tuple[Term | None, ...], ...]
    base: str
    graph: tuple[Triple, ...] | None = None

    @property
    def rows(self) -> list[list[str | None]]:
        """The rows as words: ids without the base, values of the vocabulary by name, literals by their text."""
        return [[None if term is None else self._word(term) for term in row] for row in self.terms]

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Any:
        return iter(self.rows)

    def dump(self, form: str) -> str:
        """The answer as csv, tsv, json (a list of objects) or turtle.

        A SELECT's rows become Turtle in the result set vocabulary of the W3C's SPARQL tests, in order (rs:index).
        """
        if form == "turtle":
            if self.graph is None:
                return self._result_set()
            return turtle(self.graph, data_prefixes(self.base)).decode()
        if form == "json":
            objects = [dict(zip(self.variables, map(self._plain, row), strict=True)) for row in self.terms]
            return json.dumps(objects, ensure_ascii=False, indent=1) + "\n"
        if form == "csv":
            out = io.StringIO()
            writer = csv.writer(out, lineterminator="\r\n")
            writer.writerow(self.variables)
            writer.writerows([c or "" for c in row] for row in self.rows)
            return out.getvalue()
        if form in ("tsv", "table"):
            lines = [self.variables, *([" ".join((c or "").split()) for c in row] for row in self.rows)]
            return "".join("\t".join(line) + "\n" for line in lines)
        raise UsageError(f"unknown format {form!r}; known: {', '.join(FORMATS)}")

    def to_pandas(self) -> pandas.DataFrame:
        """A DataFrame: a column a variable; numbers, booleans and days (datetime64) by their type, None where there is no value.

        Raises UsageError when pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise UsageError("a DataFrame needs pandas: pip install 'kgbuild[pandas]'") from error
        columns = {}
        for number, name in enumerate(self.variables):
            terms = [row[number] for row in self.terms]
            values = [self._plain(term) for term in terms]
            kinds = {term.datatype for term in terms if isinstance(term, Literal)}
            if kinds == {XSD + "date"} and not any(isinstance(term, Iri) for term in terms):
                columns[name] = pandas.to_datetime(pandas.Series(values, dtype=object), errors="coerce")
            else:
                columns[name] = pandas.Series(values, dtype=None if values and None not in values else object)
        return pandas.DataFrame(columns, columns=list(self.variables))

    def _result_set(self) -> str:
        lines = ["@prefix rs: <http://www.w3.org/2001/sw/DataAccess/tests/result-set#> .", "", "[] a rs:ResultSet ;"]
        names = " , ".join(n_triples(Literal(v)) for v in self.variables)
        rows = []
        for number, row in enumerate(self.terms, 1):
            bound = [
                f"rs:binding [ rs:variable {n_triples(Literal(v))} ; rs:value {t if isinstance(t, Iri) and t.startswith('_:') else n_triples(t)} ]"
                for v, t in zip(self.variables, row, strict=True)
                if t is not None
            ]
            rows.append("  rs:solution [ " + " ;\n    ".join([f"rs:index {number}", *bound]) + " ]")
        return "\n".join(lines) + "\n" + " ;\n".join([f"  rs:resultVariable {names}", *rows]) + " .\n"

    def _repr_html_(self) -> str:
        """A table for notebooks, of ROWS_SHOWN rows at most; the triples of a CONSTRUCT as Turtle."""
        from html import escape  # only notebooks need it

        if self.graph is not None:
            text = turtle(self.graph[:ROWS_SHOWN], data_prefixes(self.base)).decode()
            return f"<pre>{escape(text)}</pre>{_more(len(self.graph), 'triple')}"
        head = "".join(f"<th>{escape(v)}</th>" for v in self.variables)
        rows = Result(self.variables, self.terms[:ROWS_SHOWN], self.base).rows
        body = "".join("<tr>" + "".join(f"<td>{escape(c or '')}</td>" for c in row) + "</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{_more(len(self.terms), 'row')}"

    def _word(self, term: Term) -> str:
        if not isinstance(term, Iri):
            return term.text
        if term.startswith(V):
            return term.removeprefix(V)
        return term.removeprefix(self.base) if term.startswith(self.base) and not term.startswith(KG) else _short(term)

    def _plain(self, term: Term | None) -> Any:
        if term is None or isinstance(term, Iri):
            return None if term is None else self._word(term)
        if term.datatype in _NUMBERS:
            return int(term.text) if term.datatype == XSD + "integer" else float(term.text)
        return term.text == "true" if term.datatype == XSD + "boolean" else term.text


def _more(count: int, unit: str) -> str:
    left = count - ROWS_SHOWN
    return f"<p>and {left} more {unit}{'' if left == 1 else 's'}</p>" if left > 0 else ""


@lru_cache(1)
def named_questions() -> tuple[Question, ...]:
    """Every named question, by name."""
    return tuple(_question(path.stem, path.read_text(encoding="utf-8")) for path in sorted(QUERIES.glob("*.rq")))


def asks_of_aggregates(text: str) -> bool:
    """Whether a query, or the named question of this name, asks of what is drawn from all articles together: dyads, their months, camps."""
    named = next((q.text for q in named_questions() if q.name == text), text)
    return re.search("dyad|camp|derived", named, re.IGNORECASE) is not None


def run(store: ox.Store, text: str, *arguments: str, seconds: float = TIME_LIMIT) -> Result:
    """The answer to a named question with its arguments, or to a SPARQL query.

    Raises UsageError for an unknown question or name, or a wrong number of arguments; QueryError for a query that is
    malformed, does more than read, or takes longer than `seconds`.
    """
    base = store_base(store)
    by_name = {q.name: q for q in named_questions()}
    if text in by_name:
        return _execute(store, bind(store, by_name[text], *arguments), base, seconds, ours=True)
    if not _QUERY_FORM.search(text) and not _UPDATE.match(text):
        near = get_close_matches(text, by_name, 3, 0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "`kgbuild query --list` shows them"
        raise UsageError(f"no question called {text[:60]!r}; {hint}")
    if arguments:
        raise UsageError("a SPARQL query takes no arguments: put it in quotation marks as one word")
    refuse_more_than_reading(text)
    return _execute(store, text, base, seconds)


def bind(store: ox.Store, question: Question, *arguments: str) -> str:
    """The SPARQL text of a named question with its arguments in place, as RDF terms.

    Raises UsageError when an argument is missing, one too many, or names nothing in the graph.
    """
    parameters = question.parameters
    required = sum(p.required for p in parameters)
    if not required <= len(arguments) <= len(parameters):
        takes = "no argument" if not parameters else f"{len(parameters)} argument{'s' * (len(parameters) > 1)}"
        raise UsageError(f"{question.name} takes {takes}: {question.usage}, for example {question.example}")
    text = question.text
    for parameter, argument in zip(parameters, arguments, strict=False):
        text = _bind_one(store, text, parameter, argument)
    return text


def prefix_lines(base: str) -> str:
    """The PREFIX lines that may stand before a named question, for engines that know no default prefixes."""
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in data_prefixes(base).items())


def refuse_more_than_reading(text: str) -> None:
    """Raises QueryError for an update, and for a query that asks other services (SERVICE)."""
    found = clauses(text)
    if "update" in found:
        raise QueryError("updates are refused: a graph is changed by building it again")
    if "service" in found:
        raise QueryError("SERVICE is refused: a query reads the build folder and nothing else")


def clauses(text: str) -> set[str]:
    """Which of update, service and from a SPARQL text has as a keyword, outside strings, IRIs and comments."""
    bare = _OPAQUE.sub(" ", text)
    found = {name for name, pattern in (("service", _SERVICE), ("from", _FROM)) if pattern.search(bare)}
    return found | {"update"} if _UPDATE.match(bare) else found


def _question(name: str, text: str) -> Question:
    head = [line for line in text.splitlines() if line.startswith("#")]
    parameters = []
    for line in head[1:]:
        match = _PARAMETER.fullmatch(line)
        if match is None:
            raise QueryError(f"queries/{name}.rq: not a parameter: {line!r}")
        option = match[3] or ""
        default = option.removeprefix(" = ") if option.startswith(" = ") else None
        parameters.append(Parameter(match[1], match[2], match[4], required=not option, default=default))
    return Question(name, head[0].removeprefix("# "), tuple(parameters), text)


def _bind_one(store: ox.Store, text: str, parameter: Parameter, argument: str) -> str:
    words = " ".join(argument.split())
    if not words:
        raise UsageError(f"{parameter.name} is empty: give a {parameter.kind}, for example {parameter.example!r}")
    terms: Sequence[Term]
    if parameter.kind == "number":
        if not re.fullmatch(r"[0-9]{0,9}\.?[0-9]{1,9}", words):
            raise UsageError(f"{parameter.name}: {words[:40]!r} is not a number such as {parameter.example}")
        terms = [Literal(words, XSD + "decimal")]
    elif parameter.kind == "value":
        terms = [_value(store, parameter, words)]
    elif parameter.kind == "topic":
        # A name no entity has must match none; an empty VALUES would say the same, but rdflib cannot run it.
        terms = _entities(store, words, _CLASSES["entity"]) or [NOTHING]
        pattern = n_triples(Literal(topic_pattern(words)))
        text = text.replace(f'"${parameter.name}"', pattern)
    else:
        terms = _named(store, parameter, words)
    values = " ".join(n_triples(term) for term in terms)
    block = re.compile(r"VALUES \?" + parameter.name.lower() + r" \{[^}]*\}")
    return block.sub(lambda _: f"VALUES ?{parameter.name.lower()} {{ {values} }}", text)


def topic_pattern(words: str) -> str:
    """A regular expression that finds the words in a text, in this order, singular or plural.

    It means the same to every SPARQL engine. Words may be joined by blanks or hyphens.

    >>> re.search(topic_pattern("nuclear weapon"), "of Nuclear  weapons.", re.I) is not None
    True
    """
    parts = [_tolerant(word) for word in re.split(r"[\s-]+", words) if word]
    return r"(^|\W)" + r"[\s-]+".join(parts) + r"(\W|$)"


def _tolerant(word: str) -> str:
    stem, ending = word, "(e?s)?"
    if re.search(r"[^aeiou]ies$", word, re.IGNORECASE):
        stem, ending = word[:-3], "(y|ies)"
    elif re.search(r"[^aeiou]y$", word, re.IGNORECASE):
        stem, ending = word[:-1], "(y|ies)"
    elif re.search(r"(s|x|z|ch|sh)es$", word, re.IGNORECASE):
        stem, ending = word[:-2], "(es)?"
    elif re.search(r"[^s]s$", word, re.IGNORECASE) and len(word) > 3:
        stem, ending = word[:-1], "s?"
    escaped = re.sub(r"[^\w\s]", lambda m: "\\" + m[0] if m[0].isascii() else m[0], stem)
    return escaped + (ending if word[-1].isalpha() else "")


def _named(store: ox.Store, parameter: Parameter, words: str) -> list[Iri]:
    """The entities of a name. Raises UsageError with the nearest names when there is none."""
    classes = _CLASSES[parameter.kind]
    found = _entities(store, words, classes)
    if found:
        return found
    labels = _labels(store, classes)
    wanted = set(_folded(words).split())
    holding = {iri for label, entries in labels.items() if wanted <= set(label.split()) for iri, _, _ in entries}
    if len(holding) == 1:
        return sorted(holding)
    shown = {label: min(entries)[2] for label, entries in labels.items()}
    if holding:
        near = sorted({shown[label] for label, entries in labels.items() if holding & {e[0] for e in entries}})
    else:
        near = list(dict.fromkeys(shown[m] for m in get_close_matches(_folded(words), list(shown), 5, 0.6)))
    hint = f"did you mean {', '.join(near[:5])}?" if near else "`kgbuild query FOLDER actors` lists the actors"
    what = "entity" if parameter.kind == "entity" else parameter.kind
    raise UsageError(f"{'several have' if holding else 'no ' + what + ' has'} the name {words[:60]!r} in it; {hint}")


def _entities(store: ox.Store, words: str, classes: Iterable[str]) -> list[Iri]:
    """Entities of these classes with exactly this name (preferred names before other names), or this id."""
    base = store_base(store)
    name = words.removeprefix(base).replace(":", "/", 1)
    if ID.fullmatch(name):
        node = ox.NamedNode(base + name)
        known = any(True for _ in store.quads_for_pattern(node, None, None, None))
        return [Iri(base + name)] if known else []
    if re.fullmatch(r"[Qq][1-9][0-9]{0,11}", words):
        same = ox.NamedNode("http://www.w3.org/2004/02/skos/core#exactMatch")
        item = ox.NamedNode("http://www.wikidata.org/entity/" + words.upper())
        nodes = [q.subject for q in store.quads_for_pattern(None, same, item, None)]
        return sorted(Iri(n.value) for n in nodes if isinstance(n, ox.NamedNode) and _is_a(store, n, classes))
    entries = _labels(store, classes, _folded(words)).get(_folded(words), [])
    preferred = {iri for iri, main, _ in entries if main}
    return sorted(preferred or {iri for iri, _, _ in entries}) or _called(store, _folded(words), classes)


def _called(store: ox.Store, folded: str, classes: Iterable[str]) -> list[Iri]:
    """Entities of these classes that some text calls so by name or metonym ("Moscow" said that ...)."""
    values = ", ".join(f"<{KG}{kind}>" for kind in classes)
    query = (
        f"PREFIX kg: <{KG}> PREFIX v: <{V}> PREFIX nif: <{PREFIXES['nif']}> SELECT DISTINCT ?entity ?words {{ "
        "?mention kg:form ?form ; kg:denotes ?entity ; nif:anchorOf ?words . ?entity a ?class "
        f"FILTER(?form IN (v:Name, v:Metonym)) FILTER(?class IN ({values})) {_may_be('?words', folded)} }}"
    )
    rows = _solutions(store.query(query))
    return sorted({Iri(row["entity"].value) for row in rows if _folded(row["words"].value) == folded})


def _may_be(variable: str, folded: str) -> str:
    """A FILTER that lets pass every text that is `folded` when folded, and few others: engines know no `casefold`.

    A text in ASCII folds as it is lowered, so it has the longest run of letters; any other text passes.
    """
    run = max(re.findall(r"[a-z0-9]+", folded), key=len, default="")
    return f'FILTER(CONTAINS(LCASE(STR({variable})), "{run}") || REGEX(STR({variable}), "[^ -~]"))'


def _labels(store: ox.Store, classes: Iterable[str], folded: str = "") -> dict[str, list[tuple[Iri, bool, str]]]:
    """Folded label -> (entity, whether it is the preferred label, the label as written); few but `folded` when it is given."""
    found: dict[str, list[tuple[Iri, bool, str]]] = defaultdict(list)
    for kind in classes:
        query = (
            "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?entity ?main ?label { "
            f"?entity a <{KG}{kind}> . {{ ?entity skos:prefLabel ?label BIND(true AS ?main) }} UNION "
            "{ ?entity skos:altLabel ?label BIND(false AS ?main) } "
            + (_may_be("?label", folded) if folded else "")
            + " }"
        )
        for row in _solutions(store.query(query)):
            label = row["label"].value
            found[_folded(label)].append((Iri(row["entity"].value), row["main"].value == "true", label))
    return found


def _solutions(answer: Any) -> Iterable[Any]:
    if not isinstance(answer, ox.QuerySolutions):
        raise TypeError("not the answer to a SELECT")
    return answer


def _folded(label: str) -> str:
    text = " ".join(label.replace("’", "'").casefold().split())
    return text.removeprefix("the ") or text


def _is_a(store: ox.Store, node: ox.NamedNode, classes: Iterable[str]) -> bool:
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    return any(ox.Quad(node, kind, ox.NamedNode(KG + c)) in store for c in classes)


def _value(store: ox.Store, parameter: Parameter, words: str) -> Iri:
    """A value of the vocabulary by its label, in the scheme the parameter is named after (STATUS: statuses)."""
    query = (
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?value ?label ?scheme "
        "{ ?value skos:inScheme/skos:prefLabel ?scheme ; skos:prefLabel ?label }"
    )
    stem = parameter.name.lower()[:5]
    known = {
        row["label"].value: row["value"].value
        for row in _solutions(store.query(query))
        if row["scheme"].value.startswith(stem)
    }
    found = known.get(_folded(words))
    if found is None:
        raise UsageError(f"{parameter.name}: {words[:40]!r} is none of {', '.join(sorted(known))}")
    return Iri(found)


def _execute(store: ox.Store, text: str, base: str, seconds: float, ours: bool = False) -> Result:
    """Run a query in a process of its own: the engine cannot be told to stop, and some faults of its own end the process it is in.

    A question of `ours` does neither, and beside a million triples a fork takes longer than many an answer.
    """
    try:
        return (in_thread if ours else apart)(
            lambda: _answer(store.query(text, prefixes=data_prefixes(base)), base), seconds
        )
    except TimeoutError as error:
        raise QueryError(f"the query took longer than {seconds:g} s; narrow it, or add a LIMIT") from error
    except Lost as error:
        raise QueryError(f"the query engine ended over it ({error}: out of memory, or a fault of its own); narrow it, or write it another way") from error  # fmt: skip
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        raise QueryError(f"the query cannot be run: {' '.join(str(error).split())}") from error


def _answer(found: Any, base: str) -> Result:
    if isinstance(found, ox.QueryBoolean):
        return Result(("answer",), ((Literal("true" if found else "false", XSD + "boolean"),),), base)
    if isinstance(found, ox.QueryTriples):
        triples = tuple(_triple(t) for t in found)
        return Result(("subject", "predicate", "object"), triples, base, triples)
    return Result(tuple(v.value for v in found.variables), tuple(tuple(map(_term, row)) for row in found), base)


def _triple(triple: Any) -> Triple:
    subject, predicate, value = (_term(t) for t in (triple.subject, triple.predicate, triple.object))
    assert isinstance(subject, Iri) and isinstance(predicate, Iri) and value is not None
    return subject, predicate, value


def _term(term: Any) -> Term | None:
    if isinstance(term, ox.Literal):
        return Literal(term.value, term.datatype.value, term.language)
    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if isinstance(term, ox.BlankNode):
        return Iri(f"_:{term.value}")  # only the ontology has any, in its lists
    return None if term is None else Literal(str(term))


def _short(iri: Iri) -> str:
    try:
        return compact(iri, data_prefixes("")).strip("<>")
    except ValueError:
        return str(iri)
