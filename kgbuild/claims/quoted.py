"""The quotations of a Doc by its tokens: which tokens they cover, what one speaker says in a row, how a span is quoted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from spacy.tokens import Doc

from kgbuild.claims.quotes import Quote, quotes
from kgbuild.layers import is_masked, text_of
from kgbuild.records import Paragraph, Span

__all__ = ["QuotedText"]


class QuotedText:
    """`quotes` in order, `places` their first and last tokens, `inside` for each token its outermost speech quotation or -1."""

    def __init__(self, doc: Doc, paragraphs: tuple[Paragraph, ...]) -> None:
        self.doc = doc
        self.quotes = quotes(text_of(doc), [(p.begin, p.end) for p in paragraphs] or None)
        self.begins = [q.span.begin for q in self.quotes]
        self.places = [self._tokens(q) for q in self.quotes]
        self.inside = [-1] * len(doc)
        for number, quote in enumerate(self.quotes):
            if quote.level == 0 and not quote.fragment:
                first, last = self.places[number]
                for i in range(first, last + 1):
                    self.inside[i] = number

    def utterances(self) -> list[tuple[int, int, list[int]]]:
        """Speech as (first token, last token, quotations): one over several paragraphs is a single utterance."""
        found: list[tuple[int, int, list[int]]] = []
        for number, quote in enumerate(self.quotes):
            if quote.level or quote.fragment:
                continue
            first, end = self.places[number]
            if first > end or is_masked(self.doc[first]):
                continue
            if quote.continues and found and self.quotes[found[-1][2][-1]].open:
                begin, _, members = found[-1]
                found[-1] = (begin, end, [*members, number])
            else:
                found.append((first, end, [number]))
        return found

    def span(self, first: int, last: int) -> Span | None:
        """Offsets of tokens first..last, loose punctuation cut off, quotation marks that belong to it taken in."""
        doc = self.doc
        while first <= last and (
            doc[first].is_space
            or (doc[first].is_punct and doc[first].text not in ("(", "[", "$", "#") and not doc[first].is_quote)
        ):
            first += 1
        while first <= last and (doc[last].is_space or doc[last].text in (",", ".", ";", ":", "—", "–", "-", "--")):
            last -= 1
        if first > last:
            return None
        begin, end = doc[first].idx, doc[last].idx + len(doc[last])
        number = self._opened_in(begin, end)
        if number is not None:
            end = max(end, self.quotes[number].span.end)
        return Span(begin, end)

    def voice(self, spans: list[Span], cue: Span) -> str:
        """Direct, Indirect or MixedQuote: whether spans are quoted whole, not at all, or in part.

        A quotation that holds the cue too is somebody else's: inside it the report is an indirect one.
        """
        whole = mixed = 0
        for span in spans:
            low = bisect_right(self.begins, span.begin)
            near = [q for q in self.quotes[max(0, low - 3) : low] if not q.span.begin <= cue.begin < q.span.end]
            whole_quote = any(q.span.begin <= span.begin and q.span.end >= span.end for q in near)
            if whole_quote or (near and near[-1].span.begin == span.begin and near[-1].open):
                whole += 1
            elif low < len(self.quotes) and self.quotes[low].span.begin < span.end:
                mixed += 1
        if whole == len(spans):
            return "Direct"
        return "MixedQuote" if whole or mixed else "Indirect"

    def _opened_in(self, begin: int, end: int) -> int | None:
        """The quotation that begins in [begin, end) and closes after at most two more characters."""
        low = bisect_left(self.begins, end)
        for number in range(low - 1, max(-1, low - 6), -1):
            quote = self.quotes[number]
            if quote.span.begin >= begin and end < quote.span.end <= end + 3:
                return number
        return None

    def _tokens(self, quote: Quote) -> tuple[int, int]:
        piece = self.doc.char_span(quote.span.begin, quote.span.end, alignment_mode="expand")
        return (piece.start, piece.end - 1) if piece is not None else (1, 0)
