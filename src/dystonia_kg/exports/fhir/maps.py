"""Concept maps: the mappings, one map for each vocabulary, with the relationships that R4 and R5 have for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dystonia_kg.exports.fhir.codes import Concepts
from dystonia_kg.exports.fhir.resource import text
from dystonia_kg.exports.fhir.systems import Json, System, located, named
from dystonia_kg.exports.mapping_tables import read_rows
from dystonia_kg.exports.source import curie
from dystonia_kg.vocab import PREFIXES

if TYPE_CHECKING:
    from dystonia_kg.exports.records import MappingRecord

_NO_TERM = PREFIXES["sssom"] + "NoTermFound"  # SSSOM's object where a vocabulary was searched and has nothing


class ConceptMaps:
    """The concept maps of a code system's concepts."""

    def __init__(self, concepts: Concepts) -> None:
        self._concepts = concepts
        self._release = concepts.release
        self._tally = concepts.job.tally
        self._relationships = {row["predicate"]: row for row in read_rows("fhir_relationships")}
        # by name of the vocabulary, then by the IRI of ours
        self._mappings: dict[str, dict[str, list[tuple[str, MappingRecord]]]] = defaultdict(lambda: defaultdict(list))
        self._missing: dict[str, set[str]] = defaultdict(set)
        self._systems: dict[str, System] = {}
        for mapping in concepts.job.model.mappings():
            self._take(mapping)

    def _take(self, mapping: MappingRecord) -> None:
        if mapping.subject not in self._concepts.terms:
            self._tally.left_out("mappings", "what they map is no concept of this code system")
        elif mapping.object != _NO_TERM:
            system, code = located(mapping.object)
            self._systems.setdefault(system.name, system)
            self._mappings[system.name][mapping.subject].append((code, mapping))
        elif (searched := named(mapping.object_source)) is not None:
            self._systems.setdefault(searched.name, searched)
            self._missing[searched.name].add(mapping.subject)
        else:
            self._tally.left_out("mappings", "no term was found, and they do not tell in which vocabulary")

    def resources(self) -> Iterator[Json]:
        """Yield the concept maps."""
        for name, system in sorted(self._systems.items()):
            self._tally.wrote("concept maps")
            yield self._map(name, system)

    def _map(self, name: str, system: System) -> Json:
        oid = f", urn:oid:{system.oid}" if system.oid else ""
        title = f"{self._release.own.title} to {system.title}"
        made = self._release.resource("ConceptMap", f"to-{name}", title, f"Target system: {system.system}{oid}.")
        group: Json = {**self._ends(system), "element": list(self._elements(name))}
        scope = "sourceScopeCanonical" if self._release.fhir == "R5" else "sourceCanonical"
        return made | {scope: self._release.url("ValueSet", "all"), "group": [group]}

    def _ends(self, system: System) -> Json:
        source, version = self._release.own.system, self._release.header.version
        if self._release.fhir == "R5":
            return {"source": f"{source}|{version}", "target": system.system}
        return {"source": source, "sourceVersion": version, "target": system.system}

    def _elements(self, name: str) -> Iterator[Json]:
        mapped, missing = self._mappings[name], self._missing[name]
        for iri in sorted({*mapped, *missing}):
            made: Json = {"code": self._concepts.code(iri), "display": self._concepts.terms[iri].label}
            targets = [self._target(code, mapping) for code, mapping in sorted(mapped.get(iri, ()))]
            self._tally.wrote("mappings", len(targets) or 1)
            if targets:
                yield made | {"target": targets}
            elif self._release.fhir == "R5":
                yield made | {"noMap": True}
            else:
                yield made | {"target": [{"equivalence": "unmatched"}]}

    def _target(self, code: str, mapping: MappingRecord) -> Json:
        made: Json = {"code": code}
        where = f"mapping of {curie(mapping.subject)}"
        if mapping.object_label:
            made["display"] = text(mapping.object_label, f"label in the {where}")
        relationship = self._relationships[mapping.predicate]
        if self._release.fhir == "R5":
            made["relationship"] = relationship["r5"]
        else:
            made["equivalence"] = relationship["r4"]
        return made | {"comment": text(_comment(mapping), f"comment of the {where}")}


def _comment(mapping: MappingRecord) -> str:
    """Return what FHIR has no element for; it also wants a comment wherever the target is narrower."""
    parts = [f"skos:{mapping.predicate}", curie(mapping.justification) if mapping.justification else None]
    parts += [f"target version: {mapping.object_version}" if mapping.object_version else None, mapping.comment]
    return "; ".join(part for part in parts if part)
