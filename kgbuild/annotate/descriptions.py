"""What an article says its names are ("the painter Ann Lee", "Arton is a port"), and nouns that take up such a description later."""

from __future__ import annotations

from bisect import bisect_left

from spacy.tokens import Doc, Token

from kgbuild.annotate.antecedents import Antecedents
from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.nominals import Nominals
from kgbuild.annotate.phrases import extent
from kgbuild.annotate.words import words
from kgbuild.knowledge import Titles

__all__ = ["Descriptions"]

_FAR = 30
"""Sentences back that a description is still remembered."""
_NEAR = 3
"""Sentences back to the last mention of what is meant where several things are described alike."""
_NAMED = frozenset({"flat", "appos", "nmod:desc", "compound"})
_SUBJECTS = frozenset({"become", "remain"})
_OBJECTS = frozenset({"name", "elect", "appoint", "crown", "declare", "consider", "proclaim"})
"""Verbs with a predicate noun that says what their subject, or their object, is."""


class Descriptions(Antecedents):
    """Remembers the nouns that describe a name or its pronoun, and whose son, wife or town it is."""

    def __init__(self, doc: Doc, draft: Draft, titles: Titles, nominals: Nominals) -> None:
        super().__init__(doc, draft, titles, nominals)
        self.described: dict[str, list[tuple[int, Node]]] = {}
        self.relatives: dict[tuple[int, str], Node] = {}
        self.named_by: dict[int, Found] = {}
        for found in draft.found:
            if found.form == "name" and len(found.nodes) == 1 and (noun := self._apposed(found)) is not None:
                self.named_by.setdefault(noun.i, found)

    def _apposed(self, found: Found) -> Token | None:
        """The common noun a name stands behind in apposition: "the painter Ann Lee", "his daughter, Ann Lee,"."""
        head = self.doc[found.head]
        noun = head.head
        if noun.pos_ != "NOUN" or noun.tag_ != "NN" or noun.i >= found.start or noun.sent != head.sent:
            return None
        between = [t.lower_ for t in self.doc[noun.i + 1 : found.start] if not t.is_quote]
        beside = head.dep_ in _NAMED and between in ([], [","], ["the"], [",", "the"])
        return noun if beside and noun.lemma_.lower() not in words("vague_nouns") else None

    def introduced(self, noun: Token) -> None:
        """Record the noun before a name as a mention of it, with what it says of the name; called in order of place."""
        found = self.named_by[noun.i]
        node = found.node
        start, end = extent(noun)
        self._describe(noun, node)
        owner = next((self.heads.get(c.i) for c in noun.lefts if c.dep_ == "nmod:poss"), None)
        if owner is not None and len(owner.nodes) == 1:
            self.relatives[id(owner.node), noun.lemma_.lower()] = node
        if noun.i not in self.heads:
            self.add(Found(start, end, noun.i, "nominal", [node], 0.75))

    def predicate(self, noun: Token) -> None:
        """ "Arton is a port", "she became a judge": the noun describes the subject; behind "become" it is a mention of it too."""
        copula = any(c.dep_ == "cop" for c in noun.children)
        verb = noun if copula else noun.head
        lemma = verb.lemma_.lower()
        if any(c.lower_ in {"not", "n't", "never", "if"} or c.tag_ == "MD" or c.dep_ == "mark" for c in verb.children):
            return
        if copula or lemma in _SUBJECTS:
            deps = {"nsubj"}
        elif lemma in _OBJECTS:
            deps = {"nsubj:pass"} if any(c.dep_ == "nsubj:pass" for c in verb.children) else {"obj"}
        else:
            return
        described = next((c for c in verb.children if c.dep_ in deps and c.i < noun.i), None)
        found = self.heads.get(described.i) if described is not None else None
        if found is None or len(found.nodes) != 1 or found.node.plural:
            return
        self._describe(noun, found.node)
        if not copula:
            start, end = extent(noun)
            self.add(Found(start, end, noun.i, "nominal", [found.node], 0.6))

    def _describe(self, noun: Token, node: Node) -> None:
        lemma = noun.lemma_.lower()
        if lemma not in words("measure_nouns") and lemma not in words("vague_nouns"):
            self.described.setdefault(lemma, []).append((noun.i, node))

    def called(self, head: Token) -> Node | None:
        """What a definite noun takes up: the one thing so described before, of several the one mentioned in the last sentences."""
        here = self.sentences[head.i]
        known = self.described.get(head.lemma_.lower(), [])
        nodes = {
            id(node.final): node.final
            for i, node in known[: bisect_left(known, head.i, key=lambda k: k[0])]
            if here - self.sentences[i] <= _FAR
        }
        if len(nodes) == 1:
            return next(iter(nodes.values()))
        last: Found | None = None
        for _, candidate in self.near(head, _NEAR) if nodes else ():
            found = candidate.found
            if (
                found is not None
                and len(found.nodes) == 1
                and id(found.node) in nodes
                and (last is None or found.head > last.head)
            ):
                last = found
        return last.node if last is not None else None

    def relative(self, head: Token, owner: Found) -> Node | None:
        """ "his wife" once the text has said "his wife, Ann Lee"."""
        return self.relatives.get((id(owner.node), head.lemma_.lower())) if len(owner.nodes) == 1 else None
