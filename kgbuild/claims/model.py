"""What the steps of the claims room hand each other; records are made from it at the end of the room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kgbuild.records import Claim, Event, Span

__all__ = ["STANDING", "Attribution", "Factuality", "FoundEvent", "Reading", "around"]

STANDING = frozenset({"Factual", "Probable", "Planned"})
"""Modalities under which a deed says something about the doer."""


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """An event with its place in the tree: `token` is the index of the trigger's head token in the Doc.

    `rule` names the entry of data/events.yaml that found it, "coded" the table of codes.
    """

    record: Event
    token: int
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says what, before it becomes Claims.

    `source` holds the ids of the entities the source denotes, () when it is unnamed or not resolved (`source_span` may still be
    set); `cue_token` is the index of the cue's head token (-1 for a bare colon or quotation marks alone). `voice` is Direct,
    Indirect or MixedQuote (or Headline for "...: Kremlin"), `speech_act` a key of vocab.SPEECH_ACTS. `parent` is the position, in
    the list this attribution stands in, of the one whose content holds it (A told B that C had said).
    """

    source: tuple[str, ...]
    source_span: Span | None
    cue: Span
    cue_token: int
    content_spans: tuple[Span, ...]
    voice: str
    speech_act: str
    addressee: tuple[str, ...] = ()
    parent: int | None = None
    hearsay: bool = False
    confidence: float = 0.8


@dataclass(frozen=True, slots=True)
class Factuality:
    """How a predicate is put: modality (key of vocab.MODALITIES), negation, hearsay, the token of its if-clause's predicate."""

    modality: str = "Factual"
    negated: bool = False
    hearsay: bool = False
    condition: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A stance before it becomes a record; `basis` is the id of the event or claim it is read from."""

    holder: str
    target: str
    score: float
    kind: str
    attributed: str
    basis: str
    span: Span
    cue: Span | None
    modality: str = "Factual"
    aspect: str | None = None
    earliest: str | None = None
    latest: str | None = None
    confidence: float = 0.5


def around(claims: Iterable[Claim], span: Span) -> Claim | None:
    """The innermost of some claims whose content holds a span."""
    inside = [c for c in claims if any(s.begin <= span.begin and span.end <= s.end for s in c.content_spans)]
    return min(
        inside,
        key=lambda c: (sum(s.end - s.begin for s in c.content_spans), c.content is not None, c.id),
        default=None,
    )
