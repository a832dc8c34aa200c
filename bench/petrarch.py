"""Event coding on the PETRARCH records: who does what to whom, in CAMEO codes, one sentence at a time.

The system reads the raw sentence and its date. Beside it, it gets what a coder's user brings: the suite's actor dictionary as a file
of entities of one's own (its states are made up: nothing else could know that Gondor is one). Codes: those of the events themselves;
a second run
codes by the verb dictionary that comes with the records (that of `unit` is partly WEIS, partly made up, so no other coder can give its
codes), as PETRARCH does. The scorer turns the words of source and target into codes itself.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from spacy.tokens import Doc

from bench.corpora import PETRARCH, Text, petrarch, petrarch_data, petrarch_folder
from bench.system import Rooms, print_scores
from bench.verbs import read_verbs
from kgbuild.claims import syntax
from kgbuild.claims.coded import parties
from kgbuild.claims.coding import Codes, codes_from
from kgbuild.claims.events import find_events
from kgbuild.claims.model import FoundEvent
from kgbuild.claims.roles import Cast
from kgbuild.config import Config, data_path
from kgbuild.knowledge import Base, key
from kgbuild.knowledge.normal import is_acronym
from kgbuild.knowledge.schema import KINDS, TYPES
from kgbuild.layers import slice_of
from kgbuild.records import Mention, Span

ACTORS = {"unit": ("PETR.Validate.actors.txt",)}
"""Split -> dictionaries of actors that no encyclopedia knows."""
VERBS = {"unit": ("PETR.Validate.verbs.txt",), "gsr": ("CAMEO.2.0.txt", "CAMEO*.txt", "*CAMEO*.txt", "*verbs*.txt")}
"""Split -> the verb dictionary its records were coded by, as names to look for in order."""
VISITS = frozenset({"Move", "Consult", "Retreat"})
DEFAULT = {"State": "010", "Move": "042", "Own": "010", "Suffer": "180", "OtherEvent": "010"}
"""Codes of types without a code of their own."""


def run(options: argparse.Namespace) -> int:
    """Write one JSON line a sentence and print petrarch.py's figures, for our own codes and for the suite's dictionary."""
    root, out = Path(options.data), Path(options.predictions or "petrarch-predictions.jsonl")
    own = out.with_name(f"{out.stem}-own-codes{out.suffix}")
    dictionary = verb_dictionary(root, options.split)
    predict(root, options.split, {out: table_of(dictionary), own: None}, options.limit)
    status = 0
    for path, what in (
        (out, dictionary.name if dictionary else "the shipped table, like a dictionary"),
        (own, "our own events"),
    ):
        print(f"codes of {what}:", flush=True)
        status = print_scores("petrarch.py", root, ["--split", options.split], path) or status
    return status


def verb_dictionary(root: Path, split: str) -> Path | None:
    """The verb dictionary that comes with a split, or beside the other split; None when there is none."""
    for name in (split, *(other for other in PETRARCH if other != split)):
        folder = petrarch_folder(root, name)
        found = (
            [p for pattern in VERBS[split] for p in sorted((folder / "dictionaries").rglob(pattern))] if folder else []
        )
        if found:
            return found[0]
    return None


def table_of(dictionary: Path | None) -> Codes:
    """A dictionary as a table that codes every verb it lists, as PETRARCH does; the shipped table without one."""
    if dictionary is not None:
        return codes_from({"types": {}, "overrules": True, **read_verbs(dictionary)})
    return codes_from({**json.loads(data_path("cameo.json").read_text(encoding="utf-8")), "overrules": True})


def predict(root: Path, split: str, out: dict[Path, Codes | None], limit: int = 0) -> None:
    """Write the coded events of every sentence, one file for each way to code."""
    with tempfile.TemporaryDirectory() as folder:
        knowledge = None
        if split in ACTORS:
            knowledge = str(Path(folder) / "entities.sqlite")
            add_actors([petrarch_data(root, split) / "dictionaries" / name for name in ACTORS[split]], Path(knowledge))
        rooms = Rooms(Config(knowledge=knowledge))
        lines: dict[Path, list[str]] = {path: [] for path in out}
        for n, text in enumerate(petrarch(root, split)):
            if limit and n >= limit:
                break
            for path, events in coded(rooms, text, out).items():
                lines[path].append(json.dumps({"id": text.id, "events": events}, ensure_ascii=False) + "\n")
        for path, written in lines.items():
            path.write_text("".join(written), encoding="utf-8")


def coded(rooms: Rooms, text: Text, ways: dict[Path, Codes | None]) -> dict[Path, list[dict[str, str]]]:
    """The events of one sentence, coded in each way: source and target in words, and a code."""
    doc = rooms.annotator.annotate(rooms.read(text.text, text.id, published=text.published))
    out: dict[Path, list[dict[str, str]]] = {}
    for path, codes in ways.items():
        words = _Words(doc)
        events: dict[tuple[str, str, str], dict[str, str]] = {}
        for found in find_events(doc, codes)[0]:
            if codes is not None and codes.code(doc[found.token]) is None:
                continue  # the suite's dictionary does not code this word
            for event in words.coded(found):
                events.setdefault((event["source_text"], event["target_text"], event["code"]), event)
        out[path] = list(events.values())
    return out


class _Words:
    """The entities of a sentence in words a dictionary of actors can look up."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.cast = Cast(doc)
        self.entities = {e.id: e for e in doc._.entities}
        self.state_of = {e.territory: e.id for e in doc._.entities if e.territory}
        self.mentions: dict[str, list[Mention]] = defaultdict(list)
        for mention in doc._.mentions:
            for denoted in mention.entities:
                self.mentions[self.state_of.get(denoted, denoted)].append(mention)

    def coded(self, found: FoundEvent) -> Iterator[dict[str, str]]:
        """One event between each agent and each one it reaches; both ways where it is mutual or its code has two halves.

        The suites code a target wherever the sentence has one ("welcomed the talks with Kenya": Kenya), so where the event has none,
        the actor that the verb reaches through its phrases is taken.
        """
        event = found.record
        there, _, back = (event.cameo or DEFAULT.get(event.type, "010")).partition(":")
        agents = self._actors(event.agents)
        reached = [i for i in self._actors((*event.recipients, *event.themes)) if i not in agents]
        if not reached and event.type in VISITS:
            reached = [i for i in self._actors(event.places) if i not in agents]
        more = parties(self.doc[found.token], self.cast, places=True)
        agents = self._actors((*event.agents, *more.agents))
        reached = [i for i in reached if i not in agents] or [
            i for i in self._actors(more.recipients) if i not in agents
        ]
        pairs = [(a, r, there) for a in agents for r in reached]
        if not reached or (len(agents) > 1 and there == back):
            pairs = [(a, b, there) for a in agents for b in agents if a != b]
            back = ""
        elif event.type == "Consult" and not back:
            back = there
        if back:
            pairs += [(r, a, back) for a, r, _ in pairs]
        for one, other, code in pairs:
            for source in self.words(one, event.trigger):
                for target in self.words(other, event.trigger):
                    yield {"source_text": source, "target_text": target, "code": code}

    def _actors(self, ids: Iterable[str]) -> list[str]:
        known = [self.state_of.get(i, i) for i in ids if i in self.entities]
        return [i for i in dict.fromkeys(known) if self.entities[i].kind != "Topic"]

    def words(self, identifier: str, near: Span) -> list[str]:
        """The mention nearest to a trigger; for one that is no name, beside each name in its phrase or of what it belongs to."""
        entity = self.entities[identifier]
        spans = sorted(
            (abs(m.span.begin - near.begin), m.span, m.form) for m in self.mentions[identifier] if m.form != "pronoun"
        )
        if not spans:
            return [entity.name]
        _, span, form = spans[0]
        tokens = slice_of(self.doc, span)
        if tokens is None:
            return [entity.name]
        before = (
            self.doc[tokens.start - 1].text + " " if tokens.start and self.doc[tokens.start - 1].lower_ == "the" else ""
        )
        own = before + tokens.text
        belongs = [self.entities[i].name for i in entity.affiliation if i in self.entities]
        if form == "name":
            return [" ".join([own, *belongs])]
        inside = [
            t
            for h in [tokens.root]
            for slot, t in syntax.nominal_arguments(h)
            if slot in ("in", "of", "from", "poss", "mod")
        ]
        named = [self.entities[i].name for i in self.cast.actors(inside) if i in self.entities]
        return [f"{own} {name}" for name in dict.fromkeys(named or belongs)] or [own]


def add_actors(dictionaries: Sequence[Path], out: Path) -> None:
    """A copy of the shipped entity base with the names of actor dictionaries that it cannot read: a state each, without any fact."""
    shutil.copy(data_path("knowledge.sqlite"), out)
    with Base.open() as base:
        new = [name for name in dict.fromkeys(n for d in dictionaries for n in read_names(d)) if not _known(base, name)]
    with sqlite3.connect(out) as db:
        first = db.execute("SELECT max(n) FROM entity").fetchone()[0] + 1
        codes = (a + b for a in "0123456789" for b in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for n, (name, code) in enumerate(zip(new, codes, strict=False), start=first):
            db.execute(
                "INSERT INTO entity (n, local, name, type, country, prior, tier) VALUES (?, ?, ?, ?, ?, 950, 0)",
                (n, f"own:{n}", name, TYPES.index("country"), code),
            )
            kind = KINDS.index("acronym" if is_acronym(name) else "name")
            db.execute("INSERT OR IGNORE INTO alias VALUES (?, ?, ?)", (key(name), n, kind))
            db.execute("INSERT OR IGNORE INTO state VALUES (?, ?)", (code, n))


def _known(base: Base, name: str) -> bool:
    best = base.best(name)
    return base.demonym(name) is not None or base.metonym(name) is not None or (best is not None and best.prior >= 0.3)


def read_names(path: Path) -> Iterator[str]:
    """The names of an actor dictionary as a text writes them: NAME_OF_ONE [CODE], "+ANOTHER" below it, "#" opens a remark."""
    for raw in re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8", errors="replace"), flags=re.S).splitlines():
        line = re.sub(r"\[[^\]]*\]|\{[^}]*\}", " ", raw.split("#")[0].split(";")[0]).strip().lstrip("+").strip("_ ")
        if line and not line.startswith("["):
            yield " ".join(w if len(w) < 3 else w.capitalize() for w in re.split(r"[_\s]+", line) if w)
