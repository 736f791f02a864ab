"""SHACL shapes over a store, with pyshacl (imported only here, and only when shapes are checked).

A property shape has an IRI of its own: its local name becomes the name of the check, `sh:name` its title and
`sh:description` its reason; `sh:severity` is read as ERROR (violation, the default), WARN or INFO.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple, parse

from dystonia_kg.build.report import Finding, Rule, Severity
from dystonia_kg.errors import MissingExtraError, Problem, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rdflib import Graph
    from rdflib.term import Node

# pyshacl adds to "Less than 1 values" on what and along which path, which a finding says already.
_COUNTED_ON = re.compile(r"(?<= values) on .*", re.DOTALL)
_SEVERITIES = {"Violation": Severity.ERROR, "Warning": Severity.WARN, "Info": Severity.INFO}


def check_shapes(store: Store, folder: Path) -> tuple[list[Rule], list[Finding]]:
    """Validate all graphs of a store, taken as one, against the shapes (``*.ttl``) of a folder.

    :returns: a rule for each property shape, and the findings
    :raises SourceError: if a file is not Turtle, or what it says is not a shape
    :raises MissingExtraError: if pyshacl is not installed
    """
    try:
        from pyshacl import validate
        from pyshacl.errors import ReportableRuntimeError
    except ImportError as error:
        raise MissingExtraError("check", ["pyshacl"]) from error
    from rdflib import Graph

    shapes = _to_rdflib(_read(folder))
    data = _to_rdflib(quad.triple for quad in store)
    try:
        # The shapes are validated too (meta_shacl): a slip in one must not make it pass everything.
        _, results, _ = validate(data, shacl_graph=shapes, meta_shacl=True, advanced=True, js=False, inplace=True)
    except ReportableRuntimeError as error:
        results = error
    if not isinstance(results, Graph):
        raise SourceError([Problem(str(folder), None, None, f"malformed shape: {results}")])
    rules = _rules(shapes)
    return list(rules.values()), _findings(results, rules)


def _read(folder: Path) -> list[Triple]:
    """Return the triples of all files of shapes; a mistake in one is reported with its file and line."""
    files = sorted(folder.glob("*.ttl"))
    problems: list[Problem] = []
    if not files:
        problems.append(Problem(str(folder), None, None, "no shapes (*.ttl) here: point to the folder of the shapes"))
    triples: list[Triple] = []
    for path in files:
        try:
            triples += [quad.triple for quad in parse(path=str(path), format=RdfFormat.TURTLE)]
        except SyntaxError as error:
            problems.append(Problem(str(path), error.lineno, error.offset, f"not Turtle: {error.msg}"))
    if problems:
        raise SourceError(problems)
    return triples


def _to_rdflib(triples: Iterable[Triple]) -> Graph:
    from rdflib import Graph

    graph = Graph()
    for triple in triples:
        if not isinstance(triple.subject, Triple) and not isinstance(triple.object, Triple):
            graph.add((_term(triple.subject), _term(triple.predicate), _term(triple.object)))
    return graph


def _term(term: NamedNode | BlankNode | Literal) -> Node:
    from rdflib import term as rdf

    if isinstance(term, NamedNode):
        return rdf.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdf.BNode(term.value)
    if term.language:
        return rdf.Literal(term.value, lang=term.language)
    return rdf.Literal(term.value, datatype=rdf.URIRef(term.datatype.value), normalize=False)


def _rules(shapes: Graph) -> dict[str, Rule]:
    """Return the rule of each property shape, by the shape's IRI."""
    from rdflib import RDF, SH, URIRef

    rules: dict[str, Rule] = {}
    for shape in sorted(shapes.subjects(RDF.type, SH.PropertyShape), key=str):
        if isinstance(shape, URIRef):
            name = f"shape_{_local(shape)}"
            title = shapes.value(shape, SH.name) or name
            why = shapes.value(shape, SH.description) or ""
            rules[str(shape)] = Rule(name, _severity(shapes.value(shape, SH.severity)), str(title), str(why))
    return rules


def _findings(results: Graph, rules: dict[str, Rule]) -> list[Finding]:
    from rdflib import RDF, SH

    findings = []
    for result in results.subjects(RDF.type, SH.ValidationResult):
        shape = results.value(result, SH.sourceShape)
        rule = rules.get(str(shape))
        entity, path, value = (results.value(result, slot) for slot in (SH.focusNode, SH.resultPath, SH.value))
        message = results.value(result, SH.resultMessage) or ""
        findings.append(
            Finding(
                check=rule.name if rule else "shape",
                severity=_severity(results.value(result, SH.resultSeverity)),
                entity=_text(entity),
                property=_text(path),
                value=_text(value),
                message=_COUNTED_ON.sub("", str(message)),
            )
        )
    return findings


def _severity(term: Node | None) -> Severity:
    return _SEVERITIES[_local(term)] if term else Severity.ERROR


def _local(iri: Node) -> str:
    return str(iri).replace("#", "/").rpartition("/")[2]


def _text(term: Node | None) -> str | None:
    """Return a term as text. Blank nodes (also complex paths) have no name that lasts, so they all read the same."""
    from rdflib import BNode

    if term is None:
        return None
    return "[anonymous]" if isinstance(term, BNode) else str(term)
