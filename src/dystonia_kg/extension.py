"""A user's own axioms on top of ours: checked, classified and materialised into a knowledge graph of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad, Store, Triple

from dystonia_kg.axioms import Axioms, read_axioms, texts_of
from dystonia_kg.errors import UnsatisfiableError
from dystonia_kg.vocab import GRAPH, PREFIXES, contract

if TYPE_CHECKING:
    from dystonia_kg.graph import KnowledgeGraph
    from dystonia_kg.reasoning.owlapi import Classification, Ontology

_USER = NamedNode(GRAPH + "user")
_INFERRED = NamedNode(GRAPH + "inferred")
_SUBCLASS = NamedNode(PREFIXES["rdfs"] + "subClassOf")
_NOTHING = NamedNode(PREFIXES["owl"] + "Nothing")
_EXPLAINED = 10


def with_axioms(
    kg: KnowledgeGraph, sources: Iterable[Axioms], *, allow_unsatisfiable: bool = False, timeout: float | None = None
) -> KnowledgeGraph:
    """Return a new graph that holds ours, the user's axioms and what follows from both; ``kg`` stays as it is."""
    from dystonia_kg.reasoning.materialise import materialise_edges
    from dystonia_kg.reasoning.owlapi import Ontology
    from dystonia_kg.reasoning.session import axioms_of

    store = Store()
    store.bulk_extend(kg._store)
    texts = list(kg._texts)
    for source in sources:
        texts += texts_of(source)
        _add(store, read_axioms(source), _USER)
    axioms = axioms_of(store)
    ontology = Ontology(axioms)
    classification = ontology.classify(timeout=timeout)
    if classification.unsatisfiable and not allow_unsatisfiable:
        raise unsatisfiable(ontology, classification, axioms, timeout=timeout)
    hierarchy = [
        Triple(NamedNode(sub), _SUBCLASS, NamedNode(s))
        for sub, sups in classification.superclasses.items()
        for s in sups
    ]
    hierarchy += [Triple(NamedNode(sub), _SUBCLASS, _NOTHING) for sub in classification.unsatisfiable]
    edges = materialise_edges(axioms, classification.superclasses)
    _add(store, hierarchy, _INFERRED)
    _add(store, (Triple(NamedNode(e.subject), NamedNode(e.predicate), NamedNode(e.object)) for e in edges), _INFERRED)
    made = type(kg)(store, kg._release)
    made._texts = tuple(texts)
    made._reasoner_over(ontology)
    return made


def unsatisfiable(
    ontology: Ontology, classification: Classification, triples: Iterable[Triple], *, timeout: float | None = None
) -> UnsatisfiableError:
    """Return the error that names the classes without a possible instance, and minimal sets of axioms that tell why."""
    from dystonia_kg.reasoning.roots import roots_first

    because = []
    classes = roots_first(triples, classification.unsatisfiable)
    for cls in classes[:_EXPLAINED]:  # more of them share their cause as a rule
        groups = ontology.explain_unsatisfiable(cls, timeout=timeout)
        because.append("\n".join(axiom.text for group in groups for axiom in group))
    return UnsatisfiableError((contract(cls) or cls for cls in classes), because)


def _add(store: Store, triples: Iterable[Triple], graph: NamedNode) -> None:
    for triple in triples:
        if next(iter(store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)), None) is None:
            store.add(Quad(triple.subject, triple.predicate, triple.object, graph))
