"""Records made by hand for the tests of the network, the writers and the page: invented articles, invented states."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from kgbuild.ids import cluster_id, document_id, entity_id, record_id
from kgbuild.records import Claim, Dateline, Document, Entity, Event, Mention, Paragraph, Record, Span, Stance

FIRST = """Norland strikes Sudmark port as talks fail
Premier Halvorsen rules out a truce

HARBOURTON, May 3 (Wire): Norland shelled the port of Eastquay on Monday, a Sudmark army spokesman said.
"The shelling of Eastquay was a crime," President Ines Okoro told reporters. "We will never forgive it."
Norland's defence ministry denied that its forces had shelled Eastquay.
If the League supplied Sudmark with drones, Norland would close the Strait of Amber, Premier Jon Halvorsen warned.
The League condemned Norland and promised aid to Sudmark. Mr. Halvorsen will meet Okoro in Harbourton on Friday.
Sudmark has not recaptured the Amber Islands. Reportedly, thousands fled Eastquay.
"""

SECOND = """League weighs sanctions

The League may impose sanctions on Norland, its secretary Mara Lind said on Tuesday.
Lind praised Okoro and called Norland's premier "a danger to every harbour". Westmere backs Sudmark.
Westmere and the League agreed on a common fund. Norland called for a truce over the Amber Islands.
"""


class Article:
    """Finds spans by their words and mints the records on them."""

    def __init__(self, text: str, headline: str, published: str | None, publisher: str | None, url: str | None) -> None:
        sha = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        self.text, self.id = text, document_id(sha)
        paragraphs, begin = [], 0
        for n, line in enumerate(text.split("\n")):
            if line:
                paragraphs.append(Paragraph(begin, begin + len(line), "headline" if n == 0 else "body"))
            begin += len(line) + 1
        dateline = None
        if ": " in text and "(Wire)" in text:
            start = text.index("HARBOURTON")
            dateline = Dateline(start, text.index(": ", start) + 2, None, "2031-05-03", "Wire")
        self.records: list[Record] = [
            Document(
                self.id,
                text,
                sha,
                "made.txt",
                headline,
                publisher,
                published,
                url,
                dateline=dateline,
                paragraphs=tuple(paragraphs),
            )
        ]

    def span(self, words: str, nth: int = 0) -> Span:
        begin = -1
        for _ in range(nth + 1):
            begin = self.text.index(words, begin + 1)
        return Span(begin, begin + len(words))

    def mentions(self, entity: Entity, *words: str) -> None:
        for word in words:
            begin = self.text.find(word)
            while begin >= 0:
                span = Span(begin, begin + len(word))
                mention = record_id(self.id, "mention", span, entity.id)
                self.records.append(Mention(mention, self.id, span, "name", (entity.id,), "made", 0.9))
                begin = self.text.find(word, begin + 1)

    def event(self, clause: str, trigger: str, kind: str, sentence: str, **more: object) -> Event:
        span = self.span(clause)
        at = self.text.index(trigger, span.begin)
        event = Event(
            record_id(self.id, "event", span, kind),
            self.id,
            Span(at, at + len(trigger)),
            span,
            self.span(sentence),
            trigger,
            kind,
            extractor="made",
            confidence=0.8,
            **more,  # type: ignore[arg-type]  # the caller names the fields
        )
        self.records.append(event)
        return event

    def claim(self, words: str, source: str | None, says: str, act: str = "Say", **more: object) -> Claim:
        span, inner = self.span(words), self.span(says)
        claim = Claim(
            record_id(self.id, "claim", span, source or "article", says[:12]),
            self.id,
            span,
            source or self.id,
            says,
            (inner,),
            str(more.pop("voice", "Indirect" if source else "Narrator")),
            act,
            extractor="made",
            confidence=0.9,
            **more,  # type: ignore[arg-type]  # the caller names the fields
        )
        self.records.append(claim)
        return claim

    def stance(
        self, words: str, holder: str, target: str, score: float, kind: str, basis: str, **more: object
    ) -> Stance:
        span = self.span(words)
        stance = Stance(
            record_id(self.id, "stance", span, holder, target),
            self.id,
            span,
            holder,
            target,
            "For" if score > 0 else "Against",
            score,
            kind,
            str(more.pop("attributed_to", self.id)),
            basis,
            extractor="made",
            confidence=0.7,
            **more,  # type: ignore[arg-type]  # the caller names the fields
        )
        self.records.append(stance)
        return stance


def entity(kind: str, name: str, qid: str | None = None, **more: object) -> Entity:
    return Entity(entity_id(kind, name, qid), name, kind, qid, **more)  # type: ignore[arg-type]  # named by the caller


def made_records() -> list[Record]:
    """Two articles with every kind of edge and every status, in no particular order."""
    islands = entity("Place", "Amber Islands")
    strait = entity("Place", "Strait of Amber")
    norland_land, sudmark_land = entity("Place", "Norland"), entity("Place", "Sudmark")
    norland = entity("State", "Norland", "Q900000001", territory=norland_land.id, aliases=("Norlanders",))
    sudmark = entity("State", "Sudmark", "Q900000002", territory=sudmark_land.id)
    eastquay = entity("City", "Eastquay", within=sudmark_land.id, lat=54.5, long=-3.25)
    harbourton = entity("City", "Harbourton")
    ministry = entity("Organization", "Norland defence ministry", affiliation=(norland.id,))
    halvorsen = entity("Person", "Jon Halvorsen", "Q900000003", affiliation=(norland.id,))
    okoro = entity("Person", "Ines Okoro", affiliation=(sudmark.id,))
    spokesman = entity("Group", "Sudmark army spokesman", affiliation=(sudmark.id,))
    league = entity("Organization", "League")
    lind = entity("Person", "Mara Lind", affiliation=(league.id,))
    westmere = entity("State", "Westmere")
    truce, drones, sanctions = entity("Topic", "truce"), entity("Topic", "drones"), entity("Topic", "sanctions")
    people = [
        islands,
        strait,
        norland_land,
        sudmark_land,
        norland,
        sudmark,
        eastquay,
        harbourton,
        ministry,
        halvorsen,
        okoro,
        spokesman,
        league,
        lind,
        westmere,
        truce,
        drones,
        sanctions,
    ]

    a = Article(
        FIRST,
        "Norland strikes Sudmark port as talks fail",
        "2031-05-04",
        "The Invented Gazette",
        "https://example.org/a",
    )
    for who, words in (
        (norland, ("Norland",)),
        (sudmark, ("Sudmark",)),
        (eastquay, ("Eastquay",)),
        (okoro, ("Okoro",)),
        (league, ("League",)),
        (halvorsen, ("Halvorsen",)),
        (harbourton, ("HARBOURTON", "Harbourton")),
        (islands, ("Amber Islands",)),
    ):
        a.mentions(who, *words)
    lines = FIRST.split("\n")
    shelled = "Norland shelled the port of Eastquay on Monday"
    sentence = lines[3].removeprefix("HARBOURTON, May 3 (Wire): ")
    denied_clause = "its forces had shelled Eastquay"
    first, second = a.span(shelled), a.span(denied_clause)
    cluster = cluster_id(
        "Assault", (record_id(a.id, "event", first, "Assault"), record_id(a.id, "event", second, "Assault"))
    )
    day = {"earliest": "2031-05-01", "latest": "2031-05-01"}
    shelling = a.event(
        shelled,
        "shelled",
        "Assault",
        sentence,
        agents=(norland.id,),
        recipients=(sudmark.id,),
        places=(eastquay.id,),
        cluster=cluster,
        mode="shelling",
        cameo="190",
        **day,
    )
    a.claim(sentence, spokesman.id, shelled, content=shelling.id, about=(norland.id, eastquay.id))
    denied = a.event(
        denied_clause, "shelled", "Assault", lines[5], agents=(norland.id,), places=(eastquay.id,), cluster=cluster
    )
    a.claim(
        "Norland's defence ministry denied that its forces had shelled Eastquay",
        ministry.id,
        denied_clause,
        "Deny",
        negated=True,
        content=denied.id,
        about=(norland.id, eastquay.id),
        cue=a.span("denied"),
    )
    crime = a.claim(
        '"The shelling of Eastquay was a crime," President Ines Okoro told reporters',
        okoro.id,
        "The shelling of Eastquay was a crime",
        "Evaluate",
        voice="Direct",
        about=(eastquay.id,),
        cue=a.span("told"),
    )
    a.stance(
        "The shelling of Eastquay was a crime", okoro.id, norland.id, -0.9, "Evaluation", crime.id, cue=a.span("crime")
    )
    supply = a.event(
        "If the League supplied Sudmark with drones",
        "supplied",
        "Aid",
        lines[6],
        agents=(league.id,),
        recipients=(sudmark.id,),
        instruments=(drones.id,),
    )
    close = a.event(
        "Norland would close the Strait of Amber",
        "close",
        "Coerce",
        lines[6],
        agents=(norland.id,),
        themes=(strait.id,),
    )
    threat = a.claim(
        lines[6].removesuffix("."),
        halvorsen.id,
        "Norland would close the Strait of Amber",
        "Warn",
        modality="Conditional",
        content=close.id,
        condition=supply.id,
        about=(strait.id, league.id),
        cue=a.span("warned"),
    )
    a.stance(
        "Norland would close the Strait of Amber",
        halvorsen.id,
        league.id,
        -0.6,
        "Threat",
        threat.id,
        cue=a.span("warned"),
    )
    condemned_sentence = "The League condemned Norland and promised aid to Sudmark."
    condemned = a.event(
        "The League condemned Norland",
        "condemned",
        "Accuse",
        condemned_sentence,
        agents=(league.id,),
        recipients=(norland.id,),
    )
    a.claim(condemned_sentence, None, "The League condemned Norland", "Report", content=condemned.id)
    a.stance(
        "The League condemned Norland", league.id, norland.id, -0.8, "Action", condemned.id, cue=a.span("condemned")
    )
    aid = a.event(
        "promised aid to Sudmark", "aid", "Aid", condemned_sentence, agents=(league.id,), recipients=(sudmark.id,)
    )
    a.claim("promised aid to Sudmark", None, "aid to Sudmark", "Report", modality="Planned", content=aid.id)
    a.stance("promised aid to Sudmark", league.id, sudmark.id, 0.6, "Commitment", aid.id)
    meet_words = "Mr. Halvorsen will meet Okoro in Harbourton on Friday."
    meet = a.event(
        meet_words.removesuffix("."),
        "meet",
        "Consult",
        meet_words,
        agents=(halvorsen.id, okoro.id),
        earliest="2031-05-05",
        latest="2031-05-05",
    )
    a.claim(meet_words, None, meet_words.removesuffix("."), "Report", modality="Planned", content=meet.id)
    retaken = a.event(
        "Sudmark has not recaptured the Amber Islands",
        "recaptured",
        "Capture",
        lines[8].split(". ")[0] + ".",
        agents=(sudmark.id,),
        places=(islands.id,),
    )
    a.claim(
        "Sudmark has not recaptured the Amber Islands",
        None,
        "Sudmark has not recaptured the Amber Islands",
        "Report",
        negated=True,
        content=retaken.id,
    )
    fled = a.event(
        "thousands fled Eastquay", "fled", "Suffer", "Reportedly, thousands fled Eastquay.", places=(eastquay.id,)
    )
    a.claim(
        "Reportedly, thousands fled Eastquay", None, "thousands fled Eastquay", "Report", hearsay=True, content=fled.id
    )

    b = Article(SECOND, "League weighs sanctions", None, None, None)
    for who, words in (
        (norland, ("Norland",)),
        (sudmark, ("Sudmark",)),
        (league, ("League",)),
        (lind, ("Lind",)),
        (westmere, ("Westmere",)),
    ):
        b.mentions(who, *words)
    lines = SECOND.split("\n")
    impose = b.event(
        "The League may impose sanctions on Norland",
        "sanctions",
        "Sanction",
        lines[2],
        agents=(league.id,),
        recipients=(norland.id,),
        instruments=(sanctions.id,),
    )
    b.claim(
        lines[2].removesuffix("."),
        lind.id,
        "The League may impose sanctions on Norland",
        modality="Possible",
        content=impose.id,
        about=(norland.id, sanctions.id),
        cue=b.span("said"),
    )
    danger = b.claim(
        'Lind praised Okoro and called Norland\'s premier "a danger to every harbour"',
        lind.id,
        '"a danger to every harbour"',
        "Evaluate",
        voice="MixedQuote",
        about=(halvorsen.id,),
        cue=b.span("called"),
    )
    b.stance("Lind praised Okoro", lind.id, okoro.id, 0.7, "Evaluation", danger.id, cue=b.span("praised"))
    b.stance(
        'called Norland\'s premier "a danger to every harbour"',
        lind.id,
        halvorsen.id,
        -0.8,
        "Evaluation",
        danger.id,
        cue=b.span("danger"),
    )
    backs = b.event(
        "Westmere backs Sudmark",
        "backs",
        "Support",
        "Westmere backs Sudmark.",
        agents=(westmere.id,),
        recipients=(sudmark.id,),
    )
    b.claim("Westmere backs Sudmark.", None, "Westmere backs Sudmark", "Report", content=backs.id)
    b.stance("Westmere backs Sudmark", westmere.id, sudmark.id, 0.7, "Statement", backs.id, cue=b.span("backs"))
    fund = b.event(
        "Westmere and the League agreed on a common fund",
        "agreed",
        "Agree",
        "Westmere and the League agreed on a common fund.",
        agents=(westmere.id, league.id),
    )
    b.claim(
        "Westmere and the League agreed on a common fund",
        None,
        "Westmere and the League agreed on a common fund",
        "Report",
        content=fund.id,
    )
    call = b.claim(
        "Norland called for a truce over the Amber Islands",
        norland.id,
        "a truce over the Amber Islands",
        "Ask",
        modality="Desired",
        about=(truce.id, islands.id),
    )
    b.stance("Norland called for a truce", norland.id, truce.id, 0.5, "Demand", call.id)
    return [*b.records, *reversed(people), *a.records]


HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(2)> & \u202e\u2066 txt \u2028 ]]> "=1+1" \\'


def hostile_records(name: str = HOSTILE, long: int = 0) -> list[Record]:
    """One article whose text, headline, names and address attack the reader; `long` letters pad a name."""
    text = f"{name} attacked Norland. 😀 Norland hates {name}.\n"
    article = Article(text, name, "2031-13-77", name, "javascript:alert(3)")
    enemy = Entity(
        "actor/enemy-x0000000000", name + "x" * long, "Group", 'Q1"><script>alert(4)</script>', aliases=(name,)
    )
    norland = entity("State", "Norland")
    first = text.split(" 😀 ")[0]
    event = article.event(
        first.removesuffix("."),
        "attacked",
        "Assault",
        first,
        agents=(enemy.id,),
        recipients=(norland.id,),
        earliest="2031-02-30",
        latest="not a day",
    )
    article.claim(first, None, first, "Report", content=event.id)
    article.stance(
        f"Norland hates {name}", norland.id, enemy.id, -1.0, "Evaluation", event.id, cue=article.span("hates")
    )
    return [*article.records, enemy, norland]


def shuffled(records: Sequence[Record]) -> list[Record]:
    """Another order of the same records."""
    return [*records[1::2], *reversed(records[::2])]
