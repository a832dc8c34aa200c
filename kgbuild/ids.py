"""Minting of ids: deterministic, readable, and no character of an article outside [a-z0-9-] can reach an IRI.

An id is the part of an IRI after the base; `config.Config.base` joined with an id is the IRI. An id depends on content only,
never on the order of input.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from kgbuild.records import Span

__all__ = ["ID", "cluster_id", "document_id", "entity_id", "extractor_id", "namespace", "record_id", "slug"]

SLUG_LENGTH = 48
ACTOR_KINDS = frozenset({"Person", "Organization", "State", "Group"})
PLACE_KINDS = frozenset({"Place", "City"})
RECORD_KINDS = frozenset({"offset", "mention", "event", "claim", "stance", "affiliation", "merge"})

ID = re.compile(
    r"(actor|place|topic|cluster|dyad|camp|extractor|article|run)/[a-z0-9][a-z0-9.-]*(#[a-z]+_[0-9]+_[0-9]+(-[a-z0-9-]+)?)?"
)
"""Every id matches this whole."""

_QID = re.compile(r"Q[1-9][0-9]{0,11}")
_ARTICLE = re.compile(r"article/[0-9a-f]{16}")


def slug(text: str, length: int = SLUG_LENGTH) -> str:
    """Lower-case ASCII letters, digits and single hyphens; "unnamed" when nothing is left.

    >>> slug("Zoë Ó Néill"), slug("日本")
    ('zoe-o-neill', 'unnamed')
    """
    folded = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()
    return (
        re.sub(r"[^a-z0-9]+", "-", folded.encode("ascii", "ignore").decode()).strip("-")[:length].strip("-")
        or "unnamed"
    )


def namespace(kind: str) -> str:
    """The first part of an entity's id for its kind: actor, place or topic. Raises ValueError on another kind."""
    if kind in ACTOR_KINDS:
        return "actor"
    if kind in PLACE_KINDS:
        return "place"
    if kind == "Topic":
        return "topic"
    raise ValueError(f"not a kind of entity: {kind!r}")


def entity_id(kind: str, name: str, qid: str | None = None, scope: str = "") -> str:
    """Id of an entity: with a Wikidata id when it has one, else with a hash of name and scope.

    `scope` sets namesakes apart: the id of the document or of the affiliated actor for unnamed groups, "" for a full name.

    >>> entity_id("Person", "Vladimir Putin", "Q7747")
    'actor/vladimir-putin-q7747'
    """
    space = namespace(kind)
    if qid is not None:
        if not _QID.fullmatch(qid):
            raise ValueError(f"not a Wikidata id: {qid!r}")
        return f"{space}/{slug(name)}-{qid.lower()}"
    return f"{space}/{slug(name)}-x{_hash(space, unicodedata.normalize('NFKC', name).casefold(), scope)}"


def document_id(sha256: str) -> str:
    """Id of an article from the SHA-256 (64 hex digits) of its text."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError("not a SHA-256 in hex")
    return f"article/{sha256[:16]}"


def record_id(document: str, kind: str, span: Span, *parts: str) -> str:
    """Id of a record or span inside an article; `parts` (free text) tell records on one span apart.

    >>> record_id("article/5a46f7a788df2eb9", "stance", Span(1071, 1174), "John Kirby", "Russia")
    'article/5a46f7a788df2eb9#stance_1071_1174-john-kirby-russia'
    """
    if not _ARTICLE.fullmatch(document):
        raise ValueError(f"not an article's id: {document!r}")
    if kind not in RECORD_KINDS or not 0 <= span.begin < span.end:
        raise ValueError(f"not a record's place: {kind} {span}")
    return f"{document}#{kind}_{int(span.begin)}_{int(span.end)}" + "".join("-" + slug(p) for p in parts)


def cluster_id(event_type: str, members: Iterable[str]) -> str:
    """Id of a cluster of events: its type and a hash of the sorted members' ids."""
    return f"cluster/{slug(event_type)}-{_hash(*sorted(members))}"


def extractor_id(name: str, version: str) -> str:
    """Id of an extractor's release: "extractor/event-rules-0.1.0"."""
    if not re.fullmatch(r"[a-z0-9-]+", name) or not re.fullmatch(r"[a-z0-9.-]+", version):
        raise ValueError(f"not an extractor: {name!r} {version!r}")
    return f"extractor/{name}-{version}"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:10]
