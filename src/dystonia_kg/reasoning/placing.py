"""Where a class expression stands among the named classes, and what its instances are.

The hierarchy of the named classes is known, from the release or from classification, so the reasoner is asked only
where it does not decide: downwards from the top for what is above the expression, and then only about classes that
share all of that for what is below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

Test = Callable[[str], bool]


class Place(NamedTuple):
    """Where an expression stands: names of classes above it, below it and equivalent to it, and the nearest of them."""

    satisfiable: bool
    equivalents: frozenset[str] = frozenset()
    superclasses: frozenset[str] = frozenset()
    direct_superclasses: frozenset[str] = frozenset()
    subclasses: frozenset[str] = frozenset()
    direct_subclasses: frozenset[str] = frozenset()
    instances: frozenset[str] = frozenset()


def place(
    supers: Mapping[str, frozenset[str]], is_below: Test, is_above: Test, told: Iterable[str], *, complete: bool
) -> Place:
    """Return where an expression stands.

    :param supers: for each named class, those known to be above it
    :param is_below: whether the expression is below a named class
    :param is_above: whether it is above one
    :param told: classes that the expression names as conjuncts, so that they need no test
    :param complete: whether ``supers`` is all that there is to know of the named classes
    """
    above = _above(supers, is_below, told)
    below = _below(supers, above, is_above, complete=complete)
    same = above & below
    higher, lower = above - same, below - same
    return Place(
        True,
        frozenset(same),
        frozenset(higher),
        frozenset(c for c in higher if not any(c in supers[o] and o not in supers[c] for o in higher)),
        frozenset(lower),
        frozenset(c for c in lower if not any(o in supers[c] and c not in supers[o] for o in lower)),
    )


def _above(supers: Mapping[str, frozenset[str]], is_below: Test, told: Iterable[str]) -> set[str]:
    found = {c for name in told for c in (name, *supers.get(name, ()))}
    for cls in sorted(supers, key=lambda c: (len(supers[c]), c)):  # what is above stands before what is below
        if cls not in found and supers[cls] - {cls} <= found | _same(supers, cls) and is_below(cls):
            found |= {cls, *supers[cls]}
    return found


def _same(supers: Mapping[str, frozenset[str]], cls: str) -> set[str]:
    return {other for other in supers[cls] if cls in supers.get(other, ())}


def _below(supers: Mapping[str, frozenset[str]], above: set[str], is_above: Test, *, complete: bool) -> set[str]:
    found: set[str] = set()
    nearest = [c for c in sorted(above) if c in supers and not any(c in supers[o] for o in above - {c} if o in supers)]
    if complete and len(nearest) == 1 and is_above(nearest[0]):  # a name for the expression: all is known of it
        return {nearest[0], *(cls for cls in supers if nearest[0] in supers[cls])}
    for cls in sorted(supers, key=lambda c: (len(supers[c]), c)):
        possible = not complete or above <= {cls, *supers[cls]}
        if supers[cls] & found or (possible and is_above(cls)):
            found.add(cls)
    return found


def told_classes(expression: Any) -> set[str]:
    """Return the named classes that an expression of the OWL API has as conjuncts."""
    return {str(part.toStringID()) for part in expression.asConjunctSet() if not part.isAnonymous()}


def like_individuals(ontology: Any) -> list[list[Any]]:
    """Return the individuals in groups of which all members are instances of the same named classes.

    Individuals of which only types are stated, and the same ones, cannot be told apart.
    """
    plain: dict[frozenset[str], list[Any]] = {}
    groups = []
    for one in sorted(ontology.getIndividualsInSignature(), key=lambda i: str(i.toStringID())):
        axioms = list(ontology.getReferencingAxioms(one))
        logical = [axiom for axiom in axioms if axiom.isLogicalAxiom()]
        if all(str(axiom.getAxiomType().getName()) == "ClassAssertion" for axiom in logical):
            key = frozenset(str(axiom.getClassExpression().toString()) for axiom in logical)
            plain.setdefault(key, []).append(one)
        else:
            groups.append([one])
    return [*plain.values(), *groups]
