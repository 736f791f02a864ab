"""Explanations: minimal, sufficient, sourced, readable, and at hand without Java."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dystonia_kg.errors import UnsatisfiableError
from dystonia_kg.places import Places
from dystonia_kg.reasoning.lane import Deadline

if TYPE_CHECKING:
    from pathlib import Path

    from dystonia_kg.graph import KnowledgeGraph


@pytest.fixture(scope="module")
def shipped(ontology: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ontology / "release" / "explanations.json").read_bytes())
    return found


def claims(shipped: dict[str, Any]) -> list[tuple[str, str | None, str, list[int]]]:
    placed = [(sub, None, sup, n) for sub, sups in shipped["because"].items() for sup, n in sups.items()]
    related = [
        (sub, prop, sup, n)
        for sub, props in shipped["related"].items()
        for prop, sups in props.items()
        for sup, n in sups.items()
    ]
    return placed + related


def exact(axiom: str) -> str:
    """Return an axiom with its numbers as the store writes them: 21 for 21.0."""
    return re.sub(r'"(\d+)\.0"', r'"\1"', axiom)


@pytest.mark.slow
def test_every_shipped_justification_is_sufficient_and_minimal(kg: KnowledgeGraph, shipped: dict[str, Any]) -> None:
    """Only the axioms of the set: it follows; without any one of them: it does not."""
    ontology = kg.reasoner.ontology
    justifier = ontology._justifier

    def task(deadline: Deadline) -> list[object]:
        logical = ontology._ontology.getLogicalAxioms()
        by_text = {exact(str(axiom.getAxiomWithoutAnnotations().toString())): axiom for axiom in logical}
        wrong: list[object] = []
        for sub, prop, sup, numbers in claims(shipped):
            claim = ontology._subclass_axiom(sub, sup, prop)
            axioms = [by_text[exact(shipped["axioms"][number]["functional"])] for number in numbers]
            if not justifier.entails(axioms, claim, deadline):
                wrong.append(("not sufficient", sub, prop, sup))
            for left_out in range(len(axioms)):
                rest = axioms[:left_out] + axioms[left_out + 1 :]
                if justifier.entails(rest, claim, deadline):
                    wrong.append(("not minimal", sub, prop, sup, left_out))
        return wrong

    assert len(claims(shipped)) > 1000
    assert ontology._do(task, None) == []


def test_every_inferred_placement_is_explained_without_java(ontology: Path) -> None:
    """Every syndrome and disorder below every class that it is below, and each of its edges that one can filter by."""
    code = """
import sys
import dystonia_kg as dkg
kg = dkg.load()
count = 0
for term in (*kg.syndromes(), *kg.disorders()):
    for above in term.ancestors:
        if above.iri.startswith("https://w3id.org/dystonia-kg/"):
            assert kg.explain(term, above).reasons, (term, above)
            count += 1
for subject, predicates in __import__("json").load(open(sys.argv[1]))["related"].items():
    for predicate, values in predicates.items():
        for value in values:
            assert kg.explain_relation(kg._at(subject), kg._at(predicate), kg._at(value)).in_words
            count += 1
assert count > 1000, count
assert "jpype" not in sys.modules
"""
    path = str(ontology / "release" / "explanations.json")
    subprocess.run([sys.executable, "-c", code, path], check=True, timeout=100)


def test_an_explanation_has_axioms_sources_places_and_words(kg: KnowledgeGraph) -> None:
    found = kg.explain("writer's cramp", "focal dystonia")
    assert found
    assert found.reasons == found.justifications[0]
    definition = next(reason for reason in found.reasons if reason.text.startswith("focal dystonia EquivalentTo"))
    assert "FV2015" in {source.key for source in definition.sources}
    assert definition.place is not None
    assert definition.place.startswith("modules/axis1.ttl:")
    assert found.in_words.startswith("Writer's cramp is a dystonia that ")
    assert found.in_words.endswith("every dystonia that affects exactly one body region is a focal dystonia.")
    assert "In words: " in str(found)
    data = found.to_dict()
    assert data["because"][0].keys() >= {"axiom", "sources", "place"}
    assert "<ol>" in found._repr_html_()


def test_every_axiom_has_a_place_and_a_source(shipped: dict[str, Any], ontology: Path) -> None:
    placed = [row for row in shipped["axioms"] if row["place"]]
    assert len(placed) > 0.98 * len(shipped["axioms"])
    for row in placed:
        name, _, line = row["place"].partition(":")
        text = (ontology / name).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert text.strip()
    assert sum(bool(row["sources"]) for row in shipped["axioms"]) > 0.9 * len(shipped["axioms"])


def test_the_generated_axiom_is_shown_short(kg: KnowledgeGraph) -> None:
    found = kg.explain("dyst:SegmentalDystonia", "dyst:ContiguousDystonia")
    found = kg.explain("dyst:BibrachialDystonia", "dyst:SegmentalDystonia") or found
    short = [reason for reason in found.reasons if reason.full != reason.text]
    assert [reason.text for reason in short] == [
        "dystonia of contiguous regions: defined by the contiguity of body regions (36 judged pairs)"
    ]
    assert len(short[0].full) > 2000
    assert len(found.in_words) < 1500


def test_many_justifications_each_minimal(kg: KnowledgeGraph) -> None:
    found = kg.explain("writer's cramp", "focal dystonia", limit=4)
    groups = [frozenset(reason.text for reason in group) for group in found.justifications]
    assert 1 < len(groups) <= 4
    assert len(set(groups)) == len(groups)
    assert not any(one < other for one in groups for other in groups)
    assert [len(group) for group in groups] == sorted(len(group) for group in groups)


def test_a_relation_is_explained(kg: KnowledgeGraph) -> None:
    found = kg.explain_relation("cervical dystonia", "dyst:involves", "neck region")
    assert found.claim == "every cervical dystonia involves some neck region"
    assert "affects SubPropertyOf involves" in found.axioms
    assert found.to_dict()["predicate"] == "dyst:involves"
    assert not kg.explain_relation("cervical dystonia", "dyst:affects", "trunk region")


def test_a_relation_not_shipped_is_worked_out(kg: KnowledgeGraph) -> None:
    found = kg.explain_relation("dyst:DystoniaInvolvingNeck", "RO:0004026", "neck region")
    assert {"affects SubPropertyOf involves", "involves SubPropertyOf disease has location"} <= set(found.axioms)


def test_what_does_not_follow_is_falsy(kg: KnowledgeGraph) -> None:
    found = kg.explain("writer's cramp", "generalized dystonia")
    assert not found
    assert found.axioms == ()
    assert "does not follow" in str(found)
    assert kg.explain("dystonia", "dystonia").sentence == "dystonia and dystonia are the same."
    with pytest.raises(ValueError, match="at least 1"):
        kg.explain("writer's cramp", "focal dystonia", limit=0)


@pytest.mark.slow
def test_an_unsatisfiable_class_is_explained(kg: KnowledgeGraph) -> None:
    axioms = (
        "<http://e/X> a owl:Class ; rdfs:label 'both' ; rdfs:subClassOf dyst:FocalDystonia , dyst:GeneralizedDystonia ."
    )
    with pytest.raises(UnsatisfiableError, match="both SubClassOf focal dystonia") as error:
        kg.with_axioms(axioms)
    assert error.value.classes == ("http://e/X",)
    allowed = kg.with_axioms(axioms, allow_unsatisfiable=True)
    found = allowed.explain("both", "owl:Nothing")
    assert found.claim == "nothing can be a both"
    assert {"both SubClassOf focal dystonia", "both SubClassOf generalized dystonia"} <= set(found.axioms)
    assert any(reason.place == "axioms:1" for reason in found.reasons)


def test_places_find_the_line_of_an_axiom() -> None:
    text = "\n".join(
        [
            "@prefix dyst: <https://w3id.org/dystonia-kg/> .",
            "dyst:Neck a owl:Class ;",
            "    rdfs:subClassOf dyst:BodyRegion ;",
            '    rdfs:comment "owl:equivalentClass dyst:Trunk" ;',
            "    owl:equivalentClass dyst:Collar .",
            "[] a owl:AllDisjointClasses ; owl:members ( dyst:Neck",
            "    dyst:Trunk ) .",
            "dyst:Neck rdfs:subClassOf",
            "    [ owl:onProperty dyst:p ; owl:someValuesFrom dyst:A ] ,",
            "    [ owl:onProperty dyst:p ; owl:someValuesFrom dyst:B ] .",
        ]
    )
    places = Places([("a.ttl", text), ("t.tsv", "ID\tName\nID\tSC %\ndyst:Jaw\tdyst:BodyRegion\n")])
    iri = "https://w3id.org/dystonia-kg/"

    def find(kind: str, subject: str | None, *names: str) -> str | None:
        return places.find(kind, subject and iri + subject, [iri + name for name in names])

    assert find("SubClassOf", "Neck", "Neck", "BodyRegion") == "a.ttl:3"
    assert find("EquivalentClasses", "Neck", "Neck", "Collar") == "a.ttl:5"
    assert find("DisjointClasses", None, "Neck", "Trunk") == "a.ttl:6"
    assert find("SubClassOf", "Neck", "Neck", "p", "B") == "a.ttl:10"
    assert find("SubClassOf", "Jaw", "Jaw", "BodyRegion") == "t.tsv:3"
    assert find("SubClassOf", "Nose", "Nose", "BodyRegion") is None
