"""Whole-process time of one answer, from the start of the interpreter to its exit, next to what it is made of.

Run it with the interpreter that has dystonia_kg installed: `python benchmarks/cold_start.py [--runs 15] [--write]`.
The programs run in turn, one of each, then again; the medians and their ratios are printed.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
RELEASE = HERE.parent / "ontology" / "release" / "dystonia.nq"
RESULTS = HERE / "results.md"
BEGIN, END = "<!-- cold_start -->", "<!-- /cold_start -->"

WITH_DYSTONIA_KG = "import dystonia_kg as d; print(d.load().is_a('writer\\'s cramp','focal dystonia'))"
WITH_RDFLIB = f"""
from rdflib import RDFS, Dataset, Literal
graph = Dataset(default_union=True)
graph.parse({str(RELEASE)!r}, format="nquads")
sub, sup = (next(graph.subjects(RDFS.label, Literal(label))) for label in ("writer's cramp", "focal dystonia"))
print(sup in set(graph.transitive_objects(sub, RDFS.subClassOf)))
"""
PROGRAMS = {
    "a": ("bare interpreter", "pass", ""),
    "b": ("`import pyoxigraph`", "import pyoxigraph", ""),
    "c": ("`import dystonia_kg`", "import dystonia_kg", ""),
    "d": ("load and `is_a`, dystonia_kg", WITH_DYSTONIA_KG, "True"),
    "e": ("load and the same answer, rdflib", WITH_RDFLIB, "True"),
}


def once(code: str, expected: str) -> tuple[float, float]:
    """Run one program; return its wall-clock and processor seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if answer.stdout.strip() != expected:
        raise SystemExit(f"wrong answer {answer.stdout!r}, expected {expected!r}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(runs: int) -> dict[str, tuple[float, float]]:
    """Run all programs in turn, once unmeasured and then `runs` times; return the medians."""
    taken: dict[str, list[tuple[float, float]]] = {key: [] for key in PROGRAMS}
    for number in range(runs + 1):
        for key, (_, code, expected) in PROGRAMS.items():
            times = once(code, expected)
            if number:
                taken[key].append(times)
    return {key: (statistics.median(w for w, _ in t), statistics.median(c for _, c in t)) for key, t in taken.items()}


def report(medians: dict[str, tuple[float, float]], runs: int) -> str:
    """Return the table and the two ratios that have a target."""
    lines = [f"Python {platform.python_version()}, {os.cpu_count()} cores; medians of {runs} interleaved runs.", ""]
    lines += ["| | program | wall, ms | processor, ms |", "|---|---|---:|---:|"]
    for key, (name, _, _) in PROGRAMS.items():
        wall, cpu = medians[key]
        lines.append(f"| {key} | {name} | {wall * 1000:.0f} | {cpu * 1000:.0f} |")
    bare = medians["b"][0]  # the start of the interpreter is in it
    rows = [
        ("e / d", medians["e"][0] / medians["d"][0], "at least 8"),
        ("c / b", medians["c"][0] / bare, "below 3"),
        ("d / b", medians["d"][0] / bare, ""),
    ]
    lines += ["", "| ratio | value | target |", "|---|---:|---|"]
    return "\n".join(lines + [f"| {name} | {value:.1f} | {target} |" for name, value, target in rows])


def write(text: str, begin: str = BEGIN, end: str = END) -> None:
    """Put a report into results.md, between its markers."""
    old = RESULTS.read_text(encoding="utf-8")
    head, _, rest = old.partition(begin)
    _, _, tail = rest.partition(end)
    RESULTS.write_text(f"{head}{begin}\n{text}\n{end}{tail}", encoding="utf-8")


def main() -> None:
    """Measure, print, and with --write keep the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--write", action="store_true", help="put the report into results.md")
    options = parser.parse_args()
    text = report(measure(options.runs), options.runs)
    print(text)
    if options.write:
        write(text)


if __name__ == "__main__":
    main()
