"""OBO files: fastobo reads them and says them in functional syntax, the OWL API reads that."""

from __future__ import annotations

import io
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode

from dystonia_kg.errors import InputError, MissingExtraError, Problem
from dystonia_kg.foreign.kinds import Kind
from dystonia_kg.foreign.owl import read_owl
from dystonia_kg.vocab import PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import Triple

_NAMESPACE = NamedNode(PREFIXES["oboInOwl"] + "hasOBONamespace")
_PREFIX = re.compile(r"^Prefix\((\w*):=<([^<>\s]*)>\)\s*$", re.MULTILINE)
_NAME = re.compile(r'"(?:[^"\\]|\\.)*+"|<[^<>\s]*+>|(?P<prefix>[A-Za-z_]\w*):(?P<local>[^\s()"<>=]+)', re.DOTALL)
_UNNAMED = "unnamed"  # what stands in for the names that OBO leaves out and OWL needs


def read_obo(text: str, name: str) -> list[Triple]:
    """Read OBO.

    :raises InputError: with line and column
    :raises MissingExtraError: if fastobo or the reasoner is not installed
    """
    if find_spec("fastobo") is None:
        raise MissingExtraError("obo", "fastobo")
    functional = _functional(text, name)
    try:
        triples = read_owl(functional, Kind.FUNCTIONAL, name)
    except InputError as error:  # its places are those in a text that nobody sees
        raise InputError(Problem(name, None, None, f"cannot be said as OWL: {error.problems[0].message}")) from None
    return [triple for triple in triples if (triple.predicate, triple.object) != (_NAMESPACE, Literal(_UNNAMED))]


def _functional(text: str, name: str) -> str:
    import fastobo

    out = io.BytesIO()
    try:
        document = fastobo.load(io.BytesIO(text.encode()))
        _complete(document)
        fastobo.dump_owl(document, out, format="ofn")
    except SyntaxError as error:
        raise InputError(Problem(name, error.lineno, error.offset, f"not OBO: {error.msg}")) from None
    except Exception as error:
        raise InputError(Problem(name, None, None, f"cannot be said as OWL: {error}")) from None
    except BaseException as error:  # what Rust does not expect comes as an exception that is none of Python's
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(Problem(name, None, None, f"the reader of OBO failed on it: {error}")) from None
    return _spelled_out(out.getvalue().decode())


def _spelled_out(functional: str) -> str:
    """Return functional syntax with full IRIs: fastobo abbreviates some that have no valid abbreviation."""
    bases = dict(_PREFIX.findall(functional))

    def spell(match: re.Match[str]) -> str:
        base = bases.get(match["prefix"] or "")
        return match[0] if base is None else f"<{base}{match['local']}>"

    head, body, rest = functional.partition("Ontology(")
    return head + body + _NAME.sub(spell, rest)


def _complete(document: Any) -> None:
    """Give a document the two names in its header that OWL needs."""
    from fastobo.header import DefaultNamespaceClause, OntologyClause
    from fastobo.id import UnprefixedIdent

    tags = {clause.raw_tag() for clause in document.header}
    if "ontology" not in tags:
        document.header.append(OntologyClause(_UNNAMED))
    if "default-namespace" not in tags:
        document.header.append(DefaultNamespaceClause(UnprefixedIdent(_UNNAMED)))
