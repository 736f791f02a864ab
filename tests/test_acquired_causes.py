"""Acquired causes: each row of the upstream table is in the graph, with category, identifier, effects and sources."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dystonia_kg as dkg

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = "acquired_causes.tsv"
Row = dict[str, str]

CATEGORIES = {
    "perinatal brain injury": "PerinatalBrainInjury",
    "infection": "Infection",
    "drug": "Drug",
    "toxic": "Toxin",
    "vascular": "VascularDisease",
    "neoplastic": "Neoplasm",
    "brain injury": "BrainInjury",
    "functional (psychogenic)": "FunctionalCause",
    "autoimmune": "ImmuneMediatedDisease",
}
# Rows without an identifier, by the name of the term.
NAMED = {
    "tricyclic antidepressants - class": "tricyclic antidepressant",
    "wasp sting": "wasp sting",
    "thalamotomy (surgical lesion)": "thalamotomy",
    "electrical injury": "electrical injury",
    "peripheral injury": "peripheral injury",
}
# What a row says that its agent brings about, as the terms that say it here.
EFFECTS = {
    "acute dystonic reaction": {"acute dystonic reaction"},
    "tardive dystonia": {"tardive dystonia"},
    "levodopa-induced dystonia": {"levodopa-induced dystonia"},
    "hemidystonia": {"hemidystonia"},
    "childhood hemidystonia with stroke": {"hemidystonia"},
    "focal, segmental or generalized": {"focal dystonia", "segmental dystonia", "generalized dystonia"},
    "delayed onset": {"dystonia after a static lesion"},
    "oculogyric crisis": {"oculogyric crisis"},
    "dystonic cerebral palsy": {"dystonic cerebral palsy"},
    "dyskinetic cerebral palsy": {"dyskinetic cerebral palsy"},
    "extrapyramidal sequelae, especially dystonia and athetosis": {"dystonia due to perinatal brain injury"},
    "peripheral dystonia": {"peripheral dystonia"},
    "faciobrachial dystonic seizures": {"faciobrachial dystonic seizures"},
    "fixed, cranial or paroxysmal": {"dystonia involving the cranial region", "paroxysmal dystonia"},
}
# What HPO annotates, as the presentation here; its frequencies are spans.
SIGNS = {"HP:0001332": "dystonia", "HP:0010553": "oculogyric crisis", "HP:0032005": "hemidystonia"}


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


HERE = Path(__file__).parents[1] / "ontology"
ROWS = read(HERE / "upstream" / TABLE)
EXCEPTIONS = {row["concept"]: row for row in read(HERE / "mappings" / "exceptions.tsv") if row["table"] == TABLE}
IDS = [row["agent_or_disorder"] for row in ROWS]


@pytest.fixture(scope="module")
def term_of(kg: dkg.KnowledgeGraph, expand: Callable[[str], str]) -> dict[str, dkg.Term]:
    """The term of each row: the one with its identifier, or the one mapped to it as the row or its exception says."""
    found: dict[str, dkg.Term] = {}
    for row in ROWS:
        agent, identifier = row["agent_or_disorder"], row["ontology_id"]
        if not identifier:
            found[agent] = kg.term(NAMED[agent])
            continue
        match = row["match"]
        exception = EXCEPTIONS.get(agent)
        if exception and exception["outcome"] == "other predicate":
            match = re.match(r"\w+?(?=Match)", exception["reason"])[0]  # type: ignore[index]
        iri = expand(identifier)
        terms = [kg.term(iri)] if match == "exact" and kg.query("ASK { ?x a owl:Class }", x=kg.term(iri)) else []
        if not terms or terms[0].iri != iri:
            terms = [
                kg.term(row.x)
                for row in kg.query(
                    f"SELECT DISTINCT ?x {{ ?x skos:{match}Match <{iri}> . ?x rdfs:label ?label }} ORDER BY ?x"
                )
            ]
        terms = [t for t in terms if below(kg, t, "AcquiredCause")]
        terms = [t for t in terms if fits(agent, t)] if len(terms) > 1 else terms
        assert len(terms) == 1, (agent, match, terms)
        found[agent] = terms[0]
    return found


def below(kg: dkg.KnowledgeGraph, term: dkg.Term, category: str) -> bool:
    """Tell whether a term is a cause of the category, or a disorder that such a cause brings about in every case."""
    ask = """
ASK { { ?x rdfs:subClassOf* ?category } UNION { ?x dyst:isCausedBy ?cause . ?cause rdfs:subClassOf* ?category } }"""
    return bool(kg.query(ask, x=term, category=kg.term(f"dyst:{category}")))


def fits(agent: str, term: dkg.Term) -> bool:
    """Tell which of two terms with a match to one identifier a row is about: by its name."""
    names = [term.label, *(s.text for s in term.synonyms)]
    return any(agent.startswith(name) for name in names)


@pytest.fixture(scope="module")
def stated(kg: dkg.KnowledgeGraph) -> dict[str, list[dict[str, str]]]:
    """What is stated of what each term brings about or presents as, by the IRI of the term."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in kg.query("""
SELECT ?subject ?object ?label ?relation ?words ?xref ?source WHERE {
  VALUES ?relation { dyst:mayCause dyst:mayPresentAs }
  ?a dyst:associationSubject ?subject ; dyst:associationPredicate ?relation ; dyst:associationObject ?object ;
     dcterms:source ?source .
  ?object rdfs:label ?label .
  OPTIONAL { ?a dyst:frequencyText ?words }
  OPTIONAL { ?a oboInOwl:hasDbXref ?xref }
}"""):
        found[row.subject].append({name: str(getattr(row, name) or "") for name in row._fields})
    return found


def about(term: dkg.Term, stated: dict[str, list[dict[str, str]]]) -> list[dict[str, str]]:
    """What is stated of a cause; of a disorder also what is stated of what causes it."""
    rows = list(stated[term.iri])
    return rows + [row for subject in stated for row in stated[subject] if row["object"] == term.iri]


# ---------------------------------------------------------------------- each row


def test_the_table_is_the_whole(kg: dkg.KnowledgeGraph) -> None:
    assert len(ROWS) == 74
    assert len(set(IDS)) == 74
    assert set(EXCEPTIONS) <= set(IDS)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_category(kg: dkg.KnowledgeGraph, term_of: dict[str, dkg.Term], row: Row) -> None:
    term = term_of[row["agent_or_disorder"]]
    exception = EXCEPTIONS.get(row["agent_or_disorder"])
    if exception and exception["outcome"] == "other category":
        assert not below(kg, term, CATEGORIES[row["category"]])
        assert exception["reason"].startswith(kg.term("dyst:OtherInjury").label)
        assert below(kg, term, "OtherInjury")
    else:
        assert below(kg, term, CATEGORIES[row["category"]])


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_other_identifiers(
    kg: dkg.KnowledgeGraph, term_of: dict[str, dkg.Term], expand: Callable[[str], str], row: Row
) -> None:
    mapped = {m.curie for m in term_of[row["agent_or_disorder"]].mappings}
    assert set(filter(None, row["other_ids"].split("|"))) <= mapped


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_what_it_brings_about(term_of: dict[str, dkg.Term], stated: dict[str, list[dict[str, str]]], row: Row) -> None:
    term = term_of[row["agent_or_disorder"]]
    rows = about(term, stated)
    assert rows, "nothing is stated of what it brings about"
    effects = {r["label"] for r in rows} | {term.label}
    for kind in filter(None, row["dystonia_type"].split("; ")):
        assert EFFECTS[kind] <= effects, kind


@pytest.mark.parametrize("row", [row for row in ROWS if row["hpo_evidence"]])
def test_what_hpo_has(term_of: dict[str, dkg.Term], stated: dict[str, list[dict[str, str]]], row: Row) -> None:
    rows = about(term_of[row["agent_or_disorder"]], stated)
    for evidence in row["hpo_evidence"].split("; "):
        sign, frequency = re.fullmatch(r"(HP:\d+) [^(]+ \((.+)\)", evidence).groups()  # type: ignore[union-attr]
        assert any(
            r["xref"] == sign and r["label"] == SIGNS[sign] and r["words"].startswith(frequency.lower()) for r in rows
        ), evidence


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_sources(
    kg: dkg.KnowledgeGraph, term_of: dict[str, dkg.Term], stated: dict[str, list[dict[str, str]]], row: Row
) -> None:
    term = term_of[row["agent_or_disorder"]]
    cited = {s.iri for s in term.sources} | {r["source"] for r in about(term, stated)}
    for source in row["sources"].split("|"):
        assert publications(kg, source) & cited, source


def publications(kg: dkg.KnowledgeGraph, source: str) -> set[str]:
    """The publications that a source of the upstream table means: by number, address, or words of the citation."""
    source = re.sub(r" \(.*\)$", "", source)
    prefix, _, value = source.partition(":")
    properties = {"URL": "webAddress", "PMID": "pmid", "DOI": "doi"}
    if prefix in properties:
        found = kg.query(f"SELECT ?x {{ ?x dyst:{properties[prefix]} ?n FILTER(?n = ?given) }}", given=value)
    elif source.startswith("PMC"):
        found = kg.query("SELECT ?x { ?x dyst:pmcid ?n FILTER(?n = ?given) }", given=source)
    else:
        keys = {"HPO": "HPO", "ORPHA": "Orphanet", "Mondo release 2026-08-04": "Mondo"}
        key = keys.get(prefix) or keys.get(source) or ("Mondo" if source.startswith("Mondo") else None)
        if key:
            return {kg.term(f"ref:{key}").iri}
        found = kg.query(
            "SELECT ?x { ?x dcterms:bibliographicCitation ?citation FILTER(CONTAINS(?citation, ?given)) }", given=source
        )
    assert len(found), f"no publication for {source}"
    return {row.x for row in found}


def test_counts_by_category(kg: dkg.KnowledgeGraph, term_of: dict[str, dkg.Term]) -> None:
    """As many terms as rows in each category, apart from the exceptions."""
    expected = Counter(
        row["category"]
        for row in ROWS
        if EXCEPTIONS.get(row["agent_or_disorder"], {"outcome": ""})["outcome"] != "other category"
    )
    counted = {
        category: len(
            {t.iri for agent, t in term_of.items() if below(kg, t, name)}
            & {term_of[row["agent_or_disorder"]].iri for row in ROWS if row["category"] == category}
        )
        for category, name in CATEGORIES.items()
    }
    assert counted == dict(expected)


# ---------------------------------------------------------------------- what was added to it


def test_the_further_categories_are_no_values_of_2013(kg: dkg.KnowledgeGraph) -> None:
    values = set(kg.run("cause-categories").column("label"))
    for cause, disorder in (
        ("metabolic disturbance", "dystonia due to metabolic disturbance"),
        ("autoimmune or inflammatory disease", "dystonia due to autoimmune or inflammatory disease"),
        ("injury other than of the brain alone", "dystonia due to injury other than of the brain alone"),
    ):
        assert kg.is_a(cause, "acquired cause")
        assert kg.is_a(disorder, "acquired dystonia")
        assert disorder not in values
        assert "extension of the list of 2013" in "".join(kg.term(cause).conventions) + "".join(
            kg.term(disorder).conventions
        )
        assert kg.causes(cause=cause)


def test_statements_need_sources_and_known_kinds(kg: dkg.KnowledgeGraph) -> None:
    rows = kg.query("""
SELECT ?a ?subject ?object WHERE {
  ?a dyst:associationPredicate dyst:mayCause ; dyst:associationSubject ?subject ; dyst:associationObject ?object
}""")
    assert len(rows) > 100
    for row in rows:
        assert below(kg, kg.term(row.subject), "AcquiredCause"), row.subject
        kinds = {"dyst:Dystonia", "dyst:Disorder", "dyst:Complication"}
        term = kg.term(row.object)
        assert kinds & {term.curie, *(above.curie for above in term.ancestors)}, row.object


def test_atc_codes(kg: dkg.KnowledgeGraph) -> None:
    """Against the codes as looked up in the list of the WHO centre."""
    for code, name in {
        "N05AD01": "haloperidol",
        "N05AH02": "clozapine",
        "A03FA01": "metoclopramide",
        "N04BA01": "L-dopa",
        "N03AF01": "carbamazepine",
        "N07XX06": "tetrabenazine",
        "N06AB": "selective serotonin reuptake inhibitor",
        "N05AN01": "lithium (drug)",
    }.items():
        (row,) = [row for row in kg.run("drugs-by-atc", atc=code) if row.code == code]
        assert row.label == name
        assert row.source == "ATC2026"
    codes = kg.run("drugs-by-atc").column("code")
    assert all(re.fullmatch(r"[A-Z]\d\d[A-Z]{1,2}(\d\d)?", code) for code in codes)
    assert {"haloperidol", "clozapine", "antipsychotic agent"} <= set(
        kg.run("drugs-by-atc", atc="N05A").column("label")
    )


def test_disorders_by_cause(kg: dkg.KnowledgeGraph) -> None:
    rows = kg.run("disorders-by-cause", cause="stroke")
    assert {("post-stroke dystonia", "always"), ("hemidystonia", "may")} <= {(row.label, row.how) for row in rows}
    rows = kg.run("disorders-by-cause", cause="metoclopramide")
    assert {row.label for row in rows} == {"acute dystonic reaction"}


def test_causes_by_what_they_cause(kg: dkg.KnowledgeGraph) -> None:
    tardive = {term.label for term in kg.causes(causes="tardive dystonia")}
    assert {"haloperidol", "dopamine receptor blocker"} <= tardive
    assert "L-dopa" not in tardive
    (row,) = kg.run("cause-effects", category="brain injury", cause="thalamotomy")
    assert (row.effectLabel, row.source) == ("hemidystonia", "P1985")
    trauma = kg.run("cause-effects", cause="traumatic brain injury", effect="dystonia due to brain injury")
    assert "median 18 months" in trauma[0].latency
    (peripheral,) = set(kg.run("cause-effects", cause="peripheral injury").column("agreement"))
    assert peripheral == "disputed"
    assert not kg.term("peripheral dystonia").relations, "no cause is part of what it is"


def test_neuroleptic_malignant_syndrome_is_no_dystonia(kg: dkg.KnowledgeGraph) -> None:
    """Dystonia occurs in some only, so the reasoner must not make it a drug-induced dystonia."""
    for name in ("neuroleptic malignant syndrome", "postencephalitic parkinsonism", "drug-induced dyskinesia"):
        assert kg.is_a(name, "disorder")
        assert not kg.is_a(name, "dystonia disorder")


def test_kernicterus(kg: dkg.KnowledgeGraph) -> None:
    """The sources do not agree which kind of dyskinetic cerebral palsy it leads to; so neither kind is stated."""
    effects = set(kg.run("cause-effects", cause="kernicterus").column("effectLabel"))
    assert effects == {"dyskinetic cerebral palsy", "dystonia due to perinatal brain injury"}
    assert "CP116" in kg.term("kernicterus").conflicts[0]
