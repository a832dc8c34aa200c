"""The records about one actor, or about a pair, as one self-contained page to read and to print: no script, nothing asked of the network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kgbuild.records import Record

__all__ = ["Page", "dossier", "find"]


class Page(str):
    """The text of an HTML page; a notebook shows it in a frame of its own, without scripts."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from html import escape  # only notebooks need it

        return (
            f'<iframe sandbox="" style="width:100%;height:640px;border:0" srcdoc="{escape(self, quote=True)}"></iframe>'
        )


def dossier(records: Iterable[Record], names: Sequence[str]) -> bytes:
    """The page about one name, or about what is between two, as UTF-8 HTML; the same for every order of the records.

    Raises UsageError when a name is unknown (the message lists near ones), stands for several, or when there are none or more than two.
    """
    from kgbuild.report.portrait import Portrait
    from kgbuild.report.writing import render

    return render(Portrait(records, names)).encode()


def find(records: Iterable[Record], name: str) -> str:
    """The id of the entity of this name, alias or id. Raises UsageError as `dossier` does."""
    from kgbuild.records import Entity
    from kgbuild.report.portrait import named

    return named({r.id: r for r in records if isinstance(r, Entity)}, name)
