"""Mutilated phenopackets: a result or an error of ours, never another exception."""

from __future__ import annotations

import contextlib
import copy
import gzip
import json
import math
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dystonia_kg.cases.phenopackets import PhenopacketReader, read_phenopacket
from dystonia_kg.classification.engine import classify
from dystonia_kg.errors import DystoniaKGError

DEV = Path(__file__).parent / "data" / "dev.jsonl.gz"
PACKETS = [json.loads(line) for line in gzip.decompress(DEV.read_bytes()).decode().splitlines()]


def packet(*features: Any) -> dict[str, Any]:
    return {"id": "p", "phenotypicFeatures": list(features), "metaData": {"phenopacketSchemaVersion": "2.0"}}


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(
        [math.nan, math.inf, -1.5, 10**300, -(10**400), "", "P1Y", "HP:0001332", "HP:0012835", "\x00", "\ud800"]
    ),
    st.text(max_size=8),
    st.sampled_from([[], {}, [[]], {"id": None}, {"age": []}, {"": ""}, {"ontologyClass": {"id": "HP:0003621"}}]),
    st.sampled_from(["x" * 100_000, ["HP:0000473"] * 300, "🧠" * 500, "‮HP:0001332", "ＨＰ:0001332"]),
)


def deep() -> list[Any]:
    value: list[Any] = []
    for _ in range(500):
        value = [value]
    return value


@st.composite
def mutilated(draw: st.DrawFn) -> Any:
    """A published packet in which some parts are missing, of another type, huge, deep or odd."""
    whole = copy.deepcopy(draw(st.sampled_from(PACKETS)))
    for _ in range(draw(st.integers(1, 6))):
        place: Any = whole
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = draw(st.sampled_from(keys))
            inner = place[key]
            if not isinstance(inner, dict | list) or not inner or draw(st.integers(0, 3)) == 0:
                match draw(st.integers(0, 9)):
                    case 0 | 1:
                        del place[key]
                    case 2:
                        place[key] = deep()
                    case 3 if isinstance(place, list):
                        place.append(json.loads(json.dumps(inner)))
                    case 4 if isinstance(place, dict):
                        place[draw(st.text(max_size=5))] = json.loads(json.dumps(inner))
                    case _:
                        place[key] = copy.deepcopy(draw(JUNK))
                break
            place = inner
    return whole


READER = PhenopacketReader()


@settings(max_examples=1_000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(mutilated(), st.booleans())
def test_a_mutilated_packet_gives_a_case_or_an_error_of_ours(whole: Any, as_text: bool) -> None:
    try:
        result = read_phenopacket(json.dumps(whole).encode()) if as_text else read_phenopacket(whole)
        classify(result.case)
    except DystoniaKGError:
        return
    str(result.report).encode()
    json.dumps(result.report.to_dict()).encode()


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.recursive(
        JUNK, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    )
)
def test_any_json_value_gives_a_case_or_an_error_of_ours(value: Any) -> None:
    for whole in (
        value,
        packet(value),
        packet({"type": {"id": "HP:0001332"}, "onset": value, "modifiers": value}),
        {"subject": value},
    ):
        with contextlib.suppress(DystoniaKGError):
            READER.read(whole)
