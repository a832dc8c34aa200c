"""Whom "I", "you" and "we" mean outside quotation marks: turns, interviews, letters, speeches, texts under a byline.

A text that does not say who speaks is left alone: nothing here guesses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.words import words

__all__ = ["PLURAL", "SECOND", "SINGULAR", "Voice", "people_of", "voices"]

SINGULAR = frozenset("i me my mine myself".split())
PLURAL = frozenset("we us our ours ourselves".split())
SECOND = frozenset("you your yours yourself".split())
_LEAD = 12
"""Paragraphs at the head of a text that can say what it is."""
_FOOT = 5
"""Paragraphs at its end that can hold a signature."""
_LEAST_OWN = 3
"""Fewest "I" of a text that is taken for the words of the one in its byline or heading."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks in the tokens [start, end), and to whom; None where that is unknown."""

    start: int
    end: int
    speaker: Node | None
    hearer: Node | None = None


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph: its tokens without white space at either end."""

    start: int
    end: int
    asks: bool


def voices(doc: Doc, draft: Draft, quoted: Sequence[bool]) -> list[Voice]:
    """The stretches of a text whose speaker it tells, in order of place; they do not overlap."""
    own = [t for t in doc if t.lower_ in SINGULAR and t.pos_ in {"PRON", "DET"} and not quoted[t.i]]
    if not own:
        return []
    blocks = list(_blocks(doc))
    return (
        _labelled(doc, draft, blocks)
        or _interview(doc, draft, blocks)
        or _monologue(doc, draft, blocks, own, quoted)
        or _turns(doc, draft, blocks, quoted)
    )


def people_of(doc: Doc, draft: Draft, quoted: Sequence[bool]) -> Node | None:
    """The people for whom a text says "we" outside quotation marks: "we as Arlanders", "my fellow Arlanders"; None unless one."""
    told: dict[int, Node] = {}
    for found in draft.found:
        node, i = found.node, found.start
        if node.kind != "Group" or not node.affiliation or i < 2 or quoted[i]:
            continue
        before = doc[i - 1].lower_
        if before in {"we", "us", "fellow"} or (before == "as" and doc[i - 2].lower_ in {"we", "us"}):
            told[id(node)] = node
    return next(iter(told.values())) if len(told) == 1 else None


def _blocks(doc: Doc) -> Iterable[_Block]:
    start = 0
    for i in range(len(doc) + 1):
        if i == len(doc) or (doc[i].is_space and "\n" in doc[i].text):
            first, last = start, i
            while last > first and doc[last - 1].is_space:
                last -= 1
            if first < last:
                mark = last - 1
                while mark > first and doc[mark].is_punct and doc[mark].text not in {"?", "!", "."}:
                    mark -= 1
                yield _Block(first, last, doc[mark].text == "?")
            start = i + 1


def _person_at(draft: Draft, i: int) -> Found | None:
    """The named person whose mention begins at a token."""
    return next((f for f in draft.at(i) if f.start == i and _is_person(f)), None)


def _is_person(found: Found) -> bool:
    return found.form == "name" and len(found.nodes) == 1 and found.node.kind == "Person"


def _persons(draft: Draft, start: int, end: int) -> list[Found]:
    return [f for f in draft.within(start, end) if _is_person(f)]


# ---------------------------------------------------------------------------------------------- turns with labels


def _labelled(doc: Doc, draft: Draft, blocks: Sequence[_Block]) -> list[Voice]:
    """ "Petra Oren: We never agreed.": a block that begins with a name and a colon, and those after it up to the next label."""
    turns: list[tuple[_Block, Node]] = []
    for block in blocks:
        found = next(
            (f for i in range(block.start, min(block.start + 3, block.end)) if (f := _person_at(draft, i))), None
        )
        if found is not None and found.end < block.end and doc[found.end].text == ":":
            turns.append((block, found.node))
    speakers = list(dict.fromkeys(id(node) for _, node in turns))
    if len(turns) < 3 or len(speakers) < 2:
        return []
    ends = [b.start for b, _ in turns[1:]] + [len(doc)]
    other = {id(node): node for _, node in turns}
    out = []
    for (block, node), end in zip(turns, ends, strict=True):
        hearer = next((n for i, n in other.items() if i != id(node)), None) if len(speakers) == 2 else None
        out.append(Voice(block.start, end, node, hearer))
    return out


# ---------------------------------------------------------------------------------------------------- interviews


def _interview(doc: Doc, draft: Draft, blocks: Sequence[_Block]) -> list[Voice]:
    """Questions and answers under a lead that names the one who is interviewed."""
    asked = [n for n, b in enumerate(blocks) if b.asks]
    addressed = any(t.lower_ in SECOND for n in asked for t in doc[blocks[n].start : blocks[n].end])
    if len(asked) < 2 or not addressed:
        return []
    lead = blocks[: max(1, asked[0])]
    told = [_interviewed(doc, draft, b, n == 0) for n, b in enumerate(lead)]
    guests = {id(n): n for interviewed, _ in told for n in interviewed}
    guests = guests or {id(n): n for _, spoken in told for n in spoken}
    if not guests and any(t.lemma_.lower() == "interview" for b in lead for t in doc[b.start : b.end]):
        guests = _foremost(draft, lead)
    if len(guests) != 1:
        return []
    guest = next(iter(guests.values()))
    out = []
    for block in blocks[asked[0] :]:
        out.append(Voice(block.start, block.end, None, guest) if block.asks else Voice(block.start, block.end, guest))
    return out


def _foremost(draft: Draft, blocks: Sequence[_Block]) -> dict[int, Node]:
    """The person whom some paragraphs name at least twice, and twice as often as anybody else."""
    named = [f.node for b in blocks for f in _persons(draft, b.start, b.end)]
    counts = Counter(map(id, named)).most_common(2)
    if not counts or counts[0][1] < 2 or (len(counts) > 1 and counts[0][1] < 2 * counts[1][1]):
        return {}
    return {id(n): n for n in named if id(n) == counts[0][0]}


def _interviewed(doc: Doc, draft: Draft, block: _Block, headline: bool) -> tuple[list[Node], list[Node]]:
    """Persons a paragraph says are interviewed ("an interview with X", "X was interviewed"), and those it is "spoken with"."""
    heads = {f.head: f for f in _persons(draft, block.start, block.end)}
    interviewed: list[Node] = []
    spoken: list[Node] = []
    for token in doc[block.start : block.end]:
        lemma = token.lemma_.lower()
        if lemma == "interview":
            for child in token.children:
                dep = child.dep_
                if dep in {"obj", "nsubj:pass"} or (dep.startswith(("nmod", "obl")) and _case(child) in {"with", "of"}):
                    interviewed += _named_by(child, heads)
            heading = headline and token.dep_ in {"appos", "parataxis"} and token.head.i < token.i
            if heading or (token.dep_ == "acl" and token.tag_ == "VBN"):
                interviewed += _named_by(token.head, heads)
        elif lemma in words("interview_words"):
            for child in token.children:
                if child.dep_.startswith("obl") and _case(child) == "with":
                    spoken += _named_by(child, heads)
        elif headline and lemma == "tell":
            for child in token.children:
                if child.dep_ == "nsubj":
                    spoken += _named_by(child, heads)
    return interviewed, spoken


def _case(token: Token) -> str:
    return next((c.lower_ for c in token.children if c.dep_ == "case"), "")


def _named_by(token: Token, heads: dict[int, Found]) -> Iterable[Node]:
    """The person of a noun phrase: the head itself, its apposition or the name behind its title; of several joined, all."""
    found = heads.get(token.i)
    if found is not None:
        yield found.node
    for child in token.children:
        if child.dep_ in {"appos", "flat", "compound", "nmod:desc", "conj"} or (found is None and child.dep_ == "dep"):
            if found is not None and child.dep_ in {"flat", "compound", "nmod:desc"}:
                continue
            yield from _named_by(child, heads)


# ---------------------------------------------------------------------------------- letters, speeches, signed texts


def _monologue(
    doc: Doc, draft: Draft, blocks: Sequence[_Block], own: Sequence[Token], quoted: Sequence[bool]
) -> list[Voice]:
    """One voice throughout: whoever names themself, signs, or stands in the byline or heading; none where that is several."""
    told = _introduced(doc, draft, quoted) or _named_me(doc, draft, quoted)
    signed = _signed(doc, draft, blocks)
    if not told and not signed and len(own) >= _LEAST_OWN:
        told = _credited(doc, draft, blocks)
    speakers = {id(n): n for n in (*told, *signed)}
    greeted = _greeted(doc, draft, blocks)
    if len(speakers) > 1 or (not speakers and not greeted):
        return []
    speaker = next(iter(speakers.values()), None)
    return [Voice(0, len(doc), speaker, greeted if greeted is not speaker else None)]


def _introduced(doc: Doc, draft: Draft, quoted: Sequence[bool], start: int = 0, end: int | None = None) -> list[Node]:
    """ "I am Petra Oren", "my name is Petra Oren", "it's Petra Oren here", "hello, this is Petra Oren", within [start, end)."""
    out = []
    for found in draft.found if end is None else draft.within(start, end):
        if not _is_person(found) or quoted[found.start]:
            continue
        head = doc[found.head]
        if head.dep_ in {"appos", "flat", "nmod:desc"} and head.head.pos_ in {"NOUN", "PROPN"}:
            head = head.head  # "I'm your host, Petra Oren"
        if any(c.lower_ in {"not", "n't", "if"} or c.dep_ == "mark" for c in head.children):
            continue
        subject = next((c for c in head.children if c.dep_ == "nsubj"), None)
        copula = next((c for c in head.children if c.dep_ == "cop" and c.tag_ in {"VBP", "VBZ"}), None)
        if subject is None or copula is None or subject.i > found.start:
            continue
        mine = subject.lemma_.lower() == "name" and any(c.lower_ == "my" for c in subject.children)
        here = subject.lower_ in {"it", "this"} and (
            (found.end < len(doc) and doc[found.end].lower_ == "here")
            or any(c.dep_ == "discourse" and c.i < subject.i for c in head.children)
        )
        if subject.lower_ == "i" or mine or here:
            out.append(found.node)
    return out


def _named_me(doc: Doc, draft: Draft, quoted: Sequence[bool]) -> list[Node]:
    """ "They called me Petra": the capitalised word behind it, also where the model read no person there."""
    out = []
    for token in doc[:-1]:
        after = token.nbor(1)
        if (
            token.lower_ == "me"
            and not quoted[token.i]
            and token.head.lemma_.lower() in {"call", "name", "nickname"}
            and token.i > token.head.i
            and after.text[:1].isupper()
            and after.pos_ in {"PROPN", "NOUN"}
        ):
            out += _read_as_person(doc, draft, after.i, after.i + 1)
    return out


def _turns(doc: Doc, draft: Draft, blocks: Sequence[_Block], quoted: Sequence[bool]) -> list[Voice]:
    """Paragraphs in which several speakers name themselves each, or that follow one's being called up: "Miss Oren?"."""
    out: list[Voice] = []
    floor: Node | None = None
    for block in blocks:
        mine = {id(n): n for n in _introduced(doc, draft, quoted, block.start, block.end)}
        speaker = next(iter(mine.values())) if len(mine) == 1 else None if mine or block.asks else floor
        floor = _called_up(doc, draft, block) or (None if block.asks else floor)
        if speaker is not None:
            out.append(Voice(block.start, block.end, speaker))
    return out


def _called_up(doc: Doc, draft: Draft, block: _Block) -> Node | None:
    """The person whose name with a title is the last sentence of a paragraph."""
    if doc[block.end - 1].text not in {"?", ".", "!"}:
        return None  # a heading or byline
    last = doc[block.end - 1].sent
    named = [f for f in draft.within(max(last.start, block.start), block.end) if _is_person(f)]
    if len(named) != 1 or named[0].start == max(last.start, block.start):
        return None
    found = named[0]
    start = max(last.start, block.start)
    titled = found.start - start <= 2 and all(t.text[:1].isupper() and not t.is_punct for t in doc[start : found.start])
    return found.node if titled and block.end - found.end <= 1 else None


def _signed(doc: Doc, draft: Draft, blocks: Sequence[_Block]) -> list[Node]:
    """The name that stands alone near the end, below words of closing or a text that greets somebody."""
    if len(blocks) < 3:
        return []
    for n in range(len(blocks) - 1, max(1, len(blocks) - 1 - _FOOT), -1):
        block, before = blocks[n], blocks[n - 1]
        found = _person_at(draft, block.start)
        closing = _closes(doc, before)
        alone = found is not None and (found.end >= block.end - 1 or doc[found.end].text in {",", "\n"})
        if found is not None and alone and (closing or _salutation(doc, blocks) is not None):
            return [found.node]
        # "Best wishes, Petra" on one line
        last = _persons(draft, block.start, block.end)
        if last and last[-1].end >= block.end - 1 and _closes(doc, _Block(block.start, last[-1].start, False)):
            return [last[-1].node]
        if closing and found is None and (unread := _unread_signature(doc, draft, block)):
            return unread
    return []


def _unread_signature(doc: Doc, draft: Draft, block: _Block) -> list[Node]:
    """A person made from one to three capitalised words below the closing, where the model read no person there."""
    end = block.end
    while end > block.start and doc[end - 1].is_punct:
        end -= 1
    if not 0 < end - block.start <= 3 or not all(t.text[:1].isupper() and t.is_alpha for t in doc[block.start : end]):
        return []
    return _read_as_person(doc, draft, block.start, end)


def _read_as_person(doc: Doc, draft: Draft, start: int, end: int) -> list[Node]:
    """The node of a name at [start, end), made a person's where nothing is known of it; a new one where none is read there."""
    there = [f for f in draft.within(start, end) if f.form == "name"]
    if not there:
        if any(draft.at(i) for i in range(start, end)):
            return []
        name = doc[start:end].text
        node = draft.add(Node(name, "Person", names={name: 1}, confidence=0.6))
        draft.record(Found(start, end, doc[start:end].root.i, "name", [node], 0.6))
        return [node]
    node = there[0].node
    if len(there) == 1 and node.kind == "Person":
        return [node]
    if len(there) == 1 and node.entry is None and node.kind in {"Organization", "Place", "Topic"}:
        node.kind = "Person"
        return [node]
    return []


def _closes(doc: Doc, block: _Block) -> bool:
    """Whether a short block is a letter's closing words."""
    size = block.end - block.start
    return 0 < size <= 8 and any(t.lower_ in words("closing_words") for t in doc[block.start : block.end])


def _salutation(doc: Doc, blocks: Sequence[_Block]) -> _Block | None:
    return next((b for b in blocks[:_LEAD] if doc[b.start].lower_ == "dear"), None)


def _greeted(doc: Doc, draft: Draft, blocks: Sequence[_Block]) -> Node | None:
    """Whom a letter addresses: "Dear Petra,"."""
    block = _salutation(doc, blocks)
    if block is None:
        return None
    near = _persons(draft, block.start, min(block.end, block.start + 6))
    return near[0].node if len(near) == 1 else None


def _credited(doc: Doc, draft: Draft, blocks: Sequence[_Block]) -> list[Node]:
    """The one in the byline or heading: "By Petra Oren", "Remarks by President Oren", "Oren delivered remarks"."""
    for block in blocks[:_LEAD]:
        if block.end - block.start > 60:
            break
        near = _persons(draft, block.start, block.end)
        if not near:
            continue
        if doc[block.start].lower_ == "by" and block.end - block.start <= 12:
            return [f.node for f in near]
        heads = {f.head: f for f in near}
        for token in doc[block.start : block.end]:
            if token.lemma_.lower() not in words("speech_nouns"):
                continue
            by = [c for c in token.children if c.dep_.startswith("nmod") and _case(c) in {"by", "of"}]
            verb = token.head
            if token.dep_ == "obj" and verb.lemma_.lower() in {"deliver", "give", "make"}:
                by += [c for c in verb.children if c.dep_ == "nsubj"]
            by += [c for c in token.children if c.dep_ == "nmod:poss"]
            nodes = [n for c in by for n in _named_by(c, heads)]
            if nodes:
                return nodes
    return []
