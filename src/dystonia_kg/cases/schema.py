"""The JSON Schema of a case."""

from __future__ import annotations

from typing import Any

from dystonia_kg.cases.age import OLDEST
from dystonia_kg.classification.findings import SEVERAL, SINGLE
from dystonia_kg.classification.model import default_model

_URI = "https://w3id.org/dystonia-kg/schema/case.schema.json"
_TEXTS = {
    "regions": "Body regions that are affected, halves of midline ones, or parts of them.",
    "unaffected": "Body regions known not to be affected.",
    "complete": "The regions are the result of a closed examination: what is not listed is not affected.",
    "course": "The course of the dystonia; the one stated is the only one.",
    "variability": "How the dystonia varies; several may hold.",
    "task": "Activities during which, and only during which, the dystonia is present.",
    "features": "Other manifestations that are present.",
    "excluded": "Manifestations, signs, triggers, tasks, parts, kinds of variability or classes that do not hold.",
    "signs": "Signs of dystonia that are present.",
    "triggers": "Conditions and activities that bring the dystonia on.",
    "parts": "Parts of the body whose muscles the dystonia engages.",
    "family_history": "Whether other members of the family are affected.",
    "gene": "The gene with a proven causative variant.",
    "disorder": "The disorder.",
    "inheritance": "The mode of inheritance.",
    "cause": "An acquired cause, or that the cause is unknown.",
    "pathology": "What is known of structural change in the nervous system.",
    "stated": "Classes to which the dystonia or the disorder is said to belong.",
    "id": "Any identifier.",
}


def case_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a case as :meth:`Case.to_json` writes it and :meth:`Case.from_json` reads it.

    Names may be any name of a term; the examples list the CURIEs that a case holds, with their labels in ``$defs``.

    >>> case_schema()["properties"]["complete"]["type"]
    'boolean'
    """
    vocabulary = default_model().vocabulary
    name = {"type": "string", "minLength": 1}
    properties: dict[str, Any] = {}
    for field, text in _TEXTS.items():
        form: dict[str, Any] = (
            name if field in (*SINGLE, "disorder", "id") else {"type": "array", "items": name, "uniqueItems": True}
        )
        properties[field] = {"description": text, **({"type": "boolean"} if field == "complete" else form)}
    properties["age_at_onset"] = _age()
    domains = {**{field: field for field in (*SEVERAL, *SINGLE, "disorder")}, "regions": "region", "stated": "stated"}
    terms = {}
    for field, domain in domains.items():
        known = sorted(vocabulary.domains[domain])
        terms[field] = {"oneOf": [{"const": term, "title": vocabulary.label(term)} for term in known]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _URI,
        "title": "Case",
        "description": "What is known of one person's dystonia. What is not stated is unknown.",
        "type": "object",
        "additionalProperties": False,
        "properties": dict(sorted(properties.items())),
        "$defs": dict(sorted(terms.items())),
    }


def _age() -> dict[str, Any]:
    years = {"type": "number", "minimum": 0, "maximum": OLDEST}
    written = {"type": "string", "description": "Such as '18 mo', an ISO 8601 duration, or an HPO onset term."}
    ends = {"prefixItems": [years, years, {"type": "boolean"}], "items": False, "minItems": 2, "maxItems": 3}
    pair = {"type": "array", **ends, "description": "From, to, and whether the end is left out."}
    return {"description": "Age in years at which the dystonia began.", "anyOf": [years, written, pair]}
