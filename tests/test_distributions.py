"""All sets of body regions, through HermiT and through a graph: one distribution each, and the same."""

from __future__ import annotations

import time
from itertools import combinations
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from dystonia_kg.build.contiguity import contiguity_axioms, judged_pairs
from dystonia_kg.build.tables import read_table
from dystonia_kg.reasoning.owlapi import Ontology
from dystonia_kg.vocab import DYST

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

OWL = "http://www.w3.org/2002/07/owl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
Node = NamedNode | BlankNode
MODULES = ("schema", "anatomy", "axis1")  # the others say nothing of regions, and would only take time


def parse_module(path: Path) -> list[Triple]:
    return [quad.triple for quad in parse(path=str(path), format=RdfFormat.TURTLE, rename_blank_nodes=True)]


def expected(regions: frozenset[str], graph: nx.Graph) -> str:
    """Return the distribution by the stated order of precedence, with nothing of the ontology but contiguity."""
    if len(regions) == 1:
        return "FocalDystonia"
    if regions in ({"LeftUpperLimb", "LeftLowerLimb"}, {"RightUpperLimb", "RightLowerLimb"}):
        return "Hemidystonia"
    if "Trunk" in regions and len(regions) >= 3:
        return "GeneralizedDystonia"
    return "SegmentalDystonia" if nx.is_connected(graph.subgraph(regions)) else "MultifocalDystonia"


def definition_alone(generated: list[Triple]) -> list[Triple]:
    """Leave out which region borders on which: the definition holds all of it that matters, at half the time."""
    borders = {t.subject for t in generated if t.object == NamedNode(DYST + "contiguousWith")}
    return [t for t in generated if t.subject not in borders and t.object not in borders]


class Cases:
    """Complete descriptions of presentations, as classes."""

    def __init__(self, regions: list[str], midline: list[str]) -> None:
        self.regions, self.midline = regions, midline
        self.triples: list[Triple] = []

    def add(self, name: str, affected: Iterable[str]) -> None:
        affected = set(affected)
        case = NamedNode(name)
        self._say(case, RDF + "type", NamedNode(OWL + "Class"))
        self._say(case, RDFS + "subClassOf", NamedNode(DYST + "Dystonia"))
        for region in self.regions:
            some = self._some("affects", NamedNode(DYST + region))
            self._say(case, RDFS + "subClassOf", some if region in affected else self._not(some))
        for region in affected.intersection(self.midline):  # the whole of it, not a half
            side = self._some("hasSide", NamedNode(DYST + "Side"))
            half = self._class("intersectionOf", [NamedNode(DYST + region), side])
            self._say(case, RDFS + "subClassOf", self._not(self._some("affects", half)))

    def _say(self, subject: Node, predicate: str, value: Node | Literal) -> None:
        self.triples.append(Triple(subject, NamedNode(predicate), value))

    def _some(self, prop: str, filler: Node) -> BlankNode:
        node = BlankNode()
        self._say(node, RDF + "type", NamedNode(OWL + "Restriction"))
        self._say(node, OWL + "onProperty", NamedNode(DYST + prop))
        self._say(node, OWL + "someValuesFrom", filler)
        return node

    def _not(self, inner: BlankNode) -> BlankNode:
        node = BlankNode()
        self._say(node, RDF + "type", NamedNode(OWL + "Class"))
        self._say(node, OWL + "complementOf", inner)
        return node

    def _class(self, kind: str, parts: list[Node]) -> BlankNode:
        node = BlankNode()
        head: Node = NamedNode(RDF + "nil")
        for part in reversed(parts):
            cell = BlankNode()
            self._say(cell, RDF + "first", part)
            self._say(cell, RDF + "rest", head)
            head = cell
        self._say(node, RDF + "type", NamedNode(OWL + "Class"))
        self._say(node, OWL + kind, head)
        return node


@pytest.mark.slow
def test_all_511_sets_of_regions(ontology: Path) -> None:
    stated = [t for name in MODULES for t in parse_module(ontology / "modules" / f"{name}.ttl")]
    stated += read_table(ontology / "tables" / "contiguity.tsv").triples
    judged = judged_pairs(stated)
    pairs = {(a.removeprefix(DYST), b.removeprefix(DYST)): yes for (a, b), yes in judged.items()}
    regions = sorted({region for pair in pairs for region in pair})
    graph = nx.Graph([pair for pair, contiguous in pairs.items() if contiguous])
    sets = [frozenset(some) for size in range(1, len(regions) + 1) for some in combinations(regions, size)]
    assert (len(regions), len(pairs), len(sets)) == (9, 36, 511)

    cases = Cases(regions, [region for region in regions if not region.startswith(("Left", "Right"))])
    for number, some in enumerate(sets):
        cases.add(f"urn:case:{number}", some)
    values = {
        t.subject.value
        for t in stated
        if t.predicate.value == DYST + "isValueOf" and t.object == NamedNode(DYST + "BodyDistribution2013")
    }
    start = time.process_time()
    found = Ontology(stated + definition_alone(contiguity_axioms(stated)) + cases.triples).classify(timeout=100)
    assert time.process_time() - start < 60

    values = {value for value in values if not found.superclasses[value] & values}  # not the sub-values of one
    assert len(values) == 5
    assert not [cls for cls in found.unsatisfiable if cls.startswith("urn:case:")]
    placed = {
        number: sorted(above.removeprefix(DYST) for above in found.superclasses[f"urn:case:{number}"] & values)
        for number in range(len(sets))
    }
    wrong = {sets[n]: names for n, names in placed.items() if names != [expected(sets[n], graph)]}
    assert wrong == {}
    contiguous = {n for n in placed if DYST + "ContiguousDystonia" in found.superclasses[f"urn:case:{n}"]}
    assert contiguous == {n for n, some in enumerate(sets) if nx.is_connected(graph.subgraph(some))}
