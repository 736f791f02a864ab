"""Axioms in plain English, made from nothing but their own labels.

A definition can be read in two ways, from the term to its conditions and from the conditions to the term;
:func:`readings` gives both, and :func:`combine` puts those of a justification together in the order in which they lead
from one class to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

Labels = Callable[[str], str]
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_FACETS = {"minInclusive": "at least", "minExclusive": "over", "maxInclusive": "at most", "maxExclusive": "under"}
_LISTED = 6  # so many alternatives or members are named; of more, some and their number


class Readings(NamedTuple):
    """An axiom in words: ``forward`` from what it is about, ``backward`` (definitions only) to it."""

    forward: str
    backward: str | None = None


class Clause(NamedTuple):
    """An axiom as :func:`combine` sees it."""

    subject: str | None
    signature: Sequence[str]
    readings: Readings


def combine(clauses: Iterable[Clause], sub: str, sup: str) -> str:
    """Return one sentence that tells how axioms lead from class ``sub`` to class ``sup``."""
    ordered = _ordered(list(clauses), sub, sup)
    parts = [c.readings.backward if c.readings.backward and c.subject != sub else c.readings.forward for c in ordered]
    text = "; ".join(dict.fromkeys(part for part in parts if part))
    return text[:1].upper() + text[1:] + "." if text else ""


def _ordered(left: list[Clause], sub: str, sup: str) -> list[Clause]:
    """Begin with what is about ``sub``, go on with what shares a term with that, end with what defines ``sup``."""
    reached, found = {sub}, []
    while left:
        choice = min(left, key=lambda c: (c.subject == sup, c.subject not in reached, not reached & set(c.signature)))
        left.remove(choice)
        found.append(choice)
        reached |= set(choice.signature)
    return found


def readings(axiom: Any, label: Labels, fallback: Callable[[Any], str]) -> Readings:
    """Return an axiom of the OWL API in words.

    :param label: from an IRI to its label
    :param fallback: what renders a kind of axiom or expression for which there are no words here
    """
    return _Speaker(label, fallback).axiom(axiom)


class _Speaker:
    """Finds the words; the method for a kind of axiom or expression has the name of that kind in the OWL API."""

    def __init__(self, label: Labels, fallback: Callable[[Any], str]) -> None:
        self.label = label
        self.fallback = fallback

    # ------------------------------------------------------------------ axioms

    def axiom(self, axiom: Any) -> Readings:
        kind = str(axiom.getAxiomType().getName())
        spoken = getattr(self, f"_{kind}", None)
        return spoken(axiom) if spoken else Readings(self.fallback(axiom))

    def _SubClassOf(self, axiom: Any) -> Readings:  # noqa: N802
        sub, sup = axiom.getSubClass(), axiom.getSuperClass()
        who = f"every {self.noun(sub)}" if self._has_head(sub) else f"whatever {self.verb(sub)}"
        return Readings(f"{who} {self.verb(sup)}")

    def _EquivalentClasses(self, axiom: Any) -> Readings:  # noqa: N802
        members = list(axiom.getClassExpressionsAsList())
        named = [m for m in members if not m.isAnonymous()]
        others = [m for m in members if m.isAnonymous()]
        if len(named) != 1 or len(others) != 1:
            return Readings(f"{_listed([self.noun(m) for m in members])} are the same")
        name, meaning = named[0], others[0]
        who = f"every {self.noun(meaning)}" if self._has_head(meaning) else f"whatever {self.verb(meaning)}"
        return Readings(f"{self.noun(name)} {self.verb(meaning)}", f"{who} {self.verb(name)}")

    def _DisjointClasses(self, axiom: Any) -> Readings:  # noqa: N802
        names = sorted(self.noun(m) for m in axiom.getClassExpressionsAsList())
        if len(names) == 2:
            return Readings(f"no {names[0]} is {_a(names[1])}")
        return Readings(f"{_listed(names)} exclude one another")

    def _SubObjectPropertyOf(self, axiom: Any) -> Readings:  # noqa: N802
        sub, sup = axiom.getSubProperty(), axiom.getSuperProperty()
        return Readings(f"whatever {self._stands(sub, 'something')} {self._stands(sup, 'it')}")

    def _SubPropertyChainOf(self, axiom: Any) -> Readings:  # noqa: N802
        steps, result = list(axiom.getPropertyChain()), axiom.getSuperProperty()
        if len(steps) != 2:
            return Readings(self.fallback(axiom))
        first, second = self._stands(steps[0], "something"), self._stands(steps[1], "another thing")
        return Readings(f"whatever {first} that {second} {self._stands(result, 'that other thing')} too")

    def _TransitiveObjectProperty(self, axiom: Any) -> Readings:  # noqa: N802
        prop = axiom.getProperty()
        first, second = self._stands(prop, "something"), self._stands(prop, "another thing")
        return Readings(f"whatever {first} that {second} {self._stands(prop, 'that other thing')} too")

    def _SymmetricObjectProperty(self, axiom: Any) -> Readings:  # noqa: N802
        prop = axiom.getProperty()
        return Readings(f"if one thing {self._stands(prop, 'another')}, that other {self._stands(prop, 'it')}")

    def _FunctionalObjectProperty(self, axiom: Any) -> Readings:  # noqa: N802
        return Readings(f"nothing {self._stands(axiom.getProperty(), 'more than one thing')}")

    def _FunctionalDataProperty(self, axiom: Any) -> Readings:  # noqa: N802
        return Readings(f"nothing has more than one {self._name(axiom.getProperty())}")

    def _ObjectPropertyDomain(self, axiom: Any) -> Readings:  # noqa: N802
        return Readings(f"whatever {self._stands(axiom.getProperty(), 'something')} {self.verb(axiom.getDomain())}")

    def _DataPropertyDomain(self, axiom: Any) -> Readings:  # noqa: N802
        return Readings(f"whatever has {_a(self._name(axiom.getProperty()))} {self.verb(axiom.getDomain())}")

    def _ObjectPropertyRange(self, axiom: Any) -> Readings:  # noqa: N802
        about = self._stands(axiom.getProperty(), "").replace("  ", " ").strip()
        return Readings(f"whatever a thing {about} {self.verb(axiom.getRange())}")

    def _ClassAssertion(self, axiom: Any) -> Readings:  # noqa: N802
        return Readings(f"{self._name(axiom.getIndividual())} {self.verb(axiom.getClassExpression())}")

    # ------------------------------------------------------------------ class expressions

    def _has_head(self, expression: Any) -> bool:
        """Tell whether an expression has a named class, so that it can be a noun."""
        if str(expression.getClassExpressionType().getName()) == "ObjectIntersectionOf":
            return any(not part.isAnonymous() for part in expression.getOperandsAsList())
        return not expression.isAnonymous()

    def noun(self, expression: Any, *, plural: bool = False) -> str:
        """Return a class expression as a noun, with what qualifies it."""
        kind = str(expression.getClassExpressionType().getName())
        if not expression.isAnonymous():
            name = self._name(expression)
            return _plural(name) if plural else name
        if kind == "ObjectUnionOf":
            parts = [self.noun(part, plural=plural) for part in expression.getOperandsAsList()]
            return _listed(parts, "and" if plural else "or")
        operands: list[Any] = list(expression.getOperandsAsList()) if kind == "ObjectIntersectionOf" else [expression]
        heads = [self.noun(part, plural=plural) for part in operands if not part.isAnonymous()]
        verbs = [self.verb(part) for part in operands if part.isAnonymous()]
        head = " and ".join(heads) or ("things" if plural else "thing")
        return f"{head} that {_listed(verbs, limit=99)}" if verbs else head

    def verb(self, expression: Any) -> str:
        """Return a class expression as what is said of its members."""
        kind = str(expression.getClassExpressionType().getName())
        if not expression.isAnonymous():
            if str(expression.toStringID()).endswith("#Nothing"):
                return "cannot exist"
            return f"is {_a(self._name(expression))}"
        spoken = getattr(self, f"_v{kind}", None)
        return spoken(expression) if spoken else f"meets “{self.fallback(expression)}”"

    def _vObjectIntersectionOf(self, expression: Any) -> str:  # noqa: N802
        if self._has_head(expression):
            return f"is {_a(self.noun(expression))}"
        return _listed([self.verb(part) for part in expression.getOperandsAsList()], limit=99)

    def _vObjectUnionOf(self, expression: Any) -> str:  # noqa: N802
        parts = list(expression.getOperandsAsList())
        if all(not part.isAnonymous() for part in parts):
            return "is " + _listed([_a(self._name(part)) for part in parts], "or")
        return _listed([self.verb(part) for part in parts], "or")

    def _vObjectComplementOf(self, expression: Any) -> str:  # noqa: N802
        inner = expression.getOperand()
        if not inner.isAnonymous():
            return f"is not {_a(self._name(inner))}"
        if str(inner.getClassExpressionType().getName()) == "ObjectSomeValuesFrom":
            return self._lacks(inner.getProperty(), self.noun(inner.getFiller()))
        return f"is none of what {self.verb(inner)}"

    def _vObjectSomeValuesFrom(self, expression: Any) -> str:  # noqa: N802
        return self._stands(expression.getProperty(), f"some {self.noun(expression.getFiller())}")

    def _vObjectAllValuesFrom(self, expression: Any) -> str:  # noqa: N802
        noun = self.noun(expression.getFiller(), plural=True)
        return self._stands(expression.getProperty(), f"nothing but {noun}")

    def _vObjectExactCardinality(self, expression: Any) -> str:  # noqa: N802
        return self._counted(expression, "exactly")

    def _vObjectMinCardinality(self, expression: Any) -> str:  # noqa: N802
        return self._counted(expression, "at least")

    def _vObjectMaxCardinality(self, expression: Any) -> str:  # noqa: N802
        return self._counted(expression, "at most")

    def _counted(self, expression: Any, bound: str) -> str:
        number = int(expression.getCardinality())
        word = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
        noun = self.noun(expression.getFiller(), plural=number != 1)
        return self._stands(expression.getProperty(), f"{bound} {word} {noun}")

    def _vDataSomeValuesFrom(self, expression: Any) -> str:  # noqa: N802
        name, filler = self._name(expression.getProperty()), expression.getFiller()
        if not hasattr(filler, "getFacetRestrictions"):
            return f"has {_a(name)}"
        bounds = [
            f"{_FACETS.get(str(f.getFacet().getShortName()), str(f.getFacet().getShortName()))} "
            f"{str(f.getFacetValue().getLiteral()).removesuffix('.0')}"
            for f in filler.getFacetRestrictions()
        ]
        return f"has {_a(name)} of {_listed(sorted(bounds))}"

    # ------------------------------------------------------------------ relations

    def _name(self, entity: Any) -> str:
        return self.label(str(entity.toStringID()))

    def _relation(self, prop: Any) -> str:
        if prop.isAnonymous():
            return f"is what {self._relation(prop.getInverse())}, the other way round,"
        name = self._name(prop)
        first = name.split(" ", 1)[0]
        verb = (first.endswith("s") and not first.endswith(("ous", "ss"))) or first in ("may", "can")
        return name if verb else f"is {name}"

    def _stands(self, prop: Any, what: str) -> str:
        name = self._relation(prop)
        return f"has {what} as {name.removeprefix('has ')}" if name.startswith("has ") else f"{name} {what}"

    def _lacks(self, prop: Any, what: str) -> str:
        name = self._relation(prop)
        first, _, rest = name.partition(" ")
        if first == "has":
            return f"has no {what} as {rest}"
        if first == "is":
            return f"is not {rest} any {what}"
        return f"does not {' '.join(filter(None, (first.removesuffix('s'), rest)))} any {what}"


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _plural(noun: str) -> str:
    """Return the plural of a label: of its head, which stands before a preposition or at the end."""
    for link in (" of ", " with ", " without ", " involving ", " that ", " in "):
        if link in noun:
            head, _, rest = noun.partition(link)
            return f"{_plural(head)}{link}{rest}"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def _listed(parts: Sequence[str], link: str = "and", limit: int = _LISTED) -> str:
    parts = list(parts)
    if len(parts) > limit:
        parts = [*parts[: limit - 2], f"{len(parts) - limit + 2} others"]
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {link} {parts[-1]}"
