"""The embedded entity base: look names up, and ask what a name may stand for and who held an office when."""

from __future__ import annotations

from kgbuild.knowledge.base import Base
from kgbuild.knowledge.entries import Candidate, Demonym, Entry, Metonym, Term
from kgbuild.knowledge.normal import key
from kgbuild.knowledge.roles import role_key
from kgbuild.knowledge.titles import Title, Titles

__all__ = ["Base", "Candidate", "Demonym", "Entry", "Metonym", "Term", "Title", "Titles", "key", "role_key"]
