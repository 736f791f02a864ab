"""A SKOS concept scheme: each class a concept, the hierarchy as broader, names as labels, in Turtle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from dystonia_kg.exports.rdf import prefixes
from dystonia_kg.vocab import PREFIXES, XSD

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job
    from dystonia_kg.exports.records import TermRecord

_SKOS, _DCT, _OWL = PREFIXES["skos"], PREFIXES["dcterms"], PREFIXES["owl"]
_TYPE = PREFIXES["rdf"] + "type"


def write(job: Job) -> None:
    """Write the scheme, then its concepts."""
    scheme = job.model.header.iri
    symmetric = _symmetric(job)
    serialize(
        _triples(job, scheme, symmetric), job.output.binary, RdfFormat.TURTLE, prefixes=prefixes(job, RdfFormat.TURTLE)
    )


def _triples(job: Job, scheme: str, symmetric: frozenset[str]) -> Iterator[Triple]:
    yield from _scheme(job, scheme)
    for iri in job.track(job.model.term_iris, "terms", len(job.model.term_iris)):
        kind = job.model.type(iri)
        if kind != "class":
            job.tally.left_out(kind.replace("property", "propertie") + "s", "SKOS has concepts only")
            continue
        term = job.model.term(iri)
        job.tally.wrote("concepts")
        yield from _concept(job, term, scheme)
        yield from _links(job, term, symmetric)
        _report(job, term, symmetric)
    job.tally.left_out("associations", "SKOS has no statements with data", len(job.model.association_iris))


def _scheme(job: Job, scheme: str) -> Iterator[Triple]:
    header = job.model.header
    yield _iri(scheme, _TYPE, _SKOS + "ConceptScheme")
    texts = {
        _DCT + "title": header.title,
        _DCT + "description": header.description,
        _OWL + "versionInfo": header.version,
    }
    for predicate, text in texts.items():
        if text:
            yield _text(scheme, predicate, text)
    for creator in header.creators:
        yield _text(scheme, _DCT + "creator", creator)
    if header.license:
        license_ = header.license
        yield _iri(scheme, _DCT + "license", license_) if ":" in license_ else _text(scheme, _DCT + "license", license_)
    for one in header.attributions:
        yield _text(scheme, _DCT + "source", one.citation)
    for iri in job.model.term_iris:
        if job.model.type(iri) == "class" and not job.model.hierarchy.parents(iri):
            yield _iri(scheme, _SKOS + "hasTopConcept", job.source.iri(iri))


def _concept(job: Job, term: TermRecord, scheme: str) -> Iterator[Triple]:
    """Yield what a concept is called and what it means. No two of its labels are the same, as SKOS demands."""
    yield _iri(term.iri, _TYPE, _SKOS + "Concept")
    yield _iri(term.iri, _SKOS + "inScheme", scheme)
    yield _text(term.iri, _SKOS + "notation", term.accession or term.curie)
    yield _text(term.iri, _SKOS + "prefLabel", term.label)
    taken = {term.label}
    for synonym in sorted(term.synonyms, key=lambda one: (one.scope != "exact", one.text)):
        if synonym.text in taken:
            job.tally.left_out("synonyms", "no two labels of a concept may be the same")
            continue
        taken.add(synonym.text)
        exact = synonym.scope == "exact"
        job.tally.wrote("synonyms")
        yield _text(term.iri, _SKOS + ("altLabel" if exact else "hiddenLabel"), synonym.text)
    if term.definition is not None:
        yield _text(term.iri, _SKOS + "definition", term.definition)
    for comment in term.comments:
        yield _text(term.iri, _SKOS + "note", comment)
    for source in sorted({*term.definition_sources, *term.sources}):
        yield _iri(term.iri, _DCT + "source", source)
    if term.deprecated:
        yield Triple(NamedNode(term.iri), NamedNode(_OWL + "deprecated"), Literal(True))
    for other in (*term.replaced_by, *term.consider):
        yield _iri(term.iri, _DCT + "isReplacedBy", other)


def _links(job: Job, term: TermRecord, symmetric: frozenset[str]) -> Iterator[Triple]:
    for parent in term.parents:
        job.tally.wrote("broader")
        yield _iri(term.iri, _SKOS + "broader", parent.iri)
    if not term.parents:
        yield _iri(term.iri, _SKOS + "topConceptOf", job.model.header.iri)
    for other in term.equivalents:
        yield _iri(term.iri, _SKOS + "exactMatch", other)
    for mapping in term.mappings:
        job.tally.wrote("mappings")
        yield _iri(term.iri, _SKOS + mapping.predicate, mapping.object)
    for relation in term.relations:
        if relation.predicate in symmetric and not _is_on_one_line(job, term.iri, relation.object):
            job.tally.wrote("related")
            yield _iri(term.iri, _SKOS + "related", relation.object)


def _report(job: Job, term: TermRecord, symmetric: frozenset[str]) -> None:
    tally = job.tally
    tally.left_out("axioms", "SKOS has no class expressions", term.other_axioms + len(term.logical_definitions))
    other = sum(
        relation.predicate not in symmetric or _is_on_one_line(job, term.iri, relation.object)
        for relation in term.relations
    )
    tally.left_out("relations", "skos:related is for symmetric links outside the hierarchy", other)
    scopes = sum(synonym.scope != "exact" for synonym in term.synonyms)
    tally.left_out("synonym scopes", "broad, narrow and related names are hidden labels alike", scopes)
    tally.left_out("synonym types and sources", "a label of SKOS carries no data",
                   sum(bool(synonym.type or synonym.sources) for synonym in term.synonyms))  # fmt: skip
    tally.left_out("annotations", "SKOS has no property for them", len(term.annotations) + len(term.xrefs))
    data = sum(bool(one.justification or one.comment or one.object_version) for one in term.mappings)
    tally.left_out("data of mappings", "SSSOM holds them", data)


def _symmetric(job: Job) -> frozenset[str]:
    """Return the symmetric properties, and those below them."""
    model = job.model
    found = (iri for iri in model.term_iris if model.hierarchy.is_relation(iri))
    return frozenset(job.source.iri(iri) for iri in found if "Symmetric" in model.property(iri).characteristics)


def _is_on_one_line(job: Job, iri: str, other: str) -> bool:
    """Tell whether one of two concepts is above the other: then SKOS does not let them be related."""
    one, two = job.source.original(iri), job.source.original(other)
    above = job.model.hierarchy.above
    return one == two or two in above(one) or one in above(two)


def _iri(subject: str, predicate: str, value: str) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), NamedNode(value))


def _text(subject: str, predicate: str, value: str) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), Literal(value, datatype=NamedNode(XSD + "string")))
