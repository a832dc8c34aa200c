"""`kgbuild` with the plain language step, as a process of its own: python plain_command.py SECONDS-AN-ARTICLE build ..."""

from __future__ import annotations

import sys
from types import SimpleNamespace

from kgbuild.__main__ import hushed

if __name__ == "__main__":
    with hushed():
        import plain_step

        from kgbuild.cli import main
    plain_step.use(SimpleNamespace(setattr=setattr), pause=float(sys.argv.pop(1)))
    main()
