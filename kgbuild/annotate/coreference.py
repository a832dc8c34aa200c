"""Resolve pronouns and definite nominals to what the article named before, and abstain where that is not clear."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from kgbuild.annotate.antecedents import Candidate
from kgbuild.annotate.definites import Definites
from kgbuild.annotate.draft import Draft, Found, clause_verb
from kgbuild.annotate.narrators import PLURAL, SECOND, SINGULAR
from kgbuild.annotate.nominals import Nominals
from kgbuild.annotate.phrases import is_plural, rank
from kgbuild.annotate.repeats import add_repeats
from kgbuild.annotate.words import words
from kgbuild.knowledge import Titles
from kgbuild.layers import is_masked

__all__ = ["resolve"]

PRONOUNS = {
    **dict.fromkeys(("he", "him", "his", "himself"), "male"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "female"),
    **dict.fromkeys(("it", "its", "itself"), "thing"),
    **dict.fromkeys(("they", "them", "their", "theirs", "themselves"), "plural"),
}
_FIRST = frozenset("i me my mine myself we us our ours ourselves".split())
_WINDOW = {"male": 8, "female": 8, "thing": 1, "plural": 2}
_LEAST = {"male": -1.5, "female": -1.5, "thing": 2.6, "plural": 2.4}
_MARGIN = {"male": 0.3, "female": 0.3, "thing": 0.3, "plural": 1.0}
_WEATHER = frozenset({"rain", "snow", "seem", "appear", "turn", "happen", "take", "emerge", "matter", "follow"})


def resolve(doc: Doc, draft: Draft, titles: Titles, nominals: Nominals) -> None:
    """Add Founds for pronouns and definite nominals, in order of place, so that later ones see the earlier."""
    _Resolver(doc, draft, titles, nominals).run()
    add_repeats(doc, draft)


class _Resolver(Definites):
    def run(self) -> None:
        inside = {i for f in self.draft.found if f.form in {"name", "metonym"} for i in range(f.start, f.end)}
        # a title before a name is no mention of its own
        inside |= {f.start - 1 for f in self.draft.found if f.form == "name" and f.node.kind == "Person" and f.start}
        for token in self.doc:
            if is_masked(token) or (token.i in inside and token.i not in self.named_by):
                continue
            kind = PRONOUNS.get(token.lower_)
            if kind is not None and token.tag_ in {"PRP", "PRP$"}:
                self._pronoun(token, kind)
            elif token.lower_ in _FIRST and token.pos_ in {"PRON", "DET"} and self.quoted[token.i]:
                self._speaker(token)
            elif self.people is not None and token.lower_ in PLURAL and not self.quoted[token.i]:
                self.add(Found(token.i, token.i + 1, token.i, "pronoun", [self.people.final], 0.6))
            elif token.i in self.voices and token.pos_ in {"PRON", "DET"} and not self.quoted[token.i]:
                self._voice(token)
            elif token.i in self.named_by:
                self.introduced(token)
            elif token.pos_ in {"NOUN", "PROPN"}:
                if token.tag_ in {"NN", "NNP"} and token.i not in self.heads:
                    self.definite(token)
                elif is_plural(token) and token.i not in self.heads:
                    self.definite_plural(token)
                owner = next((c for c in token.lefts if c.tag_ == "PRP$" or c.dep_ == "nmod:poss"), None)
                if owner is not None and token.i not in self.heads:
                    self.owned(token, owner)

    # --------------------------------------------------------------------------------------------- pronouns

    def _speaker(self, token: Token) -> None:
        """ "I" in a quotation is who speaks; "we" is the body or group that speaks, or the one a spokesperson speaks for."""
        head = self.speakers.get(token.i)
        found = self.heads.get(head) if head is not None else None
        if found is None or len(found.nodes) != 1:
            return
        node = found.node
        if token.lower_ in SINGULAR:
            if node.kind == "Person":
                self.add(Found(token.i, token.i + 1, token.i, "pronoun", [node], 0.8))
            return
        if (
            node.kind == "Person"
            and node.roles & {"spokesman", "spokeswoman", "spokesperson", "press secretary"}
            and len(node.affiliation) == 1
        ):
            node = node.affiliation[0].final
        if node.kind in {"Organization", "State", "Group"}:
            self.add(Found(token.i, token.i + 1, token.i, "pronoun", [node], 0.6))

    def _voice(self, token: Token) -> None:
        """ "I" and "you" outside quotation marks, where the text tells who speaks to whom."""
        voice = self.voices[token.i]
        node = voice.speaker if token.lower_ in SINGULAR else voice.hearer if token.lower_ in SECOND else None
        if node is not None:
            self.add(Found(token.i, token.i + 1, token.i, "pronoun", [node.final], 0.7))

    def _pronoun(self, token: Token, kind: str) -> None:
        if kind == "thing" and _pleonastic(token):
            return
        scored: dict[tuple[int, ...], tuple[float, Candidate]] = {}
        for distance, candidate in self.near(token, _WINDOW[kind]):
            if not self._agrees(candidate, kind) or self._excluded(token, candidate):
                continue
            score = self._salience(token, candidate, distance, kind)
            key = tuple(id(n.final) for n in candidate.nodes) or (-candidate.head.i - 1,)
            if key not in scored or scored[key][0] < score:
                scored[key] = (score, candidate)
        ranking = sorted(scored.values(), key=lambda s: (-s[0], -s[1].head.i))
        if not ranking or ranking[0][0] < _LEAST[kind]:
            return
        best = ranking[0][1]
        if best.found is None or (len(ranking) > 1 and ranking[0][0] - ranking[1][0] < _MARGIN[kind]):
            return
        nodes = [n.final for n in best.nodes]
        for node in nodes:
            if kind in {"male", "female"} and not node.gender:
                node.gender = kind
        gap = ranking[0][0] - (ranking[1][0] if len(ranking) > 1 else 0.0)
        self.add(Found(token.i, token.i + 1, token.i, "pronoun", nodes, min(0.9, 0.55 + gap / 10)))

    def _agrees(self, candidate: Candidate, kind: str) -> bool:
        if kind in {"male", "female"}:
            return candidate.kind == "Person" and not candidate.plural and candidate.gender in {"", kind}
        if kind == "thing":
            return not candidate.plural and candidate.kind != "Person"
        return candidate.plural or (candidate.found is not None and candidate.kind in {"Organization", "Group"})

    def _excluded(self, token: Token, candidate: Candidate) -> bool:
        """Arguments of one verb are different things (unless reflexive), and nothing contains its own pronoun."""
        head = candidate.head
        if candidate.found is not None and candidate.found.start <= token.i < candidate.found.end:
            return True
        if token.lower_.endswith(("self", "selves")):
            return False
        verb = token.head if token.tag_ == "PRP" else None
        if (
            verb is not None
            and (head.head == verb or (head.dep_ == "nsubj" and head.head in _sharing(verb)))
            and token.dep_ != "conj"
            and head.dep_.split(":")[0] in {"nsubj", "obj", "iobj", "obl"}
        ):
            return True
        if token.tag_ == "PRP$" and head.dep_ == "nsubj" and head.head == token.head.head and _of_the_body(token):
            return True
        # a modifier inside the phrase the pronoun owns, and the phrase itself ("its attack")
        if token.tag_ == "PRP$" and (token.head == head or (token.head in head.ancestors and head.i > token.i)):
            return True
        speaker = self.heads.get(self.speakers.get(token.i, -1)) if self.quoted[token.i] else None
        if (
            speaker is not None
            and candidate.nodes
            and not self.quoted[head.i]
            and speaker.node is candidate.nodes[0].final
        ):
            return True
        # inside a direct quotation "he" is not the one who speaks
        if token.i < len(self.quoted) and self.quoted[token.i] and not self.quoted[head.i] and head.dep_ == "nsubj":
            return head.head.lemma_.lower() in words("speech_verbs") and head.sent.start <= token.i < head.sent.end
        return False

    def _salience(self, token: Token, candidate: Candidate, distance: int, kind: str) -> float:
        head = candidate.head
        place = rank(head)
        score = place * 0.8 - distance * (1.0 if kind in {"male", "female"} else 1.4)
        if candidate.found is not None:
            score += 0.6 if candidate.found.form in {"name", "pronoun", "metonym"} else 0.2
            score += min(0.6, 0.12 * self.counts.get(id(candidate.nodes[0].final), 0))
            if candidate.found.form == "adjective":
                score -= 1.6
        if token.dep_ == "nsubj:pass":
            score += 0.8 * (head.dep_ in {"obj", "nsubj:pass"})  # to whom something was done, something more is done
        elif rank(token) >= 4 and place >= 4:
            score += 0.5
        if distance == 0:
            verb = clause_verb(token)
            governor = head.head
            if verb is not None and place >= 4 and verb != governor and governor in verb.ancestors:
                # the subject above: "Putin announced that he ..."; a cause can be said of anybody
                score += 0.0 if kind == "plural" and _gives_cause(verb) else 1.0
            if verb is not None and governor == verb and token.tag_ == "PRP$" and place >= 4:
                score += 1.0  # "Russia has earned support for its attack"
            if token.tag_ == "PRP$" and token.head.dep_ == "conj" and token.head.head == head:
                score += 3.5  # "the rebels and their allies"
            score -= min(0.8, (token.i - head.i) * 0.015)
        if kind in {"male", "female"} and _speaks(token) and _speaks(head):
            score += 1.2
        if kind == "thing" and candidate.kind in {"City", "Place"}:
            # what an article is about can be "it" as well as a body or a state
            score += 0.2 if candidate.nodes and self.about(candidate.nodes[0].final) else -1.0
        if kind == "thing" and candidate.kind == "Topic":
            score -= 0.4
        if kind == "plural" and not candidate.plural:
            score -= 2.2
        if kind in {"male", "female"} and candidate.gender == kind:
            score += 0.6
        return score


def _sharing(verb: Token) -> list[Token]:
    """The verbs a coordinated verb without a subject of its own takes its subject from ("Kerry called and urged him")."""
    found: list[Token] = []
    while verb.dep_ == "conj" and not any(c.dep_.startswith("nsubj") for c in verb.children):
        verb = verb.head
        found.append(verb)
    return found


def _gives_cause(verb: Token) -> bool:
    """ "because they ..." """
    return any(c.dep_ == "mark" and c.lower_ in {"because", "since", "as"} for c in verb.children)


def _of_the_body(token: Token) -> bool:
    """ "tied them by their hands": what is done to somebody's limbs is done to the object, not by it."""
    noun = token.head
    return (
        noun.lemma_.lower() in words("body_parts")
        and noun.dep_.startswith("obl")
        and any(c.dep_ in {"obj", "nsubj:pass"} for c in noun.head.children)
    )


def _speaks(token: Token) -> bool:
    return token.dep_ == "nsubj" and token.head.lemma_.lower() in words("speech_verbs")


def _pleonastic(token: Token) -> bool:
    """ "it" that means nothing: "it is clear that", "it seems", "it took weeks to"."""
    if token.tag_ == "PRP$":
        return False
    if token.dep_ == "expl":
        return True
    verb = token.head
    clause = any(c.dep_.startswith(("csubj", "ccomp", "advcl", "xcomp")) and c.i > verb.i for c in verb.children)
    copula = any(c.dep_ == "cop" for c in verb.children)
    if token.dep_.startswith("nsubj") and copula and (verb.pos_ == "ADJ" or clause):
        return clause or verb.lemma_.lower() in words("pleonastic_adjectives")
    return token.dep_.startswith("nsubj") and verb.lemma_.lower() in _WEATHER and clause
