"""Tables of verbs and codes, the events only they know, and the model of what passes between two parties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from marked import by_hand

from kgbuild.claims.coded import parties
from kgbuild.claims.coding import cameo_codes, codes_from
from kgbuild.claims.events import find_events
from kgbuild.claims.pairs import PairModel, features, pair_model
from kgbuild.claims.roles import Cast
from kgbuild.vocab import EVENT_TYPES

TABLE: dict[str, Any] = {
    "types": {"05": "Support", "12": "Reject", "120": "Reject"},
    "sets": {"&ties": "tie|ties|relation|relations"},
    "blocks": [
        [
            [[], [["&ties"]], "050"],
            [[["never"]], [["&ties"]], "120"],
            [[], [["diplomatic", "ties|tie"]], "055"],
            [[], [["golf"]], None],
        ],
        [],
    ],
    "verbs": {
        "renew": [["051", 0, [], []]],
        "mend": [["060", 0, [], [["up"]]]],
        "break": [["040", 1, [], []], ["121", 1, [], [["off"]]]],
    },
}
FULL = """Kenya      Kenya      PROPN NNP 2 nsubj
renewed    renew      VERB  VBD 0 root
diplomatic diplomatic ADJ   JJ  4 amod
ties       tie        NOUN  NNS 2 obj
with       with       ADP   IN  6 case
Mali       Mali       PROPN NNP 4 nmod"""
BREAK = """Kenya  Kenya PROPN NNP 2 nsubj
broke  break VERB  VBD 0 root
talks  talk  NOUN  NNS 2 obj
off    off   ADP   RP  2 compound:prt"""
NEVER = """Kenya   Kenya PROPN NNP 3 nsubj
never   never ADV   RB  3 advmod
renewed renew VERB  VBD 0 root
its     its   PRON  PRP$ 5 nmod:poss
ties    tie   NOUN  NNS 3 obj"""
GOLF = """Kenya   Kenya PROPN NNP 2 nsubj
renewed renew VERB  VBD 0 root
golf    golf  NOUN  NN  2 obj"""

MEND = FULL.replace("renewed    renew ", "mended     mend  ").replace(
    "diplomatic diplomatic ADJ   JJ  4 amod", "up         up         ADP   RP  2 compound:prt"
)


def test_a_use_asks_for_its_own_words_before_those_of_a_block_it_shares() -> None:
    codes = codes_from(TABLE)
    for _ in range(2):  # in whatever order verbs are met
        assert codes.code(by_hand(MEND)[1]) == "050"
        assert codes.code(by_hand(MEND.replace("up         up ", "so         so "))[1]) is None
        assert codes.code(by_hand(FULL)[1]) == "055"


def test_the_longest_pattern_gives_the_code_else_the_verb() -> None:
    codes = codes_from(TABLE)
    assert codes.code(by_hand(FULL)[1]) == "055"
    assert codes.code(by_hand(BREAK)[1]) == "121"
    assert codes.code(by_hand(BREAK.replace("off ", "up  "))[1]) == "040"
    assert codes.code(by_hand(FULL)[3]) is None


def test_words_before_count_and_a_pattern_can_take_the_code_away() -> None:
    codes = codes_from(TABLE)
    assert codes.code(by_hand(NEVER)[2]) == "120"
    assert codes.code(by_hand(GOLF)[1]) is None


def test_a_code_has_the_type_of_its_longest_known_beginning() -> None:
    codes = codes_from(TABLE)
    assert [codes.type(c) for c in ("051", "1203", "99", None)] == ["Support", "Reject", None, None]


def test_the_shipped_table_names_known_types_only() -> None:
    codes = cameo_codes()
    assert set(codes.types.values()) <= set(EVENT_TYPES)
    assert codes.type("171") == "Coerce" and codes.type("1712") == "Assault"
    assert codes.type("051") == "Support" and codes.type("09") == "Investigate"


def test_a_table_of_ones_own_codes_events_no_rule_lists() -> None:
    doc = by_hand(FULL, [("State", "Kenya"), ("State", "Mali")])
    own = codes_from({**TABLE, "types": {}, "overrules": True})
    (found,) = [f for f in find_events(doc, own)[0] if f.rule == "coded" or f.record.cameo == "055"]
    assert found.record.cameo == "055" and found.record.agents


def test_whoever_a_verb_reaches_is_found_inside_its_object() -> None:
    doc = by_hand(FULL, [("State", "Kenya"), ("State", "Mali")])
    names = {e.id: e.name for e in doc._.entities}
    roles = parties(doc[1], Cast(doc))
    assert [names[i] for i in roles.agents] == ["Kenya"] and [names[i] for i in roles.recipients] == ["Mali"]


def test_the_model_weighs_the_features_it_knows() -> None:
    model = PairModel(["v=raid", "v=praise"], ["ASSAULT", "SUPPORT"], np.array([[4.0, 0.0], [0.0, 4.0]], np.float32))
    chances = model.probabilities(["v=raid", "unheard of"])
    assert chances["ASSAULT"] > 0.9 and sum(chances.values()) == pytest.approx(1.0)
    assert model.best(["v=praise"]) == "SUPPORT"
    assert model.probabilities([]) == {"ASSAULT": 0.5, "SUPPORT": 0.5}


def test_features_name_predicate_path_and_put() -> None:
    doc = by_hand(NEVER, [("State", "Kenya")])
    found = features(doc, [doc._.mentions[0].span], [], {2: "Support"})
    assert {"v0=renew", "vo=renew_tie", "v0-type=Support"} <= set(found)
    assert any(f.startswith("v0-how=") and f.endswith("True") for f in found)
    assert found == sorted(set(found))


def test_the_shipped_model_judges_in_plover_classes() -> None:
    model = pair_model()
    assert set(model.classes) <= set(EVENT_TYPES.values())
    assert model.best(["v0=accuse", "v=accuse", "v0-type=Accuse", "type=Accuse"]) == "ACCUSE"
