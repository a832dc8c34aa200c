"""What changed between two builds, record by record."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from kgbuild.records import Affiliation, Claim, Document, Entity, Event, Mention, Merge, Record, Stance, record_order

__all__ = ["Change", "difference"]


@dataclass(frozen=True, slots=True)
class Change:
    """One record gained, lost or altered; `fields` names what differs in an altered one."""

    sign: str
    record: Record
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = f"{self.sign} {type(self.record).__name__} {self.record.id}: {_label(self.record)}"
        return what + (f" ({', '.join(self.fields)})" if self.fields else "")


def difference(old: Iterable[Record], new: Iterable[Record]) -> list[Change]:
    """Changes from `old` to `new`, ordered by kind and id; "+" gained, "-" lost, "~" altered. Mentions are left out."""
    before = {r.id: r for r in old if not isinstance(r, Mention)}
    after = {r.id: r for r in new if not isinstance(r, Mention)}
    changes = [Change("-", before[i]) for i in before.keys() - after.keys()]
    changes += [Change("+", after[i]) for i in after.keys() - before.keys()]
    for i in before.keys() & after.keys():
        a, b = before[i], after[i]
        if a != b:
            names = (f.name for f in dataclasses.fields(b))
            changes.append(Change("~", b, tuple(n for n in names if getattr(a, n, None) != getattr(b, n))))
    return sorted(changes, key=lambda c: (record_order(c.record), c.sign))


def _label(record: Record) -> str:
    match record:
        case Document():
            return record.headline or record.source
        case Entity():
            return record.name
        case Event():
            return f"{record.type} {record.lemma}: {', '.join(record.agents) or '?'} > {', '.join((*record.recipients, *record.themes)) or '?'}"
        case Claim():
            return f"{record.source} {record.speech_act}: {record.text}"
        case Stance():
            return f"{record.holder} {record.polarity} {record.target} ({record.score:+.2f})"
        case Affiliation():
            return f"{record.member} {record.role or record.kind.lower()} of {record.body}"
        case Merge():
            return f"{record.origin} is {record.entity}: {record.reason}"
        case _:
            return ""
