"""The commands of maintainers: build a release, take in a new one of upstream, check the sources, compare releases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape


def build(
    sources: Annotated[Path | None, typer.Option(help="The folder with modules/, tables/ ...")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where the release goes.")] = None,
    register: Annotated[bool, typer.Option("--register", help="Give new terms their accession first.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Write nothing; fail if the release differs.")] = False,
) -> None:
    """Build the release from the sources: read, classify, materialise, justify, write.

    Example: `dystonia-kg build`, `dystonia-kg build --sources my/ontology --output my/release`
    """
    from dystonia_kg.build.commands import build_release, verify_release

    err = Console(stderr=True, highlight=False)
    say = lambda text: err.print(f"[dim]{escape(text)}[/dim]")  # noqa: E731
    if verify:
        differing = verify_release(sources, output, say)
        print("the release is what the sources give" if not differing else f"differs: {', '.join(differing)}")
        raise typer.Exit(1 if differing else 0)
    report = build_release(sources, output, register=register, progress=say)
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items())
    print(f"release {report.version} in {report.folder}: {counts} triples")


def refresh(
    new: Annotated[Path, typer.Argument(help="The folder with the tables of the new release.")],
    sources: Annotated[Path | None, typer.Option(help="The folder with modules/, tables/ ...")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
) -> None:
    """Take in a new upstream release: its tables replace those of `ontology/upstream` if all of them are right.

    Afterwards review the changes, give new terms their accession and build: `dystonia-kg build --register`.

    Example: `dystonia-kg refresh hpo-2026-01/ --dry-run`
    """
    from dystonia_kg import resources
    from dystonia_kg.build.refresh import refresh as take_in

    print(take_in(sources or resources.ontology_dir(), new, dry_run=dry_run))


def check(
    sources: Annotated[Path | None, typer.Option(help="The folder with modules/, tables/ ...")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the quality checks on the sources: 32 checks of ROBOT's report, ours, SHACL, OWL 2 DL, and the reasoner's.

    Exit status 1 if there is any error or warning.
    """
    from dystonia_kg.build.commands import check_sources

    report = check_sources(sources)
    print(json.dumps(report.to_dicts(), indent=1, ensure_ascii=False) if as_json else report)
    raise typer.Exit(0 if report.ok else 1)


def diff(
    old: Annotated[Path, typer.Argument(help="The folder of a release.")],
    new: Annotated[Path, typer.Argument(help="The folder of another.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare the inferred hierarchies of two releases. Exit status 1 if they differ.

    Example: `dystonia-kg diff ontology/release my/release`
    """
    from dystonia_kg.build.diff import diff as compare

    found = compare(old, new)
    print(json.dumps(found.to_dict(), indent=1, ensure_ascii=False) if as_json else found)
    raise typer.Exit(1 if found else 0)
