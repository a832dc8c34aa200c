"""A small made-up entity base and a way to write parsed sentences by hand."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import ClassVar

from spacy.lang.en import English
from spacy.tokens import Doc

from kgbuild.annotate.assemble import assemble
from kgbuild.annotate.certainty import unlink_doubtful
from kgbuild.annotate.coreference import resolve
from kgbuild.annotate.draft import Draft
from kgbuild.annotate.linking import link
from kgbuild.annotate.names import find_names
from kgbuild.annotate.nominals import add_nominals
from kgbuild.annotate.offices import name_holders
from kgbuild.annotate.readings import read
from kgbuild.ids import document_id
from kgbuild.knowledge import Candidate, Demonym, Entry, Metonym, Term, Titles, key
from kgbuild.knowledge.normal import fold
from kgbuild.records import Dateline, Document


def entry(qid: str, name: str, kind: str, country: str | None = None, prior: float = 0.9) -> Entry:
    return Entry(qid, qid, name, kind, country, "", prior, 1.0, 2.0, None, "open", "test")


ARLAND = entry("Q1", "Arland", "country", "AR")
BORVIA = entry("Q2", "Borvia", "country", "BO")
ARTON = entry("Q3", "Arton", "city", "AR", 0.7)
LEAGUE = entry("Q4", "League of Seas", "igo", None, 0.6)
OREN = entry("Q5", "Petra Oren", "person", "AR", 0.8)
DEFENCE = entry("Q6", "Arland Ministry of Defence", "ministry", "AR", 0.5)
TWINS = (entry("Q7", "Milton", "city", "AR", 0.3), entry("Q8", "Milton", "city", "BO", 0.29))


NORTHSHIRE = entry("Q9", "Northshire", "region", "AR", 0.4)
SELBY = Entry("gn:9", None, "Selby", "city", "AR", "", 0.05, 1.5, 2.5, 3000, "open", "test")
SELBYS = (SELBY, Entry("gn:10", None, "Selby", "city", "BO", "", 0.06, 40.0, 50.0, 4000, "open", "test"))
KARKIV = entry("Q11", "Karkiv", "city", "BO", 0.5)


class FakeBase:
    """Answers like kgbuild.knowledge.Base, from a handful of entries."""

    locals: ClassVar[dict[str, list[Entry]]] = {"selby": list(SELBYS)}
    sounds: ClassVar[dict[str, list[Entry]]] = {fold("Karkiv"): [KARKIV]}

    names: ClassVar[dict[str, list[tuple[Entry, str]]]] = {
        "arland": [(ARLAND, "name")],
        "borvia": [(BORVIA, "name")],
        "arton": [(ARTON, "name")],
        "league of seas": [(LEAGUE, "name")],
        "los": [(LEAGUE, "acronym")],
        "petra oren": [(OREN, "name")],
        "oren": [(OREN, "surname")],
        "milton": [(t, "name") for t in TWINS],
        "northshire": [(NORTHSHIRE, "name")],
    }

    def candidates(self, surface: str) -> tuple[Candidate, ...]:
        return tuple(
            Candidate(e, k, e.prior * (0.5 if k == "surname" else 1.0))
            for e, k in self.names.get(key(surface), [])
            if surface[:1].isupper()
        )

    def local(self, surface: str) -> tuple[Candidate, ...]:
        return tuple(Candidate(e, "local", e.prior) for e in self.locals.get(key(surface), []))

    def similar(self, surface: str) -> tuple[Candidate, ...]:
        return tuple(Candidate(e, "alias", 0.9 * e.prior) for e in self.sounds.get(fold(surface), []))

    def best(self, surface: str) -> Candidate | None:
        return next((c for c in self.candidates(surface) if c.kind != "surname"), None)

    def region_of(self, identifier: str) -> Entry | None:
        return {"Q7": NORTHSHIRE, "gn:9": NORTHSHIRE}.get(identifier)

    def demonym(self, surface: str) -> Demonym | None:
        of = {"Arlandic": ARLAND, "Arlanders": ARLAND, "Borvian": BORVIA}.get(surface)
        return Demonym(surface, "people" if surface == "Arlanders" else "adjective", of) if of else None

    def metonym(self, surface: str) -> Metonym | None:
        if surface == "Arton":
            return Metonym(surface, "Government of Arland", None, ARLAND, ARTON, True)
        if surface == "Bastion":
            return Metonym(surface, "Government of Arland", None, ARLAND, None, False)
        if surface == "Hexagon":
            return Metonym(surface, "Arland Ministry of Defence", DEFENCE, ARLAND, None, False)
        return None

    def country(self, iso2: str) -> Entry | None:
        return {"AR": ARLAND, "BO": BORVIA}.get(iso2)

    def holders(self, role: str, country: str, on: dt.date | None = None) -> tuple[Term, ...]:
        term = Term(OREN, "President of Arland", "AR", dt.date(2020, 1, 1), dt.date(2024, 1, 1))
        return (term,) if (role, country) == ("president", "AR") and on is not None and term.covers(on) else ()

    def offices(self, person: str) -> tuple[Term, ...]:
        return (Term(OREN, "President of Arland", "AR", dt.date(2020, 1, 1), None),) if person == "Q5" else ()


VOCAB = English().vocab


def document_of(text: str, published: str | None = "2022-03-24", dateline: Dateline | None = None) -> Document:
    sha = hashlib.sha256(text.encode()).hexdigest()
    return Document(document_id(sha), text, sha, "test", published=published, dateline=dateline)


def parse(rows: str, ents: tuple[tuple[int, int, str], ...] = (), published: str | None = "2022-03-24") -> Doc:
    """A Doc from one word a line: "word TAG POS dep head", head as an index in its sentence; a blank line between sentences.

    A word that ends with "_" has no blank after it.
    """
    words, spaces, tags, pos, deps, heads, starts = [], [], [], [], [], [], []
    for sentence in rows.strip().split("\n\n"):
        base = len(words)
        for n, line in enumerate(sentence.strip().splitlines()):
            word, tag, universal, dep, head = line.split()
            words.append(word.rstrip("_") if len(word) > 1 else word)
            spaces.append(not (word.endswith("_") and len(word) > 1))
            tags.append(tag)
            pos.append(universal)
            deps.append(dep)
            heads.append(base + int(head))
            starts.append(n == 0)
    lemmas = [_lemma(w, t) for w, t in zip(words, tags, strict=True)]
    doc = Doc(VOCAB, words, spaces, tags=tags, pos=pos, deps=deps, heads=heads, lemmas=lemmas)
    doc.set_ents([doc.char_span(doc[b].idx, doc[e - 1].idx + len(doc[e - 1]), label) for b, e, label in ents])
    doc._.document = document_of(doc.text, published)
    return doc


def _lemma(word: str, tag: str) -> str:
    irregular = {
        "said": "say",
        "told": "tell",
        "met": "meet",
        "men": "man",
        "was": "be",
        "is": "be",
        "has": "have",
        "countries": "country",
        "denied": "deny",
        "left": "leave",
        "sent": "send",
    }
    if word in irregular:
        return irregular[word]
    if tag == "NNS" and word.endswith("s"):
        return word[:-1]
    if tag in {"VBD", "VBN"} and word.endswith("ed"):
        return word[:-1] if word.endswith(("sed", "ved", "ced", "ited", "uded")) else word[:-2]
    if tag == "VBZ" and word.endswith("s"):
        return word[:-1]
    return word


def annotate(doc: Doc) -> Doc:
    """Run the room on a parsed Doc, without a model."""
    titles = Titles.load()
    base = FakeBase()
    draft = doc._.draft = Draft(base)  # type: ignore[arg-type]  # duck-typed stand-in
    link(doc, draft, find_names(doc, base, titles), titles)  # type: ignore[arg-type]
    unlink_doubtful(doc, draft)
    read(doc, draft)
    nominals = add_nominals(doc, draft, titles)
    name_holders(doc, draft, titles)
    resolve(doc, draft, titles, nominals)
    name_holders(doc, draft, titles)
    assemble(doc)
    return doc


def said(doc: Doc) -> list[tuple[str, str, tuple[str, ...]]]:
    """(text, form, names of the entities with their kinds) of every mention."""
    entities = {e.id: e for e in doc._.entities}
    return [
        (
            doc.text[m.span.begin : m.span.end],
            m.form,
            tuple(f"{entities[i].name}/{entities[i].kind}" for i in m.entities),
        )
        for m in doc._.mentions
    ]
