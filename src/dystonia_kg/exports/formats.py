"""What a format is and what it can hold, as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class Extent(StrEnum):
    """How much of a kind of thing a format holds."""

    ALL = "all"
    PART = "part"
    NONE = "none"


class Holds(NamedTuple):
    """What a format can hold, kind by kind; ``note`` tells what *part* means."""

    axioms: Extent = Extent.NONE
    hierarchy: Extent = Extent.NONE
    relations: Extent = Extent.NONE
    annotations: Extent = Extent.NONE
    synonyms: Extent = Extent.NONE
    mappings: Extent = Extent.NONE
    associations: Extent = Extent.NONE
    sources: Extent = Extent.NONE
    graphs: Extent = Extent.NONE
    note: str = ""

    @property
    def kinds(self) -> dict[str, str]:
        """The kinds of things with their extent, without the note."""
        return {name: str(value) for name, value in self._asdict().items() if name != "note"}


class Option(NamedTuple):
    """A choice that a format leaves to the user; its value is of the type of ``default``.

    ``needed`` tells that there is no sensible default, so that a value has to be given.
    """

    name: str
    default: Any
    about: str
    choices: tuple[str, ...] = ()
    needed: bool = False


class Format(NamedTuple):
    """One format.

    ``module`` is the module below ``dystonia_kg.exports`` that writes it; ``folder`` tells that it is several files;
    ``extra`` names the extra that it needs; ``ids`` is the form of identifiers unless another is asked for. One
    ``of_bridge`` tells of another ontology, which has to be named, and is not said in its identifiers.
    """

    name: str
    title: str
    module: str
    holds: Holds
    suffixes: tuple[str, ...]
    media_type: str
    aliases: tuple[str, ...] = ()
    folder: bool = False
    extra: str | None = None
    ids: str = "readable"
    options: tuple[Option, ...] = ()
    of_bridge: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {self.title}"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "name": self.name,
            "title": self.title,
            "aliases": list(self.aliases),
            "suffixes": list(self.suffixes),
            "media_type": self.media_type,
            "folder": self.folder,
            "extra": self.extra,
            "ids": self.ids,
            "holds": self.holds.kinds,
            "note": self.holds.note,
            "options": {option.name: option.about for option in self.options},
        }


class Formats(Mapping[str, Format]):
    """All formats by name; prints as a table of what each holds."""

    def __init__(self, formats: Iterable[Format]) -> None:
        self._formats = {one.name: one for one in formats}

    def __getitem__(self, name: str) -> Format:
        return self._formats[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._formats)

    def __len__(self) -> int:
        return len(self._formats)

    def __repr__(self) -> str:
        from dystonia_kg.tabular import text_table

        kinds = list(Holds().kinds)
        rows = [[one.name, one.title, *one.holds.kinds.values()] for one in self.values()]
        return text_table(["format", "title", *kinds], rows, width=max(120, 60 + 12 * len(kinds)))

    def _repr_html_(self) -> str:
        from dystonia_kg.tabular import html_table

        rows = [[one.name, one.title, *one.holds.kinds.values()] for one in self.values()]
        return html_table(["format", "title", *Holds().kinds], rows)
