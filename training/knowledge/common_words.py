"""List the everyday English words that are also names in the collected base, for `common_words.txt`.

A word counts when the English treebanks (UD EWT train, GUM) write it in lower case at least three times, and at least a
third as often as with a capital inside a sentence. Only single words out of the collected names are listed, so the
file holds no corpus text.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from drafts import find, read_table

from kgbuild.knowledge.normal import key


def main() -> int:
    """Count, then print the words sorted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    lower: Counter[str] = Counter()
    upper: Counter[str] = Counter()
    for file in [options.data / "ud-ewt/en_ewt-ud-train.conllu", *sorted((options.data / "gum/dep").glob("*.conllu"))]:
        for line in file.read_text("utf-8").splitlines():
            cells = line.split("\t")
            if len(cells) == 10 and cells[0].isdigit() and cells[1].isalpha():
                if cells[1].islower():
                    lower[cells[1]] += 1
                elif cells[0] != "1":
                    upper[cells[1].lower()] += 1
    names = read_table(find(options.data / "kb", "aliases.tsv"))
    keys = {found for row in names if " " not in (found := key(row["surface"]))}
    for word in sorted(keys):
        if lower[word] >= 3 and 3 * lower[word] >= upper[word]:
            print(word)
    return 0


if __name__ == "__main__":
    sys.exit(main())
