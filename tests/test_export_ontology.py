"""The formats of ontologies, read back by libraries that are not ours."""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import fastobo
import obographs
import pronto
import pyhornedowl
import pytest
import rdflib
import sssom_pydantic
from oxrdflib._converter import to_ox
from pyoxigraph import CanonicalizationAlgorithm, Dataset, DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse
from rdflib.namespace import OWL, RDF, SKOS

from dystonia_kg.build.check import check_graph
from dystonia_kg.exports.jsonld import CONTEXT, read_context
from dystonia_kg.reasoning.jvm import java
from dystonia_kg.reasoning.owlapi import Ontology
from dystonia_kg.vocab import DYST, GRAPH, PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dystonia_kg.graph import KnowledgeGraph

OWL_SYNTAXES = ("functional", "manchester", "owlxml")
IS_A = NamedNode(str(RDF.type))
RDFLIB = {"owl": "xml", "turtle": "turtle", "ntriples": "nt", "jsonld": "json-ld", "nquads": "nquads", "trig": "trig"}


@pytest.fixture(scope="session", params=["part", pytest.param("whole", marks=pytest.mark.slow)])
def graph(request: pytest.FixtureRequest, kg: KnowledgeGraph, part: KnowledgeGraph) -> KnowledgeGraph:
    """A part of the graph, which readers read in seconds however large the graph grows; the whole in slow tests."""
    return part if request.param == "part" else kg


@pytest.fixture(scope="session")
def written(graph: KnowledgeGraph) -> Callable[..., bytes]:
    """The graph in a format; each is written once."""
    return cache(partial(document, graph))


@pytest.fixture(scope="session")
def classes(graph: KnowledgeGraph) -> list[SimpleNamespace]:
    """What terms, which exports do not use, tell of every class; asked once, for some of it takes time."""
    names = (
        "iri",
        "curie",
        "accession",
        "label",
        "definition",
        "deprecated",
        "synonyms",
        "mappings",
        "parents",
        "ancestors",
    )
    rows = graph.query("SELECT DISTINCT ?c { ?c a owl:Class FILTER(isIRI(?c)) } ORDER BY ?c")
    found = []
    for row in rows:  # type: ignore[union-attr]
        term = graph._at(str(row.c))
        facts = {name: getattr(term, name) for name in names}
        found.append(SimpleNamespace(**facts, relations=[edge for edge in term.relations if not edge.general]))
    return found


def document(graph: KnowledgeGraph, name: str, **options: Any) -> bytes:
    out = io.BytesIO()
    graph.export(name, out, **options)
    return out.getvalue()


def canonical(quads: Iterable[Quad]) -> set[str]:
    """Blank nodes under names that depend on their content alone, numbers in the form that the store gives them."""
    store = Store()
    store.extend(quads)
    dataset = Dataset(store)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def by_rdflib(document: bytes, name: str) -> Iterator[Quad]:
    dataset = rdflib.Dataset()
    dataset.parse(data=document, format=RDFLIB[name])
    for s, p, o, graph in dataset.quads():
        named = graph if graph is not None and str(graph).startswith("http") else None
        where = DefaultGraph() if named is None else NamedNode(str(named))
        yield Quad(to_ox(s), to_ox(p), to_ox(o), where)


# ---------------------------------------------------------------------- RDF


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["ntriples", *(pytest.param(n, marks=pytest.mark.slow) for n in ("owl", "turtle", "jsonld"))]
)
def test_one_graph_is_the_released_ontology(kg: KnowledgeGraph, ontology: Path, name: str) -> None:
    released = [*parse(path=ontology / "release" / "dystonia.owl", format=RdfFormat.RDF_XML)]
    released += parse(path=ontology / "release" / "annotations.ttl", format=RdfFormat.TURTLE)
    syntax = {"owl": RdfFormat.RDF_XML, "turtle": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD}.get(
        name, RdfFormat.N_TRIPLES
    )
    assert canonical(parse(document(kg, name), format=syntax)) == canonical(released)


@pytest.mark.parametrize("name", ["owl", "turtle", "jsonld"])
def test_one_graph_by_rdflib(written: Callable[..., bytes], name: str) -> None:
    expected = canonical(parse(written("ntriples"), format=RdfFormat.N_TRIPLES))
    assert canonical(by_rdflib(written(name), name)) == expected
    assert len(expected) > 5000


@pytest.mark.parametrize("name", ["nquads", "trig"])
def test_named_graphs_by_rdflib(graph: KnowledgeGraph, written: Callable[..., bytes], name: str) -> None:
    assert canonical(by_rdflib(written(name), name)) == canonical(graph._store)


def test_the_report_counts_what_is_left_out(kg: KnowledgeGraph) -> None:
    report = kg.export("turtle", io.BytesIO())
    whole = kg.export("nquads", io.BytesIO())
    left = {one.kind: one.count for one in report.left_out}
    both = left["inferred relations"] + left["inferred superclasses"]
    assert report.written["triples"] + both == whole.written["quads"] == len(kg)
    assert not whole.left_out


def test_without_what_is_inferred(graph: KnowledgeGraph, written: Callable[..., bytes]) -> None:
    asserted = written("ntriples", inferred="none").splitlines()
    everything = written("ntriples", inferred="all").splitlines()
    inferred = sum(1 for _ in graph._store.quads_for_pattern(None, None, None, NamedNode(GRAPH + "inferred")))
    assert len(everything) - len(asserted) == inferred
    assert len(everything) == len(graph)


def test_the_ontology_comes_first(written: Callable[..., bytes]) -> None:
    first = written("ntriples").split(b"\n", 1)[0].decode()
    assert first == f"<{DYST}dystonia.owl> <{RDF.type}> <{OWL.Ontology}> ."


# ---------------------------------------------------------------------- JSON-LD


def test_the_context_has_the_prefixes_of_the_graph() -> None:
    context = read_context()
    prefixes = {word: one["@id"] for word, one in context.items() if isinstance(one, dict) and one.get("@prefix")}
    assert prefixes.pop("DYST") == DYST + "DYST_"
    assert prefixes == PREFIXES


def test_json_ld_is_in_words(written: Callable[..., bytes]) -> None:
    nodes = {node["@id"]: node for node in json.loads(written("jsonld"))["@graph"]}
    term = nodes["dyst:CervicalDystonia"]
    assert term["label"] == "cervical dystonia"
    assert "MONDO:0000481" in term["exactMatch"]
    assert "dyst:FocalDystonia" in term["subClassOf"]


def test_json_ld_with_a_link_to_its_context(written: Callable[..., bytes]) -> None:
    inline, link = (json.loads(written("jsonld", context=choice)) for choice in ("inline", "link"))
    assert link["@context"] == CONTEXT
    assert link["@graph"] == inline["@graph"]


# ---------------------------------------------------------------------- OWL


def owl_api(document: bytes, syntax: str | None = None) -> Any:
    """Read a document by the OWL API; Manchester by its parser, for the others are tried first."""
    manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    source = java("org.semanticweb.owlapi.io.StringDocumentSource")(document.decode())
    if syntax != "manchester":
        return manager.loadOntologyFromOntologyDocument(source)
    ontology = manager.createOntology()
    java("org.coode.owlapi.manchesterowlsyntax.ManchesterOWLSyntaxOntologyParser")().parse(source, ontology)
    return ontology


@pytest.fixture(scope="session")
def axioms(written: Callable[..., bytes]) -> Any:
    """The ontology as the OWL API reads it from RDF/XML, every property declared, or it would drop what they say."""
    slots = ("mapping_justification", "object_label", "object_source", "object_source_version", "comment")
    declared = "".join(
        f'<rdf:Description rdf:about="{PREFIXES["sssom"]}{slot}"><rdf:type rdf:resource="{OWL.AnnotationProperty}"/>'
        "</rdf:Description>"
        for slot in slots
        if f'about="{PREFIXES["sssom"]}{slot}"'.encode() not in written("owl")
    )
    return owl_api(written("owl").replace(b"</rdf:RDF>", declared.encode() + b"</rdf:RDF>"))


def difference(one: Any, other: Any) -> list[str]:
    """The axioms of one ontology that another has not; a frame of Manchester declares without an axiom."""
    found = (axiom for axiom in one.getAxioms() if not other.containsAxiom(axiom))
    return [str(a.toString()) for a in found if str(a.getAxiomType().getName()) != "Declaration"]


def signature(ontology: Any) -> set[tuple[str, str]]:
    found = {(str(e.getEntityType().getName()), str(e.toStringID())) for e in ontology.getSignature()}
    return {(kind, iri) for kind, iri in found if not iri.startswith(PREFIXES["sssom"])}


@pytest.mark.parametrize("syntax", OWL_SYNTAXES)
def test_owl_syntaxes_hold_the_same_axioms(written: Callable[..., bytes], axioms: Any, syntax: str) -> None:
    back = owl_api(written(syntax), syntax)
    assert not difference(axioms, back)
    assert not difference(back, axioms)
    assert back.getAnnotations().equals(axioms.getAnnotations())
    assert back.getOntologyID().equals(axioms.getOntologyID())
    assert signature(back) == signature(axioms)
    assert back.getLogicalAxiomCount() == axioms.getLogicalAxiomCount() > 500


def unordered(axiom: object) -> str:
    """The parts of an axiom: members of a union may stand in any order."""
    return " ".join(sorted(re.findall(r'<[^<>]*>|"(?:\\.|[^"\\])*"|\w+', str(axiom))))


def test_owl_syntaxes_by_another_reader(written: Callable[..., bytes]) -> None:
    read = {
        name: pyhornedowl.open_ontology_from_string(written(name).decode(), serialization)
        for name, serialization in (("functional", "ofn"), ("owlxml", "owx"), ("owl", "rdf"))
    }
    whole = {name: {unordered(axiom) for axiom in read[name].get_axioms()} for name in ("functional", "owlxml")}
    assert whole["functional"] == whole["owlxml"]
    # Of RDF, this reader takes no sets of disjoint classes, and one annotation of a triple that has several.
    bare = {
        name: {unordered(a.component) for a in one.get_axioms() if "Disjoint" not in str(a.component)}
        for name, one in read.items()
    }
    differing = {axiom for axiom in bare["functional"] ^ bare["owl"] if "Declaration" not in axiom}
    assert not differing
    assert len(bare["functional"]) > 4_000


def test_the_export_is_in_owl_2_dl(axioms: Any) -> None:
    report = java("org.semanticweb.owlapi.profiles.OWL2DLProfile")().checkOntology(axioms)
    assert [str(violation) for violation in report.getViolations()] == []


@pytest.mark.parametrize("ids", ["readable", "numeric"])
def test_the_report_of_robot_finds_nothing(written: Callable[..., bytes], ontology: Path, ids: str) -> None:
    document = written("owl", ids=ids, associations="none")
    triples = (quad.triple for quad in parse(document, format=RdfFormat.RDF_XML))
    report = check_graph(triples, ontology / "checks")
    assert report.ok, str(report)
    assert not report.findings
    everything = [quad.triple for quad in parse(written("owl", ids=ids), format=RdfFormat.RDF_XML)]
    statements = {str(triple.subject) for triple in everything} - {
        str(quad.subject) for quad in parse(document, format=RdfFormat.RDF_XML)
    }
    found = {
        (one.check, f"<{one.entity}>" in statements) for one in check_graph(everything, ontology / "checks").findings
    }
    assert found == {("missing_label", True)}, "a statement has a text, a record a title, and no label"


@pytest.mark.slow
def test_every_syntax_classifies_to_the_same_hierarchy(kg: KnowledgeGraph) -> None:
    asserted = {syntax: document(kg, syntax, inferred="none", associations="none") for syntax in (*OWL_SYNTAXES, "owl")}
    classes = {
        quad.subject.value
        for quad in kg._store.quads_for_pattern(None, IS_A, NamedNode(str(OWL.Class)))
        if isinstance(quad.subject, NamedNode)
    }
    expected = {cls: kg._above(cls) for cls in classes}
    for syntax, text in asserted.items():
        ours = Ontology([])
        ours._ontology = owl_api(text, syntax)
        found = ours.classify()
        assert not found.unsatisfiable
        assert {cls: set(above) for cls, above in found.superclasses.items()} == expected, syntax


# ---------------------------------------------------------------------- OBO


@pytest.fixture(scope="session")
def frames(written: Callable[..., bytes]) -> dict[str, Any]:
    """The frames of the OBO export by identifier, as fastobo reads them."""
    document = fastobo.loads(written("obo", ids="readable").decode())
    assert isinstance(document, fastobo.doc.OboDoc)
    kinds = (fastobo.term.TermFrame, fastobo.typedef.TypedefFrame)
    return {str(frame.id): frame for frame in document if isinstance(frame, kinds)}


def clauses(frame: Any, tag: str) -> list[Any]:
    return [clause for clause in frame if clause.raw_tag() == tag]


def test_obo_has_every_term_as_it_is(classes: list[SimpleNamespace], frames: dict[str, Any]) -> None:
    assert {t.curie for t in classes} == {i for i, f in frames.items() if isinstance(f, fastobo.term.TermFrame)}
    for term in classes:
        frame = frames[term.curie]
        assert [c.name for c in clauses(frame, "name")] == [term.label]
        assert [c.definition for c in clauses(frame, "def")] == ([term.definition] if term.definition else [])
        assert bool(clauses(frame, "is_obsolete")) == term.deprecated
        said = {(c.synonym.desc, c.synonym.scope.lower()) for c in clauses(frame, "synonym")}
        assert said == {(s.text, s.scope) for s in term.synonyms}
        assert {str(c.term) for c in clauses(frame, "is_a")} == {p.curie for p in term.parents}
        values = [c.property_value for c in clauses(frame, "property_value")]
        matches = {(str(v.relation), str(v.value)) for v in values if "Match" in str(v.relation)}
        assert matches == {(f"skos:{m.predicate}Match", m.curie) for m in term.mappings}


def test_obo_has_every_edge(classes: list[SimpleNamespace], frames: dict[str, Any]) -> None:
    for term in classes:
        said = {(str(c.typedef), str(c.term)) for c in clauses(frames[term.curie], "relationship")}
        said |= {(str(c.typedef), str(c.term)) for c in clauses(frames[term.curie], "intersection_of") if c.typedef}
        assert {(r.predicate.curie, r.object.curie) for r in term.relations} <= said


def test_obo_logical_definitions_are_equivalences(graph: KnowledgeGraph, frames: dict[str, Any]) -> None:
    members = graph.query("""SELECT ?c ?genus ?p ?filler {
        ?c owl:equivalentClass/owl:intersectionOf ?list .
        FILTER NOT EXISTS { ?list rdf:rest*/rdf:first ?other
            FILTER(isBlank(?other) && NOT EXISTS { ?other owl:someValuesFrom ?f FILTER(isIRI(?f)) }) }
        ?list rdf:rest*/rdf:first ?member
        OPTIONAL { ?member owl:onProperty ?p ; owl:someValuesFrom ?filler }
        BIND(IF(isIRI(?member), ?member, ?none) AS ?genus)
    }""")
    expected: dict[str, set[tuple[str, str]]] = {}
    for row in members:  # type: ignore[union-attr]
        pair = ("", row.genus.curie) if row.genus else (row.p.curie, row.filler.curie)
        expected.setdefault(row.c.curie, set()).add(pair)
    found = {
        name: {(str(c.typedef or ""), str(c.term)) for c in clauses(frame, "intersection_of")}
        for name, frame in frames.items()
        if isinstance(frame, fastobo.term.TermFrame) and clauses(frame, "intersection_of")
    }
    assert found == expected
    assert len(found) > 10


def test_obo_speaks_accessions_by_default(written: Callable[..., bytes], classes: list[SimpleNamespace]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of frames of individuals, which pronto does not have
        ontology = pronto.Ontology(io.BytesIO(written("obo")))
    assert ontology.metadata.format_version == "1.4"
    assert "https://w3id.org/dystonia-kg/DYST_" in {space[0] for space in ontology.metadata.idspaces.values()}
    for term in classes:
        found = ontology[term.accession or term.curie]
        assert found.name == term.label
        assert {s.description for s in found.synonyms} == {s.text for s in term.synonyms}
        above = {parent.accession or parent.curie for parent in term.ancestors}
        assert {parent.id for parent in found.superclasses(with_self=False)} == above
    assert len(ontology.terms()) == len(classes)


def test_vocabularies_used_are_named(written: Callable[..., bytes], graph: KnowledgeGraph) -> None:
    rows = graph.query("SELECT DISTINCT ?text { ?x dcterms:hasVersion ?v ; dcterms:bibliographicCitation ?text }")
    texts = [row.text for row in rows]  # type: ignore[union-attr]
    assert any("Human Phenotype Ontology" in text for text in texts)
    for name in ("obo", "obographs", "skos"):
        assert all(text in written(name).decode() for text in texts), name


def test_obo_numbers_lead_back_to_names(written: Callable[..., bytes]) -> None:
    text = written("obo").decode()
    assert not re.search(r"^id: dyst:", text, re.MULTILINE)
    block = next(part for part in text.split("\n\n") if "\nname: cervical dystonia\n" in part)
    assert 'property_value: skos:notation "dyst:CervicalDystonia" xsd:string' in block


# ---------------------------------------------------------------------- OBO Graphs


def test_obo_graphs_are_valid(written: Callable[..., bytes]) -> None:
    raw = json.loads(written("obographs"))
    document = obographs.GraphDocument.model_validate(raw)
    assert document.model_dump(exclude_unset=True, mode="json") == raw, "the model knows every key"


def test_obo_graphs_have_every_term_and_edge(written: Callable[..., bytes], classes: list[SimpleNamespace]) -> None:
    graph = obographs.GraphDocument.model_validate_json(written("obographs")).graphs[0]
    nodes = {node.id: node for node in graph.nodes}
    assert len(nodes) == len(graph.nodes)
    edges: dict[str, set[tuple[str, str]]] = {}
    for edge in graph.edges:
        edges.setdefault(edge.sub, set()).add((edge.pred, edge.obj))
        assert {edge.sub, edge.obj} <= nodes.keys() | {str(OWL.Thing)}
    for term in classes:
        node = nodes[term.iri]
        assert (node.lbl, node.type, node.meta.deprecated) == (term.label, "CLASS", term.deprecated)
        definition = node.meta.definition
        assert (definition.val if definition else None) == term.definition
        assert {(s.val, s.pred) for s in node.meta.synonyms or []} == {
            (s.text, f"has{s.scope.capitalize()}Synonym") for s in term.synonyms
        }
        expected = {("is_a", parent.iri) for parent in term.parents}
        expected |= {(r.predicate.iri, r.object.iri) for r in term.relations}
        assert edges.get(term.iri, set()) == expected
        values = {(v.pred, v.val) for v in node.meta.basicPropertyValues or []}
        assert {(expand(f"skos:{m.predicate}Match"), m.iri) for m in term.mappings} <= values


# ---------------------------------------------------------------------- SKOS


@pytest.fixture(scope="session")
def scheme(written: Callable[..., bytes]) -> rdflib.Graph:
    return rdflib.Graph().parse(data=written("skos"), format="turtle")


def test_skos_keeps_its_own_conditions(scheme: rdflib.Graph) -> None:
    labels = [SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel]
    for concept in scheme.subjects(RDF.type, SKOS.Concept):
        assert len(list(scheme.objects(concept, SKOS.prefLabel))) == 1
        names = [str(label) for kind in labels for label in scheme.objects(concept, kind)]
        assert len(names) == len(set(names)), f"{concept} has two labels that are the same"
        above = set(scheme.transitive_objects(concept, SKOS.broader)) - {concept}
        assert not above & set(scheme.objects(concept, SKOS.related))
        assert (concept, SKOS.broader, concept) not in scheme
        exact = set(scheme.objects(concept, SKOS.exactMatch))
        assert not exact & set(scheme.objects(concept, SKOS.broadMatch))
    notations = [str(value) for value in scheme.objects(None, SKOS.notation)]
    assert len(notations) == len(set(notations))


def test_skos_has_every_class(scheme: rdflib.Graph, classes: list[SimpleNamespace]) -> None:
    assert {str(c) for c in scheme.subjects(RDF.type, SKOS.Concept)} == {t.iri for t in classes}
    tops = set()
    for term in classes:
        node = rdflib.URIRef(term.iri)
        assert str(scheme.value(node, SKOS.prefLabel)) == term.label
        assert {str(o) for o in scheme.objects(node, SKOS.broader)} == {p.iri for p in term.parents}
        exact = {s.text for s in term.synonyms if s.scope == "exact"} - {term.label}
        assert {str(o) for o in scheme.objects(node, SKOS.altLabel)} == exact
        for mapping in term.mappings:
            assert (node, SKOS[mapping.predicate + "Match"], rdflib.URIRef(mapping.iri)) in scheme
        if not term.parents:
            tops.add(term.iri)
    assert {str(o) for o in scheme.objects(None, SKOS.hasTopConcept)} == tops
    assert {str(s) for s in scheme.subjects(SKOS.topConceptOf, None)} == tops


# ---------------------------------------------------------------------- SSSOM


def test_sssom_has_every_mapping_of_the_sources(ontology: Path, tmp_path: Path, kg: KnowledgeGraph) -> None:
    path = tmp_path / "all.sssom.tsv"
    kg.export("sssom", path)
    mappings, _, about, *_ = sssom_pydantic.read(path)
    assert str(about.license) == "https://creativecommons.org/licenses/by/4.0/"
    assert about.version == kg.version
    found = {
        (m.subject.curie, m.predicate.curie, m.object.curie, m.justification.curie, m.comment or "") for m in mappings
    }
    expected = set()
    for source in sorted((ontology / "mappings").glob("*.sssom.tsv")):
        lines = [line for line in source.read_text("utf-8").splitlines() if not line.startswith("#")]
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            cells = (row[c] for c in ("subject_id", "predicate_id", "object_id", "mapping_justification"))
            expected.add((*cells, row.get("comment") or ""))
    assert found == expected
    assert len(mappings) == len(expected)


def test_a_mapping_that_has_no_curie_is_reported(tmp_path: Path) -> None:
    import dystonia_kg

    extra = tmp_path / "mine.ttl"
    extra.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        f"<{DYST}CervicalDystonia> skos:exactMatch <http://my.org/x> .",
        encoding="utf-8",
    )
    report = dystonia_kg.load(extra=[extra]).export("sssom", io.BytesIO())
    left = {one.kind: one for one in report.left_out}
    assert left["mappings"].count == 1
    assert "no prefix" in left["mappings"].why


# ---------------------------------------------------------------------- what the model says


def test_the_model_says_what_terms_say(graph: KnowledgeGraph) -> None:
    model = graph._export_source().model
    for record in model.terms():
        term = graph._at(record.iri)
        assert record.label == term.label
        assert record.kind == term.kind
        assert {(r.predicate, r.object, not r.asserted) for r in record.relations} == {
            (r.predicate.iri, r.object.iri, r.inferred) for r in term.relations if not r.general
        }
        assert {(s.text, s.scope) for s in record.synonyms} == {(s.text, s.scope) for s in term.synonyms}
        if record.type == "class":
            assert {p.iri for p in record.parents} | set(record.equivalents) == {p.iri for p in term.parents}
    statements = {s.text for t in graph.syndromes() for s in t.statements}
    label = cache(lambda iri: graph._at(iri).label)
    ends = ((a, (a.subject, a.predicate, a.object)) for a in model.associations())
    assert statements <= {a.text or " ".join(map(label, iris)) for a, iris in ends}


def test_counts_of_people_are_read_where_they_stand(kg: KnowledgeGraph) -> None:
    for one in kg._export_source().model.associations():
        if one.count is not None and one.total is not None and one.frequency is not None:
            assert one.frequency == pytest.approx(one.count / one.total, abs=0.06), one.iri


def test_nothing_is_both_written_and_left_out(kg: KnowledgeGraph) -> None:
    for name in ("obo", "obographs", "skos"):
        report = kg.export(name, io.BytesIO())
        assert all(count > 0 for count in report.written.values())
        assert all(one.count > 0 and one.why for one in report.left_out)
