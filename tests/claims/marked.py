"""Docs for the tests of the claims room: parsed by hand word by word, or by the shipped model with mentions marked in the text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from spacy.lang.en import English
from spacy.language import Language
from spacy.tokens import Doc

from kgbuild.ids import document_id, entity_id, record_id
from kgbuild.records import Document, Entity, Mention, Paragraph, Span

MARK = re.compile(r"<([a-z])(?::([A-Za-z]+))? ([^<>]+)>|\*([^*]+)\*")
VOCAB = English().vocab


@dataclass(frozen=True)
class Marked:
    """A sentence without its marks: mentions as (role letter, kind, span), the trigger's span when there is one."""

    text: str
    mentions: tuple[tuple[str, str, Span], ...]
    trigger: Span | None


def unmarked(text: str) -> Marked:
    """Reads the marks of events.yaml and stance.yaml: "<a:State Kenya> *raided* <p Leoni>"."""
    plain, at = "", 0
    mentions: list[tuple[str, str, Span]] = []
    trigger = None
    for found in MARK.finditer(text):
        plain += text[at : found.start()]
        at = found.end()
        letter, kind, words, word = found.groups()
        span = Span(len(plain), len(plain) + len(words or word))
        plain += words or word
        if letter:
            mentions.append((letter, kind or ("City" if letter == "p" else "Group"), span))
        else:
            trigger = span
    return Marked(plain + text[at:], tuple(mentions), trigger)


def with_mentions(doc: Doc, mentions: Iterable[tuple[str, Span]], headline: int = 0) -> Doc:
    """Puts a document and mentions (kind, span) on a Doc; one entity for each wording; a State gets its territory."""
    sha = hashlib.sha256(doc.text.encode()).hexdigest()
    paragraphs = (Paragraph(0, headline, "headline"),) if headline else ()
    document = Document(
        document_id(sha), doc.text, sha, "test", paragraphs=(*paragraphs, Paragraph(headline, len(doc.text)))
    )
    entities: dict[str, Entity] = {}
    made: list[Mention] = []
    for kind, span in mentions:
        name = doc.text[slice(*span)].removeprefix("the ").removeprefix("The ")
        identifier = entity_id(kind, name)
        territory = entity_id("Place", name) if kind == "State" else None
        entities[identifier] = Entity(identifier, name, kind, territory=territory)
        if territory is not None:
            entities[territory] = Entity(territory, name, "Place")
        form = "nominal" if kind == "Group" else "adjective" if name.endswith(("ian", "yan", "ese", "ish")) else "name"
        made.append(Mention(record_id(document.id, "mention", span), document.id, span, form, (identifier,)))
    doc._.document = document
    doc._.entities = tuple(entities[i] for i in sorted(entities))
    doc._.mentions = tuple(sorted(made, key=lambda m: m.span))
    doc._.times = ()
    return doc


def by_model(nlp: Language, text: str) -> tuple[Doc, Marked]:
    """A marked sentence parsed by a pipeline, with only the marked mentions."""
    marked = unmarked(text)
    return with_mentions(nlp(marked.text), [(kind, span) for _, kind, span in marked.mentions]), marked


def by_hand(rows: str, mentions: Iterable[tuple[str, str]] = ()) -> Doc:
    """A Doc from lines "word lemma POS TAG head dep", heads counted from 1 and 0 for a root; mentions as (kind, words)."""
    cells = [line.split() for line in rows.strip().splitlines()]
    heads = [int(c[4]) - 1 if int(c[4]) else i for i, c in enumerate(cells)]
    doc = Doc(
        VOCAB, words=[c[0] for c in cells], lemmas=[c[1] for c in cells], pos=[c[2] for c in cells], tags=[c[3] for c in cells],
        heads=heads, deps=["ROOT" if c[5] == "root" else c[5] for c in cells],
    )  # fmt: skip
    spans = [(kind, Span(doc.text.index(words), doc.text.index(words) + len(words))) for kind, words in mentions]
    return with_mentions(doc, spans)


def ids(marked: Marked, letters: str) -> set[str]:
    """Ids of the mentions marked with one of these letters."""
    return {_id(marked, kind, span) for letter, kind, span in marked.mentions if letter in letters}


def either(marked: Marked, letters: str) -> set[str]:
    """The same, with the territories of states, for roles that a state or its land can fill."""
    found = ids(marked, letters)
    for letter, kind, span in marked.mentions:
        if letter in letters and kind == "State":
            found.add(_id(marked, "Place", span))
    return found


def _id(marked: Marked, kind: str, span: Span) -> str:
    return entity_id(kind, marked.text[slice(*span)].removeprefix("the ").removeprefix("The "))
