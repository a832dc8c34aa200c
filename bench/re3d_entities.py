"""Kinds of names on re3d: its entity view of what the language step puts on `doc.ents`.

`entities` is for the bench of relations to import; run alone it writes entities without relations and prints the scorer's figures:
`python -m bench.re3d_entities --data DIR --split SPLIT [--predictions F]`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from bench.corpora import re3d
from bench.system import plain_document, print_scores
from kgbuild.annotate import Annotator
from kgbuild.annotate.words import words
from kgbuild.config import Config

__all__ = ["entities"]

TYPES = {
    "PERSON": "Person", "ORG": "Organisation", "GPE": "Location", "LOC": "Location", "FAC": "Location", "NORP": "Nationality", "DATE": "Temporal",
    "TIME": "Temporal", "MONEY": "Money", "QUANTITY": "Quantity", "PERCENT": "Quantity", "CARDINAL": "Quantity", "WEAPON": "Weapon",
}  # fmt: skip
"""Label of `doc.ents` -> the corpus's type; a state that acts is an Organisation there."""


def entities(doc: Doc) -> list[dict[str, Any]]:
    """Span and type of each labelled span that has a type there, in order; vehicles among weapons are platforms."""
    kinds = {e.id: e.kind for e in doc._.entities}
    acting = {m.span.begin for m in doc._.mentions if m.form != "adjective" and kinds.get(m.entities[0]) == "State"}
    found = []
    for span in doc.ents:
        kind = TYPES.get(span.label_)
        if kind == "Location" and span.start_char in acting:
            kind = "Organisation"
        if kind == "Weapon" and span[-1].lower_ in words("weapon_platforms", "kinds"):
            kind = "MilitaryPlatform"
        if kind is not None:
            found.append({"begin": span.start_char, "end": span.end_char, "type": kind})
    return found


def main() -> int:
    """Write one JSON line a document and print re3d.py's figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--predictions", default="re3d-entities.jsonl")
    options = parser.parse_args()
    annotator, out = Annotator(Config()), Path(options.predictions)
    with out.open("w", encoding="utf-8") as handle:
        for text in re3d(Path(options.data), options.split):
            doc = annotator.annotate(plain_document(text.text, text.id))
            handle.write(json.dumps({"doc": text.id, "entities": entities(doc), "relations": []}) + "\n")
    return print_scores("re3d.py", Path(options.data), ["--split", options.split, "--by-type"], out)


if __name__ == "__main__":
    raise SystemExit(main())
