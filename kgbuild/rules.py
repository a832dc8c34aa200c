"""Rule files: YAML in `data/`, each entry with its own examples and counterexamples, checked when loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kgbuild.config import data_path
from kgbuild.errors import RuleError

__all__ = ["load_rules", "require_examples"]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C loader where PyYAML has it
    """YAML in which on, off, yes and no are the words they are, as in YAML 1.2: rule files list prepositions."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


@cache
def load_rules(name: str) -> Mapping[str, Any]:
    """The content of data/<name>.yaml, a mapping. Raises RuleError naming the file and line when it is malformed."""
    path = data_path(f"{name}.yaml")
    return _load(path)


def _load(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as handle:
            content = yaml.load(handle, Loader=_Loader)
    except OSError as error:
        raise RuleError(f"{path.name}: cannot be read ({error.strerror}); reinstall kgbuild") from error
    except yaml.YAMLError as error:
        raise RuleError(f"{path.name}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise RuleError(f"{path.name}: must be a mapping at the top")
    return content


def require_examples(file: str, rules: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise RuleError unless every rule carries at least one example and one counterexample.

    `rules` maps a rule's name to its entry; `examples` and `counterexamples` are lists in it.
    """
    for name, rule in rules.items():
        for key in ("examples", "counterexamples"):
            if not rule.get(key):
                raise RuleError(f"{file}: rule {name!r} has no {key}; add at least one")
