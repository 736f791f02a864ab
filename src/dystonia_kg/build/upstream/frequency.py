"""How often a phenotype was found: ``3/12``, ``25%``, or a class of frequency.

The number is kept with what it rests on; a class of frequency stands for a range, so it gives no number.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

_COUNT = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%")


class Frequency(NamedTuple):
    """A share of cases, the counts that it rests on, or the class of frequency (a CURIE) that stands for it."""

    share: Decimal | None = None
    affected: int | None = None
    examined: int | None = None
    term: str | None = None

    @property
    def nobody(self) -> bool:
        """Whether it says that nobody was affected."""
        return self.share == 0 if self.affected is None else self.affected == 0


def parse_frequency(text: str) -> Frequency:
    """Return what a cell says.

    :raises ValueError: if it is no frequency; the message says what to write

    >>> parse_frequency("3/12").share, parse_frequency("0/7").nobody
    (Decimal('0.25'), True)
    >>> parse_frequency("5/3")
    Traceback (most recent call last):
    ...
    ValueError: '5/3': more people affected than examined
    """
    if text.startswith("HP:"):
        return Frequency(term=text)
    if match := _COUNT.fullmatch(text):
        affected, examined = int(match[1]), int(match[2])
        if examined == 0:
            raise ValueError(f"{text!r}: nobody was examined")
        if affected > examined:
            raise ValueError(f"{text!r}: more people affected than examined")
        return Frequency(round(Decimal(affected) / examined, 6), affected, examined)
    if match := _PERCENT.fullmatch(text):
        share = Decimal(match[1]) / 100
        if share > 1:
            raise ValueError(f"{text!r}: more than 100 %")
        return Frequency(share)
    raise ValueError(f"{text!r} is no frequency: write affected/examined, a percentage, or a frequency term of HPO")
