"""Feeds, Parquet and WARC: what real files hold, and what broken and hostile ones do."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet
from sources.test_read import ATOM, PAGE, PARAGRAPHS, TEXT, TITLE, feed, item, put, warc

from kgbuild.config import Config
from kgbuild.errors import UsageError
from kgbuild.records import Document, Skipped
from kgbuild.sources import read
from kgbuild.sources.columns import with_columns
from kgbuild.sources.feeds import _Mended
from kgbuild.sources.fragment import paragraphs_of

BODY = "\n\n".join(PARAGRAPHS)
MARKUP = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
HTML = {"Content-Type": "text/html; charset=utf-8"}


def found(path: Path, config: Config | None = None) -> tuple[list[Document], dict[str, str]]:
    items = list(read([str(path)], config or Config()))
    return [i for i in items if isinstance(i, Document)], {i.source: i.reason for i in items if isinstance(i, Skipped)}


def url(number: int) -> str:
    return f"https://example.org/{number}"


def other(number: int) -> str:
    return f"<p>The council of town {number} agreed on Monday to open the crossing again, officials said.</p>"


# feeds


def test_a_feed_gives_an_article_an_item(tmp_path: Path) -> None:
    path = put(
        tmp_path / "a.xml", feed(*(item(f"Crossing {n} opens", other(n), url(n)) for n in range(3)), item("Empty", ""))
    )
    documents, skipped = found(path)
    assert [(d.source, d.headline, d.url) for d in documents] == [
        (f"a.xml#{n + 1}", f"Crossing {n} opens", url(n)) for n in range(3)
    ]
    assert {d.publisher for d in documents} == {"Daily Wire"} and {d.published for d in documents} == {"2021-05-04"}
    assert skipped == {"a.xml#4": "item 4 has no text, only what stands around it"}


def test_what_feeds_in_the_wild_look_like(tmp_path: Path) -> None:
    content = feed(
        "<item><title>Rivals &nbsp;talk at AT&T's hall</title><guid>https://example.org/g</guid>"
        f"<description>Short.</description><content:encoded><![CDATA[{MARKUP}<script>x()</script>]]></content:encoded>"
        "<source url='https://e.org'>Other Wire</source><dc:date>2021-05-02T10:00:00Z</dc:date></item>"
        f"<item><title><![CDATA[Bare & ampersand]]></title><link>https://example.org/?a=1&b=2</link><description>"
        "Officials of AT&T said on Monday that the crossing &eacute;tait open again for the people.</description></item>"
    )
    first, second = found(put(tmp_path / "a.rss", content))[0]
    assert first.headline == "Rivals talk at AT&T's hall" and first.text == f"{first.headline}\n\n{BODY}"
    assert (first.url, first.publisher, first.published) == ("https://example.org/g", "Other Wire", "2021-05-02")
    assert second.headline == "Bare & ampersand" and second.url == "https://example.org/?a=1&b=2"
    assert "AT&T said" in second.text and "était" in second.text


@pytest.mark.parametrize("space", [' xmlns:media="http://search.yahoo.com/mrss/"', ""])
def test_words_about_pictures_are_not_the_articles(tmp_path: Path, space: str) -> None:
    media = "<media:title>A boat</media:title><media:description>A boat on the river, seen from the bank.</media:description>"
    content = feed(item(TITLE, MARKUP).replace("<item>", f"<item{space}>{media}<media:content url='a.jpg'/>"))
    (document,), _ = found(put(tmp_path / "a.xml", content))
    assert document.text == TEXT


def test_rss_1_and_a_feed_within_namespaces(tmp_path: Path) -> None:
    content = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f"<channel><title>Daily Wire</title></channel>{item('Crossing opens', MARKUP)}</rdf:RDF>"
    )
    (document,), skipped = found(put(tmp_path / "a.xml", content))
    assert document.publisher == "Daily Wire" and not skipped


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "cp1252 undeclared", "cp1252 as utf-8"]
)
def test_encodings_of_feeds(tmp_path: Path, encoding: str) -> None:
    content = feed(item(TITLE, MARKUP.replace("“", '"').replace("”", '"')))
    declaration, _, rest = content.partition("\n")
    declared = {
        "utf-8": declaration,
        "cp1252 as utf-8": declaration,
        "iso-8859-1": declaration.replace("UTF-8", "ISO-8859-1"),
    }
    data = (declared.get(encoding, '<?xml version="1.0"?>') + "\n" + rest).encode(encoding.split()[0])
    (document,), skipped = found(put(tmp_path / "a.xml", data))
    assert "river Zoë" in document.text and not skipped


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "empty"),
        ("<note><to>you</to></note>", "neither a feed (RSS, Atom) nor a page: XML of <note>"),
        ("Just text, no markup at all.", "not XML"),
        ('<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + feed(item("A", "&b;"))[39:], "declares entities"),
        ('<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + feed(item("A", "x"))[39:], "declares entities"),
        ('<!DOCTYPE r [<!ENTITY % a SYSTEM "https://e.org/x"> %a;]>' + feed(item("A", "x"))[39:], "declares entities"),
        (b"\0\1\2" * 50, "binary"),
        (feed(), "no article in it"),
    ],
)
def test_bad_xml_is_skipped_with_its_reason(tmp_path: Path, content: str | bytes, why: str) -> None:
    documents, skipped = found(put(tmp_path / "a.xml", content))
    assert not documents and why in skipped["a.xml"] and len(skipped) == 1


def test_an_old_doctype_is_no_attack_and_a_page_may_be_xml(tmp_path: Path) -> None:
    doctype = (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
    )
    assert len(found(put(tmp_path / "a.xml", doctype + feed(item(TITLE, MARKUP))[39:]))[0]) == 1
    page = PAGE.replace("<!DOCTYPE html><html", '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"')
    (document,), _ = found(put(tmp_path / "b.xml", page))
    assert document.source == "b.xml" and document.text == TEXT


def test_a_feed_that_breaks_off_gives_what_is_whole(tmp_path: Path) -> None:
    content = feed(*(item(f"Crossing {n}", other(n), url(n)) for n in range(9)))
    for end in range(300, len(content) - 8, 37):
        documents, skipped = found(put(tmp_path / "a.xml", content[:end]))
        assert all(d.text.endswith("officials said.") for d in documents)
        assert "a.xml" in skipped, end
    documents, skipped = found(put(tmp_path / "a.xml.gz", gzip.compress(content.encode())[:-40]))
    assert documents and all(d.text.endswith("officials said.") for d in documents) and "cut off" in skipped["a.xml.gz"]


def test_a_long_feed_is_read_in_flat_memory(tmp_path: Path) -> None:
    def most(items: int) -> int:
        path = put(
            tmp_path / f"{items}.xml",
            feed(*(item(f"Crossing {n}", "<p>Wer &amp; wann ist das?</p>", url(n)) for n in range(items))),
        )
        tracemalloc.start()
        assert sum(1 for _ in read([str(path)], Config())) == items
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(50)
    assert most(4000) < most(1000) + 1_500_000


def test_mending_does_not_depend_on_how_the_bytes_come() -> None:
    data = b"a & b &nbsp;&amp;&#38;<![CDATA[ x & y &nbsp; ]]> AT&T &unknown; &" * 30
    whole = _Mended(io.BytesIO(data)).read()
    assert whole.startswith(b"a &amp; b &#160;&amp;&#38;<![CDATA[ x & y &nbsp; ]]> AT&amp;T &amp;unknown; &amp;")
    for size in (1, 7, 40, 41, 99):
        pieces = _Mended(io.BytesIO(data))
        out = b""
        while piece := pieces.read(size):
            out += piece
        assert out == whole


def test_fragments() -> None:
    assert paragraphs_of("One<br>two <b>three</b>four<ul><li>x</li><li>y</li></ul>") == "One\n\ntwo threefour\n\nx\n\ny"
    assert paragraphs_of("<style>p{}</style><p>a\n b</p><!-- no -->tail") == "a b\n\ntail"
    assert paragraphs_of("<div>" * 5000 + "deep") in ("deep", "")
    assert paragraphs_of("") == "" and paragraphs_of("\0<p>") in ("", "\ufffd")


# Parquet


def table(path: Path, rows: list[dict[str, Any]], schema: pyarrow.Schema | None = None, group: int = 100) -> Path:
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema), path, row_group_size=group)
    return path


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {"id": n, "title": f"Crossing {n}", "text": other(n)[3:-4], "date": "2021-05-04", "url": url(n)}
        for n in range(count)
    ]


def test_parquet_gives_the_documents_of_json_lines(tmp_path: Path) -> None:
    data = rows(250)
    documents, skipped = found(table(tmp_path / "a.parquet", data))
    lines = found(put(tmp_path / "a.jsonl", "\n".join(json.dumps(r) for r in data)))[0]
    assert [d.source for d in documents] == [f"a.parquet#{n}" for n in range(1, 251)] and not skipped
    assert [(d.id, d.text, d.published, d.url, d.headline) for d in documents] == [
        (d.id, d.text, d.published, d.url, d.headline) for d in lines
    ]


def test_kinds_of_parquet_columns(tmp_path: Path) -> None:
    text = pyarrow.array([BODY])
    stamp = pyarrow.array([datetime.datetime(2021, 5, 4, 8)], pyarrow.timestamp("us", tz="UTC"))
    for column in (
        text,
        text.cast(pyarrow.large_string()),
        text.cast(pyarrow.binary()),
        text.dictionary_encode(),
        text.cast(pyarrow.string_view()),
    ):
        cells = {
            "body": column,
            "title": pyarrow.array([TITLE]),
            "date": stamp,
            "source": pyarrow.array([{"name": "Daily Wire"}]),
        }
        parquet.write_table(pyarrow.table(cells), tmp_path / "a.parquet")
        (document,), _ = found(tmp_path / "a.parquet")
        assert (document.text, document.published, document.publisher) == (TEXT, "2021-05-04", "Daily Wire"), (
            column.type
        )


def test_bad_rows_and_files_of_parquet(tmp_path: Path) -> None:
    data = [{"text": None}, {"text": "  "}, {"text": BODY * 99}, {"text": BODY}]
    documents, skipped = found(table(tmp_path / "a.parquet", data), Config(max_chars=5000))
    assert [d.source for d in documents] == ["a.parquet#4"]
    assert skipped == {
        "a.parquet#1": "row 1 has no 'text'",
        "a.parquet#2": "row 2: 'text' is empty",
        "a.parquet#3": "row 3 is longer than 5,000 characters",
    }
    broken = pyarrow.array([b"The council agreed on Monday to open \xff the crossing again."])
    parquet.write_table(pyarrow.table({"text": broken}), tmp_path / "b.parquet")
    assert "\ufffd" in found(tmp_path / "b.parquet")[0][0].text
    assert (
        "no column 'text'; columns found: words"
        in found(table(tmp_path / "c.parquet", [{"words": "x"}]))[1]["c.parquet"]
    )
    assert "not a string" in found(table(tmp_path / "d.parquet", [{"text": 5}]))[1]["d.parquet#1"]
    whole = table(tmp_path / "e.parquet", rows(250)).read_bytes()
    assert "not a Parquet file" in found(put(tmp_path / "e.parquet", whole[:-100]))[1]["e.parquet"]
    assert found(put(tmp_path / "e.parquet", b""))[1] == {"e.parquet": "empty"}
    damaged = bytearray(whole)
    damaged[len(whole) // 3 : len(whole) // 3 + 400] = bytes(400)
    documents, skipped = found(put(tmp_path / "f.parquet", bytes(damaged)))
    assert skipped and len(documents) < 250


def test_columns_in_one_option(tmp_path: Path) -> None:
    data = [{"a": BODY, "b": TITLE, "c": "4 May 2021", "text": "Not this one, which is another text of the article."}]
    config = with_columns(Config(), "text=a, title=b,date=c")
    for path in (table(tmp_path / "a.parquet", data), put(tmp_path / "a.jsonl", json.dumps(data[0]))):
        (document,), _ = found(path, config)
        assert (document.text, document.published) == (TEXT, "2021-05-04")
    for wrong in ("body=a", "text", "text=", "text=a,text=b"):
        with pytest.raises(UsageError, match="--columns"):
            with_columns(Config(), wrong)
    with pytest.raises(UsageError, match="two columns"):
        with_columns(Config(text_field="x"), "text=y")


# WARC


def test_warc_gives_an_article_a_page_and_counts_the_rest(tmp_path: Path) -> None:
    pages = [(url(n), "200 OK", HTML, PAGE.replace("Monday", f"day {n} of May").encode()) for n in range(3)]
    rest = [
        (url(7), "404 Not Found", HTML, b"<p>nothing</p>"),
        (url(8), "301 Moved", HTML, b""),
        (url(9), "200 OK", {"Content-Type": "image/png"}, b"\x89PNG"),
        (url(10), "200 OK", {}, b"?"),
        (url(11), "200 OK", HTML, b"<html><script>x()</script></html>"),
    ]
    path = put(tmp_path / "a.warc", warc(*pages[:2], *rest, pages[2]))
    documents, skipped = found(path)
    assert [(d.source, d.url) for d in documents] == [(f"a.warc#{n + 1}", url(i)) for i, n in enumerate((0, 1, 7))]
    assert skipped["a.warc"] == "4 of 8 records are no pages: 1 image/png, 1 of no type, 1 status 301, 1 status 404"
    assert skipped["a.warc#7"] == "no article text found in the page"


def test_the_day_of_capture_stands_in_for_the_day_of_publication(tmp_path: Path) -> None:
    undated = PAGE.replace('<meta property="article:published_time" content="2021-05-04T08:00:00Z">', "").replace(
        "Monday", "Tuesday"
    )
    text = undated.replace("TALLINN, May 3 (Agencies): ", "")
    dated = text.replace("<p>The two", "<p>Published: 2 May 2021</p><p>The two")
    data = warc(*((url(n), "200 OK", HTML, page.encode()) for n, page in enumerate((PAGE, undated, text, dated))))
    documents, _ = found(put(tmp_path / "a.warc", data))
    assert [d.published for d in documents] == ["2021-05-04", "2021-05-09", "2021-05-09", "2021-05-02"]
    assert documents[1].dateline is not None and documents[1].dateline.date == "2021-05-03"


def test_the_charset_of_the_server_and_packed_bodies(tmp_path: Path) -> None:
    bare = PAGE.replace('<meta charset="utf-8">', "").replace("“", '"').replace("”", '"').replace("©", "")
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE.encode()), PAGE.encode())
    pages = [
        (url(1), "200 OK", {"Content-Type": "text/html; charset=ISO-8859-2"}, bare.encode("iso-8859-2")),
        (url(2), "200 OK", {"Content-Type": "text/html;charset=nonsense"}, bare.replace("Monday", "Tuesday").encode()),
        (
            url(3),
            "200 OK",
            {**HTML, "Content-Encoding": "gzip"},
            gzip.compress(PAGE.replace("Monday", "Friday").encode()),
        ),
        (url(4), "200 OK", {**HTML, "Transfer-Encoding": "chunked"}, chunked),
    ]
    documents, skipped = found(put(tmp_path / "a.warc", warc(*pages)))
    assert [d.url for d in documents] == [url(n) for n in (1, 2, 3, 4)] and not skipped
    assert all("river Zoë" in d.text for d in documents)


def test_broken_warc_files(tmp_path: Path) -> None:
    whole = warc(*((url(n), "200 OK", HTML, PAGE.replace("Monday", f"day {n} of May").encode()) for n in range(4)))
    documents, skipped = found(put(tmp_path / "a.warc", whole[: len(whole) - 500]))
    assert len(documents) == 3 and "cut off" in skipped["a.warc#4"]
    packed = b"".join(gzip.compress(whole[i : i + 700]) for i in range(0, len(whole), 700))
    documents, skipped = found(put(tmp_path / "a.warc.gz", packed))
    assert len(documents) == 4 and not skipped
    documents, skipped = found(put(tmp_path / "a.warc.gz", packed[: len(packed) // 2]))
    assert 1 <= len(documents) <= 2 and "cut off" in skipped["a.warc.gz"]
    assert "not WARC" in found(put(tmp_path / "b.warc", b"no archive at all\n" * 9))[1]["b.warc"]
    assert found(put(tmp_path / "b.warc", b""))[1]["b.warc"] == "no records in it"
    bomb = gzip.compress(b"<p>" + b"a " * 60_000_000)
    begin = time.perf_counter()
    reasons = found(put(tmp_path / "c.warc", warc((url(1), "200 OK", {**HTML, "Content-Encoding": "gzip"}, bomb))))[1]
    assert "longer than" in reasons["c.warc#1"] and time.perf_counter() - begin < 5


def test_an_atom_entry_and_the_feed_of_it_packed(tmp_path: Path) -> None:
    (document,), _ = found(put(tmp_path / "a.xml.gz", gzip.compress(ATOM.encode())))
    assert document.text == TEXT and document.published == "2021-05-04"
