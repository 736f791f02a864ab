"""What tests share: one graph, and the sources read by other means than the library's."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph
import pytest
import rdflib
from pyoxigraph import NamedNode, RdfFormat, Store

import dystonia_kg
from dystonia_kg.exports.job import export
from dystonia_kg.exports.source import ExportSource
from dystonia_kg.vocab import ASSERTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dystonia_kg.exports.report import ExportReport
    from dystonia_kg.graph import KnowledgeGraph

ROOT = Path(__file__).parents[1]
ONTOLOGY = ROOT / "ontology"


@pytest.fixture(scope="session")
def kg() -> KnowledgeGraph:
    """The graph of the release that is there; tests must not write to it."""
    return dystonia_kg.load()


@pytest.fixture(scope="session")
def ontology() -> Path:
    """The folder of the sources, with the release."""
    return ONTOLOGY


@pytest.fixture
def sources(tmp_path: Path, ontology: Path) -> Path:
    """A copy of the sources, without the release."""
    return shutil.copytree(ontology, tmp_path / "ontology", ignore=shutil.ignore_patterns("release"))


class Cell(NamedTuple):
    """One value of a table: its column's template, its row, and the nearest cell on its left that it may be about."""

    file: str
    line: int
    subject: str
    template: str
    value: str
    row: dict[str, str]
    about: tuple[str, str] | None


@pytest.fixture(scope="session")
def expand() -> Callable[[str], str]:
    """The IRI of a CURIE, by the prefixes that the modules and the mappings declare; not by the library."""
    found = {"HGNC": "http://identifiers.org/hgnc/", "mondo": "http://purl.obolibrary.org/obo/mondo#"}
    for path in sorted((ONTOLOGY / "modules").glob("*.ttl")):
        found.update(re.findall(r"^@prefix ([\w.]+): <(.+)> \.$", path.read_text("utf-8"), re.MULTILINE))
    for path in sorted((ONTOLOGY / "mappings").glob("*.tsv")):
        found.update(re.findall(r'^#  ([\w.]+): "?([^"\n]+)"?$', path.read_text("utf-8"), re.MULTILINE))
    for prefix in ("MONDO", "CHEBI", "GO", "NBO", "NCIT", "PATO"):
        found.setdefault(prefix, f"http://purl.obolibrary.org/obo/{prefix}_")

    def iri(curie: str) -> str:
        prefix, _, local = curie.partition(":")
        return found[prefix] + local

    return iri


def read_cells(folder: Path) -> Iterator[Cell]:
    """Every value of every table, read in the plainest way."""
    for path in sorted(folder.glob("*.tsv")):
        _, templates, *rows = [line.split("\t") for line in path.read_text("utf-8").rstrip("\n").split("\n")]
        for number, row in enumerate(rows, 3):
            about: tuple[str, str] | None = None
            for template, cell in zip(templates, row, strict=True):
                bare, _, split = template.partition(" SPLIT=")
                values = [part.strip() for part in (cell.split(split) if split else [cell]) if part.strip()]
                for value in values:
                    yield Cell(path.name, number, row[0], bare, value, dict(zip(templates, row, strict=True)), about)
                if bare and not bare.startswith(">"):
                    about = (bare, cell)


@pytest.fixture(scope="session")
def cells() -> list[Cell]:
    """Every value of every table of the sources."""
    return list(read_cells(ONTOLOGY / "tables"))


@pytest.fixture(scope="session")
def turtle() -> rdflib.Graph:
    """The modules and the imports, read by rdflib."""
    graph = rdflib.Graph()
    for folder in ("modules", "imports"):
        for path in sorted((ONTOLOGY / folder).glob("*.ttl")):
            graph.parse(path, format="turtle")
    return graph


@pytest.fixture
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a program text in a Python process of its own, far from the checkout."""

    def run(code: str, *arguments: object, timeout: float = 120, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd="/",
            env={**os.environ, **env},
            check=False,
        )

    return run


class Exported:
    """What can be exported: a store of one's own, without the release around it."""

    def __init__(self, store: Store, version: str = "9.9.9") -> None:
        self.store, self.version = store, version

    def _export_source(self) -> ExportSource:
        return ExportSource(self.store, self.version)

    def _whole_source(self) -> None:
        """It is no part of anything."""

    def export(self, name: str, target: object, **options: object) -> ExportReport:
        return export(self, name, target, **options)  # type: ignore[arg-type]

    @classmethod
    def of(cls, turtle: str | bytes) -> Exported:
        """A graph of nothing but these triples, in the graph of what is asserted."""
        store = Store()
        store.load(
            turtle if isinstance(turtle, bytes) else turtle.encode(), RdfFormat.TURTLE, to_graph=NamedNode(ASSERTED)
        )
        return cls(store)


@pytest.fixture(scope="session")
def exported() -> type[Exported]:
    """Makes a graph to export from Turtle."""
    return Exported


@pytest.fixture(scope="session")
def records() -> Exported:
    """A small made-up graph with annotations of each sort."""
    return Exported.of((ROOT / "tests" / "data" / "records.ttl").read_bytes())


@pytest.fixture(scope="session")
def part(kg: KnowledgeGraph) -> KnowledgeGraph:
    """A graph of some of the terms, whole in itself: what they refer to is there too, and it grows little.

    Readers that are slow read this one, and the whole one in slow tests.
    """
    return _cut(kg, [*_some(kg, "owl:Class", 60), kg.term("cervical dystonia").iri])


@pytest.fixture(scope="session")
def cut(kg: KnowledgeGraph) -> Callable[[Iterable[str]], KnowledgeGraph]:
    """Makes a graph around some terms, whole in itself as ``part`` is."""
    return lambda iris: _cut(kg, iris)


def _cut(kg: KnowledgeGraph, iris: Iterable[str]) -> KnowledgeGraph:
    from dystonia_kg.graph import KnowledgeGraph as Graph

    known = _closed(kg, {*iris, *_some(kg, "owl:Ontology", 1), *_properties(kg)})
    rows = kg.query("""SELECT ?a ?s ?p ?o {
        ?a dyst:associationSubject ?s ; dyst:associationPredicate ?p ; dyst:associationObject ?o }""")
    inside = [str(row.a) for row in rows if {str(row.s), str(row.p), str(row.o)} <= known]  # type: ignore[union-attr]
    store = pyoxigraph.Store()
    for iri in _closed(kg, known | set(sorted(inside, key=_shuffled)[:200])):
        store.extend(_described(kg, iri))
    return Graph(store, kg._release)


def _shuffled(iri: str) -> str:
    return hashlib.sha256(iri.encode()).hexdigest()


def _some(kg: KnowledgeGraph, kind: str, number: int) -> list[str]:
    rows = kg.query(f"SELECT DISTINCT ?x {{ ?x a {kind} FILTER(isIRI(?x)) }}")
    return sorted((str(row.x) for row in rows), key=_shuffled)[:number]  # type: ignore[union-attr]


def _properties(kg: KnowledgeGraph) -> set[str]:
    kinds = ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")
    return {iri for kind in kinds for iri in _some(kg, kind, 10_000)}


def _closed(kg: KnowledgeGraph, start: set[str]) -> set[str]:
    """Return terms with all that they refer to, and what that refers to."""
    found, todo = set(start), list(start)
    while todo:
        for quad in _described(kg, todo.pop()):
            value = quad.object
            if isinstance(value, pyoxigraph.NamedNode) and value.value not in found and kg._is_known(value.value):
                found.add(value.value)
                todo.append(value.value)
    return found


def _described(kg: KnowledgeGraph, iri: str) -> list[pyoxigraph.Quad]:
    """Return what is said of a term, with its class expressions and the annotations of its axioms."""
    node = pyoxigraph.NamedNode(iri)
    source = pyoxigraph.NamedNode("http://www.w3.org/2002/07/owl#annotatedSource")
    todo = [node, *(quad.subject for quad in kg._store.quads_for_pattern(None, source, node))]
    found: list[pyoxigraph.Quad] = []
    while todo:
        quads = list(kg._store.quads_for_pattern(todo.pop(), None, None))
        found += quads
        todo += [quad.object for quad in quads if isinstance(quad.object, pyoxigraph.BlankNode)]
    return list(dict.fromkeys(found))
