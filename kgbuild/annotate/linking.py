"""Give every name its node: the same thing under its several names once, with an entry of the base where that is certain."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from spacy.tokens import Doc

from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.labels import KIND_OF_TYPE, LABEL_OF_KIND, labels_of
from kgbuild.annotate.members import add_members
from kgbuild.annotate.names import PLACES, STATES, Name
from kgbuild.annotate.places import Atlas
from kgbuild.annotate.spans import bloc_of, is_capital, name_head, surface_of
from kgbuild.annotate.times import reference_day
from kgbuild.annotate.words import gender_of, is_given_name, words
from kgbuild.knowledge import Candidate, Entry, Titles, key, role_key

__all__ = ["STATE_METONYM", "link", "state_node"]

_KIND_OF_LABEL = {"PERSON": "Person", "ORG": "Organization", "LOC": "Place", "MISC": "Topic"}

# The least score of a link, by what is linked; persons need the most, since their namesakes are legion.
_LEAST = {"Person": 0.42, "Organization": 0.33, "City": 0.26, "Place": 0.3, "State": 0.3, "Topic": 2.0}
_LEAST_ALONE = 0.15
"""Least score of a body whose name the base gives to nothing else."""
_LEAST_INSIDE = 0.3
"""Least prominence of a place named within a longer name."""
_LEAST_KNOWN = 0.25
"""Least score of a person by a full name that the base gives to nobody else."""
_FAMOUS = 0.7
"""Prominence from which a bare surname is enough: heads of great states."""
_MARGIN = 1.25
STATE_METONYM = re.compile(
    r"^(?:federal )?(?:government|cabinet)\b|\bgovernment (?:of\b|$)|^(?:president|prime minister|governor general|federal chancellor|monarchy) of\b",
    re.IGNORECASE,
)
"""What a palace or capital stands for when it stands for the state itself, not for one institution of it."""
_INITIAL_SKIP = frozenset({"of", "the", "and", "for", "in", "on", "to", "de", "du", "des", "la"})


def state_node(draft: Draft, entry: Entry) -> Node:
    """The State of an entry, made with the Place of its territory at the first call."""
    node = draft.states.get(entry.id)
    if node is None:
        node = draft.add(Node(entry.name, "State", entry, confidence=0.95))
        node.twin = draft.add(Node(entry.name, "Place", entry, confidence=0.95))
        node.twin.twin = node
        draft.states[entry.id] = node
    return node


def link(doc: Doc, draft: Draft, names: Sequence[Name], titles: Titles) -> None:
    """Add a Found and a Node for every name. Persons are matched within the article first, then with the base."""
    linker = _Linker(doc, draft, names, titles)
    linker.run()


class _Linker:
    def __init__(self, doc: Doc, draft: Draft, names: Sequence[Name], titles: Titles) -> None:
        self.doc, self.draft, self.base, self.titles = doc, draft, draft.base, titles
        self.names = names
        self.day = reference_day(doc._.document)
        self.context = self._countries()
        self.atlas = Atlas(doc, draft.base, names, self.context)
        self.by_key: dict[tuple[str, str], Node] = {}
        self.persons: dict[str, list[Node]] = {}  # word of a name -> who bears it, in order of finding
        self.full_counts: dict[int, int] = {}

    def run(self) -> None:
        labels = labels_of(self.doc, self.base, self.names)
        grounded = [n for n, label in zip(self.names, labels, strict=True) if label in {"LOC", "UNKNOWN"}]
        self.atlas.settle([(n, surface_of(self.doc, n.start, n.end)) for n in grounded])
        nodes: list[Node | None] = [None] * len(self.names)
        # long names first, so that "Putin" meets "Vladimir Putin" even when the headline comes before the lead
        order = sorted(range(len(self.names)), key=lambda i: (-(self.names[i].end - self.names[i].start), i))
        for i in order:
            nodes[i] = self._node(self.names[i], labels[i])
        for name, label, node in zip(self.names, labels, nodes, strict=True):
            if node is None or add_members(self.doc, self.draft, name, node, self.by_key):
                continue
            surface = surface_of(self.doc, name.start, name.end)
            node.names[surface] = node.names.get(surface, 0) + 1
            if label == "DEMONYM" and node.kind == "Group":
                head = name.start
                self.draft.record(Found(name.start, name.end, head, "nominal", [node], 0.75))
                continue
            adjective = label == "DEMONYM" or (label == "BLOC" and self.doc[name.start].dep_ == "amod")
            form = "adjective" if adjective else "name"
            head = self.doc[name.start : name.end].root.i
            self.draft.record(Found(name.start, name.end, head, form, [node], 0.9 if name.sure or node.entry else 0.7))
            if name.title is not None and node.kind == "Person":
                node.roles |= {name.title.name, name.title.name.split()[-1]}
                node.gender = node.gender or (name.title.gender or "")
            if node.kind == "Organization" and name.end - name.start > 1:
                self._name_inside(name)
        self._lay_out(nodes)

    def _name_inside(self, name: Name) -> None:
        """Well-known places within a longer name: "National Library of [Norway]", "[Leiden] Libraries".

        They open the name or follow a preposition, and are not its head: "South [Wales]" is none.
        """
        doc, head = self.doc, name_head(self.doc, name.start, name.end)
        start = name.start
        while start < name.end:
            opens = start == name.start or doc[start - 1].lower_ in {"of", "for", "in", "the", "and"}
            for end in range(name.end if opens and is_capital(doc[start]) else start, start, -1):
                if end - start == name.end - name.start or start <= head < end:
                    continue
                best = self.base.best(surface_of(doc, start, end))
                if (
                    best is not None
                    and best.type in PLACES | STATES
                    and best.prior >= _LEAST_INSIDE
                    and not best.common
                ):
                    known = self._by_entry(best.entry, 0.7)
                    place = known.twin if known.kind == "State" and known.twin is not None else known
                    self.draft.record(Found(start, end, doc[start:end].root.i, "name", [place], 0.6))
                    start = end - 1
                    break
            start += 1

    def _lay_out(self, nodes: Sequence[Node | None]) -> None:
        """Say of places nobody located where they lie: in the place named beside them, else in the town that the sentence or, twice at
        least, most of the article speaks of ("Royal Street", "the Crossroads Prison")."""
        towns: Counter[int] = Counter()
        by_id: dict[int, Node] = {}
        of_sentence: dict[int, Node] = {}
        for name, node in zip(self.names, nodes, strict=True):
            if node is not None and node.kind == "City" and node.entry is not None:
                towns[id(node)] += 1
                by_id[id(node)] = node
                of_sentence.setdefault(self.doc[name.start].sent.start, node)
        most = towns.most_common(1)
        home = by_id[most[0][0]] if most and most[0][1] > 1 and 2 * most[0][1] >= towns.total() else None
        for name, node in zip(self.names, nodes, strict=True):
            if node is None or node.entry is not None or node.within is not None or node.kind not in {"City", "Place"}:
                continue
            beside = next((e for e in self.atlas.beside(name) if e.type in PLACES | STATES), None)
            if beside is not None:
                found = self._by_entry(beside)
                within = found.twin if found.kind == "State" else found
                node.within = within if within is not node else None
            else:
                node.within = of_sentence.get(self.doc[name.start].sent.start) or home

    # -------------------------------------------------------------------------------------------- what is what

    def _countries(self) -> Counter[str]:
        """How often each country is named without doubt (ISO codes)."""
        seen: Counter[str] = Counter()
        for name in self.names:
            if name.demonym is not None and name.demonym.of.country:
                seen[name.demonym.of.country] += 1
            elif (name.candidates and name.candidates[0].type in STATES and name.candidates[0].prior >= 0.8) or (
                name.candidates and name.candidates[0].type == "city" and name.candidates[0].prior >= 0.5
            ):
                seen[name.candidates[0].country or ""] += 1
        seen.pop("", None)
        return seen

    # ----------------------------------------------------------------------------------------------- nodes

    def _node(self, name: Name, label: str) -> Node | None:
        if label == "DEMONYM" and name.demonym is not None:
            entry = self._whole_demonym(name) or name.demonym.of
            home = state_node(self.draft, entry) if entry.type in STATES else self._by_entry(entry)
            return self._people(name, home) if is_people(self.doc, name) else home
        if label == "BLOC":
            return self._bloc(bloc_of(self.doc[name.start]))
        surface = surface_of(self.doc, name.start, name.end)
        folded = key(surface)
        if not folded:
            return None
        if label == "PERSON":
            return self._person(name, surface, folded)
        if label in {"LOC", "UNKNOWN"} and self._numbered(name):
            return None
        whole = self._peoples_republic(name)
        if whole is not None:
            return self._by_entry(whole, 0.9)
        place = self.atlas.choose(name, surface) if label in {"LOC", "UNKNOWN"} else None
        known = self.by_key.get((label, folded)) or self.by_key.get(("", folded))
        if known is not None and (place is None or known.entry is None or known.entry.type not in PLACES | STATES):
            return known
        if place is not None and (metonym := self.base.metonym(surface)) is not None and metonym.city is None:
            place = None  # "White House" is no town
        if place is not None and not self._outweighed(place, name):
            located = self._by_entry(place.entry, round(min(0.95, 0.5 + place.prior / 2), 2))
            self.by_key.setdefault((label, folded), located)
            self.by_key.setdefault(("", folded), located)
            return located
        if self._no_name(name, label):
            return None
        node = self._acronym(surface) or self._short_body(name, label) or self._linked(name, label, surface)
        if node is None:
            if label == "UNKNOWN":
                person = self._match_person(folded.split())
                if person is not None:
                    return person
                label = "ORG" if name.end - name.start > 1 or surface.isupper() else "UNKNOWN"
            if label == "UNKNOWN":
                return None
            kind = _KIND_OF_LABEL.get(label, "Organization")
            if kind == "Place" and self._settlement(name):
                kind = "City"
            node = self.draft.add(Node(surface, kind, confidence=0.55))
            if label == "ORG" and name.end - name.start > 1:
                node.names.setdefault(surface, 0)
        self.by_key.setdefault((label, folded), node)
        self.by_key.setdefault(("", folded), node)
        return node

    def _whole_demonym(self, name: Name) -> Entry | None:
        """What "North Korean" and "Central American" speak of, where the name is their last word."""
        before = self.doc[name.start - 1] if name.start else None
        if before is None or not before.text[:1].isupper() or before.is_sent_end or name.end - name.start > 1:
            return None
        whole = self.base.demonym(f"{before.text} {self.doc[name.start].text}")
        return whole.of if whole is not None else None

    def _numbered(self, name: Name) -> bool:
        """ "US-75", "US 75": a road, not a state."""
        doc, end = self.doc, name.end
        if name.end - name.start > 1 or not doc[name.start].text.isupper() or end >= len(doc):
            return False
        if doc[end].text in {"-", "–"} and end + 1 < len(doc):
            return doc[end + 1].text[:1].isdigit() and not doc[name.start].whitespace_
        return doc[end].is_digit and doc[name.start].text == "US"

    def _peoples_republic(self, name: Name) -> Entry | None:
        """What "the (Democratic) People's Republic of X" names, where the possessive has cut its name in two."""
        start = name.start
        if start < 2 or self.doc[start - 1].lower_ not in {"'s", "’s"} or self.doc[start].lower_ != "republic":
            return None
        for first in (start - 3, start - 2):
            if first >= 0:
                surface = surface_of(self.doc, first, name.end).replace("’", "'").replace(" 's", "'s")
                best = self.base.best(surface)
                if best is not None and best.type in STATES:
                    return best.entry
        return None

    def _outweighed(self, place: Candidate, name: Name) -> bool:
        """Whether a body or person of the name is likelier than the place."""
        best = next((c for c in name.candidates if c.kind != "surname" and c.type not in PLACES | STATES), None)
        return best is not None and best.prior > place.prior

    def _no_name(self, name: Name, label: str) -> bool:
        """Words that only their capital makes look like a name of a place: months, titles ("Mayor")."""
        token = self.doc[name.start]
        if name.end - name.start > 1 or label not in {"LOC", "UNKNOWN", "MISC"}:
            return False
        return token.lower_ in words("calendar") or self.titles.get(token.text) is not None

    def _people(self, name: Name, state: Node) -> Node | None:
        """ "Russians": people of the state, not the state; one person ("a Briton") is nobody we know."""
        token = self.doc[name.start]
        if token.tag_ in {"NN", "NNP"} and any(c.lower_ in {"a", "an", "one"} for c in token.lefts):
            return None
        plural = token.text if token.tag_ in {"NNS", "NNPS"} else "the " + token.text
        node = self.by_key.get(("PEOPLE", plural))
        if node is None:
            node = self.by_key[("PEOPLE", plural)] = self.draft.add(Node(plural, "Group", plural=True, confidence=0.6))
            node.affiliate(state.twin if state.kind == "Place" and state.twin is not None else state)
        return node

    def _bloc(self, group: str) -> Node:
        """ "Western countries": one group under all its words."""
        node = self.by_key.get(("BLOC", group))
        if node is None:
            node = self.by_key[("BLOC", group)] = self.draft.add(
                Node(group, "Group", plural=True, confidence=0.8, scope="bloc")
            )
        return node

    def _by_entry(self, entry: Entry, confidence: float = 0.8) -> Node:
        if entry.type in STATES:
            return state_node(self.draft, entry)
        node = self.draft.of_entry(entry)
        if node is None:
            node = self.draft.add(Node(entry.name, KIND_OF_TYPE[entry.type], entry, confidence=confidence))
            self._anchor(node, entry)
        return node

    def _anchor(self, node: Node, entry: Entry) -> None:
        """What the base knows of where an entry belongs: a body to its state, a place into its country."""
        state = self.base.country(entry.country) if entry.country else None
        if state is None or state.type not in STATES or state.id == entry.id:
            return
        if node.kind in {"City", "Place"}:
            node.within = state_node(self.draft, state).twin
        elif node.kind == "Organization" and entry.type in {
            "ministry",
            "agency",
            "military",
            "legislature",
            "court",
            "government",
            "cabinet",
        }:
            node.affiliate(state_node(self.draft, state))

    def _linked(self, name: Name, label: str, surface: str) -> Node | None:
        metonym = self.base.metonym(surface)
        if metonym is not None and metonym.city is None:
            if STATE_METONYM.search(metonym.stands_for) and metonym.state is not None:
                return state_node(self.draft, metonym.state)
            if metonym.target is not None:
                return self._by_entry(metonym.target)
            if metonym.state is not None and metonym.stands_for:
                node = self.draft.add(Node(metonym.stands_for, "Organization", confidence=0.7))
                node.affiliate(state_node(self.draft, metonym.state))
                return node
        grounded = label in {"LOC", "UNKNOWN"}  # the places among its readings have been weighed already
        options = [c for c in name.candidates if not grounded or c.type not in PLACES | STATES]
        chosen = self._choose(options, label)
        return self._by_entry(chosen.entry, round(min(0.95, 0.5 + chosen.prior / 2), 2)) if chosen is not None else None

    def _choose(self, candidates: Iterable[Candidate], label: str) -> Candidate | None:
        """The candidate that fits type and context, None when none is good enough or two are."""
        scored = sorted(
            ((self._score(c, label), c) for c in candidates if c.kind != "surname"), key=lambda s: (-s[0], s[1].id)
        )
        if not scored:
            return None
        score, best = scored[0]
        kind = KIND_OF_TYPE[best.type]
        alone = kind == "Organization" and all(c.id == best.id for _, c in scored) and not best.common
        if score < (_LEAST_ALONE if alone and label in {"ORG", "MISC"} else _LEAST[kind]):
            return None
        for other, rival in scored[1:]:
            same_place = best.type in PLACES and rival.type in PLACES and best.country == rival.country
            if rival.id != best.id and other * _MARGIN > score and not same_place:
                return None
        return best

    def _score(self, candidate: Candidate, label: str) -> float:
        kind = KIND_OF_TYPE[candidate.type]
        agrees = (
            label in {"UNKNOWN", LABEL_OF_KIND[kind]}
            or (label == "ORG" and kind == "State")
            or (label == "MISC" and kind == "Organization")
        )
        score = candidate.prior * (1.0 if agrees else 0.8 if candidate.prior >= 0.8 else 0.3)
        if candidate.country and candidate.country in self.context:
            score += 0.12
        return score

    def _acronym(self, surface: str) -> Node | None:
        """ "SDF" for a longer name of the article with these initials."""
        letters = surface.replace(".", "")
        if not (2 <= len(letters) <= 8 and letters.isupper() and letters.isalpha()):
            return None
        for node in self.draft.nodes:
            if node.kind == "Organization" and any(_initials(n) == letters for n in node.names if " " in n):
                return node
        return None

    def _short_body(self, name: Name, label: str) -> Node | None:
        """ "the Council" for the one longer name of the article that ends so."""
        if (
            name.end - name.start > 1
            or label not in {"ORG", "UNKNOWN"}
            or self.doc[name.start].lower_ not in words("body_nouns")
        ):
            return None
        word = self.doc[name.start].text
        longer = [
            n
            for n in self.draft.nodes
            if n.kind == "Organization" and any(k.split()[-1:] == [word] and " " in k for k in (n.name, *n.names))
        ]
        return longer[0] if len(longer) == 1 else None

    def _settlement(self, name: Name) -> bool:
        before = [t.lower_ for t in self.doc[max(0, name.start - 2) : name.start]]
        return (
            before[-1:] == ["of"] and bool(before) and before[0] in {"city", "town", "village", "port", "suburb"}
        ) or (before[-1:] and before[-1] in {"city", "town", "village"}) is True

    # --------------------------------------------------------------------------------------------- persons

    def _person(self, name: Name, surface: str, folded: str) -> Node:
        parts = folded.split()
        node = self._match_person(parts)
        if node is not None:
            if len(parts) > 1:
                self.full_counts[id(node)] = self.full_counts.get(id(node), 0) + 1
            return node
        chosen = self._choose_person(name)
        node = (self.draft.of_entry(chosen.entry) if chosen is not None else None) or self.draft.add(
            Node(surface, "Person", confidence=0.7)
        )
        if chosen is not None:
            node.entry, node.name, node.confidence = chosen.entry, chosen.entry.name, 0.9
            self._office(node, chosen.entry)
        if not node.gender and len(parts) > 1:
            node.gender = gender_of(parts[0])
        node.names.setdefault(surface, 0)
        for word in dict.fromkeys(w for known in (node.name, *node.names) for w in _words_of(known)):
            bearers = self.persons.setdefault(word, [])
            if all(b is not node for b in bearers):
                bearers.append(node)
        self.full_counts[id(node)] = int(len(parts) > 1)
        return node

    def _match_person(self, parts: list[str]) -> Node | None:
        """A person of the article whose name these words shorten (or repeat)."""
        near = self.persons.get(parts[-1], []) if parts else []
        fitting = [n for n in near if any(_shortens(parts, _words_of(k)) for k in (n.name, *n.names))]
        if fitting:
            # of two of one surname the one the article names in full more often, then the earlier one
            return min(fitting, key=lambda n: -self.full_counts.get(id(n), 0))
        if len(parts) == 1:
            named = [n for n in near if any(_words_of(k)[:1] == parts and " " in k for k in (n.name, *n.names))]
            named.sort(key=lambda n: -self.full_counts.get(id(n), 0))
            if named and (len(named) == 1 or self._leads(named[0], named[1])):
                return named[0]
        return None

    def _leads(self, first: Node, second: Node) -> bool:
        """Whether the article names one person in full at least three times as often as another."""
        return self.full_counts.get(id(first), 0) >= 3 * max(1, self.full_counts.get(id(second), 0))

    def _choose_person(self, name: Name) -> Candidate | None:
        """A person of the base; a bare surname needs a title that the base confirms for that day, or great prominence."""
        people = [c for c in name.candidates if c.type == "person"]
        if not people:
            return None
        scored = sorted(((self._person_score(c, name), c) for c in people), key=lambda s: (-s[0], s[1].id))
        score, best = scored[0]
        if len(scored) > 1 and scored[1][0] * _MARGIN > score and scored[1][1].id != best.id:
            return None
        if best.kind == "surname" and best.entry.prior >= _FAMOUS and self._in_office(best, 3000):
            return best
        if best.kind == "surname":
            return best if score >= 0.52 - 0.1 * (self.day is None and name.title is not None) else None
        if name.end - name.start == 1 and is_given_name(self.doc[name.start].text):
            called = name.title is not None and name.title.kind in {"royal", "religious", "honorific"}
            if not called and not (name.title is not None and self.base.offices(best.id)):
                return None  # "Mohammed, a baker" is nobody's full name; "King Charles" is
        # a full name that only somebody known from texts bears, or one who held an office where the article plays
        alone = len({c.id for _, c in scored}) == 1 and name.end - name.start > 1
        alone = alone and (not self.base.offices(best.id) or (best.country or "") in self.context)
        return best if score >= (_LEAST_KNOWN if alone else _LEAST["Person"]) else None

    def _in_office(self, candidate: Candidate, slack: int) -> bool:
        """Whether a person held an office within so many days of the article."""
        if self.day is None:
            return False
        margin = dt.timedelta(days=slack)
        return any(
            t.begin and t.begin - margin <= self.day and (t.end is None or self.day <= t.end + margin)
            for t in self.base.offices(candidate.id)
        )

    def _person_score(self, candidate: Candidate, name: Name) -> float:
        score = candidate.prior
        if candidate.country and candidate.country in self.context:
            score += 0.12
        terms = self.base.offices(candidate.id)
        if self.day is None and name.title is not None and name.title.kind != "honorific":
            # nothing says when: whoever ever held the office
            score += 0.25 * any(self._holds(t.title, name.title.role or name.title.name) for t in terms)
        elif self.day is not None and terms:
            near = [
                t
                for t in terms
                if t.begin
                and (t.begin - dt.timedelta(days=400)) <= self.day
                and (t.end is None or self.day <= t.end + dt.timedelta(days=400))
            ]
            score += 0.08 if near else -0.1
            if name.title is not None and name.title.role and any(self._holds(t.title, name.title.role) for t in near):
                score += 0.25
        elif (
            name.title is not None
            and name.title.kind in {"head_of_state", "head_of_government", "minister"}
            and candidate.prior >= 0.3
        ):
            score += 0.05
        return score

    def _holds(self, office: str, role: str) -> bool:
        return role in key(office) or role.split()[0] in key(office)

    def _office(self, node: Node, entry: Entry) -> None:
        """Roles and state of a person in office on the day of the article."""
        if self.day is None:
            return
        for term in self.base.offices(entry.id):
            if term.begin is None or not term.covers(self.day) or term.country is None:
                continue
            role = role_key(term.title.split(" of the ")[0] if " of the " in term.title else term.title)
            title = self.titles.get(term.title) or self.titles.get(role) or self.titles.split(term.title + " x")[0]
            node.roles |= {title.name, title.name.split()[-1]} if title is not None else set()
            node.roles.add(role)
            state = self.base.country(term.country)
            if state is not None and state.type in STATES:
                node.affiliate(state_node(self.draft, state))


def is_people(doc: Doc, name: Name) -> bool:
    """Whether a demonym stands for people ("Russians fled", "the French said"), not before a noun as their state's adjective."""
    token = doc[name.start]
    if name.demonym is None or token.dep_ in {"amod", "compound", "nmod:desc", "flat"}:
        return False
    if token.tag_ in {"NNS", "NNPS"} or name.demonym.form in {"people", "person"}:
        return token.dep_.split(":")[0] in {"nsubj", "obj", "obl", "nmod", "conj", "iobj", "appos", "ROOT"}
    return token.dep_.split(":")[0] in {"nsubj", "obj"} and token.i > 0 and token.nbor(-1).lower_ == "the"


@lru_cache(maxsize=4096)
def _words_of(name: str) -> list[str]:
    return key(name).split()


def _shortens(parts: list[str], long: list[str]) -> bool:
    """Whether words repeat a full name or shorten it to its end, its beginning (two words) or one word within."""
    if parts == long:
        return True
    if len(parts) < len(long) and (
        parts == long[-len(parts) :] or (len(parts) == 1 and len(long) > 2 and parts[0] in long[1:])
    ):
        return True
    return (
        len(parts) > 1
        and len(long) > 1
        and ((parts[-1] == long[-1] and parts[0] == long[0]) or parts == long[: len(parts)])
    )


def _initials(name: str) -> str:
    return "".join(w[0] for w in re.split(r"[\s-]+", name) if w and w.lower() not in _INITIAL_SKIP).upper()
