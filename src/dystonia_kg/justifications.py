"""Finding an explanation: in the release, as a chain of asserted axioms, or by the reasoner."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from dystonia_kg.explanations import Explanation, Reason
from dystonia_kg.facts import source
from dystonia_kg.names import with_article
from dystonia_kg.places import Places
from dystonia_kg.reasoning.english import Clause, Readings
from dystonia_kg.vocab import GRAPH, PREFIXES

if TYPE_CHECKING:
    from dystonia_kg.graph import KnowledgeGraph
    from dystonia_kg.reasoning.owlapi import Axiom
    from dystonia_kg.release import Release
    from dystonia_kg.terms import Term

_SUBCLASS = NamedNode(PREFIXES["rdfs"] + "subClassOf")
_NOTHING = PREFIXES["owl"] + "Nothing"
_INFERRED = NamedNode(GRAPH + "inferred")

Reasons = tuple[Reason, ...]


def explain(
    kg: KnowledgeGraph, sub: Term, sup: Term, predicate: Term | None, *, limit: int = 1, timeout: float | None = None
) -> Explanation:
    """Explain a placement or, with a predicate, a relation.

    Where one set of axioms is asked for, the release or the assertions often tell it, and no JVM is needed.

    :raises MissingExtraError: if only the reasoner could tell and it is not installed
    """
    if limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    if predicate is None and sub == sup:
        return Explanation(sub, sup, True, ())
    if not _holds(kg, sub, sup, predicate):
        return Explanation(sub, sup, False, (), (), predicate)
    known = _known(kg, sub, sup, predicate) if limit == 1 else None
    found = [known] if known is not None else _worked_out(kg, sub, sup, predicate, limit, timeout)
    return Explanation(sub, sup, bool(found), found[0] if found else (), tuple(found), predicate)


def explain_without_reasoner(kg: KnowledgeGraph, sub: Term, sup: Term) -> Explanation | None:
    """Explain a placement if the release or the assertions tell why; None if they do not."""
    known = _known(kg, sub, sup, None)
    return None if known is None else Explanation(sub, sup, True, known, (known,))


def _known(kg: KnowledgeGraph, sub: Term, sup: Term, predicate: Term | None) -> Reasons | None:
    found = _shipped(kg, sub, sup, predicate)
    return _asserted_chain(kg, sub, sup) if found is None and predicate is None else found


def _holds(kg: KnowledgeGraph, sub: Term, sup: Term, predicate: Term | None) -> bool:
    """Tell whether there is something to explain; what the graph does not tell is left to the reasoner."""
    if not kg._classified or sup.iri == _NOTHING:
        return True
    if predicate is None:
        return kg.is_a(sub, sup)
    edge = NamedNode(sub.iri), NamedNode(predicate.iri), NamedNode(sup.iri)
    return next(iter(kg._quads(*edge, _INFERRED)), None) is not None


def _shipped(kg: KnowledgeGraph, sub: Term, sup: Term, predicate: Term | None) -> Reasons | None:
    shipped = _explanations(kg._release)
    if predicate is None:
        numbers = shipped["because"].get(sub.iri, {}).get(sup.iri)
    else:
        numbers = shipped.get("related", {}).get(sub.iri, {}).get(predicate.iri, {}).get(sup.iri)
    return None if numbers is None else tuple(_from_row(kg, shipped["axioms"][number]) for number in numbers)


@lru_cache(maxsize=4)
def _explanations(release: Release) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(release.read("explanations.json"))
    return found


def _from_row(kg: KnowledgeGraph, row: dict[str, Any]) -> Reason:
    words = row.get("words") or [row["text"]]
    return Reason(
        row["text"],
        tuple(source(kg, iri) for iri in row["sources"]),
        row.get("place"),
        Clause(row["subject"], row.get("terms", ()), Readings(*words)),
        row.get("full", row["text"]),
        row.get("functional", ""),
    )


def _asserted_chain(kg: KnowledgeGraph, sub: Term, sup: Term) -> Reasons | None:
    """Return the shortest chain of asserted subclass axioms, if there is one."""
    came_from: dict[str, str] = {sub.iri: ""}
    todo = [sub.iri]
    for node in todo:  # grows while it is walked: breadth first
        if node == sup.iri:
            break
        for quad in kg._quads(NamedNode(node), _SUBCLASS, None):
            if (
                quad.graph_name != _INFERRED
                and isinstance(quad.object, NamedNode)
                and quad.object.value not in came_from
            ):
                came_from[quad.object.value] = node
                todo.append(quad.object.value)
    if sup.iri not in came_from:
        return None
    steps: list[Reason] = []
    node = sup.iri
    while came_from[node]:
        steps.append(_step(kg, came_from[node], node))
        node = came_from[node]
    return tuple(reversed(steps))


def _step(kg: KnowledgeGraph, sub: str, sup: str) -> Reason:
    one, other = kg._at(sub).label, kg._at(sup).label
    text = f"{one} SubClassOf {other}"
    return Reason(
        text,
        tuple(source(kg, iri) for iri in kg._objects(sub, PREFIXES["dcterms"] + "source")),
        _place(kg, "SubClassOf", sub, (sub, sup)),
        Clause(sub, (sub, sup), Readings(f"every {one} is {with_article(other)}")),
        text,
        f"SubClassOf(<{sub}> <{sup}>)",
    )


def _worked_out(
    kg: KnowledgeGraph, sub: Term, sup: Term, predicate: Term | None, limit: int, timeout: float | None
) -> list[Reasons]:
    relation = None if predicate is None else predicate.iri
    groups = kg.reasoner.ontology.explain(sub.iri, sup.iri, relation=relation, limit=limit, timeout=timeout)
    return [tuple(_from_axiom(kg, axiom) for axiom in group) for group in groups]


def _from_axiom(kg: KnowledgeGraph, axiom: Axiom) -> Reason:
    return Reason(
        axiom.text,
        tuple(source(kg, iri) for iri in axiom.sources or _sources_of(kg, axiom.subject)),
        _place(kg, axiom.kind, axiom.subject, axiom.signature),
        Clause(axiom.subject, axiom.signature, axiom.readings),
        axiom.manchester,
        axiom.functional,
    )


def _sources_of(kg: KnowledgeGraph, subject: str | None) -> list[str]:
    if subject is None:
        return []
    return kg._objects(subject, PREFIXES["dcterms"] + "source") or kg._objects(subject, PREFIXES["obo"] + "IAO_0000119")


def _place(kg: KnowledgeGraph, kind: str, subject: str | None, signature: tuple[str, ...]) -> str | None:
    """Return where an axiom stands: in the sources beside the release, or in what the user gave."""
    own = Places((text.name, text.text) for text in kg._texts)
    return own.find(kind, subject, signature) or _source_places(kg._release.folder.parent).find(
        kind, subject, signature
    )


@cache
def _source_places(root: Path) -> Places:
    return Places.of_sources(root)
