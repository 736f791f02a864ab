"""Columns of text, each different text understood once: a column becomes numbers, and numbers what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from threading import Lock
from typing import Any

import polars as pl

from dystonia_kg.errors import DystoniaKGError

_FEW = 12  # checks: so many can be looked up in a table of all that they may find together
_names = count()


def lookup(index: pl.Expr, table: pl.Series) -> pl.Expr:
    """Return the entries of a table at the numbers that an expression gives."""
    return index.map_batches(table.gather, return_dtype=table.dtype, is_elementwise=True)


class Texts:
    """The different texts of a column, by the number that polars gives to each, and what functions make of them.

    :param functions: each from a text to a tuple of values; what raises one of our errors, or gives None, is not
        understood
    :param dtypes: the types of the values of all functions
    :param blank: the value of no text, and of one that is not understood
    """

    def __init__(
        self, functions: Sequence[Callable[[str], tuple[Any, ...]]], dtypes: Sequence[Any], blank: Any = None
    ) -> None:
        self._functions = functions
        self._dtypes = [pl.Boolean, *dtypes]  # the first tells what is not understood
        self._nothing = (True, *(blank for _ in dtypes))
        self._rows: list[tuple[Any, ...]] = [(False, *self._nothing[1:])]  # the first row is that of no text
        self._all_understood = True
        self._tables: list[pl.Series | None] = [None] * len(self._dtypes)
        self._kind = pl.Categorical(pl.Categories(f"dystonia_kg {next(_names)}"))
        self._alive = pl.Series([], dtype=self._kind)  # polars forgets the numbers of texts that no column has
        self._lock = Lock()  # polars works on several parts of a column at once

    def codes(self, column: pl.Expr) -> pl.Expr:
        """Return the number of each text; 0 for null."""
        return column.map_batches(self._encode, return_dtype=pl.UInt32, is_elementwise=True)

    def entry(self, codes: pl.Expr, place: int = 0) -> pl.Expr:
        """Return what the texts of some numbers mean: the value at a place."""
        return self._looked_up(codes, place + 1)

    def not_understood(self, codes: pl.Expr) -> pl.Expr:
        """Tell which numbers stand for a text that means nothing."""
        return codes.map_batches(self._is_bad, return_dtype=pl.Boolean, is_elementwise=True)

    def _is_bad(self, rows: pl.Series) -> pl.Series:
        if self._all_understood:
            return pl.Series(rows.name, [False]).new_from_index(0, len(rows))
        return self._table(0).gather(rows)

    def _looked_up(self, codes: pl.Expr, place: int) -> pl.Expr:
        dtype = self._dtypes[place]
        return codes.map_batches(lambda rows: self._table(place).gather(rows), return_dtype=dtype, is_elementwise=True)

    def _encode(self, cells: pl.Series) -> pl.Series:
        with self._lock:
            numbered = cells.cast(self._kind)
            numbers = numbered.to_physical().cast(pl.UInt32) + 1
            highest: Any = numbers.max()
            if highest is not None and highest >= len(self._rows):
                self._learn(numbered, highest)
        return numbers.fill_null(0)

    def _learn(self, numbered: pl.Series, highest: int) -> None:
        known = len(self._rows)
        rows = [*self._rows, *[self._nothing] * (highest + 1 - known)]
        different = numbered.unique().drop_nulls()
        pairs = zip(different.to_physical().to_list(), different.cast(pl.String).to_list(), strict=True)
        for number, text in pairs:
            if number + 1 >= known:
                rows[number + 1] = self._understand(text)
        self._rows = rows
        self._all_understood = not any(row[0] for row in rows)
        self._tables = [None] * len(self._dtypes)

    def _understand(self, text: str) -> tuple[Any, ...]:
        try:
            values = tuple(value for function in self._functions for value in function(text))
        except DystoniaKGError:
            return self._nothing
        return self._nothing if None in values else (False, *values)

    def _table(self, place: int) -> pl.Series:
        with self._lock:
            table = self._tables[place]
            if table is None:
                table = pl.Series([row[place] for row in self._rows], dtype=self._dtypes[place])
                self._tables[place] = table
        return table


class Told:
    """Says in words which checks of a row found something; most find nothing in any row.

    :param texts: what each check says
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def __call__(self, checks: Sequence[pl.Series]) -> pl.Series:
        """Return the words for each row, null where no check found anything."""
        size = max(len(check) for check in checks)
        hits = [(text, check) for text, check in zip(self._texts, checks, strict=True) if check.any()]
        if not hits:
            return pl.Series([None], dtype=pl.String).new_from_index(0, size)
        index = pl.Series([0], dtype=pl.UInt64).new_from_index(0, size)
        for place, (_, check) in enumerate(hits):
            index = index | check.fill_null(False).cast(pl.UInt64) * (1 << place)
        different = index.unique()
        said = pl.Series([self._joined(hits, bits) for bits in different.to_list()], dtype=pl.String)
        if len(hits) > _FEW:
            return index.replace_strict(different, said, return_dtype=pl.String)
        table: list[str | None] = [None] * (1 << len(hits))
        for bits, text in zip(different.to_list(), said.to_list(), strict=True):
            table[bits] = text
        return pl.Series(table, dtype=pl.String).gather(index)

    def _joined(self, hits: Sequence[tuple[str, pl.Series]], bits: int) -> str | None:
        return "; ".join(dict.fromkeys(text for n, (text, _) in enumerate(hits) if bits >> n & 1)) or None
