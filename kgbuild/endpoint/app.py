"""The endpoint as a WSGI application: paths, parameters and headers in, a status, headers and bytes out.

/               the query editor (YASGUI) and its files under /static/
/sparql         SPARQL 1.1 Protocol, query only; without a query the service description
/graphs         Graph Store Protocol, read only: ?default, ?graph=IRI
/article/...    a graph by its own path under the base, or what the graph says of an entity (also /actor/, /place/ ...)
/.well-known/void   what the dataset holds (VoID)
/questions      the named questions as SPARQL, for the editor
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from kgbuild.endpoint.describe import description
from kgbuild.endpoint.negotiation import GRAPHS, choose, content_type
from kgbuild.endpoint.pool import Keeper
from kgbuild.endpoint.settings import Settings
from kgbuild.query import named_questions, prefix_lines

__all__ = ["Application"]

Environ = Mapping[str, Any]
Headers = list[tuple[str, str]]

REASONS: Final = {
    200: "OK", 204: "No Content", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 413: "Content Too Large", 415: "Unsupported Media Type",
    421: "Misdirected Request", 500: "Internal Server Error", 503: "Service Unavailable",
}  # fmt: skip
ASSETS: Final = Path(__file__).resolve().parent / "assets"
FILES: Final = {
    "yasgui.min.js": "text/javascript", "yasgui.min.css": "text/css", "editor.js": "text/javascript",
    "editor.css": "text/css", "LICENSES.txt": "text/plain",
}  # fmt: skip
"""What /static/ gives out, and nothing else: a path is looked up here, never joined to a folder."""

# The editor sets styles from its script, which needs 'unsafe-inline' for styles; scripts run from its files only.
EDITOR_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# An answer may hold anything an article or a query says, as XML too: no browser may run a script in it.
DATA_POLICY: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
READ: Final = ("GET", "HEAD")
_RESOURCE = re.compile(r"/(actor|place|topic|cluster|extractor|article|graph)/[a-z0-9][a-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back to the client."""

    status: int
    body: bytes
    media: str = "text/plain"
    headers: tuple[tuple[str, str], ...] = ()
    policy: str = DATA_POLICY


class Failure(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, reason: str, *headers: tuple[str, str]) -> None:
        super().__init__(reason)
        self.response = Response(status, f"{reason}\n".encode(), headers=headers)


class Application:
    """The WSGI application over the workers of a build folder."""

    def __init__(self, keeper: Keeper, settings: Settings) -> None:
        self.keeper = keeper
        self.settings = settings

    def __call__(self, environ: Environ, start: Callable[[str, Headers], object]) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        method = environ["REQUEST_METHOD"]
        try:
            self._check_host(environ)
            self._check_origin(environ)
            response = self._route(method, environ)
        except Failure as failure:
            response = failure.response
        headers = [
            ("Content-Type", content_type(response.media)),
            ("Content-Length", str(len(response.body))),
            ("Content-Security-Policy", response.policy),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            *response.headers,
            *self._cross_origin(environ),
        ]
        start(f"{response.status} {REASONS[response.status]}", headers)
        return [b"" if method == "HEAD" else response.body]

    def _route(self, method: str, environ: Environ) -> Response:
        path = environ.get("PATH_INFO") or "/"
        if method == "OPTIONS":
            return Response(
                204,
                b"",
                headers=(("Allow", "GET, HEAD, POST, OPTIONS" if path == "/sparql" else "GET, HEAD, OPTIONS"),),
            )
        if path == "/sparql":
            return self._sparql(method, environ)
        if method not in READ:
            reason = (
                "this endpoint is read-only"
                if path == "/graphs" or _RESOURCE.fullmatch(path)
                else "only GET and HEAD here"
            )
            raise Failure(405, reason, ("Allow", "GET, HEAD, OPTIONS"))
        if path == "/":
            return Response(200, (ASSETS / "editor.html").read_bytes(), "text/html", policy=EDITOR_POLICY)
        if path == "/graphs":
            return self._graph_store(environ)
        if path == "/.well-known/void":
            return self._description(environ)
        if path == "/questions":
            return Response(200, self._questions(), "application/json")
        if path.startswith("/static/") and path[8:] in FILES:
            name = path[8:]
            return Response(
                200, (ASSETS / name).read_bytes(), FILES[name], (("Cache-Control", "max-age=3600"),), EDITOR_POLICY
            )
        if _RESOURCE.fullmatch(path):
            iri = self.keeper.pool.facts["base"] + path[1:]
            graphs = {name for name, _ in self.keeper.pool.facts["graphs"]}
            return self._ask({("graph" if iri in graphs else "resource"): iri}, environ)
        raise Failure(404, "nothing here: queries go to /sparql, graphs are at /graphs, the editor is at /")

    def _sparql(self, method: str, environ: Environ) -> Response:
        if method in READ:
            parameters = _parameters(environ.get("QUERY_STRING", ""))
            if not parameters:
                return self._description(environ)
        elif method == "POST":
            parameters = self._posted(environ)
        else:
            raise Failure(405, "queries come by GET or POST", ("Allow", "GET, HEAD, POST, OPTIONS"))
        if "update" in parameters:
            raise Failure(403, "this endpoint is read-only: updates are refused")
        queries = parameters.get("query", [])
        if len(queries) != 1:
            raise Failure(400, "give exactly one parameter called query")
        question = {
            "query": queries[0],
            "default": parameters.get("default-graph-uri"),
            "named": parameters.get("named-graph-uri"),
        }
        return self._ask(question, environ)

    def _posted(self, environ: Environ) -> dict[str, list[str]]:
        media, _, options = environ.get("CONTENT_TYPE", "").partition(";")
        media = media.strip().lower()
        charset = re.search(r'charset\s*=\s*"?([\w-]+)', options, re.IGNORECASE)
        if charset and charset[1].lower() not in ("utf-8", "utf8"):
            raise Failure(415, "text must be UTF-8")
        if media == "application/sparql-update":
            raise Failure(403, "this endpoint is read-only: updates are refused")
        if media not in ("application/x-www-form-urlencoded", "application/sparql-query"):
            raise Failure(415, "post a form (application/x-www-form-urlencoded) or a query (application/sparql-query)")
        body = _utf8(environ["wsgi.input"].read())
        if media == "application/x-www-form-urlencoded":
            return _parameters(body)
        parameters = _parameters(environ.get("QUERY_STRING", ""))
        if "query" in parameters:
            raise Failure(400, "the query is in the body; take it out of the address")
        return {**parameters, "query": [body]}

    def _graph_store(self, environ: Environ) -> Response:
        parameters = _parameters(environ.get("QUERY_STRING", ""))
        graphs = parameters.get("graph", [])
        if set(parameters) == {"default"} and parameters["default"] == [""]:
            return self._ask({"graph": None}, environ)
        if set(parameters) != {"graph"} or len(graphs) != 1:
            raise Failure(400, "name one graph: /graphs?default or /graphs?graph=IRI")
        # A relative name is resolved against the base of the data, as its own path here is.
        return self._ask(
            {"graph": graphs[0] if ":" in graphs[0] else self.keeper.pool.facts["base"] + graphs[0].lstrip("/")},
            environ,
        )

    def _ask(self, question: dict[str, Any], environ: Environ) -> Response:
        status, media, body = self.keeper.pool.ask({**question, "accept": environ.get("HTTP_ACCEPT")})
        if status != 200:
            again = (("Retry-After", "5"),) if status == 503 else ()
            return Response(status, body + b"\n", headers=again)
        return Response(200, body, media, (("Vary", "Accept"), ("Cache-Control", "no-cache")))

    def _description(self, environ: Environ) -> Response:
        media = choose(environ.get("HTTP_ACCEPT"), GRAPHS)
        if media is None:
            raise Failure(406, f"this answer comes as {', '.join(GRAPHS)}")
        content = description(self.keeper.pool.facts, self.settings, _origin(environ), GRAPHS[media])
        return Response(200, content, media, (("Vary", "Accept"),))

    def _questions(self) -> bytes:
        prefixes = prefix_lines(self.keeper.pool.facts["base"]).splitlines(keepends=True)
        rows = []
        for question in named_questions():
            used = "".join(line for line in prefixes if re.search(rf"\b{line.split()[1]}", question.text))
            rows.append({"name": question.usage, "asks": question.description, "query": used + question.text})
        return json.dumps(rows, ensure_ascii=False).encode()

    def _check_host(self, environ: Environ) -> None:
        """Refuse a name that is not ours: a page elsewhere could point its own name at this machine (DNS rebinding)."""
        host = environ.get("HTTP_HOST", "")
        try:
            name = urlsplit(f"//{host}").hostname or "" if re.fullmatch(r"[A-Za-z0-9.:\[\]_-]*", host) else ""
        except ValueError:
            name = ""
        if name == "localhost" or name in self.settings.hosts or _is_address(name):
            return
        raise Failure(421, "this endpoint does not answer to that name; start it with --allow-host NAME")

    def _check_origin(self, environ: Environ) -> None:
        """Refuse what a page of another origin sends, unless it may read the answers."""
        origin = environ.get("HTTP_ORIGIN")
        foreign = origin not in (None, _origin(environ)) or environ.get("HTTP_SEC_FETCH_SITE") == "cross-site"
        navigation = (
            environ.get("HTTP_SEC_FETCH_MODE") == "navigate" and environ["REQUEST_METHOD"] in READ and origin is None
        )
        if foreign and not navigation and not self._allowed(origin):
            raise Failure(403, "pages of other origins may not ask; start the endpoint with --cors ORIGIN")

    def _allowed(self, origin: str | None) -> bool:
        return "*" in self.settings.origins or origin in self.settings.origins

    def _cross_origin(self, environ: Environ) -> Headers:
        if not self.settings.origins:
            return [("Cross-Origin-Resource-Policy", "same-origin")]
        origin = environ.get("HTTP_ORIGIN")
        headers = [("Vary", "Origin"), ("Cross-Origin-Resource-Policy", "cross-origin")]
        if origin is not None and self._allowed(origin):
            headers.append(("Access-Control-Allow-Origin", "*" if "*" in self.settings.origins else origin))
            if environ["REQUEST_METHOD"] == "OPTIONS":
                headers += [
                    ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"),
                    ("Access-Control-Allow-Headers", "Accept, Content-Type"),
                    ("Access-Control-Max-Age", "3600"),
                ]
        return headers


def _parameters(text: str) -> dict[str, list[str]]:
    try:
        return parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise Failure(400, "the parameters are not UTF-8, or too many") from error


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Failure(400, "the body is not UTF-8") from error


def _origin(environ: Environ) -> str:
    """Scheme, host and port the client used; its host has been checked."""
    return f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
