"""`dystonia-kg classify`: a phenopacket, a case, or a table of cases, from a file or from standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from dystonia_kg.errors import DystoniaKGError, InputError, ParameterError, Problem
from dystonia_kg.results import Result

if TYPE_CHECKING:
    from dystonia_kg.cases.report import Read, Rejected
    from dystonia_kg.classification.result import Classification

_PLAIN = 10  # rejected records that are named on the terminal


class Format(StrEnum):
    """How answers come out."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    TSV = "tsv"
    PHENOPACKET = "phenopacket"


class Kind(StrEnum):
    """What a file is, where its name does not tell."""

    JSON = "json"
    JSONL = "jsonl"
    YAML = "yaml"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"


def classify(
    file: Annotated[str, typer.Argument(help="A file, or '-' for standard input.")],
    format: Annotated[Format, typer.Option("--format", "-f", help="How answers come out.")] = Format.TABLE,  # noqa: A002
    kind: Annotated[
        Kind | None, typer.Option("--input", help="What the file is; told by its name if left out.")
    ] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--column", help="A column of a table and its finding, as column=finding.")
    ] = None,
    edition: Annotated[str, typer.Option(help="The edition of the consensus.")] = "2013",
    explain: Annotated[bool, typer.Option("--explain", help="Tell the reasons, and all that was not used.")] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="Write the records that could not be read here, as JSON.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write a whole table (Parquet, CSV, TSV) with the answers.")
    ] = None,
    disease_onset: Annotated[
        bool, typer.Option(help="Take the onset of the disease for that of the dystonia, if no other is given.")
    ] = False,
) -> None:
    """Classify cases: phenopackets or cases in JSON, JSON lines or YAML, or the rows of a table.

    Examples: `dystonia-kg classify patient.json --explain`, `dystonia-kg classify registry.csv -f csv`,
    `zcat packets.jsonl.gz | dystonia-kg classify - -f json`

    Good records are classified even where others cannot be read. Exit status 1 if some were rejected, 2 if all were.
    """
    mapping = _columns(columns)
    if output is not None:
        raise typer.Exit(_whole_table(file, kind, mapping, edition, output, rejected))
    found = _Found(rejected=[])
    reads = _records(file, kind, mapping, found, disease_onset=disease_onset)
    _show(reads, found, format, edition, explain=explain)
    if not (found.count or found.rejected or found.is_table):
        raise InputError(Problem(file, None, None, "holds no case"))
    _tell_rejected(found, file, rejected)
    raise typer.Exit(0 if not found.rejected else 1 if found.count else 2)


def _columns(given: list[str] | None) -> dict[str, str | None]:
    mapping: dict[str, str | None] = {}
    for pair in given or ():
        column, equals, finding = pair.partition("=")
        if not equals:
            raise ParameterError(f"{pair!r} is no column=finding; write --column onset=age_at_onset")
        mapping[column] = finding or None
    return mapping


# ---------------------------------------------------------------------- reading


class _Found:
    """What is counted while records are read."""

    def __init__(self, rejected: list[Rejected]) -> None:
        self.rejected = rejected
        self.count = 0
        self.several = False
        self.is_table = False
        self.unused_columns: tuple[str, ...] = ()


def _records(
    file: str, kind: Kind | None, mapping: Mapping[str, str | None], found: _Found, *, disease_onset: bool
) -> Iterator[Read]:
    """Yield the records that can be read; the others go into ``found``."""
    from dystonia_kg.cases.report import Rejected

    source, told = _source(file, kind)
    if told in ("csv", "tsv", "parquet"):
        from dystonia_kg.cases.tables import read_table

        table = read_table(source, mapping, format=told)
        found.several, found.is_table, found.unused_columns = True, True, table.unused
        records: Iterator[Read | Rejected] = table.rows
    elif mapping:
        raise ParameterError("--column is for tables")
    else:
        found.several = told == "jsonl"
        records = _documents(source, told, file, disease_onset=disease_onset)
    for record in records:
        if isinstance(record, Rejected):
            found.rejected.append(record)
        else:
            found.count += 1
            yield record


def _source(file: str, kind: Kind | None) -> tuple[Path | bytes, str | None]:
    """Return what to read, and what it is: as said, by the file's name, or by its first bytes."""
    from dystonia_kg.cases.documents import document_format
    from dystonia_kg.cases.tables import table_format
    from dystonia_kg.guard import MAX_FILE_BYTES

    if file != "-":
        told = kind.value if kind else document_format(file) or table_format(file)
        if told is None:
            raise InputError(Problem(file, None, None, "the name does not tell what it is; say it with --input"))
        return Path(file), told
    data = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise InputError(Problem("-", None, None, f"has more than {MAX_FILE_BYTES:,} bytes; give a file, or split it"))
    return data, kind.value if kind else _told_by(data)


def _told_by(data: bytes) -> str | None:
    """Return what bytes seem to be; None for JSON, JSON lines or YAML, which the reader tells apart."""
    if data.startswith(b"PAR1"):
        return "parquet"
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    first = start.partition(b"\n")[0]
    if start.startswith((b"{", b"[")) or b": " in first or first.rstrip().endswith(b":"):
        return None
    if b"\t" in first:
        return "tsv"
    return "csv" if b"," in first or b";" in first else None


def _documents(source: Path | bytes, kind: str | None, name: str, *, disease_onset: bool) -> Iterator[Read | Rejected]:
    """Return records of JSON or YAML, each a phenopacket or a case."""
    from dystonia_kg.cases.documents import Document, read_documents
    from dystonia_kg.cases.phenopackets import PhenopacketReader

    reader: list[PhenopacketReader] = []

    def read(document: Document | Rejected) -> Read | Rejected:
        if isinstance(document, Document) and _is_case(document.value):
            return _case(document)
        if not reader:  # the graph is loaded only where a phenopacket needs it
            reader.append(PhenopacketReader(disease_onset=disease_onset))
        return reader[0].read_document(document)

    return (read(document) for document in read_documents(source, kind, name=name))


def _is_case(value: Any) -> bool:
    """Tell whether an object is a case, by the names of its members; a phenopacket shares none but ``id``."""
    from dataclasses import fields

    from dystonia_kg.cases.case import Case

    names = {field.name for field in fields(Case)} - {"id"}
    return isinstance(value, dict) and not names.isdisjoint(value)


def _case(document: Any) -> Read | Rejected:
    from dystonia_kg.cases.case import Case
    from dystonia_kg.cases.report import Ledger, Read, Rejected, shown
    from dystonia_kg.errors import CaseError

    ledger = Ledger()
    try:
        case = Case.from_dict(document.value)
    except CaseError as error:
        return Rejected(document.row, error.field, shown(error.value), str(error))
    except DystoniaKGError as error:
        return Rejected(document.row, None, None, str(error))
    for name, value in document.value.items():
        ledger.use(f"$.{name}", value, "as given")
    return Read(case, ledger.report("case"), document.row)


# ---------------------------------------------------------------------- showing


def _show(reads: Iterator[Read], found: _Found, format: Format, edition: str, *, explain: bool) -> None:  # noqa: A002
    from dystonia_kg.classification.engine import classify as classify_case

    pairs = ((read, classify_case(read.case, edition)) for read in reads)
    if format is Format.JSON:
        _show_json(pairs, found, explain=explain)
        return
    if format is Format.PHENOPACKET:
        _show_packets(pairs)
        return
    answers = list(pairs)
    if format is Format.TABLE and len(answers) == 1 and not found.several:
        print(_report(*answers[0], explain=explain))
        return
    table = _rows(answers, with_possible=format is not Format.TABLE)
    match format:
        case Format.CSV:
            print(table.to_csv(), end="")
        case Format.TSV:
            print(table.to_tsv(), end="")
        case _ if answers:
            print(_established(table))
    if explain and format is Format.TABLE:
        for read, answer in answers:
            print(f"\n{read.case.id or read.row}\n{_report(read, answer, explain=True)}")


def _show_packets(pairs: Iterator[tuple[Read, Classification]]) -> None:
    """Print a phenopacket a line, all with one time of creation."""
    from dystonia_kg.cases.writer import packets

    for packet in packets((read.case, answer) for read, answer in pairs):
        print(json.dumps(packet, ensure_ascii=True))


def _show_json(pairs: Iterator[tuple[Read, Classification]], found: _Found, *, explain: bool) -> None:
    """Print one object for one record, else an array, one element at a time."""
    first = next(pairs, None)
    if first is None:
        print("[]")
        return
    second = next(pairs, None)
    if second is None and not found.several and not found.rejected:
        print(json.dumps(_data(*first, explain=explain), indent=1, ensure_ascii=True))
        return
    print("[", end="")
    separator = "\n"
    for pair in (first, *([] if second is None else [second])):
        print(f"{separator}{json.dumps(_data(*pair, explain=explain))}", end="")
        separator = ",\n"
    for pair in pairs:
        print(f"{separator}{json.dumps(_data(*pair, explain=explain))}", end="")
    print("\n]")


def _data(read: Read, answer: Classification, *, explain: bool) -> dict[str, Any]:
    head = {"row": read.row, "id": read.case.id}
    if explain:
        return {**head, "classification": answer.to_dict(), "read": read.report.to_dict()}
    dimensions = [
        {"dimension": d.name, "axis": d.axis, "value": d.value, "truth": d.truth, "possible": list(d.possible)}
        for d in answer.dimensions
    ]
    report = read.report.to_dict()
    return {
        **head,
        "classification": {
            "edition": answer.edition, "dimensions": dimensions, "conflicts": list(answer.conflicts),
            "conventions": dict(answer.conventions),
        },
        "read": {**report, "used": len(report["used"])},
    }  # fmt: skip


def _rows(answers: list[tuple[Read, Classification]], *, with_possible: bool) -> Result:
    from dystonia_kg.classification.model import default_model
    from dystonia_kg.classification.table import column_name

    names = {dimension.id: column_name(dimension) for dimension in default_model().dimensions}
    columns = ["row", "id"]
    for dimension in answers[0][1].dimensions if answers else ():
        name = names[dimension.id]
        columns += [name, f"{name}_possible"] if with_possible else [dimension.name]
    rows = []
    for read, answer in answers:
        row: list[Any] = [read.row, read.case.id]
        for d in answer.dimensions:
            row.append(d.value)
            if with_possible:
                row.append("|".join(d.possible) or None)
        rows.append(tuple(row))
    return Result(tuple(columns), rows)


def _established(table: Result) -> str:
    """Return the table as text, without the dimensions of which nothing is established in any row."""
    kept = [
        n for n, name in enumerate(table.columns) if n < 2 or any(value is not None for value in table.column(name))
    ]
    left_out = [name for n, name in enumerate(table.columns) if n not in kept]
    text = Result([table.columns[n] for n in kept], [[row[n] for n in kept] for row in table]).to_text()
    return f"{text}\nUnknown in all rows: {', '.join(left_out)}" if left_out else text


def _report(read: Read, answer: Classification, *, explain: bool) -> str:
    lines = [str(answer)]
    if explain:
        lines.append("")
        for dimension in answer.dimensions:
            lines.append(str(dimension))
            lines += [f"  {reason}" for reason in dimension.why]
            lines += [f"  missing: {question}" for question in dimension.missing]
            lines += [f"  {alternative}" for alternative in dimension.alternatives]
        lines += ["", str(read.report)]
    else:
        lines += [f"Note: {note}" for note in read.report.notes]
        if read.report.unused:
            lines.append(f"Of the input, {len(read.report.unused)} parts were not used; --explain lists them.")
    return "\n".join(lines)


def _tell_rejected(found: _Found, file: str, path: Path | None) -> None:
    """Write the report of what was rejected, and say it on the terminal, with the columns that were not used."""
    from dystonia_kg.cases.report import rejections_json

    rejected = found.rejected
    if path is not None:
        path.write_text(rejections_json(rejected, read=found.count, name=file) + "\n", encoding="utf-8")
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    if found.unused_columns:
        console.print(f"columns that say nothing of a case: {', '.join(found.unused_columns)}")
    if rejected:
        console.print(f"{found.count} read, {len(rejected)} rejected:")
        for each in rejected[:_PLAIN]:
            console.print(f"  {each}")
        if len(rejected) > _PLAIN:
            console.print(f"  ... and {len(rejected) - _PLAIN} more" + ("" if path else "; --rejected FILE lists them"))


def _whole_table(
    file: str, kind: Kind | None, mapping: Mapping[str, str | None], edition: str, output: Path, path: Path | None
) -> int:
    """Classify a table of any size, batch by batch, into another; return the exit status."""
    from dystonia_kg.cases.tables import table_format
    from dystonia_kg.classification.table import classify_table

    told = kind.value if kind else table_format(file)
    if file == "-" or told not in ("csv", "tsv", "parquet"):
        raise ParameterError("--output is for tables in a file: Parquet, CSV or TSV")
    wanted = table_format(output)
    if wanted is None:
        raise ParameterError(f"{output}: name the output .parquet, .csv or .tsv")
    import polars

    try:
        frame = classify_table(file, mapping, edition=edition).with_row_index("row", offset=1)
        _sink(frame, output, wanted)
        written = (
            polars.scan_parquet(output)
            if wanted == "parquet"
            else polars.scan_csv(output, separator="\t" if wanted == "tsv" else ",")
        )
        bad = written.filter(polars.col("problems").is_not_null()).select("row", "problems").collect()
        count = written.select(polars.len()).collect().item()
    except (polars.exceptions.PolarsError, OSError) as error:
        raise InputError(
            Problem(file, None, None, f"cannot be read as a table: {str(error).splitlines()[0]:.300}")
        ) from None
    found = _Found([each for row, problems in bad.iter_rows() for each in _problems(row, problems)])
    found.count = count - bad.height
    _tell_rejected(found, file, path)
    return 1 if found.rejected else 0


def _problems(row: int, text: str) -> Iterator[Rejected]:
    """Yield what the column ``problems`` says of a row, cell by cell."""
    from dystonia_kg.cases.report import Rejected

    for problem in text.split("; "):
        column, colon, reason = problem.rpartition(": ")
        yield Rejected(row, column if colon else None, None, reason)


def _sink(frame: Any, output: Path, kind: str) -> None:
    if kind == "parquet":
        frame.sink_parquet(output)
    else:
        frame.sink_csv(output, separator="\t" if kind == "tsv" else ",")
