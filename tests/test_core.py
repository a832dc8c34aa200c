from __future__ import annotations

import doctest
import inspect
from pathlib import Path

import pytest

import kgbuild
from kgbuild import errors, ids, records, registry
from kgbuild.errors import KgbuildError, RuleError, UsageError
from kgbuild.rules import _load, require_examples


@pytest.mark.parametrize("module", [ids, records, registry])
def test_the_examples_in_docstrings_run(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted and not result.failed


def test_every_error_is_listed_with_its_status_in_the_tree() -> None:
    for name in errors.__all__:
        cls = getattr(errors, name)
        assert issubclass(cls, KgbuildError)
        line = next(line for line in (errors.__doc__ or "").splitlines() if name in line)
        assert f" {cls.status} " in line
    statuses = [getattr(errors, n).status for n in errors.__all__]
    assert len(set(statuses)) == len(statuses)


def test_an_unknown_name_in_a_table_lists_the_known() -> None:
    table = registry.Registry[object]("reader", {"text": "kgbuild.records:Span"})
    with pytest.raises(UsageError, match="unknown reader 'pdf'; known: text"):
        table["pdf"]


def test_public_names_exist_and_are_documented() -> None:
    for name in kgbuild.__all__:
        thing = getattr(kgbuild, name)
        if callable(thing):
            assert inspect.getdoc(thing)
    with pytest.raises(AttributeError):
        kgbuild.nothing  # noqa: B018


@pytest.mark.parametrize("content", [b"[1, 2]", b"a: [", b"\x00"])
def test_a_malformed_rule_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rules.yaml"
    path.write_bytes(content)
    with pytest.raises(RuleError, match=r"rules\.yaml"):
        _load(path)


def test_a_rule_without_a_counterexample_is_refused() -> None:
    with pytest.raises(RuleError, match="'hit' has no counterexamples"):
        require_examples("x.yaml", {"hit": {"examples": ["He hit it."]}})
