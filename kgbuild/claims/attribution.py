"""Finds who says what: attributions with source, cue and content, from reporting words, quotations, fixed phrases and headline colons.

Three passes. (1) Every reporting word of the lexicon takes the best content its frames allow (`frames`), with the source its clause
gives (`sources`). (2) Every quotation that is speech looks for its reporting clause after and before it, else goes on from the last
speaker. (3) Phrases ("according to") and colons of headlines and transcripts. Nesting is read off the content spans.

Over 500 lines: one class walks one Doc, and its finders share what the others have already taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from kgbuild.claims.frames import Content, contents, is_finite, passive, sentence_bounds
from kgbuild.claims.lexicon import withholds
from kgbuild.claims.model import Attribution
from kgbuild.claims.quoted import QuotedText
from kgbuild.claims.reporting import CLAIM_KINDS, Sense, lookup, phrases
from kgbuild.claims.sources import is_document, source_head, source_tokens
from kgbuild.claims.syntax import antecedent, base, clause_head
from kgbuild.layers import is_masked, mention_heads, text_of
from kgbuild.records import Mention, Paragraph, Span

__all__ = ["attributions"]

_FIRST = frozenset(
    {"i", "we", "you"}
)  # what a speaker thinks in his own words is the quotation's content, not another attribution
REACH = 24
"""Tokens looked at on either side of a quotation for its reporting clause: room for a title and an apposition."""
_ENDS = frozenset({".", "!", "?", ";", "…"})
_RANK = {
    f: i
    for i, f in enumerate(
        "clause obj-clause free whether rest passive-to obj-of pred obj-as obj-to left to ing".split()
    )
}
_HEARERS = frozenset({"to", "with"})
_LIGHT = frozenset(
    {
        "go",
        "continue",
        "begin",
        "start",
        "try",
        "have",
        "want",
        "seem",
        "appear",
        "decline",
        "refuse",
        "come",
        "proceed",
        "fail",
    }
)
_QUOTE = Sense("", "quotation", "Say", "speech", frozenset({"quote"}))
_SPEAKERS = frozenset(
    {
        "report",
        "study",
        "poll",
        "survey",
        "police",
        "officials",
        "official",
        "sources",
        "source",
        "experts",
        "analysts",
        "minister",
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "lawyer",
        "judge",
        "court",
        "media",
        "president",
        "agency",
        "ministry",
        "government",
        "army",
        "military",
        "watchdog",
        "monitor",
        "un",
        "us",
        "uk",
        "eu",
    }
)


@dataclass(slots=True)
class _Draft:
    """An attribution being put together: `cue` holds token indices (first, last), `spans` offsets of its content."""

    token: int
    cue: tuple[int, int]
    sense: Sense
    frame: str
    head: Token | None
    spans: list[Span] = field(default_factory=list)
    source: tuple[int, int] | None = None
    hearsay: bool = False
    voice: str | None = None
    hearers: list[Token] = field(default_factory=list)


def attributions(doc: Doc, kinds: Iterable[str] = CLAIM_KINDS) -> tuple[Attribution, ...]:
    """Every attribution of a Doc with words of these kinds (see data/reporting_verbs.yaml), ordered by place of content and cue."""
    reader = _Reader(doc, frozenset(kinds))
    reader.words()
    reader.quotations()
    reader.phrases()
    reader.colons()
    reader.settle()
    return reader.result()


class _Reader:
    def __init__(self, doc: Doc, kinds: frozenset[str]) -> None:
        self.doc = doc
        self.kinds = kinds
        document = doc._.document
        self.paragraphs: tuple[Paragraph, ...] = document.paragraphs if document is not None else ()
        self.text = QuotedText(doc, self.paragraphs)
        self.quotes, self.inside = self.text.quotes, self.text.inside
        self.mentions: dict[int, Mention] = mention_heads(doc)
        self.drafts: dict[int, _Draft] = {}

    # ---- pass 1: reporting words

    def words(self) -> None:
        for token in self.doc:
            if not token.is_alpha or not (read := lookup(token)) or is_masked(token):
                continue
            senses = tuple(s for s in read if s.kind in self.kinds)
            if senses and token.dep_ not in ("aux", "aux:pass", "cop", "amod", "compound"):
                self._word(token, senses)

    def _word(self, cue: Token, senses: tuple[Sense, ...]) -> None:
        adverb = next((s for s in senses if "whole" in s.frames), None)
        if adverb is not None:
            self._adverb(cue, adverb)
            return
        if cue.tag_ == "VBN" and passive(cue) and not self._agent(cue):
            senses = tuple(s for s in senses if s.name == "sure") or senses  # "was convinced that": a state of mind
        best = self._best(cue, senses)
        if best is None:
            return
        content, sense = best
        if _open(cue) and (cue.dep_ != "xcomp" or cue.head.lemma_ not in _LIGHT):
            return
        head = source_head(cue) if sense.kind not in ("rumour", "impression") else None
        if head is None and sense.name == "sure" and cue.tag_ == "VBN":
            head = next(
                (c for c in cue.children if base(c.dep_) == "nsubj"), None
            )  # "was convinced": a state, no passive
        if sense.owned and head is None:
            return
        if self.inside[cue.i] >= 0 and head is not None and sense.kind != "speech" and head.lower_ in _FIRST:
            return
        if cue.pos_ in ("VERB", "AUX") and cue.dep_ == "amod":
            return
        draft = _Draft(cue.i, self._cue(cue, content), sense, content.frame, head)
        draft.hearsay = sense.kind == "rumour" or (head is None and (cue.pos_ == "NOUN" or passive(cue)))
        draft.spans = [s for s in (self.text.span(a, b) for a, b in content.ranges) if s is not None]
        draft.hearers = self._hearers(cue, content)
        if draft.spans:
            self.drafts[cue.i] = draft

    def _best(self, cue: Token, senses: tuple[Sense, ...]) -> tuple[Content, Sense] | None:
        in_passive = cue.pos_ in ("VERB", "AUX") and passive(cue)
        options = contents(cue)
        if cue.pos_ == "VERB" and any(s.act == "Deny" for s in senses) and withholds(cue):
            options = [c for c in options if c.frame not in ("np", "pred")]
        free = self._free(cue)
        if free is not None:
            options.insert(0, free)
        ranked: list[tuple[int, int, Content, Sense]] = []
        for place, content in enumerate(options):
            for sense in senses:
                frame = content.frame
                if (
                    in_passive
                    and sense.kind != "rumour"
                    and frame not in ("clause", "obj-clause", "whether", "left")
                    and not self._agent(cue)
                ):
                    continue
                if sense.kind == "rumour" and in_passive:
                    frame = {"clause": "passive-clause", "adj": "passive-adj", "of": "passive-of"}.get(frame, frame)
                if frame in sense.frames:
                    ranked.append((_RANK.get(content.frame, 20), place, content, sense))
        if not ranked:
            return None
        _, _, content, sense = min(ranked, key=lambda r: (r[0], r[1]))
        return content, sense

    def _free(self, cue: Token) -> Content | None:
        """'in what officials say was an attack': the clause after the cue, whose subject is "what"."""
        doc, after = self.doc, cue.i + 1
        if cue.pos_ != "VERB" or after >= len(doc) or doc[after].tag_ not in ("VBD", "VBZ", "VBP", "MD"):
            return None
        for at in range(cue.i - 1, max(cue.sent.start, cue.i - 9) - 1, -1):
            if doc[at].lower_ in ("what", "which", "who", "that") and doc[at].tag_ in ("WP", "WDT") and at < cue.i - 1:
                end = after
                limit = sentence_bounds(cue)[1]
                while end < limit and doc[end + 1].text not in (",", ";", ":", "—", "–"):
                    end += 1
                return Content("free", ((after, end),))
            if doc[at].tag_ in ("VBD", "VBZ", "VBP", "MD") or doc[at].is_punct:
                return None
        return None

    def _adverb(self, adverb: Token, sense: Sense) -> None:
        clause = clause_head(adverb.head)
        first, last = max(clause.left_edge.i, clause.sent.start), clause.right_edge.i
        begin, end = sentence_bounds(adverb)
        for child in clause.children:
            if child.dep_ in ("conj", "parataxis", "cc") and child.i > adverb.i:
                last = min(last, child.left_edge.i - 1)
        span = self.text.span(max(first, begin), min(last, end))
        if span is not None:
            self.drafts[adverb.i] = _Draft(adverb.i, (adverb.i, adverb.i), sense, "whole", None, [span], hearsay=True)

    def _agent(self, cue: Token) -> bool:
        return any(c.dep_ == "obl:agent" for c in cue.children)

    def _cue(self, cue: Token, content: Content | None) -> tuple[int, int]:
        first = last = cue.i
        words = [c.i for c in cue.children if base(c.dep_) in ("aux", "cop") and c.i < cue.i]
        subject = [c.i for c in cue.children if base(c.dep_) == "nsubj" and c.i < cue.i]
        low = max(subject, default=-1)
        words = [i for i in words if i > low and cue.i - i <= 5]
        if cue.pos_ == "VERB" and cue.dep_ == "xcomp" and cue.head.lemma_ in _LIGHT and 0 < cue.i - cue.head.i <= 4:
            words.append(cue.head.i)
        if words:
            first = min(words)
        particle = [c.i for c in cue.children if c.dep_ == "compound:prt" and c.i == cue.i + 1]
        last = max([last, *particle])
        if content is not None and content.preposition is not None and content.preposition == last + 1:
            last = content.preposition
        return first, last

    def _hearers(self, cue: Token, content: Content) -> list[Token]:
        if cue.pos_ not in ("VERB", "AUX"):
            return []
        begin = min(a for a, _ in content.ranges)
        end = max(b for _, b in content.ranges)
        found = []
        for child in cue.children:
            dep = base(child.dep_)
            outside = not begin <= child.i <= end
            if (
                (outside and child.i > cue.i and (dep in ("obj", "iobj") and content.frame not in ("np", "ing")))
                or (outside and dep == "obl" and any(c.dep_ == "case" and c.lower_ in _HEARERS for c in child.children))
                or (dep == "nsubj" and child.dep_ == "nsubj:pass")
                or (content.frame == "obj-to" and dep == "obj")
            ):
                found.append(child)
        return found

    # ---- pass 2: quotations

    def quotations(self) -> None:
        last: _Draft | None = None
        last_end = 0
        for first, end, members in self.text.utterances():
            span = Span(self.quotes[members[0]].span.begin, self.quotes[members[-1]].span.end)
            found = self._reporting_clause(first, end)
            if found is None:
                between = text_of(self.doc)[last_end : span.begin]
                if (
                    last is not None
                    and between.count("\n\n") + (between.count("\n") > 0) <= 2
                    and self._resumes(last_end, span.begin)
                ):
                    self._extend(last, span)
                    last_end = span.end
                continue
            last = self._quoted(found, span)
            last_end = max(span.end, self.doc[found[0]].idx)

    def _resumes(self, begin: int, end: int) -> bool:
        """Whether nothing but a reporting clause's rest lies between two quotations of one speaker."""
        between = text_of(self.doc)[begin:end]
        return len(between.split()) <= 40 and between.count("\n") <= 3

    def _reporting_clause(
        self, first: int, last: int
    ) -> tuple[int, Token | None, Sense, tuple[int, int] | None] | None:
        """(cue token, source head, sense, source range) of the clause that reports the quotation in tokens first..last."""
        tail = self.doc[last - 1].text if last > first else ""
        left = self.doc[first - 1].text if first else ""
        after, before = self._after(first, last, tail), None
        if after is None or (left in (":", ",") and tail not in (",", "?", "!", "—")):
            before = self._before(first)
        return before or after

    def _after(
        self, first: int, last: int, tail: str
    ) -> tuple[int, Token | None, Sense, tuple[int, int] | None] | None:
        doc, start = self.doc, last + 1
        while start < len(doc) and doc[start].text in (",", "—", "–", "-", "--"):
            start += 1
        if start >= len(doc) or doc[start].is_space or doc[start].text in _ENDS or self.inside[start] >= 0:
            return None
        if tail == "." and doc[start].text[:1].isupper():
            return None
        for at in range(start, min(len(doc), start + REACH)):
            token = doc[at]
            if (
                token.text in _ENDS
                or (token.is_space and "\n" in token.text)
                or self.inside[at] >= 0
                or token.text == ":"
            ):
                return None
            if token.lower_ in ("and", "but", "that") and at == start:
                return None
            sense = self._quote_sense(token)
            if sense is None and token.tag_ in ("VBD", "VBZ") and at - start <= 3 and token.pos_ == "VERB":
                sense = Sense(token.lemma_, "quotation", "Say", "speech", frozenset({"quote"}))
            if sense is None:
                if (
                    token.tag_ in ("VBD", "VBZ", "VBP", "MD")
                    and base(token.dep_) not in ("aux", "cop")
                    and token.dep_ != "acl:relcl"
                    and doc[at - 1].lower_ not in ("who", "which")
                ):
                    return None
                continue
            if (
                token.dep_ == "acl:relcl"
                and at > start
                and any(t.lower_ in ("who", "which", "that") for t in doc[max(start, at - 3) : at])
            ):
                continue
            head, source = self._near(token, start, at)
            return at, head, sense, source
        return None

    def _near(self, cue: Token, start: int, at: int) -> tuple[Token | None, tuple[int, int] | None]:
        """The source of a cue right after a quotation, by the tree when it stays near, else by position."""
        doc = self.doc
        head = source_head(cue)
        if head is not None and start <= head.i <= at + REACH and head.sent == cue.sent:
            return head, None
        if at > start:
            low, high = start, at - 1
        else:
            low = at + 1
            high = low
            while (high + 1 < len(doc) and doc[high + 1].pos_ in ("NOUN", "PROPN", "ADJ", "DET", "PRON", "NUM")) or (
                high + 1 < len(doc) and doc[high + 1].tag_ == "POS"
            ):
                high += 1
        words = [t for t in doc[low : high + 1] if t.pos_ in ("NOUN", "PROPN", "PRON")]
        if not words:
            return None, None
        top = words[0]
        for word in words[1:]:
            if word.i != top.i + 1:
                break
            top = word
        return top, (low if doc[low].pos_ not in ("ADV", "CCONJ", "PUNCT") else top.i, top.i)

    def _before(self, first: int) -> tuple[int, Token | None, Sense, tuple[int, int] | None] | None:
        doc = self.doc
        if first == 0 or (doc[first - 1].text not in (",", ":", "—", "–", "-", "--") and not doc[first - 1].is_alpha):
            return None
        colon = doc[first - 1].text == ":"
        for at in range(first - 1, max(-1, first - 1 - REACH), -1):
            token = doc[at]
            if at < first - 1 and (
                token.text in _ENDS or (token.is_space and "\n" in token.text) or self.inside[at] >= 0
            ):
                break
            sense = self._quote_sense(token)
            if sense is not None and (
                at == first - 1
                or colon
                or doc[first - 1].text == ","
                or doc[first - 1].lower_ in ("that", "as", "to", "of", "on")
            ):
                return at, source_head(token), sense, None
            if (
                colon
                and sense is None
                and token.pos_ == "VERB"
                and is_finite(token)
                and token.dep_ != "acl:relcl"
                and at < first - 3
            ):
                return at, source_head(token), _QUOTE, None
        if colon:
            begin = first - 2
            while begin >= 0 and not (doc[begin].is_space and "\n" in doc[begin].text) and first - begin < 10:
                begin -= 1
            words = [t for t in doc[begin + 1 : first - 1] if t.pos_ in ("PROPN", "NOUN", "PRON")]
            if words and first - begin < 10 and not any(t.pos_ == "VERB" for t in doc[begin + 1 : first - 1]):
                return first - 1, words[-1], _QUOTE, (begin + 1, first - 2)
        return None

    def _quote_sense(self, token: Token) -> Sense | None:
        if not token.is_alpha or token.pos_ not in ("VERB", "AUX", "NOUN", "PROPN", "ADJ"):
            return None
        senses = [s for s in lookup(token) if "quote" in s.frames]
        if not senses or token.dep_ in ("amod", "compound"):
            return None
        return min(senses, key=lambda s: s.name == "quote-only")

    def _quoted(self, found: tuple[int, Token | None, Sense, tuple[int, int] | None], span: Span) -> _Draft:
        at, head, sense, source = found
        draft = self.drafts.get(at)
        if draft is None or draft.frame not in ("clause", "obj-clause", "quote"):
            cue = (at, at) if self.doc[at].text == ":" else self._cue(self.doc[at], None)
            fresh = _Draft(at, cue, sense, "quote", head, [span], source)
            fresh.hearers = (
                [] if self.doc[at].text == ":" else self._hearers(self.doc[at], Content("quote", ((at, at),)))
            )
            self.drafts[at] = fresh
            return fresh
        if draft.head is None:
            draft.head, draft.source = head, source
        self._extend(draft, span)
        return draft

    def _extend(self, draft: _Draft, span: Span) -> None:
        """Add a span to a content; one that overlaps it is swallowed or swallows."""
        kept = [s for s in draft.spans if s.end <= span.begin or s.begin >= span.end]
        hull = [s for s in draft.spans if s not in kept]
        if hull:
            span = Span(min(span.begin, *(s.begin for s in hull)), max(span.end, *(s.end for s in hull)))
        draft.spans = sorted([*kept, span])

    # ---- pass 3: phrases and colons

    def phrases(self) -> None:
        doc = self.doc
        table: dict[str, list[tuple[tuple[str, ...], Sense]]] = {}
        for words, sense in phrases():
            table.setdefault(words[0], []).append((words, sense))
        for token in doc:
            for words, sense in table.get(token.lower_, ()):
                if tuple(t.lower_ for t in doc[token.i : token.i + len(words)]) == words and not is_masked(token):
                    self._phrase(token.i, token.i + len(words) - 1, sense)
                    break

    def _phrase(self, first: int, last: int, sense: Sense) -> None:
        doc = self.doc
        begin, end = sentence_bounds(doc[first])
        if last + 1 > end:
            return
        head = self._phrase_head(last + 1, end)
        if head is None:
            return
        low, high = source_tokens(head)
        low = last + 1
        if high < low:
            high = head.i
        at = high + 1
        while (
            at <= end
            and doc[at].text != ","
            and not doc[at].is_quote
            and doc[at].dep_ != "ROOT"
            and doc[at].tag_ not in ("VBD", "VBZ", "VBP", "MD")
        ):
            if any(a.i == head.i for a in doc[at].ancestors):
                high = at
            at += 1
        comma = at <= end and doc[at].text == ","
        ranges: list[tuple[int, int]] = []
        if first > begin + 1:
            left = self._clause_start(first, begin)
            ranges.append((left, first - 1))
            if comma and doc[first - 1].text == "," and at < end:
                ranges.append((at + 1, end))
        elif at < end:
            ranges.append((at + 1 if comma else at, end))
        spans = [s for s in (self.text.span(a, b) for a, b in ranges) if s is not None]
        if spans:
            self.drafts[first] = _Draft(first, (first, last), sense, "phrase", head, spans, (low, high))

    def _phrase_head(self, low: int, end: int) -> Token | None:
        doc = self.doc
        for at in range(low, min(end + 1, low + 12)):
            token = doc[at]
            if (token.pos_ in ("NOUN", "PROPN", "PRON") and token.head.i < low) or (
                token.pos_ in ("NOUN", "PROPN", "PRON")
                and token.head.i > at
                and token.dep_ not in ("compound", "nmod:poss", "amod", "nmod:desc")
            ):
                return token
            if token.text in (",", ";"):
                break
        words = [t for t in doc[low : min(end + 1, low + 6)] if t.pos_ in ("NOUN", "PROPN", "PRON")]
        return words[0] if words else None

    def _clause_start(self, at: int, begin: int) -> int:
        """Where the clause that a phrase closes begins: after a semicolon, else at the sentence."""
        for i in range(at - 1, begin, -1):
            if self.doc[i].text in (";", "—"):
                return i + 1
        return begin

    def colons(self) -> None:
        doc = self.doc
        for paragraph in self.paragraphs:
            if paragraph.role not in ("headline", "deck"):
                continue
            piece = doc.char_span(paragraph.begin, paragraph.end, alignment_mode="expand")
            if piece is None:
                continue
            for mark in piece:
                if mark.text == ":" and mark.i not in self.drafts:
                    self._colon(piece.start, mark.i, piece.end - 1)
                    break

    def _colon(self, first: int, mark: int, last: int) -> None:
        doc = self.doc
        while last > mark and doc[last].is_space:
            last -= 1
        right, left = (mark + 1, last), (first, mark - 1)
        if right[0] > right[1] or left[0] > left[1]:
            return
        for source, content in ((right, left), (left, right)):
            if (
                source[1] - source[0] <= (3 if source is right else 5)
                and content[1] - content[0] >= 2
                and self._speaker(source)
            ):
                words = [t for t in doc[source[0] : source[1] + 1] if t.pos_ in ("PROPN", "NOUN")] or [doc[source[1]]]
                span = self.text.span(*content)
                if span is not None:
                    self.drafts[mark] = _Draft(
                        mark, (mark, mark), _QUOTE, "colon", words[-1], [span], source, voice="Headline"
                    )
                return

    def _speaker(self, source: tuple[int, int]) -> bool:
        """Whether words beside a headline's colon name somebody who can speak."""
        words = self.doc[source[0] : source[1] + 1]
        if any(t.tag_ in ("VBD", "VBZ", "VBP", "MD", "VB") for t in words):
            return False
        heads = {t.i for t in words} & set(self.mentions)
        return (
            bool(heads)
            or any(t.lower_ in _SPEAKERS for t in words)
            or (not self.mentions and all(t.pos_ == "PROPN" for t in words))
        )

    def settle(self) -> None:
        """One content, one cue: of a verb and a noun that take the same words, the noun goes ("said after the report that ...")."""
        first: dict[Span, _Draft] = {}
        for draft in sorted(self.drafts.values(), key=lambda d: d.token):
            other = first.setdefault(draft.spans[0], draft)
            if other is not draft and self.doc[draft.token].pos_ == "NOUN" and self.doc[other.token].pos_ == "VERB":
                del self.drafts[draft.token]

    # ---- result

    def result(self) -> tuple[Attribution, ...]:
        drafts = sorted(self.drafts.values(), key=lambda d: (min(d.spans[0].begin, self.doc[d.cue[0]].idx), d.cue))
        parents = _parents(self.doc, drafts)
        if kept := [
            d for d, up in zip(drafts, parents, strict=True) if not self._unowned(d, None if up is None else drafts[up])
        ]:
            if len(kept) < len(drafts):
                drafts, parents = kept, _parents(self.doc, kept)
        else:
            return ()
        return tuple(self._attribution(d, parents[i]) for i, d in enumerate(drafts))

    def _unowned(self, draft: _Draft, around: _Draft | None) -> bool:
        """Whether a thought inside somebody else's words is nobody's: no subject holds it, or it is asked after, not told."""
        if around is None or draft.sense.kind not in ("belief", "evidence"):
            return False
        asked = any(text_of(self.doc).startswith(("whether ", "if "), s.begin) for s in around.spans)
        return asked or around.frame == "whether" or (draft.head is None and draft.source is None)

    def _attribution(self, draft: _Draft, parent: int | None) -> Attribution:
        doc, source = self.doc, draft.source
        if source is None and draft.head is not None:
            source = source_tokens(draft.head)
        first, last = draft.cue
        return Attribution(
            source=self._entities(draft.head, source),
            source_span=None if source is None else Span(doc[source[0]].idx, doc[source[1]].idx + len(doc[source[1]])),
            cue=Span(doc[first].idx, doc[last].idx + len(doc[last])),
            cue_token=-1 if doc[draft.token].text == ":" else draft.token,
            content_spans=tuple(draft.spans),
            voice=draft.voice or self.text.voice(draft.spans, Span(doc[first].idx, doc[last].idx + 1)),
            speech_act=draft.sense.act,
            addressee=self._hearer_ids(draft.hearers),
            parent=parent,
            hearsay=draft.hearsay,
            confidence=draft.sense.confidence,
        )

    def _hearer_ids(self, hearers: list[Token]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(e for h in hearers for e in self._entities(h, None)))

    def _entities(self, head: Token | None, source: tuple[int, int] | None) -> tuple[str, ...]:
        """Ids the source denotes: of the mention on its head, its antecedent, its conjuncts, or the last name in it."""
        if head is None:
            return ()
        noun = antecedent(head)
        if noun is not None:
            head, source = noun, None
        found: list[str] = []
        for token in [head, *(c for c in head.children if c.dep_ == "conj")]:
            mention = self.mentions.get(token.i)
            if mention is None:
                mention = next(
                    (
                        self.mentions[c.i]
                        for c in token.children
                        if base(c.dep_) in ("appos", "flat") and c.i in self.mentions
                    ),
                    None,
                )
            if mention is not None:
                found += mention.entities
        if not found:
            low, high = source if source is not None else source_tokens(head)
            inside = [self.mentions[i] for i in range(low, high + 1) if i in self.mentions]
            names = [m for m in inside if m.form == "name" and m.span.begin <= head.idx < m.span.end]
            if names:
                found += names[-1].entities
            elif is_document(head):
                # "a Defense Ministry news release": whose paper it is answers for it
                owners = [
                    m
                    for m in inside
                    if m.form != "pronoun"
                    and m.span.end <= head.idx
                    and all(e.startswith("actor/") for e in m.entities)
                ]
                if owners:
                    found += max(owners, key=lambda m: (m.span.end - m.span.begin, m.span)).entities
        return tuple(dict.fromkeys(found))


def _open(cue: Token) -> bool:
    """Whether a cue is an infinitive that reports nothing done: "enough to conclude that", "a chance to say that"."""
    return (
        cue.tag_ == "VB"
        and cue.dep_ in ("xcomp", "acl", "advcl", "acl:relcl")
        and any(c.tag_ == "TO" for c in cue.children)
    )


def _parents(doc: Doc, drafts: list[_Draft]) -> list[int | None]:
    """For each draft the position of the one with the smallest content span around its cue, or None; one sweep over the text."""
    spans = sorted((s.begin, s.end, i) for i, d in enumerate(drafts) for s in d.spans)
    cues = sorted((doc[d.cue[0]].idx, i) for i, d in enumerate(drafts))
    parents: list[int | None] = [None] * len(drafts)
    active: list[tuple[int, int, int]] = []
    place = 0
    for at, i in cues:
        while place < len(spans) and spans[place][0] <= at:
            active.append(spans[place])
            place += 1
        active = [s for s in active if s[1] > at]
        around = [(end - begin, j) for begin, end, j in active if j != i]
        if around:
            parents[i] = min(around)[1]
    for i in range(len(parents)):
        seen = {i}
        up = parents[i]
        while up is not None and up not in seen:
            seen.add(up)
            up = parents[up]
        if up is not None:
            parents[i] = None  # two contents hold each other's cue: a parse slip, cut
    return parents
