from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgbuild.ids import ID, cluster_id, document_id, entity_id, extractor_id, record_id, slug
from kgbuild.records import Span

ARTICLE = "article/0123456789abcdef"


@given(st.text(max_size=80), st.sampled_from(["Person", "City", "Topic"]), st.none() | st.integers(1, 10**9))
def test_no_input_leaves_the_alphabet(name: str, kind: str, number: int | None) -> None:
    minted = entity_id(kind, name, None if number is None else f"Q{number}")
    assert ID.fullmatch(minted)
    assert ID.fullmatch(record_id(ARTICLE, "claim", Span(3, 9), name, name))
    assert len(minted) < 90


@pytest.mark.parametrize("qid", ["", "Q0", "q5", "Q1> <b", "Q12345678901234", "P31"])
def test_a_bad_wikidata_id_is_refused(qid: str) -> None:
    with pytest.raises(ValueError):
        entity_id("Person", "x", qid)


def test_names_in_other_scripts_stay_apart() -> None:
    assert entity_id("Person", "日本") != entity_id("Person", "Владимир")
    assert slug("../../etc/passwd") == "etc-passwd"


def test_scope_tells_unnamed_groups_apart_and_case_does_not() -> None:
    assert entity_id("Group", "officials", scope="a") != entity_id("Group", "officials", scope="b")
    assert entity_id("Group", "Officials").split("-x")[1] == entity_id("Group", "officials").split("-x")[1]


def test_a_cluster_does_not_depend_on_order() -> None:
    assert cluster_id("Assault", ["b", "a"]) == cluster_id("Assault", ["a", "b"])


@pytest.mark.parametrize("span", [Span(3, 3), Span(-1, 4), Span(5, 2)])
def test_an_empty_or_reversed_span_is_refused(span: Span) -> None:
    with pytest.raises(ValueError):
        record_id(ARTICLE, "event", span)


@pytest.mark.parametrize("bad", ["article/xyz", "actor/a-q1", ""])
def test_only_an_article_holds_records(bad: str) -> None:
    with pytest.raises(ValueError):
        record_id(bad, "event", Span(0, 1))


def test_bad_hash_kind_and_extractor_are_refused() -> None:
    with pytest.raises(ValueError):
        document_id("abc")
    with pytest.raises(ValueError):
        entity_id("Thing", "x")
    with pytest.raises(ValueError):
        extractor_id("Bad Name", "1")
