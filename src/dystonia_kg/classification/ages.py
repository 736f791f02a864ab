"""Ages as bits: the line of ages cut at every boundary that a class names, so that a class is a set of pieces."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence


class AgeSpace:
    """The pieces of the line: open intervals and boundaries, alternating; piece 2k+1 is the k-th boundary itself.

    :param boundaries: the ages that classes name

    >>> ages = AgeSpace([3, 13])
    >>> [bin(ages.interval(*bounds)) for bounds in ((2, 2), (3, 3), (3, 12.9), (2, None))]
    ['0b1', '0b10', '0b110', '0b11111']
    """

    def __init__(self, boundaries: Iterable[float]) -> None:
        self.boundaries = sorted(set(boundaries))
        self.all = (1 << (2 * len(self.boundaries) + 1)) - 1

    def piece(self, age: float) -> int:
        """Return the number of the piece in which an age lies."""
        place = bisect_left(self.boundaries, age)
        return 2 * place + (place < len(self.boundaries) and self.boundaries[place] == age)

    def interval(self, low: float, high: float | None, below: bool = False) -> int:
        """Return the pieces from ``low`` to ``high``, which is left out itself if ``below``."""
        last = self.all.bit_length() - 1 if high is None else self.piece(high)
        if below and last % 2:
            last -= 1
        return ((1 << (last + 1)) - 1) & ~((1 << self.piece(low)) - 1)

    def facets(self, facets: Sequence[Sequence[object]]) -> int:
        """Return the pieces that meet all facets, such as [">=", 3]."""
        bits = self.all
        for sign, years in facets:
            assert isinstance(years, float | int)
            here = 1 << self.piece(years)
            above = self.all & ~((here << 1) - 1)
            bits &= {">=": above | here, ">": above, "<=": self.all & ~above, "<": here - 1}[str(sign)]
        return bits

    def example(self, piece: int) -> float:
        """Return an age that lies in a piece."""
        if piece % 2:
            return self.boundaries[piece // 2]
        place = piece // 2
        if not self.boundaries:
            return 0.0
        if place == 0:
            return self.boundaries[0] - 1
        if place == len(self.boundaries):
            return self.boundaries[-1] + 1
        return (self.boundaries[place - 1] + self.boundaries[place]) / 2
