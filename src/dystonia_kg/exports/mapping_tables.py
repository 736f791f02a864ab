"""The tables in ``ontology/exports``: how the ontology's words are said in other models. No code holds them."""

from __future__ import annotations

from functools import cache

from dystonia_kg.resources import ontology_dir
from dystonia_kg.vocab import expand


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table ``ontology/exports/NAME.tsv``, by column."""
    text = (ontology_dir() / "exports" / f"{name}.tsv").read_text(encoding="utf-8")
    header, *rows = (line.split("\t") for line in text.splitlines() if line)
    return [dict(zip(header, row, strict=True)) for row in rows]


@cache
def association_fields() -> dict[str, str]:
    """Return, for the properties of an association, the field of the record that holds each."""
    return {expand(row["property"]): row["field"] for row in read_rows("association_fields")}
