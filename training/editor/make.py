"""Copies the pinned build of the query editor into the package, with the licences of everything in it.

cd training/editor && npm ci --ignore-scripts && python make.py
"""

from __future__ import annotations

import json
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
ASSETS = HERE.parents[1] / "kgbuild" / "endpoint" / "assets"
MODULES = HERE / "node_modules"


def licences() -> str:
    """The licence texts of all packages of the bundle; each text once, under the packages it belongs to."""
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    texts: dict[str, list[str]] = {}
    for place, entry in sorted(lock.items()):
        if not place or entry.get("dev") or not (HERE / place).is_dir():
            continue
        package = json.loads((HERE / place / "package.json").read_text(encoding="utf-8"))
        files = sorted(p for p in (HERE / place).iterdir() if re.match(r"(licen[sc]e|copying)", p.name, re.IGNORECASE))
        author = package.get("author", "")
        author = author.get("name", "") if isinstance(author, dict) else author
        text = files[0].read_text(encoding="utf-8", errors="replace").strip() if files else ""
        kind = entry.get("license") or package.get("license") or "see its package"
        about = f"{place.rpartition('node_modules/')[2]} {entry['version']} ({kind}{', ' + author if author else ''})"
        texts.setdefault("\n".join(line.rstrip() for line in text.splitlines()), []).append(about)
    bare = texts.pop("", [])
    parts = ["The query editor is @zazuko/yasgui and the packages below, bundled by its makers. Their licences:"]
    if bare:
        parts.append("Named by their packages, without a text of their own:\n" + "\n".join(f"- {b}" for b in bare))
    parts += ["\n".join(f"- {a}" for a in abouts) + "\n\n" + text for text, abouts in sorted(texts.items())]
    return f"\n\n{'-' * 80}\n\n".join(parts) + "\n"


def main() -> None:
    """Write the three files."""
    build = MODULES / "@zazuko" / "yasgui" / "build"
    for name in ("yasgui.min.js", "yasgui.min.css"):
        text = (build / name).read_text(encoding="utf-8")
        # Source maps are three times the size and of no use here; without this line no browser asks for them.
        text = re.sub(r"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$", "\n", text)
        (ASSETS / name).write_text(text, encoding="utf-8", newline="\n")
    (ASSETS / "LICENSES.txt").write_text(licences(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
