"""The limits and manners of an endpoint, in one object that also reaches its worker processes."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What an endpoint allows.

    seconds: longest time of one query. rows: most rows (or triples of a CONSTRUCT) of an answer. answer_bytes: largest answer.
    request_bytes: largest body. memory_mib: memory one query may take beside the graph (Linux). workers: queries at a time.
    hosts: names beside localhost and IP addresses that a request may be addressed to. origins: web origins that may read
    answers (CORS), "*" for all; none by default.
    """

    seconds: float = 30.0
    rows: int = 100_000
    answer_bytes: int = 256 << 20
    request_bytes: int = 1 << 20
    memory_mib: int = 1024
    workers: int = max(2, os.cpu_count() or 2)
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()

    def to_json(self) -> str:
        """One line that `from_json` reads back."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """The settings of such a line."""
        values = json.loads(text)
        return cls(**{**values, "hosts": tuple(values["hosts"]), "origins": tuple(values["origins"])})
