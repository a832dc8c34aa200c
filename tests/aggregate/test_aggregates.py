"""What stances come to: each sentence once, kept apart by status, dated, and the same in any order."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import arland
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import hostile_records, made_records
from made_stances import actor, article, changed, event, many, stance

from kgbuild.aggregate import WINDOWS, Aggregates, Piece
from kgbuild.aggregate.copies import same_sentences, worded
from kgbuild.aggregate.windows import Days, bounds, placed, window_of
from kgbuild.config import Config
from kgbuild.errors import UsageError
from kgbuild.export import dump
from kgbuild.export.derived import derived_turtle
from kgbuild.records import Entity, Record, Stance
from kgbuild.store import flat_turtle

A, B, C = actor("Arland"), actor("Borduria"), actor("Coast League")
ENVOY = Entity("actor/envoy-x0000000001", "Envoy", "Person", affiliation=(A.id,))
PEOPLE = (A, B, C, ENVOY)
TOLD = "Arland condemned Borduria over the closing of the northern strait to fishing boats and grain ships from the islands."


def told(
    sentence: str = TOLD, day: str | None = "2031-05-03", paper: str | None = "One", agency: str | None = None, score: float = -0.6, **more: object
) -> list[Record]:  # fmt: skip
    document, (span,) = article([sentence], day, paper, agency)
    return [document, stance(document, span, A.id, B.id, score, **more)]


def only(*articles: Sequence[Record]) -> list[Piece]:
    return list(Aggregates([*PEOPLE, *(r for found in articles for r in found)]).pieces)


def test_a_sentence_repeated_by_agencies_counts_once() -> None:
    near = TOLD.replace("from the islands", "from its islands").replace("condemned", "CONDEMNED")
    (piece,) = only(told(), told(paper="Two", agency="Wire"), told(near, paper="Three", score=-0.8))
    assert len(piece.articles) == len(piece.stances) == 3
    assert piece.source == "wire"
    assert piece.score == pytest.approx(-2.0 / 3)


def test_another_sentence_is_another_piece_and_independence_is_counted_by_outlet() -> None:
    other = "At the assembly Arland's delegates called the conduct of Borduria shameful and asked for a vote of censure at once."
    found = Aggregates([*PEOPLE, *told(), *told(other, paper="One"), *told("Arland scolded Borduria.", paper="Two")])
    (dyad,) = found.dyads
    assert (dyad.numbers.count, dyad.numbers.sources, dyad.numbers.articles) == (3, 2, 3)


def test_the_same_words_of_two_days_are_two_pieces_and_an_undated_copy_joins_the_only_dated_one() -> None:
    first, second = (
        {"earliest": "2031-05-01", "latest": "2031-05-01"},
        {"earliest": "2031-06-02", "latest": "2031-06-02"},
    )
    assert len(only(told(**first), told(paper="Two", day="2031-06-05", **second))) == 2
    assert len(only(told(**first), told(paper="Two", day=None))) == 1


def test_short_sentences_are_one_only_when_equal() -> None:
    assert len(same_sentences(["a b c d e f", "a b c d e g"])) == len(
        set(same_sentences(["a b c d e f", "a b c d e g"]).values())
    )
    assert len(only(told("Arland mocked Borduria."), told("Arland mocked  borduria!", paper="Two"))) == 1


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=8, max_size=14).map(" ".join), max_size=12))
def test_near_sameness_finds_what_comparing_all_pairs_finds(texts: list[str]) -> None:
    def shingles(text: str) -> set[tuple[str, ...]]:
        w = text.split(" ")
        return set(zip(w, w[1:], w[2:], strict=False))

    group = {t: {t} for t in texts}
    for a in texts:
        for b in texts:
            x, y = shingles(a), shingles(b)
            if len(x & y) >= 0.6 * len(x | y) and group[a] is not group[b]:
                merged = group[a] | group[b]
                for t in merged:
                    group[t] = merged
    assert same_sentences(texts) == {t: min(g) for t, g in group.items()}


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, "Reported"),
        ({"attributed_to": A.id}, "Reported"),
        ({"attributed_to": ENVOY.id}, "Reported"),
        ({"attributed_to": C.id}, "Claimed"),
        ({"modality": "Planned"}, "Expected"),
        ({"modality": "Possible"}, "Hypothetical"),
        ({"modality": "Conditional", "attributed_to": C.id}, "Hypothetical"),
    ],
)
def test_what_is_not_told_as_fact_is_kept_apart(more: dict[str, object], status: str) -> None:
    (piece,) = only(told(**more))
    assert piece.status == status
    (dyad,) = Aggregates([*PEOPLE, *told(**more)]).dyads
    assert dyad.numbers.count == (status == "Reported")
    assert (dyad.numbers.mean is None) == (status != "Reported")
    assert dyad.numbers.claimed + dyad.numbers.denied + dyad.numbers.hypothetical == (status != "Reported")


def shelled(score: float, kind: str = "Assault", **claim: object) -> list[Record]:
    document, (span,) = article(["Arland shelled Borduria."], "2031-05-03", "One")
    found = event(document, span, kind, [A.id], [B.id], **claim)  # type: ignore[arg-type]  # named by the caller
    return [document, *found, stance(document, span, A.id, B.id, score, basis=found[0].id, kind="Action")]


def test_a_stance_read_from_a_denied_event_is_denied_unless_the_denial_is_the_stance() -> None:
    assert only(shelled(-0.9))[0].status == "Reported"
    assert only(shelled(-0.9, negated=True))[0].status == "Denied"
    assert only(shelled(-0.5, "Support", negated=True))[0].status == "Reported"
    assert only(shelled(-0.9, hearsay=True))[0].status == "Claimed"


def test_weak_selfish_and_homeless_stances_are_left_out_and_counted() -> None:
    document, (span,) = article(["Arland praised itself."], None, None)
    records = [
        *PEOPLE, *told(), *told("Arland frowned at Borduria.", confidence=0.4), document, stance(document, span, A.id, A.id, 0.5),
        told("Nobody kept this article.")[1],
    ]  # fmt: skip
    found = Aggregates(records)
    assert len(found.pieces) == 1
    assert list(found.left_out.values()) == [1, 1, 1]


def test_by_state_an_envoy_counts_for_the_state() -> None:
    document, (span,) = article(["The envoy cursed Borduria."], "2031-05-03", "One")
    records = [*PEOPLE, document, stance(document, span, ENVOY.id, B.id, -0.4)]
    assert Aggregates(records).dyads[0].holder == ENVOY.id
    assert Aggregates(records, by="state").dyads[0].holder == A.id
    with pytest.raises(UsageError, match="actor, state"):
        Aggregates(records, by="galaxy")


def everything(records: Sequence[Record]) -> tuple[object, bytes]:
    found = Aggregates(records)
    return (found.as_dict(), found.table("dyad-week").rows, found.table("matrix").rows), derived_turtle(found, Config())


@pytest.mark.parametrize("made", [made_records(), list(arland.RECORDS), many(120, 9, repeats=0.4), changed()], ids=len)
def test_the_order_of_records_does_not_matter(made: list[Record]) -> None:
    expected = everything(made)
    for seed in range(3):
        order = list(made)
        random.Random(seed).shuffle(order)
        assert everything(order) == expected


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(2, 6), st.integers(0, 10**6), st.floats(0, 0.9))
def test_windows_sum_to_the_whole(n: int, actors: int, seed: int, repeats: float) -> None:
    found = Aggregates(many(n, actors, seed, repeats=repeats))
    whole = {(d.holder, d.target): d.numbers for d in found.dyads}
    for window in WINDOWS:
        counts: dict[tuple[str, str], list[float]] = {}
        for w in found.series(window):
            got = counts.setdefault((w.holder, w.target), [0, 0.0, 0])
            got[0] += w.numbers.count
            got[1] += w.numbers.count * (w.numbers.mean or 0.0)
            got[2] += w.numbers.claimed + w.numbers.denied + w.numbers.hypothetical
        assert counts.keys() == whole.keys()
        for pair, (count, total, apart) in counts.items():
            assert count == whole[pair].count
            assert total == pytest.approx(whole[pair].count * (whole[pair].mean or 0.0))
            assert apart == whole[pair].claimed + whole[pair].denied + whole[pair].hypothetical
        rows = found.table(f"dyad-{window}").records()
        assert sum(int(r["stances"] or 0) for r in rows) == sum(n.count for n in whole.values())


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(0, 10**6))
def test_copies_of_every_article_change_no_count_and_no_mean(n: int, seed: int) -> None:
    records = many(n, 5, seed)
    before = Aggregates(records)
    copies: list[Record] = []
    for r in records:
        if isinstance(r, Stance):
            sentence = next(d for d in records if d.id == r.document).text[r.span.begin : r.span.end]  # type: ignore[union-attr]  # a Document
            document, (span,) = article([sentence], "2033-01-01", "Copier", "Wire")
            copies += [document, stance(document, span, r.holder, r.target, r.score)]
    after = Aggregates([*records, *copies])
    assert [(d.holder, d.target, d.numbers.count) for d in before.dyads] == [
        (d.holder, d.target, d.numbers.count) for d in after.dyads
    ]
    for x, y in zip(before.dyads, after.dyads, strict=True):
        assert x.numbers.mean == pytest.approx(y.numbers.mean)


def test_hash_seeds_do_not_matter() -> None:
    """In processes of their own: sets of strings come in another order in each."""
    code = (
        "import hashlib; from made_stances import many; from kgbuild.aggregate import Aggregates; from kgbuild.config import Config\n"
        "from kgbuild.export.derived import derived_turtle\n"
        "a = Aggregates(many(200, 20, repeats=.4)); out = [derived_turtle(a, Config()), repr(a.table('dyad-day').rows).encode()]\n"
        "try:\n import matplotlib\nexcept ImportError: pass\n"
        "else:\n from kgbuild.export.pictures import picture; out.append(picture(a, 'svg'))\n"
        "print([hashlib.sha256(x).hexdigest() for x in out])"
    )
    root = Path(__file__).resolve().parents[2]
    path = os.pathsep.join((str(root), str(root / "tests")))
    printed = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed}, capture_output=True,
            text=True, check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(printed) == 1


def test_days_and_windows() -> None:
    assert placed("2022-01-01", "2022-12-31", None) == Days("2022-01-01", "2022-12-31")
    assert placed("2014-03-01", None, "2022-03-24") == Days("2022-03-24", "2022-03-24")
    assert (
        placed(None, None, None)
        == placed("2031-02-30", "not a day", "2031-13-77")
        == placed("2014-01-01", None, None)
        == Days()
    )
    year = Days("2022-01-01", "2022-12-31")
    assert [window_of(year, w) for w in WINDOWS] == ["", "", "", "2022"]
    assert window_of(Days("2027-01-01", "2027-01-01"), "week") == "2026-W53"
    for window in WINDOWS:
        name = window_of(Days("2028-02-29", "2028-02-29"), window)
        low, high = bounds(name)
        assert low <= "2028-02-29" <= high
        assert {window_of(Days(d, d), window) for d in (low, high)} == {name}
    with pytest.raises(UsageError, match="day, week, month, year"):
        window_of(year, "decade")


def test_a_change_is_found_where_it_was_made_and_nowhere_else() -> None:
    (change,) = Aggregates(changed(day="2031-05-01")).changes
    assert change.day == "2031-05-01"
    assert change.before > 0.5 and change.after < -0.5
    assert (change.count_before, change.count_after) == (9, 9) and change.probability < 0.05
    assert Aggregates(changed(each=5)).changes == ()  # ten pieces are too few to tell
    assert Aggregates(changed(before=-0.7, after=-0.7, each=40)).changes == ()


def test_no_change_is_seen_in_chance() -> None:
    """Scores without any change: at .05 about one pair in twenty may show one."""
    alarms = sum(bool(Aggregates(many(60, 2, seed, camps=2)).changes) for seed in range(30))
    assert alarms <= 5


def test_the_flat_layer_says_what_the_reported_pieces_say() -> None:
    base = Config().base
    samples = [
        made_records(),
        list(arland.RECORDS),
        [*PEOPLE, *told(attributed_to=C.id), *shelled(-0.9, negated=True)],
        [*PEOPLE, *told()],
    ]
    samples += [
        [*PEOPLE, *shelled(-0.9, hearsay=True)],
        [*PEOPLE, *shelled(-0.5, "Support", negated=True)],
        [*PEOPLE, *told(attributed_to=ENVOY.id)],
    ]
    for records in samples:
        flat = flat_turtle(dump("turtle", records, Config()))
        import rdflib

        graph = rdflib.Graph().parse(data=flat, format="turtle")
        kg = rdflib.Namespace("https://w3id.org/kgbuild/ns#")
        stances = {r.id: r for r in records if isinstance(r, Stance)}
        for predicate, polarity in ((kg.opposes, "Against"), (kg.supports, "For")):
            derived = {
                (p.holder, p.target) for p in Aggregates(records).pieces
                if p.status == "Reported" and any(stances[s].polarity == polarity for s in p.stances)
            }  # fmt: skip
            assert {
                (str(s).removeprefix(base), str(o).removeprefix(base)) for s, o in graph.subject_objects(predicate)
            } == derived


def test_hostile_names_and_dates_do_no_harm() -> None:
    found = Aggregates(hostile_records())
    assert found.pieces[0].days == Days()
    assert b"<script>" not in derived_turtle(found, Config())
    found.as_dict()


def test_names_are_found_and_unknown_ones_answered() -> None:
    found = Aggregates(made_records())
    assert found.find("norlanders") == found.find("NORLAND")
    with pytest.raises(UsageError, match="nobody called"):
        found.find("Atlantis")
    with pytest.raises(UsageError, match="unknown table"):
        found.table("dyad-decade")


def test_the_work_grows_with_the_records_not_with_their_square() -> None:
    times = []
    for n in (3000, 12000):
        records = many(n, actors=n // 50, repeats=0.3)
        start = time.process_time()
        found = Aggregates(records)
        assert found.dyads and found.camps.camps and found.table("dyad-day").rows
        times.append(time.process_time() - start)
    assert times[1] < 10 * times[0]


def test_worded_sentences_ignore_what_copies_change() -> None:
    assert worded("“Arland”  said: No!") == worded('"ARLAND" said — no')
