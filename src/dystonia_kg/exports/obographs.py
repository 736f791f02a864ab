"""OBO Graphs JSON: nodes, edges and the axioms that graph tools understand, streamed list by list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dystonia_kg.vocab import PREFIXES

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job
    from dystonia_kg.exports.records import Relation, TermRecord

_OBO, _OWL, _SKOS, _DCT = PREFIXES["obo"], PREFIXES["owl"], PREFIXES["skos"], PREFIXES["dcterms"]
_TYPES = {
    "class": ("CLASS", None),
    "datatype": ("CLASS", None),
    "individual": ("INDIVIDUAL", None),
    "object property": ("PROPERTY", "OBJECT"),
    "data property": ("PROPERTY", "DATA"),
    "annotation property": ("PROPERTY", "ANNOTATION"),
}


def write(job: Job) -> None:
    """Write one graph."""
    total = len(job.model.term_iris)
    job.output.write(f'{{"graphs": [{{\n"id": {_json(job.model.header.iri)},\n"meta": {_json(_header(job))}')
    _list(job, "nodes", (_node(job, term) for term in job.track(job.model.terms(), "nodes", total)))
    _list(
        job,
        "edges",
        (edge for term in job.track(job.model.terms(), "edges of terms", total) for edge in _edges(job, term)),
    )
    _list(job, "equivalentNodesSets", _equivalents(job))
    _list(job, "logicalDefinitionAxioms", _definitions(job))
    _list(job, "domainRangeAxioms", _domains(job))
    _list(job, "propertyChainAxioms", _chains(job))
    job.output.write("\n}]}\n")
    job.tally.left_out("associations", "edges of the format say what always holds", len(job.model.association_iris))
    job.tally.left_out("publications", "they are named by their identifiers", len(job.model.publication_iris))


def _list(job: Job, name: str, values: Iterable[dict[str, Any]]) -> None:
    job.output.write(f',\n"{name}": [')
    for number, value in enumerate(values):
        job.output.write(f"{',' if number else ''}\n{_json(value)}")
        job.tally.wrote(name)
    job.output.write("\n]")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _header(job: Job) -> dict[str, Any]:
    header = job.model.header
    values = [
        (_DCT + "title", header.title),
        (_DCT + "description", header.description),
        (_DCT + "license", header.license),
    ]
    values += [(_DCT + "creator", creator) for creator in header.creators] + [(_OWL + "versionInfo", header.version)]
    values += [(_DCT + "source", one.citation) for one in header.attributions]
    version = {"version": header.version_iri} if header.version_iri else {}
    return {**version, "basicPropertyValues": [{"pred": pred, "val": value} for pred, value in values if value]}


def _node(job: Job, term: TermRecord) -> dict[str, Any]:
    kind, property_kind = _TYPES[term.type]
    node: dict[str, Any] = {"id": term.iri, "lbl": term.label, "type": kind}
    if property_kind:
        node["propertyType"] = property_kind
    node["meta"] = _meta(job, term)
    job.tally.wrote("synonyms", len(term.synonyms))
    job.tally.wrote("mappings", len(term.mappings))
    other = term.other_axioms
    if term.type == "object property":
        found = job.model.property(job.source.original(term.iri))
        other -= len(found.domains) + len(found.ranges) + len(found.inverses) + len(found.chains)
    job.tally.left_out("axioms", "the format has no such class expressions or characteristics", other)
    data = sum(bool(one.justification or one.comment or one.object_version) for one in term.mappings)
    job.tally.left_out("data of mappings", "SSSOM holds them", data)
    return node


def _meta(job: Job, term: TermRecord) -> dict[str, Any]:
    meta: dict[str, Any] = {}
    if term.definition is not None:
        meta["definition"] = {"val": term.definition, "xrefs": job.model.references(term.definition_sources)}
    if term.comments:
        meta["comments"] = list(term.comments)
    if term.synonyms:
        meta["synonyms"] = [_synonym(job, term, number) for number in range(len(term.synonyms))]
    if term.xrefs:
        meta["xrefs"] = [{"val": xref} for xref in term.xrefs]
    values = [(_DCT + "identifier", term.accession)] if term.accession else []
    values += [(_SKOS + mapping.predicate, mapping.object) for mapping in term.mappings]
    values += [(_DCT + "source", source) for source in term.sources]
    values += [(one.property, one.value) for one in term.annotations]
    values += [(_OBO + "IAO_0100001", other) for other in term.replaced_by]
    values += [(PREFIXES["oboInOwl"] + "consider", other) for other in term.consider]
    if values:
        meta["basicPropertyValues"] = [{"pred": pred, "val": value} for pred, value in values]
    if term.deprecated:
        meta["deprecated"] = True
    return meta


def _synonym(job: Job, term: TermRecord, number: int) -> dict[str, Any]:
    synonym = term.synonyms[number]
    found: dict[str, Any] = {"pred": f"has{synonym.scope.capitalize()}Synonym", "val": synonym.text}
    if synonym.type:
        found["synonymType"] = synonym.type
    found["xrefs"] = job.model.references(synonym.sources)
    return found


def _edges(job: Job, term: TermRecord) -> Iterator[dict[str, Any]]:
    is_property = term.type.endswith("property")
    for parent in term.parents:
        yield _edge(term.iri, "subPropertyOf" if is_property else "is_a", parent.iri, parent.sources)
    for cls in term.types:
        yield _edge(term.iri, "type", cls, ())
    for relation in term.relations:
        yield _relation(term.iri, relation)
    if is_property:
        for inverse in job.model.property(job.source.original(term.iri)).inverses:
            yield _edge(term.iri, "inverseOf", inverse, ())


def _relation(iri: str, relation: Relation) -> dict[str, Any]:
    return _edge(iri, relation.predicate, relation.object, relation.sources)


def _edge(subject: str, predicate: str, value: str, sources: Iterable[str]) -> dict[str, Any]:
    edge: dict[str, Any] = {"sub": subject, "pred": predicate, "obj": value}
    notes = [{"pred": _DCT + "source", "val": source} for source in sources]
    return {**edge, "meta": {"basicPropertyValues": notes}} if notes else edge


def _equivalents(job: Job) -> Iterator[dict[str, Any]]:
    for iri in job.model.term_iris:
        others = job.model.hierarchy.equivalents(iri)
        names = sorted(map(job.source.iri, {iri, *others}))
        if others and names[0] == job.source.iri(iri):
            yield {"representativeNodeId": names[0], "nodeIds": names}


def _definitions(job: Job) -> Iterator[dict[str, Any]]:
    for iri in job.model.term_iris:
        for definition in job.model.definitions(iri):
            yield {
                "definedClassId": job.source.iri(iri),
                "genusIds": list(definition.genus),
                "restrictions": [{"propertyId": p, "fillerId": filler} for p, filler in definition.differentia],
            }


def _domains(job: Job) -> Iterator[dict[str, Any]]:
    for iri in _properties(job):
        found = job.model.property(iri)
        if found.domains or found.ranges:
            ends = {"domainClassIds": list(found.domains), "rangeClassIds": list(found.ranges)}
            yield {"predicateId": job.source.iri(iri), **{name: ids for name, ids in ends.items() if ids}}


def _chains(job: Job) -> Iterator[dict[str, Any]]:
    for iri in _properties(job):
        for chain in job.model.property(iri).chains:
            yield {"predicateId": job.source.iri(iri), "chainPredicateIds": list(chain)}


def _properties(job: Job) -> Iterator[str]:
    return (iri for iri in job.model.term_iris if job.model.hierarchy.is_relation(iri))
