"""Answers for every possible row of a table, worked out once: finding an answer is then looking up a number.

Rows are coded by what is known of the regions (a digit for each), of the age (first and last piece of the line of
ages), and of other relations (two bits for each condition: it holds, it does not). For each of the three kinds an
array tells what follows; nothing here knows polars.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import chain
from operator import or_
from typing import NamedTuple

from dystonia_kg.classification.formula import Formula, Known, Truth
from dystonia_kg.classification.model import Dimension, Model
from dystonia_kg.classification.result import join_values

#: What is known of one region: the first two codes, then one for each side it has, then "unknown".
ABSENT, PRESENT = 0, 1


class Outcome(NamedTuple):
    """What a dimension's answer is: the value, the values that are left, the truth of each, whether it contradicts."""

    value: str | None
    possible: str | None
    truths: tuple[Truth, ...]
    conflict: bool


class RegionCodes:
    """Codes of what is known of all regions, and what follows for sets of states.

    :param unsided: what "affected" without a side means, "both" or "unknown"
    """

    def __init__(self, model: Model, unsided: str) -> None:
        self.space = model.space
        self._start = model.nothing_known.regions
        self._unsided = unsided
        self.radix = [len(options) + 2 for options in self.space.options]
        self.weights = [1]
        for radix in self.radix[:-1]:
            self.weights.append(self.weights[-1] * radix)
        self.count = self.weights[-1] * self.radix[-1]

    def _sides(self, region: int) -> list[str | None]:
        return [self.space.elements[e][1] for e in self.space.options[region]]

    def unknown(self, region: int) -> int:
        """Return the code of a region of which nothing is known."""
        return self.radix[region] - 1

    def sides(self, region: int) -> dict[str, int]:
        """Return the code for each side that a region may be affected on."""
        sides = self._sides(region)
        if None not in sides:
            return {side: PRESENT for side in sides if side}
        named = [side for side in sides if side]
        return {side: PRESENT + 1 + n for n, side in enumerate(named)}

    def states(self, region: int, code: int) -> list[int]:
        """Return the states of a region that a code leaves possible."""
        sides = self._sides(region)
        everything = list(range(len(sides) + 1))
        if code == self.unknown(region):
            return everything
        if code == ABSENT:
            return [0]
        whole = sides.index(None) + 1 if None in sides else 1
        if code == PRESENT:
            return [whole] if self._unsided == "both" or None not in sides else everything[1:]
        return [next(s for s in everything[1:] if s != whole and self._rank(sides, s) == code)]

    def _rank(self, sides: list[str | None], state: int) -> int:
        named = [n + 1 for n, side in enumerate(sides) if side]
        return PRESENT + 1 + named.index(state) if state in named else -1

    def spread(self, leaves: Sequence[int]) -> list[int]:
        """Return, for each code, two bits for each set of states: some state is in it, some is not.

        :param leaves: sets of states
        """
        cells = self._of_states(leaves)
        inner = 1
        for region, size in enumerate(self.space.sizes):
            choices = [self.states(region, code) for code in range(self.radix[region])]
            cells = list(chain.from_iterable(self._widened(cells, size, inner, choices)))
            inner *= self.radix[region]
        return cells

    def _of_states(self, leaves: Sequence[int]) -> list[int]:
        count = self.space.count
        valid = _signs(self._start, count)
        rows = [_signs(leaf, count) for leaf in leaves]
        found: dict[tuple[str, ...], int] = {}
        cells = []
        for ok, *signs in zip(valid, *rows, strict=True):
            key = tuple(signs)
            if key not in found:
                found[key] = sum(1 << (2 * n + (sign == "0")) for n, sign in enumerate(key))
            cells.append(found[key] if ok == "1" else 0)
        return cells

    def _widened(self, cells: list[int], size: int, inner: int, choices: list[list[int]]) -> Iterable[Iterable[int]]:
        """Replace the states of one region by its codes; a code is the union of its states."""
        for start in range(0, len(cells), size * inner):
            blocks = [cells[start + n * inner : start + (n + 1) * inner] for n in range(size)]
            for states in choices:
                block = blocks[states[0]]
                for state in states[1:]:
                    block = list(map(or_, block, blocks[state]))
                yield block


def _signs(bits: int, count: int) -> str:
    """Return the members of a set as a string of 0 and 1, the first state first."""
    return format(bits, f"0{count}b")[::-1]


class AgeCodes:
    """Codes of what is known of the age: the first and the last piece that are possible.

    The last code stands for an unknown age.
    """

    def __init__(self, model: Model) -> None:
        self.ages = model.ages
        self.pieces = model.ages.all.bit_length()
        self._start = model.nothing_known.ages
        self.unknown = self.pieces * self.pieces
        self.count = self.unknown + 1

    def code(self, bits: int) -> int:
        """Return the code of a run of pieces."""
        first = (bits & -bits).bit_length() - 1
        return first * self.pieces + bits.bit_length() - 1

    def spread(self, leaves: Sequence[int]) -> list[int]:
        """Return, for each code, two bits for each set of pieces: some piece is in it, some is not."""
        return [self._cell(code, leaves) for code in range(self.count)]

    def _cell(self, code: int, leaves: Sequence[int]) -> int:
        first, last = divmod(code, self.pieces)
        known = self.ages.all if code == self.unknown else ((1 << (last + 1)) - 1) & ~((1 << first) - 1)
        known = max(known, 0) & self._start
        return sum(
            (bool(known & leaf) | bool(known & ~leaf) << 1) << (2 * number) for number, leaf in enumerate(leaves)
        )


class Field(NamedTuple):
    """Some conditions, coded together: two bits each, for holding and for not holding."""

    conditions: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many values the field can have."""
        return 1 << (2 * len(self.conditions))

    def packed(self, known: Known) -> int:
        """Return the value that says what is known of the conditions."""
        return sum(
            ((known.true >> condition & 1) | (known.false >> condition & 1) << 1) << (2 * n)
            for n, condition in enumerate(self.conditions)
        )


def three_valued(cell: int, leaf: int) -> Truth:
    """Return the truth of a leaf from the two bits of a cell; None as well where nothing is possible."""
    return {0: None, 1: True, 2: False, 3: None}[cell >> (2 * leaf) & 3]


class Answers:
    """The outcomes of a dimension by the number of a row.

    :param dimension: one whose values are about one kind of finding: regions, age, or other relations
    """

    def __init__(self, model: Model, dimension: Dimension) -> None:
        self.model = model
        self.dimension = dimension
        self.kinds = frozenset(chain.from_iterable(model.kinds(iri) for iri in dimension.values))
        self.entries = [model.entries[iri] for iri in dimension.values]

    @cached_property
    def leaves(self) -> list[int]:
        """The sets of states (pieces of age, numbers of conditions) that the values are made of."""
        from dystonia_kg.classification.formula import leaves

        return sorted({bits for entry in self.entries for _, bits in leaves(entry.upper)})

    def outcome(self, truth_of: Callable[[str], Truth], conflict: bool) -> Outcome:
        """Return the outcome for the truths of the values."""
        truths = tuple(None if conflict else truth_of(entry.id) for entry in self.entries)
        holding = [entry for entry, truth in zip(self.entries, truths, strict=True) if truth]
        above = {sup for entry in holding for sup in entry.data["above"]}
        value = join_values(entry.name for entry in holding if entry.id not in above)
        open_ = [entry.name for entry, truth in zip(self.entries, truths, strict=True) if truth is None]
        possible = "|".join(open_) if open_ and not conflict else None
        return Outcome(value, possible, truths, conflict)

    def of_cells(self, cells: Sequence[int]) -> tuple[list[int], list[Outcome]]:
        """Return the number of the outcome for each cell of a spread over the leaves, and the outcomes."""
        numbers: dict[int, int] = {}
        outcomes: list[Outcome] = []
        found: list[int] = []
        for cell in cells:
            if cell not in numbers:
                numbers[cell] = len(outcomes)
                outcomes.append(self._of_cell(cell))
            found.append(numbers[cell])
        return found, outcomes

    def _of_cell(self, cell: int) -> Outcome:
        places = {bits: n for n, bits in enumerate(self.leaves)}

        def truth_of(iri: str) -> Truth:
            entry = self.model.entries[iri]
            if self._evaluate(entry.lower, cell, places) is True:
                return True
            return False if self._evaluate(entry.upper, cell, places) is False else None

        return self.outcome(truth_of, conflict=cell == 0)

    def _evaluate(self, formula: Formula, cell: int, places: dict[int, int]) -> Truth:
        if isinstance(formula, bool):
            return formula
        return three_valued(cell, places[formula[1]])

    def of_field(self, bits: int, field: Field) -> Outcome:
        """Return the outcome for the value of a field of conditions."""
        true = false = 0
        for n, condition in enumerate(field.conditions):
            true |= (bits >> (2 * n) & 1) << condition
            false |= (bits >> (2 * n + 1) & 1) << condition
        start = self.model.nothing_known
        known = Known(start.regions, start.ages, true, false)
        return self.outcome(lambda iri: self.model.truth(iri, known), conflict=bool(true & false))
