"""What is known of one person's dystonia: a frozen, validated value. What is not stated is unknown.

Names are those of the ontology: labels, synonyms, short names, CURIEs. They are resolved when a case is made, and a
case holds CURIEs from then on, so two cases are equal if they say the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from dystonia_kg.cases.age import OLDEST, AgeRange, parse_age
from dystonia_kg.classification.findings import SEVERAL, SINGLE
from dystonia_kg.classification.model import Model, default_model
from dystonia_kg.errors import CaseError

if TYPE_CHECKING:
    from datetime import datetime

    from dystonia_kg.cases.hpo import Interpreter

_SETS = ("regions", "unaffected", "excluded", "stated", *SEVERAL)
_CALLED = {
    "regions": "body region", "unaffected": "body region", "task": "activity", "features": "feature", "signs": "sign",
    "triggers": "trigger", "parts": "part of the body", "excluded": "finding", "stated": "class of dystonia",
    "family_history": "family history",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known of one person's dystonia.

    :param regions: what is affected: body regions, sides of midline ones ("left neck"), parts ("left hand"), or wider
        regions where no more is known ("upper limb": at least one of the two)
    :param unaffected: regions known not to be affected
    :param complete: the list of regions is a closed examination: what is not in it is not affected
    :param age_at_onset: years, "18 mo", an ISO 8601 duration, an HPO onset term, or a range (low, high)
    :param course: the course, such as "progressive"; the one stated is the only one
    :param variability: how the dystonia varies, such as "diurnal fluctuation"; several may hold
    :param task: activities during which, and only during which, it is present, such as "writing"
    :param features: other manifestations that are present: names or HPO ids, such as "tremor", "HP:0001336"; a
        dystonia named here ("HP:0000473", "writer's cramp") says what it says of regions, tasks and classes
    :param excluded: what is known to be absent, below any of features, signs, triggers, tasks, parts and variability;
        also classes that are ruled out, such as "focal dystonia"
    :param signs: signs of dystonia that are present
    :param triggers: conditions and activities that bring it on
    :param parts: parts of the body whose muscles it engages, beside those named in ``regions``
    :param family_history: "sporadic" or "familial"
    :param gene: the gene with a proven causative variant
    :param disorder: the disorder, such as "PKAN"
    :param inheritance: the mode of inheritance
    :param cause: an acquired cause, such as "drug", or "unknown cause" for idiopathic dystonia
    :param pathology: what is known of structural change in the nervous system
    :param stated: classes to which the dystonia or the disorder is said to belong, such as "generalized dystonia"
    :param id: any identifier; no part of what is compared with others

    :raises UnknownTermError: for a name that the ontology does not have, with the nearest ones
    :raises AmbiguousTermError: for a name of several terms
    :raises CaseError: for an impossible age, or findings that contradict each other

    >>> case = Case(regions={"left upper limb", "trunk"}, age_at_onset=8)
    >>> sorted(case.regions)
    ['dyst:LeftUpperLimb', 'dyst:Trunk']
    >>> Case.from_json(case.to_json()) == case
    True
    """

    regions: AbstractSet[str] = frozenset()
    unaffected: AbstractSet[str] = frozenset()
    complete: bool = False
    age_at_onset: float | AgeRange | None = None
    course: str | None = None
    variability: AbstractSet[str] = frozenset()
    task: AbstractSet[str] = frozenset()
    features: AbstractSet[str] = frozenset()
    excluded: AbstractSet[str] = frozenset()
    signs: AbstractSet[str] = frozenset()
    triggers: AbstractSet[str] = frozenset()
    parts: AbstractSet[str] = frozenset()
    family_history: str | None = None
    gene: str | None = None
    disorder: str | None = None
    inheritance: str | None = None
    cause: str | None = None
    pathology: str | None = None
    stated: AbstractSet[str] = frozenset()
    id: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        _Check(self, default_model()).run()

    # ------------------------------------------------------------------ in and out

    def to_dict(self) -> dict[str, Any]:
        """Return what is stated as plain values, sorted; what is not stated is left out."""
        found: dict[str, Any] = {}
        for part in fields(self):
            value = getattr(self, part.name)
            if isinstance(value, AgeRange):
                found[part.name] = [value.low, value.high, True] if value.below else [value.low, value.high]
            elif isinstance(value, frozenset):
                found |= {part.name: sorted(value)} if value else {}
            elif value is not None and value is not False:
                found[part.name] = value
        return found

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Case:
        """Return the case that plain values describe; names are understood as by the constructor.

        :raises CaseError: for an unknown key, or a value of the wrong type
        """
        if not isinstance(data, Mapping):
            raise CaseError("case", data, "a case is an object of named findings")
        known = [part.name for part in fields(cls)]
        for key in data:
            if key not in known:
                from difflib import get_close_matches

                near = get_close_matches(str(key), known, 3, 0.0)
                raise CaseError(str(key)[:100], data[key], f"a case has no such finding; nearest: {', '.join(near)}")
        return cls(**data)

    def to_json(self, indent: int | None = None) -> str:
        """Return the case as JSON; :func:`dystonia_kg.case_schema` tells its form."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Case:
        """Return the case that a JSON object describes.

        :raises CaseError: if it is no JSON, or not that of a case
        """
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise CaseError("case", text[:80], f"this is not JSON ({error})") from None
        return cls.from_dict(data)

    def to_phenopacket(
        self, *, created: datetime | str | None = None, created_by: str = "dystonia_kg"
    ) -> dict[str, Any]:
        """Return the case as a GA4GH Phenopacket of schema 2: an object for JSON, to which more may be added.

        What is a phenotype is a feature; anything else is a measurement whose assay is a relation of the ontology. The
        reader finds the same case in it.

        :param created: when the packet was made; now if not given
        :raises CaseError: for an identifier that cannot be written, or a time that is none

        >>> packet = Case(regions={"neck"}, age_at_onset=45).to_phenopacket(created="2026-11-28T12:00:00Z")
        >>> [feature["type"]["label"] for feature in packet["phenotypicFeatures"]]
        ['Dystonia', 'dystonia involving the neck']
        """
        from dystonia_kg.cases.writer import to_phenopacket

        return to_phenopacket(self, created=created, created_by=created_by)

    def __repr__(self) -> str:
        label = default_model().vocabulary.label
        shown = []
        for name, value in self.to_dict().items():
            if isinstance(value, list) and name != "age_at_onset":
                value = "{" + ", ".join(repr(label(term)) for term in value) + "}"
            elif isinstance(value, str) and name != "id":
                value = repr(label(value))
            shown.append(f"{name}={value}")
        return f"Case({', '.join(shown)})"


class _Check:
    """Resolves the names of a new case and looks for contradictions."""

    def __init__(self, case: Case, model: Model) -> None:
        self.case = case
        self.model = model
        self.vocabulary = model.vocabulary
        self.space = model.space
        self.more: dict[str, set[str]] = {name: set() for name in _SETS}

    def run(self) -> None:
        for name in _SETS:
            for text in _names(name, getattr(self.case, name)):
                self._add(name, text)
        for name in _SETS:
            self._set(name, frozenset(self.more[name]))
        for name in (*SINGLE, "disorder"):
            value = getattr(self.case, name)
            self._set(name, None if value is None else self._find(value, name, name))
        self._set("age_at_onset", self._age(self.case.age_at_onset))
        self._plain()
        self._contradictions()

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self.case, name, value)

    # ------------------------------------------------------------------ names

    def _add(self, field_name: str, text: str) -> None:
        match field_name:
            case "regions" | "unaffected":
                place = self.vocabulary.place(text)
                if place.part is None or field_name == "regions":
                    self.more[field_name].add(place.region)
                if place.part is not None:
                    self.more["parts" if field_name == "regions" else "excluded"].add(place.part)
            case "excluded":
                self._exclude(self._excluded(text))
            case "features":
                self._observe(self._find(text, field_name, field_name))
            case "variability" if self._value(text) is not None:
                self.more["stated"].add(str(self._value(text)))
            case _:
                self.more[field_name].add(self._find(text, field_name, field_name))

    def _observe(self, term: str) -> None:
        """Take a feature; what is a dystonia itself, by our name or as a sign of HPO, is no feature beside it."""
        if not self.model.is_dystonia(term):
            self.more["features"].add(term)
        elif term in self.model.entries:
            self.more["stated"].add(term)
        else:
            says = _terms_of_hpo().says(term)
            self.more["regions"] |= says.regions
            self.more["task"] |= says.tasks
            self.more["variability"] |= says.variability
            self.more["stated"] |= says.stated

    def _exclude(self, term: str) -> None:
        """Take what is absent; a sign of dystonia that is absent rules its regions out, or its class."""
        if term in self.model.entries or not self.model.is_dystonia(term):
            self.more["excluded"].add(term)
            return
        says = _terms_of_hpo().rules_out(term)
        if says.regions:
            self.more["unaffected"] |= says.regions
        else:
            self.more["excluded"] |= says.variability | says.tasks | says.stated

    def _value(self, text: str) -> str | None:
        """Return the value that a name means where it means no variability itself, such as action-specific."""
        known = self.vocabulary.knows(text, "variability")
        value = None if known else self.vocabulary.look(text, "stated")
        return value if value in self.model.siblings("variability") else None

    def _find(self, text: object, domain: str, field_name: str) -> str:
        if not isinstance(text, str):
            raise CaseError(field_name, text, "give a name, a CURIE or an IRI")
        return self.vocabulary.find(text, domain, _CALLED.get(field_name))

    def _excluded(self, text: str) -> str:
        for domain in (*SEVERAL, *SINGLE):
            if self.vocabulary.knows(text, domain):
                return self.vocabulary.find(text, domain)
        ruled_out = self.vocabulary.look(text, "stated")
        return ruled_out or self._find(text, "features", "excluded")

    def _age(self, age: Any) -> float | AgeRange | None:
        period = self.vocabulary.onset(age) if isinstance(age, str) else None
        if period is None:
            return parse_age(age)
        low, below = period
        return AgeRange(low, float(OLDEST)) if below is None else AgeRange(low, below, True) if below > low else low

    def _plain(self) -> None:
        if not isinstance(self.case.complete, bool):
            raise CaseError("complete", self.case.complete, "this is True or False")
        if self.case.id is not None and not isinstance(self.case.id, str):
            raise CaseError("id", self.case.id, "an identifier is text")

    # ------------------------------------------------------------------ contradictions

    def _contradictions(self) -> None:
        case, label = self.case, self.vocabulary.label
        states = self.space.all
        seen: list[str] = []
        for region in sorted(case.regions):
            here = self.space.some(self.space.classes[region])
            if not states & here:
                raise CaseError("regions", label(region), f"this and {_listed(map(label, seen))} exclude each other")
            states &= here
            seen.append(region)
        for region in sorted(case.unaffected):
            states &= self.space.unaffected(region)
            if not states:
                stated = _listed(map(label, sorted(case.regions)))
                raise CaseError("unaffected", label(region), f"this contradicts what is affected: {stated}")
        if case.complete and not case.regions:
            raise CaseError("complete", True, "a closed examination of a dystonia names at least one affected region")
        self._present_and_absent()
        for stated in sorted(case.stated):
            for absent in sorted(case.excluded & {stated, *self.model.entries[stated].data["above"]}):
                raise CaseError("stated", label(stated), f"this is stated, but {label(absent)!r} is excluded")

    def _present_and_absent(self) -> None:
        vocabulary, case = self.vocabulary, self.case
        stated = [(name, term) for name in SEVERAL for term in getattr(case, name)]
        stated += [(name, value) for name in SINGLE if (value := getattr(case, name)) is not None]
        for name, term in sorted(stated):
            wholes = vocabulary.wholes(term) if name == "parts" else (term,)
            above = {sup for whole in wholes for sup in vocabulary.above(whole)}
            for absent in sorted(case.excluded & above):
                includes = "" if absent == term else f"{vocabulary.label(absent)!r}, which includes it, "
                raise CaseError(name, vocabulary.label(term), f"this is present, but {includes or 'it '}is excluded")


def _terms_of_hpo() -> Interpreter:
    from dystonia_kg.cases.hpo import interpreter

    return interpreter()


def _names(field_name: str, value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping | bytes) or not isinstance(value, Iterable):
        raise CaseError(field_name, value, "give a name or a set of names")
    found = list(value)
    for name in found:
        if not isinstance(name, str):
            raise CaseError(field_name, name, "give a name, a CURIE or an IRI")
    return found


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
