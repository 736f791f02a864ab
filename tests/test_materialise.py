"""Materialisation: the rules one by one, against HermiT as an exact oracle, and against owlrl on real input."""

# ruff: noqa: E501  axioms stay on one line

from __future__ import annotations

import random
from pathlib import Path

import owlrl
import pytest
import rdflib
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from dystonia_kg.build.sources import Sources, read_sources
from dystonia_kg.reasoning.materialise import Materialisation, materialise
from dystonia_kg.reasoning.owlapi import Ontology

DATA = Path(__file__).parent / "data"
E = "http://e/"
OWL = "http://www.w3.org/2002/07/owl#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
SLICE = DATA / "uberon_slice.ttl"

HEAD = f"""@prefix : <{E}> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:p a owl:ObjectProperty . :q a owl:ObjectProperty . :r a owl:ObjectProperty . """


def some(prop: str, filler: str) -> str:
    return f"[ a owl:Restriction ; owl:onProperty :{prop} ; owl:someValuesFrom {filler} ]"


def both(*parts: str) -> str:
    return f"[ a owl:Class ; owl:intersectionOf ( {' '.join(parts)} ) ]"


def either(*parts: str) -> str:
    return f"[ a owl:Class ; owl:unionOf ( {' '.join(parts)} ) ]"


def facts(text: str, **options: bool) -> dict[tuple[str, str, str], str]:
    made = materialise(HEAD + text, **options)
    return {
        (e.subject.removeprefix(E), e.predicate.removeprefix(E).removeprefix(RDFS), e.object.removeprefix(E)): e.rule
        for e in (*made.hierarchy, *made.edges)
    }


RULES = [
    (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", ("A", "subClassOf", "C"), "subclass"),
    (f":A rdfs:subClassOf {some('p', ':B')} .", ("A", "p", "B"), "asserted"),
    (f":A rdfs:subClassOf {some('p', ':B')} . :B rdfs:subClassOf :C .", ("A", "p", "C"), "filler"),
    (f":A rdfs:subClassOf :B . :B rdfs:subClassOf {some('p', ':C')} .", ("A", "p", "C"), "subclass"),
    (f":A rdfs:subClassOf {some('p', ':B')} . :p rdfs:subPropertyOf :q .", ("A", "q", "B"), "subproperty"),
    (
        f":p a owl:TransitiveProperty . :A rdfs:subClassOf {some('p', ':B')} . :B rdfs:subClassOf {some('p', ':C')} .",
        ("A", "p", "C"),
        "transitive",
    ),
    (
        f":r owl:propertyChainAxiom ( :p :q ) . :A rdfs:subClassOf {some('p', ':B')} . :B rdfs:subClassOf {some('q', ':C')} .",
        ("A", "r", "C"),
        "chain",
    ),
    (
        f":D owl:equivalentClass {both(':B', some('p', ':C'))} . :A rdfs:subClassOf :B , {some('p', ':E')} . :E rdfs:subClassOf :C .",
        ("A", "subClassOf", "D"),
        "definition",
    ),
    (f":p rdfs:domain :D . :A rdfs:subClassOf {some('p', ':B')} .", ("A", "subClassOf", "D"), "domain"),
    (
        f":p rdfs:range :R . :A rdfs:subClassOf {some('p', ':B')} . :D owl:equivalentClass {some('p', both(':B', ':R'))} .",
        ("A", "subClassOf", "D"),
        "definition",
    ),
    (
        f":A rdfs:subClassOf {either(':B', ':C')} . :B rdfs:subClassOf :D . :C rdfs:subClassOf :D .",
        ("A", "subClassOf", "D"),
        "union",
    ),
    (
        f":A rdfs:subClassOf {either(':B', ':C')} . :B rdfs:subClassOf {some('p', ':D')} . :C rdfs:subClassOf {some('p', ':D')} .",
        ("A", "p", "D"),
        "union",
    ),
    (
        ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; "
        'owl:minQualifiedCardinality "2"^^xsd:nonNegativeInteger ; owl:onClass :B ] .',
        ("A", "p", "B"),
        "asserted",
    ),
]


@pytest.mark.parametrize(("text", "fact", "rule"), RULES)
def test_each_rule(text: str, fact: tuple[str, str, str], rule: str) -> None:
    assert facts(text).get(fact) == rule
    assert fact in facts(text, reasoner=True)


@pytest.mark.parametrize(
    "text",
    [
        f":A rdfs:subClassOf {some('p', ':B')} . :q owl:inverseOf :p .",
        ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :B ] .",
        f":A rdfs:subClassOf [ a owl:Class ; owl:complementOf {some('p', ':B')} ] .",
    ],
)
def test_what_does_not_follow(text: str) -> None:
    assert not {fact for fact in facts(text) if fact not in {("A", "p", "B")}}
    assert not any(fact[0] == "B" for fact in facts(text))


def test_an_impossible_class_is_told_and_left_out() -> None:
    made = materialise(
        HEAD + f":B owl:disjointWith :C . :A rdfs:subClassOf :B , :C . :D rdfs:subClassOf {some('p', ':A')} ."
    )
    assert made.unsatisfiable == (E + "A", E + "D")
    assert not made.hierarchy
    assert not made.edges


def test_the_check_case_of_relation_graph() -> None:
    """A chain has_location o part_of, four structures, two disorders: an edge to each, and no inverse."""
    text = f""":p a owl:TransitiveProperty . :q owl:propertyChainAxiom ( :q :p ) ; rdfs:subPropertyOf :r .
    :putamen rdfs:subClassOf {some("p", ":striatum")} . :striatum rdfs:subClassOf {some("p", ":ganglia")} .
    :ganglia rdfs:subClassOf {some("p", ":brain")} . :D rdfs:subClassOf {some("q", ":putamen")} . :D2 rdfs:subClassOf :D .
    :located owl:inverseOf :q ."""
    found = facts(text)
    for disorder in ("D", "D2"):
        for structure in ("putamen", "striatum", "ganglia", "brain"):
            assert (disorder, "q", structure) in found
            assert (disorder, "r", structure) in found
    assert not any(predicate == "located" for _, predicate, _ in found)


@pytest.fixture(scope="module")
def sources(ontology: Path) -> Sources:
    return read_sources(ontology, accessions=False)


def test_it_is_idempotent(sources: Sources) -> None:
    axioms = sources.asserted + sources.imports
    once = materialise(axioms)
    assert set(materialise(axioms + once.triples()).triples()) == set(once.triples())
    assert set(materialise(once.to_graph() + rdflib.Graph()).triples()) <= set(once.triples())


def with_questions(axioms: list[Triple], pairs: set[tuple[str, str]]) -> list[Triple]:
    """Return axioms with a class for each (property, filler): what stands in the property to the filler."""
    made = list(axioms)
    for number, (prop, filler) in enumerate(sorted(pairs)):
        cls, node = NamedNode(f"urn:q:{number}"), BlankNode()
        made += [
            Triple(cls, RDF_TYPE, NamedNode(OWL + "Class")),
            Triple(cls, NamedNode(OWL + "equivalentClass"), node),
            Triple(node, RDF_TYPE, NamedNode(OWL + "Restriction")),
            Triple(node, NamedNode(OWL + "onProperty"), NamedNode(prop)),
            Triple(node, NamedNode(OWL + "someValuesFrom"), NamedNode(filler)),
        ]
    return made


def by_hermit(axioms: list[Triple], pairs: set[tuple[str, str]]) -> set[tuple[str, str, str]]:
    """Return the edges that HermiT finds: classes below the class of a question."""
    numbered = dict(enumerate(sorted(pairs)))
    found = Ontology(with_questions(axioms, pairs)).classify()
    return {
        (sub, *numbered[int(sup.removeprefix("urn:q:"))])
        for sub, above in found.superclasses.items()
        for sup in above
        if sup.startswith("urn:q:") and not sub.startswith("urn:q:")
    }


def edges(made: Materialisation) -> set[tuple[str, str, str]]:
    return {(edge.subject, edge.predicate, edge.object) for edge in made.edges}


@pytest.mark.slow
def test_every_edge_of_a_real_el_ontology_is_that_of_hermit() -> None:
    """All of part_of over a slice of Uberon: HermiT and the rules agree on every pair, none more and none less."""
    axioms = [quad.triple for quad in parse(path=str(SLICE), format=RdfFormat.TURTLE)]
    made = materialise(SLICE)
    classes = {t.subject.value for t in axioms if t.object == NamedNode(OWL + "Class")}
    pairs = {("http://purl.obolibrary.org/obo/BFO_0000050", cls) for cls in classes}
    assert edges(made) == by_hermit(axioms, pairs)
    assert {(e.subject, e.object) for e in made.hierarchy} == {
        (sub, sup) for sub, above in Ontology(axioms).classify().superclasses.items() for sup in above
    }
    assert len(made.edges) > 1000


@pytest.mark.slow
def test_edges_of_our_ontology_are_those_of_hermit(sources: Sources) -> None:
    """All edges are entailed, and of the pairs asked at random, drawn by a fixed seed, none is missing."""
    axioms = sources.asserted + sources.imports
    made = edges(materialise(axioms, reasoner=True))
    ontology = Ontology(axioms)
    draw = random.Random(7)
    classes, props = sorted({s for s, _, _ in made}), sorted({p for _, p, _ in made})
    objects = sorted({o for _, _, o in made})
    asked = {(draw.choice(classes), draw.choice(props), draw.choice(objects)) for _ in range(400)}
    asked |= set(draw.sample(sorted(made), 200))
    rdf = {claim: _claim(*claim) for claim in sorted(asked)}
    wrong = [claim for claim, triples in rdf.items() if ontology.entails_all(triples) != (claim in made)]
    assert wrong == []


def _claim(sub: str, prop: str, filler: str) -> list[Triple]:
    node = BlankNode()
    return [
        Triple(NamedNode(sub), NamedNode(RDFS + "subClassOf"), node),
        Triple(node, RDF_TYPE, NamedNode(OWL + "Restriction")),
        Triple(node, NamedNode(OWL + "onProperty"), NamedNode(prop)),
        Triple(node, NamedNode(OWL + "someValuesFrom"), NamedNode(filler)),
    ]


def test_the_rule_part_agrees_with_owlrl(ontology: Path) -> None:
    """What owlrl derives of the hierarchy of the imports (it knows no restriction on the right) is all there."""
    graph = rdflib.Graph()
    for path in sorted((ontology / "imports").glob("*.ttl")):
        graph.parse(path)
    made = {(edge.subject, edge.object) for edge in materialise(graph).hierarchy}
    closed = rdflib.Graph() + graph
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closed)
    theirs = {
        (str(s), str(o))
        for s, o in closed.subject_objects(rdflib.RDFS.subClassOf)
        if isinstance(s, rdflib.URIRef) and isinstance(o, rdflib.URIRef) and s != o
    }
    foreign = (OWL, RDFS, "http://www.w3.org/")
    assert {pair for pair in theirs if not any(end.startswith(foreign) for end in pair)} == made
