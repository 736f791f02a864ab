"""KGX: each node and edge is validated by Biolink's own classes, and read back against the graph."""

from __future__ import annotations

import csv
import json
from collections import Counter
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import biolink_model.datamodel.pydanticmodel_v2 as biolink
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from linkml_runtime.utils.schemaview import SchemaView

from dystonia_kg.errors import ExportError
from dystonia_kg.exports.mapping_tables import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dystonia_kg.exports.report import ExportReport
    from dystonia_kg.graph import KnowledgeGraph

Record = dict[str, Any]
_LISTS = {
    "category", "provided_by", "xref", "equivalent_identifiers", "aggregator_knowledge_source", "publications",
    "qualifiers", "has_evidence_of_type", "exact_synonym", "broad_synonym", "narrow_synonym", "related_synonym",
}  # fmt: skip
_NUMBERS = {"has_count": int, "has_total": int, "has_quotient": float, "has_percentage": float}


def read_lines(folder: Path, what: str) -> list[Record]:
    text = (folder / f"dystonia_kg_{what}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def read_table(folder: Path, what: str) -> list[Record]:
    """A table as the format's description has it: no quoting, lists parted by |."""
    with (folder / f"dystonia_kg_{what}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{name: value(name, cell) for name, cell in row.items() if cell} for row in rows]


def value(name: str, cell: str) -> Any:
    if name in _LISTS:
        return cell.split("|")
    if name in ("negated", "deprecated"):
        return cell == "true"
    return _NUMBERS.get(name, str)(cell)


@pytest.fixture(scope="module")
def report(kg: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> ExportReport:
    return kg.export("kgx-jsonl", tmp_path_factory.mktemp("kgx") / "out")


@pytest.fixture(scope="module")
def folder(report: ExportReport) -> Path:
    assert report.path is not None
    return Path(report.path)


@pytest.fixture(scope="module")
def small(records: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Record]:
    path = tmp_path_factory.mktemp("kgx") / "out"
    records.export("kgx-jsonl", path)
    return {edge["id"].removeprefix("dyst:association/"): edge for edge in read_lines(path, "edges")}


@cache
def model() -> SchemaView:
    return SchemaView(str(files("biolink_model") / "schema" / "biolink_model.yaml"))


@cache
def below(category: str) -> frozenset[str]:
    return frozenset(f"biolink:{camel(name)}" for name in model().class_descendants(category))


def camel(name: str) -> str:
    return "".join(word[0].upper() + word[1:] for word in name.split(" "))


@cache
def predicates() -> dict[str, str]:
    return {f"biolink:{name.replace(' ', '_')}": name for name in model().slot_descendants("related to")}


# ---------------------------------------------------------------------- Biolink's own judgement


def test_every_node_is_valid(folder: Path) -> None:
    nodes = read_lines(folder, "nodes")
    for node in nodes:
        (category,) = node["category"]
        made = getattr(biolink, category.removeprefix("biolink:"))(**node)  # a field it does not know is refused
        assert made.id == node["id"]
    assert max(Counter(node["id"] for node in nodes).values()) == 1


def test_every_edge_is_valid(folder: Path) -> None:
    nodes = {node["id"]: node["category"][0] for node in read_lines(folder, "nodes")}
    seen = set()
    for edge in read_lines(folder, "edges"):
        (category,) = edge["category"]
        assert edge["subject"] in nodes
        assert edge["object"] in nodes
        made = getattr(biolink, category.removeprefix("biolink:"))
        # Biolink foresees a frequency for phenotypes only; on other edges the slot is Biolink's, its place is not.
        extra = edge.keys() - made.model_fields.keys()
        assert all(model().get_slot(name.replace("_", " ")) for name in extra)
        made(**{name: part for name, part in edge.items() if name not in extra})
        seen.add((category, edge["predicate"], nodes[edge["subject"]], nodes[edge["object"]]))
    assert seen
    for category, predicate, subject, target in seen:
        check_ends(category, predicate, subject, target)


def check_ends(category: str, predicate: str, subject: str, target: str) -> None:
    """The domain and range of the predicate, and those that the association narrows them to."""
    name = predicates()[predicate]
    association = next(one for one in model().class_descendants("association") if f"biolink:{camel(one)}" == category)
    for end, of in ((subject, "subject"), (target, "object")):
        assert end in below(model().induced_slot(of, association).range), (category, predicate, end)
    slot = model().induced_slot(name)
    for end, wanted in ((subject, slot.domain), (target, slot.range)):
        if wanted and wanted != "ontology class":  # a mixin that any class of an ontology is
            mixed = {f"biolink:{camel(one)}" for one in model().class_descendants(wanted, mixins=True)}
            assert end in mixed, (predicate, end, wanted)


def test_every_word_of_the_tables_is_biolinks(kg: KnowledgeGraph) -> None:
    categories = below("named thing")
    known = {term.curie for term in kg._export_source().model.terms()}
    for row in read_rows("biolink_categories"):
        assert row["category"] in categories
        assert not row["wider"] or row["wider"] in categories
        assert (row["category"] in below("attribute")) == bool(row["attribute type"]), row
    properties = set()
    for row in read_rows("biolink_predicates"):
        assert row["predicate"] in predicates(), row
        assert hasattr(biolink, row["association"].removeprefix("biolink:"))
        assert row["inverse"] in ("", "yes")
        properties.add(row["property"])
    assert len(properties & known) > 30
    for row in read_rows("biolink_sources"):
        biolink.KnowledgeLevelEnum(row["knowledge level"])
        biolink.AgentTypeEnum(row["agent type"])


# ---------------------------------------------------------------------- content


def test_an_annotation_with_everything(small: dict[str, Record]) -> None:
    assert small["count"] == {
        "id": "dyst:association/count",
        "subject": "dyst:MadeUp",
        "predicate": "biolink:has_phenotype",
        "object": "HP:0001332",
        "category": ["biolink:DiseaseToPhenotypicFeatureAssociation"],
        "knowledge_level": "knowledge_assertion",
        "agent_type": "manual_agent",
        "primary_knowledge_source": "infores:hpo-annotations",
        "aggregator_knowledge_source": ["infores:dystonia-kg"],
        "publications": ["OMIM:999999", "PMID:1"],
        "original_predicate": "dyst:hasPhenotype",
        "original_subject": "OMIM:999999",
        "has_count": 3,
        "has_total": 12,
        "has_quotient": 0.25,
        "has_percentage": 25.0,
        "onset_qualifier": "HP:0003593",
        "qualifiers": ["HP:0003676", "HP:0012828", "HP:0011463"],
        "sex_qualifier": "PATO:0000383",
        "has_evidence_of_type": ["ECO:0006017"],
    }


def test_frequency_evidence_and_negation(small: dict[str, Record]) -> None:
    assert small["term"]["frequency_qualifier"] == "HP:0040283"
    assert small["share"]["has_percentage"] == 17.5
    assert small["share"]["agent_type"] == "automated_agent"
    assert {name for name, edge in small.items() if edge.get("negated")} == {"not", "none", "excluded", "own"}
    assert all(small[name]["predicate"] == "biolink:has_phenotype" for name in ("not", "none", "excluded", "own"))
    assert small["none"]["has_count"] == 0
    assert small["mode"]["predicate"] == "biolink:has_mode_of_inheritance"
    assert (small["onset"]["has_count"], small["onset"]["has_total"]) == (4, 4)


def test_a_gene_claim_goes_from_gene_to_disease(small: dict[str, Record]) -> None:
    claim = small["claim"]
    assert (claim["subject"], claim["object"]) == ("HGNC:1", "dyst:MadeUp")
    assert claim["category"] == ["biolink:GeneToDiseaseAssociation"]
    assert claim["qualifiers"] == ["dyst:EvidenceDisputed"]
    assert claim["description"] == "A1BG was held to be the gene."
    biolink.GeneToDiseaseAssociation(**claim)


def test_pairs_that_are_not_contiguous_are_negated(kg: KnowledgeGraph, folder: Path) -> None:
    rows = kg.query("SELECT ?a ?is WHERE { ?a a dyst:ContiguityJudgement ; dyst:isContiguous ?is }")
    negated = {edge["id"] for edge in read_lines(folder, "edges") if edge.get("negated")}
    for judgement, is_contiguous in rows:
        identifier = f"dyst:{judgement.removeprefix('https://w3id.org/dystonia-kg/')}"
        assert (identifier in negated) is (str(is_contiguous).lower() == "false")


def test_nothing_is_lost_without_a_word(kg: KnowledgeGraph, folder: Path, report: ExportReport) -> None:
    left = Counter[str]()
    for one in report.left_out:
        left[one.kind] += one.count
    terms = list(kg._export_source().model.terms())
    properties = [term for term in terms if term.type.endswith("property")]
    assert left["properties"] == len(properties)
    assert report.written["nodes"] + left["terms"] == len(terms) - len(properties)
    associations = kg.query("SELECT ?a WHERE { ?a dyst:associationSubject ?s }")
    assert report.written["associations"] + left["associations"] == len(associations)
    subclass = {
        (term.curie, parent.iri) for term in terms for parent in term.parents if not term.type.endswith("property")
    }
    written = [edge for edge in read_lines(folder, "edges") if edge["predicate"] == "biolink:subclass_of"]
    lost = len(subclass) - len(written)
    assert 0 <= lost < 40, "those of terms that have no category"
    mappings = Counter(mapping.predicate for term in terms for mapping in term.mappings)
    found = Counter(edge.get("original_predicate", "").partition(":")[2] for edge in read_lines(folder, "edges"))
    assert all(found[name] <= count for name, count in mappings.items())
    assert found["exactMatch"] == mappings["exactMatch"]


def test_both_forms_say_the_same(part: KnowledgeGraph, records: Any, tmp_path: Path) -> None:
    for number, graph in enumerate((part, records)):
        for form in ("kgx", "kgx-jsonl"):
            graph.export(form, tmp_path / f"{form}{number}")
        for what in ("nodes", "edges"):
            lines = read_lines(tmp_path / f"kgx-jsonl{number}", what)
            assert read_table(tmp_path / f"kgx{number}", what) == lines
            assert lines


def test_numeric_identifiers(records: Any, tmp_path: Path) -> None:
    records.export("kgx-jsonl", tmp_path / "out", ids="numeric")
    nodes = {node["id"] for node in read_lines(tmp_path / "out", "nodes")}
    assert "DYST:9000001" in nodes
    assert "dyst:MadeUp" not in nodes
    edges = {edge["id"]: edge for edge in read_lines(tmp_path / "out", "edges")}
    assert all({edge["subject"], edge["object"]} <= nodes for edge in edges.values())
    assert edges["dyst:association/not"]["negated"] is True


def test_a_kind_without_a_category_is_told(exported: Any, tmp_path: Path) -> None:
    graph = exported.of(
        "@prefix e: <http://e/> . @prefix owl: <http://www.w3.org/2002/07/owl#> . "
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
        "e:A a owl:Class . e:B a owl:Class ; rdfs:subClassOf e:A ."
    )
    report = graph.export("kgx", tmp_path / "out")
    assert {(one.kind, one.why) for one in report.left_out} == {
        ("terms", "no Biolink category for http://e/A"),
        ("terms", "no Biolink category for what is below http://e/A"),
        ("edges", "one of its ends is no node"),
    }


# ---------------------------------------------------------------------- hostile labels

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def labelled(label: str, synonym: str) -> str:
    from rdflib import RDF, RDFS, Graph, Literal, URIRef

    dyst, oio = "https://w3id.org/dystonia-kg/", "http://www.geneontology.org/formats/oboInOwl#"
    graph, term = Graph(), URIRef(dyst + "X")
    graph.add((term, RDF.type, URIRef("http://www.w3.org/2002/07/owl#Class")))
    graph.add((term, RDFS.subClassOf, URIRef(dyst + "Disorder")))
    graph.add((term, RDFS.label, Literal(label)))
    graph.add((term, URIRef(oio + "hasExactSynonym"), Literal(synonym)))
    return graph.serialize(format="nt")


def named(nodes: list[Record]) -> Record:
    return next(node for node in nodes if node["id"] == "dyst:X")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(label=_TEXTS, synonym=_TEXTS)
def test_any_label_comes_back_or_is_refused(
    exported: Any, tmp_path_factory: pytest.TempPathFactory, label: str, synonym: str
) -> None:
    graph, path = exported.of(labelled(label, synonym)), tmp_path_factory.mktemp("kgx") / "out"
    graph.export("kgx-jsonl", path)
    node = named(read_lines(path, "nodes"))
    assert (node["name"], node["exact_synonym"]) == (label, [synonym])
    table = path.with_name("table")
    if set(label + synonym) & set("\t\n\r") or "|" in synonym:
        with pytest.raises(ExportError, match="dyst:X"):
            graph.export("kgx", table)
        return
    graph.export("kgx", table)
    node = named(read_table(table, "nodes"))
    assert (node["name"], node["exact_synonym"]) == (label, [synonym])


def test_known_mischief(exported: Any, tmp_path: Path) -> None:
    for number, label in enumerate(mischief()):
        graph = exported.of(labelled(label, "x"))
        graph.export("kgx", tmp_path / str(number))
        assert named(read_table(tmp_path / str(number), "nodes"))["name"] == label


def mischief() -> Iterator[str]:
    texts: Iterable[str] = ('"', "'", '"a" b', "=cmd()", "]]>", "\u202egod\u202c", "\\t", "a\\", "|", "\x01", " a ")
    yield from chain(texts, ["\N{NULL}x"])
