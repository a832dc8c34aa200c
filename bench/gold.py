"""The gold articles: records mapped to the gold format (../shared/gold/FORMAT.md), written and scored."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.system import Rooms
from kgbuild.records import Claim, Document, Entity, Event, Mention, Record, Span, Stance
from kgbuild.vocab import EVENT_TYPES

KINDS = {
    "Person": "PERSON",
    "Organization": "ORGANIZATION",
    "State": "COUNTRY",
    "Group": "GROUP",
    "Place": "REGION",
    "City": "CITY",
    "Topic": "OTHER",
}
NOT_ACTUAL = {
    "Planned": "future",
    "Probable": "hypothetical",
    "Possible": "hypothetical",
    "Conditional": "hypothetical",
    "Desired": "hypothetical",
    "Questioned": "hypothetical",
}
NOTATION = {"State": "STATEMENT", "Request": "STATEMENT", "OtherEvent": "OTHER"}


def run(options: argparse.Namespace) -> int:
    """Write <key>.json for every <key>.txt of --data and print score.py's figures."""
    data = Path(options.data)
    out = Path(options.predictions or "gold-predictions")
    predict(data, out)
    scorer = data / "score.py"
    if not scorer.is_file():
        scorer = Path(__file__).resolve().parents[2] / "shared" / "gold" / "score.py"
    command = [sys.executable, str(scorer), str(data), str(out), *(["--verbose"] if options.verbose else [])]
    return subprocess.run(command, check=False).returncode


def predict(data: Path, out: Path) -> None:
    """Write <key>.json into `out` for every <key>.txt of `data`."""
    out.mkdir(parents=True, exist_ok=True)
    rooms = Rooms()
    for path in sorted(data.glob("*.txt")):
        content = json.dumps(to_gold(path.stem, rooms.file(path)), ensure_ascii=False, indent=1)
        (out / f"{path.stem}.json").write_text(content, encoding="utf-8")


def to_gold(key: str, records: Sequence[Record]) -> dict[str, Any]:
    """One article's records as a gold-format object."""
    document = next(r for r in records if isinstance(r, Document))
    entities = {r.id: r for r in records if isinstance(r, Entity)}
    joined = {e.territory: e.id for e in entities.values() if e.territory}
    one = {i: joined.get(i, i) for i in entities}
    mentions: dict[str, list[Mention]] = defaultdict(list)
    for m in records:
        if isinstance(m, Mention):
            for denoted in m.entities:
                mentions[one.get(denoted, denoted)].append(m)
    named = {i for i, e in entities.items() if e.kind != "Topic" or any(m.form == "name" for m in mentions[i])}
    kept = sorted(i for i in named if one[i] == i and mentions[i])
    claims = [r for r in records if isinstance(r, Claim)]

    def ids(values: Sequence[str]) -> list[str]:
        return sorted({one.get(v, v) for v in values if v in named})

    out: dict[str, Any] = {"doc": {"key": key}, "entities": [], "events": [], "attributions": [], "stances": []}
    for i in kept:
        e = entities[i]
        spans = sorted({(m.span, m.form) for m in mentions[i]})
        item = {"id": i, "name": e.name, "type": KINDS[e.kind], "mentions": [{**_span(s), "kind": f} for s, f in spans]}
        out["entities"].append({**item, **({"qid": e.qid} if e.qid else {})})
    conditions = {c.condition for c in claims}
    by_content: dict[str, list[Claim]] = defaultdict(list)
    for c in claims:
        if c.content:
            by_content[c.content].append(c)
    for event in (r for r in records if isinstance(r, Event)):
        claim = max(by_content[event.id], key=_depth, default=None)
        out["events"].append(
            {
                "id": event.id,
                "trigger": _span(event.trigger),
                "lemma": event.lemma,
                "class": NOTATION.get(event.type, EVENT_TYPES[event.type]),
                "agents": ids(event.agents),
                "patients": ids((*event.recipients, *event.themes)),
                "places": ids(event.places),
                "time": _time(event.earliest, event.latest),
                "factuality": "hypothetical" if claim is None and event.id in conditions else _factuality(claim),
                "attributed_to": None
                if claim is None or claim.source == document.id
                else one.get(claim.source, claim.source),
            }
        )
    for c in claims:
        if c.cue is None or c.statement is not None:
            continue
        for n, span in enumerate(c.content_spans):
            out["attributions"].append(
                {
                    "id": f"{c.id}.{n}",
                    "source": None if c.source == document.id else one.get(c.source, c.source),
                    "source_span": _span(c.source_span) if c.source_span else None,
                    "cue": _span(c.cue),
                    "content": _span(span),
                    "direct": c.voice == "Direct",
                }
            )
    types = {r.id: r.type for r in records if isinstance(r, Event)}
    contents = {c.id: types.get(c.content or "", "") for c in claims}
    for s in (r for r in records if isinstance(r, Stance)):
        target: Any = one.get(s.target, s.target)
        if s.target not in named:
            topic = entities.get(s.target)
            near = [m.span for m in mentions[s.target] if s.span.begin <= m.span.begin and m.span.end <= s.span.end]
            target = {"topic": topic.name if topic else "", "span": _span(near[0] if near else s.span)}
        basis = types.get(s.basis) or contents.get(s.basis, "")
        out["stances"].append(
            {
                "id": s.id,
                "holder": one.get(s.holder, s.holder),
                "target": target,
                "evidence": _span(s.span),
                "polarity": "positive" if s.score > 0 else "negative",
                "kind": _stance_kind(s, basis),
                "explicit": s.kind != "Action",
            }
        )
    return out


def _span(span: Span) -> dict[str, int]:
    return {"start": span.begin, "end": span.end}


def _depth(claim: Claim) -> tuple[bool, int, int, str]:
    """The innermost claim of several: attributed before narrated, then the longest chain of sources, then the narrowest."""
    return claim.cue is not None, len(claim.via), claim.span.begin - claim.span.end, claim.id


def _factuality(claim: Claim | None) -> str:
    if claim is None:
        return "actual"
    if claim.modality == "Factual":
        return "negated" if claim.negated else "actual"
    return "negated" if claim.negated and claim.modality == "Planned" else NOT_ACTUAL[claim.modality]


def _time(earliest: str | None, latest: str | None) -> str | None:
    """A day, a month, a year, or first/last, as the gold writes it."""
    if not earliest or not latest:
        return None
    if earliest == latest:
        return earliest
    if earliest[:7] == latest[:7] and earliest.endswith("-01") and latest[8:] >= "28":
        return earliest[:7]
    if earliest[:4] == latest[:4] and earliest.endswith("-01-01") and latest.endswith("-12-31"):
        return earliest[:4]
    return f"{earliest}/{latest}"


def _stance_kind(stance: Stance, basis_type: str) -> str:
    positive = stance.score > 0
    if stance.kind == "Action":
        if positive:
            return "support"
        return "sanction" if basis_type == "Sanction" else "attack"
    if stance.kind == "Threat":
        return "threaten"
    if stance.kind == "Demand":
        return "oppose"
    if stance.kind == "Evaluation":
        special = {"Accuse": "accuse", "Threaten": "warn", "Disapprove": "condemn"}
        return "praise" if positive else special.get(basis_type, "criticise")
    return "support" if positive else "oppose"
