"""One node for a name and its shorter forms: "Borvian Mountain Guides" and "the Guides", "the Sea League (SL)"."""

from __future__ import annotations

from itertools import pairwise

from spacy.tokens import Doc

from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.words import words

__all__ = ["join_short_names"]

_KINDS = {"Organization": "body", "Topic": "body", "Group": "body", "Place": "place"}
"""Kinds of nodes whose names shorten by leaving out words; those of one class can be one thing."""
_BETWEEN = frozenset({"of", "for", "in", "and", "on"})
_OTHERS = frozenset(
    "north south east west new old great greater little upper lower inner outer northern southern eastern western".split()
)
"""First words that make another thing of the rest ("East Borvia")."""


_OFTEN = 3
"""How many times as often as its rivals a longer name must stand in the article to be what a short form means."""

_KIND_NOUNS = ("facility_nouns", "natural_nouns", "governed_nouns", "event_nouns")
"""Word lists of kinds.yaml whose nouns say what a name names."""


def join_short_names(doc: Doc, draft: Draft) -> None:
    """Merge nodes the base does not know: a bracketed acronym into its name, a shorter form into the one longer name that fits."""
    named = sorted((f for f in draft.found if f.form == "name" and len(f.nodes) == 1), key=lambda f: f.start)
    _acronyms(doc, named)
    forms: dict[int, tuple[Node, dict[tuple[str, ...], bool]]] = {}
    for found in named:
        node = found.node
        if node.kind in _KINDS:
            surface = tuple(t.lower_ for t in doc[found.start : found.end])
            definite = found.start > 0 and doc[found.start - 1].lower_ == "the"
            kept = forms.setdefault(id(node), (node, {}))[1]
            kept[surface] = kept.get(surface, False) or definite
    longer: dict[tuple[str, ...], dict[int, Node]] = {}
    for node, surfaces in forms.values():
        for surface in surfaces:
            for part in _shorter(surface):
                longer.setdefault(part, {})[id(node)] = node
    for node, surfaces in forms.values():
        if node.entry is not None or node.merged is not None:
            continue
        for surface, definite in surfaces.items():
            if len(surface) == 1 and not (definite and node.kind == "Organization"):
                continue  # "Evolution" need not be the "Centre for Social Evolution"; "the Pirates" are some pirates named before
            fits = {
                id(n.final): n.final
                for n in longer.get(surface, {}).values()
                if n.final is not node and _KINDS.get(n.final.kind) == _KINDS[node.kind]
            }
            longest = _foremost(list(fits.values()))
            if longest is not None:
                node.merge_into(longest)
                break
    _events(doc, named)


def _foremost(nodes: list[Node]) -> Node | None:
    """The one node, or of several the one that is named at least three times as often as any other."""
    ranked = sorted(((sum(n.names.values()), n) for n in nodes), key=lambda c: -c[0])
    if not ranked or (len(ranked) > 1 and ranked[0][0] < _OFTEN * max(1, ranked[1][0])):
        return None
    return ranked[0][1]


def _events(doc: Doc, named: list[Found]) -> None:
    """ "Cyclone Petra" and "Petra", if nothing the base knows and no person in full is called so."""
    storms = {
        doc[f.end - 1].text: f.node
        for f in named
        if f.end - f.start == 2 and doc[f.start].lower_ in words("event_openers", "kinds")
    }
    for found in named:
        node = found.node
        storm = storms.get(doc[found.start].text) if found.end - found.start == 1 else None
        if storm is not None and node.entry is None and node.merged is None and all(" " not in n for n in node.names):
            node.merge_into(storm)


def _shorter(surface: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The forms a name of several words can shorten to: its end, and what stands before "of" or "for"."""
    out: list[tuple[str, ...]] = []
    for n in range(1, len(surface)):
        end = surface[n:]
        plain = len(end) == 1 and (
            end[0] in words("body_nouns") or any(end[0] in words(name, "kinds") for name in _KIND_NOUNS)
        )
        if (
            not plain
            and (len(end) > 1 or n == 1)
            and surface[n - 1] not in _BETWEEN
            and not {*surface[:n]} & _OTHERS
            and end[0] not in _BETWEEN
        ):
            out.append(end)
        begin = surface[:n]
        if surface[n] in _BETWEEN and (n > 1 or begin[0] in words("body_nouns")) and not {*begin} & _BETWEEN:
            out.append(begin)
    return out


def _acronyms(doc: Doc, named: list[Found]) -> None:
    """ "the League of Seas (LS)": the bracketed name spells the one before it."""
    for long, short in pairwise(named):
        node = short.node
        if (
            short.end - short.start == 1
            and short.start == long.end + 1
            and doc[long.end].text == "("
            and short.end < len(doc)
            and doc[short.end].text in {")", ";", ","}
            and node.entry is None
            and node is not long.node
            and long.node.kind != "Person"
            and _spells(doc[short.start].text, doc[long.start : long.end].text)
        ):
            node.merge_into(long.node)


def _spells(short: str, long: str) -> bool:
    """Whether capitals in an acronym are first letters of the longer name's words, in their order, the first of them first."""
    letters = [c for c in short if c.isupper()]
    if len(letters) < 2 or len(letters) * 2 < len(short):
        return False
    initials = [w[0].upper() for w in long.replace("-", " ").split() if w]
    if not initials or letters[0] != initials[0]:
        return False
    at = iter(initials)
    return all(letter in at for letter in letters)
