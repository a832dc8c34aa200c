"""Bundle src/ and its libraries into kgbuild/page/assets/page.js, with the licences beside it.

npm ci --ignore-scripts && python make.py   (in this folder; needs node and npm)

The lock file pins every library; the same sources give the same bytes.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
ASSETS = HERE.parents[1] / "kgbuild" / "page" / "assets"
SHIPPED = ("d3-force", "d3-geo", "topojson-client", "world-atlas")


def main() -> None:
    """Write page.js and LICENSES.txt."""
    esbuild = next((HERE / "node_modules" / "@esbuild").glob("*/bin/esbuild"))
    command = [
        str(esbuild), "src/main.js", "--bundle", "--minify", "--format=iife", "--target=es2020", "--charset=utf8",
        "--legal-comments=none", "--loader:.json=json", f"--outfile={ASSETS / 'page.js'}",
    ]  # fmt: skip
    subprocess.run(command, cwd=HERE, check=True)
    script = (ASSETS / "page.js").read_text(encoding="utf-8")
    # what would end the block it stands in is written another way; inside strings and templates both mean the same
    (ASSETS / "page.js").write_text(
        script.replace("</script", "<\\/script").replace("<!--", "<\\!--"), encoding="utf-8"
    )
    parts = []
    for name in sorted(_with_needs(SHIPPED)):
        folder = HERE / "node_modules" / name
        meta = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        text = next((p for p in sorted(folder.iterdir()) if p.name.lower().startswith(("license", "licence"))), None)
        body = text.read_text(encoding="utf-8").strip() if text else f"License: {meta['license']}"
        parts.append(f"{name} {meta['version']}\n\n{body}\n")
    parts.append(
        "The outlines of land and borders are Natural Earth's (public domain, naturalearthdata.com), by way of world-atlas.\n"
    )
    (ASSETS / "LICENSES.txt").write_text("\n----\n\n".join(parts), encoding="utf-8")


def _with_needs(names: tuple[str, ...]) -> set[str]:
    """The libraries and all that they need."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            meta = json.loads((HERE / "node_modules" / name / "package.json").read_text(encoding="utf-8"))
            left += meta.get("dependencies", {})
    return found - {"commander"}  # topojson-client's command line


if __name__ == "__main__":
    main()
