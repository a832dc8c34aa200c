"""From what a reader found in a file to a Document: cleaned, dated, laid out and hashed, or skipped with a reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias
from urllib.parse import urlsplit

from kgbuild.config import Config
from kgbuild.ids import document_id
from kgbuild.records import Document, Skipped
from kgbuild.sources.dates import parse_date
from kgbuild.sources.decode import Undecodable, clean
from kgbuild.sources.language import foreign_language
from kgbuild.sources.metadata import analyse, same_title, split_paragraphs

__all__ = ["Article", "Hints", "Reader", "to_document"]

_TITLE_LENGTH, _PUBLISHER_LENGTH, _URL_LENGTH = 500, 200, 2000
_TITLE_PARAGRAPHS = 12


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of an article beside its text, as found; `published` and `captured` in any common form. The day of capture stands
    for the day of publication where nothing else tells it."""

    title: str | None = None
    published: str | None = None
    publisher: str | None = None
    url: str | None = None
    captured: str | None = None

    def over(self, other: Hints) -> Hints:
        """These hints, with those of `other` where this one has none."""
        return Hints(
            self.title or other.title,
            self.published or other.published,
            self.publisher or other.publisher,
            self.url or other.url,
            self.captured or other.captured,
        )


@dataclass(frozen=True, slots=True)
class Article:
    """One article as a reader found it. `join_title` puts a title that the text lacks before it, so that its claims
    have a place."""

    source: str
    text: str
    hints: Hints = Hints()
    join_title: bool = False


Reader: TypeAlias = Callable[[BinaryIO, str, Config], Iterator[Article | Skipped]]
"""Reads a seekable binary file; the second argument is its source name, without anything that depends on the
machine."""


def to_document(article: Article, config: Config) -> Document | Skipped:
    """The Document of an article, or why it is not one."""
    if len(article.text) > config.max_chars:
        return Skipped(article.source, too_long(config))
    try:
        text = clean(article.text)
    except Undecodable as error:
        return Skipped(article.source, str(error))
    title = _line(article.hints.title, _TITLE_LENGTH)
    if article.join_title and title is not None and text.strip() and not _has_title(text, title):
        text = f"{title}\n\n{text}"
    if not text.strip():
        return Skipped(article.source, "empty")
    if not re.search(r"[^\W\d_]", text):
        return Skipped(article.source, "no words in it")
    if len(text) > config.max_chars:
        return Skipped(article.source, too_long(config))
    language = None if config.any_language else foreign_language(text)
    if language is not None:
        return Skipped(article.source, "not English" if language == "und" else f"not English (looks like {language})")
    sha256 = hashlib.sha256(text.encode("utf-8")).hexdigest()
    layout = analyse(text, title, parse_date(article.hints.published))
    if layout.published is None and (captured := parse_date(article.hints.captured)) is not None:
        layout = analyse(text, title, captured)
    return Document(
        id=document_id(sha256),
        text=text,
        sha256=sha256,
        source=article.source,
        headline=layout.headline,
        publisher=_line(article.hints.publisher, _PUBLISHER_LENGTH),
        published=layout.published,
        url=_url(article.hints.url),
        dateline=layout.dateline,
        paragraphs=layout.paragraphs,
    )


def too_long(config: Config) -> str:
    """The reason given for an article over the limit."""
    return f"longer than {config.max_chars:,} characters"


def _has_title(text: str, title: str) -> bool:
    head = split_paragraphs(text[: 20 * _TITLE_LENGTH])[:_TITLE_PARAGRAPHS]
    return any(same_title(text[s.begin : s.end], title) for s in head)


def _line(value: str | None, length: int) -> str | None:
    """A metadata value on one line, cleaned and cut to `length`."""
    if value is None:
        return None
    try:
        return " ".join(clean(value[: 2 * length]).split())[:length].strip() or None
    except Undecodable:
        return None


def _url(value: str | None) -> str | None:
    """A web address that can stand in an IRI, else None."""
    if value is None or len(value) > _URL_LENGTH or not re.fullmatch(r"[^\s<>\"{}|\\^`\x00-\x20\x7f]+", value.strip()):
        return None
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return None
    return value.strip() if parts.scheme in ("http", "https") and parts.netloc else None
