"""The command line: arguments, progress, tables and messages; everything else is `pipeline`'s.

Its lines are many because each command's options stand with it; there is no logic to move out.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from kgbuild.apart import Lost, apart
from kgbuild.config import VERSION, Config
from kgbuild.errors import BuildFolderError, CheckError, InputError, KgbuildError, UsageError
from kgbuild.progress import shown
from kgbuild.records import Skipped
from kgbuild.reporting import changed, clean, evidence, gone, table
from kgbuild.runlog import RunLog, logged

__all__ = ["app", "main"]

app = typer.Typer(
    name="kgbuild",
    help="News articles to a knowledge graph: who did what to whom, who says so, and who stands where.",
    epilog="Exit status: 0 done, 1 error, 2 wrong call, 3 unusable input, 4 output cannot be written, 5 no build folder, "
    "6 language model, 7 rule file, 8 query, 9 check or doctor found faults, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

T = TypeVar("T")

INTERRUPTED = 130
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""Errors of a disk that takes nothing more, wherever they are met."""
LogJson = Annotated[
    str | None,
    typer.Option(
        help="File that gets a JSON line for each step, added to what it holds; - for standard error.", metavar="FILE|-"
    ),
]
F = TypeVar("F", bound=Callable[..., None])
Folder = Annotated[Path, typer.Argument(help="A build folder: what `kgbuild build -o` wrote.", metavar="FOLDER")]


def main() -> None:
    """Run the command line and exit with the documented status; one line on stderr for whatever went wrong."""
    # The encoder runs on one core; numpy's threads, started for products this small, would spin beside it: a quarter of all processor time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A reader that went away (`| head`) ends the process quietly, as it does for other tools.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    # Service managers and containers end a run with SIGTERM; as the first process of a container it would not even be heard.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        status = app(standalone_mode=False)  # typer turns Ctrl-C into a status of its own
        if status == INTERRUPTED:
            raise KeyboardInterrupt
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is left is to end
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
    except ImportError as error:
        if os.environ.get("KGBUILD_DEBUG"):
            raise
        _fail(f"a library cannot be loaded ({error}); `kgbuild doctor` says which, and what to do", 1)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, (str, bytes)) else ""
            _fail(f"{place}cannot be written ({error.strerror}); free space, and run it again", 4)
        # Click's own usage errors know how to show themselves; anything else is a fault of ours, shown in full on demand.
        if hasattr(error, "format_message"):
            _fail(f"{str(error.format_message()).rstrip('.')}; see `kgbuild --help`", 2)
        if os.environ.get("KGBUILD_DEBUG"):
            raise
        _fail(
            f"internal error ({type(error).__name__}: {error}); set KGBUILD_DEBUG=1 for the traceback, and report it", 1
        )


def _fail(message: str, status: int) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the end has begun: a second Ctrl-C would only spoil the line
    print("kgbuild: " + clean(" ".join(message.split())), file=sys.stderr)
    # An interrupt that fell into an exec() of a string, as modules do that make classes, stays marked as unhandled, and the interpreter would end
    # itself by signal instead of with this status; the next exec() takes the mark away.
    exec("")
    sys.exit(status)


def _command(name: str) -> Callable[[F], F]:
    """A command that takes --log-json beside its own options, and gets its log as `log`."""

    def taken(function: F) -> F:
        own = signature(function, eval_str=True)
        option = Parameter("log_json", Parameter.KEYWORD_ONLY, default=None, annotation=LogJson)

        @wraps(function)
        def run(*, log_json: str | None, **given: Any) -> None:
            with logged(log_json, name) as log:
                function(**given, log=log)

        run.__signature__ = own.replace(  # type: ignore[attr-defined]  # what typer reads options from
            parameters=[*(p for p in own.parameters.values() if p.name != "log"), option]
        )
        app.command(name)(run)
        return function

    return taken


@app.callback(invoke_without_command=True)
def _top(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        print(f"kgbuild {VERSION}")
        raise typer.Exit


@_command("build")
def build(
    inputs: Annotated[
        list[str],
        typer.Argument(
            help="Article files (text, HTML, JSONL, CSV, Parquet, RSS and Atom, WARC; also as .gz or .zst), folders, globs, or -."
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
    columns: Annotated[
        str,
        typer.Option(
            help="Columns of rows (CSV, JSONL, Parquet): text=body,title=headline,date=...,publisher=...,url=..."
        ),
    ] = "",
    text_field: Annotated[str | None, typer.Option(help="Column or key of the text in rows.")] = None,
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
    *,
    log: RunLog,
) -> None:
    """Read articles and add them to a graph: only what is new or changed is processed; `remove` takes articles out.

    Example: kgbuild build examples/ -o output/
    """
    # imported here and below so that --help and wrong calls answer at once
    from kgbuild.sources.columns import with_columns
    from kgbuild.workers.cores import workers_of

    if engine not in (None, "ray", "here"):
        raise UsageError(f"unknown engine {engine!r}; known: ray, and here (this process, by the same way)")
    if engine is None and (address or parts):
        raise UsageError("--address and --parts are for --engine ray")
    config = Config(
        base=_checked_base(base), model=model, knowledge=knowledge, entities=tuple(entities or ()), corrections=corrections,
        text_field=text_field, title_field=title_field, date_field=date_field, publisher_field=publisher_field, url_field=url_field,
        any_language=any_language, max_unpacked=int(max_unpacked * 1e9), workers=workers_of(workers) if workers is not None else None,
        engine=engine, address=address, parts=parts, time_limit=time_limit,
    )  # fmt: skip
    config = with_columns(config, columns)
    if partitioned:
        _partitioned(inputs, out, config, quiet, log)
    else:
        _built(inputs, Path(out), config, quiet, log)


def _built(inputs: Sequence[str], out: Path, config: Config, quiet: bool, log: RunLog) -> None:
    with shown(quiet or log.on_stderr, clean) as step:  # says that it reads before what takes time is imported
        from kgbuild import pipeline
        from kgbuild.records import Claim, Document, Entity, Event, Stance

        graph = pipeline.build(inputs, out, config, progress=log.following(step))
    changes = graph.changes
    assert changes is not None, "a build into a folder says what it changed"
    _say_skipped(changes.skipped, log)
    for source in changes.gone:
        log.write("gone", source=source)
    if changes.gone:
        log.tell(f"kgbuild: {gone(changes.gone, out)}")
    missing = [
        s.source for s in changes.skipped if s.source in inputs and s.source != "-" and not os.path.lexists(s.source)
    ]
    found = graph.counts
    if not quiet:
        kinds = ((Document, "article", "articles"), (Entity, "entity", "entities"), (Event, "event", "events"),
                 (Claim, "claim", "claims"), (Stance, "stance", "stances"))  # fmt: skip
        numbers = [(found.get(kind.__name__, 0), one, many) for kind, one, many in kinds]
        counts = [f"{n} {one if n == 1 else many}" for n, one, many in numbers]
        log.tell(
            f"{', '.join(counts)} in {out}{changed(changes)}; ask it with `kgbuild query {out} who-opposes NAME`, look at it with `kgbuild view {out}`"
        )
    if missing:
        raise InputError(f"{len(missing)} of the inputs named do not exist; the others were built")
    log.facts.update(counts=dict(found), new=changes.new, replaced=changes.replaced, kept=changes.kept, again=changes.again,
                     skipped=len(changes.skipped), gone=len(changes.gone))  # fmt: skip


def _say_skipped(items: Sequence[Skipped], log: RunLog) -> None:
    for item in items:
        log.say(f"kgbuild: skipped {clean(item.source)}: {clean(item.reason)}", "skipped", source=item.source, reason=item.reason)  # fmt: skip


def _partitioned(inputs: Sequence[str], place: str, config: Config, quiet: bool, log: RunLog) -> None:
    with shown(quiet or log.on_stderr, clean) as step:
        from kgbuild.partitioned import build_partitioned

        manifest = build_partitioned(inputs, place, config, log.following(step))
    _say_skipped([Skipped(s["source"], s["reason"]) for s in manifest["skipped"]], log)
    if not quiet:
        counts = ", ".join(f"{n} {kind}" for kind, n in manifest["counts"].items())
        log.tell(f"{counts} in {len(manifest['files'])} files under {place}")
    log.facts.update(counts=manifest["counts"], skipped=len(manifest["skipped"]))


@_command("gather")
def gather(
    place: Annotated[str, typer.Argument(help="Folder or URL of a graph in partitions.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Build folder to write.")],
    *,
    log: RunLog,
) -> None:
    """Make a build folder of a graph that was built with --partitioned.

    Example: kgbuild gather s3://bucket/news -o output/
    """
    from kgbuild.partitioned import gathered
    from kgbuild.pipeline import KnowledgeGraph

    records, manifest = gathered(place)
    skipped = [Skipped(s["source"], s["reason"]) for s in manifest["skipped"]]
    KnowledgeGraph(records, skipped, Config(base=manifest["base"]), manifest["versions"]).save(out)
    log.tell(f"{manifest['counts'].get('Document', 0)} articles in {out}")
    log.facts.update(counts=manifest["counts"], skipped=len(skipped))


@_command("remove")
def remove(
    folder: Folder,
    articles: Annotated[
        list[str],
        typer.Argument(help="Articles by source name, file, id or IRI; `kgbuild query FOLDER articles` lists them."),
    ],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
    *,
    log: RunLog,
) -> None:
    """Take articles out of a graph; all that is drawn from several articles is brought up to date.

    Example: kgbuild remove output/ old-story.txt
    """
    from kgbuild import pipeline

    with shown(quiet or log.on_stderr, clean) as step:
        graph = pipeline.remove(folder, articles, progress=log.following(step))
    assert graph.changes is not None, "a removal says what it changed"
    _say_skipped(graph.changes.skipped, log)
    count, left = graph.changes.removed, graph.changes.kept
    if not quiet:
        log.tell(f"{count} article{'' if count == 1 else 's'} removed, {left} left in {folder}")
    log.facts.update(counts=dict(graph.counts), removed=count, kept=left)


@_command("query")
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
    *,
    log: RunLog,
) -> None:
    """Ask a graph a named question or any SPARQL query.

    Example: kgbuild query output/ who-opposes Russia
    """
    from kgbuild import query as questions

    if show:
        table(
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
    if questions.asks_of_aggregates(text):
        _refresh(folder, log)
    result = _aside(folder, lambda: questions.run(open_store(folder), text, *(arguments or []), seconds=seconds))
    log.facts["rows"] = len(result)
    form = form or ("turtle" if result.graph is not None else "table" if sys.stdout.isatty() else "tsv")
    if form == "table" and result.graph is None:
        table(result.variables, result.rows)
        if not result.rows:
            log.tell("no answer")
    else:
        sys.stdout.write(result.dump(form))


@_command("export")
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
    *,
    log: RunLog,
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


@_command("serve")
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
    *,
    log: RunLog,
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
    _refresh(folder, log)

    def ready(address: str) -> None:
        log.say(f"{folder} at {address} (Ctrl-C ends it)", "listening", address=address)

    run(folder, host, port, settings, ready)


@_command("publish")
def publish(
    folder: Folder,
    url: Annotated[str, typer.Argument(help="Address of a Graph Store: http://localhost:3030/ds/data")],
    graph: Annotated[
        str | None, typer.Option(help="IRI of the graph to fill; the store's default graph otherwise.")
    ] = None,
    user: Annotated[str | None, typer.Option(help="User name; the password is read from KGBUILD_PASSWORD.")] = None,
    batch: Annotated[int, typer.Option(min=1, help="Triples of one request.")] = 10_000,
    add: Annotated[bool, typer.Option("--add", help="Keep what the graph holds, instead of replacing it.")] = False,
    *,
    log: RunLog,
) -> None:
    """Load a graph into a SPARQL store, in batches; run it again to go on after a break.

    Example: kgbuild publish output/ http://localhost:3030/news/data --graph https://example.org/news
    """
    from kgbuild.publish import Target
    from kgbuild.publish import publish as send

    target = Target(url, graph, user, os.environ.get("KGBUILD_PASSWORD", ""))
    _refresh(folder, log)
    triples, sent = send(folder, target, batch, add)
    before = f", {triples - sent} of them by an earlier run" if sent < triples else ""
    log.tell(f"{triples} triples in {target.address}{before}")
    log.facts.update(triples=triples, sent=sent)


@_command("check")
def check(folder: Folder, *, log: RunLog) -> None:
    """Prove a build: shapes, whole-graph checks, and every span against its source text.

    Example: kgbuild check output/
    """
    from kgbuild import check as checks

    report = _aside(folder, lambda: checks.check(folder))
    for violation in report.violations:
        print(clean(str(violation)))
    if report.violations:
        raise CheckError(
            f"{len(report.violations)} violations in {folder}; build it again, and report them if they stay"
        )
    print(report.summary)


@app.command()
def doctor(
    folder: Annotated[
        Path | None, typer.Argument(help="A build folder, or where one is to be made.", metavar="[OUT]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The findings as one JSON object.")] = False,
) -> None:
    """Say whether kgbuild can work here: libraries, model, entity base, extras, memory, disk, and the health of a build folder.

    Ends with status 9 when a line says fail. Example: kgbuild doctor output/
    """
    import json

    from kgbuild.doctor import examine

    findings = []
    for finding in examine(folder):
        findings.append(finding)
        if not as_json:
            print(clean(str(finding)), flush=True)
    failed = sum(f.level == "fail" for f in findings)
    if as_json:
        rows = [{"name": f.name, "level": f.level, "says": f.says} for f in findings]
        print(json.dumps({"version": VERSION, "ok": not failed, "findings": rows}, indent=1))
    if failed:
        raise CheckError(f"{failed} of {len(findings)} findings are faults; what to do stands beside each")


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

    for found in explanation(pipeline.open_build(folder).records, what):
        evidence(found)


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
        print(clean(finding))
    changes = difference(before, after)
    for change in changes:
        print(clean(str(change)))
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
            table(columns, rows)


def _aside(folder: Path, work: Callable[[], T]) -> T:
    """What `work` gives, of a process of its own: libraries that get no memory end the one they are in, without a line of ours."""
    if os.environ.get("KGBUILD_DEBUG"):
        return work()  # with the whole traceback
    try:
        return apart(work)
    except Lost as error:
        raise KgbuildError(f"{folder}: ended before it was done ({error}), nearly always for lack of memory; give it more") from error  # fmt: skip


def _refresh(folder: Path, log: RunLog) -> None:
    """Have the aggregates of a large folder drawn, and say so when that takes a while."""
    from kgbuild.pipeline import refresh

    refresh(folder, lambda line: log.tell(f"kgbuild: {folder}: {line}"))


def _checked_base(base: str) -> str:
    """Raises UsageError unless the prefix is an http(s) IRI that ends in / or #."""
    import re

    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/([A-Za-z0-9._~/-]*[/#])?", base):
        raise UsageError(f"--base {base!r}: give an http or https IRI that ends in / (https://example.org/news/)")
    return base
