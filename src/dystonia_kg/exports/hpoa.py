"""The layout of the HPO's annotation file, ``phenotype.hpoa``: which disease has which phenotype, how often, says who.

Which property is which aspect, and how evidence is written, stands in ``ontology/exports/hpoa.tsv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from dystonia_kg.errors import ExportError
from dystonia_kg.exports.edges import Edge, Edges
from dystonia_kg.exports.hostile import refuse, tsv_cell
from dystonia_kg.exports.mapping_tables import read_rows
from dystonia_kg.exports.source import curie
from dystonia_kg.vocab import DYST, expand

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job
    from dystonia_kg.exports.records import AssociationRecord

_COLUMNS = (
    "database_id", "disease_name", "qualifier", "hpo_id", "reference", "evidence", "onset", "frequency", "sex",
    "modifier", "aspect", "biocuration",
)  # fmt: skip
_RECORD, _MODIFIER, _ONSET = (DYST + name for name in ("fromRecord", "phenotypeModifier", "phenotypeOnset"))
_MOST = DYST + "frequencyMaximum"
_ONLY = "the format holds annotations of diseases only"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ACCESSION = re.compile(r"[^\s:]+:[^\s:]+")


class _Words(NamedTuple):
    """The table: by IRI in the store, what is a disease, which aspect a property is, and how evidence is written."""

    diseases: frozenset[str]
    prefix: str
    aspects: dict[str, str]
    evidence: dict[str, str]
    biocuration: str
    release: tuple[str, str]


def write(job: Job) -> None:
    """Write the header lines, then a line for each annotation."""
    if job.options["date"] and not _DATE.fullmatch(job.options["date"]):
        raise ExportError(f"hpoa: date={job.options['date']!r}: write it as 2026-01-31")
    words = _words()
    for line in _header(job, words):
        job.output.write(tsv_cell(line, "header") + "\n")
    job.output.write("\t".join(_COLUMNS) + "\n")
    lines = _Lines(job, words)
    for edge in job.track(_edges(job, words), "annotations"):
        cells = lines.cells(edge)
        if cells is not None:
            where = f"{curie(edge.predicate)} of {curie(edge.subject)}"
            job.output.write("\t".join(tsv_cell(cell, where) for cell in cells) + "\n")
            job.tally.wrote("annotations")
    job.tally.left_out("mappings", _ONLY, sum(1 for _ in job.model.mappings()))


def _words() -> _Words:
    found: dict[str, dict[str, str]] = {}
    for row in read_rows("hpoa"):
        term = row["term"] if row["term"].endswith(":") or not row["term"] else expand(row["term"])
        found.setdefault(row["column"], {})[term] = row["value"]
    release = next(iter(found["hpo-version"].items()))
    return _Words(
        frozenset(found["database_id"]), next(iter(found["hpo_id"])), found["aspect"], found["evidence"],
        found["biocuration"][""], release,
    )  # fmt: skip


def _header(job: Job, words: _Words) -> Iterator[str]:
    header = job.model.header
    yield f'#description: "{header.title}: phenotypes of diseases with dystonia, of release {header.version}"'
    yield f"#version: {job.options['date'] or header.version}"
    yield f"#tracker: {header.iri}"
    release = next((one.version for one in header.attributions if one.iri == words.release[0]), None)
    if release:
        yield f"#hpo-version: {words.release[1].format(release)}"


def _edges(job: Job, words: _Words) -> Iterator[Edge]:
    """Yield what is said of diseases: what holds in every case by an axiom, then associations."""
    edges, original = Edges(job.model), job.source.original
    for term in job.model.terms():
        for edge in edges.of(term):
            if edge.origin == "relation" and original(edge.predicate) in words.aspects and edge.asserted:
                yield edge
            elif edge.origin != "mapping":
                job.tally.left_out("edges", _ONLY)
    yield from edges.associations()


class _Lines:
    """The cells of a line for an edge."""

    def __init__(self, job: Job, words: _Words) -> None:
        self._job, self._words = job, words
        self._phenotypes: dict[str, str | None] = {}
        self._diseases: dict[str, tuple[str, str] | None] = {}
        self._nobody: dict[str, bool] = {}

    def cells(self, edge: Edge) -> list[str] | None:
        """Return the cells in order of the columns; None, with a reason told, for what has no place."""
        aspect = self._words.aspects.get(self._job.source.original(edge.predicate))
        kind = "associations" if edge.association else "edges"
        if aspect is None:
            self._job.tally.left_out(kind, f"no aspect for {curie(edge.predicate)}")
            return None
        disease, phenotype = self._disease(edge), self._phenotype(edge.object)
        if disease is None:
            self._job.tally.left_out(kind, "what they are about is no disease")
            return None
        if phenotype is None:
            self._job.tally.left_out(kind, "no term of HPO means exactly what they name")
            return None
        one, date = edge.association, self._job.options["date"]
        frequency = _frequency(one) if one else ""
        negated = edge.negated and not self._says_nobody(one)
        evidence = self._words.evidence.get(self._job.source.original(one.evidence or "") if one else "")
        curated = self._words.biocuration + (f"[{date}]" if date else "")
        return [
            *disease,
            "NOT" if negated else "",
            phenotype,
            ";".join(self._job.model.references(edge.sources)),
            evidence or self._words.evidence[""],
            self._all(one, _ONSET, one.onset) if one else "",
            frequency,
            (one.sex or "").upper() if one else "",
            self._all(one, _MODIFIER) if one else "",
            aspect,
            curated,
        ]

    def _disease(self, edge: Edge) -> tuple[str, str] | None:
        """Return the identifier and name of the catalogue's entry that is annotated, or else those of the disorder."""
        iri = edge.subject
        if edge.association is not None:
            record = self._job.source.iri(_RECORD)
            iri = next((value for name, value in edge.association.other if name == record), iri)
        if iri not in self._diseases:
            self._diseases[iri] = self._named(edge.subject, iri)
        return self._diseases[iri]

    def _named(self, subject: str, iri: str) -> tuple[str, str] | None:
        """Return the identifier and name of an entry of a catalogue, or of a disorder; nothing else is a disease."""
        model, entry = self._job.model, self._job.source.original(iri)
        if iri == subject and self._words.diseases.isdisjoint({entry, *model.hierarchy.above(entry)}):
            return None
        identifier, name = curie(iri), model.label(entry)
        if name == identifier:
            name = model.label(self._job.source.original(subject))
        if iri == subject and entry.startswith(DYST):
            identifier = model.term(entry).accession or identifier
        if not _ACCESSION.fullmatch(identifier):
            raise refuse(identifier, "is no identifier with a prefix", f"identifier of {name}")
        return identifier, name

    def _phenotype(self, iri: str) -> str | None:
        """Return the term of HPO that a thing is or that means exactly the same."""
        if iri not in self._phenotypes:
            names = [curie(iri)]
            original = self._job.source.original(iri)
            if not names[0].startswith(self._words.prefix) and original.startswith(DYST):
                exact = (m.object for m in self._job.model.term(original).mappings if m.predicate == "exactMatch")
                names = [curie(one) for one in exact]
            found = [name for name in names if name.startswith(self._words.prefix)]
            self._phenotypes[iri] = found[0] if len(found) == 1 else None
        return self._phenotypes[iri]

    def _all(self, one: AssociationRecord, name: str, first: str | None = None) -> str:
        written = self._job.source.iri(name)
        values = [first] if first else []
        return ";".join(curie(value) for value in (*values, *(v for p, v in one.other if p == written)))

    def _says_nobody(self, one: AssociationRecord | None) -> bool:
        """Tell whether the frequency itself says that nobody has it, so that NOT would say it twice."""
        if one is None:
            return False
        term = one.frequency_term
        if not term:
            return one.count == 0 or one.frequency == 0
        if term not in self._nobody:
            most = self._job.source.iri(_MOST)
            said = self._job.model.term(self._job.source.original(term)).annotations
            self._nobody[term] = any(note.property == most and float(note.value) == 0 for note in said)
        return self._nobody[term]


def _frequency(one: AssociationRecord) -> str:
    """Return a frequency as the file has it: affected/examined, the class, or a percentage."""
    if one.count is not None and one.total is not None:
        return f"{one.count}/{one.total}"
    if one.frequency_term:
        return curie(one.frequency_term)
    if one.frequency is None:
        return ""
    return f"{(Decimal(repr(one.frequency)) * 100).normalize():f}%"
