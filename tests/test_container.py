"""The Dockerfile and what it is given, without Docker: every file it copies is there and let through, and it does not run as root."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path


def steps(root: Path) -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", (root / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


def let_through(root: Path, name: str) -> bool:
    """As Docker reads .dockerignore: the last pattern that fits decides."""
    through = True
    for line in (root / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if line and not line.startswith("#") and fnmatch.fnmatch(name, pattern):
            through = line.startswith("!")
    return through


def test_what_is_copied_is_there_and_let_through(root: Path) -> None:
    copied = [name for word, rest in steps(root) if word == "COPY" for name in rest.split()[:-1]]
    assert copied
    for name in copied:
        assert (root / name).exists() and let_through(root, name), name
    for name in (".git", "output", "tests", "training", "examples"):
        assert not let_through(root, name), name


def test_the_wheel_gets_all_that_pyproject_names(root: Path) -> None:
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {project["project"]["readme"], *project["project"]["license-files"]}
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed |= {*wheel["packages"], *wheel.get("force-include", {})}
    copied = {name for word, rest in steps(root) if word == "COPY" for name in rest.split()[:-1]}
    assert needed <= copied, needed - copied


def test_it_runs_as_nobody_special_and_proves_itself(root: Path) -> None:
    done = steps(root)
    user = [rest for word, rest in done if word == "USER"]
    assert user and user[-1] not in ("root", "0")
    assert done.index(("RUN", "kgbuild doctor")) > done.index(("USER", user[-1])), "the doctor runs as that user"
    assert all("slim" in rest for word, rest in done if word == "FROM")
    extras = next(rest for word, rest in done if word == "ARG").removeprefix("EXTRAS=").split(",")
    assert set(extras) <= set(re.findall(r"^(\w+) = \[", (root / "pyproject.toml").read_text(), re.MULTILINE))
