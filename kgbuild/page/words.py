"""Status and attribution in words: who says that something is so, and whether it happened at all."""

from __future__ import annotations

from collections.abc import Sequence

from kgbuild.graph import Evidence

__all__ = ["date_words", "status_words"]

_NOT_FACT = {
    "Factual": "stated as a fact", "Probable": "called probable", "Possible": "called possible", "Planned": "planned",
    "Conditional": "hypothetical", "Desired": "wanted or asked for", "Questioned": "only asked about",
}  # fmt: skip
_VOICE = {"Direct": "direct quote", "MixedQuote": "partly quoted", "Indirect": "in indirect speech"}
_STANCE = {"For": "for", "Against": "against", "Mixed": "both for and against", "Neutral": "neutral toward"}


def status_words(e: Evidence, sources: Sequence[str], deniers: Sequence[str], condition: str) -> str:
    """One line that says what may be believed; `sources` and `deniers` are names ("the article" for its own voice).

    `condition` is the text of the if-clause, "" without one.
    """
    by = _join(sources) or "nobody named"
    if e.kind == "event":
        return _event(e, by, _join(deniers), condition)
    if e.kind == "stance":
        held = "" if e.modality == "Factual" else f"; {_NOT_FACT[e.modality]}, not settled"
        return f"{_STANCE.get(e.polarity or '', 'toward')} ({e.type.lower()}), according to {by}{held}"
    voice = _VOICE.get(e.voice or "", "")
    content = "" if e.modality == "Factual" else f"; what it speaks of is {_NOT_FACT[e.modality]}"
    content += "; says it is not so" if e.negated else ""
    content += f"; if: {condition}" if condition else ""
    passed = "" if e.sources == (e.document,) else f"; passed on by {by}"
    return f"{voice or 'said'}{passed}{content}"


def date_words(earliest: str | None, latest: str | None) -> str:
    """The bounds of a time: one day, a range, or an open one; "" when unknown."""
    if earliest and latest:
        return earliest if earliest == latest else f"{earliest} to {latest}"
    return f"from {earliest}" if earliest else f"until {latest}" if latest else ""


def _event(e: Evidence, by: str, deniers: str, condition: str) -> str:
    reportedly = " (“reportedly”: nobody named stands behind it)" if e.hearsay else ""
    if e.status == "Reported":
        return f"reported by {by}"
    if e.status == "Claimed":
        return f"claimed by {by}{reportedly}"
    if e.status == "Disputed":
        return f"disputed: claimed by {by}; denied by {deniers}"
    if e.status == "Denied":
        return f"denied: did not happen, according to {by}{reportedly}"
    if e.status == "Expected":
        return f"expected, not yet so, according to {by}{reportedly}"
    if e.is_condition:
        return f"hypothetical: only an if-clause in the words of {by}"
    if not e.claims:
        return "hypothetical: named only, nobody says that it happened"
    negated = ", and in the negative" if e.negated else ""
    clause = f": only if “{condition}”" if condition else ""
    kind = _NOT_FACT[e.modality]
    return f"{'' if kind == 'hypothetical' else 'hypothetical: '}{kind}{negated}, according to {by}{clause}{reportedly}"


def _join(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1] if names else ""
