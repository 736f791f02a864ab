"""Reasoning here against a fresh `sync_reasoner_hermit` process for each question, and its cost as the ontology grows.

Run it with the interpreter that has dystonia_kg[reasoner] installed: `python benchmarks/reasoning.py [--write]`.
The first part takes about two minutes, the second (ten and a hundred times as many disorders) up to ten.
"""

# ruff: noqa: E501  the report's lines

from __future__ import annotations

import argparse
import platform
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Triple

import dystonia_kg as dkg
from dystonia_kg.build.sources import read_sources
from dystonia_kg.reasoning.materialise import materialise
from dystonia_kg.reasoning.owlapi import Ontology
from dystonia_kg.resources import ontology_dir
from dystonia_kg.vocab import DYST, PREFIXES

RESULTS = Path(__file__).with_name("reasoning_results.md")
LIMIT = 300.0  # seconds for one classification
RELATIONS = (PREFIXES["RO"] + "0004003", DYST + "hasInheritance", DYST + "hasPathology", DYST + "presentsAs")
# Measured once by hand, with grown(500) and grown(1000): too long to be run each time.
LIMITS = (
    "It stays usable to some 500 times as many disorders (half a million triples): classification takes 48 s then, and the first explanation,",
    "which makes the index, a minute. With 1,000 times and the default heap of 2 GiB there was no answer",
    "within minutes (`DYSTONIA_KG_HEAP_MB` raises the heap). Looking up placements, shipped explanations and SPARQL do not depend on the reasoner.",
)
OWL, RDF, RDFS = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdfs"]

FRESH = """
import owlready2, sys
from dystonia_kg.reasoning.jvm import java_home
owlready2.JAVA_EXE = str(java_home() / "bin" / "java")
onto = owlready2.World().get_ontology("file://" + sys.argv[1]).load()
owlready2.sync_reasoner_hermit(onto.world, debug=0)
world = onto.world
focal = world["https://w3id.org/dystonia-kg/FocalDystonia"]
assert focal in world["https://w3id.org/dystonia-kg/WritersCramp"].ancestors()
"""


def timed(task: Callable[[], object], runs: int = 1) -> float:
    """Return the median time of a task in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def fresh_process(asserted: Path) -> None:
    subprocess.run([sys.executable, "-c", FRESH, str(asserted)], check=True)


def ratios(folder: Path) -> list[str]:
    sources = read_sources(ontology_dir())
    axioms = sources.asserted + sources.imports
    path = folder / "asserted.nt"
    path.write_text("".join(f"{triple} .\n" for triple in axioms), encoding="utf-8")
    fresh = timed(lambda: fresh_process(path), 3)
    kg = dkg.load()
    expression = "Dystonia and (affects some Neck) and (isEvokedBy some Writing)"
    rows = [
        ("one question by a fresh process of owlready2 and HermiT", fresh),
        ("classification of the whole ontology, in process", timed(lambda: Ontology(axioms).classify(), 3)),
        ("a placement looked up: `kg.is_a`", timed(lambda: kg.is_a("writer's cramp", "focal dystonia"), 5)),
        ("a shipped explanation: `kg.explain`", timed(lambda: kg.explain("writer's cramp", "focal dystonia"), 5)),
        ("a DL query, the first: it loads the ontology", timed(lambda: kg.dl_query(expression))),
        ("a DL query, later", timed(lambda: kg.dl_query(expression), 5)),
        (
            "an explanation by the reasoner",
            timed(lambda: kg.reasoner.ontology.explain(DYST + "WritersCramp", DYST + "FocalDystonia"), 5),
        ),
        ("materialisation without HermiT", timed(lambda: materialise(axioms), 3)),
    ]
    lines = ["| what | seconds | a fresh process takes so many times that |", "|---|---|---|"]
    lines += [f"| {name} | {seconds:.4f} | {fresh / seconds:,.1f} |" for name, seconds in rows]
    return lines


def grown(factor: int, draw: random.Random) -> list[Triple]:
    """Return the ontology with so many times as many disorders, each made like one of ours."""
    sources = read_sources(ontology_dir())
    axioms = sources.asserted + sources.imports
    made = materialise(axioms)
    fillers = {p: sorted({e.object for e in made.edges if e.predicate == p}) for p in RELATIONS}
    kinds = {e.subject for e in made.hierarchy if e.object == DYST + "DystoniaDisorder"}
    for number in range(len(kinds) * (factor - 1)):
        disorder = NamedNode(f"http://example.org/disorder/{number}")
        axioms.append(Triple(disorder, NamedNode(RDF + "type"), NamedNode(OWL + "Class")))
        axioms.append(Triple(disorder, NamedNode(RDFS + "subClassOf"), NamedNode(DYST + "DystoniaDisorder")))
        for relation in RELATIONS:
            node = BlankNode()
            axioms += [
                Triple(disorder, NamedNode(RDFS + "subClassOf"), node),
                Triple(node, NamedNode(RDF + "type"), NamedNode(OWL + "Restriction")),
                Triple(node, NamedNode(OWL + "onProperty"), NamedNode(relation)),
                Triple(node, NamedNode(OWL + "someValuesFrom"), NamedNode(draw.choice(fillers[relation]))),
            ]
    return axioms


def growth() -> list[str]:
    lines = [
        "| disorders | axioms' triples | load | classify | one explanation | materialise without HermiT |",
        "|---|---|---|---|---|---|",
    ]
    for factor in (1, 10, 100):
        axioms = grown(factor, random.Random(factor))
        start = time.perf_counter()
        ontology = Ontology(axioms)
        loaded = time.perf_counter() - start
        try:
            classified = f"{timed(lambda o=ontology: o.classify(timeout=LIMIT)):.1f} s"
        except dkg.ReasoningTimeout:
            classified = f"not within {LIMIT:.0f} s"
        ontology.explain(DYST + "Blepharospasm", DYST + "FocalDystonia")  # it makes its index once
        explained = timed(lambda o=ontology: o.explain(DYST + "WritersCramp", DYST + "FocalDystonia"), 3)
        pure = timed(lambda a=axioms: materialise(a))
        lines.append(
            f"| {factor} times | {len(axioms):,} | {loaded:.1f} s | {classified} | {explained:.2f} s | {pure:.1f} s |"
        )
        print(lines[-1], flush=True)
    return lines


def main() -> None:
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the report into reasoning_results.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        first = ratios(Path(folder))
    print("\n".join(first), flush=True)
    second = growth()
    report = "\n".join(
        [
            "# Reasoning: times",
            "",
            f"Python {platform.python_version()}, {platform.machine()}, dystonia_kg {dkg.__version__}. "
            "Only ratios are comparable between machines.",
            "",
            "## Against a fresh process for each question",
            "",
            *first,
            "",
            "## As the ontology grows",
            "",
            "Synthetic disorders, each with a gene, a mode of inheritance, a pathology and a presentation of ours.",
            "",
            *second,
            "",
            *LIMITS,
            "",
        ]
    )
    if arguments.write:
        RESULTS.write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
