"""dystonia_kg: the knowledge graph of dystonia.

>>> import dystonia_kg as dkg
>>> kg = dkg.load()
>>> kg.is_a("writer's cramp", "focal dystonia")
True

What is named here is public and stays; modules below it may be rearranged between minor versions. Names are imported
when first used, so that ``import dystonia_kg`` costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing would cost more time than the rest of this module
if TYPE_CHECKING:
    from dystonia_kg.build.diff import HierarchyDiff, diff
    from dystonia_kg.cases.age import AgeRange
    from dystonia_kg.cases.case import Case
    from dystonia_kg.cases.schema import case_schema
    from dystonia_kg.classification.engine import classify
    from dystonia_kg.classification.result import Classification
    from dystonia_kg.classification.table import classify_table
    from dystonia_kg.errors import (
        AmbiguousTermError,
        BindingError,
        BuildError,
        CaseError,
        DystoniaKGError,
        ExportError,
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
    from dystonia_kg.exports.report import ExportReport
    from dystonia_kg.graph import KnowledgeGraph, load
    from dystonia_kg.reasoning.materialise import Edge, Materialisation, materialise
    from dystonia_kg.reasoning.session import DLResult, Reasoner
    from dystonia_kg.results import Result
    from dystonia_kg.terms import Term
    from dystonia_kg.values import IRI

__version__ = "0.1.0"

_HOMES = {
    "build.diff": ("HierarchyDiff", "diff"),
    "cases.age": ("AgeRange",),
    "cases.case": ("Case",),
    "cases.schema": ("case_schema",),
    "classification.engine": ("classify",),
    "classification.result": ("Classification",),
    "classification.table": ("classify_table",),
    "errors": (
        "AmbiguousTermError", "BindingError", "BuildError", "CaseError", "DystoniaKGError", "ExportError",
        "InconsistentError", "InputError", "MissingExtraError", "ParameterError", "QueryError", "QueryRefusedError",
        "QuerySyntaxError", "QueryTimeout", "ReasoningTimeout", "ReleaseError", "SourceError", "UnknownQueryError",
        "UnknownTermError", "UnsatisfiableError",
    ),
    "explanations": ("Explanation",),
    "exports.report": ("ExportReport",),
    "graph": ("KnowledgeGraph", "load"),
    "reasoning.materialise": ("Edge", "Materialisation", "materialise"),
    "reasoning.session": ("DLResult", "Reasoner"),
    "results": ("Result",),
    "terms": ("Term",),
    "values": ("IRI",),
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "IRI",
    "AgeRange",
    "AmbiguousTermError",
    "BindingError",
    "BuildError",
    "Case",
    "CaseError",
    "Classification",
    "DLResult",
    "DystoniaKGError",
    "Edge",
    "Explanation",
    "ExportError",
    "ExportReport",
    "HierarchyDiff",
    "InconsistentError",
    "InputError",
    "KnowledgeGraph",
    "Materialisation",
    "MissingExtraError",
    "ParameterError",
    "QueryError",
    "QueryRefusedError",
    "QuerySyntaxError",
    "QueryTimeout",
    "Reasoner",
    "ReasoningTimeout",
    "ReleaseError",
    "Result",
    "SourceError",
    "Term",
    "UnknownQueryError",
    "UnknownTermError",
    "UnsatisfiableError",
    "case_schema",
    "classify",
    "classify_table",
    "diff",
    "load",
    "materialise",
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
