"""Mutated input to everything that reads input: crashes, hangs and messages of several lines, each to be 0.

`python -m bench fuzz --target query --runs 10000` (--target all: each in turn) changes seeds at random: bits, cuts, copies, splices, words of
the format. With atheris installed and --atheris, libFuzzer looks for new paths through the code instead. A case may be accepted, or refused with an error of
kgbuild's own in one line; everything else is a crash. The first case of each kind of crash is written to --predictions, when given.

A target is one entry of `TARGETS`: a function that gets an empty folder to work in and gives its seeds and the function to call with each
case. A reader of articles belongs in `bench/fuzz_sources.py`, whose `TARGETS` are taken in when the module is there.
"""

from __future__ import annotations

import argparse
import faulthandler
import importlib.util
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any

from kgbuild.errors import KgbuildError, UsageError

__all__ = ["TARGETS", "Target", "crashes", "mutated"]

SECONDS = 10.0
"""A case that takes longer hangs."""
LONGEST = 100_000
"""Bytes of a case."""
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
    return bytes(out[:LONGEST])


def crashes(target: Target, runs: int, seed: int = SEED) -> tuple[dict[str, tuple[bytes, int]], int]:
    """What went wrong in so many cases: kind -> its first case and how often; and how many cases were accepted."""
    rng = random.Random(seed)
    found: dict[str, tuple[bytes, int]] = {}
    accepted = 0
    with tempfile.TemporaryDirectory() as place:
        seeds, case = target.make(Path(place))
        for number in range(runs):
            if number % 20 == 0:  # a thread each time: not for every case
                faulthandler.dump_traceback_later(60 * SECONDS, exit=True)
            # the seeds themselves first: a target that refuses its own seeds tests nothing
            data = seeds[number] if number < len(seeds) else mutated(seeds, target.words, rng)
            kind = _kind(case, data)
            accepted += kind is None
            if kind:
                first, times = found.get(kind, (data, 0))
                found[kind] = (first, times + 1)
    faulthandler.cancel_dump_traceback_later()
    return found, accepted


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
    """Raises Hang after the time of a case; code that no signal reaches is ended by the watchdog of `crashes`, with its stack on stderr."""

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
        result = query.run(store, data.decode("utf-8", "surrogateescape"))
        for form in ("csv", "json") if result.graph is None else ("turtle",):
            result.dump(form)

    return [q.encode() for q in QUERIES], case


def _question(place: Path) -> tuple[Sequence[bytes], Case]:
    from kgbuild import query
    from kgbuild.store import open_store

    store = open_store(small_build(place))

    def case(data: bytes) -> None:
        name, *words = data.decode("utf-8", "surrogateescape").split("\t")
        query.run(store, name, *words)

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
    import io

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
