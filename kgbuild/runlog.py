"""What a run does, as JSON lines for whoever watches it: one object a line, its events by stable names (docs/operations.md)."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from kgbuild.config import VERSION
from kgbuild.errors import KgbuildError, OutputError
from kgbuild.progress import Progress, Report

__all__ = ["EVENTS", "STDERR", "RunLog", "logged"]

STDERR: Final = "-"

EVENTS: Final = ("started", "article", "skipped", "gone", "listening", "finished", "failed", "interrupted")
"""Names that stay what they are from version to version; a new one may join."""


class RunLog:
    """The log of one run of a command; without a target it writes nothing. A line that cannot be written is told once and costs nothing else."""

    def __init__(self, target: str | None, command: str, clock: Callable[[], float] = time.time) -> None:
        """`target`: a file, which is added to, or "-" for standard error. Raises OutputError when it cannot be opened."""
        self.on_stderr = target == STDERR
        self.facts: dict[str, Any] = {}
        """What the line `finished` will say beside status and seconds."""
        self._command, self._clock, self._begun = command, clock, time.monotonic()
        self._file: TextIO | None = None
        if self.on_stderr:
            self._file = sys.stderr
        elif target is not None:
            try:
                self._file = open(target, "a", encoding="ascii", buffering=1)  # noqa: PTH123, SIM115 (closed by `close`)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or error
                raise OutputError(f"{target}: the log cannot be written ({reason}); name another file with --log-json") from error  # fmt: skip

    @property
    def seconds(self) -> float:
        """Since the run began; by a clock that is never set back."""
        return round(time.monotonic() - self._begun, 3)

    def write(self, event: str, **fields: Any) -> None:
        """One line: time (UTC), event, command, process, then the fields that are not None."""
        if self._file is None:
            return
        assert event in EVENTS, event
        now = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"time": now, "event": event, "command": self._command, "process": os.getpid()}
        line |= {k: v for k, v in fields.items() if v is not None}
        try:
            # Whole lines, so that several runs may share a file; ASCII, so that no name in it commands a terminal.
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
        except (OSError, ValueError) as error:
            self._file = None
            if not self.on_stderr:
                print(f"kgbuild: the log cannot be written any more ({getattr(error, 'strerror', None) or error}); the run goes on without it", file=sys.stderr)  # fmt: skip

    def say(self, text: str, event: str, **fields: Any) -> None:
        """The event to the log, and the text to standard error unless the log is there."""
        self.write(event, **fields)
        self.tell(text)

    def tell(self, text: str) -> None:
        """Text to standard error, unless the log is there: lines of text would break it."""
        if not self.on_stderr:
            print(text, file=sys.stderr, flush=True)

    def following(self, report: Report | None) -> Report:
        """Who writes each article's progress, and hands it on."""

        def note(progress: Progress) -> None:
            if progress.count:
                left = progress.left
                self.write("article", source=progress.source, done=progress.count, total=progress.total, words=progress.words,
                           words_total=progress.words_total, rate=round(progress.rate, 1), left=None if left is None else round(left, 1),
                           seconds=self.seconds)  # fmt: skip
            if report is not None:
                report(progress)

        return note

    def close(self) -> None:
        """Close the file, if it is one."""
        if self._file is not None and not self.on_stderr:
            self._file.close()
        self._file = None


@contextmanager
def logged(target: str | None, command: str) -> Iterator[RunLog]:
    """The log of a command from its start to its end, whatever the end is. With the log on standard error, an error ends the process here, with its
    status: the line of text about it would break the log."""  # fmt: skip
    log = RunLog(target, command)
    try:
        log.write("started", version=VERSION)
        yield log
        log.write("finished", status=0, seconds=log.seconds, **log.facts)
    except BaseException as error:
        status = _status(error)
        if status == 130:
            log.write("interrupted", status=status, seconds=log.seconds)
        elif status is not None:
            reason = str(error) if isinstance(error, KgbuildError) else f"{type(error).__name__}: {error}"
            log.write("failed", reason=" ".join(reason.split()), status=status, seconds=log.seconds)
        if log.on_stderr and status is not None and not os.environ.get("KGBUILD_DEBUG"):
            raise SystemExit(status) from None
        raise
    finally:
        log.close()


def _status(error: BaseException) -> int | None:
    """The exit status an error ends the process with; None for an end that is not one."""
    if isinstance(error, KgbuildError):
        return error.status
    if isinstance(error, KeyboardInterrupt):
        return 130
    return 1 if isinstance(error, Exception) else None
