"""Read CoNLL-U treebanks into documents of paragraphs of sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True)
class Word:
    """One syntactic word; `head` is the 1-based index of the head in the sentence, 0 for the root."""

    form: str
    lemma: str
    upos: str
    xpos: str
    feats: str
    head: int
    deprel: str
    space_after: bool
    misc: str = "_"


@dataclass(frozen=True)
class Sentence:
    """Words of one sentence and whether a paragraph begins with it."""

    words: tuple[Word, ...]
    new_paragraph: bool = False
    sent_id: str = ""


@dataclass(frozen=True)
class Treebank:
    """One treebank document: its id, its metadata lines and its sentences."""

    id: str
    meta: dict[str, str] = field(default_factory=dict)
    sentences: tuple[Sentence, ...] = ()


def _words(rows: list[list[str]]) -> tuple[Word, ...]:
    """Words of a sentence; inside a multiword token ("don't") only the last word may be followed by a space."""
    words: list[Word] = []
    glued_until, space_after_token = 0, True
    for row in rows:
        if "." in row[0]:
            continue
        space = "SpaceAfter=No" not in row[9].split("|")
        if "-" in row[0]:
            glued_until, space_after_token = int(row[0].split("-")[1]), space
            continue
        number = int(row[0])
        if number < glued_until:
            space = False
        elif number == glued_until:
            space = space_after_token
        words.append(Word(row[1], row[2], row[3], row[4], row[5], int(row[6]), row[7], space, row[9]))
    return tuple(words)


def split_surface(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Words without white space inside: "1 000" gets a no-break space, so that text and words agree."""
    return tuple(
        replace(w, form="\u00a0".join(w.form.split())) if any(c.isspace() for c in w.form) else w for w in words
    )


def read(path: Path) -> Iterator[Treebank]:
    """Documents of one CoNLL-U file, in file order; a file without `# newdoc` is one document named after the file."""
    doc_id = path.stem
    meta: dict[str, str] = {}
    sentences: list[Sentence] = []
    rows: list[list[str]] = []
    new_paragraph, sent_id = True, ""
    with path.open(encoding="utf-8") as lines:
        for raw in lines:
            line = raw.rstrip("\n")
            if line.startswith("# newdoc"):
                if sentences:
                    yield Treebank(doc_id, meta, tuple(sentences))
                doc_id, meta, sentences, new_paragraph = line.partition("=")[2].strip() or path.stem, {}, [], True
            elif line.startswith("# newpar") and not line.startswith("# newpar_block"):
                new_paragraph = True
            elif line.startswith("# sent_id"):
                sent_id = line.partition("=")[2].strip()
            elif line.startswith("# meta::"):
                key, _, value = line[8:].partition("=")
                meta[key.strip()] = value.strip()
            elif line and not line.startswith("#"):
                rows.append(line.split("\t"))
            elif not line and rows:
                sentences.append(Sentence(split_surface(_words(rows)), new_paragraph, sent_id))
                rows, new_paragraph = [], False
    if rows:
        sentences.append(Sentence(split_surface(_words(rows)), new_paragraph, sent_id))
    if sentences:
        yield Treebank(doc_id, meta, tuple(sentences))
