"""How FHIR calls vocabularies: their system URIs and codes, from ``ontology/exports/fhir_systems.tsv``."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from dystonia_kg.exports.mapping_tables import read_rows
from dystonia_kg.exports.source import NUMERIC_PREFIX, curie

#: A JSON object of FHIR.
Json = dict[str, Any]

#: The system for which any IRI is a code; FHIR has it for what no other system covers.
IRIS = "urn:ietf:rfc:3986"


class System(NamedTuple):
    """A vocabulary: its name in ours, what FHIR calls it, and what a code looks like, with ``*`` for the local part."""

    name: str
    system: str
    oid: str
    code: str
    title: str


_ANY = System("other", IRIS, "", "*", "vocabularies without a system of their own")


@cache
def systems() -> dict[str, System]:
    """Return the systems by the prefix of a CURIE."""
    rows = read_rows("fhir_systems")
    return {row["prefix"]: System(*(row[field] for field in System._fields)) for row in rows}


def own_system(numeric: bool) -> System:
    """Return the system of our own terms, by accessions or by readable names."""
    return systems()[NUMERIC_PREFIX if numeric else "dyst"]


def located(iri: str) -> tuple[System, str]:
    """Return the system of a written IRI, and its code there.

    >>> located("http://snomed.info/id/445006008")[1], located("http://purl.obolibrary.org/obo/HP_0001332")[1]
    ('445006008', 'HP:0001332')
    >>> located("http://example.org/x")[0].system, located("http://example.org/x")[1]
    ('urn:ietf:rfc:3986', 'http://example.org/x')
    """
    prefix, colon, local = curie(iri).partition(":")
    system = systems().get(prefix)
    if system is None or not colon or not local:
        return _ANY, iri
    return system, system.code.replace("*", local)


def coding(iri: str, display: str | None = None) -> Json:
    """Return a Coding for a written IRI."""
    system, code = located(iri)
    return {"system": system.system, "code": code} | ({"display": display} if display else {})


def named(name: str | None) -> System | None:
    """Return the system that a mapping names as its object's source: by prefix, our name, or system URI."""
    for prefix, system in systems().items():
        if name and name.casefold() in (prefix.casefold(), system.name, system.system, system.system.casefold()):
            return system
    return None
