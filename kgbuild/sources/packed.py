"""Packed files (gzip, zstd): the bytes in them, unpacked while they are read, within limits on size and ratio."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

__all__ = ["PACKINGS", "Unpacked", "packing_of", "packing_of_head"]

PACKINGS = {"gz": "gzip", "gzip": "gzip", "zst": "zstd", "zstd": "zstd"}
"""Packing by the last extension of a file's name."""

_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
# Bytes given to the unpacker at once: at their worst they become 16 MB (gzip) and 64 MB (zstd), and no more is in memory.
_STEP = {"gzip": 16_384, "zstd": 2_048}
_RATIO, _RATIO_FROM = 200, 16_000_000  # news packs 3 to 20 times; what packs 200 times over 16 MB is no text
_WINDOW = 1 << 27  # bytes that a zstd file may ask to keep in memory, the format's usual bound


class _Unpacker(Protocol):
    """What zlib and zstandard agree on: the bytes of one member, then what follows it."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def packing_of(name: str) -> tuple[str, str]:
    """A file's name without its packing's extension, and the packing ("" when it has none).

    >>> packing_of("news.jsonl.gz"), packing_of("news.jsonl")
    (('news.jsonl', 'gzip'), ('news.jsonl', ''))
    """
    stem, dot, last = name.rpartition(".")
    return (stem, PACKINGS[last.lower()]) if dot and stem and last.lower() in PACKINGS else (name, "")


def packing_of_head(head: bytes) -> str:
    """The packing that a file's first bytes tell of, "" when none."""
    return next((packing for magic, packing in _MAGIC.items() if head.startswith(magic)), "")


class Unpacked(io.RawIOBase):
    """The bytes inside a packed file, of one member or several.

    They are unpacked as they are read; `seek(0)` begins again, and no other place can be sought. Where they cannot go on (cut off,
    damaged, or over a limit) the bytes end, and `fault` says why; it is None while all is well.
    """

    def __init__(self, file: BinaryIO, packing: str, most: int, too_much: str) -> None:
        """`file` is seekable and stays open; `most` is the limit on the unpacked bytes, `too_much` the fault when they are over it."""
        self._file, self._packing, self._most, self._too_much = file, packing, most, too_much
        self._begin()

    def _begin(self) -> None:
        self.fault: str | None = None
        self._file.seek(0)
        self._position = self._taken = self._given = 0
        self._left = memoryview(b"")
        self._pieces = self._unpack()

    def bound(self, most: int, too_much: str) -> None:
        """A lower limit, once it is known that the file can hold one article only."""
        if most < self._most:
            self._most, self._too_much = most, too_much

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True, although only the begin can be sought."""
        return True

    def tell(self) -> int:
        """Unpacked bytes read so far."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """To the begin, or nowhere. Raises io.UnsupportedOperation for any other place."""
        place = self._position + offset if whence == io.SEEK_CUR else offset if whence == io.SEEK_SET else -1
        if place == 0 and self._position:
            self._begin()
        elif place != self._position:
            raise io.UnsupportedOperation("a packed file is read from its begin only")
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        """The next bytes, 0 at the end."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        with memoryview(buffer).cast("B") as target:
            count = min(len(target), len(self._left))
            target[:count] = self._left[:count]
        self._left = self._left[count:]
        self._position += count
        return count

    def _unpack(self) -> Iterator[bytes]:
        """Pieces of the unpacked bytes; ends with `fault` set when it must."""
        member: _Unpacker | None = None
        data = b""
        while True:
            if not data:
                data = self._file.read(_STEP[self._packing])
                self._taken += len(data)
            if member is None:
                if not data:
                    return
                data = data.lstrip(b"\0") if self._given else data  # zeros may fill a gzip file up
                if not data:
                    continue
                member = self._member()
            elif not data:
                self.fault = "cut off: the packed data end before they should; get the file again"
                return
            try:
                piece = member.decompress(data)
            except Exception as error:  # zlib.error or zstandard.ZstdError, whose module may be absent
                self.fault = self._damage(error)
                return
            data = member.unused_data if member.eof else b""
            member = None if member.eof else member
            self._given += len(piece)
            if self._given > self._most:
                self.fault = self._too_much
                piece = piece[: max(0, self._most - self._given + len(piece))]
            elif self._given > _RATIO_FROM and self._given > _RATIO * self._taken:
                self.fault = f"refused: it unpacks to more than {_RATIO} times its size, as no articles do"
                return
            if piece:
                yield piece
            if self.fault is not None:
                return

    def _member(self) -> _Unpacker:
        if self._packing == "gzip":
            return zlib.decompressobj(wbits=31)
        import zstandard

        unpacker: _Unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
        return unpacker

    def _damage(self, error: Exception) -> str:
        if self._given == 0:
            self._file.seek(0)
            found = packing_of_head(self._file.read(4))
            if found != self._packing:
                return f"not {self._packing} although its name says so" + (f", but {found}" if found else "")
        what = " ".join(str(error).split())[:120]
        return f"damaged after {self._given:,} unpacked bytes ({what}); get the file again"
