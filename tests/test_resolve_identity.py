"""One identity across articles: what is joined and what is not, why, whatever the order, and what corrections do."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgbuild.check import check_records
from kgbuild.errors import InputError
from kgbuild.explain import explain
from kgbuild.ids import document_id, entity_id, record_id
from kgbuild.records import Affiliation, Claim, Document, Entity, Mention, Merge, Record, Skipped, Span, Stance
from kgbuild.resolve import Index, Profile, profiles, read_corrections, resolve
from kgbuild.resolve.corrections import Correction
from kgbuild.resolve.names import distinctive, full_name, other_names, spelling

ARLAND = Entity("actor/arland-q1", "Arland", "State", qid="Q1")
BORVIA = Entity("actor/borvia-q2", "Borvia", "State", qid="Q2")
ARMY = Entity("actor/arland-army-q3", "Arland Army", "Organization", qid="Q3", affiliation=(ARLAND.id,))
NAVY = Entity("actor/arland-navy-q4", "Arland Navy", "Organization", qid="Q4", affiliation=(ARLAND.id,))
ABOVE = {e.id: e for e in (ARLAND, BORVIA, ARMY, NAVY)}


def document(number: int) -> Document:
    sha = f"{number:064x}"
    sha = sha[48:] + sha[:48]
    return Document(document_id(sha), f"Article {number} tells of somebody at length.", sha, f"news/{number}.txt")


def told(
    number: int, *names: str, of: tuple[Entity, ...] = (), kind: str = "Person", qid: str | None = None
) -> list[Record]:
    """An article in which somebody is named (with other names), and belongs to some actors."""
    doc = document(number)
    name, *aliases = names
    identifier = entity_id(kind, name, qid, "" if qid else doc.id)
    whole = Entity(
        identifier,
        name,
        kind,
        qid,
        tuple(aliases),
        tuple(sorted(e.id for e in of)),
        extractor="made-1",
        document=doc.id,
    )
    span = Span(0, 7)
    mention = Mention(record_id(doc.id, "mention", span), doc.id, span, "name", (identifier,), "made-1")
    above = {e.id: e for e in of}
    above |= {a: ABOVE[a] for e in of for a in e.affiliation}
    return [doc, mention, whole, *(dataclasses.replace(e, document=doc.id, extractor="made-1") for e in above.values())]


def people(records: list[Record], kind: str = "Person") -> list[Entity]:
    return [r for r in records if isinstance(r, Entity) and r.kind == kind]


def who(*articles: list[Record]) -> list[Entity]:
    return people(resolve([r for a in articles for r in a]))


def test_a_full_name_is_one_person_in_all_articles_and_says_why() -> None:
    records = resolve([*told(1, "Ann Lee", "Lee"), *told(2, "Ann Lee", of=(ARMY,))])
    (ann,) = people(records)
    assert ann.id == entity_id("Person", "Ann Lee")
    assert ann.origins == tuple(sorted(entity_id("Person", "Ann Lee", None, document(n).id) for n in (1, 2)))
    assert ann.affiliation == (ARMY.id,) and ann.document is None
    merges = [r for r in records if isinstance(r, Merge)]
    assert {(m.rule, m.entity, m.origin) for m in merges} == {("SameName", ann.id, o) for o in ann.origins}
    assert {f.rule for f in check_records(records)} <= {"text_hash"}, "made articles have made hashes"
    labels = [e.label for e in explain(records, "Ann Lee") if e.role == "merge"]
    assert len(labels) == 2 and all("same name" in label and "Ann Lee" in label for label in labels)
    assert explain(records, ann.origins[0]) == explain(records, ann.id)


def test_a_surname_alone_or_a_described_person_stays_in_its_article() -> None:
    assert len(who(told(1, "Lee"), told(2, "Lee"))) == 2
    assert len(who(told(1, "al-Sisi"), told(2, "al-Sisi"))) == 2


def test_namesakes_of_two_states_stay_apart_and_one_of_whom_nothing_is_said_joins_neither() -> None:
    found = who(told(1, "Ann Lee", of=(ARLAND,)), told(2, "Ann Lee", of=(BORVIA,)), told(3, "Ann Lee"))
    assert len(found) == 3 and len({e.id for e in found}) == 3
    assert all(not e.origins for e in found)


def test_two_bodies_of_one_state_are_at_odds_and_the_state_alone_is_not() -> None:
    assert len(who(told(1, "Ann Lee", of=(ARMY,)), told(2, "Ann Lee", of=(NAVY,)))) == 2
    (ann,) = who(told(1, "Ann Lee", of=(ARMY,)), told(2, "Ann Lee", of=(ARLAND,)))
    assert ann.affiliation == (ARMY.id, ARLAND.id)
    assert (
        len(who(told(1, "Ann Lee", of=(ARMY,)), told(2, "Ann Lee", of=(NAVY,)), told(3, "Ann Lee", of=(ARLAND,)))) == 3
    )


def test_an_office_of_one_state_joins_two_bodies() -> None:
    def spokeswoman(number: int, body: Entity) -> list[Record]:
        article = told(number, "Ann Lee", of=(body,))
        doc, member = article[0], article[2]
        assert isinstance(doc, Document)
        made = Affiliation(
            record_id(doc.id, "affiliation", Span(0, 7)),
            doc.id,
            Span(0, 7),
            member.id,
            body.id,
            "Spokesperson",
            "spokeswoman",
        )
        return [*article, made]

    (ann,) = who(spokeswoman(1, ARMY), spokeswoman(2, NAVY))
    assert ann.affiliation == (ARMY.id, NAVY.id)


def test_another_spelling_needs_a_shared_affiliation() -> None:
    assert len(who(told(1, "Sergei Petrov"), told(2, "Sergey Petrov"))) == 2
    (one,) = who(told(1, "Sergei Petrov", of=(ARMY,)), told(2, "Sergey Petrov", of=(ARMY,)))
    assert {one.name, *one.aliases} == {"Sergei Petrov", "Sergey Petrov"}
    assert len(who(told(1, "Ron Murray", of=(ARMY,)), told(2, "Ron Moore", of=(ARMY,)))) == 2


def test_an_entity_of_the_base_takes_in_only_whom_it_shares_an_affiliation_with() -> None:
    linked = told(1, "Ann Lee", of=(ARMY,), qid="Q9")
    (ann,) = who(linked, told(2, "Ann Lee", of=(ARMY,)))
    assert ann.qid == "Q9" and ann.id == entity_id("Person", "Ann Lee", "Q9") and len(ann.origins) == 1
    assert len(who(linked, told(2, "Ann Lee"))) == 2
    other = told(3, "Ann Lee", of=(ARMY,), qid="Q10")
    assert len(who(linked, other, told(2, "Ann Lee", of=(ARMY,)))) == 3, "two of the base fit: no guess"


def test_bodies_and_places() -> None:
    def count(kind: str, *articles: list[Record]) -> int:
        return len([r for r in people(resolve([r for a in articles for r in a]), kind) if r.qid is None])

    assert (
        count(
            "Organization",
            told(1, "Harbour Fund", kind="Organization"),
            told(2, "the Harbour Fund", kind="Organization"),
        )
        == 1
    )
    ministry = [told(n, "Ministry of Defence", kind="Organization") for n in (1, 2)]
    assert count("Organization", *ministry) == 2
    assert (
        count("Organization", *(told(n, "Ministry of Defence", of=(ARLAND,), kind="Organization") for n in (1, 2))) == 1
    )
    assert count("Organization", told(1, "RSF", kind="Organization"), told(2, "RSF", kind="Organization")) == 2
    assert count("City", told(1, "San Marto", kind="City"), told(2, "San Marto", kind="City")) == 2


@pytest.mark.parametrize(
    ("a", "b"),
    [("Muhammad al-Husseini", "Mohamed el-Husaini"), ("Yevgeny Petrov", "Evgeni Petrov"), ("Nouri Maliki", "Nuri al-Maliki"),
     ("Khaled Hussein", "Khalid Husain"), ("Aleksandr Volkov", "Alexander Volkov")],
)  # fmt: skip
def test_spellings_meet(a: str, b: str) -> None:
    first, second = full_name(a, "Person"), full_name(b, "Person")
    assert first != second and spelling(first, "Person") == spelling(second, "Person")


def test_names() -> None:
    assert full_name("John F. Kirby, Jr.", "Person") == full_name("JOHN KIRBY", "Person") == "john kirby"
    assert full_name("the government", "Organization") == "" == full_name("UNHCR", "Organization")
    assert full_name("Łukasz Żółć", "Person") == "lukasz zolc"
    assert not distinctive("supreme court", "Organization") and distinctive("selva supreme court", "Organization")
    assert other_names(
        "jeffrey rathke", ("Rathke", "Jeff Rathke", "Foreign Minister Rathke", "Ann Rathke"), "Person"
    ) == ("jeff rathke",)
    assert spelling("michael williams", "Person") != spelling("michelle williams", "Person")


# ------------------------------------------------------------------------------------------ order and growth

ANCHORS = (
    st.lists(st.sampled_from(["actor/a-q1", "actor/b-q2", "spokesman@actor/a-q1"]), unique=True, max_size=2)
    .map(sorted)
    .map(tuple)
)
PROFILES = st.lists(
    st.builds(
        lambda n, names, bodies, states, linked: Profile(
            f"actor/x-q{len(names[0])}" if linked else f"actor/x-x{n:010d}", "Person", names[0].title(), tuple(names), bodies, states, linked
        ),
        st.integers(0, 10**9),
        st.lists(st.sampled_from(["ann lee", "anne lee", "sergei petrov", "sergey petrov", "bo ek"]), min_size=1, max_size=2, unique=True),
        ANCHORS,
        st.lists(st.sampled_from(["actor/a-q1", "actor/b-q2"]), unique=True, max_size=2).map(sorted).map(tuple),
        st.booleans(),
    ),
    max_size=14,
    unique_by=lambda p: p.id,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(PROFILES, st.randoms(use_true_random=False), st.integers(1, 4))
def test_growing_by_articles_in_any_order_is_resolving_all_at_once(
    found: list[Profile], rng: random.Random, step: int
) -> None:
    at_once = Index(found).identities()
    shuffled = list(found)
    rng.shuffle(shuffled)
    grown = Index()
    answers: dict[str, object] = {}
    for start in range(0, len(shuffled), step):
        grown.add(shuffled[start : start + step])
        answers.update(grown.settle())
    assert grown.identities() == at_once == answers
    assert Index.load(grown.dump()).identities() == at_once
    assert list(Index.load(grown.dump()).dump()) == list(grown.dump())


def test_one_article_more_decides_only_the_blocks_of_its_names() -> None:
    index = Index(p for n in range(50) for p in profiles({f"actor/p-{n}": _local(n)}, (), document(n).id))
    assert len(index.settle()) == 50
    assert len(index.settle()) == 0
    new = told(99, "Person Number3x")
    index.add(profiles({new[2].id: new[2]}, (), document(99).id))  # type: ignore[dict-item]  # the third record is its Entity
    assert len(index.settle()) == 2
    with pytest.raises(ValueError, match="not a profile"):
        Index.load(["{}"])


def _local(n: int) -> Entity:
    name = f"Person Number{n}x"
    return Entity(entity_id("Person", name, None, document(n).id), name, "Person", document=document(n).id)


# ----------------------------------------------------------------------------------------------- corrections


def story() -> list[Record]:
    records = [
        *told(1, "Ann Lee", of=(ARMY,)),
        *told(2, "Ann Lee", of=(ARMY,)),
        *told(3, "Jack Orr"),
        *told(4, "John Orr"),
    ]
    records += [
        *told(5, "Front Page", kind="Organization"),
        *told(6, "Bo Ek", of=(NAVY,), qid="Q8"),
        *told(7, "Bo Ek", of=(NAVY,), qid="Q8"),
    ]
    doc, target = document(3), entity_id("Person", "Jack Orr", None, document(3).id)
    page = document(5)
    ghost = entity_id("Organization", "Front Page", None, page.id)
    span = Span(0, 9)
    records.append(
        Claim(
            record_id(page.id, "claim", span),
            page.id,
            span,
            ghost,
            "Article",
            (Span(0, 7),),
            "Indirect",
            "Say",
            extractor="made-1",
        )
    )
    stance = record_id(doc.id, "stance", span)
    records.append(
        Stance(stance, doc.id, span, target, ARLAND.id, "For", 0.5, "Statement", target, stance, extractor="made-1")
    )
    records.append(dataclasses.replace(ARLAND, document=doc.id, extractor="made-1"))
    return records


def corrected(*corrections: Correction) -> tuple[list[Record], list[Skipped]]:
    skipped: list[Skipped] = []
    return resolve(story(), corrections, skipped), skipped


def test_merge_forces_what_the_rules_do_not() -> None:
    records, skipped = corrected(Correction("merge", "Jack Orr", "John Orr", because="a nickname"))
    orr = next(e for e in people(records) if e.name == "John Orr")
    assert orr.aliases == ("Jack Orr",) and len(orr.origins) == 2 and not skipped
    (why,) = [r for r in records if isinstance(r, Merge) and r.rule == "Correction"]
    assert "a nickname" in why.reason and why.entity == orr.id
    assert any(isinstance(r, Stance) and r.holder == orr.id == r.attributed_to for r in records)


def test_split_undoes_a_merge_of_one_article_or_of_all() -> None:
    records, skipped = corrected(Correction("split", "Ann Lee", article="news/2.txt"))
    assert (
        sorted(e.name for e in people(records)) == ["Ann Lee", "Ann Lee", "Bo Ek", "Jack Orr", "John Orr"]
        and not skipped
    )
    again, _ = corrected(Correction("split", entity_id("Person", "Ann Lee")))
    assert len([e for e in people(again) if e.name == "Ann Lee"]) == 2
    assert not [r for r in again if isinstance(r, Merge) and "SharedAff" in r.rule]


def test_split_takes_one_articles_person_from_an_entity_of_the_base() -> None:
    records, _ = corrected(Correction("split", entity_id("Person", "Bo Ek", "Q8"), article=document(7).id))
    assert sorted((e.qid or "") for e in people(records) if e.name == "Bo Ek") == ["", "Q8"]


def test_rename_keeps_the_id_and_the_old_name() -> None:
    records, _ = corrected(Correction("rename", "Ann Lee", "Ann M. Lee"))
    ann = next(e for e in people(records) if e.id == entity_id("Person", "Ann Lee"))
    assert (ann.name, ann.aliases) == ("Ann M. Lee", ("Ann Lee",))


def test_reject_leaves_its_words_to_nobody_named() -> None:
    records, _ = corrected(Correction("reject", "Front Page"))
    assert not any(isinstance(r, Entity) and r.name == "Front Page" for r in records)
    (claim,) = [r for r in records if isinstance(r, Claim)]
    assert claim.source == claim.document and claim.hearsay
    records, skipped = corrected(Correction("reject", "Jack Orr"))
    assert not any(isinstance(r, Stance) for r in records) and any("stance" in s.reason for s in skipped)


@pytest.mark.parametrize(
    ("correction", "reason"),
    [(Correction("merge", "Nobody", "Ann Lee"), "no entity 'Nobody'"), (Correction("merge", "Ann Lee", "Ann Lee"), "one already"),
     (Correction("split", "Jack Orr"), "already"), (Correction("split", "Bo Ek"), "name the article"),
     (Correction("split", "Ann Lee", article="news/3.txt"), "is not in"), (Correction("split", "Ann Lee", article="x.txt"), "no article")],
)  # fmt: skip
def test_a_correction_that_does_nothing_is_reported(correction: Correction, reason: str) -> None:
    records, skipped = corrected(dataclasses.replace(correction, where="line 3", source="fix.yaml"))
    assert records == resolve(story())
    assert (
        len(skipped) == 1
        and reason in skipped[0].reason
        and skipped[0].source == "fix.yaml"
        and "line 3" in skipped[0].reason
    )


CORRECTIONS = [
    Correction("merge", "Jack Orr", "John Orr"), Correction("merge", "John Orr", "Ann Lee"), Correction("split", "Ann Lee", article="news/2.txt"),
    Correction("rename", "Ann Lee", "Ann X"), Correction("rename", "Ann Lee", "Ann Y"), Correction("reject", "Front Page"),
    Correction("merge", "Front Page", "Ann Lee"), Correction("merge", "Bo Ek", "Jack Orr", article="news/7.txt"), Correction("rename", "Bo Ek", "Bo Z"),
    Correction("reject", "Arland", article="news/3.txt"),
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(CORRECTIONS), unique=True), st.randoms(use_true_random=False))
def test_corrections_do_the_same_in_any_order_and_leave_a_whole_graph(
    chosen: list[Correction], rng: random.Random
) -> None:
    shuffled, records = list(chosen), story()
    rng.shuffle(shuffled)
    rng.shuffle(records)
    first: list[Skipped] = []
    second: list[Skipped] = []
    result = resolve(story(), [dataclasses.replace(c, where=f"line {n}") for n, c in enumerate(chosen)], first)
    assert (
        resolve(records, [dataclasses.replace(c, where=f"line {n}") for n, c in enumerate(shuffled)], second) == result
    )
    assert sorted(s.reason.partition(": ")[2] for s in first) == sorted(s.reason.partition(": ")[2] for s in second)
    ids = {r.id for r in result}
    for fault in check_records(result):
        assert fault.rule != "dangling" or "basis" in fault.message, fault
    for record in result:
        if isinstance(record, Mention):
            assert set(record.entities) <= ids


def test_files_of_corrections(tmp_path: Path) -> None:
    yaml, tsv = tmp_path / "fix.yaml", tmp_path / "fix.tsv"
    yaml.write_text(
        "- merge: Jack Orr\n  into: John Orr\n  because: yes\n- reject: Front Page\n- split: Ann Lee\n  article: news/2.txt\n"
        "- rename: Ann Lee\n- burn: all\n- reject: A\n  colour: red\n- just words\n",
        encoding="utf-8",
    )
    good, bad = read_corrections(yaml)
    assert [str(c) for c in good] == [
        "merge Jack Orr into John Orr",
        "reject Front Page",
        "split Ann Lee in news/2.txt",
    ]
    assert [s.reason.partition(":")[0] for s in bad] == ["entry 4", "entry 5", "entry 6", "entry 7"]
    tsv.write_text(
        "action\tentity\tother\tarticle\tbecause\nmerge\tJack Orr\tJohn Orr\t\tyes\nreject\tFront Page\nsplit\tAnn Lee\t\tnews/2.txt\n"
        "# a note\nrename\tAnn Lee\nburn\tall\nreject\tA\tB\n",
        encoding="utf-8",
    )
    same, other = read_corrections(tsv)
    assert same == good and len(other) == 3
    yaml.write_text("merge: [", encoding="utf-8")
    with pytest.raises(InputError, match="not YAML"):
        read_corrections(yaml)
    with pytest.raises(InputError, match="cannot be read"):
        read_corrections(tmp_path / "none.yaml")


def test_the_corrections_of_the_page_are_read(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "entities.md").read_text(encoding="utf-8")
    (tmp_path / "fix.yaml").write_text(page.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    good, bad = read_corrections(tmp_path / "fix.yaml")
    assert {c.action for c in good} == {"merge", "split", "rename", "reject"} and len(good) == 5 and not bad


def test_pairs_of_actors_that_were_not_read_are_reported() -> None:
    told = [
        dataclasses.replace(r, unread_pairs=1710) if isinstance(r, Document) and r.id == document(4).id else r
        for r in story()
    ]
    skipped: list[Skipped] = []
    resolve(told, (), skipped)
    assert [(s.source, "1710 pairs" in s.reason) for s in skipped] == [(document(4).source, True)]
