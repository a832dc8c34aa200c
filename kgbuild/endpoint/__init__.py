"""The SPARQL endpoint of a build folder: SPARQL 1.1 Protocol, Graph Store Protocol (read), service description, editor.

A request passes `server` (waitress: sockets, sizes, slow clients), `app` (paths, parameters, headers) and `pool` (a worker
process that the kernel kills at the time limit) to `answers` (the query itself). Nothing here can write.
"""

from __future__ import annotations

from kgbuild.endpoint.settings import Settings

__all__ = ["Settings"]
