"""The system under measurement: the rooms run one after another on one text, with the time each took."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kgbuild import resolve
from kgbuild.claims import extract
from kgbuild.config import Config
from kgbuild.errors import InputError
from kgbuild.ids import document_id
from kgbuild.language import annotator_of
from kgbuild.records import Document, Record, Skipped
from kgbuild.sources import read
from kgbuild.sources.article import Article, Hints, to_document


class Rooms:
    """One loaded system; `seconds` adds up the time of each room over all articles, `words` their words."""

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()
        self.annotator = annotator_of(self.config)  # as a build loads it
        self.seconds: Counter[str] = Counter()
        self.words = 0
        self.moved: list[
            str
        ] = []  # texts whose offsets are not those of the corpus, because NFC or line ends changed them

    def file(self, path: Path) -> list[Record]:
        """Records of the first article in a file, its <name>.meta.json beside it used. Raises InputError when there is none."""
        for item in read([str(path)], self.config):
            if isinstance(item, Document):
                return self.document(item)
            if isinstance(item, Skipped):
                raise InputError(f"{item.source}: {item.reason}")
        raise InputError(f"{path}: no article")

    def read(self, text: str, name: str, title: str | None = None, published: str | None = None) -> Document:
        """The Document of a text; offsets count from its first character. Raises InputError when it is no article."""
        document = to_document(Article(name, text, Hints(title=title, published=published)), self.config)
        if isinstance(document, Skipped):
            raise InputError(f"{document.source}: {document.reason}")
        if len(document.text) != len(text):
            self.moved.append(name)
        return document

    def text(self, text: str, name: str, title: str | None = None, published: str | None = None) -> list[Record]:
        """Records of a text. Raises InputError when it is no article."""
        return self.document(self.read(text, name, title, published))

    def document(self, document: Document) -> list[Record]:
        """Records of one document, resolved."""
        start = time.perf_counter()
        doc = self.annotator.annotate(document)
        middle = time.perf_counter()
        found = extract(doc)
        records = resolve.resolve([document, *doc._.entities, *doc._.mentions, *doc._.affiliations, *found])
        end = time.perf_counter()
        self.words += sum(not t.is_space and not t.is_punct for t in doc)
        self.seconds.update({"annotate": middle - start, "claims+resolve": end - middle})
        return records


def plain_document(text: str, name: str) -> Document:
    """A text as it stands, nothing known beside it: no cleaning that would move offsets, and no language asked for."""
    sha256 = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return Document(id=document_id(sha256), text=text, sha256=sha256, source=name)


def print_scores(scorer: str, data: Path, options: Sequence[str], predictions: Path) -> int:
    """Run a public scorer found beside the corpora (../bench of their folder) or beside the repository; its exit status."""
    folders = (data.resolve().parents[1] / "bench", Path(__file__).resolve().parents[2] / "shared" / "bench")
    path = next((f / scorer for f in folders if (f / scorer).is_file()), None)
    if path is None:
        print(f"predictions in {predictions}; no scorer {scorer} in {folders[0]}")
        return 0
    return subprocess.run([sys.executable, str(path), *options, "--pred", str(predictions)], check=False).returncode
