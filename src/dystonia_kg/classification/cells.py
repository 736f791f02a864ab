"""From the columns of a table to the numbers by which a row is looked up: of regions, of age, of everything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache, partial, reduce
from operator import add, or_
from typing import Any

import polars as pl

from dystonia_kg.cases.age import OLDEST, parse_age
from dystonia_kg.classification.codes import ABSENT, PRESENT, AgeCodes, Field, RegionCodes
from dystonia_kg.classification.findings import SEVERAL, SINGLE, Finding, Reader
from dystonia_kg.classification.formula import Known
from dystonia_kg.classification.plan import Use, split, yes_or_no
from dystonia_kg.classification.texts import Texts
from dystonia_kg.errors import CaseError

REGIONS, AGE, _FIELD, _CODE = "__dyst_regions", "__dyst_age", "__dyst_field", "__dyst_code"
_PRESENT_FIRST = ("signs", *SEVERAL, *SINGLE)


def number(value: int) -> pl.Expr:
    """Return a number as a column has it."""
    return pl.lit(value, dtype=pl.UInt32)


class Cells:
    """The columns of a table, turned into numbers.

    :param reader: the model with the conventions
    :param schema: the columns and their types
    :param uses: what they state
    :param fields: the conditions that are asked for, together
    """

    def __init__(self, reader: Reader, schema: Mapping[str, Any], uses: Sequence[Use], fields: Sequence[Field]) -> None:
        self.reader = reader
        self.model = reader.model
        self.schema = schema
        self.uses = uses
        self.fields = fields
        self.regions = RegionCodes(self.model, reader.unsided)
        self.ages = AgeCodes(self.model)

    def codes(self) -> list[pl.Expr]:
        """Return the codes of the columns of text."""
        return [texts.codes(self._as_text(use)).alias(self._code(use)) for use, texts in self._texts.items()]

    def numbers(self) -> list[pl.Expr]:
        """Return the numbers to look up, made of the codes and of the other columns."""
        touched = [n for n in range(len(self.fields)) if self.sources(n)]
        return [self._regions(), self._age(), *(self._field(n).alias(f"{_FIELD}{n}") for n in touched)]

    def field(self, place: int) -> pl.Expr:
        """Return the number of a field."""
        return pl.col(f"{_FIELD}{place}") if self.sources(place) else number(0)

    def sources(self, place: int) -> list[Use]:
        """Return the columns that may say something of a field."""
        return [use for use, touched in self._touched.items() if place in touched]

    # ------------------------------------------------------------------ what columns say

    def of_kind(self, kind: str) -> list[Use]:
        """Return the columns of a kind."""
        return [use for use in self.uses if use.kind == kind]

    def is_text(self, use: Use) -> bool:
        """Tell whether a column holds text."""
        return self.schema[use.column] in (pl.String, pl.Categorical, pl.Enum)

    def not_understood(self, use: Use) -> pl.Expr | None:
        """Return whether a cell means nothing; None for columns that have no such cells."""
        return self._texts[use].not_understood(pl.col(self._code(use))) if use in self._texts else None

    @cached_property
    def _touched(self) -> dict[Use, list[int]]:
        """The fields of which each column may say something."""
        found = {}
        for use in self.uses:
            if use.kind in ("text", "flag"):
                said = reduce(or_, (known.true | known.false for known in self._all_said(use)), 0)
                found[use] = [n for n, f in enumerate(self.fields) if any(said >> c & 1 for c in f.conditions)]
        return found

    def _all_said(self, use: Use) -> tuple[Known, ...]:
        return self._flag_said(use.target) if use.kind == "flag" else _all_of_a_field(self.reader, use.target)

    def _flag_said(self, term: str) -> tuple[Known, Known]:
        field = next(f for f in _PRESENT_FIRST if term in self.model.vocabulary.domains[f])
        return self.reader.role(field, term).known, self.reader.role("excluded", term).known

    def _gene_record(self, gene: str) -> tuple[Finding, ...]:
        return _record_of_a_gene(self.reader, gene)

    # ------------------------------------------------------------------ text

    @cached_property
    def _texts(self) -> dict[Use, Texts]:
        """What the texts of each column mean."""
        found = {}
        for use in self.uses:
            if use.kind == "text":
                functions = [partial(self._said, use)]
                if self._record_apart(use) is not None:
                    functions.append(partial(self._recorded, use))
                found[use] = Texts(functions, [pl.UInt32] * len(self._touched[use]) * len(functions), blank=0)
            elif self.is_text(use):
                function, dtype = self._meaning(use)
                found[use] = Texts([lambda text, function=function: (function(text),)], [dtype])  # type: ignore[misc]
        return found

    def _meaning(self, use: Use) -> tuple[Callable[[str], Any], Any]:
        if use.kind == "region":
            return partial(self._region_code, self.model.space.regions.index(use.target)), pl.UInt32
        return (self._age_code, pl.UInt32) if use.kind == "age" else (yes_or_no, pl.Boolean)

    def _as_text(self, use: Use) -> pl.Expr:
        column = pl.col(use.column)
        if isinstance(self.schema[use.column], pl.List):
            return column.cast(pl.List(pl.String)).list.join("|")
        return column if self.schema[use.column] == pl.String else column.cast(pl.String)

    def _code(self, use: Use) -> str:
        return f"{_CODE}{self.uses.index(use)}"

    def _entry(self, use: Use, place: int = 0) -> pl.Expr:
        return self._texts[use].entry(pl.col(self._code(use)), place)

    def _region_code(self, region: int, text: str) -> int | None:
        side = self.model.vocabulary.side(text)
        if side is not None:
            return self.regions.sides(region).get(side)
        answer = yes_or_no(text)
        return None if answer is None else PRESENT if answer else ABSENT

    def _age_code(self, text: str) -> int | None:
        period, ages = self.model.vocabulary.onset(text), self.model.ages
        if period is not None:
            low, below = period
            return self.ages.code(ages.interval(low, below, below is not None and below > low))
        age = parse_age(text)
        if age is None or isinstance(age, float):
            return None if age is None else self.ages.code(1 << ages.piece(age))
        return self.ages.code(ages.interval(age.low, age.high, age.below))

    def _said(self, use: Use, text: str) -> tuple[int, ...]:
        """Return what a cell says, for each field that its column touches."""
        findings: list[Finding] = []
        for name in split(text):
            if use.target == "disorder":
                findings += self.reader.disorder_findings(self.term(name, use.target))
            else:
                findings.append(self._finding(use.target, name))
            if use.target == "gene" and self._record_apart(use) is None:
                findings += self._gene_record(self.term(name, "gene"))
        return self._packed(use, findings)

    def _finding(self, field: str, name: str) -> Finding:
        vocabulary = self.model.vocabulary
        if field == "excluded":
            known = (vocabulary.look(name, domain) for domain in (*SEVERAL, *SINGLE))
            return self._role(field, next((term for term in known if term), None) or self.term(name, "features"))
        value = None if vocabulary.knows(name, field) else vocabulary.look(name, "stated")
        if value in self.model.siblings(field):
            return self.reader.stated(str(value))
        return self._role(field, self.term(name, field))

    def _role(self, field: str, term: str) -> Finding:
        if self.model.is_dystonia(term):
            raise CaseError(field, term, "a dystonia itself is told by its regions, each a column")
        return self.reader.role(field, term)

    def _recorded(self, use: Use, text: str) -> tuple[int, ...]:
        """Return what the disorders of a gene have in common, for each field that its column touches."""
        genes = [self.term(name, "gene") for name in split(text)]
        return self._packed(use, [f for gene in genes for f in self._gene_record(gene)])

    def _packed(self, use: Use, findings: list[Finding]) -> tuple[int, ...]:
        known = self.reader.combine(findings)
        if known.true & known.false:
            raise CaseError(use.column, "", "the terms of a cell contradict each other")
        return tuple(self.fields[n].packed(known) for n in self._touched[use])

    def term(self, name: str, domain: str) -> str:
        """Return the term of a name."""
        term = self.model.vocabulary.look(name, domain)
        if term is None:  # without the nearest names, which take their time: a table may have a million such cells
            raise CaseError(domain, name, "no such name, or one of several terms")
        return term

    # ------------------------------------------------------------------ numbers

    def flag(self, use: Use) -> pl.Expr:
        """Return a column as truth values."""
        if self.is_text(use):
            return self._entry(use)
        column = pl.col(use.column)
        return column if self.schema[use.column] == pl.Boolean else column.cast(pl.Float64) != 0

    def _regions(self) -> pl.Expr:
        complete = next((self.flag(use) for use in self.of_kind("complete")), None)
        given = {use.target: use for use in self.of_kind("region")}
        parts = []
        for place, region in enumerate(self.model.space.regions):
            code = pl.lit(None, dtype=pl.UInt32)
            if region in given:
                use = given[region]
                code = self._entry(use) if self.is_text(use) else self.flag(use).cast(pl.UInt32)
            rest = number(self.regions.unknown(place))
            if complete is not None:
                rest = pl.when(complete).then(number(ABSENT)).otherwise(rest)
            parts.append(code.fill_null(rest) * number(self.regions.weights[place]))
        return reduce(add, parts).alias(REGIONS)

    def _age(self) -> pl.Expr:
        unknown = number(self.ages.unknown)
        for use in self.of_kind("age"):
            if self.is_text(use):
                return self._entry(use).fill_null(unknown).alias(AGE)
            age = pl.col(use.column)
            steps = [(age > b).cast(pl.UInt32) + (age >= b).cast(pl.UInt32) for b in self.model.ages.boundaries]
            code = reduce(add, steps) * number(self.ages.pieces + 1)
            return pl.when(self.is_age(use)).then(code).otherwise(unknown).alias(AGE)
        return unknown.alias(AGE)

    def is_age(self, use: Use) -> pl.Expr:
        """Return whether a number is an age."""
        return pl.col(use.column).is_between(0, OLDEST)

    def _field(self, place: int) -> pl.Expr:
        return reduce(or_, [part for use in self.sources(place) for part in self._parts(use, place)])

    def _parts(self, use: Use, place: int) -> list[pl.Expr]:
        if use.kind == "flag":
            yes, no = (number(self.fields[place].packed(known)) for known in self._flag_said(use.target))
            flag = self.flag(use)
            return [pl.when(flag).then(yes).when(~flag).then(no).otherwise(number(0))]
        touched = self._touched[use]
        parts = [self._entry(use, touched.index(place))]
        disorder = self._record_apart(use)
        if disorder is not None:
            record = self._entry(use, len(touched) + touched.index(place))
            parts.append(pl.when(pl.col(disorder.column).is_null()).then(record).otherwise(number(0)))
        return parts

    def _record_apart(self, use: Use) -> Use | None:
        """Return the column of disorders, where what is known of a gene's disorders counts only if that is empty."""
        if use.target != "gene" or use.kind != "text" or not self.reader.known_disorders:
            return None
        return next((u for u in self.of_kind("text") if u.target == "disorder"), None)

    def may_clash(self, place: int) -> bool:
        """Tell whether one column may say of a condition of a field that it holds, and another that it does not."""
        said = [reduce(_either, self._all_said(use), Known(0, 0)) for use in self.sources(place)]
        bits = sum(1 << c for c in self.fields[place].conditions)
        pairs = ((one, other) for one in said for other in said if one is not other)
        return any(one.true & other.false & bits for one, other in pairs)


def _record_of_a_gene(reader: Reader, gene: str) -> tuple[Finding, ...]:
    return reader.gene_findings(gene) if reader.known_disorders else ()


@lru_cache(maxsize=64)
def _all_of_a_field(reader: Reader, field: str) -> tuple[Known, ...]:
    """Return all that the texts of a field may say; kept, as a cluster asks again for every batch of rows."""
    vocabulary = reader.model.vocabulary
    if field == "disorder":
        terms = vocabulary.domains["disorder"]
        return tuple(finding.known for term in terms for finding in reader.disorder_findings(term))
    fields = [field] if field != "excluded" else [*SEVERAL, *SINGLE]
    found = [reader.role(field, term).known for f in fields for term in vocabulary.domains[f]]
    found += [reader.stated(iri).known for iri in reader.model.siblings(field)]
    if field == "gene":
        found += [f.known for term in vocabulary.domains["gene"] for f in _record_of_a_gene(reader, term)]
    return tuple(dict.fromkeys(found))


def _either(one: Known, other: Known) -> Known:
    return Known(0, 0, one.true | other.true, one.false | other.false)


__all__ = ["AGE", "REGIONS", "Cells", "number"]
