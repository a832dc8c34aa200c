from __future__ import annotations

import dataclasses
import random

from kgbuild.records import Entity, Event, Record, Span
from kgbuild.resolve import resolve

A, B = "article/aaaaaaaaaaaaaaaa", "article/bbbbbbbbbbbbbbbb"


def event(
    document: str,
    begin: int,
    lemma: str,
    type_: str = "Assault",
    days: tuple[str, str] | None = None,
    **roles: tuple[str, ...],
) -> Event:
    span = Span(begin, begin + 5)
    earliest, latest = days or (None, None)
    return Event(
        f"{document}#event_{begin}_{begin + 5}",
        document,
        span,
        span,
        span,
        lemma,
        type_,
        earliest=earliest,
        latest=latest,
        **roles,
    )


ENTITIES: list[Record] = [
    Entity("actor/arland-q1", "Arland", "State", aliases=("the Arlanders",)),
    Entity("actor/arland-q1", "Arland", "State", aliases=("Port Arl",), confidence=0.5),
    Entity("actor/troops-x1", "Arland troops", "Group", affiliation=("actor/arland-q1",)),
    Entity("actor/borduria-q2", "Borduria", "State"),
]


def clusters(*events: Event) -> list[set[str]]:
    found: dict[str | None, set[str]] = {}
    for r in resolve([*ENTITIES, *events]):
        if isinstance(r, Event):
            found.setdefault(r.cluster, set()).add(r.id)
    assert None not in found
    return sorted(found.values(), key=sorted)


def test_one_record_an_id_with_all_aliases() -> None:
    states = [r for r in resolve(ENTITIES) if r.id == "actor/arland-q1"]
    assert len(states) == 1
    assert isinstance(states[0], Entity)
    assert states[0].aliases == ("Port Arl", "the Arlanders")


def test_verb_and_noun_of_one_act_share_a_cluster_through_affiliation() -> None:
    a = event(A, 0, "invade", agents=("actor/troops-x1",), recipients=("actor/borduria-q2",))
    b = event(A, 90, "invasion", agents=("actor/arland-q1",), recipients=("actor/borduria-q2",))
    assert clusters(a, b) == [{a.id, b.id}]


def test_acts_in_opposite_directions_or_of_other_words_stay_apart() -> None:
    a = event(A, 0, "attack", agents=("actor/arland-q1",), recipients=("actor/borduria-q2",))
    b = event(A, 90, "attack", agents=("actor/borduria-q2",), recipients=("actor/arland-q1",))
    c = event(A, 190, "kill", agents=("actor/arland-q1",), recipients=("actor/borduria-q2",))
    assert len(clusters(a, b, c)) == 3


def test_across_articles_days_must_overlap() -> None:
    roles = {"agents": ("actor/arland-q1",), "recipients": ("actor/borduria-q2",)}
    may = event(A, 0, "bomb", days=("2030-05-01", "2030-05-02"), **roles)
    also = event(B, 0, "bombing", days=("2030-05-02", "2030-05-02"), **roles)
    june = event(B, 50, "bomb", days=("2030-06-01", "2030-06-01"), **roles)
    undated = event("article/cccccccccccccccc", 0, "bomb", **roles)
    assert clusters(may, also, june, undated) == sorted([{may.id, also.id}, {june.id}, {undated.id}], key=sorted)


def test_an_event_with_one_side_never_leaves_its_article() -> None:
    a, b = (
        event(A, 0, "bomb", recipients=("actor/borduria-q2",)),
        event(B, 0, "bomb", recipients=("actor/borduria-q2",)),
    )
    assert len(clusters(a, b)) == 2


def test_an_event_with_one_side_joins_the_one_of_its_article_that_fits() -> None:
    def mobilize(document: str, begin: int, lemma: str, **more: tuple[str, ...]) -> Event:
        made = event(document, begin, lemma, "Mobilize", recipients=("actor/troops-x1",), **more)
        return dataclasses.replace(made, mode="troops")

    whole = mobilize(A, 0, "alert", agents=("actor/arland-q1",))
    half = mobilize(A, 90, "mobilization")
    assert clusters(whole, half) == [{whole.id, half.id}]
    other = mobilize(A, 190, "raise", agents=("actor/borduria-q2",))
    assert len(clusters(whole, half, other)) == 3, "two candidates: no guess"
    assert len(clusters(whole, mobilize(B, 90, "mobilization"))) == 2


def test_order_of_input_does_not_matter() -> None:
    records = [
        *ENTITIES,
        *(
            event(d, n * 10, w, agents=("actor/arland-q1",))
            for d in (A, B)
            for n, w in enumerate(["hit", "hit", "raid"])
        ),
    ]
    expected = resolve(records)
    for seed in range(5):
        shuffled = list(records)
        random.Random(seed).shuffle(shuffled)
        assert resolve(shuffled) == expected


def test_a_ring_of_affiliations_ends() -> None:
    ring: list[Record] = [
        Entity("actor/a-x1", "a", "Group", affiliation=("actor/b-x2",)),
        Entity("actor/b-x2", "b", "Group", affiliation=("actor/a-x1",)),
    ]
    assert len(resolve([*ring, event(A, 0, "hit", agents=("actor/a-x1",), recipients=("actor/b-x2",))])) == 3
