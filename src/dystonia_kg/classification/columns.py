"""Polars expressions that classify: a row's numbers are looked up in what was worked out for every possible row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache, reduce
from itertools import product
from operator import and_, or_
from typing import Any, NamedTuple

import polars as pl

from dystonia_kg.cases.age import OLDEST
from dystonia_kg.classification.cells import AGE, REGIONS, Cells
from dystonia_kg.classification.codes import AgeCodes, Answers, Field, Outcome, RegionCodes
from dystonia_kg.classification.findings import Reader
from dystonia_kg.classification.formula import Formula, leaves
from dystonia_kg.classification.model import Dimension, Entry
from dystonia_kg.classification.plan import Use
from dystonia_kg.classification.texts import Texts, Told, lookup
from dystonia_kg.errors import ParameterError

_MOST = 10  # conditions of a dimension: it has 4 to the power of their number answers
_TRUTHS = (None, True, False, None)


class Columns:
    """The expressions for one table and one edition.

    :param reader: the model with the conventions
    :param schema: the columns of the table and their types
    :param uses: what they state
    :param dimensions: those to be answered for, each with the name of its column
    :param values: names for the columns of single values, by class; none are made for the others
    :param classes: further classes, each a column true, false or null
    """

    def __init__(
        self,
        reader: Reader,
        schema: Mapping[str, Any],
        uses: Sequence[Use],
        dimensions: Mapping[str, Dimension],
        values: Mapping[str, str],
        classes: Sequence[str] = (),
    ) -> None:
        self.model = reader.model
        self.answers = {name: Answers(self.model, dimension) for name, dimension in dimensions.items()}
        self.values = values
        self.classes = [self.model.entries[iri] for iri in classes]
        conditions = [tuple(a.leaves) if a.kinds == {"s"} else () for a in self.answers.values()]
        self.extra = sorted({n for e in self.classes for kind, n in leaves(e.upper) if kind == "s"})
        self.fields = [Field(numbers) for numbers in (*conditions, *((n,) for n in self.extra))]
        self.cells = Cells(reader, schema, uses, self.fields)
        for answer in self.answers.values():
            self._check(answer)

    def _check(self, answer: Answers) -> None:
        mixed = len(answer.kinds) != 1 or not all(entry.exact for entry in answer.entries)
        if mixed or (answer.kinds == {"s"} and len(answer.leaves) > _MOST):
            raise ParameterError(f"{answer.dimension.label!r} mixes too many findings to be asked of a table")

    def stages(self) -> list[list[pl.Expr]]:
        """Return the expressions in the order in which columns are added; the last are the answers."""
        return [self.cells.codes(), self.cells.numbers(), self._outputs()]

    # ------------------------------------------------------------------ answers

    def _outputs(self) -> list[pl.Expr]:
        made = []
        for place, (name, answer) in enumerate(self.answers.items()):
            worked = self._tables[place]
            index = self._index(answer, place)
            made.append(lookup(index, worked.value).alias(name))
            made.append(lookup(index, worked.possible).alias(f"{name}_possible"))
            for column, entry in enumerate(answer.entries):
                if entry.id in self.values:
                    made.append(lookup(index, worked.truths(column)).alias(self.values[entry.id]))
        made += [self._class(entry).alias(entry.label) for entry in self.classes]
        return [*made, self._problems().alias("problems")]

    def _index(self, answer: Answers, place: int) -> pl.Expr:
        if answer.kinds == {"s"}:
            return self.cells.field(place)
        return pl.col(REGIONS if answer.kinds == {"r"} else AGE)

    @cached_property
    def _tables(self) -> list[_Worked]:
        """What is answered for each dimension, by the number of the row."""
        return [_worked_out(self.cells.reader, answer.dimension.id) for answer in self.answers.values()]

    # ------------------------------------------------------------------ further classes

    def _class(self, entry: Entry) -> pl.Expr:
        if not entry.exact:
            raise ParameterError(f"{entry.label!r} depends on findings in a way that cannot be asked of a table")
        lower, upper = self._truth(entry.lower), self._truth(entry.upper)
        return pl.when(lower).then(True).when(~upper).then(False)

    def _truth(self, formula: Formula) -> pl.Expr:
        """Return a formula in polars' own logic, in which null is unknown."""
        if isinstance(formula, bool):
            return pl.lit(formula)
        match formula[0]:
            case "not":
                return ~self._truth(formula[1])
            case "and" | "or":
                return reduce(and_ if formula[0] == "and" else or_, [self._truth(part) for part in formula[1]])
            case "s":
                place = len(self.answers) + self.extra.index(formula[1])
                return lookup(self.cells.field(place), pl.Series(_TRUTHS, dtype=pl.Boolean))
            case "a":
                return lookup(pl.col(AGE), _truths(self.cells.ages.spread([formula[1]]), 0))
        places, cells = self._spread
        return lookup(pl.col(REGIONS), _truths(cells, places[formula[1]]))

    @cached_property
    def _spread(self) -> tuple[dict[int, int], list[int]]:
        sets = sorted({bits for e in self.classes for kind, bits in leaves(e.upper) if kind == "r"})
        return {bits: n for n, bits in enumerate(sets)}, self.cells.regions.spread(sets)

    # ------------------------------------------------------------------ problems

    def _problems(self) -> pl.Expr:
        """Return what could not be used of a row, in words; null where all was."""
        checks = [*self._cell_checks(), *self._clashes(), *self._genes()]
        if self.cells.of_kind("region") or self.cells.of_kind("complete"):
            checks.append(("no region is affected", pl.col(REGIONS) == 0))  # the number of all regions being absent
        if not checks:
            return pl.lit(None, dtype=pl.String)
        told = Told([text for text, _ in checks])
        return pl.map_batches([bad for _, bad in checks], told, return_dtype=pl.String, is_elementwise=True)

    def _cell_checks(self) -> list[tuple[str, pl.Expr]]:
        found = []
        for use in self.cells.uses:
            bad = self.cells.not_understood(use)
            if bad is not None:
                found.append((f"{use.column}: not understood", bad))
            elif use.kind == "age":
                found.append((f"{use.column}: no age in years from 0 to {OLDEST}", ~self.cells.is_age(use)))
        return found

    def _clashes(self) -> list[tuple[str, pl.Expr]]:
        """Return the checks that columns agree, for the dimensions of which several speak."""
        found = []
        for place, worked in enumerate(self._tables):
            if self.cells.may_clash(place):
                found.append(("findings contradict each other", lookup(self.cells.field(place), worked.conflict())))
        return found

    def _genes(self) -> list[tuple[str, pl.Expr]]:
        """Return the check that a disorder is one of the gene, where a table states both."""
        given = {use.target: use.column for use in self.cells.of_kind("text")}
        if not {"gene", "disorder"} <= given.keys():
            return []
        pair = pl.concat_str([pl.col(given[name]).cast(pl.String) for name in ("gene", "disorder")], separator="\x1f")
        texts = Texts([lambda text: (self._disagree(text),)], [pl.Boolean])
        return [("the disorder is not one of the gene", texts.entry(texts.codes(pair)))]

    def _disagree(self, pair: str) -> bool:
        gene, disorder = pair.split("\x1f")
        reader, term = self.cells.reader, self.cells.term
        return reader.other_gene(term(gene, "gene"), term(disorder, "disorder")) is not None


class _Worked(NamedTuple):
    """The outcomes of a dimension, the number of one for each number of a row, and what is looked up most."""

    numbers: pl.Series
    outcomes: list[Outcome]
    value: pl.Series
    possible: pl.Series

    def truths(self, column: int) -> pl.Series:
        """Return the truth of a value, by the number of the row."""
        return pl.Series([o.truths[column] for o in self.outcomes], dtype=pl.Boolean).gather(self.numbers)

    def conflict(self) -> pl.Series:
        """Return whether findings contradict each other, by the number of the row."""
        return pl.Series([o.conflict for o in self.outcomes], dtype=pl.Boolean).gather(self.numbers)


@lru_cache(maxsize=64)
def _worked_out(reader: Reader, dimension: str) -> _Worked:
    """Work a dimension out, once for all tables: a cluster asks again for every batch of rows."""
    model = reader.model
    answer = Answers(model, next(d for d in model.dimensions if d.id == dimension))
    if answer.kinds == {"s"}:
        rows, outcomes = _by_conditions(answer, Field(tuple(answer.leaves)))
    else:
        codes = RegionCodes(model, reader.unsided) if answer.kinds == {"r"} else AgeCodes(model)
        rows, outcomes = answer.of_cells(codes.spread(answer.leaves))
    numbers = pl.Series(rows, dtype=pl.UInt32)
    columns = (_enum(texts, numbers) for texts in ([o.value for o in outcomes], [o.possible for o in outcomes]))
    return _Worked(numbers, outcomes, *columns)


def _by_conditions(answer: Answers, field: Field) -> tuple[list[int], list[Outcome]]:
    """Return the number of the outcome for each value of a field, and the outcomes; the first is contradiction."""
    clash = Outcome(None, None, (None,) * len(answer.entries), conflict=True)
    numbers, outcomes, places = [0] * field.size, [clash], {clash: 0}
    for signs in product((0, 1, 2), repeat=len(field.conditions)):
        bits = sum(sign << (2 * n) for n, sign in enumerate(signs))
        outcome = answer.of_field(bits, field)
        if outcome not in places:
            places[outcome] = len(outcomes)
            outcomes.append(outcome)
        numbers[bits] = places[outcome]
    return numbers, outcomes


def _truths(cells: list[int], place: int) -> pl.Series:
    return pl.Series([_TRUTHS[cell >> (2 * place) & 3] for cell in cells], dtype=pl.Boolean)


def _enum(texts: list[str | None], numbers: pl.Series) -> pl.Series:
    """Return texts as an Enum, at each number."""
    kinds = pl.Enum(list(dict.fromkeys(text for text in texts if text is not None)))
    return pl.Series(texts, dtype=kinds).gather(numbers)
