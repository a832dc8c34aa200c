"""Find the spans that are names and demonyms: what the model tags, repaired, and what the entity base knows for sure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from kgbuild.annotate.words import is_given_name, words
from kgbuild.knowledge import Base, Candidate, Demonym, Title, Titles
from kgbuild.rules import load_rules

__all__ = ["LABELS", "Name", "bloc_of", "find_names", "institution", "readings", "name_head", "surface_of", "title_before", "title_start"]

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

BODIES = frozenset(
    {
        "igo", "org", "ministry", "agency", "military", "armed_group", "media", "party", "company", "legislature", "court",
        "government", "university", "ngo", "cabinet",
    }
)  # fmt: skip
STATES = frozenset({"country", "territory"})
PLACES = frozenset({"city", "region", "geo"})

_LONGEST = 7
_JOINERS = frozenset({"of", "the", "and", "for", "de", "del", "la", "al", "el", "bin", "ibn", "von", "van", "der", "da", "dos", "di", "'", "’", "-", "&", "."})
_PARTICLES = frozenset({"de", "del", "la", "al", "el", "bin", "ibn", "von", "van", "der", "da", "dos", "di", "ben", "abu", "ul", "ur"})
_NOT_NAMES = frozenset({"i", "mr", "mrs", "ms", "dr", "a.m.", "p.m.", "am", "pm", "gmt", "tv", "ok", "okay", "covid", "covid-19", "st", "no", "yes"})


@dataclass(frozen=True, slots=True)
class Name:
    """A span of tokens that names something.

    label: PERSON, ORG, LOC, MISC, UNKNOWN, DEMONYM or BLOC. `title` is the title right before it. `sure` means that the base alone
    was reason enough.
    """

    start: int
    end: int
    label: str
    candidates: tuple[Candidate, ...] = ()
    demonym: Demonym | None = None
    title: Title | None = None
    sure: bool = False


def readings(base: Base, surface: str) -> tuple[Candidate, ...]:
    """What a surface may name, offices left out: "US President" is a title, not a name."""
    return tuple(c for c in base.candidates(surface) if c.type != "office")


def institution(base: Base, surface: str) -> bool:
    """Whether a surface is a palace or street that always stands for an institution ("Kremlin"), never a city."""
    metonym = base.metonym(surface)
    return metonym is not None and metonym.city is None


def surface_of(doc: Doc, start: int, end: int) -> str:
    """The text of tokens with line breaks and runs of blanks folded to one blank."""
    return " ".join(doc[start:end].text.split())


def find_names(doc: Doc, base: Base, titles: Titles) -> list[Name]:
    """All names and demonyms of a Doc in order of place, none overlapping another."""
    taken = [False] * len(doc)
    for token in doc:
        if token._.masked or token.is_space:
            taken[token.i] = True
    names: list[Name] = []

    def keep(name: Name) -> None:
        if any(taken[name.start : name.end]):
            return
        for i in range(name.start, name.end):
            taken[i] = True
        names.append(name)

    _dateline_place(doc, base, names)
    known = list(_known(doc, base))
    tagged = list(_model_spans(doc, titles, base))
    longer = {i for start, end, _ in tagged if end - start > 1 for i in range(start, end)}
    for token in doc:
        if not taken[token.i] and token.i not in longer and _capital(token) and bloc_of(token) and (token.dep_ in {"amod", "compound"} or token.pos_ in {"PROPN", "NOUN"}):
            keep(Name(token.i, token.i + 1, "BLOC"))
    for start, end, label in tagged:
        start, end = _widen(doc, start, end, known, label)
        end = _with_of(doc, start, end) if label != "PERSON" else end
        if start and doc[start - 1].lower_.endswith(("1st", "2nd", "3rd", "th")) and doc[start - 1].text[0].isdigit() and doc[end - 1].lower_ in words("body_nouns"):
            start -= 1  # "3rd Battalion"
        if end < len(doc) and doc[end].lower_ in words("agreement_nouns") and label != "PERSON" and not doc[end].is_sent_start:
            end, label = end + 1, "MISC"  # "Minsk agreements"
        keep(_name(doc, base, titles, start, end, label))
    for start, end, candidates in known:
        if end < len(doc) and doc[end].lower_ in words("agreement_nouns") and doc[start].pos_ == "PROPN":
            keep(Name(start, end + 1, "MISC"))
        elif _strong(doc, start, end, candidates):
            keep(Name(start, end, "UNKNOWN", candidates, title=title_before(doc, titles, start), sure=True))
    for token in doc:
        if not taken[token.i] and not token.is_space and (demonym := _demonym(token, base)) is not None:
            keep(Name(token.i, token.i + 1, "DEMONYM", demonym=demonym))
    for start, end in _runs(doc, taken):
        for first, last, label in _split(doc, start, end, "UNKNOWN", titles, base):
            name = _name(doc, base, titles, first, last, label)
            if _plausible(doc, name):
                keep(name)
    for name in _repeats(doc, base, titles, names, taken):
        keep(name)
    names = _sober(doc, names)
    return sorted(names, key=lambda n: n.start)


def _sober(doc: Doc, names: Sequence[Name]) -> list[Name]:
    """Names without those that only the capitals of a headline make ("Voters Worried About")."""
    sentences = list(doc.sents)
    document = doc._.document
    headlines = [p for p in document.paragraphs if p.role in {"headline", "deck"}] if document is not None else []
    first = [s for n, s in enumerate(sentences) if any(p.begin <= s.start_char < p.end for p in headlines) or (n < 2 and len(sentences) > 3)]
    loud = [s for s in first if _title_case(s)]
    if not loud:
        return list(names)
    inside = {i for s in loud for i in range(s.start, s.end)}
    elsewhere = {doc[i].text for n in names if n.start not in inside for i in range(n.start, n.end)}

    def holds(name: Name) -> bool:
        if name.start not in inside or name.demonym is not None or name.label == "BLOC" or name.title is not None:
            return True
        if any(c.kind != "surname" and c.prior >= 0.25 for c in name.candidates) or (name.sure and not name.candidates):
            return True
        return all(t.text in elsewhere or not _capital(t) for t in doc[name.start : name.end])

    return [n for n in names if holds(n)]


def _title_case(sentence: Span) -> bool:
    long = [t for t in sentence if t.is_alpha and len(t.text) > 3]
    return len(long) >= 4 and sum(_capital(t) for t in long) >= 0.75 * len(long) and any(t.pos_ in {"VERB", "ADP", "AUX", "ADV", "NOUN"} for t in long)


def _repeats(doc: Doc, base: Base, titles: Titles, names: Sequence[Name], taken: Sequence[bool]) -> list[Name]:
    """Further mentions of persons whose full name the article gives: "Lee said" at a sentence's start, missed by the model."""
    surnames = {
        doc[n.end - 1].text: n.label
        for n in names
        if n.label in {"PERSON", "UNKNOWN"} and n.end - n.start in {2, 3} and len(doc[n.end - 1].text) > 2 and (n.label == "PERSON" or is_given_name(doc[n.start].text))
    }
    return [
        _name(doc, base, titles, t.i, t.i + 1, "PERSON")
        for t in doc
        if not taken[t.i] and t.text in surnames and _capital(t) and (t.pos_ in {"PROPN", "NOUN", "X"} or t.dep_.startswith("nsubj") or t.tag_.startswith("VB"))
    ]


def bloc_of(token: Token) -> str:
    """The group of states a word such as "Western" or "the West" speaks of; "" for other words."""
    blocs = load_rules("language").get("blocs", {})
    found = blocs.get(token.text) if isinstance(blocs, dict) else None
    if not isinstance(found, str) or (token.dep_ == "compound" and token.pos_ == "PROPN"):
        return ""
    if token.tag_.startswith("NN") and token.dep_ != "amod":
        return found if token.i and token.nbor(-1).lower_ == "the" and not token.nbor(-1).is_sent_end else ""
    return found


def _dateline_place(doc: Doc, base: Base, names: list[Name]) -> None:
    """The place of the dateline is a name, though nobody reads the dateline as a sentence."""
    document = doc._.document
    dateline = document.dateline if document is not None else None
    if dateline is None or not dateline.place:
        return
    at = doc.text.lower().find(dateline.place.lower(), dateline.begin, dateline.end)
    span = doc.char_span(at, at + len(dateline.place)) if at >= 0 else None
    if span is not None:
        names.append(Name(span.start, span.end, "LOC", tuple(c for c in readings(base, span.text) if c.type in PLACES | STATES), sure=True))


def _name(doc: Doc, base: Base, titles: Titles, start: int, end: int, label: str) -> Name:
    title = title_before(doc, titles, start)
    if end - start == 1 and (label != "PERSON" or title is None) and (demonym := _demonym(doc[start], base)) is not None:
        return Name(start, end, "DEMONYM", demonym=demonym)
    return Name(start, end, label, readings(base, surface_of(doc, start, end)), title=title)


# ---------------------------------------------------------------------------------------------- what the model says


def _model_spans(doc: Doc, titles: Titles, base: Base) -> Iterator[tuple[int, int, str]]:
    for span in doc.ents:
        label = LABELS.get(span.label_)
        if label is None:
            continue
        for start, end in _unbroken(doc, span.start, span.end):
            yield from _split(doc, start, end, label, titles, base)


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


def _split(doc: Doc, start: int, end: int, label: str, titles: Titles, base: Base) -> Iterator[tuple[int, int, str]]:
    """Trim a span and divide "US President Joe Biden" into the names at both sides of the title."""
    start, end = _trim(doc, start, end)
    if end <= start or not any(_capital(t) for t in doc[start:end]):
        return
    surface = surface_of(doc, start, end)
    if end - start > 1 and titles.get(surface) is not None:
        return  # "Foreign Secretary" names nobody: a nominal
    if any(c.kind != "surname" for c in readings(base, surface)) or institution(base, surface):
        yield start, end, label
        return
    lead = doc[start]
    if end - start > 2 and (lead.lower_ in words("party_words") or base.demonym(lead.text) is not None) and is_given_name(doc[start + 1].text):
        yield from _split(doc, start + 1, end, "PERSON", titles, base)  # "Democrat Ann Lee", "Syrian Ali Hassan"
        return
    for back in range(1, min(start, titles.longest) + 1):
        for last in range(min(end - 1, start + 3), start, -1):
            title = titles.get(surface_of(doc, start - back, last)) if not doc[start - back].is_space else None
            if title is not None and title.before and not any(t.is_sent_start for t in doc[start - back + 1 : start + 1]):
                yield from _split(doc, last, end, "PERSON", titles, base)  # "Minister of | Defence Ann Lee"
                return
    for first in range(start, end - 1):
        for last in range(min(end - 1, first + titles.longest), first, -1):
            title = titles.get(surface_of(doc, first, last))
            if title is None or not title.before or (label == "ORG" and first == start):
                continue
            if first > start:
                # "Ohio Democratic | Party Chairman": the body's noun belongs to its name
                left = first + (doc[first].lower_ in words("body_nouns") and last - first > 1)
                yield from _split(doc, start, left, "UNKNOWN" if label == "PERSON" else label, titles, base)
            yield from _split(doc, last, end, "PERSON", titles, base)
            return
    if end - start == 1 and titles.get(doc[start].text) is not None and not base.candidates(doc[start].text):
        return
    if _is_time(doc, start, end) or all(t.lower_ in words("peoples") or t.text == "-" or base.demonym(t.text) is not None for t in doc[start:end]):
        return
    if end - start == 1:
        token = doc[start]
        known = any(c.kind != "surname" for c in readings(base, token.text)) or is_given_name(token.text)
        allowed = {"PROPN", "X"} if token.is_sent_start and not known else {"PROPN", "NOUN", "ADJ", "X", "NUM"}
        if token.pos_ == "ADJ" and token.dep_ == "amod" and not known:
            return
        if bloc_of(token) or (token.pos_ not in allowed and not token.text.isupper()):
            return
    yield start, end, label


def _trim(doc: Doc, start: int, end: int) -> tuple[int, int]:
    for i in range(start + 1, end):
        if doc[i].is_alpha and doc[i].is_lower and doc[i].lower_ not in _JOINERS and not any(doc[j].text == "(" for j in range(start, i)):
            after = any(_capital(t) and t.lower_ not in words("calendar") for t in doc[i + 1 : end])
            if doc[i].pos_ in {"VERB", "AUX", "ADP", "SCONJ", "PRON", "ADV"} or not after:
                end = i
                break
    calendar = words("calendar")
    while end > start + 1 and doc[end - 1].lower_.rstrip(".") in calendar and doc[end - 1].lower_ not in {"may", "march", "april", "june", "august"}:
        end -= 1
    while start < end and (doc[start].is_punct or doc[start].is_space or doc[start].lower_ in {"the", "a", "an", "'s", "’s", "its", "their"}):
        start += 1
    while end > start and (
        doc[end - 1].lower_ in {"'s", "’s", "'", "’", "of", "the", "and", "for"}
        or doc[end - 1].is_space
        or (doc[end - 1].is_punct and not (doc[end - 1].text == ")" and "(" in doc[start : end - 1].text))
    ):
        end -= 1
    return start, end


def _widen(doc: Doc, start: int, end: int, known: Sequence[tuple[int, int, tuple[Candidate, ...]]], label: str) -> tuple[int, int]:
    """The whole of a known name of which the model tagged a part."""
    for first, last, candidates in known:
        if first <= start and end <= last and last - first > end - start and (not candidates or candidates[0].kind != "surname"):
            if not candidates:
                return first, last
            best = candidates[0]
            if best.prior >= 0.25 or (label == "PERSON" and best.type == "person"):
                return first, last
    return start, end


def name_head(doc: Doc, start: int, end: int) -> int:
    """Index of the head word of a name: the last one before its first preposition ("[Party] of ...")."""
    for i in range(start + 1, end):
        if doc[i].lower_ in {"of", "for", "in", "on", "against", "to", "and", "-", "("}:
            return i - 1
    return end - 1


def _with_of(doc: Doc, start: int, end: int) -> int:
    """The end of "Party of Socialism and Progress" where the span stopped at "Party"."""
    while end + 1 < len(doc) and doc[name_head(doc, start, end)].lower_ in words("body_nouns") and doc[end].lower_ in {"of", "for", "on"}:
        if doc[end].is_sent_start:
            break
        last = end + 1 + (doc[end + 1].lower_ == "the")
        if last >= len(doc) or not _capital(doc[last]) or not doc[last].is_alpha or doc[last].is_sent_start:
            break
        end = last + 1
        while end < len(doc) and not doc[end].is_sent_start:
            if _capital(doc[end]) and doc[end].is_alpha:
                end += 1
            elif doc[end].lower_ in {"and", "&"} and end + 1 < len(doc) and doc[end + 1].pos_ == "PROPN" and doc[end + 1].lower_ in words("abstract_nouns"):
                end += 2
            else:
                break
    return end


# --------------------------------------------------------------------------------------------- what the base knows


def _known(doc: Doc, base: Base) -> Iterator[tuple[int, int, tuple[Candidate, ...]]]:
    """Longest stretches of capitalised words that the base can read, left to right."""
    i, n = 0, len(doc)
    while i < n:
        token = doc[i]
        if token._.masked or not _capital(token) or token.is_punct or token.lower_ in {"the", "a", "an"}:
            i += 1
            continue
        last = i + 1
        ends = [i + 1]
        while last < n and last - i < _LONGEST and _continues(doc, last):
            last += 1
            if _capital(doc[last - 1]) or doc[last - 1].is_digit:
                ends.append(last)
        for end in reversed(ends):
            surface = surface_of(doc, i, end)
            candidates = readings(base, surface)
            if candidates or institution(base, surface):
                yield i, end, candidates
                i = end
                break
        else:
            i += 1


def _continues(doc: Doc, i: int) -> bool:
    token = doc[i]
    if token.is_space or token._.masked or token.is_sent_start:
        return False
    return _capital(token) or token.lower_ in _JOINERS or token.is_digit


def _strong(doc: Doc, start: int, end: int, candidates: Sequence[Candidate]) -> bool:
    """Whether the base alone makes these words a name, though the model did not tag them."""
    first = doc[start]
    if not candidates:
        return not _shouted(first) and (end - start > 1 or first.pos_ == "PROPN")
    best = candidates[0]
    if best.kind == "surname" or (best.common and (first.is_sent_start or end - start == 1)):
        return False
    proper = all(t.pos_ == "PROPN" or t.tag_.startswith("NNP") or not _capital(t) for t in doc[start:end])
    shouted = _shouted(first)
    several = sum(_capital(t) for t in doc[start:end]) > 1
    if best.kind == "acronym":
        return best.prior >= 0.3 and not shouted
    if best.type in STATES:
        return best.prior >= 0.5 and (proper or several or not first.is_sent_start)
    if not proper or shouted:
        return False
    if best.type in BODIES:
        before = doc[start - 1] if start and not first.is_sent_start else None
        if before is not None and before.pos_ in {"PROPN", "ADJ"} and _capital(before) and best.prior < 0.5 and not before.is_space:
            return False  # the end of a longer name
        return best.prior >= (0.2 if several else 0.4)
    if best.type in PLACES:
        return best.prior >= (0.25 if several else 0.35)
    return best.type == "person" and several and best.prior >= 0.3


def _demonym(token: Token, base: Base) -> Demonym | None:
    if not _capital(token) or token.pos_ not in {"ADJ", "PROPN", "NOUN"} or token._.masked or token.lower_ in words("peoples"):
        return None
    return base.demonym(token.text)


# ----------------------------------------------------------------------------------------- runs of proper nouns


def _runs(doc: Doc, taken: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Stretches of proper nouns nobody has claimed."""
    i, n = 0, len(doc)
    while i < n:
        if taken[i] or not _proper(doc[i]):
            i += 1
            continue
        j = i + 1
        while j < n and not taken[j] and not doc[j].is_sent_start:
            if _proper(doc[j]):
                j += 1
            elif j + 1 < n and not taken[j + 1] and _proper(doc[j + 1]) and not doc[j + 1].is_sent_start and _joins(doc, j):
                j += 2
            else:
                break
        yield i, j
        i = j


def _joins(doc: Doc, i: int) -> bool:
    token = doc[i]
    if token.text in {"-", "–"}:
        return not token.whitespace_ and not doc[i - 1].whitespace_
    return token.lower_ in _PARTICLES or token.text == "&" or token.lower_ == "of"


def _proper(token: Token) -> bool:
    return token.pos_ == "PROPN" and _capital(token) and token.lower_ not in _NOT_NAMES and not _shouted(token)


def _plausible(doc: Doc, name: Name) -> bool:
    """A run of proper nouns that something in the text confirms as a name."""
    first = doc[name.start]
    if name.title is not None or name.label == "PERSON":
        return True
    if name.end - name.start > 1:
        return True
    return not first.is_sent_start and len(first.text) > 1


def _capital(token: Token) -> bool:
    return token.text[:1].isupper()


def _shouted(token: Token) -> bool:
    """A word of a line in capitals says nothing by its own capitals."""
    if not token.text.isupper() or len(token.text) < 2:
        return False
    letters = [t for t in token.sent if t.is_alpha]
    return len(letters) > 3 and sum(t.text.isupper() for t in letters) > 0.7 * len(letters)


def _is_time(doc: Doc, start: int, end: int) -> bool:
    calendar = words("calendar") | {"last", "next", "this", "early", "late"}
    return all(t.lower_.rstrip(".") in calendar or t.is_punct or t.like_num for t in doc[start:end])


def title_before(doc: Doc, titles: Titles, start: int) -> Title | None:
    """The title that stands right before a token: "Foreign Minister [Sergei ...]", "Mr [Johnson]"."""
    found = title_start(doc, titles, start)
    return found[1] if found is not None else None


def title_start(doc: Doc, titles: Titles, start: int) -> tuple[int, Title] | None:
    """The longest title right before a token, with the index of its first token."""
    for first in range(max(0, start - titles.longest), start):
        if doc[first].is_space or doc[first].is_punct or any(t.is_sent_start for t in doc[first + 1 : start + 1]):
            continue
        title = titles.get(surface_of(doc, first, start))
        if title is not None and title.before:
            return first, title
    return None
