"""Who is what of whom: the roles, memberships and places that titles, appositions, "of"-phrases and plain statements give.

"Pentagon spokesman John Kirby", "Foreign Minister Ann Lee of Arland", "Lee, a colonel in the Arland army", "she heads the fund",
"the army's Fourth Brigade", "Port Selva, a town in Arland"; and what the entity base knows of those who are named.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Token

from kgbuild.annotate.described import Described, actor_of
from kgbuild.annotate.draft import ACTORS, Draft, Found, Node, Stated, draft_of
from kgbuild.annotate.labels import KIND_OF_TYPE
from kgbuild.annotate.linking import state_node
from kgbuild.annotate.names import STATES as _STATES
from kgbuild.annotate.nominals import group_class
from kgbuild.annotate.phrases import extent
from kgbuild.annotate.spans import title_start
from kgbuild.annotate.times import reference_day
from kgbuild.annotate.words import words
from kgbuild.knowledge import Entry, Membership, Overlay, Term, Title, Titles, memberships_of, within_of
from kgbuild.layers import is_masked

__all__ = ["add_affiliations"]

_BODIES = ("Organization", "State", "Group")
_PLACES = ("Place", "City")
_OFFICES = frozenset({"head_of_state", "head_of_government", "minister", "deputy", "diplomat", "royal", "local"})
_CHIEFS = frozenset({"executive", "head_of_state", "head_of_government", "royal", "local"})
_NEAR = 3
"""Tokens between a name and the phrase that says of what body its title is: "Foreign Minister Lee of the Arland Republic"."""
_UNREAL = frozenset({"if", "whether", "unless"})
_GOVERNING = frozenset({"ministry", "agency", "military", "legislature", "court", "government", "cabinet"})
"""Types of entries that are bodies of the state their country names."""


def add_affiliations(doc: Doc, draft: Draft, titles: Titles) -> None:
    """Fill `draft.stated`, and let every actor belong to what the text says it belongs to."""
    reader = _Reader(doc, draft, titles)
    for found in sorted(draft.found, key=lambda f: (f.start, -f.end)):
        if found.form == "adjective" or len(found.nodes) != 1 or is_masked(doc[found.head]):
            continue
        reader.mention(found)
    reader.known()
    draft.stated = reader.outermost()
    for stated in draft.stated:
        if stated.kind != "Location" and stated.member.final.kind in ACTORS:
            stated.member.final.affiliate(stated.body.final)


class _Reader:
    """Reads one article; `stated` keeps each fact once, under its words."""

    def __init__(self, doc: Doc, draft: Draft, titles: Titles) -> None:
        self.doc, self.draft, self.titles = doc, draft, titles
        self.described = Described(doc, draft, titles)
        self.stated: dict[tuple[int, int, int, int], Stated] = {}
        self.day = reference_day(doc._.document)

    def mention(self, found: Found) -> None:
        """What the words around one mention say of it."""
        node, head = found.node, self.doc[found.head]
        if node.kind == "Person":
            if found.form == "name":
                self._before_name(found)
                self._after_name(found)
            elif found.form == "nominal":
                self._role(head, found, found.start)
            self._statement(found, head)
        elif node.kind in _BODIES:
            if found.form == "nominal":
                self._group(found, head)
            elif node.kind == "Organization":
                self._owner_of_name(found, head)
            if found.form == "name":
                self._appositions(found, head, "units")
        elif node.kind in _PLACES and found.form == "name":
            self._place(found, head)

    def outermost(self) -> list[Stated]:
        """What was found: a fact once in its widest words, and what a group is part of once in the article."""
        by_fact: dict[tuple[int, int, str, str | None, bool], list[Stated]] = {}
        for s in self.stated.values():
            by_fact.setdefault((id(s.member.final), id(s.body.final), s.kind, s.role, s.known), []).append(s)
        out = []
        for same in by_fact.values():
            if same[0].member.final.kind == "Group":
                out.append(same[0])
                continue
            out += [s for s in same if not any(o is not s and o.start <= s.start and s.end <= o.end for o in same)]
        return out

    # ------------------------------------------------------------------------------------------------- persons

    def _before_name(self, found: Found) -> None:
        """ "Russian Foreign Minister Lavrov", "Foreign Minister Lavrov of Russia"."""
        before = title_start(self.doc, self.titles, found.start)
        if before is None:
            return
        first, title = before
        if title.kind == "honorific":
            return
        while first > 0 and self.doc[first - 1].lower_ in _list("ranks"):
            first -= 1
        role = self._ranked(first, found.start, title.name)
        for owner in self._left_of(first, found):
            self._say(found, owner, role, title, owner.start, found.end)
        for owner in self._right_of(self.doc[found.head], found):
            if owner.start - found.end <= _NEAR:
                self._say(found, owner, role, title, first, owner.end)

    def _left_of(self, end: int, found: Found) -> list[Found]:
        """The name right before a title, with at most three plain modifiers between."""
        for i in range(end - 1, max(-1, end - 5), -1):
            token = self.doc[i]
            owners = [f for f in self.draft.at(i) if f.end <= end and f is not found]
            if owners:
                owner = max(owners, key=lambda f: f.end - f.start)
                return [owner] if self._can_own(owner, found.node) and not self.described.hyphenated(owner) else []
            if (
                token.is_punct
                or token.is_space
                or token.is_sent_start
                or token.pos_ in {"VERB", "AUX", "ADP", "CCONJ", "SCONJ"}
            ):
                return []
        return []

    def _after_name(self, found: Found) -> None:
        """Appositions on either side: "Lee, head of the fund", "the fund's director, Ann Lee"."""
        head = self.doc[found.head]
        self._appositions(found, head, "")
        if head.dep_ in {"appos", "flat", "nmod:desc"} and head.head.pos_ == "NOUN" and head.head.i < found.start:
            self._role(head.head, found, extent(head.head)[0])
        elif found.start > 2 and self.doc[found.start - 1].text == ",":
            # "a spokesman for the Health Agency, Ann Lee, said": whatever the tree says
            for owner in (
                f for f in self.draft.at(found.start - 2) if f.end == found.start - 1 and self._can_own(f, found.node)
            ):
                role = self.doc[owner.head].head
                after = self.doc[found.end].text if found.end < len(self.doc) else "."
                near = role.pos_ == "NOUN" and role.i < owner.start and owner.start - role.i <= 3
                if near and after in {",", "."} and self.doc[owner.head].dep_.startswith("nmod"):
                    self._role(role, found, extent(role)[0])

    def _appositions(self, found: Found, head: Token, nouns: str) -> None:
        for child in head.children:
            if child.dep_ in {"appos", "nmod:desc"} and child.pos_ == "NOUN" and child.i > found.head:
                self._role(child, found, extent(child)[0], nouns)

    def _role(self, noun: Token, found: Found, start: int, nouns: str = "") -> None:
        """A role noun and whatever owns it; `nouns` lists the nouns that count for bodies, persons have titles."""
        title = None if nouns else self.described.title_of(noun, start)
        lemma = noun.lemma_.lower()
        listed = nouns or ("heads" if lemma in _list("heads") else "members")
        if title is None and lemma not in _list(listed):
            return
        if self._introduces_another(noun, found):
            return
        role = self._ranked(start, noun.i, title.name) if title is not None else self._words(start, noun)
        end = self._title_end(noun, start, title)
        for owner in self._owners(noun, found, start):
            part_of_title = noun.i < owner.start < end
            post = title is not None and title.kind == "diplomat" and self.doc[owner.start - 1].lower_ == "for"
            if not part_of_title and not post:  # an envoy for a country is not the country's
                kind = "Unit" if nouns else ""
                self._say(found, owner, role, title, min(start, owner.start), max(end, owner.end), kind)

    def _title_end(self, noun: Token, start: int, title: Title | None) -> int:
        """The end of a title that goes on behind its noun ("secretary of state")."""
        if title is not None:
            for end in range(min(len(self.doc), noun.i + 4), noun.i + 1, -1):
                if any(self.titles.get(self.doc[i:end].text) is title for i in range(start, noun.i + 1)):
                    return end
        return noun.i + 1

    def _introduces_another(self, noun: Token, found: Found) -> bool:
        """ "Carter, Arland Prime Minister Lee and ...": the role is that of the name right behind it."""
        behind = self.draft.at(noun.i + 1)
        return any(f.start == noun.i + 1 and f.node.kind == "Person" and f.node is not found.node for f in behind)

    def _ranked(self, start: int, end: int, role: str) -> str:
        """A title with the words before it that change it: "deputy", "acting", "shadow"."""
        said = [t.lower_ for t in self.doc[start:end] if t.lower_ in _list("ranks") and t.lower_ not in role.split()]
        return " ".join([*said, role])

    def _statement(self, found: Found, head: Token) -> None:
        """ "She is the head of the fund", "he leads the army": said as a fact, neither denied nor supposed."""
        if not head.dep_.startswith("nsubj") or head.dep_ == "nsubj:pass":
            return
        predicate = head.head
        copula = next((c for c in predicate.children if c.dep_ == "cop"), None)
        if not _plain(predicate, copula):
            return
        if copula is not None and predicate.pos_ == "NOUN":
            self._role(predicate, found, extent(predicate)[0])
            return
        lemma = predicate.lemma_.lower()
        if predicate.pos_ != "VERB" or predicate.tag_ not in {"VBZ", "VBP", "VBD"}:
            return
        joints = {"obj"} if lemma in _list("leading_verbs") else {"obl"} if lemma in _list("belonging_verbs") else set()
        for child in predicate.rights:
            owner = self.described.heads.get(child.i)
            if (
                child.dep_ not in joints
                or owner is None
                or not self._can_own(owner, found.node)
                or owner.node.kind == "State"
            ):
                continue
            case = next((c.lower_ for c in child.children if c.dep_ == "case"), "")
            if "obj" in joints or (lemma, case) in {("work", "for"), ("belong", "to")}:
                kind = "Head" if "obj" in joints else "Member"
                self._add(found, owner, None, kind, found.start, max(owner.end, predicate.i + 1), 0.7)

    # -------------------------------------------------------------------------------------------------- bodies

    def _group(self, found: Found, head: Token) -> None:
        """ "Arland troops", "members of the League", "the army's Fourth Brigade"."""
        for owner in self._owners(head, found, found.start):
            people = found.node.kind == "Group" and group_class(head) not in {"forces", "bodies"}
            self._add(found, owner, self._words(found.start, head) or None, "Member" if people else "Unit",
                      min(found.start, owner.start), max(found.end, owner.end), 0.8)  # fmt: skip

    def _owner_of_name(self, found: Found, head: Token) -> None:
        """ "Arland's Qassam Brigades", "the Fourth Division of the Arland army"."""
        for child in head.children:
            owner = self.described.heads.get(child.i)
            if owner is None or owner.node is found.node or not self._can_own(owner, found.node):
                continue
            outside = owner.end <= found.start or owner.start >= found.end
            case = next((c.lower_ for c in child.children if c.dep_ == "case"), "")
            part = (
                child.dep_ == "nmod" and case == "of" and actor_of(owner.node).kind != "State"
            )  # "Bank of Arland" is all name
            if outside and (child.dep_ == "nmod:poss" or part):
                self._add(found, owner, None, "Unit", min(found.start, owner.start), max(found.end, owner.end), 0.75)

    # -------------------------------------------------------------------------------------------------- places

    def _place(self, found: Found, head: Token) -> None:
        """ "Port Selva, Arland", "Port Selva, a town in Arland", "the Arland town of Port Selva"."""
        for wider in self._wider(found, head):
            node = wider.node.twin if wider.node.kind == "State" and wider.node.twin is not None else wider.node
            if node.kind in _PLACES and node.final is not found.node:
                start, end = min(found.start, wider.start), max(found.end, wider.end)
                self._keep(Stated(found.node, node, "Location", None, start, end, 0.85))
                if found.node.entry is None and found.node.within is None and node.final.within is not found.node:
                    found.node.within = node.final

    def _wider(self, found: Found, head: Token) -> Iterator[Found]:
        if found.end + 1 < len(self.doc) and self.doc[found.end].text == ",":
            for after in self.draft.at(found.end + 1):
                closed = after.end >= len(self.doc) or self.doc[after.end].text in {",", ".", ")", "—", "–", ":", "on"}
                joined = self.doc[after.head].dep_ == "conj"
                if after.start == found.end + 1 and after.form == "name" and closed and not joined:
                    yield after
        for child in head.children:
            if child.dep_ == "appos" and child.lemma_.lower() in _list("places") and child.i > found.head:
                yield from (f for f in self._right_of(child, found) if f.form == "name")
        kind = head.head
        called = head.dep_ == "nmod" and any(c.dep_ == "case" and c.lower_ == "of" for c in head.children)
        if called and kind.lemma_.lower() in _list("places") and kind.i < found.start:
            yield from (f for f in self.draft.within(extent(kind)[0], kind.i) if actor_of(f.node).kind == "State")
        if head.dep_ == "compound" and kind.lemma_.lower() in _list("places") and kind.i == found.end:
            yield from (f for f in self._right_of(kind, found) if f.form == "name")

    # ---------------------------------------------------------------------------------------------- who owns it

    def _owners(self, noun: Token, found: Found, start: int) -> list[Found]:
        """Mentions of the actors a role or group belongs to: modifiers before the noun, and phrases after it."""
        before = [
            f
            for f in self.draft.within(start, noun.i)
            if self._can_own(f, found.node) and not self.described.hyphenated(f) and f.end <= noun.i
            and (f.form in {"name", "metonym", "adjective"} or f.node.kind == "Organization")
        ]  # fmt: skip
        # "the [[Arland] army] spokesman": of the army, and only through it of Arland
        inner = [f for f in before if not any(o is not f and o.start <= f.start and f.end <= o.end for o in before)]
        outer = [f for f in inner if not any(f.node is a.final for o in inner for a in o.node.affiliation)]
        return outer + [f for f in self._right_of(noun, found) if f not in outer]

    def _right_of(self, noun: Token, found: Found) -> list[Found]:
        """ "of the League", "in the Arland army": the bodies of phrases that hang on a noun; "in" only before a body, not a state."""
        out: list[Found] = []
        for child in noun.rights:
            if not child.dep_.startswith("nmod"):
                continue
            case = next((c.lower_ for c in child.children if c.dep_ == "case"), "")
            owner = self.described.heads.get(child.i)
            if owner is None or case not in _list("joints") or owner.node is found.node:
                continue
            place = found.node.kind in _PLACES
            if place or (self._can_own(owner, found.node) and (case != "in" or actor_of(owner.node).kind != "State")):
                out.append(owner)
        return out

    def _can_own(self, owner: Found, member: Node) -> bool:
        if len(owner.nodes) != 1 or owner.form == "pronoun":
            return False
        node = actor_of(owner.node)
        return node.kind in _BODIES and node is not member

    def _words(self, start: int, noun: Token) -> str:
        """The words of a role: from its first own word to its noun, names, determiners and numbers left out."""
        named = {i for f in self.draft.within(start, noun.i) if f.form != "nominal" for i in range(f.start, f.end)}
        kept = [
            t.lower_
            for t in self.doc[start : noun.i + 1]
            if t.i not in named
            and not t.is_punct
            and not t.is_space
            and t.pos_ not in {"ADV", "ADP", "PART"}
            and t.tag_ not in {"DT", "PRP$", "POS", "CD", "PDT"}
        ]
        return " ".join(kept).removeprefix("and ")

    # ------------------------------------------------------------------------------------------------- keeping

    def _say(
        self, found: Found, owner: Found, role: str, title: Title | None, start: int, end: int, kind: str = ""
    ) -> None:
        body = actor_of(owner.node)
        if start > 0 and self.doc[start - 1].lower_ in _list("past"):
            start -= 1
        self._add(
            found, owner, role, kind or _kind(role, title, body), min(start, found.start), max(end, found.end), 0.85
        )

    def _add(
        self, found: Found, owner: Found, role: str | None, kind: str, start: int, end: int, confidence: float
    ) -> None:
        earliest, latest = self._days(start, end)
        span = self.doc[start:end]
        past = any(t.lower_ in _list("past") for t in span if t.i < owner.start or t.i >= owner.end)
        if past and role is not None:
            gone = next(t.lower_ for t in span if t.lower_ in _list("past"))
            role = role if role.split()[0] in _list("past") else f"{gone} {role}"
            latest = latest or (self.day.isoformat() if self.day is not None else None)
        self._keep(Stated(found.node, actor_of(owner.node), kind, role, start, end, confidence, earliest, latest))

    def _keep(self, stated: Stated) -> None:
        if stated.member.final is stated.body.final:
            return
        key = (id(stated.member.final), id(stated.body.final), stated.start, stated.end)
        self.stated.setdefault(key, stated)

    def _days(self, start: int, end: int) -> tuple[str | None, str | None]:
        """Bounds from "since 2011" or "until May" within the phrase or right after it."""
        tokens = self.doc[start : min(end + 6, self.doc[end - 1].sent.end)]
        earliest = latest = None
        for time in self.doc._.times:
            if time.span.begin >= tokens.start_char and time.span.end <= tokens.end_char:
                earliest = time.earliest if time.kind == "since" and earliest is None else earliest
                latest = time.latest if time.kind == "until" and latest is None else latest
        return (earliest, latest) if earliest is None or latest is None or earliest <= latest else (None, None)

    # ------------------------------------------------------------------------------------------------ the base

    def known(self) -> None:
        """What the entity base says of those who are named: offices on the article's day, the state of a body, where a place lies."""
        first: dict[int, Found] = {}
        for found in sorted(self.draft.found, key=lambda f: (f.form not in {"name", "metonym"}, f.start)):
            for node in found.nodes:
                first.setdefault(id(node.final), found)
        for node in [n for n in self.draft.nodes if n.merged is None]:
            mention = first.get(id(node))
            if node.entry is None or mention is None or mention.form == "adjective":
                continue
            for body, kind, role, term in self._facts(node, node.entry):
                exact = term is not None and (isinstance(term, Membership) or term.exact)
                begin, end = (term.begin, term.end) if term is not None and exact else (None, None)
                first_day, last_day = (d.isoformat() if d is not None else None for d in (begin, end))
                place = (mention.start, mention.end)
                self._keep(Stated(node, body, kind, role, *place, 0.9, first_day, last_day, known=True))

    def _of_entry(self, entry: Entry) -> Node:
        """The node of an entry, made when the article does not name it."""
        if entry.type in _STATES:
            return state_node(self.draft, entry)
        return self.draft.of_entry(entry) or self.draft.add(
            Node(entry.name, KIND_OF_TYPE[entry.type], entry, confidence=0.9)
        )

    def _place_of(self, entry: Entry) -> Node:
        """The place of an entry, with the places around it that the user's entities name."""
        node = self._of_entry(entry)
        node = node.twin if node.kind == "State" and node.twin is not None else node
        around = within_of(self.draft.base, entry.id)
        if around is not None and node.within is None:
            node.within = self._place_of(around)
        elif node.within is None and node.twin is None and entry.country:
            state = self.draft.base.country(entry.country)
            node.within = state_node(self.draft, state).twin if state is not None and state.type in _STATES else None
        return node

    def _facts(self, node: Node, entry: Entry) -> Iterator[tuple[Node, str, str | None, Term | Membership | None]]:
        base = self.draft.base
        for membership in memberships_of(base, entry.id):
            body = base.named(membership.body) if isinstance(base, Overlay) else None
            if body is not None and membership.covers(self.day):
                over = actor_of(self._of_entry(body))
                role = membership.role
                unit = "Unit" if node.kind == "Organization" else "Member"
                yield over, _kind(role, self.titles.get(role), over) if role else unit, role, membership
        around = within_of(base, entry.id)
        if around is not None and node.kind in _PLACES:
            node.within = self._place_of(around)
        if node.kind == "Person":
            for term in base.offices(entry.id):
                state = base.country(term.country) if term.country else None
                if state is None or self.day is None or term.begin is None or not term.covers(self.day):
                    continue
                if state.type in _STATES:
                    yield state_node(self.draft, state), "Office", _office(term.title, state.name), term
        elif node.kind == "Organization":
            state = base.country(entry.country) if entry.country and entry.type in _GOVERNING else None
            if state is not None and state.type in _STATES and state.id != entry.id:
                yield state_node(self.draft, state), "Unit", None, None
        elif node.kind in _PLACES and node.twin is None and node.within is not None:
            yield node.within.final, "Location", None, None


def _kind(role: str, title: Title | None, body: Node) -> str:
    if title is not None and title.kind == "spokesperson":
        return "Spokesperson"
    state = body.kind == "State"
    governing = body.entry is not None and body.entry.type in _GOVERNING
    if title is not None and title.kind in _OFFICES and (state or (title.kind == "minister" and governing)):
        return "Office"
    last = role.replace("-", " ").split()[-1]
    leads = role in _list("heads_of") or last in _list("heads") or (title is not None and title.kind in _CHIEFS)
    return "Head" if leads and not role.startswith(("deputy ", "vice ")) else "Member"


def _office(title: str, state: str) -> str:
    """The role an office is: "President of Arland" -> "president"."""
    role, state = " ".join(title.split()).lower(), state.lower()
    for tail in (f" of the {state}", f" of {state}", f" for {state}"):
        role = role.removesuffix(tail)
    return role.removeprefix(state + " ") or role


def _plain(predicate: Token, copula: Token | None) -> bool:
    """Whether a predicate is stated as a fact: no negation, no modal or future, no condition, no question."""
    for child in predicate.children:
        if child.dep_ == "neg" or child.lower_ in {"not", "n't", "never", "no"} or child.lower_ in _UNREAL:
            return False
        if child.tag_ == "MD" or (child.dep_ == "aux" and child.lower_ in {"to", "would", "could"}):
            return False
    if copula is not None and copula.tag_ not in {"VBZ", "VBP", "VBD"}:
        return False
    return not predicate.sent.text.rstrip().endswith("?")


def _list(name: str) -> frozenset[str]:
    return words(name, "affiliation")


@Language.component(
    "kgbuild_affiliation", requires=["doc._.draft", "doc._.times", "token.dep"], assigns=["doc._.draft"]
)
def affiliation(doc: Doc) -> Doc:
    """Add who is what of whom."""
    add_affiliations(doc, draft_of(doc), Titles.load())
    return doc
