"""Some of a party, who speak for themselves: "two Democrats", "House Republicans", "Tories who voted against it" are groups of it."""

from __future__ import annotations

from spacy.tokens import Doc

from kgbuild.annotate.draft import Draft, Found, Node
from kgbuild.annotate.names import Name
from kgbuild.annotate.words import words
from kgbuild.knowledge import key

__all__ = ["add_members"]


def add_members(doc: Doc, draft: Draft, name: Name, party: Node, known: dict[tuple[str, str], Node]) -> bool:
    """Record the members a party's name in the plural tells of, and whether it tells of some only.

    Those that are counted, or told by a clause, are a group of their own each time; those with a word before them ("House Republicans") are one
    throughout the article, the one of that name in `known` (label and folded name -> node) where there is one.
    """
    head = doc[name.start : name.end].root
    plural = head.tag_ in {"NNS", "NNPS"} and head.dep_ not in {"compound", "flat"}
    if not plural or party.entry is None or party.entry.type != "party":
        return False
    lefts = [t for t in head.lefts if t.i < name.start]
    counted = [t for t in lefts if t.dep_ == "nummod" or t.lower_ in words("quantifiers")]
    before = doc[min(head.left_edge.i, name.start) : name.start]
    definite = any(t.lower_ in {"the", "these", "those"} or t.tag_ in {"POS", "PRP$"} for t in before)
    # "the ruling Conservatives" and "German Greens" are the party
    told = [] if definite else [t for t in lefts if t.dep_ == "compound" or (t.dep_ == "amod" and t.text.islower())]
    # behind a comma a clause is said of all of them
    clause = [t for t in head.rights if t.dep_.startswith("acl") and doc[head.i + 1].text != ","]
    if not (counted or told or clause):
        return False
    start = min([name.start, *(t.i for t in (*counted, *told))])
    if start < name.start and draft.clashes(start, name.end):
        return False
    text = doc[start : name.end].text
    shared = bool(told) and not counted and not clause
    node = known.get(("PARTY", key(text))) or known.get(("ORG", key(text))) if shared else None
    if node is None:
        node = draft.add(Node(text, "Group", plural=True, scope="" if shared else f"#{head.idx}", confidence=0.6))
        node.affiliate(party)
        if shared:
            known["PARTY", key(text)] = node
    draft.record(Found(start, name.end, head.i, "nominal", [node], 0.7))
    return True
