"""Cases as classes of OWL, for a reasoner: what the tests and the benchmark give to HermiT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse

from dystonia_kg.release import Release
from dystonia_kg.resources import release_dir
from dystonia_kg.vocab import DYST, GRAPH, PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import dystonia_kg as dkg
    from dystonia_kg.classification.model import Model

WRITTEN = ("dyst", "owl", "rdf", "rdfs", "xsd")


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
    """Return the values of Axis I and the wider classes over the same findings.

    The readings of other sources are left out: with their complements HermiT needs many times as long. Their counts
    and the connectivity behind them are tested without it.
    """
    parts = {"r", "a"}
    course = {iri for d in model.dimensions if d.id == "dyst:DiseaseCourse2013" for iri in d.values}
    readings = {e.id for e in model.readings} | {"dyst:ContiguousDystoniaInOtherReading"}
    alike = {iri for iri, e in model.entries.items() if e.kind in ("value", "group") and model.kinds(iri) <= parts}
    return sorted(iri for iri in (alike | course) - readings if model.entries[iri].about == "presentation")


ROOTS = ("Dystonia", "BodyRegion", "LeftSide", "RightSide", "StaticCourse", "ProgressiveCourse")


def truths(given: Sequence[dkg.Case], wanted: Sequence[str], model: Model) -> list[dict[str, str]]:
    """Return what HermiT concludes on each class of interest for each case: "true", "false" or "unknown"."""
    from dystonia_kg.reasoning.owlapi import Ontology

    text = Written(model)
    opposite = {iri: text.complement(iri) for iri in wanted}
    for number, case in enumerate(given):
        text.add(f"Case{number}", case)
    roots = [*(expand(iri) for iri in wanted), *(DYST + name for name in ROOTS)]
    store = Release(release_dir()).store()
    ontology = [*axioms(store, roots), *(q.triple for q in parse("\n".join(text.lines), format=RdfFormat.TURTLE))]
    found = Ontology(ontology).classify()
    assert not found.unsatisfiable
    made = []
    for number in range(len(given)):
        above = {iri.removeprefix(DYST) for iri in found.superclasses[f"{DYST}Case{number}"]}
        made.append(
            {i: "true" if i[5:] in above else "false" if opposite[i][5:] in above else "unknown" for i in wanted}
        )
    return made
