"""The rules of stances, and the words that show an attitude with what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from spacy.tokens import Doc, Token

from kgbuild.claims import syntax
from kgbuild.claims.lexicon import StanceWords, event_lexicon, lemma_in, stance_words
from kgbuild.claims.roles import Cast
from kgbuild.claims.topics import is_generic
from kgbuild.errors import RuleError
from kgbuild.layers import is_masked
from kgbuild.rules import load_rules, require_examples
from kgbuild.vocab import STANCE_KINDS

__all__ = ["StanceRules", "condemned", "cue_heads", "cue_of", "stance_rules", "topic_heads"]

ABOUT = ("for", "of", "to", "against", "towards", "toward")
"""Prepositions that bring what a noun of attitude is about ("opposition to", "need for")."""


@dataclass(frozen=True, slots=True)
class StanceRules:
    """data/stance.yaml, checked: rules by event type, by cue and by relation, and the words that start them."""

    events: Mapping[str, Mapping[str, Any]]
    allegation: Mapping[str, Any]
    demand: Mapping[str, Any]
    demanded: frozenset[str]
    cues: Mapping[str, Mapping[str, Any]]
    verbs: Mapping[str, str]
    nouns: Mapping[str, str]
    relations: Mapping[str, Mapping[str, Any]]
    relation_words: Mapping[str, str]
    bystanders: frozenset[str]
    felt: frozenset[str]
    condemning: frozenset[str]
    words: StanceWords


@lru_cache(maxsize=1)
def stance_rules() -> StanceRules:
    """The rules of data/stance.yaml. Raises RuleError on a rule without examples, or of a kind or score there is not."""
    raw = load_rules("stance")
    cues, relations = raw.get("cues", {}), raw.get("relations", {})
    require_examples("stance.yaml", cues)
    require_examples("stance.yaml", relations)
    single = [("allegation", raw["allegation"]), ("demand", raw["demand"])]
    for name, rule in [*raw["events"].items(), *cues.items(), *relations.items(), *single]:
        if rule.get("kind") not in STANCE_KINDS or not -1 <= rule.get("score", 2) <= 1:
            raise RuleError(f"stance.yaml: {name!r} needs a kind of {', '.join(STANCE_KINDS)} and a score in [-1, 1]")
    table: dict[str, dict[str, str]] = {"verbs": {}, "nouns": {}}
    for name, rule in cues.items():
        for part, words in table.items():
            for word in _split(rule.get(part, "")):
                words.setdefault(word, name)
    relation_words = {word: name for name, rule in relations.items() for word in _split(rule["words"])}
    return StanceRules(
        raw["events"], raw["allegation"], raw["demand"], frozenset(_split(raw["demand"]["verbs"])), cues,
        table["verbs"], table["nouns"], relations, relation_words, frozenset(_split(raw["bystanders"])), frozenset(_split(raw["felt"])),
        frozenset(_split(raw["condemning"])), stance_words(),
    )  # fmt: skip


def cue_of(token: Token) -> str | None:
    """The name of the cue rule a word starts, None for most words."""
    pos = token.pos_
    if pos not in ("VERB", "NOUN") or is_masked(token) or token.dep_ in ("amod", "compound"):
        return None
    rules, lexicon = stance_rules(), event_lexicon()
    if pos == "VERB":
        return rules.verbs.get(lexicon.verb_lemma(token), rules.verbs.get(token.lemma_.lower()))
    return rules.nouns.get(lexicon.noun_lemma(token), rules.nouns.get(token.lemma_.lower()))


def cue_heads(token: Token) -> list[Token]:
    """The heads of the phrases that say what an attitude is about."""
    if token.pos_ == "VERB":
        return syntax.patients(token)
    needs = token.lemma_.lower() == "need"  # "the needs of the banks" are theirs, "a need for banks" is somebody else's
    heads = [t for slot, t in syntax.nominal_arguments(token) if slot in ABOUT and not (needs and slot == "of")]
    if not heads and (held := syntax.governor(token)) is not None:  # the parser hung "for ..." on the verb
        heads = [t for case, t in syntax.obliques(held[1]) if case in ("for", "to") and t.i > token.i]
    return heads


def condemned(token: Token) -> Token | None:
    """The noun of an act that a condemning adjective stands before ("a cowardly attack"), if the word is one."""
    if token.dep_ != "amod" or not lemma_in(token.lemma_.lower(), token, stance_rules().condemning):
        return None
    noun = token.head
    return noun if noun.pos_ == "NOUN" and event_lexicon().noun_lemma(noun) in event_lexicon().nouns else None


def topic_heads(doc: Doc, cast: Cast) -> set[int]:
    """Indices of the nouns that an attitude is about and that denote nobody yet."""
    rules = stance_rules()
    found: set[int] = set()
    for token in doc:
        name = cue_of(token)
        if name is not None and rules.cues[name]["toward"] == "topic":
            heads = cue_heads(token)
        else:
            noun = None if is_masked(token) else condemned(token)
            heads = [] if noun is None else [noun]
        found |= {h.i for h in heads if _nameless(h, cast)}
    return found


def _nameless(head: Token, cast: Cast) -> bool:
    """Whether a noun denotes no actor or place, itself or by the name it is a title or apposition of."""
    if head.pos_ != "NOUN" or cast.named(head) or is_generic(head):
        return False
    near = [head, *head.children, *([head.head] if head.dep_ in ("compound", "nmod:desc", "appos", "flat") else [])]
    return not any(
        cast.is_mention(t)
        for t in near
        if t.i == head.i or t.dep_ in ("appos", "flat", "nmod:desc") or t.i == head.head.i
    )


def _split(text: str) -> list[str]:
    return [w.strip() for w in text.split(",") if w.strip()]
