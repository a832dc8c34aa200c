"""One node for two names of which the text says that they are one's: "Oren, known as Petra the Bold", "born Ann Lee"."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.words import words

__all__ = ["join_aliases"]

_FAR = 25
"""Most tokens between a name and the word that says it has another."""


def join_aliases(doc: Doc, draft: Draft) -> None:
    """Merge the node of an alias into that of the name it goes with; nodes that the base tells apart stay apart."""
    heads = {f.head: f for f in draft.found if f.form == "name" and len(f.nodes) == 1}
    for token in doc:
        if token.lower_ in words("alias_words") and token.tag_ in {"VBN", "JJ", "VBD"}:
            alias = _named(token, heads)
            owner = _owner(token, heads) if alias is not None else None
            if alias is not None and owner is not None and owner.start != alias.start:
                _join(alias.node, owner.node)


def _named(token: Token, heads: dict[int, Found]) -> Found | None:
    """The name behind "known as", "called", "born"; none where it begins no more than three words on ("called on Ann Lee")."""
    for child in token.rights:
        case = next((c.lower_ for c in child.children if c.dep_ == "case"), "")
        plain = case == "" and child.dep_ in {"obj", "xcomp", "flat", "dep", "appos"}
        if (case == "as" and child.dep_.startswith(("obl", "xcomp", "advcl"))) or plain:
            found = heads.get(child.i)
            if found is not None and found.start - token.i <= 3:
                return found
    return None


def _owner(token: Token, heads: dict[int, Found]) -> Found | None:
    """Whose alias it is: what the participle modifies, or its subject ("Oren is known as ...")."""
    if any(c.dep_ in {"obj", "nsubj"} and c.i < token.i for c in token.children):
        return None  # "he called her ..."
    subject = next((c for c in token.children if c.dep_ == "nsubj:pass"), None)
    head = subject if subject is not None else token.head if token.dep_.startswith(("acl", "appos", "amod")) else None
    for _ in range(2):
        if head is None:
            return None
        found = heads.get(head.i)
        if found is not None:
            return found if 0 < token.i - found.start <= _FAR else None
        head = head.head if head.dep_ in {"appos", "flat", "conj"} else None
    return None


def _join(alias: Node, owner: Node) -> None:
    if alias is owner or (alias.entry is not None and owner.entry is not None) or alias.kind in {"State", "City"}:
        return
    if alias.entry is not None:
        alias, owner = owner, alias
    if owner.kind == alias.kind or (alias.entry is None and owner.kind != "State" and alias.kind != "Person"):
        alias.merge_into(owner)
