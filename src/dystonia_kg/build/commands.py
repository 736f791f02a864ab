"""What the maintainers' commands do: build a release, verify one, check the sources."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from dystonia_kg import resources
from dystonia_kg.build.check import check_graph
from dystonia_kg.build.logic import RULES as LOGIC_RULES
from dystonia_kg.build.logic import check_logic
from dystonia_kg.build.pipeline import BuildReport, build
from dystonia_kg.build.report import CheckReport
from dystonia_kg.build.sources import read_sources
from dystonia_kg.errors import BuildError, ReleaseError
from dystonia_kg.places import Places
from dystonia_kg.release import Release
from dystonia_kg.vocab import GRAPH

Say = Callable[[str], None]


def build_release(
    sources: Path | None, output: Path | None, *, register: bool = False, progress: Say = lambda text: None
) -> BuildReport:
    """Build from ``sources`` into ``output``; by default from and into the checkout.

    :raises BuildError: if no output is given outside a checkout
    """
    root = sources or resources.ontology_dir()
    if output is None and sources is None and not resources.is_checkout():
        raise BuildError("the installed release is not rebuilt in place: say where to with --output DIR")
    return build(root, output or root / "release", register=register, progress=progress)


def verify_release(sources: Path | None, release: Path | None, progress: Say = lambda text: None) -> list[str]:
    """Return the names of the released files that differ from what the sources give."""
    root = sources or resources.ontology_dir()
    committed = Release(release or root / "release")
    with tempfile.TemporaryDirectory() as folder:
        fresh = Release(build(root, Path(folder) / "release", progress=progress).folder)
        return [name for name in sorted(fresh.files | committed.files) if not _same(fresh, committed, name)]


def _same(one: Release, other: Release, name: str) -> bool:
    try:
        return one.read(name) == other.read(name)
    except ReleaseError:
        return False


def check_sources(sources: Path | None) -> CheckReport:
    """Run every quality check on the ontology below ``sources``, with what follows from it.

    :raises SourceError: if a source cannot be read, or uses a term that is described nowhere
    """
    root = sources or resources.ontology_dir()
    found = read_sources(root)
    logic = check_logic(found.asserted, found.imports, Places.of_sources(root))
    store = Store()
    graphs = {
        "asserted": found.asserted,
        "associations": found.associations,
        "imports": found.imports,
        "inferred": logic.hierarchy,
    }
    for name, triples in graphs.items():
        store.extend(Quad(t.subject, t.predicate, t.object, NamedNode(GRAPH + name)) for t in triples)
    return check_graph(
        store,
        root / "checks",
        root / "shapes",
        profile_violations=logic.profile_violations,
        more=(LOGIC_RULES, logic.findings),
    )
