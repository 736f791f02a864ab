"""How the library reads the store: the few patterns that terms, filters, paths and explanations are made of.

:class:`KnowledgeGraph` builds on it; nothing here is public. What takes time to find out is kept after the first time.
"""

from __future__ import annotations

from threading import Lock

from pyoxigraph import Literal, NamedNode, Store

from dystonia_kg.terms import Term
from dystonia_kg.vocab import DYST, PREFIXES
from dystonia_kg.walk import reached

TYPE_CHECKING = False  # typing costs as much time as the rest of this module, and every start pays for it
if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx
    from pyoxigraph import BlankNode, Quad, Triple

    from dystonia_kg.deferred import Signature
    from dystonia_kg.names import NameIndex

_RDFS, _OWL = PREFIXES["rdfs"], PREFIXES["owl"]
_SUBCLASS = NamedNode(_RDFS + "subClassOf")
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_EXCLUSION = NamedNode(DYST + "isExclusion")
_PART_OF = PREFIXES["BFO"] + "0000050"
_STATED = """
SELECT ?s ?p ?o WHERE {
  { ?r owl:onProperty ?p ; owl:someValuesFrom|owl:onClass ?o . ?s rdfs:subClassOf|owl:equivalentClass ?r }
  UNION
  { ?r owl:onProperty ?p ; owl:someValuesFrom|owl:onClass ?o .
    ?s (rdfs:subClassOf|owl:equivalentClass)/owl:intersectionOf/rdf:rest*/rdf:first ?r }
  FILTER(isIRI(?s) && isIRI(?o))
}"""
_RELATION_TYPES = (NamedNode(_OWL + "ObjectProperty"),)


class Walks:
    """Ways through a graph that are taken again and again, each walked once, while the graph stays as it is."""

    def __init__(self, kg: StoreAccess) -> None:
        self._kg = kg
        self._found: dict[tuple[str, str], set[str]] = {}

    def above(self, iri: str) -> set[str]:
        """Return the classes above a term."""
        return self._walk("above", iri)

    def beyond(self, iri: str) -> set[str]:
        """Return the classes above a term and the wholes of which it is a part."""
        return self._walk("beyond", iri)

    def wider(self, relation: str) -> set[str]:
        """Return the relations that follow from a relation."""
        return self._walk("wider", relation)

    def _walk(self, way: str, start: str) -> set[str]:
        if (way, start) not in self._found:
            self._found[way, start] = getattr(self._kg, f"_{way}")(start)
        return self._found[way, start]


class StoreAccess:
    """A store, and what was found in it already.

    :param store: the quads
    :param deferred: what tells the quads that are loaded when they are first asked for, if there are any
    """

    def __init__(self, store: Store, deferred: Signature | None = None) -> None:
        self._core = store
        self._deferred = deferred
        self._lock = Lock()
        self._index: NameIndex | None = None
        self._roots: dict[str, str] | None = None
        self._relations: frozenset[str] | None = None
        self._stated: frozenset[tuple[str, str, str]] | None = None
        self._networkx: networkx.MultiDiGraph | None = None

    @property
    def _store(self) -> Store:
        """The store with everything in it."""
        self._complete()
        return self._core

    def _complete(self) -> None:
        """Load what was deferred."""
        if self._deferred is not None:
            with self._lock:
                if self._deferred is not None:
                    self._load_deferred()
                    self._deferred = None

    def _load_deferred(self) -> None:
        raise NotImplementedError

    def _quads(
        self,
        subject: NamedNode | BlankNode | Triple | None,
        predicate: NamedNode | None,
        target: NamedNode | BlankNode | Literal | Triple | None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        """Match a pattern of quads; what was deferred is loaded if it may have a match."""
        deferred = self._deferred
        if deferred is not None and deferred.may_match(subject, predicate, target, graph):
            # A subject is described in one part only; nothing but the plain edges has subjects of both.
            edge = predicate is None or predicate.value in deferred.edges
            if edge or subject is None or next(self._core.quads_for_pattern(subject, _TYPE, None), None) is None:
                self._complete()
        return self._core.quads_for_pattern(subject, predicate, target, graph)

    def _at(self, iri: str) -> Term:
        return Term(self, iri)  # type: ignore[arg-type]  # every instance is a KnowledgeGraph

    @property
    def _names(self) -> NameIndex:
        if self._index is None:
            from dystonia_kg.names import NameIndex

            self._index = NameIndex(self._core)
        return self._index

    def _objects(self, subject: str, predicate: str) -> list[str]:
        quads = self._quads(NamedNode(subject), NamedNode(predicate), None)
        return sorted({quad.object.value for quad in quads if isinstance(quad.object, NamedNode)})

    def _subjects(self, predicate: str, value: NamedNode | Literal) -> set[str]:
        quads = self._quads(None, NamedNode(predicate), value)
        return {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}

    def _is_known(self, iri: str) -> bool:
        try:
            node = NamedNode(iri)
            return any(True for quads in (self._core.quads_for_pattern, self._quads) for _ in quads(node, None, None))
        except ValueError:
            return False

    def _above(self, iri: str) -> set[str]:
        return reached(iri, lambda node: self._step(node, None)) - {iri}

    def _below(self, iri: str) -> set[str]:
        return reached(iri, lambda node: self._step(None, node)) - {iri}

    def _step(self, sub: str | None, sup: str | None) -> Iterator[str]:
        start, end_at = (None if iri is None else NamedNode(iri) for iri in (sub, sup))
        for quad in self._quads(start, _SUBCLASS, end_at):
            end = quad.object if sub else quad.subject
            if isinstance(end, NamedNode):
                yield end.value

    def _wider(self, relation: str) -> set[str]:
        """Return the relations that follow from a relation."""
        return reached(relation, lambda node: self._objects(node, _RDFS + "subPropertyOf")) - {relation}

    def _beyond(self, iri: str) -> set[str]:
        """Return the classes above a term, and the wholes of which it is a part."""
        return self._above(iri) | set(self._objects(iri, _PART_OF))

    def _is_exclusion(self, relation: str) -> bool:
        """Tell whether a relation states that its object, and everything narrower, is absent."""
        return next(self._core.quads_for_pattern(NamedNode(relation), _EXCLUSION, None), None) is not None

    def _kind_roots(self) -> dict[str, str]:
        if self._roots is None:
            quads = self._quads(None, NamedNode(DYST + "kindName"), None)
            pairs = ((quad.subject, quad.object) for quad in quads)
            self._roots = {s.value: o.value for s, o in pairs if isinstance(s, NamedNode) and isinstance(o, Literal)}
        return self._roots

    def _kind(self, iri: str) -> str | None:
        """Return the kind named by the nearest class at or above that names one."""
        roots = self._kind_roots()
        above = {iri, *self._above(iri)}
        if above.isdisjoint(roots):
            above = {cls for kind in self._objects(iri, _TYPE.value) for cls in (kind, *self._above(kind))}
        named = {root for root in roots if root in above}
        nearest = [root for root in named if not any(root in self._above(other) for other in named - {root})]
        return roots[min(nearest)] if nearest else None

    def _is_relation(self, predicate: str) -> bool:
        return predicate in self._all_relations()

    def _all_relations(self) -> frozenset[str]:
        """Return the relations between things: object properties, and what associations relate by."""
        if self._relations is None:
            found = {
                quad.subject.value
                for kind in _RELATION_TYPES
                for quad in self._quads(None, _TYPE, kind)
                if isinstance(quad.subject, NamedNode)
            }
            used = self._core.quads_for_pattern(None, NamedNode(DYST + "associationPredicate"), None)
            later = self._deferred.relations if self._deferred is not None else frozenset()
            self._relations = later | found | {q.object.value for q in used if isinstance(q.object, NamedNode)}
        return self._relations

    def _is_stated(self, subject: str, predicate: str, target: str) -> bool:
        """Tell whether an axiom on the subject itself states the edge, alone or as one of several conditions."""
        if self._stated is None:
            from dystonia_kg.results import Result, execute

            rows = execute(self._core, _STATED)
            assert isinstance(rows, Result)
            self._stated = frozenset((str(s), str(p), str(o)) for s, p, o in rows)
        return (subject, predicate, target) in self._stated
