"""Make paragraph borders and datelines sentence borders before the parser runs, and mask what is no running text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from kgbuild.annotate.words import words
from kgbuild.records import Document

__all__ = ["borders", "paragraph_spans"]

_BLOCK = re.compile(r"[^\n]+")
_MASKED_ROLES = frozenset({"aside", "date"})
_PLAIN_ACRONYM = "nato"
"""The model looks words up by their lower-case norm and takes "IS" for "is"; with the norm of a plain acronym it does not."""
_CLOSING = frozenset({'"', "”", "’", "''", "'", "»", "“"})
_ENDING = frozenset({".", "!", "?", "…", ",", "...", "?!"})


def paragraph_spans(doc: Doc) -> Iterator[tuple[int, int, bool]]:
    """(begin, end, masked) of every stretch that is a paragraph, in characters: the Document's, else the text's lines."""
    document: Document | None = doc._.document
    if document is not None and document.paragraphs:
        for paragraph in document.paragraphs:
            yield paragraph.begin, paragraph.end, paragraph.role in _MASKED_ROLES
        if document.dateline is not None:
            yield document.dateline.begin, document.dateline.end, True
    else:
        for match in _BLOCK.finditer(doc.text):
            yield match.start(), match.end(), False
        if document is not None and document.dateline is not None:
            yield document.dateline.begin, document.dateline.end, True


@Language.component("kgbuild_borders", assigns=["token.is_sent_start", "token.norm", "token._.masked"])
def borders(doc: Doc) -> Doc:
    """Preset sentence starts (the parser keeps them) and `token._.masked`."""
    starts: set[int] = set()
    masked: list[tuple[int, int]] = []
    for begin, end, hide in paragraph_spans(doc):
        starts.add(begin)
        starts.add(end)
        if hide:
            masked.append((begin, end))
    pending = False
    offsets = sorted(starts)
    position = 0
    for token in doc:
        while position < len(offsets) and offsets[position] <= token.idx:
            pending = True
            position += 1
        if token.is_space:
            continue
        if pending:
            token.is_sent_start = True
            pending = False
        elif token.i and _closes(doc, token.i):
            token.is_sent_start = False
    for token in doc:
        if token.text.isupper() and token.lower_ in words("acronym_words") and not _shouted_around(doc, token.i):
            token.norm_ = _PLAIN_ACRONYM
    for begin, end in masked:
        span = doc.char_span(begin, end, alignment_mode="contract") if end > begin else None
        for token in span if span is not None else ():
            token._.masked = True
    return doc


def _shouted_around(doc: Doc, i: int) -> bool:
    """Whether the words next to a token are in capitals too, so that its own say nothing."""
    near = [t for t in doc[max(0, i - 2) : i + 3] if t.i != i and t.is_alpha and len(t.text) > 1]
    return bool(near) and sum(t.text.isupper() for t in near) * 2 > len(near)


def _closes(doc: Doc, i: int) -> bool:
    """A quotation mark right behind a full stop belongs to the sentence that it closes."""
    before, token = doc[i - 1], doc[i]
    if token.text not in _CLOSING or before.whitespace_ or before.text not in _ENDING:
        return False
    return bool(token.whitespace_) or i + 1 == len(doc) or doc[i + 1].is_space or doc[i + 1].is_punct
