"""Join the trained syntax and names pipelines into one pipeline directory, swapped in whole."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import spacy
import srsly
from spacy.language import Language

from . import tokenizer as _registers_the_callback  # noqa: F401  (spaCy looks the callback up by name while loading)

# Only for training: the callback lives in this recipe, and nobody who runs the model has the corpora.
TRAINING_SECTIONS = ("corpora", "training", "initialize")


def join(syntax: Path, names: Path | None) -> Language:
    """One pipeline: the syntax components, then the names component with an encoder of its own."""
    nlp = spacy.load(syntax)
    if names is not None:
        source = spacy.load(names, vocab=nlp.vocab)
        source.replace_listeners("tok2vec", "ner", ["model.tok2vec"])
        nlp.add_pipe("ner", source=source, name="ner")
    return nlp


def strip_training(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration without what only training needs."""
    kept = {k: v for k, v in config.items() if k not in TRAINING_SECTIONS}
    kept["paths"] = {}
    kept["initialize"] = {}
    return kept


def needed_strings(nlp: Language, folder: Path) -> list[str]:
    """The strings that the components refer to: labels, features, and the pieces that lemmas are edited with.

    Training leaves every word of its text in the vocabulary; nothing looks these up at run time, and they are the
    corpora's, not ours.
    """
    keep = set(spacy.blank(nlp.lang or "en").vocab.strings) | {
        label for labels in nlp.pipe_labels.values() for label in labels
    }
    for label in nlp.pipe_labels.get("morphologizer", []):
        keep.update(label.split("|"))
        keep.update(part for feature in label.split("|") for part in feature.split("="))
    keep.update({"ROOT", "dep", "_SP", "SPACE"})
    trees = folder / "trainable_lemmatizer" / "trees"
    if trees.exists():
        stored = srsly.msgpack_loads(trees.read_bytes())
        for tree in stored["trees"]:
            keep.update(nlp.vocab.strings[tree[side]] for side in ("orig", "subst") if side in tree)
    return sorted(keep - {""})


def write(nlp: Language, target: Path, meta: dict[str, Any]) -> None:
    """Write the pipeline beside `target` and swap it in, so that a reader sees the old directory or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    fresh.chmod(0o755)
    nlp.meta.update(meta)
    nlp.to_disk(fresh, exclude=["vocab.vectors"])
    srsly.write_json(fresh / "vocab" / "strings.json", needed_strings(nlp, fresh))
    config = nlp.config.copy()
    (fresh / "config.cfg").write_text(type(config)(strip_training(config)).to_str(), encoding="utf-8")
    old = target.parent / f".{target.name}-old"
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--syntax", type=Path, required=True)
    parser.add_argument("--names", type=Path)
    parser.add_argument(
        "--meta", type=Path, help="JSON merged into the pipeline's meta.json (name, licence, sources, figures)"
    )
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    meta = json.loads(args.meta.read_text(encoding="utf-8")) if args.meta else {}
    write(join(args.syntax, args.names), args.out, meta)


if __name__ == "__main__":
    main()
