"""The oracle: HermiT, given each case as a class, draws the conclusions that the library looks up."""

from __future__ import annotations

import random
from itertools import combinations, cycle
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse

import dystonia_kg as dkg
from dystonia_kg.classification.model import Model, default_model
from dystonia_kg.release import Release
from dystonia_kg.resources import release_dir
from dystonia_kg.vocab import DYST, GRAPH, PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

pytest.importorskip("jpype")
AGES = (0.0, 2.9, 3.0, 12.9, 13.0, 20.9, 21.0, 40.9, 41.0, 90.0)
COURSES = ("StaticCourse", "ProgressiveCourse", None)
WRITTEN = ("dyst", "owl", "rdf", "rdfs", "xsd")


@pytest.fixture(scope="module")
def model() -> Model:
    return default_model()


def axioms(store: Store, roots: Iterable[str]) -> Iterator[Triple]:
    """Yield what the ontology says of some terms and of all that they are defined by."""
    apart = store.quads_for_pattern(
        None, NamedNode(PREFIXES["rdf"] + "type"), NamedNode(PREFIXES["owl"] + "AllDisjointClasses")
    )
    todo: list[Any] = [*(NamedNode(root) for root in roots), *(quad.subject for quad in apart)]
    seen = set(todo)
    asserted = NamedNode(GRAPH + "asserted")
    annotation = tuple(PREFIXES[p] for p in ("dcterms", "IAO", "oboInOwl", "skos"))
    while todo:
        for quad in store.quads_for_pattern(todo.pop(), None, None, asserted):
            if not quad.predicate.value.startswith(annotation):
                yield quad.triple
                for node in (quad.predicate, quad.object):
                    if type(node).__name__ in ("NamedNode", "BlankNode") and node not in seen:
                        seen.add(node)
                        todo.append(node)


def some(relation: str, filler: str, kind: str = "someValuesFrom") -> str:
    return f"[ a owl:Restriction ; owl:onProperty dyst:{relation} ; owl:{kind} {filler} ]"


def negated(expression: str) -> str:
    return f"[ a owl:Class ; owl:complementOf {expression} ]"


def both(*parts: str) -> str:
    return f"[ a owl:Class ; owl:intersectionOf ( {' '.join(parts)} ) ]"


class Written:
    """Cases as classes, in Turtle."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.lines = [f"@prefix {name}: <{PREFIXES[name]}> ." for name in WRITTEN]
        self.midline = {r for r, o in zip(model.space.regions, model.space.options, strict=True) if len(o) > 1}

    def add(self, name: str, case: dkg.Case) -> None:
        parts = ["dyst:Dystonia"]
        for region in case.regions:
            whole = both(region, negated(some("hasSide", "dyst:Side")))
            parts.append(some("affects", whole if region in self.midline else self.half(region)))
        absent = set(case.unaffected)
        if case.complete:
            touched = {r.replace("Left", "").replace("Right", "") for r in case.regions if "Limb" not in r}
            absent |= {r for r in self.model.space.regions if r not in case.regions and "dyst:" + r[5:] not in touched}
        parts += [negated(some("affects", self.half(region))) for region in sorted(absent)]
        if isinstance(case.age_at_onset, float):
            parts.append(some("ageAtOnset", f'"{case.age_at_onset:g}"^^xsd:decimal', "hasValue"))
        if case.course:
            parts += [some("hasCourse", case.course), some("hasCourse", case.course, "allValuesFrom")]
        self.lines.append(f"dyst:{name} a owl:Class ; rdfs:subClassOf {' , '.join(parts)} .")

    def half(self, region: str) -> str:
        """Return a half as what it is: the region with a side."""
        for side in ("Left", "Right"):
            whole = "dyst:" + region[5:].removeprefix(side)
            if whole in self.midline and whole != region:
                return both(whole, some("hasSide", f"dyst:{side}Side"))
        return region

    def complement(self, iri: str) -> str:
        name = f"dyst:Not{iri[5:]}"
        self.lines.append(f"{name} a owl:Class ; owl:equivalentClass {both('dyst:Dystonia', negated(iri))} .")
        return name


def asked(model: Model) -> list[str]:
    """Return the values of Axis I and the wider classes over the same findings."""
    parts = {"r", "a"}
    course = {iri for d in model.dimensions if d.id == "dyst:DiseaseCourse2013" for iri in d.values}
    alike = {iri for iri, e in model.entries.items() if e.kind in ("value", "group") and model.kinds(iri) <= parts}
    return sorted(iri for iri in alike | course if model.entries[iri].about == "presentation")


def cases() -> Iterator[dkg.Case]:
    """All 511 sets of regions; every age with every course; halves; and cases of which a part is unknown."""
    names = ("upper face", "lower face", "larynx", "neck", "trunk")
    limbs = [f"{side} {limb} limb" for limb in ("upper", "lower") for side in ("left", "right")]
    ages, courses = cycle(AGES), cycle(COURSES)
    for size in range(1, 10):
        for regions in combinations((*names, *limbs), size):
            yield dkg.Case(regions=set(regions), complete=True, age_at_onset=next(ages), course=next(courses))
    for age in AGES:
        for course in COURSES:
            yield dkg.Case(regions={"neck"}, complete=True, age_at_onset=age, course=course)
    chance = random.Random(11)
    while True:
        stated: dict[str, set[str]] = {"regions": set(), "unaffected": set()}
        for region in (*names, *limbs):
            half = region in ("upper face", "lower face", "neck", "trunk") and chance.random() < 0.5
            name = f"{chance.choice(('left', 'right'))} {region}" if half else region
            if chance.random() < 0.85:
                stated["regions" if chance.random() < 0.5 else "unaffected"].add(name)
        yield dkg.Case(**stated, complete=bool(stated["regions"]) and chance.random() < 0.4)


@pytest.mark.slow
def test_hermit_draws_the_same_conclusions(kg: dkg.KnowledgeGraph, model: Model) -> None:
    from dystonia_kg.reasoning.owlapi import Ontology

    given = [case for case, _ in zip(cases(), range(511 + len(AGES) * len(COURSES) + 80), strict=False)]
    wanted = asked(model)
    text = Written(model)
    opposite = {iri: text.complement(iri) for iri in wanted}
    for number, case in enumerate(given):
        text.add(f"Case{number}", case)
    roots = [expand(iri) for iri in (*wanted, "dyst:Dystonia", "dyst:BodyRegion", "dyst:LeftSide", "dyst:RightSide",
                                     "dyst:StaticCourse", "dyst:ProgressiveCourse")]  # fmt: skip
    store = Release(release_dir()).store()
    ontology = [*axioms(store, roots), *(q.triple for q in parse("\n".join(text.lines), format=RdfFormat.TURTLE))]
    found = Ontology(ontology).classify()
    assert not found.unsatisfiable
    for number, case in enumerate(given):
        above = {iri.removeprefix(DYST) for iri in found.superclasses[f"{DYST}Case{number}"]}
        answer = kg.classify(case)
        for iri in wanted:
            truth = "true" if iri[5:] in above else "false" if opposite[iri][5:] in above else "unknown"
            assert answer.truth(iri) == truth, (case, iri)
