"""The named queries: one ``.rq`` file each, which is documentation and program at once.

A file begins with comment lines ``# key: value``: ``title``; ``answers`` (the statement of the founding text, or the
question, that it answers); any number of ``param: name kind [= default] -- what it is``, where kind is ``term`` (a name
of a term), ``text`` or ``number``. Parameters are bound as terms, never spliced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from dystonia_kg.errors import ParameterError, SourceError, UnknownQueryError
from dystonia_kg.resources import queries_dir

if TYPE_CHECKING:
    from pathlib import Path

    from dystonia_kg.graph import KnowledgeGraph

_PARAM = re.compile(r"(?P<name>[a-z_]+) (?P<kind>term|text|number)(?: = (?P<default>.+?))? -- (?P<about>.+)")
_HEADER = re.compile(r"# ?(?P<key>title|answers|param|note): (?P<value>.+)")


class Parameter(NamedTuple):
    """One parameter: its ``kind`` is term, text or number. Without a value it stays a variable."""

    name: str
    kind: str
    default: str | None
    about: str


class NamedQuery(NamedTuple):
    """One named query."""

    name: str
    title: str
    answers: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str

    def __str__(self) -> str:
        shown = ", ".join(p.name if p.default is None else f"{p.name}={p.default}" for p in self.parameters)
        return f"{self.name}({shown}): {self.title}"


class NamedQueries(Mapping[str, NamedQuery]):
    """All named queries by name; prints as a list of what each answers."""

    def __init__(self, queries: Mapping[str, NamedQuery]) -> None:
        self._queries = dict(queries)

    def __getitem__(self, name: str) -> NamedQuery:
        return self._queries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)

    def __repr__(self) -> str:
        return "\n".join(str(query) for query in self._queries.values())

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(str(query))}</li>" for query in self._queries.values())
        return f"<ul>{items}</ul>"


@cache
def named_queries() -> NamedQueries:
    """Return all named queries, by name.

    :raises SourceError: if a query file has no title or an unreadable parameter
    """
    return NamedQueries({path.stem: _read(path) for path in sorted(queries_dir().glob("*.rq"))})


def _read(path: Path) -> NamedQuery:
    from dystonia_kg.errors import Problem

    text = path.read_text(encoding="utf-8")
    found: dict[str, list[str]] = {"title": [], "answers": [], "param": [], "note": []}
    for line in text.splitlines():
        if match := _HEADER.match(line):
            found[match["key"]].append(match["value"].strip())
    parameters = [_PARAM.fullmatch(value) for value in found["param"]]
    if not found["title"] or not found["answers"] or None in parameters:
        raise SourceError(
            [Problem(str(path), 1, None, "needs '# title:', '# answers:' and well-formed '# param:' lines")]
        )
    declared = tuple(Parameter(m["name"], m["kind"], m["default"], m["about"]) for m in parameters if m)
    return NamedQuery(path.stem, found["title"][0], tuple(found["answers"]), declared, text)


def run(kg: KnowledgeGraph, name: str, parameters: Mapping[str, Any], *, timeout: float | None = None) -> Any:
    """Run a named query; see :meth:`KnowledgeGraph.run`."""
    query = find(name)
    known = {parameter.name: parameter for parameter in query.parameters}
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        takes = ", ".join(known) or "none"
        raise ParameterError(f"query {name!r} has no parameter {unknown[0]!r}; it takes: {takes}")
    bindings = {}
    for parameter in query.parameters:
        value = parameters.get(parameter.name, parameter.default)
        if value is not None:
            bindings[parameter.name] = _value(kg, parameter, value)
    return kg.query(query.text, timeout=timeout, **bindings)


def find(name: str) -> NamedQuery:
    """Return one named query.

    :raises UnknownQueryError: with the nearest names
    """
    queries = named_queries()
    if name not in queries:
        raise UnknownQueryError(name, get_close_matches(name, queries, n=3, cutoff=0.4))
    return queries[name]


def _value(kg: KnowledgeGraph, parameter: Parameter, value: Any) -> Any:
    if isinstance(value, list | tuple | set):
        return [_value(kg, parameter, one) for one in value]
    if parameter.kind == "term":
        return kg.term(value)
    if parameter.kind == "number":
        try:
            return float(value)
        except (TypeError, ValueError):
            raise ParameterError(f"parameter {parameter.name!r} takes a number, not {value!r}") from None
    return str(value)
