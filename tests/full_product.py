"""Every set of body regions with every period of life and every course: what all engines have to agree on."""

from __future__ import annotations

from itertools import combinations
from typing import Any

MIDLINE = ("upper face", "lower face", "larynx", "neck", "trunk")
LIMBS = tuple(f"{side} {limb} limb" for limb in ("upper", "lower") for side in ("left", "right"))
REGIONS = (*MIDLINE, *LIMBS)
SETS = [set(c) for size in range(1, 10) for c in combinations(REGIONS, size)]
AGES = (2.9, 3.0, 13.0, 40.0, 40.9, 41.0)  # a period of life each, and 40, where sources differ
COURSES = ("StaticCourse", "ProgressiveCourse", None)


def rows() -> list[dict[str, Any]]:
    """Return the 9,198 cases as rows of a table."""
    return [
        {**{region.replace(" ", "_"): region in s for region in REGIONS}, "age_at_onset": age, "course": c}
        for s in SETS
        for age in AGES
        for c in COURSES
    ]
