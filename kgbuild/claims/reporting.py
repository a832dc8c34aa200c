"""The lexicon of reporting words: which word forms can report, in which frames, and as what speech act (data/reporting_verbs.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from spacy.tokens import Token

from kgbuild.errors import RuleError
from kgbuild.rules import load_rules, require_examples
from kgbuild.vocab import SPEECH_ACTS

__all__ = ["CLAIM_KINDS", "FILE", "Sense", "inflect", "lookup", "phrases"]

FILE = "reporting_verbs"
CLAIM_KINDS = frozenset({"speech", "belief", "evidence", "rumour"})
"""Kinds of reporting words that make a claim; the others only show where somebody stands, or what somebody speaks of or wants."""
KINDS = CLAIM_KINDS | {"attitude", "topic", "intention", "impression"}
CONFIDENCE = {
    "speech": 0.8,
    "evidence": 0.6,
    "belief": 0.6,
    "rumour": 0.5,
    "attitude": 0.5,
    "topic": 0.5,
    "intention": 0.4,
    "impression": 0.4,
}
_TAGS = {"verbs": ("VB", "MD"), "nouns": ("NN",), "adjectives": ("JJ", "VBN", "VBD", "RB"), "adverbs": ("RB", "JJ")}


@dataclass(frozen=True, slots=True)
class Sense:
    """One reading of a reporting word: the class it is in, its speech act and kind, and the frames that reading allows."""

    lemma: str
    name: str
    act: str
    kind: str
    frames: frozenset[str]
    owned: bool = False
    plural: bool = False

    @property
    def confidence(self) -> float:
        """Share of such readings that readers of news agree with, roughly."""
        return CONFIDENCE[self.kind]


def inflect(lemma: str, irregular: Mapping[str, Any]) -> tuple[str, ...]:
    """The forms of a verb, the lemma first.

    >>> inflect("deny", {}), inflect("stop", {})
    (('deny', 'denies', 'denied', 'denying'), ('stop', 'stops', 'stopped', 'stoped', 'stopping', 'stoping'))
    """
    if lemma in irregular:
        return lemma, *irregular[lemma]
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return lemma, lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"
    third = lemma + ("es" if lemma.endswith(("s", "x", "z", "ch", "sh")) else "s")
    if lemma.endswith("e"):
        return lemma, third, lemma + "d", (lemma if lemma.endswith("ee") else lemma[:-1]) + "ing"
    doubled = lemma + lemma[-1]
    if len(lemma) > 2 and lemma[-1] in "bdgmnprtl" and lemma[-2] in "aeiou" and lemma[-3] not in "aeiou":
        return lemma, third, doubled + "ed", lemma + "ed", doubled + "ing", lemma + "ing"
    return lemma, third, lemma + "ed", lemma + "ing"


def lookup(token: Token) -> tuple[Sense, ...]:
    """The readings of a word as a reporting word, by its form and part of speech; () for any other word."""
    table = _table()
    found: tuple[Sense, ...] = ()
    entries = table.get(token.lower_)
    if not entries or _idiom(token):
        return found
    for section, senses in entries:
        if token.tag_.startswith(_TAGS[section]):
            found += senses
    return found


def _idiom(token: Token) -> bool:
    """Whether the word ends or stands in a fixed turn that reports nothing ("That said, ...")."""
    doc = token.doc
    for words in _idioms().get(token.lower_, ()):
        at = token.i - words.index(token.lower_)
        if at >= 0 and tuple(t.lower_ for t in doc[at : at + len(words)]) == words:
            follows = doc[at + len(words)].text if at + len(words) < len(doc) else ","
            if follows == ",":
                return True
    return False


@lru_cache(maxsize=1)
def _idioms() -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for idiom in load_rules(FILE).get("idioms", ()):
        words = tuple(idiom.split())
        for word in words:
            found.setdefault(word, []).append(words)
    return {word: tuple(rows) for word, rows in found.items()}


@lru_cache(maxsize=1)
def phrases() -> tuple[tuple[tuple[str, ...], Sense], ...]:
    """Fixed phrases that introduce a source, as lower-case words, longest first, each with its reading."""
    rules = load_rules(FILE).get("phrases", {})
    require_examples(FILE, rules)
    found = [
        (tuple(words.split()), _sense(words, name, rule)) for name, rule in rules.items() for words in rule["words"]
    ]
    return tuple(sorted(found, key=lambda pair: (-len(pair[0]), pair[0])))


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[tuple[str, tuple[Sense, ...]], ...]]:
    rules = load_rules(FILE)
    irregular = rules.get("irregular", {})
    collected: dict[str, dict[str, list[Sense]]] = {}
    for section in _TAGS:
        classes = rules.get(section, {})
        require_examples(FILE, classes)
        for name, rule in classes.items():
            for lemma in rule["lemmas"]:
                sense = _sense(lemma, name, rule)
                for form in _forms(lemma, section, sense, irregular):
                    senses = collected.setdefault(form, {}).setdefault(section, [])
                    if sense not in senses:
                        senses.append(sense)
    return {form: tuple((s, tuple(v)) for s, v in sections.items()) for form, sections in collected.items()}


def _forms(lemma: str, section: str, sense: Sense, irregular: Mapping[str, Any]) -> tuple[str, ...]:
    if section == "verbs":
        return tuple(dict.fromkeys(inflect(lemma, irregular)))
    if section == "nouns":
        plural = lemma[:-1] + "ies" if lemma.endswith("y") else lemma + "s"
        return (plural,) if sense.plural else (lemma, plural)
    return (lemma,)


def _sense(lemma: str, name: str, rule: Mapping[str, Any]) -> Sense:
    try:
        act, kind, frames = rule["act"], rule["kind"], rule.get("frames", [])
    except KeyError as error:
        raise RuleError(f"{FILE}.yaml: class {name!r} lacks {error.args[0]!r}") from error
    if act not in SPEECH_ACTS or kind not in KINDS:
        raise RuleError(f"{FILE}.yaml: class {name!r}: unknown act or kind ({act}, {kind})")
    if not isinstance(lemma, str) or not all(isinstance(f, str) for f in frames):
        raise RuleError(
            f"{FILE}.yaml: class {name!r}: a word of YAML's own (on, off, yes, no) must stand in quotation marks"
        )
    return Sense(lemma, name, act, kind, frozenset(frames), bool(rule.get("owned")), bool(rule.get("plural")))
