"""Results: values, names, sequences, frames, tables; and asking a store."""

from __future__ import annotations

import copy
import csv
import io
import json
import math
import pickle
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pyoxigraph as ox
import pytest

from dystonia_kg import errors, vocab
from dystonia_kg.errors import MissingExtraError, QueryError, QuerySyntaxError, UnknownPrefixError
from dystonia_kg.results import IRI, Result, execute, to_python

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    data = """PREFIX : <http://e/> PREFIX dyst: <https://w3id.org/dystonia-kg/>
        GRAPH dyst:graph\\/asserted { dyst:CervicalDystonia :label "cervical dystonia"@en ; :n 1 ; :b _:x }
        GRAPH dyst:graph\\/inferred { dyst:CervicalDystonia :n 2 }"""
    store.load(data, ox.RdfFormat.TRIG)
    return store


def literal(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))


@pytest.mark.parametrize(
    ("lexical", "datatype", "value"),
    [
        ("5", "integer", 5),
        ("-7", "nonPositiveInteger", -7),
        ("1_000", "integer", "1_000"),
        ("five", "integer", "five"),
        ("9" * 5000, "integer", "9" * 5000),
        ("true", "boolean", True),
        ("0", "boolean", False),
        ("yes", "boolean", "yes"),
        ("1.50", "decimal", Decimal("1.50")),
        ("NaN", "decimal", "NaN"),
        ("1e3", "double", 1000.0),
        ("-INF", "double", -math.inf),
        ("INF", "float", math.inf),
        ("2026-01-02", "date", date(2026, 1, 2)),
        ("2026-01-02Z", "date", "2026-01-02Z"),
        ("2026-13-02", "date", "2026-13-02"),
        ("2026-01-02T03:04:05Z", "dateTime", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("soon", "dateTime", "soon"),
        ("P1Y", "duration", "P1Y"),
        ("2026", "gYear", "2026"),
    ],
)
def test_literals_become_values(lexical: str, datatype: str, value: object) -> None:
    made = to_python(literal(lexical, datatype))
    assert made == value
    assert type(made) is type(value)


def test_other_terms_become_values() -> None:
    assert to_python(None) is None
    assert to_python(ox.BlankNode("b0")) == "_:b0"
    assert to_python(ox.Literal("x", language="en")) == "x"
    iri = to_python(ox.NamedNode("http://purl.obolibrary.org/obo/HP_0001332"))
    assert isinstance(iri, IRI)
    assert (iri.curie, iri.iri) == ("HP:0001332", "http://purl.obolibrary.org/obo/HP_0001332")
    assert IRI("http://example.org/x").curie == "http://example.org/x"


def test_a_result_is_a_sequence_of_named_tuples(store: ox.Store) -> None:
    result = execute(store, "SELECT ?s ?n ?none { ?s <http://e/n> ?n } ORDER BY ?n")
    assert isinstance(result, Result)
    assert result.columns == ("s", "n", "none")
    assert [row.n for row in result] == [1, 2]
    assert result[0] == (vocab.DYST + "CervicalDystonia", 1, None)
    assert result[-1].none is None
    assert isinstance(result[:1], Result)
    assert (len(result[:1]), len(result), bool(result), bool(result[:0])) == (1, 2, True, False)
    assert result.column("n") == [1, 2]
    assert result.to_dicts()[1]["n"] == 2
    assert result == execute(store, "SELECT ?s ?n ?none { ?s <http://e/n> ?n } ORDER BY ?n")
    assert result != result[:1]
    assert len({result, result[:]}) == 1
    assert pickle.loads(pickle.dumps(result)) == copy.copy(result) == result
    assert repr(result) == "<Result: 2 rows, columns s, n, none>"
    with pytest.raises(KeyError, match="no column 'x'; there are: s, n, none"):
        result.column("x")


def test_names_that_python_does_not_allow(store: ox.Store) -> None:
    query = "SELECT (1 AS ?class) (2 AS ?_x) (3 AS ?x) (4 AS ?1a) (5 AS ?count) (6 AS ?index) (7 AS ?__) { }"
    result = execute(store, query)
    assert isinstance(result, Result)
    assert result.columns == ("class", "_x", "x", "1a", "count", "index", "__")
    (row,) = result
    assert (row.class_, row.x, row.count, row.index) == (1, 2, 5, 6)
    assert tuple(row) == (1, 2, 3, 4, 5, 6, 7)
    assert result.to_dicts() == [dict(zip(result.columns, range(1, 8), strict=True))]


def test_forms_and_the_union_of_graphs(store: ox.Store) -> None:
    assert execute(store, "ASK { ?s <http://e/n> 1 ; <http://e/n> 2 }") is True
    assert execute(store, "ASK FROM dyst:graph\\/asserted { ?s <http://e/n> 2 }") is False
    assert execute(store, "ASK { ?s ?p 'FROM' }") is False
    triples = execute(store, "CONSTRUCT { ?s a ?n } WHERE { ?s <http://e/n> ?n }")
    assert isinstance(triples, list)
    assert all(isinstance(triple, ox.Triple) for triple in triples)
    assert len(triples) == 2


@pytest.mark.parametrize(
    ("query", "place", "message"),
    [
        ("SELECT * {\n ?s zz:p ?o }", (2, 5), "the prefix 'zz' is not declared"),
        ("SELECT * {\n ?s ?p ?o FILTER(STR(?o) = ) }", (2, 28), r"at or after '\)'"),
        ("SELECT * { ?s ?p ?o } ASK", (1, 21), "at or after '}'"),
        ("SELECT ?x (COUNT(?s) AS ?n) { ?s ?p ?o }", None, "contains a variable that is unbound"),
        ("SELECT * {", (1, 10), "never closed"),
        ("SELECT * { ?s ?p 'o }", (1, 18), "string starts here"),
        ("", (1, 1), "ends too early"),
        ("SELECT * { ?s ?p }", (1, 12), r"at or after '\?s'"),
    ],
)
def test_syntax_errors_have_a_place(store: ox.Store, query: str, place: tuple[int, int] | None, message: str) -> None:
    with pytest.raises(QuerySyntaxError, match=message) as caught:
        execute(store, query)
    if place is not None:
        assert (caught.value.line, caught.value.column) == place


def test_places_are_those_of_the_text_before_binding(store: ox.Store) -> None:
    query = "SELECT * { ?s ?p ?x . ?s zz:p ?o }"
    with pytest.raises(QuerySyntaxError, match="column 26"):
        execute(store, query.replace("{", "{ VALUES ?x { 'a long value' }"), source=query)


def test_failures_of_the_engine_are_ours(store: ox.Store) -> None:
    with pytest.raises(QueryError, match="custom function <http://f>"):
        execute(store, "SELECT (<http://f>(?o) AS ?x) { ?s ?p ?o }")


MIXED = Result(
    ["s", "n", "mixed", "when", "big", "none"],
    [
        (IRI("http://purl.obolibrary.org/obo/HP_0001332"), 1, 1, date(2026, 1, 2), 2**70, None),
        (None, 2.5, "x", None, 1, None),
    ],
)


def test_frames() -> None:
    frame = MIXED.to_polars()
    assert frame.columns == list(MIXED.columns)
    assert frame["n"].to_list() == [1.0, 2.5]
    assert frame["mixed"].to_list() == ["1", "x"]
    assert frame["s"].to_list() == ["http://purl.obolibrary.org/obo/HP_0001332", None]
    assert frame["big"].to_list() == [str(2**70), "1"]
    assert frame["when"].to_list() == [date(2026, 1, 2), None]
    assert MIXED[:0].to_polars().shape == (0, 6)
    assert str(frame["none"].dtype) == "String"
    pandas = MIXED.to_pandas()
    assert list(pandas.columns) == list(MIXED.columns)
    assert list(pandas["n"]) == [1.0, 2.5]
    assert MIXED[:0].to_pandas().shape == (0, 6)


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("polars", "pandas"):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(MissingExtraError, match=rf"needs {name}.*dystonia_kg\[cohort\]"):
            getattr(MIXED, f"to_{name}")()


def test_text_forms_are_exact() -> None:
    values = ["=1+1", 'say "a, b"', "two\nlines", "tab\t", "", "é"]
    result = Result(["class", "v"], [(i, value) for i, value in enumerate(values)])
    for text, delimiter in ((result.to_csv(), ","), (result.to_tsv(), "\t")):
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert rows[0] == ["class", "v"]
        assert [row[1] for row in rows[1:]] == values
    assert [row["v"] for row in json.loads(result.to_json())] == values
    row = (True, None, math.nan, -math.inf, Decimal("1.10"), datetime(2026, 1, 2), IRI("http://e/a"))
    result = Result("abcdefg", [row])
    assert result.to_csv() == "a,b,c,d,e,f,g\ntrue,,nan,-inf,1.10,2026-01-02T00:00:00,http://e/a\n"
    assert json.loads(result.to_json()) == [
        {"a": True, "b": None, "c": "NaN", "d": "-INF", "e": "1.10", "f": "2026-01-02T00:00:00", "g": "http://e/a"}
    ]
    assert json.loads(result[:0].to_json()) == []


def test_tables() -> None:
    result = Result(["term", "n"], [(IRI(vocab.DYST + "CervicalDystonia"), 5), (None, 10), ("漢字", None)])
    assert str(result).split("\n") == [
        "term                    n",
        "---------------------  --",
        "dyst:CervicalDystonia   5",
        "                       10",
        "漢字",
        "(3 rows)",
    ]
    long = Result(["a", "b"], [("x" * 500, "y" * 20)])
    lines = long.to_text(width=60).split("\n")
    assert max(map(len, lines)) <= 60
    assert lines[2].endswith("…  " + "y" * 20)
    assert "\x1b" not in str(Result(["a"], [("\x1b[31mred\nline",)]))
    many = Result(["n"], [(i,) for i in range(1000)])
    assert str(many).endswith("\n59\n(1,000 rows, the first 60 shown)")
    assert many.to_text(max_rows=None).count("\n") == 1002
    assert str(Result([], [(), ()])) == "(2 rows)"
    assert str(Result(["only"], [])) == "only\n----\n(0 rows)"
    wide = Result([f"column{i}" for i in range(40)], [range(40)])
    assert wide.to_text(width=80)


def test_html_is_escaped() -> None:
    hostile = [("<script>", IRI('http://e/?a=1&b="><img>')), ("x", IRI("javascript:alert(1)"))]
    html = Result(["a<b", "i"], hostile)._repr_html_()
    assert "<script>" not in html
    assert "<img>" not in html
    assert 'href="javascript' not in html
    assert "<th>a&lt;b</th>" in html
    assert "<p>2 rows</p>" in html


@pytest.mark.parametrize(
    "error",
    [
        errors.UnknownTermError("x", ["y"]),
        errors.AmbiguousTermError("x", ["y", "z"]),
        errors.UnknownQueryError("x"),
        errors.QuerySyntaxError("bad", 2, 3),
        errors.QueryTimeout(2.5),
        errors.SourceError([errors.Problem("f", 1, 2, "m")] * 20),
        errors.UnsatisfiableError(["a", "b"], ["because"]),
        errors.InconsistentError(["because"]),
        errors.MissingExtraError("spark", "pyspark"),
    ],
)
def test_errors_survive_copy_and_pickle(error: errors.DystoniaKGError) -> None:
    for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(other) is type(error)
        assert str(other) == str(error)
        assert vars(other) == vars(error)


def test_a_long_list_of_problems_is_cut_in_the_message_only() -> None:
    error = errors.SourceError(errors.Problem("f.ttl", line, None, "bad") for line in range(25))
    assert len(error.problems) == 25
    assert str(error).endswith("f.ttl:9: bad\n... and 15 more")


def test_curies_go_both_ways() -> None:
    for prefix, base in vocab.PREFIXES.items():
        assert vocab.expand(f"{prefix}:123") == base + "123"
        assert vocab.contract(base + "123") == f"{prefix}:123"
        assert vocab.is_iri(base + "123")
    assert vocab.expand("Orphanet:256") == vocab.expand("orpha:256") == vocab.expand("ORPHA:256")
    assert vocab.expand("mesh:D00") == "http://id.nlm.nih.gov/mesh/D00"
    assert vocab.expand("OMIMPS:PS128100") == vocab.expand("OMIMPS:128100")
    assert vocab.contract(vocab.REF + "seed") == "ref:seed"
    assert vocab.contract(vocab.DYST) is None
    for bad in ("zz:1", "noprefix", "HP:", "HP:a b"):
        with pytest.raises(UnknownPrefixError, match=bad.replace(":", ".")):
            vocab.expand(bad)
