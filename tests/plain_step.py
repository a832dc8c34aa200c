"""A language step for tests, made of one pattern: "Ann Lee of Arland attacked Bob Ray on 2020-01-02." gives entities, an event, a claim and a stance.

`use(monkeypatch)` puts it in the place of the real one; run as a script it is `kgbuild` with it, for tests that kill processes.
"""

from __future__ import annotations

import re
import sys
import time
from types import SimpleNamespace
from typing import Any

from kgbuild import language, pipeline
from kgbuild.config import Config
from kgbuild.ids import entity_id, extractor_id, record_id
from kgbuild.records import Claim, Document, Entity, Event, Mention, Record, Skipped, Span, Stance

V = extractor_id("plain", "0.1.0")
QIDS = {"Arland": "Q900001", "Borduria": "Q900002", "Syldavia": "Q900003"}
SENTENCE = re.compile(
    r"(?P<who>[A-Z]\w+ [A-Z]\w+)(?: of (?P<state>\w+))? (?P<verb>attacked|met|blamed) (?P<whom>[A-Z]\w+(?: [A-Z]\w+)?)"
    r"(?: on (?P<day>\d{4}-\d\d-\d\d))?\."
)
TYPES = {"attacked": ("Assault", "attack"), "met": ("Consult", "meet"), "blamed": ("Accuse", "blame")}


class Annotator:
    """What the pipeline asks of a language step."""

    def __init__(self, config: Config) -> None:
        self.config, self.arithmetic, self.refused = config, "plain", ()
        self.nlp = SimpleNamespace(meta={"lang": "en", "name": "plain", "version": "1"})
        self.seen: list[str] = []


def article(annotator: Any, document: Document) -> list[Record] | Skipped:
    """The records of an article; one that holds "FAIL" fails, as an article of ours may."""
    annotator.seen.append(document.source)
    time.sleep(annotator.pause if hasattr(annotator, "pause") else 0)
    if "FAIL" in document.text:
        return Skipped(document.source, "processing failed (Test: asked for)")
    entities: dict[str, Entity] = {}
    out: list[Record] = []

    def entity(name: str, state: str | None = None) -> str:
        qid = QIDS.get(name)
        kind = "State" if qid else "Person"
        i = entity_id(kind, name, qid, "" if qid else document.id)
        above = (entity(state),) if state else ()
        if i not in entities or above:
            entities[i] = Entity(
                i, name, kind, qid, affiliation=above, extractor=V, confidence=0.9, document=document.id
            )
        return i

    for m in SENTENCE.finditer(document.text):
        who, whom = entity(m["who"], m["state"]), entity(m["whom"])
        whole, (kind, lemma) = Span(*m.span()), TYPES[m["verb"]]
        for group, i in (("who", who), ("whom", whom)):
            span = Span(*m.span(group))
            out.append(Mention(record_id(document.id, "mention", span), document.id, span, "name", (i,), V, 0.9))
        event = Event(
            record_id(document.id, "event", whole, kind), document.id, Span(*m.span("verb")), whole, whole, lemma, kind, agents=(who,),
            recipients=(whom,), earliest=m["day"], latest=m["day"], extractor=V, confidence=0.8,
        )  # fmt: skip
        claim = Claim(
            record_id(document.id, "claim", whole, "article"), document.id, whole, document.id, document.text[whole.begin : whole.end],
            (whole,), "Narrator", "Report", content=event.id, extractor=V, confidence=0.8,
        )  # fmt: skip
        out += [event, claim]
        if m["verb"] == "blamed" and who != whom:
            out.append(
                Stance(record_id(document.id, "stance", whole, m["who"], m["whom"]), document.id, whole, who, whom, "Against", -0.6,
                       "Statement", document.id, claim.id, extractor=V, confidence=0.7)
            )  # fmt: skip
    unique = {r.id: r for r in out}
    return [document, *sorted(entities.values(), key=lambda e: e.id), *unique.values()]


def use(patch: Any, pause: float = 0.0) -> list[str]:
    """Put it in place of the real step; the list grows by the source of each article that goes through it."""
    seen: list[str] = []

    def made(config: Config) -> Any:
        step = Annotator(config)
        step.seen, step.pause = seen, pause  # type: ignore[attr-defined]  # of this test alone
        return step

    patch.setattr(language, "annotator_of", made)
    patch.setattr(language, "article", article)
    patch.setattr(pipeline, "pipeline_key", lambda config: "plain")
    return seen


if __name__ == "__main__":
    from kgbuild.cli import main

    use(SimpleNamespace(setattr=setattr), pause=float(sys.argv.pop(1)))
    main()
