"""Factuality: every rule on its own examples, and how effects compose."""

from __future__ import annotations

from typing import Any

import pytest
from attributed_docs import parsed
from spacy.language import Language

from kgbuild.annotate import load
from kgbuild.claims.factuality import factuality
from kgbuild.claims.modality import FILE, tables
from kgbuild.config import Config
from kgbuild.rules import load_rules


def _cases() -> list[tuple[str, str, str, list[str]]]:
    found = []
    for section, content in load_rules(FILE).items():
        rules = {section: content} if "examples" in content else {f"{section}.{k}": v for k, v in content.items()}
        for name, rule in rules.items():
            for example in [*rule["examples"], *rule["counterexamples"]]:
                found.append((name, example["text"], example["word"], example["verdict"]))
    return found


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load(Config())


def verdict(nlp: Language, text: str, word: str) -> list[str]:
    doc = nlp(text)
    fact = factuality(doc, next(t.i for t in doc if t.text == word))
    return [fact.modality, *(["negated"] if fact.negated else []), *(["hearsay"] if fact.hearsay else [])]


@pytest.mark.model
@pytest.mark.parametrize(("name", "text", "word", "expected"), _cases())
def test_each_rule_holds_on_its_own_examples(
    nlp: Language, name: str, text: str, word: str, expected: list[str]
) -> None:
    assert verdict(nlp, text, word) == expected, name


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("The rebels did not manage to seize the port.", "seize", ["Factual", "negated"]),
        ("The rebels did not refuse to leave the port.", "leave", ["Factual"]),
        ("The minister has no plans to visit Kenya.", "visit", ["Planned", "negated"]),
        ("The general said that his troops would leave the town.", "leave", ["Planned"]),
        ("The general said that he would attack if they crossed the river.", "attack", ["Conditional"]),
        ("The rebels may have attacked the port.", "attacked", ["Possible"]),
        ("They could attack and burn the town.", "burn", ["Possible"]),
        ("The army did not attack the village or burn the crops.", "burn", ["Factual", "negated"]),
        ("The minister asked how the guards had escaped.", "escaped", ["Factual"]),
        ("Did the army attack the village?", "attack", ["Questioned"]),
        ("Bombing the port would anger the farmers.", "Bombing", ["Conditional"]),
        ("Bombing the port angered the farmers.", "Bombing", ["Factual"]),
        ("Engineers laid the groundwork for the capture of the port.", "capture", ["Desired"]),
        ("The army must feed all rebels it captures.", "captures", ["Desired"]),
        ("The army fed the rebels it captured.", "captured", ["Factual"]),
        ("The army withdrew after the rebels attacked the port.", "attacked", ["Factual"]),
        ("The court will try the men who attacked the port.", "attacked", ["Factual"]),
        ("The rebels, who did not attack the port, withdrew.", "withdrew", ["Factual"]),
        ("The mayor denied that the police killed the student.", "killed", ["Factual", "negated"]),
        ("The guards prevented the crowd from attacking the court.", "attacking", ["Factual", "negated"]),
        ("The fire could spread, putting the town in danger.", "danger", ["Possible"]),
        (
            "They saw nothing that would lead them to conclude that they need to leave.",
            "leave",
            ["Conditional", "negated"],
        ),
        ("The army has been forced to withdraw from the town.", "withdraw", ["Factual"]),
    ],
)
def test_effects_compose(nlp: Language, text: str, word: str, expected: list[str]) -> None:
    assert verdict(nlp, text, word) == expected


CONDITION = """
If IN SCONJ mark 3
rebels NNS NOUN nsubj 3
attack_ VBP VERB advcl 7
, , PUNCT punct 3
troops NNS NOUN nsubj 7
will MD AUX aux 7
respond_ VB VERB ROOT 0
. . PUNCT punct 7
"""


def test_a_condition_names_its_predicate() -> None:
    doc = parsed(CONDITION)
    main, clause = factuality(doc, 6), factuality(doc, 2)
    assert (main.modality, main.condition) == ("Conditional", 2)
    assert (clause.modality, clause.condition) == ("Conditional", None)


def test_negation_of_the_report_is_not_the_content_s() -> None:
    doc = parsed("""
        Ana NNP PROPN nsubj 4
        did VBD AUX aux 4
        not RB PART advmod 4
        say VB VERB ROOT 0
        that IN SCONJ mark 7
        rebels NNS NOUN nsubj 7
        attacked_ VBD VERB ccomp 4
        . . PUNCT punct 4
    """)
    fact = factuality(doc, 6)
    assert (fact.modality, fact.negated) == ("Questioned", False)


def test_a_tree_that_is_all_one_chain_ends() -> None:
    rows = ["w0 VB VERB ROOT 0"] + [f"w{i} VB VERB xcomp {i}" for i in range(1, 60)]
    assert factuality(parsed("\n".join(rows)), 59).modality in {"Factual", "Desired"}


def test_tables_are_complete() -> None:
    compiled: Any = tables()
    assert compiled.auxiliaries["will"].modality == "Planned"
    assert compiled.predicates["failed", "to"].negates
    assert "no" in compiled.negation
