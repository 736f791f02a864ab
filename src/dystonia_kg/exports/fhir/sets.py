"""Value sets: all concepts, and the values of each dimension of each edition, as the ontology lists them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dystonia_kg.exports.fhir.codes import Concepts
from dystonia_kg.exports.fhir.systems import Json
from dystonia_kg.vocab import DYST

if TYPE_CHECKING:
    from dystonia_kg.exports.records import TermRecord


class ValueSets:
    """The value sets of a code system's concepts."""

    def __init__(self, concepts: Concepts) -> None:
        self._concepts = concepts
        self._release = concepts.release
        self._tally = concepts.job.tally
        name = concepts.job.source.iri
        self._value_of, self._part_of = name(DYST + "isValueOf"), name(DYST + "subDimensionOf")
        dimension = name(DYST + "Dimension")
        self._values: dict[str, list[str]] = defaultdict(list)
        self._parts: dict[str, list[str]] = defaultdict(list)
        self._dimensions: dict[str, TermRecord] = {}
        for iri, term in concepts.terms.items():
            if dimension in term.types:
                self._dimensions[iri] = term
            for said in term.annotations:
                if said.property == self._value_of:
                    self._values[said.value].append(iri)
            for relation in term.relations:
                if relation.predicate == self._part_of:
                    self._parts[relation.object].append(iri)

    def resources(self) -> Iterator[Json]:
        """Yield the value sets."""
        everything = self._release.resource("ValueSet", "all", f"All of {self._release.own.title}", None)
        self._tally.wrote("value sets")
        yield everything | {"compose": {"include": [self._include()]}}
        for iri, dimension in self._dimensions.items():
            if not self._members(iri):
                self._tally.left_out("dimensions", "the ontology gives no values for them, so there is nothing to list")
                continue
            self._tally.wrote("value sets")
            yield self._of(dimension)

    def _of(self, dimension: TermRecord) -> Json:
        made = self._release.resource("ValueSet", self._name(dimension.iri), dimension.label, dimension.definition)
        include = [self._include(self._values[dimension.iri])] if self._values[dimension.iri] else []
        parts = [part for part in self._parts[dimension.iri] if self._members(part)]
        include += [{"valueSet": [self._release.url("ValueSet", self._name(part))]} for part in parts]
        made["compose"] = {"inactive": False, "include": include}
        if self._release.date:
            made["expansion"] = self._expansion(sorted(self._members(dimension.iri)))
        return made

    def _name(self, iri: str) -> str:
        """Return the readable name of a dimension, whatever its code."""
        return self._concepts.job.source.original(iri).removeprefix(DYST)

    def _members(self, dimension: str) -> set[str]:
        members = set(self._values[dimension])
        for part in self._parts[dimension]:
            members |= self._members(part)
        return members

    def _include(self, values: list[str] | None = None) -> Json:
        made: Json = {"system": self._release.own.system, "version": self._release.header.version}
        if values is not None:
            made["concept"] = [self._shown(iri) for iri in sorted(values)]
        return made

    def _shown(self, iri: str) -> Json:
        return {"code": self._concepts.code(iri), "display": self._concepts.terms[iri].label}

    def _expansion(self, members: list[str]) -> Json:
        """Return the members, each below the first member that is above it."""
        entries = {
            iri: {"system": self._release.own.system, "version": self._release.header.version, **self._shown(iri)}
            for iri in members
        }
        roots = []
        for iri in members:
            above = next((each for each in self._above(iri) if each in entries), None)
            if above is None:
                roots.append(entries[iri])
            else:
                entries[above].setdefault("contains", []).append(entries[iri])
        return {"timestamp": self._release.date, "total": len(members), "contains": roots}

    def _above(self, iri: str) -> Iterator[str]:
        """Yield the classes above, the nearest first."""
        seen = {iri}
        waiting = [iri]
        while waiting:
            one = waiting.pop(0)
            for parent in self._concepts.terms[one].parents:
                if parent.iri in self._concepts.terms and parent.iri not in seen:
                    seen.add(parent.iri)
                    waiting.append(parent.iri)
                    yield parent.iri
