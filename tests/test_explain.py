"""Explain: the sentences behind an entity or a record."""

from __future__ import annotations

from dataclasses import replace

import arland
import pytest

from kgbuild.errors import UsageError
from kgbuild.explain import explain
from kgbuild.records import Document, Event


def test_an_actor_is_explained_by_every_record_it_has_a_part_in() -> None:
    found = explain(arland.RECORDS, "ada quill")
    assert {(e.record.partition("#")[2].partition("_")[0], e.role) for e in found} == {
        ("claim", "source"), ("mention", "mention"), ("stance", "holder"), ("event", "agent"),
        ("affiliation", "affiliation"),
    }  # fmt: skip
    assert [e.offset for e in found if e.article == arland.ARTICLE.id] == sorted(
        e.offset for e in found if e.article == arland.ARTICLE.id
    )


def test_marked_words_are_the_records_span() -> None:
    by_id = {r.id: r for r in arland.RECORDS}
    for what in ("Arland", "Borduria", "glow bombs", "Port Selva", "Coast League"):
        for evidence in explain(arland.RECORDS, what):
            document, record = by_id[evidence.article], by_id[evidence.record]
            assert isinstance(document, Document) and not isinstance(record, Document)
            marked = evidence.sentence[evidence.begin : evidence.end]
            assert marked == document.text[evidence.offset : evidence.offset + len(marked)]
            assert evidence.sentence in document.text
            assert evidence.record in evidence.detail and evidence.extractor in evidence.detail


def test_a_record_is_explained_by_what_hangs_on_it() -> None:
    for name in (arland.MOVE.id, "https://w3id.org/kgbuild/" + arland.MOVE.id):
        roles = {(e.record, e.role) for e in explain(arland.RECORDS, name)}
        assert (arland.MOVE.id, "") in roles
        assert (arland.STATEMENT.id, "content") in roles
        assert (arland.NO_MOVE.id, "same happening") in roles


def test_labels_say_who_what_and_how_sure() -> None:
    labels = [e.label for e in explain(arland.RECORDS, "Brandt")]
    assert "claim (deny) of Otto Brandt [negated]: no glow bombs had been moved (source)" in labels
    assert any("[conditional]" in label for label in labels)


def test_a_sentence_stays_inside_its_paragraph_and_ignores_abbreviations() -> None:
    mention = arland.mention("Ada Quill", arland.QUILL.id)
    (evidence,) = explain([arland.ARTICLE, arland.QUILL, mention], "Quill")
    assert evidence.sentence == 'President Ada Quill of Borduria called Arland "a reckless neighbour".'
    text = "Top line\nGen. Quill of the U.S. Navy spoke. He left."
    document = arland.document(text, source="x")
    begin = text.index("Quill")
    placed = replace(
        mention,
        id=f"{document.id}#mention_{begin}_{begin + 5}",
        document=document.id,
        span=mention.span._replace(begin=begin, end=begin + 5),
    )
    (evidence,) = explain([document, arland.QUILL, placed], "Quill")
    assert evidence.sentence == "Gen. Quill of the U.S. Navy spoke."


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean Borduria"):
        explain(arland.RECORDS, "Bordurya")
    with pytest.raises(UsageError, match="actors"):
        explain(arland.RECORDS, "Zzyzx")


def test_two_entities_of_one_name_are_both_explained() -> None:
    kinds = {e.role for e in explain(arland.RECORDS, "Arland")}
    assert {"agent", "target", "holder"} <= kinds
    assert any(isinstance(r, Event) for r in arland.RECORDS)


def test_words_with_a_job_are_marked_inside_the_sentence_and_the_file_is_named() -> None:
    found = {e.record: e for e in explain(arland.RECORDS, "Brandt")}
    event = next(e for e in explain(arland.RECORDS, arland.SHELLING.id) if e.record == arland.SHELLING.id)
    ((begin, end, job),) = event.parts
    assert (event.sentence[begin:end], job) == (
        arland.TEXT[arland.SHELLING.trigger.begin : arland.SHELLING.trigger.end],
        "trigger",
    )
    jobs = {job for e in found.values() for _, _, job in e.parts}
    assert "cue" in jobs
    assert f"({arland.ARTICLE.source})" in event.detail
