"""Events of one happening on hand-made records: what joins, what keeps apart, and that order does not matter."""

from __future__ import annotations

import dataclasses
import hashlib
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgbuild.records import Document, Entity, Event, Paragraph, Record, Span
from kgbuild.resolve import resolve

ARLAND, BORDURIA, SELVA, PORT, OTHERTOWN = (
    "actor/arland-q1",
    "actor/borduria-q2",
    "place/selva-q3",
    "place/port-q4",
    "place/ostrov-q5",
)
LAND, LIND, TROOPS, MAN = "place/borduria-q6", "actor/lind-q7", "actor/troops-x8", "actor/the-senator-x9"
ENTITIES: list[Record] = [
    Entity(ARLAND, "Arland", "State", territory="place/arland-q8"),
    Entity(BORDURIA, "Borduria", "State", territory=LAND),
    Entity(LAND, "Borduria", "Place"),
    Entity(SELVA, "Selva", "City", within=LAND),
    Entity(PORT, "Selva Harbour", "Place", within=SELVA),
    Entity(OTHERTOWN, "Ostrov", "City", within=LAND),
    Entity(LIND, "Mara Lind", "Person"),
    Entity(TROOPS, "Arland troops", "Group", affiliation=(ARLAND,)),
    Entity(MAN, "senator", "Person"),
]


class Article:
    """A text with one event a word: `event("liberate", ...)` finds the next place of the word."""

    def __init__(self, text: str, published: str | None = None) -> None:
        self.text = text
        self.sha = hashlib.sha256(text.encode()).hexdigest()
        self.id = f"article/{self.sha[:16]}"
        head = text.index("\n") if "\n" in text else 0
        paragraphs = (
            (Paragraph(0, head, "headline"), Paragraph(head + 1, len(text))) if head else (Paragraph(0, len(text)),)
        )
        self.document = Document(self.id, text, self.sha, "made.txt", published=published, paragraphs=paragraphs)
        self.at = 0

    def event(
        self, word: str, lemma: str = "", type_: str = "Assault", days: tuple[str, str] | None = None,
        mode: str | None = None, number: tuple[float, str] | None = None, **roles: tuple[str, ...],
    ) -> Event:  # fmt: skip
        begin = self.text.index(word, self.at)
        self.at = begin + len(word)
        span = Span(begin, self.at)
        clause = Span(max(0, self.text.rfind(".", 0, begin) + 1), len(self.text))
        return Event(
            f"{self.id}#event_{begin}_{self.at}", self.id, span, clause, clause, lemma or word, type_, mode=mode,
            earliest=days[0] if days else None, latest=days[1] if days else None,
            quantity=number[0] if number else None, quantity_text=number[1] if number else None, **roles,
        )  # fmt: skip


def joined(articles: Sequence[Article], *events: Event) -> list[list[int]]:
    """Numbers of the events (from 0), by cluster."""
    clusters: dict[str | None, list[int]] = {}
    found = {r.id: r for r in resolve([*ENTITIES, *(a.document for a in articles), *events]) if isinstance(r, Event)}
    for n, event in enumerate(events):
        clusters.setdefault(found[event.id].cluster, []).append(n)
    return sorted(clusters.values())


def test_a_vaguer_word_for_the_same_place_and_the_bare_noun_after_it() -> None:
    a = Article("They bombed Selva. It was an attack on Selva. The attack went on. Another attack hit Ostrov.")
    events = (
        a.event("bombed", "bomb", places=(SELVA,)), a.event("attack", places=(SELVA,), mode="bomb"),
        a.event("attack"), a.event("attack", places=(OTHERTOWN,)),
    )  # fmt: skip
    first = dataclasses.replace(events[1], sentence=events[1].trigger)
    assert joined([a], events[0], first, *events[2:]) == [[0, 1, 2], [3]]


def test_a_new_noun_is_another_event() -> None:
    a = Article("A strike hit Selva. A second strike hit Selva. The strike killed two.")
    events = a.event("strike", places=(SELVA,)), a.event("strike", places=(SELVA,)), a.event("strike")
    assert joined([a], *events) == [[0], [1, 2]], "the bare noun means the one told of last"


def test_the_headline_may_leave_a_side_out() -> None:
    a = Article("Lind killed\nTroops killed Lind at dawn.")
    events = (
        a.event("killed", "kill", mode="kill", recipients=(LIND,)),
        a.event("killed", "kill", mode="kill", agents=(TROOPS,), recipients=(LIND,)),
    )
    assert joined([a], *events) == [[0, 1]]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"agents": (ARLAND,)}, {"agents": (BORDURIA,)}),
        ({"recipients": (BORDURIA,)}, {"recipients": (ARLAND,)}),
        ({"places": (SELVA,)}, {"places": (OTHERTOWN,)}),
        ({"places": (SELVA, OTHERTOWN)}, {"places": (SELVA,)}),
        ({"days": ("2031-05-01", "2031-05-01")}, {"days": ("2031-05-02", "2031-05-02")}),
        ({"number": (12.0, "12 fighters")}, {"number": (40.0, "40 fighters")}),
    ],
)
def test_what_contradicts_keeps_apart(one: dict[str, object], two: dict[str, object]) -> None:
    a = Article("They attacked. They attacked.")
    shared = {"agents": (ARLAND,), "recipients": (BORDURIA,), "places": (PORT,), "days": ("2031-05-01", "2031-05-03")}
    whole = a.event("attacked", "attack", **{**shared, **one}), a.event("attacked", "attack", **{**shared, **two})  # type: ignore[arg-type]
    assert joined([a], *whole) == [[0], [1]]
    a.at = 0
    same = a.event("attacked", "attack", **shared), a.event("attacked", "attack", **shared)  # type: ignore[arg-type]
    assert joined([a], *same) == [[0, 1]]


def test_a_place_within_the_other_and_a_nominal_side_do_not_contradict() -> None:
    a = Article("They shelled Selva. They shelled the harbour.")
    events = (
        a.event("shelled", "shell", agents=(TROOPS,), places=(SELVA,)),
        a.event("shelled", "shell", agents=(ARLAND,), places=(PORT,)),
    )
    assert joined([a], *events) == [[0, 1]]


def test_a_meeting_is_one_whoever_is_named_first() -> None:
    a = Article("Arland met Lind. Lind met Arland. Lind met Borduria.")
    roles = [((ARLAND,), (LIND,)), ((LIND,), (ARLAND,)), ((LIND,), (BORDURIA,))]
    events = [a.event("met", "meet", "Consult", agents=x, recipients=y) for x, y in roles]
    assert joined([a], *events) == [[0, 1], [2]]


def test_to_take_and_to_retake_are_two_acts() -> None:
    a = Article("They took Selva. Then others retook Selva, and the liberation of Selva was hailed.")
    events = (
        a.event("took", "take", "Capture", mode="territory", places=(SELVA,)),
        a.event("retook", "retake", "Capture", mode="territory", places=(SELVA,)),
        a.event("liberation", "liberation", "Capture", mode="territory", places=(SELVA,)),
    )
    assert joined([a], *events) == [[0], [1, 2]]


def test_across_articles_both_sides_and_the_days_must_agree() -> None:
    a, b = Article("In one: bombed."), Article("In two: bombed.")
    may, june = ("2031-05-01", "2031-05-02"), ("2031-06-01", "2031-06-01")
    both = {"agents": (ARLAND,), "places": (SELVA,)}

    def pair(one: dict[str, object], two: dict[str, object]) -> bool:
        a.at = b.at = 0
        return len(joined([a, b], a.event("bombed", "bomb", **one), b.event("bombed", "bomb", **two))) == 1  # type: ignore[arg-type]

    assert pair({**both, "days": may}, {**both, "agents": (TROOPS,), "days": may})
    assert not pair({**both, "days": may}, {**both, "days": june})
    assert not pair({**both, "days": may}, both)
    assert not pair({**both, "days": may}, {"places": (SELVA,), "days": may})
    assert not pair({**both, "days": may}, {**both, "places": (OTHERTOWN,), "days": may})
    assert not pair({**both, "days": may}, {**both, "days": ("2031-01-01", "2031-12-31")})


def test_across_articles_an_article_is_taken_as_a_whole() -> None:
    a, b = (
        Article("Troops freed Selva. The liberation of Selva came on May 1."),
        Article("Arland freed Selva on May 1."),
    )
    day = ("2031-05-01", "2031-05-01")
    events = (
        a.event("freed", "free", "Capture", mode="territory", agents=(TROOPS,), places=(SELVA,)),
        a.event("liberation", "", "Capture", mode="territory", places=(SELVA,), days=day),
        b.event("freed", "free", "Capture", mode="territory", agents=(ARLAND,), places=(SELVA,), days=day),
    )
    assert joined([a, b], *events) == [[0, 1, 2]]


def test_a_named_person_is_killed_once_and_a_town_taken_once_a_season() -> None:
    a, b, late = (
        Article("One: killed, took.", "2031-05-01"),
        Article("Two: killed, took.", "2031-06-01"),
        Article("Three: took.", "2032-05-01"),
    )
    kill = [x.event("killed", "kill", mode="kill", agents=(TROOPS,), recipients=(LIND,)) for x in (a, b)]
    nobody = [x.event("took", "kill", mode="kill", agents=(TROOPS,), recipients=(MAN,)) for x in (a, b)]
    assert joined([a, b], *kill) == [[0, 1]]
    assert joined([a, b], *nobody) == [[0], [1]], "a senator is killed: which one, another article may not mean"
    a.at = b.at = 0
    take = [
        x.event("took", "take", "Capture", mode="territory", agents=(ARLAND,), places=(SELVA,)) for x in (a, b, late)
    ]
    assert joined([a, b, late], *take) == [[0, 1], [2]]


ROLES = st.sampled_from([(), (ARLAND,), (BORDURIA,), (TROOPS,)])
ONE = st.tuples(
    st.integers(0, 3), st.sampled_from(["bomb", "attack", "strike", "liberation", "liberate"]), ROLES, ROLES,
    st.sampled_from([(), (SELVA,), (PORT,), (OTHERTOWN,)]),
    st.sampled_from([None, ("2031-05-01", "2031-05-01"), ("2031-05-01", "2031-05-03"), ("2031-05-03", "2031-05-03")]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(ONE, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(made: list[tuple[object, ...]], rng: random.Random) -> None:
    articles = [Article(" ".join(["bomb attack strike liberation liberate"] * 13) + str(n)) for n in range(4)]
    events: list[Record] = [
        articles[n].event(word, agents=x, recipients=y, places=p, days=d)  # type: ignore[call-overload,index,arg-type]
        for n, word, x, y, p, d in made
    ]
    records = [*ENTITIES, *(a.document for a in articles), *events]
    expected = resolve(records)
    rng.shuffle(records)
    assert resolve(records) == expected
