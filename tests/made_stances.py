"""Many stances and events made by hand or by a seeded generator, for the aggregates: invented actors, invented sentences."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import date, timedelta

from kgbuild.ids import cluster_id, document_id, entity_id, record_id
from kgbuild.records import Claim, Dateline, Document, Entity, Event, Record, Span, Stance

NAMES = (
    "Arland", "Borduria", "Norland", "Sudmark", "Westmere", "Eastfold", "Coast League", "Harbour Union", "Tarnov Republic", "Isle of Quill",
    "Ministry of Ports", "Grand Assembly", "River Front", "Amber Coalition", "United Fishermen's Federation", "Veldt", "Kestrel Party",
    "Mara Lind", "Jon Halvorsen", "Ines Okoro", "Otto Brandt", "Ada Quill", "Zoe Marchetti-Oyelaran", "Piet van der Meulen", "Sorley",
    "Lowland Emirate", "Free Towns", "Order of the Lamp", "National Guard of Sudmark", "Fifth Brigade", "Council of Elders", "Pell",
    "Association of Border Provinces", "Caspar Thorne", "Lena Vogt", "Hollin", "Marrow Bay Company", "Southern Relief Agency", "Ruun",
    "Dagny Castellanos", "Ostia", "Peninsula Command", "People's Tribune", "Greyhaven", "Yarrow Institute", "Nine Wells", "Tolly", "Ferrant",
)  # fmt: skip
STATES = frozenset(
    {"Arland", "Borduria", "Norland", "Sudmark", "Westmere", "Eastfold", "Veldt", "Ruun", "Ostia", "Pell"}
)
WORDS = (
    "harbour treaty bridge tariff border convoy grain pipeline ceasefire summit election island fleet envoy budget canal railway dam airport "
    "market court census ferry mine forest embassy school archive lighthouse parade vaccine satellite quarry vineyard tunnel"
).split()


def actor(name: str, **more: object) -> Entity:
    """An actor: a state when its name is one of STATES."""
    kind = "State" if name in STATES else "Organization"
    return Entity(entity_id(kind, name), name, kind, **more)  # type: ignore[arg-type]  # named by the caller


def article(
    sentences: Sequence[str], published: str | None = None, publisher: str | None = None, agency: str | None = None
) -> tuple[Document, list[Span]]:
    """A Document of these sentences, and where each stands."""
    head = f"TOWN ({agency}): " if agency else ""
    text, spans = head, []
    for sentence in sentences:
        spans.append(Span(len(text), len(text) + len(sentence)))
        text += sentence + "\n"
    salt = hashlib.sha256(f"{published}{publisher}{agency}".encode()).hexdigest()[:8]
    text += f"Filed as {salt}.\n"
    sha = hashlib.sha256(text.encode()).hexdigest()
    line = Dateline(0, len(head), agency=agency) if agency else None
    return Document(
        document_id(sha), text, sha, "made.txt", publisher=publisher, published=published, dateline=line
    ), spans


def stance(document: Document, span: Span, holder: str, target: str, score: float, **more: object) -> Stance:
    """A stance whose evidence is a whole sentence, told by the article itself unless `attributed_to` says otherwise."""
    tail = str(more.pop("tail", "x"))
    return Stance(
        record_id(document.id, "stance", span, holder, target, tail), document.id, span, holder, target,
        "For" if score > 0 else "Against" if score < 0 else "Neutral", score, str(more.pop("kind", "Statement")),
        str(more.pop("attributed_to", document.id)), str(more.pop("basis", record_id(document.id, "claim", span, "basis"))),
        extractor="made-0.1.0", confidence=float(more.pop("confidence", 0.8)),  # type: ignore[arg-type]  # a number
        **more,  # type: ignore[arg-type]  # named by the caller
    )  # fmt: skip


def event(
    document: Document, span: Span, kind: str, agents: Sequence[str], recipients: Sequence[str] = (), *, negated: bool = False,
    modality: str = "Factual", hearsay: bool = False, source: str | None = None, cluster: str | None = None, **more: object
) -> list[Record]:  # fmt: skip
    """An event over a whole sentence, and the claim that says so."""
    trigger = Span(span.begin, span.begin + 3)
    name = record_id(document.id, "event", trigger, kind, *(s for s in (source or "",) if s))
    found = Event(
        name, document.id, trigger, span, span, "do", kind, agents=tuple(agents), recipients=tuple(recipients),
        cluster=cluster or cluster_id(kind, [name]), extractor="made-0.1.0", **more,  # type: ignore[arg-type]  # named by the caller
    )  # fmt: skip
    words = document.text[span.begin : span.end]
    claim = Claim(
        record_id(document.id, "claim", span, kind, source or "article"), document.id, span, source or document.id, words, (span,),
        "Narrator", "Report", modality, negated, hearsay, content=found.id, extractor="made-0.1.0",
    )  # fmt: skip
    return [found, claim]


def many(
    stances: int, actors: int = 44, seed: int = 7, camps: int = 3, repeats: float = 0.0, days: int = 900
) -> list[Record]:
    """Records of about `stances` stances between actors of some camps, four an article; `repeats` of the sentences are agencies' copies."""
    chance = random.Random(seed)
    names = [NAMES[n] if n < len(NAMES) else f"Body {n}" for n in range(actors)]
    people = [actor(n) for n in names]
    side = [n % camps for n in range(actors)]
    records: list[Record] = list(people)
    told: list[tuple[str, int, int, float]] = []
    start = date(2030, 1, 1)
    for n in range(0, stances, 4):
        rows = []
        for k in range(4):
            if told and chance.random() < repeats:
                rows.append(told[chance.randrange(len(told))])
                continue
            a = int(actors * chance.random() ** 2.2)
            b = int(actors * chance.random() ** 1.6)
            if a == b:
                b = (a + 1) % actors
            friendly = side[a] == side[b]
            if chance.random() < 0.06:
                friendly = not friendly
            score = round(chance.uniform(0.3, 0.9), 1) * (1 if friendly else -1)
            verb = "backed" if friendly else "condemned"
            words = " ".join(chance.choice(WORDS) for _ in range(9))
            rows.append((f"{names[a]} {verb} {names[b]} over the {words} in round {n + k}.", a, b, score))
            told.append(rows[-1])
        day = (start + timedelta(days=chance.randrange(days))).isoformat()
        home, spans = article([r[0] for r in rows], day, f"Paper {chance.randrange(30)}")
        records.append(home)
        seen = set()
        for (_, a, b, score), span in zip(rows, spans, strict=True):
            record = stance(home, span, people[a].id, people[b].id, score)
            if record.id not in seen:
                seen.add(record.id)
                records.append(record)
                kind = ("Support", "Aid", "Accuse", "Assault")[(score < 0) * 2 + chance.randrange(2)]
                if chance.random() < 0.3:
                    records += event(home, span, kind, [people[a].id], [people[b].id])
    return records


def changed(before: float = 0.6, after: float = -0.7, each: int = 9, day: str = "2031-05-01") -> list[Record]:
    """One holder that turns against its target on `day`: `each` stances on days before it and from it on."""
    a, b = actor("Ruun"), actor("Pell")
    turn = date.fromisoformat(day)
    records: list[Record] = [a, b]
    for n in range(-each, each):
        sentence = f"Ruun spoke of Pell for the {n + each}th time, of its {WORDS[n % len(WORDS)]} and of its {WORDS[n * 7 % len(WORDS)]}."
        home, (span,) = article([sentence], (turn + timedelta(days=3 * n)).isoformat(), f"Paper {n % 4}")
        score = (after if n >= 0 else before) + 0.05 * (n % 3)
        records += [home, stance(home, span, a.id, b.id, round(score, 2))]
    return records
