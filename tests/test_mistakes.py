"""Editing mistakes in a copy of the ontology: each is caught, and what is wrong is named."""

# ruff: noqa: E501  axioms stay on one line

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import dystonia_kg
from dystonia_kg.build.commands import check_sources
from dystonia_kg.build.logic import check_logic, redundant_superclasses
from dystonia_kg.build.sources import read_sources
from dystonia_kg.errors import SourceError
from dystonia_kg.places import Places
from dystonia_kg.reasoning.owlapi import Ontology

if TYPE_CHECKING:
    from pathlib import Path

    from dystonia_kg.build.report import Finding


def edit(root: Path, module: str, old: str, new: str) -> None:
    path = root / "modules" / f"{module}.ttl"
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{module}.ttl has no {old!r}: adapt the test"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def append(root: Path, module: str, text: str) -> None:
    with (root / "modules" / f"{module}.ttl").open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")


def found_by_reasoner(root: Path) -> list[Finding]:
    sources = read_sources(root, accessions=False)
    return check_logic(sources.asserted, sources.imports, Places.of_sources(root)).findings


def impossible(root: Path, cls: str) -> str:
    """Return the axioms that the check names where a class, maybe among others, can have no instance."""
    findings = [finding for finding in found_by_reasoner(root) if finding.check == "unsatisfiable_class"]
    assert f"https://w3id.org/dystonia-kg/{cls}" in {finding.entity for finding in findings}
    return "\n".join(finding.message for finding in findings)


@pytest.mark.slow
def test_a_region_left_out_of_the_covering(sources: Path) -> None:
    edit(
        sources,
        "anatomy",
        "( dyst:UpperFace dyst:LowerFace dyst:Larynx dyst:Neck dyst:Trunk\n",
        "( dyst:UpperFace dyst:LowerFace dyst:Neck dyst:Trunk\n",
    )
    text = impossible(sources, "Larynx")
    assert "body region SubClassOf" in text
    assert "DisjointClasses" in text or "Disjoint" in text
    assert "modules/anatomy.ttl:" in text


@pytest.mark.slow
def test_a_wrong_side(sources: Path) -> None:
    edit(sources, "anatomy", "dyst:LeftUpperLimb a owl:Class ; rdfs:subClassOf dyst:UpperLimb , [ a owl:Restriction ; owl:onProperty dyst:hasSide ; owl:someValuesFrom dyst:LeftSide ]",
         "dyst:LeftUpperLimb a owl:Class ; rdfs:subClassOf dyst:UpperLimb , [ a owl:Restriction ; owl:onProperty dyst:hasSide ; owl:someValuesFrom dyst:RightSide ]")  # fmt: skip
    assert "left upper limb SubClassOf has side some right side" in impossible(sources, "LeftHemidystonia")


@pytest.mark.slow
def test_a_disjointness_violated(sources: Path) -> None:
    append(sources, "anatomy", "dyst:Neck rdfs:subClassOf dyst:Trunk .")
    assert "neck region SubClassOf trunk region" in impossible(sources, "Neck")


@pytest.mark.slow
def test_a_syndrome_both_focal_and_generalized(sources: Path) -> None:
    append(sources, "syndromes", "dyst:CervicalDystonia rdfs:subClassOf dyst:GeneralizedDystonia .")
    text = impossible(sources, "CervicalDystonia")
    assert "cervical dystonia SubClassOf generalized dystonia (modules/syndromes.ttl:" in text
    assert "cervical dystonia EquivalentTo" in text


@pytest.mark.slow
def test_an_age_range_reversed(sources: Path) -> None:
    edit(
        sources,
        "axis1",
        "( [ xsd:minInclusive 3.0 ] [ xsd:maxExclusive 13.0 ] )",
        "( [ xsd:minInclusive 13.0 ] [ xsd:maxExclusive 3.0 ] )",
    )
    text = impossible(sources, "ChildhoodOnsetDystonia")
    assert "childhood-onset dystonia EquivalentTo" in text
    assert "modules/axis1.ttl:" in text


@pytest.mark.slow
def test_a_property_without_domain_and_a_punned_class(sources: Path) -> None:
    edit(
        sources,
        "schema",
        "    rdfs:domain dyst:Dystonia ; rdfs:range dyst:Variability ;",
        "    rdfs:range dyst:Variability ;",
    )
    append(sources, "anatomy", "dyst:Neck a dyst:Dimension .")
    by_check: dict[str, list[Finding]] = {}
    for finding in check_sources(sources).findings:
        by_check.setdefault(finding.check, []).append(finding)
    (domain,) = by_check["own_property_without_domain"]
    assert (domain.entity or "").endswith("hasVariability")
    assert (domain.property or "").endswith("domain")
    assert any((finding.entity or "").endswith("/Neck") for finding in by_check["own_punned_entity"])


def test_an_import_removed(sources: Path) -> None:
    (sources / "imports" / "uberon.ttl").unlink()
    with pytest.raises(SourceError, match=r"modules/anatomy\.ttl:\d+:\d+: unknown term UBERON:") as error:
        read_sources(sources, accessions=False)
    assert len(error.value.problems) > 20


# ---------------------------------------------------------------------- what is superfluous, what is the same


SMALL = """
@prefix dyst: <https://w3id.org/dystonia-kg/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <http://e/> .
dyst:p a owl:ObjectProperty . dyst:A a owl:Class . dyst:B a owl:Class ; rdfs:subClassOf dyst:A .
dyst:C a owl:Class ; rdfs:subClassOf dyst:B , dyst:A .
dyst:D a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( dyst:B [ a owl:Restriction ; owl:onProperty dyst:p ; owl:someValuesFrom dyst:A ] ) ] .
dyst:E a owl:Class ; rdfs:subClassOf dyst:D , dyst:B , [ a owl:Restriction ; owl:onProperty dyst:p ; owl:someValuesFrom dyst:A ] .
dyst:F a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( dyst:B [ a owl:Restriction ; owl:onProperty dyst:p ; owl:someValuesFrom dyst:A ] ) ] .
"""


def test_superfluous_and_equal_classes_are_found() -> None:
    from pyoxigraph import RdfFormat, parse

    asserted = [quad.triple for quad in parse(SMALL.encode(), RdfFormat.TURTLE)]
    pairs = redundant_superclasses(Ontology(asserted), asserted)
    assert [(sub[-1], sup[-1]) for sub, sup in pairs] == [("C", "A"), ("E", "B"), ("E", "D")]
    findings = check_logic(asserted, [], Places([])).findings
    same = [finding for finding in findings if finding.check == "inferred_equivalence"]
    assert [((f.entity or "")[-1], (f.value or "")[-1]) for f in same] == [("D", "F")]
    assert "D EquivalentTo" in same[0].message
    contradiction = [
        *asserted,
        *(quad.triple for quad in parse((SMALL + ":i a dyst:A , owl:Nothing .").encode(), RdfFormat.TURTLE)),
    ]
    assert [finding.check for finding in check_logic(contradiction, [], Places([])).findings] == ["inconsistent"]


# ---------------------------------------------------------------------- difference of two releases


def release(source: Path, folder: Path, drop: str = "", add: str = "") -> Path:
    """Write a release like another, without the quads that hold a text and with some more."""
    from dystonia_kg.build.release import write_release

    lines = (source / "dystonia.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    names = ("explanations.json", "dystonia.owl", "dystonia-el.owl", "annotations.ttl")
    files = {name: (source / name).read_bytes() for name in names}
    kept = "".join(line for line in lines if not drop or drop not in line)
    facts = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    facts.pop("files")
    write_release(folder, {**files, "dystonia.nq": (kept + add).encode()}, {**facts, "version": "0.2.0"})
    return folder


def test_the_difference_of_two_releases(ontology: Path, tmp_path: Path) -> None:
    old = ontology / "release"
    iri, graph = "https://w3id.org/dystonia-kg/", "<https://w3id.org/dystonia-kg/graph/inferred>"
    subclass = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    new = release(
        old,
        tmp_path / "release",
        drop=f"<{iri}CervicalDystonia> {subclass} <{iri}FocalDystonia>",
        add=f"<{iri}CervicalDystonia> {subclass} <{iri}SegmentalDystonia> {graph} .\n",
    )
    found = dystonia_kg.diff(old, new)
    assert found
    (change,) = [change for change in found.changes if change.term.iri == iri + "CervicalDystonia"]
    assert change.kind == "moved"
    assert [p.sup.curie for p in change.gained] == ["dyst:SegmentalDystonia"]
    assert [p.sup.curie for p in change.lost] == ["dyst:FocalDystonia"]
    assert "focal dystonia" in change.lost[0].because
    assert "moved (1):" in str(found)
    assert not dystonia_kg.diff(old, old)


def test_diff_on_the_command_line(ontology: Path, tmp_path: Path) -> None:
    old = ontology / "release"
    new = release(old, tmp_path / "release", drop="<https://w3id.org/dystonia-kg/Blepharospasm>")
    command = [sys.executable, "-m", "dystonia_kg.cli", "diff", str(old), str(new), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["removed"] == ["dyst:Blepharospasm"]
    same = subprocess.run([*command[:4], str(old), str(old)], capture_output=True, text=True, check=False, timeout=60)
    assert (same.returncode, "the same inferred hierarchy" in same.stdout) == (0, True)
