"""Cases from tables: one row, one case, from CSV, TSV or Parquet; bad rows are told apart, good ones are read.

A column is a field of a case (``age_at_onset``, ``regions``, ``features`` ...), a body region (yes/no, or the side), a
feature (yes/no), or HPO terms (``hpo``, ``hpo_excluded``), by its own name or by a mapping. For large tables whose
columns hold one finding each, ``kg.classify_table`` does without cases and is far faster.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dystonia_kg.cases.case import Case
from dystonia_kg.cases.findings import from_terms
from dystonia_kg.cases.report import Entry, Ledger, Read, Rejected, shown
from dystonia_kg.errors import CaseError, DystoniaKGError, InputError, MissingExtraError, Problem
from dystonia_kg.guard import MAX_FILE_BYTES, read_capped

if TYPE_CHECKING:
    from dystonia_kg.graph import KnowledgeGraph

MAX_COLUMNS = 2_000
MAX_CELL = 10_000  # characters
_BATCH = 4_096  # rows of a Parquet file at a time

_SETS = frozenset(
    ("regions", "unaffected", "variability", "task", "features", "excluded", "signs", "triggers", "parts", "stated")
)
_HPO = {"hpo": False, "hpo_excluded": True}
_NOT_KNOWN = frozenset(("", "na", "n/a", "nan", "null", "none given", "unknown", "not known", "?", "."))
_YES = frozenset(("yes", "y", "true", "t", "1", "present", "affected"))
_NO = frozenset(("no", "n", "false", "f", "0", "absent", "unaffected", "not affected", "none"))
_BOTH = frozenset(("both", "bilateral", "left and right"))
_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|–|\.\.|to)\s*(\d+(?:\.\d+)?)")
_ONE_OF = frozenset(field.name for field in fields(Case)) - _SETS - {"complete"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be read row by row.

    :param columns: its columns in order
    :param used: column -> what it was taken for
    :param unused: columns that say nothing of a case
    """

    columns: tuple[str, ...]
    used: Mapping[str, str]
    unused: tuple[str, ...]
    rows: Iterator[Read | Rejected]


def read_table(
    source: str | os.PathLike[str] | bytes,
    columns: Mapping[str, str | None] | None = None,
    kg: KnowledgeGraph | None = None,
    *,
    format: str | None = None,  # noqa: A002
) -> Table:
    r"""Read cases from a table; rows count from 1, without the header.

    :param columns: column -> finding, for columns that are not called as the finding. A finding is a field of
        :class:`Case`, ``hpo``, ``hpo_excluded``, or the name of a body region or of a feature; None leaves a column out
    :param format: "csv", "tsv" or "parquet"; told by the name if not given
    :raises InputError: if it is no table, or a column that the mapping names is missing

    >>> table = read_table(b"id,age_at_onset,neck,trunk\np1,8,yes,no\np2,-1,,\n", format="csv")
    >>> for row in table.rows:
    ...     print(row if isinstance(row, Rejected) else sorted(row.case.regions))
    ['dyst:Neck']
    record 2, age_at_onset: '-1': an age cannot be negative; leave it out if it is not known
    """
    name = "input" if isinstance(source, bytes) else os.fspath(source)
    kind = format or table_format(name)
    if kind == "parquet":
        header, rows = _parquet(source, name)
    elif kind in ("csv", "tsv"):
        data = source if isinstance(source, bytes) else read_capped(source, MAX_FILE_BYTES)
        header, rows = _separated(data, kind, name)
    else:
        raise InputError(Problem(name, None, None, f"the format {kind!r} is not known; name csv, tsv or parquet"))
    plan = _Plan(header, dict(columns or {}), kg, name)
    return Table(tuple(header), plan.used, plan.unused, plan.read(rows))


def table_format(name: str | os.PathLike[str]) -> str | None:
    """Return "csv", "tsv" or "parquet" for a file name; None for another.

    >>> table_format("registry.CSV.gz"), table_format("a.json")
    ('csv', None)
    """
    known = {"csv": "csv", "tsv": "tsv", "tab": "tsv", "txt": "tsv", "parquet": "parquet", "pq": "parquet"}
    return known.get(os.fspath(name).lower().removesuffix(".gz").rpartition(".")[2])


# ---------------------------------------------------------------------- rows

Row = dict[str, Any] | Rejected


def _separated(data: bytes, kind: str, name: str) -> tuple[list[str], Iterator[Row]]:
    text = data.decode("utf-8-sig", errors="surrogateescape")
    first = text.partition("\n")[0]
    # Where commas are decimal, spreadsheets write semicolons.
    delimiter = "\t" if kind == "tsv" else max(",;\t", key=first.count) if first.count(",") == 0 else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(lines, [])]
    except csv.Error as error:
        raise InputError(Problem(name, 1, None, f"the header cannot be read: {error}")) from None
    _check_header(header, name)
    return header, _numbered(lines, header)


def _check_header(header: list[str], name: str) -> None:
    twice = next((column for column in header if column and header.count(column) > 1), None)
    if not any(header):
        raise InputError(Problem(name, 1, None, "no header row: name the columns in the first row"))
    if twice is not None:
        raise InputError(Problem(name, 1, header.index(twice) + 1, f"two columns are called {shown(twice)!r}"))
    if len(header) > MAX_COLUMNS:
        raise InputError(Problem(name, 1, None, f"{len(header):,} columns, more than {MAX_COLUMNS:,}"))


def _numbered(lines: Any, header: list[str]) -> Iterator[Row]:
    number = 0
    while True:
        number += 1
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            yield Rejected(number, None, None, f"not a row of the table: {error}")
            continue
        if not cells:
            number -= 1  # an empty line
        elif len(cells) != len(header):
            yield Rejected(number, None, None, f"{len(cells)} cells where the header has {len(header)}")
        else:
            yield dict(zip(header, cells, strict=True))


def _parquet(source: str | os.PathLike[str] | bytes, name: str) -> tuple[list[str], Iterator[Row]]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtraError("cohort", ["pyarrow"]) from None
    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(source) if isinstance(source, bytes) else Path(source))
        header = list(file.schema_arrow.names)
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(Problem(name, None, None, f"cannot be read as Parquet: {error!s:.200}")) from None
    _check_header(header, name)

    def rows() -> Iterator[Row]:
        try:
            for batch in file.iter_batches(_BATCH):
                yield from batch.to_pylist()
        except (OSError, pyarrow.ArrowException) as error:
            raise InputError(Problem(name, None, None, f"damaged Parquet: {error!s:.200}")) from None

    return header, rows()


# ---------------------------------------------------------------------- columns and cells


class _Plan:
    """What each column means, and how a row becomes a case."""

    def __init__(
        self, header: list[str], mapping: Mapping[str, str | None], kg: KnowledgeGraph | None, name: str
    ) -> None:
        from dystonia_kg.classification.model import default_model

        self._vocabulary = default_model().vocabulary
        self._space = default_model().space
        self._kg = kg
        missing = sorted(set(mapping) - set(header))
        if missing:
            raise InputError(Problem(name, 1, None, f"no column {shown(missing[0])!r}; there are: {_list(header)}"))
        self._kinds: dict[str, str | None] = {}
        self.used: dict[str, str] = {}
        for column in header:
            finding = mapping.get(column, column)
            if finding is not None and self._kind(finding) is not None:
                self.used[column] = finding
            elif column in mapping and mapping[column] is not None:
                message = (
                    f"{shown(mapping[column])!r} is no finding: name a field of a case, a body region or a feature"
                )
                raise InputError(Problem(name, 1, header.index(column) + 1, message))
        self.unused = tuple(column for column in header if column and column not in self.used)

    def _kind(self, finding: str) -> str | None:
        """Return how the cells of a column are read: as a field, HPO terms, a region, or a domain of features."""
        if finding in self._kinds:
            return self._kinds[finding]
        self._kinds[finding] = kind = self._told(finding)
        return kind

    def _told(self, finding: str) -> str | None:
        if finding in _SETS or finding in _ONE_OF or finding == "complete" or finding in _HPO:
            return "field"
        if self._is_region(finding):
            return "region"
        return next((d for d in ("features", "signs", "triggers", "parts") if self._vocabulary.knows(finding, d)), None)

    def _is_region(self, name: str) -> bool:
        try:
            self._vocabulary.place(name)
        except DystoniaKGError:
            return False
        return True

    def read(self, rows: Iterable[Row]) -> Iterator[Read | Rejected]:
        """Yield the cases, and what was rejected."""
        for number, row in enumerate(rows, 1):
            yield row._replace(row=number) if isinstance(row, Rejected) else self._case(number, row)

    def _case(self, number: int, row: Mapping[str, Any]) -> Read | Rejected:
        ledger = Ledger()
        found = _Cells()
        for column, finding in self.used.items():
            try:
                self._cell(found, column, finding, row[column], ledger)
            except _BadCell as error:
                return Rejected(number, column, shown(row[column]), str(error))
        if found.terms:
            found.add_all(found.terms[0][0], self._hpo(found, ledger))
        try:
            case = Case(**found.fields())
        except DystoniaKGError as error:
            return self._blamed(number, found, row, error)
        if self.unused:
            ledger.leave(f"row {number}", _list(self.unused), "columns that say nothing of a case")
        return Read(case, ledger.report("row of a table"), number)

    def _blamed(self, number: int, found: _Cells, row: Mapping[str, Any], error: DystoniaKGError) -> Rejected:
        """Find the column that is bad by itself; if none is, the columns contradict each other."""
        for column, members in found.by_column.items():
            try:
                Case(**_fields_of(members))
            except DystoniaKGError as own:
                reason = own.args[0] if not isinstance(own, CaseError) else str(own).split(": ", 2)[-1]
                return Rejected(number, column, shown(row[column]), str(reason))
        field = error.field if isinstance(error, CaseError) else None
        return Rejected(number, field, None, str(error))

    def _cell(self, found: _Cells, column: str, finding: str, value: Any, ledger: Ledger) -> None:
        text = _text(value)
        if text is None:
            return
        kind = self._kind(finding)
        if finding in _HPO:
            found.terms += [(column, term, _HPO[finding]) for term in _parts(text)]
            return
        if kind == "region":
            self._region(found, column, finding, text)
        elif kind == "field":
            found.add(column, finding, _field_value(finding, value, text))
        else:
            assert kind is not None
            found.add(column, kind if _yes(text) else "excluded", [finding])
        ledger.used.append(Entry(column, shown(text), finding))

    def _hpo(self, found: _Cells, ledger: Ledger) -> dict[str, Any]:
        """Return what the HPO terms of a row say together."""
        return from_terms([(term, excluded) for _, term, excluded in found.terms], self._kg, ledger, "hpo").found()

    def _region(self, found: _Cells, column: str, region: str, text: str) -> None:
        place = self._vocabulary.place(region).region
        word = text.lower()
        side = self._vocabulary.side(word)
        if side is not None:
            half = self._vocabulary.half(place, side)
            if half is None:
                raise _BadCell(f"{region} has no {word} side; write yes or no")
            found.add(column, "regions", [half])
        elif word in _BOTH:
            found.add(column, "regions", self._both(place))
        else:
            found.add(column, "regions" if _yes(text) else "unaffected", [region])

    def _both(self, region: str) -> list[str]:
        """Return the two regions of a pair, such as the limbs; a midline region affected on both sides is itself."""
        members = self._space.classes[region]
        if len({self._space.region_of(element) for element in members}) < 2:
            return [region]
        sides = sorted({side for _, side in (self._space.elements[e] for e in members) if side is not None})
        return [half for side in sides if (half := self._vocabulary.half(region, side))]


class _BadCell(ValueError):
    """The message says what is wrong with a cell."""


class _Cells:
    """The findings of a row, column by column."""

    def __init__(self) -> None:
        self.by_column: dict[str, list[tuple[str, Any]]] = {}
        self.terms: list[tuple[str, str, bool]] = []  # HPO: column, identifier, excluded

    def add(self, column: str, field: str, value: Any) -> None:
        self.by_column.setdefault(column, []).append((field, value))

    def add_all(self, column: str, fields_: Mapping[str, Any]) -> None:
        for field, value in fields_.items():
            self.add(column, field, value)

    def fields(self) -> dict[str, Any]:
        return _fields_of([each for members in self.by_column.values() for each in members])


def _fields_of(members: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, value in members:
        if field in _SETS:
            found[field] = found.get(field, frozenset()) | frozenset(value)
        else:
            found[field] = value
    return found


def _field_value(finding: str, value: Any, text: str) -> Any:
    if finding in _SETS:
        return _parts(text)
    if finding == "complete":
        return _yes(text)
    if finding == "age_at_onset":
        pair = _RANGE.fullmatch(text)
        return (float(pair[1]), float(pair[2])) if pair else text
    return text


def _text(value: Any) -> str | None:
    """Return what a cell says; None where it says nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, list | tuple | set):
        value = ";".join(str(each) for each in value if each is not None)
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if len(text) > MAX_CELL:
        raise _BadCell(f"the cell has more than {MAX_CELL:,} characters")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise _BadCell("the cell is not UTF-8; convert the file")
    return None if text.lower() in _NOT_KNOWN else text


def _yes(text: str) -> bool:
    word = text.lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise _BadCell("yes or no is expected; leave the cell empty if it is not known")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;|]", text) if part.strip()]


def _list(names: Iterable[str], most: int = 12) -> str:
    names = [shown(name) for name in names if name]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
