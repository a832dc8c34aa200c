"""Read the corpora of names into sentences with character spans of one label set.

Labels: PERSON, ORG, LOC (countries, cities, regions, buildings), NORP (nationalities and their adjectives), MISC (named
events, works, awards, agreements). UNKNOWN marks tokens whose label a corpus leaves open: training passes over them.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .conllu import Sentence, Word, read
from .lists import words
from .syntax_corpus import gum_documents

UNKNOWN = "UNKNOWN"
Span = tuple[int, int, str]
Tokens = list[str]

CROSSNER = {
    **dict.fromkeys(["person", "politician", "writer", "musicalartist", "scientist", "researcher"], "PERSON"),
    **dict.fromkeys(["organisation", "politicalparty", "university", "band", "magazine"], "ORG"),
    **dict.fromkeys(["country", "location"], "LOC"),
    **dict.fromkeys(
        ["election", "event", "award", "album", "book", "song", "poem", "conference", "misc", "academicjournal"], "MISC"
    ),
}
WIKIGOLD = {"PER": "PERSON", "ORG": "ORG", "LOC": "LOC", "MISC": "MISC"}
REDOCRED = {"PER": "PERSON", "ORG": "ORG", "LOC": "LOC", "MISC": "MISC"}
GUM = {"person": "PERSON", "organization": "ORG", "place": "LOC", "event": "MISC", "object": "MISC", "abstract": "MISC"}
TITLES = frozenset(words("titles"))
# Peoples and faiths that a list of countries' demonyms lacks.
PEOPLES = words("peoples")


@dataclass(frozen=True)
class Piece:
    """A sentence: its tokens with the space after each, and its names as token ranges."""

    tokens: tuple[str, ...]
    spaces: tuple[bool, ...]
    spans: tuple[Span, ...]
    corpus: str
    new_paragraph: bool = False


def demonyms(kb: Path) -> frozenset[str]:
    """Single-word demonyms with their plurals, as the entity base's list has them, and other peoples."""
    with (kb / "demonyms.tsv").open(encoding="utf-8") as lines:
        words = {row["demonym"].strip() for row in csv.DictReader(lines, delimiter="\t")}
    words = {w for w in words if re.fullmatch(r"[A-Z][\w']+(?:-[A-Z]\w+)?", w) and not w.endswith("Island")} | set(
        PEOPLES
    )
    plurals = {w + "s" for w in words if not w.endswith(("ese", "sh", "ch", "s", "z", "x"))}
    return frozenset(words | plurals) - {"Bonaire", "Orthodox", "Djibouti", "Roma", "Vatican"}


NO_SPACE_BEFORE = frozenset(words("no_space_before"))
NO_SPACE_AFTER = frozenset(words("no_space_after"))


def detokenize(tokens: Tokens) -> list[bool]:
    """Whether a space follows each token in ordinary spelling; quotation marks open and close in turn."""
    after = [True] * len(tokens)
    opened: dict[str, bool] = {}
    for i, token in enumerate(tokens):
        if token in NO_SPACE_BEFORE and i:
            after[i - 1] = False
        if token in NO_SPACE_AFTER:
            after[i] = False
        inner = 0 < i < len(tokens) - 1 and tokens[i - 1][-1].isalnum() and tokens[i + 1][0].isalnum()
        digits = inner and tokens[i - 1][-1].isdigit() and tokens[i + 1][0].isdigit()
        if inner and (token in ("-", "/") or (token == "–" and digits)):
            after[i - 1] = after[i] = False
        if token == "'" and i and tokens[i - 1][-1:] in "sz" and not opened.get("'"):
            after[i - 1] = False
        elif token in ('"', "'", "``", "''", "“", "”"):
            opening = token in ("``", "“") or (token in ('"', "'") and not opened.get(token))
            opened[token] = opening
            if opening:
                after[i] = False
            elif i:
                after[i - 1] = False
    if tokens:
        after[-1] = True
    return after


def piece(
    tokens: Tokens, spans: Iterable[Span], corpus: str, *, raw: bool = False, new_paragraph: bool = False
) -> Piece:
    """A sentence from a tokenized corpus, in ordinary spelling, or with a space between all tokens when `raw`."""
    tokens = [{"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")"}.get(t, t) for t in tokens]
    spaces = [True] * len(tokens) if raw else detokenize(tokens)
    return Piece(tuple(tokens), tuple(spaces), tuple(sorted(_trim(tokens, s) for s in spans)), corpus, new_paragraph)


def _trim(tokens: Tokens, span: Span) -> Span:
    """The span without a leading small "the", which the corpora disagree on."""
    begin, end, kind = span
    return (begin + 1, end, kind) if tokens[begin] == "the" and end - begin > 1 else span


def bio(rows: list[tuple[str, str]], fold: dict[str, str]) -> tuple[Tokens, list[Span]]:
    """Tokens and folded spans of BIO rows; a type without a place in `fold` is UNKNOWN."""
    tokens: Tokens = []
    spans: list[Span] = []
    open_type = ""
    for i, (token, tag) in enumerate(rows):
        tokens.append(token)
        prefix, _, kind = tag.partition("-")
        if prefix == "I" and kind == open_type and spans and spans[-1][1] == i:
            spans[-1] = (spans[-1][0], i + 1, spans[-1][2])
        elif prefix in ("B", "I"):
            spans.append((i, i + 1, fold.get(kind, UNKNOWN)))
        open_type = kind if prefix in ("B", "I") else ""
    return tokens, spans


def column_files(paths: Iterable[Path], fold: dict[str, str], corpus: str) -> Iterator[Piece]:
    """Sentences of column files: the token before the tag, an empty line between sentences."""
    for path in paths:
        rows: list[tuple[str, str]] = []
        for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
            if not line.strip():
                if rows:
                    tokens, spans = bio(rows, fold)
                    # A small-letter term ("n-gram", "jazz") is no name, whatever type it has.
                    spans = [s for s in spans if any(t[:1].isupper() or t[:1].isdigit() for t in tokens[s[0] : s[1]])]
                    yield piece(tokens, spans, corpus)
                rows = []
            elif not line.startswith("# ") or "\t" in line:
                parts = line.split("\t") if "\t" in line else line.split(" ")
                rows.append((parts[-2], parts[-1]))


def crossner(folder: Path, *, with_politics_dev: bool) -> Iterator[Piece]:
    """CrossNER's training and development parts; politics dev only when it is not kept for measuring."""
    root = folder / "ner_data"
    paths = [p for p in sorted(root.glob("*/*.txt")) if p.stem in ("train", "dev") and p.parent.name != "conll2003"]
    yield from column_files(
        [p for p in paths if with_politics_dev or (p.parent.name, p.stem) != ("politics", "dev")], CROSSNER, "crossner"
    )


def wikigold(folder: Path) -> Iterator[Piece]:
    """WikiGold's sentences."""
    yield from column_files([folder / "data" / "wikigold" / "en" / "test.conllu"], WIKIGOLD, "wikigold")


def redocred(folder: Path) -> Iterator[Piece]:
    """Re-DocRED's documents, sentence by sentence; times and numbers are left out."""
    for name in ("dev_revised.json", "test_revised.json"):
        for document in json.loads((folder / "data" / name).read_text(encoding="utf-8")):
            found: list[set[Span]] = [set() for _ in document["sents"]]
            for entity in document["vertexSet"]:
                for mention in entity:
                    if mention["type"] in REDOCRED:
                        found[mention["sent_id"]].add((mention["pos"][0], mention["pos"][1], REDOCRED[mention["type"]]))
            for number, (tokens, spans) in enumerate(zip(document["sents"], found, strict=True)):
                kept = without_overlaps(spans)
                yield piece(*without_blanks(tokens, kept), "redocred", new_paragraph=number == 0)


def without_blanks(tokens: Tokens, spans: list[Span]) -> tuple[Tokens, list[Span]]:
    """Tokens without white-space ones, spans moved along."""
    position = [0]
    for token in tokens:
        position.append(position[-1] + bool(token.strip()))
    return [t for t in tokens if t.strip()], [
        (position[b], position[e], k) for b, e, k in spans if position[b] < position[e]
    ]


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """The longest of overlapping spans, the first of equally long ones."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s[0] - s[1], s)):
        if all(span[1] <= k[0] or k[1] <= span[0] for k in kept):
            kept.append(span)
    return sorted(kept)


ENTITY_PART = re.compile(r"\([^()]*(?:\([^()]*\)[^()]*)*?\)|\([^()]*|\w+\)")


@dataclass(frozen=True)
class Mention:
    """A mention in GUM: words, entity type, offsets of its head words in it, and whether Wikipedia is linked."""

    start: int
    end: int
    kind: str
    heads: tuple[int, ...]
    linked: bool


def _mention(opening: str, start: int, end: int) -> Mention:
    """From the opening bracket: entity, type, status, salience, centring, minimal span, link type, identity."""
    fields = opening.lstrip("(").rstrip(")").split("-", 7)
    offsets = tuple(int(h) - 1 for h in (fields[5] if len(fields) > 5 else "1").split(",") if h.isdigit())
    return Mention(start, end, fields[1], offsets or (0,), len(fields) > 7)


def entity_mentions(sentence: Sentence) -> list[Mention]:
    """Mentions of a sentence in the order in which they close."""
    opened: list[tuple[str, int]] = []
    mentions: list[Mention] = []
    for i, word in enumerate(sentence.words):
        value = next((f[7:] for f in word.misc.split("|") if f.startswith("Entity=")), "")
        for part in ENTITY_PART.findall(value):
            if part.startswith("(") and part.endswith(")"):
                mentions.append(_mention(part, i, i + 1))
            elif part.startswith("("):
                opened.append((part, i))
            else:
                number = part[:-1]
                at = next(
                    (k for k in range(len(opened) - 1, -1, -1) if opened[k][0][1:].split("-", 1)[0] == number), None
                )
                if at is not None:
                    opening, start = opened.pop(at)
                    mentions.append(_mention(opening, start, i + 1))
    return mentions


JOINERS = frozenset(words("joiners"))


DATES = frozenset(words("dates"))


def proper_noun(word: Word) -> bool:
    """By the Penn tag: UD gives "United" in "United States" the part of speech VERB, its Penn tag stays NNP."""
    return word.xpos in ("NNP", "NNPS")


def _name_word(words: tuple[Word, ...], i: int, kind: str, peoples: frozenset[str]) -> bool:
    """Whether word i can begin a longer name: a proper noun, or, but for people, a capitalised adjective or noun."""
    word = words[i]
    if word.deprel not in ("flat", "compound", "amod") or not word.form[:1].isupper():
        return False
    if proper_noun(word):
        return True
    return (
        kind != "person"
        and i > 0
        and word.upos in ("ADJ", "NOUN")
        and (kind == "organization" or word.form not in peoples)
    )


def named_span(sentence: Sentence, mention: Mention, peoples: frozenset[str]) -> tuple[int, int] | None:
    """The proper name of a mention, without titles: its head words and those joined to them; None for a common noun."""
    words, start, end, kind = sentence.words, mention.start, mention.end, mention.kind
    inside = {start + h for h in mention.heads if start + h < end}
    proper = [i for i in sorted(inside) if proper_noun(words[i])]
    if not proper or sum(proper_noun(words[i]) or words[i].form.lower() in JOINERS for i in inside) * 2 < len(inside):
        return None
    first = last = proper[0]
    while first > start and _name_word(words, first - 1, kind, peoples):
        first -= 1
    i = last + 1
    while i < end:
        if proper_noun(words[i]) or (i in inside and words[i].form[:1].isupper()):
            last = i
        elif not (words[i].form.lower() in JOINERS and i in inside and (kind != "person" or words[i].form != "and")):
            break
        i += 1
    while first <= last and words[first].form.lower() in TITLES:
        first += 1
    return (first, last + 1) if first <= last else None


def gum(folder: Path, part: str, peoples: frozenset[str]) -> Iterator[Piece]:
    """GUM's named mentions of people, organisations, places, events and works, in the open genres."""
    for document in gum_documents(folder, part):
        for sentence in document.sentences:
            spans: list[Span] = []
            for mention in entity_mentions(sentence):
                name = named_span(sentence, mention, peoples) if mention.kind in GUM else None
                if name:
                    # Works, things and ideas count as named only when linked: "Scalia" for his opinion is left open.
                    sure = mention.linked or mention.kind in ("person", "organization", "place")
                    spans.append((*name, GUM[mention.kind] if sure else UNKNOWN))
            words = tuple(w.form for w in sentence.words)
            after = tuple(w.space_after for w in sentence.words)
            yield Piece(words, after, tuple(without_overlaps(spans)), "gum", sentence.new_paragraph)


def ewt_proper_names(path: Path, known: dict[str, str]) -> Iterator[Piece]:
    """EWT sentences labelled by a list of known names: other proper nouns are UNKNOWN, other words outside names.

    Gold part-of-speech tags make both halves dependable: no name is looked for among common words.
    """
    for document in read(path):
        for sentence in document.sentences:
            words = sentence.words
            spans: list[Span] = []
            i = 0
            while i < len(words):
                if not proper_noun(words[i]) or words[i].form.lower() in DATES:
                    i += 1
                    continue
                j = i
                while j < len(words) and proper_noun(words[j]):
                    j += 1
                text = " ".join(w.form for w in words[i:j])
                spans.append((i, j, known.get(text, UNKNOWN)))
                i = j
            if spans:
                yield Piece(
                    tuple(w.form for w in words),
                    tuple(w.space_after for w in words),
                    tuple(spans),
                    "ewt",
                    sentence.new_paragraph,
                )


def with_demonyms(item: Piece, words: frozenset[str]) -> Piece:
    """Demonyms as NORP, whatever the corpus says of them, unless they are part of a longer name."""
    spans = [(b, e, "NORP" if e - b == 1 and item.tokens[b] in words else kind) for b, e, kind in item.spans]
    covered = {i for b, e, _ in spans for i in range(b, e)}
    spans += [(i, i + 1, "NORP") for i, token in enumerate(item.tokens) if i not in covered and token in words]
    return Piece(item.tokens, item.spaces, tuple(sorted(spans)), item.corpus, item.new_paragraph)
