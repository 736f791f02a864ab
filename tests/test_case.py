"""Cases: names resolved, ages parsed, contradictions refused, JSON in and out."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dystonia_kg as dkg
from dystonia_kg import Case, CaseError
from dystonia_kg.cases.age import AgeRange


def test_names_of_all_kinds_mean_the_same() -> None:
    spellings = ("left upper limb", "Left Upper Limb", "left arm", "dyst:LeftUpperLimb", "LeftUpperLimb",
                 "https://w3id.org/dystonia-kg/LeftUpperLimb", "left upper-limb")  # fmt: skip
    assert len({Case(regions={name}) for name in spellings}) == 1
    assert Case(features={"HP:0001337"}) == Case(features="tremor") == Case(features=["Tremor"])
    assert hash(Case(regions={"neck"})) == hash(Case(regions=["neck"]))
    assert Case(regions={"neck"}) != Case(regions={"trunk"})


def test_parts_of_regions_are_kept_as_such() -> None:
    case = Case(regions={"left hand", "tongue"})
    assert case.regions == {"dyst:LeftUpperLimb", "dyst:LowerFace"}
    assert case.parts == {"UBERON:0002398", "UBERON:0001723"}


def test_a_region_without_its_side_is_one_of_two(kg: dkg.KnowledgeGraph) -> None:
    answer = kg.classify(Case(regions={"upper limb"}, unaffected={"trunk"}))
    assert answer.truth("limb dystonia") == "true"
    assert answer.truth("dystonia involving the neck") == "unknown"
    assert answer.region_states()["dyst:LeftUpperLimb"] == "unknown"


@pytest.mark.parametrize(
    ("age", "years"),
    [(8, 8.0), (0, 0.0), (2.5, 2.5), ("18 mo", 1.5), ("18 months", 1.5), ("P1Y6M", 1.5), ("P36M", 3.0), ("40", 40.0),
     ("P8Y", 8.0), ("3 years", 3.0), ("p2y", 2.0), (130, 130.0)],
)  # fmt: skip
def test_ages(age: Any, years: float) -> None:
    assert Case(age_at_onset=age).age_at_onset == years


def test_ranges_and_periods_of_life(kg: dkg.KnowledgeGraph) -> None:
    assert Case(age_at_onset=(3, 12)).age_at_onset == dkg.AgeRange(3, 12)
    assert Case(age_at_onset=(3, 3)).age_at_onset == 3.0
    period = Case(age_at_onset="HP:0003621").age_at_onset
    assert isinstance(period, dkg.AgeRange)
    assert Case(age_at_onset="Juvenile onset").age_at_onset == period
    answer = kg.classify(Case(age_at_onset="HP:0003621")).dimension("age at onset")
    assert set(answer.possible) == {"childhood", "adolescence"}
    assert kg.classify(Case(age_at_onset="HP:0003577")).dimension("age at onset").value == "infancy"


@pytest.mark.parametrize(
    "age",
    [-1, -0.001, 131, math.nan, math.inf, "-3", "P", "PT5H", "soon", "", "P1Y6", "1" * 400, True, [], (1,), (5, 3), {},
     ("a", "b"), (1, 2, 3), b"8", 10**400, object()],
)  # fmt: skip
def test_ages_that_cannot_be(age: Any) -> None:
    with pytest.raises(CaseError) as caught:
        Case(age_at_onset=age)
    assert caught.value.field == "age_at_onset"
    assert len(str(caught.value)) < 400


def test_unknown_names_give_the_nearest() -> None:
    with pytest.raises(dkg.UnknownTermError, match="lower face"):
        Case(regions={"lower fase"})
    with pytest.raises(dkg.UnknownTermError, match="as activity"):
        Case(task="wrting")
    with pytest.raises(dkg.UnknownTermError):
        Case(features={"HP:9999999"})
    with pytest.raises(dkg.AmbiguousTermError):
        Case(cause="brain tumour")


@pytest.mark.parametrize(
    ("findings", "field"),
    [
        ({"regions": {"neck"}, "unaffected": {"neck"}}, "unaffected"),
        ({"regions": {"left neck"}, "unaffected": {"neck"}}, "unaffected"),
        ({"regions": {"left neck", "right neck"}}, "regions"),
        ({"regions": {"upper limb"}, "unaffected": {"left arm", "right arm"}}, "unaffected"),
        ({"complete": True}, "complete"),
        ({"complete": "yes"}, "complete"),
        ({"features": {"myoclonus"}, "excluded": {"myoclonus"}}, "features"),
        ({"features": {"myoclonus"}, "excluded": {"movement disorder"}}, "features"),
        ({"task": "writing", "excluded": {"task"}}, "task"),
        ({"variability": "paroxysmal", "excluded": {"paroxysmal"}}, "variability"),
        ({"regions": {"neck": True}}, "regions"),
        ({"regions": 5}, "regions"),
        ({"regions": [None]}, "regions"),
        ({"course": ["static"]}, "course"),
        ({"id": 7}, "id"),
    ],
)
def test_contradictions_and_wrong_types(findings: dict[str, Any], field: str) -> None:
    with pytest.raises(CaseError) as caught:
        Case(**findings)
    assert caught.value.field == field


def test_half_a_region_beside_the_whole_is_the_half() -> None:
    answer = dkg.classify(Case(regions={"neck", "left neck"}))
    assert answer.region_states()["dyst:Neck"] == "left"


@pytest.mark.parametrize(
    ("feature", "says"),
    [  # ontology/cases/hp_reading.tsv, and the definitions of the classes named there
        ("HP:0000473", {"regions": {"neck"}}),
        ("Limb dystonia", {"stated": {"limb dystonia"}}),
        ("HP:0007325", {"stated": {"generalized dystonia"}}),
        ("HP:0002268", {"variability": {"paroxysmal"}}),
        ("writer's cramp", {"stated": {"writer's cramp"}}),
        ("isolated dystonia", {"stated": {"isolated dystonia"}}),
        ("HP:0001337", {"features": {"tremor"}}),
    ],
)
def test_a_dystonia_among_the_features_says_what_it_is(feature: str, says: dict[str, Any]) -> None:
    assert dkg.Case(features={feature}) == dkg.Case(**says)


def test_a_sign_of_dystonia_that_is_excluded_rules_out_its_region_or_its_class() -> None:
    assert dkg.Case(excluded={"HP:0000473"}) == dkg.Case(unaffected={"neck"})
    assert dkg.Case(excluded={"HP:0004373"}) == dkg.Case(excluded={"focal dystonia"})
    with pytest.raises(CaseError, match="contradicts what is affected: neck"):
        dkg.Case(regions={"neck"}, excluded={"HP:0000473"})


def test_cases_are_immutable() -> None:
    with pytest.raises(AttributeError):
        Case().course = "static"  # type: ignore[misc]


FULL: dict[str, Any] = {
    "id": "P1", "regions": ["left hand", "trunk"], "unaffected": ["neck"], "age_at_onset": [3, 8],
    "course": "progressive", "variability": ["diurnal"], "task": "writing", "features": ["tremor"],
    "excluded": ["other movement disorder"],
    "signs": ["mirror dystonia"], "triggers": ["stress"], "family_history": "familial", "gene": "TOR1A",
    "disorder": "DYT-TOR1A", "inheritance": "autosomal dominant", "pathology": "none", "stated": ["limb dystonia"],
}  # fmt: skip


def test_round_trips() -> None:
    case = Case.from_dict(FULL)
    assert Case.from_dict(case.to_dict()) == case
    again = Case.from_json(case.to_json(indent=1))
    assert (again, again.id) == (case, "P1")
    period = Case(age_at_onset="HP:0003621")
    assert Case.from_json(period.to_json()) == period
    assert Case().to_dict() == {}
    assert "left upper limb" in repr(case)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        "{",
        '{"regins": ["neck"]}',
        '{"age_at_onset": NaN}',
        '{"regions": {"neck": 1}}',
        "[" * 100_000,
        b"\xff",
    ],
)
def test_json_that_is_no_case(text: str | bytes) -> None:
    with pytest.raises(dkg.DystoniaKGError):
        Case.from_json(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*FULL, "cause", "complete", "parts", "x"]), json_values, max_size=4))
def test_any_json_gives_a_case_or_our_error(data: dict[str, Any]) -> None:
    try:
        case = Case.from_dict(data)
    except dkg.DystoniaKGError:
        return
    assert Case.from_json(case.to_json()) == case


def test_the_schema_describes_cases() -> None:
    schema = dkg.case_schema()
    json.dumps(schema)
    names = set(schema["properties"])
    assert set(Case.from_dict(FULL).to_dict()) <= names
    assert names == set(Case.__dataclass_fields__)
    assert {"const": "dyst:Neck", "title": "neck region"} in schema["$defs"]["regions"]["oneOf"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("congenital", 0.0),  # the summary: an onset given as congenital counts as infancy
        ("Childhood onset", AgeRange(1.0, 6.0, True)),  # HPO's term
        ("childhood", AgeRange(3.0, 13.0, True)),  # the value of the consensus
        ("late adulthood", AgeRange(41.0, 130.0)),
        ("juvenile", AgeRange(5.0, 16.0, True)),
    ],
)
def test_periods_of_life_by_name(text: str, expected: Any) -> None:
    assert dkg.Case(age_at_onset=text).age_at_onset == expected


def test_modes_of_inheritance_by_their_abbreviations() -> None:
    assert dkg.Case(inheritance="AD").inheritance == "HP:0000006"
    assert dkg.Case(inheritance="XLR").inheritance == "HP:0001419"
