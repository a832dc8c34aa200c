"""Gives a verb its CAMEO code: by the words around it, from a table of verbs and patterns.

The shipped table, data/cameo.json, is made by training/events from the CAMEO verb dictionary of PETRARCH (Open Event Data Alliance,
MIT licence). A table holds, for each verb, a code without further words and patterns that ask for words before or after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from spacy.tokens import Token

from kgbuild.config import data_path
from kgbuild.errors import RuleError

__all__ = ["Codes", "Pattern", "cameo_codes", "codes_from"]

FILE = "cameo.json"
REACH = 24
"""Words after a verb, inside its clause, in which a pattern's words are looked for."""
BACK = 10
"""Words before it, in its sentence."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that must stand before and after a verb, in order: each group word by word, gaps allowed between groups."""

    before: tuple[tuple[frozenset[str], ...], ...]
    after: tuple[tuple[frozenset[str], ...], ...]
    code: str | None


class Codes:
    """A table of verbs: lemma or written form -> code without further words, and patterns, longest first.

    `types` gives the PLOVER type of a code; a table of somebody's own codes may leave it empty. `overrules`: the table also codes
    verbs that the rules of data/events.yaml list but turned down.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.types: Mapping[str, str] = content["types"]
        self.overrules = bool(content.get("overrules"))
        self._sets = {name: frozenset(words.split("|")) for name, words in content.get("sets", {}).items()}
        self._blocks: Sequence[Any] = content["blocks"]
        self._verbs: Mapping[str, Any] = content["verbs"]
        self._read: dict[str, tuple[str | None, tuple[Pattern, ...]]] = {}
        self._parsed: dict[Any, tuple[Pattern, ...]] = {}  # blocks, which many verbs share
        self._choices: dict[str, frozenset[str]] = {}

    def code(self, verb: Token) -> str | None:
        """The code of a verb as it is used here, None when the table has none for it."""
        word = verb.lower_ if verb.lower_ in self._verbs else verb.lemma_.lower()
        if word not in self._verbs:
            return None
        entry = self._read.get(word)
        if entry is None:
            entry = self._read[word] = self._entry(word)
        code, patterns = entry
        if patterns:
            inside = {t.i for t in verb.subtree}
            after = [_forms(t) for t in verb.doc[verb.i + 1 : verb.sent.end] if t.i in inside][:REACH]
            before = [_forms(t) for t in verb.doc[max(verb.sent.start, verb.i - BACK) : verb.i]]
            for pattern in patterns:
                if _found(pattern.after, after) and _found(pattern.before, before):
                    return pattern.code
        return code

    def type(self, code: str | None) -> str | None:
        """The PLOVER type of a code, by its longest known beginning; None for a code of nobody's scheme."""
        for size in range(len(code or ""), 1, -1):
            if code is not None and code[:size] in self.types:
                return self.types[code[:size]]
        return None

    def _entry(self, word: str) -> tuple[str | None, tuple[Pattern, ...]]:
        """A verb's uses put together: the last one without further words gives its code."""
        code: str | None = None
        patterns: list[Pattern] = []
        for own, block, before, after in self._verbs[word]:
            more = list(self._block(block))
            if before or after:
                first, then = self._groups(before), self._groups(after)
                more = [Pattern((*first, *p.before), (*then, *p.after), p.code) for p in more]
                more.append(Pattern(first, then, own))
            else:
                code = own
            patterns = more + patterns
        return code, tuple(sorted(patterns, key=lambda p: -sum(map(len, (*p.before, *p.after)))))

    def _block(self, block: Any) -> tuple[Pattern, ...]:
        parsed = self._parsed.get(block)
        if parsed is None:
            raw = self._blocks[block]
            parsed = self._parsed[block] = tuple(Pattern(self._groups(b), self._groups(a), c) for b, a, c in raw)
        return parsed

    def _groups(self, raw: Iterable[Iterable[str]]) -> tuple[tuple[frozenset[str], ...], ...]:
        return tuple(tuple(map(self._choice, group)) for group in raw)

    def _choice(self, word: str) -> frozenset[str]:
        found = self._choices.get(word)
        if found is None:
            found = self._choices[word] = self._sets.get(word) or frozenset(word.split("|"))
        return found


@lru_cache(maxsize=1)
def cameo_codes() -> Codes:
    """The shipped table. Raises RuleError when it cannot be read."""
    try:
        return codes_from(json.loads(data_path(FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RuleError(f"{FILE}: {' '.join(str(error).split())}; reinstall kgbuild") from error


def codes_from(content: Mapping[str, Any]) -> Codes:
    """A table from its JSON form.

    types: code -> type. sets: "&name" -> words parted by "|". blocks: lists of patterns [before, after, code]. verbs: word -> uses
    [code, number of its block, before, after]. `before` and `after` are lists of groups, a group a list of words, a word a set's name
    or choices parted by "|"; those of a use belong to the verb itself ("break" after: "down").
    """
    return Codes(content)


def _forms(token: Token) -> tuple[str, ...]:
    lower = token.lower_
    return (lower, token.lemma_.lower(), lower[:-1] if lower.endswith("s") else lower)


def _found(groups: Iterable[tuple[frozenset[str], ...]], words: list[tuple[str, ...]]) -> bool:
    """Whether the groups occur in the words, one after another."""
    at = 0
    for group in groups:
        last = len(words) - len(group)
        while at <= last:
            for k, choice in enumerate(group, at):
                if choice.isdisjoint(words[k]):
                    break
            else:
                break
            at += 1
        else:
            return False
        at += len(group)
    return True
