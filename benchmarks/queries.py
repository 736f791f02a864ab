"""Loading and querying, in one process, against rdflib's own parser, store and engine on the same release file.

Run it with the interpreter that has dystonia_kg installed: `python benchmarks/queries.py [--runs 7] [--write]`.
Both engines get the same query text; a query whose answers differ stops the run.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from typing import TYPE_CHECKING, Any

import rdflib
from cold_start import RELEASE, write

import dystonia_kg as dkg
from dystonia_kg.queries import named_queries
from dystonia_kg.sparql import bind
from dystonia_kg.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

QUERIES = {
    "syndromes below focal dystonia": """SELECT DISTINCT ?s ?label WHERE {
  ?s rdfs:subClassOf dyst:DystoniaSyndrome , dyst:FocalDystonia ; rdfs:label ?label }""",
    "genes of recessive disorders with degeneration": """SELECT DISTINCT ?gene WHERE {
  ?d rdfs:subClassOf dyst:AutosomalRecessiveDystonia , dyst:DegenerativeDystonia ; RO:0004003 ?g .
  ?g rdfs:subClassOf dyst:Gene ; rdfs:label ?gene }""",
    "statements with a frequency and their sources": """SELECT DISTINCT ?text ?share ?source WHERE {
  ?a dyst:statementText ?text ; dyst:frequency ?share ; dcterms:source ?source }""",
    "subjects by number of statements": """SELECT ?s (COUNT(DISTINCT ?a) AS ?n) WHERE {
  ?a dyst:associationSubject ?s } GROUP BY ?s""",
}
NAMED = {"focal-syndromes": {"region": "neck"}}


def texts(kg: dkg.KnowledgeGraph) -> dict[str, str]:
    """Return the queries, named ones with their bindings put in."""
    found = dict(QUERIES)
    for name, parameters in NAMED.items():
        if name in named_queries():
            given = {key: kg.term(value) for key, value in parameters.items()}
            shown = ", ".join(f"{key}={value}" for key, value in parameters.items())
            found[f"named query {name}, {shown}"] = bind(named_queries()[name].text, given)
    return found


def seconds(call: Callable[[], Any], runs: int) -> float:
    """Return the median time of a call."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def rdflib_load() -> rdflib.Dataset:
    """Load the release with rdflib alone."""
    graph = rdflib.Dataset(default_union=True)
    graph.parse(str(RELEASE), format="nquads")
    return graph


def same(ours: Iterable[Any], theirs: Iterable[Any]) -> bool:
    """Tell whether both engines gave the same rows, in any order; numbers count by value, 0.5 being 0.50."""
    return {tuple(map(plain, row)) for row in ours} == {tuple(map(plain, row)) for row in theirs}


def plain(value: Any) -> str | float:
    """Return a value as a number where it can be read as one, else as text."""
    text = "" if value is None else str(value)
    try:
        return float(text)
    except ValueError:
        return text


def main() -> None:
    """Measure, print, and with --write keep the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="put the report into results.md")
    options = parser.parse_args()
    kg, other = dkg.load(), rdflib_load()
    rows = [("load", seconds(dkg.load, options.runs), seconds(rdflib_load, 3))]
    for name, text in texts(kg).items():
        if not same(kg.query(text), other.query(text, initNs=PREFIXES)):
            raise SystemExit(f"the engines differ on: {name}")
        ours = seconds(lambda text=text: kg.query(text), options.runs)
        theirs = seconds(lambda text=text: list(other.query(text, initNs=PREFIXES)), options.runs)
        rows.append((name, ours, theirs))
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    lines = [f"{machine}; medians of {options.runs} runs (3 of rdflib's load).", ""]
    lines += ["| | dystonia_kg, ms | rdflib, ms | ratio |", "|---|---:|---:|---:|"]
    lines += [f"| {name} | {a * 1000:.1f} | {b * 1000:.1f} | {b / a:.0f} |" for name, a, b in rows]
    print("\n".join(lines))
    if options.write:
        write("\n".join(lines), "<!-- queries -->", "<!-- /queries -->")


if __name__ == "__main__":
    main()
