"""FHIR: read back by `fhir.resources`, compared with the ontology by SPARQL and with the mapping tables themselves."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from fhir.resources.bundle import Bundle as BundleR5
from fhir.resources.R4B.bundle import Bundle as BundleR4
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

from dystonia_kg.errors import ExportError
from dystonia_kg.exports.fhir.systems import systems
from dystonia_kg.exports.job import export
from dystonia_kg.exports.source import ExportSource
from dystonia_kg.vocab import ASSERTED, DYST, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dystonia_kg.exports.report import ExportReport
    from dystonia_kg.graph import KnowledgeGraph

# R4B has the same code systems, value sets and concept maps as R4; no package in use has R4 itself any more.
READERS = {"fhir-r4": BundleR4, "fhir-r5": BundleR5}
OWN = {"numeric": "https://w3id.org/dystonia-kg/dystonia.owl", "readable": DYST}
DATE = "2026-11-28"
# Required bindings, which the library does not check; from the value sets of the specification.
STATUS = {"draft", "active", "retired", "unknown"}
TYPES = {"code", "Coding", "string", "integer", "boolean", "dateTime", "decimal"}
EQUIVALENCE = {
    "relatedto", "equivalent", "equal", "wider", "subsumes", "narrower", "specializes", "inexact", "unmatched",
    "disjoint",
}  # fmt: skip
RELATIONSHIP = {
    "related-to", "equivalent", "source-is-narrower-than-target", "source-is-broader-than-target", "not-related-to",
}  # fmt: skip
R4_OF = {
    "skos:exactMatch": "equivalent", "skos:broadMatch": "wider", "skos:narrowMatch": "narrower",
    "skos:closeMatch": "inexact", "skos:relatedMatch": "relatedto",
}  # fmt: skip
R5_OF = {
    "skos:exactMatch": "equivalent", "skos:broadMatch": "source-is-narrower-than-target",
    "skos:narrowMatch": "source-is-broader-than-target", "skos:closeMatch": "related-to",
    "skos:relatedMatch": "related-to",
}  # fmt: skip


class Written(NamedTuple):
    """What an export told, and its file as JSON and as the library reads it."""

    report: ExportReport
    json: dict[str, Any]
    read: Any


def exported(kg: Any, format: str = "fhir-r4", **options: Any) -> Written:  # noqa: A002
    file = io.BytesIO()
    report = kg.export(format, file, **options)
    return Written(report, json.loads(file.getvalue()), READERS[format].model_validate_json(file.getvalue()))


def resources(bundle: Any, kind: str) -> list[Any]:
    return [entry.resource for entry in bundle.entry if type(entry.resource).__name__ == kind]


def concepts(code_system: Any) -> Iterator[Any]:
    waiting = list(code_system.concept or ())
    while waiting:
        one = waiting.pop()
        waiting.extend(one.concept or ())
        yield one


def valued(concept: Any, code: str) -> list[Any]:
    """The values of a property; a Coding by its code."""
    fields = ("valueCode", "valueString", "valueBoolean", "valueCoding")
    values = [getattr(p, f) for p in concept.property if p.code == code for f in fields if getattr(p, f) is not None]
    return [getattr(value, "code", value) for value in values]


@pytest.fixture(scope="module")
def whole(kg: KnowledgeGraph) -> Callable[..., Written]:
    """Write the whole graph, with a date; each way once."""
    return cache(lambda name, **options: exported(kg, name, date=DATE, **options))


@pytest.fixture(scope="module", params=["fhir-r4", "fhir-r5"])
def bundle(request: pytest.FixtureRequest, whole: Callable[..., Written]) -> Any:
    return whole(request.param).read


@pytest.fixture(scope="module")
def accessions(kg: KnowledgeGraph) -> dict[str, str]:
    """Our classes and individuals with their accessions, by SPARQL."""
    rows = kg.query("""
        SELECT DISTINCT ?term ?id {
          ?term dcterms:identifier ?id ; a ?type .
          FILTER(STRSTARTS(STR(?term), STR(dyst:)) && STRSTARTS(?id, "DYST:"))
          FILTER NOT EXISTS { ?term a ?other
            FILTER(?other IN (owl:ObjectProperty, owl:DatatypeProperty, owl:AnnotationProperty, rdfs:Datatype)) } }""")
    return {row.term: row.id for row in rows}


# ---------------------------------------------------------------------- the code system


def test_every_term_of_ours_is_a_concept_with_its_label_and_definition(
    bundle: Any, kg: KnowledgeGraph, accessions: dict[str, str]
) -> None:
    (system,) = resources(bundle, "CodeSystem")
    found = {one.code: one for one in concepts(system)}
    assert found.keys() == set(accessions.values())
    assert system.count == len(found) == sum(1 for _ in concepts(system))
    assert (system.url, system.content, system.hierarchyMeaning) == (OWN["numeric"], "complete", "is-a")
    for iri, code in accessions.items():
        term = kg.term(iri)
        assert found[code].display == term.label
        assert found[code].definition == term.definition
        assert valued(found[code], "iri") == [DYST + code.replace(":", "_")]


def test_parents_are_those_of_the_graph_and_the_tree_is_made_of_them(
    bundle: Any, kg: KnowledgeGraph, accessions: dict[str, str]
) -> None:
    (system,) = resources(bundle, "CodeSystem")
    found = {one.code: one for one in concepts(system)}
    nested = {child.code: one.code for one in found.values() for child in one.concept or ()}
    edges = 0
    for iri, code in accessions.items():
        parents = {parent.iri for parent in kg.term(iri).parents}
        own = {accessions[parent] for parent in parents if parent in accessions}
        assert set(valued(found[code], "parent")) == own
        assert (nested[code] in own) if own else (code not in nested)
        assert len(valued(found[code], "otherParent")) == len(parents) - len(own)
        edges += len(own)
    assert edges > len(nested) > 0


def test_synonyms_are_designations_with_their_scope(
    bundle: Any, kg: KnowledgeGraph, accessions: dict[str, str]
) -> None:
    (system,) = resources(bundle, "CodeSystem")
    rows = kg.query("""
        SELECT DISTINCT ?term ?scope ?text { ?term ?scope ?text
          FILTER(?scope IN (oboInOwl:hasExactSynonym, oboInOwl:hasBroadSynonym, oboInOwl:hasNarrowSynonym,
                            oboInOwl:hasRelatedSynonym)) }""")
    expected = {(accessions[r.term], r.scope, r.text) for r in rows if r.term in accessions}
    found = {
        (one.code, f"{each.use.system}#{each.use.code}", each.value)
        for one in concepts(system)
        for each in one.designation or ()
    }
    assert found == expected
    assert len(found) > 100


def test_relations_and_status(bundle: Any, kg: KnowledgeGraph, accessions: dict[str, str]) -> None:
    (system,) = resources(bundle, "CodeSystem")
    by_code = {one.code: one for one in concepts(system)}
    disorder = by_code[accessions[DYST + "DYT_TOR1A"]]
    (gene,) = [p.valueCoding for p in disorder.property if p.code == "RO_0004003"]
    assert (gene.system, gene.code, gene.display) == ("http://www.genenames.org", "HGNC:3098", "TOR1A")
    deprecated = {r.t for r in kg.query("SELECT DISTINCT ?t { ?t owl:deprecated true }") if r.t in accessions}
    assert deprecated
    for iri, code in accessions.items():
        retired = iri in deprecated
        assert valued(by_code[code], "status") == ["retired" if retired else "active"]
        assert valued(by_code[code], "inactive") == ([True] if retired else [])
        if retired:
            after = {accessions[term.iri] for term in kg.term(iri).replaced_by}
            assert {*valued(by_code[code], "replacedBy"), *valued(by_code[code], "consider")} == after


def test_properties_are_declared_once_with_a_plain_code(bundle: Any) -> None:
    (system,) = resources(bundle, "CodeSystem")
    declared = {one.code: one for one in system.property}
    assert len(declared) == len(system.property)
    assert all(re.fullmatch(r"[A-Za-z0-9_]+", code) for code in declared)
    assert all(one.type in TYPES and one.description for one in declared.values())
    used = set()
    for concept in concepts(system):
        for each in concept.property:
            kind = declared[each.code].type
            used.add(each.code)
            assert getattr(each, f"value{kind[0].upper()}{kind[1:]}") is not None
    assert used == declared.keys()


def test_types_of_synonyms_are_in_r5_only(whole: Callable[..., Written]) -> None:
    lost = {name: {left.kind: left.count for left in whole(name).report.left_out} for name in READERS}
    (system,) = resources(whole("fhir-r5").read, "CodeSystem")
    typed = sum(1 for one in concepts(system) for each in one.designation or () if each.additionalUse)
    assert lost["fhir-r4"]["types of synonyms"] == typed > 0
    assert "types of synonyms" not in lost["fhir-r5"]


def test_readable_names_are_another_code_system(whole: Callable[..., Written], accessions: dict[str, str]) -> None:
    numeric, readable = whole("fhir-r5").read, whole("fhir-r5", ids="readable").read
    pairs = [
        {one.code: one.display for one in concepts(resources(each, "CodeSystem")[0])} for each in (numeric, readable)
    ]
    assert pairs[1] == {iri.removeprefix(DYST): pairs[0][code] for iri, code in accessions.items()}
    addresses = [{entry.request.url for entry in each.entry} for each in (numeric, readable)]
    assert not addresses[0] & addresses[1]
    urls = [{entry.resource.url for entry in each.entry} for each in (numeric, readable)]
    assert not urls[0] & urls[1]
    assert resources(readable, "CodeSystem")[0].url == OWN["readable"]


# ---------------------------------------------------------------------- value sets


def test_value_sets_hold_the_values_of_their_dimension(
    bundle: Any, kg: KnowledgeGraph, accessions: dict[str, str]
) -> None:
    rows = kg.query("SELECT DISTINCT ?value ?dimension { ?value dyst:isValueOf ?dimension }")
    parts = kg.query("SELECT DISTINCT ?part ?whole { ?part dyst:subDimensionOf ?whole }")
    expected: dict[str, set[str]] = {}
    for row in rows:
        wholes = {row.dimension, *(p.whole for p in parts if p.part == row.dimension)}
        for whole in wholes:
            expected.setdefault(whole.removeprefix(DYST), set()).add(accessions[row.value])
    sets = {one.url: one for one in resources(bundle, "ValueSet")}
    found = {url.rpartition("dystonia-kg-")[2]: one for url, one in sets.items()}
    assert found.keys() == {*expected, "all"}
    for name, values in expected.items():
        assert listed(found[name], sets) == values
        contained = list(expanded(found[name].expansion.contains))
        assert Counter(one.code for one in contained) == Counter(values)
        assert found[name].expansion.total == len(values)
    (everything,) = found["all"].compose.include
    assert everything.concept is None
    assert everything.system == resources(bundle, "CodeSystem")[0].url
    assert resources(bundle, "CodeSystem")[0].valueSet == found["all"].url


def listed(value_set: Any, sets: dict[str, Any]) -> set[str]:
    codes = set()
    for include in value_set.compose.include:
        codes |= {one.code for one in include.concept or ()}
        for url in include.valueSet or ():
            codes |= listed(sets[url], sets)
    return codes


def expanded(contains: Any) -> Iterator[Any]:
    for one in contains or ():
        yield one
        yield from expanded(one.contains)


def test_an_expansion_is_nested_as_the_hierarchy_is(bundle: Any, accessions: dict[str, str]) -> None:
    name = "dystonia-kg-BodyDistribution2013"
    (found,) = [one for one in resources(bundle, "ValueSet") if one.id == name]
    top = {one.code: [below.code for below in one.contains or ()] for one in found.expansion.contains}
    whole = accessions[DYST + "GeneralizedDystonia"]
    parts = {accessions[f"{DYST}GeneralizedDystonia{which}LegInvolvement"] for which in ("With", "Without")}
    assert set(top[whole]) == parts
    assert not parts & top.keys()


def test_dimensions_without_values_are_reported(kg: KnowledgeGraph, whole: Callable[..., Written]) -> None:
    (left,) = [one for one in whole("fhir-r4").report.left_out if one.kind == "dimensions"]
    without = kg.query("""
        SELECT DISTINCT ?d { ?d a dyst:Dimension
          FILTER NOT EXISTS { ?v dyst:isValueOf/dyst:subDimensionOf? ?d } }""")
    assert left.count == len(without) > 0


def test_without_a_date_there_is_no_expansion(kg: KnowledgeGraph) -> None:
    values = [row.v for row in kg.query("SELECT ?v { ?v dyst:isValueOf dyst:BodyDistribution2013 }")]
    part = kg.subset(["dyst:BodyDistribution2013", *values], method="slim")
    for name in READERS:
        dated, undated = exported(part, name, date=DATE).read, exported(part, name).read
        assert all(entry.resource.date is None for entry in undated.entry)
        assert not any(one.expansion for one in resources(undated, "ValueSet"))
        assert any(one.expansion for one in resources(dated, "ValueSet"))


# ---------------------------------------------------------------------- concept maps


def table_mappings() -> Iterator[dict[str, str]]:
    for path in sorted((Path(__file__).parents[1] / "ontology" / "mappings").glob("*.sssom.tsv")):
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def test_every_row_of_the_mapping_tables_is_in_a_map(bundle: Any, accessions: dict[str, str]) -> None:
    rows = {
        (accessions[DYST + row["subject_id"].removeprefix("dyst:")], row["object_id"]): row
        for row in table_mappings()
        if DYST + row["subject_id"].removeprefix("dyst:") in accessions
    }
    r5 = isinstance(bundle, BundleR5)
    relations = R5_OF if r5 else R4_OF
    found = {}
    for one in resources(bundle, "ConceptMap"):
        (group,) = one.group
        for element in group.element:
            for target in element.target:
                found[element.code, group.target, target.code] = target
                relation = target.relationship if r5 else target.equivalence
                assert relation in (RELATIONSHIP if r5 else EQUIVALENCE)
                assert target.comment
    assert len(found) == len(rows) > 300
    for (code, curie), row in rows.items():
        system = systems()[curie.partition(":")[0]]
        target = found[code, system.system, system.code.replace("*", curie.partition(":")[2])]
        assert (target.relationship if r5 else target.equivalence) == relations[row["predicate_id"]]
        assert target.display == (row.get("object_label") or None)
        assert row["mapping_justification"] in target.comment
        assert (row.get("comment") or "") in target.comment


def test_codes_are_those_that_the_vocabularies_use(bundle: Any, accessions: dict[str, str]) -> None:
    forms = {
        "http://snomed.info/sct": r"\d{6,18}",
        "http://hl7.org/fhir/sid/icd-10-cm": r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?",
        "http://id.who.int/icd/release/11/mms": r"[0-9A-Z]{4}(\.[0-9A-Z]+)?",
        "http://human-phenotype-ontology.org": r"HP:\d{7}",
        "http://purl.obolibrary.org/obo/mondo.owl": r"MONDO:\d{7}",
        "http://www.orpha.net": r"\d+",
        "http://www.omim.org": r"(PS)?\d{6}",
        "http://terminology.hl7.org/CodeSystem/umls": r"C\d{7}",
        "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl": r"C\d+",
    }
    seen = set()
    for one in resources(bundle, "ConceptMap"):
        (group,) = one.group
        seen.add(group.target)
        for element in group.element:
            for target in element.target:
                assert re.fullmatch(forms.get(group.target, r"\S+"), target.code), (group.target, target.code)
    assert forms.keys() <= seen


def test_a_vocabulary_that_was_searched_in_vain() -> None:
    small = Small("x")
    small.store.load(
        f"""@prefix dyst: <{DYST}> . @prefix skos: <{PREFIXES["skos"]}> . @prefix sssom: <{PREFIXES["sssom"]}> .
        @prefix owl: <{PREFIXES["owl"]}> .
        dyst:C1 skos:exactMatch sssom:NoTermFound .
        [] a owl:Axiom ; owl:annotatedSource dyst:C1 ; owl:annotatedProperty skos:exactMatch ;
           owl:annotatedTarget sssom:NoTermFound ; sssom:object_source "MESH" .
        dyst:C2 skos:exactMatch sssom:NoTermFound .""".encode(),
        RdfFormat.TURTLE,
        to_graph=NamedNode(ASSERTED),
    )
    for name in READERS:
        report, _, read = exported(small, name, ids="readable")
        (found,) = [one for one in resources(read, "ConceptMap") if one.id.endswith("-to-mesh")]
        (element,) = [each for each in found.group[0].element if each.code == "C1"]
        if name == "fhir-r5":
            assert element.noMap is True
            assert element.target is None
        else:
            assert [(each.equivalence, each.code) for each in element.target] == [("unmatched", None)]
        assert any(left.kind == "mappings" and "no term was found" in left.why for left in report.left_out)


# ---------------------------------------------------------------------- the whole


def test_every_resource_can_be_put_where_its_entry_says(bundle: Any) -> None:
    assert bundle.type == "transaction"
    places = [entry.request.url for entry in bundle.entry]
    assert len(places) == len(set(places))
    for entry in bundle.entry:
        one = entry.resource
        assert entry.request.method == "PUT"
        assert entry.request.url == f"{type(one).__name__}/{one.id}"
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", one.id)
        assert re.fullmatch(r"[A-Z][A-Za-z0-9_]{1,254}", one.name)
        assert one.status in STATUS
        assert one.version
        assert one.title
    # What a resource refers to comes before it, so that a server that goes by the order finds it.
    assert [place.partition("/")[0] for place in places] == sorted(
        (place.partition("/")[0] for place in places), key=["CodeSystem", "ValueSet", "ConceptMap"].index
    )


def test_what_is_left_out_is_told(whole: Callable[..., Written], accessions: dict[str, str]) -> None:
    report = whole("fhir-r5").report
    assert report.written["concepts"] == len(accessions)
    left = {one.kind: one for one in report.left_out}
    assert {"associations", "axioms", "properties", "sources of synonyms", "terms of others"} <= left.keys()
    assert all(one.why for one in report.left_out)


def test_an_unknown_version_and_a_bad_date(kg: KnowledgeGraph) -> None:
    with pytest.raises(ExportError, match="no format is called 'fhir-r6'; nearest: fhir-r"):
        kg.export("fhir-r6", io.BytesIO())
    for date in ("28.11.2026", "2026-13-01", "tomorrow", "2026-11-28T00:00:00"):
        with pytest.raises(ExportError, match="write a date as 2026-11-28"):
            kg.export("fhir-r4", io.BytesIO(), date=date)


def test_a_term_without_an_accession_is_refused_by_name() -> None:
    with pytest.raises(ExportError, match="dyst:C0 has no accession, which ids='numeric' needs"):
        exported(Small("x"))
    (system,) = resources(exported(Small("x"), ids="readable").read, "CodeSystem")
    assert {one.code for one in concepts(system)} == {"C0", "C1", "C2"}


# ---------------------------------------------------------------------- hostile texts


class Small:
    """Three classes, one below the other, with a given text as label, definition, synonym and annotation."""

    def __init__(self, text: str) -> None:
        self.store = Store()
        rdf, rdfs, owl, obo = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "obo"))
        for number in range(3):
            self.add(f"C{number}", rdf + "type", NamedNode(owl + "Class"))
            self.add(f"C{number}", rdfs + "label", Literal(f"{text}{number}"))
        self.add("C1", rdfs + "subClassOf", NamedNode(DYST + "C0"))
        self.add("C2", rdfs + "subClassOf", NamedNode(DYST + "C1"))
        self.add("C2", obo + "IAO_0000115", Literal(text))
        self.add("C2", PREFIXES["oboInOwl"] + "hasBroadSynonym", Literal(text))
        self.add("C2", DYST + "convention", Literal(text))

    def add(self, subject: str, predicate: str, value: Any) -> None:
        self.store.add(Quad(NamedNode(DYST + subject), NamedNode(predicate), value, NamedNode(ASSERTED)))

    def _export_source(self) -> ExportSource:
        return ExportSource(self.store, "0")

    def _whole_source(self) -> None:
        """It is no part of anything."""

    def export(self, format: str, file: Any, **options: Any) -> Any:  # noqa: A002
        return export(self, format, file, **options)


HOSTILE = [
    "\ttab",
    'a"b\\c',
    "=cmd()",
    "]]></x>&amp;",
    "‮bidi‬",
    "é\N{COMBINING ACUTE ACCENT}",
    "line\nend\r\n",
    "\U0001f9e0",
    "a\u2028b",
]


@settings(max_examples=40, deadline=None)
@given(
    st.one_of(
        st.sampled_from(HOSTILE),
        st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc", "Cn"]), min_size=1).filter(str.strip),
    )
)
def test_texts_come_back_as_they_were(text: str) -> None:
    for name in READERS:
        (system,) = resources(exported(Small(text), name, ids="readable").read, "CodeSystem")
        (root,) = system.concept
        last = root.concept[0].concept[0]
        assert [one.display for one in (root, root.concept[0], last)] == [f"{text}{number}" for number in range(3)]
        assert last.definition == text
        assert [each.value for each in last.designation] == [text]
        assert valued(last, "convention") == [text]


@pytest.mark.parametrize("text", ["\x07bell", "\x00", "\x1b[31m", "\ufffe"])
def test_control_characters_are_refused_by_name(text: str) -> None:
    with pytest.raises(ExportError, match=r"dyst:C0: .* holds a control character"):
        exported(Small(text), ids="readable")


@pytest.mark.parametrize("text", ["", "  ", "\u00a0"])
def test_blank_texts_are_refused_by_name(text: str) -> None:
    with pytest.raises(ExportError, match=r"synonym of dyst:C2|definition of dyst:C2"):
        exported(Small(text), ids="readable")


def test_a_property_whose_code_is_taken_is_refused() -> None:
    small = Small("x")
    small.add("C2", DYST + "a-b", Literal("one"))
    small.add("C2", DYST + "a.b", Literal("two"))
    with pytest.raises(ExportError, match="would both be called 'a_b'"):
        exported(small, ids="readable")


def test_an_iri_without_a_system_is_a_code_of_its_own() -> None:
    small = Small("x")
    small.add("C2", PREFIXES["skos"] + "exactMatch", NamedNode("http://example.org/thing"))
    small.add("C2", DYST + "nomenclatureGroup", NamedNode("http://example.org/group"))
    _, whole, read = exported(small, ids="readable")
    (found,) = resources(read, "ConceptMap")
    assert found.group[0].target == "urn:ietf:rfc:3986"
    assert found.group[0].element[0].target[0].code == "http://example.org/thing"
    assert '"system": "urn:ietf:rfc:3986"' in json.dumps(whole["entry"][0])


def test_systems_are_distinct_and_known() -> None:
    found = systems()
    assert all(one.system.startswith(("http://", "https://")) and one.code.count("*") == 1 for one in found.values())
    pairs = {(one.system, one.code) for one in found.values()}
    assert len(pairs) == len(found)
    names: dict[str, set[str]] = {}
    for one in found.values():
        names.setdefault(one.name, set()).add(one.system)
    assert all(len(each) == 1 for each in names.values())


def test_fhir_is_the_same_through_the_command_line(
    whole: Callable[..., Written], tmp_path: Path, python: Callable[..., Any]
) -> None:
    out = tmp_path / "fhir.json"
    code = "import sys; from dystonia_kg.cli import main; sys.argv[0] = 'dystonia-kg'; main()"
    done = python(code, "export", "fhir-r5", "-o", out, "--option", f"date={DATE}", "--ids", "readable")
    assert done.returncode == 0, done.stderr
    assert json.loads(out.read_bytes()) == whole("fhir-r5", ids="readable").json
