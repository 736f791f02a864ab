"""The vocabularies that a packet names in its metadata, from ``cases/resources.tsv``, with their versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dystonia_kg.cases.hpo import _rows
from dystonia_kg.vocab import PREFIXES, expand

if TYPE_CHECKING:
    from dystonia_kg.graph import KnowledgeGraph


def resources(kg: KnowledgeGraph, version: str, prefixes: Iterable[str]) -> list[dict[str, Any]]:
    """Return the resources of some prefixes, sorted.

    :param version: of the ontology itself
    """
    known = {row[0]: row[1:] for row in _rows("resources.tsv", 6)}
    found = []
    for prefix in sorted(prefixes):
        name = prefix.lower()
        identifier, title, url, reference, given = known.get(prefix, (name, prefix, PREFIXES[prefix], "", "not stated"))
        found.append(
            {
                "id": identifier,
                "name": title,
                "url": url,
                "version": (_version(kg, reference) if reference else given) or version,
                "namespacePrefix": prefix,
                "iriPrefix": PREFIXES[prefix],
            }
        )
    return found


def _version(kg: KnowledgeGraph, reference: str) -> str:
    from pyoxigraph import Literal, NamedNode

    where = NamedNode(expand(reference)), NamedNode(PREFIXES["dcterms"] + "hasVersion"), None
    versions = (quad.object.value for quad in kg._store.quads_for_pattern(*where) if isinstance(quad.object, Literal))
    return min(versions, default="not stated")
