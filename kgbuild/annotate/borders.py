"""Make paragraph borders and datelines sentence borders before the parser runs, and mask what is no running text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.tokens import Doc

from kgbuild.annotate.words import words
from kgbuild.layers import slice_of, text_of
from kgbuild.records import Document, Span

__all__ = ["borders", "paragraph_spans"]

_BLOCK = re.compile(r"[^\n]+")
_MASKED_ROLES = frozenset({"aside", "date"})
_PLAIN_ACRONYM = "nato"
"""The model looks words up by their lower-case norm and takes "IS" for "is"; with the norm of a plain acronym it does not."""
_CLOSING = frozenset({'"', "”", "’", "''", "'", "»", "“"})
_BULLETS = frozenset({"•", "▪", "●", "■", "◦", "‣", "·", "*", "-", "–", "»", "►"})
_OPENING = frozenset({'"', "“", "‘", "``", "«"})
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
        for match in _BLOCK.finditer(text_of(doc)):
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
    starts_at = doc.to_array([SENT_START]).view(np.int64).reshape(-1).copy() if len(doc) else np.zeros(0, np.int64)
    for token in doc:
        while position < len(offsets) and offsets[position] <= token.idx:
            pending = True
            position += 1
        if token.is_space:
            continue
        if pending:
            starts_at[token.i] = 1
            pending = False
        elif token.i and (_closes(doc, token.i) or _goes_on(doc, token.i)):
            starts_at[token.i] = -1
        elif token.i and _opens(doc, token.i):
            starts_at[token.i] = 1
    if len(doc):
        # (setting `token.is_sent_start` looks at the whole Doc at each call)
        doc.from_array([SENT_START], starts_at.view(np.uint64))  # type: ignore[arg-type]  # spaCy's stub wants its own array type
    for token in doc:
        if token.text.isupper() and token.lower_ in words("acronym_words") and not _shouted_around(doc, token.i):
            token.norm_ = _PLAIN_ACRONYM
    for begin, end in masked:
        span = slice_of(doc, Span(begin, end)) if end > begin else None
        for token in span if span is not None else ():
            if begin <= token.idx and token.idx + len(token) <= end:
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


def _opens(doc: Doc, i: int) -> bool:
    """Whether a sentence surely begins here though what stands before is ambiguous.

    "... to the U.S. | The talks", "... it was over." | The crowd", "... she asked. | "Perhaps".
    """
    before, token = doc[i - 1], doc[i]
    if not before.whitespace_ or not token.text[:1].isalpha():
        following = doc[i + 1].text if i + 1 < len(doc) else ""
        opening = token.text in _OPENING and not token.whitespace_ and following[:1].isupper()
        return opening and bool(before.whitespace_) and before.text in {".", "!", "?"}
    if not token.is_title or token.lower_ not in words("sentence_openers"):
        return False
    if before.text in _CLOSING:
        return i > 1 and doc[i - 2].text in {".", "!", "?"} and not doc[i - 2].whitespace_
    return before.lower_ in words("ending_abbreviations")


def _goes_on(doc: Doc, i: int) -> bool:
    """Whether a sentence surely goes on: small letters behind a closing quotation mark ("... “Yes!” | he said"), words behind a bullet."""
    before, token = doc[i - 1], doc[i]
    if before.text in _CLOSING and token.is_lower and before.whitespace_:
        return True
    return before.text in _BULLETS and (i == 1 or (doc[i - 2].is_space and "\n" in doc[i - 2].text))
