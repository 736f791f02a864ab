"""Direct edges that follow from OWL axioms, as relation-graph makes them.

``A p B`` holds between named classes if and only if every ``A`` stands in ``p`` to some ``B``. The edges are read off
the existential restrictions, through these rules, each named in the result:

``asserted``      A SubClassOf (or EquivalentTo, as a conjunct) p some B; a count of at least one is such a statement too
``subclass``      A SubClassOf A2, A2 p B gives A p B
``filler``        A p B, B SubClassOf B2 gives A p B2
``subproperty``   p SubPropertyOf q, A p B gives A q B
``transitive``    transitive p: A p B, B p C gives A p C
``chain``         p o q SubPropertyOf r: A p B, B q C gives A r C
``union``         A is below a union whose every member stands in p to B

An inverse restriction does not follow and is not made up; nothing is derived from ``only``, negation, domain or range.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

_OWL = "http://www.w3.org/2002/07/owl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"

Node = str  # an IRI, or "_:id" for a class expression


class Edge(NamedTuple):
    """A direct edge between two named classes and the rule that made it first."""

    subject: str
    predicate: str
    object: str
    rule: str


def materialise_edges(triples: Iterable[Triple], hierarchy: Mapping[str, Iterable[str]]) -> list[Edge]:
    """Return every direct edge between named classes, sorted.

    :param triples: the ontology as RDF
    :param hierarchy: for each named class, all named classes above it, as a reasoner derives them
    """
    reader = _Reader(triples)
    state = _Saturation(reader, hierarchy)
    state.run()
    return sorted(
        Edge(s, p, o, rule) for (s, p, o), rule in state.rule.items() if not s.startswith("_:") and not o.startswith("_:")
    )


class _Reader:
    """The part of an OWL graph that matters here: restrictions, conjunctions, unions and property axioms."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.spo: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            self.spo[_key(triple.subject)][triple.predicate.value].append(_key(triple.object))
        self.superproperties = self._closure(_RDFS + "subPropertyOf")
        self.transitive = {s for s, po in self.spo.items() if _OWL + "TransitiveProperty" in po.get(_RDF + "type", ())}
        self.chains = self._chains()

    def one(self, node: str, predicate: str) -> str | None:
        values = self.spo[node].get(_OWL + predicate) if node in self.spo else None
        return values[0] if values else None

    def members(self, head: str) -> list[str]:
        found = []
        while head != _RDF + "nil":
            found.extend(self.spo[head][_RDF + "first"])
            head = self.spo[head][_RDF + "rest"][0]
        return found

    def _closure(self, predicate: str) -> dict[str, set[str]]:
        closed = {s: set(po[predicate]) for s, po in self.spo.items() if predicate in po}
        for start in closed:
            todo = list(closed[start])
            while todo:
                for above in self.spo.get(todo.pop(), {}).get(predicate, ()):
                    if above not in closed[start]:
                        closed[start].add(above)
                        todo.append(above)
        return closed

    def _chains(self) -> list[tuple[str, str, str]]:
        found = []
        for prop, po in list(self.spo.items()):
            for head in po.get(_OWL + "propertyChainAxiom", ()):
                found.extend(_binary(self.members(head), prop, head))
        return found


def _binary(steps: list[str], result: str, head: str) -> list[tuple[str, str, str]]:
    """Split a chain of any length into steps of two, through properties of its own."""
    found = []
    while len(steps) > 2:
        middle = f"_:chain{head}{len(steps)}"
        found.append((steps[0], steps[1], middle))
        steps = [middle, *steps[2:]]
    return [*found, (steps[0], steps[1], result)]


class _Saturation:
    def __init__(self, reader: _Reader, hierarchy: Mapping[str, Iterable[str]]) -> None:
        self.reader = reader
        self.supers: dict[Node, set[Node]] = {cls: set(above) for cls, above in hierarchy.items()}
        self.subs: dict[Node, set[Node]] = defaultdict(set)
        self.rule: dict[tuple[Node, str, Node], str] = {}
        self.out: dict[tuple[Node, str], set[Node]] = defaultdict(set)
        self.into: dict[tuple[Node, str], set[Node]] = defaultdict(set)
        self.unions: list[tuple[Node, list[Node]]] = []
        self.queue: deque[tuple[Node, str, Node]] = deque()
        self.starts: list[tuple[Node, str, Node]] = []
        self.expressions: dict[str, Node] = {}
        self._read_axioms()
        for node, above in self.supers.items():
            for sup in above:
                self.subs[sup].add(node)

    def _read_axioms(self) -> None:
        for subject in list(self.reader.spo):
            if subject.startswith("_:"):
                continue
            axioms = self.reader.spo[subject]
            for target in (*axioms.get(_RDFS + "subClassOf", ()), *axioms.get(_OWL + "equivalentClass", ())):
                self._state(subject, target)

    def _state(self, node: Node, expression: str) -> None:
        """Record that ``node`` is below a class expression."""
        if not expression.startswith("_:"):
            if node.startswith("_:"):
                self.supers[node] |= {expression, *self.supers.get(expression, ())}
            return
        reader = self.reader
        conjuncts, disjuncts = reader.one(expression, "intersectionOf"), reader.one(expression, "unionOf")
        if conjuncts:
            for part in reader.members(conjuncts):
                self._state(node, part)
        elif disjuncts:
            self.unions.append((node, [self._node(part) for part in reader.members(disjuncts)]))
        else:
            self._state_restriction(node, expression)

    def _state_restriction(self, node: Node, expression: str) -> None:
        prop = self.reader.one(expression, "onProperty")
        filler = self._filler(expression)
        if prop and filler and self.reader.one(filler, "onDatatype") is None:
            self.starts.append((node, prop, self._node(filler)))

    def _filler(self, expression: str) -> str | None:
        some = self.reader.one(expression, "someValuesFrom")
        if some:
            return some
        for cardinality in ("minQualifiedCardinality", "qualifiedCardinality"):
            count = self.reader.one(expression, cardinality)
            if count and int(count.removeprefix("literal:")) > 0:
                return self.reader.one(expression, "onClass")
        return None

    def _node(self, expression: str) -> Node:
        """Return the node of a class expression, which stands for it like a class without a name."""
        if expression.startswith("_:") and expression not in self.expressions:
            self.expressions[expression] = expression
            self.supers.setdefault(expression, set())
            self._state(expression, expression)
        return expression

    def run(self) -> None:
        self._place_unions()
        for s, p, o in self.starts:
            self._add(s, p, o, "asserted")
        self._drain()
        while self._apply_unions():
            self._drain()

    def _place_unions(self) -> None:
        """Put a union node below every class that all its members are below."""
        for node, members in self.unions:
            if node.startswith("_:"):
                common = set.intersection(*({m, *self.supers.get(m, ())} for m in members))
                self.supers[node] |= common
                for sup in common:
                    self.subs[sup].add(node)

    def _apply_unions(self) -> bool:
        grew = False
        for node, members in self.unions:
            shared = set.intersection(*({(p, o) for (s, p, o) in self.rule if s == m} for m in members))
            for p, o in shared:
                if (node, p, o) not in self.rule:
                    self._add(node, p, o, "union")
                    grew = True
        return grew

    def _add(self, s: Node, p: str, o: Node, rule: str) -> None:
        if (s, p, o) not in self.rule:
            self.rule[s, p, o] = rule
            self.out[s, p].add(o)
            self.into[o, p].add(s)
            self.queue.append((s, p, o))

    def _drain(self) -> None:
        while self.queue:
            s, p, o = self.queue.popleft()
            for sub in self.subs.get(s, ()):
                self._add(sub, p, o, "subclass")
            for sup in self.supers.get(o, ()):
                self._add(s, p, sup, "filler")
            for wider in self.reader.superproperties.get(p, ()):
                self._add(s, wider, o, "subproperty")
            if p in self.reader.transitive:
                self._compose(s, p, o, p, p, p, "transitive")
            for first, second, result in self.reader.chains:
                if p in (first, second):
                    self._compose(s, p, o, first, second, result, "chain")

    def _compose(self, s: Node, p: str, o: Node, first: str, second: str, result: str, rule: str) -> None:
        if p == first:
            for end in list(self.out.get((o, second), ())):
                self._add(s, result, end, rule)
        if p == second:
            for start in list(self.into.get((s, first), ())):
                self._add(start, result, o, rule)


def _key(term: NamedNode | BlankNode | Literal | Triple) -> str:
    if isinstance(term, NamedNode):
        return term.value
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    return f"literal:{term.value}" if isinstance(term, Literal) else f"triple:{term}"
