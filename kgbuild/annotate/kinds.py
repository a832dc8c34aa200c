"""Say what kind of thing each name is (GPE, FAC, EVENT, WEAPON, ...) and put names, amounts and dates on `doc.ents`.

Labels: PERSON, ORG, NORP (peoples, faiths, parties' followers, also as adjectives), GPE (states, regions with a government, towns), LOC
(other regions, waters, mountains), FAC (buildings, roads, bases), EVENT, WEAPON, MISC (laws, works, products), DATE, TIME, MONEY, PERCENT,
QUANTITY, CARDINAL. A place's label says what its name names, also where it stands for a government ("Moscow denied").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

from kgbuild.annotate.amounts import find_amounts, find_counts
from kgbuild.annotate.draft import Draft, Found, Node, draft_of
from kgbuild.annotate.spans import is_capital, is_shouted, name_head
from kgbuild.annotate.weapons import find_weapons
from kgbuild.annotate.words import words
from kgbuild.knowledge import Base
from kgbuild.layers import slice_of

__all__ = ["COARSE", "has_place_tail", "kind_of_words", "kinds", "label_names"]

COARSE = {"FAC": "LOC", "LOC": "LOC", "GPE": "LOC", "EVENT": "MISC", "WEAPON": "MISC", "LAW": "MISC", "ORG": "ORG"}
"""Kind by words -> the label under which a name is linked."""
_BY_NODE = {"Person": "PERSON", "Organization": "ORG", "State": "GPE", "City": "GPE", "Group": "NORP"}
_GOVERNED = frozenset({"country", "territory", "city", "region"})


def kind_of_words(doc: Doc, start: int, end: int, label: str = "") -> str:
    """FAC, GPE, LOC, ORG, EVENT, WEAPON or LAW as the words of a name say, "" where they don't.

    The head noun decides ("Battle of ...", "... River"), then the first word ("Mount ...", "Hurricane ..."). Where a noun names bodies
    as often as buildings or meetings, a `label` ORG (the model's) makes it one. A name of one word says it seldom.
    """
    head_at = name_head(doc, start, end)
    head, first, last = doc[head_at].lower_, doc[start].lower_, doc[end - 1].lower_
    if end - start == 1:
        return "EVENT" if head in _of("event_names") else ""
    if head_at == end - 1 and end - start > 2 and (last.isdigit() or last.strip("iv") == ""):
        head = doc[end - 2].lower_  # "World War II"
    body = label == "ORG"
    bodies = words("body_nouns")
    if first in _of("event_openers") and is_capital(doc[start]):
        return "EVENT"
    if head in _of("event_nouns"):
        if (body and head in _of("event_or_body_nouns")) or (last in bodies and last not in _of("event_nouns")):
            return "ORG"
        return "EVENT"
    if head in _of("facility_nouns"):
        return "ORG" if body and head in _of("either_nouns") else "FAC"
    if head in bodies:
        return "ORG"
    if head in _of("law_nouns"):
        return "LAW"
    if head in _of("natural_nouns") or first in _of("natural_openers"):
        return "LOC"
    if head in _of("governed_nouns"):
        return "LOC" if first in _of("directions") else "GPE"
    if last in bodies:
        return "ORG"
    if first in _of("facility_openers"):
        return "FAC"
    return "GPE" if first in _of("governed_openers") and not body else ""


def _of(name: str) -> frozenset[str]:
    return words(name, "kinds")


def label_names(doc: Doc, draft: Draft) -> None:
    """Replace `doc.ents`: names first, then weapons, sums, dates, peoples and counts where nothing else stands."""
    taken = [token.is_space for token in doc]
    spans: list[Span] = []

    def add(start: int, end: int, label: str) -> None:
        if end > start and not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            spans.append(Span(doc, start, end, label=label))

    weapons = find_weapons(doc)
    armed = {i for start, end in weapons for i in range(start, end)}
    model = [(e.start, e.end, e.label_) for e in doc.ents]
    for found in draft.found:
        label = _label(doc, draft.base, found)
        if label == "MISC" and found.start in armed and found.end - 1 in armed:
            continue
        end = found.end + _tail(doc, found.end) if label in {"GPE", "LOC", "FAC"} else found.end
        add(found.start, end, label if end == found.end else "FAC")
    for start, end in weapons:
        while start < end and taken[start]:  # "[Russian] Kalibr missiles"
            start += 1
        add(start, end, "WEAPON")
    for start, end, label in find_amounts(doc):
        add(start, end, label)
    for expression in doc._.times:
        tokens = slice_of(doc, expression.span)
        if tokens is not None:
            add(tokens.start, tokens.end, "TIME" if _CLOCK.search(expression.text) else "DATE")
    for start, end in _peoples(doc, model):
        add(start, end, "NORP")
    for start, end in find_counts(doc):
        add(start, end, "CARDINAL")
    doc.set_ents(sorted(spans, key=lambda s: s.start))


_CLOCK = re.compile(r"\b(?:hours?|minutes?|a\.?m|p\.?m|noon|midnight|GMT)\b|\d:\d\d", re.IGNORECASE)


def _tail(doc: Doc, end: int) -> int:
    """How many words behind a place's name make it a building's ("Odesa [airport]", "Bagram [air base]")."""
    if end >= len(doc) or doc[end].is_sent_start:
        return 0
    if doc[end].lower_ in _of("facility_tails"):
        return 1
    pair = end + 1 < len(doc) and f"{doc[end].lower_} {doc[end + 1].lower_}" in _of("facility_tails_of_two")
    return 2 if pair else 0


def has_place_tail(doc: Doc, end: int) -> bool:
    """Whether a noun in small letters right behind a name says that it names a place ("... prison", "... province")."""
    if _tail(doc, end):
        return True
    after = doc[end] if end < len(doc) else None
    return (
        after is not None
        and after.is_lower
        and after.lower_ in words("place_tails", "kinds")
        and not after.is_sent_start
    )


def _label(doc: Doc, base: Base, found: Found) -> str:
    node, start, end = found.node, found.start, found.end
    first = doc[start]
    if found.form == "adjective":
        return "NORP"
    if node.kind == "Group":
        return "LOC" if found.form == "name" and node.scope == "bloc" else "NORP"
    if (
        end - start == 1
        and (first.lower_ in words("peoples") or first.lower_ in _of("norp_words"))
        and not first.text.isupper()
    ):
        return "NORP"
    if found.form == "metonym":
        return "GPE" if any(c.type in _GOVERNED for c in base.candidates(first.text)[:1]) else "ORG"
    if node.kind == "Place":
        return _place(doc, node, start, end)
    if node.kind == "Topic":
        return {"EVENT": "EVENT", "WEAPON": "WEAPON"}.get(kind_of_words(doc, start, end), "MISC")
    if node.kind == "Organization" and node.entry is None and kind_of_words(doc, start, end, "ORG") == "FAC":
        return "FAC"
    return _BY_NODE[node.kind]


def _place(doc: Doc, node: Node, start: int, end: int) -> str:
    """GPE, LOC or FAC: the territory of a state and what the base files as a region are governed; other places by their words."""
    words_say = kind_of_words(doc, start, end)
    if all(t.lower_ in _of("directions") for t in doc[start:end]):
        return "LOC"
    if node.twin is not None:
        return "GPE"
    if words_say in {"FAC", "LOC", "GPE"}:
        return words_say
    if node.entry is not None:
        return "GPE" if node.entry.type in _GOVERNED else "LOC"
    if doc[start].lower_ in _of("directions"):
        return "LOC"
    return "GPE"  # of places nobody knows most are towns and villages


def _peoples(doc: Doc, model: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int]]:
    """Peoples, faiths and followers of parties: what the model takes for such, and listed words with a capital."""
    for start, end, label in model:
        if label == "NORP" and not any(doc[i].is_sent_start for i in range(start + 1, end)):
            yield start, end
    for token in doc:
        listed = token.lower_ in words("peoples") or token.lower_ in _of("norp_words")
        if listed and is_capital(token) and token.pos_ in {"ADJ", "NOUN", "PROPN"} and not is_shouted(token):
            yield token.i, token.i + 1


@Language.component(
    "kgbuild_kinds",
    requires=["doc.ents", "doc._.draft", "doc._.times", "token.tag", "token.pos", "token.dep"],
    assigns=["doc.ents", "token.ent_type", "token.ent_iob"],
)
def kinds(doc: Doc) -> Doc:
    """Put names with their kinds, weapons, amounts and dates on `doc.ents`."""
    label_names(doc, draft_of(doc))
    return doc
