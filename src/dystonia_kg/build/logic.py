"""What a reasoner finds wrong with the ontology: contradictions, impossible classes, what is the same or superfluous.

A finding names the axioms from which it follows, a minimal set of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pyoxigraph import NamedNode, Triple

from dystonia_kg.build.report import Finding, Rule, Severity
from dystonia_kg.errors import BuildError, InconsistentError
from dystonia_kg.places import Places
from dystonia_kg.reasoning.owlapi import Axiom, Classification, Ontology
from dystonia_kg.reasoning.roots import roots_first
from dystonia_kg.vocab import DYST

_SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
_EQUIVALENT = "http://www.w3.org/2002/07/owl#equivalentClass"
_EXPLAINED = 10  # findings of a kind that are explained one by one; more of them share their cause as a rule

INCONSISTENT = Rule(
    "inconsistent",
    Severity.ERROR,
    "The axioms contradict each other",
    "Everything follows from a contradiction, so nothing can be relied on. Correct one of the axioms that are named.",
)
REFUSED = Rule(
    "refused_by_reasoner",
    Severity.ERROR,
    "The reasoner refuses the ontology",
    "What cannot be classified cannot be released. Correct the axiom that is named.",
)
UNSATISFIABLE = Rule(
    "unsatisfiable_class",
    Severity.ERROR,
    "Class without a possible instance",
    "Its axioms, together with others, exclude every instance. Correct one of the axioms that are named.",
)
EQUIVALENT = Rule(
    "inferred_equivalence",
    Severity.ERROR,
    "Two classes are the same without saying so",
    "Two names for one class are a mistake in a definition as a rule. Correct it, or declare that they are equivalent.",
)
REDUNDANT = Rule(
    "redundant_superclass",
    Severity.WARN,
    "Asserted superclass that follows from other axioms",
    "What is inferred follows every change of a definition; what is asserted beside it does not. Remove the assertion.",
)
RULES = (INCONSISTENT, REFUSED, UNSATISFIABLE, EQUIVALENT, REDUNDANT)


class Logic(NamedTuple):
    """What the reasoner found: findings, the inferred hierarchy (none if there is a contradiction), the OWL profile."""

    findings: list[Finding]
    hierarchy: list[Triple]
    profile_violations: list[str]


def check_logic(asserted: list[Triple], imports: list[Triple], places: Places) -> Logic:
    """Classify the ontology and return what is wrong with what follows.

    :param asserted: our axioms; what others assert is not found superfluous
    :param places: where they stand
    """
    ontology = Ontology(asserted + imports)
    violations = ontology.dl_violations()
    try:
        classification = ontology.classify()
    except InconsistentError as error:
        return Logic([_finding(INCONSISTENT, None, None, f"because {error.explanations[0]}")], [], violations)
    except BuildError as error:
        return Logic([_finding(REFUSED, None, None, str(error))], [], violations)
    findings = [
        *_unsatisfiable(ontology, roots_first(asserted + imports, classification.unsatisfiable), places),
        *_equivalent(ontology, classification, asserted + imports, places),
    ]
    if not classification.unsatisfiable:  # of an impossible class everything follows
        findings += [_redundant(*pair, places) for pair in redundant_superclasses(ontology, asserted)]
    hierarchy = [
        Triple(NamedNode(sub), NamedNode(_SUBCLASS), NamedNode(sup))
        for sub, above in classification.superclasses.items()
        for sup in above
    ]
    return Logic(findings, hierarchy, violations)


def redundant_superclasses(ontology: Ontology, asserted: Iterable[Triple]) -> list[tuple[str, str]]:
    """Return the asserted (class, named superclass) pairs of ours that follow from the other axioms, sorted."""
    asserted = list(asserted)
    named, said = _statements(asserted)
    chained = [(sub, sup) for sub, sups in named.items() for sup in sups if _reaches(named, sub, sup)]
    # What is asserted of a class can only follow from something else if something else is said of it.
    doubtful = [(sub, sup) for sub, sups in named.items() for sup in sups if said[sub] > 1]
    rest = sorted({pair for pair in doubtful if pair[0].startswith(DYST)} - set(chained))
    return sorted([*(pair for pair in chained if pair[0].startswith(DYST)), *ontology.redundant(rest)])


def _statements(asserted: list[Triple]) -> tuple[dict[str, set[str]], dict[str, int]]:
    """Return the asserted named superclasses of each class, and how many axioms say what it is."""
    named: dict[str, set[str]] = {}
    said: dict[str, int] = {}
    for triple in asserted:
        if triple.predicate.value in (_SUBCLASS, _EQUIVALENT) and isinstance(triple.subject, NamedNode):
            said[triple.subject.value] = said.get(triple.subject.value, 0) + 1
            if triple.predicate.value == _SUBCLASS and isinstance(triple.object, NamedNode):
                named.setdefault(triple.subject.value, set()).add(triple.object.value)
    return named, said


def _reaches(named: dict[str, set[str]], sub: str, sup: str) -> bool:
    """Tell whether a chain of other assertions leads from a class to one of its asserted superclasses."""
    todo = [cls for cls in named[sub] if cls != sup]
    seen = set(todo)
    while todo:
        for above in named.get(todo.pop(), ()):
            if above == sup:
                return True
            if above not in seen:
                seen.add(above)
                todo.append(above)
    return False


def _unsatisfiable(ontology: Ontology, classes: list[str], places: Places) -> Iterator[Finding]:
    for number, cls in enumerate(classes):
        groups = ontology.explain_unsatisfiable(cls) if number < _EXPLAINED else []
        yield _finding(UNSATISFIABLE, cls, None, _because(groups[0], places) if groups else UNSATISFIABLE.title)


def _equivalent(
    ontology: Ontology, classification: Classification, triples: list[Triple], places: Places
) -> Iterator[Finding]:
    declared = {
        frozenset((t.subject.value, t.object.value))
        for t in triples
        if t.predicate.value == _EQUIVALENT and isinstance(t.subject, NamedNode) and isinstance(t.object, NamedNode)
    }
    for same in classification.equivalent:
        first, *others = sorted(same)
        for other in others:
            if frozenset((first, other)) not in declared:
                groups = ontology.explain(first, other) + ontology.explain(other, first)
                axioms = dict.fromkeys(axiom for group in groups for axiom in group)
                yield _finding(EQUIVALENT, first, other, _because(axioms, places))


def _finding(rule: Rule, entity: str | None, value: str | None, message: str) -> Finding:
    return Finding(rule.name, rule.severity, entity, None, value, message)


def _redundant(sub: str, sup: str, places: Places) -> Finding:
    place = places.find("SubClassOf", sub, (sub, sup))
    return _finding(REDUNDANT, sub, sup, REDUNDANT.title if place is None else f"stands in {place}")


def _because(axioms: Iterable[Axiom], places: Places) -> str:
    found = ((axiom.text, places.find(axiom.kind, axiom.subject, axiom.signature)) for axiom in axioms)
    return "because " + "; ".join(f"{text} ({place})" if place else text for text, place in found)
