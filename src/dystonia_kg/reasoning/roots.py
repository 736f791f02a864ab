"""Which of several impossible classes are impossible by themselves, and which only because they mention another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from pyoxigraph import BlankNode, NamedNode, Triple

from dystonia_kg.vocab import DYST

_TOLD = frozenset(
    (
        "http://www.w3.org/2000/01/rdf-schema#subClassOf",
        "http://www.w3.org/2002/07/owl#equivalentClass",
    )
)


def roots_first(triples: Iterable[Triple], classes: Collection[str]) -> list[str]:
    """Return impossible classes, those first whose own axioms mention fewest of the others, ours before imported."""
    mentions = _Mentions(triples)
    wanted = set(classes)

    def others(cls: str) -> int:
        return len((mentions(cls) & wanted) - {cls})

    return sorted(classes, key=lambda cls: (others(cls), not cls.startswith(DYST), cls))


class _Mentions:
    def __init__(self, triples: Iterable[Triple]) -> None:
        self.told: dict[str, list[object]] = defaultdict(list)
        self.inner: dict[BlankNode, list[object]] = defaultdict(list)
        for triple in triples:
            if isinstance(triple.subject, BlankNode):
                self.inner[triple.subject].append(triple.object)
            elif isinstance(triple.subject, NamedNode) and triple.predicate.value in _TOLD:
                self.told[triple.subject.value].append(triple.object)

    def __call__(self, cls: str) -> set[str]:
        """Return the IRIs in the axioms that say what a class is."""
        found: set[str] = set()
        todo, seen = list(self.told.get(cls, ())), set()
        while todo:
            value = todo.pop()
            if isinstance(value, NamedNode):
                found.add(value.value)
            elif isinstance(value, BlankNode) and value not in seen:
                seen.add(value)
                todo.extend(self.inner.get(value, ()))
        return found
