"""KGX: nodes and edges in the words of the Biolink model, as two tables or as two files of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dystonia_kg.exports.biolink import Biolink, Category, Predicate
from dystonia_kg.exports.edges import Edge, Edges
from dystonia_kg.exports.hostile import refuse, tsv_cell
from dystonia_kg.exports.source import curie
from dystonia_kg.vocab import DYST, is_iri

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job
    from dystonia_kg.exports.records import AssociationRecord, TermRecord

_NODE_COLUMNS = (
    "id", "category", "name", "description", "provided_by", "xref", "equivalent_identifiers", "exact_synonym",
    "broad_synonym", "narrow_synonym", "related_synonym", "iri", "deprecated", "has_attribute_type",
)  # fmt: skip
_EDGE_COLUMNS = (
    "id", "subject", "predicate", "object", "category", "knowledge_level", "agent_type", "primary_knowledge_source",
    "aggregator_knowledge_source", "publications", "negated", "has_count", "has_total", "has_quotient",
    "has_percentage", "frequency_qualifier", "onset_qualifier", "sex_qualifier", "qualifiers", "has_evidence_of_type",
    "description", "original_subject", "original_predicate",
)  # fmt: skip
_LINE_ENDS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}  # some readers end a line there
_RECORD = DYST + "fromRecord"
_SCOPES = ("exact", "broad", "narrow", "related")

Record = dict[str, Any]
Put = Callable[[Record], object]


def write(job: Job) -> None:
    """Write the nodes, then the edges between them."""
    edges, biolink = Edges(job.model), Biolink(job.model)
    with _file(job, "nodes", _NODE_COLUMNS) as put:
        categories = _write_nodes(job, edges, biolink, put)
    with _file(job, "edges", _EDGE_COLUMNS) as put:
        _write_edges(job, edges, biolink, categories, put)
    job.tally.left_out("publications", "an edge names them, but they are no nodes", len(job.model.publication_iris))


@contextmanager
def _file(job: Job, what: str, columns: tuple[str, ...]) -> Iterator[Put]:
    if job.format.name == "kgx-jsonl":
        with job.folder.open(f"dystonia_kg_{what}.jsonl") as file:
            yield lambda record: file.write(_line(record))
        return
    with job.folder.open(f"dystonia_kg_{what}.tsv") as file:
        file.write("\t".join(columns) + "\n")
        yield lambda record: file.write("\t".join(_cell(record, column) for column in columns) + "\n")


def _line(record: Record) -> str:
    stated = {name: value for name, value in record.items() if value not in (None, [])}
    return json.dumps(stated, ensure_ascii=False).translate(_LINE_ENDS) + "\n"


def _cell(record: Record, column: str) -> str:
    value, where = record.get(column), f"{column} of {record['id']}"
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, list | tuple):
        return tsv_cell(str(value), where)
    for part in value:
        if "|" in part:
            raise refuse(part, "holds a |, which parts the values of a cell", where)
    return tsv_cell("|".join(value), where)


# ---------------------------------------------------------------------- nodes


def _write_nodes(job: Job, edges: Edges, biolink: Biolink, put: Put) -> dict[str, Category]:
    """Write the nodes and return their categories by IRI."""
    source, provided_by = job.source, biolink.default_source
    categories: dict[str, Category] = {}
    for term in job.track(job.model.terms(), "terms", len(job.model.term_iris)):
        if term.type.endswith("property") or term.type == "datatype":
            job.tally.left_out("properties", "they are no nodes; edges name them")
            continue
        category = biolink.category(source.original(term.iri))
        if term.iri in categories:
            job.tally.left_out("terms", "another one is written under the same identifier")
        elif category is None:
            job.tally.left_out("terms", f"no Biolink category for {_kind(job, term)}")
        else:
            categories[term.iri] = category
            put(_node(term, category, provided_by))
            job.tally.wrote("nodes")
            job.tally.left_out("axioms", "Biolink has no class expressions", term.other_axioms)
            left = sum(not said.is_iri or said.value not in edges.terms for said in term.annotations)
            job.tally.left_out("annotations", "Biolink has no slot for them", left + len(term.comments))
    for iri, label in edges.outside():
        category = biolink.category(source.original(iri))
        if category is None:
            job.tally.left_out("nodes outside", f"no Biolink category for {_prefix(iri)}")
            continue
        categories[iri] = category
        put({"id": curie(iri), "category": [category.name], "name": label, "provided_by": [provided_by], "iri": iri,
             "has_attribute_type": category.attribute_type})  # fmt: skip
        job.tally.wrote("nodes outside")
    return categories


def _kind(job: Job, term: TermRecord) -> str:
    if term.deprecated:
        return "obsolete terms"
    above = sorted(job.source.curie(iri) for iri in job.model.hierarchy.above(job.source.original(term.iri)))
    kinds = above or [curie(iri) for iri in term.types]
    return f"what is below {kinds[0]}" if kinds else term.curie


def _prefix(iri: str) -> str:
    name = curie(iri)
    return "IRIs without a prefix" if is_iri(name) else f"{name.partition(':')[0]}:"


def _node(term: TermRecord, category: Category, provided_by: str) -> Record:
    same = [curie(one.object) for one in term.mappings if one.predicate == "exactMatch"]
    same += [curie(one) for one in term.equivalents] + ([term.accession] if term.accession else [])
    synonyms = {f"{scope}_synonym": [s.text for s in term.synonyms if s.scope == scope] for scope in _SCOPES}
    return {
        "id": term.curie,
        "category": [category.name],
        "name": term.label,
        "description": term.definition,
        "provided_by": [provided_by],
        "xref": list(term.xrefs),
        "equivalent_identifiers": [one for one in dict.fromkeys(same) if one != term.curie],
        **synonyms,
        "iri": term.iri,
        "deprecated": True if term.deprecated else None,
        "has_attribute_type": category.attribute_type,
    }


# ---------------------------------------------------------------------- edges


def _write_edges(job: Job, edges: Edges, biolink: Biolink, categories: Mapping[str, Category], put: Put) -> None:
    original = job.source.original
    for edge in job.track(edges.all(), "edges"):
        kind = "associations" if edge.association else "edges"
        ends = categories.get(edge.subject), categories.get(edge.object)
        if ends[0] is None or ends[1] is None:
            job.tally.left_out(kind, "one of its ends is no node")
            continue
        predicate = biolink.predicate(original(edge.predicate), ends[0], ends[1])
        if predicate is None:
            job.tally.left_out(kind, f"no Biolink predicate for {curie(edge.predicate)}")
            continue
        put(_edge(job, edge, predicate, biolink))
        job.tally.wrote(kind)
        if edge.association:
            job.tally.left_out("remarks", "Biolink has no slot for them", _remarks(edge.association))
        if edge.mapping:
            stated = edge.mapping.justification is not None
            job.tally.left_out("mapping details", "Biolink has no slot for them", stated)


def _edge(job: Job, edge: Edge, predicate: Predicate, biolink: Biolink) -> Record:
    subject, target = (edge.object, edge.subject) if predicate.inverse else (edge.subject, edge.object)
    provenance = biolink.provenance(edge)
    record: Record = {
        "id": edge.id,
        "subject": curie(subject),
        "predicate": predicate.name,
        "object": curie(target),
        "category": [predicate.association],
        "knowledge_level": provenance.knowledge_level,
        "agent_type": provenance.agent_type,
        "primary_knowledge_source": provenance.primary_source,
        "aggregator_knowledge_source": [provenance.aggregator] if provenance.aggregator else [],
        "publications": job.model.references(edge.sources),
        "negated": True if edge.negated else None,
        "original_predicate": curie(edge.predicate),
    }
    return record if edge.association is None else record | _qualifiers(job, edge.association, biolink)


def _qualifiers(job: Job, one: AssociationRecord, biolink: Biolink) -> Record:
    """Return what an association says beyond its ends; a class of frequency, an onset ... by its CURIE."""
    record = job.source.iri(_RECORD)
    evidence, sex = biolink.value("evidence", one.evidence), biolink.value("sex", one.sex)
    return {
        "has_count": one.count,
        "has_total": one.total,
        "has_quotient": one.frequency,
        "has_percentage": None if one.frequency is None else round(one.frequency * 100, 6),
        "frequency_qualifier": curie(one.frequency_term) if one.frequency_term else None,
        "onset_qualifier": curie(one.onset) if one.onset else None,
        "sex_qualifier": sex or one.sex,
        "qualifiers": [curie(value) for name, value in one.other if is_iri(value) and name != record],
        "has_evidence_of_type": [evidence] if evidence else [curie(one.evidence)] if one.evidence else [],
        "description": one.text,
        "original_subject": next((curie(value) for name, value in one.other if name == record), None),
    }


def _remarks(one: AssociationRecord) -> int:
    said = (one.frequency_text, one.population, one.agreement)
    return sum(text is not None for text in said) + sum(not is_iri(value) for _, value in one.other)
