"""Texts that mean something to a format: they come back as they were, or are refused with the term they belong to."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastobo
import pytest
import rdflib
import sssom_pydantic
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from dystonia_kg.errors import ExportError
from dystonia_kg.portable import Portable
from dystonia_kg.reasoning.jvm import java
from dystonia_kg.vocab import ASSERTED, DYST, MAPPINGS, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

LABEL, DEFINITION = PREFIXES["rdfs"] + "label", PREFIXES["IAO"] + "0000115"
EXACT, COMMENT = PREFIXES["oboInOwl"] + "hasExactSynonym", PREFIXES["rdfs"] + "comment"
THING = DYST + "Thing"

HOSTILE = [
    "tab\there",
    'say "x"',
    "line\nend",
    "=cmd()",
    "]]>",
    "<!-- & -->",
    "a ! b {c} [d] \\ (e)",
    "\\n",
    "\u202ertl\u202c",
    "\u2028",
    "\x01",
    "\r",
    " lead and trail ",
    "",
    "a|b",
    ",\n,",
    '"^^xsd:string',
    "'''\"\"\"",
    "# no comment",
    "@en",
    '" <Literal datatypeIRI="http://www.w3.org/1999/02/22-rdf-syntax-ns#PlainLiteral">',
    "\U0001f9e0",
    "\ufffe",
]
texts = st.text(
    st.sampled_from(list("ab \t\n\r\"'\\<>&]!{}[](),|=#@^:\u202e\u200f\u2028\x0b\x85\x01\ufffe\U0001f9e0")), max_size=12
)


class Small(Portable):
    """A graph of one class with a text in every place where a text can be."""

    version = "0"  # type: ignore[assignment]

    def __init__(self, text: str) -> None:
        self._store = Store()
        self.say(PREFIXES["rdf"] + "type", NamedNode(PREFIXES["owl"] + "Class"))
        for predicate in (LABEL, DEFINITION, EXACT, COMMENT):
            self.say(predicate, Literal(text))
        self.say(PREFIXES["rdf"] + "type", NamedNode(PREFIXES["owl"] + "AnnotationProperty"), DEFINITION)
        self.say(PREFIXES["rdf"] + "type", NamedNode(PREFIXES["owl"] + "AnnotationProperty"), EXACT)
        match = NamedNode(PREFIXES["skos"] + "exactMatch")
        other = NamedNode("http://purl.obolibrary.org/obo/HP_0001332")
        self._store.add(Quad(NamedNode(THING), match, other, NamedNode(MAPPINGS)))

    def say(self, predicate: str, value: Any, subject: str = THING) -> None:
        self._store.add(Quad(NamedNode(subject), NamedNode(predicate), value, NamedNode(ASSERTED)))


def by_rdflib(syntax: str) -> Callable[[bytes], list[str]]:
    def read(document: bytes) -> list[str]:
        graph = rdflib.Dataset(default_union=True)
        graph.parse(data=document, format=syntax)
        node = rdflib.URIRef(THING)
        return [str(graph.value(node, rdflib.URIRef(p))) for p in (LABEL, DEFINITION, EXACT, COMMENT)]

    return read


def by_fastobo(document: bytes) -> list[str]:
    (frame,) = (f for f in fastobo.loads(document.decode()) if isinstance(f, fastobo.term.TermFrame))
    said = {clause.raw_tag(): clause for clause in frame}
    comment = said["comment"].comment if "comment" in said else None
    return [said["name"].name, said["def"].definition, said["synonym"].synonym.desc, comment]


def by_json(document: bytes) -> list[str]:
    (node,) = (n for n in json.loads(document)["graphs"][0]["nodes"] if n["type"] == "CLASS")
    meta = node["meta"]
    return [node["lbl"], meta["definition"]["val"], meta["synonyms"][0]["val"], meta["comments"][0]]


def of_skos(document: bytes) -> list[str]:
    graph = rdflib.Graph().parse(data=document, format="turtle")
    node, skos = rdflib.URIRef(THING), rdflib.SKOS
    label = str(graph.value(node, skos.prefLabel))  # the synonym is the same, so it is no label of its own
    return [label, str(graph.value(node, skos.definition)), label, str(graph.value(node, skos.note))]


def of_sssom(document: bytes) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sssom.tsv"
        path.write_bytes(document)
        (mapping,) = sssom_pydantic.read(path)[0]
    return [getattr(mapping.subject, "name", None) or ""]  # an empty cell is no value


def by_owl_api(document: bytes, parser: str | None = None) -> list[str]:
    manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    source = java("org.semanticweb.owlapi.io.StringDocumentSource")(document.decode())
    ontology = manager.createOntology()
    java(parser)().parse(source, ontology)
    found = {
        str(axiom.getProperty().toStringID()): str(axiom.getValue().getLiteral())
        for axiom in ontology.getAxioms(java("org.semanticweb.owlapi.model.AxiomType").ANNOTATION_ASSERTION)
        if hasattr(axiom.getValue(), "getLiteral")
    }
    return [found[p] for p in (LABEL, DEFINITION, EXACT, COMMENT)]


READERS: dict[str, Callable[[bytes], list[str]]] = {
    "owl": by_rdflib("xml"),
    "turtle": by_rdflib("turtle"),
    "ntriples": by_rdflib("nt"),
    "nquads": by_rdflib("nquads"),
    "trig": by_rdflib("trig"),
    "jsonld": by_rdflib("json-ld"),
    "obo": by_fastobo,
    "obographs": by_json,
    "skos": of_skos,
    "sssom": of_sssom,
}
PARSERS = {
    "functional": "org.coode.owlapi.functionalparser.OWLFunctionalSyntaxOWLParser",
    "manchester": "org.coode.owlapi.manchesterowlsyntax.ManchesterOWLSyntaxOntologyParser",
    "owlxml": "org.coode.owlapi.owlxmlparser.OWLXMLParser",
}


def comes_back_or_is_refused(name: str, text: str, read: Callable[[bytes], list[str]]) -> bool:
    out = io.BytesIO()
    refused = None
    try:
        Small(text).export(name, out)
    except ExportError as error:
        refused = str(error)
    if refused is not None:
        assert "Thing" in refused, "the term is named"
        assert "which this format cannot hold" in refused
        return False
    found = read(out.getvalue())
    assert found == [text] * len(found)
    return True


@pytest.mark.parametrize("name", READERS)
def test_hostile_texts(name: str) -> None:
    taken = [text for text in HOSTILE if comes_back_or_is_refused(name, text, READERS[name])]
    assert {"=cmd()", "]]>", 'say "x"', "\u202ertl\u202c", "<!-- & -->"} <= set(taken)


@pytest.mark.parametrize("name", READERS)
@given(text=texts)
@example(text="\\")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text(name: str, text: str) -> None:
    comes_back_or_is_refused(name, text, READERS[name])


@pytest.mark.parametrize("name", PARSERS)
def test_hostile_texts_in_owl(name: str) -> None:
    def read(document: bytes) -> list[str]:
        return by_owl_api(document, PARSERS[name])

    taken = [text for text in HOSTILE if comes_back_or_is_refused(name, text, read)]
    assert {"=cmd()", "]]>", 'say "x"', "\u202ertl\u202c", "<!-- & -->"} <= set(taken)
