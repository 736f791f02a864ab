"""What an export wrote and what it left out, counted while it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple


class LeftOut(NamedTuple):
    """Things that a format cannot hold: what kind, how many, and why."""

    kind: str
    count: int  # type: ignore[assignment]  # a tuple's own method of this name is of no use here
    why: str


@dataclass(frozen=True)
class ExportReport:
    """What became of an export; two reports are equal if they say the same, however long it took.

    :param path: where it went; None for a file object that has no name
    :param files: the names of the files, for a format of several
    """

    format: str
    path: str | None
    files: tuple[str, ...]
    written: Mapping[str, int]
    left_out: tuple[LeftOut, ...]
    seconds: float = field(compare=False, default=0.0)

    def __str__(self) -> str:
        from dystonia_kg.tabular import text_table

        where = self.path or "a file object"
        rows = [[kind, count, "written", ""] for kind, count in self.written.items()]
        rows += [[one.kind, one.count, "left out", one.why] for one in self.left_out]
        table = text_table(["what", "count", "", "why"], rows, width=400)
        table = table.rsplit("\n", 1)[0]  # the number of rows tells nothing here
        return f"{self.format} to {where}, {self.seconds:.1f} s\n{table}"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "format": self.format,
            "path": self.path,
            "files": list(self.files),
            "written": dict(self.written),
            "left_out": [one._asdict() for one in self.left_out],
            "seconds": round(self.seconds, 3),
        }


class Tally:
    """The counts of an export that is under way."""

    def __init__(self) -> None:
        self._written: Counter[str] = Counter()
        self._left_out: Counter[tuple[str, str]] = Counter()

    def wrote(self, kind: str, count: int = 1) -> None:
        """Count things written; ``kind`` is a plural such as "terms"."""
        self._written[kind] += count

    def left_out(self, kind: str, why: str, count: int = 1) -> None:
        """Count things that the format cannot hold; nothing is counted where ``count`` is 0."""
        if count:
            self._left_out[kind, why] += count

    def report(self, format: str, path: str | None, files: tuple[str, ...], seconds: float) -> ExportReport:  # noqa: A002
        """Return the report of the whole."""
        left = tuple(LeftOut(kind, count, why) for (kind, why), count in sorted(self._left_out.items()))
        written = MappingProxyType(dict(sorted(self._written.items())))
        return ExportReport(format, path, files, written, left, seconds)
