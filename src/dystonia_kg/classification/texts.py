"""Columns of text, each different text understood once: a column becomes numbers, and numbers what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from threading import Lock
from typing import Any

import polars as pl

from dystonia_kg.errors import DystoniaKGError

_names = count()


def lookup(index: pl.Expr, table: pl.Series) -> pl.Expr:
    """Return the entries of a table at the numbers that an expression gives."""
    return index.map_batches(table.gather, return_dtype=table.dtype, is_elementwise=True)


class Texts:
    """The different texts of a column, by the number that polars gives to each, and what functions make of them.

    :param functions: each from a text to a tuple of values; what raises one of our errors, or gives None, is not
        understood
    :param dtypes: the types of the values of all functions
    """

    def __init__(self, functions: Sequence[Callable[[str], tuple[Any, ...]]], dtypes: Sequence[Any]) -> None:
        self._functions = functions
        self._dtypes = [pl.Boolean, *dtypes]  # the first tells what is not understood
        self._nothing = (True, *(None for _ in dtypes))
        self._rows: list[tuple[Any, ...]] = []
        self._tables: list[pl.Series | None] = [None] * len(self._dtypes)
        self._kind = pl.Categorical(pl.Categories(f"dystonia_kg {next(_names)}"))
        self._alive = pl.Series([], dtype=self._kind)  # polars forgets the numbers of texts that no column has
        self._lock = Lock()  # polars works on several parts of a column at once

    def codes(self, column: pl.Expr) -> pl.Expr:
        """Return the number of each text; null for null."""
        return column.map_batches(self._encode, return_dtype=pl.UInt32, is_elementwise=True)

    def entry(self, codes: pl.Expr, place: int = 0) -> pl.Expr:
        """Return what the texts of some numbers mean: the value at a place; null for what is not understood."""
        return self._looked_up(codes, place + 1)

    def not_understood(self, codes: pl.Expr) -> pl.Expr:
        """Tell which numbers stand for a text that means nothing."""
        return self._looked_up(codes, 0)

    def _looked_up(self, codes: pl.Expr, place: int) -> pl.Expr:
        dtype = self._dtypes[place]
        return codes.map_batches(lambda rows: self._table(place).gather(rows), return_dtype=dtype, is_elementwise=True)

    def _encode(self, cells: pl.Series) -> pl.Series:
        with self._lock:
            numbered = cells.cast(self._kind)
            numbers = numbered.to_physical()
            highest: Any = numbers.max()
            if highest is not None and highest >= len(self._rows):
                self._learn(numbered, highest)
        return numbers.cast(pl.UInt32)

    def _learn(self, numbered: pl.Series, highest: int) -> None:
        known = len(self._rows)
        rows = [*self._rows, *[self._nothing] * (highest + 1 - known)]
        different = numbered.unique().drop_nulls()
        pairs = zip(different.to_physical().to_list(), different.cast(pl.String).to_list(), strict=True)
        for number, text in pairs:
            if number >= known:
                rows[number] = self._understand(text)
        self._rows = rows
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
    """From numbers, most of which are 0, to texts; 0 is null."""

    def __init__(self, text_of: Callable[[int], str | None]) -> None:
        self._text_of = text_of

    def __call__(self, numbers: pl.Series) -> pl.Series:
        """Return the texts of some numbers."""
        if not len(numbers) or not numbers.max():
            return pl.Series(numbers.name, [None], dtype=pl.String).new_from_index(0, len(numbers))
        different = numbers.unique()
        texts = pl.Series([self._text_of(number) for number in different.to_list()], dtype=pl.String)
        return numbers.replace_strict(different, texts, return_dtype=pl.String)
