"""Nodes and edges drawn from the records: plain values that networkx, the writers and the page share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product
from typing import TypeAlias

from kgbuild.graph.evidence import Evidence, collect
from kgbuild.records import Document, Entity, Mention, Record, record_order

__all__ = ["EDGE_KINDS", "Edge", "Network", "Node", "Value", "network", "pairs"]

Value: TypeAlias = str | int | float | bool

EDGE_KINDS = ("stance", "event", "said", "tie")
"""stance: holder to target. event: participant to participant. said: source to what it speaks about, or to.
tie: affiliation, within, territory, which are knowledge about the entities and rest on no sentence."""


@dataclass(frozen=True, slots=True)
class Node:
    """An entity, how often and where it is mentioned; `known` is false for an id that no Entity record explains.

    `qid` is a well-formed Wikidata id or None: writers and the page build links from it.
    """

    id: str
    label: str
    kind: str
    qid: str | None = None
    lat: float | None = None
    long: float | None = None
    aliases: tuple[str, ...] = ()
    mentions: int = 0
    articles: tuple[str, ...] = ()
    confidence: float = 1.0
    known: bool = True

    def attributes(self) -> dict[str, Value]:
        """The node's values for a graph library, unknown ones left out; lists are joined by " | ".

        >>> Node("actor/russia-q159", "Russia", "State", qid="Q159").attributes()["qid"]
        'Q159'
        """
        return _known({
            "label": self.label, "kind": self.kind, "qid": self.qid, "lat": self.lat, "long": self.long,
            "aliases": " | ".join(self.aliases) or None, "mentions": self.mentions,
            "articles": " | ".join(self.articles) or None,
            "article_count": len(self.articles), "confidence": self.confidence,
        })  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edge:
    """One record between two entities. `id` is unique in the network: the record's id and the pair's number in it.

    kind: see EDGE_KINDS. type: event type, stance kind, speech act, or affiliation, within, territory. role: how the
    target takes part (recipient, theme, place, instrument, target, about, addressee; "together" joins two in the same
    role).
    """

    id: str
    source: str
    target: str
    kind: str
    type: str
    role: str
    source_role: str
    evidence: Evidence | None = None
    according_to: str = ""
    denied_by: str = ""
    text: str = ""
    sentence: str = ""
    condition: str = ""
    article: Document | None = None
    record: str = ""
    confidence: float = 1.0

    def attributes(self) -> dict[str, Value]:
        """The edge's values for a graph library, unknown ones left out; offsets are code points of the article's text.

        The source of an event's edge did it only when `source_role` is agent ("Eastquay was shelled" has none). label
        is what a drawing may write on the edge without lying: "not Assault", "Assault?" (hypothetical), "Threat −".
        """
        e, a = self.evidence, self.article
        values: dict[str, Value | None] = {
            "label": self.label(), "kind": self.kind, "type": self.type, "role": self.role,
            "source_role": self.source_role, "record": self.record, "confidence": self.confidence,
        }  # fmt: skip
        if e and a:
            values |= {
                "status": e.status, "modality": e.modality, "negated": e.negated, "hearsay": e.hearsay,
                "according_to": self.according_to or None, "denied_by": self.denied_by or None,
                "condition": self.condition or None, "is_condition": e.is_condition,
                "polarity": e.polarity, "score": e.score, "voice": e.voice,
                "mode": e.mode, "cameo": e.cameo, "cluster": e.cluster, "earliest": e.earliest, "latest": e.latest,
                "text": self.text, "begin": e.span.begin, "end": e.span.end,
                "sentence": self.sentence, "sentence_begin": e.sentence.begin, "sentence_end": e.sentence.end,
                "article": a.id, "headline": a.headline, "publisher": a.publisher, "published": a.published,
            }  # fmt: skip
        return _known(values)

    def label(self) -> str:
        """A few words that carry the sign and the status."""
        e = self.evidence
        if e is None or self.kind == "tie":
            return self.type
        if self.kind == "stance":
            word = f"{self.type} {_SIGN.get(e.polarity or '', '·')}"
            return word if e.modality == "Factual" else f"{word}?"
        if self.kind == "said":
            return self.type
        return _EVENT_LABEL.get(e.status, "{}").format(self.phrase())

    def phrase(self) -> str:
        """The type with the roles in words: "Assault", "Assault together", "undergoes Assault at" (no agent named)."""
        if self.kind != "event":
            return self.type
        done = _DONE.get(self.source_role, "{}").format(self.type)
        if self.role == "together":  # two who shell a town together do not shell each other
            return self.type if self.type in _MUTUAL else f"{done} together"
        if self.role == "theme" and self.source_role != "agent":
            return f"{done} concerning"
        return done + (" to" if self.type == "Move" and self.role == "place" else _AT.get(self.role, ""))


_EVENT_LABEL = {"Denied": "not {}", "Disputed": "disputed: {}", "Expected": "expected: {}", "Hypothetical": "{}?"}
_DONE = {"recipient": "undergoes {}", "theme": "undergoes {}", "instrument": "used in {}", "place": "scene of {}"}
_MUTUAL = frozenset({"Agree", "Consult", "Cooperate"})
_AT = {"place": " at", "instrument": " with"}
_QID = re.compile(r"Q[1-9][0-9]{0,11}")
_SIGN = {"For": "+", "Against": "−", "Mixed": "±", "Neutral": "·"}


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes by id, edges by source, target, kind, record and role; `evidence` also holds what joins no two entities."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    evidence: tuple[Evidence, ...]
    documents: tuple[Document, ...]

    def counts(self) -> dict[str, int]:
        """Number of nodes, edges and articles."""
        return {"nodes": len(self.nodes), "edges": len(self.edges), "articles": len(self.documents)}


def network(records: Iterable[Record]) -> Network:
    """The network of the records: the same for every order of them.

    Every record with two or more different entities has at least one edge; an entity that only a record names, without
    an Entity record of its own, becomes a node labelled with its id. The article's own voice is no node: it stands in
    `according_to`.
    """
    ordered = sorted(records, key=record_order)
    documents = {r.id: r for r in ordered if isinstance(r, Document)}
    entities = {r.id: r for r in ordered if isinstance(r, Entity)}
    found = collect(ordered)
    labels = {i: e.name for i, e in entities.items()} | dict.fromkeys(documents, "the article")
    edges = [_edge(e, n, p, documents[e.document], labels) for e in found for n, p in enumerate(pairs(e))]
    for entity in entities.values():
        edges += _ties(entity)
    counts: defaultdict[str, int] = defaultdict(int)
    articles: defaultdict[str, set[str]] = defaultdict(set)
    for m in (r for r in ordered if isinstance(r, Mention)):
        for i in m.entities:
            counts[i] += 1
            articles[i].add(m.document)
    for e in found:
        for _, i in e.roles:
            articles[i].add(e.document)
    used = {x for e in edges for x in (e.source, e.target)} | {x for e in found for _, x in e.roles} | set(counts)
    nodes = [_node(entities.get(i), i, counts[i], tuple(sorted(articles[i]))) for i in sorted(entities.keys() | used)]
    edges.sort(key=lambda e: (e.source, e.target, EDGE_KINDS.index(e.kind), e.id))
    return Network(tuple(nodes), tuple(edges), tuple(found), tuple(documents.values()))


def pairs(e: Evidence) -> list[tuple[str, str, str, str]]:
    """The (source, target, role of the target, role of the source) that one piece of evidence joins, each pair once.

    An event runs from its agents to its recipients, themes, places and instruments; without an agent from its
    recipients, else from its themes, to the rest. Participants of one role alone ("Norland and Sudmark met") are joined
    two by two. A stance runs from its holder to its target alone.
    """
    if e.kind == "stance":
        # The aspect is what the stance is about, not whom it is for or against: an edge to it would say so.
        by_role = [(role, e.entities(role)) for role in ("holder", "target")]
    elif e.kind == "said":
        by_role = [(role, e.entities(role)) for role in ("source", "about", "addressee")]
    else:
        by_role = [(role, e.entities(role)) for role in ("agent", "recipient", "theme", "instrument", "place")]
    filled = [(role, ids) for role, ids in by_role if ids]
    if not filled:
        return []
    (first, heads), tails = filled[0], filled[1:]
    out: dict[tuple[str, str], str] = {}
    for role, ids in tails:
        for a, b in product(heads, ids):
            if a != b:
                out.setdefault((a, b), role)
    if not out:
        out = dict.fromkeys(combinations(sorted(set(heads)), 2), "together")
    return [(a, b, role, first) for (a, b), role in out.items()]


def _edge(
    e: Evidence, number: int, pair: tuple[str, str, str, str], document: Document, labels: dict[str, str]
) -> Edge:
    text = document.text
    return Edge(
        f"{e.record}/{number}", *pair[:2], e.kind, e.type, *pair[2:], e,
        ", ".join(labels.get(s, s) for s in e.sources), ", ".join(labels.get(s, s) for s in e.deniers),
        text[e.span.begin : e.span.end], text[e.sentence.begin : e.sentence.end],
        text[e.condition.begin : e.condition.end] if e.condition else "", document, e.record, e.confidence,
    )  # fmt: skip


def _ties(entity: Entity) -> list[Edge]:
    i = entity.id
    named = [("affiliation", a) for a in dict.fromkeys(entity.affiliation)]
    named += [("within", entity.within)] if entity.within else []
    named += [("territory", entity.territory)] if entity.territory else []
    return [
        Edge(f"{i}/{n}", i, target, "tie", role, role, "", record=i, confidence=entity.confidence)
        for n, (role, target) in enumerate(named)
    ]


def _node(entity: Entity | None, i: str, mentions: int, articles: tuple[str, ...]) -> Node:
    if entity is None:
        return Node(i, i, "Unknown", mentions=mentions, articles=articles, known=False)
    qid = entity.qid if entity.qid and _QID.fullmatch(entity.qid) else None
    return Node(
        i, entity.name, entity.kind, qid, entity.lat, entity.long, tuple(sorted(set(entity.aliases))), mentions,
        articles, entity.confidence,
    )  # fmt: skip


def _known(values: dict[str, Value | None]) -> dict[str, Value]:
    return {k: v for k, v in values.items() if v is not None}
