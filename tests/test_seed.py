"""The seed table: every statement of the founding text, in order, with the call that answers it and the answer.

A row quotes one statement, asks the public API and says what the text states. The quotations, with the furniture of the
web page in between, make up the whole text: `test_every_word_has_a_row` compares them with its digest, so no statement
can be forgotten. Where the text and the other sources differ, the answer says so; the text's word is kept as its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import dystonia_kg as dkg

KG = dkg.KnowledgeGraph
ASSERTED = "GRAPH <https://w3id.org/dystonia-kg/graph/asserted>"


class Row(NamedTuple):
    """A statement of the text, the question put to the library, and what the text says."""

    quote: str
    ask: Callable[[KG], Any]
    answer: Any


class Furniture(NamedTuple):
    """A part of the web page that states nothing about dystonia: headings, links, notices."""

    quote: str


# ---------------------------------------------------------------------- ways of asking


def labels(kg: KG, name: str, column: str = "label", **parameters: Any) -> set[str]:
    """The labels that a named query gives."""
    return set(kg.run(name, **parameters).column(column))


def holds(*pairs: tuple[str, str]) -> Callable[[KG], bool]:
    """Whether each first is a kind of the second."""
    return lambda kg: all(kg.is_a(one, other) for one, other in pairs)


def ask(pattern: str) -> Callable[[KG], Any]:
    """An ASK query."""
    return lambda kg: kg.query(f"ASK {{ {pattern} }}")


def conditions(kg: KG, effect: str, subject: str = "dystonia") -> set[str]:
    return {row.label for row in kg.run("modifying-conditions", subject=subject) if row.effect == effect}


def involves(kg: KG, subject: str, part: str) -> bool:
    return kg.query("ASK { ?s dyst:involves ?part }", s=kg.term(subject), part=kg.term(part))


def evoked(kg: KG, subject: str, activity: str) -> bool:
    return kg.query("ASK { ?s dyst:isEvokedBy ?activity }", s=kg.term(subject), activity=kg.term(activity))


def qualities(kg: KG, how: str) -> set[str]:
    return {row.label for row in kg.run("movement-qualities", edition="2013") if row.how == how}


def said_structures(kg: KG) -> set[str]:
    return {kg.term(iri).curie for iri in kg.run("neural-structures", said_by="seed").column("structure")}


def structures_behind(kg: KG, mechanism: str) -> set[str]:
    return {kg.term(iri).curie for iri in kg.run("structure-effects", mechanism=mechanism).column("structure")}


def dimensions(kg: KG, axis: str) -> list[str]:
    """The dimensions of an axis of 2013, without their parts, in order."""
    rows = kg.run("dimensions", edition="2013", axis=axis)
    return [row.label for row in rows if row.level == 1]


def values(kg: KG, dimension: str) -> set[str]:
    return labels(kg, "dimension-values", dimension=dimension)


def outcomes(kg: KG, subject: str, relation: str, outcome: str) -> tuple[bool, bool]:
    """Whether the tendency is stated with the founding text as a source, and whether it is an axiom."""
    rows = [row for row in kg.run("natural-history", subject=subject, outcome=outcome) if row.relation == relation]
    return any("seed" in row.source.split(", ") for row in rows), kg.is_a(subject, outcome)


def called(kg: KG, former: str, subject: str) -> set[tuple[str, bool]]:
    """The agreement on a former designation, and whether the founding text says it."""
    rows = kg.run("formerly-called", former=former, subject=subject)
    return {(row.agreement, "seed" in row.source.split(", ")) for row in rows}


def category_is_listed(name: str, example: str) -> Callable[[KG], tuple[bool, bool]]:
    """Whether the text is a source of the category, and whether an example falls under it."""

    def question(kg: KG) -> tuple[bool, bool]:
        listed = name in kg.run("cause-categories", said_by="seed").column("name")
        return listed, kg.term(example) in kg.causes(cause=name)

    return question


def in_dimension(kg: KG, value: str, dimension: str) -> bool:
    return kg.query("ASK { ?v dyst:isValueOf ?d }", v=kg.term(value), d=kg.term(dimension))


DEFINITION_2013 = (
    "a movement disorder characterized by sustained or intermittent muscle contractions "
    "causing abnormal, often repetitive, movements, postures, or both"
)
FOUR_STRUCTURES = {"UBERON:0010011", "UBERON:0002037", "UBERON:0016636", "dyst:SensorimotorCortex"}

EXACTLY_ONE_REGION = """
dyst:FocalDystonia owl:equivalentClass/owl:intersectionOf/rdf:rest*/rdf:first ?r .
?r owl:onProperty dyst:affects ; owl:qualifiedCardinality 1 ; owl:onClass dyst:BodyRegion .
"""
TRUNK_AND_TWO_OTHERS = """
dyst:GeneralizedDystonia owl:equivalentClass/owl:intersectionOf/rdf:rest*/rdf:first ?trunk, ?three .
?trunk owl:onProperty dyst:affects ; owl:someValuesFrom dyst:Trunk .
?three owl:onProperty dyst:affects ; owl:minQualifiedCardinality 3 ; owl:onClass dyst:BodyRegion .
"""
CONTIGUOUS_REGIONS = """
dyst:SegmentalDystonia owl:equivalentClass/owl:intersectionOf/rdf:rest*/rdf:first dyst:ContiguousDystonia, ?two .
?two owl:onProperty dyst:affects ; owl:minQualifiedCardinality 2 ; owl:onClass dyst:BodyRegion .
"""
NEURAL_STRUCTURES_OF_CNS = """
SELECT (COUNT(DISTINCT ?structure) AS ?n) WHERE {
  dyst:Dystonia dyst:mayHaveNeuralBasisIn ?structure .
  ?structure BFO:0000050 ?system .
  ?system rdfs:label "central nervous system" .
}
"""

# ---------------------------------------------------------------------- the table

TABLE: tuple[Row | Furniture, ...] = (
    # the contributor
    Row(
        "Contributed by Prof. Alberto Albanese, MD Professor of Neurology Istituto Neurologico C. Besta Milano, Italy",
        lambda kg: kg.run("literature", key="seed")[0].remark,
        "The contributor is Prof. Alberto Albanese, MD, Professor of Neurology, "
        "Istituto Neurologico C. Besta, Milano, Italy.",
    ),
    Furniture("Video Click here to watch videos depicting dystonia (Members Only)"),
    # paragraph 1: the definition
    Row("Dystonia is a movement disorder", holds(("dystonia", "movement disorder")), True),
    Row(
        "characterized by sustained or intermittent muscle contractions causing abnormal, often repetitive, "
        "movements, postures, or both.",
        lambda kg: kg.run("definition", edition="2013")[0].wording,
        DEFINITION_2013,
    ),
    Row(
        "Dystonic movements are typically patterned, twisting,",
        lambda kg: qualities(kg, "typically"),
        {"patterned movement", "twisting movement"},
    ),
    Row("and may be tremulous.", lambda kg: qualities(kg, "may be"), {"tremulous movement"}),
    Row(
        "Dystonia is often initiated",
        lambda kg: [
            (row.effect, row.howOften)
            for row in kg.run("modifying-conditions", subject="dystonia", condition="voluntary action")
            if row.effect == "initiates"
        ],
        [("initiates", "often")],
    ),
    Row(
        "or worsened by voluntary action",
        lambda kg: [
            (row.effect, row.howOften)
            for row in kg.run("modifying-conditions", subject="dystonia", condition="voluntary action")
            if row.effect == "increases"
        ],
        [("increases", "often")],
    ),
    Row(
        "and associated with overflow muscle activation.",
        lambda kg: [
            row.statement for row in kg.run("features", subject="dystonia", feature="overflow muscle activation")
        ],
        ["Dystonia is associated with overflow."],
    ),
    # paragraph 2: the physical sign
    Row(
        "The physical sign of dystonia is identified by the observation of dystonic postures and movements",
        lambda kg: labels(kg, "physical-signs", rank="main sign of dystonia"),
        {"dystonic posture", "dystonic movement"},
    ),
    Row(
        "and of conditions that specifically activate,",
        lambda kg: "voluntary action" in conditions(kg, "initiates"),
        True,
    ),
    Row("increase", lambda kg: "voluntary action" in conditions(kg, "increases"), True),
    Row("or decrease this phenomenology.", lambda kg: "alleviating manoeuvre" in conditions(kg, "decreases"), True),
    Row("A typical example is when a tactile stimulus", holds(("tactile trick", "sensory trick")), True),
    Row("or a voluntary geste", lambda kg: kg.term("geste").curie, "dyst:SensoryTrick"),
    Row(
        "(known as a sensory trick or geste antagoniste),",
        lambda kg: {kg.term("sensory trick").curie, kg.term("geste antagoniste").curie},
        {"dyst:SensoryTrick"},
    ),
    Row(
        "such as touching the affected",
        lambda kg: "touching the affected part" in labels(kg, "sensory-tricks", syndrome="dystonia"),
        True,
    ),
    Row(
        "or an adjacent body part,",
        lambda kg: "touching an adjacent part" in labels(kg, "sensory-tricks", syndrome="dystonia"),
        True,
    ),
    Row(
        "can reduce the dystonia.",
        lambda kg: {
            row.effect for row in kg.run("modifying-conditions", subject="dystonia", condition="alleviating manoeuvre")
        },
        {"decreases"},
    ),
    Row(
        "These features are observed in a variety of dystonia syndromes.",
        lambda kg: (
            {term.label for term in kg.syndromes(feature="sensory trick")}
            >= {"blepharospasm", "cervical dystonia", "writer's cramp"}
        ),
        True,
    ),
    # paragraph 3: neural mechanisms
    Row(
        "The neural mechanism underlying dystonia involves many regions of the central nervous system",
        lambda kg: kg.query(NEURAL_STRUCTURES_OF_CNS)[0].n >= 4,
        True,
    ),
    Row("(particularly: the basal ganglia,", lambda kg: kg.term("basal ganglia").curie in said_structures(kg), True),
    Row("cerebellum,", lambda kg: kg.term("cerebellum").curie in said_structures(kg), True),
    Row(
        "supplementary motor areas", lambda kg: kg.term("supplementary motor areas").curie in said_structures(kg), True
    ),
    Row("and sensorimotor cortex)", said_structures, FOUR_STRUCTURES),
    Row("leading to impaired inhibition,", lambda kg: structures_behind(kg, "impaired inhibition"), FOUR_STRUCTURES),
    Row("abnormal plasticity", lambda kg: structures_behind(kg, "abnormal plasticity"), FOUR_STRUCTURES),
    Row("and sensorimotor dysfunction.", lambda kg: structures_behind(kg, "sensorimotor dysfunction"), FOUR_STRUCTURES),
    Row(
        "Different levels of functional impairment lead to varying degrees of observed clinical severity.",
        lambda kg: [(row.label, row.source) for row in kg.run("severity")],
        [("level of functional impairment", "seed")],
    ),
    # paragraph 4: clinical characteristics
    Row(
        "The clinical characteristics of dystonia include:",
        lambda kg: kg.run("axes", edition="2013")[0].label,
        "Axis I (2013): clinical characteristics",
    ),
    Row("age at onset", lambda kg: dimensions(kg, "dyst:AxisI2013")[0], "age at onset (2013)"),
    Row(
        "(from infancy to late adulthood),",
        lambda kg: [(row.label, row.atLeast, row.below) for row in kg.run("onset-periods")],
        [
            ("infancy-onset dystonia", 0, 3),
            ("childhood-onset dystonia", 3, 13),
            ("adolescence-onset dystonia", 13, 21),
            ("early-adulthood-onset dystonia", 21, 41),
            ("late-adulthood-onset dystonia", 41, None),
        ],
    ),
    Row("body distribution", lambda kg: dimensions(kg, "dyst:AxisI2013")[1], "body distribution (2013)"),
    Row("(focal forms affect a single body part,", ask(EXACTLY_ONE_REGION), True),
    Row("segmental affect contiguous body parts ,", ask(CONTIGUOUS_REGIONS), True),
    Row("generalized forms involve the trunk and two other body regions),", ask(TRUNK_AND_TWO_OTHERS), True),
    Row("and temporal pattern", lambda kg: dimensions(kg, "dyst:AxisI2013")[2], "temporal pattern (2013)"),
    Row(
        "(disease course static or progressive",
        lambda kg: values(kg, "disease course (2013)"),
        {"static dystonia", "progressive dystonia"},
    ),
    Row(
        "and variability related to voluntary actions",
        lambda kg: in_dimension(kg, "action-specific dystonia", "variability (2013)"),
        True,
    ),
    Row(
        "or to diurnal fluctuations).",
        lambda kg: in_dimension(kg, "diurnal fluctuations", "variability (2013)"),
        True,
    ),
    Row("Dystonia can be isolated", lambda kg: "isolated dystonia" in values(kg, "isolated or combined (2013)"), True),
    Row(
        "or combined with another movement disorder,",
        lambda kg: values(kg, "isolated or combined (2013)"),
        {"isolated dystonia", "combined dystonia"},
    ),
    Row("such as parkinsonism", holds(("dystonia-parkinsonism", "combined dystonia")), True),
    Row("or myoclonus,", holds(("myoclonus-dystonia", "combined dystonia")), True),
    Row(
        "or can be associated to other neurological",
        holds(("other neurological manifestation", "other neurological or systemic manifestation")),
        True,
    ),
    Row(
        "or systemic manifestations.",
        lambda kg: (
            kg.is_a("systemic manifestation", "other neurological or systemic manifestation"),
            "dystonia with other neurological or systemic manifestations"
            in values(kg, "other neurological or systemic manifestations (2013)"),
        ),
        (True, True),
    ),
    # paragraph 5: natural history and named syndromes
    Row(
        "Isolated dystonia with onset in childhood tends to progress to generalization,",
        lambda kg: outcomes(kg, "early-onset isolated dystonia", "tends to become", "generalized dystonia"),
        (True, False),
    ),
    Row(
        "whereas dystonia arising in adulthood usually remains focal",
        lambda kg: outcomes(kg, "adult-onset isolated dystonia", "usually remains", "focal dystonia"),
        (True, False),
    ),
    Row(
        "or segmental.",
        lambda kg: outcomes(kg, "adult-onset isolated dystonia", "usually remains", "segmental dystonia"),
        (True, False),
    ),
    Row(
        "Some focal/segmental dystonia syndromes have specific names,",
        lambda kg: (
            labels(kg, "focal-syndromes")
            >= {"blepharospasm", "laryngeal dystonia", "oromandibular dystonia", "cervical dystonia"},
            labels(kg, "segmental-syndromes") >= {"cranial dystonia", "craniocervical dystonia"},
        ),
        (True, True),
    ),
    Row(
        "as they were originally considered independent diseases:",
        lambda kg: any("independent diseases" in comment for comment in kg.term("dystonia syndrome").comments),
        True,
    ),
    Row("blepharospasm,", holds(("blepharospasm", "focal dystonia")), True),
    Row(
        "resulting in repetitive forceful eyelid closure;",
        ask("dyst:Blepharospasm dyst:hasSign dyst:ForcedEyelidClosure"),
        True,
    ),
    Row("spasmodic dysphonia", lambda kg: kg.term("spasmodic dysphonia").label, "laryngeal dystonia"),
    Row(
        "affecting speech;",
        lambda kg: (
            kg.is_a("spasmodic dysphonia", "focal dystonia"),
            "speaking" in conditions(kg, "initiates", "spasmodic dysphonia"),
        ),
        (True, True),
    ),
    Row("tongue,", holds(("tongue dystonia", "oromandibular dystonia")), True),
    Row("jaw opening", holds(("jaw opening", "oromandibular dystonia")), True),
    Row("and jaw closing", holds(("jaw closing", "oromandibular dystonia")), True),
    Row("called oromandibular dystonia;", holds(("oromandibular dystonia", "focal dystonia")), True),
    Row("cervical dystonia", holds(("cervical dystonia", "focal dystonia")), True),
    Row(
        "or torticollis",
        lambda kg: "torticollis" in labels(kg, "former-names", "name", subject="cervical dystonia"),
        True,
    ),
    Row("involving the neck.", lambda kg: labels(kg, "focal-syndromes", region="neck"), {"cervical dystonia"}),
    # paragraph 6: task-specific dystonia
    Row("Focal dystonia may also be task-specific,", holds(("task-specific focal dystonia", "focal dystonia")), True),
    Row(
        "for example, writer's cramp is a dystonia affecting the hand/arm",
        lambda kg: (involves(kg, "writer's cramp", "hand"), involves(kg, "writer's cramp", "upper limb")),
        (True, True),
    ),
    Row(
        "during the act of writing.",
        lambda kg: (evoked(kg, "writer's cramp", "writing"), kg.is_a("writer's cramp", "task-specific dystonia")),
        (True, True),
    ),
    Row(
        "Other examples of task specific dystonia include musician's dystonia",
        holds(("musician's dystonia", "task-specific dystonia"), ("musician's dystonia", "focal dystonia")),
        True,
    ),
    Row(
        "that can affect the body part involved in playing an instrument.",
        lambda kg: {
            (row.label, row.regions) for row in kg.run("task-specific-syndromes", task="playing an instrument")
        },
        {("musician's hand dystonia", "upper limb"), ("embouchure dystonia", "lower face")},
    ),
    # paragraph 7: etiology, nervous system pathology
    Row("There are many causes of dystonia.", lambda kg: len(kg.causes()) > 30 and len(kg.genes()) > 20, True),
    Row(
        "The etiological classification considers two main lines:",
        lambda kg: dimensions(kg, "dyst:AxisII2013"),
        ["nervous system pathology (2013)", "inherited, acquired or idiopathic (2013)"],
    ),
    Row(
        "evidence of nervous system pathology",
        lambda kg: values(kg, "nervous system pathology (2013)"),
        {
            "dystonia with evidence of degeneration",
            "dystonia with evidence of structural lesion",
            "dystonia without evidence of degeneration or structural lesion",
        },
    ),
    Row(
        "and whether dystonia is inherited",
        lambda kg: in_dimension(kg, "inherited dystonia", "inherited, acquired or idiopathic (2013)"),
        True,
    ),
    Row(
        "or acquired.",
        lambda kg: in_dimension(kg, "acquired dystonia", "inherited, acquired or idiopathic (2013)"),
        True,
    ),
    Row(
        "In many cases of isolated dystonia there is no evidence of degeneration or structural lesion",
        lambda kg: (
            {
                term.label
                for term in kg.disorders(
                    pathology="no evidence of degeneration or structural lesion", presentation="isolated dystonia"
                )
            }
            >= {"DYT-TOR1A dystonia", "DYT-THAP1 dystonia"}
        ),
        True,
    ),
    Row(
        "(e.g., DYT1,",
        holds(("DYT1", "dystonia without evidence of degeneration or structural lesion")),
        True,
    ),
    Row(
        "DYT6;",
        holds(("DYT6", "dystonia without evidence of degeneration or structural lesion")),
        True,
    ),
    Row(
        'formerly called "primary" dystonias).',
        lambda kg: [called(kg, "primary dystonia", name) for name in ("DYT1", "DYT6")],
        [{("agreed", True)}] * 2,
    ),
    Row(
        "Otherwise, there may be evidence of a static structural lesion causing dystonia,",
        lambda kg: (
            "dystonic cerebral palsy" in labels(kg, "disorders-by-pathology", pathology="static structural lesion")
        ),
        True,
    ),
    Row(
        "as in the case of dystonic cerebral palsy",
        holds(("dystonic cerebral palsy", "dystonia with evidence of structural lesion")),
        True,
    ),
    Row(
        "following perinatal brain injury,",
        lambda kg: (
            labels(kg, "acquired-disorders", "causeLabel", subject="dystonic cerebral palsy")
            >= {"perinatal brain injury"}
        ),
        True,
    ),
    Row(
        "or of progressive degeneration",
        lambda kg: kg.term("progressive degeneration").label,
        "evidence of degeneration",
    ),
    Row("(e.g., PKAN,", holds(("PKAN", "dystonia with evidence of degeneration")), True),
    Row("PLAN;", holds(("PLAN", "dystonia with evidence of degeneration")), True),
    Row(
        'formerly called "dystonia plus").',
        lambda kg: [called(kg, "dystonia plus", name) for name in ("PKAN", "PLAN")],
        [{("founding text only", True)}] * 2,
    ),
    # paragraph 8: inherited, acquired, idiopathic
    Row(
        "Inherited dystonias can have all sorts of transmission patterns;",
        lambda kg: (
            labels(kg, "inheritance-patterns")
            >= {
                "autosomal dominant dystonia",
                "autosomal recessive dystonia",
                "X-linked recessive dystonia",
                "mitochondrial dystonia",
            }
        ),
        True,
    ),
    Row(
        "acquired dystonias recognize a variety of causes", lambda kg: len(kg.disorders(etiology="acquired")) > 3, True
    ),
    Row("(perinatal brain injury,", category_is_listed("perinatal brain injury", "asphyxia"), (True, True)),
    Row("infection,", category_is_listed("infection", "Japanese encephalitis"), (True, True)),
    Row("drug,", category_is_listed("drug", "metoclopramide"), (True, True)),
    Row("toxic,", category_is_listed("toxic", "manganese"), (True, True)),
    Row("vascular,", category_is_listed("vascular", "stroke"), (True, True)),
    Row(
        "etc.);",
        lambda kg: labels(kg, "cause-categories", "name") - labels(kg, "cause-categories", "name", said_by="seed"),
        {"neoplastic", "brain injury", "functional"},
    ),
    Row("idiopathic dystonias (whether sporadic", holds(("sporadic idiopathic dystonia", "idiopathic dystonia")), True),
    Row("or familial)", holds(("familial idiopathic dystonia", "idiopathic dystonia")), True),
    Row(
        "are genetically unclassified forms,",
        lambda kg: (
            any("genetically unclassified" in c for c in kg.term("idiopathic dystonia").comments)
            and not kg.is_a("familial idiopathic dystonia", "inherited dystonia")
        ),
        True,
    ),
    Row(
        "considered to be related to yet undiscovered genes.",
        lambda kg: kg.term("idiopathic dystonia").definition,
        "A dystonia disorder of unknown cause, thought to be related to genes yet to be found.",
    ),
    # the rest of the page: links, and the literature that it cites
    Furniture("Find reference(s) to Dystonia here:"),
    Furniture("Live Activities Attend several live activities around the world related to dystonia"),
    Furniture("Journal CME Receive CME credit on an article pertaining to dystonia"),
    Furniture("International Congress Search abstracts on PD submitted to the International Congress (Nice, France)"),
    Furniture(
        "Scientific Program View the Final Program to find topics regarding PD "
        "at the International Congress (Nice, France)"
    ),
    Furniture("Find conferences pertaining to dystonia scheduled in 2019"),
    Furniture("Find meetings supported and endorsed by MDS pertaining to dystonia"),
    Row(
        "Movement Disorders position paper: Phenomenology and classification of dystonia: A consensus update (PDF)",
        lambda kg: [(row.pmid, row.doi) for row in kg.run("cited-literature", citing="ref:seed")],
        [("23649720", "10.1002/mds.25475")],
    ),
    Row(
        "Special Issue: Advances in Dystonia; Volume 28, Issue 7, pages 863-873, 15 June 2013",
        lambda kg: kg.run("cited-literature", citing="ref:seed")[0].remark.rpartition(": ")[2],
        "Movement Disorders, special issue Advances in Dystonia, volume 28, issue 7, pages 863-873, 15 June 2013.",
    ),
    Furniture("Movement Disorders Journal Find articles on dystonia from the MDS Journal"),
    Furniture(
        "Movement Disorders Clinical Practice Movement Disorders Clinical Practice is an online journal committed to "
        "publishing high-quality, peer reviewed articles related to clinical aspects of movement disorders."
    ),
    Furniture(
        "Video Library Search for videos on dystonia in the Movement Disorders Journal supplements (Members Only)"
    ),
    Furniture(
        "Reviews & Position Papers The complete collection of Evidence-Based Medicine reviews and Task Force position "
        "papers published in the Movement Disorders Journal"
    ),
    Furniture("Moving Along Find articles on dystonia in the Moving Along newsletter"),
    Furniture("Patient Education Read essential facts about dystonia for patients."),
    Furniture("Download patient leaflets about dystonia in multiple"),
)
ROWS = [part for part in TABLE if isinstance(part, Row)]


@pytest.mark.parametrize("row", ROWS, ids=[row.quote for row in ROWS])
def test_statement_is_answered(kg: KG, row: Row) -> None:
    assert row.ask(kg) == row.answer


# ---------------------------------------------------------------------- nothing forgotten

# The words of the page, up to its notice on cookies: how many, and the digest of them.
WORDS = 706
DIGEST = "dfefe51ec0ad62595ac70fa6938a00a699c4819825ea6588de7e73ddc8ff91d5"


def words(text: str) -> list[str]:
    """The words of a text, without case and punctuation."""
    return re.findall(r"[\w']+", text.casefold().replace("’", "'"))


def test_every_word_has_a_row() -> None:
    quoted = words(" ".join(part.quote for part in TABLE))
    digest = hashlib.sha256(" ".join(quoted).encode()).hexdigest()
    assert (len(quoted), digest) == (WORDS, DIGEST)


def test_no_statement_stands_twice() -> None:
    quotes = [part.quote for part in TABLE]
    assert len(set(quotes)) == len(quotes)
