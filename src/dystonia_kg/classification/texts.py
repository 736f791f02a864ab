"""Columns of text, each different text understood once: a column becomes codes, and codes what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from threading import Lock
from typing import Any

import polars as pl

from dystonia_kg.errors import DystoniaKGError

NOT_UNDERSTOOD = 0  # the code of every text that means nothing
_NEW = 2**32 - 1  # a number whose text was not seen yet
_names = count()


def lookup(index: pl.Expr, table: pl.Series) -> pl.Expr:
    """Return the entries of a table at the numbers that an expression gives."""
    return index.map_batches(table.gather, return_dtype=table.dtype, is_elementwise=True)


class Texts:
    """The different texts of a column, and what functions make of them.

    :param functions: each from a text to a tuple of values; what raises one of our errors, or gives None, is not
        understood
    :param dtypes: the types of the values of all functions
    """

    def __init__(self, functions: Sequence[Callable[[str], tuple[Any, ...]]], dtypes: Sequence[Any]) -> None:
        self._functions = functions
        self._dtypes = list(dtypes)
        self._rows: list[tuple[Any, ...]] = [(None,) * len(self._dtypes)]
        self._tables: list[pl.Series | None] = [None] * len(self._dtypes)
        self._kind = pl.Categorical(pl.Categories(f"dystonia_kg {next(_names)}"))
        self._alive = pl.Series([], dtype=self._kind)  # polars forgets the numbers of texts that no column has
        self._code_of = pl.Series([], dtype=pl.UInt32)  # by the number that polars gives to a text
        self._lock = Lock()

    def codes(self, column: pl.Expr) -> pl.Expr:
        """Return the code of each text; null for null."""
        return column.map_batches(self._encode, return_dtype=pl.UInt32, is_elementwise=True)

    def entry(self, codes: pl.Expr, place: int = 0) -> pl.Expr:
        """Return what the texts of some codes mean: the value at a place; null for what is not understood."""
        dtype = self._dtypes[place]
        return codes.map_batches(lambda rows: self._table(place).gather(rows), return_dtype=dtype, is_elementwise=True)

    def _encode(self, cells: pl.Series) -> pl.Series:
        numbered = cells.cast(self._kind)
        numbers = numbered.to_physical()
        highest: Any = numbers.max()
        if highest is None:
            return numbers.cast(pl.UInt32)
        known = self._code_of
        codes = known.gather(numbers) if highest < len(known) else None
        if codes is None or codes.max() == _NEW:
            codes = self._learned(numbered).gather(numbers)
        return codes.alias(cells.name)

    def _learned(self, numbered: pl.Series) -> pl.Series:
        """Return the codes by number when the texts of a column are known too."""
        different = numbered.unique().drop_nulls()
        pairs = list(zip(different.to_physical().to_list(), different.cast(pl.String).to_list(), strict=True))
        with self._lock:  # polars works on several parts of a column at once
            codes = self._code_of.to_list()
            codes += [_NEW] * (max(number for number, _ in pairs) + 1 - len(codes))
            for number, text in pairs:
                if codes[number] == _NEW:
                    codes[number] = self._understand(text)
            self._tables = [None] * len(self._dtypes)
            self._code_of = pl.Series(codes, dtype=pl.UInt32)
            return self._code_of

    def _understand(self, text: str) -> int:
        try:
            values = tuple(value for function in self._functions for value in function(text))
        except DystoniaKGError:
            return NOT_UNDERSTOOD
        if None in values:
            return NOT_UNDERSTOOD
        self._rows.append(values)
        return len(self._rows) - 1

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
