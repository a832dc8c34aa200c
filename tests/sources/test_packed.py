"""Packed files: the same articles, in flat memory, and no harm from what is cut off, damaged, nested or a bomb."""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
import tracemalloc
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from kgbuild.config import Config
from kgbuild.errors import InputError
from kgbuild.records import Document, Skipped
from kgbuild.sources import read
from kgbuild.sources.packed import Unpacked

BODY = "The two governments agreed on Monday to open the crossing again, officials on both sides said in town {}."


def rows(count: int) -> bytes:
    return b"".join(
        json.dumps({"text": BODY.format(n), "title": f"Crossing {n}"}).encode() + b"\n" for n in range(count)
    )


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def found(path: Path, **settings: int) -> tuple[list[Document], dict[str, str]]:
    items = list(read([str(path)], Config(**settings)))  # type: ignore[arg-type]  # numbers, by name
    return [i for i in items if isinstance(i, Document)], {i.source: i.reason for i in items if isinstance(i, Skipped)}


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


@pytest.mark.parametrize(
    ("end", "pack"), [("gz", gzip.compress), ("gzip", gzip.compress), ("zst", zstd), ("zstd", zstd)]
)
def test_members_one_after_another_are_one_file(tmp_path: Path, end: str, pack: object) -> None:
    assert callable(pack)
    lines = rows(40).splitlines(keepends=True)
    data = b"".join(pack(line) for line in lines) + pack(b"")
    documents, skipped = found(put(tmp_path / f"a.jsonl.{end}", data))
    assert [d.source for d in documents] == [f"a.jsonl.{end}#{n}" for n in range(1, 41)] and not skipped
    assert [d.id for d in documents] == [d.id for d in found(put(tmp_path / "a.jsonl", rows(40)))[0]]


def test_zeros_after_gzip_and_skippable_frames_of_zstd_are_no_damage(tmp_path: Path) -> None:
    assert len(found(put(tmp_path / "a.jsonl.gz", gzip.compress(rows(2)) + bytes(40_000)))[0]) == 2
    frame = b"\x50\x2a\x4d\x18\x04\0\0\0note"
    assert len(found(put(tmp_path / "a.jsonl.zst", frame + zstd(rows(1)) + frame + zstd(rows(2))))[0]) == 2


@pytest.mark.parametrize(("end", "pack"), [("gz", gzip.compress), ("zst", zstd)])
def test_a_file_that_breaks_off_gives_what_is_whole(tmp_path: Path, end: str, pack: object) -> None:
    assert callable(pack)
    data = b"".join(pack(rows(99)[i * 100 : i * 100 + 100]) for i in range(150))
    documents, skipped = found(put(tmp_path / f"a.jsonl.{end}", data[: len(data) // 2]))
    assert 20 < len(documents) < 99 and "cut off" in skipped[f"a.jsonl.{end}"]
    whole = {d.id for d in found(put(tmp_path / "a.jsonl", rows(99)))[0]}
    assert {d.id for d in documents} <= whole
    csv = ("text\n" + "\n".join(f'"{BODY.format(n)}"' for n in range(400))).encode()
    cut = b"".join(pack(csv[i : i + 500]) for i in range(0, len(csv), 500))
    documents, skipped = found(put(tmp_path / f"a.csv.{end}", cut[:-30]))
    assert "may be cut" in skipped[f"a.csv.{end}#{len(documents) + 1}"]
    assert all(d.text.endswith(".") for d in documents)


@pytest.mark.parametrize("name", ["a.txt", "a.html"])
@pytest.mark.parametrize(("end", "pack"), [("gz", gzip.compress), ("zst", zstd)])
def test_half_an_article_is_no_article(tmp_path: Path, name: str, end: str, pack: object) -> None:
    assert callable(pack)
    text = "".join(f"<p>{BODY.format(n)}</p>\n" for n in range(200)).encode()
    documents, skipped = found(put(tmp_path / f"{name}.{end}", pack(text)[:-20]))
    assert not documents and "cut off" in skipped[f"{name}.{end}"]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt.gz", b"", "empty"),
        ("a.jsonl.gz", b"", "no article in it"),
        ("a.jsonl.zst", zstd(b""), "no article in it"),
        ("a.txt.gz", gzip.compress(b""), "empty"),
        ("a.txt.gz", BODY.encode(), "not gzip although its name says so"),
        ("a.txt.zst", gzip.compress(BODY.encode()), "not zstd although its name says so, but gzip"),
        ("a.txt.gz", gzip.compress(gzip.compress(BODY.encode())), "packed more than once"),
        ("a.txt.zst", zstd(gzip.compress(BODY.encode())), "packed more than once"),
        ("a.txt.gz", gzip.compress(BODY.encode())[:-8] + bytes(8), "damaged after"),
        ("a.txt.gz", gzip.compress(BODY.encode()) + b"rest of something", "damaged after"),
        ("a.tar.gz", gzip.compress(BODY.encode()), "no reader for .tar.gz"),
        ("a.txt.gz", gzip.compress(bytes(2_000_000)), "NUL"),
        ("a.jsonl.gz", gzip.compress(b"a" * 80_000_000), "200 times"),
        ("a.csv.zst", zstd(b"a," * 40_000_000), "200 times"),
        ("a.txt.zst", zstd(b"a" * 200_000_000), "200 times"),
    ],
)
def test_bad_packing_is_skipped_with_its_reason(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    documents, skipped = found(put(tmp_path / name, data))
    assert not documents and why in skipped[name] and set(skipped) <= {name, f"{name}#1"}


def test_the_limit_on_the_unpacked_size(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl.gz", gzip.compress(rows(100)))
    documents, skipped = found(path, max_unpacked=5_000)
    assert 10 < len(documents) < 100 and "--max-unpacked" in skipped["a.jsonl.gz"]
    assert len(found(path, max_unpacked=len(rows(100)))[0]) == 100


def test_a_bomb_stays_small_in_memory(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl.zst", zstd(b"\n" * 300_000_000))
    tracemalloc.start()
    _, skipped = found(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "200 times" in skipped["a.jsonl.zst"] and most < 200_000_000


def test_content_tells_the_format_where_no_name_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [d.source for d in found(put(tmp_path / "export.gz", gzip.compress(rows(2))))[0]] == [
        "export.gz#1",
        "export.gz#2",
    ]
    assert len(found(put(tmp_path / "note.zst", zstd(BODY.encode())))[0]) == 1
    for data in (gzip.compress(rows(3)), zstd(rows(3)), rows(3)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert [d.source for d in found(Path("-"))[0]] == ["-#1", "-#2", "-#3"]


def test_metadata_beside_a_packed_article(tmp_path: Path) -> None:
    for name in ("a.txt.gz.meta.json", "a.txt.meta.json", "a.meta.json"):
        put(tmp_path / "a.txt.gz", gzip.compress(BODY.encode()))
        put(tmp_path / name, b'{"published": "2021-05-03"}')
        documents, skipped = found(tmp_path)
        assert [d.published for d in documents] == ["2021-05-03"] and not skipped, name
        (tmp_path / name).unlink()


def test_without_zstandard_the_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kgbuild.sources.find_spec", lambda name: None)
    line = "zstd files need zstandard: pip install 'kgbuild[archives]'"
    path = put(tmp_path / "a.txt.zst", zstd(BODY.encode()))
    with pytest.raises(InputError, match=re.escape(line)) as caught:
        read([str(path)], Config())
    assert caught.value.status == 3
    put(tmp_path / "b.txt", BODY.encode())
    documents, skipped = found(tmp_path)  # in a folder it does not stop the others
    assert len(documents) == 1 and skipped == {"a.txt.zst": line}


@given(st.binary(max_size=400), st.integers(0, 300), st.sampled_from(["gzip", "zstd"]))
def test_any_bytes_unpack_or_give_a_reason(junk: bytes, at: int, packing: str) -> None:
    whole = gzip.compress(rows(3), mtime=0) if packing == "gzip" else zstd(rows(3))
    for data in (junk, whole[:at] + junk, whole[:at] + junk + whole[at + len(junk) :]):
        with Unpacked(io.BytesIO(data), packing, 1 << 20, "too much") as unpacked:
            first, fault = unpacked.read(), unpacked.fault
            assert fault is None or "\n" not in fault
            unpacked.seek(0)
            assert (unpacked.read(), unpacked.fault) == (first, fault)
