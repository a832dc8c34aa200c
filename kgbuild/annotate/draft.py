"""What the steps of the language room work on before records are made: nodes (who or what) and found mentions (where)."""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from kgbuild.knowledge import Base, Entry

__all__ = ["Draft", "Found", "Node", "Stated", "draft_of", "register_draft"]

ACTORS = frozenset({"Person", "Organization", "State", "Group"})


@dataclass(slots=True, eq=False)
class Node:
    """One entity of the article under construction.

    `names` counts the surfaces that name it, in order of first use. `gender` is "male", "female" or "" (unknown); `plural` says
    that "they" can mean it. `roles` are words that can stand for it ("president", "spokesman"). `scope` sets namesakes apart.
    A State and the Place of its territory point at each other through `twin`.
    """

    name: str
    kind: str
    entry: Entry | None = None
    names: dict[str, int] = field(default_factory=dict)
    gender: str = ""
    plural: bool = False
    roles: set[str] = field(default_factory=set)
    affiliation: list[Node] = field(default_factory=list)
    within: Node | None = None
    twin: Node | None = None
    scope: str = ""
    confidence: float = 0.5
    merged: Node | None = None

    def affiliate(self, other: Node) -> None:
        """Add an actor this one belongs to; itself and repeats are ignored."""
        other = other.final
        if other is not self and other.kind in ACTORS and all(a.final is not other for a in self.affiliation):
            self.affiliation.append(other)

    @property
    def final(self) -> Node:
        """The node this one was merged into, or itself."""
        node = self
        while node.merged is not None:
            node = node.merged
        return node

    def merge_into(self, other: Node) -> None:
        """Let the other node take all of this one's mentions and facts."""
        other = other.final
        if other is self:
            return
        for name, count in self.names.items():
            other.names[name] = other.names.get(name, 0) + count
        other.gender = other.gender or self.gender
        other.roles |= self.roles
        other.entry = other.entry or self.entry
        for node in self.affiliation:
            other.affiliate(node)
        self.merged = other


@dataclass(slots=True, eq=False)
class Found:
    """A mention under construction: tokens [start, end) of the Doc, its head token, and the nodes it denotes."""

    start: int
    end: int
    head: int
    form: str
    nodes: list[Node]
    confidence: float = 0.7

    @property
    def node(self) -> Node:
        """The first node it denotes."""
        return self.nodes[0].final


@dataclass(slots=True, eq=False)
class Stated:
    """An affiliation under construction: `member` is `role` of `body`, by the words of tokens [start, end); see records.Affiliation."""

    member: Node
    body: Node
    kind: str
    role: str | None
    start: int
    end: int
    confidence: float = 0.8
    earliest: str | None = None
    latest: str | None = None
    known: bool = False


@dataclass(slots=True, eq=False)
class Draft:
    """Everything found in one article so far."""

    base: Base
    nodes: list[Node] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    states: dict[str, Node] = field(default_factory=dict)
    nominals: object = None
    stated: list[Stated] = field(default_factory=list)
    _at: dict[int, list[Found]] = field(default_factory=dict)
    _by_entry: dict[str, Node] = field(default_factory=dict)

    def add(self, node: Node) -> Node:
        """Keep a node."""
        self.nodes.append(node)
        return node

    def of_entry(self, entry: Entry) -> Node | None:
        """The node made from an entry of the base, if any."""
        node = self._by_entry.get(entry.id)
        if node is None:
            node = next((n for n in self.nodes if n.entry is not None and n.entry.id == entry.id), None)
            if node is not None:
                self._by_entry[entry.id] = node
        return node.final if node is not None else None

    def forget(self, entry: Entry) -> None:
        """Let an entry have no node any more; a name of it makes a new one."""
        self._by_entry.pop(entry.id, None)

    def record(self, found: Found) -> None:
        """Keep a mention."""
        self.found.append(found)
        for i in range(found.start, found.end):
            self._at.setdefault(i, []).append(found)

    def at(self, i: int) -> list[Found]:
        """The mentions that cover a token, in order of finding."""
        return self._at.get(i, [])

    def within(self, start: int, end: int) -> list[Found]:
        """The mentions that lie within the tokens [start, end), in order of place."""
        return [f for i in range(start, end) for f in self.at(i) if f.start == i and f.end <= end]

    def clashes(self, start: int, end: int) -> bool:
        """Whether a mention with this very span is there, or one that would cross it."""
        for i in (start, end - 1):
            for f in self.at(i):
                if (f.start, f.end) == (start, end) or f.start < start < f.end < end or start < f.start < end < f.end:
                    return True
        return False

    def heads(self) -> dict[int, Found]:
        """Head token -> mention; where several share a head, the longest."""
        out: dict[int, Found] = {}
        for found in sorted(self.found, key=lambda f: (f.end - f.start, -f.start)):
            out[found.head] = found
        return out


def register_draft() -> None:
    """Declare the working attribute; safe to call more than once."""
    if not Doc.has_extension("draft"):
        Doc.set_extension("draft", default=None)


def draft_of(doc: Doc) -> Draft:
    """The working state of a Doc. Raises ValueError when the first step of the room has not run."""
    draft = doc._.draft
    if not isinstance(draft, Draft):
        raise ValueError("this Doc has no draft: the component kgbuild_names must run before")
    return draft


def clause_verb(token: Token) -> Token | None:
    """The predicate a token hangs under, itself included; None when there is none."""
    for node in (token, *token.ancestors):
        if node.pos_ in {"VERB", "AUX"}:
            return node
    return None


register_draft()
