"""Syntax alone is run and written in the scorer's form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.parse import predict

pytestmark = pytest.mark.model

BANK = """# newdoc id = a
# newpar
# text = Ships wait.
1\tShips\tship\tNOUN\tNNS\t_\t2\tnsubj\t_\t_
2\twait\twait\tVERB\tVBP\t_\t0\troot\t_\tSpaceAfter=No
3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_

"""


def test_predictions_of_a_treebank(tmp_path: Path) -> None:
    bank, out = tmp_path / "en_x-ud-dev.conllu", tmp_path / "out.jsonl"
    bank.write_text(BANK, encoding="utf-8")
    predict([bank], out)
    (row,) = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(t["begin"], t["end"], t["head"]) for t in row["tokens"]] == [(0, 5, 1), (6, 10, -1), (10, 11, 1)]
    assert row["sentences"] == [[0, 11]]
