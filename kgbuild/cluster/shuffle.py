"""Files that the steps of a spread resolution leave each other: lines of JSON, by bucket and by the partition they come from."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from kgbuild.cluster.place import Place

__all__ = ["Buckets", "bucket_of", "lines", "take"]


def bucket_of(key: str, buckets: int) -> int:
    """Where everything of a key goes; the same on every machine."""
    return int.from_bytes(sha256(key.encode("utf-8", "surrogatepass")).digest()[:8]) % buckets


class Buckets:
    """Collects what one partition gives to each bucket of a step; `write` leaves a file for each that got something."""

    def __init__(self, step: str, part: str, buckets: int) -> None:
        self._step, self._part, self._buckets = step, part, buckets
        self._found: dict[int, list[str]] = defaultdict(list)

    def put(self, key: str, value: Any) -> None:
        """Give a value to the bucket of a key."""
        self.put_into(bucket_of(key, self._buckets), value)

    def put_into(self, bucket: int, value: Any) -> None:
        """Give a value to a bucket."""
        self._found[bucket].append(json.dumps(value, ensure_ascii=False))

    def write(self, place: Place) -> None:
        """One file for each bucket, named by the partition."""
        for bucket, found in sorted(self._found.items()):
            lines(place, f"shuffle/{self._step}/{bucket}/{self._part}", found)


def lines(place: Place, name: str, found: Iterable[str]) -> None:
    """Write a file of such lines."""
    place.write(f"{name}.z", zlib.compress("\n".join(found).encode("utf-8", "surrogatepass"), 1))


def take(place: Place, step: str, bucket: int | str) -> Iterator[Any]:
    """What all partitions gave to a bucket of a step, in their order."""
    folder = f"shuffle/{step}/{bucket}"
    for name in place.names(folder):
        content = place.read(f"{folder}/{name}")
        if content:
            text = zlib.decompress(content).decode("utf-8", "surrogatepass")
            yield from map(json.loads, text.split("\n") if text else ())
