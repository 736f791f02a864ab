"""OWL in its own syntaxes, written by the OWL API: functional, Manchester, OWL/XML."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Triple

from dystonia_kg.errors import BuildError, ExportError
from dystonia_kg.exports.rdf import fit_for_xml, ontology
from dystonia_kg.vocab import PREFIXES

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_ANNOTATION_PROPERTY = NamedNode(PREFIXES["owl"] + "AnnotationProperty")
_BUILT_IN = tuple(PREFIXES[name] for name in ("rdf", "rdfs", "owl", "xsd"))

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job


def write(job: Job) -> None:
    """Write the ontology as axioms."""
    from dystonia_kg.reasoning.documents import write_document

    triples = chain(fit_for_xml(job.track(ontology(job), "triples read")), _declarations(job))
    # A name such as DOI:10.1/x is no name in these syntaxes: only prefixes that are plain words.
    prefixes = {name: base for name, base in job.source.prefixes.items() if name.isidentifier()}
    try:
        counts = write_document(triples, job.format.name, prefixes, job.output.binary)
    except BuildError as error:
        raise ExportError(f"the graph cannot be said as OWL axioms: {error}") from error
    job.tally.wrote("axioms", sum(counts.values()))


def _declarations(job: Job) -> Iterator[Triple]:
    """Yield the types of properties that are used and declared nowhere.

    In OWL that can only be meant as an annotation property; without saying so, the OWL API drops what is said by them.
    """
    store = job.source.store
    for predicate in sorted({quad.predicate.value for quad in store}):
        declared = store.quads_for_pattern(NamedNode(predicate), _TYPE, None)
        if next(iter(declared), None) is None and not predicate.startswith(_BUILT_IN):
            yield Triple(NamedNode(job.source.iri(predicate)), _TYPE, _ANNOTATION_PROPERTY)
