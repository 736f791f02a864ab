"""Contiguity: the clauses made from the judged pairs say of every set of regions whether it hangs together."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

import dystonia_kg as dkg
from dystonia_kg.build.contiguity import contiguity_axioms, judged_pairs, minimal_separators
from dystonia_kg.build.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DYST = "https://w3id.org/dystonia-kg/"
OWL = "http://www.w3.org/2002/07/owl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

# The summary, section 5.3: the 13 pairs that count as contiguous; the other 23 do not.
CONTIGUOUS = """UpperFace-LowerFace LowerFace-Neck Larynx-Neck LowerFace-Larynx Neck-Trunk Neck-LeftUpperLimb
    Neck-RightUpperLimb Trunk-LeftUpperLimb Trunk-RightUpperLimb Trunk-LeftLowerLimb Trunk-RightLowerLimb
    LeftUpperLimb-RightUpperLimb LeftLowerLimb-RightLowerLimb"""

Clause = tuple[str, str, tuple[str, ...]]


def holds(clauses: Iterable[Clause], affected: frozenset[str]) -> bool:
    """Each clause: not a, or not b, or one of the separator."""
    return all(a not in affected or b not in affected or affected & set(cut) for a, b, cut in clauses)


@pytest.fixture(scope="module")
def pairs(ontology: Path) -> dict[tuple[str, str], bool]:
    return judged_pairs(read_table(ontology / "tables" / "contiguity.tsv").triples)


@pytest.fixture(scope="module")
def regions(pairs: dict[tuple[str, str], bool]) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from({region for pair in pairs for region in pair})
    graph.add_edges_from(pair for pair, contiguous in pairs.items() if contiguous)
    return graph


def test_the_judgements_are_those_of_the_summary(pairs: dict[tuple[str, str], bool]) -> None:
    assert len(pairs) == 36
    wanted = {frozenset(f"{DYST}{region}" for region in pair.split("-")) for pair in CONTIGUOUS.split()}
    assert {frozenset(pair) for pair, contiguous in pairs.items() if contiguous} == wanted
    assert len(wanted) == 13


def test_there_are_34_minimal_separators(pairs: dict[tuple[str, str], bool], regions: nx.Graph) -> None:
    clauses = minimal_separators(pairs)
    assert len(clauses) == 34, "the summary's check value"
    for a, b, cut in clauses:
        assert not parted(regions, a, b, ()), "or the empty set would do"
        assert parted(regions, a, b, cut)
        assert all(not parted(regions, a, b, set(cut) - {one}) for one in cut), "minimal"


def parted(graph: nx.Graph, a: str, b: str, cut: Iterable[str]) -> bool:
    return not nx.has_path(graph.subgraph(set(graph) - set(cut)), a, b)


def test_the_clauses_agree_with_connectivity_on_all_511_sets(
    pairs: dict[tuple[str, str], bool], regions: nx.Graph
) -> None:
    clauses = minimal_separators(pairs)
    sets = [frozenset(chosen) for size in range(1, 10) for chosen in combinations(sorted(regions), size)]
    assert len(sets) == 511
    for affected in sets:
        assert holds(clauses, affected) is nx.is_connected(regions.subgraph(affected)), sorted(affected)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_clauses_agree_with_connectivity_on_any_graph(data: st.DataObject) -> None:
    nodes = "abcdefg"[: data.draw(st.integers(2, 7))]
    every = list(combinations(nodes, 2))
    verdicts = data.draw(st.lists(st.booleans(), min_size=len(every), max_size=len(every)))
    pairs = dict(zip(every, verdicts, strict=True))
    graph = nx.Graph([pair for pair, contiguous in pairs.items() if contiguous])
    graph.add_nodes_from(nodes)
    clauses = minimal_separators(pairs)
    for size in range(1, len(nodes) + 1):
        for chosen in combinations(nodes, size):
            assert holds(clauses, frozenset(chosen)) is nx.is_connected(graph.subgraph(chosen))


def judgement(number: int, one: str, other: str, verdict: str) -> list[Triple]:
    node = NamedNode(f"http://e/{number}")
    return [
        Triple(node, NamedNode(DYST + "associationSubject"), NamedNode(one)),
        Triple(node, NamedNode(DYST + "associationObject"), NamedNode(other)),
        Triple(node, NamedNode(DYST + "isContiguous"), Literal(verdict)),
    ]


def test_the_axioms_say_what_the_clauses_say() -> None:
    """A chain a - b - c: the class is Dystonia and (not a or not c or b)."""
    a, b, c = "http://e/a", "http://e/b", "http://e/c"
    judged = [*judgement(1, b, a, "true"), *judgement(2, b, c, "true"), *judgement(3, a, c, "false")]
    assert judged_pairs(judged) == {(a, b): True, (b, c): True, (a, c): False}
    axioms = contiguity_axioms(judged, target="http://e/Target")
    by_subject: dict[object, dict[str, object]] = {}
    for triple in axioms:
        name = triple.predicate.value.removeprefix(OWL).removeprefix(RDF).rpartition("#")[2]
        by_subject.setdefault(triple.subject, {})[name] = triple.object
    definition = by_subject[NamedNode("http://e/Target")]["equivalentClass"]
    genus, clause = items(by_subject, by_subject[definition]["intersectionOf"])
    assert genus == NamedNode(DYST + "Dystonia")
    options = items(by_subject, by_subject[clause]["unionOf"])
    negated = [by_subject[node]["complementOf"] for node in options if "complementOf" in by_subject[node]]
    plain = [node for node in options if "complementOf" not in by_subject[node]]
    assert {region(by_subject, node) for node in negated} == {a, c}
    assert [region(by_subject, node) for node in plain] == [b]
    edges = {
        (subject.value, region(by_subject, facts["subClassOf"]))
        for subject, facts in by_subject.items()
        if isinstance(subject, NamedNode) and "subClassOf" in facts
    }
    assert {one for one, _ in edges} == {a, b, c}
    both_ways = sum(t.predicate.value.endswith("subClassOf") for t in axioms)
    assert both_ways == 4, "a-b and b-c, there and back"


def items(nodes: dict[object, dict[str, object]], head: object) -> list[object]:
    found = []
    while head != NamedNode(RDF + "nil"):
        found.append(nodes[head]["first"])
        head = nodes[head]["rest"]
    return found


def region(nodes: dict[object, dict[str, object]], node: object) -> str:
    value = nodes[node]["someValuesFrom"]
    assert isinstance(value, NamedNode)
    return value.value


def test_another_reading_of_a_pair_makes_a_class_of_its_own(kg: dkg.KnowledgeGraph, ontology: Path) -> None:
    """The class that is generated from the other reading agrees with connectivity in the graph with its edges."""
    triples = read_table(ontology / "tables" / "contiguity.tsv").triples
    graph = nx.Graph(pair for pair, contiguous in judged_pairs(triples).items() if contiguous)
    other = judged_pairs(triples, "isContiguousInOtherReading")
    assert other == {(DYST + "Neck", DYST + "UpperFace"): True}
    graph.add_edges_from(other)
    for size in range(1, 10):
        for chosen in combinations(sorted(graph), size):
            answer = kg.classify(dkg.Case(regions=set(chosen), complete=True))
            connected = "true" if nx.is_connected(graph.subgraph(chosen)) else "false"
            assert answer.truth("dyst:ContiguousDystoniaInOtherReading") == connected


def test_without_judgements_nothing_is_made() -> None:
    assert contiguity_axioms([]) == []
