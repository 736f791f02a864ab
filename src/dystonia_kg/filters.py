"""Filters by keyword over syndromes, disorders, genes and causes.

The keywords are the ontology's own: a relation or a dimension of the classification carries ``dyst:filterKeyword``,
and its values are the subclasses of its ``dyst:valueRoot`` or the classes that are its values. A thing meets a filter
if it is below the value or stands in the relation to it; a disorder also if it presents in a way that does. Genes,
causes and syndromes meet the filters that they do not meet themselves through one and the same disorder; but what is
said of presentations (region, distribution, onset ...) a syndrome has to meet itself, and a gene that of being a gene.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode

from dystonia_kg.errors import ParameterError, UnknownPrefixError, UnknownTermError
from dystonia_kg.terms import Term
from dystonia_kg.vocab import DYST, PREFIXES, expand

if TYPE_CHECKING:
    from dystonia_kg.graph import KnowledgeGraph

_EDITION = "edition"
_TYPE = PREFIXES["rdf"] + "type"
_VALUE_OF = DYST + "isValueOf"
_DOMAIN = PREFIXES["rdfs"] + "domain"

_MATCHING = """
SELECT DISTINCT ?x WHERE {
  { ?x rdfs:subClassOf* ?value }
  UNION
  { ?target rdfs:subClassOf* ?value . ?x ?relation ?target }
  UNION
  { ?presentation rdfs:subClassOf* ?value .
    VALUES ?presents { dyst:presentsAs dyst:mayPresentAs } ?x ?presents ?presentation ; rdfs:subClassOf ?disorder }
  UNION
  { ?target rdfs:subClassOf* ?value . ?presentation ?relation ?target .
    VALUES ?presents { dyst:presentsAs dyst:mayPresentAs } ?x ?presents ?presentation ; rdfs:subClassOf ?disorder }
  UNION
  { ?within rdfs:subClassOf* ?value . ?target dyst:overlapsOnset ?within . ?x ?relation ?target }
}
"""
# What excludes a thing excludes everything narrower.
_EXCLUDING = "SELECT DISTINCT ?x WHERE { ?value rdfs:subClassOf* ?target . ?x ?relation ?target }"


def keywords(kg: KnowledgeGraph) -> dict[str, tuple[Term, ...]]:
    """Return the keywords that filters take, each with the relations and dimensions behind it."""
    found: dict[str, set[Term]] = {}
    for quad in kg._quads(None, NamedNode(DYST + "filterKeyword"), None):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
            found.setdefault(quad.object.value, set()).add(kg._at(quad.subject.value))
    return {keyword: tuple(sorted(terms)) for keyword, terms in sorted(found.items())}


def select(kg: KnowledgeGraph, kind: str, filters: Mapping[str, Any]) -> tuple[Term, ...]:
    """Return the things of a kind that meet all filters, in order of label; deprecated ones are left out.

    :param kind: the ``dyst:kindName`` of a class: syndrome, disorder, gene, cause ...
    :param filters: keyword -> name, term, or a list of alternatives
    :raises ParameterError: for an unknown keyword
    :raises UnknownTermError, AmbiguousTermError: for a value
    """
    filters = dict(filters)
    edition = None if filters.get(_EDITION) is None else str(filters[_EDITION])
    filters.pop(_EDITION, None)
    available = keywords(kg)
    unknown = sorted(set(filters) - set(available))
    if unknown:
        raise ParameterError(f"unknown filter {unknown[0]!r}: use {', '.join([*available, _EDITION])}")
    things = _of_kind(kg, kind)
    met: list[frozenset[str]] = []
    own: list[frozenset[str]] = []
    for keyword, value in filters.items():
        behind = available[keyword]
        strict = kind != "disorder" and _is_presentation(kg, kind) and _concerns_presentations(kg, behind)
        strict = strict or _is_value(kg, kind, behind)
        (own if strict else met).append(_matching(kg, keyword, value, behind, edition))
    via = _disorders_behind(kg, kind)
    chosen = {
        x
        for x in things
        if all(x in group for group in own)
        and (
            all(x in group for group in met)
            or any(all(x in group or disorder in group for group in met) for disorder in via.get(x, ()))
        )
    }
    return tuple(sorted(term for term in (kg._at(iri) for iri in chosen) if not term.deprecated))


def _of_kind(kg: KnowledgeGraph, kind: str) -> set[str]:
    """Return the things of a kind; values of the classification are groups of things, not things."""
    return {iri for root in _roots(kg, kind) for iri in kg._below(root) if not kg._objects(iri, _VALUE_OF)}


def _roots(kg: KnowledgeGraph, kind: str) -> set[str]:
    return {iri for iri, name in kg._kind_roots().items() if name == kind}


def _is_presentation(kg: KnowledgeGraph, kind: str) -> bool:
    presentations = _roots(kg, "presentation")
    return any(presentations & {root, *kg._above(root)} for root in _roots(kg, kind))


def _is_value(kg: KnowledgeGraph, kind: str, behind: Iterable[Term]) -> bool:
    """Tell whether a keyword takes things of the kind itself: which gene a gene is, no disorder can tell."""
    return any(_roots(kg, kind) & set(kg._objects(term.iri, DYST + "valueRoot")) for term in behind)


def _concerns_presentations(kg: KnowledgeGraph, behind: Iterable[Term]) -> bool:
    """Tell whether relations start at presentations, or dimensions have them as values."""
    presentations = _roots(kg, "presentation")
    starts = {iri for term in behind for iri in kg._objects(term.iri, _DOMAIN)}
    dimensions = [term for term in behind if kg._subjects(_VALUE_OF, NamedNode(term.iri)) or _parts(kg, term)]
    return any(presentations & {iri, *kg._above(iri)} for iri in starts | _domain(kg, dimensions, None))


def _parts(kg: KnowledgeGraph, dimension: Term) -> set[str]:
    return kg._subjects(DYST + "subDimensionOf", NamedNode(dimension.iri))


def _matching(
    kg: KnowledgeGraph, keyword: str, value: Any, behind: Iterable[Term], edition: str | None
) -> frozenset[str]:
    names = value if isinstance(value, list | tuple | set | frozenset) else [value]
    values = [NamedNode(iri) for name in names for iri in sorted(_values(kg, keyword, name, behind, edition))]
    relations = {
        excluding: [NamedNode(t.iri) for t in behind if kg._is_exclusion(t.iri) == excluding] for excluding in (0, 1)
    }
    rows: list[Any] = []
    if relations[0]:
        disorders = [NamedNode(root) for root in sorted(_roots(kg, "disorder"))]
        rows += kg.query(_MATCHING, value=values, relation=relations[0], disorder=disorders)  # type: ignore[arg-type]
    if relations[1]:
        rows += kg.query(_EXCLUDING, value=values, relation=relations[1])  # type: ignore[arg-type]
    return frozenset(str(row[0]) for row in rows)


def _values(kg: KnowledgeGraph, keyword: str, name: Any, behind: Iterable[Term], edition: str | None) -> set[str]:
    """Return the values of a keyword that a name means; one word may name a value of a relation and of a dimension."""
    if isinstance(name, Term):
        return {name.iri}
    domain = _domain(kg, behind, edition)
    if edition is not None and not domain:
        raise ParameterError(f"the values of {keyword} are not established for edition {edition}: leave edition out")
    found = kg._names.find(str(name), domain) or _identified(str(name), domain)
    if found:
        return {iri for value in found for iri in (value, *_fillers(kg, value, behind))}
    if edition is None:
        with suppress(UnknownTermError):
            return {kg.term(name).iri}
    raise UnknownTermError(f"{name} (as {keyword})", kg._names.nearest(str(name), among=domain))


def _identified(name: str, domain: set[str]) -> frozenset[str]:
    """Return the value that an identifier names, before a term of ours that is mapped to it."""
    with suppress(UnknownPrefixError, ValueError):
        return frozenset({expand(name)} & domain)
    return frozenset()


def _fillers(kg: KnowledgeGraph, value: str, behind: Iterable[Term]) -> list[str]:
    """Return that by which a value of a dimension is defined: the toxin of toxic dystonia."""
    return [edge.object.iri for edge in kg._at(value).relations if edge.predicate in behind]


def _domain(kg: KnowledgeGraph, behind: Iterable[Term], edition: str | None) -> set[str]:
    domain: set[str] = set()
    for term in behind:
        for root in kg._objects(term.iri, DYST + "valueRoot"):
            domain |= {root, *kg._below(root)}
        for value in kg._subjects(_VALUE_OF, NamedNode(term.iri)):
            if edition is None or _is_of_edition(kg, term.iri, edition):
                domain |= {value, *kg._below(value)}
        for part in _parts(kg, term):
            domain |= _domain(kg, [kg._at(part)], edition)
    return domain


def _is_of_edition(kg: KnowledgeGraph, dimension: str, edition: str) -> bool:
    editions = kg._subjects(_TYPE, NamedNode(DYST + "ClassificationEdition"))
    wanted = kg._names.find(edition, editions)
    if not wanted:
        raise UnknownTermError(f"{edition} (as edition)", kg._names.nearest(edition, among=editions))
    axes = kg._objects(dimension, DYST + "onAxis")
    return any(wanted & set(kg._objects(axis, DYST + "ofEdition")) for axis in axes)


def _disorders_behind(kg: KnowledgeGraph, kind: str) -> dict[str, set[str]]:
    """Return, for each thing of a kind, the disorders that stand in a relation to it whose values are of that kind."""
    roots = _roots(kg, kind)
    links: dict[str, set[str]] = {}
    disorders = _of_kind(kg, "disorder")
    for quad in kg._quads(None, NamedNode(DYST + "valueRoot"), None):
        root = quad.object
        if not isinstance(root, NamedNode) or not isinstance(quad.subject, NamedNode):
            continue
        if any(root.value == kind_root or root.value in kg._above(kind_root) for kind_root in roots):
            for edge in kg._quads(None, quad.subject, None):
                if isinstance(edge.subject, NamedNode) and edge.subject.value in disorders:
                    links.setdefault(getattr(edge.object, "value", ""), set()).add(edge.subject.value)
    return links
