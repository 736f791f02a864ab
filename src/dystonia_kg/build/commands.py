"""What the maintainers' commands do: build a release, verify one, check the sources."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from dystonia_kg import resources
from dystonia_kg.build.check import CheckReport, check_graph
from dystonia_kg.build.pipeline import BuildReport, build, reason
from dystonia_kg.errors import BuildError, ReleaseError
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
        differing = [name for name in sorted(fresh.files | committed.files) if not _same(fresh, committed, name)]
    return differing


def _same(one: Release, other: Release, name: str) -> bool:
    try:
        return one.read(name) == other.read(name)
    except ReleaseError:
        return False


def check_sources(sources: Path | None) -> CheckReport:
    """Run every quality check on the ontology below ``sources``, with what follows from it."""
    root = sources or resources.ontology_dir()
    reasoned = reason(root)
    store = Store()
    inferred = NamedNode(GRAPH + "inferred")
    found = reasoned.sources
    graphs = {"asserted": found.asserted, "associations": found.associations, "imports": found.imports}
    for name, triples in graphs.items():
        store.extend(Quad(*triple, NamedNode(GRAPH + name)) for triple in triples)
    store.extend(Quad(*triple, inferred) for triple in reasoned.hierarchy())
    return check_graph(
        store, root / "checks", root / "shapes", profile_violations=reasoned.ontology.dl_violations()
    )
