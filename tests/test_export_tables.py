"""Tables: CSV read by polars, Parquet by polars and pyarrow; both hold what the graph holds."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from dystonia_kg.errors import ExportError, MissingExtraError
from dystonia_kg.exports.mapping_tables import read_rows

if TYPE_CHECKING:
    from pathlib import Path

    from dystonia_kg.graph import KnowledgeGraph

_DYST = "https://w3id.org/dystonia-kg/"


@pytest.fixture(scope="module")
def folder(kg: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables")
    report = kg.export("parquet", path / "parquet")
    assert {one.kind for one in report.left_out} == {"axioms"}
    return path


def parquet(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / "parquet" / f"{name}.parquet")


def test_a_table_for_each_kind(kg: KnowledgeGraph, folder: Path) -> None:
    """Each term stands in one table, that of its kind."""
    terms = list(kg._export_source().model.terms())
    names = {row["kind"]: row["table"] for row in read_rows("tables")}
    wanted = Counter(names.get(term.kind or "", "other_terms") for term in terms)
    frames = {name: parquet(folder, name) for name in {*names.values(), "other_terms"}}
    assert {name: len(frame) for name, frame in frames.items() if len(frame)} == wanted
    assert sorted(one for frame in frames.values() for one in frame["id"]) == sorted(term.curie for term in terms)
    known = {row.split("\t")[0] for row in read_rows_text("disorders")}
    assert {one for one in known if one.startswith("dyst:")} <= set(frames["disorders"]["id"]) | set(
        frames["mimics"]["id"]
    )


def read_rows_text(name: str) -> list[str]:
    from dystonia_kg.resources import ontology_dir

    return (ontology_dir() / "tables" / f"{name}.tsv").read_text("utf-8").splitlines()[2:]


def test_every_kind_of_the_ontology_has_a_table(kg: KnowledgeGraph) -> None:
    kinds = {str(kind) for (kind,) in kg.query("SELECT ?kind WHERE { ?c dyst:kindName ?kind }")}
    assert kinds - {row["kind"] for row in read_rows("tables")} <= {"publication"}, "those have a table of their own"


def test_content(kg: KnowledgeGraph, folder: Path) -> None:
    term = kg.term("dyst:CervicalDystonia")
    (row,) = parquet(folder, "syndromes").filter(pl.col("id") == term.curie).to_dicts()
    assert (row["label"], row["definition"], row["kinds"]) == (
        term.label,
        term.definition,
        ["syndrome", "presentation"],
    )
    above = parquet(folder, "hierarchy").filter(pl.col("term") == term.curie)
    assert set(above["parent"]) == {one.curie for one in term.parents}
    synonyms = parquet(folder, "synonyms").filter((pl.col("term") == term.curie) & (pl.col("scope") == "exact"))
    assert synonyms["text"].to_list() == ["spasmodic torticollis"]
    stated = kg.query(
        """SELECT ?a ?s ?p ?o ?f WHERE { ?a dyst:associationSubject ?s ; dyst:associationPredicate ?p ;
        dyst:associationObject ?o OPTIONAL { ?a dyst:frequency ?f } }"""
    )
    frame = parquet(folder, "associations")
    assert len(frame) == len(stated)
    found = {row["id"]: row for row in frame.to_dicts()}
    for name, *_, frequency in stated:
        row = found["dyst:" + str(name).removeprefix(_DYST)]
        assert row["frequency"] == (None if frequency is None else float(str(frequency)))
    mapped = kg.query(
        "SELECT ?s ?p ?o WHERE { ?s ?p ?o FILTER(STRSTARTS(STR(?p), STR(skos:)) && STRENDS(STR(?p), 'Match')) }"
    )
    assert len(parquet(folder, "mappings")) == len(set(mapped))
    publications = kg.query("SELECT ?p WHERE { ?p a dyst:Publication }")
    assert parquet(folder, "publications")["id"].n_unique() == len(publications)


def test_an_annotation_with_everything(records: Any, tmp_path: Path) -> None:
    records.export("parquet", tmp_path / "out")
    frame = pl.read_parquet(tmp_path / "out" / "associations.parquet")
    (row,) = frame.filter(pl.col("id") == "dyst:association/count").to_dicts()
    assert (row["count"], row["total"], row["frequency"], row["sex"]) == (3, 12, 0.25, "female")
    assert (row["record"], row["onset"], row["negated"]) == ("OMIM:999999", "HP:0003593", False)
    assert row["sources"] == ["OMIM:999999", "ref:PMID-1"]
    details = pl.read_parquet(tmp_path / "out" / "association_details.parquet").rows()
    assert ("dyst:association/count", "dyst:phenotypeModifier", "HP:0012828", True) in details
    assert set(frame.filter("negated")["id"]) == {f"dyst:association/{n}" for n in ("not", "none", "excluded", "own")}


@pytest.mark.parametrize("source", ["part", "records", pytest.param("kg", marks=pytest.mark.slow)])
def test_csv_and_parquet_say_the_same(request: pytest.FixtureRequest, tmp_path: Path, source: str) -> None:
    folder = tmp_path
    for form in ("csv", "parquet"):
        request.getfixturevalue(source).export(form, folder / form)
    names = {path.stem for path in (folder / "csv").iterdir()}
    assert names == {path.stem for path in (folder / "parquet").iterdir()}
    for name in names:
        typed = parquet(folder, name)
        read = pl.read_csv(folder / "csv" / f"{name}.csv", infer_schema=False)
        texts = typed.with_columns(
            (
                pl.col(column).list.join("|").replace("", None)
                if isinstance(of, pl.List)
                else pl.col(column).cast(pl.String)
                for column, of in typed.schema.items()
                if of != pl.Float64
            )
        )
        for column, of in typed.schema.items():
            wanted = read[column].cast(of) if of == pl.Float64 else read[column]
            assert texts[column].to_list() == wanted.to_list(), (name, column)


def test_types(folder: Path) -> None:
    schema = pq.read_schema(folder / "parquet" / "associations.parquet")
    types = {field.name: field.type for field in schema}
    assert (types["frequency"], types["count"], types["negated"]) == (pa.float64(), pa.int64(), pa.bool_())
    assert types["sources"] == pa.list_(pa.string())
    assert pq.read_table(folder / "parquet" / "associations.parquet").num_rows == len(parquet(folder, "associations"))


def test_without_pyarrow(kg: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r'pip install "dystonia_kg\[cohort\]"'):
        kg.export("parquet", tmp_path / "out")
    assert not (tmp_path / "out").exists()


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20) | st.sampled_from(
    ['"', '""', "=cmd()", "a,b", "\r", "\r\n", "\n", "\u202egod", "a\\", "|", "\ufeff", "\x85", "\x00"]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_TEXTS)
def test_any_label_comes_back(exported: Any, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    store, folder = Store(), tmp_path_factory.mktemp("tables")
    term, graph = NamedNode(_DYST + "X"), NamedNode(_DYST + "graph/asserted")
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    store.add(Quad(term, kind, NamedNode("http://www.w3.org/2002/07/owl#Class"), graph))
    store.add(Quad(term, NamedNode("http://www.w3.org/2000/01/rdf-schema#label"), Literal(text), graph))
    for form in ("csv", "parquet"):
        exported(store).export(form, folder / form)
    with (folder / "csv" / "other_terms.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file, strict=True)
    assert row["label"] == text
    assert pl.read_parquet(folder / "parquet" / "other_terms.parquet")["label"].to_list() == [text]


def test_a_kind_that_a_cell_cannot_hold_is_refused(exported: Any, tmp_path: Path) -> None:
    graph = exported.of(
        "@prefix d: <https://w3id.org/dystonia-kg/> . d:X a <http://www.w3.org/2002/07/owl#Class> ; d:kindName 'a|b' ."
    )
    with pytest.raises(ExportError, match=r"other_terms of dyst:X: 'a\|b' holds '\|'"):
        graph.export("csv", tmp_path / "out")
    graph.export("parquet", tmp_path / "out")
