"""How two terms are related: typed chains of edges, found with networkx."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import NamedNode

from dystonia_kg.access import Walks
from dystonia_kg.facts import relations_of
from dystonia_kg.terms import Term, nearest
from dystonia_kg.vocab import DYST, GRAPH, PREFIXES

if TYPE_CHECKING:
    import networkx

    from dystonia_kg.graph import KnowledgeGraph

_SUBCLASS = PREFIXES["rdfs"] + "subClassOf"
_GRAPHS = tuple(NamedNode(GRAPH + name) for name in ("inferred", "associations"))


class Step(NamedTuple):
    """One edge of a path; ``forward`` tells whether it is walked from its subject to its object."""

    start: Term
    predicate: Term
    end: Term
    forward: bool

    def __str__(self) -> str:
        if self.forward:
            return f"{self.start.label} --{self.predicate.label}--> {self.end.label}"
        return f"{self.start.label} <--{self.predicate.label}-- {self.end.label}"


class Path(NamedTuple):
    """A chain of edges from one term to another."""

    steps: tuple[Step, ...]

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms on the way, both ends included."""
        return (self.steps[0].start, *(step.end for step in self.steps)) if self.steps else ()

    def __str__(self) -> str:
        if not self.steps:
            return "(the same term)"
        text = self.steps[0].start.label
        for step in self.steps:
            arrow = f"--{step.predicate.label}-->" if step.forward else f"<--{step.predicate.label}--"
            text += f" {arrow} {step.end.label}"
        return text


def as_networkx(kg: KnowledgeGraph) -> networkx.MultiDiGraph:
    """Return the terms and their direct edges; see :meth:`KnowledgeGraph.to_networkx`."""
    import networkx as nx

    graph = nx.MultiDiGraph()
    for sub, predicate, target, data in _edges(kg):
        graph.add_edge(sub, target, key=predicate, label=kg._at(predicate).label, **data)
    for node in graph:
        graph.nodes[node].update(label=kg._at(node).label, kind=kg._kind(node))
    return graph


def _edges(kg: KnowledgeGraph) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    walks = Walks(kg)
    for iri in sorted(_subjects(kg)):
        for edge in relations_of(kg, iri, walks):
            yield iri, edge.predicate.iri, edge.object.iri, {"inferred": edge.inferred, "general": edge.general}
        for parent in nearest(walks.above(iri), walks.above):
            yield iri, _SUBCLASS, parent, {"inferred": True, "general": False}


def _subjects(kg: KnowledgeGraph) -> set[str]:
    relations = [NamedNode(relation) for relation in kg._all_relations()]
    edges = [quad for name in _GRAPHS for relation in relations for quad in kg._quads(None, relation, None, name)]
    edges += kg._quads(None, NamedNode(_SUBCLASS), None)
    return {q.subject.value for q in edges if isinstance(q.subject, NamedNode) and isinstance(q.object, NamedNode)}


def _without_hubs(kg: KnowledgeGraph, graph: networkx.MultiDiGraph) -> networkx.MultiDiGraph:
    """Leave out the edges to classes that only say of what kind a thing is: they relate everything to everything."""
    empty = {
        (quad.subject.value, quad.object.value)  # "affects body region" tells nothing
        for quad in kg._quads(None, NamedNode(DYST + "valueRoot"), None)
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode)
    }
    edges = [(s, t, key) for s, t, key in graph.edges(keys=True) if (key, t) not in empty]
    hubs = set(kg._kind_roots()) - {s for s, _, key in edges if key != _SUBCLASS}
    return graph.edge_subgraph([(s, t, key) for s, t, key in edges if not (key == _SUBCLASS and t in hubs)])


def shortest_paths(kg: KnowledgeGraph, start: Term, end: Term, limit: int) -> tuple[Path, ...]:
    """Return up to ``limit`` chains of edges, walked in either direction, shortest first; empty if there is none."""
    import networkx as nx

    if limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    if start == end:
        return (Path(()),)
    if kg._networkx is None:
        kg._networkx = _without_hubs(kg, as_networkx(kg))
    directed = kg._networkx
    flat = _between(kg, directed, start, end)
    if start.iri not in flat or end.iri not in flat:
        return ()
    if not nx.has_path(flat, start.iri, end.iri):
        return ()
    found = islice(nx.shortest_simple_paths(flat, start.iri, end.iri), limit)
    return tuple(_path(kg, directed, nodes) for nodes in found)


def _between(kg: KnowledgeGraph, graph: networkx.MultiDiGraph, start: Term, end: Term) -> networkx.Graph:
    """Return what may lie between two terms, undirected: relations that many things share only at the ends."""
    import networkx as nx

    node = NamedNode(DYST + "relatesByEnds")
    shared = {q.subject.value for q in kg._quads(None, node, None) if isinstance(q.subject, NamedNode)}
    ends = {start.iri, end.iri}
    flat = nx.Graph()
    flat.add_edges_from((s, t) for s, t, key in graph.edges(keys=True) if key not in shared or s in ends or t in ends)
    return flat


def _path(kg: KnowledgeGraph, directed: networkx.MultiDiGraph, nodes: list[str]) -> Path:
    steps = []
    for one, two in pairwise(nodes):
        forward = directed.has_edge(one, two)
        keys = directed[one][two] if forward else directed[two][one]
        steps.append(Step(kg._at(one), kg._at(min(keys)), kg._at(two), forward))
    return Path(tuple(steps))
