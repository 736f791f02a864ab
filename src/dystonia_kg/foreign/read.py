"""Reading a file of whatever syntax into RDF: bounded, all of it or nothing, and nothing that it names is fetched."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from dystonia_kg.errors import InputError, Problem
from dystonia_kg.foreign.kinds import Kind, kind_of
from dystonia_kg.guard import MAX_TREE_DEPTH, check_rdf, load_guarded, read_capped
from dystonia_kg.lexer import place

if TYPE_CHECKING:
    from pyoxigraph import Triple

_PARTS = re.compile(
    r'"(?:[^"\\]|\\.)*+"|<[^<>\s"]*+>|(?P<comment>(?:^|(?<=\s))\#[^\n]*+)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<stray>")',
    re.DOTALL | re.MULTILINE,
)


def read_foreign(path: str | os.PathLike[str]) -> list[Triple]:
    """Read an ontology: RDF, OBO, OBO Graphs JSON, or OWL in functional syntax, Manchester syntax or XML.

    What it imports is not fetched.

    :raises InputError: with file, line and column, as far as they are known; nothing of it is taken
    :raises MissingExtraError: if its syntax needs an extra that is not installed
    """
    name = os.fspath(path)
    data = read_capped(path)
    kind = kind_of(Path(name).name, data)
    if kind == Kind.RDF:
        return [quad.triple for quad in load_guarded(path)]
    if kind in (Kind.OBO_GRAPHS, Kind.OWL_XML):
        check_rdf(data, "json" if kind == Kind.OBO_GRAPHS else "xml", name=name)
    text = _text(data, name)
    if kind == Kind.OBO:
        from dystonia_kg.foreign.obo import read_obo

        return read_obo(text, name)
    if kind == Kind.OBO_GRAPHS:
        from dystonia_kg.foreign.obographs import read_obographs

        return read_obographs(text, name)
    if kind != Kind.OWL_XML:
        _check_depth(text, name)
    from dystonia_kg.foreign.owl import read_owl

    return read_owl(text, kind, name)


def axioms_in(path: Path) -> Path | list[Triple]:
    """Return a file of RDF as it is, whose text explanations can point into, and of another syntax what it says."""
    return path if kind_of(path.name, read_capped(path)) == Kind.RDF else read_foreign(path)


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(Problem(name, line, None, f"is not UTF-8 ({error.reason}); convert it")) from None


def _check_depth(text: str, name: str) -> None:
    """Refuse brackets that nest too deep, which would end the reader's stack."""
    depth = 0
    for match in _PARTS.finditer(text):
        if match.lastgroup == "stray":
            where = place(text, match.start())
            raise InputError(Problem(name, *where, "a string starts here that is not closed"))
        depth += (match.lastgroup == "open") - (match.lastgroup == "close")
        if depth > MAX_TREE_DEPTH:
            where = place(text, match.start())
            raise InputError(Problem(name, *where, f"brackets nest deeper than {MAX_TREE_DEPTH}"))
