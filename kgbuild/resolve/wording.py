"""How alike two events are worded: word families, words for one kind of act, and what stands before a noun.

A verb and its nouns share their first letters (invade, invasion; seize, seizure); other words for one act do not, and are listed.
"""

from __future__ import annotations

import re

from kgbuild.records import Event, Span
from kgbuild.vocab import BROADER

__all__ = ["alike", "is_definite", "is_new", "word_keys"]

SHORTEST = 4
"""Letters a verb and its nouns share; three would join arrest and arrive."""
LONG = 6
"""Letters that make a family even where the words were given different types ("isolate a city", "the isolation of the city")."""

_KIN = {
    "air raid": "airstrike bomb bombing bombard bombardment shell shelling strafe",
    "explosion": "bomb bombing blast explosion explode detonate detonation",
    "shooting": "shoot shooting massacre rampage gunfire",
    "ramming": "ram ramming plow plough",
    "killing": "kill killing murder slay slaughter massacre death die assassinate assassination execute execution",
    "capture": "capture seize seizure take takeover fall conquer conquest overrun",
    "recapture": "retake recapture liberate liberation free regain reclaim",
    "meeting": "meet meeting talk discuss discussion summit confer",
    "truce": "ceasefire truce cessation armistice",
    "agreement": "agree agreement deal accord pact",
    "arrest": "arrest detain detention apprehend",
    "withdrawal": "withdraw withdrawal pullout retreat",
    "resignation": "resign resignation quit",
    "invasion": "invade invasion incursion",
    "protest": "protest demonstrate demonstration march rally",
    "victory": "win victory triumph",
    "expulsion": "expel expulsion deport deportation",
    "accusation": "accuse accusation allege allegation",
}
"""Name of a kind of act -> words for it that may stand for each other in one text."""
_VAGUE = frozenset({"attack", "assault", "strike", "raid"})
"""Words for an act of violence of any of these kinds."""
_VIOLENT = ("air raid", "explosion", "shooting", "ramming")

_KINDS: dict[str, frozenset[str]] = {}
for _kind, _words in _KIN.items():
    for _word in _words.split():
        _KINDS[_word] = _KINDS.get(_word, frozenset()) | {_kind}
for _word in _VAGUE:
    _KINDS[_word] = frozenset(_VIOLENT)

_DEFINITE = frozenset({"the", "this", "that", "these", "those", "its", "his", "her", "their"})
_NEW = frozenset(
    "a an another other further more fresh second third previous earlier last next multiple several some many two three four five six "
    "seven eight nine ten eleven twelve dozen dozens".split()
)
_WORD = re.compile(r"[\w.'’-]+")


def word_keys(event: Event) -> tuple[str, ...]:
    """Keys of which any two events that can be worded alike share one."""
    word = _head(event)
    keys = [word[:SHORTEST], *sorted(_KINDS.get(word, ()))]
    if event.mode:
        keys.append(f"{event.type}/{event.mode}")
    return tuple(keys)


def alike(a: Event, b: Event) -> float:
    """1 for words of one family, 0.5 for other words for one act or for one type and mode, 0 for words of different acts."""
    one, two = _head(a), _head(b)
    common = _common(one, two)
    related = a.type == b.type or BROADER.get(a.type) == b.type or BROADER.get(b.type) == a.type
    if one == two or (related and common >= SHORTEST) or common >= LONG:
        return 1.0
    if _KINDS.get(one, frozenset()) & _KINDS.get(two, frozenset()):
        return 0.5
    return 0.5 if a.mode and (a.type, a.mode) == (b.type, b.mode) and not _rivals(one, two) else 0.0


def is_definite(event: Event, text: str) -> bool:
    """Whether the trigger is a noun that the text takes as known ("the attack", "this deadly raid")."""
    before = _before(event, text)
    return _is_noun(event, text) and any(w in _DEFINITE for w in before[:2])


def is_new(event: Event, text: str) -> bool:
    """Whether the trigger is a noun that the text brings in as another one ("a Jan. 3 strike", "two raids", "other attacks")."""
    if not _is_noun(event, text):
        return False
    for word in _before(event, text):
        if word in _DEFINITE:
            return False
        if word in _NEW or word.isdigit():
            return True
    return False


def _head(event: Event) -> str:
    return event.lemma.rsplit(" ", 1)[-1]


def _common(one: str, two: str) -> int:
    n = 0
    for x, y in zip(one, two, strict=False):
        if x != y:
            break
        n += 1
    return n


def _rivals(one: str, two: str) -> bool:
    """Whether both words have kinds, none in common: to take and to retake share type and mode and are not one act."""
    return one in _KINDS and two in _KINDS


def _before(event: Event, text: str) -> list[str]:
    """Up to four words before the trigger in its sentence, the nearest first, none from before a comma or a stop."""
    span = Span(max(event.sentence.begin, event.trigger.begin - 40), event.trigger.begin)
    words = _WORD.findall(re.split(r"[,;:()\"“”]", text[span.begin : span.end])[-1])
    return [w.lower() for w in reversed(words[-4:])]


def _is_noun(event: Event, text: str) -> bool:
    """Whether the trigger can be a noun by its form: its lemma, or that with a plural ending, and none of a verb's."""
    word = text[event.trigger.begin : event.trigger.end].lower().rsplit(" ", 1)[-1]
    return word in {_head(event), _head(event) + "s", _head(event) + "es"}
