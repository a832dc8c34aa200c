"""How sure a link to the entity base is: the share of such links that is right, from a few plain signs by a logistic model.

The weights, and the value below which a name stays unlinked, are data/linking.json: fitted on GUM's open genres by training/linking/certainty.py,
measured by `python -m bench linking`. An entity is judged by the best of the names the article has for it; a mention of it by a name besides by
whether its own words are one of the names the base lists.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from functools import lru_cache

from spacy.tokens import Doc

from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.spans import surface_of
from kgbuild.config import data_path
from kgbuild.knowledge import Base, Entry

__all__ = ["links", "probability", "settle", "unlink_doubtful"]

_NAMES = frozenset({"name", "metonym"})
_GROUND = frozenset({"region", "geo", "territory"})
_KINDS = frozenset({"name", "alias", "acronym"})
_FLOOR = 0.02
"""Added to both prominences of a ratio, so that namesakes nobody heard of count for little."""
_WIDEST = 2.0
"""Most that the ratio of prominences to the strongest namesake counts for, as a natural logarithm."""
_ENOUGH = 3
"""Further names out of the same country from which more make no difference."""

Signs = dict[str, float]


@lru_cache(maxsize=1)
def _model() -> tuple[dict[str, float], float]:
    read = json.loads(data_path("linking.json").read_text(encoding="utf-8"))
    return {str(k): float(v) for k, v in read["weights"].items()}, float(read["threshold"])


def probability(signs: Signs) -> float:
    """The share of links with such signs that is right, in (0, 1); signs without a weight count for nothing."""
    weights, _ = _model()
    return 1.0 / (1.0 + math.exp(-sum(weights.get(name, 0.0) * value for name, value in signs.items())))


def links(doc: Doc, draft: Draft) -> tuple[dict[str, Signs], list[tuple[Found, Signs]]]:
    """The signs of every entry with a Wikidata id that a name links (by id of the entry), and of every single name or metonym of one."""
    named: dict[str, list[Found]] = {}
    countries: Counter[str] = Counter()
    for found in sorted(draft.found, key=lambda f: (f.start, -f.end)):
        entry = _entry_of(found)
        if entry is not None and found.form in _NAMES | {"adjective"}:
            named.setdefault(entry.id, []).append(found)
            countries[entry.country or ""] += 1
    entities: dict[str, Signs] = {}
    mentions: list[tuple[Found, Signs]] = []
    for identifier, group in named.items():
        entry = _entry_of(group[0])
        assert entry is not None
        others = countries[entry.country] - len(group) if entry.country else 0
        read = [_of_surface(draft.base, surface_of(doc, f.start, f.end), entry) for f in group]
        best = max(read, key=lambda r: (r["short"] == 0.0, r["margin"]))
        signs = best | {"others": min(others, _ENOUGH) / _ENOUGH, "short": 0.0}
        entities[identifier] = signs
        for found, own in zip(group, read, strict=True):
            if found.form in _NAMES:
                mentions.append((found, signs | {"short": own["short"], "metonym": float(found.form == "metonym")}))
    return entities, mentions


def settle(doc: Doc, draft: Draft) -> None:
    """Set the confidence of every linked node, and of every name or metonym of one, to how sure its link is."""
    entities, mentions = links(doc, draft)
    sure = {identifier: probability(signs) for identifier, signs in entities.items()}
    for node in draft.nodes:
        if node.merged is None and node.entry is not None and node.entry.id in sure:
            node.confidence = sure[node.entry.id]
    for found, signs in mentions:
        found.confidence = probability(signs)


def unlink_doubtful(doc: Doc, draft: Draft) -> None:
    """Let what is linked below the threshold be an entity of its own: without id, position and offices of the entry."""
    least = _model()[1]
    doubtful = {i for i, signs in links(doc, draft)[0].items() if probability(signs) < least}
    for node in draft.nodes:
        if node.entry is not None and node.entry.id in doubtful and node.twin is None:
            _unlink(draft, node)


def _unlink(draft: Draft, node: Node) -> None:
    assert node.entry is not None
    draft.forget(node.entry)
    node.entry, node.within, node.confidence = None, None, min(node.confidence, 0.55)
    node.name = max(node.names, key=lambda n: node.names[n], default=node.name)
    node.affiliation.clear()


def _entry_of(found: Found) -> Entry | None:
    """The entry with a Wikidata id that all nodes of a mention share."""
    entries = {n.final.entry.id: n.final.entry for n in found.nodes if n.final.entry is not None}
    entry = next(iter(entries.values()), None)
    one = len(entries) == 1 and all(n.final.entry is not None for n in found.nodes)
    return entry if one and entry is not None and entry.qid is not None else None


def _of_surface(base: Base, surface: str, entry: Entry) -> Signs:
    """What a surface alone says for its being this entry."""
    mine, rival = None, 0.0
    for candidate in base.candidates(surface):
        if candidate.id == entry.id:
            mine = mine or candidate
        else:
            rival = max(rival, candidate.prior)
    kind = mine.kind if mine is not None else "other"
    prior = mine.prior if mine is not None else entry.prior / 2
    signs = {
        "bias": 1.0,
        "margin": max(-_WIDEST, min(_WIDEST, math.log((prior + _FLOOR) / (rival + _FLOOR)))),
        "common": float(mine is not None and mine.common),
        "short": float(mine is None),
        "metonym": 0.0,
        "person": float(entry.type == "person"),
        "ground": float(entry.type in _GROUND),
    }
    if kind in _KINDS or kind == "other":
        signs[kind] = 1.0
    return signs
