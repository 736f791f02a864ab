"""dystonia_kg: the knowledge graph of dystonia.

>>> import dystonia_kg as dkg
>>> kg = dkg.load()
>>> kg.is_a("writer's cramp", "focal dystonia")
True

What is named here is public and stays; modules below it may be rearranged between minor versions. Names are imported
when first used, so that ``import dystonia_kg`` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dystonia_kg.errors import (
        AmbiguousTermError,
        BindingError,
        BuildError,
        DystoniaKGError,
        InconsistentError,
        InputError,
        MissingExtraError,
        ParameterError,
        QueryError,
        QueryRefusedError,
        QuerySyntaxError,
        QueryTimeout,
        ReasoningTimeout,
        ReleaseError,
        SourceError,
        UnknownQueryError,
        UnknownTermError,
        UnsatisfiableError,
    )
    from dystonia_kg.explanations import Explanation
    from dystonia_kg.graph import KnowledgeGraph, load
    from dystonia_kg.results import IRI, Result
    from dystonia_kg.terms import Term

__version__ = "0.1.0"

_HOMES = {
    "errors": (
        "AmbiguousTermError", "BindingError", "BuildError", "DystoniaKGError", "InconsistentError", "InputError",
        "MissingExtraError", "ParameterError", "QueryError", "QueryRefusedError", "QuerySyntaxError", "QueryTimeout",
        "ReasoningTimeout", "ReleaseError", "SourceError", "UnknownQueryError", "UnknownTermError",
        "UnsatisfiableError",
    ),
    "explanations": ("Explanation",),
    "graph": ("KnowledgeGraph", "load"),
    "results": ("IRI", "Result"),
    "terms": ("Term",),
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "IRI",
    "AmbiguousTermError",
    "BindingError",
    "BuildError",
    "DystoniaKGError",
    "Explanation",
    "InconsistentError",
    "InputError",
    "KnowledgeGraph",
    "MissingExtraError",
    "ParameterError",
    "QueryError",
    "QueryRefusedError",
    "QuerySyntaxError",
    "QueryTimeout",
    "ReasoningTimeout",
    "ReleaseError",
    "Result",
    "SourceError",
    "Term",
    "UnknownQueryError",
    "UnknownTermError",
    "UnsatisfiableError",
    "load",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
