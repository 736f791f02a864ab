"""The graph as values, in order, read one at a time: what formats are made from, so that none writes SPARQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode

from dystonia_kg.exports.axioms import Axioms
from dystonia_kg.exports.hierarchy import Hierarchy
from dystonia_kg.exports.mapping_tables import association_fields
from dystonia_kg.exports.records import (
    Annotation,
    AssociationRecord,
    Header,
    LogicalDefinition,
    MappingRecord,
    Parent,
    PropertyRecord,
    PublicationRecord,
    Relation,
    Synonym,
    TermRecord,
)
from dystonia_kg.vocab import ASSERTED, DYST, IMPORTS, INFERRED, PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from dystonia_kg.exports.source import ExportSource

_RDFS, _OWL, _OIO, _OBO = PREFIXES["rdfs"], PREFIXES["owl"], PREFIXES["oboInOwl"], PREFIXES["obo"]
_SKOS, _DCT, _SSSOM = PREFIXES["skos"], PREFIXES["dcterms"], PREFIXES["sssom"]
_TYPE = PREFIXES["rdf"] + "type"
_TOLD = (NamedNode(ASSERTED), NamedNode(IMPORTS))
_INFERRED = NamedNode(INFERRED)
_SUBCLASS = _RDFS + "subClassOf"
_SUBPROPERTY = _RDFS + "subPropertyOf"
_DEFINITION, _DEFINED_BY = _OBO + "IAO_0000115", _OBO + "IAO_0000119"
_TYPES = {
    _OWL + "Class": "class",
    _OWL + "ObjectProperty": "object property",
    _OWL + "DatatypeProperty": "data property",
    _OWL + "AnnotationProperty": "annotation property",
    _RDFS + "Datatype": "datatype",
}
_SCOPES = {_OIO + f"has{scope}Synonym": scope.lower() for scope in ("Exact", "Broad", "Narrow", "Related")}
_MATCHES = {_SKOS + f"{name}Match": f"{name}Match" for name in ("exact", "close", "broad", "narrow", "related")}
_PUBLICATION = DYST + "Publication"
_ENDS = {DYST + f"association{end}": end.lower() for end in ("Subject", "Predicate", "Object")}
_COUNT = re.compile(r"(?<![\d.])(\d+) ?(?:/|of) ?(\d+)(?![\d.])")
# What has a field of its own in a term's record, or is said by its axioms.
_KNOWN = {
    _TYPE, _SUBCLASS, _SUBPROPERTY, _OWL + "equivalentClass", _OWL + "disjointWith", _RDFS + "domain", _RDFS + "range",
    _OWL + "inverseOf", _OWL + "propertyChainAxiom", _OWL + "equivalentProperty", _RDFS + "label", _RDFS + "comment",
    _DEFINITION, _DEFINED_BY, _OIO + "hasDbXref", _OWL + "deprecated", _OBO + "IAO_0100001", _OIO + "consider",
    _DCT + "source", _DCT + "identifier", *_SCOPES, *_MATCHES,
}  # fmt: skip

Facts = dict[str, list["Quad"]]
Notes = dict[tuple[str, str], dict[str, list[str]]]


class Model:
    """What a source holds, as records; each method yields in order of the written IRI, one record at a time."""

    def __init__(self, source: ExportSource) -> None:
        self.source = source
        self.hierarchy = Hierarchy(source.store)
        self.axioms = Axioms(source.store)
        self._references: dict[str, str] = {}

    # ------------------------------------------------------------------ what there is

    @cached_property
    def term_iris(self) -> tuple[str, ...]:
        """The IRIs, as they stand in the store, of all terms: neither publications, associations nor RDF's own."""
        described: dict[str, set[str]] = {}
        for quad in self.source.store.quads_for_pattern(None, NamedNode(_TYPE), None):
            if not isinstance(quad.subject, NamedNode) or not isinstance(quad.object, NamedNode):
                continue
            if quad.graph_name in _TOLD or quad.object.value in _TYPES:
                described.setdefault(quad.subject.value, set()).add(quad.object.value)
        unwanted = {_PUBLICATION, _OWL + "Ontology"}
        found = (iri for iri, types in described.items() if not types & unwanted and not _built_in(iri))
        return tuple(sorted(found, key=self.source.iri))

    @cached_property
    def association_iris(self) -> tuple[str, ...]:
        """The IRIs of all associations."""
        quads = self.source.store.quads_for_pattern(None, NamedNode(DYST + "associationSubject"), None)
        return tuple(sorted(q.subject.value for q in quads if isinstance(q.subject, NamedNode)))

    @cached_property
    def publication_iris(self) -> tuple[str, ...]:
        """The IRIs of all publications."""
        quads = self.source.store.quads_for_pattern(None, NamedNode(_TYPE), NamedNode(_PUBLICATION))
        return tuple(sorted(q.subject.value for q in quads if isinstance(q.subject, NamedNode)))

    def terms(self) -> Iterator[TermRecord]:
        """Yield every term: classes, properties and individuals."""
        return (self.term(iri) for iri in self.term_iris)

    def association_ends(self) -> list[str]:
        """Return all subjects and objects of associations, by their IRIs in the store."""
        ends = (NamedNode(DYST + "associationSubject"), NamedNode(DYST + "associationObject"))
        quads = (quad for end in ends for quad in self.source.store.quads_for_pattern(None, end, None))
        return sorted({quad.object.value for quad in quads if isinstance(quad.object, NamedNode)})

    def associations(self) -> Iterator[AssociationRecord]:
        """Yield every association."""
        return (self._association(iri) for iri in self.association_iris)

    def publications(self) -> Iterator[PublicationRecord]:
        """Yield every publication."""
        return (self.publication(iri) for iri in self.publication_iris)

    def mappings(self) -> Iterator[MappingRecord]:
        """Yield every mapping, in order of the subject."""
        for iri in self.term_iris:
            facts = self._facts(iri)
            if not _MATCHES.keys().isdisjoint(facts):
                yield from self._mappings(iri, facts, self._notes(iri))

    # ------------------------------------------------------------------ one of them

    def label(self, iri: str) -> str:
        """Return the label of an IRI of the store, or else its title; its CURIE where it has neither."""
        for predicate in (_RDFS + "label", _DCT + "title"):
            quads = self.source.store.quads_for_pattern(NamedNode(iri), NamedNode(predicate), None)
            labels = sorted(quad.object.value for quad in quads if isinstance(quad.object, Literal))
            if labels:
                return labels[0]
        return self.source.curie(iri)

    def term(self, iri: str) -> TermRecord:
        """Return a term by its IRI in the store."""
        facts, notes, name = self._facts(iri), self._notes(iri), self.source.iri
        axioms = self.axioms.of(iri)
        kinds = self.hierarchy.kinds(iri)
        sources = self._iris(facts, _DCT + "source")
        return TermRecord(
            iri=name(iri),
            curie=self.source.curie(iri),
            accession=self._text(facts, _DCT + "identifier"),
            type=_type(facts),
            kind=kinds[0] if kinds else None,
            kinds=kinds,
            own=iri.startswith(DYST),
            label=self._name(facts, iri),
            definition=self._text(facts, _DEFINITION),
            definition_sources=self._iris(facts, _DEFINED_BY),
            synonyms=self._synonyms(facts, notes),
            types=tuple(t for t in self._iris(facts, _TYPE) if not t.startswith(_OWL) and t not in _TYPES),
            parents=self._parents(iri, facts, notes, sources),
            equivalents=tuple(sorted(name(other) for other in self.hierarchy.equivalents(iri))),
            relations=self._relations(iri, notes, sources),
            logical_definitions=tuple(d.renamed(name) for d in axioms.definitions),
            other_axioms=axioms.other,
            mappings=tuple(self._mappings(iri, facts, notes)),
            xrefs=self._texts(facts, _OIO + "hasDbXref"),
            comments=self._texts(facts, _RDFS + "comment"),
            deprecated=self._text(facts, _OWL + "deprecated") in ("true", "1"),
            replaced_by=self._iris(facts, _OBO + "IAO_0100001"),
            consider=self._iris(facts, _OIO + "consider"),
            sources=sources,
            annotations=self._annotations(facts),
        )

    def publication(self, iri: str) -> PublicationRecord:
        """Return a publication by its IRI in the store."""
        facts = self._facts(iri)
        return PublicationRecord(
            self.source.iri(iri),
            iri.rsplit("/", 1)[-1],
            self._text(facts, _DCT + "bibliographicCitation") or self._text(facts, _RDFS + "label") or iri,
            self._text(facts, DYST + "pmid"),
            self._text(facts, DYST + "pmcid"),
            self._text(facts, DYST + "doi"),
            self._text(facts, _DCT + "hasVersion"),
        )

    def definitions(self, iri: str) -> tuple[LogicalDefinition, ...]:
        """Return the plain definitions of a class, by its IRI in the store."""
        return tuple(one.renamed(self.source.iri) for one in self.axioms.of(iri).definitions)

    def type(self, iri: str) -> str:
        """Return what an IRI of the store is declared as: class, object property, individual ..."""
        quads = self.source.store.quads_for_pattern(NamedNode(iri), NamedNode(_TYPE), None)
        return _type({_TYPE: list(quads)})

    def is_publication(self, iri: str) -> bool:
        """Tell whether an IRI of the store is that of a publication."""
        return self._is(iri, _PUBLICATION)

    def _is(self, iri: str, kind: str) -> bool:
        quads = self.source.store.quads_for_pattern(NamedNode(iri), NamedNode(_TYPE), NamedNode(kind))
        return next(iter(quads), None) is not None

    def references(self, iris: Iterable[str]) -> list[str]:
        """Return how others call publications: PMID:..., DOI:...; the CURIE of what is no publication."""
        return list(dict.fromkeys(self._reference(self.source.original(iri)) for iri in iris))

    def _reference(self, iri: str) -> str:
        if iri not in self._references:
            known = self.is_publication(iri)
            self._references[iri] = self.publication(iri).reference if known else self.source.curie(iri)
        return self._references[iri]

    def property(self, iri: str) -> PropertyRecord:
        """Return what is said of a property, by its IRI in the store, beyond what its term says."""
        found, name = self.axioms.property(iri), self.source.iri
        parts = (found.domains, found.ranges, found.inverses)
        domains, ranges, inverses = (tuple(sorted(map(name, part))) for part in parts)
        chains = tuple(sorted(tuple(map(name, chain)) for chain in found.chains))
        return PropertyRecord(domains, ranges, inverses, chains, found.characteristics, found.other)

    def disjoint(self, iri: str) -> tuple[str, ...]:
        """Return the named classes with which a class shares no instance by an axiom on it or on a set it is in."""
        return tuple(sorted(map(self.source.iri, self.axioms.disjoint(iri))))

    @cached_property
    def header(self) -> Header:
        """What is said of the ontology as a whole."""
        quads = self.source.store.quads_for_pattern(None, NamedNode(_TYPE), NamedNode(_OWL + "Ontology"))
        iris = sorted(q.subject.value for q in quads if isinstance(q.subject, NamedNode))
        iri = next((one for one in iris if one.startswith(DYST)), iris[0] if iris else DYST)
        facts = self._facts(iri)
        publications = (self.publication(one) for one in self.publication_iris)
        return Header(
            iri,
            next(iter(self._iris(facts, _OWL + "versionIRI")), None),
            self.source.version,
            self._text(facts, _DCT + "title") or iri,
            self._text(facts, _DCT + "description"),
            next(iter(self._iris(facts, _DCT + "license")), None) or self._text(facts, _DCT + "license"),
            self._texts(facts, _DCT + "creator") + self._iris(facts, _DCT + "creator"),
            tuple(one for one in publications if one.version),
        )

    # ------------------------------------------------------------------ parts of a term

    def _synonyms(self, facts: Facts, notes: Notes) -> tuple[Synonym, ...]:
        found = []
        for predicate, scope in _SCOPES.items():
            for text in self._texts(facts, predicate):
                note = notes.get((predicate, text), {})
                kinds = note.get(_OIO + "hasSynonymType", [None])
                found.append(Synonym(text, scope, kinds[0], tuple(sorted(note.get(_DCT + "source", ())))))
        return tuple(found)

    def _parents(self, iri: str, facts: Facts, notes: Notes, sources: tuple[str, ...]) -> tuple[Parent, ...]:
        predicate = _SUBCLASS if _SUBCLASS in facts else _SUBPROPERTY
        quads = facts.get(predicate, ())
        told = {q.object.value: q.graph_name != _INFERRED for q in quads if isinstance(q.object, NamedNode)}
        direct = self.hierarchy.parents(iri) if predicate == _SUBCLASS else set(told)
        direct -= {one for one in direct if _built_in(one) and one.startswith(_OWL)}
        found = []
        for parent in direct:
            own = notes.get((predicate, self.source.iri(parent)), {}).get(_DCT + "source")
            asserted = told.get(parent, False)
            found.append(Parent(self.source.iri(parent), asserted, tuple(sorted(own or (sources if asserted else ())))))
        return tuple(sorted(found))

    def _relations(self, iri: str, notes: Notes, sources: tuple[str, ...]) -> tuple[Relation, ...]:
        found = []
        for predicate, target, stated in self.hierarchy.relations(iri):
            asserted = stated or self.axioms.states(iri, predicate, target)
            own = self.axioms.sources(iri, predicate, target)
            names = tuple(sorted(self.source.iri(one) for one in own)) or (sources if asserted else ())
            found.append(Relation(self.source.iri(predicate), self.source.iri(target), asserted, names))
        return tuple(sorted(found))

    def _mappings(self, iri: str, facts: Facts, notes: Notes) -> Iterator[MappingRecord]:
        for predicate, name in _MATCHES.items():
            for target in self._iris(facts, predicate):
                note = notes.get((predicate, target), {})
                slots = ("object_label", "mapping_justification", "object_source", "object_source_version", "comment")
                values = (next(iter(sorted(note.get(_SSSOM + slot, ()))), None) for slot in slots)
                yield MappingRecord(self.source.iri(iri), name, target, self._text(facts, _RDFS + "label"), *values)

    def _annotations(self, facts: Facts) -> tuple[Annotation, ...]:
        found = set()
        for predicate, quads in facts.items():
            if predicate in _KNOWN or self.hierarchy.is_relation(predicate):
                continue
            name = self.source.iri(predicate)
            for quad in quads:
                if isinstance(quad.object, NamedNode):
                    found.add(Annotation(name, self.source.iri(quad.object.value), True, None))
                elif isinstance(quad.object, Literal):
                    found.add(Annotation(name, quad.object.value, False, quad.object.datatype.value))
        return tuple(sorted(found, key=lambda one: (one.property, one.value, one.is_iri)))

    def _association(self, iri: str) -> AssociationRecord:
        facts = self._facts(iri)
        fields = association_fields()
        known = {fields[p]: self._first(facts, p) for p in facts if p in fields}
        frequency, total = known.get("frequency"), known.get("total")
        count = _COUNT.findall(known.get("frequency_text") or "")
        counted = (int(count[0][0]), int(count[0][1])) if len(count) == 1 else (None, None)
        unused = facts.keys() - fields.keys() - _ENDS.keys() - {_TYPE, _DCT + "source"}
        # Where a field takes one value and there are several, none of them is lost.
        several = sorted(p for p in facts if p in fields and len(facts[p]) > 1)
        more = [(self.source.iri(p), v) for p in several for v in self._values(facts, p)[1:]]
        return AssociationRecord(
            iri=self.source.iri(iri),
            type=next(iter(self._iris(facts, _TYPE)), ""),
            **{end: next(iter(self._iris(facts, predicate)), "") for predicate, end in _ENDS.items()},
            text=known.get("text"),
            frequency=float(frequency) if frequency else None,
            count=int(number) if (number := known.get("count")) else counted[0],
            total=int(total) if total else counted[1],
            frequency_text=known.get("frequency_text"),
            frequency_term=known.get("frequency_term"),
            onset=known.get("onset"),
            sex=known.get("sex"),
            evidence=known.get("evidence"),
            excluded=known.get("excluded") in ("true", "1"),
            population=known.get("population"),
            agreement=known.get("agreement"),
            sources=self._iris(facts, _DCT + "source"),
            other=tuple(sorted((self.source.iri(p), v) for p in unused for v in self._values(facts, p)) + more),
        )

    # ------------------------------------------------------------------ reading

    def _facts(self, iri: str) -> Facts:
        facts: Facts = {}
        for quad in self.source.store.quads_for_pattern(NamedNode(iri), None, None):
            facts.setdefault(quad.predicate.value, []).append(quad)
        return facts

    def _notes(self, iri: str) -> Notes:
        """Return what annotates each annotation or axiom of a term, by (property, value), under written names."""
        store = self.source.store
        notes: Notes = {}
        for quad in store.quads_for_pattern(None, NamedNode(_OWL + "annotatedSource"), NamedNode(iri)):
            note: dict[str, list[str]] = {}
            for part in store.quads_for_pattern(quad.subject, None, None):
                if not isinstance(part.object, BlankNode):
                    value = part.object.value  # type: ignore[union-attr]
                    written = self.source.iri(value) if isinstance(part.object, NamedNode) else value
                    note.setdefault(part.predicate.value, []).append(written)
            key = note.get(_OWL + "annotatedProperty", [""])[0], note.get(_OWL + "annotatedTarget", [""])[0]
            for predicate, values in note.items():
                notes.setdefault(key, {}).setdefault(predicate, []).extend(values)
        return notes

    def _name(self, facts: Facts, iri: str) -> str:
        names = (self._text(facts, predicate) for predicate in (_RDFS + "label", _DCT + "title"))
        return next((name for name in names if name is not None), self.source.curie(iri))

    def _texts(self, facts: Facts, predicate: str) -> tuple[str, ...]:
        return tuple(sorted({q.object.value for q in facts.get(predicate, ()) if isinstance(q.object, Literal)}))

    def _text(self, facts: Facts, predicate: str) -> str | None:
        return next(iter(self._texts(facts, predicate)), None)

    def _iris(self, facts: Facts, predicate: str) -> tuple[str, ...]:
        quads = facts.get(predicate, ())
        return tuple(sorted({self.source.iri(q.object.value) for q in quads if isinstance(q.object, NamedNode)}))

    def _values(self, facts: Facts, predicate: str) -> tuple[str, ...]:
        return tuple(sorted(set(self._texts(facts, predicate)) | set(self._iris(facts, predicate))))

    def _first(self, facts: Facts, predicate: str) -> str | None:
        return next(iter(self._values(facts, predicate)), None)


def _built_in(iri: str) -> bool:
    return iri.startswith((PREFIXES["rdf"], _RDFS, _OWL, PREFIXES["xsd"]))


def _type(facts: Facts) -> str:
    declared = {quad.object.value for quad in facts.get(_TYPE, ()) if isinstance(quad.object, NamedNode)}
    return next((word for iri, word in _TYPES.items() if iri in declared), "individual")
