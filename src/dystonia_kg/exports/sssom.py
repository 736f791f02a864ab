"""Mappings as one SSSOM table: a YAML header of comment lines, then a row for each mapping.

A value with a tab, a quote or a line end stands in quotes, as readers of SSSOM expect it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dystonia_kg.exports.hostile import csv_writer, refuse
from dystonia_kg.exports.source import curie
from dystonia_kg.vocab import PREFIXES, is_iri

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job
    from dystonia_kg.exports.records import MappingRecord

_VERSION = "1.1"  # of SSSOM
_UNSTATED = PREFIXES["semapv"] + "UnspecifiedMatching"  # what SSSOM has for a mapping of which nothing is said
_BUILT_IN = frozenset(("owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd"))
_COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "object_source",
    "object_source_version",
    "comment",
)


def write(job: Job) -> None:
    """Write every mapping; the first reading finds which columns and prefixes are needed, the second writes."""
    used: dict[str, None] = {}
    prefixes: set[str] = set()
    count = 0
    for mapping in job.model.mappings():
        if not _is_sayable(mapping):
            job.tally.left_out("mappings", "an identifier in it has no prefix, and the format takes CURIEs only")
            continue
        count += 1
        row = _row(mapping)
        used.update(dict.fromkeys(slot for slot, value in row.items() if value))
        prefixes.update(row[slot].split(":", 1)[0] for slot in ("subject_id", "object_id"))
    columns = [slot for slot in _COLUMNS if slot in used or slot in ("subject_id", "predicate_id", "object_id")]
    for line in _metadata(job, prefixes):
        job.output.write(f"#{line}\n")
    with csv_writer(job.output, "\t") as table:
        table.row(columns)
        for mapping in job.track(filter(_is_sayable, job.model.mappings()), "mappings", count):
            row = _row(mapping)
            table.row(_cell(row[slot], f"{slot} of the mapping of {row['subject_id']}") for slot in columns)
            job.tally.wrote("mappings")
    job.tally.left_out("terms", "the format holds mappings only", len(job.model.term_iris))
    job.tally.left_out("associations", "the format holds mappings only", len(job.model.association_iris))


def _is_sayable(mapping: MappingRecord) -> bool:
    return not is_iri(curie(mapping.subject)) and not is_iri(curie(mapping.object))


def _row(mapping: MappingRecord) -> dict[str, str]:
    return {
        "subject_id": curie(mapping.subject),
        "subject_label": mapping.subject_label or "",
        "predicate_id": f"skos:{mapping.predicate}",
        "object_id": curie(mapping.object),
        "object_label": mapping.object_label or "",
        "mapping_justification": curie(mapping.justification or _UNSTATED),
        "object_source": mapping.object_source or "",
        "object_source_version": mapping.object_version or "",
        "comment": mapping.comment or "",
    }


def _cell(text: str, where: str) -> str:
    if text != text.strip() or "\r" in text:  # readers take white space around a value away
        raise refuse(text, "has white space around it or a carriage return in it", where)
    return text


def _metadata(job: Job, used: set[str]) -> list[str]:
    """Return the header, one slot a line; JSON strings are YAML strings."""
    header = job.model.header
    known = job.source.prefixes
    prefixes = {name: known[name] for name in sorted(used) if name in known and name not in _BUILT_IN}
    base, _, name = header.iri.rpartition("/")
    slots = {
        "mapping_set_id": f"{base}/mappings/{name.removesuffix('.owl')}.sssom.tsv",
        "mapping_set_title": f"{header.title}: mappings",
        "mapping_set_version": header.version,
        "license": header.license or "",
        "sssom_version": _VERSION,
    }
    lines = ["curie_map:", *(f"  {name}: {json.dumps(base)}" for name, base in prefixes.items())]
    return lines + [f"{slot}: {json.dumps(value, ensure_ascii=False)}" for slot, value in slots.items() if value]
