"""Shape treebank text like news: paragraph breaks, headlines, datelines, bylines, curly quotation marks.

All choices come from the `random.Random` handed in, so that a seed fixes the corpus.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from .conllu import Sentence, Word
from .lists import words

# Common function words of titles; every other word of a title-case headline is capitalised.
SMALL_WORDS = frozenset(words("small_words"))
OPENING, CLOSING = frozenset({"``", "-LRB-"}), frozenset({"''", "-RRB-"})
CITIES = words("cities")
REGIONS = words("regions")
MONTHS = words("months")
AGENCIES = words("agencies")
GIVEN = words("given_names")
FAMILY = words("family_names")


@dataclass(frozen=True)
class Block:
    """A sentence and the white space that follows it in the text ("" or " " or newlines)."""

    sentence: Sentence
    after: str


def _name(form: str, head: int, deprel: str, space: bool = True, number: str = "Sing") -> Word:
    return Word(form, form, "PROPN", "NNP", f"Number={number}", head, deprel, space)


def _mark(form: str, head: int, space: bool = True) -> Word:
    xpos = {"(": "-LRB-", ")": "-RRB-", "-": ":", "–": ":", "—": ":", "--": ":"}.get(form, form)
    return Word(form, form, "PUNCT", xpos, "_", head, "punct", space)


def dateline(rng: random.Random) -> Sentence:
    """A dateline as a sentence of its own: "KYIV, Ukraine, March 3 (Reuters) -" and its like.

    The place is the root, so that the reporting clause after the mark is a whole sentence of its own.
    """
    parts = rng.choice(CITIES).split()
    if rng.random() < 0.3:
        parts = [p.capitalize() for p in parts]
    words = [_name(p, 0, "root") if i == 0 else _name(p, 1, "flat") for i, p in enumerate(parts)]

    def comma() -> None:
        words[-1] = replace(words[-1], space_after=False)
        words.append(_mark(",", 1))

    if rng.random() < 0.2:
        comma()
        words.append(_name(rng.choice(REGIONS), 1, "appos"))
    if rng.random() < 0.6:
        comma()
        words.append(_name(rng.choice(MONTHS), 1, "nmod:unmarked"))
        day = str(rng.randint(1, 31))
        words.append(Word(day, day, "NUM", "CD", "_", len(words), "nummod", True))
    if rng.random() < 0.75 or len(words) == len(parts):
        agency = rng.choice(AGENCIES).split()
        first = len(words) + 2
        words.append(_mark("(", first, space=False))
        words.extend(_name(a, 1 if i == 0 else first, "parataxis" if i == 0 else "flat") for i, a in enumerate(agency))
        words[-1] = replace(words[-1], space_after=False)
        words.append(_mark(")", first))
    end = rng.choice((":", "-", "–", "—", "--", "—"))
    if end == ":":
        words[-1] = replace(words[-1], space_after=False)
    words.append(_mark(end, 1, space=end != "—" or rng.random() < 0.6))
    return Sentence(tuple(words), True)


def byline(rng: random.Random) -> Sentence:
    """A byline as a sentence of its own: "By Maria Novak"."""
    by = Word("By", "by", "ADP", "IN", "_", 2, "case", True)
    return Sentence((by, _name(rng.choice(GIVEN), 0, "root"), _name(rng.choice(FAMILY), 2, "flat")), True)


def headline(sentence: Sentence, rng: random.Random) -> Sentence:
    """The sentence without its closing full stop, at times in title case or capitals; unchanged if it has none."""
    words = list(sentence.words)
    if len(words) < 4 or words[-1].form != "." or any(w.head == len(words) for w in words):
        return sentence
    words = words[:-1]
    style = rng.random()
    if style < 0.35:
        words = [
            replace(w, form=w.form[:1].upper() + w.form[1:])
            if w.form.lower() not in SMALL_WORDS and _free(words, i)
            else w
            for i, w in enumerate(words)
        ]
    elif style < 0.42:
        words = [replace(w, form=w.form.upper()) for w in words]
    words[-1] = replace(words[-1], space_after=True)
    return replace(sentence, words=tuple(words))


def _free(words: list[Word], i: int) -> bool:
    """Whether word i begins a token of the text (clitics such as "n't" keep their small letter)."""
    return i == 0 or words[i - 1].space_after or not words[i].form[0].isalpha() or words[i - 1].form in "-“\"'‘("


def _opens(words: tuple[Word, ...], i: int) -> bool:
    """Whether the quotation mark at i opens: by its tag, else by the white space around it."""
    if words[i].xpos == "``":
        return True
    if words[i].xpos == "''":
        return False
    return (i == 0 or words[i - 1].space_after or words[i - 1].form in "([") and not words[i].space_after


def curly(sentence: Sentence) -> Sentence:
    """Straight quotation marks and apostrophes as curly ones; marks already curly stay."""
    words = []
    for i, w in enumerate(sentence.words):
        form = w.form
        if form in ('"', "''", "``"):
            form = "“" if _opens(sentence.words, i) else "”"
        elif form == "'" and w.upos == "PUNCT":
            form = "‘" if _opens(sentence.words, i) else "’"
        else:
            form = form.replace("'", "’")
        words.append(replace(w, form=form) if form != w.form else w)
    return replace(sentence, words=tuple(words))


def _insert(words: tuple[Word, ...], at: int, word: Word) -> tuple[Word, ...]:
    """The words with one more before position `at` (0-based); heads past it move along."""
    moved = [replace(w, head=w.head + 1) if w.head > at else w for w in words]
    return (*moved[:at], word, *moved[at:])


def _root(words: tuple[Word, ...]) -> int:
    return next(i for i, w in enumerate(words, 1) if w.head == 0)


def quotable(sentence: Sentence) -> bool:
    """A sentence that ends in a full stop or its like and holds no quotation mark."""
    words = sentence.words
    return (
        len(words) > 3
        and words[-1].form in (".", "!", "?")
        and not any(w.form in ('"', "“", "”", "''", "``") for w in words)
    )


def quote(sentences: list[Sentence]) -> list[Sentence]:
    """The run of sentences in one pair of quotation marks: news quotations close after the full stop."""
    run = list(sentences)
    words = run[0].words
    run[0] = replace(
        run[0], words=_insert(words, 0, Word('"', '"', "PUNCT", "``", "_", _root(words) + 1, "punct", False))
    )
    words = run[-1].words
    closing = Word('"', '"', "PUNCT", "''", "_", _root(words), "punct", words[-1].space_after)
    run[-1] = replace(run[-1], words=(*words[:-1], replace(words[-1], space_after=False), closing))
    return run


def quote_some(sentences: list[Sentence], rng: random.Random) -> list[Sentence]:
    """One run of one or two sentences set in quotation marks, when there is one."""
    length = rng.choice((1, 1, 2))
    starts = [i for i in range(len(sentences) - length + 1) if all(quotable(s) for s in sentences[i : i + length])]
    if not starts:
        return sentences
    i = rng.choice(starts)
    return [*sentences[:i], *quote(sentences[i : i + length]), *sentences[i + length :]]


def shape(sentences: list[Sentence], rng: random.Random, *, news: float) -> list[Block]:
    """White space between the sentences of one training document; a share `news` of documents gets furniture."""
    blocks: list[Block] = []
    if rng.random() < 0.12:
        sentences = quote_some(sentences, rng)
    if rng.random() < 0.45:
        sentences = [curly(s) for s in sentences]
    breaks = "\n\n" if rng.random() < 0.7 else "\n"
    furnish = rng.random() < news
    if furnish:
        first = headline(sentences[0], rng)
        if first is not sentences[0]:
            blocks.append(Block(first, breaks))
            sentences = sentences[1:]
            if len(sentences) > 1 and rng.random() < 0.3:
                blocks.append(Block(headline(sentences[0], rng), breaks))
                sentences = sentences[1:]
        if rng.random() < 0.25:
            blocks.append(Block(byline(rng), breaks))
        if sentences and rng.random() < 0.6:
            line = dateline(rng)
            blocks.append(Block(line, " " if line.words[-1].space_after else ""))
    for i, sentence in enumerate(sentences):
        following = sentences[i + 1] if i + 1 < len(sentences) else None
        if following is None:
            after = ""
        elif following.new_paragraph or (furnish and rng.random() < 0.3):
            after = breaks
        else:
            after = " " if sentence.words[-1].space_after else ""
        blocks.append(Block(sentence, after))
    return blocks
