"""What the resources have in common: their metadata, names that FHIR takes, and texts that it can hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dystonia_kg.errors import ExportError
from dystonia_kg.exports.fhir.systems import Json, System, own_system
from dystonia_kg.exports.hostile import refuse, xml_text
from dystonia_kg.vocab import DYST

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job
    from dystonia_kg.exports.records import Header

_BASE = DYST + "fhir/"
_NOT_ID = re.compile(r"[^A-Za-z0-9.-]+")
_NOT_NAME = re.compile(r"[^A-Za-z0-9]+")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_SPACE = frozenset(" \t\r\n")
_LONGEST_ID = 64


class Release(NamedTuple):
    """What one export says in every resource: the release of FHIR, the form of our codes, the date of publication."""

    fhir: str
    own: System
    header: Header
    date: str

    @classmethod
    def of(cls, job: Job) -> Release:
        """Return what a job asks for.

        :raises ExportError: for a date that is none
        """
        date = job.options["date"]
        if date and not _DATE.fullmatch(date):
            raise ExportError(f"{job.format.name}: date={date!r}: write a date as 2026-11-28, or leave it out")
        numeric = job.source.is_numeric
        return cls(job.format.name.rpartition("-")[2].upper(), own_system(numeric), job.model.header, date)

    def url(self, kind: str, name: str) -> str:
        """Return the canonical URL of a resource; that of the code system is its system URI."""
        return self.own.system if kind == "CodeSystem" else f"{_BASE}{kind}/{self.id(name)}"

    def id(self, name: str = "") -> str:
        """Return a resource's id: codes by accession and by name do not share resources."""
        made = _NOT_ID.sub("-", f"{self.own.name}-{name}" if name else self.own.name)
        if len(made) > _LONGEST_ID:
            raise refuse(name, f"is too long for an id, of which FHIR allows {_LONGEST_ID} characters", "resource")
        return made

    def resource(self, kind: str, name: str, title: str, description: str | None) -> Json:
        """Return a resource with its metadata only."""
        header = self.header
        made: Json = {
            "resourceType": kind,
            "id": self.id(name),
            "language": "en",
            "url": self.url(kind, name),
            "version": header.version,
            "name": _NOT_NAME.sub("_", f"DystoniaKG_{name}" if name else self.own.name.title()),
            "title": text(title, f"title of {kind} {name}"),
            "status": "active",
            "experimental": False,
        }
        made |= {"date": self.date} if self.date else {}
        made |= {"publisher": "; ".join(header.creators)} if header.creators else {}
        made |= {"description": text(description, f"description of {kind} {name}")} if description else {}
        return made | ({"copyright": header.license} if header.license else {})


def text(value: str, where: str) -> str:
    r"""Return a text that FHIR can hold: no control characters, and not blank.

    >>> text("a\tb", "label of x")
    'a\tb'
    >>> text("", "label of x")
    Traceback (most recent call last):
        ...
    dystonia_kg.errors.ExportError: label of x: '' is blank, which ...
    """
    if not value.strip():
        raise refuse(value, "is blank", where)
    return xml_text(value, where)
