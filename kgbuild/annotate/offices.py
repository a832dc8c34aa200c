"""Say who held an office on the day of the article: "the US president" of March 2022 is Joe Biden, of October 2016 Barack Obama."""

from __future__ import annotations

import datetime as dt

from spacy.tokens import Doc

from kgbuild.annotate.draft import Draft, Found
from kgbuild.annotate.spans import surface_of
from kgbuild.annotate.times import reference_day
from kgbuild.knowledge import Entry, Titles

__all__ = ["name_holders"]

_SMALL = frozenset({"the", "of", "'s", "’s"})
"""Words that may stand beside office and state; any other ("former", "next", "a") speaks of somebody else."""


def name_holders(doc: Doc, draft: Draft, titles: Titles) -> None:
    """Link persons that the article names by office and state alone, where the base knows one holder on the article's day."""
    day = reference_day(doc._.document)
    if day is None:
        return
    for found in draft.found:
        node = found.node
        if found.form != "nominal" or node.kind != "Person" or node.entry is not None or len(found.nodes) > 1:
            continue
        holder = _holder(doc, draft, titles, found, day)
        if holder is None:
            continue
        known = draft.of_entry(holder)
        if known is not None:
            node.merge_into(known)
        else:
            node.entry, node.name, node.confidence = holder, holder.name, 0.8


def _holder(doc: Doc, draft: Draft, titles: Titles, found: Found, day: dt.date) -> Entry | None:
    end = _with_state(doc, draft, found.end)
    states = [f for f in draft.within(found.start, end) if f.node.kind in {"State", "Place"} and f is not found]
    countries = {f.node.entry.country for f in states if f.node.entry is not None and f.node.entry.type == "country"}
    if len(countries) != 1:
        return None
    of_states = {i for f in states for i in range(f.start, f.end)}
    rest = [i for i in range(found.start, end) if i not in of_states and doc[i].lower_ not in _SMALL]
    if not rest or rest[-1] - rest[0] + 1 != len(rest):
        return None
    title = titles.get(surface_of(doc, rest[0], rest[-1] + 1))
    country = countries.pop()
    if title is None or title.role is None or country is None:
        return None
    terms = draft.base.holders(title.role, country, day)
    terms = tuple(t for t in terms if t.exact) or terms
    return terms[0].person if len({t.person.id for t in terms}) == 1 else None


def _with_state(doc: Doc, draft: Draft, end: int) -> int:
    """The end of "the president [of the United States]", where the mention stops at the office."""
    if end + 1 < len(doc) and doc[end].lower_ == "of":
        start = end + 1 + (doc[end + 1].lower_ == "the")
        state = (
            next((f for f in draft.at(start) if f.start == start and f.form == "name"), None)
            if start < len(doc)
            else None
        )
        if state is not None:
            return state.end
    return end
