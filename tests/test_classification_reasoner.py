"""The oracle: HermiT, given each case as a class, draws the conclusions that the library looks up."""

from __future__ import annotations

import os
import random
from itertools import cycle, product
from typing import TYPE_CHECKING

import polars as pl
import pytest
from as_classes import asked, truths
from full_product import AGES, COURSES, MIDLINE, REGIONS, SETS, rows

import dystonia_kg as dkg
from dystonia_kg.classification.model import default_model

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("jpype")
EDGES = (0.0, 12.9, 20.9, 21.0, 90.0)


def partial_cases() -> Iterator[dkg.Case]:
    """Every age at a boundary with every course; halves; and cases of which a part is unknown."""
    for age in (*AGES, *EDGES):
        for course in COURSES:
            yield dkg.Case(regions={"neck"}, complete=True, age_at_onset=age, course=course)
    chance = random.Random(11)
    for _ in range(110):
        stated: dict[str, set[str]] = {"regions": set(), "unaffected": set()}
        for region in REGIONS:
            half = region in MIDLINE and region != "larynx" and chance.random() < 0.5
            name = f"{chance.choice(('left', 'right'))} {region}" if half else region
            if chance.random() < 0.85:
                stated["regions" if chance.random() < 0.5 else "unaffected"].add(name)
        yield dkg.Case(**stated, complete=bool(stated["regions"]) and chance.random() < 0.4)


TOGETHER = 60  # cases that HermiT classifies at once, in some ten seconds


def compare(kg: dkg.KnowledgeGraph, given: list[dkg.Case]) -> None:
    model = default_model()
    wanted = asked(model)
    for start in range(0, len(given), TOGETHER):
        some = given[start : start + TOGETHER]
        for case, concluded in zip(some, truths(some, wanted, model), strict=True):
            answer = kg.classify(case)
            for iri in wanted:
                assert answer.truth(iri) == concluded[iri], (case, iri)


@pytest.mark.slow
def test_hermit_draws_the_same_conclusions_on_partial_cases(kg: dkg.KnowledgeGraph) -> None:
    compare(kg, list(partial_cases()))


@pytest.mark.slow
def test_hermit_draws_the_same_conclusions_on_every_set(kg: dkg.KnowledgeGraph) -> None:
    """All 511 sets; the 18 pairs of age and course take turns, so that each meets some 28 sets."""
    turns = cycle(product(AGES, COURSES))
    compare(kg, [case_of(regions, *next(turns)) for regions in SETS])


@pytest.mark.slow
@pytest.mark.skipif("DYSTONIA_KG_FULL_PRODUCT" not in os.environ, reason="takes long: set DYSTONIA_KG_FULL_PRODUCT")
@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("age", AGES)
def test_hermit_draws_the_same_conclusions_on_the_full_product(
    kg: dkg.KnowledgeGraph, age: float, course: str | None
) -> None:
    """511 sets of regions by 6 ages by 3 courses, 9,198 cases; each part can be run by itself."""
    compare(kg, [case_of(regions, age, course) for regions in SETS])


def case_of(regions: set[str], age: float, course: str | None) -> dkg.Case:
    return dkg.Case(regions=regions, complete=True, age_at_onset=age, course=course)


def test_the_table_has_the_same_answers_on_the_full_product(kg: dkg.KnowledgeGraph) -> None:
    """What HermiT is asked of in slow tests: one by one, and as a table."""
    table = kg.classify_table(pl.DataFrame(rows()), values=True)
    dimensions = ("age at onset", "body distribution", "disease course")
    for row, found in zip(rows(), table.iter_rows(named=True), strict=True):
        regions = {region for region in REGIONS if row[region.replace(" ", "_")]}
        case = dkg.Case(regions=regions, complete=True, age_at_onset=row["age_at_onset"], course=row["course"])
        answer = kg.classify(case)
        for name in dimensions:
            dimension, column = answer.dimension(name), f"axis1_{name.replace(' ', '_')}"
            assert found[column] == dimension.value
            assert found[f"{column}_possible"] == ("|".join(dimension.possible) or None)
            for value, truth in dimension.truths.items():
                assert found[f"{column}_is_{value.replace(' ', '_')}"] is {"true": True, "false": False}.get(truth)
