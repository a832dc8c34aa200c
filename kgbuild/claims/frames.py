"""Finds what a reporting word can govern: the pieces of text that may be its content, each named by its shape (its frame).

Frames of a verb: clause ("said that ..."), whether ("asked whether ..."), to ("promised to ..."), obj-to ("urged them to ..."),
ing ("denied taking ..."), np ("announced a plan"), pred ("called the plan dangerous"), a preposition ("warned of ..."), obj-
and a preposition ("accused them of ..."), passive-to ("is expected to ..."), left ("..., he said"), free ("in what they say
was an attempt"), obj-clause ("told her that ..."). Nouns and adjectives have clause, whether, to and prepositions.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc, Token

from kgbuild.claims.reporting import lookup
from kgbuild.claims.syntax import base, is_passive

__all__ = ["Content", "contents", "is_finite", "misread", "passive", "right_edge", "sentence_bounds"]

INTERROGATIVE = frozenset({"whether", "if", "how", "why", "what", "when", "where", "who", "which", "whom", "whose"})
_FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})
_STOPS = frozenset({".", "!", "?", ";"})
_LATE = frozenset({"as", "while", "after", "before", "when", "because", "although", "though", "since"})
_CLAUSES = frozenset({"ccomp", "xcomp", "advcl", "acl", "parataxis", "csubj", "dep", "conj"})


@dataclass(frozen=True, slots=True)
class Content:
    """A possible content: frame, ranges of token indices (both ends included), and the cue's preposition, if any."""

    frame: str
    ranges: tuple[tuple[int, int], ...]
    preposition: int | None = None


def is_finite(verb: Token) -> bool:
    """Whether a predicate has tense: by its own form or by an auxiliary or copula."""
    return verb.tag_ in _FINITE or any(c.tag_ in _FINITE for c in verb.children if base(c.dep_) in ("aux", "cop"))


def misread(verb: Token) -> bool:
    """Whether a verb in the past stands as participle below the noun that is its subject, in a sentence without another verb.

    Parsers read "The council called for calm." so; the form is the same, the missing verb gives it away.
    """
    if verb.tag_ != "VBN" or verb.dep_ != "acl" or verb.head.dep_ != "ROOT" or verb.head.i > verb.i:
        return False
    return verb.lower_.endswith("ed") and not any(t.tag_ in _FINITE for t in verb.sent)


def passive(verb: Token) -> bool:
    """Whether a verb is passive, sentences that were misread set right."""
    return is_passive(verb) and not misread(verb)


def sentence_bounds(token: Token) -> tuple[int, int]:
    """First and last token index of the sentence, white space and closing full stop left out."""
    sent = token.sent
    first, last = sent.start, sent.end - 1
    while last > first and (token.doc[last].is_space or token.doc[last].text in _STOPS):
        last -= 1
    while first < last and token.doc[first].is_space:
        first += 1
    return first, last


def right_edge(token: Token) -> int:
    """Index of the last word of a phrase, white space and punctuation at its end left out."""
    last = int(token.right_edge.i)
    while last > token.i and (token.doc[last].is_space or token.doc[last].text in (".", ",", ";", ":")):
        last -= 1
    return last


def contents(cue: Token) -> list[Content]:
    """Everything a word could govern as content, nearest reading first; [] when there is nothing."""
    verbal = cue.pos_ in ("VERB", "AUX")
    if verbal and (around := _parenthetical(cue)) is not None:
        return [around]
    found = _right(cue)
    frames = {c.frame for c in found}
    if verbal and not frames & {"clause", "whether", "obj-clause", "free"}:
        found += [c for c in (_as_clause(cue) or _left(cue), _rest(cue)) if c is not None]
    return found


def _right(cue: Token) -> list[Content]:
    doc, (_, end) = cue.doc, sentence_bounds(cue)
    found: list[Content] = []
    verbal = cue.pos_ in ("VERB", "AUX")
    in_passive = verbal and passive(cue)
    obj = (
        next((c for c in cue.children if base(c.dep_) in ("obj", "iobj", "nsubj") and c.i > cue.i), None)
        if verbal
        else None
    )
    if obj is not None and base(obj.dep_) == "nsubj":
        obj = None
    for child in cue.children:
        if child.i < cue.i or child.is_punct or child.is_space:
            continue
        dep = base(child.dep_)
        first = _left_edge(child, cue)
        if dep in _CLAUSES and (child.pos_ in ("VERB", "AUX", "ADJ", "NOUN", "PROPN", "PRON", "ADV", "NUM", "DET")):
            found += _clausal(cue, child, dep, first, obj, in_passive, end)
        elif dep in ("obl", "nmod") and child.dep_ not in (
            "obl:agent",
            "nmod:poss",
            "nmod:desc",
            "obl:unmarked",
            "nmod:unmarked",
        ):
            case = next(
                (c for c in child.children if c.dep_ in ("case", "mark") and c.i < child.i and c.i > cue.i), None
            )
            if case is None:
                continue
            name = case.lower_
            if obj is not None and obj.i < child.i:
                found.append(Content(f"obj-{name}", ((_left_edge(obj, cue), right_edge(child)),)))
                found.append(Content(name + "+", ((case.i + 1, right_edge(child)),)))
            else:
                last = right_edge(child)
                for later in cue.children:  # "called on them to stop"
                    if (
                        base(later.dep_) in ("xcomp", "advcl", "ccomp")
                        and later.left_edge.i == last + 1
                        and later.left_edge.tag_ == "TO"
                    ):
                        last = right_edge(later)
                found.append(Content(name, ((case.i + 1, _grow(doc, cue, child, last, end)),), case.i))
        elif dep == "obj":
            last = right_edge(child)
            if child.tag_ == "VBG":
                found.append(Content("ing", ((first, last),)))
            else:
                found.append(Content("np", ((first, _owned_up(child, _complemented(cue, child, last))),)))
                found += _inside_object(child, first)
    found += _linear(cue, found, end, obj)
    found += _predicated(cue, end) if verbal else []
    return found


def _predicated(cue: Token, end: int) -> list[Content]:
    """'called the plan "reckless"', "calling him a liar": a noun phrase and what is said of it, though the parser made it one phrase."""
    doc = cue.doc
    objects = [c for c in cue.children if base(c.dep_) in ("obj", "iobj") and c.i > cue.i]
    if len(objects) == 2 and objects[1].left_edge.i == objects[0].right_edge.i + 1:
        return [Content("pred", ((objects[0].left_edge.i, right_edge(objects[1])),))]
    if cue.i + 1 > end or doc[cue.i + 1].pos_ not in ("DET", "NOUN", "PROPN", "PRON", "ADJ", "NUM"):
        return []
    for at in range(cue.i + 2, min(end, cue.i + 16)):
        token = doc[at]
        if token.tag_ in _FINITE or token.text in (",", ";", ":", "."):
            return []
        if token.is_quote:
            close = next((i for i in range(at + 1, end + 1) if doc[i].is_quote), None)
            return [Content("pred", ((cue.i + 1, close),))] if close is not None else []
    return []


def _complemented(cue: Token, obj: Token, last: int) -> int:
    """Right end of an object with the "for" or "of" phrase after it that the parser gave to the verb: "the need for a truce"."""
    for child in cue.children:
        if base(child.dep_) == "obl" and child.left_edge.i == last + 1 and child.left_edge.lower_ in ("for", "of"):
            return right_edge(child)
    return last


def _owned_up(obj: Token, last: int) -> int:
    """Right end of what responsibility is claimed for: a coordinated "and where ..." after it tells of something else."""
    if obj.lower_ != "responsibility":
        return last
    doc = obj.doc
    stop = next(
        (t.i for t in doc[obj.i + 1 : last] if t.tag_ == "CC" and doc[t.i + 1].tag_ in ("WRB", "WDT", "WP")), None
    )
    return last if stop is None else _back(doc, stop - 1, obj.i)


def _inside_object(obj: Token, first: int) -> list[Content]:
    """'accused the rebels of shelling', "blamed the mayor for the flood": the charge, though it hangs on the accused."""
    for child in obj.children:
        if child.i > obj.i and base(child.dep_) in ("acl", "nmod"):
            mark = next((c for c in child.children if c.dep_ in ("mark", "case") and c.i < child.i), None)
            if mark is not None and mark.tag_ == "TO" and child.tag_ == "VB":
                return [Content("obj-to", ((first, right_edge(child)),))]
            if mark is not None and (child.tag_ == "VBG" or mark.lower_ in ("for", "with")):
                return [Content(f"obj-{mark.lower_}", ((first, right_edge(child)),))]
    return []


def _clausal(
    cue: Token, child: Token, dep: str, first: int, obj: Token | None, in_passive: bool, end: int
) -> list[Content]:
    doc = cue.doc
    last = _grow(doc, cue, child, right_edge(child), end)
    opener = doc[first].lower_
    if dep in ("parataxis", "conj"):
        if dep == "parataxis" and doc[child.left_edge.i - 1].text == ":" and is_finite(child):
            return [Content("clause", ((first, last),))]
        return []
    between = obj is not None and obj.i < first
    if (
        opener in INTERROGATIVE
        and dep in ("ccomp", "xcomp", "advcl", "acl")
        and not (opener in ("when", "where", "who", "which", "if") and dep != "ccomp")
    ):
        return [Content("whether", ((first, last),))]
    verbal = child.pos_ in ("VERB", "AUX") or any(base(c.dep_) == "cop" for c in child.children)
    infinitive = (verbal and any(c.tag_ == "TO" and c.i < child.i for c in child.children)) or (
        opener == "to" and child.tag_ == "VB"
    )
    if infinitive:
        to = next((c.i for c in child.children if c.tag_ == "TO"), first)
        if in_passive:
            return [Content("passive-to", ((min(first, to), last),))]
        if between and obj is not None:
            return [Content("obj-to", ((_left_edge(obj, cue), last),)), Content("to+", ((to, last),))]
        if opener == "for" and first < to:
            return [Content("for", ((first + 1, last),), first), Content("for-to", ((first, last),))]
        if to - first > 1 and doc[first].lower_ != "to":
            return [Content("obj-to", ((first, last),))]
        return (
            [Content("to", ((first, last),))] if dep in ("xcomp", "ccomp", "acl", "advcl") and to - cue.i <= 3 else []
        )
    preposition = next(
        (
            c
            for c in child.children
            if c.dep_ in ("mark", "case")
            and c.i < child.i
            and c.tag_ == "IN"
            and c.lower_ not in ("that", "if", "whether")
        ),
        None,
    )
    if child.tag_ == "VBG" and not is_finite(child) and preposition is not None and preposition.i == first:
        if between and obj is not None:
            return [
                Content(f"obj-{opener}", ((_left_edge(obj, cue), last),)),
                Content(opener + "+", ((first + 1, last),)),
            ]
        return [Content(opener, ((first + 1, last),), first)]
    if dep in ("ccomp", "csubj") or (opener == "that" and dep in ("advcl", "acl", "xcomp")):
        if opener in _LATE:
            return []
        if is_finite(child) or opener == "that":
            if between:
                return [Content("obj-clause", ((first, last),))]
            stop = _own_end(cue, max(end, last))
            if stop < last:
                last = max(stop, child.i)
            return [Content("clause", ((first, last),))]
        if child.tag_ == "VBG":
            return [Content("ing", ((first, last),))] if first - cue.i <= 2 else []
        return [Content("pred", ((first, last),))]
    if dep == "xcomp":
        if between and obj is not None:
            return [Content("pred", ((_left_edge(obj, cue), last),))]
        if child.tag_ == "VBG":
            return [Content("ing", ((first, last),))]
        if preposition is not None:
            return [Content(opener, ((first + 1, last),), first)]
        if is_finite(child):
            return [Content("clause", ((first, last),))]
        return [Content("adj", ((first, last),))]
    if dep == "advcl" and child.tag_ == "VBG" and first == cue.i + 1:
        return [Content("ing", ((first, last),))]
    return []


def _linear(cue: Token, found: list[Content], end: int, obj: Token | None) -> list[Content]:
    """What the tree missed but the next words show: "that" after the cue, or after its addressee."""
    doc = cue.doc
    if any(c.frame in ("clause", "obj-clause", "whether", "free") for c in found):
        return []
    if (
        cue.i + 2 <= end
        and doc[cue.i + 1].lower_ in INTERROGATIVE
        and cue.pos_ in ("VERB", "AUX")
        and doc[cue.i + 1].lower_ not in ("when", "where", "which")
    ):
        return [Content("whether", ((cue.i + 1, _own_end(cue, end)),))]
    if cue.i + 1 <= end and doc[cue.i + 1].lower_ in ("that", "whether") and doc[cue.i + 1].tag_ in ("IN", "WDT", "DT"):
        opener = doc[cue.i + 1]
        has_verb = any(t.tag_ in _FINITE for t in doc[cue.i + 2 : end + 1])
        if has_verb and not (cue.pos_ == "NOUN" and opener.tag_ == "WDT"):
            return [Content("clause" if opener.lower_ == "that" else "whether", ((opener.i, _own_end(cue, end)),))]
    if cue.pos_ in ("VERB", "AUX"):
        for at in range(cue.i + 2, min(end, cue.i + 12)):
            token = doc[at]
            if token.tag_ in _FINITE or token.text in (";", ":"):
                break
            if token.lower_ == "that" and token.tag_ == "IN" and token.head.i > at:
                frame = "obj-clause" if obj is not None and obj.i < at else "clause"
                return [Content(frame, ((at, _own_end(cue, end)),))]
    return []


def _own_end(cue: Token, end: int) -> int:
    """Where a content that runs to the end of the sentence must stop: at a clause coordinated with the cue's."""
    doc = cue.doc
    for child in cue.children:
        if (
            child.dep_ == "conj"
            and child.i > cue.i + 2
            and child.left_edge.i > cue.i + 2
            and any(c.dep_ == "cc" for c in child.children)
        ):
            return _back(doc, int(child.left_edge.i) - 1, cue.i + 1)
    for at in range(cue.i + 3, end):
        token = doc[at]
        alike = token.tag_ == cue.tag_ and cue.tag_ == "VBD" and doc[at - 1].lower_ in ("and", "but") and lookup(token)
        if alike and not any(base(c.dep_) == "nsubj" and c.i > at - 1 for c in token.children):
            return _back(doc, at - 2, cue.i + 1)
    return end


def _back(doc: Doc, stop: int, low: int) -> int:
    while stop > low and (doc[stop].is_punct or doc[stop].is_space or doc[stop].tag_ == "CC"):
        stop -= 1
    return stop


def _grow(doc: Doc, cue: Token, child: Token, last: int, end: int) -> int:
    """Take in obliques and adverbs after the content clause that the parser hung on the cue instead."""
    for sibling in cue.children:
        if sibling.i > last and base(sibling.dep_) in ("obl", "advmod", "nmod") and sibling.left_edge.i <= last + 1:
            last = max(last, right_edge(sibling))
    return min(max(last, child.i), max(end, child.i))


def _left_edge(token: Token, cue: Token) -> int:
    first = int(token.left_edge.i)
    if first <= cue.i < token.i:
        first = cue.i + 1
    while first < token.i and (
        token.doc[first].is_space or (token.doc[first].is_punct and token.doc[first].text in ",;:—–-")
    ):
        first += 1
    return first


def _left(cue: Token) -> Content | None:
    """The statement before (and after) a reporting clause set off by commas: "The plan, officials said, would fail."."""
    doc, (begin, end) = cue.doc, sentence_bounds(cue)
    if not is_finite(cue):
        return None
    low = _clause_begin(cue, begin)
    if low is None:
        return None
    before = low - 1
    if before <= begin:
        return None
    mark = doc[before]
    if mark.is_quote or mark.text in ("”", "’", "''"):
        if doc[before - 1].text not in (",", "?", "!"):
            return None
    elif mark.text not in (",", "—", "–", "--", "?", "!"):
        return None
    if not any(t.tag_ in _FINITE or t.tag_ == "VB" for t in doc[begin:before]):
        return None
    after = cue.i + 1
    while after <= end and doc[after].text not in (",", ";", "—", "–", "--"):
        if doc[after].tag_ in _FINITE and not any(t.lower_ in ("who", "which", "that") for t in doc[cue.i + 1 : after]):
            return None
        after += 1
    ranges = [(begin, before if mark.is_quote else before - 1)]
    if after < end and doc[after].text == "," and _resumes(cue, after):
        ranges.append((after + 1, end))
    return Content("left", tuple(ranges))


def _as_clause(cue: Token) -> Content | None:
    """ "As the paper reported, ...": the clause that the as-clause hangs on."""
    doc, (begin, end) = cue.doc, sentence_bounds(cue)
    mark = next(
        (c for c in cue.children if c.lower_ == "as" and c.i < cue.i and c.dep_ in ("mark", "advmod", "case")), None
    )
    if mark is None or not is_finite(cue) or cue.i - mark.i > 15:
        return None
    after = cue.i + 1
    while after < end and doc[after].text != "," and after - cue.i < 12:
        if doc[after].tag_ in _FINITE:
            return None
        after += 1
    if mark.i <= begin + 1:
        return Content("left", ((after + 1, end),)) if after < end and doc[after].text == "," else None
    if doc[mark.i - 1].text == ",":
        rest = ((after + 1, end),) if after < end and doc[after].text == "," and not is_late(doc[after + 1]) else ()
        return Content("left", ((begin, mark.i - 2), *rest))
    return None


def is_late(token: Token) -> bool:
    """Whether a word opens a loosely attached clause after the statement."""
    return token.tag_ == "VBG" or token.lower_ in _LATE or token.lower_ in ("who", "which")


def _clause_begin(cue: Token, begin: int) -> int | None:
    """Index of the first word of a reporting clause: its subject's, or the cue itself where the subject follows."""
    doc = cue.doc
    held = [c for c in cue.children if base(c.dep_) == "nsubj" and not c.is_space]
    # With two subjects before it ("The dam, officials said, would hold") the nearer one is its own.
    subject = next((c for c in reversed(held) if c.i < cue.i), None) if len(held) > 1 else next(iter(held), None)
    if subject is not None and subject.lower_ in ("who", "which", "that"):
        return None
    if any(c.tag_ == "MD" for c in cue.children) or (cue.dep_ == "ccomp" and cue.head.i < cue.i and lookup(cue.head)):
        return None  # "said that, if asked, he would answer": part of what another cue reports
    first = min([cue.i, *(c.i for c in cue.children if base(c.dep_) == "aux" and c.i < cue.i)])
    if (
        first - 1 > begin
        and (doc[first - 1].text == "," or doc[first - 1].is_quote)
        and (subject is None or subject.i > cue.i)
    ):
        follows = cue.i + 1 < len(doc) and doc[cue.i + 1].pos_ in ("DET", "NOUN", "PROPN", "PRON", "NUM", "ADJ")
        return first if follows else None
    if subject is None or subject.i > cue.i or cue.i - subject.i > 25:
        return None
    low = min(int(subject.left_edge.i), first)
    while low < subject.i and doc[low].is_punct and not doc[low].is_quote:
        low += 1
    if low - 1 < begin or (doc[low - 1].text != "," and not doc[low - 1].is_quote):
        low = min(subject.i, first)
        while low - 1 >= begin and doc[low - 1].text != "," and not doc[low - 1].is_quote and low > cue.i - 8:
            if doc[low - 1].tag_ in _FINITE or doc[low - 1].tag_ == "IN":
                return None
            low -= 1
    return low


def _parenthetical(cue: Token) -> Content | None:
    """', he said,' in the middle of a statement: both sides of it are the content."""
    doc, (begin, end) = cue.doc, sentence_bounds(cue)
    after = cue.i + 1
    while after < end and after - cue.i < 8 and doc[after].text != ",":
        if doc[after].tag_ in _FINITE or (
            doc[after].tag_ in ("IN", "TO", "WDT") and doc[after].lower_ in ("that", "to", "if")
        ):
            return None
        after += 1
    if after >= end or doc[after].text != "," or cue.dep_ == "acl:relcl":
        return None
    low = _clause_begin(cue, begin)
    if low is None or low - 1 <= begin or doc[low - 1].text != "," or not is_finite(cue) or not _resumes(cue, after):
        return None
    if low - 1 - begin < 2 or (doc[begin].tag_ in ("IN",) and not any(t.tag_ in _FINITE for t in doc[begin : low - 1])):
        return None
    return Content("left", ((begin, low - 2), (after + 1, end)))


def _resumes(cue: Token, comma: int) -> bool:
    """Whether the words after the second comma belong to the statement, not to the reporting clause."""
    nxt = cue.doc[comma + 1]
    if nxt.tag_ == "VBG" or nxt.lower_ in ("who", "which", "whose", "adding", "but", "and", "a", "an", "the", *_LATE):
        return False
    return not any(a == cue for a in nxt.ancestors) or cue.head.i > comma or nxt.tag_ in _FINITE


def _rest(cue: Token) -> Content | None:
    """Everything after the cue, when it is a clause that the parser did not hang on it: "..., the mayor, said the dam was safe"."""
    doc, (_, end) = cue.doc, sentence_bounds(cue)
    first = cue.i + 1
    if first > end or doc[first].is_punct or doc[first].tag_ in ("IN", "TO", "VBG", "CC") or not is_finite(cue):
        return None
    last = _own_end(cue, end)
    verb = next((t for t in doc[first : last + 1] if t.tag_ in _FINITE), None)
    if (
        verb is None
        or verb.i - first > 20
        or verb.i == first
        or any(t.text in (",", ";") for t in doc[first : first + 1])
    ):
        return None
    if any(t.lower_ in ("who", "which", "when", "while", "as", "that", "where") for t in doc[first : verb.i]):
        return None
    return Content("rest", ((first, last),))
