"""Competency questions of a clinician, a researcher or an ontologist, asked of the public API.

`SHARED` are the questions of the domain summary, by their numbers; `FURTHER` are more in the same manner. The expected
answers are those of the sources, as the summary gives them, not what the library happens to say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import dystonia_kg as dkg
from dystonia_kg.errors import AmbiguousTermError

KG = dkg.KnowledgeGraph


class Question(NamedTuple):
    """A question, the call that answers it, and what the sources say."""

    key: str
    text: str
    ask: Callable[[KG], Any]
    answer: Any = True


# ---------------------------------------------------------------------- ways of asking


def labels(kg: KG, name: str, column: str = "label", **parameters: Any) -> set[str]:
    return set(kg.run(name, **parameters).column(column))


def names(terms: tuple[dkg.Term, ...]) -> set[str]:
    return {term.label for term in terms}


def edge(kg: KG, subject: str, predicate: str, target: str) -> bool:
    """Whether the graph has the direct edge, asserted, inferred or general."""
    bound = {"s": kg.term(subject), "p": kg.term(predicate), "o": kg.term(target)}
    return kg.query("ASK { ?s ?p ?o }", **bound)


def is_all(kg: KG, term: str, *classes: str) -> bool:
    return all(kg.is_a(term, one) for one in classes)


def is_none(kg: KG, term: str, *classes: str) -> bool:
    return not any(kg.is_a(term, one) for one in classes)


def period(kg: KG, age: float) -> list[str]:
    return [row.label for row in kg.run("onset-periods", age=age)]


def gene_of(kg: KG, disorder: str) -> set[str]:
    return labels(kg, "genes", "symbol", disorder=disorder)


def inheritance_of(kg: KG, disorder: str) -> set[str]:
    rows = kg.run("inherited-disorders").rows
    return {row.inheritanceLabel for row in rows if row.disorder == kg.term(disorder).iri}


def pathology_of(kg: KG, disorder: str) -> set[str]:
    return labels(kg, "disorders-by-pathology", "pathologyLabel", disorder=disorder)


def share(kg: KG, subject: str, feature: str) -> set[float]:
    """The shares of people in whom a feature is found, by the sources."""
    return {float(row.share) for row in kg.run("features", subject=subject, feature=feature) if row.share is not None}


def conditions(kg: KG, subject: str, effect: str) -> set[str]:
    return {row.label for row in kg.run("modifying-conditions", subject=subject) if row.effect == effect}


def contiguous(kg: KG, one: str, other: str) -> bool:
    return kg.run("contiguous-regions", region=one, other=other)[0].contiguous


def level_one(kg: KG, edition: str, axis: str) -> list[str]:
    return [row.label for row in kg.run("dimensions", edition=edition, axis=axis) if row.level == 1]


def called(kg: KG, former: str, agreement: str) -> set[str]:
    return labels(kg, "formerly-called", former=former, agreement=agreement)


def today(kg: KG, former: str) -> set[str]:
    return {term.label for term in kg.term(former).replaced_by}


def says(kg: KG, subject: str, kind: str, *parts: str) -> bool:
    """Whether the conventions, conflicts ... of a term mention all the parts."""
    text = " ".join(row.text for row in kg.run("conventions-and-conflicts", subject=subject, kind=kind))
    return all(part in text for part in parts)


def candidates(kg: KG, name: str) -> str:
    with pytest.raises(AmbiguousTermError) as caught:
        kg.term(name)
    return str(caught.value)


NBIA_RECESSIVE = {
    "pantothenate kinase-associated neurodegeneration",
    "PLA2G6-associated neurodegeneration",
    "mitochondrial membrane protein-associated neurodegeneration",
    "COASY protein-associated neurodegeneration",
    "fatty acid hydroxylase-associated neurodegeneration",
    "Kufor-Rakeb syndrome",
    "Woodhouse-Sakati syndrome",
    "aceruloplasminemia",
    "neurodegeneration with brain iron accumulation 7",
}
EIGHT_POSTURES = {f"{way}{level}" for way in ("torti", "latero", "antero", "retro") for level in ("collis", "caput")}
DRUG_INDUCED = ["acute dystonic reaction", "tardive dystonia"]
NO_PATHOLOGY = "dystonia without evidence of degeneration or structural lesion"
DEGENERATION = "dystonia with evidence of degeneration"

SHARED: tuple[Question, ...] = (
    # paragraph 1
    Question(
        "CQ-001",
        "How is dystonia defined, in each edition?",
        lambda kg: {row.edition: row.wording for row in kg.run("definition") if row.edition in ("2013", "2025")},
        {
            "2013": "a movement disorder characterized by sustained or intermittent muscle contractions causing "
            "abnormal, often repetitive, movements, postures, or both",
            "2025": "a movement disorder characterized by sustained or intermittent abnormal movements, "
            "postures, or both",
        },
    ),
    Question(
        "CQ-003",
        "Which edition's definition does the seed document use?",
        lambda kg: [row.edition for row in kg.run("definition") if "seed" in row.source.split(", ")],
        ["2013"],
    ),
    Question(
        "CQ-005",
        "May dystonic movement be tremulous? Jerky?",
        lambda kg: {
            quality: {row.edition for row in kg.run("movement-qualities") if row.label == f"{quality} movement"}
            for quality in ("tremulous", "jerky")
        },
        {"tremulous": {"2013", "2025"}, "jerky": {"2025"}},
    ),
    # paragraph 2
    Question(
        "CQ-007",
        "What are the physical signs of dystonia?",
        lambda kg: {(row.rankLabel.split()[0], row.label) for row in kg.run("physical-signs")},
        {
            ("main", "dystonic posture"),
            ("main", "dystonic movement"),
            ("additional", "sensory trick"),
            ("additional", "mirror dystonia"),
            ("additional", "overflow dystonia"),
        },
    ),
    Question(
        "CQ-009",
        "Which tricks are known for blepharospasm, oromandibular and cervical dystonia?",
        lambda kg: [
            labels(kg, "sensory-tricks", syndrome=name) >= tricks
            for name, tricks in {
                "blepharospasm": {
                    "touching the eyelids",
                    "pulling the eyelids",
                    "touching the forehead",
                    "wearing goggles",
                    "chewing gum",
                },
                "oromandibular dystonia": {
                    "using a toothpick",
                    "chewing gum",
                    "touching the lips",
                    "touching the chin",
                },
                "cervical dystonia": {
                    "touching the face",
                    "touching the chin",
                    "touching the back of the head",
                    "resting the head",
                    "raising the arm",
                },
            }.items()
        ],
        [True, True, True],
    ),
    Question(
        "CQ-011",
        "What is mirror dystonia, and does it make the resting hand an affected region?",
        lambda kg: (
            "resting hand while the opposite hand performs the task" in (kg.term("mirror dystonia").definition or ""),
            kg.is_a("mirror dystonia", "sign of dystonia"),
            says(kg, "mirror dystonia", "convention", "does not make the resting hand an affected region"),
        ),
        (True, True, True),
    ),
    Question(
        "CQ-013",
        "Neck dystonia and tremor of hands that are not dystonic: dystonic tremor, isolated, focal?",
        lambda kg: (
            "not dystonic" in (kg.term("tremor associated with dystonia").definition or ""),
            kg.is_a("tremor associated with dystonia", "dystonic tremor"),
            {
                row.effect
                for row in kg.run("associated-manifestations", manifestation="tremor associated with dystonia")
            },
            says(kg, "tremor associated with dystonia", "convention", "adds no affected region", "stays focal"),
        ),
        (True, False, {"leaves a dystonia isolated"}, True),
    ),
    # paragraph 3
    Question(
        "CQ-015",
        "Which brain structures are involved in dystonia according to the seed?",
        lambda kg: (
            {kg.term(iri) for iri in kg.run("neural-structures", said_by="seed").column("structure")}
            == {kg.term(s) for s in ("basal ganglia", "cerebellum", "supplementary motor area", "sensorimotor cortex")}
        ),
    ),
    Question(
        "CQ-017",
        "Which mechanism is thought to explain overflow?",
        lambda kg: (
            [kg.term(row.mechanism) for row in kg.run("explained-signs", sign="overflow")]
            == [kg.term("loss of inhibition")]
        ),
    ),
    Question(
        "CQ-019",
        "What explains different severity between patients, in the seed's words?",
        lambda kg: [(row.statement, row.source) for row in kg.run("severity")],
        [("Different levels of functional impairment lead to varying degrees of clinical severity.", "seed")],
    ),
    # paragraph 4
    Question(
        "CQ-020",
        "What are the four dimensions of Axis I in 2013?",
        lambda kg: level_one(kg, "2013", "dyst:AxisI2013"),
        ["age at onset (2013)", "body distribution (2013)", "temporal pattern (2013)", "associated features (2013)"],
    ),
    Question(
        "CQ-022",
        "Onset at 12.9 years: which bin? At 13? At 20.5?",
        lambda kg: [period(kg, age) for age in (12.9, 13, 20.5)],
        [["childhood-onset dystonia"], ["adolescence-onset dystonia"], ["adolescence-onset dystonia"]],
    ),
    Question(
        "CQ-024",
        "Regions: neck + one arm. Distribution?",
        lambda kg: (contiguous(kg, "neck", "left arm"), contiguous(kg, "neck", "right arm")),
        (True, True),
    ),
    Question(
        "CQ-026",
        "Regions: both arms only; both legs only?",
        lambda kg: [
            (kg.is_a(name, "segmental dystonia"), bool(kg.term(name).conventions))
            for name in ("dystonia of both arms", "dystonia of both legs")
        ],
        [(True, True), (True, True)],
    ),
    Question(
        "CQ-028",
        "Regions: trunk + both legs. Distribution, and which other answer must be mentioned?",
        lambda kg: (
            says(kg, "generalized dystonia", "convention", "the trunk with both legs is generalized"),
            says(kg, "lower limb", "convention", "the two lower limbs are two"),
            contiguous(kg, "trunk", "left leg") and contiguous(kg, "trunk", "right leg"),
        ),
        (True, True, True),
    ),
    Question(
        "CQ-030",
        "All four limbs, trunk spared: generalized in 2013?",
        lambda kg: says(
            kg,
            "generalized dystonia",
            "conflict",
            "all four limbs without the trunk were generalized then",
            "not in 2013",
        ),
    ),
    Question(
        "CQ-032",
        "Upper face + neck, lower face spared. Distribution?",
        lambda kg: [
            (row.contiguous, "cranial with cervical is segmental where the head is one region" in row.basis)
            for row in kg.run("contiguous-regions", region="upper face", other="neck")
        ],
        [(False, True)],
    ),
    Question(
        "CQ-034",
        "Three contiguous regions: segmental or multifocal?",
        lambda kg: (
            kg.is_a("craniocervical dystonia", "segmental dystonia"),
            says(kg, "segmental dystonia", "alternative", "more than two", "multifocal (DUK-sm)"),
        ),
        (True, True),
    ),
    Question(
        "CQ-036",
        "Which temporal pattern is worse in the evening and better after sleep, and which disorder is typical?",
        lambda kg: (
            conditions(kg, "dystonia with diurnal fluctuations", "increases"),
            conditions(kg, "dystonia with diurnal fluctuations", "decreases"),
            "dopa-responsive dystonia" in kg.run("temporal-patterns", pattern="diurnal dystonia")[0].may,
        ),
        ({"evening"}, {"sleep"}, True),
    ),
    Question(
        "CQ-038",
        "Dystonia with tremor only: isolated or combined? With myoclonus? With dementia only?",
        lambda kg: (
            [
                labels(kg, "associated-manifestations", "effect", manifestation=sign)
                for sign in ("tremor", "myoclonus", "parkinsonism", "dementia")
            ],
            any("dystonia with dementia alone is isolated" in text for text in kg.term("isolated dystonia").comments),
            says(kg, "combined dystonia", "conflict", "2025 edition", "neurological or medical problems"),
        ),
        (
            [
                {"leaves a dystonia isolated"},
                {"makes a dystonia combined"},
                {"makes a dystonia combined"},
                {"is another neurological manifestation"},
            ],
            True,
            True,
        ),
    ),
    # paragraph 5
    Question(
        "CQ-040",
        "Does childhood-onset isolated dystonia always generalise?",
        lambda kg: (
            kg.is_a("early-onset isolated dystonia", "generalized dystonia"),
            [
                (row.relation, float(row.share), "14.9 years" in row.howOften)
                for row in kg.run("natural-history", subject="early-onset isolated dystonia", outcome="focal dystonia")
            ],
        ),
        (False, [("may remain", 0.67, True)]),
    ),
    Question(
        "CQ-042",
        "Which adult focal dystonia spreads most, how often, and where to?",
        lambda kg: [
            (row.syndromeLabel, kg.term(row.to).curie, float(row.share))
            for row in kg.run("spread")
            if row.source == "B2020" and row.syndromeLabel == "blepharospasm"
        ],
        [
            ("blepharospasm", "dyst:BodyRegion", 0.5),
            ("blepharospasm", "dyst:LowerFace", 0.422),
            ("blepharospasm", "dyst:Neck", 0.224),
        ],
    ),
    Question(
        "CQ-044",
        "Which named syndromes are focal dystonias of the neck?",
        lambda kg: (labels(kg, "focal-syndromes", region="neck"), kg.term("spasmodic torticollis").label),
        ({"cervical dystonia"}, "cervical dystonia"),
    ),
    Question(
        "CQ-046",
        "What is the current name of spasmodic dysphonia, and who decided?",
        lambda kg: [
            (row.label, row.type, "National Institutes of Health" in row.remarks, "Sim2021" in row.source)
            for row in kg.run("former-names", subject="laryngeal dystonia")
            if row.name == "spasmodic dysphonia"
        ],
        [("laryngeal dystonia", "previous name", True, True)],
    ),
    Question(
        "CQ-048",
        "Is Meige syndrome focal?",
        lambda kg: (
            kg.is_a("Meige syndrome", "focal dystonia"),
            kg.is_a("Meige syndrome", "segmental dystonia"),
            {row.regions for row in kg.run("segmental-syndromes") if row.label == "cranial dystonia"}
            <= {"upper face, lower face", "lower face, upper face"},
        ),
        (False, True, True),
    ),
    Question(
        "CQ-050",
        "What are the eight posture forms of cervical dystonia, and which is the most frequent?",
        lambda kg: (labels(kg, "cervical-postures"), kg.run("cervical-postures")[0].label),
        (EIGHT_POSTURES, "torticaput"),
    ),
    Question(
        "CQ-052",
        "What does torticollis mean?",
        lambda kg: (
            all(curie in candidates(kg, "torticollis") for curie in ("dyst:CervicalDystonia", "dyst:Torticollis")),
            kg.is_a("dyst:Torticollis", "cervical rotation posture"),
            says(kg, "dyst:Torticollis", "conflict", "two senses"),
        ),
        (True, True, True),
    ),
    # paragraph 6
    Question(
        "CQ-054",
        "Is writer's cramp focal, action-specific, upper limb? Why?",
        lambda kg: (
            is_all(kg, "writer's cramp", "focal dystonia", "action-specific dystonia", "upper-limb dystonia"),
            {source.key for source in kg.explain("writer's cramp", "focal dystonia").sources} >= {"seed", "FV2015"},
            any("writing" in axiom for axiom in kg.explain("writer's cramp", "action-specific dystonia").axioms),
        ),
        (True, True, True),
    ),
    Question(
        "CQ-056",
        "Which syndromes are task-specific and not in the upper limb?",
        lambda kg: (
            labels(kg, "task-specific-syndromes") - labels(kg, "task-specific-syndromes", region="upper limb")
            >= {
                "embouchure dystonia",
                "speech-evoked laryngeal dystonia",
                "singer's laryngeal dystonia",
                "task-specific lower-limb dystonia",
            }
        ),
    ),
    Question(
        "CQ-058",
        "Difference between simple and dystonic writer's cramp?",
        lambda kg: {
            row.label: row.definition.partition("writing ")[2]
            for row in kg.run("syndrome-variants", syndrome="writer's cramp")
        },
        {"simple writer's cramp": "and no other activity.", "dystonic writer's cramp": "and other tasks as well."},
    ),
    # paragraph 7
    Question(
        "CQ-060",
        "What are the two main lines of the etiological axis, and do they exclude each other?",
        lambda kg: (
            level_one(kg, "2013", "dyst:AxisII2013"),
            any("do not exclude each other" in text for text in kg.term("dyst:AxisII2013").comments),
            len(kg.run("two-axes", pathology=DEGENERATION, origin="inherited dystonia")) > 0,
        ),
        (["nervous system pathology (2013)", "inherited, acquired or idiopathic (2013)"], True, True),
    ),
    Question(
        "CQ-062",
        "Which disorders are both inherited and degenerative?",
        lambda kg: (
            labels(kg, "two-axes", pathology=DEGENERATION, origin="inherited dystonia")
            >= {
                "pantothenate kinase-associated neurodegeneration",
                "PLA2G6-associated neurodegeneration",
                "X-linked dystonia-parkinsonism",
                "Wilson disease",
                "Huntington disease",
            }
        ),
    ),
    Question(
        "CQ-064",
        "Dystonic cerebral palsy: pathology, acquired or inherited, cause?",
        lambda kg: (
            pathology_of(kg, "dystonic cerebral palsy"),
            is_all(kg, "dystonic cerebral palsy", "acquired dystonia", "dystonia due to perinatal brain injury"),
            kg.is_a("dystonic cerebral palsy", "inherited dystonia"),
        ),
        ({"static structural lesion"}, True, False),
    ),
    Question(
        "CQ-066",
        "Which disorders were formerly called dystonia plus?",
        lambda kg: (
            called(kg, "dystonia plus", "agreed")
            >= {"dopa-responsive dystonia", "myoclonus-dystonia", "rapid-onset dystonia-parkinsonism"},
            called(kg, "dystonia plus", "agreed")
            & {"pantothenate kinase-associated neurodegeneration", "PLA2G6-associated neurodegeneration"},
            called(kg, "dystonia plus", "founding text only")
            >= {"pantothenate kinase-associated neurodegeneration", "PLA2G6-associated neurodegeneration"},
            called(kg, "heredodegenerative dystonia", "agreed")
            >= {"pantothenate kinase-associated neurodegeneration", "PLA2G6-associated neurodegeneration"},
        ),
        (True, set(), True, True),
    ),
    Question(
        "CQ-068",
        "What was primary dystonia and what is it now?",
        lambda kg: (
            kg.term("primary dystonia").deprecated,
            "only sign apart from tremor" in (kg.term("primary dystonia").definition or ""),
            labels(kg, "former-terms", "todayLabel", former="primary dystonia"),
        ),
        (True, True, {"isolated dystonia", NO_PATHOLOGY, "inherited dystonia", "idiopathic dystonia"}),
    ),
    # paragraph 8
    Question(
        "CQ-069",
        "Which acquired causes does the seed list?",
        lambda kg: labels(kg, "cause-categories", "name", said_by="seed"),
        {"perinatal brain injury", "infection", "drug", "toxic", "vascular"},
    ),
    Question(
        "CQ-071",
        "Two siblings have cervical dystonia; no gene found. Inherited?",
        lambda kg: (
            kg.is_a("familial idiopathic dystonia", "idiopathic dystonia"),
            kg.is_a("familial idiopathic dystonia", "inherited dystonia"),
            says(kg, "inherited dystonia", "convention", "a familial case without a proven gene does not"),
        ),
        (True, False, True),
    ),
    Question(
        "CQ-073",
        "Tardive and acute drug-induced dystonia: how do they differ?",
        lambda kg: {
            row.label: ("within 7 days" in row.onset, "median 5 years" in row.onset, row.features.split(";")[0])
            for row in kg.run("acquired-disorders", cause="drug", subject=DRUG_INDUCED)
        },
        {
            "acute dystonic reaction": (True, False, "transient"),
            "tardive dystonia": (False, True, "late and persistent"),
        },
    ),
    Question(
        "CQ-075",
        "Which NBIA disorders are not autosomal recessive?",
        lambda kg: {
            (row.label, row.inheritanceLabel)
            for row in kg.run("inherited-disorders", group="NBIA")
            if row.inheritanceLabel != "Autosomal recessive inheritance"
        },
        {
            ("beta-propeller protein-associated neurodegeneration", "X-linked dominant inheritance"),
            ("neuroferritinopathy", "Autosomal dominant inheritance"),
            ("neurodegeneration with brain iron accumulation 9", "Autosomal dominant inheritance"),
            # AD and AR in HPO: recorded, so not of every case
            ("mitochondrial membrane protein-associated neurodegeneration", "Autosomal dominant inheritance"),
        },
    ),
    Question(
        "CQ-077",
        "Why may a woman transmit SGCE myoclonus-dystonia to children who stay healthy?",
        lambda kg: (
            edge(kg, "SGCE myoclonus-dystonia", "has inheritance", "maternal imprinting"),
            any("10 %" in row.value for row in kg.run("disorder-profile", disorder="DYT-SGCE")),
        ),
        (True, True),
    ),
    Question(
        "CQ-079",
        "Is functional dystonia a dystonia?",
        lambda kg: (
            kg.is_a("functional dystonia", "acquired dystonia"),
            says(kg, "functional dystonia", "conflict", "psychogenic", "another pathophysiology", "mimic", "2025"),
        ),
        (True, True),
    ),
    # editions, references, nomenclature
    Question(
        "CQ-080",
        "Which dimensions does Axis I have in 2025?",
        lambda kg: level_one(kg, "2025", "dyst:AxisI2025"),
        [
            "age at onset (2025)",
            "family history (2025)",
            "body distribution (2025)",
            "temporal dimensions (2025)",
            "phenomenology (2025)",
            "isolated or combined (2025)",
        ],
    ),
    Question(
        "CQ-082",
        "What are the 2025 age bins?",
        lambda kg: [
            (row.label, row.notEstablished)
            for row in kg.run("dimension-values", dimension="age at onset (2025)", edition="2025")
        ],
        [(None, "The age bins of 2025 and their boundaries.")],
    ),
    Question(
        "CQ-084",
        "Is complex dystonia an Axis I class?",
        lambda kg: (
            kg.term("complex dystonia").kind,
            kg.query("ASK { ?x dyst:isValueOf ?dimension }", x=kg.term("complex dystonia")),
            says(kg, "complex dystonia", "conflict", "not a category of the 2013 classification (CxLetter)"),
        ),
        ("nomenclature group", False, True),
    ),
    Question(
        "CQ-086",
        "Which publication does the seed give as reference for the classification?",
        lambda kg: [
            ("consensus update. Mov Disord 2013;28(7):863-873" in row.citation, row.pmid, row.doi, row.pmcid)
            for row in kg.run("cited-literature", citing="ref:seed")
        ],
        [(True, "23649720", "10.1002/mds.25475", "PMC3729880")],
    ),
)

FURTHER: tuple[Question, ...] = (
    # definition and signs
    Question(
        "definition-change",
        "Why did muscle contractions leave the definition in 2025?",
        lambda kg: "neuromuscular conditions" in kg.run("definition", edition="2025")[0].remarks,
    ),
    Question(
        "definition-twisting",
        "Which edition calls dystonic movements twisting?",
        lambda kg: {row.edition for row in kg.run("movement-qualities") if row.label == "twisting movement"},
        {"2013"},
    ),
    Question(
        "definition-1984",
        "Did the definition of 1984 know intermittent contractions?",
        lambda kg: "intermittent" in kg.run("definition", edition="1984")[0].wording,
        False,
    ),
    Question(
        "three-senses",
        "Is dystonia the sign the same as dystonia the presentation and the disorder?",
        lambda kg: (
            len({kg.term(name) for name in ("dystonic sign", "dystonia", "dystonia disorder")}),
            is_none(kg, "dystonia disorder", "dystonia"),
            is_none(kg, "dystonic sign", "dystonia"),
        ),
        (3, True, True),
    ),
    Question(
        "overflow-kind",
        "What is overflow?",
        lambda kg: (kg.term("overflow").label, kg.is_a("overflow", "additional sign of dystonia")),
        ("overflow dystonia", True),
    ),
    Question(
        "overflow-frequency",
        "How often is overflow seen in focal hand dystonia?",
        lambda kg: share(kg, "focal hand dystonia", "overflow"),
        {0.28},
    ),
    Question(
        "mirror-frequency",
        "How often is mirror dystonia seen in writer's cramp?",
        lambda kg: share(kg, "writer's cramp", "mirror dystonia"),
        {0.446},
    ),
    Question(
        "trick-frequency",
        "In how many does a sensory trick help: cervical dystonia, blepharospasm, writer's cramp?",
        lambda kg: [
            share(kg, name, "geste antagoniste") for name in ("cervical dystonia", "blepharospasm", "writer's cramp")
        ],
        [{0.81, 0.75}, {0.55}, {0.2}],
    ),
    Question(
        "trick-kinds",
        "Which kinds of sensory trick are there?",
        lambda kg: {term.label for term in kg.term("sensory trick").descendants},
        {"tactile trick", "motor trick", "imaginary trick", "forcible trick"},
    ),
    Question(
        "trick-not-proof",
        "Is relief by touch a proof of dystonia?",
        lambda kg: (
            kg.is_a("hemifacial spasm", "pseudodystonia"),
            [row.howOften for row in kg.run("modifying-conditions", subject="hemifacial spasm")],
        ),
        (True, ["38.5 %"]),
    ),
    Question(
        "head-tremor",
        "How frequent is head tremor in cervical dystonia?",
        lambda kg: share(kg, "cervical dystonia", "head tremor"),
        {0.62},
    ),
    Question(
        "dystonic-tremor",
        "What is dystonic tremor? Do the sources agree?",
        lambda kg: (kg.is_a("dystonic tremor", "tremor"), says(kg, "dystonic tremor", "conflict", "El2013", "Sh2024")),
        (True, True),
    ),
    Question(
        "no-posture",
        "Which dystonias have no posture?",
        lambda kg: {row.subjectLabel for row in kg.run("features", feature="dystonic posture") if row.how == "lacks"},
        {"blepharospasm", "laryngeal dystonia"},
    ),
    Question(
        "worse-with",
        "What makes dystonia worse?",
        lambda kg: conditions(kg, "dystonia", "increases"),
        {"voluntary action", "stress", "fatigue"},
    ),
    Question(
        "sleep",
        "Does blepharospasm persist in sleep?",
        lambda kg: conditions(kg, "blepharospasm", "absent during"),
        {"sleep"},
    ),
    Question(
        "spared",
        "What does laryngeal dystonia of speech spare?",
        lambda kg: conditions(kg, "speech-evoked laryngeal dystonia", "absent during"),
        {"whispering", "crying", "laughing", "yawning"},
    ),
    # mechanisms
    Question(
        "thalamus",
        "Which structures do later sources add?",
        lambda kg: {
            kg.term(row.structure).curie for row in kg.run("neural-structures") if "seed" not in row.sources.split(", ")
        },
        {"UBERON:0001897", "UBERON:0001891"},
    ),
    Question(
        "sma-uncertain",
        "How well is the supplementary motor area supported?",
        lambda kg: [
            row.agreement
            for row in kg.run("neural-structures")
            if kg.term(row.structure) == kg.term("supplementary motor area")
        ],
        ["founding text only"],
    ),
    Question(
        "surround-inhibition",
        "Is loss of surround inhibition an impaired inhibition?",
        lambda kg: kg.is_a("loss of surround inhibition", "impaired inhibition"),
    ),
    Question(
        "hemidystonia-lesion",
        "Which lesion does hemidystonia suggest? Is it part of its definition?",
        lambda kg: (
            edge(kg, "hemidystonia", "suggests", "lesion of the basal ganglia"),
            edge(kg, "hemidystonia", "may have neural basis in", "putamen"),
            kg.query("ASK { dyst:Hemidystonia dyst:hasPathology ?any }"),
        ),
        (True, True, False),
    ),
    # Axis I
    Question("age-negative", "Onset before birth: which period?", lambda kg: period(kg, -1), []),
    Question(
        "age-40-conflict",
        "Do the sources agree on 40 years?",
        lambda kg: says(kg, "early-adulthood-onset dystonia", "conflict", "JNT2017", "40"),
    ),
    Question(
        "early-onset",
        "Is childhood in the rule on natural history the period from 3 to 12?",
        lambda kg: (
            [
                kg.is_a(f"{name}-onset dystonia", "early-onset dystonia")
                for name in ("infancy", "childhood", "adolescence")
            ],
            kg.is_a("early-onset dystonia", "childhood-onset dystonia"),
            kg.is_a("early-adulthood-onset dystonia", "adult-onset dystonia"),
        ),
        ([True, True, True], False, True),
    ),
    Question(
        "nine-regions",
        "Which body regions does the distribution count?",
        lambda kg: {kg.term(iri).curie.removeprefix("dyst:") for iri in kg.run("body-regions").column("region")},
        {
            "UpperFace",
            "LowerFace",
            "Larynx",
            "Neck",
            "Trunk",
            "LeftUpperLimb",
            "RightUpperLimb",
            "LeftLowerLimb",
            "RightLowerLimb",
        },
    ),
    Question(
        "thirteen-pairs",
        "How many of the 36 pairs of regions are contiguous?",
        lambda kg: (
            len(kg.run("contiguous-regions")) // 2,
            sum(row.contiguous for row in kg.run("contiguous-regions")) // 2,
        ),
        (36, 13),
    ),
    Question(
        "shoulder",
        "Is the shoulder a region of its own? Where does the larynx count?",
        lambda kg: (
            says(kg, "neck", "convention", "shoulder counts with the neck"),
            says(kg, "larynx", "conflict", "C2013"),
        ),
        (True, True),
    ),
    Question(
        "distribution-values",
        "Which values does the body distribution have?",
        lambda kg: labels(kg, "distributions"),
        {
            "focal dystonia",
            "segmental dystonia",
            "multifocal dystonia",
            "generalized dystonia",
            "generalized dystonia with leg involvement",
            "generalized dystonia without leg involvement",
            "hemidystonia",
        },
    ),
    Question(
        "faciobrachial",
        "Is faciobrachial dystonia segmental? Is it the faciobrachial dystonic seizures?",
        lambda kg: (
            kg.is_a("faciobrachial dystonia", "multifocal dystonia"),
            kg.is_a("faciobrachial dystonia", "segmental dystonia"),
            kg.is_a("faciobrachial dystonic seizures", "pseudodystonia"),
        ),
        (True, False, True),
    ),
    Question(
        "course-values",
        "Which courses are there?",
        lambda kg: labels(kg, "dimension-values", dimension="disease course (2013)"),
        {"static dystonia", "progressive dystonia"},
    ),
    Question(
        "variability-values",
        "Which forms of variability are there?",
        lambda kg: labels(kg, "dimension-values", dimension="variability (2013)"),
        {
            "persistent dystonia",
            "action-specific dystonia",
            "dystonia with diurnal fluctuations",
            "paroxysmal dystonia",
        },
    ),
    Question(
        "variability-several",
        "Do the four forms of variability exclude each other?",
        lambda kg: says(kg, "variability (2013)", "convention", "not stated to exclude each other"),
    ),
    Question(
        "static-senses",
        "Is static the same on both axes?",
        lambda kg: (
            kg.term("static dystonia") != kg.term("static structural lesion")
            and any("Axis II is another matter" in text for text in kg.term("static dystonia").comments)
        ),
    ),
    Question(
        "paroxysmal-syndromes",
        "Which syndromes are paroxysmal, and what sets them off?",
        lambda kg: (
            names(kg.syndromes(variability="paroxysmal")),
            conditions(kg, "PKD", "initiates"),
            conditions(kg, "PED", "initiates"),
            conditions(kg, "paroxysmal non-kinesigenic dyskinesia", "initiates"),
        ),
        (
            {
                "paroxysmal kinesigenic dyskinesia",
                "paroxysmal nonkinesigenic dyskinesia",
                "paroxysmal exercise-induced dyskinesia",
            },
            {"sudden movement"},
            {"sustained exertion"},
            {"alcohol intake", "caffeine intake", "emotion"},
        ),
    ),
    Question(
        "paroxysmal-duration",
        "How long do the attacks last?",
        lambda kg: [
            labels(kg, "typical-ages", "text", syndrome=name)
            for name in ("paroxysmal kinesigenic dyskinesia", "paroxysmal nonkinesigenic dyskinesia")
        ],
        [{"seconds"}, {"minutes to hours"}],
    ),
    Question(
        "combined-syndromes",
        "Are dystonia-parkinsonism and myoclonus-dystonia isolated?",
        lambda kg: [
            (is_all(kg, name, "combined dystonia"), is_none(kg, name, "isolated dystonia"))
            for name in ("dystonia-parkinsonism", "myoclonus-dystonia")
        ],
        [(True, True), (True, True)],
    ),
    # natural history
    Question(
        "never-an-axiom",
        "Does every early-onset isolated dystonia generalize, or every adult-onset one stay focal?",
        lambda kg: (
            is_none(kg, "early-onset isolated dystonia", "generalized dystonia"),
            is_none(kg, "adult-onset isolated dystonia", "focal dystonia", "segmental dystonia"),
        ),
        (True, True),
    ),
    Question(
        "onset-32",
        "From which age is generalization hardly ever seen?",
        lambda kg: [
            ("32 years" in row.statement, row.source)
            for row in kg.run(
                "natural-history", subject="adult-onset isolated dystonia", outcome="generalized dystonia"
            )
        ],
        [(True, "E2006")],
    ),
    Question(
        "spread-all",
        "How often do hand, laryngeal and cervical dystonia spread?",
        lambda kg: {
            row.syndromeLabel: float(row.share) for row in kg.run("spread", to="body region") if row.source == "B2020"
        },
        {"blepharospasm": 0.5, "focal hand dystonia": 0.17, "laryngeal dystonia": 0.16, "cervical dystonia": 0.08},
    ),
    Question(
        "spread-with",
        "With what is spread more likely?",
        lambda kg: {
            (row.label, row.howOften)
            for row in kg.run("natural-history")
            if row.relation == "spread is more likely with"
        },
        {("familial occurrence", "hazard ratio 2.18"), ("alcohol intake", "hazard ratio 2.59")},
    ),
    Question(
        "family-history",
        "How often is there a family history in early-onset dystonia, in blepharospasm?",
        lambda kg: {
            row.label: row.howOften
            for row in kg.query(
                """SELECT ?label ?howOften {
                     ?a dyst:associationSubject ?s ; dyst:associationPredicate dyst:mayOccurAs ;
                        dyst:associationObject dyst:Familial ; dyst:frequencyText ?howOften .
                     ?s rdfs:label ?label }""",
                s=[kg.term("early-onset dystonia"), kg.term("blepharospasm")],
            )
        },
        {"early-onset dystonia": "almost 50 %", "blepharospasm": "< 3 %"},
    ),
    # names
    # syndromes
    Question(
        "omd-more-often-segmental",
        "Is oromandibular dystonia more often focal or segmental?",
        lambda kg: {
            row.label: float(row.share)
            for row in kg.run("natural-history", subject="dystonia involving the lower face")
            if row.source == "Scorr2021" and row.share is not None
        },
        {"focal dystonia": 0.39, "segmental dystonia": 0.43, "generalized dystonia": 0.1},
    ),
    Question(
        "two-parents",
        "Which two kinds of dystonia are embouchure and singer's laryngeal dystonia?",
        lambda kg: (
            is_all(kg, "embouchure dystonia", "musician's dystonia", "oromandibular dystonia", "focal dystonia"),
            is_all(
                kg, "singer's laryngeal dystonia", "musician's dystonia", "laryngeal dystonia", "task-specific dystonia"
            ),
        ),
        (True, True),
    ),
    Question(
        "inspiration",
        "Is adductor respiratory laryngeal dystonia task-specific?",
        lambda kg: (
            kg.is_a("ARLD", "action-specific dystonia"),
            kg.is_a("ARLD", "task-specific dystonia"),
            edge(kg, "ARLD", "typically has feature", "stridor"),
        ),
        (True, False, True),
    ),
    Question(
        "laryngeal-forms",
        "Which forms does laryngeal dystonia have?",
        lambda kg: (
            labels(kg, "syndrome-variants", syndrome="laryngeal dystonia")
            >= {
                "adductor laryngeal dystonia",
                "abductor laryngeal dystonia",
                "mixed laryngeal dystonia",
                "singer's laryngeal dystonia",
                "adductor respiratory laryngeal dystonia",
            }
        ),
    ),
    Question(
        "jaw-forms",
        "Which forms does oromandibular dystonia have?",
        lambda kg: (
            labels(kg, "syndrome-variants", syndrome="OMD")
            >= {"lingual dystonia", "pharyngeal dystonia", "embouchure dystonia"}
            | {f"jaw-{way} dystonia" for way in ("opening", "closing", "deviation", "protrusion", "retraction")}
        ),
    ),
    Question(
        "tasks",
        "Which tasks bring out an upper-limb dystonia?",
        lambda kg: (
            labels(kg, "task-specific-syndromes", "tasks", region="upper limb")
            >= {
                "writing",
                "typing",
                "playing a musical instrument",
                "hairdressing",
                "painting",
                "tailoring",
                "shoemaking",
                "playing golf",
                "pistol shooting",
                "playing table tennis",
            }
        ),
    ),
    Question(
        "limb-tasks",
        "What brings on adult lower-limb dystonia?",
        lambda kg: conditions(kg, "leg dystonia", "initiates") >= {"walking", "running", "walking down stairs"},
    ),
    Question(
        "ages",
        "At what age do blepharospasm, cervical dystonia and musician's dystonia begin?",
        lambda kg: [
            {row.text for row in kg.run("typical-ages", syndrome=name) if row.aspect == "age"}
            for name in ("blepharospasm", "cervical dystonia", "musician's dystonia")
        ],
        [{"fifth to sixth decade"}, {"mean 45.5 years", "peak at 41 years"}, {"mean 36 years"}],
    ),
    Question(
        "shifts",
        "Of which postures is the lateral shift made up? The forward sagittal shift?",
        lambda kg: [
            {row.label for row in kg.query("SELECT ?label { ?s dyst:composedOf/rdfs:label ?label }", s=kg.term(name))}
            for name in ("lateral shift", "forward sagittal shift")
        ],
        [{"laterocollis", "laterocaput"}, {"anterocollis", "retrocaput"}],
    ),
    Question(
        "posture-levels",
        "Is torticaput a posture of the lower neck?",
        lambda kg: (kg.is_a("torticaput", "caput posture"), kg.is_a("torticaput", "collis posture")),
        (True, False),
    ),
    # disorders
    Question(
        "dominant-genes",
        "Which genes cause autosomal dominant dystonia? X-linked dominant?",
        lambda kg: (
            names(kg.genes(inheritance="autosomal dominant")) >= {"TOR1A", "THAP1", "GCH1", "SGCE", "ATP1A3", "FTL"},
            names(kg.genes(inheritance="X-linked dominant")) & {"WDR45", "TAF1", "HPRT1", "TOR1A"},
        ),
        (True, {"WDR45"}),
    ),
    Question(
        "nbia-recessive",
        "Which NBIA disorders are autosomal recessive?",
        lambda kg: labels(kg, "inherited-disorders", group="NBIA", inheritance="autosomal recessive"),
        NBIA_RECESSIVE,
    ),
    Question(
        "nbia-prefix",
        "Is NBIA still a prefix of the nomenclature?",
        lambda kg: (
            any("NBIA and PFBC" in row.rule for row in kg.run("nomenclature-rules", edition="2022")),
            kg.query("ASK { dyst:PrefixNBIA dyst:abolishedBy dyst:GeneticNomenclature2022 }"),
            kg.term("NBIA").deprecated,
        ),
        (True, True, False),
    ),
    Question(
        "pkan-signs",
        "What is typical of PKAN on imaging, and what may complicate it?",
        lambda kg: (
            edge(kg, "PKAN", "may have feature", "HP:0002454"),
            edge(kg, "PKAN", "may have feature", "status dystonicus"),
        ),
        (True, True),
    ),
    Question(
        "drd-levodopa",
        "What relieves dopa-responsive dystonia? Does rapid-onset dystonia-parkinsonism respond?",
        lambda kg: (
            "levodopa treatment" in conditions(kg, "dopa-responsive dystonia", "decreases"),
            {row.how for row in kg.run("features", subject="RDP", feature="sustained response to levodopa")},
        ),
        (True, {"lacks"}),
    ),
    Question(
        "rdp-triggers",
        "What triggers rapid-onset dystonia-parkinsonism?",
        lambda kg: (
            conditions(kg, "rapid-onset dystonia-parkinsonism", "initiates")
            >= {"febrile illness", "physical exertion", "childbirth", "alcohol intake"}
        ),
    ),
    Question(
        "xdp-conflict",
        "Do the sources agree on the first sign of X-linked dystonia-parkinsonism?",
        lambda kg: says(kg, "XDP", "conflict", "GR-XDP", "WP-XDP"),
    ),
    Question(
        "dyt1-penetrance",
        "What is the penetrance of DYT1?",
        lambda kg: any("30 %" in row.value for row in kg.run("disorder-profile", disorder="DYT1")),
    ),
    Question(
        "sgce-alcohol",
        "What does alcohol do in SGCE myoclonus-dystonia?",
        lambda kg: conditions(kg, "DYT11", "decreases"),
        {"alcohol intake"},
    ),
    Question(
        "isolated-genes",
        "Which genes cause an isolated dystonia without degeneration or lesion?",
        lambda kg: (
            names(
                kg.genes(pathology="no evidence of degeneration or structural lesion", presentation="isolated dystonia")
            )
            >= {"TOR1A", "THAP1"}
        ),
    ),
    # acquired causes
    Question(
        "infections",
        "Which infections cause dystonia, and which is the most frequent?",
        lambda kg: (
            names(kg.causes(cause="infection"))
            >= {"tuberculosis", "syphilis", "AIDS", "dengue", "neurocysticercosis", "streptococcal infection"},
            [
                row.label
                for row in kg.run("acquired-causes", category="infection")
                if "most frequent" in (row.remark or "")
            ],
        ),
        (True, ["Japanese encephalitis"]),
    ),
    Question(
        "drugs",
        "Which of these are drugs that cause dystonia?",
        lambda kg: [
            kg.is_a(name, "drug")
            for name in (
                "haloperidol",
                "metoclopramide",
                "prochlorperazine",
                "tetrabenazine",
                "levodopa",
                "lithium",
                "flecainide",
                "ranitidine",
                "cocaine",
                "MAO inhibitor",
                "SSRI",
                "neuroleptic",
                "calcium antagonist",
            )
        ],
        [True] * 13,
    ),
    Question(
        "toxins",
        "Which toxic agents cause dystonia?",
        lambda kg: [
            kg.is_a(name, "toxic agent")
            for name in (
                "manganese",
                "carbon monoxide",
                "carbon disulfide",
                "cyanide",
                "methanol",
                "disulfiram",
                "3-nitropropionic acid",
            )
        ],
        [True] * 7,
    ),
    Question(
        "kernicterus",
        "Under which category do kernicterus and asphyxia fall?",
        lambda kg: [kg.is_a(name, "perinatal brain injury") for name in ("kernicterus", "asphyxia")],
        [True, True],
    ),
    Question(
        "tardive",
        "What causes tardive dystonia? Is it acquired?",
        lambda kg: (
            edge(kg, "tardive dystonia", "is caused by", "dopamine receptor blocker"),
            is_all(kg, "tardive dystonia", "acquired dystonia", "drug-induced dystonia"),
            "retrocollis" in labels(kg, "features", subject="tardive dystonia"),
        ),
        (True, True, True),
    ),
    Question(
        "hemidystonia-causes",
        "What causes hemidystonia?",
        lambda kg: (
            labels(kg, "acquired-disorders", "causeLabel", subject="hemidystonia")
            >= {"stroke disorder", "perinatal brain injury", "traumatic brain injury", "thalamotomy"}
        ),
    ),
    Question(
        "delayed-onset",
        "Can dystonia from a static lesion be new and progressive?",
        lambda kg: (
            kg.is_a("dystonia after a static lesion", "dystonia with evidence of structural lesion"),
            edge(kg, "dystonia after a static lesion", "may present as", "progressive dystonia"),
            kg.is_a("delayed-onset dystonia", "progressive dystonia"),
        ),
        (True, True, True),
    ),
    Question(
        "status-dystonicus",
        "Is status dystonicus a value of an axis? What triggers it?",
        lambda kg: (
            kg.term("status dystonicus").kind,
            kg.query("ASK { dyst:StatusDystonicus dyst:isValueOf ?any }"),
            conditions(kg, "status dystonicus", "initiates"),
        ),
        ("complication", False, {"intercurrent infection", "change of drug treatment"}),
    ),
    Question(
        "functional-forms",
        "Which clues point to functional dystonia?",
        lambda kg: edge(kg, "fixed dystonic posture", "suggests", "functional dystonia"),
    ),
    # mimics
    Question(
        "mimics-neck",
        "What may be mistaken for cervical dystonia?",
        lambda kg: (
            labels(kg, "mimics", dystonia="cervical dystonia")
            >= {
                "trochlear nerve palsy",
                "congenital muscular torticollis",
                "Sandifer syndrome",
                "Klippel-Feil syndrome",
                "atlantoaxial subluxation",
                "isolated neck extensor myopathy",
            }
        ),
    ),
    Question(
        "mimics-disjoint",
        "Can a pseudodystonia be a dystonia?",
        lambda kg: (
            kg.query(
                "ASK { { dyst:Pseudodystonia owl:disjointWith dyst:DystoniaDisorder } UNION "
                "{ dyst:DystoniaDisorder owl:disjointWith dyst:Pseudodystonia } }"
            ),
            is_none(kg, "stiff person syndrome", "dystonia disorder"),
        ),
        (True, True),
    ),
    # former terms
    Question(
        "heredodegenerative",
        "Which disorders were formerly called heredodegenerative?",
        lambda kg: (
            called(kg, "heredodegenerative", "agreed")
            >= {
                "Wilson disease",
                "X-linked dystonia-parkinsonism",
                "pantothenate kinase-associated neurodegeneration",
                "PLA2G6-associated neurodegeneration",
            }
        ),
    ),
    Question(
        "nothing-derived",
        "Is anything derived from a former designation?",
        lambda kg: kg.query("ASK { ?former dyst:isFormerDesignation true . ?x rdfs:subClassOf ?former }"),
        False,
    ),
    # editions and literature
    Question(
        "axis-2-2025",
        "Which dimensions does Axis II have in 2025?",
        lambda kg: level_one(kg, "2025", "dyst:AxisII2025"),
        ["genetic (2025)", "acquired (2025)", "anatomical (2025)", "common disease mechanisms (2025)"],
    ),
    Question(
        "crosswalk",
        "What became of isolated or combined, and of phenomenology, in 2025?",
        lambda kg: {
            (row.comparison, row.newLabel)
            for row in kg.run("edition-crosswalk", part=["isolated or combined (2013)", "definition of dystonia, 2013"])
        },
        {
            ("renamed", "isolated or combined (2025)"),
            ("added", "phenomenology (2025)"),
            ("same", "definition of dystonia, 2025"),
        },
    ),
    Question(
        "idiopathic-2025",
        "Was idiopathic dropped in 2025?",
        lambda kg: says(kg, "dyst:AxisII2025", "not established", "idiopathic", "not known"),
    ),
    Question(
        "no-2025-values",
        "Which values of the 2025 dimensions are established?",
        lambda kg: {row.label for row in kg.run("dimension-values", edition="2025") if row.label is not None},
        {"isolated dystonia (2025)", "combined dystonia (2025)"},
    ),
    Question(
        "sourced",
        "Does every named syndrome and every disorder rest on a publication?",
        lambda kg: [term.label for term in (*kg.syndromes(), *kg.disorders()) if not term.sources],
        [],
    ),
)


@pytest.mark.parametrize("question", SHARED, ids=[question.key for question in SHARED])
def test_shared_question(kg: KG, question: Question) -> None:
    assert question.ask(kg) == question.answer, question.text


@pytest.mark.parametrize("question", FURTHER, ids=[question.key for question in FURTHER])
def test_further_question(kg: KG, question: Question) -> None:
    assert question.ask(kg) == question.answer, question.text


def test_questions_have_keys_of_their_own() -> None:
    keys = [question.key for question in (*SHARED, *FURTHER)]
    assert len(set(keys)) == len(keys)


# ---------------------------------------------------------------------- many of one kind

# fmt: off
PERIODS = {
    0: "infancy", 2: "infancy", 2.5: "infancy", 2.9: "infancy", 3: "childhood", 12: "childhood", 12.9: "childhood",
    13: "adolescence", 20.9: "adolescence", 21: "early-adulthood", 40: "early-adulthood", 40.9: "early-adulthood",
    41: "late-adulthood", 90: "late-adulthood",
}
CONTIGUITY = {
    ("upper face", "lower face"): True, ("lower face", "neck"): True, ("upper face", "neck"): False,
    ("larynx", "neck"): True, ("lower face", "larynx"): True, ("upper face", "larynx"): False, ("neck", "trunk"): True,
    ("trunk", "left arm"): True, ("trunk", "right leg"): True, ("left arm", "right arm"): True,
    ("left leg", "right leg"): True, ("left arm", "left leg"): False, ("left arm", "right leg"): False,
    ("neck", "left leg"): False, ("upper face", "right arm"): False,
}
NAMES = {
    "spasmodic torticollis": "cervical dystonia",
    "benign essential blepharospasm": "blepharospasm",
    "scrivener's palsy": "writer's cramp",
    "Mogigraphia": "writer's cramp",
    "Brueghel syndrome": "cranial dystonia",
    "lower cranial dystonia": "oromandibular dystonia",
    "orofaciomandibular dystonia": "oromandibular dystonia",
    "yips": "golfer's dystonia",
    "ADLD": "adductor laryngeal dystonia",
    "spastic dysphonia": "laryngeal dystonia",
    "axial dystonia": "truncal dystonia",
    "dystonic storm": "status dystonicus",
    "Oppenheim's dystonia": "DYT-TOR1A dystonia",
    "dystonia musculorum deformans": "DYT-TOR1A dystonia",
    "Segawa disease": "GTPCH1-deficient dopa-responsive dystonia",
    "hereditary progressive dystonia with marked diurnal fluctuation": "GTPCH1-deficient dopa-responsive dystonia",
    "Lubag": "X-linked dystonia-parkinsonism",
    "Hallervorden-Spatz": "pantothenate kinase-associated neurodegeneration",
    "SENDA": "beta-propeller protein-associated neurodegeneration",
    "psychogenic dystonia": "functional dystonia",
    "neuroleptic-induced acute dystonia": "acute dystonic reaction",
}
GENES = {
    "DYT1": "TOR1A", "DYT3": "TAF1", "DYT5a": "GCH1", "DYT5b": "TH", "DYT6": "THAP1", "DYT8": "PNKD", "DYT9": "SLC2A1",
    "DYT10": "PRRT2", "DYT11": "SGCE", "DYT12": "ATP1A3", "DYT14": "GCH1", "DYT16": "PRKRA", "DYT18": "SLC2A1",
    "NBIA1": "PANK2", "NBIA2": "PLA2G6", "NBIA3": "FTL", "NBIA4": "C19orf12", "NBIA5": "WDR45", "NBIA6": "COASY",
    "PARK9": "ATP13A2", "PARK14": "PLA2G6", "SPG35": "FA2H",
    "DYT-TOR1A": "TOR1A", "DYT-THAP1": "THAP1", "DYT-SGCE": "SGCE", "DYT-PRKRA": "PRKRA", "DYT/PARK-GCH1": "GCH1",
    "DYT-PARK-GCH1": "GCH1", "DYT/PARK-TAF1": "TAF1", "DYT/PARK-ATP1A3": "ATP1A3", "DYT/PARK-TH": "TH",
    "DYT/PARK-PLA2G6": "PLA2G6", "PxMD-PRRT2": "PRRT2", "PxMD-PNKD": "PNKD", "PxMD-SLC2A1": "SLC2A1",
}
INHERITANCE = {
    "DYT1": "Autosomal dominant", "DYT6": "Autosomal dominant", "PKAN": "Autosomal recessive",
    "PLAN": "Autosomal recessive", "BPAN": "X-linked dominant", "XDP": "X-linked recessive",
    "Wilson disease": "Autosomal recessive", "Huntington disease": "Autosomal dominant",
    "GTPCH1-deficient dopa-responsive dystonia": "Autosomal dominant", "DYT5b": "Autosomal recessive",
    "neuroferritinopathy": "Autosomal dominant", "aceruloplasminemia": "Autosomal recessive",
    "Lesch-Nyhan syndrome": "X-linked recessive", "Leber optic atrophy and dystonia": "Mitochondrial",
}
PATHOLOGY = {
    "XDP": "evidence of degeneration",
    "Wilson disease": "evidence of degeneration",
    "PKAN": "evidence of degeneration",
    "DYT1": "no evidence of degeneration or structural lesion",
    "rapid-onset dystonia-parkinsonism": "no evidence of degeneration or structural lesion",
    "DYT-SGCE": "no evidence of degeneration or structural lesion",
    "GTPCH1-deficient dopa-responsive dystonia": "no evidence of degeneration or structural lesion",
    "post-stroke dystonia": "evidence of structural lesion",
}
TODAY = {
    "dystonia plus": {"combined dystonia", NO_PATHOLOGY, "inherited dystonia"},
    "secondary dystonia": {"acquired dystonia"},
    "symptomatic dystonia": {"acquired dystonia"},
    "primary paroxysmal dystonia": {"paroxysmal dystonia"},
    "idiopathic torsion dystonia": {"isolated dystonia", NO_PATHOLOGY, "inherited dystonia", "idiopathic dystonia"},
}
REFERENCES = {
    "A2025-abs": ("40326714", None),
    "iCD2023-abs": ("36989390", "10.1002/mds.29387"),
    "B2020": ("31848221", "10.1136/jnnp-2019-321794"),
    "R2014": ("24487380", "10.1136/jnnp-2013-306971"),
    "Sim2021": ("33858994", "10.1212/WNL.0000000000011922"),
    "M2016-abs": ("27079681", "10.1002/mds.26527"),
    "L2022-abs": ("35481685", "10.1002/mds.28982"),
}
IDENTIFIERS = {
    "MONDO:0000481": "cervical dystonia",
    "OMIM:128100": "DYT-TOR1A dystonia",
    "OMIM:234200": "pantothenate kinase-associated neurodegeneration",
    "Orphanet:157850": "pantothenate kinase-associated neurodegeneration",
    "MONDO:0010200": "Wilson disease",
}
# fmt: on


@pytest.mark.parametrize("age", PERIODS)
def test_period_of_an_age(kg: KG, age: float) -> None:
    assert period(kg, age) == [f"{PERIODS[age]}-onset dystonia"]


@pytest.mark.parametrize("pair", CONTIGUITY, ids=" and ".join)
def test_contiguity(kg: KG, pair: tuple[str, str]) -> None:
    assert contiguous(kg, *pair) is contiguous(kg, *reversed(pair)) is CONTIGUITY[pair]


@pytest.mark.parametrize("name", NAMES)
def test_name(kg: KG, name: str) -> None:
    assert kg.term(name).label == NAMES[name]


@pytest.mark.parametrize("name", GENES)
def test_gene_behind_a_number_or_a_designation(kg: KG, name: str) -> None:
    assert (gene_of(kg, name), kg.term(name).kind) == ({GENES[name]}, "disorder")


@pytest.mark.parametrize("disorder", INHERITANCE)
def test_inheritance(kg: KG, disorder: str) -> None:
    assert inheritance_of(kg, disorder) == {f"{INHERITANCE[disorder]} inheritance"}


@pytest.mark.parametrize("disorder", PATHOLOGY)
def test_pathology(kg: KG, disorder: str) -> None:
    assert pathology_of(kg, disorder) == {PATHOLOGY[disorder]}


@pytest.mark.parametrize("former", TODAY)
def test_former_term(kg: KG, former: str) -> None:
    assert today(kg, former) == labels(kg, "former-terms", "todayLabel", former=former) == TODAY[former]


@pytest.mark.parametrize("key", REFERENCES)
def test_reference(kg: KG, key: str) -> None:
    assert [(row.pmid, row.doi) for row in kg.run("literature", key=key)] == [REFERENCES[key]]


@pytest.mark.parametrize("identifier", IDENTIFIERS)
def test_identifier(kg: KG, identifier: str) -> None:
    assert kg.term(identifier).label == IDENTIFIERS[identifier]
