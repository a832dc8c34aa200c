"""What exists, as tables with examples: readers, writers, event types, stance kinds, values, questions and terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from kgbuild import vocab
from kgbuild.query import named_questions

__all__ = ["Table", "tables"]

Table: TypeAlias = tuple[Sequence[str], Sequence[Sequence[str]]]
"""Column names and rows."""


def tables(readers: Iterable[str], writers: Iterable[str]) -> dict[str, Table]:
    """Name of a topic -> its table; `readers` and `writers` are the names of the registries' entries."""
    values = {
        "modalities": vocab.MODALITIES,
        "voices": vocab.VOICES,
        "speech-acts": vocab.SPEECH_ACTS,
        "polarities": vocab.POLARITIES,
        "statuses": vocab.STATUSES,
        "mention-forms": vocab.FORMS,
        "merge-rules": vocab.MERGE_RULES,
    }
    return {
        "readers": (("reads",), [(name,) for name in readers]),
        "writers": (("writes", "example"), [(name, f"kgbuild export output/ --format {name}") for name in writers]),
        "event-types": (
            ("type", "PLOVER", "under", "meaning", "example"),
            [(t, notation, " < ".join(_wider(t)), *_of(t)) for t, notation in vocab.EVENT_TYPES.items()],
        ),
        "modes": (("mode", "meaning", "example"), [(n, *_of(m)) for m, n in vocab.MODES.items()]),
        "stance-kinds": (("kind", "meaning", "example"), [(k, *_of(k)) for k in vocab.STANCE_KINDS]),
        "affiliation-kinds": (("kind", "meaning", "example"), [(k, *_of(k)) for k in vocab.AFFILIATION_KINDS]),
        **{name: (("value", "meaning"), [(v, _of(v)[0]) for v in found]) for name, found in values.items()},
        "entity-kinds": (("kind", "meaning"), [(k, vocab.TERMS[f"kg:{k}"][1]) for k in vocab.ENTITY_KINDS]),
        "questions": (
            ("question", "asks", "example"),
            [(q.usage, q.description, f"kgbuild query output/ {q.example}") for q in named_questions()],
        ),
        "terms": (("term", "label", "meaning"), [(name, *described) for name, described in vocab.TERMS.items()]),
    }


def _of(value: str) -> tuple[str, str]:
    return vocab.TERMS[f"v:{value}"][1], vocab.EXAMPLES.get(value, "")


def _wider(value: str) -> list[str]:
    found = []
    while value in vocab.BROADER:
        value = vocab.BROADER[value]
        found.append(value)
    return found
