"""The methods by which a part of the graph is made: which terms are in it, and which axioms.

``star``: a locality module, which says all that the whole says with the terms, the classes above them and what they
relate to. ``mireot``: the terms and the classes
above them, with nothing of the axioms but the hierarchy. ``slim``: the terms with their own axioms, and what these and
the direct relations name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from dystonia_kg.vocab import ASSERTED, DYST, IMPORTS, PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import Triple

_RDFS, _OWL = PREFIXES["rdfs"], PREFIXES["owl"]
_SUBCLASS, _SUBPROPERTY = NamedNode(_RDFS + "subClassOf"), NamedNode(_RDFS + "subPropertyOf")
_EQUIVALENT = NamedNode(_OWL + "equivalentClass")
_TYPE = PREFIXES["rdf"] + "type"
_ABOUT = NamedNode(_OWL + "annotatedSource")
_ABOUT_PARTS = tuple(NamedNode(_OWL + f"annotated{part}") for part in ("Property", "Target"))
_ASSERTED, _IMPORTS = NamedNode(ASSERTED), NamedNode(IMPORTS)
_BUILT_IN = tuple(PREFIXES[name] for name in ("rdf", "rdfs", "owl", "xsd"))


class Axioms(NamedTuple):
    """The IRIs of the terms in a part, and the quads of its logical axioms."""

    terms: frozenset[str]
    quads: tuple[Quad, ...]


def axioms_of_method(method: str, store: Store, seeds: list[str]) -> Axioms:
    """Return the terms and axioms of a part around some terms."""
    return _METHODS[method](store, seeds)


def _star(store: Store, seeds: list[str]) -> Axioms:
    from dystonia_kg.exports.hierarchy import Hierarchy
    from dystonia_kg.reasoning.locality import star_module
    from dystonia_kg.reasoning.session import axioms_of

    # Nothing follows from a module about what is not asked for: of a class alone, not even what is above it.
    hierarchy = Hierarchy(store)
    asked = set(seeds)
    for seed in seeds:
        asked |= hierarchy.above(seed)
        asked |= {end for relation in hierarchy.relations(seed) for end in relation[:2]}
    module = star_module(axioms_of(store), asked)
    return Axioms(module.signature, tuple(_placed(store, module.triples)))


def _placed(store: Store, triples: Iterable[Triple]) -> Iterator[Quad]:
    """Put triples into the graph in which the whole has them; what has no names, where our own axioms are."""
    for triple in triples:
        known = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, _IMPORTS)
        named = not isinstance(triple.subject, BlankNode) and not isinstance(triple.object, BlankNode)
        imported = named and next(iter(known), None) is not None
        yield Quad(triple.subject, triple.predicate, triple.object, _IMPORTS if imported else _ASSERTED)


def _mireot(store: Store, seeds: list[str]) -> Axioms:
    from dystonia_kg.exports.hierarchy import Hierarchy

    hierarchy = Hierarchy(store)
    terms = {above for seed in seeds for above in (seed, *hierarchy.above(seed), *_properties_above(store, seed))}
    for seed in seeds:  # an individual comes with its classes
        for quad in store.quads_for_pattern(NamedNode(seed), NamedNode(_TYPE), None):
            if isinstance(quad.object, NamedNode) and not quad.object.value.startswith(_BUILT_IN):
                terms |= {quad.object.value, *hierarchy.above(quad.object.value)}
    return Axioms(frozenset(terms), tuple(_told_between(store, terms)))


def _slim(store: Store, seeds: list[str]) -> Axioms:
    from dystonia_kg.exports.hierarchy import Hierarchy

    hierarchy = Hierarchy(store)
    own = [quad for seed in seeds for quad in _own_axioms(store, seed)]
    terms = {*seeds, *(name for quad in own for name in _names(quad))}
    for seed in seeds:
        terms |= hierarchy.parents(seed)
        terms |= {end for relation in hierarchy.relations(seed) for end in relation[:2]}
        for quad in store.quads_for_pattern(None, NamedNode(DYST + "associationSubject"), NamedNode(seed)):
            for part in ("associationPredicate", "associationObject"):
                ends = store.quads_for_pattern(quad.subject, NamedNode(DYST + part), None)
                terms |= {end.object.value for end in ends if isinstance(end.object, NamedNode)}
    # Without the classes that name a kind, nothing would tell what kind of thing a term is.
    terms |= {above for term in list(terms) for above in hierarchy.above(term) if above in hierarchy.kind_roots}
    told = dict.fromkeys((*own, *_told_between(store, terms)))
    return Axioms(frozenset(terms), tuple(told))


def _own_axioms(store: Store, iri: str) -> Iterator[Quad]:
    """Yield the axioms on a class that say what it is, with all that hangs on them."""
    for predicate in (_SUBCLASS, _EQUIVALENT):
        for quad in store.quads_for_pattern(NamedNode(iri), predicate, None):
            if isinstance(quad.object, BlankNode):
                yield quad
                yield from _inner(store, quad.object)
                yield from _notes(store, quad)


def _inner(store: Store, node: BlankNode) -> Iterator[Quad]:
    todo, seen = [node], {node}
    while todo:
        for quad in store.quads_for_pattern(todo.pop(), None, None):
            yield quad
            if isinstance(quad.object, BlankNode) and quad.object not in seen:
                seen.add(quad.object)
                todo.append(quad.object)


def _told_between(store: Store, terms: set[str]) -> Iterator[Quad]:
    """Yield the told links of the hierarchy between two terms that are both in, with their notes."""
    for iri in sorted(terms):
        for predicate in (_SUBCLASS, _SUBPROPERTY):
            for graph in (_ASSERTED, _IMPORTS):
                for quad in store.quads_for_pattern(NamedNode(iri), predicate, None, graph):
                    if isinstance(quad.object, NamedNode) and quad.object.value in terms:
                        yield quad
                        yield from _notes(store, quad)


def _notes(store: Store, axiom: Quad) -> Iterator[Quad]:
    """Yield what annotates an axiom."""
    for about in store.quads_for_pattern(None, _ABOUT, axiom.subject, axiom.graph_name):
        note = list(store.quads_for_pattern(about.subject, None, None, axiom.graph_name))
        parts = {quad.predicate: quad.object for quad in note}
        if tuple(parts.get(part) for part in _ABOUT_PARTS) == (axiom.predicate, axiom.object):
            yield from note


def _names(quad: Quad) -> Iterator[str]:
    """Yield the terms that a quad of an axiom names."""
    if not isinstance(quad.object, NamedNode) or quad.predicate.value == _TYPE:
        return
    if not quad.object.value.startswith(_BUILT_IN) and quad.predicate.value.startswith(_BUILT_IN):
        yield quad.object.value


def _properties_above(store: Store, iri: str) -> set[str]:
    from dystonia_kg.walk import reached

    def step(node: str) -> Iterator[str]:
        for quad in store.quads_for_pattern(NamedNode(node), _SUBPROPERTY, None):
            if isinstance(quad.object, NamedNode) and not quad.object.value.startswith(_BUILT_IN):
                yield quad.object.value

    return reached(iri, step)


_METHODS: dict[str, Callable[[Store, list[str]], Axioms]] = {"star": _star, "mireot": _mireot, "slim": _slim}
