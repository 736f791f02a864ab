"""OWL statements as RDF: existential restrictions, and annotations of axioms with their sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from dystonia_kg.vocab import PREFIXES

TYPE = NamedNode(PREFIXES["rdf"] + "type")
LABEL = NamedNode(PREFIXES["rdfs"] + "label")
SUBCLASS = NamedNode(PREFIXES["rdfs"] + "subClassOf")
CLASS = NamedNode(PREFIXES["owl"] + "Class")
SOURCE = NamedNode(PREFIXES["dcterms"] + "source")
DEFINITION = NamedNode(PREFIXES["IAO"] + "0000115")
DEFINITION_SOURCE = NamedNode(PREFIXES["IAO"] + "0000119")
_OWL = PREFIXES["owl"]
_AXIOM = NamedNode(_OWL + "Axiom")
_ENDS = tuple(NamedNode(_OWL + name) for name in ("annotatedSource", "annotatedProperty", "annotatedTarget"))


def restriction(node: BlankNode, prop: NamedNode, filler: NamedNode | Literal) -> Iterator[Triple]:
    """Yield what makes a blank node the class of what stands in a relation to some of a class."""
    yield Triple(node, TYPE, NamedNode(_OWL + "Restriction"))
    yield Triple(node, NamedNode(_OWL + "onProperty"), prop)
    yield Triple(node, NamedNode(_OWL + "someValuesFrom"), filler)


def annotate(triple: Triple, prop: NamedNode, values: Iterable[NamedNode | Literal]) -> Iterator[Triple]:
    """Yield an annotation of the axiom that a triple states; nothing if there is no value."""
    values = list(values)
    if not values:
        return
    node = BlankNode()
    yield Triple(node, TYPE, _AXIOM)
    for end, term in zip(_ENDS, (triple.subject, triple.predicate, triple.object), strict=True):
        yield Triple(node, end, term)
    for value in values:
        yield Triple(node, prop, value)


def sourced(triple: Triple, sources: Iterable[NamedNode]) -> Iterator[Triple]:
    """Yield a triple and the annotation of its sources."""
    yield triple
    yield from annotate(triple, SOURCE, sources)


def some(subject: NamedNode, prop: NamedNode, filler: NamedNode, sources: Iterable[NamedNode]) -> Iterator[Triple]:
    """Yield that every instance of a class stands in a relation to some of another, with the sources of that."""
    node = BlankNode()
    yield from sourced(Triple(subject, SUBCLASS, node), sources)
    yield from restriction(node, prop, filler)
