"""OWL in its own syntaxes, read by the OWL API with the one reader that is meant, so that a mistake has its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pyoxigraph import RdfFormat, parse

from dystonia_kg.errors import InputError, Problem
from dystonia_kg.foreign.kinds import Kind
from dystonia_kg.reasoning.jvm import java
from dystonia_kg.reasoning.lane import Deadline, Lane
from dystonia_kg.reasoning.owlapi import offline_manager, rdf_xml
from dystonia_kg.vocab import PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import Triple

_READERS = {
    Kind.FUNCTIONAL: "org.coode.owlapi.functionalparser.OWLFunctionalSyntaxOWLParser",
    Kind.MANCHESTER: "org.coode.owlapi.manchesterowlsyntax.ManchesterOWLSyntaxOntologyParser",
    Kind.OWL_XML: "org.coode.owlapi.owlxmlparser.OWLXMLParser",
}
_BUILT_IN = tuple(PREFIXES[name] for name in ("rdf", "rdfs", "owl", "xsd"))
_IMPORT = re.compile(r"^\s*Import:\s*<([^<>\s]+)>", re.MULTILINE)


def read_owl(text: str, kind: Kind, name: str) -> list[Triple]:
    """Read an ontology.

    :raises InputError: with line and column
    :raises MissingExtraError: if the reasoner, which brings the OWL API, is not installed
    """
    try:
        document = Lane().run(lambda deadline: _rdf_xml(text, kind, name, deadline))
        triples = (quad.triple for quad in parse(document, RdfFormat.RDF_XML, rename_blank_nodes=True))
        return [triple for triple in triples if not _is_built_in(triple.subject)]
    except SyntaxError as error:
        raise InputError(Problem(name, None, None, f"cannot be said as RDF: {error.msg}")) from None


def _is_built_in(subject: Any) -> bool:
    """Tell whether something is OWL's own, which some syntaxes declare and nobody needs to be told of."""
    return getattr(subject, "value", "").startswith(_BUILT_IN)


def _rdf_xml(text: str, kind: Kind, name: str, deadline: Deadline) -> bytes:
    import jpype

    if kind == Kind.OWL_XML:
        _check_elements(text, name)
    manager = offline_manager()
    iri = java("org.semanticweb.owlapi.model.IRI")
    if kind == Kind.MANCHESTER:
        for name_of_other in sorted(set(_IMPORT.findall(text))):
            manager.createOntology(iri.create(name_of_other))  # this reader needs to find something
    ontology = manager.createOntology()
    source = java("org.semanticweb.owlapi.io.StringDocumentSource")(text)
    try:
        java(_READERS[kind])().parse(source, ontology)
        return rdf_xml(manager, ontology)
    except jpype.JException as error:
        raise _problem(error, kind, name) from None


def _check_elements(text: str, name: str) -> None:
    """Refuse an element that OWL/XML does not have: the reader would pass over it, and over the axiom around it."""
    from xml.parsers import expat

    words = java("org.semanticweb.owlapi.vocab.OWLXMLVocabulary").values()
    known = {str(word.getShortName()) for word in words}
    parser = expat.ParserCreate("utf-8", " ")

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if tag.rpartition(" ")[2] not in known:
            place = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
            raise InputError(
                Problem(name, *place, f"not {Kind.OWL_XML}: there is no element {tag.rpartition(' ')[2]!r}")
            )

    parser.StartElementHandler = start
    parser.Parse(text.encode(), True)


def _problem(error: Any, kind: Kind, name: str) -> InputError:
    line = int(error.getLineNumber()) if hasattr(error, "getLineNumber") else -1
    column = int(error.getColumnNumber()) if hasattr(error, "getColumnNumber") else -1
    text = str(error.getMessage() or error).strip()
    place = re.search(r"line (\d+),? column (\d+)", text, re.IGNORECASE)
    if line < 1 and place:
        line, column = int(place[1]), int(place[2])
    first = next(iter(text.splitlines()), "").strip() or type(error).__name__
    at = (line if line > 0 else None, column if line > 0 and column > 0 else None)
    return InputError(Problem(name, *at, f"not {kind}: {first[:300]}"))
