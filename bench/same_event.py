"""Same event: pairs of event mentions labelled by hand (same_event.tsv, guidelines in its head), against the system's clusters.

The documents of each half (tune, measure) are read one by one and resolved together, as a folder of articles would be. A labelled
mention is found when an event's trigger overlaps its word. A pair counts as joined when both are found and share a cluster. B-cubed:
of each mention, the share of its predicted cluster that is right (precision) and of its true one that is there (recall), over
the labelled mentions of the half; a mention not found is a cluster of its own, and the second figure leaves it out.

`--data` is the folder that holds the corpora (re3d, polnear, gum). `--predictions F` writes a JSON line a mention.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bench.corpora import Text, polnear, re3d, treebank
from bench.system import Rooms
from kgbuild import resolve
from kgbuild.claims import extract
from kgbuild.records import Event, Record, Span

LABELS = Path(__file__).with_suffix(".tsv")
HALVES = ("tune", "measure")


class Mention(NamedTuple):
    """The word that names a happening, in a document of a corpus."""

    corpus: str
    document: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mentions, whether they tell of the same happening, and what kind of case they are."""

    half: str
    a: Mention
    b: Mention
    same: bool
    kind: str


class Figures(NamedTuple):
    """Precision, recall and F1, each in [0, 1]."""

    precision: float
    recall: float
    f1: float


def read_labels(path: Path = LABELS) -> list[Pair]:
    """The labelled pairs. Raises ValueError on a line that is not one."""
    pairs = []
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    for line in lines[1:]:
        half, corpus, doc_a, begin_a, end_a, doc_b, begin_b, end_b, same, kind = line.split("\t")
        a, b = Mention(corpus, doc_a, int(begin_a), int(end_a)), Mention(corpus, doc_b, int(begin_b), int(end_b))
        if half not in HALVES or same not in ("0", "1"):
            raise ValueError(f"{path.name}: neither a half nor a label in {line!r}")
        pairs.append(Pair(half, a, b, same == "1", kind))
    return pairs


def true_clusters(pairs: Iterable[Pair]) -> dict[Mention, Mention]:
    """Each labelled mention -> the first mention of the happening it tells of: the chains of pairs that are the same."""
    parent: dict[Mention, Mention] = {}

    def top(m: Mention) -> Mention:
        parent.setdefault(m, m)
        while parent[m] != m:
            m = parent[m]
        return m

    for pair in pairs:
        low, high = sorted((top(pair.a), top(pair.b)))
        if pair.same:
            parent[high] = low
    return {m: top(m) for m in parent}


def pair_figures(pairs: Sequence[Pair], cluster: Mapping[Mention, Hashable]) -> Figures:
    """Of the pairs joined, how many are the same; of those that are the same, how many are joined."""
    joined = [p for p in pairs if p.a in cluster and p.b in cluster and cluster[p.a] == cluster[p.b]]
    right = sum(p.same for p in joined)
    return _figures(right / len(joined) if joined else 1.0, right / max(1, sum(p.same for p in pairs)))


def b_cubed(truth: Mapping[Mention, Hashable], cluster: Mapping[Mention, Hashable]) -> Figures:
    """B-cubed over the mentions of `truth`; one that `cluster` does not know stands alone (Bagga and Baldwin 1998)."""
    predicted: dict[Mention, Hashable] = {m: ("found", cluster[m]) if m in cluster else ("alone", m) for m in truth}
    both = Counter((truth[m], predicted[m]) for m in truth)
    true, found = Counter(truth.values()), Counter(predicted.values())
    number = max(1, len(truth))
    precision = sum(both[truth[m], predicted[m]] / found[predicted[m]] for m in truth) / number
    return _figures(precision, sum(both[truth[m], predicted[m]] / true[truth[m]] for m in truth) / number)


def _figures(precision: float, recall: float) -> Figures:
    total = precision + recall
    return Figures(precision, recall, 2 * precision * recall / total if total else 0.0)


def event_at(events: Sequence[Event], span: Span) -> Event | None:
    """The event whose trigger overlaps the span most and exceeds it least, or None."""

    def miss(e: Event) -> tuple[int, int, str]:
        common = min(e.trigger.end, span.end) - max(e.trigger.begin, span.begin)
        return -common, e.trigger.end - e.trigger.begin, e.id

    over = [e for e in events if e.trigger.begin < span.end and span.begin < e.trigger.end]
    return min(over, key=miss, default=None)


def read_texts(data: Path, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Text]:
    """The documents named by corpus and id. Raises SystemExit when one is not there."""
    names = set(wanted)
    found = {("re3d", t.id): t for t in re3d(data / "re3d", "all")} if (data / "re3d").is_dir() else {}
    found.update((("polnear", t.id), t) for t in polnear(data / "polnear", "train"))
    for corpus, document in names:
        path = data / "gum" / "dep" / f"{document}.conllu"
        if corpus == "gum" and path.is_file():
            found[corpus, document] = Text(document, "\n\n".join(t.text for t in treebank(path)))
    missing = sorted(names - found.keys())
    if missing:
        raise SystemExit(
            f"{'/'.join(missing[0])}: not in {data}; --data is the folder that holds re3d, polnear and gum"
        )
    return {name: found[name] for name in sorted(names)}


def records_of(rooms: Rooms, text: Text) -> list[Record]:
    """The records of one text, before `resolve`."""
    document = rooms.read(text.text, text.id, text.title, text.published)
    doc = rooms.annotator.annotate(document)
    return [document, *doc._.entities, *doc._.mentions, *doc._.affiliations, *extract(doc)]


def find(
    mentions: Iterable[Mention], home: Mapping[tuple[str, str], str], records: Iterable[Record]
) -> dict[Mention, Event]:
    """The resolved event at each mention; `home` gives the id of a document of a corpus."""
    events: dict[str, list[Event]] = defaultdict(list)
    for record in records:
        if isinstance(record, Event):
            events[record.document].append(record)
    found = {m: event_at(events[home[m.corpus, m.document]], Span(m.begin, m.end)) for m in mentions}
    return {m: e for m, e in found.items() if e is not None}


def report(pairs: Sequence[Pair], found: Mapping[Mention, Event], half: str) -> list[str]:
    """The figures of one half, as lines."""
    truth = true_clusters(pairs)
    cluster = {m: e.cluster for m, e in found.items()}
    seen = {m: t for m, t in truth.items() if m in found}
    pairs_seen = [p for p in pairs if p.a in found and p.b in found]
    rows = [
        ("pairs", pair_figures(pairs, cluster)), ("pairs, both found", pair_figures(pairs_seen, cluster)),
        ("B-cubed", b_cubed(truth, cluster)), ("B-cubed, found only", b_cubed(seen, cluster)),
        ("B-cubed, each alone", b_cubed(truth, {})),
    ]  # fmt: skip
    documents = len({(m.corpus, m.document) for m in truth})
    lines = [
        f"{half}: {len(pairs)} pairs ({sum(p.same for p in pairs)} same) of {len(truth)} mentions in {documents} documents;"
        f" {len(found)} mentions found, {len(pairs_seen)} pairs with both"
    ]
    lines += [f"  {name:<20} P {f.precision:.3f}  R {f.recall:.3f}  F1 {f.f1:.3f}" for name, f in rows]
    for kind in sorted({p.kind for p in pairs}):
        of = [p for p in pairs if p.kind == kind]
        both = [p for p in of if p.a in found and p.b in found]
        joined = sum(cluster[p.a] == cluster[p.b] for p in both)
        lines.append(
            f"  {kind:<20} joined {joined} of {len(both)} found, of {len(of)}{'' if of[0].same else ' (0 is right)'}"
        )
    return lines


def run(options: argparse.Namespace) -> int:
    """Print the figures of both halves; exit status 0."""
    pairs = read_labels()
    mentions = {half: sorted({m for p in pairs if p.half == half for m in (p.a, p.b)}) for half in HALVES}
    texts = read_texts(Path(options.data), {(m.corpus, m.document) for half in HALVES for m in mentions[half]})
    rooms = Rooms()
    lines: list[str] = []
    for half in HALVES:
        records: list[Record] = []
        home: dict[tuple[str, str], str] = {}
        for name in sorted({(m.corpus, m.document) for m in mentions[half]}):
            new = records_of(rooms, texts[name])
            home[name] = new[0].id
            records.extend(new)
        found = find(mentions[half], home, resolve.resolve(records))
        of = [p for p in pairs if p.half == half]
        print("\n".join(report(of, found, half)))
        if options.verbose:
            for p in of:
                if p.a in found and p.b in found and (found[p.a].cluster == found[p.b].cluster) != p.same:
                    print(f"    {'missed' if p.same else 'wrong '} {p.kind:<12} {found[p.a].id} {found[p.b].id}")
        for m in mentions[half]:
            event = found.get(m)
            row = {
                **m._asdict(),
                "half": half,
                "event": event.id if event else None,
                "cluster": event.cluster if event else None,
            }
            lines.append(json.dumps(row) + "\n")
    if rooms.moved:
        print(f"offsets moved by cleaning in {', '.join(rooms.moved)}")
    if options.predictions:
        Path(options.predictions).write_text("".join(lines), encoding="utf-8")
    return 0
