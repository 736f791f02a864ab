"""The logical axioms on a term: which of them parents, relations and plain definitions say, and how many say more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from dystonia_kg.exports.records import LogicalDefinition, PropertyRecord
from dystonia_kg.vocab import PREFIXES

_RDF, _RDFS, _OWL = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"]
_INVERSE = _OWL + "inverseOf"
_SOURCE = PREFIXES["dcterms"] + "source"
# Axioms on a class or property other than its place below a named one.
_OTHER = [
    _OWL + name
    for name in ("disjointWith", "inverseOf", "propertyChainAxiom", "equivalentProperty", "disjointUnionOf", "hasKey")
] + [_RDFS + "domain", _RDFS + "range"]
_CHARACTERISTICS = {
    _OWL + f"{name}Property": name
    for name in (
        "Functional", "InverseFunctional", "Transitive", "Symmetric", "Asymmetric", "Reflexive", "Irreflexive",
    )
}  # fmt: skip


class Definition(NamedTuple):
    """A genus-differentia definition under the IRIs of the store."""

    genus: tuple[str, ...]
    differentia: tuple[tuple[str, str], ...]

    def renamed(self, name: Callable[[str], str]) -> LogicalDefinition:
        """Return it under the written IRIs."""
        pairs = tuple(sorted((name(relation), name(filler)) for relation, filler in self.differentia))
        return LogicalDefinition(tuple(sorted(map(name, self.genus))), pairs)


class Told(NamedTuple):
    """What the axioms on one term come to."""

    definitions: tuple[Definition, ...]
    other: int


class Axioms:
    """The axioms of a store. All IRIs are those of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._edges: dict[str, dict[tuple[str, str], frozenset[str]]] = {}

    def of(self, iri: str) -> Told:
        """Return the plain definitions of a term, and how many of its axioms say more than records hold."""
        definitions, other = [], 0
        for quad in self._store.quads_for_pattern(NamedNode(iri), NamedNode(_OWL + "equivalentClass"), None):
            found = self.definition(quad.object)
            if found is not None:
                definitions.append(found)
            elif isinstance(quad.object, BlankNode):
                other += 1
        for quad in self._store.quads_for_pattern(NamedNode(iri), NamedNode(_RDFS + "subClassOf"), None):
            other += isinstance(quad.object, BlankNode) and self.existential(quad.object) is None
        return Told(tuple(sorted(definitions)), other + self._count_others(iri))

    @cached_property
    def general(self) -> int:
        """The number of axioms that are on no single term: disjointness of several classes."""
        kinds = ("AllDisjointClasses", "AllDisjointProperties", "AllDifferent")
        found = (
            self._store.quads_for_pattern(None, NamedNode(_RDF + "type"), NamedNode(_OWL + kind)) for kind in kinds
        )
        return sum(len(list(quads)) for quads in found)

    def _count_others(self, iri: str) -> int:
        node = NamedNode(iri)
        count = sum(len(list(self._store.quads_for_pattern(node, NamedNode(one), None))) for one in _OTHER)
        types = self._store.quads_for_pattern(node, NamedNode(_RDF + "type"), None)
        return count + sum(getattr(quad.object, "value", "") in _CHARACTERISTICS for quad in types)

    def property(self, iri: str) -> PropertyRecord:
        """Return what is said of a property, under the IRIs of the store."""
        domains, ranges, inverses = (self._ends(iri, one) for one in (_RDFS + "domain", _RDFS + "range", _INVERSE))
        chains = [self._list(quad.object) for quad in self._quads(iri, _OWL + "propertyChainAxiom")]
        named = [tuple(one.value for one in chain if isinstance(one, NamedNode)) for chain in chains]
        types = {getattr(quad.object, "value", "") for quad in self._quads(iri, _RDF + "type")}
        plain = tuple(chain for chain, whole in zip(named, chains, strict=True) if len(chain) == len(whole))
        other = len(chains) - len(plain) + sum(len(blank) for _, blank in (domains, ranges, inverses))
        words = tuple(sorted(word for kind, word in _CHARACTERISTICS.items() if kind in types))
        return PropertyRecord(domains[0], ranges[0], inverses[0], plain, words, other)

    def _ends(self, iri: str, predicate: str) -> tuple[tuple[str, ...], list[object]]:
        found = [quad.object for quad in self._quads(iri, predicate)]
        names = tuple(sorted(one.value for one in found if isinstance(one, NamedNode)))
        return names, [one for one in found if not isinstance(one, NamedNode)]

    def is_below(self, iri: str, parent: str) -> bool:
        """Tell whether a property is directly below another."""
        return any(quad.object == NamedNode(parent) for quad in self._quads(iri, _RDFS + "subPropertyOf"))

    def disjoint_pairs(self, iri: str) -> int:
        """Return how many axioms on a class itself say that it shares no instance with a named class."""
        return len(self._ends(iri, _OWL + "disjointWith")[0])

    def disjoint(self, iri: str) -> frozenset[str]:
        """Return the named classes that share no instance with one, by an axiom on it or on a set that it is in."""
        return self._disjoint.get(iri, frozenset()) - {iri}

    @cached_property
    def _disjoint(self) -> dict[str, frozenset[str]]:
        pairs = self._store.quads_for_pattern(None, NamedNode(_OWL + "disjointWith"), None)
        groups = [[one.value for one in (q.subject, q.object) if isinstance(one, NamedNode)] for q in pairs]
        kind = NamedNode(_OWL + "AllDisjointClasses")
        for quad in self._store.quads_for_pattern(None, NamedNode(_RDF + "type"), kind):
            members = self._list(self._one(quad.subject, _OWL + "members"))
            groups.append([one.value for one in members if isinstance(one, NamedNode)])
        found: dict[str, frozenset[str]] = {}
        for group in groups:
            for one in group:
                found[one] = found.get(one, frozenset()) | set(group)
        return found

    def definition(self, node: object) -> Definition | None:
        """Return an intersection of named classes and existential restrictions on named classes, if it is one."""
        members = self._members(node)
        if members is None:
            return None
        genus = tuple(sorted(one.value for one in members if isinstance(one, NamedNode)))
        restrictions = [self.existential(one) for one in members if isinstance(one, BlankNode)]
        pairs = tuple(sorted(pair for pair in restrictions if pair is not None))
        if not genus or len(genus) + len(pairs) != len(members) or len(members) < 2:
            return None
        return Definition(genus, pairs)

    def existential(self, node: object) -> tuple[str, str] | None:
        """Return relation and class of a restriction to some of a named class, if it is one."""
        if not isinstance(node, BlankNode):
            return None
        relation, filler = self._one(node, _OWL + "onProperty"), self._one(node, _OWL + "someValuesFrom")
        if isinstance(relation, NamedNode) and isinstance(filler, NamedNode):
            return relation.value, filler.value
        return None

    def states(self, iri: str, relation: str, filler: str) -> bool:
        """Tell whether an axiom on the term itself states an edge, alone or as one of several conditions."""
        return (relation, filler) in self._stated(iri)

    def sources(self, iri: str, relation: str, filler: str) -> frozenset[str]:
        """Return the sources with which the axiom that states an edge is annotated."""
        return self._stated(iri).get((relation, filler), frozenset())

    def _stated(self, iri: str) -> dict[tuple[str, str], frozenset[str]]:
        if iri not in self._edges:
            self._edges = {iri: dict(self._find_stated(iri))}  # terms are read one after another: the last is enough
        return self._edges[iri]

    def _find_stated(self, iri: str) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
        for predicate in (_RDFS + "subClassOf", _OWL + "equivalentClass"):
            for quad in self._store.quads_for_pattern(NamedNode(iri), NamedNode(predicate), None):
                for part in [quad.object, *(self._members(quad.object) or ())]:
                    edge = self._edge(part)
                    if edge is not None:
                        yield edge, self._annotated.get((iri, predicate, quad.object), frozenset())

    def _edge(self, node: object) -> tuple[str, str] | None:
        """Return the edge that a restriction makes: to some of a class, or to a number of them that is not zero."""
        if not isinstance(node, BlankNode):
            return None
        found = self.existential(node)
        filler = self._one(node, _OWL + "onClass")
        relation = self._one(node, _OWL + "onProperty")
        if found is None and isinstance(relation, NamedNode) and isinstance(filler, NamedNode):
            return relation.value, filler.value
        return found

    @cached_property
    def _annotated(self) -> dict[tuple[str, str, object], frozenset[str]]:
        """The sources of annotated axioms whose target is a class expression."""
        found: dict[tuple[str, str, object], frozenset[str]] = {}
        for quad in self._store.quads_for_pattern(None, NamedNode(_OWL + "annotatedTarget"), None):
            if isinstance(quad.object, BlankNode):
                subject = self._one(quad.subject, _OWL + "annotatedSource")
                predicate = self._one(quad.subject, _OWL + "annotatedProperty")
                sources = self._store.quads_for_pattern(quad.subject, NamedNode(_SOURCE), None)
                iris = frozenset(q.object.value for q in sources if isinstance(q.object, NamedNode))
                if isinstance(subject, NamedNode) and isinstance(predicate, NamedNode):
                    found[subject.value, predicate.value, quad.object] = iris
        return found

    def _members(self, node: object) -> list[object] | None:
        """Return the members of an intersection, if it is one."""
        if not isinstance(node, BlankNode):
            return None
        first = self._one(node, _OWL + "intersectionOf")
        return None if first is None else self._list(first)

    def _list(self, rest: object) -> list[object]:
        found = []
        while isinstance(rest, BlankNode):
            found.append(self._one(rest, _RDF + "first"))
            rest = self._one(rest, _RDF + "rest")
        return found

    def _quads(self, iri: str, predicate: str) -> Iterator[Quad]:
        return self._store.quads_for_pattern(NamedNode(iri), NamedNode(predicate), None)

    def _one(self, node: object, predicate: str) -> object:
        quads = self._store.quads_for_pattern(node, NamedNode(predicate), None)  # type: ignore[arg-type]
        return next((quad.object for quad in quads), None)
