"""What pronouns and definite nominals can look back to: the mentions of an article by sentence, and nouns that mean nothing of ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.narrators import people_of, voices
from kgbuild.annotate.nominals import Nominals, group_class
from kgbuild.annotate.phrases import conjuncts, is_plural, rank, sentence_numbers
from kgbuild.annotate.quotes import quoted_tokens, speakers
from kgbuild.annotate.words import words
from kgbuild.knowledge import Titles
from kgbuild.layers import is_masked

__all__ = ["Antecedents", "Candidate"]


_MATTER = 4
"""Mentions from which the foremost node can be what an article is about."""


@dataclass(slots=True)
class Candidate:
    """What a pronoun may mean: a mention, or a common noun that denotes nothing we keep (`found` None)."""

    head: Token
    found: Found | None
    plural: bool
    gender: str
    kind: str
    nodes: tuple[Node, ...] = ()


class Antecedents:
    """One article's candidates in order of place; `add` makes later pronouns see what an earlier one meant.

    `heads` maps head tokens to mentions, `counts` how often a node (by its id) is meant so far and `most` the largest of them,
    `speakers` the tokens of quotations to who speaks, `voices` those outside to who speaks there, `people`
    is for whom one voice says "we".
    """

    def __init__(self, doc: Doc, draft: Draft, titles: Titles, nominals: Nominals) -> None:
        self.doc, self.draft, self.titles, self.nominals = doc, draft, titles, nominals
        self.sentences = sentence_numbers(doc)
        self.quoted = quoted_tokens(doc)
        self.heads = draft.heads()
        self.by_sentence: dict[int, list[Candidate]] = {}
        self.counts: dict[int, int] = {}
        self.most = 0
        for found in draft.found:
            self._count(found)
            self._register(found)
        self.by_last_word: dict[str, list[Found]] = {}
        for found in sorted(draft.found, key=lambda f: f.start):
            if found.form == "name" and found.end - found.start > 1 and found.node.kind != "Person":
                for i in {found.head, found.end - 1}:
                    self.by_last_word.setdefault(doc[i].lower_, []).append(found)
        self._common_nouns()
        self._symmetric()
        self.speakers = speakers(doc, self.quoted)
        told = voices(doc, draft, self.quoted)
        self.voices = {i: v for v in told for i in range(v.start, v.end)}
        self.people = people_of(doc, draft, self.quoted) if len(told) <= 1 else None

    def _register(self, found: Found) -> None:
        node = found.node
        head = self.doc[found.head]
        one = found.form == "nominal" and head.tag_ == "NN" and not is_plural(head)  # "the army ... its"
        plural = (node.plural and not one) or (node.kind == "Group" and is_plural(head)) or len(found.nodes) > 1
        candidate = Candidate(head, found, plural, node.gender, node.kind, tuple(found.nodes))
        here = self.by_sentence.setdefault(self.sentences[found.head], [])
        here.append(candidate)
        joined = [self.heads[c.i] for c in conjuncts(head) if c.i in self.heads]
        if head.dep_ != "conj" and len(joined) > 1 and all(j.form != "adjective" for j in joined):
            nodes = tuple(dict.fromkeys(n.final for j in joined for n in j.nodes))
            kinds = {n.kind for n in nodes}
            if len(nodes) > 1 and (len(kinds) == 1 or kinds <= {"State", "Organization", "Group"}):
                here.append(Candidate(head, found, True, "", "Several", nodes))

    def _common_nouns(self) -> None:
        """Nouns that name nothing of ours can still be what "it" means; knowing them is how we abstain."""
        covered = {i for f in self.draft.found for i in range(f.start, f.end)}
        for token in self.doc:
            if (
                token.pos_ == "NOUN"
                and token.i not in covered
                and not is_masked(token)
                and rank(token) >= 2
                and token.lemma_.lower() not in words("measure_nouns")
                and token.lemma_.lower() not in words("body_parts")
                and token.dep_ not in {"compound"}
            ):
                kind = (
                    "Person"
                    if self.titles.get(token.text) is not None or group_class(token) in {"people", "officials"}
                    else "thing"
                )
                candidate = Candidate(token, None, is_plural(token), "", kind)
                self.by_sentence.setdefault(self.sentences[token.i], []).append(candidate)

    def near(self, token: Token, window: int) -> Iterable[tuple[int, Candidate]]:
        """Candidates before a token, in its sentence and so many before, each with its distance in sentences."""
        here = self.sentences[token.i]
        for distance in range(window + 1):
            for candidate in self.by_sentence.get(here - distance, ()):
                if candidate.head.i < token.i:
                    yield distance, candidate

    def _symmetric(self) -> None:
        """Who meets and who is met are together what "their" means."""
        for number, candidates in list(self.by_sentence.items()):
            for subject in [
                c for c in candidates if c.found is not None and c.head.dep_ == "nsubj" and len(c.nodes) == 1
            ]:
                verb = subject.head.head
                if verb.lemma_.lower() not in words("symmetric_verbs"):
                    continue
                for other in candidates:
                    if (
                        other.found is not None
                        and other.head.head == verb
                        and other.head.dep_ in {"obj", "obl"}
                        and other.kind == subject.kind
                        and len(other.nodes) == 1
                    ):
                        nodes = (subject.nodes[0].final, other.nodes[0].final)
                        if nodes[0] is not nodes[1]:
                            self.by_sentence[number].append(
                                Candidate(subject.head, subject.found, True, "", "Several", nodes)
                            )

    def about(self, node: Node) -> bool:
        """Whether a node is what the article is about: nothing else is meant so often so far."""
        count = self.counts.get(id(node), 0)
        return count >= _MATTER and count >= self.most

    def add(self, found: Found, listed: bool = False) -> None:
        """Record a mention and let later ones look back to it; dropped where it would cross another. `listed`: it is recorded already."""
        if not listed:
            if self.draft.clashes(found.start, found.end):
                return
            self.draft.record(found)
        self.heads[found.head] = found
        self._count(found)
        self._register(found)

    def _count(self, found: Found) -> None:
        for node in found.nodes:
            count = self.counts[id(node.final)] = self.counts.get(id(node.final), 0) + 1
            self.most = max(self.most, count)
