"""Mutated input to everything that reads input: crashes, hangs and messages of several lines, each to be 0.

`python -m bench fuzz --target query --runs 10000` (--target all: each in turn) changes seeds at random: half of the cases word by word, which keeps more
of them well-formed, the others byte by byte: bits, cuts, copies, splices, words of the format. With atheris installed and --atheris, libFuzzer looks
for new paths through the code instead. A case may be accepted, or refused with an error of kgbuild's own in one line; everything else is a crash, the end of
the process by a native library included. The first case of each kind of crash is written to --predictions, when given.

A target is one entry of `TARGETS`: a function that gets an empty folder to work in and gives its seeds and the function to call with each
case. A reader of articles belongs in `bench/fuzz_sources.py`, whose `TARGETS` are taken in when the module is there.
"""

from __future__ import annotations

import argparse
import faulthandler
import importlib.util
import io
import json
import multiprocessing
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

from kgbuild.config import Config
from kgbuild.errors import KgbuildError, UsageError

__all__ = ["TARGETS", "Target", "crashes", "mutated"]

SECONDS = 10.0
"""A case that takes longer hangs."""
LONGEST = 100_000
"""Bytes of a case."""
MEMORY = 6 << 30
"""Bytes of address space for all cases of a process: one that wants more is a crash, not the end of the machine."""
SEED = 17

Case = Callable[[bytes], object]


@dataclass(frozen=True)
class Target:
    """What it is, the words of its format, and `make`: an empty folder -> the seeds, and the function that takes a case."""

    about: str
    make: Callable[[Path], tuple[Sequence[bytes], Case]]
    words: tuple[bytes, ...] = ()


class Hang(BaseException):
    """A case ran over its time; not an Exception, so that no code under test takes it for one."""


def mutated(seeds: Sequence[bytes], words: Sequence[bytes], rng: random.Random) -> bytes:
    """A seed with one to six changes, most often one: what is changed a lot gets no further than the door."""
    changed = _by_words(seeds, rng) if rng.randrange(2) else _by_bytes(seeds, words, rng)
    return changed[:LONGEST]


_WORD = re.compile(rb'"[^"\n]{0,300}"|<[^<>\s]{0,300}>|[0-9]+|[\w:\x80-\xff-]+|\s+|.', re.DOTALL)


@lru_cache(1000)
def _words_of(seed: bytes) -> tuple[bytes, ...]:
    return tuple(_WORD.findall(seed))


def _by_words(seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """Words left out, doubled, exchanged, and others in their place, most often of their sort: text in quotes for text in quotes, a number for a number."""
    out = list(_words_of(rng.choice(seeds)))
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        if not out:
            break
        at, kind = rng.randrange(len(out)), rng.randrange(6)
        if kind == 0:
            del out[at : at + rng.choice((1, 1, 4))]
        elif kind == 1:
            out[at:at] = out[at : at + rng.choice((1, 4, 40))] * rng.choice((1, 1, 30))
        elif kind == 2:
            other = rng.randrange(len(out))
            out[at], out[other] = out[other], out[at]
        else:
            for _ in range(8):
                new = rng.choice(_words_of(rng.choice(seeds)) or (b"",))
                if kind == 3 or _sort_of(new) == _sort_of(out[at]):
                    out[at] = new
                    break
    return b"".join(out)


def _sort_of(word: bytes) -> bytes:
    first = word[:1]
    return b"0" if first.isdigit() else b"a" if first.isalpha() or first > b"\x7f" else first


def _by_bytes(seeds: Sequence[bytes], words: Sequence[bytes], rng: random.Random) -> bytes:
    out = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        at = rng.randint(0, len(out))
        end = min(len(out), at + rng.choice((1, 2, 4, 16, 64, 400)))
        kind = rng.randrange(8)
        if kind == 0 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del out[at:end]
        elif kind == 2:
            out[at:at] = out[at:end] * rng.choice((1, 2, 30))
        elif kind == 3 and words:
            out[at:at] = rng.choice(words)
        elif kind == 4:
            other = rng.choice(seeds)
            out[at:] = other[rng.randint(0, len(other)) :]
        elif kind == 5:
            out[at:at] = rng.choice((b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\r", b"\n", b"\x1b[2J", b"\xe2\x80\xae", b"9" * 400, b"(" * 300, b"[" * 5000))  # fmt: skip
        elif kind == 6:
            del out[at:]
        elif out:
            out[at : at + 1] = bytes([rng.randrange(256)])
    return bytes(out)


def crashes(target: Target, runs: int, seed: int = SEED) -> tuple[dict[str, tuple[bytes, int]], int]:
    """What went wrong in so many cases: kind -> its first case and how often; and how many cases were accepted.

    A process of its own does them: what ends or hangs it, or is left running in it, costs one case, and the next process goes on behind it.
    """
    found: dict[str, tuple[bytes, int]] = {}
    accepted = done = 0
    seeds: Sequence[bytes] = ()

    def note(kind: str | None) -> None:
        nonlocal accepted, done
        accepted += kind is None
        if kind:
            first, times = found.get(kind, (_case_of(target, seeds, done, seed), 0))
            found[kind] = (first, times + 1)
        done += 1

    fork = multiprocessing.get_context("fork")
    while done < runs:
        with tempfile.TemporaryDirectory() as place:
            ours, theirs = fork.Pipe()
            worker = fork.Process(target=_cases, args=(target, Path(place), range(done, runs), seed, theirs))
            worker.start()
            theirs.close()
            stuck = False
            try:
                seeds = ours.recv()
                while done < runs and not stuck:
                    if ours.poll(3 * SECONDS):
                        note(ours.recv())
                    else:
                        stuck = True
                        os.kill(worker.pid or 0, signal.SIGABRT)  # tells where it is, on stderr
            except EOFError:
                pass
            worker.join()
            if not seeds:
                raise RuntimeError(f"the target was not made: status {worker.exitcode}")
            if worker.exitcode:
                note(f"hang: over {3 * SECONDS:.0f} s, and no signal is heard" if stuck else f"the end of the process, status {worker.exitcode}")  # fmt: skip
    return found, accepted


def _case_of(target: Target, seeds: Sequence[bytes], number: int, seed: int) -> bytes:
    """The seeds themselves first: a target that refuses its own seeds tests nothing."""
    if number < len(seeds):
        return seeds[number]
    return mutated(seeds, target.words, random.Random(seed * 1_000_003 + number))


def _cases(target: Target, place: Path, numbers: range, seed: int, told: Connection[Any, Any]) -> None:
    """Tell the seeds and then what came of each case, until one leaves something running."""
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seeds, case = target.make(place)
    told.send(seeds)
    threads = threading.active_count()
    for number in numbers:
        told.send(_kind(case, _case_of(target, seeds, number, seed)))
        if threading.active_count() > threads:
            return


def _kind(case: Case, data: bytes) -> str | None:
    """None: accepted. "": refused in one line. Else what went wrong."""
    try:
        with _limited():
            case(data)
    except KgbuildError as error:
        message = str(error)
        return "" if message.strip() and "\n" not in message else f"message of {type(error).__name__}: {message!r:.200}"
    except Hang:
        return f"hang: over {SECONDS:.0f} s"
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)
        ours = next((f for f in reversed(last) if "kgbuild" in f.filename), last[-1])
        return f"{type(error).__name__} in {Path(ours.filename).name}:{ours.lineno}"
    return None


@contextmanager
def _limited() -> Iterator[None]:
    """Raises Hang after the time of a case; code that no signal reaches is ended by `crashes`."""

    def over(signum: int, frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when a case crashed or hung."""
    targets = all_targets()
    wanted = list(targets) if options.target in (None, "all") else [options.target]
    if wanted[0] not in targets:
        raise SystemExit(f"unknown target {wanted[0]!r}; known: all, {', '.join(targets)}")
    runs, worst = options.runs, 0
    for name in wanted:
        if options.atheris:
            worst = max(worst, _by_atheris(name, runs))
            continue
        begun = time.monotonic()
        found, accepted = crashes(targets[name], runs)
        print(f"{name}: {runs} cases, {accepted} accepted, {sum(n for _, n in found.values())} crashes or hangs of {len(found)} kinds, {time.monotonic() - begun:.0f} s", flush=True)  # fmt: skip
        for kind, (data, times) in found.items():
            print(f"  {times} times {kind}, first by {data[:120]!r}")
            if options.predictions:
                folder = Path(options.predictions)
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{name}-{sha256(data).hexdigest()[:12]}").write_bytes(data)
        worst = max(worst, int(bool(found)))
    return worst


def _by_atheris(name: str, runs: int) -> int:
    """libFuzzer over one target, in a process of its own, which it ends by itself."""
    if importlib.util.find_spec("atheris") is None:
        raise SystemExit("--atheris needs it: pip install atheris")
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run([sys.executable, "-m", "bench.fuzz", name, str(runs), place], check=False)
    print(f"{name}: {runs} runs of libFuzzer, status {done.returncode}")
    return int(done.returncode != 0)


def _atheris_child(name: str, runs: int, place: str) -> None:
    import atheris

    with atheris.instrument_imports(include=["kgbuild"]):
        target = all_targets()[name]
        work = Path(place) / "work"
        work.mkdir()
        seeds, case = target.make(work)
        for data in seeds:  # what a case imports when it first runs is watched, too
            _kind(case, data)
    corpus = Path(place) / "corpus"
    corpus.mkdir()
    for number, data in enumerate(seeds):
        (corpus / str(number)).write_bytes(data)
    (Path(place) / "words").write_text(
        "".join('"' + "".join(f"\\x{b:02x}" for b in w) + '"\n' for w in target.words), encoding="ascii"
    )

    def once(data: bytes) -> None:
        kind = _kind_of_atheris(case, data)
        if kind:
            raise RuntimeError(kind)

    atheris.Setup([sys.argv[0], f"-runs={runs}", f"-timeout={SECONDS:.0f}", f"-max_len={LONGEST}", f"-seed={SEED}", f"-dict={place}/words",
                   f"-artifact_prefix={place}/", "-rss_limit_mb=4096", "-verbosity=0", str(corpus)], once)  # fmt: skip
    atheris.Fuzz()


def _kind_of_atheris(case: Case, data: bytes) -> str:
    """As `_kind`; libFuzzer keeps the time itself."""
    try:
        case(data)
    except KgbuildError as error:
        message = str(error)
        return "" if message.strip() and "\n" not in message else f"message of {type(error).__name__}: {message!r:.200}"
    return ""


# --- what a user hands in


def _as_file(name: str, seeds: Sequence[str], read: Callable[[Path], object]) -> Callable[[Path], Any]:
    """A target that reads one file."""

    def make(place: Path) -> tuple[Sequence[bytes], Case]:
        file = place / name

        def case(data: bytes) -> None:
            file.write_bytes(data)
            read(file)

        return [s.encode() for s in seeds], case

    return make


def _corrections(file: Path) -> None:
    from kgbuild.resolve import read_corrections

    good, bad = read_corrections(file)
    for text in (*map(str, good), *(s.reason for s in bad)):
        assert "\n" not in text, "a message of several lines"


def _own(file: Path) -> None:
    from kgbuild.knowledge.own import read_own

    _, refused = read_own(
        [file], lambda i: "Russia" if i == "Q159" else None, lambda c: "Russia" if c == "RU" else None
    )
    assert all("\n" not in s.reason for s in refused), "a message of several lines"


CORRECTIONS_YAML = (
    "- merge: Wang Yi\n  into: Q15901\n  because: same minister\n- rename: Old Quay\n  to: Older Quay\n",
    "- reject: Nobody\n- split: Ann Lee\n  in: article/0123\n",
)
CORRECTIONS_TSV = ("action\tentity\tother\tarticle\tbecause\nmerge\tWang Yi\tQ15901\t\tsame\nreject\tNobody\t\t\t\n",)
OWN_TSV = (
    "id\tname\ttype\taliases\tlat\tlong\tcountry\tmember_of\trole\tfrom\tto\nquay\tOld Quay\tfacility\tThe Quay|Quay\t58.3\t26.7\tEE\t\t\t\t\n"
    "kask\tLiis Kask\tperson\t\t\t\t\tboard\tdirector\t2019-05\t2021\nboard\tHarbour Board\torganization\t\t\t\t\t\t\t\t\n",
    "id\tname\nQ159\t\n",
)
OWN_TURTLE = (
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix schema: <https://schema.org/> .\n@prefix ex: <https://example.org/> .\n"
    'ex:quay a schema:Place ; skos:prefLabel "Old Quay"@en ; skos:altLabel "Quay" ; schema:latitude 58.3 ; schema:longitude 26.7 .\n'
    'ex:kask a schema:Person ; skos:prefLabel "Liis Kask" ; schema:memberOf ex:board .\n',
)  # fmt: skip


OPTIONS = (
    "--columns\ntext=body,title=headline\n--base\nhttps://example.org/news/\n--any-language", "--text-field=body\n--date-field\ndate\n--max-unpacked\n0.5\n--workers=2",
    "--workers\nauto\n--time-limit\n1.5\n--quiet\n--entities\na.tsv\n--entities\nb.ttl", "--engine\nray\n--address\nauto\n--parts\n/shared\n--partitioned",
    "--corrections\nfix.yaml\n--model\nen\n--knowledge=k.sqlite\n--title-field\ntitle\n--publisher-field\nby\n--url-field\nlink",
)  # fmt: skip


def _options(place: Path) -> tuple[Sequence[bytes], Case]:
    """The words after `kgbuild build FILE -o OUT`, a line each: the file is read with the settings they make; nothing is built."""
    from typer.main import get_command

    from kgbuild import cli
    from kgbuild.sources import read

    file = place / "a.csv"
    file.write_text(
        "headline,body,date,link\nTalks,Ann Lee met Bob Ray in Arland.,2021-05-04,https://e.org\n", encoding="utf-8"
    )

    def take(inputs: Sequence[str], out: object, config: Config, *more: object) -> None:
        assert list(read([str(file)], config)), "neither an article nor a reason"

    command = get_command(cli.app)
    cli._built = cli._partitioned = take  # type: ignore[assignment]  # in a process that does nothing else

    def case(data: bytes) -> None:
        words = data.decode("utf-8", "surrogateescape").split("\n")
        try:
            with redirect_stdout(io.StringIO()):  # --help
                command.main(["build", str(file), "-o", str(place / "out"), *words], standalone_mode=False)
        except Exception as error:
            if not hasattr(error, "format_message"):
                raise
            raise UsageError(" ".join(error.format_message().split())) from error  # as `main` says it

    return [o.encode() for o in OPTIONS], case


# --- what a folder is read back from


def small_build(place: Path) -> Path:
    """A build folder of one article of the sample build."""
    from bench.resample import article_records
    from kgbuild import pipeline, resolve

    sample = Path(__file__).resolve().parents[1] / "output"
    records = min(article_records(pipeline.read_records(sample)), key=len)
    return pipeline.KnowledgeGraph(resolve.resolve(list(records), [], [])).save(place / "build")


def _in_build(name: str, read: Callable[[Path], object]) -> Callable[[Path], Any]:
    """A target that reads a whole folder in which one file was changed."""

    def make(place: Path) -> tuple[Sequence[bytes], Case]:
        folder = small_build(place)
        file = folder / name
        seeds = [file.read_bytes()] if file.exists() else []
        if name.endswith("journal.json"):
            seeds = [json.dumps({"generation": 9, "put": ["graph.ttl"], "drop": ["articles/x.ttl"]}).encode()]

        def case(data: bytes) -> None:
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(data)
            read(folder)

        return seeds, case

    return make


def _check(folder: Path) -> None:
    from kgbuild.check import check

    for violation in check(folder).violations:
        assert str(violation), "a violation says something"


def _opened(folder: Path) -> None:
    from kgbuild import pipeline

    pipeline.open_build(folder)


def _drawn(folder: Path) -> None:
    from kgbuild import pipeline
    from kgbuild.export import dump

    graph = pipeline.open_build(folder)
    for form in ("turtle", "graphml", "html"):
        dump(form, graph.records, graph.config)


def _records(place: Path) -> tuple[Sequence[bytes], Case]:
    """Lines of records: what is read is written as it was, whatever its values."""
    from kgbuild.errors import BuildFolderError
    from kgbuild.records import from_json, to_json

    seeds = (small_build(place) / "records.jsonl").read_bytes().splitlines()

    def case(data: bytes) -> None:
        try:
            record = from_json(data.decode("utf-8", "replace"))
        except ValueError as error:
            raise BuildFolderError(" ".join(str(error).split())) from error  # as a reader of a folder says it
        assert from_json(to_json(record)) == record, "another record when it is read again"

    return seeds, case


def _stored(folder: Path) -> None:
    from kgbuild.store import open_store

    open_store(folder)


# --- questions


QUERIES = (
    "SELECT ?s ?o { ?s kg:opposes ?o } ORDER BY ?s LIMIT 5",
    'SELECT (COUNT(*) AS ?n) { ?e a kg:Event ; kg:evidence/oa:exact ?t . FILTER(CONTAINS(?t, "war") && !BOUND(?n)) } GROUP BY ?e HAVING (?n > 1)',
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . OPTIONAL { ?o a ?c } MINUS { ?s kg:said ?x } } LIMIT 3",
    "ASK { VALUES ?x { kg:Event 1 2.5 true } BIND(REPLACE(STR(?x), '(a+)+b', 'c') AS ?y) }",
    "DESCRIBE ?x { ?x rdfs:label ?l . FILTER(REGEX(?l, '^A.*n$', 'i')) }",
    "PREFIX a: <http://a/> SELECT * { { SELECT ?x { ?x a ?y } } UNION { GRAPH ?g { ?x (a:p|^a:q)* ?y } } }",
)
QUERY_WORDS = tuple(
    w.encode() for w in "SELECT WHERE FILTER OPTIONAL UNION GRAPH SERVICE <http://localhost:1/> INSERT DATA DROP ALL LOAD BIND VALUES REGEX GROUP_CONCAT "
    "{ } ( ) * + ? ^ / | ?x kg:Event \"\"\" ''' \\u0000 \\uD800 @en ^^xsd:date << >> # FROM NAMED <file:///etc/passwd> LIMIT -1 OFFSET 1e9".split(" ")
)  # fmt: skip


def _query(place: Path) -> tuple[Sequence[bytes], Case]:
    from kgbuild import query
    from kgbuild.store import open_store

    store = open_store(small_build(place))

    def case(data: bytes) -> None:
        # As a shell hands it over: bytes that are no text become surrogates.
        result = query.run(store, data.decode("utf-8", "surrogateescape"), seconds=SECONDS / 5)
        for form in ("csv", "json") if result.graph is None else ("turtle",):
            result.dump(form)

    return [q.encode() for q in QUERIES], case


def _question(place: Path) -> tuple[Sequence[bytes], Case]:
    from kgbuild import query
    from kgbuild.store import open_store

    store = open_store(small_build(place))

    def case(data: bytes) -> None:
        name, *words = data.decode("utf-8", "surrogateescape").split("\t")
        query.run(store, name, *words, seconds=SECONDS / 5)

    names = [q.name for q in query.named_questions()]
    return [f"{n}\tRussia".encode() for n in names] + [n.encode() for n in names], case


REQUESTS = (
    "GET /sparql?query=SELECT%20*%20%7B%3Fs%20kg%3Aopposes%20%3Fo%7D%20LIMIT%203\nHOST: localhost\nACCEPT: application/sparql-results+json;q=0.9, */*\n\n",
    "POST /sparql\nHOST: localhost:8765\nCONTENT_TYPE: application/x-www-form-urlencoded; charset=utf-8\n\nquery=ASK%20%7B%3Fs%20%3Fp%20%3Fo%7D&default-graph-uri=urn%3Ax",
    "GET /sparql?query=ASK%7B%7D&default-graph-uri=a%0Ab\nHOST: localhost\n\n",
    "POST /sparql?named-graph-uri=urn:x\nHOST: [::1]\nCONTENT_TYPE: application/sparql-query\nACCEPT: text/csv\n\nSELECT ?s { ?s a kg:Event }",
    "GET /graphs?default\nHOST: 127.0.0.1\nACCEPT: text/turtle\n\n", "GET /graphs?graph=article/x\nHOST: localhost\nORIGIN: https://example.org\n\n",
    "GET /actor/russia-q159\nHOST: localhost\nACCEPT: application/ld+json\n\n", "HEAD /.well-known/void\nHOST: localhost\n\n", "OPTIONS /sparql\nHOST: localhost\n\n",
    "GET /static/editor.js\nHOST: localhost\n\n", "GET /questions\nHOST: localhost\nSEC_FETCH_SITE: cross-site\n\n",
)  # fmt: skip
REQUEST_WORDS = tuple(
    w.encode() for w in "%00 %ff %ED%A0%80 ../ /static/../ ;q= ;q=nan ;q=9e999 , */* text/html query= update= & # ? [ ] : @ 0x7f.1 charset=utf-16 \xe9".split(" ")
)  # fmt: skip


def _endpoint(place: Path) -> tuple[Sequence[bytes], Case]:
    import atexit

    from kgbuild.endpoint.app import REASONS, Application
    from kgbuild.endpoint.pool import Keeper
    from kgbuild.endpoint.settings import Settings

    settings = Settings(seconds=SECONDS / 2, workers=1)
    keeper = Keeper(small_build(place), settings)
    atexit.register(keeper.close)
    app = Application(keeper, settings)

    def case(data: bytes) -> None:
        head, _, body = data.partition(b"\n\n")
        first, *lines = head.decode("latin-1").split("\n")  # as WSGI hands bytes over
        method, _, target = first.partition(" ")
        path, _, parameters = target.partition("?")
        environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": parameters, "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body)}  # fmt: skip
        for line in lines:
            name, _, value = line.partition(": ")
            environ[name if name == "CONTENT_TYPE" else f"HTTP_{name}"] = value
        told: list[str] = []
        answer = b"".join(app(environ, lambda status, headers: told.append(status)))
        status = int(told[0].split()[0])
        assert status in REASONS and status != 500, (status, answer[:200])
        if status >= 400 and status != 421:
            # Refused: what went wrong in one line. Counted as the command line's refusals are.
            raise UsageError(answer.decode("utf-8").rstrip("\n") or "no body of HEAD")

    return [r.encode() for r in REQUESTS], case


TARGETS: dict[str, Target] = {
    "endpoint": Target("requests to the endpoint", _endpoint, REQUEST_WORDS),
    "query": Target("SPARQL text", _query, QUERY_WORDS),
    "question": Target("a named question and its words", _question, (b"\t", b"Russia", b"-1", b'" } DROP ALL #', b"<", b"kg:")),
    "corrections-yaml": Target("corrections of entities in YAML", _as_file("fix.yaml", CORRECTIONS_YAML, _corrections), (b"- ", b"&a ", b"*a", b"!!python/object:os.system ", b"<<: ", b"? ", b"|\n", b"2020-13-45", b"0x1", b"null")),
    "corrections-tsv": Target("the same in TSV", _as_file("fix.tsv", CORRECTIONS_TSV, _corrections), (b"\t", b"merge", b"split", b'"')),
    "entities-tsv": Target("own entities in TSV", _as_file("own.tsv", OWN_TSV, _own), (b"\t", b"|", b"1e999", b"nan", b"0000-00-00", b"Q159", b'"')),
    "entities-turtle": Target("own entities in Turtle", _as_file("own.ttl", OWN_TURTLE, _own), (b"@prefix", b"@base <x> .", b"_:b", b"[ ]", b"( )", b'"""', b"\\uD800", b"^^", b"@en", b"<<")),
    "options": Target("the command line's options", _options, (b"\n", b"=", b"--", b"-q\n", b"--help\n", b"1e999", b"nan", b"-1", b"http://", b",")),
    "records": Target("lines of records", _records, (b"null", b"[]", b"{}", b"-1", b"1e999", b'"\\ud800"', b"NaN", b"true", b"Entity", b"Document")),
    "folder": Target("a folder with changed records, opened and drawn", _in_build("records.jsonl", _drawn), (b"null", b"[]", b'"State"')),
    "manifest": Target("manifest.json", _in_build("manifest.json", _opened), (b"null", b"[]", b"{}", b"-1", b"1e999", b'"\\ud800"', b"true", b'"skipped": 1,', b'"base": "",')),
    "graph": Target("graph.ttl", _in_build("graph.ttl", _stored), (b"@prefix", b"@base <x> .", b"_:b", b"[ ]", b'"""', b"\\uD800", b"^^", b"@en", b"<<")),
    "check": Target("a folder with a changed manifest, proven", _in_build("manifest.json", _check), (b"null", b"[]", b"{}", b'"../../x": "0",', b'"files": 3,')),
    "journal": Target("the journal of an interrupted build", _in_build("store/journal.json", _opened), (b"null", b"[]", b"../", b"/", b'"put": 3,', b"-1", b"\\u0000")),
}  # fmt: skip
"""Name -> target, everything but readers of articles."""


def all_targets() -> dict[str, Target]:
    """Ours, and those of the readers of articles."""
    if importlib.util.find_spec("bench.fuzz_sources") is None:
        return dict(TARGETS)
    more: dict[str, Target] = importlib.import_module("bench.fuzz_sources").TARGETS
    return TARGETS | more


if __name__ == "__main__":
    _atheris_child(sys.argv[1], int(sys.argv[2]), sys.argv[3])
