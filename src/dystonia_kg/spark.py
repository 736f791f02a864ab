"""Classifying on a cluster: rows of a Spark DataFrame, on a session that is there.

The driver reads the compiled ontology (``classifier.json``) and sends it with the work; executors
need this package with polars and pyarrow, but no ontology, no graph and no reasoner. Rows go through in Arrow batches,
so a table may be larger than memory.

    spark.read.parquet("registry/").transform(dystonia_kg.spark.classify).write.parquet("classified/")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dystonia_kg.errors import MissingExtraError, ParameterError

if TYPE_CHECKING:
    import pyarrow


def classify(df: Any, columns: Mapping[str, str | None] | None = None, *, edition: str = "2013", **options: Any) -> Any:
    """Classify every row of a Spark DataFrame.

    :param df: a DataFrame of pyspark, classic or Connect
    :param columns: column -> finding, as for :func:`dystonia_kg.classification.table.classify_table`
    :param edition: the edition of the consensus
    :param options: conventions, as for ``classify_table``
    :return: a DataFrame with the columns of ``df`` and those of ``classify_table``; nothing is computed before Spark is
        asked for rows
    :raises ParameterError: for an unknown column, finding, edition or convention, or a name that is taken
    :raises MissingExtraError: if pyspark, polars or pyarrow is not installed
    """
    added = _added(df, columns, edition, options)
    return df.mapInArrow(_mapper(columns, edition, options, list(added)), _schema(df, added))


def _added(
    df: Any, columns: Mapping[str, str | None] | None, edition: str, options: Mapping[str, Any]
) -> dict[str, str]:
    """Return the columns that are added; a wrong argument fails here, on the driver, and not on an executor."""
    try:
        import polars
        import pyarrow  # noqa: F401
        from pyspark.sql.pandas.types import to_arrow_schema
    except ImportError as error:
        raise MissingExtraError("spark", [error.name or "pyspark"]) from None
    from dystonia_kg.classification.table import classify_batch, output_schema

    answers = {name.lower() for name in output_schema(edition)}
    taken = next((name for name in df.columns if name.lower() in answers), None)
    if taken is not None:
        raise ParameterError(f"the table has a column {taken!r} already; rename it, as an answer goes by that name")
    empty = polars.from_arrow(to_arrow_schema(df.schema).empty_table())
    found = classify_batch(empty, columns, edition=edition, **options)
    new = [name for name in found.columns if name not in df.columns]
    return {name: "boolean" if found.schema[name] == polars.Boolean else "string" for name in new}


def _schema(df: Any, added: Mapping[str, str]) -> Any:
    from pyspark.sql.types import BooleanType, StringType, StructField, StructType

    types = {"boolean": BooleanType(), "string": StringType()}
    return StructType([*df.schema.fields, *(StructField(name, types[kind]) for name, kind in added.items())])


def _mapper(
    columns: Mapping[str, str | None] | None, edition: str, options: Mapping[str, Any], added: list[str]
) -> Callable[[Iterator[pyarrow.RecordBatch]], Iterator[pyarrow.RecordBatch]]:
    """Return what an executor does with its batches; the compiled ontology travels in it."""
    from dystonia_kg.classification.model import classifier_bytes

    classifier, given = classifier_bytes(), {**options, "edition": edition}
    chosen = dict(columns) if columns is not None else None

    def run(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            yield classified(batch, chosen, added, classifier, given)

    return run


def classified(
    batch: pyarrow.RecordBatch,
    columns: Mapping[str, str | None] | None,
    added: list[str],
    classifier: bytes,
    options: Mapping[str, Any],
) -> pyarrow.RecordBatch:
    """Return an Arrow batch with the answers beside its own columns, which pass untouched."""
    import polars
    import pyarrow

    from dystonia_kg.classification.table import classify_batch

    frame: Any = polars.from_arrow(pyarrow.Table.from_batches([batch]))
    answers = classify_batch(frame, columns, classifier=classifier, **options)
    arrays = list(batch.columns)
    for name in added:
        column = answers[name]
        kind = pyarrow.bool_() if column.dtype == polars.Boolean else pyarrow.string()
        text = column if column.dtype == polars.Boolean else column.cast(polars.String)
        array = text.to_arrow().cast(kind)
        arrays.append(array.combine_chunks() if isinstance(array, pyarrow.ChunkedArray) else array)
    return pyarrow.RecordBatch.from_arrays(arrays, names=[*batch.schema.names, *added])
