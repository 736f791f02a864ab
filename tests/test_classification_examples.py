"""The worked examples of the domain summary (section 5.5): affected regions, the distribution, other readings."""

from __future__ import annotations

import pytest

import dystonia_kg as dkg

FACE = ("upper face", "lower face")
ARMS = ("left upper limb", "right upper limb")
LEGS = ("left lower limb", "right lower limb")
WITH, WITHOUT = "generalized with leg involvement", "generalized without leg involvement"
READING_2 = "DUK-sm"
COARSE = "C2013"
SEGMENTAL, MULTIFOCAL = "literally meets segmental", "literally meets multifocal"

# number, affected, distribution, words that the other readings must have
EXAMPLES = [
    (1, ("upper face",), "focal", ()),
    (2, ("jaw", "tongue"), "focal", ()),
    (3, ("larynx",), "focal", ()),
    (4, ("neck",), "focal", ()),
    (5, ("neck", "shoulder"), "focal", ()),
    (6, ("right hand", "right forearm"), "focal", ()),
    (7, ("left lower limb",), "focal", ()),
    (8, ("trunk",), "focal", ()),
    (9, FACE, "segmental", ()),
    (10, ("lower face", "neck"), "segmental", ()),
    (11, (*FACE, "neck"), "segmental", (READING_2,)),
    (12, ("upper face", "neck"), "multifocal", ()),
    (13, ("neck", "larynx"), "segmental", ()),
    (14, ("upper face", "larynx"), "multifocal", ()),
    (15, ("lower face", "larynx"), "segmental", ()),
    (16, (*FACE, "larynx", "neck"), "segmental", (READING_2,)),
    (17, ("neck", "left arm"), "segmental", ()),
    (18, ("neck", *ARMS), "segmental", (READING_2,)),
    (19, ("neck", "larynx", "right arm"), "segmental", ()),
    (20, ARMS, "segmental", ()),
    (21, LEGS, "segmental", ()),
    (22, ("trunk", "left leg"), "segmental", ()),
    (23, ("trunk", "left arm"), "segmental", ()),
    (24, ("neck", "trunk"), "segmental", ()),
    (25, ("trunk", *LEGS), WITH, (SEGMENTAL,)),
    (26, ("trunk", *ARMS), WITHOUT, (COARSE, SEGMENTAL)),
    (27, ("neck", "trunk", "left arm"), WITHOUT, (SEGMENTAL,)),
    (28, ("neck", "trunk", "left leg"), WITH, ()),
    (29, (*FACE, "trunk"), WITHOUT, (MULTIFOCAL,)),
    (30, ("left arm", "left leg"), "hemidystonia", (MULTIFOCAL,)),
    (31, ("left lower face", "left arm", "left leg"), "hemidystonia", ()),
    (32, ("lower face", "left arm", "left leg"), "multifocal", ("lower face on the left side alone: hemidystonia",)),
    (33, ("left arm", "right leg"), "multifocal", ()),
    (34, ("left arm", "left leg", "right arm"), "multifocal", ()),
    (35, (*ARMS, *LEGS), "multifocal", ()),
    (36, (*LEGS, "left arm"), "multifocal", ()),
    (37, ("trunk", "left arm", "left leg"), WITH, ("trunk region on the left side alone: hemidystonia",)),
    (38, ("neck", "left leg"), "multifocal", ()),
    (39, ("upper face", "right arm"), "multifocal", ()),
    (40, ("left lower face", "left arm"), "multifocal", ("restricted to the left side",)),
    (41, ("neck", "left arm", "left leg"), "multifocal", ("neck region on the left side alone: hemidystonia",)),
    (42, ("trunk", "upper face"), "multifocal", ()),
    (43, ("upper face", "neck", "right arm"), "multifocal", ()),
    (44, (*FACE, "larynx", "neck", "trunk", *ARMS, *LEGS), WITH, ()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("affected", "expected", "readings"), [row[1:] for row in EXAMPLES], ids=[r[0] for r in EXAMPLES]
)
def test_worked_example(
    kg: dkg.KnowledgeGraph, affected: tuple[str, ...], expected: str, readings: tuple[str, ...]
) -> None:
    answer = kg.classify(dkg.Case(regions=set(affected), complete=True)).dimension("body distribution")
    assert (answer.value, answer.truth) == (expected, "true")
    for words in readings:
        assert any(words in str(other) for other in answer.alternatives), [str(a) for a in answer.alternatives]


def test_mirror_dystonia_adds_no_region(kg: dkg.KnowledgeGraph) -> None:
    case = dkg.Case(regions={"right hand"}, complete=True, task="writing", signs={"mirror dystonia"})
    assert kg.classify(case).dimension("body distribution").value == "focal"


def test_tremor_of_other_parts_adds_no_region_and_leaves_dystonia_isolated(kg: dkg.KnowledgeGraph) -> None:
    case = dkg.Case(regions={"neck"}, complete=True, features={"tremor"}, excluded={"other movement disorder"})
    answer = kg.classify(case)
    assert answer.dimension("body distribution").value == "focal"
    assert answer.dimension("isolated or combined").value == "isolated"


def test_a_list_that_is_not_closed_leaves_it_open(kg: dkg.KnowledgeGraph) -> None:
    answer = kg.classify(dkg.Case(regions={"trunk", "neck"})).dimension("body distribution")
    assert answer.value is None
    assert answer.truths["focal"] == "false"
    assert {"segmental", "generalized"} <= set(answer.possible)
    other = kg.classify(dkg.Case(regions={"trunk", "upper face"})).dimension("body distribution")
    assert {"multifocal", "generalized"} == {v for v in other.possible if "leg" not in v}


def test_no_region_stated(kg: dkg.KnowledgeGraph) -> None:
    answer = kg.classify(dkg.Case()).dimension("body distribution")
    assert answer.truth == "unknown"
    assert len(answer.possible) == len(answer.answers)
