"""Rules of coreference on sentences parsed by hand."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from made_docs import VOCAB, annotate, document_of, parse, said
from spacy.tokens import Doc, Span

from bench.coref import clusters
from bench.corpora import gum_documents


def text(*paragraphs: str, names: dict[str, str]) -> Doc:
    """A Doc of paragraphs of parsed sentences, every occurrence of `names` (words -> label) marked, run through the room."""
    parts = [parse(p) for p in paragraphs]
    words, spaces, tags, pos, deps, heads, lemmas = [], [], [], [], [], [], []
    for number, part in enumerate(parts):
        base = len(words)
        for t in part:
            words.append(t.text)
            spaces.append(bool(t.whitespace_) and t.i + 1 < len(part))
            tags.append(t.tag_)
            pos.append(t.pos_)
            deps.append(t.dep_)
            heads.append(base + t.head.i)
            lemmas.append(t.lemma_)
        if number + 1 < len(parts):
            words.append("\n\n")
            spaces.append(False)
            tags.append("_SP")
            pos.append("SPACE")
            deps.append("dep")
            heads.append(len(words) - 2)
            lemmas.append("\n\n")
    doc = Doc(VOCAB, words, spaces, tags=tags, pos=pos, deps=deps, heads=heads, lemmas=lemmas)
    marked = []
    for name, label in names.items():
        size = len(name.split())
        for i in range(len(doc) - size + 1):
            if [t.text for t in doc[i : i + size]] == name.split() and not any(
                i < e and b < i + size for b, e in marked
            ):
                marked.append((i, i + size))
                doc.set_ents([Span(doc, i, i + size, label=label)], default="unmodified")
    doc._.document = document_of(doc.text)
    return annotate(doc)


def meant(doc: Doc, word: str, form: str = "pronoun") -> list[tuple[str, ...]]:
    """What each mention with these words denotes."""
    return [names for surface, kind, names in said(doc) if surface == word and kind == form]


def sentence(*rows: str) -> str:
    return "\n".join(rows)


I_SLEPT = sentence("I PRP PRON nsubj 1", "slept VBD VERB ROOT 1", ". . PUNCT punct 1")
WHERE_WERE_YOU = sentence("Where WRB ADV ROOT 0", "were VBD AUX cop 0", "you PRP PRON nsubj 0", "? . PUNCT punct 0")
PETRA = {"Petra Oren": "PERSON"}
BOTH = {"Petra Oren": "PERSON", "Hugo Lind": "PERSON"}


# ---------------------------------------------------------------------------------------------------- first person


def interview(guests: str) -> str:
    return sentence(
        "An DT DET det 1",
        "interview NN NOUN ROOT 1",
        "with IN ADP case 3",
        "Petra NNP PROPN nmod 1",
        "Oren NNP PROPN flat 3",
    ) + (sentence("", "and CC CCONJ cc 6", "Hugo NNP PROPN conj 3", "Lind NNP PROPN flat 6") if guests == "two" else "")


def test_answers_of_an_interview_are_the_guests_and_its_questions_are_put_to_them() -> None:
    doc = text(interview("one"), WHERE_WERE_YOU, I_SLEPT, WHERE_WERE_YOU, I_SLEPT, names=PETRA)
    assert meant(doc, "I") == [("Petra Oren/Person",)] * 2
    assert meant(doc, "you") == [("Petra Oren/Person",)] * 2


def test_of_two_guests_none_is_guessed() -> None:
    doc = text(interview("two"), WHERE_WERE_YOU, I_SLEPT, WHERE_WERE_YOU, I_SLEPT, names=BOTH)
    assert not meant(doc, "I")


def test_without_questions_an_interview_is_only_spoken_of() -> None:
    assert not meant(text(interview("one"), I_SLEPT, names=PETRA), "I")


LABEL = "{0} NNP PROPN ROOT 0\n{1} NNP PROPN flat 0\n: : PUNCT punct 0\n\n" + I_SLEPT


def test_labels_tell_whose_turn_it_is() -> None:
    petra, hugo = LABEL.format("Petra", "Oren"), LABEL.format("Hugo", "Lind")
    doc = text(petra, hugo, I_SLEPT, petra, names=BOTH)
    assert meant(doc, "I") == [
        ("Petra Oren/Person",),
        ("Hugo Lind/Person",),
        ("Hugo Lind/Person",),
        ("Petra Oren/Person",),
    ]


def test_a_letter_is_its_signers_and_addresses_whom_it_greets() -> None:
    dear = sentence("Dear JJ ADJ amod 1", "Hugo NNP PROPN ROOT 1", "Lind NNP PROPN flat 1", ", , PUNCT punct 1")
    body = I_SLEPT + "\n\n" + sentence("You PRP PRON nsubj 1", "left VBD VERB ROOT 1", ". . PUNCT punct 1")
    closing = sentence("Yours NNS NOUN ROOT 0", "sincerely RB ADV advmod 0")
    doc = text(dear, body, closing, "Petra NNP PROPN ROOT 0\nOren NNP PROPN flat 0", names=BOTH)
    assert meant(doc, "I") == [("Petra Oren/Person",)]
    assert meant(doc, "You") == [("Hugo Lind/Person",)]


def test_a_signature_the_model_did_not_read_is_a_person() -> None:
    closing = sentence("Love NN NOUN ROOT 0", "and CC CCONJ cc 2", "wishes NNS NOUN conj 0")
    doc = text(I_SLEPT, I_SLEPT, closing, "Milena NNP PROPN ROOT 0", names={})
    assert meant(doc, "I") == [("Milena/Person",)] * 2
    assert not meant(text(I_SLEPT, I_SLEPT, I_SLEPT, "Milena NNP PROPN ROOT 0", names={}), "I")


BYLINE = sentence("By IN ADP case 1", "Petra NNP PROPN ROOT 1", "Oren NNP PROPN flat 1")


def test_a_byline_speaks_only_in_a_text_that_says_i_often() -> None:
    assert meant(text(BYLINE, I_SLEPT, I_SLEPT, I_SLEPT, names=PETRA), "I") == [("Petra Oren/Person",)] * 3
    assert not meant(text(BYLINE, I_SLEPT, names=PETRA), "I")


@pytest.mark.parametrize(
    ("rows", "tells"),
    [
        (("I PRP PRON nsubj 2", "am VBP AUX cop 2", "Petra NNP PROPN ROOT 2", "Oren NNP PROPN flat 2"), True),
        (("My PRP$ PRON nmod:poss 1", "name NN NOUN nsubj 3", "is VBZ AUX cop 3", "Petra NNP PROPN ROOT 3", "Oren NNP PROPN flat 3"), True),
        (("I PRP PRON nsubj 3", "am VBP AUX cop 3", "not RB PART advmod 3", "Petra NNP PROPN ROOT 3", "Oren NNP PROPN flat 3"), False),
        (("She PRP PRON nsubj 2", "is VBZ AUX cop 2", "Petra NNP PROPN ROOT 2", "Oren NNP PROPN flat 2"), False),
    ],
)  # fmt: skip
def test_who_names_themself_is_i(rows: tuple[str, ...], tells: bool) -> None:
    doc = text(sentence(*rows), I_SLEPT, names=PETRA)
    assert (("Petra Oren/Person",) in meant(doc, "I")) is tells


# ------------------------------------------------------------------------------------------------------ nominals


BRIDGE = sentence(
    "Kelm NNP PROPN compound 1", "Bridge NNP PROPN nsubj 2", "opened VBD VERB ROOT 2", ". . PUNCT punct 2"
)
OTHER_BRIDGE = BRIDGE.replace("Kelm", "Vole")
THE_BRIDGE = sentence("The DT DET det 1", "bridge NN NOUN nsubj 2", "shook VBD VERB ROOT 2", ". . PUNCT punct 2")


def test_the_last_word_of_a_name_repeats_it() -> None:
    doc = text(BRIDGE + "\n\n" + THE_BRIDGE, names={"Kelm Bridge": "LOC"})
    assert meant(doc, "The bridge", "nominal") == [("Kelm Bridge/Place",)]


def test_of_two_such_names_far_off_none_is_meant() -> None:
    filler = "\n\n".join([I_SLEPT] * 5)
    names = {"Kelm Bridge": "LOC", "Vole Bridge": "LOC"}
    assert meant(text(BRIDGE + "\n\n" + filler + "\n\n" + THE_BRIDGE, names=names), "The bridge", "nominal")
    both = text(BRIDGE + "\n\n" + OTHER_BRIDGE + "\n\n" + filler + "\n\n" + THE_BRIDGE, names=names)
    assert not meant(both, "The bridge", "nominal")


# --------------------------------------------------------------------------------------------------------- names


def test_a_bracketed_acronym_and_a_shorter_form_are_the_name() -> None:
    doc = text(
        """
The DT DET det 3
Vole NNP PROPN compound 3
Mountain NNP PROPN compound 3
Guides NNPS PROPN nsubj 7
( -LRB- PUNCT punct 5
VMG NNP PROPN appos 3
) -RRB- PUNCT punct 5
slept VBD VERB ROOT 7
. . PUNCT punct 7

Mountain NNP PROPN compound 1
Guides NNPS PROPN nsubj 2
left VBD VERB ROOT 2
. . PUNCT punct 2
""",
        names={"Vole Mountain Guides": "ORG", "VMG": "ORG", "Mountain Guides": "ORG"},
    )
    whole = "Vole Mountain Guides/Organization"
    assert [(s, n) for s, form, n in said(doc) if form == "name"] == [
        ("Vole Mountain Guides", (whole,)),
        ("VMG", (whole,)),
        ("Mountain Guides", (whole,)),
    ]


def test_a_shorter_form_of_two_names_stays_apart() -> None:
    rows = "\n\n".join(
        f"{a} NNP PROPN compound 2\nMountain NNP PROPN compound 2\nGuides NNPS PROPN nsubj 3\nleft VBD VERB ROOT 3"
        for a in ("Vole", "Kelm")
    )
    short = "\n\nMountain NNP PROPN compound 1\nGuides NNPS PROPN nsubj 2\nslept VBD VERB ROOT 2"
    names = {"Vole Mountain Guides": "ORG", "Kelm Mountain Guides": "ORG", "Mountain Guides": "ORG"}
    doc = text(rows + short, names=names)
    assert len({n for _, form, n in said(doc) if form == "name"}) == 3


BANK = """
Arton NNP PROPN compound 1
Bank NNP PROPN nsubj 2
closed VBD VERB ROOT 2
in IN ADP case 4
Arton NNP PROPN obl 2
. . PUNCT punct 2
"""


def test_a_city_is_also_meant_inside_the_name_of_a_body() -> None:
    doc = text(BANK, names={"Arton Bank": "ORG", "Arton": "LOC"})
    assert len(meant(doc, "Arton", "name")) == 2
    assert len(set(meant(doc, "Arton", "name"))) == 1


def test_a_place_of_the_same_name_is_another_one() -> None:
    doc = text(BANK.replace("Bank", "River"), names={"Arton River": "LOC", "Arton": "LOC"})
    assert len(meant(doc, "Arton", "name")) == 1


# ------------------------------------------------------------------------------------------------------ pronouns


def test_owners_are_those_joined_to_what_they_own() -> None:
    doc = text(
        """
Borvian JJ ADJ amod 1
rebels NNS NOUN nsubj 2
saw VBD VERB ROOT 2
Arlandic JJ ADJ amod 4
troops NNS NOUN obj 2
and CC CCONJ cc 7
their PRP$ PRON nmod:poss 7
friends NNS NOUN conj 4
. . PUNCT punct 2
""",
        names={},
    )
    assert meant(doc, "their") and meant(doc, "their") == meant(doc, "Arlandic troops", "nominal")


LIMBS = """
Arlandic JJ ADJ amod 1
troops NNS NOUN nsubj 2
tied VBD VERB ROOT 2
six CD NUM nummod 4
men NNS NOUN obj 2
by IN ADP case 7
their PRP$ PRON nmod:poss 7
{} NNS NOUN obl 2
. . PUNCT punct 2
"""


def test_limbs_are_not_those_of_who_ties_them() -> None:
    troops = ("Arlandic troops/Group",)
    assert troops in meant(text(LIMBS.format("orders"), names={}), "their")
    assert troops not in meant(text(LIMBS.format("hands"), names={}), "their")


ARMY = """
The DT DET det 2
Arlandic JJ ADJ amod 2
{} NOUN nsubj 3
said VBD VERB ROOT 3
{} PRP PRON nsubj 6
had VBD AUX aux 6
left VBN VERB ccomp 3
. . PUNCT punct 3
"""


@pytest.mark.parametrize(("noun", "pronoun"), [("army NN", "it"), ("army NN", "they"), ("troops NNS", "they")])
def test_an_army_is_it_and_they_and_troops_are_they(noun: str, pronoun: str) -> None:
    doc = text(ARMY.format(noun, pronoun), names={})
    assert meant(doc, pronoun) == meant(doc, f"The Arlandic {noun.split()[0]}", "nominal") != []
    assert meant(text(ARMY.format("troops NNS", "it"), names={}), "it") == []


def test_an_adjective_inside_the_name_of_a_group_is_no_group() -> None:
    """ "military" can be a noun for soldiers, but not before one."""
    forces = """
The DT DET det 3
Arlandic JJ ADJ amod 3
military JJ ADJ amod 3
forces NNS NOUN nsubj 4
left VBD VERB ROOT 4
. . PUNCT punct 4
"""
    doc = text(forces, forces, names={})
    assert len(meant(doc, "The Arlandic military forces", "nominal")) == 2 and not meant(doc, "military", "nominal")


# --------------------------------------------------------------------------------------------------------- bench


def test_the_bench_counts_no_apposition_no_predicate_and_no_adjective() -> None:
    doc = text(
        """
Petra NNP PROPN nsubj 6
Oren NNP PROPN flat 0
, , PUNCT punct 4
the DT DET det 4
president NN NOUN appos 0
, , PUNCT punct 4
slept VBD VERB ROOT 6
. . PUNCT punct 6

She PRP PRON nsubj 1
left VBD VERB ROOT 1
Arland NNP PROPN obj 1
. . PUNCT punct 1

Arlandic JJ ADJ amod 1
wine NN NOUN nsubj 2
aged VBD VERB ROOT 2
. . PUNCT punct 2
""",
        names=PETRA,
    )
    found = sorted([doc.text[b:e] for b, e in c] for c in clusters(doc))
    assert found == [["Arland"], ["Petra Oren", "She"]]


def test_gum_documents_are_read_whole(tmp_path: Path) -> None:
    (tmp_path / "dep").mkdir()
    (tmp_path / "splits.md").write_text(
        "## train\n * GUM_news_b\n## dev\n * GUM_news_a\n * GUM_reddit_c\n", encoding="utf-8"
    )
    rows = [
        "# newpar",
        "# text = One two.",
        "1\tOne",
        "# text = Three.",
        "# newpar_block = x",
        "# newpar",
        "# text = Four.",
    ]
    for name in ("GUM_news_a", "GUM_news_b", "GUM_reddit_c"):
        (tmp_path / "dep" / f"{name}.conllu").write_text("\n".join(rows), encoding="utf-8")
    assert [(t.id, t.text) for t in gum_documents(tmp_path, "dev")] == [("GUM_news_a", "One two. Three.\n\nFour.")]
    with pytest.raises(SystemExit, match="no test part"):
        list(gum_documents(tmp_path, "test"))


def test_mentions_never_cross() -> None:
    doc = text(BANK, BRIDGE, THE_BRIDGE, names={"Arton Bank": "ORG", "Arton": "LOC", "Kelm Bridge": "LOC"})
    spans = [m.span for m in doc._.mentions]
    assert not any(a.begin < b.begin < a.end < b.end for a, b in itertools.permutations(spans, 2))
