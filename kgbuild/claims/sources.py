"""Finds who a reporting word belongs to: the subject, agent, owner or neighbour that is the source of what is said."""

from __future__ import annotations

from spacy.tokens import Span, Token

from kgbuild.claims.frames import is_finite, misread, passive
from kgbuild.claims.syntax import base

__all__ = ["is_document", "source_head", "source_tokens"]

MAX_STEPS = 8
_FINITE = frozenset({"VBD", "VBZ", "VBP"})
_RELATIVE_TAGS = frozenset({"WP", "WDT"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "ADJ", "DET", "X", "SYM"})
# What comes from somebody else's mouth: "issued a statement saying ...".
_SPEECH_NOUNS = frozenset(
    {
        "statement",
        "letter",
        "tweet",
        "message",
        "email",
        "speech",
        "report",
        "post",
        "note",
        "memo",
        "release",
        "video",
        "comment",
        "remark",
        "interview",
        "ad",
        "address",
    }
)

# Verbs that only put a noun of speech into words: "made the claim that ...".
_GIVING = frozenset(
    {
        "make",
        "give",
        "issue",
        "voice",
        "express",
        "float",
        "repeat",
        "release",
        "utter",
        "offer",
        "deliver",
        "have",
        "raise",
        "advance",
    }
)


# Media that speak for whoever runs them when "state" stands before them.
_MEDIA = frozenset({"television", "tv", "media", "radio", "broadcaster", "newspaper", "agency"})


def is_document(noun: Token) -> bool:
    """Whether a noun names words put down or sent ("statement", "news release"), or media of a state: its owner speaks through it."""
    if noun.lower_ in _MEDIA:
        return any(t.lower_ in ("state", "state-run", "state-owned") for t in noun.doc[max(noun.i - 3, 0) : noun.i])
    return noun.pos_ == "NOUN" and noun.lower_.removesuffix("s") in _SPEECH_NOUNS


def source_head(cue: Token) -> Token | None:
    """Head of the noun phrase that names the source of a cue, or None when nobody is named."""
    if cue.pos_ in ("VERB", "AUX"):
        found = _verbal(cue, 0)
        if cue.tag_ in _FINITE and not passive(cue):
            return _named(cue, found)
        return found
    if cue.pos_ in ("ADJ", "ADV") or any(base(c.dep_) in ("cop", "nsubj") for c in cue.children):
        own = _subject(cue)
        return own if own is not None else (_verbal(cue, 0) if cue.dep_ in ("conj", "xcomp", "acl", "advcl") else None)
    return _nominal(cue)


def _named(cue: Token, found: Token | None) -> Token | None:
    """The name an apposition belongs to ("Ana Sousa, the mayor, said"), and a subject the parser missed left of a finite verb."""
    doc, start = cue.doc, cue.sent.start
    if found is not None and found.i < cue.i:
        left = found.left_edge.i
        closed = any(t.text in (",", ")") for t in doc[found.i + 1 : cue.i])
        if (
            closed
            and left - 2 >= start
            and doc[left - 1].text == ","
            and doc[left - 2].pos_ in ("PROPN", "PUNCT", "NUM")
        ):
            name = left - 2
            while name > start and doc[name].pos_ in ("PUNCT", "NUM", "SYM", "X"):
                name -= 1
            if doc[name].pos_ == "PROPN" and not (name > start and doc[name - 1].tag_ == "IN"):
                return _first_of_name(doc[name])
        return found
    if found is not None:
        return found
    last = cue.i - 1
    while last >= start and (doc[last].pos_ in ("ADV", "AUX") or doc[last].tag_ == "RB"):
        last -= 1
    if last < start:
        return None
    if doc[last].pos_ in ("NOUN", "PROPN", "PRON") and doc[last].tag_ not in ("WDT", "WP", "POS"):
        return doc[last] if doc[last].pos_ != "PROPN" else _first_of_name(doc[last])
    if doc[last].text[:1].isupper() and last == start:
        return doc[last]
    if doc[last].text in (",", ")"):
        return _opening_noun(doc[start:last])
    return None


def _first_of_name(token: Token) -> Token:
    """Head of the name that ends in a token: the word its other parts hang on."""
    while (
        token.dep_ in ("flat", "compound", "flat:name")
        and abs(token.head.i - token.i) <= 4
        and token.head.pos_ == "PROPN"
    ):
        token = token.head
    return token


def _opening_noun(words: Span) -> Token | None:
    """The first noun phrase of some words that stands after no preposition; the last word of its first run of nouns."""
    for at, token in enumerate(words):
        if token.pos_ in ("NOUN", "PROPN", "PRON") and token.tag_ not in ("WDT", "WP"):
            before = [t for t in words[max(0, at - 3) : at] if t.tag_ == "IN" or t.pos_ == "VERB"]
            if before:
                continue
            while at + 1 < len(words) and words[at + 1].pos_ in ("NOUN", "PROPN"):
                at += 1
            last: Token = words[at]
            return _first_of_name(last) if last.pos_ == "PROPN" else last
    return None


def _subject(verb: Token) -> Token | None:
    before = [c for c in verb.children if base(c.dep_) == "nsubj" and c.dep_ != "nsubj:outer" and c.pos_ in _NOMINAL]
    if not before:
        return None
    active = [c for c in before if c.dep_ == "nsubj"] or before
    left = [c for c in active if c.i < verb.i]
    return left[-1] if left else active[0]


def _verbal(verb: Token, depth: int) -> Token | None:
    if depth > MAX_STEPS:
        return None
    if misread(verb):
        return verb.head
    if passive(verb):
        agent = next((c for c in verb.children if c.dep_ == "obl:agent"), None)
        if agent is None:
            agent = next(
                (
                    c
                    for c in verb.children
                    if base(c.dep_) == "obl" and any(k.lower_ == "by" for k in c.children if k.dep_ == "case")
                ),
                None,
            )
        return agent
    own = _subject(verb)
    if own is not None:
        return own
    head, dep = verb.head, base(verb.dep_)
    if head == verb:
        return _inverted(verb)
    if dep == "conj" and head.i < verb.i:
        return (
            source_head(head)
            if head.pos_ in ("VERB", "AUX", "ADJ") and not passive(head)
            else (_passive_subject(head) if passive(head) else None)
        )
    if dep == "acl":
        if (
            verb.tag_ == "VBG"
            and head.lower_ in _SPEECH_NOUNS
            and base(head.dep_) in ("obj", "obl")
            and depth < MAX_STEPS
        ):
            above = _verbal(head.head, depth + 1) if head.head.pos_ == "VERB" else None
            return above if above is not None else head
        if (
            verb.tag_ == "VBG"
            and verb.doc[verb.i - 1].text in (",", "—", "–", "-", "--")
            and (above := _clause_of(head)) is not None
        ):
            return _verbal(above, depth + 1)
        if any(c.tag_ == "TO" for c in verb.children):
            return _nominal(head) or (
                _verbal(head.head, depth + 1)
                if head.head.pos_ == "VERB" and base(head.dep_) in ("obj", "obl")
                else None
            )
        # "what officials say": the head is the content's place, not who speaks
        return head if head.pos_ in _NOMINAL and head.tag_ not in _RELATIVE_TAGS else None
    if dep in ("xcomp", "advcl", "ccomp", "parataxis") and not (dep in ("ccomp", "parataxis") and is_finite(verb)):
        if head.pos_ in ("VERB", "AUX", "ADJ"):
            if dep == "xcomp" and not passive(head):
                held = next((c for c in head.children if base(c.dep_) == "obj" and c.i < verb.i), None)
                if held is not None and any(c.tag_ == "TO" for c in verb.children):
                    return held
            return _passive_subject(head) if passive(head) else _verbal(head, depth + 1)
        if any(base(c.dep_) == "nsubj" for c in head.children):
            return _subject(head)
    return _inverted(verb)


def _passive_subject(verb: Token) -> Token | None:
    own = _subject(verb)
    if own is not None or verb.head == verb:
        return own
    if base(verb.dep_) == "acl" and verb.head.pos_ in _NOMINAL:
        return verb.head
    return _verbal(verb.head, MAX_STEPS - 1) if verb.head.pos_ in ("VERB", "AUX") else None


def _inverted(verb: Token) -> Token | None:
    """The noun phrase right after a finite verb that follows a quotation mark or comma: '"...," said the minister'."""
    if verb.i == 0 or verb.i + 1 >= len(verb.doc) or verb.tag_ not in ("VBD", "VBZ", "VBP"):
        return None
    left = verb.doc[verb.i - 1]
    if not (left.is_quote or left.text in (",", "”", "’", "''")):
        return None
    return next(
        (
            c
            for c in verb.children
            if base(c.dep_) in ("obj", "nsubj", "obl", "ccomp") and c.left_edge.i == verb.i + 1 and c.pos_ in _NOMINAL
        ),
        None,
    )


def _clause_of(noun: Token) -> Token | None:
    """The verb whose clause a noun stands in."""
    for _ in range(MAX_STEPS):
        if noun.pos_ == "VERB" and not passive(noun):
            return noun
        if noun.head == noun:
            return None
        noun = noun.head
    return None


def _nominal(noun: Token) -> Token | None:
    owner = next((c for c in noun.children if c.dep_ == "nmod:poss"), None)
    if owner is not None:
        return owner
    for child in noun.children:
        if (
            base(child.dep_) in ("nmod", "obl")
            and child.i > noun.i
            and any(c.lower_ in ("by", "from") for c in child.children if c.dep_ == "case")
        ):
            return child
    if base(noun.dep_) == "obj" and noun.head.pos_ == "VERB" and noun.head.lemma_ in _GIVING and not passive(noun.head):
        return _verbal(noun.head, 0)
    return None


def source_tokens(head: Token) -> tuple[int, int]:
    """First and last token index of the whole noun phrase: titles, appositions and of-phrases, without relative clauses.

    A preposition before it, coordination with a clause, and punctuation at its ends are left out.
    """
    first = last = head.i
    stack = [(head, True)]
    while stack:
        token, top = stack.pop()
        first, last = min(first, token.i), max(last, token.i)
        for child in token.children:
            dep = base(child.dep_)
            if child.dep_ == "acl:relcl" or dep in (
                "parataxis",
                "advcl",
                "discourse",
                "ccomp",
                "cop",
                "nsubj",
                "dep",
                "list",
            ):
                continue
            if top and (
                dep in ("case", "mark", "punct")
                or (dep == "cc" and child.i < head.i)
                or (dep == "advmod" and child.i < head.i)
            ):
                continue
            if dep == "acl" and (child.i - head.i > 6 or child.i < head.i or misread(child)):
                continue
            if dep == "conj" and child.pos_ in ("VERB", "AUX"):
                continue
            stack.append((child, False))
    doc = head.doc
    while last > head.i and (doc[last].is_punct or doc[last].is_space) and doc[last].text not in (")", "]"):
        last -= 1
    while first < head.i and (doc[first].is_punct or doc[first].is_space or doc[first].tag_ in ("CC", "IN")):
        first += 1
    if first < head.i and any(t.is_space and "\n" in t.text for t in doc[first : head.i]):
        first = max(t.i for t in doc[first : head.i] if t.is_space and "\n" in t.text) + 1
    return first, last
