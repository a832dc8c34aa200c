"""A tiny hand-made build: one invented article with entities, events, claims and stances of every kind, as records."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from kgbuild.ids import cluster_id, document_id, entity_id, record_id
from kgbuild.records import (
    Affiliation,
    Claim,
    Dateline,
    Document,
    Entity,
    Event,
    Mention,
    Merge,
    Paragraph,
    Record,
    Span,
    Stance,
)

HEADLINE = "Arland shells Port Selva"
DATELINE = "SELVA CITY, May 3 (Agencies):"
BODY = (
    DATELINE + " Arland's army shelled Port Selva on Monday. "
    'President Ada Quill of Borduria called Arland "a reckless neighbour". '
    "Quill said Arland had moved glow bombs to the coast. "
    "Arland's spokesman Otto Brandt said that no glow bombs had been moved. "
    '"We did not move anything," Brandt said. '
    "If Borduria sends ships, Arland will close the strait, Brandt warned. "
    "The Coast League backs Borduria and promised aid. "
    "Arland reportedly captured Low Island."
)
TEXT = HEADLINE + "\n\n" + BODY
SECOND_TEXT = "Quill thanked the Coast League for its aid."

V = "0.1.0"
EVENTS, QUOTES, STANCES, NAMES = (f"{n}-{V}" for n in ("event-rules", "attribution-rules", "stance-rules", "names"))


def document(text: str, **fields: object) -> Document:
    """A Document with the right hash and id."""
    sha = hashlib.sha256(text.encode()).hexdigest()
    return Document(document_id(sha), text, sha, **fields)  # type: ignore[arg-type]  # fields are checked by the callers' tests


def at(words: str, text: str = TEXT, nth: int = 0) -> Span:
    """The span of the nth occurrence of some words."""
    begin = [m.start() for m in re.finditer(re.escape(words), text)][nth]
    return Span(begin, begin + len(words))


def sentence(span: Span, text: str = TEXT) -> Span:
    """The sentence or line around a span, found by full stops followed by a blank."""
    begin = max((m.end() for m in re.finditer(r"\. |\n+|: (?=Arland's)", text) if m.end() <= span.begin), default=0)
    end = min((m.start() + 1 for m in re.finditer(r"\.( |$)", text) if m.start() >= span.begin), default=len(text))
    return Span(begin, end)


ARTICLE = document(
    TEXT,
    source="news/selva.txt",
    headline=HEADLINE,
    publisher="The Coast Courier",
    published="2031-05-06",
    url="https://example.org/selva?a=1&b=2",
    dateline=Dateline(at(DATELINE).begin, at(DATELINE).end, "Selva City", "2031-05-03", "Agencies"),
    paragraphs=(Paragraph(0, len(HEADLINE), "headline"), Paragraph(len(HEADLINE) + 2, len(TEXT))),
)
SECOND = document(SECOND_TEXT, source="news/thanks.txt", paragraphs=(Paragraph(0, len(SECOND_TEXT)),))


def entity(name: str, kind: str, **fields: object) -> Entity:
    """An unlinked or linked entity."""
    qid = fields.get("qid")
    return Entity(
        entity_id(kind, name, qid if isinstance(qid, str) else None),
        name,
        kind,
        extractor=NAMES,
        confidence=0.9,
        **fields,  # type: ignore[arg-type]  # fields are checked by the callers' tests
    )


COAST = entity("Selva", "Place")
PORT = entity("Port Selva", "City", within=COAST.id, lat=12.5, long=-45.25)
ISLAND = entity("Low Island", "Place", lat=13.0, long=-45.0)
ARLAND_LAND = entity("Arland", "Place", qid="Q900001")
ARLAND = entity("Arland", "State", qid="Q900001", aliases=("Arlander",), territory=ARLAND_LAND.id)
ARMY = entity("Arland's army", "Group", affiliation=(ARLAND.id,))
BORDURIA = entity("Borduria", "State", qid="Q900002")
LEAGUE_HERE, LEAGUE_THERE = (entity_id("Organization", "Coast League", None, d.id) for d in (ARTICLE, SECOND))
LEAGUE = entity(
    "Coast League", "Organization", aliases=("the League",), origins=tuple(sorted((LEAGUE_HERE, LEAGUE_THERE)))
)
QUILL = entity("Ada Quill", "Person", aliases=("Quill",), affiliation=(BORDURIA.id,))
BRANDT = entity("Otto Brandt", "Person", aliases=("Brandt",), affiliation=(ARLAND.id,))
BOMBS = entity("glow bombs", "Topic")
STRAIT = entity("strait", "Place")
ENTITIES = (COAST, PORT, ISLAND, ARLAND_LAND, ARLAND, ARMY, BORDURIA, LEAGUE, QUILL, BRANDT, BOMBS, STRAIT)


def event(trigger: Span, clause: Span, kind: str, lemma: str, doc: Document = ARTICLE, **fields: object) -> Event:
    """An Event with its sentence and, unless one is given, a cluster of its own."""
    name = record_id(doc.id, "event", trigger, kind)
    fields.setdefault("cluster", cluster_id(kind, [name]))
    return Event(
        name,
        doc.id,
        trigger,
        clause,
        sentence(clause, doc.text),
        lemma,
        kind,
        extractor=EVENTS,
        confidence=0.8,
        **fields,  # type: ignore[arg-type]  # fields are checked by the callers' tests
    )


def claim(span: Span, source: str, words: Span, doc: Document = ARTICLE, **fields: object) -> Claim:
    """A Claim whose text is the words of its content."""
    fields.setdefault("voice", "Indirect")
    fields.setdefault("speech_act", "Say")
    fields.setdefault("confidence", 0.9)
    who = source.rpartition("/")[2] if source != doc.id else "narrator"
    return Claim(
        record_id(doc.id, "claim", span, who),
        doc.id,
        span,
        source,
        doc.text[words.begin : words.end],
        (words,),
        extractor=QUOTES,
        **fields,  # type: ignore[arg-type]  # fields are checked by the callers' tests
    )


def stance(
    span: Span, holder: str, target: str, polarity: str, score: float, kind: str, basis: str, **fields: object
) -> Stance:
    """A Stance according to its holder unless said otherwise."""
    fields.setdefault("attributed_to", holder)
    fields.setdefault("confidence", 0.85)
    who = (holder.rpartition("/")[2], target.rpartition("/")[2])
    return Stance(
        record_id(ARTICLE.id, "stance", span, *who),
        ARTICLE.id,
        span,
        holder,
        target,
        polarity,
        score,
        kind,
        basis=basis,
        extractor=STANCES,
        **fields,  # type: ignore[arg-type]  # fields are checked by the callers' tests
    )


def mention(words: str, *entities: str, nth: int = 0, form: str = "name") -> Mention:
    """A Mention of some words."""
    span = at(words, nth=nth)
    return Mention(record_id(ARTICLE.id, "mention", span), ARTICLE.id, span, form, entities, NAMES, 0.95)


HEAD_SHELLING = event(
    at("shells"),
    at(HEADLINE),
    "Assault",
    "shell",
    mode="heavy-weapons",
    agents=(ARLAND.id,),
    places=(PORT.id,),
    recipients=(BORDURIA.id,),
    earliest="2031-05-01",
    latest="2031-05-06",
)
SHELLING = event(
    at("shelled"),
    at("Arland's army shelled Port Selva on Monday"),
    "Assault",
    "shell",
    mode="heavy-weapons",
    agents=(ARMY.id,),
    places=(PORT.id,),
    earliest="2031-05-05",
    latest="2031-05-05",
    time_text="on Monday",
)
_MOVE = (at("moved"), at("Arland had moved glow bombs to the coast"))
_NO_MOVE = (at("moved", nth=1), at("no glow bombs had been moved"))
_CLUSTER = cluster_id("Mobilize", ["a", "b"])
MOVE = event(*_MOVE, "Mobilize", "move", agents=(ARLAND.id,), themes=(BOMBS.id,), cluster=_CLUSTER)
NO_MOVE = event(*_NO_MOVE, "Mobilize", "move", themes=(BOMBS.id,), cluster=_CLUSTER)
SENDING = event(at("sends"), at("If Borduria sends ships"), "Mobilize", "send", agents=(BORDURIA.id,))
CLOSING = event(
    at("close"),
    at("Arland will close the strait"),
    "Coerce",
    "close",
    agents=(ARLAND.id,),
    recipients=(BORDURIA.id,),
    places=(STRAIT.id,),
)
AID = event(
    at("aid", nth=3),
    at("The Coast League backs Borduria and promised aid"),
    "Aid",
    "aid",
    agents=(LEAGUE.id,),
    recipients=(BORDURIA.id,),
    quantity=2.5,
    quantity_text="two and a half",
    cameo="070",
)
CAPTURE = event(
    at("captured"),
    at("Arland reportedly captured Low Island"),
    "Capture",
    "capture",
    agents=(ARLAND.id,),
    places=(ISLAND.id,),
)

CALLING = claim(
    at('President Ada Quill of Borduria called Arland "a reckless neighbour"'),
    QUILL.id,
    at('Arland "a reckless neighbour"'),
    voice="MixedQuote",
    speech_act="Evaluate",
    source_span=at("President Ada Quill of Borduria"),
    cue=at("called"),
    about=(ARLAND.id,),
    earliest="2031-05-05",
    latest="2031-05-06",
)
STATEMENT = claim(
    at("Quill said Arland had moved glow bombs to the coast"),
    QUILL.id,
    _MOVE[1],
    source_span=at("Quill", nth=1),
    cue=at("said"),
    content=MOVE.id,
    about=(BOMBS.id, ARLAND.id),
    addressee=(LEAGUE.id,),
    earliest="2031-05-05",
    latest="2031-05-06",
    time_text="on Monday",
)
CLAIMS = (
    claim(
        at(HEADLINE),
        ARTICLE.id,
        at(HEADLINE),
        voice="Headline",
        speech_act="Report",
        content=HEAD_SHELLING.id,
        about=(ARLAND.id,),
    ),
    claim(
        SHELLING.span,
        ARTICLE.id,
        SHELLING.span,
        voice="Narrator",
        speech_act="Report",
        content=SHELLING.id,
        earliest="2031-05-06",
        latest="2031-05-06",
    ),
    CALLING,
    STATEMENT,
    claim(_MOVE[1], QUILL.id, _MOVE[1], content=MOVE.id, statement=STATEMENT.id, confidence=0.7),
    claim(
        at("Arland's spokesman Otto Brandt said that no glow bombs had been moved"),
        BRANDT.id,
        _NO_MOVE[1],
        speech_act="Deny",
        negated=True,
        content=NO_MOVE.id,
        about=(BOMBS.id,),
        via=(LEAGUE.id,),
    ),
    claim(
        at('"We did not move anything," Brandt said'),
        BRANDT.id,
        at('"We did not move anything,"'),
        voice="Direct",
        negated=True,
        source_span=at("Brandt", nth=1),
        cue=at("said", nth=2),
    ),
    claim(
        at("If Borduria sends ships, Arland will close the strait, Brandt warned"),
        BRANDT.id,
        at("If Borduria sends ships, Arland will close the strait"),
        speech_act="Warn",
        modality="Conditional",
        content=CLOSING.id,
        condition=SENDING.id,
    ),
    claim(AID.span, ARTICLE.id, AID.span, voice="Narrator", speech_act="Report", modality="Planned", content=AID.id),
    claim(
        CAPTURE.span,
        ARTICLE.id,
        CAPTURE.span,
        voice="Narrator",
        speech_act="Report",
        content=CAPTURE.id,
        hearsay=True,
        about=(ARLAND.id,),
    ),
)
STANCES_FOUND = (
    stance(
        CALLING.span,
        QUILL.id,
        ARLAND.id,
        "Against",
        -0.7,
        "Evaluation",
        CALLING.id,
        aspect="its shelling",
        cue=at('"a reckless neighbour"'),
        earliest="2031-05-05",
        latest="2031-05-06",
    ),
    stance(
        at("The Coast League backs Borduria"),
        LEAGUE.id,
        BORDURIA.id,
        "For",
        0.8,
        "Statement",
        AID.id,
        attributed_to=ARTICLE.id,
        cue=at("backs"),
        earliest="2031-05-06",
        latest="2031-05-06",
    ),
    stance(
        at("Arland will close the strait"),
        ARLAND.id,
        BORDURIA.id,
        "Against",
        -0.8,
        "Threat",
        CLOSING.id,
        attributed_to=BRANDT.id,
        modality="Conditional",
        aspect=STRAIT.id,
    ),
    stance(
        SHELLING.span,
        ARMY.id,
        BORDURIA.id,
        "Against",
        -1.0,
        "Action",
        SHELLING.id,
        attributed_to=ARTICLE.id,
        confidence=0.4,
    ),
)
THANKS = event(
    at("thanked", SECOND_TEXT),
    at("Quill thanked the Coast League for its aid", SECOND_TEXT),
    "Support",
    "thank",
    SECOND,
    agents=(QUILL.id,),
    recipients=(LEAGUE.id,),
)
SECOND_CLAIM = claim(
    THANKS.span, SECOND.id, THANKS.span, SECOND, voice="Narrator", speech_act="Report", content=THANKS.id
)
MENTIONS = (
    mention("Arland", ARLAND.id),
    mention("Ada Quill", QUILL.id),
    mention("Otto Brandt", BRANDT.id),
    mention("Port Selva", PORT.id, nth=1),
    mention("We", ARLAND.id, BRANDT.id, form="pronoun"),
)


def affiliation(words: str, member: Entity, body: Entity, kind: str, role: str | None, **fields: object) -> Affiliation:
    """An Affiliation on words of the first article."""
    span = at(words)
    return Affiliation(
        record_id(ARTICLE.id, "affiliation", span, member.name, body.name),
        ARTICLE.id,
        span,
        member.id,
        body.id,
        kind,
        role,
        extractor=NAMES,
        confidence=0.85,
        **fields,  # type: ignore[arg-type]  # fields are checked by the callers' tests
    )


AFFILIATIONS = (
    affiliation("Arland's spokesman Otto Brandt", BRANDT, ARLAND, "Spokesperson", "spokesman"),
    affiliation("President Ada Quill of Borduria", QUILL, BORDURIA, "Office", "president"),
    affiliation(
        "Ada Quill", QUILL, BORDURIA, "Office", "president", known=True, earliest="2029-01-20", latest="2033-01-19"
    ),
    affiliation("Arland's army", ARMY, ARLAND, "Unit", "army"),
    affiliation("Port Selva", PORT, COAST, "Location", None, known=True),
)


def merge(doc: Document, origin: str) -> Merge:
    """Why the League of one article is that of both."""
    span = at("Coast League", doc.text)
    name = record_id(doc.id, "merge", span, "coast-league")
    return Merge(name, doc.id, span, origin, LEAGUE.id, "SameName", 'the full name "Coast League"', EVENTS, 0.75)


MERGES = (merge(ARTICLE, LEAGUE_HERE), merge(SECOND, LEAGUE_THERE))

RECORDS: Sequence[Record] = (
    ARTICLE,
    SECOND,
    *ENTITIES,
    *MENTIONS,
    HEAD_SHELLING,
    SHELLING,
    MOVE,
    NO_MOVE,
    SENDING,
    CLOSING,
    AID,
    CAPTURE,
    THANKS,
    *CLAIMS,
    SECOND_CLAIM,
    *STANCES_FOUND,
    *AFFILIATIONS,
    *MERGES,
)
"""Every record of the build, in no particular order."""
