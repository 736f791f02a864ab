"""Justifications by analogy: what the reasoner finds by itself, minimal, and never beyond what follows."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from dystonia_kg.reasoning.owlapi import Ontology

TEXT = """@prefix : <http://e/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:gene a owl:ObjectProperty . :mode a owl:ObjectProperty .
:Gene a owl:Class . :Disorder a owl:Class . :Dominant a owl:Class . :Recessive a owl:Class .
:Inherited a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :Disorder
  [ a owl:Restriction ; owl:onProperty :gene ; owl:someValuesFrom :Gene ] ) ] .
:InheritedDominant a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :Inherited
  [ a owl:Restriction ; owl:onProperty :mode ; owl:someValuesFrom :Dominant ] ) ] .
"""
DISORDER = """
:D{n} a owl:Class ; rdfs:subClassOf :Disorder ,
  [ a owl:Restriction ; owl:onProperty :gene ; owl:someValuesFrom :G{n} ] ,
  [ a owl:Restriction ; owl:onProperty :mode ; owl:someValuesFrom :{mode} ] .
:G{n} a owl:Class .
"""


def ontology(count: int = 5, without: str = "") -> Ontology:
    """Disorders that differ in their genes; gene 3 is none, disorder 4 is recessive."""
    text = TEXT
    for n in range(count):
        text += DISORDER.format(n=n, mode="Recessive" if n == 4 else "Dominant")
        text += "" if n == 3 else f":G{n} rdfs:subClassOf :Gene .\n"
    if without:
        assert without in text
        text = text.replace(without, "")
    return Ontology(Triple(q.subject, q.predicate, q.object) for q in parse(text, format=RdfFormat.TURTLE))


def texts(group: tuple[object, ...]) -> list[str]:
    return sorted(axiom.functional for axiom in group)  # type: ignore[attr-defined]


@pytest.mark.parametrize("sup", ["Inherited", "InheritedDominant"])
def test_what_is_found_alike_is_what_the_reasoner_finds(sup: str) -> None:
    alike = ontology()
    for n in range(5):
        (all_of_it,) = ontology().explain(f"http://e/D{n}", f"http://e/{sup}", limit=5) or [()]
        found = alike.explain(f"http://e/D{n}", f"http://e/{sup}")
        assert [texts(group) for group in found] == ([texts(all_of_it)] if all_of_it else [])


def test_it_names_the_genes_of_each() -> None:
    alike = ontology()
    for n in (0, 1, 2):
        (group,) = alike.explain(f"http://e/D{n}", "http://e/Inherited")
        assert any(f"<http://e/G{n}>" in axiom.functional for axiom in group)
        assert not any(f"G{other}>" in axiom.functional for axiom in group for other in range(5) if other != n)


def test_nothing_is_explained_that_does_not_follow() -> None:
    alike = ontology()
    assert alike.explain("http://e/D0", "http://e/Inherited")
    assert alike.explain("http://e/D3", "http://e/Inherited") == []
    assert alike.explain("http://e/D4", "http://e/InheritedDominant") == []


def test_an_axiom_is_its_own_justification() -> None:
    (group,) = ontology().explain("http://e/D0", "http://e/G0", relation="http://e/gene")
    assert len(group) == 1
    assert group[0].subject == "http://e/D0"
