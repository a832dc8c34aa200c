"""Docs parsed by hand, with the layers the claims room reads, and the marks of the rule files' examples."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from spacy.lang.en import English
from spacy.tokens import Doc

from kgbuild.ids import document_id, record_id
from kgbuild.records import Dateline, Document, Entity, Event, Mention, Paragraph, Span

ANA = Entity("actor/ana-sousa-x0000000001", "Ana Sousa", "Person")
ARMY = Entity("actor/army-x0000000002", "army", "Group")
ARLAND = Entity("actor/arland-x0000000003", "Arland", "State", territory="place/arland-x0000000004")
PLACE = Entity("place/arland-x0000000004", "Arland", "Place")
VOCAB = English().vocab


def parsed(
    rows: str, mentions: Sequence[tuple[str, Entity]] = (), published: str | None = "2024-05-02", role: str = "body"
) -> Doc:
    """A Doc from lines "form tag universal-tag relation head" (head: 1-based number in its sentence, 0 for the root).

    A blank line ends a sentence, "¶" after the form ends a paragraph; a trailing "_" on a form glues it to the next one.
    """
    words, spaces, tags, poses, deps, heads, starts = [], [], [], [], [], [], []
    base = 0
    for block in rows.strip().split("\n\n"):
        lines = [line.split() for line in block.strip().splitlines()]
        for number, (form, tag, pos, dep, head) in enumerate(lines, 1):
            words.append(form.rstrip("_"))
            spaces.append(not form.endswith("_"))
            tags.append(tag)
            poses.append(pos)
            deps.append("ROOT" if head == "0" else dep)
            heads.append(base + (int(head) if head != "0" else number) - 1)
            starts.append(number == 1)
        base += len(lines)
    doc = Doc(VOCAB, words=words, spaces=spaces, tags=tags, pos=poses, deps=deps, heads=heads, sent_starts=starts)
    text = doc.text
    sha = hashlib.sha256(text.encode()).hexdigest()
    identity = document_id(sha)
    end = len(text.rstrip())
    doc._.document = Document(
        identity,
        text,
        sha,
        "made",
        published=published,
        dateline=None if published is None else Dateline(0, 0, date=published),
        paragraphs=(Paragraph(0, end, role),),
    )
    found = []
    for words_of, entity in mentions:
        for match in re.finditer(rf"\b{re.escape(words_of)}\b", text):
            span = Span(match.start(), match.end())
            found.append(
                Mention(record_id(identity, "mention", span, entity.name), identity, span, "name", (entity.id,))
            )
    doc._.mentions = tuple(sorted(found, key=lambda m: (m.span.begin, -m.span.end)))
    doc._.entities = tuple(sorted({e.id: e for _, e in mentions}.values(), key=lambda e: e.id))
    return doc


def event_at(doc: Doc, word: str, kind: str = "Assault") -> tuple[Event, int]:
    """An event whose trigger is the first token with this form, and that token's index; its clause is its subtree."""
    token = next(t for t in doc if t.text == word)
    trigger = Span(token.idx, token.idx + len(token))
    words = [t for t in token.subtree if not t.is_punct]
    clause = Span(words[0].idx, words[-1].idx + len(words[-1]))
    document = doc._.document.id
    return Event(
        record_id(document, "event", trigger, kind), document, trigger, clause, clause, token.lower_, kind
    ), token.i


def marked(example: str) -> tuple[str, dict[str, list[Span]]]:
    """The text of a marked example and the spans of its [source], <cue> and {content}."""
    text, open_, found = "", [], {"[": [], "<": [], "{": []}
    pairs = {"]": "[", ">": "<", "}": "{"}
    for piece in re.findall(r"[\[\]<>{}]|[^\[\]<>{}]+", example):
        if piece in found:
            open_.append((piece, len(text)))
        elif piece in pairs:
            place = next(i for i in range(len(open_) - 1, -1, -1) if open_[i][0] == pairs[piece])
            kind, begin = open_.pop(place)
            found[kind].append(Span(begin, len(text)))
        else:
            text += piece
    return text, found
