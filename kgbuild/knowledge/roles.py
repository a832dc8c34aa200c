"""Bring the titles of one office to one key ("Minister for Foreign Affairs" and "foreign minister")."""

from __future__ import annotations

import re

from kgbuild.knowledge.normal import key

_TOPICS = {
    "foreign affairs": "foreign",
    "external affairs": "foreign",
    "foreign relations": "foreign",
    "exterior": "foreign",
    "external relations": "foreign",
    "foreign and european affairs": "foreign",
    "europe and foreign affairs": "foreign",
    "foreign and commonwealth affairs": "foreign",
    "foreign commonwealth and development affairs": "foreign",
    "foreign affairs and trade": "foreign",
    "defence": "defense",
    "national defence": "defense",
    "national defense": "defense",
    "internal affairs": "interior",
    "home affairs": "interior",
    "home department": "interior",
    "home": "interior",
    "finances": "finance",
    "economy and finance": "finance",
    "economics": "economy",
    "law": "justice",
    "public health": "health",
    "oil": "petroleum",
}
_WHOLE = {
    "premier": "prime minister",
    "pm": "prime minister",
    "vp": "vice president",
    "federal chancellor": "chancellor",
    "federal president": "president",
    "president of the republic": "president",
    "state president": "president",
    "chairman of the council of ministers": "prime minister",
    "president of the council of ministers": "prime minister",
    "defense chief": "defense minister",
    "finance chief": "finance minister",
}
_OF = re.compile(
    r"^(?:(?P<vice>deputy|vice) )?(?:union |federal |cabinet )?"
    r"(?:minister|secretary of state|secretary|ministry) (?:of|for) (?:the )?(?P<topic>.+)$"
)
_BEFORE = re.compile(r"^(?P<topic>.+) (?:minister|secretary|chief)$")
_KEPT = {"prime", "first", "deputy prime", "vice prime", "general", "press", "private", "permanent", "chief"}


def role_key(title: str) -> str:
    """Give the key of an office without its country.

    >>> role_key("Minister for Foreign Affairs"), role_key("Foreign Secretary"), role_key("Prime Minister")
    ('foreign minister', 'foreign minister', 'prime minister')
    """
    text = key(title)
    if text in _WHOLE:
        return _WHOLE[text]
    if text == "secretary of state":
        return text
    if (found := _OF.match(text)) and not found["topic"].startswith("state "):
        topic = found["topic"]  # "minister of state for defence" is a junior office of its own
        return f"{found['vice'] + ' ' if found['vice'] else ''}{_TOPICS.get(topic, topic)} minister"
    if found := _BEFORE.match(text):
        topic = found["topic"]
        if topic not in _KEPT and not topic.startswith(("deputy ", "vice ")):
            return f"{_TOPICS.get(topic, topic)} minister"
    return text
