"""Write a pipeline as a folder to ship: nothing left of its training, the same bytes each time, swapped in whole."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spacy.language import Language

# Only for training: callbacks live in this recipe, and nobody who runs the model has the corpora.
TRAINING_SECTIONS = ("corpora", "training", "initialize", "pretraining")


def strip_training(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration without what only training needs."""
    kept = {k: v for k, v in config.items() if k not in TRAINING_SECTIONS}
    kept["paths"] = {}
    kept["initialize"] = {}
    return kept


def write(nlp: Language, target: Path, meta: dict[str, Any], strings: Iterable[str]) -> None:
    """Write the pipeline beside `target` and swap it in, so that a reader sees the old directory or the new one.

    `strings` is what the vocabulary keeps. Training leaves every word of its text there; nothing looks these up at run
    time, and they are the corpora's, not ours.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    fresh.chmod(0o755)
    nlp.meta.update(meta)
    nlp.to_disk(fresh, exclude=["vocab.vectors"])
    kept = json.dumps(sorted(set(strings) - {""}), ensure_ascii=False, indent=0)
    (fresh / "vocab" / "strings.json").write_text(kept + "\n", encoding="utf-8")
    for copy in sorted(fresh.glob("*/vocab")):  # a component's own copy of the same vocabulary
        shutil.rmtree(copy)
    config = nlp.config.copy()
    (fresh / "config.cfg").write_text(type(config)(strip_training(config)).to_str(), encoding="utf-8")
    old = target.parent / f".{target.name}-old"
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
