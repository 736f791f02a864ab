"""OWL documents, written by the OWL API: functional, Manchester, OWL/XML."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from pyoxigraph import Triple

from dystonia_kg.reasoning.jvm import java
from dystonia_kg.reasoning.owlapi import Ontology

_FORMATS = {
    "functional": "org.semanticweb.owlapi.io.OWLFunctionalSyntaxOntologyFormat",
    "manchester": "org.coode.owlapi.manchesterowlsyntax.ManchesterOWLSyntaxOntologyFormat",
    "owlxml": "org.semanticweb.owlapi.io.OWLXMLOntologyFormat",
}
# Where a statement stands twice with different annotations, the OWL API writes an empty member into the list.
_EMPTY_MEMBER = re.compile(r'("(?:\\.|[^"\\])*"|<[^<>\s]*>)|,(?:\s*,)+', re.DOTALL)

# What a literal without a datatype is anyway; most readers know only the short form.
_PLAIN_LITERAL = '<Literal datatypeIRI="http://www.w3.org/1999/02/22-rdf-syntax-ns#PlainLiteral">'


def write_document(
    triples: Iterable[Triple], syntax: str, prefixes: Mapping[str, str], out: IO[bytes]
) -> dict[str, int]:
    """Write an ontology in a syntax of OWL, and return how many axioms of each type it has.

    :param triples: the whole ontology as RDF
    :param syntax: functional, manchester or owlxml
    :raises BuildError: if the OWL API cannot read the RDF as OWL
    """
    ontology = Ontology(triples)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ontology"
        counts = ontology._do(lambda deadline: _save(ontology, syntax, prefixes, path), None)
        text = path.read_text(encoding="utf-8")
    if syntax == "manchester":
        text = _EMPTY_MEMBER.sub(lambda match: match[1] or ",", text)
    if syntax == "owlxml":
        text = text.replace(_PLAIN_LITERAL, "<Literal>")
    out.write(text.encode())
    return counts


def _save(ontology: Any, syntax: str, prefixes: Mapping[str, str], path: Path) -> dict[str, int]:
    form = java(_FORMATS[syntax])()
    for name, base in prefixes.items():
        form.setPrefix(f"{name}:", base)
    stream = java("java.io.FileOutputStream")(str(path))
    try:
        ontology._manager.saveOntology(ontology._ontology, form, stream)
    finally:
        stream.close()
    counts: dict[str, int] = {}
    for axiom in ontology._ontology.getAxioms():
        name = str(axiom.getAxiomType().getName())
        counts[name] = counts.get(name, 0) + 1
    return counts
