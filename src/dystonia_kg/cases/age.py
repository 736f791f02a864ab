"""Ages at onset: years, months, ISO 8601 durations and ranges, as one interval in years."""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

from dystonia_kg.errors import CaseError

OLDEST = 130  # years; beyond it an age is a slip of the pen
_DAYS_OF_YEAR = 365.25

_ISO = re.compile(
    r"P(?=\d)(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T.*)?"
)
_PLAIN = re.compile(r"(-?\d+(?:\.\d+)?)\s*(y|yr|yrs|years?|mo|mos|months?|w|wk|weeks?|d|days?)?\.?", re.IGNORECASE)
_PER_YEAR = {"y": 1.0, "m": 12.0, "w": _DAYS_OF_YEAR / 7, "d": _DAYS_OF_YEAR}


class AgeRange(NamedTuple):
    """Ages in years from ``low`` to ``high``, both included unless ``below`` says that ``high`` is not.

    >>> print(AgeRange(3.0, 13.0, below=True))
    3 to below 13 years
    """

    low: float
    high: float
    below: bool = False

    def __str__(self) -> str:
        return f"{self.low:g} to {'below ' if self.below else ''}{self.high:g} years"


def parse_age(value: Any, field: str = "age_at_onset") -> float | AgeRange | None:
    """Return an age in years, or a range of ages, from the ways in which people write them.

    >>> parse_age(8), parse_age("18 mo"), parse_age("P1Y6M"), parse_age((3, 12.9))
    (8.0, 1.5, 1.5, AgeRange(low=3.0, high=12.9, below=False))
    """
    if value is None or isinstance(value, AgeRange):
        return None if value is None else _range(value, field)
    if isinstance(value, list | tuple):
        if len(value) not in (2, 3) or (len(value) == 3 and not isinstance(value[2], bool)):
            raise CaseError(field, value, "a range is a pair (low, high)")
        return _range(AgeRange(_years(value[0], field), _years(value[1], field), *value[2:]), field)
    return _years(value, field)


def _range(age: AgeRange, field: str) -> float | AgeRange:
    low, high = _years(age.low, field), _years(age.high, field)
    if low > high or (low == high and age.below):
        raise CaseError(field, (low, high), "the range is empty; give (low, high) with low <= high")
    return low if low == high else AgeRange(low, high, age.below)


def _years(value: Any, field: str) -> float:
    if isinstance(value, str):
        return _checked(_from_text(value, field), value, field)
    try:
        if isinstance(value, bool | bytes | bytearray):
            raise TypeError
        return _checked(float(value), value, field)
    except (TypeError, ValueError, OverflowError):
        raise CaseError(
            field, value, "give years, '18 mo', an ISO 8601 duration such as P1Y6M, or (low, high)"
        ) from None


def _from_text(text: str, field: str) -> float:
    short = text.strip()
    found = _ISO.fullmatch(short.upper()) if len(short) < 60 else None
    if found:
        units = zip(found.groups(), "ymwd", strict=True)
        return _exact({unit: float(number) for number, unit in units if number})
    plain = _PLAIN.fullmatch(short) if len(short) < 60 else None
    if plain is None:
        raise CaseError(field, text, "give years, '18 mo', an ISO 8601 duration such as P1Y6M, or (low, high)")
    return _exact({(plain[2] or "y")[0].lower(): float(plain[1])})


def _exact(parts: dict[str, float]) -> float:
    years = parts.get("y", 0.0)
    if "m" in parts:
        years = (years * 12 + parts["m"]) / 12  # so that 12 months are a year exactly
    return years + sum(parts.get(unit, 0.0) / _PER_YEAR[unit] for unit in "wd")


def _checked(years: float, value: Any, field: str) -> float:
    if not math.isfinite(years):
        raise CaseError(field, value, "an age is a number of years; leave it out if it is not known")
    if years < 0:
        raise CaseError(field, value, "an age cannot be negative; leave it out if it is not known")
    if years > OLDEST:
        raise CaseError(field, value, f"an age is given in years and is at most {OLDEST}; write '18 mo' for months")
    return years
