"""Finds the phrases that can fill the roles of an event: around a verb, around a noun, and around a noun's light verb."""

from __future__ import annotations

from spacy.tokens import Token

from kgbuild.claims import syntax
from kgbuild.claims.lexicon import Lexicon, Rule
from kgbuild.claims.roles import Cast
from kgbuild.ids import ACTOR_KINDS

__all__ = ["NO_SLOTS", "NounSlots", "Slots", "VerbSlots", "violent"]

# A name of a state right before one of these is what it happens to ("the Mali siege"); an adjective or an abbreviation acts.
STRUCK = frozenset({"Assault", "Capture", "Sanction", "Coerce", "Suffer"})
# "spoke after a meeting": who speaks was there. "killed them in an air strike": the strike has the killing's parties.
DURING = frozenset({"after", "during", "in", "at", "for", "following", "before", "to", "ahead of", "on"})
MEANS = frozenset({"in", "with", "by", "through", "during"})
THANKS = frozenset({"with", "without", "thanks to", "through", "by", "under", "despite"})
"""Prepositions before help that somebody gives: "with the support of the army"."""
BORROWED = frozenset({"on", "against", "with", "for", "between", "by", "to", "of"})
SUFFERED = BORROWED | {"from"}
"""The same behind what somebody meets with: "faced criticism | from the union"."""


class Slots:
    """Names of slots -> heads of the phrases in them."""

    own = True

    def heads(self, slot: str, role: str = "") -> list[Token]:
        """The heads of the phrases in a slot; `role` tells what they are wanted for."""
        return []


NO_SLOTS = Slots()


class VerbSlots(Slots):
    """Slots of a verb: logical subject and object, indirect object, prepositions."""

    def __init__(self, token: Token, objects: list[Token], agents: list[Token], cast: Cast) -> None:
        self.objects, self.agents = objects, agents
        self.surface = syntax.subjects(token)
        self.oblique = syntax.obliques(token)
        self.indirect = syntax.indirect_objects(token)
        self.trailing = [p for o in objects for p in syntax.nominal_arguments(o) if p[0] not in ("poss", "mod", "of")]
        inner = [t for _, t in self.oblique if not cast.is_mention(t)]
        self.trailing += [p for t in inner for p in syntax.nominal_arguments(t) if p[0] == "with"]

    def heads(self, slot: str, role: str = "") -> list[Token]:
        """The heads of the phrases in a slot; `role` tells what they are wanted for."""
        if slot == "subject":
            return self.surface if role == "recipient" else self.agents
        if slot == "object":
            return self.objects
        if slot == "iobj":
            return self.indirect
        found = [t for case, t in self.oblique if case == slot]
        return found or [t for case, t in self.trailing if case == slot and role != "place"]


class NounSlots(Slots):
    """Slots of a noun, and those a light verb around it lends."""

    def __init__(self, token: Token, cast: Cast, lexicon: Lexicon, rule: Rule) -> None:
        self._cast = cast
        self.arguments = syntax.nominal_arguments(token)
        if token.dep_ == "conj" and token.head.pos_ in ("NOUN", "PROPN"):
            have = {slot for slot, _ in self.arguments}
            bare = not syntax.children(
                token, "det"
            )  # "their raids and killings", but not "their raids and the killing"
            self.arguments += [
                (s, t) for s, t in syntax.nominal_arguments(token.head)
                if s not in have and (t.i > token.i or (s == "poss" and bare and token.i - token.head.i <= 3))
            ]  # fmt: skip
        for other in syntax.conjuncts(token):
            if other.i != token.i:
                have = {slot for slot, _ in self.arguments}
                self.arguments += [(s, t) for s, t in syntax.nominal_arguments(other) if s == "by" and s not in have]
        self._borrow_next(token)
        strayed = {"by", "against"} - {slot for slot, _ in self.arguments}
        inner = [t for slot, t in self.arguments if slot in ("of", "on") and lexicon.noun_lemma(t) not in lexicon.nouns]
        self.arguments += [  # "the use of mines | by rebels" hung on the mines
            p for t in inner for p in syntax.nominal_arguments(t) if p[0] in strayed
        ]
        if "against" in strayed:  # "strikes using jets | against the rebels", "an offensive with tanks | against them"
            self.arguments += _against_behind(token, [t for slot, t in self.arguments if slot == "with"], lexicon)
        given = {slot for slot, _ in self.arguments}
        if "by" in given and not given & {"of", "on", "against"}:  # "its occupation by the rebels": it is occupied
            self.arguments = [("of" if slot == "poss" else slot, t) for slot, t in self.arguments]
        if (
            rule.type in ("Support", "Aid")
            and "of" in given
            and syntax.case_of(token) in THANKS
            and not given & {"by", "poss"}
        ):
            self.arguments = [("by" if slot == "of" else slot, t) for slot, t in self.arguments]
        self.lent: dict[str, list[Token]] = {"subject": [], "object": []}
        self.light: Token | None = None
        self.type = rule.type
        self._lend(token, lexicon)
        self.struck_places: tuple[str, ...] = ()
        kept: list[tuple[str, Token]] = []
        for slot, head in self.arguments:
            if slot == "mod":
                if not cast.is_mention(head):
                    continue
                if rule.type in STRUCK and cast.bare_name(head):
                    self.struck_places += cast.places([head])
                    kept.append(("of", head))
                    continue
            kept.append((slot, head))
        self.arguments = kept
        self.own = bool(kept) or any(self.lent.values())

    def heads(self, slot: str, role: str = "") -> list[Token]:
        """The heads of the phrases in a slot; `role` tells what they are wanted for."""
        if slot in self.lent:
            return self.lent[slot]
        if slot == "between":
            return [t for s, t in self.arguments if s in ("between", "among")]
        return [t for s, t in self.arguments if s == slot]

    def _lend(self, token: Token, lexicon: Lexicon) -> None:
        sets = lexicon.sets
        under = syntax.children(token, "cop") and syntax.case_of(token) in ("under", "amid", "facing")
        if under:
            self.light = token
            self.lent["object"] = self.lent["subject_of_passive"] = syntax.subjects(token)
            return
        for clause in syntax.children(token, "acl"):
            verb = lexicon.phrasal(clause)
            if verb in sets["light"] and (syntax.is_passive(clause) or token in syntax.objects(clause)):
                self.lent["subject"] = syntax.agents(clause)
                self._borrow(token, clause)
        if self.type == "Assault" and not self.lent["subject"]:
            self.lent["subject"] = self._fighting(token)
        held = syntax.governor(token)
        if held is None or self.lent["subject"]:
            return
        relation, verb_token = held
        verb = lexicon.phrasal(verb_token)
        self.light = verb_token
        if relation in ("obj", "nsubj:pass"):
            suffered = verb in sets["light_passive"] and relation == "obj"
            if suffered:
                self.lent["object"] = self.lent["subject_of_passive"] = syntax.subjects(verb_token)
            if verb in sets["light"]:
                self.lent["subject"] = syntax.agents(verb_token)
            self._borrow(token, verb_token, SUFFERED if suffered else BORROWED)
        elif relation == "nsubj" and verb in sets["affects"]:
            self.lent["object"] = syntax.objects(verb_token)
        elif relation in ("of", "for", "with", "over", "on") and verb in sets["culprit"]:
            self.lent["subject"] = syntax.patients(verb_token)
        elif relation == "to" and lexicon.verb_lemma(verb_token) == "subject":
            self.lent["subject"], self.lent["object"] = syntax.agents(verb_token), syntax.patients(verb_token)
        elif f"{verb} {relation}" in sets["light_passive"]:
            self.lent["object"] = syntax.subjects(verb_token)
            self._borrow(token, verb_token, SUFFERED)
        elif relation == "in" and self.type in ("Support", "Aid") and not self.heads("by"):
            self.lent["subject"] = syntax.agents(verb_token)  # "struck the town in support of the army"
        elif relation == "in" and verb in sets["into"]:
            self.lent["subject"] = syntax.patients(verb_token)
        elif (relation == "in" and verb in sets["part"]) or (relation in DURING and self.type == "Consult"):
            self.lent["subject"] = syntax.subjects(verb_token)
        elif relation in MEANS and self.type == "Assault" and (violent(verb_token, lexicon) or verb in sets["light"]):
            self.lent["subject"], self.lent["object"] = syntax.agents(verb_token), syntax.patients(verb_token)

    def _fighting(self, token: Token) -> list[Token]:
        """Who fights in "support for the army | in its fight against the rebels", "help to Kenya in the war on the Tigers"."""
        case = next((c for c in syntax.children(token, "case") if c.lower_ == "in" and c.i > token.sent.start), None)
        who = token.doc[case.i - 1] if case is not None else token
        if case is None or not self._cast.is_mention(who):
            return []
        kinds = {self._cast.kind(i) for i in self._cast.denoted(who)}
        own = any(t.tag_ == "PRP$" for t in syntax.possessors(token)) and kinds & ACTOR_KINDS
        known = kinds & {"State", "Organization"} and any(c.lower_ == "the" for c in token.children)
        return [who] if own or known else []

    def _borrow_next(self, token: Token) -> None:
        """The phrase right after the noun when the parser hung it on what governs the noun ("laid for the siege | of ...")."""
        if token.i + 1 >= len(token.doc) or token.head == token:
            return
        for other in token.head.children:
            case = token.doc[token.i + 1]
            if (
                other.i > token.i
                and case.head == other
                and case.dep_ == "case"
                and case.lower_ in BORROWED - {"to", "with", "for"}
            ):
                self.arguments += [(case.lower_, t) for t in syntax.conjuncts(other)]

    def _borrow(self, token: Token, verb: Token, cases: frozenset[str] = BORROWED) -> None:
        """Phrases after the noun that the parser hung on its verb ("launched an attack | on the town")."""
        have = {slot for slot, _ in self.arguments}
        for case, head in syntax.obliques(verb):
            if case in cases and case not in have and head.i > token.i:
                self.arguments.append((case, head))


def _against_behind(token: Token, means: list[Token], lexicon: Lexicon) -> list[tuple[str, Token]]:
    """Whom a noun is against, where the parser hung it on the means it is done with."""
    held = syntax.governor(token)
    behind = syntax.children(held[1], "advcl") if held is not None and held[0] == "obj" else []
    using = [c for c in (*syntax.children(token, "acl"), *behind) if lexicon.verb_lemma(c) == "use"]
    means = [m for t in (*means, *(o for c in using for o in syntax.objects(c))) for m in syntax.conjuncts(t)]
    found = [(case, t) for c in using for case, t in syntax.obliques(c)]
    return [p for p in (*found, *(p for t in means for p in syntax.nominal_arguments(t))) if p[0] == "against"]


def violent(verb: Token, lexicon: Lexicon) -> bool:
    """Whether a verb names an assault."""
    return any(entry.rule.type == "Assault" for entry in lexicon.verbs.get(lexicon.verb_lemma(verb), ()))
