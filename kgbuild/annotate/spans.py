"""Read spans of names off a Doc: repair what the model tags, part titles from names, tell capitals that mean something."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Span, Token

from kgbuild.annotate.words import is_given_name, words
from kgbuild.knowledge import Base, Candidate, Title, Titles
from kgbuild.layers import starts_of, text_of
from kgbuild.rules import load_rules

__all__ = [
    "JOINERS",
    "LABELS",
    "bloc_of",
    "institution",
    "is_capital",
    "is_shouted",
    "is_title_case",
    "model_spans",
    "name_head",
    "readings",
    "split_span",
    "surface_of",
    "title_before",
    "title_start",
    "with_of",
]

LABELS = {
    "PER": "PERSON",
    "PERSON": "PERSON",
    "ORG": "ORG",
    "LOC": "LOC",
    "GPE": "LOC",
    "FAC": "LOC",
    "MISC": "MISC",
    "EVENT": "MISC",
    "LAW": "MISC",
    "NORP": "NORP",
}
"""Labels a model may use, folded; other labels (dates, amounts) are not names."""

JOINERS = frozenset("of the and for de del la al el bin ibn von van der da dos di ' ’ - & .".split())
"""Lower-case words and marks that names may hold."""


def readings(base: Base, surface: str) -> tuple[Candidate, ...]:
    """What a surface may name, offices left out: "US President" is a title, not a name."""
    return tuple(c for c in base.candidates(surface) if c.type != "office")


def institution(base: Base, surface: str) -> bool:
    """Whether a surface is a palace or street that always stands for an institution ("Kremlin"), never a city."""
    metonym = base.metonym(surface)
    return metonym is not None and metonym.city is None


def surface_of(doc: Doc, start: int, end: int) -> str:
    """The text of tokens with line breaks and runs of blanks folded to one blank."""
    starts = starts_of(doc)
    return " ".join(text_of(doc)[starts[start] : starts[end] if end < len(starts) else None].split())


def bloc_of(token: Token) -> str:
    """The group of states a word such as "Western" or "the West" speaks of; "" for other words."""
    blocs = load_rules("language").get("blocs", {})
    found = blocs.get(token.text) if isinstance(blocs, dict) else None
    if not isinstance(found, str) or (token.dep_ == "compound" and token.pos_ == "PROPN"):
        return ""
    if token.tag_.startswith("NN") and token.dep_ != "amod":
        return found if token.i and token.nbor(-1).lower_ == "the" and not token.nbor(-1).is_sent_end else ""
    return found


def model_spans(doc: Doc, titles: Titles, base: Base) -> Iterator[tuple[int, int, str]]:
    """First and last token and folded label of every name the model tags, repaired."""
    for first, last, tag in _with_articles(doc):
        label = LABELS.get(tag)
        if label is None:
            continue
        for start, end in _unbroken(doc, first, last):
            yield from split_span(doc, start, end, label, titles, base)


_ARTICLES = frozenset({"al", "el", "an", "ar", "as", "ash", "at", "ad", "az"})
"""Arabic articles as they are written before a name, with a hyphen."""


def _with_articles(doc: Doc) -> list[tuple[int, int, str]]:
    """First and last token and label of the spans the model tags, "al-" and the name it belongs to in one."""
    spans: list[tuple[int, int, str]] = []
    for span in doc.ents:
        start, end, label = span.start, span.end, span.label_
        if start > 1 and _article(doc, start - 2):
            start -= 2
        if _article(doc, end - 1) and is_capital(doc[end + 1]):
            end += 2
        while spans and spans[-1][1] > start:  # "Abu Jandal al | - | Kuwaiti"; "al | - | Qaida"
            before = spans.pop()
            label = before[2] if before[1] - before[0] > 1 else label
            start, end = min(before[0], start), max(before[1], end)
        beside = spans and spans[-1][1:] == (start, "PERSON") and not doc[start].is_sent_start
        if beside and label == "PERSON" and _article(doc, start):  # "Mohammed | al-Sudani"
            start = spans.pop()[0]
        spans.append((start, end, label))
    return spans


def _article(doc: Doc, i: int) -> bool:
    """Whether a token is an article that a hyphen joins to the next word."""
    return (
        i + 2 < len(doc)
        and doc[i].lower_ in _ARTICLES
        and doc[i + 1].text in ("-", "‑", "–")
        and not doc[i].whitespace_
        and not doc[i + 1].whitespace_
        and not doc[i + 2].is_space
    )


def _unbroken(doc: Doc, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A name never crosses a line break or a sentence border, and a slash separates two."""
    first = start
    for i in range(start, end):
        if doc[i].is_space or doc[i].text in {"/", "|", ";", ":"} or (i > first and doc[i].is_sent_start):
            if i > first:
                yield first, i
            first = i if doc[i].is_sent_start and not doc[i].is_space else i + 1
    if end > first:
        yield first, end


def split_span(
    doc: Doc, start: int, end: int, label: str, titles: Titles, base: Base
) -> Iterator[tuple[int, int, str]]:
    """Trim a span and divide "US President Joe Biden" into the names at both sides of the title."""
    start, end = _trim(doc, start, end, label)
    if end <= start:
        return
    if not any(is_capital(t) for t in doc[start:end]):
        if label in {"PERSON", "LOC", "ORG"} and all(t.pos_ == "PROPN" for t in doc[start:end]):
            yield start, end, label  # text without capitals: the tagger agrees
        return
    surface = surface_of(doc, start, end)
    if all(t.lower_ in words("peoples") or t.text == "-" for t in doc[start:end]):
        return  # "Sunni Arab": tells groups apart, names none
    if end - start > 1 and titles.get(surface) is not None:
        return  # "Foreign Secretary" names nobody: a nominal
    titled = titles.split(surface)[0] if label == "PERSON" and end - start > 2 else None
    whole = titled is None or " " not in titled.name  # "Pope Francis", but "Secretary of State | Kerry"
    if whole and (any(c.kind != "surname" for c in readings(base, surface)) or institution(base, surface)):
        yield start, end, label
        return
    if label == "NORP":
        return  # demonyms are read on their own; other groups of people nobody knows are no bodies
    lead = doc[start]
    if (
        end - start > 2
        and label != "ORG"
        and (lead.lower_ in words("party_words") or base.demonym(lead.text) is not None)
        and is_given_name(doc[start + 1].text)
    ):
        yield from split_span(doc, start + 1, end, "PERSON", titles, base)  # "Democrat Ann Lee", "Syrian Ali Hassan"
        return
    for back in range(1, min(start, titles.longest) + 1):
        for last in range(min(end - 1, start + 3), start, -1):
            title = titles.get(surface_of(doc, start - back, last)) if doc[start - back].text[:1].isalnum() else None
            if (
                title is not None
                and title.before
                and not any(t.is_sent_start for t in doc[start - back + 1 : start + 1])
            ):
                yield from split_span(doc, last, end, "PERSON", titles, base)  # "Minister of | Defence Ann Lee"
                return
    for first in range(start, end - 1):
        for last in range(min(end - 1, first + titles.longest), first, -1):
            title = titles.get(surface_of(doc, first, last))
            if title is None or not title.before or (label == "ORG" and (first == start or _ends_body(doc, end))):
                continue
            if first > start and label == "PERSON" and last - first == 1 and not _may_lead(doc, start, first, base):
                continue  # "Ann [King] Lee"
            if first > start:
                # "Ohio Democratic | Party Chairman": the body's noun belongs to its name
                left = first + (doc[first].lower_ in words("body_nouns") and last - first > 1)
                yield from split_span(doc, start, left, "UNKNOWN" if label == "PERSON" else label, titles, base)
            yield from split_span(doc, last, end, "PERSON", titles, base)
            return
    if (
        end - start == 1
        and titles.get(doc[start].text) is not None
        and not any(c.kind != "surname" for c in base.candidates(doc[start].text))
    ):
        return  # "Sen." is nobody called Sen
    if _is_time(doc, start, end) or all(
        t.lower_ in words("peoples") or t.text == "-" or base.demonym(t.text) is not None for t in doc[start:end]
    ):
        return
    if end - start == 1:
        token = doc[start]
        known = any(c.kind != "surname" for c in readings(base, token.text)) or is_given_name(token.text)
        allowed = {"PROPN", "X"} if token.is_sent_start and not known else {"PROPN", "NOUN", "ADJ", "X", "NUM"}
        if token.pos_ == "ADJ" and token.dep_ == "amod" and (not known or (token.is_sent_start and label == "PERSON")):
            return
        if bloc_of(token) or (token.pos_ not in allowed and not token.text.isupper()):
            return
    yield start, end, label


_CUTS = frozenset({"VERB", "AUX", "ADP", "SCONJ", "PRON", "ADV"})
"""What a name in small letters does not hold; a body's may hold prepositions ("Christian Social Union in Bavaria")."""
_CUTS_BODY = _CUTS - {"ADP"}
_LEADS = frozenset({"the", "a", "an", "'s", "’s", "its", "their"})


def _ends_body(doc: Doc, end: int) -> bool:
    """ "Governors Association", "Animal Justice Party": the title word is a part of a body's name."""
    return doc[end - 1].lower_ in words("body_nouns")


def _may_lead(doc: Doc, start: int, end: int, base: Base) -> bool:
    """Whether words in front of a title can be whose title it is: a state, a body, a party, an acronym, a small word."""
    surface = surface_of(doc, start, end)
    return (
        end - start > 1
        or not doc[start].is_title
        or base.demonym(surface) is not None
        or doc[start].lower_ in words("party_words") | words("body_nouns")
        or any(c.kind != "surname" for c in readings(base, surface))
        or institution(base, surface)
        or not (is_given_name(surface) or doc[start].pos_ == "PROPN")
    )


def _trim(doc: Doc, start: int, end: int, label: str) -> tuple[int, int]:
    for i in range(start + 1, end):
        if (
            doc[i].is_alpha
            and doc[i].is_lower
            and doc[i].lower_ not in JOINERS
            and not any(doc[j].text == "(" for j in range(start, i))
        ):
            after = any(is_capital(t) and t.lower_ not in words("calendar") for t in doc[i + 1 : end])
            cut = _CUTS_BODY if label == "ORG" else _CUTS
            named = not after and label == "MISC" and doc[end - 1].lower_ in words("event_nouns", "kinds")
            if not named and (doc[i].pos_ in cut or not after):
                end = i
                break
    calendar = words("calendar")
    while (
        end > start + 1
        and doc[end - 1].lower_.rstrip(".") in calendar
        and doc[end - 1].lower_ not in {"may", "march", "april", "june", "august"}
    ):
        end -= 1
    while start < end and (
        doc[start].is_punct
        or doc[start].is_space
        or (
            doc[start].lower_ in _LEADS
            and not (label == "LOC" and is_capital(doc[start]) and not doc[start].is_sent_start)
        )
    ):
        start += 1
    while end > start and (
        doc[end - 1].lower_ in {"'s", "’s", "'", "’", "of", "the", "and", "for"}
        or doc[end - 1].is_space
        or (doc[end - 1].is_punct and not (doc[end - 1].text == ")" and "(" in doc[start : end - 1].text))
    ):
        end -= 1
    return start, end


def name_head(doc: Doc, start: int, end: int) -> int:
    """Index of the head word of a name: the last one before its first preposition ("[Party] of ...")."""
    for i in range(start + 1, end):
        if doc[i].lower_ in {"of", "for", "in", "on", "against", "to", "and", "-", "("} and doc[i - 1].whitespace_:
            return i - 1  # (a hyphen within "Al-Shifa Hospital" parts nothing)
    return end - 1


def with_of(doc: Doc, start: int, end: int) -> int:
    """The end of "Party of Socialism and Progress" where the span stopped at "Party", or short of it."""
    after = doc[end] if end < len(doc) else None
    if after is not None and is_capital(after) and after.lower_ in words("body_nouns") and not after.is_sent_start:
        end += 1
    while (
        end + 1 < len(doc)
        and doc[name_head(doc, start, end)].lower_ in words("body_nouns")
        and doc[end].lower_ in {"of", "for", "on"}
    ):
        if doc[end].is_sent_start:
            break
        last = end + 1 + (doc[end + 1].lower_ == "the")
        if (
            last >= len(doc)
            or doc[last].lower_ in words("calendar")
            or not is_capital(doc[last])
            or not doc[last].is_alpha
            or doc[last].is_sent_start
            or (
                not (end - start == 1 and doc[end].lower_ == "of") and _stands_alone(doc, last, doc[end].lower_ == "of")
            )
        ):
            break
        end = last + 1
        while end < len(doc) and not doc[end].is_sent_start:
            if is_capital(doc[end]) and doc[end].is_alpha:
                end += 1
            elif (
                doc[end].lower_ in {"and", "&"}
                and end + 1 < len(doc)
                and doc[end + 1].pos_ == "PROPN"
                and doc[end + 1].lower_ in words("abstract_nouns")
            ):
                end += 2
            else:
                break
    return end


def _stands_alone(doc: Doc, i: int, of: bool) -> bool:
    """Whether the model begins a name of its own at a token behind "of" or "for", and no place ("Party of Wales") or aim ("Human Rights")."""
    kind = doc[i].ent_type_
    if kind not in ({"PERSON", "ORG"} if of else {"PERSON", "ORG", "LOC", "GPE"}):
        return False
    while i + 1 < len(doc) and doc[i + 1].ent_iob_ == "I":
        i += 1
    return doc[i].lower_ not in words("abstract_nouns")


def title_before(doc: Doc, titles: Titles, start: int) -> Title | None:
    """The title that stands right before a token: "Foreign Minister [Sergei ...]", "Mr [Johnson]"."""
    found = title_start(doc, titles, start)
    return found[1] if found is not None else None


def title_start(doc: Doc, titles: Titles, start: int) -> tuple[int, Title] | None:
    """The longest title right before a token, with the index of its first token."""
    if start and (doc[start - 1].is_punct or doc[start - 1].is_space):
        return None
    least = max(0, start - titles.longest)
    least = next((i for i in range(min(start, len(doc) - 1), least, -1) if doc[i].is_sent_start), least)
    for first in range(least, start):
        if doc[first].is_space or doc[first].is_punct:
            continue
        title = titles.get(surface_of(doc, first, start))
        if title is not None and title.before:
            return first, title
    return None


def is_capital(token: Token) -> bool:
    """Whether a token begins with a capital."""
    return token.text[:1].isupper()


def is_shouted(token: Token) -> bool:
    """A word of a line in capitals says nothing by its own capitals."""
    if not token.text.isupper() or len(token.text) < 2:
        return False
    letters = [t for t in token.sent if t.is_alpha]
    return len(letters) > 3 and sum(t.text.isupper() for t in letters) > 0.7 * len(letters)


def _is_time(doc: Doc, start: int, end: int) -> bool:
    calendar = words("calendar") | {"last", "next", "this", "early", "late"}
    return all(t.lower_.rstrip(".") in calendar or t.is_punct or t.like_num for t in doc[start:end])


def is_title_case(sentence: Span) -> bool:
    """Whether most words of a sentence are capitalised, as in headlines."""
    long = [t for t in sentence if t.is_alpha and len(t.text) > 3]
    return (
        len(long) >= 4
        and sum(is_capital(t) for t in long) >= 0.75 * len(long)
        and any(t.pos_ in {"VERB", "ADP", "AUX", "ADV", "NOUN"} for t in long)
    )
