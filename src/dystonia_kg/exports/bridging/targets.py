"""The ontologies that ours is bridged to: identifiers, levels, what must never be equated. All of it is data.

``ontology/exports/bridges.tsv`` has a row for each, ``bridge_refusals.tsv`` one for each class that is never equated.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from dystonia_kg.errors import ExportError
from dystonia_kg.exports.mapping_tables import read_rows
from dystonia_kg.resources import ontology_dir
from dystonia_kg.vocab import PREFIXES, expand


class Target(NamedTuple):
    """One ontology.

    :param prefixes: those of its identifiers
    :param categories: of ours, the classes whose subclasses may have an equal there, each with the branch where it has
        to stand (or None, where that is not known)
    :param refusals: its classes that are never equated, and why
    :param present_words: what a mapping's comment says of a term that the target has at a level of its own
    :param parent_words: what it says of one that stands below the mapping's object at that level
    :param root: under which class a new term goes if no other is known
    :param bulk: the columns of the table in which the target takes many requests, each with what goes into it
    :param slices: tables with a part of its hierarchy: file, and the columns of the class, of those above, and of its
        label
    """

    name: str
    title: str
    prefixes: tuple[str, ...]
    categories: tuple[tuple[str, str | None], ...]
    refusals: dict[str, str]
    present_words: str
    parent_words: str
    root: str | None
    bulk: tuple[tuple[str, str], ...]
    tracker: str
    slices: tuple[tuple[str, ...], ...]

    def owns(self, iri: str) -> bool:
        """Tell whether an IRI is one of the target's."""
        return iri.startswith(tuple(PREFIXES[prefix] for prefix in self.prefixes))

    def hierarchy(self) -> dict[str, frozenset[str]]:
        """Return the part of its hierarchy that we have: for each class those told to be above it."""
        return _slices(self.slices)[0]

    def labels(self) -> dict[str, str]:
        """Return the labels of the classes in that part."""
        return _slices(self.slices)[1]


@cache
def targets() -> dict[str, Target]:
    """Return the targets by name and alias."""
    found: dict[str, Target] = {}
    for row in read_rows("bridges"):
        target = Target(
            row["name"],
            row["title"],
            tuple(row["prefixes"].split("|")),
            tuple(_category(text) for text in row["categories"].split("|")),
            {expand(r["term"]): r["why"] for r in read_rows("bridge_refusals") if r["bridge"] == row["name"]},
            row["present_words"],
            row["parent_words"],
            expand(row["root"]) if row["root"] else None,
            tuple(_bulk(text) for text in row["bulk"].split("|") if text),
            row["tracker"],
            tuple(_slice(text) for text in row["slices"].split("|") if text),
        )
        for name in (row["name"], *row["aliases"].split("|")):
            if name:
                found[name] = target
    return found


def find_target(name: str) -> Target:
    """Return the target of a name or alias; case does not matter.

    :raises ExportError: with the names there are

    >>> find_target("HPO").prefixes
    ('HP',)
    """
    known = targets()
    found = known.get(name.lower()) if isinstance(name, str) else None
    if found is None:
        names = sorted({target.name for target in known.values()})
        near = get_close_matches(str(name).lower(), known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ExportError(f"bridge={name!r}: there is no such bridge{hint}; there are: {', '.join(names)}")
    return found


def _category(text: str) -> tuple[str, str | None]:
    ours, _, theirs = text.partition("=")
    return expand(ours), expand(theirs) if theirs else None


def _bulk(text: str) -> tuple[str, str]:
    header, _, field = text.partition("=")
    return header, field


def _slice(text: str) -> tuple[str, ...]:
    return tuple(text.split(":"))


@cache
def _slices(slices: tuple[tuple[str, ...], ...]) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    told: dict[str, set[str]] = {}
    labels: dict[str, str] = {}
    for path, sub, sup, label in slices:
        text = (ontology_dir() / path).read_text(encoding="utf-8")
        header, *rows = (line.split("\t") for line in text.splitlines() if line)
        for row in rows:
            cells = dict(zip(header, row, strict=False))
            above = [expand(part) for part in cells.get(sup, "").split("|") if part]
            told.setdefault(expand(cells[sub]), set()).update(above)
            labels[expand(cells[sub])] = cells[label]
    for above_all in list(told.values()):
        for iri in above_all:
            told.setdefault(iri, set())
    return {iri: frozenset(above_all) for iri, above_all in told.items()}, labels
