"""The one settings object handed from the command line or the API to every room."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["VERSION", "Config", "data_path"]

VERSION = "0.1.0"


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of a build or a query.

    base: IRI prefix of all data this project mints. model: path or name of a spaCy pipeline (None: the shipped one).
    knowledge: path of an entity base (None: the shipped one). entities: files of the user's own entities, added to the base or set over it.
    corrections: file that merges, splits, renames and rejects entities. text_field, title_field, date_field, publisher_field, url_field:
    column names of JSONL and CSV rows (None: the usual names are tried). max_chars: longest article, in code points, that is
    processed; a longer one is skipped with its reason. max_unpacked: bytes that a gzip or zstd file may unpack to.
    any_language: process also what does not look like English. workers: processes that
    articles are shared out to (None: this one alone, or all that an engine has). engine: "ray", or "here" for the same way through partitions
    in this process (None: no partitions). address: of the cluster. parts: folder or URL that all its nodes see, for partitions (None: inside
    the build folder). time_limit: seconds one article may take (None: as long as it takes); one that takes longer is
    ended and skipped with its reason.
    """

    base: str = "https://w3id.org/kgbuild/"
    model: str | None = None
    knowledge: str | None = None
    entities: tuple[str, ...] = ()
    corrections: str | None = None
    text_field: str | None = None
    title_field: str | None = None
    date_field: str | None = None
    publisher_field: str | None = None
    url_field: str | None = None
    max_chars: int = 4_000_000
    max_unpacked: int = 100_000_000_000
    any_language: bool = False
    workers: int | None = None
    engine: str | None = None
    address: str | None = None
    parts: str | None = None
    time_limit: float | None = None


def data_path(*parts: str) -> Path:
    """A file or folder of the package's own data."""
    return Path(__file__).resolve().parent.joinpath("data", *parts)
