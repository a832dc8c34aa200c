"""Bytes of a file to text: the encoding is found, never asked for, and the result is NFC with LF line ends."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import BinaryIO

__all__ = ["Undecodable", "clean", "decode", "find_encoding"]

_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BINARY_SHARE, _BINARY_COUNT = 0.02, 8


class Undecodable(ValueError):
    """The bytes are not text in an encoding that can be told; the message is the reason."""


def find_encoding(file: BinaryIO) -> str:
    """Name of the encoding of a seekable file, read through once in bounded memory; the file is left at its begin.

    A byte order mark, else UTF-8 when all of it (or more of what is not ASCII than not) is, else Windows-1252, in which
    English articles that are not Unicode come. A guess from letter statistics would change with the library's version,
    and what it would tell apart (KOI8-R, Shift-JIS ...) is not English and is turned away by its words. Raises
    Undecodable for binary data.
    """
    head = file.read(4)
    file.seek(0)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    damaged = beyond = 0
    undefined = False
    while chunk := file.read(_CHUNK):
        if b"\0" in chunk:
            raise Undecodable("binary data, or UTF-16 without a byte order mark (it holds NUL bytes)")
        undefined = undefined or any(byte in chunk for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
        text = decoder.decode(chunk)
        damaged += text.count("\ufffd")
        beyond += sum(1 for c in text if c > "\x7f") if not text.isascii() else 0
    damaged += len(decoder.decode(b"", final=True))
    file.seek(0)
    if damaged == 0 or beyond - damaged > damaged:
        return "utf-8"
    if undefined:
        raise Undecodable("the encoding cannot be told: neither Unicode nor Windows-1252; save it as UTF-8")
    return "cp1252"


def decode(file: BinaryIO) -> str:
    """The whole text of a seekable file, not yet cleaned. Raises Undecodable; single damaged UTF-8 bytes become
    U+FFFD."""
    encoding = find_encoding(file)
    try:
        return file.read().decode(encoding, "replace" if encoding.startswith("utf-8") else "strict")
    except UnicodeDecodeError as error:
        raise Undecodable(f"not {encoding.upper()} although its first bytes say so; save it as UTF-8") from error


def clean(text: str) -> str:
    """NFC with LF for every line end; what no XML file can hold (control characters, lone surrogates) becomes U+FFFD,
    one for one.

    Raises Undecodable when such characters are so many that this is not text.
    """
    text = _LINE_ENDS.sub("\n", text.removeprefix("\ufeff"))
    text, bad = _UNWRITABLE.subn("\ufffd", text)
    if "\0" in text or bad > max(_BINARY_COUNT, _BINARY_SHARE * len(text)):
        raise Undecodable(f"binary data ({bad} control characters)")
    return unicodedata.normalize("NFC", text)
