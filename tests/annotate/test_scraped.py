"""Text as it is scraped and text as nobody writes it: sentence breaks, offsets, and a pipeline like any other."""

from __future__ import annotations

import random
import time

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from made_docs import document_of
from spacy import displacy
from spacy.lang.en import English
from spacy.language import Language

import kgbuild
from kgbuild.annotate.borders import borders

BREAKS = (
    # headline, byline, dateline, bullets, caption, links: a line each
    "Vesk leaders agree ceasefire after week of talks\n|By Ann Porter and Joe Reed, Orlen News\n|"
    "ORLEN, Arland (AP) — |The leaders of two U.S. allies agreed to a ceasefire on Monday, officials said.\n|"
    "Read more: What we know about the ceasefire\n|- Prisoners will be freed\n|• Aid convoys may enter\n|"
    "Image caption Residents fled the town of Vesk in March\n|Photo: Jane Doe/Reuters",
    # abbreviations within sentences and at their ends
    "He left for the U.S. |The talks resume on Tuesday.",
    "The U.S. Senate voted 52-48 to confirm Gen. John Smith. |Sen. Ann Lee, R-Ohio, voted no.",
    "They met at 5 p.m. on Jan. 5. |It ended early.",
    "The firm, Acme Corp., lost money. |Mr. Porter, a former U.N. envoy, resigned.",
    "It rose to $3.5 million in St. Louis. |Nobody saw it.",
    # quotation marks behind the full stop
    '"We are done," the minister said. |"Nobody wanted this war." |He left.',
    'He said that "it was over." |The crowd cheered.',
    "“I won’t go,” he said. |“Never.” |The crowd cheered.",
    'She asked. |"Perhaps," he said.',
    "“Is it true?” she asked. |“Yes!” he said.",
    # capitals at the start
    "THE PRESIDENT OF ARLAND said on Tuesday that he would not resign. |His wife agreed.",
    "1. Peace in Vesk.\n|2. Talks with Arland.",
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return kgbuild.load()


@pytest.mark.model
@pytest.mark.parametrize("marked", BREAKS)
def test_sentences_break_where_a_reader_breaks_them(nlp: Language, marked: str) -> None:
    text = marked.replace("|", "")
    assert [s.text.strip() for s in nlp(text).sents] == [part.strip() for part in marked.split("|")]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("to the U.S. The talks", "The"),
        ('was over." The crowd', "The"),
        ('she asked. "Perhaps', '"'),
        ("the U.S. Senate voted", None),
        ("at 5 p.m. on Monday", None),
        ('the "big" The', None),
    ],
)
def test_a_border_behind_an_ambiguous_mark_needs_a_word_that_opens(text: str, start: str | None) -> None:
    doc = borders(English().make_doc(text))
    assert [t.text for t in doc[1:] if t.is_sent_start] == ([start] if start else [])


NASTY = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "Russia", "Sergei Lavrov", "U.S.", "F-16", "$1.2bn", "5 p.m.", "“", "”", '"', "'s", ".", ",", "-", " ", "\n", "\n\n", "\t", "\r\n",
                "\u200b", "\u200f", "\u202e", "\ufeff", "\u00ad", "\x00", "\x07", "\x1f", "\u2028", "😀", "👩\u200d👩\u200d👧", "🇺🇦", "e\u0301", "İ", "ﬁ", "Ⅷ",
                "قال", "שלום", "中文", "a" * 10_000, "#" * 200, "http://x.y/" + "z" * 300, "\ud7ff", "\U0010ffff",
            ]
        ),
        st.text(max_size=8),
    ),
    max_size=18,
).map("".join)  # fmt: skip


@pytest.mark.model
@settings(max_examples=60, deadline=None)
@given(NASTY)
def test_offsets_are_exact_whatever_the_text(nlp: Language, text: str) -> None:
    text = text.encode("utf-8", "ignore").decode("utf-8")  # (no lone surrogates: sources turn them away)
    doc = nlp.make_doc(text)
    doc._.document = document_of(text)
    doc = nlp(doc)
    assert doc.text == text
    for mention in doc._.mentions:
        assert 0 <= mention.span.begin < mention.span.end <= len(text)
        assert doc.char_span(mention.span.begin, mention.span.end) is not None
    for span in doc.ents:
        assert text[span.start_char : span.end_char] == span.text
    for expression in doc._.times:
        assert text[expression.span.begin : expression.span.end] == expression.text


@pytest.mark.model
def test_it_is_a_pipeline_like_any_other(nlp: Language) -> None:
    assert not any(nlp.analyze_pipes(pretty=False)["problems"].values())
    doc = nlp("Sergei Lavrov of Russia met Ann Lee at Heathrow Airport on Monday.")
    found = {e.text: e.label_ for e in doc.ents}
    assert found["Russia"] == "GPE" and found["Heathrow Airport"] == "FAC" and found["Monday"] == "DATE"
    assert ">GPE<" in displacy.render(doc, style="ent", jupyter=False).replace("\n", "").replace(" ", "")
    assert "<svg" in displacy.render(doc, style="dep", jupyter=False)
    with nlp.select_pipes(enable=["kgbuild_borders", "encoder", "lemmatizer"]):
        assert not nlp("Russia met France.")._.mentions


@pytest.mark.model
def test_a_copy_on_disk_is_the_same_pipeline(nlp: Language, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("pipeline")
    nlp.to_disk(folder)
    text = "Sergei Lavrov met Ann Lee in Geneva. He left on Monday."
    assert _read(spacy.load(folder), text) == _read(nlp, text)


def _read(nlp: Language, text: str) -> tuple[object, ...]:
    return _layers(nlp(text))


def _layers(doc: spacy.tokens.Doc) -> tuple[object, ...]:
    return doc._.entities, doc._.mentions, doc._.times, tuple((e.text, e.start, e.label_) for e in doc.ents)


@pytest.mark.model
def test_one_by_one_through_pipe_and_in_any_order_alike(nlp: Language) -> None:
    texts = [
        "Russia attacked Ukraine.",
        "Ann Lee said that the U.S. would send 300 Javelin missiles.",
        "",
        "Nothing happened in Paris. It was quiet.",
        "Hurricane Odette cost Arland $3 billion.",
    ]
    alone = {t: _layers(nlp(t)) for t in texts}
    shuffled = random.Random(5).sample(texts, len(texts))
    assert [_layers(d) for d in nlp.pipe(shuffled, batch_size=2)] == [alone[t] for t in shuffled]


@pytest.mark.model
def test_rules_take_linear_time(nlp: Language) -> None:
    """Eight times the text, eight times the time, with room for noise; quadratic steps need sixty-four times."""
    piece = "Ann Lee of Arland told the U.N. on Monday that 12 tanks had left Geneva. He said so in 2016.\n\n"
    names = ("kgbuild_borders", "kgbuild_times", "kgbuild_kinds")

    def spent(copies: int) -> float:
        doc = nlp.make_doc(piece * copies)
        total = 0.0
        for name, component in nlp.pipeline:
            start = time.process_time()
            doc = component(doc)
            total += time.process_time() - start if name in names else 0.0
        return total

    spent(60)
    assert spent(480) < 24 * max(spent(60), spent(60))
