"""Resolve pronouns and definite nominals to what the article named before, and abstain where that is not clear."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from kgbuild.annotate.draft import Draft, Found, Node, clause_verb
from kgbuild.annotate.narrators import SECOND, SINGULAR, voices
from kgbuild.annotate.nominals import Nominals, group_class
from kgbuild.annotate.phrases import (
    conjuncts,
    determiner,
    extent,
    is_plural,
    is_predicate,
    rank,
    sentence_numbers,
)
from kgbuild.annotate.quotes import quoted_tokens, speakers
from kgbuild.annotate.repeats import add_repeats
from kgbuild.annotate.words import words
from kgbuild.knowledge import Title, Titles

__all__ = ["resolve"]

PRONOUNS = {
    **dict.fromkeys(("he", "him", "his", "himself"), "male"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "female"),
    **dict.fromkeys(("it", "its", "itself"), "thing"),
    **dict.fromkeys(("they", "them", "their", "theirs", "themselves"), "plural"),
}
_FIRST = frozenset("i me my mine myself we us our ours ourselves".split())
_WINDOW = {"male": 4, "female": 4, "thing": 1, "plural": 2}
_LEAST = {"male": 1.5, "female": 1.5, "thing": 2.6, "plural": 2.4}
_MARGIN = {"male": 0.3, "female": 0.3, "thing": 0.6, "plural": 1.0}
_MATTER = 4
"""Mentions from which the foremost place can be what an article is about."""
_WEATHER = frozenset({"rain", "snow", "seem", "appear", "turn", "happen", "take", "emerge", "matter", "follow"})
_POINTING = frozenset({"the", "this", "that", "these", "those"})


@dataclass(slots=True)
class _Candidate:
    """What a pronoun may mean: a mention, or a common noun that denotes nothing we keep (`found` None)."""

    head: Token
    found: Found | None
    plural: bool
    gender: str
    kind: str
    nodes: tuple[Node, ...] = ()


def resolve(doc: Doc, draft: Draft, titles: Titles, nominals: Nominals) -> None:
    """Add Founds for pronouns and definite nominals, in order of place, so that later ones see the earlier."""
    _Resolver(doc, draft, titles, nominals).run()
    add_repeats(doc, draft)


class _Resolver:
    def __init__(self, doc: Doc, draft: Draft, titles: Titles, nominals: Nominals) -> None:
        self.doc, self.draft, self.titles, self.nominals = doc, draft, titles, nominals
        self.sentences = sentence_numbers(doc)
        self.quoted = quoted_tokens(doc)
        self.heads = draft.heads()
        self.by_sentence: dict[int, list[_Candidate]] = {}
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
        self.voices = {i: v for v in voices(doc, draft, self.quoted) for i in range(v.start, v.end)}

    def run(self) -> None:
        inside = {i for f in self.draft.found if f.form in {"name", "metonym"} for i in range(f.start, f.end)}
        # a title before a name is no mention of its own
        inside |= {f.start - 1 for f in self.draft.found if f.form == "name" and f.node.kind == "Person" and f.start}
        for token in self.doc:
            if token._.masked or token.i in inside:
                continue
            kind = PRONOUNS.get(token.lower_)
            if kind is not None and token.tag_ in {"PRP", "PRP$"}:
                self._pronoun(token, kind)
            elif token.lower_ in _FIRST and token.pos_ in {"PRON", "DET"} and self.quoted[token.i]:
                self._speaker(token)
            elif token.i in self.voices and token.pos_ in {"PRON", "DET"} and not self.quoted[token.i]:
                self._voice(token)
            elif token.pos_ in {"NOUN", "PROPN"}:
                if token.tag_ in {"NN", "NNP"} and token.i not in self.heads:
                    self._definite(token)
                elif is_plural(token) and token.i not in self.heads:
                    self._definite_plural(token)
                owner = next((c for c in token.lefts if c.tag_ == "PRP$" or c.dep_ == "nmod:poss"), None)
                if owner is not None and token.i not in self.heads:
                    self._owned(token, owner)

    # ------------------------------------------------------------------------------------------- candidates

    def _register(self, found: Found) -> None:
        node = found.node
        head = self.doc[found.head]
        plural = node.plural or (node.kind == "Group" and is_plural(head)) or len(found.nodes) > 1
        candidate = _Candidate(head, found, plural, node.gender, node.kind, tuple(found.nodes))
        here = self.by_sentence.setdefault(self.sentences[found.head], [])
        here.append(candidate)
        joined = [self.heads[c.i] for c in conjuncts(head) if c.i in self.heads]
        if head.dep_ != "conj" and len(joined) > 1 and all(j.form != "adjective" for j in joined):
            nodes = tuple(dict.fromkeys(n.final for j in joined for n in j.nodes))
            kinds = {n.kind for n in nodes}
            if len(nodes) > 1 and (len(kinds) == 1 or kinds <= {"State", "Organization", "Group"}):
                here.append(_Candidate(head, found, True, "", "Several", nodes))

    def _common_nouns(self) -> None:
        """Nouns that name nothing of ours can still be what "it" means; knowing them is how we abstain."""
        covered = {i for f in self.draft.found for i in range(f.start, f.end)}
        for token in self.doc:
            if (
                token.pos_ == "NOUN"
                and token.i not in covered
                and not token._.masked
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
                candidate = _Candidate(token, None, is_plural(token), "", kind)
                self.by_sentence.setdefault(self.sentences[token.i], []).append(candidate)

    def _near(self, token: Token, window: int) -> Iterable[tuple[int, _Candidate]]:
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
                                _Candidate(subject.head, subject.found, True, "", "Several", nodes)
                            )

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
                self._add(Found(token.i, token.i + 1, token.i, "pronoun", [node], 0.8))
            return
        if (
            node.kind == "Person"
            and node.roles & {"spokesman", "spokeswoman", "spokesperson", "press secretary"}
            and len(node.affiliation) == 1
        ):
            node = node.affiliation[0].final
        if node.kind in {"Organization", "State", "Group"}:
            self._add(Found(token.i, token.i + 1, token.i, "pronoun", [node], 0.6))

    def _voice(self, token: Token) -> None:
        """ "I" and "you" outside quotation marks, where the text tells who speaks to whom."""
        voice = self.voices[token.i]
        node = voice.speaker if token.lower_ in SINGULAR else voice.hearer if token.lower_ in SECOND else None
        if node is not None:
            self._add(Found(token.i, token.i + 1, token.i, "pronoun", [node.final], 0.7))

    def _pronoun(self, token: Token, kind: str) -> None:
        if kind == "thing" and _pleonastic(token):
            return
        scored: dict[tuple[int, ...], tuple[float, _Candidate]] = {}
        for distance, candidate in self._near(token, _WINDOW[kind]):
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
        self._add(Found(token.i, token.i + 1, token.i, "pronoun", nodes, min(0.9, 0.55 + gap / 10)))

    def _agrees(self, candidate: _Candidate, kind: str) -> bool:
        if kind in {"male", "female"}:
            return candidate.kind == "Person" and not candidate.plural and candidate.gender in {"", kind}
        if kind == "thing":
            return not candidate.plural and candidate.kind != "Person"
        return candidate.plural or (candidate.found is not None and candidate.kind == "Organization")

    def _excluded(self, token: Token, candidate: _Candidate) -> bool:
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

    def _salience(self, token: Token, candidate: _Candidate, distance: int, kind: str) -> float:
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
                score += 2.5  # "the rebels and their allies"
            score -= min(0.8, (token.i - head.i) * 0.015)
        if kind in {"male", "female"} and _speaks(token) and _speaks(head):
            score += 1.2
        if kind == "thing" and candidate.kind in {"City", "Place"}:
            # what an article is about can be "it" as well as a body or a state
            score += 0.2 if self._subject_matter(candidate) else -1.0
        if kind == "thing" and candidate.kind == "Topic":
            score -= 0.4
        if kind == "plural" and not candidate.plural:
            score -= 2.2
        if kind in {"male", "female"} and candidate.gender == kind:
            score += 0.6
        return score

    def _subject_matter(self, candidate: _Candidate) -> bool:
        """Whether nothing else is meant so often in the article so far."""
        count = self.counts.get(id(candidate.nodes[0].final), 0) if candidate.nodes else 0
        return count >= _MATTER and count >= self.most

    # ------------------------------------------------------------------------------------------- nominals

    def _definite(self, head: Token) -> None:
        start, end = extent(head)
        det = determiner(head, start)
        if is_predicate(head):
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

    def _definite_plural(self, head: Token) -> None:
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
            for _distance, candidate in sorted(self._near(head, 3), key=lambda c: (c[0], -c[1].head.i)):
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
        seen: list[Found] = []
        for found in reversed(self.by_last_word.get(head.lower_, ())):
            if found.start < head.i and all(
                any(t.lower_ == w for t in self.doc[found.start : found.end]) for w in said
            ):
                seen.append(found)
        if not seen or any(c.dep_.startswith("acl") for c in head.rights):
            return None
        far = self.sentences[head.i] - self.sentences[seen[0].start]
        if far <= 2 or (far <= 20 and len({id(f.node) for f in seen}) == 1):
            return seen[0].node
        return None

    def _only(self, head: Token, kind: str, window: int) -> Node | None:
        """The one thing of a kind that was named in the last sentences; None where there are two."""
        seen = {
            id(n.final): n.final
            for _, c in self._near(head, window)
            if c.found is not None and c.kind == kind
            for n in c.nodes
        }
        return next(iter(seen.values())) if len(seen) == 1 else None

    def _owned(self, head: Token, owner: Token) -> None:
        """ "its troops": a group of what the pronoun means."""
        found = self.heads.get(owner.i)
        if found is None or found.form not in {"pronoun", "nominal"}:
            return
        added = self.nominals.owned(head, found.nodes)
        if added is not None:
            self._add(added, listed=True)

    def _own_country(self, head: Token) -> Node | None:
        """ "our country": the speaker's, where what is known of them tells it."""
        found = self.heads.get(self.speakers.get(head.i, -1))
        return _state_of(found.node) if found is not None else None

    def _country(self, head: Token) -> Node | None:
        """The state most in view: that of the clause's subject, else the most salient one nearby."""
        best: tuple[float, int, Node] | None = None
        for distance, candidate in self._near(head, 2):
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
        for distance, candidate in self._near(head, window):
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
        return best[2] if best is not None else None

    def _holder(self, head: Token, role: str, key: str | None) -> Node | None:
        """The person of the article with that role, the latest named before; any other one when only one has it."""
        short = role.split()[-1]
        exact = [n for n in self._persons() if role in n.roles or (key is not None and key in n.roles)]
        loose = exact or [n for n in self._persons() if short in n.roles and role == short]
        if not loose:
            return None
        before = [c for _, c in self._near(head, 400) if c.found is not None and c.nodes and c.nodes[0].final in loose]
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
        for _, candidate in sorted(self._near(head, 4), key=lambda c: -c[1].head.i):
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
                title = self.titles.get(" ".join(self.doc[first:last].text.split()))
                if title is not None:
                    return title, last
        return None, head.i + 1

    def _nominal(self, start: int, end: int, head: Token, *nodes: Node) -> None:
        self._add(Found(start, end, head.i, "nominal", list(nodes), 0.65))

    def _add(self, found: Found, listed: bool = False) -> None:
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


def _state_of(node: Node) -> Node | None:
    """The state a mention brings into view as an actor: itself, or the one state a person belongs to."""
    if node.kind == "State":
        return node
    states = [a.final for a in node.affiliation if a.final.kind == "State"]
    return states[0] if node.kind == "Person" and len(states) == 1 else None


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
