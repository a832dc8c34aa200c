"""One served folder for the tests of the endpoint, with small limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from serving import Endpoint, build_arland, serving


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    folder = build_arland(tmp_path_factory.mktemp("served") / "out")
    with serving(folder, "--seconds", "3", "--rows", "2000", "--memory", "256", "--workers", "3") as found:
        yield found
