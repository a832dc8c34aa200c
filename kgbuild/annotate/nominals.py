"""Find groups and persons that are described, not named ("Russian troops", "a ministry spokesman"), and tell repeats as one."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from kgbuild.annotate.aliases import join_aliases
from kgbuild.annotate.described import Described, actor_of
from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.phrases import (
    determiner,
    extent,
    is_argument,
    is_plural,
    is_predicate,
    joined_people,
    number_of,
)
from kgbuild.annotate.shortened import join_short_names
from kgbuild.annotate.words import words
from kgbuild.knowledge import Titles
from kgbuild.layers import is_masked

__all__ = ["Nominals", "add_nominals", "group_class"]

CLASSES = ("forces", "militants", "officials", "people", "states", "bodies")
"""Lists of head nouns in language.yaml: "group_forces" and so on."""

_LABELS = {"forces": "forces", "militants": "fighters"}
_DEFINITE = frozenset({"the", "these", "those", "this", "that"})
_OWN = frozenset({"its", "their", "his", "her", "our", "my", "your"})
_TRANSPARENT = frozenset(
    {
        "member",
        "group",
        "number",
        "quarter",
        "half",
        "third",
        "thousand",
        "hundred",
        "dozen",
        "score",
        "majority",
        "series",
        "ten",
        "million",
    }
)


def group_class(token: Token) -> str:
    """Which class of heads a noun belongs to; "" for none."""
    lemma, lower = token.lemma_.lower(), token.lower_
    for name in CLASSES:
        listed = words("group_" + name)
        if lemma in listed or lower in listed:
            return name
    return ""


def add_nominals(doc: Doc, draft: Draft, titles: Titles) -> Nominals:
    """Add a Found, and a Node where it is new, for every described group, body and person."""
    join_short_names(doc, draft)
    join_aliases(doc, draft)
    nominals = Nominals(doc, draft, titles)
    nominals.run()
    return nominals


class Nominals(Described):
    """The described groups, bodies and persons of one article, and which of their mentions are one."""

    def __init__(self, doc: Doc, draft: Draft, titles: Titles) -> None:
        super().__init__(doc, draft, titles)
        self.groups: dict[tuple[object, ...], Node] = {}

    def run(self) -> None:
        """Find them all, in order of place."""
        self._inner_bodies()
        self.persons_with_titles()
        for token in self.doc:
            if is_masked(token) or token.i in self.used or token.i in self.covered:
                continue
            if token.pos_ not in {"NOUN", "PROPN", "ADJ", "NUM"}:
                continue
            if token.dep_ in {"compound", "flat"} and token.lemma_.lower() not in words("compound_bodies"):
                continue
            if token.dep_ == "amod" and token.head.i > token.i:  # "Coalition [military] forces"
                continue
            if not self._of_phrase(token):
                self._nominal(token)
        self.name_late()

    def _inner_bodies(self) -> None:
        """The body inside "a [Russian military] spokesman": a demonym or country and a body noun before another noun."""
        for found in list(self.draft.found):
            i = found.end
            if i + 1 >= len(self.doc) or found.node.kind not in {"State", "Place"} or self.hyphenated(found):
                continue
            noun, after = self.doc[i], self.doc[i + 1]
            if (
                noun.lemma_.lower() in words("inner_bodies")
                and noun.tag_ in {"NN", "JJ"}
                and after.tag_ in {"NN", "NNP"}
                and self.titles.get(after.text) is not None
            ):
                actor = actor_of(found.node)
                key = ("body", noun.lemma_.lower(), (id(actor),), ())
                node = self.groups.get(key)
                if node is None:
                    node = self.groups[key] = self.draft.add(
                        Node(self.doc[found.start : i + 1].text, "Organization", confidence=0.65)
                    )
                    node.affiliate(actor)
                self.keep(found.start, i + 1, i, node)

    def _of_phrase(self, head: Token) -> bool:
        """ "members of X", "thousands of people": one mention from the determiner to the end of the inner phrase."""
        if head.lemma_.lower() not in _TRANSPARENT:
            return False
        inner = next(
            (
                c
                for c in head.rights
                if c.dep_.startswith("nmod") and any(k.lower_ == "of" for k in c.children if k.dep_ == "case")
            ),
            None,
        )
        if inner is None:
            return False
        start, _ = extent(head)
        named = self.heads.get(inner.i)
        if is_predicate(head) or (not is_plural(head) and head.lemma_.lower() == "member"):
            return False
        if (
            head.lemma_.lower() == "member"
            and named is not None
            and named.form in {"name", "metonym"}
            and named.node.kind in {"Organization", "State", "Group"}
        ):
            node = self._group(
                "militants" if _armed(named.node) else "officials", (named.node,), (), "members of " + named.node.name
            )
            self.keep(start, named.end, head.i, node)
            return True
        if group_class(inner) in {"people", "forces", "militants", "officials"} and head.lemma_.lower() != "member":
            node = self._new_group(self.doc[start : inner.i + 1].text, start)
            for owner in self.owners_of(inner, extent(inner)[0]):
                node.affiliate(actor_of(owner))
            self.keep(start, inner.i + 1, head.i, node)
            self.used.add(inner.i)
            return True
        return False

    def _nominal(self, head: Token) -> None:
        found_class = group_class(head)
        start, end = extent(head)
        if is_predicate(head) or head.i in self.heads:
            return
        if (
            not found_class
            and head.tag_ in {"NNPS", "NNS"}
            and head.text[0].isupper()
            and head.lower_ in words("peoples")
        ):
            self.peoples(head)
            return
        if not found_class:
            title = self.title_of(head, start)
            if title is not None and title.nominal:
                self._role(head, start, end, is_plural(head))
            return
        owners = self.owners_of(head, start)
        det = determiner(head, start)
        if found_class == "bodies":
            self._body(head, start, end, owners, det)
        elif found_class == "states":
            self._countries(head, start, end)
        elif is_plural(head) or (found_class == "forces" and head.lower_ in {"army", "military"}):
            self._plural(head, start, end, found_class, owners, det)
        elif self.title_of(head, start) is not None:
            self._role(head, start, end, False)

    def _plural(self, head: Token, start: int, end: int, found_class: str, owners: list[Node], det: str) -> None:
        if det in _OWN or any(c.dep_ == "nmod:poss" and c.i not in self.heads and c.pos_ == "NOUN" for c in head.lefts):
            return  # what it belongs to is known only after coreference
        number = number_of(head)
        joined = joined_people(head) if number is not None and found_class == "people" else None
        if joined is not None and group_class(joined) == "people":
            self.used.update(t.i for t in self.doc[head.i : joined.i + 1] if t.tag_ == "NNS")
            end = joined.i + 1
        text = " ".join(self.doc[start:end].text.split())
        qualifiers = self._qualifiers(head, start)
        actors = tuple(dict.fromkeys(actor_of(o) for o in owners if o.kind != "Topic"))
        if number is not None and det not in _DEFINITE and not (actors and found_class in {"forces", "militants"}):
            key = ("number", text.lower())
            node = self.groups.get(key) or self._new_group(text, start)
            self.groups[key] = node
            for actor in actors:
                node.affiliate(actor)
            self.keep(start, end, head.i, node)
        elif actors:
            self.keep(start, end, head.i, self._group(found_class, actors, qualifiers, _bare(self.doc, start, end)))
        elif any(q[:1].isupper() for q in qualifiers):
            self.keep(start, end, head.i, self._group(found_class, (), qualifiers, _bare(self.doc, start, end)))
        elif owners:
            return
        elif found_class in {"forces", "militants"} or (
            found_class == "officials" and (qualifiers or det in _DEFINITE)
        ):
            known = self._same_class(head, found_class, qualifiers)
            if (
                known is None
                and found_class != "officials"
                and (found_class == "militants" or det in _DEFINITE)
                and is_argument(head)
            ):
                known = self._group(found_class, (), qualifiers, _bare(self.doc, start, end))
            if known is not None:
                self.keep(start, end, head.i, known, 0.6)

    def peoples(self, head: Token) -> None:
        """ "Sunni Arabs": people of a faith or a people without a state."""
        start, end = extent(head)
        if is_predicate(head) or not is_argument(head):
            return
        key = ("people", _bare(self.doc, start, end).lower())
        node = self.groups.get(key)
        if node is None:
            node = self.groups[key] = self.draft.add(
                Node(_bare(self.doc, start, end), "Group", plural=True, confidence=0.6)
            )
        self.keep(start, end, head.i, node)

    def owned(self, head: Token, owners: list[Node]) -> Found | None:
        """ "its troops", once it is known what "its" means; None when the noun is no group."""
        found_class = group_class(head)
        if found_class not in {"forces", "militants", "officials"} or not is_plural(head) or is_predicate(head):
            return None
        start, end = extent(head)
        actors = tuple(dict.fromkeys(actor_of(o) for o in owners if o.final.kind != "Topic"))
        if not actors:
            return None
        node = self._group(
            found_class, actors, self._qualifiers(head, start), f"{_bare(self.doc, start, end)} of {actors[0].name}"
        )
        before = len(self.draft.found)
        self.keep(start, end, head.i, node)
        return self.draft.found[-1] if len(self.draft.found) > before else None

    def _countries(self, head: Token, start: int, end: int) -> None:
        """ "Western countries", "NATO allies": a group of states; "the country" is left to coreference."""
        if not is_plural(head):
            return
        owners = self.owners_of(head, start)
        if head.lemma_.lower() == "power" and any(o.kind != "Group" for o in owners):
            return
        if len(owners) == 1 and owners[0].kind == "Group":
            self.keep(start, end, head.i, owners[0])
            return
        qualifiers = [q for q in self._qualifiers(head, start) if q[:1].isupper()]
        if owners:
            self.keep(
                start,
                end,
                head.i,
                self._group("states", tuple(map(actor_of, owners)), tuple(qualifiers), _bare(self.doc, start, end)),
            )
        elif qualifiers:
            self.keep(start, end, head.i, self._group("states", (), tuple(qualifiers), _bare(self.doc, start, end)))

    def _body(self, head: Token, start: int, end: int, owners: list[Node], det: str) -> None:
        """ "the Iraqi government", "the coalition": a body without a name of its own."""
        if is_plural(head) and head.lower_ != "police":
            return
        beside = next(
            (f for f in self.draft.within(start, head.i) if f.form == "name" and f.node.kind == "Organization"),
            None,
        )
        if (
            beside is not None
            and head.lemma_.lower() in words("nominals_body")
            and all(t.pos_ in {"ADJ", "NOUN"} for t in self.doc[beside.end : head.i])
        ):
            self.keep(start, end, head.i, beside.node)  # "the Islamic State terrorist group"
            return
        if (
            len(owners) == 1
            and owners[0].kind == "Person"
            and head.lemma_.lower() in {"regime", "government", "administration"}
        ):
            owners = [a.final for a in owners[0].affiliation if a.final.kind == "State"][:1] or owners
        actors = tuple(
            dict.fromkeys(actor_of(o) for o in owners if o.kind in {"State", "Place", "Organization", "City", "Person"})
        )
        qualifiers = self._qualifiers(head, start)
        lemma = head.lemma_.lower()
        key = (
            "body",
            lemma,
            tuple(id(a) for a in actors),
            qualifiers if lemma not in {"government", "military", "army"} else (),
        )
        node: Node | None = self.groups.get(key)
        if node is None and not actors:
            # "the coalition" after "the US-led coalition"
            same = [n for k, n in self.groups.items() if k[0] == "body" and k[1] == lemma]
            node = same[-1] if same and det in {"the", "this", "that", ""} else None
        if node is None:
            if not actors and not (det == "the" and lemma in words("definite_bodies")):
                return
            if not actors and lemma == "government":
                state = self._state_near(head)
                actors = (state,) if state is not None else ()
                key = ("body", lemma, tuple(id(a) for a in actors), ())
                node = self.groups.get(key)
            if node is None:
                kind = (
                    "Group" if lemma in {"community", "opposition", "public", "police", "militia"} else "Organization"
                )
                node = self.draft.add(Node(_bare(self.doc, start, end), kind, plural=kind == "Group", confidence=0.6))
                for actor in actors:
                    node.affiliate(actor)
        self.groups[key] = node
        self.keep(start, end, head.i, node)

    def _role(self, head: Token, start: int, end: int, plural: bool) -> None:
        """ "a Foreign Office spokesman": an unnamed person of a named body; a role without one waits for coreference."""
        title = self.title_of(head, start)
        owners = self.owners_of(head, start)
        if plural or title is None or not owners:
            return
        det = determiner(head, start)
        actors = tuple(dict.fromkeys(actor_of(o) for o in owners if o.kind != "Person"))
        if not actors:
            return
        if det != "a" and det != "an":
            for node in self.draft.nodes:
                if (
                    node.kind == "Person"
                    and node.merged is None
                    and (title.name in node.roles)
                    and any(a.final in [x.final for x in node.affiliation] for a in actors)
                ):
                    self.keep(start, end, head.i, node)
                    return
        key = ("role", title.name, tuple(id(a) for a in actors))
        person = self.groups.get(key) if det not in {"a", "an", "another"} else None
        if person is None:
            person = self.draft.add(
                Node(_bare(self.doc, start, end), "Person", confidence=0.6, scope=f"#{self.doc[start].idx}")
            )
            person.roles = {title.name, title.name.split()[-1]}
            person.gender = title.gender or ""
            for actor in actors:
                person.affiliate(actor)
            self.groups[key] = person
        self.keep(start, end, head.i, person)

    def _qualifiers(self, head: Token, start: int) -> tuple[str, ...]:
        """Words before the head that tell its group from others; determiners, owners and weak adjectives left out."""
        names = [f for f in self.draft.within(start, head.i) if f.form in {"name", "metonym", "adjective"}]
        skip = {i for f in names for i in range(f.start, f.end)}
        out = []
        for token in self.doc[start : head.i]:
            if (
                token.i in skip
                or token.is_punct
                or token.dep_.startswith(("det", "nummod", "case", "nmod:poss"))
                or token.tag_ in {"DT", "PRP$", "POS", "CD"}
            ):
                continue
            if token.lemma_.lower() in words("weak_modifiers") or token.pos_ in {"ADV"}:
                continue
            out.append(token.text if token.text[:1].isupper() and not token.is_sent_start else token.lemma_.lower())
        return tuple(out)

    def _group(self, found_class: str, actors: tuple[Node, ...], qualifiers: tuple[str, ...], name: str) -> Node:
        key = ("group", found_class, tuple(sorted(id(a.final) for a in actors)), tuple(q.lower() for q in qualifiers))
        node = self.groups.get(key) or self._narrower(key)
        if node is None:
            node = self.groups[key] = self.draft.add(Node(name, "Group", plural=True, confidence=0.65))
            for actor in actors:
                node.affiliate(actor)
        return node

    def _narrower(self, key: tuple[object, ...]) -> Node | None:
        """A group of the same owner and class that only says more or less of itself ("strategic nuclear", "nuclear")."""
        mine = set(key[3]) if isinstance(key[3], tuple) else set()
        if not mine or not key[2]:
            return None
        for other, node in self.groups.items():
            theirs = set(other[3]) if len(other) > 3 and isinstance(other[3], tuple) else set()
            if other[:3] == key[:3] and theirs and (mine <= theirs or theirs <= mine):
                return node
        return None

    def _new_group(self, text: str, start: int) -> Node:
        return self.draft.add(
            Node(" ".join(text.split()), "Group", plural=True, scope=f"#{self.doc[start].idx}", confidence=0.6)
        )

    def _same_class(self, head: Token, found_class: str, qualifiers: tuple[str, ...]) -> Node | None:
        """The one group of that class named before, for a bare repeat ("militants" after "Islamic State militants")."""
        wanted = tuple(q.lower() for q in qualifiers)
        seen = [
            n
            for k, n in self.groups.items()
            if k[0] == "group" and k[1] == found_class and (not wanted or k[3] == wanted)
        ]
        lemma = head.lemma_.lower()
        same = [n for n in dict.fromkeys(seen) if lemma in n.roles]
        if same:
            # "the militants" after "Islamic State militants": those of somebody, the more often named, the later
            return max(enumerate(same), key=lambda s: (bool(s[1].affiliation), sum(s[1].names.values()), s[0]))[1]
        return seen[0] if len(set(map(id, seen))) == 1 and found_class != "officials" else None

    def _state_near(self, head: Token) -> Node | None:
        """The state of the last place or state named before a token in its sentence."""
        best: tuple[bool, int, Node] | None = None
        for found in self.draft.within(head.sent.start, head.i):
            if found.form == "adjective":
                continue
            node = found.node
            place = node.kind in {"Place", "City"}
            state = (
                node
                if node.kind == "State"
                else node.twin
                if node.twin is not None
                else node.within.twin
                if node.within is not None
                else None
            )
            subject = self.doc[found.head].dep_.startswith("nsubj")
            if state is not None and not subject and (best is None or (place, found.start) > best[:2]):
                best = (place, found.start, state)
        return best[2] if best is not None else None


def _armed(node: Node) -> bool:
    return node.entry is not None and node.entry.type == "armed_group"


def _bare(doc: Doc, start: int, end: int) -> str:
    """The words of a phrase without its determiner."""
    while start < end - 1 and doc[start].tag_ in {"DT", "PRP$", "PDT"}:
        start += 1
    return " ".join(doc[start:end].text.split())
