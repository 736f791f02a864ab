"""All the ways in which regions can be affected, as bits: set algebra on whole numbers, exact and fast.

A state says, for each region, in which of its elements it is affected (left half, right half, as a whole) or that it is
not. With nine regions of which five have sides there are 4^5 * 2^4 = 16,384 states. What is known of a case is a set of
states, and so is a class; a class holds of the case if no state of the case lies outside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any


class RegionSpace:
    """The states of all regions.

    :param table: the part ``regions`` of ``classifier.json``
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.regions: list[str] = list(table["regions"])
        self.elements: list[tuple[str, str | None]] = [(region, side) for region, side in table["elements"]]
        self.classes: Mapping[str, list[int]] = table["classes"]
        self.options = [[n for n, e in enumerate(self.elements) if e[0] == region] for region in self.regions]
        self.sizes = [1 + len(options) for options in self.options]  # the first state of a region: not affected
        self.strides = [1] * len(self.sizes)
        for i in range(1, len(self.sizes)):
            self.strides[i] = self.strides[i - 1] * self.sizes[i - 1]
        self.count = self.strides[-1] * self.sizes[-1]
        self.all = (1 << self.count) - 1
        self._element_bits = self._make_element_bits()

    def _make_element_bits(self) -> list[int]:
        bits = [0] * len(self.elements)
        for i, options in enumerate(self.options):
            for state, element in enumerate(options, start=1):
                bits[element] = self._pattern(i, state)
        return bits

    def _pattern(self, region: int, state: int) -> int:
        """Return the states in which a region is in a certain state: a block of ones, repeated."""
        stride, period = self.strides[region], self.strides[region] * self.sizes[region]
        pattern, width = ((1 << stride) - 1) << (state * stride), period
        while width < self.count:
            pattern |= pattern << width
            width *= 2
        return pattern & self.all

    def region_of(self, element: int) -> int:
        """Return the number of the region of an element."""
        return self.regions.index(self.elements[element][0])

    def some(self, elements: Iterable[int]) -> int:
        """Return the states in which at least one of the elements is affected."""
        bits = 0
        for element in elements:
            bits |= self._element_bits[element]
        return bits

    def counted(self, low: int, high: int | None, elements: Iterable[int]) -> int:
        """Return the states in which at least ``low`` and at most ``high`` of the elements are affected."""
        bits = self._at_least(low, list(elements))
        return bits if high is None else bits & ~self._at_least(high + 1, list(elements)) & self.all

    def _at_least(self, low: int, elements: list[int]) -> int:
        reached = [self.all] + [0] * low
        for region in range(len(self.regions)):
            here = self.some(e for e in elements if e in self.options[region])
            for number in range(low, 0, -1):
                reached[number] |= reached[number - 1] & here
        return reached[low]

    def unaffected(self, region_class: str) -> int:
        """Return the states in which no region of a class is affected."""
        return self.all & ~self.some(self.classes[region_class])

    def affected(self, region_class: str, unsided: str, narrowed: frozenset[int] = frozenset()) -> int:
        """Return the states in which a region of a class is affected, as a case states it.

        :param unsided: "both" if a region named without a side lies on no single side, "unknown" if it may
        :param narrowed: regions of which another statement names the side
        """
        members = self.classes[region_class]
        if unsided == "both":
            members = [e for e in members if not self._is_half(e, members) or self.region_of(e) in narrowed]
        return self.some(members)

    def _is_half(self, element: int, members: list[int]) -> bool:
        """Tell whether an element is one side of a region that the members hold as a whole too."""
        whole = [e for e in self.options[self.region_of(element)] if self.elements[e][1] is None]
        return self.elements[element][1] is not None and any(e in members for e in whole)

    def narrowed_by(self, region_class: str) -> frozenset[int]:
        """Return the regions of which a class of regions names the side."""
        members = set(self.classes[region_class])
        touched = {self.region_of(e) for e in members}
        return frozenset(r for r in touched if not members.issuperset(self.options[r]))

    @cached_property
    def region_bits(self) -> list[list[int]]:
        """For each region, the states in which it is in each of its states."""
        found = []
        for i, options in enumerate(self.options):
            sides = [self._element_bits[e] for e in options]
            found.append([self._pattern(i, 0), *sides])
        return found
