"""Finds quoted passages in a text: where they begin and end, how they nest, and which are speech rather than single words.

Straight and curly double marks, guillemets, doubled single marks ('' and ``) and single marks are read; apostrophes are told
apart from single marks. A quotation whose paragraph ends before it closes runs on when the next paragraph opens with a mark
again (the custom of printed news); otherwise it ends with its paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kgbuild.records import Span

__all__ = ["Quote", "quotes"]

_MARK = re.compile(r"\"{1,4}|''|``|[“”„«»‘’`']")
_DOUBLE = frozenset({'"', '""', '"""', '""""', "''", "``", "“", "”", "„", "«", "»"})
_ALWAYS_OPENS = frozenset({"``", "“", "„", "«", "‘"})
_ALWAYS_CLOSES = frozenset({"”", "»"})
_OPENS_AFTER = frozenset(" \t\n\u00a0([{—–-/:;,“\"‘'")
# Words that begin with an apostrophe: "the '90s", "'em", "rock 'n' roll".
_ELISION = re.compile(r"(?:\d0s?|em|til|tis|twas|cause|bout|round|n|s|re|ve|ll|d|m|t)\b", re.IGNORECASE)
_WORD = re.compile(r"\w[\w'’.-]*")
_CUE_MARK = re.compile(r"[,:;.!?—–-]\s*$")
SCARE_WORDS = 3
"""Up to this many words inside a clause are taken for a borrowed expression, not for a statement."""
MAX_SINGLE = 1500
"""Longest quotation between single marks, in code points: beyond it an unpaired apostrophe is the likelier reading."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted passage; `span` covers its marks, `inner` only the words.

    level: 0 for an outermost quotation, 1 inside one, and so on. fragment: part of a clause that goes on outside it. scare: a
    fragment of at most SCARE_WORDS words. continues: it takes up the quotation of the paragraph before. open: it never closes
    in its paragraph.
    """

    span: Span
    inner: Span
    level: int = 0
    fragment: bool = False
    scare: bool = False
    continues: bool = False
    open: bool = False


def quotes(text: str, paragraphs: Iterable[tuple[int, int]] | None = None) -> tuple[Quote, ...]:
    """All quotations of a text, ordered by begin, outer before inner; `paragraphs` are offsets (default: the lines of the text)."""
    found: list[Quote] = []
    running = False
    for begin, end in _lines(text) if paragraphs is None else sorted((p[0], p[1]) for p in paragraphs):
        here, running = _paragraph(text, begin, end, running)
        found += here
    return tuple(sorted(found, key=lambda q: (q.span.begin, -q.span.end)))


def _lines(text: str) -> list[tuple[int, int]]:
    return [(m.start(), m.end()) for m in re.finditer(r"[^\n]*\S[^\n]*", text)]


def _paragraph(text: str, begin: int, end: int, running: bool) -> tuple[list[Quote], bool]:
    """The quotations of one paragraph, and whether the last one is still open at its end."""
    found: list[Quote] = []
    stack: list[tuple[int, int, bool]] = []  # begin of the mark, end of the mark, double
    takes_up = False
    limit = end
    while limit > begin and text[limit - 1].isspace():
        limit -= 1
    first = begin
    while first < limit and text[first].isspace():
        first += 1
    for match in _MARK.finditer(text, first, limit):
        mark, at, after = match.group(), match.start(), match.end()
        double = mark in _DOUBLE
        opening = _opening(text, mark, at, after, limit, stack, first)
        if opening is None:
            continue
        if opening:
            takes_up = takes_up or (at == first and running and double)
            if double and stack and stack[-1][2] and mark not in _ALWAYS_CLOSES:
                # A second opening mark of the same kind: the first was never closed.
                found.append(_quote(text, stack.pop(), None, at, len(stack), False))
            stack.append((at, after, double))
        elif stack:
            place = _matching(stack, double)
            if place is not None:
                del stack[place + 1 :]
                found.append(_quote(text, stack.pop(), (at, after), limit, len(stack), False))
    still = bool(stack) and stack[0][2]
    while stack:
        opened = stack.pop()
        if opened[2]:
            found.append(_quote(text, opened, None, limit, len(stack), not stack))
    if takes_up:
        found = [_continued(q) if q.span.begin == first else q for q in found]
    return found, still


def _opening(
    text: str, mark: str, at: int, after: int, limit: int, stack: list[tuple[int, int, bool]], first: int
) -> bool | None:
    """True when the mark opens a quotation, False when it closes one, None when it is an apostrophe or stray."""
    before = text[at - 1] if at > first else " "
    follows = text[after] if after < limit else " "
    if mark in _DOUBLE:
        inside = any(double for _, _, double in stack)
        if mark in _ALWAYS_OPENS:
            # "abhorrent“: some typesetters close with an opening mark.
            return not (inside and not before.isspace() and not follows.isalnum())
        if mark in _ALWAYS_CLOSES:
            return not inside and before in _OPENS_AFTER and follows.isalnum()
        if not inside:
            return True if (before in _OPENS_AFTER or not follows.isspace()) and after < limit else None
        return before in " \t\u00a0([" and not follows.isspace() and follows not in ".,;:!?)]"
    inside = bool(stack) and not stack[-1][2]
    if inside and not before.isspace() and not follows.isalnum():
        return None if _possessive(text, mark, at, after, limit) else False
    if before.isalnum() or not (follows.isalnum() or follows in '“"[$£€….'):
        return None
    if mark in ("’", "'", "`", "‘") and before in _OPENS_AFTER:
        if mark != "‘" and _ELISION.match(text, after):
            return None
        return True if not inside and _closable(text, after, limit) else None
    return None


def _closable(text: str, begin: int, limit: int) -> bool:
    """Whether a single mark that can close follows within reach, before the next one that clearly opens."""
    for match in re.finditer(r"[’']", text[begin : min(limit, begin + MAX_SINGLE)]):
        at = begin + match.start()
        before = text[at - 1]
        after = text[at + 1] if at + 1 < limit else " "
        if (
            not before.isspace()
            and not after.isalnum()
            and not (before in "sS" and after == " " and _later(text, at + 1, limit))
        ):
            return True
        if before.isspace() and after.isalnum() and not _ELISION.match(text, at + 1):
            return False
    return False


def _possessive(text: str, mark: str, at: int, after: int, limit: int) -> bool:
    """Whether a mark after s and before a word is the plural's apostrophe: another mark closes the quotation later."""
    if mark not in "’'" or text[at - 1] not in "sS" or after >= limit or text[after] != " ":
        return False
    return _later(text, after, limit)


def _later(text: str, begin: int, limit: int) -> bool:
    for match in re.finditer(r"[’'‘]", text[begin : min(limit, begin + MAX_SINGLE)]):
        at = begin + match.start()
        before = text[at - 1]
        after = text[at + 1] if at + 1 < limit else " "
        if before.isspace() or match.group() == "‘":
            return False
        if not after.isalnum():
            return True
    return False


def _matching(stack: list[tuple[int, int, bool]], double: bool) -> int | None:
    for place in range(len(stack) - 1, -1, -1):
        if stack[place][2] == double:
            return place
        if not double:
            return None  # a single mark never closes across an open double one
    return None


def _quote(
    text: str, opened: tuple[int, int, bool], closed: tuple[int, int] | None, limit: int, level: int, still: bool
) -> Quote:
    begin, inner_begin, _ = opened
    inner_end, end = closed if closed is not None else (limit, limit)
    while closed is None and end > inner_begin and text[end - 1].isspace():
        inner_end = end = end - 1
    inner = Span(inner_begin, max(inner_end, inner_begin))
    words = len(_WORD.findall(text[inner.begin : inner.end]))
    left = text[max(0, begin - 4) : begin].rpartition("\n")[2]
    starts = text[inner.begin : inner.begin + 1]
    introduced = not left.strip() or bool(_CUE_MARK.search(left))
    fragment = not introduced and bool(left.strip()) and not (starts.isupper() and words > SCARE_WORDS)
    if (
        introduced
        and starts.islower()
        and words <= SCARE_WORDS
        and text[inner.end - 1 : inner.end] not in (",", ".", "!", "?")
    ):
        fragment = True
    return Quote(
        Span(begin, max(end, inner.end)), inner, level, fragment, fragment and words <= SCARE_WORDS, open=still
    )


def _continued(quote: Quote) -> Quote:
    return Quote(quote.span, quote.inner, quote.level, False, False, True, quote.open)
