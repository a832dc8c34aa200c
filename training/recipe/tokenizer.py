"""spaCy's English tokenizer, tuned to split words as Universal Dependencies treebanks do.

The changes live in the tokenizer's own tables (infixes, suffixes, prefixes, exceptions), which spaCy writes with the
pipeline: loading the shipped model needs no code from here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby

import spacy
from spacy.lang.char_classes import ALPHA, HYPHENS
from spacy.language import Language
from spacy.symbols import ORTH
from spacy.tokenizer import Tokenizer
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex, registry

from recipe.lists import words

# Prefixes that treebanks keep with their word ("ex-president", "re-elected"): LDC's list for hyphenated words.
KEPT_PREFIXES = words("kept_prefixes")
KEPT_SUFFIXES = words("kept_suffixes")
# Abbreviations that do not end sentences ("No.", "Art." and their like are left to the parser).
ABBREVIATIONS = words("abbreviations")
# Tokens of spaCy's exceptions that treebanks split or join otherwise.
DROPPED_EXCEPTIONS = ("and/or",)
# Rulers and "!!!" stay one token.
RUNS = (r"--", r"[!?]{2,}", r"[.!?]*\?[.!?]+", *(re.escape(mark) + "{3,}" for mark in "*=#~_+-<>$"))


def _not_after_prefix() -> str:
    """Negative look-behinds, one a length, since Python's `re` wants a fixed width each."""
    by_length = groupby(sorted(KEPT_PREFIXES, key=lambda p: (len(p), p)), key=len)
    return "".join(rf"(?<!\b(?i:{'|'.join(group)}))" for _, group in by_length)


def infixes(nlp: Language) -> list[str]:
    """Infix patterns: hyphens split letters and digits except after the kept prefixes and before the kept suffixes."""
    hyphen = rf"(?<=[{ALPHA}0-9])(?:{HYPHENS})(?=[{ALPHA}])"
    if hyphen not in (nlp.Defaults.infixes or []):
        raise ValueError("spaCy's English hyphen rule has changed: look at its infixes before going on")
    defaults = [str(p) for p in (nlp.Defaults.infixes or []) if p != hyphen]
    kept = rf"(?!(?i:{'|'.join(KEPT_SUFFIXES)})\b)"
    return [
        *defaults,
        rf"(?<=[{ALPHA}]){_not_after_prefix()}-{kept}(?=[{ALPHA}0-9])",
        rf"(?<=[{ALPHA}0-9])(?:–|—|--|---|——|~)(?=[{ALPHA}])",
        rf"(?<=[0-9])-(?=[{ALPHA}])",
        r"(?<=[0-9])[–—](?=[0-9])",
        rf"(?<=[{ALPHA}0-9])/(?=[{ALPHA}])",
        rf"(?<=[{ALPHA}0-9\"”’)])(?:--+|—)",
        rf"(?<=[{ALPHA}])(?:[?!]+)(?=[{ALPHA}])",
        rf"(?<=\.)-(?=[{ALPHA}])",
        rf"(?<=[{ALPHA}0-9.])\)(?=[—–:;(,])",
        rf"(?<=[.!?,])[\"”](?=[{ALPHA}])",
    ]


def tune(nlp: Language) -> None:
    """Replace the tokenizer's tables in place."""
    tokenizer = nlp.tokenizer
    if not isinstance(tokenizer, Tokenizer):
        raise TypeError(f"expected spaCy's own tokenizer, got {type(tokenizer).__name__}")
    defaults = nlp.Defaults
    tokenizer.infix_finditer = compile_infix_regex(infixes(nlp)).finditer
    tokenizer.prefix_search = compile_prefix_regex([*RUNS, *(defaults.prefixes or [])]).search
    tokenizer.suffix_search = compile_suffix_regex(
        [*RUNS, r"(?<=[0-9])(?:bn|mn|tn)", *(defaults.suffixes or [])]
    ).search
    rules = {k: v for k, v in (tokenizer.rules or {}).items() if k not in DROPPED_EXCEPTIONS}
    for abbreviation in ABBREVIATIONS:
        rules.setdefault(abbreviation, [{ORTH: abbreviation}])
    tokenizer.rules = rules


def make_tune() -> Callable[[Language], Language]:
    """Callback for `initialize.before_init`."""

    def callback(nlp: Language) -> Language:
        tune(nlp)
        return nlp

    return callback


registry.callbacks.register("kgbuild_training.tune_tokenizer.v1", func=make_tune)


def blank() -> Language:
    """A blank English pipeline with the tuned tokenizer."""
    nlp = spacy.blank("en")
    tune(nlp)
    return nlp
