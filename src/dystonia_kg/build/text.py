"""Reading the text files of the sources: what is no UTF-8 is a problem with its place, not the end of the build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dystonia_kg.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path


def read_utf8(path: Path) -> tuple[str, list[Problem]]:
    """Return the text of a file, and what is wrong with it; the text is empty if it cannot be read."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", [Problem(str(path), line, None, f"not UTF-8 (byte {error.start}): save the file as UTF-8")]
