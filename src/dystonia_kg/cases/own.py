"""Terms of this ontology in a phenopacket: what each says of a case, as a feature, a modifier or a measurement.

A packet written here states what is no phenotype (an activity, a course, a cause) as a measurement: the assay is the
relation by which the ontology says it, the value is the term. Only identifiers are matched, never labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from typing import NamedTuple

from dystonia_kg.classification.findings import SEVERAL, SINGLE
from dystonia_kg.classification.model import Model, default_model
from dystonia_kg.vocab import contract, is_iri

#: What a measurement has as its value where what it looked for is not there.
ABSENT = {"id": "PATO:0000462", "label": "absent"}
#: What a measurement of a region has as its value where it is not affected.
NORMAL = {"id": "PATO:0000461", "label": "normal"}

_FIELDS = (*SEVERAL, *SINGLE)
# Relations of fields that hold classes of the ontology rather than what a relation leads to.
_BESIDE = {"regions": "dyst:affects", "stated": "rdf:type"}
_DOMAIN_OF = {"regions": "region"}


class Finding(NamedTuple):
    """A field of a case, and the term that belongs there."""

    field: str
    term: str


class OwnTerms:
    """Knows the terms that a case may hold.

    :param model: the compiled ontology
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._domains: Mapping[str, frozenset[str]] = model.vocabulary.domains
        self.dimensions = frozenset(each["id"] for each in model.data["dimensions"])

    @staticmethod
    def curie(identifier: str) -> str:
        """Return an identifier as a CURIE; as it is where it has no prefix here."""
        text = identifier.strip()
        return (contract(text) or text) if is_iri(text) else text

    def knows(self, term: str) -> bool:
        """Tell whether a case can hold a term in any of its fields."""
        return any(term in terms for terms in self._domains.values())

    # ------------------------------------------------------------------ features

    def observed(self, term: str) -> Finding | None:
        """Return what a feature of this type says, if it is there."""
        if term in self.regions:
            return Finding("regions", self.regions[term])
        return next((Finding(f, term) for f in ("stated", "signs", "features") if term in self._domains[f]), None)

    def excluded(self, term: str) -> Finding | None:
        """Return what a feature of this type says, if it is not there; None for a class that a case cannot rule out."""
        if term in self.regions:
            return Finding("unaffected", self.regions[term])
        return self.absent(term) if term not in self._domains["stated"] else None

    def absent(self, term: str) -> Finding | None:
        """Return the finding that a term does not hold."""
        return Finding("excluded", term) if any(term in self._domains[field] for field in _FIELDS) else None

    @cached_property
    def regions(self) -> dict[str, str]:
        """The classes that say no more than that a region is affected, each with its region."""
        by_elements = {tuple(elements): region for region, elements in self._model.vocabulary.regions.items()}
        found = {}
        for name, entry in self._model.data["classes"].items():
            match entry["definition"]:
                case ["and", ["top"], ["affects", 1, None, elements, _]] if tuple(elements) in by_elements:
                    found[name] = by_elements[tuple(elements)]
        return found

    def is_presentation(self, term: str) -> bool:
        """Tell whether a class is one of dystonia as it presents, so that who has it has dystonia."""
        entry = self._model.data["classes"].get(term)
        return entry is not None and entry["about"] == "presentation"

    # ------------------------------------------------------------------ measurements

    def relation(self, field: str, term: str) -> str:
        """Return the relation by which the ontology says a finding: the assay of its measurement."""
        if field in _BESIDE:
            return _BESIDE[field]
        relations: list[str] = self._model.data["fields"][field]
        ranges, above = self._model.data["ranges"], self._model.vocabulary.above(term)
        return next((each for each in relations if above & set(ranges.get(each, ()))), relations[0])

    def measured(self, assay: str, value: str) -> Finding | None:
        """Return what a measurement says; None if it says nothing of a case."""
        if value == ABSENT["id"]:
            return self.absent(assay)
        if value == NORMAL["id"]:
            return Finding("unaffected", assay) if assay in self._domains["region"] else None
        relations = {field: (relation,) for field, relation in _BESIDE.items()}
        relations |= {field: self._model.data["fields"][field] for field in _FIELDS}
        for field, names in relations.items():
            if assay in names and value in self._domains[_DOMAIN_OF.get(field, field)]:
                return Finding(field, value)
        return None


@cache
def own_terms() -> OwnTerms:
    """Return the terms of the release."""
    return OwnTerms(default_model())
