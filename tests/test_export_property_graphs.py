"""Property graphs: GraphML and Cytoscape JSON read back by NetworkX, Neo4j's files as its import reads them."""

from __future__ import annotations

import csv
import json
import shlex
import tracemalloc
from collections import Counter
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal as Text
from pyoxigraph import NamedNode, Quad, Store

from dystonia_kg.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from dystonia_kg.graph import KnowledgeGraph

FORMATS = ("graphml", "cytoscape", "neo4j")
_UNIT = "\x1f"
_RDFS, _OWL = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2002/07/owl#"
_TYPE, _ASSERTED = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "https://w3id.org/dystonia-kg/graph/asserted"
_DYST, _OIO = "https://w3id.org/dystonia-kg/", "http://www.geneontology.org/formats/oboInOwl#"


def read(form: str, path: Path) -> nx.MultiDiGraph:
    """The graph by a reader that is not ours, with lists as lists."""
    if form == "graphml":
        graph = nx.read_graphml(path, force_multigraph=True)
        for data in (*(d for _, d in graph.nodes(data=True)), *(d for *_, d in graph.edges(data=True))):
            for name, value in data.items():
                if name in LISTS:
                    data[name] = json.loads(value)
        return graph
    if form == "cytoscape":
        return nx.cytoscape_graph(json.loads(path.read_text("utf-8")))
    return read_neo4j(path)


LISTS = {
    "labels", "definition_sources", "exact_synonyms", "broad_synonyms", "narrow_synonyms", "related_synonyms",
    "xrefs", "comments", "sources", "annotations", "other",
}  # fmt: skip
_READ = {"string": str, "boolean": lambda cell: {"true": True, "false": False}[cell], "long": int, "double": float}


def read_neo4j(folder: Path) -> nx.MultiDiGraph:
    """As the import reads it: typed columns, an empty cell is nothing, the delimiters of the command line."""
    graph = nx.MultiDiGraph()
    command = shlex.split((folder / "import.sh").read_text("utf-8").split("exec ")[1].replace("\\\n", " "))
    assert command[:4] == ["neo4j-admin", "database", "import", "full"]
    options = dict(part.removeprefix("--").split("=", 1) for part in command[4:-1])
    assert options["array-delimiter"] == f"U+{ord(_UNIT):04X}"
    for number, cells in enumerate(rows(folder / options["nodes"], options["delimiter"], options["quote"])):
        if number == 0:
            header = cells
            assert header[:2] == [":ID", ":LABEL"]
            continue
        assert cells[0] not in graph, "an identifier comes once"
        graph.add_node(cells[0], labels=cells[1].split(_UNIT), **typed(header[2:], cells[2:]))
    for number, cells in enumerate(rows(folder / options["relationships"], options["delimiter"], options["quote"])):
        if number == 0:
            header = cells
            assert header[:3] == [":START_ID", ":END_ID", ":TYPE"]
            continue
        assert {cells[0], cells[1]} <= graph.nodes.keys()
        data = typed(header[3:], cells[3:])
        graph.add_edge(cells[0], cells[1], data["id"], type=cells[2], **data)
    return graph


def rows(path: Path, delimiter: str, quote: str) -> Iterable[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file, delimiter=delimiter, quotechar=quote, strict=True)


def typed(header: list[str], cells: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column, cell in zip(header, cells, strict=True):
        name, _, kind = column.partition(":")
        if cell:
            found[name] = cell.split(_UNIT) if kind == "string[]" else _READ[kind](cell)  # type: ignore[operator]
    return found


def exported_and_read(graph: Any, form: str, path: Path) -> nx.MultiDiGraph:
    report = graph.export(form, path)
    found, written = read(form, path), report.written
    assert len(found) == written["terms"] + written["publications"] + written.get("nodes outside", 0)
    assert found.number_of_edges() == written["edges"] + written["associations"]
    return found


@pytest.fixture(scope="module")
def whole(kg: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> nx.MultiDiGraph:
    return exported_and_read(kg, "neo4j", tmp_path_factory.mktemp("graphs") / "out")


@pytest.mark.parametrize("source", ["part", "records", pytest.param("kg", marks=pytest.mark.slow)])
def test_all_formats_hold_the_same(request: pytest.FixtureRequest, tmp_path: Path, source: str) -> None:
    graph = request.getfixturevalue(source)
    graphs = {form: exported_and_read(graph, form, tmp_path / form) for form in FORMATS}
    first, *others = ({n: plain(d) for n, d in graph.nodes(data=True)} for graph in graphs.values())
    assert all(other == first for other in others)
    edges, *more = ({(a, b, d["id"]): plain(d) for a, b, d in graph.edges(data=True)} for graph in graphs.values())
    assert all(other == edges for other in more)


def plain(data: dict[str, Any]) -> dict[str, Any]:
    """Without what a reader wants twice."""
    names = {"value", "id", "name", "source", "target", "key", "interaction", "type"}
    return {name: value for name, value in data.items() if name not in names}


def test_nodes_are_those_of_the_graph(kg: KnowledgeGraph, whole: nx.MultiDiGraph) -> None:
    graph = whole
    term = kg.term("dyst:CervicalDystonia")
    node = graph.nodes[term.curie]
    assert node["name"] == term.label
    assert node["definition"] == term.definition
    assert node["exact_synonyms"] == ["spasmodic torticollis"]
    assert {"Term", "Class", "Syndrome"} <= set(node["labels"])
    publications = {str(iri).removeprefix(_DYST) for (iri,) in kg.query("SELECT ?p WHERE { ?p a dyst:Publication }")}
    found = {n for n, d in graph.nodes(data=True) if "Publication" in d["labels"] and "reference" in d}
    assert found == {name.replace("reference/", "ref:") for name in publications}


def test_edges_are_those_of_the_graph(kg: KnowledgeGraph, whole: nx.MultiDiGraph) -> None:
    graph = whole
    origins = Counter(data["origin"] for *_, data in graph.edges(data=True))
    terms = list(kg._export_source().model.terms())
    assert origins["hierarchy"] == sum(len(term.parents) for term in terms)
    assert origins["relation"] == sum(len(term.relations) for term in terms)
    assert origins["mapping"] == sum(len(term.mappings) for term in terms)
    stated = kg.query("SELECT ?a ?p WHERE { ?a dyst:associationSubject ?s ; dyst:associationPredicate ?p }")
    assert origins["association"] == len(stated)
    counts = Counter(str(predicate).removeprefix(_DYST) for _, predicate in stated)
    found = Counter(d["predicate"].removeprefix("dyst:") for *_, d in graph.edges(data=True) if "statement" in d)
    assert found == counts
    syndrome = kg.term("dyst:CervicalDystonia")
    above = {b for _, b, d in graph.out_edges(syndrome.curie, data=True) if d["type"] == "SUB_CLASS_OF"}
    assert above == {parent.curie for parent in syndrome.parents}


def test_each_type_is_of_one_property(whole: nx.MultiDiGraph) -> None:
    pairs = {(data["type"], data["predicate"]) for *_, data in whole.edges(data=True)}
    assert len({kind for kind, _ in pairs}) == len({predicate for _, predicate in pairs}) == len(pairs)
    assert all(kind.replace("_", "").isalnum() and kind == kind.upper() for kind, _ in pairs)


@pytest.mark.parametrize("form", FORMATS)
def test_an_annotation_with_everything(records: Any, tmp_path: Path, form: str) -> None:
    records.export(form, tmp_path / "out")
    edges = {data["id"]: data for *_, data in read(form, tmp_path / "out").edges(data=True)}
    one = edges["dyst:association/count"]
    assert (one["count"], one["total"], one["frequency"], one["sex"]) == (3, 12, 0.25, "female")
    assert (one["onset"], one["evidence"]) == ("HP:0003593", "dyst:PublishedClinicalStudy")
    assert "dyst:phenotypeModifier=HP:0012828" in one["other"]
    assert "dyst:fromRecord=OMIM:999999" in one["other"]
    assert one["sources"] == ["OMIM:999999", "ref:PMID-1"]
    assert {key for key, data in edges.items() if data["negated"]} == {
        f"dyst:association/{name}" for name in ("not", "none", "excluded", "own")
    }
    assert edges["dyst:association/term"]["frequency_term"] == "HP:0040283"


# ---------------------------------------------------------------------- hostile labels

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=15) | st.sampled_from(
    [
        '"',
        '"a" b',
        "=cmd()",
        "]]>",
        "<b>&amp;",
        "\u202egod\u202c",
        "\r\n",
        "a\\",
        "'",
        ",",
        ";",
        _UNIT,
        "\x00",
        "\ufffe",
    ]
)


def labelled(texts: list[str]) -> Store:
    store, graph = Store(), NamedNode(_ASSERTED)
    term = NamedNode(_DYST + "X")
    store.add(Quad(term, NamedNode(_TYPE), NamedNode(_OWL + "Class"), graph))
    store.add(Quad(term, NamedNode(_RDFS + "label"), Text(texts[0]), graph))
    for text in texts:
        store.add(Quad(term, NamedNode(_OIO + "hasExactSynonym"), Text(text), graph))
    return store


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(_TEXTS, min_size=1, max_size=3, unique=True))
def test_any_label_comes_back_or_is_refused(
    exported: Any, tmp_path_factory: pytest.TempPathFactory, form: str, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("graphs") / "out"
    graph, held = exported(labelled(texts)), set("".join(texts))
    # A list in GraphML is JSON, which escapes control characters, but not what XML lacks beyond them.
    control = any(char < " " and char not in "\t\n\r" for char in texts[0]) or held & set("\ufffe\uffff")
    if (form == "graphml" and control) or (form == "neo4j" and _UNIT in held):
        with pytest.raises(ExportError, match="dyst:X"):
            graph.export(form, path)
        assert not path.exists()
        return
    graph.export(form, path)
    node = read(form, path).nodes["dyst:X"]
    assert node["name"] == texts[0]
    assert node["exact_synonyms"] == sorted(texts)


# ---------------------------------------------------------------------- size


def many(count: int, length: int) -> Store:
    store, graph = Store(), NamedNode(_ASSERTED)
    quads = []
    for number in range(count):
        term, up = NamedNode(f"{_DYST}T{number}"), NamedNode(f"{_DYST}T{number // 10}")
        quads.append(Quad(term, NamedNode(_TYPE), NamedNode(_OWL + "Class"), graph))
        quads.append(Quad(term, NamedNode(_RDFS + "label"), Text(f"term {number} " + "x" * length), graph))
        quads.append(Quad(term, NamedNode(_RDFS + "subClassOf"), up if number else NamedNode(_DYST + "Gene"), graph))
    store.bulk_extend(quads)
    return store


@pytest.mark.parametrize("form", [*FORMATS, "kgx", "kgx-jsonl", "csv", "parquet"])
def test_what_is_held_at_a_time_does_not_grow_with_the_content(
    exported: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Names of terms are held, and the hierarchy; labels, which are nearly all of it, are not."""
    monkeypatch.setattr("dystonia_kg.exports.tables._BATCH", 20)
    source, out = exported(many(300, 40_000)), tmp_path / "out"
    exported(many(3, 10)).export(form, tmp_path / "warm")
    tracemalloc.start()
    source.export(form, out)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    written = sum(p.stat().st_size for p in out.rglob("*") if p.is_file()) if out.is_dir() else out.stat().st_size
    assert written > 300 * 40_000 or form == "parquet", "Parquet is compressed"
    assert peak < 6_000_000, "half of what is written"


@pytest.mark.parametrize("form", FORMATS)
def test_a_class_above_that_nothing_describes_is_a_node(exported: Any, tmp_path: Path, form: str) -> None:
    graph = exported.of(
        f"@prefix d: <{_DYST}> . @prefix r: <{_RDFS}> . d:A a <{_OWL}Class> ; r:subClassOf <http://e/above> ."
    )
    graph.export(form, tmp_path / "out")
    found = read(form, tmp_path / "out")
    assert list(found.successors("dyst:A")) == ["http://e/above"]
    assert found.nodes["http://e/above"]["labels"] == ["ExternalTerm"]
