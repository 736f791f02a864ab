"""From HPO terms, observed and excluded, to the findings of a case: signs of dystonia apart from other features."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dystonia_kg.cases.case import Case
from dystonia_kg.cases.hpo import Interpreter, interpreter, normalize
from dystonia_kg.cases.own import Finding, own_terms
from dystonia_kg.cases.report import Ledger, Read
from dystonia_kg.cases.tree import Node
from dystonia_kg.classification.findings import SEVERAL
from dystonia_kg.vocab import DYST, expand

if TYPE_CHECKING:
    from dystonia_kg.graph import KnowledgeGraph


@dataclass(frozen=True, slots=True)
class _Feature:
    """One term of the input, by its current identifier."""

    term: str
    excluded: bool
    node: Node


@dataclass
class Findings:
    """Collects features, then settles what they say: `add_feature` each, `settle` once, then `case`.

    :param terms: reads HPO terms
    :param ledger: takes the report
    """

    terms: Interpreter
    ledger: Ledger
    fields: dict[str, Any] = field(default_factory=dict)
    onsets: list[Node] = field(default_factory=list)  # of observed signs of dystonia
    observed: bool = False  # a sign of dystonia is there

    def __post_init__(self) -> None:
        self._features: list[_Feature] = []
        self._ours: list[_Feature] = []
        self._sets: dict[str, set[str]] = {name: set() for name in ("regions", "unaffected", "excluded", "stated")}
        self._sets |= {name: set() for name in SEVERAL}

    # ------------------------------------------------------------------ input

    def add_feature(self, node: Node) -> None:
        """Take a phenotypic feature of a phenopacket."""
        if not isinstance(node.value, dict):
            node.leave("a feature is an object with a type")
            return
        excluded = node.get("excluded")
        if excluded is not None and not isinstance(excluded.value, bool):
            node.leave("excluded is neither true nor false, so the feature cannot be read")
            return
        identifier = node.text("type", "id")
        if identifier is None:
            node.leave("no identifier in type.id; labels are not matched")
            return
        is_excluded = excluded is not None and excluded.value is True
        ours = own_terms().curie(identifier)
        if normalize(ours) is None and own_terms().knows(ours):
            self._ours.append(_Feature(ours, is_excluded, node))
        elif (term := self._current(identifier, node)) is not None:
            self._features.append(_Feature(term, is_excluded, node))

    def add_measurement(self, node: Node) -> None:
        """Take a measurement of a phenopacket, if it is one of those by which the ontology's relations are said."""
        assay, value = node.text("assay", "id"), node.text("value", "ontologyClass", "id")
        own = own_terms()
        assay, value = own.curie(assay or ""), own.curie(value or "")
        if assay in own.dimensions:
            node.leave("a result of classification, which is worked out anew")
        elif (found := own.measured(assay, value)) is None:
            node.leave("not a finding that the classification asks for")
        elif self._take(found):
            node.use(f"{found.field}: {found.term}")
        else:
            node.leave(f"several are given, and a case has one {found.field}")

    def _take(self, finding: Finding) -> bool:
        """Enter a finding; tell whether it could be, which it cannot where a case has one and has another."""
        if finding.field in self._sets:
            self._sets[finding.field].add(finding.term)
            return True
        return bool(self.fields.setdefault(finding.field, finding.term) == finding.term)

    def _current(self, identifier: str, node: Node) -> str | None:
        """Return the identifier in force; None, with a reason in the report, for one that cannot be read."""
        term = normalize(identifier)
        known = self.terms.slice
        if term is None:
            node.leave("not an identifier of HPO")
            return None
        if term in known.replaced:
            self.ledger.note(f"{term} is obsolete and was replaced by {known.replaced[term]}")
            return known.replaced[term]
        if term in known.labels or term in self.terms.phenotypes:
            return term
        if term in known.consider:
            node.leave(f"obsolete in HPO without a replacement; consider {' or '.join(known.consider[term])}")
        else:
            node.leave("not in the slice of HPO 2025-01-16 that the library holds; it may be newer")
        return None

    # ------------------------------------------------------------------ settling

    def settle(self) -> None:
        """Work out what the features say together."""
        usable = list(self._without_contradictions())
        for feature in usable:
            if not feature.excluded:
                self._observe(feature)
        for feature in usable:
            if feature.excluded:
                self._exclude(feature)
        for feature in sorted(self._ours, key=lambda each: each.excluded):
            self._settle_ours(feature)

    def _settle_ours(self, feature: _Feature) -> None:
        """Take a feature whose type is a term of the ontology itself."""
        own = own_terms()
        found = own.excluded(feature.term) if feature.excluded else own.observed(feature.term)
        if found is None:
            feature.node.leave("no finding of a case can say this")
            return
        places = self._with_sides(feature, frozenset([found.term])) if feature.term in own.regions else {found.term}
        if feature.excluded and places & self._sets["regions"]:
            feature.node.leave("contradicts what is observed")
            return
        for place in places:
            self._take(Finding(found.field, place))
        if not feature.excluded and own.is_presentation(feature.term):
            self._is_dystonia(feature)
        self._use(feature, found.field, places)

    def _without_contradictions(self) -> Iterable[_Feature]:
        present = {each.term for each in self._features if not each.excluded}
        absent = {each.term for each in self._features if each.excluded}
        once: set[tuple[str, bool]] = set()
        for each in self._features:
            if each.term in present & absent:
                self.ledger.note(f"{each.term} is given as observed and as excluded; neither is used")
                each.node.leave("given as observed and as excluded")
            elif each.excluded and (narrower := self._contradicting(each.term, present - absent)):
                self.ledger.note(f"{each.term} is excluded although {narrower}, a kind of it, is observed")
                each.node.leave(f"contradicts {narrower}, which is observed and a kind of it")
            else:
                if (each.term, each.excluded) in once:
                    self.ledger.note(f"{each.term} is given more than once")
                once.add((each.term, each.excluded))
                yield each

    def _contradicting(self, excluded: str, present: set[str]) -> str | None:
        """Return an observed term below an excluded one, unless both are signs of dystonia in different regions."""
        for term in sorted(present):
            if excluded in self.terms.slice.above(term):
                signs = self.terms.is_sign_of_dystonia(excluded) and excluded != self.terms.root
                if not signs or self.terms.rules_out(excluded).regions & self.terms.says(term).regions:
                    return term
        return None

    def _observe(self, feature: _Feature) -> None:
        if self.terms.is_sign_of_dystonia(feature.term):
            self._observe_dystonia(feature)
        elif not self.terms.is_phenotype(feature.term):
            feature.node.leave("not a phenotypic abnormality, and not tied to the dystonia")
        elif known := self._informative(self.terms.known_above(feature.term)):
            self._sets["features"] |= known
            self._use(feature, "feature", known)
        else:
            feature.node.leave("nothing that the classification asks for lies above it")

    def _informative(self, known: frozenset[str]) -> frozenset[str]:
        """Drop the root, and what holds of everyone with dystonia."""
        return known - self.terms.slice.above(self.terms.root)

    def _observe_dystonia(self, feature: _Feature) -> None:
        says = self.terms.says(feature.term)
        regions = self._with_sides(feature, says.regions)
        self._sets["regions"] |= regions
        self._sets["task"] |= says.tasks
        self._sets["variability"] |= says.variability
        self._sets["stated"] |= says.stated
        said = [*regions, *says.tasks, *says.variability, *says.stated]
        self._use(feature, "dystonia", said)
        reading = self.terms.slice.readings.get(feature.term)
        if reading is not None and reading.note:
            self.ledger.note(f"{feature.term}: {reading.note}")
        self._is_dystonia(feature)

    def _is_dystonia(self, feature: _Feature) -> None:
        """Note that there is dystonia, and where its onset stands."""
        self.observed = True
        self.ledger.dystonia = "observed"
        if (onset := feature.node.get("onset")) is not None:
            self.onsets.append(onset)
        if feature.node.get("resolution") is not None:
            self.ledger.note(f"{feature.term} has a resolution; the case describes the time while it was there")

    def _with_sides(self, feature: _Feature, regions: frozenset[str]) -> set[str]:
        """Return the regions with the sides that the modifiers state."""
        sides: set[str] = set()
        for modifier in feature.node.items("modifiers"):
            sides |= self._modifier(modifier)
        if not sides:
            return set(regions)
        placed = set()
        for region in regions:
            parts = {part for side in sides if (part := self.terms.side_of(region, side))}
            # Both sides of a midline region are the region itself; both of a pair are two regions.
            whole = not parts or (len(sides) > 1 and not self.terms.is_pair(region))
            placed |= {region} if whole else parts
        if not regions:
            self.ledger.note(f"a side is stated for {feature.term}, which names no region")
        return placed

    def _modifier(self, modifier: Node) -> set[str]:
        """Return the sides that a modifier states; take courses and temporal patterns on the way."""
        term = normalize(modifier.text("id") or "")
        term = self.terms.slice.replaced.get(term, term) if term else None
        reading = self.terms.slice.readings.get(term) if term else None
        sides = {each for each in reading.says if self._is_below(each, "Side")} if reading else set()
        if sides:
            modifier.use(f"side: {', '.join(sorted(sides))}")
        elif term and (course := self.terms.meaning(term, "Course")):
            modifier.use(f"course: {course}")
            if self.fields.setdefault("course", course) != course:
                self.ledger.note(f"two courses are stated; {self.fields['course']} was kept, {course} was not")
        elif term and (pattern := self.terms.meaning(term, "Variability")):
            modifier.use(f"variability: {pattern}")
            self._sets["variability"].add(pattern)
        else:
            modifier.leave("the modifier says nothing that the classification asks for")
        return sides

    def _is_below(self, curie: str, kind: str) -> bool:
        return DYST + kind in self.terms.above(expand(curie))

    def _exclude(self, feature: _Feature) -> None:
        if self.terms.is_sign_of_dystonia(feature.term):
            self._exclude_dystonia(feature)
        elif not self.terms.is_phenotype(feature.term):
            feature.node.leave("not a phenotypic abnormality")
        elif known := self.terms.known_below(feature.term):
            self._sets["excluded"] |= known
            self._use(feature, "absent", known)
        else:
            feature.node.leave("nothing that the classification asks for lies at or below it")

    def _exclude_dystonia(self, feature: _Feature) -> None:
        if feature.term == self.terms.root:
            self.ledger.dystonia = "excluded"
            self.ledger.note("the record says that there is no dystonia; what would classify it is unknown")
            self._use(feature, "no dystonia", ())
            return
        says = self.terms.rules_out(feature.term)
        regions = says.regions - self._sets["regions"]
        other = (says.tasks if not regions else frozenset()) | says.variability
        if not regions and not other:
            self._rule_out(feature, says.stated)
            return
        self._sets["unaffected"] |= regions
        if not regions:
            self._sets["excluded"] |= other
        self._use(feature, "not affected" if regions else "absent", regions or other)

    def _rule_out(self, feature: _Feature, classes: frozenset[str]) -> None:
        """Rule out classes of dystonia, unless a kind of one is observed."""
        stated = {above for each in self._sets["stated"] for above in (each, *self.terms.classes_above(each))}
        if not classes or classes & stated:
            feature.node.leave("nothing that is not observed is ruled out by it")
            return
        self._sets["excluded"] |= classes
        self._use(feature, "ruled out", classes)

    def _use(self, feature: _Feature, what: str, classes: Iterable[str]) -> None:
        feature.node.ledger.use(feature.node.path, feature.node.summary(), _listed(what, classes))
        for name in ("type", "excluded"):
            part = feature.node.get(name)
            if part is not None:
                part.mark()

    # ------------------------------------------------------------------ output

    def case(self) -> Case:
        """Return the case.

        :raises CaseError: if its findings contradict each other
        """
        return Case(**self.found())

    def found(self) -> dict[str, Any]:
        """Return the findings by the names of a case's fields; those that nothing says are left out."""
        sets = {name: frozenset(members) for name, members in self._sets.items() if members}
        return {**sets, **{name: value for name, value in self.fields.items() if value is not None}}


def read_hpo(
    observed: Iterable[str], excluded: Iterable[str] = (), kg: KnowledgeGraph | None = None, **findings: Any
) -> Read:
    """Read a case from HPO terms.

    :param observed: identifiers of what is there
    :param excluded: identifiers of what is known to be absent
    :param findings: more of the case, such as ``age_at_onset=8``
    :raises CaseError: if the findings contradict each other

    >>> read = read_hpo(["HP:0000473", "HP:0001337"], ["HP:0001336"], age_at_onset=45)
    >>> sorted(read.case.regions), sorted(read.case.features), sorted(read.case.excluded)
    (['dyst:Neck'], ['HP:0001337'], ['HP:0001336'])
    """
    ledger = Ledger()
    found = from_terms([(term, False) for term in observed] + [(term, True) for term in excluded], kg, ledger)
    found.fields |= findings
    return Read(found.case(), ledger.report("HPO terms"))


def from_terms(
    terms: Iterable[tuple[str, bool]], kg: KnowledgeGraph | None, ledger: Ledger, path: str = "$"
) -> Findings:
    """Return what HPO terms say, each with whether it is excluded."""
    found = Findings(interpreter(kg), ledger)
    for number, (term, excluded) in enumerate(terms):
        found.add_feature(Node({"type": {"id": term}, "excluded": excluded}, ledger, f"{path}[{number}]"))
    found.settle()
    return found


def _listed(what: str, classes: Iterable[str]) -> str:
    names = ", ".join(sorted(classes))
    return f"{what}: {names}" if names else what
