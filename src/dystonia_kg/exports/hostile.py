"""Values that a form of text cannot hold as they are: escaped as that form has it, or refused by name.

A value is never changed in silence. In CSV, a value such as ``=cmd()`` stays as it is, for it has to come back as it
was: whoever opens the file in a spreadsheet should import it as text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from dystonia_kg.errors import ExportError
from dystonia_kg.exports.target import Output

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_TSV = re.compile("[\t\n\r]")


def refuse(value: str, what: str, where: str) -> ExportError:
    """Return the error for a value that a format cannot hold.

    :param what: what is wrong with it, such as "holds a tab"
    :param where: the term and the place, such as "label of dyst:X"
    """
    shown = value if len(value) <= 80 else value[:80] + "..."
    return ExportError(f"{where}: {shown!r} {what}, which this format cannot hold: change it or use another format")


def tsv_cell(value: str, where: str) -> str:
    r"""Return a cell of a table that has no quoting: a tab or line end in it is refused.

    >>> tsv_cell("=cmd()", "label of x")
    '=cmd()'
    >>> tsv_cell("a\tb", "label of x")
    Traceback (most recent call last):
        ...
    dystonia_kg.errors.ExportError: label of x: 'a\tb' holds a tab or a line end, which ...
    """
    if _NOT_TSV.search(value):
        raise refuse(value, "holds a tab or a line end", where)
    return value


def xml_text(value: str, where: str) -> str:
    """Return a text that XML can hold; a control character is refused. Escaping is the writer's."""
    if _NOT_XML.search(value):
        raise refuse(value, "holds a control character", where)
    return value


def listed_cell(value: Any, delimiter: str, where: str) -> Any:
    """Return a cell of a table whose lists have a delimiter: a list is joined, and one that holds it is refused.

    >>> listed_cell(["a", "b"], "|", "names of x"), listed_cell(True, "|", "deprecated of x")
    ('a|b', 'true')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, list):
        return value
    for part in value:
        if delimiter in part:
            raise refuse(part, f"holds {delimiter!r}, which parts the values of a list", where)
    return delimiter.join(value)


class CsvWriter:
    """Rows as RFC 4180 has them, in UTF-8, with LF: quotes, commas and line ends in a value come back as they were."""

    def __init__(self, output: Output, delimiter: str = ",") -> None:
        self._text = io.TextIOWrapper(output.binary, encoding="utf-8", newline="", write_through=True)
        # The writer quotes what holds a character of its line end, so CR LF makes it quote both; LF is written.
        self._writer = csv.writer(self, delimiter=delimiter, lineterminator="\r\n")

    def row(self, values: Iterable[Any]) -> None:
        """Write one row; None is an empty cell."""
        self._writer.writerow(["" if value is None else value for value in values])

    def write(self, line: str) -> None:
        """Take a line of the writer."""
        self._text.write(line.removesuffix("\r\n") + "\n")

    def close(self) -> None:
        """Hand on what is buffered; the output itself stays open."""
        self._text.flush()
        self._text.detach()


@contextmanager
def csv_writer(output: Output, delimiter: str = ",") -> Iterator[CsvWriter]:
    r"""Write rows to an output.

    >>> from io import BytesIO
    >>> file = BytesIO()
    >>> with csv_writer(Output(file)) as rows:
    ...     rows.row(["=cmd()", "a, b", None])
    >>> file.getvalue()
    b'=cmd(),"a, b",\n'
    """
    writer = CsvWriter(output, delimiter)
    try:
        yield writer
    finally:
        writer.close()
