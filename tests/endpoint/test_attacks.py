"""What an endpoint must survive: each attack gets a clear refusal, and the next client its answer."""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest
from serving import Endpoint, serving

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def unharmed(endpoint: Endpoint):  # type: ignore[no-untyped-def]
    before = endpoint.query(COUNT).text
    yield
    assert endpoint.query(COUNT).text == before
    assert endpoint.process.poll() is None


@pytest.mark.parametrize(
    "text",
    ["SELECT * { ?s ?p ", "", "hello", "SELECT * { ?s nope:x ?o }", "SELECT (1 AS ?x) (2 AS ?x) {}", "SELECT * FROM <no iri> {}", "\x00", "BASE <http://[> SELECT * {}"],
)  # fmt: skip
def test_malformed_queries_are_400_with_one_line(endpoint: Endpoint, text: str) -> None:
    reply = endpoint.query(text)
    assert reply.status == 400 and reply.text.count("\n") == 1 and reply.media == "text/plain"
    assert "Traceback" not in reply.text and str(endpoint.folder) not in reply.text


@pytest.mark.parametrize(
    "update",
    ["DROP ALL", "INSERT DATA { <http://a> <http://b> <http://c> }", "LOAD <file:///etc/passwd>", "CLEAR DEFAULT"],
)
def test_updates_are_403_however_they_come(endpoint: Endpoint, update: str) -> None:
    for reply in (
        endpoint.send("POST", "/sparql", urlencode({"update": update}).encode(), Content_Type=FORM),
        endpoint.send("POST", "/sparql", update.encode(), Content_Type="application/sparql-update"),
        endpoint.get("/sparql?" + urlencode({"update": update})),
        endpoint.query(update),
        endpoint.send("POST", "/sparql", update.encode(), Content_Type="application/sparql-query"),
    ):
        assert reply.status == 403 and "update" in reply.text


def test_other_ways_to_call_are_told_what_is_right(endpoint: Endpoint) -> None:
    assert endpoint.send("PUT", "/sparql", b"x").status == 405
    assert endpoint.send("POST", "/sparql", b"x", Content_Type="text/plain").status == 415
    assert endpoint.send("POST", "/sparql", b"x").status == 415
    assert endpoint.send("POST", "/sparql", b"query=\xff", Content_Type=FORM).status == 400
    assert endpoint.send("POST", "/sparql", b"query=%ff", Content_Type=FORM).status == 400
    assert (
        endpoint.send(
            "POST", "/sparql", COUNT.encode("utf-16"), Content_Type="application/sparql-query; charset=utf-16"
        ).status
        == 415
    )
    assert endpoint.get("/sparql?" + urlencode([("query", COUNT), ("query", COUNT)])).status == 400
    assert endpoint.get("/sparql?default-graph-uri=x").status == 400
    assert endpoint.query(COUNT, default_graph_uri="not an iri").status == 400


def test_a_query_of_10_mb_is_413(endpoint: Endpoint) -> None:
    comment = "# " + "x" * 10_000_000 + "\n" + COUNT
    for kind, body in ((FORM, urlencode({"query": comment})), ("application/sparql-query", comment)):
        try:
            reply = endpoint.send("POST", "/sparql", body.encode(), Content_Type=kind)
        except (BrokenPipeError, ConnectionResetError):
            continue  # the server need not read it to the end
        assert reply.status == 413
    assert endpoint.get("/sparql?" + urlencode({"query": "#" + "x" * 300_000})).status in (400, 414, 431)


def test_a_cartesian_bomb_ends_at_the_limit_and_the_others_are_served(endpoint: Endpoint) -> None:
    waits: list[float] = []

    def ask() -> None:
        begun = time.monotonic()
        assert endpoint.query(COUNT).status == 200
        waits.append(time.monotonic() - begun)

    bombs = []
    threads = [
        threading.Thread(target=lambda: bombs.append(endpoint.query(f"SELECT (COUNT(*) AS ?x) {{ {CROSS} }}")))
        for _ in range(2)
    ]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    for _ in range(5):
        ask()
    assert time.monotonic() - begun < 3 and len(waits) == 5
    for thread in threads:
        thread.join()
    assert 2.9 < time.monotonic() - begun < 8
    assert [b.status for b in bombs] == [503, 503]
    assert all("longer than 3 s" in b.text and b.headers["retry-after"] for b in bombs)


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ {CROSS} }} ORDER BY ?a ?d ?g ?j ?m",
        f"SELECT (GROUP_CONCAT(CONCAT(?c, ?f, ?i)) AS ?x) {{ {CROSS} }}",
        "SELECT ?x { BIND('xxxxxxxxxxxxxxxx' AS ?a0) " + " ".join(f"BIND(CONCAT(?a{i}, ?a{i}, ?a{i}, ?a{i}) AS ?a{i + 1})" for i in range(20)) + " BIND(STRLEN(?a20) AS ?x) }",
        "SELECT * { " + "{" * 60_000 + "}" * 60_000 + " }",
        "SELECT * { FILTER(" + "(" * 60_000 + "1" + ")" * 60_000 + ") }",
        "SELECT * { ?s " + "/".join(["!<http://x>*"] * 5000) + " ?o }",
    ],
)  # fmt: skip
def test_memory_and_stack_bombs_cost_one_worker(endpoint: Endpoint, text: str) -> None:
    begun = time.monotonic()
    reply = endpoint.query(text)
    assert reply.status in (400, 503) and time.monotonic() - begun < 8


def test_too_many_rows_are_refused_not_cut(endpoint: Endpoint) -> None:
    for accept in (
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ):
        whole = endpoint.query("SELECT ?s ?p ?o { ?s ?p ?o . ?x ?y ?z } LIMIT 2000", accept)
        assert whole.status == 200
        over = endpoint.query("SELECT ?s ?p ?o { ?s ?p ?o . ?x ?y ?z } LIMIT 2001", accept)
        assert over.status == 400 and "more than 2000 rows" in over.text
    assert endpoint.query("CONSTRUCT { ?s ?p ?z } { ?s ?p ?o . ?x ?y ?z }", "text/turtle").status == 400


def test_rows_are_counted_whatever_their_values_hold(endpoint: Endpoint) -> None:
    value = '"}},{\\"x\\":[{ ,{ \\\\\\" <result> \\n\\n\\r\\n" , "a"'
    for accept in (
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ):
        text = f"SELECT ?v ?w {{ VALUES ?v {{ {value.replace(' , ', ' ')} }} {{ SELECT ?w {{ ?w ?p ?o . ?x ?y ?z }} LIMIT 1000 }} }}"
        assert endpoint.query(text, accept).status == 200
        assert endpoint.query(text.replace("1000", "1001"), accept).status == 400


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:%d/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o . OPTIONAL{SERVICE<http://127.0.0.1:%d/>{ ?s ?p ?o }}}",
        "SELECT * { # '\nSERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } } # '",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
        "SELECT * { BIND('\\u0027 AS ?x) SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } BIND('' AS ?y) }",
    ],
)
def test_no_query_reaches_another_service(endpoint: Endpoint, text: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        assert endpoint.query(text % listener.getsockname()[1]).status == 400
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_worker_can_open_neither_file_nor_socket(endpoint: Endpoint) -> None:
    """Below the check of the text: what SERVICE would need is not there."""
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc")
    children = _children(_children([endpoint.process.pid]))
    assert len(children) == 3
    for pid in children:
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert re.search(r"Max open files\s+4\s+4 ", limits)
        assert {p.name for p in Path(f"/proc/{pid}/fd").iterdir()} == {"0", "1", "2", "3"}


def _children(parents: list[int]) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) in parents:
            found.append(int(path.parent.name))
    return found


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
    ],
)
def test_from_reads_no_file(endpoint: Endpoint, text: str) -> None:
    reply = endpoint.query(text)
    assert reply.status == 200 and reply.text.count("\n") == 1


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/../../../../etc/passwd", "//etc/passwd", "/static/editor.html",
        "/static/", "/static/yasgui.min.js/", "/article/../graph.ttl", "/article/%2e%2e%2fmanifest.json", "/records.jsonl", "/graph.ttl", "/sparql/x",
    ],
)  # fmt: skip
def test_no_path_leads_out(endpoint: Endpoint, path: str) -> None:
    reply = endpoint.get(path)
    assert reply.status == 404 and b"root:" not in reply.body and b"import" not in reply.body


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", "[::1", "", "@localhost"],
)
def test_a_foreign_name_for_this_machine_is_refused(endpoint: Endpoint, host: str) -> None:
    assert endpoint.get("/sparql?" + urlencode({"query": COUNT}), Host=host).status in (400, 421)


def test_names_of_this_machine_are_ours(endpoint: Endpoint) -> None:
    for host in ("localhost", f"localhost:{endpoint.port}", "LOCALHOST", "[::1]:80", "127.0.0.1"):
        assert endpoint.get("/", Host=host).status == 200


def test_it_listens_on_loopback_only(endpoint: Endpoint) -> None:
    address = socket.gethostbyname(socket.gethostname())
    if address.startswith("127."):
        pytest.skip("this machine has no other address by name")
    with pytest.raises(OSError):
        socket.create_connection((address, endpoint.port), timeout=1).close()


def test_answers_run_no_script_in_a_browser(endpoint: Endpoint) -> None:
    script = (
        "PREFIX x: <http://www.w3.org/1999/xhtml#> CONSTRUCT { <http://a> x:script '<script>alert(1)</script>' } {}"
    )
    reply = endpoint.query(script, "application/rdf+xml")
    assert reply.status == 200 and reply.media == "application/rdf+xml"
    assert (
        "sandbox" in reply.headers["content-security-policy"] and reply.headers["x-content-type-options"] == "nosniff"
    )
    error = endpoint.query("<script>alert(1)</script>")
    assert error.status == 400 and error.media == "text/plain" and "sandbox" in error.headers["content-security-policy"]


def test_broken_http_is_refused(endpoint: Endpoint) -> None:
    for request in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        b"GET /" + b"a" * 400_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
    ) * 5:
        with socket.create_connection(("127.0.0.1", endpoint.port), timeout=10) as connection:
            try:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                first = connection.recv(200)
            except OSError:
                continue
        assert first == b"" or re.match(rb"HTTP/1\.[01] 4\d\d ", first), first


def test_clients_that_hang_up_before_their_answer_do_not_end_the_server(endpoint: Endpoint) -> None:
    path = "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o } LIMIT 2000"})
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", endpoint.port)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # reset, not closed
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 3)
    assert endpoint.query(COUNT).status == 200


def test_silent_and_slow_clients_do_not_stop_the_others(endpoint: Endpoint) -> None:
    silent = [socket.create_connection(("127.0.0.1", endpoint.port)) for _ in range(60)]
    try:
        for connection in silent[::2]:
            connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nq")
        begun = time.monotonic()
        assert endpoint.query(COUNT).status == 200
        assert time.monotonic() - begun < 3
    finally:
        for connection in silent:
            connection.close()


def test_the_end_of_the_server_is_the_end_of_its_workers(endpoint: Endpoint) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("needs /proc")
    with serving(endpoint.folder, "--workers", "2", "--seconds", "2") as other:
        nursery = _children([other.process.pid])
        family = nursery + _children(nursery)
        assert len(family) == 3
        other.process.kill()  # nothing of its own can clean up after this
        other.process.wait()
        end = time.monotonic() + 10
        while any(Path(f"/proc/{pid}").is_dir() for pid in family):
            assert time.monotonic() < end
            time.sleep(0.05)
        other.process.returncode = 0  # what `serving` expects of one that it ended itself
