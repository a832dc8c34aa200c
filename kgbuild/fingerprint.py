"""What the records of the language step depend on beside the article, as short keys: code, data, settings, and the machine."""

from __future__ import annotations

import hashlib
import platform
from importlib import metadata
from pathlib import Path

from kgbuild.config import Config

__all__ = ["file_digest", "machine", "pipeline_key"]


def file_digest(path: Path) -> str:
    """The first 16 hex digits of a file's SHA-256."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()[:16]


def pipeline_key(config: Config) -> str:
    """What the records of the language step depend on beside the article: the code and data of this package, libraries, settings."""
    package = Path(__file__).resolve().parent
    files = [p for p in sorted(package.rglob("*")) if p.is_file() and "__pycache__" not in p.parts]
    total = hashlib.sha256()
    for path in files:
        total.update(f"{path.relative_to(package).as_posix()}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    for library in ("spacy", "numpy", "onnxruntime", "tokenizers"):
        total.update(f"{library} {metadata.version(library)}\0".encode())
    for name in filter(None, (config.model, config.knowledge, *config.entities)):
        own = Path(name)
        inside = sorted(p for p in own.rglob("*") if p.is_file()) if own.is_dir() else [own] if own.is_file() else []
        total.update(f"{name if not inside else ''}\0{_installed(name) if not inside else ''}\0".encode())
        for path in inside:
            total.update(file_digest(path).encode())
    total.update(f"{config.max_chars}".encode())
    return total.hexdigest()[:32]


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def machine() -> str:
    """What the rounding of int8 sums may depend on: processor and its instructions. Only where it is known is it not asked for."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
            told = sorted({line for line in lines if line.startswith(("model name", "flags", "Features", "CPU part"))})
    except OSError:
        told = [platform.processor()]
    return hashlib.sha256("".join([platform.machine(), *told]).encode()).hexdigest()[:16]
