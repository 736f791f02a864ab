"""Answers: `Result` (rows of plain values), and `execute`, which asks a store and makes one.

Values: an IRI becomes an `IRI` (a str that knows its CURIE), a literal the Python value of its datatype, or its text
where there is none or it does not fit; unbound is None; a blank node is the str '_:label'. Language tags and other
datatypes are not kept: ask for LANG(?x) or DATATYPE(?x) where they matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QuerySolutions, Store, Triple

from dystonia_kg.errors import DystoniaKGError, MissingExtraError, QueryError, QuerySyntaxError
from dystonia_kg.sparql import call_deep, parse, place, token_at
from dystonia_kg.vocab import PREFIXES, XSD, contract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date, datetime
    from decimal import Decimal

    import pandas
    import polars
    from pyoxigraph import QueryTriples

T = TypeVar("T")

_SHOWN_ROWS = 60  # by print(); the rest is counted
_SHORT_QUERY = 1000  # characters that the main thread's stack holds for certain, however they nest

_INTEGERS = """integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger
    unsignedInt unsignedLong unsignedShort unsignedByte""".split()  # noqa: SIM905


class IRI(str):
    """An IRI in a result: the full IRI as a str.

    >>> iri = IRI("http://purl.obolibrary.org/obo/HP_0001332")
    >>> iri.curie, iri == "http://purl.obolibrary.org/obo/HP_0001332"
    ('HP:0001332', True)
    """

    __slots__ = ()

    @property
    def curie(self) -> str:
        """The CURIE, or the IRI itself if no prefix fits."""
        return contract(self) or str(self)

    @property
    def iri(self) -> str:
        """The IRI as a plain str; marks it as something that can be bound in a query."""
        return str(self)


# --- terms to values -----------------------------------------------------------------------------------------------


def to_python(term: NamedNode | BlankNode | Literal | Triple | None) -> Any:
    """Turn a term into a plain value.

    >>> to_python(Literal(8)), to_python(NamedNode("http://example.org/a")), to_python(Literal("x", language="en"))
    (8, 'http://example.org/a', 'x')
    """
    if isinstance(term, NamedNode):
        return IRI(term.value)
    if isinstance(term, Literal):
        convert = _CONVERTERS.get(term.datatype.value)
        if convert is None:
            return term.value
        try:
            return convert(term.value)
        except (ValueError, ArithmeticError):
            return term.value  # "abc"^^xsd:integer is legal RDF
    return None if term is None else str(term)


def _integer(text: str) -> int:
    if "_" in text:  # Python's, not XML Schema's
        raise ValueError(text)
    return int(text)


def _double(text: str) -> float:
    if "_" in text:
        raise ValueError(text)
    return float(text)


def _decimal(text: str) -> Decimal:
    from decimal import Decimal

    if not re.fullmatch(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", text):
        raise ValueError(text)
    return Decimal(text)


def _boolean(text: str) -> bool:
    if text not in ("true", "1", "false", "0"):
        raise ValueError(text)
    return text in ("true", "1")


def _date(text: str) -> date:
    from datetime import date

    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):  # one with a time zone has no Python counterpart
        raise ValueError(text)
    return date.fromisoformat(text)


def _date_time(text: str) -> datetime:
    from datetime import datetime

    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


_CONVERTERS: dict[str, Callable[[str], Any]] = {
    **{XSD + name: _integer for name in _INTEGERS},
    XSD + "double": _double,
    XSD + "float": _double,
    XSD + "decimal": _decimal,
    XSD + "boolean": _boolean,
    XSD + "date": _date,
    XSD + "dateTime": _date_time,
}


# --- Result --------------------------------------------------------------------------------------------------------


class Result(Sequence[Any]):
    """The rows of a SELECT query: a sequence of named tuples; true if there are rows.

    Fields are named after the variables; one that Python does not allow (`class`, `_x`) gets a changed name, while
    `columns` and the exports keep the variable's own.

    >>> result = Result(["s", "n"], [(IRI("http://purl.obolibrary.org/obo/HP_0001332"), 2)])
    >>> result[0].n, len(result), result.to_dicts()
    (2, 1, [{'s': 'http://purl.obolibrary.org/obo/HP_0001332', 'n': 2}])
    >>> print(result)
    s           n
    ----------  -
    HP:0001332  2
    (1 row)
    """

    __slots__ = ("columns", "rows")

    def __init__(self, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
        self.columns = tuple(columns)
        row_type = _row_type(self.columns)
        self.rows: tuple[Any, ...] = tuple(map(row_type._make, rows))

    @classmethod
    def from_solutions(cls, solutions: QuerySolutions) -> Result:
        """Read the engine's answer to a SELECT query to its end."""
        columns = [variable.value for variable in solutions.variables]
        seen: dict[Any, Any] = {None: None}

        def value(term: Any) -> Any:
            if term not in seen:
                seen[term] = to_python(term)
            return seen[term]

        return cls(columns, ([value(term) for term in solution] for solution in solutions))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Result: ...
    def __getitem__(self, index: int | slice) -> Any:
        return Result(self.columns, self.rows[index]) if isinstance(index, slice) else self.rows[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Result):
            return NotImplemented
        return self.columns == other.columns and self.rows == other.rows

    def __hash__(self) -> int:
        return hash((self.columns, self.rows))

    def __repr__(self) -> str:
        return f"<Result: {_count(len(self), 'row')}, columns {', '.join(self.columns) or 'none'}>"

    def __str__(self) -> str:
        return self.to_text()

    def column(self, name: str) -> list[Any]:
        """Return the values of one column.

        >>> Result(["n"], [(1,), (2,)]).column("n")
        [1, 2]
        """
        if name not in self.columns:
            raise KeyError(f"no column {name!r}; there are: {', '.join(self.columns)}")
        index = self.columns.index(name)
        return [row[index] for row in self.rows]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one dict per row, by the names of the variables."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_polars(self) -> polars.DataFrame:
        """Return a polars DataFrame; a column of mixed types becomes text."""
        try:
            import polars
        except ImportError:
            raise MissingExtraError("cohort", "polars") from None
        series = []
        for name in self.columns:
            values = _uniform(self.column(name))
            empty = all(value is None for value in values)
            series.append(polars.Series(name, values, dtype=polars.String if empty else None))
        return polars.DataFrame(series)

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas DataFrame; a column of mixed types becomes text."""
        try:
            import pandas
        except ImportError:
            raise MissingExtraError("cohort", "pandas") from None
        return pandas.DataFrame({name: _uniform(self.column(name)) for name in self.columns}, columns=[*self.columns])

    def to_csv(self) -> str:
        r"""Return CSV with a header and full IRIs; unbound is empty.

        The data stay exact: a cell that starts with = is not altered, so mind spreadsheets when data are not yours.

        >>> Result(["s", "ok"], [("a,b", True), (None, False)]).to_csv()
        's,ok\n"a,b",true\n,false\n'
        """
        return self._delimited(",")

    def to_tsv(self) -> str:
        """Return the same separated by tabs; a value with a tab, line end or quote is quoted as in CSV."""
        return self._delimited("\t")

    def to_json(self) -> str:
        """Return a JSON array of one object per row; dates and decimals are strings, for they would lose digits.

        >>> print(Result(["s", "n"], [("a", None)]).to_json())
        [
          {"s": "a", "n": null}
        ]
        """
        import json

        def encode(row: Any) -> str:
            values = {name: _jsonable(value) for name, value in zip(self.columns, row, strict=True)}
            return json.dumps(values, ensure_ascii=False, allow_nan=False)

        return "[\n" + ",\n".join(f"  {encode(row)}" for row in self.rows) + "\n]" if self.rows else "[]"

    def to_text(self, *, max_rows: int | None = _SHOWN_ROWS, width: int | None = None) -> str:
        """Return an aligned table for a terminal, with CURIEs; cells that do not fit the width are shortened.

        :param max_rows: how many rows to show; None for all
        :param width: characters per line; the terminal's if not given
        """
        if not self.columns:
            return f"({_count(len(self), 'row')})"
        shown = self.rows if max_rows is None else self.rows[:max_rows]
        table = [list(self.columns), *([_cell(value) for value in row] for row in shown)]
        limits = _fit([max(map(_width, column)) for column in zip(*table, strict=True)], width or _terminal_width())
        numeric = [_is_numeric(row[i] for row in shown) for i in range(len(self.columns))]
        table.insert(1, ["-" * limit for limit in limits])
        lines = []
        for row in table:
            cells = [_pad(text, limit, right) for text, limit, right in zip(row, limits, numeric, strict=True)]
            lines.append("  ".join(cells).rstrip())
        return "\n".join([*lines, f"({self._summary(len(shown))})"])

    def _summary(self, shown: int) -> str:
        total = _count(len(self), "row")
        return total if shown == len(self) else f"{total}, the first {shown} shown"

    def _repr_html_(self) -> str:
        from html import escape

        def cell(value: Any) -> str:
            text = escape(_cell(value))
            if isinstance(value, IRI) and value.startswith(("http://", "https://")):
                return f'<td><a href="{escape(value, quote=True)}">{text}</a></td>'
            return f"<td>{text}</td>"

        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        shown = self.rows[:_SHOWN_ROWS]
        body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in shown)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"{table}<p>{self._summary(len(shown))}</p>"

    def _delimited(self, delimiter: str) -> str:
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_plain_text(value) for value in row] for row in self.rows)
        return out.getvalue()


@lru_cache(maxsize=256)
def _row_type(columns: tuple[str, ...]) -> Any:
    from collections import namedtuple

    names: list[str] = []
    for number, column in enumerate(columns):
        name = column.lstrip("_") + "_" * iskeyword(column.lstrip("_"))
        names.append(name if name.isidentifier() and name not in names else f"column_{number}")
    return namedtuple("Row", names, rename=True)  # noqa: PYI024


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _plain_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _jsonable(value: Any) -> Any:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {"nan": "NaN", "inf": "INF", "-inf": "-INF"}[repr(value)]
    return value if value is None or isinstance(value, (bool, int, float, str)) else _plain_text(value)


def _uniform(values: list[Any]) -> list[Any]:
    """Make the values of a column of one type: integers beside doubles become floats, anything else mixed text."""
    kinds = {str if isinstance(value, str) else type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return [None if value is None else float(value) for value in values]
    too_big = kinds == {int} and any(value is not None and not -(2**63) <= value < 2**63 for value in values)
    if len(kinds) > 1 or too_big or kinds == {str}:
        return [None if value is None else _plain_text(value) for value in values]
    return values


# --- text tables ---------------------------------------------------------------------------------------------------


def _cell(value: Any) -> str:
    """Return one line of printable text: data may hold line ends, or escape codes for the terminal."""
    text = value.curie if isinstance(value, IRI) else _plain_text(value)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else " " if char.isspace() else "\ufffd" for char in text)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _shorten(text: str, limit: int) -> str:
    if _width(text) <= limit:
        return text
    while text and _width(text) > limit - 1:
        text = text[: -max(1, (_width(text) - limit) // 2)]
    return text + "…"


def _pad(text: str, limit: int, right: bool) -> str:
    text = _shorten(text, limit)
    space = " " * (limit - _width(text))
    return space + text if right else text + space


def _fit(widths: list[int], available: int) -> list[int]:
    """Shorten the widest columns until the table fits, none below 8 characters."""
    room = available - 2 * (len(widths) - 1)
    limits = list(widths)
    while sum(limits) > room and max(limits) > 8:
        widest = max(limits)
        others = [limit for limit in limits if limit < widest]
        excess = sum(limits) - room
        share = -(-excess // limits.count(widest))
        target = max(8, max(others, default=8), widest - share)
        limits = [min(limit, target) for limit in limits]
    return limits


def _terminal_width() -> int:
    from shutil import get_terminal_size

    return max(40, get_terminal_size((120, 24)).columns)


def _is_numeric(values: Iterable[Any]) -> bool:
    kinds = {type(value).__name__ for value in values if value is not None}
    return bool(kinds) and kinds <= {"int", "float", "Decimal"}


# --- asking --------------------------------------------------------------------------------------------------------


def execute(store: Store, text: str, *, source: str | None = None) -> bool | Result | list[Triple]:
    """Ask a store: a bool for ASK, a Result for SELECT, triples for CONSTRUCT and DESCRIBE.

    The known prefixes need no declaration, and the default graph is the union of all graphs, unless the query says
    FROM. Nothing is checked here (`guard.check_query`).

    :param source: the query as its author wrote it, if variables were bound since; errors show places in it
    :raises QuerySyntaxError: with line and column
    :raises QueryError: if the engine fails while it evaluates

    >>> execute(Store(), "ASK { ?s ?p ?o }")
    False
    """
    return evaluate(store, text, _collect, source=source)


def _collect(answer: QueryBoolean | QuerySolutions | QueryTriples) -> bool | Result | list[Triple]:
    if isinstance(answer, QueryBoolean):
        return bool(answer)
    return Result.from_solutions(answer) if isinstance(answer, QuerySolutions) else list(answer)


def evaluate(
    store: Store,
    text: str,
    consume: Callable[[QueryBoolean | QuerySolutions | QueryTriples], T],
    *,
    source: str | None = None,
) -> T:
    """Run a query and hand the engine's answer to `consume`, both where the stack is deep enough for it."""

    def run() -> T:
        union = not _has_dataset(text)  # the engine's union would override FROM
        return consume(store.query(text, prefixes=PREFIXES, use_default_graph_as_union=union))

    try:
        return call_deep(run, shallow=len(text) <= _SHORT_QUERY)
    except SyntaxError as error:
        raise _syntax_error(text, str(error), source) from None
    except DystoniaKGError:
        raise
    except (ValueError, OSError, RuntimeError) as error:
        raise QueryError(f"the query failed: {error}") from None


def _has_dataset(text: str) -> bool:
    return "from" in text.lower() and any(token.word == "FROM" for token in parse(text).tokens)


def _syntax_error(text: str, message: str, source: str | None) -> QuerySyntaxError:
    """Say where a query is wrong, in the text that its author knows."""
    if source is not None and source != text:
        try:
            Store().query(source, prefixes=PREFIXES)
        except SyntaxError as error:
            text, message = source, str(error)
        except (ValueError, OSError, RuntimeError):
            pass
    undeclared = _undeclared_prefix(text)
    if undeclared is not None:
        return undeclared
    found = re.match(r"error at (\d+):(\d+): (.*)", message, re.DOTALL)
    if found is None:
        return QuerySyntaxError(message)
    # The engine's column is behind the keyword that it tried last, so step back over the shortest one it names.
    line, column, expected = int(found[1]), int(found[2]), found[3]
    keywords = re.findall(r"\b[A-Za-z_]{3,}\b", expected.removeprefix("expected one of ").removeprefix("expected "))
    sentence = next((part for part in expected.split(", ") if "SELECT" in part and " " in part), "")
    lines = text.split("\n")
    offset = sum(len(each) + 1 for each in lines[: line - 1]) + column - 1
    if keywords and not sentence:
        offset = max(offset - min(map(len, keywords)), 0)
    return _near(text, offset, sentence.removeprefix("expected one of "))


def _near(text: str, offset: int, detail: str) -> QuerySyntaxError:
    try:
        token = token_at(parse(text), offset)
    except DystoniaKGError as error:
        if isinstance(error, QuerySyntaxError):
            return error
        token = None
    if detail:
        return QuerySyntaxError(f"not valid SPARQL: {detail}")
    if token is None:
        return QuerySyntaxError(
            "not valid SPARQL: it ends too early, or uses a variable twice", *place(text, len(text))
        )
    return QuerySyntaxError(f"not valid SPARQL, at or after {token.text!r:.60}", *place(text, token.start))


def _undeclared_prefix(text: str) -> QuerySyntaxError | None:
    try:
        tokens = parse(text).tokens
    except DystoniaKGError:
        return None
    known = set(PREFIXES)
    for index, token in enumerate(tokens):
        prefix = token.text.partition(":")[0]
        if token.kind == "pname" and index and tokens[index - 1].word == "PREFIX":
            known.add(prefix)
        elif token.kind == "pname" and prefix not in known:
            hint = f"add PREFIX {prefix}: <...> before the query"
            return QuerySyntaxError(f"the prefix {prefix!r} is not declared; {hint}", *place(text, token.start))
    return None
