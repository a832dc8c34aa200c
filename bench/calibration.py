"""How far a confidence is from the share that is right: GUM's Wikipedia links as gold, the table of reliability and its error."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from bench.corpora import treebank_files

__all__ = ["BINS", "Links", "calibration_error", "gold_qids", "gum_links", "plain_title", "report", "table"]

BINS = 10


def calibration_error(sure: Sequence[float], right: Sequence[float]) -> float:
    """Expected calibration error: mean distance of confidence and share right over ten bins of equal width, weighed by their size."""
    bins = _bins(sure, right)
    return sum(abs(sum(r) - sum(s)) for s, r in bins.values()) / max(1, len(sure))


def table(sure: Sequence[float], right: Sequence[float]) -> Iterator[str]:
    """A line a bin that holds anything: its bounds, how many, mean confidence, share right."""
    for i, (s, r) in sorted(_bins(sure, right).items()):
        yield f"   {i / BINS:.1f}-{(i + 1) / BINS:.1f} {len(s):5d}  confidence {sum(s) / len(s):.3f}  right {sum(r) / len(r):.3f}"


def _bins(sure: Sequence[float], right: Sequence[float]) -> dict[int, tuple[list[float], list[float]]]:
    bins: dict[int, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for s, r in zip(sure, right, strict=True):
        held = bins[min(BINS - 1, int(s * BINS))]
        held[0].append(s)
        held[1].append(r)
    return bins


@dataclass(frozen=True, slots=True)
class Links:
    """The gold links of one document: titles by head token, as the public scorer compares them."""

    offsets: list[tuple[int, int]]
    heads: list[int]
    tags: list[str]
    titles: dict[int, str]
    spans: dict[int, tuple[int, int]]

    def title(self, begin: int, end: int) -> str | None:
        """The gold title of a name, in lower case; None where its head is no proper noun or has no title.

        None too where the gold's name is a longer one, with a proper noun or adjective right before or after ours ("southern Indiana"):
        that is a matter of borders, and the scorer's strong figures count it.
        """
        inside = [i for i, (b, e) in enumerate(self.offsets) if b < end and e > begin]
        if not inside:
            return None
        head = next((i for i in inside if not inside[0] <= self.heads[i] <= inside[-1]), inside[0])
        if head not in self.titles or self.tags[head] != "PROPN":
            return None
        first, last = self.spans[head]
        beside = [i for i in (inside[0] - 1, inside[-1] + 1) if first <= i <= last]
        return None if any(self.tags[i] in {"PROPN", "ADJ"} for i in beside) else self.titles[head]


def gum_links(root: Path, split: str) -> dict[str, Links]:
    """Document -> its gold links, of coref/gum/conll beside the treebank. Raises SystemExit when they are not there."""
    out = {}
    for path in treebank_files(root, split):
        labels = root / "coref" / "gum" / "conll" / f"{path.stem}.conll"
        if not labels.is_file():
            raise SystemExit(f"{labels}: no such file; --data is GUM with its coref/gum/conll")
        out[path.stem] = _links(path.read_text(encoding="utf-8"), labels.read_text(encoding="utf-8"))
    return out


def _links(treebank: str, labels: str) -> Links:
    offsets: list[tuple[int, int]] = []
    heads: list[int] = []
    tags: list[str] = []
    length, new, pos, base = 0, False, 0, 0
    sentence = ""
    for line in treebank.split("\n"):
        if line.startswith("# newpar") and not line.startswith("# newpar_block"):
            new = True
        elif line.startswith("# text = "):
            sentence, base, pos = line[9:], len(offsets), 0
            start = length + ((2 if new else 1) if length else 0)
            length, new = start + len(sentence), False
        elif re.match(r"\d+\t", line):
            columns = line.split("\t")
            at = sentence.find(columns[1], pos)
            at = pos if at < 0 or at > pos + 3 else at
            pos = at + len(columns[1])
            offsets.append((start + at, start + pos))
            heads.append(base + int(columns[6]) - 1 if columns[6] != "0" else -1)
            tags.append(columns[3])
    titles, spans = {}, {}
    for first, last, title in _marked(labels):
        head = next((i for i in range(first, last + 1) if not first <= heads[i] <= last), first)
        titles[head], spans[head] = plain_title(title), (first, last)
    return Links(offsets, heads, tags, titles, spans)


def _marked(labels: str) -> Iterator[tuple[int, int, str]]:
    """First token, last token and title of each linked mention; a label is "type-number-Title"."""
    spans: dict[tuple[int, int], str] = {}
    opened: dict[str, list[int]] = defaultdict(list)
    i = -1
    for line in labels.split("\n"):
        if not line or line.startswith("#"):
            continue
        i += 1
        for one, begins, ends in re.findall(r"\(([^()]+)\)|\(([^()]+)|([^()]+)\)", line.split("\t")[2]):
            if begins:
                opened[begins].append(i)
                continue
            label = one or ends
            first = i if one else opened[label].pop() if opened[label] else None
            if first is not None and label.count("-") > 1:
                spans[first, i] = unquote(label.split("-", 2)[2])
    yield from ((first, last, title) for (first, last), title in spans.items())


def plain_title(text: str) -> str:
    """A title as the scorer compares them."""
    return " ".join(unquote(text).replace("_", " ").split()).casefold()


def gold_qids(path: Path) -> Iterator[tuple[int, int, str | None]]:
    """Begin, end and Wikidata id (None where the gold leaves it open) of each mention of a gold article."""
    for entity in json.loads(path.read_text(encoding="utf-8"))["entities"]:
        yield from ((m["start"], m["end"], entity.get("qid")) for m in entity["mentions"])


def report(name: str, rows: Iterable[tuple[float, bool]]) -> None:
    """Print the error and the table of (confidence, right) rows."""
    pairs = list(rows)
    if not pairs:
        print(f"{name}: no links to judge")
        return
    sure, right = [p for p, _ in pairs], [float(r) for _, r in pairs]
    print(
        f"{name}: {len(pairs)} links, {sum(right) / len(right):.3f} right, mean confidence {sum(sure) / len(sure):.3f}, "
        f"expected calibration error {calibration_error(sure, right):.3f}"
    )
    for line in table(sure, right):
        print(line)
