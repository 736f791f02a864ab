"""One case with its classification as a GA4GH Phenopacket: of the graph, only the terms that the case uses."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dystonia_kg.cases.case import Case
from dystonia_kg.classification.engine import classify
from dystonia_kg.classification.result import Classification
from dystonia_kg.errors import ExportError

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job

_LISTS = ("phenotypicFeatures", "measurements", "interpretations", "diseases")


def write(job: Job) -> None:
    """Write the case; one that is not classified yet is classified by the edition asked for."""
    given, edition = job.options["case"], job.options["edition"]
    answer = given if isinstance(given, Classification) else classify(_case(given), edition)
    packet = answer.to_phenopacket(created=job.options["created"] or None)
    job.output.write(json.dumps(packet, ensure_ascii=False, indent=1) + "\n")
    for part in _LISTS:
        job.tally.wrote("features" if part == "phenotypicFeatures" else part, len(packet.get(part, ())))


def _case(given: Any) -> Case:
    """Return the case in what is given.

    :raises ExportError: if there is none
    :raises CaseError: if what is given describes none
    """
    if isinstance(given, Case):
        return given
    if isinstance(given, Mapping):
        return Case.from_dict(given)
    if isinstance(given, str | os.PathLike):
        try:
            return Case.from_json(Path(given).read_bytes())
        except OSError as error:
            raise ExportError(f"case={os.fspath(given)!r} cannot be read: {error.strerror}") from None
    raise ExportError(f"case={given!r}: give a Case, its classification, or the path of a case in JSON")
