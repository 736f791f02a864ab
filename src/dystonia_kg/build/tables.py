"""Curated tables: ROBOT templates read into RDF.

A table is a TSV file whose second row says, column by column, what its cells mean, in the template language of ROBOT
(the part of it that `docs/tables.md` lists). So a table explains itself, ROBOT can read it too, and no code here knows
what a column is about. Every mistake of a table is collected with file, line and column; none stops the reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from dystonia_kg.build.statements import LABEL, SUBCLASS, TYPE, annotate, restriction
from dystonia_kg.build.text import read_utf8
from dystonia_kg.errors import Problem, UnknownPrefixError
from dystonia_kg.vocab import expand

_XSD = "http://www.w3.org/2001/XMLSchema#"

_TEMPLATE = re.compile(
    r"(?P<axiom>>)?(?P<kind>ID|LABEL|TYPE|AI|AT|A|SC)(?:\s+(?P<rest>.*?))?(?:\s+SPLIT=(?P<split>\S))?$"
)
_SOME = re.compile(r"(?P<property>\S+) some %$")
_LEXICAL = {
    "boolean": re.compile(r"true|false"),
    "integer": re.compile(r"[+-]?[0-9]+"),
    "nonNegativeInteger": re.compile(r"[0-9]+"),
    "decimal": re.compile(r"[+-]?[0-9]+(\.[0-9]+)?"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}


class Column(NamedTuple):
    """What one column of a template means; ``number`` counts from 1, as editors do."""

    number: int
    kind: str
    on_axiom: bool
    prop: NamedNode | None
    datatype: str | None
    restriction: bool
    split: str | None


class Table(NamedTuple):
    """A table as RDF: its triples, the line on which each subject is stated, and what is wrong with it."""

    triples: list[Triple]
    lines: dict[str, int]
    problems: list[Problem]


def read_table(path: Path) -> Table:
    """Read one ROBOT template.

    :param path: a TSV file: header row, template row, data rows; UTF-8
    """
    return _TableReader(path).read()


class _TableReader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.table = Table([], {}, [])

    def read(self) -> Table:
        text, problems = read_utf8(self.path)
        if problems:
            self.table.problems.extend(problems)
            return self.table
        rows = text.removesuffix("\n").split("\n")
        if len(rows) < 2:
            self._problem(1, None, "a table needs a header row and a template row")
            return self.table
        columns = self._columns(rows[0].split("\t"), rows[1].split("\t"))
        if columns:
            self._read_rows(columns, rows)
        return self.table

    def _columns(self, header: list[str], template: list[str]) -> list[Column]:
        if len(header) != len(template):
            self._problem(2, None, f"{len(template)} templates for {len(header)} headers: give every column one")
            return []
        columns = [c for n, text in enumerate(template, 1) if text.strip() and (c := self._column(n, text.strip()))]
        if not columns or columns[0].kind != "ID" or columns[0].number != 1:
            self._problem(2, 1, "the first column must have the template ID")
            return []
        return columns

    def _column(self, number: int, text: str) -> Column | None:
        match = _TEMPLATE.match(text)
        if not match:
            self._problem(2, number, f"unknown template {text!r}: see docs/tables.md for the ones that can be used")
            return None
        kind, rest = match["kind"], (match["rest"] or "").strip()
        datatype, restriction = None, False
        if kind == "AT":
            rest, _, datatype = rest.partition("^^")
        if kind == "SC":
            some = _SOME.match(rest)
            restriction, rest = bool(some), some["property"] if some else rest
            if not some and rest != "%":
                self._problem(2, number, f"unknown class template {text!r}: use 'SC %' or 'SC PROPERTY some %'")
                return None
        prop = self._iri(2, number, rest) if kind in ("A", "AI", "AT") or restriction else None
        if prop is None and (kind in ("A", "AI", "AT") or restriction):
            return None
        return Column(
            number,
            kind,
            bool(match["axiom"]),
            prop,
            datatype and self._datatype(number, datatype),
            restriction,
            match["split"],
        )

    def _datatype(self, number: int, curie: str) -> str:
        node = self._iri(2, number, curie)
        return node.value if node else _XSD + "string"

    def _read_rows(self, columns: list[Column], rows: list[str]) -> None:
        unique = any(column.kind == "TYPE" for column in columns)
        width = len(rows[0].split("\t"))
        for line, row in enumerate(rows[2:], 3):
            cells = row.split("\t")
            if len(cells) != width:
                self._problem(line, None, f"{len(cells)} cells where the header has {width}: check for stray tabs")
            elif not cells[0].strip():
                self._problem(line, 1, "no identifier: give the row a CURIE in its first column")
            else:
                self._read_row(columns, cells, line, unique)

    def _read_row(self, columns: list[Column], cells: list[str], line: int, unique: bool) -> None:
        subject = self._iri(line, 1, cells[0])
        if subject is None:
            return
        if unique and subject.value in self.table.lines:
            first = self.table.lines[subject.value]
            self._problem(line, 1, f"{cells[0]} stands already on line {first}: one row for each identifier")
            return
        self.table.lines.setdefault(subject.value, line)
        stated: list[Triple] = []
        for column in columns[1:]:
            values = list(self._values(column, cells[column.number - 1], line))
            if column.on_axiom:
                for triple in stated:
                    self.table.triples.extend(annotate(triple, column.prop, values) if column.prop else ())
                continue
            stated = [triple for value in values for triple in _state(subject, column, value)]
            self.table.triples.extend(stated)
            self.table.triples.extend(_restrictions(stated, column, values))

    def _values(self, column: Column, cell: str, line: int) -> Iterator[NamedNode | Literal]:
        if cell != cell.strip():
            self._problem(line, column.number, f"white space around {cell.strip()!r}: remove it")
        parts = cell.split(column.split) if column.split else [cell]
        for part in (p.strip() for p in parts):
            if not part:
                continue
            value = self._value(column, part, line)
            if value is not None:
                yield value

    def _value(self, column: Column, text: str, line: int) -> NamedNode | Literal | None:
        if column.kind in ("A", "LABEL"):
            return Literal(text)
        if column.kind != "AT" or column.datatype is None:
            return self._iri(line, column.number, text)
        name = column.datatype.removeprefix(_XSD)
        pattern = _LEXICAL.get(name)
        if pattern is not None and not pattern.fullmatch(text):
            self._problem(line, column.number, f"{text!r} is not a value of xsd:{name}")
            return None
        return Literal(text, datatype=NamedNode(column.datatype))

    def _iri(self, line: int, column: int, curie: str) -> NamedNode | None:
        try:
            return NamedNode(expand(curie.strip()))
        except (UnknownPrefixError, ValueError) as error:
            self._problem(line, column, str(error))
            return None

    def _problem(self, line: int, column: int | None, message: str) -> None:
        self.table.problems.append(Problem(str(self.path), line, column, message))


def _state(subject: NamedNode, column: Column, value: NamedNode | Literal) -> list[Triple]:
    """Return the triple that a cell states of its row's subject; axiom annotations refer to it."""
    match column.kind:
        case "LABEL":
            return [Triple(subject, LABEL, value)]
        case "TYPE":
            return [Triple(subject, TYPE, value)]
        case "SC":
            return [Triple(subject, SUBCLASS, BlankNode() if column.restriction else value)]
    assert column.prop is not None
    return [Triple(subject, column.prop, value)]


def _restrictions(stated: list[Triple], column: Column, values: list[NamedNode | Literal]) -> Iterator[Triple]:
    if not column.restriction or column.prop is None:
        return
    for triple, value in zip(stated, values, strict=True):
        assert isinstance(triple.object, BlankNode)
        yield from restriction(triple.object, column.prop, value)
