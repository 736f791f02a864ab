"""What a file holds, told by its name and, where several syntaxes share a name, by how it begins."""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """A syntax; ``RDF`` is any of RDF's."""

    RDF = "RDF"
    OBO = "OBO"
    OBO_GRAPHS = "OBO Graphs JSON"
    FUNCTIONAL = "OWL functional syntax"
    MANCHESTER = "OWL Manchester syntax"
    OWL_XML = "OWL/XML"


_KINDS: dict[str, Kind] = {
    "obo": Kind.OBO,
    "ofn": Kind.FUNCTIONAL,
    "fss": Kind.FUNCTIONAL,
    "omn": Kind.MANCHESTER,
    "owx": Kind.OWL_XML,
}
_HEAD = 20_000
_COMMENTS = re.compile(r"(?:\s++|#[^\n]*+)*+")
_XML_PROLOGUE = re.compile(
    r"(?:\s++|<\?(?:(?!\?>).)*+\?>|<!--(?:(?!-->).)*+-->|<!DOCTYPE(?:\[[^\]]*\]|[^\[\]>])*+>)*+", re.DOTALL
)


def kind_of(name: str, data: bytes) -> Kind:
    """Return the syntax of a file; what is not known is left to the readers of RDF.

    >>> kind_of("x.owl", b"Prefix(:=<http://example.org/>) Ontology()").value
    'OWL functional syntax'
    >>> kind_of("x.json", b'{"graphs": []}').value
    'OBO Graphs JSON'
    """
    extension = name.lower().removesuffix(".gz").rpartition(".")[2]
    if extension in _KINDS:
        return _KINDS[extension]
    head = data[:_HEAD].decode("utf-8-sig", errors="replace")
    if extension == "json":
        return Kind.OBO_GRAPHS if re.match(r'\s*\{\s*"(?:graphs|meta)"\s*:', head) else Kind.RDF
    return _owl_kind(head) if extension in ("owl", "xml") else Kind.RDF


def _owl_kind(head: str) -> Kind:
    plain = _COMMENTS.sub("", head, count=1)
    if re.match(r"(?:Prefix|Ontology)\s*\(", plain):
        return Kind.FUNCTIONAL
    if re.match(r"(?:Prefix|Ontology):", plain):
        return Kind.MANCHESTER
    root = _XML_PROLOGUE.sub("", head, count=1)
    return Kind.OWL_XML if re.match(r"<(?:[\w.\-]+:)?Ontology\b", root) else Kind.RDF
