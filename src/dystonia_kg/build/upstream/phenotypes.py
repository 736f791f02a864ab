"""Phenotypes: the terms of the Human Phenotype Ontology as their release has them, for the graph of imports."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Triple

from dystonia_kg.build.statements import CLASS, DEFINITION, LABEL, SUBCLASS, TYPE
from dystonia_kg.build.upstream.release import UpstreamRelease
from dystonia_kg.build.upstream.rows import Row
from dystonia_kg.errors import Problem, UnknownPrefixError
from dystonia_kg.names import fold
from dystonia_kg.vocab import PREFIXES, expand
from dystonia_kg.walk import reached

_EXACT = NamedNode(PREFIXES["oboInOwl"] + "hasExactSynonym")
# The columns of the two files that hold terms: identifier, label, parents, definition.
_FILES = (("hpo_terms.tsv", "hpo_id", "is_a", None), ("hp_modifiers.tsv", "id", "parents", "definition"))


class Phenotypes:
    """The terms of a release by CURIE."""

    def __init__(self, release: UpstreamRelease) -> None:
        self.labels: dict[str, str] = {}
        self.parents: dict[str, list[str]] = {}
        self._rows: list[tuple[Row, str, str, str | None]] = []
        for file, identifier, is_a, definition in _FILES:
            for row in release.table(file):
                if row[identifier] not in self.labels:
                    self.labels[row[identifier]] = row["label"]
                    self.parents[row[identifier]] = row.many(is_a)
                    self._rows.append((row, identifier, is_a, definition))
        self._obsolete = {
            row["obsolete_id"]: row["replaced_by"] or row["consider"] for row in release.table("hp_obsolete.tsv")
        }

    @cached_property
    def problems(self) -> list[Problem]:
        """A problem for each identifier that is none, and for each parent that is no term."""
        found = []
        for row, identifier, is_a, _ in self._rows:
            try:
                expand(row[identifier])
            except UnknownPrefixError as error:
                found.append(row.problem(identifier, str(error)))
            found += [
                row.problem(is_a, f"{parent} is no term of this release: add it, with what is above it")
                for parent in row.many(is_a)
                if parent not in self.labels
            ]
        return found

    def above(self, curie: str) -> set[str]:
        """Return a term and all terms above it."""
        return {curie} | reached(curie, lambda term: self.parents.get(term, ()))

    def unknown(self, curie: str) -> str:
        """Say why an identifier is no term of the release."""
        if curie in self._obsolete:
            return f"{curie} is obsolete: use {self._obsolete[curie] or 'another term'}"
        return f"{curie} is no term of this release: correct it, or add the term to hpo_terms.tsv"

    def triples(self, taken: Container[str] = ()) -> Iterator[Triple]:
        """Yield the terms as they are imported.

        :param taken: folded names of ours; synonyms that are among them are left out of the slice
        """
        for row, identifier, is_a, definition in self._rows:
            term = NamedNode(expand(row[identifier]))
            yield Triple(term, TYPE, CLASS)
            yield Triple(term, LABEL, Literal(row["label"]))
            if definition and row[definition]:
                yield Triple(term, DEFINITION, Literal(row[definition]))
            for parent in row.many(is_a):
                yield Triple(term, SUBCLASS, NamedNode(expand(parent)))
            for name in row.many("exact_synonyms"):
                if name != row["label"] and fold(name) not in taken:
                    yield Triple(term, _EXACT, Literal(name))
