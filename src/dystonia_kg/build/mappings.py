"""Mappings to other vocabularies: SSSOM tables read into RDF.

Each row gives the mapping triple and an ``owl:Axiom`` node that carries its justification, the object's label where
the licence allows one, the version of the object's source, and the comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from dystonia_kg.build.text import read_utf8
from dystonia_kg.errors import Problem, UnknownPrefixError
from dystonia_kg.vocab import PREFIXES, expand

_OWL = "http://www.w3.org/2002/07/owl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SSSOM = "https://w3id.org/sssom/"
_REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_IRI_SLOTS = ("mapping_justification",)
_TEXT_SLOTS = ("object_label", "object_source", "object_source_version", "comment")


class Mappings(NamedTuple):
    """One mapping set as RDF, where each subject is used (IRI, line, column), and what is wrong with it."""

    triples: list[Triple]
    uses: list[tuple[str, int, int]]
    problems: list[Problem]


def read_mappings(path: Path) -> Mappings:
    """Read one ``.sssom.tsv`` file; its YAML header gives set-wide slots such as the version of the object's source."""
    result = Mappings([], [], [])
    text, problems = read_utf8(path)
    result.problems.extend(problems)
    if problems:
        return result
    lines = text.splitlines()
    result.problems.extend(_check_prefixes(path, lines))
    metadata = dict(_metadata(lines))
    body = [(number, line) for number, line in enumerate(lines, 1) if not line.startswith("#")]
    if not body:
        result.problems.append(Problem(str(path), 1, None, "no header row after the metadata"))
        return result
    header = body[0][1].split("\t")
    missing = [slot for slot in _REQUIRED if slot not in header]
    if missing:
        result.problems.append(Problem(str(path), body[0][0], None, f"missing columns: {', '.join(missing)}"))
        return result
    for number, line in body[1:]:
        _read_row(path, number, header, line.split("\t"), metadata, result)
    return result


_PREFIX = re.compile(r"#  ([\w.]+): \"?([^\"]+)\"?")


def _check_prefixes(path: Path, lines: list[str]) -> Iterator[Problem]:
    """Report prefixes of the header that stand for something else than everywhere here, for the rows use ours."""
    for number, line in enumerate(lines, 1):
        if (match := _PREFIX.fullmatch(line)) and PREFIXES.get(match[1], match[2]) != match[2]:
            text = f"the prefix {match[1]} stands for {PREFIXES[match[1]]} here, not for {match[2]}"
            yield Problem(str(path), number, 4, text)


def _metadata(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the flat slots of the YAML header; nested ones (curie_map) are not needed here."""
    for line in lines:
        if line.startswith("#") and not line.startswith(("# ", "#  ")):
            key, colon, value = line[1:].partition(":")
            if colon and value.strip():
                yield key.strip(), value.strip().strip("\"'")


def _read_row(
    path: Path, number: int, header: list[str], cells: list[str], metadata: dict[str, str], result: Mappings
) -> None:
    if len(cells) != len(header):
        text = f"{len(cells)} cells where the header has {len(header)}: check for stray tabs"
        result.problems.append(Problem(str(path), number, None, text))
        return
    row = {**metadata, **{slot: cell for slot, cell in zip(header, cells, strict=True) if cell}}
    nodes = {}
    for slot in _REQUIRED:
        column = header.index(slot) + 1
        try:
            nodes[slot] = NamedNode(expand(row.get(slot, "")))
        except (UnknownPrefixError, ValueError) as error:
            result.problems.append(Problem(str(path), number, column, f"{slot}: {error}"))
            return
    result.uses.append((nodes["subject_id"].value, number, header.index("subject_id") + 1))
    result.triples.extend(_mapping(nodes, row))


def _mapping(nodes: dict[str, NamedNode], row: dict[str, str]) -> Iterator[Triple]:
    subject, predicate, target = (nodes[slot] for slot in _REQUIRED[:3])
    yield Triple(subject, predicate, target)
    axiom = BlankNode()
    yield Triple(axiom, NamedNode(_RDF + "type"), NamedNode(_OWL + "Axiom"))
    yield Triple(axiom, NamedNode(_OWL + "annotatedSource"), subject)
    yield Triple(axiom, NamedNode(_OWL + "annotatedProperty"), predicate)
    yield Triple(axiom, NamedNode(_OWL + "annotatedTarget"), target)
    for slot in _IRI_SLOTS:
        yield Triple(axiom, NamedNode(_SSSOM + slot), nodes[slot])
    for slot in _TEXT_SLOTS:
        if row.get(slot):
            yield Triple(axiom, NamedNode(_SSSOM + slot), Literal(row[slot]))
