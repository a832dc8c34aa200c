"""Write the training and development corpora of the names component as spaCy DocBin files."""

from __future__ import annotations

import argparse
import json
import lzma
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from . import names_sources as sources
from .conllu import Sentence
from .names_sources import UNKNOWN, Piece
from .shaping import SMALL_WORDS, byline, dateline
from .tokenizer import blank

BODIES = (
    *("armed_group", "university", "igo", "org", "media", "company", "ministry", "agency", "military", "party"),
    *("legislature", "court", "ngo"),
)
KB_LABELS = {
    **dict.fromkeys(["city", "region", "geo", "country", "territory"], "LOC"),
    "person": "PERSON",
    **dict.fromkeys(BODIES, "ORG"),
}
OPEN_TIERS = frozenset({"open", "wd-extract"})
NO_AGENCY = frozenset({"Agencies", "Web Desk", "News Desk", "Staff Report"})
SOLID_PRIOR = 0.35  # below it the entity base's names of bodies are often common words ("judge", "lawyer")
# Share of names exchanged for others; bodies less often, since the pool's are mostly long formal ones.
SWAPPED = {"LOC": 0.5, "PERSON": 0.5, "ORG": 0.25}
CITY_POPULATION = 15000
# Of these the other names ("U.S.", "EU", "CIA") count as known too.
ALIASED = frozenset({"country", "territory", "igo", "agency", "military", "legislature", "armed_group", "media"})


class Gazetteer:
    """Names of the entity base by label, to label known proper nouns and to put new names into old sentences."""

    def __init__(self, kb: Path) -> None:
        labels: dict[str, set[str]] = defaultdict(set)
        pools: dict[str, set[str]] = defaultdict(set)
        aliases: set[str] = set()
        with lzma.open(kb / "kb_core.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                label = KB_LABELS.get(row["type"])
                if row["tier"] not in OPEN_TIERS:
                    continue
                for name in [row["name"], *row["aliases"]]:
                    labels[name].add(label or row["type"])
                if label and self._fit(row, label):
                    pools[label].add(row["name"])
                    if row["type"] in ALIASED and float(row["prior"] or 0) >= 0.5:
                        aliases.update(a for a in row["aliases"] if a[:1].isupper() and len(a) > 1)
        names = {n: next(iter(v)) for n, v in labels.items() if len(v) == 1}
        everything = {n for pool in pools.values() for n in pool}
        self.known = {
            n: k for n, k in sorted(names.items()) if k in KB_LABELS.values() and (n in everything or n in aliases)
        }
        self.pools = {k: sorted(v) for k, v in sorted(pools.items())}

    @staticmethod
    def _fit(row: dict[str, object], label: str) -> bool:
        """Whether the main name is usable: spelt like a name, of a city of some size, of a body that is surely one."""
        name = str(row["name"])
        words = name.split()
        if not name[:1].isupper() or any(c in name for c in '()[],;:/"') or len(words) > 7:
            return False
        if label == "PERSON":
            return 2 <= len(words) <= 4 and all(w[:1].isupper() or w.islower() for w in words)
        if row["type"] == "city":
            return float(str(row.get("population") or 0)) >= CITY_POPULATION
        if label == "ORG":
            return float(str(row.get("prior") or 0)) >= SOLID_PRIOR or (
                len(words) >= 2 and row["type"] in ("ministry", "university", "igo", "armed_group")
            )
        return True


def swap_names(
    item: Piece, pools: dict[str, list[str]], tokenize: Language, rng: random.Random, share: dict[str, float]
) -> Piece:
    """The sentence with some names exchanged for others of the same label; a surname for a surname."""
    tokens: list[str] = []
    spaces: list[bool] = []
    spans: list[sources.Span] = []
    at = 0
    for begin, end, label in item.spans:
        tokens.extend(item.tokens[at:begin])
        spaces.extend(item.spaces[at:begin])
        if label in pools and rng.random() < share.get(label, 0.0):
            name = rng.choice(pools[label])
            if label == "PERSON" and end - begin == 1:
                name = name.split()[-1] if rng.random() < 0.85 else name.split()[0]
            words = [(t.text, bool(t.whitespace_)) for t in tokenize.make_doc(name) if not t.is_space]
        else:
            words = list(zip(item.tokens[begin:end], item.spaces[begin:end], strict=True))
        spans.append((len(tokens), len(tokens) + len(words), label))
        tokens.extend(w for w, _ in words)
        spaces.extend(s for _, s in words[:-1])
        spaces.append(item.spaces[end - 1])
        at = end
    return replace(item, tokens=(*tokens, *item.tokens[at:]), spaces=(*spaces, *item.spaces[at:]), spans=tuple(spans))


def furniture(sentence: Sentence, spans: list[sources.Span]) -> Piece:
    """A shaped line (dateline, byline) as a piece."""
    return Piece(
        tuple(w.form for w in sentence.words),
        tuple(w.space_after for w in sentence.words),
        tuple(spans),
        "shaped",
        False,
    )


def dateline_piece(rng: random.Random) -> Piece:
    """A dateline whose place is a LOC and whose agency, when it is one, an ORG."""
    sentence = dateline(rng)
    words = sentence.words
    place = 1
    while place < len(words) and words[place].deprel == "flat":
        place += 1
    spans: list[sources.Span] = [(0, place, "LOC")]
    spans += [(i, i + 1, "LOC") for i, w in enumerate(words) if w.deprel == "appos"]
    agency = [i for i, w in enumerate(words) if w.deprel == "parataxis" or (w.deprel == "flat" and i >= place)]
    if agency and " ".join(words[i].form for i in agency) not in NO_AGENCY:
        spans.append((agency[0], agency[-1] + 1, "ORG"))
    return furniture(sentence, spans)


def byline_piece(rng: random.Random) -> Piece:
    """A byline whose name is a PERSON."""
    return furniture(byline(rng), [(1, 3, "PERSON")])


def headline_piece(item: Piece, rng: random.Random) -> Piece:
    """The sentence as a headline: no closing full stop, at times every content word capitalised."""
    tokens, spaces = list(item.tokens), list(item.spaces)
    if tokens[-1] == "." and (not item.spans or item.spans[-1][1] < len(tokens)):
        tokens, spaces = tokens[:-1], spaces[:-1]
    if rng.random() < 0.6:
        tokens = [
            t
            if t.lower() in SMALL_WORDS and i
            else t[:1].upper() + t[1:]
            if t[:1].isalpha() and (i == 0 or spaces[i - 1])
            else t
            for i, t in enumerate(tokens)
        ]
    return replace(item, tokens=tuple(tokens), spaces=tuple(spaces))


def curly_piece(item: Piece) -> Piece:
    """Straight quotation marks as curly ones."""
    tokens = []
    opened = {'"': False, "'": False}
    for token in item.tokens:
        if token in opened:
            opened[token] = not opened[token]
            token = ("“" if opened[token] else "”") if token == '"' else ("‘" if opened[token] else "’")
        tokens.append(token.replace("'", "’"))
    return replace(item, tokens=tuple(tokens))


def to_doc(nlp: Language, parts: list[tuple[Piece, str]]) -> Doc:
    """One Doc with names; a name that cuts through a token, and every UNKNOWN one, is left open for training."""
    text = ""
    spans: list[tuple[int, int, str]] = []
    for item, after in parts:
        starts = []
        for i, token in enumerate(item.tokens):
            starts.append(len(text))
            last = i == len(item.tokens) - 1
            text += token + (after if last else " " if item.spaces[i] else "")
        ends = [s + len(t) for s, t in zip(starts, item.tokens, strict=True)]
        spans += [(starts[b], ends[e - 1], label) for b, e, label in item.spans]
    doc = nlp.make_doc(text)
    entities: list[Span] = []
    missing: list[Span] = []
    for begin, end, label in spans:
        exact = doc.char_span(begin, end, label=label)
        if exact is not None and label != UNKNOWN:
            entities.append(exact)
        elif (wide := doc.char_span(begin, end, alignment_mode="expand")) is not None:
            missing.append(wide)
    taken = {i for e in entities for i in range(e.start, e.end)}
    open_tokens = sorted({i for m in missing for i in range(m.start, m.end)} - taken)
    doc.set_ents(entities, missing=[doc[i : i + 1] for i in open_tokens], default="outside")
    return doc


def documents(pieces: list[Piece], rng: random.Random, nlp: Language, *, furnish: float) -> Iterator[Doc]:
    """Documents of one to five neighbouring sentences, at times with a headline, byline or dateline."""
    i = 0
    while i < len(pieces):
        size = rng.randint(1, 5)
        run = pieces[i : i + size]
        i += size
        breaks = "\n\n" if rng.random() < 0.7 else "\n"
        curly, raw = rng.random() < 0.4, rng.random() < 0.15
        parts: list[tuple[Piece, str]] = []
        if rng.random() < furnish:
            if rng.random() < 0.6:
                parts.append((headline_piece(run[0], rng), breaks))
                run = run[1:]
            if rng.random() < 0.3:
                parts.append((byline_piece(rng), breaks))
            if run and rng.random() < 0.6:
                parts.append((dateline_piece(rng), " "))
        for k, item in enumerate(run):
            following = run[k + 1] if k + 1 < len(run) else None
            new = following is not None and (following.new_paragraph or rng.random() < 0.15)
            parts.append((item, "" if following is None else breaks if new else " "))
        if raw:
            parts = [(replace(p, spaces=(True,) * len(p.tokens)), a) for p, a in parts]
        if curly:
            parts = [(curly_piece(p), a) for p, a in parts]
        if parts:
            yield to_doc(nlp, parts)


def write(docs: Iterable[Doc], path: Path) -> None:
    """One DocBin with names only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    DocBin(attrs=["ORTH", "SPACY", "ENT_IOB", "ENT_TYPE"], docs=docs).to_disk(path)


def build(data: Path, out: Path, *, views: int, seed: int) -> None:
    """Write train/<view>.spacy, dev/gum.spacy, dev/politics.spacy; all views but the first have some names swapped."""
    nlp = blank()
    gazetteer = Gazetteer(data / "kb")
    peoples = sources.demonyms(data / "kb")
    corpora = [
        list(sources.crossner(data / "crossner", with_politics_dev=False)),
        list(sources.wikigold(data / "wikigold")),
        list(sources.redocred(data / "re-docred")),
        list(sources.gum(data / "gum", "train", peoples)),
        list(sources.ewt_proper_names(data / "ud-ewt" / "en_ewt-ud-train.conllu", gazetteer.known)),
    ]
    for view in range(views):
        rng = random.Random(seed * 1000 + view)
        docs: list[Doc] = []
        for pieces in corpora:
            shaped = [sources.with_demonyms(p, peoples) for p in pieces]
            if view:
                shaped = [swap_names(p, gazetteer.pools, nlp, rng, SWAPPED) for p in shaped]
            docs.extend(documents(shaped, rng, nlp, furnish=0.15))
        rng.shuffle(docs)
        write(docs, out / "train" / f"{view}.spacy")
    dev = {
        "gum": list(sources.gum(data / "gum", "dev", peoples)),
        "politics": list(
            sources.column_files(
                [data / "crossner" / "ner_data" / "politics" / "dev.txt"], sources.CROSSNER, "crossner"
            )
        ),
    }
    for name, pieces in dev.items():
        rng = random.Random(seed)
        write(
            documents([sources.with_demonyms(p, peoples) for p in pieces], rng, nlp, furnish=0.0),
            out / "dev" / f"{name}.spacy",
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of corpora (crossner, wikigold, re-docred, gum, ud-ewt, kb)"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--views", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    build(args.data, args.out, views=args.views, seed=args.seed)


if __name__ == "__main__":
    main()
