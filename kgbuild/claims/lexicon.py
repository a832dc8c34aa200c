"""Compiles data/events.yaml into tables that look a word up in one step, and says what is wrong with a malformed entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from spacy.tokens import Token

from kgbuild.claims import syntax
from kgbuild.errors import RuleError
from kgbuild.rules import load_rules, require_examples
from kgbuild.vocab import ENTITY_KINDS, EVENT_TYPES, MODES

__all__ = [
    "Entry",
    "Lexicon",
    "Rule",
    "compile_lexicon",
    "event_lexicon",
    "inflections",
    "lemma_in",
    "plain_rule",
    "stance_words",
    "withholds",
]

FILE = "events"
KEYS = frozenset(
    "type mode cameo frame verbs nouns verb_frame noun_frame verb_type verb_object verb_needs verb_oblique object "
    "not_object not_subject not_mod noun_context noun_theme recipient_in agent_in needs noun_needs needs_actor keep_place loose "
    "infinitive_only allege warning evaluation descend_recipient theme_topic poss_is_recipient_for prep_recipient examples "
    "counterexamples".split()
)
ROLES = ("agent", "recipient", "theme", "place")
VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Rule:
    """One class of words: the type of event they name and how their phrases fill its roles.

    Frames map a role to the slots tried for it in order; conditions are sets of lemmas or kinds of entity.
    """

    name: str
    type: str
    mode: str | None
    cameo: str | None
    verb_frame: Mapping[str, tuple[tuple[str, ...], ...]]
    noun_frame: Mapping[str, tuple[tuple[str, ...], ...]]
    verb_type: Mapping[str, str]
    verb_object: Mapping[str, frozenset[str]]
    verb_needs: Mapping[str, frozenset[str]]
    verb_oblique: Mapping[str, frozenset[str]]
    object: frozenset[str]
    not_object: frozenset[str]
    not_subject: frozenset[str]
    not_mod: frozenset[str]
    noun_context: Mapping[str, frozenset[str]]
    noun_theme: frozenset[str]
    recipient_in: frozenset[str]
    agent_in: frozenset[str]
    needs: frozenset[str]
    noun_needs: frozenset[str]
    needs_actor: bool
    keep_place: bool
    loose: bool
    infinitive_only: frozenset[str]
    allege: bool
    warning: bool
    evaluation: str | None
    descend_recipient: bool
    theme_topic: bool
    poss_is_recipient_for: frozenset[str]
    prep_recipient: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One word or fixed phrase of a rule.

    lemma: the head word. extra: further words that must hang on it ("carry" + "out"; for nouns the words before it).
    preposition: marks the recipient ("call" + "on"). particles of the text that `extra` does not name rule the entry out
    unless its rule is loose. order: position in the file, the tie-breaker.
    """

    rule: Rule
    lemma: str
    extra: tuple[str, ...]
    preposition: str | None
    order: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All entries by lemma, most specific first, and the word sets of the file."""

    verbs: Mapping[str, tuple[Entry, ...]]
    nouns: Mapping[str, tuple[Entry, ...]]
    verb_forms: Mapping[str, tuple[str, ...]]
    noun_forms: Mapping[str, tuple[str, ...]]
    sets: Mapping[str, frozenset[str]]
    rules: Mapping[str, Rule]

    def verb_lemma(self, token: Token) -> str:
        """Lemma of a verb, from its written form where the file has it, else the tagger's."""
        return _lemma(self.verb_forms, token)

    def noun_lemma(self, token: Token) -> str:
        """Lemma of a noun, from its written form where the file has it, else the tagger's."""
        return _lemma(self.noun_forms, token)

    def phrasal(self, verb: Token) -> str:
        """Lemma and particle of a verb: "carry out"."""
        return " ".join(filter(None, (self.verb_lemma(verb), syntax.particle(verb))))


@lru_cache(maxsize=1)
def event_lexicon() -> Lexicon:
    """The lexicon of data/events.yaml. Raises RuleError naming the entry that is malformed."""
    return compile_lexicon(load_rules(FILE))


def compile_lexicon(content: Mapping[str, Any]) -> Lexicon:
    """The lexicon of a rule file's content. Raises RuleError."""
    sets = {name: frozenset(_words(text)) for name, text in content.get("sets", {}).items()}
    irregular = {lemma: _words(text) for lemma, text in content.get("irregular", {}).items()}
    frames = content.get("frames", {})
    raw_rules = content.get("rules", {})
    require_examples(f"{FILE}.yaml", raw_rules)
    rules: dict[str, Rule] = {}
    verbs: dict[str, list[Entry]] = {}
    nouns: dict[str, list[Entry]] = {}
    order = 0
    for name, raw in raw_rules.items():
        rule = rules[name] = _rule(name, raw, frames, sets)
        for text in _words(raw.get("verbs", "")):
            order += 1
            words = text.split()
            preposition = words.pop()[1:] if words[-1].startswith("+") else None
            entry = Entry(rule, words[0], tuple(words[1:]), preposition, order)
            verbs.setdefault(entry.lemma, []).append(entry)
        for text in _words(raw.get("nouns", "")):
            order += 1
            words = text.split()
            entry = Entry(rule, words[-1], tuple(words[:-1]), None, order)
            nouns.setdefault(entry.lemma, []).append(entry)
    verb_words = set(verbs).union(*(sets.get(k, ()) for k in ("light", "light_passive", "affects", "culprit")))
    noun_words = set(nouns).union(
        *(s for k, s in sets.items() if k in ("weapons", "forces", "people", "parts", "extensions"))
    )
    for rule in rules.values():
        noun_words |= rule.object | rule.not_object | rule.not_subject | rule.noun_theme
        for table in (rule.verb_object, rule.verb_oblique):
            noun_words = noun_words.union(*table.values())
    return Lexicon(
        verbs={k: _specific_first(v) for k, v in verbs.items()},
        nouns={k: _specific_first(v) for k, v in nouns.items()},
        verb_forms=_forms({w.split()[0] for w in verb_words}, irregular, verb=True),
        noun_forms=_forms({w.split()[-1] for w in noun_words}, irregular, verb=False),
        sets=sets,
        rules=rules,
    )


@lru_cache(maxsize=64)
def plain_rule(type: str) -> Rule:
    """A rule without conditions, for an event of a type that a table of codes names."""
    return _rule("coded", {"type": type, "frame": "act"}, load_rules(FILE).get("frames", {}), {})


def inflections(lemma: str, irregular: Iterable[str] = (), verb: bool = True) -> list[str]:
    """Written forms of a regular verb or noun, the lemma among them; the given irregular forms are added.

    >>> inflections("raid"), inflections("army", verb=False)
    (['raid', 'raids', 'raided', 'raiding'], ['army', 'armies'])
    """
    y = len(lemma) > 2 and lemma.endswith("y") and lemma[-2] not in VOWELS
    hiss = lemma.endswith(("s", "x", "z", "ch", "sh"))
    forms = [lemma, lemma[:-1] + "ies" if y else lemma + ("es" if hiss else "s")]
    if verb:
        stem = lemma[:-1] if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")) else lemma
        past = lemma[:-1] + "ied" if y else (lemma + "d" if lemma.endswith("e") else lemma + "ed")
        forms += [past, stem + "ing"]
        if len(lemma) > 2 and lemma[-1] not in "aeiouwxy" and lemma[-2] in VOWELS and lemma[-3] not in VOWELS:
            forms += [lemma + lemma[-1] + "ed", lemma + lemma[-1] + "ing"]
    return list(dict.fromkeys([*forms, *irregular]))


def withholds(verb: Token) -> bool:
    """Whether a verb of denying keeps a thing from somebody ("denied the rebels a haven") and disputes no words."""
    lexicon = event_lexicon()
    held = [
        c for c in verb.children if c.dep_.partition(":")[0] in ("obj", "iobj", "xcomp", "ccomp") and c.pos_ != "VERB"
    ]
    noun = lexicon.noun_lemma
    return len(held) > 1 or any(lemma_in(noun(t), t, lexicon.sets["granted"]) for t in held)


def lemma_in(lemma: str, token: Token, words: frozenset[str]) -> bool:
    """Whether a word, by lemma or as written, is in a set."""
    return lemma in words or token.lower_ in words


@dataclass(frozen=True, slots=True)
class StanceWords:
    """Words that judge: lemmas or written forms, each set with the sign it gives what it is said of."""

    negative: frozenset[str]
    positive: frozenset[str]


@lru_cache(maxsize=1)
def stance_words() -> StanceWords:
    """The evaluative words of data/stance.yaml."""
    words = load_rules("stance").get("words", {})
    return StanceWords(frozenset(_words(words.get("negative", ""))), frozenset(_words(words.get("positive", ""))))


def _lemma(forms: Mapping[str, tuple[str, ...]], token: Token) -> str:
    found = forms.get(token.lower_)
    own = token.lemma_.lower()
    if found is None or own in found:
        return own
    return found[0]


def _forms(lemmas: set[str], irregular: Mapping[str, list[str]], verb: bool) -> dict[str, tuple[str, ...]]:
    forms: dict[str, list[str]] = {}
    for lemma in sorted(lemmas):
        for form in inflections(lemma, irregular.get(lemma, ()), verb):
            forms.setdefault(form, []).append(lemma)
    return {form: tuple(found) for form, found in forms.items()}


def _specific_first(entries: list[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda e: (-len(e.extra), e.preposition is None, e.order)))


def _rule(name: str, raw: Mapping[str, Any], frames: Mapping[str, Any], sets: Mapping[str, frozenset[str]]) -> Rule:
    if unknown := sorted(set(raw) - KEYS):
        raise RuleError(f"{FILE}.yaml: rule {name!r}: unknown key {unknown[0]!r}")
    if raw.get("type") not in EVENT_TYPES:
        raise RuleError(f"{FILE}.yaml: rule {name!r}: no such type of event: {raw.get('type')!r}")
    if "mode" in raw and raw["mode"] not in MODES.values():
        raise RuleError(f"{FILE}.yaml: rule {name!r}: no such mode of event: {raw['mode']!r}")
    frame = frames.get(str(raw.get("frame")))
    if frame is None:
        raise RuleError(f"{FILE}.yaml: rule {name!r}: no such frame: {raw.get('frame')!r}")

    def words(key: str) -> frozenset[str]:
        return _expanded(raw.get(key, ()), sets, name)

    def table(key: str) -> dict[str, frozenset[str]]:
        return {k: _expanded(v, sets, name) for k, v in raw.get(key, {}).items()}

    for kinds in [*table("verb_needs").values(), words("recipient_in"), words("agent_in")]:
        if wrong := sorted(kinds - set(ENTITY_KINDS)):
            raise RuleError(f"{FILE}.yaml: rule {name!r}: no such kind of entity: {wrong[0]!r}")
    for kind in raw.get("verb_type", {}).values():
        if kind not in EVENT_TYPES:
            raise RuleError(f"{FILE}.yaml: rule {name!r}: no such type of event: {kind!r}")
    return Rule(
        name=name, type=raw["type"], mode=raw.get("mode"), cameo=raw.get("cameo"),
        verb_frame=_frame(raw.get("verb_frame", frame.get("verb", {})), name),
        noun_frame=_frame(raw.get("noun_frame", frame.get("noun", {})), name),
        verb_type=dict(raw.get("verb_type", {})), verb_object=table("verb_object"), verb_needs=table("verb_needs"),
        verb_oblique=table("verb_oblique"), object=words("object"), not_object=words("not_object"),
        not_subject=words("not_subject"), not_mod=words("not_mod"), noun_context=table("noun_context"),
        noun_theme=words("noun_theme"), recipient_in=words("recipient_in"), agent_in=words("agent_in"), needs=words("needs"),
        noun_needs=words("noun_needs"), needs_actor=bool(raw.get("needs_actor")), keep_place=bool(raw.get("keep_place")),
        loose=bool(raw.get("loose")), infinitive_only=words("infinitive_only"), allege=bool(raw.get("allege")),
        warning=bool(raw.get("warning")), evaluation=raw.get("evaluation"),
        descend_recipient=bool(raw.get("descend_recipient")), theme_topic=bool(raw.get("theme_topic")),
        poss_is_recipient_for=words("poss_is_recipient_for"), prep_recipient=words("prep_recipient"),
    )  # fmt: skip


def _frame(raw: Mapping[str, str], name: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    if wrong := sorted(set(raw) - set(ROLES)):
        raise RuleError(f"{FILE}.yaml: rule {name!r}: no such role in its frame: {wrong[0]!r}")
    return {role: tuple(tuple(slot.split("+")) for slot in slots.split()) for role, slots in raw.items()}


def _expanded(raw: Iterable[str], sets: Mapping[str, frozenset[str]], name: str) -> frozenset[str]:
    found: set[str] = set()
    for word in raw:
        if not isinstance(word, str):
            raise RuleError(f"{FILE}.yaml: rule {name!r}: {word!r} is not a word to YAML; put it in quotation marks")
        if word.startswith("@"):
            if word[1:] not in sets:
                raise RuleError(f"{FILE}.yaml: rule {name!r}: no such set: {word!r}")
            found |= sets[word[1:]]
        else:
            found.add(word)
    return frozenset(found)


def _words(text: str) -> list[str]:
    return [w.strip() for w in text.split(",") if w.strip()]
