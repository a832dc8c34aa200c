"""Generates docs/ontology.md from ontologies/kgbuild.ttl.

python ontologies/make_docs.py            # write it
python ontologies/make_docs.py --check    # exit status 1 when it is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from make_vocab import KG, OWL, RDF, RDFS, ROOT, SKOS, XSD, Ontology, V

TARGET = ROOT / "docs" / "ontology.md"
PREFIXES = {
    KG: "kg:", V: "v:", RDF: "rdf:", RDFS: "rdfs:", SKOS: "skos:", XSD: "xsd:", "https://schema.org/": "schema:",
    "http://purl.org/dc/terms/": "dcterms:", "http://www.w3.org/ns/prov#": "prov:", "http://www.w3.org/ns/org#": "org:",
    "http://semanticweb.cs.vu.nl/2009/11/sem/": "sem:", "http://groundedannotationframework.org/gaf#": "gaf:",
    "http://groundedannotationframework.org/grasp#": "grasp:", "http://www.w3.org/2005/11/its/rdf#": "itsrdf:",
    "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#": "nif:", "http://xmlns.com/foaf/0.1/": "foaf:",
    "http://www.gsi.upm.es/ontologies/marl/ns#": "marl:", "http://www.opengis.net/ont/geosparql#": "geo:",
}  # fmt: skip
FIRST, REST = RDF + "first", RDF + "rest"
ALIGNED = (
    RDFS + "subClassOf",
    RDFS + "subPropertyOf",
    SKOS + "closeMatch",
    SKOS + "exactMatch",
    RDFS + "seeAlso",
    OWL + "inverseOf",
)
HEAD = """# The ontology

Made by `python ontologies/make_docs.py` from [ontologies/kgbuild.ttl](../ontologies/kgbuild.ttl); change that file, not this one.

{description}

`kg:` is <{kg}>, `v:` is <{v}>. Terms of other vocabularies stand under *aligned with*: a class or property of ours is a special case of
theirs (or close to it), so data can be asked through them by any reasoner, and no question of ours needs one.
"""


class Writer:
    """The document, from the statements of the ontology."""

    def __init__(self, ontology: Ontology) -> None:
        self.o = ontology

    def name(self, iri: str) -> str:
        """prefix:local, or the IRI in angle brackets."""
        for namespace, prefix in PREFIXES.items():
            if iri.startswith(namespace):
                return prefix + iri.removeprefix(namespace)
        return f"<{iri}>"

    def named(self, node: Any) -> str:
        """A class by name; a union as its members."""
        statements = self.o.of[node.value]
        if OWL + "unionOf" not in statements:
            return self.name(node.value)
        members, at = [], statements[OWL + "unionOf"][0]
        while at.value != RDF + "nil":
            members.append(self.name(self.o.of[at.value][FIRST][0].value))
            at = self.o.of[at.value][REST][0]
        return " or ".join(members)

    def kinds(self, iri: str, predicate: str) -> str:
        """The classes a property has as its domain or range."""
        return ", ".join(self.named(n) for n in self.o.of[iri].get(predicate, []))

    def aligned(self, iri: str, own: bool) -> str:
        """Terms it is aligned with: those of kg: (`own`) or of other vocabularies."""
        found = [n.value for p in ALIGNED for n in self.o.of[iri].get(p, [])]
        return ", ".join(self.name(f) for f in found if f.startswith(KG) is own)

    def document(self) -> str:
        """The whole text."""
        o = self.o
        about = o.one("https://w3id.org/kgbuild/ns", "http://purl.org/dc/terms/description")
        lines = [HEAD.format(description=about, kg=KG, v=V), "## Classes", ""]
        lines += _table(
            ("class", "is a", "what it is", "for example", "aligned with"),
            (
                (f"`kg:{c}`", self.aligned(KG + c, True), o.one(KG + c, RDFS + "comment"), o.one(KG + c, SKOS + "example"), self.aligned(KG + c, False))
                for c in o.subjects(KG, RDF + "type", OWL + "Class")
            ),
        )  # fmt: skip
        for title, kind in (("Links between nodes", "ObjectProperty"), ("Values", "DatatypeProperty")):
            lines += ["", f"## {title}", ""]
            lines += _table(
                ("property", "of", "to", "what it says", "for example", "aligned with"),
                (
                    (f"`kg:{p}`", self.kinds(KG + p, RDFS + "domain"), self.kinds(KG + p, RDFS + "range"), o.one(KG + p, RDFS + "comment"),
                     o.one(KG + p, SKOS + "example"), self.aligned(KG + p, False))
                    for p in o.subjects(KG, RDF + "type", OWL + kind)
                ),
            )  # fmt: skip
        for scheme in o.subjects(V, RDF + "type", SKOS + "ConceptScheme"):
            lines += [
                "",
                f"## Values: {o.one(V + scheme, SKOS + 'prefLabel')}",
                "",
                f"`v:{scheme}`. {o.one(V + scheme, SKOS + 'definition')}",
                "",
            ]
            lines += _table(
                ("value", "notation", "under", "what it means", "for example", "aligned with"),
                (
                    (f"`v:{c}`", o.one(V + c, SKOS + "notation"), self.kinds(V + c, SKOS + "broader"), o.one(V + c, SKOS + "definition"),
                     o.one(V + c, SKOS + "example"), self.aligned(V + c, False))
                    for c in o.subjects(V, SKOS + "inScheme", V + scheme)
                ),
            )  # fmt: skip
        return "\n".join(lines) + "\n"


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A Markdown table without the columns that are empty in every row."""
    cells = [[c.replace("|", "\\|").replace("<", "&lt;") for c in row] for row in rows]
    kept = [i for i in range(len(columns)) if any(row[i] for row in cells)]
    lines = [
        " | ".join(columns[i] for i in kept),
        "|".join("---" for _ in kept),
        *(" | ".join(row[i] for i in kept) for row in cells),
    ]
    return [f"| {lines[0]} |", f"|{lines[1]}|", *(f"| {line} |" for line in lines[2:])]


def main() -> int:
    """Write the document, or with --check compare it; the exit status."""
    text = Writer(Ontology(ROOT / "ontologies" / "kgbuild.ttl")).document()
    stale = not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text
    if "--check" in sys.argv[1:]:
        if stale:
            print("docs/ontology.md is out of date: run python ontologies/make_docs.py", file=sys.stderr)
        return int(stale)
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
