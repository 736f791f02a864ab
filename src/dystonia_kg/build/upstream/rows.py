"""Tables of an upstream release: tab-separated, UTF-8, one header line, no quoting.

Every mistake is collected with file, line and column, so that a bad release is reported whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dystonia_kg.build.text import read_utf8
from dystonia_kg.errors import Problem


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the cells by column name, and its place."""

    cells: dict[str, str]
    path: Path
    line: int
    columns: tuple[str, ...]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def many(self, column: str, separator: str = "|") -> list[str]:
        """Return the values of a cell that holds several."""
        return [part for part in self.cells[column].split(separator) if part]

    def problem(self, column: str, message: str) -> Problem:
        """Return a problem with one cell."""
        return Problem(str(self.path), self.line, self.columns.index(column) + 1, f"{column}: {message}")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table, and what is wrong with it."""

    rows: list[Row]
    problems: list[Problem]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def read_rows(path: Path, columns: Sequence[str], key: Sequence[str] = ()) -> Rows:
    """Read a table.

    :param columns: the columns that it must have; it may have more
    :param key: the columns that no two rows share the values of
    """
    if not path.exists():
        return Rows([], [Problem(str(path), None, None, "this file of the release is missing: put it here")])
    text, problems = read_utf8(path)
    if problems:
        return Rows([], problems)
    lines = text.removesuffix("\n").split("\n")
    header = tuple(lines[0].removeprefix("\ufeff").split("\t"))
    missing = [name for name in columns if name not in header]
    if missing:
        message = f"no column {', '.join(missing)}: the file is not of this kind, or the release changed its columns"
        return Rows([], [Problem(str(path), 1, None, message)])
    rows: list[Row] = []
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(header):
            text = f"{len(cells)} cells where the header has {len(header)}: check for stray tabs"
            problems.append(Problem(str(path), number, None, text))
            continue
        row = Row(dict(zip(header, cells, strict=True)), path, number, header)
        problems += _cell_problems(row)
        rows.append(row)
    return Rows(rows, problems + list(_repeated(rows, key)))


def _cell_problems(row: Row) -> list[Problem]:
    return [
        row.problem(column, f"control character or white space around {cell.strip()!r}: remove it")
        for column, cell in row.cells.items()
        if not (cell.isascii() and cell.isprintable() and cell == cell.strip())
        and (cell != cell.strip() or any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in cell))
    ]


def _repeated(rows: Iterable[Row], key: Sequence[str]) -> Iterator[Problem]:
    seen: dict[tuple[str, ...], int] = {}
    for row in rows if key else ():
        values = tuple(row[column] for column in key)
        if values in seen:
            yield row.problem(key[0], f"{', '.join(values)} stands already on line {seen[values]}: keep one of them")
        seen.setdefault(values, row.line)
