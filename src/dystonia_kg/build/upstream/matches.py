"""Mapping sets of the diseases of a release: which term of ours each record is, and what Mondo matches with it.

A record that no mapping knows gets a new term, whose name is made from Mondo's label. The sets are SSSOM files
(``mappings/diseases-to-*.sssom.tsv``), so what a refresh adds can be read and corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from unicodedata import combining, normalize

from dystonia_kg.build.mappings import read_mappings
from dystonia_kg.build.upstream.release import UpstreamRelease
from dystonia_kg.build.upstream.rows import Row, read_rows
from dystonia_kg.errors import UnknownPrefixError
from dystonia_kg.vocab import DYST, PREFIXES, contract, expand

_EXACT_CURIE = "skos:exactMatch"
_EXACT = PREFIXES["skos"] + "exactMatch"
_MADE, _CHAINED = "semapv:UnspecifiedMatching", "semapv:MappingChaining"
#: How the names of the mapping sets of diseases begin.
SETS = "diseases-"
_MONDO_TABLES = (
    ("mondo_mappings.tsv", "subject_id", "predicate_id"),
    ("mondo_dystonia_mappings.tsv", "mondo_id", "predicate"),
)
_Mapped = tuple[str, str, str]  # predicate, identifier, label
_COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "comment",
)


class Match(NamedTuple):
    """One row of a mapping set."""

    subject: str
    label: str
    predicate: str
    object: str
    object_label: str
    justification: str
    comment: str


class Vocabulary(NamedTuple):
    """A vocabulary to which diseases are mapped; ``labels`` tells whether its licence allows its labels."""

    prefix: str
    set: str
    title: str
    version: str
    labels: bool
    note: str


def vocabularies(folder: Path) -> dict[str, Vocabulary]:
    """Read the vocabularies by prefix."""
    rows = read_rows(folder / "vocabularies.tsv", ("prefix", "set", "title", "version", "labels", "note"), ("prefix",))
    return {
        r["prefix"]: Vocabulary(r["prefix"], r["set"], r["title"], r["version"], r["labels"] == "yes", r["note"])
        for r in rows
    }


def matches(release: UpstreamRelease, mappings: Path, taken: Iterable[str]) -> list[Match]:
    """Return the rows of all sets of diseases.

    :param mappings: the folder of the mapping sets; names that its sets of diseases give are kept
    :param taken: local names of ours that mean something else already
    """
    paths = sorted(mappings.glob("*.sssom.tsv"))
    curated = _exact_subjects(path for path in paths if not path.name.startswith(SETS))
    ours = _exact_subjects(path for path in paths if path.name.startswith(SETS))
    names = _Names({*taken, *ours.values(), *curated.values()})
    known, by_mondo = vocabularies(release.folder), _of_mondo(release)
    found: dict[tuple[str, str], Match] = {}
    for records in _by_disease(release.table("dystonia_diseases.tsv")).values():
        identifiers = [expand(identifier) for record in records for identifier in _identifiers(record)]
        stated = next((curated[i] for i in identifiers if i in curated), None)
        label = _label(records)
        name = stated or next((ours[i] for i in identifiers if i in ours), None) or names.new(label, records[0])
        rows = list(_of_records(name, "" if stated else label, records, known))
        rows += [] if stated else _of_disease(name, label, records, known, by_mondo)
        for match in rows:
            if expand(match.object) not in curated:
                found.setdefault((match.object, match.predicate), match)
    return _with_reasons(list(found.values()))


def write_sets(found: Iterable[Match], folder: Path, known: dict[str, Vocabulary]) -> None:
    """Write one SSSOM file for each set of vocabularies, sorted."""
    sets: dict[str, list[Match]] = {}
    for match in found:
        sets.setdefault(known[match.object.partition(":")[0]].set, []).append(match)
    for name, rows in sets.items():
        of = [vocabulary for vocabulary in known.values() if vocabulary.set == name]
        path = folder / f"{SETS}to-{name}.sssom.tsv"
        path.write_text(_sssom(name, of, sorted(rows)), encoding="utf-8", newline="\n")


def _exact_subjects(paths: Iterable[Path]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in paths:
        for triple in read_mappings(path).triples:
            if triple.predicate.value == _EXACT and not str(triple.subject).startswith("_:"):
                found[triple.object.value] = triple.subject.value.removeprefix(DYST)  # type: ignore[union-attr]
    return found


def _by_disease(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Group the records that Mondo matches with one disease."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["mondo_id"] or row["disease_id"], []).append(row)
    return groups


def _identifiers(row: Row) -> list[str]:
    return [identifier for identifier in (row["disease_id"], row["mondo_id"]) if identifier]


def _label(records: list[Row]) -> str:
    return next((row["mondo_label"] for row in records if row["mondo_label"]), records[0]["disease_name"])


def _of_records(name: str, label: str, records: list[Row], known: dict[str, Vocabulary]) -> Iterator[Match]:
    text = "The term stands for the disease of this record"
    for row in records:
        title = row["disease_name"] if known[row["disease_id"].partition(":")[0]].labels else ""
        yield Match(f"dyst:{name}", label, _EXACT_CURIE, row["disease_id"], title, _MADE, text)


def _of_disease(
    name: str, label: str, records: list[Row], known: dict[str, Vocabulary], by_mondo: dict[str, list[_Mapped]]
) -> Iterator[Match]:
    mondo = next((row["mondo_id"] for row in records if row["mondo_id"]), None)
    if mondo is None:
        return
    text = "Mondo's exact match of the record"
    yield Match(f"dyst:{name}", label, _EXACT_CURIE, mondo, label, _CHAINED, text)
    for predicate, identifier, title in by_mondo.get(mondo, ()):
        shown = title if known[identifier.partition(":")[0]].labels else ""
        yield Match(f"dyst:{name}", label, predicate, identifier, shown, _CHAINED, f"Via {mondo}")


def _of_mondo(release: UpstreamRelease) -> dict[str, list[_Mapped]]:
    """Return Mondo's own mappings by Mondo identifier, into the vocabularies that are known here."""
    known = vocabularies(release.folder)
    found: dict[str, dict[tuple[str, str], str]] = {}
    for file, subject, predicate in _MONDO_TABLES:
        for row in release.table(file):
            curie = _curie(row["object_id"])
            if curie and curie.partition(":")[0] in known:
                found.setdefault(row[subject], {}).setdefault((row[predicate], curie), row["object_label"])
    return {mondo: sorted((p, c, text) for (p, c), text in rows.items()) for mondo, rows in found.items()}


def _curie(identifier: str) -> str | None:
    """Return an identifier with our spelling of its prefix; None if the prefix is none of ours."""
    try:
        return contract(expand(identifier))
    except UnknownPrefixError:
        return None


def _with_reasons(found: list[Match]) -> list[Match]:
    """Say why a term has several exact matches in one vocabulary, where it has."""
    exact: dict[tuple[str, str], list[str]] = {}
    for match in found:
        if match.predicate == _EXACT_CURIE:
            exact.setdefault((match.subject, match.object.partition(":")[0]), []).append(match.object)
    done = []
    for match in found:
        same = exact.get((match.subject, match.object.partition(":")[0]), []) if match.predicate == _EXACT_CURIE else []
        others = [identifier for identifier in same if identifier != match.object]
        reason = f"; Mondo matches {', '.join(others)} exactly too" if others else ""
        done.append(match._replace(comment=match.comment + reason))
    return done


class _Names:
    """Makes local names that are not taken."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken

    def new(self, label: str, row: Row) -> str:
        name = camel(label)
        if name in self._taken:
            name = f"{name}_{(row['mondo_id'] or row['disease_id']).replace(':', '_')}"
        self._taken.add(name)
        return name


def camel(label: str) -> str:
    """Return a label as a local name.

    >>> camel("alternating hemiplegia of childhood 1"), camel("3-methylglutaconic aciduria, type IV")
    ('AlternatingHemiplegiaOfChildhood1', 'Disorder3MethylglutaconicAciduriaTypeIV')
    """
    bare = "".join(c for c in normalize("NFKD", label) if not combining(c)).replace("'", "")
    words = re.findall(r"[A-Za-z0-9]+", bare)
    name = "".join(word[0].upper() + word[1:] for word in words)
    return name if name[:1].isalpha() else f"Disorder{name}"


def _sssom(name: str, of: list[Vocabulary], rows: list[Match]) -> str:
    prefixes = {"dyst": DYST, **{v.prefix: PREFIXES[v.prefix] for v in of}}
    notes = " ".join(v.note for v in of if v.note)
    head = ["#curie_map:", *(f'#  {prefix}: "{base}"' for prefix, base in prefixes.items())]
    slots = {
        "mapping_set_id": f"{DYST}mappings/{SETS}to-{name}.sssom.tsv",
        "mapping_set_title": f"dystonia_kg diseases to {of[0].title}",
        "mapping_set_description": f"Diseases of upstream releases related to identifiers of {of[0].title}.",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "subject_source": "dyst:dystonia.owl",
        "object_source_version": of[0].version,
        **({"comment": notes} if notes else {}),
    }
    head += [f'#{slot}: "{value}"' for slot, value in slots.items()]
    columns = [i for i, column in enumerate(_COLUMNS) if any(row[i] for row in rows)]
    body = ["\t".join(_COLUMNS[i] for i in columns)]
    body += ["\t".join(row[i] for i in columns) for row in rows]
    return "\n".join([*head, *body]) + "\n"
