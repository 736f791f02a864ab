"""Which column of a table states what: by the names of the ontology, or as the caller says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dystonia_kg.classification.findings import SEVERAL, SINGLE
from dystonia_kg.classification.model import Model
from dystonia_kg.errors import AmbiguousTermError, ParameterError
from dystonia_kg.names import fold

AGE, COMPLETE = "age_at_onset", "complete"
TEXT_FIELDS = (*SEVERAL, *SINGLE, "disorder", "excluded")
_NOT_HERE = ("regions", "unaffected", "stated")
_YES = frozenset(("yes", "y", "true", "t", "1", "present", "affected", "both"))
_NO = frozenset(("no", "n", "false", "f", "0", "absent", "unaffected", "none"))


class Use(NamedTuple):
    """What a column states: ``kind`` is region, age, complete, text (a field of a case) or flag (one term)."""

    column: str
    kind: str
    target: str


def plan(model: Model, schema: Mapping[str, bool], columns: Mapping[str, str | None] | None = None) -> list[Use]:
    """Return the uses of a table's columns.

    :param schema: its columns, and whether each holds text or lists (which a flag does not, unless it is named)
    :param columns: column -> finding; None leaves a column out
    :raises ParameterError: for a column that is not there, a finding that does not exist or that two columns state
    """
    chosen = dict(columns or {})
    for column in chosen:
        if column not in schema:
            raise ParameterError(f"the table has no column {column!r}; it has: {', '.join(list(schema)[:20])}")
    uses = []
    for column, is_text in schema.items():
        if column in chosen:
            finding = chosen[column]
            use = None if finding is None else _named(model, column, finding, is_text=False)
            if finding is not None and use is None:
                raise ParameterError(f"column {column!r}: {_why_not(model, finding)}")
        else:
            use = _named(model, column, column, is_text)
        uses += [] if use is None else [use]
    _check(uses)
    return uses


def _named(model: Model, column: str, finding: str, is_text: bool) -> Use | None:
    word = fold(finding).replace(" ", "_")
    if word in (AGE, COMPLETE):
        return Use(column, "age" if word == AGE else "complete", word)
    if word in TEXT_FIELDS:
        return Use(column, "text", word)
    if word in _NOT_HERE:
        raise ParameterError(
            f"column {column!r}: a table to be classified as a whole has one column for each region; leave it out with "
            f"columns={{{column!r}: None}}, or make cases of the rows"
        )
    try:
        if model.vocabulary.knows(finding, "region"):
            return _region(model, column, model.vocabulary.find(finding, "region"))
        return None if is_text else _flag(model, column, finding)
    except AmbiguousTermError:
        return None


def _region(model: Model, column: str, term: str) -> Use:
    members = model.space.classes[term]
    for region, options in zip(model.space.regions, model.space.options, strict=True):
        if members == options:
            return Use(column, "region", region)
    label = model.vocabulary.label(term)
    raise ParameterError(
        f"column {column!r} is about {label!r}, which is not one region; give a column for each region, with left or "
        f"right as its text where a side is known, or leave it out with columns={{{column!r}: None}}"
    )


def _flag(model: Model, column: str, finding: str) -> Use | None:
    for field in (*SEVERAL, *SINGLE):
        if model.vocabulary.knows(finding, field):
            term = model.vocabulary.find(finding, field)
            return None if model.is_dystonia(term) else Use(column, "flag", term)
    return None


def _check(uses: list[Use]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for use in uses:
        key = use.kind, use.target
        if key in seen:
            raise ParameterError(f"columns {seen[key]!r} and {use.column!r} both state {use.target!r}; leave one out")
        seen[key] = use.column


def _why_not(model: Model, name: str) -> str:
    from difflib import get_close_matches

    if model.vocabulary.knows(name, "features"):
        return f"{name!r} is a dystonia itself, which is told by its regions, each a column, or by cases of the rows"
    known = [AGE, COMPLETE, *TEXT_FIELDS, *default_columns(model)]
    near = get_close_matches(name, [*known, *model.vocabulary.nearest(name, "features")], 3, 0.0)
    return f"no finding is called {name!r}; nearest: {', '.join(near)}"


def default_columns(model: Model) -> list[str]:
    """Return the default names of the columns of body regions."""
    return [model.vocabulary.names(region)[-1].replace(" ", "_") for region in model.space.regions]


def yes_or_no(text: str) -> bool | None:
    """Return what a word such as "yes" or "absent" says; None if it says neither."""
    folded = fold(text)
    return True if folded in _YES else False if folded in _NO else None


def split(text: str) -> Iterable[str]:
    """Return the names in a cell: separated by "|" or ";"."""
    return [part.strip() for part in text.replace(";", "|").split("|") if part.strip()]
