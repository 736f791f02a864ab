"""The command line, `dystonia-kg`: every public question; those of maintainers stand in :mod:`dystonia_kg.cli_build`.

Exit status: 0 done, or the answer is yes; 1 the answer is no, or a check failed; 2 bad use or bad input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dystonia_kg import __version__
from dystonia_kg.cli_build import build, check, diff, refresh
from dystonia_kg.cli_classify import classify
from dystonia_kg.cli_export import export
from dystonia_kg.errors import DystoniaKGError
from dystonia_kg.graph import KnowledgeGraph, load
from dystonia_kg.results import Result
from dystonia_kg.terms import Term

app = typer.Typer(
    name="dystonia-kg",
    help="Ask the knowledge graph of dystonia. For research and education; not a medical device.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

console = Console(highlight=False)


class Format(StrEnum):
    """How rows come out."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    TSV = "tsv"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How rows come out.")]
ExtraOption = Annotated[
    list[Path] | None, typer.Option("--extra", help="A file (RDF, OWL, OBO) to put beside the graph.")
]
ParameterArguments = Annotated[list[str] | None, typer.Argument(help="Parameters as name=value.")]


def main() -> None:
    """Run the command line; errors of ours end it with one message and exit status 2."""
    try:
        app()
    except DystoniaKGError as error:
        Console(stderr=True, highlight=False).print(f"[red]error:[/red] {escape(str(error))}", soft_wrap=True)
        raise SystemExit(2) from None
    except BrokenPipeError:
        raise SystemExit(0) from None


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False) -> None:
    if version:
        print(f"dystonia_kg {__version__}")
        raise typer.Exit


# ---------------------------------------------------------------------- questions


@app.command()
def query(
    text: Annotated[str, typer.Argument(help="A SPARQL query, or '-' to read it from standard input.")],
    bindings: ParameterArguments = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds after which the query is stopped.")] = None,
    format: FormatOption = Format.TABLE,  # noqa: A002
    extra: ExtraOption = None,
) -> None:
    """Ask a SPARQL query; prefixes are bound already.

    Example: `dystonia-kg query 'SELECT ?label { ?x rdfs:subClassOf dyst:FocalDystonia ; rdfs:label ?label }'`

    Values given as name=value are bound to the variables as terms: a term's name, or else plain text.
    """
    kg = load(extra=extra or ())
    given = {name: _term_or_text(kg, value) for name, value in _pairs(bindings).items()}
    _show_answer(kg.query(sys.stdin.read() if text == "-" else text, timeout=timeout, **given), format)


@app.command()
def run(
    name: Annotated[str, typer.Argument(help="The name of the query; 'dystonia-kg queries' lists them.")],
    parameters: ParameterArguments = None,
    format: FormatOption = Format.TABLE,  # noqa: A002
    extra: ExtraOption = None,
) -> None:
    """Run a named query.

    Example: `dystonia-kg run focal-syndromes region=neck`
    """
    _show_answer(load(extra=extra or ()).run(name, **_pairs(parameters)), format)


@app.command()
def queries(name: Annotated[str | None, typer.Argument(help="Show this one whole.")] = None) -> None:
    """List the named queries, or show one.

    Example: `dystonia-kg queries focal-syndromes`
    """
    from dystonia_kg.queries import find, named_queries

    if name is not None:
        print(find(name).text, end="")
        return
    for one in named_queries().values():
        console.print(f"[bold]{one.name}[/bold]  {escape(one.title)}", soft_wrap=True)
        for parameter in one.parameters:
            default = "" if parameter.default is None else f" (default: {parameter.default})"
            console.print(f"    {parameter.name}: {escape(parameter.about)}{escape(default)}", soft_wrap=True)


@app.command()
def term(
    name: Annotated[str, typer.Argument(help="A label, synonym, CURIE, IRI or mapped identifier.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    extra: ExtraOption = None,
) -> None:
    """Show all that is known of a term.

    Example: `dystonia-kg term "writers cramp"`, `dystonia-kg term MONDO:0000481`
    """
    found = load(extra=extra or ()).term(name)
    if as_json:
        print(json.dumps(_term_data(found), indent=1, ensure_ascii=False))
    else:
        _show_term(found)


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="Some words.")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 10,
    format: FormatOption = Format.TABLE,  # noqa: A002
    extra: ExtraOption = None,
) -> None:
    """Search terms by name, best match first. Exit status 1 if there is none.

    Example: `dystonia-kg search "wry neck"`
    """
    _show_terms(load(extra=extra or ()).search(words, limit=limit), format)


@app.command("is-a")
def is_a(sub: str, sup: str, extra: ExtraOption = None) -> None:
    """Tell whether one class is below another. Exit status 0 for yes, 1 for no.

    Example: `dystonia-kg is-a "writer's cramp" "focal dystonia"`
    """
    answer = load(extra=extra or ()).is_a(sub, sup)
    print("yes" if answer else "no")
    raise typer.Exit(0 if answer else 1)


@app.command()
def explain(sub: str, sup: str, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Tell why one class is below another, with sources. Exit status 1 if it is not.

    Example: `dystonia-kg explain "writer's cramp" "focal dystonia"`
    """
    answer = load().explain(sub, sup)
    print(json.dumps(answer.to_dict(), indent=1, ensure_ascii=False) if as_json else answer)
    raise typer.Exit(0 if answer else 1)


@app.command()
def paths(start: str, end: str, limit: Annotated[int, typer.Option(min=1)] = 3) -> None:
    """Show how two terms are related, shortest first. Exit status 1 if they are not.

    Example: `dystonia-kg paths TOR1A "basal ganglia"`
    """
    found = load().paths(start, end, limit=limit)
    for path in found:
        print(path)
    raise typer.Exit(0 if found else 1)


def _filter_command(kind: str) -> None:
    def command(
        filters: ParameterArguments = None,
        format: FormatOption = Format.TABLE,  # noqa: A002
        extra: ExtraOption = None,
    ) -> None:
        _show_terms(getattr(load(extra=extra or ()), kind)(**_pairs(filters)), format)

    command.__doc__ = f"List {kind} that meet all filters, given as keyword=value. Exit status 1 if none does.\n\n"
    command.__doc__ += f"Example: `dystonia-kg {_EXAMPLES[kind]}`"
    app.command(kind)(command)


_EXAMPLES = {
    "syndromes": 'syndromes region=neck distribution=focal',
    "disorders": 'disorders inheritance="autosomal recessive" pathology=degeneration',
    "genes": 'genes inheritance="autosomal dominant" pathology=none',
    "causes": "causes cause=drug",
}  # fmt: skip
for _kind in _EXAMPLES:
    _filter_command(_kind)


@app.command()
def tour() -> None:
    """Take a short tour: a SPARQL question, a named query, a reason."""
    from dystonia_kg.tour import take

    take(console)


app.command("classify")(classify)
app.command("export")(export)

# ---------------------------------------------------------------------- maintainers

for command in (build, refresh, check, diff):
    app.command()(command)


# ---------------------------------------------------------------------- showing things


def _pairs(arguments: Iterable[str] | None) -> dict[str, Any]:
    """Return name=value arguments as a dict; a name given twice makes a list of alternatives."""
    found: dict[str, Any] = {}
    for argument in arguments or ():
        name, equals, value = argument.partition("=")
        if not equals or not name.isidentifier():
            raise typer.BadParameter(f"{argument!r}: write name=value")
        found[name] = [*_as_list(found[name]), value] if name in found else value
    return found


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _term_or_text(kg: KnowledgeGraph, value: Any) -> Any:
    try:
        return kg.term(value)
    except DystoniaKGError:
        return value


def _show_answer(answer: Any, format: Format) -> None:  # noqa: A002
    if isinstance(answer, bool):
        print("yes" if answer else "no")
        raise typer.Exit(0 if answer else 1)
    if isinstance(answer, Result):
        _show_rows(answer, format)
        return
    print(answer.serialize(format="turtle"), end="")


def _show_rows(rows: Result, format: Format) -> None:  # noqa: A002
    match format:
        case Format.JSON:
            print(rows.to_json())
        case Format.CSV:
            print(rows.to_csv(), end="")
        case Format.TSV:
            print(rows.to_tsv(), end="")
        case Format.TABLE:
            print(rows)


_SHOWN = 20  # statements and sources of a term
_COLUMNS = ("curie", "label", "kind", "definition")


def _show_terms(terms: Sequence[Term], format: Format) -> None:  # noqa: A002
    rows = [{"curie": t.curie, "label": t.label, "kind": t.kind or "", "definition": t.definition or ""} for t in terms]
    match format:
        case Format.JSON:
            print(json.dumps(rows, indent=1, ensure_ascii=False))
        case Format.TABLE:
            table = Table(box=None, pad_edge=False, show_edge=False)
            for column in _COLUMNS:
                table.add_column(column, overflow="fold", no_wrap=column == "curie")
            for row in rows:
                table.add_row(*(escape(value) for value in row.values()))
            console.print(table if rows else "none")
        case _:
            table_of = Result(tuple(_COLUMNS), [tuple(row.values()) for row in rows])
            print(table_of.to_csv() if format is Format.CSV else table_of.to_tsv(), end="")
    raise typer.Exit(0 if rows else 1)


def _term_data(found: Term) -> dict[str, Any]:
    return {
        "curie": found.curie, "iri": found.iri, "accession": found.accession, "label": found.label, "kind": found.kind,
        "definition": found.definition, "deprecated": found.deprecated,
        "replaced_by": [t.curie for t in found.replaced_by],
        "synonyms": [{"text": s.text, "scope": s.scope, "type": s.type} for s in found.synonyms],
        "parents": [t.curie for t in found.parents], "children": [t.curie for t in found.children],
        "relations": [
            {"predicate": r.predicate.curie, "object": r.object.curie, "inferred": r.inferred, "general": r.general}
            for r in found.relations
        ],
        "statements": [s.text for s in found.statements],
        "mappings": [{"predicate": m.predicate, "id": m.curie} for m in found.mappings],
        "sources": [s.key for s in found.sources],
    }  # fmt: skip


def _show_term(found: Term) -> None:
    def line(name: str, values: Iterable[object]) -> None:
        shown = "; ".join(str(value) for value in values)
        if shown:
            console.print(f"[bold]{name}:[/bold] {escape(shown)}", soft_wrap=True)

    number = f", {found.accession}" if found.accession else ""
    console.print(f"[bold]{escape(found.label)}[/bold]  ({escape(found.curie)}{number})", soft_wrap=True)
    line("kind", [found.kind] if found.kind else [])
    line("definition", [found.definition] if found.definition else [])
    line("replaced by", found.replaced_by)
    line("synonyms", (f"{s.text} ({s.type or s.scope})" for s in found.synonyms))
    line("is a", found.parents)
    line("subtypes", found.children)
    line("relations", dict.fromkeys(f"{r} {'(not always)' if r.general else ''}".strip() for r in found.relations))
    for name in ("comments", "conventions", "conflicts", "alternatives"):
        line(name, getattr(found, name))
    _show_lines(line, "statement", found.statements)
    line("mappings", found.mappings)
    _show_lines(line, "source", found.sources)


def _show_lines(line: Callable[[str, Iterable[object]], None], name: str, values: Sequence[object]) -> None:
    for value in values[:_SHOWN]:
        line(name, [value])
    if len(values) > _SHOWN:
        line(f"{name}s", [f"... and {len(values) - _SHOWN} more; --json has all"])


if __name__ == "__main__":
    main()
