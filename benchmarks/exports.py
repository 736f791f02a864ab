"""Every export format: time and size, on the release and on a larger graph, beside the writers of others.

Run it with the interpreter that has dystonia_kg[reasoner] installed: `python benchmarks/exports.py [--write]`.
Each format is written by a process of its own, so that none profits from what another has read; the time is that of
the processor, which other work on the machine changes little, and of the export alone. rdflib and owlready2 write from
what they hold in memory, loading not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, serialize

import dystonia_kg
from dystonia_kg.exports.registry import FORMATS
from dystonia_kg.portable import Portable
from dystonia_kg.vocab import DYST

RESULTS = Path(__file__).with_name("exports_results.md")
LIMIT = 900.0  # seconds for one export
RDFLIB = {"owl": "xml", "turtle": "turtle", "ntriples": "nt", "jsonld": "json-ld", "nquads": "nquads", "trig": "trig"}
OWLREADY2 = {"owl": "rdfxml", "ntriples": "ntriples"}


class Graph(Portable):
    """A graph read from a file of quads."""

    version = "0"  # type: ignore[assignment]

    def __init__(self, path: Path) -> None:
        self._store = Store()
        self._store.bulk_load(path=path, format=RdfFormat.N_QUADS, lenient=True)


def grown(factor: int) -> Iterator[Quad]:
    """Yield the release, and further copies of all that it says of its own classes and associations, each renamed."""
    quads = list(dystonia_kg.load()._store)  # with what is loaded when it is asked for
    yield from quads
    kinds = {
        q.subject.value
        for q in quads
        if isinstance(q.subject, NamedNode) and q.subject.value.startswith(DYST) and q.predicate.value.endswith("#type")
        if not getattr(q.object, "value", "").endswith(("Property", "Ontology"))
    }
    named = {q.subject.value for q in quads if q.predicate.value == DYST + "kindName"}
    copied = {iri for iri in kinds - named if "/reference/" not in iri}

    def renamed(term: object, number: int) -> object:
        if isinstance(term, NamedNode):
            return NamedNode(f"{term.value}_{number}") if term.value in copied else term
        return BlankNode(f"{term.value}n{number}") if isinstance(term, BlankNode) else term

    for number in range(1, factor):
        for quad in quads:
            if isinstance(quad.subject, BlankNode) or quad.subject.value in copied:
                if quad.predicate.value.endswith("dc/terms/identifier"):
                    continue
                ends = renamed(quad.subject, number), renamed(quad.object, number)
                yield Quad(ends[0], quad.predicate, ends[1], quad.graph_name)


def of_the_graph() -> list[str]:
    """The formats that write the graph, rather than something that has to be given besides."""
    return [
        name for name, one in FORMATS.items() if not one.of_bridge and not any(option.needed for option in one.options)
    ]


def ours(path: Path, name: str, target: Path) -> dict[str, float]:
    graph = Graph(path)
    start = time.process_time()
    graph.export(name, target, ids="readable")  # copies have no accession
    return {"seconds": time.process_time() - start, "bytes": size(target)}


def rdflibs(path: Path, name: str, target: Path) -> dict[str, float]:
    import rdflib

    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(path, format="nquads")
    graph = dataset if name in ("nquads", "trig") else rdflib.Graph()
    if graph is not dataset:
        for triple in dataset.triples((None, None, None)):
            graph.add(triple)
    start = time.process_time()
    graph.serialize(target, format=RDFLIB[name])
    return {"seconds": time.process_time() - start, "bytes": size(target)}


def owlready2s(path: Path, name: str, target: Path) -> dict[str, float]:
    import owlready2

    triples = target.with_suffix(".input.nt")
    with triples.open("wb") as file:
        serialize((quad.triple for quad in Graph(path)._store), file, RdfFormat.N_TRIPLES)
    ontology = owlready2.World().get_ontology(f"file://{triples}").load()
    start = time.process_time()
    ontology.save(str(target), format=OWLREADY2[name])
    return {"seconds": time.process_time() - start, "bytes": size(target)}


WRITERS = {"ours": ours, "rdflib": rdflibs, "owlready2": owlready2s}


def size(target: Path) -> int:
    files = [one for one in target.rglob("*") if one.is_file()] if target.is_dir() else [target]
    return sum(one.stat().st_size for one in files)


def measured(writer: str, path: Path, name: str, folder: Path) -> dict[str, float] | None:
    """Run one writer in a process of its own; None if it does not finish."""
    target = Path(tempfile.mkdtemp(dir=folder)) / "out"
    command = [sys.executable, __file__, "--child", writer, str(path), name, str(target)]
    environment = {**os.environ, "DYSTONIA_KG_HEAP_MB": os.environ.get("DYSTONIA_KG_HEAP_MB", "4096")}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, env=environment, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        print(done.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return None
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def report(factor: int, names: list[str], others: bool) -> list[str]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = folder / "graph.nq"
        with path.open("wb") as file:
            serialize(grown(factor), file, RdfFormat.N_QUADS)
        quads = sum(1 for _ in path.open("rb"))
        lines = [f"## {quads:,} quads (the release times {factor})", ""]
        lines += [
            "| format | CPU seconds | MB | quads a second | rdflib takes | owlready2 takes |",
            "|---|---|---|---|---|---|",
        ]
        for name in names:
            found = measured("ours", path, name, folder)
            if found is None:
                lines.append(f"| {name} | does not finish | | | | |")
                continue
            cells = [f"{found['seconds']:.1f}", f"{found['bytes'] / 1e6:.1f}", f"{quads / found['seconds']:,.0f}"]
            for writer, known in (("rdflib", RDFLIB), ("owlready2", OWLREADY2)):
                other = measured(writer, path, name, folder) if others and name in known else None
                cells.append(f"{other['seconds'] / found['seconds']:.1f} times that" if other else "")
            lines.append(f"| {name} | {' | '.join(cells)} |")
            print(lines[-1], flush=True)
        return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--factors", type=int, nargs="*", default=[1, 100], help="how many times the release")
    parser.add_argument("--formats", nargs="*", default=of_the_graph(), help="only these")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    if arguments.child:
        writer, path, name, target = arguments.child
        print(json.dumps(WRITERS[writer](Path(path), name, Path(target))))
        return
    lines = [
        "# Exports",
        "",
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores.",
        "",
    ]
    for factor in arguments.factors:
        lines += report(factor, arguments.formats, others=factor == 1)
    print("\n".join(lines))
    if arguments.write:
        RESULTS.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
