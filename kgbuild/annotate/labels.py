"""Decide what kind of thing each name is: the base first, then the words of the name and around it, then the model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from spacy.tokens import Doc

from kgbuild.annotate.names import BODIES, PLACES, STATES, Name
from kgbuild.annotate.spans import institution, name_head, surface_of
from kgbuild.annotate.words import is_given_name, words
from kgbuild.knowledge import Base, key

__all__ = ["KIND_OF_TYPE", "LABEL_OF_KIND", "labels_of"]

KIND_OF_TYPE = {
    **dict.fromkeys(BODIES, "Organization"),
    "country": "State",
    "territory": "State",
    "city": "City",
    "region": "Place",
    "geo": "Place",
    "person": "Person",
    "sports": "Organization",
    "office": "Topic",
}
LABEL_OF_KIND = {
    "Person": "PERSON",
    "Organization": "ORG",
    "State": "LOC",
    "City": "LOC",
    "Place": "LOC",
    "Topic": "MISC",
}


def labels_of(doc: Doc, base: Base, names: Sequence[Name]) -> list[str]:
    """PERSON, ORG, LOC, MISC, DEMONYM, BLOC or UNKNOWN for each name; one surface has one label in an article."""
    labels = _agreed(doc, names, [_label(doc, base, n) for n in names])
    surnames = {
        key(surface_of(doc, n.start, n.end)).split()[-1]
        for n, label in zip(names, labels, strict=True)
        if label == "PERSON" and n.end - n.start > 1 and key(surface_of(doc, n.start, n.end))
    }
    for i, name in enumerate(names):
        # "Johnson" is a person where the article names one in full, whatever the model took it for
        if (
            labels[i] in {"MISC", "UNKNOWN", "LOC", "ORG"}
            and name.end - name.start == 1
            and key(doc[name.start].text) in surnames
        ):
            best = next((c for c in name.candidates if c.kind != "surname"), None)
            if best is None or best.prior < 0.5:
                labels[i] = "PERSON"
    return labels


def _agreed(doc: Doc, names: Sequence[Name], labels: list[str]) -> list[str]:
    """One label for one surface in the whole article; what the base knows or a title shows weighs most."""
    votes: dict[str, Counter[str]] = {}
    for name, label in zip(names, labels, strict=True):
        best = next((c for c in name.candidates if c.kind != "surname"), None)
        sure = (best is not None and best.prior >= 0.25 and LABEL_OF_KIND[KIND_OF_TYPE[best.type]] == label) or (
            name.title is not None and label == "PERSON"
        )
        votes.setdefault(surface_of(doc, name.start, name.end), Counter())[label] += 3 if sure else 1
    out = []
    for name, label in zip(names, labels, strict=True):
        count = votes[surface_of(doc, name.start, name.end)]
        if label in {"DEMONYM", "BLOC"} or name.title is not None or len(count) == 1:
            out.append(label)
        else:
            out.append(
                min((k for k in count if k not in {"DEMONYM", "BLOC"}), key=lambda k: (-count[k], k == "UNKNOWN", k))
            )
    return out


def _label(doc: Doc, base: Base, name: Name) -> str:
    """PERSON, ORG, LOC, MISC or DEMONYM: the base decides, then the words around, then the model."""
    if name.label in {"DEMONYM", "BLOC"}:
        return name.label
    first = doc[name.start]
    surface = surface_of(doc, name.start, name.end)
    if institution(base, surface):
        return "ORG"
    if name.title is not None and (name.title.kind == "honorific" or (name.label != "ORG" and not _is_state(name))):
        return "PERSON"
    best = next((c for c in name.candidates if c.kind != "surname"), None)
    several = name.end - name.start > 1
    given = several and is_given_name(first.text)
    if best is not None:
        least = 0.5 if name.label == "PERSON" or given else 0.3
        if best.prior >= least or (name.sure and not given):
            return LABEL_OF_KIND[KIND_OF_TYPE[best.type]]
    label = _by_words(doc, name)
    if label:
        return label
    if (name.label in {"MISC", "UNKNOWN"} and len(surface) <= 8 and surface.isupper() and not several) or (
        name.label == "MISC" and re.fullmatch(r"[A-Z]{2,5}-[A-Z]{2,5}", surface)
    ):
        return "ORG"
    if given and not surface.isupper():
        return "PERSON"
    if name.label not in {"UNKNOWN", "MISC"}:
        if name.label == "PERSON" and best is not None and best.type in PLACES | STATES and _in_place(doc, name):
            return "LOC"
        return "LOC" if name.label == "NORP" and _in_place(doc, name) else name.label
    if any(c.kind == "surname" and c.prior >= 0.2 for c in name.candidates) and not _in_place(doc, name):
        return "PERSON"
    if best is not None and not several:
        return LABEL_OF_KIND[KIND_OF_TYPE[best.type]]
    if _in_place(doc, name):
        return "LOC"
    if surface.isupper() and len(surface) <= 6:
        return "ORG"
    return name.label


def _by_words(doc: Doc, name: Name) -> str:
    """What the head word of a longer name says: "... Party of ...", "... River"."""
    words_of = [t.lower_ for t in doc[name.start : name.end]]
    head = doc[name_head(doc, name.start, name.end)].lower_
    if len(words_of) == 1:
        return "ORG" if head in words("body_nouns") and name.label in {"MISC", "UNKNOWN", "LOC"} else ""
    if head in words("body_nouns") or (head in words("event_nouns") and words_of[-1] in words("body_nouns")):
        return "ORG"
    if head in words("place_name_nouns") or words_of[0] in words("place_name_openers"):
        return "LOC"
    if head in words("event_nouns"):
        return "MISC"
    return "ORG" if words_of[-1] in words("body_nouns") else ""


def _is_state(name: Name) -> bool:
    return bool(name.candidates) and name.candidates[0].type in STATES and name.candidates[0].prior >= 0.8


def _in_place(doc: Doc, name: Name) -> bool:
    token = doc[name.start : name.end].root
    case = [c.lower_ for c in token.children if c.dep_ == "case" and c.i < token.i]
    if case and case[0] in {"in", "at", "near", "from", "outside", "across", "around"}:
        return True
    before = doc[name.start - 2 : name.start].text.lower() if name.start >= 2 else ""
    head, _, of = before.partition(" ")
    return of == "of" and head in words("place_nouns")
