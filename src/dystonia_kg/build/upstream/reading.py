"""One upstream release as RDF, by the named graph that each part goes into."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from dystonia_kg.build.upstream.annotations import AnnotationReader
from dystonia_kg.build.upstream.diseases import DiseaseReader
from dystonia_kg.build.upstream.genes import read_genes
from dystonia_kg.build.upstream.phenotypes import Phenotypes
from dystonia_kg.build.upstream.release import UpstreamRelease
from dystonia_kg.errors import Problem
from dystonia_kg.vocab import DYST

_PMID = NamedNode(DYST + "pmid")


class Upstream(NamedTuple):
    """What an upstream release adds to each graph; ``annotations`` are loaded when they are asked for."""

    asserted: list[Triple]
    imports: list[Triple]
    associations: list[Triple]
    annotations: list[Triple]
    problems: list[Problem]


def read_upstream(folder: Path, stated: Iterable[Triple]) -> Upstream:
    """Read the release in a folder.

    :param stated: what the curated sources say, with the mapping sets
    """
    if not folder.is_dir():
        return Upstream([], [], [], [], [])
    stated = list(stated)
    release = UpstreamRelease(folder)
    genes, phenotypes = read_genes(release), Phenotypes(release)
    reader = DiseaseReader(release, genes, phenotypes, stated)
    diseases = reader.read()
    known = {t.object.value: t.subject for t in stated if t.predicate == _PMID and isinstance(t.object, Literal)}
    publications = {number: iri for number, iri in known.items() if isinstance(iri, NamedNode)}
    annotations = AnnotationReader(release, phenotypes, diseases.records, publications).read()
    problems = [*genes.problems, *phenotypes.problems, *diseases.problems, *annotations.problems]
    return Upstream(
        genes.triples + diseases.asserted,
        list(phenotypes.triples(reader.names)),
        list(dict.fromkeys(diseases.edges + annotations.edges)),
        diseases.nodes + annotations.nodes,
        release.problems + problems,
    )
