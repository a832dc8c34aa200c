"""The language step in processes of their own: as many as there are cores, each article within its time, none lost to one that dies."""

from __future__ import annotations

from kgbuild.workers.cores import cores, workers_of
from kgbuild.workers.pool import Found, Limits, Outcome, Pool, Step, Told, alone

__all__ = ["Found", "Limits", "Outcome", "Pool", "Step", "Told", "alone", "cores", "workers_of"]
