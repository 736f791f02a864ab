"""Taking in a new upstream release: its files replace the old ones if all of them are right, and what changed is told.

The tables stay as the release has them, so what a refresh does can be reviewed row by row. The mapping sets of diseases
are extended for records that are new; disorders that are no longer on record stay as deprecated terms.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from dystonia_kg.build.accessions import read_register
from dystonia_kg.build.sources import read_sources
from dystonia_kg.build.upstream.matches import SETS, matches, vocabularies, write_sets
from dystonia_kg.build.upstream.release import TABLES, UpstreamRelease
from dystonia_kg.build.upstream.rows import Row, read_rows
from dystonia_kg.errors import Problem, SourceError
from dystonia_kg.files import exchange
from dystonia_kg.vocab import DYST

_RETIRED = "retired_diseases.tsv"
_RETIRED_HEAD = (
    "disorder\tkind\tlabel\tdeprecated\tdefinition\tdefinition source\tcomment\n"
    "ID\tTYPE\tLABEL\tAT owl:deprecated^^xsd:boolean\tA IAO:0000115\t>AI IAO:0000119 SPLIT=|\tA rdfs:comment\n"
)


class TableChange(NamedTuple):
    """What a refresh does to one table, by the keys of its rows."""

    table: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __str__(self) -> str:
        counts = f"{len(self.added)} added, {len(self.removed)} removed, {len(self.changed)} changed"
        shown = [f"  {sign} {key}" for sign, keys in zip("+-~", self[1:], strict=True) for key in keys[:20]]
        more = len(self.added) + len(self.removed) + len(self.changed) - len(shown)
        return "\n".join([f"{self.table}: {counts}", *shown, *([f"  ... and {more} more"] if more > 0 else [])])


class RefreshReport(NamedTuple):
    """What a refresh changed: tables, terms that are new, and terms that were retired."""

    tables: tuple[TableChange, ...]
    new_terms: tuple[str, ...]
    retired: tuple[str, ...]

    @property
    def unchanged(self) -> bool:
        """Whether nothing changed."""
        return not (self.tables or self.new_terms or self.retired)

    def __str__(self) -> str:
        if self.unchanged:
            return "nothing changed"
        lines = [str(change) for change in self.tables]
        lines += [f"new terms: {', '.join(self.new_terms)}"] if self.new_terms else []
        lines += [f"retired: {', '.join(self.retired)}"] if self.retired else []
        return "\n".join(lines)


def refresh(root: Path, new: Path, *, dry_run: bool = False) -> RefreshReport:
    """Take in the tables of a release.

    :param root: the folder of the ontology's sources
    :param new: the folder with the new tables; a table that is not there stays as it is
    :param dry_run: only tell what would change
    :raises SourceError: with every problem of every table; then nothing has changed
    """
    given = [name for name in TABLES if (new / name).is_file()]
    if not given:
        raise SourceError(Problem(str(new), None, None, f"none of the tables is here: {', '.join(TABLES)}"))
    with tempfile.TemporaryDirectory(dir=root.parent, prefix=".refresh-") as folder:
        staged = Path(folder) / "ontology"
        shutil.copytree(root, staged, ignore=shutil.ignore_patterns("release", ".*"))
        for name in given:
            shutil.copyfile(new / name, staged / "upstream" / name)
        new_terms, retired = _update(staged, root)
        read_sources(staged, accessions=False)
        tables = tuple(change for name in given if (change := _change(name, root, staged)))
        if not dry_run:
            for part in ("upstream", "mappings", "tables"):
                exchange(staged / part, root / part)
    return RefreshReport(tables, tuple(new_terms), tuple(retired))


def _update(staged: Path, root: Path) -> tuple[list[str], list[str]]:
    """Rewrite the mapping sets of diseases, and retire what is no longer on record."""
    release, mappings = UpstreamRelease(staged / "upstream"), staged / "mappings"
    known = vocabularies(release.folder)
    before = _subjects(mappings)
    taken = {iri.removeprefix(DYST) for iri in read_register(root / "accessions.tsv")[0]}
    found = matches(release, mappings, taken)
    for path in mappings.glob(f"{SETS}*.sssom.tsv"):
        path.unlink()
    write_sets(found, mappings, known)
    after = {match.subject: match.label for match in found}
    described = _described_by_hand(staged)
    gone = {term: label for term, label in before.items() if term not in after and term not in described}
    _retire(staged / "tables" / _RETIRED, gone)
    return sorted(set(after) - set(before) - described), sorted(gone)


def _subjects(mappings: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(mappings.glob(f"{SETS}*.sssom.tsv")):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        for line in lines[1:]:
            subject, label = line.split("\t")[:2]
            found.setdefault(subject, label)
    return found


def _described_by_hand(root: Path) -> set[str]:
    """Return the disorders that stand in the curated tables."""
    found = set()
    for path in (root / "tables").glob("*.tsv"):
        for line in path.read_text(encoding="utf-8").splitlines()[2:]:
            cells = line.split("\t")
            if len(cells) > 1 and cells[1] == "owl:Class":
                found.add(cells[0])
    return found


def _retire(path: Path, gone: dict[str, str]) -> None:
    if not gone:
        return
    text = path.read_text(encoding="utf-8") if path.exists() else _RETIRED_HEAD
    for term, label in sorted(gone.items()):
        definition = f"A disorder that an earlier release had on record with dystonia under the name {label}."
        cells = (term, "owl:Class", f"obsolete {label}", "true", definition, "ref:HPO", "No longer on record.")
        text += "\t".join(cells) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _change(name: str, root: Path, staged: Path) -> TableChange | None:
    spec = TABLES[name]
    old, new = (_by_key(read_rows(folder / "upstream" / name, *spec), spec.key) for folder in (root, staged))
    change = TableChange(
        name,
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        tuple(sorted(key for key in old.keys() & new.keys() if old[key] != new[key])),
    )
    return change if change.added or change.removed or change.changed else None


def _by_key(rows: Iterable[Row], key: tuple[str, ...]) -> dict[str, dict[str, str]]:
    return {" ".join(row[column] for column in key or row.columns): row.cells for row in rows}
