"""Completion: the hierarchy and the relations that follow in the part of OWL that needs no case distinction (EL).

It applies the rules of :mod:`dystonia_kg.reasoning.materialise` until nothing new follows, in polynomial time and
without a JVM. It is sound for any ontology, and complete for those that use named classes, conjunction, existential
restrictions, sub-properties, chains, domains, ranges and disjointness only.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping

from dystonia_kg.reasoning.structure import NOTHING, THING, Node, Structure, is_named


class Completion:
    """All that follows, with the rule that gave each fact first.

    ``supers`` holds for each node what is above it, ``related`` for each node and property the fillers.

    :param hierarchy: superclasses of named classes that a reasoner derived, to start from
    """

    def __init__(self, structure: Structure, hierarchy: Mapping[str, Iterable[str]] | None = None) -> None:
        self.structure = structure
        self.supers: dict[Node, dict[Node, str]] = defaultdict(dict)
        self.related: dict[Node, dict[str, dict[Node, str]]] = defaultdict(lambda: defaultdict(dict))
        self._subs: dict[Node, set[Node]] = defaultdict(set)
        self._into: dict[Node, dict[str, set[Node]]] = defaultdict(lambda: defaultdict(set))
        self._shared: dict[Node, list[tuple[str, Node]]] = defaultdict(list)  # what holds of a union as a whole
        self._queue: deque[tuple[Node, Node] | tuple[Node, str, Node]] = deque()
        self._made_of: dict[Node, list[Node]] = defaultdict(list)
        self._some_of: dict[Node, list[tuple[str, Node]]] = defaultdict(list)
        self._in_unions: dict[Node, list[Node]] = defaultdict(list)
        self._index()
        for cls in sorted(structure.classes):
            self._ensure(cls)
        self._drain()
        for cls, above in (hierarchy or {}).items():
            for sup in above:
                self._ensure(cls)
                self._below(cls, sup, "reasoner")
        self._drain()
        while self._apply_unions():
            self._drain()

    def _index(self) -> None:
        for node, parts in self.structure.conjunctions.items():
            for part in parts:
                self._made_of[part].append(node)
        for node, (prop, filler) in self.structure.somes.items():
            self._some_of[filler].append((prop, node))
        for node, parts in self.structure.unions.items():
            for part in parts:
                self._in_unions[part].append(node)

    def _ensure(self, node: Node) -> None:
        if node not in self.supers:
            self.supers[node][node] = "self"
            self._queue.append((node, node))
            self._below(node, THING, "self")

    def _below(self, node: Node, above: Node, rule: str) -> None:
        if above not in self.supers[node]:
            self.supers[node][above] = rule
            self._subs[above].add(node)
            self._queue.append((node, above))

    def _relate(self, node: Node, prop: str, filler: Node, rule: str) -> None:
        if filler not in self.related[node][prop]:
            self._ensure(filler)
            self.related[node][prop][filler] = rule
            self._into[filler][prop].add(node)
            self._queue.append((node, prop, filler))

    def _drain(self) -> None:
        while self._queue:
            fact = self._queue.popleft()
            if len(fact) == 2:
                self._extend_class(*fact)
            else:
                self._extend_relation(*fact)

    # ------------------------------------------------------------------ rules

    def _extend_class(self, node: Node, above: Node) -> None:
        structure, mine = self.structure, self.supers[node]
        rule = self._passed_on(node, above)
        for parent in structure.told.get(above, ()):
            self._below(node, parent, rule)
        for part in structure.conjunctions.get(above, ()):
            self._below(node, part, rule)
        if above in structure.somes:
            self._relate(node, *structure.somes[above], rule)
        for whole in self._made_of.get(above, ()):
            if all(part in mine for part in structure.conjunctions[whole]):
                self._below(node, whole, "definition")
        for union in self._in_unions.get(above, ()):
            self._below(node, union, "union")
        for prop, filler in self._shared.get(above, ()):
            self._relate(node, prop, filler, "subclass")
        if not mine.keys().isdisjoint(structure.disjoint.get(above, ())):
            self._below(node, NOTHING, "disjoint")
        for prop, some in self._some_of.get(above, ()):
            for start in list(self._into[node].get(prop, ())):
                self._below(start, some, "definition")
        if above == NOTHING:
            for starts in list(self._into[node].values()):
                for start in list(starts):
                    self._below(start, NOTHING, "disjoint")

    def _passed_on(self, node: Node, above: Node) -> str:
        """Return the rule of what follows from being below ``above``: the same, if that is part of one axiom."""
        if node == above:
            return "asserted"
        return "subclass" if is_named(above) else self.supers[node][above]

    def _extend_relation(self, node: Node, prop: str, filler: Node) -> None:
        structure = self.structure
        above = self.supers[filler]
        for cls in list(above):
            for wanted, some in self._some_of.get(cls, ()):
                if wanted == prop:
                    self._below(node, some, "definition")
        if NOTHING in above:
            self._below(node, NOTHING, "disjoint")
        for domain in structure.domains.get(prop, ()):
            self._below(node, domain, "domain")
        for needed in structure.ranges.get(prop, ()):
            if needed not in above:
                both = structure.conjunction(filler, needed)
                for part in (filler, needed):
                    if both not in self._made_of[part]:
                        self._made_of[part].append(both)
                self._relate(node, prop, both, "range")
        for wider in structure.superproperties.get(prop, ()):
            self._relate(node, wider, filler, "subproperty")
        if prop in structure.transitive:
            self._compose(node, prop, filler, prop, prop, prop, "transitive")
        for first, second, result in structure.chains:
            if prop in (first, second):
                self._compose(node, prop, filler, first, second, result, "chain")

    def _compose(self, node: Node, prop: str, filler: Node, first: str, second: str, result: str, rule: str) -> None:
        if prop == first:
            for end in list(self.related[filler].get(second, ())):
                self._relate(node, result, end, rule)
        if prop == second:
            for start in list(self._into[node].get(first, ())):
                self._relate(start, result, filler, rule)

    def _apply_unions(self) -> bool:
        """Put a union below what all its members are below, and relate it to what all are related to."""
        grew = False
        for union, parts in sorted(self.structure.unions.items()):
            if union not in self._subs and union not in self.supers:
                continue
            for part in (union, *parts):
                self._ensure(part)
            self._drain()
            for above in set.intersection(*(set(self.supers[part]) for part in parts)):
                for node in (union, *self._subs[union]):
                    if above not in self.supers[node]:
                        self._below(node, above, "union")
                        grew = True
            for prop, filler in set.intersection(*(self._edges(part) for part in parts)):
                if (prop, filler) not in self._edges(union):
                    self._shared[union].append((prop, filler))
                    for node in (union, *self._subs[union]):
                        self._relate(node, prop, filler, "union")
                    grew = True
        return grew

    def _edges(self, node: Node) -> set[tuple[str, Node]]:
        return {
            (prop, above)
            for prop, fillers in self.related[node].items()
            for filler in fillers
            for above in self.supers[filler]
            if above != THING
        }
