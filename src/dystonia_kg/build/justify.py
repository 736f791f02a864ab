"""Justifications worked out when releasing: why each syndrome and disorder stands where the reasoner put it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pyoxigraph import NamedNode, Triple

from dystonia_kg.reasoning.owlapi import Axiom, Classification, Ontology
from dystonia_kg.vocab import DYST

KINDS = ("DystoniaSyndrome", "DystoniaDisorder")
_SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
_SOURCE = "http://purl.org/dc/terms/source"
_DEFINITION_SOURCE = "http://purl.obolibrary.org/obo/IAO_0000119"


def placements(classification: Classification, asserted: Iterable[Triple]) -> list[tuple[str, str]]:
    """Return the inferred (class, superclass) pairs of syndromes and disorders that no chain of assertions gives."""
    roots = {DYST + kind for kind in KINDS}
    stated = _asserted_closure(asserted)
    return [
        (sub, sup)
        for sub, above in sorted(classification.superclasses.items())
        if sub.startswith(DYST) and above & roots
        for sup in sorted(above)
        if sup.startswith(DYST) and sup not in stated.get(sub, ())
    ]


def justifications(
    ontology: Ontology, pairs: list[tuple[str, str]], asserted: Iterable[Triple], progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Return one minimal justification of each pair, as the release stores them."""
    sources = sources_by_subject(asserted)
    axioms: dict[str, int] = {}
    table: list[dict[str, Any]] = []
    because: dict[str, dict[str, list[int]]] = {}
    for done, (sub, sup) in enumerate(pairs, 1):
        groups = ontology.explain(sub, sup, limit=1)
        if not groups:
            continue
        because.setdefault(sub, {})[sup] = [_number(axiom, axioms, table, sources) for axiom in groups[0]]
        progress(done, len(pairs))
    return {"axioms": table, "because": because}


def sources_by_subject(asserted: Iterable[Triple]) -> dict[str, tuple[str, ...]]:
    """Return, for each term, the publications on which its statements rest; failing those, its definition's."""
    given: dict[str, dict[str, list[str]]] = {}
    for triple in asserted:
        if triple.predicate.value in (_SOURCE, _DEFINITION_SOURCE) and isinstance(triple.object, NamedNode):
            if isinstance(triple.subject, NamedNode):
                given.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, []).append(triple.object.value)
    return {term: tuple(sorted(by.get(_SOURCE) or by[_DEFINITION_SOURCE])) for term, by in given.items()}


def _number(
    axiom: Axiom, known: dict[str, int], table: list[dict[str, Any]], sources: Mapping[str, tuple[str, ...]]
) -> int:
    if axiom.functional not in known:
        known[axiom.functional] = len(table)
        cited = axiom.sources or sources.get(axiom.subject or "", ())
        table.append({"text": axiom.manchester, "subject": axiom.subject, "sources": list(cited)})
    return known[axiom.functional]


def _asserted_closure(triples: Iterable[Triple]) -> dict[str, set[str]]:
    direct: dict[str, set[str]] = {}
    for triple in triples:
        if triple.predicate.value == _SUBCLASS and isinstance(triple.subject, NamedNode):
            if isinstance(triple.object, NamedNode):
                direct.setdefault(triple.subject.value, set()).add(triple.object.value)
    closed: dict[str, set[str]] = {}
    for start in direct:
        seen: set[str] = set()
        todo = list(direct[start])
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo.extend(direct.get(node, ()))
        closed[start] = seen
    return closed
