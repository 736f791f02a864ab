"""Polars expressions that classify: cells become numbers, and numbers are looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial, reduce
from itertools import product
from operator import add, or_
from typing import TYPE_CHECKING, Any

import polars as pl

from dystonia_kg.cases.age import OLDEST, parse_age
from dystonia_kg.classification.codes import ABSENT, PRESENT, AgeCodes, Answers, Field, Outcome, RegionCodes, RoleCodes
from dystonia_kg.classification.findings import Finding, Reader
from dystonia_kg.classification.formula import Formula, leaves
from dystonia_kg.classification.model import Dimension, Model
from dystonia_kg.classification.plan import COMPLETE, Use, split, yes_or_no
from dystonia_kg.classification.texts import NOT_UNDERSTOOD, Texts, Told, lookup
from dystonia_kg.errors import CaseError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

_R, _A, _W, _T = "__dyst_regions", "__dyst_age", "__dyst_word", "__dyst_cell"
_EVEN = 0x5555555555555555
_INTEGERS = frozenset({pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64})


class Columns:
    """The expressions for one table and one edition.

    :param reader: the model with the conventions
    :param schema: the columns of the table and their types
    :param uses: what they state
    :param dimensions: those to be answered for
    :param classes: further classes, each a column true, false or null
    """

    def __init__(
        self,
        reader: Reader,
        schema: Mapping[str, Any],
        uses: Sequence[Use],
        dimensions: Sequence[Dimension],
        classes: Sequence[str] = (),
    ) -> None:
        self.reader = reader
        self.model: Model = reader.model
        self.schema = schema
        self.uses = uses
        self.answers = [Answers(self.model, dimension) for dimension in dimensions]
        self.classes = [self.model.entries[iri] for iri in classes]
        self.regions = RegionCodes(self.model, reader.unsided)
        self.ages = AgeCodes(self.model)
        wanted = [tuple(a.leaves) if a.kinds == {"s"} else () for a in self.answers]
        extra = sorted({n for e in self.classes for kind, n in leaves(e.upper) if kind == "s"})
        self.roles = RoleCodes([*wanted, *((n,) for n in extra)])
        self._extra = dict(zip(extra, self.roles.fields[len(wanted) :], strict=True))
        for answer in self.answers:
            if len(answer.kinds) != 1 or not all(entry.exact for entry in answer.entries):
                raise ParameterError(f"{answer.dimension.label!r} mixes findings and cannot be asked of a table")

    # ------------------------------------------------------------------ stages

    def stages(self) -> list[list[pl.Expr]]:
        """Return the expressions in the order in which columns are added; the last are the answers."""
        return [self._cells(), [self._region_index(), self._age_index(), *self._words()], self._outputs()]

    def temporary(self) -> list[str]:
        """Return the names of the columns that are only steps on the way."""
        words = [f"{_W}{n}" for n in range(self.roles.words)]
        return [expression.meta.output_name() for expression in self._cells()] + [_R, _A, *words]

    def _by_kind(self, kind: str) -> list[Use]:
        return [use for use in self.uses if use.kind == kind]

    def _is_text(self, use: Use) -> bool:
        return self.schema[use.column] in (pl.String, pl.Categorical, pl.Enum)

    # ------------------------------------------------------------------ cells: what is text becomes numbers

    def _cells(self) -> list[pl.Expr]:
        return [texts.codes(self._as_text(use)).alias(self._code(use)) for use, texts in self._texts.items()]

    @cached_property
    def _texts(self) -> dict[Use, Texts]:
        """What each column of text means: an entry for every number or word that is made of it."""
        found = {}
        for use in self.uses:
            if use.kind == "text":
                found[use] = Texts(
                    [partial(self._said, use.target), *self._records(use)], [pl.UInt64] * self._width(use)
                )
            elif self._is_text(use):
                function, dtype = self._meaning(use)
                found[use] = Texts([partial(_one, function)], [dtype])
        return found

    def _records(self, use: Use) -> list[Callable[[str], tuple[int, ...]]]:
        return [self._record] if use.target == "gene" and self.reader.known_disorders else []

    def _width(self, use: Use) -> int:
        return self.roles.words * (1 + len(self._records(use)))

    def _meaning(self, use: Use) -> tuple[Callable[[str], Any], Any]:
        if use.kind == "region":
            return self._region_code(use.target), pl.UInt32
        return (self._age_code, pl.UInt32) if use.kind == "age" else (yes_or_no, pl.Boolean)

    def _as_text(self, use: Use) -> pl.Expr:
        column = pl.col(use.column)
        if isinstance(self.schema[use.column], pl.List):
            return column.cast(pl.List(pl.String)).list.join("|")
        return column if self.schema[use.column] == pl.String else column.cast(pl.String)

    def _code(self, use: Use) -> str:
        return f"{_T}{self.uses.index(use)}"

    def _entry(self, use: Use, place: int = 0) -> pl.Expr:
        return self._texts[use].entry(pl.col(self._code(use)), place)

    def _region_code(self, region: str) -> Callable[[str], int | None]:
        number = self.model.space.regions.index(region)
        sides = self.regions.sides(number)

        def code(text: str) -> int | None:
            side = self.model.vocabulary.side(text)
            if side is not None:
                return sides.get(side)
            answer = yes_or_no(text)
            return None if answer is None else PRESENT if answer else ABSENT

        return code

    def _age_code(self, text: str) -> int | None:
        period = self.model.vocabulary.onset(text)
        ages = self.model.ages
        if period is not None:
            low, below = period
            return self.ages.code(ages.interval(low, below, below is not None and below > low))
        age = parse_age(text)
        if age is None:
            return None
        if isinstance(age, float):
            return self.ages.code(1 << ages.piece(age))
        return self.ages.code(ages.interval(age.low, age.high, age.below))

    def _said(self, field: str, text: str) -> tuple[int, ...]:
        """Return what a cell says, as words of conditions."""
        findings: list[Finding] = []
        for name in split(text):
            if field == "disorder":
                findings += self.reader.disorder_findings(self._term(name, field))
            else:
                findings.append(self._finding(field, name))
        return self.roles.packed(self.reader.combine(findings))

    def _finding(self, field: str, name: str) -> Finding:
        vocabulary = self.model.vocabulary
        if field == "excluded":
            known = (vocabulary.look(name, domain) for domain in self.model.data["fields"])
            return self.reader.role(field, next((term for term in known if term), None) or self._term(name, "features"))
        if field == "variability" and not vocabulary.knows(name, field) and vocabulary.knows(name, "stated"):
            return self.reader.stated(self._term(name, "stated"))
        return self.reader.role(field, self._term(name, field))

    def _record(self, text: str) -> tuple[int, ...]:
        """Return what the disorders of a gene have in common."""
        genes = [self._term(name, "gene") for name in split(text)]
        return self.roles.packed(self.reader.combine(f for gene in genes for f in self.reader.gene_findings(gene)))

    def _term(self, name: str, domain: str) -> str:
        term = self.model.vocabulary.look(name, domain)
        if term is None:  # without the nearest names, which take their time: a table may have a million such cells
            raise CaseError(domain, name, "no such name, or one of several terms")
        return term

    # ------------------------------------------------------------------ numbers

    def _cell(self, use: Use) -> pl.Expr:
        """Return a column as a number or a truth value, text already turned into one."""
        return self._entry(use) if self._is_text(use) else pl.col(use.column)

    def _flag(self, use: Use) -> pl.Expr:
        cell = self._cell(use)
        return cell if self._is_text(use) or self.schema[use.column] == pl.Boolean else cell.cast(pl.Float64) != 0

    def _region_index(self) -> pl.Expr:
        complete = next((self._flag(use) for use in self._by_kind(COMPLETE)), None)
        given = {use.target: use for use in self._by_kind("region")}
        parts = []
        for number, region in enumerate(self.model.space.regions):
            code = pl.lit(None, dtype=pl.UInt32)
            if region in given:
                use = given[region]
                code = self._cell(use) if self._is_text(use) else self._flag(use).cast(pl.UInt32)
            unknown = pl.lit(self.regions.unknown(number), dtype=pl.UInt32)
            rest = (
                unknown
                if complete is None
                else pl.when(complete).then(pl.lit(ABSENT, dtype=pl.UInt32)).otherwise(unknown)
            )
            parts.append(code.fill_null(rest) * pl.lit(self.regions.weights[number], dtype=pl.UInt32))
        return reduce(add, parts).alias(_R)

    def _age_index(self) -> pl.Expr:
        unknown = pl.lit(self.ages.unknown, dtype=pl.UInt32)
        for use in self._by_kind("age"):
            if self._is_text(use):
                return self._cell(use).fill_null(unknown).alias(_A)
            age = pl.col(use.column)
            bounds = self.model.ages.boundaries
            steps = [(age > b).cast(pl.UInt32) + (age >= b).cast(pl.UInt32) for b in bounds]
            code = reduce(add, steps) * pl.lit(self.ages.pieces + 1, dtype=pl.UInt32)
            return pl.when(self._is_age(age)).then(code).otherwise(unknown).alias(_A)
        return unknown.alias(_A)

    def _is_age(self, age: pl.Expr) -> pl.Expr:
        return age.is_between(0, OLDEST)

    def _words(self) -> list[pl.Expr]:
        return [
            reduce(or_, self._parts(word), pl.lit(0, dtype=pl.UInt64)).alias(f"{_W}{word}")
            for word in range(self.roles.words)
        ]

    def _parts(self, word: int) -> Iterable[pl.Expr]:
        none = pl.lit(0, dtype=pl.UInt64)
        disorder = next((use for use in self._by_kind("text") if use.target == "disorder"), None)
        for use in self.uses:
            if use.kind == "text":
                yield self._entry(use, word).fill_null(none)
                if self._records(use):
                    record = self._entry(use, self.roles.words + word).fill_null(none)
                    yield (
                        record
                        if disorder is None
                        else pl.when(pl.col(disorder.column).is_null()).then(record).otherwise(none)
                    )
            elif use.kind == "flag":
                yes, no = (self._flag_word(use.target, field)[word] for field in ("present", "excluded"))
                if yes or no:
                    chosen = (
                        pl.when(self._flag(use))
                        .then(pl.lit(yes, dtype=pl.UInt64))
                        .otherwise(pl.lit(no, dtype=pl.UInt64))
                    )
                    yield pl.when(self._flag(use).is_null()).then(none).otherwise(chosen)

    def _flag_word(self, term: str, field: str) -> tuple[int, ...]:
        if field == "present":
            fields = [f for f in self.model.data["fields"] if term in self.model.vocabulary.domains[f]]
            field = next(f for f in (*_ORDER, *fields) if f in fields)
        return self.roles.packed(self.reader.role(field, term).known)

    # ------------------------------------------------------------------ answers

    @cached_property
    def _spread(self) -> tuple[dict[int, int], list[int]]:
        sets = {b for a in self.answers if a.kinds == {"r"} for b in a.leaves}
        sets |= {b for e in self.classes for kind, b in leaves(e.upper) if kind == "r"}
        ordered = sorted(sets)
        return {bits: n for n, bits in enumerate(ordered)}, self.regions.spread(ordered)

    def _numbers(self, answer: Answers, field: Field) -> tuple[list[int], list[Outcome]]:
        if answer.kinds == {"r"}:
            return answer.of_cells(self.regions.spread(answer.leaves))
        if answer.kinds == {"a"}:
            return answer.of_cells(self.ages.spread(answer.leaves))
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

    def _index(self, answer: Answers, field: Field) -> pl.Expr:
        if answer.kinds == {"r"}:
            return pl.col(_R)
        return pl.col(_A) if answer.kinds == {"a"} else self._extract(field)

    def _extract(self, field: Field) -> pl.Expr:
        shifted = pl.col(f"{_W}{field.word}") // pl.lit(1 << field.offset, dtype=pl.UInt64)
        return (shifted & pl.lit(field.size - 1, dtype=pl.UInt64)).cast(pl.UInt32)

    def tables(self) -> list[tuple[Answers, Field, pl.Series, list[Outcome]]]:
        """Return for each dimension the number of the outcome by the number of the row, and the outcomes."""
        found = []
        for answer, field in zip(self.answers, self.roles.fields, strict=False):
            numbers, outcomes = self._numbers(answer, field)
            found.append((answer, field, pl.Series(numbers, dtype=pl.UInt32), outcomes))
        return found

    def _outputs(self) -> list[pl.Expr]:
        from dystonia_kg.classification.table import column_name

        made = []
        for answer, field, numbers, outcomes in self.tables():
            name, index = column_name(answer.dimension), self._index(answer, field)
            made.append(lookup(index, _enum([o.value for o in outcomes], numbers)).alias(name))
            made.append(lookup(index, _enum([o.possible for o in outcomes], numbers)).alias(f"{name}_possible"))
            for place, entry in enumerate(answer.entries):
                truths = pl.Series([o.truths[place] for o in outcomes], dtype=pl.Boolean).gather(numbers)
                made.append(lookup(index, truths).alias(f"{name}_is_{entry.name.replace(' ', '_')}"))
        made += [self._class_column(entry.id).alias(entry.label) for entry in self.classes]
        return [*made, self._problems().alias("problems")]

    # ------------------------------------------------------------------ further classes

    def _class_column(self, iri: str) -> pl.Expr:
        entry = self.model.entries[iri]
        if not entry.exact:
            raise ParameterError(f"{entry.label!r} depends on findings in a way that cannot be asked of a table")
        lower, upper = self._truth(entry.lower), self._truth(entry.upper)
        return pl.when(lower).then(True).when(~upper).then(False)

    def _truth(self, formula: Formula) -> pl.Expr:
        if isinstance(formula, bool):
            return pl.lit(formula)
        match formula[0]:
            case "not":
                return ~self._truth(formula[1])
            case "and":
                return reduce(lambda a, b: a & b, [self._truth(part) for part in formula[1]])
            case "or":
                return reduce(lambda a, b: a | b, [self._truth(part) for part in formula[1]])
            case "s":
                pairs = pl.Series([None, True, False, None], dtype=pl.Boolean)
                return lookup(self._extract(self._extra[formula[1]]), pairs)
        if formula[0] == "a":
            return lookup(pl.col(_A), _truths(self.ages.spread([formula[1]]), 0))
        places, cells = self._spread
        return lookup(pl.col(_R), _truths(cells, places[formula[1]]))

    # ------------------------------------------------------------------ problems

    def _problems(self) -> pl.Expr:
        """Return what could not be used of a row, in words; null where all was."""
        checks: list[tuple[str, pl.Expr]] = []
        for use in self.uses:
            if use in self._texts:
                checks.append((f"{use.column}: not understood", pl.col(self._code(use)) == NOT_UNDERSTOOD))
            elif use.kind == "age":
                bad = ~self._is_age(pl.col(use.column))
                checks.append((f"{use.column}: no age in years from 0 to {OLDEST}", bad))
        if any(use.kind in ("region", "complete") for use in self.uses):
            checks.append(("no region is affected", pl.col(_R) == 0))  # the code of all regions being absent
        if sum(use.kind in ("text", "flag") for use in self.uses) > 1:
            for word in range(self.roles.words):
                column = pl.col(f"{_W}{word}")
                clash = column & (column // pl.lit(2, dtype=pl.UInt64)) & pl.lit(_EVEN, dtype=pl.UInt64)
                checks.append(("findings contradict each other", clash != 0))
        checks += self._genes()
        if not checks:
            return pl.lit(None, dtype=pl.String)
        bits = [
            bad.fill_null(False).cast(pl.UInt64) * pl.lit(1 << n, dtype=pl.UInt64) for n, (_, bad) in enumerate(checks)
        ]
        texts = [text for text, _ in checks]
        told = Told(lambda code: _joined(texts, code))
        return reduce(or_, bits).map_batches(told, return_dtype=pl.String, is_elementwise=True)

    def _genes(self) -> list[tuple[str, pl.Expr]]:
        """Return the check that a disorder is one of the gene, where a table states both."""
        given = {use.target: use.column for use in self._by_kind("text")}
        if not {"gene", "disorder"} <= given.keys():
            return []
        pair = pl.concat_str([pl.col(given[name]).cast(pl.String) for name in ("gene", "disorder")], separator="\x1f")
        texts = Texts([lambda text: (self._disagree(text),)], [pl.Boolean])
        return [("the disorder is not one of the gene", texts.entry(texts.codes(pair)))]

    def _disagree(self, pair: str) -> bool:
        find = self.model.vocabulary.find
        gene, disorder = (
            find(name, field) for name, field in zip(pair.split("\x1f"), ("gene", "disorder"), strict=True)
        )
        return self.reader.other_gene(gene, disorder) is not None


_ORDER = ("signs", "features", "variability", "task", "triggers", "parts")


def _one(function: Callable[[str], Any], text: str) -> tuple[Any, ...]:
    return (function(text),)


def _joined(texts: list[str], code: int) -> str | None:
    return "; ".join(dict.fromkeys(text for n, text in enumerate(texts) if code >> n & 1)) or None


def _truths(cells: list[int], place: int) -> pl.Series:
    truths = (None, True, False, None)
    return pl.Series([truths[cell >> (2 * place) & 3] for cell in cells], dtype=pl.Boolean)


def _enum(texts: list[str | None], numbers: pl.Series) -> pl.Series:
    """Return texts as an Enum, at each number."""
    kinds = pl.Enum(list(dict.fromkeys(text for text in texts if text is not None)))
    return pl.Series(texts, dtype=kinds).gather(numbers)
