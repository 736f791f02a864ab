"""Upstream releases as sources: what their tables say is in the graph, what is wrong in them is told with its place.

Expectations are read from the tables themselves in the plainest way, and from the sources that they come from.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Triple, parse

from dystonia_kg.build.refresh import refresh
from dystonia_kg.build.upstream.frequency import parse_frequency
from dystonia_kg.build.upstream.reading import Upstream, read_upstream
from dystonia_kg.errors import SourceError
from dystonia_kg.vocab import expand

if TYPE_CHECKING:
    from dystonia_kg.graph import KnowledgeGraph

FOLDER = Path(__file__).parents[1] / "ontology" / "upstream"
DISEASES = ("OMIM:234200", "OMIM:128100", "ORPHA:256")


def rows(name: str, folder: Path = FOLDER) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def excluded(row: dict[str, str]) -> bool:
    return row["qualifier"] == "NOT" or row["frequency"].startswith("0/")


def count(kg: KnowledgeGraph, pattern: str) -> int:
    found: Any = kg.query(f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {pattern} }}")
    return int(found.rows[0].n)


# ---------------------------------------------------------------------- everything is there, counted


def test_every_record_with_why_it_is_there(kg: KnowledgeGraph) -> None:
    table = rows("dystonia_diseases.tsv")
    assert count(kg, "?x a dyst:DiseaseRecord") == len(table) == 711
    bases = Counter(
        "IncludedByTorticollis"
        if row["torticollis_only"] == "yes"
        else {"hpo": "IncludedByPhenotype", "name": "IncludedByName"}[row["inclusion"]]
        for row in table
    )
    for basis, number in bases.items():
        assert count(kg, f"?x dyst:inclusionBasis dyst:{basis}") == number
    titles = {row.title for row in kg.query("SELECT ?title { ?x a dyst:DiseaseRecord ; dcterms:title ?title }")}
    assert titles == {row["disease_name"] for row in table}


def test_records_of_one_mondo_disease_describe_one_disorder(kg: KnowledgeGraph) -> None:
    table = rows("dystonia_diseases.tsv")
    assert count(kg, "?r dyst:recordOf ?x") == len({row["mondo_id"] or row["disease_id"] for row in table})
    for row in table:
        disorder = kg.term(row["disease_id"])
        exact = {mapping.curie for mapping in disorder.mappings if mapping.predicate == "exact"}
        assert row["disease_id"] in exact
        if row["mondo_id"]:
            assert kg.term(row["mondo_id"]) == disorder, row["disease_id"]
            assert row["mondo_id"] in {*exact, disorder.curie}  # a few causes stand here under Mondo's own IRI


def test_every_annotation_is_an_association(kg: KnowledgeGraph) -> None:
    table = rows("hpo_annotations.tsv")
    assert count(kg, "?x a dyst:PhenotypeAssociation") == sum(not excluded(row) for row in table)
    assert count(kg, "?x a dyst:ExcludedPhenotypeAssociation") == sum(excluded(row) for row in table) == 179
    codes = {"PCS": "PublishedClinicalStudy", "TAS": "TraceableAuthorStatement", "IEA": "ElectronicAnnotation"}
    for code, number in Counter(row["evidence"] for row in table).items():
        assert count(kg, f"?x dyst:evidenceCode dyst:{codes[code]}") == number
    aspects = Counter(row["aspect"] for row in table if not excluded(row))
    assert count(kg, "?x dyst:associationPredicate dyst:hasPhenotype ; a dyst:PhenotypeAssociation") == aspects["P"]
    assert count(kg, "?x dyst:associationPredicate dyst:mayHaveInheritance ; dyst:fromRecord ?r") == aspects["I"]
    onset = count(kg, "?x dyst:associationPredicate dyst:hasOnsetOnRecord")
    assert onset + count(kg, "?x dyst:associationPredicate dyst:hasCourseOnRecord") == aspects["C"]


def test_each_annotation_says_what_its_row_says(kg: KnowledgeGraph) -> None:
    found: Any = kg.query("""
        SELECT ?record ?term ?kind ?share ?n ?m ?class ?evidence {
          ?x a ?kind ; dyst:fromRecord ?record ; dyst:associationObject ?term ; dyst:evidenceCode ?evidence .
          VALUES ?kind { dyst:PhenotypeAssociation dyst:ExcludedPhenotypeAssociation }
          OPTIONAL { ?x dyst:frequency ?share } OPTIONAL { ?x dyst:affectedCount ?n }
          OPTIONAL { ?x dyst:sampleSize ?m } OPTIONAL { ?x dyst:frequencyTerm ?class } }""")

    def local(iri: object) -> str:
        return str(iri).rsplit("/", 1)[-1].replace("Orphanet_", "")

    given_ = Counter()
    for row in found:
        basis = f"{row.n}/{row.m}" if row.n is not None else local(row.class_) if row.class_ is not None else ""
        given_[local(row.record), local(row.term), local(row.kind).startswith("Excluded"), basis] += 1
        if row.n is not None:
            assert abs(Fraction(str(row.share)) - Fraction(int(row.n), int(row.m))) < Fraction(1, 10_000)
    wanted = Counter(
        (
            row["disease_id"].partition(":")[2],
            row["hpo_id"].replace(":", "_"),
            excluded(row),
            "" if "%" in row["frequency"] else row["frequency"].replace(":", "_"),
        )
        for row in rows("hpo_annotations.tsv")
    )
    assert given_ == wanted


def test_every_gene_and_every_gene_of_a_disease(kg: KnowledgeGraph) -> None:
    genes = {row["hgnc_id"]: row for row in rows("hgnc_genes.tsv")}
    assert count(kg, "?x rdfs:subClassOf dyst:Gene") == len(genes) == 544
    by_number = {row["ncbi_gene_id"]: row["symbol"] for row in genes.values()}
    for row in rows("dystonia_diseases.tsv")[::7]:
        assert {by_number[number] for number in row["ncbi_gene_ids"].split("|") if number} <= _genes_of(kg, row)


def _genes_of(kg: KnowledgeGraph, row: dict[str, str]) -> set[str]:
    found: Any = kg.query("SELECT ?s { ?r dyst:listsGene/rdfs:label ?s }", r=NamedNode(expand(row["disease_id"])))
    return {row.s for row in found}


def test_terms_of_hpo_are_unaltered(kg: KnowledgeGraph) -> None:
    table = rows("hpo_terms.tsv")
    for row in table[::17]:
        term = kg._at(expand(row["hpo_id"]))  # not kg.term, which goes on to the term of ours that is the same
        assert term.label == row["label"]
        exact = {synonym.text for synonym in term.synonyms if synonym.scope == "exact"}
        assert exact >= set(filter(None, row["exact_synonyms"].split("|"))) - {row["label"]}
        assert {parent.curie for parent in term.ancestors} >= set(filter(None, row["is_a"].split("|")))
    assert count(kg, "?x a owl:Class . FILTER(STRSTARTS(STR(?x), STR(HP:)))") >= len(table) == 4754


# ---------------------------------------------------------------------- present, excluded, unknown


def test_what_is_excluded_is_never_present(kg: KnowledgeGraph) -> None:
    assert not kg.query("ASK { ?d dyst:hasPhenotype ?p ; dyst:excludesPhenotype ?p }")
    positive = {
        (kg.term(row["disease_id"]).iri, row["hpo_id"])
        for row in rows("hpo_annotations.tsv")
        if row["aspect"] == "P" and not excluded(row)
    }
    negative = [row for row in rows("hpo_annotations.tsv") if excluded(row)]
    assert len(negative) > 100
    for row in negative:
        disorder = kg.term(row["disease_id"])
        stated = kg.query("ASK { ?d dyst:hasPhenotype ?p }", d=disorder, p=kg.term(row["hpo_id"]))
        assert stated == ((disorder.iri, row["hpo_id"]) in positive)


def test_disorders_by_phenotype_follow_the_hierarchy(kg: KnowledgeGraph) -> None:
    parents = {row["hpo_id"]: row["is_a"].split("|") for row in rows("hpo_terms.tsv")}

    def at_or_below(term: str, root: str) -> bool:
        return term == root or any(at_or_below(parent, root) for parent in parents.get(term, ()) if parent)

    liver = "HP:0001392"
    wanted = {
        kg.term(row["disease_id"]).iri
        for row in rows("hpo_annotations.tsv")
        if row["aspect"] == "P" and not excluded(row) and at_or_below(row["hpo_id"], liver)
    }
    found = kg.run("disorders-with-phenotype", phenotype=liver)
    assert {str(row.disorder) for row in found} == wanted
    assert wanted <= {term.iri for term in kg.disorders(feature=kg.term(liver))}
    assert "Wilson disease" in {row.label for row in found}


def test_what_is_excluded_wider_is_excluded_narrower(kg: KnowledgeGraph) -> None:
    row = next(r for r in rows("hpo_annotations.tsv") if excluded(r) and r["hpo_id"] == "HP:0001250")
    disorder = kg.term(row["disease_id"])
    narrower = kg.term("HP:0001250").children[0]
    assert disorder in kg.disorders(without=kg.term("HP:0001250"))
    assert disorder in kg.disorders(without=narrower)
    assert disorder not in kg.disorders(without=kg.term("HP:0000707"))  # wider: nothing is said of the rest


def test_torticollis_alone_is_no_dystonia(kg: KnowledgeGraph) -> None:
    only = [row for row in rows("dystonia_diseases.tsv") if row["torticollis_only"] == "yes"]
    assert len(only) == 56
    others = {r["mondo_id"] for r in rows("dystonia_diseases.tsv") if r["torticollis_only"] == "no"}
    for row in only:
        if row["mondo_id"] not in others:
            disorder = kg.term(row["disease_id"])
            assert not kg.is_a(disorder, "dystonia disorder"), row["disease_id"]
            if not kg.is_a(disorder, "dyst:Pseudodystonia"):  # two of them are curated as mimics
                assert kg.is_a(disorder, "dyst:TorticollisOnlyDisorder")
                assert disorder in kg.disorders()


def test_a_geneticists_question(kg: KnowledgeGraph) -> None:
    """Dystonia with parkinsonism, recessive, beginning in childhood."""
    found = {
        t.label for t in kg.disorders(feature="parkinsonism", inheritance="autosomal recessive", onset="childhood")
    }
    assert "pantothenate kinase-associated neurodegeneration" in found
    assert not any("Huntington" in label for label in found)


# ---------------------------------------------------------------------- provenance


def test_every_statement_of_a_disorder_reaches_a_publication_or_a_release(kg: KnowledgeGraph) -> None:
    assert not kg.query("""ASK {
        ?x a ?kind . VALUES ?kind { dyst:PhenotypeAssociation dyst:ExcludedPhenotypeAssociation dyst:GeneClaim }
        FILTER NOT EXISTS { ?x dcterms:source ?source } }""")
    bare: Any = kg.query("""SELECT DISTINCT ?d { ?d rdfs:subClassOf dyst:Disorder ; rdfs:subClassOf ?r .
        ?r owl:onProperty ?p . FILTER NOT EXISTS { ?a owl:annotatedSource ?d ; owl:annotatedTarget ?r ;
        dcterms:source ?s } FILTER NOT EXISTS { ?d dcterms:source ?s } }""")
    assert not len(bare)


def test_sources_of_a_term(kg: KnowledgeGraph) -> None:
    disorder = kg.term("OMIM:234200")
    keys = {source.key for source in disorder.sources}
    cited = {
        reference.replace("PMID:", "")
        for row in rows("hpo_annotations.tsv")
        if row["disease_id"] == "OMIM:234200"
        for reference in row["reference"].split(";")
        if reference.startswith("PMID:")
    }
    assert cited
    assert cited <= {source.pmid for source in disorder.sources}
    assert "HPO" in keys
    rows_ = kg.run("sources", subject=disorder)
    assert cited <= {row.pmid for row in rows_}
    assert "https://omim.org/entry/234200" in {row.record for row in rows_}


# ---------------------------------------------------------------------- bad rows


def reduced(folder: Path) -> Path:
    """A release of three records, with all that they mention."""
    folder.mkdir()
    for path in FOLDER.glob("*.tsv"):
        shutil.copy(path, folder)
    for name, column in (("dystonia_diseases.tsv", "disease_id"), ("hpo_annotations.tsv", "disease_id")):
        lines = (FOLDER / name).read_text("utf-8").splitlines()
        index = lines[0].split("\t").index(column)
        kept = [lines[0], *(line for line in lines[1:] if line.split("\t")[index] in DISEASES)]
        (folder / name).write_text("\n".join(kept) + "\n", encoding="utf-8")
    return folder


MAPPED = """@prefix dyst: <https://w3id.org/dystonia-kg/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
dyst:A skos:exactMatch <https://omim.org/entry/234200> .
dyst:B skos:exactMatch <https://omim.org/entry/128100> , <http://www.orpha.net/ORDO/Orphanet_256> .
dyst:DystoniaDisorder rdfs:label "dystonia disorder" .
"""


def read(folder: Path, mapped: str = MAPPED) -> Upstream:
    stated = [Triple(q.subject, q.predicate, q.object) for q in parse(mapped, format=_turtle())]
    return read_upstream(folder, stated)


def _turtle() -> Any:
    from pyoxigraph import RdfFormat

    return RdfFormat.TURTLE


def test_the_reduced_release_is_right(tmp_path: Path) -> None:
    assert not read(reduced(tmp_path / "new")).problems


#: file, line, column, the new cell, and words of the message
BAD = {
    "unknown gene": ("dystonia_diseases.tsv", 2, "ncbi_gene_ids", "99999999", "no gene of this release"),
    "obsolete term": ("hpo_annotations.tsv", 3, "hpo_id", "HP:0001425", "obsolete: use HP:0000005"),
    "unknown term": ("hpo_annotations.tsv", 3, "hpo_id", "HP:9999999", "no term of this release"),
    "another label": ("hpo_annotations.tsv", 4, "hpo_label", "Dystonja", "is not the label of"),
    "more affected than examined": ("hpo_annotations.tsv", 5, "frequency", "5/3", "more people affected"),
    "nobody examined": ("hpo_annotations.tsv", 5, "frequency", "0/0", "nobody was examined"),
    "no frequency": ("hpo_annotations.tsv", 5, "frequency", "often", "is no frequency"),
    "too many per cent": ("hpo_annotations.tsv", 5, "frequency", "120%", "more than 100"),
    "unknown aspect": ("hpo_annotations.tsv", 6, "aspect", "Q", "is none of C, H, I, M, P"),
    "unknown evidence": ("hpo_annotations.tsv", 6, "evidence", "ABC", "is none of IEA, PCS, TAS"),
    "unknown qualifier": ("hpo_annotations.tsv", 6, "qualifier", "NEVER", "is none of NOT"),
    "no source": ("hpo_annotations.tsv", 7, "reference", "", "no source"),
    "unknown prefix of a source": ("hpo_annotations.tsv", 7, "reference", "PUBMET:1", "prefix"),
    "unknown disease": ("hpo_annotations.tsv", 8, "disease_id", "OMIM:1", "no record"),
    "unknown sex": ("hpo_annotations.tsv", 8, "sex", "F", "neither MALE nor FEMALE"),
    "unknown onset": ("hpo_annotations.tsv", 8, "onset", "HP:1", "no term"),
    "unknown inclusion": ("dystonia_diseases.tsv", 2, "inclusion", "guess", "is none of hpo, name"),
    "white space": ("dystonia_diseases.tsv", 3, "disease_name", " Dystonia", "white space"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_cell_is_told_with_file_line_and_column(tmp_path: Path, case: str) -> None:
    name, line, column, value, words = BAD[case]
    folder = reduced(tmp_path / "new")
    lines = (folder / name).read_text("utf-8").splitlines()
    number = lines[0].split("\t").index(column)
    cells = lines[line - 1].split("\t")
    cells[number] = value
    lines[line - 1] = "\t".join(cells)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    problems = read(folder).problems
    told = [p for p in problems if Path(p.file).name == name and p.line == line and p.column == number + 1]
    assert told, [str(problem) for problem in problems]
    assert any(words in problem.message for problem in told), told[0].message


def test_a_key_that_stands_twice(tmp_path: Path) -> None:
    folder = reduced(tmp_path / "new")
    path = folder / "hgnc_genes.tsv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    (problem,) = read(folder).problems
    assert (problem.line, problem.message.endswith("keep one of them")) == (len(lines) + 1, True)
    assert "stands already on line 2" in problem.message


def test_bytes_that_are_no_utf_8(tmp_path: Path) -> None:
    folder = reduced(tmp_path / "new")
    path = folder / "hpo_annotations.tsv"
    path.write_bytes(path.read_bytes() + "OMIM:1\tF\xe9brile".encode("latin-1"))
    problems = read(folder).problems
    assert any("not UTF-8" in p.message and Path(p.file).name == path.name for p in problems)


def test_a_row_with_a_cell_too_many_and_a_column_too_few(tmp_path: Path) -> None:
    folder = reduced(tmp_path / "new")
    path = folder / "dystonia_diseases.tsv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("\n", "\textra\n").replace("\textra\n", "\n", 1), encoding="utf-8")
    assert "check for stray tabs" in read(folder).problems[0].message
    path.write_text(text.replace("disease_id", "disease", 1), encoding="utf-8")
    assert "no column disease_id" in read(folder).problems[0].message


def test_a_record_that_no_mapping_knows_and_one_that_two_do(tmp_path: Path) -> None:
    folder = reduced(tmp_path / "new")
    twice = MAPPED + "dyst:C skos:exactMatch <https://omim.org/entry/234200> ."
    messages = [p.message for p in read(folder, twice).problems if p.file.endswith("dystonia_diseases.tsv")]
    assert any("several disorders" in message for message in messages)
    none = MAPPED.replace("dyst:A skos:exactMatch <https://omim.org/entry/234200> .", "")
    messages = [p.message for p in read(folder, none).problems if p.file.endswith("dystonia_diseases.tsv")]
    assert any("no disorder: run 'dystonia-kg refresh'" in message for message in messages)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_that_of_its_counts(affected: int, examined: int) -> None:
    if affected > examined:
        with pytest.raises(ValueError, match="more people affected"):
            parse_frequency(f"{affected}/{examined}")
        return
    found = parse_frequency(f"{affected}/{examined}")
    assert found.share is not None
    assert abs(found.share - Decimal(affected) / examined) <= Decimal("0.0000005")
    assert found.nobody == (affected == 0)


def test_one_of_many_is_not_nobody() -> None:
    assert not parse_frequency("1/1000000").nobody


@given(st.text(max_size=12))
def test_any_text_is_a_frequency_or_an_error(text: str) -> None:
    try:
        found = parse_frequency(text)
    except ValueError:
        return
    assert found.term == text or (found.share is not None and 0 <= found.share <= 1)


# ---------------------------------------------------------------------- refreshing


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_refreshing_with_the_same_files_changes_nothing(sources: Path) -> None:
    before = contents(sources)
    report = refresh(sources, sources / "upstream")
    assert report.unchanged
    assert str(report) == "nothing changed"
    assert contents(sources) == before


def test_a_new_release_is_taken_in_and_told(sources: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    lines = (sources / "upstream" / "dystonia_diseases.tsv").read_text("utf-8").splitlines()
    gone = next(line for line in lines if line.startswith("OMIM:104290\t"))
    cells = gone.split("\t")
    cells[0], cells[1], cells[2], cells[3] = "OMIM:999999", "Invented dystonia", "MONDO:9999999", "invented dystonia"
    kept = [line for line in lines if line != gone]
    (new / "dystonia_diseases.tsv").write_text("\n".join([*kept, "\t".join(cells)]) + "\n", encoding="utf-8")
    lines = (sources / "upstream" / "hpo_annotations.tsv").read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("OMIM:104290\t")]
    kept[1] = kept[1].replace("\tPCS\t", "\tTAS\t")
    (new / "hpo_annotations.tsv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    before = contents(sources)
    planned = refresh(sources, new, dry_run=True)
    assert contents(sources) == before
    report = refresh(sources, new)
    assert report == planned
    diseases = next(change for change in report.tables if change.table == "dystonia_diseases.tsv")
    assert (diseases.added, diseases.removed) == (("OMIM:999999",), ("OMIM:104290",))
    assert report.new_terms == ("dyst:InventedDystonia",)
    assert "dyst:InventedDystonia" in (sources / "mappings" / "diseases-to-omim.sssom.tsv").read_text("utf-8")
    assert "OMIM:999999" in str(report)
    assert refresh(sources, new).unchanged


def test_a_release_with_a_mistake_changes_nothing(sources: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    text = (sources / "upstream" / "hpo_annotations.tsv").read_text("utf-8")
    (new / "hpo_annotations.tsv").write_text(text.replace("\tPCS\t", "\tXYZ\t", 1), encoding="utf-8")
    before = contents(sources)
    with pytest.raises(SourceError, match="'XYZ' is none of"):
        refresh(sources, new)
    assert contents(sources) == before
    with pytest.raises(SourceError, match="none of the tables"):
        refresh(sources, tmp_path)
