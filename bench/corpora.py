"""Readers of corpora in their upstream layouts: texts and what a user would know beside them, never the annotation."""

from __future__ import annotations

import csv
import html
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "GEO_SETS",
    "NAME_SETS",
    "Pair",
    "Text",
    "geo_texts",
    "gum_documents",
    "named",
    "petrarch",
    "petrarch_data",
    "petrarch_folder",
    "plv",
    "polnear",
    "re3d",
    "relocar",
    "texts",
    "treebank",
    "treebank_files",
]

NAME_SETS = {
    "uner-ewt": "en_ewt-ud-{split}.iob2",
    "uner-pud": "en_pud-ud-{split}.iob2",
    "crossner-politics": "ner_data/politics/{split}.txt",
    "conll03": "ner_data/conll2003/{split}.txt",
}
"""Corpus of names -> where its sentences lie in its folder."""
PETRARCH = {
    "unit": ("petrarch2", "petrarch2/data", "text/PETR.UnitTest.records.xml"),
    "gsr": ("universalpetrarch", "UniversalPetrarch/data", "text/PETR2_GSR_validation.xml"),
}
"""Split of the PETRARCH records -> name of its corpus folder, the folder of its data in there, its records."""
GEO_SETS = {
    "gwn": "data/GWN.xml",
    "tr-news": "data/Corpora/TR-News.xml",
    "relocar": "ReLocaR_XML/ReLocaR_{split}.xml",
}
"""Corpus of places -> its file in its folder ({split} with a capital)."""
_PARAGRAPH = 10
"""Most sentences that the scorer of parses puts in one text."""


@dataclass(frozen=True, slots=True)
class Text:
    """One article of a corpus, its text exactly as offsets there count it."""

    id: str
    text: str
    title: str | None = None
    published: str | None = None


def polnear(root: Path, split: str) -> Iterator[Text]:
    """data/<split>/text/<id>.txt; ids begin with publisher_date_."""
    for path in sorted((root / "data" / split / "text").glob("*.txt")):
        with path.open(encoding="utf-8", errors="replace", newline="") as handle:
            parts = path.stem.split("_")
            yield Text(path.stem, handle.read(), published=parts[1] if len(parts) > 1 else None)


def re3d(root: Path, split: str) -> Iterator[Text]:
    """<source>/documents.json, a JSON object a line; a document without `splits` is dev unless its place in id order is 2 mod 3."""
    for folder in sorted(p for p in root.iterdir() if (p / "documents.json").is_file()):
        lines = (folder / "documents.json").read_text(encoding="utf-8").splitlines()
        documents = sorted((json.loads(line) for line in lines if line.strip()), key=lambda d: str(d["_id"]))
        for n, d in enumerate(documents):
            if split == "all" or (split in d["splits"] if "splits" in d else (n % 3 == 2) == (split == "test")):
                yield Text(d["_id"], d["text"], title=d.get("title"))


@dataclass(frozen=True, slots=True)
class Pair:
    """One sentence with a marked source and target: spans in `text`, several where a party is marked more than once."""

    id: int
    text: str
    source: tuple[tuple[int, int], ...]
    target: tuple[tuple[int, int], ...]
    label: str = ""


def plv(root: Path, split: str) -> Iterator[Pair]:
    """datasets/PLV_<split>.tsv: `marked_sentence` holds <s>source</s> and <t>target</t>; `gold_root` becomes the label."""
    path = root / "datasets" / f"PLV_{split}.tsv"
    if not path.is_file():
        raise SystemExit(f"{path}: no such file; --data is the folder that holds datasets/PLV_{split}.tsv")
    with path.open(encoding="utf-8", newline="") as handle:
        for n, row in enumerate(csv.DictReader(handle, delimiter="\t")):
            text, spans = "", {"s": [], "t": []}  # type: tuple[str, dict[str, list[tuple[int, int]]]]
            open_at: dict[str, int] = {}
            for piece in re.split(r"(</?[st]>)", row["marked_sentence"]):
                if re.fullmatch(r"<[st]>", piece):
                    open_at[piece[1]] = len(text)
                elif re.fullmatch(r"</[st]>", piece):
                    if (begin := open_at.pop(piece[2], None)) is not None:
                        spans[piece[2]].append((begin, len(text)))
                else:
                    text += piece
            yield Pair(n, text, tuple(spans["s"]), tuple(spans["t"]), row.get("gold_root") or "")


def petrarch_folder(root: Path, split: str) -> Path | None:
    """The data folder of a split, below --data or beside it; None when it is not there. Raises SystemExit for no such split."""
    if split not in PETRARCH:
        raise SystemExit(f"no split {split!r}: choose one of {', '.join(PETRARCH)} with --split")
    corpus, inside, records = PETRARCH[split]
    places = (root / inside, root / "data", root.parent / corpus / inside, root / corpus / inside)
    return next((place for place in places if (place / records).is_file()), None)


def petrarch_data(root: Path, split: str) -> Path:
    """The data folder of a split. Raises SystemExit."""
    folder = petrarch_folder(root, split)
    if folder is None:
        corpus, inside, records = PETRARCH[split]
        raise SystemExit(f"{root}: no {inside}/{records} there or in {corpus}/ beside it")
    return folder


def petrarch(root: Path, split: str) -> Iterator[Text]:
    """<Sentence> elements read one by one, since one file is not well-formed; the second of one id is <id>#2."""
    source = (petrarch_data(root, split) / PETRARCH[split][2]).read_text(encoding="utf-8", errors="replace")
    seen: Counter[str] = Counter()
    for head, body in re.findall(
        r"<Sentence\b([^>]*)>(.*?)</Sentence>", re.sub(r"<!--.*?-->", "", source, flags=re.S), re.S
    ):
        given = dict(re.findall(r'(\w+)\s*=\s*"([^"]*)"', head))
        name = given.get("id", "")
        seen[name] += 1
        found = re.search(r"<Text>(.*?)</Text>", body, re.S)
        text = " ".join(html.unescape(found[1]).split()) if found else ""
        day = given.get("date", "")
        published = f"{day[:4]}-{day[4:6]}-{day[6:]}" if re.fullmatch(r"\d{8}", day) else None
        yield Text(name + (f"#{seen[name]}" if seen[name] > 1 else ""), text, published=published)


def texts(root: Path, split: str) -> Iterator[Text]:
    """The texts of a corpus known by its layout. Raises SystemExit with the known layouts."""
    if (root / "data" / split / "text").is_dir():
        return polnear(root, split)
    if any(root.glob("*/documents.json")):
        return re3d(root, split)
    raise SystemExit(f"{root}: neither PolNeAR (data/{split}/text/*.txt) nor re3d (<source>/documents.json)")


def named(root: Path, name: str, split: str) -> Iterator[Text]:
    """Sentences of a set of NAME_SETS: their `# text`, or else their tokens parted by blanks (columns; the token is first, or second after a number)."""
    path = root / NAME_SETS[name].format(split=split)
    if not path.is_file():
        raise SystemExit(f"{path}: no such file; --data is the folder that holds {NAME_SETS[name].format(split=split)}")
    column = 1 if path.suffix == ".iob2" else 0
    text, count = "", 0
    tokens: list[str] = []
    for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
        if line.startswith("# text = "):
            text = line[9:]
        elif line.strip() and not line.startswith("#"):
            tokens.append((line.split("\t") if "\t" in line else line.split(" "))[column])
        elif not line.strip():
            if tokens:
                yield Text(f"{name}-{split}-{count}", text or " ".join(tokens))
                count += 1
            text, tokens = "", []


def treebank_files(root: Path, split: str) -> list[Path]:
    """CoNLL-U files of a split: GUM's documents by its splits.md, else <treebank>-ud-<split>.conllu."""
    if (root / "splits.md").is_file():
        names, current = set(), ""
        for line in (root / "splits.md").read_text(encoding="utf-8").splitlines():
            if line.startswith("## "):
                current = line[3:].strip()
            elif current == split and line.strip().startswith("*"):
                names.add(line.strip().lstrip("* ").split()[0])
        files = sorted(p for p in (root / "dep").glob("*.conllu") if p.stem in names)
    else:
        files = sorted(root.glob(f"*-ud-{split}.conllu"))
    if not files:
        raise SystemExit(f"{root}: no {split} part (dep/*.conllu with splits.md, or *-ud-{split}.conllu)")
    return files


def gum_documents(root: Path, split: str) -> Iterator[Text]:
    """GUM documents of a split, whole: sentences as `# text` has them, parted by a blank, paragraphs by an empty line.

    These are the texts that ../shared/bench/gum_coref.py exports; Reddit documents have none and are left out.
    """
    for path in treebank_files(root, split):
        if "_reddit_" in path.stem:
            continue
        text, new = "", False
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.startswith("# newpar") and not line.startswith("# newpar_block"):
                new = True
            elif line.startswith("# text = "):
                text += (("\n\n" if new else " ") if text else "") + line[9:]
                new = False
        yield Text(path.stem, text)


def treebank(path: Path) -> Iterator[Text]:
    """A CoNLL-U file's text a paragraph at a time, in the pieces and under the ids that ../shared/bench/parse.py scores."""
    count, words = 0, ""
    sentences: list[str] = []
    held, inside = "", 0  # of a word written as several ("don't"): what follows it, and its last part
    for line in [*path.read_text(encoding="utf-8").split("\n"), "", "# newdoc"]:
        if (line.startswith(("# newpar", "# newdoc")) and not line.startswith("# newpar_block")) or len(
            sentences
        ) == _PARAGRAPH:
            if sentences:
                yield Text(f"{path.stem}-{count}", "".join(sentences).strip())
                count += 1
            sentences = []
        if line and not line.startswith("#"):
            row = line.split("\t")
            after = "" if "SpaceAfter=No" in row[9] else " "
            if "-" in row[0]:
                held, inside = after, int(row[0].split("-")[1])
            elif "." not in row[0]:
                n = int(row[0])
                words += row[1] + (after if n > inside else held if n == inside else "")
        elif not line and words:
            sentences.append(words if words.endswith(" ") else words + " ")
            words, inside = "", 0


def geo_texts(root: Path, name: str, split: str) -> Iterator[Text]:
    """Articles of gwn (dev: even numbers, test: odd ones, all) or tr-news, with the title and day a reader would have."""
    path = root / GEO_SETS[name]
    if not path.is_file():
        raise SystemExit(f"{path}: no such file; --data is the folder that holds {GEO_SETS[name]}")
    for article in ElementTree.parse(path).getroot().iter("article"):
        text, title = article.findtext("text") or "", (article.findtext("title") or "").strip() or None
        if name == "gwn":
            number = int(article.get("file", "0"))
            if split == "all" or (number % 2 == 0) == (split == "dev"):
                yield Text(f"gwn-{number}", text, title=title)
        else:
            day = (article.findtext("dltime") or "").strip() or None
            yield Text(f"trnews-{article.get('docid')}", text, title=title, published=day)


def relocar(root: Path, split: str) -> Iterator[tuple[Text, int, int]]:
    """Sentences of ReLocaR, each with the span of the one location it asks about (the task's input)."""
    path = root / GEO_SETS["relocar"].format(split=split.capitalize())
    if not path.is_file():
        raise SystemExit(f"{path}: no such file; --data is the folder that holds ReLocaR_XML")
    pattern = r"<sample[^>]*>(.*?)<loc[^>]*>(.*?)</loc>(.*?)</sample>"
    for n, parts in enumerate(re.findall(pattern, path.read_text(encoding="utf-8", errors="replace"), re.DOTALL)):
        before, place, after = parts
        yield Text(f"relocar-{split}-{n}", before + place + after), len(before), len(before) + len(place)
