"""The records: frozen plain values that every room writes or reads, and their JSON form, one line each.

Offsets are Unicode code points into `Document.text`, end exclusive. Dates are ISO days ("2022-03-24"). Ids are the part of
an IRI after the base ("actor/russia-q159", "article/5a46f7a788df2eb9#event_207_210-assault"); `ids` mints them.
An Event never means that it happened: only a Claim says so, and according to whom.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, Union

__all__ = [
    "Affiliation",
    "Claim",
    "Dateline",
    "Document",
    "Entity",
    "Event",
    "Mention",
    "Merge",
    "Paragraph",
    "Record",
    "Shown",
    "Skipped",
    "Span",
    "Stance",
    "from_json",
    "pack",
    "record_order",
    "to_json",
    "unpack",
]


class Span(NamedTuple):
    """Half-open range of code points, 0 <= begin < end."""

    begin: int
    end: int


class Shown:
    """A dataclass that a notebook shows as a table of its fields, those at their default left out; text is shown as text."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from html import escape  # only notebooks need it

        rows = []
        for f in dataclasses.fields(self):  # type: ignore[arg-type]  # whatever is Shown is a dataclass
            value = getattr(self, f.name)
            if value != f.default:
                text = value if isinstance(value, str) else _brief(value)
                text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
                rows.append(f"<tr><th>{f.name}</th><td>{escape(text)}</td></tr>")
        return f"<table><caption>{type(self).__name__}</caption><tbody>{''.join(rows)}</tbody></table>"


_LONGEST = 600
"""Code points of a value that a notebook shows: an article's text is longer."""


def _brief(value: Any) -> str:
    """A value in few words: spans as begin-end, tuples by comma."""
    if isinstance(value, Span):
        return f"{value.begin}-{value.end}"
    if isinstance(value, tuple):
        return ", ".join(v if isinstance(v, str) else _brief(v) for v in value[:20]) + (
            ", …" if len(value) > 20 else ""
        )
    return str(value)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a document and what it is there for.

    role: headline, deck (sub-headline), date (a line that only dates the article), body, or aside (site leftovers such as a
    lone "logo", captions' credits, share buttons), which no later step reads.
    """

    begin: int
    end: int
    role: str = "body"


@dataclass(frozen=True, slots=True)
class Dateline:
    """The dateline before the first sentence: "WASHINGTON, Mar 23 (Agencies): "; begin and end cover all of it."""

    begin: int
    end: int
    place: str | None = None
    date: str | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Document(Shown):
    """One article. `id` is "article/<first 16 hex digits of sha256>"; `text` is NFC with LF line ends. `unread_pairs` counts the pairs of
    actors that the stance network did not read, because their sentences name too many."""

    id: str
    text: str
    sha256: str
    source: str
    headline: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    language: str = "en"
    dateline: Dateline | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    unread_pairs: int = 0


@dataclass(frozen=True, slots=True)
class Entity(Shown):
    """An actor, a place or a topic.

    kind: Person, Organization, State, Group (actors), Place, City (places), Topic. `affiliation` holds ids of actors this one
    is a member, spokesperson, unit or government of. A State's `territory` is the id of a Place with the same name. `origins`
    are the ids that were merged into this one. Latitude and longitude are WGS84 degrees. `document` is the article the record was
    made in; None once `resolve` has made one entity of all articles' records. With a `qid`, `confidence` is the measured share of such
    links that is right, where a name of the article made the link.
    """

    id: str
    name: str
    kind: str
    qid: str | None = None
    aliases: tuple[str, ...] = ()
    affiliation: tuple[str, ...] = ()
    within: str | None = None
    territory: str | None = None
    lat: float | None = None
    long: float | None = None
    origins: tuple[str, ...] = ()
    extractor: str = ""
    confidence: float = 1.0
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Mention(Shown):
    """A span that denotes one entity, or several when it is plural ("both countries").

    form: name, metonym, nominal, pronoun, adjective. The confidence of a name or metonym of one entity with a `qid` is the measured
    share of such links that is right.
    """

    id: str
    document: str
    span: Span
    form: str
    entities: tuple[str, ...]
    extractor: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Event(Shown):
    """A possible happening as one clause or nominal words it.

    `trigger` is the word (or fixed phrase) that names it, `span` its clause, `sentence` the sentence around it; `type` is a key
    of `vocab.EVENT_TYPES`, `mode` a PLOVER mode, `cameo` a CAMEO code. Role fields hold entity ids.
    """

    id: str
    document: str
    trigger: Span
    span: Span
    sentence: Span
    lemma: str
    type: str
    mode: str | None = None
    agents: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    earliest: str | None = None
    latest: str | None = None
    time_text: str | None = None
    quantity: float | None = None
    quantity_text: str | None = None
    cameo: str | None = None
    cluster: str | None = None
    extractor: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Claim(Shown):
    """A source says (asks, denies, orders ...) something; the unit that asserts.

    `source` is an actor's id, or the document's id for the article's own voice (then `cue` is None). `span` covers source, cue
    and content; `content_spans` the words of the content (several when a quote is split); `text` is what they say. `content`
    is the Event claimed, `condition` the Event of its if-clause. A claim about an event inside a wider statement names the
    wider claim in `statement`. `hearsay` marks "reportedly" and the like: nobody named stands behind it.
    `via` lists the actors that pass the claim on, nearest to the article first.
    """

    id: str
    document: str
    span: Span
    source: str
    text: str
    content_spans: tuple[Span, ...]
    voice: str
    speech_act: str
    modality: str = "Factual"
    negated: bool = False
    hearsay: bool = False
    source_span: Span | None = None
    cue: Span | None = None
    via: tuple[str, ...] = ()
    addressee: tuple[str, ...] = ()
    content: str | None = None
    condition: str | None = None
    statement: str | None = None
    about: tuple[str, ...] = ()
    earliest: str | None = None
    latest: str | None = None
    time_text: str | None = None
    extractor: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Stance(Shown):
    """A holder's attitude toward a target, according to `attributed_to` (an actor's id or the document's).

    polarity: For, Against, Neutral, Mixed; score in [-1, 1]; kind is a key of `vocab.STANCE_KINDS`; `basis` is the id of the
    Claim or Event it is read from; `span` is the evidence and `cue` the words that carry it.
    """

    id: str
    document: str
    span: Span
    holder: str
    target: str
    polarity: str
    score: float
    kind: str
    attributed_to: str
    basis: str
    modality: str = "Factual"
    aspect: str | None = None
    cue: Span | None = None
    earliest: str | None = None
    latest: str | None = None
    extractor: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Affiliation(Shown):
    """What an entity is to another: `member` is `role` of `body`, as words of the article or the entity base have it.

    kind is one of `vocab.AFFILIATION_KINDS`. `role` is the role in lower-case words ("foreign minister"), None where no word says it.
    `span` is the phrase that says so; where the base says so (`known`), the first mention of the member. `earliest` and `latest` bound
    the time it holds: a term of office, "since 2011", a former role (`latest` is then the day of the article).
    """

    id: str
    document: str
    span: Span
    member: str
    body: str
    kind: str
    role: str | None = None
    known: bool = False
    earliest: str | None = None
    latest: str | None = None
    extractor: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Merge(Shown):
    """Why an article's entity `origin` is now the entity `entity`.

    rule is one of `vocab.MERGE_RULES`; `reason` says in words what the rule went by; `span` is the mention that names the origin.
    """

    id: str
    document: str
    span: Span
    origin: str
    entity: str
    rule: str
    reason: str
    extractor: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Skipped(Shown):
    """An input, or a line of one, that was left out, and why; it goes to the manifest and to the user, never into the graph."""

    source: str
    reason: str


Record: TypeAlias = Document | Entity | Mention | Event | Claim | Stance | Affiliation | Merge

_KINDS: dict[str, type] = {c.__name__: c for c in (Document, Entity, Mention, Event, Claim, Stance, Affiliation, Merge)}
_RANK = {name: i for i, name in enumerate(_KINDS)}


def record_order(record: Record) -> tuple[int, str]:
    """Sort key that gives one order of records whatever the order of input: kind, then id."""
    return _RANK[type(record).__name__], record.id


def to_json(record: Record) -> str:
    """One JSON line (no line end): keys in field order, fields at their default left out.

    >>> to_json(Entity("actor/russia-q159", "Russia", "State", qid="Q159"))
    '{"record": "Entity", "id": "actor/russia-q159", "name": "Russia", "kind": "State", "qid": "Q159"}'
    """
    return _encode({"record": type(record).__name__, **_plain(record)})


def from_json(line: str) -> Record:
    """The record of one JSON line. Raises ValueError on anything that is not one."""
    try:
        data = json.loads(line)
    except RecursionError as error:
        raise ValueError("not a record: nested too deeply") from error
    if not isinstance(data, dict) or not isinstance(data.get("record"), str) or data["record"] not in _KINDS:
        raise ValueError('not a record: no known "record" field')
    cls = _KINDS[data.pop("record")]
    try:
        record: Record = _build(cls, data)
    except (TypeError, KeyError, IndexError) as error:
        raise ValueError(f"not a {cls.__name__}: {error}") from error
    return record


def pack(records: Iterable[Record]) -> bytes:
    """Records as compressed JSON lines, a tenth of their size; `unpack` undoes it."""
    return zlib.compress("\n".join(map(to_json, records)).encode("utf-8", "surrogatepass"), 1)


def unpack(content: bytes) -> list[Record]:
    """The records that `pack` was given. Raises ValueError on anything that is not its."""
    try:
        lines = zlib.decompress(content).decode("utf-8", "surrogatepass")
    except zlib.error as error:
        raise ValueError(f"not packed records: {error}") from error
    return [from_json(line) for line in lines.split("\n")] if lines else []


_FIELDS: dict[type, tuple[tuple[str, Any], ...]] = {}
"""Class -> its fields in order, each with its default (MISSING: none)."""


def _plain(value: Any) -> dict[str, Any]:
    """The fields that are not at their default; tuples stay, JSON writes them as lists."""
    cls = type(value)
    fields = _FIELDS.get(cls)
    if fields is None:
        fields = _FIELDS[cls] = tuple((f.name, f.default) for f in dataclasses.fields(value))
    return {name: v for name, default in fields if (v := getattr(value, name)) != default}


_encode = json.JSONEncoder(ensure_ascii=False, default=_plain).encode

_PARSERS: dict[type, dict[str, Callable[[Any], Any]]] = {}
"""Class -> name of a field -> what reads its JSON value; made when first needed."""


def _build(cls: type, data: dict[str, Any]) -> Any:
    parsers = _PARSERS.get(cls)
    if parsers is None:
        parsers = _PARSERS[cls] = {name: _parser(hint) for name, hint in typing.get_type_hints(cls).items()}
    unknown = data.keys() - parsers.keys()
    if unknown:
        raise ValueError(f"not a {cls.__name__}: unknown field {min(unknown)!r}")
    return cls(**{k: parsers[k](v) for k, v in data.items()})


def _parser(hint: Any) -> Callable[[Any], Any]:
    """What reads a JSON value of a type; it raises TypeError on a value of another one."""
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = _parser(next(a for a in typing.get_args(hint) if a is not type(None)))
        return lambda v: None if v is None else inner(v)
    if origin is tuple:
        each = _parser(typing.get_args(hint)[0])
        return lambda v: tuple([each(x) for x in v])
    if hint is Span:
        return _span
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return lambda v: _build(hint, dict(v))
    if hint is float:
        return _float

    def plain(v: Any) -> Any:
        if type(v) is not hint:  # JSON gives no subclasses but bool, which is no int here
            raise TypeError(f"expected {hint.__name__}, found {type(v).__name__}")
        return v

    return plain


def _span(v: Any) -> Span:
    begin, end = v
    if type(begin) is not int or type(end) is not int:
        raise TypeError(f"expected int, found {type(end if type(begin) is int else begin).__name__}")
    return Span(begin, end)


def _float(v: Any) -> float:
    if type(v) is int:
        return float(v)
    if type(v) is not float:
        raise TypeError(f"expected float, found {type(v).__name__}")
    return v
