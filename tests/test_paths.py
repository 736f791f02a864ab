"""Paths: how two terms are related, by edges that the graph holds, shortest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import pytest

from dystonia_kg.errors import UnknownTermError

if TYPE_CHECKING:
    import dystonia_kg as dkg

PAIRS = [
    ("TOR1A", "basal ganglia"),
    ("DYT1", "TOR1A"),
    ("writer's cramp", "upper limb"),
    ("PANK2", "autosomal recessive inheritance"),
    ("dystonic cerebral palsy", "perinatal brain injury"),
    ("haloperidol", "tardive dystonia"),
    ("blepharospasm", "cervical dystonia"),
]


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_a_path_is_made_of_edges_of_the_graph(kg: dkg.KnowledgeGraph, start: str, end: str) -> None:
    paths = kg.paths(start, end)
    assert 1 <= len(paths) <= 3
    for path in paths:
        assert path.terms[0] == kg.term(start)
        assert path.terms[-1] == kg.term(end)
        assert len(path) == len(path.steps) == len(path.terms) - 1
        assert len(set(path.terms)) == len(path.terms), "no circle"
        for step, (one, two) in zip(path.steps, zip(path.terms, path.terms[1:], strict=False), strict=True):
            assert (step.start, step.end) == (one, two)
            ends = (one, two) if step.forward else (two, one)
            assert kg.query("ASK { ?s ?p ?o }", s=ends[0], p=step.predicate, o=ends[1]) is True
    assert [len(path) for path in paths] == sorted(len(path) for path in paths)
    assert len({path.terms for path in paths}) == len(paths)


def test_the_direct_edge_comes_first(kg: dkg.KnowledgeGraph) -> None:
    (first, *_) = kg.paths("DYT1", "TOR1A")
    assert str(first) == "DYT-TOR1A dystonia --has material basis in germline mutation in--> TOR1A"
    (back,) = kg.paths("TOR1A", "DYT1", limit=1)
    assert str(back) == "TOR1A <--has material basis in germline mutation in-- DYT-TOR1A dystonia"
    assert [step.forward for step in back.steps] == [False]
    assert str(back.steps[0]) == str(back)


def test_there_is_no_shorter_path(kg: dkg.KnowledgeGraph) -> None:
    """Leaving out the edges to the classes that name kinds, as the documentation says, may only make paths longer."""
    flat = nx.Graph(kg.to_networkx().to_undirected())
    for start, end in PAIRS:
        one, two = kg.term(start).iri, kg.term(end).iri
        assert len(kg.paths(start, end, limit=1)[0]) >= nx.shortest_path_length(flat, one, two)


def test_paths_do_not_run_through_what_everything_is(kg: dkg.KnowledgeGraph) -> None:
    between = {term.curie for start, end in PAIRS for path in kg.paths(start, end) for term in path.terms[1:-1]}
    assert not between & {"dyst:DystoniaDisorder", "dyst:DystoniaSyndrome", "dyst:Gene", "dyst:Disorder"}


def test_limit(kg: dkg.KnowledgeGraph) -> None:
    every = kg.paths("TOR1A", "basal ganglia", limit=5)
    assert len(every) == 5
    assert kg.paths("TOR1A", "basal ganglia", limit=2) == every[:2], "the same at each call"
    with pytest.raises(ValueError, match="at least 1"):
        kg.paths("TOR1A", "basal ganglia", limit=0)


def test_a_term_and_itself(kg: dkg.KnowledgeGraph) -> None:
    (path,) = kg.paths("PKAN", "dyst:PKAN")
    assert (len(path), path.terms, str(path)) == (0, (), "(the same term)")


def test_none(kg: dkg.KnowledgeGraph) -> None:
    assert kg.paths("PKAN", "ref:seed") == (), "publications are no part of the network"
    with pytest.raises(UnknownTermError):
        kg.paths("PKAN", "no such thing")
