"""Formulas over what is known, with three truth values: true or false in every completion of what is unknown, or None.

A formula is ``("r", states)`` (regions), ``("a", pieces)`` (age), ``("s", number)`` (a condition on another relation),
``("not", f)``, ``("and", (f, ...))``, ``("or", (f, ...))``, True or False. What is about regions alone is one leaf, and
so is what is about age alone; leaves of different kinds are independent, so Kleene's logic on a formula that names each
kind once is exact. Where it names one more often, :func:`decide` tries the completions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any, NamedTuple

Formula = Any
Truth = bool | None


class Known(NamedTuple):
    """What is known: the possible states of regions and pieces of age, the conditions that hold and that do not."""

    regions: int
    ages: int
    true: int = 0
    false: int = 0

    @property
    def consistent(self) -> bool:
        """Whether anything is possible at all."""
        return bool(self.regions and self.ages and not self.true & self.false)


class Simplifier:
    """Makes formulas in which siblings about regions, or about age, are one leaf.

    :param all_regions: every state
    :param all_ages: every piece
    """

    def __init__(self, all_regions: int, all_ages: int) -> None:
        self._all = {"r": all_regions, "a": all_ages}

    def leaf(self, kind: str, bits: int) -> Formula:
        """Return a leaf; True or False where it always or never holds."""
        return False if bits == 0 else True if bits == self._all[kind] else (kind, bits)

    def negated(self, formula: Formula) -> Formula:
        """Return the negation."""
        if isinstance(formula, bool):
            return not formula
        if formula[0] in ("r", "a"):
            return self.leaf(formula[0], self._all[formula[0]] & ~formula[1])
        return formula[1] if formula[0] == "not" else ("not", formula)

    def joined(self, word: str, parts: Iterable[Formula]) -> Formula:
        """Return a conjunction or a disjunction."""
        neutral = word == "and"
        bits: dict[str, int] = {}
        rest: list[Formula] = []
        for part in self._flat(word, parts):
            if isinstance(part, bool):
                if part != neutral:
                    return part
            elif part[0] in ("r", "a"):
                so_far = bits.get(part[0], self._all[part[0]] if neutral else 0)
                bits[part[0]] = so_far & part[1] if neutral else so_far | part[1]
            elif part not in rest:
                rest.append(part)
        leaves = [self.leaf(kind, found) for kind, found in sorted(bits.items())]
        if (not neutral) in leaves:
            return not neutral
        found = [*(leaf for leaf in leaves if not isinstance(leaf, bool)), *rest]
        return neutral if not found else found[0] if len(found) == 1 else (word, tuple(found))

    def _flat(self, word: str, parts: Iterable[Formula]) -> Iterable[Formula]:
        for part in parts:
            if isinstance(part, tuple) and part[0] == word:
                yield from part[1]
            else:
                yield part


def leaves(formula: Formula) -> list[tuple[str, int]]:
    """Return the leaves of a formula, repeated ones included."""
    if isinstance(formula, bool):
        return []
    match formula[0]:
        case "not":
            return leaves(formula[1])
        case "and" | "or":
            return [leaf for part in formula[1] for leaf in leaves(part)]
    return [formula]


def kleene(formula: Formula, known: Known) -> Truth:
    """Evaluate a formula leaf by leaf: sound, and exact where each leaf is independent of the others."""
    if formula is True or formula is False:
        return bool(formula)
    kind = formula[0]
    if kind == "s":
        return True if known.true >> formula[1] & 1 else False if known.false >> formula[1] & 1 else None
    if kind == "r" or kind == "a":
        possible = known.regions if kind == "r" else known.ages
        here = possible & formula[1]
        return False if not here else True if here == possible else None
    if kind == "not":
        inner = kleene(formula[1], known)
        return None if inner is None else not inner
    dominant = kind == "or"
    unknown = False
    for part in formula[1]:
        truth = kleene(part, known)
        if truth is dominant:
            return dominant
        unknown = unknown or truth is None
    return None if unknown else not dominant


def evaluate(formula: Formula, leaf: Callable[[tuple[str, int]], bool]) -> bool:
    """Evaluate a formula of which every leaf is decided."""
    if isinstance(formula, bool):
        return formula
    match formula[0]:
        case "not":
            return not evaluate(formula[1], leaf)
        case "and":
            return all(evaluate(part, leaf) for part in formula[1])
        case "or":
            return any(evaluate(part, leaf) for part in formula[1])
    return leaf(formula)


def decide(formula: Formula, known: Known, closed: Callable[[int, int], tuple[int, int]]) -> Truth:
    """Evaluate a formula in every completion that differs for it; exact for every formula.

    :param closed: from conditions that hold and that do not, to all that hold and do not
    """
    outcomes = {
        evaluate(formula, lambda leaf, choice=choice: choice[leaf])  # type: ignore[misc]
        for choice in _completions(sorted(set(leaves(formula))), known, closed)
    }
    return outcomes.pop() if len(outcomes) == 1 else None


def _completions(
    found: list[tuple[str, int]], known: Known, closed: Callable[[int, int], tuple[int, int]]
) -> Iterable[dict[tuple[str, int], bool]]:
    by_kind = {kind: [leaf for leaf in found if leaf[0] == kind] for kind in "ras"}
    regions = list(_signs(by_kind["r"], known.regions))
    ages = list(_signs(by_kind["a"], known.ages))
    conditions = list(_choices(by_kind["s"], known, closed))
    for parts in product(regions, ages, conditions):
        yield {leaf: sign for part in parts for leaf, sign in part.items()}


def _signs(found: list[tuple[str, int]], possible: int) -> Iterable[dict[tuple[str, int], bool]]:
    """Yield the truths that leaves over the same states can have together."""
    if not possible:
        return
    if not found:
        yield {}
        return
    first, rest = found[0], found[1:]
    for sign, within in ((True, possible & first[1]), (False, possible & ~first[1])):
        for others in _signs(rest, within):
            yield {first: sign, **others}


def _choices(
    found: list[tuple[str, int]], known: Known, closed: Callable[[int, int], tuple[int, int]]
) -> Iterable[dict[tuple[str, int], bool]]:
    for signs in product((True, False), repeat=len(found)):
        true = sum(1 << leaf[1] for leaf, sign in zip(found, signs, strict=True) if sign)
        false = sum(1 << leaf[1] for leaf, sign in zip(found, signs, strict=True) if not sign)
        more_true, more_false = closed(known.true | true, known.false | false)
        if not more_true & more_false:
            yield dict(zip(found, signs, strict=True))
