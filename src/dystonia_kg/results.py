"""Answers: `Result` (rows of plain values, see `values`), and `execute`, which asks a store and makes one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pyoxigraph import QueryBoolean, QuerySolutions, Store, Triple

from dystonia_kg.errors import DystoniaKGError, MissingExtraError, QueryError, QuerySyntaxError
from dystonia_kg.lexer import parse, place, token_at
from dystonia_kg.stack import call_deep
from dystonia_kg.tabular import SHOWN_ROWS, html_table, row_count, text_table
from dystonia_kg.values import IRI as IRI
from dystonia_kg.values import jsonable, plain_text, uniform
from dystonia_kg.values import to_python as to_python
from dystonia_kg.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pandas
    import polars
    from pyoxigraph import QueryTriples

T = TypeVar("T")

_SHORT_QUERY = 250  # characters that any main thread's stack holds, however they nest


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

    def __reduce__(self) -> tuple[Any, ...]:
        return Result, (self.columns, [tuple(row) for row in self.rows])  # the type of the rows is made at run time

    def __repr__(self) -> str:
        return f"<Result: {row_count(len(self))}, columns {', '.join(self.columns) or 'none'}>"

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
            values = uniform(self.column(name))
            empty = all(value is None for value in values)
            series.append(polars.Series(name, values, dtype=polars.String if empty else None))
        return polars.DataFrame(series)

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas DataFrame; a column of mixed types becomes text."""
        try:
            import pandas
        except ImportError:
            raise MissingExtraError("cohort", "pandas") from None
        return pandas.DataFrame({name: uniform(self.column(name)) for name in self.columns}, columns=[*self.columns])

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
            values = {name: jsonable(value) for name, value in zip(self.columns, row, strict=True)}
            return json.dumps(values, ensure_ascii=False, allow_nan=False)

        return "[\n" + ",\n".join(f"  {encode(row)}" for row in self.rows) + "\n]" if self.rows else "[]"

    def to_text(self, *, max_rows: int | None = SHOWN_ROWS, width: int | None = None) -> str:
        """Return an aligned table for a terminal, with CURIEs; cells that do not fit the width are shortened.

        :param max_rows: how many rows to show; None for all
        :param width: characters per line; the terminal's if not given
        """
        return text_table(self.columns, self.rows, max_rows=max_rows, width=width)

    def _repr_html_(self) -> str:
        return html_table(self.columns, self.rows)

    def _delimited(self, delimiter: str) -> str:
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([plain_text(value) for value in row] for row in self.rows)
        return out.getvalue()


@lru_cache(maxsize=256)
def _row_type(columns: tuple[str, ...]) -> Any:
    from collections import namedtuple

    names: list[str] = []
    for number, column in enumerate(columns):
        name = column.lstrip("_") + "_" * iskeyword(column.lstrip("_"))
        names.append(name if name.isidentifier() and name not in names else f"column_{number}")
    return namedtuple("Row", names, rename=True)  # noqa: PYI024


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
