"""Writer of GA4GH Phenopackets (schema 2): a case, and how it was classified, as a packet that the reader reads back.

What is a phenotype becomes a feature, observed or excluded; what is none (an activity, a course, a cause) becomes a
measurement whose assay is the ontology's relation. Each is tried with the reader before it is written, so a feature is
used only where it says exactly what the case says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dystonia_kg.cases.duration import time_element
from dystonia_kg.cases.findings import Findings
from dystonia_kg.cases.hpo import identified, interpreter
from dystonia_kg.cases.own import ABSENT, NORMAL, own_terms
from dystonia_kg.cases.report import Ledger
from dystonia_kg.cases.resources import resources
from dystonia_kg.cases.tree import Node
from dystonia_kg.classification.findings import SEVERAL, SINGLE
from dystonia_kg.classification.model import default_model
from dystonia_kg.errors import CaseError
from dystonia_kg.vocab import contract, expand

if TYPE_CHECKING:
    from dystonia_kg.cases.case import Case
    from dystonia_kg.classification.result import Classification, DimensionAnswer

Json = dict[str, Any]

SCHEMA = "2.0"
_UNNAMED = "case"


def to_phenopacket(
    case: Case,
    classification: Classification | None = None,
    *,
    created: datetime | str | None = None,
    created_by: str = "dystonia_kg",
) -> Json:
    """Return a case as a phenopacket; see :meth:`dystonia_kg.Case.to_phenopacket`."""
    return PacketWriter(case).packet(classification, _timestamp(created), created_by)


class PacketWriter:
    """Writes one case."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._terms = interpreter()
        self._own = own_terms()
        self._model = default_model()
        self._features: list[Json] = []
        self._measurements: list[Json] = []
        self._prefixes: set[str] = set()

    def packet(self, classification: Classification | None, created: str, created_by: str) -> Json:
        """Return the packet; the parts that have nothing to say are left out."""
        name = _encodable("id", self._case.id or _UNNAMED)
        self._write()
        interpretations, diseases = self._interpretations(name), self._diseases()
        if classification is not None:
            for answer in classification.dimensions:
                self._measurements.extend(self._results(answer, classification.edition))
        parts: Json = {
            "id": name,
            "subject": {"id": name},
            "phenotypicFeatures": self._features,
            "measurements": self._measurements,
            "interpretations": interpretations,
            "diseases": diseases,
        }
        meta = {
            "created": created,
            "createdBy": _encodable("created_by", created_by),
            "resources": resources(self._terms.kg, self._model.version, self._prefixes),
            "phenopacketSchemaVersion": SCHEMA,
        }
        return {key: value for key, value in parts.items() if value} | {"metaData": meta}

    def _write(self) -> None:
        case = self._case
        root: Json = {"type": self._term(self._terms.root)}
        if case.age_at_onset is not None:
            root["onset"] = time_element(case.age_at_onset, self._model.data["onsets"], self._term)
        self._features.append(root)
        for region in sorted(case.regions):
            self._region("regions", region)
        for region in self._unaffected():
            self._region("unaffected", region)
        for field in ("stated", *SEVERAL):
            for term in sorted(getattr(case, field)):
                self._finding(field, term)
        for term in sorted(case.excluded):
            self._absent(term)
        for field in SINGLE:
            value = getattr(case, field)
            if value is not None and not (field == "gene" and self._is_gene(value)):
                self._measure(field, value)

    # ------------------------------------------------------------------ regions

    def _unaffected(self) -> list[str]:
        """Return what is not affected; of a closed examination, every region of which nothing else is said."""
        found = set(self._case.unaffected)
        if self._case.complete:
            space = self._model.space
            touched = {space.region_of(element) for region in self._case.regions for element in space.classes[region]}
            found |= {region for number, region in enumerate(space.regions) if number not in touched}
        return sorted(found)

    def _region(self, field: str, region: str) -> None:
        feature = next((each for each in self._places(region, field) if self._says(each, field, region)), None)
        if feature is not None:
            self._feature(feature)
        elif field == "regions":
            self._measure(field, region)
        else:
            self._value(region, NORMAL["id"])

    def _places(self, region: str, field: str) -> Iterator[Json]:
        """Yield features that may say that a region is affected: a class for it, or for a wider region and a side."""
        excluded = {"excluded": True} if field == "unaffected" else {}
        for name, place in self._own.regions.items():
            if place == region:
                yield {"type": self._term(name), **excluded}
        for name, place in self._own.regions.items():
            for term, side in self._sides.items():
                if self._terms.side_of(place, side) == region:
                    yield {"type": self._term(name), **excluded, "modifiers": [self._term(term)]}

    @cached_property
    def _sides(self) -> dict[str, str]:
        """The terms of HPO for one side, with ours."""
        sides = self._model.data["regions"]["sides"]
        readings = self._terms.slice.readings.items()
        return {term: said.says[0] for term, said in readings if len(said.says) == 1 and said.says[0] in sides}

    # ------------------------------------------------------------------ other findings

    def _finding(self, field: str, term: str) -> None:
        feature = {"type": self._term(term)}
        if self._says(feature, field, term):
            self._feature(feature)
        else:
            self._measure(field, term)

    def _absent(self, term: str) -> None:
        feature = {"type": self._term(term), "excluded": True}
        is_phenotype = any(term in self._model.vocabulary.domains[field] for field in ("features", "signs"))
        if is_phenotype and self._says(feature, "excluded", term):
            self._feature(feature)
        else:
            self._value(term, ABSENT["id"])

    def _measure(self, field: str, term: str) -> None:
        self._value(self._own.relation(field, term), term)

    def _value(self, assay: str, value: str) -> None:
        self._measurements.append({"assay": self._term(assay), "value": {"ontologyClass": self._term(value)}})

    def _says(self, feature: Json, field: str, term: str) -> bool:
        """Tell whether the reader finds this and nothing else in a feature, beside the dystonia."""
        ledger = Ledger()
        found = Findings(self._terms, ledger)
        for each in ({"type": {"id": self._terms.root}}, feature):
            found.add_feature(Node(each, ledger))
        found.settle()
        return found.found() == {field: frozenset([term])}

    def _feature(self, feature: Json) -> None:
        if feature not in self._features:
            self._features.append(feature)

    # ------------------------------------------------------------------ diagnosis

    def _is_gene(self, term: str) -> bool:
        found = identified(self._terms.kg, term)
        return found is not None and found.kind == "gene"

    def _diseases(self) -> list[Json]:
        return [{"term": self._term(self._case.disorder)}] if self._case.disorder else []

    def _interpretations(self, name: str) -> list[Json]:
        """Return the gene with its disorder; where that is not known, with dystonia as such."""
        gene = self._case.gene
        if gene is None or not self._is_gene(gene):
            return []
        said = self._terms.slice.readings[self._terms.root].says[0]
        symbol = self._term(gene)
        finding = {
            "subjectOrBiosampleId": name,
            "interpretationStatus": "CAUSATIVE",
            "gene": {"valueId": symbol["id"], "symbol": symbol["label"]},
        }
        disease = self._term(self._case.disorder or said)
        diagnosis = {"disease": disease, "genomicInterpretations": [finding]}
        return [{"id": f"{name}-gene", "progressStatus": "SOLVED", "diagnosis": diagnosis}]

    # ------------------------------------------------------------------ the answer

    def _results(self, answer: DimensionAnswer, edition: str) -> Iterator[Json]:
        """Yield the values that hold, as measurements of their dimension with the reason."""
        reasons = {reason.class_id: reason for reason in answer.why}
        for value in answer.answers:
            if value.truth == "true" and value.name in answer.values:
                reason = reasons.get(value.id)
                because = f": {reason}" if reason else ""
                yield {
                    "description": f"dystonia_kg {self._model.version}, edition {edition}{because}",
                    "assay": self._term(answer.id),
                    "value": {"ontologyClass": self._term(value.id)},
                }

    # ------------------------------------------------------------------ terms

    def _term(self, identifier: str) -> Json:
        """Return an ontology class with its label, and remember its vocabulary."""
        curie = contract(expand(identifier)) or identifier
        self._prefixes.add(curie.partition(":")[0])
        for quality in (ABSENT, NORMAL):
            if curie == quality["id"]:
                return dict(quality)
        label = self._terms.slice.labels.get(curie) or self._terms.kg._at(expand(curie)).label
        return {"id": curie, "label": label}


def _encodable(field: str, value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise CaseError(field, value, "this holds half a character, which no packet can: correct it") from None
    return value


def _timestamp(created: datetime | str | None) -> str:
    """Return a moment as RFC 3339 has it, in UTC; now if none is given."""
    try:
        moment = datetime.fromisoformat(created) if isinstance(created, str) else created or datetime.now(UTC)
    except ValueError:
        raise CaseError("created", created, "give a date and time such as 2026-11-28T12:00:00Z") from None
    if not isinstance(moment, datetime):
        raise CaseError("created", created, "give a date and time such as 2026-11-28T12:00:00Z")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def packets(pairs: Iterable[tuple[Case, Classification]], created: datetime | str | None = None) -> Iterator[Json]:
    """Yield a packet for each case with its classification, all with one time of creation."""
    moment = _timestamp(created)
    for case, classification in pairs:
        yield to_phenopacket(case, classification, created=moment)
