"""JSON-LD: a node for each subject, in the words of the context that comes with the ontology.

The context is ``ontology/exports/context.jsonld``, published at :data:`CONTEXT`. It stands in the file, so that nothing
has to be fetched to read it, unless a link is asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from dystonia_kg.exports.rdf import ontology
from dystonia_kg.exports.source import NUMERIC_BASE, NUMERIC_PREFIX
from dystonia_kg.resources import ontology_dir
from dystonia_kg.vocab import DYST, PREFIXES, XSD, contract

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job

#: Where the context is published.
CONTEXT = DYST + "context.jsonld"

_TYPE = PREFIXES["rdf"] + "type"
_INTEGER = re.compile(r"0|-?[1-9]\d{0,14}")


def write(job: Job) -> None:
    """Write the ontology as one graph."""
    words = Words(read_context())
    shown: Any = CONTEXT if job.options["context"] == "link" else words.context
    job.output.write(f'{{\n"@context": {_json(shown)},\n"@graph": [')
    triples = job.track(ontology(job), "triples")
    for number, (_, group) in enumerate(groupby(triples, key=lambda triple: str(triple.subject))):
        job.output.write(f"{',' if number else ''}\n{_json(words.node(group))}")
        job.tally.wrote("nodes")
    job.output.write("\n]\n}\n")


def read_context() -> dict[str, Any]:
    """Return the context that comes with the ontology."""
    text = (ontology_dir() / "exports" / "context.jsonld").read_text(encoding="utf-8")
    context: dict[str, Any] = json.loads(text)["@context"]
    return context


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class Words:
    """What a context calls things."""

    def __init__(self, context: dict[str, Any]) -> None:
        self.context = context

    @cached_property
    def _terms(self) -> dict[str, tuple[str, bool]]:
        """From the IRI of a property to its word, and whether its plain values are IRIs."""
        found = {}
        for word, meaning in self.context.items():
            if word.startswith("@") or (isinstance(meaning, dict) and meaning.get("@prefix")):
                continue
            iri = meaning["@id"] if isinstance(meaning, dict) else meaning
            prefix, _, local = iri.partition(":")
            found[PREFIXES[prefix] + local] = word, isinstance(meaning, dict) and meaning.get("@type") == "@id"
        return found

    def node(self, triples: Iterable[Triple]) -> dict[str, Any]:
        """Return the node of one subject."""
        node: dict[str, Any] = {}
        for triple in triples:
            node.setdefault("@id", self.name(triple.subject))
            key, value = self._member(triple)
            node.setdefault(key, []).append(value)
        return {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in node.items()}

    def _member(self, triple: Triple) -> tuple[str, Any]:
        predicate = triple.predicate.value
        if predicate == _TYPE and not isinstance(triple.object, Literal):
            return "@type", self.name(triple.object)
        word, plain_iris = self._terms.get(predicate, (compact(predicate), False))
        if isinstance(triple.object, Literal):
            return word, _literal(triple.object, plain=not plain_iris)
        return word, self.name(triple.object) if plain_iris else {"@id": self.name(triple.object)}

    @staticmethod
    def name(term: object) -> str:
        """Return the identifier of a node: a CURIE, an IRI, or the name of a blank node."""
        if isinstance(term, BlankNode):
            return f"_:{term.value}"
        assert isinstance(term, NamedNode)
        return compact(term.value)


@lru_cache(maxsize=1 << 16)
def compact(iri: str) -> str:
    """Return the CURIE of an IRI, unless it would be read as something else."""
    if iri.startswith(NUMERIC_BASE):
        return f"{NUMERIC_PREFIX}:{iri[len(NUMERIC_BASE) :]}"
    found = contract(iri)
    return iri if found is None or found.partition(":")[2].startswith("//") else found


def _literal(literal: Literal, *, plain: bool) -> Any:
    """Return a literal in its shortest form; a full one where a plain text would be read as an IRI."""
    if literal.language is not None:
        return {"@value": literal.value, "@language": literal.language}
    datatype = literal.datatype.value
    if plain and datatype == XSD + "string":
        return literal.value
    if plain and datatype == XSD + "boolean" and literal.value in ("true", "false"):
        return literal.value == "true"
    if plain and datatype == XSD + "integer" and _INTEGER.fullmatch(literal.value):
        return int(literal.value)
    if datatype == XSD + "string":
        return {"@value": literal.value}
    return {"@value": literal.value, "@type": compact(datatype)}
