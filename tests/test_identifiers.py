"""The upstream table of identifiers: each row is in the graph as it stands there, or is a listed exception."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import sssom_pydantic

import dystonia_kg as dkg

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = "identifiers.tsv"
SKOS = "http://www.w3.org/2004/02/skos/core#"
ASKED = """
SELECT DISTINCT ?subject ?predicate ?object ?comment WHERE {
  GRAPH <https://w3id.org/dystonia-kg/graph/mappings> {
    ?row owl:annotatedSource ?subject ; owl:annotatedProperty ?predicate ; owl:annotatedTarget ?object .
    OPTIONAL { ?row sssom:comment ?comment }
  }
  ?subject ?predicate ?object
}
"""


class Mapping(NamedTuple):
    subject: str
    predicate: str
    comment: str


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def key(row: dict[str, str]) -> tuple[str, str, str]:
    return row["concept"], row["kind"], row["ontology_id"]


@pytest.fixture(scope="module")
def upstream(ontology: Path) -> list[dict[str, str]]:
    return rows(ontology / "upstream" / TABLE)


@pytest.fixture(scope="module")
def exceptions(ontology: Path) -> list[dict[str, str]]:
    return [row for row in rows(ontology / "mappings" / "exceptions.tsv") if row["table"] == TABLE]


@pytest.fixture(scope="module")
def mappings(kg: dkg.KnowledgeGraph) -> dict[str, list[Mapping]]:
    found: dict[str, list[Mapping]] = defaultdict(list)
    for row in kg.query(ASKED):
        found[row.object].append(Mapping(row.subject, row.predicate.removeprefix(SKOS), row.comment or ""))
    return found


@pytest.fixture(scope="module")
def described(kg: dkg.KnowledgeGraph) -> set[str]:
    return {row[0] for row in kg.query("SELECT DISTINCT ?x { ?x a ?type FILTER(ISIRI(?x)) }")}


@pytest.fixture(scope="module")
def present(
    mappings: dict[str, list[Mapping]], described: set[str], expand: Callable[[str], str]
) -> Callable[[dict[str, str]], bool]:
    """Tell whether a row is in the graph: as a term of its own, or as a mapping with the predicate of the row.

    A phenotype may be the related match of a syndrome, if the comment gives the predicate that holds among signs.
    """

    def tell(row: dict[str, str]) -> bool:
        if not row["ontology_id"]:
            return False
        iri = expand(row["ontology_id"])
        predicate = row["predicate"].removeprefix("skos:")
        if iri in described and predicate in ("exactMatch", ""):
            return True
        among_signs = f"{predicate} among signs".casefold()
        return any(
            m.predicate == predicate
            or (row["kind"] == "phenotype" and m.predicate == "relatedMatch" and among_signs in m.comment.casefold())
            for m in mappings.get(iri, [])
        )

    return tell


def test_every_row_is_in_the_graph_or_an_exception(
    upstream: list[dict[str, str]], exceptions: list[dict[str, str]], present: Callable[[dict[str, str]], bool]
) -> None:
    excepted = {key(row) for row in exceptions}
    assert len(upstream) > 1000
    missing = [key(row) for row in upstream if not present(row) and key(row) not in excepted]
    assert missing == [], "map these, or list them in ontology/mappings/exceptions.tsv with the reason"


def test_no_exception_is_out_of_date(
    upstream: list[dict[str, str]], exceptions: list[dict[str, str]], present: Callable[[dict[str, str]], bool]
) -> None:
    by_key = {key(row): row for row in upstream}
    assert Counter(map(key, exceptions)).most_common(1)[0][1] == 1, "each row stands once"
    assert [key(row) for row in exceptions if key(row) not in by_key] == [], "no row of the upstream table"
    stale = [key(row) for row in exceptions if present(by_key[key(row)])]
    assert stale == [], "these are in the graph now: remove them from ontology/mappings/exceptions.tsv"


def test_an_exception_has_its_outcome_and_reason(
    exceptions: list[dict[str, str]], mappings: dict[str, list[Mapping]], expand: Callable[[str], str]
) -> None:
    assert all(len(row["reason"]) > 15 for row in exceptions)
    assert {row["outcome"] for row in exceptions} == {"left out", "other predicate"}
    for row in exceptions:
        said = row["reason"].partition(":")[0]
        if row["outcome"] == "other predicate" and said.endswith("Match"):
            assert said in {m.predicate for m in mappings[expand(row["ontology_id"])]}, row


def test_manganese_and_antipsychotics(kg: dkg.KnowledgeGraph) -> None:
    """Two places where the upstream tables contradict each other or the facts."""
    assert kg.term("manganese").curie == "CHEBI:18291"
    blocker = kg.term("dopamine receptor blocker")
    assert [(m.predicate, m.curie) for m in blocker.mappings] == [("narrow", "CHEBI:35476")]
    assert kg.is_a("metoclopramide", "dopamine receptor blocker")
    assert not kg.is_a("metoclopramide", "antipsychotic agent")


def test_every_file_is_valid_sssom(ontology: Path) -> None:
    for path in sorted((ontology / "mappings").glob("*.sssom.tsv")):
        found, converter, metadata = sssom_pydantic.read(path)
        lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        assert len(found) == len(lines) - 1, path.name
        assert converter.bimap, path.name
        assert metadata is not None, path.name
