"""Other people's ontologies beside ours: what is read, what is refused, and that ours and theirs meet."""

from __future__ import annotations

import gzip
import http.server
import io
import json
import threading
from pathlib import Path

import fastobo
import pytest
import rdflib
import rdflib.compare
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Triple, parse, serialize

import dystonia_kg as dkg
from dystonia_kg.errors import InputError, Problem
from dystonia_kg.foreign.kinds import Kind, kind_of
from dystonia_kg.foreign.read import read_foreign
from dystonia_kg.reasoning.documents import write_document
from dystonia_kg.vocab import GRAPH, PREFIXES, expand

DATA = Path(__file__).parent / "data"
MONDO, HP = DATA / "mondo_dystonia.obo", DATA / "hp_dystonia.obo"
OIO, OBO = PREFIXES["oboInOwl"], PREFIXES["obo"]
USER = GRAPH + "user"

ONTOLOGY = """
@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<http://example.org/o> a owl:Ontology .
:A a owl:Class ; rdfs:label "an \\"a\\" (quoted)" , "é"@fr ; rdfs:subClassOf :C ,
    [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B ] .
:B a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :C
    [ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom [ a owl:Class ; owl:complementOf :A ] ] ) ] .
:C a owl:Class . :p a owl:ObjectProperty .
"""


def graph(triples: list[Triple]) -> rdflib.Graph:
    data = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert data is not None
    return rdflib.Graph().parse(data=data, format="nt")


def node(curie: str) -> rdflib.URIRef:
    return rdflib.URIRef(expand(curie))


# ---------------------------------------------------------------------- what is read


@pytest.mark.parametrize("path", [MONDO, HP], ids=["mondo", "hp"])
def test_obo_says_what_its_stanzas_say(path: Path) -> None:
    """Counted by fastobo, which reads the stanzas and does nothing else."""
    found = graph(read_foreign(path))
    seen = {"terms": 0, "links": 0, "synonyms": 0, "xrefs": 0}
    for frame in fastobo.load(str(path)):
        seen["terms"] += 1
        term = node(str(frame.id))
        assert (term, rdflib.RDF.type, rdflib.OWL.Class) in found
        for clause in frame:
            match clause.raw_tag():
                case "name":
                    assert (term, rdflib.RDFS.label, rdflib.Literal(clause.name)) in found
                case "def":
                    assert (term, node("IAO:0000115"), rdflib.Literal(clause.definition)) in found
                case "is_a":
                    seen["links"] += 1
                    assert (term, rdflib.RDFS.subClassOf, node(str(clause.term))) in found
                case "synonym":
                    seen["synonyms"] += 1
                    scope = {"EXACT": "Exact", "BROAD": "Broad", "NARROW": "Narrow", "RELATED": "Related"}
                    predicate = rdflib.URIRef(f"{OIO}has{scope[clause.synonym.scope]}Synonym")
                    assert (term, predicate, rdflib.Literal(clause.synonym.desc)) in found
                case "xref":
                    seen["xrefs"] += 1
                    assert (term, rdflib.URIRef(OIO + "hasDbXref"), rdflib.Literal(str(clause.xref.id))) in found
    assert seen["terms"] == len(set(found.subjects(rdflib.RDF.type, rdflib.OWL.Class)))
    assert seen["links"] == len(list(found.triples((None, rdflib.RDFS.subClassOf, None))))


def test_obo_graphs_say_the_same_as_obo(tmp_path: Path) -> None:
    path = tmp_path / "hp.json"
    with path.open("wb") as file:
        fastobo.dump_graph(fastobo.load(str(HP)), file)
    obo, json_ = graph(read_foreign(HP)), graph(read_foreign(path))
    kinds = [rdflib.RDFS.label, rdflib.RDFS.subClassOf, node("IAO:0000115")]  # fastobo leaves typed synonyms out
    terms = set(obo.subjects(rdflib.RDF.type, rdflib.OWL.Class))
    assert set(json_.subjects(rdflib.RDF.type, rdflib.OWL.Class)) == terms
    for term in terms:
        for predicate in kinds:
            assert set(json_.objects(term, predicate)) == set(obo.objects(term, predicate))


def test_obo_graphs_with_everything(tmp_path: Path) -> None:
    a, b, c, p = (f"{OBO}X_{n}" for n in range(4))
    meta = {
        "definition": {"val": "A thing.", "xrefs": ["PMID:1"]},
        "synonyms": [{"pred": "hasBroadSynonym", "val": "thing", "xrefs": [], "synonymType": "OMO:0003000"}],
        "xrefs": [{"val": "MESH:D1"}], "comments": ["so"], "deprecated": True,
        "basicPropertyValues": [{"pred": OBO + "IAO_0100001", "val": b}],
    }  # fmt: skip
    definition = {"definedClassId": b, "genusIds": [c], "restrictions": [{"propertyId": p, "fillerId": a}]}
    ranges = {"predicateId": p, "domainClassIds": [c], "allValuesFromEdges": [{"sub": a, "pred": p, "obj": c}]}
    kinds = [
        {"id": a, "lbl": "a", "type": "CLASS", "meta": meta},
        {"id": p, "type": "PROPERTY", "propertyType": "OBJECT"},
    ]
    document = {"graphs": [{
        "id": "http://example.org/o",
        "nodes": kinds,
        "edges": [{"sub": a, "pred": "is_a", "obj": c}, {"sub": a, "pred": p, "obj": b}],
        "logicalDefinitionAxioms": [definition],
        "equivalentNodesSets": [{"nodeIds": [a, b]}],
        "domainRangeAxioms": [ranges],
        "propertyChainAxioms": [{"predicateId": p, "chainPredicateIds": [p, p]}],
    }]}  # fmt: skip
    path = tmp_path / "x.json"
    path.write_text(json.dumps(document), "utf-8")
    expected = rdflib.Graph().parse(format="turtle", data=f"""
        @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix o: <{OIO}> . @prefix obo: <{OBO}> .
        <http://example.org/o> a owl:Ontology .
        obo:X_0 a owl:Class ; rdfs:label "a" ; obo:IAO_0000115 "A thing." ; o:hasBroadSynonym "thing" ;
            o:hasDbXref "MESH:D1" ; rdfs:comment "so" ; owl:deprecated true ; obo:IAO_0100001 obo:X_1 ;
            owl:equivalentClass obo:X_1 ; rdfs:subClassOf obo:X_2 ,
                [ a owl:Restriction ; owl:onProperty obo:X_3 ; owl:someValuesFrom obo:X_1 ] ,
                [ a owl:Restriction ; owl:onProperty obo:X_3 ; owl:allValuesFrom obo:X_2 ] .
        [] a owl:Axiom ; owl:annotatedSource obo:X_0 ; owl:annotatedProperty obo:IAO_0000115 ;
            owl:annotatedTarget "A thing." ; o:hasDbXref "PMID:1" .
        [] a owl:Axiom ; owl:annotatedSource obo:X_0 ; owl:annotatedProperty o:hasBroadSynonym ;
            owl:annotatedTarget "thing" ; o:hasSynonymType obo:OMO_0003000 .
        obo:X_1 owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( obo:X_2
            [ a owl:Restriction ; owl:onProperty obo:X_3 ; owl:someValuesFrom obo:X_0 ] ) ] .
        obo:X_3 a owl:ObjectProperty ; rdfs:domain obo:X_2 .
        obo:X_3 owl:propertyChainAxiom ( obo:X_3 obo:X_3 ) .""")  # fmt: skip
    assert rdflib.compare.isomorphic(graph(read_foreign(path)), expected)


@pytest.mark.parametrize("syntax", ["functional", "manchester", "owlxml"])
@pytest.mark.parametrize("own_name", [True, False], ids=["own extension", ".owl"])
def test_every_syntax_of_owl(tmp_path: Path, syntax: str, own_name: bool) -> None:
    triples = [quad.triple for quad in parse(ONTOLOGY, RdfFormat.TURTLE)]
    out = io.BytesIO()
    write_document(triples, syntax, {"e": "http://example.org/"}, out)
    extension = {"functional": "ofn", "manchester": "omn", "owlxml": "owx"}[syntax] if own_name else "owl"
    path = tmp_path / f"x.{extension}"
    path.write_bytes(out.getvalue())
    assert rdflib.compare.isomorphic(graph(read_foreign(path)), graph(triples))


def test_compressed_and_rdf(tmp_path: Path) -> None:
    path = tmp_path / "mondo.obo.gz"
    path.write_bytes(gzip.compress(MONDO.read_bytes()))
    assert len(read_foreign(path)) == len(read_foreign(MONDO))
    turtle = tmp_path / "x.ttl"
    turtle.write_text(ONTOLOGY, "utf-8")
    assert rdflib.compare.isomorphic(graph(read_foreign(turtle)), rdflib.Graph().parse(turtle))


def test_what_a_file_is() -> None:
    assert kind_of("a.json", b'{"@context": {}}') == Kind.RDF
    assert kind_of("a.json", b' {\n "graphs" : []}') == Kind.OBO_GRAPHS
    assert kind_of("a.owl", b'<?xml version="1.0"?>\n<!-- x -->\n<rdf:RDF/>') == Kind.RDF
    assert (
        kind_of("a.owl", b'<?xml version="1.0"?>\n<Ontology xmlns="http://www.w3.org/2002/07/owl#"/>') == Kind.OWL_XML
    )
    assert kind_of("a.owl", b"# c\nPrefix: x: <http://e/>") == Kind.MANCHESTER
    assert kind_of("A.OBO.GZ", b"") == Kind.OBO


# ---------------------------------------------------------------------- ours and theirs


def test_one_query_over_ours_and_theirs(kg: dkg.KnowledgeGraph) -> None:
    both = dkg.load(extra=[MONDO, HP])
    query = """SELECT ?ours ?above {
      ?ours skos:exactMatch ?theirs ; a owl:Class .
      GRAPH dyst:graph\\/user { ?theirs rdfs:subClassOf ?parent }
      ?parent rdfs:label ?above
    }"""
    found = {(row.ours, row.above) for row in both.query(query)}
    assert (both.term("cervical dystonia").iri, "focal dystonia") in found
    assert both.term("cervical dystonia").iri == kg.term("cervical dystonia").iri
    user = both.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", g=rdflib.URIRef(USER)).rows[0].n
    assert user > 100
    assert len(both) == len(kg) + user


@pytest.mark.slow
def test_their_axioms_with_ours(tmp_path: Path) -> None:
    path = tmp_path / "mine.ofn"
    path.write_text(
        "Prefix(dyst:=<https://w3id.org/dystonia-kg/>)Ontology(<http://example.org/mine>"
        "Declaration(Class(<http://example.org/Mine>)) SubClassOf(<http://example.org/Mine> dyst:WritersCramp))"
    )
    kg = dkg.load(extra=[path], reason=True)
    assert kg.is_a("http://example.org/Mine", "focal dystonia")


# ---------------------------------------------------------------------- what is refused

BAD = {
    "deep.ofn": (b"Ontology(" + b"(" * 300, 1, "nest deeper"),
    "deep.omn": (b"Ontology: <http://e/o>\nClass: <http://e/A>\n SubClassOf: " + b"(" * 300, 3, "nest deeper"),
    "deep.json": (b'{"graphs": ' + b"[" * 300, 1, "nests deeper"),
    "latin.obo": ("[Term]\nid: X:1\nname: caf\u00e9\n".encode("latin-1"), 3, "not UTF-8"),
    "open.ofn": (b'Ontology(<http://e/o>\nAnnotation(rdfs:label "x))', 2, "not closed"),
    "bomb.owx": (
        b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Ontology>&b;</Ontology>',
        1, "may not build on others",
    ),
    "file.owx": (
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Ontology>&a;</Ontology>',
        1, "document type is refused",
    ),
    "element.owx": (
        b'<Ontology xmlns="http://www.w3.org/2002/07/owl#" ontologyIRI="http://e/o">\n<SubClassOf><Klass IRI="http://e/A"/>'
        b'<Class IRI="http://e/B"/></SubClassOf></Ontology>',
        2, "no element 'Klass'",
    ),
    "cut.owx": (b'<Ontology xmlns="http://www.w3.org/2002/07/owl#">\n<SubClassOf>', 2, "not XML"),
    "clause.obo": (b"[Term]\nid: X:1\nname\n", 3, "not OBO"),
    "term.ofn": (b"Ontology(<http://e/o>\nSubClassOf(<http://e/A>))", 2, "functional"),
    "word.omn": (b"Ontology: <http://e/o>\nClass: <http://e/A>\n  SubClassOf: foo bar", 3, "Manchester"),
    "list.json": (b'{"graphs": 3}', None, "graphs: a list is wanted"),
    "none.json": (b'{"graphs": []}', None, "no graph in it"),
    "iri.json": (b'{"graphs": [{"nodes": [{"id": "no iri"}]}]}', None, r"graphs\[0\].nodes\[0\].id: 'no iri'"),
    "cut.json": (b'{"graphs": [{', 1, "not JSON"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_their_place(tmp_path: Path, name: str) -> None:
    data, line, message = BAD[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError, match=message) as caught:
        read_foreign(path)
    assert caught.value.problems[0].file == str(path)
    assert caught.value.problems[0].line == line


def test_nothing_of_a_bad_file_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "half.obo"
    path.write_text("[Term]\nid: X:1\nname: fine\n\n[Term]\nid: X:2\nname\n", "utf-8")
    with pytest.raises(InputError, match=r"half\.obo:7"):
        dkg.load(extra=[path])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.ofn", "Ontology(<http://e/o> Import(<{url}>) Declaration(Class(<http://e/A>)))"),
        ("x.omn", "Ontology: <http://e/o>\nImport: <{url}>\nClass: <http://e/A>"),
        ("x.owx", '<Ontology xmlns="http://www.w3.org/2002/07/owl#" ontologyIRI="http://e/o"><Import>{url}</Import>'
                  '<Declaration><Class IRI="http://e/A"/></Declaration></Ontology>'),
        ("x.obo", "format-version: 1.4\nontology: x\nimport: {url}\n\n[Term]\nid: X:1\nname: a\n"),
        ("x.ttl", "@prefix owl: <http://www.w3.org/2002/07/owl#> . <http://e/o> a owl:Ontology ; owl:imports <{url}> ."
                  " <http://e/A> a owl:Class ."),
    ],
)  # fmt: skip
def test_nothing_that_is_imported_is_fetched(tmp_path: Path, name: str, text: str) -> None:
    asked: list[str] = []

    class Listening(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        path = tmp_path / name
        path.write_text(text.format(url=f"http://127.0.0.1:{server.server_port}/other.owl"), "utf-8")
        triples = read_foreign(path)
        from dystonia_kg.reasoning.owlapi import Ontology

        assert Ontology(triples).is_consistent()
    finally:
        server.shutdown()
        server.server_close()
    assert any("owl#imports" in triple.predicate.value for triple in triples)
    assert asked == []


def read_or_refuse(path: Path) -> tuple[Problem, ...]:
    """Read a file and return what is wrong with it; anything but our own error fails the test."""
    try:
        read_foreign(path)
    except InputError as error:
        return error.problems
    return ()


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200), name=st.sampled_from(["a.obo", "a.json", "a.ofn", "a.omn", "a.owx", "a.owl"]))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(data)
    assert all(problem.message for problem in read_or_refuse(path))


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(min_value=0), extra=st.sampled_from(["", "\n[Term]", "\nx: y", '"', "(", "\n!", "\x00"]))
def test_any_part_of_a_real_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: int, extra: str
) -> None:
    text = HP.read_text("utf-8")
    path = tmp_path_factory.mktemp("cut") / "hp.obo"
    path.write_text(text[: cut % len(text)] + extra, "utf-8")
    assert all(problem.file == str(path) for problem in read_or_refuse(path))
