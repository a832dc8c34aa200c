"""The sentences behind an entity or a record: what the graph says of it, in whose words, found by which extractor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import TypeAlias

from kgbuild.errors import UsageError
from kgbuild.records import Affiliation, Claim, Document, Entity, Event, Mention, Merge, Record, Span, Stance

__all__ = ["Evidence", "Reasons", "explain"]

_InArticle: TypeAlias = Mention | Event | Claim | Stance | Affiliation | Merge

_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s+[^\sa-z])|\n+")
_ABBREVIATION = re.compile(
    r"\b(?:[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|Sen|Rep|Gov|St|No|vs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)$"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for what the graph says.

    `label` says it in one line; `sentence` is the text around it, in which `begin` and `end` mark the words (offsets in
    `sentence`); `offset` is where they begin in the article. `parts` are words inside the sentence with a job of their own, as
    (begin, end, job): the trigger of an event, the cue of a claim or stance, the words that name a claim's source. `detail` names
    article, file, offsets, extractor, confidence.
    """

    label: str
    sentence: str
    begin: int
    end: int
    record: str
    role: str
    article: str
    source: str
    offset: int
    extractor: str
    confidence: float
    detail: str
    parts: tuple[tuple[int, int, str], ...] = ()

    def _repr_html_(self) -> str:
        """The label, the sentence with its words marked (bold: those with a job of their own), and where it stands."""
        from html import escape  # only notebooks need it

        text, own = self.sentence, (self.begin, self.end)
        edges = sorted({0, len(text), *own, *(x for a, b, _ in self.parts for x in (a, b))})
        words = []
        for a, b in pairwise(edges):
            piece = escape(text[a:b])
            if any(x <= a and b <= y for x, y, _ in self.parts):
                piece = f"<b>{piece}</b>"
            words.append(f"<mark>{piece}</mark>" if own[0] <= a and b <= own[1] else piece)
        return f"<div><b>{escape(self.label)}</b><blockquote>{''.join(words)}</blockquote><small>{escape(self.detail)}</small></div>"


class Reasons(list[Evidence]):
    """Evidence in the order of the texts; a notebook shows the sentences."""

    def _repr_html_(self) -> str:
        more = len(self) - _SHOWN
        shown = "".join(e._repr_html_() for e in self[:_SHOWN])
        return f"<div>{shown}{f'<p>and {more} more</p>' if more > 0 else ''}</div>"


_SHOWN = 50
"""Pieces of evidence that a notebook shows."""


def explain(records: Sequence[Record], what: str) -> Reasons:
    """The evidence for an entity (by name or id) or for one record (by id or IRI), in the order of the texts.

    Raises UsageError with the nearest names when nothing is called that.
    """
    book = _Book(records)
    found: dict[tuple[str, str], Evidence] = {}
    for name in book.targets(what):
        for evidence in book.evidence(name):
            found.setdefault((evidence.record, evidence.role), evidence)
    return Reasons(sorted(found.values(), key=lambda e: (e.article, e.offset, e.record, e.role)))


class _Book:
    """The records by id, with what is needed to put them into words."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self.by_id = {r.id: r for r in records}
        self.sentences: dict[str, list[Span]] = {}
        for record in records:
            if isinstance(record, Event):
                self.sentences.setdefault(record.document, []).append(record.sentence)

    def targets(self, what: str) -> list[str]:
        """Ids meant by a name, an id or an IRI."""
        wanted = " ".join(what.split())
        for name in (wanted, wanted.replace(":", "/", 1)):
            if name in self.by_id:
                return [name]
        merged = sorted(r.id for r in self.records if isinstance(r, Entity) and wanted in r.origins)
        if merged:
            return merged
        inside = [i for i in self.by_id if wanted.endswith("/" + i)] if "://" in wanted else []
        if inside:
            return [max(inside, key=len)]
        entities = [r for r in self.records if isinstance(r, Entity)]
        folded = _folded(wanted)
        exact = {e.id for e in entities if _folded(e.name) == folded}
        other = {e.id for e in entities if folded in {_folded(a) for a in e.aliases} or wanted.upper() == e.qid}
        if exact or other:
            return sorted(exact or other)
        called = self.called(folded)
        if called:
            return called
        words = set(folded.split())
        holding = sorted({e.id for e in entities if words and words <= set(_folded(e.name).split())})
        if len(holding) == 1:
            return holding
        names = {_folded(e.name): e.name for e in entities}
        near = [self.name(i) for i in holding] or [names[m] for m in get_close_matches(folded, names, 5, 0.6)]
        hint = f"did you mean {', '.join(near[:5])}?" if near else "`kgbuild query FOLDER actors` lists the actors"
        who = "several entities have" if holding else "no entity or record has"
        raise UsageError(f"{who} the name {wanted[:60]!r}; {hint}")

    def called(self, folded: str) -> list[str]:
        """Entities that a text calls so by name or metonym ("Moscow" said that ...)."""
        found: set[str] = set()
        for record in self.records:
            if isinstance(record, Mention) and record.form in ("name", "metonym"):
                document = self.by_id.get(record.document)
                if (
                    isinstance(document, Document)
                    and _folded(document.text[record.span.begin : record.span.end]) == folded
                ):
                    found.update(record.entities)
        return sorted(found)

    def evidence(self, name: str) -> Iterator[Evidence]:
        target = self.by_id[name]
        for record in self.records:
            if isinstance(record, (Document, Entity)):
                continue
            for role in _roles(record, target):
                made = self.one(record, role)
                if made is not None:
                    yield made

    def one(self, record: _InArticle, role: str) -> Evidence | None:
        document = self.by_id.get(record.document)
        if not isinstance(document, Document):
            return None
        span = record.span
        around = self.around(document, span)
        sure = f"{record.extractor.removeprefix('extractor/')}, confidence {record.confidence:.2f}"
        return Evidence(
            label=self.label(record, role),
            sentence=document.text[around.begin : around.end],
            begin=span.begin - around.begin,
            end=span.end - around.begin,
            record=record.id,
            role=role,
            article=document.id,
            source=document.source,
            offset=span.begin,
            extractor=record.extractor,
            confidence=record.confidence,
            detail=f"{_where(document)}, {span.begin}-{span.end}; {sure}; {record.id}",
            parts=tuple(
                (part.begin - around.begin, part.end - around.begin, job)
                for job, field in (("source", "source_span"), ("cue", "cue"), ("trigger", "trigger"))
                if (part := getattr(record, field, None)) is not None
                and around.begin <= part.begin < part.end <= around.end
            ),
        )

    def around(self, document: Document, span: Span) -> Span:
        """The sentence, or sentences, a span stands in; never beyond its paragraph."""
        touching = [s for s in self.sentences.get(document.id, []) if s.begin <= span.begin and span.end <= s.end]
        if touching:
            return min(touching, key=lambda s: (s.end - s.begin, s))
        paragraph = next((p for p in document.paragraphs if p.begin <= span.begin and span.end <= p.end), None)
        low, high = (paragraph.begin, paragraph.end) if paragraph else (0, len(document.text))
        begin, end = low, high
        for match in _SENTENCE_END.finditer(document.text, low, high):
            if _ABBREVIATION.search(document.text, low, match.start()):
                continue
            if match.end() <= span.begin:
                begin = match.end()
            elif match.end() >= span.end:
                end = match.end()
                break
        while begin < span.begin and document.text[begin].isspace():
            begin += 1
        while end > span.end and document.text[end - 1].isspace():
            end -= 1
        return Span(begin, end)

    def name(self, identifier: str | None) -> str:
        """An entity by its name, an article as "the article itself"."""
        found = self.by_id.get(identifier or "")
        if isinstance(found, Entity):
            return found.name
        return "the article itself" if isinstance(found, Document) else (identifier or "somebody")

    def names(self, identifiers: Iterable[str]) -> str:
        return ", ".join(self.name(i) for i in identifiers)

    def label(self, record: _InArticle, role: str) -> str:
        if isinstance(record, Mention):
            return f"mention ({record.form}) of {self.names(record.entities)}"
        if isinstance(record, Event):
            others = self.names((*record.recipients, *record.themes))
            sides = " -> ".join(filter(None, (self.names(record.agents), others)))
            where = f" at {self.names(record.places)}" if record.places else ""
            return f"event {record.type}{f' ({record.mode})' if record.mode else ''}: {sides}{where}{_as(role)}"
        if isinstance(record, Claim):
            how = [record.modality.lower()] if record.modality != "Factual" else []
            how += ["negated"] if record.negated else []
            how += ["hearsay"] if record.hearsay else []
            note = f" [{', '.join(how)}]" if how else ""
            unnamed = record.hearsay and record.source == record.document
            source = "an unnamed source" if unnamed else self.name(record.source)
            who = f"claim ({record.speech_act.lower()}) of {source}"
            return f"{who}{note}: {_short(record.text)}{_as(role)}"
        if isinstance(record, Affiliation):
            what = (
                f"{record.role} of"
                if record.role
                else {"Unit": "part of", "Location": "lies in"}.get(record.kind, "belongs to")
            )
            ends = (record.earliest, record.latest)
            when = f", {ends[0] or '?'} to {ends[1] or '?'}" if any(ends) else ""
            source = "the entity base" if record.known else "the article"
            return f"affiliation ({record.kind.lower()}): {self.name(record.member)}, {what} {self.name(record.body)}{when}, says {source}"
        if isinstance(record, Merge):
            rule = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", record.rule).lower()
            return f"merge ({rule}): {record.origin} is {self.name(record.entity)}, because of {record.reason}"
        note = f" [{record.modality.lower()}]" if record.modality != "Factual" else ""
        sides = f"{self.name(record.holder)} -> {self.name(record.target)}"
        return (
            f"stance {record.polarity} ({record.score:+.1f}, {record.kind.lower()}){note}: {sides}, "
            f"according to {self.name(record.attributed_to)}{_as(role)}"
        )


def _roles(record: _InArticle, target: Record) -> list[str]:
    """What the target is to a record: "" when it is the record itself."""
    name = target.id
    if record.id == name:
        return [""]
    if isinstance(record, Mention):
        return ["mention"] if name in record.entities else []
    if isinstance(record, Event):
        fields = (("agents", "agent"), ("recipients", "recipient"), ("themes", "theme"), ("places", "place"))
        found = [role for field, role in (*fields, ("instruments", "instrument")) if name in getattr(record, field)]
        same = record.cluster is not None and _cluster(target) == record.cluster
        return [*found, "same happening"] if same else found
    if isinstance(record, Claim):
        single = {"source": record.source, "content": record.content, "condition": record.condition}
        found = [role for role, value in {**single, "wider claim": record.statement}.items() if value == name]
        many = {"passed on by": record.via, "addressee": record.addressee, "about": record.about}
        return [*found, *(role for role, values in many.items() if name in values)]
    if isinstance(record, Affiliation):
        return [role for role, value in {"affiliation": record.member, "member": record.body}.items() if value == name]
    if isinstance(record, Merge):
        return ["merge"] if name == record.entity else []
    return [
        role
        for role, value in {
            "holder": record.holder, "target": record.target, "basis": record.basis, "aspect": record.aspect,
            "according to": record.attributed_to if record.attributed_to != record.holder else None,
        }.items()
        if value == name
    ]  # fmt: skip


def _where(document: Document) -> str:
    """An article by its headline and its file."""
    return f"{document.headline} ({document.source})" if document.headline else document.source


def _cluster(record: Record) -> str | None:
    return record.cluster if isinstance(record, Event) else None


def _as(role: str) -> str:
    return f" ({role})" if role else ""


def _short(text: str, length: int = 100) -> str:
    words = " ".join(text.split())
    return words if len(words) <= length else words[:length].rsplit(" ", 1)[0] + " ..."


def _folded(label: str) -> str:
    text = " ".join(label.replace("’", "'").casefold().split())
    return text.removeprefix("the ") or text
