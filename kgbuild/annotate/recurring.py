"""Names that neither model nor base knows but the article repeats: works, laws, programmes, peoples' own words ("the Compact")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from spacy.tokens import Doc, Token

from kgbuild.annotate.spans import is_capital, is_shouted, is_title_case
from kgbuild.annotate.words import words
from kgbuild.knowledge import Titles
from kgbuild.layers import is_masked

__all__ = ["recurring_names"]

_OFTEN = 2
"""Times that words must stand with capitals to be a name for that alone."""
_LONGEST = 6


def recurring_names(doc: Doc, titles: Titles, taken: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First and last token of every run of capitalised words that recurs, where its capitals are nobody's but its own.

    At a sentence's start, in a headline or a line of capitals a capital says nothing: one of the occurrences must stand elsewhere, of
    a single word two, and the words must not be in the article in small letters as well. Titles, days and what labels parts of a
    text ("Figure 2") name nothing here.
    """
    loud = _loud(doc)
    runs: dict[str, list[tuple[int, int]]] = {}
    plain: Counter[str] = Counter()
    for start, end in _runs(doc, taken):
        surface = " ".join(t.text for t in doc[start:end])
        runs.setdefault(surface, []).append((start, end))
        if not loud[start] and not doc[start].is_sent_start and not _opens(doc, start):
            plain[surface] += 1
    small = {t.lower_ for t in doc if t.is_lower}
    for surface, spans in runs.items():
        start, end = spans[0]
        several = end - start > 1
        if len(spans) < _OFTEN or plain[surface] < (1 if several else _OFTEN):
            continue
        if titles.get(surface) is not None or not _tells(doc, start, end, small):
            continue
        yield from spans


def _runs(doc: Doc, taken: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Stretches of capitalised nouns nobody has claimed, with "of" between and a number behind; none that touch a claimed name."""
    i, n = 0, len(doc)
    while i < n:
        if taken[i] or not _may_name(doc[i]):
            i += 1
            continue
        j = i + 1
        while j < n and not taken[j] and not doc[j].is_sent_start:
            if _may_name(doc[j]) or (doc[j].pos_ == "NUM" and doc[j].is_digit):
                j += 1
            elif (
                doc[j].lower_ == "of"
                and j + 1 < n
                and not taken[j + 1]
                and _may_name(doc[j + 1])
                and not doc[j + 1].is_sent_start
            ):
                j += 2
            else:
                break
        touched = (i > 0 and taken[i - 1] and is_capital(doc[i - 1]) and not doc[i].is_sent_start) or (
            j < n and taken[j] and is_capital(doc[j]) and not doc[j].is_sent_start
        )
        if not touched and j - i <= _LONGEST and doc[j - 1].pos_ in {"PROPN", "NOUN", "NUM"}:
            yield i, j
        i = j


def _may_name(token: Token) -> bool:
    return (
        is_capital(token)
        and token.pos_ in {"PROPN", "NOUN", "ADJ"}
        and token.is_alpha
        and not is_masked(token)
        and len(token) > 1
    )


def _opens(doc: Doc, i: int) -> bool:
    """Whether a token is the first word of a line, a quotation or what follows a colon."""
    before = doc[i - 1] if i else None
    return before is None or before.is_space or before.text in {":", '"', "“", "‘", "'", "(", "•", "-", "–", "—", "*"}


def _tells(doc: Doc, start: int, end: int, small: set[str]) -> bool:
    """Whether capitals make a name of these words: not all of them are in use in small letters, none tells a time or a part of the text."""
    content = [t for t in doc[start:end] if t.is_alpha and t.lower_ != "of"]
    lower = [t.lower_ for t in content]
    if any(w in words("calendar") | words("text_parts") | words("peoples") for w in lower):
        return False
    if doc[end - 1].is_digit and len(content) == 1 and content[0].pos_ == "NOUN":
        return False
    return not all(w in small for w in lower) or len(lower) > 2


def _loud(doc: Doc) -> list[bool]:
    """For each token whether it stands where capitals say nothing: a headline in title case, a line of capitals."""
    loud = [False] * len(doc)
    for sentence in doc.sents:
        title_case = is_title_case(sentence)
        for token in sentence:
            loud[token.i] = title_case or is_shouted(token)
    return loud
