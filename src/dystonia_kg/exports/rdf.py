"""RDF as it stands, in the syntaxes that Oxigraph writes: one triple after another, sorted.

Formats of one graph hold the ontology; N-Quads and TriG hold the named graphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from dystonia_kg.exports.hostile import refuse, xml_text
from dystonia_kg.vocab import ASSOCIATIONS, INFERRED, PREFIXES

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job

_SUBCLASS = NamedNode(PREFIXES["rdfs"] + "subClassOf")
_INFERRED, _ASSOCIATIONS = NamedNode(INFERRED), NamedNode(ASSOCIATIONS)
_SYNTAX = {
    "owl": RdfFormat.RDF_XML,
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
}
_DATASETS = ("nquads", "trig")
_LOCAL_NAME = re.compile(r"[^\W\d][\w.\-]*\Z")


def write(job: Job) -> None:
    """Write the ontology as one graph, or the named graphs."""
    syntax, file = _SYNTAX[job.format.name], job.output.binary
    if job.format.name in _DATASETS:
        serialize(job.track(dataset(job), "quads"), file, syntax, prefixes=prefixes(job, syntax))
        return
    triples = job.track(ontology(job), "triples")
    if syntax == RdfFormat.RDF_XML:
        triples = fit_for_xml(triples)
    serialize(triples, file, syntax, prefixes=prefixes(job, syntax))


def prefixes(job: Job, syntax: RdfFormat) -> dict[str, str] | None:
    """Return the prefixes to declare, where the syntax has any."""
    if syntax in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS):
        return None
    return {name: base for name, base in job.source.prefixes.items() if syntax != RdfFormat.RDF_XML or _is_name(name)}


def _is_name(prefix: str) -> bool:
    return prefix.isidentifier()


def dataset(job: Job) -> Iterator[Quad]:
    """Yield the quads of all graphs, graph by graph; first those that are in none."""
    wanted = Wanted(job)
    if next(iter(job.source.store.quads_for_pattern(None, None, None, DefaultGraph())), None) is not None:
        for quad in job.source.quads(keep=lambda quad: isinstance(quad.graph_name, DefaultGraph)):
            job.tally.wrote("quads")
            yield quad
    for graph in job.source.graphs():
        job.tally.wrote("named graphs")
        for quad in job.source.quads([graph], keep=wanted):
            job.tally.wrote("quads")
            yield quad


def ontology(job: Job) -> Iterator[Triple]:
    """Yield the triples of all graphs, each once, counting what is written and what is left out.

    Of the inferred graph, the option ``inferred`` takes the nearest superclasses, everything or nothing.
    """
    last: Triple | None = None
    for quad in job.source.quads(keep=Wanted(job)):
        if quad.triple != last:
            last = quad.triple
            job.tally.wrote("triples")
            yield quad.triple
    names = len(job.source.graphs())
    job.tally.left_out("named graphs", "the format holds one graph; N-Quads and TriG hold all", names)


class Wanted:
    """Which quads are wanted, by the options ``inferred`` and ``associations``; it counts those that are not."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._wanted = job.options["inferred"]
        self._associations = job.options["associations"] == "all"

    def __call__(self, quad: Quad) -> bool:
        """Tell whether a quad of the store is wanted."""
        if quad.graph_name == _ASSOCIATIONS and not self._associations:
            self._job.tally.left_out("triples of associations", "associations=none was asked for")
            return False
        if quad.graph_name != _INFERRED or self._wanted == "all":
            return True
        if quad.predicate != _SUBCLASS:
            why = "as triples between classes they are not OWL 2 DL; N-Quads and TriG hold them"
            self._job.tally.left_out("inferred relations", why)
            return False
        if self._wanted == "hierarchy" and self._is_direct(quad):
            return True
        why = "they follow from the nearest ones" if self._wanted == "hierarchy" else "inferred=none was asked for"
        self._job.tally.left_out("inferred superclasses", why)
        return False

    def _is_direct(self, quad: Quad) -> bool:
        sub, sup = getattr(quad.subject, "value", ""), getattr(quad.object, "value", "")
        hierarchy = self._job.model.hierarchy
        return sup in hierarchy.parents(sub) or sup in hierarchy.equivalents(sub)


def fit_for_xml(triples: Iterator[Triple]) -> Iterator[Triple]:
    """Pass triples through that RDF/XML can hold.

    :raises ExportError: for a text with a control character, or a property whose name does not end in a word
    """
    for triple in triples:
        if not _LOCAL_NAME.search(triple.predicate.value) or triple.predicate.value == PREFIXES["rdf"] + "li":
            raise refuse(triple.predicate.value, "ends in no word that can be an XML name", "a property")
        if isinstance(triple.object, Literal):
            where = f"{triple.predicate.value} of {triple.subject}"
            if "\r" in xml_text(triple.object.value, where):
                raise refuse(triple.object.value, "holds a carriage return", where)
        yield triple
