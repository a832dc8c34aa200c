"""Records written as files: one writer a format, each imported when it is asked for."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from kgbuild.config import Config
from kgbuild.errors import UsageError
from kgbuild.records import Record
from kgbuild.registry import Registry

__all__ = [
    "WRITERS",
    "Selection",
    "Writer",
    "article_turtle",
    "blocks_turtle",
    "dump",
    "dump_articles",
    "dump_view",
    "join_articles",
    "merge_articles",
    "shared_block",
    "shared_turtle",
]  # fmt: skip

Writer: TypeAlias = Callable[[Sequence[Record], BinaryIO, Config], None]
"""Writes the records of a build, in any order, as UTF-8 bytes that depend on nothing but their content."""

WRITERS: Registry[Writer] = Registry(
    "writer",
    {
        "turtle": "kgbuild.export.turtle:write",
        "trig": "kgbuild.export.trig:write",
        "ntriples": "kgbuild.export.ntriples:write",
        "jsonld": "kgbuild.export.jsonld:write",
        "nquads": "kgbuild.export.nquads:write",
        "rdfxml": "kgbuild.export.rdfxml:write",
        "webannotation": "kgbuild.export.constructed:write_webannotation",
        "rdf12": "kgbuild.export.constructed:write_rdf12",
        "graphml": "kgbuild.export.graphml:write",
        "gexf": "kgbuild.export.gexf:write",
        "dot": "kgbuild.export.dot:write",
        "csv": "kgbuild.export.csv:write",
        "csvw": "kgbuild.export.csvw:write",
        "parquet": "kgbuild.export.tables:write_parquet",
        "svg": "kgbuild.export.pictures:write_svg",
        "png": "kgbuild.export.pictures:write_png",
        "html": "kgbuild.page:write",
    },
)


def dump(form: str, records: Sequence[Record], config: Config) -> bytes:
    """The records in one format of `WRITERS`, as bytes. Raises UsageError for an unknown format."""
    writer = WRITERS[form]
    out = io.BytesIO()
    writer(records, out, config)
    return out.getvalue()


def dump_articles(
    records: Iterable[Record], config: Config, ready: Mapping[str, bytes] | None = None
) -> Iterator[tuple[str, bytes]]:
    """(file name, Turtle) of entities.ttl and of one file an article, or what is `ready` of them; no triple is in two of them."""
    from kgbuild.export.turtle import article_files  # imported when used, as the writers are

    return article_files(records, config, ready)


def join_articles(files: Iterable[bytes]) -> bytes:
    """The Turtle of the whole graph, from the files that `dump_articles` gives, in their order."""
    from kgbuild.export.turtle import joined

    return b"".join(joined(files))


def article_turtle(article: str, records: Sequence[Record], config: Config) -> bytes:
    """The Turtle of one article; `records` are its own in order, the Document first."""
    from kgbuild.export.turtle import article_file

    return article_file(article, records, config)


def shared_block(entities: Iterable[Record], clusters: Iterable[str], extractors: Iterable[str], config: Config) -> str:
    """The statements about some of what articles share, without the prefixes."""
    from kgbuild.export.turtle import shared_block as block

    return block(entities, clusters, extractors, config)


def shared_turtle(
    entities: Iterable[Record], clusters: Iterable[str], extractors: Iterable[str], config: Config
) -> bytes:
    """The Turtle of some of what articles share."""
    return blocks_turtle([shared_block(entities, clusters, extractors, config)], config)


def blocks_turtle(blocks: Iterable[str], config: Config) -> bytes:
    """A Turtle file of such blocks, each of one thing, in the order of their ids."""
    from kgbuild.export.turtle import shared_file

    return shared_file(blocks, config)


def merge_articles(shared: Iterable[bytes], articles: Iterable[bytes], config: Config) -> Iterator[bytes]:
    """The Turtle of the whole graph, piece by piece, from the files of a large folder: those of what articles share, then each article's."""
    from kgbuild.export.turtle import merged

    return merged(shared, articles, config)


@dataclass(frozen=True, slots=True)
class Selection:
    """What of the aggregates to write.

    view: edges (of csv alone), a table of `aggregate.TABLES` (csv, csvw, parquet), one of `pictures.PICTURES` (svg, png); None is the
    format's own: edges, dyad-day (parquet), network. pair: names or ids of a holder and a target. window: day, week, month or year, of the series
    and the time line. by: "actor" or "state".
    """

    view: str | None = None
    pair: tuple[str, str] | None = None
    window: str = "month"
    by: str = "actor"

    @property
    def empty(self) -> bool:
        """Whether nothing is chosen."""
        return self == Selection()


def dump_view(form: str, records: Sequence[Record], config: Config, chosen: Selection, url: str = "") -> bytes:
    """A table or picture of the aggregates, as bytes; the whole graph when nothing of them is chosen.

    url: name of the CSV file that csvw describes. Raises UsageError when the format has no such view, a pair or window is unknown;
    KgbuildError when the format needs a library that is not installed.
    """
    if chosen.empty and form != "parquet":
        return dump(form, records, config)
    pictures, tables = ("svg", "png"), ("csv", "csvw", "parquet")
    if form not in (*pictures, *tables):
        known = form in WRITERS
        raise UsageError(
            f"{form} writes the whole graph: --view, --pair, --window and --by are for {', '.join((*tables, *pictures))}"
            if known else f"unknown writer {form!r}; known: {', '.join(WRITERS)}"
        )  # fmt: skip
    from kgbuild.aggregate import TABLES, WINDOWS, Aggregates

    view = chosen.view or ("network" if form in pictures else "edges" if form == "csv" else "dyad-day")
    if form in tables and view not in TABLES and (form, view) != ("csv", "edges"):
        raise UsageError(
            f"{form} has no view {view!r}; known: {', '.join(('edges', *TABLES) if form == 'csv' else TABLES)}"
        )
    if chosen.window not in WINDOWS:
        raise UsageError(f"unknown window {chosen.window!r}; known: {', '.join(WINDOWS)}")
    if view == "edges":
        raise UsageError(
            "--pair, --window and --by need a view of the aggregates: --view dyads, series, dyad-month ..."
        )
    found = Aggregates(records, chosen.by)
    pair = (found.find(chosen.pair[0]), found.find(chosen.pair[1])) if chosen.pair else None
    if form in pictures:
        from kgbuild.export.pictures import picture

        return picture(found, form, view, pair, chosen.window)
    from kgbuild.export import tables as written

    out = io.BytesIO()
    table = found.table(view, pair, chosen.window)
    if form == "csv":
        written.csv_table(table, out)
    elif form == "parquet":
        written.parquet_table(table, out)
    else:
        written.csvw_table(table, out, url or f"{view}.csv")
    return out.getvalue()
