"""OBO 1.4: a header, then a frame for each class, relation and individual, as OBO tools read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dystonia_kg.exports.hostile import refuse
from dystonia_kg.exports.source import curie
from dystonia_kg.vocab import OBO, PREFIXES, XSD, is_iri

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job
    from dystonia_kg.exports.records import TermRecord

_SYNONYM_TYPE = PREFIXES["oboInOwl"] + "SynonymTypeProperty"
_CHARACTERISTICS = {
    "Transitive": "is_transitive",
    "Symmetric": "is_symmetric",
    "Reflexive": "is_reflexive",
    "Functional": "is_functional",
    "InverseFunctional": "is_inverse_functional",
    "Asymmetric": "is_asymmetric",
}
_FRAMES = {"class": "Term", "datatype": "Term", "individual": "Instance"}
_QUOTED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\f": "\\f"}
_PLAIN = {**_QUOTED, '"': '"', "{": "\\{", "}": "\\}", "!": "\\!"}
_IN_ID = re.compile(r'([\\ \t\n",(){}\[\]!])')
_CONTROL = re.compile("[\x00-\x08\x0b\x0d-\x1f\x7f\x85\u2028\u2029]")


def write(job: Job) -> None:
    """Write the header, the terms, the relations, the individuals."""
    for line in _header(job):
        job.output.write(line + "\n")
    framed = [iri for iri in job.model.term_iris if not job.model.axioms.is_below(iri, _SYNONYM_TYPE)]
    frames = {iri: _FRAMES.get(job.model.type(iri), "Typedef") for iri in framed}
    for wanted in ("Term", "Typedef", "Instance"):
        iris = [iri for iri in framed if frames[iri] == wanted]
        for iri in job.track(iris, f"{wanted} frames", len(iris)):
            lines = _frame(job, job.model.term(iri), wanted)
            job.output.write(f"\n[{wanted}]\n" + "".join(f"{line}\n" for line in lines))
    job.tally.left_out("associations", "relationships of OBO say what always holds", len(job.model.association_iris))
    job.tally.left_out("publications", "they are named by their identifiers", len(job.model.publication_iris))


# ---------------------------------------------------------------------- header


def _header(job: Job) -> Iterator[str]:
    header = job.model.header
    yield "format-version: 1.4"
    yield f"data-version: {plain(header.version_iri or header.version, 'data-version')}"
    yield from _synonym_types(job)
    for name, base in sorted(job.source.prefixes.items()):
        if not base.startswith(OBO):
            yield f"idspace: {name} {base}"
    yield f"ontology: {header.iri}"
    yield from (f"remark: {plain(one.citation, one.key)}" for one in header.attributions)
    dct = "dcterms:"
    for name, text in (("title", header.title), ("description", header.description)):
        if text:
            yield f"property_value: {dct}{name} {quoted(text, name)} xsd:string"
    if header.license:
        yield f"property_value: {dct}license {_value(header.license, is_iri(header.license), None)}"
    for creator in header.creators:
        yield f"property_value: {dct}creator {_value(creator, is_iri(creator), None)}"
    yield f"property_value: owl:versionInfo {quoted(header.version, 'version')} xsd:string"


def _synonym_types(job: Job) -> Iterator[str]:
    for iri in job.model.term_iris:
        if job.model.axioms.is_below(iri, _SYNONYM_TYPE):
            job.tally.wrote("synonym types")
            label = quoted(job.model.label(iri), f"label of {iri}")
            yield f"synonymtypedef: {identifier(job.source.curie(iri))} {label}"


# ---------------------------------------------------------------------- frames


def _frame(job: Job, term: TermRecord, frame: str) -> Iterator[str]:
    """Yield the lines of one frame, in the order that OBO has for tags."""
    job.tally.wrote({"Term": "terms", "Typedef": "relations and properties", "Instance": "individuals"}[frame])
    where = term.curie
    yield f"id: {identifier(term.curie)}"
    yield f"name: {plain(term.label, f'label of {where}')}"
    if term.definition is not None:
        references = _references(job, term.definition_sources)
        yield f"def: {quoted(term.definition, f'definition of {where}')} {references}"
    comments = [plain(comment, f"comment of {where}") for comment in term.comments]
    yield from (f"comment: {comment}" for comment in comments[:1])
    yield from _synonyms(job, term)
    for xref in dict.fromkeys((*term.xrefs, *(curie(m.object) for m in term.mappings if m.predicate == "exactMatch"))):
        yield f"xref: {identifier(xref)}"
    yield from _property_values(job, term)
    yield from {"Term": _class, "Typedef": _relation, "Instance": _individual}[frame](job, term)
    if term.deprecated:
        yield "is_obsolete: true"
    yield from (f"replaced_by: {identifier(curie(other))}" for other in term.replaced_by)
    yield from (f"consider: {identifier(curie(other))}" for other in term.consider)


def _synonyms(job: Job, term: TermRecord) -> Iterator[str]:
    for synonym in term.synonyms:
        job.tally.wrote("synonyms")
        kind = f" {identifier(curie(synonym.type))}" if synonym.type else ""
        text = quoted(synonym.text, f"synonym of {term.curie}")
        yield f"synonym: {text} {synonym.scope.upper()}{kind} {_references(job, synonym.sources)}"


def _property_values(job: Job, term: TermRecord) -> Iterator[str]:
    """Yield what has no tag of its own; a frame has one comment, so further ones come here."""
    for comment in term.comments[1:]:
        yield f"property_value: rdfs:comment {quoted(comment, f'comment of {term.curie}')} xsd:string"
    for mapping in term.mappings:
        job.tally.wrote("mappings")
        yield f"property_value: skos:{mapping.predicate} {identifier(curie(mapping.object))}"
    data = sum(bool(one.justification or one.comment or one.object_version) for one in term.mappings)
    job.tally.left_out("data of mappings", "SSSOM holds them", data)
    if term.accession == term.curie:
        name = curie(job.source.original(term.iri))
        yield f"property_value: skos:notation {quoted(name, term.curie)} xsd:string"
    elif term.accession:
        yield f"property_value: dcterms:identifier {quoted(term.accession, term.curie)} xsd:string"
    for source in term.sources:
        yield f"property_value: dcterms:source {identifier(curie(source))}"
    for one in term.annotations:
        job.tally.wrote("annotations")
        yield f"property_value: {identifier(curie(one.property))} {_value(one.value, one.is_iri, one.datatype)}"


def _class(job: Job, term: TermRecord) -> Iterator[str]:
    for parent in term.parents:
        job.tally.wrote("superclasses")
        yield f"is_a: {_target(job, parent.iri, _qualifiers(job, parent.asserted, parent.sources))}"
    yield from _definition(job, term)
    yield from (f"equivalent_to: {_target(job, other)}" for other in term.equivalents)
    disjoint = [other for other in job.model.disjoint(job.source.original(term.iri)) if other > term.iri]
    job.tally.wrote("disjoint pairs", len(disjoint))
    yield from (f"disjoint_from: {_target(job, other)}" for other in disjoint)
    yield from _relationships(job, term)
    other = term.other_axioms - job.model.axioms.disjoint_pairs(job.source.original(term.iri))
    job.tally.left_out("axioms", "OBO has no such class expressions", other)


def _definition(job: Job, term: TermRecord) -> Iterator[str]:
    for definition in term.logical_definitions[:1]:
        job.tally.wrote("logical definitions")
        for genus in definition.genus:
            yield f"intersection_of: {_target(job, genus)}"
        for relation, filler in definition.differentia:
            yield f"intersection_of: {identifier(curie(relation))} {_target(job, filler)}"
    more = max(len(term.logical_definitions) - 1, 0)
    job.tally.left_out("logical definitions", "a term of OBO has one", more)


def _relationships(job: Job, term: TermRecord) -> Iterator[str]:
    """Yield the edges, apart from those that the logical definition says already."""
    said = set(term.logical_definitions[0].differentia) if term.logical_definitions else set()
    for relation in term.relations:
        if (relation.predicate, relation.object) not in said:
            job.tally.wrote("relationships")
            qualifiers = _qualifiers(job, relation.asserted, relation.sources)
            yield f"relationship: {identifier(curie(relation.predicate))} {_target(job, relation.object, qualifiers)}"


def _relation(job: Job, term: TermRecord) -> Iterator[str]:
    found = job.model.property(job.source.original(term.iri))
    words = [tag for word, tag in _CHARACTERISTICS.items() if word in found.characteristics]
    is_relation = term.type == "object property"
    if is_relation:
        yield from (f"domain: {_target(job, one)}" for one in found.domains[:1])
        yield from (f"range: {_target(job, one)}" for one in found.ranges[:1])
    yield from (f"holds_over_chain: {' '.join(identifier(curie(p)) for p in c)}" for c in found.chains if len(c) == 2)
    yield from (f"{tag}: true" for tag in words)
    yield from (f"is_a: {_target(job, parent.iri)}" for parent in term.parents)
    yield from (f"inverse_of: {_target(job, one)}" for one in found.inverses)
    if term.type == "annotation property":
        yield "is_metadata_tag: true"
    said = sum(min(len(ends), 1) for ends in (found.domains, found.ranges)) if is_relation else 0
    said += len(words) + len(found.inverses) + sum(len(chain) == 2 for chain in found.chains)
    job.tally.left_out("axioms", "OBO has no such axioms on properties", term.other_axioms - said)


def _individual(job: Job, term: TermRecord) -> Iterator[str]:
    yield from (f"instance_of: {_target(job, cls)}" for cls in term.types)
    job.tally.left_out("relations of individuals", "they are no edges between classes", len(term.relations))


# ---------------------------------------------------------------------- parts of a line


def _target(job: Job, iri: str, qualifiers: str = "") -> str:
    label = job.model.label(job.source.original(iri))
    return f"{identifier(curie(iri))}{qualifiers} ! {' '.join(label.split())}"


def _qualifiers(job: Job, asserted: bool, sources: Iterable[str]) -> str:
    found = [] if asserted else ['is_inferred="true"']
    found += [f"source={quoted(one, 'a source')}" for one in job.model.references(sources)]
    return f" {{{', '.join(found)}}}" if found else ""


def _references(job: Job, iris: Iterable[str]) -> str:
    return f"[{', '.join(identifier(one) for one in job.model.references(iris))}]"


def _value(value: str, is_id: bool, datatype: str | None) -> str:
    if is_id:
        return identifier(curie(value))
    kind = curie(datatype or XSD + "string")
    return f"{quoted(value, 'an annotation')} {identifier(kind)}"


def identifier(name: str) -> str:
    r"""Return an identifier as OBO writes it; an IRI stays as it is.

    >>> identifier("DOI:10.1/a,b")
    'DOI:10.1/a\\,b'
    """
    return name if is_iri(name) else _IN_ID.sub(r"\\\1", name)


def quoted(text: str, where: str) -> str:
    r"""Return a quoted text.

    >>> print(quoted('say "x"', "label of x"))
    "say \"x\""
    """
    if text.endswith("\\"):  # the specification allows it, but its most used reader does not
        raise refuse(text, "ends in a backslash", where)
    return f'"{_escaped(text, _QUOTED, where)}"'


def plain(text: str, where: str) -> str:
    """Return a text that goes to the end of the line."""
    if not text or text != text.strip(" "):
        raise refuse(text, "is empty, or has spaces around it", where)
    return _escaped(text, _PLAIN, where)


def _escaped(text: str, escapes: dict[str, str], where: str) -> str:
    if _CONTROL.search(text):
        raise refuse(text, "holds a control character or a carriage return", where)
    return "".join(escapes.get(char, char) for char in text)
