"""What a reader did with its input: what it used and as what, what it could not use and why, what it rejected."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from dystonia_kg.cases.case import Case

_SHOWN = 200  # characters of a value


class Entry(NamedTuple):
    """One part of an input: where it stands (a JSON path), what stands there, and what came of it or why nothing did.

    >>> print(Entry("$.id", "7", "the case's id"))
    $.id = 7: the case's id
    """

    path: str
    value: str
    remark: str

    def __str__(self) -> str:
        return f"{self.path} = {self.value}: {self.remark}" if self.value else f"{self.path}: {self.remark}"


class Rejected(NamedTuple):
    """A record that could not be read: its number (from 1), the column or JSON path, the value, and the reason.

    >>> print(Rejected(3, "age_at_onset", "-1", "an age cannot be negative"))
    record 3, age_at_onset: '-1': an age cannot be negative
    """

    row: int | None
    column: str | None
    value: str | None
    reason: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.row and f"record {self.row}", self.column) if part)
        shown = "" if self.value is None else f"{self.value!r}: "
        return f"{place}: {shown}{self.reason}" if place else f"{shown}{self.reason}"


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What became of one record.

    :param source: the kind of record and its version, such as "phenopacket 2.0.2"
    :param dystonia: whether the record says that dystonia is there: "observed", "excluded" or "not stated"
    :param used: what the case was made of
    :param unused: what could not be used, and why
    :param notes: what a reader should know: contradictions, replaced identifiers, readings that are a convention
    """

    source: str
    dystonia: str = "not stated"
    used: tuple[Entry, ...] = ()
    unused: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return {
            "source": self.source,
            "dystonia": self.dystonia,
            "used": [entry._asdict() for entry in self.used],
            "unused": [entry._asdict() for entry in self.unused],
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        lines = [f"{self.source}: dystonia {self.dystonia}; {len(self.used)} used, {len(self.unused)} not used"]
        lines += [f"  note: {note}" for note in self.notes]
        lines += [f"  used {entry}" for entry in self.used]
        lines += [f"  not used {entry}" for entry in self.unused]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Read:
    """A case and the report on how it was read; ``row`` is its number in the file, from 1."""

    case: Case
    report: ReadReport
    row: int | None = None


@dataclass(slots=True)
class Ledger:
    """Collects the entries of a report while a record is read."""

    used: list[Entry] = field(default_factory=list)
    unused: list[Entry] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dystonia: str = "not stated"

    def use(self, path: str, value: object, remark: str) -> None:
        """Enter a part that the case is made of."""
        self.used.append(Entry(path, shown(value), remark))

    def leave(self, path: str, value: object, reason: str) -> None:
        """Enter a part that cannot be used."""
        self.unused.append(Entry(path, shown(value), reason))

    def note(self, text: str) -> None:
        """Enter a remark once."""
        if text not in self.notes:
            self.notes.append(text)

    def report(self, source: str) -> ReadReport:
        """Close the report."""
        return ReadReport(source, self.dystonia, tuple(self.used), tuple(self.unused), tuple(self.notes))


def rejections_json(rejected: Iterable[Rejected], *, read: int, name: str) -> str:
    """Return the machine-readable report of rejected records.

    >>> print(rejections_json([Rejected(2, "age", "x", "no age")], read=1, name="t.csv"))
    {
     "file": "t.csv",
     "read": 1,
     "rejected": [
      {
       "row": 2,
       "column": "age",
       "value": "x",
       "reason": "no age"
      }
     ]
    }
    """
    rows = [each._asdict() for each in rejected]
    return json.dumps({"file": name, "read": read, "rejected": rows}, indent=1, ensure_ascii=False)


def shown(value: object) -> str:
    """Return a value as one short line of printable text; lone surrogates and control characters are replaced."""
    if isinstance(value, str):
        text = value[: _SHOWN + 1]
    elif isinstance(value, dict):
        text = f"{{{len(value)} members}}"
    elif isinstance(value, list):
        text = f"[{len(value)} elements]"
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**30:
        text = "a very large number"
    else:
        text = str(value)
    text = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
