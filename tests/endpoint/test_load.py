"""Many clients at a time beside a query that never ends: a short form of `python -m bench endpoint`."""

from __future__ import annotations

from serving import Endpoint

from bench.endpoint import expected, load


def test_many_clients_get_right_answers_while_a_slow_query_is_cut_off(endpoint: Endpoint) -> None:
    answers = expected(endpoint.folder)
    assert len(answers) > 15
    counts, _, slow = load(endpoint.port, answers, seconds=4, clients=30)
    assert counts["wrong"] == counts["error"] == 0 and counts["right"] > 50
    assert slow and all(status == 503 and 2.9 < seconds < 8 for status, seconds in slow)
    assert endpoint.process.poll() is None
