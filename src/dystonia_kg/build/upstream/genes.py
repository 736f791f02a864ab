"""Genes: the rows of HGNC become classes under HGNC's own IRIs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from dystonia_kg.build.statements import CLASS, DEFINITION, DEFINITION_SOURCE, LABEL, SOURCE, SUBCLASS, TYPE
from dystonia_kg.build.upstream.release import UpstreamRelease
from dystonia_kg.build.upstream.rows import Row
from dystonia_kg.errors import Problem
from dystonia_kg.vocab import DYST, PREFIXES, expand

_FILE = "hgnc_genes.tsv"
_GENE = NamedNode(DYST + "Gene")
_OIO = PREFIXES["oboInOwl"]
_SYNONYM = NamedNode(_OIO + "hasRelatedSynonym")
_XREF = NamedNode(_OIO + "hasDbXref")
_XREFS = (("NCBIGene", "ncbi_gene_id"), ("ENSEMBL", "ensembl_gene_id"), ("UniProtKB", "uniprot_id"))


class Genes(NamedTuple):
    """The genes as RDF, how to find one by its number at NCBI, and what is wrong with their rows."""

    triples: list[Triple]
    by_ncbi: dict[str, NamedNode]
    symbols: dict[str, str]
    problems: list[Problem]


def read_genes(release: UpstreamRelease) -> Genes:
    """Read the genes of a release."""
    genes = Genes([], {}, {}, [])
    source = release.source(_FILE)
    for row in release.table(_FILE):
        try:
            gene = NamedNode(expand(row["hgnc_id"]))
        except ValueError as error:
            genes.problems.append(row.problem("hgnc_id", str(error)))
            continue
        genes.triples.extend(_gene(gene, row, source))
        genes.by_ncbi[row["ncbi_gene_id"]] = gene
        genes.symbols[gene.value] = row["symbol"]
    return genes


def _gene(gene: NamedNode, row: Row, source: NamedNode) -> Iterator[Triple]:
    yield Triple(gene, TYPE, CLASS)
    yield Triple(gene, LABEL, Literal(row["symbol"]))
    yield Triple(gene, SUBCLASS, _GENE)
    text = f"The human gene that the HUGO Gene Nomenclature Committee names {row['name']}."
    yield Triple(gene, DEFINITION, Literal(text))
    yield Triple(gene, DEFINITION_SOURCE, source)
    yield Triple(gene, SOURCE, source)
    names = dict.fromkeys([row["name"], *row.many("previous_symbols"), *row.many("alias_symbols")])
    for name in names:
        if name != row["symbol"]:
            yield Triple(gene, _SYNONYM, Literal(name))
    for prefix, column in _XREFS:
        for number in row[column].replace(",", "|").replace(" ", "").split("|") if row[column] else ():
            yield Triple(gene, _XREF, Literal(f"{prefix}:{number}"))
