"""Write the training and development corpora of the syntax components as spaCy DocBin files."""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from .conllu import Sentence, Treebank, read
from .shaping import Block, shape

# GUM genres whose texts are CC BY or CC BY-SA (its LICENSE.txt); the others are non-commercial or state no licence.
OPEN_GENRES = frozenset({"academic", "bio", "court", "interview", "news", "voyage"})
KEPT_FEATURES = frozenset(
    {
        "Tense",
        "VerbForm",
        "Number",
        "Person",
        "Mood",
        "Voice",
        "Gender",
        "PronType",
        "Poss",
        "Degree",
        "Polarity",
        "Aspect",
        "Case",
        "Reflex",
    }
)
MAX_SENTENCES = 5


def features(feats: str) -> str:
    """The morphological features that the model learns, in UD's form."""
    kept = [f for f in feats.split("|") if f.partition("=")[0] in KEPT_FEATURES]
    return "|".join(sorted(kept))


def to_doc(vocab: Vocab, blocks: list[Block]) -> Doc:
    """One gold Doc; newlines between sentences become white-space tokens attached to the word before them."""
    words: list[str] = []
    spaces: list[bool] = []
    tags: list[str] = []
    pos: list[str] = []
    morphs: list[str] = []
    lemmas: list[str] = []
    heads: list[int] = []
    deps: list[str] = []
    starts: list[bool | int | None] = []
    for block in blocks:
        base = len(words)
        for i, w in enumerate(block.sentence.words):
            words.append(w.form)
            spaces.append(w.space_after)
            tags.append(w.xpos)
            pos.append(w.upos)
            morphs.append(features(w.feats))
            lemmas.append(w.lemma)
            heads.append(base + w.head - 1 if w.head else base + i)
            deps.append("ROOT" if w.head == 0 else w.deprel)
            starts.append(i == 0)
        spaces[-1] = block.after == " "
        if block.after.strip(" "):
            words.append(block.after)
            spaces.append(False)
            tags.append("_SP")
            pos.append("SPACE")
            morphs.append("")
            lemmas.append(block.after)
            heads.append(len(words) - 2)
            deps.append("dep")
            starts.append(False)
    return Doc(
        vocab,
        words=words,
        spaces=spaces,
        tags=tags,
        pos=pos,
        morphs=morphs,
        lemmas=lemmas,
        heads=heads,
        deps=deps,
        sent_starts=starts,
    )


def groups(sentences: Iterable[Sentence], rng: random.Random) -> Iterator[list[Sentence]]:
    """Runs of one to five neighbouring sentences."""
    run: list[Sentence] = []
    size = rng.randint(1, MAX_SENTENCES)
    for sentence in sentences:
        run.append(sentence)
        if len(run) == size:
            yield run
            run, size = [], rng.randint(1, MAX_SENTENCES)
    if run:
        yield run


def gum_split(splits: Path) -> tuple[set[str], set[str]]:
    """Document names of GUM's train and dev parts, as splits.md lists them."""
    parts: dict[str, set[str]] = {"train": set(), "dev": set(), "test": set()}
    current = ""
    for line in splits.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            current = line[3:].strip().removesuffix("-reddit")
        elif match := re.match(r"\s*\*\s*(GUM_\w+)", line):
            parts.setdefault(current, set()).add(match[1])
    return parts["train"], parts["dev"]


def genre(name: str) -> str:
    """GUM_news_iodine -> news."""
    return name.split("_")[1]


def gum_documents(folder: Path, part: str) -> Iterator[Treebank]:
    """GUM documents of the open genres, in name order."""
    train, dev = gum_split(folder / "splits.md")
    names = train if part == "train" else dev
    for path in sorted((folder / "dep").glob("GUM_*.conllu")):
        if path.stem in names and genre(path.stem) in OPEN_GENRES:
            yield from read(path)


def training_documents(data: Path) -> list[tuple[Treebank, float]]:
    """Treebank documents and the share of their pieces that get news furniture (headline, byline, dateline)."""
    ewt = [(d, 0.12) for d in read(data / "ud-ewt" / "en_ewt-ud-train.conllu")]
    gum = [(d, 0.2) for d in gum_documents(data / "gum", "train")]
    return ewt + gum


def build(data: Path, out: Path, *, views: int, seed: int) -> None:
    """Write train/<view>.spacy, dev/ewt.spacy, dev/gum.spacy; each view cuts and shapes the same text otherwise."""
    for part in ("train", "dev"):
        (out / part).mkdir(parents=True, exist_ok=True)
    vocab = Vocab()
    documents = training_documents(data)
    for view in range(views):
        rng = random.Random(seed * 1000 + view)
        store = DocBin(attrs=["ORTH", "TAG", "POS", "MORPH", "LEMMA", "HEAD", "DEP", "SENT_START"])
        docs = [to_doc(vocab, shape(g, rng, news=share)) for d, share in documents for g in groups(d.sentences, rng)]
        rng.shuffle(docs)
        for doc in docs:
            store.add(doc)
        store.to_disk(out / "train" / f"{view}.spacy")
    dev = {"ewt": list(read(data / "ud-ewt" / "en_ewt-ud-dev.conllu")), "gum": list(gum_documents(data / "gum", "dev"))}
    for name, banks in dev.items():
        rng = random.Random(seed)
        store = DocBin(attrs=["ORTH", "TAG", "POS", "MORPH", "LEMMA", "HEAD", "DEP", "SENT_START"])
        for bank in banks:
            for g in groups(bank.sentences, rng):
                store.add(to_doc(vocab, shape(g, rng, news=0.0)))
        store.to_disk(out / "dev" / f"{name}.spacy")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of corpora (ud-ewt, gum)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--views", type=int, default=3, help="how many differently cut copies of the training text")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    build(args.data, args.out, views=args.views, seed=args.seed)


if __name__ == "__main__":
    main()
