"""Logical definitions in Manchester syntax, as the OWL API writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyoxigraph import Triple

from dystonia_kg.reasoning.owlapi import Ontology


def manchester_definitions(triples: Iterable[Triple], classes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return, for each class, what axioms say of it beyond its named superclasses.

    :param triples: the whole ontology as RDF
    :param classes: IRIs
    :return: lines such as "EquivalentTo: dystonia and (affects some neck region)"
    """
    ontology = Ontology(triples)
    wanted = sorted(set(classes))
    return ontology._do(lambda deadline: {iri: _lines(ontology, iri) for iri in wanted}, None)


def _lines(ontology: Any, iri: str) -> tuple[str, ...]:
    cls, model, text = ontology._class(iri), ontology._ontology, ontology._render.text
    found = set()
    for axiom in model.getEquivalentClassesAxioms(cls):
        for other in axiom.getClassExpressionsMinus(cls):
            found.add(f"EquivalentTo: {_short(ontology, axiom, text(other))}")
    for axiom in model.getSubClassAxiomsForSubClass(cls):
        if axiom.getSuperClass().isAnonymous():
            found.add(f"SubClassOf: {_short(ontology, axiom, text(axiom.getSuperClass()))}")
    return tuple(sorted(found))


def _short(ontology: Any, axiom: Any, text: str) -> str:
    """Return the comment of an axiom that was generated and is too long to read, in place of its text."""
    note = ontology._render.axiom(axiom).note
    return text if note is None else note
