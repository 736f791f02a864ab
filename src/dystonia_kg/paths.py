"""How two terms are related: typed chains of edges, found with networkx."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import NamedNode

from dystonia_kg.terms import Term
from dystonia_kg.vocab import GRAPH, PREFIXES

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
    children: set[str] = set()
    for name in _GRAPHS:
        for quad in kg._store.quads_for_pattern(None, None, None, name):
            predicate = quad.predicate.value
            if not isinstance(quad.subject, NamedNode) or not isinstance(quad.object, NamedNode):
                continue
            if predicate == _SUBCLASS:
                children.add(quad.subject.value)
            elif kg._is_relation(predicate):
                general = name.value.endswith("associations")
                data = {"inferred": not general, "general": general}
                yield quad.subject.value, predicate, quad.object.value, data
    for child in sorted(children):
        for parent in kg._at(child).parents:
            yield child, _SUBCLASS, parent.iri, {"inferred": True, "general": False}


def shortest_paths(kg: KnowledgeGraph, start: Term, end: Term, limit: int) -> tuple[Path, ...]:
    """Return up to ``limit`` chains of edges, walked in either direction, shortest first; empty if there is none."""
    import networkx as nx

    if limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    if start == end:
        return (Path(()),)
    directed = kg._network()
    if start.iri not in directed or end.iri not in directed:
        return ()
    flat = nx.Graph(directed.to_undirected(as_view=True))
    if not nx.has_path(flat, start.iri, end.iri):
        return ()
    found = islice(nx.shortest_simple_paths(flat, start.iri, end.iri), limit)
    return tuple(_path(kg, directed, nodes) for nodes in found)


def _path(kg: KnowledgeGraph, directed: networkx.MultiDiGraph, nodes: list[str]) -> Path:
    steps = []
    for one, two in zip(nodes, nodes[1:], strict=False):
        forward = directed.has_edge(one, two)
        keys = directed[one][two] if forward else directed[two][one]
        steps.append(Step(kg._at(one), kg._at(min(keys)), kg._at(two), forward))
    return Path(tuple(steps))
