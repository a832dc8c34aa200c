"""Decide what kind of thing each name is: the base first, then the words of the name and around it, then the model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from spacy.tokens import Doc

from kgbuild.annotate.kinds import COARSE, has_place_tail, kind_of_words
from kgbuild.annotate.names import BODIES, PLACES, STATES, Name
from kgbuild.annotate.spans import institution, surface_of
from kgbuild.annotate.weapons import is_weapon_name
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
    surnames |= _first_names(doc, names, labels)
    settled = _in_places(doc, names)
    for i, name in enumerate(names):
        # "Johnson" is a person where the article names one in full, whatever the model took it for
        if (
            labels[i] in {"MISC", "UNKNOWN", "LOC", "ORG"}
            and name.end - name.start == 1
            and key(doc[name.start].text) in surnames
        ):
            best = next((c for c in name.candidates if c.kind != "surname"), None)
            if best is None or best.prior < 0.5 or (best.type in PLACES and doc[name.start].text not in settled):
                labels[i] = "PERSON"
    return labels


def _first_names(doc: Doc, names: Sequence[Name], labels: Sequence[str]) -> set[str]:
    """First words of the persons an article names in full, where they are known as first names."""
    return {
        key(doc[n.start].text)
        for n, label in zip(names, labels, strict=True)
        if label == "PERSON" and n.end - n.start > 1 and is_given_name(doc[n.start].text)
    }


def _in_places(doc: Doc, names: Sequence[Name]) -> set[str]:
    """Words that stand somewhere as a place does ("in Paris"): such a word may be no person, whoever else is called so."""
    return {doc[n.start].text for n in names if n.end - n.start == 1 and _in_place(doc, n)}


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
    if name.title is None and is_weapon_name(doc, name.start, name.end):
        return "MISC"
    if name.title is not None and (name.title.kind == "honorific" or (name.label != "ORG" and not _is_state(name))):
        return "PERSON"
    best = next((c for c in name.candidates if c.kind != "surname"), None)
    several = name.end - name.start > 1
    given = several and is_given_name(first.text)
    if best is not None:
        least = 0.5 if name.label == "PERSON" or given else 0.3
        explained = (
            name.label == "ORG" and best.kind == "acronym" and best.type in PLACES | STATES and _explains(doc, name)
        )
        if (best.prior >= least and not explained) or (name.sure and not given):
            return LABEL_OF_KIND[KIND_OF_TYPE[best.type]]
    label = _by_words(doc, name)
    if label:
        return label
    if name.label in {"PERSON", "MISC", "LOC"} and name.title is None and has_place_tail(doc, name.end):
        return "LOC"  # "Abu Ghraib prison"
    if name.label in {"MISC", "UNKNOWN"} and _is_acronym(surface) and _acts(doc, name):
        return "ORG"
    if given and not surface.isupper() and name.label != "ORG" and not (name.label == "LOC" and _in_place(doc, name)):
        return "PERSON"
    if not several and name.label in {"LOC", "ORG", "MISC"} and is_given_name(first.text) and not _in_place(doc, name):
        return "PERSON"  # alone, as in "Cindy, ..."; a namesake among places was known above
    if name.label not in {"UNKNOWN", "MISC"}:
        if name.label == "PERSON" and best is not None and best.type in PLACES | STATES and _in_place(doc, name):
            return "LOC"
        return "LOC" if name.label == "NORP" and _in_place(doc, name) else name.label
    least = 0.2 if name.label == "UNKNOWN" else 0.4
    if any(c.kind == "surname" and c.prior >= least for c in name.candidates) and not _in_place(doc, name):
        return "PERSON"
    if name.label == "UNKNOWN" and best is not None and not several:
        return LABEL_OF_KIND[KIND_OF_TYPE[best.type]]
    if name.label == "UNKNOWN" and _is_acronym(surface):
        return "ORG"
    return name.label


def _by_words(doc: Doc, name: Name) -> str:
    """What the words of a name say: "... Party of ...", "... River", "Hurricane ..."."""
    if name.end - name.start == 1:
        body = doc[name.start].lower_ in words("body_nouns") and name.label in {"MISC", "UNKNOWN", "LOC"}
        return "ORG" if body else COARSE.get(kind_of_words(doc, name.start, name.end), "")
    return COARSE.get(kind_of_words(doc, name.start, name.end, name.label), "")


def _is_acronym(surface: str) -> bool:
    """Capitals alone; with a figure ("SX40") it is a product."""
    return re.fullmatch(r"(?:[A-Z]\.?){2,8}|[A-Z]{2,5}-[A-Z]{2,5}", surface) is not None


def _acts(doc: Doc, name: Name) -> bool:
    """Whether a name stands where somebody acts or owns: bodies do, products, laws and ailments do not."""
    root = doc[name.start : name.end].root
    return root.dep_ in {"nsubj", "nsubj:pass", "obl:agent", "nmod:poss"} and root.head.pos_ in {"VERB", "NOUN"}


def _explains(doc: Doc, name: Name) -> bool:
    """ "(RI)" right behind a name abbreviates that name, whatever else it may stand for."""
    return name.start > 1 and doc[name.start - 1].text == "(" and doc[name.start - 2].text[:1].isupper()


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
