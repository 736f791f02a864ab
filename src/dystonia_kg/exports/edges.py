"""The graph as nodes and edges, one at a time: what the formats for graphs and for machine learning are made from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from dystonia_kg.exports.mapping_tables import read_rows
from dystonia_kg.exports.source import curie
from dystonia_kg.vocab import PREFIXES, expand

if TYPE_CHECKING:
    from dystonia_kg.exports.model import Model
    from dystonia_kg.exports.records import AssociationRecord, MappingRecord, TermRecord

_TYPE = PREFIXES["rdf"] + "type"
_PREDICATE = PREFIXES["dyst"] + "associationPredicate"
_SUBCLASS = PREFIXES["rdfs"] + "subClassOf"
_SUBPROPERTY = PREFIXES["rdfs"] + "subPropertyOf"
_SAME = PREFIXES["owl"] + "equivalentClass"


class Edge(NamedTuple):
    """An edge between two things; IRIs are those written.

    :param origin: hierarchy (superclass), equivalence, type (of an individual), relation (in every case), annotation
        (something else that is said of a term), mapping (to another vocabulary) or association (carries data)
    :param asserted: whether a source states it, rather than the reasoner
    :param negated: whether it says that the relation does not hold
    """

    subject: str
    predicate: str
    object: str
    origin: str
    asserted: bool = True
    negated: bool = False
    sources: tuple[str, ...] = ()
    association: AssociationRecord | None = None
    mapping: MappingRecord | None = None

    @property
    def id(self) -> str:
        """Its identifier, the same in each export: the CURIE of the association, or one made from its ends."""
        if self.association is not None:
            return curie(self.association.iri)
        return f"urn:uuid:{uuid5(NAMESPACE_URL, ' '.join((self.subject, self.predicate, self.object, self.origin)))}"


class Edges:
    """The edges of a model, and what stands at their ends without being a term."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @cached_property
    def terms(self) -> frozenset[str]:
        """The written IRIs of all terms."""
        return frozenset(self.model.source.iri(iri) for iri in self.model.term_iris)

    def of(self, term: TermRecord) -> Iterator[Edge]:
        """Yield the edges of a term, other than associations; values that are no terms give none."""
        above = _SUBPROPERTY if term.type.endswith("property") else _SUBCLASS
        for parent in term.parents:
            yield Edge(term.iri, above, parent.iri, "hierarchy", parent.asserted, sources=parent.sources)
        for other in term.equivalents:
            yield Edge(term.iri, _SAME, other, "equivalence", False)
        for cls in term.types:
            if cls in self.terms:
                yield Edge(term.iri, _TYPE, cls, "type")
        for one in term.relations:
            yield Edge(term.iri, one.predicate, one.object, "relation", one.asserted, sources=one.sources)
        for said in term.annotations:
            if said.is_iri and said.value in self.terms:
                yield Edge(term.iri, said.property, said.value, "annotation")
        for mapping in term.mappings:
            predicate = PREFIXES["skos"] + mapping.predicate
            yield Edge(term.iri, predicate, mapping.object, "mapping", mapping=mapping)

    def associations(self) -> Iterator[Edge]:
        """Yield associations as edges, those that say no among them."""
        for one in self.model.associations():
            negated = self.is_negated(one)
            yield Edge(one.subject, one.predicate, one.object, "association", True, negated, one.sources, one)

    def all(self) -> Iterator[Edge]:
        """Yield every edge: those of each term, then the associations."""
        for term in self.model.terms():
            yield from self.of(term)
        yield from self.associations()

    def outside(self) -> Iterator[tuple[str, str | None]]:
        """Yield what stands at an end of an edge and is no term, with its label if it has one."""
        seen = set(self.terms)
        for mapping in self.model.mappings():
            if mapping.object not in seen:
                seen.add(mapping.object)
                yield mapping.object, mapping.object_label
        above = {one for iri in self.model.term_iris for one in self.model.hierarchy.parents(iri)}
        for iri in (*sorted(above), *self.model.association_ends()):
            end = self.model.source.iri(iri)
            if end not in seen:
                seen.add(end)
                label = self.model.label(iri)
                yield end, None if label == self.model.source.curie(iri) else label

    def is_negated(self, association: AssociationRecord) -> bool:
        """Tell whether an association says that its relation does not hold."""
        said = {(_TYPE, association.type), (_PREDICATE, association.predicate), *association.other}
        return association.excluded or not said.isdisjoint(self._negations.keys())

    def denied(self, edge: Edge) -> str:
        """Return the relation that a negated edge says does not hold."""
        return self._negations.get((_PREDICATE, edge.predicate)) or edge.predicate

    @cached_property
    def _negations(self) -> dict[tuple[str, str], str]:
        """What marks a negated association: property and value, with the relation denied if it is another one."""

        def written(text: str) -> str:
            return self.model.source.iri(expand(text)) if ":" in text else text

        rows = read_rows("negations")
        return {(written(r["property"]), written(r["value"])): written(r["denies"]) for r in rows}
