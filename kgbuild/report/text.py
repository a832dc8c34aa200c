"""Text of articles as HTML: escaped, without characters that a page cannot hold, the words of a record marked in their sentence."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from html import escape

from kgbuild.graph import Evidence
from kgbuild.page.words import date_words, status_words
from kgbuild.records import Document

__all__ = ["address", "marked", "meta", "plain", "short", "status"]

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
LONGEST = 160
"""Code points of a name that a page shows; of a sentence, ten times that."""


def plain(text: str) -> str:
    """The text as HTML that shows it and does nothing else; <bdi> keeps its direction to itself."""
    return f"<bdi>{_clean(text)}</bdi>"


def short(text: str, length: int = LONGEST) -> str:
    """`plain`, on one line, cut when it is longer."""
    flat = " ".join(text.split()) or "?"
    return plain(flat if len(flat) <= length else flat[: length - 1].rstrip() + "…")


def marked(e: Evidence, text: str) -> str:
    """The sentence of a record in an article's text: <mark> around the words that say it, <mark class="cue"> around trigger or cue."""
    begin, end = e.sentence
    end = min(end, begin + 10 * LONGEST) if not any(m.end > begin + 10 * LONGEST for m in e.marks) else end
    inside = [(max(m.begin, begin), min(m.end, end)) for m in e.marks]
    inside = [(a, b) for a, b in inside if a < b]
    cue = e.cue if e.cue and begin <= e.cue.begin < e.cue.end <= end else None
    edges = sorted({begin, end, *(x for span in inside for x in span), *(cue or ())})
    parts = []
    for a, b in itertools.pairwise(edges):
        words = _clean(text[a:b])
        if cue and cue.begin <= a and b <= cue.end:
            words = f'<mark class="cue">{words}</mark>'
        elif any(x <= a and b <= y for x, y in inside):
            words = f"<mark>{words}</mark>"
        parts.append(words)
    return f"<bdi>{''.join(parts)}{'…' if end < e.sentence.end else ''}</bdi>"


def status(e: Evidence, names: Mapping[str, str], text: str) -> str:
    """What may be believed and who says so, in words."""
    by, not_by = ([names.get(i, i)[:LONGEST] for i in ids] for ids in (e.sources, e.deniers))
    condition = text[e.condition.begin : e.condition.end] if e.condition else ""
    return plain(status_words(e, by, not_by, condition))


def meta(e: Evidence, document: Document, day: str = "") -> str:
    """Date, headline with its address, publisher, codes and confidence of a piece of evidence."""
    when = date_words(e.earliest, e.latest) or document.published or day
    title = short(document.headline or document.source)
    link = address(document.url)
    title = f'<a href="{link}" rel="noreferrer">{title}</a>' if link else f"<cite>{title}</cite>"
    parts = [f"<time>{escape(when)}</time>" if when else "no date", title]
    parts += [short(document.publisher)] if document.publisher else []
    parts += [f"CAMEO {escape(e.cameo)}"] if e.cameo else []
    return " · ".join([*parts, f"confidence {e.confidence:.2f}"])


def address(url: str | None) -> str:
    """The address as an attribute's value when it is one of the web, else ""."""
    return escape(url, quote=True) if url and re.fullmatch(r"https?://[^\s<>\"'`\\]{1,2000}", url) else ""


def _clean(text: str) -> str:
    return escape(_ILLEGAL.sub("\ufffd", text), quote=True)
