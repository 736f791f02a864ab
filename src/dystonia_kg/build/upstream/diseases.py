"""Diseases: the records that a release annotates with dystonia become disorders, and records of them.

Which disorder a record describes the mapping sets say: that with the exact match. A disorder that stands in the curated
tables is left as it is there; the others are described here. What holds only in some cases (one of several genes, one
of several modes of inheritance) is never an axiom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from dystonia_kg.build.statements import (
    CLASS,
    DEFINITION,
    DEFINITION_SOURCE,
    LABEL,
    SOURCE,
    SUBCLASS,
    TYPE,
    some,
)  # fmt: skip
from dystonia_kg.build.upstream.genes import Genes
from dystonia_kg.build.upstream.phenotypes import Phenotypes
from dystonia_kg.build.upstream.release import UpstreamRelease
from dystonia_kg.build.upstream.rows import Row
from dystonia_kg.errors import Problem, UnknownPrefixError
from dystonia_kg.names import fold, with_article
from dystonia_kg.vocab import DYST, PREFIXES, expand

FILE = "dystonia_diseases.tsv"
_EXACT_MATCH = NamedNode(PREFIXES["skos"] + "exactMatch")
_OIO = PREFIXES["oboInOwl"]
_EXACT, _RELATED = NamedNode(_OIO + "hasExactSynonym"), NamedNode(_OIO + "hasRelatedSynonym")
_TITLE = NamedNode(PREFIXES["dcterms"] + "title")
_GENE_RELATION = NamedNode(PREFIXES["RO"] + "0004003")
_ON_PROPERTY = NamedNode(PREFIXES["owl"] + "onProperty")
_GENE = NamedNode(DYST + "Gene")
_INHERITANCE = NamedNode(DYST + "hasInheritance")
_CLAIM = NamedNode(DYST + "hasGeneClaim")
_INDIVIDUAL = NamedNode(PREFIXES["owl"] + "NamedIndividual")


class Record(NamedTuple):
    """One record: its row, its IRI, and the disorder that it describes."""

    row: Row
    iri: NamedNode
    disorder: NamedNode


class Diseases(NamedTuple):
    """The disorders, their records and gene claims as RDF, the plain edges, and what is wrong with the rows."""

    asserted: list[Triple]
    nodes: list[Triple]
    edges: list[Triple]
    records: dict[str, Record]
    problems: list[Problem]


class DiseaseReader:
    """Reads the diseases of a release.

    :param stated: what the curated sources say, with the mapping sets
    """

    def __init__(
        self, release: UpstreamRelease, genes: Genes, phenotypes: Phenotypes, stated: Iterable[Triple]
    ) -> None:
        self.release, self.codes = release, release.codes
        self.genes, self.phenotypes = genes, phenotypes
        self.found = Diseases([], [], [], {}, [])
        self._labels: dict[str, str] = {}
        self._described: set[str] = set()
        self._exact: dict[str, set[NamedNode]] = {}
        self._claimed: set[tuple[str, str]] = set()
        self._by_gene: set[str] = set()
        self._names: Counter[str] = Counter()
        self._read_stated(stated)
        self._lent = Counter(fold(label) for label in phenotypes.labels.values())
        self._names.update(self._lent)
        self._of_phenotypes = set(phenotypes.labels.values())

    @property
    def names(self) -> set[str]:
        """The folded names of ours, curated or from the records."""
        return {name for name, count in self._names.items() if count > self._lent.get(name, 0)}

    def read(self) -> Diseases:
        """Read all records, then describe each disorder that is not described yet."""
        for row in self.release.table(FILE):
            self._read_record(row)
        groups: dict[str, list[Record]] = {}
        for record in self.found.records.values():
            groups.setdefault(record.disorder.value, []).append(record)
        new = {iri: records for iri, records in groups.items() if iri not in self._described}
        for records in new.values():
            self._names.update({fold(self._label(records))} | {fold(r.row["disease_name"]) for r in records})
        for records in new.values():
            self.found.asserted.extend(self._disorder(records))
        for records in groups.values():
            self.found.nodes.extend(self._claims(records))
        return self.found

    # ------------------------------------------------------------------ what is known already

    def _read_stated(self, stated: Iterable[Triple]) -> None:
        naming = {LABEL, _EXACT}
        parents: list[tuple[str, BlankNode]] = []
        of_a_gene: set[BlankNode] = set()
        ends: dict[str, dict[str, str]] = {}
        for s, p, o in stated:
            if p == _EXACT_MATCH and isinstance(o, NamedNode) and isinstance(s, NamedNode):
                self._exact.setdefault(o.value, set()).add(s)
            elif p in naming and isinstance(o, Literal) and isinstance(s, NamedNode):
                self._names[fold(o.value)] += 1
                if p == LABEL:
                    self._labels[s.value] = o.value
            elif p == TYPE and isinstance(s, NamedNode):
                self._described.add(s.value)
            elif p == SUBCLASS and isinstance(s, NamedNode) and isinstance(o, BlankNode):
                parents.append((s.value, o))
            elif p == _ON_PROPERTY and o == _GENE_RELATION and isinstance(s, BlankNode):
                of_a_gene.add(s)
            elif p.value.startswith(DYST + "association") and isinstance(s, NamedNode) and isinstance(o, NamedNode):
                ends.setdefault(s.value, {})[p.value.removeprefix(DYST)] = o.value
        self._by_gene = {subject for subject, node in parents if node in of_a_gene}
        self._claimed = {(e["associationSubject"], e["associationObject"]) for e in ends.values() if len(e) == 3}

    # ------------------------------------------------------------------ records

    def _read_record(self, row: Row) -> None:
        problems = self.found.problems
        try:
            iri = NamedNode(expand(row["disease_id"]))
        except UnknownPrefixError as error:
            problems.append(row.problem("disease_id", str(error)))
            return
        disorders = self._exact.get(iri.value, set())
        if len(disorders) != 1:
            what = "several disorders" if disorders else "no disorder"
            names = f" ({', '.join(sorted(d.value for d in disorders))})" if disorders else ""
            text = f"{row['disease_id']} is an exact match of {what}{names}: run 'dystonia-kg refresh', or map it"
            problems.append(row.problem("disease_id", text))
            return
        problems.extend(self._gene_problems(row))
        record = Record(row, iri, next(iter(disorders)))
        self.found.records[row["disease_id"]] = record
        self.found.nodes.extend(self._record(record))

    def _record(self, record: Record) -> Iterator[Triple]:
        row, iri = record.row, record.iri
        yield Triple(iri, TYPE, NamedNode(DYST + "DiseaseRecord"))
        yield Triple(iri, TYPE, _INDIVIDUAL)
        yield Triple(iri, _TITLE, Literal(row["disease_name"]))
        yield Triple(iri, NamedNode(DYST + "recordOf"), record.disorder)
        yield Triple(iri, SOURCE, self.release.source(FILE))
        basis = self.codes.term(row, "torticollis_only") or self.codes.term_or_problem(
            row, "inclusion", self.found.problems
        )
        if basis:
            yield Triple(iri, NamedNode(DYST + "inclusionBasis"), basis)
        for term in row.many("matched_hpo_ids"):
            if term in self.phenotypes.labels:
                yield Triple(iri, NamedNode(DYST + "dystoniaPhenotype"), NamedNode(expand(term)))
            else:
                self.found.problems.append(row.problem("matched_hpo_ids", self.phenotypes.unknown(term)))
        for gene in self._genes([record]):
            yield Triple(iri, NamedNode(DYST + "listsGene"), gene)

    # ------------------------------------------------------------------ disorders

    def _label(self, records: list[Record]) -> str:
        named = [record.row for record in records if record.row["mondo_label"]]
        label = named[0]["mondo_label"] if named else records[0].row["disease_name"]
        return f"{label} (disease)" if label in self._of_phenotypes else label

    def _parent(self, records: list[Record]) -> NamedNode | None:
        """Return the class above: the one of a true dystonia if one record has it."""
        kinds = ["torticollis" if r.row["torticollis_only"] == "yes" else r.row["inclusion"] for r in records]
        code = next((kind for kind in kinds if kind != "torticollis"), "torticollis")
        return self.codes.term(records[0].row, "parent", code)

    def _disorder(self, records: list[Record]) -> Iterator[Triple]:
        disorder = records[0].disorder
        parent = self._parent(records)
        if parent is None:
            return  # the row has its problem already
        modes, genes = self._modes(records), self._genes(records)
        yield Triple(disorder, TYPE, CLASS)
        yield Triple(disorder, LABEL, Literal(self._label(records)))
        yield Triple(disorder, SUBCLASS, parent)  # the sources of the term are those of its axioms
        yield Triple(disorder, DEFINITION, Literal(self._definition(records, parent, modes, genes)))
        for origin in self._origins(records):
            yield Triple(disorder, DEFINITION_SOURCE, origin)
            yield Triple(disorder, SOURCE, origin)
        yield from self._synonyms(disorder, records)
        if len(modes) == 1:
            yield from some(disorder, _INHERITANCE, NamedNode(expand(modes[0])), [])
        if modes and genes:
            gene = genes[0] if len(genes) == 1 else _GENE
            yield from some(disorder, _GENE_RELATION, gene, [])

    def _modes(self, records: list[Record]) -> list[str]:
        """Return the modes of inheritance on record, of those that the codes tell to exclude each other."""
        found = dict.fromkeys(mode for r in records for mode in r.row.many("inheritance_hpo_ids"))
        return [m for m in found if self.codes.term(records[0].row, "inheritance_hpo_ids", m)]

    def _genes(self, records: list[Record]) -> list[NamedNode]:
        numbers = dict.fromkeys(number for r in records for number in r.row.many("ncbi_gene_ids"))
        return [self.genes.by_ncbi[number] for number in numbers if number in self.genes.by_ncbi]

    def _gene_problems(self, row: Row) -> Iterator[Problem]:
        for number in row.many("ncbi_gene_ids"):
            if number not in self.genes.by_ncbi:
                text = f"{number} is no gene of this release: correct it, or add the gene to hgnc_genes.tsv"
                yield row.problem("ncbi_gene_ids", text)

    def _origins(self, records: list[Record]) -> list[NamedNode]:
        prefixes = [r.row["disease_id"].partition(":")[0] for r in records]
        prefixes += ["MONDO"] if any(r.row["mondo_id"] for r in records) else []
        return list(dict.fromkeys([self.release.source(FILE), *map(self.release.source, prefixes)]))

    def _definition(self, records: list[Record], parent: NamedNode, modes: list[str], genes: list[NamedNode]) -> str:
        numbers = [r.row["disease_id"] for r in records] + [r.row["mondo_id"] for r in records if r.row["mondo_id"]]
        catalogued = _listed(list(dict.fromkeys(numbers)))
        mode = _lower(self.phenotypes.labels[modes[0]]) if len(modes) == 1 else ""
        gene = self.genes.symbols[genes[0].value] if len(genes) == 1 and modes else ""
        clauses = [f" with {mode}" if mode else "", f"{' and' if mode else ' with'} variants of {gene}" if gene else ""]
        genus = with_article(self._labels[parent.value])
        return f"{genus[0].upper()}{genus[1:]} that is catalogued as {catalogued}{''.join(clauses)}."

    def _synonyms(self, disorder: NamedNode, records: list[Record]) -> Iterator[Triple]:
        label = fold(self._label(records))
        names = {fold(r.row["disease_name"]): r for r in records}
        for folded, record in names.items():
            if folded != label:
                prop = _EXACT if self._names[folded] == 1 else _RELATED
                yield Triple(disorder, prop, Literal(record.row["disease_name"]))

    # ------------------------------------------------------------------ gene claims

    def _claims(self, records: list[Record]) -> Iterator[Triple]:
        disorder = records[0].disorder
        if disorder.value in self._by_gene:
            return  # curated and told by its gene: what else a record lists is not about it
        name = disorder.value.removeprefix(DYST)
        evidence = self.codes.term(records[0].row, "gene_evidence", "reported")
        for gene in self._genes(records):
            self.found.edges.append(Triple(disorder, _CLAIM, gene))
            if (disorder.value, gene.value) in self._claimed:
                continue
            claim = NamedNode(f"{DYST}association/gene-{name}-{self.genes.symbols[gene.value]}")
            yield Triple(claim, TYPE, NamedNode(DYST + "GeneClaim"))
            for end, term in (("Subject", disorder), ("Predicate", _CLAIM), ("Object", gene)):
                yield Triple(claim, NamedNode(f"{DYST}association{end}"), term)
            if evidence:
                yield Triple(claim, NamedNode(DYST + "evidenceLevel"), evidence)
            yield Triple(claim, SOURCE, self.release.source("gene_disease.tsv"))
            for record in records:
                if gene in self._genes([record]):
                    yield Triple(claim, NamedNode(DYST + "fromRecord"), record.iri)


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _lower(label: str) -> str:
    """Return a label as it stands within a sentence: "Autosomal ..." but "X-linked ..." keeps its capital."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label
