"""Stances on re3d: its relations Likes, Dislikes, FightingAgainst, AlliesOf and CommWith, with each type's figures; see bench.re3d."""

from __future__ import annotations

import argparse

from bench import re3d


def run(options: argparse.Namespace) -> int:
    """Print re3d.py's figures by type: "stance" and "polarity" stand in their first lines."""
    options.verbose = True
    return re3d.run(options)
