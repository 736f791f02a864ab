"""Statements on relations other than regions and age: what a fact makes true or false of the conditions asked for.

A condition is ``R some C`` or ``R only C``, C being an intersection of named classes and negated ones. A fact is that
``R some C`` holds, that it does not, or that ``R only`` one of some classes holds. Facts say something of conditions
through the hierarchies of relations and of classes and through what is stated to be disjoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from dystonia_kg.classification.vocabulary import Vocabulary


class Condition(NamedTuple):
    """``relation some|only class``; the class as literals such as ("dyst:Task", "!dyst:Writing")."""

    kind: str
    relation: str
    filler: tuple[str, ...]
    text: str = ""


class RoleFact(NamedTuple):
    """A fact: ``some`` one filler, ``none`` of one filler, or ``only`` fillers of these classes."""

    kind: str
    relation: str
    fillers: tuple[str, ...]


class Roles:
    """The conditions of a classifier, and what facts and conditions say of each other.

    Sets of conditions are whole numbers: bit i stands for condition i.
    """

    def __init__(self, data: Mapping[str, Any], vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._wider = {p: frozenset([p, *entry["above"]]) for p, entry in data["properties"].items()}
        self._apart: dict[str, set[str]] = {}
        for one, other in data["disjoint"]:
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)
        self._apart_from = lru_cache(maxsize=None)(self._stated_apart)
        self._chained = frozenset(data["fields"]["parts"])
        self.conditions: list[Condition] = []
        self._numbers: dict[tuple[str, str, tuple[str, ...]], int] = {}
        self.up: list[int] = []  # what is true if condition i is, itself included
        self.down: list[int] = []  # what is false if condition i is, itself included
        self.out: list[int] = []  # what is false if condition i is true

    def number(self, condition: Condition) -> int:
        """Return the number of a condition; equal conditions share one."""
        key = condition[:3]
        if key not in self._numbers:
            self._numbers[key] = len(self.conditions)
            self.conditions.append(condition)
        return self._numbers[key]

    def close(self, exclusive: Iterable[tuple[int, int]]) -> None:
        """Derive what conditions say of each other, once all are known.

        :param exclusive: pairs of conditions that cannot both hold
        """
        numbers = range(len(self.conditions))
        self.up = [_bits(j for j in numbers if self._implies(i, j)) for i in numbers]
        self.down = [_bits(j for j in numbers if self.up[j] >> i & 1) for i in numbers]
        self.out = [_bits(j for j in numbers if self._excludes(i, j)) for i in numbers]
        for one, other in exclusive:
            for i, j in ((one, other), (other, one)):
                for k in numbers:
                    if self.up[k] >> i & 1:
                        self.out[k] |= self.down[j]

    def effect(self, fact: RoleFact) -> tuple[int, int]:
        """Return the conditions that a fact makes true and those that it makes false."""
        true = _bits(j for j, c in enumerate(self.conditions) if self._makes_true(fact, c))
        false = _bits(j for j, c in enumerate(self.conditions) if self._makes_false(fact, c))
        return self.closed(true, false)

    def closed(self, true: int, false: int) -> tuple[int, int]:
        """Return what is true and what is false, with all that follows."""
        more_true, more_false = true, false
        for i in numbers_of(true):
            more_true |= self.up[i]
            more_false |= self.out[i]
        for i in numbers_of(false):
            more_false |= self.down[i]
        return more_true, more_false

    def related(self, one: int, other: int) -> bool:
        """Tell whether the truth of one condition says anything of another one."""
        pair = 1 << other
        return bool((self.up[one] | self.down[one] | self.out[one]) & pair)

    # ------------------------------------------------------------------ logic

    def _implies(self, i: int, j: int) -> bool:
        one, other = self.conditions[i], self.conditions[j]
        if one.kind != other.kind:
            return False
        if one.kind == "some":
            return self._is_wider(other.relation, one.relation) and self._within(one.filler, other.filler, one.relation)
        return self._is_wider(one.relation, other.relation) and self._within(one.filler, other.filler, one.relation)

    def _excludes(self, i: int, j: int) -> bool:
        one, other = self.conditions[i], self.conditions[j]
        if (one.kind, other.kind) == ("only", "some"):
            return self._is_wider(one.relation, other.relation) and self._disjoint(one.filler, other.filler)
        if (one.kind, other.kind) == ("some", "only"):
            return self._is_wider(other.relation, one.relation) and self._disjoint(one.filler, other.filler)
        return False

    def _makes_true(self, fact: RoleFact, asked: Condition) -> bool:
        if fact.kind == "some" and asked.kind == "some":
            return self._is_wider(asked.relation, fact.relation) and self._within(
                fact.fillers, asked.filler, fact.relation
            )
        if fact.kind == "only" and asked.kind == "only":
            return self._is_wider(fact.relation, asked.relation) and all(
                self._within((filler,), asked.filler, fact.relation) for filler in fact.fillers
            )
        return False

    def _makes_false(self, fact: RoleFact, asked: Condition) -> bool:
        if asked.kind == "only":
            wider = fact.kind == "some" and self._is_wider(asked.relation, fact.relation)
            return wider and self._disjoint(fact.fillers, asked.filler)
        if fact.kind == "some" or not self._is_wider(fact.relation, asked.relation):
            return False
        if fact.kind == "none":
            return self._within(asked.filler, fact.fillers, asked.relation)
        return all(self._disjoint((filler,), asked.filler) for filler in fact.fillers)

    def _is_wider(self, wide: str, narrow: str) -> bool:
        return wide in self._wider.get(narrow, (narrow,))

    def _within(self, narrow: Iterable[str], wide: Iterable[str], relation: str) -> bool:
        """Tell whether everything in one class is in another; parts of the body are in what they belong to."""
        narrow = tuple(narrow)
        return all(any(self._literal_within(n, w, relation) for n in narrow) for w in wide)

    def _literal_within(self, narrow: str, wide: str, relation: str) -> bool:
        if wide.startswith("!"):
            if narrow.startswith("!"):
                return narrow[1:] in self.vocabulary.above(wide[1:])
            return self._apart_named(narrow, wide[1:])
        if narrow.startswith("!"):
            return False
        wholes = self.vocabulary.wholes(narrow) if relation in self._chained else (narrow,)
        return any(wide in self.vocabulary.above(whole) for whole in wholes)

    def _disjoint(self, one: Iterable[str], other: Iterable[str]) -> bool:
        other = tuple(other)
        return any(self._literals_apart(a, b) for a in one for b in other)

    def _literals_apart(self, one: str, other: str) -> bool:
        if one.startswith("!") or other.startswith("!"):
            negated, plain = (one, other) if one.startswith("!") else (other, one)
            return not plain.startswith("!") and negated[1:] in self.vocabulary.above(plain)
        return self._apart_named(one, other)

    def _apart_named(self, one: str, other: str) -> bool:
        return not self._apart_from(one).isdisjoint(self.vocabulary.above(other))

    def _stated_apart(self, term: str) -> frozenset[str]:
        """Return the classes that are stated to be disjoint with a term or a class above it."""
        return frozenset(chain.from_iterable(self._apart.get(one, ()) for one in self.vocabulary.above(term)))


def numbers_of(bits: int) -> Iterable[int]:
    """Yield the numbers of the conditions in a set."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _bits(numbers: Iterable[int]) -> int:
    bits = 0
    for number in numbers:
        bits |= 1 << number
    return bits
