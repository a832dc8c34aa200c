"""The command line: arguments, progress, tables and messages; everything else is `pipeline`'s.

Its lines are many because each command's options stand with it; there is no logic to move out.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from kgbuild.config import VERSION, Config
from kgbuild.errors import BuildFolderError, CheckError, InputError, KgbuildError, UsageError
from kgbuild.progress import shown

__all__ = ["app", "main"]

app = typer.Typer(
    name="kgbuild",
    help="News articles to a knowledge graph: who did what to whom, who says so, and who stands where.",
    epilog="Exit status: 0 done, 1 error, 2 wrong call, 3 unusable input, 4 output cannot be written, 5 no build folder, "
    "6 language model, 7 rule file, 8 query, 9 check found violations, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

INTERRUPTED = 130
CONTROL = dict.fromkeys((*range(32), *range(127, 160), 8206, 8207, *range(8234, 8239), *range(8294, 8298)), " ")
"""Control and direction characters that text from an article must not send to a terminal."""

PART_STYLES = {"trigger": "bold yellow", "cue": "bold magenta", "source": "bold green"}
"""Colours of words with a job in a sentence that `explain` shows; the record's own words are bold."""

Folder = Annotated[Path, typer.Argument(help="A build folder: what `kgbuild build -o` wrote.", metavar="FOLDER")]


def main() -> None:
    """Run the command line and exit with the documented status; one line on stderr for whatever went wrong."""
    # The encoder runs on one core; numpy's threads, started for products this small, would spin beside it: a quarter of all processor time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A reader that went away (`| head`) ends the process quietly, as it does for other tools.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        status = app(standalone_mode=False)  # typer turns Ctrl-C into a status of its own
        if status == INTERRUPTED:
            raise KeyboardInterrupt
        if status:
            sys.exit(status)
    except KgbuildError as error:
        _fail(str(error), error.status)
    except (KeyboardInterrupt, typer.Abort):
        _fail(
            "interrupted: what was built before is as it was; articles that were read already are kept for the next build",
            INTERRUPTED,
        )
    except MemoryError:
        _fail("out of memory: build fewer articles at once", 1)
    except Exception as error:
        # Click's own usage errors know how to show themselves; anything else is a fault of ours, shown in full on demand.
        if hasattr(error, "format_message"):
            _fail(f"{str(error.format_message()).rstrip('.')}; see `kgbuild --help`", 2)
        if os.environ.get("KGBUILD_DEBUG"):
            raise
        _fail(
            f"internal error ({type(error).__name__}: {error}); set KGBUILD_DEBUG=1 for the traceback, and report it", 1
        )


def _fail(message: str, status: int) -> NoReturn:
    print("kgbuild: " + " ".join(message.split()).translate(CONTROL), file=sys.stderr)
    sys.exit(status)


@app.callback(invoke_without_command=True)
def _top(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        print(f"kgbuild {VERSION}")
        raise typer.Exit


@app.command()
def build(
    inputs: Annotated[
        list[str],
        typer.Argument(
            help="Article files (text, HTML, JSONL, CSV; also as .gz or .zst), folders, globs, or - for standard input."
        ),
    ],
    out: Annotated[str, typer.Option("--out", "-o", help="Build folder to write.", metavar="FOLDER")],
    model: Annotated[
        str | None, typer.Option(help="Another spaCy pipeline (path or package) instead of the shipped one.")
    ] = None,
    knowledge: Annotated[str | None, typer.Option(help="Another entity base instead of the shipped one.")] = None,
    entities: Annotated[
        list[str] | None,
        typer.Option(
            help="Your own entities (TSV, or Turtle with SKOS labels), added to the base or set over it; may be repeated."
        ),
    ] = None,
    corrections: Annotated[
        str | None, typer.Option(help="Merges, splits, renames and rejections of entities (YAML or TSV).")
    ] = None,
    base: Annotated[str, typer.Option(help="IRI prefix of the data minted.")] = Config().base,
    text_field: Annotated[str | None, typer.Option(help="Column or key of the text in CSV and JSONL rows.")] = None,
    title_field: Annotated[str | None, typer.Option(help="Column or key of the headline.")] = None,
    date_field: Annotated[str | None, typer.Option(help="Column or key of the publication date.")] = None,
    publisher_field: Annotated[str | None, typer.Option(help="Column or key of the publisher.")] = None,
    url_field: Annotated[str | None, typer.Option(help="Column or key of the address.")] = None,
    any_language: Annotated[
        bool, typer.Option("--any-language", help="Read also what does not look like English; it is skipped otherwise.")
    ] = False,
    max_unpacked: Annotated[
        float, typer.Option(min=0.001, help="Gigabytes that one gzip or zstd file may unpack to.", metavar="GB")
    ] = Config().max_unpacked / 1e9,
    workers: Annotated[
        str | None,
        typer.Option(
            help="Processes to share the articles out to: a number, or auto for one a core.", metavar="N|auto"
        ),
    ] = None,
    engine: Annotated[str | None, typer.Option(help="ray: on a cluster, see docs/scaling.md.")] = None,
    address: Annotated[
        str | None, typer.Option(help="The cluster's address (default: $RAY_ADDRESS, else this machine).")
    ] = None,
    parts: Annotated[
        str | None, typer.Option(help="Folder or URL for the cluster's partitions; all nodes must see it.")
    ] = None,
    partitioned: Annotated[
        bool,
        typer.Option("--partitioned", help="Leave the graph in partitions, in a folder or at a URL: see `gather`."),
    ] = False,
    time_limit: Annotated[
        float | None,
        typer.Option(min=0.1, help="Seconds one article may take; one that takes longer is skipped with its reason."),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress, no summary; skipped inputs are still named.")
    ] = False,
) -> None:
    """Read articles and add them to a graph: only what is new or changed is processed; `remove` takes articles out.

    Example: kgbuild build examples/ -o output/
    """
    from kgbuild.workers.cores import (
        workers_of,  # imported here and below so that --help and wrong calls answer at once
    )

    config = Config(
        base=_checked_base(base), model=model, knowledge=knowledge, entities=tuple(entities or ()), corrections=corrections,
        text_field=text_field, title_field=title_field, date_field=date_field, publisher_field=publisher_field, url_field=url_field,
        any_language=any_language, max_unpacked=int(max_unpacked * 1e9), workers=workers_of(workers) if workers is not None else None,
        engine=engine, address=address, parts=parts, time_limit=time_limit,
    )  # fmt: skip
    if partitioned:
        _partitioned(inputs, out, config, quiet)
        return
    with shown(quiet, _clean) as step:  # says that it reads before what takes time is imported
        from kgbuild import pipeline
        from kgbuild.records import Claim, Document, Entity, Event, Stance

        graph = pipeline.build(inputs, Path(out), config, progress=step)
    assert graph.changes is not None, "a build into a folder says what it changed"
    for skipped in graph.changes.skipped:
        print(f"kgbuild: skipped {_clean(skipped.source)}: {_clean(skipped.reason)}", file=sys.stderr)
    if graph.changes.gone:
        print(f"kgbuild: {_gone(graph.changes.gone, Path(out))}", file=sys.stderr)
    missing = [
        s.source
        for s in graph.changes.skipped
        if s.source in inputs and s.source != "-" and not os.path.lexists(s.source)
    ]
    if not quiet:
        kinds = ((Document, "article", "articles"), (Entity, "entity", "entities"), (Event, "event", "events"),
                 (Claim, "claim", "claims"), (Stance, "stance", "stances"))  # fmt: skip
        found = graph.counts
        numbers = [(found.get(kind.__name__, 0), one, many) for kind, one, many in kinds]
        counts = [f"{n} {one if n == 1 else many}" for n, one, many in numbers]
        print(
            f"{', '.join(counts)} in {out}{_changed(graph.changes)}; ask it with `kgbuild query {out} who-opposes NAME`, look at it with `kgbuild view {out}`",
            file=sys.stderr,
        )
    if missing:
        raise InputError(f"{len(missing)} of the inputs named do not exist; the others were built")


def _partitioned(inputs: Sequence[str], place: str, config: Config, quiet: bool) -> None:
    with shown(quiet, _clean) as step:
        from kgbuild.partitioned import build_partitioned

        manifest = build_partitioned(inputs, place, config, step)
    for skipped in manifest["skipped"]:
        print(f"kgbuild: skipped {_clean(skipped['source'])}: {_clean(skipped['reason'])}", file=sys.stderr)
    if not quiet:
        counts = ", ".join(f"{n} {kind}" for kind, n in manifest["counts"].items())
        print(f"{counts} in {len(manifest['files'])} files under {place}", file=sys.stderr)


@app.command()
def gather(
    place: Annotated[str, typer.Argument(help="Folder or URL of a graph in partitions.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Build folder to write.")],
) -> None:
    """Make a build folder of a graph that was built with --partitioned.

    Example: kgbuild gather s3://bucket/news -o output/
    """
    from kgbuild.partitioned import gathered
    from kgbuild.pipeline import KnowledgeGraph
    from kgbuild.records import Skipped

    records, manifest = gathered(place)
    skipped = [Skipped(s["source"], s["reason"]) for s in manifest["skipped"]]
    KnowledgeGraph(records, skipped, Config(base=manifest["base"]), manifest["versions"]).save(out)
    print(f"{manifest['counts'].get('Document', 0)} articles in {out}", file=sys.stderr)


@app.command()
def remove(
    folder: Folder,
    articles: Annotated[
        list[str],
        typer.Argument(help="Articles by source name, file, id or IRI; `kgbuild query FOLDER articles` lists them."),
    ],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
) -> None:
    """Take articles out of a graph; all that is drawn from several articles is brought up to date.

    Example: kgbuild remove output/ old-story.txt
    """
    from kgbuild import pipeline

    with shown(quiet, _clean) as step:
        graph = pipeline.remove(folder, articles, progress=step)
    assert graph.changes is not None, "a removal says what it changed"
    for skipped in graph.changes.skipped:
        print(f"kgbuild: skipped {_clean(skipped.source)}: {_clean(skipped.reason)}", file=sys.stderr)
    if not quiet:
        count, left = graph.changes.removed, graph.changes.kept
        print(f"{count} article{'' if count == 1 else 's'} removed, {left} left in {folder}", file=sys.stderr)


@app.command()
def query(
    folder: Annotated[Path | None, typer.Argument(help="A build folder.", metavar="FOLDER")] = None,
    question: Annotated[
        str | None,
        typer.Argument(help="A named question (see --list), a SPARQL query, or - for one on standard input."),
    ] = None,
    arguments: Annotated[
        list[str] | None, typer.Argument(help='The question\'s arguments, as words: Russia, "nuclear weapons".')
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", help="table, csv, tsv, json or turtle (default: table in a terminal, tsv in a pipe)."
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="List the named questions with an example each.")] = False,
    seconds: Annotated[float, typer.Option(min=0.01, max=86400, help="Longest time of the query.")] = 60,
) -> None:
    """Ask a graph a named question or any SPARQL query.

    Example: kgbuild query output/ who-opposes Russia
    """
    from kgbuild import query as questions

    if show:
        _table(
            ["question", "asks", "example"], [(q.usage, q.description, q.example) for q in questions.named_questions()]
        )
        return
    if folder is None or question is None:
        raise UsageError(
            "give a build folder and a question: kgbuild query output/ who-opposes Russia; `kgbuild query --list` shows the questions"
        )
    from kgbuild.store import open_store

    if not folder.is_dir():
        if str(folder) in {q.name for q in questions.named_questions()}:
            raise UsageError(f"name the build folder first: kgbuild query output/ {folder} {question}")
        hint = f"; name its folder, {folder.parent}/" if folder.is_file() else ""
        raise BuildFolderError(
            f"{folder}: not a build folder{hint or f'; run `kgbuild build INPUT -o {folder}` first'}"
        )
    text = sys.stdin.read() if question == "-" else question
    result = questions.run(open_store(folder), text, *(arguments or []), seconds=seconds)
    form = form or ("turtle" if result.graph is not None else "table" if sys.stdout.isatty() else "tsv")
    if form == "table" and result.graph is None:
        _table(result.variables, result.rows)
        if not result.rows:
            print("no answer", file=sys.stderr)
    else:
        sys.stdout.write(result.dump(form))


@app.command()
def export(
    folder: Folder,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            help="turtle, trig, ntriples, nquads, jsonld, rdfxml, webannotation, rdf12, graphml, gexf, dot, csv, csvw, parquet, svg, png, "
            "html or dossier.",
        ),
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(help='Of a dossier: one actor, or two: "Vladimir Putin" Ukraine.', metavar="[NAME]..."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write (default: standard output).")] = None,
    view: Annotated[
        str | None,
        typer.Option(
            help="What of the aggregates: dyad-day, dyad-week, dyad-month, dyad-year, dyads, series, matrix or camps for csv, csvw and "
            "parquet; network, relations, map, timeline or matrix for svg and png. See docs/stances.md and docs/pictures.md."
        ),
    ] = None,
    pair: Annotated[
        tuple[str, str] | None, typer.Option(help="A holder and a target, by name or id: --pair Russia Ukraine.")
    ] = None,
    window: Annotated[str, typer.Option(help="Of series and time line: day, week, month or year.")] = "month",
    by: Annotated[str, typer.Option(help="actor, or state: each actor counts for the state it belongs to.")] = "actor",
) -> None:
    """Write the graph in another format, a table or picture of it, or a dossier of one actor or two.

    Example: kgbuild export output/ --format gexf -o graph.gexf
    """
    from kgbuild import pipeline
    from kgbuild.export import Selection, dump_view
    from kgbuild.files import whole_file

    chosen = Selection(view, pair, window, by)
    if form == "turtle" and chosen.empty:  # a large folder's is merged from its parts, without having it all in memory
        pieces = pipeline.graph_pieces(folder)
        if out is None:
            sys.stdout.buffer.writelines(pieces)
            return
        with whole_file(out) as handle:
            handle.writelines(pieces)
        return
    graph = pipeline.open_build(folder)
    # Metadata stands beside its table as FILE-metadata.json, where tools for CSV on the Web look for it.
    url = out.name.removesuffix("-metadata.json") if out and out.name.endswith("-metadata.json") else ""
    if form == "dossier":
        if not chosen.empty:
            raise UsageError("a dossier takes names alone: no --view, --pair, --window or --by")
        content = graph.dossier(*(names or ())).encode()
    elif names:
        raise UsageError(
            f"{form} takes no names; a dossier does: kgbuild export {folder} --format dossier {names[0]!r}"
        )
    else:
        content = dump_view(form, graph.records, graph.config, chosen, url)
    if out is None:
        sys.stdout.buffer.write(content)
        return
    with whole_file(out) as handle:
        handle.write(content)


@app.command("view")
def view_page(
    folder: Folder,
    browser: Annotated[bool, typer.Option(help="Open it; --no-browser only prints where the page is.")] = True,
    live: Annotated[
        bool, typer.Option("--live", help="Serve it to this machine with all articles whole, until Ctrl-C.")
    ] = False,
) -> None:
    """Open the interactive page of a build in the browser.

    The file in the folder carries a million characters of articles; --live shows all of a larger build.

    Example: kgbuild view output/
    """
    import webbrowser

    from kgbuild import pipeline
    from kgbuild.export import dump
    from kgbuild.files import whole_file

    if live:
        from kgbuild.page.live import serve as serve_page

        graph = pipeline.open_build(folder)

        def ready(address: str) -> None:
            print(address, flush=True)
            if browser:
                webbrowser.open(address)

        serve_page(graph.records, graph.config, ready)
        return
    page = folder / "graph.html"
    if not page.is_file():
        graph = pipeline.open_build(folder)
        with whole_file(page) as handle:
            handle.write(dump("html", graph.records, graph.config))
    print(page.resolve())
    if browser:
        webbrowser.open(page.resolve().as_uri())


@app.command()
def serve(
    folder: Folder,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8765,
    host: Annotated[
        str, typer.Option(help="Address to listen on; the default is reached from this machine only.")
    ] = "127.0.0.1",
    seconds: Annotated[float, typer.Option(min=0.01, max=86400, help="Longest time of a query.")] = 30,
    rows: Annotated[int, typer.Option(min=1, help="Most rows of an answer.")] = 100_000,
    memory: Annotated[
        int, typer.Option(min=16, help="MiB of memory a query may take beside the graph (Linux).")
    ] = 1024,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Queries at a time (default: one a core, two at least).")
    ] = None,
    cors: Annotated[
        list[str] | None,
        typer.Option(help="A web origin whose pages may ask (https://example.org), or *; may be repeated."),
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A name this machine is reached by, beside localhost; may be repeated.")
    ] = None,
) -> None:
    """Answer SPARQL over HTTP, read-only: a query editor at /, the endpoint at /sparql.

    Example: kgbuild serve output/ --port 8765
    """
    from kgbuild.endpoint.server import serve as run
    from kgbuild.endpoint.settings import Settings

    if not folder.is_dir():
        raise BuildFolderError(f"{folder}: not a build folder; run `kgbuild build INPUT -o {folder}` first")
    settings = Settings(
        seconds=seconds, rows=rows, memory_mib=memory, hosts=tuple(allow_host or ()), origins=tuple(cors or ())
    )
    if workers is not None:
        settings = replace(settings, workers=workers)
    run(
        folder,
        host,
        port,
        settings,
        lambda address: print(f"{folder} at {address} (Ctrl-C ends it)", file=sys.stderr, flush=True),
    )


@app.command()
def publish(
    folder: Folder,
    url: Annotated[str, typer.Argument(help="Address of a Graph Store: http://localhost:3030/ds/data")],
    graph: Annotated[
        str | None, typer.Option(help="IRI of the graph to fill; the store's default graph otherwise.")
    ] = None,
    user: Annotated[str | None, typer.Option(help="User name; the password is read from KGBUILD_PASSWORD.")] = None,
    batch: Annotated[int, typer.Option(min=1, help="Triples of one request.")] = 10_000,
    add: Annotated[bool, typer.Option("--add", help="Keep what the graph holds, instead of replacing it.")] = False,
) -> None:
    """Load a graph into a SPARQL store, in batches; run it again to go on after a break.

    Example: kgbuild publish output/ http://localhost:3030/news/data --graph https://example.org/news
    """
    from kgbuild.publish import Target
    from kgbuild.publish import publish as send

    target = Target(url, graph, user, os.environ.get("KGBUILD_PASSWORD", ""))
    triples, sent = send(folder, target, batch, add)
    before = f", {triples - sent} of them by an earlier run" if sent < triples else ""
    print(f"{triples} triples in {target.address}{before}", file=sys.stderr)


@app.command()
def check(folder: Folder) -> None:
    """Prove a build: shapes, whole-graph checks, and every span against its source text.

    Example: kgbuild check output/
    """
    from kgbuild import check as checks

    report = checks.check(folder)
    for violation in report.violations:
        print(_clean(str(violation)))
    if report.violations:
        raise CheckError(
            f"{len(report.violations)} violations in {folder}; build it again, and report them if they stay"
        )
    print(report.summary)


@app.command()
def explain(
    folder: Folder,
    what: Annotated[str, typer.Argument(help="An entity's name, or the id or IRI of any record.")],
) -> None:
    """Show the sentences behind an entity, an event, a claim or a stance.

    Example: kgbuild explain output/ "John Kirby"
    """
    from kgbuild import pipeline
    from kgbuild.explain import explain as explanation

    for evidence in explanation(pipeline.open_build(folder).records, what):
        _evidence(evidence)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The earlier build folder.")],
    new: Annotated[Path, typer.Argument(help="The later build folder.")],
    form: Annotated[
        str, typer.Option("--format", "-f", help="text, or patch: an RDF Patch that makes the old graph the new one.")
    ] = "text",
) -> None:
    """Say what changed between two builds: entities merged or split, stances flipped, records gained, lost or altered.

    Example: kgbuild diff before/ after/
    """
    from kgbuild import pipeline
    from kgbuild.diff import difference, findings, rdf_patch

    if form not in ("text", "patch"):
        raise UsageError(f"unknown format {form!r}; known: text, patch")
    if form == "patch":
        for line in rdf_patch(old, new):
            sys.stdout.buffer.write(line.encode() + b"\n")
        return
    before, after = pipeline.read_records(old), pipeline.read_records(new)
    for finding in findings(before, after):
        print(_clean(finding))
    changes = difference(before, after)
    for change in changes:
        print(_clean(str(change)))
    if not changes:
        print("no difference")


@app.command()
def ref(
    topic: Annotated[
        str | None,
        typer.Argument(help="readers, writers, event-types, stance-kinds, questions or terms (default: all)."),
    ] = None,
) -> None:
    """List what exists, with examples: readers, writers, event types, stance kinds, questions, terms.

    Example: kgbuild ref event-types
    """
    from kgbuild.pipeline import reference

    tables = reference()
    if topic is not None and topic not in tables:
        raise UsageError(f"unknown topic {topic!r}; known: {', '.join(tables)}")
    for name, (columns, rows) in tables.items():
        if topic in (None, name):
            print(name if topic is None else "", end="\n" if topic is None else "")
            _table(columns, rows)


def _checked_base(base: str) -> str:
    """Raises UsageError unless the prefix is an http(s) IRI that ends in / or #."""
    import re

    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/([A-Za-z0-9._~/-]*[/#])?", base):
        raise UsageError(f"--base {base!r}: give an http or https IRI that ends in / (https://example.org/news/)")
    return base


def _changed(changes: Any) -> str:
    """What a build did, where it did not make the whole folder: " (1 new, 5 as they were)"."""
    parts = [(changes.new, "new"), (changes.replaced, "changed"), (changes.kept - changes.again, "as they were"),
             (changes.again, "processed again: program, settings or machine are others than before")]  # fmt: skip
    said = [f"{n} {words}" for n, words in parts if n]
    return f" ({', '.join(said)})" if changes.replaced or changes.kept else ""


def _gone(sources: Sequence[str], folder: Path) -> str:
    """One line on articles whose inputs are gone."""
    shown = ", ".join(_clean(s) for s in sources[:5]) + (" ..." if len(sources) > 5 else "")
    one = len(sources) == 1
    return (
        f"{len(sources)} article{' is' if one else 's are'} no longer in the inputs and stay{'s' if one else ''} in the graph: {shown}; "
        f"`kgbuild remove {folder} SOURCE` takes {'it' if one else 'them'} out"
    )


def _clean(text: str) -> str:
    return text.translate(CONTROL)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """A table with colour in a terminal, cards where it would not fit, tab-separated lines in a pipe."""
    cells = [[_clean(c or "") for c in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [list(columns), *cells]:
            print("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    widths = [max((len(row[n]) for row in [list(columns), *cells]), default=0) for n in range(len(columns))]
    if sum(widths) + 3 * len(widths) + 1 <= console.width:
        table = Table(*columns)
        for row in cells:
            table.add_row(*(Text(c) for c in row))
        console.print(table)
        return
    # Sentences do not fit into the columns of a table: a card each, its first value on top.
    for number, row in enumerate(cells):
        if number:
            console.print()
        console.print(Text(row[0], style="bold cyan"))
        card = Table.grid(padding=(0, 2))
        for name, cell in list(zip(columns, row, strict=True))[1:]:
            if cell:
                card.add_row(Text(f"  {name}", style="dim"), Text(cell))
        console.print(card)


def _evidence(evidence: Any) -> None:
    from rich.console import Console
    from rich.text import Text

    sentence = Text(_clean(evidence.sentence))
    sentence.stylize("bold", evidence.begin, evidence.end)
    for begin, end, job in evidence.parts:
        sentence.stylize(PART_STYLES[job], begin, end)
    console = Console()
    console.print(Text(evidence.label, style="bold cyan"), soft_wrap=True)
    console.print(Text("  ") + sentence, soft_wrap=True)
    console.print(Text(f"  {evidence.detail}", style="dim"), soft_wrap=True)
