"""The components that share one article's draft: names with their nodes, nominals, coreference."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from kgbuild.annotate.certainty import unlink_doubtful
from kgbuild.annotate.coreference import resolve
from kgbuild.annotate.draft import Draft, draft_of
from kgbuild.annotate.linking import link
from kgbuild.annotate.names import find_names
from kgbuild.annotate.nominals import Nominals, add_nominals
from kgbuild.annotate.offices import name_holders
from kgbuild.annotate.readings import read
from kgbuild.knowledge import Base, Titles, open_base

__all__ = ["NameFinder"]


class NameFinder:
    """Finds names, links them and reads states as actors or places; starts the draft of the article."""

    def __init__(self, base: Base, titles: Titles) -> None:
        self.base, self.titles = base, titles

    def __call__(self, doc: Doc) -> Doc:
        """Begin the draft and fill it with names."""
        draft = doc._.draft = Draft(self.base)
        link(doc, draft, find_names(doc, self.base, self.titles), self.titles)
        unlink_doubtful(doc, draft)
        read(doc, draft)
        return doc


@Language.factory(
    "kgbuild_names",
    default_config={"knowledge": None, "entities": []},
    requires=["token.tag", "token.pos", "token.dep", "token.lemma", "doc.sents"],
    assigns=["doc._.draft"],
)
def make_name_finder(nlp: Language, name: str, knowledge: str | None, entities: list[str]) -> NameFinder:
    """`knowledge`: path of an entity base, None for the shipped one. `entities`: files of the user's own."""
    return NameFinder(open_base(knowledge, entities), Titles.load())


@Language.component("kgbuild_nominals", requires=["doc._.draft", "token.dep"], assigns=["doc._.draft"])
def nominals(doc: Doc) -> Doc:
    """Add groups and unnamed persons."""
    draft = draft_of(doc)
    draft.nominals = add_nominals(doc, draft, Titles.load())
    name_holders(doc, draft, Titles.load())
    return doc


@Language.component("kgbuild_coreference", requires=["doc._.draft", "token.dep"], assigns=["doc._.draft"])
def coreference(doc: Doc) -> Doc:
    """Resolve pronouns and definite nominals."""
    draft = draft_of(doc)
    titles = Titles.load()
    nominals = draft.nominals if isinstance(draft.nominals, Nominals) else Nominals(doc, draft, titles)
    resolve(doc, draft, titles, nominals)
    name_holders(doc, draft, titles)  # of those that only now have a mention ("the president of Chile")
    return doc
