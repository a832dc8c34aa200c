"""Reading of files, folders, globs and standard input in every format, and of inputs that mean harm."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import os
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kgbuild.config import Config
from kgbuild.errors import InputError, UsageError
from kgbuild.records import Document, Skipped
from kgbuild.sources import READERS, read
from kgbuild.sources.decode import Undecodable, clean

TITLE = "Rivals agree to open river crossing"
PARAGRAPHS = (
    "TALLINN, May 3 (Agencies): The two governments agreed on Monday to open the crossing again, officials on both sides said.",
    "“We want our people to meet,” the foreign minister told reporters after the talks in the old town hall of the capital.",
    "The crossing has been closed since the spring, when a patrol was fired on from the other bank of the river Zoë.",
)
TEXT = "\n\n".join((TITLE, *PARAGRAPHS))
OTHER = TEXT.replace("Monday", "Tuesday")
PAGE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE} | Daily Wire</title>
<meta property="og:title" content="{TITLE}"><meta property="og:site_name" content="Daily Wire">
<meta property="article:published_time" content="2021-05-04T08:00:00Z"><link rel="canonical" href="https://example.org/crossing">
</head><body><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav><article><h1>{TITLE}</h1>
<div class="share"><a href="#">Share</a></div>{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}</article>
<footer><p>© 2021 Daily Wire. All rights reserved.</p></footer></body></html>"""
MANY = ("jsonl", "ndjson", "csv", "tsv", "parquet", "xml", "rss", "atom", "warc")
META = {"title": TITLE, "published": "2021-05-04", "publisher": "Daily Wire", "url": "https://example.org/crossing"}


ATOM = f"""<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Daily Wire</title>
<link href="https://example.org/"/><entry><title>{TITLE}</title><link rel="alternate" href="{META["url"]}"/><id>urn:1</id>
<updated>2021-05-06T08:00:00Z</updated><published>2021-05-04T08:00:00Z</published><summary>A crossing.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}</div></content>
</entry></feed>"""


def item(title: str, markup: str, link: str = META["url"]) -> str:
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link><description>{escape(markup)}</description>"
        "<pubDate>Tue, 04 May 2021 08:00:00 GMT</pubDate></item>"
    )


def feed(*items: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Daily Wire</title><link>https://example.org/</link><description>News</description>{''.join(items)}</channel></rss>\n"
    )


def warc(*pages: tuple[str, str, dict[str, str], bytes]) -> bytes:
    """A WARC file of HTTP responses: (address, status line, headers, body)."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    for url, status, headers, body in pages:
        http = StatusAndHeaders(status, list(headers.items()), protocol="HTTP/1.1")
        about = {"WARC-Date": "2021-05-09T10:00:00Z"}
        writer.write_record(
            writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), http_headers=http, warc_headers_dict=about
            )
        )
    return out.getvalue()


def results(*inputs: Path | str, config: Config | None = None) -> list[Document | Skipped]:
    return list(read([str(i) for i in inputs], config or Config()))


def only(found: Iterable[Document | Skipped]) -> Document:
    (document,) = found
    assert isinstance(document, Document), document
    return document


def reason(found: Iterable[Document | Skipped]) -> str:
    (skipped,) = found
    assert isinstance(skipped, Skipped), skipped
    return skipped.reason


def put(path: Path, content: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def sample(folder: Path, extension: str) -> Path:
    path = folder / f"crossing.{extension}"
    if extension in ("txt", "text"):
        put(folder / "crossing.meta.json", json.dumps(META))
        return put(path, TEXT)
    if extension in ("html", "htm", "xhtml"):
        return put(path, PAGE)
    body = "\n\n".join(PARAGRAPHS)
    if extension in ("jsonl", "ndjson"):
        return put(
            path,
            json.dumps(
                {
                    "title": TITLE,
                    "text": body,
                    "date": "4 May 2021",
                    "source": {"name": "Daily Wire"},
                    "link": META["url"],
                }
            ),
        )
    if extension == "parquet":
        row = {
            "headline": TITLE,
            "body": body,
            "date": datetime.date(2021, 5, 4),
            "outlet": "Daily Wire",
            "url": META["url"],
        }
        parquet.write_table(pyarrow.Table.from_pylist([row]), put(path, b""))
        return path
    if extension in ("xml", "rss"):
        return put(path, feed(item(TITLE, "".join(f"<p>{p}</p>" for p in PARAGRAPHS))))
    if extension == "atom":
        return put(path, ATOM)
    if extension == "warc":
        return put(path, warc((META["url"], "200 OK", {"Content-Type": "text/html; charset=utf-8"}, PAGE.encode())))
    mark = "\t" if extension == "tsv" else ","
    return put(path, mark.join(("Headline", "Body", "Date", "Publisher", "URL")) + "\n"
               + mark.join(f'"{cell}"' for cell in (TITLE, body, "May 4, 2021", "Daily Wire", META["url"])))  # fmt: skip


def pack(path: Path, packing: str) -> Path:
    """The file packed, in its place."""
    if not packing:
        return path
    data = path.read_bytes()
    path.unlink()
    return put(path.with_name(f"{path.name}.{packing}"), gzip.compress(data) if packing == "gz" else zstd(data))


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


@pytest.mark.parametrize("packing", ["", "gz", "zst"])
@pytest.mark.parametrize("extension", list(READERS))
def test_every_format_gives_the_same_document(tmp_path: Path, extension: str, packing: str) -> None:
    document = only(results(pack(sample(tmp_path / extension, extension), packing)))
    expected = only(results(sample(tmp_path / "plain", "txt")))
    name = f"crossing.{extension}" + (f".{packing}" if packing else "")
    assert document.source == name + ("#1" if extension in MANY else "")
    for field in (
        "id",
        "text",
        "sha256",
        "headline",
        "publisher",
        "published",
        "url",
        "language",
        "dateline",
        "paragraphs",
    ):
        assert getattr(document, field) == getattr(expected, field), field
    assert document.published == "2021-05-04"
    assert document.dateline is not None and document.dateline.date == "2021-05-03"


def test_unknown_reader_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="txt"):
        READERS["docx"]


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    content = "logo\n\n  Rivals  agree\n\n\n\nBody of the text, he said.  \n"
    assert only(results(put(tmp_path / "a.txt", content))).text == content


@pytest.mark.parametrize(
    ("encode", "text"),
    [
        (lambda t: t.encode("utf-8-sig"), TEXT),
        (lambda t: t.encode("utf-16"), TEXT),
        (lambda t: t.encode("utf-32"), TEXT),
        (lambda t: t.encode("cp1252"), TEXT),
        (lambda t: t.replace("\n", "\r\n").encode(), TEXT),
        (lambda t: t.replace("\n", "\r").encode(), TEXT),
        (lambda t: unicodedata.normalize("NFD", t).encode(), TEXT),
        (lambda t: t.replace("Zoë", "Zo").encode() + b"\xff", TEXT.replace("Zoë", "Zo") + "\ufffd"),
    ],
)
def test_encodings_and_line_ends_come_to_one_text(tmp_path: Path, encode: object, text: str) -> None:
    assert callable(encode)
    assert only(results(put(tmp_path / "a.txt", encode(TEXT)))).text == text


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\t\r\n", "empty"),
        ("a.txt", b"12 34 --- 56", "no words"),
        ("a.txt", bytes(range(256)) * 8, "binary"),
        ("a.txt", bytes(range(1, 32)) * 8, "binary"),
        ("a.txt", TEXT.encode("utf-16-le"), "byte order mark"),
        ("a.txt", "日本の首相は昨日東京で記者団に語った。".encode("shift-jis"), "encoding"),
        ("a.txt", "Президент сказал, что войска ушли из города. ".encode("koi8-r") * 9, "not English"),
        ("a.txt", "Le président a dit que les forces sont dans la ville et que la guerre est finie. " * 2, r"looks like fr"),
        ("a.txt", b"\xff\xfea\x00\x00\xd8", "UTF-16"),
        ("a.html", b"", "empty"),
        ("a.html", b"<<<>>><div" * 99, "no article"),
        ("a.html", b"\x00\x01\x02" * 99, "binary"),
        ("a.html", b"<html><script>alert(1)</script></html>", "no article"),
        ("a.html", b"<div>" * 30_000, "elements"),
        ("a.jsonl", b"not json", "line 1 is not JSON"),
        ("a.jsonl", b'\n{"title": "x"}', "line 2 has no 'text'"),
        ("a.jsonl", b'{"text": 5}', "line 1: 'text' is not a string"),
        ("a.jsonl", b'{"text": "  "}', "line 1: 'text' is empty"),
        ("a.jsonl", b"[" * 100_000, "nested too deeply"),
        ("a.jsonl", b"[1]", "not a JSON object"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"id,words\n1,x", "no column 'text'; columns found: id, words"),
        ("a.csv", b"text,title\na,b,c", "row 1 has 3 fields under 2 columns"),
        ("a.csv", b"title,text\nx", "row 1 has no 'text'"),
        ("a.pdf", b"%PDF", "no reader for .pdf"),
    ],
)  # fmt: skip
def test_bad_content_is_skipped_with_its_reason(tmp_path: Path, name: str, content: bytes | str, why: str) -> None:
    assert why in reason(results(put(tmp_path / name, content)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"a" * 50_000_000),
        ("a.txt", b"war " * 1_000_001),
        ("a.html", b"<p>" + b"a" * 50_000_000),
        ("a.jsonl", b'{"text": "' + b"a " * 25_000_000 + b'"}'),
        ("a.csv", b'text\n"' + b"a " * 25_000_000),
    ],
)
def test_an_endless_line_is_skipped_soon(tmp_path: Path, name: str, content: bytes) -> None:
    path = put(tmp_path / name, content)
    begin = time.perf_counter()
    assert "longer than" in reason(results(path))
    assert time.perf_counter() - begin < 5


def test_a_long_row_costs_only_itself(tmp_path: Path) -> None:
    rows = b'{"text": "' + b"a " * 300_000 + b'"}\n' + json.dumps({"text": TEXT}).encode()
    found = results(put(tmp_path / "a.jsonl", rows), config=Config(max_chars=1000))
    assert [type(f) for f in found] == [Skipped, Document]
    assert [f.source for f in found] == ["a.jsonl#1", "a.jsonl#2"]


def test_columns_named_by_option(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", f'a;b;c;d;e\n"{TEXT}";Given title;3 May 2021;Wire;https://example.org/x\n')
    config = Config(text_field="a", title_field="b", date_field="c", publisher_field="d", url_field="e")
    document = only(results(path, config=config))
    assert (document.headline, document.published, document.publisher) == ("Given title", "2021-05-03", "Wire")
    assert document.url == "https://example.org/x"
    assert document.text == f"Given title\n\n{TEXT}"
    assert "no column 'nowhere'" in reason(results(path, config=Config(text_field="nowhere")))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://example.org/a b", 'https://e.org/">', "/x", "https://[bad", "ftp://e.org/x"]
)
def test_hostile_addresses_are_dropped(tmp_path: Path, url: str) -> None:
    assert only(results(put(tmp_path / "a.jsonl", json.dumps({"text": TEXT, "url": url})))).url is None


def test_sidecar_gives_what_the_text_lacks_and_its_faults_are_reported(tmp_path: Path) -> None:
    put(tmp_path / "a.txt", TEXT)
    put(
        tmp_path / "a.txt.meta.json",
        json.dumps({"published": "4 May 2021", "publisher": " Daily\nWire ", "published_basis": "x", "url": 5}),
    )
    put(tmp_path / "b.txt", OTHER)
    put(tmp_path / "b.meta.json", "{nope")
    put(tmp_path / "c.meta.json", "{}")
    found = results(tmp_path)
    a, b = (f for f in found if isinstance(f, Document))
    assert (a.published, a.publisher, a.url) == ("2021-05-04", "Daily Wire", None)
    assert (b.source, b.published, b.headline) == ("b.txt", None, TITLE)
    reasons = {f.source: f.reason for f in found if isinstance(f, Skipped)}
    assert set(reasons) == {"b.meta.json", "c.meta.json"}
    assert "metadata not used" in reasons["b.meta.json"] and "no article" in reasons["c.meta.json"]


def tree(folder: Path) -> Path:
    put(folder / "b" / "two.txt", OTHER)
    put(folder / "a.txt", TEXT)
    put(folder / "copy.txt", TEXT)
    put(folder / "README.md", "about")
    put(folder / "LICENSE", "about")
    put(folder / "readme.txt", "about")
    put(folder / ".hidden.txt", TEXT)
    put(folder / "notes.docx", "x")
    return folder


def test_folder_is_read_in_order_and_everything_passed_over_is_named(tmp_path: Path) -> None:
    found = results(tree(tmp_path))
    assert [f.source for f in found if isinstance(f, Document)] == ["a.txt", "b/two.txt"]
    assert {f.source: f.reason for f in found if isinstance(f, Skipped)} == {
        "README.md": "about the folder, not an article",
        "LICENSE": "about the folder, not an article",
        "readme.txt": "about the folder, not an article",
        ".hidden.txt": "hidden",
        "notes.docx": "no reader for .docx",
        "copy.txt": "same text as a.txt",
    }


def test_result_depends_neither_on_the_order_of_inputs_nor_on_the_place(tmp_path: Path) -> None:
    one, two = tree(tmp_path / "x" / "deep"), put(tmp_path / "y" / "a.txt", OTHER.replace("agreed", "refused")).parent
    again, other = tree(tmp_path / "z"), put(tmp_path / "w" / "w" / "a.txt", OTHER.replace("agreed", "refused")).parent
    first = results(one, two)
    assert first == results(two, one) == results(other, again) == results(again, other, again)
    assert len({f.id for f in first if isinstance(f, Document)}) == 3


def test_overlapping_inputs_read_a_file_once(tmp_path: Path) -> None:
    folder = tree(tmp_path)
    found = results(folder, folder / "a.txt", folder / "b")
    assert [f.source for f in found if isinstance(f, Document)] == ["a.txt", "b/two.txt"] or [
        f.source for f in found if isinstance(f, Document)
    ] == ["a.txt", "two.txt"]
    assert found == results(folder / "b", folder, folder / "a.txt")


def test_glob_and_a_file_without_extension(tmp_path: Path) -> None:
    folder = tree(tmp_path)
    assert [f.source for f in results(folder / "*" / "*.txt")] == ["b/two.txt"]
    assert {f.source for f in results(str(folder) + "/**/*.txt") if isinstance(f, Document)} == {"a.txt", "b/two.txt"}
    assert only(results(put(tmp_path / "n" / "article", TEXT))).headline == TITLE


@pytest.mark.parametrize("name", ["missing", "missing/*.txt", "https://example.org/a.html", "a\0b", ""])
def test_missing_inputs_are_an_error_alone_and_reported_beside_others(tmp_path: Path, name: str) -> None:
    put(tmp_path / "a.txt", TEXT)
    missing = name and (name if "://" in name else f"{tmp_path}/{name}")
    with pytest.raises(InputError) as caught:
        read([missing], Config())
    assert "\n" not in str(caught.value)
    found = list(read([str(tmp_path), missing], Config()))
    assert [type(f).__name__ for f in found].count("Document") == 1
    assert any(isinstance(f, Skipped) and f.reason for f in found)
    with pytest.raises(InputError):
        read([], Config())


def test_links_pipes_and_devices(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    put(folder / "a.txt", TEXT)
    put(folder / "sub" / "b.txt", OTHER)
    (folder / "loop").symlink_to("loop")
    (folder / "self").symlink_to(".")
    (folder / "sub" / "up").symlink_to("../..")
    (folder / "gone.txt").symlink_to("nowhere.txt")
    (folder / "0.txt").symlink_to("a.txt")
    (folder / "zero.txt").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.txt")
    found = results(folder)
    assert [f.source for f in found if isinstance(f, Document)] == ["a.txt", "sub/b.txt"]
    reasons = {f.source: f.reason for f in found if isinstance(f, Skipped)}
    assert reasons["0.txt"] == "the same file as a.txt"
    assert all("link" in reasons[name] for name in ("loop", "self", "gone.txt"))
    assert all("regular" in reasons[name] for name in ("zero.txt", "pipe.txt"))


def test_a_file_that_cannot_be_read_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a.txt", TEXT)
    put(tmp_path / "b.txt", OTHER)
    real = Path.open

    def refuse(self: Path, *args: object, **kwargs: object) -> object:
        if self.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **kwargs)  # type: ignore[call-overload]  # passed through as given

    monkeypatch.setattr(Path, "open", refuse)
    a, b = results(tmp_path)
    assert a == Skipped("a.txt", "cannot be read (permission denied)") and isinstance(b, Document)


def test_odd_file_names(tmp_path: Path) -> None:
    put(tmp_path / "a\n\x1b[31m.txt", TEXT)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.txt")).write_text(OTHER)
    sources = [f.source for f in results(tmp_path)]
    assert len(sources) == 2
    for source in sources:
        assert source.isprintable()
        source.encode()


@pytest.mark.parametrize("content", [TEXT, PAGE, json.dumps({"title": TITLE, "text": "\n\n".join(PARAGRAPHS)})])
def test_standard_input_tells_its_format(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
    document = only(results("-"))
    assert document.source.startswith("-")
    assert document.text == TEXT


def test_markup_in_a_page_is_text_not_markup(tmp_path: Path) -> None:
    page = PAGE.replace("river Zoë", "&lt;script&gt;alert(1)&lt;/script&gt; river")
    assert "<script>alert(1)</script> river" in only(results(put(tmp_path / "a.html", page))).text


def test_reading_text_imports_no_html_library() -> None:
    code = "import sys, kgbuild.sources; print(sorted(m for m in sys.modules if m.split('.')[0] in ('trafilatura', 'lxml', 'spacy')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@given(st.text())
def test_cleaning_is_idempotent_normal_and_writable(text: str) -> None:
    try:
        once = clean(text)
    except Undecodable:
        return
    assert clean(once) == once == unicodedata.normalize("NFC", once)
    assert not set(once) & set("\r\x00\x0b\x0c\x1b\u2028\ufffe")
    once.encode()


@given(st.binary(max_size=300))
def test_any_bytes_give_a_document_or_a_reason(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("a.txt", "a.jsonl", "a.csv"):
        for found in results(put(folder / name, data)):
            if isinstance(found, Skipped):
                assert found.reason and "\n" not in found.reason
            else:
                assert found.paragraphs and found.text.encode()


def test_sample_articles(root: Path) -> None:
    found = results(root / "examples")
    documents = {f.source: f for f in found if isinstance(f, Document)}
    assert len(documents) >= 4
    assert {f.source for f in found if isinstance(f, Skipped)} == {"README.md"}
    for document in documents.values():
        assert document.published and document.headline
        assert [p.role for p in document.paragraphs].count("headline") == 1
        assert document.source.split("#")[0] in (root / "examples" / "README.md").read_text(encoding="utf-8")
    seed = documents["2022-03-24-existential-threat.txt"]
    assert seed.id == "article/5a46f7a788df2eb9"
    assert [p.role for p in seed.paragraphs][:5] == ["aside", "headline", "deck", "date", "body"]
    assert (seed.published, seed.publisher, seed.headline) == ("2022-03-24", None, seed.text[6:81])
    assert seed.dateline is not None
    assert seed.text[seed.dateline.begin : seed.dateline.end] == "WASHINGTON, Mar 23 (Agencies): "
    assert (seed.dateline.place, seed.dateline.date, seed.dateline.agency) == ("Washington", "2022-03-23", "Agencies")


@pytest.mark.shared
def test_sample_article_is_verbatim(root: Path, shared: Path) -> None:
    mine = (root / "examples" / "2022-03-24-existential-threat.txt").read_bytes()
    assert mine == (shared / "gold" / "seed.txt").read_bytes()


def test_a_fault_of_a_parser_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[Document]:
        raise RuntimeError("inside a library\nwith two lines")
        yield

    monkeypatch.setattr("kgbuild.sources.html.read_html", broken)
    put(tmp_path / "a.html", "<p>x</p>")
    put(tmp_path / "b.txt", TEXT)
    found = list(read([str(tmp_path)], Config()))
    assert [type(f).__name__ for f in found] == ["Skipped", "Document"]
    assert "inside a library with two lines" in found[0].reason  # type: ignore[union-attr]


def test_a_build_folder_is_not_read_as_news(tmp_path: Path) -> None:
    put(tmp_path / "a.txt", TEXT)
    for name in ("manifest.json", "graph.ttl", "records.jsonl", "graph.html"):
        put(tmp_path / "output" / name, json.dumps({"text": OTHER}))
    found = list(read([str(tmp_path)], Config()))
    assert [f.source for f in found if isinstance(f, Document)] == ["a.txt"]
    assert [f.source for f in found if isinstance(f, Skipped)] == ["output"]


def test_another_language_is_skipped_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "Le président a dit que les forces sont dans la ville et que la guerre est finie pour eux.", encoding="utf-8"
    )
    (skipped,) = read([str(path)], Config())
    assert isinstance(skipped, Skipped) and skipped.reason == "not English (looks like fr)"
    (document,) = read([str(path)], Config(any_language=True))
    assert isinstance(document, Document)
