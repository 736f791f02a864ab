"""Neo4j: two CSV files for the database's bulk import, with typed columns, and the command that reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dystonia_kg.exports.hostile import csv_writer, listed_cell
from dystonia_kg.exports.property_graph import EDGE_PROPERTIES, NODE_PROPERTIES, PropertyGraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dystonia_kg.exports.job import Job

_TYPES = {str: "string", list: "string[]", bool: "boolean", int: "long", float: "double"}
#: Between the values of a list: the unit separator, for Neo4j has no way to write its delimiter within a value.
DELIMITER = "\x1f"
_COMMAND = r"""#!/bin/sh
# Run in this folder, with a database that is empty or not there yet; its name may be given, else it is neo4j.
exec neo4j-admin database import full \
  --nodes=nodes.csv \
  --relationships=relationships.csv \
  --id-type=string \
  --delimiter=, \
  --array-delimiter=U+001F \
  --quote='"' \
  --multiline-fields=true \
  --legacy-style-quoting=false \
  "${1:-neo4j}"
"""


def write(job: Job) -> None:
    """Write the nodes, the relationships, and the command."""
    graph = PropertyGraph(job)
    with job.folder.open("nodes.csv") as file, csv_writer(file) as rows:
        rows.row([":ID", ":LABEL", *(f"{name}:{_TYPES[of]}" for name, of in NODE_PROPERTIES.items())])
        for node in graph.nodes():
            cells = _cells(node.properties, NODE_PROPERTIES, node.id)
            rows.row([node.id, DELIMITER.join(node.labels), *cells])
    with job.folder.open("relationships.csv") as file, csv_writer(file) as rows:
        rows.row([":START_ID", ":END_ID", ":TYPE", *(f"{name}:{_TYPES[of]}" for name, of in EDGE_PROPERTIES.items())])
        for link in graph.links():
            cells = _cells(link.properties, EDGE_PROPERTIES, link.properties["id"])
            rows.row([link.source, link.target, link.type, *cells])
    with job.folder.open("import.sh") as file:
        file.write(_COMMAND)


def _cells(values: Mapping[str, Any], names: Iterable[str], where: str) -> Iterator[Any]:
    for name in names:
        yield listed_cell(values.get(name), DELIMITER, f"{name} of {where}")
