"""The quality checks: each catches its own defect, and nothing else, and stays silent on what only looks like it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from dystonia_kg.build.check import check_graph, load_checks
from dystonia_kg.build.report import CheckReport, Finding, Rule, Severity
from dystonia_kg.errors import DystoniaKGError, MissingExtraError, SourceError
from dystonia_kg.vocab import DYST, INFERRED, contract

ONTOLOGY = Path(__file__).parents[1] / "ontology"
CHECKS = ONTOLOGY / "checks"
SHAPES = ONTOLOGY / "shapes"

ERRORS = [
    "deprecated_boolean_datatype",
    "deprecated_class_reference",
    "deprecated_property_reference",
    "duplicate_definition",
    "duplicate_label",
    "illegal_use_of_built_in_vocabulary",
    "label_formatting",
    "label_whitespace",
    "missing_label",
    "missing_ontology_description",
    "missing_ontology_license",
    "missing_ontology_title",
    "misused_obsolete_label",
    "misused_replaced_by",
    "multiple_definitions",
    "multiple_equivalent_class_definitions",
    "multiple_labels",
]
WARNINGS = [
    "annotation_whitespace",
    "duplicate_exact_synonym",
    "duplicate_label_synonym",
    "duplicate_scoped_synonym",
    "equivalent_pair",
    "equivalent_class_axiom_no_genus",
    "invalid_entity_uri",
    "invalid_xref",
    "missing_definition",
    "missing_obsolete_label",
    "missing_subset_declaration",
    "missing_synonymtype_declaration",
    "multiple_equivalent_classes",
]
INFOS = ["lowercase_definition", "missing_superclass"]

PREFIXES = """
@prefix dyst: <https://w3id.org/dystonia-kg/> .
@prefix ref: <https://w3id.org/dystonia-kg/reference/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix oboInOwl: <http://www.geneontology.org/formats/oboInOwl#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix HP: <http://purl.obolibrary.org/obo/HP_> .
@prefix IAO: <http://purl.obolibrary.org/obo/IAO_> .
@prefix OMO: <http://purl.obolibrary.org/obo/OMO_> .
"""

# A whole ontology in small: every kind of thing that the checks look at, and nothing wrong with it.
CLEAN = """
dyst:test.owl a owl:Ontology ; dcterms:title "Test" ; dcterms:description "A test." ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ; IAO:0000700 dyst:Dystonia .

rdfs:label a owl:AnnotationProperty .
IAO:0000115 a owl:AnnotationProperty ; rdfs:label "definition" .
OMO:0003000 a owl:AnnotationProperty ; rdfs:label "abbreviation" ; rdfs:subPropertyOf oboInOwl:SynonymTypeProperty .
dyst:isValueOf a owl:AnnotationProperty ; rdfs:label "is value of" ; IAO:0000115 "Leads to a dimension." .
dyst:slim a owl:AnnotationProperty ; rdfs:label "slim" ; rdfs:subPropertyOf oboInOwl:SubsetProperty .
dyst:affects a owl:ObjectProperty ; rdfs:label "affects" ; IAO:0000115 "Leads to a region." ;
    rdfs:domain dyst:Dystonia ; rdfs:range HP:0000005 .

dyst:Dystonia a owl:Class ; rdfs:label "dystonia" ; dcterms:identifier "DYST:0000001" ;
    IAO:0000115 "A movement disorder." ; IAO:0000119 ref:A ;
    oboInOwl:hasExactSynonym "dystonic posturing" ; oboInOwl:hasDbXref "MONDO:0003441" ; oboInOwl:inSubset dyst:slim .
dyst:DystoniaSyndrome a owl:Class ; rdfs:subClassOf dyst:Dystonia ; rdfs:label "dystonia syndrome" ;
    dcterms:identifier "DYST:0000002" ; IAO:0000115 "A recurring dystonia." .
[] a owl:Axiom ; owl:annotatedSource dyst:DystoniaSyndrome ; owl:annotatedProperty IAO:0000115 ;
    owl:annotatedTarget "A recurring dystonia." ; dcterms:source ref:A .
dyst:FocalDystonia a owl:Class ; rdfs:subClassOf dyst:Dystonia ; rdfs:label "focal dystonia" ;
    dcterms:identifier "DYST:0000003" ; IAO:0000115 "A dystonia of one region." ; IAO:0000119 ref:A ;
    dyst:isValueOf dyst:Distribution ;
    owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( dyst:Dystonia
        [ a owl:Restriction ; owl:onProperty dyst:affects ; owl:someValuesFrom HP:0000005 ] ) ] .
dyst:WritersCramp a owl:Class ; rdfs:subClassOf dyst:DystoniaSyndrome , dyst:FocalDystonia ;
    rdfs:label "writer's cramp" ; dcterms:identifier "DYST:0000004" ;
    IAO:0000115 "A dystonia of writing." ; IAO:0000119 ref:A ; oboInOwl:hasExactSynonym "WC" .
[] a owl:Axiom ; owl:annotatedSource dyst:WritersCramp ; owl:annotatedProperty oboInOwl:hasExactSynonym ;
    owl:annotatedTarget "WC" ; oboInOwl:hasSynonymType OMO:0003000 .
dyst:OldDystonia a owl:Class ; rdfs:label "obsolete old dystonia" ; owl:deprecated true ;
    dcterms:identifier "DYST:0000005" ; IAO:0100001 dyst:Dystonia .

HP:0000005 a owl:Class ; rdfs:label "mode of inheritance" .
dyst:association\\/1 a dyst:Association ; rdfs:label "association 1" ; dcterms:source ref:A ; dyst:frequency 0.25 ;
    dyst:associationSubject dyst:WritersCramp ; dyst:associationPredicate dyst:affects ;
    dyst:associationObject HP:0000005 .
ref:A a dyst:Publication ; rdfs:label "A 2013" ; dcterms:title "A" ; dyst:pmid "23649720" ; dyst:doi "10.1002/mds.1" .
dyst:Distribution a dyst:Dimension ; rdfs:label "distribution" ; dyst:onAxis dyst:AxisI .
dyst:AxisI a dyst:Axis ; rdfs:label "axis I" ; dyst:ofEdition dyst:Edition2013 .
dyst:Edition2013 a dyst:ClassificationEdition ; rdfs:label "2013" .
"""

# A class and its parts with nothing missing, for defects that need a second one.
TERM = 'dyst:T a owl:Class ; rdfs:subClassOf dyst:Dystonia ; rdfs:label "t" ; IAO:0000115 "A t." ; IAO:0000119 ref:A . '
RETIRED = 'dyst:OldRelation a owl:ObjectProperty ; rdfs:label "obsolete old relation" ; owl:deprecated true . '


class Case(NamedTuple):
    """A defect to add to the clean ontology (after taking a piece out of it), and a near miss that is no defect."""

    bad: str
    near_miss: str
    remove: str = ""


CASES = {
    "deprecated_boolean_datatype": Case(
        'dyst:Dystonia owl:deprecated "true" .',
        "dyst:Dystonia owl:deprecated false .",
    ),
    "deprecated_class_reference": Case(
        "dyst:WritersCramp rdfs:subClassOf dyst:OldDystonia .",
        "dyst:OldDystonia rdfs:subClassOf oboInOwl:ObsoleteClass ; skos:relatedMatch dyst:Dystonia .",
    ),
    "deprecated_property_reference": Case(
        RETIRED + "dyst:affects rdfs:subPropertyOf dyst:OldRelation .",
        RETIRED + "dyst:OldRelation rdfs:subPropertyOf dyst:affects ; IAO:0100001 dyst:affects .",
    ),
    "duplicate_definition": Case(
        'dyst:T a owl:Class ; rdfs:subClassOf dyst:Dystonia ; rdfs:label "t" ;'
        ' IAO:0000115 "A movement disorder." ; IAO:0000119 ref:A .',
        'dyst:OldDystonia IAO:0000115 "A movement disorder." ; IAO:0000119 ref:A .'
        ' HP:0000001 IAO:0000115 "All." ; rdfs:label "All" . HP:0000002 IAO:0000115 "All." ; rdfs:label "all too" .',
    ),
    "duplicate_label": Case(
        'HP:0001332 a owl:Class ; rdfs:label "dystonia"@en .',
        'HP:0001332 a owl:Class ; rdfs:label "Dystonia" .',
    ),
    "illegal_use_of_built_in_vocabulary": Case(
        "rdf:type a owl:AnnotationProperty .",
        "owl:Thing a owl:Class . rdfs:comment a owl:AnnotationProperty . xsd:decimal a rdfs:Datatype .",
    ),
    "label_formatting": Case(
        r'HP:0001332 a owl:Class ; rdfs:label "tab\tand zero\u200Bwidth" .',
        'HP:0001332 a owl:Class ; rdfs:label "Übergang, naïve (ß)" .',
    ),
    "label_whitespace": Case(
        'HP:0001332 a owl:Class ; rdfs:label "Dystonia " .',
        'HP:0001332 a owl:Class ; rdfs:label "Dystonia  twice" .',
    ),
    "missing_label": Case(
        "HP:0001332 a owl:Class ; rdfs:subClassOf HP:0000005 .",
        "HP:0001332 a owl:Class . HP:0001333 owl:deprecated true ; skos:note 'gone' ."
        " dyst:big rdfs:subPropertyOf oboInOwl:SubsetProperty .",
    ),
    "missing_ontology_description": Case(
        "",
        "dyst:test.owl <http://purl.org/dc/elements/1.1/description> 'A test.' .",
        remove='dcterms:description "A test." ;',
    ),
    "missing_ontology_license": Case(
        "",
        "dyst:test.owl dcterms:license 'CC0' .",
        remove="dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;",
    ),
    "missing_ontology_title": Case(
        "",
        "dyst:test.owl <http://purl.org/dc/elements/1.1/title> 'Test' .",
        remove='dcterms:title "Test" ;',
    ),
    "misused_obsolete_label": Case(
        'HP:0001332 a owl:Class ; rdfs:label "Obsolete dystonia" .',
        'HP:0001332 a owl:Class ; rdfs:label "not obsolete dystonia" .',
    ),
    "misused_replaced_by": Case(
        "dyst:WritersCramp IAO:0100001 dyst:Dystonia .",
        "dyst:OldDystonia oboInOwl:consider dyst:WritersCramp .",
    ),
    "multiple_definitions": Case(
        'dyst:Dystonia IAO:0000115 "A posture." .',
        'dyst:OldDystonia IAO:0000115 "A posture." , "A contraction." ; IAO:0000119 ref:A .',
    ),
    "multiple_equivalent_class_definitions": Case(
        "dyst:FocalDystonia owl:equivalentClass [ owl:intersectionOf ( dyst:Dystonia dyst:DystoniaSyndrome ) ] .",
        "dyst:FocalDystonia owl:equivalentClass [ owl:unionOf ( dyst:Dystonia dyst:DystoniaSyndrome ) ] .",
    ),
    "multiple_labels": Case(
        'dyst:Dystonia rdfs:label "torsion spasm" .',
        'dyst:OldDystonia rdfs:label "obsolete torsion" .',
    ),
    "annotation_whitespace": Case(
        'dyst:Dystonia rdfs:comment "Ends with a line break.\\n" .',
        'dyst:Dystonia rdfs:comment "Two\\nlines." ; obo:RO_1 " 1" .'
        ' obo:RO_1 a owl:DatatypeProperty ; rdfs:label "width" .',
    ),
    "duplicate_exact_synonym": Case(
        'dyst:WritersCramp oboInOwl:hasExactSynonym "Dystonic Posturing" .',
        'HP:0001332 a owl:Class ; rdfs:label "Dystonia" ; oboInOwl:hasExactSynonym "wc" , "shared" .'
        ' HP:0001333 a owl:Class ; rdfs:label "Other" ; oboInOwl:hasExactSynonym "Shared" .'
        ' dyst:OldDystonia oboInOwl:hasExactSynonym "dystonic posturing" .'
        ' dyst:WritersCramp oboInOwl:hasRelatedSynonym "dystonic posturing" .',
    ),
    "duplicate_label_synonym": Case(
        'dyst:WritersCramp oboInOwl:hasExactSynonym "focal dystonia" .',
        'HP:0001332 a owl:Class ; rdfs:label "Dystonia" ; oboInOwl:hasExactSynonym "Dystonia" .'
        ' dyst:WritersCramp oboInOwl:hasBroadSynonym "focal dystonia" .'
        ' dyst:WritersCramp oboInOwl:hasExactSynonym "obsolete old dystonia" .',
    ),
    "duplicate_scoped_synonym": Case(
        'dyst:Dystonia oboInOwl:hasRelatedSynonym "dystonic posturing" .',
        'dyst:Dystonia oboInOwl:hasRelatedSynonym "dystonic posture" .'
        ' HP:0001332 a owl:Class ; rdfs:label "Dystonia" ;'
        ' oboInOwl:hasBroadSynonym "X" ; oboInOwl:hasNarrowSynonym "X" .',
    ),
    "equivalent_pair": Case(
        "dyst:WritersCramp owl:equivalentClass HP:0000005 .",
        "dyst:WritersCramp skos:exactMatch obo:MONDO_0000001 .",
    ),
    "equivalent_class_axiom_no_genus": Case(
        "dyst:WritersCramp owl:equivalentClass"
        " [ a owl:Restriction ; owl:onProperty dyst:affects ; owl:someValuesFrom HP:0000005 ] .",
        "dyst:WritersCramp owl:equivalentClass"
        " [ a owl:Restriction ; owl:onProperty dyst:affects ; owl:allValuesFrom HP:0000005 ] .",
    ),
    "invalid_entity_uri": Case(
        "obo:HP0001332 a owl:Class .",
        "obo:hp.owl a owl:Ontology ; dcterms:title 't' ; dcterms:description 'd' ; dcterms:license 'l' ."
        " obo:NCIT_C34563 a owl:Class . obo:NCBITaxon_Union_0000001 a owl:Class ."
        " <http://purl.obolibrary.org/obo/uberon/core#efo_slim> a owl:AnnotationProperty ."
        " <http://identifiers.org/hgnc/3098> a owl:Class .",
    ),
    "invalid_xref": Case(
        'dyst:Dystonia oboInOwl:hasDbXref "https://example.org/1" .',
        'dyst:Dystonia oboInOwl:hasDbXref "ICD10CM:G24.9" , "Orphanet:68363" , "SNOMEDCT_US:15802004" .',
    ),
    "missing_definition": Case(
        'dyst:T a owl:Class ; rdfs:subClassOf dyst:Dystonia ; rdfs:label "t" .',
        'dyst:T a dyst:Publication , owl:NamedIndividual ; rdfs:label "t" .'
        ' dyst:U a owl:Class ; rdfs:subClassOf dyst:Dystonia ; rdfs:label "u" ; IAO:0000600 "That." .',
    ),
    "missing_obsolete_label": Case(
        'HP:0001332 a owl:Class ; rdfs:label "Dystonia" ; owl:deprecated true .',
        'HP:0001332 a owl:Class ; rdfs:label "OBSOLETE dystonia" ; owl:deprecated true .',
    ),
    "missing_subset_declaration": Case(
        "dyst:WritersCramp oboInOwl:inSubset dyst:other .",
        "dyst:WritersCramp oboInOwl:inSubset dyst:slim .",
    ),
    "missing_synonymtype_declaration": Case(
        "[] owl:annotatedSource dyst:Dystonia ; oboInOwl:hasSynonymType OMO:0003003 .",
        "[] owl:annotatedSource dyst:Dystonia ; oboInOwl:hasSynonymType OMO:0003000 .",
    ),
    "multiple_equivalent_classes": Case(
        "dyst:FocalDystonia owl:equivalentClass [ owl:complementOf HP:0000005 ] .",
        "dyst:FocalDystonia owl:equivalentClass [ owl:unionOf ( HP:0000005 dyst:DystoniaSyndrome ) ] .",
    ),
    "lowercase_definition": Case(
        'dyst:DystoniaSyndrome IAO:0000600 "that one" .',
        'HP:0001332 a owl:Class ; rdfs:label "Dystonia" ; IAO:0000115 "a posture" .'
        ' dyst:OldDystonia IAO:0000600 "Écart." .',
    ),
    "missing_superclass": Case(
        'dyst:T a owl:Class ; rdfs:label "t" ; IAO:0000115 "A t." ; IAO:0000119 ref:A .',
        'dyst:T a owl:Class ; rdfs:label "t" ; IAO:0000115 "A t." ; IAO:0000119 ref:A ;'
        " owl:equivalentClass [ owl:intersectionOf ( [ owl:complementOf HP:0000005 ] dyst:Dystonia ) ] .",
    ),
    "own_missing_source": Case(
        'dyst:T a owl:Class ; rdfs:subClassOf dyst:Dystonia ; rdfs:label "t" ; IAO:0000115 "A t." .',
        'HP:0001332 a owl:Class ; rdfs:label "Dystonia" ; IAO:0000115 "A t." .'
        ' dyst:T a owl:Class ; rdfs:subClassOf dyst:Dystonia ; rdfs:label "t" ; IAO:0000115 "One t." .'
        " [] owl:annotatedSource dyst:T ; owl:annotatedProperty IAO:0000115 ; owl:annotatedTarget 'One t.' ;"
        " oboInOwl:hasDbXref 'PMID:1' .",
    ),
    "own_unknown_reference": Case(
        "dyst:WritersCramp dcterms:source ref:B .",
        "dyst:WritersCramp dcterms:source <https://example.org/> . dyst:Dystonia dcterms:source ref:B ."
        " ref:B rdfs:label 'B' .",
    ),
    "own_property_without_domain": Case(
        'dyst:r a owl:ObjectProperty ; rdfs:label "r" ; IAO:0000115 "An r." ; rdfs:domain dyst:Dystonia .',
        'dyst:r a owl:ObjectProperty ; rdfs:label "r" ; IAO:0000115 "An r." ; rdfs:subPropertyOf dyst:affects .'
        ' obo:RO_0000053 a owl:ObjectProperty ; rdfs:label "has characteristic" .',
    ),
    "own_punned_entity": Case(
        "dyst:WritersCramp a dyst:Gene .",
        "dyst:Distribution a owl:NamedIndividual . dyst:WritersCramp dcterms:relation dyst:FocalDystonia .",
    ),
    "own_syndrome_without_axis_place": Case(
        TERM + "dyst:T rdfs:subClassOf dyst:DystoniaSyndrome .",
        TERM + "dyst:T rdfs:subClassOf dyst:WritersCramp . dyst:OldDystonia rdfs:comment 'no longer a syndrome' .",
    ),
    "own_association_without_source": Case(
        'dyst:a a dyst:Kind ; rdfs:label "a" . dyst:Kind rdfs:subClassOf dyst:Association ; rdfs:label "kind" .',
        'dyst:a a dyst:Kind ; rdfs:label "a" ; dcterms:source ref:A .'
        ' dyst:Kind rdfs:subClassOf dyst:Association ; rdfs:label "kind" .',
    ),
    "own_exact_match_twice": Case(
        "dyst:Dystonia skos:exactMatch obo:MONDO_0000001 , obo:MONDO_0000002 .",
        "dyst:Dystonia skos:exactMatch obo:MONDO_0000001 , obo:DOID_0000001 , <https://omim.org/entry/1> ,"
        " <https://omim.org/phenotypicSeries/PS1> ; skos:closeMatch obo:MONDO_0000002 ."
        " dyst:WritersCramp skos:exactMatch obo:DOID_1 , obo:DOID_2 ."
        + "".join(
            f" [] a owl:Axiom ; owl:annotatedSource dyst:WritersCramp ; owl:annotatedProperty skos:exactMatch ;"
            f" owl:annotatedTarget obo:DOID_{n} ; <https://w3id.org/sssom/comment>"
            f" 'The source has both 1 and 2 as exact matches' ."
            for n in (1, 2)
        ),
    ),
    "own_exact_match_shared": Case(
        "dyst:Dystonia skos:exactMatch obo:MONDO_0000001 . dyst:WritersCramp skos:exactMatch obo:MONDO_0000001 .",
        "dyst:Dystonia skos:exactMatch obo:MONDO_0000001 . dyst:WritersCramp skos:broadMatch obo:MONDO_0000001 .",
    ),
    "own_exact_match_across_kinds": Case(
        "dyst:WritersCramp skos:exactMatch HP:0002356 .",
        "dyst:WritersCramp skos:relatedMatch HP:0002356 ; skos:exactMatch obo:MONDO_0000001 ."
        " dyst:Distribution skos:exactMatch HP:0012837 .",
    ),
    "own_association_dangling": Case(
        "dyst:association\\/1 dyst:associationObject dyst:Nowhere .",
        "dyst:association\\/1 dyst:associationObject 'text' .",
    ),
}


def store_of(*turtle: str, remove: str = "") -> Store:
    text = CLEAN
    if remove:
        assert remove in text
        text = text.replace(remove, "")
    store = Store()
    store.extend(Quad(*quad.triple) for quad in parse("".join([PREFIXES, text, *turtle]), format=RdfFormat.TURTLE))
    return store


def fired(report: CheckReport) -> set[str]:
    return {finding.check for finding in report.findings}


def test_the_32_checks_have_the_severities_of_robot() -> None:
    rules = {check.rule.name: check.rule for check in load_checks(CHECKS)}
    robot = {name: rule for name, rule in rules.items() if not name.startswith("own_")}
    by_severity = {
        severity: sorted(name for name, rule in robot.items() if rule.severity is severity) for severity in Severity
    }
    assert by_severity == {
        Severity.ERROR: sorted(ERRORS),
        Severity.WARN: sorted(WARNINGS),
        Severity.INFO: sorted(INFOS),
    }
    assert [len(names) for names in by_severity.values()] == [17, 13, 2]
    assert all(rule.title and rule.why for rule in rules.values())
    assert set(rules) == set(CASES), "every check has its case"


@pytest.mark.parametrize("name", ["clean", *CASES])
def test_what_only_looks_like_a_defect_passes(name: str) -> None:
    near_miss = CASES[name].near_miss if name in CASES else ""
    remove = CASES[name].remove if name in CASES else ""
    report = check_graph(store_of(near_miss, remove=remove), CHECKS)
    assert fired(report) == set(), str(report)


@pytest.mark.parametrize("name", CASES)
def test_a_defect_is_caught_by_its_own_check_alone(name: str) -> None:
    case = CASES[name]
    report = check_graph(store_of(case.bad, remove=case.remove), CHECKS)
    assert fired(report) == {name}, str(report)
    assert report.ok is (name in INFOS)


@pytest.mark.parametrize(
    ("turtle", "expected"),
    [
        # Deprecated classes: every place in the logic, reported with the named thing whose axiom it is.
        ("dyst:WritersCramp rdfs:subClassOf [ a owl:Restriction ; owl:onProperty dyst:affects ;"
         " owl:someValuesFrom [ owl:intersectionOf ( HP:0000005 dyst:OldDystonia ) ] ] .",
         ("deprecated_class_reference", "dyst:OldDystonia", "rdf:first", "dyst:WritersCramp")),
        ("dyst:OldDystonia rdfs:subClassOf dyst:Dystonia .",
         ("deprecated_class_reference", "dyst:OldDystonia", "rdfs:subClassOf", "dyst:Dystonia")),
        ("dyst:affects rdfs:domain dyst:OldDystonia .",
         ("deprecated_class_reference", "dyst:OldDystonia", "rdfs:domain", "dyst:affects")),
        ("[] a owl:AllDisjointClasses ; owl:members ( dyst:OldDystonia dyst:FocalDystonia ) .",
         ("deprecated_class_reference", "dyst:OldDystonia", "rdf:first", "[anonymous]")),
        # Deprecated properties: statements, restrictions.
        (RETIRED + "dyst:WritersCramp dyst:OldRelation dyst:Dystonia .",
         ("deprecated_property_reference", "dyst:OldRelation", "dyst:OldRelation", "dyst:WritersCramp")),
        (RETIRED + "dyst:WritersCramp rdfs:subClassOf"
         " [ a owl:Restriction ; owl:onProperty dyst:OldRelation ; owl:someValuesFrom dyst:Dystonia ] .",
         ("deprecated_property_reference", "dyst:OldRelation", "owl:onProperty", "dyst:WritersCramp")),
        (RETIRED + "dyst:affects owl:propertyChainAxiom ( dyst:affects dyst:OldRelation ) .",
         ("deprecated_property_reference", "dyst:OldRelation", "rdf:first", "dyst:affects")),
        # The annotation of an axiom is reported at its term.
        ("[] owl:annotatedSource dyst:Dystonia ; rdfs:comment ' x' .",
         ("annotation_whitespace", "dyst:Dystonia", "rdfs:comment", " x")),
        ("[] owl:annotatedSource dyst:Dystonia ; dcterms:source ref:B .",
         ("own_unknown_reference", "dyst:Dystonia", "dcterms:source", "ref:B")),
        # One term that calls itself the same twice.
        ('dyst:WritersCramp oboInOwl:hasExactSynonym "writer\'s cramp" .',
         ("duplicate_label_synonym", "dyst:WritersCramp", "oboInOwl:hasExactSynonym", "writer's cramp")),
        # More than one named class.
        ("dyst:T a owl:Class ; owl:equivalentClass dyst:FocalDystonia , HP:0000005 .",
         ("multiple_equivalent_classes", "dyst:T", "owl:equivalentClass", "dyst:FocalDystonia")),
        ("<https://purl.obolibrary.org/obo/HP_0001332> a owl:Class .",
         ("invalid_entity_uri", "https://purl.obolibrary.org/obo/HP_0001332", "rdf:type", "owl:Class")),
        ("dyst:Dystonia oboInOwl:hasDbXref HP:0000005 .",
         ("invalid_xref", "dyst:Dystonia", "oboInOwl:hasDbXref", "HP:0000005")),
        ("dyst:r a owl:ObjectProperty , owl:DatatypeProperty .",
         ("own_punned_entity", "dyst:r", "rdf:type", "owl:DatatypeProperty")),
        ("dyst:r a owl:ObjectProperty ; rdfs:domain dyst:Dystonia .",
         ("own_property_without_domain", "dyst:r", "rdfs:range", None)),
    ],
)  # fmt: skip
def test_a_finding_names_the_place(turtle: str, expected: tuple[str | None, ...]) -> None:
    report = check_graph(store_of(turtle), CHECKS)
    found = {
        (f.check, *(part and (contract(part) or part) for part in (f.entity, f.property, f.value)))
        for f in report.findings
    }
    assert expected in found, str(report)


def test_checks_of_the_ontology_do_not_see_the_other_graphs() -> None:
    store = store_of()
    inferred = NamedNode(INFERRED)
    store.extend(
        Quad(*quad.triple, inferred)
        for quad in parse(
            PREFIXES
            + "dyst:Other rdfs:subClassOf dyst:Dystonia . dyst:WritersCramp owl:equivalentClass dyst:Dystonia .",
            format=RdfFormat.TURTLE,
        )
    )
    assert check_graph(store, CHECKS).ok
    report = check_graph(store, CHECKS, ontology_graphs=[inferred])
    assert {"missing_label", "equivalent_pair"} <= fired(report)


def test_a_syndrome_may_get_its_place_from_the_inferred_graph() -> None:
    store = store_of(TERM, "dyst:T rdfs:subClassOf dyst:DystoniaSyndrome .")
    assert fired(check_graph(store, CHECKS)) == {"own_syndrome_without_axis_place"}
    below = [NamedNode(iri) for iri in (DYST + "T", "http://www.w3.org/2000/01/rdf-schema#subClassOf")]
    store.add(Quad(*below, NamedNode(DYST + "FocalDystonia"), NamedNode(INFERRED)))
    assert check_graph(store, CHECKS).ok


# ---------------------------------------------------------------- SHACL

ASSOCIATION = (
    "dyst:b a dyst:Statement ; dyst:associationSubject dyst:Dystonia ; dyst:associationPredicate dyst:affects ;"
    " dyst:associationObject HP:0000005 ; dcterms:source ref:A . dyst:Statement rdfs:subClassOf dyst:Association . "
)
CLASS = 'dyst:T a owl:Class ; rdfs:label "t" ; IAO:0000115 "A t." ; dcterms:identifier "DYST:0000006" . '

SHAPE_CASES = {
    "shape_class_label": (CLASS, 'rdfs:label "t" ;', ""),
    "shape_class_definition": (CLASS, 'IAO:0000115 "A t." ;', ""),
    "shape_class_definition_once": (CLASS, '"A t."', '"A t." , "One t."'),
    "shape_class_accession": (CLASS, '; dcterms:identifier "DYST:0000006"', ""),
    "shape_accession_unique": (CLASS, "0006", "0004"),
    "shape_dimension_axis": ("dyst:D a dyst:Dimension ; dyst:onAxis dyst:AxisI .", "dyst:onAxis dyst:AxisI", ""),
    "shape_axis_edition": ("dyst:X a dyst:Axis ; dyst:ofEdition dyst:Edition2013 .", "Edition2013", "AxisI"),
    "shape_association_subject": (ASSOCIATION, "dyst:associationSubject dyst:Dystonia ;", ""),
    "shape_association_predicate": (ASSOCIATION, "dyst:affects", "dyst:affects , dyst:involves"),
    "shape_association_object": (ASSOCIATION, "HP:0000005", "HP:0000005 , HP:0000006"),
    "shape_association_source": (ASSOCIATION, "dcterms:source ref:A .", "dcterms:source 'A' ."),
    "shape_association_frequency": (ASSOCIATION + "dyst:b dyst:frequency 1.0 .", "1.0", "1.01"),
    "shape_publication_title": ("ref:B a dyst:Publication ; dcterms:bibliographicCitation 'B' .",
                                "dcterms:bibliographicCitation", "rdfs:label"),
    "shape_publication_pmid": ("ref:A dyst:pmid '23649720' .", "'23649720'", "'PMID:23649720'"),
    "shape_publication_doi": ("ref:A dyst:doi '10.1002/mds.1' .", "'10.", "'https://doi.org/10."),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPE_CASES)
def test_a_shape_catches_its_own_defect(name: str, tmp_path: Path) -> None:
    good, old, new = SHAPE_CASES[name]
    assert old in good
    bad = store_of(good.replace(old, new))
    (tmp_path / "one.rq").write_text((CHECKS / "missing_ontology_title.rq").read_text("utf-8"), "utf-8")
    report = check_graph(bad, tmp_path, SHAPES)
    assert fired(report) == {name}, str(report)
    assert not report.ok


@pytest.mark.parametrize("value", ["-0.1", "1.01", '"often"', '"25%"'])
def test_a_frequency_is_a_share(value: str, tmp_path: Path) -> None:
    (tmp_path / "one.rq").write_text((CHECKS / "missing_ontology_title.rq").read_text("utf-8"), "utf-8")
    report = check_graph(store_of(ASSOCIATION, f"dyst:b dyst:frequency {value} ."), tmp_path, SHAPES)
    assert fired(report) == {"shape_association_frequency"}


def test_shapes_pass_what_is_well_formed() -> None:
    report = check_graph(store_of(*{text for text, _, _ in SHAPE_CASES.values()}), CHECKS, SHAPES)
    assert not {name for name in fired(report) if name.startswith("shape_")}, str(report)
    rules = {rule.name: rule for rule in report.rules if rule.name.startswith("shape_")}
    assert set(rules) == set(SHAPE_CASES), "every shape has its case"
    assert all(rule.title and rule.why and rule.severity is Severity.ERROR for rule in rules.values())


def test_a_deprecated_class_needs_no_definition_but_an_accession() -> None:
    store = store_of('dyst:T a owl:Class ; rdfs:label "obsolete t" ; owl:deprecated true .')
    assert fired(check_graph(store, CHECKS, SHAPES)) == {"shape_class_accession"}


def test_malformed_shapes_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no shapes"):
        check_graph(store_of(), CHECKS, tmp_path)
    path = tmp_path / "broken.ttl"
    path.write_text("<a> <b> .\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"broken\.ttl"):
        check_graph(store_of(), CHECKS, tmp_path)
    path.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> ."
        " <urn:s> a sh:PropertyShape ; sh:targetClass <urn:c> ; sh:path <urn:p> ; sh:minCount 'one' .",
        encoding="utf-8",
    )
    with pytest.raises(SourceError, match="malformed shape"):
        check_graph(store_of(), CHECKS, tmp_path)


def test_without_pyshacl_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    assert check_graph(store_of(), CHECKS).ok, "no shapes, no need of pyshacl"
    with pytest.raises(MissingExtraError, match="check"):
        check_graph(store_of(), CHECKS, SHAPES)


# ---------------------------------------------------------------- check files


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT ?entity ?property ?value {}", "# title:"),
        ("# title: T\n# severity: FATAL\n# why: W\nSELECT ?entity ?property ?value {}", "FATAL"),
        ("# title: T\n# severity: WARN\n# why: W\n# scope: mine\nSELECT ?entity ?property ?value {}", "mine"),
        ("# title: T\n# severity: WARN\n# why: W\nSELECT ?entity WHERE {", "not a SPARQL query"),
        ("# title: T\n# severity: WARN\n# why: W\nSELECT ?entity ?value {}", r"\?entity \?value"),
        ("# title: T\n# severity: WARN\n# why: W\nASK {}", "nothing"),
    ],
)
def test_a_malformed_check_is_named(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "broken.rq").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=message) as caught:
        load_checks(tmp_path)
    assert "broken.rq" in str(caught.value)


def test_all_malformed_checks_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "one.rq").write_bytes(b"# title: \xff")
    (tmp_path / "two.rq").write_text("# title: T\n# severity: WARN\n# why: W\nno query", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_checks(tmp_path)
    assert "one.rq" in str(caught.value)
    assert "two.rq" in str(caught.value)


def test_nothing_to_check_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no check"):
        load_checks(tmp_path)
    with pytest.raises(SourceError, match="empty"):
        check_graph(Store(), CHECKS)


def test_a_reason_may_go_on_over_lines(tmp_path: Path) -> None:
    (tmp_path / "c.rq").write_text(
        "# title: T\n# severity: INFO\n# why: one\n#   two\n\nSELECT ?entity ?property ?value {}", encoding="utf-8"
    )
    (check,) = load_checks(tmp_path)
    assert check.rule == Rule("c", Severity.INFO, "T", "one two")
    assert check.scope == "ontology"


# ---------------------------------------------------------------- reports


def test_profile_violations_are_errors() -> None:
    report = check_graph(store_of(), CHECKS, profile_violations=["Use of undeclared class"])
    assert fired(report) == {"owl2_dl_profile"}
    assert not report.ok
    assert "Use of undeclared class" in str(report)
    assert check_graph(store_of(), CHECKS, profile_violations=list).ok


def test_triples_do_as_well_as_a_store() -> None:
    report = check_graph((quad.triple for quad in store_of(CASES["equivalent_pair"].bad)), CHECKS)
    assert fired(report) == {"equivalent_pair"}


def test_the_report_reads_well() -> None:
    report = check_graph(
        store_of(CASES["missing_superclass"].bad, CASES["misused_replaced_by"].bad, CASES["equivalent_pair"].bad),
        CHECKS,
    )
    text = str(report)
    assert text.splitlines()[0] == f"{len(CASES)} checks failed: 1 ERROR, 1 WARN, 1 INFO"
    assert text.index("\nERROR") < text.index("\nWARN") < text.index("\nINFO")
    assert "misused_replaced_by (1): Live term with a replacement" in text
    assert "dyst:WritersCramp (writer's cramp) | IAO:0100001 | dyst:Dystonia (dystonia)" in text
    assert report.counts == {Severity.ERROR: 1, Severity.WARN: 1, Severity.INFO: 1}
    assert report.by_check["equivalent_pair"] == 1
    assert report.by_check["missing_label"] == 0


def test_the_report_shows_a_few_and_counts_the_rest() -> None:
    rule = Rule("c", Severity.WARN, "Title", "Why.")
    findings = tuple(Finding("c", Severity.WARN, f"{DYST}T{i:02}", None, " x", "Title") for i in reversed(range(12)))
    text = CheckReport((rule,), findings + findings[:3]).format(limit=5)
    assert "c (12): Title" in text
    assert "... and 7 more" in text
    assert "dyst:T00 | ' x'" in text
    assert "dyst:T05" not in text


def test_the_report_as_data() -> None:
    report = check_graph(store_of(CASES["multiple_equivalent_class_definitions"].bad), CHECKS)
    (row,) = json.loads(json.dumps(report.to_dicts()))
    assert row == {
        "check": "multiple_equivalent_class_definitions",
        "severity": "ERROR",
        "entity": DYST + "FocalDystonia",
        "property": "http://www.w3.org/2002/07/owl#equivalentClass",
        "value": "[anonymous]",
        "message": "More than one logical definition",
    }
    assert issubclass(SourceError, DystoniaKGError)
