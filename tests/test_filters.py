"""Filters: every keyword that the ontology offers works, alone and with others; expected sets are the summary's."""

from __future__ import annotations

import pytest

import dystonia_kg as dkg
from dystonia_kg.errors import AmbiguousTermError, DystoniaKGError, ParameterError, UnknownTermError
from dystonia_kg.filters import keywords

KINDS = ("syndromes", "disorders", "genes", "causes")

# For every keyword a value and a thing that it gives: a keyword without an entry fails the test.
WORKING = {
    "association": ("combined", "disorders", "DYT-SGCE myoclonus-dystonia"),
    "cause": ("infection", "causes", "syphilis"),
    "causes": ("hemidystonia", "causes", "stroke disorder"),
    "course": ("progressive", "disorders", "pantothenate kinase-associated neurodegeneration"),
    "distribution": ("segmental", "syndromes", "cranial dystonia"),
    "etiology": ("acquired", "disorders", "tardive dystonia"),
    "feature": ("sensory trick", "syndromes", "blepharospasm"),
    "gene": ("TOR1A", "disorders", "DYT-TOR1A dystonia"),
    "group": ("NBIA", "disorders", "pantothenate kinase-associated neurodegeneration"),
    "inheritance": ("autosomal recessive", "genes", "PANK2"),
    "mechanism": ("loss of inhibition", "disorders", "idiopathic isolated cervical dystonia"),
    "onset": ("childhood", "disorders", "DYT-TOR1A dystonia"),
    "part": ("eyelid", "syndromes", "blepharospasm"),
    "pathology": ("degeneration", "disorders", "PLA2G6-associated neurodegeneration"),
    "presentation": ("myoclonus-dystonia", "disorders", "DYT-SGCE myoclonus-dystonia"),
    "region": ("neck", "syndromes", "cervical dystonia"),
    "relief": ("levodopa", "disorders", "GTPCH1-deficient dopa-responsive dystonia"),
    "sign": ("forced eyelid closure", "syndromes", "blepharospasm"),
    "structure": ("basal ganglia", "syndromes", "delayed-onset dystonia"),
    "task": ("writing", "syndromes", "writer's cramp"),
    "temporal": ("action-specific", "syndromes", "writer's cramp"),
    "treatment": ("ketogenic diet", "disorders", "PxMD-SLC2A1 paroxysmal exercise-induced dyskinesia"),
    "trigger": ("alcohol", "disorders", "PxMD-PNKD paroxysmal nonkinesigenic dyskinesia"),
    "without": ("seizure", "disorders", "GM1 gangliosidosis type 3"),
    "variability": ("diurnal", "disorders", "GTPCH1-deficient dopa-responsive dystonia"),
}


def found(kg: dkg.KnowledgeGraph, kind: str, **filters: object) -> set[str]:
    return {term.label for term in getattr(kg, kind)(**filters)}


def test_every_keyword_has_its_example(kg: dkg.KnowledgeGraph) -> None:
    assert set(keywords(kg)) == set(WORKING), "a keyword that no value of works is no keyword"
    assert {quoted for _, quoted, _ in WORKING.values()} <= set(KINDS)


@pytest.mark.parametrize("keyword", WORKING)
def test_every_keyword_works(kg: dkg.KnowledgeGraph, keyword: str) -> None:
    value, kind, expected = WORKING[keyword]
    hits = found(kg, kind, **{keyword: value})
    assert expected in hits
    assert hits < found(kg, kind), "it leaves something out"
    assert found(kg, kind, **{keyword: kg.term(expected)}) is not None


@pytest.mark.parametrize(
    ("kind", "filters", "expected"),
    [
        # CQ-044, CQ-058, CQ-048 and the table of named syndromes
        ("syndromes", {"region": "neck", "distribution": "focal"}, {"cervical dystonia"}),
        (
            "syndromes",
            {"task": "writing"},
            {"writer's cramp", "simple writer's cramp", "dystonic writer's cramp"},
        ),
        ("syndromes", {"distribution": "multifocal"}, {"faciobrachial dystonia"}),
        # CQ-064, CQ-075; which gene is behind which disorder
        (
            "disorders",
            {"pathology": "structural lesion", "cause": "perinatal brain injury"},
            {"dystonic cerebral palsy"},
        ),
        (
            "disorders",
            {"group": "NBIA", "inheritance": "X-linked dominant"},
            {"beta-propeller protein-associated neurodegeneration"},
        ),
        (
            "disorders",
            {"group": "NBIA", "inheritance": "autosomal dominant"},
            {
                "neuroferritinopathy",
                "neurodegeneration with brain iron accumulation 9",
                "mitochondrial membrane protein-associated neurodegeneration",
            },
        ),
        ("disorders", {"gene": "THAP1"}, {"DYT-THAP1 dystonia"}),
        ("genes", {"gene": "PKAN"}, {"PANK2"}),
        # the seed's causes
        (
            "causes",
            {"cause": "vascular"},
            {"stroke disorder", "cerebral infarction", "vascular disease", "vasculitis", "antiphospholipid syndrome"}
            | {"Moyamoya disease"},
        ),
    ],
)
def test_the_answers_are_as_stated(
    kg: dkg.KnowledgeGraph, kind: str, filters: dict[str, object], expected: set[str]
) -> None:
    assert found(kg, kind, **filters) == expected


@pytest.mark.parametrize(
    ("kind", "filters", "included", "excluded"),
    [
        # genes.tsv with the exact modes of HPO
        (
            "genes",
            {"inheritance": "X-linked recessive"},
            {"TAF1", "HPRT1", "TIMM8A", "BCAP31", "ARX"},
            {"WDR45", "PDHA1", "TOR1A"},
        ),
        ("genes", {"inheritance": "X-linked dominant"}, {"WDR45", "PDHA1"}, {"TAF1", "HPRT1"}),
        ("genes", {"feature": "myoclonus", "inheritance": "autosomal dominant"}, {"SGCE", "KCTD17"}, {"PANK2", "TAF1"}),
        (
            "syndromes",
            {"region": "larynx"},
            {
                "laryngeal dystonia",
                "adductor laryngeal dystonia",
                "abductor laryngeal dystonia",
                "mixed laryngeal dystonia",
                "singer's laryngeal dystonia",
                "adductor respiratory laryngeal dystonia",
            },
            {"cervical dystonia", "blepharospasm"},
        ),
        (
            "syndromes",
            {"distribution": "segmental"},
            {"cranial dystonia", "craniocervical dystonia", "bibrachial dystonia", "bicrural dystonia"},
            {"blepharospasm", "faciobrachial dystonia", "writer's cramp"},
        ),
        (
            "syndromes",  # CQ-056: task-specific, and not in the upper limb
            {"temporal": "action-specific", "region": ["larynx", "lower face", "leg"]},
            {"embouchure dystonia", "singer's laryngeal dystonia", "task-specific lower-limb dystonia"},
            {"writer's cramp", "typist's dystonia"},
        ),
        (
            "disorders",  # CQ-062: inherited and degenerative
            {"etiology": "inherited", "pathology": "degeneration"},
            {
                "pantothenate kinase-associated neurodegeneration",
                "PLA2G6-associated neurodegeneration",
                "X-linked dystonia-parkinsonism",
                "Wilson disease",
                "Huntington disease",
            },
            {"DYT-TOR1A dystonia", "dystonic cerebral palsy", "tardive dystonia"},
        ),
        (
            "disorders",  # the seed: no evidence of degeneration or structural lesion
            {"pathology": "none", "inheritance": "autosomal dominant"},
            {"DYT-TOR1A dystonia", "DYT-THAP1 dystonia"},
            {"pantothenate kinase-associated neurodegeneration", "neuroferritinopathy", "DYT-PRKRA dystonia"},
        ),
        (
            "genes",
            {"inheritance": "autosomal recessive", "pathology": "degeneration"},
            {"PANK2", "PLA2G6", "ATP7B"},
            {"TOR1A", "THAP1", "WDR45", "FTL", "TAF1"},
        ),
        ("causes", {"cause": "toxic"}, {"manganese atom", "carbon monoxide", "methanol"}, {"haloperidol", "syphilis"}),
        ("causes", {"cause": "drug"}, {"metoclopramide", "haloperidol"}, {"methanol", "stroke disorder"}),
    ],
)
def test_the_answers_hold_and_leave_out_what_the_summary_says(
    kg: dkg.KnowledgeGraph, kind: str, filters: dict[str, object], included: set[str], excluded: set[str]
) -> None:
    hits = found(kg, kind, **filters)
    assert included <= hits
    assert not excluded & hits


def test_alternatives_are_a_union(kg: dkg.KnowledgeGraph) -> None:
    for kind, keyword, values in [
        ("syndromes", "region", ["neck", "larynx"]),
        ("syndromes", "distribution", ("focal", "multifocal")),
        ("disorders", "inheritance", {"X-linked", "autosomal recessive"}),
        ("genes", "pathology", ["degeneration", "none"]),
    ]:
        single = [found(kg, kind, **{keyword: value}) for value in values]
        assert found(kg, kind, **{keyword: values}) == set.union(*single)
        assert all(single)
    assert kg.syndromes(region=[]) == ()


def test_two_filters_that_a_thing_meets_itself_are_an_intersection(kg: dkg.KnowledgeGraph) -> None:
    for kind, filters in [
        ("syndromes", {"region": "upper limb", "temporal": "action-specific"}),
        ("syndromes", {"region": "lower face", "distribution": "segmental"}),
        ("disorders", {"inheritance": "autosomal recessive", "pathology": "degeneration"}),
        ("disorders", {"etiology": "acquired", "cause": "drug"}),
    ]:
        single = [found(kg, kind, **{keyword: value}) for keyword, value in filters.items()]
        assert found(kg, kind, **filters) == set.intersection(*single) != set()


def test_two_filters_hold_for_one_and_the_same_disorder(kg: dkg.KnowledgeGraph) -> None:
    """A gene with two disorders must not meet one filter by the one and the other filter by the other."""
    for gene in kg.genes(inheritance="autosomal recessive", feature="parkinsonism", group="NBIA"):
        behind = kg.disorders(gene=gene, inheritance="autosomal recessive", feature="parkinsonism")
        assert behind, f"no single disorder of {gene} meets both"


def test_a_value_may_be_given_by_any_of_its_names(kg: dkg.KnowledgeGraph) -> None:
    expected = kg.syndromes(region="neck")
    for value in ("Neck", "neck region", "cervical region", "dyst:Neck", kg.term("dyst:Neck"), ["neck"], {"NECK"}):
        assert kg.syndromes(region=value) == expected
    assert kg.disorders(gene="DYT1") == kg.disorders(gene="HGNC:3098") == kg.disorders(gene="torsin family 1 member A")
    assert kg.disorders(gene="PNKD") == kg.disorders(gene="HGNC:9153"), "as a gene the name is clear"


def test_without_filters_there_is_everything_of_the_kind(kg: dkg.KnowledgeGraph) -> None:
    for kind in KINDS:
        terms = getattr(kg, kind)()
        assert {t.kind for t in terms} == {kind.removesuffix("s")} or kind == "disorders"
        assert list(terms) == sorted(terms)
        assert not any(t.deprecated for t in terms)
    rows = kg.query("SELECT ?x { ?x rdfs:subClassOf dyst:Gene FILTER NOT EXISTS { ?x owl:deprecated true } }")
    assert {t.iri for t in kg.genes()} == {str(row.x) for row in rows}


def test_an_unknown_keyword_lists_those_that_there_are(kg: dkg.KnowledgeGraph) -> None:
    with pytest.raises(ParameterError, match="unknown filter 'colour'") as caught:
        kg.syndromes(colour="red", region="neck")
    assert all(keyword in str(caught.value) for keyword in [*WORKING, "edition"])


def test_an_unknown_value_suggests_values_of_the_keyword(kg: dkg.KnowledgeGraph) -> None:
    with pytest.raises(UnknownTermError, match=r"neckk \(as region\)") as caught:
        kg.syndromes(region="neckk")
    assert "neck" in caught.value.suggestions
    with pytest.raises(UnknownTermError) as caught:
        kg.genes(gene="TOR1X")
    assert "TOR1A" in caught.value.suggestions


def test_an_ambiguous_value_lists_its_candidates(kg: dkg.KnowledgeGraph) -> None:
    with pytest.raises(AmbiguousTermError, match="cervical dystonia") as caught:
        kg.disorders(inheritance="torticollis")
    assert len(caught.value.candidates) == 2


def test_editions(kg: dkg.KnowledgeGraph) -> None:
    assert kg.syndromes(distribution="focal", edition="2013") == kg.syndromes(distribution="focal")
    assert kg.syndromes(edition="2013") == kg.syndromes()
    with pytest.raises(DystoniaKGError):
        kg.syndromes(distribution="focal", edition="1890")


def test_values_that_2025_has_not_established_are_not_those_of_2013(kg: dkg.KnowledgeGraph) -> None:
    """The summary, section 4.3: do not silently reuse the values of 2013."""
    with pytest.raises(DystoniaKGError, match="2025"):
        kg.syndromes(distribution="focal", edition="2025")
