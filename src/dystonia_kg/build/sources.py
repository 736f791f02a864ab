"""The sources of the ontology, read and cross-checked: modules, tables, imports, mappings.

Everything that is wrong is reported at once, with file, line and column: syntax, cells that do not fit their template,
and terms that are used but stand nowhere.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from dystonia_kg.build.accessions import check_register, identifiers, read_register, terms_of_ours
from dystonia_kg.build.contiguity import contiguity_axioms
from dystonia_kg.build.mappings import read_mappings
from dystonia_kg.build.tables import read_table
from dystonia_kg.build.text import read_utf8
from dystonia_kg.build.upstream.reading import read_upstream
from dystonia_kg.errors import Problem, SourceError
from dystonia_kg.vocab import DYST, contract

ASSOCIATION = DYST + "association/"
REFERENCE = DYST + "reference/"
_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_OWL = "http://www.w3.org/2002/07/owl#"
_ANNOTATION_PROPERTY = NamedNode(_OWL + "AnnotationProperty")
_CHECKED = (DYST, "http://purl.obolibrary.org/obo/", "http://identifiers.org/hgnc/")


class Sources(NamedTuple):
    """The sources as RDF, by named graph; ``annotations`` are the associations of upstream, loaded when asked for."""

    asserted: list[Triple]
    associations: list[Triple]
    mappings: list[Triple]
    imports: list[Triple]
    annotations: list[Triple]


class _Text(NamedTuple):
    path: Path
    text: str


def read_sources(root: Path, *, accessions: bool = True) -> Sources:
    """Read every source below ``root`` (the folder with ``modules/``, ``tables/`` and so on).

    :param accessions: whether a term without an accession is an error
    :raises SourceError: with every problem of every file
    """
    if not (root / "modules").is_dir():
        raise SourceError([Problem(str(root), None, None, "no folder 'modules' here: point to the ontology's sources")])
    reader = _Reader()
    modules = reader.turtle(sorted((root / "modules").glob("*.ttl")))
    tables = reader.tables(sorted((root / "tables").glob("*.tsv")))
    imports = reader.turtle(sorted((root / "imports").glob("*.ttl")))
    mappings = reader.mappings(sorted((root / "mappings").glob("*.sssom.tsv")))
    upstream = read_upstream(root / "upstream", modules + tables + mappings)
    reader.problems += upstream.problems
    imports += upstream.imports
    stated = modules + tables + upstream.asserted
    reader.check_terms(stated + imports + upstream.associations)
    associations = [t for t in stated if isinstance(t.subject, NamedNode) and t.subject.value.startswith(ASSOCIATION)]
    asserted = [t for t in stated if not (isinstance(t.subject, NamedNode) and t.subject.value.startswith(ASSOCIATION))]
    asserted += contiguity_axioms(stated)
    asserted += reader.accessions(root / "accessions.tsv", asserted, required=accessions)
    if reader.problems:
        raise SourceError(reader.problems)
    associations += upstream.associations
    return Sources(
        asserted, associations + plain_edges(associations, asserted), mappings, imports, upstream.annotations
    )


def plain_edges(associations: list[Triple], asserted: list[Triple]) -> list[Triple]:
    """Return, for each association whose relation is an annotation property, the edge that it states."""
    annotation = {t.subject for t in asserted if t.object == _ANNOTATION_PROPERTY}
    parts: dict[str, dict[str, NamedNode]] = {}
    for triple in associations:
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
            name = triple.predicate.value.removeprefix(DYST)
            parts.setdefault(triple.subject.value, {})[name] = triple.object
    edges = set()
    for part in parts.values():
        relation = part.get("associationPredicate")
        if relation in annotation and "associationSubject" in part and "associationObject" in part:
            edges.add(Triple(part["associationSubject"], relation, part["associationObject"]))
    return sorted(edges, key=str)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.texts: list[_Text] = []
        self.uses: list[tuple[Path, str, int, int]] = []  # of terms in mappings: file, term, line, column

    def turtle(self, paths: list[Path]) -> list[Triple]:
        found: list[Triple] = []
        for path in paths:
            text, problems = read_utf8(path)
            self.problems += problems
            try:
                triples = [q.triple for q in parse(text, format=RdfFormat.TURTLE, rename_blank_nodes=True)]
            except SyntaxError as error:
                self.problems.append(Problem(str(path), error.lineno, error.offset, str(error.msg)))
                continue
            found += triples
            self.texts.append(_Text(path, text))
        return found

    def tables(self, paths: list[Path]) -> list[Triple]:
        found: list[Triple] = []
        for path in paths:
            table = read_table(path)
            self.problems += table.problems
            found += table.triples
            self.texts.append(_Text(path, path.read_bytes().decode("utf-8", errors="replace")))
        return found

    def mappings(self, paths: list[Path]) -> list[Triple]:
        found: list[Triple] = []
        for path in paths:
            mapping = read_mappings(path)
            self.problems += mapping.problems
            self.uses += [(path, *use) for use in mapping.uses]
            found += mapping.triples
        return found

    def accessions(self, path: Path, asserted: list[Triple], *, required: bool) -> list[Triple]:
        numbers, problems = read_register(path)
        terms = terms_of_ours(asserted)
        if required:
            self.problems += problems + check_register(path, numbers, terms)
        return identifiers(numbers, terms)

    def check_terms(self, triples: list[Triple]) -> None:
        """Report every term of a namespace that we hold which is used but never described."""
        described = {
            t.subject.value for t in triples if isinstance(t.subject, NamedNode) and t.predicate.value == _RDF_TYPE
        }
        used = {
            term.value
            for triple in triples
            for term in (triple.subject, triple.predicate, triple.object)
            if isinstance(term, NamedNode) and term.value.startswith(_CHECKED)
        }
        # IRIs of files and graphs, such as the upstream that a term was imported from, are not terms.
        unknown = sorted(iri for iri in used - described if not iri.endswith(".owl"))
        for iri in unknown:
            self.problems.extend(self._places(iri))
        for path, iri, line, column in self.uses:
            if iri not in described:
                self.problems.append(Problem(str(path), line, column, _unknown(iri)))

    def _places(self, iri: str) -> list[Problem]:
        name = contract(iri) or iri
        text = _unknown(iri)
        pattern = re.compile(rf"(?:<{re.escape(iri)}>|(?<![\w:/.-]){re.escape(name)}(?![\w/-]))")
        places = [
            Problem(str(path), number, match.start() + 1, text)
            for path, content in self.texts
            for number, line in enumerate(content.splitlines(), 1)
            if (match := pattern.search(line)) and not line.lstrip().startswith("#")
        ]
        return places or [Problem("", None, None, text)]


def _unknown(iri: str) -> str:
    return f"unknown term {contract(iri) or iri}: describe it, or correct the name"
