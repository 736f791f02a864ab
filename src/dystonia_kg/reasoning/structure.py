"""The class axioms of an OWL graph, read from its triples without a JVM.

Each class expression becomes a node; expressions of the same structure are one node, whatever blank nodes stand for
them. What completion cannot use (negation, ``only``, data ranges ...) is kept as a node without inner structure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

OWL = "http://www.w3.org/2002/07/owl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
THING = OWL + "Thing"
NOTHING = OWL + "Nothing"

Node = str  # an IRI, or the structure of a class expression in parentheses

_DEPTH = 200


def is_named(node: Node) -> bool:
    """Tell whether a node is a class with a name."""
    return not node.startswith(("(", "_:"))


class Structure:
    """Class and property axioms by node.

    ``told`` holds what each node is stated to be below, ``conjunctions``, ``unions`` and ``somes`` the parts of the
    expressions that have any, ``disjoint`` pairs both ways, ``superproperties`` their closure.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._spo: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            self._spo[_key(triple.subject)][triple.predicate.value].append(_key(triple.object))
        self.told: dict[Node, list[Node]] = defaultdict(list)
        self.conjunctions: dict[Node, tuple[Node, ...]] = {}
        self.unions: dict[Node, tuple[Node, ...]] = {}
        self.somes: dict[Node, tuple[str, Node]] = {}  # property and filler
        self.disjoint: dict[Node, set[Node]] = defaultdict(set)
        self.domains: dict[str, list[Node]] = defaultdict(list)
        self.ranges: dict[str, list[Node]] = defaultdict(list)
        self.superproperties = self._closure(RDFS + "subPropertyOf")
        self.transitive: set[str] = set()
        self.chains: list[tuple[str, str, str]] = []
        self.classes: set[Node] = set()
        self._known: dict[str, Node] = {}
        kind = OWL + "ObjectProperty"
        self._object_properties = {s for s, po in self._spo.items() if kind in po.get(RDF + "type", ())}
        for subject in list(self._spo):
            self._read(subject)

    # ------------------------------------------------------------------ axioms

    def _read(self, subject: str) -> None:
        stated = self._spo[subject]
        types = stated.get(RDF + "type", ())
        if is_named(subject) and OWL + "Class" in types:
            self.classes.add(subject)
        if OWL + "TransitiveProperty" in types:
            self.transitive.add(subject)
        if OWL + "AllDisjointClasses" in types:
            self._all_disjoint([self.node(m) for head in stated.get(OWL + "members", ()) for m in self._members(head)])
        for target in stated.get(RDFS + "subClassOf", ()):
            self._below(self.node(subject), self.node(target))
        for target in stated.get(OWL + "equivalentClass", ()):
            self._below(self.node(subject), self.node(target))
            self._below(self.node(target), self.node(subject))
        for target in stated.get(OWL + "disjointWith", ()):
            self._all_disjoint([self.node(subject), self.node(target)])
        for head in stated.get(OWL + "disjointUnionOf", ()):
            self._all_disjoint(parts := [self.node(part) for part in self._members(head)])
            for part in parts:
                self._below(part, self.node(subject))
        self._read_property(subject)

    def _read_property(self, subject: str) -> None:
        stated = self._spo[subject]
        for head in stated.get(OWL + "propertyChainAxiom", ()):
            self.chains.extend(_binary(self._members(head), subject, head))
        if subject in self._object_properties:
            self.domains[subject] += [self.node(target) for target in stated.get(RDFS + "domain", ())]
            self.ranges[subject] += [self.node(target) for target in stated.get(RDFS + "range", ())]

    def _below(self, sub: Node, sup: Node) -> None:
        for node in (sub, sup):
            if is_named(node):
                self.classes.add(node)
        if sup not in self.told[sub] and sup != sub:
            self.told[sub].append(sup)

    def _all_disjoint(self, nodes: list[Node]) -> None:
        for node in nodes:
            self.disjoint[node] |= {other for other in nodes if other != node}

    # ------------------------------------------------------------------ expressions

    def node(self, key: str, depth: int = 0) -> Node:
        """Return the node of a class or a class expression."""
        if not key.startswith("_:") or depth > _DEPTH:
            return key
        if key not in self._known:
            self._known[key] = self._structure(key, depth + 1)
        return self._known[key]

    def _structure(self, key: str, depth: int) -> Node:
        for name, table in (("intersectionOf", self.conjunctions), ("unionOf", self.unions)):
            head = self._one(key, name)
            if head:
                parts = tuple(sorted({self.node(part, depth) for part in self._members(head)}))
                return self._keep(f"({name} {' '.join(parts)})", table, parts)
        prop = self._one(key, "onProperty")
        if prop:
            return self._restriction(key, prop, depth)
        return self._opaque(key, depth)

    def _restriction(self, key: str, prop: str, depth: int) -> Node:
        some, count, on = self._one(key, "someValuesFrom"), None, self._one(key, "onClass")
        for name in ("minQualifiedCardinality", "qualifiedCardinality"):
            count = count or self._one(key, name)
        if prop.startswith("_:"):
            return self._opaque(key, depth)
        if some and self._is_class(some):
            filler = self.node(some, depth)
            return self._some(prop, filler)
        if count and on and int(count.partition("^")[0].removeprefix("literal:")) > 0:
            some_node = self._some(prop, self.node(on, depth))
            if count.startswith("literal:1^") and self._one(key, "minQualifiedCardinality"):
                return some_node
            node = self._opaque(key, depth)
            self.told[node] = [some_node]
            return node
        return self._opaque(key, depth)

    def _is_class(self, key: str) -> bool:
        return not (
            self._one(key, "onDatatype")
            or key.startswith("http://www.w3.org/2001/XMLSchema#")
            or RDFS + "Datatype" in self._spo[key].get(RDF + "type", ())
        )

    def _some(self, prop: str, filler: Node) -> Node:
        node = f"(some {prop} {filler})"
        self.somes[node] = (prop, filler)
        return node

    def conjunction(self, one: Node, other: Node) -> Node:
        """Return the node of what is both."""
        parts = tuple(sorted({one, other}))
        return self._keep(f"(intersectionOf {' '.join(parts)})", self.conjunctions, parts)

    @staticmethod
    def _keep(node: Node, table: dict[Node, tuple[Node, ...]], parts: tuple[Node, ...]) -> Node:
        table[node] = parts
        return node

    def _opaque(self, key: str, depth: int) -> Node:
        """Return a node that equals those of the same structure and nothing else."""
        if key == RDF + "nil" or not key.startswith("_:") or depth > _DEPTH:
            return key
        inner = sorted(
            f"{predicate} {self._opaque(value, depth + 1)}"
            for predicate, values in self._spo[key].items()
            for value in values
        )
        return f"({' '.join(inner)})" if inner else key

    def _one(self, node: str, name: str) -> str | None:
        values = self._spo[node].get(OWL + name) if node in self._spo else None
        return values[0] if values else None

    def _members(self, head: str) -> list[str]:
        found: list[str] = []
        while head != RDF + "nil" and len(found) <= len(self._spo):
            first, rest = self._spo[head].get(RDF + "first"), self._spo[head].get(RDF + "rest")
            if not first or not rest:
                break  # a list that is cut off
            found.append(first[0])
            head = rest[0]
        return found

    def _closure(self, predicate: str) -> dict[str, set[str]]:
        closed = {s: set(po[predicate]) for s, po in self._spo.items() if predicate in po}
        for start in closed:
            todo = list(closed[start])
            while todo:
                node = todo.pop()
                for above in self._spo[node].get(predicate, ()) if node in self._spo else ():
                    if above not in closed[start]:
                        closed[start].add(above)
                        todo.append(above)
        return closed


def _binary(steps: list[str], result: str, head: str) -> list[tuple[str, str, str]]:
    """Split a chain of any length into steps of two, through properties of its own."""
    found = []
    while len(steps) > 2:
        middle = f"_:chain{head}{len(steps)}"
        found.append((steps[0], steps[1], middle))
        steps = [middle, *steps[2:]]
    return [*found, (steps[0], steps[1], result)] if len(steps) == 2 else found


def _key(term: NamedNode | BlankNode | Literal | Triple) -> str:
    if isinstance(term, NamedNode):
        return term.value
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    return f"literal:{term.value}^{term.datatype.value}" if isinstance(term, Literal) else f"triple:{term}"
