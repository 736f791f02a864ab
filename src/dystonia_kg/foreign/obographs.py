"""OBO Graphs JSON: nodes, edges and definitions with full IRIs, which are RDF but for their shape.

CURIEs and bare words that stand in the place of an IRI (``is_a``, ``HP:0000001``) are understood; what is neither is a
mistake of the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from dystonia_kg.errors import InputError, Problem, UnknownPrefixError
from dystonia_kg.vocab import OBO, PREFIXES, XSD, expand, is_iri

_RDF, _RDFS, _OWL, _OIO = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "oboInOwl"))
_TYPE = NamedNode(_RDF + "type")
_CLASS = NamedNode(_OWL + "Class")
_WORDS = {
    "is_a": _RDFS + "subClassOf",
    "subPropertyOf": _RDFS + "subPropertyOf",
    "inverseOf": _OWL + "inverseOf",
    "type": _RDF + "type",
}
_TYPES = {
    "CLASS": "Class",
    "INDIVIDUAL": "NamedIndividual",
    "ANNOTATION": "AnnotationProperty",
    "OBJECT": "ObjectProperty",
    "DATA": "DatatypeProperty",
}
_DEFINITION = NamedNode(OBO + "IAO_0000115")
_XREF = NamedNode(_OIO + "hasDbXref")


def read_obographs(text: str, name: str) -> list[Triple]:
    """Read OBO Graphs JSON.

    :raises InputError: with the path inside the document of what is wrong
    """
    document = json.loads(text)  # checked before
    try:
        graphs = _list(document.get("graphs"), "graphs")
        if not graphs:
            raise _Wrong("graphs", "there is no graph in it")
        return [
            t for n, graph in enumerate(graphs) for t in _Graph(_dict(graph, f"graphs[{n}]"), f"graphs[{n}]").read()
        ]
    except _Wrong as wrong:
        raise InputError(Problem(name, None, None, f"{wrong.at}: {wrong.what}")) from None


class _Wrong(Exception):
    def __init__(self, at: str, what: str) -> None:
        self.at, self.what = at, what


class _Graph:
    def __init__(self, graph: dict[str, Any], at: str) -> None:
        self._graph = graph
        self._at = at

    def read(self) -> Iterator[Triple]:
        """Yield the triples of one graph."""
        yield from self._header()
        for key, read in (
            ("nodes", self._node),
            ("edges", self._edge),
            ("logicalDefinitionAxioms", self._definition),
            ("equivalentNodesSets", self._equivalents),
            ("domainRangeAxioms", self._domain_range),
            ("propertyChainAxioms", self._chain),
        ):
            for number, item in enumerate(_list(self._graph.get(key, []), f"{self._at}.{key}")):
                at = f"{self._at}.{key}[{number}]"
                yield from read(_dict(item, at), at)

    def _header(self) -> Iterator[Triple]:
        if isinstance(self._graph.get("id"), str) and is_iri(self._graph["id"]):
            node = NamedNode(self._graph["id"])
            yield Triple(node, _TYPE, NamedNode(_OWL + "Ontology"))
            yield from _meta(node, self._graph.get("meta"), f"{self._at}.meta")

    def _node(self, item: dict[str, Any], at: str) -> Iterator[Triple]:
        node = _iri(item.get("id"), f"{at}.id")
        kind = item.get("propertyType") if item.get("type") == "PROPERTY" else item.get("type")
        if kind in _TYPES:
            yield Triple(node, _TYPE, NamedNode(_OWL + _TYPES[kind]))
        if item.get("lbl") is not None:
            yield Triple(node, NamedNode(_RDFS + "label"), _literal(item["lbl"], f"{at}.lbl"))
        yield from _meta(node, item.get("meta"), f"{at}.meta")

    def _edge(self, item: dict[str, Any], at: str) -> Iterator[Triple]:
        subject, predicate, value = (_iri(item.get(key), f"{at}.{key}") for key in ("sub", "pred", "obj"))
        if item.get("pred") in _WORDS:
            yield Triple(subject, predicate, value)
        else:
            yield from _below(subject, predicate, value)

    def _definition(self, item: dict[str, Any], at: str) -> Iterator[Triple]:
        defined = _iri(item.get("definedClassId"), f"{at}.definedClassId")
        genera = _list(item.get("genusIds", []), f"{at}.genusIds")
        parts: list[Any] = [_iri(one, f"{at}.genusIds[{n}]") for n, one in enumerate(genera)]
        for number, part in enumerate(_list(item.get("restrictions", []), f"{at}.restrictions")):
            where = f"{at}.restrictions[{number}]"
            relation, filler = (
                _iri(_dict(part, where).get(key), f"{where}.{key}") for key in ("propertyId", "fillerId")
            )
            node = BlankNode()
            yield from _some(node, relation, filler)
            parts.append(node)
        whole = BlankNode()
        yield Triple(defined, NamedNode(_OWL + "equivalentClass"), whole)
        yield Triple(whole, _TYPE, _CLASS)
        yield from _rdf_list(whole, NamedNode(_OWL + "intersectionOf"), parts)

    def _equivalents(self, item: dict[str, Any], at: str) -> Iterator[Triple]:
        nodes = [
            _iri(one, f"{at}.nodeIds[{n}]") for n, one in enumerate(_list(item.get("nodeIds", []), f"{at}.nodeIds"))
        ]
        for other in nodes[1:]:
            yield Triple(nodes[0], NamedNode(_OWL + "equivalentClass"), other)

    def _domain_range(self, item: dict[str, Any], at: str) -> Iterator[Triple]:
        node = _iri(item.get("predicateId"), f"{at}.predicateId")
        for key, word in (("domainClassIds", "domain"), ("rangeClassIds", "range")):
            for number, one in enumerate(_list(item.get(key, []), f"{at}.{key}")):
                yield Triple(node, NamedNode(_RDFS + word), _iri(one, f"{at}.{key}[{number}]"))
        for number, edge in enumerate(_list(item.get("allValuesFromEdges", []), f"{at}.allValuesFromEdges")):
            where = f"{at}.allValuesFromEdges[{number}]"
            sub, relation, filler = (
                _iri(_dict(edge, where).get(key), f"{where}.{key}") for key in ("sub", "pred", "obj")
            )
            yield from _below(sub, relation, filler, "allValuesFrom")

    def _chain(self, item: dict[str, Any], at: str) -> Iterator[Triple]:
        node = _iri(item.get("predicateId"), f"{at}.predicateId")
        steps = _list(item.get("chainPredicateIds", []), f"{at}.chainPredicateIds")
        chain = [_iri(one, f"{at}.chainPredicateIds[{n}]") for n, one in enumerate(steps)]
        yield from _rdf_list(node, NamedNode(_OWL + "propertyChainAxiom"), chain)


# ---------------------------------------------------------------------- what is said of a thing


def _meta(node: NamedNode, meta: Any, at: str) -> Iterator[Triple]:
    if meta is None:
        return
    meta = _dict(meta, at)
    if meta.get("definition") is not None:
        yield from _noted(node, _DEFINITION, _dict(meta["definition"], f"{at}.definition"), f"{at}.definition")
    for number, synonym in enumerate(_list(meta.get("synonyms", []), f"{at}.synonyms")):
        where = f"{at}.synonyms[{number}]"
        scope = _dict(synonym, where).get("pred")
        if scope not in ("hasExactSynonym", "hasBroadSynonym", "hasNarrowSynonym", "hasRelatedSynonym"):
            raise _Wrong(f"{where}.pred", f"{scope!r} is no scope of a synonym")
        yield from _noted(node, NamedNode(_OIO + scope), synonym, where)
    for number, xref in enumerate(_list(meta.get("xrefs", []), f"{at}.xrefs")):
        where = f"{at}.xrefs[{number}]"
        yield Triple(node, _XREF, _literal(_dict(xref, where).get("val"), f"{where}.val"))
    for number, comment in enumerate(_list(meta.get("comments", []), f"{at}.comments")):
        yield Triple(node, NamedNode(_RDFS + "comment"), _literal(comment, f"{at}.comments[{number}]"))
    for number, subset in enumerate(_list(meta.get("subsets", []), f"{at}.subsets")):
        yield Triple(node, NamedNode(_OIO + "inSubset"), _word(subset, f"{at}.subsets[{number}]"))
    for number, pair in enumerate(_list(meta.get("basicPropertyValues", []), f"{at}.basicPropertyValues")):
        where = f"{at}.basicPropertyValues[{number}]"
        predicate, value = _iri(_dict(pair, where).get("pred"), f"{where}.pred"), pair.get("val")
        is_node = isinstance(value, str) and is_iri(value)
        yield Triple(node, predicate, NamedNode(value) if is_node else _literal(value, f"{where}.val"))
    if meta.get("deprecated") is True:
        yield Triple(node, NamedNode(_OWL + "deprecated"), Literal("true", datatype=NamedNode(XSD + "boolean")))


def _noted(node: NamedNode, predicate: NamedNode, item: dict[str, Any], at: str) -> Iterator[Triple]:
    """Yield a text with its references, and the type of a synonym, as notes on it."""
    value = _literal(item.get("val"), f"{at}.val")
    yield Triple(node, predicate, value)
    xrefs = [_literal(x, f"{at}.xrefs[{n}]") for n, x in enumerate(_list(item.get("xrefs", []), f"{at}.xrefs"))]
    notes: list[tuple[NamedNode, Any]] = [(_XREF, xref) for xref in xrefs]
    if isinstance(item.get("synonymType"), str):
        notes.append((NamedNode(_OIO + "hasSynonymType"), _word(item["synonymType"], f"{at}.synonymType")))
    if notes:
        note = BlankNode()
        yield Triple(note, _TYPE, NamedNode(_OWL + "Axiom"))
        for part, end in (("Source", node), ("Property", predicate), ("Target", value)):
            yield Triple(note, NamedNode(_OWL + f"annotated{part}"), end)
        for property_, end in notes:
            yield Triple(note, property_, end)


# ---------------------------------------------------------------------- pieces of OWL


def _below(
    sub: NamedNode, relation: NamedNode, filler: NamedNode, quantifier: str = "someValuesFrom"
) -> Iterator[Triple]:
    node = BlankNode()
    yield Triple(sub, NamedNode(_RDFS + "subClassOf"), node)
    yield from _some(node, relation, filler, quantifier)


def _some(
    node: BlankNode, relation: NamedNode, filler: NamedNode, quantifier: str = "someValuesFrom"
) -> Iterator[Triple]:
    yield Triple(node, _TYPE, NamedNode(_OWL + "Restriction"))
    yield Triple(node, NamedNode(_OWL + "onProperty"), relation)
    yield Triple(node, NamedNode(_OWL + quantifier), filler)


def _rdf_list(subject: Any, predicate: NamedNode, items: list[Any]) -> Iterator[Triple]:
    for item in items:
        cell = BlankNode()
        yield Triple(subject, predicate, cell)
        yield Triple(cell, NamedNode(_RDF + "first"), item)
        subject, predicate = cell, NamedNode(_RDF + "rest")
    yield Triple(subject, predicate, NamedNode(_RDF + "nil"))


# ---------------------------------------------------------------------- JSON


def _dict(value: Any, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong(at, f"an object is wanted here, not {value!r:.100}")
    return value


def _list(value: Any, at: str) -> list[Any]:
    if not isinstance(value, list):
        raise _Wrong(at, f"a list is wanted here, not {value!r:.100}")
    return value


def _literal(value: Any, at: str) -> Literal:
    if not isinstance(value, str):
        raise _Wrong(at, f"a text is wanted here, not {value!r:.100}")
    try:
        return Literal(value)
    except (ValueError, UnicodeEncodeError) as error:
        raise _Wrong(at, f"{value!r:.100} is no text: {error}") from None


def _word(value: Any, at: str) -> NamedNode:
    """Return the IRI of a subset or of a type of synonyms, of which some files give the last part only."""
    return NamedNode(f"{OBO}unnamed#{value}") if isinstance(value, str) and value.isidentifier() else _iri(value, at)


def _iri(value: Any, at: str) -> NamedNode:
    if isinstance(value, str):
        if value in _WORDS:
            return NamedNode(_WORDS[value])
        try:
            return NamedNode(value if is_iri(value) else expand(value))
        except (ValueError, UnknownPrefixError):
            pass
    raise _Wrong(at, f"{value!r:.100} is no IRI")
