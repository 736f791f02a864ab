"""The register of permanent numeric accessions.

``accessions.tsv`` gives every term of ours a number once and for ever. It only grows: a number is never reused, and a
term that has one must stay, if need be as deprecated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from dystonia_kg.build.text import read_utf8
from dystonia_kg.errors import Problem, SourceError
from dystonia_kg.vocab import DYST

IDENTIFIER = NamedNode("http://purl.org/dc/terms/identifier")
_HEADER = "accession\tterm\n"
_ROW = re.compile(r"DYST:[0-9]{7}\tdyst:\S+")


def read_register(path: Path) -> tuple[dict[str, str], list[Problem]]:
    """Return IRI -> accession, and what is wrong with the register."""
    numbers: dict[str, str] = {}
    seen: dict[str, int] = {}
    text, problems = read_utf8(path) if path.exists() else ("", [])
    for number, line in enumerate(text.splitlines()[1:], 2):
        accession, _, term = line.partition("\t")
        if not _ROW.fullmatch(line):
            problems.append(Problem(str(path), number, None, f"{line!r} is not 'DYST:0000000<tab>dyst:Name'"))
            continue
        iri = DYST + term.removeprefix("dyst:")
        if accession in seen:
            problems.append(Problem(str(path), number, 1, f"{accession} stands already on line {seen[accession]}"))
        if iri in numbers:
            problems.append(Problem(str(path), number, 2, f"{term} has two accessions"))
        seen[accession] = number
        numbers[iri] = accession
    return numbers, problems


def terms_of_ours(triples: Iterable[Triple]) -> list[str]:
    """Return the IRIs of all terms that get an accession: what is typed, in our namespace, with a flat local name."""
    rdf_type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    found = {
        triple.subject.value
        for triple in triples
        if isinstance(triple.subject, NamedNode)
        and triple.predicate.value == rdf_type
        and triple.subject.value.startswith(DYST)
    }
    return sorted(iri for iri in found if "/" not in iri.removeprefix(DYST) and not iri.endswith(".owl"))


def check_register(path: Path, numbers: dict[str, str], terms: list[str]) -> list[Problem]:
    """Return a problem for every term without a number and every number without a term."""
    missing = [iri for iri in terms if iri not in numbers]
    gone = sorted(set(numbers) - set(terms))
    problems = [
        Problem(str(path), 1, 2, f"{iri} has no accession: run 'dystonia-kg build --register'") for iri in missing
    ]
    text = "is registered but no longer there: bring it back as a deprecated term"
    return problems + [Problem(str(path), 1, 2, f"{iri} {text}") for iri in gone]


def extend_register(path: Path, terms: list[str]) -> int:
    """Give every term without a number the next free one; return how many were given.

    :raises SourceError: if the register cannot be read
    """
    numbers, problems = read_register(path)
    if problems:
        raise SourceError(problems)
    free = max((int(accession.removeprefix("DYST:")) for accession in numbers.values()), default=0) + 1
    new = [iri for iri in terms if iri not in numbers]
    text = path.read_text(encoding="utf-8") if path.exists() else _HEADER
    for offset, iri in enumerate(new):
        text += f"DYST:{free + offset:07d}\tdyst:{iri.removeprefix(DYST)}\n"
    if new:
        path.write_text(text, encoding="utf-8")
    return len(new)


def identifiers(numbers: dict[str, str], terms: list[str]) -> list[Triple]:
    """Return the accession of every term as a triple."""
    return [Triple(NamedNode(iri), IDENTIFIER, Literal(numbers[iri])) for iri in terms if iri in numbers]
