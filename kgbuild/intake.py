"""Which articles a folder has after a run: what the inputs give, set against what the folder has.

An article is its text: the same text under another name is the same article, and goes by the first of its names. A file whose text
changed gives a new article, which takes the place of the one that this file gave before. What an input no longer holds stays: only
`kgbuild remove` takes articles out.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from kgbuild.errors import UsageError
from kgbuild.files import named, real
from kgbuild.records import Document, Skipped
from kgbuild.state import Member, Members, digest_of

__all__ = ["Intake", "intake", "named_articles"]

_SAME = "same text as "


@dataclass(slots=True)
class Intake:
    """What a run brings: `put` articles that are new or whose Document changed (by id), `kept` ids of those that are as they were.

    replaces: id of a new article -> the id of the one whose place it takes. gone: sources of articles whose inputs no longer give them.
    skipped: what this run left out. notes: all that is left out of the folder after this run, each with the inputs of its run.
    """

    put: dict[str, Member] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    replaces: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[tuple[str, Skipped]] = field(default_factory=list)


def intake(
    inputs: Sequence[str], found: Iterable[tuple[Document | Skipped, Path | None]], members: Members,
    notes: Iterable[tuple[str, Skipped]],
) -> Intake:  # fmt: skip
    """What reading `inputs` (which gave `found`) makes of a folder with these articles and notes of earlier runs."""
    out = Intake()
    now: dict[str, Member] = {}
    for item, path in found:
        origin = real(path) if path is not None else ""
        if isinstance(item, Skipped):
            out.skipped.append(item)
            continue
        new = Member(item, origin, digest_of(item))
        if item.id in now:
            new, other = sorted((now[item.id], new), key=_first)
            out.skipped.append(Skipped(other.document.source, _SAME + new.document.source))
        now[item.id] = new
    renamed: dict[str, str] = {}
    for article in sorted(now):
        new, old = now[article], members.get(article)
        if old is not None and old.origin != new.origin and old.document != new.document and _is_there(old):
            new, other = sorted((old, new), key=_first)
            if other.document.source != new.document.source:
                out.skipped.append(Skipped(other.document.source, _SAME + new.document.source))
                renamed[_SAME + other.document.source] = _SAME + new.document.source
        if old is not None and old.digest == new.digest:
            out.kept.append(article)
            if old.origin == new.origin or _is_there(old):
                continue
        out.put[article] = new
    read = _by_origin(now)
    for article, source, origin in members.within([*read, *map(real, inputs)]):
        if article in now:
            continue
        here = read.get(origin, {})
        heir = here.get(source)
        if heir is not None and heir not in members:
            out.replaces[heir] = article
        elif here or _covers(inputs, origin):
            out.gone.append(source)
    key = _key(inputs)
    sources = {m.document.source for m in now.values()}
    for inputs_then, note in notes:
        if inputs_then != key and (note.source not in sources or note.reason.startswith(_SAME)):
            out.notes.append((inputs_then, Skipped(note.source, renamed.get(note.reason, note.reason))))
    out.notes += [(key, s) for s in out.skipped]
    return out


def named_articles(words: Sequence[str], members: Members) -> list[str]:
    """The ids of the articles meant by ids, IRIs, source names or paths of files; each once, in order.

    Raises UsageError when one of the words means no article.
    """
    by_source: dict[str, list[str]] = defaultdict(list)
    by_origin: dict[str, list[str]] = defaultdict(list)
    ids_there: list[str] = []
    for article, source, origin in members.rows():
        ids_there.append(article)
        by_source[source].append(article)
        if origin:
            by_origin[origin].append(article)
    found: set[str] = set()
    for word in words:
        ids = [i for i in ids_there if i == word or i == f"article/{word}" or word.endswith("/" + i)]
        # A file of rows is named with its rows' numbers, or as a whole.
        rows = [i for s, several in by_source.items() if s.rpartition("#")[0] == word for i in several]
        ids = ids or by_origin.get(real(word), []) or by_source.get(word, []) or rows
        if not ids:
            near = get_close_matches(word, sorted(by_source), 3, 0.5)
            hint = f"did you mean {', '.join(near)}?" if near else "`kgbuild query FOLDER articles` lists them"
            raise UsageError(f"no article {word[:100]!r} in this folder; {hint}")
        found.update(ids)
    return sorted(found)


def _first(member: Member) -> tuple[str, str]:
    return member.document.source, member.digest


def _is_there(member: Member) -> bool:
    return not member.origin or os.path.lexists(named(member.origin))


def _by_origin(now: Mapping[str, Member]) -> dict[str, dict[str, str]]:
    """Origin -> source -> id of the articles a run found."""
    out: dict[str, dict[str, str]] = defaultdict(dict)
    for article, member in now.items():
        if member.origin:
            out[member.origin][member.document.source] = article
    return out


def _covers(inputs: Sequence[str], origin: str) -> bool:
    """Whether a file lies in one of the folders that were read, or is one of the files."""
    for name in inputs:
        root = real(name)
        if origin == root or (Path(named(root)).is_dir() and origin.startswith(root + os.sep)):
            return True
    return False


def _key(inputs: Sequence[str]) -> str:
    """The name of a run: the same inputs in any order replace what an earlier run of them left out."""
    return "\n".join(sorted({i if i == "-" else real(i) for i in inputs}))
