"""A language step without a model for tests of processes; what an article asks for in its text, it does to its process."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import plain_step

from kgbuild.errors import ModelError
from kgbuild.language import Told
from kgbuild.records import Document, Record, Skipped


class Made:
    """The step of `plain_step`, with orders: WAIT 0.1 (seconds), HANG, DIE, DIE ONCE path, FILL (memory), RAISE."""

    def __init__(self, note: str = "") -> None:
        self.told = {"note": note, "process": os.getpid()}

    def __call__(self, document: Document) -> list[Record] | Skipped:
        text = document.text
        if wait := re.search(r"WAIT ([\d.]+)", text):
            time.sleep(float(wait[1]))
        if "HANG" in text:
            while True:
                time.sleep(1)
        if once := re.search(r"DIE ONCE (\S+)", text):
            if not Path(once[1]).exists():
                Path(once[1]).touch()
                os.kill(os.getpid(), signal.SIGKILL)
        elif "DIE" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "LEAVE" in text:
            sys.exit(7)
        if "PRINT" in text:
            print("what a library writes must not reach the messages")
        return plain_step.article(SimpleNamespace(seen=[]), document)


class Even(Made):
    """One that tells the same in every process, as the shipped one does."""

    def __init__(self, config: object = None) -> None:
        super().__init__()
        self.told = Told("made", "even", None, ())  # type: ignore[assignment]  # of another kind than Made's


def refuses() -> Made:
    raise ModelError("no model here: get one")


def breaks() -> Made:
    raise ZeroDivisionError("made")


def dies() -> Made:
    os.kill(os.getpid(), signal.SIGKILL)
    return Made()
