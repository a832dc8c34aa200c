"""Reader of XML: feeds (RSS 0.9 to 2.0, Atom) with one article an item, or a page in XHTML; the root element tells which.

Nothing is fetched and no entity is expanded: a file that declares entities is refused. Feeds are read item by item.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Any, BinaryIO

from kgbuild.config import Config
from kgbuild.records import Skipped
from kgbuild.sources.article import Article, Hints, too_long
from kgbuild.sources.decode import find_encoding
from kgbuild.sources.fragment import paragraphs_of

__all__ = ["read_xml"]

_ITEMS = frozenset({"item", "entry"})
_FEEDS = frozenset({"rss", "rdf", "feed", "channel"})
_TEXTS = ("encoded", "content", "description", "summary")  # the whole story before a summary of it
_MEDIA = ("{http://search.yahoo.com/mrss", "media:")
_DATES = ("pubdate", "published", "date", "issued", "created", "updated", "modified")
_XML = frozenset({b"lt", b"gt", b"amp", b"quot", b"apos"})
_MENDED = re.compile(rb"<!\[CDATA\[|\]\]>|&(?!#\d{1,7};|#x[0-9A-Fa-f]{1,6};)(?:(\w{2,31});)?")
_LONGEST = 40  # bytes of what `_MENDED` finds, at most
_TAIL = 400
_MARKUP = re.compile(r"<[A-Za-z/!]|&(?:#\d+|#x[0-9A-Fa-f]+|\w+);")


def read_xml(file: BinaryIO, source: str, config: Config) -> Iterator[Article | Skipped]:
    """One article an item, named "<file>#<number from 1>", with title, link, date and outlet as hints; the one article of a page.

    Raises decode.Undecodable for what is no text.
    """
    if not file.read(1):
        yield Skipped(source, "empty")
        return
    file.seek(0)
    from lxml import etree

    encoding = _encoding(file)
    # recover: a tag left open must not cost the items after it; that something was mended is reported
    mended = _Mended(file)
    events = etree.iterparse(
        mended,
        encoding=encoding,
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    outlet: str | None = None
    root = held = None
    number = inside = 0
    try:
        for event, element in events:
            name = _name(element)
            if root is None:
                root = element
                dtd = root.getroottree().docinfo.internalDTD
                if dtd is not None and any(True for _ in dtd.iterentities()):
                    yield Skipped(source, "refused: it declares entities, which no feed needs and attacks use")
                    return
                if name == "html":
                    break
                if name not in _FEEDS:
                    yield Skipped(source, f"neither a feed (RSS, Atom) nor a page: XML of <{name[:40]}>")
                    return
            if event == "start":
                inside += name in _ITEMS
                continue
            if name in _ITEMS:
                inside -= 1
                if not inside:
                    number += 1
                    if held is not None:
                        yield held
                    held = _item(element, f"{source}#{number}", number, outlet, config)
                    _drop(element)
            elif not inside:
                if name == "title" and outlet is None and _name(element.getparent()) in ("channel", "feed"):
                    outlet = _text(element)
                if name not in _FEEDS:
                    _drop(element)
    except etree.XMLSyntaxError as error:
        if held is not None:
            yield held
        yield Skipped(source, f"not XML, or damaged, after item {number} ({_why(error)})")
        return
    if root is not None and _name(root) == "html":
        from kgbuild.sources.html import read_html

        file.seek(0)
        yield from read_html(file, source, config)
        return
    if held is not None:
        closed = rf"</(?:[\w.-]+:)?{re.escape(root.tag.rpartition('}')[2])}\s*>" if root is not None else "$^"
        cut = re.search(closed.encode(), mended.tail.replace(b"\0", b"")) is None
        yield Skipped(held.source, "not used: the feed breaks off here, and this item may be cut") if cut else held
    problem = next((e for e in events.error_log if e.level_name == "FATAL"), None)
    if root is None:
        yield Skipped(source, "not XML" if problem is None else f"not XML ({_why(problem.message)})")
    elif problem is not None:
        yield Skipped(
            source, f"damaged near line {problem.line} ({_why(problem.message)}); read as far as it could be mended"
        )


def _encoding(file: BinaryIO) -> str | None:
    """The encoding to read the file in where its declaration is missing or cannot be right; None where XML's own rules do."""
    head = file.read(200)
    file.seek(0)
    declared = re.match(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""", head)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        return None
    found = find_encoding(file)
    return "windows-1252" if found == "cp1252" else None


class _Mended(io.RawIOBase):
    """A feed's bytes with what XML does not know and feeds hold all the same (names of HTML's entities, bare ampersands) written as
    XML has it, outside CDATA."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = b""
        self.tail = b""
        """The last bytes read so far."""
        self._verbatim = self._ended = False

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, b"" at the end; about `size`, never fewer than one before the end."""
        out: list[bytes] = []
        while not out and not self._ended:
            chunk = self._file.read(max(size, _LONGEST) if size > 0 else -1)
            self._ended = not chunk or size < 0
            self.tail = (self.tail + chunk)[-_TAIL:]
            data = self._left + chunk
            # what begins in the last bytes may end in the next chunk
            until = len(data) if self._ended else max(0, len(data) - _LONGEST)
            at = 0
            for match in _MENDED.finditer(data):
                if match.start() >= until:
                    break
                out += (data[at : match.start()], self._written(match))
                at = match.end()
            out.append(data[at : max(at, until)])
            self._left = data[max(at, until) :]
            out = [piece for piece in out if piece]
        return b"".join(out)

    def _written(self, match: re.Match[bytes]) -> bytes:
        found = match[0]
        if found in (b"<![CDATA[", b"]]>"):
            self._verbatim = found != b"]]>"
            return found
        if self._verbatim or (match[1] and match[1] in _XML):
            return found
        characters = html5.get(match[1].decode("ascii") + ";") if match[1] else None
        return "".join(f"&#{ord(c)};" for c in characters).encode() if characters else b"&amp;" + found[1:]


def _item(item: Any, where: str, number: int, outlet: str | None, config: Config) -> Article | Skipped:
    parts: dict[str, list[Any]] = {}
    for part in item:
        # titles and descriptions of pictures and films (Media RSS) are not the article's
        if isinstance(part.tag, str) and not part.tag.startswith(_MEDIA):
            parts.setdefault(_name(part), []).append(part)
    text = next((t for name in _TEXTS for part in parts.get(name, ()) if (t := _story(part)).strip()), "")
    if not text:
        return Skipped(where, f"item {number} has no text, only what stands around it")
    if len(text) > config.max_chars:
        return Skipped(where, f"item {number} is {too_long(config)}")
    title = next((t for part in parts.get("title", ()) if (t := _story(part))), None)
    outlets = (value for part in parts.get("source", ()) if (value := _text(part) or _child(part, "title")))
    dates = (value for name in _DATES for part in parts.get(name, ()) if (value := _text(part)))
    hints = Hints(" ".join(title.split()) if title else None, next(dates, None), next(outlets, outlet), _link(parts))
    return Article(where, text, hints, join_title=True)


def _link(parts: dict[str, list[Any]]) -> str | None:
    """RSS: the link's text, else a guid that is a web address; Atom: the address of the link to the page itself."""
    links = parts.get("link", [])
    pages = [p.get("href") for p in links if p.get("href") and p.get("rel", "alternate") == "alternate"]
    texts = [t for p in links if (t := _text(p))]
    guids = [t for p in parts.get("guid", ()) if p.get("isPermaLink", "true") == "true" and (t := _text(p))]
    return next(iter((*texts, *pages, *guids)), None)


def _story(part: Any) -> str:
    """The text of an element: its own markup (XHTML), or markup that its text holds, or plain text."""
    from lxml import etree

    if any(isinstance(child.tag, str) for child in part):
        return paragraphs_of(etree.tostring(part, encoding="unicode", with_tail=False))
    text = "".join(part.itertext(with_tail=True)) if len(part) else part.text or ""
    return paragraphs_of(text) if part.get("type") != "text" and _MARKUP.search(text) else text.strip()


def _text(part: Any) -> str | None:
    return (part.text or "").strip() or None


def _child(part: Any, name: str) -> str | None:
    return next((t for child in part if _name(child) == name and (t := _text(child))), None)


def _name(element: Any) -> str:
    """An element's name without its namespace, in lower case ("" for what is none)."""
    tag = element.tag if element is not None else None
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _drop(element: Any) -> None:
    """Free an element that was read, and those before it: memory stays flat however long the feed is."""
    element.clear(keep_tail=False)
    while (before := element.getprevious()) is not None:
        before.getparent().remove(before)


def _why(error: object) -> str:
    return " ".join(str(error).split())[:120]
