"""How terms and edges are said in the Biolink model; the tables ``ontology/exports/biolink_*.tsv`` hold the words."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from dystonia_kg.exports.mapping_tables import read_rows
from dystonia_kg.exports.source import curie
from dystonia_kg.vocab import expand

if TYPE_CHECKING:
    from dystonia_kg.exports.edges import Edge
    from dystonia_kg.exports.model import Model


class Category(NamedTuple):
    """The category of a node; ``wider`` is one above it, ``attribute_type`` what an attribute has to say it is."""

    name: str
    wider: str
    attribute_type: str | None

    def is_a(self, name: str) -> bool:
        """Tell whether it is a category or lies below it; every one is below an empty name."""
        return name in ("", self.name, self.wider)


class Predicate(NamedTuple):
    """How a property is said between nodes of some categories; ``inverse`` if from the object to the subject."""

    subject: str
    object: str
    name: str
    association: str
    inverse: bool


class Provenance(NamedTuple):
    """Where an edge comes from, in Biolink's words."""

    knowledge_level: str
    agent_type: str
    primary_source: str
    aggregator: str | None


class Biolink:
    """The Biolink words for what is in a model. What a table does not have is None."""

    def __init__(self, model: Model) -> None:
        self._model = model

    # ------------------------------------------------------------------ categories

    def category(self, iri: str) -> Category | None:
        """Return the category of a thing, by its IRI in the store: that of the nearest class in the table."""
        rows = self._categories & self._above(iri)
        if rows:
            above = {row: self._above(row) for row in rows}
            return self._category_of[min(rows, key=lambda row: (-len(above[row] & rows), row))]
        prefix, colon, _ = curie(iri).partition(":")
        return self._category_of.get(prefix + colon)

    def _above(self, iri: str) -> set[str]:
        found = {iri, *self._model.hierarchy.above(iri)}
        if found.isdisjoint(self._categories):
            for kind in self._model.hierarchy.types(iri):
                found |= {kind, *self._model.hierarchy.above(kind)}
        return found

    @cached_property
    def _categories(self) -> frozenset[str]:
        return frozenset(self._category_of)

    @cached_property
    def _category_of(self) -> dict[str, Category]:
        found = {}
        for row in read_rows("biolink_categories"):
            term = row["term"] if row["term"].endswith(":") else expand(row["term"])
            found[term] = Category(row["category"], row["wider"], row["attribute type"] or None)
        return found

    # ------------------------------------------------------------------ edges

    def predicate(self, iri: str, subject: Category, target: Category) -> Predicate | None:
        """Return how a property, by its IRI in the store, is said between things of two categories."""
        rows = self._predicates.get(iri, ())
        return next((row for row in rows if subject.is_a(row.subject) and target.is_a(row.object)), None)

    @cached_property
    def _predicates(self) -> dict[str, list[Predicate]]:
        found: dict[str, list[Predicate]] = {}
        for row in read_rows("biolink_predicates"):
            ends, inverse = (row["subject"], row["object"]), row["inverse"] == "yes"
            one = Predicate(*ends, row["predicate"], row["association"], inverse)
            found.setdefault(expand(row["property"]), []).append(one)
        return found

    def provenance(self, edge: Edge) -> Provenance:
        """Return where an edge comes from."""
        known = self._sources[("asserted" if edge.asserted else "inferred")]
        if edge.association is not None:
            original = self._model.source.original
            known = self._sources.get(original(edge.association.type), known)
            agent = self.value("agent type", edge.association.evidence)
            known = known._replace(agent_type=agent) if agent else known
        return known

    @property
    def default_source(self) -> str:
        """The source of what no table says otherwise of: this ontology."""
        return self._sources["asserted"].primary_source

    @cached_property
    def _sources(self) -> dict[str, Provenance]:
        found = {}
        for row in read_rows("biolink_sources"):
            key = expand(row["association"]) if ":" in row["association"] else row["association"]
            words = row["knowledge level"], row["agent type"], row["primary source"], row["aggregator"] or None
            found[key] = Provenance(*words)
        return found

    def value(self, field: str, written: str | None) -> str | None:
        """Return the word for a value of an association, such as its evidence; None where there is none."""
        return self._values.get((field, self._model.source.original(written))) if written else None

    @cached_property
    def _values(self) -> dict[tuple[str, str], str]:
        rows = read_rows("biolink_values")
        return {(r["field"], expand(r["term"]) if ":" in r["term"] else r["term"]): r["value"] for r in rows}
