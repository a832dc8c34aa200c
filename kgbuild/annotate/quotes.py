"""Find what stands in quotation marks and who says it."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from kgbuild.annotate.phrases import sentence_numbers
from kgbuild.annotate.words import words

__all__ = ["quoted_tokens", "speakers"]

_OPEN = {"“": "”", "‘‘": "’’", "«": "»"}


def quoted_tokens(doc: Doc) -> list[bool]:
    """For each token whether it stands in quotation marks; an open quotation runs to the end of its paragraph at most."""
    inside = [False] * len(doc)
    start = -1
    closer = ""
    for token in doc:
        if token.text == '"' and token.i and doc[token.i - 1].text == '"' and not doc[token.i - 1].whitespace_:
            inside[token.i] = inside[token.i - 1]
            continue  # doubled marks, as tables of quoted text have them, count once
        if token.is_space and "\n" in token.text:
            if start >= 0:
                for i in range(start, token.i):
                    inside[i] = True
            start = -1
        elif start < 0 and (token.text in _OPEN or token.text in {'"', "``"}):
            start, closer = token.i, _OPEN.get(token.text, '"')
        elif start >= 0 and (token.text == closer or (closer == '"' and token.text in {'"', "''"})):
            for i in range(start, token.i + 1):
                inside[i] = True
            start = -1
    if start >= 0:
        for i in range(start, len(doc)):
            inside[i] = True
    return inside


def speakers(doc: Doc, quoted: list[bool]) -> dict[int, int]:
    """For each token in quotation marks the head token of the one who speaks, where the sentence (or the one before) says so.

    A quotation whose sentence names no speaker goes on with the last one, if it follows right after.
    """
    saying: dict[int, int] = {}
    numbers = sentence_numbers(doc)
    for number, sentence in enumerate(doc.sents):
        for verb in sentence:
            if quoted[verb.i] or verb.lemma_.lower() not in words("speech_verbs"):
                continue
            subject = next((c for c in verb.children if c.dep_ == "nsubj" and not quoted[c.i]), None)
            if subject is not None and subject.lower_ not in {"it", "that", "this", "who", "which"}:
                saying[number] = subject.i
                break
    out: dict[int, int] = {}
    last: int | None = None
    last_sentence = -9
    for first, end in _stretches(quoted):
        touched = range(numbers[first], numbers[end - 1] + 1)
        speaker = _subject_outside(doc, first, end)
        if speaker is None:
            speaker = next((saying[n] for n in reversed(touched) if n in saying), None)
        if speaker is None and last is not None and touched[0] - last_sentence <= 1:
            speaker = last
        if speaker is not None:
            out.update((i, speaker) for i in range(first, end))
            last, last_sentence = speaker, touched[-1]
    return out


def _subject_outside(doc: Doc, first: int, end: int) -> int | None:
    """Head of the subject whose predicate is quoted: they whose words 'officials "have not seen anything"' gives."""
    for token in doc[max(doc[first].sent.start, first - 8) : first]:
        if token.dep_.startswith("nsubj") and first <= token.head.i < end:
            return int(token.i)
    return None


def _stretches(flags: list[bool]) -> Iterable[tuple[int, int]]:
    """Begin and end of every run of true flags."""
    start = -1
    for i, flag in enumerate([*flags, False]):
        if flag and start < 0:
            start = i
        elif not flag and start >= 0:
            yield start, i
            start = -1
