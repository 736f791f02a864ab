"""`dystonia-kg export`: the graph in a form of others, to a file, a folder or standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from dystonia_kg.errors import ExportError
from dystonia_kg.graph import load

if TYPE_CHECKING:
    from dystonia_kg.exports.formats import Formats
    from dystonia_kg.exports.job import Progress as Tell


def export(
    format: Annotated[str | None, typer.Argument(help="A format; --list shows them.")] = None,  # noqa: A002
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", help="A file; a folder for several; '-' for standard output."),
    ] = None,
    bridge: Annotated[str | None, typer.Option(help="Say it in the identifiers of this ontology.")] = None,
    ids: Annotated[str | None, typer.Option(help="readable (dyst:CervicalDystonia) or numeric (DYST:0000012).")] = None,
    options: Annotated[
        list[str] | None, typer.Option("--option", help="A choice that the format leaves, as name=value.")
    ] = None,
    subset: Annotated[
        list[str] | None, typer.Option("--subset", help="Only the part of the graph around this term; may be repeated.")
    ] = None,
    method: Annotated[str, typer.Option(help="How the part is made: star, mireot or slim.")] = "star",
    extra: Annotated[
        list[Path] | None, typer.Option("--extra", help="A file (RDF, OWL, OBO, OBO Graphs) to put beside the graph.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the formats and what each can hold, and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report, or the list, as JSON.")] = False,
) -> None:
    """Write the graph in another form; what the form cannot hold is reported on standard error.

    Examples: `dystonia-kg export --list`, `dystonia-kg export ntriples -o dystonia.nt`,
    `dystonia-kg export ntriples -o - | gzip > dystonia.nt.gz`,
    `dystonia-kg export owl --bridge mondo -o in_mondo.owl`, `dystonia-kg export turtle --subset PKAN -o pkan.ttl`

    What stood at the output is replaced when the new one is whole, and stays if anything goes wrong.
    """
    kg = load(extra=extra or ())
    if list_:
        _show_formats(kg.export_formats, as_json)
        return
    if format is None or output is None:
        raise typer.BadParameter("give a format, and --output with a path or '-'; --list shows the formats")
    error = Console(stderr=True, highlight=False)
    with _progress(error) as tell:
        owner = kg.subset(subset, method) if subset else kg
        report = owner.export(format, output, bridge=bridge, ids=ids, progress=tell, **_pairs(options))
    if as_json:
        stream = sys.stderr if output == "-" else sys.stdout
        print(json.dumps(report.to_dict(), indent=1, ensure_ascii=False), file=stream)
    else:
        error.print(escape(str(report)), soft_wrap=True)


@contextmanager
def _progress(console: Console) -> Iterator[Tell | None]:
    """Show what is being written, on a terminal only."""
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(kind: str, done: int, total: int | None) -> None:
            if kind not in tasks:
                tasks[kind] = bar.add_task(kind, total=total)
            bar.update(tasks[kind], completed=done, total=total)

        yield tell


def _show_formats(formats: Formats, as_json: bool) -> None:
    if as_json:
        print(json.dumps([one.to_dict() for one in formats.values()], indent=1, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, show_edge=False)
    first = next(iter(formats.values()))
    for column in ("format", "title", *first.holds.kinds, "needs"):
        table.add_column(column, overflow="fold", no_wrap=column == "format")
    for one in formats.values():
        extents = ("" if extent == "none" else extent for extent in one.holds.kinds.values())
        table.add_row(one.name, escape(one.title), *extents, one.extra or "")
    Console(highlight=False).print(table)


def _pairs(arguments: list[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for argument in arguments or ():
        name, equals, value = argument.partition("=")
        if not equals or not name.isidentifier() or name in found:
            raise ExportError(f"--option {argument!r}: write each option once, as name=value")
        found[name] = value
    return found
