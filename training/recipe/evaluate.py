"""Figures of a pipeline on the development sets, by the public scorers, with its speed, size and load time; one thread."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
os.environ.update(THREADS)  # read when the libraries below are imported

import spacy  # noqa: E402
from spacy.language import Language  # noqa: E402
from spacy.tokens import Doc  # noqa: E402

import kgbuild.annotate.encoder  # noqa: E402, F401  (registers the shipped pipeline's component)

from .conllu import read  # noqa: E402
from .syntax_corpus import OPEN_GENRES, genre, gum_split  # noqa: E402

LOADS = 3
NAME_SETS = ("uner-ewt", "crossner-politics")


def export(scorer: Path, *options: str) -> list[dict[str, Any]]:
    """Items the scorer wants predictions for: id and raw text."""
    done = subprocess.run(
        [sys.executable, str(scorer), *options, "--export"], capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def score(scorer: Path, rows: list[dict[str, Any]], *options: str) -> dict[str, float]:
    """The scorer's figures for predictions."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        file.flush()
        done = subprocess.run(
            [sys.executable, str(scorer), *options, "--pred", file.name, "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def syntax_row(item: dict[str, Any], doc: Doc) -> dict[str, Any]:
    """One prediction in the form of parse.py; a head that is white space is replaced by that one's head."""
    tokens = []
    for token in doc:
        head = token.head
        while head.is_space and head.head.i != head.i:
            head = head.head
        root = token.head.i == token.i
        tokens.append(
            {
                "begin": token.idx,
                "end": token.idx + len(token),
                "upos": token.pos_,
                "head": -1 if root else head.i,
                "deprel": token.dep_,
            }
        )
    sentences = []
    for span in doc.sents:
        solid = [t for t in span if not t.is_space]
        if solid:
            sentences.append([solid[0].idx, solid[-1].idx + len(solid[-1])])
    return {"id": item["id"], "tokens": tokens, "sentences": sentences}


def names_row(item: dict[str, Any], doc: Doc) -> dict[str, Any]:
    """One prediction in the form of ner.py."""
    entities = [{"begin": e.start_char, "end": e.end_char, "type": e.label_} for e in doc.ents]
    return {"id": item["id"], "entities": entities}


def evaluate(nlp: Language, data: Path, bench: Path) -> dict[str, Any]:
    """All figures, as fractions; speed in words a second of processor time over the GUM development texts."""
    parse, ner = bench / "parse.py", bench / "ner.py"
    _, dev = gum_split(data / "gum" / "splits.md")
    sets = {
        "ewt-dev": ["--file", str(data / "ud-ewt" / "en_ewt-ud-dev.conllu")],
        "gum-dev": ["--file", str(data / "gum" / "dep"), "--only", *sorted(dev)],
        "gum-dev-open": [
            "--file",
            str(data / "gum" / "dep"),
            "--only",
            *sorted(d for d in dev if genre(d) in OPEN_GENRES),
        ],
    }
    figures: dict[str, Any] = {}
    for name, options in sets.items():
        items = export(parse, *options)
        began = time.process_time()
        docs = list(nlp.pipe([i["text"] for i in items]))
        seconds = time.process_time() - began
        figures[name] = score(parse, [syntax_row(i, d) for i, d in zip(items, docs, strict=True)], *options)
        if name == "ewt-dev":
            figures[name]["lemma"] = lemma_accuracy(docs, data / "ud-ewt" / "en_ewt-ud-dev.conllu")
        if name == "gum-dev":
            figures["words_per_second"] = round(sum(map(len, docs)) / seconds)
    for name in NAME_SETS:
        options = ["--set", name, "--split", "dev"]
        items = export(ner, *options)
        docs = list(nlp.pipe([i["text"] for i in items]))
        figures[name] = score(ner, [names_row(i, d) for i, d in zip(items, docs, strict=True)], *options)
    return figures


def lemma_accuracy(docs: list[Doc], gold: Path) -> float:
    """Share of the treebank's words with the right lemma, case ignored, among those that are tokens of the Docs too.

    Words are told by where they lie in the text without its white space.
    """
    words: dict[tuple[int, int], str] = {}
    end = 0
    for bank in read(gold):
        for sentence in bank.sentences:
            for word in sentence.words:
                begin, end = end, end + len("".join(word.form.split()))
                words[begin, end] = word.lemma.lower()
    end = right = aligned = 0
    for doc in docs:
        for token in doc:
            begin, end = end, end + len("".join(token.text.split()))
            if (begin, end) in words:
                aligned += 1
                right += token.lemma_.lower() == words[begin, end]
    return right / aligned


def costs(model: Path) -> dict[str, Any]:
    """Megabytes on disk; seconds from the start of loading to the first answer, imports apart, in a process of its own (the least of several)."""
    code = (
        "import sys, time, spacy, kgbuild.annotate.encoder\n"
        "began = time.perf_counter()\n"
        "spacy.load(sys.argv[1])('Ships wait.')\n"
        "print(time.perf_counter() - began)"
    )
    command = [sys.executable, "-c", code, str(model)]
    runs = [float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(LOADS)]
    size = sum(f.stat().st_size for f in model.rglob("*") if f.is_file())
    return {"megabytes": round(size / 1e6, 1), "load_seconds": round(min(runs), 2)}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of corpora")
    parser.add_argument("--bench", type=Path, required=True, help="folder of the public scorers (parse.py, ner.py)")
    parser.add_argument("--out", type=Path, help="write the figures here as JSON")
    args = parser.parse_args()
    figures = {**evaluate(spacy.load(args.model), args.data, args.bench), **costs(args.model)}
    text = json.dumps(
        {k: {n: round(x, 4) for n, x in v.items()} if isinstance(v, dict) else v for k, v in figures.items()},
        indent=2,
        sort_keys=True,
    )
    sys.stdout.write(text + "\n")
    if args.out:
        args.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
