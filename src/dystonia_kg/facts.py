"""What is said of a term, as values: synonyms, relations, mappings, sources, statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import NamedNode

from dystonia_kg.access import Walks
from dystonia_kg.vocab import ASSOCIATIONS, DYST, INFERRED, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Collection

    from dystonia_kg.access import StoreAccess
    from dystonia_kg.terms import Term

_INFERRED, _ASSOCIATIONS = NamedNode(INFERRED), NamedNode(ASSOCIATIONS)
_DCT = PREFIXES["dcterms"]


class Synonym(NamedTuple):
    """Another name of a term: its ``scope`` (exact, broad, narrow, related) and ``type``, such as previous name."""

    text: str
    scope: str
    type: str | None
    sources: tuple[str, ...]

    def __str__(self) -> str:
        return self.text


class Relation(NamedTuple):
    """A direct edge from a term: ``inferred`` if the reasoner adds it, ``general`` if it need not always hold."""

    predicate: Term
    object: Term
    inferred: bool
    general: bool

    def __str__(self) -> str:
        return f"{self.predicate.label} {self.object.label}"


class TermMapping(NamedTuple):
    """A term of another vocabulary: ``predicate`` is exact, close, broad, narrow or related."""

    predicate: str
    curie: str
    iri: str
    label: str | None
    justification: str | None
    version: str | None

    def __str__(self) -> str:
        return f"{self.predicate} {self.curie}"


class Source(NamedTuple):
    """A publication on which a statement rests."""

    key: str
    citation: str
    pmid: str | None
    doi: str | None
    iri: str

    def __str__(self) -> str:
        numbers = [f"PMID:{self.pmid}"] if self.pmid else []
        numbers += [f"DOI:{self.doi}"] if self.doi else []
        shown = f" ({', '.join(numbers)})" if numbers and not self._has_number() else ""
        return f"[{self.key}] {self.citation}{shown}"

    def _has_number(self) -> bool:
        return bool((self.pmid and self.pmid in self.citation) or (self.doi and self.doi in self.citation))


class Statement(NamedTuple):
    """A statement that carries data and need not hold in every case."""

    subject: Term
    predicate: Term
    object: Term
    text: str
    frequency: float | None
    frequency_text: str | None
    sample_size: int | None
    population: str | None
    agreement: str | None
    sources: tuple[Source, ...]

    def __str__(self) -> str:
        return self.text


def source(kg: StoreAccess, iri: str) -> Source:
    """Return a publication."""
    term = kg._at(iri)
    citation = term._text(_DCT + "bibliographicCitation") or term.label
    return Source(iri.rsplit("/", 1)[-1], citation, term._text(DYST + "pmid"), term._text(DYST + "doi"), iri)


def relations_of(kg: StoreAccess, iri: str, walks: Walks | None = None) -> list[Relation]:
    """Return the direct edges of a term, without those that follow from another one of them.

    :param walks: ways that were walked already
    """
    walks = walks or Walks(kg)
    found: dict[tuple[str, str], Relation] = {}
    for quad in kg._quads(NamedNode(iri), None, None):
        predicate, target = quad.predicate.value, quad.object
        if isinstance(target, NamedNode) and kg._is_relation(predicate):
            general = quad.graph_name == _ASSOCIATIONS
            inferred = quad.graph_name == _INFERRED and not kg._is_stated(iri, predicate, target.value)
            found[predicate, target.value] = Relation(kg._at(predicate), kg._at(target.value), inferred, general)
    follow = _following(kg, found, walks)
    return [edge for key, edge in found.items() if key not in follow]


def _following(kg: StoreAccess, edges: Collection[tuple[str, str]], walks: Walks) -> set[tuple[str, str]]:
    """Return the edges that follow from another one, by a wider relation, a wider object, or both."""
    follow: set[tuple[str, str]] = set()
    for relation, target in edges:
        relations, targets = {relation} | walks.wider(relation), {target} | walks.beyond(target)
        if not kg._is_exclusion(relation):
            follow |= {edge for edge in edges if edge[0] in relations and edge[1] in targets} - {(relation, target)}
    return follow


def statements_about(kg: StoreAccess, iri: str) -> tuple[Statement, ...]:
    """Return the statements of which a term is the subject or the object."""
    node = NamedNode(iri)
    found = {
        quad.subject.value
        for end in ("associationSubject", "associationObject")
        for quad in kg._quads(None, NamedNode(DYST + end), node)
        if isinstance(quad.subject, NamedNode)
    }
    return tuple(_statement(kg, association) for association in sorted(found))


def _statement(kg: StoreAccess, iri: str) -> Statement:
    about = kg._at(iri)
    frequency, size = about._text(DYST + "frequency"), about._text(DYST + "sampleSize")
    subject, predicate, target = (_end(kg, iri, name) for name in ("Subject", "Predicate", "Object"))
    return Statement(
        subject,
        predicate,
        target,
        about._text(DYST + "statementText") or f"{subject.label} {predicate.label} {target.label}",
        float(frequency) if frequency else None,
        about._text(DYST + "frequencyText"),
        int(size) if size else None,
        about._text(DYST + "population"),
        about._text(DYST + "agreement"),
        tuple(source(kg, publication) for publication in kg._objects(iri, _DCT + "source")),
    )


def _end(kg: StoreAccess, association: str, name: str) -> Term:
    ends = kg._objects(association, f"{DYST}association{name}")
    return kg._at(ends[0] if ends else association)
