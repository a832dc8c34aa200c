"""Records as canonical Turtle: the whole build in one file, or an article a file with the shared entities beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.export.triples import article_triples, parts, shared_triples, stated
from kgbuild.rdf import blocks, data_prefixes, reading_order, statements, turtle_header
from kgbuild.records import Record

__all__ = ["ENTITIES", "article_file", "article_files", "joined", "merged", "shared_block", "shared_file", "write"]

ENTITIES = "entities.ttl"
"""Name of the file of what all articles share: entities, event clusters, extractors."""

LOCAL = "a"
"""Prefix of the records of the article at hand; Turtle lets a document give it a new meaning before each article."""


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """The whole graph: entities first, then each article with its records in the order of its text."""
    out.writelines(joined(content for _, content in article_files(records, config)))


def article_files(
    records: Iterable[Record], config: Config, ready: Mapping[str, bytes] | None = None
) -> Iterator[tuple[str, bytes]]:
    """(file name, content) of entities.ttl, then of a file an article; together the whole graph, no triple twice.

    `ready` holds the content of files, by name, that is known already: what is drawn of an article depends on its records alone.
    """
    found = parts(records)
    prefixes = data_prefixes(config.base)
    header = turtle_header(prefixes)
    yield ENTITIES, (header + statements(shared_triples(found, config.base), prefixes)).encode()
    for article, members in found.articles.items():
        name = article.removeprefix("article/") + ".ttl"
        known = ready.get(name) if ready else None
        yield name, known or article_file(article, members, config)


def article_file(article: str, members: Sequence[Record], config: Config) -> bytes:
    """The file of one article; `members` are its records in order, the Document first."""
    header = turtle_header(data_prefixes(config.base))
    return (_local(article, config) + header + _article(article, members, config)).encode()


def shared_block(entities: Iterable[Record], clusters: Iterable[str], extractors: Iterable[str], config: Config) -> str:
    """The statements about some of what all articles share, without the prefixes."""
    return statements(stated(entities, clusters, extractors, config.base), data_prefixes(config.base))


def shared_file(texts: Iterable[str], config: Config) -> bytes:
    """A file of such blocks, in the order of their ids."""
    return (turtle_header(data_prefixes(config.base)) + "".join(texts)).encode()


def merged(shared: Iterable[bytes], articles: Iterable[bytes], config: Config) -> Iterator[bytes]:
    """The whole graph, piece by piece, of files of what articles share and of all articles' files in order; as `write` gives it.

    Of the shared files all is in memory at once, of the others one.
    """
    prefixes = data_prefixes(config.base)
    header = turtle_header(prefixes).encode()
    found = [one for content in shared for one in blocks(content, prefixes)]
    found.sort(key=lambda one: reading_order(one[0]))
    yield header + b"".join(block + b"\n\n" for _, block in found)
    for content in articles:
        own, _, body = content.partition(header[:-1])  # an article's prefix is followed by an empty line
        yield own + body


def joined(files: Iterable[bytes]) -> Iterator[bytes]:
    """The whole graph, piece by piece, from what `article_files` gives: the prefixes of all once, and each article's own before it."""
    header = b""
    for content in files:
        if not header:
            header = content[: content.index(b"\n\n") + 1]
            yield content
        else:
            own, _, body = content.partition(header)
            yield own + body


def _local(article: str, config: Config) -> str:
    return f"@prefix {LOCAL}: <{config.base}{article}#> .\n"


def _article(article: str, members: Sequence[Record], config: Config) -> str:
    prefixes = {LOCAL: f"{config.base}{article}#", **data_prefixes(config.base)}
    return statements(article_triples(members, config.base), prefixes)
