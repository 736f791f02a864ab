"""A part of the graph around some terms, which can be exported as the whole can.

What a part holds of the axioms is for its method to say (``_STAR`` ...); the rest is the same for all: what is said of
the terms in it, the statements and mappings of which one is the subject, the publications behind them, the header.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from dystonia_kg.errors import ParameterError
from dystonia_kg.portable import Portable
from dystonia_kg.subset_parts import Axioms, axioms_of_method
from dystonia_kg.terms import Term
from dystonia_kg.vocab import ASSERTED, ASSOCIATIONS, DYST, IMPORTS, INFERRED, MAPPINGS, PREFIXES

if TYPE_CHECKING:
    from dystonia_kg.exports.source import ExportSource
    from dystonia_kg.graph import KnowledgeGraph

METHODS = ("star", "mireot", "slim")

_OWL, _RDFS = PREFIXES["owl"], PREFIXES["rdfs"]
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_ABOUT = NamedNode(_OWL + "annotatedSource")
_ABOUT_PROPERTY = NamedNode(_OWL + "annotatedProperty")
_ONTOLOGY = NamedNode(_OWL + "Ontology")
#: What a source can be; the entries of upstream cite publications of their own.
_CITED = (NamedNode(DYST + "DiseaseRecord"), NamedNode(DYST + "Publication"))
_SUBJECT = NamedNode(DYST + "associationSubject")
_ROOT = NamedNode(PREFIXES["IAO"] + "0000700")
_TITLE = NamedNode(PREFIXES["dcterms"] + "title")
_VERSION_IRI = NamedNode(_OWL + "versionIRI")
_SUBCLASS = NamedNode(_RDFS + "subClassOf")
_TOLD = tuple(map(NamedNode, (ASSERTED, IMPORTS)))
_MAPPINGS, _ASSOCIATIONS, _INFERRED = (NamedNode(name) for name in (MAPPINGS, ASSOCIATIONS, INFERRED))
#: What is no annotation but an axiom, so that the method says whether it is in.
_LOGICAL = frozenset(
    [_RDFS + name for name in ("subClassOf", "subPropertyOf", "domain", "range")]
    + [
        _OWL + name
        for name in (
            "equivalentClass", "disjointWith", "disjointUnionOf", "inverseOf", "propertyChainAxiom",
            "equivalentProperty", "propertyDisjointWith", "hasKey", "sameAs", "differentFrom",
        )
    ]
)  # fmt: skip


class Subset(Portable):
    """A part of a graph; make one with :meth:`dystonia_kg.KnowledgeGraph.subset`.

    ``terms`` are those in it, ``seeds`` those that it was made around; ``len()`` is the number of terms.
    """

    def __init__(self, kg: KnowledgeGraph, seeds: tuple[Term, ...], method: str) -> None:
        self._kg = kg
        self.seeds = seeds
        self.method = method

    def __repr__(self) -> str:
        return f"<Subset {self.method} of {', '.join(seed.curie for seed in self.seeds)}: {len(self)} terms>"

    def __len__(self) -> int:
        return len(self.terms)

    def __contains__(self, term: object) -> bool:
        return (getattr(term, "iri", None) or term) in self._axioms.terms

    @property
    def version(self) -> str:
        """The version of the release that it comes from."""
        return self._kg.version

    def _whole_source(self) -> ExportSource:
        return self._kg._export_source()

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The terms in it, in the order of the graph's own lists."""
        return self._kg._terms_of(self._axioms.terms)

    @cached_property
    def _axioms(self) -> Axioms:
        return axioms_of_method(self.method, self._kg._store, [seed.iri for seed in self.seeds])

    @cached_property
    def _store(self) -> Store:
        store = Store()
        store.bulk_extend(_Parts(self).quads())
        return store


class _Parts:
    """The quads of a part."""

    def __init__(self, subset: Subset) -> None:
        self._whole = subset._kg._store
        self._axioms = subset._axioms
        self._terms = [NamedNode(iri) for iri in sorted(subset._axioms.terms)]
        self._subset = subset
        self._mentioned: set[NamedNode] = set()

    def quads(self) -> Iterator[Quad]:
        """Yield everything; what is mentioned is found on the way, so the descriptions of that come last."""
        for part in (self._told(), self._inferred(), self._statements(), self._mappings(), self._header()):
            for quad in part:
                self._mention(quad)
                yield quad
        known = set(self._terms)
        for node in sorted(self._mentioned - known, key=str):
            for quad in self._description(node):
                self._mention(quad)
                yield quad
        yield from self._publications()

    def _mention(self, quad: Quad) -> None:
        self._mentioned.update(term for term in (quad.predicate, quad.object) if isinstance(term, NamedNode))

    # ------------------------------------------------------------------ terms

    def _told(self) -> Iterator[Quad]:
        yield from self._axioms.quads
        for node in self._terms:
            yield from self._description(node)

    def _description(self, node: NamedNode) -> Iterator[Quad]:
        """Yield what is said of a term that is no axiom, with the notes on it."""
        for graph in _TOLD:
            for quad in self._whole.quads_for_pattern(node, None, None, graph):
                if quad.predicate.value not in _LOGICAL and not isinstance(quad.object, BlankNode):
                    yield quad
            yield from self._notes(node, graph)

    def _notes(self, node: NamedNode, graph: NamedNode) -> Iterator[Quad]:
        for about in self._whole.quads_for_pattern(None, _ABOUT, node, graph):
            note = list(self._whole.quads_for_pattern(about.subject, None, None, graph))
            properties = {getattr(q.object, "value", "") for q in note if q.predicate == _ABOUT_PROPERTY}
            if not properties & _LOGICAL:
                yield from note

    def _inferred(self) -> Iterator[Quad]:
        """Yield what was inferred between two terms that are both in."""
        known = set(self._terms)
        for node in self._terms:
            for quad in self._whole.quads_for_pattern(node, None, None, _INFERRED):
                if quad.object in known and (quad.predicate == _SUBCLASS or quad.predicate in known):
                    yield quad

    # ------------------------------------------------------------------ statements and mappings

    def _statements(self) -> Iterator[Quad]:
        for node in self._terms:
            yield from self._whole.quads_for_pattern(node, None, None, _ASSOCIATIONS)
            for about in self._whole.quads_for_pattern(None, _SUBJECT, node):
                yield from self._whole.quads_for_pattern(about.subject, None, None, about.graph_name)

    def _mappings(self) -> Iterator[Quad]:
        for node in self._terms:
            yield from self._whole.quads_for_pattern(node, None, None, _MAPPINGS)
            for about in self._whole.quads_for_pattern(None, _ABOUT, node, _MAPPINGS):
                yield from self._whole.quads_for_pattern(about.subject, None, None, _MAPPINGS)

    # ------------------------------------------------------------------ around them

    def _header(self) -> Iterator[Quad]:
        """Yield the header under an IRI of its own, for a part is not the ontology."""
        known = set(self._terms)
        seeds = "\n".join([self._subset.method, *sorted(seed.iri for seed in self._subset.seeds)])
        name = f"subset/{self._subset.method}-{hashlib.sha256(seeds.encode()).hexdigest()[:12]}.owl"
        for found in self._whole.quads_for_pattern(None, _TYPE, _ONTOLOGY):
            if not getattr(found.subject, "value", "").startswith(DYST):
                continue
            for quad in self._whole.quads_for_pattern(found.subject, None, None, found.graph_name):
                value = quad.object
                if quad.predicate == _ROOT and value not in known:
                    continue
                if quad.predicate == _VERSION_IRI:
                    value = NamedNode(f"{DYST}releases/{self._subset.version}/{name}")
                if quad.predicate == _TITLE and isinstance(value, Literal):
                    about = ", ".join(seed.label for seed in self._subset.seeds[:5])
                    value = Literal(f"{value.value}: the part around {about}")
                yield Quad(NamedNode(DYST + name), quad.predicate, value, quad.graph_name)

    def _publications(self) -> Iterator[Quad]:
        """Yield the entries and publications that are cited, and those that stand for a vocabulary that is used."""
        for kind in _CITED:
            for found in self._whole.quads_for_pattern(None, _TYPE, kind):
                if found.subject in self._mentioned:
                    for graph in (*_TOLD, _ASSOCIATIONS):
                        for quad in self._whole.quads_for_pattern(found.subject, None, None, graph):
                            self._mention(quad)
                            yield quad


def make_subset(kg: KnowledgeGraph, terms: str | Term | Iterable[str | Term], method: str) -> Subset:
    """Return a part of a graph; see :meth:`dystonia_kg.KnowledgeGraph.subset`."""
    if method not in METHODS:
        raise ParameterError(f"method={method!r}: use one of {', '.join(METHODS)}")
    names = [terms] if isinstance(terms, str | Term) else list(terms)
    if not names:
        raise ParameterError("a part needs at least one term to be made around")
    seeds = {term.iri: term for term in (kg.term(name) for name in names)}
    return Subset(kg, tuple(seeds[iri] for iri in sorted(seeds)), method)
