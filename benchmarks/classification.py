"""Classifying one by one, as a table, beside a row loop in plain Python and beside reading the columns alone.

Run it with the interpreter that has dystonia_kg[cohort] installed:
`python benchmarks/classification.py [--rows 10000000] [--write]`. Rows are synthetic and seeded; about a third of what
could be stated is not. Each measurement runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # cases as classes, and a Java for Spark

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
    """Evaluate the same class expressions on each of some rows, in plain Python, by Kleene's logic.

    That is the quickest loop, and it says less than `classify_table`: with two clauses on the same unknown region it
    answers unknown where every completion agrees.
    """
    return _loop(path, 1_000, _by_kleene)


def exact_loop(path: Path) -> Any:
    """The same, but as exact as `classify_table`: whatever is unknown of the regions is completed in every way."""
    return _loop(path, 200, _by_completion)


def _loop(path: Path, count: int, evaluate: Any) -> Any:
    """Return wall and processor time of a row; what the loop finds is compared with the table's answers."""
    import polars as pl

    import dystonia_kg as dkg
    from dystonia_kg.classification.model import default_model
    from dystonia_kg.classification.table import value_column

    model = default_model()
    said = _said(model)
    rows = pl.scan_parquet(path).head(count).collect()
    start, processor = time.perf_counter(), time.process_time()
    found = [evaluate(_facts(row, model, said), model) for row in rows.to_dicts()]
    taken = (time.perf_counter() - start) / count, (time.process_time() - processor) / count
    table = dkg.classify_table(rows, values=True)
    columns = {iri: value_column(model, d, iri) for d in model.dimensions_of("2013") for iri in d.values}
    exact = evaluate is _by_completion
    for truths, row in zip(found, table.to_dicts(), strict=True):
        if row["problems"]:  # what contradicts itself is left open there
            continue
        for iri, truth in truths.items():
            assert truth is row[columns[iri]] or (truth is None and not exact), (iri, truth, row)
    return taken


def _said(model: Any) -> dict[tuple[str, Any], tuple[int, int]]:
    """Return what each cell of the columns of terms makes true and false: a loop looks it up in a dict of its own."""
    from dystonia_kg.classification.findings import Reader

    reader, find, found = Reader(model), model.vocabulary.find, {}
    for field, texts in TEXTS.items():
        for text in texts:
            term = find(text, field)
            findings = [reader.role(field, term), *(reader.gene_findings(term) if field == "gene" else ())]
            found[field, text] = reader.combine(findings)[2:]
    for flag in FLAGS[1:]:
        term = find(flag.replace("_", " "), "features")
        found |= {
            (flag, True): reader.role("features", term).known[2:],
            (flag, False): reader.role("excluded", term).known[2:],
        }
    return found


def _facts(row: dict[str, Any], model: Any, said: dict[tuple[str, Any], tuple[int, int]]) -> dict[str, Any]:
    """Return what a row states: the elements in which each region may be affected (None: not), age, conditions."""
    space = model.space
    options: list[list[int | None]] = []
    for name, elements in zip(REGIONS, space.options, strict=True):
        stated = row[name] if row[name] is not None else False if row["complete"] else None
        whole = next((e for e in elements if space.elements[e][1] is None), elements[0])
        options.append([None, *elements] if stated is None else [whole] if stated else [None])
    true = false = 0
    for column in (*TEXTS, *FLAGS[1:]):
        more = said.get((column, row[column]), (0, 0))
        true, false = true | more[0], false | more[1]
    return {"options": options, "age": row["age_at_onset"], "true": true, "false": false, "numbers": _numbers(model)}


@lru_cache
def _numbers(model: Any) -> dict[tuple[str, str, tuple[str, ...]], int]:
    return {condition[:3]: number for number, condition in enumerate(model.roles.conditions)}


def _by_kleene(facts: dict[str, Any], model: Any) -> dict[str, bool | None]:
    classes = model.data["classes"]
    sure = [o[0] for o in facts["options"] if len(o) == 1 and o[0] is not None]
    absent = {e for n, o in enumerate(facts["options"]) if o == [None] for e in model.space.options[n]}
    facts["elements"] = {**dict.fromkeys(absent, False), **dict.fromkeys(sure, True)}
    for e in sure:  # a region is affected in one of its elements at most
        n = model.space.region_of(e)
        facts["elements"] |= {other: False for other in model.space.options[n] if other != e}
    values = [iri for d in model.dimensions_of("2013") for iri in d.values]
    return {iri: _kleene(classes[iri]["definition"], classes, facts) for iri in values}


def _by_completion(facts: dict[str, Any], model: Any) -> dict[str, bool | None]:
    found = _by_kleene(facts, model)
    classes = model.data["classes"]
    open_ = [iri for iri, truth in found.items() if truth is None and model.kinds(iri) == {"r"}]
    seen: dict[str, set[bool | None]] = {iri: set() for iri in open_}
    for chosen in itertools.product(*facts["options"]):
        affected = {e for e in chosen if e is not None}
        if affected:
            facts["elements"] = {e: e in affected for e in range(len(model.space.elements))}
            for iri in open_:
                if len(seen[iri]) < 2:
                    seen[iri].add(_kleene(classes[iri]["definition"], classes, facts))
    return {**found, **{iri: truths.pop() if len(truths) == 1 else None for iri, truths in seen.items()}}


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
            age = facts["age"]
            if age is None:
                return None
            tests = {">=": age.__ge__, ">": age.__gt__, "<=": age.__le__, "<": age.__lt__}
            return all(tests[sign](years) for sign, years in tree[1])
    return _related(tree, facts)


def _related(tree: list[Any], facts: dict[str, Any]) -> bool | None:
    bit = 1 << facts["numbers"][tree[0], tree[1], tuple(tree[2])]
    return True if facts["true"] & bit else False if facts["false"] & bit else None


def hermit(path: Path) -> Any:
    """Ask HermiT of Axis I: each case a class, all classified together; wall and processor time of a case."""
    from as_classes import asked, truths

    import dystonia_kg as dkg
    from dystonia_kg.classification.model import default_model

    model, count = default_model(), 60
    cases = [
        dkg.Case(**{k: v for k, v in found.items() if k in ("regions", "unaffected", "complete", "course")})
        for found in _findings(path, count)
    ]
    truths(cases[:1], asked(model), model)  # the JVM is up
    start, processor = time.perf_counter(), time.process_time()
    truths(cases, asked(model), model)
    return (time.perf_counter() - start) / count, (time.process_time() - processor) / count


def on_spark(path: Path) -> Any:
    """Classify every row on Spark with two local cores, and count the answers; the start of Spark is left out."""
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f
    from spark_java import java_home

    import dystonia_kg.spark
    from dystonia_kg.classification.table import output_schema

    folder = Path(tempfile.mkdtemp())
    os.environ |= {"JAVA_HOME": str(java_home(folder)), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.driver.memory", "1g").config("spark.local.dir", str(folder)).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    counts = [f.count(name) for name in output_schema()]
    dystonia_kg.spark.classify(session.read.parquet(str(path)).limit(10)).agg(*counts).collect()
    start = time.perf_counter()
    dystonia_kg.spark.classify(session.read.parquet(str(path))).agg(*counts).collect()
    taken = time.perf_counter() - start
    processor = sum(_processor(each) for each in Path("/proc").glob("[0-9]*"))
    session.stop()
    return taken, processor


def _processor(process: Path) -> float:
    """Return the processor time of a process of this group, in seconds: Java and the Python workers do the work."""
    try:
        if os.getpgid(int(process.name)) != os.getpgid(0):
            return 0.0
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


TASKS = {f.__name__: f for f in (read_and_sum, as_table, to_file, on_spark, one_by_one, row_loop, exact_loop, hermit)}


def measure(task: str, path: Path) -> tuple[float, float, float]:
    """Run a task in a process of its own; return its wall time and processor time in seconds, and its peak in MB."""
    command = [sys.executable, __file__, "--task", task, "--file", str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, start_new_session=True)
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
        "s": ("`dystonia_kg.spark.classify`, local[2], answers counted", measure("on_spark", path)),
    }
    half = measure("as_table", small)
    rows_alone = {
        "d": ("`classify`, one case after the other", measure("one_by_one", path)),
        "e": (
            "the same expressions row by row in Python, as exact: completed in every way",
            measure("exact_loop", path),
        ),
        "k": ("the same by Kleene's logic alone, which leaves more open", measure("row_loop", path)),
        "h": ("HermiT, Axis I alone, each case a class, 60 together", measure("hermit", path)),
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
    for key, (name, (per_row, cpu, peak)) in rows_alone.items():
        lines.append(f"| {key} | {name} | {per_row * 1e6:,.0f} µs a row | | {cpu * 1e6:,.0f} | {peak:.0f} |")
    (read_wall, read, _), (wall, table, peak) = tables["a"][1], tables["b"][1]
    single, (loop_wall, loop, _) = rows_alone["d"][1][1], rows_alone["e"][1]
    (kleene_wall, kleene, _), (hermit_wall, _, _) = rows_alone["k"][1], rows_alone["h"][1]
    spark_wall, spark, _ = tables["s"][1]
    lines += [
        "",
        "| ratio | value | target |",
        "|---|---:|---|",
        f"| e / b, wall time | {loop_wall / (wall / rows):,.0f} | at least 1,000 |",
        f"| e / b, processor time | {loop / (table / rows):,.0f} | at least 1,000 |",
        f"| k / b, wall time | {kleene_wall / (wall / rows):,.0f} | |",
        f"| k / b, processor time | {kleene / (table / rows):,.0f} | |",
        f"| h / b, wall time | {hermit_wall / (wall / rows):,.0f} | |",
        f"| s / b, wall time | {spark_wall / wall:.1f} | |",
        f"| s / b, processor time | {spark / table:.1f} | |",
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
