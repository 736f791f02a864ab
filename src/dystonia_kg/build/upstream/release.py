"""The tables of an upstream release, each with its columns and its key, and the sources that they rest on."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode

from dystonia_kg.build.upstream.codes import Codes
from dystonia_kg.build.upstream.rows import Rows, read_rows
from dystonia_kg.errors import Problem
from dystonia_kg.vocab import expand


class Spec(NamedTuple):
    """What a table of a release must have: its columns, and those whose values no two rows share."""

    columns: tuple[str, ...]
    key: tuple[str, ...] = ()


def _spec(columns: str, key: str = "") -> Spec:
    return Spec(tuple(columns.split()), tuple(key.split()))


#: The files that the build reads.
TABLES: dict[str, Spec] = {
    "hgnc_genes.tsv": _spec(
        "hgnc_id symbol name ncbi_gene_id previous_symbols alias_symbols ensembl_gene_id uniprot_id", "hgnc_id"
    ),
    "hpo_terms.tsv": _spec("hpo_id label is_a exact_synonyms", "hpo_id"),
    "hp_modifiers.tsv": _spec("id label definition parents exact_synonyms", "id"),
    "hp_obsolete.tsv": _spec("obsolete_id label replaced_by consider", "obsolete_id"),
    "dystonia_diseases.tsv": _spec(
        "disease_id disease_name mondo_id mondo_label matched_hpo_ids inheritance_hpo_ids gene_symbols ncbi_gene_ids "
        "inclusion torticollis_only",
        "disease_id",
    ),
    "hpo_annotations.tsv": _spec(
        "disease_id hpo_id hpo_label qualifier aspect frequency onset sex modifier evidence reference",
        "disease_id hpo_id qualifier frequency onset sex modifier evidence reference",
    ),
    "mondo_mappings.tsv": _spec("subject_id subject_label predicate_id object_id object_label"),
    "mondo_dystonia_mappings.tsv": _spec("mondo_id mondo_label predicate object_id object_label"),
    "mondo_nodes.tsv": _spec("id label deprecated", "id"),
    "mondo_edges.tsv": _spec("subject predicate object"),
}


class UpstreamRelease:
    """The folder ``ontology/upstream/``, its tables read when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.codes = Codes(folder / "codes.tsv")
        self._read: dict[str, Rows] = {}

    def table(self, name: str) -> Rows:
        """Return the rows of one table, read once."""
        if name not in self._read:
            self._read[name] = read_rows(self.folder / name, *TABLES[name])
        return self._read[name]

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the tables that were read, apart from what their cells mean."""
        return [*self.codes.problems, *(p for rows in self._read.values() for p in rows.problems)]

    @cached_property
    def _sources(self) -> dict[str, NamedNode]:
        rows = read_rows(self.folder / "sources.tsv", ("what", "source"), ("what",))
        self.codes.problems.extend(rows.problems)
        return {row["what"]: NamedNode(expand(row["source"])) for row in rows}

    def source(self, what: str) -> NamedNode:
        """Return the publication behind a table, or behind the identifiers of a prefix."""
        return self._sources[what]
