"""The one RDF view of the records: what each record says, as triples.

Triples of one article (the article, its spans, mentions, events, claims and stances) and shared triples (entities,
event clusters, extractors) are told apart, so that files of single articles never repeat a triple.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatchmethod
from typing import Final

from kgbuild.errors import InputError
from kgbuild.ids import ACTOR_KINDS, ID, PLACE_KINDS, record_id
from kgbuild.ontology import KG, V
from kgbuild.rdf import PREFIXES, RDF_TYPE, XSD, Iri, Literal, Term, Triple, boolean, decimal, integer, language_string
from kgbuild.records import (
    Affiliation,
    Claim,
    Document,
    Entity,
    Event,
    Mention,
    Merge,
    Record,
    Span,
    Stance,
    record_order,
)

__all__ = [
    "Parts", "article_of", "article_triples", "clusters_of", "extractors_of", "parts", "shared_triples", "stated", "triples",
]  # fmt: skip

DEFAULT_LANGUAGE: Final = "en"
LARGEST_QUANTITY: Final = 1e15
"""A number in a text beyond this keeps only its words: RDF engines' decimals end at 18 digits."""

_EXTRACTOR = re.compile(r"(?:extractor/)?([a-z0-9-]+?)-([0-9][a-z0-9.]*)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _terms(namespace: str, names: str) -> dict[str, Iri]:
    return {name: Iri(namespace + name) for name in names.split()}


_KG = _terms(
    KG,
    "Actor Person Organization State Group Place City Topic Event Claim Stance Mention Span Extractor Cluster Affiliation Merge "
    "about addressee affiliation affiliationKind agency agent article aspect aspectText attributedTo basis body cameo cluster "
    "condition confidence content contentSpan cue dateline datelineDate datelinePlace denotes earliest "
    "eventType extractor form hearsay holder instrument known latest lemma member mergeRule mergedFrom mergedInto modality mode negated origin place "
    "polarity quantity quantityText reason recipient role score sentence source sourceSpan span speechAct stanceKind "
    "statement target territory text textSha256 theme timeText trigger unreadPairs via voice within",
)
_NIF = _terms(PREFIXES["nif"], "Context anchorOf beginIndex endIndex isString referenceContext")
_SCHEMA = _terms(PREFIXES["schema"], "NewsArticle datePublished headline inLanguage name softwareVersion url")
_SKOS = _terms(PREFIXES["skos"], "Concept altLabel exactMatch prefLabel")
_DC = _terms(PREFIXES["dc"], "publisher source")
_LAT, _LONG = Iri(PREFIXES["wgs"] + "lat"), Iri(PREFIXES["wgs"] + "long")


def article_of(record: Record) -> str | None:
    """Id of the article a record belongs to; None for an entity, which all articles share."""
    if isinstance(record, Document):
        return record.id
    return None if isinstance(record, Entity) else record.document


@dataclass(frozen=True, slots=True)
class Parts:
    """Records sorted into those all articles share and those of each article, in the order of the articles' ids."""

    shared: tuple[Record, ...]
    articles: dict[str, tuple[Record, ...]]


def parts(records: Iterable[Record]) -> Parts:
    """The records by article, each part in `record_order`. Raises InputError when an article's Document is missing."""
    shared: list[Record] = []
    articles: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        article = article_of(record)
        (shared if article is None else articles[article]).append(record)
    for article, members in articles.items():
        members.sort(key=record_order)
        if not isinstance(members[0], Document):
            raise InputError(f"{members[0].id}: its article {article} is not among the records; build the folder again")
    return Parts(tuple(sorted(shared, key=record_order)), {a: tuple(articles[a]) for a in sorted(articles)})


def triples(records: Iterable[Record], base: str) -> Iterator[Triple]:
    """Every triple of the records; `base` is the IRI prefix of the data."""
    sorted_records = parts(records)
    yield from shared_triples(sorted_records, base)
    for members in sorted_records.articles.values():
        yield from article_triples(members, base)


def article_triples(members: Sequence[Record], base: str) -> list[Triple]:
    """Triples of one article; `members` are its records, the Document first."""
    document = members[0]
    if not isinstance(document, Document):
        raise InputError(f"{document.id}: the first record of an article must be its Document")
    view = _View(base, document)
    for record in members:
        view.add(record)
    return view.triples


def shared_triples(found: Parts, base: str) -> list[Triple]:
    """Triples of entities, event clusters and extractors, each said once whatever the number of articles."""
    extractors: set[str] = {r.extractor for r in found.shared if not isinstance(r, Document)}
    clusters: set[str] = set()
    for members in found.articles.values():
        extractors |= extractors_of(members)
        clusters |= clusters_of(members)
    return stated(found.shared, clusters, extractors, base)


def extractors_of(records: Iterable[Record]) -> set[str]:
    """The extractors that records name."""
    return {r.extractor for r in records if not isinstance(r, Document)} - {""}


def clusters_of(records: Iterable[Record]) -> set[str]:
    """The clusters that the events among records are of."""
    return {r.cluster for r in records if isinstance(r, Event) and r.cluster}


def stated(entities: Iterable[Record], clusters: Iterable[str], extractors: Iterable[str], base: str) -> list[Triple]:
    """Triples of these entities, clusters and extractors."""
    view = _View(base, None)
    for record in entities:
        view.add(record)
    for cluster in sorted(clusters):
        view.say(view.iri(cluster), RDF_TYPE, _KG["Cluster"])
    for name in sorted(set(extractors) - {""}):
        view.extractor(name)
    return view.triples


class _View:
    """Collects the triples of one article's records, or of the shared ones when `document` is None."""

    def __init__(self, base: str, document: Document | None) -> None:
        self.base = base
        self.document = document
        self.triples: list[Triple] = []
        self.language = document.language if document is not None else DEFAULT_LANGUAGE
        self._iris: dict[str, Iri] = {}
        self._spans: dict[Span, Iri] = {}

    def say(self, subject: Iri, predicate: Iri, value: Term) -> None:
        self.triples.append((subject, predicate, value))

    def iri(self, name: str) -> Iri:
        """IRI of an id. Raises InputError when it is not one: nothing else may reach a file as an IRI."""
        found = self._iris.get(name)
        if found is None:
            if not ID.fullmatch(name):
                raise InputError(f"not an id: {name[:80]!r}; build the folder again")
            found = self._iris[name] = Iri(self.base + name)
        return found

    def iris(self, subject: Iri, predicate: str, names: Iterable[str | None]) -> None:
        for name in names:
            if name is not None:
                self.say(subject, _KG[predicate], self.iri(name))

    def value(self, subject: Iri, predicate: str, name: str) -> None:
        """A value of the vocabulary: `name` is its key in `vocab`."""
        self.say(subject, _KG[predicate], Iri(V + _word(name)))

    def text(self, subject: Iri, predicate: Iri, text: str | None) -> None:
        if text is not None:
            self.say(subject, predicate, Literal(text))

    def day(self, subject: Iri, predicate: Iri, day: str | None) -> None:
        if day is not None:
            self.say(subject, predicate, Literal(day, XSD + "date"))

    def span(self, subject: Iri, predicate: str, span: Span | None) -> None:
        """A span's own node, described once, and the link to it."""
        if span is None or self.document is None:
            return
        node = self._spans.get(span)
        if node is None:
            node = self._spans[span] = self.iri(record_id(self.document.id, "offset", span))
            self.say(node, RDF_TYPE, _KG["Span"])
            self.place(node, span)
        self.say(subject, _KG[predicate], node)

    def place(self, node: Iri, span: Span) -> None:
        """Where in the article's text a node is: offsets in code points, and the words themselves."""
        assert self.document is not None
        self.say(node, _NIF["referenceContext"], self.iri(self.document.id))
        self.say(node, _NIF["beginIndex"], integer(span.begin))
        self.say(node, _NIF["endIndex"], integer(span.end))
        self.say(node, _NIF["anchorOf"], Literal(self.document.text[span.begin : span.end]))

    def extractor(self, name: str) -> None:
        """The node of an extractor's release; `name` is "event-rules-0.1.0", with or without "extractor/" before it."""
        node = self.iri(_extractor_id(name))
        self.say(node, RDF_TYPE, _KG["Extractor"])
        match = _EXTRACTOR.fullmatch(name)
        self.text(node, _SCHEMA["name"], match[1] if match else name.removeprefix("extractor/"))
        if match:
            self.text(node, _SCHEMA["softwareVersion"], match[2])

    def provenance(self, node: Iri, record: Entity | Mention | Event | Claim | Stance | Affiliation | Merge) -> None:
        self.say(node, _KG["confidence"], decimal(round(record.confidence, 2)))
        if record.extractor:
            self.say(node, _KG["extractor"], self.iri(_extractor_id(record.extractor)))
        if self.document is not None:
            self.say(node, _KG["article"], self.iri(self.document.id))

    def days(self, node: Iri, record: Event | Claim | Stance | Affiliation) -> None:
        self.day(node, _KG["earliest"], record.earliest)
        self.day(node, _KG["latest"], record.latest)

    @singledispatchmethod
    def add(self, record: Record) -> None:
        raise TypeError(f"no RDF view of a {type(record).__name__}")

    @add.register
    def _document(self, record: Document) -> None:
        node = self.iri(record.id)
        self.say(node, RDF_TYPE, _SCHEMA["NewsArticle"])
        self.say(node, RDF_TYPE, _NIF["Context"])
        self.say(node, _NIF["beginIndex"], integer(0))
        self.say(node, _NIF["endIndex"], integer(len(record.text)))
        self.text(node, _NIF["isString"], record.text)
        self.text(node, _KG["textSha256"], record.sha256)
        self.text(node, _SCHEMA["inLanguage"], record.language)
        if record.headline is not None:
            self.say(node, _SCHEMA["headline"], language_string(record.headline, self.language))
        self.day(node, _SCHEMA["datePublished"], record.published)
        self.text(node, _DC["publisher"], record.publisher)
        if record.url is not None:
            self.say(node, _SCHEMA["url"], Literal(record.url, XSD + "anyURI"))
        # The name without its folders: a graph that is passed on says nothing of the machine it was made on.
        self.text(node, _DC["source"], re.split(r"[/\\]", record.source)[-1] or None)
        if record.unread_pairs:
            self.say(node, _KG["unreadPairs"], integer(record.unread_pairs))
        if record.dateline is not None:
            line = record.dateline
            self.span(node, "dateline", Span(line.begin, line.end))
            self.text(node, _KG["datelinePlace"], line.place)
            self.text(node, _KG["agency"], line.agency)
            # A dateline may hold less than a day ("Mar 23" of an undated article); the span keeps its words.
            if line.date is not None and _DAY.fullmatch(line.date):
                self.day(node, _KG["datelineDate"], line.date)

    @add.register
    def _entity(self, record: Entity) -> None:
        node = self.iri(record.id)
        kinds = {record.kind}
        if record.kind in ACTOR_KINDS:
            kinds.add("Actor")
        elif record.kind in PLACE_KINDS:
            kinds.add("Place")
        else:
            self.say(node, RDF_TYPE, _SKOS["Concept"])
        for kind in sorted(kinds):
            self.say(node, RDF_TYPE, _KG[kind])
        self.say(node, _SKOS["prefLabel"], language_string(record.name, DEFAULT_LANGUAGE))
        for alias in sorted(set(record.aliases) - {record.name}):
            self.say(node, _SKOS["altLabel"], language_string(alias, DEFAULT_LANGUAGE))
        if record.qid is not None:
            self.say(node, _SKOS["exactMatch"], _wikidata(record.qid))
        self.iris(node, "affiliation", record.affiliation)
        self.iris(node, "within", (record.within,))
        self.iris(node, "territory", (record.territory,))
        self.iris(node, "mergedFrom", record.origins)
        if record.lat is not None and record.long is not None:
            self.say(node, _LAT, decimal(record.lat))
            self.say(node, _LONG, decimal(record.long))
        self.provenance(node, record)

    @add.register
    def _mention(self, record: Mention) -> None:
        node = self.iri(record.id)
        self.say(node, RDF_TYPE, _KG["Mention"])
        self.place(node, record.span)
        self.value(node, "form", record.form)
        self.iris(node, "denotes", record.entities)
        self.provenance(node, record)

    @add.register
    def _event(self, record: Event) -> None:
        node = self.iri(record.id)
        self.say(node, RDF_TYPE, _KG["Event"])
        self.value(node, "eventType", record.type)
        self.text(node, _KG["lemma"], record.lemma)
        self.text(node, _KG["mode"], record.mode)
        self.text(node, _KG["cameo"], record.cameo)
        self.span(node, "trigger", record.trigger)
        self.span(node, "span", record.span)
        self.span(node, "sentence", record.sentence)
        self.iris(node, "agent", record.agents)
        self.iris(node, "recipient", record.recipients)
        self.iris(node, "theme", record.themes)
        self.iris(node, "place", record.places)
        self.iris(node, "instrument", record.instruments)
        self.iris(node, "cluster", (record.cluster,))
        self.days(node, record)
        self.text(node, _KG["timeText"], record.time_text)
        if record.quantity is not None and abs(record.quantity) < LARGEST_QUANTITY:
            self.say(node, _KG["quantity"], decimal(record.quantity))
        self.text(node, _KG["quantityText"], record.quantity_text)
        self.provenance(node, record)

    @add.register
    def _claim(self, record: Claim) -> None:
        node = self.iri(record.id)
        self.say(node, RDF_TYPE, _KG["Claim"])
        self.iris(node, "attributedTo", (record.source,))
        self.say(node, _KG["text"], language_string(record.text, self.language))
        self.value(node, "voice", record.voice)
        self.value(node, "speechAct", record.speech_act)
        self.value(node, "modality", record.modality)
        self.say(node, _KG["negated"], boolean(record.negated))
        self.say(node, _KG["hearsay"], boolean(record.hearsay))
        self.span(node, "span", record.span)
        for span in record.content_spans:
            self.span(node, "contentSpan", span)
        self.span(node, "sourceSpan", record.source_span)
        self.span(node, "cue", record.cue)
        self.iris(node, "via", record.via)
        self.iris(node, "addressee", record.addressee)
        self.iris(node, "content", (record.content,))
        self.iris(node, "condition", (record.condition,))
        self.iris(node, "statement", (record.statement,))
        self.iris(node, "about", record.about)
        self.days(node, record)
        self.text(node, _KG["timeText"], record.time_text)
        self.provenance(node, record)

    @add.register
    def _stance(self, record: Stance) -> None:
        node = self.iri(record.id)
        self.say(node, RDF_TYPE, _KG["Stance"])
        self.iris(node, "holder", (record.holder,))
        self.iris(node, "target", (record.target,))
        self.value(node, "polarity", record.polarity)
        self.say(node, _KG["score"], decimal(round(record.score, 2)))
        self.value(node, "stanceKind", record.kind)
        self.value(node, "modality", record.modality)
        self.iris(node, "attributedTo", (record.attributed_to,))
        self.iris(node, "basis", (record.basis,))
        if record.aspect is not None:
            if ID.fullmatch(record.aspect):
                self.iris(node, "aspect", (record.aspect,))
            else:
                self.text(node, _KG["aspectText"], record.aspect)
        self.span(node, "span", record.span)
        self.span(node, "cue", record.cue)
        self.days(node, record)
        self.provenance(node, record)

    @add.register
    def _affiliation(self, record: Affiliation) -> None:
        node = self.iri(record.id)
        self.say(node, RDF_TYPE, _KG["Affiliation"])
        self.iris(node, "member", (record.member,))
        self.iris(node, "body", (record.body,))
        self.value(node, "affiliationKind", record.kind)
        self.text(node, _KG["role"], record.role)
        self.say(node, _KG["known"], boolean(record.known))
        self.span(node, "span", record.span)
        self.days(node, record)
        self.provenance(node, record)

    @add.register
    def _merge(self, record: Merge) -> None:
        node = self.iri(record.id)
        self.say(node, RDF_TYPE, _KG["Merge"])
        self.iris(node, "origin", (record.origin,))
        self.iris(node, "mergedInto", (record.entity,))
        self.value(node, "mergeRule", record.rule)
        self.text(node, _KG["reason"], record.reason)
        self.span(node, "span", record.span)
        self.provenance(node, record)


def _word(name: str) -> str:
    """A key of the vocabulary as the end of an IRI; the forms of mentions are written in lower case in the records."""
    if not name.isascii() or not name.isalpha():
        raise InputError(f"not a value of the vocabulary: {name[:80]!r}; build the folder again")
    return name[0].upper() + name[1:]


def _extractor_id(name: str) -> str:
    return name if name.startswith("extractor/") else f"extractor/{name}"


def _wikidata(qid: str) -> Iri:
    if not re.fullmatch(r"Q[1-9][0-9]{0,11}", qid):
        raise InputError(f"not a Wikidata id: {qid[:80]!r}; build the folder again")
    return Iri(PREFIXES["wd"] + qid)
