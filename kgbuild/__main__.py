"""The door of the command line: `kgbuild`, `python -m kgbuild`. An interrupt is one line from here on, also while modules are loaded."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["hushed", "main"]

INTERRUPTED = 130


@contextmanager
def hushed() -> Iterator[None]:
    """Ctrl-C ends the process at once with a line: nothing is open yet that would have to be put in order."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # a run in the background may have been told to ignore it
        signal.signal(signal.SIGINT, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end(*_: object) -> None:
    os.write(2, b"kgbuild: interrupted before anything was done\n")
    os._exit(INTERRUPTED)


def main() -> None:
    """Run the command line; see `kgbuild.cli`."""
    with hushed():
        from kgbuild.cli import main as run
    run()


if __name__ == "__main__":
    main()
