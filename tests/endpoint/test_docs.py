"""docs/sparql.md is followed as written, with its three clients, against the committed build of the examples."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from serving import ROOT, Endpoint, serving

TEXT = (ROOT / "docs" / "sparql.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def examples() -> Iterator[Endpoint]:
    with serving(ROOT / "output") as found:
        yield found


def here(text: str, endpoint: Endpoint) -> str:
    return text.replace("127.0.0.1:8765", f"127.0.0.1:{endpoint.port}")


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl_as_written(examples: Endpoint) -> None:
    commands = re.findall(r"^\$ (curl .*)$", TEXT, re.MULTILINE)
    assert len(commands) == 5
    said = []
    for command in commands:
        done = subprocess.run(["bash", "-c", here(command, examples)], capture_output=True, text=True)
        assert done.returncode == 0 and done.stdout, done.stderr
        said.append(done.stdout)
    assert re.fullmatch(r"claims\n[1-9][0-9]+\n", said[0])
    assert "kg:opposes" in said[1] and "kg:opposes" in said[2] and "Russia" in said[3]
    assert said[4] in TEXT


def test_python_as_written(examples: Endpoint) -> None:
    pieces = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert len(pieces) == 2
    said = [
        subprocess.run([sys.executable, "-c", here(p, examples)], capture_output=True, text=True, check=True).stdout
        for p in pieces
    ]
    assert said[0].count("opposes") == 3
    assert re.fullmatch(r"[1-9][0-9]* stances\n", said[1])
