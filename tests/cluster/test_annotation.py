"""Partitions: same records as one process gives, gone on with after a kill, poison set aside; files whole and proven."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import arland
import made_step
import pytest

from kgbuild import language, pipeline
from kgbuild.cluster import Annotation, Here, engine_of
from kgbuild.cluster.annotation import cut
from kgbuild.cluster.partitions import documents_of, pack_documents, pack_found, unpack_found
from kgbuild.cluster.place import Place
from kgbuild.config import Config
from kgbuild.errors import KgbuildError, OutputError, UsageError
from kgbuild.records import Document, Skipped
from kgbuild.workers import Limits, alone

SOME = 30


def documents(**orders: str) -> list[Document]:
    """Short articles; of number nN the text is followed by an order."""
    texts = [f"Row {n}\n\nAnn Lee of Arland attacked Bob Ray. {orders.get(f'n{n}', '')}\n" for n in range(SOME)]
    return [arland.document(text, source=f"{n:02}.txt") for n, text in enumerate(texts)]


def annotation(place: Path | str, engine: Any = None, start: Any = made_step.Even, **settings: Any) -> Annotation[Any]:
    return Annotation(engine or Here(), start, str(place), "key", settings.pop("limits", Limits(5.0)), 40, **settings)


def given(found: Any) -> dict[int, Any]:
    out: dict[int, Any] = {}
    for n, document, records in found:
        assert n not in out, "twice"
        out[n] = (document.source, records)
    return out


def test_through_partitions_is_what_one_process_gives(tmp_path: Path) -> None:
    articles = documents(n7="FAIL")
    expected = given(alone(made_step.Even(), articles))
    assert given(annotation(tmp_path).results(articles)) == expected
    receipts = [json.loads(p.read_text()) for p in (tmp_path / "annotated").glob("*.json")]
    assert len(receipts) > 3 and sum(r["articles"] for r in receipts) == SOME - 1
    assert [r["skipped"] for r in receipts if r["skipped"]] == [[["07.txt", "processing failed (Test: asked for)"]]]
    assert sum(r["counts"].get("Event", 0) for r in receipts) == SOME - 1


def test_a_run_goes_on_from_the_partitions_that_are_done(tmp_path: Path) -> None:
    articles = documents()

    class Ends(Here):
        def each(self, make: Any, items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
            for n, result in super().each(make, items):
                yield n, result
                if n == 2:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(annotation(tmp_path, Ends()).results(articles))
    done = sorted((tmp_path / "annotated").glob("*.parquet"))
    assert len(done) == 3
    done[0].write_bytes(done[0].read_bytes()[:-1])  # its receipt does not hold any more
    (tmp_path / "annotated" / "0123.parquet.beef.part").write_bytes(b"half")
    asked: list[Any] = []

    class Notes(Here):
        def each(self, make: Any, items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
            asked.extend(items)
            return super().each(make, items)

    found = given(annotation(tmp_path, Notes()).results(articles))
    assert found == given(alone(made_step.Even(), articles))
    parts = len(list(cut(articles, 40)))
    assert 0 < len(asked) <= parts - 2
    asked.clear()
    assert given(annotation(tmp_path, Notes()).results(articles)) == found and not asked
    changed = annotation(tmp_path, Notes())
    changed.key = "other"
    assert given(changed.results(articles)) == found and len(asked) == parts, "other code or settings: all anew"


def test_poison_is_set_aside_with_its_reason(tmp_path: Path) -> None:
    articles = documents(n3="DIE", n4="HANG", n20="LEAVE")
    found = given(annotation(tmp_path, limits=Limits(1.0, 2)).results(articles))
    assert len(found) == SOME
    reasons = {source: records.reason for source, records in found.values() if isinstance(records, Skipped)}
    assert reasons == {
        "03.txt": "processing failed (its process was killed by SIGKILL, out of memory?, 2 times)",
        "04.txt": "processing failed (it took longer than the time limit of 1 s)",
        "20.txt": "processing failed (its process ended with status 1, 2 times)",
    }


def test_nodes_that_are_not_alike_are_refused(tmp_path: Path) -> None:
    one = annotation(tmp_path)
    told = one.agreed()
    assert one.agreed() == told
    other = annotation(tmp_path, told="another rounding")
    with pytest.raises(KgbuildError, match="nodes of the cluster differ"):
        list(other.results(documents()))


def test_a_place_nobody_shares_is_told(tmp_path: Path) -> None:
    work = made_step.Even
    from kgbuild.cluster.annotation import Annotate

    alone_there = Annotate(work, str(tmp_path), "key", Limits(), 1, None)
    with pytest.raises(KgbuildError, match="all nodes must see one storage"):
        alone_there(("0123", "", ()))
    alone_there.close()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        Place(str(tmp_path / "file")).write("a/b", b"")
    with pytest.raises(UsageError, match="cannot be reached"):
        Place("nowhere://a/b")


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_a_place_gives_back_what_it_was_given(kind: str, tmp_path: Path) -> None:
    place = Place(str(tmp_path / "p") if kind == "folder" else f"memory://{tmp_path.name}")
    assert place.read("a/b.parquet") is None and place.names("a") == []
    receipt = place.finish("a/b.parquet", b"content", {"key": "k", "n": 1})
    assert place.finished("a/b.parquet", "k") == receipt and receipt["bytes"] == 7
    assert place.finished("a/b.parquet", "other") is None
    assert place.names("a") == ["b.json", "b.parquet"]
    place.write("a/b.parquet", b"changed")
    assert place.finished("a/b.parquet", "k") is None
    place.remove()
    assert place.names("a") == [] and place.finished("a/b.parquet", "k") is None


def test_parquet_gives_back_records_and_the_same_bytes() -> None:
    articles = documents(n1="FAIL")
    found = [(d.id, made_step.Even()(d)) for d in articles]
    content = pack_found(found)
    assert list(unpack_found(content)) == found and pack_found(found) == content
    assert documents_of(pack_documents(articles)) == articles
    assert documents_of(pack_documents([])) == [] and list(unpack_found(pack_found([]))) == []


def test_a_folder_built_through_partitions_has_the_bytes_of_one_built_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "in"
    place.mkdir()
    for document in documents(n3="FAIL"):
        (place / document.source).write_text(document.text)
    monkeypatch.setattr(language, "pipeline_key", lambda config: "plain")
    monkeypatch.setattr(pipeline, "pipeline_key", lambda config: "plain")
    monkeypatch.setattr(language, "Step", made_step.Even)
    monkeypatch.setattr(language, "NodeStep", made_step.Even)
    for out, config in (("one", Config()), ("parts", Config(engine="here")), ("two", Config(workers=2))):
        pipeline.build(place, tmp_path / out, config)
    folders = [
        {p.relative_to(f).as_posix(): p.read_bytes() for p in f.rglob("*") if p.is_file() and "store" not in p.parts}
        for f in (tmp_path / "one", tmp_path / "parts", tmp_path / "two")
    ]
    assert folders[0] == folders[1] == folders[2] and len(folders[0]) > 30
    assert not (tmp_path / "parts" / "store" / "parts").exists(), "what is in them is in the folder"


def test_engines_have_names() -> None:
    assert isinstance(engine_of("here"), Here)
    with pytest.raises(UsageError, match="unknown engine 'spark'"):
        engine_of("spark")
    with pytest.raises(UsageError, match="a place for its partitions"):
        list(language.Language(Config(engine="here")).results(documents()))
