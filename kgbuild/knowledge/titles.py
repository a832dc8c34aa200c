"""Titles and role nouns ("President", "spokeswoman", "Gen.") with their kind, read from ``data/titles.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kgbuild.errors import RuleError
from kgbuild.knowledge.normal import key
from kgbuild.knowledge.roles import role_key
from kgbuild.rules import load_rules

__all__ = ["GENDERS", "KINDS", "Title", "Titles"]

KINDS = (
    "head_of_state", "head_of_government", "minister", "deputy", "legislator", "official", "diplomat", "spokesperson",
    "military",
    "police", "judge", "royal", "religious", "executive", "party", "local", "media", "profession", "honorific",
)  # fmt: skip
GENDERS = ("female", "male", None)


@dataclass(frozen=True, slots=True)
class Title:
    """A title or role noun.

    name: the words as listed ("prime minister"). kind: one of `KINDS`. gender: "male" or "female" where the word
    itself says so.
    role: the key under which `Base.holders` files the office, None when the noun is no single office. before: stands
    before a name
    ("President Putin"). nominal: can name its holder alone ("the president").
    """

    name: str
    kind: str
    gender: str | None = None
    role: str | None = None
    before: bool = True
    nominal: bool = True


class Titles:
    """The titles by their words."""

    def __init__(self, titles: tuple[Title, ...], forms: dict[str, Title]) -> None:
        self.all = titles
        self._forms = forms
        self.longest = max((form.count(" ") + 1 for form in forms), default=0)
        """Number of words of the longest form."""

    @classmethod
    def load(cls) -> Titles:
        """The packaged list, read once."""
        return _load()

    def get(self, words: str) -> Title | None:
        """The title these words are, whatever their case, points or hyphens; plurals too ("generals")."""
        wanted = key(words)
        return self._forms.get(wanted)

    def split(self, name: str) -> tuple[Title | None, str]:
        """Divide "Prime Minister Boris Johnson" into its title and the rest; the longest title wins."""
        words = name.split()
        for count in range(min(self.longest, len(words) - 1), 0, -1):
            title = self.get(" ".join(words[:count]))
            if title is not None and title.before:
                return title, " ".join(words[count:])
        return None, name


@lru_cache(maxsize=1)
def _load() -> Titles:
    found: list[Title] = []
    forms: dict[str, Title] = {}
    for kind, entries in sorted(load_rules("titles").items()):
        if kind not in KINDS or not isinstance(entries, dict):
            raise RuleError(f"titles.yaml: {kind!r} is no kind of title: use one of {', '.join(KINDS)}")
        for name, options in sorted(entries.items()):
            options = options or {}
            unknown = sorted(set(options) - {"forms", "gender", "role", "before", "nominal"})
            if unknown or options.get("gender") not in GENDERS:
                raise RuleError(f"titles.yaml: {name}: unknown {', '.join(unknown) or 'gender'}")
            role = role_key(name) if options.get("role") else None
            title = Title(
                name, kind, options.get("gender"), role, options.get("before", True), options.get("nominal", True)
            )
            found.append(title)
            for form in (name, *options.get("forms", ())):
                for spelled in (key(form), *([key(_plural(form, kind))] if title.nominal else [])):
                    if forms.setdefault(spelled, title) is not title:
                        raise RuleError(f"titles.yaml: {form!r} is listed twice ({forms[spelled].name}, {name})")
    return Titles(tuple(found), forms)


def _plural(form: str, kind: str) -> str:
    head, _, last = form.replace("-", " ").rpartition(" ")
    if head and last == "general" and kind != "military":
        return f"{_plural(head, kind)} general"  # secretaries general, but lieutenant generals
    if form.endswith("man"):
        return form[:-3] + "men"
    if form.endswith("woman"):
        return form[:-5] + "women"
    if form.endswith("y") and form[-2:] not in ("ay", "ey", "oy"):
        return form[:-1] + "ies"
    return form + ("es" if form.endswith(("s", "ch", "sh", "ss")) else "s")
