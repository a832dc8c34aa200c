"""Definite nominals that repeat what an article named: "the country", "the foreign secretary", "both leaders", "the bridge"."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from spacy.tokens import Token

from kgbuild.annotate.descriptions import Descriptions
from kgbuild.annotate.draft import Found, Node
from kgbuild.annotate.nominals import group_class
from kgbuild.annotate.phrases import determiner, extent, is_predicate, rank
from kgbuild.annotate.spans import surface_of
from kgbuild.annotate.words import words
from kgbuild.knowledge import Title

__all__ = ["Definites"]

_POINTING = frozenset({"the", "this", "that", "these", "those"})


_ALONE = 20
"""Sentences back that a name is still meant by its last word, if no other name ends so."""
_FAR = 30
"""Sentences back that what an article is about can still be "the city"."""


class Definites(Descriptions):
    """Resolves noun phrases with a definite determiner or a title; what is not clear is left alone."""

    def definite(self, head: Token) -> None:
        """Record what a singular noun with a definite determiner, or a title alone, repeats."""
        start, end = extent(head)
        det = determiner(head, start)
        if is_predicate(head):
            self.predicate(head)
            return
        title, stop = self._title(head, start)
        behind = [c for c in head.rights if c.dep_.startswith("nmod") and any(k.lower_ == "of" for k in c.children)]
        if any(c.i >= stop for c in behind):
            return
        end = max(end, stop)
        lemma = head.lemma_.lower()
        size = head.i - start
        same = size == 2 and self.doc[head.i - 1].lower_ == "same"
        if det in {"the", "this", "that", "our"} and size <= 2:
            node: Node | None = None
            size -= same
            if size == 1 and det != "our" and (node := self.called(head)) is not None:
                self._nominal(start, end, head, node)
                return
            if size == 1 and lemma in words("nominals_state"):
                node = self._own_country(head) if det == "our" else self._country(head)
            elif lemma in words("nominals_city") and size == 1:
                node = self._recent(head, {"City"}, 3)
            elif lemma in words("nominals_body") and size == 1:
                node = self._recent(head, {"Organization"}, 2)
            elif lemma in words("nominals_place") and size == 1:
                node = self._recent(head, {"Place", "State"}, 2)
            elif lemma in words("nominals_topic") and size == 1:
                node = self._only(head, "Topic", 2)
            if node is not None:
                self._nominal(start, end, head, node)
                return
        if det in _POINTING and (node := self._shortened(head, start)) is not None:
            self._nominal(start, end, head, node)
            return
        if (
            title is not None
            and title.nominal
            and det in {"the", "this", "that", ""}
            and (det or start == head.i or head.pos_ == "PROPN")
        ):
            if not det and not head.text[0].isupper():
                return
            node = self._holder(head, title.name, title.role)
            if node is not None:
                self._nominal(start, end, head, node)

    def definite_plural(self, head: Token) -> None:
        """ "the ministers", "both leaders", "the victims": the last so named, or the last group."""
        start, end = extent(head)
        det = determiner(head, start)
        if det not in {"the", "both", "these", "those"} or head.i - start > 2:
            return
        if det in _POINTING and (node := self._shortened(head, start)) is not None:
            self._nominal(start, end, head, node)
            return
        counted = det == "both" or any(t.lower_ == "two" for t in self.doc[start : head.i])
        title, _ = self._title(head, start)
        lemma = head.lemma_.lower()
        if title is not None:
            nodes = self._last_two(
                head, lambda n: n.kind == "Person" and (title.name.split()[-1] in n.roles or lemma == "leader")
            )
            if len(nodes) == 2:
                self._nominal(start, end, head, *nodes)
        elif lemma in {"country", "nation", "state", "neighbour", "neighbor", "side"} and counted:
            nodes = self._last_two(head, lambda n: True, _state_of)
            if len(nodes) == 2:
                self._nominal(start, end, head, *nodes)
        elif group_class(head) in {"people", "militants", "officials", "forces"} and head.i - start == 1:
            for _distance, candidate in sorted(self.near(head, 3), key=lambda c: (c[0], -c[1].head.i)):
                if (
                    candidate.found is not None
                    and candidate.kind == "Group"
                    and (
                        candidate.head.lemma_.lower() == lemma
                        or (
                            lemma == "victim"
                            and group_class(candidate.head) == "people"
                            and candidate.found.form == "nominal"
                        )
                    )
                ):
                    self._nominal(start, end, head, candidate.nodes[0].final)
                    return

    def _shortened(self, head: Token, start: int) -> Node | None:
        """ "the bridge", "the memorial hall": the last name before that ends in these words, if it stands near or alone has them."""
        said = [t.lower_ for t in self.doc[start + 1 : head.i]]
        ending = self.by_last_word.get(head.lower_, [])
        seen: list[Found] = []
        for place in range(bisect_left(ending, head.i, key=lambda f: f.start) - 1, -1, -1):
            found = ending[place]
            if self.sentences[head.i] - self.sentences[found.start] > _ALONE:
                break
            if all(any(t.lower_ == w for t in self.doc[found.start : found.end]) for w in said):
                seen.append(found)
        if not seen or any(c.dep_.startswith("acl") for c in head.rights):
            return None
        far = self.sentences[head.i] - self.sentences[seen[0].start]
        if far <= 2 or len({id(f.node) for f in seen}) == 1:
            return seen[0].node
        return None

    def _only(self, head: Token, kind: str, window: int) -> Node | None:
        """The one thing of a kind that was named in the last sentences; None where there are two."""
        seen = {
            id(n.final): n.final
            for _, c in self.near(head, window)
            if c.found is not None and c.kind == kind
            for n in c.nodes
        }
        return next(iter(seen.values())) if len(seen) == 1 else None

    def owned(self, head: Token, owner: Token) -> None:
        """ "its troops": a group of what the pronoun means."""
        found = self.heads.get(owner.i)
        if found is None:
            return
        if head.tag_ == "NN" and (node := self.relative(head, found)) is not None:
            self._nominal(*extent(head), head, node)
            return
        if found.form not in {"pronoun", "nominal"}:
            return
        added = self.nominals.owned(head, found.nodes)
        if added is not None:
            self.add(added, listed=True)

    def _own_country(self, head: Token) -> Node | None:
        """ "our country": the speaker's, where what is known of them tells it."""
        found = self.heads.get(self.speakers.get(head.i, -1))
        return _state_of(found.node) if found is not None else None

    def _country(self, head: Token) -> Node | None:
        """The state most in view: that of the clause's subject, else the most salient one nearby."""
        best: tuple[float, int, Node] | None = None
        for distance, candidate in self.near(head, 2):
            if candidate.found is None:
                continue
            for node in candidate.nodes:
                node = node.final
                state = node if node.kind == "State" else node.twin if node.kind == "Place" else None
                weight = 0.0
                if state is None and node.kind in {"Person", "Organization"} and rank(candidate.head) >= 4:
                    states = [a.final for a in node.affiliation if a.final.kind == "State"]
                    state, weight = (states[0], 0.4) if len(states) == 1 else (None, 0.0)
                if state is None:
                    continue
                if candidate.found.form == "adjective":
                    weight -= 0.6
                score = weight + rank(candidate.head) * 0.6 - distance - (head.i - candidate.head.i) * 0.01
                if best is None or score > best[0]:
                    best = (score, candidate.head.i, state)
        return best[2] if best is not None else None

    def _recent(self, head: Token, kinds: set[str], window: int) -> Node | None:
        best: tuple[float, int, Node] | None = None
        for distance, candidate in self.near(head, window):
            if candidate.found is None or candidate.kind not in kinds or candidate.found.form == "adjective":
                continue
            node = candidate.nodes[0].final
            if head.lemma_.lower() in {"village", "town"} and node.entry is not None and node.entry.prior >= 0.4:
                continue  # a city everyone knows is no village
            if (
                kinds == {"Organization"}
                and head.lemma_.lower() in {"group", "militia", "militants"}
                and node.entry is not None
                and node.entry.type
                in {
                    "igo",
                    "ministry",
                    "media",
                    "legislature",
                    "court",
                    "government",
                }
            ):
                continue
            score = rank(candidate.head) * 0.5 - distance - (head.i - candidate.head.i) * 0.01
            score += min(1.5, 0.15 * self.counts.get(id(node), 0))  # what the article is about
            if best is None or score > best[0]:
                best = (score, candidate.head.i, node)
        if best is None and kinds & {"City", "Place"}:
            return self._foremost(head, kinds)
        return best[2] if best is not None else None

    def _foremost(self, head: Token, kinds: set[str]) -> Node | None:
        """What the article is about, if it is of these kinds and was named before, however far off."""
        for _, candidate in self.near(head, _FAR):
            node = candidate.nodes[0].final if candidate.nodes else None
            if node is not None and candidate.kind in kinds and self.about(node):
                return node
        return None

    def _holder(self, head: Token, role: str, key: str | None) -> Node | None:
        """The person of the article with that role, the latest named before; any other one when only one has it."""
        short = role.split()[-1]
        exact = [n for n in self._persons() if role in n.roles or (key is not None and key in n.roles)]
        loose = exact or [n for n in self._persons() if short in n.roles and role == short]
        if not loose:
            return None
        before = [c for _, c in self.near(head, 400) if c.found is not None and c.nodes and c.nodes[0].final in loose]
        if before:
            return max(before, key=lambda c: c.head.i).nodes[0].final
        return loose[0] if len(loose) == 1 else None

    def _persons(self) -> list[Node]:
        return [n for n in self.draft.nodes if n.kind == "Person" and n.merged is None]

    def _last_two(
        self, head: Token, fits: Callable[[Node], bool], view: Callable[[Node], Node | None] = lambda node: node
    ) -> list[Node]:
        """The last two different nodes named before a noun; `view` may put another in the place of each, or none."""
        nodes: list[Node] = []
        for _, candidate in sorted(self.near(head, 4), key=lambda c: -c[1].head.i):
            for node in candidate.nodes:
                seen = view(node.final)
                if seen is not None and fits(seen) and seen not in nodes:
                    nodes.append(seen)
            if len(nodes) >= 2:
                break
        return sorted(nodes[:2], key=lambda n: n.name)

    def _title(self, head: Token, start: int) -> tuple[Title | None, int]:
        """The title a noun is the head of, and the token behind it ("the secretary of state")."""
        for last in range(min(len(self.doc), head.i + 4), head.i, -1):
            if last > head.i + 1 and self.doc[head.i + 1].lower_ not in {"of", "for", "-"}:
                continue
            for first in range(start, head.i + 1):
                title = self.titles.get(surface_of(self.doc, first, last))
                if title is not None:
                    return title, last
        return None, head.i + 1

    def _nominal(self, start: int, end: int, head: Token, *nodes: Node) -> None:
        self.add(Found(start, end, head.i, "nominal", list(nodes), 0.65))


def _state_of(node: Node) -> Node | None:
    """The state a mention brings into view as an actor: itself, or the one state a person belongs to."""
    if node.kind == "State":
        return node
    states = [a.final for a in node.affiliation if a.final.kind == "State"]
    return states[0] if node.kind == "Person" and len(states) == 1 else None
