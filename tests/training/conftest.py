"""The training recipe lies outside the package: put it on the path."""

from __future__ import annotations

import sys
from pathlib import Path

RECIPE = Path(__file__).resolve().parents[2] / "training"
if str(RECIPE) not in sys.path:
    sys.path.insert(0, str(RECIPE))
