"""Justifications worked out when releasing: why syndromes and disorders stand where they do, and their relations.

What the named queries and filters rest on is explained: every inferred placement of a syndrome or a disorder, and each
of its direct edges through a relation of ours or one by which one can filter. Two copies of the ontology share the
work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any, NamedTuple

from pyoxigraph import NamedNode, Triple

from dystonia_kg.places import Places
from dystonia_kg.reasoning.materialise import Edge
from dystonia_kg.reasoning.owlapi import Axiom, Classification, Ontology
from dystonia_kg.vocab import DYST
from dystonia_kg.walk import reached

KINDS = ("DystoniaSyndrome", "DystoniaDisorder")
_SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
_SOURCE = "http://purl.org/dc/terms/source"
_DEFINITION_SOURCE = "http://purl.obolibrary.org/obo/IAO_0000119"
_FILTER = DYST + "filterKeyword"


class Question(NamedTuple):
    """What is to be explained: a placement, or an edge if there is a relation."""

    sub: str
    sup: str
    relation: str | None = None


def questions(classification: Classification, asserted: Iterable[Triple], edges: Iterable[Edge]) -> list[Question]:
    """Return what a release explains, sorted."""
    asserted = list(asserted)
    filters = {t.subject.value for t in asserted if t.predicate.value == _FILTER and isinstance(t.subject, NamedNode)}
    kinds = {DYST + kind for kind in KINDS}
    subjects = {sub for sub, above in classification.superclasses.items() if above & kinds}
    related = {
        Question(e.subject, e.object, e.predicate)
        for e in edges
        if e.subject in subjects and (e.predicate in filters or e.predicate.startswith(DYST))
    }
    placed = [Question(*pair) for pair in placements(classification, asserted)]
    return [*placed, *sorted(related, key=lambda q: (q.sub, q.relation or "", q.sup))]


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
    ontologies: list[Ontology],
    asked: list[Question],
    asserted: Iterable[Triple],
    places: Places,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Return one minimal justification of each question, as the release stores them.

    :param ontologies: copies of one ontology, among which the work is shared
    """
    done = count(1)
    answers: dict[Question, tuple[Axiom, ...]] = {}

    def answer(share: int) -> None:
        """Answer one share in its order: what is found by analogy depends on what was found before."""
        for question in asked[share :: len(ontologies)]:
            groups = ontologies[share].explain(question.sub, question.sup, relation=question.relation)
            answers[question] = groups[0] if groups else ()
            progress(next(done), len(asked))

    with ThreadPoolExecutor(len(ontologies)) as pool:
        list(pool.map(answer, range(len(ontologies))))
    table = _Table(sources_by_subject(asserted), places)
    because: dict[str, dict[str, list[int]]] = {}
    related: dict[str, dict[str, dict[str, list[int]]]] = {}
    for question in asked:
        numbers = [table.number(axiom) for axiom in answers[question]]
        if question.relation is None:
            because.setdefault(question.sub, {})[question.sup] = numbers
        else:
            related.setdefault(question.sub, {}).setdefault(question.relation, {})[question.sup] = numbers
    return {"axioms": table.rows, "because": because, "related": related}


def sources_by_subject(asserted: Iterable[Triple]) -> dict[str, tuple[str, ...]]:
    """Return, for each term, the publications on which its statements rest; failing those, its definition's."""
    given: dict[str, dict[str, list[str]]] = {}
    for triple in asserted:
        if triple.predicate.value not in (_SOURCE, _DEFINITION_SOURCE):
            continue
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
            by_property = given.setdefault(triple.subject.value, {})
            by_property.setdefault(triple.predicate.value, []).append(triple.object.value)
    return {term: tuple(sorted(by.get(_SOURCE) or by[_DEFINITION_SOURCE])) for term, by in given.items()}


class _Table:
    """The axioms of all justifications, each once."""

    def __init__(self, sources: Mapping[str, tuple[str, ...]], places: Places) -> None:
        self.rows: list[dict[str, Any]] = []
        self._known: dict[str, int] = {}
        self._sources = sources
        self._places = places

    def number(self, axiom: Axiom) -> int:
        if axiom.functional not in self._known:
            self._known[axiom.functional] = len(self.rows)
            self.rows.append(self._row(axiom))
        return self._known[axiom.functional]

    def _row(self, axiom: Axiom) -> dict[str, Any]:
        row = {
            "text": axiom.text,
            "subject": axiom.subject,
            "sources": list(axiom.sources or self._sources.get(axiom.subject or "", ())),
            "place": self._places.find(axiom.kind, axiom.subject, axiom.signature),
            "terms": list(axiom.signature),
            "words": [words for words in axiom.readings if words],
            "functional": axiom.functional,
        }
        return row if axiom.note is None else {**row, "full": axiom.manchester}


def _asserted_closure(triples: Iterable[Triple]) -> dict[str, set[str]]:
    direct: dict[str, set[str]] = {}
    for triple in triples:
        if triple.predicate.value != _SUBCLASS:
            continue
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
            direct.setdefault(triple.subject.value, set()).add(triple.object.value)
    return {start: reached(start, lambda node: direct.get(node, ())) for start in direct}
