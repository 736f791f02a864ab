"""A user's own axioms: classified with ours, asked in the same way, ours untouched."""

# ruff: noqa: E501  axioms stay on one line

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib

import dystonia_kg
from dystonia_kg.axioms import read_axioms
from dystonia_kg.errors import InconsistentError, InputError, UnsatisfiableError
from dystonia_kg.graph import KnowledgeGraph

if TYPE_CHECKING:
    from pathlib import Path

SYNDROME = """\
@prefix my: <http://clinic.example/> .
my:Drumming a owl:Class ; rdfs:subClassOf dyst:PlayingInstrument ; rdfs:label "drumming" .
my:DrummersCramp a owl:Class ; rdfs:label "drummer's cramp" ; rdfs:subClassOf dyst:DystoniaSyndrome , dyst:UpperLimbDystonia ,
    [ a owl:Restriction ; owl:onProperty dyst:isEvokedBy ; owl:someValuesFrom my:Drumming ] .
"""


@pytest.fixture(scope="module")
def clinic(kg: KnowledgeGraph) -> KnowledgeGraph:
    return kg.with_axioms(SYNDROME)


def test_a_syndrome_of_ones_own_is_placed(clinic: KnowledgeGraph) -> None:
    assert clinic.is_a("drummer's cramp", "focal dystonia")
    assert clinic.is_a("drummer's cramp", "task-specific dystonia")
    assert not clinic.is_a("drummer's cramp", "generalized dystonia")
    rows = clinic.query("SELECT ?x { ?x rdfs:subClassOf dyst:TaskSpecificDystonia ; dyst:affects dyst:UpperLimb }")
    assert "http://clinic.example/DrummersCramp" in {str(row.x) for row in rows}
    assert clinic.term("drummer's cramp") in clinic.syndromes(distribution="focal")
    assert (
        clinic.term("drummer's cramp")
        in clinic.dl_query("isEvokedBy some Drumming").equivalents
        + clinic.dl_query("isEvokedBy some Drumming").subclasses
    )


def test_it_is_explained_with_its_own_lines(clinic: KnowledgeGraph) -> None:
    found = clinic.explain("drummer's cramp", "task-specific dystonia")
    assert any((reason.place or "").startswith("axioms:") for reason in found.reasons)
    assert "every drummer's cramp is evoked by some drumming" in found.in_words.lower()
    assert clinic.explain_relation("drummer's cramp", "dyst:isEvokedBy", "playing an instrument")


def test_ours_is_untouched(kg: KnowledgeGraph, clinic: KnowledgeGraph) -> None:
    assert clinic is not kg
    assert not kg.search("drummer's cramp") or kg.search("drummer's cramp")[0].label != "drummer's cramp"
    named = {quad for quad in dystonia_kg.load()._store if not isinstance(quad.subject, ox.BlankNode)}
    named = {quad for quad in named if not isinstance(quad.object, ox.BlankNode)}
    assert all(quad in kg._store for quad in named)
    assert len(kg) == len(dystonia_kg.load())
    assert set(kg._store) < set(clinic._store)  # and nothing of ours is lost


def test_axioms_come_in_every_form(tmp_path: Path) -> None:
    path = tmp_path / "my.ttl"
    text = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n<http://e/A> a owl:Class ."
    path.write_text(text, encoding="utf-8")
    graph = rdflib.Graph().parse(data=text, format="turtle")
    quads = list(ox.parse(text.encode(), ox.RdfFormat.TURTLE))
    wanted = {quads[0].triple}
    assert all(set(read_axioms(form)) == wanted for form in (text, path, str(path), graph, quads, [quads[0].triple]))


def test_unreadable_axioms_are_an_error_with_their_place(kg: KnowledgeGraph) -> None:
    with pytest.raises(InputError, match=r"axioms:2:\d+: not Turtle"):
        kg.with_axioms("dyst:A a owl:Class .\ndyst:B a owl:Cla ss .")


def test_a_contradiction_names_its_axioms(kg: KnowledgeGraph) -> None:
    with pytest.raises(InconsistentError) as error:
        kg.with_axioms("<http://e/case> a dyst:FocalDystonia , dyst:GeneralizedDystonia .")
    text = str(error.value)
    assert "case Type focal dystonia" in text
    assert "case Type generalized dystonia" in text
    assert len(error.value.explanations[0].splitlines()) <= 5


@pytest.mark.slow
def test_an_impossible_class_is_reported(kg: KnowledgeGraph) -> None:
    with pytest.raises(UnsatisfiableError, match="A SubClassOf focal dystonia"):
        kg.with_axioms("<http://e/A> rdfs:subClassOf dyst:FocalDystonia , dyst:MultifocalDystonia .")


@pytest.mark.slow
def test_load_classifies_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "clinic.ttl"
    prefixes = "".join(f"@prefix {name}: <{base}> .\n" for name, base in _USED.items())
    path.write_text(prefixes + SYNDROME, encoding="utf-8")
    plain = dystonia_kg.load(extra=[path])
    assert not plain.is_a("drummer's cramp", "task-specific dystonia")
    reasoned = dystonia_kg.load(extra=[path], reason=True)
    assert reasoned.is_a("drummer's cramp", "task-specific dystonia")


_USED = {
    "dyst": "https://w3id.org/dystonia-kg/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
