"""The README's commands run as written, and show what it says they show.

KGBUILD_REFRESH=1 pytest tests/test_readme.py writes the real output into the README instead of comparing.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.model

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n\$ (kgbuild [^\n]+)\n(.*?)```\n", re.S)


def run(command: str) -> str:
    """Output of a kgbuild command as an 80-column terminal without colours shows it, from the repository's root."""
    script = shutil_script([sys.executable, "-m", *shlex.split(command)])
    done = subprocess.run(
        script,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TERM": "dumb", "LANG": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return "".join(line.rstrip() + "\n" for line in done.stdout.replace("\r", "").splitlines()).strip("\n") + "\n"


def shutil_script(command: list[str]) -> list[str]:
    """The command inside a pseudo-terminal, so that it prints tables."""
    code = "import pty, sys, os; status = pty.spawn(sys.argv[1:]); sys.exit(os.waitstatus_to_exitcode(status))"
    return [sys.executable, "-c", code, *command]


def blocks() -> list[tuple[str, str]]:
    return BLOCK.findall(README.read_text(encoding="utf-8"))


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("number", range(len(blocks())), ids=lambda n: blocks()[n][0][:40])
def test_a_shown_command_gives_the_shown_output(number: int) -> None:
    command, shown = blocks()[number]
    real = run(command)
    if os.environ.get("KGBUILD_REFRESH"):
        text = README.read_text(encoding="utf-8")
        README.write_text(text.replace(f"$ {command}\n{shown}```", f"$ {command}\n{real}```"), encoding="utf-8")
        return
    assert real == shown


def test_the_readme_shows_its_questions() -> None:
    commands = " ".join(command for command, _ in blocks())
    for question in ("who-said-what", "who-opposes", "places-under-attack", "contradictions"):
        assert question in commands


def test_the_two_commands_stand_in_the_readme_as_ci_runs_them() -> None:
    readme, ci = README.read_text(encoding="utf-8"), (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "pip install . && kgbuild build examples/ -o output/" in readme
    assert "pip install '.[test]' && pytest" in readme
    assert "pip install -q '.[test]'" in ci and "\npytest\n" in ci


def test_python_in_the_readme_runs(tmp_path: Path) -> None:
    code = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    assert code
    for piece in code:
        done = subprocess.run([sys.executable, "-c", piece], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
