"""Fixtures shared by the rooms' tests, and the rule for tests that need the corpora."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def shared_folder() -> Path | None:
    """The corpora, or None for a newcomer without them."""
    folder = Path(os.environ.get("KGBUILD_SHARED", ROOT.parent / "shared"))
    return folder if (folder / "gold").is_dir() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, with the reason, what needs the corpora when they are not there."""
    if shared_folder() is not None:
        return
    reason = pytest.mark.skip(reason="needs the corpora: set KGBUILD_SHARED to their folder")
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = shared_folder()
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
