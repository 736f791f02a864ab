"""The hierarchy and the direct edges of a store, read once: nearest classes above, kinds, edges that say most."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Store

from dystonia_kg.vocab import ASSOCIATIONS, DYST, INFERRED, PREFIXES

_RDFS, _OWL = PREFIXES["rdfs"], PREFIXES["owl"]
_SUBCLASS = _RDFS + "subClassOf"
_TYPE = PREFIXES["rdf"] + "type"
_PART_OF = PREFIXES["BFO"] + "0000050"
_ASSOCIATIONS, _INFERRED = NamedNode(ASSOCIATIONS), NamedNode(INFERRED)
_NOT_CLASSES = frozenset((_OWL + "Thing", _OWL + "Nothing"))


class Hierarchy:
    """What lies above what. All IRIs are those of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reached: dict[str, frozenset[str]] = {}
        self._wider_relations: dict[str, frozenset[str]] = {}
        self._last: tuple[str, frozenset[str]] | None = None

    @cached_property
    def _told(self) -> dict[str, set[str]]:
        return self._pairs(_SUBCLASS)

    @cached_property
    def _subproperties(self) -> dict[str, set[str]]:
        return self._pairs(_RDFS + "subPropertyOf")

    def _pairs(self, predicate: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for quad in self._store.quads_for_pattern(None, NamedNode(predicate), None):
            sub, sup = quad.subject, quad.object
            if isinstance(sub, NamedNode) and isinstance(sup, NamedNode) and sup.value not in _NOT_CLASSES:
                found.setdefault(sub.value, set()).add(sup.value)
        return found

    def above(self, iri: str) -> frozenset[str]:
        """Return every class above one; itself only if a way leads back to it."""
        if iri not in self._reached:
            self._reached[iri] = _reach(iri, self._told)
        return self._reached[iri]

    def equivalents(self, iri: str) -> set[str]:
        """Return the other names of a class: those above it that it is above of."""
        return {other for other in self.above(iri) if other != iri and iri in self.above(other)}

    def parents(self, iri: str) -> set[str]:
        """Return the nearest classes above that are no other names of the class itself."""
        if self._last is None or self._last[0] != iri:  # what is asked for a class is asked several times in a row
            self._last = iri, self._nearest(iri)
        return set(self._last[1])

    def _nearest(self, iri: str) -> frozenset[str]:
        above = self.above(iri) - self.equivalents(iri) - {iri}
        beyond = {far for near in above for far in self.above(near) if near not in self.above(far)}
        return frozenset(above - beyond)

    # ------------------------------------------------------------------ kinds

    @cached_property
    def _roots(self) -> dict[str, str]:
        quads = self._store.quads_for_pattern(None, NamedNode(DYST + "kindName"), None)
        pairs = ((quad.subject, quad.object) for quad in quads)
        return {s.value: o.value for s, o in pairs if isinstance(s, NamedNode) and isinstance(o, Literal)}

    @property
    def kind_roots(self) -> frozenset[str]:
        """The classes that name a kind."""
        return frozenset(self._roots)

    def kinds(self, iri: str) -> tuple[str, ...]:
        """Return the words for the kinds to which a term belongs, the nearest first."""
        above = {iri, *self.above(iri)}
        if above.isdisjoint(self._roots):
            above = {cls for kind in self.types(iri) for cls in (kind, *self.above(kind))}
        roots = sorted(root for root in self._roots if root in above)
        # A root that has more of the other roots above it is nearer.
        nearest = sorted(roots, key=lambda root: (-len(self.above(root) & set(roots)), root))
        return tuple(dict.fromkeys(self._roots[root] for root in nearest))

    def types(self, iri: str) -> list[str]:
        """Return the classes that an individual is said to be of, and RDF's own."""
        return self._objects(iri, _TYPE)

    # ------------------------------------------------------------------ edges

    def is_relation(self, predicate: str) -> bool:
        """Tell whether a property relates classes by what every instance has, or by an association."""
        return predicate in self._relations

    @cached_property
    def _relations(self) -> frozenset[str]:
        kind = NamedNode(_OWL + "ObjectProperty")
        declared = self._store.quads_for_pattern(None, NamedNode(_TYPE), kind)
        used = self._store.quads_for_pattern(None, NamedNode(DYST + "associationPredicate"), None)
        found = {quad.subject.value for quad in declared if isinstance(quad.subject, NamedNode)}
        return frozenset(found | {quad.object.value for quad in used if isinstance(quad.object, NamedNode)})

    def relations(self, iri: str) -> list[tuple[str, str, bool]]:
        """Return the edges that follow from axioms, without those that follow from another one here.

        Each is a relation, a term, and whether it is stated as a triple, as between individuals.
        """
        edges: dict[tuple[str, str], bool] = {}
        for quad in self._store.quads_for_pattern(NamedNode(iri), None, None):
            if quad.graph_name == _ASSOCIATIONS or quad.predicate.value not in self._relations:
                continue
            if isinstance(quad.object, NamedNode):
                edge = (quad.predicate.value, quad.object.value)
                edges[edge] = edges.get(edge, False) or quad.graph_name != _INFERRED
        kept = (edge for edge in edges if not any(self._follows(edge, other) for other in edges))
        return sorted((*edge, edges[edge]) for edge in kept)

    def _follows(self, edge: tuple[str, str], other: tuple[str, str]) -> bool:
        """Tell whether an edge follows from another one, by a wider relation, a wider object, or both."""
        if edge == other or (edge[0] != other[0] and edge[0] not in self._wider(other[0])):
            return False
        return edge[1] == other[1] or edge[1] in self.above(other[1]) or edge[1] in self._wholes(other[1])

    def _wider(self, relation: str) -> frozenset[str]:
        if relation not in self._wider_relations:
            self._wider_relations[relation] = _reach(relation, self._subproperties)
        return self._wider_relations[relation]

    @cached_property
    def _part_of(self) -> dict[str, set[str]]:
        return self._pairs(_PART_OF)

    def _wholes(self, iri: str) -> set[str]:
        return self._part_of.get(iri, set())

    def _objects(self, subject: str, predicate: str) -> list[str]:
        quads = self._store.quads_for_pattern(NamedNode(subject), NamedNode(predicate), None)
        return sorted({quad.object.value for quad in quads if isinstance(quad.object, NamedNode)})


def _reach(start: str, steps: dict[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    todo: list[str] = [start]
    while todo:
        new: Iterable[str] = steps.get(todo.pop(), set()) - found
        found.update(new)
        todo.extend(new)
    return frozenset(found)
