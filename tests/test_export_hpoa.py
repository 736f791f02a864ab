"""The HPO annotation file: read back by column with polars, and by the HPO toolkit, which knows its meaning."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import hpotk
import polars as pl
import pytest
from hpotk.annotations.load.hpoa import SimpleHpoaDiseaseLoader

from dystonia_kg.errors import ExportError

if TYPE_CHECKING:
    from pathlib import Path

    from dystonia_kg.graph import KnowledgeGraph

COLUMNS = "database_id disease_name qualifier hpo_id reference evidence onset frequency sex modifier aspect biocuration"


def written(source: Any, **options: str) -> pl.DataFrame:
    out = io.BytesIO()
    report = source.export("hpoa", out, **options)
    frame = pl.read_csv(out.getvalue(), separator="\t", comment_prefix="#", quote_char=None, infer_schema=False)
    assert frame.columns == COLUMNS.split()
    assert len(frame) == report.written["annotations"]
    return frame.fill_null("")


def line(frame: pl.DataFrame, term: str, database: str = "OMIM:999999") -> dict[str, str]:
    (row,) = frame.filter((pl.col("hpo_id") == term) & (pl.col("database_id") == database)).to_dicts()
    return row


def test_a_count_with_everything_else(records: Any) -> None:
    row = line(written(records, date="2026-01-31"), "HP:0001332")
    assert row == {
        "database_id": "OMIM:999999",
        "disease_name": "MADE-UP DISEASE 1",
        "qualifier": "",
        "hpo_id": "HP:0001332",
        "reference": "OMIM:999999;PMID:1",
        "evidence": "PCS",
        "onset": "HP:0003593;HP:0011463",
        "frequency": "3/12",
        "sex": "FEMALE",
        "modifier": "HP:0003676;HP:0012828",
        "aspect": "P",
        "biocuration": "DYST:dystonia-kg[2026-01-31]",
    }


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("HP:0001337", ("", "HP:0040283", "TAS", "P")),
        ("HP:0001257", ("", "17.5%", "IEA", "P")),
        ("HP:0001250", ("NOT", "", "PCS", "P")),
        ("HP:0000252", ("", "0/7", "PCS", "P")),
        ("HP:0001251", ("", "HP:0040285", "TAS", "P")),
        ("HP:0000007", ("", "", "PCS", "I")),
        ("HP:0011463", ("", "4/4", "PCS", "C")),
    ],
)
def test_each_way_to_say_how_often(records: Any, term: str, expected: tuple[str, ...]) -> None:
    row = line(written(records), term)
    assert (row["qualifier"], row["frequency"], row["evidence"], row["aspect"]) == expected


def test_a_statement_of_ours_goes_under_our_identifier(records: Any) -> None:
    row = line(written(records), "HP:0001337", "DYST:9000001")
    assert (row["disease_name"], row["qualifier"], row["evidence"]) == ("made-up disease", "NOT", "TAS")


def test_what_has_no_place_is_told(records: Any) -> None:
    report = records.export("hpoa", io.BytesIO())
    assert ("associations", 1, "no aspect for dyst:hasGeneClaim") in report.left_out
    assert report.written["annotations"] == 9


def toolkit(path: Path, terms: Any) -> Any:
    """The HPO toolkit with a hierarchy of the terms that are annotated, as OBO Graphs has it."""
    iri = "http://purl.obolibrary.org/obo/"
    nodes = [{"id": iri + one.replace(":", "_"), "lbl": one, "type": "CLASS"} for one, _ in terms]
    edges = [
        {"sub": iri + one.replace(":", "_"), "pred": "is_a", "obj": iri + up.replace(":", "_")}
        for one, up in terms
        if up is not None
    ]
    path.write_text(json.dumps({"graphs": [{"id": iri + "hp.json", "meta": {}, "nodes": nodes, "edges": edges}]}))
    return SimpleHpoaDiseaseLoader(hpotk.load_minimal_ontology(str(path)), cohort_size=100)


def test_the_hpo_toolkit_reads_the_same(records: Any, tmp_path: Path) -> None:
    records.export("hpoa", tmp_path / "phenotype.hpoa", date="2026-01-31")
    below = ["HP:0000118", "HP:0000005", "HP:0012823", "HP:0031797", "HP:0040279"]
    terms = [("HP:0000001", None), *((one, "HP:0000001") for one in below), ("HP:0003674", "HP:0031797")]
    terms += [(one, "HP:0003674") for one in ("HP:0003593", "HP:0011463")]
    terms += [(f"HP:{n}", "HP:0000118") for n in ("0001332", "0001337", "0001250", "0000252", "0001251", "0001257")]
    diseases = toolkit(tmp_path / "hp.json", terms).load(str(tmp_path / "phenotype.hpoa"))
    assert diseases.version == "2026-01-31"
    disease = diseases["OMIM:999999"]
    assert disease.name == "MADE-UP DISEASE 1"
    counts = {one.identifier.value: (one.numerator, one.denominator) for one in disease.annotations}
    assert counts["HP:0001332"] == (3, 12)
    assert counts["HP:0000252"] == (0, 7)
    assert counts["HP:0001250"][0] == 0
    assert counts["HP:0001251"][0] == 0
    assert counts["HP:0001257"] == (18, 100)
    assert {one.identifier.value for one in disease.annotations if one.is_excluded} == {
        "HP:0001250",
        "HP:0000252",
        "HP:0001251",
    }
    (dystonia,) = (one for one in disease.annotations if one.identifier.value == "HP:0001332")
    assert {one.identifier.value for one in dystonia.references} == {"OMIM:999999", "PMID:1"}
    assert {one.value for one in dystonia.modifiers} == {"HP:0003676", "HP:0012828"}
    assert {one.value for one in disease.modes_of_inheritance} == {"HP:0000007"}
    assert "DYST:9000001" in {one.identifier.value for one in diseases}


@pytest.fixture(scope="module")
def whole(kg: KnowledgeGraph) -> pl.DataFrame:
    return written(kg)


def test_the_release(kg: KnowledgeGraph, whole: pl.DataFrame) -> None:
    frame = whole
    assert set(frame["aspect"]) <= set("PICMH")
    assert set(frame["evidence"]) <= {"PCS", "TAS", "IEA"}
    assert frame["reference"].str.len_chars().min() > 0
    assert frame["hpo_id"].str.contains(r"^HP:\d{7}$").all()
    assert frame["database_id"].str.contains(r"^(OMIM|ORPHA|DYST):\d+$").all()
    stated = kg.query(
        """SELECT ?number ?phenotype WHERE { ?a dyst:associationSubject ?d ;
        dyst:associationPredicate dyst:mayHaveFeature ;
        dyst:associationObject ?phenotype . ?d dcterms:identifier ?number ; rdfs:subClassOf dyst:Disorder
        FILTER(STRSTARTS(STR(?phenotype), STR(HP:))) }"""
    )
    wanted = {(str(number), str(term)) for number, term in stated}
    found = set(zip(frame["database_id"], frame["hpo_id"], strict=True))
    assert wanted
    assert {(number, term.rsplit("/", 1)[-1].replace("_", ":")) for number, term in wanted} <= found


def test_a_date_that_is_none(records: Any) -> None:
    with pytest.raises(ExportError, match="date='May': write it as 2026-01-31"):
        records.export("hpoa", io.BytesIO(), date="May")


def test_a_tab_in_a_name_is_refused(exported: Any) -> None:
    graph = exported.of(
        """@prefix dyst: <https://w3id.org/dystonia-kg/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix HP: <http://purl.obolibrary.org/obo/HP_> .
        dyst:X a owl:Class ; rdfs:subClassOf dyst:Disorder ; rdfs:label "a\\tb" .
        HP:0001332 a owl:Class ; rdfs:label "Dystonia" .
        dyst:association/1 a dyst:PhenotypeAssociation ; dyst:associationSubject dyst:X ;
            dyst:associationPredicate dyst:hasPhenotype ; dyst:associationObject HP:0001332 .""".replace(
            "dyst:association/1", "<https://w3id.org/dystonia-kg/association/1>"
        )
    )
    with pytest.raises(ExportError, match=r"dyst:X.*holds a tab"):
        graph.export("hpoa", io.BytesIO())


def test_every_annotation_of_the_upstream_release_is_there(
    kg: KnowledgeGraph, ontology: Path, whole: pl.DataFrame
) -> None:
    """Row for row what the release of HPO says, with each cell; only how an exclusion is said may differ."""
    upstream = ontology / "upstream" / "hpo_annotations.tsv"
    if not kg.query("SELECT ?a WHERE { ?a dyst:fromRecord ?r } LIMIT 1") or not upstream.exists():
        pytest.skip("the release that is here has no annotations of records")
    rows = pl.read_csv(upstream, separator="\t", quote_char=None, infer_schema=False).fill_null("")
    rows = rows.rename({"disease_id": "database_id"})
    same = ["database_id", "hpo_id", "evidence", "onset", "sex", "aspect"]
    wanted = Counter(map(row_of, rows.select(*same, "modifier", "reference", "frequency", "qualifier").to_dicts()))
    ours = whole.filter(~pl.col("database_id").str.starts_with("DYST:")).to_dicts()
    assert Counter(map(row_of, ours)) == wanted


def row_of(row: dict[str, str]) -> tuple[object, ...]:
    share, nobody = row["frequency"], False
    if "/" in share:
        nobody = share.startswith("0/")
    elif share.endswith("%"):
        share = str(float(share.removesuffix("%")))
        nobody = float(share) == 0
    excluded = row["qualifier"] == "NOT" or nobody or share == "HP:0040285"
    parted = (frozenset(filter(None, row[name].split(";"))) for name in ("modifier", "reference"))
    same = (row[name] for name in ("database_id", "hpo_id", "evidence", "onset", "sex", "aspect"))
    return (*same, *parted, share, excluded)
