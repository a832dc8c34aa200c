"""What the page's script reads: nodes, links, evidence and sentences as compact JSON values, each sentence once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from kgbuild.config import data_path
from kgbuild.graph import Evidence, network
from kgbuild.page.words import date_words, status_words
from kgbuild.rdf import data_prefixes
from kgbuild.records import Document, Record, Span
from kgbuild.vocab import BROADER

__all__ = ["MOST_TEXT", "VIEWS", "payload", "queries"]

LONGEST_NAME = 2000
"""Code points of a name or headline that the page carries; longer ones are no names."""
MOST_TEXT = 1_000_000
"""Code points of articles that the page carries whole; of those beyond, only the sentences that say something are there."""
QUADS = ("VerbalCooperation", "MaterialCooperation", "VerbalConflict", "MaterialConflict")
VIEWS = {
    "network": "page/network", "map": "page/map", "timeline": "page/timeline", "matrix": "page/matrix", "quotes": "page/quotes",
    "contradictions": "page/contradictions", "article": "articles",
}  # fmt: skip
"""View of the page -> the query behind it, in kgbuild/queries."""


def payload(records: Iterable[Record], base: str = "", most_text: int | None = MOST_TEXT) -> dict[str, Any]:
    """Plain values for JSON. Numbers in lists point into the other lists; offsets are UTF-16 units, as scripts count.

    documents: [headline, publisher, published, address]; texts: theirs whole, "" beyond `most_text` code points in all
    (None: no bound). sentences: [document, text, cut at the left, cut at the right, begin in the article]. quads: event
    type -> number of its quad class. queries: view -> SPARQL, with the prefixes of `base`. nodes: id, label, kind, and what is known of qid, lat, long, aliases, mentions, documents. evidence: id,
    kind k, type t, sentence s, marks m [begin, end, 0 words or 1 cue], status st, words w, roles r [role, node], and
    polarity p, score v, dates d, day (else the article's, then u), happening h, negated n, mode and confidence c. links: [source, target, evidence (-1: a tie), role] and, where
    it is not the type, the type with its roles in words ("undergoes Assault at").
    """
    view = network(records)
    documents = {d.id: i for i, d in enumerate(view.documents)}
    texts = {d.id: d for d in view.documents}
    nodes = {n.id: i for i, n in enumerate(view.nodes)}
    names = {n.id: _short(n.label) for n in view.nodes} | dict.fromkeys(documents, "the article")
    sentences: dict[tuple[str, Span], int] = {}
    for e in view.evidence:
        sentences.setdefault((e.document, e.sentence), len(sentences))
    numbers = {e.record: i for i, e in enumerate(view.evidence)}
    wide = {d.id: [i for i, c in enumerate(d.text) if c > "\uffff"] for d in view.documents}
    happenings: dict[str, int] = {}
    for e in view.evidence:
        if e.cluster:
            happenings.setdefault(e.cluster, len(happenings))
    return {
        "documents": [
            [_short(d.headline), _short(d.publisher), d.published or "", _address(d.url)] for d in view.documents
        ],
        "texts": _texts(view.documents, most_text),
        "quads": {t: QUADS.index(q) for t in sorted({e.type for e in view.evidence}) if (q := _quad(t)) in QUADS},
        "queries": queries(base),
        "sentences": [_sentence(texts[d], documents[d], span, wide[d]) for d, span in sentences],
        "nodes": [
            _filled({
                "id": n.id, "label": _short(n.label), "kind": n.kind, "qid": n.qid, "lat": n.lat, "long": n.long,
                "aliases": [_short(a) for a in n.aliases if a != n.label], "mentions": n.mentions,
                "documents": [documents[a] for a in n.articles if a in documents],
            })
            for n in view.nodes
        ],
        "evidence": [
            _evidence(e, texts[e.document], sentences[e.document, e.sentence], names, nodes)
            | ({"h": happenings[e.cluster]} if e.cluster else {})
            for e in view.evidence
        ],
        "links": [
            [nodes[e.source], nodes[e.target], numbers[e.evidence.record] if e.evidence else -1, e.role]
            + ([e.phrase()] if e.phrase() != e.type else [])
            for e in view.edges
        ],
    }  # fmt: skip


def queries(base: str) -> dict[str, str]:
    """The SPARQL behind each view, with its prefixes."""
    prefixes = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in data_prefixes(base).items())
    texts = {
        v: data_path().parent.joinpath("queries", f"{name}.rq").read_text(encoding="utf-8") for v, name in VIEWS.items()
    }
    return {v: prefixes + text for v, text in texts.items()}


def _texts(documents: Iterable[Document], most: int | None) -> list[str]:
    out: list[str] = []
    room = most
    for d in documents:
        fits = room is None or len(d.text) <= room
        out.append(d.text if fits else "")
        if room is not None:
            room -= len(out[-1])
    return out


def _quad(kind: str) -> str:
    while kind in BROADER and kind not in QUADS:
        kind = BROADER[kind]
    return kind


def _evidence(
    e: Evidence, document: Document, sentence: int, names: dict[str, str], nodes: dict[str, int]
) -> dict[str, Any]:
    condition = _short(document.text[e.condition.begin : e.condition.end]) if e.condition else ""
    sources, deniers = ([names.get(s, s) for s in ids] for ids in (e.sources, e.deniers))
    words = status_words(e, sources, deniers, condition)
    marks = [[*_units(document.text, e.sentence, m), 0] for m in e.marks if _inside(m, e.sentence)]
    if e.cue and _inside(e.cue, e.sentence):
        marks.append([*_units(document.text, e.sentence, e.cue), 1])
    return _filled({
        "id": e.record, "k": e.kind, "t": e.type, "s": sentence, "m": marks, "st": e.status, "w": words,
        "c": round(e.confidence, 2), "p": e.polarity, "v": e.score, "d": date_words(e.earliest, e.latest),
        "mode": e.mode, "x": e.extractor, "r": [[role, nodes[i]] for role, i in e.roles],
        "day": (e.earliest or e.latest or document.published or "")[:10], "u": None if e.earliest or e.latest else 1,
        "n": 1 if e.negated else None, "cameo": e.cameo,
    })  # fmt: skip


def _sentence(document: Document, number: int, span: Span, wide: Sequence[int]) -> list[Any]:
    """The words, whether they were cut inside a line (the page then shows dots), and where they begin; `wide` are the
    places of the characters that take two units."""
    text = document.text
    before = text[max(0, span.begin - 3) : span.begin].rstrip(" ")
    after = text[span.end : span.end + 3].lstrip(" ")
    left = bool(before) and not before[-1].isspace() and before[-1] not in _STOP
    right = bool(after) and not after[0].isspace() and text[span.end - 1] not in _STOP
    return [number, text[span.begin : span.end], int(left), int(right), span.begin + bisect_left(wide, span.begin)]


_STOP = ".!?:;…\"'”’)]"


def _inside(inner: Span, outer: Span) -> bool:
    return outer.begin <= inner.begin < inner.end <= outer.end


def _units(text: str, sentence: Span, span: Span) -> tuple[int, int]:
    """Begin and end in UTF-16 units from the sentence's begin."""
    begin = _length(text[sentence.begin : span.begin])
    return begin, begin + _length(text[span.begin : span.end])


def _length(text: str) -> int:
    return len(text) + sum(1 for c in text if c > "\uffff")


def _address(url: str | None) -> str:
    """The address when it is one of the web, else "": an article may carry a script as its address."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc else ""
    except ValueError:
        return ""


def _short(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if v is not None and v != "" and v != []}
