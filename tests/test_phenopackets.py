"""Phenopackets: what a packet says of a dystonia gets into the case, the rest into the report, nothing is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dystonia_kg.cases.age import AgeRange
from dystonia_kg.cases.case import Case
from dystonia_kg.cases.findings import read_hpo
from dystonia_kg.cases.phenopackets import read_phenopacket
from dystonia_kg.cases.report import Read
from dystonia_kg.classification.engine import classify
from dystonia_kg.errors import InputError

DYSTONIA, TORTICOLLIS, LIMB, ARM, LEG = "HP:0001332", "HP:0000473", "HP:0002451", "HP:0031960", "HP:0031959"


def feature(term: str, **more: Any) -> dict[str, Any]:
    return {"type": {"id": term, "label": "a label that nobody reads"}, **more}


def years(text: str) -> dict[str, Any]:
    return {"age": {"iso8601duration": text}}


def packet(*features: Any, **more: Any) -> dict[str, Any]:
    meta = {"phenopacketSchemaVersion": "2.0.2"}
    return {"id": "p", "subject": {"id": "s"}, "phenotypicFeatures": list(features), "metaData": meta, **more}


def read(*features: Any, **more: Any) -> Read:
    return read_phenopacket(packet(*features, **more))


def unused(result: Read, path: str) -> str:
    found = [entry.remark for entry in result.report.unused if entry.path == path]
    assert found, f"{path} is not reported; reported are {[entry.path for entry in result.report.unused]}"
    return found[0]


# ---------------------------------------------------------------------- observed, excluded


def test_a_missing_excluded_means_observed_and_true_means_absent() -> None:
    case = read(feature(TORTICOLLIS), feature("HP:0002072", excluded=True), feature("HP:0001337", excluded=False)).case
    assert case.regions == {"dyst:Neck"}
    assert case.excluded == {"HP:0002072"}
    assert case.features == {"HP:0001337"}


@pytest.mark.parametrize("value", ["true", 1, "no", [], {}])
def test_excluded_of_another_type_is_no_observation(value: Any) -> None:
    result = read(feature(TORTICOLLIS, excluded=value))
    assert result.case == Case()
    assert "neither true nor false" in unused(result, "$.phenotypicFeatures[0]")


def test_null_is_the_same_as_missing() -> None:
    assert read(feature(TORTICOLLIS, excluded=None, onset=None, modifiers=None)).case.regions == {"dyst:Neck"}


def test_a_term_both_observed_and_excluded_is_not_used() -> None:
    result = read(feature(DYSTONIA), feature(TORTICOLLIS), feature(TORTICOLLIS, excluded=True))
    assert not result.case.regions
    assert not result.case.unaffected
    assert any("observed and as excluded" in note for note in result.report.notes)
    assert unused(result, "$.phenotypicFeatures[1]")
    assert unused(result, "$.phenotypicFeatures[2]")


def test_an_observed_term_outweighs_an_excluded_ancestor() -> None:
    result = read(feature(ARM), feature(LIMB, excluded=True))
    assert result.case.regions == {"dyst:UpperLimb"}
    assert not result.case.unaffected
    assert "contradicts HP:0031960" in unused(result, "$.phenotypicFeatures[1]")


def test_excluding_a_movement_disorder_in_general_does_not_deny_the_dystonia() -> None:
    result = read(feature(DYSTONIA), feature("HP:0100022", excluded=True))
    assert not result.case.excluded
    assert "contradicts" in unused(result, "$.phenotypicFeatures[1]")


def test_excluding_a_term_excludes_what_is_below_it_and_not_what_is_above() -> None:
    assert read(feature(DYSTONIA), feature(LIMB, excluded=True)).case.unaffected == {"dyst:UpperLimb", "dyst:LowerLimb"}
    assert read(feature(DYSTONIA), feature(ARM, excluded=True)).case.unaffected == {"dyst:UpperLimb"}


def test_torticollis_is_cervical_wherever_hpo_puts_it() -> None:
    result = read(feature(TORTICOLLIS), feature("HP:0012179", excluded=True))
    assert result.case.regions == {"dyst:Neck"}
    assert result.case.unaffected == {"dyst:UpperFace", "dyst:LowerFace"}


def test_a_value_that_is_ruled_out_says_nothing_of_single_regions() -> None:
    result = read(feature(DYSTONIA), feature("HP:0004373", excluded=True))
    assert not result.case.unaffected
    assert result.case.excluded == {"dyst:FocalDystonia"}
    stated = read(feature("HP:0032005"), feature("HP:0004373", excluded=True), feature("HP:0007325", excluded=True))
    assert stated.case.stated == {"dyst:Hemidystonia"}
    assert stated.case.excluded == {"dyst:FocalDystonia", "dyst:GeneralizedDystonia"}


def test_dystonia_and_nothing_finer_leaves_the_regions_unknown() -> None:
    result = read(feature(DYSTONIA))
    assert result.case == Case()
    assert result.report.dystonia == "observed"


def test_dystonia_that_is_excluded_or_not_mentioned_is_told_apart() -> None:
    assert read(feature(DYSTONIA, excluded=True)).report.dystonia == "excluded"
    assert read(feature("HP:0001337")).report.dystonia == "not stated"


def test_a_wide_sign_is_stated_and_a_value_is_stated() -> None:
    assert read(feature(LIMB)).case.stated == {"dyst:LimbDystonia"}
    assert read(feature("HP:0007325")).case.stated == {"dyst:GeneralizedDystonia"}


def test_writers_cramp_is_a_task_of_the_upper_limb() -> None:
    case = read(feature("HP:0002356")).case
    assert case.regions == {"dyst:UpperLimb"}
    assert case.task == {"dyst:Task"}


def test_a_feature_finer_than_the_ontology_counts_as_what_lies_above_it() -> None:
    """Morning myoclonic jerks: no disorder with dystonia has them on record, so only myoclonus is a class."""
    result = read(feature(DYSTONIA), feature("HP:0007000"))
    assert result.case.features == {"HP:0001336"}


def test_a_disease_that_is_no_disorder_of_dystonia_is_reported_and_not_stated() -> None:
    """Al Kaissi syndrome has torticollis on record and no other dystonia."""
    result = read(feature(DYSTONIA), diseases=[{"term": {"id": "OMIM:617694"}}])
    assert result.case.disorder is None
    assert "does not know this disorder to bring dystonia" in unused(result, "$.diseases[0].term")


# ---------------------------------------------------------------------- sides


@pytest.mark.parametrize(
    ("term", "sides", "regions"),
    [
        (ARM, ["HP:0012835"], {"dyst:LeftUpperLimb"}),
        (ARM, ["HP:0012834"], {"dyst:RightUpperLimb"}),
        (ARM, ["HP:0012832"], {"dyst:LeftUpperLimb", "dyst:RightUpperLimb"}),
        (LEG, ["HP:0012834", "HP:0012835"], {"dyst:LeftLowerLimb", "dyst:RightLowerLimb"}),
        (TORTICOLLIS, ["HP:0012835"], {"dyst:LeftNeck"}),
        (TORTICOLLIS, ["HP:0012832"], {"dyst:Neck"}),
        ("HP:0012049", ["HP:0012835"], {"dyst:Larynx"}),
    ],
)
def test_sides_are_those_of_the_modifiers(term: str, sides: list[str], regions: set[str]) -> None:
    case = read(feature(term, modifiers=[{"id": side} for side in sides])).case
    assert case.regions == regions


def test_the_same_sign_on_two_sides_is_two_regions() -> None:
    left, right = ([{"id": side}] for side in ("HP:0012835", "HP:0012834"))
    case = read(feature(ARM, modifiers=left), feature(ARM, modifiers=right)).case
    assert case.regions == {"dyst:LeftUpperLimb", "dyst:RightUpperLimb"}


def test_course_and_pattern_may_stand_as_modifiers() -> None:
    case = read(feature(DYSTONIA, modifiers=[{"id": "HP:0003676"}, {"id": "HP:0025303"}])).case
    assert case.course == "dyst:ProgressiveCourse"
    assert case.variability == {"dyst:ParoxysmalVariability"}


def test_a_modifier_that_says_nothing_is_reported() -> None:
    result = read(feature(ARM, modifiers=[{"id": "HP:0012828"}, "left"]))
    assert unused(result, "$.phenotypicFeatures[0].modifiers[0]")
    assert unused(result, "$.phenotypicFeatures[0].modifiers[1]")


# ---------------------------------------------------------------------- onset


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("P8Y", 8),
        ("P18M", 1.5),
        ("P1Y6M", 1.5),
        ("P2Y6M0D", 2.5),
        ("P0D", 0),
        ("P14D", 14 / 365.25),
        ("P2W", 14 / 365.25),
    ],
)
def test_ages_are_iso_8601_durations(text: str, age: float) -> None:
    assert read(feature(DYSTONIA, onset=years(text))).case.age_at_onset == pytest.approx(age)


@pytest.mark.parametrize("text", ["8", "8Y", "PT", "P", "P-1Y", "P999Y", "PnY", "", "P1Y" * 50, 8, None, "P٣Y"])
def test_what_is_no_duration_is_reported(text: Any) -> None:
    result = read(feature(DYSTONIA, onset={"age": {"iso8601duration": text}}))
    assert result.case.age_at_onset is None
    assert any(entry.path.startswith("$.phenotypicFeatures[0].onset") for entry in result.report.unused)


def test_the_earliest_sign_of_dystonia_gives_the_onset() -> None:
    onsets = [feature(TORTICOLLIS, onset=years("P12Y")), feature(ARM, onset=years("P9Y"))]
    assert read(*onsets).case.age_at_onset == 9


def test_onset_terms_and_ranges_are_ranges_of_ages() -> None:
    juvenile = {"ontologyClass": {"id": "HP:0003621", "label": "Juvenile onset"}}
    assert read(feature(DYSTONIA, onset=juvenile)).case.age_at_onset == AgeRange(5, 16, True)
    span = {"ageRange": {"start": {"iso8601duration": "P3Y"}, "end": {"iso8601duration": "P6Y"}}}
    assert read(feature(DYSTONIA, onset=span)).case.age_at_onset == AgeRange(3, 6)
    congenital = {"ontologyClass": {"id": "HP:0003577"}}
    assert read(feature(DYSTONIA, onset=congenital)).case.age_at_onset == 0


@pytest.mark.parametrize(
    "onset",
    [
        {"gestationalAge": {"weeks": 30, "days": 2}},
        {"ontologyClass": {"id": "HP:0030674", "label": "Antenatal onset"}},
        {"ontologyClass": {"id": "HP:0011461", "label": "Fetal onset"}},
    ],
)
def test_before_birth_there_is_no_age(onset: dict[str, Any]) -> None:
    result = read(feature(DYSTONIA, onset=onset))
    assert result.case.age_at_onset is None
    assert "birth" in unused(result, "$.phenotypicFeatures[0].onset")


def test_a_timestamp_is_an_age_where_the_birth_is_known() -> None:
    onset = {"timestamp": "2010-07-01T00:00:00Z"}
    subject = {"id": "s", "dateOfBirth": "2000-01-01T00:00:00Z"}
    assert read(feature(DYSTONIA, onset=onset), subject=subject).case.age_at_onset == pytest.approx(10.5, abs=0.01)
    assert "date of birth" in unused(read(feature(DYSTONIA, onset=onset)), "$.phenotypicFeatures[0].onset")
    born_later = {"id": "s", "dateOfBirth": "2020-01-01T00:00:00Z"}
    result = read(feature(DYSTONIA, onset=onset), subject=born_later)
    assert "before the date of birth" in unused(result, "$.phenotypicFeatures[0].onset")


def test_the_onset_of_the_disease_is_not_that_of_the_dystonia() -> None:
    diseases = [{"term": {"id": "OMIM:234200"}, "onset": years("P3Y")}]
    whole = packet(feature(DYSTONIA), diseases=diseases)
    assert read_phenopacket(whole).case.age_at_onset is None
    asked = read_phenopacket(whole, disease_onset=True)
    assert asked.case.age_at_onset == 3
    assert any("as asked for" in note for note in asked.report.notes)


def test_what_was_seen_at_an_age_began_by_then() -> None:
    subject = {"id": "s", "timeAtLastEncounter": years("P2Y")}
    assert read(feature(DYSTONIA), subject=subject).case.age_at_onset == AgeRange(0, 2)
    assert read(feature("HP:0001337"), subject=subject).case.age_at_onset is None
    late = read(feature(DYSTONIA, onset=years("P5Y")), subject=subject)
    assert late.case.age_at_onset == 5
    assert any("after the last encounter" in note for note in late.report.notes)


# ---------------------------------------------------------------------- terms


def test_an_obsolete_identifier_leads_to_what_replaced_it_and_says_so() -> None:
    result = read(feature(DYSTONIA), feature("HP:0007087"))
    assert result.case.features == {"HP:0001336"}
    assert "HP:0007087 is obsolete and was replaced by HP:0001336" in result.report.notes


def test_an_obsolete_identifier_without_a_replacement_is_reported() -> None:
    assert "consider HP:0007256" in unused(read(feature("HP:0007163")), "$.phenotypicFeatures[0]")


@pytest.mark.parametrize("term", ["HP:9999999", "HP:1", "SNOMED:15802004", "Dystonia", "", "HP:000133²", 1332, None])
def test_an_identifier_that_cannot_be_read_is_reported(term: Any) -> None:
    result = read({"type": {"id": term, "label": "Dystonia"}})
    assert result.report.dystonia == "not stated"
    assert any(entry.path.startswith("$.phenotypicFeatures[0]") for entry in result.report.unused)


def test_identifiers_may_be_written_as_iris_and_in_small_letters() -> None:
    iri = "http://purl.obolibrary.org/obo/HP_0000473"
    assert read(feature(iri)).case == read(feature("hp:0000473")).case == read(feature(TORTICOLLIS)).case


def test_onsets_and_inheritance_are_no_features() -> None:
    result = read(feature("HP:0003577"), feature("HP:0000007"), feature("HP:0003676"))
    assert result.case == Case()
    assert all("not a phenotypic abnormality" in unused(result, f"$.phenotypicFeatures[{i}]") for i in range(3))


# ---------------------------------------------------------------------- diagnosis


def interpretation(gene: Any, status: Any = "CAUSATIVE", disease: str = "OMIM:234200") -> dict[str, Any]:
    variant = {"variantInterpretation": {"variationDescriptor": {"geneContext": gene}}, "interpretationStatus": status}
    return {"diagnosis": {"disease": {"id": disease}, "genomicInterpretations": [variant]}}


PANK2 = {"valueId": "HGNC:15894", "symbol": "PANK2"}


def test_gene_and_disorder_come_from_the_diagnosis() -> None:
    case = read(feature(DYSTONIA), interpretations=[interpretation(PANK2)]).case
    assert (case.gene, case.disorder) == ("HGNC:15894", "dyst:PKAN")


@pytest.mark.parametrize("status", ["CANDIDATE", "REJECTED", "CONTRIBUTORY", "UNKNOWN_STATUS", 2, None, []])
def test_only_a_causative_variant_gives_the_gene(status: Any) -> None:
    assert read(feature(DYSTONIA), interpretations=[interpretation(PANK2, status)]).case.gene is None


def test_two_genes_or_two_disorders_give_none() -> None:
    both = [interpretation(PANK2), interpretation({"valueId": "HGNC:3098"}, disease="OMIM:128100")]
    result = read(feature(DYSTONIA), interpretations=both)
    assert (result.case.gene, result.case.disorder) == ("dyst:Gene", None)
    assert sum("several are given" in entry.remark for entry in result.report.unused) == 4


def test_an_excluded_disease_is_not_taken() -> None:
    diseases = [{"term": {"id": "OMIM:234200"}, "excluded": True}]
    result = read(feature(DYSTONIA), diseases=diseases)
    assert result.case.disorder is None
    assert "excluded" in unused(result, "$.diseases[0].term")


def test_what_the_ontology_does_not_have_is_reported() -> None:
    result = read(feature(DYSTONIA), interpretations=[interpretation({"valueId": "HGNC:5"}, disease="OMIM:1")])
    assert result.case.gene == "dyst:Gene"
    assert classify(result.case).dimension("inherited or acquired").value == "inherited"
    assert any("genetic" in note for note in result.report.notes)
    assert "no gene" in " ".join(entry.remark for entry in result.report.unused)
    assert "no disorder" in " ".join(entry.remark for entry in result.report.unused)


# ---------------------------------------------------------------------- the packet as such


@pytest.mark.parametrize("version", ["2.0.2", "2.0", "2", 2.0, 2])
def test_versions_of_schema_2_are_read(version: Any) -> None:
    whole = packet(feature(TORTICOLLIS), metaData={"phenopacketSchemaVersion": version})
    assert read_phenopacket(whole).report.source == f"phenopacket {version}"


@pytest.mark.parametrize("version", ["3.0", None, [2], "two"])
def test_other_versions_are_read_with_a_remark(version: Any) -> None:
    result = read_phenopacket(packet(feature(TORTICOLLIS), metaData={"phenopacketSchemaVersion": version}))
    assert any("read as 2.0" in note for note in result.report.notes)


def test_schema_1_is_refused_as_its_negations_would_be_missed() -> None:
    for whole in (
        packet(feature(TORTICOLLIS), metaData={"phenopacketSchemaVersion": "1.0.0"}),
        packet(feature(TORTICOLLIS), metaData={"phenopacketSchemaVersion": 1.0}),
        packet(feature(TORTICOLLIS, negated=True), metaData={}),
    ):
        with pytest.raises(InputError, match="schema 1"):
            read_phenopacket(whole)


@pytest.mark.parametrize("value", [{}, {"individuals": []}, [], "text", 5, None, {"members": [{}]}, {"proband": 3}])
def test_what_is_no_phenopacket_is_refused(value: Any) -> None:
    text = json.dumps(value).encode()
    with pytest.raises(InputError):
        read_phenopacket(text)


def test_a_family_is_read_as_its_proband() -> None:
    family = {"id": "f", "proband": packet(feature(TORTICOLLIS)), "relatives": [packet(feature(ARM))]}
    result = read_phenopacket(family)
    assert result.case.regions == {"dyst:Neck"}
    assert unused(result, "$.relatives")


def test_missing_parts_are_no_reason_to_fail() -> None:
    result = read_phenopacket({"phenotypicFeatures": [feature(TORTICOLLIS)]})
    assert result.case.regions == {"dyst:Neck"}
    assert result.case.id is None
    assert "the packet has no id" in result.report.notes


def test_names_may_be_written_as_protobuf_does() -> None:
    whole = {
        "id": "p",
        "phenotypic_features": [feature(TORTICOLLIS)],
        "meta_data": {"phenopacket_schema_version": "2.0"},
    }
    result = read_phenopacket(whole)
    assert result.case.regions == {"dyst:Neck"}
    assert result.report.source == "phenopacket 2.0"


# ---------------------------------------------------------------------- lists of terms


def test_a_list_of_terms_is_read_as_a_packet_is() -> None:
    listed = read_hpo([ARM, "HP:0001337"], [TORTICOLLIS], age_at_onset="P8Y")
    assert listed.case == Case(regions={"upper limb"}, features={"HP:0001337"}, unaffected={"neck"}, age_at_onset=8)  # type: ignore[arg-type]
