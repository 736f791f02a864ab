"""Where a statement of the ontology stands: file and line of an axiom, found in the text of the sources.

Turtle is read here only as far as it takes: a statement begins where a term stands at the beginning of a line and ends
with a line that ends in a full stop; within it, the axiom is looked for by its property and by the terms in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dystonia_kg.errors import UnknownPrefixError
from dystonia_kg.vocab import expand

_MARKS = {
    "EquivalentClasses": ("owl:equivalentClass",),
    "SubClassOf": ("rdfs:subClassOf",),
    "DisjointClasses": ("owl:disjointWith", "owl:AllDisjointClasses"),
    "SubObjectPropertyOf": ("rdfs:subPropertyOf",),
    "SubPropertyChainOf": ("owl:propertyChainAxiom",),
    "ObjectPropertyDomain": ("rdfs:domain",),
    "DataPropertyDomain": ("rdfs:domain",),
    "ObjectPropertyRange": ("rdfs:range",),
    "DataPropertyRange": ("rdfs:range",),
    "TransitiveObjectProperty": ("owl:TransitiveProperty",),
    "SymmetricObjectProperty": ("owl:SymmetricProperty",),
    "FunctionalObjectProperty": ("owl:FunctionalProperty",),
    "FunctionalDataProperty": ("owl:FunctionalProperty",),
    "ClassAssertion": (" a ",),
}
_PREFIX = re.compile(r"@?prefix\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
_SUBJECT = re.compile(r"(<[^>]*>|[\w.-]*:[^\s;,.]+|\[\])(?=\s|$)")
_BUILT_IN = ("owl:", "rdf:", "rdfs:", "xsd:")
_NAME = re.compile(r"<[^>\s]*>|[\w.-]*:[\w/-]+")


class _Line(NamedTuple):
    file: str
    number: int
    text: str
    names: frozenset[str]


class Places:
    """An index of the statements in some sources.

    :param texts: name and text of each file; a name that ends in ``.tsv`` is that of a table
    """

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._statements: dict[str, list[list[_Line]]] = {}
        self._anonymous: list[list[_Line]] = []
        for name, text in texts:
            if name.endswith(".tsv"):
                self._read_table(name, text)
            else:
                self._read_turtle(name, text)

    @classmethod
    def of_sources(cls, root: Path) -> Places:
        """Index the modules, tables and imports below the folder of the ontology."""
        files = [
            p for pattern in ("modules/*.ttl", "tables/*.tsv", "imports/*.ttl") for p in sorted(root.glob(pattern))
        ]
        places = cls((p.relative_to(root).as_posix(), p.read_text(encoding="utf-8")) for p in files)
        described = _exact_matches(sorted((root / "mappings").glob("*.sssom.tsv")))
        for path in sorted((root / "upstream").glob("*.tsv")):
            places._read_table(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"), 1, described)
        return places

    def find(self, kind: str, subject: str | None, signature: Sequence[str]) -> str | None:
        """Return ``file:line`` of an axiom, None if it does not stand in the sources.

        :param kind: its type in the OWL specification
        :param subject: what it is about, if that is one thing
        :param signature: the terms in it
        """
        terms = frozenset(signature)
        statements = [s for term in ([subject] if subject else terms) for s in self._statements.get(term, ())]
        statements += self._anonymous if kind == "DisjointClasses" else []
        best: tuple[int, int] | None = None
        found: _Line | None = None
        for statement in statements:
            for number, line in enumerate(statement):
                if not _marked(line, kind):
                    continue
                reach = _reach(statement, number)
                score = (len(terms & reach), -len(reach - terms))
                if best is None or score > best:
                    best, found = score, _nearest(statement, number, terms) if kind == "SubClassOf" else line
        return f"{found.file}:{found.number}" if found else None

    def _read_table(self, name: str, text: str, head: int = 2, described: Mapping[str, str] | None = None) -> None:
        """Index the rows of a table by what they are about.

        :param head: the number of lines before the first row
        :param described: from the identifier of a row to the term that it describes, where that is another one
        """
        for number, row in enumerate(text.splitlines(), 1):
            cells = row.split("\t")
            if number > head and cells[0].strip():
                names = frozenset(_expanded(cell, {}) for cells_ in cells for cell in cells_.split("|"))
                subject = _expanded(cells[0], {})
                line = _Line(name, number, row, names)
                self._statements.setdefault((described or {}).get(subject, subject), []).append([line])

    def _read_turtle(self, name: str, text: str) -> None:
        prefixes = dict(_PREFIX.findall(text))
        statement: list[_Line] | None = None
        for number, raw in enumerate(text.splitlines(), 1):
            bare = re.sub(r"\s#\s.*$", "", raw)
            start = None if statement is not None or raw.lower().startswith(("@", "prefix")) else _SUBJECT.match(raw)
            if start:
                statement = []
                if start[1] == "[]":
                    self._anonymous.append(statement)
                else:
                    self._statements.setdefault(_expanded(start[1], prefixes), []).append(statement)
            if statement is not None:
                words = re.sub(r'"(?:[^"\\]|\\.)*"', '""', bare)
                names = frozenset(_expanded(w, prefixes) for w in _NAME.findall(words) if not w.startswith(_BUILT_IN))
                statement.append(_Line(name, number, words, names))
                if bare.rstrip().endswith("."):
                    statement = None


def _exact_matches(paths: Iterable[Path]) -> dict[str, str]:
    """Return, for each identifier of another vocabulary, the term of ours that is the same."""
    found = {}
    for path in paths:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        header = lines[0].split("\t")
        columns = [header.index(name) for name in ("subject_id", "predicate_id", "object_id")]
        for line in lines[1:]:
            subject, predicate, target = (line.split("\t")[column] for column in columns)
            if predicate == "skos:exactMatch":
                found[_expanded(target, {})] = _expanded(subject, {})
    return found


def _marked(line: _Line, kind: str) -> bool:
    if line.file.endswith(".tsv"):
        return kind in ("SubClassOf", "ClassAssertion")
    return any(mark in line.text for mark in _MARKS.get(kind, ()))


def _reach(statement: list[_Line], number: int) -> frozenset[str]:
    """Return the terms of a line and of those that go on with it: up to the next property of the same statement."""
    names = statement[number].names
    for line in statement[number + 1 :]:
        if any(mark in line.text for marks in _MARKS.values() for mark in marks if mark != " a "):
            break
        names |= line.names
    return names


def _nearest(statement: list[_Line], number: int, terms: frozenset[str]) -> _Line:
    """Return the line that states it, where one property has several values on lines of their own."""
    lines = [statement[number]]
    for line in statement[number + 1 :]:
        if any(mark in line.text for marks in _MARKS.values() for mark in marks if mark != " a "):
            break
        lines.append(line)
    return max(lines, key=lambda line: (len(terms & line.names) - len(line.names - terms), -line.number))


def _expanded(word: str, prefixes: dict[str, str]) -> str:

    word = word.strip()
    if word.startswith("<"):
        return word[1:-1]
    prefix, _, local = word.partition(":")
    if prefix in prefixes:
        return prefixes[prefix] + local
    try:
        return expand(word)
    except UnknownPrefixError:
        return word
