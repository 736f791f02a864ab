"""When something began, from the ways in which a phenopacket says it: a TimeElement as an age or a range of ages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dystonia_kg.cases.age import OLDEST, AgeRange, parse_age
from dystonia_kg.cases.hpo import hpo, normalize
from dystonia_kg.classification.model import default_model
from dystonia_kg.errors import CaseError

if TYPE_CHECKING:
    from dystonia_kg.cases.tree import Node

Age = float | AgeRange

_ISO = re.compile(r"P(?=[0-9])[0-9YMWD.]{1,40}(?:T[0-9HMS.]{0,40})?")
_DAYS_OF_YEAR = 365.25


class NoAge(ValueError):
    """A time element gives no age; the message says why."""


def age_of(time: Node, born: Node | None = None) -> Age:
    """Return the age that a TimeElement gives.

    :param born: the person's date of birth, with which a timestamp becomes an age
    :raises NoAge: if it gives none
    """
    if not isinstance(time.value, dict):
        raise NoAge("an object with age, ageRange, ontologyClass, gestationalAge, timestamp or interval is expected")
    readers = {
        "age": lambda part: _duration(part.text("iso8601duration")),
        "ageRange": _range,
        "ontologyClass": _onset_term,
        "timestamp": lambda part: _since(part, born),
        "interval": lambda part: _interval(part, born),
        "gestationalAge": _before_birth,
    }
    given = [(name, part) for name in readers if (part := time.get(name)) is not None]
    if len(given) != 1:
        raise NoAge(
            "gives no age" if not given else f"gives {' and '.join(n for n, _ in given)}, of which one is allowed"
        )
    name, part = given[0]
    return readers[name](part)


def lowest(age: Age) -> float:
    """Return the first age that is possible."""
    return age.low if isinstance(age, AgeRange) else age


def highest(age: Age) -> float:
    """Return the last age that is possible."""
    return age.high if isinstance(age, AgeRange) else age


def earliest(ages: list[Age]) -> Age:
    """Return the age at which the first of several things began.

    >>> earliest([8.0, AgeRange(5.0, 16.0, True)])
    AgeRange(low=5.0, high=8.0, below=False)
    """
    low, high = min(map(lowest, ages)), min(map(highest, ages))
    ends = [age for age in ages if highest(age) == high]
    below = all(isinstance(age, AgeRange) and age.below for age in ends)
    return low if low == high else AgeRange(low, high, below)


def _duration(text: str | None) -> float:
    if text is None or not _ISO.fullmatch(text.upper()):
        raise NoAge("no ISO 8601 duration such as P8Y or P1Y6M")
    try:
        age = parse_age(text)
    except CaseError as error:
        raise NoAge(str(error)) from None
    if not isinstance(age, float):
        raise NoAge("no ISO 8601 duration such as P8Y or P1Y6M")
    return age


def _range(part: Node) -> Age:
    ends = [_duration(part.text(end, "iso8601duration")) for end in ("start", "end")]
    if ends[0] > ends[1]:
        raise NoAge("the range ends before it starts")
    return ends[0] if ends[0] == ends[1] else AgeRange(ends[0], ends[1])


def _onset_term(part: Node) -> Age:
    part.mark()
    term = normalize(part.text("id") or "")
    term = hpo().replaced.get(term, term) if term else None
    span = default_model().vocabulary.onset(term) if term else None
    if span is None:
        raise NoAge("an HPO term that spans no ages after birth" if term in hpo().labels else "no onset term of HPO")
    first, before = span
    if first == before:
        return first
    return AgeRange(first, OLDEST) if before is None else AgeRange(first, before, True)


def _before_birth(part: Node) -> Age:
    part.mark()
    raise NoAge("before birth, where the classification has no age")


def _interval(part: Node, born: Node | None) -> Age:
    start, end = part.get("start"), part.get("end")
    if start is None or end is None:
        raise NoAge("an interval with start and end is expected")
    low, high = _since(start, born), _since(end, born)
    if low > high:
        raise NoAge("the interval ends before it starts")
    return low if low == high else AgeRange(low, high)


def _since(part: Node, born: Node | None) -> float:
    if born is None:
        raise NoAge("a time without a date of birth is no age")
    try:
        days = (_moment(part) - _moment(born)).total_seconds() / 86_400
    except OverflowError:
        raise NoAge("no timestamp that can be reckoned with") from None
    if days < 0:
        raise NoAge("lies before the date of birth")
    years = days / _DAYS_OF_YEAR
    if years > OLDEST:
        raise NoAge(f"lies more than {OLDEST} years after the date of birth")
    return years


def _moment(part: Node) -> datetime:
    part.mark()
    if not isinstance(part.value, str) or len(part.value) > 60:
        raise NoAge("no timestamp such as 2020-05-01T00:00:00Z")
    try:
        moment = datetime.fromisoformat(part.value.strip())
    except ValueError:
        raise NoAge("no timestamp such as 2020-05-01T00:00:00Z") from None
    try:
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise NoAge("no timestamp that can be reckoned with") from None
