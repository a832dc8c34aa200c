"""What a notebook shows of a whole graph: what is in it, who is in it, and the interactive page as a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from kgbuild.graph import collect
from kgbuild.records import Entity, Mention, Record

__all__ = ["LARGEST", "ROWS", "overview"]

ROWS: Final = 12
"""Actors in the table: those that most is told of."""
LARGEST: Final = 4_000_000
"""Characters of the page that a notebook carries; a larger one would make the notebook slow, and its file too."""


def overview(records: Iterable[Record], counts: Mapping[str, int], page: str) -> str:
    """HTML: a line of counts, a table of actors, the page in a frame (a sentence instead when it is larger than LARGEST)."""
    found = list(records)
    words = {
        "Document": "articles", "Entity": "entities", "Event": "events", "Claim": "claims", "Stance": "stances",
    }  # fmt: skip
    line = ", ".join(f"{counts.get(kind, 0)} {word}" for kind, word in words.items())
    if len(page) > LARGEST:
        frame = "<p>The interactive page is too large for a notebook: <code>kgbuild view FOLDER</code> opens it.</p>"
    else:
        frame = (
            '<iframe title="Network" sandbox="allow-scripts" style="width:100%;height:640px;border:0" '
            f'srcdoc="{escape(page, quote=True)}"></iframe>'
        )
    return f"<div><p><b>KnowledgeGraph</b>: {line}</p>{_actors(found)}{frame}</div>"


def _actors(records: list[Record]) -> str:
    names = {r.id: r for r in records if isinstance(r, Entity) and r.id.startswith("actor/")}
    mentions = Counter(i for r in records if isinstance(r, Mention) for i in r.entities)
    columns: dict[str, Counter[str]] = {
        c: Counter() for c in ("did", "said", "for", "against", "backed by", "opposed by")
    }
    for e in collect(records):
        if e.kind == "event":
            columns["did"].update(e.entities("agent"))
        elif e.kind == "said":
            columns["said"].update(e.entities("source"))
        elif e.polarity in ("For", "Against"):
            own, other = ("for", "backed by") if e.polarity == "For" else ("against", "opposed by")
            columns[own].update(e.entities("holder"))
            columns[other].update(e.entities("target"))
    weight = {i: sum(c[i] for c in columns.values()) for i in names}
    most = sorted((i for i in names if weight[i]), key=lambda i: (-weight[i], -mentions[i], i))[:ROWS]
    if not most:
        return ""
    head = "".join(f"<th>{c}</th>" for c in ("actor", "kind", "mentions", *columns))
    body = "".join(
        f"<tr><td>{escape(names[i].name[:120])}</td><td>{escape(names[i].kind)}</td><td>{mentions[i]}</td>"
        + "".join(f"<td>{c[i] or ''}</td>" for c in columns.values())
        + "</tr>"
        for i in most
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
