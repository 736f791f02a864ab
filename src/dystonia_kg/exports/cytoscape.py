"""Cytoscape JSON: a property graph as ``elements`` of nodes and edges, as Cytoscape, Cytoscape.js and NetworkX read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dystonia_kg.exports.property_graph import PropertyGraph

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job


def write(job: Job) -> None:
    """Write the nodes, then the edges, one a line."""
    header = job.model.header
    about = [["name", header.title], ["version", header.version]]
    graph = PropertyGraph(job)
    job.output.write(f'{{"data": {_json(about)}, "directed": true, "multigraph": true, "elements": {{"nodes": [\n')
    _elements(job, _nodes(graph))
    job.output.write('], "edges": [\n')
    _elements(job, _edges(graph))
    job.output.write("]}}\n")


def _nodes(graph: PropertyGraph) -> Iterator[dict[str, Any]]:
    for node in graph.nodes():
        name = node.properties.get("name", node.id)
        yield {"id": node.id, "value": node.id, "labels": list(node.labels), **node.properties, "name": name}


def _edges(graph: PropertyGraph) -> Iterator[dict[str, Any]]:
    for link in graph.links():
        ends = {"source": link.source, "target": link.target, "key": link.properties["id"]}
        yield {**ends, "interaction": link.type, **link.properties}


def _elements(job: Job, elements: Iterable[dict[str, Any]]) -> None:
    separator = ""
    for data in elements:
        job.output.write(f"{separator}{_json({'data': data})}")
        separator = ",\n"
    job.output.write("\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
