"""What a word ends with: the same words as before, and no run of marks that takes the square of its length."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import spacy
from spacy.tokenizer import Tokenizer

from kgbuild.annotate.endings import LAST, bound_endings
from kgbuild.config import data_path


def test_the_ending_found_is_the_one_of_the_whole_word() -> None:
    pattern = re.compile(r"(?:\.\.+|[)\]”]|(?<=[a-z0-9])km²|(?<=[a-z])'s)$")
    tokenizer = Tokenizer(spacy.blank("xx").vocab, suffix_search=pattern.search)
    bound_endings(tokenizer)
    for word in ("x", "talks)", "x" * 300 + "...", "9km²", "a" * LAST + "'s", "(" * 500 + ")", ""):
        whole, ours = pattern.search(word), tokenizer.suffix_search(word)
        assert (whole and whole.span()) == (ours and ours.span()), word
    tokenizer.to_bytes()
    bare = Tokenizer(spacy.blank("xx").vocab)
    bound_endings(bare)
    assert bare.suffix_search is None


@pytest.mark.model
def test_words_of_articles_stay_and_runs_of_marks_end(root: Path) -> None:
    plain = spacy.load(str(data_path("model")))
    ours = spacy.load(str(data_path("model")))
    bound_endings(ours.tokenizer)
    for path in sorted((root / "examples").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert [t.text for t in plain.tokenizer(text)] == [t.text for t in ours.tokenizer(text)]
    begin = time.process_time()
    assert len(ours.tokenizer("[" * 20_000)) == 20_000
    assert time.process_time() - begin < 15  # a minute and more when each mark is sought in the whole run
