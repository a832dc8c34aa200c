"""How far long work is: what is done of how much, how fast, and how long the rest will take."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kgbuild.records import Document

__all__ = ["Meter", "Progress", "Report", "duration", "shown"]

SURE_AFTER = 3
"""Articles before a time is named: the first ones fill caches."""

LINE_EVERY = 30.0
"""Seconds between two lines of progress where nobody watches: in a pipe or a log."""


@dataclass(frozen=True, slots=True)
class Progress:
    """After each article, and once before the first: its source, the count of those done, and of how many in all.

    words: done, and in all (words_total), in white-space words. seconds: since work began. Articles differ in length a hundredfold, so
    the time left is reckoned by words.
    """

    source: str
    count: int
    total: int
    words: int = 0
    words_total: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Words a second; 0 before anything is done."""
        return self.words / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds the rest will take at this rate; None while too little is done to tell."""
        if self.count < min(SURE_AFTER, self.total) or self.rate <= 0:
            return None
        return max(0, self.words_total - self.words) / self.rate

    def __str__(self) -> str:
        """One line: "12 of 60 articles, 1,450 words/s, 0:32 left"."""
        parts = [f"{self.count} of {self.total} articles"]
        if self.count:
            parts.append(f"{self.rate:,.0f} words/s")
        if self.left is not None and self.count < self.total:
            parts.append(f"{duration(self.left)} left")
        return ", ".join(parts)


Report = Callable[[Progress], None]
"""Whoever wants to know."""


class Meter:
    """Makes the Progress of some articles; the clock runs from here."""

    def __init__(self, documents: Iterable[Document], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._begun = clock, clock()
        words = [_words(d) for d in documents]
        self._total, self._all = len(words), sum(words)
        self._count = self._done = 0

    def start(self) -> Progress:
        """Before the first article."""
        return Progress("", 0, self._total, 0, self._all, 0.0)

    def step(self, document: Document) -> Progress:
        """After one more article."""
        self._count += 1
        self._done += _words(document)
        return Progress(document.source, self._count, self._total, self._done, self._all, self._clock() - self._begun)


@contextmanager
def shown(quiet: bool, clean: Callable[[str], str]) -> Iterator[Report | None]:
    """On stderr, while articles are worked on: a live line in a terminal, else a line now and then. `clean` makes text fit for a terminal."""
    if quiet:
        yield None
        return
    if not sys.stderr.isatty():
        last = time.monotonic()

        def note(progress: Progress) -> None:
            nonlocal last
            if time.monotonic() - last >= LINE_EVERY:
                last = time.monotonic()
                print(f"kgbuild: {progress}", file=sys.stderr, flush=True)

        yield note
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status("reading articles ...") as status:

        def show(progress: Progress) -> None:
            what = f"last: {escape(clean(progress.source))}" if progress.count else "loading the language step ..."
            status.update(f"{progress}, {what}")

        yield show


def _words(document: Document) -> int:
    return document.text.count(" ") + 1


def duration(seconds: float) -> str:
    """Hours, minutes and seconds.

    >>> duration(32.4), duration(4210)
    ('0:32', '1:10:10')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
