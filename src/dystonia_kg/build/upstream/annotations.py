"""Annotations: which phenotypes, courses and modes of inheritance a release gives to a disease, as associations.

What was looked for and found in nobody is an association of another class and relation; it never becomes an edge of
what is present.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from dystonia_kg.build.statements import SOURCE, TYPE
from dystonia_kg.build.upstream.diseases import Record
from dystonia_kg.build.upstream.frequency import Frequency, parse_frequency
from dystonia_kg.build.upstream.phenotypes import Phenotypes
from dystonia_kg.build.upstream.release import UpstreamRelease
from dystonia_kg.build.upstream.rows import Row
from dystonia_kg.errors import Problem, UnknownPrefixError
from dystonia_kg.vocab import DYST, PREFIXES, REF, XSD, expand

FILE = "hpo_annotations.tsv"
_PMID = "PMID:"
_SEXES = ("", "MALE", "FEMALE")


def _dyst(name: str) -> NamedNode:
    return NamedNode(DYST + name)


_PRESENT, _EXCLUDED = _dyst("PhenotypeAssociation"), _dyst("ExcludedPhenotypeAssociation")
_ENDS = tuple(_dyst("association" + end) for end in ("Subject", "Predicate", "Object"))


class Annotations(NamedTuple):
    """The annotations as RDF: their nodes, the plain edges beside them, and what is wrong with the rows.

    Edges of phenotypes are many, so they go with the nodes; ``edges`` holds the others.
    """

    nodes: list[Triple]
    edges: list[Triple]
    problems: list[Problem]


class _Read(NamedTuple):
    row: Row
    record: Record
    predicate: NamedNode
    excluded: bool
    frequency: Frequency
    evidence: NamedNode
    sources: list[NamedNode]


class AnnotationReader:
    """Reads the annotations of a release.

    :param records: the records of diseases by identifier
    :param publications: from a PubMed number to the publication that is described already
    """

    def __init__(
        self,
        release: UpstreamRelease,
        phenotypes: Phenotypes,
        records: dict[str, Record],
        publications: dict[str, NamedNode],
    ) -> None:
        self.release, self.codes = release, release.codes
        self.phenotypes, self.records = phenotypes, records
        self.publications = publications
        self.cited: dict[str, NamedNode] = {}
        self.found = Annotations([], [], [])
        self._above: dict[str, set[str]] = {}

    def read(self) -> Annotations:
        """Read all rows."""
        rows = [read for row in self.release.table(FILE) if (read := self._read(row))]
        names: dict[str, int] = {}
        for read in rows:
            self.found.nodes.extend(self._association(read, names))
        excluded = {read.predicate for read in rows if read.excluded}
        edges = {Triple(r.record.disorder, r.predicate, NamedNode(expand(r.row["hpo_id"]))): r.row for r in rows}
        present = {(s, o) for s, p, o in edges if p not in excluded}
        for edge, row in edges.items():
            # What one study excluded and another found is present: the exclusions stay as associations only.
            if edge.predicate in excluded and (edge.subject, edge.object) in present:
                continue
            few = edge.predicate not in excluded and self.codes.term(row, "core", row["aspect"])
            (self.found.edges if few else self.found.nodes).append(edge)
        for number, iri in sorted(self.cited.items()):
            self.found.nodes.extend(_publication(number, iri))
        return self.found

    # ------------------------------------------------------------------ reading a row

    def _read(self, row: Row) -> _Read | None:
        problems: list[Problem] = []
        record = self.records.get(row["disease_id"])
        if record is None:
            problems.append(row.problem("disease_id", f"{row['disease_id']} is no record of dystonia_diseases.tsv"))
        self._check_term(row, problems)
        frequency = self._frequency(row, problems)
        above = self._ancestors(row["hpo_id"])
        predicate = self.codes.term_or_problem(row, "aspect", problems, above)
        evidence = self.codes.term_or_problem(row, "evidence", problems)
        negated = self.codes.term_or_problem(row, "qualifier", problems) if row["qualifier"] else None
        negated = negated or self._excluding(row, frequency)
        for column in ("onset", "modifier"):
            problems += [
                row.problem(column, self.phenotypes.unknown(term))
                for term in row.many(column, ";")
                if term not in self.phenotypes.labels
            ]
        if row["sex"] not in _SEXES:
            problems.append(row.problem("sex", f"{row['sex']!r} is neither MALE nor FEMALE"))
        sources = self._sources(row, problems)
        self.found.problems.extend(problems)
        if problems or record is None or predicate is None or evidence is None:
            return None
        return _Read(row, record, negated or predicate, negated is not None, frequency, evidence, sources)

    def _check_term(self, row: Row, problems: list[Problem]) -> None:
        label = self.phenotypes.labels.get(row["hpo_id"])
        if label is None:
            problems.append(row.problem("hpo_id", self.phenotypes.unknown(row["hpo_id"])))
        elif row["hpo_label"] != label:
            text = f"{row['hpo_label']!r} is not the label of {row['hpo_id']}, which is {label!r}"
            problems.append(row.problem("hpo_label", text))

    def _ancestors(self, term: str) -> set[str]:
        if term not in self._above:
            self._above[term] = self.phenotypes.above(term)
        return self._above[term]

    def _frequency(self, row: Row, problems: list[Problem]) -> Frequency:
        if not row["frequency"]:
            return Frequency()
        try:
            frequency = parse_frequency(row["frequency"])
        except ValueError as error:
            problems.append(row.problem("frequency", str(error)))
            return Frequency()
        if frequency.term and frequency.term not in self.phenotypes.labels:
            problems.append(row.problem("frequency", self.phenotypes.unknown(frequency.term)))
        return frequency

    def _excluding(self, row: Row, frequency: Frequency) -> NamedNode | None:
        """Return the relation of exclusion if the frequency says that nobody is affected."""
        if frequency.term:
            return self.codes.term(row, "frequency")
        return self.codes.term(row, "frequency", "0") if frequency.nobody else None

    def _sources(self, row: Row, problems: list[Problem]) -> list[NamedNode]:
        found = []
        for reference in row.many("reference", ";"):
            try:
                iri = NamedNode(expand(reference))
            except (UnknownPrefixError, ValueError) as error:
                problems.append(row.problem("reference", str(error)))
                continue
            found.append(self._publication(reference) if reference.startswith(_PMID) else iri)
        if not row["reference"]:
            problems.append(row.problem("reference", "no source: each annotation names what it rests on"))
        return found

    def _publication(self, reference: str) -> NamedNode:
        number = reference.removeprefix(_PMID)
        known = self.publications.get(number)
        if known is None:
            known = self.cited.setdefault(number, NamedNode(f"{REF}PMID-{number}"))
        return known

    # ------------------------------------------------------------------ RDF

    def _association(self, read: _Read, names: dict[str, int]) -> Iterator[Triple]:
        row = read.row
        name = f"hpo-{row['disease_id']}-{row['hpo_id']}".replace(":", "_")
        names[name] = names.get(name, 0) + 1
        node = NamedNode(f"{DYST}association/{name}" + (f"-{names[name]}" if names[name] > 1 else ""))
        yield Triple(node, TYPE, _EXCLUDED if read.excluded else _PRESENT)
        target = NamedNode(expand(row["hpo_id"]))
        for end, term in zip(_ENDS, (read.record.disorder, read.predicate, target), strict=True):
            yield Triple(node, end, term)
        yield Triple(node, _dyst("fromRecord"), read.record.iri)
        yield Triple(node, _dyst("evidenceCode"), read.evidence)
        for source in read.sources:
            yield Triple(node, SOURCE, source)
        yield from _frequency_triples(node, read.frequency)
        for column, prop in (("onset", "phenotypeOnset"), ("modifier", "phenotypeModifier")):
            for curie in dict.fromkeys(row.many(column, ";")):
                yield Triple(node, _dyst(prop), NamedNode(expand(curie)))
        if row["sex"]:
            yield Triple(node, _dyst("sex"), Literal(row["sex"].lower()))


def _publication(number: str, iri: NamedNode) -> Iterator[Triple]:
    yield Triple(iri, TYPE, _dyst("Publication"))
    yield Triple(iri, NamedNode(PREFIXES["dcterms"] + "bibliographicCitation"), Literal(f"PubMed {number}"))
    yield Triple(iri, _dyst("pmid"), Literal(number))


def _frequency_triples(node: NamedNode, frequency: Frequency) -> Iterator[Triple]:
    if frequency.term:
        yield Triple(node, _dyst("frequencyTerm"), NamedNode(expand(frequency.term)))
    if frequency.share is not None:
        share = format(frequency.share.normalize(), "f")
        yield Triple(node, _dyst("frequency"), Literal(share, datatype=NamedNode(XSD + "decimal")))
    for prop, count in (("affectedCount", frequency.affected), ("sampleSize", frequency.examined)):
        if count is not None:
            yield Triple(node, _dyst(prop), Literal(str(count), datatype=NamedNode(XSD + "integer")))
