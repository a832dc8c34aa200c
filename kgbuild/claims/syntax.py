"""Reads Universal Dependencies trees: subject, agent, object and obliques of a predicate, and what a phrase spans.

Every function takes tokens of a parsed Doc and gives tokens of the same Doc, ordered by position and without repeats.
Phrases are named by their head token. Conjuncts are always spelled out ("the army and the police fled": two subjects),
relative pronouns are replaced by the noun they stand for, and the missing subject of an open clause is found by
control, raising or coordination.

Over 500 lines: small independent helpers, each a few lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain

from spacy.tokens import Doc, Token

from kgbuild.records import Span
from kgbuild.rules import load_rules

__all__ = [
    "agents",
    "antecedent",
    "appositions",
    "auxiliaries",
    "base",
    "case_of",
    "children",
    "clause_head",
    "clause_span",
    "clause_tokens",
    "conjuncts",
    "governor",
    "indirect_objects",
    "is_passive",
    "is_predicate",
    "markers",
    "modifiers",
    "nominal_arguments",
    "objects",
    "obliques",
    "own_subjects",
    "particle",
    "patients",
    "phrase_span",
    "phrase_tokens",
    "possessors",
    "sentence_span",
    "subjects",
    "token_span",
    "tokens_of",
    "verb_group",
]

CLAUSAL = frozenset({"ROOT", "root", "acl", "advcl", "ccomp", "xcomp", "csubj", "parataxis", "conj"})
"""Relations (without subtype) by which a clause can hang on something."""
RELATIVE = frozenset({"who", "whom", "which", "that"})
SPANS = frozenset({"second", "minute", "hour", "day", "week", "month", "year", "decade", "moment"})
LOOSE = frozenset(
    {"case", "acl", "appos", "parataxis", "conj", "cc", "cop", "aux", "mark", "advcl", "nsubj", "dep", "discourse"}
)
"""What hangs on the head of a noun phrase without being part of the phrase."""
MAX_STEPS = 12
"""Longest chain of clauses followed in search of a subject; longer ones are parser noise."""
JUDGING = frozenset(
    "support oppose back welcome criticise criticize condemn reject praise question denounce defend endorse favour favor block "
    "hail applaud slam blast dismiss veto regret lament discuss debate describe report".split()
)
"""Verbs whose subject takes sides about or speaks of somebody else's plan."""
DITRANSITIVE = frozenset(
    "give hand award offer grant send pay show tell teach fine deny sell lend allow promise".split()
)
"""Verbs of two objects: a headline's "minister handed | a fine" is passive."""
# Verbs whose subject, not object, is the subject of their infinitive ("promised them to leave").
SUBJECT_CONTROL = frozenset({"promise", "threaten", "vow", "swear", "pledge", "use"})
# Prepositions whose object is the subject of the infinitive that follows ("called on them to leave").
CONTROL_CASES = frozenset({"on", "upon", "to", "for", "with"})
CONTROL_VERBS = frozenset({"call", "appeal", "plead", "signal", "rely", "depend", "wait", "press", "push", "shout"})
GERUND_VERBS = frozenset(
    "accuse suspect convict acquit blame prevent stop deter dissuade discourage keep charge arrest jail condemn criticise "
    "criticize praise thank punish fine sentence rescue save protect ban bar prohibit restrain".split()
)
# "accused them of shelling", "prevented them from leaving": the object does what the gerund says.
OBJECT_GERUND = frozenset({"of", "for", "from", "into", "over"})


@cache
def base(dep: str) -> str:
    """A relation without its subtype: "nsubj:pass" -> "nsubj"."""
    return dep.partition(":")[0]


def children(token: Token, *deps: str) -> list[Token]:
    """Children with one of these relations; a relation without subtype matches every subtype of it."""
    return [c for c in token.children if (dep := c.dep_) in deps or base(dep) in deps]


def conjuncts(head: Token) -> list[Token]:
    """The phrase and everything coordinated below it: "the army and the police" -> army, police.

    A conjunct of another kind (a clause beside a noun) is a parser slip and left out.
    """
    found = [head]
    for current in found:
        if len(found) > 40:
            break
        found += [c for c in current.children if c.dep_ == "conj" and _nominal(c) == _nominal(head)]
    return sorted(found, key=lambda t: t.i)


def appositions(head: Token) -> list[Token]:
    """Heads of the phrases in apposition to this one ("the minister, Ana Sousa") or that it is in apposition to."""
    found = children(head, "appos")
    if base(head.dep_) == "appos":
        found.append(head.head)
    return sorted(found, key=lambda t: t.i)


def particle(verb: Token) -> str | None:
    """The particle of a phrasal verb, in lower case: "carried out" -> "out"."""
    return next((c.lower_ for c in verb.children if c.dep_ in ("compound:prt", "prt")), None)


def case_of(head: Token) -> str:
    """The preposition of a phrase in lower case, fixed parts joined by a space ("because of"); "" when it has none."""
    for case in head.children:
        if case.dep_ == "case" and case.tag_ != "POS" and case.i < head.i:
            words = [case, *(c for c in case.children if c.dep_ == "fixed")]
            return " ".join(w.lower_ for w in sorted(words, key=lambda t: t.i))
    if head.dep_ == "conj" and head.head.i < head.i:
        return case_of(head.head)
    before = head.doc[head.left_edge.i - 1] if head.left_edge.i > head.sent.start else None
    if before is not None and before.pos_ == "ADP" and before.dep_ in ("fixed", "dep"):
        return before.lower_  # the parser hung the preposition on the word before it
    return ""


def markers(clause: Token) -> tuple[str, ...]:
    """Lower-case words that introduce a clause: "if", "that", "to", "after", "of" before a gerund."""
    return tuple(c.lower_ for c in clause.children if c.dep_ == "mark" or (c.dep_ == "case" and clause.pos_ == "VERB"))


def auxiliaries(verb: Token) -> list[Token]:
    """The auxiliaries of a verb; those of the first conjunct when a coordinated one has none of its own."""
    own = children(verb, "aux", "cop")
    if own or verb.dep_ != "conj" or own_subjects(verb):
        return own
    return auxiliaries(verb.head) if verb.head.pos_ in ("VERB", "AUX") and verb.head.i < verb.i else own


def is_predicate(token: Token) -> bool:
    """Whether a token heads a clause: a verb, or a word with a subject or a copula."""
    if token.pos_ in ("VERB", "AUX") and token.dep_ not in ("aux", "aux:pass", "cop"):
        return True
    return bool(children(token, "nsubj", "cop", "csubj"))


def is_passive(verb: Token) -> bool:
    """Whether a verb form is passive: by its subject or auxiliary, or as a bare participle beside a noun."""
    deps = {c.dep_ for c in verb.children}
    if "aux:pass" not in deps and _active(verb, deps):
        return False
    if "nsubj:pass" in deps or "aux:pass" in deps or "csubj:pass" in deps:
        return True
    if "obl:agent" in deps and not deps & {"obj", "nsubj"}:
        return True
    if verb.tag_ not in ("VBN", "VBD", "JJ"):
        return False
    if verb.tag_ == "VBN" and "cop" in deps and "obj" not in deps:
        return True  # "were beaten" read as a state
    if "nsubj" in deps or "aux" in deps:
        return False
    if verb.dep_ == "conj":
        return verb.tag_ == "VBN" and verb.head.i < verb.i and is_passive(verb.head)
    if verb.dep_ == "amod":
        return not verb.lower_.endswith("ing")
    if verb.dep_ in ("acl", "advcl", "xcomp", "parataxis"):
        return verb.tag_ == "VBN" or (verb.dep_ == "acl" and "obj" not in deps and verb.lower_.endswith(("ed", "en")))
    return False


def antecedent(pronoun: Token) -> Token | None:
    """The noun a relative pronoun stands for, or None when the token is no relative pronoun.

    "Which" never stands for people: after such a noun it takes up the clause ("they turned the migrants away, which X condemned").
    """
    if pronoun.lower_ not in RELATIVE or pronoun.tag_ in ("DT", "IN"):
        return None
    clause = pronoun.head
    for _ in range(MAX_STEPS):
        if clause.dep_ in ("acl:relcl", "acl", "advcl:relcl", "relcl"):
            noun = clause.head if clause.head.i < pronoun.i and clause.dep_ != "advcl:relcl" else None
            return None if noun is not None and pronoun.lower_ == "which" and noun.lemma_.lower() in _people() else noun
        if clause.head == clause:
            return None
        clause = clause.head
    return None


@cache
def _people() -> frozenset[str]:
    """Nouns for people, by lemma."""
    lists = load_rules("language")
    return frozenset(f"{lists['group_people']} {lists['group_officials']}".split())


def own_subjects(verb: Token) -> list[Token]:
    """The subjects written at this very predicate, conjuncts spelled out and relative pronouns replaced."""
    found: list[Token] = []
    for child in _strayed(verb) or children(verb, "nsubj"):
        if child.dep_ == "nsubj:outer" or _under_preposition(child) or _said_before(child, verb):
            continue
        noun = antecedent(child)
        found += conjuncts(noun if noun is not None else _after_span(child))
    if not found and "nsubj" not in {base(c.dep_) for c in verb.children}:
        for child in verb.children:
            if (noun := _premodified(child)) is not None:
                found += conjuncts(noun)
    return _ordered(found)


def subjects(verb: Token) -> list[Token]:
    """The grammatical subject of a predicate, inherited where it has none of its own; [] when there is none."""
    return _ordered(_subject(verb, 0))


def agents(verb: Token) -> list[Token]:
    """Who does it: the subject of an active verb, the by-phrase of a passive one."""
    if not is_passive(verb):
        return subjects(verb)
    return _ordered(chain.from_iterable(conjuncts(c) for c in children(verb, "obl", "nmod") if _is_agent(c)))


def patients(verb: Token) -> list[Token]:
    """What it is done to: the object of an active verb (also of a relative clause), the subject of a passive one."""
    return subjects(verb) if is_passive(verb) else objects(verb)


def objects(verb: Token) -> list[Token]:
    """Direct objects, with the antecedent of an object relative clause ("the men they had held")."""
    found: list[Token] = []
    if _premodified(verb) is not None:
        return found
    for child in children(verb, "obj"):
        noun = antecedent(child)
        found += conjuncts(noun if noun is not None else child)
    if not found and verb.dep_ == "acl:relcl" and not is_passive(verb) and own_subjects(verb):
        heads = {c.i for c in own_subjects(verb)}
        bare = not any(c.lower_ in ("where", "when", "why", "how") for c in verb.subtree)
        piped = any(c.lower_ in RELATIVE for c in verb.subtree)
        if verb.head.i not in heads and bare and not piped and not children(verb, "ccomp", "xcomp"):
            found += conjuncts(verb.head)
    if not found and verb.dep_ == "conj" and (other := _sharing(verb)) is not None:
        found += objects(other)
    if not found and _shares_object(verb):
        for other in verb.children:
            if other.dep_ == "conj" and other.pos_ == "VERB" and not own_subjects(other) and other.i - verb.i <= 3:
                found += objects(other)
    return _ordered(found)


def indirect_objects(verb: Token) -> list[Token]:
    """Indirect objects ("gave them shelter")."""
    return _ordered(chain.from_iterable(conjuncts(c) for c in children(verb, "iobj")))


def obliques(verb: Token) -> list[tuple[str, Token]]:
    """(preposition, head) of the prepositional phrases of a verb, agents of passives left out, conjuncts spelled out.

    Relative pronouns are replaced ("the city in which they met"); "where" gives ("in", antecedent).
    """
    found: list[tuple[str, Token]] = []
    for child in verb.children:
        if (base(child.dep_) in ("obl", "nmod") or _under_preposition(child)) and not (
            is_passive(verb) and _is_agent(child)
        ):
            preposition = case_of(child)
            noun = antecedent(child)
            if preposition or noun is not None:
                found += [(case_of(c) or preposition, c) for c in conjuncts(noun if noun is not None else child)]
        elif child.lower_ == "where" and verb.dep_ == "acl:relcl" and verb.head.i < child.i:
            found.append(("in", verb.head))
    return sorted(found, key=lambda pair: pair[1].i)


def possessors(noun: Token) -> list[Token]:
    """Owners of a noun: "Kenya's army", "its army"."""
    return _ordered(chain.from_iterable(conjuncts(c) for c in children(noun, "nmod:poss")))


def modifiers(noun: Token) -> list[Token]:
    """Words before a noun that can name an actor: compounds and adjectives ("NATO troops", "Kenyan troops")."""
    found = [c for c in children(noun, "compound", "amod", "nmod:desc") if c.i < noun.i and c.dep_ != "compound:prt"]
    return _ordered(found + [d for c in found for d in c.children if d.dep_ == "conj"])


def nominal_arguments(noun: Token) -> list[tuple[str, Token]]:
    """(slot, head) of what depends on a noun: slot "poss", "mod" (compound, adjective) or a preposition."""
    found = [("poss", t) for t in possessors(noun)] + [("mod", t) for t in modifiers(noun)]
    for child in noun.children:
        if base(child.dep_) in ("nmod", "obl") and child.dep_ not in ("nmod:poss", "nmod:desc"):
            preposition = case_of(child)
            if preposition and child.i > noun.i:
                found += [(case_of(c) or preposition, c) for c in conjuncts(child)]
    return sorted(found, key=lambda pair: pair[1].i)


def governor(noun: Token) -> tuple[str, Token] | None:
    """(relation, verb) of the verb a noun is an argument of; relation: a UD subject or object, or a preposition."""
    top = noun
    while top.dep_ == "conj" and _nominal(top.head):
        top = top.head
    head = top.head
    if head == top or not is_predicate(head):
        return None
    if base(top.dep_) in ("nsubj", "obj", "iobj"):
        return top.dep_, head
    if base(top.dep_) == "obl":
        return case_of(top) or "obl", head
    return None


def clause_head(token: Token) -> Token:
    """The predicate of the clause a token stands in."""
    current = token
    for _ in range(len(token.sent)):
        if current.head == current or (base(current.dep_) in CLAUSAL and is_predicate(current)):
            break
        current = current.head
    return current


def clause_tokens(predicate: Token) -> list[Token]:
    """The words of a clause: no coordinated or loosely attached clauses, introducing words or outer punctuation."""
    drop = {"parataxis", "conj", "cc", "discourse", "mark", "vocative", "list"}
    return _trimmed(_walk(predicate, lambda top, c: top and (c.dep_ in drop)))


def clause_span(predicate: Token) -> Span:
    """Offsets of clause_tokens, from the first to the last."""
    return token_span(clause_tokens(predicate))


def verb_group(verb: Token) -> Span:
    """Offsets from the first auxiliary to the verb or its particle: "has not been given up"."""
    words = [verb, *(c for c in verb.children if base(c.dep_) in ("aux", "cop") or c.dep_ == "compound:prt")]
    return token_span(words)


def phrase_tokens(head: Token) -> list[Token]:
    """The words of a noun phrase: no preposition, clause, apposition, coordinated phrase or outer punctuation."""
    drop = LOOSE
    return _trimmed(_walk(head, lambda top, c: (top and base(c.dep_) in drop) or base(c.dep_) in ("acl", "parataxis")))


def phrase_span(head: Token) -> Span:
    """Offsets of phrase_tokens, from the first to the last."""
    return token_span(phrase_tokens(head))


def token_span(tokens: Iterable[Token]) -> Span:
    """Offsets from the first to the last of some tokens. Raises ValueError for none."""
    words = sorted(tokens, key=lambda t: t.i)
    if not words:
        raise ValueError("no tokens, no span")
    return Span(words[0].idx, words[-1].idx + len(words[-1]))


def sentence_span(token: Token) -> Span:
    """Offsets of the sentence around a token, white space at its ends left out."""
    words = [t for t in token.sent if not t.is_space]
    return token_span(words or [token])


def _subject(verb: Token, depth: int) -> list[Token]:
    own = own_subjects(verb)
    if (noun := _premodified(verb)) is not None:
        return conjuncts(noun)
    if own or depth > MAX_STEPS:
        return own
    head, dep = verb.head, base(verb.dep_)
    if head == verb:
        return []
    if dep == "conj":
        return _subject(head, depth + 1) if head.i < verb.i else []
    if dep == "amod":
        return conjuncts(head) if _nominal(head) else []
    if dep == "acl":
        return _acl_subject(verb, head, depth)
    if dep == "xcomp" or (dep == "ccomp" and not _finite(verb)):
        return _controller(verb, head, depth)
    if dep == "advcl" and not _finite(verb):
        if set(markers(verb)) & OBJECT_GERUND and (held := _passive_or_object(head, depth)):
            return held
        if set(markers(verb)) == {"to"}:
            return _controller(verb, head, depth)
        return _subject(head, depth + 1)
    if dep == "parataxis" and verb.tag_ in ("VBG", "VBN"):
        return _subject(head, depth + 1)
    return []


def _controller(verb: Token, head: Token, depth: int) -> list[Token]:
    """Subject of an open clause below `head`: its object, or an object of "on", "to", "for", else its subject."""
    if head.pos_ == "ADV" and base(head.dep_) == "advmod":  # "working hard | to defeat them"
        head = head.head
    if head.pos_ not in ("VERB", "AUX", "ADJ", "NOUN"):
        return []
    if head.lemma_.lower() not in SUBJECT_CONTROL and not is_passive(head) and base(verb.dep_) != "advcl":
        held = objects(head) or indirect_objects(head)
        if held and held[0].i < verb.i:
            return held
    if head.lemma_.lower() in CONTROL_VERBS:
        held = [t for case, t in obliques(head) if case in CONTROL_CASES and t.i < verb.i]
        if held:
            return held
    if not is_predicate(head) and _nominal(head):
        return _acl_subject(verb, head, depth)
    return _subject(head, depth + 1)


def _acl_subject(verb: Token, noun: Token, depth: int) -> list[Token]:
    """Subject of a clause that modifies a noun: the noun, or for an infinitive its owner ("their attempt to leave")."""
    if not _nominal(noun):
        return _subject(noun, depth + 1) if is_predicate(noun) else []
    infinitive = "to" in markers(verb) or any(c.tag_ == "TO" for c in verb.children)
    gerund = bool(set(markers(verb)) - {"to", "that"}) and noun.pos_ != "PROPN" and verb.tag_ == "VBG"
    if verb.dep_ == "acl:relcl" and not infinitive:
        return [] if any(c.lower_ in RELATIVE and base(c.dep_) != "nsubj" for c in verb.children) else conjuncts(noun)
    held = governor(noun)
    if gerund and held is not None and held[1].lemma_.lower() in GERUND_VERBS and set(markers(verb)) & OBJECT_GERUND:
        return conjuncts(noun) if held[0] in ("obj", "nsubj:pass") else []
    if not infinitive and not gerund:
        group = conjuncts(noun)
        return group if verb.i > group[-1].i else [noun]  # after the last of several: said of all
    by = [t for slot, t in nominal_arguments(noun) if slot in ("by", "of") and t.pos_ != "VERB"]
    named = [t for t in modifiers(noun) if t.pos_ == "PROPN" and infinitive]  # "Coalition efforts to help"
    if owners := possessors(noun) or by or named:
        return owners
    if infinitive and held is not None and held[0] == "obj" and held[1].lemma_.lower() in JUDGING:
        return []  # "supported a decision to leave": whoever decided
    if held is not None and (held[0] == "obj" or held[0] not in ("nsubj", "nsubj:pass")):
        found = agents(held[1]) if is_passive(held[1]) else _subject(held[1], depth + 1)
        return [t for t in found if t.i != noun.i]
    if held is not None and held[0] == "nsubj:pass":
        return agents(held[1])
    if noun.dep_ in ("ROOT", "root", "ccomp", "conj", "advcl") and children(noun, "cop"):
        return [t for t in own_subjects(noun) if t.i != noun.i]
    return []


def _passive_or_object(head: Token, depth: int) -> list[Token]:
    return _subject(head, depth + 1) if is_passive(head) else objects(head)


def _shares_object(verb: Token) -> bool:
    return verb.pos_ == "VERB" and not is_passive(verb) and not children(verb, "obl", "ccomp", "xcomp", "nsubj")


def _sharing(verb: Token) -> Token | None:
    """The verb before in a coordination whose object stands after both: "are advising and | assisting | the army"."""
    other = verb.head
    if other.i > verb.i or verb.i - other.i > 3 or other.pos_ != "VERB" or other.tag_ != verb.tag_ or is_passive(verb):
        return None
    if any(base(c.dep_) in ("obj", "ccomp", "xcomp", "obl", "nsubj") for c in verb.children):
        return None
    held = children(other, "obj")
    return other if held and held[0].left_edge.i > verb.i else None


def _premodified(verb: Token) -> Token | None:
    """The noun after a participle that the parser took for its object: "invading | troops were stopped"."""
    if (
        verb.tag_ != "VBG"
        or verb.dep_ not in ("advcl", "csubj", "acl")
        or verb.head.i < verb.i
        or verb.head.pos_ != "VERB"
    ):
        return None
    noun = next(iter(children(verb, "obj")), None)
    if noun is None or noun.left_edge.i != verb.i + 1 or noun.right_edge.i != verb.right_edge.i or noun.pos_ == "PROPN":
        return None
    singular = {verb.head.tag_, *(c.tag_ for c in verb.head.children if base(c.dep_) in ("aux", "cop"))} & {"VBZ"}
    if singular and noun.tag_ == "NNS":
        return None  # "killing farmers is a crime": the killing is
    if len(children(verb, "mark", "aux", "nsubj", "advmod")) or children(noun, "det", "nmod:poss"):
        return None
    own = any(base(c.dep_) == "nsubj" for c in verb.head.children)
    between = [t for t in verb.doc[noun.right_edge.i + 1 : verb.head.i] if base(t.dep_) not in ("aux", "advmod")]
    return noun if not own and not between else None


def _strayed(verb: Token) -> list[Token]:
    """The subject of a clause before its verb of saying that the parser hung on that verb: "Kenya | welcomes it, the agency said"."""
    said = verb.head
    if base(verb.dep_) != "ccomp" or said.i < verb.i or any(base(c.dep_) in ("nsubj", "csubj") for c in verb.children):
        return []
    found = children(said, "nsubj")
    return found[:1] if len(found) > 1 and found[0].i < verb.i < found[1].i else []


def _said_before(subject: Token, verb: Token) -> bool:
    """Whether a subject belongs to the clause between it and the verb of saying it hangs on."""
    return any(c.dep_ == "ccomp" and subject.i < c.i < verb.i and subject in _strayed(c) for c in verb.children)


def _under_preposition(child: Token) -> bool:
    """Whether a "subject" stands after its verb with a preposition: "pressed | for | Kenya to leave"."""
    return base(child.dep_) == "nsubj" and child.i > child.head.i and case_of(child) != ""


def _after_span(subject: Token) -> Token:
    """The noun after "days after" and the like, which parsers take for a modifier ("Days after | troops entered ...")."""
    if subject.lemma_.lower() in SPANS and subject.i < subject.head.i:
        for inner in children(subject, "nmod"):
            if case_of(inner) in ("after", "before", "since") and inner.i < subject.head.i:
                return inner
    return subject


def _active(verb: Token, deps: set[str]) -> bool:
    """Whether a form shows that it is active, whatever its subject is called: "they appointed her", "they (have) called on her to go"."""
    if verb.tag_ not in ("VBD", "VBN"):
        return False
    if any(c.dep_ == "aux" and c.lemma_.lower() in ("have", "has", "had") for c in verb.children):
        return True
    urged = any(case_of(c) in ("on", "upon") for c in children(verb, "obl")) and any(
        "to" in markers(c) for c in children(verb, "advcl", "xcomp", "ccomp")
    )
    bare = verb.dep_ == "ROOT" and not deps & {"aux", "cop"} and verb.lemma_.lower() not in DITRANSITIVE
    return urged or ("obj" in deps and (verb.tag_ == "VBD" or bare))


def _finite(verb: Token) -> bool:
    return verb.tag_ in ("VBD", "VBP", "VBZ", "MD") or any(
        c.tag_ in ("VBD", "VBP", "VBZ", "MD") for c in verb.children if base(c.dep_) in ("aux", "cop")
    )


def _is_agent(child: Token) -> bool:
    if child.dep_ == "obl:agent":
        return True
    return base(child.dep_) == "obl" and case_of(child) == "by" and child.ent_type_ not in ("DATE", "TIME")


def _nominal(token: Token) -> bool:
    return token.pos_ in ("NOUN", "PROPN", "PRON", "NUM", "DET", "ADJ", "SYM", "X") and not (
        token.pos_ == "ADJ" and bool(children(token, "cop"))
    )


def _ordered(tokens: Iterable[Token]) -> list[Token]:
    return [t for _, t in sorted({t.i: t for t in tokens}.items())]


def _walk(head: Token, skip: object) -> Iterator[Token]:
    assert callable(skip)
    stack = [(head, True)]
    while stack:
        token, top = stack.pop()
        yield token
        stack += [(c, False) for c in token.children if not skip(top, c)]


def _trimmed(tokens: Iterable[Token]) -> list[Token]:
    """Sorted, outer punctuation and white space cut off; a bracket or quotation mark whose partner is inside stays."""
    words = sorted(tokens, key=lambda t: t.i)
    while len(words) > 1 and (words[-1].is_space or (words[-1].is_punct and not _closes(words))):
        words.pop()
    while len(words) > 1 and (words[0].is_space or (words[0].is_punct and not _opens(words))):
        words.pop(0)
    return words


_PAIRS = {"(": ")", "[": "]", "“": "”", '"': '"', "‘": "’"}


def _closes(words: list[Token]) -> bool:
    last = words[-1].text
    return any(_PAIRS.get(w.text) == last for w in words[:-1])


def _opens(words: list[Token]) -> bool:
    closing = _PAIRS.get(words[0].text)
    return closing is not None and any(w.text == closing for w in words[1:])


def tokens_of(doc: Doc, begin: int, end: int) -> list[Token]:
    """The tokens that lie wholly in [begin, end) code points."""
    span = doc.char_span(begin, end, alignment_mode="contract")
    return list(span) if span is not None else []
