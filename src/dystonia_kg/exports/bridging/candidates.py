"""From mappings to axioms: what the mappings to a target would say in OWL, and what is ruled out before reasoning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import NamedNode

from dystonia_kg.exports.report import LeftOut
from dystonia_kg.vocab import PREFIXES, contract
from dystonia_kg.walk import reached

if TYPE_CHECKING:
    from dystonia_kg.exports.bridging.targets import Target
    from dystonia_kg.exports.model import Model
    from dystonia_kg.exports.records import MappingRecord

EQUIVALENT = PREFIXES["owl"] + "equivalentClass"
SUBCLASS = PREFIXES["rdfs"] + "subClassOf"
_PREDICATES = {"exactMatch": EQUIVALENT, "broadMatch": SUBCLASS}
_CLASS = (NamedNode(PREFIXES["rdf"] + "type"), NamedNode(PREFIXES["owl"] + "Class"))


class BridgeAxiom(NamedTuple):
    """An axiom that links a class of ours to one of the target: EquivalentClasses or SubClassOf.

    ``predicate`` is the IRI of owl:equivalentClass or rdfs:subClassOf, ``label`` what the target calls its class.
    """

    ours: str
    predicate: str
    theirs: str
    label: str | None = None

    def __str__(self) -> str:
        word = "EquivalentTo" if self.predicate == EQUIVALENT else "SubClassOf"
        return f"{contract(self.ours) or self.ours} {word} {contract(self.theirs) or self.theirs}"


class Candidates(NamedTuple):
    """The axioms that may be tried, and those that may not, with the reason."""

    axioms: tuple[BridgeAxiom, ...]
    left_out: tuple[LeftOut, ...]


def candidates(model: Model, target: Target) -> Candidates:
    """Return the axioms that the mappings of a graph to a target give."""
    kept: list[BridgeAxiom] = []
    left: list[LeftOut] = []
    for mapping in model.mappings():
        if mapping.predicate not in _PREDICATES or not target.owns(mapping.object):
            continue
        ours = model.source.original(mapping.subject)
        axiom = BridgeAxiom(ours, _PREDICATES[mapping.predicate], mapping.object, mapping.object_label)
        why = _why_not(model, target, axiom, mapping)
        if why is None:
            kept.append(axiom)
        else:
            left.append(left_out(axiom, why))
    rivals = dict(_rivals(kept))
    left += [left_out(axiom, why) for axiom, why in rivals.items()]
    return Candidates(tuple(sorted(axiom for axiom in kept if axiom not in rivals)), tuple(sorted(left)))


def left_out(axiom: BridgeAxiom, why: str) -> LeftOut:
    """Return the line of a report for an axiom that is not used."""
    return LeftOut("bridge axioms", 1, f"{axiom}: {why}")


def _why_not(model: Model, target: Target, axiom: BridgeAxiom, mapping: MappingRecord) -> str | None:
    """Return why an axiom may not be tried; None if it may."""
    if next(iter(model.source.store.quads_for_pattern(NamedNode(axiom.ours), *_CLASS)), None) is None:
        return "ours is no class"
    if (mapping.object_label or "").lower().startswith("obsolete"):
        return f"the target has retired it ({mapping.object_label})"
    if axiom.predicate == EQUIVALENT and axiom.theirs in target.refusals:
        return f"never equated: {target.refusals[axiom.theirs]}"
    above = {axiom.ours, *model.hierarchy.above(axiom.ours)}
    branches = [branch for ours, branch in target.categories if ours in above]
    if not branches:
        kind = next(iter(model.hierarchy.kinds(axiom.ours)), "thing")
        return f"another category: ours is a {kind}"
    theirs = _ancestors(target, axiom.theirs)
    if theirs is not None and not any(branch is None or branch in theirs for branch in branches):
        return f"another category: theirs is not below {' or '.join(contract(b) or b for b in branches if b)}"
    return None


def _ancestors(target: Target, iri: str) -> set[str] | None:
    """Return a class of the target and all above it; None if it is not in the part that we have."""
    told = target.hierarchy()
    return {iri, *reached(iri, lambda node: told.get(node, ()))} if iri in told else None


def _rivals(axioms: Iterable[BridgeAxiom]) -> Iterator[tuple[BridgeAxiom, str]]:
    """Yield the equivalences that would make one of two classes, on either side."""
    equal = [axiom for axiom in axioms if axiom.predicate == EQUIVALENT]
    ours, theirs = Counter(axiom.ours for axiom in equal), Counter(axiom.theirs for axiom in equal)
    for axiom in equal:
        if ours[axiom.ours] > 1:
            others = sorted(contract(a.theirs) or a.theirs for a in equal if a.ours == axiom.ours and a != axiom)
            yield axiom, f"would merge classes of the target: ours is said to be {', '.join(others)} too"
        elif theirs[axiom.theirs] > 1:
            others = sorted(contract(a.ours) or a.ours for a in equal if a.theirs == axiom.theirs and a != axiom)
            yield axiom, f"would merge classes of ours: {', '.join(others)} is said to be the same"
