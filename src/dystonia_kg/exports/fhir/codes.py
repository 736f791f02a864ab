"""The code system: every term of ours as a concept, with designations and properties.

Concepts are nested below one of their parents, and name all of them in ``parent``: a server that reads only one of the
two forms still has a hierarchy, and one that reads the properties has all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dystonia_kg.errors import ExportError
from dystonia_kg.exports.fhir.resource import Release, text
from dystonia_kg.exports.fhir.systems import Json, coding, located
from dystonia_kg.exports.mapping_tables import read_rows
from dystonia_kg.vocab import DYST, PREFIXES, contract

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job
    from dystonia_kg.exports.records import Synonym, TermRecord

_STANDARD = "http://hl7.org/fhir/concept-properties#"
_KINDS = ("class", "individual")
_RDFS, _OIO, _DCT = PREFIXES["rdfs"], PREFIXES["oboInOwl"], PREFIXES["dcterms"]
_REPLACED, _DEFINED_BY = PREFIXES["obo"] + "IAO_0100001", PREFIXES["obo"] + "IAO_0000119"
# code: (type, URI, what it says)
_FIXED = {
    "parent": ("code", _STANDARD + "parent", "A nearest broader concept."),
    "inactive": ("boolean", _STANDARD + "inactive", "Whether the concept is no longer in use."),
    "status": ("code", _STANDARD + "status", "active or retired"),
    "otherParent": ("Coding", _RDFS + "subClassOf", "A nearest broader concept of another code system."),
    "equivalentClass": ("Coding", PREFIXES["owl"] + "equivalentClass", "A concept of the same meaning."),
    "instanceOf": ("Coding", PREFIXES["rdf"] + "type", "The kind of thing that this is one of."),
    "kind": ("string", DYST + "kindName", "The word for the nearest kind of thing above."),
    "iri": ("string", _DCT + "identifier", "The IRI of the concept."),
    "accession": ("string", _DCT + "identifier", "The permanent numeric identifier."),
    "replacedBy": ("Coding", _REPLACED, "What is to be used instead."),
    "consider": ("Coding", _OIO + "consider", "What may be used instead."),
    "comment": ("string", _RDFS + "comment", "A remark."),
    "crossReference": ("string", _OIO + "hasDbXref", "An entry elsewhere."),
    "source": ("string", _DCT + "source", "A publication on which the concept rests."),
    "definitionSource": ("string", _DEFINED_BY, "A publication on which the definition rests."),
}
_WHY_OTHERS = "a code system holds its own concepts; those of others are named where they are used"


class Concepts:
    """The terms that are concepts of our code system, and how each is said."""

    def __init__(self, job: Job, release: Release) -> None:
        self.job = job
        self.release = release
        terms = list(job.track(job.model.terms(), "terms", len(job.model.term_iris)))
        self.terms = {term.iri: term for term in terms if term.own and term.type in _KINDS and self._is_ours(term)}
        self._labels = {term.iri: term.label for term in terms}
        self._properties = [term for term in terms if term.own and term.type not in _KINDS]
        job.tally.left_out("terms of others", _WHY_OTHERS, len(terms) - len(self.terms) - len(self._properties))
        self._used: dict[str, tuple[str, str, str]] = {}
        self._as_text = self._mixed()

    def _is_ours(self, term: TermRecord) -> bool:
        system, _ = located(term.iri)
        if system is not self.release.own and term.curie.startswith("dyst:"):
            raise ExportError(
                f"{term.curie} has no accession, which ids='numeric' needs: register it, or use 'readable'"
            )
        return system is self.release.own

    def code(self, iri: str) -> str:
        """Return the code of a concept of ours."""
        return located(iri)[1]

    def coding(self, iri: str) -> Json:
        """Return a Coding, with its display where the label is known."""
        label = self._labels.get(iri)
        return coding(iri, text(label, f"label of {iri}") if label else None)

    def resource(self) -> Json:
        """Return the code system."""
        made = self.release.resource("CodeSystem", "", self.release.own.title, self.release.header.description)
        concepts = self._tree()
        declared = [
            {"code": code, "uri": uri, "description": about, "type": kind}
            for code, (kind, uri, about) in sorted(self._used.items())
        ]
        unused = [term for term in self._properties if term.iri not in {each["uri"] for each in declared}]
        self.job.tally.left_out("properties", "no concept uses them", len(unused))
        self.job.tally.wrote("properties", len(declared))
        return made | {
            "caseSensitive": True,
            "valueSet": self.release.url("ValueSet", "all"),
            "hierarchyMeaning": "is-a",
            "compositional": False,
            "versionNeeded": False,
            "content": "complete",
            "count": len(self.terms),
            "property": declared,
            "concept": concepts,
        }

    # ------------------------------------------------------------------ the tree

    def _tree(self) -> list[Json]:
        """Return the roots, each concept nested below the first of its parents."""
        made = {iri: self._concept(term) for iri, term in self.terms.items()}
        roots = []
        for iri, term in self.terms.items():
            above = self._parents(term)
            if above:
                made[above[0]].setdefault("concept", []).append(made[iri])
            else:
                roots.append(made[iri])
        return roots

    def _parents(self, term: TermRecord) -> list[str]:
        return [parent.iri for parent in term.parents if parent.iri in self.terms]

    # ------------------------------------------------------------------ one concept

    def _concept(self, term: TermRecord) -> Json:
        where = term.curie
        made: Json = {"code": self.code(term.iri), "display": text(term.label, f"label of {where}")}
        if term.definition:
            made["definition"] = text(term.definition, f"definition of {where}")
        designations = [self._designation(each, where) for each in term.synonyms]
        if designations:
            made["designation"] = designations
        made["property"] = list(self._values(term))
        tally = self.job.tally
        tally.wrote("concepts")
        tally.wrote("designations", len(designations))
        tally.wrote("relations", len(term.relations))
        tally.left_out("axioms", "FHIR has no class expressions", term.other_axioms + len(term.logical_definitions))
        tally.left_out("sources of synonyms", "a designation has no source", sum(len(s.sources) for s in term.synonyms))
        return made

    def _designation(self, synonym: Synonym, where: str) -> Json:
        use = {"system": _OIO.rstrip("#"), **_scopes()[synonym.scope]}
        made: Json = {"use": use, "value": text(synonym.text, f"synonym of {where}")}
        if synonym.type and self.release.fhir == "R5":
            made["additionalUse"] = [self.coding(synonym.type)]
        elif synonym.type:
            self.job.tally.left_out("types of synonyms", "a designation of R4 has one use, its scope; R5 holds both")
        return made

    def _values(self, term: TermRecord) -> Iterator[Json]:
        parents = self._parents(term)
        yield from self._fixed("parent", map(self.code, parents))
        yield from self._fixed("status", ["retired" if term.deprecated else "active"])
        yield from self._fixed("inactive", [True] if term.deprecated else [])
        yield from self._codings("otherParent", (p.iri for p in term.parents if p.iri not in self.terms))
        yield from self._codings("equivalentClass", term.equivalents)
        yield from self._codings("instanceOf", term.types)
        yield from self._codings("replacedBy", term.replaced_by)
        yield from self._codings("consider", term.consider)
        yield from self._fixed("kind", [term.kind] if term.kind else [])
        yield from self._fixed("iri", [term.iri])
        yield from self._fixed("accession", [term.accession] if term.accession else [])
        yield from self._texts("comment", term.comments, term)
        yield from self._texts("crossReference", term.xrefs, term)
        yield from self._texts("source", self.job.model.references(term.sources), term)
        yield from self._texts("definitionSource", self.job.model.references(term.definition_sources), term)
        for relation in term.relations:
            code = self._declared(relation.predicate, "Coding")
            yield {"code": code, "valueCoding": self.coding(relation.object)}
        for said in term.annotations:
            if said.is_iri and said.property not in self._as_text:
                yield {"code": self._declared(said.property, "Coding"), "valueCoding": self.coding(said.value)}
            else:
                code = self._declared(said.property, "string")
                yield {"code": code, "valueString": text(said.value, f"{code} of {term.curie}")}

    def _fixed(self, code: str, values: Iterable[str | bool]) -> Iterator[Json]:
        kind = _FIXED[code][0]
        for value in values:
            self._used[code] = _FIXED[code]
            yield {"code": code, f"value{kind[0].upper()}{kind[1:]}": value}

    def _codings(self, code: str, iris: Iterable[str]) -> Iterator[Json]:
        return self._fixed(code, map(self.coding, iris))  # type: ignore[arg-type]

    def _texts(self, code: str, values: Iterable[str], term: TermRecord) -> Iterator[Json]:
        return self._fixed(code, (text(value, f"{code} of {term.curie}") for value in values))

    # ------------------------------------------------------------------ properties

    def _declared(self, predicate: str, kind: str) -> str:
        """Return the code of a property, which is declared once: its readable name, without a full stop."""
        stored = self.job.source.original(predicate)
        name = (contract(stored) or stored).removeprefix("dyst:")
        code = "".join(char if char.isascii() and char.isalnum() else "_" for char in name)
        if code in _FIXED:
            code += "_"
        about = text(self._labels.get(predicate) or name, f"label of {predicate}")
        known = self._used.setdefault(code, (kind, predicate, about))
        if known[1] != predicate:
            raise ExportError(f"the properties {known[1]} and {predicate} would both be called {code!r}: rename one")
        return code

    def _mixed(self) -> frozenset[str]:
        """Return the annotation properties that have texts as values, at least once."""
        said = (annotation for term in self.terms.values() for annotation in term.annotations)
        return frozenset(annotation.property for annotation in said if not annotation.is_iri)


def _scopes() -> dict[str, Json]:
    return {row["scope"]: {"code": row["code"], "display": row["display"]} for row in read_rows("fhir_designations")}
