"""RDF as it stands, in the syntaxes that Oxigraph writes: one triple after another, sorted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from dystonia_kg.vocab import INFERRED, PREFIXES

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job

_SUBCLASS = NamedNode(PREFIXES["rdfs"] + "subClassOf")
_INFERRED = NamedNode(INFERRED)
_SYNTAX = {"ntriples": RdfFormat.N_TRIPLES}


def write(job: Job) -> None:
    """Write one graph: what the ontology says, and as much of what follows as is wanted."""
    triples = job.track(ontology(job), "triples")
    serialize(triples, job.output.binary, _SYNTAX[job.format.name])


def ontology(job: Job) -> Iterator[Triple]:
    """Yield the triples of all graphs, each once, counting what is written and what is left out.

    Of the inferred graph, the option ``inferred`` takes the nearest superclasses, everything or nothing.
    """
    last: Triple | None = None
    for quad in job.source.quads(keep=Inferred(job)):
        if quad.triple != last:
            last = quad.triple
            job.tally.wrote("triples")
            yield quad.triple
    names = len(job.source.graphs())
    job.tally.left_out("named graphs", "the format holds one graph; N-Quads and TriG hold all", names)


class Inferred:
    """Which quads are wanted, by the option ``inferred``; it counts those that are not."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._wanted = job.options["inferred"]

    def __call__(self, quad: Quad) -> bool:
        """Tell whether a quad of the store is wanted."""
        if quad.graph_name != _INFERRED or self._wanted == "all":
            return True
        if quad.predicate != _SUBCLASS:
            why = "as triples between classes they are not OWL 2 DL; inferred=all writes them"
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
