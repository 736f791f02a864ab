"""The graph as nodes with labels and properties and edges with a type and properties: what graph databases hold.

Each property has one type everywhere, so that formats can declare them. The words for labels and types are those of the
ontology: the names of kinds, and the labels of properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dystonia_kg.exports.edges import Edge, Edges
from dystonia_kg.exports.source import curie

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job
    from dystonia_kg.exports.records import TermRecord

#: The properties with their types; a list holds text.
NODE_PROPERTIES: dict[str, type] = {
    "name": str, "iri": str, "accession": str, "type": str, "kind": str, "own": bool, "deprecated": bool,
    "definition": str, "definition_sources": list, "exact_synonyms": list, "broad_synonyms": list,
    "narrow_synonyms": list, "related_synonyms": list, "xrefs": list, "comments": list, "sources": list,
    "annotations": list, "reference": str, "pmid": str, "pmcid": str, "doi": str,
}  # fmt: skip
EDGE_PROPERTIES: dict[str, type] = {
    "id": str, "predicate": str, "origin": str, "asserted": bool, "negated": bool, "sources": list, "statement": str,
    "text": str, "frequency": float, "count": int, "total": int, "frequency_text": str, "frequency_term": str,
    "onset": str, "sex": str, "evidence": str, "population": str, "agreement": str, "other": list,
    "justification": str, "object_source": str, "object_version": str, "comment": str,
}  # fmt: skip

_SCOPES = ("exact", "broad", "narrow", "related")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Properties = dict[str, Any]


class Node:
    """A node: its identifier (a CURIE), its labels, and the properties that it has."""

    __slots__ = ("id", "labels", "properties")

    def __init__(self, id: str, labels: tuple[str, ...], properties: Properties) -> None:  # noqa: A002
        self.id, self.labels, self.properties = id, labels, _held(properties)


class Link:
    """An edge: the identifiers of its ends, its type, and the properties that it has."""

    __slots__ = ("properties", "source", "target", "type")

    def __init__(self, source: str, target: str, type: str, properties: Properties) -> None:  # noqa: A002
        self.source, self.target, self.type, self.properties = source, target, type, _held(properties)


def _held(properties: Properties) -> Properties:
    return {name: value for name, value in properties.items() if value is not None and value != []}


class PropertyGraph:
    """What a job exports, as nodes and links; they are counted as they are handed out."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._edges = Edges(job.model)
        self._nodes: set[str] = set()
        self._types: dict[str, str] = {}

    def nodes(self) -> Iterator[Node]:
        """Yield a node for each term, for each publication, and for what they name besides."""
        job = self._job
        for term in job.track(job.model.terms(), "terms", len(job.model.term_iris)):
            if self._is_new(term.iri, "terms"):
                yield _term(term, self._edges)
                job.tally.left_out("axioms", "a property graph has no class expressions", term.other_axioms)
        for one in job.model.publications():
            if self._is_new(one.iri, "publications"):
                said: Properties = {"name": one.citation, "iri": one.iri, "reference": one.reference}
                said |= {"pmid": one.pmid, "pmcid": one.pmcid, "doi": one.doi}
                yield Node(curie(one.iri), ("Publication",), said)
        for iri, label in self._edges.outside():
            if iri not in self._nodes and self._is_new(iri, "nodes outside"):
                yield Node(curie(iri), ("ExternalTerm",), {"name": label, "iri": iri})

    def _is_new(self, iri: str, kind: str) -> bool:
        if iri in self._nodes:
            self._job.tally.left_out(kind, "another one is written under the same identifier")
            return False
        self._nodes.add(iri)
        self._job.tally.wrote(kind)
        return True

    def links(self) -> Iterator[Link]:
        """Yield a link for each edge; only after the nodes."""
        for edge in self._job.track(self._edges.all(), "edges"):
            kind = "associations" if edge.association else "edges"
            if not {edge.subject, edge.object} <= self._nodes:
                self._job.tally.left_out(kind, "one of its ends is no node")
                continue
            self._job.tally.wrote(kind)
            yield Link(curie(edge.subject), curie(edge.object), self._type(edge.predicate), _link_properties(edge))

    def _type(self, predicate: str) -> str:
        """Return the type for a property: its label in capitals; no two properties share one."""
        if predicate not in self._types:
            original = self._job.source.original(predicate)
            label = self._job.model.label(original)
            if label == self._job.source.curie(original):
                label = _CAMEL.sub(" ", label.rpartition(":")[2])
            name = _words(label, "_").upper()
            taken = name in self._types.values()
            self._types[predicate] = f"{name}_{_words(curie(predicate), '_')}" if taken or not name else name
        return self._types[predicate]


def _words(text: str, joint: str) -> str:
    return joint.join(re.findall(r"\w+", text))


def _term(term: TermRecord, edges: Edges) -> Node:
    kinds = tuple(_words(kind.title(), "") for kind in term.kinds)
    type_label = _words(term.type.title(), "")
    synonyms = {f"{scope}_synonyms": [s.text for s in term.synonyms if s.scope == scope] for scope in _SCOPES}
    said = [a for a in term.annotations if not a.is_iri or a.value not in edges.terms]  # the others are edges
    properties = {
        "name": term.label,
        "iri": term.iri,
        "accession": term.accession,
        "type": term.type,
        "kind": term.kind,
        "own": term.own,
        "deprecated": term.deprecated,
        "definition": term.definition,
        "definition_sources": [curie(one) for one in term.definition_sources],
        **synonyms,
        "xrefs": list(term.xrefs),
        "comments": list(term.comments),
        "sources": [curie(one) for one in term.sources],
        "annotations": [f"{curie(a.property)}={curie(a.value) if a.is_iri else a.value}" for a in said],
    }
    return Node(term.curie, ("Term", type_label, *kinds), properties)


def _link_properties(edge: Edge) -> Properties:
    found: Properties = {
        "id": edge.id,
        "predicate": curie(edge.predicate),
        "origin": edge.origin,
        "asserted": edge.asserted,
        "negated": edge.negated,
        "sources": [curie(one) for one in edge.sources],
    }
    if edge.mapping is not None:
        one = edge.mapping
        found |= {"justification": curie(one.justification) if one.justification else None, "comment": one.comment}
        found |= {"object_source": one.object_source, "object_version": one.object_version}
    if edge.association is not None:
        for name in ("text", "frequency", "count", "total", "frequency_text", "population", "agreement", "sex"):
            found[name] = getattr(edge.association, name)
        for name in ("frequency_term", "onset", "evidence"):
            value = getattr(edge.association, name)
            found[name] = curie(value) if value else None
        found["statement"] = curie(edge.association.type)
        found["other"] = [f"{curie(name)}={curie(value)}" for name, value in edge.association.other]
    return found
