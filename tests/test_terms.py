"""Terms: what a term tells is what the sources say of it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import networkx as nx
import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, RDFS, BNode, Literal, URIRef
from rdflib.namespace import DCTERMS

import dystonia_kg as dkg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import rdflib

DYST = "https://w3id.org/dystonia-kg/"
OBO = "http://purl.obolibrary.org/obo/"
OIO = "http://www.geneontology.org/formats/oboInOwl#"
SCOPES = ("exact", "broad", "narrow", "related")
Facts = dict[str, set[str]]


# ---------------------------------------------------------------------- what the sources say


@pytest.fixture(scope="module")
def said(turtle: rdflib.Graph, cells: list, expand: Callable[[str], str]) -> Callable[[str], Facts]:  # type: ignore[type-arg]
    """What modules, imports and tables say by a property: term -> values."""
    by_property: dict[str, Facts] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, value in turtle:
        if isinstance(subject, URIRef):
            by_property[str(predicate)][str(subject)].add(str(value))
    for cell in cells:
        kind, _, rest = cell.template.partition(" ")
        if kind in ("A", "AI", "AT"):
            value = expand(cell.value) if kind == "AI" else cell.value
            by_property[expand(rest.partition("^^")[0])][expand(cell.subject)].add(value)
        elif kind == "LABEL":
            by_property[str(RDFS.label)][expand(cell.subject)].add(cell.value)
        elif cell.template == "SC %":
            by_property[str(RDFS.subClassOf)][expand(cell.subject)].add(expand(cell.value))
    return lambda name: by_property[name if "://" in name else expand(name)]


@pytest.fixture(scope="module")
def terms(kg: dkg.KnowledgeGraph, said: Callable[[str], Facts]) -> list[dkg.Term]:
    """Every term that the sources label."""
    found = [kg._at(iri) for iri in sorted(said("rdfs:label")) if "/association/" not in iri]
    assert len(found) > 900
    return found


def test_labels_and_definitions(terms: list[dkg.Term], said: Callable[[str], Facts]) -> None:
    assert {t.iri: {t.label} for t in terms} == {t.iri: said("rdfs:label")[t.iri] for t in terms}
    assert {t.iri: t.definition for t in terms} == {t.iri: one(said("IAO:0000115").get(t.iri, ())) for t in terms}


def one(values: Iterable[str]) -> str | None:
    found = list(values)
    assert len(found) <= 1, found
    return found[0] if found else None


@pytest.mark.parametrize("scope", SCOPES)
def test_synonyms(terms: list[dkg.Term], said: Callable[[str], Facts], scope: str) -> None:
    expected = {iri: names for iri, names in said(f"{OIO}has{scope.title()}Synonym").items() if names}
    # Terms of HPO and HGNC have more names from upstream: tests/test_upstream.py.
    found = {
        t.iri: {s.text for s in t.synonyms if s.scope == scope} for t in terms if t.curie[:3] not in ("HP:", "HGN")
    }
    expected = {iri: names for iri, names in expected.items() if iri in found}
    assert {iri: names for iri, names in found.items() if names} == expected
    assert sum(map(len, expected.values())) >= {"exact": 150, "related": 50}.get(scope, 0)


def test_types_and_sources_of_synonyms(
    kg: dkg.KnowledgeGraph,
    cells: list,
    turtle: rdflib.Graph,
    expand: Callable[[str], str],  # type: ignore[type-arg]
) -> None:
    types: dict[tuple[str, str], set[str]] = defaultdict(set)
    sources: dict[tuple[str, str], set[str]] = defaultdict(set)
    notes = {"oboInOwl:hasSynonymType": types, "dcterms:source": sources}
    for cell in cells:
        if cell.template.startswith(">AI") and cell.about and "Synonym" in cell.about[0]:
            template, texts = cell.about
            for text in texts.split("|") if "SPLIT" in _full(cell.row, template) else [texts]:
                notes[cell.template.removeprefix(">AI ")][expand(cell.subject), text.strip()].add(expand(cell.value))
    for node in turtle.subjects(RDF.type, OWL.Axiom):
        key = (str(turtle.value(node, OWL.annotatedSource)), str(turtle.value(node, OWL.annotatedTarget)))
        types[key] |= {str(o) for o in turtle.objects(node, URIRef(OIO + "hasSynonymType"))}
    typed = {key: values for key, values in types.items() if values}
    assert len(typed) > 20
    for (iri, text), kinds in typed.items():
        synonym = next(s for s in kg.term(iri).synonyms if s.text == text)
        assert synonym.type in {kg.term(kind).label for kind in kinds}
        assert set(synonym.sources) >= {kg.term(s).curie for s in sources[iri, text]}
    previous = {s.text for s in kg.term("cervical dystonia").synonyms if s.type == "previous name"}
    assert "spasmodic torticollis" in previous


def _full(row: dict[str, str], bare: str) -> str:
    return next(template for template in row if template.partition(" SPLIT=")[0] == bare)


def test_deprecated_terms_and_their_successors(terms: list[dkg.Term], said: Callable[[str], Facts]) -> None:
    old = {iri for iri, values in said(str(OWL.deprecated)).items() if values == {"true"}}
    assert {t.iri for t in terms if t.deprecated} == old
    assert len(old) >= 4
    for term in terms:
        exact, consider = said("IAO:0100001").get(term.iri, set()), said(OIO + "consider").get(term.iri, set())
        assert {t.iri for t in term.replaced_by} == (exact or consider)
    assert all(t.replaced_by and not any(new.deprecated for new in t.replaced_by) for t in terms if t.deprecated)


def test_history_leads_to_todays_terms(kg: dkg.KnowledgeGraph) -> None:
    """The summary, section 8.1: what the etiological words of before 2013 became."""
    assert {t.label for t in kg.term("primary dystonia").replaced_by} >= {
        "isolated dystonia",
        "dystonia without evidence of degeneration or structural lesion",
    }
    assert {t.label for t in kg.term("secondary dystonia").replaced_by} == {"acquired dystonia"}
    assert "combined dystonia" in {t.label for t in kg.term("dystonia-plus").replaced_by}


def test_notes_of_the_editors(terms: list[dkg.Term], said: Callable[[str], Facts]) -> None:
    for attribute, name in [
        ("comments", "rdfs:comment"),
        ("conventions", "dyst:convention"),
        ("conflicts", "dyst:conflict"),
        ("alternatives", "dyst:alternative"),
    ]:
        expected = {t.iri: said(name).get(t.iri, set()) for t in terms}
        assert {t.iri: set(getattr(t, attribute)) for t in terms} == expected
        assert any(expected.values())


def test_sources(
    terms: list[dkg.Term],
    said: Callable[[str], Facts],
    cells: list,
    turtle: rdflib.Graph,
    expand: Callable[[str], str],  # type: ignore[type-arg]
) -> None:
    """Those of the term, of its axioms, and of the statements of which it is an end; each with what identifies it."""
    expected: Facts = defaultdict(set)
    for name in ("dcterms:source", "IAO:0000119"):
        for iri, values in said(name).items():
            expected[iri] |= values
    for cell in cells:
        if cell.template == ">AI dcterms:source" and cell.about and not cell.about[0].startswith("SC"):
            expected[expand(cell.subject)].add(expand(cell.value))
    for node in turtle.subjects(RDF.type, OWL.Axiom):
        about = str(turtle.value(node, OWL.annotatedSource))
        expected[about] |= {str(o) for o in turtle.objects(node, DCTERMS.source)}
    for end in ("dyst:associationSubject", "dyst:associationObject"):
        for association, ends in said(end).items():
            for iri in ends:
                expected[iri] |= said("dcterms:source")[association]
    for term in terms:
        found = {s.iri for s in term.sources}
        assert found >= expected[term.iri], term
        assert all(s.key == s.iri.rpartition("/")[2] and s.citation for s in term.sources)
    paper = next(s for s in terms[0]._kg.term("dystonia").sources if s.key == "A2013-abs")
    assert (paper.pmid, paper.doi) == ("23649720", "10.1002/mds.25475")
    assert "2013;28" in paper.citation.replace(" ", "")


def test_mappings(kg: dkg.KnowledgeGraph, ontology: Path) -> None:
    expected: dict[str, set[tuple[str, str, str | None, str]]] = defaultdict(set)
    for path in (ontology / "mappings").glob("*.sssom.tsv"):
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        header = lines[0].split("\t")
        for line in lines[1:]:
            row = dict(zip(header, line.split("\t"), strict=True))
            predicate = row["predicate_id"].removeprefix("skos:").removesuffix("Match")
            expected[row["subject_id"]].add(
                (predicate, row["object_id"], row.get("object_label") or None, row["mapping_justification"])
            )
    assert sum(map(len, expected.values())) > 300
    for curie, rows in expected.items():
        mappings = kg.term(curie).mappings
        assert {(m.predicate, m.curie, m.label, m.justification) for m in mappings} == rows
        order = [("exact", "close", "related", "broad", "narrow").index(m.predicate) for m in mappings]
        assert order == sorted(order), "the surest first"
        assert all(m.version for m in mappings)


# ---------------------------------------------------------------------- hierarchy and relations


@pytest.fixture(scope="module")
def hierarchy(ontology: Path) -> nx.DiGraph:
    """The hierarchy of the released OWL file, another file than the one that the library reads: sub -> super."""
    graph = nx.DiGraph()
    content = (ontology / "release" / "dystonia.owl").read_bytes()
    for quad in ox.parse(content, ox.RdfFormat.RDF_XML):
        if quad.predicate.value == str(RDFS.subClassOf) and isinstance(quad.object, ox.NamedNode):
            graph.add_edge(quad.subject.value, quad.object.value)
    assert nx.is_directed_acyclic_graph(graph)
    return graph


def iris(found: Iterable[dkg.Term]) -> set[str]:
    return {term.iri for term in found}


def test_the_hierarchy_is_that_of_the_released_ontology(kg: dkg.KnowledgeGraph, hierarchy: nx.DiGraph) -> None:
    assert len(hierarchy) > 500
    reduced = nx.transitive_reduction(hierarchy)
    for number, iri in enumerate(sorted(hierarchy)):
        if not iri.startswith(DYST) and number % 10:
            continue  # a share of HPO's
        term = kg.term(iri) if iri.startswith(DYST) else kg._at(iri)
        assert iris(term.ancestors) == nx.descendants(hierarchy, iri)
        assert iris(term.descendants) == nx.ancestors(hierarchy, iri)
        assert iris(term.parents) == set(reduced.successors(iri))
        assert iris(term.children) == set(reduced.predecessors(iri))


def test_every_stated_superclass_is_an_ancestor(kg: dkg.KnowledgeGraph, said: Callable[[str], Facts]) -> None:
    stated = said(str(RDFS.subClassOf))
    count = 0
    for iri, above in stated.items():
        named = {sup for sup in above if "://" in sup}
        count += len(named)
        assert iris(kg._at(iri).ancestors) >= named, iri
    assert count > 500


def test_ancestors_are_closed_and_have_no_circle(kg: dkg.KnowledgeGraph, terms: list[dkg.Term]) -> None:
    above = {t: set(t.ancestors) for t in terms}
    for term, ancestors in above.items():
        assert term not in ancestors
        assert set(term.parents) <= ancestors
        for ancestor in ancestors:
            assert set(ancestor.ancestors) <= ancestors
            assert term not in above.get(ancestor, ())
    for one_, other in [("writer's cramp", "dystonia"), ("PKAN", "disorder"), ("dystonia", "writer's cramp")]:
        assert kg.is_a(one_, other) is (kg.term(other) in above[kg.term(one_)])


def test_every_stated_restriction_is_a_relation_or_follows_from_one(
    kg: dkg.KnowledgeGraph,
    turtle: rdflib.Graph,
    cells: list,
    expand: Callable[[str], str],  # type: ignore[type-arg]
) -> None:
    stated = {
        (str(sub), str(turtle.value(node, OWL.onProperty)), str(turtle.value(node, OWL.someValuesFrom)))
        for sub, node in turtle.subject_objects(RDFS.subClassOf)
        if isinstance(node, BNode) and isinstance(turtle.value(node, OWL.someValuesFrom), URIRef)
    }
    stated |= {
        (expand(cell.subject), expand(cell.template.split()[1]), expand(cell.value))
        for cell in cells
        if cell.template.startswith("SC ") and cell.template.endswith("some %")
    }
    assert len(stated) > 150
    for sub, predicate, value in stated:
        term = kg._at(sub)
        if not term.ancestors and not term.relations:
            pytest.fail(f"{term!r} is stated to {predicate} {value}, and has no relation")
        shown = [r for r in term.relations if covers(kg, r, predicate, value)]
        assert shown, (sub, predicate, value)


def covers(kg: dkg.KnowledgeGraph, relation: object, predicate: str, value: str) -> bool:
    """Whether a relation says what is asked or more: a narrower relation, a narrower or a contained thing."""
    edge = (relation.predicate.iri, relation.object.iri)  # type: ignore[attr-defined]
    wider = kg.query("SELECT ?p { ?narrow rdfs:subPropertyOf* ?p }", narrow=ox.NamedNode(edge[0]))
    beyond = kg.query(
        "SELECT ?x { { ?narrow rdfs:subClassOf* ?x } UNION { ?narrow BFO:0000050 ?x } }", narrow=ox.NamedNode(edge[1])
    )
    return predicate in wider.column("p") and value in beyond.column("x")


def test_relations_say_what_was_inferred_and_what_is_only_general(kg: dkg.KnowledgeGraph) -> None:
    found = {(r.predicate.label, r.object.label): (r.inferred, r.general) for r in kg.term("writer's cramp").relations}
    assert found["affects", "upper limb"] == (False, False), "its definition says so"
    assert found["is evoked by", "writing"][1] is False
    assert found["may have feature", "sensory trick"] == (False, True)
    assert not any(predicate == "is a" for predicate, _ in found)
    simple = kg.term("simple writer's cramp").relations
    inferred = {(r.predicate.label, r.object.curie): r.inferred for r in simple}
    assert inferred["involves", "UBERON:0002398"] is True, "the hand: only the class above says so"
    assert inferred["is evoked by", "dyst:Writing"] is False
    dyt1 = {(r.predicate.label, r.object.label): r for r in kg.term("DYT1").relations}
    gene = dyt1["has material basis in germline mutation in", "TOR1A"]
    assert (gene.inferred, gene.general, str(gene)) == (
        False,
        False,
        "has material basis in germline mutation in TOR1A",
    )


def test_statements_carry_their_data(kg: dkg.KnowledgeGraph, cells: list, expand: Callable[[str], str]) -> None:  # type: ignore[type-arg]
    rows: dict[str, dict[str, str]] = {c.subject: c.row for c in cells if c.subject.startswith("dyst:association/")}
    wanted = [row for row in rows.values() if row.get("AT dyst:frequency^^xsd:decimal")]
    assert len(wanted) > 30
    for row in wanted:
        (found,) = [
            s
            for s in kg.term(row["AI dyst:associationSubject"]).statements
            if s.text == row["A dyst:statementText"]
            and s.predicate.iri == expand(row["AI dyst:associationPredicate"])
            and s.object.iri == expand(row["AI dyst:associationObject"])
            and s.frequency == float(row["AT dyst:frequency^^xsd:decimal"])
        ]
        size = row["AT dyst:sampleSize^^xsd:integer"]
        assert found.sample_size == (int(size) if size else None)
        assert found.population == (row["A dyst:population"] or None)
        assert found.frequency_text == (row["A dyst:frequencyText"] or None)
        assert found.agreement == (row["A dyst:agreement"] or None)
        assert {f"ref:{s.key}" for s in found.sources} == set(row["AI dcterms:source SPLIT=|"].split("|"))
        assert found in kg.term(row["AI dyst:associationObject"]).statements, "seen from its other end too"


def test_kinds(kg: dkg.KnowledgeGraph) -> None:
    for name, kind in [
        ("writer's cramp", "syndrome"),
        ("focal dystonia", "presentation"),
        ("DYT1", "disorder"),
        ("TOR1A", "gene"),
        ("neck", "region"),
        ("writing", "activity"),
        ("sensory trick", "sign"),
        ("haloperidol", "cause"),
        ("autosomal dominant inheritance", "inheritance"),
        ("cerebellum", "structure"),
    ]:
        assert kg.term(name).kind == kind, name


def test_terms_are_values(kg: dkg.KnowledgeGraph) -> None:
    one_, same, other = kg.term("PKAN"), kg.term("dyst:PKAN"), kg.term("PLAN")
    assert one_ == same
    assert len({one_, same, other}) == 2
    assert sorted([other, one_]) == [one_, other], "by label"
    assert one_ != "dyst:PKAN"
    assert repr(one_) == "<Term dyst:PKAN 'pantothenate kinase-associated neurodegeneration'>"
    assert str(one_) == "pantothenate kinase-associated neurodegeneration"
    assert kg.term(one_) is one_
    assert Literal(str(one_)) == Literal(one_.label)
