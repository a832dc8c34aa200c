"""Reader of saved web pages: the article without the page's boilerplate, by trafilatura."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.records import Skipped
from kgbuild.sources.article import Article, Hints, too_long
from kgbuild.sources.decode import Undecodable, clean, decode

__all__ = ["most_bytes", "read_html", "read_page"]

_MARKUP_SHARE = 10  # pages weigh up to about this many times their article; larger ones are not parsed
_MOST_TAGS = 20_000  # extraction takes time with the square of their number, some 3 s here; news pages have up to 8,000
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")


def read_html(file: BinaryIO, source: str, config: Config) -> Iterator[Article | Skipped]:
    """The one article of a page, paragraphs apart by a blank line, with title, date, site and address as hints.

    A title that the text lacks is put first. Raises decode.Undecodable.
    """
    yield from read_page(file.read(most_bytes(config) + 1), source, config)


def most_bytes(config: Config) -> int:
    """Bytes of a page beyond which it is not parsed."""
    return _MARKUP_SHARE * config.max_chars


def read_page(raw: bytes, source: str, config: Config, charset: str | None = None) -> Iterator[Article | Skipped]:
    """The one article of a page's bytes; `charset` is what the server said of them. Raises decode.Undecodable."""
    if len(raw) > most_bytes(config):
        yield Skipped(source, f"page {too_long(config)} {_MARKUP_SHARE} times over")
        return
    if not raw.strip():
        yield Skipped(source, "empty")
        return
    page = _XML_DECLARATION.sub("", clean(_decode(raw, charset)))
    if len(re.findall(r"<[a-zA-Z]", page)) > _MOST_TAGS:
        yield Skipped(source, f"page of more than {_MOST_TAGS:,} elements, which no article has")
        return
    # trafilatura is imported here because it takes .2 s that a build without web pages need not pay
    from trafilatura import bare_extraction
    from trafilatura.settings import Document as Extracted

    try:
        found = bare_extraction(
            page,
            with_metadata=True,
            include_comments=False,
            include_tables=False,
            # dates only from the page's own metadata, never guessed from the text or measured against today
            date_extraction_params={"extensive_search": False, "original_date": True, "max_date": "2200-01-01"},
        )
    except Exception as error:  # a hostile page can break the parser in any way; it must cost this page alone
        yield Skipped(source, f"the page cannot be parsed ({type(error).__name__})")
        return
    text = found.text if isinstance(found, Extracted) else None
    if not isinstance(found, Extracted) or not text or not text.strip():
        yield Skipped(source, "no article text found in the page")
        return
    paragraphs = [line.strip() for line in text.split("\n")]
    hints = Hints(found.title, found.date, found.sitename, found.url)
    yield Article(source, "\n\n".join(p for p in paragraphs if p), hints, join_title=True)


def _decode(raw: bytes, charset: str | None) -> str:
    """By byte order mark, then the charset the server names, the one the page declares, then as any other text."""
    declared = _CHARSET.search(raw[:4096])
    if not raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        for name in (charset, declared[1].decode("ascii").lower() if declared else None):
            if name is None:
                continue
            try:
                # browsers read these names as Windows-1252, and so do the pages that carry them
                return raw.decode(
                    "cp1252" if name in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii") else name
                )
            except (LookupError, UnicodeDecodeError, ValueError):
                pass  # a wrong declaration is common: the bytes decide
    try:
        return decode(io.BytesIO(raw))
    except Undecodable as error:
        raise Undecodable(f"not a web page: {error}") from error
