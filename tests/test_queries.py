"""The named queries: each runs, with and without its parameters, and is documentation that one can trust."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import dystonia_kg as dkg
from dystonia_kg.errors import AmbiguousTermError, ParameterError, SourceError, UnknownQueryError, UnknownTermError
from dystonia_kg.queries import NamedQuery, _read, named_queries

KG = dkg.KnowledgeGraph
FOLDER = Path(__file__).parents[1] / "queries"
QUERIES = dict(named_queries())

# For each parameter a value with which its query has an answer. A query or a parameter without one fails the test.
# fmt: off
SAMPLES: dict[str, dict[str, Any]] = {
    "acquired-causes": {"category": "infection"},
    "acquired-disorders": {"cause": "stroke", "subject": "hemidystonia"},
    "associated-manifestations": {"manifestation": "tremor"},
    "axes": {"edition": 2013},
    "body-regions": {"region": "neck"},
    "cause-categories": {"said_by": "seed"},
    "cause-effects": {"category": "autoimmune", "cause": "multiple sclerosis", "effect": "paroxysmal dystonia"},
    "cervical-postures": {"level": "caput posture"},
    "cited-literature": {"citing": "ref:seed"},
    "compare-disorders": {"one": "PKAN", "other": "Wilson disease"},
    "complications": {"complication": "dystonic storm"},
    "contiguous-regions": {"region": "neck", "other": "trunk"},
    "conventions-and-conflicts": {"subject": "combined dystonia", "kind": "conflict"},
    "definition": {"edition": "2025"},
    "dimension-values": {"dimension": "body distribution (2013)", "edition": "2013"},
    "dimensions": {"edition": "2013", "axis": "dyst:AxisII2013"},
    "disorder-profile": {"disorder": "PKAN"},
    "disorders-by-pathology": {"pathology": "progressive degeneration", "disorder": "PKAN"},
    "disorders-by-presentation": {"presentation": "writer's cramp", "disorder": "DYT1"},
    "disorders-by-cause": {"cause": "haloperidol", "subject": "tardive dystonia"},
    "disorders-with-phenotype": {"phenotype": "HP:0001392", "inheritance": "autosomal recessive"},
    "disorders-without-phenotype": {"phenotype": "HP:0001250"},
    "distributions": {"distribution": "hemidystonia"},
    "drugs-by-atc": {"atc": "N05A", "drug": "haloperidol"},
    "edition-crosswalk": {"part": "temporal pattern (2013)"},
    "explained-signs": {"sign": "overflow"},
    "features": {"subject": "cervical dystonia", "feature": "torticaput"},
    "focal-syndromes": {"region": "eyelid"},
    "former-names": {"subject": "cervical dystonia", "type": "previous name"},
    "former-terms": {"former": "dystonia plus"},
    "formerly-called": {"former": "dystonia plus", "subject": "PKAN", "agreement": "founding text only"},
    "gene-claims": {"level": "disputed", "gene": "CIZ1", "disorder": "DYT23"},
    "genes": {"gene": "TOR1A", "disorder": "DYT1"},
    "idiopathic": {},
    "inheritance-patterns": {},
    "inherited-disorders": {"inheritance": "autosomal recessive", "group": "NBIA"},
    "isolated-or-combined": {},
    "literature": {"key": "A2013-abs"},
    "loci": {"symbol": "DYT14", "status": "withdrawn"},
    "locus-lookup": {"locus": "DYT28", "gene": "KMT2B", "disorder": "OMIM:617284"},
    "locus-numbers": {"locus": "DYT6"},
    "mappings": {"subject": "cervical dystonia"},
    "mechanisms": {"subject": "dystonia"},
    "mimics": {"dystonia": "cervical dystonia"},
    "modifying-conditions": {"subject": "blepharospasm", "condition": "sleep"},
    "movement-qualities": {"edition": "2013"},
    "names": {"subject": "XDP"},
    "natural-history": {"subject": "adult-onset isolated dystonia", "outcome": "focal dystonia"},
    "neural-structures": {"subject": "hemidystonia", "said_by": "HD190"},
    "nomenclature-rules": {"edition": "2022"},
    "onset-periods": {"age": "12.9"},
    "physical-signs": {"rank": "additional sign of dystonia"},
    "segmental-syndromes": {"region": "lower face"},
    "senses": {"word": "Torticollis"},
    "sensory-tricks": {"syndrome": "oromandibular dystonia"},
    "severity": {},
    "phenotypes": {"disorder": "PKAN", "phenotype": "HP:0001332"},
    "sources": {"subject": "writer's cramp"},
    "spread": {"syndrome": "blepharospasm", "to": "neck"},
    "structure-effects": {"structure": "cerebellum", "mechanism": "abnormal plasticity"},
    "syndrome-profile": {"syndrome": "writer's cramp"},
    "syndrome-variants": {"syndrome": "oromandibular dystonia"},
    "syndromes-by-region": {"region": "neck"},
    "task-specific-syndromes": {"task": "playing a musical instrument", "region": "lower face"},
    "temporal-patterns": {"pattern": "paroxysmal dystonia"},
    "treatable-forms": {"disorder": "Wilson disease", "treatment": "drug treatment", "sort": "disease-specific"},
    "trick-kinds": {},
    "two-axes": {"pathology": "dystonia with evidence of degeneration", "origin": "inherited dystonia"},
    "typical-ages": {"syndrome": "musician's dystonia"},
    "upstream-counts": {},
}
# fmt: on


def body(query: NamedQuery) -> str:
    """The query without its header."""
    return "\n".join(line for line in query.text.splitlines() if not line.startswith("#"))


GIVEN = [(name, parameter) for name, sample in SAMPLES.items() for parameter in sample]


@pytest.fixture(scope="module")
def answers(kg: KG) -> dict[str, dkg.Result]:
    """The answer of every query without parameters."""
    return {name: kg.run(name) for name in QUERIES}


# ---------------------------------------------------------------------- what each query is


def test_every_query_has_its_sample() -> None:
    assert len(QUERIES) >= 30
    assert {name: {p.name for p in query.parameters} for name, query in QUERIES.items()} == {
        name: set(sample) for name, sample in SAMPLES.items()
    }


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_query_is_documented(query: NamedQuery) -> None:
    assert query.title[0].isupper() or query.title[0] == '"'
    assert not query.title.endswith(".")
    assert query.answers
    for parameter in query.parameters:
        assert len(parameter.about) > 10, f"{parameter.name} says too little"
        assert re.search(rf"\?{parameter.name}\b", body(query)), f"{parameter.name} does not occur in the query"


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_query_reads_well(query: NamedQuery) -> None:
    lines = query.text.splitlines()
    assert lines[0].startswith("# title: ")
    assert query.text.endswith("\n")
    assert "\t" not in query.text
    assert all(line == line.rstrip() for line in lines)
    assert all(len(line) <= 120 for line in lines if not line.startswith("#"))
    assert all(re.match(r"# (title|answers|param|note): \S|(?!#)", line) for line in lines)
    assert "ORDER BY" in body(query) or body(query).count("SELECT") == 0


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_variables_are_words(query: NamedQuery) -> None:
    assert {name for name in re.findall(r"\?(\w+)", body(query)) if len(name) < 2} == set()


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_every_variable_of_the_answer_has_a_value_somewhere(query: NamedQuery, answers: dict[str, dkg.Result]) -> None:
    answer = answers[query.name]
    assert [name for name in answer.columns if all(value is None for value in answer.column(name))] == []


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_no_answer_is_written_into_the_query(query: NamedQuery, kg: KG) -> None:
    """A query names classes and relations of the schema; of what it answers with, nothing."""
    named = {kg.term(f"dyst:{name}") for name in re.findall(r"\bdyst:(\w+)", body(query))}
    kinds = {term.kind for term in named if not term.children and term.curie not in _ROOTS}
    assert kinds <= {None, "axis", "dimension"}, sorted(term.curie for term in named if term.kind and not term.children)


# Leaves that a query may name: they say what is asked, not what is answered.
_ROOTS = {"dyst:GeneticLocus", "dyst:Publication"}


# ---------------------------------------------------------------------- what each query gives


@pytest.mark.parametrize("name", QUERIES)
def test_query_answers_without_parameters(name: str, answers: dict[str, dkg.Result]) -> None:
    assert len(answers[name]) > 0


@pytest.mark.parametrize("name", SAMPLES)
def test_query_answers_with_all_its_parameters(name: str, kg: KG) -> None:
    assert len(kg.run(name, **SAMPLES[name])) > 0


@pytest.mark.parametrize(("name", "parameter"), GIVEN, ids=[f"{name}-{parameter}" for name, parameter in GIVEN])
def test_parameter_narrows_the_answer(name: str, parameter: str, kg: KG, answers: dict[str, dkg.Result]) -> None:
    narrowed = kg.run(name, **{parameter: SAMPLES[name][parameter]})
    assert narrowed.columns == answers[name].columns
    assert 0 < len(narrowed) <= len(answers[name]) or QUERIES[name].parameters[0].default


@pytest.mark.parametrize("name", QUERIES)
def test_rows_are_distinct_and_in_the_same_order_each_time(name: str, answers: dict[str, dkg.Result]) -> None:
    again = dkg.load().run(name)
    assert again == answers[name]
    assert len(set(again.rows)) == len(again)


@pytest.mark.parametrize("name", QUERIES)
def test_query_gives_labels_not_only_addresses(name: str, answers: dict[str, dkg.Result]) -> None:
    columns = set(answers[name].columns)
    words = {"label", "wording", "symbol", "locus", "citation", "value", "name"}
    assert columns & words or any(column.endswith("Label") for column in columns)


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if "?source)" in query.text])
def test_every_row_has_its_source(name: str, answers: dict[str, dkg.Result]) -> None:
    known = set(answers["literature"].column("shown"))
    for row in answers[name]:
        if not (name == "dimension-values" and row.label is None) and name not in _OPTIONAL_SOURCE:
            assert row.source, row
        assert set(filter(None, (row.source or "").split(", "))) <= known


# Names and imported terms may stand without a source of their own.
_OPTIONAL_SOURCE = {"names", "former-names", "acquired-causes"}


# ---------------------------------------------------------------------- parameters


def test_term_is_found_by_any_of_its_names(kg: KG) -> None:
    by_name = [
        kg.run("focal-syndromes", region=name) for name in ("neck", "cervical region", "dyst:Neck", kg.term("neck"))
    ]
    assert len(set(by_name)) == 1


def test_list_gives_alternatives(kg: KG) -> None:
    both = kg.run("focal-syndromes", region=["neck", "trunk"])
    assert both.column("label") == ["cervical dystonia", "truncal dystonia"]


def test_default_can_be_overridden(kg: KG) -> None:
    assert set(kg.run("former-names").column("type")) == {"previous name"}
    assert set(kg.run("former-names", type="locus symbol").column("type")) == {"locus symbol"}


def test_text_is_a_value_not_a_piece_of_the_query(kg: KG) -> None:
    for text in ('2013" } #', "?edition", "2013' UNION", "}\n{", "\\"):
        assert len(kg.run("definition", edition=text)) == 0


@pytest.mark.parametrize("age", ["eight", "", None.__class__, "12,9", [8, "x"]])
def test_what_is_no_number_is_refused(kg: KG, age: Any) -> None:
    with pytest.raises(ParameterError, match="'age' takes a number"):
        kg.run("onset-periods", age=age)


def test_unknown_query_names_the_nearest(kg: KG) -> None:
    with pytest.raises(UnknownQueryError, match="focal-syndromes"):
        kg.run("focal-syndrome")


def test_unknown_parameter_names_those_there_are(kg: KG) -> None:
    with pytest.raises(ParameterError, match=r"no parameter 'site'.*region"):
        kg.run("focal-syndromes", site="neck")
    with pytest.raises(ParameterError, match="it takes: none"):
        kg.run("severity", of="dystonia")


def test_unknown_and_ambiguous_terms_are_told(kg: KG) -> None:
    with pytest.raises(UnknownTermError, match="neck"):
        kg.run("focal-syndromes", region="nekc")
    with pytest.raises(AmbiguousTermError, match="dyst:Torticollis"):
        kg.run("names", subject="torticollis")


# ---------------------------------------------------------------------- the files


def test_queries_are_the_files(kg: KG) -> None:
    assert set(kg.queries) == {path.stem for path in FOLDER.glob("*.rq")}
    assert [path.name for path in FOLDER.iterdir() if path.suffix != ".rq"] == []


def test_title_is_given_once() -> None:
    titles = [query.title for query in QUERIES.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    "header",
    [
        "# answers: something\n",
        "# title: a title\n",
        "# title: a title\n# answers: something\n# param: age integer -- an age\n",
        "# title: a title\n# answers: something\n# param: age number\n",
    ],
)
def test_file_without_a_proper_header_is_refused(tmp_path: Path, header: str) -> None:
    path = tmp_path / "mine.rq"
    path.write_text(header + "SELECT ?s { ?s ?p ?o }\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"mine\.rq"):
        _read(path)
