"""The records as a network: what each record says and who says so, nodes and edges, networkx and measures.

`evidence` and `network` need no library; networkx, which takes longer to import than a short article takes to build, is
imported by `to_networkx` and by the module `measures`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kgbuild.graph.evidence import Evidence, collect
from kgbuild.graph.network import Edge, Network, Node, Value, network
from kgbuild.records import Record

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Edge", "Evidence", "Network", "Node", "Value", "collect", "network", "to_networkx"]


def to_networkx(records: Iterable[Record]) -> nx.MultiDiGraph[Any]:
    """The network of the records as a MultiDiGraph: node keys are entity ids, edge keys are `Edge.id`.

    Nodes carry `Node.attributes()`, edges `Edge.attributes()`: plain strings, numbers and booleans, an unknown value is
    an absent key. An event's edge never means that it happened: read `status`, `negated`, `modality` and `according_to`
    with it. The graph carries `nodes`, `edges` and `articles` counts. The same records give the same graph in whatever
    order they come.
    """
    import networkx as nx  # start-up: only callers that ask for networkx pay for its import

    view = network(records)
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    graph.graph.update(view.counts())
    for node in view.nodes:
        graph.add_node(node.id, **node.attributes())
    for edge in view.edges:
        graph.add_edge(edge.source, edge.target, key=edge.id, **edge.attributes())
    return graph
