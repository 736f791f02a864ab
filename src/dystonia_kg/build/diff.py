"""What changed in the inferred hierarchy from one release to another: added, lost, moved, each with its explanation."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from dystonia_kg.graph import KnowledgeGraph, load
from dystonia_kg.vocab import DYST, GRAPH, PREFIXES

if TYPE_CHECKING:
    from dystonia_kg.terms import Term

_SUBCLASS = NamedNode(PREFIXES["rdfs"] + "subClassOf")
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_CLASS = NamedNode(PREFIXES["owl"] + "Class")
_OURS = NamedNode(GRAPH + "asserted")

#: What :func:`diff` compares: a loaded graph, or the folder of a release.
Side = KnowledgeGraph | str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Placement:
    """One inferred subclass pair that only one of the releases has, and why it holds there, in words."""

    sub: Term
    sup: Term
    because: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {"sub": self.sub.curie, "sup": self.sup.curie, "because": self.because}


@dataclass(frozen=True, slots=True)
class Change:
    """What changed for one class that both releases have: the nearest of the superclasses that it gained or lost."""

    term: Term
    gained: tuple[Placement, ...]
    lost: tuple[Placement, ...]

    @property
    def kind(self) -> str:
        """``moved`` if it gained and lost, else ``gained`` or ``lost``."""
        return "moved" if self.gained and self.lost else "gained" if self.gained else "lost"

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "term": self.term.curie,
            "kind": self.kind,
            "gained": [placement.to_dict() for placement in self.gained],
            "lost": [placement.to_dict() for placement in self.lost],
        }


@dataclass(frozen=True, slots=True)
class HierarchyDiff:
    """The difference of two inferred hierarchies. Falsy if there is none."""

    old: str
    new: str
    added: tuple[Term, ...]
    removed: tuple[Term, ...]
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changes)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: versions, CURIEs of classes, changes."""
        return {
            "old": self.old,
            "new": self.new,
            "added": [term.curie for term in self.added],
            "removed": [term.curie for term in self.removed],
            "changes": [change.to_dict() for change in self.changes],
        }

    def __str__(self) -> str:
        if not self:
            return f"{self.old} and {self.new}: the same inferred hierarchy"
        return "\n".join([f"{self.old} to {self.new}", *self._lines()])

    def _lines(self) -> Iterator[str]:
        for title, terms in (("added classes", self.added), ("removed classes", self.removed)):
            if terms:
                yield f"{title} ({len(terms)}):"
                yield from (f"  {term.label} ({term.curie})" for term in terms)
        for kind in ("moved", "gained", "lost"):
            changes = [change for change in self.changes if change.kind == kind]
            if changes:
                yield f"{_TITLES[kind]} ({len(changes)}):"
            for change in changes:
                yield f"  {change.term.label} ({change.term.curie})"
                for sign, placements in (("+", change.gained), ("-", change.lost)):
                    for placement in placements:
                        yield f"    {sign} {placement.sup.label}: {placement.because}"


_TITLES = {"moved": "moved", "gained": "with superclasses added", "lost": "with superclasses lost"}


def diff(old: Side, new: Side) -> HierarchyDiff:
    """Compare the inferred hierarchies of two releases.

    :param old: a graph or the folder of a release
    :param new: likewise
    :raises ReleaseError: if a release is missing, truncated or altered

    >>> import dystonia_kg as dkg
    >>> kg = dkg.load()
    >>> bool(dkg.diff(kg, kg))
    False
    """
    before, after = _graph(old), _graph(new)
    first, second = _hierarchy(before), _hierarchy(after)
    both = sorted(first.keys() & second.keys())
    changes = (_change(iri, before, after, first, second) for iri in both if first[iri] != second[iri])
    return HierarchyDiff(
        before.version,
        after.version,
        after._terms_of(second.keys() - first.keys()),
        before._terms_of(first.keys() - second.keys()),
        tuple(sorted((c for c in changes if c.gained or c.lost), key=lambda change: change.term)),
    )


def _graph(side: Side) -> KnowledgeGraph:
    return side if isinstance(side, KnowledgeGraph) else load(side)


def _hierarchy(kg: KnowledgeGraph) -> dict[str, frozenset[str]]:
    """Return all superclasses of each class of ours."""
    classes = (quad.subject for quad in kg._store.quads_for_pattern(None, _TYPE, _CLASS, _OURS))
    found = {cls.value for cls in classes if isinstance(cls, NamedNode) and cls.value.startswith(DYST)}
    return {iri: frozenset(above for above in kg._above(iri) if above.startswith(DYST)) for iri in found}


def _change(
    iri: str,
    before: KnowledgeGraph,
    after: KnowledgeGraph,
    first: dict[str, frozenset[str]],
    second: dict[str, frozenset[str]],
) -> Change:
    """Return what changed for a class; superclasses that only one release knows at all are told among the classes."""
    gained = {cls for cls in second[iri] - first[iri] if cls in first}
    lost = {cls for cls in first[iri] - second[iri] if cls in second}
    return Change(
        after._at(iri),
        _placements(after, iri, _nearest(gained, second)),
        _placements(before, iri, _nearest(lost, first)),
    )


def _nearest(classes: set[str], supers: dict[str, frozenset[str]]) -> list[str]:
    return sorted(c for c in classes if not any(c in supers.get(other, ()) for other in classes - {c}))


def _placements(kg: KnowledgeGraph, sub: str, sups: Iterable[str]) -> tuple[Placement, ...]:
    return tuple(Placement(kg._at(sub), kg._at(sup), _because(kg, sub, sup)) for sup in sups)


def _because(kg: KnowledgeGraph, sub: str, sup: str) -> str:
    """Return why, in words, as far as that is known without a reasoner."""
    from dystonia_kg.justifications import explain_without_reasoner

    explanation = explain_without_reasoner(kg, kg._at(sub), kg._at(sup))
    return explanation.in_words if explanation else "inferred; the release does not tell why"
