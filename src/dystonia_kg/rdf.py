"""The store as rdflib sees it. Imported when asked for: rdflib takes longer to import than all the rest together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import rdflib
from oxrdflib import OxigraphStore
from pyoxigraph import BlankNode, Literal, NamedNode, Store

from dystonia_kg.errors import QueryError
from dystonia_kg.vocab import PREFIXES, XSD

if TYPE_CHECKING:
    from pyoxigraph import Triple

_STRING = XSD + "string"


class _View(OxigraphStore):
    """oxrdflib's view, whose strings are those of rdflib: without a datatype, or nothing would equal Literal("x")."""

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[Any]:
        for triple, graphs in super().triples(triple_pattern, context):
            yield tuple(map(_plain, triple)), graphs

    def query(self, *arguments: Any, **options: Any) -> rdflib.query.Result:
        result: rdflib.query.Result = super().query(*arguments, **options)
        if result.type == "SELECT":
            result.bindings = [{name: _plain(term) for name, term in row.items()} for row in result.bindings]
        elif result.type == "CONSTRUCT":
            made = rdflib.Graph()
            for triple in result.graph or ():
                made.add(tuple(map(_plain, triple)))
            result.graph = made
        return result


def as_dataset(store: Store) -> rdflib.Dataset:
    """Return a store as an ``rdflib.Dataset`` whose default graph is the union of all; writing goes through."""
    dataset = rdflib.Dataset(store=_View(store=store), default_union=True)
    _bind(dataset)
    return dataset


def as_graph(triples: Iterable[Triple]) -> rdflib.Graph:
    """Return triples as an rdflib graph of their own.

    :raises QueryError: if one has a triple term, which rdflib cannot hold
    """
    graph = rdflib.Graph(bind_namespaces="none")
    _bind(graph)
    for triple in triples:
        graph.add((_term(triple.subject), _term(triple.predicate), _term(triple.object)))
    return graph


def _bind(graph: rdflib.Graph) -> None:
    for prefix, base in PREFIXES.items():
        graph.bind(prefix, base, replace=True)


def _plain(term: Any) -> Any:
    typed = isinstance(term, rdflib.Literal) and term.datatype is not None and str(term.datatype) == _STRING
    return rdflib.Literal(str(term)) if typed else term


def _term(term: object) -> rdflib.term.Node:
    match term:
        case NamedNode():
            return rdflib.URIRef(term.value)
        case BlankNode():
            return rdflib.BNode(term.value)
        case Literal(language=str(language)):
            return rdflib.Literal(term.value, lang=language)
        case Literal():
            datatype = term.datatype.value
            return rdflib.Literal(term.value, datatype=None if datatype == _STRING else rdflib.URIRef(datatype))
    raise QueryError(
        f"rdflib cannot hold the triple term {term}; ask for its parts by SUBJECT(), PREDICATE(), OBJECT()"
    )
