"""Generates kgbuild/vocab.py and ontologies/context.jsonld from ontologies/kgbuild.ttl.

python ontologies/make_vocab.py            # write both
python ontologies/make_vocab.py --check    # exit status 1 when either is out of date
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyoxigraph as ox

ROOT = Path(__file__).resolve().parent.parent
KG, V = "https://w3id.org/kgbuild/ns#", "https://w3id.org/kgbuild/vocab/"
RDF, RDFS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
OWL, SKOS = "http://www.w3.org/2002/07/owl#", "http://www.w3.org/2004/02/skos/core#"
XSD, SCHEMA = "http://www.w3.org/2001/XMLSchema#", "https://schema.org/"
NIF = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#"
DC, WGS = "http://purl.org/dc/elements/1.1/", "http://www.w3.org/2003/01/geo/wgs84_pos#"

WIDTH = 120
ENTITY_KINDS = ("Person", "Organization", "State", "Group", "Place", "City", "Topic")
SCHEMES = {
    "MODALITIES": "Modalities",
    "VOICES": "Voices",
    "SPEECH_ACTS": "SpeechActs",
    "POLARITIES": "Polarities",
    "STANCE_KINDS": "StanceKinds",
    "STATUSES": "Statuses",
    "FORMS": "Forms",
    "AFFILIATION_KINDS": "AffiliationKinds",
    "MERGE_RULES": "MergeRules",
}
# Terms of other vocabularies that the data uses: JSON-LD name -> (IRI, kind of its values: @id, datatype or language).
REUSED = {
    "altLabel": (SKOS + "altLabel", "en"),
    "anchorOf": (NIF + "anchorOf", ""),
    "beginIndex": (NIF + "beginIndex", ""),
    "datePublished": (SCHEMA + "datePublished", XSD + "date"),
    "endIndex": (NIF + "endIndex", ""),
    "exactMatch": (SKOS + "exactMatch", "@id"),
    "headline": (SCHEMA + "headline", "en"),
    "inLanguage": (SCHEMA + "inLanguage", ""),
    "isString": (NIF + "isString", ""),
    "lat": (WGS + "lat", XSD + "decimal"),
    "long": (WGS + "long", XSD + "decimal"),
    "name": (SCHEMA + "name", ""),
    "prefLabel": (SKOS + "prefLabel", "en"),
    "publisher": (DC + "publisher", ""),
    "referenceContext": (NIF + "referenceContext", "@id"),
    "softwareVersion": (SCHEMA + "softwareVersion", ""),
    "source": (DC + "source", ""),
    "url": (SCHEMA + "url", XSD + "anyURI"),
}
CONTEXT_PREFIXES = {"dc": DC, "kg": KG, "nif": NIF, "schema": SCHEMA, "skos": SKOS, "v": V, "wgs": WGS, "xsd": XSD,
                    "wd": "http://www.wikidata.org/entity/"}  # fmt: skip


class Ontology:
    """The statements of kgbuild.ttl, in the order of the file."""

    def __init__(self, path: Path) -> None:
        self.of: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            self.of[quad.subject.value][quad.predicate.value].append(quad.object)

    def subjects(self, namespace: str, predicate: str, value: str) -> list[str]:
        """Local names of the subjects that have this value, in the order of the file."""
        return [
            s.removeprefix(namespace)
            for s, statements in self.of.items()
            if s.startswith(namespace) and any(o.value == value for o in statements.get(predicate, []))
        ]

    def one(self, subject: str, predicate: str) -> str:
        """The only value of a predicate, "" when there is none."""
        values = self.of[subject].get(predicate, [])
        return values[0].value if values else ""


def vocab(o: Ontology) -> str:
    """The text of kgbuild/vocab.py."""
    concepts = o.subjects(V, RDF + "type", SKOS + "Concept")
    types = [
        c
        for c in o.subjects(V, SKOS + "inScheme", V + "EventTypes")
        if o.one(V + c, SKOS + "notation") and not o.one(V + c, SKOS + "topConceptOf")
    ]
    classes = o.subjects(KG, RDF + "type", OWL + "Class")
    objects = o.subjects(KG, RDF + "type", OWL + "ObjectProperty")
    data = o.subjects(KG, RDF + "type", OWL + "DatatypeProperty")
    broader = {c: b.removeprefix(V) for c in concepts if (b := o.one(V + c, SKOS + "broader"))}
    terms = (*classes, *objects, *data)
    notations = {t: o.one(V + t, SKOS + "notation") for t in types}
    modes = {m: o.one(V + m, SKOS + "notation") for m in o.subjects(V, SKOS + "inScheme", V + "Modes")}
    schemes = {
        name: (o.subjects(V, SKOS + "inScheme", V + scheme), o.one(V + scheme, SKOS + "definition"))
        for name, scheme in SCHEMES.items()
    }
    described = {
        **{f"kg:{t}": (o.one(KG + t, RDFS + "label"), o.one(KG + t, RDFS + "comment")) for t in terms},
        **{f"v:{t}": (o.one(V + t, SKOS + "prefLabel"), o.one(V + t, SKOS + "definition")) for t in concepts},
    }
    examples = {t: o.one(V + t, SKOS + "example") for t in concepts if o.one(V + t, SKOS + "example")}
    lines = [
        '"""The vocabulary\'s names, made by ontologies/make_vocab.py from ontologies/kgbuild.ttl; do not edit.',
        "",
        "As many lines as there are terms, so that each can be looked at in a diff.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        *_dict("EVENT_TYPES", notations, "Name of an event type -> its PLOVER notation."),
        *_dict("MODES", modes, "Name of a mode -> its notation, which kg:mode gives."),
        *_dict("BROADER", broader, "Name of a value -> the next wider one, up to an event type's quad class."),
        *(line for name, (values, doc) in schemes.items() for line in _tuple(name, values, doc)),
        *_tuple("ENTITY_KINDS", list(ENTITY_KINDS), "Kinds of entities; each is a class."),
        *_tuple("CLASSES", classes, "Classes of the namespace kg."),
        *_tuple("OBJECT_PROPERTIES", objects, "Properties of the namespace kg whose values are nodes."),
        *_tuple("DATA_PROPERTIES", data, "Properties of the namespace kg whose values are literals."),
        *_dict("EXAMPLES", examples, "Name of a value -> words that show it."),
        *_dict("TERMS", described, "Every term -> (label, what it means).", hint="dict[str, tuple[str, str]]"),
    ]
    missing = [name for name in ENTITY_KINDS if name not in classes]
    if missing:
        raise SystemExit(f"ontologies/kgbuild.ttl declares no class for {', '.join(missing)}")
    return "\n".join(lines).rstrip("\n") + "\n"


def context(o: Ontology) -> str:
    """The text of ontologies/context.jsonld: a name for every property, with the type of its values."""
    terms: dict[str, object] = {"id": "@id", "type": "@type", **CONTEXT_PREFIXES}
    entries: dict[str, tuple[str, str]] = dict(REUSED)
    for name in o.subjects(KG, RDF + "type", OWL + "ObjectProperty"):
        entries[name] = (KG + name, "@id")
    for name in o.subjects(KG, RDF + "type", OWL + "DatatypeProperty"):
        kind = o.one(KG + name, RDFS + "range")
        native = (XSD + "string", XSD + "boolean", XSD + "integer")
        entries[name] = (KG + name, "en" if kind == RDF + "langString" else "" if kind in native else kind)
    for name, (iri, kind) in sorted(entries.items()):
        entry = {"@id": iri}
        if kind == "en":
            entry["@language"] = kind
        elif kind:
            entry["@type"] = kind
        terms[name] = entry if len(entry) > 1 else iri
    return json.dumps({"@context": terms}, indent=2) + "\n"


def _quoted(value: object) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(_quoted(v) for v in value) + ")"
    return json.dumps(value, ensure_ascii=False)


def _dict(name: str, table: dict[str, Any], doc: str, hint: str = "dict[str, str]") -> list[str]:
    rows: list[str] = []
    for key, value in table.items():
        row = f"    {_quoted(key)}: {_quoted(value)},"
        if len(row) > WIDTH and isinstance(value, tuple):
            rows += [f"    {_quoted(key)}: (", *(line for v in value for line in _folded(v)), "    ),"]
        else:
            rows.append(row)
    return [f"{name}: {hint} = {{", *rows, "}", f'"""{doc}"""', ""]


def _folded(text: str) -> list[str]:
    """A long string as adjacent literals, each within the line length."""
    words, parts = text.split(" "), [""]
    for i, word in enumerate(words):
        piece = word if i == len(words) - 1 else word + " "
        if len(_quoted(parts[-1] + piece)) > WIDTH - 13:
            parts.append("")
        parts[-1] += piece
    if len(parts) == 1:
        return [f"        {_quoted(parts[0])},"]
    return [*(f"        {_quoted(p)}" for p in parts[:-1]), f"        {_quoted(parts[-1])},"]


def _tuple(name: str, values: list[str], doc: str) -> list[str]:
    row = f"{name} = (" + ", ".join(_quoted(v) for v in values) + ")"
    body = [row] if len(row) <= 120 else [f"{name} = (", *(f"    {_quoted(v)}," for v in values), ")"]
    return [*body, f'"""{doc}"""', ""]


def main() -> int:
    """Write both files, or with --check compare them; the exit status."""
    ontology = Ontology(ROOT / "ontologies" / "kgbuild.ttl")
    files = {ROOT / "kgbuild" / "vocab.py": vocab(ontology), ROOT / "ontologies" / "context.jsonld": context(ontology)}
    stale = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of date: run python ontologies/make_vocab.py", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(files[path], encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
