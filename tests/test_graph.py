"""The graph: what queries give and refuse, and that the views for RDF, OWL and graph people show the same."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import networkx as nx
import pandas as pd
import polars as pl
import pytest
import rdflib
from rdflib.compare import isomorphic

import dystonia_kg as dkg
from dystonia_kg.errors import BindingError, QueryError, QueryRefusedError, QuerySyntaxError, QueryTimeout
from dystonia_kg.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

DYST = "https://w3id.org/dystonia-kg/"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
GRAPHS = {f"{DYST}graph/{name}" for name in ("asserted", "inferred", "associations", "mappings", "imports")}


# ---------------------------------------------------------------------- what comes out


def test_select_gives_rows(kg: dkg.KnowledgeGraph) -> None:
    result = kg.query("SELECT ?x ?label { ?x rdfs:subClassOf dyst:WritersCramp ; rdfs:label ?label } ORDER BY ?label")
    assert isinstance(result, dkg.Result)
    assert result.columns == ("x", "label")
    assert [row.label for row in result] == ["dystonic writer's cramp", "simple writer's cramp"]
    assert result[0].x.curie == "dyst:DystonicWritersCramp"


def test_ask_gives_a_bool(kg: dkg.KnowledgeGraph) -> None:
    assert kg.query("ASK { dyst:WritersCramp rdfs:subClassOf dyst:FocalDystonia }") is True
    assert kg.query("ASK { dyst:FocalDystonia rdfs:subClassOf dyst:WritersCramp }") is False


def test_construct_and_describe_give_rdflib_graphs(kg: dkg.KnowledgeGraph) -> None:
    made = kg.query(
        "CONSTRUCT { ?x <http://e/p> ?label } WHERE { ?x rdfs:subClassOf dyst:WritersCramp ; rdfs:label ?label }"
    )
    assert isinstance(made, rdflib.Graph)
    simple = (
        rdflib.URIRef(DYST + "SimpleWritersCramp"),
        rdflib.URIRef("http://e/p"),
        rdflib.Literal("simple writer's cramp"),
    )
    assert simple in made
    assert len(made) == 2
    told = kg.query("DESCRIBE dyst:WritersCramp")
    assert isinstance(told, rdflib.Graph)
    assert (rdflib.URIRef(DYST + "WritersCramp"), rdflib.RDFS.label, rdflib.Literal("writer's cramp")) in told
    assert "dyst:WritersCramp" in told.serialize(format="turtle"), "prefixes are bound"
    before = len(kg)
    made.remove((None, None, None))
    assert len(kg) == before, "the answer is a graph of its own"


def test_every_prefix_is_bound(kg: dkg.KnowledgeGraph) -> None:
    for prefix, base in PREFIXES.items():
        rows = kg.query(f"SELECT (STR({prefix}:x1) AS ?iri) {{}}")
        assert rows[0].iri == base + "x1"


def test_named_graphs(kg: dkg.KnowledgeGraph) -> None:
    rows = kg.query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert {str(row.g) for row in rows} == GRAPHS
    assert sum(row.n for row in rows) == len(kg)
    place = "dyst:WritersCramp rdfs:subClassOf dyst:FocalDystonia"
    assert kg.query(f"ASK {{ GRAPH dyst:graph\\/inferred {{ {place} }} }}") is True
    assert kg.query(f"ASK {{ GRAPH dyst:graph\\/asserted {{ {place} }} }}") is False, "inferred, not asserted"
    union = kg.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0].n
    assert union == kg.query("SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } }")[0].n
    only = kg.query("SELECT (COUNT(*) AS ?n) FROM dyst:graph\\/mappings { ?s ?p ?o }")[0].n
    assert only == kg.query("SELECT (COUNT(*) AS ?n) { GRAPH dyst:graph\\/mappings { ?s ?p ?o } }")[0].n < union


def test_bindings_are_terms(kg: dkg.KnowledgeGraph) -> None:
    query = "SELECT ?label { ?x rdfs:subClassOf ?sup ; rdfs:label ?label } ORDER BY ?label"
    below = ["dystonic writer's cramp", "simple writer's cramp"]
    cramp = kg.term("writer's cramp")
    for value in (cramp, rdflib.URIRef(cramp.iri), kg.query('SELECT ?x { ?x rdfs:label "writer\'s cramp" }')[0].x):
        assert kg.query(query, sup=value).column("label") == below
    assert kg.query(query, sup=[cramp, kg.term("cranial dystonia")]).column("label") == below
    evil = 'x" } ; DROP ALL #'
    assert kg.query("SELECT ?x { ?x rdfs:label ?name }", name=evil).rows == ()
    with pytest.raises(BindingError, match=r"the query has no variable \?y"):
        kg.query(query, y=1)


def test_frames(kg: dkg.KnowledgeGraph) -> None:
    result = kg.query(
        "SELECT ?text ?frequency ?size { ?a dyst:statementText ?text ; dyst:frequency ?frequency "
        "OPTIONAL { ?a dyst:sampleSize ?size } } ORDER BY ?a"
    )
    polars, pandas = result.to_polars(), result.to_pandas()
    assert isinstance(polars, pl.DataFrame)
    assert isinstance(pandas, pd.DataFrame)
    assert polars.columns == list(pandas.columns) == ["text", "frequency", "size"]
    assert polars.height == len(pandas) == len(result) > 30
    assert polars.schema["text"] == pl.String
    assert polars.schema["size"] == pl.Int64
    assert polars["size"].null_count() == sum(row.size is None for row in result)
    assert polars["frequency"].cast(pl.Float64).to_list() == [float(row.frequency) for row in result]
    assert polars["text"].to_list() == pandas["text"].to_list() == result.column("text")


# ---------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { dyst:Dystonia rdfs:label 'x' }",
        "DELETE WHERE { ?s ?p ?o }",
        "LOAD <http://127.0.0.1:9/x.ttl>",
        "CLEAR ALL",
        "DROP GRAPH dyst:graph\\/asserted",
    ],
)
def test_updates_are_refused(kg: dkg.KnowledgeGraph, query: str) -> None:
    before = len(kg)
    with pytest.raises(QueryRefusedError, match=r"is an update, and query\(\) only reads"):
        kg.query(query)
    assert len(kg) == before


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }",
    ],
)
def test_other_hosts_are_not_asked(kg: dkg.KnowledgeGraph, query: str) -> None:
    with pytest.raises(QueryRefusedError):
        kg.query(query)


def test_an_allowed_host_is_asked(kg: dkg.KnowledgeGraph) -> None:
    with pytest.raises(QueryError) as caught:  # nobody listens there: an error of the engine, not of the guard
        kg.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", allow_hosts={"127.0.0.1"})
    assert not isinstance(caught.value, QueryRefusedError)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT ?x {\n  ?x rdfs:label\n}", (2, 6)),
        ("SELECT ?x {\n ?x a dyst:Dystonia", (1, 11)),
        ("SELECT ?x\n{ ?x no:thing ?y }", (2, 6)),
        ("SELEKT ?x { }", (1, 1)),
        ("SELECT ?x { ?x rdfs:label 'open }", (1, 27)),
    ],
)
def test_malformed_queries_are_errors_with_their_place(
    kg: dkg.KnowledgeGraph, query: str, place: tuple[int, int]
) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        kg.query(query)
    assert (caught.value.line, caught.value.column) == place
    assert f"line {place[0]}, column {place[1]}" in str(caught.value)


def test_places_are_those_of_the_query_as_written(kg: dkg.KnowledgeGraph) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        kg.query("SELECT ?x {\n ?x rdfs:label ?name ;; ; }}", name="a much longer name than the variable")
    assert caught.value.line == 2


@pytest.mark.parametrize("shape", ["FILTER({open}1{close})", "{braces}", "FILTER EXISTS {braces}"])
def test_deep_nesting_does_not_end_the_process(python: Callable[..., CompletedProcess[str]], shape: str) -> None:
    code = (
        "import sys, dystonia_kg as d\n"
        "kg = d.load()\n"
        "text = sys.argv[1].replace('{open}', '(' * 5000).replace('{close}', ')' * 5000)\n"
        "text = text.replace('{braces}', '{' * 5000 + ' ?s ?p ?o ' + '}' * 5000)\n"
        "for timeout in (None, 20):\n"
        "    try: kg.query('ASK { ' + text + ' }', timeout=timeout)\n"
        "    except d.QueryRefusedError as error: print('nests deeper' in str(error))\n"
        "print(kg.query('ASK { ?s ?p ?o }'))\n"
    )
    done = python(code, shape)
    assert (done.returncode, done.stdout.split()) == (0, ["True", "True", "True"]), done.stderr[-2000:]


def test_a_deadline_is_kept(kg: dkg.KnowledgeGraph) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    started = time.monotonic()
    with pytest.raises(QueryTimeout, match=r"within 0\.5 s"):
        kg.query(endless, timeout=0.5)
    assert time.monotonic() - started < 30
    query = "SELECT ?l { ?x rdfs:subClassOf ?y ; rdfs:label ?l } ORDER BY ?l"
    assert kg.query(query, timeout=60, y=kg.term("writer's cramp")) == kg.query(query, y=kg.term("writer's cramp"))


def test_a_deadline_holds_for_a_users_own_graph_too(tmp_path: Path) -> None:
    (tmp_path / "mine.nt").write_text("<http://e/s> <http://e/p> <http://e/o> .\n", encoding="utf-8")
    mine = dkg.load(extra=[tmp_path / "mine.nt"])
    assert mine.query("ASK { <http://e/s> ?p ?o }", timeout=60) is True


# ---------------------------------------------------------------------- views

SAME = [
    "SELECT ?x { ?x rdfs:subClassOf dyst:FocalDystonia }",
    "SELECT ?x ?l { ?x rdfs:subClassOf+ dyst:DystoniaDisorder ; rdfs:label ?l }",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "SELECT ?s { ?s dyst:affects ?r . ?r rdfs:subClassOf dyst:BodyRegion OPTIONAL { ?s dyst:isEvokedBy ?t } }",
    "SELECT ?s ?f { ?s dyst:frequency ?f FILTER(?f > 0.5) MINUS { ?s dyst:sampleSize ?n } }",
    "SELECT ?x { ?x skos:exactMatch MONDO:0000481 }",
    "ASK { dyst:CranialDystonia rdfs:subClassOf dyst:SegmentalDystonia }",
]


@pytest.mark.parametrize("query", SAME)
def test_the_rdflib_view_gives_the_same_answers(kg: dkg.KnowledgeGraph, query: str) -> None:
    assert isinstance(kg.graph, rdflib.Dataset)
    ours, theirs = kg.query(query), kg.graph.query(query)
    if theirs.askAnswer is not None:
        assert ours is theirs.askAnswer
        return
    names = [str(variable) for variable in theirs.vars or ()]
    assert sorted(names) == sorted(ours.columns)
    mine = sorted(tuple(str(getattr(row, name)) for name in names) for row in ours)
    assert mine == sorted(tuple(str(row[name].toPython()) for name in names) for row in theirs)
    assert mine, "a query without rows shows nothing"


def test_the_rdflib_view_is_a_dataset_with_our_graphs(kg: dkg.KnowledgeGraph) -> None:
    view = kg.graph
    assert {str(graph.identifier) for graph in view.graphs()} >= GRAPHS
    cramp = rdflib.URIRef(DYST + "WritersCramp")
    assert view.value(cramp, rdflib.RDFS.label) == rdflib.Literal("writer's cramp")
    assert (cramp, rdflib.RDFS.subClassOf, rdflib.URIRef(DYST + "FocalDystonia")) in view
    asserted = view.graph(rdflib.URIRef(DYST + "graph/asserted"))
    assert (cramp, rdflib.RDFS.subClassOf, rdflib.URIRef(DYST + "FocalDystonia")) not in asserted
    assert str(view.namespace_manager.expand_curie("dyst:WritersCramp")) == str(cramp)


@pytest.mark.slow
def test_rdflibs_own_store_and_engine_agree(kg: dkg.KnowledgeGraph, ontology: Path) -> None:
    own = rdflib.Dataset(default_union=True)
    own.parse(ontology / "release" / "dystonia.nq", format="nquads")
    annotations = own.graph(rdflib.URIRef(DYST + "graph/associations"))
    annotations.parse(ontology / "release" / "annotations.ttl", format="turtle")
    for prefix in ("dyst", "rdfs", "skos", "MONDO"):
        own.bind(prefix, PREFIXES[prefix], replace=True)
    for query in [SAME[0], SAME[4], SAME[6]]:
        ours, theirs = kg.query(query), own.query(query)
        if theirs.askAnswer is not None:
            assert ours is theirs.askAnswer
        else:
            assert sorted(map(str, ours.column(ours.columns[0]))) == sorted(str(row[0]) for row in theirs)
    described = kg.query("CONSTRUCT WHERE { dyst:PKAN rdfs:label ?label ; IAO:0000115 ?definition }")
    pkan = rdflib.Graph()
    for predicate in (rdflib.RDFS.label, rdflib.URIRef(PREFIXES["IAO"] + "0000115")):
        pkan += own.triples((rdflib.URIRef(DYST + "PKAN"), predicate, None))
    assert isomorphic(described, pkan)


def test_what_is_written_through_the_view_is_there(tmp_path: Path) -> None:
    mine = dkg.load()
    extra = (rdflib.URIRef("http://e/s"), rdflib.URIRef("http://e/p"), rdflib.Literal("x"))
    mine.graph.graph(rdflib.URIRef("http://e/g")).add(extra)
    assert mine.query("ASK { <http://e/s> <http://e/p> 'x' }") is True
    assert mine.query("ASK { <http://e/s> <http://e/p> 'x' }", timeout=60) is True, "in the worker too"
    assert dkg.load().query("ASK { <http://e/s> ?p ?o }") is False


def test_the_networkx_view_has_the_edges_of_the_graph(kg: dkg.KnowledgeGraph) -> None:
    graph = kg.to_networkx()
    assert isinstance(graph, nx.MultiDiGraph)
    hierarchy = nx.DiGraph(
        (str(row.s), str(row.o)) for row in kg.query("SELECT ?s ?o { ?s rdfs:subClassOf ?o FILTER(isIRI(?o)) }")
    )
    edges = {(s, t) for s, t, key in graph.edges(keys=True) if key == RDFS + "subClassOf"}
    assert edges == set(nx.transitive_reduction(hierarchy).edges)
    general = {
        (str(row.s), str(row.p), str(row.o))
        for row in kg.query(
            "SELECT DISTINCT ?s ?p ?o { GRAPH dyst:graph\\/associations { ?s ?p ?o } ?p a owl:AnnotationProperty "
            "FILTER(isIRI(?o)) FILTER EXISTS { ?a dyst:associationPredicate ?p } }"
        )
    }
    shown = {(s, key, t) for s, t, key, on in graph.edges(keys=True, data="general") if on}
    assert len(shown) > 200
    assert shown <= general, "only what the associations say"
    left_out = {edge for edge in general - shown if not follows(kg, edge)}
    assert not left_out, "all but what follows from another edge"
    for subject, target, key in list(graph.edges(keys=True))[::7]:
        assert kg.query("ASK { ?s ?p ?o }", s=iri(subject), p=iri(key), o=iri(target)) is True
    node = graph.nodes[DYST + "WritersCramp"]
    assert node == {"label": "writer's cramp", "kind": "syndrome"}
    data = graph.edges[DYST + "WritersCramp", DYST + "UpperLimb", DYST + "affects"]
    assert data == {"label": "affects", "inferred": False, "general": False}, "its definition says so"
    hand = (DYST + "SimpleWritersCramp", PREFIXES["UBERON"] + "0002398", DYST + "involves")
    assert graph.edges[hand]["inferred"] is True, "only the class above says so"


def iri(text: str) -> dkg.IRI:
    return dkg.IRI(text)


def follows(kg: dkg.KnowledgeGraph, edge: tuple[str, str, str]) -> bool:
    query = (
        "SELECT ?p ?o { ?s ?p ?o . ?p rdfs:subPropertyOf* ?wider . "
        "{ ?o rdfs:subClassOf* ?end } UNION { ?o BFO:0000050 ?end } }"
    )
    rows = kg.query(query, s=iri(edge[0]), wider=iri(edge[1]), end=iri(edge[2]))
    return any((str(row.p), str(row.o)) != edge[1:] for row in rows)


def test_the_owlready2_view(kg: dkg.KnowledgeGraph) -> None:
    onto = kg.to_owlready2()
    assert onto.CervicalDystonia.label == ["cervical dystonia"]
    assert issubclass(onto.WritersCramp, onto.FocalDystonia), "with the inferred hierarchy"
    assert onto.search_one(label="blepharospasm") is onto.Blepharospasm
    assert len(list(onto.classes())) == len(list(kg.to_owlready2().classes())) > 300


def test_changes_in_owlready2_do_not_reach_the_graph(kg: dkg.KnowledgeGraph) -> None:
    before, onto = len(kg), kg.to_owlready2()
    onto.CervicalDystonia.label = ["changed"]
    with onto:
        type("MadeHere", (onto.Dystonia,), {})
    assert onto.MadeHere.iri == DYST + "MadeHere"
    assert len(kg) == before
    assert kg.term("dyst:CervicalDystonia").label == "cervical dystonia"
    assert kg.to_owlready2().MadeHere is None, "each view is a world of its own"
    with pytest.raises(dkg.UnknownTermError):
        kg.term("dyst:MadeHere")


def test_a_users_file_cannot_make_owlready2_import_code(tmp_path: Path) -> None:
    (tmp_path / "sly.ttl").write_text(
        "@prefix code: <http://www.lesfleursdunormal.fr/static/_downloads/owlready_ontology.owl#> .\n"
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "<https://w3id.org/dystonia-kg/> code:python_module 'no_such_module_of_ours' ;\n"
        "    owl:imports <http://127.0.0.1:9/x.owl> .\n",
        encoding="utf-8",
    )
    onto = dkg.load(extra=[tmp_path / "sly.ttl"]).to_owlready2()
    assert onto.CervicalDystonia.label == ["cervical dystonia"]


def test_repr(kg: dkg.KnowledgeGraph) -> None:
    assert repr(kg) == f"<KnowledgeGraph {kg.version}, {len(kg)} quads>"
