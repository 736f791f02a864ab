"""Direct edges and the hierarchy that follow from OWL axioms, as relation-graph makes them, each with its rule.

``A p B`` holds between named classes if and only if every ``A`` stands in ``p`` to some ``B``. The rules:

``asserted``      A SubClassOf (or EquivalentTo, as a conjunct) B, or p some B; so is a count of at least one
``subclass``      A SubClassOf A2: what holds of A2 holds of A
``definition``    A is all that a class expression asks for, so it is below the class that the expression defines
``filler``        A p B, B SubClassOf B2 gives A p B2
``subproperty``   p SubPropertyOf q, A p B gives A q B
``transitive``    transitive p: A p B, B p C gives A p C
``chain``         p o q SubPropertyOf r: A p B, B q C gives A r C
``domain``        A p B, p has domain D gives A SubClassOf D
``range``         A p B, p has range R gives A p (B and R)
``union``         A is below a union: what holds of every member holds of A
``disjoint``      A is below two disjoint classes, or stands in p to such a thing: A SubClassOf owl:Nothing
``reasoner``      HermiT derived it, by more than these rules

An inverse restriction does not follow and is not made up; nothing is derived from ``only`` or negation without HermiT.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import NamedNode, Triple

from dystonia_kg.axioms import read_axioms
from dystonia_kg.reasoning.completion import Completion
from dystonia_kg.reasoning.structure import NOTHING, RDFS, THING, Structure, is_named

if TYPE_CHECKING:
    import rdflib

SUBCLASS = RDFS + "subClassOf"


class Edge(NamedTuple):
    """A direct edge between two named classes and the rule that made it first."""

    subject: str
    predicate: str
    object: str
    rule: str


@dataclass(frozen=True, slots=True)
class Materialisation:
    """What follows from an OWL graph: the hierarchy and the direct edges of its named classes, sorted.

    ``unsatisfiable`` names the classes that can have no instance; they are below everything and left out elsewhere.
    """

    hierarchy: tuple[Edge, ...]
    edges: tuple[Edge, ...]
    unsatisfiable: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.hierarchy) + len(self.edges)

    def triples(self) -> list[Triple]:
        """Return all of it as triples, one for each edge."""
        return [
            Triple(NamedNode(edge.subject), NamedNode(edge.predicate), NamedNode(edge.object))
            for edge in (*self.hierarchy, *self.edges)
        ]

    def to_graph(self) -> rdflib.Graph:
        """Return all of it as an rdflib graph."""
        import rdflib

        graph = rdflib.Graph()
        for edge in (*self.hierarchy, *self.edges):
            graph.add((rdflib.URIRef(edge.subject), rdflib.URIRef(edge.predicate), rdflib.URIRef(edge.object)))
        return graph


def materialise(graph: Any, *, reasoner: bool = False, timeout: float | None = None) -> Materialisation:
    """Return the hierarchy and the direct edges that follow from an OWL graph, each with the rule that made it.

    The graph is not changed; what is returned can be added to it, and then nothing more follows.

    :param graph: an rdflib graph, a pyoxigraph store, triples or quads of either library, the path of an RDF file, or
        Turtle text
    :param reasoner: whether HermiT derives the hierarchy; without it that of the rules is taken, which is complete for
        OWL 2 EL but for nominals and data, and never wrong
    :param timeout: seconds for HermiT
    :raises InputError: if the graph cannot be read
    :raises InconsistentError: if HermiT finds a contradiction
    :raises ReasoningTimeout: if the time is up

    >>> made = materialise('''<http://e/A> a owl:Class ; rdfs:subClassOf <http://e/B> , [ a owl:Restriction ;
    ...     owl:onProperty BFO:0000050 ; owl:someValuesFrom <http://e/C> ] .
    ... BFO:0000050 a owl:ObjectProperty . <http://e/B> a owl:Class . <http://e/C> rdfs:subClassOf <http://e/D> .''')
    >>> [edge.rule for edge in made.hierarchy], [(edge.object, edge.rule) for edge in made.edges]
    (['asserted', 'asserted'], [('http://e/C', 'asserted'), ('http://e/D', 'filler')])
    """
    triples = read_axioms(graph)
    hierarchy: Mapping[str, Iterable[str]] = {}
    unsatisfiable: tuple[str, ...] = ()
    if reasoner:
        from dystonia_kg.reasoning.owlapi import Ontology

        classification = Ontology(triples).classify(timeout=timeout)
        hierarchy, unsatisfiable = classification.superclasses, classification.unsatisfiable
    completion = Completion(Structure(triples), {**hierarchy, **{cls: [NOTHING] for cls in unsatisfiable}})
    bottom = {node for node, above in completion.supers.items() if NOTHING in above and is_named(node)} - {NOTHING}
    return Materialisation(
        tuple(sorted(_hierarchy(completion, bottom))), tuple(sorted(_edges(completion, bottom))), tuple(sorted(bottom))
    )


def materialise_edges(triples: Iterable[Triple], hierarchy: Mapping[str, Iterable[str]]) -> list[Edge]:
    """Return every direct edge between named classes, sorted.

    :param triples: the ontology as RDF
    :param hierarchy: for each named class, all named classes above it, as a reasoner derives them
    """
    completion = Completion(Structure(triples), hierarchy)
    bottom = {node for node, above in completion.supers.items() if NOTHING in above}
    return sorted(_edges(completion, bottom))


def _hierarchy(completion: Completion, bottom: set[str]) -> Iterable[Edge]:
    for node, above in completion.supers.items():
        if is_named(node) and node not in bottom and node != THING:
            for sup, rule in above.items():
                if is_named(sup) and sup not in (node, THING):
                    yield Edge(node, SUBCLASS, sup, rule)


def _edges(completion: Completion, bottom: set[str]) -> Iterable[Edge]:
    """Return the edges of named classes, those to a filler as such before those to what is above it."""
    for node, relations in completion.related.items():
        if not is_named(node) or node in bottom or node == THING:
            continue
        for prop, fillers in relations.items():
            if prop.startswith("_:"):
                continue
            found = {filler: rule for filler, rule in fillers.items() if is_named(filler) and rule != "range"}
            for filler in fillers:
                for above in completion.supers[filler]:
                    if is_named(above):
                        found.setdefault(above, "filler")
            yield from (Edge(node, prop, end, rule) for end, rule in found.items() if end not in (THING, NOTHING))
