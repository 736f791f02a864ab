"""Classifying one by one, as a table, beside a row loop in plain Python and beside reading the columns alone.

Run it with the interpreter that has dystonia_kg[cohort] installed:
`python benchmarks/classification.py [--rows 10000000] [--write]`. Rows are synthetic and seeded; about a third of what
could be stated is not. Each measurement runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BATCH = 500_000
REGIONS = (
    "upper_face", "lower_face", "larynx", "neck", "trunk",
    "left_upper_limb", "right_upper_limb", "left_lower_limb", "right_lower_limb",
)  # fmt: skip
TEXTS = {
    "course": ["static", "progressive"],
    "variability": ["persistent", "diurnal", "paroxysmal"],
    "task": ["writing", "typing", "playing a musical instrument"],
    "family_history": ["sporadic", "familial"],
    "gene": ["TOR1A", "THAP1", "SGCE", "PANK2", "GCH1"],
    "cause": ["drug", "stroke", "unknown cause"],
    "pathology": ["degeneration", "static structural lesion", "none"],
}
FLAGS = ("complete", "other_movement_disorder", "other_manifestation")


def make(path: Path, rows: int) -> None:
    """Write the rows, batch by batch."""
    import numpy as np
    import polars as pl
    import pyarrow.parquet as pq

    writer = None
    for start in range(0, rows, BATCH):
        chance = np.random.default_rng(start + 7)
        count = min(BATCH, rows - start)

        def blank(values: Any, share: float, chance: Any = chance, count: int = count) -> Any:
            return (
                pl.Series(values)
                .to_frame("v")
                .with_columns(
                    pl.when(pl.Series(chance.random(count) < share)).then(None).otherwise(pl.col("v")).alias("v")
                )["v"]
            )

        data: dict[str, Any] = {"id": np.arange(start, start + count)}
        data |= {region: blank(chance.random(count) < 0.3, 0.3) for region in REGIONS}
        data |= {flag: blank(chance.random(count) < 0.4, 0.4) for flag in FLAGS}
        data["age_at_onset"] = blank(np.round(chance.gamma(2.0, 14.0, count).clip(0, 100), 1), 0.15)
        for name, values in TEXTS.items():
            data[name] = blank(np.array(values)[chance.integers(0, len(values), count)], 0.5)
        table = pl.DataFrame(data).to_arrow()
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    assert writer is not None
    writer.close()


def read_and_sum(path: Path) -> Any:
    """Read every column once and add it up: no classification can be faster."""
    import polars as pl

    frame = pl.scan_parquet(path)
    schema = frame.collect_schema()
    sums = [pl.col(c).str.len_bytes().sum() if kind == pl.String else pl.col(c).sum() for c, kind in schema.items()]
    return frame.select(sums).collect(engine="streaming")


def as_table(path: Path) -> Any:
    """Classify and count the answers, in streaming mode."""
    import polars as pl

    import dystonia_kg as dkg
    from dystonia_kg.classification.table import output_schema

    counts = [pl.col(c).count() for c in output_schema()]
    return dkg.classify_table(path).select(counts).collect(engine="streaming")


def to_file(path: Path) -> Any:
    """Classify and write every row to Parquet, in streaming mode."""
    import dystonia_kg as dkg

    dkg.classify_table(path).sink_parquet(path.with_name("out.parquet"))


def one_by_one(path: Path) -> Any:
    """Make a case of each of some rows, and classify it."""
    import dystonia_kg as dkg

    cases = [dkg.Case(**found) for found in _findings(path, 5_000)]
    dkg.classify(cases[0])
    start, processor = time.perf_counter(), time.process_time()
    for case in cases:
        dkg.classify(case)
    return (time.perf_counter() - start) / len(cases), (time.process_time() - processor) / len(cases)


def _findings(path: Path, count: int) -> list[dict[str, Any]]:
    import polars as pl

    found = []
    for row in pl.scan_parquet(path).head(count).collect().to_dicts():
        words = {region: region.replace("_", " ") for region in REGIONS}
        stated: dict[str, Any] = {k: v for k, v in row.items() if k in TEXTS or k == "age_at_onset"}
        stated["regions"] = {words[r] for r in REGIONS if row[r]}
        stated["unaffected"] = {words[r] for r in REGIONS if row[r] is False}
        stated["complete"] = bool(row["complete"] and stated["regions"])
        stated["features"] = {f.replace("_", " ") for f in FLAGS[1:] if row[f]}
        stated["excluded"] = {f.replace("_", " ") for f in FLAGS[1:] if row[f] is False}
        found.append({k: v for k, v in stated.items() if v is not None})
    return found


def row_loop(path: Path) -> Any:
    """Evaluate the same class expressions on each of some rows, in plain Python, by Kleene's logic."""
    import dystonia_kg as dkg
    from dystonia_kg.classification.model import default_model

    model = default_model()
    data = model.data
    values = [iri for d in model.dimensions_of("2013") for iri in d.values]
    count = 1_000
    cases = [dkg.Case(**found) for found in _findings(path, count)]
    start, processor = time.perf_counter(), time.process_time()
    for case in cases:
        facts = _facts(case, model)
        for iri in values:
            _kleene(data["classes"][iri]["definition"], data["classes"], facts)
    return (time.perf_counter() - start) / count, (time.process_time() - processor) / count


def _facts(case: Any, model: Any) -> dict[str, Any]:
    elements: dict[int, bool] = {}
    for number, (region, side) in enumerate(model.space.elements):
        halves = len([e for e in model.space.elements if e[0] == region]) > 1
        if region in case.regions:
            elements[number] = side is None or not halves
        elif region in case.unaffected or case.complete:
            elements[number] = False
    return {"elements": elements, "case": case, "above": model.vocabulary.above, "fields": model.data["fields"]}


def _kleene(tree: list[Any], classes: dict[str, Any], facts: dict[str, Any]) -> bool | None:
    match tree[0]:
        case "top":
            return True
        case "is":
            return _kleene(classes[tree[1]]["definition"], classes, facts)
        case "not":
            inner = _kleene(tree[1], classes, facts)
            return None if inner is None else not inner
        case "and" | "or":
            strong = tree[0] == "or"
            parts = [_kleene(part, classes, facts) for part in tree[1:]]
            return strong if strong in parts else None if None in parts else not strong
        case "affects":
            known = [facts["elements"].get(e) for e in tree[3]]
            sure, maybe = known.count(True), known.count(None)
            low, high = sure >= tree[1], tree[2] is None or sure + maybe <= tree[2]
            if low and high:
                return True
            return False if sure + maybe < tree[1] or (tree[2] is not None and sure > tree[2]) else None
        case "age":
            age = facts["case"].age_at_onset
            if age is None:
                return None
            tests = {">=": age.__ge__, ">": age.__gt__, "<=": age.__le__, "<": age.__lt__}
            return all(tests[sign](years) for sign, years in tree[1])
    return _related(tree, facts)


def _related(tree: list[Any], facts: dict[str, Any]) -> bool | None:
    field = next(name for name, relations in facts["fields"].items() if tree[1] in relations)
    stated = getattr(facts["case"], field)
    things = stated if isinstance(stated, frozenset) else [stated] if stated else []
    if any(set(tree[2]) <= facts["above"](thing) for thing in things):
        return True
    return False if any(absent in facts["above"](tree[2][0]) for absent in facts["case"].excluded) else None


TASKS = {f.__name__: f for f in (read_and_sum, as_table, to_file, one_by_one, row_loop)}


def measure(task: str, path: Path) -> tuple[float, float, float]:
    """Run a task in a process of its own; return its wall time and processor time in seconds, and its peak in MB."""
    command = [sys.executable, __file__, "--task", task, "--file", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    wall, processor, peak = json.loads(done.stdout.splitlines()[-1])
    return wall, processor, peak


def run_task(task: str, path: Path) -> None:
    import polars  # noqa: F401

    import dystonia_kg  # noqa: F401

    start, processor = time.perf_counter(), time.process_time()
    answer = TASKS[task](path)
    taken = [time.perf_counter() - start, time.process_time() - processor]
    print(json.dumps([*(answer if isinstance(answer, tuple) else taken), _peak()]))


def _peak() -> float:
    """Return the peak memory of this process in MB; what it was started by does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report(rows: int, folder: Path) -> str:
    """Measure and return the table of results."""
    path = folder / "cohort.parquet"
    make(path, rows)
    small = folder / "small.parquet"
    make(small, max(rows // 2, 1))
    tables = {
        "a": ("read the columns and sum them, streaming", measure("read_and_sum", path)),
        "b": ("`classify_table`, answers counted, streaming", measure("as_table", path)),
        "c": ("`classify_table` into a Parquet file, streaming", measure("to_file", path)),
    }
    half = measure("as_table", small)
    rows_alone = {
        "d": ("`classify`, one case after the other", measure("one_by_one", path)),
        "e": ("the same expressions, row by row in Python", measure("row_loop", path)),
    }
    lines = [
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {rows:,} rows of 21 columns.",
        "Processor time counts all cores; other work on the machine moves it less than the wall time.",
        "",
        "| | program | wall, s | processor, s | processor per row, µs | peak memory, MB |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for key, (name, (wall, cpu, peak)) in tables.items():
        lines.append(f"| {key} | {name} | {wall:.1f} | {cpu:.1f} | {cpu / rows * 1e6:.2f} | {peak:.0f} |")
    for key, (name, (_, cpu, _)) in rows_alone.items():
        lines.append(f"| {key} | {name} | | | {cpu * 1e6:.0f} | |")
    (read_wall, read, _), (wall, table, peak) = tables["a"][1], tables["b"][1]
    single, (loop_wall, loop, _) = rows_alone["d"][1][1], rows_alone["e"][1]
    lines += [
        "",
        "| ratio | value | target |",
        "|---|---:|---|",
        f"| e / b, wall time | {loop_wall / (wall / rows):,.0f} | at least 1,000 |",
        f"| e / b, processor time | {loop / (table / rows):,.0f} | |",
        f"| b / a, wall time | {wall / read_wall:.1f} | at most 10 |",
        f"| b / a, processor time | {table / read:.1f} | at most 10 |",
        f"| d | {single * 1e3:.2f} ms | below 1 ms |",
        f"| memory of b at half the rows, MB | {half[2]:.0f} | {peak:.0f}, as with all |",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--write", action="store_true", help="put the table into results.md")
    parser.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    random.seed(1)
    if options.task:
        run_task(options.task, options.file)
        return
    with tempfile.TemporaryDirectory() as folder:
        found = report(options.rows, Path(folder))
    print(found)
    if options.write:
        from cold_start import write

        write(found, "<!-- classification -->", "<!-- /classification -->")


if __name__ == "__main__":
    main()
