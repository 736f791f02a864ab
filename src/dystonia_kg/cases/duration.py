"""Ages as a phenopacket says them: the other way round from `onset`, and exactly so."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from dystonia_kg.cases.age import OLDEST, AgeRange, parse_age

_DAYS_OF_YEAR = 365.25
_LONGEST = 30  # digits of a duration


def time_element(
    age: float | AgeRange, onsets: Mapping[str, Mapping[str, Any]], term: Callable[[str], dict[str, Any]]
) -> dict[str, Any]:
    """Return a TimeElement for an age or a range of ages.

    :param onsets: the periods of life that have a term, each with the age from which and the one before which it is
    :param term: makes an ontology class of an identifier
    """
    if not isinstance(age, AgeRange):
        return {"age": {"iso8601duration": duration(age)}}
    for identifier, span in onsets.items():
        first, before = span["from"], span["before"]
        if (age.low, age.high, age.below) == (first, OLDEST if before is None else before, before is not None):
            return {"ontologyClass": term(identifier)}
    last = math.nextafter(age.high, 0.0) if age.below else age.high
    ends = {"start": {"iso8601duration": duration(age.low)}, "end": {"iso8601duration": duration(last)}}
    return {"ageRange": ends}


def duration(years: float) -> str:
    """Return an age as an ISO 8601 duration that reads back as the same number.

    >>> duration(8), duration(1.5), duration(14 / 365.25), duration(8.3)
    ('P8Y', 'P1Y6M', 'P14D', 'P8.3Y')
    """
    return next((text for text in _candidates(years) if parse_age(text) == years), _plain(years))


def _candidates(years: float) -> Iterator[str]:
    months = round(years * 12)
    yield "P" + (f"{months // 12}Y" if months >= 12 or not months else "") + (f"{months % 12}M" if months % 12 else "")
    yield f"P{round(years * _DAYS_OF_YEAR)}D"
    yield _plain(years)


def _plain(years: float) -> str:
    text = format(Decimal(repr(float(years))), "f")
    if len(text) > _LONGEST:
        text = format(years, f".{_LONGEST - 4}f").rstrip("0").rstrip(".")
    return f"P{text.removesuffix('.0')}Y"
