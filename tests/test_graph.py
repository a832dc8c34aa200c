from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from made_records import FIRST, Article, entity, made_records, shuffled

from kgbuild.config import Config
from kgbuild.export import dump
from kgbuild.graph import collect, network, to_networkx
from kgbuild.graph.evidence import REACH, sentence_around
from kgbuild.graph.measures import asserted, betweenness, communities, degree, pagerank, weighted_degree
from kgbuild.ids import cluster_id
from kgbuild.records import Claim, Document, Entity, Event, Mention, Record, Span, Stance
from kgbuild.store import flat_turtle
from kgbuild.vocab import STATUSES

Data = dict[str, object]


def edges(graph: nx.MultiDiGraph, source: str, target: str) -> list[Data]:
    names = {d["label"] + "/" + d["kind"]: n for n, d in graph.nodes(data=True)}
    found = graph.get_edge_data(names[source], names[target]) or {}
    return [found[k] for k in sorted(found)]


@pytest.fixture(scope="module")
def graph() -> nx.MultiDiGraph:
    return to_networkx(made_records())


def test_every_entity_is_a_node_with_its_mentions_and_articles(graph: nx.MultiDiGraph) -> None:
    records = made_records()
    assert set(graph) == {r.id for r in records if isinstance(r, Entity)}
    norland = next(d for _, d in graph.nodes(data=True) if d["label"] == "Norland" and d["kind"] == "State")
    assert norland["qid"] == "Q900000001"
    assert norland["aliases"] == "Norlanders"
    assert norland["mentions"] == FIRST.count("Norland") + 3
    assert norland["article_count"] == 2
    eastquay = next(d for _, d in graph.nodes(data=True) if d["label"] == "Eastquay")
    assert (eastquay["lat"], eastquay["long"]) == (54.5, -3.25)
    assert graph.graph == {"nodes": len(graph), "edges": graph.number_of_edges(), "articles": 2}


def test_no_record_with_two_entities_is_lost(graph: nx.MultiDiGraph) -> None:
    drawn = {d["record"] for _, _, d in graph.edges(data=True)}
    for e in collect(made_records()):
        if len({x for _, x in e.roles}) > 1:
            assert e.record in drawn, e


def test_a_negated_event_never_looks_like_one_that_took_place(graph: nx.MultiDiGraph) -> None:
    (capture,) = edges(graph, "Sudmark/State", "Amber Islands/Place")
    assert capture["status"] == "Denied"
    assert capture["negated"] is True
    assert capture["label"] == "not Capture at"
    assert capture["according_to"] == "the article"
    assert capture["text"] == "Sudmark has not recaptured the Amber Islands"
    for _, _, d in graph.edges(data=True):
        if d["kind"] == "event" and d["label"] == d["type"]:
            assert d["status"] in ("Reported", "Claimed")
            assert d["negated"] is False


def test_a_disputed_event_names_both_sides(graph: nx.MultiDiGraph) -> None:
    (shelling,) = edges(graph, "Norland/State", "Sudmark/State")
    assert shelling["status"] == "Disputed"
    assert shelling["according_to"] == "Sudmark army spokesman"
    assert shelling["denied_by"] == "Norland defence ministry"
    assert (shelling["earliest"], shelling["latest"]) == ("2031-05-01", "2031-05-01")
    assert shelling["mode"] == "shelling"


def test_hypothetical_events_carry_who_supposes_them_and_their_condition(graph: nx.MultiDiGraph) -> None:
    (close,) = edges(graph, "Norland/State", "Strait of Amber/Place")
    assert (close["status"], close["modality"], close["label"]) == ("Hypothetical", "Conditional", "Coerce?")
    assert close["according_to"] == "Jon Halvorsen"
    assert close["condition"] == "If the League supplied Sudmark with drones"
    supply = [d for d in edges(graph, "League/Organization", "Sudmark/State") if d["label"] == "Aid?"]
    assert [d["is_condition"] for d in supply] == [True]
    promise = [d for d in edges(graph, "League/Organization", "Sudmark/State") if d["status"] == "Expected"]
    assert [d["label"] for d in promise if d["kind"] == "event"] == ["expected: Aid"]


def test_stances_keep_sign_score_and_kind(graph: nx.MultiDiGraph) -> None:
    (stance,) = [d for d in edges(graph, "Mara Lind/Person", "Jon Halvorsen/Person") if d["kind"] == "stance"]
    assert (stance["polarity"], stance["score"], stance["type"]) == ("Against", -0.8, "Evaluation")
    assert stance["label"] == "Evaluation −"


def test_said_and_ties_are_kinds_of_their_own(graph: nx.MultiDiGraph) -> None:
    denial = [d for d in edges(graph, "Norland defence ministry/Organization", "Norland/State") if d["kind"] == "said"]
    assert [(d["type"], d["negated"], d["status"]) for d in denial] == [("Deny", True, "Reported")]
    assert [d["type"] for d in edges(graph, "Norland/State", "Norland/Place")] == ["territory"]
    assert [d["type"] for d in edges(graph, "Eastquay/City", "Sudmark/Place")] == ["within"]


def test_participants_in_one_role_are_joined(graph: nx.MultiDiGraph) -> None:
    (agreed,) = edges(graph, "League/Organization", "Westmere/State")
    assert (agreed["role"], agreed["type"]) == ("together", "Agree")


def test_an_event_without_an_agent_does_not_make_its_victim_the_doer() -> None:
    article = Article("Eastquay in Sudmark was shelled.\n", "x", None, None, None)
    sudmark, eastquay = entity("State", "Sudmark"), entity("City", "Eastquay")
    article.event(
        "Eastquay in Sudmark was shelled", "shelled", "Assault", "Eastquay in Sudmark was shelled.",
        recipients=(sudmark.id,), places=(eastquay.id,),
    )  # fmt: skip
    (edge,) = network([*article.records, sudmark, eastquay]).edges
    assert (edge.source_role, edge.role) == ("recipient", "place")
    assert edge.label() == "undergoes Assault at?"  # and nobody states it


@pytest.mark.parametrize(("kind", "label"), [("Assault", "Assault together?"), ("Consult", "Consult?")])
def test_two_who_do_it_together_do_not_do_it_to_each_other(kind: str, label: str) -> None:
    article = Article("Norland and Westmere did it.\n", "x", None, None, None)
    norland, westmere = entity("State", "Norland"), entity("State", "Westmere")
    article.event(
        "Norland and Westmere did it", "did", kind, "Norland and Westmere did it.", agents=(norland.id, westmere.id)
    )
    (edge,) = network([*article.records, norland, westmere]).edges
    assert edge.label() == label


def test_offsets_and_words_agree(graph: nx.MultiDiGraph) -> None:
    texts = {r.id: r.text for r in made_records() if isinstance(r, Document)}
    seen = 0
    for _, _, d in graph.edges(data=True):
        if d["kind"] == "tie":
            continue
        text = texts[d["article"]]
        assert text[d["begin"] : d["end"]] == d["text"]
        assert text[d["sentence_begin"] : d["sentence_end"]] == d["sentence"]
        assert d["text"] in d["sentence"]
        seen += 1
    assert seen > 20


def test_the_dateline_and_the_neighbour_sentence_stay_out(graph: nx.MultiDiGraph) -> None:
    sentences = {d.get("sentence") for _, _, d in graph.edges(data=True)}
    assert "Norland shelled the port of Eastquay on Monday, a Sudmark army spokesman said." in sentences
    assert "Norland called for a truce over the Amber Islands." in sentences


def test_hearsay_is_claimed_by_nobody_named_and_never_reported() -> None:
    (fled,) = [e for e in collect(made_records()) if e.type == "Suffer"]
    assert (fled.status, fled.hearsay) == ("Claimed", True)


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ([], "Hypothetical"),
        ([("own", "Factual", False)], "Reported"),
        ([("actor", "Factual", False)], "Claimed"),
        ([("actor", "Factual", True)], "Denied"),
        ([("own", "Factual", True)], "Denied"),
        ([("own", "Planned", False)], "Expected"),
        ([("own", "Planned", True)], "Hypothetical"),
        ([("own", "Possible", False)], "Hypothetical"),
        ([("own", "Conditional", False), ("actor", "Factual", False)], "Claimed"),
        ([("own", "Factual", False), ("actor", "Factual", True)], "Reported"),
    ],
)
def test_status_by_claims(claims: list[tuple[str, str, bool]], status: str) -> None:
    article = Article("Norland shelled Sudmark.\n", "x", None, None, None)
    norland, sudmark = entity("State", "Norland"), entity("State", "Sudmark")
    event = article.event(
        "Norland shelled Sudmark", "shelled", "Assault", "Norland shelled Sudmark.", agents=(norland.id,),
        recipients=(sudmark.id,),
    )  # fmt: skip
    for n, (source, modality, negated) in enumerate(claims):
        claim = article.claim(
            "Norland shelled Sudmark", sudmark.id if source == "actor" else None, "Norland shelled Sudmark",
            content=event.id, modality=modality, negated=negated,
        )  # fmt: skip
        article.records[-1] = replace(claim, id=f"{claim.id}-{n}")
    found = network([*article.records, norland, sudmark])
    assert [e.evidence.status for e in found.edges if e.kind == "event" and e.evidence] == [status]


def test_status_is_that_of_the_rdf() -> None:
    records: list[Record] = [
        replace(r, cluster=cluster_id(r.type, [r.id])) if isinstance(r, Event) and r.cluster is None else r
        for r in made_records()
    ]
    base = Config().base
    derived = rdflib.Graph().parse(data=flat_turtle(dump("turtle", records, Config())), format="turtle")
    rdf = {
        str(e)[len(base) :]: str(o).rpartition("/")[2]
        for e, o in derived.subject_objects(rdflib.URIRef(base + "ns#status"))
    }
    ours = {e.record: e.status for e in collect(records) if e.kind == "event"}
    assert ours == rdf
    assert set(ours.values()) == set(STATUSES)


def test_an_entity_without_a_record_is_shown_by_its_id_and_an_orphan_record_is_left_out() -> None:
    article = Article("Norland hates Sudmark.\n", "x", None, None, None)
    article.stance("Norland hates Sudmark", "actor/norland-x1", "actor/sudmark-x2", -1.0, "Evaluation", "")
    view = network(article.records)
    assert [(n.label, n.known) for n in view.nodes] == [("actor/norland-x1", False), ("actor/sudmark-x2", False)]
    assert len(view.edges) == 1
    assert network([r for r in article.records if not isinstance(r, Document)]).edges == ()


def test_a_malformed_wikidata_id_is_no_link() -> None:
    (node,) = network([replace(entity("State", "Norland"), qid='Q1"><script>')]).nodes
    assert node.qid is None


def test_the_order_of_records_does_not_matter() -> None:
    records = made_records()
    one = to_networkx(records)
    for seed in range(3):
        other = shuffled(records)
        random.Random(seed).shuffle(other)
        again = to_networkx(other)
        assert list(again.nodes(data=True)) == list(one.nodes(data=True))
        assert list(again.edges(keys=True, data=True)) == list(one.edges(keys=True, data=True))


def test_the_hash_seed_does_not_matter(root: Path) -> None:
    code = (
        "from made_records import made_records; from kgbuild.graph import to_networkx;"
        "from kgbuild.graph import measures as m; g = to_networkx(made_records());"
        "print(list(g.edges(keys=True, data=True)), m.communities(g), m.pagerank(g), m.betweenness(g))"
    )
    path = os.pathsep.join([str(root), str(root / "tests")])
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


def test_networkx_is_imported_only_for_networkx(root: Path) -> None:
    code = "import sys, kgbuild.graph, kgbuild.page; print('networkx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "False"


IDS = [f"actor/a{i}-x{i}" for i in range(4)] + ["place/p-x0", "topic/t-x0"]
some = st.lists(st.sampled_from(IDS), max_size=3).map(tuple)


@given(agents=some, recipients=some, themes=some, places=some, instruments=some)
def test_any_event_with_two_entities_has_an_edge_and_no_entity_is_joined_to_itself(
    agents: tuple[str, ...], recipients: tuple[str, ...], themes: tuple[str, ...], places: tuple[str, ...],
    instruments: tuple[str, ...],
) -> None:  # fmt: skip
    article = Article("They met.\n", "x", None, None, None)
    article.event(
        "They met", "met", "Consult", "They met.", agents=agents, recipients=recipients, themes=themes, places=places,
        instruments=instruments,
    )  # fmt: skip
    view = network(article.records)
    involved = {*agents, *recipients, *themes, *places, *instruments}
    assert bool(view.edges) == (len(involved) > 1)
    assert all(e.source != e.target for e in view.edges)
    assert len({(e.source, e.target) for e in view.edges}) == len(view.edges)
    assert {n.id for n in view.nodes} == involved


@given(text=st.text(alphabet="Ab. !?\"'\n😀Mr", max_size=80), cut=st.tuples(st.integers(0, 79), st.integers(1, 80)))
def test_a_sentence_always_holds_its_span(text: str, cut: tuple[int, int]) -> None:
    begin, end = min(cut), max(cut)
    if begin >= end or end > len(text):
        return
    found = sentence_around(Document("article/0000000000000000", text, "0" * 64, "x"), Span(begin, end))
    assert 0 <= found.begin <= begin
    assert end <= found.end <= len(text)


def test_a_line_without_an_end_is_cut() -> None:
    text = "x" * 100_000
    found = sentence_around(Document("article/0000000000000000", text, "0" * 64, "x"), Span(50_000, 50_010))
    assert found == Span(50_000 - REACH, 50_010 + REACH)


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("One went. Mr. Gray of the U.S. Senate said no. Two.", "said", "Mr. Gray of the U.S. Senate said no."),
        ('He spoke. "We go," she said. "Now!" They went.', "she said", '"We go," she said.'),
        ("It rose 3.5 percent. It fell.", "rose", "It rose 3.5 percent."),
        ("No end here", "end", "No end here"),
    ],
)
def test_sentences_by_punctuation(text: str, words: str, sentence: str) -> None:
    begin = text.index(words)
    found = sentence_around(Document("article/0000000000000000", text, "0" * 64, "x"), Span(begin, begin + len(words)))
    assert text[found.begin : found.end] == sentence


def test_an_empty_graph_has_measures_too() -> None:
    empty = to_networkx([])
    assert len(empty) == 0
    for measure in (degree, weighted_degree, betweenness, pagerank, communities):
        assert measure(empty) == {}


def test_degrees_count_parallel_edges(graph: nx.MultiDiGraph) -> None:
    for node, value in degree(graph).items():
        assert value == len(list(graph.in_edges(node))) + len(list(graph.out_edges(node)))
    total = sum(d["confidence"] for _, _, d in graph.edges(data=True))
    assert sum(weighted_degree(graph).values()) == pytest.approx(2 * total)


def test_pagerank_is_the_eigenvector_of_the_google_matrix(graph: nx.MultiDiGraph) -> None:
    import numpy as np

    simple = nx.DiGraph()
    simple.add_nodes_from(graph)
    for a, b, d in graph.edges(data=True):
        weight = simple.get_edge_data(a, b, {"weight": 0.0})["weight"] + d["confidence"]
        simple.add_edge(a, b, weight=weight)
    matrix = nx.google_matrix(simple, alpha=0.85)
    values, vectors = np.linalg.eig(matrix.T)
    vector = np.real(vectors[:, np.argmax(np.real(values))])
    expected = vector / vector.sum()
    found = pagerank(graph)
    assert sum(found.values()) == pytest.approx(1.0)
    assert list(found.values()) == pytest.approx(list(expected), abs=1e-6)


def test_betweenness_of_a_bridge() -> None:
    chain = nx.MultiDiGraph()
    for a, b in (("a", "b"), ("b", "c")):
        chain.add_edge(a, b, confidence=1.0)
    assert betweenness(chain) == {"a": 0.0, "b": 1.0, "c": 0.0}


def test_communities_split_two_camps() -> None:
    camps = nx.MultiDiGraph()
    for group in ("abcd", "wxyz"):
        for a in group:
            for b in group:
                if a < b:
                    camps.add_edge(a, b, confidence=0.9)
    camps.add_edge("a", "w", confidence=0.1)
    found = communities(camps)
    assert {found[n] for n in "abcd"} == {0}
    assert {found[n] for n in "wxyz"} == {1}


def test_asserted_drops_what_nobody_states(graph: nx.MultiDiGraph) -> None:
    kept = asserted(graph)
    assert set(kept) == set(graph)
    statuses = {d.get("status") for _, _, d in kept.edges(data=True)}
    assert statuses == {"Reported", "Disputed", None}  # None: ties; what is merely claimed has one participant here
    assert 0 < kept.number_of_edges() < graph.number_of_edges()


def test_the_records_are_all_made() -> None:
    kinds: set[type[Record]] = {type(r) for r in made_records()}
    assert kinds == {Document, Entity, Mention, Event, Claim, Stance}


def test_a_stance_is_no_edge_to_its_aspect() -> None:
    """A warning to the north over jets is against the north; nothing says that it is against jets."""
    records = made_records()
    topic = next(r.id for r in records if isinstance(r, Entity) and r.kind == "Topic")
    records = [replace(r, aspect=topic) if isinstance(r, Stance) and r.target != topic else r for r in records]
    stances = {r.id: r for r in records if isinstance(r, Stance)}
    assert any(r.aspect for r in stances.values())
    drawn = [e for e in network(records).edges if e.kind == "stance"]
    assert drawn
    assert all((e.source, e.target) == (stances[e.record].holder, stances[e.record].target) for e in drawn)
