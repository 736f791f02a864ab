"""Locality modules, extracted by the OWL API: the axioms that say everything an ontology says with some terms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pyoxigraph import Triple

from dystonia_kg.reasoning.jvm import java
from dystonia_kg.reasoning.owlapi import Ontology, _triples

_PACKAGE = "uk.ac.manchester.cs.owlapi.modularity"


class Module(NamedTuple):
    """The logical axioms of a module as RDF, and the IRIs of the classes, properties and individuals in them."""

    triples: tuple[Triple, ...]
    signature: frozenset[str]


def star_module(triples: Iterable[Triple], seeds: Iterable[str]) -> Module:
    """Return the STAR module of some terms: what follows with the terms in it from the whole follows from it.

    Statements on individuals are looked at for those among the terms only; no class here is defined by individuals.

    :param triples: the whole ontology as RDF
    :param seeds: IRIs of classes, properties and individuals
    """
    ontology = Ontology(triples)
    wanted = sorted(set(seeds))
    return ontology._do(lambda deadline: _extract(ontology, wanted), None)


def _extract(ontology: Any, seeds: list[str]) -> Module:
    model, manager = ontology._ontology, ontology._manager
    iri = java("org.semanticweb.owlapi.model.IRI")
    signature = java("java.util.HashSet")()
    for seed in seeds:
        signature.addAll(model.getEntitiesInSignature(iri.create(seed)))
    kind = java(f"{_PACKAGE}.ModuleType").STAR
    axioms = java("java.util.HashSet")(model.getTBoxAxioms(False))
    axioms.addAll(model.getRBoxAxioms(False))
    for entity in signature:
        if entity.isOWLNamedIndividual():
            axioms.addAll(model.getAxioms(entity))
    extractor = java(f"{_PACKAGE}.SyntacticLocalityModuleExtractor")(manager, model, axioms, kind)
    logical = java("java.util.HashSet")()
    names = set(seeds)
    for axiom in extractor.extract(signature):
        if axiom.isLogicalAxiom():
            logical.add(axiom)
            names |= {str(entity.toStringID()) for entity in axiom.getSignature()}
    declare = manager.getOWLDataFactory().getOWLDeclarationAxiom
    for name in names:
        for entity in model.getEntitiesInSignature(iri.create(name)):
            logical.add(declare(entity))
    fresh = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    found = _triples(fresh, fresh.createOntology(logical, iri.create("urn:module")))
    kept = tuple(triple for triple in found if getattr(triple.subject, "value", "") != "urn:module")
    return Module(kept, frozenset(name for name in names if "://www.w3.org/" not in name))
