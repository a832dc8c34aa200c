"""Reads verb dictionaries in PETRARCH's format into the tables of kgbuild.claims.coding.

`--- NAME [code] ---` opens a block; its verbs stand one a line ("ABANDON", "+BREAK_DOWN {forms}", a code of their own in brackets);
"- before * after [code]" are its patterns: "_" joins words that stand side by side, (a b) and {a b} group, "&NAME" is a set of words,
"$", "+", "%" and "^" mark actors and say nothing about words. "---" is no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

__all__ = ["read_verbs"]

_CODE = re.compile(r"\[([^\]]*)\]")
_MARKERS = frozenset("$ + % ^".split())


def read_verbs(path: Path) -> dict[str, Any]:
    """A dictionary file as a table's `sets`, `blocks` and `verbs` (see kgbuild.claims.coding.codes_from)."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    sets = _sets(lines)
    verbs: dict[str, list[list[Any]]] = {}
    blocks: list[list[Any]] = []
    code: str | None = None
    inside = False
    for raw in lines:
        line = re.sub(r"<!--.*?-->", "", raw).split("#")[0].strip()
        if not line:
            continue
        if line.startswith("---"):
            inside, code = True, _code(line)
            blocks.append([])
        elif line.startswith("&"):
            inside = False
        elif line.startswith("-") and inside:
            if (pattern := _pattern(line[1:])) is not None:
                blocks[-1].append(pattern)
        elif inside and line[0] not in "~=":
            own = _code(line) if "[" in line else code
            for word, before, after in _words(line):
                sides = [[list(map(_choice, before))] if before else [], [list(map(_choice, after))] if after else []]
                verbs.setdefault(word, []).append([own, len(blocks) - 1, *sides])
    used = {
        w for block in blocks for p in block for side in p[:2] for group in side for w in group if w.startswith("&")
    }
    return {"sets": {name: sets[name] for name in sorted(sets) if name in used}, "blocks": blocks, "verbs": verbs}


def _code(line: str) -> str | None:
    found = _CODE.findall(line)
    code = found[-1].strip() if found else ""
    return code if code[:1].isdigit() or code[:1].isalpha() else None


def _words(line: str) -> Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """(verb, words before, words after) of a verb line, its listed forms too."""
    forms = re.findall(r"\{([^}]*)\}", line)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", line).split()
    for item in [*bare[:1], *(f for group in forms for f in group.split())]:
        parts = [p for p in item.lower().split("_") if p and p != "+"]
        if not parts:
            continue
        at = next((i for i, p in enumerate(parts) if p.startswith("+")), 0)
        words = [p.lstrip("+") for p in parts]
        yield words[at], tuple(words[:at]), tuple(words[at + 1 :])


def _sets(lines: Iterable[str]) -> dict[str, str]:
    """&name -> its single words joined with "|"; phrases of several words count by their last one."""
    members: dict[str, list[str]] = {}
    name = ""
    for raw in lines:
        line = re.sub(r"<!--.*?-->", "", raw).split("#")[0].strip()
        if line.startswith("&"):
            name = line[1:].split()[0].strip("_").lower()
            members[name] = []
        elif line.startswith("+") and name and not line.startswith("+ "):
            members[name].append(line[1:].strip().lower())
        elif line:
            name = ""

    def words(of: str, seen: frozenset[str]) -> list[str]:
        out: list[str] = []
        for member in members.get(of, ()):
            if member.startswith("&"):
                inner = member[1:].strip("_")
                out += [] if inner in seen else words(inner, seen | {inner})
            else:
                parts = [p for p in re.split(r"[_ ]+", member) if p]
                out += _forms(parts[-1]) if parts else []
        return out

    return {"&" + of: "|".join(dict.fromkeys(words(of, frozenset({of})))) for of in members}


def _forms(word: str) -> list[str]:
    return list(dict.fromkeys([word, word[:-1] if word.endswith("s") and not word.endswith("ss") else word]))


def _choice(word: str) -> str:
    return "&" + word[1:].strip("_") if word.startswith("&") else "|".join(_forms(word.strip("_")))


def _pattern(text: str) -> list[Any] | None:
    """[before, after, code] of a pattern line; None for one that has no place for its verb."""
    code = _code(text)
    body = _CODE.sub(" ", text).lower()
    for bracket in "(){}":
        body = body.replace(bracket, " ")
    body = re.sub(r"_?\*_?", " * ", body)
    if "*" not in body:
        return None
    before, after = body.split("*", 1)
    return [_groups(before), _groups(after), code]


def _groups(text: str) -> list[list[str]]:
    out = []
    for item in text.split():
        group = [_choice(w) for w in item.split("_") if w and w not in _MARKERS]
        if group and item not in _MARKERS:
            out.append(group)
    return out
