"""How often each rule of data/events.yaml fires on training text: PolNeAR train, GUM train and re3d dev together.

A rule counts each sentence once, whatever its words. --predictions writes one JSON line a rule with its counts by word and
the words that never fired; --verbose prints these too. Status 1 when a rule fires on fewer than LEAST sentences and is not justified.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from bench.corpora import Text, polnear, re3d, treebank, treebank_files
from bench.system import Rooms, plain_document
from kgbuild.claims.events import find_events
from kgbuild.claims.lexicon import event_lexicon

LEAST = 3
JUSTIFIED = {
    "expel-envoy": "161 of the CAMEO codebook; the training text has little diplomacy between states",
    "human-shield": "184 of the CAMEO codebook; the training text has little war reporting",
}
"""Rule -> why it stays though it fires more rarely."""


def run(options: argparse.Namespace) -> int:
    """Print sentences and events by rule, the rarest first."""
    rooms = Rooms()
    sentences: dict[str, set[str]] = defaultdict(set)
    words: dict[str, Counter[str]] = defaultdict(Counter)
    count = 0
    for text in training_texts(Path(options.data)):
        if options.limit and count >= options.limit:
            break
        count += 1
        doc = rooms.annotator.annotate(plain_document(text.text, text.id))
        for found in find_events(doc)[0]:
            event = found.record
            sentences[found.rule].add(text.text[event.sentence.begin : event.sentence.end])
            words[found.rule][event.lemma] += 1
    lexicon = event_lexicon()
    entries: dict[str, set[str]] = defaultdict(set)
    for table, noun in ((lexicon.verbs, False), (lexicon.nouns, True)):
        for lemma, listed in table.items():
            for entry in listed:
                entries[entry.rule.name].add(" ".join((*entry.extra, lemma) if noun else (lemma, *entry.extra)))
    rare = 0
    rows = []
    for name in sorted(lexicon.rules, key=lambda n: (len(sentences[n]), n)):
        silent = sorted(entries[name] - set(words[name]))
        rows.append(
            {
                "rule": name,
                "sentences": len(sentences[name]),
                "words": dict(words[name].most_common()),
                "silent": silent,
            }
        )
        few = len(sentences[name]) < LEAST
        rare += few and name not in JUSTIFIED
        note = f"  {JUSTIFIED.get(name, 'TOO RARE')}" if few else ""
        print(
            f"{name:20} sentences {len(sentences[name]):6} words {len(words[name]):4} of {len(entries[name]):4}{note}"
        )
        if options.verbose and silent:
            print(f"{'':20} never: {', '.join(silent)}")
    print(f"{'coded':20} sentences {len(sentences['coded']):6} words {len(words['coded']):4}")
    rows.append(
        {
            "rule": "coded",
            "sentences": len(sentences["coded"]),
            "words": dict(words["coded"].most_common()),
            "silent": [],
        }
    )
    print(f"{count} texts; {rare} rules fire on fewer than {LEAST} sentences")
    if options.predictions:
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        Path(options.predictions).write_text("".join(lines), encoding="utf-8")
    return int(rare > 0)


def training_texts(data: Path) -> Iterator[Text]:
    """The training text of the corpora in a folder; one that is not there is named and left out."""
    for name in ("polnear", "gum", "re3d"):
        if not (data / name).is_dir():
            print(f"{data / name}: not there, left out")
    if (data / "polnear").is_dir():
        yield from polnear(data / "polnear", "train")
    if (data / "gum").is_dir():
        for path in treebank_files(data / "gum", "train"):
            yield from treebank(path)
    if (data / "re3d").is_dir():
        yield from re3d(data / "re3d", "dev")
