"""Reading alone: articles and megabytes a second of each format, and whether memory stays flat as the file grows four times.

`python -m bench sources --limit 8000` makes files of a quarter of so many articles and of all of them (pages of WARC: a tenth), reads each in a process of
its own, and prints both peaks of memory. Exit status 1 when the larger file takes over 1.25 times the memory of the smaller, or an article is lost.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from kgbuild.config import Config
from kgbuild.records import Document
from kgbuild.sources import read

__all__ = ["run"]

ARTICLES = 8000
GROWTH = 1.25
SEED = 7
WORDS = (
    "the officials said on Monday that talks between both governments would go on after a week of fighting near border town where "
    "troops and civilians had been killed while ministers from other countries called for a truce and more aid to reach people"
).split()


def rows(count: int) -> Iterator[dict[str, str]]:
    """Made-up articles of some 4,000 characters, each with a text of its own."""
    rng = random.Random(SEED)
    for number in range(count):
        text = "\n\n".join(" ".join(rng.choices(WORDS, k=70)).capitalize() + "." for _ in range(10))
        yield {
            "title": f"Talks go on, day {number}",
            "text": text,
            "date": "2021-05-04",
            "url": f"https://example.org/{number}",
        }


def _jsonl(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows(count))


def _packed(path: Path, count: int) -> None:
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        file.writelines(json.dumps(row) + "\n" for row in rows(count))


def _zstd(path: Path, count: int) -> None:
    import zstandard

    with path.open("wb") as raw, zstandard.ZstdCompressor().stream_writer(raw) as file:
        for row in rows(count):
            file.write(json.dumps(row).encode() + b"\n")


def _csv(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["title", "text", "date", "url"])
        writer.writeheader()
        writer.writerows(rows(count))


def _feed(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("<rss version='2.0'><channel><title>Daily Wire</title>")
        for row in rows(count):
            body = escape("".join(f"<p>{p}</p>" for p in row["text"].split("\n\n")))
            file.write(
                f"<item><title>{row['title']}</title><link>{row['url']}</link><description>{body}</description></item>\n"
            )
        file.write("</channel></rss>")


def _parquet(path: Path, count: int) -> None:
    import pyarrow
    from pyarrow import parquet

    writer: Any = None
    group: list[dict[str, str]] = []
    for number, row in enumerate(rows(count), start=1):
        group.append(row)
        if len(group) == 500 or number == count:
            table = pyarrow.Table.from_pylist(group)
            writer = writer or parquet.ParquetWriter(path, table.schema)
            writer.write_table(table)
            group = []
    writer.close()


def _warc(path: Path, count: int) -> None:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for row in rows(count // 10):
            body = "".join(f"<p>{p}</p>" for p in row["text"].split("\n\n"))
            page = f"<html><head><title>{row['title']}</title></head><body><article><h1>{row['title']}</h1>{body}</article></body></html>"
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            payload = io.BytesIO(page.encode())
            writer.write_record(
                writer.create_warc_record(row["url"], "response", payload=payload, http_headers=headers)
            )


FORMATS: dict[str, Callable[[Path, int], None]] = {
    "jsonl": _jsonl, "jsonl.gz": _packed, "jsonl.zst": _zstd, "csv": _csv, "xml": _feed, "parquet": _parquet, "warc.gz": _warc,
}  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """A row a format."""
    most = options.limit or ARTICLES
    failed = False
    print(
        f"{'format':<10}{'articles':>9}{'MB':>7}{'seconds':>9}{'articles/s':>12}{'MB/s':>7}{'peak MB, a quarter':>20}{'all':>6}"
    )
    for name, make in FORMATS.items():
        with tempfile.TemporaryDirectory() as place:
            measured = []
            for count in (most // 4, most):
                path = Path(place) / f"{count}.{name}"
                make(path, count)
                done = subprocess.run(
                    [sys.executable, "-m", "bench.sources", str(path)], capture_output=True, text=True, check=True
                )
                measured.append(
                    (
                        count // 10 if name == "warc.gz" else count,
                        path.stat().st_size / 1e6,
                        *map(float, done.stdout.split()),
                    )
                )
        (_, _, _, _, small), (wanted, size, found, seconds, large) = measured
        failed = failed or found != wanted or large > GROWTH * small
        print(
            f"{name:<10}{found:>9.0f}{size:>7.1f}{seconds:>9.1f}{found / seconds:>12.0f}{size / seconds:>7.2f}{small:>20.0f}{large:>6.0f}"
        )
    return int(failed)


def _child(path: str) -> None:
    begin = time.process_time()
    found = sum(isinstance(item, Document) for item in read([path], Config()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    print(found, time.process_time() - begin, peak)


if __name__ == "__main__":
    _child(sys.argv[1])
