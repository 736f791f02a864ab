"""From what a case states to what is known: each statement with its effect, so that reasons can name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, Protocol

from dystonia_kg.classification.formula import Formula, Known
from dystonia_kg.classification.model import Model
from dystonia_kg.classification.roles import RoleFact
from dystonia_kg.errors import ParameterError

#: Fields of a case that hold several terms, each stated to be present.
SEVERAL = ("variability", "task", "features", "signs", "triggers", "parts")
#: Fields that hold one term.
SINGLE = ("course", "family_history", "gene", "inheritance", "cause", "pathology")
UNSIDED = ("both", "unknown")


class Finding(NamedTuple):
    """A statement of a case: its field, the term (or value), how it reads, and what it says.

    ``known`` is everything when nothing else is stated; ``sources`` are those of a disorder's record; ``stated`` are
    classes that are said to hold, ``denied`` such as are ruled out with all that lies below them.
    """

    field: str
    value: Any
    text: str
    known: Known
    sources: tuple[str, ...] = ()
    stated: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()


class CaseLike(Protocol):
    """What is read of a case; see :class:`dystonia_kg.cases.case.Case`."""

    @property
    def regions(self) -> AbstractSet[str]: ...  # noqa: D102
    @property
    def unaffected(self) -> AbstractSet[str]: ...  # noqa: D102
    @property
    def complete(self) -> bool: ...  # noqa: D102
    @property
    def age_at_onset(self) -> Any: ...  # noqa: D102
    @property
    def excluded(self) -> AbstractSet[str]: ...  # noqa: D102
    @property
    def disorder(self) -> str | None: ...  # noqa: D102
    @property
    def gene(self) -> str | None: ...  # noqa: D102
    @property
    def stated(self) -> AbstractSet[str]: ...  # noqa: D102


class Reader:
    """Reads cases by a model and conventions.

    :param unsided: what a midline region named without a side means, "both" or "unknown"
    :param known_disorders: a gene without a disorder means one of the disorders known to have it
    """

    def __init__(self, model: Model, *, unsided: str = "both", known_disorders: bool = True) -> None:
        if unsided not in UNSIDED:
            raise ParameterError(f"unsided is {' or '.join(map(repr, UNSIDED))}, not {unsided!r}")
        self.model = model
        self.unsided = unsided
        self.known_disorders = known_disorders
        self.empty = Known(model.space.all, model.ages.all)
        self.role = lru_cache(maxsize=4096)(self._role_effect)
        self._region = lru_cache(maxsize=4096)(self._region_finding)
        self._record = lru_cache(maxsize=4096)(self._record_findings)

    def findings(self, case: CaseLike) -> list[Finding]:
        """Return the statements of a case, in order."""
        found = [*self._regions(case), *self._age(case)]
        for field in (*SEVERAL, *SINGLE):
            value = getattr(case, field)
            terms = sorted(value) if isinstance(value, frozenset) else [value] if value else []
            found += [self.role(field, term) for term in terms]
        entries = self.model.entries
        found += [self.denied(t) if t in entries else self.role("excluded", t) for t in sorted(case.excluded)]
        found += self._disorder(case)
        found += [self.stated(iri) for iri in sorted(case.stated)]
        return found

    def combine(self, findings: Iterable[Finding], start: Known | None = None) -> Known:
        """Return what statements say together.

        :param start: what is known without them; what holds of every dystonia if not given
        """
        regions, ages, true, false = start or self.model.nothing_known
        for finding in findings:
            said = finding.known
            regions &= said.regions
            ages &= said.ages
            true |= said.true
            false |= said.false
        return Known(regions, ages, true, false)

    # ------------------------------------------------------------------ regions and age

    def _regions(self, case: CaseLike) -> Iterator[Finding]:
        space = self.model.space
        narrowed: frozenset[int] = frozenset()
        touched: set[int] = set()
        for region in case.regions:
            narrowed |= space.narrowed_by(region)
            touched.update(space.region_of(e) for e in space.classes[region])
        for region in sorted(case.regions):
            yield self._region("regions", region, narrowed & {space.region_of(e) for e in space.classes[region]})
        for region in sorted(case.unaffected):
            yield self._region("unaffected", region, frozenset())
        if case.complete:
            for number, region in enumerate(space.regions):
                if number not in touched:
                    yield self._region("complete", region, frozenset())

    def _region_finding(self, field: str, region: str, narrowed: frozenset[int]) -> Finding:
        space, label = self.model.space, self.model.vocabulary.label(region)
        if field == "regions":
            bits, text = space.affected(region, self.unsided, narrowed), f"{label} affected"
        else:
            bits = space.unaffected(region)
            text = f"{label} not affected" + (" (closed examination)" if field == "complete" else "")
        return Finding(field, region, text, self.empty._replace(regions=bits))

    def _age(self, case: CaseLike) -> Iterator[Finding]:
        age = case.age_at_onset
        if age is None:
            return
        ages = self.model.ages
        if isinstance(age, float | int):
            yield Finding(
                "age_at_onset", age, f"onset at {age:g} years", self.empty._replace(ages=1 << ages.piece(age))
            )
        else:
            bits = ages.interval(age.low, age.high, age.below)
            yield Finding("age_at_onset", age, f"onset at {age}", self.empty._replace(ages=bits))

    # ------------------------------------------------------------------ relations

    def _role_effect(self, field: str, term: str) -> Finding:
        label = self.model.vocabulary.label(term)
        if field == "excluded":
            facts = [RoleFact("none", relation, (term,)) for relation in self.relations_of(term)]
            return Finding(field, term, f"no {label}", self._effect(facts))
        facts = list(self._facts(field, term))
        return Finding(field, term, f"{field.replace('_', ' ')}: {label}", self._effect(facts))

    def _facts(self, field: str, term: str) -> Iterator[RoleFact]:
        vocabulary, data = self.model.vocabulary, self.model.data
        for relation in data["fields"][field]:
            if len(data["fields"][field]) == 1 or self._in_range(relation, term):
                yield RoleFact("some", relation, (term,))
                if field in self.model.closed_fields:
                    yield RoleFact("only", relation, (term,))
        if field == "features" and term in vocabulary.domains["signs"]:
            yield from (RoleFact("some", relation, (term,)) for relation in data["fields"]["signs"])

    def _in_range(self, relation: str, term: str) -> bool:
        ranges = self.model.data["ranges"].get(relation, [])
        return any(root in self.model.vocabulary.above(term) for root in ranges)

    def relations_of(self, term: str) -> list[str]:
        """Return the relations whose things a term can be, such as those of a feature that is excluded."""
        fields, domains = self.model.data["fields"], self.model.vocabulary.domains
        return [
            relation
            for field in (*SEVERAL, *SINGLE)
            if term in domains[field]
            for relation in fields[field]
            if len(fields[field]) == 1 or self._in_range(relation, term)
        ]

    def _effect(self, facts: Iterable[RoleFact]) -> Known:
        true = false = 0
        for fact in facts:
            more_true, more_false = self.model.roles.effect(fact)
            true, false = true | more_true, false | more_false
        return self.empty._replace(true=true, false=false)

    def sided(self, findings: list[Finding]) -> Iterator[tuple[str, Known]]:
        """Yield what is known if a region stated without a side is affected on one side alone."""
        space, label = self.model.space, self.model.vocabulary.label
        for finding in findings:
            if finding.field != "regions":
                continue
            for element in space.classes[finding.value]:
                region, side = space.elements[element]
                half = space.some([element])
                if region == finding.value and side is not None and not finding.known.regions & half:
                    swapped = finding._replace(known=finding.known._replace(regions=half))
                    known = self.combine(swapped if other is finding else other for other in findings)
                    yield f"{label(region)} on the {label(side)} alone", known

    # ------------------------------------------------------------------ disorders and stated classes

    def _disorder(self, case: CaseLike) -> Iterator[Finding]:
        if case.disorder is not None:
            yield from self.disorder_findings(case.disorder)
        elif case.gene is not None and self.known_disorders:
            yield from self.gene_findings(case.gene)

    def disorder_findings(self, disorder: str) -> tuple[Finding, ...]:
        """Return what the record of a disorder says."""
        return self._record("disorder", disorder, (disorder,))

    def gene_findings(self, gene: str) -> tuple[Finding, ...]:
        """Return what the records of the disorders of a gene have in common."""
        return self._record("gene", gene, self.disorders_of(gene))

    def disorders_of(self, gene: str) -> tuple[str, ...]:
        """Return the disorders that a gene alone stands for: of those whose record names it, the confirmed if any."""
        known = self._by_gene.get(gene, ())
        claimed = self.model.data["claims"]["disorders"].get(gene, ())
        return tuple(iri for iri in known if iri in claimed) or known

    @cached_property
    def _by_gene(self) -> dict[str, tuple[str, ...]]:
        genes, found = self.model.vocabulary.domains["gene"], dict[str, tuple[str, ...]]()
        for iri, facts in self.model.data["disorders"].items():
            for gene in {filler for _, filler, _ in facts} & genes:
                found[gene] = (*found.get(gene, ()), iri)
        return found

    def other_gene(self, gene: str, disorder: str) -> str | None:
        """Return the gene that the record of a disorder names, if it is another one."""
        facts = self.model.data["disorders"].get(disorder, [])
        genes = [filler for _, filler, _ in facts if filler in self.model.vocabulary.domains["gene"]]
        above = self.model.vocabulary.above
        return genes[0] if genes and not any(gene in above(known) for known in genes) else None

    def _record_findings(self, field: str, value: str, disorders: tuple[str, ...]) -> tuple[Finding, ...]:
        return tuple(self._common(field, value, disorders))

    def _common(self, field: str, value: str, disorders: tuple[str, ...]) -> Iterator[Finding]:
        """Yield what the records of some disorders have in common."""
        records = [self.model.data["disorders"].get(iri) for iri in disorders]
        if None in records:  # a disorder that has a definition
            yield self.stated(value)._replace(field=field)
            return
        known = [record for record in records if record is not None]
        label = self.model.vocabulary.label
        shared = [fact for fact in known[0] if all(_has(other, fact) for other in known[1:])] if known else []
        for relation, filler, sources in shared:
            facts = [RoleFact("some", relation, (filler,))]
            if self._is_closed(relation):
                fillers = {f for record in known for r, f, _ in record if r == relation}
                facts.append(RoleFact("only", relation, tuple(sorted(fillers))))
            names = " and ".join(label(iri) for iri in disorders)
            text = f"{names}: {self.model.data['properties'][relation]['label']} {label(filler)}"
            yield Finding(field, value, text, self._effect(facts), tuple(sources))

    def _is_closed(self, relation: str) -> bool:
        fields = self.model.data["fields"]
        return any(relation in fields[field] for field in self.model.closed_fields)

    def stated(self, iri: str) -> Finding:
        """Return the finding that a class is said to hold."""
        entry = self.model.entries[iri]
        known = self.empty
        for part in _conjuncts(entry.upper):
            known = self._require(known, part)
        above = frozenset([iri, *entry.data["above"]])
        return Finding("stated", iri, f"stated: {entry.label}", known, stated=above)

    def denied(self, iri: str) -> Finding:
        """Return the finding that a class is ruled out."""
        entry = self.model.entries[iri]
        known = self._deny(self.empty, entry.lower)
        return Finding("excluded", iri, f"ruled out: {entry.label}", known, denied=frozenset([iri]))

    def _deny(self, known: Known, formula: Formula) -> Known:
        match formula:
            case ("r", bits):
                return known._replace(regions=known.regions & ~bits)
            case ("a", bits):
                return known._replace(ages=known.ages & ~bits)
            case ("s", _):
                return self._require(known, ("not", formula))
            case ("not", inner):
                return self._require(known, inner)
            case ("or", parts):
                for part in parts:
                    known = self._deny(known, part)
        return known  # of several things that do not hold together, none is known to be absent

    def _require(self, known: Known, part: Formula) -> Known:
        if isinstance(part, bool):
            return known
        roles = self.model.roles
        match part:
            case ("r", bits):
                return known._replace(regions=known.regions & bits)
            case ("a", bits):
                return known._replace(ages=known.ages & bits)
            case ("s", number):
                true, false = roles.closed(known.true | 1 << number, known.false)
            case ("not", ("s", number)):
                true, false = roles.closed(known.true, known.false | 1 << number)
            case _:
                return known  # a choice between statements of several kinds adds nothing certain
        return known._replace(true=true, false=false)


def _conjuncts(formula: Formula) -> tuple[Formula, ...]:
    if isinstance(formula, tuple) and formula[0] == "and":
        return tuple(formula[1])
    return (formula,)


def _has(record: list[Any], fact: list[Any]) -> bool:
    return any(relation == fact[0] and filler == fact[1] for relation, filler, _ in record)
