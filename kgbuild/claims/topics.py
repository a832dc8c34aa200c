"""Finds topics: the things an article is about that are no actors or places ("nuclear weapons", "ceasefire").

A topic is a noun phrase that an event handles, that recurs, or that the headline names. Its id comes from the lemmas of its
classifying words and head, so that the same topic of two articles is one node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from spacy.tokens import Doc, Token

from kgbuild.claims import syntax
from kgbuild.claims.lexicon import event_lexicon, lemma_in, stance_words
from kgbuild.config import VERSION
from kgbuild.ids import entity_id, extractor_id, record_id
from kgbuild.layers import document_of, is_masked, slice_of, text_of
from kgbuild.records import Entity, Mention, Span

__all__ = ["EXTRACTOR", "is_generic", "topic_id", "topic_key", "topic_tokens", "topics"]

EXTRACTOR = extractor_id("topic-rules", VERSION)
RECUR = 2
"""Occurrences that make a phrase of two or more words a topic."""
RECUR_SINGLE = 4
"""The same for one word alone: single nouns recur by chance."""
RECUR_HANDLED = 2
"""The same for one word alone that an event handles."""
# Adjectives that do not say what kind of thing a thing is.
UNCLASSIFYING = frozenset(
    "new old recent last next first second third other same such own many several few more most further additional big large small "
    "huge great major minor key main important significant serious heavy strong high low good bad early late previous current "
    "former possible potential likely certain different various whole entire full total single fresh latest alleged "
    "apparent ongoing continued continuing long short top very real true major special initial final further unprecedented massive "
    "deadly upcoming so-called increasing growing sharp dangerous wide immediate clear similar particular specific limited".split()
)
GENERIC = frozenset(
    "year month week day hour minute time moment today yesterday tomorrow night morning evening afternoon weekend decade century "
    "way thing something anything nothing everything one lot number part half quarter third series group kind sort type "
    "percent % people person man woman child life world country place area side end point case fact reason example "
    "question answer problem issue matter situation statement comment word remark report reporter news story article "
    "interview source official spokesman spokeswoman leader member minister president comment mr mrs ms dr home house "
    "family friend name age photo picture image video step move effort attempt bid result work job need idea view opinion "
    "majority million billion thousand hundred dozen dollar euro pound level rate amount degree order term line list form "
    "hand head face eye body room door street city town village region state nation government lady gentleman guy".split()
)
MAX_WORDS = 4


def topic_tokens(head: Token) -> list[Token]:
    """The classifying words right before a noun and the noun itself, at most four."""
    words = [head]
    kept = {c.i: c for c in head.children if c.dep_ in ("compound", "amod") and c.i < head.i}
    position = head.i - 1
    while position in kept and len(words) < MAX_WORDS:
        word = kept[position]
        if any(c.i < word.i for c in word.children) or not _classifies(word):
            break
        words.insert(0, word)
        position -= 1
    return words


def topic_key(head: Token) -> str:
    """The lemmas that identify a topic, in lower case: "nuclear weapon"."""
    lexicon = event_lexicon()
    return " ".join([*(t.lower_ for t in topic_tokens(head)[:-1]), lexicon.noun_lemma(head)])


def topic_id(key: str) -> str:
    """The id of a topic from its key."""
    return entity_id("Topic", key)


def topics(doc: Doc, handled: Collection[int] = (), judged: Collection[int] = ()) -> tuple[list[Entity], list[Mention]]:
    """Topics of a Doc and their mentions, ordered by id and position.

    `handled` holds the indices of noun heads that events handle: they are topics when they have two words or occur twice; `judged`
    those that somebody takes sides about: they are topics however often they occur.
    """
    document = document_of(doc)
    taken = _spans_at(doc)
    inside = _covered(doc)
    found: dict[str, list[list[Token]]] = {}
    wanted: set[str] = set()
    headline = _headline_end(doc)
    asked = {*handled, *judged}
    once: set[str] = set()
    for token in doc:
        if token.pos_ != "NOUN" or is_masked(token) or (token.i in inside and token.i not in asked):
            continue
        if token.dep_ in ("compound", "flat", "fixed", "goeswith") or (token.i not in asked and is_generic(token)):
            continue
        words = topic_tokens(token)
        key = topic_key(token)
        found.setdefault(key, []).append(words)
        if token.i in judged or (len(words) > 1 and (token.i in handled or token.idx < headline)):
            wanted.add(key)
        if token.i in handled and not is_generic(token):
            once.add(key)
    entities: list[Entity] = []
    mentions: list[Mention] = []
    for key, places in sorted(found.items()):
        limit = RECUR if len(places[0]) > 1 else RECUR_HANDLED if key in once else RECUR_SINGLE
        if key not in wanted and len(places) < limit:
            continue
        names = Counter(text_of(doc)[slice(*syntax.token_span(w))] for w in places)
        surfaces = Counter({name if name.isupper() else name.lower(): 0 for name in names})
        for name, count in names.items():
            surfaces[name if name.isupper() else name.lower()] += count
        name = min(surfaces, key=lambda n: (-surfaces[n], n))
        identifier = topic_id(key)
        entities.append(
            Entity(identifier, name, "Topic", aliases=tuple(sorted(set(surfaces) - {name})), extractor=EXTRACTOR)
        )
        for words in places:
            span = syntax.token_span(words)
            near = [s for w in words for s in taken.get(w.i, ())]
            if span in near or _crosses(span, near):
                continue
            mentions.append(
                Mention(
                    record_id(document.id, "mention", span), document.id, span, "nominal", (identifier,), EXTRACTOR, 0.7
                )
            )
    entities.sort(key=lambda e: e.id)
    mentions.sort(key=lambda m: m.span)
    return entities, mentions


def _classifies(word: Token) -> bool:
    words = stance_words()
    if lemma_in(word.lemma_.lower(), word, words.negative) or lemma_in(word.lemma_.lower(), word, words.positive):
        return False
    if word.dep_ == "compound":
        return word.pos_ in ("NOUN", "ADJ")
    return word.pos_ in ("ADJ", "VERB", "NOUN") and word.lower_ not in UNCLASSIFYING and word.tag_ not in ("JJR", "JJS")


def is_generic(token: Token) -> bool:
    """Whether a noun says too little to be a topic by itself."""
    return token.lemma_.lower() in GENERIC or token.lower_ in GENERIC or len(token) < 3 or not token.text.isascii()


def _covered(doc: Doc) -> set[int]:
    """Tokens that are the head of a mention or stand inside a name or a time expression."""
    covered: set[int] = set()
    for mention in doc._.mentions:
        span = doc.char_span(mention.span.begin, mention.span.end, alignment_mode="expand")
        if span is not None:
            covered |= {t.i for t in span} if mention.form in ("name", "metonym") else {span.root.i}
    for time in doc._.times:
        span = doc.char_span(time.span.begin, time.span.end, alignment_mode="expand")
        if span is not None:
            covered |= {t.i for t in span}
    return covered


def _headline_end(doc: Doc) -> int:
    """Offset where the headline and deck end; 0 without any."""
    return max((p.end for p in document_of(doc).paragraphs if p.role in ("headline", "deck")), default=0)


def _spans_at(doc: Doc) -> dict[int, list[Span]]:
    """Index of a token -> the spans of the mentions that hold it."""
    held: dict[int, list[Span]] = {}
    for mention in doc._.mentions:
        tokens = slice_of(doc, mention.span)
        for i in range(tokens.start, tokens.end) if tokens is not None else ():
            held.setdefault(i, []).append(mention.span)
    return held


def _crosses(span: Span, taken: Iterable[Span]) -> bool:
    return any(t.begin < span.begin < t.end < span.end or span.begin < t.begin < span.end < t.end for t in taken)
