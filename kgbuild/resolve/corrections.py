"""Corrections by hand: merge, split, rename, reject. Read from a YAML or TSV file, applied after the rules, the same in any order.

YAML, a list of entries; TSV, the columns action, entity, other, article, with a header line:

    - merge: actor/jack-kirby-x1f2e3d4c5b         # an id, an IRI, or a name that only one entity has
      into: John Kirby
    - split: Ali Hassan                           # this article's Ali Hassan is somebody else
      article: article/5a46f7a788df2eb9           # without it: each article has its own
    - rename: actor/john-kirby-x4888123de4
      to: John F. Kirby
    - reject: Shadow Home Secretary               # no entity at all; `article` confines it to one article

Each entry may say `because`. Rejections come first, then splits, merges, renames, whatever the order of the lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kgbuild.errors import InputError
from kgbuild.files import regular
from kgbuild.ids import entity_id
from kgbuild.records import Document, Entity, Skipped
from kgbuild.resolve.index import Identity
from kgbuild.resolve.join import Touch
from kgbuild.resolve.names import CLASSES

__all__ = ["ACTIONS", "Correction", "Outcome", "apply", "read_corrections"]

ACTIONS = {"reject": "", "split": "", "merge": "into", "rename": "to"}
"""Action -> the key of its second value; in the order they are applied."""

Atom = tuple[str | None, str]
"""An entity as one article has it: (article, id there)."""

_LONGEST = 200


@dataclass(frozen=True, slots=True, order=True)
class Correction:
    """One correction; `entity` and `other` are ids, IRIs or names. `where` says which line of which file."""

    action: str
    entity: str
    other: str = ""
    article: str = ""
    because: str = ""
    where: str = field(default="", compare=False)
    source: str = field(default="", compare=False)

    def __str__(self) -> str:
        second = f" {ACTIONS[self.action]} {self.other}" if self.other else ""
        return f"{self.action} {self.entity}{second}" + (f" in {self.article}" if self.article else "")


def read_corrections(path: str | Path) -> tuple[list[Correction], list[Skipped]]:
    """The corrections of a file, and its entries that are none with the reason. Raises InputError when it cannot be read at all."""
    file = Path(path)
    try:
        text = regular(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise InputError(f"{file}: cannot be read ({reason}); name a YAML or TSV file of corrections") from error
    rows = _yaml_rows(text, file) if file.suffix.lower() in {".yaml", ".yml"} else _tsv_rows(text)
    good: list[Correction] = []
    bad: list[Skipped] = []
    for where, row in rows:
        reason = row if isinstance(row, str) else _fault(row)
        if reason or isinstance(row, str):
            bad.append(Skipped(str(file), f"{where}: {reason}"))
            continue
        good.append(Correction(**{k: " ".join(v.split()) for k, v in row.items()}, where=where, source=str(file)))
    return good, bad


def _fault(row: Mapping[str, str]) -> str:
    second = ACTIONS[row["action"]]
    if not row["entity"].strip():
        return f"{row['action']} names no entity"
    if second and not row.get("other", "").strip():
        return f"{row['action']} needs {second!r}"
    if not second and row.get("other"):
        return f"{row['action']} takes no second entity"
    if row["action"] == "rename" and row.get("article"):
        return "a name holds in all articles: leave the article out"
    for text in row.values():
        if len(text) > _LONGEST or not text.isprintable():
            return f"a value is longer than {_LONGEST} characters, or holds control characters"
    return ""


def _yaml_rows(text: str, file: Path) -> list[tuple[str, dict[str, str] | str]]:
    import yaml

    try:
        content = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # every value a string
    except yaml.YAMLError as error:
        raise InputError(f"{file}: not YAML: {' '.join(str(error).split())[:200]}") from error
    if content is None or content == "":
        return []
    if not isinstance(content, list):
        raise InputError(f"{file}: must be a list of corrections: `- merge: NAME` and so on")
    return [(f"entry {n}", _yaml_row(entry)) for n, entry in enumerate(content, 1)]


def _yaml_row(entry: object) -> dict[str, str] | str:
    known = ", ".join(ACTIONS)
    if not isinstance(entry, dict) or not all(isinstance(v, str) for v in entry.values()):
        return f"not a mapping of words to words; begin it with one of {known}"
    actions = [a for a in ACTIONS if a in entry]
    if len(actions) != 1:
        return f"name one action of {known}"
    action = actions[0]
    second = ACTIONS[action]
    unknown = sorted(set(entry) - {action, second, "article", "because"})
    if unknown:
        return f"unknown key {unknown[0][:40]!r}"
    row = {"action": action, "entity": entry[action], "other": entry.get(second, "") if second else ""}
    return row | {"article": entry.get("article", ""), "because": entry.get("because", "")}


def _tsv_rows(text: str) -> list[tuple[str, dict[str, str] | str]]:
    columns = ("action", "entity", "other", "article", "because")
    rows: list[tuple[str, dict[str, str] | str]] = []
    for n, line in enumerate(text.split("\n"), 1):
        cells = [c.strip() for c in line.rstrip("\r").split("\t")]
        if not any(cells) or cells[0].startswith("#") or cells[0] == "action":
            continue
        if cells[0] not in ACTIONS:
            rows.append((f"line {n}", f"unknown action {cells[0][:40]!r}; known: {', '.join(ACTIONS)}"))
        elif len(cells) > len(columns):
            rows.append((f"line {n}", f"{len(cells)} columns; there are {len(columns)}: {', '.join(columns)}"))
        else:
            padded = cells + [""] * (len(columns) - len(cells))
            rows.append((f"line {n}", dict(zip(columns, padded, strict=True))))
    return rows


@dataclass(slots=True)
class Outcome:
    """What corrections make of the entities.

    entity_of: the new id of an article's entity, None when it is rejected; only what changed is in it. names: new name by id.
    own: entities that a split made, which have no id of the base any more. reasons: what to say of an article's entity that was
    moved. refused: corrections that do nothing, with the reason.
    """

    entity_of: dict[Atom, str | None] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    reasons: dict[Atom, str] = field(default_factory=dict)
    refused: list[Skipped] = field(default_factory=list)

    def entity(self, home: str | None, name: str, ruled: str) -> str | None:
        """What an article's entity is in the end, where the rules alone make it `ruled`; None when it is rejected."""
        if self.entity_of:
            for atom in ((home, name), (None, name)):  # a topic is of no article
                if atom in self.entity_of:
                    return self.entity_of[atom]
        return ruled

    def why(
        self, home: str | None, name: str, entity: str, identity: Identity | None, several: int
    ) -> tuple[str, str, str] | None:
        """(entity, rule, reason) of the merge of an article's entity into one that has so many ids in articles; None when there is none."""
        reason = self.reasons.get((home, name))
        if reason is not None:
            return entity, "Correction", reason
        if identity is not None and identity.rule and identity.entity == entity and several > 1:
            return entity, identity.rule, identity.reason
        return None

    def touch(self) -> Touch:
        """What it changes in how entities are joined."""
        return Touch(self.names, frozenset(self.own), frozenset(name for _, name in self.reasons))


def apply(
    corrections: Iterable[Correction], atoms: Mapping[Atom, Entity], entity_of: Mapping[Atom, str], names: Mapping[str, str],
    documents: Mapping[str, Document],
) -> Outcome:  # fmt: skip
    """The outcome of corrections for entities of articles (`atoms`), of which `entity_of` says what the rules made them.

    names: the name of each entity the rules made. documents: the articles by id.
    """
    return _Desk(atoms, entity_of, names, documents).work(corrections)


class _Desk:
    def __init__(
        self, atoms: Mapping[Atom, Entity], entity_of: Mapping[Atom, str], names: Mapping[str, str], documents: Mapping[str, Document]
    ) -> None:  # fmt: skip
        self.atoms, self.names = atoms, names
        self.now: dict[Atom, str | None] = dict(entity_of)
        self.before = entity_of
        self.articles = {key: d.id for d in documents.values() for key in (d.source, d.id)}
        self.out = Outcome()
        self.by_id: dict[str, set[Atom]] = defaultdict(set)
        for atom, entity in entity_of.items():
            self.by_id[entity].add(atom)
            self.by_id[atom[1]].add(atom)
        self.by_name: dict[str, set[str]] = defaultdict(set)
        for entity, name in names.items():
            self.by_name[name.casefold()].add(entity)

    def work(self, corrections: Iterable[Correction]) -> Outcome:
        by_action: dict[str, list[Correction]] = defaultdict(list)
        for correction in sorted(set(corrections)):
            by_action[correction.action].append(correction)
        # Every name is read against what the rules made, so that no correction hides what another one names.
        self._reject(by_action["reject"])
        self._split(by_action["split"])
        self._merge(by_action["merge"])
        self._rename(by_action["rename"])
        self.out.entity_of = {a: e for a, e in self.now.items() if e != self.before[a]}
        return self.out

    def found(self, correction: Correction, words: str, article: str = "") -> set[Atom]:
        """The atoms that words mean, in one article when it is given; empty and reported when there are none."""
        wanted = words.partition("://")[2].partition("/")[2] if "://" in words else words
        atoms = next((self.by_id[w] for w in (wanted, *_tails(wanted)) if w in self.by_id), set())
        if not atoms:
            called = sorted(self.by_name.get(words.casefold(), ()))
            if len(called) > 1:
                return self.refuse(
                    correction,
                    f"{len(called)} entities are called {words!r}: name one by its id, {' or '.join(called[:3])}",
                )
            atoms = self.by_id[called[0]] if called else set()
        if not atoms:
            return self.refuse(correction, f"no entity {words!r} is in this build")
        if article:
            home = self.articles.get(article) or next(
                (self.articles[t] for t in _tails(article) if t in self.articles), None
            )
            atoms = {a for a in atoms if home is not None and a[0] == home}
            if not atoms:
                return self.refuse(
                    correction,
                    f"{words!r} is not in {article!r}" if home else f"no article {article!r} is in this build",
                )
        left = {a for a in atoms if self.now[a] is not None}
        return left or self.refuse(correction, f"{words!r} is rejected by another correction")

    def refuse(self, correction: Correction, reason: str) -> set[Atom]:
        self.out.refused.append(Skipped(correction.source, f"{correction.where}: {correction}: {reason}"))
        return set()

    def note(self, atom: Atom, correction: Correction) -> None:
        """Why an atom was moved: the correction, not its line, so that the order of lines leaves no trace in the graph."""
        because = f" ({correction.because})" if correction.because else ""
        self.out.reasons.setdefault(atom, f"the correction: {correction}{because}")

    def _reject(self, corrections: Sequence[Correction]) -> None:
        gone = {a for c in corrections for a in self.found(c, c.entity, c.article)}
        for atom in gone:
            self.now[atom] = None

    def _split(self, corrections: Sequence[Correction]) -> None:
        for correction in corrections:
            atoms = self.found(correction, correction.entity, correction.article)
            shared = any(self._own_id(a) != a[1] for a in atoms)
            if atoms and not correction.article and shared:
                self.refuse(correction, "it has one id in all articles: name the article in which it is somebody else")
                continue
            if atoms and not shared and all(len(self._together(a)) == 1 for a in atoms):
                self.refuse(correction, "it stands for itself already")
                continue
            for atom in sorted(atoms, key=_order):
                own = self.now[atom] = self._own_id(atom)
                self.out.own.add(own)
                self.note(atom, correction)

    def _together(self, atom: Atom) -> set[Atom]:
        return {a for a in self.by_id[self.before[atom]] if self.before[a] == self.before[atom]}

    def _own_id(self, atom: Atom) -> str:
        """An id for an entity of one article alone: the one it has there, or one made of its name and the article."""
        entity = self.atoms[atom]
        if (
            entity.qid is None
            and entity.kind in CLASSES
            and atom[1] == entity_id(entity.kind, entity.name, None, atom[0] or "")
        ):
            return atom[1]
        return entity_id(entity.kind, entity.name, None, atom[0] or "")

    def _merge(self, corrections: Sequence[Correction]) -> None:
        above: dict[str, str] = {}

        def top(entity: str) -> str:
            while above.get(entity, entity) != entity:
                entity = above[entity]
            return entity

        moves: list[tuple[Correction, set[Atom]]] = []
        sources: set[str] = set()
        targets: set[str] = set()
        for correction in corrections:
            atoms, others = (
                self.found(correction, correction.entity, correction.article),
                self.found(correction, correction.other),
            )
            if not atoms or not others:
                continue
            spaces = {self._entity(a).partition("/")[0] for a in atoms | others}
            if len(spaces) > 1:
                self.refuse(
                    correction,
                    f"{' and '.join(sorted(spaces))} are different things: merge actors with actors, places with places",
                )
                continue
            if correction.article:  # only this article's: they leave their entity first
                for atom in atoms:
                    self.now[atom] = self._own_id(atom)
            froms, tos = {self._entity(a) for a in atoms}, {self._entity(a) for a in others}
            if froms == tos:
                self.refuse(correction, "they are one already")
                continue
            sources |= froms
            targets |= tos
            moves.append((correction, set(atoms)))
            first = top(min(froms | tos))
            for entity in sorted(froms | tos):
                if top(entity) != first:
                    above[top(entity)] = first
        classes: dict[str, list[str]] = defaultdict(list)
        for entity in sorted(sources | targets):
            classes[top(entity)].append(entity)
        chosen: dict[str, str] = {}
        qids = {self.now[a] for a, e in self.atoms.items() if e.qid and self.now[a] == a[1]}
        for members in classes.values():
            # where a chain of merges ends; of several ends one of the base, else the first
            best = min(members, key=lambda m: (m in sources, m not in qids, m))
            chosen.update((m, best) for m in members)
        for atom, current in self.now.items():
            if current is not None and current in chosen:
                self.now[atom] = chosen[current]
        for correction, atoms in moves:
            for atom in sorted(atoms, key=_order):
                self.note(atom, correction)

    def _entity(self, atom: Atom) -> str:
        entity = self.now[atom]
        assert entity is not None, "found() leaves out what is rejected"
        return entity

    def _rename(self, corrections: Sequence[Correction]) -> None:
        wishes: dict[str, list[Correction]] = defaultdict(list)
        for correction in corrections:
            for entity in sorted({self._entity(a) for a in self.found(correction, correction.entity)}):
                wishes[entity].append(correction)
        for entity, asked in wishes.items():
            if len({c.other for c in asked}) > 1:
                for correction in asked:
                    self.refuse(correction, "another correction gives it another name")
            else:
                self.out.names[entity] = asked[0].other


def _tails(text: str) -> list[str]:
    """What an IRI ends in, from the longest part on: its base may have folders of its own."""
    parts = text.split("/")
    return ["/".join(parts[n:]) for n in range(1, len(parts))]


def _order(atom: Atom) -> tuple[str, str]:
    return atom[0] or "", atom[1]
