"""Attributions: every class of the lexicon on its own examples, and the shapes of reporting clauses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attributed_docs import ANA, ARLAND, ARMY, marked, parsed
from spacy.language import Language
from spacy.tokens import Doc

from kgbuild.annotate import load
from kgbuild.claims.attribution import attributions
from kgbuild.claims.model import Attribution
from kgbuild.claims.reporting import FILE, KINDS, inflect, lookup, phrases
from kgbuild.config import Config
from kgbuild.errors import RuleError
from kgbuild.rules import load_rules
from kgbuild.vocab import SPEECH_ACTS

SECTIONS = ("verbs", "nouns", "adjectives", "adverbs", "phrases")
CLASSES = [(section, name) for section in SECTIONS for name in load_rules(FILE)[section]]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load(Config())


def words(doc: Doc, item: Attribution) -> tuple[str | None, str, list[str]]:
    text = doc.text
    source = None if item.source_span is None else text[item.source_span.begin : item.source_span.end]
    return source, text[item.cue.begin : item.cue.end], [text[s.begin : s.end] for s in item.content_spans]


@pytest.mark.model
@pytest.mark.parametrize(("section", "name"), CLASSES)
def test_each_class_holds_on_its_own_examples(nlp: Language, section: str, name: str) -> None:
    rule: dict[str, Any] = load_rules(FILE)[section][name]
    for example in rule["examples"]:
        text, spans = marked(example)
        doc = nlp(text)
        cue = spans["<"][0]
        hits = [a for a in attributions(doc, KINDS) if a.cue.begin < cue.end and a.cue.end > cue.begin]
        assert hits, example
        hit = hits[0]
        assert hit.speech_act == rule["act"], example
        if spans["["]:
            assert hit.source_span is not None and hit.source_span.begin < spans["["][0].end, example
            assert hit.source_span.end > spans["["][0].begin, example
        else:
            assert hit.source_span is None, example
        gold = {i for s in spans["{"] for i in range(s.begin, s.end)}
        mine = {i for s in hit.content_spans for i in range(s.begin, s.end)}
        assert 2 * len(gold & mine) > 0.85 * (len(gold) + len(mine)), example


@pytest.mark.model
@pytest.mark.parametrize(("section", "name"), CLASSES)
def test_no_class_reports_in_its_counterexamples(nlp: Language, section: str, name: str) -> None:
    for text in load_rules(FILE)[section][name]["counterexamples"]:
        assert [words(nlp(text), a) for a in attributions(nlp(text), KINDS)] == []


def test_every_class_has_a_known_act_and_kind() -> None:
    for section, name in CLASSES:
        rule = load_rules(FILE)[section][name]
        assert rule["act"] in SPEECH_ACTS and rule["kind"] in KINDS, name
        assert all(isinstance(f, str) for f in rule.get("frames", [])), name
    assert phrases()[0][0] > ()


def test_a_bare_yaml_switch_in_a_list_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from kgbuild.claims import reporting

    broken = {
        "verbs": {
            "x": {
                "act": "Say",
                "kind": "speech",
                "frames": [True],
                "lemmas": ["say"],
                "examples": ["a"],
                "counterexamples": ["b"],
            }
        }
    }
    monkeypatch.setattr(reporting, "load_rules", lambda name: broken)
    with pytest.raises(RuleError, match="quotation marks"):
        reporting._table.__wrapped__()


@pytest.mark.parametrize(
    ("lemma", "form"),
    [("deny", "denied"), ("stop", "stopped"), ("agree", "agreed"), ("stress", "stresses"), ("urge", "urging")],
)
def test_forms_of_verbs(lemma: str, form: str) -> None:
    assert form in inflect(lemma, {})


SAID = """
Ana NNP PROPN nsubj 3
Sousa NNP PROPN flat 1
said VBD VERB ROOT 0
that IN SCONJ mark 7
the DT DET det 6
bridge NN NOUN nsubj 7
collapsed_ VBD VERB ccomp 3
. . PUNCT punct 3
"""


def test_an_indirect_statement() -> None:
    doc = parsed(SAID, [("Ana Sousa", ANA)])
    (item,) = attributions(doc)
    assert words(doc, item) == ("Ana Sousa", "said", ["that the bridge collapsed"])
    assert (item.source, item.voice, item.speech_act, item.cue_token) == ((ANA.id,), "Indirect", "Say", 2)


def test_a_word_of_reporting_reports_only_with_content() -> None:
    doc = parsed(
        """
        Ana NNP PROPN nsubj 2
        spoke_ VBD VERB ROOT 0
        . . PUNCT punct 2
    """,
        [("Ana", ANA)],
    )
    assert attributions(doc) == ()


QUOTED = """
" `` PUNCT punct 4
We PRP PRON nsubj 4
will MD AUX aux 4
rebuild_ VB VERB ccomp 9
,_ , PUNCT punct 4
" '' PUNCT punct 4
Ana NNP PROPN nsubj 9
Sousa NNP PROPN flat 7
said_ VBD VERB ROOT 0
. . PUNCT punct 9

" `` PUNCT punct 3
Work NN NOUN nsubj 3
begins VBZ VERB ROOT 0
now_ RB ADV advmod 3
._ . PUNCT punct 3
" '' PUNCT punct 3
"""


def test_a_quotation_split_by_its_reporting_clause_is_one_attribution() -> None:
    doc = parsed(QUOTED.replace('" `` PUNCT', '"_ `` PUNCT'), [("Ana Sousa", ANA)])
    (item,) = attributions(doc)
    assert words(doc, item) == ("Ana Sousa", "said", ['"We will rebuild,"', '"Work begins now."'])
    assert item.voice == "Direct"


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


def test_an_attribution_inside_another_names_it_as_parent() -> None:
    doc = parsed(NESTED, [("Ana", ANA), ("army", ARMY)])
    items = attributions(doc)
    outer = next(n for n, a in enumerate(items) if a.source == (ANA.id,))
    inner = next(a for a in items if a.source == (ARMY.id,))
    assert inner.parent == outer and items[outer].parent is None


def test_the_order_of_mentions_does_not_matter() -> None:
    one = parsed(NESTED, [("Ana", ANA), ("army", ARMY)])
    two = parsed(NESTED, [("army", ARMY), ("Ana", ANA)])
    assert attributions(one) == attributions(two)


MODEL_CASES: list[tuple[str, tuple[str | None, str, str]]] = [
    ("The dam, officials said, would hold for a year.", ("officials", "said", "The dam")),
    ('The plan was "reckless," Mayor Ana Sousa said.', ("Mayor Ana Sousa", "said", 'The plan was "reckless,"')),
    (
        "As the Daily Post reported on Monday, the bridge has collapsed.",
        ("the Daily Post", "reported", "the bridge has collapsed"),
    ),
    ("The nurse who said that the ward was empty has left.", ("who", "said", "that the ward was empty")),
    ("The guards are believed to have fled.", (None, "are believed", "to have fled")),
    ("The troops left after what villagers say was a massacre.", ("villagers", "say", "was a massacre")),
    (
        "Officials said after the report that they had seen nothing.",
        ("Officials", "said", "that they had seen nothing"),
    ),
    (
        "According to the mayor, two bridges have collapsed.",
        ("the mayor", "According to", "two bridges have collapsed"),
    ),
]


@pytest.mark.model
@pytest.mark.parametrize(("text", "expected"), MODEL_CASES)
def test_shapes_of_reporting_clauses(nlp: Language, text: str, expected: tuple[str | None, str, str]) -> None:
    doc = nlp(text)
    rows = [words(doc, a) for a in attributions(doc)]
    assert [r for r in rows if r[0] == expected[0] and r[1] == expected[1] and r[2][0] == expected[2]], rows


@pytest.mark.model
def test_a_running_quotation_is_one_content(nlp: Language) -> None:
    text = "A spokeswoman said: “The mill will close.\n\n“The workers will be paid.”"
    doc = nlp(text)
    item = next(a for a in attributions(doc) if text[a.cue.begin : a.cue.end] == "said")
    assert item.voice == "Direct"
    assert text[item.content_spans[0].begin : item.content_spans[-1].end] == text[text.index("“") :]


@pytest.mark.model
def test_every_span_lies_in_the_text(nlp: Language, root: Any) -> None:
    for path in sorted((root / "examples").glob("*.txt"))[:4]:
        doc = nlp(path.read_text(encoding="utf-8"))
        items = attributions(doc, KINDS)
        assert items, path.name
        for item in items:
            for span in (item.cue, *item.content_spans, *([item.source_span] if item.source_span else [])):
                assert 0 <= span.begin < span.end <= len(doc.text)
                assert doc.text[span.begin : span.end].strip()
            assert item.parent is None or items[item.parent] is not item


@pytest.mark.model
def test_a_long_article_takes_time_in_proportion(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work is counted in look-ups, not seconds: ten times the text, at most about ten times the work."""
    from kgbuild.claims import attribution

    counts = []
    real: Callable[..., Any] = lookup
    for times in (4, 40):
        seen = [0]

        def counted(token: Any, seen: list[int] = seen) -> Any:
            seen[0] += 1
            return real(token)

        monkeypatch.setattr(attribution, "lookup", counted)
        attributions(
            nlp('"We will rebuild," Ana Sousa said. The mayor said that the bridge had collapsed.\n\n' * times)
        )
        counts.append(seen[0])
    assert counts[1] <= 12 * counts[0]


ASIDE = """
Ana NNP PROPN nsubj 2
said VBD VERB ROOT 0
that IN SCONJ mark 6
it PRP PRON nsubj:pass 6
was VBD AUX aux:pass 6
shown VBN VERB ccomp 2
that IN SCONJ mark 9
rebels NNS NOUN nsubj 9
fled VBD VERB ccomp 6
. . PUNCT punct 2
"""

FREE = """
After IN ADP mark 2
failing VBG VERB advcl 14
in IN ADP case 4
what WP PRON obl 2
foreign JJ ADJ amod 6
officials NNS NOUN nsubj 2
say VBP VERB acl:relcl 4
was VBD AUX cop 10
an DT DET det 10
attack NN NOUN advcl 14
, , PUNCT punct 14
the DT DET det 13
army NN NOUN nsubj 14
left VBD VERB ROOT 0
. . PUNCT punct 14
"""


def test_a_thought_without_a_holder_inside_somebodys_words_is_no_attribution() -> None:
    doc = parsed(ASIDE, [("Ana", ANA)])
    assert [words(doc, a)[:2] for a in attributions(doc)] == [("Ana", "said")]


def test_who_says_what_is_the_noun_beside_the_verb() -> None:
    doc = parsed(FREE, [("army", ARMY)])
    (found,) = attributions(doc)
    source, cue, content = words(doc, found)
    assert source is not None and source.endswith("officials")
    assert (cue, content) == ("say", ["was an attack"])


@pytest.mark.model
def test_a_state_of_mind_belongs_to_its_subject_and_is_none_when_only_asked_after(nlp: Language) -> None:
    doc = nlp("The envoy said the king was convinced that the siege would end.")
    assert ("the king", "was convinced") in [words(doc, a)[:2] for a in attributions(doc)]
    doc = nlp("Reporters asked whether he was convinced that the siege would end.")
    assert [words(doc, a)[1] for a in attributions(doc)] == ["asked"]


RELEASE = """
Rebels NNS NOUN nsubj 2
fled VBD VERB ROOT 0
according VBG VERB case 9
to IN ADP fixed 3
an DT DET det 9
Ana NNP PROPN compound 7
Sousa NNP PROPN compound 9
news NN NOUN compound 9
{noun} NN NOUN obl 2
. . PUNCT punct 2
"""


@pytest.mark.parametrize(("noun", "source"), [("release", (ANA.id,)), ("agent", ())])
def test_the_owner_of_a_paper_speaks_through_it(noun: str, source: tuple[str, ...]) -> None:
    doc = parsed(RELEASE.format(noun=noun), [("Ana Sousa", ANA)])
    (found,) = attributions(doc)
    assert found.source == source


OWNED_UP = """
Militants NNS NOUN nsubj 2
claimed VBD VERB ROOT 0
responsibility NN NOUN obj 2
for IN ADP case 6
an DT DET det 6
attack NN NOUN nmod 3
in IN ADP case 8
Arland_ NNP PROPN nmod 6
, , PUNCT punct 14
and CC CCONJ cc 14
where WRB ADV advmod 14
guards NNS NOUN nsubj:pass 14
were VBD AUX aux:pass 14
killed VBN VERB conj 8
. . PUNCT punct 2
"""


def test_responsibility_is_claimed_for_the_deed_named_not_for_a_clause_added_to_it() -> None:
    doc = parsed(OWNED_UP)
    (found,) = attributions(doc)
    assert [doc.text[s.begin : s.end] for s in found.content_spans] == ["responsibility for an attack in Arland"]


STATE_MEDIA = """
Rebels NNS NOUN nsubj 2
fled_ VBD VERB ccomp 7
, , PUNCT punct 2
Arland NNP PROPN compound 6
state NN NOUN compound 6
television NN NOUN nsubj 7
said VBD VERB ROOT 0
. . PUNCT punct 7
"""


@pytest.mark.parametrize(("word", "expected"), [("state", (ARLAND.id,)), ("sports", ())])
def test_media_of_a_state_speak_for_it(word: str, expected: tuple[str, ...]) -> None:
    doc = parsed(STATE_MEDIA.replace("state NN", f"{word} NN"), [("Arland", ARLAND)])
    (found,) = attributions(doc)
    assert found.source == expected
