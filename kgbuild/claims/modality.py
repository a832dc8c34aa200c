"""Compiles data/modality.yaml into tables that factuality looks words up in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kgbuild.claims.reporting import inflect
from kgbuild.errors import RuleError
from kgbuild.rules import load_rules, require_examples
from kgbuild.vocab import MODALITIES

__all__ = ["FILE", "Effect", "Tables", "tables"]

FILE = "modality"
IRREGULAR: dict[str, tuple[str, ...]] = {
    "be": ("is", "are", "was", "were", "been", "being", "am", "'s", "'re"),
    "have": ("has", "had", "having", "'ve"),
    "go": ("goes", "went", "gone", "going", "gon"),
    "say": ("says", "said", "saying"),
    "seek": ("seeks", "sought", "seeking"),
    "think": ("thinks", "thought", "thinking"),
    "keep": ("keeps", "kept", "keeping"),
    "make": ("makes", "made", "making"),
    "see": ("sees", "saw", "seen", "seeing"),
    "give": ("gives", "gave", "given", "giving"),
    "get": ("gets", "got", "getting"),
    "take": ("takes", "took", "taken", "taking"),
    "begin": ("begins", "began", "begun", "beginning"),
    "find": ("finds", "found", "finding"),
    "lead": ("leads", "led", "leading"),
    "mean": ("means", "meant", "meaning"),
    "win": ("wins", "won", "winning"),
    "hold": ("holds", "held", "holding"),
    "come": ("comes", "came", "coming"),
    "tell": ("tells", "told", "telling"),
    "forget": ("forgets", "forgot", "forgotten", "forgetting"),
    "forbid": ("forbids", "forbade", "forbidden", "forbidding"),
    "know": ("knows", "knew", "known", "knowing"),
    "understand": ("understands", "understood", "understanding"),
    "choose": ("chooses", "chose", "chosen", "choosing"),
    "let": ("lets", "letting"),
    "set": ("sets", "setting"),
    "strive": ("strives", "strove", "striven", "striving"),
    "show": ("shows", "showed", "shown", "showing"),
    "plead": ("pleads", "pleaded", "pled", "pleading"),
    "fight": ("fights", "fought", "fighting"),
    "do": ("does", "did", "done", "doing"),
    "undertake": ("undertakes", "undertook", "undertaken", "undertaking"),
    "deal": ("deals", "dealt", "dealing"),
    "bid": ("bids", "bidding"),
    "lie": ("lies", "lay", "lying"),
    "foresee": ("foresees", "foresaw", "foreseen", "foreseeing"),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a word does to the predicate it bears on; `under_negation` replaces a double negation."""

    modality: str = "Factual"
    negates: bool = False
    hearsay: bool = False
    under_negation: str | None = None


@dataclass(frozen=True, slots=True)
class Tables:
    """Lower-case forms to effects: beside a predicate (auxiliaries, adverbs, adjectives) and above it (by form and complement)."""

    negation: frozenset[str]
    subjects: frozenset[str]
    auxiliaries: Mapping[str, Effect]
    adverbs: Mapping[str, Effect]
    adjectives: Mapping[str, Effect]
    predicates: Mapping[tuple[str, str], Effect]
    marks: frozenset[str]
    prepositions: frozenset[str]
    verbs: frozenset[str]
    nouns: frozenset[str]
    occurrences: frozenset[str]


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The compiled rules. Raises RuleError on an unknown modality or a rule without examples."""
    rules = load_rules(FILE)
    predicates: dict[tuple[str, str], Effect] = {}
    groups = _section(rules, "predicates")
    for name, rule in groups.items():
        effect = _effect(name, rule)
        for complement, lemmas in rule["takes"].items():
            for lemma in lemmas:
                for form in _forms(lemma):
                    predicates.setdefault((form, complement), effect)
    require_examples(FILE, {k: rules[k] for k in ("negation", "conditions", "transparent")})
    open_ = rules["transparent"]
    return Tables(
        negation=frozenset(rules["negation"]["words"]),
        subjects=frozenset(rules["negation"]["subjects"]),
        auxiliaries=_words(rules, "auxiliaries"),
        adverbs=_words(rules, "adverbs"),
        adjectives=_words(rules, "adjectives"),
        predicates=predicates,
        marks=frozenset(rules["conditions"]["marks"]),
        prepositions=frozenset(rules["conditions"]["prepositions"]),
        verbs=_all_forms(open_["verbs"]),
        nouns=_all_forms(open_["nouns"]),
        occurrences=_all_forms(open_["occurrences"]),
    )


def _section(rules: Mapping[str, Any], name: str) -> Mapping[str, Mapping[str, Any]]:
    groups: Mapping[str, Mapping[str, Any]] = rules[name]
    require_examples(FILE, groups)
    return groups


def _words(rules: Mapping[str, Any], section: str) -> dict[str, Effect]:
    return {word: _effect(name, rule) for name, rule in _section(rules, section).items() for word in rule["words"]}


def _effect(name: str, rule: Mapping[str, Any]) -> Effect:
    modality = rule.get("modality", "Factual")
    if modality not in MODALITIES:
        raise RuleError(
            f"{FILE}.yaml: rule {name!r}: unknown modality {modality!r}; use one of {', '.join(MODALITIES)}"
        )
    return Effect(modality, bool(rule.get("negates")), bool(rule.get("hearsay")), rule.get("under_negation"))


def _forms(lemma: str) -> tuple[str, ...]:
    plural = lemma[:-1] + "ies" if lemma.endswith("y") else lemma + "s"
    return (*inflect(lemma, IRREGULAR), plural)


def _all_forms(lemmas: Iterable[str]) -> frozenset[str]:
    return frozenset(form for lemma in lemmas for form in _forms(lemma))
