from __future__ import annotations

import random

from recipe.conllu import Sentence, Word
from recipe.names_corpus import Piece, dateline_piece, headline_piece, swap_names, to_doc
from recipe.names_sources import (
    CROSSNER,
    UNKNOWN,
    bio,
    detokenize,
    entity_mentions,
    named_span,
    piece,
    with_demonyms,
    without_blanks,
    without_overlaps,
)
from recipe.tokenizer import blank


def spelt(tokens: list[str]) -> str:
    return "".join(t + " " * s for t, s in zip(tokens, detokenize(tokens), strict=True)).strip()


def test_detokenized_text_is_ordinary_spelling() -> None:
    tokens = [
        "The",
        '"',
        "Blue",
        "Line",
        '"',
        "(",
        "Ward",
        "'s",
        "film",
        ")",
        "did",
        "n't",
        "win",
        ",",
        "he",
        "said",
        ".",
    ]
    assert spelt(tokens) == "The \"Blue Line\" (Ward's film) didn't win, he said."
    assert spelt(["Anglo", "-", "Zarian", "war", "1902", "–", "04"]) == "Anglo-Zarian war 1902–04"


def test_bio_folds_types_and_leaves_the_rest_open() -> None:
    rows = [
        ("Ana", "B-politician"),
        ("Ruiz", "I-politician"),
        ("met", "O"),
        ("Zed", "B-algorithm"),
        ("Zed", "I-country"),
    ]
    assert bio(rows, CROSSNER) == (
        ["Ana", "Ruiz", "met", "Zed", "Zed"],
        [(0, 2, "PERSON"), (3, 4, UNKNOWN), (4, 5, "LOC")],
    )


def test_articles_blanks_and_overlaps() -> None:
    assert piece(["in", "the", "Zarian", "Isles"], [(1, 4, "LOC")], "x").spans == ((2, 4, "LOC"),)
    assert without_blanks(["a", " ", "B"], [(2, 3, "LOC"), (1, 2, "ORG")]) == (["a", "B"], [(1, 2, "LOC")])
    assert without_overlaps([(0, 2, "ORG"), (0, 4, "ORG"), (5, 6, "LOC")]) == [(0, 4, "ORG"), (5, 6, "LOC")]


def test_demonyms_alone_are_norp() -> None:
    item = Piece(("Zarian", "troops", "left", "Zarian", "Airways"), (True,) * 5, ((3, 5, "ORG"),), "x")
    assert with_demonyms(item, frozenset({"Zarian"})).spans == ((0, 1, "NORP"), (3, 5, "ORG"))


def gum_sentence() -> Sentence:
    rows = [
        ("President", "NNP", "compound", "Entity=(1-person-new-sssss-cf1-2,3-coref-Ana_Ruiz"),
        ("Ana", "NNP", "nsubj", "_"),
        ("Ruiz", "NNP", "flat", "Entity=1)"),
        ("met", "VBD", "root", "_"),
        ("the", "DT", "det", "Entity=(2-organization-new-sssss-cf2-3-sgl"),
        ("Free", "NNP", "amod", "_"),
        ("Union", "NNP", "obj", "_"),
        ("in", "IN", "case", "_"),
        ("Zaria", "NNP", "nmod", "Entity=(3-place-new-nnnnn-cf3-1-sgl-Zaria)2)"),
        ("with", "IN", "case", "_"),
        ("a", "DT", "det", "Entity=(4-person-new-nnnnn-cf4-2-sgl"),
        ("driver", "NN", "obl", "Entity=4)"),
    ]
    return Sentence(tuple(Word(f, f, "X", x, "_", 0, d, True, m) for f, x, d, m in rows))


def test_gum_mentions_give_names_without_titles() -> None:
    sentence = gum_sentence()
    mentions = {m.kind + str(m.start): m for m in entity_mentions(sentence)}
    assert [(m.start, m.end, m.linked) for m in mentions.values()] == [
        (0, 3, True),
        (8, 9, True),
        (4, 9, False),
        (10, 12, False),
    ]
    names = {k: named_span(sentence, m, frozenset()) for k, m in mentions.items()}
    assert names == {"person0": (1, 3), "place8": (8, 9), "organization4": (5, 7), "person10": None}


def test_swapped_names_keep_labels_in_step() -> None:
    nlp = blank()
    item = Piece(("Ruiz", "left", "Zaria", "."), (True, True, False, True), ((0, 1, "PERSON"), (2, 3, "LOC")), "x")
    swapped = swap_names(
        item, {"PERSON": ["Ida Holm"], "LOC": ["Port Vane"]}, nlp, random.Random(0), {"LOC": 1.0, "PERSON": 1.0}
    )
    doc = to_doc(nlp, [(swapped, "")])
    assert doc.text in ("Holm left Port Vane.", "Ida left Port Vane.")
    assert [e.label_ for e in doc.ents] == ["PERSON", "LOC"]


def test_unknown_and_misfitting_names_are_left_open() -> None:
    nlp = blank()
    item = Piece(("pro-Zarian", "Ruiz", "ran"), (True, True, True), ((0, 1, UNKNOWN), (1, 2, "PERSON")), "x")
    doc = to_doc(nlp, [(item, "\n\n"), (headline_piece(item, random.Random(2)), "")])
    assert doc[0].ent_iob == 0
    assert [e.text for e in doc.ents] == ["Ruiz", "Ruiz"]
    assert doc[2].ent_iob_ == "O"


def test_datelines_name_their_place() -> None:
    for seed in range(100):
        item = dateline_piece(random.Random(seed))
        assert item.spans[0][0] == 0
        assert item.spans[0][2] == "LOC"
        assert all(item.tokens[i] not in "(),:-–—" for b, e, _ in item.spans for i in range(b, e))
