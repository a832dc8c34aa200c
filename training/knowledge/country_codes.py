"""Writes kgbuild/data/iso3166.tsv: ISO 3166-1 codes of the states and territories of the entity base, by Wikidata id.

python training/knowledge/country_codes.py    # needs the package iso3166 (MIT), from which the codes of three letters and digits are

Kosovo, which ISO 3166-1 does not list, has the user-assigned codes XK, XKX and 983 that the World Bank and the European Union use.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import iso3166

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Write the table, by code."""
    base = sqlite3.connect(f"file:{ROOT}/kgbuild/data/knowledge.sqlite?mode=ro", uri=True)
    rows = base.execute("SELECT s.iso2, e.number FROM state s JOIN entity e ON e.n = s.n ORDER BY s.iso2").fetchall()
    out = ["qid\talpha2\talpha3\tnumber"]
    for alpha2, number in rows:
        listed = iso3166.countries_by_alpha2.get(alpha2)
        if listed and number:
            out.append(f"Q{number}\t{alpha2}\t{listed.alpha3}\t{listed.numeric}")
    (ROOT / "kgbuild" / "data" / "iso3166.tsv").write_text("\n".join(out) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
