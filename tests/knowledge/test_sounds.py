"""Sound keys: what the ways of writing one name in Latin letters share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgbuild.knowledge import Base
from kgbuild.knowledge.normal import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kyiv", "Kiev"),
        ("Volodymyr Zelensky", "Volodymyr Zelenskyy"),
        ("Muammar al-Qaddafi", "Moammar Gadhafi"),
        ("Odesa", "Odessa"),
        ("Tartus", "Tartous"),
        ("Kharkiv", "Kharkov"),
        ("Deir ez-Zor", "Deir al-Zour"),
        ("Mohammed Yusuf", "Muhammad Yousef"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Mosul", "Basra"), ("Ivan Petrov", "Ivan Pavlov"), ("Homs", "Hama")])
def test_different_names_do_not(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=40))
def test_any_text_has_a_key_of_plain_letters_that_case_leaves_alone(text: str) -> None:
    assert fold(text.upper()) == fold(text.upper().lower()) or not text.isascii()
    assert not set(fold(text)) & set("aeiouy") - {"a"} or not text.isascii()


def test_the_base_proposes_what_sounds_alike() -> None:
    with Base.open() as base:
        assert "Q58217" in [c.id for c in base.similar("Sergej Lavroff") + base.similar("Sergei Lavrov")]
        assert base.similar("kharkov") == base.similar("") == base.similar("\x00") == ()
        assert [c.name for c in base.similar("Kharkov")][:1] == ["Kharkiv"]
