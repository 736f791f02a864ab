"""Reading OWL class expressions from a store into small expression trees (lists, as JSON has them).

``["top"]``                              what holds of every case
``["is", class]``                        a named class, defined elsewhere
``["and" | "or", part, ...]``, ``["not", part]``
``["affects", low, high, elements, text]``  at least low and at most high (None: any number) of the elements of a set of
                                         region elements; see :class:`RegionReader`
``["age", [[facet, years], ...], text]``
``["some" | "only", property, [class, "!class", ...], text]``  a restriction on another relation: to things in all of
                                         the classes and in none of those with "!"
``["open", text]``                       what cannot be evaluated: its truth is never known
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from dystonia_kg.vocab import DYST, IMPORTS, PREFIXES, contract
from dystonia_kg.walk import reached

Node = list[Any]

_OWL, _RDF, _RDFS, _OIO = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["oboInOwl"]
AFFECTS, AGE, HAS_SIDE = DYST + "affects", DYST + "ageAtOnset", DYST + "hasSide"
REGION, SIDE = DYST + "BodyRegion", DYST + "Side"
TOP = ["top"]
_FACETS = {"minInclusive": ">=", "minExclusive": ">", "maxInclusive": "<=", "maxExclusive": "<"}


def curie(iri: str) -> str:
    """Return the CURIE of an IRI, or the IRI where there is none."""
    return contract(iri) or iri


class Owl:
    """A store as an ontology: direct axioms, and the hierarchy asserted or inferred."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.below_cached = lru_cache(maxsize=None)(self._below)
        self.above_cached = lru_cache(maxsize=None)(self._above)

    def objects(self, subject: Any, predicate: str) -> list[Any]:
        """Return the objects of a statement, sorted."""
        node = NamedNode(subject) if isinstance(subject, str) else subject
        quads = self.store.quads_for_pattern(node, NamedNode(predicate), None)
        return sorted({quad.object for quad in quads}, key=str)

    def subjects(self, predicate: str, target: Any) -> list[str]:
        """Return the named subjects of a statement, sorted."""
        node = NamedNode(target) if isinstance(target, str) else target
        quads = self.store.quads_for_pattern(None, NamedNode(predicate), node)
        return sorted({quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)})

    def one(self, subject: Any, predicate: str) -> Any:
        """Return an object of a statement, or None."""
        return next(iter(self.objects(subject, predicate)), None)

    def texts(self, iri: str, predicate: str) -> list[str]:
        """Return the literals of an annotation, sorted."""
        return [value.value for value in self.objects(iri, predicate) if isinstance(value, Literal)]

    def label(self, iri: str) -> str:
        """Return the label of a term; the CURIE where there is none."""
        return next(iter(self.texts(iri, _RDFS + "label")), curie(iri))

    def named(self, iri: str, predicate: str) -> list[str]:
        """Return the named objects of a statement, sorted."""
        return [value.value for value in self.objects(iri, predicate) if isinstance(value, NamedNode)]

    def members(self, head: Any) -> Iterator[Any]:
        """Yield the members of an RDF list."""
        while isinstance(head, BlankNode):
            yield self.one(head, _RDF + "first")
            head = self.one(head, _RDF + "rest")

    def above(self, iri: str, relation: str = _RDFS + "subClassOf") -> frozenset[str]:
        """Return the classes (relations) above one and itself."""
        return self.above_cached(iri, relation)

    def below(self, iri: str) -> frozenset[str]:
        """Return the classes below one and itself."""
        return self.below_cached(iri)

    def synonyms(self, iri: str, scopes: Iterable[str]) -> tuple[set[str], set[str]]:
        """Return the synonyms of some scopes that are ours, and those that upstream gives."""
        ours, upstream = set[str](), set[str]()
        for scope in scopes:
            relation = NamedNode(f"{_OIO}has{scope}Synonym")
            for quad in self.store.quads_for_pattern(NamedNode(iri), relation, None):
                if isinstance(quad.object, Literal):
                    (upstream if quad.graph_name == NamedNode(IMPORTS) else ours).add(quad.object.value)
        return ours, upstream - ours

    def nearest_above(self, iri: str, wanted: set[str]) -> list[str]:
        """Return the classes above that no other class between implies: the rest follows, and need not be stored."""
        above = {one: self.above(one) for one in self.above(iri) - {iri} if one in wanted}
        between = {one for one, higher in above.items() if iri not in higher}
        implied = {one for one, up in above.items() for b in between if one in above[b] and b not in up}
        return sorted(above.keys() - implied)

    def _above(self, iri: str, relation: str) -> frozenset[str]:
        return frozenset({iri, *reached(iri, lambda node: self.named(node, relation))})

    def _below(self, iri: str) -> frozenset[str]:
        return frozenset({iri, *reached(iri, lambda node: self.subjects(_RDFS + "subClassOf", node))})


class RegionReader:
    """The body regions that the ontology counts, and what it says of their sides.

    An element is a region on a side: (region, side), side None where it lies on no single side. A presentation affects
    each region in one of its elements or not at all, because it affects each region at most once.
    """

    def __init__(self, owl: Owl) -> None:
        self.owl = owl
        self.regions = self._covering()
        self.sides = sorted(owl.below(SIDE) - {SIDE})
        self.elements = [(region, side) for region in self.regions for side in self._sides_of(region)]

    def _covering(self) -> list[str]:
        for target in self.owl.objects(REGION, _RDFS + "subClassOf"):
            union = self.owl.one(target, _OWL + "unionOf") if isinstance(target, BlankNode) else None
            if union is not None:
                return [member.value for member in self.owl.members(union)]
        return []

    def _sides_of(self, region: str) -> list[str | None]:
        for target in self.owl.objects(region, _RDFS + "subClassOf"):
            if isinstance(target, BlankNode) and self._is_side(target):
                return [self.owl.one(target, _OWL + "someValuesFrom").value]
        return [None, *self.sides]

    def _is_side(self, node: BlankNode) -> bool:
        return bool(self.owl.one(node, _OWL + "onProperty") == NamedNode(HAS_SIDE))

    def holds(self, expression: Any, element: tuple[str, str | None]) -> bool | None:
        """Tell whether an element belongs to a class of regions; None if that cannot be read."""
        if isinstance(expression, NamedNode):
            return self._holds_named(expression.value, element)
        for kind, combine in (("intersectionOf", _all), ("unionOf", _any)):
            parts = self.owl.one(expression, _OWL + kind)
            if parts is not None:
                return combine([self.holds(part, element) for part in self.owl.members(parts)])
        inner = self.owl.one(expression, _OWL + "complementOf")
        if inner is not None:
            found = self.holds(inner, element)
            return None if found is None else not found
        side = self.owl.one(expression, _OWL + "someValuesFrom")
        if isinstance(side, NamedNode) and self._is_side(expression):
            return element[1] is not None and side.value in self.owl.above(element[1])
        return None

    def _holds_named(self, iri: str, element: tuple[str, str | None]) -> bool | None:
        if iri in self.owl.above(element[0]) or iri in self.regions:
            return iri in self.owl.above(element[0])
        definitions = self.owl.objects(iri, _OWL + "equivalentClass")
        conditions = definitions or self._conditions(iri)
        return _all([self.holds(part, element) for part in conditions]) if conditions else False

    def _conditions(self, iri: str) -> list[Any]:
        # A half of a midline region has no definition but says of which region and side it is; that is taken as one.
        if iri == REGION or not self._has_side(iri):
            return []
        return [t for t in self.owl.objects(iri, _RDFS + "subClassOf") if not self._is_inferred(iri, t)]

    def _has_side(self, iri: str) -> bool:
        targets = self.owl.objects(iri, _RDFS + "subClassOf")
        return any(isinstance(t, BlankNode) and self._is_side(t) for t in targets)

    def _is_inferred(self, iri: str, target: Any) -> bool:
        return isinstance(target, NamedNode) and not self.owl.above(target.value) >= {REGION}

    def members(self, expression: Any) -> list[int] | None:
        """Return the numbers of the elements that belong to a class of regions; None if that cannot be read."""
        found = [self.holds(expression, element) for element in self.elements]
        return None if None in found else [number for number, holds in enumerate(found) if holds]


def _all(parts: list[bool | None]) -> bool | None:
    return None if None in parts else all(parts)


def _any(parts: list[bool | None]) -> bool | None:
    return None if None in parts else any(parts)


class Reader:
    """From class expressions to trees.

    :param genera: classes that hold of every case, such as dystonia
    """

    def __init__(self, owl: Owl, genera: Iterable[str]) -> None:
        self.owl = owl
        self.regions = RegionReader(owl)
        self.genera = frozenset(genera)

    def read(self, node: Any) -> Node:
        """Return the tree of a class expression."""
        if isinstance(node, NamedNode):
            return TOP if node.value in self.genera else ["is", curie(node.value)]
        for kind, word in (("intersectionOf", "and"), ("unionOf", "or")):
            parts = self.owl.one(node, _OWL + kind)
            if parts is not None:
                return [word, *(self.read(part) for part in self.owl.members(parts))]
        inner = self.owl.one(node, _OWL + "complementOf")
        if inner is not None:
            return ["not", self.read(inner)]
        prop = self.owl.one(node, _OWL + "onProperty")
        if not isinstance(prop, NamedNode):
            return self._open(node)
        match prop.value:
            case value if value == AFFECTS:
                return self._affects(node)
            case value if value == AGE:
                return self._age(node)
        return self._role(node, prop.value)

    def text(self, node: Any) -> str:
        """Return a class expression in Manchester syntax with labels."""
        if isinstance(node, NamedNode):
            return self.owl.label(node.value)
        for kind, word in (("intersectionOf", " and "), ("unionOf", " or ")):
            parts = self.owl.one(node, _OWL + kind)
            if parts is not None:
                return "(" + word.join(self.text(part) for part in self.owl.members(parts)) + ")"
        inner = self.owl.one(node, _OWL + "complementOf")
        if inner is not None:
            return f"not ({self.text(inner)})"
        prop = self.owl.one(node, _OWL + "onProperty")
        label = self.owl.label(prop.value) if isinstance(prop, NamedNode) else "?"
        for kind, word in (("someValuesFrom", "some"), ("allValuesFrom", "only")):
            filler = self.owl.one(node, _OWL + kind)
            if filler is not None:
                return f"{label} {word} {self._range_text(filler)}"
        for kind, word in (("minQ", "min"), ("maxQ", "max"), ("q", "exactly")):
            number = self.owl.one(node, f"{_OWL}{kind}ualifiedCardinality")
            if number is not None:
                return f"{label} {word} {number.value} {self.text(self.owl.one(node, _OWL + 'onClass'))}"
        return f"{label} ?"

    def _range_text(self, filler: Any) -> str:
        facets = self._facets(filler)
        if facets is None:
            return self.text(filler)
        return f"decimal[{', '.join(f'{facet} {years:g}' for facet, years in facets)}]"

    def _open(self, node: Any) -> Node:
        return ["open", self.text(node)]

    def _affects(self, node: BlankNode) -> Node:
        some, only = self.owl.one(node, _OWL + "someValuesFrom"), self.owl.one(node, _OWL + "allValuesFrom")
        on_class = self.owl.one(node, _OWL + "onClass")
        members = self.regions.members(some or only or on_class)
        if members is None:
            return self._open(node)
        text = self.text(node)
        if some is not None:
            return ["affects", 1, None, members, text]
        if only is not None:
            others = [n for n in range(len(self.regions.elements)) if n not in members]
            return ["affects", 0, 0, others, text]
        exactly, least, most = (self._number(node, kind) for kind in ("q", "minQ", "maxQ"))
        low = exactly if exactly is not None else least or 0
        return ["affects", low, exactly if exactly is not None else most, members, text]

    def _number(self, node: BlankNode, kind: str) -> int | None:
        number = self.owl.one(node, f"{_OWL}{kind}ualifiedCardinality")
        return None if number is None else int(number.value)

    def _age(self, node: BlankNode) -> Node:
        filler = self.owl.one(node, _OWL + "someValuesFrom")
        facets = None if filler is None else self._facets(filler)
        return self._open(node) if facets is None else ["age", facets, self.text(node)]

    def _facets(self, datatype: Any) -> list[list[Any]] | None:
        if not isinstance(datatype, BlankNode):
            return None
        restrictions = self.owl.one(datatype, _OWL + "withRestrictions")
        if restrictions is None:
            return None
        found: list[list[Any]] = []
        for member in self.owl.members(restrictions):
            for quad in self.owl.store.quads_for_pattern(member, None, None):
                facet = _FACETS.get(quad.predicate.value.rpartition("#")[2])
                if facet is None or not isinstance(quad.object, Literal):
                    return None
                found.append([facet, float(quad.object.value)])
        return sorted(found, reverse=True)

    def _role(self, node: BlankNode, prop: str) -> Node:
        for kind, word in (("someValuesFrom", "some"), ("allValuesFrom", "only")):
            filler = self.owl.one(node, _OWL + kind)
            union = self.owl.one(filler, _OWL + "unionOf") if isinstance(filler, BlankNode) else None
            if word == "some" and union is not None:  # R some (A or B) is R some A or R some B
                return self._or([(prop, member) for member in self.owl.members(union)], node)
            literals = None if filler is None else self._literals(filler)
            if literals:
                return [word, curie(prop), literals, self.text(node)]
        return self._open(node)

    def _or(self, restrictions: list[tuple[str, Any]], node: BlankNode) -> Node:
        parts: list[Node] = []
        for prop, filler in restrictions:
            literals = self._literals(filler)
            if not literals:
                return self._open(node)
            parts.append(["some", curie(prop), literals, f"{self.owl.label(prop)} some {self.text(filler)}"])
        return ["or", *parts]

    def _literals(self, filler: Any) -> list[str] | None:
        """Return a class as named classes and negated ones that it is the intersection of; None if it is not one."""
        if isinstance(filler, NamedNode):
            return [curie(filler.value)]
        inner = self.owl.one(filler, _OWL + "complementOf")
        if isinstance(inner, NamedNode):
            return ["!" + curie(inner.value)]
        parts = self.owl.one(filler, _OWL + "intersectionOf")
        found = None if parts is None else [self._literals(part) for part in self.owl.members(parts)]
        if found is None or None in found:
            return None
        return [literal for part in found if part for literal in part]
