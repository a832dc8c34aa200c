"""How results and messages look: text made fit for a terminal, tables, evidence, and what a build did, in words."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["changed", "clean", "evidence", "gone", "table"]

CONTROL = {
    **dict.fromkeys((*range(32), *range(127, 160), 8206, 8207, *range(8234, 8239), *range(8294, 8298)), " "),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
"""Control and direction characters that text from an article must not send to a terminal, and bytes of a name that no terminal can show."""

PART_STYLES = {"trigger": "bold yellow", "cue": "bold magenta", "source": "bold green"}
"""Colours of words with a job in a sentence that `explain` shows; the record's own words are bold."""


def changed(changes: Any) -> str:
    """What a build did, where it did not make the whole folder: " (1 new, 5 as they were)"."""
    parts = [(changes.new, "new"), (changes.replaced, "changed"), (changes.kept - changes.again, "as they were"),
             (changes.again, "processed again: program, settings or machine are others than before")]  # fmt: skip
    said = [f"{n} {words}" for n, words in parts if n]
    return f" ({', '.join(said)})" if changes.replaced or changes.kept else ""


def gone(sources: Sequence[str], folder: Path) -> str:
    """One line on articles whose inputs are gone."""
    shown = ", ".join(clean(s) for s in sources[:5]) + (" ..." if len(sources) > 5 else "")
    one = len(sources) == 1
    return (
        f"{len(sources)} article{' is' if one else 's are'} no longer in the inputs and stay{'s' if one else ''} in the graph: {shown}; "
        f"`kgbuild remove {folder} SOURCE` takes {'it' if one else 'them'} out"
    )


def clean(text: str) -> str:
    """Text without the characters that command a terminal or turn its writing around."""
    return text.translate(CONTROL)


def table(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """A table with colour in a terminal, cards where it would not fit, tab-separated lines in a pipe."""
    cells = [[clean(c or "") for c in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [list(columns), *cells]:
            print("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    widths = [max((len(row[n]) for row in [list(columns), *cells]), default=0) for n in range(len(columns))]
    if sum(widths) + 3 * len(widths) + 1 <= console.width:
        table = Table(*columns)
        for row in cells:
            table.add_row(*(Text(c) for c in row))
        console.print(table)
        return
    # Sentences do not fit into the columns of a table: a card each, its first value on top.
    for number, row in enumerate(cells):
        if number:
            console.print()
        console.print(Text(row[0], style="bold cyan"))
        card = Table.grid(padding=(0, 2))
        for name, cell in list(zip(columns, row, strict=True))[1:]:
            if cell:
                card.add_row(Text(f"  {name}", style="dim"), Text(cell))
        console.print(card)


def evidence(evidence: Any) -> None:
    """One sentence behind a record, its words coloured by their job."""
    from rich.console import Console
    from rich.text import Text

    sentence = Text(clean(evidence.sentence))
    sentence.stylize("bold", evidence.begin, evidence.end)
    for begin, end, job in evidence.parts:
        sentence.stylize(PART_STYLES[job], begin, end)
    console = Console()
    console.print(Text(evidence.label, style="bold cyan"), soft_wrap=True)
    console.print(Text("  ") + sentence, soft_wrap=True)
    console.print(Text(f"  {evidence.detail}", style="dim"), soft_wrap=True)
