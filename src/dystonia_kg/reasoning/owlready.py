"""The ontology as owlready2 sees it: a world of its own, filled from our store."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, Store, Triple, serialize

from dystonia_kg.vocab import DYST

_ONTOLOGY = NamedNode(DYST + "dystonia.owl")
# owlready2 imports any Python module that a file names with these properties, so they never reach it.
_CODE = "http://www.lesfleursdunormal.fr/static/_downloads/owlready_ontology.owl#"
_SKIPPED = ("/associations", "/mappings")


def as_owlready2(store: Store) -> Any:
    """Return the ontology in a new owlready2 world; its terms are attributes, such as ``onto.CervicalDystonia``.

    Asserted and imported axioms and the inferred hierarchy are there; what is changed stays in that world.
    """
    from owlready2 import World

    base = NamedNode(DYST)
    triples = []
    for quad in store:
        graph = getattr(quad.graph_name, "value", "")
        if graph.endswith(_SKIPPED) or quad.predicate.value.startswith(_CODE):
            continue
        if graph.endswith("/inferred") and not quad.predicate.value.endswith("#subClassOf"):
            continue  # direct edges between classes are not OWL
        subject = base if quad.subject == _ONTOLOGY else quad.subject
        triples.append(Triple(subject, quad.predicate, quad.object))
    document = serialize(sorted(triples, key=str), format=RdfFormat.N_TRIPLES)
    world = World()
    return world.get_ontology(DYST).load(fileobj=BytesIO(document))
