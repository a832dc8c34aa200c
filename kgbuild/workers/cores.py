"""How many processors this process may use, whoever limits it: the system, a mask, or a container's quota."""

from __future__ import annotations

import os
from pathlib import Path

from kgbuild.errors import UsageError

__all__ = ["cores", "workers_of"]

MOST = 512
"""Workers that can be asked for; a larger number is a slip of the hand."""


def cores(group: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Processors this process may use, at least 1. `group` is the file with the quota of its control group ("200000 100000")."""
    free = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = group.read_text(encoding="ascii").split()
        return max(1, min(free, int(quota) // int(period)))
    except (OSError, ValueError):  # no such file, or "max": no quota
        return max(1, free)


def workers_of(word: str) -> int:
    """The number of workers meant by "auto" or a number. Raises UsageError for anything else."""
    if word == "auto":
        return cores()
    if word.isascii() and word.isdigit() and 1 <= int(word) <= MOST:
        return int(word)
    raise UsageError(f"--workers {word!r}: give a number from 1 to {MOST}, or auto for one a core")
