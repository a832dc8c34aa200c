"""Says how a predicate is put: as fact, negated, planned, possible, wanted, asked, under a condition, or by hearsay.

The walk starts at the word, notes what stands beside it (auxiliaries, negation, adverbs, adjectives), then climbs through the
words it depends on (data/modality.yaml says what each does to its complements) until a clause that stands on its own, an
attribution's border, or a relative clause ends it. Of several modalities the least certain wins; negations cancel each other.

Choices where readers could differ: an attempt, an order, a request and a purpose are Desired (the outcome is open); "would" after
a verb of saying in the past, without a condition, is the future of then: Planned.

Over 500 lines: one walk from a word to its sentence, whose steps read best in one place.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc, Token

from kgbuild.claims.frames import INTERROGATIVE, is_finite
from kgbuild.claims.modality import Effect, Tables, tables
from kgbuild.claims.model import Factuality
from kgbuild.claims.reporting import lookup
from kgbuild.claims.syntax import base, is_passive
from kgbuild.layers import document_of

__all__ = ["factuality"]

MAX_STEPS = 14
_CERTAINTY = {
    m: i for i, m in enumerate(("Factual", "Planned", "Probable", "Possible", "Desired", "Conditional", "Questioned"))
}
_DEFINITE = frozenset(
    {"the", "this", "that", "these", "those", "its", "his", "her", "their", "our", "my", "your", "'s", "’s"}
)
_TEMPORAL = frozenset({"when", "once", "until", "before", "after", "whenever", "till"})
_INDEFINITE = ("any", "no")
_EVERY = frozenset({"all", "every", "each"})


@dataclass(slots=True)
class _State:
    modality: str = "Factual"
    negated: bool = False
    hearsay: bool = False
    condition: int | None = None
    would: bool = False  # Conditional only because of "would"

    def add(self, effect: Effect, outer_negation: bool = False) -> None:
        """Compose an effect; `outer_negation` says that the word that has it is negated itself."""
        if outer_negation and effect.under_negation is not None:
            self.raise_to(effect.under_negation)
        else:
            self.raise_to(effect.modality)
            self.negated ^= effect.negates ^ outer_negation
        self.hearsay |= effect.hearsay

    def raise_to(self, modality: str) -> None:
        if _CERTAINTY[modality] > _CERTAINTY[self.modality]:
            self.modality = modality
            self.would = False


def factuality(doc: Doc, token_index: int) -> Factuality:
    """How the predicate or event noun at a token is put, from the viewpoint of the innermost source in whose words it lies."""
    rules, state = tables(), _State()
    current = doc[token_index]
    _beside(current, rules, state)
    if _verbal(current):
        _own_clause(current, rules, state)
    for _ in range(MAX_STEPS):
        above = current.head
        if above == current or not _climb(current, above, rules, state):
            break
        current = above
    if _verbal(current) and current.head == current:
        _question(current, state)
    return Factuality(state.modality, state.negated, state.hearsay, state.condition)


def _verbal(token: Token) -> bool:
    return token.pos_ in ("VERB", "AUX") or any(base(c.dep_) in ("cop", "aux") for c in token.children)


def _is_negation(token: Token, rules: Tables) -> bool:
    if token.lower_ not in rules.negation:
        return False
    after = token.doc[token.i + 1].lower_ if token.i + 1 < len(token.doc) else ""
    return not (token.lower_ == "not" and after in ("only", "just", "merely", "least", "yet.")) and not (
        token.lower_ == "no" and after in ("doubt", "matter", "longer.")
    )


def _negated(word: Token, rules: Tables) -> bool:
    """Whether a predicate or noun is negated by a word of its own: "did not", "no sign", "nobody came", "found nothing"."""
    odd = False
    for child in word.children:
        dep = base(child.dep_)
        if dep in ("advmod", "det", "cc", "case", "mark", "advcl", "aux") and _is_negation(child, rules):
            if dep == "cc" and child.lower_ not in ("neither", "nor"):
                continue
            if dep in ("case", "mark") and child.lower_ != "without":
                continue
            odd = not odd
        elif (
            _verbal(word)
            and dep in ("nsubj", "obj")
            and (
                child.lower_ in rules.subjects
                or child.lower_ in ("no", "none")
                or any(
                    _is_negation(c, rules)
                    and base(c.dep_) in ("det", "advmod")
                    and c.lower_ in ("no", "not", "neither", "zero")
                    for c in child.children
                )
            )
        ):
            odd = not odd
    if not odd and word.i and word.doc[word.i - 1].lower_ == "cannot":
        odd = True
    if not odd and word.dep_ == "conj" and any(c.lower_ == "nor" for c in word.children if c.dep_ == "cc"):
        odd = True
    return odd


def _beside(token: Token, rules: Tables, state: _State) -> None:
    """Negation, adverbs and adjectives of the word itself."""
    if _negated(token, rules):
        state.negated = not state.negated
    for child in token.children:
        dep = base(child.dep_)
        if dep == "advmod" and (effect := rules.adverbs.get(child.lower_)) is not None:
            if effect.negates and (child.i > token.i or not token.pos_.startswith("V")):
                continue
            state.add(effect)
        elif (
            dep in ("amod", "acl")
            and child.i < token.i
            and not _verbal(token)
            and (effect := rules.adjectives.get(child.lower_)) is not None
        ):
            state.add(effect)
        elif dep in ("compound", "nmod:desc") and child.i < token.i:
            continue
    if (
        token.dep_ == "amod"
        and (effect := rules.adverbs.get(token.doc[token.i - 1].lower_ if token.i else "")) is not None
    ):
        state.add(effect)


def _own_clause(verb: Token, rules: Tables, state: _State) -> None:
    """Auxiliaries, condition, tense and mood of a predicate's clause."""
    auxiliaries = [c for c in verb.children if base(c.dep_) in ("aux", "cop")]
    for auxiliary in auxiliaries:
        effect = rules.auxiliaries.get(auxiliary.lower_)
        if (effect is not None and auxiliary.tag_ == "MD") or (
            effect is not None and auxiliary.lower_ in ("wo", "ca", "'ll", "’ll")
        ):
            before = state.modality
            state.add(effect)
            state.would = state.would or (effect.modality == "Conditional" and before != "Conditional")
    if any(
        c.lower_ in ("have", "has", "had", "need", "needs", "needed", "ought")
        and c.dep_ == "aux"
        and any(t.tag_ == "TO" and t.i > c.i for t in verb.children)
        for c in auxiliaries
    ):
        state.raise_to("Desired")
    condition = _condition(verb, rules)
    if condition is not None:
        state.condition = condition
        if state.modality != "Factual" or not _past(verb):
            state.modality, state.would = (
                "Conditional"
                if state.modality in ("Factual", "Planned", "Probable", "Possible", "Conditional")
                else state.modality,
                False,
            )
    if _imperative(verb):
        state.raise_to("Desired")
    if state.modality == "Factual" and not _past(verb) and verb.tag_ in ("VBZ", "VBP", "VBG") and _future_time(verb):
        state.raise_to("Planned")


def _past(verb: Token) -> bool:
    return verb.tag_ == "VBD" or any(c.tag_ == "VBD" for c in verb.children if base(c.dep_) in ("aux", "cop"))


def _condition(verb: Token, rules: Tables) -> int | None:
    """Predicate of the if-clause below a verb: "if", "unless", "in case", "had they ..."."""
    for child in verb.children:
        if base(child.dep_) in ("advcl", "obl") and _conditional_mark(child, rules):
            return int(child.i)
    return None


def _conditional_mark(clause: Token, rules: Tables) -> bool:
    if (
        clause.doc[clause.left_edge.i].lower_ in ("even", "only")
        or clause.left_edge.lower_ in rules.marks
        or clause.left_edge.lower_ == "in"
    ):
        words = [t.lower_ for t in clause.doc[clause.left_edge.i : clause.left_edge.i + 5]]
        text = " ".join(words)
        if words[0] in ("even", "only"):
            return len(words) > 1 and words[1] in rules.marks
        return words[0] in rules.marks or any(
            text.startswith(m) for m in (*rules.marks, *rules.prepositions) if " " in m
        )
    marks = [c for c in clause.children if c.dep_ in ("mark", "case", "advmod") and c.i < clause.i]
    return any(m.lower_ in rules.marks or m.lower_ in rules.prepositions for m in marks)


def _imperative(verb: Token) -> bool:
    if verb.tag_ != "VB" or verb.dep_ not in ("ROOT", "ccomp", "parataxis"):
        return False
    if any(base(c.dep_) in ("nsubj", "aux", "mark", "cop") for c in verb.children):
        return False
    first = verb.left_edge.i
    return all(
        t.is_punct or t.pos_ in ("ADV", "PART", "INTJ", "CCONJ") or t.i == verb.i for t in verb.doc[first : verb.i + 1]
    )


def _future_time(verb: Token) -> bool:
    """Whether a time expression of the clause lies after the article's day."""
    times = verb.doc._.times
    if not times:
        return False
    document = document_of(verb.doc)
    today = (document.dateline.date if document.dateline is not None else None) or document.published
    if today is None:
        return False
    for child in verb.children:
        if base(child.dep_) in ("obl", "advmod", "nmod"):
            begin, end = child.left_edge.idx, child.right_edge.idx + len(child.right_edge)
            if any(
                begin <= t.span.begin < end and t.kind == "point" and t.earliest is not None and t.earliest > today
                for t in times
            ):
                return True
    return False


def _question(root: Token, state: _State) -> None:
    sentence = root.sent
    for at in range(sentence.end - 1, max(sentence.start, sentence.end - 4) - 1, -1):
        token = root.doc[at]
        if token.text.startswith("?"):
            state.raise_to("Questioned")
            return
        if token.is_alpha:
            return


def _climb(child: Token, above: Token, rules: Tables, state: _State) -> bool:
    """Compose what the word above does to its dependent; False when the walk ends here."""
    dep = base(child.dep_)
    if dep == "conj":
        return _coordination(child, above, rules, state)
    if dep in ("parataxis", "discourse", "vocative", "list", "dislocated", "appos") and not (
        dep == "appos" and not _verbal(child)
    ):
        return False
    if dep in ("punct", "cc", "mark", "case", "det", "aux", "cop", "fixed", "flat"):
        return dep in ("fixed", "flat")
    if dep == "advcl":
        return _adverbial(child, above, rules, state)
    if child.dep_ in ("acl:relcl", "acl"):
        return _adnominal(child, above, rules, state)
    for complement in _complements(child, above):
        effect = rules.predicates.get((above.lower_, complement))
        if effect is not None:
            _bear(above, effect, rules, state)
            return _border(child, above, state, effect)
    if dep == "obl" and (prepared := _prepared(child, above, rules)) is not None:
        _bear(above, prepared, rules, state)
        return _border(child, above, state, prepared)
    if dep in ("ccomp", "csubj"):
        return _clausal(child, above, rules, state)
    if dep == "xcomp":
        _light(above, rules, state)
        return True
    return _argument(child, above, dep, rules, state)


def _prepared(child: Token, above: Token, rules: Tables) -> Effect | None:
    """What the noun a verb handles does to a phrase the parser hung on the verb: "laid the groundwork | for a raid"."""
    case = next((c.lower_ for c in child.children if c.dep_ == "case"), "")
    for noun in above.children:
        if base(noun.dep_) == "obj" or noun.dep_ == "nsubj:pass":
            effect = rules.predicates.get((noun.lower_, case)) if noun.i < child.i and noun.pos_ == "NOUN" else None
            if effect is not None:
                return effect
    return None


def _bear(above: Token, effect: Effect, rules: Tables, state: _State) -> None:
    """Add an effect of the word above together with that word's own negation and modality."""
    negated = _negated(above, rules)
    own = _State()
    if _verbal(above):
        _own_clause(above, rules, own)
    for child in above.children:
        if (
            base(child.dep_) == "advmod"
            and (adverb := rules.adverbs.get(child.lower_)) is not None
            and not adverb.negates
        ):
            own.add(adverb)
    if effect.hearsay and (any(c.dep_ in ("obl:agent", "nmod:poss") for c in above.children)):
        return  # somebody stands behind it
    state.add(effect, negated)
    if own.modality not in ("Factual", "Planned") and not effect.hearsay:
        state.raise_to(own.modality)
    elif own.modality == "Planned" and effect.modality == "Factual":
        state.raise_to("Planned")
    state.hearsay |= own.hearsay
    if state.condition is None:
        state.condition = own.condition


def _light(above: Token, rules: Tables, state: _State) -> None:
    """A governing verb without an effect of its own passes on its negation and modality ("did not begin to", "may manage to")."""
    _bear(above, Effect(), rules, state)


def _complements(child: Token, above: Token) -> list[str]:
    """The kinds of complement a dependent is to the word above, most telling first."""
    dep = base(child.dep_)
    first = child.left_edge.lower_
    passive = above.pos_ in ("VERB", "AUX") and is_passive(above)
    found: list[str] = []
    infinitive = any(c.tag_ == "TO" and c.i < child.i for c in child.children)
    particle = next((c.lower_ for c in above.children if c.dep_ == "compound:prt"), None)
    if (
        particle is None
        and above.i + 1 < len(above.doc)
        and above.doc[above.i + 1].lower_ == "out"
        and above.lower_.startswith("rul")
    ):
        particle = "out"
    case = next(
        (c.lower_ for c in child.children if c.dep_ in ("case", "mark") and c.i < child.i and c.tag_ in ("IN", "TO")),
        None,
    )
    if dep in ("ccomp", "xcomp", "csubj", "acl", "advcl"):
        if infinitive:
            found += ["passive-to", "to"] if passive else ["to"]
            if any(c.lower_ == "too" for c in above.children):
                found.insert(0, "too-to")
            if above.lower_ in ("going", "gon"):
                found.insert(0, "going-to")
        elif first in INTERROGATIVE and dep in ("ccomp", "csubj", "advcl"):
            found += ["whether"] if first in ("whether", "if") else []  # "how they voted" takes the vote for granted
        elif child.tag_ == "VBG" and not is_finite(child):
            found += [f"passive-{case}", case] if case and passive else [case] if case else ["ing"]
            if case is None and particle:
                found.insert(0, f"{particle}-ing")
        else:
            found.append("that")
            if particle:
                found.insert(0, f"{particle}-that")
    elif dep in ("obl", "nmod", "amod") and case is not None:
        found += [f"passive-{case}", case] if passive else [case]
    elif dep == "obj" or child.dep_ == "nsubj:pass":
        found += [f"{particle}-obj"] if particle else ["obj"]
    elif dep in ("compound", "amod") or child.dep_ == "nmod:desc":
        found.append("comp")
    return found


def _border(child: Token, above: Token, state: _State, effect: Effect) -> bool:
    """Whether the walk goes on past a word with an effect: not past one that says who wants, plans, denies or fears it."""
    dep = base(child.dep_)
    if dep in ("ccomp", "csubj"):
        _backshift(above, state)
    if _verbal(above) and any(base(c.dep_) == "nsubj" for c in above.children) and is_finite(above):
        # "nothing led them to conclude that they must leave": the infinitive between passes the outer negation on.
        return above.dep_ == "xcomp" or (
            above.dep_ == "ccomp" and above.head.dep_ == "xcomp" and not is_finite(above.head)
        )
    return above.dep_ not in ("ccomp", "advcl") or not is_finite(above)


def _backshift(above: Token, state: _State) -> None:
    if state.would and state.modality == "Conditional" and state.condition is None and _past(above):
        state.modality = "Planned"


def _clausal(child: Token, above: Token, rules: Tables, state: _State) -> bool:
    """Past a finite clause below a verb without an effect of its own."""
    first = child.left_edge.lower_
    _backshift(above, state)
    reports = any(s.kind in ("speech", "belief", "evidence") for s in lookup(above))
    if first in ("whether", "if") and base(child.dep_) == "ccomp":
        state.raise_to("Questioned")
        return False
    if base(child.dep_) == "csubj" and not is_finite(child) and _verbal(above):
        own = _State()  # "raiding the port | would be a mistake"
        _own_clause(above, rules, own)
        state.raise_to(own.modality)
    if reports or not is_finite(child):
        if _negated(above, rules):
            if above.lower_ in rules.verbs:
                state.negated = not state.negated
            elif reports and is_finite(child):
                state.raise_to("Questioned")
        elif above.dep_ in ("xcomp", "acl:relcl") and above.lower_ in rules.verbs:
            return True
        return False
    if not _verbal(above):
        return False
    if _negated(above, rules) and above.lower_ in rules.verbs:
        state.negated = not state.negated
    return False


def _coordination(child: Token, above: Token, rules: Tables, state: _State) -> bool:
    """A conjunct shares what stands before the first one: "may attack and loot", "no attacks or raids"."""
    if above.i > child.i:
        return False
    if _verbal(child) and _verbal(above):
        if any(base(c.dep_) == "nsubj" for c in child.children):
            joined = not _past(child) and "," not in (child.left_edge.text, child.doc[child.left_edge.i - 1].text)
            if joined and any(
                c.dep_ == "advcl" and above.i < c.i < child.i and c.left_edge.lower_ in _TEMPORAL
                for c in above.children
            ):
                own = _State()  # "will leave after they are beaten and the town is taken": hung on the wrong verb
                _own_clause(above, rules, own)
                state.raise_to(own.modality if own.modality == "Planned" else "Factual")
            return base(above.dep_) in ("ccomp", "advcl") and above.left_edge.lower_ in (
                *rules.marks,
                *_TEMPORAL,
                "whether",
                "that",
            )
        if (
            not any(base(c.dep_) in ("aux", "cop") for c in child.children)
            and (child.tag_ == above.tag_ or child.tag_ == "VB")
            and child.tag_ in ("VB", "VBN", "VBG")
        ):
            own = _State()
            _own_clause(above, rules, own)
            state.raise_to(own.modality)
            state.would = state.would or own.would
            if state.condition is None:
                state.condition = own.condition
            if _negated(above, rules) and not any(c.lower_ == "but" for c in child.children if c.dep_ == "cc"):
                state.negated = not state.negated
        for adverb in above.children:
            effect = rules.adverbs.get(adverb.lower_) if base(adverb.dep_) == "advmod" else None
            if effect is not None and effect.hearsay:
                state.add(effect)
        return True
    if not _verbal(child) and not _verbal(above):
        but = any(c.lower_ == "but" for c in child.children if c.dep_ == "cc")
        if not but and any(_is_negation(c, rules) and c.dep_ == "det" for c in above.children):
            state.negated = not state.negated
        for adjective in above.children:
            effect = (
                rules.adjectives.get(adjective.lower_)
                if adjective.dep_ == "amod" and not any(c.dep_ in ("amod", "det") for c in child.children)
                else None
            )
            if effect is not None:
                state.add(effect)
        return True
    return _verbal(above) and not _verbal(child)


def _adverbial(child: Token, above: Token, rules: Tables, state: _State) -> bool:
    first = child.left_edge.lower_
    if _conditional_mark(child, rules):
        state.raise_to("Conditional")
        return False
    marks = {c.lower_ for c in child.children if c.dep_ in ("mark", "case", "cc") and c.i < child.i}
    if child.tag_ == "VBG" and ({"of", "than"} & marks) and child.left_edge.lower_ in ("instead", "rather"):
        state.negated = not state.negated
        return False
    if any(c.tag_ == "TO" and c.i < child.i for c in child.children):
        for complement in _complements(child, above):
            effect = rules.predicates.get((above.lower_, complement))
            if effect is not None:
                _bear(above, effect, rules, state)
                return _border(child, above, state, effect)
        if not (above.pos_ == "ADJ" and not _verbal(above)):
            state.raise_to("Desired")
        return False
    for complement in _complements(child, above):
        effect = rules.predicates.get((above.lower_, complement)) if complement not in ("that", "whether") else None
        if effect is not None:
            _bear(above, effect, rules, state)
            return _border(child, above, state, effect)
    if child.tag_ in ("VBG", "VBN") and not is_finite(child) and not marks:
        own = _State()
        if _verbal(above) and child.i > above.i:
            _own_clause(above, rules, own)
            if own.modality in ("Planned", "Possible", "Conditional", "Probable"):
                state.raise_to(own.modality)
        return False
    if first in _TEMPORAL and not _past(child):
        own = _State()
        if _verbal(above):
            _own_clause(above, rules, own)
        if own.modality in ("Planned", "Conditional", "Desired") and is_finite(child):
            state.raise_to("Planned")
    return False


def _adnominal(child: Token, above: Token, rules: Tables, state: _State) -> bool:
    """Clauses beside a noun: complements of nouns ("a plan to ...", "fears that ..."), relative clauses, participles."""
    infinitive = any(c.tag_ == "TO" and c.i < child.i for c in child.children)
    for complement in _complements(child, above):
        effect = rules.predicates.get((above.lower_, complement)) if child.dep_ == "acl" or infinitive else None
        if effect is not None:
            _bear(above, effect, rules, state)
            return True
    if infinitive:
        state.raise_to("Desired")
        return False
    every = any(c.lower_ in _EVERY and c.dep_ in ("det", "det:predet") for c in above.children)
    if child.dep_ == "acl:relcl" and every and is_finite(child) and not _past(child):
        return True  # "will jail all rebels they capture": whoever that may be
    if any(c.lower_ in _INDEFINITE for c in above.children if c.dep_ == "det") or above.lower_.startswith(
        ("any", "no-one", "nobody", "nothing")
    ):
        governor = above.head
        if (
            above.lower_ in ("nobody", "nothing", "none")
            or any(c.lower_ == "no" for c in above.children)
            or (governor != above and _negated(governor, rules))
        ):
            state.negated = not state.negated
        return False
    if child.dep_ == "acl" and child.tag_ in ("VBG", "VBN") and not is_finite(child):
        return (
            above.lower_ not in _DEFINITE
            and not _verbal(above)
            and any(rules.predicates.get((above.lower_, c)) is not None for c in ("of", "that"))
            and _rumour(above, rules, state)
        )
    return False


def _participle(clause: Token) -> bool:
    """Whether a clause is a bare participle that shares the modality of its main clause: "could spread, putting towns at risk"."""
    return (
        clause.dep_ == "advcl" and clause.tag_ == "VBG" and not any(c.dep_ in ("mark", "case") for c in clause.children)
    )


def _rumour(above: Token, rules: Tables, state: _State) -> bool:
    effect = rules.predicates.get((above.lower_, "of")) or rules.predicates.get((above.lower_, "that"))
    if effect is not None:
        _bear(above, effect, rules, state)
    return True


def _argument(child: Token, above: Token, dep: str, rules: Tables, state: _State) -> bool:
    """An event noun below a verb or noun: it shares negation and modality only where the words beside it let it."""
    definite = any((c.lower_ in _DEFINITE and c.dep_ == "det") or c.dep_ == "nmod:poss" for c in child.children)
    if dep in ("nsubj", "obj", "iobj", "obl") and _verbal(above):
        own = _State()
        _own_clause(above, rules, own)
        carries = (
            above.lower_ in rules.verbs
            or any(c.dep_ == "cop" for c in above.children)
            or above.lower_ in ("is", "are", "was", "were", "be", "been")
        )
        if dep == "nsubj" and child.dep_ != "nsubj:pass":
            carries = above.lower_ in rules.occurrences
        if dep == "obl":
            carries = False
        if (
            carries
            and _negated(above, rules)
            and not any(_is_negation(c, rules) for c in child.children)
            and (not definite or dep == "nsubj")
        ):
            state.negated = not state.negated
        if own.modality != "Factual" and (carries or not definite):
            state.raise_to(own.modality)
            state.would = state.would or own.would
            if state.condition is None:
                state.condition = own.condition
        if carries or not definite:
            for adverb in above.children:
                effect = rules.adverbs.get(adverb.lower_) if base(adverb.dep_) == "advmod" else None
                if effect is not None and not effect.negates:
                    state.add(effect)
        if _conditional_mark(child, rules) and dep == "obl":
            state.raise_to("Conditional")
            return False
        return (
            (carries or not definite)
            and dep != "iobj"
            and (above.dep_ not in ("acl:relcl", "advcl") or _conditional_mark(above, rules) or _participle(above))
        )
    if dep in ("nmod", "compound", "amod") and not _verbal(above):
        open_ = above.lower_ in rules.nouns and dep == "nmod"
        if open_ and any(_is_negation(c, rules) for c in above.children if c.dep_ == "det"):
            state.negated = not state.negated
            return False
        for adjective in above.children if open_ else ():
            effect = rules.adjectives.get(adjective.lower_) if adjective.dep_ == "amod" else None
            if effect is not None:
                state.add(effect)
        return open_
    return False
