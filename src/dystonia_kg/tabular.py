"""Tables of values as people read them: aligned text for a terminal, HTML for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dystonia_kg.values import IRI, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN_ROWS = 60  # by print() and in notebooks; the rest is counted


def text_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    max_rows: int | None = SHOWN_ROWS,
    width: int | None = None,
) -> str:
    """Return an aligned table with CURIEs and the number of rows; see `Result.to_text`."""
    if not columns:
        return f"({row_count(len(rows))})"
    shown = rows if max_rows is None else rows[:max_rows]
    table = [list(columns), *([_cell(value) for value in row] for row in shown)]
    limits = _fit([max(map(_width, column)) for column in zip(*table, strict=True)], width or _terminal_width())
    numeric = [_is_numeric(row[i] for row in shown) for i in range(len(columns))]
    table.insert(1, ["-" * limit for limit in limits])
    lines = []
    for row in table:
        cells = [_pad(text, limit, right) for text, limit, right in zip(row, limits, numeric, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, f"({_summary(len(rows), len(shown))})"])


def html_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return an HTML table whose IRIs are links, with the number of rows below."""
    from html import escape

    def cell(value: Any) -> str:
        text = escape(_cell(value))
        if isinstance(value, IRI) and value.startswith(("http://", "https://")):
            return f'<td><a href="{escape(value, quote=True)}">{text}</a></td>'
        return f"<td>{text}</td>"

    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    shown = rows[:SHOWN_ROWS]
    body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in shown)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"{table}<p>{_summary(len(rows), len(shown))}</p>"


def row_count(number: int) -> str:
    """Return "1 row" or "2 rows"."""
    return f"{number:,} row{'' if number == 1 else 's'}"


def _summary(total: int, shown: int) -> str:
    return row_count(total) if shown == total else f"{row_count(total)}, the first {shown} shown"


def _cell(value: Any) -> str:
    """Return one line of printable text: data may hold line ends, or escape codes for the terminal."""
    text = value.curie if isinstance(value, IRI) else plain_text(value)
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
