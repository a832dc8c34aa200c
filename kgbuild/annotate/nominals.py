"""Find groups and persons that are described, not named ("Russian troops", "a ministry spokesman"), and tell repeats as one."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.phrases import (
    determiner,
    extent,
    is_argument,
    is_plural,
    is_predicate,
    joined_people,
    number_of,
    sentence_numbers,
)
from kgbuild.annotate.spans import title_start
from kgbuild.annotate.words import words
from kgbuild.knowledge import Titles

__all__ = ["Nominals", "add_nominals", "group_class"]

CLASSES = ("forces", "militants", "officials", "people", "states", "bodies")
"""Lists of head nouns in language.yaml: "group_forces" and so on."""

_LABELS = {"forces": "forces", "militants": "fighters"}
_DEFINITE = frozenset({"the", "these", "those", "this", "that"})
_OWN = frozenset({"its", "their", "his", "her", "our", "my", "your"})
_SPEAKERS = frozenset({"spokesman", "spokeswoman", "spokesperson", "official", "officer", "commander", "diplomat"})
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
    nominals = Nominals(doc, draft, titles)
    nominals.run()
    return nominals


class Nominals:
    """The described groups, bodies and persons of one article, and which of their mentions are one."""

    def __init__(self, doc: Doc, draft: Draft, titles: Titles) -> None:
        self.doc, self.draft, self.titles = doc, draft, titles
        self.heads = draft.heads()
        self.covered = {i for f in draft.found if f.form != "adjective" for i in range(f.start, f.end)}
        self.groups: dict[tuple[object, ...], Node] = {}
        self.used: set[int] = set()

    def run(self) -> None:
        self._inner_bodies()
        self._persons_with_titles()
        for token in self.doc:
            if token._.masked or token.i in self.used or token.i in self.covered:
                continue
            if token.pos_ not in {"NOUN", "PROPN", "ADJ", "NUM"}:
                continue
            if token.dep_ in {"compound", "flat"} and token.lemma_.lower() not in words("compound_bodies"):
                continue
            if not self._of_phrase(token):
                self._nominal(token)
        self._name_late()

    def _inner_bodies(self) -> None:
        """The body inside "a [Russian military] spokesman": a demonym or country and a body noun before another noun."""
        for found in list(self.draft.found):
            i = found.end
            if i + 1 >= len(self.doc) or found.node.kind not in {"State", "Place"} or self._hyphenated(found):
                continue
            noun, after = self.doc[i], self.doc[i + 1]
            if (
                noun.lemma_.lower() in words("inner_bodies")
                and noun.tag_ in {"NN", "JJ"}
                and after.tag_ in {"NN", "NNP"}
                and self.titles.get(after.text) is not None
            ):
                actor = _actor(found.node)
                key = ("body", noun.lemma_.lower(), (id(actor),), ())
                node = self.groups.get(key)
                if node is None:
                    node = self.groups[key] = self.draft.add(
                        Node(self.doc[found.start : i + 1].text, "Organization", confidence=0.65)
                    )
                    node.affiliate(actor)
                self._keep(found.start, i + 1, i, node)

    # -------------------------------------------------------------------------- titles, appositions, affiliation

    def _persons_with_titles(self) -> None:
        """Give persons the affiliation their title or apposition states: "Pentagon spokesman John Kirby", "X, head of Y"."""
        for found in list(self.draft.found):
            node = found.node
            if node.kind != "Person" or found.form != "name":
                continue
            self._prefix_title(found, node)
            token = self.doc[found.head]
            for child in token.children:
                if child.dep_ in {"appos", "nmod:desc"} and child.pos_ == "NOUN":
                    self._describe(child, node)
            if token.dep_ in {"appos", "flat", "nmod:desc"} and token.head.pos_ == "NOUN":
                self._describe(token.head, node)
            elif found.start > 1 and self.doc[found.start - 1].text == ",":
                self._behind_comma(found, node)

    def _behind_comma(self, found: Found, node: Node) -> None:
        """ "A spokesman for the Health Agency, Ann Lee, said": the name behind a role and its body, whatever the tree says."""
        before = next((f for f in self.draft.found if f.end == found.start - 1 and f.form in {"name", "metonym"}), None)
        after = self.doc[found.end].text if found.end < len(self.doc) else ""
        if before is None or before.node.kind not in {"Organization", "State", "Place"} or after not in {",", "."}:
            return
        role = self.doc[before.head].head
        if (
            role.pos_ == "NOUN"
            and role.i < before.start
            and before.start - role.i <= 3
            and self.doc[before.head].dep_.startswith("nmod")
        ):
            self._describe(role, node)

    def _prefix_title(self, found: Found, node: Node) -> None:
        before = title_start(self.doc, self.titles, found.start)
        if before is None:
            return
        first, title = before
        self.used.update(range(first, found.start))
        if title.kind != "honorific":
            node.roles |= {title.name, title.name.split()[-1]}
        node.gender = node.gender or (title.gender or "")
        self._affiliate_left(first, node)

    def _affiliate_left(self, end: int, node: Node) -> None:
        """The name right before a title, with at most three plain modifiers between ("the Russian military spokesman")."""
        for i in range(end - 1, max(-1, end - 5), -1):
            token = self.doc[i]
            owner = max(
                (f for f in self.draft.found if f.start <= i < f.end), key=lambda f: f.end - f.start, default=None
            )
            if owner is not None:
                if owner.node.kind != "Person":
                    node.affiliate(_actor(owner.node))
                return
            if token.is_punct or token.is_space or token.pos_ in {"VERB", "AUX", "ADP", "CCONJ", "SCONJ"}:
                return

    def _describe(self, noun: Token, node: Node) -> None:
        """An apposition that is a role: its words become roles of the person, its owner an affiliation; the phrase is a mention."""
        start, end = extent(noun)
        title = self._title_of(noun, start)
        if title is None:
            return
        node.roles |= {title.name, title.name.split()[-1]}
        node.gender = node.gender or (title.gender or "")
        for owner in self._owners(noun, start):
            node.affiliate(_actor(owner))
        if noun.i not in self.used and noun.i not in self.covered:
            self.used.add(noun.i)
            self.draft.found.append(Found(start, end, noun.i, "nominal", [node], 0.8))

    def _title_of(self, noun: Token, start: int):  # type: ignore[no-untyped-def]
        for last in range(min(len(self.doc), noun.i + 4), noun.i, -1):  # "secretary of state" goes beyond its head
            if last > noun.i + 1 and self.doc[noun.i + 1].lower_ not in {"of", "for", "-"}:
                continue
            for first in range(max(start, noun.i - self.titles.longest + 1), noun.i + 1):
                title = self.titles.get(" ".join(self.doc[first:last].text.split()))
                if title is not None:
                    return title
        return None

    def _owners(self, head: Token, start: int) -> list[Node]:
        """Named actors a phrase belongs to: modifiers before the head, "of", "for", "from" and "in" phrases after it."""
        owners: list[Node] = []
        for found in self.draft.found:
            if (
                start <= found.start
                and found.end <= head.i
                and not self._hyphenated(found)
                and (found.form in {"name", "metonym", "adjective"} or found.node.kind == "Organization")
            ):
                owners.append(found.node)
        bodies = [o for o in owners if any(a.final in owners for a in o.affiliation)]
        owners = [o for o in owners if not any(o in [a.final for a in b.affiliation] for b in bodies)]
        for child in head.rights:
            if child.dep_.startswith("nmod"):
                case = next((c.lower_ for c in child.children if c.dep_ == "case"), "")
                owner = self.heads.get(child.i)
                if (
                    owner is not None
                    and case in {"of", "for", "from", "with", "at"}
                    and owner.form in {"name", "metonym"}
                ):
                    owners.append(owner.node)
        return owners

    def _hyphenated(self, found: Found) -> bool:
        """ "US-led", "Russian-backed": the name does not own the group."""
        after = self.doc[found.end : found.end + 2]
        return len(after) == 2 and after[0].text in {"-", "–"} and not self.doc[found.end - 1].whitespace_

    def _name_late(self) -> None:
        """ "A Russian army spokesman accused ... . ..., Gen. Petrov said.": a speaker described first and named after.

        The name must come within three sentences, be its first mention, say nothing else of the person, and speak.
        """
        first: dict[int, Found] = {}
        for found in sorted(self.draft.found, key=lambda f: f.start):
            first.setdefault(id(found.node), found)
        numbers = sentence_numbers(self.doc)
        for unnamed in [
            f for f in first.values() if f.form == "nominal" and f.node.kind == "Person" and f.node.roles & _SPEAKERS
        ]:
            node = unnamed.node
            if not _speaking(self.doc[unnamed.head]):
                continue
            for found in sorted(first.values(), key=lambda f: f.start):
                other = found.node
                if found.start <= unnamed.end or other.kind != "Person" or other is node:
                    continue
                if numbers[found.start] - numbers[unnamed.start] > 3 or found.form != "name":
                    break
                if (
                    not other.affiliation
                    and _same_country(other, node)
                    and _speaking(self.doc[found.head])
                    and not (node.gender and other.gender and node.gender != other.gender)
                ):
                    node.merge_into(other)
                break

    # ------------------------------------------------------------------------------------------------- phrases

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
            self._keep(start, named.end, head.i, node)
            return True
        if group_class(inner) in {"people", "forces", "militants", "officials"} and head.lemma_.lower() != "member":
            node = self._new_group(self.doc[start : inner.i + 1].text, start)
            for owner in self._owners(inner, extent(inner)[0]):
                node.affiliate(_actor(owner))
            self._keep(start, inner.i + 1, head.i, node)
            self.used.add(inner.i)
            return True
        return False

    def _nominal(self, head: Token) -> None:
        found_class = group_class(head)
        start, end = extent(head)
        start = max([start, *(f.start for f in self.draft.found if f.form != "adjective" and f.start < start < f.end)])
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
            title = self._title_of(head, start)
            if title is not None and title.nominal:
                self._role(head, start, end, is_plural(head))
            return
        owners = self._owners(head, start)
        det = determiner(head, start)
        if found_class == "bodies":
            self._body(head, start, end, owners, det)
        elif found_class == "states":
            self._countries(head, start, end)
        elif is_plural(head) or (found_class == "forces" and head.lower_ in {"army", "military"}):
            self._plural(head, start, end, found_class, owners, det)
        elif self._title_of(head, start) is not None:
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
        actors = tuple(dict.fromkeys(_actor(o) for o in owners if o.kind != "Topic"))
        if number is not None and det not in _DEFINITE and not (actors and found_class in {"forces", "militants"}):
            key = ("number", text.lower())
            node = self.groups.get(key) or self._new_group(text, start)
            self.groups[key] = node
            for actor in actors:
                node.affiliate(actor)
            self._keep(start, end, head.i, node)
        elif actors:
            self._keep(start, end, head.i, self._group(found_class, actors, qualifiers, _bare(self.doc, start, end)))
        elif any(q[:1].isupper() for q in qualifiers):
            self._keep(start, end, head.i, self._group(found_class, (), qualifiers, _bare(self.doc, start, end)))
        elif owners:
            return
        elif found_class in {"forces", "militants"} or (
            found_class == "officials" and (qualifiers or det in _DEFINITE)
        ):
            node = self._same_class(head, found_class, qualifiers)
            if (
                node is None
                and found_class != "officials"
                and (found_class == "militants" or det in _DEFINITE)
                and is_argument(head)
            ):
                node = self._group(found_class, (), qualifiers, _bare(self.doc, start, end))
            if node is not None:
                self._keep(start, end, head.i, node, 0.6)

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
        self._keep(start, end, head.i, node)

    def owned(self, head: Token, owners: list[Node]) -> Found | None:
        """ "its troops", once it is known what "its" means; None when the noun is no group."""
        found_class = group_class(head)
        if found_class not in {"forces", "militants", "officials"} or not is_plural(head) or is_predicate(head):
            return None
        start, end = extent(head)
        actors = tuple(dict.fromkeys(_actor(o) for o in owners if o.final.kind != "Topic"))
        if not actors:
            return None
        node = self._group(
            found_class, actors, self._qualifiers(head, start), f"{_bare(self.doc, start, end)} of {actors[0].name}"
        )
        before = len(self.draft.found)
        self._keep(start, end, head.i, node)
        return self.draft.found[-1] if len(self.draft.found) > before else None

    def _countries(self, head: Token, start: int, end: int) -> None:
        """ "Western countries", "NATO allies": a group of states; "the country" is left to coreference."""
        if not is_plural(head):
            return
        owners = self._owners(head, start)
        if head.lemma_.lower() == "power" and any(o.kind != "Group" for o in owners):
            return
        if len(owners) == 1 and owners[0].kind == "Group":
            self._keep(start, end, head.i, owners[0])
            return
        qualifiers = [q for q in self._qualifiers(head, start) if q[:1].isupper()]
        if owners:
            self._keep(
                start,
                end,
                head.i,
                self._group("states", tuple(map(_actor, owners)), tuple(qualifiers), _bare(self.doc, start, end)),
            )
        elif qualifiers:
            self._keep(start, end, head.i, self._group("states", (), tuple(qualifiers), _bare(self.doc, start, end)))

    def _body(self, head: Token, start: int, end: int, owners: list[Node], det: str) -> None:
        """ "the Iraqi government", "the coalition": a body without a name of its own."""
        if is_plural(head) and head.lower_ != "police":
            return
        beside = next(
            (
                f
                for f in self.draft.found
                if f.end <= head.i and f.start >= start and f.form == "name" and f.node.kind == "Organization"
            ),
            None,
        )
        if (
            beside is not None
            and head.lemma_.lower() in words("nominals_body")
            and not any(t.tag_ == "POS" for t in self.doc[beside.end : head.i])
        ):
            if all(t.pos_ in {"ADJ", "NOUN"} for t in self.doc[beside.end : head.i]):
                self._keep(start, end, head.i, beside.node)  # "the Islamic State terrorist group"
                return
        actors = tuple(dict.fromkeys(_actor(o) for o in owners if o.kind in {"State", "Place", "Organization", "City"}))
        qualifiers = self._qualifiers(head, start)
        lemma = head.lemma_.lower()
        key = (
            "body",
            lemma,
            tuple(id(a) for a in actors),
            qualifiers if lemma not in {"government", "military", "army"} else (),
        )
        node = self.groups.get(key)
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
        self._keep(start, end, head.i, node)

    def _role(self, head: Token, start: int, end: int, plural: bool) -> None:
        """ "a Foreign Office spokesman": an unnamed person of a named body; a role without one waits for coreference."""
        title = self._title_of(head, start)
        owners = self._owners(head, start)
        if plural or title is None or not owners:
            return
        det = determiner(head, start)
        actors = tuple(dict.fromkeys(_actor(o) for o in owners if o.kind != "Person"))
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
                    self._keep(start, end, head.i, node)
                    return
        key = ("role", title.name, tuple(id(a) for a in actors))
        node = self.groups.get(key) if det not in {"a", "an", "another"} else None
        if node is None:
            node = self.draft.add(
                Node(_bare(self.doc, start, end), "Person", confidence=0.6, scope=f"#{self.doc[start].idx}")
            )
            node.roles = {title.name, title.name.split()[-1]}
            node.gender = title.gender or ""
            for actor in actors:
                node.affiliate(actor)
            self.groups[key] = node
        self._keep(start, end, head.i, node)

    # --------------------------------------------------------------------------------------------------- nodes

    def _qualifiers(self, head: Token, start: int) -> tuple[str, ...]:
        """Words before the head that tell its group from others; determiners, owners and weak adjectives left out."""
        skip = {
            i for f in self.draft.found if f.form in {"name", "metonym", "adjective"} for i in range(f.start, f.end)
        }
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
            return same[-1]
        return seen[0] if len(set(map(id, seen))) == 1 and found_class != "officials" else None

    def _state_near(self, head: Token) -> Node | None:
        """The state of the last place or state named before a token in its sentence."""
        best: tuple[bool, int, Node] | None = None
        for found in self.draft.found:
            if not (head.sent.start <= found.start and found.end <= head.i) or found.form == "adjective":
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

    def _keep(self, start: int, end: int, head: int, node: Node, confidence: float = 0.7) -> None:
        for found in self.draft.found:
            if (
                (found.start, found.end) == (start, end)
                or (found.start < start < found.end < end)
                or (start < found.start < end < found.end)
            ):
                return
        text = " ".join(self.doc[start:end].text.split())
        node.names[text] = node.names.get(text, 0) + 1
        if node.kind == "Group":
            node.roles.add(self.doc[head].lemma_.lower())
        self.used.add(head)
        self.draft.found.append(Found(start, end, head, "nominal", [node], confidence))


def _speaking(head: Token) -> bool:
    for _ in range(3):
        if head.dep_ in {"flat", "compound", "appos", "nmod:desc"}:
            head = head.head
    return head.dep_.startswith("nsubj") and head.head.lemma_.lower() in words("speech_verbs")


def _actor(node: Node) -> Node:
    """The actor behind a node: a place of a state's territory stands for the state."""
    node = node.final
    return node.twin if node.kind == "Place" and node.twin is not None else node


def _same_country(person: Node, described: Node) -> bool:
    """Whether what the base knows of a named person allows the description; nothing known always does."""
    if person.entry is None or person.entry.country is None:
        return True
    owners = [a.final for a in described.affiliation] + [
        b.final for a in described.affiliation for b in a.final.affiliation
    ]
    return any(o.entry is not None and o.entry.country == person.entry.country for o in owners)


def _armed(node: Node) -> bool:
    return node.entry is not None and node.entry.type == "armed_group"


def _bare(doc: Doc, start: int, end: int) -> str:
    """The words of a phrase without its determiner."""
    while start < end - 1 and doc[start].tag_ in {"DT", "PRP$", "PDT"}:
        start += 1
    return " ".join(doc[start:end].text.split())
