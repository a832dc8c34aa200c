"""Readers and mutated files, in short: the long form is `python -m bench fuzz`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.fuzz import crashes
from bench.fuzz_sources import TARGETS, hold
from kgbuild.config import Config
from kgbuild.records import Skipped
from kgbuild.sources import READERS, read

READING = [name for name in TARGETS if name != "article"]


@pytest.mark.parametrize("name", READING)
def test_mutated_files_give_articles_or_reasons(name: str) -> None:
    found, accepted = crashes(TARGETS[name], 40)
    assert not found and accepted == 40


def test_every_reader_has_a_target() -> None:
    # TSV is CSV with its mark given
    assert {READERS[name] for name in READERS if name != "tsv"} == {
        READERS[name] for name in READING if name in READERS
    }


@pytest.mark.model
def test_mutated_articles_give_records_whose_spans_hold() -> None:
    found, _ = crashes(TARGETS["article"], 12)
    assert not found


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(list(READERS)),
    st.sampled_from(["", ".gz", ".zst"]),
    st.binary(max_size=300) | st.text().map(str.encode),
)
def test_any_bytes_in_any_format(
    tmp_path_factory: pytest.TempPathFactory, extension: str, packing: str, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / f"a.{extension}{packing}"
    path.write_bytes(data)
    found = list(read([str(path)], Config(any_language=True)))
    assert found
    hold(found)


def test_the_check_of_a_reading_finds_faults() -> None:
    for reason in ("two\nlines", "", "cannot be read (KeyError: 'x')"):
        with pytest.raises(AssertionError):
            hold([Skipped("a", reason)])
    hold([Skipped("a", "cannot be read (permission denied)")])
