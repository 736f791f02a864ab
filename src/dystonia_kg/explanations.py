"""Why one class is below another: justifications shipped with the release, or worked out on demand."""

from __future__ import annotations

import json
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import NamedNode

from dystonia_kg.terms import Source, Term
from dystonia_kg.vocab import PREFIXES

if TYPE_CHECKING:
    from dystonia_kg.graph import KnowledgeGraph
    from dystonia_kg.release import Release

_SUBCLASS = NamedNode(PREFIXES["rdfs"] + "subClassOf")


class Reason(NamedTuple):
    """One axiom of a justification, in Manchester syntax with labels, and the publications on which it rests."""

    text: str
    sources: tuple[Source, ...]


class Explanation(NamedTuple):
    """A minimal set of axioms from which a placement follows. Falsy if it does not follow."""

    sub: Term
    sup: Term
    holds: bool
    reasons: tuple[Reason, ...]

    def __bool__(self) -> bool:
        return self.holds

    @property
    def axioms(self) -> tuple[str, ...]:
        """The axioms alone."""
        return tuple(reason.text for reason in self.reasons)

    @property
    def sources(self) -> tuple[Source, ...]:
        """All publications on which the axioms rest."""
        return tuple(dict.fromkeys(source for reason in self.reasons for source in reason.sources))

    @property
    def sentence(self) -> str:
        """The explanation in one line."""
        if not self.holds:
            return f"It does not follow that every {self.sub.label} is a {self.sup.label}."
        if not self.reasons:
            return f"{self.sub.label} and {self.sup.label} are the same."
        return f"Every {self.sub.label} is a {self.sup.label}, because " + "; ".join(self.axioms) + "."

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: labels, CURIEs, axioms with their sources."""
        return {
            "sub": self.sub.curie,
            "sup": self.sup.curie,
            "holds": self.holds,
            "because": [{"axiom": r.text, "sources": [s.key for s in r.sources]} for r in self.reasons],
        }

    def __str__(self) -> str:
        if not self.holds or not self.reasons:
            return self.sentence
        lines = [f"Every {self.sub.label} is a {self.sup.label}, because:"]
        for number, reason in enumerate(self.reasons, 1):
            lines.append(f"  {number}. {reason.text}")
            if reason.sources:
                lines.append(f"     sources: {', '.join(source.key for source in reason.sources)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if not self.reasons:
            return f"<p>{escape(self.sentence)}</p>"
        items = "".join(
            f"<li>{escape(r.text)} <small>{escape(', '.join(s.key for s in r.sources))}</small></li>" for r in self.reasons
        )
        return f"<p>Every {escape(self.sub.label)} is a {escape(self.sup.label)}, because:</p><ol>{items}</ol>"


def explain(kg: KnowledgeGraph, sub: Term, sup: Term) -> Explanation:
    """Explain a placement: from the release, from a chain of asserted axioms, or by the reasoner.

    :raises MissingExtraError: if only the reasoner could tell and it is not installed
    """
    if sub == sup:
        return Explanation(sub, sup, True, ())
    if not kg.is_a(sub, sup):
        return Explanation(sub, sup, False, ())
    shipped = _shipped(kg._release)
    numbers = shipped["because"].get(sub.iri, {}).get(sup.iri)
    if numbers is not None:
        reasons = tuple(
            Reason(axiom["text"], tuple(kg._source(iri) for iri in axiom["sources"]))
            for axiom in (shipped["axioms"][number] for number in numbers)
        )
        return Explanation(sub, sup, True, reasons)
    chain = _asserted_chain(kg, sub, sup)
    return Explanation(sub, sup, True, chain if chain is not None else _worked_out(kg, sub, sup))


@lru_cache(maxsize=4)
def _shipped(release: Release) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(release.read("explanations.json"))
    return found


def _asserted_chain(kg: KnowledgeGraph, sub: Term, sup: Term) -> tuple[Reason, ...] | None:
    """Return the shortest chain of asserted subclass axioms, if there is one."""
    came_from: dict[str, str] = {sub.iri: ""}
    todo = [sub.iri]
    for node in todo:  # grows while it is walked: breadth first
        if node == sup.iri:
            break
        for quad in kg._store.quads_for_pattern(NamedNode(node), _SUBCLASS, None):
            asserted = not quad.graph_name.value.endswith("/inferred") if isinstance(quad.graph_name, NamedNode) else True
            if asserted and isinstance(quad.object, NamedNode) and quad.object.value not in came_from:
                came_from[quad.object.value] = node
                todo.append(quad.object.value)
    if sup.iri not in came_from:
        return None
    steps = []
    node = sup.iri
    while came_from[node]:
        steps.append(_step(kg, came_from[node], node))
        node = came_from[node]
    return tuple(reversed(steps))


def _step(kg: KnowledgeGraph, sub: str, sup: str) -> Reason:
    term = kg._at(sub)
    own = tuple(kg._source(iri) for iri in kg._objects(sub, PREFIXES["dcterms"] + "source"))
    return Reason(f"{term.label} SubClassOf {kg._at(sup).label}", own)


def _worked_out(kg: KnowledgeGraph, sub: Term, sup: Term) -> tuple[Reason, ...]:
    from dystonia_kg.reasoning.owlapi import Ontology

    quads = kg._store.quads_for_pattern(None, None, None)
    skipped = ("/inferred", "/mappings", "/associations")
    ontology = Ontology({q.triple for q in quads if not str(getattr(q.graph_name, "value", "")).endswith(skipped)})
    groups = ontology.explain(sub.iri, sup.iri)
    if not groups:
        return ()
    return tuple(
        Reason(a.manchester, tuple(kg._source(s) for s in a.sources or _sources_of(kg, a.subject))) for a in groups[0]
    )


def _sources_of(kg: KnowledgeGraph, subject: str | None) -> list[str]:
    if subject is None:
        return []
    return kg._objects(subject, PREFIXES["dcterms"] + "source") or kg._objects(subject, PREFIXES["obo"] + "IAO_0000119")
