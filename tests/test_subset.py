"""Parts of the graph: what is in them by each method, and the laws that they keep."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import rdflib
from pyoxigraph import NamedNode

from dystonia_kg.errors import AmbiguousTermError, ParameterError, UnknownTermError
from dystonia_kg.reasoning.owlapi import Ontology
from dystonia_kg.reasoning.session import axioms_of
from dystonia_kg.vocab import ASSERTED, ASSOCIATIONS, DYST, GRAPH, IMPORTS, INFERRED, MAPPINGS, PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

    from dystonia_kg.graph import KnowledgeGraph
    from dystonia_kg.subset import Subset

METHODS = ["star", "mireot", "slim"]
SUBCLASS = NamedNode(PREFIXES["rdfs"] + "subClassOf")


@pytest.fixture(scope="module")
def parts(kg: KnowledgeGraph) -> dict[str, Subset]:
    return {method: kg.subset("PKAN", method=method) for method in METHODS}


# ---------------------------------------------------------------------- what is asked for


def test_bad_names_and_methods(kg: KnowledgeGraph) -> None:
    with pytest.raises(UnknownTermError, match="cervical dystonia"):
        kg.subset("cervcal dystonia")
    with pytest.raises(AmbiguousTermError):
        kg.subset(["PKAN", "torticollis"])
    with pytest.raises(ParameterError, match="use one of star, mireot, slim"):
        kg.subset("PKAN", method="bot")
    with pytest.raises(ParameterError, match="at least one term"):
        kg.subset([])


def test_one_or_several_terms_by_any_name(kg: KnowledgeGraph) -> None:
    one = kg.subset(kg.term("PKAN"), method="mireot")
    assert one.terms == kg.subset("dyst:PKAN", method="mireot").terms
    both = kg.subset(["PKAN", "wry neck"], method="mireot") if kg.search("wry neck") else one
    assert set(one.terms) <= set(both.terms)
    assert len(one) == len(one.terms)
    assert kg.term("PKAN") in one
    assert kg.term("cervical dystonia") not in one


# ---------------------------------------------------------------------- laws


@pytest.mark.parametrize("method", METHODS)
def test_a_part_is_contained_in_the_whole(kg: KnowledgeGraph, parts: dict[str, Subset], method: str) -> None:
    """But for the ontology's own name, and the names of blank nodes."""
    whole = {(q.subject, q.predicate, q.object) for q in kg._store}
    for quad in parts[method]._store:
        named = all(isinstance(end, NamedNode) for end in (quad.subject, quad.object))
        if named and "/subset/" not in quad.subject.value:  # type: ignore[union-attr]
            known = (quad.subject, quad.predicate, quad.object) in whole
            assert known or quad.object.value.startswith(PREFIXES["owl"]), quad  # type: ignore[union-attr]
    assert {q.graph_name.value for q in parts[method]._store} <= {ASSERTED, INFERRED, ASSOCIATIONS, MAPPINGS, IMPORTS}  # type: ignore[union-attr]


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_is_in_it_with_what_is_said_of_it(kg: KnowledgeGraph, parts: dict[str, Subset], method: str) -> None:
    graph = rdflib.Graph().parse(data=exported(parts[method], "nt"), format="nt")
    seed = rdflib.URIRef(DYST + "PKAN")
    term = kg.term("PKAN")
    assert str(graph.value(seed, rdflib.RDFS.label)) == term.label
    assert str(graph.value(seed, rdflib.URIRef(PREFIXES["IAO"] + "0000115"))) == term.definition
    matches = {str(o) for p in ("exactMatch", "closeMatch") for o in graph.objects(seed, rdflib.SKOS[p])}
    assert PREFIXES["MONDO"] + "0009319" in matches
    assert list(graph.subjects(rdflib.URIRef(DYST + "associationSubject"), seed))


@pytest.mark.parametrize("method", METHODS)
def test_statements_are_those_with_a_subject_in_it(parts: dict[str, Subset], method: str) -> None:
    part = parts[method]
    about = {q.object.value for q in part._store.quads_for_pattern(None, NamedNode(DYST + "associationSubject"), None)}  # type: ignore[union-attr]
    assert about
    assert about <= {term.iri for term in part.terms}


@pytest.mark.parametrize("method", METHODS)
def test_what_is_cited_is_there(parts: dict[str, Subset], method: str) -> None:
    graph = rdflib.Graph().parse(data=exported(parts[method], "nt"), format="nt")
    for cited in set(graph.objects(None, rdflib.DCTERMS.source)):
        assert (cited, rdflib.RDF.type, None) in graph, cited


@pytest.mark.parametrize("method", METHODS)
def test_the_same_part_is_the_same_bytes(kg: KnowledgeGraph, parts: dict[str, Subset], method: str) -> None:
    assert exported(kg.subset("PKAN", method=method), "nquads") == exported(parts[method], "nquads")


def test_mireot_holds_all_classes_above_and_no_other_axiom(kg: KnowledgeGraph, parts: dict[str, Subset]) -> None:
    term, part = kg.term("PKAN"), parts["mireot"]
    assert set(part.terms) == {term, *term.ancestors}
    kinds = {q.object.value for q in part._store.quads_for_pattern(None, NamedNode(PREFIXES["rdf"] + "type"), None)}  # type: ignore[union-attr]
    assert PREFIXES["owl"] + "Restriction" not in kinds
    above, todo = set(), [NamedNode(term.iri)]
    while todo:
        found = {q.object for q in part._store.quads_for_pattern(todo.pop(), SUBCLASS, None)} - above
        above |= found
        todo += found  # type: ignore[arg-type]
    assert {node.value for node in above} == {one.iri for one in term.ancestors}  # type: ignore[union-attr]


def test_slim_holds_what_the_terms_relate_to(kg: KnowledgeGraph, parts: dict[str, Subset]) -> None:
    term, part = kg.term("PKAN"), set(parts["slim"].terms)
    assert {relation.object for relation in term.relations if not relation.general} <= part
    assert set(term.parents) <= part
    assert kg.term("PANK2") in part


@pytest.mark.parametrize("seed", ["PKAN", "laterocollis", "dyst:Neck"])
def test_star_entails_what_the_whole_entails(kg: KnowledgeGraph, seed: str) -> None:
    """By HermiT, among the classes of the module; the whole is what the release's reasoner found."""
    part = kg.subset(seed, method="star")
    result = Ontology(axioms_of(part._store)).classify()
    assert not result.unsatisfiable
    names = {term.iri for term in part.terms}
    checked = 0
    for cls, above in result.superclasses.items():
        if cls in names:
            whole = {iri for iri in kg._above(cls) if iri in names}
            assert {iri for iri in above if iri in names} == whole, cls
            checked += len(whole)
    assert checked


def test_star_says_everything_about_a_class_that_needs_its_definition(kg: KnowledgeGraph) -> None:
    """Writer's cramp is inferred to be focal: what that follows from has to be in it."""
    part = kg.subset(["writer's cramp", "focal dystonia"], method="star")
    ontology = Ontology(axioms_of(part._store))
    assert ontology.entails(DYST + "WritersCramp", DYST + "FocalDystonia")


# ---------------------------------------------------------------------- what can be done with them


def exported(part: Subset, format: str) -> bytes:  # noqa: A002
    out = io.BytesIO()
    part.export(format, out)
    return out.getvalue()


def test_a_part_has_a_name_of_its_own(parts: dict[str, Subset]) -> None:
    graph = rdflib.Graph().parse(data=exported(parts["mireot"], "owl"), format="xml")
    (ontology,) = graph.subjects(rdflib.RDF.type, rdflib.OWL.Ontology)
    assert str(ontology).startswith(DYST + "subset/mireot-")
    assert "pantothenate kinase" in str(graph.value(ontology, rdflib.DCTERMS.title))


def test_other_formats_and_identifiers(parts: dict[str, Subset]) -> None:
    obo = exported(parts["mireot"], "obo").decode()
    assert "name: pantothenate kinase-associated neurodegeneration" in obo
    assert obo.count("[Term]") >= len(parts["mireot"])


def test_command_line(tmp_path: Path) -> None:
    import subprocess
    import sys

    path = tmp_path / "pkan.nt"
    command = [sys.executable, "-m", "dystonia_kg.cli", "export", "nt", "-o", str(path), "--subset", "PKAN"]
    done = subprocess.run([*command, "--method", "slim"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (DYST + "PKAN") in path.read_text("utf-8")
    assert GRAPH not in path.read_text("utf-8")
    bad = subprocess.run([*command, "--method", "all"], capture_output=True, text=True, check=False)
    assert bad.returncode == 2
    assert "use one of star, mireot, slim" in bad.stderr
