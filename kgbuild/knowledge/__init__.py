"""The embedded entity base: look names up, and ask what a name may stand for and who held an office when."""

from __future__ import annotations

from kgbuild.knowledge.base import Base
from kgbuild.knowledge.entries import Candidate, Demonym, Entry, Metonym, Term
from kgbuild.knowledge.normal import key
from kgbuild.knowledge.overlay import Overlay, memberships_of, open_base, within_of
from kgbuild.knowledge.own import Membership, OwnEntity, read_own
from kgbuild.knowledge.roles import role_key
from kgbuild.knowledge.titles import Title, Titles

__all__ = [
    "Base", "Candidate", "Demonym", "Entry", "Membership", "Metonym", "Overlay", "OwnEntity", "Term", "Title", "Titles", "key", "memberships_of",
    "open_base", "read_own", "role_key", "within_of",
]  # fmt: skip
