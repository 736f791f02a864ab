"""The one exception family. `except DystoniaKGError` catches everything this package raises on purpose.

Each message names the bad value, the place and the next step; each class says below when it comes.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False  # typing costs as much time as the rest of this module, and every start pays for it
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

_MAX_SHOWN = 10


class DystoniaKGError(Exception):
    """Base of all errors of this package; catch it to catch them all."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Children take other arguments than the message, so rebuild from what they hold (pickle, copy).
        return _rebuild, (type(self), self.args, self.__dict__.copy())


def _rebuild(cls: type[DystoniaKGError], args: tuple[Any, ...], state: dict[str, Any]) -> DystoniaKGError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


class UnknownPrefixError(DystoniaKGError):
    """A CURIE whose prefix is not in `vocab.PREFIXES`: spell the IRI out, or use a known prefix."""


# --- queries -------------------------------------------------------------------------------------------------------


class QueryError(DystoniaKGError):
    """A query could not be answered; also raised as such when the engine itself fails while it evaluates."""


class _PlacedQueryError(QueryError):
    """A query error that knows its line and column (both from 1)."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        place = "" if line is None else f" (line {line}, column {column})"
        super().__init__(message + place)
        self.line = line
        self.column = column


class QuerySyntaxError(_PlacedQueryError):
    """The text is not SPARQL, or not SPARQL that can be followed: correct it at `line` and `column`."""


class QueryRefusedError(_PlacedQueryError):
    """The guard refuses the query: too long, too deep, an update, or it would call another host.

    Make it smaller, drop the clause named in the message, or allow the host if the caller may.
    """


class BindingError(QueryError):
    """A value cannot be bound to a variable: no such variable, not a term or plain value, or computed by the query."""


class QueryTimeout(QueryError):
    """The query did not finish within `timeout` seconds: give it more time, a LIMIT, or more selective patterns."""

    def __init__(self, timeout: float) -> None:
        super().__init__(
            f"the query did not finish within {timeout:g} s; raise timeout=, add a LIMIT, or make its patterns narrower"
        )
        self.timeout = timeout


class WorkerCrashed(QueryError):
    """The process that ran the query died (out of memory, or a fault in the engine); the next call starts a new one."""


class UnknownQueryError(QueryError):
    """There is no named query of this name: `kg.queries` lists them."""

    def __init__(self, name: str, suggestions: Iterable[str] = ()) -> None:
        self.name = name
        self.suggestions = tuple(suggestions)
        super().__init__(f"no named query is called {name!r}{_nearest(self.suggestions)}; kg.queries lists them all")


class ParameterError(QueryError):
    """A named query or filter got a parameter that it does not have, lacks one, or cannot use its value."""


# --- terms ---------------------------------------------------------------------------------------------------------


class UnknownTermError(DystoniaKGError):
    """No term has this name, synonym or identifier: `suggestions` holds the nearest ones.

    >>> print(UnknownTermError("cervcal dystonia", ["cervical dystonia"]))
    no term is called 'cervcal dystonia'; nearest: cervical dystonia
    """

    def __init__(self, name: str, suggestions: Iterable[str] = ()) -> None:
        self.name = name
        self.suggestions = tuple(suggestions)
        super().__init__(f"no term is called {name!r}{_nearest(self.suggestions)}")


class AmbiguousTermError(DystoniaKGError):
    """Several terms have this name: `candidates` holds them; use one's CURIE or IRI.

    >>> print(AmbiguousTermError("DYT6", ["DYT-THAP1 (dyst:DYT-THAP1)", "THAP1 (HGNC:20856)"]))
    'DYT6' may be any of: DYT-THAP1 (dyst:DYT-THAP1), THAP1 (HGNC:20856); use a CURIE or IRI
    """

    def __init__(self, name: str, candidates: Iterable[object]) -> None:
        self.name = name
        self.candidates = tuple(candidates)
        super().__init__(f"{name!r} may be any of: {', '.join(map(str, self.candidates))}; use a CURIE or IRI")


class CaseError(DystoniaKGError):
    """A finding of a case cannot be right, or two of them contradict each other: `field` and `value` name it.

    >>> print(CaseError("age_at_onset", -1, "an age cannot be negative"))
    age_at_onset: -1: an age cannot be negative
    """

    def __init__(self, field: str, value: object, reason: str) -> None:
        self.field = field
        self.value = value
        shown = repr(value)
        super().__init__(f"{field}: {shown if len(shown) <= 200 else shown[:200] + '...'}: {reason}")


# --- files ---------------------------------------------------------------------------------------------------------


class Problem(namedtuple("Problem", ("file", "line", "column", "message"))):  # noqa: PYI024  (no typing here)
    """One thing wrong in a file; line and column count from 1, None where they are not known.

    >>> str(Problem("genes.tsv", 7, 2, "no such gene: 'TOR1X'"))
    "genes.tsv:7:2: no such gene: 'TOR1X'"
    """

    file: str
    line: int | None
    column: int | None
    message: str

    __slots__ = ()

    def __str__(self) -> str:
        place = [str(part) for part in (self.file or None, self.line, self.column) if part is not None]
        return f"{':'.join(place)}: {self.message}" if place else self.message


class _FileError(DystoniaKGError):
    """Holds `problems`; the message lists the first ones."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        lines = [str(problem) for problem in self.problems[:_MAX_SHOWN]]
        if len(self.problems) > _MAX_SHOWN:
            lines.append(f"... and {len(self.problems) - _MAX_SHOWN} more")
        super().__init__("\n".join(lines))


class InputError(_FileError):
    """A file or table given by the user is bad, too big or refused; nothing of it was loaded."""


class SourceError(_FileError):
    """A source of the ontology (module, table, mapping) is bad: `problems` lists all of it, with places."""


class ReleaseError(DystoniaKGError):
    """The bundled release is missing, truncated or altered: reinstall the package, or run `dystonia-kg build`."""


class ExportError(DystoniaKGError):
    """An export cannot be done: no such format, a place that cannot be written, a value that the format cannot hold.

    What stood at the place before is still there.
    """


# --- building and reasoning ----------------------------------------------------------------------------------------


class BuildError(DystoniaKGError):
    """The release cannot be built from the sources."""


class InconsistentError(BuildError):
    """The ontology contradicts itself: `explanations` holds axiom sets that cannot be true together."""

    def __init__(self, explanations: Sequence[object] = ()) -> None:
        self.explanations = tuple(explanations)
        because = f", because of:\n{self.explanations[0]}" if self.explanations else ""
        super().__init__(f"the ontology is inconsistent{because}")


class UnsatisfiableError(BuildError):
    """Some classes can have no instance: `classes` names them, `explanations` tells why, in the same order."""

    def __init__(self, classes: Iterable[str], explanations: Sequence[object] = ()) -> None:
        self.classes = tuple(classes)
        self.explanations = tuple(explanations)
        because = f"; the first, because of:\n{self.explanations[0]}" if self.explanations else ""
        super().__init__(f"no instance is possible of: {', '.join(self.classes)}{because}")


class ReasoningTimeout(DystoniaKGError):
    """The reasoner did not finish in its time: raise the limit, or reason over fewer axioms."""


class MissingExtraError(DystoniaKGError):
    """An optional part of the package is not installed: install the extra that the message names.

    >>> print(MissingExtraError("cohort", ["polars"]))
    this needs polars, which is not installed; run: pip install "dystonia_kg[cohort]"
    """

    def __init__(self, extra: str, packages: str | Iterable[str]) -> None:
        self.extra = extra
        self.packages = (packages,) if isinstance(packages, str) else tuple(packages)
        verb = "is" if len(self.packages) == 1 else "are"
        super().__init__(
            f"this needs {', '.join(self.packages)}, which {verb} not installed; "
            f'run: pip install "dystonia_kg[{extra}]"'
        )


def _nearest(suggestions: tuple[str, ...]) -> str:
    return f"; nearest: {', '.join(suggestions)}" if suggestions else ""
