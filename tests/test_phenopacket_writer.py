"""Phenopackets out: read by the schema's own protobuf classes, and back by our reader, to the same classification."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import phenopackets.schema.v2 as ga4gh
import pytest
from google.protobuf.json_format import MessageToDict, Parse, ParseDict
from hypothesis import given, settings
from hypothesis import strategies as st

from dystonia_kg import AgeRange, Case, CaseError, ExportError, classify
from dystonia_kg.cases.age import OLDEST, parse_age
from dystonia_kg.cases.duration import duration
from dystonia_kg.cases.phenopackets import read_phenopacket, read_phenopackets
from dystonia_kg.cases.report import Read
from dystonia_kg.classification.findings import SEVERAL, SINGLE
from dystonia_kg.classification.model import default_model
from dystonia_kg.classification.result import Classification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dystonia_kg.graph import KnowledgeGraph

DEV = Path(__file__).parent / "data" / "dev.jsonl.gz"
NOW = "2026-11-28T12:00:00Z"
MODEL = default_model()
DOMAINS = {name: sorted(terms) for name, terms in MODEL.vocabulary.domains.items()}


def some(field: str) -> list[str]:
    """The terms of a field, or some 300 of them, evenly spread."""
    terms = DOMAINS[field]
    return terms[:: max(1, len(terms) // 300)]


def answers(found: Classification) -> list[tuple[Any, ...]]:
    """All that is said of each dimension, the syndromes and the groups; not why."""
    parts: list[tuple[Any, ...]] = [(each.id, each.value, each.truth, each.answers) for each in found.dimensions]
    return [*parts, found.syndromes, (found.groups,)]


def spelled_out(case: Case) -> Case:
    """The case with the regions of a closed examination listed one by one, as a packet has them."""
    if not case.complete:
        return case
    space = MODEL.space
    touched = {space.region_of(element) for region in case.regions for element in space.classes[region]}
    free = {region for number, region in enumerate(space.regions) if number not in touched}
    return dataclasses.replace(case, complete=False, unaffected=case.unaffected | free)


def round_trip(case: Case, packet: dict[str, Any]) -> Read:
    """Check a packet with the schema's classes, and that what they write again is read as the same case."""
    message = Parse(json.dumps(packet), ga4gh.Phenopacket())
    assert message.id == message.subject.id == (case.id or "case")
    again = MessageToDict(message)
    read = read_phenopacket(again)
    assert read.case == read_phenopacket(packet).case
    assert read.report.dystonia == "observed"
    assert answers(classify(read.case)) == answers(classify(case))
    return read


def ids(value: Any) -> Iterator[str]:
    """All identifiers of ontology classes and genes in a packet."""
    if isinstance(value, dict):
        if {"id", "label"} <= value.keys():
            yield value["id"]
        if "valueId" in value:
            yield value["valueId"]
        for each in value.values():
            yield from ids(each)
    elif isinstance(value, list):
        for each in value:
            yield from ids(each)


# ---------------------------------------------------------------------- published cases


def test_every_published_case_comes_back_with_the_same_classification() -> None:
    count = 0
    for read in read_phenopackets(DEV):
        assert isinstance(read, Read)
        found = classify(read.case)
        again = round_trip(read.case, found.to_phenopacket(created=NOW))
        assert again.case == read.case
        assert again.case.id == read.case.id
        count += 1
    assert count == 100


def test_the_answer_is_in_the_packet() -> None:
    for read in list(read_phenopackets(DEV))[:30]:
        assert isinstance(read, Read)
        found = classify(read.case)
        message = ParseDict(found.to_phenopacket(created=NOW), ga4gh.Phenopacket())
        said: dict[str, set[str]] = {}
        for each in message.measurements:
            said.setdefault(each.assay.label, set()).add(each.value.ontology_class.id)
        for dimension in found.dimensions:
            holds = {one.id for one in dimension.answers if one.truth == "true" and one.name in dimension.values}
            assert said.get(dimension.label, set()) == holds


# ---------------------------------------------------------------------- any case

_ONE = {name: st.none() | st.sampled_from(DOMAINS[name]) for name in (*SINGLE, "disorder")}
_SETS = {name: st.frozensets(st.sampled_from(DOMAINS[name]), max_size=2) for name in (*SEVERAL, "stated")}
_AGE = st.floats(1e-6, OLDEST) | st.sampled_from([0, 3, 13, 21, 41, 1.5, 14 / 365.25])
_RANGE = st.builds(lambda ends, below: (min(ends), max(ends) + 1, below), st.tuples(_AGE, _AGE), st.booleans())


@st.composite
def cases(draw: Callable[..., Any]) -> Case | None:
    """A case with any findings; None where they contradict each other."""
    found: dict[str, Any] = {}
    for name, values in {**_ONE, **_SETS}.items():
        if draw(st.integers(0, 3)) == 0:
            found[name] = draw(values)
    regions = st.sampled_from(DOMAINS["region"])
    found["regions"] = draw(st.frozensets(regions, max_size=4))
    found["unaffected"] = draw(st.frozensets(regions, max_size=2)) if draw(st.booleans()) else frozenset()
    found["complete"] = bool(found["regions"]) and draw(st.booleans())
    every = [term for field in (*SEVERAL, *SINGLE) for term in DOMAINS[field]]
    found["excluded"] = draw(st.frozensets(st.sampled_from(every), max_size=3))
    found["age_at_onset"] = draw(st.none() | _AGE | _RANGE.filter(lambda each: each[1] <= OLDEST))
    found["id"] = draw(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    try:
        return Case(**found)
    except CaseError:
        return None


@settings(max_examples=150, deadline=None)
@given(cases())
def test_any_case_comes_back(case: Case | None) -> None:
    if case is None:
        return
    expected = spelled_out(case)
    read = round_trip(case, case.to_phenopacket(created=NOW))
    age = case.age_at_onset
    if isinstance(age, AgeRange) and age.below and read.case.age_at_onset != age:  # no period of life has a term for it
        expected = dataclasses.replace(expected, age_at_onset=(age.low, math.nextafter(age.high, 0)))  # type: ignore[arg-type]
    assert read.case == expected


@pytest.mark.parametrize("field", [*SEVERAL, *SINGLE, "disorder", "stated"])
def test_every_term_of_every_field_comes_back(field: str) -> None:
    for term in some(field):
        case = Case(**{field: {term} if field in (*SEVERAL, "stated") else term})
        read = read_phenopacket(case.to_phenopacket(created=NOW))
        assert read.case == case, term


@pytest.mark.parametrize("field", [*SEVERAL, *SINGLE])
def test_every_excluded_term_comes_back(field: str) -> None:
    for term in some(field):
        case = Case(excluded={term})
        assert read_phenopacket(case.to_phenopacket(created=NOW)).case == case, term


def test_every_region_comes_back_affected_and_not() -> None:
    for region in DOMAINS["region"]:
        affected = Case(regions={region})
        assert read_phenopacket(affected.to_phenopacket(created=NOW)).case == affected
        if region != "dyst:BodyRegion":  # a dystonia that affects nothing is none
            free = Case(unaffected={region})
            assert read_phenopacket(free.to_phenopacket(created=NOW)).case == free


# ---------------------------------------------------------------------- what a packet looks like


def test_a_packet_in_full() -> None:
    case = Case(
        id="p1",
        regions={"right hand", "neck"},
        unaffected={"trunk"},
        age_at_onset=35,
        task="writing",
        features={"tremor"},
        excluded={"HP:0001336"},
        gene="TOR1A",
        disorder="DYT-TOR1A dystonia",
        stated={"segmental dystonia"},
    )  # fmt: skip
    message = ParseDict(case.to_phenopacket(created=NOW, created_by="A. Clinician"), ga4gh.Phenopacket())
    assert (message.id, message.subject.id, message.meta_data.created_by) == ("p1", "p1", "A. Clinician")
    features = {each.type.id: each for each in message.phenotypic_features}
    assert features["HP:0001332"].onset.age.iso8601duration == "P35Y"
    assert [each.label for each in features["dyst:DystoniaInvolvingUpperLimb"].modifiers] == ["Right"]
    assert features["dyst:DystoniaInvolvingTrunk"].excluded
    assert features["HP:0001336"].excluded
    assert features["HP:0001336"].type.label == "Myoclonus"
    assert not features["HP:0001337"].excluded
    assert features["dyst:SegmentalDystonia"].type.label == "segmental dystonia"
    assert [each.term.id for each in message.diseases] == ["dyst:DYT_TOR1A"]
    (interpretation,) = message.interpretations
    (finding,) = interpretation.diagnosis.genomic_interpretations
    assert interpretation.diagnosis.disease.id == "dyst:DYT_TOR1A"
    assert (finding.gene.value_id, finding.gene.symbol) == ("HGNC:3098", "TOR1A")
    assert ga4gh.GenomicInterpretation.InterpretationStatus.Name(finding.interpretation_status) == "CAUSATIVE"
    measured = {(each.assay.id, each.value.ontology_class.id) for each in message.measurements}
    assert measured == {("dyst:isEvokedBy", "dyst:Writing"), ("dyst:involves", "UBERON:0002398")}


def test_what_the_schema_requires_is_there_and_every_vocabulary_is_named() -> None:
    for read in read_phenopackets(DEV):
        assert isinstance(read, Read)
        packet = classify(read.case).to_phenopacket(created=NOW)
        meta = packet["metaData"]
        assert packet["id"]
        assert meta["created"] == NOW
        assert meta["createdBy"]
        assert meta["phenopacketSchemaVersion"] == "2.0"
        named = {each["namespacePrefix"] for each in meta["resources"]}
        assert {each.partition(":")[0] for each in ids(packet)} == named
        assert all(all(each.values()) for each in meta["resources"])
        assert all(feature["type"]["label"] for feature in packet["phenotypicFeatures"])


def test_dystonia_itself_is_never_excluded() -> None:
    case = Case(regions={"left upper limb"}, complete=True, excluded={"HP:0000707", "HP:0000118"})
    packet = case.to_phenopacket(created=NOW)
    excluded = [each["type"]["id"] for each in packet["phenotypicFeatures"] if each.get("excluded")]
    assert excluded
    # HPO puts dystonia below both, so that as excluded features they would deny it.
    assert not {"HP:0001332", "HP:0000707", "HP:0000118"} & set(excluded)
    assert read_phenopacket(packet).case.excluded == case.excluded


def test_nothing_known_is_a_packet_too() -> None:
    packet = Case().to_phenopacket(created=NOW)
    assert [each["type"]["id"] for each in packet["phenotypicFeatures"]] == ["HP:0001332"]
    assert "measurements" not in packet
    assert read_phenopacket(packet).case == Case()


def test_an_edition_without_values_adds_no_results() -> None:
    case = Case(regions={"neck"}, age_at_onset=45)
    assert classify(case, edition="2025").to_phenopacket(created=NOW) == case.to_phenopacket(created=NOW)


def test_the_same_case_gives_the_same_packet() -> None:
    case = Case(regions={"neck", "trunk"}, features={"tremor", "HP:0001250"}, excluded={"HP:0001336", "HP:0002072"})
    assert json.dumps(case.to_phenopacket(created=NOW)) == json.dumps(
        Case.from_json(case.to_json()).to_phenopacket(created=NOW)
    )


# ---------------------------------------------------------------------- ages


@given(st.floats(0, OLDEST) | st.integers(0, OLDEST * 12).map(lambda months: months / 12))
def test_a_duration_is_the_age(years: float) -> None:
    text = duration(years)
    assert re.fullmatch(r"P(\d+(\.\d+)?Y)?(\d+M)?(\d+D)?", text)
    again = parse_age(text)
    assert again == years or (years < 1e-9 and again == pytest.approx(years, abs=1e-25))


@pytest.mark.parametrize(
    ("age", "element"),
    [
        (8, {"age": {"iso8601duration": "P8Y"}}),
        (0, {"age": {"iso8601duration": "P0Y"}}),
        ("18 mo", {"age": {"iso8601duration": "P1Y6M"}}),
        ("P2W", {"age": {"iso8601duration": "P14D"}}),
        ("HP:0003621", {"ontologyClass": {"id": "HP:0003621", "label": "Juvenile onset"}}),
        ("HP:0003581", {"ontologyClass": {"id": "HP:0003581", "label": "Adult onset"}}),
        ((3, 6), {"ageRange": {"start": {"iso8601duration": "P3Y"}, "end": {"iso8601duration": "P6Y"}}}),
    ],
)
def test_an_onset_is_said_in_the_plainest_way(age: Any, element: dict[str, Any]) -> None:
    assert Case(age_at_onset=age).to_phenopacket(created=NOW)["phenotypicFeatures"][0]["onset"] == element


def test_an_end_that_is_not_included_stays_so() -> None:
    case = Case(age_at_onset=AgeRange(3.0, 13.0, below=True))
    read = read_phenopacket(case.to_phenopacket(created=NOW)).case
    assert isinstance(read.age_at_onset, AgeRange)
    assert read.age_at_onset.high == math.nextafter(13.0, 0)
    assert answers(classify(read)) == answers(classify(case))


# ---------------------------------------------------------------------- what others may write


def test_measurements_that_are_not_ours_are_reported() -> None:
    whole = Case().to_phenopacket(created=NOW)
    strange = [
        {"assay": {"id": "LOINC:26515-7"}, "value": {"quantity": {"value": 24}}},
        {"assay": {"id": "dyst:hasCourse"}, "value": {"ontologyClass": {"id": "dyst:Neck"}}},
        {"assay": {"id": "dyst:hasCourse"}},
        {"value": 3},
        "text",
        {"assay": {"id": "LOINC:1"}, "value": {"ontologyClass": {"id": "PATO:0000462"}}},
    ]
    read = read_phenopacket({**whole, "measurements": strange})
    assert read.case == Case()
    unused = {entry.path for entry in read.report.unused}
    assert {f"$.measurements[{number}]" for number in range(len(strange))} <= unused


def test_two_courses_are_not_one() -> None:
    both = [
        {"assay": {"id": "dyst:hasCourse"}, "value": {"ontologyClass": {"id": f"dyst:{course}Course"}}}
        for course in ("Progressive", "Static")
    ]
    read = read_phenopacket({**Case().to_phenopacket(created=NOW), "measurements": both})
    assert read.case.course == "dyst:ProgressiveCourse"
    assert any("a case has one course" in entry.remark for entry in read.report.unused)


def test_our_terms_are_read_by_identifier_and_never_by_label() -> None:
    def read(identifier: str, **more: Any) -> Case:
        feature = {"type": {"id": identifier}, **more}
        return read_phenopacket({"id": "p", "phenotypicFeatures": [feature], "metaData": {}}).case

    assert read("dyst:FocalDystonia") == Case(stated={"dyst:FocalDystonia"})
    assert read("https://w3id.org/dystonia-kg/FocalDystonia") == Case(stated={"dyst:FocalDystonia"})
    assert read("focal dystonia") == Case()
    assert read("dyst:FocalDystonia", excluded=True) == Case()  # no case can say it
    assert read("dyst:DystoniaInvolvingNeck", excluded=True) == Case(unaffected={"neck"})


# ---------------------------------------------------------------------- refused


@pytest.mark.parametrize("created", ["yesterday", "2026-13-01", 5, ["2026"]])
def test_a_time_that_is_none_is_refused(created: Any) -> None:
    with pytest.raises(CaseError, match=r"created: .* give a date and time such as"):
        Case().to_phenopacket(created=created)


def test_times_are_written_in_utc() -> None:
    noon = datetime(2026, 11, 28, 14, tzinfo=timezone(timedelta(hours=2)))
    for moment in (noon, "2026-11-28T14:00:00+02:00", "2026-11-28T12:00:00", datetime(2026, 11, 28, 12)):
        assert Case().to_phenopacket(created=moment)["metaData"]["created"] == NOW
    made = Case().to_phenopacket()["metaData"]["created"]
    assert abs(datetime.fromisoformat(made) - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_identifier_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(CaseError, match=r"id: .* half a character"):
        Case(id="\ud800").to_phenopacket()


# ---------------------------------------------------------------------- export and command line


def test_export_takes_a_case_an_answer_an_object_or_a_path(kg: KnowledgeGraph, tmp_path: Path) -> None:
    case = Case(id="x", regions={"neck"}, age_at_onset=45)
    path = tmp_path / "case.json"
    path.write_text(case.to_json(), "utf-8")
    expected = classify(case).to_phenopacket(created=NOW)
    for given_ in (case, classify(case), case.to_dict(), path, str(path)):
        file = io.BytesIO()
        report = kg.export("phenopacket", file, case=given_, created=NOW)
        assert json.loads(file.getvalue()) == expected
        assert report.written["features"] == len(expected["phenotypicFeatures"])


def test_export_without_a_case_says_what_it_needs(kg: KnowledgeGraph, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"the format phenopacket needs case=\.\.\.: a case, its classification"):
        kg.export("phenopacket", io.BytesIO())
    with pytest.raises(ExportError, match="case=5: give a Case"):
        kg.export("phenopacket", io.BytesIO(), case=5)
    with pytest.raises(ExportError, match="cannot be read: No such file"):
        kg.export("phenopacket", io.BytesIO(), case=tmp_path / "missing.json")
    (tmp_path / "bad.json").write_text("{", "utf-8")
    with pytest.raises(CaseError, match="this is not JSON"):
        kg.export("phenopacket", io.BytesIO(), case=tmp_path / "bad.json")


def test_the_command_line_writes_packets(tmp_path: Path, python: Callable[..., Any]) -> None:
    code = "import sys; from dystonia_kg.cli import main; sys.argv[0] = 'dystonia-kg'; main()"
    case = Case(id="x", regions={"neck"}, age_at_onset=45)
    path, out = tmp_path / "case.json", tmp_path / "packet.json"
    path.write_text(case.to_json(), "utf-8")
    done = python(code, "export", "phenopacket", "-o", out, "--option", f"case={path}", "--option", f"created={NOW}")
    assert done.returncode == 0, done.stderr
    assert read_phenopacket(out).case == case
    done = python(code, "classify", DEV, "-f", "phenopacket")
    assert done.returncode == 0, done.stderr
    packets = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(packets) == 100
    assert len({packet["metaData"]["created"] for packet in packets}) == 1
    for packet, read in zip(packets, read_phenopackets(DEV), strict=True):
        assert isinstance(read, Read)
        assert read_phenopacket(packet).case == read.case
