"""Keys of names, role keys and titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgbuild.knowledge import Titles, key, role_key
from kgbuild.knowledge.normal import is_acronym, reads_as_acronym


@pytest.mark.parametrize(
    ("surface", "expected"),
    [
        ("The U.S.'s", "us"),
        ("São Tomé", "sao tome"),
        ("Da’esh", "daesh"),
        ("Deir ez-Zor", "deir ez zor"),
        ("ＮＡＴＯ", "nato"),
        ("Łódź", "lodz"),
        ("the United States'", "united states"),
        ("Theresa May", "theresa may"),
        ("Straße", "strasse"),
        ("x" * 1000, ""),
    ],
)
def test_keys(surface: str, expected: str) -> None:
    assert key(surface) == expected


@given(st.text(max_size=80))
def test_a_key_has_no_capitals_or_outer_blanks(surface: str) -> None:
    found = key(surface)
    assert found == found.strip()
    assert found == found.casefold() or not found.isascii()


@pytest.mark.parametrize("text", ["US", "U.S.", "u.s.", "NATO", "Nato", "DoD", "G20", "US's", "the UN", "M23"])
def test_written_as_acronyms(text: str) -> None:
    assert reads_as_acronym(text)


@pytest.mark.parametrize("text", ["us", "Us", "Who", "nato", "it", "", ".", "I", "New York"])
def test_not_written_as_acronyms(text: str) -> None:
    assert not reads_as_acronym(text)


def test_listed_acronyms() -> None:
    assert is_acronym("IAEA") and is_acronym("E.U.") and not is_acronym("Nato") and not is_acronym("A")


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Minister for Foreign Affairs", "foreign minister"),
        ("Foreign Secretary", "foreign minister"),
        ("Secretary of State for Defence", "defense minister"),
        ("Secretary of Defense", "defense minister"),
        ("Minister of the Interior", "interior minister"),
        ("Home Secretary", "interior minister"),
        ("Secretary of State", "secretary of state"),
        ("Minister of State for Defence", "minister of state for defence"),
        ("Prime Minister", "prime minister"),
        ("Deputy Prime Minister", "deputy prime minister"),
        ("Press Secretary", "press secretary"),
        ("Federal Chancellor", "chancellor"),
    ],
)
def test_roles(title: str, role: str) -> None:
    assert role_key(title) == role


def test_titles_are_found_whatever_their_spelling() -> None:
    titles = Titles.load()
    for words, kind in (
        ("President", "head_of_state"),
        ("PM", "head_of_government"),
        ("Lt. Gen.", "military"),
        ("Sen.", "legislator"),
        ("vice-president", "deputy"),
        ("Mr.", "honorific"),
        ("spokesmen", "spokesperson"),
        ("secretaries", "minister"),
        ("secretaries-general", "official"),
    ):
        found = titles.get(words)
        assert found is not None and found.kind == kind, words
    assert titles.get("table") is None and titles.get("") is None


def test_gender_only_where_the_word_says_it() -> None:
    titles = Titles.load()
    gender = {
        w: t.gender
        for w in ("spokeswoman", "spokesman", "spokesperson", "king", "Mrs", "Dr", "president")
        if (t := titles.get(w))
    }
    assert gender == {
        "spokeswoman": "female", "spokesman": "male", "spokesperson": None, "king": "male", "Mrs": "female", "Dr": None, "president": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "title", "rest"),
    [
        ("Prime Minister Jane Doe", "prime minister", "Jane Doe"),
        ("Gen. John Doe", "general", "John Doe"),
        ("Jane Doe", None, "Jane Doe"),
        ("President", None, "President"),
        ("Head of State Doe", None, "Head of State Doe"),
    ],
)
def test_a_title_is_divided_from_its_name(name: str, title: str | None, rest: str) -> None:
    found, remaining = Titles.load().split(name)
    assert (found.name if found else None, remaining) == (title, rest)
