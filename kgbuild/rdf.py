"""RDF terms as plain values, the project's prefixes, and canonical Turtle, with no RDF library behind them.

A triple is (subject, predicate, object): two IRIs and an `Iri` or a `Literal`. Canonical means: subjects in the order
of the article's text, predicates and objects sorted, no blank node, every term written in one way. The same set of
triples gives the same bytes, and any Turtle parser reads the same set back.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from kgbuild.ontology import KG, V

__all__ = [
    "PREFIXES",
    "Iri",
    "Literal",
    "Term",
    "Triple",
    "blocks",
    "boolean",
    "canonical_decimal",
    "compact",
    "data_prefixes",
    "decimal",
    "integer",
    "n_triples",
    "reading_order",
    "statements",
    "turtle",
    "turtle_header",
]

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
PREFIXES: Final[Mapping[str, str]] = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "kg": KG,
    "nif": "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "v": V,
    "wd": "http://www.wikidata.org/entity/",
    "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "xsd": XSD,
}
"""Prefixes of the vocabularies the data uses; those of the data itself depend on the base (see `data_prefixes`)."""

LONG: Final = 100
"""Values of one predicate that together are longer than this stand one a line."""

DATA_KINDS: Final = ("actor", "article", "camp", "cluster", "dyad", "extractor", "place", "topic")


class Iri(str):
    """An absolute IRI."""

    __slots__ = ()


class Literal(NamedTuple):
    """A literal: its lexical form, the IRI of its datatype, and a language tag when the datatype is rdf:langString."""

    text: str
    datatype: str = XSD + "string"
    language: str | None = None


Term: TypeAlias = Iri | Literal
Triple: TypeAlias = tuple[Iri, Iri, Term]

RDF_TYPE: Final = Iri(PREFIXES["rdf"] + "type")
LANG_STRING: Final = PREFIXES["rdf"] + "langString"
_INTEGER: Final = XSD + "integer"
_DECIMAL: Final = XSD + "decimal"
_BOOLEAN: Final = XSD + "boolean"
_STRING: Final = XSD + "string"

# What a reader cannot see, what could make a line look like another one, and what UTF-8 cannot hold is escaped.
_SPECIAL = re.compile(
    '["\\\\\x00-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff'
    "\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\ud800-\udfff]*")
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_BLANK = re.compile(r"_:[0-9A-Za-z]+")
_LANGUAGE = re.compile(r"[a-z]{1,8}(-[a-z0-9]{1,8})*")
_RECORD = re.compile(r"([a-z]+)_([0-9]+)_([0-9]+)(.*)", re.DOTALL)


def integer(value: int) -> Literal:
    """An xsd:integer in canonical form."""
    return Literal(str(int(value)), _INTEGER)


def boolean(value: bool) -> Literal:
    """An xsd:boolean in canonical form."""
    return Literal("true" if value else "false", _BOOLEAN)


def decimal(value: float) -> Literal:
    """An xsd:decimal in canonical form. Raises ValueError when the value is not a finite number."""
    return Literal(canonical_decimal(value), _DECIMAL)


@lru_cache(4096)
def canonical_decimal(value: float) -> str:
    """Shortest form without exponent, trailing zeros or a negative zero. Raises ValueError on an infinity or NaN.

    >>> canonical_decimal(0.90), canonical_decimal(-1.0), canonical_decimal(1e-05), canonical_decimal(4e7)
    ('0.9', '-1', '0.00001', '40000000')
    """
    number = Decimal(repr(float(value)))
    if not number.is_finite():
        raise ValueError(f"not a finite number: {value}")
    text = format(number.normalize(), "f")
    return "0" if text in ("-0", "0") else text


def language_string(text: str, language: str = "en") -> Literal:
    """A literal with a language tag in lower case; a plain string when `language` is not a tag.

    >>> language_string("Kyiv", "EN").language, language_string("Kyiv", "not a tag").language
    ('en', None)
    """
    tag = language.lower()
    return Literal(text, LANG_STRING, tag) if _LANGUAGE.fullmatch(tag) else Literal(text)


def data_prefixes(base: str) -> dict[str, str]:
    """Prefix -> namespace of everything a graph with this base uses, in alphabetical order."""
    return dict(sorted({**PREFIXES, **{kind: f"{base}{kind}/" for kind in DATA_KINDS}}.items()))


def compact(iri: str, prefixes: Mapping[str, str], spaces: Mapping[str, str] | None = None) -> str:
    """`prefix:local` when a prefix fits and the rest needs no escape, else `<iri>`; `spaces` is `prefixes` reversed.

    A blank node of a query's answer (`_:b1`) is written as it is: it has no other name. Raises ValueError when it is no IRI.

    >>> compact("https://schema.org/name", PREFIXES)
    'schema:name'
    """
    if spaces is None:
        spaces = {namespace: prefix for prefix, namespace in prefixes.items()}
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix = spaces.get(iri[:cut])
    if prefix is not None and _LOCAL.fullmatch(iri, cut):
        return f"{prefix}:{iri[cut:]}"
    if not _IRI.fullmatch(iri):
        if _BLANK.fullmatch(iri):
            return iri
        raise ValueError(f"not an IRI: {iri!r}")
    return f"<{iri}>"


def escaped(text: str) -> str:
    """A literal's text between its quotation marks, in Turtle and N-Triples alike.

    What a reader cannot see (control, direction, joining characters) is written as its number. A lone surrogate, which
    no encoding can hold, becomes U+FFFD.
    """
    return _SPECIAL.sub(_escape, text) if _SPECIAL.search(text) else text


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        return "\\uFFFD"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def n_triples(term: Term) -> str:
    """A term as N-Triples writes it. Raises ValueError on a malformed IRI."""
    if isinstance(term, Iri):
        if not _IRI.fullmatch(term):
            raise ValueError(f"not an IRI: {str(term)!r}")
        return f"<{term}>"
    quoted = f'"{escaped(term.text)}"'
    if term.language:
        return f"{quoted}@{term.language}"
    return quoted if term.datatype == _STRING else f"{quoted}^^{n_triples(Iri(term.datatype))}"


def turtle_header(prefixes: Mapping[str, str]) -> str:
    """The @prefix lines, and an empty line after them."""
    return "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.items()) + "\n"


def turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """A canonical Turtle document, UTF-8 with LF line ends."""
    return (turtle_header(prefixes) + statements(triples, prefixes)).encode()


def statements(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Canonical Turtle of the triples, without the @prefix lines; repeated triples are written once."""
    names: dict[str, str] = {}
    spaces = {namespace: prefix for prefix, namespace in prefixes.items()}

    def name(iri: str) -> str:
        found = names.get(iri)
        if found is None:
            found = names[iri] = compact(iri, prefixes, spaces)
        return found

    def written(term: Term) -> str:
        if isinstance(term, Iri):
            return name(term)
        text, datatype, language = term
        if datatype in (_INTEGER, _BOOLEAN):
            return text
        quoted = f'"{escaped(text)}"'
        if language:
            return f"{quoted}@{language}"
        return quoted if datatype == _STRING else f"{quoted}^^{name(datatype)}"

    subjects: dict[Iri, dict[Iri, set[str]]] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, value in triples:
        subjects[subject][predicate].add(written(value))
    out: list[str] = []
    for subject in sorted(subjects, key=reading_order):
        rows = []
        for predicate, values in subjects[subject].items():
            joined = " , ".join(sorted(values))
            if len(joined) > LONG and len(values) > 1:
                joined = " ,\n        ".join(sorted(values))
            # "" sorts a subject's classes before everything else that is said of it
            verb, key = ("a", "") if predicate == RDF_TYPE else (name(predicate), name(predicate))
            rows.append((key, f"{verb} {joined}"))
        rows.sort()
        out.append(f"{name(subject)} " + " ;\n    ".join(row for _, row in rows) + " .\n\n")
    return "".join(out)


def blocks(content: bytes, prefixes: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """(IRI of the subject, its statements) of a canonical Turtle document with these prefixes; "" for what is no such block.

    In canonical Turtle an empty line ends a subject and is nowhere else: a literal's line ends are escaped.
    """
    for block in content.removeprefix(turtle_header(prefixes).encode()).split(b"\n\n"):
        name = block.partition(b" ")[0].decode("utf-8", "replace")
        prefix, _, local = name.partition(":")
        if name.startswith("<"):
            yield name[1:-1], block
        elif block:
            yield prefixes[prefix] + local if prefix in prefixes else "", block


def reading_order(iri: str) -> tuple[str, int, int, str, str]:
    """Records of an article in the order of its text, everything else by IRI; the article itself before its records."""
    head, _, tail = iri.partition("#")
    match = _RECORD.fullmatch(tail)
    if match is None:
        return head, -1, 0, "", tail
    return head, int(match[2]), int(match[3]), match[1], match[4]
