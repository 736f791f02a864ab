"""What the graph holds, as values that no format has to look up again. IRIs are those written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Synonym(NamedTuple):
    """Another name: its scope (exact, broad, narrow, related), the IRI of its type, its sources as IRIs."""

    text: str
    scope: str
    type: str | None
    sources: tuple[str, ...]


class Parent(NamedTuple):
    """A direct superclass; ``asserted`` if an axiom names it, with the sources of that axiom or else of the term."""

    iri: str
    asserted: bool
    sources: tuple[str, ...]


class Relation(NamedTuple):
    """A direct existential edge: every instance stands in the relation to some instance of the object.

    ``asserted`` if an axiom on the term itself states it, alone or as one of several conditions.
    """

    predicate: str
    object: str
    asserted: bool
    sources: tuple[str, ...]


class LogicalDefinition(NamedTuple):
    """An equivalence to named classes (genus) that stand in relations to others (differentia: relation, class)."""

    genus: tuple[str, ...]
    differentia: tuple[tuple[str, str], ...]


class Annotation(NamedTuple):
    """What else is said of a term: a text with its datatype, or an IRI."""

    property: str
    value: str
    is_iri: bool
    datatype: str | None


class MappingRecord(NamedTuple):
    """A term of another vocabulary; ``predicate`` is the local name of SKOS, such as exactMatch."""

    subject: str
    predicate: str
    object: str
    subject_label: str | None
    object_label: str | None
    justification: str | None
    object_source: str | None
    object_version: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class TermRecord:
    """A class, property or individual.

    :param type: class, object property, data property, annotation property, individual or datatype
    :param kind: the word for the nearest kind above (disorder, gene, region ...), as the ontology names it
    :param kinds: the words for all kinds above, the nearest first
    :param own: whether it is a term of this ontology, rather than one of another that it uses
    :param types: of an individual, its direct classes
    :param equivalents: other named classes of the same meaning; they are not among the parents
    :param other_axioms: how many logical axioms say more than parents, relations and definitions here do
    :param annotations: what else is said
    """

    iri: str
    curie: str
    accession: str | None
    type: str
    kind: str | None
    kinds: tuple[str, ...]
    own: bool
    label: str
    definition: str | None
    definition_sources: tuple[str, ...]
    synonyms: tuple[Synonym, ...]
    types: tuple[str, ...]
    parents: tuple[Parent, ...]
    equivalents: tuple[str, ...]
    relations: tuple[Relation, ...]
    logical_definitions: tuple[LogicalDefinition, ...]
    other_axioms: int
    mappings: tuple[MappingRecord, ...]
    xrefs: tuple[str, ...]
    comments: tuple[str, ...]
    deprecated: bool
    replaced_by: tuple[str, ...]
    consider: tuple[str, ...]
    sources: tuple[str, ...]
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class AssociationRecord:
    """A statement that carries data and need not hold in every case.

    :param type: the IRI of its class
    :param frequency: the share of cases, from 0 to 1
    :param count: in how many of ``total`` people, where the source counts them
    :param frequency_text: as its source puts it
    :param frequency_term: the term for the frequency, such as one of HPO
    :param excluded: whether the source says that it does not hold
    :param other: what else is said, as (property, value)
    """

    iri: str
    type: str
    subject: str
    predicate: str
    object: str
    text: str | None
    frequency: float | None
    count: int | None
    total: int | None
    frequency_text: str | None
    frequency_term: str | None
    onset: str | None
    sex: str | None
    evidence: str | None
    excluded: bool
    population: str | None
    agreement: str | None
    sources: tuple[str, ...]
    other: tuple[tuple[str, str], ...]


class PublicationRecord(NamedTuple):
    """A publication; ``key`` is the last part of its IRI."""

    iri: str
    key: str
    citation: str
    pmid: str | None
    pmcid: str | None
    doi: str | None
    version: str | None

    @property
    def reference(self) -> str:
        """The identifier by which others know it: its PubMed number, DOI or PubMed Central number, or else its key."""
        if self.pmid:
            return f"PMID:{self.pmid}"
        if self.doi:
            return f"DOI:{self.doi}"
        return self.pmcid.replace("PMC", "PMCID:PMC", 1) if self.pmcid else f"ref:{self.key}"


class PropertyRecord(NamedTuple):
    """What is said of a property beyond its term: named domains and ranges, inverses, chains that imply it.

    ``characteristics`` are words such as Transitive; ``other`` counts domains and ranges that no name tells.
    """

    domains: tuple[str, ...]
    ranges: tuple[str, ...]
    inverses: tuple[str, ...]
    chains: tuple[tuple[str, ...], ...]
    characteristics: tuple[str, ...]
    other: int


class Header(NamedTuple):
    """What is said of the ontology as a whole; ``attributions`` are the vocabularies used, with their versions."""

    iri: str
    version_iri: str | None
    version: str
    title: str
    description: str | None
    license: str | None
    creators: tuple[str, ...]
    attributions: tuple[PublicationRecord, ...]
