"""The commands of docs/stances.md run as written, on the records of the committed build; its Python too."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kgbuild.cli import app
from kgbuild.pipeline import open_build

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "stances.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ kgbuild (.+)$", PAGE, re.M)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("page")
    open_build(ROOT / "output").save(home / "output")
    return home


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs_and_writes(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if "parquet" in command:
        pytest.importorskip("pyarrow")
    if "svg" in command or "png" in command:
        pytest.importorskip("matplotlib")
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(app, shlex.split(command))
    assert done.exit_code == 0, done.output
    written = re.search(r"-o (\S+)", command)
    if written:
        assert (folder / written[1]).stat().st_size > 0
    else:
        assert len(done.stdout.splitlines()) > 1


def test_metadata_names_its_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    CliRunner().invoke(app, shlex.split("export output/ -f csvw --view dyads -o there.csv-metadata.json"))
    assert '"url": "there.csv"' in (folder / "there.csv-metadata.json").read_text(encoding="utf-8")


def test_python_of_the_page_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    names: dict[str, object] = {}
    exec(code, names)
    assert names["rows"] and names["months"] and "Russia Ukraine" in capsys.readouterr().out


def test_an_old_folder_without_aggregates_still_answers(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "output", tmp_path / "old")
    (tmp_path / "old" / "aggregates.ttl").unlink()
    assert CliRunner().invoke(app, ["query", str(tmp_path / "old"), "who-opposes", "Russia"]).exit_code == 0
