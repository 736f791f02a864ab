"""What is missing: the single facts whose answers would change what is possible, the most telling first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import log
from typing import NamedTuple

from dystonia_kg.classification.findings import Reader
from dystonia_kg.classification.formula import Known, Truth, leaves
from dystonia_kg.classification.model import Dimension
from dystonia_kg.classification.result import Question

Decide = Callable[[str, Known], Truth]


class _Ask(NamedTuple):
    text: str
    field: str
    value: str
    answers: tuple[tuple[str, Known], ...]


class Asker:
    """Tries the answers to every question that is open.

    :param known: what is known now
    :param decide: the truth of a class, given what is known
    """

    def __init__(self, reader: Reader, known: Known, decide: Decide) -> None:
        self.reader = reader
        self.model = reader.model
        self.known = known
        self.decide = decide

    def questions(self, dimensions: list[Dimension]) -> Iterable[Question]:
        """Return the questions whose answers matter to some dimensions."""
        classes = [iri for dimension in dimensions for iri in dimension.values]
        now = {iri: self.decide(iri, self.known) for iri in classes}
        groups = [dimension.values for dimension in dimensions]
        found = []
        for ask in self._open([iri for iri in classes if now[iri] is None]):
            then = [(text, {iri: self.decide(iri, known) for iri in classes}) for text, known in ask.answers]
            if any(truths != now for _, truths in then):
                found.append((self._score(then, groups), self._question(ask, then, groups)))
        found.sort(key=lambda pair: (-pair[0][0], pair[0][1], pair[1].text))
        return [question for _, question in found]

    def _question(self, ask: _Ask, then: list[tuple[str, dict[str, Truth]]], groups: list[tuple[str, ...]]) -> Question:
        outcomes = tuple((text, tuple(self._left(truths))) for text, truths in then)
        decides = self._score(then, groups)[0] / len(groups)
        return Question(ask.text, ask.field, ask.value, outcomes, round(decides, 3))

    def _left(self, truths: dict[str, Truth]) -> Iterator[str]:
        for iri, truth in truths.items():
            if truth is not False:
                yield self.model.entries[iri].name

    def _score(self, then: list[tuple[str, dict[str, Truth]]], groups: list[tuple[str, ...]]) -> tuple[float, float]:
        """Return the mean number of dimensions settled, and the mean log of the number of values left open."""
        settled = open_ = 0.0
        for _, truths in then:
            for group in groups:
                unknown = sum(truths[iri] is None for iri in group)
                settled += unknown == 0
                open_ += log(1 + unknown)
        return settled / len(then), open_ / len(then)

    # ------------------------------------------------------------------ what can be asked

    def _open(self, undecided: list[str]) -> Iterator[_Ask]:
        kinds = {kind for iri in undecided for kind in self.model.kinds(iri)}
        if "r" in kinds:
            yield from self._regions()
        if "a" in kinds:
            yield from self._age()
        numbers = {n for iri in undecided for kind, n in leaves(self.model.entries[iri].upper) if kind == "s"}
        yield from self._conditions(sorted(numbers))

    def _regions(self) -> Iterator[_Ask]:
        space, label = self.model.space, self.model.vocabulary.label
        for number, region in enumerate(space.regions):
            absent, *present = space.region_bits[number]
            here, known = self.known.regions & ~absent, self.known
            if here and known.regions & absent:
                whole = space.affected(region, self.reader.unsided)
                yes = known._replace(regions=known.regions & whole or here)
                answers = (("yes", yes), ("no", known._replace(regions=known.regions & absent)))
                yield _Ask(f"is {label(region)} affected?", "regions", region, answers)
            elif sum(bool(here & bits) for bits in present) > 1:
                sides = [space.elements[e][1] for e in space.options[number]]
                options = [
                    ("not on one side alone" if side is None else label(side), known._replace(regions=here & bits))
                    for side, bits in zip(sides, present, strict=True)
                    if here & bits
                ]
                yield _Ask(f"on which side is {label(region)} affected?", "regions", region, tuple(options))

    def _age(self) -> Iterator[_Ask]:
        ages = self.model.ages
        pieces = [n for n in range(ages.all.bit_length()) if self.known.ages >> n & 1]
        answers = [(f"{ages.example(n):g}", self.known._replace(ages=1 << n)) for n in pieces]
        if len(answers) > 1:
            yield _Ask("at which age did the dystonia begin?", "age_at_onset", "", tuple(answers))

    def _conditions(self, numbers: list[int]) -> Iterator[_Ask]:
        roles, known = self.model.roles, self.known
        for number in numbers:
            condition = roles.conditions[number]
            if (known.true | known.false) >> number & 1 or condition.kind == "open":
                continue
            bit = 1 << number
            yes = Known(known.regions, known.ages, *roles.closed(known.true | bit, known.false))
            no = Known(known.regions, known.ages, *roles.closed(known.true, known.false | bit))
            answers = tuple((text, one) for text, one in (("yes", yes), ("no", no)) if one.consistent)
            text = condition.text.replace(" some ", " ", 1)
            yield _Ask(f"{text}?", self._field(condition.relation), condition.filler[0], answers)

    def _field(self, relation: str) -> str:
        fields = self.model.data["fields"]
        return next((name for name, relations in fields.items() if relation in relations), relation)
