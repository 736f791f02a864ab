"""The hierarchy of Mondo around the diseases that are mapped to it, for questions that follow it.

Mondo's axioms are not ours and some contradict the consensus, so they are no part of the ontology: they stand beside
the mappings as data, as ``skos:broader``.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from dystonia_kg.build.statements import LABEL, SUBCLASS
from dystonia_kg.build.upstream.release import UpstreamRelease
from dystonia_kg.vocab import PREFIXES, expand

_BROADER = NamedNode(PREFIXES["skos"] + "broader")


def disease_hierarchy(release: UpstreamRelease, mapped: set[str]) -> Iterator[Triple]:
    """Yield what lies above what in Mondo's slice, and the labels of classes that no term of ours has the name of.

    :param mapped: the IRIs that are exact matches of terms of ours
    """
    obsolete = {row["id"] for row in release.table("mondo_nodes.tsv") if row["deprecated"]}
    for row in release.table("mondo_nodes.tsv"):
        if row["id"] not in obsolete and expand(row["id"]) not in mapped:
            yield Triple(NamedNode(expand(row["id"])), LABEL, Literal(row["label"]))
    for row in release.table("mondo_edges.tsv"):
        if not obsolete & {row["subject"], row["object"]} and expand(row["predicate"]) == SUBCLASS.value:
            yield Triple(NamedNode(expand(row["subject"])), _BROADER, NamedNode(expand(row["object"])))
