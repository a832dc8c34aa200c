"""The whole room with the shipped pipeline, and what it says when a pipeline does not fit."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from made_docs import document_of
from spacy.lang.en import English

from kgbuild.annotate import Annotator, load
from kgbuild.annotate.annotator import check_model
from kgbuild.annotate.borders import borders
from kgbuild.annotate.quotes import quoted_tokens
from kgbuild.config import Config
from kgbuild.errors import InputError, ModelError
from kgbuild.knowledge import key
from kgbuild.records import Dateline, Document, Paragraph
from kgbuild.sources import read


@pytest.fixture(scope="module")
def annotator() -> Annotator:
    return Annotator(Config())


def pipeline(labels: tuple[str, ...]) -> spacy.Language:
    nlp = English()
    nlp.add_pipe("tagger").add_label("NN")  # type: ignore[attr-defined]
    parser = nlp.add_pipe("parser")
    for label in labels:
        parser.add_label(label)  # type: ignore[attr-defined]
    return nlp


def test_a_pipeline_without_parser_is_refused() -> None:
    with pytest.raises(ModelError, match="no tags and no dependencies"):
        check_model(English(), "blank")


def test_foreign_labels_are_refused_and_named() -> None:
    nlp = pipeline(("nsubj", "dobj", "pobj", "nsubjpass", "prep"))
    nlp.add_pipe("ner").add_label("ORG")  # type: ignore[attr-defined]
    with pytest.raises(ModelError, match=r"Universal Dependencies.*dobj"):
        check_model(nlp, "clear")


def test_a_pipeline_without_names_is_refused() -> None:
    nlp = pipeline(("nsubj", "obj", "obl", "nmod", "case", "amod", "compound", "ccomp", "conj"))
    with pytest.raises(ModelError, match="finds no names"):
        check_model(nlp, "nameless")


def test_a_missing_pipeline_is_one_line() -> None:
    with pytest.raises(ModelError, match="no spaCy pipeline at") as caught:
        load(Config(model="no-such-pipeline"))
    assert "\n" not in str(caught.value)


def test_paragraph_borders_are_sentence_borders_and_asides_are_masked() -> None:
    text = 'logo\n\nARTON, May 3 (Agencies): They fled. He said: "No." Then left'
    end = text.index("They")
    document = document_of(text)
    document = Document(
        document.id,
        text,
        document.sha256,
        "test",
        dateline=Dateline(6, end, "ARTON"),
        paragraphs=(Paragraph(0, 4, "aside"), Paragraph(6, len(text))),
    )
    doc = English().make_doc(text)
    doc._.document = document
    borders(doc)
    starts = {t.text for t in doc if t.is_sent_start}
    assert {"logo", "ARTON", "They"} <= starts
    assert {t.text for t in doc if t._.masked} >= {"logo", "ARTON", "Agencies"}
    assert not any(t._.masked for t in doc if t.idx >= end)
    closing = next(t for t in doc if t.text == '"' and t.idx > text.index("No"))
    assert closing.is_sent_start is False


def test_quotations_end_with_their_paragraph() -> None:
    doc = English().make_doc("He said “no way” and “left\n\nShe stayed")
    quoted = {t.text for t, q in zip(doc, quoted_tokens(doc), strict=True) if q and t.is_alpha}
    assert quoted == {"no", "way", "left"}


@pytest.mark.model
@pytest.mark.parametrize("text", ["", " ", "\n\n", "x", "😀", "“", "of of", "a" * 3000, "U.S.", "and and", "'s"])
def test_any_text_works(annotator: Annotator, text: str) -> None:
    doc = annotator.annotate(document_of(text))
    assert doc.text == text


@pytest.mark.model
def test_too_long_is_refused() -> None:
    with pytest.raises(InputError, match="more than the limit"):
        Annotator(Config(max_chars=10)).annotate(document_of("longer than ten"))


@pytest.mark.model
@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            'Russia Russian troops the President Joe Biden said , . " of in Moscow and 15 civilians they their its he we Kremlin '
            "spokesman members IS U.S. 's - ( ) \n\n Monday last week however will".split(" ")
        ),
        max_size=25,
    ).map(" ".join)
)
def test_records_are_whole_whatever_the_words(annotator: Annotator, text: str) -> None:
    doc = annotator.annotate(document_of(text))
    entities = {e.id: e for e in doc._.entities}
    spans = [m.span for m in doc._.mentions]
    assert spans == sorted(spans, key=lambda s: (s.begin, -s.end))
    for mention in doc._.mentions:
        assert mention.entities and set(mention.entities) <= set(entities)
        assert doc.char_span(*mention.span) is not None
    for entity in entities.values():
        referred = {*entity.affiliation, *filter(None, (entity.within, entity.territory))}
        assert referred <= set(entities)
        assert entity.id not in entity.affiliation
    for i, one in enumerate(spans):
        assert not any(one.begin < two.begin < one.end < two.end for two in spans[i + 1 :])


@pytest.mark.model
def test_a_short_article(annotator: Annotator) -> None:
    text = (
        "Kremlin spokesman Dmitry Peskov told reporters in Geneva on Monday that Russia had withdrawn its troops from Syria.\n\n"
        'Washington denied that. "We saw no withdrawal," said Pentagon spokeswoman Ann Miller. She spoke after Russian troops shelled Homs.'
    )
    doc = annotator.annotate(document_of(text))
    entities = {e.id: e for e in doc._.entities}
    found = {text[m.span.begin : m.span.end]: [entities[i] for i in m.entities] for m in doc._.mentions}
    assert found["Kremlin"][0].qid == "Q159"
    assert found["Dmitry Peskov"][0].affiliation == (found["Kremlin"][0].id,)
    assert found["Geneva"][0].kind == "City"
    assert found["Syria"][0].kind == "Place"
    assert found["Washington"][0].name == "United States"
    assert found["She"][0].name == "Ann Miller"
    assert found["Russian troops"][0].affiliation == (found["Kremlin"][0].id,)
    assert [(t.text, t.earliest) for t in doc._.times] == [("Monday", "2022-03-21")]


@pytest.mark.model
def test_a_first_name_alone_is_nobody_of_the_base(annotator: Annotator) -> None:
    doc = annotator.annotate(document_of("Mohammed, a baker, said that Anna had left."))
    assert {e.name: e.qid for e in doc._.entities} == {"Mohammed": None, "Anna": None}
    doc = annotator.annotate(document_of("Prime Minister Mohammed left."))
    assert [e.qid for e in doc._.entities] == [None]


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "mention", "party"),
    [
        ("Two Republicans voted against it.", "Two Republicans", "Republican Party"),
        ("Some Democrats supporting the plan left.", "Some Democrats", "Democratic Party"),
        ("House Republicans voted against it.", "House Republicans", "Republican Party"),
    ],
)
def test_some_of_a_party_are_a_group_of_it(annotator: Annotator, text: str, mention: str, party: str) -> None:
    doc = annotator.annotate(document_of(text))
    entities = {e.id: e for e in doc._.entities}
    (found,) = (m for m in doc._.mentions if doc.text[m.span.begin : m.span.end] == mention)
    group = entities[found.entities[0]]
    assert group.kind == "Group" and [entities[i].name for i in group.affiliation] == [party]


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("Democrats voted against it.", "Democratic Party"),
        ("The ruling Conservatives voted against it.", "Conservative Party"),
        ("Britain's ruling Conservatives voted against it.", "Conservative Party"),
        ("The Democrats, who had promised it, left.", "Democratic Party"),
    ],
)
def test_a_party_named_as_a_whole_is_the_party(annotator: Annotator, text: str, party: str) -> None:
    kinds = {e.name: e.kind for e in annotator.annotate(document_of(text))._.entities}
    assert kinds[party] == "Organization" and "Group" not in kinds.values()


@pytest.mark.model
def test_pipe_works_as_in_any_pipeline(annotator: Annotator) -> None:
    docs = list(annotator.nlp.pipe(["Russia attacked Ukraine.", "Nothing happened."]))
    assert len(docs[0]._.mentions) == 2
    assert docs[1]._.mentions == ()


@pytest.mark.model
@pytest.mark.shared
def test_entities_of_the_open_gold_articles_are_linked_rightly(annotator: Annotator, shared: Path) -> None:
    text = (shared / "gold" / "uk_lavrov.txt").read_text(encoding="utf-8")
    doc = annotator.annotate(document_of(text, "2016-09-20"))
    linked = {e.qid for e in doc._.entities if e.qid}
    assert {"Q180589", "Q58217", "Q159", "Q60"} <= linked


@pytest.mark.model
@pytest.mark.shared
def test_every_id_on_the_examples_is_borne_out_by_the_sources_labels(annotator: Annotator, shared: Path) -> None:
    """The base's evidence names each linked entity as the article or the base names it."""
    with lzma.open(shared / "data" / "kb" / "qid_evidence.json.xz", "rt", encoding="utf-8") as text:
        evidence = json.load(text)
    examples = Path(__file__).resolve().parents[2] / "examples"
    checked, unsupported = 0, []
    for item in read([str(examples)], Config()):
        if not isinstance(item, Document):
            continue
        for entity in annotator.annotate(item)._.entities:
            if entity.qid is not None:
                known = evidence.get(entity.qid, {})
                labels = {key(label) for label in (*known.get("labels", {}), known.get("enwiki") or "")}
                checked += 1
                if not known.get("src") or not labels & {key(n) for n in (entity.name, *entity.aliases)}:
                    unsupported.append((entity.qid, entity.name))
    assert checked > 60
    assert unsupported == []
