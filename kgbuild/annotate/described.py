"""What titles, appositions and modifiers say of the persons and bodies beside them."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.phrases import extent, sentence_numbers
from kgbuild.annotate.spans import surface_of, title_start
from kgbuild.annotate.words import words
from kgbuild.knowledge import Title, Titles

__all__ = ["Described", "actor_of"]

_SPEAKERS = frozenset({"spokesman", "spokeswoman", "spokesperson", "official", "officer", "commander", "diplomat"})


class Described:
    """Reads descriptions off one article's trees; the base of the step that finds described groups.

    `heads` maps head tokens to the mentions found so far, `covered` holds the tokens of names, `used` those of phrases already read.
    """

    def __init__(self, doc: Doc, draft: Draft, titles: Titles) -> None:
        self.doc, self.draft, self.titles = doc, draft, titles
        self.heads = draft.heads()
        self.covered = {i for f in draft.found if f.form != "adjective" for i in range(f.start, f.end)}
        self.used: set[int] = set()

    def persons_with_titles(self) -> None:
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
        ending = [f for f in self.draft.at(found.start - 2) if f.end == found.start - 1]
        before = next((f for f in ending if f.form in {"name", "metonym"}), None)
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
            owner = max(self.draft.at(i), key=lambda f: f.end - f.start, default=None)
            if owner is not None:
                if owner.node.kind != "Person":
                    node.affiliate(actor_of(owner.node))
                return
            if token.is_punct or token.is_space or token.pos_ in {"VERB", "AUX", "ADP", "CCONJ", "SCONJ"}:
                return

    def _describe(self, noun: Token, node: Node) -> None:
        """An apposition that is a role: its words become roles of the person, its owner an affiliation; the phrase is a mention."""
        start, end = extent(noun)
        title = self.title_of(noun, start)
        if title is None:
            return
        node.roles |= {title.name, title.name.split()[-1]}
        node.gender = node.gender or (title.gender or "")
        for owner in self.owners_of(noun, start):
            node.affiliate(actor_of(owner))
        if noun.i not in self.used and noun.i not in self.covered:
            self.used.add(noun.i)
            self.draft.record(Found(start, end, noun.i, "nominal", [node], 0.8))

    def title_of(self, noun: Token, start: int) -> Title | None:
        """The title whose head a noun is, with what may follow it ("secretary of state")."""
        for last in range(min(len(self.doc), noun.i + 4), noun.i, -1):  # "secretary of state" goes beyond its head
            if last > noun.i + 1 and self.doc[noun.i + 1].lower_ not in {"of", "for", "-"}:
                continue
            for first in range(max(start, noun.i - self.titles.longest + 1), noun.i + 1):
                title = self.titles.get(surface_of(self.doc, first, last))
                if title is not None:
                    return title
        return None

    def owners_of(self, head: Token, start: int) -> list[Node]:
        """Named actors a phrase belongs to: modifiers before the head, "of", "for", "from" and "in" phrases after it."""
        owners: list[Node] = []
        for found in self.draft.within(start, head.i):
            if not self.hyphenated(found) and (
                found.form in {"name", "metonym", "adjective"} or found.node.kind == "Organization"
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

    def hyphenated(self, found: Found) -> bool:
        """ "US-led", "Russian-backed": the name does not own the group."""
        after = self.doc[found.end : found.end + 2]
        return len(after) == 2 and after[0].text in {"-", "–"} and not self.doc[found.end - 1].whitespace_

    def name_late(self) -> None:
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
            if not _speaking(self.doc, unnamed):
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
                    and _speaking(self.doc, found)
                    and not (node.gender and other.gender and node.gender != other.gender)
                ):
                    node.merge_into(other)
                break

    def keep(self, start: int, end: int, head: int, node: Node, confidence: float = 0.7) -> None:
        """Add a mention, unless one with the same span is there or it would cross another."""
        if self.draft.clashes(start, end):
            return
        text = " ".join(self.doc[start:end].text.split())
        node.names[text] = node.names.get(text, 0) + 1
        if node.kind == "Group":
            node.roles.add(self.doc[head].lemma_.lower())
        self.used.add(head)
        self.draft.record(Found(start, end, head, "nominal", [node], confidence))


def _speaking(doc: Doc, found: Found) -> bool:
    """Whether a mention is the subject of a verb of saying, by the tree or by standing right beside it."""
    for i in (found.end, found.start - 1):
        if 0 <= i < len(doc) and doc[i].tag_ in {"VBD", "VBZ"} and doc[i].lemma_.lower() in words("speech_verbs"):
            return True
    head = doc[found.head]
    for _ in range(3):
        if head.dep_ in {"flat", "compound", "appos", "nmod:desc"}:
            head = head.head
    return head.dep_.startswith("nsubj") and head.head.lemma_.lower() in words("speech_verbs")


def _same_country(person: Node, described: Node) -> bool:
    """Whether what the base knows of a named person allows the description; nothing known always does."""
    if person.entry is None or person.entry.country is None:
        return True
    owners = [a.final for a in described.affiliation] + [
        b.final for a in described.affiliation for b in a.final.affiliation
    ]
    return any(o.entry is not None and o.entry.country == person.entry.country for o in owners)


def actor_of(node: Node) -> Node:
    """The actor behind a node: a place of a state's territory stands for the state."""
    node = node.final
    return node.twin if node.kind == "Place" and node.twin is not None else node
