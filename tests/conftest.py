"""What tests share: one graph, and the sources read by other means than the library's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import rdflib

from pyoxigraph import NamedNode, RdfFormat, Store

import dystonia_kg
from dystonia_kg.exports.job import export
from dystonia_kg.exports.source import ExportSource
from dystonia_kg.vocab import ASSERTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    found = {"HGNC": "http://identifiers.org/hgnc/"}
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

    def export(self, format: str, target: object, **options: object) -> ExportReport:
        return export(self, format, target, **options)  # type: ignore[arg-type]

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
