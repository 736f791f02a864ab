"""Axioms that a user hands over, in whichever form, as triples."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple

from dystonia_kg.errors import InputError, Problem
from dystonia_kg.vocab import PREFIXES

#: What :func:`read_axioms` takes: Turtle, the path of an RDF file, an rdflib graph, or triples of either library.
Axioms = Any


class UserText(NamedTuple):
    """The text of a user's axioms, and what to call it when a place in it is named."""

    name: str
    text: str


def read_axioms(source: Axioms) -> list[Triple]:
    """Return a user's axioms as triples.

    :param source: Turtle text, in which the prefixes of the graph are bound; the path of an RDF file; an rdflib graph;
        or an iterable of triples or quads of rdflib or pyoxigraph
    :raises InputError: if it cannot be read; with file, line and column

    >>> [str(t.object) for t in read_axioms("<http://my.org/A> rdfs:subClassOf dyst:FocalDystonia .")]
    ['<https://w3id.org/dystonia-kg/FocalDystonia>']
    """
    from dystonia_kg.guard import load_guarded

    if _is_path(source):
        return [quad.triple for quad in load_guarded(Path(source))]
    if isinstance(source, str):
        return _from_turtle(source)
    return [_triple(item) for item in source]


def _is_path(source: Axioms) -> bool:
    """Tell a path from Turtle: a path object, or one line that names a file by its extension."""
    if isinstance(source, os.PathLike):
        return True
    return isinstance(source, str) and "\n" not in source and not any(c in source for c in "<{ ") and "." in source


def _from_turtle(text: str) -> list[Triple]:
    from dystonia_kg.guard import load_guarded

    prefixes = "".join(f"@prefix {name}: <{base}> ." for name, base in PREFIXES.items())
    try:
        quads = load_guarded((prefixes + "\n" + text).encode(), RdfFormat.TURTLE)
    except InputError as error:
        problems = [p._replace(file="axioms", line=p.line and max(1, p.line - 1)) for p in error.problems]
        raise InputError(problems) from None
    return [quad.triple for quad in quads]


def texts_of(source: Axioms) -> list[UserText]:
    """Return the text of axioms that were handed over as Turtle or as a file."""
    if _is_path(source):
        try:
            return [UserText(Path(source).name, Path(source).read_text(encoding="utf-8"))]
        except (OSError, UnicodeDecodeError):
            return []  # compressed or missing: reading it tells
    return [UserText("axioms", source)] if isinstance(source, str) else []


def _triple(item: Any) -> Triple:
    if isinstance(item, Triple):
        return item
    if isinstance(item, Quad):
        return item.triple
    subject, predicate, value = (_term(part) for part in tuple(item)[:3])
    return Triple(subject, predicate, value)  # type: ignore[arg-type]


def _term(part: Any) -> NamedNode | BlankNode | Literal:
    """Return a term of rdflib as one of pyoxigraph."""
    if isinstance(part, NamedNode | BlankNode | Literal):
        return part
    from oxrdflib._converter import to_ox

    try:
        found = to_ox(part)
    except (ValueError, TypeError) as error:
        raise InputError(Problem("axioms", None, None, f"{part!r} is no RDF term: {error}")) from None
    assert isinstance(found, NamedNode | BlankNode | Literal)
    return found
