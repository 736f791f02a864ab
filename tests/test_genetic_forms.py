"""The genetic forms: the graph says what the upstream tables say, row by row, and no more.

Expectations are read from the tables in ``ontology/upstream/`` in the plainest way. What the graph says otherwise, with
good reason, stands in the few dictionaries here.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dystonia_kg as dkg

if TYPE_CHECKING:
    from collections.abc import Callable

    from _pytest.mark import ParameterSet

KG = dkg.KnowledgeGraph
Row = dict[str, str]
UPSTREAM = Path(__file__).parents[1] / "ontology" / "upstream"


def table(name: str) -> list[Row]:
    with (UPSTREAM / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def several(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


GENES = table("genes.tsv")
LOCI = table("dyt_loci.tsv")
GENE_DISEASE = table("gene_disease.tsv")
DISEASES = {row["disease_id"]: row for row in table("dystonia_diseases.tsv")}
BY_SYMBOL = {row["symbol"]: row for row in GENES}
FOUNDING = {"TOR1A": "DYT1", "THAP1": "DYT6", "PANK2": "PKAN", "PLA2G6": "PLAN"}

# The disease of FA2H is hereditary spastic paraplegia 35, with or without iron in the brain; its NBIA form is narrower.
NARROWER_THAN_MONDO = {"FA2H"}
# Designations that were seen only after the table had been made.
SEEN_LATER = {"ATP13A2": {"PARK-ATP13A2"}, "FBXO7": {"PARK-FBXO7"}}
# Modes of inheritance that sources make more exact (by parent of origin).
MORE_EXACT = {"SGCE": {"Autosomal dominant inheritance with maternal imprinting"}}

LEVELS = {"confirmed": "confirmed", "later report": "reported", "disputed": "disputed"}
MODES = {
    "AD": {"Autosomal dominant inheritance"},
    "AR": {"Autosomal recessive inheritance"},
    "XL": {"X-linked recessive inheritance", "X-linked dominant inheritance", "X-linked inheritance"},
    "mito": {"Mitochondrial inheritance"},
    "sporadic": {"Sporadic"},
}
GROUPS = {
    "isolated": "isolated dystonia (genetic nomenclature)",
    "combined": "combined dystonia (genetic nomenclature)",
    "complex": "complex dystonia (genetic nomenclature)",
    "paroxysmal": "paroxysmal movement disorder (genetic nomenclature)",
    "NBIA": "NBIA (genetic nomenclature)",
}
PATHOLOGIES = {
    "none": {"no evidence of degeneration or structural lesion"},
    "degeneration": {"evidence of degeneration"},
    "structural": {"evidence of structural lesion"},
    "unknown": set(),
}


@pytest.fixture(scope="module")
def disorder(kg: KG) -> Callable[[Row], str]:
    """The disorder of a row of the gene table: the one that claims its gene and bears its Mondo number."""

    def iri(row: Row) -> str:
        match = "broadMatch" if row["symbol"] in NARROWER_THAN_MONDO else "exactMatch"
        ask = f"""SELECT DISTINCT ?disorder WHERE {{
          ?claim a dyst:GeneClaim ; dyst:associationSubject ?disorder ; dyst:associationObject ?gene .
          ?disorder skos:{match} ?mondo }}"""
        gene, mondo = kg.term(row["hgnc_id"]), mondo_iri(row["mondo_id"])
        found = {str(hit.disorder) for hit in kg.query(ask, gene=gene, mondo=mondo)}
        assert len(found) == 1, (row["symbol"], found)
        return found.pop()

    return iri


def mondo_iri(curie: str) -> object:
    from pyoxigraph import NamedNode

    return NamedNode("http://purl.obolibrary.org/obo/" + curie.replace(":", "_"))


def ask_labels(kg: KG, pattern: str, iri: str) -> set[str]:
    from pyoxigraph import NamedNode

    rows = kg.query(f"SELECT DISTINCT ?value WHERE {{ {pattern} }}", disorder=NamedNode(iri))
    return {str(row.value) for row in rows}


def mapped(kg: KG, iri: str, match: str = "exact") -> set[str]:
    return {mapping.curie for mapping in kg.term(iri).mappings if mapping.predicate == match}


def primary_omim(row: Row) -> str | None:
    """The OMIM number aligned with the primary Mondo number; none for a group of several."""
    pairs = dict(zip(several(row["mondo_ids_by_omim"]), several(row["omim_phenotype_id"]), strict=True))
    return pairs.get(row["mondo_id"])


def expected_modes(row: Row) -> list[str]:
    """The modes of the primary phenotype: where a row has several phenotypes, those of the others are not its own."""
    omim = primary_omim(row)
    if omim and "|" in row["omim_phenotype_id"]:
        found = [r["inheritance"] for r in GENE_DISEASE if (r["disease_id"], r["hgnc_id"]) == (omim, row["hgnc_id"])]
        return several(found[0]) if found and found[0] else several(row["inheritance"])
    return several(row["inheritance"])


def each(rows: list[Row], key: str) -> list[ParameterSet]:
    return [pytest.param(row, id=row[key]) for row in rows]


# ---------------------------------------------------------------------- every row of the gene table


@pytest.mark.parametrize("row", each(GENES, "symbol"))
def test_gene_with_evidence(kg: KG, disorder: Callable[[Row], str], row: Row) -> None:
    iri = disorder(row)
    claims = [claim for claim in kg.run("gene-claims", gene=row["hgnc_id"]) if claim.disorder == iri]
    assert [claim.level for claim in claims] == [LEVELS[row["evidence_level"].split(":")[0]]]
    stated = ask_labels(kg, "?disorder RO:0004003/rdfs:label ?value", iri) - {"gene"}
    disputed = row["evidence_level"].startswith("disputed")
    assert stated == (set() if disputed else {row["symbol"]})
    assert f"NCBIGene:{row['ncbi_gene_id']}" in ask_labels(
        kg, "?disorder oboInOwl:hasDbXref ?value", kg.term(row["hgnc_id"]).iri
    )


@pytest.mark.parametrize("row", each(GENES, "symbol"))
def test_designation(kg: KG, disorder: Callable[[Row], str], row: Row) -> None:
    names = {s.text for s in kg.term(disorder(row)).synonyms if s.type == "genetic designation"}
    assert names == ({row["designation"]} - {""}) | SEEN_LATER.get(row["symbol"], set())


def test_no_unverified_designation_is_a_name(kg: KG) -> None:
    unverified = {row["designation_unverified"] for row in GENES} - {""}
    seen = {name for names in SEEN_LATER.values() for name in names}
    assert len(unverified) > 10
    literals = {str(row.name) for row in kg.query("SELECT DISTINCT ?name { ?x ?p ?name FILTER(isLiteral(?name)) }")}
    assert literals & (unverified - seen) == set()


@pytest.mark.parametrize("row", each(GENES, "symbol"))
def test_locus_symbols(kg: KG, disorder: Callable[[Row], str], row: Row) -> None:
    iri = disorder(row)
    names = {s.text for s in kg.term(iri).synonyms if s.type == "locus symbol"}
    assert set(several(row["locus_symbol"])) <= names
    for symbol in several(row["locus_symbol"]):
        assert kg.term(symbol).iri == iri


@pytest.mark.parametrize("row", each(GENES, "symbol"))
def test_inheritance(kg: KG, disorder: Callable[[Row], str], row: Row) -> None:
    iri = disorder(row)
    pattern = "?disorder {} ?mode . ?mode rdfs:label ?value . FILTER NOT EXISTS {{ ?below rdfs:subClassOf ?mode . "
    pattern += "?disorder {} ?below FILTER (?below != ?mode) }}"
    always = ask_labels(kg, pattern.format(*["dyst:hasInheritance"] * 2), iri)
    # How penetrant a disorder is, or how often a variant is new, HPO calls a qualifier of inheritance, not a mode.
    mode = "?disorder dyst:mayHaveInheritance ?mode . ?mode rdfs:label ?value . "
    recorded = ask_labels(kg, mode + "FILTER NOT EXISTS { ?mode rdfs:subClassOf+ HP:0034335 }", iri)
    modes = expected_modes(row)
    found = (always | recorded) - MORE_EXACT.get(row["symbol"], set())
    assert len(found) == len(modes)
    assert all(found & MODES[mode] for mode in modes)
    if len(modes) > 1:
        assert recorded, "two modes do not both hold of every case"
        assert len(always) < 2
    if modes == ["XL"]:
        exact = several(DISEASES[row["omim_phenotype_id"]]["inheritance_hpo_labels"])
        assert found <= set(exact)


@pytest.mark.parametrize("row", each(GENES, "symbol"))
def test_group(kg: KG, disorder: Callable[[Row], str], row: Row) -> None:
    iri = disorder(row)
    same = {GROUPS[r["group"]] for r in GENES if r["mondo_id"] == row["mondo_id"]}
    assert ask_labels(kg, "?disorder dyst:nomenclatureGroup/rdfs:label ?value", iri) == same
    assert GROUPS[row["group"]] in same


@pytest.mark.parametrize("row", each(GENES, "symbol"))
def test_pathology(kg: KG, disorder: Callable[[Row], str], row: Row) -> None:
    iri = disorder(row)
    always = ask_labels(kg, "?disorder dyst:hasPathology/rdfs:label ?value", iri) - {"nervous system pathology"}
    derived = ask_labels(kg, "?disorder dyst:mayHavePathology/rdfs:label ?value", iri)
    assert always | derived == PATHOLOGIES[row["pathology"]]
    assert not always & derived
    if row["pathology"] != "unknown" and not row["pathology_source"].startswith("rule:"):
        assert always, "a cited pathology is an axiom"


@pytest.mark.parametrize("row", each(GENES, "symbol"))
def test_name_and_mappings(kg: KG, disorder: Callable[[Row], str], row: Row) -> None:
    term = kg.term(disorder(row))
    names = {plain(name) for name in [term.label, *(s.text for s in term.synonyms)]}
    assert plain(row["disease_label"]) in names
    exact = mapped(kg, term.iri)
    if row["symbol"] in NARROWER_THAN_MONDO:
        assert row["mondo_id"] in mapped(kg, term.iri, "broad") - exact
        return
    assert row["mondo_id"] in exact
    assert kg.term(row["mondo_id"]) == term
    omim = {curie for curie in exact if curie.startswith("OMIM:")}
    assert omim == {primary_omim(row)} - {None}
    orphanet = {curie for curie in exact if curie.startswith("ORPHA:")}
    assert orphanet == (set(several(row["orpha_id"])) if row["orpha_match"].startswith("exact") else set())


def plain(name: str) -> str:
    """A name without case and punctuation."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name.casefold()).split())


@pytest.mark.parametrize("row", each(GENES, "symbol"))
def test_every_source_is_reached(kg: KG, disorder: Callable[[Row], str], row: Row) -> None:
    term = kg.term(disorder(row))
    keys = {source.iri for source in term.sources}
    for text in several(row["sources"]):
        assert keys & cited(kg, text), text


def cited(kg: KG, text: str) -> set[str]:
    """The publications that an upstream table cites by these words."""
    rows = kg.query("SELECT ?key { ?key dyst:citedAs ?text ; a dyst:Publication }", text=text)
    return {str(row.key) for row in rows}


def test_every_source_of_the_tables_is_a_publication(kg: KG) -> None:
    columns = [name for name in GENES[0] if name == "sources" or name.endswith("_source")]
    texts = {text for row in GENES for column in columns for text in several(row[column])}
    texts |= {text for row in LOCI for text in several(row["sources"])}
    assert len(texts) > 500
    assert {text for text in texts if not cited(kg, text)} == set()


def test_evidence_has_as_many_claims_as_the_table_has_rows(kg: KG) -> None:
    curated = {(row["hgnc_id"], row["evidence_level"].split(":")[0]) for row in GENES}
    for word, level in LEVELS.items():
        symbols = {claim.symbol for claim in kg.run("gene-claims", level=level)}
        assert {r["symbol"] for r in GENES if (r["hgnc_id"], word) in curated} <= symbols


# ---------------------------------------------------------------------- the four forms of the founding text


@pytest.mark.parametrize(("symbol", "name"), FOUNDING.items())
def test_founding_form_in_words(kg: KG, symbol: str, name: str) -> None:
    row, iri = BY_SYMBOL[symbol], kg.term(name).iri
    for prop, column in (
        ("dyst:onsetText", "onset"),
        ("dyst:distributionText", "typical_distribution"),
        ("dyst:keyFeaturesText", "key_features"),
    ):
        assert ask_labels(kg, f"?disorder {prop} ?value", iri) == {row[column]}, column
    penetrance = ask_labels(kg, "?disorder dyst:penetranceText ?value", iri)
    assert all(row["penetrance"] in text for text in penetrance)
    assert bool(penetrance) == bool(row["penetrance"])


@pytest.mark.parametrize(("symbol", "name"), FOUNDING.items())
@pytest.mark.parametrize(
    ("prop", "column"),
    [
        ("dyst:onsetText", "onset_source"),
        ("dyst:distributionText", "distribution_source"),
        ("dyst:keyFeaturesText", "key_features_source"),
        ("dyst:nomenclatureGroup", "group_source"),
    ],
)
def test_founding_form_says_whence(kg: KG, symbol: str, name: str, prop: str, column: str) -> None:
    pattern = f"""?axiom owl:annotatedSource ?disorder ; owl:annotatedProperty {prop} ; dcterms:source ?value"""
    keys = ask_labels(kg, pattern, kg.term(name).iri)
    cell = BY_SYMBOL[symbol][column]
    assert keys
    if prop != "dyst:nomenclatureGroup":
        assert all(keys & cited(kg, text) for text in several(cell))


@pytest.mark.parametrize(("symbol", "name"), FOUNDING.items())
def test_founding_form_has_every_mapping_of_mondo(kg: KG, symbol: str, name: str) -> None:
    """Each identifier that Mondo matches exactly with the disease is an exact match here, and found by look-up."""
    row, term = BY_SYMBOL[symbol], kg.term(name)
    wanted = {m["object_id"] for m in MONDO_MAPPINGS if m["mondo_id"] == row["mondo_id"]}
    assert wanted
    spelled = {"mesh": "MESH", "icd11.foundation": "ICD11.FOUNDATION"}
    ours = {f"{spelled.get(p, p)}:{n}" for p, _, n in (curie.partition(":") for curie in wanted) if p != "MEDGEN"}
    assert {curie for curie in ours if not curie.startswith("OMIMPS")} <= mapped(kg, term.iri)
    for curie in ours:
        assert kg.term(curie) == term
    justified = {m.justification for m in term.mappings if m.predicate == "exact" and not m.curie.startswith("MONDO:")}
    assert justified <= {"semapv:MappingChaining", "semapv:ManualMappingCuration"}
    assert all(m.version for m in term.mappings)


MONDO_MAPPINGS = [row for row in table("mondo_dystonia_mappings.tsv") if row["predicate"] == "skos:exactMatch"]


def test_plan_is_the_group_of_three(kg: KG) -> None:
    row = BY_SYMBOL["PLA2G6"]
    assert set(several(row["omim_phenotype_id"])) <= mapped(kg, kg.term("PLAN").iri, "narrow")
    assert kg.term("ORPHA:329303") == kg.term("MONDO:0017998") == kg.term("PLAN")


# ---------------------------------------------------------------------- every row of the table of loci


@pytest.mark.parametrize("row", each(LOCI, "locus_symbol"))
def test_locus(kg: KG, row: Row) -> None:
    rows = list(kg.run("loci", symbol=row["locus_symbol"]))
    assert {r.statusText for r in rows} == {row["status"]}
    assert {r.geneSymbol for r in rows} - {None} == set(several(row["gene"]))
    locus = kg.term(f"{row['locus_symbol']} locus")
    assert ask_labels(kg, "?disorder oboInOwl:hasDbXref ?value", locus.iri) == {
        *several(row["omim_id"]),
        *several(row["mondo_id"]),
    }
    assert ask_labels(kg, "?disorder rdfs:comment ?value", locus.iri) == {row["note"]} - {""}
    titled = ask_labels(kg, "?disorder dyst:numberInOMIMTitle ?value", locus.iri)
    assert {text.lower() for text in titled} == {{"yes": "true", "no": "false"}[row["number_in_omim_title"]]}
    for text in several(row["sources"]):
        assert {source.iri for source in locus.sources} & cited(kg, text), text


@pytest.mark.parametrize("row", each(LOCI, "locus_symbol"))
def test_number_leads_to_disorder_and_gene(kg: KG, row: Row) -> None:
    term = kg.term(row["locus_symbol"])
    found = {r.geneSymbol for r in kg.run("locus-lookup", locus=row["locus_symbol"])} - {None}
    assert found == set(several(row["gene"]))
    if row["mondo_id"] and not row["status"].startswith("duplicate"):
        assert several(row["mondo_id"])[0] in mapped(kg, term.iri)


def test_statuses(kg: KG) -> None:
    found = defaultdict(set)
    for row in kg.run("loci"):
        found[row.status].add(row.symbol)
    tabled = defaultdict(set)
    for row in LOCI:
        tabled[row["status"]].add(row["locus_symbol"])
    assert found["no gene"] == tabled["no gene"] | tabled["susceptibility, gene not found"]
    assert found["confirmed gene"] == tabled["confirmed gene"]
    assert found["reported gene"] == tabled["reported gene"]
    assert found["disputed"] == tabled["disputed"] == {"DYT23", "DYT27"}
    assert found["duplicate"] == {"DYT9", "DYT14"}
    assert found["withdrawn"] == {"DYT14"}
    assert found["split"] == {"DYT5"}
    assert found["not found"] == {"DYT36"}


# ---------------------------------------------------------------------- what must not come out


@pytest.mark.parametrize("number", ["DYT7", "DYT13", "DYT15", "DYT17", "DYT19", "DYT20", "DYT21", "DYT38"])
def test_locus_without_gene_has_none(kg: KG, number: str) -> None:
    term = kg.term(number)
    assert term.kind == "disorder"
    assert {edge.object.kind for edge in term.relations} & {"gene"} == set()
    assert not kg.is_a(term, "inherited dystonia"), "inherited means a proven gene"
    assert [row.geneSymbol for row in kg.run("locus-lookup", locus=number)] == [None]
    assert kg.genes(gene=term) == ()


def test_dyt14_is_dyt5(kg: KG) -> None:
    assert kg.term("DYT14") == kg.term("DYT5") == kg.term("DYT5a") != kg.term("DYT5b")
    rows = list(kg.run("loci", symbol="DYT14"))
    assert {row.status for row in rows} == {"withdrawn", "duplicate"}
    assert {row.related for row in rows} == {"DYT5"}
    assert {row.related for row in kg.run("loci", symbol="DYT5")} == {"DYT5a", "DYT5b"}
    assert {row.label for row in kg.run("loci", symbol="DYT5")} == {kg.term("DYT5a").label, kg.term("DYT5b").label}


def test_dyt9_and_dyt18_are_one_gene(kg: KG) -> None:
    assert kg.term("DYT9") == kg.term("DYT18")
    assert {row.geneSymbol for n in ("DYT9", "DYT18") for row in kg.run("locus-lookup", locus=n)} == {"SLC2A1"}
    assert {row.related for row in kg.run("loci", symbol="DYT9")} == {"DYT18"}


def test_dyt23_is_disputed(kg: KG) -> None:
    rows = list(kg.run("locus-lookup", locus="DYT23"))
    assert {(row.geneSymbol, row.evidence) for row in rows} == {("CIZ1", "disputed"), ("CACNA1B", "disputed")}
    assert {str(row.disorder) for row in rows} == {kg.term("MONDO:0013928").iri}
    for number, gene in (("DYT23", "CIZ1"), ("DYT23", "CACNA1B"), ("DYT27", "COL6A3")):
        disorder = kg.term(number)
        assert disorder.iri not in kg.run("genes", gene=gene).column("disorder"), "it is not stated as the cause"
        assert disorder in kg.disorders(gene=gene), "but the claim is found"


def test_orphanet_entry_of_a_wider_group_is_no_exact_match(kg: KG) -> None:
    gch1 = kg.term("MONDO:0007495")
    assert "ORPHA:98808" not in mapped(kg, gch1.iri)
    for symbol in ("SGCE", "PNKD", "PRRT2", "GCH1"):  # of FA2H the entry has the name of ours, and another Mondo class
        row = BY_SYMBOL[symbol]
        assert "not an exact" in row["orpha_match"]
        for curie in several(row["orpha_id"]):
            asked = kg.query(
                "ASK { ?d skos:exactMatch ?o . ?d RO:0004003 ?g }", o=expand_orpha(curie), g=kg.term(row["hgnc_id"])
            )
            assert asked is False, curie


def expand_orpha(curie: str) -> object:
    from pyoxigraph import NamedNode

    return NamedNode("http://www.orpha.net/ORDO/Orphanet_" + curie.partition(":")[2])


def test_further_phenotypes_of_a_gene_are_not_the_disorder(kg: KG) -> None:
    for row in GENES:
        term = kg.term(row["mondo_id"]) if row["symbol"] not in NARROWER_THAN_MONDO else kg.term("FAHN")
        others = set(several(row["omim_phenotype_id"])) - {primary_omim(row)}
        assert others & mapped(kg, term.iri) == set(), row["symbol"]


# ---------------------------------------------------------------------- mappings hang together


def test_no_two_terms_match_the_same_thing_exactly(kg: KG) -> None:
    rows = kg.query("SELECT ?target (COUNT(DISTINCT ?s) AS ?n) { ?s skos:exactMatch ?target } GROUP BY ?target")
    assert [str(row.target) for row in rows if int(row.n) > 1] == []


def test_two_exact_matches_in_one_vocabulary_say_why(kg: KG) -> None:
    found = defaultdict(list)
    rows = kg.query(
        "SELECT ?s ?o ?why { ?axiom owl:annotatedSource ?s ; owl:annotatedProperty skos:exactMatch ;"
        " owl:annotatedTarget ?o . OPTIONAL { ?axiom sssom:comment ?why } }"
    )
    for row in rows:
        prefix = (dkg.vocab.contract(str(row.o)) or str(row.o)).partition(":")[0]
        found[str(row.s), prefix].append(str(row.why))
    for (subject, prefix), reasons in found.items():
        if len(reasons) > 1:
            assert all("exact" in reason for reason in reasons), (subject, prefix)


@pytest.mark.parametrize("prefix", ["OMIM", "SCTID", "UMLS"])
def test_no_words_of_licensed_vocabularies(kg: KG, prefix: str) -> None:
    base = dkg.vocab.PREFIXES[prefix]
    rows = kg.query("SELECT ?o ?label { ?axiom owl:annotatedTarget ?o ; sssom:object_label ?label }")
    assert [str(row.o) for row in rows if str(row.o).startswith(base)] == []


def test_exact_matches_are_in_the_files(kg: KG) -> None:
    """No identifier of Mondo's is an exact match of a disorder of ours without being one in Mondo's own files."""
    files = defaultdict(set)
    spelled = {"mesh": "MESH", "Orphanet": "ORPHA", "icd11.foundation": "ICD11.FOUNDATION"}
    for row in MONDO_MAPPINGS:
        prefix, _, number = row["object_id"].partition(":")
        files[row["mondo_id"]].add(f"{spelled.get(prefix, prefix)}:{number}")
    for row in table("mondo_mappings.tsv"):
        if row["predicate_id"] == "skos:exactMatch":
            prefix, _, number = row["object_id"].partition(":")
            files[row["subject_id"]].add(f"{spelled.get(prefix, prefix)}:{number}")
    for row in GENES:
        if row["mondo_id"] in files and row["symbol"] not in NARROWER_THAN_MONDO:
            exact = {c for c in mapped(kg, kg.term(row["mondo_id"]).iri) if not c.startswith("MONDO:")}
            assert exact <= files[row["mondo_id"]], row["symbol"]


# ---------------------------------------------------------------------- what was looked up


def test_a_missing_designation_is_said_to_be_not_established(kg: KG, disorder: Callable[[Row], str]) -> None:
    for row in GENES:
        iri = disorder(row)
        designated = any(s.type == "genetic designation" for s in kg.term(iri).synonyms)
        assert bool(ask_labels(kg, "?disorder dyst:notEstablished ?value", iri)) != designated, row["symbol"]


def test_treatable_forms(kg: KG) -> None:
    specific = {row.label for row in kg.run("treatable-forms", sort="disease-specific")}
    assert {"Wilson disease", "biotin-responsive basal ganglia disease"} <= specific
    assert kg.term("DYT1").label not in specific
    stimulated = {row.label for row in kg.run("treatable-forms", treatment="deep brain stimulation")}
    assert {kg.term(name).label for name in ("DYT1", "DYT28", "DYT11")} <= stimulated
    assert stimulated == {term.label for term in kg.disorders(treatment="deep brain stimulation")}
