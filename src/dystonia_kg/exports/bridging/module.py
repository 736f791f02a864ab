"""Our graph in the identifiers of a target: a class that is the same there is written under the target's IRI.

The target has a label and a definition of its own, and an ontology with two of either for a class does not pass its
checks. So of a class that is replaced our label becomes an exact synonym, our definition a ``skos:definition``, and
our accession a cross-reference; what we know of it otherwise stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from dystonia_kg.exports.source import ExportSource
from dystonia_kg.vocab import ASSERTED, DYST, INFERRED, PREFIXES

if TYPE_CHECKING:
    from dystonia_kg.exports.bridging.bridge import Bridge

_OWL, _RDFS, _OIO, _DCT = PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["oboInOwl"], PREFIXES["dcterms"]
_ASSERTED, _INFERRED = NamedNode(ASSERTED), NamedNode(INFERRED)
_TYPE, _CLASS = NamedNode(PREFIXES["rdf"] + "type"), NamedNode(_OWL + "Class")
_ANNOTATION = NamedNode(_OWL + "AnnotationProperty")
_LABEL, _SUBCLASS = NamedNode(_RDFS + "label"), NamedNode(_RDFS + "subClassOf")
_SUBSET, _SUBSETS = NamedNode(_OIO + "inSubset"), NamedNode(_OIO + "SubsetProperty")
_SYNONYM = NamedNode(_OIO + "hasExactSynonym")
_EXACT = NamedNode(PREFIXES["skos"] + "exactMatch")
_ABOUT = tuple(NamedNode(_OWL + f"annotated{part}") for part in ("Source", "Property", "Target"))
#: What is said of a class under another property once it is the target's.
_SAID_AS = {
    NamedNode(PREFIXES["obo"] + "IAO_0000115"): NamedNode(PREFIXES["skos"] + "definition"),
    NamedNode(PREFIXES["obo"] + "IAO_0000119"): NamedNode(_DCT + "source"),
    NamedNode(_DCT + "identifier"): NamedNode(_OIO + "hasDbXref"),
    _LABEL: _SYNONYM,
}


def in_terms_of(source: ExportSource, bridge: Bridge) -> ExportSource:
    """Return a graph in the identifiers of a target."""
    store = Store()
    store.bulk_extend(_Rewriting(source, bridge).quads())
    return ExportSource(store, source.version, source.rename)


class _Rewriting:
    def __init__(self, source: ExportSource, bridge: Bridge) -> None:
        self._source = source
        self._bridge = bridge
        self._store = source.store
        self._names = {ours: theirs for ours, theirs in bridge.names.items() if self._describes(ours)}
        self._folder = f"{DYST}bridge/{bridge.target.name}/"
        self._subset = NamedNode(f"{DYST}subset/kept-in-{bridge.target.name}")
        self._nodes = {NamedNode(ours): NamedNode(theirs) for ours, theirs in self._names.items()}
        self._labels = {axiom.theirs: axiom.label for axiom in bridge.axioms}
        header = source.model.header
        self._documents = {iri for iri in (header.iri, header.version_iri) if iri}
        self._dropped = set(self._notes_on_self())

    def quads(self) -> Iterator[Quad]:
        """Yield what the module holds."""
        for quad in self._store:
            if quad.subject not in self._dropped:
                yield from self._rewritten(quad)
        yield from self._target_labels()
        yield from self._marks()

    def _rewritten(self, quad: Quad) -> Iterator[Quad]:
        subject, predicate, value = self._term(quad.subject), quad.predicate, self._term(quad.object)
        if quad.subject in self._nodes:
            if predicate == _LABEL and self._keeps_label(quad):
                yield Quad(subject, _LABEL, value, quad.graph_name)
                return
            predicate = _SAID_AS.get(predicate, predicate)
            if predicate == _SYNONYM and self._is_label(subject, value):
                return
        elif isinstance(quad.subject, BlankNode) and predicate == _ABOUT[1] and self._is_about_replaced(quad.subject):
            value = _SAID_AS.get(value, value)
        if subject == value and predicate in (_SUBCLASS, _EXACT):
            return
        yield Quad(subject, self._term(predicate), value, quad.graph_name)

    def _term(self, term: Any) -> Any:
        if term in self._nodes:
            return self._nodes[term]
        if isinstance(term, NamedNode) and term.value in self._documents:
            return NamedNode(self._folder + term.value.removeprefix(DYST))
        return term

    # ------------------------------------------------------------------ labels

    def _keeps_label(self, quad: Quad) -> bool:
        """Tell whether ours has to serve, because nothing says what the target calls its class."""
        theirs = self._names[quad.subject.value]  # type: ignore[union-attr]
        return self._labels.get(theirs) is None and not self._has_label(theirs)

    def _describes(self, iri: str) -> bool:
        return next(iter(self._store.quads_for_pattern(NamedNode(iri), None, None)), None) is not None

    def _has_label(self, iri: str) -> bool:
        return next(iter(self._store.quads_for_pattern(NamedNode(iri), _LABEL, None)), None) is not None

    def _is_label(self, subject: Any, value: Any) -> bool:
        return (self._labels.get(subject.value) or "").lower() == getattr(value, "value", "").lower()

    def _target_labels(self) -> Iterator[Quad]:
        for theirs in sorted(self._names.values()):
            label = self._labels.get(theirs)
            if label and not self._has_label(theirs):
                yield Quad(NamedNode(theirs), _LABEL, Literal(label), _ASSERTED)

    # ------------------------------------------------------------------ notes on axioms

    def _notes_on_self(self) -> Iterator[BlankNode]:
        """Yield the notes on a match of ours that is the class itself now."""
        for quad in self._store.quads_for_pattern(None, _ABOUT[1], _EXACT):
            ours, theirs = (self._about(quad.subject, part) for part in (_ABOUT[0], _ABOUT[2]))
            if ours in self._nodes and self._nodes[ours] == theirs and isinstance(quad.subject, BlankNode):
                yield quad.subject

    def _is_about_replaced(self, node: BlankNode) -> bool:
        return self._about(node, _ABOUT[0]) in self._nodes

    def _about(self, node: Any, part: NamedNode) -> Any:
        return next((quad.object for quad in self._store.quads_for_pattern(node, part, None)), None)

    # ------------------------------------------------------------------ marks

    def _marks(self) -> Iterator[Quad]:
        """Mark the classes that could have been the target's, and are kept as ours."""
        title = self._bridge.target.title
        about = (
            f"Classes of this ontology that are kept under their own identifier, for no class of {title} is the same."
        )
        yield Quad(self._subset, _TYPE, _ANNOTATION, _ASSERTED)
        yield Quad(self._subset, NamedNode(_RDFS + "subPropertyOf"), _SUBSETS, _ASSERTED)
        yield Quad(self._subset, _LABEL, Literal(f"kept in {self._bridge.target.name}"), _ASSERTED)
        yield Quad(self._subset, NamedNode(_RDFS + "comment"), Literal(about), _ASSERTED)
        for node, label in ((_SUBSET, "in subset"), (_SUBSETS, "subset property")):
            yield Quad(node, _TYPE, _ANNOTATION, _ASSERTED)
            yield Quad(node, _LABEL, Literal(label), _ASSERTED)
        roots = {ours for ours, _ in self._bridge.target.categories}
        for quad in self._store.quads_for_pattern(None, _TYPE, _CLASS, _ASSERTED):
            iri = getattr(quad.subject, "value", "")
            if not iri.startswith(DYST) or iri in self._names:
                continue
            if roots & {iri, *self._source.model.hierarchy.above(iri)}:
                yield Quad(quad.subject, _SUBSET, self._subset, _ASSERTED)
