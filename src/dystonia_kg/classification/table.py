"""Classifying the rows of a table: cohorts of millions, by looking each row up in what was worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dystonia_kg.classification.findings import Reader
from dystonia_kg.classification.model import Dimension, Model, default_model, model_of
from dystonia_kg.classification.plan import Use, plan
from dystonia_kg.errors import InputError, MissingExtraError, ParameterError, Problem

if TYPE_CHECKING:
    import polars as pl

DEFAULT_EDITION = "2013"  # columns of the others have their year
_CHUNK = 500_000  # rows between two steps of the progress bar


def classify_table(
    table: Any,
    columns: Mapping[str, str | None] | None = None,
    *,
    edition: str = "2013",
    unsided: str = "both",
    known_disorders: bool = True,
    values: bool = False,
    classes: Iterable[str] = (),
    progress: bool = False,
    model: Model | None = None,
) -> Any:
    """Classify every row of a table; what comes back is of the same kind, with columns added.

    Null means unknown. The answers are those of :func:`~dystonia_kg.classification.engine.classify`, row by row.

    :param table: a polars LazyFrame or DataFrame, a pandas DataFrame, a pyarrow Table, or the path of a Parquet, CSV or
        TSV file, which gives a LazyFrame: ``.sink_parquet(...)`` then works on files larger than memory
    :param columns: column -> finding, for columns that have not the name of one; None leaves a column out. Findings are
        ``age_at_onset``, ``complete``, ``course``, ``variability``, ``task``, ``features``, ``excluded``, ``signs``,
        ``triggers``, ``parts``, ``family_history``, ``gene``, ``disorder``, ``inheritance``, ``cause``, ``pathology``
        (text, several joined with "|"), any name of a body region (true/false, or text: left, right, both, no), and any
        name of a feature, sign, trigger, task or part (true/false)
    :param edition: "2013" or "2025"
    :param unsided: what a midline region that is true without a side means, "both" or "unknown"
    :param known_disorders: whether a gene without a disorder means one of the disorders known to have it
    :param values: add a column for each value of each dimension too: true, false, or null
    :param classes: further classes, such as syndromes, by name: a column true, false or null for each
    :param progress: show a bar (tables in memory)
    :return: for each dimension ``axis1_body_distribution`` and the like (null: not decided), beside it ``..._possible``
        (the values that are open, joined with "|"), and ``problems``: what could not be used of the row
    :raises ParameterError: for a column or a finding that is not there
    :raises MissingExtraError: if polars is not installed

    >>> import polars as pl
    >>> cohort = pl.DataFrame({"neck": [True, True], "trunk": [False, None], "complete": [True, False]})
    >>> found = classify_table(cohort)
    >>> found["axis1_body_distribution"].to_list()
    ['focal', None]
    """
    pl = _polars()
    reader = _reader(model or default_model(), unsided, known_disorders)
    options: dict[str, Any] = {"edition": edition, "values": values, "classes": tuple(classes)}
    frame = _as_polars(pl, table)
    if isinstance(frame, pl.LazyFrame):
        return _classified(reader, frame, columns, **options)
    if progress and frame.height > _CHUNK:
        done = _with_progress(pl, reader, frame, columns, options)
    else:
        done = _classified(reader, frame.lazy(), columns, **options).collect()
    return _like(table, done)


def classify_batch(
    batch: Any, columns: Mapping[str, str | None] | None = None, *, classifier: bytes | None = None, **options: Any
) -> Any:
    """Classify one batch in memory: what a cluster calls for each Arrow batch.

    :param batch: a polars DataFrame, or a pyarrow RecordBatch or Table; the answer is of the same kind
    :param classifier: the content of ``classifier.json`` where there is no release beside (executors); see
        :func:`dystonia_kg.classification.model.classifier_bytes`
    :param options: as for :func:`classify_table`
    """
    model = default_model() if classifier is None else model_of(classifier)
    return classify_table(batch, columns, model=model, **options)


def output_schema(edition: str = "2013", *, values: bool = False, model: Model | None = None) -> dict[str, str]:
    """Return the columns that are added, in order, each "string" or "boolean".

    >>> list(output_schema())[:2]
    ['axis1_age_at_onset', 'axis1_age_at_onset_possible']
    """
    model = model or default_model()
    found: dict[str, str] = {}
    for dimension in _dimensions(model, edition):
        name = column_name(dimension)
        if not dimension.values:
            found[name] = "string"
            continue
        found |= {name: "string", f"{name}_possible": "string"}
        if values:
            found |= {value_column(model, dimension, iri): "boolean" for iri in dimension.values}
    return {**found, "problems": "string"}


def column_name(dimension: Dimension) -> str:
    """Return the name of the column that answers for a dimension, such as "axis1_body_distribution"."""
    name = dimension.name.replace(",", "").replace(" ", "_").lower()
    year = "" if dimension.edition == DEFAULT_EDITION else f"_{dimension.edition}"
    return f"axis{dimension.data['order'][0]}_{name}{year}"


def value_column(model: Model, dimension: Dimension, iri: str) -> str:
    """Return the name of the column that tells whether a value holds."""
    return f"{column_name(dimension)}_is_{model.entries[iri].name.replace(' ', '_')}"


def _dimensions(model: Model, edition: str) -> list[Dimension]:
    """Return what is answered for an edition: its own dimensions, and those of before that stand in for open ones."""
    own = model.answered_for(edition)
    if not own:
        raise ParameterError(f"no edition is called {edition!r}; there are: {', '.join(model.editions)}")
    open_ = {dimension.id for dimension in own if not dimension.values}
    rows = {row["from"] for row in model.data["crosswalk"] if row["to"] in open_}
    former = [d for d in model.dimensions if d.values and (d.id in rows or d.parent in rows)]
    return [*own, *former]


@lru_cache(maxsize=8)
def _reader(model: Model, unsided: str, known_disorders: bool) -> Reader:
    return Reader(model, unsided=unsided, known_disorders=known_disorders)


def _classified(
    reader: Reader,
    frame: pl.LazyFrame,
    columns: Mapping[str, str | None] | None,
    *,
    edition: str,
    values: bool,
    classes: tuple[str, ...],
) -> pl.LazyFrame:
    import polars as pl

    from dystonia_kg.classification.columns import Columns

    model = reader.model
    schema = dict(frame.collect_schema())
    texts = (pl.String, pl.Categorical, pl.Enum, pl.List)
    uses = plan(model, {name: isinstance(kind, texts) for name, kind in schema.items()}, columns)
    dimensions = _dimensions(model, edition)
    extra = [model.vocabulary.find(name, "stated") for name in classes]
    asked = {column_name(d): d for d in dimensions if d.values}
    named = {iri: value_column(model, d, iri) for d in asked.values() for iri in d.values} if values else {}
    made = Columns(reader, schema, uses, asked, named, extra)
    for stage in made.stages():
        frame = frame.with_columns(stage) if stage else frame
    labels = [model.entries[iri].label for iri in extra]
    wanted = list(output_schema(edition, values=values, model=model))
    blank = [pl.lit(None, dtype=pl.String).alias(column_name(d)) for d in dimensions if not d.values]
    kept = [name for name in schema if name not in (*wanted, *labels)]
    return frame.with_columns(blank).select(*kept, *wanted[:-1], *labels, wanted[-1])


def used_columns(table: Any, columns: Mapping[str, str | None] | None = None, model: Model | None = None) -> list[Use]:
    """Return what each column of a table would be taken for; columns that state nothing are not among them."""
    pl = _polars()
    frame = _as_polars(pl, table)
    texts = (pl.String, pl.Categorical, pl.Enum, pl.List)
    schema = {name: isinstance(kind, texts) for name, kind in frame.collect_schema().items()}
    return plan(model or default_model(), schema, columns)


# ---------------------------------------------------------------------- tables of all kinds


def _polars() -> Any:
    try:
        import polars
    except ImportError:
        raise MissingExtraError("cohort", ["polars"]) from None
    return polars


def scan(path: Path) -> pl.LazyFrame:
    """Return a LazyFrame over a Parquet, CSV or TSV file.

    :raises InputError: for a file that is not there or of another kind
    """
    pl = _polars()
    if not path.exists() and "*" not in path.name:
        raise InputError(Problem(str(path), None, None, "there is no such file"))
    match path.suffix.lower():
        case ".parquet" | ".pq":
            return pl.scan_parquet(path)  # type: ignore[no-any-return]
        case ".csv" | ".tsv" | ".tab":
            return pl.scan_csv(path, separator="," if path.suffix.lower() == ".csv" else "\t")  # type: ignore[no-any-return]
    raise InputError(Problem(str(path), None, None, "give a .parquet, .csv or .tsv file"))


def _as_polars(pl: Any, table: Any) -> Any:
    if isinstance(table, pl.LazyFrame | pl.DataFrame):
        return table
    if isinstance(table, str | Path):
        return scan(Path(table))
    kind = type(table).__module__.partition(".")[0]
    if kind == "pandas":
        return pl.from_pandas(table, include_index=False)
    if kind == "pyarrow":
        return pl.from_arrow(table)
    raise ParameterError(f"a table is a polars or pandas frame, a pyarrow table or a path, not {type(table).__name__}")


def _like(table: Any, frame: Any) -> Any:
    """Return a frame as the kind of table that came in."""
    match type(table).__module__.partition(".")[0], type(table).__name__:
        case "pandas", _:
            found = frame.to_pandas()
            found.index = table.index
            return found
        case "pyarrow", "RecordBatch":
            return frame.to_arrow().combine_chunks().to_batches()[0] if frame.height else frame.to_arrow()
        case "pyarrow", _:
            return frame.to_arrow()
    return frame


def _with_progress(
    pl: Any, reader: Reader, frame: Any, columns: Mapping[str, str | None] | None, options: dict[str, Any]
) -> Any:
    from rich.progress import track

    parts = []
    for start in track(range(0, frame.height, _CHUNK), description="classifying"):
        part = frame.slice(start, _CHUNK).lazy()
        parts.append(_classified(reader, part, columns, **options).collect())
    return pl.concat(parts)
