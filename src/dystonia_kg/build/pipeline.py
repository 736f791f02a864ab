"""From sources to release: read, reason, materialise, justify, write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from dystonia_kg.build.accessions import extend_register, terms_of_ours
from dystonia_kg.build.justify import justifications, questions
from dystonia_kg.build.release import as_json, n_quads, rdf_xml, signature, turtle, write_release
from dystonia_kg.build.sources import Sources, read_sources
from dystonia_kg.build.statements import TYPE
from dystonia_kg.classification.compile import as_classifier
from dystonia_kg.errors import BuildError
from dystonia_kg.extension import unsatisfiable
from dystonia_kg.places import Places
from dystonia_kg.reasoning.materialise import Edge, materialise_edges
from dystonia_kg.reasoning.owlapi import Classification, Ontology
from dystonia_kg.release import DEFERRED
from dystonia_kg.vocab import DYST, GRAPH

_SUBCLASS = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
_VERSION = "http://www.w3.org/2002/07/owl#versionInfo"

Progress = Callable[[str], None]


class Reasoned(NamedTuple):
    """The sources with what follows from them."""

    sources: Sources
    ontology: Ontology
    classification: Classification
    edges: list[Edge]

    def hierarchy(self) -> list[Triple]:
        """Return every inferred subclass pair."""
        return _subclasses(self.classification.superclasses)


class BuildReport(NamedTuple):
    """What a build wrote: the folder, the version, and counts by kind."""

    folder: Path
    version: str
    counts: dict[str, int]


def reason(root: Path, progress: Progress = lambda text: None, *, accessions: bool = True) -> Reasoned:
    """Read the sources below ``root`` and derive what follows from them.

    :raises SourceError: if a source is wrong; it lists every problem
    :raises InconsistentError: if the axioms contradict each other; it names a minimal set of them
    :raises UnsatisfiableError: if a class can have no instance; it names the classes and the axioms
    """
    progress("reading sources")
    sources = read_sources(root, accessions=accessions)
    progress("classifying with HermiT")
    ontology = Ontology(sources.asserted + sources.imports)
    classification = ontology.classify()
    if classification.unsatisfiable:
        raise unsatisfiable(ontology, classification, sources.asserted + sources.imports)
    progress("materialising relations")
    edges = materialise_edges(sources.asserted + sources.imports, classification.superclasses)
    return Reasoned(sources, ontology, classification, edges)


def build(root: Path, output: Path, *, register: bool = False, progress: Progress = lambda text: None) -> BuildReport:
    """Build a release from the sources below ``root`` into the folder ``output``.

    :param register: give new terms their accession first, which changes ``accessions.tsv``
    :raises SourceError, InconsistentError, UnsatisfiableError: as :func:`reason`; ``output`` is left as it was
    """
    if register:
        terms = terms_of_ours(read_sources(root, accessions=False).asserted)
        progress(f"{extend_register(root / 'accessions.tsv', terms)} new accessions")
    reasoned = reason(root, progress)
    sources, classification = reasoned.sources, reasoned.classification
    asked = questions(classification, sources.asserted, reasoned.edges)
    progress(f"justifying {len(asked)} placements and relations")
    because = justifications(
        [reasoned.ontology, Ontology(sources.asserted + sources.imports)],
        asked,
        sources.asserted,
        Places.of_sources(root),
        lambda n, of: progress(f"justified {n} of {of}") if n % 100 == 0 else None,
    )
    progress("writing")
    graphs = _graphs(reasoned)
    annotations = _only_new(sources.annotations, graphs)
    version = _version(sources)
    counts = {name.removeprefix(GRAPH): len(set(triples)) for name, triples in graphs.items()}
    files = {
        "dystonia.nq": n_quads(graphs),
        DEFERRED: turtle(annotations),
        "dystonia.owl": rdf_xml(_ontology_document(reasoned)),
        "dystonia-el.owl": rdf_xml(_el_document(reasoned)),
        "explanations.json": as_json(because),
        "classifier.json": as_classifier(graphs, version, root),
    }
    facts = {"version": version, "triples": counts, "deferred": signature(annotations, GRAPH + "associations")}
    write_release(output, files, facts)
    return BuildReport(output, version, counts)


def _graphs(reasoned: Reasoned) -> dict[str, list[Triple]]:
    sources = reasoned.sources
    edges = [Triple(NamedNode(e.subject), NamedNode(e.predicate), NamedNode(e.object)) for e in reasoned.edges]
    graphs = {
        GRAPH + "asserted": sources.asserted,
        GRAPH + "imports": sources.imports,
        GRAPH + "associations": sources.associations,
        GRAPH + "mappings": sources.mappings,
        GRAPH + "inferred": _of_ours(reasoned) + edges,
    }
    return _each_once(graphs)


def _of_ours(reasoned: Reasoned) -> list[Triple]:
    """Return the inferred subclass pairs but for those between two imported terms.

    They are eight of nine, and say no more than the direct links of the import do, which a path follows.
    """
    imported = {t.subject for t in reasoned.sources.imports if t.predicate == TYPE}
    return [t for t in reasoned.hierarchy() if t.subject not in imported or t.object not in imported]


def _each_once(graphs: dict[str, list[Triple]]) -> dict[str, list[Triple]]:
    """Keep a triple in the first graph that has it: a query over the union would give it once for every graph."""
    seen: set[Triple] = set()
    kept: dict[str, list[Triple]] = {}
    for name, triples in graphs.items():
        kept[name] = [triple for triple in dict.fromkeys(triples) if triple not in seen]
        seen.update(kept[name])
    return kept


def _only_new(triples: Iterable[Triple], graphs: Mapping[str, Iterable[Triple]]) -> list[Triple]:
    """Leave out what stands elsewhere; what is described in both parts would be found by half."""
    held = {triple for graph in graphs.values() for triple in graph}
    described = {triple.subject for triple in held if triple.predicate == TYPE}
    twice = sorted({str(t.subject) for t in triples if t.predicate == TYPE and t.subject in described})
    if twice:
        raise BuildError(f"described by the curated sources and by a record of upstream: {', '.join(twice[:5])}")
    return [triple for triple in dict.fromkeys(triples) if triple not in held]


def _ontology_document(reasoned: Reasoned) -> list[Triple]:
    sources = reasoned.sources
    everything = sources.asserted + sources.imports + sources.associations + sources.mappings
    return everything + _subclasses(reasoned.classification.direct)


def _el_document(reasoned: Reasoned) -> list[Triple]:
    sources = reasoned.sources
    return Ontology(sources.asserted + sources.imports + reasoned.hierarchy()).el_part()


def _subclasses(above: Mapping[str, Iterable[str]]) -> list[Triple]:
    return [Triple(NamedNode(sub), _SUBCLASS, NamedNode(sup)) for sub in sorted(above) for sup in sorted(above[sub])]


def _version(sources: Sources) -> str:
    document = NamedNode(DYST + "dystonia.owl")
    stated = [t.object for t in sources.asserted if t.subject == document and t.predicate.value == _VERSION]
    versions = [value.value for value in stated if isinstance(value, Literal)]
    return versions[0] if versions else "0"
