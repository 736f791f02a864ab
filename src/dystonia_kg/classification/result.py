"""What :func:`~dystonia_kg.classification.engine.classify` returns: answers with reasons, worked out when asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from dystonia_kg.classification.engine import Engine

TRUE, FALSE, UNKNOWN = "true", "false", "unknown"


def word(truth: bool | None) -> str:
    """Return a truth value as "true", "false" or "unknown"."""
    return UNKNOWN if truth is None else TRUE if truth else FALSE


def join_values(names: Iterable[str]) -> str | None:
    """Return several values that hold at once as one text; None for none."""
    return "; ".join(names) or None


class Reason(NamedTuple):
    """Why a class holds or not: the least of the findings from which it follows, and the definition they meet.

    ``findings`` are (field, value) pairs of the case, ``because`` the same in words; ``axiom`` is the definition in
    Manchester syntax with labels.
    """

    class_id: str
    label: str
    holds: bool
    because: tuple[str, ...]
    axiom: str
    definition: str
    sources: tuple[str, ...]
    findings: tuple[tuple[str, Any], ...]

    def __str__(self) -> str:
        given = ", ".join(self.because) or "whatever is unknown"
        verb = "is" if self.holds else "is not"
        return f"{verb} {self.label}: {given} [{', '.join(s.removeprefix('ref:') for s in self.sources)}]"


class Question(NamedTuple):
    """A fact that is missing: what to ask, and what each answer would leave possible.

    ``outcomes`` pairs each answer with the values that it leaves possible; ``decides`` is the share of the answers that
    settle the dimension.
    """

    text: str
    field: str
    value: str
    outcomes: tuple[tuple[str, tuple[str, ...]], ...]
    decides: float

    def __str__(self) -> str:
        return self.text


class ValueAnswer(NamedTuple):
    """One value of a dimension and its truth."""

    id: str
    name: str
    label: str
    truth: str


class Alternative(NamedTuple):
    """Another defensible reading: ``kind`` is also, if, alternative, conflict or convention.

    ``alternative`` is a value that holds as some source has it, though not as the ontology defines it.
    """

    kind: str
    text: str
    sources: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


@dataclass(frozen=True)
class DimensionAnswer:
    """The answer for one dimension.

    ``value`` is the name of the value that holds (the most specific one; several are joined with "; "), None if none is
    established. ``truth`` is "true" if one is, "false" if none can be, else "unknown".
    """

    id: str
    name: str
    label: str
    edition: str
    axis: str
    value: str | None
    truth: str
    answers: tuple[ValueAnswer, ...]
    note: str | None = None
    _engine: Engine | None = field(default=None, repr=False, compare=False)
    _parts: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def values(self) -> tuple[str, ...]:
        """The names of the values that hold, the most specific ones only."""
        return tuple(self.value.split("; ")) if self.value else ()

    @property
    def possible(self) -> tuple[str, ...]:
        """The names of the values that may hold: neither established nor excluded."""
        return tuple(answer.name for answer in self.answers if answer.truth == UNKNOWN)

    @property
    def truths(self) -> Mapping[str, str]:
        """The truth of each value by its name."""
        return {answer.name: answer.truth for answer in self.answers}

    @cached_property
    def why(self) -> tuple[Reason, ...]:
        """The reasons of the values that hold; of the excluded ones where none does."""
        if self._engine is None:
            return ()
        shown = [a for a in self.answers if a.truth == TRUE] or [a for a in self.answers if a.truth == FALSE]
        return tuple(self._engine.reason(answer.id) for answer in shown)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The same as ``why``."""
        return self.why

    @cached_property
    def missing(self) -> tuple[Question, ...]:
        """The unknown facts on which the answer depends, the one that would decide most first."""
        return self._engine.questions(self._parts or (self.id,)) if self._engine and self.possible else ()

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Other defensible readings, and the conventions and conflicts behind this one."""
        return self._engine.alternatives(self) if self._engine else ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "dimension": self.name, "id": self.id, "axis": self.axis, "value": self.value, "truth": self.truth,
            "values": [answer._asdict() for answer in self.answers],
            "why": [reason._asdict() for reason in self.why],
            "missing": [{"question": q.text, "outcomes": dict(q.outcomes), "decides": q.decides} for q in self.missing],
            "alternatives": [alternative._asdict() for alternative in self.alternatives],
            "note": self.note,
        }  # fmt: skip

    def __str__(self) -> str:
        if self.note and not self.answers:
            return f"{self.name}: {self.note}"
        if self.value and self._open_refinements():
            return f"{self.name}: {self.value} (may be: {', '.join(self._open_refinements())})"
        return f"{self.name}: {self.value or 'unknown'}" + ("" if self.value else self._left())

    def _open_refinements(self) -> list[str]:
        return list(self._engine.refinements(self)) if self._engine else []

    def _left(self) -> str:
        return f" (possible: {', '.join(self.possible)})" if self.possible else ""


class Syndromes(NamedTuple):
    """Named syndromes, by label: those that fit, that may fit, and that are excluded."""

    fit: tuple[str, ...]
    may_fit: tuple[str, ...]
    excluded: tuple[str, ...]


@dataclass(frozen=True)
class Classification:
    """The classification of a case by one edition.

    ``dimensions`` come in the order of the edition; ``conventions`` are the choices that were made, ``conflicts`` what
    contradicts itself in the input.
    """

    edition: str
    case: Any
    dimensions: tuple[DimensionAnswer, ...]
    conflicts: tuple[str, ...]
    conventions: Mapping[str, str]
    _engine: Engine = field(repr=False, compare=False)

    def dimension(self, name: str) -> DimensionAnswer:
        """Return the answer for a dimension, by its name, label or CURIE; a wider one joins its parts.

        :raises ParameterError: with the dimensions there are
        """
        return self._engine.dimension(self, name)

    @cached_property
    def syndromes(self) -> Syndromes:
        """The named syndromes that fit, may fit, or are excluded."""
        return self._engine.syndromes()

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The labels of all other classes that hold, such as "adult-onset dystonia"."""
        return self._engine.groups()

    @cached_property
    def most_informative(self) -> Question | None:
        """The single unknown fact that would decide most; None if nothing is open."""
        return next(iter(self._engine.questions(tuple(d.id for d in self.dimensions))), None)

    def reason(self, name: str) -> Reason:
        """Return why a class (any value, syndrome or group, by name) holds or not; findings are empty if unknown."""
        return self._engine.reason(self._engine.model.vocabulary.find(name, "stated"))

    def truth(self, name: str) -> str:
        """Return the truth of any class by its name: "true", "false" or "unknown"."""
        return word(self._engine.truth(self._engine.model.vocabulary.find(name, "stated")))

    def region_states(self) -> dict[str, str]:
        """Return how each region is affected: affected, left, right, unaffected or unknown, by CURIE."""
        return self._engine.region_states()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        best = self.most_informative
        return {
            "edition": self.edition, "version": self._engine.model.version, "case": self.case.to_dict(),
            "dimensions": [dimension.to_dict() for dimension in self.dimensions],
            "syndromes": self.syndromes._asdict(), "groups": self.groups,
            "most_informative": best.text if best else None,
            "conflicts": self.conflicts, "conventions": dict(self.conventions),
        }  # fmt: skip

    def to_json(self, indent: int | None = None) -> str:
        """Return JSON."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    def to_phenopacket(
        self, *, created: datetime | str | None = None, created_by: str = "dystonia_kg"
    ) -> dict[str, Any]:
        """Return the case as a phenopacket with its classification: each value that holds is a measurement.

        :param created: when the packet was made; now if not given
        :raises CaseError: for an identifier that cannot be written, or a time that is none

        >>> import dystonia_kg as dkg
        >>> packet = dkg.classify(dkg.Case(age_at_onset=45)).to_phenopacket(created="2026-11-28T12:00:00Z")
        >>> packet["measurements"][0]["value"]["ontologyClass"]["label"]
        'late-adulthood-onset dystonia'
        """
        from dystonia_kg.cases.writer import to_phenopacket

        return to_phenopacket(self.case, self, created=created, created_by=created_by)

    def __str__(self) -> str:
        from dystonia_kg.classification.report import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from dystonia_kg.classification.report import as_html

        return as_html(self)
