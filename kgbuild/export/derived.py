"""The aggregates as RDF: dyads with their evidence, their months, changes and camps; derived, each node naming what it is drawn from.

They go into a file of their own, never among the records: nothing here was read in an article.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from kgbuild.aggregate import Aggregates, Numbers
from kgbuild.config import VERSION, Config
from kgbuild.errors import InputError
from kgbuild.ids import ID, extractor_id, slug
from kgbuild.ontology import KG
from kgbuild.rdf import PREFIXES, RDF_TYPE, XSD, Iri, Literal, Triple, data_prefixes, decimal, integer, turtle

__all__ = ["EXTRACTOR", "derived_triples", "derived_turtle"]

EXTRACTOR: Final = extractor_id("aggregate-rules", VERSION)


def derived_turtle(found: Aggregates, config: Config) -> bytes:
    """Canonical Turtle of the aggregates."""
    return turtle(derived_triples(found, config.base), data_prefixes(config.base))


def derived_triples(found: Aggregates, base: str) -> Iterator[Triple]:
    """Every triple of the aggregates; `base` is the IRI prefix of the data."""
    rules = _iri(base, EXTRACTOR)
    if found.dyads:
        yield rules, RDF_TYPE, _kg("Extractor")
        yield rules, Iri(PREFIXES["schema"] + "name"), Literal("aggregate-rules")
        yield rules, Iri(PREFIXES["schema"] + "softwareVersion"), Literal(VERSION)
    ids: dict[tuple[str, str], str] = {}
    for dyad in found.dyads:
        name = ids[dyad.holder, dyad.target] = _dyad_id(dyad.holder, dyad.target)
        node = _iri(base, name)
        yield node, RDF_TYPE, _kg("Dyad")
        yield node, _kg("holder"), _iri(base, dyad.holder)
        yield node, _kg("target"), _iri(base, dyad.target)
        yield node, _kg("derivedBy"), rules
        for piece in dyad.pieces:
            for stance in piece.stances:
                yield node, _kg("derivedFrom"), _iri(base, stance)
        yield from _numbers(node, dyad.numbers)
        if dyad.days.earliest:
            yield node, _kg("firstDay"), _day(dyad.days.earliest)
            yield node, _kg("lastDay"), _day(dyad.days.latest)
    for change in found.changes:
        yield _iri(base, ids[change.holder, change.target]), _kg("changedOn"), _day(change.day)
    for window in found.series("month"):
        name = ids[window.holder, window.target]
        node = _iri(base, f"{name}-{window.window or 'undated'}")
        yield node, RDF_TYPE, _kg("DyadMonth")
        yield node, _kg("dyad"), _iri(base, name)
        yield node, _kg("derivedBy"), rules
        yield from _numbers(node, window.numbers)
        if window.window:
            yield node, _kg("firstDay"), _day(window.days.earliest)
            yield node, _kg("lastDay"), _day(window.days.latest)
    camp_of = found.camps.of()
    for camp in found.camps.camps:
        node = _iri(base, camp.id)
        yield node, RDF_TYPE, _kg("Camp")
        yield node, _kg("derivedBy"), rules
        for member in camp.members:
            yield node, _kg("campMember"), _iri(base, member)
        yield node, _kg("supportInside"), decimal(round(camp.support, 4))
        yield node, _kg("oppositionInside"), decimal(round(camp.opposition, 4))
        yield node, _kg("oppositionOutside"), decimal(round(camp.outside, 4))
    for (holder, target), name in ids.items():
        for camp_id in sorted({camp_of[x] for x in (holder, target) if x in camp_of}):
            yield _iri(base, camp_id), _kg("derivedFrom"), _iri(base, name)


def _numbers(node: Iri, n: Numbers) -> Iterator[Triple]:
    yield node, _kg("stances"), integer(n.count)
    if n.mean is not None:
        yield node, _kg("meanScore"), decimal(round(n.mean, 4))
    if n.spread is not None:
        yield node, _kg("spread"), decimal(round(n.spread, 4))
    yield node, _kg("independentSources"), integer(n.sources)
    yield node, _kg("articles"), integer(n.articles)
    yield node, _kg("claimedStances"), integer(n.claimed)
    yield node, _kg("deniedStances"), integer(n.denied)
    yield node, _kg("hypotheticalStances"), integer(n.hypothetical)


def _dyad_id(holder: str, target: str) -> str:
    digest = hashlib.sha256(f"{holder}\x1f{target}".encode()).hexdigest()[:10]
    a, b = (slug(x.partition("/")[2].rpartition("-")[0], 24) for x in (holder, target))
    return f"dyad/{a}-{b}-{digest}"


def _iri(base: str, name: str) -> Iri:
    if not ID.fullmatch(name):
        raise InputError(f"not an id: {name[:80]!r}; build the folder again")
    return Iri(base + name)


def _kg(name: str) -> Iri:
    return Iri(KG + name)


def _day(day: str) -> Literal:
    return Literal(day, XSD + "date")
