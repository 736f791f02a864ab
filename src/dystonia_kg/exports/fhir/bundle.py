"""One Bundle of type transaction: a terminology server takes it in one request, or each resource is put by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dystonia_kg.exports.fhir.codes import Concepts
from dystonia_kg.exports.fhir.maps import ConceptMaps
from dystonia_kg.exports.fhir.resource import Release
from dystonia_kg.exports.fhir.sets import ValueSets
from dystonia_kg.exports.fhir.systems import Json

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job

_WHY_ASSOCIATIONS = "FHIR's terminology resources have no statements that carry data"


def write(job: Job) -> None:
    """Write the code system, then what needs it; one resource is in memory at a time."""
    release = Release.of(job)
    job.output.write(f'{{"resourceType": "Bundle", "id": {json.dumps(release.id())}, "type": "transaction", "entry": [')
    for number, resource in enumerate(_resources(job, release)):
        place = f"{resource['resourceType']}/{resource['id']}"
        entry = {"resource": resource, "request": {"method": "PUT", "url": place}}
        job.output.write(",\n" if number else "\n")
        job.output.write(json.dumps(entry, ensure_ascii=False, separators=(",", ":")))
    job.output.write("\n]}\n")
    job.tally.left_out("associations", _WHY_ASSOCIATIONS, len(job.model.association_iris))


def _resources(job: Job, release: Release) -> Iterator[Json]:
    concepts = Concepts(job, release)
    yield concepts.resource()
    yield from ValueSets(concepts).resources()
    yield from ConceptMaps(concepts).resources()
