"""Mutated files for every reader of articles, and mutated articles for the whole way to records: targets of `bench fuzz`.

A reader's case goes wrong when it raises, when a fault of ours or a library's was only caught at the last net ("cannot be read (KeyError ...)"), when a
reason has several lines, when a second reading gives something else, or when a Document's spans, text or hash do not hold. A case of `article` goes
wrong, beyond that, when a record breaks a rule of `kgbuild check` or a claim's words are not those of its spans.
"""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.fuzz import Case, Target
from kgbuild.check import check_records
from kgbuild.config import Config
from kgbuild.records import Claim, Document, Skipped
from kgbuild.sources import read

__all__ = ["TARGETS", "hold"]

CAUGHT = re.compile(r"cannot be read \(\w+(?:Error|Exception|Warning|Iteration|Exit)\b")
"""The reason given where a fault was caught that no reader foresaw."""

TITLE = "Rivals agree to open river crossing"
PARAGRAPHS = (
    "TALLINN, May 3 (Agencies): The two governments agreed on Monday to open the crossing again, officials on both sides said.",
    "“We want our people to meet,” Foreign Minister Liis Kask told reporters after the talks in the old town hall of the capital Zoë.",
    "Russia condemned the decision and warned that it would send troops to the border if NATO attacked the bridge on 4 May 2021.",
)
MARKUP = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
PAGE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE} | Daily Wire</title><meta property="og:title" content="{TITLE}">
<meta property="article:published_time" content="2021-05-04T08:00:00Z"><link rel="canonical" href="https://example.org/crossing"></head><body>
<nav><ul><li><a href="/">Home</a></li></ul></nav><article><h1>{TITLE}</h1>{MARKUP}</article><footer><p>© 2021</p></footer></body></html>"""
ROW = {
    "title": TITLE,
    "text": "\n\n".join(PARAGRAPHS),
    "date": "4 May 2021",
    "source": {"name": "Daily Wire"},
    "url": "https://example.org/a",
}
ROWS = "\n".join(json.dumps(ROW | {"text": ROW["text"].replace("Monday", day)}) for day in ("Monday", "Friday"))  # type: ignore[attr-defined]
CSV = "Headline;Body;Date;URL\n" + f'"{TITLE}";"{ROW["text"]}";4 May 2021;https://example.org/a\n' * 2
ITEM = (
    f"<item><title>{TITLE}</title><link>https://e.org/1</link><guid isPermaLink='true'>https://e.org/1</guid><pubDate>Tue, 04 May 2021 08:00 GMT"
    f"</pubDate><source>Wire</source><description><![CDATA[{MARKUP}]]></description></item>"
)
RSS = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Daily Wire</title>{ITEM}{ITEM.replace("Monday", "Friday")}</channel></rss>'
ATOM = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Daily Wire</title><entry><title type="html">Rivals &amp;amp; agree</title>'
    f'<link href="https://e.org/1"/><updated>2021-05-04T08:00:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{MARKUP}'
    "</div></content></entry></feed>"
)


def hold(items: Sequence[Document | Skipped]) -> None:
    """Raises AssertionError when something read is not what it must be."""
    for item in items:
        if isinstance(item, Skipped):
            assert item.reason and "\n" not in item.reason and item.reason.isprintable(), f"a reason: {item.reason!r}"
            assert not CAUGHT.match(item.reason), f"a fault caught at the last net: {item.reason}"
            continue
        for violation in check_records([item]):
            raise AssertionError(f"a Document: {violation.rule}: {violation.message}")
        assert item.paragraphs, "a Document without paragraphs"
        last = 0
        for paragraph in item.paragraphs:
            words = item.text[paragraph.begin : paragraph.end]
            assert paragraph.begin >= last and words and words == words.strip(), "a paragraph's span"
            last = paragraph.end
        line = item.dateline
        assert line is None or item.paragraphs[0].begin <= line.begin < line.end <= last, "the dateline's span"


def _file(name: str, seeds: Callable[[], Sequence[bytes]]) -> Callable[[Path], tuple[Sequence[bytes], Case]]:
    """A target that reads one file, twice."""

    def make(place: Path) -> tuple[Sequence[bytes], Case]:
        path, config = place / name, Config(max_chars=50_000, max_unpacked=5_000_000, any_language=True)

        def case(data: bytes) -> None:
            path.write_bytes(data)
            first = list(read([str(path)], config))
            assert first, "neither an article nor a reason"
            hold(first)
            assert first == list(read([str(path)], config)), "read twice, two results"

        return seeds(), case

    return make


def _text(*texts: str) -> Callable[[], Sequence[bytes]]:
    return lambda: [*(t.encode() for t in texts), texts[0].encode("utf-16"), texts[0].encode("cp1252", "replace")]


def _sidecar(place: Path) -> tuple[Sequence[bytes], Case]:
    (place / "a.txt").write_text("\n\n".join(PARAGRAPHS), encoding="utf-8")
    beside = place / "a.meta.json"

    def case(data: bytes) -> None:
        beside.write_bytes(data)
        hold(list(read([str(place)], Config())))

    return [
        json.dumps({"title": TITLE, "published": "2021-05-04", "publisher": "Wire", "url": "https://e.org"}).encode()
    ], case


def _warc() -> Sequence[bytes]:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    page = PAGE.encode()
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page)
    bodies: list[tuple[dict[str, str], bytes]] = [
        ({"Content-Type": "text/html; charset=utf-8"}, page),
        ({"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(page, mtime=0)),
        ({"Content-Type": "text/html", "Transfer-Encoding": "chunked"}, chunked),
    ]
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    for number, (headers, body) in enumerate(bodies):
        http = StatusAndHeaders("200 OK", list(headers.items()), protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                f"https://e.org/{number}", "response", payload=io.BytesIO(body), http_headers=http
            )
        )
    return [out.getvalue()]


def _parquet() -> Sequence[bytes]:
    import pyarrow
    from pyarrow import parquet

    files = []
    for compression in ("none", "snappy", "zstd"):
        out = io.BytesIO()
        table = pyarrow.Table.from_pylist(
            [ROW, ROW | {"text": "\n".join(PARAGRAPHS[:2])}, ROW | {"text": PARAGRAPHS[2]}]
        )
        parquet.write_table(table, out, compression=compression, row_group_size=2)
        files.append(out.getvalue())
    return files


def _gzip() -> Sequence[bytes]:
    whole = ROWS.encode()
    return [
        gzip.compress(whole, mtime=0),
        b"".join(gzip.compress(whole[i : i + 200], mtime=0) for i in range(0, len(whole), 200)),
    ]


def _zstd() -> Sequence[bytes]:
    import zstandard

    packer = zstandard.ZstdCompressor(write_checksum=True)
    return [packer.compress(ROWS.encode()), packer.compress(ROWS[:600].encode()) + packer.compress(ROWS[600:].encode())]


def _article(place: Path) -> tuple[Sequence[bytes], Case]:
    """Text to resolved records, every extractor on."""
    from kgbuild import resolve
    from kgbuild.annotate import Annotator
    from kgbuild.claims import extract

    # some 1,000 marks a second go through the language step, in time linear in their number: a longer case is slow, not hung
    path, config = place / "a.txt", Config(any_language=True, max_chars=1_200)
    annotator = Annotator(config)

    def case(data: bytes) -> None:
        path.write_bytes(data)
        items = list(read([str(path)], config))
        hold(items)
        for document in items:
            if isinstance(document, Document):
                doc = annotator.annotate(document)
                found: list[Any] = extract(doc)
                records = [document, *doc._.entities, *doc._.mentions, *doc._.affiliations, *found]
                for violation in check_records(resolve.resolve(records)):
                    raise AssertionError(f"a record: {violation.rule}: {violation.message}")
                for claim in (r for r in records if isinstance(r, Claim)):
                    words = "".join("".join(document.text[s.begin : s.end] for s in claim.content_spans).split())
                    assert "".join(claim.text.split()).replace("…", "") == words.replace("…", ""), (
                        "a claim's words are not its spans'"
                    )

    return [t.encode() for t in _articles()], case


def _articles() -> list[str]:
    """Ours, and the texts of the sample build, two paragraphs a case: a case costs as much time as it has words."""
    from kgbuild import pipeline

    records = pipeline.read_records(Path(__file__).resolve().parents[1] / "output")
    out = ["\n\n".join((TITLE, *PARAGRAPHS[n : n + 2])) for n in range(2)]
    for document in (r for r in records if isinstance(r, Document)):
        texts = [document.text[p.begin : p.end] for p in document.paragraphs]
        out += [f"{texts[n][:120]}\n\n{texts[n + 1][:300]}" for n in range(len(texts) - 1)]
    return out


_ANY = (
    b"\xe2\x80\x9c",
    b"\xe2\x80\x9d",
    b"'",
    b'"',
    b" said ",
    b"\n\n",
    b"\xcc\x81",
    b"\xef\xbb\xbf",
    b"\xc2\xad",
    b"\xe2\x80\x8b",
)
_XML = (b"<![CDATA[", b"]]>", b"&nbsp;", b"&#0;", b"&#x110000;", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"<item>", b"</item>", b"<entry>", b"<?x ?>", b"<!--", b"xmlns:a=''", b"<html>")  # fmt: skip

TARGETS: dict[str, Target] = {
    "txt": Target("a text file", _file("a.txt", _text("\n\n".join((TITLE, "3 May 2021", *PARAGRAPHS)))), _ANY),
    "html": Target("a page", _file("a.html", _text(PAGE)), (*_XML, b"<p>", b"<script>", b"<table>", b"<meta charset=utf-7>", b"<base href=", b"</article>", b"<svg>", b"<template>")),
    "jsonl": Target("JSON Lines", _file("a.jsonl", _text(ROWS)), (b"{", b"[", b"null", b"NaN", b"1e999", b'"\\ud800"', b'"text":', b"\\u0000", b"\n")),
    "csv": Target("CSV", _file("a.csv", _text(CSV, CSV.replace(";", ","))), (b'"', b";", b",", b"\r", b"\n", b"text", b"\0")),
    "xml": Target("a feed", _file("a.xml", _text(RSS, ATOM)), _XML),
    "warc": Target("WARC", _file("a.warc", _warc), (b"WARC/1.0\r\n", b"\r\n\r\n", b"Content-Length: 9\r\n", b"Content-Length: -1\r\n", b"HTTP/1.1 200 OK\r\n", b"WARC-Type: response\r\n", b"Content-Encoding: br\r\n", b"Content-Encoding: deflate\r\n", b"Transfer-Encoding: chunked\r\n", b"charset=rot13")),
    "parquet": Target("Parquet", _file("a.parquet", _parquet), (b"PAR1", b"\xff\xff\xff\x7f", b"\x15\x00")),
    "gzip": Target("JSON Lines as gzip", _file("a.jsonl.gz", _gzip), (b"\x1f\x8b\x08\x00", b"\0" * 30)),
    "zstd": Target("JSON Lines as zstd", _file("a.jsonl.zst", _zstd), (b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18")),
    "unnamed": Target("a packed file whose content tells the format", _file("a.gz", lambda: [gzip.compress(x, mtime=0) for x in (RSS.encode(), PAGE.encode(), ROWS.encode(), *_warc(), *_parquet())])),
    "sidecar": Target("the metadata beside an article", _sidecar, (b"null", b"[]", b"{}", b"1e999", b'"\\ud800"', b'"url":', b"javascript:", b"0000-00-00")),
    "article": Target("a text to resolved records", _article, _ANY),
}  # fmt: skip
"""Name -> target, the readers of articles and the language step."""
