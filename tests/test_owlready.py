"""The view for owlready2: terms as attributes, fillers as values, HermiT, search, and a world of its own."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import owlready2
import pytest

from dystonia_kg.reasoning.jvm import java_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dystonia_kg.graph import KnowledgeGraph


@pytest.fixture
def onto(kg: KnowledgeGraph) -> Iterator[Any]:
    before = owlready2.JAVA_EXE
    yield kg.to_owlready2()
    owlready2.JAVA_EXE = before


def test_terms_are_attributes_and_fillers_their_values(onto: Any) -> None:
    assert onto.CervicalDystonia.affects == [onto.Neck]
    assert onto.WritersCramp.isEvokedBy == [onto.Writing]
    assert onto.CervicalDystonia.label == ["cervical dystonia"]
    assert onto.Neck in onto.CervicalDystonia.INDIRECT_affects
    assert onto.PKAN.hasInheritance[0].label == ["Autosomal recessive inheritance"]


def test_the_hierarchy_is_inferred_and_without_shortcuts(onto: Any, kg: KnowledgeGraph) -> None:
    above = {cls.iri for cls in onto.WritersCramp.ancestors()} - {"http://www.w3.org/2002/07/owl#Thing"}
    assert above == {term.iri for term in (kg.term("writer's cramp"), *kg.term("writer's cramp").ancestors)}
    assert onto.Dystonia not in onto.WritersCramp.is_a
    assert {cls.iri for cls in onto.FocalDystonia.descendants()} == {
        term.iri for term in (kg.term("focal dystonia"), *kg.term("focal dystonia").descendants)
    }


def test_search(onto: Any) -> None:
    assert onto.CervicalDystonia in list(onto.search(label="cervical dysto*"))
    assert onto.WritersCramp in list(onto.search(subclass_of=onto.FocalDystonia))
    assert onto.search_one(iri="*WritersCramp") is not None


def test_changes_stay_in_their_world(onto: Any, kg: KnowledgeGraph) -> None:
    before = len(kg)
    with onto:
        type("MyDystonia", (onto.FocalDystonia,), {})
        onto.CervicalDystonia.is_a.append(onto.GeneralizedDystonia)
        owlready2.destroy_entity(onto.Blepharospasm)
    assert len(kg) == before
    assert not kg.is_a("cervical dystonia", "generalized dystonia")
    other = kg.to_owlready2()
    assert other.world is not onto.world is not owlready2.default_world
    assert other.MyDystonia is None
    assert other.Blepharospasm is not None


@pytest.mark.slow
def test_hermit_runs_with_the_java_of_the_extra(onto: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owlready2, "JAVA_EXE", str(java_home() / "bin" / "java"))
    with onto:
        kind = type("TestCramp", (onto.Dystonia,), {})
        kind.equivalent_to.append(onto.Dystonia & onto.isEvokedBy.some(onto.Writing) & onto.affects.some(onto.Neck))
        owlready2.sync_reasoner_hermit(onto.world, debug=0)
    assert onto.TaskSpecificDystonia in onto.TestCramp.ancestors()
    assert onto.DystoniaInvolvingNeck in onto.TestCramp.ancestors()


def test_owlready2_is_told_of_our_java_only_where_it_has_none(
    kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owlready2, "JAVA_EXE", "/my/java")
    kg.to_owlready2()
    assert owlready2.JAVA_EXE == "/my/java"
    monkeypatch.setattr(owlready2, "JAVA_EXE", "java")
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/java")
    kg.to_owlready2()
    assert owlready2.JAVA_EXE == "java"
    monkeypatch.setattr(shutil, "which", lambda name: None)
    kg.to_owlready2()
    assert str(java_home() / "bin" / "java") == owlready2.JAVA_EXE
