"""What is loaded when asked for: an answer never depends on what is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dystonia_kg as dkg
from dystonia_kg.lexer import parse
from dystonia_kg.release import Release
from dystonia_kg.resources import release_dir
from dystonia_kg.results import Result, execute

TERMS = [
    "dyst:hasPhenotype",
    "dyst:excludesPhenotype",
    "dyst:associationSubject",
    "dyst:associationObject",
    "dyst:frequency",
    "rdf:type",
    "dcterms:source",
    "rdfs:label",
    "rdfs:subClassOf",
    "skos:exactMatch",
    "dyst:affects",
    "dyst:hasInheritance",
    "owl:annotatedSource",
    "dyst:fromRecord",
    "dyst:pmid",
    "dcterms:title",
]
NODES = [
    "dyst:PKAN",
    "dyst:Gene",
    "HP:0001332",
    "dyst:PhenotypeAssociation",
    "dyst:Publication",
    "dyst:DiseaseRecord",
    "owl:Class",
]


@pytest.fixture(scope="module")
def whole() -> dkg.KnowledgeGraph:
    kg = dkg.load()
    kg._complete()
    return kg


def fresh() -> dkg.KnowledgeGraph:
    return dkg.load()


def deferred(kg: dkg.KnowledgeGraph) -> bool:
    return kg._deferred is not None


def test_first_questions_need_little() -> None:
    kg = fresh()
    assert kg.is_a("writer's cramp", "focal dystonia")
    assert kg.term("OMIM:128100").label
    assert kg.term("cervical dystonia").definition
    assert kg.explain("writer's cramp", "focal dystonia")
    assert kg.query("SELECT ?l { ?x rdfs:subClassOf dyst:FocalDystonia ; rdfs:label ?l ; a owl:Class }")
    assert kg.syndromes(region="neck")
    assert kg.genes(inheritance="autosomal recessive")
    assert deferred(kg)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o } LIMIT 1",
        "SELECT * { dyst:PKAN ?p ?o }",
        "SELECT * { ?s a ?t }",
        "SELECT * { ?s a dyst:Publication }",
        "SELECT * { ?s a owl:Class , ?t }",
        "SELECT * { ?s a/rdfs:subClassOf* dyst:Association }",
        "SELECT * { ?s dyst:frequency ?f }",
        "SELECT * { ?s !rdfs:label ?o }",
        "DESCRIBE dyst:PKAN",
        "PREFIX x: <https://w3id.org/dystonia-kg/> SELECT * { ?s x:hasPhenotype ?o }",
        "SELECT * { [] ?p 5 }",
        "SELECT * { ?s rdfs:label ?l ; ?p ?o }",
        "SELECT * { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * { ?d <https://w3id.org/dystonia-kg/hasPhenotype> ?o }",
        "SELECT * { ?o ^dyst:hasPhenotype ?d }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "SELECT * { ?x rdfs:label ?l . FILTER EXISTS { ?x dyst:hasPhenotype ?p } }",
        "SELECT * { VALUES ?p { rdfs:label dyst:hasPhenotype } ?x ?p ?y }",
        "SELECT * { { VALUES ?p { rdfs:label } ?x ?p ?y } UNION { ?x ?p ?y } }",
        "SELECT * { VALUES ?p { rdfs:label UNDEF } ?x ?p ?y }",
    ],
)
def test_what_may_touch_the_rest_loads_it(query: str) -> None:
    signature = Release(release_dir()).deferred
    assert signature is not None
    assert signature.may_answer(parse(query), {})


def _term(names: list[str]) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(names), st.sampled_from(["?a", "?b", "?c"]))


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Small queries over properties of both parts, in various spellings."""
    path = draw(_term([*TERMS, "a", "rdfs:subClassOf*", "^dyst:hasPhenotype", "(dyst:hasPhenotype|rdfs:label)"]))
    ends = [draw(_term(NODES)), draw(_term(NODES))]
    if path.startswith("?") or all(end.startswith("?") for end in ends):  # without a bound end it would be everything
        ends[0] = draw(st.sampled_from(NODES))
    pattern = f"{ends[0]} {path} {ends[1]}"
    shapes = [
        "%s",
        "OPTIONAL { %s }",
        "{ %s } UNION { dyst:PKAN rdfs:label ?b }",
        "FILTER EXISTS { %s }",
        "MINUS { %s }",
    ]
    body = draw(st.sampled_from(shapes)) % pattern
    return f"SELECT DISTINCT * {{ dyst:PKAN rdfs:label ?l . {body} }} ORDER BY ?a ?b ?c LIMIT 30"


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=queries())
def test_an_answer_does_not_depend_on_what_is_loaded(query: str, whole: dkg.KnowledgeGraph) -> None:
    signature = Release(release_dir()).deferred
    assert signature is not None
    if signature.may_answer(parse(query), {}):
        return
    some, every = rows(execute(_core(), query)), rows(execute(whole._store, query))
    assert len(some) == len(every)
    if not any(value.startswith("_:") for row in some for value in row):  # blank nodes are called anew at each loading
        assert some == every, query


def rows(answer: Any) -> list[Any]:
    assert isinstance(answer, Result)
    return [tuple(map(str, row)) for row in answer]


_CORE: list[Any] = []


def _core() -> Any:
    if not _CORE:
        _CORE.append(Release(release_dir()).store())
    return _CORE[0]


def test_terms_say_the_same_either_way(whole: dkg.KnowledgeGraph) -> None:
    for name in ("PKAN", "HP:0001332", "TOR1A", "cervical dystonia", "ref:HPO"):
        kg = fresh()
        one, other = kg.term(name), whole.term(name)
        for part in ("relations", "sources", "statements", "mappings", "synonyms", "parents"):
            assert [str(x) for x in getattr(one, part)] == [str(x) for x in getattr(other, part)], (name, part)


def test_the_size_is_known_without_loading() -> None:
    kg = fresh()
    size = len(kg)
    assert deferred(kg)
    assert f"{size} quads" in repr(kg)
    kg._complete()
    assert len(kg) == size == len(kg._store)


def test_a_file_of_ones_own_adds_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text(
        "@prefix dyst: <https://w3id.org/dystonia-kg/> . @prefix HP: <http://purl.obolibrary.org/obo/HP_> .\n"
        "dyst:PKAN dyst:hasPhenotype HP:0001332 .\n",
        encoding="utf-8",
    )
    kg = dkg.load(extra=[path])
    found: Any = kg.query("SELECT ?p { dyst:PKAN dyst:hasPhenotype ?p . FILTER(?p = HP:0001332) }")
    assert len(found) == 1


def test_a_part_that_is_damaged_is_refused(tmp_path: Path) -> None:
    import shutil

    folder = shutil.copytree(release_dir(), tmp_path / "release")
    path = folder / "annotations.ttl"
    path.write_bytes(path.read_bytes()[:-100])
    kg = dkg.load(folder)
    with pytest.raises(dkg.ReleaseError, match=r"annotations\.ttl has"):
        kg.query("SELECT * { ?s dyst:frequency ?f }")
