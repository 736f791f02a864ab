"""The graph as tables: one for the terms of each kind, and one each for synonyms, edges, associations, mappings ...

As CSV each cell holds one value, apart from identifiers, which are parted by ``|``; as Parquet those are lists.
``ontology/exports/tables.tsv`` names the table of a kind; terms of other kinds go to ``other_terms``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from dystonia_kg.errors import MissingExtraError
from dystonia_kg.exports.edges import Edge, Edges
from dystonia_kg.exports.hostile import csv_writer, listed_cell
from dystonia_kg.exports.mapping_tables import read_rows
from dystonia_kg.exports.source import curie
from dystonia_kg.vocab import DYST, is_iri

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job
    from dystonia_kg.exports.records import AssociationRecord, TermRecord
    from dystonia_kg.exports.target import Folder

Columns = dict[str, type]
Row = list[Any]
Put = Callable[[Row], None]

_TERM: Columns = {
    "id": str, "accession": str, "iri": str, "label": str, "type": str, "kind": str, "kinds": list, "own": bool,
    "deprecated": bool, "replaced_by": list, "definition": str, "definition_sources": list, "types": list,
    "logical_definitions": int, "other_axioms": int, "sources": list,
}  # fmt: skip
_TABLES: dict[str, Columns] = {
    "synonyms": {"term": str, "text": str, "scope": str, "type": str, "sources": list},
    "hierarchy": {"term": str, "predicate": str, "parent": str, "asserted": bool, "sources": list},
    "relations": {"subject": str, "predicate": str, "object": str, "asserted": bool, "sources": list},
    "annotations": {"term": str, "property": str, "value": str, "is_identifier": bool},
    "mappings": {
        "subject": str, "predicate": str, "object": str, "object_label": str, "justification": str,
        "object_source": str, "object_version": str, "comment": str,
    },
    "associations": {
        "id": str, "type": str, "subject": str, "predicate": str, "object": str, "negated": bool, "text": str,
        "frequency": float, "count": int, "total": int, "frequency_text": str, "frequency_term": str, "onset": str,
        "sex": str, "evidence": str, "population": str, "agreement": str, "record": str, "sources": list,
    },
    "association_details": {"association": str, "property": str, "value": str, "is_identifier": bool},
    "publications": {
        "id": str, "reference": str, "citation": str, "pmid": str, "pmcid": str, "doi": str, "version": str,
    },
}  # fmt: skip
_OTHER = "other_terms"
_BATCH = 5000  # rows of a Parquet table that are held at a time


def write(job: Job) -> None:
    """Open every table, then write each term to its own and what is said of it to the others."""
    names = {row["kind"]: row["table"] for row in read_rows("tables")}
    opened = _parquet if job.format.name == "parquet" else _csv
    with ExitStack() as stack:
        schemas = {**dict.fromkeys([*names.values(), _OTHER], _TERM), **_TABLES}
        tables = {name: stack.enter_context(opened(job.folder, name, columns)) for name, columns in schemas.items()}
        edges = Edges(job.model)
        for term in job.track(job.model.terms(), "terms", len(job.model.term_iris)):
            tables[names.get(term.kind or "", _OTHER)](_term(term))
            job.tally.wrote("terms")
            job.tally.left_out("axioms", "a table has no class expressions", term.other_axioms)
            _write_term(job, term, tables)
        _write_associations(job, edges, tables)
        for one in job.model.publications():
            row = [curie(one.iri), one.reference, one.citation, one.pmid, one.pmcid, one.doi, one.version]
            tables["publications"](row)
            job.tally.wrote("publications")


def _term(term: TermRecord) -> Row:
    return [
        term.curie, term.accession, term.iri, term.label, term.type, term.kind, list(term.kinds), term.own,
        term.deprecated, _curies(term.replaced_by), term.definition, _curies(term.definition_sources),
        _curies(term.types), len(term.logical_definitions), term.other_axioms, _curies(term.sources),
    ]  # fmt: skip


def _write_term(job: Job, term: TermRecord, tables: Mapping[str, Put]) -> None:
    for synonym in term.synonyms:
        kind = curie(synonym.type) if synonym.type else None
        tables["synonyms"]([term.curie, synonym.text, synonym.scope, kind, _curies(synonym.sources)])
    job.tally.wrote("synonyms", len(term.synonyms))
    above = "rdfs:subPropertyOf" if term.type.endswith("property") else "rdfs:subClassOf"
    for parent in term.parents:
        tables["hierarchy"]([term.curie, above, curie(parent.iri), parent.asserted, _curies(parent.sources)])
    for other in term.equivalents:
        tables["hierarchy"]([term.curie, "owl:equivalentClass", curie(other), False, []])
    job.tally.wrote("hierarchy", len(term.parents) + len(term.equivalents))
    for one in term.relations:
        row = [term.curie, curie(one.predicate), curie(one.object), one.asserted, _curies(one.sources)]
        tables["relations"](row)
    job.tally.wrote("relations", len(term.relations))
    said = [(curie(a.property), curie(a.value) if a.is_iri else a.value, a.is_iri) for a in term.annotations]
    said += [("rdfs:comment", text, False) for text in term.comments]
    said += [("oboInOwl:hasDbXref", text, False) for text in term.xrefs]
    said += [("oboInOwl:consider", curie(iri), True) for iri in term.consider]
    for values in said:
        tables["annotations"]([term.curie, *values])
    job.tally.wrote("annotations", len(said))
    for match in term.mappings:
        details = [match.object_label, _curie(match.justification)]
        details += [match.object_source, match.object_version, match.comment]
        tables["mappings"]([term.curie, f"skos:{match.predicate}", curie(match.object), *details])
    job.tally.wrote("mappings", len(term.mappings))


def _write_associations(job: Job, edges: Edges, tables: Mapping[str, Put]) -> None:
    record = job.source.iri(DYST + "fromRecord")
    for edge in job.track(edges.associations(), "associations", len(job.model.association_iris)):
        assert edge.association is not None
        tables["associations"](_association(edge, edge.association, record))
        job.tally.wrote("associations")
        for name, value in edge.association.other:
            tables["association_details"]([edge.id, curie(name), curie(value), is_iri(value)])
        job.tally.wrote("association details", len(edge.association.other))


def _association(edge: Edge, one: AssociationRecord, record: str) -> Row:
    return [
        edge.id, curie(one.type), curie(one.subject), curie(one.predicate), curie(one.object), edge.negated, one.text,
        one.frequency, one.count, one.total, one.frequency_text, _curie(one.frequency_term), _curie(one.onset),
        one.sex, _curie(one.evidence), one.population, one.agreement,
        next((curie(value) for name, value in one.other if name == record), None), _curies(one.sources),
    ]  # fmt: skip


def _curie(iri: str | None) -> str | None:
    return curie(iri) if iri else None


def _curies(iris: tuple[str, ...]) -> list[str]:
    return [curie(iri) for iri in iris]


# ---------------------------------------------------------------------- files


@contextmanager
def _csv(folder: Folder, name: str, columns: Columns) -> Iterator[Put]:
    with folder.open(f"{name}.csv") as file, csv_writer(file) as rows:
        rows.row(columns)
        yield lambda row: rows.row(listed_cell(value, "|", f"{name} of {row[0]}") for value in row)


@contextmanager
def _parquet(folder: Folder, name: str, columns: Columns) -> Iterator[Put]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError("cohort", ["pyarrow"]) from None

    types = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64(), list: pa.list_(pa.string())}
    schema = pa.schema([(column, types[of]) for column, of in columns.items()])
    held: list[Row] = []

    def flush() -> None:
        arrays = [pa.array(values, field.type) for values, field in zip(zip(*held, strict=True), schema, strict=True)]
        writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        held.clear()

    def put(row: Row) -> None:
        held.append(row)
        if len(held) >= _BATCH:
            flush()

    with folder.open(f"{name}.parquet") as file, pq.ParquetWriter(file.binary, schema, compression="zstd") as writer:
        yield put
        if held:
            flush()
