"""Claims: sources, voices, one claim an event, ids, and what nobody named stands behind."""

from __future__ import annotations

from dataclasses import replace

from attributed_docs import ANA, ARLAND, ARMY, PLACE, event_at, parsed
from spacy.tokens import Doc

from kgbuild.claims.attribution import attributions
from kgbuild.claims.model import Attribution, FoundEvent
from kgbuild.claims.statements import claims
from kgbuild.ids import ID
from kgbuild.layers import TimeExpression
from kgbuild.records import Claim, Span

TWO = """
Ana NNP PROPN nsubj 3
Sousa NNP PROPN flat 1
said VBD VERB ROOT 0
that IN SCONJ mark 6
rebels NNS NOUN nsubj 6
attacked VBD VERB ccomp 3
the DT DET det 8
port NN NOUN obj 6
and CC CCONJ cc 10
burned VBD VERB conj 6
it_ PRP PRON obj 10
. . PUNCT punct 3

Police NNS NOUN nsubj 2
arrested VBD VERB ROOT 0
them_ PRP PRON obj 2
. . PUNCT punct 2
"""


def events(doc: Doc, *words: str) -> list[FoundEvent]:
    return [FoundEvent(*event_at(doc, w)) for w in words]


def made(rows: str, *words: str) -> tuple[Doc, list[Claim]]:
    doc = parsed(rows, [("Ana Sousa", ANA), ("Ana", ANA), ("army", ARMY)])
    return doc, claims(doc, attributions(doc), events(doc, *words))


def test_one_wide_claim_and_one_for_each_further_event() -> None:
    doc, rows = made(TWO, "attacked", "burned", "arrested")
    wide = next(c for c in rows if c.cue is not None and c.statement is None)
    part = next(c for c in rows if c.statement is not None)
    own = next(c for c in rows if c.voice == "Narrator")
    assert (wide.source, wide.text, wide.speech_act) == (ANA.id, "that rebels attacked the port and burned it", "Say")
    assert doc.text[wide.span.begin : wide.span.end] == "Ana Sousa said that rebels attacked the port and burned it"
    assert wide.content is not None and "attacked" in wide.text
    assert (part.statement, part.source) == (wide.id, ANA.id)
    assert (own.source, own.cue, own.speech_act) == (doc._.document.id, None, "Report")
    assert (own.earliest, own.latest) == ("2024-05-02", "2024-05-02")
    assert (wide.earliest, wide.latest, wide.time_text) == (None, None, None), "nothing says when she said it"


def test_every_event_is_reached_once_at_least() -> None:
    doc, rows = made(TWO, "attacked", "burned", "arrested")
    reached = {c.content for c in rows} | {c.condition for c in rows}
    assert {e.record.id for e in events(doc, "attacked", "burned", "arrested")} <= reached


def test_ids_are_unique_well_formed_and_independent_of_the_order_of_events() -> None:
    doc = parsed(TWO, [("Ana Sousa", ANA)])
    said, found = attributions(doc), events(doc, "attacked", "burned", "arrested")
    one, two = claims(doc, said, found), claims(doc, said, list(reversed(found)))
    assert one == two
    assert len({c.id for c in one}) == len(one)
    assert all(ID.fullmatch(c.id) for c in one)


def test_an_unnamed_source_is_hearsay_never_the_article_s_own_word() -> None:
    doc = parsed(TWO)
    wide = next(c for c in claims(doc, attributions(doc), events(doc, "attacked")) if c.cue is not None)
    assert wide.hearsay and wide.source == doc._.document.id
    assert wide.source_span is not None and doc.text[wide.source_span.begin : wide.source_span.end] == "Ana Sousa"


def test_two_sources_make_two_claims() -> None:
    doc = parsed(TWO, [("Ana Sousa", ANA)])
    said = tuple(replace(a, source=(ANA.id, ARMY.id)) for a in attributions(doc))
    wide = [c for c in claims(doc, said, events(doc, "attacked")) if c.cue is not None and c.statement is None]
    assert sorted(c.source for c in wide) == sorted([ANA.id, ARMY.id])
    assert len({c.id for c in wide}) == 2


def test_a_place_speaks_as_its_state() -> None:
    doc = parsed(TWO, [("Ana Sousa", PLACE), ("Ana Sousa", ARLAND)])
    said = tuple(replace(a, source=(PLACE.id,)) for a in attributions(doc))
    wide = next(c for c in claims(doc, said, []) if c.cue is not None)
    assert wide.source == ARLAND.id and not wide.hearsay


NESTED = """
Ana NNP PROPN nsubj 2
said VBD VERB ROOT 0
the DT DET det 4
army NN NOUN nsubj 5
claimed VBD VERB ccomp 2
that IN SCONJ mark 9
rebels NNS NOUN nsubj 9
had VBD AUX aux 9
fled_ VBN VERB ccomp 5
. . PUNCT punct 2
"""


def test_a_nested_claim_is_the_inner_source_s_passed_on_by_the_outer() -> None:
    _, rows = made(NESTED, "fled")
    claim = next(c for c in rows if c.content is not None)
    assert (claim.source, claim.via) == (ARMY.id, (ANA.id,))


def test_a_conditional_statement_names_its_condition_once() -> None:
    doc = parsed(
        """
        Ana NNP PROPN nsubj 2
        said VBD VERB ROOT 0
        that IN SCONJ mark 10
        if IN SCONJ mark 6
        rebels NNS NOUN nsubj 6
        advanced_ VBD VERB advcl 10
        , , PUNCT punct 6
        troops NNS NOUN nsubj 10
        would MD AUX aux 10
        respond_ VB VERB ccomp 2
        . . PUNCT punct 2
    """,
        [("Ana", ANA)],
    )
    rows = claims(doc, attributions(doc), events(doc, "advanced", "respond"))
    (claim,) = [c for c in rows if c.cue is not None]
    assert claim.modality == "Conditional"
    assert (
        claim.condition == events(doc, "advanced")[0].record.id and claim.content == events(doc, "respond")[0].record.id
    )


def test_a_headline_is_claimed_by_the_headline() -> None:
    doc = parsed(
        """
        Rebels NNS NOUN nsubj 2
        burn VBP VERB ROOT 0
        port NN NOUN obj 2
    """,
        role="headline",
    )
    (claim,) = claims(doc, (), events(doc, "burn"))
    assert (claim.voice, claim.source) == ("Headline", doc._.document.id)


def test_parents_in_a_circle_end() -> None:
    doc = parsed(TWO, [("Ana Sousa", ANA)])
    span = Span(0, 3)
    one = Attribution((), None, span, 2, (Span(4, 9),), "Indirect", "Say", parent=1)
    two = Attribution((), None, Span(4, 9), 2, (span,), "Indirect", "Say", parent=0)
    assert all(c.hearsay for c in claims(doc, (one, two), []))


TRAILING = """
Rebels NNS NOUN nsubj 2
burned VBD VERB ccomp 7
it_ PRP PRON obj 2
, , PUNCT punct 2
Ana NNP PROPN compound 6
Sousa NNP PROPN nsubj 7
told VBD VERB ROOT 0
reporters NNS NOUN iobj 7
on IN ADP case 10
Tuesday_ NNP PROPN obl 2
. . PUNCT punct 7
"""


def test_a_day_after_a_cue_that_ends_its_sentence_dates_the_saying() -> None:
    doc = parsed(TRAILING, [("Ana Sousa", ANA)])
    begin = doc.text.index("Tuesday")
    doc._.times = (TimeExpression(Span(begin, begin + 7), "Tuesday", "2024-04-30", "2024-04-30", "point"),)
    said = next(c for c in claims(doc, attributions(doc), events(doc, "burned")) if c.cue is not None)
    assert (said.earliest, said.latest, said.time_text) == ("2024-04-30", "2024-04-30", "Tuesday")
