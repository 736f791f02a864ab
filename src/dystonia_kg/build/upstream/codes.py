"""What the codes of upstream tables mean in the ontology: ``upstream/codes.tsv``, read.

Nothing here knows a code. A code may mean different things by where the term beside it stands (``below``).
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from pyoxigraph import NamedNode

from dystonia_kg.build.upstream.rows import Row, read_rows
from dystonia_kg.errors import Problem, UnknownPrefixError
from dystonia_kg.vocab import expand

_COLUMNS = ("file", "column", "code", "below", "term")


class Codes:
    """The codes of the tables of a release.

    :param path: ``codes.tsv``
    """

    def __init__(self, path: Path) -> None:
        table = read_rows(path, _COLUMNS, ("file", "column", "code", "below"))
        self.problems: list[Problem] = list(table.problems)
        self._terms: dict[tuple[str, str, str], list[tuple[str, NamedNode]]] = {}
        for row in table:
            try:
                term = NamedNode(expand(row["term"]))
            except (UnknownPrefixError, ValueError) as error:
                self.problems.append(row.problem("term", str(error)))
                continue
            self._terms.setdefault((row["file"], row["column"], row["code"]), []).append((row["below"], term))

    def known(self, file: str, column: str) -> list[str]:
        """Return the codes of a column."""
        return sorted({code for f, c, code in self._terms if (f, c) == (file, column)})

    def term(self, row: Row, column: str, code: str | None = None, above: Container[str] = ()) -> NamedNode | None:
        """Return what a code means.

        :param code: the code, if it is not the cell itself
        :param above: what lies at or above the term of the row, for codes that depend on it
        """
        found = self._terms.get((row.path.name, column, row[column] if code is None else code), ())
        chosen = [term for below, term in found if below and below in above]
        return next(iter(chosen or [term for below, term in found if not below]), None)

    def term_or_problem(
        self, row: Row, column: str, problems: list[Problem], above: Container[str] = ()
    ) -> NamedNode | None:
        """Return what a cell means; a code that is not known becomes a problem."""
        term = self.term(row, column, above=above)
        if term is None:
            known = ", ".join(self.known(row.path.name, column))
            problems.append(row.problem(column, f"{row[column]!r} is none of {known}; codes.tsv tells what they mean"))
        return term
