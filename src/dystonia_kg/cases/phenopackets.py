"""Reader of GA4GH Phenopackets (schema 2): one person's packet becomes a case, with an account of what was used.

A phenopacket describes a person with a disease; a case describes the dystonia. Only what the packet states of the
dystonia goes into the case, silence is unknown, and all that could not be used is in the report with its JSON path.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from dystonia_kg.cases.documents import Document, checked_value, read_documents
from dystonia_kg.cases.findings import Findings
from dystonia_kg.cases.hpo import identified, interpreter
from dystonia_kg.cases.onset import Age, NoAge, age_of, earliest, highest
from dystonia_kg.cases.report import Ledger, Read, Rejected, shown
from dystonia_kg.cases.tree import Node
from dystonia_kg.classification.model import default_model
from dystonia_kg.errors import CaseError, DystoniaKGError, InputError, Problem

if TYPE_CHECKING:
    from dystonia_kg.graph import KnowledgeGraph

_PARTS = ("phenotypicFeatures", "subject", "metaData", "diseases", "interpretations")
_CAUSATIVE = ("CAUSATIVE", 4)  # by name or, as protobuf allows, by number
_LONGEST = 300  # of an identifier; the longest of the ontology's own have some 120 characters
_REST = "the classification does not ask for it"
_REASONS = {
    "metaData": "describes the packet, not the person",
    "interpretations": "details of the interpretation and its variants",
    "diseases": "details of the diagnosis",
    "phenotypicFeatures": "details of a feature; of a dystonia, its onset and its sides are used",
    "subject": "the person; the date of birth and the age at the last encounter are used",
}


def read_phenopacket(
    source: str | os.PathLike[str] | bytes | Mapping[str, Any],
    kg: KnowledgeGraph | None = None,
    *,
    disease_onset: bool = False,
) -> Read:
    """Read one phenopacket from a file (JSON or YAML, .gz too), from bytes, or from an object already parsed.

    :param kg: the knowledge graph; the one that comes with the library if not given
    :param disease_onset: take the onset of the disease for that of the dystonia, where the packet gives no other.
        It is seldom that, so by default it is not used
    :return: ``.case`` and ``.report``
    :raises InputError: if it is no phenopacket of schema 2, or there are several
    :raises CaseError: if its findings contradict each other

    >>> packet = {"id": "p", "metaData": {"phenopacketSchemaVersion": "2.0"}, "phenotypicFeatures": [
    ...     {"type": {"id": "HP:0031960", "label": "Arm dystonia"}, "modifiers": [{"id": "HP:0012835"}]},
    ...     {"type": {"id": "HP:0002072", "label": "Chorea"}, "excluded": True}]}
    >>> read = read_phenopacket(packet)
    >>> sorted(read.case.regions), sorted(read.case.excluded)
    (['dyst:LeftUpperLimb'], ['HP:0002072'])
    """
    if isinstance(source, Mapping):
        return PhenopacketReader(kg, disease_onset=disease_onset).read(checked_value(dict(source)))
    found = list(_first_two(read_phenopackets(source, kg, disease_onset=disease_onset)))
    name = "input" if isinstance(source, bytes) else os.fspath(source)
    if len(found) != 1:
        what = "is empty" if not found else "holds several phenopackets; use read_phenopackets"
        raise InputError(Problem(name, None, None, what))
    (only,) = found
    if isinstance(only, Rejected):
        raise InputError(Problem(name, None, None, str(only)))
    return only


def _first_two(found: Iterator[Read | Rejected]) -> Iterator[Read | Rejected]:
    for count, each in enumerate(found):
        if count == 2:
            return
        yield each


def read_phenopackets(
    source: str | os.PathLike[str] | bytes,
    kg: KnowledgeGraph | None = None,
    *,
    format: str | None = None,  # noqa: A002
    disease_onset: bool = False,
) -> Iterator[Read | Rejected]:
    """Return the phenopackets of a file one by one: JSON, JSON lines or YAML, plain or gzipped; bad ones as `Rejected`.

    :raises InputError: if the file cannot be read at all
    """
    documents = read_documents(source, format)
    reader = PhenopacketReader(kg, disease_onset=disease_onset)
    return (reader.read_document(document) for document in documents)


class PhenopacketReader:
    """Reads phenopackets by one knowledge graph."""

    def __init__(self, kg: KnowledgeGraph | None = None, *, disease_onset: bool = False) -> None:
        self._terms = interpreter(kg)
        self._kg = self._terms.kg
        self._disease_onset = disease_onset

    def read_document(self, document: Document | Rejected) -> Read | Rejected:
        """Read one record of a file; a bad one gives a `Rejected`."""
        if isinstance(document, Rejected):
            return document
        try:
            return self.read(document.value, document.row)
        except CaseError as error:
            return Rejected(document.row, error.field, shown(error.value), str(error))
        except InputError as error:
            return Rejected(document.row, None, None, error.problems[0].message)
        except DystoniaKGError as error:
            return Rejected(document.row, None, None, str(error))

    def read(self, value: Any, row: int | None = None) -> Read:
        """Read one parsed phenopacket, or the proband of a GA4GH family.

        :raises InputError, CaseError: as `read_phenopacket`
        """
        ledger = Ledger()
        whole = Node(value, ledger)
        packet = _packet_of(whole)
        version = _version(packet)
        findings = Findings(self._terms, ledger)
        findings.fields["id"] = _identifier(packet)
        for feature in packet.items("phenotypicFeatures"):
            findings.add_feature(feature)
        for measurement in packet.items("measurements"):
            findings.add_measurement(measurement)
        findings.settle()
        findings.fields["age_at_onset"] = self._age(packet, findings)
        findings.fields["gene"] = self._gene(packet) or findings.fields.get("gene")
        findings.fields["disorder"] = self._disorder(packet)
        whole.leave_rest(_reason)
        return Read(findings.case(), ledger.report(f"phenopacket {version}"), row)

    # ------------------------------------------------------------------ onset

    def _age(self, packet: Node, findings: Findings) -> Age | None:
        """Return the age when the dystonia began, as far as the packet tells."""
        born = packet.at("subject", "dateOfBirth")
        own = [
            age for node in findings.onsets if (age := _try_age(node, born, "the onset of the dystonia")) is not None
        ]
        disease = self._disease_ages(packet, born, needed=self._disease_onset and not own)
        last = packet.at("subject", "timeAtLastEncounter")
        seen = None
        if last is not None and findings.observed:
            seen = _try_age(last, born, "the dystonia was there by then" if not own else "the last encounter")
        began = earliest(own or disease) if own or disease else None
        if began is None:
            return None if seen is None else _until(seen)
        if seen is not None and highest(seen) < (began if isinstance(began, float) else began.low):
            packet.ledger.note("the onset lies after the last encounter; it is taken as stated")
        if not own and disease:
            packet.ledger.note("the onset of the disease was taken for that of the dystonia, as asked for")
        return began

    def _disease_ages(self, packet: Node, born: Node | None, *, needed: bool) -> list[Age]:
        ages = []
        for disease in packet.items("diseases"):
            onset = disease.get("onset")
            if onset is None:
                continue
            if not needed:
                onset.leave("the onset of the disease, not of the dystonia; disease_onset=True would take it")
            elif (age := _try_age(onset, born, "the onset of the disease, taken for that of the dystonia")) is not None:
                ages.append(age)
        return ages

    # ------------------------------------------------------------------ diagnosis

    def _gene(self, packet: Node) -> str | None:
        """Return the gene of the causative interpretations, if it is one gene and one of the ontology's.

        Else, where a variant is causative, the class of all genes: the cause is genetic, whichever gene it is.
        """
        found: dict[str, list[Node]] = {}
        causative = False
        for interpretation in packet.items("interpretations"):
            diagnosis = interpretation.get("diagnosis")
            for finding in diagnosis.items("genomicInterpretations") if diagnosis else ():
                gene = finding.at("variantInterpretation", "variationDescriptor", "geneContext") or finding.get("gene")
                status = finding.get("interpretationStatus")
                if status is None or status.value not in _CAUSATIVE:
                    if gene is not None:
                        gene.leave("the variant is not given as causative")
                    continue
                causative = True
                status.use("a causative variant")
                if gene is None:
                    continue
                name = gene.text("valueId") or gene.text("symbol")
                if name is None:
                    gene.leave("neither valueId nor symbol of the gene is given")
                else:
                    found.setdefault(name, []).append(gene)
        return self._one(found, "gene") or (self._any_gene(packet) if causative else None)

    def _any_gene(self, packet: Node) -> str:
        packet.ledger.note("a variant is given as causative; the gene is left open, and the dystonia counts as genetic")
        return self._terms.any_gene

    def _disorder(self, packet: Node) -> str | None:
        """Return the disorder of the diagnosis, if it is one and the ontology has it by its identifier."""
        found: dict[str, list[Node]] = {}
        terms = [(each, each.get("term")) for each in packet.items("diseases")]
        for each in packet.items("interpretations"):
            diagnosis = each.get("diagnosis")
            terms.append((each, diagnosis.get("disease") if diagnosis else None))
        for holder, term in terms:
            excluded = holder.get("excluded")
            if term is None:
                continue
            if excluded is not None and excluded.value is not False:
                excluded.mark()
                term.leave(
                    "the disease is excluded" if excluded.value is True else "excluded is neither true nor false"
                )
                continue
            identifier = term.text("id")
            if identifier is None:
                term.leave("no identifier; labels are not matched")
            else:
                found.setdefault(identifier, []).append(term)
        return self._one(found, "disorder")

    def _one(self, found: dict[str, list[Node]], kind: str) -> str | None:
        """Return the one thing that the names mean; report those that mean none, or all if they mean several."""
        known: dict[str, list[Node]] = {}
        usable = default_model().vocabulary.domains[kind]
        for name, nodes in found.items():
            meant = self._named(name, kind)
            if meant is None or meant not in usable:
                for node in nodes:
                    node.leave(
                        f"the ontology has no {kind} with this identifier"
                        if meant is None
                        else f"the ontology does not know this {kind} to bring dystonia, and a case cannot state it"
                    )
            else:
                known.setdefault(meant, []).extend(nodes)
        several = len(known) > 1
        for meant, nodes in known.items():
            for node in nodes:
                if several:
                    node.leave(f"several are given, and a case has one {kind}")
                else:
                    node.use(f"{kind}: {meant}")
        return None if several or not known else next(iter(known))

    def _named(self, name: str, kind: str) -> str | None:
        """Return the CURIE of a gene or a disorder; None if the ontology has none of this name."""
        if len(name) > _LONGEST or (kind == "disorder" and ":" not in name):
            return None
        term = identified(self._kg, name)
        return term.curie if term is not None and term.kind == kind else None


# ---------------------------------------------------------------------- the packet as such


def _packet_of(whole: Node) -> Node:
    """Return the packet in a record: the record itself, or the proband of a family."""
    if not isinstance(whole.value, dict):
        _refuse(f"a phenopacket is a JSON object, and this is {_kind(whole.value)}")
    if any(whole.get(part) is not None for part in _PARTS[:2]):
        return whole
    if whole.get("proband") is not None:
        proband = whole.get("proband")
        assert proband is not None
        whole.ledger.note("the record is a GA4GH family; its proband was read")
        return _packet_of(proband)
    if whole.get("members") is not None:
        _refuse("a GA4GH cohort, not one person's phenopacket; give its members, one JSON object a line")
    if any(whole.get(part) is not None for part in _PARTS):
        return whole
    hint = "a cohort table (*_individuals.json of phenopacket-store) is none"
    _refuse(f"not a phenopacket: it has neither phenotypicFeatures nor subject nor metaData; {hint}")
    return None


def _version(packet: Node) -> str:
    """Return the version of the schema; refuse version 1, where excluded features are written another way."""
    given = packet.at("metaData", "phenopacketSchemaVersion")
    version = _version_text(given) if given else None
    features = packet.get("phenotypicFeatures")
    listed = features.value if features and isinstance(features.value, list) else []
    if (version or "").startswith(("0", "1")) or any(isinstance(each, dict) and "negated" in each for each in listed):
        _refuse(
            f"phenopacket schema {version or 1} is not read: its features are negated, not excluded; convert to 2.0"
        )
    if version is None:
        packet.ledger.note("no phenopacketSchemaVersion; read as 2.0")
        return "2"
    if not re.fullmatch(r"2(\.\d+)*", version):
        packet.ledger.note(f"phenopacketSchemaVersion {shown(version)} is not known; read as 2.0")
    return shown(version)


def _version_text(given: Node) -> str | None:
    """Return a version as text; in YAML 2.0 is a number."""
    if isinstance(given.value, int | float) and not isinstance(given.value, bool):
        given.mark()
        return str(given.value)
    return given.text()


def _identifier(packet: Node) -> str | None:
    given = packet.text("id")
    if given is None:
        packet.ledger.note("the packet has no id")
        return None
    packet.ledger.use(f"{packet.path}.id", given, "the identifier of the case")
    return shown(given)


def _reason(path: str) -> str:
    """Tell why a part that nobody looked at is not used, by the part of the packet in which it stands."""
    return next((reason for part, reason in _REASONS.items() if f".{part}" in path), _REST)


def _try_age(node: Node, born: Node | None, remark: str) -> Age | None:
    try:
        age = age_of(node, born)
    except NoAge as error:
        node.leave(str(error))
        return None
    node.use(f"{remark}: {age} years" if isinstance(age, float) else f"{remark}: {age}")
    return age


def _until(age: Age) -> Age | None:
    """Return the ages at which what was seen at some age can have begun."""
    from dystonia_kg.cases.age import AgeRange

    if isinstance(age, AgeRange):
        return AgeRange(0.0, age.high, age.below)
    return AgeRange(0.0, age) if age > 0 else 0.0


def _kind(value: object) -> str:
    return {list: "a list", str: "text", int: "a number", float: "a number", bool: "true or false"}.get(
        type(value), "nothing"
    )


def _refuse(message: str) -> NoReturn:
    raise InputError(Problem("", None, None, message))
