"""GraphML: a property graph as XML, written node by node. Lists, which GraphML has not, are JSON in a text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from dystonia_kg.exports.hostile import xml_text
from dystonia_kg.exports.property_graph import EDGE_PROPERTIES, NODE_PROPERTIES, PropertyGraph

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job

_TYPES = {str: "string", list: "string", bool: "boolean", int: "long", float: "double"}
_NODE = {"labels": list, **NODE_PROPERTIES}
_EDGE = {"type": str, **EDGE_PROPERTIES}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'


def write(job: Job) -> None:
    """Write the keys, then the nodes, then the edges."""
    graph = PropertyGraph(job)
    job.output.write(_HEAD)
    for kind, keys in (("node", _NODE), ("edge", _EDGE)):
        for name, of in keys.items():
            job.output.write(f'<key id="{kind}_{name}" for="{kind}" attr.name="{name}" attr.type="{_TYPES[of]}"/>\n')
    job.output.write('<graph edgedefault="directed">\n')
    for node in graph.nodes():
        data = _data("node", node.id, {"labels": list(node.labels), **node.properties})
        _element(job, f"<node id={_attribute(node.id)}>", data, "</node>")
    for link in graph.links():
        ends = f"source={_attribute(link.source)} target={_attribute(link.target)}"
        identifier = link.properties["id"]
        data = _data("edge", identifier, {"type": link.type, **link.properties})
        _element(job, f"<edge id={_attribute(identifier)} {ends}>", data, "</edge>")
    job.output.write("</graph>\n</graphml>\n")


def _element(job: Job, start: str, data: Iterable[str], end: str) -> None:
    job.output.write(f"{start}{''.join(data)}{end}\n")


def _data(kind: str, owner: str, properties: dict[str, Any]) -> Iterator[str]:
    for name, value in properties.items():
        text = xml_text(_text(value), f"{name} of {owner}")
        yield f'<data key="{kind}_{name}">{escape(text, {chr(13): "&#13;"})}</data>'  # else XML reads CR as LF


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


def _attribute(value: str) -> str:
    return quoteattr(xml_text(value, "identifier"))
