from __future__ import annotations

import pytest
from recipe.tokenizer import blank
from spacy.language import Language


@pytest.fixture(scope="module")
def nlp() -> Language:
    return blank()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("ex-minister", ["ex-minister"]),
        ("pro-Zarian troops", ["pro-Zarian", "troops"]),
        ("nuclear-armed", ["nuclear", "-", "armed"]),
        ("U.S.-led raid", ["U.S.", "-", "led", "raid"]),
        ("an F-35 jet", ["an", "F", "-", "35", "jet"]),
        ("a 12-year-old", ["a", "12", "-", "year", "-", "old"]),
        ("Lt. Col. Ward said", ["Lt.", "Col.", "Ward", "said"]),
        ("he/she and/or", ["he", "/", "she", "and", "/", "or"]),
        ("don’t — Zaria’s", ["do", "n’t", "—", "Zaria", "’s"]),
        ("$3bn", ["$", "3", "bn"]),
        ("(Reuters)—Ships", ["(", "Reuters", ")", "—", "Ships"]),
        ('wait."Then', ["wait", ".", '"', "Then"]),
        ("=====", ["====="]),
    ],
)
def test_words_as_treebanks_have_them(nlp: Language, text: str, tokens: list[str]) -> None:
    assert [t.text for t in nlp(text)] == tokens


def test_no_character_is_lost(nlp: Language) -> None:
    text = " “Wait!!”\n\n-- a–b (x)/y:z…  ''q'' \t#1\u00a0000 "
    assert nlp(text).text == text
