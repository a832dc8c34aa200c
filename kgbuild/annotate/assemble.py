"""Turn the nodes and found mentions of an article into records."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from kgbuild.annotate.certainty import settle
from kgbuild.annotate.draft import Node, draft_of
from kgbuild.annotate.words import words
from kgbuild.config import VERSION
from kgbuild.ids import entity_id, extractor_id, record_id
from kgbuild.records import Affiliation, Document, Entity, Mention, Span

__all__ = ["assemble", "records"]

_NAMES = extractor_id("annotate-names", VERSION)
_NOMINALS = extractor_id("annotate-nominals", VERSION)
_COREFERENCE = extractor_id("annotate-coreference", VERSION)
_AFFILIATION = extractor_id("annotate-affiliation", VERSION)
_KNOWN = extractor_id("knowledge-base", VERSION)
_BY_FORM = {"name": _NAMES, "metonym": _NAMES, "adjective": _NAMES, "nominal": _NOMINALS, "pronoun": _COREFERENCE}

_HAVE_GROUND = frozenset({"State", "Organization"})
"""Kinds of actors whose node can point at the Place of its territory through `twin`."""


def assemble(doc: Doc) -> None:
    """Fill `doc._.entities`, `doc._.mentions` and `doc._.affiliations` from the draft, and drop the draft."""
    draft = draft_of(doc)
    settle(doc, draft)
    document: Document | None = doc._.document
    home = document.id if document is not None else "article/0000000000000000"
    maker = _Maker(home)
    mentions: dict[str, Mention] = {}
    for found in sorted(draft.found, key=lambda f: (f.start, -f.end)):
        tokens = doc[found.start : found.end]
        span = Span(tokens.start_char, tokens.end_char)
        entities = tuple(dict.fromkeys(maker.id_of(n) for n in found.nodes))
        mention = Mention(
            record_id(home, "mention", span),
            home,
            span,
            found.form,
            entities,
            _BY_FORM[found.form],
            round(found.confidence, 2),
        )
        mentions.setdefault(mention.id, mention)
    affiliations: dict[str, Affiliation] = {}
    for stated in draft.stated:
        tokens = doc[stated.start : stated.end]
        span = Span(tokens.start_char, tokens.end_char)
        member, body = maker.id_of(stated.member), maker.id_of(stated.body)
        if member != body:
            made = record_id(
                home, "affiliation", span, *(maker.made[i].name for i in (member, body)), stated.role or stated.kind
            )
            affiliations.setdefault(made, Affiliation(
                made, home, span, member, body, stated.kind, stated.role, stated.known, stated.earliest, stated.latest,
                _KNOWN if stated.known else _AFFILIATION, stated.confidence,
            ))  # fmt: skip
    doc._.affiliations = tuple(sorted(affiliations.values(), key=lambda a: (a.span.begin, a.id)))
    doc._.mentions = tuple(sorted(mentions.values(), key=lambda m: (m.span.begin, -m.span.end)))
    doc._.entities = tuple(maker.made[i] for i in sorted(maker.made))
    doc._.draft = None


class _Maker:
    """Makes each Entity when it is first asked for, and those it refers to."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.made: dict[str, Entity] = {}
        self._ids: dict[int, str] = {}

    def id_of(self, node: Node) -> str:
        node = node.final
        known = self._ids.get(id(node))
        if known is not None:
            return known
        entry = node.entry
        qid = entry.qid if entry is not None else None
        name = entry.name if entry is not None else node.name
        minted = entity_id(node.kind, name, qid, "" if qid else self._scope(node))
        self._ids[id(node)] = minted
        affiliation = tuple(sorted({i for i in map(self.id_of, node.affiliation) if i != minted}))
        place = node.kind in {"Place", "City"}
        entity = Entity(
            id=minted,
            name=name,
            kind=node.kind,
            qid=qid,
            aliases=tuple(sorted(n for n in node.names if n != name)),
            affiliation=affiliation,
            within=self.id_of(node.within) if node.within is not None and node.kind in {"Place", "City"} else None,
            territory=self.id_of(node.twin) if node.kind in _HAVE_GROUND and node.twin is not None else None,
            lat=entry.lat if entry is not None and place else None,
            long=entry.lon if entry is not None and place else None,
            extractor=_NAMES,
            confidence=round(node.confidence, 2),
            document=self.home,
        )
        self.made.setdefault(minted, entity)
        return minted

    def _scope(self, node: Node) -> str:
        """What keeps namesakes apart. A name without an entry is its article's own, until `resolve` finds it in others.

        The forces of a state, its people and its government are the same in all articles; its officials are not.
        """
        if node.scope:
            return self.home + node.scope if node.scope.startswith("#") else node.scope
        if node.entry is not None:
            return node.entry.id
        if node.kind == "Group" or node.name == node.name.lower():  # "the government" has no name: it is its owner's
            owner = self.id_of(node.affiliation[0]) if node.affiliation else self.home
            lasting = node.kind != "Group" or not node.roles or node.roles & words("group_forces")
            return owner if lasting else f"{self.home} {owner}"
        return self.home if node.kind in {"Person", "Organization", "Place", "City"} else ""


@Language.component("kgbuild_records", assigns=["doc._.entities", "doc._.mentions"], requires=["doc._.draft"])
def records(doc: Doc) -> Doc:
    """Fill the layers that other rooms read."""
    assemble(doc)
    return doc
