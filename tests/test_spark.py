"""Spark: the same answers as on one machine, on a session that is there, from files and in batches."""

from __future__ import annotations

import itertools
import os
import random
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from full_product import REGIONS, rows
from spark_java import java_home

from dystonia_kg.errors import ParameterError

pytestmark = pytest.mark.slow
pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'dystonia_kg[spark]'")
polars = pytest.importorskip("polars")


@pytest.fixture(scope="module")
def java(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = java_home(tmp_path_factory.mktemp("java"))
    if home is None:
        pytest.skip("no JVM: set JAVA_HOME, or pip install 'dystonia_kg[reasoner]'")
    return home


@pytest.fixture(scope="module")
def session(java: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session on two local cores, with small batches so that there are several."""
    from pyspark.sql import SparkSession

    before = dict(os.environ)
    os.environ |= {"JAVA_HOME": str(java), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    folder = tmp_path_factory.mktemp("spark")
    settings = {
        "spark.ui.enabled": "false", "spark.sql.execution.arrow.maxRecordsPerBatch": "50", "spark.driver.memory": "1g",
        "spark.sql.shuffle.partitions": "2", "spark.sql.warehouse.dir": str(folder), "spark.local.dir": str(folder),
    }  # fmt: skip
    builder = SparkSession.builder.master("local[2]").appName("dystonia_kg tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    yield made
    made.stop()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True)
def _pandas_of_the_future() -> Iterator[None]:
    """Pyspark warns of pandas 3, which is not used here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=ResourceWarning)
        yield


def cohort(rows: int, seed: int = 7) -> Any:
    """Partial cases, a seeded mix of known and unknown."""
    rng = random.Random(seed)
    columns: dict[str, list[Any]] = {"id": list(range(rows))}
    for region in REGIONS:
        columns[region] = [rng.choice([True, False, False, None]) for _ in range(rows)]
    columns["complete"] = [rng.choice([True, False]) for _ in range(rows)]
    columns["age_at_onset"] = [rng.choice([None, -1.0, rng.uniform(0, 90)]) for _ in range(rows)]
    columns["course"] = [rng.choice([None, "progressive", "static", "upwards"]) for _ in range(rows)]
    columns["HP:0001336"] = [rng.choice([True, False, None]) for _ in range(rows)]
    return polars.DataFrame(columns)


def as_rows(frame: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in frame.sort("id").to_dicts()]


def collected(df: Any) -> list[dict[str, Any]]:
    return sorted((row.asDict() for row in df.collect()), key=lambda row: row["id"])


def test_the_answers_are_those_of_one_machine(session: Any, tmp_path: Path) -> None:
    import dystonia_kg.spark
    from dystonia_kg.classification.table import classify_table

    frame = cohort(400)
    frame.write_parquet(tmp_path / "in.parquet")
    df = session.read.parquet(str(tmp_path / "in.parquet")).repartition(3)
    expected = classify_table(frame)
    found = dystonia_kg.spark.classify(df)
    assert found.columns == expected.columns
    assert collected(found) == as_rows(expected.with_columns(polars.col(polars.Enum, polars.Categorical).cast(str)))
    assert any(row["problems"] for row in as_rows(expected))


def test_the_answers_on_every_set_with_every_age_and_course(session: Any) -> None:
    """One by one, by table and by HermiT they are compared in test_classification_reasoner."""
    import dystonia_kg.spark
    from dystonia_kg.classification.table import classify_table

    frame = polars.DataFrame([{"id": number, **row} for number, row in enumerate(rows())])
    expected = classify_table(frame).with_columns(polars.col(polars.Enum, polars.Categorical).cast(str))
    df = session.createDataFrame(frame.to_pandas())
    assert collected(dystonia_kg.spark.classify(df)) == as_rows(expected)


def test_parquet_to_parquet_and_sql(session: Any, tmp_path: Path) -> None:
    import dystonia_kg.spark

    cohort(200).write_parquet(tmp_path / "in.parquet")
    classified = session.read.parquet(str(tmp_path / "in.parquet")).transform(dystonia_kg.spark.classify)
    classified.write.mode("overwrite").parquet(str(tmp_path / "out"))
    session.read.parquet(str(tmp_path / "out")).createOrReplaceTempView("cohort")
    rows = session.sql("SELECT count(*) n, count(axis1_age_at_onset) known FROM cohort").collect()
    assert rows[0].n == 200
    assert 0 < rows[0].known < 200


def test_every_complete_set_of_regions(session: Any) -> None:
    """All 511 sets, each as one row, beside the classifier of single cases."""
    import dystonia_kg.spark
    from dystonia_kg.cases.case import Case
    from dystonia_kg.classification.engine import classify

    sets = [c for n in range(1, 10) for c in itertools.combinations(REGIONS, n)]
    rows = [[number, *(region in chosen for region in REGIONS), True] for number, chosen in enumerate(sets)]
    df = session.createDataFrame(rows, ["id", *REGIONS, "complete"])
    found = collected(dystonia_kg.spark.classify(df, values=True))
    for row, chosen in zip(found, sets, strict=True):
        case = Case(regions=set(chosen), complete=True)  # type: ignore[arg-type]
        answer = classify(case).dimension("body distribution")
        assert row["axis1_body_distribution"] == answer.value
        assert row["axis1_body_distribution_is_focal"] is (len(chosen) == 1)


def test_columns_are_mapped_and_bad_arguments_fail_at_once(session: Any) -> None:
    import dystonia_kg.spark

    df = session.createDataFrame([(1, 8.0, "left")], ["id", "onset", "where"])
    mapped = dystonia_kg.spark.classify(df, {"onset": "age_at_onset", "where": "neck"})
    (row,) = collected(mapped)
    assert row["axis1_age_at_onset"] == "childhood"
    for columns, options in (
        ({"none": "neck"}, {}),
        ({"where": "tail"}, {}),
        (None, {"edition": "1984"}),
    ):
        with pytest.raises(ParameterError):
            dystonia_kg.spark.classify(df, columns, **options)
    with pytest.raises(ParameterError, match="already"):
        dystonia_kg.spark.classify(mapped)


def test_executors_need_no_release(session: Any, tmp_path: Path) -> None:
    """A batch is classified by what was sent, in a process where no release can be read."""
    import pyarrow

    import dystonia_kg.spark

    table = cohort(20).to_arrow()
    batch = table.combine_chunks().to_batches()[0]
    df = session.createDataFrame([(1, True)], ["id", "neck"])
    dystonia_kg.spark.classify(df)  # compiled by the driver
    from dystonia_kg.classification.model import classifier_bytes

    code = (
        "import sys, pyarrow, pathlib\n"
        "import dystonia_kg.resources as r\n"
        "r.ontology_dir = lambda: pathlib.Path('/nowhere')\n"
        "from dystonia_kg.spark import classified\n"
        "reader = pyarrow.ipc.open_stream(sys.argv[1]); batch = next(iter(reader))\n"
        "found = classified(batch, None, ['axis1_age_at_onset'], pathlib.Path(sys.argv[2]).read_bytes(), {})\n"
        "print(found.num_rows, 'rdflib' in sys.modules, 'jpype' in sys.modules)\n"
    )
    import subprocess

    with pyarrow.ipc.new_stream(tmp_path / "batch", batch.schema) as writer:
        writer.write_batch(batch)
    (tmp_path / "classifier").write_bytes(classifier_bytes())
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "batch"), str(tmp_path / "classifier")],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["20", "False", "False"], done.stderr


LARGE = """
import json, os, sys
from pathlib import Path
from pyspark.sql import SparkSession, functions as f
import dystonia_kg.spark
source, target, heap = sys.argv[1:]
spark = SparkSession.builder.master("local[2]").config("spark.driver.memory", heap).config("spark.ui.enabled", "false")
spark = spark.config("spark.sql.files.maxPartitionBytes", "16m").config("spark.local.dir", target + ".tmp")
spark = spark.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
spark.read.parquet(source).transform(dystonia_kg.spark.classify).write.parquet(target)
back = spark.read.parquet(target)
row = back.agg(f.count("*"), f.count("axis1_body_distribution"), f.sum(f.length("notes"))).collect()[0]
peaks = {}
for each in Path("/proc").glob("[0-9]*"):
    try:
        text = (each / "status").read_text()
        if os.getpgid(int(each.name)) == os.getpgid(0) and "VmHWM" in text:
            peak = int(text.split("VmHWM:")[1].split()[0]) // 1024
            name = text.split()[1]
            peaks[name] = max(peak, peaks.get(name, 0))
    except OSError:
        continue
print(json.dumps([*row, peaks]))
"""


def test_a_table_larger_than_memory_goes_from_parquet_to_parquet(
    java: Path, tmp_path: Path, record_property: Any
) -> None:
    """Files of 1.7 GB through a driver, with its executor, that has a heap of 512 MB."""
    import json
    import subprocess

    import numpy
    import pyarrow.parquet

    rows, size = 3_200_000, 200_000
    (tmp_path / "in").mkdir()
    for number in range(rows // size):
        chance = numpy.random.default_rng(number)
        bytes_ = chance.integers(32, 127, size * 512, dtype=numpy.uint8).tobytes().decode("ascii")
        frame = cohort(2_000, seed=number)
        frame = polars.concat([frame] * (size // 2_000)).with_columns(
            notes=polars.Series([bytes_[n * 512 : (n + 1) * 512] for n in range(size)])
        )
        file = tmp_path / "in" / f"{number}.parquet"
        pyarrow.parquet.write_table(frame.to_arrow(), file, compression="none", row_group_size=20_000)
    on_disk = sum(file.stat().st_size for file in (tmp_path / "in").iterdir())
    assert on_disk > 3 * 512 * 2**20
    done = subprocess.run(
        [sys.executable, "-c", LARGE, str(tmp_path / "in"), str(tmp_path / "out"), "512m"],
        capture_output=True, text=True, check=False, start_new_session=True,
        env={**os.environ, "JAVA_HOME": str(java), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3_000:]
    count, decided, length, peaks = json.loads(done.stdout.splitlines()[-1])
    assert (count, length) == (rows, rows * 512)
    assert 0 < decided < rows
    assert peaks
    assert sum(peaks.values()) < on_disk / 2**20, peaks
    record_property("memory", f"{on_disk / 2**20:.0f} MB on disk, peak memory in MB: {peaks}")
