"""Aggregates on made-up stances: CPU time by number of records, and whether agencies' copies and made camps are found again."""

from __future__ import annotations

import argparse
import hashlib
import random
import time
from datetime import date, timedelta

from kgbuild.aggregate import Aggregates
from kgbuild.ids import document_id, entity_id, record_id
from kgbuild.records import Document, Entity, Record, Span, Stance

SIZES = (25_000, 100_000)
CAMPS = 4
COPIED = 0.3
"""Share of the sentences that are copies of an earlier one: a third word for word, a third with a word changed, a third with a clause added."""
STRAY = 0.05
"""Share of the stances that go against the camps."""
_LETTERS = "bdfgklmnprstvz"


def run(options: argparse.Namespace) -> int:
    """Prints a line for each size; --limit gives one size of its own."""
    took: list[float] = []
    sizes: list[int] = [options.limit] if options.limit else list(SIZES)
    for size in sizes:
        records, origin, side = made(size)
        start = time.process_time()
        found = Aggregates(records)
        ready = time.process_time()
        dyads, camps, changes = found.dyads, found.camps, found.changes
        rows = len(found.table("dyad-month").rows)
        took.append(time.process_time() - start)
        true = len(set(origin.values()))
        mixed = sum(len({origin[s] for s in p.stances}) > 1 for p in found.pieces)
        agree = sum(max(sum(side[m] == s for m in c.members) for s in range(CAMPS)) for c in camps.camps)
        print(
            f"{size} stances: {took[-1]:.1f} s of CPU time (pieces of evidence {ready - start:.1f} s); {true} sentences told, "
            f"{len(found.pieces)} pieces found, {mixed} of more than one; {len(dyads)} dyads, {rows} dyad-months, {len(changes)} changes; "
            f"{len(camps.camps)} camps of {CAMPS} made, {agree / len(side):.3f} of the actors with their side, frustration {camps.frustration:.3f}"
        )
    if len(took) > 1:
        print(f"{sizes[1] / sizes[0]:g} times the stances take {took[1] / took[0]:.1f} times as long")
    return 0


def made(size: int, seed: int = 1) -> tuple[list[Record], dict[str, tuple[str, str, int]], dict[str, int]]:
    """(records, id of a stance -> the sentence it repeats, id of an actor -> its camp)."""
    chance = random.Random(seed)
    words = [
        "".join(chance.choice(_LETTERS) + chance.choice("aeiou") for _ in range(chance.randint(1, 3)))
        for _ in range(4000)
    ]
    people = [_actor(n) for n in range(max(40, size // 250))]
    side = {p.id: n % CAMPS for n, p in enumerate(people)}
    records: list[Record] = list(people)
    origin: dict[str, tuple[str, str, int]] = {}
    told: list[tuple[str, Entity, Entity, float, int]] = []
    for n in range(size):
        if told and chance.random() < COPIED:
            sentence, a, b, score, first = chance.choice(told)
            change = chance.randrange(3)
            if change == 1:
                sentence = sentence.replace(sentence.split(" ")[-2], chance.choice(words))
            elif change == 2:
                sentence = sentence.removesuffix(".") + ", officials said."
        else:
            a, b = chance.sample(people, 2)
            score = round(chance.uniform(0.2, 0.9), 1) * (
                1 if (side[a.id] == side[b.id]) != (chance.random() < STRAY) else -1
            )
            # Word lengths and number as in news; common words first.
            rest = " ".join(words[int(len(words) * chance.random() ** 2)] for _ in range(chance.randint(12, 26)))
            sentence, first = f"{a.name} {'backed' if score > 0 else 'condemned'} {b.name} {rest}.", n
            told.append((sentence, a, b, score, first))
        day = (date(2030, 1, 1) + timedelta(days=chance.randrange(1000))).isoformat()
        text = f"{sentence}\nFiled under {n}.\n"
        sha = hashlib.sha256(text.encode()).hexdigest()
        home, span = document_id(sha), Span(0, len(sentence))
        record = Stance(
            record_id(home, "stance", span, a.id, b.id), home, span, a.id, b.id, "For" if score > 0 else "Against", score, "Statement",
            home, record_id(home, "claim", span), confidence=0.8,
        )  # fmt: skip
        origin[record.id] = (a.id, b.id, first)
        records += [Document(home, text, sha, "made", publisher=f"Paper {chance.randrange(40)}", published=day), record]
    return records, origin, side


def _actor(n: int) -> Entity:
    name = f"Actor {n}"
    return Entity(entity_id("Organization", name), name, "Organization")
