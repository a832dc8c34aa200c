"""The derived shortcuts of one article of many: what of the other articles decides them, as a few triples beside its own.

The questions of the shortcuts (kgbuild/queries/flat/) look beyond an article in two places only: what lies above those who speak in it, and
whether anybody affirms or denies the happenings it tells of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from kgbuild.ids import ACTOR_KINDS
from kgbuild.ontology import KG, V
from kgbuild.rdf import PREFIXES, Iri, n_triples
from kgbuild.records import Claim, Entity, Event, Record, Stance

__all__ = ["context", "told_of", "voices_of"]


def voices_of(records: Sequence[Record]) -> list[str]:
    """Those to whom an article's claims and stances are attributed, itself left out."""
    found = {r.source if isinstance(r, Claim) else r.attributed_to for r in records if isinstance(r, (Claim, Stance))}
    return sorted(found - {r.document for r in records if isinstance(r, (Claim, Stance))})


def told_of(records: Sequence[Record]) -> dict[str, tuple[int, int]]:
    """Cluster -> (1 when a claim of the article puts one of its events as a fact, 1 when one denies it)."""
    clusters = {r.id: r.cluster for r in records if isinstance(r, Event)}
    out: dict[str, tuple[int, int]] = {}
    for record in records:
        if (
            isinstance(record, Claim)
            and record.modality == "Factual"
            and (cluster := clusters.get(record.content or ""))
        ):
            yes, no = out.get(cluster, (0, 0))
            out[cluster] = (yes or int(not record.negated), no or int(record.negated))
    return out


def context(
    voices: Iterable[str], told: Mapping[str, tuple[int, int]], entity: Callable[[str], Entity | None], base: str
) -> bytes:
    """The triples beside an article's own, as sorted N-Triples.

    voices: as `voices_of` gives them. told: the clusters of its events, with what all articles together say (see `told_of`). entity: an entity
    of the whole graph by id.
    """
    found: set[tuple[str, str, str]] = set()
    is_a, affiliation, actor = (n_triples(Iri(i)) for i in (PREFIXES["rdf"] + "type", KG + "affiliation", KG + "Actor"))

    def node(name: str) -> str:
        return n_triples(Iri(base + name))

    seen, waiting = set[str](), list(voices)
    while waiting:
        name = waiting.pop()
        one = entity(name) if name not in seen else None
        seen.add(name)
        if one is not None:
            if one.kind in ACTOR_KINDS:
                found.add((node(name), is_a, actor))
            for upper in one.affiliation:
                found.add((node(name), affiliation, node(upper)))
                waiting.append(upper)
    said = [n_triples(Iri(i)) for i in (KG + "cluster", KG + "content", KG + "modality", V + "Factual", KG + "negated")]
    boolean = "^^" + n_triples(Iri(PREFIXES["xsd"] + "boolean"))
    for number, cluster in enumerate(sorted(told)):
        for negated, flag in zip(("false", "true"), told[cluster], strict=True):
            if flag:  # somebody, wherever, says so of an event of this happening
                event, claim = (n_triples(Iri(f"urn:{what}:{number}:{negated}")) for what in ("event", "claim"))
                found |= {(event, said[0], node(cluster)), (claim, said[1], event), (claim, said[2], said[3])}
                found.add((claim, said[4], f'"{negated}"{boolean}'))
    return "".join(f"{s} {p} {o} .\n" for s, p, o in sorted(found)).encode()
