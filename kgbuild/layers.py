"""What the language step puts on a spaCy Doc beside tokens, tags and trees: the contract between `annotate` and `claims`.

`doc._.document`   the records.Document the Doc was made from; `doc.text` equals `document.text`, so token.idx is an offset in it
`doc._.entities`   tuple of records.Entity, every entity the mentions denote, ordered by id
`doc._.mentions`   tuple of records.Mention ordered by (begin, -end): names, metonyms, nominals, pronouns, adjectives; spans start and
                   end on token borders, may nest ("[[Russian] troops]"), never cross
`doc._.affiliations` tuple of records.Affiliation: who is what of whom, as phrases of the text or the entity base say, ordered by (begin, id)
`doc._.times`      tuple of TimeExpression ordered by begin
`doc._.leanings`   tuple of Leaning: how surely one actor of a sentence is for or against another, as the stance network reads it,
                   ordered by place; () where the network did not run
`doc._.unread_pairs` how many pairs of actors the stance network left unread, because their sentences name too many
`token._.masked`   True for tokens of paragraphs nobody should read as sentences (aside, date) and of the dateline

Trees carry Universal Dependencies labels with subtypes ("nsubj:pass", "obl:agent", "acl:relcl", "nmod:poss"); token.tag_ is a Penn
tag, token.pos_ a universal tag. Every paragraph border is a sentence border.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Doc, Token
from spacy.tokens import Span as Slice

from kgbuild.records import Document, Entity, Mention, Span

__all__ = [
    "Leaning",
    "TimeExpression",
    "head_of",
    "is_masked",
    "mention_heads",
    "register",
    "slice_of",
    "starts_of",
    "text_of",
]

_MASKED = "kgbuild_masked"


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time expression and the days it can mean: both ISO days, both ends included, or None when it cannot be resolved.

    kind: point (a day, month or year an event lies in), since ("since 2011": begins there), until, duration ("for four weeks").
    """

    span: Span
    text: str
    earliest: str | None
    latest: str | None
    kind: str = "point"


@dataclass(frozen=True, slots=True)
class Leaning:
    """How one actor of a sentence leans toward another: the probabilities, in [0, 1], that the sentence shows it for or against the target."""

    holder: Mention
    target: Mention
    support: float
    opposition: float


def register() -> None:
    """Declare the extension attributes; safe to call more than once."""
    for name, default in (("document", None), ("entities", ()), ("mentions", ()), ("affiliations", ()), ("times", ()),
                          ("leanings", ()), ("unread_pairs", 0)):  # fmt: skip
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=default)
    if not Token.has_extension("masked"):
        Token.set_extension("masked", getter=is_masked, setter=_mask)


def is_masked(token: Token) -> bool:
    """The same as `token._.masked`, a tenth of the time: asked of every token by a dozen rules, it was a twentieth of the whole."""
    return token.i in token.doc.user_data.get(_MASKED, ())


def _mask(token: Token, value: bool) -> None:
    found: set[int] = token.doc.user_data.setdefault(_MASKED, set())
    (found.add if value else found.discard)(token.i)


def slice_of(doc: Doc, span: Span) -> Slice | None:
    """The tokens a span touches (spaCy Span), or None when it touches none."""
    starts = starts_of(doc)
    first = max(bisect_right(starts, span.begin) - 1, 0)
    if first < len(doc) and starts[first] < span.begin and starts[first] + len(doc[first]) <= span.begin:
        first += 1  # the span begins in the white space after a token
    last = bisect_left(starts, span.end)
    return doc[first:last] if first < last else None


def text_of(doc: Doc) -> str:
    """The Doc's text, kept with it: `Doc.text` joins the tokens anew at each call."""
    text: str | None = doc.user_data.get("kgbuild_text")
    if text is None:
        text = doc.user_data["kgbuild_text"] = doc.text
    return text


def starts_of(doc: Doc) -> list[int]:
    """Offset of each token, kept with the Doc: `Doc.char_span` walks the whole text at each call."""
    starts: list[int] | None = doc.user_data.get("kgbuild_starts")
    if starts is None or len(starts) != len(doc):
        starts = doc.user_data["kgbuild_starts"] = [t.idx for t in doc]
    return starts


def head_of(tokens: Slice) -> Token:
    """The token of a phrase that the rest of it hangs on: the first one whose head lies outside."""
    return tokens.root


def mention_heads(doc: Doc) -> dict[int, Mention]:
    """Token index of each mention's head -> the mention; the longest one where several share a head."""
    heads: dict[int, Mention] = {}
    for mention in _longest_last(doc._.mentions):
        tokens = slice_of(doc, mention.span)
        if tokens is not None:
            heads[head_of(tokens).i] = mention
    return heads


def _longest_last(mentions: Iterable[Mention]) -> list[Mention]:
    return sorted(mentions, key=lambda m: (m.span.end - m.span.begin, m.span))


def document_of(doc: Doc) -> Document:
    """The Document of an annotated Doc. Raises ValueError when the language step has not run."""
    document = doc._.document
    if not isinstance(document, Document):
        raise ValueError("this Doc was not made by kgbuild's language step: run `kgbuild.annotate` first")
    return document


def entities_of(doc: Doc) -> dict[str, Entity]:
    """Entity by id."""
    return {e.id: e for e in doc._.entities}


register()
