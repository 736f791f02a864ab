"""Classifying one case: truths at once, reasons and missing facts when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from dystonia_kg.classification.findings import CaseLike, Finding, Reader
from dystonia_kg.classification.formula import Known, Truth, leaves
from dystonia_kg.classification.model import Dimension, Model, default_model
from dystonia_kg.classification.questions import Asker
from dystonia_kg.classification.result import (
    TRUE,
    UNKNOWN,
    Alternative,
    Classification,
    DimensionAnswer,
    Question,
    Reason,
    Syndromes,
    ValueAnswer,
    join_values,
    word,
)  # fmt: skip
from dystonia_kg.errors import ParameterError
from dystonia_kg.names import fold


def classify(
    case: CaseLike,
    edition: str = "2013",
    *,
    unsided: str = "both",
    known_disorders: bool = True,
    model: Model | None = None,
) -> Classification:
    """Classify a case by an edition of the consensus.

    Each answer is exact: true if the value holds whatever the unknown facts turn out to be, false if it then never
    holds, else unknown.

    :param edition: "2013" or "2025"
    :param unsided: what a midline region that is stated without a side means: "both" (the convention: it is not
        restricted to one side) or "unknown"
    :param known_disorders: whether a gene that is stated without a disorder means one of the disorders known to have it
    :param model: the compiled ontology; that of the release if not given
    :raises ParameterError: for an edition that the ontology does not have

    >>> import dystonia_kg as dkg
    >>> c = classify(dkg.Case(regions={"neck", "left upper limb"}, complete=True, age_at_onset=45))
    >>> c.dimension("body distribution").value, c.dimension("age at onset").value
    ('segmental', 'late adulthood')
    """
    if not hasattr(case, "age_at_onset"):
        raise ParameterError(f"a case is a dystonia_kg.Case, not {type(case).__name__}; Case.from_dict makes one")
    reader = _reader(model or default_model(), unsided, known_disorders)
    return Engine(reader, case).classify(str(edition))


@lru_cache(maxsize=8)
def _reader(model: Model, unsided: str, known_disorders: bool) -> Reader:
    return Reader(model, unsided=unsided, known_disorders=known_disorders)


class _Said(NamedTuple):
    """The classes that findings say to hold, and those that they rule out."""

    stated: frozenset[str]
    denied: frozenset[str]


def _said(findings: Iterable[Finding]) -> _Said:
    findings = list(findings)
    none = frozenset[str]()
    return _Said(none.union(*(f.stated for f in findings)), none.union(*(f.denied for f in findings)))


class Engine:
    """One case before one model: what is known of it, and what follows.

    :param reader: the model with the conventions
    """

    def __init__(self, reader: Reader, case: CaseLike) -> None:
        self.reader = reader
        self.model = reader.model
        self.case = case
        self.findings = reader.findings(case)
        self.known = reader.combine(self.findings)
        self.said = _said(self.findings)
        self._truths: dict[str, Truth] = {}

    # ------------------------------------------------------------------ truths

    def truth(self, iri: str) -> Truth:
        """Return the truth of a class; what the input contradicts itself on counts as unknown."""
        if iri not in self._truths:
            self._truths[iri] = self._decide(iri, self.known, self.said)
        return self._truths[iri]

    def _decide(self, iri: str, known: Known, said: _Said | None = None) -> Truth:
        if not known.consistent:
            known = self._without_conflict(known)
        if said is not None and iri in said.stated:
            return True
        if (
            said is not None
            and said.denied
            and not said.denied.isdisjoint((iri, *self.model.entries[iri].data["above"]))
        ):
            return False
        return self.model.truth(iri, known)

    def _without_conflict(self, known: Known) -> Known:
        """Return what is known without what contradicts itself."""
        start, clash = self.model.nothing_known, known.true & known.false
        return Known(
            known.regions or start.regions, known.ages or start.ages, known.true & ~clash, known.false & ~clash
        )

    def _is_contradicted(self, dimension: Dimension) -> bool:
        """Tell whether the input contradicts itself on what a dimension is about."""
        known, clash = self.known, self.known.true & self.known.false
        return not known.consistent and any(
            not known.regions if kind == "r" else not known.ages if kind == "a" else bool(clash >> bits & 1)
            for iri in dimension.values
            for kind, bits in leaves(self.model.entries[iri].upper)
        )

    def classify(self, edition: str) -> Classification:
        """Return the classification by an edition."""
        dimensions = self.model.answered_for(edition)
        if not dimensions:
            raise ParameterError(f"no edition is called {edition!r}; there are: {', '.join(self.model.editions)}")
        answers = tuple(self.answer(d) for d in dimensions)
        return Classification(edition, self.case, answers, self._conflicts(), self._conventions(), self)

    def answer(self, dimension: Dimension) -> DimensionAnswer:
        """Return the answer for a dimension; of one whose values are not established, what another edition has."""
        if not dimension.values:
            return self._not_established(dimension)
        entries = [self.model.entries[iri] for iri in dimension.values]
        open_ = self._is_contradicted(dimension)
        answers = tuple(
            ValueAnswer(e.id, e.name, e.label, UNKNOWN if open_ else word(self.truth(e.id))) for e in entries
        )
        return self._answer(dimension, answers)

    def _answer(
        self, dimension: Dimension, answers: tuple[ValueAnswer, ...], parts: Iterable[str] = ()
    ) -> DimensionAnswer:
        holding = [a for a in answers if a.truth == TRUE]
        above = {sup for a in holding for sup in self.model.entries[a.id].data["above"]}
        value = join_values(a.name for a in holding if a.id not in above)
        open_ = any(a.truth == UNKNOWN for a in answers)
        truth = TRUE if value else UNKNOWN if open_ else "false"
        axis = dimension.axis_label
        return DimensionAnswer(
            dimension.id, dimension.name, dimension.label, dimension.edition, axis, value, truth, answers,
            "; ".join(self._elsewhere(dimension)) or None, self, tuple(parts),
        )  # fmt: skip

    def dimension(self, classification: Classification, name: str) -> DimensionAnswer:
        """Return the answer for a dimension by any name of it; see :meth:`Classification.dimension`."""
        wanted = fold(name)
        for answer in classification.dimensions:
            if wanted in (
                fold(answer.name),
                fold(answer.label),
                fold(answer.id),
                fold(answer.id.removeprefix("dyst:")),
            ):
                return answer
        for dimension in self.model.dimensions_of(classification.edition):
            if wanted in (fold(dimension.name), fold(dimension.label), fold(dimension.id)):
                parts = [self.answer(d) for d in self.model.dimensions if d.parent == dimension.id]
                return self._answer(dimension, tuple(v for p in parts for v in p.answers), [p.id for p in parts])
        shown = ", ".join(answer.name for answer in classification.dimensions)
        raise ParameterError(f"edition {classification.edition} has no dimension {name!r}; it has: {shown}")

    def _not_established(self, dimension: Dimension) -> DimensionAnswer:
        note = "; ".join(["value not established for this edition", *self._elsewhere(dimension)])
        return DimensionAnswer(
            dimension.id, dimension.name, dimension.label, dimension.edition, dimension.axis_label, None, UNKNOWN, (),
            note, self,
        )  # fmt: skip

    def _elsewhere(self, dimension: Dimension) -> Iterator[str]:
        """Yield the values of the parts of another edition that a dimension came from."""
        for row in self.model.data["crosswalk"]:
            if row["to"] == dimension.id:
                for old in self.model.dimensions:
                    if old.values and row["from"] in (old.id, old.parent):
                        answer = self.answer(old)
                        yield f"{old.edition} value ({answer.name}): {answer.value or UNKNOWN}"

    # ------------------------------------------------------------------ reasons

    def reason(self, iri: str) -> Reason:
        """Return why a class holds or not: a minimal set of findings from which it follows."""
        truth, entry = self.truth(iri), self.model.entries[iri]
        needed = [] if truth is None else self._least(iri, truth)
        sources = dict.fromkeys([*entry.data["sources"], *(s for f in needed for s in f.sources)])
        return Reason(
            iri, entry.label, bool(truth), tuple(f.text for f in needed), entry.data["axiom"], entry.data["words"],
            tuple(sources), tuple(self._pairs(needed)),
        )  # fmt: skip

    def _pairs(self, needed: list[Finding]) -> Iterator[tuple[str, Any]]:
        """Yield field and value of findings; a disorder goes with the gene, whose own record it stands in for."""
        yield from ((finding.field, finding.value) for finding in needed)
        fields = {finding.field for finding in needed}
        if "gene" in fields and "disorder" not in fields and self.case.disorder is not None:
            yield "disorder", self.case.disorder

    def _least(self, iri: str, truth: bool) -> list[Finding]:
        """Drop findings one by one, the last stated first, as long as the truth still follows.

        That a dystonia affects some region is not counted on if it need not be: a focal dystonia of a hand is told by
        the hand too, not only by all that is not affected.
        """
        start = self.reader.empty if self._follows(iri, truth, self.findings, self.reader.empty) else None
        needed = list(self.findings)
        for finding in reversed(self.findings):
            rest = [f for f in needed if f is not finding]
            if self._follows(iri, truth, rest, start):
                needed = rest
        return needed

    def _follows(self, iri: str, truth: bool, findings: list[Finding], start: Known | None) -> bool:
        return self._decide(iri, self.reader.combine(findings, start), _said(findings)) is truth

    def questions(self, dimensions: tuple[str, ...]) -> tuple[Question, ...]:
        """Return the unknown facts on which some dimensions depend, the most telling first."""
        wanted = [d for d in self.model.dimensions if d.id in dimensions and d.values]
        clear = [dimension for dimension in wanted if not self._is_contradicted(dimension)]
        known = self.known if self.known.consistent else self._without_conflict(self.known)
        return tuple(Asker(self.reader, known, self._decide).questions(clear))

    # ------------------------------------------------------------------ other readings

    def refinements(self, answer: DimensionAnswer) -> Iterator[str]:
        """Yield the open values that are kinds of one that holds."""
        holding = {a.id for a in answer.answers if a.truth == TRUE}
        for other in answer.answers:
            if other.truth == UNKNOWN and holding & set(self.model.entries[other.id].data["above"]):
                yield other.name

    def alternatives(self, answer: DimensionAnswer) -> tuple[Alternative, ...]:
        """Return other defensible readings of an answer."""
        found = [*self._literal(answer), *self._readings(answer), *self._by_side(answer)]
        for value in answer.answers:
            if value.truth == TRUE:
                data = self.model.entries[value.id].data
                for kind in ("conflict", "convention"):
                    found += [Alternative(kind, text, tuple(data["sources"])) for text in data.get(kind, ())]
        return tuple(dict.fromkeys(found))

    def _literal(self, answer: DimensionAnswer) -> Iterator[Alternative]:
        """Yield the wider wordings of other values that hold as well, such as segmental taken literally."""
        holding = {a.id for a in answer.answers if a.truth == TRUE}
        implied = {sup for iri in holding for sup in self.model.entries[iri].data["above"]}
        for iri in self.model.wordings(tuple(a.id for a in answer.answers)):
            if iri not in implied and self.truth(iri) is True:
                entry = self.model.entries[iri]
                yield Alternative("also", entry.label, tuple(entry.data["sources"]))

    def _readings(self, answer: DimensionAnswer) -> Iterator[Alternative]:
        """Yield the values that hold as some source has them, though not as they are defined here."""
        truths = {a.id: a for a in answer.answers}
        for entry in self.model.readings:
            for iri in entry.data["reading_of"]:
                if iri in truths and truths[iri].truth != TRUE and self.truth(entry.id) is True:
                    sources = tuple(entry.data["sources"])
                    shown = ", ".join(source.removeprefix("ref:") for source in sources)
                    yield Alternative("alternative", f"{truths[iri].name} ({shown}): {entry.label}", sources)

    def _by_side(self, answer: DimensionAnswer) -> Iterator[Alternative]:
        """Yield what the answer would be if a region stated without a side were affected on one side alone."""
        values = {a.id for a in answer.answers}
        if self.reader.unsided != "both" or "r" not in {k for v in values for k in self.model.kinds(v)}:
            return
        now = {a.id for a in answer.answers if a.truth == TRUE}
        for text, known in self.reader.sided(self.findings):
            then = {iri for iri in values if self._decide(iri, known) is True}
            for iri in sorted(then - now):
                if not any(iri in self.model.entries[other].data["above"] for other in then):
                    yield Alternative("if", f"{text}: {self.model.entries[iri].name}")

    def syndromes(self) -> Syndromes:
        """Return the named syndromes by their truth."""
        found: dict[Truth, list[str]] = {True: [], None: [], False: []}
        for entry in self.model.entries.values():
            if entry.kind == "syndrome":
                found[self.truth(entry.id)].append(entry.label)
        return Syndromes(*(tuple(sorted(found[truth])) for truth in (True, None, False)))

    def groups(self) -> tuple[str, ...]:
        """Return the labels of the other classes that hold."""
        groups = (e for e in self.model.entries.values() if e.kind == "group")
        return tuple(sorted(entry.label for entry in groups if self.truth(entry.id) is True))

    def region_states(self) -> dict[str, str]:
        """Return how each region is affected."""
        space, found = self.model.space, {}
        for number, region in enumerate(space.regions):
            sides = ["unaffected", *(space.elements[e][1] for e in space.options[number])]
            bits = space.region_bits[number]
            possible = [side for side, here in zip(sides, bits, strict=True) if self.known.regions & here]
            found[region] = self._state(possible, len(space.options[number]) > 1)
        return found

    def _state(self, possible: list[str | None], has_halves: bool) -> str:
        if "unaffected" in possible:
            return "unaffected" if len(possible) == 1 else "unknown"
        side = possible[0] if len(possible) == 1 and has_halves else None
        return "affected" if side is None else self.model.data["regions"]["sides"][side][0]

    # ------------------------------------------------------------------ conflicts and conventions

    def _conflicts(self) -> tuple[str, ...]:
        found = list(self._clashes())
        if not self.known.regions or not self.known.ages:
            found.append("the findings on " + ("regions" if not self.known.regions else "age") + " exclude each other")
        case, label = self.case, self.model.vocabulary.label
        if case.disorder and case.gene:
            other = self.reader.other_gene(case.gene, case.disorder)
            if other is not None:
                stated = label(case.gene)
                found.append(f"the gene of {label(case.disorder)} is {label(other)}, but the case states {stated}")
        return tuple(dict.fromkeys(found))

    def _clashes(self) -> Iterator[str]:
        clash = self.known.true & self.known.false
        if clash:
            for number, condition in enumerate(self.model.roles.conditions):
                if clash >> number & 1:
                    for_ = [f.text for f in self.findings if f.known.true >> number & 1]
                    against = [f.text for f in self.findings if f.known.false >> number & 1]
                    if for_ and against:
                        yield f"{' and '.join(for_)} against {' and '.join(against)} (on: {condition.text})"

    def _conventions(self) -> dict[str, str]:
        said = {
            "both": "a midline region stated without a side is not restricted to one side",
            "unknown": "a midline region stated without a side may be affected on one side alone",
        }
        gene = self.model.data["claims"]["convention"]
        return {
            "unsided": said[self.reader.unsided],
            "known_disorders": gene if self.reader.known_disorders else "a gene says nothing of the disorder",
        }
