"""OWL in its own syntaxes, written by the OWL API: functional, Manchester, OWL/XML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dystonia_kg.errors import BuildError, ExportError
from dystonia_kg.exports.rdf import fit_for_xml, ontology

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job


def write(job: Job) -> None:
    """Write the ontology as axioms."""
    from dystonia_kg.reasoning.documents import write_document

    triples = fit_for_xml(job.track(ontology(job), "triples read"))
    # A name such as DOI:10.1/x is no name in these syntaxes: only prefixes that are plain words.
    prefixes = {name: base for name, base in job.source.prefixes.items() if name.isidentifier()}
    try:
        counts = write_document(triples, job.format.name, prefixes, job.output.binary)
    except BuildError as error:
        raise ExportError(f"the graph cannot be said as OWL axioms: {error}") from error
    job.tally.wrote("axioms", sum(counts.values()))
