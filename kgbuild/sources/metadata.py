"""What surrounds the body of a news text: headline, deck, date, dateline and site leftovers, by rules over its
paragraphs."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from kgbuild.records import Dateline, Paragraph, Span
from kgbuild.sources.dateline import find_dateline
from kgbuild.sources.dates import find_date, is_date_line
from kgbuild.sources.leftovers import is_byline, is_kicker, is_leftover
from kgbuild.sources.words import words

__all__ = ["Layout", "analyse", "same_title", "split_paragraphs"]

_FRONT = 12  # paragraphs in which a headline is looked for
_DECKS = 3  # more unpunctuated lines than this are a list, not decks
_HEADLINE_WORDS, _DECK_WORDS, _DOTTED_WORDS, _PHRASE_WORDS = 30, 40, 20, 14
_DATELINES = 4  # body paragraphs in which an unmistakable dateline is looked for (a photo's caption may come first)
_WRAP_WIDTH = range(40, 121)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Za-z]\.){2,}|\b(?:Inc|Ltd|Corp|Co|Jr|Sr|St|Gov|Sen|Rep|Gen|Dr|Mr|Mrs|Ms|No|vs|etc)\.)$"
)
_SENTENCE_WORDS = words(
    """
    the a an is are was were has have had said says today yesterday his her their he she they it i we our my
    there this these
    """
)
_TITLE_SMALL = words(
    "a an and as at but by for from if in into is it its of off on or over per so than the to up via vs with"
)
_CLOSING = "\"”’')]* "
_SPEAKER = re.compile(r"[A-Z][A-Z.' -]{1,40}:\s")


@dataclass(frozen=True, slots=True)
class Layout:
    """Paragraphs in text order that do not overlap, and what they say about the article as a whole (ISO day for
    `published`)."""

    paragraphs: tuple[Paragraph, ...]
    headline: str | None
    published: str | None
    dateline: Dateline | None


def analyse(text: str, title: str | None = None, published: str | None = None) -> Layout:
    """Roles of the paragraphs of an NFC text with LF line ends. `title` and `published` come from outside it and are
    trusted.

    >>> layout = analyse("logo\\n\\nTroops leave border town\\n\\n3 May 2021\\n\\nThe troops left on Monday, she said.")
    >>> [p.role for p in layout.paragraphs], layout.published
    (['aside', 'headline', 'date', 'body'], '2021-05-03')
    """
    spans = split_paragraphs(text)
    lines = [
        " ".join(text[s.begin : s.end].split()) if s.end - s.begin < 2000 else text[s.begin : s.begin + 2000]
        for s in spans
    ]
    roles = [_lone_role(line) for line in lines]
    top = _titled(lines, title) if title else _headline(lines, roles)
    decks: list[int] = []
    if top is not None:
        roles[top] = "headline"
        for i in range(top):  # whatever stands above the headline and is this short is not the story
            if roles[i] == "body" and (is_kicker(lines[i]) or len(lines[i].split()) <= 4):
                roles[i] = "aside"
        decks = _decks(lines, roles, top + 1, dotted=_ends_sentence(lines[top]) or lines[top].endswith(";"))
    elif title:
        decks = _decks(lines, roles, 0, dotted=False)
    for i in decks:
        roles[i] = "deck"
    front = _front(roles)
    published = published or _published(lines, roles, front)
    dateline = _dateline(text, spans, lines, roles, published)
    if published is None and dateline is not None:
        published = dateline.date
    headline = lines[top] if top is not None else title
    paragraphs = tuple(Paragraph(s.begin, s.end, role) for s, role in zip(spans, roles, strict=True))
    return Layout(paragraphs, headline, published, dateline)


def split_paragraphs(text: str) -> list[Span]:
    """Spans of the paragraphs, without the white space around them, in order.

    A line is a paragraph, but lines that were broken to fit a width (the next word would not have fitted) are joined
    again.
    """
    blocks: list[list[Span]] = [[]]
    begin = 0
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            start = begin + len(raw) - len(raw.lstrip())
            blocks[-1].append(Span(start, start + len(stripped)))
        elif blocks[-1]:
            blocks.append([])
        begin += len(raw) + 1
    width = _wrap_width(text, blocks)
    out: list[Span] = []
    for block in blocks:
        for i, line in enumerate(block):
            if i and width is not None and _broken(text, block[i - 1], line, width):
                out[-1] = Span(out[-1].begin, line.end)
            else:
                out.append(line)
    return out


def same_title(line: str, title: str) -> bool:
    """Whether a paragraph is the title: equal but for case, quotes, spaces and dashes, or with a site's name after one
    of them."""
    a, b = _plain(line), _plain(title)
    if not a or not b:
        return False
    shorter, longer = sorted((a, b), key=len)
    return a == b or (
        longer.startswith(shorter + " ") and len(shorter.split()) >= 4 and len(shorter) >= 0.6 * len(longer)
    )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def _wrap_width(text: str, blocks: Sequence[Sequence[Span]]) -> int | None:
    """The width that the text's lines were broken to, or None when a line is a paragraph."""
    joints = [(a, b) for block in blocks for a, b in itertools.pairwise(block)]
    if not joints or (len(joints) < 3 and not all(text[b.begin].islower() for _, b in joints)):
        return None
    width = max(s.end - s.begin for joint in joints for s in joint)
    if width not in _WRAP_WIDTH:
        return None
    broken = sum(_broken(text, a, b, width) for a, b in joints)
    mid_sentence = sum(text[a.end - 1] not in ".!?\"”'’:" for a, _ in joints)
    return width if broken >= 0.8 * len(joints) and mid_sentence >= 0.5 * len(joints) else None


def _broken(text: str, line: Span, following: Span, width: int) -> bool:
    """Whether the first word of the next line would not have fitted on this one (a tenth of the width is forgiven)."""
    word = re.match(r"\S+", text[following.begin : min(following.end, following.begin + width)])
    return line.end - line.begin + 1 + (len(word[0]) if word else 0) > 0.9 * width


def _lone_role(line: str) -> str:
    if is_date_line(line):
        return "date"
    return "aside" if is_leftover(line) or is_byline(line) else "body"


def _titled(lines: Sequence[str], title: str) -> int | None:
    return next((i for i, line in enumerate(lines[:_FRONT]) if same_title(line, title)), None)


def _headline(lines: Sequence[str], roles: Sequence[str]) -> int | None:
    """Index of the first paragraph that could be a headline and has a body after it, past leftovers and short
    kickers."""
    candidates = [i for i in range(min(len(lines), _FRONT)) if roles[i] == "body"]
    for position, i in enumerate(candidates):
        if not _has_body(lines, roles, i):
            return None
        following = candidates[position + 1] if position + 1 < len(candidates) else None
        if is_kicker(lines[i]) and following is not None and _headlike(lines[following], _HEADLINE_WORDS):
            continue
        if _headlike(lines[i], _HEADLINE_WORDS) or _dotted_headline(lines[i]) or _opens_dateline(lines, i, following):
            return i
        return None
    return None


def _opens_dateline(lines: Sequence[str], i: int, following: int | None) -> bool:
    """Whether a single short sentence stands right before the dateline: then it is the headline whatever its form."""
    if following is None or len(lines[i].split()) > _DOTTED_WORDS or _two_sentences(lines[i]) or _dated(lines[i]):
        return False
    return _dated(lines[following])


def _dated(line: str) -> bool:
    return find_dateline(line, 0, len(line), None, False, False) is not None


def _has_body(lines: Sequence[str], roles: Sequence[str], i: int) -> bool:
    return any(
        roles[j] == "body" and (_ends_sentence(lines[j]) or len(lines[j].split()) > _DECK_WORDS)
        for j in range(i + 1, len(lines))
    )


def _decks(lines: Sequence[str], roles: Sequence[str], begin: int, dotted: bool) -> list[int]:
    decks: list[int] = []
    half = begin > 0 and lines[begin - 1].endswith(
        ";"
    )  # "First half; / second half." as archives print headline and deck
    for i in range(begin, min(len(lines), begin + _FRONT)):
        if roles[i] != "body":
            continue
        wordy = len(lines[i].split()) >= 4
        if not _has_body(lines, roles, i) or not wordy:
            break
        sentence = _short_phrase(lines[i]) or (half and not decks and len(lines[i].split()) <= _DOTTED_WORDS)
        if not (_headlike(lines[i], _DECK_WORDS) or (dotted and sentence and not _two_sentences(lines[i]))):
            break
        decks.append(i)
    return decks if len(decks) <= _DECKS else []


def _headlike(line: str, most: int) -> bool:
    """A line that reads like a headline: short, one sentence at most, no full stop, no dateline."""
    tokens = line.split()
    if not 2 <= len(tokens) <= most or len(line) > 8 * most or not any(c.isalpha() for c in line):
        return False
    if line.endswith((":", ";", ",")) and not line.endswith(";"):
        return False
    if _ends_sentence(line) and not line.endswith(("?", "!")):
        return False
    return not _two_sentences(line) and not _dated(line)


def _dotted_headline(line: str) -> bool:
    """A headline that some archives close with a full stop: Title Case, or short and without a sentence's small
    words."""
    tokens = re.findall(r"[^\W\d_][\w'’-]*", line)
    if not line.rstrip(_CLOSING).endswith(".") or not 3 <= len(tokens) <= _DOTTED_WORDS or _two_sentences(line):
        return False
    if line[0] in '"“' or find_dateline(line, 0, len(line), None, False, False) is not None:
        return False
    small = [w for w in tokens if w[0].islower()]
    if len(tokens) - len(small) >= 3 and all(w in _TITLE_SMALL for w in small):
        return True
    return _short_phrase(line)


def _short_phrase(line: str) -> bool:
    """A line without the small words that a sentence of the story would have."""
    tokens = re.findall(r"[^\W\d_][\w'’-]*", line)
    return (
        len(tokens) <= _PHRASE_WORDS and line[0] not in '"“' and not any(w.lower() in _SENTENCE_WORDS for w in tokens)
    )


def _ends_sentence(line: str) -> bool:
    bare = line.rstrip(_CLOSING)
    return bare.endswith((".", "!", "?", "…")) and not _ABBREVIATION.search(bare)


def _two_sentences(line: str) -> bool:
    return bool(re.search(r"[a-z\d]{3,}[.!?][\"”’']?\s+[\"“‘']?[A-Z]", line))


def _front(roles: Sequence[str]) -> int:
    """Index of the first body paragraph."""
    return next((i for i, role in enumerate(roles) if role == "body"), len(roles))


def _published(lines: Sequence[str], roles: Sequence[str], front: int) -> str | None:
    """The day of the first date line or dated byline before the body, else of a date line at the very end or labelled
    as published."""
    updated = None
    for i, line in enumerate(lines):
        if roles[i] not in ("date", "aside"):
            continue
        labelled = (
            re.match(r"\W*(?:first |originally )?(?:published|posted|issued|released?|publication)", line, re.I)
            is not None
        )
        if i < front or labelled or (roles[i] == "date" and i >= len(lines) - 2):
            found = find_date(line)
            if found and re.match(r"\W*(?:last )?(?:updated?|modified)", line, re.I) and "publish" not in line.lower():
                updated = updated or found
            elif found:
                return found
    return updated


def _dateline(
    text: str, spans: Sequence[Span], lines: Sequence[str], roles: Sequence[str], published: str | None
) -> Dateline | None:
    speakers = sum(bool(_SPEAKER.match(line)) for line in lines) > 1
    body = [i for i, role in enumerate(roles) if role == "body" and len(lines[i].split()) >= 4]
    for position, i in enumerate(body[:_DATELINES]):
        found = find_dateline(text, spans[i].begin, spans[i].end, published, position == 0, speakers)
        if found is not None:
            return found
    return None
