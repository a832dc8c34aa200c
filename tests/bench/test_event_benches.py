"""Readers of the event benches, on made-up corpora: what the system is handed, and what a dictionary turns into."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.corpora import petrarch, petrarch_folder, plv
from bench.petrarch import add_actors, read_names
from bench.verbs import read_verbs
from kgbuild.knowledge import Base

VERBS = """
&TIES
+TIES
+&MORE

&MORE
+DIPLOMATIC_RELATIONS

--- RENEW [064] ---
RENEW {RENEWED RENEWS} # a remark
+PATCH_UP
- * &TIES [051]
- NEVER * (OVER {OLD BORDERS}) [---]
- no place for the verb [100]
"""
RECORDS = """<Sentences>
<!-- <Sentence id="OUT-1" date="20010101"><Text>Left out.</Text></Sentence> -->
<Sentence date="20010203" id="A-1" sentence="true"><EventCoding sourcecode="X" targetcode="Y" eventcode="051">
<Text>
Arland met
Borvia &amp; left.
</Text></Sentence>
<Sentence date="bad" id="A-1"><Text>Again.</Text></Sentence>
</Sentences>"""


def test_a_verb_dictionary_becomes_a_table(tmp_path: Path) -> None:
    path = tmp_path / "verbs.txt"
    path.write_text(VERBS)
    table = read_verbs(path)
    assert table["verbs"]["renew"] == [["064", 0, [], []]] == table["verbs"]["renewed"]
    assert table["verbs"]["patch"] == [["064", 0, [], [["up"]]]]
    assert table["blocks"] == [[[[], [["&ties"]], "051"], [[["never"]], [["over"], ["old"], ["borders|border"]], None]]]
    assert set(table["sets"]["&ties"].split("|")) == {"ties", "tie", "relations", "relation"}


def test_records_are_read_one_by_one_with_their_day(tmp_path: Path) -> None:
    folder = tmp_path / "petrarch2" / "data"
    (folder / "text").mkdir(parents=True)
    (folder / "text" / "PETR.UnitTest.records.xml").write_text(RECORDS)
    first, second = petrarch(tmp_path, "unit")
    assert (first.id, first.text, first.published) == ("A-1", "Arland met Borvia & left.", "2001-02-03")
    assert (second.id, second.published) == ("A-1#2", None)
    assert petrarch_folder(tmp_path, "gsr") is None
    with pytest.raises(SystemExit, match="no split"):
        petrarch_folder(tmp_path, "test")


def test_marks_become_spans(tmp_path: Path) -> None:
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "PLV_dev.tsv").write_text(
        "marked_sentence\tgold_root\n<s>Arland</s> told <t>Borvia</t> and <t>Milton</t>.\tREQUEST\nNobody.\t\n",
        encoding="utf-8",
    )
    first, second = plv(tmp_path, "dev")
    assert first.text == "Arland told Borvia and Milton."
    assert [first.text[b:e] for b, e in (*first.source, *first.target)] == ["Arland", "Borvia", "Milton"]
    assert (first.label, second.source, second.target) == ("REQUEST", (), ())
    with pytest.raises(SystemExit, match="no such file"):
        next(plv(tmp_path, "test"))


def test_actors_of_ones_own_are_added_and_known_ones_kept(tmp_path: Path) -> None:
    actors = tmp_path / "actors.txt"
    actors.write_text("<!-- remark -->\nZORLANDIA_ [ZOR] # why\n+ZORLANDS\nFRANCE [FRA]\n")
    assert list(read_names(actors)) == ["Zorlandia", "Zorlands", "France"]
    add_actors([actors], tmp_path / "own.sqlite")
    with Base.open(tmp_path / "own.sqlite") as base:
        new = base.best("Zorlandia")
        assert new is not None and new.type == "country" and new.qid is None
        assert [c.qid for c in base.candidates("France")][:1] == ["Q142"]
